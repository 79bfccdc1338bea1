//! The shapes of `scenarios/`: the worked examples, and what must come out of each.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Sentence;
use crate::source::de::{At, Day, Entries, Scalar};
use crate::value::Number;

/// A worked example, approved with the rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// Its title.
    pub title: Sentence,
    /// The scenario whose request it changes.
    pub based_on: Option<At<String>>,
    /// The day of the evaluation.
    pub on: Option<At<Day>>,
    /// The request; read like a request file.
    #[serde(default)]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub request: serde::de::IgnoredAny,
    /// What must come out.
    #[serde(default)]
    pub expect: ExpectFile,
}

/// The results that a scenario can expect.
pub const RESULTS: &[&str] = &["met", "not-met", "incomplete", "verify", "merged", "referred"];

/// What must come out of a scenario.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectFile {
    /// The result.
    #[schemars(extend("enum" = RESULTS))]
    pub result: Option<At<String>>,
    /// These rules are met.
    #[serde(default)]
    pub met: Vec<At<String>>,
    /// These are not.
    #[serde(default)]
    pub not_met: Vec<At<String>>,
    /// Of these it cannot be told.
    #[serde(default)]
    pub unknown: Vec<At<String>>,
    /// On these the sources disagree.
    #[serde(default)]
    pub conflict: Vec<At<String>>,
    /// These do not concern the request.
    #[serde(default)]
    pub not_applicable: Vec<At<String>>,
    /// The score.
    pub score: Option<At<Number>>,
    /// The tier.
    pub tier: Option<At<String>>,
    /// What is missing.
    #[serde(default)]
    pub missing: MissingFile,
    /// Named values.
    #[serde(default)]
    pub values: Entries<At<Scalar>>,
    /// Deadlines.
    #[serde(default)]
    pub deadlines: Entries<ExpectedDeadlineFile>,
    /// Words found in a reason.
    #[serde(default)]
    pub says: Vec<At<String>>,
    /// The request is refused with this code.
    pub problem: Option<At<String>>,
}

/// What must be missing.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingFile {
    /// Facts.
    pub facts: Option<Vec<At<String>>>,
    /// Papers.
    pub documents: Option<Vec<At<String>>>,
    /// Papers that may follow later.
    pub later: Option<Vec<At<String>>>,
}

/// When a deadline must fall.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDeadlineFile {
    /// Not before.
    pub earliest: Option<At<Day>>,
    /// Not after.
    pub latest: Option<At<Day>>,
}
