//! What holds for every request and every policy, whatever they say.

use std::collections::BTreeMap;
use std::path::Path;

use mizan::app::{self, AppError, Variant, Wanted, When};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::request::{self, Purpose, Request};
use mizan::evaluation::{Conclusion, Evaluation, Verdict, evaluate, report};
use mizan::policy::{self, FoundBy, Policy, PolicyFile, RuleKind};
use mizan::source::{self, Node, Source, Value};
use mizan::value::Lang;
use proptest::prelude::*;

use crate::naba::{FILES, POLICY, sample, samples, source, today};

/// The tree of a request file.
fn tree(path: &Path) -> Node {
    let text = &source(path).text;
    if path.extension().is_some_and(|ending| ending == "json") {
        source::read_json(text).unwrap()
    } else {
        source::read_toml(text).0
    }
}

fn read(node: &Node) -> Request {
    let nowhere = Source::new("request", "");
    request::from_node(&POLICY, &nowhere, node, Purpose::Official).unwrap()
}

fn json(policy: &Policy, request: &Request) -> String {
    report::evaluation(policy, request, &evaluate(policy, request, today())).to_string()
}

/// What stands in a request besides facts.
const BESIDES: &[&str] =
    &["policy", "case_ref", "service", "channel", "submitted_at", "declaration", "events", "decision"];

/// Every value of a request that may be left blank: facts, those of each member too, and what papers bear.
fn blanks(node: &mut Node) -> Vec<&mut Value> {
    fn into<'n>(node: &'n mut Node, found: &mut Vec<&'n mut Value>) {
        match &mut node.value {
            Value::Table(entries) => entries.iter_mut().for_each(|(_, node)| into(node, found)),
            Value::Array(items) => items.iter_mut().for_each(|item| into(item, found)),
            value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::String(_)) => {
                found.push(value);
            }
        }
    }
    let mut found = Vec::new();
    let Value::Table(entries) = &mut node.value else { return found };
    for (key, node) in entries {
        if !BESIDES.contains(&key.name.as_str()) {
            into(node, &mut found);
        }
    }
    found
}

fn verdicts(evaluation: &Evaluation) -> Vec<Verdict> {
    evaluation.rulings.iter().map(|ruling| ruling.verdict).collect()
}

/// Who knows less may only say less: the same verdict, or that it is not known.
fn says_no_more(known: &Evaluation, blanked: &Evaluation, what: &str) {
    for ((rule, before), after) in POLICY.rules.iter().zip(verdicts(known)).zip(verdicts(blanked)) {
        let may = match before {
            // With fewer sources they may no longer disagree.
            Verdict::Conflict => true,
            // An exemption that is no longer shown leaves the rule itself, which then must not decline.
            Verdict::NotApplicable => {
                matches!(after, Verdict::NotApplicable | Verdict::Met | Verdict::Unknown)
            }
            Verdict::Met | Verdict::NotMet | Verdict::Unknown | Verdict::Referred => {
                after == before || after == Verdict::Unknown
            }
        };
        // A signature is not a fact of the case: whether it is there is known at once.
        assert!(may || rule.kind == RuleKind::Procedural, "{what}: {} {before:?} → {after:?}", rule.id);
    }
    let declined = blanked.result == Conclusion::NotMet;
    assert!(!declined || matches!(known.result, Conclusion::NotMet | Conclusion::Verify), "{what}");
}

