//! What a template receives: words that are already in their language, and nothing to compute.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::policy::Policy;
pub use crate::policy::Signature;
use crate::policy::look::{self, Picture};
use crate::source::schema::of_answer;
use crate::value::Lang;
use crate::value::words::Digits;

/// A stretch of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Run {
    /// Words in the language of the letter.
    Plain(String),
    /// A code, identifier or address that reads from left to right whatever stands around it.
    Code(String),
}

impl Run {
    /// Its words.
    pub fn text(&self) -> &str {
        match self {
            Run::Plain(text) | Run::Code(text) => text,
        }
    }
}

/// A sentence or paragraph.
pub type Runs = Vec<Run>;

/// A named piece of the letter's wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// One paragraph.
    One(Runs),
    /// A numbered list, one entry for each thing spoken of; may be empty.
    Each(Vec<Runs>),
}

/// A named table of the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The heads of the columns.
    pub head: Vec<Runs>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Runs>>,
}

/// The day that stands on the letter, in both calendars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// Umm al-Qura, in words of the letter's language.
    pub hijri: Runs,
    /// Gregorian, in words of the letter's language.
    pub gregorian: Runs,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The role, or the applicant's capacity.
    pub role: Runs,
    /// The name, where it is known.
    pub name: Option<Runs>,
    /// Does the applicant sign, rather than the association?
    pub is_applicant: bool,
    /// In which ways it may be signed; nobody signs where there is none.
    #[serde(default = "on_a_line")]
    pub ways: Vec<Signature>,
    /// The signature as it was drawn.
    #[serde(default)]
    pub drawn: Option<Drawing>,
}

fn on_a_line() -> Vec<Signature> {
    vec![Signature::Line]
}

/// A picture on the page. Its bytes are given to the page beside this dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// `svg` or `png`.
    pub kind: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// The SHA-256 of the file, so that another picture makes another letter.
    pub digest: String,
    /// The file.
    #[serde(skip)]
    pub bytes: Arc<[u8]>,
}

impl Drawing {
    /// A picture, and what it shows.
    pub fn new(picture: &Picture, alt: String) -> Drawing {
        let digest = Sha256::digest(&picture.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Drawing { kind: picture.kind.name().to_owned(), alt, digest, bytes: Arc::clone(&picture.bytes) }
    }
}

/// How the pages look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Look {
    /// The colour of headings and lines: `#0b5563`.
    pub accent: String,
    /// The picture at the head.
    pub logo: Option<Drawing>,
    /// In letters of 18 points, for those who see little?
    pub large_print: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look { accent: look::ACCENT.to_owned(), logo: None, large_print: false }
    }
}

impl Look {
    /// The look of an association's papers.
    pub fn of(policy: &Policy, lang: Lang) -> Look {
        let Some(frame) = &policy.frame else { return Look::default() };
        let alt = frame.association.get(lang);
        let logo = frame.logo.as_ref().map(|picture| Drawing::new(picture, alt.to_owned()));
        Look { accent: frame.accent.clone(), logo, large_print: false }
    }
}

/// By which a reader can find out whether a letter was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// As people read it to each other: `0f3a 91c2 …`.
    pub shown: String,
    /// What the square code says: the policy, the letter and the code, after the association's address where it has one; nothing
    /// about a person.
    pub carried: String,
    /// The address, where the association has one.
    pub at: Option<String>,
}

impl Code {
    /// The code of a letter whose record has this digest.
    pub fn new(policy: &str, letter: &str, digest: &str, verify_url: Option<&str>) -> Code {
        let code: Vec<char> = digest.chars().take(16).collect();
        let groups: Vec<String> = code.chunks(4).map(|group| group.iter().collect()).collect();
        let carried = format!("{}{policy}/{letter}/{}", verify_url.unwrap_or_default(), groups.concat());
        Code { shown: groups.join(" "), carried, at: verify_url.map(str::to_owned) }
    }
}

/// What every letter shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// How its pages look.
    #[serde(default)]
    pub look: Look,
    /// By which it can be checked.
    #[serde(default)]
    pub code: Option<Code>,
    /// The same letter in the other language, to be shown beside it.
    #[serde(default)]
    pub beside: Option<Box<LetterData>>,
    /// The digest that the letter is bound to: of the declared facts, or of the evaluation.
    pub digest: String,
    /// Does the record travel in the file?
    #[serde(default = "travels")]
    pub attached: bool,
    /// What the letter was made from.
    pub record: serde_json::Value,
}

fn travels() -> bool {
    true
}

/// What a template receives as `/data.json`, as a JSON Schema; the record does not come with it.
pub fn schema() -> serde_json::Value {
    let mut schema = of_answer::<LetterData>("Letter");
    if let Some(properties) = schema.pointer_mut("/properties").and_then(serde_json::Value::as_object_mut) {
        properties.shift_remove("record");
    }
    if let Some(serde_json::Value::Array(required)) = schema.pointer_mut("/required") {
        required.retain(|name| name != "record");
    }
    schema
}
