mod policies;

use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveTime};

use super::lines::Lines;
use super::{Day, Plan};
use crate::evaluation::request::{self, Presented, Purpose, Reading, Request};
use crate::evaluation::{Verdict, evaluate};
use crate::expression::program::Value;
use crate::policy::{self, Fact, FactKind, Policy, PolicyFile};
use crate::source::Source;
use crate::value::{Date, Number};

fn files(folder: &str) -> Vec<PolicyFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                files.push(PolicyFile { source: Source::new(&name, text), path: name });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn load(folder: &str) -> Policy {
    policy::check(folder, &files(folder)).unwrap().0
}

/// The requests that stand in the folder of worked examples and among the samples.
fn written(policy: &Policy) -> Vec<(Request, Date)> {
    let examples = policy.scenarios.iter().filter_map(|scenario| {
        let request =
            request::from_node(policy, &scenario.source, &scenario.request, Purpose::Example).ok()?;
        let on = scenario.on.unwrap_or_else(|| request.submitted_at.date());
        Some((request, on))
    });
    let mut requests: Vec<(Request, Date)> = examples.collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/requests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if let Ok(request) = request::read(policy, &Source::new("request", text)) {
            let on = request.submitted_at.date();
            requests.push((request, on));
        }
    }
    assert!(requests.len() > 100);
    requests
}

/// A small source of chance that is the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }

    fn date(&mut self, around: Date, days: u64) -> Date {
        (around - Days::new(days)) + Days::new(self.below(2 * days))
    }
}

fn value(chance: &mut Chance, fact: &Fact, around: Date) -> Option<Value> {
    Some(match &fact.kind {
        FactKind::Bool => Value::Bool(chance.one_in(2)),
        FactKind::Number { whole, money } => {
            let most = [3, 12, 40, 2_000, 1_000_000][usize::try_from(chance.below(5)).unwrap()];
            let mut number = Number::from(i64::try_from(chance.below(most)).unwrap());
            if !whole && !money && chance.one_in(2) {
                number = number.over(Number::from(4)).unwrap();
            }
            if *money && chance.one_in(2) {
                number = number.times(Number::from(100)).unwrap();
            }
            if fact.range.is_some_and(|range| !range.contains(number)) {
                return None;
            }
            Value::Number(number)
        }
        FactKind::Date => {
            let days = if chance.one_in(2) { 60 } else { 30_000 };
            Value::Date(chance.date(around, days))
        }
        FactKind::Choice(choices) => {
            let count = u64::try_from(choices.ids.len()).unwrap();
            Value::Choice(u16::try_from(chance.below(count)).unwrap())
        }
        FactKind::List(fields) => {
            let count = chance.below(5);
            let items = (0..count).map(|_| {
                let fields = fields.iter();
                fields
                    .map(|field| if chance.one_in(6) { None } else { value(chance, field, around) })
                    .collect()
            });
            Value::List(Arc::new(items.collect()))
        }
        FactKind::Text
        | FactKind::NationalId
        | FactKind::Iban
        | FactKind::Mobile
        | FactKind::ShortAddress
        | FactKind::Time
        | FactKind::Code => return None,
    })
}

fn change(chance: &mut Chance, policy: &Policy, request: &mut Request) {
    if chance.one_in(3) {
        let count = u64::try_from(policy.services.len()).unwrap();
        request.service = usize::try_from(chance.below(count)).unwrap();
    }
    if chance.one_in(4) {
        let day = policy.in_force_from + Days::new(chance.below(500));
        request.submitted_at = day.and_time(NaiveTime::MIN);
    }
    let around = request.submitted_at.date();
    let rate = 1 + chance.below(12);
    for fact in &policy.facts {
        if !chance.one_in(rate) {
            continue;
        }
        if chance.one_in(4) {
            request.readings.remove(&fact.slot);
        } else if let Some(value) = value(chance, fact, around) {
            request.readings.insert(fact.slot, vec![Reading { value, document: None }]);
        }
    }
    for document in 0..policy.documents.len() {
        if chance.one_in(rate) {
            request.documents.remove(&document);
        }
        if chance.one_in(rate) {
            let issued = (!chance.one_in(3)).then(|| chance.date(around, 200) - Days::new(200));
            let expires = (!chance.one_in(3)).then(|| chance.date(around, 20));
            request.documents.insert(document, Presented { issued, expires, matched: !chance.one_in(4) });
        }
    }
    for event in 0..policy.events.len() {
        if chance.one_in(rate * 2) {
            let day = around + Days::new(chance.below(90));
            request.events.insert(event, day.and_hms_opt(9, 30, 0).unwrap());
        }
    }
    if chance.one_in(4) {
        request.declaration = None;
    }
}

