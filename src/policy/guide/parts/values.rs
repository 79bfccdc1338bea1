//! What is decided by: limits, rules, computed values, tables, the score.

use super::{Aspect, Kind, Lister, Part, flat, flat_blocks};
use crate::expression::canonical;
use crate::expression::program::{Cell, Definition, Hit, Row, Table};
use crate::expression::types::Type;
use crate::policy::{Policy, Rule, RuleKind};
use crate::value::{Lang, Text};

impl Lister<'_> {
    pub(super) fn limits(self, parts: &mut Vec<Part>) {
        let policy = self.policy;
        for parameter in &policy.parameters {
            let mut part = Part::new(Kind::Limit, &parameter.id, &parameter.label, Some(&parameter.clause));
            let Some(named) = policy.vocabulary.get(parameter.slot) else { continue };
            // What is written again from a later day on is no news.
            let mut entries = parameter.entries.clone();
            entries.dedup_by(|later, earlier| later.1 == earlier.1);
            let words = self.both(|author| {
                let words = author.words;
                let entries = entries.iter().map(|(from, value)| {
                    let (value, from) = (words.value(&named.ty, value), words.date(*from));
                    match words.lang {
                        Lang::Ar => format!("{value} من {from}"),
                        Lang::En => format!("{value} from {from}"),
                    }
                });
                entries.collect::<Vec<_>>().join(words.say("، ثم ", ", then "))
            });
            let exact = (entries.iter())
                .map(|(from, value)| format!("{from} {}", canonical::value(&named.ty, value)))
                .collect::<Vec<_>>()
                .join(", ");
            part.add("value", ("قيمته", "its value"), words, exact);
            part.words("label", ("اسمه", "its name"), &parameter.label);
            part.add("type", ("نوعه", "its type"), named.ty.text(), canonical::ty(&named.ty));
            self.basis(&mut part, &parameter.clause, parameter.source, parameter.interpretation.as_ref());
            part.said(parts);
        }
    }

    pub(super) fn rules(self, parts: &mut Vec<Part>) {
        for rule in &self.policy.rules {
            self.rule(rule, parts);
        }
    }

    fn rule(self, rule: &Rule, parts: &mut Vec<Part>) {
        let policy = self.policy;
        let mut part = Part::new(Kind::Rule, &rule.id, &rule.title, Some(&rule.clause));
        part.add(
            "condition",
            ("ما تنصُّ عليه", "what it says"),
            self.both(|author| flat_blocks(&author.asked(rule), author.words.lang)),
            canonical::program(&policy.vocabulary, &rule.condition),
        );
        part.words("title", ("عنوانها", "its title"), &rule.title);
        part.add("kind", ("نوعها", "its kind"), kind_of_rule(rule.kind), format!("{:?}", rule.kind));
        let mut applicants = rule.applicants.clone().unwrap_or_else(|| vec!["everybody".into()]);
        applicants.sort();
        part.add(
            "concerns",
            ("من تخصُّه", "whom it concerns"),
            self.both(|author| author.concerned(rule)),
            format!("{} for {}", applicants.join(" "), services(policy, rule.services.as_ref())),
        );
        let mut exemptions: Vec<String> = (rule.unless.iter())
            .filter_map(|index| policy.rules.get(*index))
            .map(|rule| canonical::named(&rule.id))
            .collect();
        exemptions.sort();
        part.add(
            "unless",
            ("ما يُعفي منها", "what sets it aside"),
            self.both(|author| flat(&author.exemptions(rule))),
            format!("unless {}", exemptions.join(" ")),
        );
        let met = ("ما يُقرأ إن تحقَّقت", "what people read if it is met");
        self.wording(&mut part, "met", met, rule.met.as_ref());
        let not_met = ("ما يُقرأ إن لم تتحقق", "what people read if it is not met");
        for (index, (case, wording)) in rule.not_met_if.iter().enumerate() {
            let words = self.both(|author| {
                let (case, said) = (author.words.when(case), author.words.message(wording));
                match author.words.lang {
                    Lang::Ar => format!("إذا {case}: {said}"),
                    Lang::En => format!("where {case}: {said}"),
                }
            });
            let exact = format!("{}: {}", canonical::program(&policy.vocabulary, case), self.spelt(wording));
            part.add(&format!("not-met {index}"), not_met, words, exact);
        }
        self.wording(&mut part, "not-met", not_met, rule.not_met.as_ref());
        let unknown = ("ما يُقرأ إن لم تُعلم بعد", "what people read while it is not known");
        self.wording(&mut part, "unknown", unknown, rule.unknown.as_ref());
        let other = ("ما يُقرأ إن كانت لا تخصُّ الطلب", "what people read if it does not apply");
        self.wording(&mut part, "not-applicable", other, rule.not_applicable.as_ref());
        if let Some(why) = &rule.justification {
            part.words("justification", ("مسوِّغها", "its justification"), why);
        }
        self.basis(&mut part, &rule.clause, rule.source, rule.interpretation.as_ref());
        part.said(parts);
    }

    pub(super) fn values(self, parts: &mut Vec<Part>) {
        let policy = self.policy;
        for (slot, named) in policy.vocabulary.iter() {
            let is_of_score = policy
                .score
                .iter()
                .any(|score| score.slot == slot || score.factors.iter().any(|factor| factor.slot == slot));
            let Some(Definition::Expression(node)) = &named.definition else { continue };
            if is_of_score {
                continue;
            }
            let mut part = Part::new(Kind::Value, &named.id, &named.label, None);
            let exact = canonical::definition(&policy.vocabulary, slot).unwrap_or_default();
            let words = self.both(|author| author.words.computed(node));
            part.add("value", ("كيف تُحسب", "how it is computed"), words, exact);
            part.words("label", ("اسمها", "its name"), &named.label);
            part.said(parts);
        }
    }

    pub(super) fn tables(self, parts: &mut Vec<Part>) {
        let mut seen: Vec<&str> = Vec::new();
        for (_, named) in self.policy.vocabulary.iter() {
            let Some(Definition::Output { table, .. }) = &named.definition else { continue };
            if seen.contains(&table.id.as_str()) {
                continue;
            }
            seen.push(&table.id);
            self.table(table, parts);
        }
    }

    fn table(self, table: &Table, parts: &mut Vec<Part>) {
        let outputs = self.author(Lang::Ar).outputs(table);
        let title = self.both(|author| {
            let titles = outputs.iter().map(|(_, named)| author.words.of(&named.label).to_owned());
            author.words.list(&titles.collect::<Vec<_>>())
        });
        let mut part = Part::new(Kind::Table, &table.id, &title, None);
        part.aspects.extend(table.rows.iter().map(|row| self.row(table, row)));
        let (hit, exact) = match table.hit {
            // Where every case has one row, their order means nothing.
            Hit::Unique => {
                (Text::new("لكل حالةٍ صفٌّ واحد", "every case has exactly one row"), "unique".to_owned())
            }
            Hit::First => {
                let order = |pick: &dyn Fn(&Aspect) -> String, between| {
                    part.aspects.iter().map(pick).collect::<Vec<_>>().join(between)
                };
                let words = Text::new(
                    format!(
                        "يُعمل بأول صفٍّ ينطبق بهذا الترتيب: {}",
                        order(&|row| row.words.ar.clone(), "؛ ثم ")
                    ),
                    format!(
                        "the first row that matches counts, in this order: {}",
                        order(&|row| row.words.en.clone(), "; then ")
                    ),
                );
                (words, format!("first {}", order(&|row| row.exact.clone(), "; ")))
            }
        };
        part.add("hit", ("أيُّ صفٍّ يُعمل به", "which row counts"), hit, exact);
        for (_, named) in &outputs {
            let id = canonical::named(&named.id);
            let key = format!("output {id}");
            part.words(&key, ("اسم ما يُعطيه", "the name of what it gives"), &named.label);
            let exact = format!("{} {}", canonical::ty(&named.ty), choices(&named.ty));
            let key = format!("type {id}");
            part.add(&key, ("نوع ما يُعطيه", "the type of what it gives"), type_in_words(&named.ty), exact);
        }
        if let Some(why) = &table.justification {
            part.words("justification", ("مسوِّغه", "its justification"), why);
        }
        part.said(parts);
    }

    fn row(self, table: &Table, row: &Row) -> Aspect {
        let outputs = self.author(Lang::Ar).outputs(table);
        let named = |slot| self.policy.vocabulary.get(slot);
        let cells: Vec<String> = (table.given.iter().zip(&row.cells))
            .filter_map(|(slot, cell)| {
                let named = named(*slot)?;
                Some(format!("{}={}", canonical::named(&named.id), canonical::cell(&named.ty, cell)))
            })
            .collect();
        let gives: Vec<String> = (outputs.iter().zip(&row.outputs))
            .map(|((_, named), value)| {
                format!("{}={}", canonical::named(&named.id), canonical::value(&named.ty, value))
            })
            .collect();
        let words = self.both(|author| {
            let words = author.words;
            let between = words.say("، و", ", ");
            // Words are set apart from the name before them; numbers are not mistaken for it.
            let said = |slot, text: String, is_word| {
                let text = if is_word { words.quoted(&text) } else { text };
                format!("{} {text}", words.name(slot))
            };
            let given = (table.given.iter().zip(&row.cells)).map(|(slot, cell)| {
                said(*slot, words.cell(*slot, cell), matches!(cell, Cell::Choices(_) | Cell::Bool(_)))
            });
            let gives = (outputs.iter().zip(&row.outputs)).map(|((slot, named), value)| {
                said(*slot, words.value(&named.ty, value), named.ty.choices().is_some())
            });
            let given = given.collect::<Vec<_>>().join(between);
            format!("{given}: {}", gives.collect::<Vec<_>>().join(between))
        });
        let (cells, gives) = (cells.join(", "), gives.join(", "));
        Aspect {
            key: format!("row {cells}"),
            exact: format!("{cells} -> {gives}"),
            gives: Some(gives),
            name: Text::new("صفٌّ منه", "a row"),
            words,
            is_wording: false,
        }
    }

    pub(super) fn score(self, parts: &mut Vec<Part>) {
        let policy = self.policy;
        let Some(score) = &policy.score else { return };
        let title = Text::new("درجة الأولوية", "the priority score");
        let mut part = Part::new(Kind::Score, "score", &title, score.clause.as_deref());
        let at_most = self.both(|author| author.words.figure(score.at_most));
        part.add("at-most", ("أقصاها", "at most"), at_most, score.at_most.to_string());
        for factor in &score.factors {
            let words = self.both(|author| {
                let cases = author
                    .cases(factor)
                    .into_iter()
                    .map(|(case, points)| if points.is_empty() { case } else { format!("{case}: {points}") });
                cases.collect::<Vec<_>>().join(author.say("؛ ", "; "))
            });
            let id = canonical::named(&factor.id);
            let exact = canonical::definition(&policy.vocabulary, factor.slot).unwrap_or_default();
            let (ar, en) =
                (format!("نقاط «{}»", factor.label.ar), format!("points for “{}”", factor.label.en));
            part.add(&format!("factor {id}"), (&ar, &en), words, exact);
            part.words(&format!("label {id}"), ("اسم عاملٍ منها", "the name of a factor"), &factor.label);
        }
        match &score.clause {
            Some(clause) => self.basis(&mut part, clause, score.source, score.interpretation.as_ref()),
            None => {
                let words = self.both(|author| flat(&vec![author.source(score.source)]));
                part.add("basis", ("السند", "its basis"), words, score.source.name().to_owned());
            }
        }
        part.said(parts);
    }
}

