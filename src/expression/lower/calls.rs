//! Calls: of the engine's own functions, of the policy's, and of what is done with each thing of a list.

use std::sync::Arc;

use super::super::problems;
use super::super::program::{Builtin, Expr, Fold, Node, Origin, Slot};
use super::super::syntax::{Kind, Syntax};
use super::super::types::{Quantity, Type, Unit};
use super::{Bound, Walk, shown_name};
use crate::source::Place;
use crate::value::Text;

/// A closure in a closure is evaluated for each thing of both lists. No more than so many.
const MOST_FOLDS: usize = 3;

/// The functions that the language itself has.
pub(in crate::expression) const BUILTINS: &[&str] = &[
    "abs",
    "days",
    "days_between",
    "max",
    "min",
    "months",
    "months_between",
    "occurred",
    "shown",
    "weeks_between",
    "whole",
    "years_between",
];

const METHODS: &[(&str, Fold)] = &[
    ("any", Fold::Any),
    ("all", Fold::All),
    ("count", Fold::Count),
    ("sum", Fold::Sum),
    ("min", Fold::Min),
    ("max", Fold::Max),
];

impl Walk<'_, '_> {
    pub(super) fn call(
        &mut self,
        place: &Place,
        name: &str,
        arguments: &[Syntax],
        wanted: Option<&Type>,
    ) -> Option<Node> {
        match name {
            "occurred" => {
                let [argument] = arguments else {
                    return self.fail(problems::wrong_count(place.clone(), name, 1, arguments.len()));
                };
                let node = self.node(argument, None)?;
                let Expr::Slot(slot) = node.expr else {
                    return self.fail(problems::not_an_event(node.place));
                };
                if self.origin(slot) != Some(Origin::Event) {
                    return self.fail(problems::not_an_event(node.place));
                }
                return Some(Node { place: place.clone(), ty: Type::Bool, expr: Expr::Occurred(slot) });
            }
            "shown" => return self.shown(place, arguments),
            _ => {}
        }
        let builtin = match name {
            "min" => Builtin::Min,
            "max" => Builtin::Max,
            "whole" => Builtin::Whole,
            "abs" => Builtin::Abs,
            "days_between" => Builtin::DaysBetween,
            "weeks_between" => Builtin::WeeksBetween,
            "months_between" => Builtin::MonthsBetween,
            "years_between" => Builtin::YearsBetween,
            "days" => Builtin::Days,
            "months" => Builtin::Months,
            _ => return self.shared(place, name, arguments, wanted),
        };
        let nodes: Vec<Option<Node>> = arguments.iter().map(|argument| self.node(argument, None)).collect();
        let mut nodes: Vec<Node> = nodes.into_iter().collect::<Option<_>>()?;
        let count = match builtin {
            Builtin::Whole | Builtin::Abs | Builtin::Days | Builtin::Months => 1,
            Builtin::Min
            | Builtin::Max
            | Builtin::DaysBetween
            | Builtin::WeeksBetween
            | Builtin::MonthsBetween
            | Builtin::YearsBetween => 2,
        };
        if nodes.len() != count {
            return self.fail(problems::wrong_count(place.clone(), name, count, nodes.len()));
        }
        let ty = match builtin {
            Builtin::Min | Builtin::Max => {
                let (right, left) = (nodes.pop()?, nodes.pop()?);
                let (left, right, ty) = match (&left.ty, &right.ty) {
                    (Type::Date, Type::Date) => (left, right, Type::Date),
                    (Type::Number(one), Type::Number(two)) => {
                        let (whole, bare) = (one.whole && two.whole, one.bare && two.bare);
                        let (left, right, unit) = self.level(place, name, left, right)?;
                        (left, right, Type::Number(Quantity { unit, whole, bare }))
                    }
                    _ => {
                        let problem = problems::cannot_combine(place.clone(), name, &left.ty, &right.ty);
                        return self.fail(problem);
                    }
                };
                nodes = vec![left, right];
                ty
            }
            Builtin::Whole | Builtin::Abs => {
                let node = nodes.first()?;
                let Type::Number(quantity) = node.ty.clone() else {
                    return self.wrong_argument(name, &Text::new("عددًا", "a number"), node);
                };
                // A whole amount of money is still counted in hundredths.
                if builtin == Builtin::Whole && quantity.unit.money_power() != 0 {
                    return self.wrong_argument(
                        name,
                        &Text::new("عددًا غير نقدي", "a number that is not money"),
                        node,
                    );
                }
                let whole = quantity.whole || builtin == Builtin::Whole;
                Type::Number(Quantity { whole, ..quantity })
            }
            Builtin::DaysBetween | Builtin::WeeksBetween | Builtin::MonthsBetween | Builtin::YearsBetween => {
                if let Some(node) = nodes.iter().find(|node| node.ty != Type::Date) {
                    return self.wrong_argument(name, &Text::new("تاريخين", "two dates"), node);
                }
                let unit = name.strip_suffix("s_between").unwrap_or_default();
                Type::number(Unit::of(unit), true)
            }
            Builtin::Days | Builtin::Months => {
                let unit = Unit::of(if builtin == Builtin::Days { "day" } else { "month" });
                let node = nodes.first()?;
                let fits = node.ty.quantity().is_some_and(|quantity| {
                    quantity.whole && (quantity.bare || quantity.unit == unit || quantity.unit.is_none())
                });
                if !fits {
                    let wanted = Text::new("عددًا صحيحًا منها", format!("a whole number of {name}"));
                    return self.wrong_argument(name, &wanted, node);
                }
                Type::Span
            }
        };
        Some(Node { place: place.clone(), ty, expr: Expr::Call(builtin, nodes) })
    }

