//! From syntax to a typed program: names found, types and units checked, shared functions put in place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::notation::{Function, Kind, Operator, Syntax};
use super::problems;
use super::program::{
    Arithmetic, Builtin, Comparison, Direction, Expr, Fold, Node, Origin, Slot, Value, Vocabulary,
};
use super::types::{Choices, Quantity, Record, Type, Unit};
use crate::diag::Diagnostic;
use crate::source::Place;
use crate::value::{Number, Text};

/// May a condition look at the day of the evaluation?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// In the score: waiting counts.
    Allowed,
    /// In rules and everything they rest on: never.
    Refused,
}

/// Makes programs out of conditions.
#[derive(Debug)]
pub struct Lowering<'a> {
    /// The names that conditions may use.
    pub vocabulary: &'a Vocabulary,
    /// The shared functions, by name.
    pub functions: &'a BTreeMap<String, Function>,
    /// May it look at the day?
    pub clock: Clock,
}

/// What `let`, a closure or a shared function bound.
#[derive(Debug, Clone)]
enum Bound {
    Value(String, Type),
    /// The thing of a list; with a name (`m.born`), or none (`born`, in TOML).
    Item(Option<String>, Arc<Record>),
}

impl Lowering<'_> {
    /// A condition that must be of a type; nothing fixed: any type will do.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn condition(&self, syntax: &Syntax, wanted: Option<&Type>) -> Result<Node, Vec<Diagnostic>> {
        self.within(syntax, wanted, vec![])
    }

    /// A condition on each thing of a list, whose fields it names without more ado.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn on_each(&self, syntax: &Syntax, record: &Arc<Record>) -> Result<Node, Vec<Diagnostic>> {
        self.within(syntax, Some(&Type::Bool), vec![Bound::Item(None, Arc::clone(record))])
    }

    fn within(
        &self,
        syntax: &Syntax,
        wanted: Option<&Type>,
        bound: Vec<Bound>,
    ) -> Result<Node, Vec<Diagnostic>> {
        let mut walk = Walk { lowering: self, problems: vec![], bound, inside: vec![] };
        let node = walk.node(syntax, wanted);
        match node {
            Some(node) if walk.problems.is_empty() => Ok(node),
            _ => Err(walk.problems),
        }
    }
}

/// One walk over one condition. A part that is wrong gives nothing, and the walk goes on to its neighbours.
struct Walk<'a, 'l> {
    lowering: &'a Lowering<'l>,
    problems: Vec<Diagnostic>,
    bound: Vec<Bound>,
    inside: Vec<String>,
}

