#![no_main]

#[path = "../entries/tree.rs"]
mod tree;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tree::run(bytes));