    fn wrong_argument<T>(&mut self, name: &str, wanted: &Text, node: &Node) -> Option<T> {
        let problem = problems::wrong_argument(node.place.clone(), name, wanted, &node.ty);
        self.fail(problem)
    }

    fn origin(&self, slot: Slot) -> Option<Origin> {
        self.lowering.vocabulary.get(slot).map(|named| named.origin)
    }

    fn shown(&mut self, place: &Place, arguments: &[Syntax]) -> Option<Node> {
        let vocabulary = self.lowering.vocabulary;
        let [Syntax { place: at, kind: Kind::Text(document) }] = arguments else {
            return self.fail(problems::not_a_document(place.clone()));
        };
        if let Some(slot) = vocabulary.find(&shown_name(document)) {
            return Some(Node { place: place.clone(), ty: Type::Bool, expr: Expr::Slot(slot) });
        }
        let known: Vec<&str> = vocabulary
            .iter()
            .filter(|(_, named)| named.origin == Origin::Document)
            .filter_map(|(_, named)| named.id.strip_prefix("shown(")?.strip_suffix(')'))
            .collect();
        let problem = problems::unknown_document(at.clone(), document, known);
        self.fail(problem)
    }

    /// A shared function is put in place of its call: each of its parameters becomes a `let`.
    fn shared(
        &mut self,
        place: &Place,
        name: &str,
        arguments: &[Syntax],
        wanted: Option<&Type>,
    ) -> Option<Node> {
        let functions = self.lowering.functions;
        let Some(function) = functions.get(name) else {
            let known: Vec<&str> =
                BUILTINS.iter().copied().chain(functions.keys().map(String::as_str)).collect();
            return self.fail(problems::unknown_function(place.clone(), name, known));
        };
        if self.inside.iter().any(|outer| outer == name) {
            return self.fail(problems::recursive(place.clone(), name));
        }
        if function.parameters.len() != arguments.len() {
            return self.fail(problems::wrong_count(
                place.clone(),
                name,
                function.parameters.len(),
                arguments.len(),
            ));
        }
        let nodes: Vec<Option<Node>> = arguments.iter().map(|argument| self.node(argument, None)).collect();
        let nodes: Vec<Node> = nodes.into_iter().collect::<Option<_>>()?;
        // The body sees its parameters and nothing of the caller. Each binding moves the ones before it one step back, so
        // that an argument that itself looks back is wrapped in the bindings made so far.
        let outer = std::mem::take(&mut self.bound);
        self.depth += nodes.len();
        for (parameter, node) in function.parameters.iter().zip(&nodes) {
            self.bound.push(Bound::Value(parameter.clone(), node.ty.clone()));
        }
        self.inside.push(name.to_owned());
        let body = self.node(&function.body, wanted);
        self.inside.pop();
        self.depth -= nodes.len();
        self.bound = outer;
        let mut node = body?;
        node.place = place.clone();
        for (made, argument) in nodes.into_iter().enumerate().rev() {
            let argument = shifted(argument, made);
            node = Node {
                place: place.clone(),
                ty: node.ty.clone(),
                expr: Expr::Let(Box::new(argument), Box::new(node)),
            };
        }
        Some(node)
    }

