//! Made-up households: to show a region by one that lies in it, and to try what is not proven.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Days;

use super::formula::{Axes, Axis, Scale, Side, Stretch, Term};
use crate::expression::cuts::number_or_day;
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Interval, Origin, Slot, Value};
use crate::expression::types::Type;
use crate::policy::{FactKind, Policy};
use crate::value::{Date, Number};

/// Numbers that look like chance and are the same on every machine.
#[derive(Debug, Clone)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// One of so many.
    pub(super) fn below(&mut self, count: u64) -> u64 {
        if count == 0 { 0 } else { (self.next() >> 11) % count }
    }
}

/// What is said of a household, in the places of both revisions.
#[derive(Debug, Clone)]
pub(super) struct Household {
    pub(super) before: Vec<Option<Value>>,
    pub(super) after: Vec<Option<Value>>,
}

impl Household {
    pub(super) fn values(&self, side: Side) -> &[Option<Value>] {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }
}

/// A fact as both revisions have it.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) id: String,
    pub(super) before: Option<Slot>,
    pub(super) after: Option<Slot>,
    pub(super) ty: Type,
    origin: Origin,
    range: Interval,
    /// Numbers at which something may change.
    pub(super) cuts: Vec<Number>,
}

/// Makes households.
pub(super) struct Maker<'a> {
    pub(super) before: &'a Policy,
    pub(super) after: &'a Policy,
    constants: (&'a [Option<Value>], &'a [Option<Value>]),
    pub(super) leaves: Vec<Leaf>,
    day: Date,
    pub(super) chance: Chance,
    /// Are numbers to be such as people live with?
    is_plain: bool,
}

/// A hundred riyals, or as much of another currency.
const ROUND_SUM: i64 = 10_000;

