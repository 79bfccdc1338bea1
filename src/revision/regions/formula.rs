//! Conditions over axes: a condition is taken apart into questions that each look at one axis only.
//!
//! An axis is a fact, or what stands for one: a computed number that is held against a constant, or two numbers that are held
//! against one another. Facts are free of one another, so what is made of them alone is exact; computed axes hang on facts that
//! other axes may look at too, so that a region over them may be larger than what can occur, and is never smaller.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

use super::diagram::{Diagrams, Id};
use crate::evaluation::Verdict;
use crate::expression::canonical;
use crate::expression::cuts::{number_or_day, without_let};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{
    Arithmetic, Builtin, Cell, Comparison, Definition, Expr, Fold, Interval, Node, Origin, Row, Slot, Table,
    Value,
};
use crate::expression::types::Type;
use crate::policy::Policy;
use crate::policy::guide;
use crate::value::{Number, Text};

/// What a diagram says of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    /// It is not known.
    Unknown,
    /// Yes or no.
    Bool(bool),
    /// One of some choices, by its id.
    Choice(String),
    /// A number.
    Number(Number),
    /// What a rule says.
    Verdict(Verdict),
    /// What a request comes to: the worse, the lower.
    Rank(u8),
    /// What two revisions say that do not say the same.
    Both(Box<Said>, Box<Said>),
    /// That two revisions say the same, whatever it is.
    Same,
}

/// Which of two revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// How a case shows in which cell of an axis it lies.
#[derive(Debug, Clone)]
pub(super) enum Term {
    /// By a value of one of the revisions.
    Value(Node),
    /// By which of two is larger.
    Order(Node, Node),
    /// By whether it is known.
    Known(Slot),
    /// By whether it happened.
    Occurred(Slot),
}

/// What a case is asked for.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) key: String,
    pub(super) label: Text,
    pub(super) ty: Type,
    pub(super) side: Side,
    pub(super) term: Term,
    /// Is it a fact, free of all others?
    pub(super) is_free: bool,
    pub(super) scale: Scale,
}

/// The cells of an axis.
#[derive(Debug, Clone)]
pub(super) enum Scale {
    /// Numbers, cut at each of these: a cell for each cut, and one for what lies between two.
    Numbers { range: Interval, whole: bool, cuts: BTreeSet<Number> },
    /// Choices, by id.
    Choices(Vec<String>),
    /// Yes or no.
    Bool,
    /// Shown, or not yet known.
    Shown,
}

/// A stretch of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) interval: Interval,
    /// A number inside.
    pub(super) sample: Number,
}

impl Scale {
    /// The stretches of a line, the lowest first.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        let Scale::Numbers { range, whole, cuts } = self else { return vec![] };
        let mut stretches = Vec::new();
        let mut low: Option<(Number, bool)> = range.low;
        let inside: Vec<Number> = cuts.iter().copied().filter(|cut| range.contains(*cut)).collect();
        for cut in inside {
            let below = Interval { low, high: Some((cut, false)) };
            stretches.extend(sample(&below, *whole).map(|sample| Stretch { interval: below, sample }));
            if !*whole || cut.is_whole() {
                let at = Interval { low: Some((cut, true)), high: Some((cut, true)) };
                stretches.push(Stretch { interval: at, sample: cut });
            }
            low = Some((cut, false));
        }
        let above = Interval { low, high: range.high };
        stretches.extend(sample(&above, *whole).map(|sample| Stretch { interval: above, sample }));
        stretches
    }

    pub(super) fn cells(&self) -> usize {
        match self {
            Scale::Numbers { .. } => self.stretches().len(),
            Scale::Choices(ids) => ids.len(),
            Scale::Bool | Scale::Shown => 2,
        }
    }
}

/// A number inside an interval.
fn sample(interval: &Interval, whole: bool) -> Option<Number> {
    let two = Number::from(2);
    let candidate = match (interval.low, interval.high) {
        (Some((low, _)), Some((high, _))) => low.plus(high)?.over(two)?,
        (Some((low, inside)), None) => {
            if inside {
                low
            } else {
                low.plus(Number::ONE)?
            }
        }
        (None, Some((high, inside))) => {
            if inside {
                high
            } else {
                high.minus(Number::ONE)?
            }
        }
        (None, None) => Number::ZERO,
    };
    let floor = candidate.floor();
    let near = [Some(candidate), Some(floor), floor.plus(Number::ONE)];
    near.into_iter().flatten().find(|number| interval.contains(*number) && (!whole || number.is_whole()))
}

/// A condition over axes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Formula {
    Said(Said),
    /// What a case says on an axis of choices, of yes and no.
    Asked(usize),
    /// Where a number lies.
    Test(usize, Comparison, Number),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    If(Box<Formula>, Box<Formula>, Box<Formula>),
    /// Do two say the same, or which is larger?
    Compare(Comparison, Box<Formula>, Box<Formula>),
    In(Box<Formula>, BTreeSet<String>),
    Sum(Vec<Formula>, Number),
    /// So many for each, at most so many.
    Each(usize, Number, Number),
    Table(Box<Rows>),
}

/// A decision table, one output of it.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    given: Vec<Formula>,
    /// Numbers are tested on their axis.
    axes: Vec<Option<usize>>,
    table: Arc<Table>,
    choices: Vec<Vec<String>>,
    outputs: Vec<Said>,
}