#[test]
fn a_fact_left_blank_never_turns_into_a_no() {
    for path in samples() {
        let mut whole = tree(&path);
        let known = evaluate(&POLICY, &read(&whole), today());
        for index in 0..blanks(&mut whole).len() {
            let mut node = whole.clone();
            *blanks(&mut node).swap_remove(index) = Value::String(" ".into());
            let blanked = evaluate(&POLICY, &read(&node), today());
            says_no_more(&known, &blanked, &format!("{} without value {index}", path.display()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facts_left_blank_never_turn_into_a_no(which in 0..samples().len(), blank in prop::collection::vec(any::<bool>(), 120)) {
        let mut node = tree(&samples()[which]);
        let known = evaluate(&POLICY, &read(&node), today());
        for (value, blank) in blanks(&mut node).into_iter().zip(&blank) {
            if *blank {
                *value = Value::Null;
            }
        }
        let blanked = evaluate(&POLICY, &read(&node), today());
        says_no_more(&known, &blanked, &format!("{blank:?}"));
    }
}

#[test]
fn the_same_request_is_the_same_bytes_wherever_the_folder_lies() {
    let elsewhere: Vec<PolicyFile> = FILES
        .iter()
        .map(|file| {
            let source = Source::new(format!("/elsewhere/naba/1/{}", file.path), file.source.text.as_str());
            PolicyFile { path: file.path.clone(), source }
        })
        .collect();
    let moved = policy::check("/elsewhere/naba/1", &elsewhere).unwrap().0;
    for path in samples() {
        let first = json(&POLICY, &sample(&path));
        assert_eq!(first, json(&POLICY, &sample(&path)));
        let there = Source::new(format!("/elsewhere/{}", path.display()), source(&path).text.as_str());
        assert_eq!(first, json(&moved, &request::read(&moved, &there).unwrap()));
    }
}

/// The real policy with the tables of one file the other way round.
fn turned(name: &str) -> Policy {
    let turn = |text: &str| {
        let mut tables: Vec<String> = vec![String::new()];
        for line in text.lines() {
            if line.starts_with('[') && !line.starts_with("[[") {
                tables.push(String::new());
            }
            let table = tables.last_mut().unwrap();
            table.push_str(line);
            table.push('\n');
        }
        tables.reverse();
        tables.concat()
    };
    let files: Vec<PolicyFile> = FILES
        .iter()
        .map(|file| {
            let text = file.source.text.as_str();
            let text = if file.path == name { turn(text) } else { text.to_owned() };
            PolicyFile { path: file.path.clone(), source: Source::new(file.source.name.clone(), text) }
        })
        .collect();
    policy::check("policies/naba/1", &files).unwrap().0
}

/// What an evaluation comes to, by name, so that an order cannot show.
fn essence(policy: &Policy, request: &Request) -> BTreeMap<String, String> {
    let evaluation = evaluate(policy, request, today());
    let explanation = Explanation::new(policy, request, &evaluation);
    let mut found = BTreeMap::new();
    for ruling in &evaluation.rulings {
        let rule = &policy.rules[ruling.rule];
        let mut reads = explanation.reads(ruling);
        reads.sort_unstable();
        let text = format!("{} {:?} {reads:?}", ruling.verdict.name(), explanation.reason(ruling));
        found.insert(rule.id.clone(), text);
    }
    let report = report::evaluation(policy, request, &evaluation);
    for key in ["result", "digest", "priority", "deadlines", "differing"] {
        found.insert(key.to_owned(), report[key].to_string());
    }
    for kind in ["facts", "documents", "later"] {
        let missing = report["missing"][kind].as_array().unwrap().iter();
        let mut missing: Vec<String> = missing.map(ToString::to_string).collect();
        missing.sort();
        found.insert(format!("missing {kind}"), missing.join("\n"));
    }
    found
}

#[test]
fn moving_a_rule_in_its_file_changes_nothing() {
    let turned = turned("rules.toml");
    for path in samples() {
        let request = request::read(&turned, &source(&path)).unwrap();
        assert_eq!(essence(&POLICY, &sample(&path)), essence(&turned, &request), "{}", path.display());
    }
}

#[test]
fn moving_a_fact_or_a_parameter_in_its_file_changes_nothing() {
    for name in ["facts.toml", "parameters.toml", "documents.toml", "channels.toml"] {
        let turned = turned(name);
        for path in samples() {
            let request = request::read(&turned, &source(&path)).unwrap();
            let (before, after) = (essence(&POLICY, &sample(&path)), essence(&turned, &request));
            for (key, before) in &before {
                // Lists in sentences follow the order in which the policy asks.
                if !before.contains('،') && !before.contains(" and ") {
                    assert_eq!(before, &after[key], "{name} {} {key}", path.display());
                }
            }
        }
    }
}

#[test]
fn every_declared_fact_counts_in_the_digest_and_nothing_else_does() {
    for path in samples() {
        let mut whole = tree(&path);
        let digest = read(&whole).digest(&POLICY);
        let Value::Table(sections) = &mut whole.value else { continue };
        for section in 0..sections.len() {
            let Value::Table(entries) = &sections[section].1.value else { continue };
            for entry in 0..entries.len() {
                let mut node = tree(&path);
                let Value::Table(sections) = &mut node.value else { continue };
                let name = sections[section].0.name.clone();
                let Value::Table(entries) = &mut sections[section].1.value else { continue };
                let id = format!("{name}.{}", entries[entry].0.name);
                if matches!(&entries[entry].1.value, Value::String(text) if text.is_empty()) {
                    continue;
                }
                entries[entry].1.value = Value::Null;
                let Some(fact) = POLICY.fact(&id) else {
                    // Papers, events, signatures, the decision.
                    if name != "decision" && id != "declaration.signed_on" {
                        assert_eq!(read(&node).digest(&POLICY), digest, "{} {id}", path.display());
                    }
                    continue;
                };
                let is_declared = fact.found_by == FoundBy::Applicant;
                let changed = read(&node).digest(&POLICY) != digest;
                assert_eq!(changed, is_declared, "{} {id}", path.display());
            }
        }
    }
}

/// The same request as somebody else would write it: sections and facts in another order, numbers in Arabic digits.
fn rewritten(node: &Node) -> Node {
    let value = match &node.value {
        Value::Table(entries) => {
            Value::Table(entries.iter().rev().map(|(key, node)| (key.clone(), rewritten(node))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(rewritten).collect()),
        Value::Number(text) => Value::String(arabic(text)),
        Value::Bool(true) => Value::String(" نعم ".into()),
        Value::Bool(false) => Value::String("no".into()),
        Value::Date(text) => Value::String(text.clone()),
        Value::String(text) if text.chars().all(|letter| letter.is_ascii_digit()) => {
            Value::String(arabic(text))
        }
        Value::Null | Value::String(_) => node.value.clone(),
    };
    Node { range: node.range.clone(), value }
}

fn arabic(text: &str) -> String {
    let digit = |letter: char| match letter.to_digit(10) {
        Some(digit) => char::from_u32(0x660 + digit).unwrap(),
        None if letter == '.' => '٫',
        None => letter,
    };
    text.chars().map(digit).collect()
}

/// The same request as a program would write it.
fn as_json(node: &Node) -> String {
    let value = |node: &Node| as_json(node);
    match &node.value {
        Value::Table(entries) => {
            let entries = entries.iter().map(|(key, node)| format!("{:?}: {}", key.name, value(node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Number(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Date(text) | Value::String(text) => serde_json::Value::from(text.as_str()).to_string(),
        Value::Null => "null".into(),
    }
}

#[test]
fn a_request_written_in_another_way_is_the_same_request() {
    for path in samples() {
        let node = tree(&path);
        let before = json(&POLICY, &read(&node));
        assert_eq!(before, json(&POLICY, &read(&rewritten(&node))), "{}", path.display());
        let text = as_json(&rewritten(&node));
        let again = request::read(&POLICY, &Source::new("request.json", text)).unwrap();
        assert_eq!(before, json(&POLICY, &again), "{}", path.display());
    }
}

#[test]
fn a_referred_evaluation_never_yields_a_letter() {
    let (root, path) = (Path::new("tests/fixtures"), Path::new("tests/fixtures/policies/fault/request.toml"));
    let (loaded, evaluation) = app::evaluate(root, path, None, When::On(today())).unwrap();
    // The other rule is not met, and the committee is said to have declined: still nobody is told no.
    assert_eq!(verdicts(&evaluation), [Verdict::Referred, Verdict::NotMet]);
    assert_eq!(evaluation.result, Conclusion::Referred);
    let explanation = Explanation::new(&loaded.policy, &loaded.request, &evaluation);
    insta::assert_snapshot!(format!(
        "{}\n----\n\n{}",
        explanation.text(Lang::Ar),
        explanation.text(Lang::En)
    ));
    assert_eq!(loaded.policy.letters.len(), 5);
    for letter in &loaded.policy.letters {
        for lang in [Lang::Ar, Lang::En] {
            let when = When::On(today());
            let wanted = Wanted {
                letter: &letter.id,
                request: Some(path),
                policy: None,
                lang,
                when,
                variant: Variant::default(),
            };
            let Err(AppError::Letter(mizan::letter::Refusal::Fault)) = app::letter(root, &wanted) else {
                panic!("{} was made", letter.id);
            };
        }
    }
}
