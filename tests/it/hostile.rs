//! Whatever bytes come as a request or stand in a policy: an answer or problems, never a crash.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mizan::diag::render::{self, Style};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::request;
use mizan::evaluation::{evaluate, report};
use mizan::letter::{Occasion, compose};
use mizan::policy::{self, Policy, PolicyFile};
use mizan::source::Source;
use mizan::value::Lang;
use proptest::prelude::*;

use crate::naba::{FILES, POLICY, samples, source, today};

/// Everything that can be done with a request: reading, evaluating, explaining, writing letters.
fn as_request(policy: &Policy, text: &str) {
    let source = Source::new("request", text);
    let request = match request::read(policy, &source) {
        Ok(request) => request,
        Err(problems) => {
            assert!(problems.has_errors(), "refused without a problem");
            for lang in [Lang::Ar, Lang::En] {
                render::report(&problems, lang, Style::Plain);
            }
            problems.0.iter().for_each(|problem| drop(render::value(problem)));
            return;
        }
    };
    let evaluation = evaluate(policy, &request, today());
    let explanation = Explanation::new(policy, &request, &evaluation);
    report::evaluation(policy, &request, &evaluation);
    for lang in [Lang::Ar, Lang::En] {
        explanation.text(lang);
        explanation.tree(lang);
        explanation.one_line(lang);
        for letter in &policy.letters {
            let occasion = Occasion { at: today().and_time(chrono::NaiveTime::MIN), trial: true };
            if let Err(refusal) = compose(&explanation, &letter.id, lang, occasion) {
                assert!(!refusal.text().ar.is_empty() && !refusal.help().en.is_empty());
            }
        }
    }
}

/// The real policy with one file replaced: checked, and used where it is in order.
fn as_policy(name: &str, text: &str, sample: &str) {
    let files: Vec<PolicyFile> = FILES
        .iter()
        .map(|file| match file.path == name {
            true => PolicyFile { path: name.to_owned(), source: Source::new(name, text) },
            false => file.clone(),
        })
        .collect();
    match policy::check("policies/naba/1", &files) {
        Ok((policy, notes)) => {
            render::report(&notes, Lang::Ar, Style::Plain);
            as_request(&policy, sample);
        }
        Err(problems) => {
            assert!(problems.has_errors(), "refused without a problem");
            render::report(&problems, Lang::Ar, Style::Plain);
            render::report(&problems, Lang::En, Style::Plain);
        }
    }
}

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_request_with_slips_is_read_or_refused(which in 0..samples().len(), slips in prop::collection::vec(slip(), 1..6)) {
        let text = slipped(&source(&samples()[which]).text, &slips);
        survives(&text, || as_request(&POLICY, &text));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), json in "[\\[\\]{}\":,a-z0-9. \\\\u]{0,80}") {
        survives(&text, || as_request(&POLICY, &text));
        survives(&json, || as_request(&POLICY, &format!("{{{json}")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_with_slips_is_checked_and_used_or_refused(which in any::<prop::sample::Index>(), sample in 0..samples().len(), slips in prop::collection::vec(slip(), 1..4)) {
        let own: Vec<&PolicyFile> = FILES.iter().filter(|file| !file.path.starts_with("scenarios/")).collect();
        let file = which.get(&own);
        let text = slipped(&file.source.text, &slips);
        let sample = source(&samples()[sample]).text.clone();
        survives(&format!("{}:\n{text}", file.path), || as_policy(&file.path, &text, &sample));
    }
}