/// The plan and the exact evaluation say the same of a request, to the last bit of what was read.
fn agree(plan: &Plan<'_>, requests: &[(Request, Date)]) -> usize {
    let (mut row, mut scratch) = (plan.row(), plan.scratch());
    let mut planned = 0;
    for (request, on) in requests {
        plan.load(&mut row, &mut scratch, request, *on);
        let Ok(record) = plan.evaluate(&row, &mut scratch) else { continue };
        planned += 1;
        let evaluation = evaluate(plan.policy(), request, *on);
        let exact = plan.record(&evaluation);
        for (index, rule) in plan.policy().rules.iter().enumerate() {
            assert_eq!(record.verdicts[index], exact.verdicts[index], "{}: {request:?}", rule.id);
            assert_eq!(record.reads(index), exact.reads(index), "what {} read: {request:?}", rule.id);
        }
        assert_eq!(*record, exact, "{request:?}");
    }
    planned
}

#[test]
fn a_plan_says_of_every_written_request_what_the_exact_evaluation_says() {
    let policy = load("policies/naba/1");
    let plan = Plan::new(&policy);
    assert_eq!(plan.left_out(), &[]);
    let requests = written(&policy);
    let planned = agree(&plan, &requests);
    assert!(planned * 10 > requests.len() * 7, "{planned} of {}", requests.len());
}

#[test]
fn a_plan_says_of_generated_requests_what_the_exact_evaluation_says() {
    let policy = load("policies/naba/1");
    let plan = Plan::new(&policy);
    let written = written(&policy);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let generated: Vec<(Request, Date)> = (0..4000)
        .map(|_| {
            let place = usize::try_from(chance.below(u64::try_from(written.len()).unwrap())).unwrap();
            let mut request = written[place].0.clone();
            change(&mut chance, &policy, &mut request);
            let on = request.submitted_at.date() + Days::new(chance.below(60));
            (request, on)
        })
        .collect();
    let planned = agree(&plan, &generated);
    assert!(planned * 2 > generated.len(), "{planned} of {}", generated.len());
}

/// A request to the policy that the benchmarks measure.
const LINE: &str = r#"{"service": "connection", "channel": "c1", "submitted_at": "2026-06-10",
    "applicant": {"age": 40, "national_id": 1234567890, "residency_months": 30},
    "household": {"size": 5, "monthly_income": 1800, "disabled": 1, "orphans": 0, "elderly": 1},
    "dwelling": {"region": "r03", "ownership": "rented", "has_network": false, "distance": 1.25,
        "has_well": false, "tank": 1.5},
    "history": {"supported": true, "last_support": "2025-06-10"},
    "documents": {"ID": {"expires": "2027-01-01", "matched": true}, "DEED": {"matched": true}},
    "events": {"received": "2026-06-10"}}"#;

/// Chance rarely meets a limit exactly, or brings every paper.
fn sharpen(chance: &mut Chance, policy: &Policy, request: &mut Request) {
    let slot = |id: &str| policy.facts.iter().find(|fact| fact.id == id).unwrap().slot;
    if chance.one_in(3)
        && let Some(Value::Number(size)) = request.value(slot("household.size"))
    {
        let value = Value::Number(size.times(Number::from(40_000)).unwrap());
        request.readings.insert(slot("household.monthly_income"), vec![Reading { value, document: None }]);
    }
    if chance.one_in(2) {
        let day = request.submitted_at.date();
        for document in 0..policy.documents.len() {
            let shown = Presented { issued: Some(day), expires: Some(day), matched: true };
            request.documents.insert(document, shown);
        }
        // One of those that may hang on something unknown.
        request.documents.remove(&(policy.documents.len() - 1));
    }
}

#[test]
fn a_plan_says_of_generated_policies_what_the_exact_evaluation_says() {
    let written = files("benchmarks/water/1");
    let mut chance = Chance(0x0dd5_eed0_fc0d_e5ed);
    let (mut planned, mut all) = (0, 0);
    for _ in 0..12 {
        let files: Vec<PolicyFile> = written
            .iter()
            .map(|file| {
                let more = match file.path.as_str() {
                    "rules.toml" => policies::rules(&mut chance),
                    "documents.toml" => policies::documents(&mut chance),
                    _ => String::new(),
                };
                let text = format!("{}\n{more}", file.source.text);
                PolicyFile { source: Source::new(&file.path, text), path: file.path.clone() }
            })
            .collect();
        let policy = match policy::check("water/1", &files) {
            Ok((policy, _)) => policy,
            Err(problems) => {
                panic!("{:?}", problems.0.iter().map(|problem| &problem.message.en).collect::<Vec<_>>())
            }
        };
        let plan = Plan::new(&policy);
        assert_eq!(plan.left_out(), &[]);
        let first = request::read(&policy, &Source::new("line", LINE)).unwrap();
        let requests: Vec<(Request, Date)> = (0..250)
            .map(|_| {
                let mut request = first.clone();
                for _ in 0..=chance.below(2) {
                    change(&mut chance, &policy, &mut request);
                }
                sharpen(&mut chance, &policy, &mut request);
                let on = request.submitted_at.date();
                (request, on)
            })
            .collect();
        planned += agree(&plan, &requests);
        all += requests.len();
    }
    assert!(planned * 3 > all, "{planned} of {all}");
}

