//! The worked examples of a revision: does each come out as it says?

use std::collections::BTreeSet;

use super::explain::{self, Explanation, conclusion};
use super::request::{self, Purpose, Request};
use super::{Conclusion, Evaluation, Verdict, evaluate};
use crate::calendar::Period;
use crate::diag::Diagnostics;
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Slot, Value};
use crate::expression::types::Type;
use crate::policy::{Policy, Scenario};
use crate::source::de::{At, Scalar};
use crate::value::{Lang, Number, Text, words};

/// How a scenario came out.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What differs from what it expects; empty where it passes.
    pub differences: Vec<Text>,
    /// The evaluation, where the request could be read.
    pub evaluation: Option<Evaluation>,
}

/// Runs every scenario, in the order of their names.
pub fn run(policy: &Policy) -> Vec<Trial<'_>> {
    policy.scenarios.iter().map(|scenario| try_one(policy, scenario)).collect()
}

/// Runs one.
pub fn try_one<'a>(policy: &'a Policy, scenario: &'a Scenario) -> Trial<'a> {
    let expected_problem = scenario.expect.problem.as_ref().map(|problem| problem.value.as_str());
    let read = request::from_node(policy, &scenario.source, &scenario.request, Purpose::Example);
    let read = read.and_then(|request| {
        let on = scenario.on.unwrap_or_else(|| request.submitted_at.date());
        request.is_submitted_by(policy, on, &scenario.source).map(|()| (request, on))
    });
    match read {
        Err(problems) => {
            let differences = refused(&problems, expected_problem);
            Trial { scenario, differences, evaluation: None }
        }
        Ok((request, on)) => {
            let evaluation = evaluate(policy, &request, on);
            let differences = differences(policy, scenario, &request, &evaluation);
            Trial { scenario, differences, evaluation: Some(evaluation) }
        }
    }
}

/// What an evaluation does otherwise than a scenario expects.
pub fn differences(
    policy: &Policy,
    scenario: &Scenario,
    request: &Request,
    evaluation: &Evaluation,
) -> Vec<Text> {
    let mut compare = Compare { policy, evaluation, differences: vec![] };
    if let Some(problem) = &scenario.expect.problem {
        let problem = &problem.value;
        let expected = Text::new(format!("رده [{problem}]"), format!("refused [{problem}]"));
        compare.differs(&Text::new("الطلب", "the request"), &expected, &Text::new("قُبل", "accepted"));
    }
    let explanation = Explanation::new(policy, request, evaluation);
    compare.all(scenario, &explanation);
    compare.differences
}

fn refused(problems: &Diagnostics, expected: Option<&str>) -> Vec<Text> {
    if problems.0.iter().any(|problem| Some(problem.code.name()) == expected) {
        return vec![];
    }
    let mut differences: Vec<Text> = problems
        .0
        .iter()
        .map(|problem| {
            Text::new(
                format!("لم يُقبل الطلب [{}]: {}", problem.code.name(), problem.message.ar),
                format!("the request is refused [{}]: {}", problem.code.name(), problem.message.en),
            )
        })
        .collect();
    if let Some(expected) = expected {
        differences.push(Text::new(
            format!("المتوقع رده لسبب آخر [{expected}]"),
            format!("it was expected to be refused for another reason [{expected}]"),
        ));
    }
    differences
}

struct Compare<'a> {
    policy: &'a Policy,
    evaluation: &'a Evaluation,
    differences: Vec<Text>,
}

