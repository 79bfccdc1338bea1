//! What must hold of a policy whatever its numbers are: proven for every case, broken by two cases, or tried on many.
//!
//! Receives a policy, hands on a [`Held`] for each of its invariants. A proof has two halves: every axis that hangs on the fact goes
//! one way with it, and in every case what is measured never falls when such an axis goes that way. Then no case is left out, those
//! that cannot occur included. Where a half is missing, pairs of households are made up and tried.

use std::collections::BTreeMap;

use super::formula::{Axes, Builder, Formula, Said, Scale, Side, Term};
use super::household::{Leaf, Maker};
use super::{Formulas, concerns, constants, rests_on, said, set_aside};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evaluation::Verdict;
use crate::expression::cuts::{number_or_day, without_let};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Arithmetic, Builtin, Definition, Expr, Node, Slot, Value};
use crate::expression::types::Type;
use crate::policy::file::{Change, Measure};
use crate::policy::{Invariant, Policy, RuleKind, Service, guide};
use crate::revision::impact::on_day;
use crate::source::Place;
use crate::value::{Date, Number, Text};

/// So many pairs of households are tried where nothing is proven.
pub const TRIES: usize = 4_000;

/// After so many changes a household is left for another.
const A_LIFE: usize = 400;

/// What is known of an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It holds in every case.
    Proven,
    /// It held in so many pairs of made-up cases; for these services, or for the score, it is not proven.
    Tried(usize, Vec<String>),
    /// It does not hold: two cases.
    Broken(Text),
}

/// An invariant, and what is known of it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// The promise.
    pub says: Text,
    /// What is known of it.
    pub standing: Standing,
    place: Place,
}

impl Held {
    /// How it stands, in one line.
    pub fn sentence(&self) -> Text {
        let says = &self.says;
        let id = &self.id;
        match &self.standing {
            Standing::Proven => Text::new(
                format!("✓ {id}: {} مُبرهنٌ في كل حالة.", says.ar),
                format!("✓ {id}: {} Proven for every case.", says.en),
            ),
            Standing::Tried(count, open) => Text::new(
                format!("~ {id}: {} جُرِّب على {count} زوجٍ من الحالات ولم يُبرهن ({}).", says.ar, open.join(" ")),
                format!(
                    "~ {id}: {} Tried on {count} pairs of cases, not proven ({}).",
                    says.en,
                    open.join(" ")
                ),
            ),
            Standing::Broken(_) => Text::new(
                format!("✗ {id}: {} لا يتحقق.", says.ar),
                format!("✗ {id}: {} It does not hold.", says.en),
            ),
        }
    }
}

/// What blocks an approval: the invariants that are broken.
pub fn lint(held: &[Held]) -> Diagnostics {
    let mut findings = Diagnostics::default();
    for held in held {
        let Standing::Broken(pair) = &held.standing else { continue };
        let message = Text::new(
            format!("لا يتحقق الوعد `{}`: {}", held.id, held.says.ar),
            format!("`{}` does not hold: {}", held.id, held.says.en),
        );
        let help = Text::new(
            format!("{}؛ عدِّلوا القاعدة أو الوعد", pair.ar),
            format!("{}; change the rule, or the promise", pair.en),
        );
        let finding = Diagnostic::error(Code::BrokenInvariant, message);
        findings.push(finding.at(held.place.clone(), Text::default()).help(help));
    }
    findings
}

/// Looks at every invariant of a policy, by the numbers of the day on which it comes into force.
pub fn look(policy: &Policy) -> Vec<Held> {
    let day = policy.in_force_from;
    let policy = &on_day(policy, day);
    policy.invariants.iter().map(|invariant| of(policy, invariant, day)).collect()
}

fn of(policy: &Policy, invariant: &Invariant, day: Date) -> Held {
    let mut open = Vec::new();
    let mut tried = 0;
    let mut broken = None;
    for measure in &invariant.never_worse {
        // The score does not hang on the service.
        let services = match measure {
            Measure::Result => policy.services.as_slice(),
            Measure::Score => policy.services.get(..1).unwrap_or_default(),
        };
        for service in services {
            let question = Question { policy, invariant, measure: *measure, service, day };
            if !question.hangs_on_it() || question.is_proven().unwrap_or(false) {
                continue;
            }
            open.push(match measure {
                Measure::Result => service.id.clone(),
                Measure::Score => "score".to_owned(),
            });
            broken = broken.or_else(|| question.pair());
            tried += TRIES;
        }
    }
    let standing = match broken {
        Some(pair) => Standing::Broken(pair),
        None if open.is_empty() => Standing::Proven,
        None => Standing::Tried(tried, open),
    };
    Held { id: invariant.id.clone(), says: invariant.says.clone(), standing, place: invariant.place.clone() }
}

