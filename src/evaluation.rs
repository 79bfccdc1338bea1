//! What the policy says of a request: a verdict per rule, a result, what is missing, how urgent, until when.
//!
//! Receives a checked [`Policy`] and a [`Request`], hands on an [`Evaluation`]. It recommends; the committee decides. What is
//! unknown, broken or late never makes it say no. Sentences are made only for what is shown: see [`explain`].

pub mod account;
pub mod ask;
pub mod change;
pub mod checklist;
pub mod coverage;
pub mod explain;
pub mod gap;
pub mod mutation;
pub mod notice;
#[expect(
    clippy::wildcard_enum_match_arm,
    clippy::needless_pass_by_value,
    clippy::single_match,
    reason = "the plan picks out the shapes that it can hurry; every other shape goes the exact way"
)]
pub mod plan;
pub mod probe;
mod problems;
pub mod report;
pub mod request;
pub mod scenario;
pub mod schema;
pub mod timetable;
pub mod wording;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::expression::evaluate::{Fault, Frame, Outcome};
use crate::expression::program::{Origin, Slot, Value};
use crate::expression::types::Choices;
use crate::policy::{Policy, Rule, RuleKind};
use crate::value::{Date, Number};

use checklist::Paper;
use request::{Request, Signature};
use timetable::Term;

/// What one rule says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Met,
    /// It does not hold.
    NotMet,
    /// It hangs on something that is not known.
    Unknown,
    /// Sources disagree, and it holds by one and not by the other.
    Conflict,
    /// It does not concern this request.
    NotApplicable,
    /// It cannot be computed: a person must look.
    Referred,
}

impl Verdict {
    /// The name that programs read.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::NotMet => "not-met",
            Verdict::Unknown => "unknown",
            Verdict::Conflict => "conflict",
            Verdict::NotApplicable => "not-applicable",
            Verdict::Referred => "referred",
        }
    }
}

/// What the policy says of the request as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// The policy itself failed: a person must look.
    Referred,
    /// It belongs to another request.
    Merged,
    /// An eligibility rule is not met.
    NotMet,
    /// Sources disagree on something that matters.
    Verify,
    /// Something that matters is still missing.
    Incomplete,
    /// Everything holds.
    Met,
}

impl Conclusion {
    /// All of them, in the order in which one prevails over another.
    pub const ALL: [Conclusion; 6] = [
        Conclusion::Referred,
        Conclusion::Merged,
        Conclusion::NotMet,
        Conclusion::Verify,
        Conclusion::Incomplete,
        Conclusion::Met,
    ];

    /// The name that programs read.
    pub fn name(self) -> &'static str {
        match self {
            Conclusion::Referred => "referred",
            Conclusion::Merged => "merged",
            Conclusion::NotMet => "not-met",
            Conclusion::Verify => "verify",
            Conclusion::Incomplete => "incomplete",
            Conclusion::Met => "met",
        }
    }

    /// How good it is for the person: a transition that favours open requests goes by this.
    pub fn favour(self) -> u8 {
        match self {
            Conclusion::Met => 3,
            Conclusion::Incomplete | Conclusion::Verify | Conclusion::Merged => 2,
            Conclusion::NotMet => 1,
            Conclusion::Referred => 0,
        }
    }
}

/// What one rule came to, and why it can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// The number of the rule.
    pub rule: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// Every fact and parameter that was read.
    pub reads: BTreeSet<Slot>,
    /// The exemption that set it aside, by number.
    pub exempted_by: Option<usize>,
    /// The verdict by each combination of sources, where some disagree.
    pub by_world: Vec<Verdict>,
    /// What could not be computed.
    pub fault: Option<Box<Fault>>,
    /// Do sources disagree on something that it read, though the verdict is the same by all of them?
    pub disputed: bool,
}

/// How urgent a request is. The score orders requests, it never declines one.
#[derive(Debug, Clone, PartialEq)]
pub struct Priority {
    /// The score as far as it is known.
    pub score: Number,
    /// What it could reach if all that is unknown were in the person's favour.
    pub at_most: Number,
    /// The tier, where what is unknown cannot change it.
    pub tier: Option<u16>,
    /// The points of each factor; nothing where they are unknown.
    pub factors: Vec<Option<Number>>,
}