    pub(super) fn each(
        &mut self,
        place: &Place,
        list: &Syntax,
        method: &str,
        closure: Option<&(String, Box<Syntax>)>,
    ) -> Option<Node> {
        let list = self.node(list, None)?;
        let Type::List(record) = list.ty.clone() else {
            let wanted = Text::new("قائمة", "a list");
            return self.fail(problems::type_mismatch(list.place.clone(), &wanted, &list.ty));
        };
        let Some((_, fold)) = METHODS.iter().find(|(name, _)| *name == method) else {
            let known = METHODS.iter().map(|(name, _)| *name);
            return self.fail(problems::unknown_function(place.clone(), method, known));
        };
        let body = match closure {
            Some((parameter, body)) => {
                self.new_thing(place, parameter)?;
                if self.folds == MOST_FOLDS {
                    return self.fail(problems::nested_folds(place.clone(), MOST_FOLDS));
                }
                self.folds += 1;
                self.bound.push(Bound::Item(Some(parameter.clone()), Arc::clone(&record)));
                let wanted = matches!(fold, Fold::Any | Fold::All | Fold::Count).then_some(Type::Bool);
                let body = self.node(body, wanted.as_ref());
                self.bound.pop();
                self.folds -= 1;
                Some(body?)
            }
            None => None,
        };
        let ty = match (fold, &body) {
            (Fold::Any | Fold::All, Some(_)) => Type::Bool,
            // A count takes whatever unit its neighbour has.
            (Fold::Count, _) => Type::bare(true),
            (Fold::Sum, Some(body)) | (Fold::Min | Fold::Max, Some(body))
                if matches!(body.ty, Type::Number(_)) =>
            {
                body.ty.clone()
            }
            (Fold::Min | Fold::Max, Some(body)) if body.ty == Type::Date => Type::Date,
            (_, None) => return self.fail(problems::closure_wanted(place.clone(), method)),
            (_, Some(body)) => {
                let wanted = Text::new("عدد", "a number");
                let problem = problems::type_mismatch(body.place.clone(), &wanted, &body.ty);
                return self.fail(problem);
            }
        };
        let expr = Expr::Each(*fold, Box::new(list), body.map(Box::new));
        Some(Node { place: place.clone(), ty, expr })
    }
}

/// Moves what looks back beyond its own bindings so many bindings further.
fn shifted(mut node: Node, by: usize) -> Node {
    if by > 0 {
        shift_free(&mut node, by, 0);
    }
    node
}

fn shift_free(node: &mut Node, by: usize, own: usize) {
    if let Expr::Local(back) | Expr::Field(back, _) = &mut node.expr
        && *back >= own
    {
        *back += by;
    }
    // The second part of these is where they bind.
    let binds = matches!(node.expr, Expr::Let(..) | Expr::Each(..));
    for (index, part) in node.parts_mut().into_iter().enumerate() {
        shift_free(part, by, own + usize::from(binds && index == 1));
    }
}
