//! What a template receives: words that are already in their language, and nothing to compute.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::Lang;
use crate::value::words::Digits;

/// A stretch of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Run {
    /// Words in the language of the letter.
    Plain(String),
    /// A code, identifier or address that reads from left to right whatever stands around it.
    Code(String),
}

/// A sentence or paragraph.
pub type Runs = Vec<Run>;

/// A named piece of the letter's wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// One paragraph.
    One(Runs),
    /// A numbered list, one entry for each thing spoken of; may be empty.
    Each(Vec<Runs>),
}

/// A named table of the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The heads of the columns.
    pub head: Vec<Runs>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Runs>>,
}

/// The day that stands on the letter, in both calendars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// Umm al-Qura, in words of the letter's language.
    pub hijri: Runs,
    /// Gregorian, in words of the letter's language.
    pub gregorian: Runs,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The role, or the applicant's capacity.
    pub role: Runs,
    /// The name, where it is known.
    pub name: Option<Runs>,
    /// Does the applicant sign, rather than the association?
    pub is_applicant: bool,
}

/// What every letter shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// The association's name in Arabic, whatever the language of the letter.
    pub association_ar: String,
    /// The association's name in English.
    pub association_en: String,
    /// The licence line.
    pub license: Runs,
    /// How to reach the association.
    pub contacts: Runs,
    /// Who is addressed; absent on a declaration.
    pub addressee: Option<Runs>,
    /// The greeting.
    pub opening: Option<Runs>,
    /// The closing formula.
    pub closing: Option<Runs>,
    /// Under which policy and revision the letter was made.
    pub basis: Runs,
}

/// The dictionary of one letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterData {
    /// The letter's id in `letters.toml`.
    pub id: String,
    /// The template: `decline` is `templates/decline.typ`.
    pub template: String,
    /// The language of the letter.
    pub lang: Lang,
    /// In which digits it is written: the words arrive in them, the frame numbers lists and pages in them.
    pub digits: Digits,
    /// Is it a trial, made under a revision that nobody approved? Then every page says so.
    pub trial: bool,
    /// What kind of letter it is.
    pub title: Runs,
    /// What it is about.
    pub subject: Option<Runs>,
    /// The reference of the letter or its request.
    pub reference: Option<Runs>,
    /// The day on the letter.
    pub date: Dated,
    /// What is enclosed.
    pub attachments: Option<Runs>,
    /// What every letter shares.
    pub frame: Frame,
    /// The pieces of wording, by name; a piece whose values are not known is absent.
    pub text: BTreeMap<String, Piece>,
    /// The tables, by name.
    pub table: BTreeMap<String, Table>,
    /// Who signs.
    pub signer: Signer,
    /// The digest that the letter is bound to: of the declared facts, or of the evaluation.
    pub digest: String,
    /// The evaluation's record, kept inside the PDF.
    pub record: serde_json::Value,
}