/// What is missing and can still change the result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Facts.
    pub facts: Vec<Slot>,
    /// Papers, by number.
    pub documents: Vec<usize>,
    /// Papers that may follow later, by number.
    pub later: Vec<usize>,
}

/// The engine's answer to a request.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The day of the evaluation.
    pub on: Date,
    /// The result.
    pub result: Conclusion,
    /// What each rule says, in the order of the policy's rules.
    pub rulings: Vec<Ruling>,
    /// What is missing and can still change the result.
    pub missing: Missing,
    /// How each paper stands, in the order of the policy's documents.
    pub papers: Vec<Paper>,
    /// How urgent it is, where the policy has a score.
    pub priority: Option<Priority>,
    /// Until when, for every event that happened.
    pub terms: Vec<Term>,
    /// The facts on which sources disagree.
    pub differing: Vec<Slot>,
    /// The digest of the declared facts.
    pub digest: String,
    /// The values of each combination of sources; the first is what was declared.
    pub worlds: Vec<Vec<Option<Value>>>,
}

/// More combinations of disagreeing sources than this are not tried one by one; what hangs on them is a conflict.
const MOST_WORLDS: usize = 64;

/// Evaluates a request under a policy on a day.
pub fn evaluate(policy: &Policy, request: &Request, on: Date) -> Evaluation {
    let digest = request.digest(policy);
    let differing: Vec<Slot> = request.differing().collect();
    let papers = checklist::papers(policy, request);
    let mut worlds = worlds(policy, request, &papers, on, &differing);
    let papers = {
        let frame = Frame::new(&policy.vocabulary, first(&worlds));
        checklist::required(policy, request, &frame, papers)
    };
    let intake = intake(policy, request, &papers, &differing, &digest);
    for world in &mut worlds {
        for (slot, value) in &intake {
            if let Some(place) = world.get_mut(slot.index()) {
                place.clone_from(value);
            }
        }
    }
    let by_world: Vec<Vec<Ruling>> = worlds.iter().map(|values| rulings(policy, request, values)).collect();
    let rulings = joined(by_world, &differing);
    let result = result(policy, &rulings, &papers, &differing);
    let frame = Frame::new(&policy.vocabulary, first(&worlds));
    let missing = missing(policy, &frame, &rulings, &papers, result);
    let priority = priority(policy, &frame);
    let terms = timetable::terms(policy, request, &frame);
    drop(frame);
    Evaluation { on, result, rulings, missing, papers, priority, terms, differing, digest, worlds }
}

fn first(worlds: &[Vec<Option<Value>>]) -> &[Option<Value>] {
    worlds.first().map_or(&[], Vec::as_slice)
}

/// The values of the request; where sources disagree, one set of values for each combination of what they say.
fn worlds(
    policy: &Policy,
    request: &Request,
    papers: &[Paper],
    on: Date,
    differing: &[Slot],
) -> Vec<Vec<Option<Value>>> {
    let mut values: Vec<Option<Value>> = vec![None; policy.vocabulary.len()];
    let mut set = |slot: Slot, value: Option<Value>| {
        if let Some(place) = values.get_mut(slot.index()) {
            *place = value;
        }
    };
    let submitted_on = request.submitted_at.date();
    for parameter in &policy.parameters {
        set(parameter.slot, parameter.on(policy.numbers_on(submitted_on)).cloned());
    }
    for slot in request.readings.keys() {
        set(*slot, request.value(*slot).cloned());
    }
    for (index, moment) in &request.events {
        if let Some(event) = policy.events.get(*index) {
            set(event.slot, Some(Value::Date(moment.date())));
        }
    }
    for (document, paper) in policy.documents.iter().zip(papers) {
        // A paper that is missing or no longer valid can be brought: it is not known, rather than not so.
        set(document.shown, paper.state.is_valid().then_some(Value::Bool(true)));
    }
    let builtin = &policy.builtin;
    let service = policy.services.get(request.service);
    set(builtin.submitted_on, Some(Value::Date(submitted_on)));
    set(builtin.evaluated_on, Some(Value::Date(on)));
    set(builtin.service, u16::try_from(request.service).ok().map(Value::Choice));
    set(builtin.interval, service.and_then(|service| service.interval).map(Value::Span));
    set(builtin.channel, request.channel.and_then(|channel| u16::try_from(channel).ok()).map(Value::Choice));
    let mut worlds = vec![values];
    for slot in differing {
        let mut alternatives: Vec<&Value> = Vec::new();
        for reading in request.readings.get(slot).into_iter().flatten() {
            if !alternatives.contains(&&reading.value) {
                alternatives.push(&reading.value);
            }
        }
        if worlds.len().saturating_mul(alternatives.len()) > MOST_WORLDS {
            // Too many to try: the fact is taken as unknown, so that it cannot decide anything.
            for world in &mut worlds {
                if let Some(place) = world.get_mut(slot.index()) {
                    *place = None;
                }
            }
            continue;
        }
        worlds = worlds
            .iter()
            .flat_map(|world| {
                alternatives.iter().map(|value| {
                    let mut world = world.clone();
                    if let Some(place) = world.get_mut(slot.index()) {
                        *place = Some((*value).clone());
                    }
                    world
                })
            })
            .collect();
    }
    worlds
}

