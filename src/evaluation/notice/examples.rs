//! The worked examples, each read once, and what each of them looks at.

use std::collections::BTreeSet;

use super::super::mutation::Touched;
use super::super::request::{self, Purpose, Request};
use super::super::{concerns, evaluate, probe, scenario};
use crate::expression::evaluate::{collect_slot, reads};
use crate::expression::program::Slot;
use crate::policy::message::Part;
use crate::policy::{Policy, Scenario, Wording};
use crate::value::Date;

/// A worked example, read once, and what it looks at.
pub(super) struct Example<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) request: Request,
    pub(super) on: Date,
    /// What it looks at.
    pub(super) sees: Touched,
    /// What it would look at if it expected everything there is.
    pub(super) could_see: Touched,
}

/// The examples that can be read and come out as they say. The others notice nothing.
pub(super) fn examples(policy: &Policy) -> Vec<Example<'_>> {
    let read = policy.scenarios.iter().filter_map(|scenario| {
        let request =
            request::from_node(policy, &scenario.source, &scenario.request, Purpose::Example).ok()?;
        let on = scenario.on.unwrap_or_else(|| request.submitted_at.date());
        let sees = sees(policy, scenario, &request);
        let could_see = could_see(policy, &request, sees.clone());
        Some(Example { scenario, request, on, sees, could_see })
    });
    let passing = read.filter(|example| {
        let evaluation = evaluate(policy, &example.request, example.on);
        scenario::differences(policy, example.scenario, &example.request, &evaluation).is_empty()
    });
    passing.collect()
}

/// What an example looks at: everything else may change without its noticing.
fn sees(policy: &Policy, scenario: &Scenario, request: &Request) -> Touched {
    let mut sees = Touched::default();
    let expect = &scenario.expect;
    let vocabulary = &policy.vocabulary;
    for (index, rule) in policy.rules.iter().enumerate() {
        if !concerns(policy, rule, request) {
            continue;
        }
        sees.rules.insert(index);
        sees.slots.extend(reads(vocabulary, &rule.condition));
        if !expect.says.is_empty() {
            for (when, wording) in &rule.not_met_if {
                sees.slots.extend(reads(vocabulary, when));
                said(policy, wording, &mut sees.slots);
            }
            for wording in [&rule.met, &rule.not_met, &rule.unknown, &rule.not_applicable] {
                wording.iter().for_each(|wording| said(policy, wording, &mut sees.slots));
            }
        }
    }
    for (index, document) in policy.documents.iter().enumerate() {
        let is_asked = document
            .required
            .iter()
            .any(|case| case.services.as_ref().is_none_or(|services| services.contains(&request.service)));
        if is_asked || request.documents.contains_key(&index) {
            sees.documents.insert(index);
        }
    }
    for (_, when) in probe::paper_conditions(policy, request) {
        sees.slots.extend(reads(vocabulary, when));
    }
    if (expect.score.is_some() || expect.tier.is_some())
        && let Some(score) = &policy.score
    {
        collect_slot(vocabulary, score.slot, &mut sees.slots);
        if let Some(tier) = score.tier {
            collect_slot(vocabulary, tier, &mut sees.slots);
        }
    }
    for (key, _) in expect.values.iter() {
        if let Some(slot) = vocabulary.find(&key.name) {
            collect_slot(vocabulary, slot, &mut sees.slots);
        }
    }
    for (key, _) in expect.deadlines.iter() {
        for (index, deadline) in policy.deadlines.iter().enumerate().filter(|(_, known)| known.id == key.name)
        {
            sees.deadlines.insert(index);
            for case in &deadline.instead {
                sees.slots.extend(reads(vocabulary, &case.when));
            }
        }
    }
    sees
}

/// What an example would look at if it expected everything there is.
fn could_see(policy: &Policy, request: &Request, mut sees: Touched) -> Touched {
    for rule in policy.rules.iter().filter(|rule| concerns(policy, rule, request)) {
        for wording in [&rule.met, &rule.not_met, &rule.unknown, &rule.not_applicable] {
            wording.iter().for_each(|wording| said(policy, wording, &mut sees.slots));
        }
    }
    let quantity = policy.services.get(request.service).and_then(|service| service.quantity.as_ref());
    sees.slots.extend(quantity.into_iter().flat_map(|quantity| reads(&policy.vocabulary, quantity)));
    // It could state any value that is computed.
    for (slot, named) in policy.vocabulary.iter() {
        if named.definition.is_some() {
            collect_slot(&policy.vocabulary, slot, &mut sees.slots);
        }
    }
    let deadlines = policy.deadlines.iter().enumerate();
    let of_service = deadlines.filter(|(_, deadline)| {
        deadline.services.as_ref().is_none_or(|services| services.contains(&request.service))
    });
    sees.deadlines.extend(of_service.map(|(index, _)| index));
    sees
}

/// The values that a sentence says.
fn said(policy: &Policy, wording: &Wording, slots: &mut BTreeSet<Slot>) {
    for part in wording.ar.0.iter().chain(&wording.en.0) {
        match part {
            Part::Value(slot, _) | Part::Select { slot, .. } => {
                collect_slot(&policy.vocabulary, *slot, slots);
            }
            Part::Words(_) | Part::Special(..) => {}
        }
    }
}

/// Does somebody look at what is touched?
pub(super) fn meet(sees: &Touched, touched: &Touched) -> bool {
    !sees.slots.is_disjoint(&touched.slots)
        || !sees.rules.is_disjoint(&touched.rules)
        || !sees.documents.is_disjoint(&touched.documents)
        || !sees.deadlines.is_disjoint(&touched.deadlines)
}