impl Formula {
    fn parts_mut(&mut self) -> Vec<&mut Formula> {
        match self {
            Formula::Said(_)
            | Formula::Asked(_)
            | Formula::Test(..)
            | Formula::Each(..)
            | Formula::Table(_) => {
                vec![]
            }
            Formula::Not(inner) | Formula::In(inner, _) => vec![inner],
            Formula::All(parts) | Formula::Any(parts) | Formula::Sum(parts, _) => parts.iter_mut().collect(),
            Formula::If(case, then, otherwise) => vec![case, then, otherwise],
            Formula::Compare(_, one, two) => vec![one, two],
        }
    }

    /// Takes its tables out, in the order in which they stand.
    fn take_tables(&mut self, tables: &mut Vec<Rows>) {
        if let Formula::Table(_) = self
            && let Formula::Table(rows) = std::mem::replace(self, Formula::Said(Said::Unknown))
        {
            tables.push(*rows);
        }
        for part in self.parts_mut() {
            part.take_tables(tables);
        }
    }
}

/// Where a table may answer otherwise than the one that it takes the place of: in the cases that a row matches which only one of them
/// has. Everywhere else both say the same.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    table: String,
    rows: Vec<Row>,
}

impl Changed {
    /// Where conditions differ that are alike but for the rows of one table; nothing where they differ in more.
    pub(super) fn between(before: &[&Formula], after: &[&Formula]) -> Option<Changed> {
        let mut changed: Option<Changed> = None;
        if before.len() != after.len() {
            return None;
        }
        for (before, after) in before.iter().zip(after) {
            let (mut before, mut after) = ((*before).clone(), (*after).clone());
            let (mut tables_before, mut tables_after) = (vec![], vec![]);
            before.take_tables(&mut tables_before);
            after.take_tables(&mut tables_after);
            if before != after || tables_before.len() != tables_after.len() {
                return None;
            }
            for (before, after) in tables_before.iter().zip(&tables_after).filter(|(one, two)| one != two) {
                let (one, two) = (&before.table, &after.table);
                if one.id != two.id || before.looks_at() != after.looks_at() {
                    return None;
                }
                let changed = changed.get_or_insert_with(|| Changed { table: one.id.clone(), rows: vec![] });
                if changed.table != one.id {
                    return None;
                }
                changed.rows.extend(before.rows_without(after));
            }
        }
        changed
    }
}

impl PartialEq for Rows {
    /// Do they say the same of the same?
    fn eq(&self, other: &Rows) -> bool {
        fn cells(rows: &Rows) -> impl Iterator<Item = &Vec<Cell>> {
            rows.table.rows.iter().map(|row| &row.cells)
        }
        self.looks_at() == other.looks_at() && self.outputs == other.outputs && cells(self).eq(cells(other))
    }
}

impl Rows {
    fn looks_at(&self) -> (&[Option<usize>], &[Formula], &[Vec<String>]) {
        (&self.axes, &self.given, &self.choices)
    }

    /// The rows that only one of two tables has, in the order in which they stand.
    fn rows_without(&self, other: &Rows) -> Vec<Row> {
        let said = |rows: &Rows| -> Vec<(Row, Said)> {
            rows.table.rows.iter().cloned().zip(rows.outputs.iter().cloned()).collect()
        };
        let (one, two) = (said(self), said(other));
        let is_same = |one: &(Row, Said), two: &(Row, Said)| one.0.cells == two.0.cells && one.1 == two.1;
        // How many rows the rest of both share, at most.
        let mut shared = vec![vec![0_usize; two.len() + 1]; one.len() + 1];
        let at = |shared: &[Vec<usize>], i: usize, j: usize| {
            shared.get(i).and_then(|row| row.get(j)).copied().unwrap_or_default()
        };
        for (i, first) in one.iter().enumerate().rev() {
            for (j, second) in two.iter().enumerate().rev() {
                let most = if is_same(first, second) {
                    at(&shared, i + 1, j + 1) + 1
                } else {
                    at(&shared, i + 1, j).max(at(&shared, i, j + 1))
                };
                if let Some(place) = shared.get_mut(i).and_then(|row| row.get_mut(j)) {
                    *place = most;
                }
            }
        }
        let (mut i, mut j) = (0, 0);
        let mut found = Vec::new();
        loop {
            match (one.get(i), two.get(j)) {
                (None, None) => return found,
                (Some(first), Some(second)) if is_same(first, second) => (i, j) = (i + 1, j + 1),
                (Some(first), second)
                    if second.is_none() || at(&shared, i + 1, j) >= at(&shared, i, j + 1) =>
                {
                    found.push(first.0.clone());
                    i += 1;
                }
                (_, Some(second)) => {
                    found.push(second.0.clone());
                    j += 1;
                }
                (Some(_), None) => return found,
            }
        }
    }
}

/// Takes conditions of two revisions apart, over the same axes.
pub(super) struct Axes<'p> {
    pub(super) before: &'p Policy,
    pub(super) after: &'p Policy,
    /// What is the same for every case: the numbers of the board, the service.
    pub(super) constants: (Vec<Option<Value>>, Vec<Option<Value>>),
    pub(super) axes: Vec<Axis>,
    by_key: BTreeMap<String, usize>,
    /// Names that stand still.
    still: (BTreeSet<Slot>, BTreeSet<Slot>),
}

