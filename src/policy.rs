//! From the files of a revision to a policy that can be trusted.
//!
//! Receives the files as text, hands on a [`Policy`]: every name found, every condition typed, every table proven, every sentence's
//! placeholders known. Every problem is collected, none is repaired; a [`Policy`] exists only after [`check()`].

pub mod check;
pub mod file;
pub mod form;
pub mod guide;
mod hidden;
pub mod lint;
pub mod look;
pub mod message;
mod problems;
pub mod read;
pub mod recorded;
pub mod schema;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::{Calendar, Period, Roll};
use crate::diag::{Citation, Code};
use crate::expression::program::{Interval, Node, Slot, Value, Vocabulary};
use crate::source::{self, Place, Source};
use crate::value::words::{Digits, UnitForms};
use crate::value::{Date, Number, Span, Text};

pub use check::{check, check_without_examples};
pub use file::{
    About, Basis, Carries, ClauseKind, FoundBy, Identity, Issue, Mode, Outcome, Privacy, PrivateData,
    Requests, RuleKind, Signature, Transition,
};
use message::Message;
pub use recorded::Recorded;

/// A file of a revision: its path inside the revision's folder, and what it says.
#[derive(Debug, Clone)]
pub struct PolicyFile {
    /// `rules.toml`, `scenarios/ordinary.toml`.
    pub path: String,
    /// Its text.
    pub source: Arc<Source>,
}

/// A checked revision of a policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The id of the policy.
    pub id: String,
    /// The number of the revision.
    pub number: u32,
    /// What letters call the revision.
    pub label: String,
    /// The title.
    pub title: Text,
    /// The role that keeps it.
    pub owner: String,
    /// From when on it is meant to govern.
    pub in_force_from: Date,
    /// What happens to open requests.
    pub transition: Transition,
    /// How often it is reviewed.
    pub review_every: Period,
    /// The unit of money.
    pub currency: String,
    /// How far local time is ahead of UTC, in minutes; a time is taken as it is written where it is absent.
    pub utc_offset: Option<i32>,
    /// How numbers are written in Arabic.
    pub digits: Digits,
    /// The sentences of the source policy, in order.
    pub clauses: Vec<Clause>,
    /// The questions that they leave open.
    pub interpretations: Vec<Interpretation>,
    /// Every name, with its place for a value.
    pub vocabulary: Vocabulary,
    /// Names that the engine itself fills in.
    pub builtin: Builtin,
    /// What a request may say.
    pub facts: Vec<Fact>,
    /// The forms of units, by name; those of the engine are not among them.
    pub units: BTreeMap<String, UnitForms>,
    /// The board's numbers and lists.
    pub parameters: Vec<Parameter>,
    /// The rules, in the order of their ids.
    pub rules: Vec<Rule>,
    /// The score, if there is one.
    pub score: Option<Score>,
    /// What can be asked for.
    pub services: Vec<Service>,
    /// By what ways.
    pub channels: Vec<Channel>,
    /// The papers.
    pub documents: Vec<Document>,
    /// Until when.
    pub deadlines: Vec<Deadline>,
    /// Working days, where the policy has a calendar.
    pub calendar: Option<Calendar>,
    /// The years that it knows of, and where their days come from.
    pub calendar_years: Vec<(String, Basis)>,
    /// What can happen to a request.
    pub events: Vec<Event>,
    /// Who acts.
    pub roles: Vec<Role>,
    /// What every letter shares.
    pub frame: Option<Frame>,
    /// The letters.
    pub letters: Vec<Letter>,
    /// What data are asked for, who sees them, how long they are kept.
    pub privacy: PrivacyRules,
    /// What must hold of it whatever its numbers are.
    pub invariants: Vec<Invariant>,
    /// Why it differs from the revision before it.
    pub reasons: Reasons,
    /// The worked examples.
    pub scenarios: Vec<Scenario>,
    /// The files that it was read from.
    pub files: Vec<PolicyFile>,
}

