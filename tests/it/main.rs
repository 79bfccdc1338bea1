//! The one test binary.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod ask;
mod docs;
mod explain;
mod tidy;
mod typeset;
