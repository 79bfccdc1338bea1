//! Revisions beside one another: what changed, and what that does.

pub mod diff;
pub mod impact;