/// What intake has established: are the papers complete, do the data match, is the declaration signed?
fn intake(
    policy: &Policy,
    request: &Request,
    papers: &[Paper],
    differing: &[Slot],
    digest: &str,
) -> [(Slot, Option<Value>); 3] {
    let needed = || papers.iter().filter(|paper| paper.is_needed());
    let undecided = papers.iter().any(|paper| paper.is_required.is_none() && !paper.state.is_valid());
    let complete = !undecided && needed().all(|paper| paper.is_satisfied);
    let matched = !undecided && needed().all(|paper| paper.is_satisfied && paper.is_matched);
    let matched = if differing.is_empty() { matched.then_some(true) } else { Some(false) };
    let signed = match request.signature(digest) {
        Signature::Missing | Signature::NoWitness => Some(false),
        // What was signed is no longer what is declared: it has to be signed again.
        Signature::NoDigest | Signature::OtherData => None,
        Signature::Current => Some(true),
    };
    [
        (policy.builtin.documents_complete, complete.then_some(Value::Bool(true))),
        (policy.builtin.data_matched, matched.map(Value::Bool)),
        (policy.builtin.declaration_signed, signed.map(Value::Bool)),
    ]
}

/// Does a rule concern this request at all?
pub fn concerns(policy: &Policy, rule: &Rule, request: &Request) -> bool {
    concerns_service(policy, rule, request.service)
}

/// Does a rule concern requests for a service?
fn concerns_service(policy: &Policy, rule: &Rule, service: usize) -> bool {
    let applicant = policy.services.get(service).map(|service| service.applicant.as_str());
    let service = rule.services.as_ref().is_none_or(|services| services.contains(&service));
    let applicants = rule.applicants.as_ref();
    service
        && applicants
            .is_none_or(|applicants| applicants.iter().any(|known| Some(known.as_str()) == applicant))
}

/// All rules, always: a letter can then say what was in the person's favour.
fn rulings(policy: &Policy, request: &Request, values: &[Option<Value>]) -> Vec<Ruling> {
    let frame = Frame::new(&policy.vocabulary, values);
    let mut rulings: Vec<Ruling> = policy
        .rules
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let mut ruling = Ruling {
                rule: index,
                verdict: Verdict::NotApplicable,
                reads: BTreeSet::new(),
                exempted_by: None,
                by_world: vec![],
                fault: None,
                disputed: false,
            };
            if concerns(policy, rule, request) {
                let (outcome, reads) = frame.evaluate_recording(&rule.condition);
                ruling.reads = reads;
                ruling.verdict = match outcome {
                    Outcome::Known(Value::Bool(true)) => Verdict::Met,
                    Outcome::Known(_) => Verdict::NotMet,
                    Outcome::Unknown => Verdict::Unknown,
                    Outcome::Fault(fault) => {
                        ruling.fault = Some(fault);
                        Verdict::Referred
                    }
                };
            }
            ruling
        })
        .collect();
    let plain: Vec<(Verdict, BTreeSet<Slot>)> =
        rulings.iter().map(|ruling| (ruling.verdict, ruling.reads.clone())).collect();
    for (rule, ruling) in policy.rules.iter().zip(&mut rulings) {
        for exemption in &rule.unless {
            let Some((verdict, reads)) = plain.get(*exemption) else { continue };
            match (verdict, ruling.verdict) {
                (_, Verdict::NotApplicable) => break,
                (Verdict::Met, _) => {
                    // Exemption beats limit.
                    ruling.verdict = Verdict::NotApplicable;
                    ruling.exempted_by = Some(*exemption);
                    ruling.fault = None;
                }
                // The exemption may yet be shown: until then the rule must not decline.
                (Verdict::Unknown | Verdict::Referred, Verdict::NotMet) => ruling.verdict = Verdict::Unknown,
                _ => {}
            }
            ruling.reads.extend(reads.iter().copied());
        }
    }
    rulings
}

