//! What a fact could be, and what would come out then.
//!
//! Receives a request, hands on the same request with some facts changed, and for each fact values that stand for all that it
//! can be.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::request::{Digest, Reading, Request};
use super::{Evaluation, Verdict, concerns, evaluate};
use crate::expression::cuts::{self, Domain, Spread};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Node, Slot, Value};
use crate::policy::{Fact, FactKind, Policy};
use crate::value::{Date, Number, Span};

/// A number without a declared end is looked at up to here.
const FARTHEST: i64 = 1_000_000_000_000;
/// A day is looked at from so many years before the request …
const YEARS_BEFORE: i32 = 130;
/// … to so many after it.
const YEARS_AFTER: i32 = 30;
/// Of a thing in a list no more combinations of its fields than this are tried.
const MOST_THINGS: usize = 64;

/// The same request with some facts as given, or taken back to unknown. A declaration that was signed over the facts as they
/// stood counts as signed over the new ones: what is asked is what the policy says of the facts.
pub fn changed(request: &Request, changes: &[(Slot, Option<Value>)], is_signed: bool) -> Request {
    let mut request = request.clone();
    for (slot, value) in changes {
        match value {
            Some(value) => {
                let reading = Reading { value: value.clone(), document: None };
                request.readings.insert(*slot, vec![reading]);
            }
            None => {
                request.readings.remove(slot);
            }
        }
    }
    if is_signed && let Some(declaration) = &mut request.declaration {
        declaration.digest = Digest::Current;
    }
    request
}

/// What comes out with some facts as given.
pub fn try_with(
    policy: &Policy,
    request: &Request,
    evaluation: &Evaluation,
    changes: &[(Slot, Option<Value>)],
) -> Evaluation {
    let signed = evaluation.values().get(policy.builtin.declaration_signed.index());
    let is_signed = matches!(signed, Some(Some(Value::Bool(true))));
    evaluate(policy, &changed(request, changes, is_signed), evaluation.on)
}

/// Everything that can decide a request of this service: its rules, and when its papers are required.
pub fn conditions<'a>(policy: &'a Policy, request: &Request) -> Vec<&'a Node> {
    let rules = policy.rules.iter().filter(|rule| concerns(policy, rule, request));
    rules.map(|rule| &rule.condition).chain(paper_conditions(policy, request).map(|(_, when)| when)).collect()
}

/// When the papers of this service are required: the number of the paper, and the condition.
pub fn paper_conditions<'a>(
    policy: &'a Policy,
    request: &Request,
) -> impl Iterator<Item = (usize, &'a Node)> {
    let service = request.service;
    policy.documents.iter().enumerate().flat_map(move |(index, document)| {
        let cases = document.required.iter();
        let of_service = cases
            .filter(move |case| case.services.as_ref().is_none_or(|services| services.contains(&service)));
        of_service.filter_map(move |case| Some((index, case.when.as_ref()?)))
    })
}

/// Values that stand for all that a fact can be, as far as these conditions can tell them apart.
pub fn representatives(
    policy: &Policy,
    request: &Request,
    values: &[Option<Value>],
    fact: &Fact,
    conditions: &[&Node],
) -> Spread {
    match domain(fact, request.submitted_at.date()) {
        Ok(domain) => cuts::spread(&policy.vocabulary, values, fact.slot, &domain, conditions),
        Err(values) => Spread { values, cuts: BTreeSet::new(), is_exact: false },
    }
}

