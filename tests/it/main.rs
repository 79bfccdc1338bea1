//! The one test binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod announced;
mod approval;
mod ask;
mod batch;
mod board;
mod check;
mod circulation;
mod claims;
mod cli;
mod consequences;
mod docs;
mod documents;
mod evaluate;
mod explain;
mod form;
mod fuzz;
mod guide;
mod hostile;
mod laws;
mod letters;
mod lint;
mod machines;
mod many_letters;
mod naba;
mod notice;
mod pages;
mod proof;
mod proofs;
mod regions;
mod requests;
mod revise;
mod schema;
mod seal;
mod shell;
mod start;
mod tidy;
mod transition;
mod typeset;
mod verify;
mod witness;
