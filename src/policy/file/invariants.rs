//! The shape of `invariants.toml`: what must hold of a policy whatever its numbers are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Sentence;
use crate::source::de::{At, Entries};

/// What must hold of a policy whatever its numbers are; proven, or tried, before a board approves it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvariantsFile {
    /// By id.
    #[serde(default)]
    pub invariant: Entries<InvariantFile>,
}

/// A promise: when there is less, or more, of a fact, and all else stays as it is, the person is never worse off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvariantFile {
    /// The promise, as people read it.
    pub says: Sentence,
    /// Less or more of the fact.
    pub when: Change,
    /// The fact: a number or a day.
    pub of: At<String>,
    /// What is then never worse.
    pub never_worse: Vec<Measure>,
}

/// Less or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A smaller number, an earlier day.
    Less,
    /// A larger number, a later day.
    More,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The result: met, incomplete, not met.
    Result,
    /// The score.
    Score,
}
