//! Whatever bytes come as a request or stand in a policy: an answer or problems, never a crash. The entries are those of `fuzz/`,
//! where they run for hours; here they meet the kept bytes, and the real files with slips of the hand.

#[path = "../../fuzz/entries/naba.rs"]
mod naba;
#[path = "../../fuzz/entries/policy.rs"]
mod policy;
#[path = "../../fuzz/entries/request.rs"]
mod request;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use mizan::policy::PolicyFile;
use mizan::workspace;
use proptest::prelude::*;

use crate::naba::{samples, source};

/// What somebody may do to a text by hand or by accident.
#[derive(Debug, Clone)]
enum Slip {
    Cut(prop::sample::Index, usize),
    Write(prop::sample::Index, String),
    Swap(prop::sample::Index, prop::sample::Index),
    Repeat(prop::sample::Index),
}

fn slip() -> impl Strategy<Value = Slip> {
    let strange = prop_oneof![
        Just("\u{0}".to_owned()),
        Just("\"".to_owned()),
        Just("'''".to_owned()),
        Just("{missing} {x|y=z|".to_owned()),
        Just("99999999999999999999999999".to_owned()),
        Just("-1".to_owned()),
        Just("0".to_owned()),
        Just("\"\"".to_owned()),
        Just("٣٠/١٢/١٤٤٨".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("0001-01-01".to_owned()),
        Just("\u{202e}ﷺ\u{301}".to_owned()),
        Just("[[[[[[".to_owned()),
        Just("a.b.c.d = 1\n".to_owned()),
        Just("inf".to_owned()),
        ".{0,12}",
    ];
    prop_oneof![
        (any::<prop::sample::Index>(), 1..40_usize).prop_map(|(at, length)| Slip::Cut(at, length)),
        (any::<prop::sample::Index>(), strange).prop_map(|(at, text)| Slip::Write(at, text)),
        (any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(one, two)| Slip::Swap(one, two)),
        any::<prop::sample::Index>().prop_map(Slip::Repeat),
    ]
}

fn slipped(text: &str, slips: &[Slip]) -> String {
    let mut text = text.to_owned();
    for slip in slips {
        if text.is_empty() {
            break;
        }
        let at = |index: &prop::sample::Index, text: &str| text.floor_char_boundary(index.index(text.len()));
        match slip {
            Slip::Cut(index, length) => {
                let start = at(index, &text);
                let end = text.ceil_char_boundary((start + length).min(text.len()));
                text.replace_range(start..end, "");
            }
            Slip::Write(index, strange) => {
                // In place of a value, where it hurts most.
                let start = at(index, &text);
                let start = text[start..].find("= ").map_or(start, |found| start + found + 2);
                let end = text[start..].find('\n').map_or(text.len(), |found| start + found);
                text.replace_range(start..end, strange);
            }
            Slip::Swap(one, two) => {
                let mut lines: Vec<&str> = text.lines().collect();
                let (one, two) = (one.index(lines.len()), two.index(lines.len()));
                lines.swap(one, two);
                text = lines.join("\n");
            }
            Slip::Repeat(index) => {
                let lines: Vec<&str> = text.lines().collect();
                let line = lines[index.index(lines.len())].to_owned();
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    text
}

fn survives(what: &str, run: impl FnOnce()) {
    assert!(catch_unwind(AssertUnwindSafe(run)).is_ok(), "it crashed on:\n{what}");
}

#[test]
fn the_kept_bytes_are_answered() {
    for (folder, run) in [("request", request::run as fn(&[u8])), ("policy", policy::run)] {
        for path in workspace::list(&Path::new("fuzz/corpus").join(folder)).unwrap() {
            let bytes = workspace::read_bytes(&path).unwrap();
            survives(&path.display().to_string(), || run(&bytes));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_request_with_slips_is_read_or_refused(which in 0..samples().len(), slips in prop::collection::vec(slip(), 1..6)) {
        let text = slipped(&source(&samples()[which]).text, &slips);
        survives(&text, || request::run(text.as_bytes()));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), json in "[\\[\\]{}\":,a-z0-9. \\\\u]{0,80}") {
        survives(&text, || request::run(text.as_bytes()));
        survives(&json, || request::run(format!("{{{json}").as_bytes()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_with_slips_is_checked_and_used_or_refused(which in any::<prop::sample::Index>(), slips in prop::collection::vec(slip(), 1..4)) {
        let file: &PolicyFile = which.get(naba::files());
        let text = slipped(&file.source.text, &slips);
        survives(&format!("{}:\n{text}", file.path), || policy::lay(&file.path, &text));
    }
}