/// The names that the engine fills in for each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// The day of the request.
    pub submitted_on: Slot,
    /// The day of the evaluation.
    pub evaluated_on: Slot,
    /// What is asked for.
    pub service: Slot,
    /// How often it may be had.
    pub interval: Slot,
    /// By what way the request came.
    pub channel: Slot,
    /// Are all papers there and valid?
    pub documents_complete: Slot,
    /// Does what was said agree with the papers?
    pub data_matched: Slot,
    /// Is the declaration signed over these data?
    pub declaration_signed: Slot,
}

/// A sentence of the source policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its number.
    pub number: String,
    /// What it is.
    pub kind: ClauseKind,
    /// Its words.
    pub text: Text,
    /// Does it state a value, and nothing that could be measured?
    pub is_value_statement: bool,
}

/// A question that a clause leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpretation {
    /// Its id.
    pub id: String,
    /// The clause.
    pub clause: String,
    /// The question.
    pub question: Text,
    /// The answers, by id.
    pub options: Vec<(String, Text)>,
    /// The one that is proposed.
    pub proposed: usize,
    /// The one that the board chose.
    pub chosen: Option<usize>,
    /// Which findings it answers: the code, and the clause in which it is found.
    pub answers: Vec<(Code, String)>,
}

/// What a request may say.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its place.
    pub slot: Slot,
    /// `household.size`.
    pub id: String,
    /// How it is read and checked.
    pub kind: FactKind,
    /// What numbers it may be.
    pub range: Option<Interval>,
    /// What people call it.
    pub label: Text,
    /// How it is asked.
    pub ask: Option<Text>,
    /// Why it is asked.
    pub purpose: Option<Text>,
    /// Who finds it out.
    pub found_by: FoundBy,
    /// The papers that show it, by number.
    pub shown_by: Vec<usize>,
    /// How private it is.
    pub privacy: Privacy,
    /// May the person's circumstances change it?
    pub can_change: bool,
    /// Is it said why it is asked although nothing reads it?
    pub is_justified: bool,
}

/// How a fact is written and checked.
#[derive(Debug, Clone)]
pub enum FactKind {
    /// Yes or no.
    Bool,
    /// A number; money is multiplied by 100 on the way in.
    Number {
        /// Without a part after the point?
        whole: bool,
        /// An amount of money?
        money: bool,
    },
    /// A day.
    Date,
    /// One of the choices.
    Choice(Arc<crate::expression::types::Choices>),
    /// Free text.
    Text,
    /// A Saudi national or residence number.
    NationalId,
    /// A Saudi bank account.
    Iban,
    /// A Saudi mobile number.
    Mobile,
    /// A short national address.
    ShortAddress,
    /// A time of the day.
    Time,
    /// A number or reference that others gave, written as one word.
    Code,
    /// A list of like things, each with these fields.
    List(Vec<Fact>),
}

/// A number or list of the board.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its place.
    pub slot: Slot,
    /// Its id.
    pub id: String,
    /// The clause that it serves.
    pub clause: String,
    /// Where it comes from.
    pub source: Basis,
    /// What people call it.
    pub label: Text,
    /// The question that it rests on.
    pub interpretation: Option<String>,
    /// Its values, the earliest first.
    pub entries: Vec<(Date, Value)>,
}

impl Parameter {
    /// The value in force on a day.
    pub fn on(&self, date: Date) -> Option<&Value> {
        self.entries.iter().rev().find(|(from, _)| *from <= date).map(|(_, value)| value)
    }
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What kind it is.
    pub kind: RuleKind,
    /// The clause that it carries out.
    pub clause: String,
    /// Where it comes from.
    pub source: Basis,
    /// The question that it rests on.
    pub interpretation: Option<String>,
    /// Why it may leave out a whole group of people.
    pub justification: Option<Text>,
    /// Its title.
    pub title: Text,
    /// Whom it concerns; everybody where it is absent.
    pub applicants: Option<Vec<String>>,
    /// Which services it concerns, by number; all where it is absent.
    pub services: Option<Vec<usize>>,
    /// What must hold, or when it takes effect.
    pub condition: Node,
    /// The exemptions that set it aside, by number.
    pub unless: Vec<usize>,
    /// What people read when it is met.
    pub met: Option<Wording>,
    /// What people read when it is not.
    pub not_met: Option<Wording>,
    /// Other wordings of that; the first whose case holds counts.
    pub not_met_if: Vec<(Node, Wording)>,
    /// What people read when it cannot be told.
    pub unknown: Option<Wording>,
    /// What people read when it does not concern the request.
    pub not_applicable: Option<Wording>,
    /// Where it is written.
    pub place: Place,
}

