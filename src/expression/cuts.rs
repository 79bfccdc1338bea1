//! Where conditions can change while one fact moves and everything else stays as it is.
//!
//! Receives conditions and the values of a request, hands on values of one fact that stand for all others: between two
//! neighbours no comparison changes its outcome. Comparisons that are a quotient of lines in the fact are solved with exact
//! fractions; those that climb in steps (months, years, whole parts) are searched by halves; what is neither is said to be
//! inexact.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike as _;

use super::evaluate::{Frame, Outcome, collect_slot};
use super::program::{Arithmetic, Builtin, Cell, Definition, Direction, Expr, Node, Slot, Value, Vocabulary};
use super::types::Type;
use crate::value::{Date, Number};

/// What a fact can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// Just these.
    Values(Vec<Value>),
    /// Whole numbers, both ends inside.
    Whole(Number, Number),
    /// All numbers, both ends inside.
    Dense(Number, Number),
    /// Days, both ends inside.
    Days(Date, Date),
}

/// Values that stand for all that a fact can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// In ascending order.
    pub values: Vec<Value>,
    /// Those among them at which something may change, or where the fact ends; what lies between two of them is alike.
    pub cuts: BTreeSet<Number>,
    /// Is it proven that nothing changes between two neighbours?
    pub is_exact: bool,
}

/// More points than this are not looked at on one fact.
const MOST_POINTS: usize = 600;

/// Values of a fact that stand for all others, as far as these conditions can tell them apart.
pub fn spread(
    vocabulary: &Vocabulary,
    values: &[Option<Value>],
    slot: Slot,
    domain: &Domain,
    conditions: &[&Node],
) -> Spread {
    let (low, high, axis) = match domain {
        Domain::Values(values) => {
            return Spread { values: values.clone(), cuts: BTreeSet::new(), is_exact: true };
        }
        Domain::Whole(low, high) => (*low, *high, Axis::Whole),
        Domain::Dense(low, high) => (*low, *high, Axis::Dense),
        Domain::Days(low, high) => (day_number(*low), day_number(*high), Axis::Days),
    };
    let mut line = Line {
        vocabulary,
        values: values.to_vec(),
        slot,
        axis,
        definitions: BTreeMap::new(),
        moving: BTreeSet::new(),
    };
    let mut conditions: Vec<Node> = conditions.iter().map(|node| without_let(node)).collect();
    line.learn(&conditions);
    conditions.retain(|node| line.moves(node));
    let now = values.get(slot.index()).and_then(Option::as_ref).and_then(number_or_day);
    let mut points: BTreeSet<Number> = [Some(low), Some(high), now].into_iter().flatten().collect();
    points.retain(|point| *point >= low && *point <= high);
    let mut is_exact = true;
    let ends: Vec<Number> = points.iter().copied().collect();
    let mut gaps: Vec<(Number, Number)> = ends.iter().copied().zip(ends.iter().skip(1).copied()).collect();
    let mut between = BTreeSet::new();
    while let Some((left, right)) = gaps.pop() {
        let Some(middle) = line.middle(left, right) else { continue };
        let mut found = Found::default();
        let is_within = line.look(&conditions, middle, left, right, &mut found);
        is_exact &= is_within && !found.is_inexact;
        let inside: BTreeSet<Number> =
            found.points.into_iter().filter(|point| *point > left && *point < right).collect();
        if inside.is_empty() || points.len() > MOST_POINTS {
            is_exact &= inside.is_empty();
            between.insert(middle);
            between.extend(line.beside(left, right));
            continue;
        }
        let mut before = left;
        for point in inside.iter().copied().chain([right]) {
            gaps.push((before, point));
            before = point;
        }
        points.extend(inside);
    }
    let all: BTreeSet<Number> = points.union(&between).copied().collect();
    Spread { cuts: points, values: all.into_iter().filter_map(|point| line.value(point)).collect(), is_exact }
}

/// The day as a number, so that days can be computed with.
fn day_number(date: Date) -> Number {
    Number::from(i64::from(date.num_days_from_ce()))
}

/// A number or a day as a number.
pub fn number_or_day(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Date(date) => Some(day_number(*date)),
        Value::Bool(_)
        | Value::Span(_)
        | Value::Choice(_)
        | Value::Set(_)
        | Value::Text(_)
        | Value::List(_) => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Whole,
    Dense,
    Days,
}

