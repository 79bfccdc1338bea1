//! What to ask next, what may be asked after it, and what need not be asked any more.
//!
//! Receives an evaluation, hands on a [`Plan`]. A fact counts as needed where an answer is found that leads to another
//! result, or to other papers, than another answer or none; as idle where nothing that is still open hangs on it, or where every answer was tried. The
//! order is that in which the result can be settled soonest, by looking a bounded number of answers ahead.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::checklist::Paper;
use super::explain::Explanation;
use super::{Conclusion, Evaluation, Verdict, concerns, probe};
use crate::expression::cuts::without_let;
use crate::expression::evaluate::{Frame, Outcome, collect_slot, reads};
use crate::expression::program::{Definition, Expr, Node, Origin, Slot, Value};
use crate::policy::{Fact, FactKind, FoundBy, Policy, RuleKind};
use crate::value::Number;

/// The name and version of the JSON below.
pub const SCHEMA: &str = "mizan-ask-1";

/// What to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Can no answer change the result any more?
    pub is_settled: bool,
    /// What can be asked now, the best first.
    pub questions: Vec<Question>,
    /// What is to be asked only after certain answers.
    pub perhaps: Vec<Perhaps>,
    /// The papers that are to be brought, by number.
    pub papers: Vec<usize>,
    /// The papers that may follow later, by number.
    pub later: Vec<usize>,
    /// What orders requests and cannot change the result.
    pub ordering: Vec<Slot>,
    /// What a request of this service may need, and this one does not any more.
    pub idle: Vec<Idle>,
}

/// A question that can be asked now.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The fact.
    pub slot: Slot,
    /// How many kinds of answers settle the result at once.
    pub settling: usize,
    /// How many kinds of answers there are.
    pub kinds: usize,
    /// No more than so many questions remain after it, as far as was looked ahead.
    pub remaining: usize,
    /// The rules that hang on it, by number.
    pub rules: Vec<usize>,
    /// The papers of which it decides whether they are required, by number.
    pub papers: Vec<usize>,
    /// Was an answer found that leads to another result than another answer, or than none?
    pub is_proven: bool,
}

impl Question {
    /// Does every answer lead to the same, with nothing to be asked after it?
    pub fn is_formality(&self) -> bool {
        self.kinds == 1 && self.settling == 1
    }
}

/// A question that arises only after certain answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Perhaps {
    /// The fact.
    pub slot: Slot,
    /// The answers after which it arises, where one answer is enough.
    pub after: Vec<(Slot, Vec<Value>)>,
    /// Was an answer found that leads to another result than another answer, or than none?
    pub is_proven: bool,
}

/// A fact that cannot change the result any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Idle {
    /// The fact.
    pub slot: Slot,
    /// Why.
    pub because: Because,
}

/// Why a fact cannot change the result any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// These rules read it, and each has its verdict without it.
    Decided(Vec<usize>),
    /// The result stands whatever the answer is.
    Settled,
    /// Only whether these papers are required hung on it, and that is known, or they are there.
    Papers(Vec<usize>),
}

/// No more evaluations than this are spent on looking ahead.
const MOST_LOOKS: usize = 600;
/// With more open questions than this, all of them count as remaining: looking ahead would not tell them apart.
const MOST_OPEN: usize = 6;
/// Of the other answers on which a rule hangs no more combinations than this are tried; where there are more, so many are drawn.
const MOST_COMBINATIONS: usize = 600;

