//! Many requests at once say the same as one at a time, in order, and a bad line does not stop the rest.

use std::path::Path;

use mizan::app::batch::{self, Batch, By, Detail, Lines, Progress, Summary};
use mizan::app::{Asked, Revisions, Under, When};
use mizan::evaluation::evaluate;
use mizan::evaluation::request;
use mizan::policy::{Policy, RuleKind};
use mizan::source::Source;
use mizan::value::Lang;
use serde_json::{Value, json};

use crate::approval::{House, date};

fn policy(folder: &str) -> Policy {
    let files = mizan::workspace::read_revision(Path::new(folder)).unwrap();
    mizan::policy::check(folder, &files).map(|(policy, _)| policy).unwrap()
}

fn run(policy: &Policy, input: &[u8], (from, to): (Lines, Lines)) -> (String, Summary, Progress) {
    let batch = Batch {
        by: By::One(policy),
        on: None,
        input: from,
        output: to,
        detail: Detail::Short,
        lang: Lang::Ar,
    };
    let (mut output, mut last) = (vec![], Progress::default());
    let summary = batch::run(batch, &mut &*input, &mut output, &mut |progress| last = progress).unwrap();
    (String::from_utf8(output).unwrap(), summary, last)
}

/// A request of the samples as a line; TOML's dates become text.
pub(crate) fn line(path: &Path) -> String {
    fn json(value: toml::Value) -> Value {
        match value {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(value) => value.into(),
            toml::Value::Datetime(moment) => moment.to_string().into(),
            toml::Value::Array(values) => values.into_iter().map(json).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
        }
    }
    let text = std::fs::read_to_string(path).unwrap();
    json(text.parse::<toml::Table>().map(toml::Value::Table).unwrap()).to_string()
}

fn samples(folder: &str) -> Vec<String> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.iter().map(|path| line(path)).collect()
}

/// Every sample, again and again, so that several cores share them; each as it is evaluated by itself.
fn check(folder: &str, requests: &str) {
    let policy = policy(folder);
    let lines = samples(requests);
    assert!(lines.len() > 3, "{requests}");
    let input: String = lines.iter().cycle().take(700).map(|line| format!("{line}\n")).collect();
    let (output, summary, progress) = run(&policy, input.as_bytes(), (Lines::Json, Lines::Json));
    assert_eq!((summary.lines(), summary.refused), (700, 0), "{output}");
    assert_eq!(progress, Progress { requests: 700, bytes: input.len() as u64 });
    for ((number, line), said) in (1..).zip(lines.iter().cycle()).zip(output.lines()) {
        let said: Value = serde_json::from_str(said).unwrap();
        let request = request::read_json(&policy, &Source::new("line", line.clone())).unwrap();
        let evaluation = evaluate(&policy, &request, request.submitted_at.date());
        let mizan = |verdict: &str| -> Vec<&str> {
            let rulings = evaluation.rulings.iter().filter(|ruling| ruling.verdict.name() == verdict);
            let rules = rulings.map(|ruling| &policy.rules[ruling.rule]);
            let rules =
                rules.filter(|rule| matches!(rule.kind, RuleKind::Eligibility | RuleKind::Procedural));
            rules.map(|rule| rule.id.as_str()).collect()
        };
        let facts: Vec<&str> = evaluation
            .missing
            .facts
            .iter()
            .map(|slot| policy.vocabulary.get(*slot).unwrap().id.as_str())
            .collect();
        let documents: Vec<&str> =
            evaluation.missing.documents.iter().map(|index| policy.documents[*index].id.as_str()).collect();
        let priority = evaluation.priority.as_ref().filter(|priority| priority.score == priority.at_most);
        let expected = json!({
            "line": number,
            "case_ref": request.case_ref,
            "result": evaluation.result.name(),
            "not_met": mizan("not-met"),
            "unknown": mizan("unknown"),
            "conflict": mizan("conflict"),
            "referred": mizan("referred"),
            "missing": { "facts": facts, "documents": documents },
            "score": priority.map(|priority| priority.score.to_string()),
            "tier": evaluation.tier_id(&policy),
            "revision": policy.label,
        });
        assert_eq!(said, expected, "{line}");
    }
}

#[test]
fn many_requests_are_judged_as_each_by_itself() {
    check("policies/naba/1", "tests/fixtures/requests");
    check("policies/library/1", "tests/fixtures/requests-library");
}

