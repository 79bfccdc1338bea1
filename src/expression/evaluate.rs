//! From a program and the values of a request to what comes out: known, unknown, or a fault of the policy.
//!
//! What is unknown never counts as false. `&&` and `||` are three-valued; everything else needs all its parts.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

use chrono::Datelike as _;

use super::program::{
    Arithmetic, Builtin, Cell, Comparison, Definition, Direction, Expr, Fold, Hit, Node, Row, Slot, Table,
    Value, Vocabulary,
};
use super::types::Type;
use crate::source::Place;
use crate::value::{Date, Number, Span, Text};

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
}

/// What `let` and closures bound, innermost first.
#[derive(Clone, Copy)]
struct Scope<'s> {
    outer: Option<&'s Scope<'s>>,
    bound: Bound<'s>,
}

#[derive(Clone, Copy)]
enum Bound<'s> {
    Value(&'s Outcome),
    Item(&'s [Option<Value>]),
}

type Env<'s> = Option<&'s Scope<'s>>;

fn bound<'s>(env: Env<'s>, back: usize) -> Option<Bound<'s>> {
    let mut scope = env?;
    for _ in 0..back {
        scope = scope.outer?;
    }
    Some(scope.bound)
}

/// Unwraps a known value, or gives up with what came instead.
macro_rules! known {
    ($outcome:expr) => {
        match $outcome {
            Outcome::Known(value) => value,
            other => return other,
        }
    };
}

impl<'a> Frame<'a> {
    /// The values of a request: one for each name of the vocabulary, none where it is unknown or derived.
    pub fn new(vocabulary: &'a Vocabulary, values: &'a [Option<Value>]) -> Frame<'a> {
        let derived = (0..vocabulary.len()).map(|_| OnceCell::new()).collect();
        Frame { vocabulary, values, derived, reads: RefCell::default() }
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
            let outer = self.reads.take();
            let outcome = self.definition(definition);
            let read = self.reads.replace(outer);
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

    fn definition(&self, definition: &Definition) -> Outcome {
        match definition {
            Definition::Expression(node) => self.node(node, None),
            Definition::Output { table, column } => self.output(table, *column),
            Definition::Sum { parts, at_most } => {
                let mut sum = Number::ZERO;
                for part in parts {
                    match known!(self.slot(*part)) {
                        Value::Number(number) => sum = sum.plus(number).unwrap_or(*at_most),
                        _ => return Outcome::Unknown,
                    }
                }
                Outcome::Known(Value::Number(sum.min(*at_most)))
            }
        }
    }

    fn output(&self, table: &Table, column: usize) -> Outcome {
        let given: Vec<Outcome> = table.given.iter().map(|slot| self.slot(*slot)).collect();
        let fault = given.iter().find(|outcome| matches!(outcome, Outcome::Fault(_)));
        if let Some(fault) = fault {
            return fault.clone();
        }
        let mut result: Option<&Value> = None;
        for row in &table.rows {
            let Some(matches) = row_matches(row, &given) else {
                // It may match: if all that may match agree, the answer is known all the same.
                match (result, row.outputs.get(column)) {
                    (None, output) => result = output,
                    (Some(before), Some(output)) if before == output => {}
                    _ => return Outcome::Unknown,
                }
                continue;
            };
            if matches {
                return match (result, row.outputs.get(column)) {
                    (None, Some(output)) => Outcome::Known(output.clone()),
                    (Some(before), Some(output)) if before == output => Outcome::Known(output.clone()),
                    _ => Outcome::Unknown,
                };
            }
        }
        match result {
            // Of a table without gaps one of the possible rows must match, and they agree.
            Some(output) if table.hit == Hit::Unique => Outcome::Known(output.clone()),
            Some(_) => Outcome::Unknown,
            None => Outcome::Fault(Box::new(Fault { kind: FaultKind::NoRow, place: table.place.clone() })),
        }
    }