/// What to ask next, and what need not be asked any more.
pub fn plan(explanation: &Explanation<'_>) -> Plan {
    let search = Search::new(explanation);
    let (policy, evaluation) = (explanation.policy, explanation.evaluation);
    let open = search.open();
    let favourable = search.favourable(&open);
    let mut needed: BTreeMap<Slot, bool> = BTreeMap::new();
    let mut idle: BTreeSet<Slot> = BTreeSet::new();
    for slot in &search.candidates {
        if !open.contains(slot) {
            idle.insert(*slot);
            continue;
        }
        match search.matters(*slot, &open, &favourable) {
            Matter::Yes => {
                needed.insert(*slot, true);
            }
            Matter::No { is_proven: true } => {
                idle.insert(*slot);
            }
            // What was not found to matter and is not proven to be idle is asked all the same.
            Matter::No { is_proven: false } => {
                needed.insert(*slot, false);
            }
        }
    }
    let askable = search.askable();
    let now: Vec<Slot> = needed.keys().filter(|slot| askable.contains(slot)).copied().collect();
    let singles: BTreeMap<Slot, Vec<Single>> =
        now.iter().map(|slot| (*slot, search.singles(*slot))).collect();
    let mut looks = 0;
    let mut questions: Vec<Question> = now
        .iter()
        .map(|slot| {
            let mut question = search.question(*slot, &singles, &mut looks);
            question.is_proven = needed.get(slot) == Some(&true);
            question
        })
        .collect();
    questions.sort_by_cached_key(|question| rank(policy, question));
    let after = needed.iter().filter(|(slot, _)| !askable.contains(slot));
    let perhaps = after
        .map(|(slot, is_proven)| Perhaps {
            slot: *slot,
            after: triggers(*slot, &singles),
            is_proven: *is_proven,
        })
        .collect();
    let decided = matches!(evaluation.result, Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred);
    let ordering = if decided { vec![] } else { search.ordering(&needed) };
    let idle: Vec<Idle> = idle
        .into_iter()
        .filter(|slot| !ordering.contains(slot))
        .map(|slot| Idle { slot, because: search.because(slot) })
        .collect();
    Plan {
        is_settled: needed.is_empty(),
        questions,
        perhaps,
        papers: evaluation.missing.documents.clone(),
        later: evaluation.missing.later.clone(),
        ordering,
        idle,
    }
}

/// What comes first: a question that can settle the result alone; that leaves the fewest; of which most answers settle it; that
/// needs no visit.
fn rank(policy: &Policy, question: &Question) -> (bool, usize, Number, u8, Slot) {
    let share = i64::try_from(question.settling).ok().zip(i64::try_from(question.kinds.max(1)).ok());
    let share = share.and_then(|(settling, kinds)| Number::from(settling).over(Number::from(kinds)));
    let unsettled = Number::ONE.minus(share.unwrap_or(Number::ZERO)).unwrap_or(Number::ONE);
    let effort = match policy.fact_at(question.slot).map(|fact| fact.found_by) {
        Some(FoundBy::Applicant) | None => 0,
        Some(FoundBy::Records) => 1,
        Some(FoundBy::Visit) => 2,
    };
    (question.settling == 0, question.remaining, unsettled, effort, question.slot)
}

/// Does an answer matter?
enum Matter {
    /// An answer leads to another result than another, or than none.
    Yes,
    /// None was found that does.
    No {
        /// Was every combination tried?
        is_proven: bool,
    },
}

/// What one answer leads to.
struct Single {
    answer: Value,
    outlook: Outlook,
    missing: Vec<Slot>,
}

/// What a combination of answers leads to: the result, and the papers that are then to be brought.
type Outlook = (Conclusion, Vec<usize>);

/// A condition that is still open.
#[derive(Clone, Copy)]
struct Open<'a> {
    condition: &'a Node,
    /// Does it matter what it gives, rather than only whether it can be computed?
    by_value: bool,
}

struct Search<'a, 'e> {
    explanation: &'e Explanation<'a>,
    conditions: Vec<&'a Node>,
    /// The facts that are unknown and that this service may need.
    candidates: Vec<Slot>,
}

impl<'a, 'e> Search<'a, 'e> {
    fn new(explanation: &'e Explanation<'a>) -> Search<'a, 'e> {
        let (policy, request) = (explanation.policy, explanation.request);
        let conditions = probe::conditions(policy, request);
        let mut read = BTreeSet::new();
        for condition in &conditions {
            read.extend(reads(&policy.vocabulary, condition));
        }
        let values = explanation.evaluation.values();
        let is_unknown = |slot: &Slot| matches!(values.get(slot.index()), Some(None));
        let facts = policy.facts.iter().map(|fact| fact.slot);
        let candidates = facts.filter(|slot| read.contains(slot) && is_unknown(slot)).collect();
        Search { explanation, conditions, candidates }
    }

