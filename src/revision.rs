//! Revisions beside one another: what changed, and what that does.

pub mod diff;
pub mod impact;
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not of one axis is left whole")]
pub mod regions;