    fn node(&self, node: &Node, env: Env<'_>) -> Outcome {
        let fault = |kind: FaultKind| Outcome::Fault(Box::new(Fault { kind, place: node.place.clone() }));
        let number = |value: Option<Number>, kind: FaultKind| match value {
            Some(number) => Outcome::Known(Value::Number(number)),
            None => fault(kind),
        };
        match &node.expr {
            Expr::Constant(value) => Outcome::Known(value.clone()),
            Expr::Slot(slot) => self.slot(*slot),
            Expr::Local(back) => match bound(env, *back) {
                Some(Bound::Value(outcome)) => outcome.clone(),
                _ => fault(FaultKind::Misfit),
            },
            Expr::Field(back, field) => match bound(env, *back) {
                Some(Bound::Item(item)) => match item.get(*field) {
                    Some(Some(value)) => Outcome::Known(value.clone()),
                    _ => Outcome::Unknown,
                },
                _ => fault(FaultKind::Misfit),
            },
            Expr::Occurred(slot) => {
                self.reads.borrow_mut().insert(*slot);
                Outcome::bool(matches!(self.values.get(slot.index()), Some(Some(_))))
            }
            Expr::Not(inner) => match known!(self.node(inner, env)) {
                Value::Bool(value) => Outcome::bool(!value),
                _ => fault(FaultKind::Misfit),
            },
            Expr::And(parts) => self.connective(parts, env, false),
            Expr::Or(parts) => self.connective(parts, env, true),
            Expr::Arithmetic(operation, left, right) => {
                let (left, right) = match self.numbers(left, right, env) {
                    Ok(pair) => pair,
                    Err(outcome) => return outcome,
                };
                match operation {
                    Arithmetic::Add => number(left.plus(right), FaultKind::Overflow),
                    Arithmetic::Subtract => number(left.minus(right), FaultKind::Overflow),
                    Arithmetic::Multiply => number(left.times(right), FaultKind::Overflow),
                    Arithmetic::Divide if right == Number::ZERO => fault(FaultKind::DivisionByZero),
                    Arithmetic::Divide => number(left.over(right), FaultKind::Overflow),
                }
            }
            Expr::Scaled(inner, factor) => match known!(self.node(inner, env)) {
                Value::Number(value) => number(value.times(*factor), FaultKind::Overflow),
                _ => fault(FaultKind::Misfit),
            },
            Expr::Shift(date, span, direction) => {
                let (date, span) = (self.node(date, env), self.node(span, env));
                match (known!(date), known!(span)) {
                    (Value::Date(date), Value::Span(span)) => {
                        let span = match direction {
                            Direction::Forwards => Some(span),
                            Direction::Backwards => span.reversed(),
                        };
                        match span.and_then(|span| span.after(date)) {
                            Some(date) => Outcome::Known(Value::Date(date)),
                            None => fault(FaultKind::OutOfCalendar),
                        }
                    }
                    _ => fault(FaultKind::Misfit),
                }
            }
            Expr::Compare(comparison, left, right) => {
                let (left, right) = (self.node(left, env), self.node(right, env));
                match compare(*comparison, &known!(left), &known!(right)) {
                    Some(value) => Outcome::bool(value),
                    None => fault(FaultKind::Misfit),
                }
            }
            Expr::Member(value, set) => {
                let (value, set) = (self.node(value, env), self.node(set, env));
                match (known!(value), known!(set)) {
                    (Value::Choice(choice), Value::Set(set)) => Outcome::bool(set.contains(&choice)),
                    _ => fault(FaultKind::Misfit),
                }
            }
            Expr::Between { value, low, high, closed } => {
                let (value, low, high) = (self.node(value, env), self.node(low, env), self.node(high, env));
                match (known!(value), known!(low), known!(high)) {
                    (Value::Number(value), Value::Number(low), Value::Number(high)) => {
                        Outcome::bool(value >= low && (value < high || (*closed && value == high)))
                    }
                    _ => fault(FaultKind::Misfit),
                }
            }
            Expr::If(condition, then, otherwise) => match self.node(condition, env) {
                Outcome::Known(Value::Bool(true)) => self.node(then, env),
                Outcome::Known(Value::Bool(false)) => self.node(otherwise, env),
                Outcome::Known(_) => fault(FaultKind::Misfit),
                Outcome::Fault(fault) => Outcome::Fault(fault),
                // Where both ways lead to the same, it does not matter which one is taken. A fault behind an unknown condition
                // may never be reached.
                Outcome::Unknown => match (self.node(then, env), self.node(otherwise, env)) {
                    (Outcome::Known(one), Outcome::Known(two)) if one == two => Outcome::Known(one),
                    _ => Outcome::Unknown,
                },
            },
            Expr::Let(value, body) => {
                let value = self.node(value, env);
                if let Outcome::Fault(_) = value {
                    return value;
                }
                self.node(body, Some(&Scope { outer: env, bound: Bound::Value(&value) }))
            }
            Expr::Call(builtin, parts) => {
                let mut values = Vec::with_capacity(parts.len());
                let mut unknown = false;
                for part in parts {
                    match self.node(part, env) {
                        Outcome::Known(value) => values.push(value),
                        Outcome::Unknown => unknown = true,
                        Outcome::Fault(fault) => return Outcome::Fault(fault),
                    }
                }
                if unknown {
                    return Outcome::Unknown;
                }
                match call(*builtin, &values) {
                    Ok(value) => Outcome::Known(value),
                    Err(kind) => fault(kind),
                }
            }
            Expr::Each(fold, list, body) => match known!(self.node(list, env)) {
                Value::List(items) => self.fold(*fold, &items, body.as_deref(), env, node),
                _ => fault(FaultKind::Misfit),
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

    fn numbers(&self, left: &Node, right: &Node, env: Env<'_>) -> Result<(Number, Number), Outcome> {
        let (one, two) = (self.node(left, env), self.node(right, env));
        match (one, two) {
            (Outcome::Known(Value::Number(one)), Outcome::Known(Value::Number(two))) => Ok((one, two)),
            (Outcome::Fault(fault), _) | (_, Outcome::Fault(fault)) => Err(Outcome::Fault(fault)),
            (Outcome::Unknown, _) | (_, Outcome::Unknown) => Err(Outcome::Unknown),
            (Outcome::Known(_), Outcome::Known(_)) => {
                Err(Outcome::Fault(Box::new(Fault { kind: FaultKind::Misfit, place: left.place.clone() })))
            }
        }
    }

    fn fold(
        &self,
        fold: Fold,
        items: &[Vec<Option<Value>>],
        body: Option<&Node>,
        env: Env<'_>,
        node: &Node,
    ) -> Outcome {
        let fault = |kind: FaultKind| Outcome::Fault(Box::new(Fault { kind, place: node.place.clone() }));
        let Some(body) = body else {
            let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
            return Outcome::Known(Value::Number(Number::from(count)));
        };
        let mut unknown = false;
        let mut count = 0_i64;
        let mut gathered: Option<Value> = None;
        for item in items {
            let scope = Scope { outer: env, bound: Bound::Item(item) };
            let value = match self.node(body, Some(&scope)) {
                Outcome::Known(value) => value,
                Outcome::Unknown => {
                    unknown = true;
                    continue;
                }
                Outcome::Fault(_) if unknown && matches!(fold, Fold::Any | Fold::All) => {
                    return Outcome::Unknown;
                }
                Outcome::Fault(fault) => return Outcome::Fault(fault),
            };
            match (fold, value) {
                (Fold::Any, Value::Bool(true)) => return Outcome::bool(true),
                (Fold::All, Value::Bool(false)) => return Outcome::bool(false),
                (Fold::Count, Value::Bool(true)) => count += 1,
                (Fold::Any | Fold::All | Fold::Count, _) => {}
                (Fold::Sum, Value::Number(number)) => {
                    let sum = match gathered {
                        Some(Value::Number(sum)) => sum.plus(number),
                        _ => Some(number),
                    };
                    match sum {
                        Some(sum) => gathered = Some(Value::Number(sum)),
                        None => return fault(FaultKind::Overflow),
                    }
                }
                (Fold::Min | Fold::Max, value) => {
                    let comparison = if fold == Fold::Min { Comparison::Less } else { Comparison::Greater };
                    let better =
                        gathered.as_ref().is_none_or(|best| compare(comparison, &value, best) == Some(true));
                    if better {
                        gathered = Some(value);
                    }
                }
                (Fold::Sum, _) => return fault(FaultKind::Misfit),
            }
        }
        if unknown {
            return Outcome::Unknown;
        }
        match fold {
            Fold::Any => Outcome::bool(false),
            Fold::All => Outcome::bool(true),
            Fold::Count => Outcome::Known(Value::Number(Number::from(count))),
            Fold::Sum => Outcome::Known(gathered.unwrap_or(Value::Number(Number::ZERO))),
            Fold::Min | Fold::Max => gathered.map_or_else(|| fault(FaultKind::EmptyList), Outcome::Known),
        }
    }

    /// The unknown facts that can still change what a condition gives; empty where it is known.
    pub fn needs(&self, node: &Node) -> BTreeSet<Slot> {
        let mut needed = BTreeSet::new();
        self.need(node, None, &mut needed);
        needed
    }

    /// The unknown facts that can still change a named value.
    pub fn needs_of(&self, slot: Slot) -> BTreeSet<Slot> {
        let mut needed = BTreeSet::new();
        self.need_slot(slot, &mut needed);
        needed
    }

    fn need_slot(&self, slot: Slot, needed: &mut BTreeSet<Slot>) {
        if self.slot(slot) != Outcome::Unknown {
            return;
        }
        match self.vocabulary.get(slot).and_then(|named| named.definition.as_ref()) {
            None => {
                needed.insert(slot);
            }
            Some(Definition::Expression(node)) => self.need(node, None, needed),
            Some(Definition::Output { table, .. }) => {
                for given in &table.given {
                    self.need_slot(*given, needed);
                }
            }
            Some(Definition::Sum { parts, .. }) => {
                for part in parts {
                    self.need_slot(*part, needed);
                }
            }
        }
    }

    fn need(&self, node: &Node, env: Env<'_>, needed: &mut BTreeSet<Slot>) {
        if self.node(node, env) != Outcome::Unknown {
            return;
        }
        match &node.expr {
            Expr::Constant(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => {}
            Expr::Slot(slot) => self.need_slot(*slot, needed),
            Expr::Let(value, body) => {
                self.need(value, env, needed);
                let value = self.node(value, env);
                self.need(body, Some(&Scope { outer: env, bound: Bound::Value(&value) }), needed);
            }
            Expr::Each(_, list, body) => {
                self.need(list, env, needed);
                if let (Outcome::Known(Value::List(items)), Some(body)) = (self.node(list, env), body) {
                    for item in items.iter() {
                        let scope = Scope { outer: env, bound: Bound::Item(item) };
                        if self.node(body, Some(&scope)) == Outcome::Unknown {
                            // A field of a thing in the list is missing: the list itself is to be completed.
                            if let Expr::Slot(slot) = list.expr {
                                needed.insert(slot);
                            }
                            self.need(body, Some(&scope), needed);
                        }
                    }
                }
            }
            Expr::If(condition, then, otherwise) => {
                self.need(condition, env, needed);
                match self.node(condition, env) {
                    Outcome::Known(Value::Bool(true)) => self.need(then, env, needed),
                    Outcome::Known(Value::Bool(false)) => self.need(otherwise, env, needed),
                    // Which branch counts is asked first; what stands in it, afterwards.
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
                for part in parts(node) {
                    self.need(part, env, needed);
                }
            }
        }
    }

    /// How a condition came to what it gives, part by part.
    pub fn trace(&self, node: &Node) -> Step {
        self.step(node, None)
    }

    /// How a named value came about.
    pub fn trace_of(&self, slot: Slot) -> Option<Step> {
        let named = self.vocabulary.get(slot)?;
        let parts = match &named.definition {
            None => vec![],
            Some(Definition::Expression(node)) => vec![self.trace(node)],
            Some(Definition::Output { table, .. }) => {
                table.given.iter().filter_map(|slot| self.trace_of(*slot)).collect()
            }
            Some(Definition::Sum { parts, .. }) => {
                parts.iter().filter_map(|slot| self.trace_of(*slot)).collect()
            }
        };
        Some(Step {
            name: Some(slot),
            place: named.place.clone(),
            ty: named.ty.clone(),
            outcome: self.slot(slot),
            parts,
        })
    }

    fn step(&self, node: &Node, env: Env<'_>) -> Step {
        let outcome = self.node(node, env);
        if let Expr::Slot(slot) = node.expr
            && let Some(step) = self.trace_of(slot)
        {
            return Step { place: Some(node.place.clone()), ..step };
        }
        let name = if let Expr::Occurred(slot) = node.expr { Some(slot) } else { None };
        let steps = match &node.expr {
            Expr::Let(value, body) => {
                let bound = self.node(value, env);
                let scope = Scope { outer: env, bound: Bound::Value(&bound) };
                vec![self.step(value, env), self.step(body, Some(&scope))]
            }
            Expr::If(condition, then, otherwise) => {
                let mut steps = vec![self.step(condition, env)];
                let taken =
                    self.node(condition, env).as_bool().map(|value| if value { then } else { otherwise });
                steps.extend(
                    taken
                        .filter(|taken| !matches!(taken.expr, Expr::Constant(_)))
                        .map(|taken| self.step(taken, env)),
                );
                steps
            }
            Expr::Each(_, list, _) => vec![self.step(list, env)],
            _ => parts(node)
                .into_iter()
                .filter(|part| !matches!(part.expr, Expr::Constant(_)))
                .map(|part| self.step(part, env))
                .collect(),
        };
        Step { name, place: Some(node.place.clone()), ty: node.ty.clone(), outcome, parts: steps }
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

/// The parts that a node is made of, where all are evaluated in the same surroundings.
fn parts(node: &Node) -> Vec<&Node> {
    match &node.expr {
        Expr::Constant(_) | Expr::Slot(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => vec![],
        Expr::Not(inner) | Expr::Scaled(inner, _) => vec![inner],
        Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => parts.iter().collect(),
        Expr::Arithmetic(_, left, right)
        | Expr::Shift(left, right, _)
        | Expr::Compare(_, left, right)
        | Expr::Member(left, right)
        | Expr::Let(left, right) => vec![left, right],
        Expr::Between { value, low, high, .. } => vec![value, low, high],
        Expr::If(condition, then, otherwise) => vec![condition, then, otherwise],
        Expr::Each(_, list, body) => std::iter::once(list).chain(body.as_ref()).map(|part| &**part).collect(),
    }
}

impl Node {
    /// The names that it reads itself.
    pub fn slots(&self) -> BTreeSet<Slot> {
        let mut found = BTreeSet::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            if let Expr::Slot(slot) | Expr::Occurred(slot) = node.expr {
                found.insert(slot);
            }
            open.extend(parts(node));
        }
        found
    }
}

/// Every name that a program reads, directly or through what it is made of.
pub fn reads(vocabulary: &Vocabulary, node: &Node) -> BTreeSet<Slot> {
    let mut found = BTreeSet::new();
    collect(vocabulary, node, &mut found);
    found
}

fn collect(vocabulary: &Vocabulary, node: &Node, found: &mut BTreeSet<Slot>) {
    if let Expr::Slot(slot) | Expr::Occurred(slot) = node.expr {
        collect_slot(vocabulary, slot, found);
    }
    for part in parts(node) {
        collect(vocabulary, part, found);
    }
}

/// A name and every name that it is made of.
pub fn collect_slot(vocabulary: &Vocabulary, slot: Slot, found: &mut BTreeSet<Slot>) {
    if !found.insert(slot) {
        return;
    }
    match vocabulary.get(slot).and_then(|named| named.definition.as_ref()) {
        None => {}
        Some(Definition::Expression(node)) => collect(vocabulary, node, found),
        Some(Definition::Output { table, .. }) => {
            for given in &table.given {
                collect_slot(vocabulary, *given, found);
            }
        }
        Some(Definition::Sum { parts, .. }) => {
            for part in parts {
                collect_slot(vocabulary, *part, found);
            }
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

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Choice(left), Value::Choice(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        _ => return None,
    };
    Some(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn call(builtin: Builtin, values: &[Value]) -> Result<Value, FaultKind> {
    match (builtin, values) {
        (Builtin::Min, [left, right]) => {
            Ok(if compare(Comparison::LessOrEqual, left, right).ok_or(FaultKind::Misfit)? {
                left
            } else {
                right
            }
            .clone())
        }
        (Builtin::Max, [left, right]) => {
            Ok(if compare(Comparison::GreaterOrEqual, left, right).ok_or(FaultKind::Misfit)? {
                left
            } else {
                right
            }
            .clone())
        }
        (Builtin::Whole, [Value::Number(number)]) => Ok(Value::Number(number.floor())),
        (Builtin::Abs, [Value::Number(number)]) => Ok(Value::Number(number.abs())),
        (Builtin::DaysBetween, [Value::Date(from), Value::Date(to)]) => {
            Ok(whole(to.signed_duration_since(*from).num_days()))
        }
        (Builtin::WeeksBetween, [Value::Date(from), Value::Date(to)]) => {
            Ok(whole(to.signed_duration_since(*from).num_days() / 7))
        }
        (Builtin::MonthsBetween, [Value::Date(from), Value::Date(to)]) => {
            Ok(whole(months_between(*from, *to)))
        }
        (Builtin::YearsBetween, [Value::Date(from), Value::Date(to)]) => {
            Ok(whole(months_between(*from, *to) / 12))
        }
        (Builtin::Days, [Value::Number(number)]) => {
            let days =
                number.to_i64().and_then(|days| i32::try_from(days).ok()).ok_or(FaultKind::OutOfCalendar)?;
            Ok(Value::Span(Span { months: 0, days }))
        }
        (Builtin::Months, [Value::Number(number)]) => {
            let months = number
                .to_i64()
                .and_then(|months| i32::try_from(months).ok())
                .ok_or(FaultKind::OutOfCalendar)?;
            Ok(Value::Span(Span { months, days: 0 }))
        }
        _ => Err(FaultKind::Misfit),
    }
}

fn whole(number: i64) -> Value {
    Value::Number(Number::from(number))
}

/// Complete months, backwards negative. A month is complete on the same day of a later month, or on its last day where the
/// month lacks that day.
fn months_between(from: Date, to: Date) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    let reached = i32::try_from(months).ok().and_then(|months| Span { months, days: 0 }.after(from));
    if reached.is_some_and(|reached| reached <= to) { months } else { months - 1 }
}
