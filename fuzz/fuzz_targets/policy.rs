#![no_main]

#[path = "../entries/naba.rs"]
mod naba;
#[path = "../entries/policy.rs"]
mod policy;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policy::run(bytes));
