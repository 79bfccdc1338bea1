//! The shapes of `letters.toml`: which letter, when, and its wording.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Basis, Sentence};
use crate::source::de::{At, Entries};

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
    /// While the request is incomplete.
    Missing,
    /// Once it is with the committee.
    Referred,
    /// Once the committee approved it.
    Approved,
    /// Once the committee declined it.
    Declined,
    /// While the committee has not decided.
    Undecided,
}

/// What a piece or table is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(rename = "Repetition")]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// The rules that are met.
    #[serde(rename = "met")]
    Met,
    /// The eligibility rules that are not.
    #[serde(rename = "not_met")]
    NotMet,
    /// What is missing.
    #[serde(rename = "missing")]
    Missing,
    /// What the request says.
    #[serde(rename = "facts")]
    Facts,
    /// The papers.
    #[serde(rename = "documents")]
    Documents,
    /// What the evaluation rests on.
    #[serde(rename = "evidence")]
    Evidence,
    /// The factors of the score.
    #[serde(rename = "factors")]
    Factors,
    /// The rules that concern the request, whatever they say.
    #[serde(rename = "rules")]
    Rules,
    /// The facts on which the sources differ.
    #[serde(rename = "differing")]
    Differing,
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
    /// When it may be issued.
    pub issue: Issue,
    /// With `issue = "referred"`: the event after which it may be issued.
    pub after: Option<At<String>>,
    /// The event that handing it over brings about.
    pub starts: Option<At<String>>,
    /// Who signs: a role, or `"applicant"`.
    pub signer: At<String>,
    /// Whom it addresses, where that is not the person; then it has no greeting and no closing.
    pub addressee: Option<Sentence>,
    /// What it is about.
    pub subject: Option<Sentence>,
    /// What is enclosed.
    pub attachments: Option<Sentence>,
    /// At most so many pages, whatever is in it: `mizan check --letters` says where it comes to more.
    #[schemars(range(min = 1))]
    pub pages: Option<At<i64>>,
    /// In which ways it may be signed, where that is not as `[frame]` says.
    pub signatures: Option<Vec<Signature>>,
    /// Its wording.
    #[serde(default)]
    pub text: Entries<PieceFile>,
    /// Its tables.
    #[serde(default)]
    pub table: Entries<LetterTableFile>,
}

/// A piece of wording.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PieceFile {
    /// Once for each.
    pub each: Option<Each>,
    /// Left out when a value in it is not known?
    #[serde(default)]
    pub optional: bool,
    /// May a deadline in it have passed: does it tell of the day, rather than promise it?
    #[serde(default)]
    pub may_have_passed: bool,
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
    pub each: Each,
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
