//! What can be asked for, by what way, with which papers, until when; what is asked, and who may see it; worked examples.

use super::values::{choices, services, type_in_words};
use super::{Kind, Lister, Part, flat, flat_blocks};
use crate::expression::canonical;
use crate::policy::guide::{Author, Block, Runs, Section};
use crate::policy::{Deadline, Document, Fact, FactKind, FoundBy, Limit, Privacy, Service};
use crate::source;
use crate::value::{Lang, Text};

/// What is said of one thing, line by line.
fn pairs(section: Section) -> Vec<(Runs, Runs)> {
    let pairs = section.blocks.into_iter().filter_map(|block| match block {
        Block::Pairs(pairs) => Some(pairs),
        Block::Paragraph(_) | Block::Quote(_) | Block::List(_) | Block::Table(_) | Block::Bars(_) => None,
    });
    pairs.flatten().collect()
}

impl<'a> Lister<'a> {
    /// What the guide says line by line, each with its key; what has no key is told elsewhere.
    pub(super) fn lines(
        self,
        part: &mut Part,
        keys: &[(&str, Option<String>)],
        section: impl Fn(Author<'a>) -> Section,
    ) {
        let (ar, en) = (pairs(section(self.author(Lang::Ar))), pairs(section(self.author(Lang::En))));
        for ((key, exact), ((ar_name, ar), (en_name, en))) in keys.iter().zip(ar.iter().zip(&en)) {
            if key.is_empty() {
                continue;
            }
            let words = Text::new(flat(ar), flat(en));
            let exact = exact.clone().unwrap_or_else(|| format!("{}\n{}", words.ar, words.en));
            part.add(key, (&flat(ar_name), &flat(en_name)), words, exact);
        }
    }

    pub(super) fn services(self, parts: &mut Vec<Part>) {
        for service in &self.policy.services {
            self.service(service, parts);
        }
    }

    fn service(self, service: &Service, parts: &mut Vec<Part>) {
        let mut part = Part::new(Kind::Service, &service.id, &service.title, Some(&service.clause));
        let quantity = service.quantity.as_ref();
        let quantity = quantity.map(|node| canonical::program(&self.policy.vocabulary, node));
        let keys = [
            ("whom", Some(service.applicant.clone())),
            ("what", Some(quantity.unwrap_or_else(|| "nothing".into()))),
            ("often", None),
            ("delivery", None),
            ("prepare", None),
        ];
        self.lines(&mut part, &keys, |author| author.service(service));
        part.words("title", ("اسمها", "its name"), &service.title);
        self.basis(&mut part, &service.clause, service.source, None);
        part.said(parts);
    }

    pub(super) fn documents(self, parts: &mut Vec<Part>) {
        for document in &self.policy.documents {
            self.document(document, parts);
        }
    }

    fn document(self, document: &Document, parts: &mut Vec<Part>) {
        let policy = self.policy;
        let mut part = Part::new(Kind::Document, &document.id, &document.title, Some(&document.clause));
        let required: Vec<String> = (document.required.iter())
            .map(|required| {
                let when = required.when.as_ref();
                let when = when.map_or_else(String::new, |when| canonical::program(&policy.vocabulary, when));
                let later = if required.later { " later" } else { "" };
                format!("for {} when {when}{later}", services(policy, required.services.as_ref()))
            })
            .collect();
        let mut instead: Vec<String> = (document.instead.iter())
            .filter_map(|index| policy.documents.get(*index))
            .map(|document| canonical::named(&document.id))
            .collect();
        instead.sort();
        let number = policy.documents.iter().position(|other| other.id == document.id);
        let mut shows: Vec<String> = (policy.facts.iter())
            .filter(|fact| number.is_some_and(|number| fact.shown_by.contains(&number)))
            .map(|fact| canonical::named(&fact.id))
            .collect();
        shows.sort();
        let required = if required.is_empty() { "never".to_owned() } else { required.join("; ") };
        let keys = [
            ("accepted", None),
            ("why", None),
            ("required", Some(required)),
            ("validity", None),
            ("mode", None),
            ("instead", Some(format!("instead {}", instead.join(" ")))),
            ("shows", Some(format!("{} {}", document.identity, shows.join(" ")))),
        ];
        self.lines(&mut part, &keys, |author| author.paper(document));
        // What matters first.
        part.aspects.sort_by_key(|aspect| aspect.key != "required");
        for aspect in &mut part.aspects {
            aspect.is_wording = matches!(aspect.key.as_str(), "accepted" | "why");
        }
        part.words("title", ("اسمها", "its name"), &document.title);
        self.basis(&mut part, &document.clause, document.source, None);
        part.said(parts);
    }

    pub(super) fn deadlines(self, parts: &mut Vec<Part>) {
        for deadline in &self.policy.deadlines {
            self.one_deadline(deadline, parts);
        }
    }

    fn one_deadline(self, deadline: &Deadline, parts: &mut Vec<Part>) {
        let policy = self.policy;
        let mut part = Part::new(Kind::Deadline, &deadline.id, &deadline.title, Some(&deadline.clause));
        let event =
            |index: usize| canonical::named(policy.events.get(index).map_or("", |event| event.id.as_str()));
        let limit = |limit: Option<Limit>| {
            limit.map_or_else(
                || "-".to_owned(),
                |limit| format!("{:?} {:?} {}", limit.after, limit.roll, limit.soft),
            )
        };
        let mut exact = vec![
            event(deadline.from),
            limit(deadline.earliest),
            limit(deadline.latest),
            deadline.extend.map_or_else(String::new, |(by, on)| format!("{by:?} on {}", event(on))),
        ];
        exact.extend(deadline.instead.iter().map(|instead| {
            let case = canonical::program(&policy.vocabulary, &instead.when);
            format!("{case}: {} {}", limit(instead.earliest), limit(instead.latest))
        }));
        part.add(
            "time",
            ("متى يحلُّ", "when it falls"),
            self.both(|author| flat_blocks(&author.deadline(deadline).blocks, author.words.lang)),
            exact.join("; "),
        );
        part.words("title", ("اسمه", "its name"), &deadline.title);
        let concerned = services(policy, deadline.services.as_ref());
        self.lines(&mut part, &[("concerns", Some(concerned))], |author| author.deadline(deadline));
        self.basis(&mut part, &deadline.clause, deadline.source, deadline.interpretation.as_ref());
        part.said(parts);
    }

    pub(super) fn calendar(self, parts: &mut Vec<Part>) {
        let Some(calendar) = &self.policy.calendar else { return };
        let mut part = Part::new(Kind::Calendar, "calendar", &Kind::Calendar.text(), None);
        let mut weekend = Vec::new();
        let mut years = Vec::new();
        for (year, basis) in &self.policy.calendar_years {
            let Ok(number) = year.parse::<i32>() else { continue };
            years.push((year, *basis, self.author(Lang::Ar).holidays(calendar, number, &mut weekend)));
        }
        self.prose(&mut part, "weekend", ("العطلة الأسبوعية", "the weekend"), |author| {
            let lang = author.words.lang;
            let days = weekend.iter().map(|day| crate::value::words::weekday(*day, lang).to_owned());
            author.words.list(&days.collect::<Vec<_>>())
        });
        for (year, basis, holidays) in &years {
            let year_ar = crate::value::words::digits_only(year, self.policy.digits);
            let (ar, en) = (format!("إجازات عام {year_ar}"), format!("holidays of {year}"));
            self.prose(&mut part, &format!("year {year}"), (&ar, &en), |author| {
                let holidays = holidays.iter().map(|(title, from, to)| {
                    let (from_day, to_day) = (author.words.date(*from), author.words.date(*to));
                    let title = author.words.of(title);
                    match author.words.lang {
                        _ if from == to => format!("{title} {from_day}"),
                        Lang::Ar => format!("{title} من {from_day} إلى {to_day}"),
                        Lang::En => format!("{title} from {from_day} to {to_day}"),
                    }
                });
                let holidays = holidays.collect::<Vec<_>>().join(author.say("؛ ", "; "));
                format!("{holidays} ({})", flat(&vec![author.source(*basis)]))
            });
        }
        part.said(parts);
    }

    pub(super) fn facts(self, parts: &mut Vec<Part>) {
        for fact in &self.policy.facts {
            let mut part = Part::new(Kind::Fact, &fact.id, &fact.label, None);
            self.fact(fact, "", &mut part);
            if let FactKind::List(fields) = &fact.kind {
                for field in fields {
                    self.fact(field, &format!("{}: ", canonical::named(&field.id)), &mut part);
                }
            }
            part.said(parts);
        }
    }

    pub(super) fn fact(self, fact: &Fact, field: &str, part: &mut Part) {
        let named = self.policy.vocabulary.get(fact.slot).filter(|_| field.is_empty());
        let (kind, exact) = match &fact.kind {
            FactKind::Choice(choices_of) => {
                let ty = crate::expression::types::Type::Choice(std::sync::Arc::clone(choices_of));
                (type_in_words(&ty), choices(&ty))
            }
            FactKind::List(fields) => {
                let labels = |pick: &dyn Fn(&Text) -> String, between| {
                    fields.iter().map(|field| pick(&field.label)).collect::<Vec<_>>().join(between)
                };
                let text = Text::new(
                    format!("قائمة، لكل واحدٍ فيها: {}", labels(&|label| label.ar.clone(), "، ")),
                    format!("a list; of each: {}", labels(&|label| label.en.clone(), ", ")),
                );
                let mut ids: Vec<String> = fields.iter().map(|field| field.id.clone()).collect();
                ids.sort();
                (text, ids.join(" "))
            }
            other @ (FactKind::Bool
            | FactKind::Number { .. }
            | FactKind::Date
            | FactKind::Text
            | FactKind::NationalId
            | FactKind::Iban
            | FactKind::Mobile
            | FactKind::ShortAddress
            | FactKind::Time
            | FactKind::Code) => {
                let unit = named.map(|named| canonical::ty(&named.ty)).unwrap_or_default();
                let number = named.filter(|_| matches!(other, FactKind::Number { .. }));
                let text = number.map_or_else(|| kind_of_fact(other), |named| named.ty.text());
                (text, format!("{other:?} {unit}"))
            }
        };
        let of = |name: (&str, &str)| {
            if field.is_empty() {
                (name.0.to_owned(), name.1.to_owned())
            } else {
                (format!("{} «{}»", name.0, fact.label.ar), format!("{} of “{}”", name.1, fact.label.en))
            }
        };
        let mut add = |key: &str, name: (&str, &str), words: Text, exact: String, is_wording: bool| {
            let (ar, en) = of(name);
            part.add(&format!("{field}{key}"), (&ar, &en), words, exact);
            if let Some(aspect) = part.aspects.last_mut() {
                aspect.is_wording = is_wording;
            }
        };
        let spelt = |text: &Text| format!("{}\n{}", text.ar, text.en);
        add("kind", ("ما يكون جوابه", "what it can be"), kind, exact, false);
        if let (Some(range), Some(named)) = (&fact.range, named) {
            let words = self.both(|author| author.words.interval(&named.ty, range));
            add("range", ("مداه", "its range"), words, canonical::interval(range), false);
        } else if let Some(range) = &fact.range {
            let range = canonical::interval(range);
            add("range", ("مداه", "its range"), Text::same(range.clone()), range, false);
        }
        add("label", ("اسمه", "its name"), fact.label.clone(), spelt(&fact.label), true);
        for (key, name, text) in [
            ("ask", ("السؤال عنه", "how it is asked"), &fact.ask),
            ("purpose", ("لماذا يُسأل عنه", "why it is asked"), &fact.purpose),
        ] {
            if let Some(text) = text {
                add(key, name, text.clone(), spelt(text), true);
            }
        }
        let found_by = match fact.found_by {
            FoundBy::Applicant => Text::new("مقدِّم الطلب", "the applicant"),
            FoundBy::Visit => Text::new("الزيارة", "a visit"),
            FoundBy::Records => Text::new("سجلات الجمعية", "the records"),
        };
        add("found-by", ("ممَّن يُعرف", "who finds it out"), found_by, format!("{:?}", fact.found_by), false);
        let privacy = level(fact.privacy);
        add("privacy", ("خصوصيته", "how private it is"), privacy, format!("{:?}", fact.privacy), false);
        let can_change = super::yes_or_no(fact.can_change);
        add("can-change", ("هل يتغيَّر", "can it change?"), can_change, fact.can_change.to_string(), false);
    }

    pub(super) fn channels(self, parts: &mut Vec<Part>) {
        for channel in &self.policy.channels {
            let mut part = Part::new(Kind::Channel, &channel.id, &channel.title, Some(&channel.clause));
            let row = |author: Author<'a>| -> Vec<(Runs, Runs)> {
                let section = author.channels();
                let row = self.policy.channels.iter().position(|other| other.id == channel.id);
                let table = section.blocks.into_iter().find_map(|block| match block {
                    Block::Table(table) => Some(table),
                    Block::Paragraph(_)
                    | Block::Quote(_)
                    | Block::List(_)
                    | Block::Pairs(_)
                    | Block::Bars(_) => None,
                });
                let table = table.zip(row);
                table
                    .and_then(|(table, row)| {
                        Some(table.head.into_iter().zip(table.rows.into_iter().nth(row)?).collect())
                    })
                    .unwrap_or_default()
            };
            let (ar, en) = (row(self.author(Lang::Ar)), row(self.author(Lang::En)));
            let keys = ["", "requests", "identity", "private-data", "deemed", "proof"];
            for (key, ((ar_name, ar), (en_name, en))) in keys.iter().zip(ar.iter().zip(&en)) {
                if !key.is_empty() {
                    let words = Text::new(flat(ar), flat(en));
                    let exact = format!("{}\n{}", words.ar, words.en);
                    part.add(key, (&flat(ar_name), &flat(en_name)), words, exact);
                }
            }
            part.words("title", ("اسمها", "its name"), &channel.title);
            self.basis(&mut part, &channel.clause, channel.source, None);
            part.said(parts);
        }
    }