/// One ruling out of those by each combination of sources: the same by all, or a conflict.
fn joined(by_world: Vec<Vec<Ruling>>, differing: &[Slot]) -> Vec<Ruling> {
    let mut worlds = by_world.into_iter();
    let Some(mut rulings) = worlds.next() else { return vec![] };
    for ruling in &mut rulings {
        ruling.by_world.push(ruling.verdict);
    }
    for world in worlds {
        for (ruling, other) in rulings.iter_mut().zip(world) {
            ruling.by_world.push(other.verdict);
            ruling.reads.extend(other.reads);
            ruling.fault = ruling.fault.take().or(other.fault);
        }
    }
    for ruling in &mut rulings {
        let reads_differing = differing.iter().any(|slot| ruling.reads.contains(slot));
        if ruling.by_world.contains(&Verdict::Referred) {
            ruling.verdict = Verdict::Referred;
        } else if ruling.by_world.iter().any(|verdict| *verdict != ruling.verdict) {
            ruling.verdict = Verdict::Conflict;
        } else {
            ruling.disputed = reads_differing;
        }
        if !differing.is_empty() && ruling.verdict != Verdict::Conflict && !reads_differing {
            ruling.by_world.truncate(1);
        }
    }
    rulings
}

fn result(policy: &Policy, rulings: &[Ruling], papers: &[Paper], differing: &[Slot]) -> Conclusion {
    let of = |kind: RuleKind, verdict: Verdict| {
        rulings.iter().any(|ruling| {
            ruling.verdict == verdict && policy.rules.get(ruling.rule).is_some_and(|rule| rule.kind == kind)
        })
    };
    if rulings.iter().any(|ruling| ruling.verdict == Verdict::Referred) {
        return Conclusion::Referred;
    }
    if of(RuleKind::Merge, Verdict::Met) {
        return Conclusion::Merged;
    }
    if of(RuleKind::Eligibility, Verdict::NotMet) {
        return Conclusion::NotMet;
    }
    let conflict = rulings.iter().any(|ruling| ruling.verdict == Verdict::Conflict);
    if conflict || !differing.is_empty() {
        return Conclusion::Verify;
    }
    let unknown = of(RuleKind::Eligibility, Verdict::Unknown)
        || of(RuleKind::Procedural, Verdict::Unknown)
        || of(RuleKind::Procedural, Verdict::NotMet)
        || of(RuleKind::Merge, Verdict::Unknown);
    let paper = papers.iter().any(|paper| paper.is_needed() && !paper.is_satisfied);
    if unknown || paper { Conclusion::Incomplete } else { Conclusion::Met }
}