impl<'a> Maker<'a> {
    /// For what two revisions read.
    pub(super) fn new(axes: &'a Axes<'_>, read: &BTreeMap<String, ()>, day: Date) -> Maker<'a> {
        let leaves = read.keys().filter_map(|id| {
            let (before, after) = (axes.before.vocabulary.find(id), axes.after.vocabulary.find(id));
            let named = after.and_then(|slot| axes.after.vocabulary.get(slot));
            let named = named.or_else(|| before.and_then(|slot| axes.before.vocabulary.get(slot)))?;
            let range = |policy: &Policy| policy.fact(id).and_then(|fact| fact.range);
            let cuts = axes.axes.iter().filter(|axis| axis.is_free && is_of(axis, axes, id));
            let cuts = cuts.flat_map(|axis| match &axis.scale {
                Scale::Numbers { cuts, .. } => cuts.iter().copied().collect(),
                Scale::Choices(_) | Scale::Bool | Scale::Shown => vec![],
            });
            Some(Leaf {
                id: id.clone(),
                before,
                after,
                ty: named.ty.clone(),
                origin: named.origin,
                range: range(axes.after).or_else(|| range(axes.before)).unwrap_or_default(),
                cuts: cuts.collect(),
            })
        });
        Maker {
            before: axes.before,
            after: axes.after,
            constants: (&axes.constants.0, &axes.constants.1),
            leaves: leaves.collect(),
            day,
            chance: Chance(0x9E37_79B9_7F4A_7C15),
            is_plain: false,
        }
    }

    /// One of which nothing is wanted but that a reader can picture it: round sums, few people.
    pub(super) fn plain(&mut self) -> Household {
        self.is_plain = true;
        let household = self.any();
        self.is_plain = false;
        household
    }

    /// The same household, as plain as it can be while this holds of it.
    pub(super) fn plainest(&self, mut household: Household, holds: impl Fn(&Household) -> bool) -> Household {
        for leaf in &self.leaves {
            let values = household.values(if leaf.after.is_some() { Side::After } else { Side::Before });
            let slot = leaf.after.or(leaf.before);
            let Some(Some(value)) = slot.and_then(|slot| values.get(slot.index())) else { continue };
            for value in plainer(leaf, value) {
                let mut other = household.clone();
                self.put(&mut other, leaf, Some(&value));
                if holds(&other) {
                    household = other;
                    break;
                }
            }
        }
        household
    }

    /// One of which nothing is wanted.
    pub(super) fn any(&mut self) -> Household {
        let mut household = Household { before: self.constants.0.to_vec(), after: self.constants.1.to_vec() };
        for leaf in self.leaves.clone() {
            let value = self.value(&leaf);
            self.put(&mut household, &leaf, value.as_ref());
        }
        household
    }

    /// Says something of a household in both revisions; choices by their ids.
    pub(super) fn put(&self, household: &mut Household, leaf: &Leaf, value: Option<&Value>) {
        for (policy, slot, values) in [
            (self.before, leaf.before, &mut household.before),
            (self.after, leaf.after, &mut household.after),
        ] {
            let Some(place) = slot.and_then(|slot| values.get_mut(slot.index())) else { continue };
            let ty = slot.and_then(|slot| policy.vocabulary.get(slot)).map(|named| &named.ty);
            *place = match (value, leaf.ty.choices(), ty.and_then(Type::choices)) {
                (Some(Value::Choice(index)), Some(choices), Some(own)) => {
                    own.index(choices.id(*index)).map(Value::Choice)
                }
                (value, ..) => value.cloned(),
            };
        }
    }

    fn value(&mut self, leaf: &Leaf) -> Option<Value> {
        match leaf.origin {
            // A paper is shown, or it is not known yet.
            Origin::Document => (self.chance.below(3) > 0).then_some(Value::Bool(true)),
            Origin::Event => {
                let days = self.chance.below(120);
                (self.chance.below(3) > 0).then(|| self.day_before(days)).flatten().map(Value::Date)
            }
            Origin::Clock => self.day.checked_add_days(Days::new(self.chance.below(60))).map(Value::Date),
            // No rule reads what only a letter says.
            Origin::Detail => None,
            Origin::Request if leaf.ty == Type::Date => Some(Value::Date(self.day)),
            Origin::Fact | Origin::Parameter | Origin::Derived | Origin::Request => {
                self.of_type(&leaf.ty, leaf.range, &leaf.cuts, Some(&leaf.id))
            }
        }
    }

    fn day_before(&self, days: u64) -> Option<Date> {
        self.day.checked_sub_days(Days::new(days))
    }

    fn of_type(&mut self, ty: &Type, range: Interval, cuts: &[Number], list: Option<&str>) -> Option<Value> {
        Some(match ty {
            Type::Bool => Value::Bool(self.chance.below(2) == 0),
            Type::Number(quantity) => {
                let is_money = quantity.unit.money_power() != 0;
                Value::Number(self.number(range, quantity.whole, is_money, cuts)?)
            }
            Type::Date => {
                let span = if self.chance.below(2) == 0 { 1_500 } else { 33_000 };
                let days = self.chance.below(span);
                Value::Date(self.day_before(days)?)
            }
            Type::Choice(choices) => {
                let count = choices.ids.len() as u64;
                Value::Choice(u16::try_from(self.chance.below(count)).ok()?)
            }
            Type::Text => Value::Text(Arc::from(if self.chance.below(2) == 0 { "…" } else { "" })),
            Type::List(record) => {
                let fields: Vec<Type> = record.fields.iter().map(|(_, ty)| ty.clone()).collect();
                let ranges: Vec<Interval> =
                    match list.and_then(|id| self.after.fact(id).or(self.before.fact(id))) {
                        Some(fact) => match &fact.kind {
                            FactKind::List(fields) => {
                                fields.iter().map(|field| field.range.unwrap_or_default()).collect()
                            }
                            _ => vec![],
                        },
                        None => vec![],
                    };
                let mut items = Vec::new();
                for _ in 0..self.chance.below(6) {
                    let mut item = Vec::new();
                    for (index, ty) in fields.iter().enumerate() {
                        let range = ranges.get(index).copied().unwrap_or_default();
                        item.push(self.of_type(ty, range, &[], None));
                    }
                    items.push(item);
                }
                Value::List(Arc::new(items))
            }
            Type::Span | Type::Set(_) => return None,
        })
    }

    fn number(&mut self, range: Interval, whole: bool, is_money: bool, cuts: &[Number]) -> Option<Number> {
        let spread = Number::from(if is_money { 2_000_000 } else { 60 });
        let low = range.low.map_or(Number::ZERO, |(low, _)| low);
        let high = match range.high {
            Some((high, _)) => high,
            None => low.plus(spread)?,
        };
        if self.is_plain {
            let (step, most) = if is_money { (ROUND_SUM, 100) } else { (1, 8) };
            let steps = high.minus(low)?.floor().to_i64()?.checked_div(step)?.clamp(0, most).unsigned_abs();
            let number = i64::try_from(self.chance.below(steps + 1)).ok()?.checked_mul(step)?;
            let number = low.plus(Number::from(number))?;
            return range.contains(number).then_some(number).or(Some(low));
        }
        // Every other one stands at or beside a number at which something changes.
        let near = (!cuts.is_empty() && self.chance.below(2) == 0)
            .then(|| cuts.get(usize::try_from(self.chance.below(cuts.len() as u64)).ok()?).copied())
            .flatten();
        let number = match near {
            Some(cut) => match self.chance.below(3) {
                0 => cut.minus(Number::ONE)?,
                1 => cut.plus(Number::ONE)?,
                _ => cut,
            },
            None => {
                // Small numbers are more likely than large ones.
                let steps = high.minus(low)?.floor().to_i64()?.unsigned_abs().min(100_000_000);
                let most = self.chance.below(steps + 1);
                low.plus(Number::from(i64::try_from(self.chance.below(most + 1)).ok()?))?
            }
        };
        let number = if whole || is_money { number.floor() } else { number };
        range.contains(number).then_some(number).or(Some(low))
    }
}