impl<'p> Axes<'p> {
    /// For one service of each revision.
    pub(super) fn new(
        before: (&'p Policy, Vec<Option<Value>>),
        after: (&'p Policy, Vec<Option<Value>>),
    ) -> Axes<'p> {
        let still = |values: &[Option<Value>]| {
            let known = values.iter().enumerate().filter(|(_, value)| value.is_some());
            known.filter_map(|(index, _)| u16::try_from(index).ok().map(Slot)).collect()
        };
        Axes {
            still: (still(&before.1), still(&after.1)),
            before: before.0,
            after: after.0,
            constants: (before.1, after.1),
            axes: vec![],
            by_key: BTreeMap::new(),
        }
    }

    fn policy(&self, side: Side) -> &'p Policy {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
    }

    /// The names on which a part rests in the end: facts and the like.
    fn leaves(&self, side: Side, node: &Node) -> BTreeSet<Slot> {
        let policy = self.policy(side);
        let still = match side {
            Side::Before => &self.still.0,
            Side::After => &self.still.1,
        };
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<Slot> = node.slots().into_iter().collect();
        while let Some(slot) = waiting.pop() {
            if !seen.insert(slot) || still.contains(&slot) {
                continue;
            }
            let named = policy.vocabulary.get(slot);
            if named.is_some_and(|named| named.definition.is_some()) {
                waiting.extend(policy.vocabulary.made_of(slot));
            } else {
                found.insert(slot);
            }
        }
        found
    }

    fn constant(&self, side: Side, node: &Node) -> Option<Value> {
        if !self.leaves(side, node).is_empty() || has_item(node) {
            return None;
        }
        let (policy, values) = match side {
            Side::Before => (self.before, &self.constants.0),
            Side::After => (self.after, &self.constants.1),
        };
        match Frame::new(&policy.vocabulary, values).evaluate(node) {
            Outcome::Known(value) => Some(value),
            Outcome::Unknown | Outcome::Fault(_) => None,
        }
    }

    fn said(ty: &Type, value: &Value) -> Option<Said> {
        Some(match value {
            Value::Bool(value) => Said::Bool(*value),
            Value::Choice(index) => Said::Choice(ty.choices()?.id(*index).to_owned()),
            Value::Number(_) | Value::Date(_) => Said::Number(number_or_day(value)?),
            Value::Span(_) | Value::Set(_) | Value::Text(_) | Value::List(_) => return None,
        })
    }

    /// What a part rests on, written out: two parts with the same key are always the same.
    fn key(&self, side: Side, node: &Node) -> String {
        let policy = self.policy(side);
        let mut names = node.slots();
        let mut waiting: Vec<Slot> = names.iter().copied().collect();
        while let Some(slot) = waiting.pop() {
            waiting.extend(policy.vocabulary.made_of(slot).into_iter().filter(|part| names.insert(*part)));
        }
        let values = match side {
            Side::Before => &self.constants.0,
            Side::After => &self.constants.1,
        };
        let mut said = vec![canonical::program(&policy.vocabulary, node)];
        for slot in names {
            let Some(named) = policy.vocabulary.get(slot) else { continue };
            let definition = canonical::definition(&policy.vocabulary, slot);
            if let Some(definition) = &definition {
                said.push(format!("{} {definition}", named.id));
            }
            if let Some(Definition::Output { table, .. }) = &named.definition {
                said.extend(table.rows.iter().map(|row| format!("{:?} {:?}", row.cells, row.outputs)));
            }
            if let Some(Some(value)) = values.get(slot.index()) {
                said.push(format!("{} {}", named.id, canonical::value(&named.ty, value)));
            }
        }
        said.join("\n")
    }

    fn axis(&mut self, axis: Axis) -> usize {
        if let Some(index) = self.by_key.get(&axis.key) {
            return *index;
        }
        let index = self.axes.len();
        self.by_key.insert(axis.key.clone(), index);
        self.axes.push(axis);
        index
    }

    fn cut(&mut self, axis: usize, at: Number) {
        if let Some(Axis { scale: Scale::Numbers { cuts, .. }, .. }) = self.axes.get_mut(axis) {
            cuts.insert(at);
        }
    }

    /// The axis of numbers that a part is.
    fn line(&mut self, side: Side, node: &Node) -> Option<usize> {
        if !matches!(node.ty, Type::Number(_) | Type::Date) || has_item(node) {
            return None;
        }
        let policy = self.policy(side);
        let whole = node.ty.is_whole() || node.ty == Type::Date;
        let mut range = Interval::default();
        let mut is_free = false;
        if let Expr::Slot(slot) = &node.expr
            && let Some(named) = policy.vocabulary.get(*slot)
        {
            is_free = named.definition.is_none();
            let ranges = [self.before, self.after].map(|policy| {
                let fact = policy.facts.iter().find(|fact| fact.id == named.id);
                fact.and_then(|fact| fact.range).unwrap_or_default()
            });
            if is_free {
                range = overlap(ranges[0], ranges[1]);
            }
        }
        // Nobody counts below none.
        let mut inner = node;
        if let Expr::Slot(slot) = &node.expr
            && let Some(Definition::Expression(definition)) =
                policy.vocabulary.get(*slot).and_then(|named| named.definition.as_ref())
        {
            inner = definition;
        }
        if matches!(inner.expr, Expr::Each(Fold::Count, ..)) {
            range.low = Some((Number::ZERO, true));
        }
        let key = self.key(side, node);
        Some(self.axis(Axis {
            key,
            label: guide::part_in_words(policy, node),
            ty: node.ty.clone(),
            side,
            term: Term::Value(node.clone()),
            is_free,
            scale: Scale::Numbers { range, whole, cuts: BTreeSet::new() },
        }))
    }

