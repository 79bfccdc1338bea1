//! The one test binary.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod check;
mod docs;
mod guide;
mod tidy;
mod typeset;
