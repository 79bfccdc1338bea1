//! The worked examples: which request each one is about, and what it expects.

use std::sync::Arc;

use super::super::file::ExpectFile;
use super::super::{Scenario, problems};
use super::Check;
use crate::diag::Code;
use crate::source::de::At;
use crate::source::{Node, Place, Source, Value};
use crate::value::Text;

/// The results that a scenario can expect.
const RESULTS: &[&str] = &["met", "not-met", "incomplete", "verify", "merged", "referred"];

impl Check<'_> {
    pub(super) fn scenarios(&mut self) -> Vec<Scenario> {
        let files = self.files;
        if files.scenarios.is_empty() {
            self.push(problems::no_scenarios(self.folder));
        }
        let mut scenarios = Vec::new();
        for (name, (read, _)) in &files.scenarios {
            let title = self.sentence(&read.source, &read.shape.title);
            self.expectation(&read.source, &read.shape.expect);
            if let Some(request) = self.request(name, &mut vec![]) {
                scenarios.push(Scenario {
                    name: name.clone(),
                    title,
                    on: read.shape.on.as_ref().map(|day| day.value.0),
                    request,
                    expect: read.shape.expect.clone(),
                    source: Arc::clone(&read.source),
                });
            }
        }
        scenarios
    }

    /// The request of a scenario over that of the one it is based on.
    fn request(&mut self, name: &str, path: &mut Vec<String>) -> Option<Node> {
        let files = self.files;
        let (read, node) = files.scenarios.get(name)?;
        let empty = Node { range: 0..0, value: Value::Table(vec![]) };
        let own = node.get("request").cloned().unwrap_or(empty);
        let Some(based_on) = &read.shape.based_on else { return Some(own) };
        let known = files.scenarios.keys().map(String::as_str).filter(|other| *other != name);
        self.refer(&read.source, based_on, &Text::new("مثال", "scenario"), known)?;
        path.push(name.to_owned());
        if path.contains(&based_on.value) {
            let place = Place::new(&read.source, based_on.range.clone());
            let message = Text::new("مثال مبني على نفسه", "a scenario that is based on itself");
            self.push(problems::scenario(place, message));
            return None;
        }
        let base = self.request(&based_on.value, path)?;
        Some(overlaid(base, own))
    }

    fn expectation(&mut self, source: &Arc<Source>, expect: &ExpectFile) {
        if is_empty(expect) {
            let message = Text::new("مثال لا يتوقع شيئًا", "a scenario that expects nothing");
            self.push(problems::scenario(Place::new(source, 0..0), message));
        }
        if let Some(result) = &expect.result {
            self.refer(source, result, &Text::new("نتيجة", "result"), RESULTS.iter().copied());
        }
        let files = self.files;
        let rules: Vec<&str> = files.rules.shape.rule.iter().map(|(key, _)| key.name.as_str()).collect();
        let rule = Text::new("قاعدة", "rule");
        for list in [&expect.met, &expect.not_met, &expect.unknown, &expect.conflict, &expect.not_applicable]
        {
            self.refer_all(source, list, &rule, rules.iter().copied());
        }
        let documents = files.documents.shape.document.iter().map(|(key, _)| key.name.as_str());
        if let Some(missing) = &expect.missing.documents {
            self.refer_all(source, missing, &super::document_kind(), documents);
        }
        let names: Vec<String> = self.vocabulary.ids().map(str::to_owned).collect();
        let named = |ids: Vec<At<String>>, check: &mut Self| {
            check.refer_all(source, &ids, &Text::new("اسم", "name"), names.iter().map(String::as_str));
        };
        named(expect.missing.facts.clone().unwrap_or_default(), self);
        named(expect.values.iter().map(|(key, _)| super::key_at(key)).collect(), self);
        let deadlines: Vec<&str> =
            files.deadlines.shape.deadline.iter().map(|(key, _)| key.name.as_str()).collect();
        for (key, _) in expect.deadlines.iter() {
            self.refer(
                source,
                &super::key_at(key),
                &Text::new("موعد", "deadline"),
                deadlines.iter().copied(),
            );
        }
        if let Some(problem) = &expect.problem {
            let codes = Code::ALL.iter().map(|code| code.name());
            self.refer(source, problem, &Text::new("رمز مشكلة", "problem code"), codes);
        }
    }
}

fn is_empty(expect: &ExpectFile) -> bool {
    let lists = [
        &expect.met,
        &expect.not_met,
        &expect.unknown,
        &expect.conflict,
        &expect.not_applicable,
        &expect.says,
    ];
    expect.result.is_none()
        && lists.iter().all(|list| list.is_empty())
        && expect.score.is_none()
        && expect.tier.is_none()
        && expect.missing.facts.is_none()
        && expect.missing.documents.is_none()
        && expect.values.0.is_empty()
        && expect.deadlines.0.is_empty()
        && expect.problem.is_none()
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