/// One invariant, of one measure, for one service.
struct Question<'p> {
    policy: &'p Policy,
    invariant: &'p Invariant,
    measure: Measure,
    service: &'p Service,
    day: Date,
}

/// Which way a value goes when the fact goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Still,
    Up,
    Down,
}

impl Way {
    fn turned(self) -> Way {
        match self {
            Way::Still => Way::Still,
            Way::Up => Way::Down,
            Way::Down => Way::Up,
        }
    }

    fn with(self, other: Way) -> Option<Way> {
        match (self, other) {
            (Way::Still, way) | (way, Way::Still) => Some(way),
            (one, two) if one == two => Some(one),
            _ => None,
        }
    }
}

/// What a request comes to cannot be compared with anything: it is joined to another.
const APART: u8 = 9;

impl<'p> Question<'p> {
    fn number(&self) -> usize {
        self.policy.service(&self.service.id).map_or(0, |(number, _)| number)
    }

    /// The conditions that are measured: of each rule with its exemptions, or the score.
    fn conditions(&self) -> Vec<(Option<RuleKind>, Vec<Node>)> {
        match self.measure {
            Measure::Result => {
                let number = self.number();
                let rules =
                    self.policy.rules.iter().filter(|rule| {
                        concerns(self.policy, rule, number) && rule.kind != RuleKind::Exemption
                    });
                rules
                    .map(|rule| {
                        let exemptions = rule.unless.iter().filter_map(|index| self.policy.rules.get(*index));
                        let exemptions = exemptions.filter(|rule| concerns(self.policy, rule, number));
                        let nodes =
                            std::iter::once(&rule.condition).chain(exemptions.map(|rule| &rule.condition));
                        (Some(rule.kind), nodes.cloned().collect())
                    })
                    .collect()
            }
            Measure::Score => {
                let score = self.policy.score.as_ref();
                let named =
                    score.and_then(|score| Some((score.slot, self.policy.vocabulary.get(score.slot)?)));
                named
                    .map(|(slot, named)| {
                        let place = self.invariant.place.clone();
                        (None, vec![Node { place, ty: named.ty.clone(), expr: Expr::Slot(slot) }])
                    })
                    .into_iter()
                    .collect()
            }
        }
    }

    fn hangs_on(&self, node: &Node) -> bool {
        rests_on(self.policy, node).contains(&self.invariant.of)
    }

    fn hangs_on_it(&self) -> bool {
        self.conditions().iter().any(|(_, nodes)| nodes.iter().any(|node| self.hangs_on(node)))
    }

