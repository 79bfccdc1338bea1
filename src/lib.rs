#![doc = include_str!("README.md")]

pub mod app;
pub mod calendar;
pub mod cli;
pub mod diag;
pub mod evaluation;
pub mod expression;
pub mod letter;
pub mod policy;
pub mod source;
pub mod typeset;
pub mod value;
pub mod workspace;
