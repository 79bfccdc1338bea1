//! Explanations at three lengths, and what would have to change: what a person reads, and what must hold of it.

use std::path::Path;
use std::sync::LazyLock;

use mizan::evaluation::account::{self, Length};
use mizan::evaluation::change::{Change, Reach, Step, Target, outlook};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::request::{self, Purpose, Request};
use mizan::evaluation::{Conclusion, Evaluation, Verdict, evaluate, probe};
use mizan::expression::program::{Slot, Value};
use mizan::policy::{self, FactKind, Policy};
use mizan::source::Source;
use mizan::value::{Date, Lang, Number};
use mizan::workspace;
use proptest::prelude::*;

pub(crate) static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let folder = root().join("policies/naba/1");
    let files = workspace::read_revision(&folder).unwrap();
    policy::check("policies/naba/1", &files).unwrap().0
});

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn fixture(name: &str) -> Request {
    let path = format!("tests/fixtures/requests/{name}");
    let text = std::fs::read_to_string(root().join(&path)).unwrap();
    request::read(&POLICY, &Source::new(path, text)).unwrap()
}

/// The request of a worked example, and the day of its evaluation.
pub(crate) fn scenario(name: &str) -> (Request, Date) {
    let scenario = POLICY.scenarios.iter().find(|scenario| scenario.name == name).unwrap();
    let request = request::from_node(&POLICY, &scenario.source, &scenario.request, Purpose::Example).unwrap();
    let on = scenario.on.unwrap_or_else(|| request.submitted_at.date());
    (request, on)
}

/// Every worked example that can be read.
pub(crate) fn scenarios() -> Vec<(Request, Date)> {
    let readable = POLICY.scenarios.iter().filter(|scenario| scenario.expect.problem.is_none());
    readable.map(|known| scenario(&known.name)).collect()
}

pub(crate) fn slot(id: &str) -> Slot {
    POLICY.fact(id).unwrap().slot
}

fn rule(id: &str) -> usize {
    POLICY.rules.iter().position(|rule| rule.id == id).unwrap()
}

pub(crate) fn money(halalas: i64) -> Option<Value> {
    Some(Value::Number(Number::from(halalas)))
}

fn changed(request: &Request, changes: &[(&str, Option<Value>)]) -> Request {
    let changes: Vec<_> = changes.iter().map(|(id, value)| (slot(id), value.clone())).collect();
    probe::changed(request, &changes, true)
}

/// One rule of one request, in both languages.
fn told(request: &Request, on: Date, rule: &str, length: Length) -> String {
    let evaluation = evaluate(&POLICY, request, on);
    let explanation = Explanation::new(&POLICY, request, &evaluation);
    let account = account::of(&explanation, rule).unwrap();
    Lang::ALL.map(|lang| account.text(length, lang)).join("\n")
}

#[test]
fn a_rule_is_explained_at_three_lengths() {
    let request = fixture("not-met.toml");
    let on = request.submitted_at.date();
    for (name, length) in [("line", Length::Line), ("short", Length::Short), ("tree", Length::Tree)] {
        insta::assert_snapshot!(format!("not_met_{name}"), told(&request, on, "E-03", length));
        insta::assert_snapshot!(format!("met_{name}"), told(&request, on, "E-04", length));
    }
}

