//! The one test binary.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod check;
mod docs;
mod fuzz;
mod tidy;
mod typeset;
mod witness;