/// A sentence with placeholders in both languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// Arabic.
    pub ar: Message,
    /// English.
    pub en: Message,
}

/// The score.
#[derive(Debug, Clone)]
pub struct Score {
    /// Its place.
    pub slot: Slot,
    /// No more than this.
    pub at_most: Number,
    /// What it is made of.
    pub factors: Vec<Factor>,
    /// The tier, where a table of that name makes one.
    pub tier: Option<Slot>,
    /// Where it comes from.
    pub source: Basis,
    /// The clause that it serves.
    pub clause: Option<String>,
    /// The question that it rests on.
    pub interpretation: Option<String>,
}

/// A factor of the score.
#[derive(Debug, Clone)]
pub struct Factor {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// Its place.
    pub slot: Slot,
    /// The most it can give.
    pub most: Number,
}

/// What can be asked for.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub place: Place,
    /// Its title.
    pub title: Text,
    /// The clause that it carries out.
    pub clause: String,
    /// Where it comes from.
    pub source: Basis,
    /// Who asks for it.
    pub applicant: String,
    /// What is granted.
    pub quantity: Option<Node>,
    /// At most once in that time.
    pub interval: Option<Span>,
    /// Until when it is delivered, after registration.
    pub delivery: Option<Period>,
    /// What the person makes ready.
    pub prepare: Option<Text>,
}

/// A way of getting in touch.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its number.
    pub id: String,
    /// The clause that names it.
    pub clause: String,
    /// Its title.
    pub title: Text,
    /// Where its rules come from.
    pub source: Basis,
    /// May a request come this way?
    pub requests: Requests,
    /// How a person is recognised.
    pub identity: Identity,
    /// May private data go out this way?
    pub private_data: PrivateData,
    /// When a letter sent this way counts as received.
    pub deemed: Period,
    /// What is kept to show that it was.
    pub proof: Text,
}

/// A paper of the checklist.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// The clause that asks for it.
    pub clause: String,
    /// Where it comes from.
    pub source: Basis,
    /// What happens with it.
    pub mode: Mode,
    /// It must not be older.
    pub issued_within: Option<Period>,
    /// It must not have expired.
    pub not_expired: bool,
    /// Some of these papers never expire: one without an expiry is valid.
    pub may_never_expire: bool,
    /// Papers that are accepted in its place, by number.
    pub instead: Vec<usize>,
    /// What counts as this paper.
    pub accepted: Option<Text>,
    /// Why it is needed.
    pub why: Text,
    /// Does it show who somebody is?
    pub identity: bool,
    /// When it is required; the first that fits counts.
    pub required: Vec<Required>,
    /// The place of whether it was shown.
    pub shown: Slot,
}

/// When a paper is required.
#[derive(Debug, Clone)]
pub struct Required {
    /// For which services, by number; all where it is absent.
    pub services: Option<Vec<usize>>,
    /// In which case.
    pub when: Option<Node>,
    /// May it follow later?
    pub later: bool,
}

/// A deadline.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// Its id.
    pub id: String,
    /// Where it is written.
    pub place: Place,
    /// Its title.
    pub title: Text,
    /// The clause that it serves.
    pub clause: String,
    /// Where it comes from.
    pub source: Basis,
    /// The question that it rests on.
    pub interpretation: Option<String>,
    /// The event from which it is counted.
    pub from: usize,
    /// Not before.
    pub earliest: Option<Limit>,
    /// Not after.
    pub latest: Option<Limit>,
    /// Something else in a case; the first that holds counts.
    pub instead: Vec<Instead>,
    /// How it can be extended: by how long, on which event.
    pub extend: Option<(Period, usize)>,
    /// For which services, by number; all where it is absent.
    pub services: Option<Vec<usize>>,
}