/// All that a fact can be; for texts and lists, which have no bounds, some that it could be.
fn domain(fact: &Fact, submitted_on: Date) -> Result<Domain, Vec<Value>> {
    let end = |bound: Option<(Number, bool)>, otherwise: i64| {
        bound.map_or_else(|| Number::from(otherwise), |(bound, _)| bound)
    };
    Ok(match &fact.kind {
        FactKind::Bool => Domain::Values(vec![Value::Bool(false), Value::Bool(true)]),
        FactKind::Choice(choices) => {
            let count = u16::try_from(choices.ids.len()).unwrap_or(u16::MAX);
            Domain::Values((0..count).map(Value::Choice).collect())
        }
        FactKind::Number { whole, money } => {
            let range = fact.range.unwrap_or_default();
            let (low, high) = (end(range.low, -FARTHEST), end(range.high, FARTHEST));
            if *whole || *money {
                // An end that is outside lies one unit further in.
                let step = |bound: Option<(Number, bool)>| match bound {
                    Some((_, false)) => Number::ONE,
                    Some((_, true)) | None => Number::ZERO,
                };
                let low = low.plus(step(range.low)).unwrap_or(low);
                let high = high.minus(step(range.high)).unwrap_or(high);
                Domain::Whole(low, high)
            } else {
                Domain::Dense(low, high)
            }
        }
        FactKind::Date => {
            let years = |years: i32| Span { months: years.saturating_mul(12), days: 0 }.after(submitted_on);
            let (low, high) = (years(-YEARS_BEFORE), years(YEARS_AFTER));
            Domain::Days(low.unwrap_or(submitted_on), high.unwrap_or(submitted_on))
        }
        FactKind::Text
        | FactKind::NationalId
        | FactKind::Iban
        | FactKind::Mobile
        | FactKind::ShortAddress
        | FactKind::Time
        | FactKind::Code => return Err(vec![Value::Text("—".into())]),
        FactKind::List(fields) => return Err(lists(fields, submitted_on)),
    })
}

/// An empty list, and lists of one thing with every combination of some values of its fields.
fn lists(fields: &[Fact], submitted_on: Date) -> Vec<Value> {
    let mut things: Vec<Vec<Option<Value>>> = vec![vec![]];
    for field in fields {
        let values: Vec<Value> = match domain(field, submitted_on) {
            Ok(Domain::Values(values)) => values,
            Ok(Domain::Whole(low, high) | Domain::Dense(low, high)) => {
                vec![Value::Number(low), Value::Number(high)]
            }
            Ok(Domain::Days(low, _)) => vec![Value::Date(low), Value::Date(submitted_on)],
            Err(samples) => samples,
        };
        if things.len().saturating_mul(values.len()) > MOST_THINGS {
            for thing in &mut things {
                thing.push(values.first().cloned());
            }
            continue;
        }
        things = things
            .iter()
            .flat_map(|thing| {
                values.iter().map(|value| {
                    let mut thing = thing.clone();
                    thing.push(Some(value.clone()));
                    thing
                })
            })
            .collect();
    }
    let one = things.into_iter().map(|thing| Value::List(Arc::new(vec![thing])));
    std::iter::once(Value::List(Arc::new(vec![]))).chain(one).collect()
}

/// What one rule says by one set of values: quicker than a whole evaluation, for looking around.
pub fn verdict(policy: &Policy, request: &Request, rule: usize, frame: &Frame<'_>) -> Verdict {
    let plain = |index: usize| -> Verdict {
        match policy.rules.get(index) {
            Some(rule) if concerns(policy, rule, request) => match frame.evaluate(&rule.condition) {
                Outcome::Known(Value::Bool(true)) => Verdict::Met,
                Outcome::Known(_) => Verdict::NotMet,
                Outcome::Unknown => Verdict::Unknown,
                Outcome::Fault(_) => Verdict::Referred,
            },
            Some(_) | None => Verdict::NotApplicable,
        }
    };
    let mut verdict = plain(rule);
    for exemption in policy.rules.get(rule).into_iter().flat_map(|rule| &rule.unless) {
        if verdict == Verdict::NotApplicable {
            break;
        }
        match plain(*exemption) {
            Verdict::Met => verdict = Verdict::NotApplicable,
            Verdict::Unknown | Verdict::Referred if verdict == Verdict::NotMet => verdict = Verdict::Unknown,
            Verdict::Unknown
            | Verdict::Referred
            | Verdict::NotMet
            | Verdict::Conflict
            | Verdict::NotApplicable => {}
        }
    }
    verdict
}
