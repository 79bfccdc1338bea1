//! What a condition can come to, whatever a request says.
//!
//! Exact where every number is compared with constants: each is cut at the bounds that conditions and tables use, and one value out of
//! every stretch is tried with every choice and every yes or no. What is not compared so (a quotient, a date, a list) stays unknown,
//! and what is unknown is never claimed to be one or the other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{FactKind, Policy};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Cell, Definition, Expr, Interval, Node, Origin, Slot, Value};
use crate::expression::types::Type;
use crate::value::{Date, Number};

/// So many combinations are tried; where there would be more, some values stay unknown.
const MOST: usize = 4_000;

/// What conditions come to in one combination of values: nothing where it hangs on something unknown.
pub(super) type Results = Vec<Option<bool>>;

/// What some conditions come to together, in every combination that makes a difference, for the services that are named.
/// Nothing where that cannot be told at all.
pub(super) fn results(policy: &Policy, nodes: &[&Node], services: Option<&[usize]>) -> Option<Vec<Results>> {
    let mut all = Vec::new();
    for date in dates(policy) {
        let mut values = parameters(policy, date);
        let mut seen = Seen {
            policy,
            values: &values,
            cuts: BTreeMap::new(),
            opaque: BTreeSet::new(),
            asks_events: false,
            visited: BTreeSet::new(),
        };
        for node in nodes {
            seen.node(node);
        }
        if seen.asks_events {
            // Whether something happened is never unknown: it cannot be left out.
            return None;
        }
        let columns = seen.columns(services);
        let mut at = vec![0_usize; columns.len()];
        loop {
            for ((slot, samples), index) in columns.iter().zip(&at) {
                if let Some(place) = values.get_mut(slot.index()) {
                    *place = samples.get(*index).cloned();
                }
            }
            let frame = Frame::new(&policy.vocabulary, &values);
            all.push(
                nodes
                    .iter()
                    .map(|node| match frame.evaluate(node) {
                        Outcome::Known(Value::Bool(value)) => Some(value),
                        Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => None,
                    })
                    .collect(),
            );
            let next = columns.iter().zip(&mut at).any(|((_, samples), index)| {
                *index += 1;
                let is_inside = *index < samples.len();
                if !is_inside {
                    *index = 0;
                }
                is_inside
            });
            if !next {
                break;
            }
        }
    }
    Some(all)
}

/// The days on which a parameter changes; what holds must hold on all of them.
fn dates(policy: &Policy) -> BTreeSet<Date> {
    let entries = policy.parameters.iter().flat_map(|parameter| &parameter.entries);
    let later = entries.map(|(from, _)| *from).filter(|from| *from > policy.in_force_from);
    std::iter::once(policy.in_force_from).chain(later).collect()
}

fn parameters(policy: &Policy, date: Date) -> Vec<Option<Value>> {
    let mut values: Vec<Option<Value>> = vec![None; policy.vocabulary.len()];
    for parameter in &policy.parameters {
        if let Some(place) = values.get_mut(parameter.slot.index()) {
            *place = parameter.on(date).cloned();
        }
    }
    values
}

/// What conditions look at, and where they cut it.
struct Seen<'a> {
    policy: &'a Policy,
    values: &'a [Option<Value>],
    cuts: BTreeMap<Slot, BTreeSet<Number>>,
    /// Numbers that are used otherwise than in comparisons with constants.
    opaque: BTreeSet<Slot>,
    asks_events: bool,
    visited: BTreeSet<Slot>,
}

