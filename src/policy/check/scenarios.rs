//! The worked examples: which request each one is about, and what it expects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::{ExpectFile, RESULTS};
use super::super::{Scenario, problems};
use super::Check;
use super::ids::{Ids, is_id};
use crate::diag::Code;
use crate::expression::types::Type;
use crate::source::de::{At, Scalar};
use crate::source::{Key, Node, Place, Source, Value};
use crate::value::{Number, Text};

/// A scenario may rest on one that rests on one… so many times.
const DEEPEST: usize = 16;

impl Check<'_> {
    pub(super) fn scenarios(&mut self) -> Vec<Scenario> {
        let files = self.files;
        let known = Ids::of(files.scenarios.keys().map(String::as_str));
        let mut scenarios = Vec::new();
        for (name, (read, node)) in &files.scenarios {
            let source = &read.source;
            if !is_id(name) {
                self.push(problems::bad_id(Place::new(source, 0..0), name));
            }
            let title = self.sentence(source, &read.shape.title);
            self.expectation(source, &read.shape.expect);
            if let Some(request) = node.get("request").filter(|node| !matches!(node.value, Value::Table(_))) {
                self.push(problems::request_is_no_table(Place::new(source, request.range.clone())));
            }
            if let Some(request) = self.request(name, &known) {
                scenarios.push(Scenario {
                    name: name.clone(),
                    title,
                    on: read.shape.on.as_ref().map(|day| day.value.0),
                    request,
                    expect: read.shape.expect.clone(),
                    source: Arc::clone(source),
                });
            }
        }
        scenarios
    }

    /// The request of a scenario over that of the one it is based on, which may be based on another.
    fn request(&mut self, name: &str, known: &Ids<'_>) -> Option<Node> {
        let files = self.files;
        let (own, node) = files.scenarios.get(name)?;
        let based_on = own.shape.based_on.as_ref();
        let place = based_on.map(|at| Place::new(&own.source, at.range.clone()));
        let mut layers = vec![node.get("request")];
        let mut chain = vec![name];
        let mut next = based_on;
        let mut source = &own.source;
        while let (Some(based_on), Some(place)) = (next, &place) {
            let id = based_on.value.as_str();
            if known.find(id).is_none() {
                // Whoever names it is told; those further up would only hear it again.
                if chain.len() == 1 {
                    self.refer(source, based_on, &Text::new("مثال", "scenario"), known);
                }
                return None;
            }
            let is_circle = chain.contains(&id);
            chain.push(id);
            if is_circle {
                // Of all scenarios in a circle one says so.
                if name == id && chain.iter().min() == Some(&name) {
                    self.push(problems::scenario_circle(place.clone(), &chain));
                }
                return None;
            }
            if chain.len() > DEEPEST {
                self.push(problems::scenario_too_deep(place.clone(), DEEPEST));
                return None;
            }
            let (read, node) = files.scenarios.get(id)?;
            layers.push(node.get("request"));
            next = read.shape.based_on.as_ref();
            source = &read.source;
        }
        let mut request: Option<Node> = None;
        let (first, below) = layers.split_first()?;
        for layer in below.iter().rev().copied().flatten() {
            let layer = layer.clone();
            request = Some(match request {
                Some(base) => overlaid(base, layer),
                None => layer,
            });
        }
        // What comes from another file is shown where this one names it.
        let request = request.map(|request| match &place {
            Some(place) => moved(request, &place.range),
            None => request,
        });
        match (request, first.cloned()) {
            (Some(base), Some(own)) => Some(overlaid(base, own)),
            (Some(request), None) | (None, Some(request)) => Some(request),
            (None, None) => {
                self.push(problems::no_request(Place::new(&own.source, 0..0)));
                None
            }
        }
    }

    fn expectation(&mut self, source: &Arc<Source>, expect: &ExpectFile) {
        if !expects_an_evaluation(expect) && expect.problem.is_none() {
            self.push(problems::expects_nothing(Place::new(source, 0..0)));
        }
        if let Some(problem) = expect.problem.as_ref().filter(|_| expects_an_evaluation(expect)) {
            self.push(problems::refused_and_evaluated(Place::new(source, problem.range.clone())));
        }
        if let Some(result) =
            expect.result.as_ref().filter(|result| !RESULTS.contains(&result.value.as_str()))
        {
            let place = Place::new(source, result.range.clone());
            self.push(problems::unknown_word(place, &result.value, RESULTS));
        }
        self.expected_verdicts(source, expect);
        if let Some(tier) = &expect.tier {
            let tiers = match self.vocabulary.find("tier").and_then(|slot| self.type_of(slot)) {
                Some(Type::Choice(choices)) => choices.ids.clone(),
                _ => vec![],
            };
            self.refer(source, tier, &Text::new("فئة", "tier"), &Ids::of(tiers.iter().map(String::as_str)));
        }
        for missing in expect.missing.documents.iter().chain(&expect.missing.later) {
            self.refer_all(source, missing, &super::document_kind(), &self.known.documents);
        }
        for fact in expect.missing.facts.iter().flatten() {
            self.named(source, fact);
        }
        for (key, value) in expect.values.iter() {
            self.named(source, &super::key_at(key));
            self.expected_value(source, &key.name, value);
        }
        for (key, _) in expect.deadlines.iter() {
            let kind = Text::new("موعد", "deadline");
            self.refer(source, &super::key_at(key), &kind, &self.known.deadlines);
        }
        if let Some(problem) = &expect.problem {
            let codes =
                Ids::of(Code::ALL.iter().filter(|code| code.is_of_requests()).map(|code| code.name()));
            self.refer(source, problem, &Text::new("رمز مشكلة", "problem code"), &codes);
        }
    }

    /// Rules whose verdict is said: each comes to one verdict only.
    fn expected_verdicts(&mut self, source: &Arc<Source>, expect: &ExpectFile) {
        let rule = Text::new("قاعدة", "rule");
        let mut seen: BTreeMap<&str, &At<String>> = BTreeMap::new();
        for list in [&expect.met, &expect.not_met, &expect.unknown, &expect.conflict, &expect.not_applicable]
        {
            self.refer_all(source, list, &rule, &self.known.rules);
            for id in list {
                if let Some(first) = seen.insert(&id.value, id) {
                    let place = Place::new(source, id.range.clone());
                    let first = Place::new(source, first.range.clone());
                    self.push(problems::two_verdicts(place, first, &id.value));
                }
            }
        }
    }

    /// A value that could never come out would be reported as differing from itself.
    fn expected_value(&mut self, source: &Arc<Source>, name: &str, value: &At<Scalar>) {
        let Some(ty) = self.vocabulary.find(name).and_then(|slot| self.type_of(slot)) else { return };
        match (&ty, &value.value) {
            (_, Scalar::Text(text)) if text == "unknown" => {}
            // An endless quotient is written with so many decimals, whatever its type.
            (Type::Number(_), Scalar::Text(text)) if Number::parse(text).is_some() => {}
            _ => {
                self.scalar(source, &ty, value);
            }
        }
    }

    fn named(&mut self, source: &Arc<Source>, id: &At<String>) {
        if self.vocabulary.find(&id.value).is_none() {
            let place = Place::new(source, id.range.clone());
            let known: Vec<&str> = if self.is_full() { vec![] } else { self.vocabulary.ids().collect() };
            let problem = problems::unknown_reference(place, &Text::new("اسم", "name"), &id.value, known);
            self.push(problem);
        }
    }
}

