//! How far apart the two sides of a comparison are that decided a condition.
//!
//! Receives a condition with a known outcome, hands on each comparison of numbers or days on which that outcome rests, with
//! both sides and the exact difference.

use super::wording::Writer;
use crate::expression::cuts::{number_or_day, without_let};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Builtin, Comparison, Definition, Expr, Node, Slot, Value};
use crate::expression::types::Type;
use crate::policy::Policy;
use crate::policy::message::Form;
use crate::value::words::{self, Case};
use crate::value::{Lang, Number, Text};

/// A comparison that decided something, and how far its sides are apart.
#[derive(Debug, Clone)]
pub struct Gap {
    /// What is compared.
    pub left: Node,
    /// Its value.
    pub value: Value,
    /// With what.
    pub right: Node,
    /// The value of that.
    pub limit: Value,
    /// How.
    pub comparison: Comparison,
    /// Does the comparison hold?
    pub holds: bool,
}

/// The comparisons on which the outcome of a condition rests, in the order in which they are written.
pub fn gaps(policy: &Policy, frame: &Frame<'_>, condition: &Node) -> Vec<Gap> {
    let mut search = Search { policy, frame, found: vec![], open: vec![] };
    search.node(&without_let(condition));
    search.found
}

struct Search<'a> {
    policy: &'a Policy,
    frame: &'a Frame<'a>,
    found: Vec<Gap>,
    open: Vec<Slot>,
}

impl Search<'_> {
    fn node(&mut self, node: &Node) {
        let outcome = self.frame.evaluate(node);
        match &node.expr {
            Expr::Not(inner) => self.node(inner),
            Expr::And(parts) | Expr::Or(parts) => {
                for part in parts {
                    // What decided: the parts that are as the whole.
                    if self.frame.evaluate(part) == outcome {
                        self.node(part);
                    }
                }
            }
            Expr::If(condition, then, otherwise) => {
                if let Some(value) = self.frame.evaluate(condition).as_bool() {
                    self.node(condition);
                    self.node(if value { then } else { otherwise });
                }
            }
            Expr::Slot(slot) if node.ty == Type::Bool && !self.open.contains(slot) => {
                let definition =
                    self.policy.vocabulary.get(*slot).and_then(|named| named.definition.as_ref());
                if let Some(Definition::Expression(definition)) = definition {
                    self.open.push(*slot);
                    self.node(&without_let(definition));
                    self.open.pop();
                }
            }
            Expr::Compare(comparison, left, right) => self.compare(*comparison, left, right),
            Expr::Between { value, low, high, closed } => {
                self.compare(Comparison::GreaterOrEqual, value, low);
                let upper = if *closed { Comparison::LessOrEqual } else { Comparison::Less };
                self.compare(upper, value, high);
            }
            Expr::Slot(_)
            | Expr::Constant(_)
            | Expr::Local(_)
            | Expr::Field(..)
            | Expr::Occurred(_)
            | Expr::Arithmetic(..)
            | Expr::Scaled(..)
            | Expr::Shift(..)
            | Expr::Member(..)
            | Expr::Let(..)
            | Expr::Call(..)
            | Expr::Each(..) => {}
        }
    }

    fn compare(&mut self, comparison: Comparison, left: &Node, right: &Node) {
        let (Outcome::Known(value), Outcome::Known(limit)) =
            (self.frame.evaluate(left), self.frame.evaluate(right))
        else {
            return;
        };
        let (Some(one), Some(two)) = (number_or_day(&value), number_or_day(&limit)) else { return };
        let holds = comparison.holds(one.cmp(&two));
        self.found.push(Gap { left: left.clone(), value, right: right.clone(), limit, comparison, holds });
    }
}

impl Gap {
    /// By how much the first side is above the second; negative where it is below.
    pub fn difference(&self) -> Option<Number> {
        number_or_day(&self.value)?.minus(number_or_day(&self.limit)?)
    }

    /// The whole of it in one line: «income per person: 1,250.00 riyals exceeds 1,200.00 riyals (highest income per person) by 50.00 riyals».
    pub fn text(&self, policy: &Policy) -> Text {
        super::wording::both(policy, |writer| self.line(writer))
    }

