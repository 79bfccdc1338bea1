//! A request as it would be written: what a letter carries of it, so that it can be read and evaluated again.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde_json::{Map, Value as Json, json};

use super::{Decision, Digest, Request, SignatureMode};
use crate::expression::program::Value;
use crate::policy::{Fact, FactKind, Letter, Policy};
use crate::value::Number;

/// The request in JSON, with the details of one letter: read again by the same policy it is the same request, as far as that letter goes.
pub fn written(policy: &Policy, request: &Request, letter: &Letter) -> Json {
    let mut all = Map::new();
    all.insert("policy".into(), json!(policy.id));
    if let Some(reference) = &request.case_ref {
        all.insert("case_ref".into(), json!(reference));
    }
    if let Some(service) = policy.services.get(request.service) {
        all.insert("service".into(), json!(service.id));
    }
    if let Some(channel) = request.channel.and_then(|channel| policy.channels.get(channel)) {
        all.insert("channel".into(), json!(channel.id));
    }
    all.insert("submitted_at".into(), moment(request.submitted_at));
    for (section, facts) in facts(policy, request, None) {
        all.insert(section, facts);
    }
    let mut documents = Map::new();
    for index in in_order(request) {
        let (Some(document), Some(presented)) = (policy.documents.get(index), request.documents.get(&index))
        else {
            continue;
        };
        let mut paper = Map::new();
        for (key, day) in [("issued", presented.issued), ("expires", presented.expires)] {
            if let Some(day) = day {
                paper.insert(key.into(), json!(day.to_string()));
            }
        }
        paper.insert("matched".into(), json!(presented.matched));
        let shows = facts(policy, request, Some(index));
        if !shows.is_empty() {
            paper.insert("shows".into(), shows.into_iter().collect());
        }
        documents.insert(document.id.clone(), paper.into());
    }
    if !documents.is_empty() {
        all.insert("documents".into(), documents.into());
    }
    if let Some(declaration) = &request.declaration {
        let mut signed = Map::new();
        signed.insert("signed_on".into(), json!(declaration.signed_on.to_string()));
        let mode = match declaration.mode {
            SignatureMode::Signature => "signature",
            SignatureMode::Stylus => "stylus",
            SignatureMode::Thumbprint => "thumbprint",
        };
        signed.insert("mode".into(), json!(mode));
        if let Some(witness) = &declaration.witness {
            signed.insert("witness".into(), json!(witness));
        }
        let digest = match &declaration.digest {
            Digest::Unknown => None,
            Digest::Of(digest) => Some(digest.clone()),
            // A worked example signs what it says.
            Digest::Current => Some(request.digest(policy)),
        };
        if let Some(digest) = digest {
            signed.insert("digest".into(), json!(digest));
        }
        all.insert("declaration".into(), signed.into());
    }
    let events = request.events.iter().filter_map(|(index, at)| Some((policy.events.get(*index)?, at)));
    let events: Map<String, Json> = events.map(|(event, at)| (event.id.clone(), moment(*at))).collect();
    if !events.is_empty() {
        all.insert("events".into(), events.into());
    }
    if let Some(decision) = &request.decision {
        all.insert("decision".into(), decided(policy, request.service, decision));
    }
    let details = letter.details.iter().filter_map(|detail| {
        Some((detail.id.clone(), value(&detail.kind, request.details.get(&detail.slot)?)?))
    });
    let details: Map<String, Json> = details.collect();
    if !details.is_empty() {
        all.insert("letters".into(), json!({ &letter.id: details }));
    }
    all.into()
}

fn decided(policy: &Policy, service: usize, decision: &Decision) -> Json {
    let mut all = Map::new();
    all.insert("outcome".into(), json!(decision.outcome.name()));
    all.insert("date".into(), json!(decision.date.to_string()));
    all.insert("meeting".into(), json!(decision.meeting));
    all.insert("minutes".into(), json!(decision.minutes));
    if let Some(granted) = decision.granted {
        let quantity = policy.services.get(service).and_then(|service| service.quantity.as_ref());
        let unit = quantity.and_then(|quantity| quantity.ty.quantity());
        let is_money = unit.is_some_and(|quantity| quantity.unit.money_power() != 0);
        let granted = if is_money { granted.over(Number::from(100)) } else { Some(granted) };
        all.insert("granted".into(), json!(granted.map(number)));
    }
    if let Some(rank) = decision.rank {
        all.insert("rank".into(), number(rank));
    }
    if !decision.reasons.is_empty() {
        let reasons = decision.reasons.iter().map(|reason| json!({ "ar": reason.ar, "en": reason.en }));
        all.insert("reasons".into(), reasons.collect());
    }
    all.into()
}

fn moment(at: NaiveDateTime) -> Json {
    json!(at.format("%Y-%m-%dT%H:%M:%S%.f").to_string())
}

/// The papers in an order in which what they show comes as it came: where sources agree or differ, the first one counts.
fn in_order(request: &Request) -> Vec<usize> {
    let mut left: Vec<usize> = request.documents.keys().copied().collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // A paper comes next where no other that is left came before it.
        let is_first = |index: usize| {
            request.readings.values().all(|readings| {
                let mut papers = readings
                    .iter()
                    .filter_map(|reading| reading.document)
                    .filter(|paper| left.contains(paper));
                papers.clone().all(|paper| paper != index) || papers.next() == Some(index)
            })
        };
        let place = left.iter().position(|index| is_first(*index)).unwrap_or(0);
        order.push(left.remove(place));
    }
    order
}

/// What one source says, by section.
fn facts(policy: &Policy, request: &Request, document: Option<usize>) -> BTreeMap<String, Json> {
    let mut sections: BTreeMap<String, Map<String, Json>> = BTreeMap::new();
    for fact in &policy.facts {
        let readings = request.readings.get(&fact.slot).into_iter().flatten();
        for reading in readings.filter(|reading| reading.document == document) {
            if let (Some((section, field)), Some(value)) =
                (fact.id.split_once('.'), value(&fact.kind, &reading.value))
            {
                sections.entry(section.to_owned()).or_default().insert(field.to_owned(), value);
            }
        }
    }
    sections.into_iter().map(|(section, facts)| (section, facts.into())).collect()
}

/// A value as it is written in a request; nothing for what no request can say.
fn value(kind: &FactKind, value: &Value) -> Option<Json> {
    Some(match (value, kind) {
        (Value::Bool(value), _) => json!(value),
        (Value::Number(number), FactKind::Number { money: true, .. }) => {
            self::number(number.over(Number::from(100))?)
        }
        (Value::Number(number), _) => self::number(*number),
        (Value::Date(date), _) => json!(date.to_string()),
        (Value::Choice(index), FactKind::Choice(choices)) => json!(choices.id(*index)),
        (Value::Text(text), _) => json!(&**text),
        (Value::List(items), FactKind::List(fields)) => {
            items.iter().map(|item| entry(fields, item)).collect()
        }
        (Value::Choice(_) | Value::List(_) | Value::Span(_) | Value::Set(_), _) => return None,
    })
}

fn entry(fields: &[Fact], item: &[Option<Value>]) -> Json {
    let known = fields
        .iter()
        .zip(item)
        .filter_map(|(field, known)| Some((field.id.clone(), value(&field.kind, known.as_ref()?)?)));
    known.collect::<Map<String, Json>>().into()
}

/// Whole numbers as numbers, others as text: no program may round them on the way.
fn number(number: Number) -> Json {
    number.to_i64().map_or_else(|| json!(number.to_string()), |whole| json!(whole))
}