    fn policy(&self) -> &'a Policy {
        self.explanation.policy
    }

    fn fact(&self, slot: Slot) -> Option<&'a Fact> {
        self.policy().fact_at(slot)
    }

    /// What comes out with some answers.
    fn with(&self, answers: &[(Slot, Value)]) -> Evaluation {
        let Explanation { policy, request, evaluation, .. } = self.explanation;
        let changes: Vec<_> = answers.iter().map(|(slot, value)| (*slot, Some(value.clone()))).collect();
        probe::try_with(policy, request, evaluation, &changes)
    }

    fn outlook(&self, answers: &[(Slot, Value)]) -> Outlook {
        let evaluation = self.with(answers);
        (evaluation.result, evaluation.missing.documents)
    }

    /// The conditions that are still open: rules without a verdict with the exemptions that may set them aside, and papers of
    /// which it is not known whether they are required. Where the result is against the person already, only another request
    /// that this one belongs to can change it, or a fault of the policy.
    fn open_conditions(&self) -> Vec<Open<'a>> {
        let Explanation { policy, evaluation, request, .. } = self.explanation;
        let mut open = Vec::new();
        let by_value = match evaluation.result {
            Conclusion::Referred => return open,
            Conclusion::Merged | Conclusion::NotMet => false,
            Conclusion::Met | Conclusion::Incomplete | Conclusion::Verify => true,
        };
        for ruling in evaluation.rulings.iter().filter(|ruling| ruling.verdict == Verdict::Unknown) {
            let Some(rule) = policy.rules.get(ruling.rule) else { continue };
            let is_merge = rule.kind == RuleKind::Merge && evaluation.result == Conclusion::NotMet;
            let mut add = |condition: &'a Node| open.push(Open { condition, by_value: by_value || is_merge });
            add(&rule.condition);
            rule.unless
                .iter()
                .filter_map(|index| policy.rules.get(*index))
                .for_each(|rule| add(&rule.condition));
        }
        for (index, condition) in probe::paper_conditions(policy, request) {
            let is_done = |paper: &Paper| paper.is_satisfied && paper.is_matched;
            let paper = evaluation.papers.get(index);
            if by_value && paper.is_some_and(|paper| paper.is_required.is_none() && !is_done(paper)) {
                open.push(Open { condition, by_value });
            }
        }
        open
    }

    /// The unknown facts on which something that is open can come to hang.
    fn open(&self) -> BTreeSet<Slot> {
        let mut reach = Reach { policy: self.policy(), found: BTreeSet::new(), seen: BTreeSet::new() };
        if let Some(frame) = self.explanation.frame() {
            for open in self.open_conditions() {
                reach.node(frame, &without_let(open.condition));
            }
        }
        reach.found
    }

    /// The unknown facts on which something that is open hangs as things stand.
    fn askable(&self) -> BTreeSet<Slot> {
        let Some(frame) = self.explanation.frame() else { return BTreeSet::new() };
        self.open_conditions().into_iter().flat_map(|open| frame.needs(open.condition)).collect()
    }

    /// Answers that stand for all others, with some answers given.
    fn answers(&self, slot: Slot, given: &[(Slot, Value)]) -> (Vec<Value>, bool) {
        let Some(fact) = self.fact(slot) else { return (vec![], true) };
        let Explanation { policy, request, evaluation, .. } = self.explanation;
        let mut values = evaluation.values().to_vec();
        for (slot, value) in given {
            if let Some(place) = values.get_mut(slot.index()) {
                *place = Some(value.clone());
            }
        }
        let spread = probe::representatives(policy, request, &values, fact, &self.conditions);
        (spread.values, spread.is_exact)
    }

    /// Answers to all that is open, in the person's favour where that can be had: what does not matter then, hardly ever does.
    fn favourable(&self, open: &BTreeSet<Slot>) -> Vec<(Slot, Value)> {
        let mut given: Vec<(Slot, Value)> = Vec::new();
        for slot in open {
            let (answers, _) = self.answers(*slot, &given);
            let best = answers.into_iter().min_by_key(|answer| {
                let mut given = given.clone();
                given.push((*slot, answer.clone()));
                let evaluation = self.with(&given);
                let against = matches!(
                    evaluation.result,
                    Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred
                );
                (against, evaluation.missing.facts.len(), evaluation.missing.documents.len())
            });
            given.extend(best.map(|answer| (*slot, answer)));
        }
        given
    }

    /// Are there two answers that lead to different results, whatever the answers to the other open questions are?
    fn matters(&self, slot: Slot, open: &BTreeSet<Slot>, favourable: &[(Slot, Value)]) -> Matter {
        if self.differs(slot, favourable) {
            return Matter::Yes;
        }
        let mut is_proven = true;
        for condition in self.open_conditions() {
            let read = reads(&self.policy().vocabulary, condition.condition);
            if !read.contains(&slot) {
                continue;
            }
            let others: Vec<Slot> =
                open.iter().copied().filter(|other| *other != slot && read.contains(other)).collect();
            match self.matters_to(slot, condition, &others, favourable) {
                Matter::Yes => return Matter::Yes,
                Matter::No { is_proven: proven } => is_proven &= proven,
            }
        }
        Matter::No { is_proven }
    }

    /// The same for one condition: combinations of the other answers that it reads are tried until two answers make it come out
    /// differently, and the result with it.
    fn matters_to(
        &self,
        slot: Slot,
        condition: Open<'_>,
        others: &[Slot],
        favourable: &[(Slot, Value)],
    ) -> Matter {
        let mut is_exact = true;
        let choices: Vec<Vec<Value>> = others
            .iter()
            .map(|other| {
                let (answers, exact) = self.answers(*other, favourable);
                // Where two numbers meet, the limit of one moves with the other: no list of their values stands for all.
                is_exact &= exact && self.is_counted(*other);
                answers
            })
            .collect();
        let product =
            choices.iter().try_fold(1_usize, |product, answers| product.checked_mul(answers.len().max(1)));
        let all = product.filter(|count| *count <= MOST_COMBINATIONS);
        let mut chance = Chance(u64::from(slot.0) + 1);
        for number in 0..all.unwrap_or(MOST_COMBINATIONS) {
            let mut rest = number;
            let mut given = favourable.to_vec();
            for (other, answers) in others.iter().zip(&choices) {
                let pick = match all {
                    Some(_) => {
                        let count = answers.len().max(1);
                        let pick = rest % count;
                        rest /= count;
                        pick
                    }
                    None => chance.below(answers.len()),
                };
                if let Some(answer) = answers.get(pick) {
                    given = replaced(&given, *other, answer.clone());
                }
            }
            let (differs, exact) = self.makes_differ(slot, condition, &given);
            is_exact &= exact;
            if differs && self.differs(slot, &given) {
                return Matter::Yes;
            }
            // A condition that comes out differently while the result does not hangs on more than its own facts.
            is_exact &= !differs;
        }
        Matter::No { is_proven: all.is_some() && is_exact }
    }

    /// Is it one of a few values, rather than a number among many?
    fn is_counted(&self, slot: Slot) -> bool {
        let kind = self.fact(slot).map(|fact| &fact.kind);
        matches!(kind, Some(FactKind::Bool | FactKind::Choice(_)))
    }

    /// Does an answer make a condition come out differently from another, or from none, with these answers to the others? And
    /// was that looked at exactly?
    fn makes_differ(&self, slot: Slot, open: Open<'_>, given: &[(Slot, Value)]) -> (bool, bool) {
        let Some(fact) = self.fact(slot) else { return (false, true) };
        let Explanation { policy, request, evaluation, .. } = self.explanation;
        let mut values = evaluation.values().to_vec();
        let set = |values: &mut Vec<Option<Value>>, slot: Slot, value: Option<Value>| {
            if let Some(place) = values.get_mut(slot.index()) {
                *place = value;
            }
        };
        for (slot, value) in given {
            set(&mut values, *slot, Some(value.clone()));
        }
        let spread = probe::representatives(policy, request, &values, fact, &[open.condition]);
        set(&mut values, slot, None);
        let without = Frame::new(&policy.vocabulary, &values).evaluate(open.condition);
        let is_fault = |outcome: &Outcome| matches!(outcome, Outcome::Fault(_));
        let differs = spread.values.into_iter().any(|answer| {
            set(&mut values, slot, Some(answer));
            let outcome = Frame::new(&policy.vocabulary, &values).evaluate(open.condition);
            if open.by_value { outcome != without } else { is_fault(&outcome) != is_fault(&without) }
        });
        (differs, spread.is_exact)
    }

    /// Does an answer lead to another result than another answer, or than none, with these answers to the others?
    fn differs(&self, slot: Slot, given: &[(Slot, Value)]) -> bool {
        let others: Vec<(Slot, Value)> = given.iter().filter(|(other, _)| *other != slot).cloned().collect();
        let without = self.outlook(&others);
        let (answers, _) = self.answers(slot, given);
        answers.into_iter().any(|answer| self.outlook(&replaced(given, slot, answer)) != without)
    }

    /// What each answer leads to by itself.
    fn singles(&self, slot: Slot) -> Vec<Single> {
        let (answers, _) = self.answers(slot, &[]);
        let single = |answer: Value| {
            let evaluation = self.with(&[(slot, answer.clone())]);
            let missing = evaluation.missing;
            Single { answer, outlook: (evaluation.result, missing.documents), missing: missing.facts }
        };
        answers.into_iter().map(single).collect()
    }

    fn question(&self, slot: Slot, singles: &BTreeMap<Slot, Vec<Single>>, looks: &mut usize) -> Question {
        let mut kinds: Vec<(&Outlook, &[Slot])> = Vec::new();
        let (mut settling, mut remaining) = (0, 0);
        for single in singles.get(&slot).into_iter().flatten() {
            let kind = (&single.outlook, single.missing.as_slice());
            // Neighbours that lead to the same are one kind of answer.
            if kinds.last() == Some(&kind) {
                continue;
            }
            kinds.push(kind);
            if single.missing.is_empty() {
                settling += 1;
            } else {
                let given = [(slot, single.answer.clone())];
                remaining = remaining.max(self.remaining(&given, &single.missing, looks));
            }
        }
        let (rules, papers) = self.hang_on(slot);
        Question { slot, settling, kinds: kinds.len(), remaining, rules, papers, is_proven: true }
    }

    /// No more than so many questions remain: one step is looked ahead, beyond it all that is missing counts.
    fn remaining(&self, given: &[(Slot, Value)], missing: &[Slot], looks: &mut usize) -> usize {
        let mut best = missing.len();
        if best > MOST_OPEN {
            return best;
        }
        for next in missing {
            let (answers, _) = self.answers(*next, given);
            *looks += answers.len();
            if *looks > MOST_LOOKS {
                return best;
            }
            let mut worst = 0;
            for answer in answers {
                let then = self.with(&replaced(given, *next, answer));
                worst = worst.max(then.missing.facts.len());
                if 1 + worst >= best {
                    break;
                }
            }
            best = best.min(1 + worst);
        }
        best
    }

    /// The open rules and papers that hang on a fact.
    fn hang_on(&self, slot: Slot) -> (Vec<usize>, Vec<usize>) {
        let Explanation { policy, request, evaluation, .. } = self.explanation;
        let hangs = |node: &Node| reads(&policy.vocabulary, node).contains(&slot);
        let rules = policy.rules.iter().enumerate().filter(|(index, rule)| {
            let verdict = evaluation.rulings.get(*index).map(|ruling| ruling.verdict);
            concerns(policy, rule, request) && verdict == Some(Verdict::Unknown) && hangs(&rule.condition)
        });
        let rules = rules.map(|(index, _)| index).collect();
        let papers = probe::paper_conditions(policy, request).filter(|(index, when)| {
            evaluation.papers.get(*index).is_some_and(|paper| paper.is_required.is_none()) && hangs(when)
        });
        let papers: BTreeSet<usize> = papers.map(|(index, _)| index).collect();
        (rules, papers.into_iter().collect())
    }

    /// The unknown facts that only order requests.
    fn ordering(&self, needed: &BTreeMap<Slot, bool>) -> Vec<Slot> {
        let policy = self.policy();
        let Some(score) = &policy.score else { return vec![] };
        let mut read = BTreeSet::new();
        if let Some(frame) = self.explanation.frame() {
            for factor in score.factors.iter().filter(|factor| frame.value(factor.slot) == Outcome::Unknown) {
                collect_slot(&policy.vocabulary, factor.slot, &mut read);
            }
        }
        let values = self.explanation.evaluation.values();
        let facts = policy.facts.iter().map(|fact| fact.slot);
        let unknown = facts.filter(|slot| matches!(values.get(slot.index()), Some(None)));
        unknown.filter(|slot| read.contains(slot) && !needed.contains_key(slot)).collect()
    }

    fn because(&self, slot: Slot) -> Because {
        let Explanation { policy, request, evaluation, .. } = self.explanation;
        let hangs = |node: &Node| reads(&policy.vocabulary, node).contains(&slot);
        let rules = policy.rules.iter().enumerate();
        let rules = rules.filter(|(_, rule)| concerns(policy, rule, request) && hangs(&rule.condition));
        let rules: Vec<usize> = rules.map(|(index, _)| index).collect();
        let is_open = |index: &usize| {
            evaluation.rulings.get(*index).is_some_and(|ruling| ruling.verdict == Verdict::Unknown)
        };
        if rules.iter().any(is_open) {
            return Because::Settled;
        }
        if rules.is_empty() {
            let papers: BTreeSet<usize> = probe::paper_conditions(policy, request)
                .filter(|(_, when)| hangs(when))
                .map(|(index, _)| index)
                .collect();
            return Because::Papers(papers.into_iter().collect());
        }
        Because::Decided(rules)
    }
}