    fn line(&self, writer: Writer<'_>) -> String {
        let (one, two) = (number_or_day(&self.value), number_or_day(&self.limit));
        let (one, two) = (one.unwrap_or(Number::ZERO), two.unwrap_or(Number::ZERO));
        let ty = self.ty();
        let value = writer.value(ty, &self.value, Form::Nominative, &[two]);
        let limit = writer.value(ty, &self.limit, Form::Nominative, &[one]);
        let difference = one.minus(two).unwrap_or(Number::ZERO);
        let apart = apart(writer, ty, difference);
        let (left, right) = (describe(writer, &self.left), describe(writer, &self.right));
        let is_day = matches!(ty, Type::Date);
        match writer.lang {
            Lang::Ar => {
                let right = if right.is_empty() { "الحد".to_owned() } else { right };
                let difference = match (difference.cmp(&Number::ZERO), is_day) {
                    (std::cmp::Ordering::Equal, _) => "لا فرق بينهما".to_owned(),
                    (std::cmp::Ordering::Greater, false) => format!("الزيادة: {apart}"),
                    (std::cmp::Ordering::Less, false) => format!("النقص: {apart}"),
                    (std::cmp::Ordering::Greater, true) => format!("التأخر: {apart}"),
                    (std::cmp::Ordering::Less, true) => format!("التقدم: {apart}"),
                };
                format!("{left}: {value}؛ {right}: {limit}؛ {difference}")
            }
            Lang::En => {
                let right = if right.is_empty() { "the limit".to_owned() } else { right };
                match (difference.cmp(&Number::ZERO), is_day) {
                    (std::cmp::Ordering::Equal, _) => {
                        format!("{left}: {value}, equal to {right}")
                    }
                    (std::cmp::Ordering::Greater, false) => {
                        format!("{left}: {value} exceeds {limit} ({right}) by {apart}")
                    }
                    (std::cmp::Ordering::Less, false) => {
                        format!("{left}: {value} is below {limit} ({right}) by {apart}")
                    }
                    (std::cmp::Ordering::Greater, true) => {
                        format!("{left}: {value} is {apart} after {limit} ({right})")
                    }
                    (std::cmp::Ordering::Less, true) => {
                        format!("{left}: {value} is {apart} before {limit} ({right})")
                    }
                }
            }
        }
    }

    /// The type of the side that has a unit: a bare number takes that of its neighbour.
    pub fn ty(&self) -> &Type {
        match (&self.left.ty, &self.right.ty) {
            (Type::Number(left), Type::Number(right)) if left.unit.is_none() && !right.unit.is_none() => {
                &self.right.ty
            }
            _ => &self.left.ty,
        }
    }
}

/// A difference in words, never so rounded that it looks like none.
pub fn apart(writer: Writer<'_>, ty: &Type, difference: Number) -> String {
    let size = difference.abs();
    if matches!(ty, Type::Date) {
        return words::count(size, &words::DAY, writer.lang, Case::Nominative, writer.digits());
    }
    let is_money = matches!(ty, Type::Number(quantity) if quantity.unit.money_power() > 0);
    let is_hidden = size != Number::ZERO && size.rounded(2) == Some(Number::ZERO);
    // A quantity with an endless fraction is written exactly rather than as nothing.
    if is_hidden && !is_money && size.rounded(4) != Some(size) {
        return size.to_string();
    }
    writer.number(ty, size, Form::Nominative, &[Number::ZERO])
}

/// What people call a part of a condition; nothing for a number that stands in it.
pub fn describe(writer: Writer<'_>, node: &Node) -> String {
    let lang = writer.lang;
    match &node.expr {
        Expr::Slot(slot) => writer
            .policy
            .vocabulary
            .get(*slot)
            .map_or_else(String::new, |named| named.label.get(lang).to_owned()),
        Expr::Constant(_) => String::new(),
        Expr::Scaled(inner, _) => describe(writer, inner),
        Expr::Call(builtin, parts) => match (builtin, parts.as_slice()) {
            (
                Builtin::DaysBetween | Builtin::WeeksBetween | Builtin::MonthsBetween | Builtin::YearsBetween,
                [from, to],
            ) => {
                let (from, to) = (describe(writer, from), describe(writer, to));
                match (lang, builtin) {
                    (Lang::Ar, Builtin::DaysBetween) => format!("الأيام من {from} إلى {to}"),
                    (Lang::Ar, Builtin::WeeksBetween) => format!("الأسابيع الكاملة من {from} إلى {to}"),
                    (Lang::Ar, Builtin::MonthsBetween) => format!("الأشهر الكاملة من {from} إلى {to}"),
                    (Lang::Ar, _) => format!("السنوات الكاملة من {from} إلى {to}"),
                    (Lang::En, Builtin::DaysBetween) => format!("days from {from} to {to}"),
                    (Lang::En, Builtin::WeeksBetween) => format!("complete weeks from {from} to {to}"),
                    (Lang::En, Builtin::MonthsBetween) => format!("complete months from {from} to {to}"),
                    (Lang::En, _) => format!("complete years from {from} to {to}"),
                }
            }
            _ => written(node),
        },
        Expr::Local(_)
        | Expr::Field(..)
        | Expr::Occurred(_)
        | Expr::Not(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Arithmetic(..)
        | Expr::Shift(..)
        | Expr::Compare(..)
        | Expr::Member(..)
        | Expr::Between { .. }
        | Expr::If(..)
        | Expr::Let(..)
        | Expr::Each(..) => written(node),
    }
}

/// The condition as it is written, on one line.
fn written(node: &Node) -> String {
    format!("«{}»", node.place.on_one_line())
}
