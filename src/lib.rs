#![doc = include_str!("README.md")]

pub mod calendar;
pub mod letter;
pub mod value;
