#![doc = include_str!("README.md")]

#[cfg(feature = "letters")]
pub mod app;
pub mod calendar;
#[cfg(feature = "letters")]
pub mod cli;
pub mod diag;
pub mod evaluation;
pub mod expression;
pub mod letter;
pub mod policy;
pub mod revision;
pub mod source;
#[cfg(feature = "letters")]
pub mod typeset;
pub mod value;
pub mod workspace;
