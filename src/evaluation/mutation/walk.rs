//! The small changes of a condition or formula: each is another program at one place.

use std::sync::Arc;

use super::edit::{Edit, Owner};
use super::{Kind, Mutant, nudged, unit};
use crate::expression::program::{Builtin, Comparison, Expr, Node, Value};
use crate::expression::types::Type;
use crate::source::{Place, on_one_line};
use crate::value::{Number, Text};

/// Walks through a program and notes every change of it.
pub(super) struct Walk<'a> {
    pub(super) owner: Owner,
    pub(super) name: &'a Text,
    pub(super) is_factor: bool,
    pub(super) root: &'a Node,
    path: Vec<usize>,
    /// What the node stands in.
    around: Option<Around>,
    pub(super) found: Vec<Mutant>,
}

/// What a node stands in.
#[derive(Clone)]
struct Around {
    place: Place,
    /// A number by itself says little: it is shown in what is computed or compared with it.
    is_shown: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(owner: Owner, name: &'a Text, is_factor: bool, root: &'a Node) -> Walk<'a> {
        Walk { owner, name, is_factor, root, path: vec![], around: None, found: vec![] }
    }

    fn push(&mut self, kind: Kind, node: &Node, what: Text, expr: Expr) {
        let edit = Edit::Node { owner: self.owner, path: self.path.clone(), expr };
        self.found.push(Mutant { kind, place: Some(node.place.clone()), what, edit });
    }

    fn instead(&self, new: &str, old: &str) -> Text {
        let (ar, en) = (&self.name.ar, &self.name.en);
        Text::new(
            format!("كُتب في {ar}: `{new}` بدلًا من: `{old}`"),
            format!("{en} read `{new}` instead of `{old}`"),
        )
    }

    pub(super) fn node(&mut self, node: &Node) {
        let slice = |node: &Node| node.place.on_one_line();
        let whole = slice(node);
        match &node.expr {
            Expr::Compare(comparison, left, right) => {
                let other = neighbour(*comparison);
                let new = format!("{} {} {}", slice(left), other.sign(), slice(right));
                let what = self.instead(&new, &whole);
                self.push(Kind::Comparison, node, what, Expr::Compare(other, left.clone(), right.clone()));
            }
            Expr::And(parts) | Expr::Or(parts) => {
                let is_and = matches!(node.expr, Expr::And(_));
                let sign = if is_and { " || " } else { " && " };
                let new = parts.iter().map(slice).collect::<Vec<_>>().join(sign);
                let what = self.instead(&new, &whole);
                let expr = if is_and { Expr::Or(parts.clone()) } else { Expr::And(parts.clone()) };
                self.push(Kind::Connective, node, what, expr);
            }
            Expr::Not(inner) => {
                let what = self.instead(&slice(inner), &whole);
                self.push(Kind::Negation, node, what, inner.expr.clone());
            }
            Expr::If(condition, then, otherwise) => {
                let (ar, en) = (&self.name.ar, &self.name.en);
                let what = Text::new(
                    format!("تبادل فرعا الشرط `{}` مكانيهما في {ar}", slice(condition)),
                    format!(
                        "what follows `{}` in {en} and what follows otherwise changed places",
                        slice(condition)
                    ),
                );
                let expr = Expr::If(condition.clone(), otherwise.clone(), then.clone());
                self.push(Kind::Branches, node, what, expr);
            }
            Expr::Between { value, low, high, closed } => {
                let what = self.instead(
                    &format!(
                        "{} in {}..{}{}",
                        slice(value),
                        slice(low),
                        if *closed { "" } else { "=" },
                        slice(high)
                    ),
                    &whole,
                );
                let expr = Expr::Between {
                    value: value.clone(),
                    low: low.clone(),
                    high: high.clone(),
                    closed: !closed,
                };
                self.push(Kind::Comparison, node, what, expr);
            }
            Expr::Constant(value) => self.constant(node, value),
            // That points end somewhere is put there by the engine; where they end is a number, which is changed.
            Expr::Call(..) if self.is_factor && node.place == self.root.place => {}
            Expr::Call(builtin @ (Builtin::Min | Builtin::Max), parts) => {
                let is_least = *builtin == Builtin::Min;
                let (other, name) = if is_least { (Builtin::Max, "max") } else { (Builtin::Min, "min") };
                let arguments = parts.iter().map(slice).collect::<Vec<_>>().join(", ");
                let what = self.instead(&format!("{name}({arguments})"), &whole);
                self.push(Kind::Constant, node, what, Expr::Call(other, parts.clone()));
            }
            Expr::Slot(_)
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
        let is_shown = matches!(
            node.expr,
            Expr::Compare(..)
                | Expr::Between { .. }
                | Expr::Member(..)
                | Expr::Arithmetic(..)
                | Expr::Scaled(..)
                | Expr::Shift(..)
                | Expr::Call(..)
        );
        let here = Around { place: node.place.clone(), is_shown };
        let before = self.around.clone();
        let mut node = node.clone();
        for (index, part) in node.parts_mut().into_iter().enumerate() {
            // What only wraps a node, as a conversion of units does, is written nowhere.
            self.around = if part.place == here.place { before.clone() } else { Some(here.clone()) };
            self.path.push(index);
            self.node(part);
            self.path.pop();
        }
        self.around = before;
    }

    fn constant(&mut self, node: &Node, value: &Value) {
        // What the engine itself put there, such as no points where no case holds, is not the author's.
        let is_own = node.place == self.root.place && !self.path.is_empty();
        if is_own {
            return;
        }
        let is_points =
            self.is_factor && self.around.as_ref().is_some_and(|around| around.place == self.root.place);
        let others = match value {
            Value::Number(number) if is_points => {
                let step = if number.is_whole() { Number::ONE } else { unit(&node.ty) };
                [number.minus(step), number.plus(step)].into_iter().flatten().map(Value::Number).collect()
            }
            Value::Bool(_) | Value::Number(_) | Value::Choice(_) | Value::Set(_) => nudged(&node.ty, value),
            Value::Date(_) | Value::Span(_) | Value::Text(_) | Value::List(_) => vec![],
        };
        let kind = if is_points { Kind::Points } else { Kind::Constant };
        let written = node.place.source.slice(&node.place.range);
        for other in others {
            let new = match (&other, &node.ty) {
                (Value::Number(number), Type::Number(quantity)) if quantity.unit.money_power() > 0 => {
                    number.over(Number::from(100)).unwrap_or(*number).to_string()
                }
                (Value::Number(number), _) => number.to_string(),
                (Value::Bool(value), _) => value.to_string(),
                (Value::Choice(choice), Type::Choice(choices)) => format!("\"{}\"", choices.id(*choice)),
                (Value::Set(set), Type::Set(choices)) => {
                    let ids: Vec<String> =
                        set.iter().map(|choice| format!("\"{}\"", choices.id(*choice))).collect();
                    format!("[{}]", ids.join(", "))
                }
                _ => continue,
            };
            let what =
                if is_points { self.points(&new, written) } else { self.in_context(node, &new, written) };
            self.push(kind, node, what, Expr::Constant(other));
        }
    }

    /// Points that are given for a case, for each of something, or at most.
    fn points(&self, new: &str, old: &str) -> Text {
        let (ar, en) = (&self.name.ar, &self.name.en);
        let is_most = matches!(self.root.expr, Expr::Call(Builtin::Min, _)) && self.path == [1];
        let (how_ar, how_en) = if matches!(self.root.expr, Expr::If(..)) {
            ("", "")
        } else if is_most {
            (" على الأكثر", " at most")
        } else {
            (" عن كل واحد", " for each")
        };
        Text::new(
            format!("كانت درجة {ar}{how_ar}: {new} بدلًا من: {old}"),
            format!("{en} gave {new} points{how_en} instead of {old}"),
        )
    }

    /// A value with what it stands in, where both are written in one place.
    fn in_context(&self, node: &Node, new: &str, old: &str) -> Text {
        let context = self.around.as_ref().filter(|around| around.is_shown).and_then(|around| {
            let (outer, inner) = (&around.place, &node.place);
            let is_inside = Arc::ptr_eq(&outer.source, &inner.source)
                && outer.range.start <= inner.range.start
                && inner.range.end <= outer.range.end;
            is_inside.then(|| {
                let source = &outer.source;
                let before = source.slice(&(outer.range.start..inner.range.start));
                let after = source.slice(&(inner.range.end..outer.range.end));
                (on_one_line(&format!("{before}{new}{after}")), outer.on_one_line())
            })
        });
        match context {
            Some((new, old)) => self.instead(&new, &old),
            None => self.instead(new, old),
        }
    }
}

/// The comparison that is easily written by mistake: of an order, the one that differs where both sides are equal.
fn neighbour(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::LessOrEqual,
        Comparison::LessOrEqual => Comparison::Less,
        Comparison::Greater => Comparison::GreaterOrEqual,
        Comparison::GreaterOrEqual => Comparison::Greater,
    }
}
