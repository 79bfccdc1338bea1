//! The same policy, made ready for many requests: what [`evaluate`](super::evaluate) says, without its texts and without its trees.
//!
//! Receives a checked [`Policy`], hands on a [`Plan`]; a request is read into a [`Row`] of plain words, and judged into a compact
//! [`Record`]: a verdict and the names read for each rule, result, papers, score, deadlines. A request that does not fit the words
//! (a number too large, sources that disagree, a fault) is given back as [`Exact`], and the exact evaluation judges it: the answer
//! is the same either way.

mod code;
mod days;
mod fold;
mod frame;
mod grid;
pub mod lines;
mod row;
mod steps;
mod work;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Conclusion, Evaluation, Verdict};
use crate::calendar::{self, Period};
use crate::expression::evaluate;
use crate::expression::program::{Definition, Node, Slot};
use crate::expression::types::Type;
use crate::policy::{After, Deadline, Limit, Mode, Policy, Rule, RuleKind};
use crate::value::{Date, Number};

use code::{Compiler, Made, Stop};
use frame::{FAULT, Frame};
use grid::Grid;
pub use row::Row;
use steps::{At, Code, Flow, Steps, Walk, Words};

/// A policy, made ready for many requests.
pub struct Plan<'p> {
    policy: &'p Policy,
    leaves: Vec<Leaf>,
    /// The name of each leaf.
    slots: Vec<Slot>,
    words: usize,
    made: Vec<Made>,
    steps: Steps,
    cells: usize,
    lists: Vec<Slot>,
    services: Vec<PerService>,
    papers: Vec<PaperTest>,
    /// The papers that are not valid by being shown alone.
    dated: u64,
    /// The papers in whose place another is accepted, and all that are.
    alternatives: Vec<(usize, u64)>,
    eras: Vec<Era>,
    /// From which day on each era but the first counts.
    turns: Vec<i64>,
    deadlines: Vec<DeadlineTests>,
    standing: Option<Standings>,
    /// What is computed when a request is loaded, because it looks through its lists; and where that notes what it reads.
    early: At,
    early_bases: Vec<usize>,
    /// Leaves that are filled in from the request as a whole.
    own: Vec<(usize, Leaf)>,
    intake: [Option<usize>; 3],
    shown: Vec<(usize, usize)>,
    left_out: Vec<(String, &'static str)>,
    leaf_of: BTreeMap<Slot, usize>,
    /// The papers that each rule may ask for.
    asks: Vec<u64>,
    /// How many words a request's notes of what was read have.
    notes: usize,
    /// How many limits all deadlines have.
    limits: usize,
    keys: lines::Keys,
}

impl std::fmt::Debug for Plan<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Plan").field("policy", &self.policy.id).field("cells", &self.cells).finish()
    }
}

/// Where a leaf's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Leaf {
    Fact(Type),
    Parameter(usize),
    Event(usize),
    Shown(usize),
    SubmittedOn,
    EvaluatedOn,
    Service,
    Interval,
    Channel,
    Intake(usize),
    /// Nothing that a request could say.
    None,
}

/// The parameters between two changes of any of them.
#[derive(Debug, Clone, Default)]
struct Era {
    values: Vec<(usize, i64)>,
    misfit: bool,
}

/// What is looked at for one service.
#[derive(Debug, Default)]
struct PerService {
    /// What is looked at before the papers are known, and after.
    before: At,
    after: At,
    /// The rules that can be unknown, with all that exempts from them.
    open: Vec<(usize, Vec<usize>)>,
    /// The rules that others exempt from: what they say is settled after all have been looked at.
    exempted: Vec<(usize, RuleKind, Vec<usize>)>,
    /// The papers that are required in any case, and those of them that may follow.
    required: u64,
    later: u64,
    /// The papers on which conditions hang: what those ask for.
    cases: Vec<(usize, u64)>,
    deadlines: Vec<usize>,
    interval: Option<i64>,
    exact: Option<&'static str>,
}

/// What the rules come to together.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    merged: bool,
    not_met: bool,
    /// Something is unknown or still to be done.
    open: bool,
    /// Some rule is unknown.
    unknown: bool,
}

impl Tally {
    #[inline]
    fn add(&mut self, kind: RuleKind, verdict: Verdict) {
        match verdict {
            Verdict::Met => self.merged |= kind == RuleKind::Merge,
            Verdict::NotMet => {
                self.not_met |= kind == RuleKind::Eligibility;
                self.open |= kind == RuleKind::Procedural;
            }
            Verdict::Unknown => {
                self.unknown = true;
                self.open |= kind != RuleKind::Exemption;
            }
            _ => {}
        }
    }
}

/// How a paper is judged by itself.
#[derive(Debug)]
struct PaperTest {
    not_expired: bool,
    may_never_expire: bool,
    within: Within,
    /// This paper and those accepted in its place.
    accepted: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Any,
    Span(i64, i64),
    Never,
}

struct DeadlineTests {
    instead: Vec<At>,
    /// The number of this deadline's first limit among all limits, for the memory of days.
    first: usize,
}

struct Standings {
    factors: Vec<(usize, i64)>,
    at_most: i64,
    tier: Option<Tier>,
}

struct Tier {
    cell: usize,
    /// The table, where it looks at the score alone.
    alone: Option<(Arc<Grid>, Box<[i64]>)>,
}

