//! The shapes of `letters.toml`: what every letter shares; which letter, when, and its wording.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::super::recorded::Recorded;
use super::{Basis, FACT_TYPES, FactFile, Sentence};
use crate::source::de::{At, Entries};
use crate::value::Text;

/// Which letter, when, and its wording.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LettersFile {
    /// What every letter shares.
    pub frame: Option<FrameFile>,
    /// By id.
    #[serde(default)]
    pub letter: Entries<LetterFile>,
}

/// What every letter shares.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameFile {
    /// The association's name.
    pub association: Sentence,
    /// The licence line.
    pub license: Sentence,
    /// How to reach it.
    pub contacts: Sentence,
    /// The greeting.
    pub opening: Sentence,
    /// The closing formula.
    pub closing: Sentence,
    /// Who is addressed.
    pub addressee: Sentence,
    /// Under which policy the letter was made.
    pub basis: Option<Sentence>,
    /// The picture at the head: a file beside this one, `"logo.svg"` or `"logo.png"`.
    pub logo: Option<At<String>>,
    /// The colour of headings and lines: `"#0b5563"`.
    pub accent: Option<At<String>>,
    /// In which ways a letter may be signed; only on a printed line where nothing is said.
    pub signatures: Option<Vec<Signature>>,
    /// Where a letter can be checked: put before its code in the square code.
    pub verify_url: Option<At<String>>,
}

/// A way in which a letter is signed by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// On a printed line.
    Line,
    /// As the picture of a drawn signature.
    Image,
    /// With a thumb, before a witness.
    Thumbprint,
}

/// When a letter may be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Issue {
    /// At any time.
    Always,
    /// Once the event of `after` has happened.
    After,
    /// While the request is incomplete.
    Missing,
    /// While the sources differ.
    Differing,
    /// While nothing that is known speaks against the request, and the committee has not decided.
    Possible,
    /// Once it is with the committee.
    Referred,
    /// While the committee has not decided.
    Undecided,
    /// Once the committee approved it or a part of it.
    Granted,
    /// Once the committee approved it.
    Approved,
    /// Once the committee approved a part of it.
    Partial,
    /// Once the committee put it on the waiting list.
    Waiting,
    /// Once the committee put its decision off.
    Deferred,
    /// Once the committee declined it.
    Declined,
    /// Once the committee sent it to another body.
    Elsewhere,
}

impl Issue {
    /// The decisions from which the letter follows; none where it follows from no decision.
    pub fn outcomes(self) -> &'static [Outcome] {
        match self {
            Issue::Granted => &[Outcome::Approved, Outcome::Partial],
            Issue::Approved => &[Outcome::Approved],
            Issue::Partial => &[Outcome::Partial],
            Issue::Waiting => &[Outcome::Waiting],
            Issue::Deferred => &[Outcome::Deferred],
            Issue::Declined => &[Outcome::Declined],
            Issue::Elsewhere => &[Outcome::Elsewhere],
            Issue::Always
            | Issue::After
            | Issue::Missing
            | Issue::Differing
            | Issue::Possible
            | Issue::Referred
            | Issue::Undecided => &[],
        }
    }
}

/// What the committee decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All that was asked for.
    Approved,
    /// A part of it.
    Partial,
    /// Yes, when there is enough.
    Waiting,
    /// Not yet: something has to be made clear.
    Deferred,
    /// No.
    Declined,
    /// It is a matter for another body.
    Elsewhere,
}

impl Outcome {
    /// Every outcome, in the order of the memo.
    pub const ALL: [Outcome; 6] = [
        Outcome::Approved,
        Outcome::Partial,
        Outcome::Waiting,
        Outcome::Deferred,
        Outcome::Declined,
        Outcome::Elsewhere,
    ];

    /// As requests write it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Approved => "approved",
            Outcome::Partial => "partial",
            Outcome::Waiting => "waiting",
            Outcome::Deferred => "deferred",
            Outcome::Declined => "declined",
            Outcome::Elsewhere => "elsewhere",
        }
    }

    /// What people call it.
    pub fn label(self) -> Text {
        match self {
            Outcome::Approved => Text::new("قبول", "approved"),
            Outcome::Partial => Text::new("قبول جزئي", "approved in part"),
            Outcome::Waiting => Text::new("قائمة انتظار", "waiting list"),
            Outcome::Deferred => Text::new("تأجيل للاستيضاح", "deferred for clarification"),
            Outcome::Declined => Text::new("تعذُّر القبول", "declined"),
            Outcome::Elsewhere => Text::new("إحالة إلى جهة أخرى", "referred to another body"),
        }
    }
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// One request.
    #[default]
    Request,
    /// The policy itself, or the association's own work: it needs no request.
    Policy,
}

/// What the file of a letter carries, for whoever wants to check it later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Carries {
    /// The request as it was declared, and what the policy said of it.
    #[default]
    Evaluation,
    /// Only what the letter itself says.
    Shown,
    /// Nothing.
    Nothing,
}