/// One fact that moves, and everything that does not.
struct Line<'a> {
    vocabulary: &'a Vocabulary,
    values: Vec<Option<Value>>,
    slot: Slot,
    axis: Axis,
    definitions: BTreeMap<Slot, Node>,
    /// The named values that move with the fact, and the fact itself.
    moving: BTreeSet<Slot>,
}

#[derive(Default)]
struct Found {
    points: BTreeSet<Number>,
    is_inexact: bool,
    seen: BTreeSet<Slot>,
    /// Comparisons that climb in steps.
    steps: Vec<(Node, Node)>,
}

/// How a number moves with the fact, near the point that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `(a·x + b) / (c·x + d)`
    Quotient([Number; 4]),
    /// Never down as the fact goes up, or never up.
    Climbing { upwards: bool },
    /// It is not known, so that no comparison with it is.
    Unknown,
    /// Anything.
    Wild,
}

impl Shape {
    fn constant(number: Number) -> Shape {
        Shape::Quotient([Number::ZERO, number, Number::ZERO, Number::ONE])
    }

    fn as_constant(self) -> Option<Number> {
        match self {
            Shape::Quotient([a, b, c, d]) if a == Number::ZERO && c == Number::ZERO => b.over(d),
            Shape::Quotient(_) | Shape::Climbing { .. } | Shape::Unknown | Shape::Wild => None,
        }
    }

    /// Does it go up with the fact? Nothing for what does not move, or may turn.
    fn climbs(self) -> Option<bool> {
        match self {
            Shape::Climbing { upwards } => Some(upwards),
            Shape::Quotient([a, b, c, d]) => {
                let slope = a.times(d)?.minus(b.times(c)?)?;
                (slope != Number::ZERO).then_some(slope > Number::ZERO)
            }
            Shape::Unknown | Shape::Wild => None,
        }
    }

    fn times(self, factor: Number) -> Shape {
        match self {
            Shape::Quotient([a, b, c, d]) => match (a.times(factor), b.times(factor)) {
                (Some(a), Some(b)) => Shape::Quotient([a, b, c, d]),
                _ => Shape::Wild,
            },
            Shape::Climbing { .. } if factor == Number::ZERO => Shape::constant(Number::ZERO),
            Shape::Climbing { upwards } => Shape::Climbing { upwards: upwards == (factor > Number::ZERO) },
            Shape::Unknown => Shape::Unknown,
            Shape::Wild => Shape::Wild,
        }
    }

    fn plus(self, other: Shape) -> Shape {
        match (self, other) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => Shape::Unknown,
            (Shape::Wild, _) | (_, Shape::Wild) => Shape::Wild,
            (Shape::Quotient(one), Shape::Quotient(two)) => {
                sum(one, two).map_or(Shape::Wild, Shape::Quotient)
            }
            (one, two) => match (one.climbs(), two.climbs()) {
                (Some(up), None) if two.as_constant().is_some() => Shape::Climbing { upwards: up },
                (None, Some(up)) if one.as_constant().is_some() => Shape::Climbing { upwards: up },
                (Some(one), Some(two)) if one == two => Shape::Climbing { upwards: one },
                _ => Shape::Wild,
            },
        }
    }

    fn minus(self, other: Shape) -> Shape {
        match Number::ZERO.minus(Number::ONE) {
            Some(negative) => self.plus(other.times(negative)),
            None => Shape::Wild,
        }
    }

    fn multiplied(self, other: Shape) -> Shape {
        match (self.as_constant(), other.as_constant()) {
            (Some(factor), _) => other.times(factor),
            (_, Some(factor)) => self.times(factor),
            _ if self == Shape::Unknown || other == Shape::Unknown => Shape::Unknown,
            _ => Shape::Wild,
        }
    }

    fn divided(self, other: Shape) -> Shape {
        if self == Shape::Unknown || other == Shape::Unknown {
            return Shape::Unknown;
        }
        if let Some(divisor) = other.as_constant() {
            return Number::ONE.over(divisor).map_or(Shape::Unknown, |factor| self.times(factor));
        }
        match (self, other) {
            (Shape::Quotient(one), Shape::Quotient(two)) => {
                quotient(one, two).map_or(Shape::Wild, Shape::Quotient)
            }
            _ => Shape::Wild,
        }
    }
}