#[test]
fn what_would_have_to_change_is_told_exactly() {
    let cases = [
        ("tank-big-enough", "S2-1"),
        ("connection-not-possible", "S8-1"),
        ("four-signatures", "S6-1"),
        ("outside-the-area", "E-02"),
        ("water-for-more-than-a-day", "S1U-1"),
        ("no-present-need", "E-04"),
        ("equal-to-the-limit", "E-03"),
        ("served-thirteen-days-ago", "E-05"),
        ("not-visited-yet", "E-04"),
        ("repair-over-the-limit", "S3-1"),
        ("storage-below-a-cubic-metre", "E-04"),
        ("suspended-file", "E-09"),
        ("site-without-anything", "S4-2"),
    ];
    let mut text = String::new();
    for (name, rule) in cases {
        let (request, on) = scenario(name);
        text.push_str(&format!("# {name}, {rule}\n{}\n", told(&request, on, rule, Length::Short)));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_difference_of_a_fraction_of_a_halala_is_not_hidden() {
    let (ordinary, on) = scenario("equal-to-the-limit");
    // 3 × 1,200.00 + 1,200.00 rent is the limit; one halala more, among three, is a third of one too much for each.
    let request = changed(&ordinary, &[("household.monthly_income", money(480_001))]);
    let evaluation = evaluate(&POLICY, &request, on);
    let explanation = Explanation::new(&POLICY, &request, &evaluation);
    let text = account::of(&explanation, "E-03").unwrap().text(Length::Short, Lang::En);
    assert!(text.contains("1,200.0033 riyals exceeds 1,200.00 riyals (highest"), "{text}");
    assert!(text.contains("by 0.0033 riyals"), "{text}");
    assert!(text.contains("at most 4,800.00 riyals (now 4,800.01 riyals; 0.01 riyals less)"), "{text}");
}

#[test]
fn a_request_as_a_whole_says_what_would_have_to_change() {
    let request = fixture("not-met.toml");
    let evaluation = evaluate(&POLICY, &request, request.submitted_at.date());
    let explanation = Explanation::new(&POLICY, &request, &evaluation);
    let texts = Lang::ALL.map(|lang| account::request_text(&explanation, Length::Short, lang));
    insta::assert_snapshot!(texts.join("\n"));
    insta::assert_json_snapshot!(account::of(&explanation, "E-03").unwrap().json());
}

#[test]
fn two_facts_are_changed_together_where_neither_does_it_alone() {
    let (request, on) = scenario("no-present-need");
    let request =
        changed(&request, &[("dwelling.area", Some(Value::Choice(3))), ("water.days_without", money(0))]);
    let evaluation = evaluate(&POLICY, &request, on);
    assert_eq!(evaluation.result, Conclusion::NotMet);
    let explanation = Explanation::new(&POLICY, &request, &evaluation);
    let found = outlook(&explanation, Target::Request);
    assert!(!found.changes.is_empty());
    assert!(found.changes.iter().all(|change| change.steps.len() == 2));
    let texts: Vec<String> = found
        .changes
        .iter()
        .map(|change| change.text(&POLICY))
        .map(|text| format!("{}\n{}", text.ar, text.en))
        .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

/// The evaluation with the steps of a change taken.
fn after(request: &Request, evaluation: &Evaluation, steps: &[Step]) -> Evaluation {
    let changes: Vec<_> = steps.iter().map(|step| (step.slot, Some(step.to.clone()))).collect();
    probe::try_with(&POLICY, request, evaluation, &changes)
}

fn is_met(evaluation: &Evaluation, rule: usize) -> bool {
    let ruling = &evaluation.rulings[rule];
    ruling.verdict == Verdict::Met || ruling.exempted_by.is_some()
}

/// Every change that is told works; no value nearer to the present one does.
fn holds(request: &Request, on: Date) {
    let evaluation = evaluate(&POLICY, request, on);
    let explanation = Explanation::new(&POLICY, request, &evaluation);
    for rule in 0..POLICY.rules.len() {
        let found = outlook(&explanation, Target::Rule(rule));
        for Change { steps, verdict, result } in &found.changes {
            let then = after(request, &evaluation, steps);
            let is_open = *verdict == Verdict::Unknown && then.rulings[rule].verdict == Verdict::Unknown;
            assert!(is_open || is_met(&then, rule), "{} {steps:?}", POLICY.rules[rule].id);
            assert_eq!(then.result, *result);
            for step in steps {
                assert!(POLICY.fact_at(step.slot).unwrap().can_change);
            }
            if let [step] = steps.as_slice() {
                nearest(request, &evaluation, rule, step, *verdict);
            }
        }
        for step in &found.margins {
            assert!(is_met(&after(request, &evaluation, std::slice::from_ref(step)), rule));
            nearest(request, &evaluation, rule, step, Verdict::Met);
        }
    }
}

/// One unit from a limit, on the side where it must not hold, it does not.
fn nearest(request: &Request, evaluation: &Evaluation, rule: usize, step: &Step, wanted: Verdict) {
    let fact = POLICY.fact_at(step.slot).unwrap();
    let one = match (&fact.kind, &step.reach) {
        (FactKind::Number { whole: false, money: false }, _) => return,
        (FactKind::Number { .. }, Reach::OrLess | Reach::OrMore) => Number::ONE,
        _ => return,
    };
    let Value::Number(to) = &step.to else { return };
    // A change is next to what does not do it on the near side; a margin, on the far side.
    let next = match step.reach {
        Reach::OrLess => to.plus(one),
        _ => to.minus(one),
    };
    let mut other = step.clone();
    other.to = Value::Number(next.unwrap());
    let then = after(request, evaluation, &[other]);
    let is_wanted = is_met(&then, rule) || then.rulings[rule].verdict == wanted;
    assert!(!is_wanted, "{} {}: {step:?}", POLICY.rules[rule].id, fact.id);
}

#[test]
fn every_change_that_is_told_works_in_every_worked_example() {
    for (request, on) in scenarios() {
        holds(&request, on);
    }
}

#[test]
fn the_nearest_household_size_is_that_of_trying_them_all() {
    // Size cannot change by this policy; by one in which it can, the search must agree with counting.
    let mut policy = POLICY.clone();
    for fact in &mut policy.facts {
        fact.can_change = true;
    }
    let rule = rule("E-03");
    for halalas in [0, 119_999, 480_000, 480_001, 900_000, 3_000_000, 4_920_000, 9_999_999] {
        let (ordinary, on) = scenario("ordinary");
        let request = changed(&ordinary, &[("household.monthly_income", money(halalas))]);
        let evaluation = evaluate(&policy, &request, on);
        let explanation = Explanation::new(&policy, &request, &evaluation);
        let size = slot("household.size");
        let met: Vec<i64> = (1..=40)
            .filter(|count| {
                let change = [(size, Some(Value::Number(Number::from(*count))))];
                is_met(&probe::try_with(&policy, &request, &evaluation, &change), rule)
            })
            .collect();
        let found = outlook(&explanation, Target::Rule(rule));
        let told = found.changes.iter().find(|change| change.steps[0].slot == size);
        let nearest = met.iter().min_by_key(|count| (*count - 6).abs()).copied();
        if is_met(&evaluation, rule) {
            let margin = found.margins.iter().find(|step| step.slot == size);
            let lowest = (*met.first().unwrap() > 1).then(|| *met.first().unwrap());
            assert_eq!(
                margin.map(|step| step.to.clone()),
                lowest.map(|low| Value::Number(Number::from(low)))
            );
        } else {
            assert_eq!(
                told.map(|change| change.steps[0].to.clone()),
                nearest.map(|size| Value::Number(Number::from(size)))
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_change_that_is_told_works(
        income in 0_i64..3_000_000,
        rent in 0_i64..400_000,
        size in 1_i64..=12,
        tenure in 0_u16..3,
        area in 0_u16..4,
        source in 0_u16..4,
        days in 0_i64..12,
        centimetres in 0_i64..300,
    ) {
        let (ordinary, on) = scenario("ordinary");
        let request = changed(&ordinary, &[
            ("household.monthly_income", money(income)),
            ("household.monthly_rent", money(rent)),
            ("household.size", money(size)),
            ("dwelling.tenure", Some(Value::Choice(tenure))),
            ("dwelling.area", Some(Value::Choice(area))),
            ("water.source", Some(Value::Choice(source))),
            ("water.days_without", money(days)),
            ("water.storage", Some(Value::Number(Number::ratio(i128::from(centimetres), 100).unwrap()))),
        ]);
        holds(&request, on);
    }
}
