//! Conditions: Rhai is the notation, a typed program is the meaning.
//!
//! Receives text in the words of a policy, hands on [`program::Node`]s over numbered places, and evaluates them: to a value with
//! every fact that was read, to the unknown facts that still matter, or to a trace of how it came about. The Rhai interpreter
//! never judges; it is the witness in the tests.

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only chains, comparisons and negations have several spellings"
)]
pub mod canonical;
#[expect(clippy::wildcard_enum_match_arm, reason = "only comparisons cut a range; no other part does")]
pub mod cuts;
pub mod evaluate;
pub mod lower;
pub mod notation;
mod problems;
pub mod program;
pub mod syntax;
pub mod types;

#[cfg(test)]
mod tests;
