//! Programs in one spelling, by which two of them can be held side by side.
//!
//! Receives a typed program, hands on text in which nothing is left of how it was written: names instead of places, no `let`, the
//! parts of `&&` and `||` in one order, `>` turned into `<`. Programs of the same spelling give the same answer; of two that
//! differ nothing is claimed.

use super::cuts::without_let;
use super::program::{
    Arithmetic, Builtin, Cell, Comparison, Definition, Expr, Interval, Node, Slot, Value, Vocabulary,
};
use super::types::{Record, Type};

/// A name as it stands in a spelling: set apart, so that one name can be put in the place of another.
pub fn named(id: &str) -> String {
    format!("‹{id}›")
}

/// A condition or a computed value.
pub fn program(vocabulary: &Vocabulary, node: &Node) -> String {
    Spelling { vocabulary, lists: Vec::new() }.write(&without_let(node))
}

/// How a named value is computed; nothing where it is not.
pub fn definition(vocabulary: &Vocabulary, slot: Slot) -> Option<String> {
    let named = vocabulary.get(slot)?;
    let list =
        |slots: &[Slot]| slots.iter().map(|slot| name(vocabulary, *slot)).collect::<Vec<_>>().join(" ");
    Some(match named.definition.as_ref()? {
        Definition::Expression(node) => format!("{}: {}", ty(&named.ty), program(vocabulary, node)),
        Definition::Output { table, column } => format!("{} {column}", self::named(&table.id)),
        Definition::Sum { parts, at_most } => format!("sum {} at most {at_most}", list(parts)),
    })
}

/// A value of a type: choices by their ids.
pub fn value(of: &Type, value: &Value) -> String {
    let choice = |index: u16| {
        of.choices().map_or_else(|| index.to_string(), |choices| format!("\"{}\"", choices.id(index)))
    };
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Span(span) => format!("{} months {} days", span.months, span.days),
        Value::Choice(index) => choice(*index),
        Value::Set(set) => {
            let mut ids: Vec<String> = set.iter().map(|index| choice(*index)).collect();
            ids.sort();
            format!("[{}]", ids.join(" "))
        }
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => format!("{items:?}"),
    }
}

/// A type; the choices of one by their ids.
pub fn ty(of: &Type) -> String {
    match of {
        Type::Bool => "bool".into(),
        Type::Number(quantity) => {
            format!("{} {}", if quantity.whole { "integer" } else { "decimal" }, quantity.unit)
        }
        Type::Date => "date".into(),
        Type::Span => "span".into(),
        Type::Choice(choices) => format!("choice of {}", named(&choices.name)),
        Type::Set(choices) => format!("set of {}", named(&choices.name)),
        Type::Text => "text".into(),
        Type::List(record) => format!("list {}", named(&record.name)),
    }
}

/// A test in a row of a table.
pub fn cell(of: &Type, cell: &Cell) -> String {
    match cell {
        Cell::Any => "any".into(),
        Cell::Interval(range) => interval(range),
        Cell::Choices(choices) => {
            let mut ids: Vec<String> =
                choices.iter().map(|index| value(of, &Value::Choice(*index))).collect();
            ids.sort();
            ids.join(" or ")
        }
        Cell::Bool(value) => value.to_string(),
    }
}

/// An interval.
pub fn interval(interval: &Interval) -> String {
    let end = |end: Option<(crate::value::Number, bool)>| {
        end.map_or_else(String::new, |(bound, inside)| format!("{bound}{}", if inside { "" } else { "!" }))
    };
    format!("{}..{}", end(interval.low), end(interval.high))
}

fn name(vocabulary: &Vocabulary, slot: Slot) -> String {
    named(vocabulary.get(slot).map_or("", |named| named.id.as_str()))
}

struct Spelling<'a> {
    vocabulary: &'a Vocabulary,
    /// The lists around, the innermost last.
    lists: Vec<std::sync::Arc<Record>>,
}