const FUNCTIONS: &[&str] = &[
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
    fn fail<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// A part, brought to the type that is wanted.
    fn node(&mut self, syntax: &Syntax, wanted: Option<&Type>) -> Option<Node> {
        let node = self.part(syntax, wanted)?;
        match wanted {
            Some(wanted) => self.fit(node, wanted),
            None => Some(node),
        }
    }

    fn fit(&mut self, node: Node, wanted: &Type) -> Option<Node> {
        match (&node.ty, wanted) {
            (Type::Number(found), Type::Number(quantity)) => {
                if found.bare && !quantity.bare {
                    return self.scale(node, &quantity.unit);
                }
                if found.unit != quantity.unit {
                    let problem = problems::unit_mismatch(node.place.clone(), "=", wanted, &node.ty);
                    return self.fail(problem);
                }
                if quantity.whole && !found.whole {
                    let wanted = Text::new("عدد صحيح (استعمل `whole`)", "a whole number (use `whole`)");
                    return self.fail(problems::type_mismatch(node.place.clone(), &wanted, &node.ty));
                }
                Some(node)
            }
            (found, wanted) if found == wanted => Some(node),
            _ => self.fail(problems::type_mismatch(node.place.clone(), &wanted.text(), &node.ty)),
        }
    }

    /// A bare number takes a unit; amounts of money are kept in hundredths.
    fn scale(&mut self, node: Node, unit: &Unit) -> Option<Node> {
        let whole = node.ty.is_whole();
        let power = unit.money_power();
        let hundred = Number::from(100);
        let mut factor = Number::ONE;
        for _ in 0..power.unsigned_abs() {
            factor = if power > 0 { factor.times(hundred)? } else { factor.over(hundred)? };
        }
        let ty = Type::Number(Quantity { unit: unit.clone(), whole: whole && power >= 0, bare: false });
        if factor == Number::ONE {
            return Some(Node { ty, ..node });
        }
        let place = node.place.clone();
        match node.expr {
            Expr::Constant(Value::Number(number)) => match number.times(factor) {
                Some(number) => Some(Node { place, ty, expr: Expr::Constant(Value::Number(number)) }),
                None => self.fail(problems::number_too_long(place)),
            },
            _ => Some(Node { place, ty, expr: Expr::Scaled(Box::new(node), factor) }),
        }
    }

    /// Two numbers in the same unit, so that they can be added or compared.
    fn level(&mut self, place: &Place, sign: &str, left: Node, right: Node) -> Option<(Node, Node, Unit)> {
        let (Type::Number(one), Type::Number(two)) = (&left.ty, &right.ty) else {
            let problem = problems::cannot_combine(place.clone(), sign, &left.ty, &right.ty);
            return self.fail(problem);
        };
        match (one.bare, two.bare) {
            (true, true) => Some((left, right, Unit::default())),
            (true, false) => {
                let unit = two.unit.clone();
                Some((self.scale(left, &unit)?, right, unit))
            }
            (false, true) => {
                let unit = one.unit.clone();
                let right = self.scale(right, &unit)?;
                Some((left, right, unit))
            }
            (false, false) if one.unit == two.unit => {
                let unit = one.unit.clone();
                Some((left, right, unit))
            }
            (false, false) => {
                let problem = problems::unit_mismatch(place.clone(), sign, &left.ty, &right.ty);
                self.fail(problem)
            }
        }
    }

    fn part(&mut self, syntax: &Syntax, wanted: Option<&Type>) -> Option<Node> {
        let place = syntax.place.clone();
        let made = |ty: Type, expr: Expr| Some(Node { place: place.clone(), ty, expr });
        match &syntax.kind {
            Kind::Bool(value) => made(Type::Bool, Expr::Constant(Value::Bool(*value))),
            Kind::Number(number) => {
                made(Type::bare(number.is_whole()), Expr::Constant(Value::Number(*number)))
            }
            Kind::Text(text) => match wanted {
                Some(Type::Choice(choices)) => {
                    let choices = Arc::clone(choices);
                    self.choice(&place, text, &choices)
                }
                _ => made(Type::Text, Expr::Constant(Value::Text(text.as_str().into()))),
            },
            Kind::Name(path) => self.name(&place, path),
            Kind::List(_) | Kind::Interval { .. } => {
                let wanted =
                    Text::new("قيمة واحدة؛ القائمة تأتي بعد `in`", "one value; a list comes after `in`");
                self.fail(problems::type_mismatch(place, &wanted, &Type::Text))
            }
            Kind::Not(inner) => {
                let inner = self.node(inner, Some(&Type::Bool))?;
                made(Type::Bool, Expr::Not(Box::new(inner)))
            }
            Kind::Negative(inner) => {
                let inner = self.node(inner, None)?;
                let Type::Number(quantity) = &inner.ty else {
                    let wanted = Text::new("عدد", "a number");
                    return self.fail(problems::type_mismatch(inner.place.clone(), &wanted, &inner.ty));
                };
                if let Expr::Constant(Value::Number(number)) = inner.expr {
                    return made(
                        inner.ty.clone(),
                        Expr::Constant(Value::Number(Number::ZERO.minus(number)?)),
                    );
                }
                let ty = Type::Number(quantity.clone());
                let zero = Node {
                    place: place.clone(),
                    ty: ty.clone(),
                    expr: Expr::Constant(Value::Number(Number::ZERO)),
                };
                made(ty, Expr::Arithmetic(Arithmetic::Subtract, Box::new(zero), Box::new(inner)))
            }
            Kind::And(parts) | Kind::Or(parts) => {
                let lowered: Vec<Option<Node>> =
                    parts.iter().map(|part| self.node(part, Some(&Type::Bool))).collect();
                let lowered: Vec<Node> = lowered.into_iter().collect::<Option<_>>()?;
                let expr =
                    if matches!(syntax.kind, Kind::And(_)) { Expr::And(lowered) } else { Expr::Or(lowered) };
                made(Type::Bool, expr)
            }
            Kind::Binary(operator, left, right) => self.binary(&place, *operator, left, right),
            Kind::In(value, set) => self.member(&place, value, set),
            Kind::If(condition, then, otherwise) => {
                let condition = self.node(condition, Some(&Type::Bool));
                let (then, otherwise) = (self.node(then, wanted), self.node(otherwise, wanted));
                let (condition, then, otherwise) = (condition?, then?, otherwise?);
                let (then, otherwise, ty) = self.alike(&place, then, otherwise)?;
                made(ty, Expr::If(Box::new(condition), Box::new(then), Box::new(otherwise)))
            }
            Kind::Let(name, value, body) => {
                let value = self.node(value, None)?;
                self.bound.push(Bound::Value(name.clone(), value.ty.clone()));
                let body = self.node(body, wanted);
                self.bound.pop();
                let body = body?;
                made(body.ty.clone(), Expr::Let(Box::new(value), Box::new(body)))
            }
            Kind::Call(name, arguments) => self.call(&place, name, arguments, wanted),
            Kind::Each { list, method, closure } => self.each(&place, list, method, closure.as_ref()),
        }
    }

    /// Two branches of one `if`: the same type, a bare number taking the other's unit.
    fn alike(&mut self, place: &Place, left: Node, right: Node) -> Option<(Node, Node, Type)> {
        if let (Type::Number(one), Type::Number(two)) = (&left.ty, &right.ty) {
            let whole = one.whole && two.whole;
            let bare = one.bare && two.bare;
            let (left, right, unit) = self.level(place, "else", left, right)?;
            return Some((left, right, Type::Number(Quantity { unit, whole, bare })));
        }
        if left.ty == right.ty {
            let ty = left.ty.clone();
            return Some((left, right, ty));
        }
        let problem = problems::cannot_combine(place.clone(), "else", &left.ty, &right.ty);
        self.fail(problem)
    }

    fn choice(&mut self, place: &Place, id: &str, choices: &Arc<Choices>) -> Option<Node> {
        match choices.index(id) {
            Some(index) => Some(Node {
                place: place.clone(),
                ty: Type::Choice(Arc::clone(choices)),
                expr: Expr::Constant(Value::Choice(index)),
            }),
            None => {
                let known = choices.ids.iter().map(String::as_str);
                self.fail(problems::unknown_choice(place.clone(), id, &choices.name, known))
            }
        }
    }

    fn name(&mut self, place: &Place, path: &[String]) -> Option<Node> {
        let mut found = None;
        for (back, bound) in self.bound.iter().rev().enumerate() {
            found = match (bound, path) {
                (Bound::Value(name, ty), [only]) if name == only => Some((ty.clone(), Expr::Local(back))),
                (Bound::Item(Some(name), record), [item, field]) if name == item => match record.field(field)
                {
                    Some((index, ty)) => Some((ty.clone(), Expr::Field(back, index))),
                    None => {
                        let known: Vec<String> =
                            record.fields.iter().map(|(known, _)| format!("{name}.{known}")).collect();
                        let written = path.join(".");
                        let problem =
                            problems::unknown_name(place.clone(), &written, known.iter().map(String::as_str));
                        return self.fail(problem);
                    }
                },
                (Bound::Item(None, record), [field]) => {
                    record.field(field).map(|(index, ty)| (ty.clone(), Expr::Field(back, index)))
                }
                _ => None,
            };
            if found.is_some() {
                break;
            }
        }
        if let Some((ty, expr)) = found {
            return Some(Node { place: place.clone(), ty, expr });
        }
        let id = path.join(".");
        match self
            .lowering
            .vocabulary
            .find(&id)
            .and_then(|slot| Some((slot, self.lowering.vocabulary.get(slot)?)))
        {
            Some((_, named)) if named.origin == Origin::Clock && self.lowering.clock == Clock::Refused => {
                self.fail(problems::clock(place.clone(), &id))
            }
            Some((slot, named)) => {
                Some(Node { place: place.clone(), ty: named.ty.clone(), expr: Expr::Slot(slot) })
            }
            None => {
                let fields = self.bound.iter().flat_map(|bound| match bound {
                    Bound::Item(None, record) => {
                        record.fields.iter().map(|(name, _)| name.as_str()).collect()
                    }
                    Bound::Item(Some(_), _) => vec![],
                    Bound::Value(name, _) => vec![name.as_str()],
                });
                let known: Vec<&str> = self.lowering.vocabulary.ids().chain(fields).collect();
                let problem = problems::unknown_name(place.clone(), &id, known);
                self.fail(problem)
            }
        }
    }

    fn binary(&mut self, place: &Place, operator: Operator, left: &Syntax, right: &Syntax) -> Option<Node> {
        // A choice on one side says what the text on the other side must be.
        let (left, right) = if matches!(left.kind, Kind::Text(_)) {
            let right = self.node(right, None);
            let wanted =
                right.as_ref().map(|node| node.ty.clone()).filter(|ty| matches!(ty, Type::Choice(_)));
            (self.node(left, wanted.as_ref()), right)
        } else {
            let left = self.node(left, None);
            let wanted = left.as_ref().map(|node| node.ty.clone()).filter(|ty| matches!(ty, Type::Choice(_)));
            let right = self.node_as_neighbour(right, wanted.as_ref());
            (left, right)
        };
        let (left, right) = (left?, right?);
        match operator {
            Operator::Add => self.sum(place, Arithmetic::Add, left, right),
            Operator::Subtract => self.sum(place, Arithmetic::Subtract, left, right),
            Operator::Multiply => self.product(place, Arithmetic::Multiply, left, right),
            Operator::Divide => self.product(place, Arithmetic::Divide, left, right),
            Operator::Equal => self.comparison(place, Comparison::Equal, operator, left, right),
            Operator::NotEqual => self.comparison(place, Comparison::NotEqual, operator, left, right),
            Operator::Less => self.comparison(place, Comparison::Less, operator, left, right),
            Operator::LessOrEqual => self.comparison(place, Comparison::LessOrEqual, operator, left, right),
            Operator::Greater => self.comparison(place, Comparison::Greater, operator, left, right),
            Operator::GreaterOrEqual => {
                self.comparison(place, Comparison::GreaterOrEqual, operator, left, right)
            }
        }
    }

    /// The wish for a choice applies to a text only: anything else is looked at as it is, and judged by the comparison.
    fn node_as_neighbour(&mut self, syntax: &Syntax, wanted: Option<&Type>) -> Option<Node> {
        match syntax.kind {
            Kind::Text(_) => self.node(syntax, wanted),
            _ => self.node(syntax, None),
        }
    }

    fn sum(&mut self, place: &Place, operation: Arithmetic, left: Node, right: Node) -> Option<Node> {
        let direction = if operation == Arithmetic::Add { Direction::Forwards } else { Direction::Backwards };
        if let (Type::Date, Type::Span) = (&left.ty, &right.ty) {
            let expr = Expr::Shift(Box::new(left), Box::new(right), direction);
            return Some(Node { place: place.clone(), ty: Type::Date, expr });
        }
        let sign = if operation == Arithmetic::Add { "+" } else { "-" };
        let (whole, bare) = match (&left.ty, &right.ty) {
            (Type::Number(one), Type::Number(two)) => (one.whole && two.whole, one.bare && two.bare),
            _ => (false, false),
        };
        let (left, right, unit) = self.level(place, sign, left, right)?;
        let ty = Type::Number(Quantity { unit, whole, bare });
        Some(Node {
            place: place.clone(),
            ty,
            expr: Expr::Arithmetic(operation, Box::new(left), Box::new(right)),
        })
    }

    fn product(&mut self, place: &Place, operation: Arithmetic, left: Node, right: Node) -> Option<Node> {
        let (Type::Number(one), Type::Number(two)) = (&left.ty, &right.ty) else {
            let sign = if operation == Arithmetic::Multiply { "*" } else { "/" };
            let problem = problems::cannot_combine(place.clone(), sign, &left.ty, &right.ty);
            return self.fail(problem);
        };
        let multiplies = operation == Arithmetic::Multiply;
        let unit = if multiplies { one.unit.times(&two.unit) } else { one.unit.over(&two.unit) };
        let ty = Type::Number(Quantity {
            unit,
            whole: multiplies && one.whole && two.whole,
            bare: one.bare && two.bare,
        });
        Some(Node {
            place: place.clone(),
            ty,
            expr: Expr::Arithmetic(operation, Box::new(left), Box::new(right)),
        })
    }

    fn comparison(
        &mut self,
        place: &Place,
        comparison: Comparison,
        operator: Operator,
        left: Node,
        right: Node,
    ) -> Option<Node> {
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let (left, right) = match (&left.ty, &right.ty) {
            (Type::Number(_), Type::Number(_)) => {
                let (left, right, _) = self.level(place, operator.sign(), left, right)?;
                (left, right)
            }
            (Type::Date, Type::Date) => (left, right),
            (Type::Bool, Type::Bool) | (Type::Text, Type::Text) if !ordered => (left, right),
            (Type::Choice(one), Type::Choice(two)) if !ordered && one == two => (left, right),
            _ => {
                let problem = problems::cannot_combine(place.clone(), operator.sign(), &left.ty, &right.ty);
                return self.fail(problem);
            }
        };
        let expr = Expr::Compare(comparison, Box::new(left), Box::new(right));
        Some(Node { place: place.clone(), ty: Type::Bool, expr })
    }

    fn member(&mut self, place: &Place, value: &Syntax, set: &Syntax) -> Option<Node> {
        let value = self.node(value, None)?;
        let made = |expr: Expr| Some(Node { place: place.clone(), ty: Type::Bool, expr });
        match &set.kind {
            Kind::Interval { low, high, closed } => {
                let (low, high) = (self.node(low, None), self.node(high, None));
                let (low, high) = (low?, high?);
                let (value, low, _) = self.level(place, "in", value, low)?;
                let (value, high, _) = self.level(place, "in", value, high)?;
                if let (Expr::Constant(Value::Number(from)), Expr::Constant(Value::Number(to))) =
                    (&low.expr, &high.expr)
                    && (from > to || (from == to && !closed))
                {
                    return self.fail(problems::empty_interval(set.place.clone()));
                }
                made(Expr::Between {
                    value: Box::new(value),
                    low: Box::new(low),
                    high: Box::new(high),
                    closed: *closed,
                })
            }
            Kind::List(parts) => {
                if let Type::Choice(choices) = value.ty.clone() {
                    let mut members = BTreeSet::new();
                    for part in parts {
                        let node = self.node(part, Some(&value.ty))?;
                        if let Expr::Constant(Value::Choice(index)) = node.expr {
                            members.insert(index);
                        } else {
                            let wanted = Type::Choice(Arc::clone(&choices)).text();
                            return self.fail(problems::type_mismatch(node.place, &wanted, &node.ty));
                        }
                    }
                    let ty = Type::Set(choices);
                    let set = Node {
                        place: set.place.clone(),
                        ty,
                        expr: Expr::Constant(Value::Set(Arc::new(members))),
                    };
                    return made(Expr::Member(Box::new(value), Box::new(set)));
                }
                // Of numbers, dates and texts: equal to one of them.
                let mut equal = Vec::new();
                for part in parts {
                    let part = self.node(part, None)?;
                    equal.push(self.comparison(
                        place,
                        Comparison::Equal,
                        Operator::Equal,
                        value.clone(),
                        part,
                    )?);
                }
                made(Expr::Or(equal))
            }
            _ => {
                let set = self.node(set, None)?;
                match (&value.ty, &set.ty) {
                    (Type::Choice(one), Type::Set(two)) if one == two => {
                        made(Expr::Member(Box::new(value), Box::new(set)))
                    }
                    _ => {
                        let problem = problems::cannot_combine(place.clone(), "in", &value.ty, &set.ty);
                        self.fail(problem)
                    }
                }
            }
        }
    }

    fn call(
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
                return match node.expr {
                    Expr::Slot(slot) if self.origin(slot) == Some(Origin::Event) => {
                        Some(Node { place: place.clone(), ty: Type::Bool, expr: Expr::Occurred(slot) })
                    }
                    _ => self.fail(problems::not_an_event(node.place)),
                };
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
                let Some(Type::Number(quantity)) = nodes.first().map(|node| node.ty.clone()) else {
                    return self.wrong_argument(name, &Text::new("عددًا", "a number"), &nodes);
                };
                // A whole amount of money is still counted in hundredths.
                if builtin == Builtin::Whole && quantity.unit.money_power() != 0 {
                    return self.wrong_argument(
                        name,
                        &Text::new("عددًا غير نقدي", "a number that is not money"),
                        &nodes,
                    );
                }
                let whole = quantity.whole || builtin == Builtin::Whole;
                Type::Number(Quantity { whole, ..quantity })
            }
            Builtin::DaysBetween | Builtin::WeeksBetween | Builtin::MonthsBetween | Builtin::YearsBetween => {
                if nodes.iter().any(|node| node.ty != Type::Date) {
                    return self.wrong_argument(name, &Text::new("تاريخين", "two dates"), &nodes);
                }
                let unit = match builtin {
                    Builtin::WeeksBetween => "week",
                    Builtin::MonthsBetween => "month",
                    Builtin::YearsBetween => "year",
                    _ => "day",
                };
                Type::number(Unit::of(unit), true)
            }
            Builtin::Days | Builtin::Months => {
                let unit = Unit::of(if builtin == Builtin::Days { "day" } else { "month" });
                let fits = matches!(nodes.first().map(|node| &node.ty), Some(Type::Number(quantity))
                    if quantity.whole && (quantity.bare || quantity.unit == unit || quantity.unit.is_none()));
                if !fits {
                    return self.wrong_argument(name, &Text::new("عددًا صحيحًا", "a whole number"), &nodes);
                }
                Type::Span
            }
        };
        Some(Node { place: place.clone(), ty, expr: Expr::Call(builtin, nodes) })
    }

    fn wrong_argument<T>(&mut self, name: &str, wanted: &Text, nodes: &[Node]) -> Option<T> {
        let node = nodes.first()?;
        let problem = problems::wrong_argument(node.place.clone(), name, wanted, &node.ty);
        self.fail(problem)
    }

    fn origin(&self, slot: Slot) -> Option<Origin> {
        self.lowering.vocabulary.get(slot).map(|named| named.origin)
    }

    fn shown(&mut self, place: &Place, arguments: &[Syntax]) -> Option<Node> {
        let vocabulary = self.lowering.vocabulary;
        let [Syntax { place: at, kind: Kind::Text(document) }] = arguments else {
            let wanted = Text::new("رقم وثيقة بين علامتي تنصيص", "the id of a document in quotes");
            return self.fail(problems::wrong_argument(place.clone(), "shown", &wanted, &Type::Text));
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
                FUNCTIONS.iter().copied().chain(functions.keys().map(String::as_str)).collect();
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
        for (parameter, node) in function.parameters.iter().zip(&nodes) {
            self.bound.push(Bound::Value(parameter.clone(), node.ty.clone()));
        }
        self.inside.push(name.to_owned());
        let body = self.node(&function.body, wanted);
        self.inside.pop();
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

    fn each(
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
                self.bound.push(Bound::Item(Some(parameter.clone()), Arc::clone(&record)));
                let wanted = matches!(fold, Fold::Any | Fold::All | Fold::Count).then_some(Type::Bool);
                let body = self.node(body, wanted.as_ref());
                self.bound.pop();
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

/// The name under which the vocabulary keeps whether a document was shown.
pub fn shown_name(document: &str) -> String {
    format!("shown({document})")
}

/// Moves what looks back beyond its own bindings so many bindings further.
fn shifted(node: Node, by: usize) -> Node {
    if by == 0 { node } else { shift_free(node, by, 0) }
}

fn shift_free(node: Node, by: usize, own: usize) -> Node {
    let walk = |node: Box<Node>, own: usize| Box::new(shift_free(*node, by, own));
    let all =
        |nodes: Vec<Node>, own: usize| nodes.into_iter().map(|node| shift_free(node, by, own)).collect();
    let expr = match node.expr {
        Expr::Local(back) if back >= own => Expr::Local(back + by),
        Expr::Field(back, field) if back >= own => Expr::Field(back + by, field),
        same @ (Expr::Local(_) | Expr::Field(..) | Expr::Constant(_) | Expr::Slot(_) | Expr::Occurred(_)) => {
            same
        }
        Expr::Not(inner) => Expr::Not(walk(inner, own)),
        Expr::And(parts) => Expr::And(all(parts, own)),
        Expr::Or(parts) => Expr::Or(all(parts, own)),
        Expr::Arithmetic(operation, left, right) => {
            Expr::Arithmetic(operation, walk(left, own), walk(right, own))
        }
        Expr::Scaled(inner, factor) => Expr::Scaled(walk(inner, own), factor),
        Expr::Shift(date, span, direction) => Expr::Shift(walk(date, own), walk(span, own), direction),
        Expr::Compare(comparison, left, right) => {
            Expr::Compare(comparison, walk(left, own), walk(right, own))
        }
        Expr::Member(value, set) => Expr::Member(walk(value, own), walk(set, own)),
        Expr::Between { value, low, high, closed } => {
            Expr::Between { value: walk(value, own), low: walk(low, own), high: walk(high, own), closed }
        }
        Expr::If(condition, then, otherwise) => {
            Expr::If(walk(condition, own), walk(then, own), walk(otherwise, own))
        }
        Expr::Let(value, body) => Expr::Let(walk(value, own), walk(body, own + 1)),
        Expr::Call(builtin, parts) => Expr::Call(builtin, all(parts, own)),
        Expr::Each(fold, list, body) => {
            Expr::Each(fold, walk(list, own), body.map(|body| walk(body, own + 1)))
        }
    };
    Node { expr, ..node }
}