/// The ids of services, or all.
pub(super) fn services(policy: &Policy, services: Option<&Vec<usize>>) -> String {
    let is_meant = |index: &usize| services.is_none_or(|services| services.contains(index));
    let mut ids: Vec<String> = (policy.services.iter().enumerate())
        .filter(|(index, _)| is_meant(index))
        .map(|(_, service)| canonical::named(&service.id))
        .collect();
    ids.sort();
    ids.join(" ")
}

/// The choices of a choice, with what people call them; their order means nothing.
pub(super) fn choices(ty: &Type) -> String {
    let Some(choices) = ty.choices() else { return String::new() };
    let mut said: Vec<String> = (choices.ids.iter().zip(&choices.labels))
        .map(|(id, label)| format!("{id}={}/{}", label.ar, label.en))
        .collect();
    said.sort();
    said.join(", ")
}

/// A type; of a choice, its choices.
pub(super) fn type_in_words(ty: &Type) -> Text {
    match ty.choices() {
        Some(choices) => Text::new(
            format!(
                "واحدٌ من: {}",
                choices.labels.iter().map(|label| label.ar.as_str()).collect::<Vec<_>>().join("، ")
            ),
            format!(
                "one of: {}",
                choices.labels.iter().map(|label| label.en.as_str()).collect::<Vec<_>>().join(", ")
            ),
        ),
        None => ty.text(),
    }
}

fn kind_of_rule(kind: RuleKind) -> Text {
    match kind {
        RuleKind::Eligibility => Text::new("شرط استحقاق", "a condition of eligibility"),
        RuleKind::Procedural => Text::new("شرط اكتمال لا يُرفض به", "procedural: it never declines"),
        RuleKind::Exemption => Text::new("إعفاء", "an exemption"),
        RuleKind::Merge => Text::new("ضمٌّ إلى طلب قائم", "joins the request to an open one"),
    }
}