    /// Is it proven? Nothing where the conditions cannot be taken apart.
    fn is_proven(&self) -> Option<bool> {
        let values = constants(self.policy, &self.service.id);
        let mut axes = Axes::new((self.policy, values.clone()), (self.policy, values));
        let conditions = self.conditions();
        let mut formulas: Vec<(Option<RuleKind>, Formulas)> = Vec::new();
        for (kind, nodes) in &conditions {
            // What does not hang on the fact stays as it is; it is only made a diagram where it can be.
            let all: Option<Vec<Formula>> =
                nodes.iter().map(|node| axes.formula(Side::After, node)).collect();
            match all {
                Some(mut all) if !all.is_empty() => {
                    let condition = Some(all.remove(0));
                    formulas.push((*kind, Formulas { condition, exemptions: all, is_rule: kind.is_some() }));
                }
                _ if !nodes.iter().any(|node| self.hangs_on(node)) => {}
                _ => return None,
            }
        }
        let axes = axes.axes;
        let mut builder = Builder::new(&axes);
        // Each rule by itself: where none is ever worse, neither is what they come to.
        for (kind, formulas) in &formulas {
            let id = said(&mut builder, formulas)?;
            let kind = *kind;
            let id = builder.diagrams.combine(&[id], &|parts| match parts {
                [Some(Said::Verdict(verdict))] => Some(Said::Rank(rank(kind, *verdict))),
                [Some(Said::Number(_))] => parts.first().copied().flatten().cloned(),
                [Some(_)] => Some(Said::Unknown),
                _ => None,
            })?;
            for (index, axis) in axes.iter().enumerate() {
                let nodes: Vec<&Node> = match &axis.term {
                    Term::Value(node) => vec![node],
                    Term::Order(left, right) => vec![left, right],
                    Term::Known(_) | Term::Occurred(_) => vec![],
                };
                if !nodes.iter().any(|node| self.hangs_on(node)) {
                    continue;
                }
                let mut checked = true;
                let way = match (&axis.term, &axis.scale) {
                    (Term::Value(node), Scale::Numbers { .. }) => self.way(&without_let(node)),
                    (Term::Order(left, right), _) => {
                        let (left, right) = (self.way(&without_let(left)), self.way(&without_let(right)));
                        left.zip(right).and_then(|(left, right)| left.with(right.turned()))
                    }
                    _ => None,
                };
                // Which way the axis goes when the fact changes as the promise says.
                let way = match self.invariant.when {
                    Change::More => way,
                    Change::Less => way.map(Way::turned),
                };
                if way == Some(Way::Still) {
                    continue;
                }
                let cells = axis.scale.cells();
                for cell in 1..cells {
                    let (low, high) = (
                        builder.diagrams.within(id, index, cell - 1)?,
                        builder.diagrams.within(id, index, cell)?,
                    );
                    if low == high {
                        continue;
                    }
                    let (from, to) = match way {
                        Some(Way::Up) => (low, high),
                        Some(Way::Down) => (high, low),
                        // It may go either way, so it must not matter.
                        Some(Way::Still) | None => return Some(false),
                    };
                    let worse = builder.diagrams.combine(&[from, to], &|parts| match parts {
                        [Some(one), Some(two)] => Some(Said::Bool(is_worse(one, two))),
                        _ => None,
                    })?;
                    checked &= builder.diagrams.settled(worse) == Some(&Said::Bool(false));
                }
                if !checked {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Which way a value goes when the fact goes up; nothing where that is not known.
    fn way(&self, node: &Node) -> Option<Way> {
        if !self.hangs_on(node) {
            return Some(Way::Still);
        }
        match &node.expr {
            Expr::Slot(slot) if *slot == self.invariant.of => Some(Way::Up),
            Expr::Slot(slot) => match self.policy.vocabulary.get(*slot)?.definition.as_ref()? {
                Definition::Expression(node) => self.way(&without_let(node)),
                Definition::Output { .. } | Definition::Sum { .. } => None,
            },
            Expr::Scaled(inner, factor) if *factor >= Number::ZERO => self.way(inner),
            Expr::Arithmetic(operation, left, right) => {
                let (one, two) = (self.way(left)?, self.way(right)?);
                match operation {
                    Arithmetic::Add => one.with(two),
                    Arithmetic::Subtract => one.with(two.turned()),
                    Arithmetic::Multiply if self.is_at_least_zero(left) && self.is_at_least_zero(right) => {
                        one.with(two)
                    }
                    Arithmetic::Divide if self.is_at_least_zero(left) && self.is_at_least_zero(right) => {
                        one.with(two.turned())
                    }
                    Arithmetic::Divide if two == Way::Still && self.is_at_least_zero(right) => Some(one),
                    Arithmetic::Multiply | Arithmetic::Divide => None,
                }
            }
            Expr::If(case, then, otherwise) if !self.hangs_on(case) => {
                self.way(then)?.with(self.way(otherwise)?)
            }
            Expr::Call(Builtin::Min | Builtin::Max, parts) => {
                parts.iter().try_fold(Way::Still, |way, part| way.with(self.way(part)?))
            }
            Expr::Call(Builtin::Whole, parts) => self.way(parts.first()?),
            Expr::Call(
                Builtin::DaysBetween | Builtin::WeeksBetween | Builtin::MonthsBetween | Builtin::YearsBetween,
                parts,
            ) => {
                let [from, to] = parts.as_slice() else { return None };
                self.way(to)?.with(self.way(from)?.turned())
            }
            _ => None,
        }
    }

    /// Is it never below zero?
    fn is_at_least_zero(&self, node: &Node) -> bool {
        match &node.expr {
            Expr::Constant(Value::Number(number)) => *number >= Number::ZERO,
            Expr::Scaled(inner, factor) => *factor >= Number::ZERO && self.is_at_least_zero(inner),
            Expr::Slot(slot) => {
                if let Some(fact) = self.policy.fact_at(*slot) {
                    return fact
                        .range
                        .and_then(|range| range.low)
                        .is_some_and(|(low, _)| low >= Number::ZERO);
                }
                if let Some(parameter) =
                    self.policy.parameters.iter().find(|parameter| parameter.slot == *slot)
                {
                    let number =
                        |value: &Value| value.as_number().is_some_and(|number| number >= Number::ZERO);
                    return parameter.entries.iter().all(|(_, value)| number(value));
                }
                match self.policy.vocabulary.get(*slot).and_then(|named| named.definition.as_ref()) {
                    Some(Definition::Expression(node)) => self.is_at_least_zero(&without_let(node)),
                    Some(Definition::Output { .. } | Definition::Sum { .. }) | None => false,
                }
            }
            Expr::Call(Builtin::Max, parts) => parts.iter().any(|part| self.is_at_least_zero(part)),
            Expr::Call(Builtin::Min, parts) => parts.iter().all(|part| self.is_at_least_zero(part)),
            Expr::Call(Builtin::Whole | Builtin::Abs, parts) => {
                parts.iter().all(|part| self.is_at_least_zero(part))
            }
            Expr::Arithmetic(Arithmetic::Add | Arithmetic::Multiply | Arithmetic::Divide, left, right) => {
                self.is_at_least_zero(left) && self.is_at_least_zero(right)
            }
            Expr::If(_, then, otherwise) => self.is_at_least_zero(then) && self.is_at_least_zero(otherwise),
            Expr::Each(crate::expression::program::Fold::Count, ..) => true,
            _ => false,
        }
    }

    /// Two made-up cases that break it, in words.
    fn pair(&self) -> Option<Text> {
        let values = constants(self.policy, &self.service.id);
        let mut axes = Axes::new((self.policy, values.clone()), (self.policy, values));
        let conditions = self.conditions();
        let mut read = BTreeMap::new();
        for node in conditions.iter().flat_map(|(_, nodes)| nodes) {
            axes.formula(Side::After, node);
            for slot in rests_on(self.policy, node) {
                let Some(named) = self.policy.vocabulary.get(slot) else { continue };
                let is_still = axes.constants.1.get(slot.index()).is_some_and(Option::is_some);
                if named.definition.is_none() && !is_still {
                    read.insert(named.id.clone(), ());
                }
            }
        }
        let mut maker = Maker::new(&axes, &read, self.day);
        let id = &self.policy.vocabulary.get(self.invariant.of)?.id;
        let leaf = maker.leaves.iter().find(|leaf| leaf.id == *id)?.clone();
        let mut household = maker.any();
        let mut met = 0;
        for step in 0..TRIES {
            // Mostly a household of which one thing is changed, so that more rules are met: where one is not met anyway, no other
            // rule could make the result worse. Now and then one that has nothing to do with those before.
            let other = maker.any();
            if step % A_LIFE == 0 {
                household = other.clone();
                met = 0;
            } else {
                let mut next = household.clone();
                let at = usize::try_from(maker.chance.below(maker.leaves.len() as u64)).unwrap_or_default();
                if let Some(leaf) = maker.leaves.get(at).cloned() {
                    let slot = leaf.after.map(Slot::index);
                    let value = slot.and_then(|slot| other.values(Side::After).get(slot)).cloned().flatten();
                    maker.put(&mut next, &leaf, value.as_ref());
                }
                let of_next = self.met(&conditions, next.values(Side::After));
                if of_next >= met {
                    (household, met) = (next, of_next);
                }
            }
            let (one, two) =
                (self.value(household.values(Side::After))?, self.value(other.values(Side::After))?);
            let (Some(first), Some(second)) = (number_or_day(&one), number_or_day(&two)) else { continue };
            let is_less = self.invariant.when == Change::Less;
            let (from, to) = if (second < first) == is_less { (one, two) } else { (two, one) };
            let (mut before, mut after) = (household.clone(), household.clone());
            maker.put(&mut before, &leaf, Some(&from));
            maker.put(&mut after, &leaf, Some(&to));
            let measured = |values: &[Option<Value>]| self.measured(&conditions, values);
            let (was, now) = (measured(before.values(Side::After)), measured(after.values(Side::After)));
            if let (Some(was), Some(now)) = (was, now)
                && is_worse(&was, &now)
            {
                return Some(self.told(
                    &leaf,
                    &maker.leaves,
                    after.values(Side::After),
                    (&from, &was),
                    (&to, &now),
                ));
            }
        }
        None
    }

    /// How many rules a case meets.
    fn met(&self, conditions: &[(Option<RuleKind>, Vec<Node>)], values: &[Option<Value>]) -> usize {
        let frame = Frame::new(&self.policy.vocabulary, values);
        let holds = |node: &Node| frame.evaluate(node).as_bool() == Some(true);
        let is_met = |(kind, nodes): &&(Option<RuleKind>, Vec<Node>)| match kind {
            Some(RuleKind::Merge) => !nodes.first().is_some_and(holds),
            _ => nodes.iter().any(holds),
        };
        conditions.iter().filter(is_met).count()
    }

    fn value(&self, values: &[Option<Value>]) -> Option<Value> {
        values.get(self.invariant.of.index())?.clone()
    }

    /// What a case really comes to.
    fn measured(
        &self,
        conditions: &[(Option<RuleKind>, Vec<Node>)],
        values: &[Option<Value>],
    ) -> Option<Said> {
        let frame = Frame::new(&self.policy.vocabulary, values);
        let mut worst = rank(None, Verdict::Met);
        for (kind, nodes) in conditions {
            let mut outcomes = nodes.iter().map(|node| frame.evaluate(node));
            let first = outcomes.next()?;
            if kind.is_none() {
                return first.as_number().map(Said::Number);
            }
            let verdict = |outcome: &Outcome| match outcome {
                Outcome::Known(Value::Bool(true)) => Some(Verdict::Met),
                Outcome::Known(_) => Some(Verdict::NotMet),
                Outcome::Unknown => Some(Verdict::Unknown),
                Outcome::Fault(_) => None,
            };
            let exemptions: Vec<Verdict> =
                outcomes.map(|outcome| verdict(&outcome)).collect::<Option<_>>()?;
            let ranked = rank(*kind, set_aside(verdict(&first)?, &exemptions));
            if ranked == APART {
                return None;
            }
            worst = worst.min(ranked);
        }
        Some(Said::Rank(worst))
    }

    fn told(
        &self,
        leaf: &Leaf,
        leaves: &[Leaf],
        values: &[Option<Value>],
        (from, was): (&Value, &Said),
        (to, now): (&Value, &Said),
    ) -> Text {
        let policy = self.policy;
        let words = |slot: Slot, value: &Value| {
            let named = policy.vocabulary.get(slot);
            named
                .map(|named| (named.label.clone(), guide::value_in_words(policy, &named.ty, value)))
                .unwrap_or_default()
        };
        let (label, from) = words(self.invariant.of, from);
        let (_, to) = words(self.invariant.of, to);
        let (was, now) = (comes_to(was), comes_to(now));
        let mut rest = Text::default();
        for other in leaves.iter().filter(|other| other.id != leaf.id) {
            let Some(slot) = other.after else { continue };
            let Some(Some(value)) = values.get(slot.index()) else { continue };
            if matches!(value, Value::Text(_) | Value::List(_)) || other.ty == Type::Text {
                continue;
            }
            let (label, value) = words(slot, value);
            rest.ar.push_str(&format!("، {}: {}", label.ar, value.ar));
            rest.en.push_str(&format!(", {}: {}", label.en, value.en));
        }
        let service = &self.service.title;
        Text::new(
            format!(
                "في «{}»: إذا كان {}: {} فالنتيجة «{}»، وإذا كان: {} فهي «{}»؛ وسائر الحالة{}",
                service.ar, label.ar, from.ar, was.ar, to.ar, now.ar, rest.ar
            ),
            format!(
                "for “{}”: with {} {} it comes to “{}”, with {} to “{}”; all else the same{}",
                service.en, label.en, from.en, was.en, to.en, now.en, rest.en
            ),
        )
    }
}

/// What a verdict makes of a request: the worse, the lower.
fn rank(kind: Option<RuleKind>, verdict: Verdict) -> u8 {
    match (kind, verdict) {
        (Some(RuleKind::Merge), Verdict::Met) => APART,
        (Some(RuleKind::Merge), Verdict::NotMet) => 2,
        (Some(RuleKind::Eligibility), Verdict::NotMet) => 0,
        (_, Verdict::Met | Verdict::NotApplicable) => 2,
        (_, Verdict::NotMet | Verdict::Unknown | Verdict::Conflict | Verdict::Referred) => 1,
    }
}

/// Is the second worse than the first? What cannot be told or compared is taken to be.
fn is_worse(one: &Said, two: &Said) -> bool {
    match (one, two) {
        (Said::Rank(one), Said::Rank(two)) => one != two && (two < one || *one == APART || *two == APART),
        (Said::Number(one), Said::Number(two)) => two < one,
        (one, two) => one != two,
    }
}

fn comes_to(said: &Said) -> Text {
    use crate::evaluation::{Conclusion, explain};
    match said {
        Said::Rank(0) => explain::conclusion(Conclusion::NotMet),
        Said::Rank(1) => explain::conclusion(Conclusion::Incomplete),
        Said::Rank(_) => explain::conclusion(Conclusion::Met),
        Said::Number(number) => Text::same(number.to_string()),
        Said::Unknown | Said::Bool(_) | Said::Choice(_) | Said::Verdict(_) | Said::Both(..) | Said::Same => {
            Text::default()
        }
    }
}
