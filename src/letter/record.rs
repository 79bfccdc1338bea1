//! What a letter carries: everything by which it can be made and evaluated again, years later.
//!
//! Made while the letter is composed, and bound to the content of the revision under which that was done. The record's digest is the code
//! on the page. The person who reads the letter reads what is in it: it holds what they said themselves, and what follows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::compose::Occasion;
use super::data::{Code, LetterData, Piece, Table};
use crate::evaluation::explain::Explanation;
use crate::evaluation::{Conclusion, Verdict, request};
use crate::policy::{Letter, Policy};
use crate::revision::{Digest, File, Sums};
use crate::source::schema::of_answer;
use crate::value::Lang;

/// The name and version of the shape below; it changes when the shape does.
pub const SCHEMA: &str = "mizan-record-1";
/// What the file inside the PDF is called.
pub const FILE: &str = "record.json";
/// How a moment is written.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S";

/// What a letter carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The name and version of this shape.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The version of mizan that made the letter.
    pub engine: String,
    /// The id of the policy.
    pub policy: String,
    /// The revision under which the letter was made.
    pub revision: Under,
    /// The id of the letter.
    pub letter: String,
    /// By what its pages were made.
    pub template: Template,
    /// How its pages look.
    pub look: Look,
    /// Its language: `ar` or `en`.
    pub lang: String,
    /// When it was made, by the association's clock.
    #[schemars(regex(pattern = MOMENT_PATTERN))]
    pub made_at: String,
    /// Was it a trial, under a revision that nobody approved?
    pub trial: bool,
    /// The request as it was declared, with its papers, events, decision and the details of this letter: `mizan schema request` says its
    /// shape. Like what follows up to the rules, only where the letter carries its evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Json>,
    /// The digest of the declared facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The day of the evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Conclusion>,
    /// Each rule, in the order of the ids, and what it said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What stands on the page, and nothing else, where the letter carries no evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Json>,
}

const MOMENT_PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$";

/// A revision of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Under {
    /// Its number.
    pub number: u32,
    /// What letters call it.
    pub label: String,
    /// The digest of its content; empty where the letter was composed without a look at the files.
    pub digest: String,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The digest of it and of all that the policy's letters use.
    pub digest: String,
}

/// How the pages of a letter look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// In large print?
    pub large_print: bool,
    /// With the other language beside it?
    pub bilingual: bool,
    /// The digest of the signature that was drawn, where there is one.
    pub drawn: Option<String>,
}

/// A rule, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it said.
    pub verdict: Verdict,
}

impl Record {
    /// When the letter was made.
    pub fn made_at(&self) -> Option<chrono::NaiveDateTime> {
        chrono::NaiveDateTime::parse_from_str(&self.made_at, MOMENT).ok()
    }

    /// Its language.
    pub fn lang(&self) -> Option<Lang> {
        [Lang::Ar, Lang::En].into_iter().find(|lang| lang.tag() == self.lang)
    }
}

/// The record of a letter that carries the evaluation behind it.
pub(super) fn of_evaluation(
    explanation: &Explanation<'_>,
    letter: &Letter,
    lang: Lang,
    occasion: Occasion,
) -> Json {
    let (policy, evaluation) = (explanation.policy, explanation.evaluation);
    let rules = evaluation.rulings.iter().filter_map(|ruling| {
        Some(Rule { id: policy.rules.get(ruling.rule)?.id.clone(), verdict: ruling.verdict })
    });
    json!(Record {
        request: Some(request::written(policy, explanation.request, letter)),
        digest: Some(evaluation.digest.clone()),
        on: Some(evaluation.on.to_string()),
        result: Some(evaluation.result),
        rules: rules.collect(),
        ..of_letter(policy, letter, lang, occasion)
    })
}

/// The record of a letter that carries its own words and nothing else.
pub(super) fn of_words(
    policy: &Policy,
    letter: &Letter,
    lang: Lang,
    occasion: Occasion,
    text: &BTreeMap<String, Piece>,
    tables: &BTreeMap<String, Table>,
) -> Json {
    let words = json!({ "text": text, "table": tables });
    json!(Record { words: Some(words), ..of_letter(policy, letter, lang, occasion) })
}

fn of_letter(policy: &Policy, letter: &Letter, lang: Lang, occasion: Occasion) -> Record {
    Record {
        schema: SCHEMA.to_owned(),
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        policy: policy.id.clone(),
        revision: Under { number: policy.number, label: policy.label.clone(), digest: String::new() },
        letter: letter.id.clone(),
        template: Template { name: letter.template.clone(), digest: String::new() },
        look: Look::default(),
        lang: lang.tag().to_owned(),
        made_at: occasion.at.format(MOMENT).to_string(),
        trial: occasion.trial,
        request: None,
        digest: None,
        on: None,
        result: None,
        rules: vec![],
        words: None,
    }
}

/// The digest of a record.
pub fn digest(record: &Json) -> String {
    Digest::of(record.to_string()).to_string()
}

/// The exact content by which a letter is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// That of the revision.
    pub revision: Digest,
    /// That of the templates which its letters use.
    pub templates: Digest,
}

/// The digest of the templates (name and text) that a policy's letters use, and of those that these name.
pub fn templates(policy: &Policy, templates: &[(String, String)]) -> Digest {
    let is_of_a_letter = |name: &str| policy.letters.iter().any(|letter| letter.template == name);
    let mut open: Vec<&(String, String)> =
        templates.iter().filter(|(name, _)| is_of_a_letter(name)).collect();
    let mut used: Vec<File> = Vec::new();
    while let Some((name, text)) = open.pop() {
        let path = format!("{name}.typ");
        if used.iter().all(|file| file.path != path) {
            used.push(File { path, bytes: text.clone().into_bytes() });
            open.extend(templates.iter().filter(|(other, _)| text.contains(&format!("{other}.typ"))));
        }
    }
    // Their names have been looked at where they were loaded.
    Sums::of(&used).unwrap_or_default().digest()
}

impl LetterData {
    /// Writes into the record which content the revision has and how the pages look, and onto the page the code that follows from the record.
    /// Nothing of the letter is changed after that.
    #[must_use]
    pub fn under(mut self, policy: &str, content: Content) -> LetterData {
        for (part, digest) in [("revision", content.revision), ("template", content.templates)] {
            if let Some(place) = self.record.get_mut(part).and_then(|part| part.get_mut("digest")) {
                *place = json!(digest.to_string());
            }
        }
        let look = Look {
            large_print: self.look.large_print,
            bilingual: self.beside.is_some(),
            drawn: self.signer.drawn.as_ref().map(|drawn| drawn.digest.clone()),
        };
        if let Some(place) = self.record.get_mut("look") {
            *place = json!(look);
        }
        let digest = digest(&self.record);
        self.code = self.code.map(|code| Code::new(policy, &self.id, &digest, code.at.as_deref()));
        if !self.signer.is_applicant {
            self.digest = digest;
        }
        self
    }
}

/// The schema of a record.
pub fn schema() -> Json {
    of_answer::<Record>("Record")
}