impl Seen<'_> {
    /// A number that comes from the request itself.
    fn number(&self, node: &Node) -> Option<Slot> {
        let Expr::Slot(slot) = node.expr else { return None };
        let named = self.policy.vocabulary.get(slot)?;
        let is_given = named.definition.is_none() && named.origin == Origin::Fact;
        (is_given && matches!(named.ty, Type::Number(_))).then_some(slot)
    }

    fn constant(&self, node: &Node) -> Option<Number> {
        match Frame::new(&self.policy.vocabulary, self.values).evaluate(node) {
            Outcome::Known(Value::Number(number)) => Some(number),
            Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => None,
        }
    }

    fn node(&mut self, node: &Node) {
        if let Expr::Compare(_, left, right) = &node.expr {
            for (one, other) in [(left, right), (right, left)] {
                if let (Some(slot), Some(bound)) = (self.number(one), self.constant(other)) {
                    self.cuts.entry(slot).or_default().insert(bound);
                    return;
                }
            }
        } else if let Expr::Between { value, low, high, .. } = &node.expr {
            if let (Some(slot), Some(low), Some(high)) =
                (self.number(value), self.constant(low), self.constant(high))
            {
                self.cuts.entry(slot).or_default().extend([low, high]);
                return;
            }
        } else if let Expr::Occurred(_) = node.expr {
            self.asks_events = true;
        } else if let Expr::Slot(slot) = node.expr {
            self.slot(slot);
        }
        for part in node.parts() {
            self.node(part);
        }
    }

    fn slot(&mut self, slot: Slot) {
        let policy = self.policy;
        let Some(named) = policy.vocabulary.get(slot) else { return };
        match &named.definition {
            None => {
                let has_cases = matches!(named.ty, Type::Bool | Type::Choice(_));
                if has_cases && named.origin != Origin::Parameter {
                    self.cuts.entry(slot).or_default();
                } else {
                    self.opaque.insert(slot);
                }
            }
            Some(_) if !self.visited.insert(slot) => {}
            Some(Definition::Expression(node)) => self.node(node),
            Some(Definition::Sum { parts, .. }) => {
                for part in parts {
                    self.slot(*part);
                }
            }
            Some(Definition::Output { table, .. }) => {
                for (column, given) in table.given.iter().enumerate() {
                    let is_number = policy.vocabulary.get(*given).is_some_and(|named| {
                        named.definition.is_none()
                            && named.origin == Origin::Fact
                            && matches!(named.ty, Type::Number(_))
                    });
                    if !is_number {
                        self.slot(*given);
                        continue;
                    }
                    let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
                    for cell in cells {
                        if let Cell::Interval(Interval { low, high }) = cell {
                            let bounds = low.iter().chain(high).map(|(bound, _)| *bound);
                            self.cuts.entry(*given).or_default().extend(bounds);
                        }
                    }
                }
            }
        }
    }

    /// The values to try, the most telling first; more than can be tried are left out.
    fn columns(&self, services: Option<&[usize]>) -> Vec<(Slot, Vec<Value>)> {
        let mut columns: Vec<(Slot, Vec<Value>)> = self
            .cuts
            .iter()
            .filter(|(slot, _)| !self.opaque.contains(slot))
            .filter_map(|(slot, cuts)| Some((*slot, self.samples(*slot, cuts, services)?)))
            .filter(|(_, samples)| !samples.is_empty())
            .collect();
        columns.sort_by_key(|(_, samples)| samples.len());
        let mut product = 1_usize;
        columns.retain(|(_, samples)| {
            let next = product.saturating_mul(samples.len());
            let fits = next <= MOST;
            if fits {
                product = next;
            }
            fits
        });
        columns
    }

    fn samples(&self, slot: Slot, cuts: &BTreeSet<Number>, services: Option<&[usize]>) -> Option<Vec<Value>> {
        let named = self.policy.vocabulary.get(slot)?;
        match &named.ty {
            Type::Bool => Some(vec![Value::Bool(false), Value::Bool(true)]),
            Type::Choice(choices) => {
                let all = 0..u16::try_from(choices.ids.len()).ok()?;
                let is_service = slot == self.policy.builtin.service;
                let possible = all.filter(|choice| {
                    !is_service || services.is_none_or(|services| services.contains(&usize::from(*choice)))
                });
                Some(possible.map(Value::Choice).collect())
            }
            Type::Number(quantity) => {
                let fact = self.policy.fact_at(slot)?;
                let range = fact.range.unwrap_or_default();
                let whole = quantity.whole || matches!(fact.kind, FactKind::Number { whole: true, .. });
                Some(stretches(cuts, range, whole).into_iter().map(Value::Number).collect())
            }
            Type::Date | Type::Span | Type::Set(_) | Type::Text | Type::List(_) => None,
        }
    }
}

/// One number out of every stretch between the cuts, and the cuts themselves.
fn stretches(cuts: &BTreeSet<Number>, range: Interval, whole: bool) -> BTreeSet<Number> {
    let ends = range.low.iter().chain(&range.high).map(|(bound, _)| *bound);
    let bounds: BTreeSet<Number> = cuts.iter().copied().chain(ends).collect();
    let mut candidates = bounds.clone();
    for bound in &bounds {
        let floor = bound.floor();
        candidates.extend(floor.minus(Number::ONE));
        candidates.extend(floor.plus(Number::ONE));
        candidates.insert(floor);
    }
    let sorted: Vec<Number> = bounds.into_iter().collect();
    for pair in sorted.windows(2) {
        if let [low, high] = pair {
            candidates.extend(low.plus(*high).and_then(|sum| sum.over(Number::from(2))));
        }
    }
    candidates.retain(|number| range.contains(*number) && (!whole || number.is_whole()));
    candidates
}
