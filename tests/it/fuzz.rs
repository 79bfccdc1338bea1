//! Whatever bytes a file holds, the program answers in words. The entries are those of `fuzz/`, where they run for hours; here
//! they meet the kept texts and a few thousand generated ones.

#[path = "../../fuzz/entries/condition.rs"]
mod condition;
#[path = "../../fuzz/entries/seal.rs"]
mod seal;
#[path = "../../fuzz/entries/tree.rs"]
mod tree;

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::{Strategy as _, any};
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Words of conditions: put together at random they come further than random bytes.
const CONDITION: &[&str] = &[
    "household",
    ".",
    "size",
    "household.size",
    "household.income",
    "household.poor",
    "born",
    "name",
    "period",
    "limit",
    "event.visited",
    "today",
    "tenure",
    "accepted",
    "members",
    "members.any(",
    "members.sum(",
    "members.count()",
    "|m| ",
    "m.age",
    "m.ill",
    "shown(\"D-1\")",
    "occurred(",
    "min(",
    "max(",
    "whole(",
    "abs(",
    "days(",
    "months(",
    "years_between(",
    "days_between(",
    "twice(",
    "per(",
    "fn ",
    "f",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#{",
    ",",
    ";",
    " ",
    "\n",
    "\r\n",
    "\t",
    "1",
    "0",
    "4_800.5",
    "0x1F",
    "1e9",
    "999999999999999999",
    "\"owner\"",
    "\"مستأجر\"",
    "\"",
    "'",
    "`",
    "${",
    "\\",
    "//",
    "/*",
    "*/",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "!",
    " in ",
    " !in ",
    "..",
    "..=",
    "=",
    "+=",
    "if ",
    " else ",
    "let a = ",
    "let b = ",
    "const ",
    "a",
    "b",
    "switch ",
    "while ",
    "return ",
    "this",
    "?.",
    "??",
    "?[",
    "::",
    "@",
    "()",
    "|",
    "||",
    "true",
    "false",
    "case",
    "س",
    "\u{202e}",
    "\0",
];

/// Words of TOML and JSON.
const TREE: &[&str] = &[
    "id",
    "text",
    "number",
    "exact",
    "day",
    "yes",
    "word",
    "list",
    "scalar",
    "entries",
    "dated",
    "when",
    "inner",
    "ar",
    "en",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ".",
    ",",
    ":",
    "=",
    "\n",
    "\r\n",
    " ",
    "\"",
    "\"\"\"",
    "'",
    "'''",
    "\\",
    "\\u0041",
    "#",
    "true",
    "false",
    "null",
    "0",
    "-1",
    "12.50",
    "1_000",
    "0xff",
    "1e5",
    "inf",
    "nan",
    "2026-12-06",
    "2026-12-06T10:00:00Z",
    "one",
    "two-words",
    "\"id\"",
    "\"number\"",
    "a = 1\n",
    "[entries.x]\n",
    "when = 'a'\n",
    "\"a\": 1",
    "س",
    "\u{feff}",
    "\0",
];

/// Words of PDF.
const PDF: &[&str] = &[
    "%PDF-1.7\n",
    "1 0 obj\n",
    "2 0 obj\n",
    "\nendobj\n",
    "<<",
    ">>",
    "[",
    "]",
    "<",
    ">",
    "(",
    ")",
    "\\",
    "/Type",
    "/Catalog",
    "/Root 1 0 R",
    "/Size 3",
    "/Prev 0",
    "/Prev 9",
    "/AcroForm",
    "/Fields",
    "/FT/Sig",
    "/V 2 0 R",
    "/SubFilter/ETSI.CAdES.detached",
    "/ByteRange[0 9 19 99]",
    "/ByteRange[0 1 2 3]",
    "/Contents<00>",
    "/Contents<30800000>",
    "/Names",
    "/EmbeddedFiles",
    "/Length 9",
    "/Filter/FlateDecode",
    "stream\n",
    "endstream",
    "xref\n",
    "0 3\n",
    "0000000000 65535 f \n",
    "0000000009 00000 n \n",
    "trailer\n",
    "startxref\n",
    "9\n",
    "99999999999999999999",
    "-1.5",
    "true",
    "null",
    " ",
    "%",
    "\n",
    "%%EOF\n",
    "-----BEGIN CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n",
];

fn try_all(folder: &str, words: &'static [&'static str], run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(folder);
    let mut kept: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    kept.sort();
    for path in kept {
        run(&std::fs::read(path).unwrap());
    }
    // The same texts on every run: what is found by chance is found in `fuzz/`.
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let written = vec(select(words), 0..24).prop_map(|words| words.concat());
    runner
        .run(&written, |text| {
            run(text.as_bytes());
            Ok(())
        })
        .unwrap();
    runner
        .run(&vec(any::<u8>(), 0..64), |bytes| {
            run(&bytes);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_condition_is_answered() {
    try_all("condition", CONDITION, condition::run);
}

#[test]
fn any_file_is_answered() {
    try_all("tree", TREE, tree::run);
}

#[test]
fn any_pdf_is_answered() {
    try_all("seal", PDF, seal::run);
}
