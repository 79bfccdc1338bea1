//! Our own syntax tree of conditions: what the notation hands on, and what is lowered to a program.

use std::collections::BTreeSet;

use super::program::{Arithmetic, Comparison};
use crate::source::Place;
use crate::value::Number;

/// A part of a condition, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Syntax {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: Kind,
}

impl Syntax {
    /// Adds the names of everything that is called in it.
    pub fn calls(&self, names: &mut BTreeSet<String>) {
        let mut waiting = vec![self];
        while let Some(syntax) = waiting.pop() {
            match &syntax.kind {
                Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::Name(_) => {}
                Kind::List(parts) | Kind::And(parts) | Kind::Or(parts) => waiting.extend(parts),
                Kind::Interval { low, high, .. } => waiting.extend([&**low, &**high]),
                Kind::Not(part) | Kind::Negative(part) => waiting.push(part),
                Kind::Binary(_, one, two) | Kind::In(one, two) | Kind::Let(_, one, two) => {
                    waiting.extend([&**one, &**two]);
                }
                Kind::If(condition, then, otherwise) => waiting.extend([&**condition, &**then, &**otherwise]),
                Kind::Call(name, parts) => {
                    names.insert(name.clone());
                    waiting.extend(parts);
                }
                Kind::Each { list, closure, .. } => {
                    waiting.push(list);
                    waiting.extend(closure.as_ref().map(|(_, body)| &**body));
                }
            }
        }
    }
}

/// What a part of a condition is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `true`, `false`.
    Bool(bool),
    /// `12`, `0.5`.
    Number(Number),
    /// `"owner"`: a choice or a text.
    Text(String),
    /// `household.size`, `income_limit`, or something bound by `let` or a closure.
    Name(Vec<String>),
    /// `["a", "b"]`.
    List(Vec<Syntax>),
    /// `1..=5`, `1..5`.
    Interval {
        /// From here on.
        low: Box<Syntax>,
        /// Up to here.
        high: Box<Syntax>,
        /// Is the upper end inside?
        closed: bool,
    },
    /// `!a`.
    Not(Box<Syntax>),
    /// `-a`.
    Negative(Box<Syntax>),
    /// `a && b`.
    And(Vec<Syntax>),
    /// `a || b`.
    Or(Vec<Syntax>),
    /// `a + b`, `a <= b` and the like.
    Binary(Operator, Box<Syntax>, Box<Syntax>),
    /// `a in b`.
    In(Box<Syntax>, Box<Syntax>),
    /// `if c { a } else { b }`.
    If(Box<Syntax>, Box<Syntax>, Box<Syntax>),
    /// `let x = a; b`.
    Let(String, Box<Syntax>, Box<Syntax>),
    /// `f(a, b)`.
    Call(String, Vec<Syntax>),
    /// `list.any(|item| …)`.
    Each {
        /// The list.
        list: Box<Syntax>,
        /// `any`, `count` and so on.
        method: String,
        /// The closure, or nothing for `list.count()`.
        closure: Option<(String, Box<Syntax>)>,
    },
}

/// What stands between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It computes.
    Arithmetic(Arithmetic),
    /// It compares.
    Comparison(Comparison),
}

impl Operator {
    pub(super) fn read(sign: &str) -> Option<Operator> {
        let arithmetic = Arithmetic::ALL.into_iter().find(|operation| operation.sign() == sign);
        let comparison = Comparison::ALL.into_iter().find(|comparison| comparison.sign() == sign);
        arithmetic.map(Operator::Arithmetic).or(comparison.map(Operator::Comparison))
    }
}

/// A shared function of `functions.rhai`.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of what it takes.
    pub parameters: Vec<String>,
    /// What it gives.
    pub body: Syntax,
}