fn expects_an_evaluation(expect: &ExpectFile) -> bool {
    let lists = [
        &expect.met,
        &expect.not_met,
        &expect.unknown,
        &expect.conflict,
        &expect.not_applicable,
        &expect.says,
    ];
    expect.result.is_some()
        || lists.iter().any(|list| !list.is_empty())
        || expect.score.is_some()
        || expect.tier.is_some()
        || expect.missing.facts.is_some()
        || expect.missing.documents.is_some()
        || expect.missing.later.is_some()
        || !expect.values.0.is_empty()
        || !expect.deadlines.0.is_empty()
}

/// The same, standing at another place.
fn moved(node: Node, range: &std::ops::Range<usize>) -> Node {
    let value = match node.value {
        Value::Table(entries) => {
            let moved = |(key, node): (Key, Node)| (Key { range: range.clone(), ..key }, moved(node, range));
            Value::Table(entries.into_iter().map(moved).collect())
        }
        Value::Array(nodes) => Value::Array(nodes.into_iter().map(|node| moved(node, range)).collect()),
        same @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::String(_)) => same,
    };
    Node { range: range.clone(), value }
}

/// One request over another: tables are joined, everything else is replaced.
fn overlaid(base: Node, over: Node) -> Node {
    match (base.value, over.value) {
        (Value::Table(mut below), Value::Table(above)) => {
            for (key, node) in above {
                match below.iter().position(|(known, _)| known.name == key.name) {
                    Some(index) => {
                        let (_, old) = below.remove(index);
                        below.insert(index, (key, overlaid(old, node)));
                    }
                    None => below.push((key, node)),
                }
            }
            Node { range: over.range, value: Value::Table(below) }
        }
        (_, value) => Node { range: over.range, value },
    }
}