    /// The axis of a part that is yes or no, or a choice, and cannot be taken apart.
    fn whole(&mut self, side: Side, node: &Node) -> Option<Formula> {
        if has_item(node) {
            return None;
        }
        let policy = self.policy(side);
        let mut is_free = false;
        let mut scale = match &node.ty {
            Type::Bool => Scale::Bool,
            Type::Choice(choices) => {
                let other = match side {
                    Side::Before => self.after,
                    Side::After => self.before,
                };
                let mut ids = choices.ids.clone();
                // A choice that only one of them knows can be made under one of them only.
                if let Some(Type::Choice(known)) = other
                    .vocabulary
                    .find(&choices.name)
                    .and_then(|slot| other.vocabulary.get(slot))
                    .map(|named| &named.ty)
                {
                    ids.retain(|id| known.ids.contains(id));
                }
                Scale::Choices(ids)
            }
            Type::Number(_) | Type::Date | Type::Span | Type::Set(_) | Type::Text | Type::List(_) => {
                return None;
            }
        };
        let mut term = Term::Value(node.clone());
        if let Expr::Slot(slot) = &node.expr
            && let Some(named) = policy.vocabulary.get(*slot)
        {
            is_free = named.definition.is_none();
            if named.origin == Origin::Document {
                scale = Scale::Shown;
                term = Term::Known(*slot);
            }
        }
        if let Expr::Occurred(slot) = &node.expr {
            is_free = true;
            term = Term::Occurred(*slot);
        }
        let key = self.key(side, node);
        let label = guide::part_in_words(policy, node);
        Some(Formula::Asked(self.axis(Axis { key, label, ty: node.ty.clone(), side, term, is_free, scale })))
    }

    /// A condition over axes; nothing where it cannot be taken apart.
    pub(super) fn formula(&mut self, side: Side, node: &Node) -> Option<Formula> {
        self.take_apart(side, &without_let(node))
    }

    fn all(&mut self, side: Side, parts: &[Node]) -> Option<Vec<Formula>> {
        parts.iter().map(|part| self.take_apart(side, part)).collect()
    }

    fn take_apart(&mut self, side: Side, node: &Node) -> Option<Formula> {
        if let Some(value) = self.constant(side, node) {
            return Axes::said(&node.ty, &value).map(Formula::Said);
        }
        match &node.expr {
            Expr::Not(inner) => Some(Formula::Not(Box::new(self.take_apart(side, inner)?))),
            Expr::And(parts) => Some(Formula::All(self.all(side, parts)?)),
            Expr::Or(parts) => Some(Formula::Any(self.all(side, parts)?)),
            Expr::If(case, then, otherwise) => Some(Formula::If(
                Box::new(self.take_apart(side, case)?),
                Box::new(self.take_apart(side, then)?),
                Box::new(self.take_apart(side, otherwise)?),
            )),
            Expr::Compare(comparison, left, right) => self.compare(side, *comparison, left, right),
            Expr::Between { value, low, high, closed } => {
                let upper = if *closed { Comparison::LessOrEqual } else { Comparison::Less };
                Some(Formula::All(vec![
                    self.compare(side, Comparison::GreaterOrEqual, value, low)?,
                    self.compare(side, upper, value, high)?,
                ]))
            }
            Expr::Member(value, set) => {
                let members = self.constant(side, set)?.as_set()?;
                let choices = set.ty.choices()?;
                let ids = members.iter().map(|index| choices.id(*index).to_owned()).collect();
                Some(Formula::In(Box::new(self.take_apart(side, value)?), ids))
            }
            Expr::Slot(slot) => self.slot(side, *slot, node),
            Expr::Call(Builtin::Min, parts) => self.each(side, parts),
            Expr::Each(..) | Expr::Occurred(_) => self.whole(side, node),
            Expr::Scaled(inner, factor) => match self.take_apart(side, inner)? {
                Formula::Said(Said::Number(number)) => {
                    Some(Formula::Said(Said::Number(number.times(*factor)?)))
                }
                _ => None,
            },
            Expr::Constant(_)
            | Expr::Local(_)
            | Expr::Field(..)
            | Expr::Arithmetic(..)
            | Expr::Shift(..)
            | Expr::Let(..)
            | Expr::Call(..) => None,
        }
    }

    fn slot(&mut self, side: Side, slot: Slot, node: &Node) -> Option<Formula> {
        let policy = self.policy(side);
        match policy.vocabulary.get(slot)?.definition.as_ref() {
            None => self.whole(side, node),
            Some(Definition::Expression(inner)) => {
                self.formula(side, inner).or_else(|| self.whole(side, node))
            }
            Some(Definition::Sum { parts, at_most }) => {
                let named = |slot: &Slot| {
                    let ty = policy.vocabulary.get(*slot)?.ty.clone();
                    Some(Node { place: node.place.clone(), ty, expr: Expr::Slot(*slot) })
                };
                let parts: Vec<Node> = parts.iter().map(named).collect::<Option<_>>()?;
                Some(Formula::Sum(self.all(side, &parts)?, *at_most))
            }
            Some(Definition::Output { table, column }) => self.table(side, table, *column, node),
        }
    }

