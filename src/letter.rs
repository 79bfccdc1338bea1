//! From an evaluation to the words of a letter: which letter may be issued, and every value in it, ready to be set.

pub mod data;
