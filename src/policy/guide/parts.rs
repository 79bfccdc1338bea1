//! A revision taken apart: every thing in it by itself, aspect by aspect, so that two revisions can be held side by side.
//!
//! Receives a [`Policy`], hands on [`Part`]s. Each aspect is said twice: in the prose of the guide, for people, and in one spelling
//! ([`canonical`]), by which it is compared. What the prose says may hang on something else (a condition shows the limit that it
//! names), the spelling never does.

mod intake;
mod letters;
mod values;

use serde::Serialize;

use super::words::Words;
use super::{Author, Block, Runs, Standing, text};
use crate::expression::canonical;
use crate::policy::message::{Message, Part as MessagePart, Special};
use crate::policy::{Basis, Policy, Wording};
use crate::value::words::Digits;
use crate::value::{Lang, Text};

/// What kind of thing a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The revision as a whole.
    Revision,
    /// A sentence of the source policy.
    Clause,
    /// A question that a clause leaves open.
    Interpretation,
    /// A number or list of the board.
    Limit,
    /// A rule.
    Rule,
    /// A computed value.
    Value,
    /// A decision table.
    Table,
    /// The score.
    Score,
    /// What can be asked for.
    Service,
    /// A paper.
    Document,
    /// A deadline.
    Deadline,
    /// The calendar.
    Calendar,
    /// What a request may say.
    Fact,
    /// A way of getting in touch.
    Channel,
    /// What can happen to a request.
    Event,
    /// Who acts.
    Role,
    /// A letter, or what all letters share.
    Letter,
    /// What data are asked for, who sees them, how long they are kept.
    Privacy,
    /// The forms of a unit.
    Unit,
    /// What must hold whatever the numbers are.
    Invariant,
    /// A worked example.
    Example,
}

impl Kind {
    /// What people call it.
    pub fn text(self) -> Text {
        let (ar, en) = match self {
            Kind::Revision => ("النسخة", "the revision"),
            Kind::Clause => ("نصُّ البند", "words of the clause"),
            Kind::Interpretation => ("تفسير", "interpretation"),
            Kind::Limit => ("حدّ", "limit"),
            Kind::Rule => ("قاعدة", "rule"),
            Kind::Value => ("قيمة محسوبة", "computed value"),
            Kind::Table => ("جدول", "table"),
            Kind::Score => ("درجة الأولوية", "priority score"),
            Kind::Service => ("خدمة", "service"),
            Kind::Document => ("وثيقة", "paper"),
            Kind::Deadline => ("موعد", "deadline"),
            Kind::Calendar => ("التقويم", "calendar"),
            Kind::Fact => ("بيان يُسأل عنه", "fact that is asked"),
            Kind::Channel => ("قناة", "way of getting in touch"),
            Kind::Event => ("حدث", "event"),
            Kind::Role => ("دور", "role"),
            Kind::Letter => ("خطاب", "letter"),
            Kind::Privacy => ("الخصوصية", "privacy"),
            Kind::Unit => ("وحدة", "unit"),
            Kind::Invariant => ("وعدٌ من وعود السياسة", "what must hold"),
            Kind::Example => ("مثال محلول", "worked example"),
        };
        Text::new(ar, en)
    }
}

/// One thing of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The clause that it carries out, where it does.
    pub clause: Option<String>,
    /// What is said of it; the first is what it is all about.
    pub aspects: Vec<Aspect>,
}

/// One thing that is said of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspect {
    /// Its name for the machine: an aspect of the same key is the same aspect.
    pub key: String,
    /// Where no aspect has the same key, one that gives the same counts as the same: a row of a table.
    pub gives: Option<String>,
    /// What people call it.
    pub name: Text,
    /// What is said, as people read it.
    pub words: Text,
    /// What is said, in one spelling.
    pub exact: String,
    /// Is it nothing but words that people read?
    pub is_wording: bool,
}

/// Every part of a revision, in the order of its files.
pub fn parts(policy: &Policy) -> Vec<Part> {
    let lister = Lister { policy };
    let mut parts = vec![lister.revision()];
    lister.clauses(&mut parts);
    lister.interpretations(&mut parts);
    lister.limits(&mut parts);
    lister.rules(&mut parts);
    lister.values(&mut parts);
    lister.tables(&mut parts);
    lister.score(&mut parts);
    lister.services(&mut parts);
    lister.documents(&mut parts);
    lister.deadlines(&mut parts);
    lister.calendar(&mut parts);
    lister.facts(&mut parts);
    lister.channels(&mut parts);
    lister.procedure(&mut parts);
    lister.letters(&mut parts);
    lister.privacy(&mut parts);
    lister.units(&mut parts);
    lister.invariants(&mut parts);
    lister.examples(&mut parts);
    parts
}

