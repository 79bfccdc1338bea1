//! The same policy, made ready for many requests: what [`evaluate`](super::evaluate) says, without its texts and without its trees.
//!
//! Receives a checked [`Policy`], hands on a [`Plan`]; a request is read into a [`Row`] of plain words, and judged into a compact
//! [`Record`]: a verdict and the names read for each rule, result, papers, score, deadlines. A request that does not fit the words
//! (a number too large, sources that disagree, a fault) is given back as [`Exact`], and the exact evaluation judges it: the answer
//! is the same either way.

mod code;
mod compile;
mod days;
mod flow;
mod fold;
mod frame;
mod grid;
mod judge;
pub mod lines;
mod looks;
mod row;
mod steps;
mod turns;
mod work;
mod written;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Conclusion, Evaluation, Verdict};
use crate::calendar::Period;
use crate::expression::evaluate;
use crate::expression::program::{Node, Slot};
use crate::expression::types::Type;
use crate::policy::{Limit, Policy, RuleKind};
use crate::value::{Date, Number};

use code::Made;
use frame::Frame;
use grid::Grid;
pub use row::Row;
use steps::{At, Steps};
use turns::Turn;

/// A policy, made ready for many requests.
pub struct Plan<'p> {
    policy: &'p Policy,
    leaves: Vec<Leaf>,
    /// Which of them are facts: a bit for each.
    facts: Vec<u64>,
    /// The name of each leaf.
    slots: Vec<Slot>,
    words: usize,
    made: Vec<Made>,
    steps: Steps,
    cells: usize,
    lists: Vec<Slot>,
    services: Vec<PerService>,
    papers: Vec<PaperTest>,
    /// The papers that are not valid by being shown alone: how many days ago they may have been issued, or months and days.
    dated: Vec<(usize, i64)>,
    dated_by_months: Vec<(usize, i64, i64)>,
    /// The papers in whose place another is accepted, and all that are.
    alternatives: Vec<(usize, u64)>,
    eras: Vec<Era>,
    /// From which day on each era but the first counts.
    since: Vec<i64>,
    standing: Option<Standings>,
    /// What is computed when a request is loaded, because it looks through its lists; and where that notes what it reads.
    early: Vec<Box<dyn Turn>>,
    early_notes: Vec<(usize, u64)>,
    early_bases: Vec<usize>,
    /// Leaves that are filled in from the request as a whole.
    own: Vec<(usize, Leaf)>,
    /// Where it is said whether the papers are complete, whether they match, and whether it is signed; nowhere, if nobody asks.
    intake: [usize; 3],
    shown: Vec<(usize, usize)>,
    left_out: Vec<(String, &'static str)>,
    leaf_of: BTreeMap<Slot, usize>,
    /// The papers that each rule may ask for.
    asks: Vec<u64>,
    /// How many words a request's notes of what was read have.
    notes: usize,
    /// How many kinds of due dates are remembered.
    remembered: usize,
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

/// What is done for one service.
#[derive(Debug, Default)]
struct PerService {
    /// What is done before the papers are known, and after.
    before: Vec<Box<dyn Turn>>,
    after: Vec<Box<dyn Turn>>,
    /// What is read in any case.
    reads: Vec<u64>,
    /// The rules that can be unknown, with all that exempts from them.
    open: Vec<(usize, Vec<usize>)>,
    /// The papers that are required in any case, and those of them that may follow.
    required: u64,
    later: u64,
    /// The papers on which conditions hang: what those ask for.
    cases: Vec<(usize, u64)>,
    due: Vec<Due>,
    interval: Option<i64>,
    exact: Option<&'static str>,
}

/// What the rules come to together: a bit for each thing that counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally(u8);

impl Tally {
    const MERGED: Tally = Tally(1);
    const NOT_MET: Tally = Tally(2);
    /// Something is unknown or still to be done.
    const OPEN: Tally = Tally(4);
    /// Some rule is unknown.
    const UNKNOWN: Tally = Tally(8);

    /// What one rule adds to it.
    fn of(kind: RuleKind, verdict: Verdict) -> Tally {
        match (verdict, kind) {
            (Verdict::Met, RuleKind::Merge) => Tally::MERGED,
            (Verdict::NotMet, RuleKind::Eligibility) => Tally::NOT_MET,
            (Verdict::NotMet, RuleKind::Procedural) => Tally::OPEN,
            (Verdict::Unknown, RuleKind::Exemption) => Tally::UNKNOWN,
            (Verdict::Unknown, _) => Tally(Tally::UNKNOWN.0 | Tally::OPEN.0),
            _ => Tally::default(),
        }
    }

    #[inline]
    fn add(&mut self, other: Tally) {
        self.0 |= other.0;
    }

    fn has(self, other: Tally) -> bool {
        self.0 & other.0 != 0
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

/// How long ago a paper may have been issued: so many days, or months and days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Days(i64),
    Span(i64, i64),
}

impl Within {
    /// More days than there are.
    const ANY: Within = Within::Days(1 << 40);
    const NEVER: Within = Within::Days(-(1 << 40));
}

/// A deadline as it is counted for a service.
#[derive(Debug)]
struct Due {
    deadline: usize,
    /// The event from which it is counted.
    from: usize,
    /// Where due dates are remembered, if a latest day is all there is.
    alone: Option<usize>,
    limits: [End; 2],
    /// Other limits in a case; the first that holds counts.
    instead: Vec<(At, [End; 2])>,
    extend: Option<(Period, usize)>,
}

/// One limit of a deadline; and where its due dates are remembered.
#[derive(Debug, Clone, Copy)]
enum End {
    Open,
    After { period: Period, limit: Limit, memory: Option<usize> },
}

struct Standings {
    factors: Vec<(usize, i64)>,
    at_most: i64,
    /// The cell of the score.
    sum: usize,
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
    /// Due dates that were counted before, for each kind: the day of the event, and what came out.
    due: Vec<(i32, Day)>,
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
        let leaves: Vec<Leaf> = slots.iter().map(|slot| compile::leaf(policy, *slot)).collect();
        let mut facts = vec![0; slots.len().div_ceil(64).max(1)];
        for (leaf, _) in leaves.iter().enumerate().filter(|(_, leaf)| matches!(leaf, Leaf::Fact(_))) {
            if let Some(word) = facts.get_mut(leaf >> 6) {
                *word |= 1_u64 << (leaf & 63);
            }
        }
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
            papers: compile::papers(policy),
            dated: vec![],
            dated_by_months: vec![],
            alternatives: vec![],
            eras: vec![],
            since: vec![],
            standing: None,
            early: vec![],
            early_notes: vec![],
            early_bases: vec![],
            own: vec![],
            intake: [usize::MAX; 3],
            shown: vec![],
            left_out: vec![],
            keys: lines::Keys::new(policy, &leaf_of),
            leaves,
            facts,
            slots,
            lists,
            leaf_of,
            asks: vec![],
            notes: 0,
            remembered: 0,
        };
        plan.settle_eras();
        plan.settle_papers();
        plan.compile();
        plan
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
            due: vec![(row::NO_DAY, Day::Open); self.remembered * judge::REMEMBERED],
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
