//! Of a change that no example notices: is there a request by which people would see it?
//!
//! Receives a policy and the same with the change, hands on a [`Witness`], made from the examples with as little altered as
//! may be: nothing, one fact, paper or event, two of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::super::explain::Explanation;
use super::super::mutation::Touched;
use super::super::request::{Presented, Request};
use super::super::timetable::End;
use super::super::{Conclusion, Missing, Priority, Verdict, evaluate, probe};
use super::examples::{Example, meet};
use super::{Fate, Tweak, Witness};
use crate::calendar::Period;
use crate::expression::evaluate::{Frame, Outcome, collect_slot, reads};
use crate::expression::program::{Definition, Expr, Named, Node, Origin, Slot, Value};
use crate::expression::types::Type;
use crate::policy::{Fact, FactKind, Policy};
use crate::value::{Date, Number, Span, Text};

/// Of a change that no example notices, no more requests than this are tried: of the examples as they are, of those with one
/// thing altered, of those with two.
const MOST_TRIED: usize = 400;
/// What happens is tried on so many days, so that every day of the week and some holidays are among them.
const DAYS_TRIED: i64 = 40;

/// A policy and the same with a small change that no example notices.
pub(super) struct Pair<'a> {
    policy: &'a Policy,
    changed: &'a Policy,
    touched: &'a Touched,
    /// The facts that move what the change touches.
    moving: Vec<&'a Fact>,
    tried: usize,
    /// How many may be tried.
    most: usize,
}