    fn table(&mut self, side: Side, table: &Arc<Table>, column: usize, node: &Node) -> Option<Formula> {
        let policy = self.policy(side);
        let mut rows = Rows {
            given: vec![],
            axes: vec![],
            table: Arc::clone(table),
            choices: vec![],
            outputs: (table.rows.iter())
                .map(|row| Axes::said(&node.ty, row.outputs.get(column)?))
                .collect::<Option<_>>()?,
        };
        for (index, slot) in table.given.iter().enumerate() {
            let ty = policy.vocabulary.get(*slot)?.ty.clone();
            let choices = ty.choices().map(|choices| choices.ids.clone()).unwrap_or_default();
            let given = Node { place: node.place.clone(), ty, expr: Expr::Slot(*slot) };
            let is_number = matches!(given.ty, Type::Number(_) | Type::Date);
            let taken = self.take_apart(side, &given);
            if is_number && taken.is_none() {
                let axis = self.line(side, &given)?;
                for row in &table.rows {
                    if let Some(Cell::Interval(interval)) = row.cells.get(index) {
                        for (bound, _) in interval.low.iter().chain(&interval.high) {
                            self.cut(axis, *bound);
                        }
                    }
                }
                rows.axes.push(Some(axis));
                rows.given.push(Formula::Said(Said::Unknown));
            } else {
                rows.axes.push(None);
                rows.given.push(taken?);
            }
            rows.choices.push(choices);
        }
        Some(Formula::Table(Box::new(rows)))
    }

    /// So many points for each of something, at most so many.
    fn each(&mut self, side: Side, parts: &[Node]) -> Option<Formula> {
        let [product, most] = parts else { return None };
        let most = self.constant(side, most)?.as_number()?;
        let mut product = product;
        while let Expr::Call(Builtin::Max, parts) = &product.expr {
            let [inner, zero] = parts.as_slice() else { return None };
            if self.constant(side, zero)?.as_number()? != Number::ZERO {
                return None;
            }
            product = inner;
        }
        let Expr::Arithmetic(Arithmetic::Multiply, of, points) = &product.expr else { return None };
        let points = self.constant(side, points)?.as_number()?;
        let mut of: &Node = of;
        while let Expr::Call(Builtin::Max, parts) = &of.expr {
            let [inner, zero] = parts.as_slice() else { return None };
            if self.constant(side, zero)?.as_number()? != Number::ZERO {
                return None;
            }
            of = inner;
        }
        let is_countable = of.ty.is_whole() && points > Number::ZERO && most >= Number::ZERO;
        let steps =
            most.over(points).filter(|_| is_countable)?.floor().to_i64().filter(|steps| *steps < 200)?;
        let axis = self.line(side, of)?;
        for step in 0..=steps + 1 {
            self.cut(axis, Number::from(step));
        }
        Some(Formula::Each(axis, points, most))
    }

    fn compare(&mut self, side: Side, comparison: Comparison, left: &Node, right: &Node) -> Option<Formula> {
        let ordered = |node: &Node| matches!(node.ty, Type::Number(_) | Type::Date);
        if !ordered(left) {
            if matches!(left.ty, Type::Text | Type::Span | Type::Set(_) | Type::List(_)) {
                return None;
            }
            let (one, two) = (self.take_apart(side, left)?, self.take_apart(side, right)?);
            return Some(Formula::Compare(comparison, Box::new(one), Box::new(two)));
        }
        let number =
            |axes: &Axes<'_>, node: &Node| axes.constant(side, node).as_ref().and_then(number_or_day);
        match (number(self, left), number(self, right)) {
            (Some(one), Some(two)) => Some(Formula::Said(Said::Bool(comparison.holds(one.cmp(&two))))),
            (None, Some(bound)) => self.against(side, comparison, left, bound),
            (Some(bound), None) => {
                let turned = match comparison {
                    Comparison::Less => Comparison::Greater,
                    Comparison::LessOrEqual => Comparison::GreaterOrEqual,
                    Comparison::Greater => Comparison::Less,
                    Comparison::GreaterOrEqual => Comparison::LessOrEqual,
                    same @ (Comparison::Equal | Comparison::NotEqual) => same,
                };
                self.against(side, turned, right, bound)
            }
            (None, None) => {
                if has_item(left) || has_item(right) {
                    return None;
                }
                let policy = self.policy(side);
                let key = format!("{}\nbeside\n{}", self.key(side, left), self.key(side, right));
                let (one, two) = (guide::part_in_words(policy, left), guide::part_in_words(policy, right));
                let label = Text::new(
                    format!("الفرق بين {} و{}", one.ar, two.ar),
                    format!("the difference between {} and {}", one.en, two.en),
                );
                let axis = self.axis(Axis {
                    key,
                    label,
                    ty: Type::bare(false),
                    side,
                    term: Term::Order(left.clone(), right.clone()),
                    is_free: false,
                    scale: Scale::Numbers {
                        range: Interval {
                            low: Number::ZERO.minus(Number::ONE).map(|low| (low, true)),
                            high: Some((Number::ONE, true)),
                        },
                        whole: true,
                        cuts: BTreeSet::from([Number::ZERO]),
                    },
                });
                Some(Formula::Test(axis, comparison, Number::ZERO))
            }
        }
    }

    fn against(&mut self, side: Side, comparison: Comparison, node: &Node, bound: Number) -> Option<Formula> {
        if let Some(formula) = self.take_apart(side, node) {
            let bound = Box::new(Formula::Said(Said::Number(bound)));
            return Some(Formula::Compare(comparison, Box::new(formula), bound));
        }
        let axis = self.line(side, node)?;
        self.cut(axis, bound);
        Some(Formula::Test(axis, comparison, bound))
    }
}

