#![no_main]

#[path = "../entries/seal.rs"]
mod seal;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seal::run(bytes));