impl Spelling<'_> {
    fn all(&mut self, nodes: &[Node]) -> Vec<String> {
        nodes.iter().map(|node| self.write(node)).collect()
    }

    /// The parts of a chain of the same kind, without brackets between them and in one order.
    fn chain(&mut self, nodes: &[Node], is_and: bool) -> String {
        let mut parts = Vec::new();
        let mut waiting: Vec<&Node> = nodes.iter().collect();
        while let Some(node) = waiting.pop() {
            match &node.expr {
                Expr::And(inner) if is_and => waiting.extend(inner),
                Expr::Or(inner) if !is_and => waiting.extend(inner),
                _ => parts.push(self.write(node)),
            }
        }
        parts.sort();
        parts.dedup();
        if let [one] = parts.as_slice() {
            return one.clone();
        }
        format!("({})", parts.join(if is_and { " && " } else { " || " }))
    }

    fn compare(&mut self, comparison: Comparison, left: &Node, right: &Node) -> String {
        let (mut left, mut right) = (self.write(left), self.write(right));
        let comparison = match comparison {
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            other @ (Comparison::Equal
            | Comparison::NotEqual
            | Comparison::Less
            | Comparison::LessOrEqual) => {
                if matches!(other, Comparison::Equal | Comparison::NotEqual) && left > right {
                    std::mem::swap(&mut left, &mut right);
                }
                return format!("({left} {} {right})", other.sign());
            }
        };
        format!("({right} {} {left})", comparison.sign())
    }

    fn write(&mut self, node: &Node) -> String {
        match &node.expr {
            Expr::Constant(constant) => value(&node.ty, constant),
            Expr::Slot(slot) => name(self.vocabulary, *slot),
            Expr::Local(depth) => format!("local {depth}"),
            Expr::Field(back, index) => {
                let list = self.lists.iter().rev().nth(*back);
                let field =
                    list.and_then(|list| list.fields.get(*index)).map_or("", |(name, _)| name.as_str());
                format!("item{back}.{field}")
            }
            Expr::Occurred(slot) => format!("occurred({})", name(self.vocabulary, *slot)),
            Expr::Not(inner) => match &inner.expr {
                Expr::Not(inner) => self.write(inner),
                Expr::Compare(comparison, left, right) => self.compare(comparison.opposite(), left, right),
                _ => format!("!{}", self.write(inner)),
            },
            Expr::And(parts) => self.chain(parts, true),
            Expr::Or(parts) => self.chain(parts, false),
            Expr::Arithmetic(operation, left, right) => {
                let (mut left, mut right) = (self.write(left), self.write(right));
                let sign = match operation {
                    Arithmetic::Add => "+",
                    Arithmetic::Subtract => "-",
                    Arithmetic::Multiply => "*",
                    Arithmetic::Divide => "/",
                };
                if matches!(operation, Arithmetic::Add | Arithmetic::Multiply) && left > right {
                    std::mem::swap(&mut left, &mut right);
                }
                format!("({left} {sign} {right})")
            }
            Expr::Scaled(inner, factor) => format!("{}×{factor}", self.write(inner)),
            Expr::Shift(date, span, direction) => {
                format!("({} {direction:?} {})", self.write(date), self.write(span))
            }
            Expr::Compare(comparison, left, right) => self.compare(*comparison, left, right),
            Expr::Member(value, set) => format!("({} in {})", self.write(value), self.write(set)),
            Expr::Between { value, low, high, closed } => format!(
                "({} in {}..{}{})",
                self.write(value),
                self.write(low),
                if *closed { "=" } else { "" },
                self.write(high)
            ),
            Expr::If(case, then, otherwise) => {
                format!("if {} then {} else {}", self.write(case), self.write(then), self.write(otherwise))
            }
            Expr::Let(value, body) => format!("let {} in {}", self.write(value), self.write(body)),
            Expr::Call(function, parts) => {
                let mut parts = self.all(parts);
                if matches!(function, Builtin::Min | Builtin::Max) {
                    parts.sort();
                }
                format!("{function:?}({})", parts.join(", "))
            }
            Expr::Each(fold, list, body) => {
                let of = self.write(list);
                let Some(body) = body else { return format!("{fold:?}({of})") };
                let Type::List(record) = &list.ty else { return format!("{fold:?}({of}, ?)") };
                self.lists.push(std::sync::Arc::clone(record));
                let body = self.write(body);
                self.lists.pop();
                format!("{fold:?}({of}, {body})")
            }
        }
    }
}
