//! An evaluation for other programs.

use serde_json::{Value as Json, json};

use super::Evaluation;
use super::explain::Explanation;
use super::request::Request;
use super::timetable::End;
use crate::expression::evaluate::{Outcome, Step};
use crate::expression::program::Value;
use crate::expression::types::Type;
use crate::policy::Policy;
use crate::value::words::Digits;
use crate::value::{Lang, Number};

/// The name and version of the shape below; it changes when the shape does.
pub const SCHEMA: &str = "mizan-evaluation-1";

/// The whole evaluation: verdicts with reasons, what is missing, priority, deadlines, trace.
pub fn evaluation(policy: &Policy, request: &Request, evaluation: &Evaluation) -> Json {
    let explanation = Explanation::new(policy, request, evaluation);
    let rules: Vec<Json> = evaluation
        .rulings
        .iter()
        .filter_map(|ruling| {
            let rule = policy.rules.get(ruling.rule)?;
            Some(json!({
                "id": rule.id,
                "verdict": ruling.verdict.name(),
                "clause": rule.clause,
                "source": rule.source.name(),
                "reason": explanation.reason(ruling),
                "reads": explanation.reads(ruling),
                "disputed": ruling.disputed,
            }))
        })
        .collect();
    let facts: Vec<Json> = evaluation
        .missing
        .facts
        .iter()
        .filter_map(|slot| policy.fact_at(*slot))
        .map(|fact| {
            let shown_by = fact.shown_by.iter().filter_map(|index| policy.documents.get(*index));
            json!({
                "id": fact.id,
                "label": fact.label,
                "ask": fact.ask,
                "shown_by": shown_by.map(|document| document.id.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let documents = |indices: &[usize]| -> Vec<Json> {
        let papers = indices
            .iter()
            .filter_map(|index| Some((policy.documents.get(*index)?, evaluation.papers.get(*index)?)));
        papers
            .map(|(document, paper)| {
                json!({
                    "id": document.id,
                    "title": document.title,
                    "state": paper.state.text(policy.digits),
                    "accepted": document.accepted,
                })
            })
            .collect()
    };
    let trace: Vec<Json> = explanation.frame().map_or_else(Vec::new, |frame| {
        let rulings = evaluation.rulings.iter().filter_map(|ruling| policy.rules.get(ruling.rule));
        rulings
            .filter(|rule| super::concerns(policy, rule, request))
            .map(|rule| json!({ "rule": rule.id, "step": step(policy, &frame.trace(&rule.condition)) }))
            .collect()
    });
    json!({
        "schema": SCHEMA,
        "policy": policy.id,
        "revision": { "number": policy.number, "label": policy.label },
        "case_ref": request.case_ref,
        "service": policy.services.get(request.service).map(|service| service.id.as_str()),
        "submitted_at": request.submitted_at.to_string(),
        "evaluated_on": evaluation.on.to_string(),
        "digest": evaluation.digest,
        "result": evaluation.result.name(),
        "rules": rules,
        "missing": {
            "facts": facts,
            "documents": documents(&evaluation.missing.documents),
            "later": documents(&evaluation.missing.later),
        },
        "differing": evaluation.differing.iter().filter_map(|slot| policy.vocabulary.get(*slot)).map(|named| named.id.as_str()).collect::<Vec<_>>(),
        "priority": priority(policy, evaluation, &explanation),
        "deadlines": deadlines(policy, evaluation),
        "trace": trace,
    })
}

fn priority(policy: &Policy, evaluation: &Evaluation, explanation: &Explanation<'_>) -> Json {
    let (Some(priority), Some(score)) = (&evaluation.priority, &policy.score) else { return Json::Null };
    let factors: Vec<Json> = score
        .factors
        .iter()
        .zip(&priority.factors)
        .map(|(factor, points)| json!({ "id": factor.id, "label": factor.label, "points": points.map(number) }))
        .collect();
    let tier = evaluation.tier_id(policy);
    json!({
        "score": number(priority.score),
        "at_most": number(priority.at_most),
        "tier": tier,
        "tier_label": tier.is_some().then(|| json!({ "ar": explanation.tier(Lang::Ar), "en": explanation.tier(Lang::En) })),
        "factors": factors,
    })
}

fn deadlines(policy: &Policy, evaluation: &Evaluation) -> Vec<Json> {
    let end = |end: &Option<End>| end.as_ref().and_then(End::day).map(|day| day.to_string());
    let terms = evaluation.terms.iter().filter_map(|term| Some((term, policy.deadlines.get(term.deadline)?)));
    terms
        .map(|(term, deadline)| {
            let counted = |end: &Option<End>| match end.as_ref().map(|end| &end.due) {
                Some(Ok(counted)) => json!(counted.account(Digits::Latin)),
                Some(Err(error)) => json!([error.text(policy.digits)]),
                None => Json::Null,
            };
            json!({
                "id": deadline.id,
                "title": deadline.title,
                "clause": deadline.clause,
                "from": { "event": policy.events.get(deadline.from).map(|event| event.id.as_str()), "at": term.start.to_string() },
                "earliest": end(&term.earliest),
                "latest": end(&term.latest),
                "counted": { "earliest": counted(&term.earliest), "latest": counted(&term.latest) },
            })
        })
        .collect()
}

/// Whole numbers as numbers, everything else as text: no program may round it on the way.
fn number(number: Number) -> Json {
    match number.to_i64() {
        Some(whole) => json!(whole),
        None => json!(number.to_string()),
    }
}

/// A value for other programs; money in currency units.
pub fn value(ty: &Type, value: &Value) -> Json {
    match (value, ty) {
        (Value::Bool(value), _) => json!(value),
        (Value::Number(amount), Type::Number(quantity)) if quantity.unit.money_power() > 0 => {
            json!(amount.over(Number::from(100)).unwrap_or(*amount).to_string())
        }
        (Value::Number(amount), _) => number(*amount),
        (Value::Date(date), _) => json!(date.to_string()),
        (Value::Span(span), _) => json!({ "months": span.months, "days": span.days }),
        (Value::Choice(index), Type::Choice(choices)) => json!(choices.id(*index)),
        (Value::Choice(index), _) => json!(index),
        (Value::Set(set), Type::Set(choices)) => {
            json!(set.iter().map(|index| choices.id(*index)).collect::<Vec<_>>())
        }
        (Value::Set(set), _) => json!(set.iter().collect::<Vec<_>>()),
        (Value::Text(text), _) => json!(text.as_ref()),
        (Value::List(items), _) => json!(items.len()),
    }
}

fn step(policy: &Policy, of: &Step) -> Json {
    let outcome = match &of.outcome {
        Outcome::Known(known) => json!({ "known": value(&of.ty, known) }),
        Outcome::Unknown => json!("unknown"),
        Outcome::Fault(fault) => json!({ "fault": fault.kind.text() }),
    };
    let place = of.place.as_ref().map(|place| {
        let (line, column) = place.source.line_and_column(place.range.start);
        json!({ "file": place.source.file_name(), "line": line, "column": column })
    });
    let written = of.place.as_ref().map(|place| place.source.slice(&place.range));
    json!({
        "name": of.name.and_then(|slot| policy.vocabulary.get(slot)).map(|named| named.id.as_str()),
        "written": if of.name.is_none() { written } else { None },
        "outcome": outcome,
        "place": place,
        "parts": of.parts.iter().map(|part| step(policy, part)).collect::<Vec<_>>(),
    })
}