    pub(super) fn procedure(self, parts: &mut Vec<Part>) {
        for event in &self.policy.events {
            let mut part = Part::new(Kind::Event, &event.id, &event.label, None);
            part.words("label", ("اسمه", "its name"), &event.label);
            part.said(parts);
        }
        for role in &self.policy.roles {
            let mut part = Part::new(Kind::Role, &role.id, &role.label, None);
            part.words("label", ("اسمه", "its name"), &role.label);
            part.said(parts);
        }
    }

    pub(super) fn privacy(self, parts: &mut Vec<Part>) {
        let privacy = &self.policy.privacy;
        let mut part = Part::new(Kind::Privacy, "privacy", &Kind::Privacy.text(), None);
        if let Some(purpose) = &privacy.purpose {
            part.words("purpose", ("الغرض من البيانات", "what data are asked for"), purpose);
        }
        for (kind, roles) in &privacy.access {
            let roles = || roles.iter().filter_map(|index| self.policy.roles.get(*index));
            let words = self.both(|author| {
                author
                    .words
                    .list(&roles().map(|role| author.words.of(&role.label).to_owned()).collect::<Vec<_>>())
            });
            let mut ids: Vec<String> = roles().map(|role| canonical::named(&role.id)).collect();
            ids.sort();
            let of = level(*kind);
            let (ar, en) = (format!("من يطَّلع على ما هو {}", of.ar), format!("who may see what is {}", of.en));
            part.add(&format!("access {kind:?}"), (&ar, &en), words, ids.join(" "));
        }
        for kept in &privacy.retention {
            let event = self.policy.events.get(kept.after);
            let words = self.both(|author| {
                let (label, keep) = (author.words.of(&kept.label), author.words.period(kept.keep));
                let after = author.words.quoted(event.map_or("", |event| author.words.of(&event.label)));
                let source = flat(&vec![author.source(kept.source)]);
                match author.words.lang {
                    Lang::Ar => format!("{label}: {keep} بعد {after} ({source})"),
                    Lang::En => format!("{label}: {keep} after {after} ({source})"),
                }
            });
            let exact = format!(
                "{:?} {} {} {:?} {}",
                kept.keep,
                canonical::named(event.map_or("", |event| event.id.as_str())),
                kept.source.name(),
                kept.interpretation,
                kept.label.ar
            );
            part.add(&format!("keep {}", kept.id), ("كم يُحفظ", "how long it is kept"), words, exact);
        }
        part.said(parts);
    }

