//! What an operation gives of known values, or why it cannot be done.

use chrono::Datelike as _;

use super::super::program::{Arithmetic, Builtin, Comparison, Direction, Expr, Fold, Node, Value};
use super::FaultKind;
use crate::value::{Date, Number, Span};

/// The parts of an operation: never more than three, so that computing it takes no room but the stack.
pub(super) fn operands(expr: &Expr) -> [Option<&Node>; 3] {
    match expr {
        Expr::Not(inner) | Expr::Scaled(inner, _) => [Some(inner), None, None],
        Expr::Arithmetic(_, left, right)
        | Expr::Shift(left, right, _)
        | Expr::Compare(_, left, right)
        | Expr::Member(left, right) => [Some(left), Some(right), None],
        Expr::Between { value, low, high, .. } => [Some(value), Some(low), Some(high)],
        Expr::Call(_, parts) => [parts.first(), parts.get(1), parts.get(2)],
        Expr::Constant(_)
        | Expr::Slot(_)
        | Expr::Local(_)
        | Expr::Field(..)
        | Expr::Occurred(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::If(..)
        | Expr::Let(..)
        | Expr::Each(..) => [None; 3],
    }
}

/// What is made of the values of all parts.
pub(super) fn operate(expr: &Expr, values: &[Value]) -> Result<Value, FaultKind> {
    let number = |index: usize| values.get(index).and_then(Value::as_number).ok_or(FaultKind::Misfit);
    match expr {
        Expr::Not(_) => match values {
            [Value::Bool(value)] => Ok(Value::Bool(!value)),
            _ => Err(FaultKind::Misfit),
        },
        Expr::Arithmetic(operation, ..) => {
            let (left, right) = (number(0)?, number(1)?);
            let result = match operation {
                Arithmetic::Add => left.plus(right),
                Arithmetic::Subtract => left.minus(right),
                Arithmetic::Multiply => left.times(right),
                Arithmetic::Divide if right == Number::ZERO => return Err(FaultKind::DivisionByZero),
                Arithmetic::Divide => left.over(right),
            };
            result.map(Value::Number).ok_or(FaultKind::Overflow)
        }
        Expr::Scaled(_, factor) => number(0)?.times(*factor).map(Value::Number).ok_or(FaultKind::Overflow),
        Expr::Shift(_, _, direction) => {
            let [Value::Date(date), Value::Span(span)] = values else {
                return Err(FaultKind::Misfit);
            };
            let span = match direction {
                Direction::Forwards => Some(*span),
                Direction::Backwards => span.reversed(),
            };
            span.and_then(|span| span.after(*date)).map(Value::Date).ok_or(FaultKind::OutOfCalendar)
        }
        Expr::Compare(comparison, ..) => match values {
            [left, right] => compare(*comparison, left, right).map(Value::Bool).ok_or(FaultKind::Misfit),
            _ => Err(FaultKind::Misfit),
        },
        Expr::Member(..) => match values {
            [Value::Choice(choice), Value::Set(set)] => Ok(Value::Bool(set.contains(choice))),
            _ => Err(FaultKind::Misfit),
        },
        Expr::Between { closed, .. } => {
            let (value, low, high) = (number(0)?, number(1)?, number(2)?);
            Ok(Value::Bool(value >= low && (value < high || (*closed && value == high))))
        }
        Expr::Call(builtin, _) => call(*builtin, values),
        Expr::Constant(_)
        | Expr::Slot(_)
        | Expr::Local(_)
        | Expr::Field(..)
        | Expr::Occurred(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::If(..)
        | Expr::Let(..)
        | Expr::Each(..) => Err(FaultKind::Misfit),
    }
}

/// What is made of the things of a list.
pub(super) fn gather(fold: Fold, values: &[Value]) -> Result<Value, FaultKind> {
    match fold {
        Fold::Count => {
            let count = values.iter().filter(|value| **value == Value::Bool(true)).count();
            Ok(whole(i64::try_from(count).unwrap_or(i64::MAX)))
        }
        Fold::Sum => {
            let mut sum = Number::ZERO;
            for value in values {
                let number = value.as_number().ok_or(FaultKind::Misfit)?;
                sum = sum.plus(number).ok_or(FaultKind::Overflow)?;
            }
            Ok(Value::Number(sum))
        }
        Fold::Min | Fold::Max => {
            let builtin = if fold == Fold::Min { Builtin::Min } else { Builtin::Max };
            let (first, rest) = values.split_first().ok_or(FaultKind::EmptyList)?;
            rest.iter().try_fold(first.clone(), |best, value| call(builtin, &[best, value.clone()]))
        }
        Fold::Any | Fold::All => Err(FaultKind::Misfit),
    }
}

fn compare(comparison: Comparison, left: &Value, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Choice(left), Value::Choice(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (_, _) => return None,
    };
    Some(comparison.holds(order))
}

fn call(builtin: Builtin, values: &[Value]) -> Result<Value, FaultKind> {
    match (builtin, values) {
        (Builtin::Min | Builtin::Max, [left, right]) => {
            let comparison =
                if builtin == Builtin::Min { Comparison::LessOrEqual } else { Comparison::GreaterOrEqual };
            let first = compare(comparison, left, right).ok_or(FaultKind::Misfit)?;
            Ok(if first { left } else { right }.clone())
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
            Ok(Value::Span(Span { months: 0, days: calendar_number(*number)? }))
        }
        (Builtin::Months, [Value::Number(number)]) => {
            Ok(Value::Span(Span { months: calendar_number(*number)?, days: 0 }))
        }
        (
            Builtin::Min
            | Builtin::Max
            | Builtin::Whole
            | Builtin::Abs
            | Builtin::DaysBetween
            | Builtin::WeeksBetween
            | Builtin::MonthsBetween
            | Builtin::YearsBetween
            | Builtin::Days
            | Builtin::Months,
            _,
        ) => Err(FaultKind::Misfit),
    }
}

/// So many days or months, where a calendar can count them.
fn calendar_number(number: Number) -> Result<i32, FaultKind> {
    number.to_i64().and_then(|number| i32::try_from(number).ok()).ok_or(FaultKind::OutOfCalendar)
}

pub(super) fn whole(number: i64) -> Value {
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
