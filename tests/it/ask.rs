//! What to ask next: what an officer reads, and that nothing is asked or left out wrongly.

use std::sync::LazyLock;

use mizan::evaluation::ask::{Plan, plan};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::request::{self, Request};
use mizan::evaluation::{Conclusion, Evaluation, evaluate, probe};
use mizan::expression::program::{Slot, Value};
use mizan::source::Source;
use mizan::value::{Date, Lang};
use proptest::prelude::*;

use crate::explain::{POLICY, fixture, scenario, scenarios, slot};

/// The requests of all worked examples.
static SCENARIOS: LazyLock<Vec<(Request, Date)>> = LazyLock::new(scenarios);

/// A request of which nothing is known but the service.
fn bare(service: &str) -> Request {
    let text = format!(
        "policy = \"naba\"\nservice = \"{service}\"\nchannel = \"4.1\"\nsubmitted_at = 2026-12-06T10:00:00+03:00\n"
    );
    request::read(&POLICY, &Source::new("request.toml", text)).unwrap()
}

fn planned(request: &Request, on: Date) -> (Evaluation, Plan) {
    let evaluation = evaluate(&POLICY, request, on);
    let plan = plan(&Explanation::new(&POLICY, request, &evaluation));
    (evaluation, plan)
}

fn told(request: &Request, on: Date) -> String {
    let evaluation = evaluate(&POLICY, request, on);
    let explanation = Explanation::new(&POLICY, request, &evaluation);
    let plan = plan(&explanation);
    Lang::ALL.map(|lang| plan.text(&explanation, lang)).join("\n")
}

#[test]
fn the_next_question_comes_first() {
    let request = fixture("incomplete.toml");
    let on = request.submitted_at.date();
    insta::assert_snapshot!("ask_incomplete", told(&request, on));
    insta::assert_snapshot!("ask_decided", told(&fixture("not-met.toml"), on));
    insta::assert_snapshot!("ask_from_nothing", told(&bare("S2"), on));
    let evaluation = evaluate(&POLICY, &request, on);
    let explanation = Explanation::new(&POLICY, &request, &evaluation);
    insta::assert_json_snapshot!("ask_incomplete_json", plan(&explanation).json(&explanation));
}

#[test]
fn a_question_that_can_settle_the_result_comes_before_one_that_cannot() {
    for service in &POLICY.services {
        let request = bare(&service.id);
        let (_, plan) = planned(&request, request.submitted_at.date());
        let settles: Vec<bool> = plan.questions.iter().map(|question| question.settling > 0).collect();
        let mut sorted = settles.clone();
        sorted.sort_by_key(|settles| !settles);
        assert_eq!(settles, sorted, "{}", service.id);
    }
}

#[test]
fn a_request_that_is_declined_for_where_the_home_is_asks_only_whether_it_belongs_to_another() {
    let (request, on) = scenario("outside-the-area");
    let request = probe::changed(
        &request,
        &[(slot("history.open_request"), None), (slot("household.monthly_income"), None)],
        true,
    );
    let (evaluation, plan) = planned(&request, on);
    assert_eq!(evaluation.result, Conclusion::NotMet);
    let asked: Vec<Slot> = plan.questions.iter().map(|question| question.slot).collect();
    assert_eq!(asked, [slot("history.open_request")]);
    assert!(plan.idle.iter().any(|idle| idle.slot == slot("household.monthly_income")));
}

/// What a set of answers leads to.
fn outcome(
    request: &Request,
    evaluation: &Evaluation,
    answers: &[(Slot, Option<Value>)],
) -> (Conclusion, Vec<usize>) {
    let then = probe::try_with(&POLICY, request, evaluation, answers);
    (then.result, then.missing.documents)
}

/// Whatever is no longer needed never changes the result; whatever the engine misses is asked.
fn holds(request: &Request, on: Date, others: &[(Slot, Option<Value>)]) {
    let (evaluation, plan) = planned(request, on);
    let conditions = probe::conditions(&POLICY, request);
    // What only orders requests must leave the result alone just as well.
    let idle: Vec<Slot> = plan.idle.iter().map(|idle| idle.slot).chain(plan.ordering.clone()).collect();
    let others: Vec<_> = others
        .iter()
        .filter(|(slot, _)| !idle.contains(slot) && evaluation.values()[slot.index()].is_none())
        .cloned()
        .collect();
    for slot in idle.iter().copied() {
        let fact = POLICY.fact_at(slot).unwrap();
        let values = probe::representatives(&POLICY, request, evaluation.values(), fact, &conditions).values;
        for given in [&[][..], &others] {
            let before = outcome(request, &evaluation, given);
            for value in &values {
                let mut answers = given.to_vec();
                answers.push((slot, Some(value.clone())));
                assert_eq!(outcome(request, &evaluation, &answers), before, "{} = {value:?}", fact.id);
            }
        }
    }
    let asked: Vec<Slot> = plan.questions.iter().map(|question| question.slot).collect();
    for slot in &evaluation.missing.facts {
        let id = &POLICY.fact_at(*slot).unwrap().id;
        assert!(asked.contains(slot) || idle.contains(slot), "{id} is missing and not asked");
    }
    assert_eq!(plan.is_settled, asked.is_empty() && plan.perhaps.is_empty());
}

#[test]
fn what_is_no_longer_needed_never_changes_the_result_of_a_worked_example() {
    // Every twelfth: the generated requests below start from all of them.
    for (request, on) in SCENARIOS.iter().step_by(12) {
        holds(request, *on, &[]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn what_is_no_longer_needed_never_changes_the_result(
        example in 0_usize..1000,
        dropped in prop::collection::vec(0_usize..1000, 0..8),
        answers in prop::collection::vec(0_usize..1000, 60),
    ) {
        let (request, on) = &SCENARIOS[example % SCENARIOS.len()];
        let facts: Vec<Slot> = request.readings.keys().copied().collect();
        prop_assume!(!facts.is_empty());
        let changes: Vec<_> = dropped.iter().map(|index| (facts[index % facts.len()], None)).collect();
        let request = probe::changed(request, &changes, false);
        // Some answer to every question: none of them may wake what is no longer needed.
        let values = evaluate(&POLICY, &request, *on).worlds[0].clone();
        let conditions = probe::conditions(&POLICY, &request);
        let others: Vec<_> = POLICY.facts.iter().zip(&answers).filter_map(|(fact, pick)| {
            let choices = probe::representatives(&POLICY, &request, &values, fact, &conditions).values;
            let pick = choices.get(pick % choices.len().max(1))?.clone();
            Some((fact.slot, Some(pick)))
        }).collect();
        holds(&request, *on, &others);
    }
}
