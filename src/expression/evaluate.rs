//! From a program and the values of a request to what comes out: known, unknown, or a fault of the policy.
//!
//! What is unknown never counts as false. `&&` and `||` are three-valued; everything else needs all its parts.

mod operations;

use std::cell::{Cell as Counter, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use self::operations::{gather, operands, operate, whole};
use super::program::{Cell, Definition, Expr, Fold, Hit, Node, Row, Slot, Table, Value, Vocabulary};
use super::types::Type;
use crate::source::{Place, Source};
use crate::value::{Number, Text};

/// What a condition gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A value.
    Known(Value),
    /// It hangs on something that the request does not say.
    Unknown,
    /// It cannot be computed: a fault of the policy, for a person to look at.
    Fault(Box<Fault>),
}

impl Outcome {
    /// Yes or no, where it is known to be one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Outcome::Known(Value::Bool(value)) => Some(*value),
            Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => None,
        }
    }

    /// The number, where it is known to be one.
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Outcome::Known(Value::Number(number)) => Some(*number),
            Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => None,
        }
    }

    fn bool(value: bool) -> Outcome {
        Outcome::Known(Value::Bool(value))
    }
}

/// Why a condition cannot be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What went wrong.
    pub kind: FaultKind,
    /// In which part of which file.
    pub place: Place,
}

/// The ways in which a computation can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A division by zero.
    DivisionByZero,
    /// A number beyond what is kept exactly.
    Overflow,
    /// A day beyond the calendar.
    OutOfCalendar,
    /// The smallest or largest of nothing.
    EmptyList,
    /// No row of a table matches, or none was proven to.
    NoRow,
    /// Too many values that rest on one another.
    TooDeep,
    /// A program that does not fit its values: a defect of the engine, shown rather than hidden.
    Misfit,
}

impl FaultKind {
    /// What went wrong, in words.
    pub fn text(self) -> Text {
        match self {
            FaultKind::DivisionByZero => Text::new("قسمة على صفر", "a division by zero"),
            FaultKind::Overflow => {
                Text::new("عدد أكبر مما يُحسب بدقة", "a number beyond what is computed exactly")
            }
            FaultKind::OutOfCalendar => Text::new("تاريخ خارج التقويم", "a day beyond the calendar"),
            FaultKind::EmptyList => {
                Text::new("أصغر أو أكبر قيمة في قائمة خالية", "the smallest or largest of an empty list")
            }
            FaultKind::NoRow => Text::new("لا صفَّ في الجدول لهذه الحالة", "no row of the table matches"),
            FaultKind::TooDeep => {
                Text::new("قيم يقوم بعضها على بعض أكثر مما يُحسب", "too many values that rest on one another")
            }
            FaultKind::Misfit => Text::new("قيمة من نوع غير متوقع", "a value of an unexpected type"),
        }
    }
}

/// The values of one request, and what has been computed from them.
#[derive(Debug)]
pub struct Frame<'a> {
    vocabulary: &'a Vocabulary,
    values: &'a [Option<Value>],
    derived: Vec<OnceCell<(Outcome, BTreeSet<Slot>)>>,
    reads: RefCell<BTreeSet<Slot>>,
    depth: Counter<usize>,
}

/// What `let` and closures bound, innermost first.
struct Scope<'s> {
    outer: Env<'s>,
    bound: Bound<'s>,
    /// Did something unknown turn out to hang on it?
    asked: Counter<bool>,
    /// Which fields of the thing those were.
    lacking: RefCell<Vec<usize>>,
}

#[derive(Clone, Copy)]
enum Bound<'s> {
    /// What `let` bound, and by which part of the program.
    Value(&'s Outcome, &'s Node),
    /// A thing of a list.
    Item(&'s [Option<Value>]),
}

type Env<'s> = Option<&'s Scope<'s>>;

impl<'s> Scope<'s> {
    fn new(outer: Env<'s>, bound: Bound<'s>) -> Scope<'s> {
        Scope { outer, bound, asked: Counter::new(false), lacking: RefCell::default() }
    }
}