/// What is plainer than this value of a fact, the plainest first: nothing at all, a round number, no member.
fn plainer(leaf: &Leaf, value: &Value) -> Vec<Value> {
    match value {
        // That a paper is shown, or not, is no answer of the household.
        Value::Bool(true) if leaf.origin == Origin::Fact => vec![Value::Bool(false)],
        Value::Number(number) => {
            let is_money = matches!(&leaf.ty, Type::Number(quantity) if quantity.unit.money_power() != 0);
            let steps: &[i64] = if is_money { &[10, 1] } else { &[] };
            let low = leaf.range.low.map_or(Number::ZERO, |(low, _)| low);
            let rounded = steps.iter().filter_map(|step| {
                let step = Number::from(step * ROUND_SUM);
                number.over(step)?.floor().times(step)
            });
            let plainer = std::iter::once(low).chain(rounded);
            plainer
                .filter(|plain| plain != number && leaf.range.contains(*plain))
                .map(Value::Number)
                .collect()
        }
        Value::List(items) if !items.is_empty() => {
            let first = items.iter().take(1).cloned().collect::<Vec<_>>();
            let one = (items.len() > 1).then(|| Value::List(Arc::new(first)));
            std::iter::once(Value::List(Arc::new(vec![]))).chain(one).collect()
        }
        Value::Bool(_)
        | Value::Date(_)
        | Value::Choice(_)
        | Value::Text(_)
        | Value::List(_)
        | Value::Span(_)
        | Value::Set(_) => vec![],
    }
}

fn is_of(axis: &Axis, axes: &Axes<'_>, id: &str) -> bool {
    let policy = match axis.side {
        Side::Before => axes.before,
        Side::After => axes.after,
    };
    match &axis.term {
        Term::Value(node) => match node.expr {
            crate::expression::program::Expr::Slot(slot) => {
                policy.vocabulary.get(slot).is_some_and(|named| named.id == id)
            }
            _ => false,
        },
        Term::Order(..) | Term::Known(_) | Term::Occurred(_) => false,
    }
}

/// In which cell of an axis a household lies; nothing where it cannot be told.
pub(super) fn cell(
    axis: &Axis,
    stretches: &[Stretch],
    frame: &Frame<'_>,
    values: &[Option<Value>],
) -> Option<usize> {
    let stretch = |number: Number| stretches.iter().position(|stretch| stretch.interval.contains(number));
    match &axis.term {
        Term::Known(slot) | Term::Occurred(slot) => {
            Some(usize::from(values.get(slot.index()).is_some_and(Option::is_some)))
        }
        Term::Order(left, right) => {
            let (Outcome::Known(left), Outcome::Known(right)) = (frame.evaluate(left), frame.evaluate(right))
            else {
                return None;
            };
            stretch(match number_or_day(&left)?.cmp(&number_or_day(&right)?) {
                Ordering::Less => Number::ZERO.minus(Number::ONE)?,
                Ordering::Equal => Number::ZERO,
                Ordering::Greater => Number::ONE,
            })
        }
        Term::Value(node) => {
            let Outcome::Known(value) = frame.evaluate(node) else { return None };
            match (&value, &axis.scale) {
                (Value::Bool(value), _) => Some(usize::from(*value)),
                (Value::Choice(index), Scale::Choices(ids)) => {
                    let id = node.ty.choices()?.id(*index);
                    ids.iter().position(|known| known == id)
                }
                (value, _) => stretch(number_or_day(value)?),
            }
        }
    }
}