fn sum(one: [Number; 4], two: [Number; 4]) -> Option<[Number; 4]> {
    let ([a, b, c, d], [e, f, g, h]) = (one, two);
    if c == Number::ZERO && g == Number::ZERO {
        let (first, second) = (Number::ONE.over(d)?, Number::ONE.over(h)?);
        let slope = a.times(first)?.plus(e.times(second)?)?;
        let start = b.times(first)?.plus(f.times(second)?)?;
        return Some([slope, start, Number::ZERO, Number::ONE]);
    }
    if e == Number::ZERO && g == Number::ZERO {
        let add = f.over(h)?;
        return Some([a.plus(add.times(c)?)?, b.plus(add.times(d)?)?, c, d]);
    }
    if a == Number::ZERO && c == Number::ZERO {
        return sum(two, one);
    }
    (c == g && d == h).then_some([a.plus(e)?, b.plus(f)?, c, d])
}

fn quotient(one: [Number; 4], two: [Number; 4]) -> Option<[Number; 4]> {
    let ([a, b, c, d], [e, f, g, h]) = (one, two);
    if c == Number::ZERO && g == Number::ZERO {
        // (a·x + b)/d over (e·x + f)/h
        return Some([a.times(h)?, b.times(h)?, e.times(d)?, f.times(d)?]);
    }
    // The same denominator cancels.
    if c == g && d == h {
        return Some([a, b, e, f]);
    }
    if a == Number::ZERO && c == Number::ZERO {
        let above = b.over(d)?;
        return Some([above.times(g)?, above.times(h)?, e, f]);
    }
    None
}

