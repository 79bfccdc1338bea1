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
<<<<<<< HEAD
#[cfg(feature = "seal")]
pub mod seal;
=======
pub mod revision;
>>>>>>> a97be3f (Say what changes from one revision to another, clause by clause)
pub mod source;
#[cfg(feature = "letters")]
pub mod typeset;
pub mod value;
pub mod workspace;