fn as_json(value: &Value, fact: &Fact) -> serde_json::Value {
    use serde_json::json;
    match (value, &fact.kind) {
        (Value::Number(number), FactKind::Number { money: true, .. }) => {
            json!(number.over(Number::from(100)).unwrap().to_string())
        }
        (Value::Number(number), _) => serde_json::from_str(&number.to_string()).unwrap(),
        (Value::Choice(choice), FactKind::Choice(choices)) => json!(choices.id(*choice)),
        (Value::Bool(value), _) => json!(value),
        (Value::Date(date), _) => json!(date.to_string()),
        (Value::Text(text), _) => json!(&**text),
        (Value::List(items), FactKind::List(fields)) => items
            .iter()
            .map(|item| {
                let fields = fields
                    .iter()
                    .zip(item)
                    .filter_map(|(field, value)| Some((field.id.clone(), as_json(value.as_ref()?, field))));
                serde_json::Value::Object(fields.collect())
            })
            .collect(),
        _ => serde_json::Value::Null,
    }
}

fn line(policy: &Policy, request: &Request) -> String {
    use serde_json::{Map, Value, json};
    let mut line = json!({
        "service": policy.services[request.service].id,
        "submitted_at": request.submitted_at.date().to_string(),
    });
    for fact in &policy.facts {
        let (section, name) = fact.id.split_once('.').unwrap();
        if let Some(value) = request.value(fact.slot) {
            let section = line.as_object_mut().unwrap().entry(section).or_insert(Value::Object(Map::new()));
            section[name] = as_json(value, fact);
        }
    }
    for (document, presented) in &request.documents {
        let date = |date: Option<Date>| date.map(|date| date.to_string());
        line["documents"][&policy.documents[*document].id] = json!({
            "issued": date(presented.issued),
            "expires": date(presented.expires),
            "matched": presented.matched,
        });
    }
    for (event, moment) in &request.events {
        line["events"][&policy.events[*event].id] = json!(moment.format("%Y-%m-%dT%H:%M").to_string());
    }
    line.to_string()
}

#[test]
fn a_line_is_read_as_the_exact_reader_reads_it() {
    let policy = load("policies/naba/1");
    let plan = Plan::new(&policy);
    let mut lines = Lines::new(&plan);
    let written = written(&policy);
    let mut chance = Chance(0x1234_5678_9abc_def1);
    for _ in 0..1500 {
        let place = usize::try_from(chance.below(u64::try_from(written.len()).unwrap())).unwrap();
        let mut request = written[place].0.clone();
        change(&mut chance, &policy, &mut request);
        let line = line(&policy, &request);
        let exact = request::read(&policy, &Source::new("line", line.as_str()));
        match (lines.judge(&line, None), exact) {
            (Ok(record), Ok(request)) => {
                let evaluation = evaluate(&policy, &request, request.submitted_at.date());
                assert_eq!(*record, plan.record(&evaluation), "{line}");
            }
            (Err(one), Err(other)) => assert_eq!(one.0.len(), other.0.len(), "{line}"),
            (one, other) => panic!("{one:?} {other:?} {line}"),
        }
    }
    let count = lines.count();
    assert!(count.read_exactly * 3 < count.lines, "{count:?}");
}

#[test]
fn a_line_that_is_wrong_is_refused_with_its_field_and_cause() {
    let policy = load("policies/naba/1");
    let plan = Plan::new(&policy);
    let mut lines = Lines::new(&plan);
    let mut judge = |facts: &str| {
        let line = format!(r#"{{"service": "S1", "submitted_at": "2026-12-06", {facts}}}"#);
        match lines.judge(&line, None) {
            Ok(record) => format!("{:?}", record.verdicts.first()),
            Err(diagnostics) => diagnostics.0[0].message.en.clone(),
        }
    };
    let plain = judge(r#""household": {"size": 3}"#);
    assert_eq!(judge(r#""household": {"size": "٣"}"#), plain);
    assert!(judge(r#""household": {"size": "three"}"#).contains("three"));
    assert!(judge(r#""household": {"size": 41}"#).contains("out of range"));
    assert!(judge(r#""household": {"sise": 3}"#).contains("sise"));
    assert!(judge(r#""household": {"size": 3, "size": 4}"#).contains("size"));
    assert!(judge(r#""household": {"size": 3.5}"#).contains("3.5"));
    assert!(lines.count().refused >= 5);
}

#[test]
fn what_does_not_fit_a_word_is_judged_exactly() {
    let policy = load("policies/naba/1");
    let plan = Plan::new(&policy);
    let mut lines = Lines::new(&plan);
    let line = r#"{"service": "S1", "submitted_at": "2026-12-06", "household": {"size": 3}, "water": {"storage": 1.00000001}}"#;
    let request = request::read(&policy, &Source::new("line", line)).unwrap();
    let evaluation = evaluate(&policy, &request, request.submitted_at.date());
    let record = lines.judge(line, None).unwrap().clone();
    assert_eq!(record, plan.record(&evaluation));
    assert!(record.verdicts.contains(&Verdict::Unknown));
    assert!(!record.terms.iter().any(|term| term.latest == Day::Untold));
    assert_eq!(lines.count().evaluated_exactly, 1);
}