#[test]
fn a_line_that_is_wrong_is_told_and_the_rest_go_on() {
    let policy = policy("policies/naba/1");
    let good = line(Path::new("tests/fixtures/requests/met.toml"));
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    let mut input = vec![];
    for line in [good.as_bytes(), b"{", b"", b"\xff\xfe", long.as_bytes(), b"[1]", good.as_bytes()] {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    // The last line ends with the input.
    input.pop();
    let (output, summary, _) = run(&policy, &input, (Lines::Json, Lines::Json));
    assert_eq!((summary.lines(), summary.refused), (6, 4));
    insta::assert_snapshot!("bad_lines", output);
    let (output, ..) = run(&policy, &input, (Lines::Json, Lines::Csv));
    insta::assert_snapshot!("bad_lines_as_table", output);
}

#[test]
fn a_table_of_requests_becomes_a_table_of_answers() {
    let policy = policy("policies/naba/1");
    let input = "\u{feff}service,submitted_at,applicant.capacity,household.size,household.monthly_income\n\
        S1,2026-12-06T10:00,head,٦,٥٤٠٠\n\
        S1,2026-12-06T10:00,head,6,99999\n\
        S9,2026-12-06T10:00,head,6,99999\n";
    let (output, summary, progress) = run(&policy, input.as_bytes(), (Lines::Csv, Lines::Csv));
    assert_eq!((summary.lines(), summary.refused), (3, 1), "{output}");
    assert_eq!(progress.bytes, input.len() as u64);
    insta::assert_snapshot!("table", output);
}

/// What is said of requests of these days, by `asked`: the revision, the result, or why there is none; and whether one revision judges all.
fn judged(house: &House, policy: &str, asked: Asked, on: Option<&str>) -> (Vec<String>, bool) {
    let days = ["2026-11-05", "2026-12-06", "2027-01-28", "2027-02-03"];
    let lines: Vec<String> = days.iter().map(|day| line(&house.request(day, 4400, ""))).collect();
    let revisions = Revisions::of(house.root(), Some(policy), asked).unwrap();
    let alone = revisions.alone().unwrap();
    let batch = Batch {
        by: alone.as_deref().map_or(By::Each(&revisions), By::One),
        on: on.map(date),
        input: Lines::Json,
        output: Lines::Json,
        detail: Detail::Short,
        lang: Lang::En,
    };
    let mut output = vec![];
    batch::run(batch, &mut lines.join("\n").as_bytes(), &mut output, &mut |_| {}).unwrap();
    let said = String::from_utf8(output).unwrap();
    let said = said.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        match line["problems"][0]["code"].as_str() {
            Some(code) => code.to_owned(),
            None => format!("{} {}", line["revision"].as_str().unwrap(), line["result"].as_str().unwrap()),
        }
    });
    (said.collect(), alone.is_some())
}

#[test]
fn each_of_many_is_judged_by_the_revision_that_governs_it() {
    let asked = |under, when| Asked { when, under, today: date("2027-02-10") };
    let house = House::new("batch-revisions");
    house.approve("2026-11-01");
    let each = asked(Under::InForce, When::OfRequest);
    // One revision judges all: they need not be asked one by one, and it comes to the same.
    let one = ["gap-in-force", "1.0.0 met", "1.0.0 met", "1.0.0 met"];
    let by_plan = ["not-in-force", "1.0.0 met", "1.0.0 met", "1.0.0 met"];
    assert_eq!(judged(&house, "relief", each, None), (by_plan.map(str::to_owned).to_vec(), true));
    // A draft that nobody approved changes nothing, but for whom it is tried.
    house.next("2027-01-10", "1000", "2027-02-01", "immediate");
    assert_eq!(judged(&house, "relief", each, None), (by_plan.map(str::to_owned).to_vec(), true));
    let tried = ["not-in-force", "1.0.0 met", "1.0.0 met", "1.1.0 not-met"].map(str::to_owned).to_vec();
    assert_eq!(judged(&house, "relief", asked(Under::Trial, When::OfRequest), None), (tried.clone(), false));
    assert_eq!(judged(&house, "relief/2", each, None).0[1..], [(); 3].map(|()| "draft-only".to_owned()));
    house.approve("2027-01-10");
    let two = [one[0], one[1], one[2], "1.1.0 not-met"].map(str::to_owned).to_vec();
    assert_eq!(judged(&house, "relief", each, None), (two, false));
    // On a later day, whatever is open by then is carried over; a day before a request is none for it.
    let on = |day| asked(Under::InForce, When::On(date(day)));
    let carried = [one[0], "1.1.0 not-met", "1.1.0 not-met", "1.1.0 not-met"].map(str::to_owned).to_vec();
    assert_eq!(judged(&house, "relief", on("2027-02-05"), Some("2027-02-05")).0, carried);
    let early = judged(&house, "relief", on("2027-01-30"), Some("2027-01-30")).0;
    assert_eq!(early[..3], [one[0], one[1], one[2]].map(str::to_owned));
    assert_eq!(early[3], "date-order");
}