impl<'a> Pair<'a> {
    pub(super) fn new(policy: &'a Policy, changed: &'a Policy, touched: &'a Touched) -> Pair<'a> {
        Pair { policy, changed, touched, moving: moving(policy, touched), tried: 0, most: usize::MAX }
    }

    /// Looks for a request by which the change shows: the examples as they are, then each with one thing altered, then with two.
    pub(super) fn tell_apart(&mut self, examples: &[Example<'_>]) -> Fate {
        let able: Vec<&Example<'_>> =
            examples.iter().filter(|example| meet(&example.could_see, self.touched)).collect();
        let able = in_turn(&able);
        let altered: [fn(&mut Self, &Example<'_>) -> Option<Witness>; 4] = [
            |pair, example| pair.shows(example, vec![]),
            |pair, example| {
                let mut tweaks = pair.others(&example.request);
                tweaks.extend(pair.facts(example, &example.request, |_| true));
                tweaks.into_iter().find_map(|tweak| pair.shows(example, vec![tweak]))
            },
            Pair::two,
            // That a reason reads otherwise says least, and is looked at last.
            |pair, example| pair.reads(example),
        ];
        for altered in altered {
            self.most = self.tried + MOST_TRIED;
            for example in &able {
                if self.tried >= self.most {
                    break;
                }
                if let Some(witness) = altered(self, example) {
                    return Fate::Survived(witness);
                }
            }
        }
        Fate::Alike(self.tried)
    }

    /// Does the change show by an example with some things altered?
    fn shows(&mut self, example: &Example<'_>, tweaks: Vec<Tweak>) -> Option<Witness> {
        if self.tried >= self.most {
            return None;
        }
        self.tried += 1;
        let request = tweaks.iter().fold(example.request.clone(), |request, tweak| tweak.apply(&request));
        let is = seen(self.policy, &request, example.on);
        let would_be = seen(self.changed, &request, example.on);
        let expect = (is != would_be).then(|| is.expected(&would_be, self.policy))?;
        Some(Witness { example: example.scenario.name.clone(), tweaks, expect })
    }

    /// Does a reason read otherwise in an example as it is?
    fn reads(&self, example: &Example<'_>) -> Option<Witness> {
        let reasons = |policy: &Policy| -> Vec<Text> {
            let evaluation = evaluate(policy, &example.request, example.on);
            let explanation = Explanation::new(policy, &example.request, &evaluation);
            evaluation.rulings.iter().map(|ruling| explanation.reason(ruling)).collect()
        };
        let (is, would_be) = (reasons(self.policy), reasons(self.changed));
        let (reason, _) = is.iter().zip(&would_be).find(|(one, two)| one != two)?;
        let is_gone =
            !would_be.iter().any(|other| other.en.contains(&reason.en) || other.ar.contains(&reason.en));
        let expect = is_gone.then(|| format!("says = [{}]", serde_json::Value::from(reason.en.as_str())));
        Some(Witness { example: example.scenario.name.clone(), tweaks: vec![], expect })
    }

    /// A paper or event and a fact, or a yes or no or choice and another fact.
    fn two(&mut self, example: &Example<'_>) -> Option<Witness> {
        let mut firsts = self.others(&example.request);
        firsts.extend(self.facts(example, &example.request, |fact| {
            matches!(fact.kind, FactKind::Bool | FactKind::Choice(_))
        }));
        for first in firsts {
            if self.tried >= self.most {
                return None;
            }
            let is_other = |fact: &Fact| !matches!(first, Tweak::Fact(slot, _) if slot == fact.slot);
            for second in self.facts(example, &first.apply(&example.request), is_other) {
                let witness = self.shows(example, vec![first.clone(), second]);
                if witness.is_some() {
                    return witness;
                }
            }
        }
        None
    }

    /// The papers and events that the change touches, altered.
    fn others(&self, request: &Request) -> Vec<Tweak> {
        let submitted_at = request.submitted_at;
        let submitted_on = submitted_at.date();
        let day = |days: i32| Span { months: 0, days }.after(submitted_on);
        let mut tweaks = Vec::new();
        for index in &self.touched.documents {
            let Some(document) = self.policy.documents.get(*index) else { continue };
            tweaks.push(Tweak::Paper(*index, None));
            let most = document.issued_within.and_then(Period::span);
            let oldest = most.and_then(Span::reversed).and_then(|span| span.after(submitted_on));
            let most = oldest.map(|oldest| submitted_on.signed_duration_since(oldest).num_days());
            let most = most.and_then(|days| i32::try_from(days).ok());
            let ages = most.map_or_else(|| vec![0], |days| vec![days - 1, days, days + 1, 0]);
            for age in ages {
                for expires in [365, 0, -1] {
                    let presented = Presented { issued: day(-age), expires: day(expires), matched: true };
                    tweaks.push(Tweak::Paper(*index, Some(presented)));
                }
            }
        }
        for deadline in self.touched.deadlines.iter().filter_map(|index| self.policy.deadlines.get(*index)) {
            for days in 0..DAYS_TRIED {
                let moment = submitted_at.checked_add_signed(TimeDelta::days(days));
                tweaks.extend(moment.map(|moment| Tweak::Event(deadline.from, moment)));
            }
        }
        tweaks
    }

    /// The facts that move what the change touches, each moved to every value that stands for others under either policy, or
    /// left out.
    fn facts(
        &self,
        example: &Example<'_>,
        request: &Request,
        is_wanted: impl Fn(&Fact) -> bool,
    ) -> Vec<Tweak> {
        let evaluation = evaluate(self.policy, request, example.on);
        let touched = touched_values(self.policy, self.touched);
        let conditions = [self.policy, self.changed].map(|policy| {
            let conditions = probe::conditions(policy, request).into_iter().chain(scores(policy));
            (policy, conditions.chain(&touched).collect::<Vec<&Node>>())
        });
        let mut tweaks = Vec::new();
        for fact in self.moving.iter().filter(|fact| is_wanted(fact)) {
            let mut values: Vec<Option<Value>> = vec![];
            for (policy, conditions) in &conditions {
                let spread = probe::representatives(policy, request, evaluation.values(), fact, conditions);
                for value in spread.values {
                    if !values.contains(&Some(value.clone())) {
                        values.push(Some(value));
                    }
                }
            }
            // What can be written is tried before what is left out.
            values.push(None);
            tweaks.extend(values.into_iter().map(|value| Tweak::Fact(fact.slot, value)));
        }
        tweaks
    }
}

impl Tweak {
    fn apply(&self, request: &Request) -> Request {
        match self {
            Tweak::Fact(slot, value) => probe::changed(request, &[(*slot, value.clone())], true),
            Tweak::Paper(index, presented) => {
                let mut request = request.clone();
                match presented {
                    Some(presented) => request.documents.insert(*index, *presented),
                    None => request.documents.remove(index),
                };
                request
            }
            Tweak::Event(index, moment) => {
                let mut request = request.clone();
                request.events.insert(*index, *moment);
                request
            }
        }
    }
}

/// The first example of each service, then the second of each: those of one service alone would use up all tries.
fn in_turn<'e, 'a>(examples: &[&'e Example<'a>]) -> Vec<&'e Example<'a>> {
    let mut of_service: BTreeMap<usize, usize> = BTreeMap::new();
    let numbered = examples.iter().map(|example| {
        let turn = of_service.entry(example.request.service).or_default();
        *turn += 1;
        (*turn, *example)
    });
    let mut numbered: Vec<(usize, &Example<'_>)> = numbered.collect();
    numbered.sort_by_key(|(turn, _)| *turn);
    numbered.into_iter().map(|(_, example)| example).collect()
}

/// What a change touches, as conditions that read it: also where no rule does.
fn touched_values(policy: &Policy, touched: &Touched) -> Vec<Node> {
    let named = touched.slots.iter().filter_map(|slot| Some((*slot, policy.vocabulary.get(*slot)?)));
    let node = |(slot, named): (Slot, &Named)| {
        let place = named.place.clone()?;
        Some(Node { place, ty: named.ty.clone(), expr: Expr::Slot(slot) })
    };
    named.filter_map(node).collect()
}

/// The facts that move what a change touches.
fn moving<'a>(policy: &'a Policy, touched: &Touched) -> Vec<&'a Fact> {
    let mut slots = BTreeSet::new();
    for slot in &touched.slots {
        collect_slot(&policy.vocabulary, *slot, &mut slots);
        // A number of the board is moved by the facts that it is compared with.
        for (other, named) in policy.vocabulary.iter() {
            let mut made_of = BTreeSet::new();
            if named.definition.is_some() && named.origin == Origin::Derived {
                collect_slot(&policy.vocabulary, other, &mut made_of);
            }
            if made_of.contains(slot) {
                slots.extend(made_of);
            }
        }
    }
    let reading = |node: &Node| {
        let read = reads(&policy.vocabulary, node);
        (!read.is_disjoint(&touched.slots)).then_some(read)
    };
    for (index, rule) in policy.rules.iter().enumerate() {
        if touched.rules.contains(&index) {
            slots.extend(reads(&policy.vocabulary, &rule.condition));
        }
        slots.extend(reading(&rule.condition).into_iter().flatten());
    }
    for document in touched.documents.iter().filter_map(|index| policy.documents.get(*index)) {
        for when in document.required.iter().filter_map(|case| case.when.as_ref()) {
            slots.extend(reads(&policy.vocabulary, when));
        }
    }
    policy.facts.iter().filter(|fact| slots.contains(&fact.slot)).collect()
}

/// What the score is computed from.
fn scores(policy: &Policy) -> Vec<&Node> {
    let factors = policy.score.iter().flat_map(|score| &score.factors);
    factors
        .filter_map(|factor| match &policy.vocabulary.get(factor.slot)?.definition {
            Some(Definition::Expression(node)) => Some(node),
            Some(Definition::Output { .. } | Definition::Sum { .. }) | None => None,
        })
        .collect()
}

/// What people see of an evaluation, but for its words.
#[derive(PartialEq)]
struct Seen {
    conclusion: Conclusion,
    verdicts: Vec<(usize, Verdict)>,
    missing: Missing,
    priority: Option<Priority>,
    days: Vec<(usize, Option<Date>, Option<Date>)>,
    /// What is computed, other than yes and no: letters may write it, and an example may state it.
    values: Vec<(Slot, Outcome)>,
    quantity: Option<Outcome>,
}

fn seen(policy: &Policy, request: &Request, on: Date) -> Seen {
    let evaluation = evaluate(policy, request, on);
    let frame = Frame::new(&policy.vocabulary, evaluation.values());
    let quantity = policy.services.get(request.service).and_then(|service| service.quantity.as_ref());
    let days = evaluation.terms.iter().map(|term| {
        let day = |end: &Option<End>| end.as_ref().and_then(End::day);
        (term.deadline, day(&term.earliest), day(&term.latest))
    });
    let computed =
        policy.vocabulary.iter().filter(|(_, named)| named.definition.is_some() && named.ty != Type::Bool);
    let values = computed.map(|(slot, _)| (slot, frame.value(slot))).collect();
    Seen {
        conclusion: evaluation.result,
        verdicts: evaluation.rulings.iter().map(|ruling| (ruling.rule, ruling.verdict)).collect(),
        days: days.collect(),
        values,
        quantity: quantity.map(|quantity| frame.evaluate(quantity)),
        missing: evaluation.missing,
        priority: evaluation.priority,
    }
}

impl Seen {
    /// The line of `[expect]` by which an example would notice that something else came out.
    fn expected(&self, other: &Seen, policy: &Policy) -> Option<String> {
        self.verdict(other, policy)
            .or_else(|| self.missing(other, policy))
            .or_else(|| {
                let result = format!("result = \"{}\"", self.conclusion.name());
                (self.conclusion != other.conclusion).then_some(result)
            })
            .or_else(|| self.score(other, policy))
            .or_else(|| self.day(other, policy))
            .or_else(|| self.value(other, policy))
    }

    fn verdict(&self, other: &Seen, policy: &Policy) -> Option<String> {
        let mut pairs = self.verdicts.iter().zip(&other.verdicts);
        let ((rule, verdict), _) = pairs.find(|(one, two)| one != two)?;
        // An example cannot state that a rule is referred; the result says so.
        (*verdict != Verdict::Referred).then_some(())?;
        Some(format!("{} = [\"{}\"]", verdict.name().replace('-', "_"), policy.rules.get(*rule)?.id))
    }

    fn missing(&self, other: &Seen, policy: &Policy) -> Option<String> {
        let (is, would_be) = (&self.missing, &other.missing);
        let line = |key: &str, ids: Vec<String>| Some(format!("missing.{key} = [{}]", ids.join(", ")));
        let papers = |papers: &[usize]| -> Vec<String> {
            let papers = papers.iter().filter_map(|index| policy.documents.get(*index));
            papers.map(|document| format!("\"{}\"", document.id)).collect()
        };
        if is.documents != would_be.documents {
            return line("documents", papers(&is.documents));
        }
        if is.later != would_be.later {
            return line("later", papers(&is.later));
        }
        let facts = is.facts.iter().filter_map(|slot| policy.vocabulary.get(*slot));
        let facts = facts.map(|named| format!("\"{}\"", named.id)).collect();
        (is.facts != would_be.facts).then(|| line("facts", facts)).flatten()
    }

    fn score(&self, other: &Seen, policy: &Policy) -> Option<String> {
        let (is, would_be) = (self.priority.as_ref()?, other.priority.as_ref());
        if is.score == is.at_most
            && would_be.is_none_or(|other| (other.score, other.at_most) != (is.score, is.at_most))
        {
            return Some(format!("score = {}", is.score));
        }
        let tier = is.tier.filter(|tier| would_be.and_then(|other| other.tier) != Some(*tier))?;
        let named = policy.vocabulary.get(policy.score.as_ref()?.tier?)?;
        Some(format!("tier = {}", written(&named.ty, &Value::Choice(tier))?))
    }

    fn day(&self, other: &Seen, policy: &Policy) -> Option<String> {
        let mut pairs = self.days.iter().zip(&other.days);
        let ((deadline, earliest, latest), (_, other_earliest, _)) = pairs.find(|(one, two)| one != two)?;
        let (key, day) = if earliest == other_earliest { ("latest", latest) } else { ("earliest", earliest) };
        let day = day.as_ref()?;
        Some(format!("deadlines.{} = {{ {key} = {day} }}", policy.deadlines.get(*deadline)?.id))
    }

    fn value(&self, other: &Seen, policy: &Policy) -> Option<String> {
        let mut pairs = self.values.iter().zip(&other.values).filter(|(one, two)| one != two);
        pairs.find_map(|((slot, outcome), _)| {
            let named = policy.vocabulary.get(*slot)?;
            let value = match outcome {
                Outcome::Known(value) => written(&named.ty, value)?,
                Outcome::Unknown => "\"unknown\"".to_owned(),
                Outcome::Fault(_) => return None,
            };
            Some(format!("values.{} = {value}", named.id))
        })
    }
}

/// A value as a scenario writes it; nothing for what cannot be written exactly.
fn written(ty: &Type, value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => {
            let is_money = ty.quantity().is_some_and(|quantity| quantity.unit.money_power() > 0);
            let number = if is_money { number.over(Number::from(100))? } else { *number };
            Some(number.to_string()).filter(|text| !text.contains('/'))
        }
        Value::Date(date) => Some(date.to_string()),
        Value::Choice(choice) => Some(format!("\"{}\"", ty.choices()?.id(*choice))),
        Value::Span(_) | Value::Set(_) | Value::Text(_) | Value::List(_) => None,
    }
}