/// The answers after which another question arises.
fn triggers(slot: Slot, singles: &BTreeMap<Slot, Vec<Single>>) -> Vec<(Slot, Vec<Value>)> {
    let arising = singles.iter().map(|(other, answers)| {
        let arising = answers.iter().filter(|single| single.missing.contains(&slot));
        (*other, arising.map(|single| single.answer.clone()).collect::<Vec<_>>(), answers.len())
    });
    let some = arising.filter(|(_, arising, all)| !arising.is_empty() && arising.len() < *all);
    some.map(|(other, arising, _)| (other, arising)).collect()
}

fn replaced(given: &[(Slot, Value)], slot: Slot, value: Value) -> Vec<(Slot, Value)> {
    let mut given: Vec<(Slot, Value)> = given.iter().filter(|(other, _)| *other != slot).cloned().collect();
    given.push((slot, value));
    given
}

/// Numbers that look drawn by chance and are the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }
}

/// Gathers the unknown facts that can come to matter to a condition, whatever the answers to the others are: what is known
/// stays known, so nothing beneath it counts.
struct Reach<'a> {
    policy: &'a Policy,
    found: BTreeSet<Slot>,
    seen: BTreeSet<Slot>,
}

impl Reach<'_> {
    fn node(&mut self, frame: &Frame<'_>, node: &Node) {
        if frame.evaluate(node) != Outcome::Unknown {
            return;
        }
        match &node.expr {
            Expr::Slot(slot) => self.slot(frame, *slot),
            Expr::If(condition, then, otherwise) => {
                self.node(frame, condition);
                match frame.evaluate(condition).as_bool() {
                    Some(true) => self.node(frame, then),
                    Some(false) => self.node(frame, otherwise),
                    None => {
                        self.node(frame, then);
                        self.node(frame, otherwise);
                    }
                }
            }
            Expr::Each(_, list, body) => {
                // A field of a thing in the list may be what is missing: then the list is to be completed.
                for slot in list.slots().into_iter().chain(body.iter().flat_map(|body| body.slots())) {
                    match frame.value(slot) {
                        Outcome::Known(Value::List(_)) => {
                            self.found.insert(slot);
                        }
                        Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => self.slot(frame, slot),
                    }
                }
            }
            Expr::Constant(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => {}
            Expr::Not(inner) | Expr::Scaled(inner, _) => self.node(frame, inner),
            Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => {
                for part in parts {
                    self.node(frame, part);
                }
            }
            Expr::Arithmetic(_, left, right)
            | Expr::Shift(left, right, _)
            | Expr::Compare(_, left, right)
            | Expr::Member(left, right)
            | Expr::Let(left, right) => {
                self.node(frame, left);
                self.node(frame, right);
            }
            Expr::Between { value, low, high, .. } => {
                for part in [value, low, high] {
                    self.node(frame, part);
                }
            }
        }
    }

    fn slot(&mut self, frame: &Frame<'_>, slot: Slot) {
        if frame.value(slot) != Outcome::Unknown || !self.seen.insert(slot) {
            return;
        }
        let Some(named) = self.policy.vocabulary.get(slot) else { return };
        match &named.definition {
            None if named.origin == Origin::Fact => {
                self.found.insert(slot);
            }
            None => {}
            Some(Definition::Expression(node)) => self.node(frame, &without_let(node)),
            Some(Definition::Output { table, .. }) => {
                for given in &table.given {
                    self.slot(frame, *given);
                }
            }
            Some(Definition::Sum { parts, .. }) => {
                for part in parts {
                    self.slot(frame, *part);
                }
            }
        }
    }
}