/// Does it look at a thing of a list around it?
fn has_item(node: &Node) -> bool {
    let mut waiting = vec![(node, 0_usize)];
    while let Some((node, inside)) = waiting.pop() {
        match &node.expr {
            Expr::Field(back, _) if *back >= inside => return true,
            Expr::Local(_) => return true,
            Expr::Each(_, list, body) => {
                waiting.push((list, inside));
                waiting.extend(body.as_deref().map(|body| (body, inside + 1)));
            }
            _ => waiting.extend(node.parts().into_iter().map(|part| (part, inside))),
        }
    }
    false
}

fn overlap(one: Interval, two: Interval) -> Interval {
    let low = match (one.low, two.low) {
        (Some(one), Some(two)) => Some(if one.0 > two.0 { one } else { two }),
        (one, two) => one.or(two),
    };
    let high = match (one.high, two.high) {
        (Some(one), Some(two)) => Some(if one.0 < two.0 { one } else { two }),
        (one, two) => one.or(two),
    };
    Interval { low, high }
}

/// Makes diagrams of formulas, once all cuts are known.
pub(super) struct Builder<'a> {
    axes: &'a [Axis],
    stretches: Vec<Vec<Stretch>>,
    pub(super) diagrams: Diagrams<Said>,
    /// Elsewhere nobody asks what is said.
    pub(super) changed: Option<Changed>,
    /// The tables that were made already.
    made: Vec<(Rows, Id)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(axes: &'a [Axis]) -> Builder<'a> {
        Builder {
            axes,
            stretches: axes.iter().map(|axis| axis.scale.stretches()).collect(),
            diagrams: Diagrams::new(),
            changed: None,
            made: vec![],
        }
    }

    pub(super) fn stretches(&self, axis: usize) -> &[Stretch] {
        self.stretches.get(axis).map_or(&[], Vec::as_slice)
    }

    fn by_cell(&mut self, axis: usize, said: impl Fn(usize, Option<&Stretch>) -> Said) -> Option<Id> {
        let cells = self.axes.get(axis)?.scale.cells();
        let said: Vec<Said> = (0..cells)
            .map(|cell| said(cell, self.stretches.get(axis).and_then(|all| all.get(cell))))
            .collect();
        let cells = said.into_iter().map(|said| self.diagrams.value(said)).collect();
        self.diagrams.ask(axis, cells)
    }

    pub(super) fn build(&mut self, formula: &Formula) -> Option<Id> {
        match formula {
            Formula::Said(said) => Some(self.diagrams.value(said.clone())),
            Formula::Asked(axis) => {
                let scale = self.axes.get(*axis)?.scale.clone();
                self.by_cell(*axis, |cell, _| match &scale {
                    Scale::Bool => Said::Bool(cell == 1),
                    Scale::Shown => {
                        if cell == 1 {
                            Said::Bool(true)
                        } else {
                            Said::Unknown
                        }
                    }
                    Scale::Choices(ids) => Said::Choice(ids.get(cell).cloned().unwrap_or_default()),
                    Scale::Numbers { .. } => Said::Unknown,
                })
            }
            Formula::Test(axis, comparison, bound) => self.by_cell(*axis, |_, stretch| {
                stretch
                    .map_or(Said::Unknown, |stretch| Said::Bool(comparison.holds(stretch.sample.cmp(bound))))
            }),
            Formula::Each(axis, points, most) => self.by_cell(*axis, |_, stretch| {
                let counted = stretch.and_then(|stretch| stretch.sample.max(Number::ZERO).times(*points));
                counted.map_or(Said::Unknown, |counted| Said::Number(counted.min(*most)))
            }),
            Formula::Not(inner) => {
                let inner = self.build(inner)?;
                self.diagrams.combine(&[inner], &|parts| match parts {
                    [Some(Said::Bool(value))] => Some(Said::Bool(!value)),
                    [Some(_)] => Some(Said::Unknown),
                    _ => None,
                })
            }
            Formula::All(parts) => self.chain(parts, false),
            Formula::Any(parts) => self.chain(parts, true),
            Formula::If(case, then, otherwise) => {
                let parts = [self.build(case)?, self.build(then)?, self.build(otherwise)?];
                self.choose(parts)
            }
            Formula::Compare(comparison, left, right) => {
                let parts = [self.build(left)?, self.build(right)?];
                let comparison = *comparison;
                self.diagrams.combine(&parts, &|parts| match parts {
                    [Some(Said::Unknown), _] | [_, Some(Said::Unknown)] => Some(Said::Unknown),
                    [Some(one), Some(two)] => Some(Said::Bool(comparison.holds(one.cmp(two)))),
                    _ => None,
                })
            }
            Formula::In(value, ids) => {
                let value = self.build(value)?;
                self.diagrams.combine(&[value], &|parts| match parts {
                    [Some(Said::Choice(id))] => Some(Said::Bool(ids.contains(id))),
                    [Some(_)] => Some(Said::Unknown),
                    _ => None,
                })
            }
            Formula::Sum(parts, most) => {
                let mut sum = self.diagrams.value(Said::Number(Number::ZERO));
                for part in parts {
                    let part = self.build(part)?;
                    sum = self.diagrams.combine(&[sum, part], &|parts| match parts {
                        [Some(Said::Number(one)), Some(Said::Number(two))] => {
                            Some(one.plus(*two).map_or(Said::Unknown, Said::Number))
                        }
                        [Some(_), Some(_)] => Some(Said::Unknown),
                        _ => None,
                    })?;
                }
                let most = *most;
                self.diagrams.combine(&[sum], &|parts| match parts {
                    [Some(Said::Number(sum))] => Some(Said::Number((*sum).min(most))),
                    [Some(other)] => Some((*other).clone()),
                    _ => None,
                })
            }
            Formula::Table(rows) => self.table(rows),
        }
    }

    fn choose(&mut self, parts: [Id; 3]) -> Option<Id> {
        self.diagrams.combine(&parts, &|parts| match parts {
            [Some(Said::Bool(true)), then, _] => then.cloned(),
            [Some(Said::Bool(false)), _, otherwise] => otherwise.cloned(),
            [Some(_), Some(then), Some(otherwise)] => {
                Some(if then == otherwise { (*then).clone() } else { Said::Unknown })
            }
            _ => None,
        })
    }

    fn chain(&mut self, parts: &[Formula], decisive: bool) -> Option<Id> {
        let mut all = self.diagrams.value(Said::Bool(!decisive));
        for part in parts {
            let part = self.build(part)?;
            all = self.diagrams.combine(&[all, part], &|parts| match parts {
                [Some(Said::Bool(value)), _] | [_, Some(Said::Bool(value))] if *value == decisive => {
                    Some(Said::Bool(decisive))
                }
                [Some(Said::Bool(_)), Some(other)] => Some((*other).clone()),
                [Some(other), Some(_)] => Some((*other).clone()),
                _ => None,
            })?;
        }
        Some(all)
    }

    fn table(&mut self, rows: &Rows) -> Option<Id> {
        if let Some((_, id)) = self.made.iter().find(|(made, _)| made == rows) {
            return Some(*id);
        }
        let id = self.make_table(rows)?;
        self.made.push((rows.clone(), id));
        Some(id)
    }

    fn make_table(&mut self, rows: &Rows) -> Option<Id> {
        let changed = self.changed.take();
        let asked = changed.as_ref().filter(|changed| changed.table == rows.table.id);
        let asked = asked.map_or(&[] as &[Row], |changed| &changed.rows);
        let columns = self.columns(rows, asked);
        let made = columns.map(|columns| {
            let asked = (!asked.is_empty()).then_some(rows.table.rows.len());
            let mut live =
                FixedBitSet::with_capacity(columns.first().map_or(0, |column| column.settled.len()));
            live.insert_range(..);
            Descent { outputs: &rows.outputs, asked, done: FxHashMap::default() }.from(self, &columns, live)
        });
        self.changed = changed;
        match made {
            Some(made) => made,
            None => self.table_by_rows(rows),
        }
    }

    fn table_by_rows(&mut self, rows: &Rows) -> Option<Id> {
        // From the last row upwards: the first that matches counts.
        let mut rest = self.diagrams.value(Said::Unknown);
        for (row, output) in rows.table.rows.iter().zip(&rows.outputs).rev() {
            let mut tests = Vec::new();
            for (column, cell) in row.cells.iter().enumerate() {
                tests.push(self.test(rows, column, cell)?);
            }
            let mut matches = self.diagrams.value(Said::Bool(true));
            for test in tests {
                matches = self.diagrams.combine(&[matches, test], &|parts| match parts {
                    [Some(Said::Bool(false)), _] | [_, Some(Said::Bool(false))] => Some(Said::Bool(false)),
                    [Some(Said::Bool(true)), Some(other)] => Some((*other).clone()),
                    [Some(_), Some(_)] => Some(Said::Unknown),
                    _ => None,
                })?;
            }
            let output = self.diagrams.value(output.clone());
            rest = self.choose([matches, output, rest])?;
        }
        Some(rest)
    }

    fn test(&mut self, rows: &Rows, column: usize, cell: &Cell) -> Option<Id> {
        let cell = cell.clone();
        if cell == Cell::Any {
            return Some(self.diagrams.value(Said::Bool(true)));
        }
        if let Some(Some(axis)) = rows.axes.get(column) {
            let Cell::Interval(interval) = cell else { return None };
            return self.by_cell(*axis, |_, stretch| {
                stretch.map_or(Said::Unknown, |stretch| Said::Bool(interval.contains(stretch.sample)))
            });
        }
        let given = self.build(rows.given.get(column)?)?;
        let ids = rows.choices.get(column)?;
        self.diagrams.combine(&[given], &|parts| match parts {
            [Some(said)] => Some(holds(&cell, said, ids)),
            _ => None,
        })
    }

    /// The axes of a table that looks at nothing else, in the order in which they are asked, each with the rows that are live in each
    /// of its cells: those of the table, and after them others that it is asked about.
    fn columns(&self, rows: &Rows, others: &[Row]) -> Option<Vec<Column>> {
        let all: Vec<&Row> = rows.table.rows.iter().chain(others).collect();
        let mut columns = Vec::new();
        for column in 0..rows.given.len() {
            let axis = match (rows.axes.get(column)?, rows.given.get(column)?) {
                (Some(axis), _) => *axis,
                (None, Formula::Asked(axis)) => *axis,
                (None, _) => return None,
            };
            let scale = &self.axes.get(axis)?.scale;
            if matches!(scale, Scale::Shown) {
                return None;
            }
            let ids = rows.choices.get(column)?;
            let masks = (0..scale.cells()).map(|cell| {
                let matches = |row: &Row| match (row.cells.get(column), scale) {
                    (Some(Cell::Any), _) => true,
                    (Some(Cell::Interval(interval)), Scale::Numbers { .. }) => {
                        let stretch = self.stretches.get(axis).and_then(|all| all.get(cell));
                        stretch.is_some_and(|stretch| interval.contains(stretch.sample))
                    }
                    (Some(Cell::Bool(wanted)), Scale::Bool) => *wanted == (cell == 1),
                    (Some(test), Scale::Choices(known)) => {
                        let said = Said::Choice(known.get(cell).cloned().unwrap_or_default());
                        holds(test, &said, ids) == Said::Bool(true)
                    }
                    _ => false,
                };
                let mut mask = FixedBitSet::with_capacity(all.len());
                for (index, row) in all.iter().enumerate() {
                    mask.set(index, matches(row));
                }
                mask
            });
            columns.push((column, axis, masks.collect::<Vec<FixedBitSet>>()));
        }
        columns.sort_by_key(|(_, axis, _)| *axis);
        let is_distinct = columns.windows(2).all(|pair| match pair {
            [(_, one, _), (_, two, _)] => one != two,
            _ => true,
        });
        let order: Vec<usize> = columns.iter().map(|(column, ..)| *column).collect();
        let asked = columns.into_iter().zip(settled(&rows.table, all.len(), &order));
        let rows = rows.table.rows.len();
        is_distinct
            .then(|| asked.map(|((_, axis, masks), settled)| Column { axis, masks, settled, rows }).collect())
    }
}