impl Compare<'_> {
    fn differs(&mut self, what: &Text, expected: &Text, found: &Text) {
        self.differences.push(Text::new(
            format!("{}: المتوقع {}، والحاصل {}", what.ar, expected.ar, found.ar),
            format!("{}: expected {}, got {}", what.en, expected.en, found.en),
        ));
    }

    fn all(&mut self, scenario: &Scenario, explanation: &Explanation<'_>) {
        let expect = &scenario.expect;
        if let Some(result) = &expect.result {
            let found = self.evaluation.result;
            if result.value != found.name() {
                let expected = Conclusion::ALL.iter().find(|known| known.name() == result.value);
                let expected =
                    expected.map_or_else(|| Text::same(result.value.clone()), |known| conclusion(*known));
                self.differs(
                    &Text::new("النتيجة", "result"),
                    &quoted(&expected),
                    &quoted(&conclusion(found)),
                );
            }
        }
        for (ids, verdict) in [
            (&expect.met, Verdict::Met),
            (&expect.not_met, Verdict::NotMet),
            (&expect.unknown, Verdict::Unknown),
            (&expect.conflict, Verdict::Conflict),
            (&expect.not_applicable, Verdict::NotApplicable),
        ] {
            for id in ids {
                let Some(found) = self.evaluation.ruling(self.policy, &id.value) else { continue };
                if found.verdict != verdict {
                    self.differs(
                        &Text::same(id.value.clone()),
                        &quoted(&explain::verdict(verdict)),
                        &quoted(&explain::verdict(found.verdict)),
                    );
                }
            }
        }
        self.priority(scenario);
        self.missing(scenario);
        self.values(scenario);
        self.deadlines(scenario);
        if !expect.says.is_empty() {
            self.says(scenario, explanation);
        }
        if !self.differences.is_empty() {
            // What could not be computed explains most of what differs.
            for (rule, ruling) in explanation.rulings(Verdict::Referred) {
                let reason = explanation.reason(ruling);
                self.differences.push(Text::new(
                    format!("{}: {}", rule.id, reason.ar),
                    format!("{}: {}", rule.id, reason.en),
                ));
            }
        }
    }

    fn says(&mut self, scenario: &Scenario, explanation: &Explanation<'_>) {
        let reasons = self.evaluation.rulings.iter().filter_map(|ruling| {
            Some((self.policy.rules.get(ruling.rule)?.id.as_str(), explanation.reason(ruling)))
        });
        let reasons: Vec<(&str, Text)> = reasons.collect();
        let mut differences = Vec::new();
        for words in &scenario.expect.says {
            let words = words.value.as_str();
            let mut sentences = reasons.iter().flat_map(|(id, reason)| [(id, &reason.ar), (id, &reason.en)]);
            if sentences.clone().any(|(_, reason)| reason.contains(words)) {
                continue;
            }
            let mut nearest = Text::default();
            let alike = |reason: &str| strsim::sorensen_dice(words, reason);
            if let Some(first) = sentences.next() {
                let (id, reason) = sentences
                    .fold(first, |best, other| if alike(other.1) > alike(best.1) { other } else { best });
                nearest = Text::new(format!("؛ أقربها {id}: {reason}"), format!("; nearest, {id}: {reason}"));
            }
            differences.push(Text::new(
                format!("لا سبب فيه «{words}»{}", nearest.ar),
                format!("no reason says “{words}”{}", nearest.en),
            ));
        }
        self.differences.extend(differences);
    }

    fn priority(&mut self, scenario: &Scenario) {
        let priority = self.evaluation.priority.as_ref();
        if let Some(score) = &scenario.expect.score {
            let found =
                priority.filter(|priority| priority.score == priority.at_most).map(|priority| priority.score);
            if found != Some(score.value) {
                let found = match (found, priority) {
                    (Some(found), _) => Text::same(found.to_string()),
                    (None, Some(priority)) => Text::new(
                        format!("بين {} و{}", priority.score, priority.at_most),
                        format!("between {} and {}", priority.score, priority.at_most),
                    ),
                    (None, None) => nothing(),
                };
                self.differs(&Text::new("الدرجة", "score"), &Text::same(score.value.to_string()), &found);
            }
        }
        if let Some(tier) = &scenario.expect.tier {
            let found = self.evaluation.tier_id(self.policy);
            if found != Some(tier.value.as_str()) {
                let found = found.map_or_else(nothing, Text::same);
                self.differs(&Text::new("الفئة", "tier"), &Text::same(tier.value.clone()), &found);
            }
        }
    }

    fn missing(&mut self, scenario: &Scenario) {
        let missing = &self.evaluation.missing;
        let facts: Vec<&str> = missing
            .facts
            .iter()
            .filter_map(|slot| self.policy.vocabulary.get(*slot))
            .map(|named| named.id.as_str())
            .collect();
        let papers = |indices: &[usize]| -> Vec<&str> {
            let documents = indices.iter().filter_map(|index| self.policy.documents.get(*index));
            documents.map(|document| document.id.as_str()).collect()
        };
        let (documents, later) = (papers(&missing.documents), papers(&missing.later));
        let expect = &scenario.expect.missing;
        self.same_list(&Text::new("البيانات الناقصة", "missing facts"), expect.facts.as_deref(), &facts);
        self.same_list(
            &Text::new("الوثائق الناقصة", "missing documents"),
            expect.documents.as_deref(),
            &documents,
        );
        self.same_list(
            &Text::new("الوثائق التي تُستكمل لاحقًا", "documents that may follow"),
            expect.later.as_deref(),
            &later,
        );
    }

    fn same_list(&mut self, what: &Text, expected: Option<&[At<String>]>, found: &[&str]) {
        let Some(expected) = expected else { return };
        let mut expected: Vec<&str> = expected.iter().map(|id| id.value.as_str()).collect();
        let mut found = found.to_vec();
        expected.sort_unstable();
        found.sort_unstable();
        if expected != found {
            self.differs(what, &ids(&expected), &ids(&found));
        }
    }

    fn values(&mut self, scenario: &Scenario) {
        let evaluation = self.evaluation;
        let frame = Frame::new(&self.policy.vocabulary, evaluation.values());
        for (key, expected) in scenario.expect.values.iter() {
            let Some(slot) = self.policy.vocabulary.find(&key.name) else { continue };
            let outcome = frame.value(slot);
            if !self.is_value(slot, &expected.value, &outcome) {
                let expected = match &expected.value {
                    Scalar::Bool(value) => Text::same(value.to_string()),
                    Scalar::Text(text) => Text::same(text.clone()),
                    Scalar::List(list) => {
                        let texts = list.iter().filter_map(|part| match &part.value {
                            Scalar::Text(text) => Some(text.as_str()),
                            Scalar::Bool(_) | Scalar::List(_) => None,
                        });
                        ids(&texts.collect::<Vec<_>>())
                    }
                };
                let found = self.shown(slot, &outcome);
                self.differs(&Text::same(key.name.clone()), &expected, &found);
            }
        }
    }

    fn is_value(&self, slot: Slot, expected: &Scalar, outcome: &Outcome) -> bool {
        let Some(named) = self.policy.vocabulary.get(slot) else { return false };
        match (expected, outcome, &named.ty) {
            (Scalar::Text(text), Outcome::Unknown, _) => text == "unknown",
            (Scalar::Bool(expected), Outcome::Known(Value::Bool(value)), _) => expected == value,
            (Scalar::Text(text), Outcome::Known(Value::Number(number)), Type::Number(quantity)) => {
                let scale = Number::from(if quantity.unit.money_power() > 0 { 100 } else { 1 });
                let Some(expected) = Number::parse(text) else { return false };
                // Written with decimals, an endless quotient is compared at so many.
                let places =
                    text.split_once('.').map_or(0, |(_, part)| u32::try_from(part.len()).unwrap_or(0));
                let found = number.over(scale).unwrap_or(*number);
                found == expected || (places > 0 && found.rounded(places) == Some(expected))
            }
            (Scalar::Text(text), Outcome::Known(Value::Date(date)), _) => *text == date.to_string(),
            (Scalar::Text(text), Outcome::Known(Value::Choice(index)), Type::Choice(choices)) => {
                choices.id(*index) == text
            }
            (Scalar::Text(text), Outcome::Known(Value::Text(value)), _) => **text == **value,
            (Scalar::Text(text), Outcome::Known(Value::Span(span)), _) => {
                Period::parse(text).ok().and_then(|period| period.span()) == Some(*span)
            }
            (Scalar::List(list), Outcome::Known(Value::Set(set)), Type::Set(choices)) => {
                let found: BTreeSet<&str> = set.iter().map(|index| choices.id(*index)).collect();
                let expected = list.iter().filter_map(|part| match &part.value {
                    Scalar::Text(text) => Some(text.as_str()),
                    Scalar::Bool(_) | Scalar::List(_) => None,
                });
                found == expected.collect()
            }
            _ => false,
        }
    }

    /// A value as a scenario would write it.
    fn shown(&self, slot: Slot, outcome: &Outcome) -> Text {
        let Some(named) = self.policy.vocabulary.get(slot) else { return nothing() };
        let value = match outcome {
            Outcome::Known(value) => value,
            Outcome::Unknown => return Text::new("غير معلوم (unknown)", "unknown"),
            Outcome::Fault(fault) => return fault.kind.text(),
        };
        Text::same(match (&named.ty, value) {
            (Type::Number(quantity), Value::Number(number)) => {
                let scale = Number::from(if quantity.unit.money_power() > 0 { 100 } else { 1 });
                number.over(scale).unwrap_or(*number).to_string()
            }
            (Type::Choice(choices), Value::Choice(index)) => choices.id(*index).to_owned(),
            (Type::Set(choices), Value::Set(set)) => {
                return ids(&set.iter().map(|index| choices.id(*index)).collect::<Vec<_>>());
            }
            (_, Value::Span(span)) if span.days == 0 => format!("{} months", span.months),
            (_, Value::Span(span)) if span.months == 0 => format!("{} days", span.days),
            (_, Value::Bool(value)) => value.to_string(),
            (_, Value::Date(date)) => date.to_string(),
            (_, Value::Text(text)) => text.to_string(),
            (ty, other) => super::report::value(ty, other).to_string(),
        })
    }

    fn deadlines(&mut self, scenario: &Scenario) {
        for (key, expected) in scenario.expect.deadlines.iter() {
            let evaluation = self.evaluation;
            let term = evaluation.terms.iter().find(|term| {
                self.policy.deadlines.get(term.deadline).is_some_and(|deadline| deadline.id == key.name)
            });
            for (end, day, ar, en) in [
                (term.and_then(|term| term.earliest.as_ref()), &expected.earliest, "أقربه", "earliest"),
                (term.and_then(|term| term.latest.as_ref()), &expected.latest, "آخره", "latest"),
            ] {
                let Some(day) = day else { continue };
                let found = end.map(|end| &end.due);
                let found = match found {
                    Some(Ok(counted)) if counted.day() == day.value.0 => continue,
                    Some(Ok(counted)) => Text::same(counted.day().to_string()),
                    Some(Err(error)) => error.text(self.policy.digits),
                    None => nothing(),
                };
                let what = Text::new(format!("{} {ar}", key.name), format!("{} {en}", key.name));
                self.differs(&what, &Text::same(day.value.0.to_string()), &found);
            }
        }
    }
}

fn quoted(text: &Text) -> Text {
    Text::new(format!("«{}»", text.ar), format!("“{}”", text.en))
}

fn nothing() -> Text {
    Text::new("لا شيء", "nothing")
}

fn ids(ids: &[&str]) -> Text {
    if ids.is_empty() { nothing() } else { Text::new(words::list(ids, Lang::Ar), words::list(ids, Lang::En)) }
}