/// Another pair of limits, in a case.
#[derive(Debug, Clone)]
pub struct Instead {
    /// The case.
    pub when: Node,
    /// Not before.
    pub earliest: Option<Limit>,
    /// Not after.
    pub latest: Option<Limit>,
}

/// One end of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How long after the event.
    pub after: After,
    /// May it be passed with a recorded reason?
    pub soft: bool,
    /// What happens when the last day is not a working day.
    pub roll: Roll,
}

/// How long after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// A fixed time.
    Period(Period),
    /// The delivery time of the service.
    Delivery,
}

/// Something that can happen to a request.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// The place of its day.
    pub slot: Slot,
}

/// Somebody who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Text,
}

/// What data are asked for, who sees them, how long they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivacyRules {
    /// The one purpose for which data are asked.
    pub purpose: Option<Text>,
    /// The roles that may see facts, by how private they are; roles by number.
    pub access: BTreeMap<Privacy, Vec<usize>>,
    /// How long what is kept.
    pub retention: Vec<Retention>,
}

/// How long something is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Its id.
    pub id: String,
    /// What is kept.
    pub label: Text,
    /// How long.
    pub keep: Period,
    /// After which event, by number.
    pub after: usize,
    /// Where it comes from.
    pub source: Basis,
    /// The question that it rests on.
    pub interpretation: Option<String>,
}

/// What must hold of a policy whatever its numbers are: with less, or more, of a fact the person is never worse off.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// Its id.
    pub id: String,
    /// The promise, as people read it.
    pub says: Text,
    /// Less or more of the fact.
    pub when: file::Change,
    /// The place of the fact.
    pub of: Slot,
    /// What is then never worse.
    pub never_worse: Vec<file::Measure>,
    /// Where it is written.
    pub place: Place,
}

/// Why a revision differs from the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Why there is a new revision at all.
    pub revision: Option<Text>,
    /// By the id of what changed.
    pub each: BTreeMap<String, Text>,
}

/// What every letter shares.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The association's name.
    pub association: Text,
    /// The licence line.
    pub license: Wording,
    /// How to reach it.
    pub contacts: Wording,
    /// The greeting.
    pub opening: Wording,
    /// The closing formula.
    pub closing: Wording,
    /// Who is addressed.
    pub addressee: Wording,
    /// Under which policy the letter was made.
    pub basis: Option<Wording>,
    /// The picture at the head.
    pub logo: Option<look::Picture>,
    /// The colour of headings and lines: `#0b5563`.
    pub accent: String,
    /// In which ways a letter may be signed.
    pub signatures: Vec<Signature>,
    /// Where a letter can be checked.
    pub verify_url: Option<String>,
}

/// A letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where it is named.
    pub place: Place,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// The clause that it carries out.
    pub clause: String,
    /// Where it comes from.
    pub source: Basis,
    /// Its template.
    pub template: String,
    /// Where that is written.
    pub template_place: Place,
    /// What it is about.
    pub about: About,
    /// When it may be issued.
    pub issue: Issue,
    /// The event after which it may be issued, where it waits for one.
    pub after: Option<usize>,
    /// The event after which it may be issued no more.
    pub unless: Option<usize>,
    /// The event that handing it over brings about.
    pub starts: Option<usize>,
    /// Who signs: a role, or nothing where the applicant does.
    pub signer: Option<usize>,
    /// Whom it addresses, where that is not the person.
    pub addressee: Option<Wording>,
    /// Has it a greeting and a closing?
    pub greets: bool,
    /// What it is about.
    pub subject: Option<Wording>,
    /// What is enclosed.
    pub attachments: Option<Wording>,
    /// What its file carries.
    pub carries: Carries,
    /// Its own data.
    pub details: Vec<Fact>,
    /// Which of them the register says.
    pub recorded: BTreeMap<Slot, Recorded>,
    /// What must hold before it is made.
    pub checks: Vec<LetterCheck>,
    /// At most so many pages, and where that is written.
    pub pages: Option<(usize, Place)>,
    /// In which ways it may be signed.
    pub signatures: Vec<Signature>,
    /// Its wording.
    pub text: Vec<Piece>,
    /// Its tables.
    pub tables: Vec<LetterTable>,
}