/// Asks a table column by column.
struct Descent<'a> {
    outputs: &'a [Said],
    /// Rows from this place on say where the table is asked at all.
    asked: Option<usize>,
    /// A column with the same rows left says the same, whatever led there.
    done: FxHashMap<(usize, FixedBitSet), Id>,
}

impl Descent<'_> {
    fn from(&mut self, builder: &mut Builder<'_>, columns: &[Column], live: FixedBitSet) -> Option<Id> {
        if self.asked.is_some_and(|from| !live.contains_any_in_range(from..)) {
            return Some(builder.diagrams.value(Said::Unknown));
        }
        let Some((column, deeper)) = columns.split_first() else {
            let said = live.minimum().and_then(|row| self.outputs.get(row).cloned()).unwrap_or(Said::Unknown);
            return Some(builder.diagrams.value(said));
        };
        let key = (columns.len(), live);
        if let Some(id) = self.done.get(&key) {
            return Some(*id);
        }
        let live = &key.1;
        let mut cells: Vec<Id> = Vec::with_capacity(column.masks.len());
        let mut last: Option<(&FixedBitSet, Id)> = None;
        for mask in &column.masks {
            let id = match last {
                // Nothing that is live begins or ends here.
                Some((before, id)) if is_alike(live, before, mask) => id,
                _ => self.from(builder, deeper, column.after(live, mask))?,
            };
            last = Some((mask, id));
            cells.push(id);
        }
        let id = builder.diagrams.ask(column.axis, cells)?;
        self.done.insert(key, id);
        Some(id)
    }
}