/// Why a request is left to the exact evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact(
    /// In a few words, for those who count such requests.
    pub &'static str,
);

/// What is used again and again, so that judging a request takes no memory of its own.
#[derive(Debug, Default)]
pub struct Scratch {
    frame: Frame,
    record: Record,
    /// Due dates that were counted before, for each limit of a deadline: the day of the event, and what came out.
    due: Vec<Vec<(i32, Day)>>,
}

/// The engine's answer to a request, in a few words. Its texts and its trace are made from the request when somebody looks.
#[derive(Debug, Clone)]
pub struct Record {
    /// What each rule says, in the order of the policy's rules.
    pub verdicts: Vec<Verdict>,
    /// The result.
    pub result: Conclusion,
    /// The papers that are missing and can still change the result: a bit for each.
    pub missing: u64,
    /// The papers that may follow later.
    pub later: u64,
    /// Some fact that nobody stated can still change the result: which, the exact evaluation says.
    pub lacks_facts: bool,
    /// How urgent it is, where the policy has a score.
    pub standing: Option<Standing>,
    /// Until when, for every event that happened.
    pub terms: Vec<Until>,
    /// For each rule so many words; behind them, what computed values read.
    reads: Vec<u64>,
    words: usize,
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        let rules = 0..self.verdicts.len();
        (self.result, self.missing, self.later, self.standing)
            == (other.result, other.missing, other.later, other.standing)
            && self.verdicts == other.verdicts
            && self.terms == other.terms
            && rules.into_iter().all(|rule| self.reads(rule) == other.reads(rule))
    }
}

impl Eq for Record {}

impl Default for Record {
    fn default() -> Record {
        Record {
            verdicts: vec![],
            result: Conclusion::Referred,
            missing: 0,
            later: 0,
            lacks_facts: false,
            standing: None,
            terms: vec![],
            reads: vec![],
            words: 0,
        }
    }
}

/// How urgent a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The score as far as it is known.
    pub score: i64,
    /// What it could reach.
    pub at_most: i64,
    /// The tier, where what is unknown cannot change it.
    pub tier: Option<u16>,
}

/// A deadline of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// The number of the deadline.
    pub deadline: usize,
    /// Not before.
    pub earliest: Day,
    /// Not after.
    pub latest: Day,
}

/// One end of a deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Day {
    /// There is none.
    #[default]
    Open,
    /// This day.
    On(Date),
    /// It cannot be told: the calendar does not go so far.
    Untold,
}

impl Record {
    /// The names that a rule read, by their numbers among [`Plan::names`]: a bit for each.
    pub fn reads(&self, rule: usize) -> &[u64] {
        self.reads.get(rule * self.words..(rule + 1) * self.words).unwrap_or_default()
    }

    /// Did a rule read a name?
    pub fn has_read(&self, rule: usize, name: usize) -> bool {
        self.reads(rule).get(name >> 6).is_some_and(|word| word >> (name & 63) & 1 == 1)
    }
}

/// How many due dates are remembered for each limit of a deadline: those of nearly three years.
const REMEMBERED: usize = 1024;