/// What a piece or table can be repeated for, besides a list among the details of its letter.
pub(in super::super) const REPETITIONS: [&str; 11] = [
    "met",
    "not_met",
    "missing",
    "facts",
    "documents",
    "evidence",
    "factors",
    "rules",
    "differing",
    "decision.reasons",
    "retention",
];

/// What a piece is repeated for, as it is written.
struct Repetition;

impl JsonSchema for Repetition {
    fn schema_name() -> Cow<'static, str> {
        "Repetition".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What a piece or table is repeated for.",
            "type": "string",
            "anyOf": [{ "enum": REPETITIONS }, { "pattern": "^detail[.][a-z][a-z0-9_]*$" }],
        })
    }
}

/// A letter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterFile {
    /// Its title.
    pub title: Sentence,
    /// The clause that it carries out.
    pub clause: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// Its template, without the ending: `"decline"`.
    pub template: At<String>,
    /// What it is about.
    #[serde(default)]
    pub about: About,
    /// When it may be issued.
    pub issue: Issue,
    /// The event after which it may be issued.
    pub after: Option<At<String>>,
    /// The event after which it may be issued no more.
    pub unless: Option<At<String>>,
    /// The event that handing it over brings about.
    pub starts: Option<At<String>>,
    /// Who signs: a role, or `"applicant"`.
    pub signer: At<String>,
    /// Whom it addresses, where that is not the person; then it has no greeting and no closing.
    pub addressee: Option<Sentence>,
    /// Has it a greeting and a closing although it addresses somebody else?
    #[serde(default)]
    pub greeting: bool,
    /// What it is about.
    pub subject: Option<Sentence>,
    /// What is enclosed.
    pub attachments: Option<Sentence>,
    /// At most so many pages, whatever is in it: `mizan check --letters` says where it comes to more.
    #[schemars(range(min = 1))]
    pub pages: Option<At<i64>>,
    /// In which ways it may be signed, where that is not as `[frame]` says.
    pub signatures: Option<Vec<Signature>>,
    /// What its file carries: with `about = "policy"` nothing, unless it says otherwise.
    pub carries: Option<At<Carries>>,
    /// Its own data, which are no facts of the request.
    #[serde(default)]
    pub detail: Entries<DetailFile>,
    /// What must hold before it is made.
    #[serde(default)]
    pub check: Entries<LetterCheckFile>,
    /// Its wording.
    #[serde(default)]
    pub text: Entries<PieceFile>,
    /// Its tables.
    #[serde(default)]
    pub table: Entries<LetterTableFile>,
}

/// A letter's own datum.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetailFile {
    /// Its type.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = FACT_TYPES))]
    pub ty: At<String>,
    /// What people call it.
    pub label: Sentence,
    /// What the register says of the revision, with `about = "policy"`: then nobody writes it by hand but to try the letter.
    pub from: Option<At<Recorded>>,
    /// With `integer` and `decimal`: what it counts.
    pub unit: Option<At<String>>,
    /// The values that it takes: `"0..=30"`.
    pub range: Option<At<String>>,
    /// With `choice`: the choices.
    #[serde(default)]
    pub choice: Entries<Sentence>,
    /// With `list`: what each of its things has.
    #[serde(default)]
    pub item: Entries<DetailFile>,
}

impl DetailFile {
    /// As a fact, of which it says the least.
    pub(in super::super) fn as_fact(&self) -> FactFile {
        FactFile {
            ty: self.ty.clone(),
            label: self.label.clone(),
            unit: self.unit.clone(),
            range: self.range.clone(),
            choice: self.choice.clone(),
            item: Entries(self.item.iter().map(|(key, item)| (key.clone(), item.as_fact())).collect()),
            ask: None,
            purpose: None,
            found_by: None,
            shown_by: vec![],
            privacy: None,
            can_change: None,
            justification: None,
        }
    }
}

/// What must hold before a letter is made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterCheckFile {
    /// The condition; it may name the details of the letter.
    pub require: At<String>,
    /// What the officer is told where it does not hold.
    pub otherwise: Sentence,
}

/// A piece of wording.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PieceFile {
    /// Once for each.
    #[schemars(with = "Option<Repetition>")]
    pub each: Option<At<String>>,
    /// Left out when a value in it is not known?
    #[serde(default)]
    pub optional: bool,
    /// May a deadline in it have passed: does it tell of the day, rather than promise it?
    #[serde(default)]
    pub may_have_passed: bool,
    /// Must the deadlines in it have passed: does it tell of a day that is over?
    #[serde(default)]
    pub must_have_passed: bool,
    /// Arabic.
    pub ar: At<String>,
    /// English.
    pub en: At<String>,
}

/// A table in a letter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterTableFile {
    /// One row for each.
    #[schemars(with = "Repetition")]
    pub each: At<String>,
    /// Left out when the list is not given?
    #[serde(default)]
    pub optional: bool,
    /// Its columns.
    pub column: Vec<ColumnFile>,
}

/// A column of such a table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnFile {
    /// Its head.
    pub head: Sentence,
    /// Its cells, in Arabic.
    pub ar: At<String>,
    /// Its cells, in English.
    pub en: At<String>,
}
