#![no_main]

#[path = "../entries/condition.rs"]
mod condition;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| condition::run(bytes));