impl<'p> Plan<'p> {
    /// Makes a policy ready.
    pub fn new(policy: &'p Policy) -> Plan<'p> {
        let mut found = BTreeSet::new();
        let mut conditions: Vec<&Node> = policy.rules.iter().map(|rule| &rule.condition).collect();
        let required = policy.documents.iter().flat_map(|document| &document.required);
        conditions.extend(required.filter_map(|case| case.when.as_ref()));
        let instead = policy.deadlines.iter().flat_map(|deadline| &deadline.instead);
        conditions.extend(instead.map(|case| &case.when));
        for condition in conditions {
            found.extend(evaluate::reads(&policy.vocabulary, condition));
        }
        if let Some(score) = &policy.score {
            evaluate::collect_slot(&policy.vocabulary, score.slot, &mut found);
            if let Some(tier) = score.tier {
                evaluate::collect_slot(&policy.vocabulary, tier, &mut found);
            }
        }
        let is_leaf =
            |slot: &Slot| policy.vocabulary.get(*slot).is_some_and(|named| named.definition.is_none());
        let slots: Vec<Slot> = found.into_iter().filter(is_leaf).collect();
        let leaf_of: BTreeMap<Slot, usize> =
            slots.iter().enumerate().map(|(leaf, slot)| (*slot, leaf)).collect();
        let leaves: Vec<Leaf> = slots.iter().map(|slot| leaf(policy, *slot)).collect();
        let lists: Vec<Slot> = slots
            .iter()
            .zip(&leaves)
            .filter(|(_, leaf)| matches!(leaf, Leaf::Fact(Type::List(_))))
            .map(|(slot, _)| *slot)
            .collect();
        let mut plan = Plan {
            policy,
            words: slots.len().div_ceil(64).max(1),
            made: vec![],
            steps: Steps::default(),
            cells: 0,
            services: vec![],
            papers: papers(policy),
            dated: 0,
            alternatives: vec![],
            eras: vec![],
            turns: vec![],
            deadlines: vec![],
            standing: None,
            early: steps::DONE,
            early_bases: vec![],
            own: vec![],
            intake: [None; 3],
            shown: vec![],
            left_out: vec![],
            keys: lines::Keys::new(policy, &leaf_of),
            leaves,
            slots,
            lists,
            leaf_of,
            asks: vec![],
            notes: 0,
            limits: 0,
        };
        plan.settle_eras();
        plan.settle_papers();
        plan.compile();
        plan
    }

    fn settle_papers(&mut self) {
        for (index, paper) in self.papers.iter().enumerate().take(64) {
            if paper.not_expired || paper.within != Within::Any {
                self.dated |= 1 << index;
            }
            if paper.accepted.count_ones() > 1 {
                self.alternatives.push((index, paper.accepted));
            }
        }
    }

    fn settle_eras(&mut self) {
        let turns: BTreeSet<Date> = self
            .policy
            .parameters
            .iter()
            .flat_map(|parameter| &parameter.entries)
            .map(|(from, _)| *from)
            .collect();
        self.turns = turns.iter().map(|date| days::number(*date)).collect();
        let era = |on: Option<Date>| {
            let mut era = Era::default();
            for (leaf, kind) in self.leaves.iter().enumerate() {
                let Leaf::Parameter(index) = kind else { continue };
                let Some(parameter) = self.policy.parameters.get(*index) else { continue };
                let named = self.policy.vocabulary.get(parameter.slot);
                let value = on.and_then(|on| parameter.on(on));
                match (named, value) {
                    (Some(named), Some(value)) => match code::word(&named.ty, value) {
                        Some(word) => era.values.push((leaf, word)),
                        None => era.misfit = true,
                    },
                    _ => {}
                }
            }
            era
        };
        let mut eras = vec![era(None)];
        eras.extend(turns.iter().map(|on| era(Some(*on))));
        self.eras = eras;
    }

    fn compile(&mut self) {
        let policy = self.policy;
        let mut compiler = Compiler::new(policy, self.leaf_of.clone(), self.lists.clone());
        // What each part looks at, so that each service computes only what it needs.
        let mut rules = Vec::new();
        for rule in &policy.rules {
            self.asks.push(asks(policy, &rule.condition));
            let made = compiler.test(&rule.condition);
            let chained = rule
                .unless
                .iter()
                .any(|other| policy.rules.get(*other).is_none_or(|other| !other.unless.is_empty()));
            let made = if chained { Err(Stop("an exemption that itself has exemptions")) } else { made };
            if let Err(stop) = &made {
                self.left_out.push((rule.id.clone(), stop.0));
            }
            rules.push(made);
        }
        let mut paper_cases: Vec<Vec<Result<Option<Tested>, Stop>>> = Vec::new();
        for document in &policy.documents {
            let mut cases = Vec::new();
            for case in &document.required {
                let Some(when) = &case.when else {
                    cases.push(Ok(None));
                    continue;
                };
                let made = compiler.test(when);
                if let Err(stop) = &made {
                    self.left_out.push((document.id.clone(), stop.0));
                }
                cases.push(made.map(|(flow, uses)| Some((flow, uses))));
            }
            paper_cases.push(cases);
        }
        let mut deadline_tests = Vec::new();
        for deadline in &policy.deadlines {
            let mut tests: Result<(Vec<Flow>, BTreeSet<usize>), Stop> = Ok((Vec::new(), BTreeSet::new()));
            for case in &deadline.instead {
                let made = compiler.test(&case.when);
                if let Err(stop) = &made {
                    self.left_out.push((deadline.id.clone(), stop.0));
                }
                tests = tests.and_then(|(mut flows, mut uses)| {
                    let (flow, more) = made?;
                    flows.push(flow);
                    uses.extend(more);
                    Ok((flows, uses))
                });
            }
            deadline_tests.push(tests);
        }
        let standing = standings(policy, &mut compiler);
        if let Err(stop) = &standing {
            self.left_out.push(("score".into(), stop.0));
        }
        self.made = compiler.finish();
        self.cells = self.leaves.len() + self.made.len();
        self.settle_notes();
        let sink = self.sink();
        for made in &deadline_tests {
            let flows = made.as_ref().map(|(flows, _)| flows.as_slice()).unwrap_or_default();
            let instead = flows.iter().map(|flow| self.steps.condition(flow, sink));
            let instead = instead.collect::<Result<Vec<At>, Stop>>();
            // Two limits for the deadline itself and two for each case.
            let first = self.limits;
            self.limits += 2 + 2 * flows.len();
            self.deadlines.push(DeadlineTests { instead: instead.unwrap_or_default(), first });
        }

        // What looks through lists is computed when a request is loaded; and what that rests on.
        let folds = (0..self.made.len()).filter(|made| self.made.get(*made).is_some_and(is_fold));
        let folds: BTreeSet<usize> = folds.map(|made| made + self.leaves.len()).collect();
        let early = self.closure(&folds);
        let mut whole: Option<&'static str> =
            if early.iter().any(|cell| self.cell(*cell).is_some_and(|made| made.after_intake)) {
                Some("a list that is looked through after intake")
            } else if policy.documents.len() > 64 {
                Some("more than 64 papers")
            } else {
                None
            };
        self.early_bases =
            early.iter().filter_map(|cell| self.steps.bases.get(*cell).copied().flatten()).collect();
        match self.chain(&early, steps::DONE) {
            Ok(at) => self.early = at,
            Err(stop) => whole = Some(stop.0),
        }
        for (index, service) in policy.services.iter().enumerate() {
            let mut per = PerService { exact: whole, ..PerService::default() };
            let mut first: BTreeSet<usize> = BTreeSet::new();
            let mut all: BTreeSet<usize> = BTreeSet::new();
            let mut concerned = Vec::new();
            for (number, (rule, made)) in policy.rules.iter().zip(&rules).enumerate() {
                if !super::concerns_service(policy, rule, index) {
                    continue;
                }
                match made {
                    Ok((flow, uses)) => {
                        all.extend(uses);
                        concerned.push((number, rule, flow));
                        if !rule.unless.is_empty() {
                            per.exempted.push((number, rule.kind, rule.unless.clone()));
                        }
                        if rule.kind != RuleKind::Exemption {
                            per.open.push((number, rule.unless.clone()));
                        }
                    }
                    Err(stop) => per.exact = Some(stop.0),
                }
            }
            let mut papers: Vec<(usize, Vec<PaperCase<'_>>)> = Vec::new();
            for (number, (document, cases)) in policy.documents.iter().zip(&paper_cases).enumerate() {
                if document.mode == Mode::Generated {
                    continue;
                }
                let mut kept: Vec<PaperCase<'_>> = Vec::new();
                let mut asked = 0;
                for (case, made) in document.required.iter().zip(cases) {
                    if case.services.as_ref().is_some_and(|services| !services.contains(&index)) {
                        continue;
                    }
                    match made {
                        Ok(None) => kept.push(PaperCase { test: None, later: case.later }),
                        Ok(Some((flow, uses))) => {
                            first.extend(uses);
                            asked |= case.when.as_ref().map_or(0, |when| asks(policy, when));
                            kept.push(PaperCase { test: Some(flow), later: case.later });
                        }
                        Err(stop) => per.exact = Some(stop.0),
                    }
                }
                let bit = 1_u64.checked_shl(u32::try_from(number).unwrap_or(64)).unwrap_or(0);
                match kept.first() {
                    None => {}
                    Some(PaperCase { test: None, later }) => {
                        per.required |= bit;
                        per.later |= if *later { bit } else { 0 };
                    }
                    Some(_) => {
                        per.cases.push((number, asked));
                        papers.push((number, kept));
                    }
                }
            }
            for (number, (deadline, made)) in policy.deadlines.iter().zip(&deadline_tests).enumerate() {
                if deadline.services.as_ref().is_some_and(|services| !services.contains(&index)) {
                    continue;
                }
                per.deadlines.push(number);
                match made {
                    Ok((_, uses)) => all.extend(uses),
                    Err(stop) => per.exact = Some(stop.0),
                }
            }
            match &standing {
                Ok(Some(standing)) => {
                    all.extend(standing.factors.iter().map(|(cell, _)| cell));
                    all.extend(standing.tier.iter().map(|tier| tier.cell));
                }
                Ok(None) => {}
                Err(stop) => per.exact = Some(stop.0),
            }
            let first = self.closure(&first);
            if first.iter().any(|cell| self.cell(*cell).is_some_and(|made| made.after_intake)) {
                per.exact = Some("a paper that hangs on the papers");
            }
            let cells = &(&self.closure(&all) | &first) - &early;
            let is_after = |cell: &usize| self.cell(*cell).is_some_and(|made| made.after_intake);
            let (after, before): (BTreeSet<usize>, BTreeSet<usize>) = cells.into_iter().partition(is_after);
            per.interval = service.interval.map(|span| days::span(span.months, span.days));
            let chains = self.chains(&before, &papers, &after, &concerned);
            match chains {
                Ok(chains) => (per.before, per.after) = chains,
                Err(stop) => per.exact = Some(stop.0),
            }
            self.services.push(per);
        }
        self.standing = standing.unwrap_or_default();
        for (leaf, kind) in self.leaves.iter().enumerate() {
            match kind {
                Leaf::Intake(which) => {
                    if let Some(place) = self.intake.get_mut(*which) {
                        *place = Some(leaf);
                    }
                }
                Leaf::Shown(document) => self.shown.push((leaf, *document)),
                Leaf::Fact(_) | Leaf::Parameter(_) | Leaf::None => {}
                kind => self.own.push((leaf, kind.clone())),
            }
        }
    }

    /// Where each rule and each computed cell notes what it reads: the rules first, then what nobody asks for, then the cells.
    fn settle_notes(&mut self) {
        self.steps.width = self.words;
        let mut base = self.sink() + self.words;
        let mut bases = vec![None; self.leaves.len()];
        for made in &self.made {
            bases.push(made.dynamic.then_some(base));
            base += if made.dynamic { self.words } else { 0 };
        }
        self.steps.bases = bases;
        self.notes = base;
    }

    fn sink(&self) -> usize {
        self.policy.rules.len() * self.words
    }

    /// Computes some cells, one after the other.
    fn chain(&mut self, cells: &BTreeSet<usize>, end: At) -> Result<At, Stop> {
        let sink = self.sink();
        cells.iter().rev().try_fold(end, |next, cell| {
            let made = cell.checked_sub(self.leaves.len()).and_then(|made| self.made.get(made));
            made.map_or(Ok(next), |made| self.steps.cell(*cell, &made.code, sink, next))
        })
    }

    /// All that is looked at for a service: what its papers hang on, and then its rules.
    fn chains(
        &mut self,
        before: &BTreeSet<usize>,
        papers: &[(usize, Vec<PaperCase<'_>>)],
        after: &BTreeSet<usize>,
        rules: &[(usize, &Rule, &Flow)],
    ) -> Result<(At, At), Stop> {
        let sink = self.sink();
        let mut next = steps::DONE;
        for (number, rule, flow) in rules.iter().rev() {
            let said = (*number, rule.kind, rule.unless.is_empty());
            next = self.steps.rule(flow, said, number * self.words, next)?;
        }
        let after = self.chain(after, next)?;
        let mut next = steps::DONE;
        for (number, cases) in papers.iter().rev() {
            let bit = 1_u64.checked_shl(u32::try_from(*number).unwrap_or(64)).unwrap_or(0);
            let end = next;
            for PaperCase { test, later } in cases.iter().rev() {
                let required = self.steps.papers([bit, if *later { bit } else { 0 }, 0], end)?;
                next = match test {
                    None => required,
                    Some(flow) => {
                        let open = if *later { next } else { self.steps.papers([0, 0, bit], next)? };
                        self.steps.branching(flow, sink, [required, next, open])?
                    }
                };
            }
        }
        Ok((self.chain(before, next)?, after))
    }

    fn cell(&self, cell: usize) -> Option<&Made> {
        self.made.get(cell.checked_sub(self.leaves.len())?)
    }

    /// Some computed cells, and all that they rest on.
    fn closure(&self, cells: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = cells.iter().copied().collect();
        while let Some(cell) = open.pop() {
            if let Some(made) = self.cell(cell)
                && found.insert(cell)
            {
                open.extend(&made.uses);
            }
        }
        found
    }

    /// What rules, papers and deadlines could not be made ready, and why: requests that they concern are evaluated exactly.
    pub fn left_out(&self) -> &[(String, &'static str)] {
        &self.left_out
    }

    /// The names that a record's reads are numbered by.
    pub fn names(&self) -> &[Slot] {
        &self.slots
    }

    /// The policy.
    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// Room for judging one request after the other.
    pub fn scratch(&self) -> Scratch {
        Scratch {
            frame: Frame {
                values: vec![frame::UNKNOWN; self.cells],
                lists: vec![(0, 0); self.lists.len()],
                ..Frame::default()
            },
            record: Record {
                verdicts: vec![Verdict::NotApplicable; self.policy.rules.len()],
                reads: vec![0; self.notes],
                words: self.words,
                terms: Vec::with_capacity(self.policy.deadlines.len()),
                ..Record::default()
            },
            due: vec![vec![]; self.limits],
        }
    }

    /// Judges a request. The record stays in the scratch and is overwritten by the next one.
    ///
    /// # Errors
    ///
    /// Where only the exact evaluation can judge it.
    pub fn evaluate<'s>(&self, row: &Row, scratch: &'s mut Scratch) -> Result<&'s Record, Exact> {
        if let Some(reason) = row.exact {
            return Err(Exact(reason));
        }
        let Some(service) = self.services.get(row.service) else { return Err(Exact("an unknown service")) };
        let Scratch { frame, record, due } = scratch;
        frame.values.copy_from_slice(&row.values);
        record.verdicts.fill(Verdict::NotApplicable);
        record.reads.fill(0);
        for (base, reads) in self.early_bases.iter().zip(row.early_reads.chunks_exact(self.words)) {
            if let Some(place) = record.reads.get_mut(*base..base + self.words) {
                place.copy_from_slice(reads);
            }
        }
        let valid = self.valid(row);
        for (leaf, document) in &self.shown {
            if valid >> document & 1 == 1 {
                frame::set(&mut frame.values, *leaf, 1);
            }
        }
        let Frame { values, items, lists } = frame;
        let mut words = Words { cells: values, reads: &mut record.reads, items, lists };
        let mut walk = Walk { verdicts: &mut record.verdicts, ..Walk::default() };
        if self.steps.run(service.before, &mut words, &mut walk) != steps::DONE {
            return Err(Exact("a condition on papers that failed"));
        }
        let papers = self.checklist(service, row, valid, &walk);
        for (place, value) in self.intake.iter().zip([papers.complete, papers.matched_all, row.signed]) {
            if let (Some(leaf), Some(value)) = (place, value) {
                frame::set(words.cells, *leaf, i64::from(value));
            }
        }
        if self.steps.run(service.after, &mut words, &mut walk) != steps::DONE {
            return Err(Exact("a condition that failed"));
        }
        let mut tally = walk.tally;
        self.exempt(service, record, &mut tally);
        record.result = tally.result(&papers);
        record.missing = 0;
        record.later = 0;
        record.lacks_facts = false;
        if !matches!(record.result, Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred) {
            record.missing = papers.needed & !papers.satisfied;
            record.later = papers.later & !papers.satisfied & !record.missing;
            if papers.undecided != 0 || tally.unknown {
                self.only_certain(service, record, &papers, valid)?;
                record.lacks_facts = papers.undecided != 0 || self.lacks_facts(service, record, frame);
            }
        }
        record.standing = match &self.standing {
            None => None,
            Some(standing) => Some(standing.of(frame)?),
        };
        self.terms(service, row, frame, record, due)?;
        Ok(record)
    }

    /// The papers that are shown and valid.
    fn valid(&self, row: &Row) -> u64 {
        let mut valid = row.presented;
        let mut open = row.presented & self.dated;
        while open != 0 {
            let index = usize::try_from(open.trailing_zeros()).unwrap_or(0);
            open &= open - 1;
            let (Some(paper), Some((issued, expires))) = (self.papers.get(index), row.dates.get(index))
            else {
                continue;
            };
            let fresh = match paper.within {
                Within::Any => true,
                Within::Never => false,
                _ if *issued == row::NO_DAY => false,
                Within::Span(0, days) => i64::from(*issued) + days >= row.submitted,
                Within::Span(months, days) => {
                    days::shifted(i64::from(*issued), months, days).is_some_and(|last| last >= row.submitted)
                }
            };
            let lasting = !paper.not_expired
                || if *expires == row::NO_DAY {
                    paper.may_never_expire
                } else {
                    i64::from(*expires) >= row.submitted
                };
            valid &= !(u64::from(!(fresh && lasting)) << index);
        }
        valid
    }

    fn checklist(&self, service: &PerService, row: &Row, valid: u64, walk: &Walk<'_>) -> Papers {
        let (required, later) = (service.required | walk.required, service.later | walk.later);
        let undecided = walk.undecided;
        let needed = required & !later;
        let (mut satisfied, mut matched) = (valid, valid & row.matched);
        for (index, accepted) in &self.alternatives {
            satisfied |= u64::from(valid & accepted != 0) << index;
            matched |= u64::from(valid & row.matched & accepted != 0) << index;
        }
        let undecided = undecided & !valid;
        let complete = undecided == 0 && needed & !satisfied == 0;
        let matched_all = complete && needed & !matched == 0;
        Papers {
            needed,
            satisfied,
            later,
            undecided,
            complete: complete.then_some(true),
            matched_all: matched_all.then_some(true),
        }
    }

    /// Settles what the rules say from which others exempt.
    fn exempt(&self, service: &PerService, record: &mut Record, tally: &mut Tally) {
        let words = self.words;
        for (rule, kind, exemptions) in &service.exempted {
            let said = |rule: usize| record.verdicts.get(rule).copied().unwrap_or(Verdict::NotApplicable);
            let mut verdict = said(*rule);
            let mut looked_at = 0;
            for exemption in exemptions {
                verdict = match (said(*exemption), verdict) {
                    (_, Verdict::NotApplicable) => break,
                    (Verdict::Met, _) => Verdict::NotApplicable,
                    (Verdict::Unknown, Verdict::NotMet) => Verdict::Unknown,
                    _ => verdict,
                };
                looked_at += 1;
            }
            for exemption in exemptions.iter().take(looked_at) {
                for word in 0..words {
                    let more = record.reads.get(exemption * words + word).copied().unwrap_or(0);
                    if let Some(place) = record.reads.get_mut(rule * words + word) {
                        *place |= more;
                    }
                }
            }
            if let Some(place) = record.verdicts.get_mut(*rule) {
                *place = verdict;
            }
            tally.add(*kind, verdict);
        }
    }

    /// A paper that a condition asks for is missing too where the condition hangs on it. Which one it hangs on, the exact
    /// evaluation says; here it is enough to see that no paper can be in question.
    fn only_certain(
        &self,
        service: &PerService,
        record: &Record,
        papers: &Papers,
        valid: u64,
    ) -> Result<(), Exact> {
        let mut asked = 0;
        for (rule, exemptions) in &service.open {
            if record.verdicts.get(*rule) != Some(&Verdict::Unknown) {
                continue;
            }
            asked |= self.asks(*rule);
            for exemption in exemptions {
                asked |= self.asks(*exemption);
            }
        }
        for (document, asks) in &service.cases {
            if papers.undecided >> document & 1 == 1 {
                asked |= asks;
            }
        }
        if asked & !valid & !record.missing == 0 {
            Ok(())
        } else {
            Err(Exact("a condition that hangs on a paper"))
        }
    }

    /// Did a rule that is unknown read a fact that nobody stated?
    fn lacks_facts(&self, service: &PerService, record: &Record, frame: &Frame) -> bool {
        let unknown = |rule: usize| record.verdicts.get(rule) == Some(&Verdict::Unknown);
        service.open.iter().filter(|(rule, _)| unknown(*rule)).any(|(rule, _)| {
            let leaves = self.leaves.iter().enumerate().filter(|(leaf, _)| record.has_read(*rule, *leaf));
            leaves
                .filter(|(_, kind)| matches!(kind, Leaf::Fact(_)))
                .any(|(leaf, _)| frame::get(&frame.values, leaf) == frame::UNKNOWN)
        })
    }

    /// The papers that a rule may ask for.
    fn asks(&self, rule: usize) -> u64 {
        self.asks.get(rule).copied().unwrap_or(u64::MAX)
    }

    fn terms(
        &self,
        service: &PerService,
        row: &Row,
        frame: &mut Frame,
        record: &mut Record,
        due: &mut [Vec<(i32, Day)>],
    ) -> Result<(), Exact> {
        record.terms.clear();
        for number in &service.deadlines {
            let (Some(deadline), Some(tests)) =
                (self.policy.deadlines.get(*number), self.deadlines.get(*number))
            else {
                continue;
            };
            let Some(start) = row.moment(deadline.from) else { continue };
            let mut limits = (deadline.earliest, deadline.latest, tests.first);
            for (place, (case, test)) in deadline.instead.iter().zip(&tests.instead).enumerate() {
                let Frame { values, items, lists } = &mut *frame;
                let mut words = Words { cells: values, reads: &mut [], items, lists };
                match self.steps.run(*test, &mut words, &mut Walk::default()) {
                    steps::YES => {
                        limits = (case.earliest, case.latest, tests.first + 2 + 2 * place);
                        break;
                    }
                    steps::TROUBLE => return Err(Exact("a condition on a deadline that failed")),
                    _ => {}
                }
            }
            let (earliest, latest, first) = limits;
            let earliest = self.end(row, deadline, earliest, start, false, due, first);
            let latest = self.end(row, deadline, latest, start, true, due, first + 1);
            if earliest != Day::Open || latest != Day::Open {
                record.terms.push(Until { deadline: *number, earliest, latest });
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, and each is a different thing")]
    fn end(
        &self,
        row: &Row,
        deadline: &Deadline,
        limit: Option<Limit>,
        start: (i32, u32),
        may_extend: bool,
        due: &mut [Vec<(i32, Day)>],
        number: usize,
    ) -> Day {
        let Some(limit) = limit else { return Day::Open };
        let period = match limit.after {
            After::Period(period) => period,
            After::Delivery => {
                match self.policy.services.get(row.service).and_then(|service| service.delivery) {
                    Some(period) => period,
                    None => return Day::Open,
                }
            }
        };
        let (day, seconds) = start;
        let extended = deadline.extend.filter(|(_, on)| may_extend && row.moment(*on).is_some());
        let is_plain = extended.is_none()
            && !matches!(period, Period::Hours(_))
            && matches!(limit.after, After::Period(_));
        if !is_plain {
            return counted(self.policy, day, seconds, period, limit, extended.map(|(by, _)| by));
        }
        let count = || counted(self.policy, day, seconds, period, limit, None);
        let Some(memory) = due.get_mut(number) else { return count() };
        if memory.is_empty() {
            memory.resize(REMEMBERED, (row::NO_DAY, Day::Open));
        }
        match memory.get_mut(usize::try_from(day).unwrap_or(0) % REMEMBERED) {
            Some((known, value)) if *known == day => *value,
            Some(entry) => {
                *entry = (day, count());
                entry.1
            }
            None => count(),
        }
    }

    /// The record of an exact evaluation.
    pub fn record(&self, evaluation: &Evaluation) -> Record {
        let rules = self.policy.rules.len();
        let mut reads = vec![0; rules * self.words];
        for (rule, ruling) in evaluation.rulings.iter().enumerate() {
            for slot in &ruling.reads {
                if let Some(leaf) = self.leaf_of.get(slot)
                    && let Some(word) = reads.get_mut(rule * self.words + (leaf >> 6))
                {
                    *word |= 1_u64 << (leaf & 63);
                }
            }
        }
        let bits = |papers: &[usize]| {
            papers.iter().filter(|paper| **paper < 64).fold(0, |bits, paper| bits | 1_u64 << paper)
        };
        let whole = |number: Number| number.floor().to_i64().unwrap_or(i64::MAX);
        let day = |end: &Option<super::timetable::End>| match end.as_ref().map(|end| &end.due) {
            None => Day::Open,
            Some(Ok(counted)) => Day::On(counted.day()),
            Some(Err(_)) => Day::Untold,
        };
        Record {
            verdicts: evaluation.rulings.iter().map(|ruling| ruling.verdict).collect(),
            result: evaluation.result,
            missing: bits(&evaluation.missing.documents),
            later: bits(&evaluation.missing.later),
            lacks_facts: !evaluation.missing.facts.is_empty(),
            standing: evaluation.priority.as_ref().map(|priority| Standing {
                score: whole(priority.score),
                at_most: whole(priority.at_most),
                tier: priority.tier,
            }),
            terms: evaluation
                .terms
                .iter()
                .map(|term| Until {
                    deadline: term.deadline,
                    earliest: day(&term.earliest),
                    latest: day(&term.latest),
                })
                .collect(),
            reads,
            words: self.words,
        }
    }
}

/// What the checklist came to.
struct Papers {
    needed: u64,
    satisfied: u64,
    later: u64,
    undecided: u64,
    complete: Option<bool>,
    matched_all: Option<bool>,
}

fn is_fold(made: &Made) -> bool {
    matches!(made.code, Code::Fold(_))
}

/// The papers that a condition may ask for: a bit for each.
fn asks(policy: &Policy, condition: &Node) -> u64 {
    let reads = evaluate::reads(&policy.vocabulary, condition);
    let papers = policy.documents.iter().take(64).enumerate();
    papers
        .filter(|(_, document)| reads.contains(&document.shown))
        .fold(0, |asked, (index, _)| asked | 1_u64 << index)
}

fn leaf(policy: &Policy, slot: Slot) -> Leaf {
    let builtin = &policy.builtin;
    if let Some(index) = policy.parameters.iter().position(|parameter| parameter.slot == slot) {
        return Leaf::Parameter(index);
    }
    if let Some(index) = policy.events.iter().position(|event| event.slot == slot) {
        return Leaf::Event(index);
    }
    if let Some(index) = policy.documents.iter().position(|document| document.shown == slot) {
        return Leaf::Shown(index);
    }
    if policy.fact_at(slot).is_some() {
        return policy.vocabulary.get(slot).map_or(Leaf::None, |named| Leaf::Fact(named.ty.clone()));
    }
    let intake = [builtin.documents_complete, builtin.data_matched, builtin.declaration_signed];
    if let Some(which) = intake.iter().position(|known| *known == slot) {
        return Leaf::Intake(which);
    }
    match slot {
        slot if slot == builtin.submitted_on => Leaf::SubmittedOn,
        slot if slot == builtin.evaluated_on => Leaf::EvaluatedOn,
        slot if slot == builtin.service => Leaf::Service,
        slot if slot == builtin.interval => Leaf::Interval,
        slot if slot == builtin.channel => Leaf::Channel,
        _ => Leaf::None,
    }
}

fn papers(policy: &Policy) -> Vec<PaperTest> {
    let bit =
        |index: usize| u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0);
    let papers = policy.documents.iter().enumerate();
    papers
        .map(|(index, document)| PaperTest {
            not_expired: document.not_expired,
            may_never_expire: document.may_never_expire,
            within: match document.issued_within.map(Period::span) {
                None => Within::Any,
                Some(Some(span)) => Within::Span(i64::from(span.months), i64::from(span.days)),
                Some(None) => Within::Never,
            },
            accepted: document.instead.iter().fold(bit(index), |accepted, other| accepted | bit(*other)),
        })
        .collect()
}

fn standings(policy: &Policy, compiler: &mut Compiler<'_>) -> Result<Option<Standings>, Stop> {
    let Some(score) = &policy.score else { return Ok(None) };
    let mut factors = Vec::new();
    for factor in &score.factors {
        let cell = compiler.computed(factor.slot)?;
        let most = factor.most.to_i64().ok_or(Stop("points that are not whole"))?;
        if compiler.scale(cell) != Some(1) {
            return Err(Stop("points that are not whole"));
        }
        factors.push((cell, most));
    }
    let at_most = score.at_most.to_i64().ok_or(Stop("points that are not whole"))?;
    let tier = match score.tier {
        None => None,
        Some(slot) => {
            let cell = compiler.computed(slot)?;
            let definition = policy.vocabulary.get(slot).and_then(|named| named.definition.as_ref());
            let alone = match definition {
                Some(Definition::Output { table, .. }) if table.given == [score.slot] => compiler.grid(cell),
                Some(Definition::Output { .. }) => None,
                _ => return Err(Stop("a tier that is no table")),
            };
            Some(Tier { cell, alone })
        }
    };
    Ok(Some(Standings { factors, at_most, tier }))
}

impl Tally {
    fn result(self, papers: &Papers) -> Conclusion {
        if self.merged {
            Conclusion::Merged
        } else if self.not_met {
            Conclusion::NotMet
        } else if self.open || papers.needed & !papers.satisfied != 0 {
            Conclusion::Incomplete
        } else {
            Conclusion::Met
        }
    }
}

/// A condition, and the computed cells that it looks at.
type Tested = (Flow, BTreeSet<usize>);

/// When a paper is required.
struct PaperCase<'f> {
    test: Option<&'f Flow>,
    later: bool,
}

impl Standings {
    fn of(&self, frame: &Frame) -> Result<Standing, Exact> {
        let (mut low, mut high, mut unknown) = (0_i64, 0_i64, false);
        for (cell, most) in &self.factors {
            match frame::get(&frame.values, *cell) {
                FAULT => return Err(Exact("points that could not be computed")),
                frame::UNKNOWN => {
                    unknown = true;
                    high = high.saturating_add(*most);
                }
                points => {
                    low = low.saturating_add(points);
                    high = high.saturating_add(points);
                }
            }
        }
        let (score, at_most) = (low.min(self.at_most), high.min(self.at_most));
        let tier = match &self.tier {
            None => None,
            Some(tier) if score == at_most => {
                let cell = frame::get(&frame.values, tier.cell);
                if unknown || cell == FAULT {
                    return Err(Exact("a tier that hangs on an unknown"));
                }
                Some(cell).filter(|cell| *cell > FAULT)
            }
            Some(Tier { alone: Some((grid, outputs)), .. }) => {
                let (low, high) = (grid.at(score, outputs), grid.at(at_most, outputs));
                low.filter(|_| low == high)
            }
            Some(Tier { alone: None, .. }) => None,
        };
        Ok(Standing { score, at_most, tier: tier.and_then(|tier| u16::try_from(tier).ok()) })
    }
}

fn counted(
    policy: &Policy,
    day: i32,
    seconds: u32,
    period: Period,
    limit: Limit,
    extension: Option<Period>,
) -> Day {
    use calendar::{Roll, due_date, due_hours};
    let Some(start) = days::date(i64::from(day)) else { return Day::Untold };
    let told = |due: Option<Date>| due.map_or(Day::Untold, Day::On);
    if let Period::Hours(hours) = period {
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default();
        return told(due_hours(start.and_time(time), hours).ok().map(|moment| moment.date()));
    }
    let Some(calendar) = policy.calendar.as_ref() else { return Day::Untold };
    let due = due_date(start, period, limit.roll, calendar).ok();
    match (extension, due) {
        (Some(by), Some(_)) => {
            // Counted from the day before rolling, as the account of it says.
            let base = due_date(start, period, Roll::None, calendar).ok();
            told(base.and_then(|base| due_date(base, by, limit.roll, calendar).ok()))
        }
        _ => told(due),
    }
}
