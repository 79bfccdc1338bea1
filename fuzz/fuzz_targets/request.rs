#![no_main]

#[path = "../entries/naba.rs"]
mod naba;
#[path = "../entries/request.rs"]
mod request;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| request::run(bytes));