/// Do two sets have the same of these rows?
fn is_alike(live: &FixedBitSet, one: &FixedBitSet, two: &FixedBitSet) -> bool {
    let both = one.as_slice().iter().zip(two.as_slice());
    live.as_slice().iter().zip(both).all(|(live, (one, two))| live & (one ^ two) == 0)
}

/// A column of a table.
struct Column {
    axis: usize,
    /// For each cell of the axis, the rows that match there.
    masks: Vec<FixedBitSet>,
    /// The rows of the table that ask nothing in any column after this one.
    settled: FixedBitSet,
    /// So many rows are the table's; those after them are not.
    rows: usize,
}

impl Column {
    /// The rows that are live after it, of those that were live before it. What stands below the first row that asks nothing more is
    /// never the first to match.
    fn after(&self, live: &FixedBitSet, matching: &FixedBitSet) -> FixedBitSet {
        let mut live = live.clone();
        live.intersect_with(matching);
        let last = live.intersection(&self.settled).next();
        if let Some(last) = last {
            live.remove_range(last + 1..self.rows);
        }
        live
    }
}

/// For each of some columns, in the order in which they are asked: the rows that ask nothing in any column after it, as a set of so many.
fn settled(table: &Table, len: usize, columns: &[usize]) -> Vec<FixedBitSet> {
    let later = |at: usize| columns.get(at + 1..).unwrap_or_default();
    let asks_nothing = |row: &Row, columns: &[usize]| {
        columns.iter().all(|column| row.cells.get(*column) == Some(&Cell::Any))
    };
    let settled = |at: usize| {
        let mut settled = table.rows_where(|row| asks_nothing(row, later(at)));
        settled.grow(len);
        settled
    };
    (0..columns.len()).map(settled).collect()
}

/// Does a test of a table hold?
fn holds(cell: &Cell, said: &Said, ids: &[String]) -> Said {
    match (cell, said) {
        (Cell::Any, _) => Said::Bool(true),
        (_, Said::Unknown) => Said::Unknown,
        (Cell::Interval(interval), Said::Number(number)) => Said::Bool(interval.contains(*number)),
        (Cell::Choices(choices), Said::Choice(id)) => {
            let index = ids.iter().position(|known| known == id).and_then(|index| u16::try_from(index).ok());
            Said::Bool(index.is_some_and(|index| choices.contains(&index)))
        }
        (Cell::Bool(wanted), Said::Bool(value)) => Said::Bool(wanted == value),
        _ => Said::Unknown,
    }
}
