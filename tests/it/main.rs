//! The one test binary.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod board;
mod docs;
mod evaluate;
mod laws;
mod letters;
mod naba;
mod requests;
mod tidy;
mod typeset;