    pub(super) fn units(self, parts: &mut Vec<Part>) {
        for (id, forms) in &self.policy.units {
            let (ar, en) = (&forms.ar, &forms.en);
            let title = Text::new(ar.other.clone(), en.one.clone());
            let mut part = Part::new(Kind::Unit, id, &title, None);
            let words = Text::new(
                [&ar.one, &ar.two, &ar.few, &ar.many, &ar.other].map(Clone::clone).join("، "),
                [&en.one, &en.other].map(Clone::clone).join(", "),
            );
            part.add("forms", ("صيغها", "its forms"), words, format!("{forms:?}"));
            if let Some(aspect) = part.aspects.last_mut() {
                aspect.is_wording = true;
            }
            part.said(parts);
        }
    }

    pub(super) fn examples(self, parts: &mut Vec<Part>) {
        for scenario in &self.policy.scenarios {
            let mut part = Part::new(Kind::Example, &scenario.name, &scenario.title, None);
            part.words("title", ("عنوانه", "its title"), &scenario.title);
            if let Some(on) = scenario.on {
                part.add(
                    "on",
                    ("يوم تقييمه", "the day of its evaluation"),
                    Text::same(on.to_string()),
                    on.to_string(),
                );
            }
            leaves(&scenario.request, "request", &mut part);
            let (written, _) = source::read_toml(&scenario.source.text);
            if let Some(expect) = written.get("expect") {
                leaves(expect, "expect", &mut part);
            }
            part.said(parts);
        }
    }
}