impl Line<'_> {
    /// Learns the definitions on which the conditions rest.
    fn learn(&mut self, conditions: &[Node]) {
        let mut read = BTreeSet::new();
        for condition in conditions {
            for slot in condition.slots() {
                collect_slot(self.vocabulary, slot, &mut read);
            }
        }
        for slot in read {
            let mut rests_on = BTreeSet::new();
            collect_slot(self.vocabulary, slot, &mut rests_on);
            if !rests_on.contains(&self.slot) {
                continue;
            }
            self.moving.insert(slot);
            if let Some(Definition::Expression(node)) =
                self.vocabulary.get(slot).and_then(|named| named.definition.as_ref())
            {
                self.definitions.insert(slot, without_let(node));
            }
        }
    }

    fn moves(&self, node: &Node) -> bool {
        node.slots().iter().any(|slot| self.moving.contains(slot))
    }

    fn value(&self, point: Number) -> Option<Value> {
        match self.axis {
            Axis::Whole | Axis::Dense => Some(Value::Number(point)),
            Axis::Days => {
                let days = i32::try_from(point.to_i64()?).ok()?;
                Date::from_num_days_from_ce_opt(days).map(Value::Date)
            }
        }
    }

    fn at(&self, point: Number) -> Vec<Option<Value>> {
        let mut values = self.values.clone();
        if let Some(place) = values.get_mut(self.slot.index()) {
            *place = self.value(point);
        }
        values
    }

    /// A point strictly between two others.
    fn middle(&self, left: Number, right: Number) -> Option<Number> {
        let middle = left.plus(right)?.over(Number::from(2))?;
        match self.axis {
            Axis::Dense => Some(middle),
            Axis::Whole | Axis::Days => {
                let middle = middle.floor();
                (middle > left && middle < right).then_some(middle)
            }
        }
    }

    /// The points next to the ends of a stretch, inside it: for numbers that are not whole, those that people write.
    fn beside(&self, left: Number, right: Number) -> Vec<Number> {
        let step = match self.axis {
            Axis::Whole | Axis::Days => Number::ONE,
            Axis::Dense => Number::ratio(1, 100).unwrap_or(Number::ONE),
        };
        let snap = |point: Option<Number>| point?.over(step).map(Number::floor)?.times(step);
        let mut points = Vec::new();
        points.extend(snap(left.plus(step)));
        points.extend(snap(right.minus(step)));
        points.extend(snap(right.minus(step)).and_then(|point| point.plus(step)));
        points.retain(|point| *point > left && *point < right);
        points
    }

    /// Looks at one point of a stretch: where, inside it, does a comparison change?
    fn look(
        &self,
        conditions: &[Node],
        middle: Number,
        left: Number,
        right: Number,
        found: &mut Found,
    ) -> bool {
        let values = self.at(middle);
        let frame = Frame::new(self.vocabulary, &values);
        for condition in conditions {
            self.visit(condition, &frame, found);
        }
        drop(frame);
        let solved = std::mem::take(&mut found.points);
        found.points = solved.into_iter().flat_map(|point| self.around(point)).collect();
        let mut is_within = true;
        for (one, two) in std::mem::take(&mut found.steps) {
            is_within &= self.climb(&one, &two, left, right, found).is_some();
        }
        is_within
    }

    /// What is solved may lie between two days or two whole numbers: then both count.
    fn around(&self, point: Number) -> Vec<Number> {
        if self.axis == Axis::Dense {
            return vec![point];
        }
        let floor = point.floor();
        let near = [floor.minus(Number::ONE), Some(floor), floor.plus(Number::ONE)];
        near.into_iter().flatten().filter(|near| point.is_whole() || *near >= floor).collect()
    }

    /// Searches by halves where two numbers, one of which climbs in steps, change places.
    fn climb(&self, one: &Node, two: &Node, left: Number, right: Number, found: &mut Found) -> Option<()> {
        let step = match self.axis {
            Axis::Whole | Axis::Days => Number::ONE,
            Axis::Dense => Number::ratio(1, 100)?,
        };
        let order = |point: Number| -> Option<Ordering> {
            let values = self.at(point);
            let frame = Frame::new(self.vocabulary, &values);
            let pair = (frame.evaluate(one), frame.evaluate(two));
            match pair {
                (Outcome::Known(one), Outcome::Known(two)) => {
                    Some(number_or_day(&one)?.cmp(&number_or_day(&two)?))
                }
                _ => None,
            }
        };
        let (mut low, mut high) = (left.plus(step)?, right.minus(step)?);
        if low >= high {
            return Some(());
        }
        let first = order(low);
        if first == order(high) {
            return Some(());
        }
        // `low` is always like the first, `high` never.
        while let Some(middle) =
            self.middle(low, high).filter(|_| high.minus(low).is_some_and(|gap| gap > step))
        {
            if order(middle) == first {
                low = middle;
            } else {
                high = middle;
            }
        }
        found.points.insert(low);
        found.points.insert(high);
        (self.axis != Axis::Dense).then_some(())
    }

    fn solve(one: Shape, two: Shape, nodes: Option<(&Node, &Node)>, found: &mut Found) {
        match (one, two) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => {}
            (Shape::Quotient([a, b, c, d]), Shape::Quotient([e, f, g, h])) => {
                let solved = || -> Option<Option<Number>> {
                    let square = a.times(g)?.minus(e.times(c)?)?;
                    let line = a.times(h)?.plus(b.times(g)?)?.minus(e.times(d)?)?.minus(f.times(c)?)?;
                    let rest = b.times(h)?.minus(f.times(d)?)?;
                    if square != Number::ZERO {
                        return None;
                    }
                    if line == Number::ZERO {
                        return Some(None);
                    }
                    Some(Some(Number::ZERO.minus(rest)?.over(line)?))
                };
                match solved() {
                    Some(point) => found.points.extend(point),
                    None => found.is_inexact = true,
                }
                for (below, rest) in [(c, d), (g, h)] {
                    if below != Number::ZERO {
                        found.points.extend(Number::ZERO.minus(rest).and_then(|rest| rest.over(below)));
                    }
                }
            }
            (one, two) => {
                let opposite = match (one.climbs(), two.climbs()) {
                    (Some(one), Some(two)) => one != two,
                    (Some(_), None) => two.as_constant().is_some(),
                    (None, Some(_)) => one.as_constant().is_some(),
                    (None, None) => false,
                };
                found.is_inexact |= !opposite;
                match nodes {
                    Some((first, second)) => found.steps.push((first.clone(), second.clone())),
                    None => found.is_inexact = true,
                }
            }
        }
    }

    fn compare(&self, left: &Node, right: &Node, frame: &Frame<'_>, found: &mut Found) {
        if self.moves(left) || self.moves(right) {
            let (one, two) = (self.shape(left, frame), self.shape(right, frame));
            Self::solve(one, two, Some((left, right)), found);
        }
    }

    /// Collects where the comparisons of a condition change, as they stand at the point that the frame holds.
    fn visit(&self, node: &Node, frame: &Frame<'_>, found: &mut Found) {
        match &node.expr {
            Expr::Constant(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => {}
            Expr::Slot(slot) => self.visit_slot(*slot, frame, found),
            Expr::Not(inner) | Expr::Scaled(inner, _) => self.visit(inner, frame, found),
            Expr::And(parts) | Expr::Or(parts) => {
                for part in parts {
                    self.visit(part, frame, found);
                }
            }
            Expr::Compare(_, left, right) => {
                self.visit(left, frame, found);
                self.visit(right, frame, found);
                if ordered(left) {
                    self.compare(left, right, frame, found);
                }
            }
            Expr::Between { value, low, high, .. } => {
                for part in [value, low, high] {
                    self.visit(part, frame, found);
                }
                self.compare(value, low, frame, found);
                self.compare(value, high, frame, found);
            }
            Expr::Arithmetic(operation, left, right) => {
                self.visit(left, frame, found);
                self.visit(right, frame, found);
                if *operation == Arithmetic::Divide && self.moves(right) {
                    let zero = Shape::constant(Number::ZERO);
                    Self::solve(self.shape(right, frame), zero, None, found);
                }
            }
            Expr::Shift(left, right, _) | Expr::Member(left, right) | Expr::Let(left, right) => {
                self.visit(left, frame, found);
                self.visit(right, frame, found);
            }
            Expr::If(condition, then, otherwise) => {
                self.visit(condition, frame, found);
                match frame.evaluate(condition).as_bool() {
                    Some(true) => self.visit(then, frame, found),
                    Some(false) => self.visit(otherwise, frame, found),
                    None => {
                        self.visit(then, frame, found);
                        self.visit(otherwise, frame, found);
                    }
                }
            }
            Expr::Call(builtin, parts) => {
                for part in parts {
                    self.visit(part, frame, found);
                }
                match (builtin, parts.as_slice()) {
                    (Builtin::Min | Builtin::Max, [left, right]) => self.compare(left, right, frame, found),
                    (Builtin::Abs, [inner]) if self.moves(inner) => {
                        let zero = Shape::constant(Number::ZERO);
                        Self::solve(self.shape(inner, frame), zero, None, found);
                    }
                    _ => {}
                }
            }
            Expr::Each(_, list, body) => {
                self.visit(list, frame, found);
                found.is_inexact |= body.as_ref().is_some_and(|body| self.moves(body));
            }
        }
    }

    fn visit_slot(&self, slot: Slot, frame: &Frame<'_>, found: &mut Found) {
        if !self.moving.contains(&slot) || !found.seen.insert(slot) {
            return;
        }
        if let Some(node) = self.definitions.get(&slot) {
            self.visit(node, frame, found);
            return;
        }
        match self.vocabulary.get(slot).and_then(|named| named.definition.as_ref()) {
            Some(Definition::Output { table, .. }) => {
                for (column, given) in table.given.iter().enumerate() {
                    self.visit_slot(*given, frame, found);
                    if !self.moving.contains(given) {
                        continue;
                    }
                    let shape = self.shape_of(*given, frame);
                    for cell in table.rows.iter().filter_map(|row| row.cells.get(column)) {
                        let Cell::Interval(interval) = cell else { continue };
                        for (bound, _) in interval.low.iter().chain(&interval.high) {
                            let node =
                                |expr: Expr| Node { place: table.place.clone(), ty: Type::bare(false), expr };
                            let one = node(Expr::Slot(*given));
                            let two = node(Expr::Constant(Value::Number(*bound)));
                            Self::solve(shape, Shape::constant(*bound), Some((&one, &two)), found);
                        }
                    }
                }
            }
            Some(Definition::Sum { parts, at_most }) => {
                let mut total = Shape::constant(Number::ZERO);
                for part in parts {
                    self.visit_slot(*part, frame, found);
                    total = total.plus(self.shape_of(*part, frame));
                }
                if total != Shape::Unknown {
                    Self::solve(total, Shape::constant(*at_most), None, found);
                }
            }
            Some(Definition::Expression(_)) | None => {}
        }
    }

    fn shape_of(&self, slot: Slot, frame: &Frame<'_>) -> Shape {
        if slot == self.slot {
            return Shape::Quotient([Number::ONE, Number::ZERO, Number::ZERO, Number::ONE]);
        }
        if let Some(node) = self.definitions.get(&slot).filter(|_| self.moving.contains(&slot)) {
            return self.shape(node, frame);
        }
        // The rows of a table, and what does not move: the same over the whole stretch.
        still(&frame.value(slot))
    }

    fn shape(&self, node: &Node, frame: &Frame<'_>) -> Shape {
        if !self.moves(node) {
            return still(&frame.evaluate(node));
        }
        match &node.expr {
            Expr::Slot(slot) => self.shape_of(*slot, frame),
            Expr::Scaled(inner, factor) => self.shape(inner, frame).times(*factor),
            Expr::Arithmetic(operation, left, right) => {
                let (one, two) = (self.shape(left, frame), self.shape(right, frame));
                match operation {
                    Arithmetic::Add => one.plus(two),
                    Arithmetic::Subtract => one.minus(two),
                    Arithmetic::Multiply => one.multiplied(two),
                    Arithmetic::Divide => one.divided(two),
                }
            }
            Expr::Shift(date, span, direction) => self.shifted(date, span, *direction, frame),
            Expr::If(condition, then, otherwise) => match frame.evaluate(condition).as_bool() {
                Some(true) => self.shape(then, frame),
                Some(false) => self.shape(otherwise, frame),
                None => Shape::Unknown,
            },
            Expr::Call(builtin, parts) => self.called(*builtin, parts, frame),
            Expr::Each(..) => Shape::Wild,
            Expr::Constant(_)
            | Expr::Local(_)
            | Expr::Field(..)
            | Expr::Occurred(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::Let(..) => Shape::Wild,
        }
    }

    fn shifted(&self, date: &Node, span: &Node, direction: Direction, frame: &Frame<'_>) -> Shape {
        let day = self.shape(date, frame);
        if let Expr::Call(Builtin::Days, parts) = &span.expr
            && let [number] = parts.as_slice()
        {
            let number = self.shape(number, frame);
            return match direction {
                Direction::Forwards => day.plus(number),
                Direction::Backwards => day.minus(number),
            };
        }
        if self.moves(span) {
            return Shape::Wild;
        }
        let Outcome::Known(Value::Span(span)) = frame.evaluate(span) else { return Shape::Unknown };
        let days = Number::from(i64::from(span.days));
        let days = match direction {
            Direction::Forwards => days,
            Direction::Backwards => Number::ZERO.minus(days).unwrap_or(days),
        };
        if span.months == 0 {
            return day.plus(Shape::constant(days));
        }
        // Months have no fixed length, but a later day never gives an earlier one.
        day.climbs().map_or(day, |upwards| Shape::Climbing { upwards })
    }

    fn called(&self, builtin: Builtin, parts: &[Node], frame: &Frame<'_>) -> Shape {
        match (builtin, parts) {
            (Builtin::Min | Builtin::Max, [left, right]) => {
                let values = (frame.evaluate(left), frame.evaluate(right));
                let (Outcome::Known(one), Outcome::Known(two)) = values else { return Shape::Unknown };
                let (Some(one), Some(two)) = (number_or_day(&one), number_or_day(&two)) else {
                    return Shape::Wild;
                };
                let takes_left = if builtin == Builtin::Min { one <= two } else { one >= two };
                self.shape(if takes_left { left } else { right }, frame)
            }
            (Builtin::Abs, [inner]) => match frame.evaluate(inner).as_number() {
                Some(number) if number < Number::ZERO => {
                    Shape::constant(Number::ZERO).minus(self.shape(inner, frame))
                }
                Some(_) => self.shape(inner, frame),
                None => Shape::Unknown,
            },
            (Builtin::Whole, [inner]) => match self.shape(inner, frame) {
                Shape::Unknown => Shape::Unknown,
                shape => shape.climbs().map_or(Shape::Wild, |upwards| Shape::Climbing { upwards }),
            },
            (Builtin::DaysBetween, [from, to]) => self.shape(to, frame).minus(self.shape(from, frame)),
            (Builtin::WeeksBetween | Builtin::MonthsBetween | Builtin::YearsBetween, [from, to]) => {
                match self.shape(to, frame).minus(self.shape(from, frame)) {
                    Shape::Unknown => Shape::Unknown,
                    shape if self.moves(from) != self.moves(to) => {
                        shape.climbs().map_or(Shape::Wild, |upwards| Shape::Climbing { upwards })
                    }
                    _ => Shape::Wild,
                }
            }
            _ => Shape::Wild,
        }
    }
}

fn still(outcome: &Outcome) -> Shape {
    match outcome {
        Outcome::Known(value) => number_or_day(value).map_or(Shape::Wild, Shape::constant),
        Outcome::Unknown | Outcome::Fault(_) => Shape::Unknown,
    }
}

/// Is it a number or a day, so that the order of values means something?
fn ordered(node: &Node) -> bool {
    matches!(node.ty, Type::Number(_) | Type::Date)
}

/// What surrounds a part: what `let` bound, or a thing of a list.
enum Bound {
    Value(Node),
    Item,
}

/// The same condition without `let`: each name stands for what it was bound to.
pub fn without_let(node: &Node) -> Node {
    inlined(node, &mut vec![])
}

fn inlined(node: &Node, surroundings: &mut Vec<Bound>) -> Node {
    let mut part = |node: &Node| Box::new(inlined(node, &mut *surroundings));
    let expr = match &node.expr {
        Expr::Constant(_) | Expr::Slot(_) | Expr::Occurred(_) => node.expr.clone(),
        Expr::Not(inner) => Expr::Not(part(inner)),
        Expr::Scaled(inner, factor) => Expr::Scaled(part(inner), *factor),
        Expr::And(parts) => Expr::And(parts.iter().map(|node| *part(node)).collect()),
        Expr::Or(parts) => Expr::Or(parts.iter().map(|node| *part(node)).collect()),
        Expr::Call(builtin, parts) => Expr::Call(*builtin, parts.iter().map(|node| *part(node)).collect()),
        Expr::Arithmetic(operation, left, right) => Expr::Arithmetic(*operation, part(left), part(right)),
        Expr::Shift(date, span, direction) => Expr::Shift(part(date), part(span), *direction),
        Expr::Compare(comparison, left, right) => Expr::Compare(*comparison, part(left), part(right)),
        Expr::Member(value, set) => Expr::Member(part(value), part(set)),
        Expr::Between { value, low, high, closed } => {
            Expr::Between { value: part(value), low: part(low), high: part(high), closed: *closed }
        }
        Expr::If(condition, then, otherwise) => Expr::If(part(condition), part(then), part(otherwise)),
        Expr::Local(back) => return local(node, *back, surroundings),
        Expr::Field(back, field) => {
            let inner = surroundings.iter().rev().take(*back);
            let lets = inner.filter(|bound| matches!(bound, Bound::Value(_))).count();
            Expr::Field(back.saturating_sub(lets), *field)
        }
        Expr::Let(value, body) => {
            let value = inlined(value, surroundings);
            surroundings.push(Bound::Value(value));
            let body = inlined(body, surroundings);
            surroundings.pop();
            return body;
        }
        Expr::Each(fold, list, body) => {
            let list = part(list);
            surroundings.push(Bound::Item);
            let body = body.as_ref().map(|body| Box::new(inlined(body, surroundings)));
            surroundings.pop();
            Expr::Each(*fold, list, body)
        }
    };
    Node { place: node.place.clone(), ty: node.ty.clone(), expr }
}

/// What a `let` bound, put where its name stands.
fn local(node: &Node, back: usize, surroundings: &[Bound]) -> Node {
    let at = surroundings.len().checked_sub(back + 1);
    match at.and_then(|at| Some((surroundings.get(at)?, surroundings.get(at + 1..)?))) {
        Some((Bound::Value(bound), inner)) => {
            let items = inner.iter().filter(|bound| matches!(bound, Bound::Item)).count();
            let mut bound = bound.clone();
            if items > 0 {
                deepen(&mut bound, items, 0);
            }
            bound
        }
        _ => node.clone(),
    }
}

/// Things of a list that a bound value reads lie so many lists further out than where it was bound.
fn deepen(node: &mut Node, by: usize, inside: usize) {
    if let Expr::Field(back, _) = &mut node.expr
        && *back >= inside
    {
        *back += by;
    }
    let is_list = matches!(node.expr, Expr::Each(..));
    for (index, part) in node.parts_mut().into_iter().enumerate() {
        deepen(part, by, inside + usize::from(is_list && index == 1));
    }
}