/// What must hold before a letter is made.
#[derive(Debug, Clone)]
pub struct LetterCheck {
    /// The condition.
    pub condition: Node,
    /// What the officer is told where it does not hold.
    pub otherwise: Text,
}

/// A piece of a letter's wording.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Where it is named.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// Once for each.
    pub each: Option<Each>,
    /// Left out when a value in it is not known?
    pub optional: bool,
    /// May a deadline in it have passed on the day of the letter?
    pub may_have_passed: bool,
    /// Must it?
    pub must_have_passed: bool,
    /// Its words.
    pub wording: Wording,
}

/// A table of a letter.
#[derive(Debug, Clone)]
pub struct LetterTable {
    /// Where it is named.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// One row for each.
    pub each: Each,
    /// Left out when the list is not given?
    pub optional: bool,
    /// The head and the cells of each column.
    pub columns: Vec<(Text, Wording)>,
}

/// What a piece or table is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// The rules that are met.
    Met,
    /// The eligibility rules that are not.
    NotMet,
    /// What is missing.
    Missing,
    /// What the request says.
    Facts,
    /// The papers.
    Documents,
    /// What the evaluation rests on.
    Evidence,
    /// The factors of the score.
    Factors,
    /// The rules that concern the request, whatever they say.
    Rules,
    /// The facts on which the sources differ.
    Differing,
    /// The committee's own reasons.
    Reasons,
    /// What is kept, and how long.
    Retention,
    /// The things of a list among the letter's details.
    Detail(Slot),
}

/// A worked example.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The name of its file, without the ending.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// The day of the evaluation.
    pub on: Option<Date>,
    /// The request, with that of the scenario it is based on beneath it.
    pub request: source::Node,
    /// What must come out.
    pub expect: file::ExpectFile,
    /// Its file.
    pub source: Arc<Source>,
}

impl Policy {
    /// The day whose numbers judge a request: that of its submission, or that on which the revision begins where it was submitted
    /// before and is carried over to it.
    pub fn numbers_on(&self, submitted_on: Date) -> Date {
        submitted_on.max(self.in_force_from)
    }

    /// The first day whose requests it could judge: all its parameters have a value by then. Never after it is in force.
    pub fn judges_from(&self) -> Date {
        let first =
            self.parameters.iter().filter_map(|parameter| parameter.entries.first()).map(|(from, _)| *from);
        first.max().unwrap_or(self.in_force_from).min(self.in_force_from)
    }

    /// The clause of a number.
    pub fn clause(&self, number: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.number == number)
    }

    /// The clause of a number, to be shown beside a problem.
    pub fn cite(&self, number: &str) -> Option<Citation> {
        self.clause(number)
            .map(|clause| Citation { number: clause.number.clone(), text: clause.text.clone() })
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The fact of an id.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.id == id)
    }

    /// The fact at a place.
    pub fn fact_at(&self, slot: Slot) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.slot == slot)
    }

    /// The letter of an id.
    pub fn letter(&self, id: &str) -> Option<&Letter> {
        self.letters.iter().find(|letter| letter.id == id)
    }

    /// The detail of a letter at a place.
    pub fn detail_at(&self, slot: Slot) -> Option<&Fact> {
        self.letters.iter().flat_map(|letter| &letter.details).find(|detail| detail.slot == slot)
    }

    /// The document of an id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The service of an id, and its number.
    pub fn service(&self, id: &str) -> Option<(usize, &Service)> {
        self.services.iter().enumerate().find(|(_, service)| service.id == id)
    }

    /// The forms of a unit: the engine's own, or the policy's.
    pub fn unit(&self, name: &str) -> Option<&UnitForms> {
        let name = if name == crate::expression::types::MONEY { &self.currency } else { name };
        self.units.get(name).or_else(|| crate::value::words::built_in(name))
    }
}