/// Facts and papers are asked for only while they can still change the result.
fn missing(
    policy: &Policy,
    frame: &Frame<'_>,
    rulings: &[Ruling],
    papers: &[Paper],
    result: Conclusion,
) -> Missing {
    let mut missing = Missing::default();
    if matches!(result, Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred) {
        return missing;
    }
    let mut needed = BTreeSet::new();
    for ruling in rulings.iter().filter(|ruling| ruling.verdict == Verdict::Unknown) {
        let Some(rule) = policy.rules.get(ruling.rule) else { continue };
        if rule.kind == RuleKind::Exemption {
            // It matters only where a rule that it would set aside is not met already.
            continue;
        }
        needed.extend(frame.needs(&rule.condition));
        for exemption in rule.unless.iter().filter_map(|index| policy.rules.get(*index)) {
            needed.extend(frame.needs(&exemption.condition));
        }
    }
    for paper in papers.iter().filter(|paper| paper.is_required.is_none() && !paper.state.is_valid()) {
        needed.extend(paper.hangs_on.iter().copied());
    }
    for (index, (paper, document)) in papers.iter().zip(&policy.documents).enumerate() {
        if paper.is_needed() && !paper.is_satisfied || needed.contains(&document.shown) {
            missing.documents.push(index);
        } else if paper.is_required == Some(true) && paper.may_follow && !paper.is_satisfied {
            missing.later.push(index);
        }
    }
    missing.facts = needed
        .into_iter()
        .filter(|slot| policy.vocabulary.get(*slot).is_some_and(|named| named.origin == Origin::Fact))
        .collect();
    missing
}

fn priority(policy: &Policy, frame: &Frame<'_>) -> Option<Priority> {
    let score = policy.score.as_ref()?;
    let factors: Vec<Option<Number>> =
        score.factors.iter().map(|factor| frame.value(factor.slot).as_number()).collect();
    let sum = |points: Vec<Number>| {
        let sum = points.into_iter().try_fold(Number::ZERO, Number::plus);
        sum.unwrap_or(score.at_most).min(score.at_most)
    };
    let known = sum(factors.iter().map(|points| points.unwrap_or(Number::ZERO)).collect());
    let both = factors.iter().zip(&score.factors);
    let at_most = sum(both.map(|(points, factor)| points.unwrap_or(factor.most)).collect());
    let tier = score.tier.and_then(|tier| tier_between(policy, frame, score.slot, tier, known, at_most));
    Some(Priority { score: known, at_most, tier, factors })
}

/// The tier, where the lowest and the highest possible score fall into the same one.
fn tier_between(
    policy: &Policy,
    frame: &Frame<'_>,
    score: Slot,
    tier: Slot,
    low: Number,
    high: Number,
) -> Option<u16> {
    use crate::expression::program::{Cell, Definition};
    if low == high {
        return match frame.value(tier) {
            Outcome::Known(Value::Choice(index)) => Some(index),
            Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => None,
        };
    }
    let Some(Definition::Output { table, column }) =
        policy.vocabulary.get(tier).and_then(|named| named.definition.as_ref())
    else {
        return None;
    };
    let place = table.given.iter().position(|slot| *slot == score)?;
    let of = |number: Number| {
        let row = table.rows.iter().find(|row| match row.cells.get(place) {
            Some(Cell::Interval(interval)) => interval.contains(number),
            Some(Cell::Any) => true,
            Some(Cell::Choices(_) | Cell::Bool(_)) | None => false,
        })?;
        match row.outputs.get(*column) {
            Some(Value::Choice(index)) if table.given.len() == 1 => Some(*index),
            _ => None,
        }
    };
    let (low, high) = (of(low)?, of(high)?);
    (low == high).then_some(low)
}

impl Evaluation {
    /// The ruling of a rule, by its id.
    pub fn ruling(&self, policy: &Policy, id: &str) -> Option<&Ruling> {
        let index = policy.rules.iter().position(|rule| rule.id == id)?;
        self.rulings.get(index)
    }

    /// The tier's set of choices and its number, where it is known.
    pub fn tier<'p>(&self, policy: &'p Policy) -> Option<(&'p Choices, u16)> {
        let index = self.priority.as_ref()?.tier?;
        let named = policy.vocabulary.get(policy.score.as_ref()?.tier?)?;
        named.ty.choices().map(|choices| (&**choices, index))
    }

    /// The id of the tier, where it is known.
    pub fn tier_id<'p>(&self, policy: &'p Policy) -> Option<&'p str> {
        self.tier(policy).map(|(choices, index)| choices.id(index))
    }

    /// The values by what was declared.
    pub fn values(&self) -> &[Option<Value>] {
        first(&self.worlds)
    }
}
