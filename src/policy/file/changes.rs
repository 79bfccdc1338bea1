//! The shape of `changes.toml`: why a revision differs from the one before it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Sentence;
use crate::source::de::Entries;

/// Why a revision differs from the one before it, in the author's words: what differs is found by comparing the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangesFile {
    /// Why there is a new revision at all.
    pub revision: Option<Sentence>,
    /// By the id of what changed, was added or taken away, of whatever kind it is.
    #[serde(default)]
    pub why: Entries<Sentence>,
}