/// Each value of a tree as an aspect, named by its path.
fn leaves(node: &source::Node, path: &str, part: &mut Part) {
    if let source::Value::Table(entries) = &node.value {
        for (key, node) in entries {
            leaves(node, &format!("{path}.{}", key.name), part);
        }
        return;
    }
    let text = written(node);
    part.add(path, (path, path), Text::same(text.clone()), text);
}

/// A value on one line; the keys of tables in one order.
fn written(node: &source::Node) -> String {
    match &node.value {
        source::Value::Null => "null".into(),
        source::Value::Bool(value) => value.to_string(),
        source::Value::Number(text) => text.replace('_', ""),
        source::Value::Date(text) => text.clone(),
        source::Value::String(text) => format!("\"{text}\""),
        source::Value::Array(nodes) => {
            format!("[{}]", nodes.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        source::Value::Table(entries) => {
            let mut entries: Vec<String> =
                entries.iter().map(|(key, node)| format!("{} = {}", key.name, written(node))).collect();
            entries.sort();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn level(privacy: Privacy) -> Text {
    match privacy {
        Privacy::Public => Text::new("عام", "public"),
        Privacy::Personal => Text::new("شخصي", "personal"),
        Privacy::Sensitive => Text::new("حساس", "sensitive"),
    }
}

fn kind_of_fact(kind: &FactKind) -> Text {
    let (ar, en) = match kind {
        FactKind::Bool => ("نعم أو لا", "yes or no"),
        FactKind::Number { money: true, .. } => ("مبلغ", "an amount of money"),
        FactKind::Number { .. } => ("عدد", "a number"),
        FactKind::Date => ("تاريخ", "a date"),
        FactKind::Choice(_) => ("اختيار", "a choice"),
        FactKind::Text => ("نص", "text"),
        FactKind::NationalId => ("رقم هوية", "an identity number"),
        FactKind::Iban => ("رقم حساب بنكي", "a bank account"),
        FactKind::Mobile => ("رقم جوال", "a mobile number"),
        FactKind::ShortAddress => ("عنوان وطني مختصر", "a short national address"),
        FactKind::Time => ("ساعة من اليوم", "a time of the day"),
        FactKind::Code => ("رقم أو رمز", "a number or code"),
        FactKind::List(_) => ("قائمة", "a list"),
    };
    Text::new(ar, en)
}