/// Lists the parts.
#[derive(Debug, Clone, Copy)]
struct Lister<'a> {
    policy: &'a Policy,
}

impl Part {
    fn new(kind: Kind, id: &str, title: &Text, clause: Option<&str>) -> Part {
        Part {
            kind,
            id: id.to_owned(),
            title: title.clone(),
            clause: clause.map(str::to_owned),
            aspects: vec![],
        }
    }

    /// Words that people read, compared as they stand.
    fn words(&mut self, key: &str, name: (&str, &str), words: &Text) {
        self.add(key, name, words.clone(), format!("{}\n{}", words.ar, words.en));
        if let Some(aspect) = self.aspects.last_mut() {
            aspect.is_wording = true;
        }
    }

    /// What is compared by its spelling.
    fn add(&mut self, key: &str, name: (&str, &str), words: Text, exact: String) {
        let name = Text::new(name.0, name.1);
        self.aspects.push(Aspect { key: key.to_owned(), gives: None, name, words, exact, is_wording: false });
    }

    fn said(mut self, parts: &mut Vec<Part>) {
        self.aspects.retain(|aspect| !(aspect.exact.is_empty() && aspect.words == Text::default()));
        parts.push(self);
    }
}

impl<'a> Lister<'a> {
    fn author(self, lang: Lang) -> Author<'a> {
        Author { words: Words { policy: self.policy, lang }, clause: None }
    }

    /// The same in both languages.
    fn both(self, say: impl Fn(Author<'a>) -> String) -> Text {
        Text::new(say(self.author(Lang::Ar)), say(self.author(Lang::En)))
    }

    /// What is compared by its prose in both languages.
    fn prose(self, part: &mut Part, key: &str, name: (&str, &str), say: impl Fn(Author<'a>) -> String) {
        let words = self.both(say);
        let exact = format!("{}\n{}", words.ar, words.en);
        part.add(key, name, words, exact);
    }

    /// A sentence with placeholders, or nothing where there is none.
    fn wording(self, part: &mut Part, key: &str, name: (&str, &str), wording: Option<&Wording>) {
        let Some(wording) = wording else { return };
        let words = self.both(|author| author.words.message(wording));
        part.add(key, name, words, self.spelt(wording));
        if let Some(aspect) = part.aspects.last_mut() {
            aspect.is_wording = true;
        }
    }

    /// The clause and where a thing comes from.
    fn basis(self, part: &mut Part, clause: &str, source: Basis, interpretation: Option<&String>) {
        let words = self.both(|author| flat(&author.basis(clause, source, interpretation).1));
        let exact = format!(
            "{} {} {}",
            canonical::named(clause),
            source.name(),
            interpretation.map_or_else(String::new, |id| canonical::named(id))
        );
        part.add("basis", ("السند", "its basis"), words, exact);
    }

    fn spelt(self, wording: &Wording) -> String {
        format!("{}\n{}", self.message(&wording.ar), self.message(&wording.en))
    }

    fn message(self, message: &Message) -> String {
        let name = |slot| self.slot(slot);
        let parts = message.0.iter().map(|part| match part {
            MessagePart::Words(words) => words.clone(),
            MessagePart::Value(slot, form) => format!("{{{}:{form:?}}}", name(*slot)),
            MessagePart::Special(Special::Deadline(index, end), form) => {
                format!("{{{} {}:{form:?}}}", end.name(), self.deadline(*index))
            }
            MessagePart::Special(special, form) => format!("{{{special:?}:{form:?}}}"),
            MessagePart::Select { slot, cases, otherwise } => {
                let choices = self.policy.vocabulary.get(*slot).and_then(|named| named.ty.choices());
                let cases = cases.iter().map(|(choice, words)| {
                    let id = choices.map_or("", |choices| choices.id(*choice));
                    format!("{id}={words}")
                });
                let otherwise = otherwise.as_deref().unwrap_or_default();
                format!("{{{}|{}|{otherwise}}}", name(*slot), cases.collect::<Vec<_>>().join("|"))
            }
        });
        parts.collect()
    }

    fn slot(self, slot: crate::expression::program::Slot) -> String {
        canonical::named(self.policy.vocabulary.get(slot).map_or("", |named| named.id.as_str()))
    }

    fn deadline(self, index: u16) -> String {
        let deadline = self.policy.deadlines.get(usize::from(index));
        canonical::named(deadline.map_or("", |deadline| deadline.id.as_str()))
    }

    fn revision(self) -> Part {
        let policy = self.policy;
        let mut part = Part::new(Kind::Revision, &policy.id, &policy.title, None);
        // Its label and number differ in every revision, and its standing is not written in it.
        let keys = ["", "", "from", "owner", "review", "transition", "currency"];
        let about = |lang| self.author(lang).about(Standing::Draft);
        let about = about(Lang::Ar).into_iter().zip(about(Lang::En));
        for (key, ((ar_name, ar), (en_name, en))) in keys.iter().zip(about) {
            if !key.is_empty() {
                let words = Text::new(flat(&ar), flat(&en));
                let exact = format!("{}\n{}", words.ar, words.en);
                part.add(key, (&flat(&ar_name), &flat(&en_name)), words, exact);
            }
        }
        part.words("title", ("عنوان السياسة", "the title of the policy"), &policy.title);
        let digits = match policy.digits {
            Digits::ArabicIndic => "١٢٣",
            Digits::Latin => "123",
        };
        let name = ("الأرقام في الخطابات العربية", "digits in Arabic letters");
        part.add("digits", name, Text::same(digits), digits.to_owned());
        let offset = policy.utc_offset.map_or_else(|| "–".to_owned(), |minutes| format!("{minutes:+}"));
        part.add(
            "offset",
            ("فرق التوقيت عن غرينتش بالدقائق", "minutes ahead of UTC"),
            Text::same(offset.clone()),
            offset,
        );
        part
    }

    fn clauses(self, parts: &mut Vec<Part>) {
        for clause in &self.policy.clauses {
            let mut part = Part::new(Kind::Clause, &clause.number, &clause.text, Some(&clause.number));
            part.words("text", ("نصُّه", "its words"), &clause.text);
            let kind = format!("{:?}", clause.kind);
            part.add("kind", ("نوعه", "its kind"), Text::same(kind.to_lowercase()), kind);
            let value = yes_or_no(clause.is_value_statement);
            part.add(
                "value",
                ("قيمةٌ معلنة لا تُقاس", "states a value that nobody can measure"),
                value,
                clause.is_value_statement.to_string(),
            );
            part.said(parts);
        }
    }

    fn interpretations(self, parts: &mut Vec<Part>) {
        for question in &self.policy.interpretations {
            let title = &question.question;
            let mut part = Part::new(Kind::Interpretation, &question.id, title, Some(&question.clause));
            let option = |index: usize| question.options.get(index);
            let (ar, en, index) = match question.chosen {
                Some(index) => ("اختار المجلس: ", "the board chose: ", index),
                None => (
                    "لم يُختر، ويُعمل بالمقترح: ",
                    "not chosen yet; the proposal is applied: ",
                    question.proposed,
                ),
            };
            let text = option(index).map(|(_, text)| text.clone()).unwrap_or_default();
            part.add(
                "choice",
                ("الاختيار", "the choice"),
                Text::new(format!("{ar}{}", text.ar), format!("{en}{}", text.en)),
                format!("{} {}", question.chosen.is_some(), option(index).map_or("", |(id, _)| id)),
            );
            part.words("question", ("السؤال", "the question"), &question.question);
            for (id, text) in &question.options {
                part.words(&format!("option {id}"), ("أحد الأجوبة", "one of the answers"), text);
            }
            let mut answers: Vec<String> =
                question.answers.iter().map(|(code, clause)| format!("{} {clause}", code.name())).collect();
            answers.sort();
            let answers = answers.join(", ");
            part.add(
                "answers",
                ("ما يجيب عنه من ملاحظات الفحص", "the findings that it answers"),
                Text::same(answers.clone()),
                answers,
            );
            part.said(parts);
        }
    }
}

impl Lister<'_> {
    fn invariants(self, parts: &mut Vec<Part>) {
        for invariant in &self.policy.invariants {
            let mut part = Part::new(Kind::Invariant, &invariant.id, &invariant.says, None);
            let exact =
                format!("{:?} {} {:?}", invariant.when, self.slot(invariant.of), invariant.never_worse);
            let says = invariant.says.clone();
            part.add("holds", ("ما يُبرهن عليه", "what is proven"), says, exact);
            part.words("says", ("نصُّه", "its words"), &invariant.says);
            part.said(parts);
        }
    }
}

/// The words of a sentence, without what sets its stretches apart.
fn flat(runs: &Runs) -> String {
    text::words(runs)
}

/// The words of paragraphs and lists in one line.
fn flat_blocks(blocks: &[Block], lang: Lang) -> String {
    let mut text = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(runs) | Block::Quote(runs) => text.push_str(&flat(runs)),
            Block::List(entries) => {
                let entries: Vec<String> = entries.iter().map(flat).collect();
                text.push(' ');
                text.push_str(&entries.join(match lang {
                    Lang::Ar => "؛ ",
                    Lang::En => "; ",
                }));
                text.push('.');
            }
            Block::Pairs(_) | Block::Table(_) | Block::Bars(_) => {}
        }
    }
    text
}

fn yes_or_no(value: bool) -> Text {
    if value { Text::new("نعم", "yes") } else { Text::new("لا", "no") }
}