fn scope<'s>(env: Env<'s>, back: usize) -> Env<'s> {
    (0..back).try_fold(env?, |scope, _| scope.outer)
}

/// How many parts may be inside one another while something is computed, over all the values that rest on one another.
/// [`Vocabulary::depth`] says beforehand whether a policy stays within it.
pub const DEEPEST: usize = 500;

/// A trace has no more steps than these: values that rest on one another several times would fill the memory.
const MOST_STEPS: usize = 5_000;

/// The facts to ask about, and the values that were looked at for them already.
#[derive(Default)]
struct Asked {
    facts: BTreeSet<Slot>,
    /// In lists: the number of the thing, and of its field.
    fields: BTreeMap<Slot, BTreeSet<(usize, usize)>>,
    seen: BTreeSet<Slot>,
}

impl<'a> Frame<'a> {
    /// The values of a request: one for each name of the vocabulary, none where it is unknown or derived.
    pub fn new(vocabulary: &'a Vocabulary, values: &'a [Option<Value>]) -> Frame<'a> {
        let derived = (0..vocabulary.len()).map(|_| OnceCell::new()).collect();
        Frame { vocabulary, values, derived, reads: RefCell::default(), depth: Counter::new(0) }
    }

    /// What a condition gives.
    pub fn evaluate(&self, node: &Node) -> Outcome {
        self.node(node, None)
    }

    /// What a condition gives, and every fact and parameter that was read on the way.
    pub fn evaluate_recording(&self, node: &Node) -> (Outcome, BTreeSet<Slot>) {
        let outer = self.reads.take();
        let outcome = self.node(node, None);
        (outcome, self.reads.replace(outer))
    }

    /// What a named value is.
    pub fn value(&self, slot: Slot) -> Outcome {
        self.slot(slot)
    }

    fn slot(&self, slot: Slot) -> Outcome {
        let Some(named) = self.vocabulary.get(slot) else {
            return Outcome::Unknown;
        };
        let Some(definition) = &named.definition else {
            self.reads.borrow_mut().insert(slot);
            return match self.values.get(slot.index()) {
                Some(Some(value)) => Outcome::Known(value.clone()),
                _ => Outcome::Unknown,
            };
        };
        let Some(cell) = self.derived.get(slot.index()) else {
            return Outcome::Unknown;
        };
        if cell.get().is_none() {
            let place = named.place.clone().unwrap_or_else(|| Place::new(&Source::new("", ""), 0..0));
            if self.depth.get() >= DEEPEST {
                return fault(FaultKind::TooDeep, &place);
            }
            self.depth.set(self.depth.get() + 1);
            let outer = self.reads.take();
            let outcome = self.definition(definition, &place);
            let read = self.reads.replace(outer);
            self.depth.set(self.depth.get() - 1);
            // Definitions are free of circles, so nothing has filled the cell in between.
            let _ = cell.set((outcome, read));
        }
        match cell.get() {
            Some((outcome, read)) => {
                self.reads.borrow_mut().extend(read.iter().copied());
                outcome.clone()
            }
            None => Outcome::Unknown,
        }
    }

    fn definition(&self, definition: &Definition, place: &Place) -> Outcome {
        match definition {
            Definition::Expression(node) => self.node(node, None),
            Definition::Output { table, column } => self.output(table, *column),
            Definition::Sum { parts, at_most } => {
                let outcomes = parts.iter().map(|part| self.slot(*part));
                let values = match together(outcomes) {
                    Ok(values) => values,
                    Err(outcome) => return outcome,
                };
                let sum =
                    values.iter().map(Value::as_number).try_fold(Number::ZERO, |sum, part| sum.plus(part?));
                match sum {
                    Some(sum) => Outcome::Known(Value::Number(sum.min(*at_most))),
                    None => fault(FaultKind::Overflow, place),
                }
            }
        }
    }

    fn output(&self, table: &Table, column: usize) -> Outcome {
        let given: Vec<Outcome> = table.given.iter().map(|slot| self.slot(*slot)).collect();
        if let Some(fault) = given.iter().find(|outcome| matches!(outcome, Outcome::Fault(_))) {
            return fault.clone();
        }
        let mut result: Option<&Value> = None;
        for row in &table.rows {
            let Some(matches) = row_matches(row, &given) else {
                // It may match: if all that may match agree, the answer is known all the same.
                match (result, row.outputs.get(column)) {
                    (None, output) => result = output,
                    (Some(before), Some(output)) if before == output => {}
                    (Some(_), _) => return Outcome::Unknown,
                }
                continue;
            };
            if matches {
                return match (result, row.outputs.get(column)) {
                    (None, Some(output)) => Outcome::Known(output.clone()),
                    (Some(before), Some(output)) if before == output => Outcome::Known(output.clone()),
                    (Some(_), _) | (None, None) => Outcome::Unknown,
                };
            }
        }
        match result {
            // Of a table without gaps one of the possible rows must match, and they agree.
            Some(output) if table.hit == Hit::Unique => Outcome::Known(output.clone()),
            Some(_) => Outcome::Unknown,
            None => fault(FaultKind::NoRow, &table.place),
        }
    }

    /// One part, unless it lies too deep.
    fn node(&self, node: &Node, env: Env<'_>) -> Outcome {
        if self.depth.get() >= DEEPEST {
            return fault(FaultKind::TooDeep, &node.place);
        }
        self.depth.set(self.depth.get() + 1);
        let outcome = self.part(node, env);
        self.depth.set(self.depth.get() - 1);
        outcome
    }

    fn part(&self, node: &Node, env: Env<'_>) -> Outcome {
        match &node.expr {
            Expr::Constant(value) => Outcome::Known(value.clone()),
            Expr::Slot(slot) => self.slot(*slot),
            Expr::Local(back) => match scope(env, *back).map(|scope| scope.bound) {
                Some(Bound::Value(outcome, _)) => outcome.clone(),
                Some(Bound::Item(_)) | None => fault(FaultKind::Misfit, &node.place),
            },
            Expr::Field(back, field) => match scope(env, *back).map(|scope| scope.bound) {
                Some(Bound::Item(item)) => match item.get(*field) {
                    Some(Some(value)) => Outcome::Known(value.clone()),
                    Some(None) | None => Outcome::Unknown,
                },
                Some(Bound::Value(..)) | None => fault(FaultKind::Misfit, &node.place),
            },
            Expr::Occurred(slot) => {
                self.reads.borrow_mut().insert(*slot);
                Outcome::bool(matches!(self.values.get(slot.index()), Some(Some(_))))
            }
            Expr::And(parts) => self.connective(parts, env, false),
            Expr::Or(parts) => self.connective(parts, env, true),
            Expr::If(condition, then, otherwise) => self.branch(node, [condition, then, otherwise], env),
            Expr::Let(value, body) => {
                let outcome = self.node(value, env);
                if let Outcome::Fault(_) = outcome {
                    return outcome;
                }
                self.node(body, Some(&Scope::new(env, Bound::Value(&outcome, value))))
            }
            Expr::Each(fold, list, body) => match self.node(list, env) {
                Outcome::Known(Value::List(items)) => self.fold(*fold, &items, body.as_deref(), env, node),
                Outcome::Known(_) => fault(FaultKind::Misfit, &node.place),
                other @ (Outcome::Unknown | Outcome::Fault(_)) => other,
            },
            Expr::Not(_)
            | Expr::Arithmetic(..)
            | Expr::Scaled(..)
            | Expr::Shift(..)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::Call(..) => self.operation(node, env),
        }
    }

    /// What needs all its parts: a fault in one of them is a fault, and then something unknown in one of them is unknown.
    fn operation(&self, node: &Node, env: Env<'_>) -> Outcome {
        let mut values = [const { Value::Bool(false) }; 3];
        let (mut count, mut unknown) = (0, false);
        for (value, operand) in
            values.iter_mut().zip(operands(&node.expr)).filter_map(|(value, part)| Some((value, part?)))
        {
            match self.node(operand, env) {
                Outcome::Known(known) => *value = known,
                Outcome::Unknown => unknown = true,
                Outcome::Fault(fault) => return Outcome::Fault(fault),
            }
            count += 1;
        }
        if unknown {
            return Outcome::Unknown;
        }
        match operate(&node.expr, values.get(..count).unwrap_or_default()) {
            Ok(value) => Outcome::Known(value),
            Err(kind) => fault(kind, &node.place),
        }
    }

    fn branch(&self, node: &Node, [condition, then, otherwise]: [&Node; 3], env: Env<'_>) -> Outcome {
        match self.node(condition, env) {
            Outcome::Known(Value::Bool(true)) => self.node(then, env),
            Outcome::Known(Value::Bool(false)) => self.node(otherwise, env),
            Outcome::Known(_) => fault(FaultKind::Misfit, &node.place),
            Outcome::Fault(fault) => Outcome::Fault(fault),
            // Where both ways lead to the same, it does not matter which one is taken. A fault behind an unknown condition
            // may never be reached.
            Outcome::Unknown => match (self.node(then, env), self.node(otherwise, env)) {
                (Outcome::Known(one), Outcome::Known(two)) if one == two => Outcome::Known(one),
                (_, _) => Outcome::Unknown,
            },
        }
    }

    /// `&&` (one `false` decides) and `||` (one `true` decides), in the order written. A fault behind something unknown may
    /// never be reached, so it stays unknown.
    fn connective(&self, parts: &[Node], env: Env<'_>, deciding: bool) -> Outcome {
        let mut unknown = false;
        for part in parts {
            match self.node(part, env) {
                Outcome::Known(Value::Bool(value)) if value == deciding => return Outcome::bool(deciding),
                Outcome::Known(_) => {}
                Outcome::Unknown => unknown = true,
                Outcome::Fault(_) if unknown => return Outcome::Unknown,
                Outcome::Fault(fault) => return Outcome::Fault(fault),
            }
        }
        if unknown { Outcome::Unknown } else { Outcome::bool(!deciding) }
    }

    fn fold(
        &self,
        fold: Fold,
        items: &[Vec<Option<Value>>],
        body: Option<&Node>,
        env: Env<'_>,
        node: &Node,
    ) -> Outcome {
        let Some(body) = body else {
            return Outcome::Known(whole(i64::try_from(items.len()).unwrap_or(i64::MAX)));
        };
        let outcomes = items.iter().map(|item| self.node(body, Some(&Scope::new(env, Bound::Item(item)))));
        let deciding = match fold {
            Fold::Any => true,
            Fold::All => false,
            Fold::Count | Fold::Sum | Fold::Min | Fold::Max => {
                return match together(outcomes).map(|values| gather(fold, &values)) {
                    Ok(Ok(value)) => Outcome::Known(value),
                    Ok(Err(kind)) => fault(kind, &node.place),
                    Err(outcome) => outcome,
                };
            }
        };
        // As with `&&` and `||`, over the things of the list in their order.
        let mut unknown = false;
        for outcome in outcomes {
            match outcome {
                Outcome::Known(Value::Bool(value)) if value == deciding => return Outcome::bool(deciding),
                Outcome::Known(_) => {}
                Outcome::Unknown => unknown = true,
                Outcome::Fault(_) if unknown => return Outcome::Unknown,
                Outcome::Fault(fault) => return Outcome::Fault(fault),
            }
        }
        if unknown { Outcome::Unknown } else { Outcome::bool(!deciding) }
    }

    /// The unknown facts to ask about next: as long as nothing is said of them, what a condition gives stays unknown. Empty
    /// where it is known. Which branch of an `if` counts is asked first, what stands in it afterwards.
    pub fn needs(&self, node: &Node) -> BTreeSet<Slot> {
        let mut asked = Asked::default();
        self.need(node, None, &mut asked);
        asked.facts
    }

    /// Of the unknown facts to ask about next those lists that are there and lack fields: which thing, and which of its fields.
    pub fn needs_in_lists(&self, node: &Node) -> BTreeMap<Slot, BTreeSet<(usize, usize)>> {
        let mut asked = Asked::default();
        self.need(node, None, &mut asked);
        asked.fields
    }

    /// The unknown facts to ask about next, for a named value.
    pub fn needs_of(&self, slot: Slot) -> BTreeSet<Slot> {
        let mut asked = Asked::default();
        self.need_slot(slot, &mut asked);
        asked.facts
    }

    fn need_slot(&self, slot: Slot, asked: &mut Asked) {
        if self.slot(slot) != Outcome::Unknown || !asked.seen.insert(slot) {
            return;
        }
        match self.vocabulary.get(slot).and_then(|named| named.definition.as_ref()) {
            None => {
                asked.facts.insert(slot);
            }
            Some(Definition::Expression(node)) => self.need(node, None, asked),
            Some(Definition::Output { table, .. }) => {
                let given: Vec<Outcome> = table.given.iter().map(|slot| self.slot(*slot)).collect();
                let rows = table.rows.iter().filter(|row| row_matches(row, &given) != Some(false));
                for row in rows {
                    for (cell, slot) in row.cells.iter().zip(&table.given) {
                        if *cell != Cell::Any {
                            self.need_slot(*slot, asked);
                        }
                    }
                }
            }
            Some(Definition::Sum { parts, .. }) => {
                for part in parts {
                    self.need_slot(*part, asked);
                }
            }
        }
    }

    fn need(&self, node: &Node, env: Env<'_>, asked: &mut Asked) {
        if self.node(node, env) == Outcome::Unknown {
            self.below(|| self.need_parts(node, env, asked));
        }
    }

    fn need_parts(&self, node: &Node, env: Env<'_>, asked: &mut Asked) {
        match &node.expr {
            Expr::Constant(_) | Expr::Occurred(_) => {}
            Expr::Slot(slot) => self.need_slot(*slot, asked),
            // Whoever bound it asks, once.
            Expr::Local(back) => {
                if let Some(scope) = scope(env, *back) {
                    scope.asked.set(true);
                }
            }
            Expr::Field(back, field) => {
                if let Some(scope) = scope(env, *back) {
                    scope.asked.set(true);
                    scope.lacking.borrow_mut().push(*field);
                }
            }
            Expr::Let(value, body) => {
                let outcome = self.node(value, env);
                let scope = Scope::new(env, Bound::Value(&outcome, value));
                self.need(body, Some(&scope), asked);
                if scope.asked.get() {
                    self.need(value, env, asked);
                }
            }
            Expr::Each(_, list, body) => {
                self.need(list, env, asked);
                if let (Outcome::Known(Value::List(items)), Some(body)) = (self.node(list, env), body) {
                    for (index, item) in items.iter().enumerate() {
                        let scope = Scope::new(env, Bound::Item(item));
                        self.need(body, Some(&scope), asked);
                        // A field of a thing in the list is missing: the list itself is to be completed.
                        if scope.asked.get() {
                            let lacking =
                                scope.lacking.borrow().iter().map(|field| (index, *field)).collect();
                            self.need_list(list, env, &lacking, asked);
                        }
                    }
                }
            }
            Expr::If(condition, then, otherwise) => {
                self.need(condition, env, asked);
                match self.node(condition, env) {
                    Outcome::Known(Value::Bool(true)) => self.need(then, env, asked),
                    Outcome::Known(Value::Bool(false)) => self.need(otherwise, env, asked),
                    Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => {}
                }
            }
            Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Arithmetic(..)
            | Expr::Scaled(..)
            | Expr::Shift(..)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::Call(..) => {
                for part in node.parts() {
                    self.need(part, env, asked);
                }
            }
        }
    }

    /// The list that a known but incomplete list comes from.
    fn need_list(&self, list: &Node, env: Env<'_>, lacking: &BTreeSet<(usize, usize)>, asked: &mut Asked) {
        match &list.expr {
            Expr::Slot(slot) => {
                match self.vocabulary.get(*slot).and_then(|named| named.definition.as_ref()) {
                    Some(Definition::Expression(node)) => self.need_list(node, None, lacking, asked),
                    Some(Definition::Output { .. } | Definition::Sum { .. }) | None => {
                        asked.facts.insert(*slot);
                        asked.fields.entry(*slot).or_default().extend(lacking);
                    }
                }
            }
            Expr::Local(back) => {
                if let Some(Scope { outer, bound: Bound::Value(_, value), .. }) = scope(env, *back) {
                    self.need_list(value, *outer, lacking, asked);
                }
            }
            Expr::Let(value, body) => {
                let outcome = self.node(value, env);
                self.need_list(body, Some(&Scope::new(env, Bound::Value(&outcome, value))), lacking, asked);
            }
            Expr::If(condition, then, otherwise) => {
                let taken = self.node(condition, env).as_bool();
                for (side, branch) in [(true, then), (false, otherwise)] {
                    if taken.is_none_or(|taken| taken == side) {
                        self.need_list(branch, env, lacking, asked);
                    }
                }
            }
            Expr::Constant(_)
            | Expr::Field(..)
            | Expr::Occurred(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Arithmetic(..)
            | Expr::Scaled(..)
            | Expr::Shift(..)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::Call(..)
            | Expr::Each(..) => {}
        }
    }

    /// How a condition came to what it gives, part by part.
    pub fn trace(&self, node: &Node) -> Step {
        self.step(node, None, &Counter::new(MOST_STEPS))
    }

    /// How a named value came about.
    pub fn trace_of(&self, slot: Slot) -> Option<Step> {
        self.step_of(slot, &Counter::new(MOST_STEPS))
    }

    fn step_of(&self, slot: Slot, left: &Counter<usize>) -> Option<Step> {
        let named = self.vocabulary.get(slot)?;
        let outcome = self.slot(slot);
        let parts = match &named.definition {
            Some(_) if !self.may_go_on(left) => vec![],
            None => vec![],
            Some(Definition::Expression(node)) => self.below(|| vec![self.step(node, None, left)]),
            Some(Definition::Output { table, .. }) => self.steps_of(&table.given, left),
            Some(Definition::Sum { parts, .. }) => self.steps_of(parts, left),
        };
        Some(Step { name: Some(slot), place: named.place.clone(), ty: named.ty.clone(), outcome, parts })
    }

    fn steps_of(&self, slots: &[Slot], left: &Counter<usize>) -> Vec<Step> {
        self.below(|| slots.iter().filter_map(|slot| self.step_of(*slot, left)).collect())
    }

    /// Is there room for one more step, in number and in depth?
    fn may_go_on(&self, left: &Counter<usize>) -> bool {
        left.set(left.get().saturating_sub(1));
        left.get() > 0 && self.depth.get() < DEEPEST
    }

    /// Goes one level further down.
    fn below<T>(&self, walk: impl FnOnce() -> T) -> T {
        self.depth.set(self.depth.get() + 1);
        let result = walk();
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn step(&self, node: &Node, env: Env<'_>, left: &Counter<usize>) -> Step {
        let outcome = self.node(node, env);
        if let Expr::Slot(slot) = node.expr
            && let Some(step) = self.below(|| self.step_of(slot, left))
        {
            return Step { place: Some(node.place.clone()), ..step };
        }
        let name = if let Expr::Occurred(slot) = node.expr { Some(slot) } else { None };
        let parts = if self.may_go_on(left) { self.below(|| self.steps(node, env, left)) } else { vec![] };
        Step { name, place: Some(node.place.clone()), ty: node.ty.clone(), outcome, parts }
    }

    fn steps(&self, node: &Node, env: Env<'_>, left: &Counter<usize>) -> Vec<Step> {
        match &node.expr {
            Expr::Let(value, body) => {
                let outcome = self.node(value, env);
                let scope = Scope::new(env, Bound::Value(&outcome, value));
                vec![self.step(value, env, left), self.step(body, Some(&scope), left)]
            }
            Expr::If(condition, then, otherwise) => {
                let mut steps = vec![self.step(condition, env, left)];
                let taken = self.node(condition, env).as_bool();
                let taken = taken.map(|taken| if taken { then } else { otherwise });
                steps.extend(
                    taken
                        .filter(|taken| !matches!(taken.expr, Expr::Constant(_)))
                        .map(|taken| self.step(taken, env, left)),
                );
                steps
            }
            Expr::Each(_, list, _) => vec![self.step(list, env, left)],
            Expr::Constant(_)
            | Expr::Slot(_)
            | Expr::Local(_)
            | Expr::Field(..)
            | Expr::Occurred(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Arithmetic(..)
            | Expr::Scaled(..)
            | Expr::Shift(..)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::Call(..) => node
                .parts()
                .into_iter()
                .filter(|part| !matches!(part.expr, Expr::Constant(_)))
                .map(|part| self.step(part, env, left))
                .collect(),
        }
    }
}

/// One step of how something came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The named value that it is, if it is one.
    pub name: Option<Slot>,
    /// Where it is written.
    pub place: Option<Place>,
    /// Its type.
    pub ty: Type,
    /// What came out.
    pub outcome: Outcome,
    /// What it was made of, in order.
    pub parts: Vec<Step>,
}

/// Every name that a program reads, directly or through what it is made of.
pub fn reads(vocabulary: &Vocabulary, node: &Node) -> BTreeSet<Slot> {
    let mut found = BTreeSet::new();
    for slot in node.slots() {
        collect_slot(vocabulary, slot, &mut found);
    }
    found
}

/// A name and every name that it is made of.
pub fn collect_slot(vocabulary: &Vocabulary, slot: Slot, found: &mut BTreeSet<Slot>) {
    let mut waiting = vec![slot];
    while let Some(slot) = waiting.pop() {
        if found.insert(slot) {
            waiting.extend(vocabulary.made_of(slot));
        }
    }
}

/// Does a row match? Nothing where that hangs on something unknown.
fn row_matches(row: &Row, given: &[Outcome]) -> Option<bool> {
    let mut unknown = false;
    for (cell, outcome) in row.cells.iter().zip(given) {
        let matches = match (cell, outcome) {
            (Cell::Any, _) => true,
            (_, Outcome::Unknown | Outcome::Fault(_)) => {
                unknown = true;
                continue;
            }
            (Cell::Interval(interval), Outcome::Known(Value::Number(number))) => interval.contains(*number),
            (Cell::Choices(choices), Outcome::Known(Value::Choice(choice))) => choices.contains(choice),
            (Cell::Bool(wanted), Outcome::Known(Value::Bool(value))) => wanted == value,
            (Cell::Interval(_) | Cell::Choices(_) | Cell::Bool(_), Outcome::Known(_)) => false,
        };
        if !matches {
            return Some(false);
        }
    }
    if unknown { None } else { Some(true) }
}

fn fault(kind: FaultKind, place: &Place) -> Outcome {
    Outcome::Fault(Box::new(Fault { kind, place: place.clone() }))
}

/// All the values; or the first fault; or, where nothing is at fault, that something is unknown.
fn together(outcomes: impl Iterator<Item = Outcome>) -> Result<Vec<Value>, Outcome> {
    let mut values = Vec::with_capacity(outcomes.size_hint().0);
    let mut unknown = false;
    for outcome in outcomes {
        match outcome {
            Outcome::Known(value) => values.push(value),
            Outcome::Unknown => unknown = true,
            Outcome::Fault(_) => return Err(outcome),
        }
    }
    if unknown { Err(Outcome::Unknown) } else { Ok(values) }
}
