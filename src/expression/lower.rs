//! From syntax to a typed program: names found, types and units checked, shared functions put in place.

mod calls;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use self::calls::BUILTINS;
use super::problems;
use super::program::{Arithmetic, Comparison, Direction, Expr, Node, Origin, Value, Vocabulary};
use super::syntax::{Function, Kind, Operator, Syntax};
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
        let mut walk = Walk {
            lowering: self,
            problems: vec![],
            bound,
            inside: vec![],
            size: 0,
            depth: 0,
            folds: 0,
            is_too_large: false,
        };
        let node = walk.node(syntax, wanted);
        if walk.is_too_large {
            walk.problems.push(problems::too_large(syntax.place.clone()));
        }
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
    /// The shared functions that are being put in place.
    inside: Vec<String>,
    /// How many parts there are so far.
    size: usize,
    /// How deep the walk is.
    depth: usize,
    /// In how many closures the walk is, those around shared functions among them.
    folds: usize,
    is_too_large: bool,
}

/// Shared functions stand in place of their calls, so that a short text can become a long program. No longer than this.
const MOST_PARTS: usize = 10_000;
/// No deeper than this, so that no program can exhaust the stack of whoever walks it.
pub(crate) const DEEPEST: usize = 128;
/// Nobody reads more problems of one condition than these.
const MOST_PROBLEMS: usize = 32;

impl Walk<'_, '_> {
    fn fail<T>(&mut self, problem: Diagnostic) -> Option<T> {
        if self.problems.len() < MOST_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        None
    }

    /// A part, brought to the type that is wanted.
    fn node(&mut self, syntax: &Syntax, wanted: Option<&Type>) -> Option<Node> {
        self.size += 1;
        if self.size > MOST_PARTS || self.depth >= DEEPEST {
            self.is_too_large = true;
            return None;
        }
        self.depth += 1;
        let node = self.part(syntax, wanted);
        self.depth -= 1;
        let node = node?;
        match wanted {
            Some(wanted) => self.fit(node, wanted),
            None => Some(node),
        }
    }

    fn fit(&mut self, node: Node, wanted: &Type) -> Option<Node> {
        match (&node.ty, wanted) {
            (Type::Number(found), Type::Number(quantity)) => {
                if !found.bare && found.unit != quantity.unit {
                    let problem = problems::unit_mismatch(node.place.clone(), "=", wanted, &node.ty);
                    return self.fail(problem);
                }
                if quantity.whole && !found.whole {
                    let wanted = Text::new("عدد صحيح (استعمل `whole`)", "a whole number (use `whole`)");
                    return self.fail(problems::type_mismatch(node.place.clone(), &wanted, &node.ty));
                }
                if found.bare && !quantity.bare { self.scale(node, &quantity.unit) } else { Some(node) }
            }
            (found, wanted) if found == wanted => Some(node),
            _ => self.fail(problems::type_mismatch(node.place.clone(), &wanted.text(), &node.ty)),
        }
    }

    /// A bare number takes a unit; amounts of money are kept in hundredths.
    fn scale(&mut self, node: Node, unit: &Unit) -> Option<Node> {
        let whole = node.ty.is_whole();
        let Some(factor) = unit.scale() else {
            return self.fail(problems::number_too_long(node.place));
        };
        let ty = Type::Number(Quantity {
            unit: unit.clone(),
            whole: whole && unit.money_power() >= 0,
            bare: false,
        });
        if factor == Number::ONE {
            return Some(Node { ty, ..node });
        }
        let place = node.place.clone();
        let Some(number) = node.constant() else {
            return Some(Node { place, ty, expr: Expr::Scaled(Box::new(node), factor) });
        };
        match number.times(factor) {
            Some(number) => Some(Node { place, ty, expr: Expr::Constant(Value::Number(number)) }),
            None => self.fail(problems::number_too_long(place)),
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
                Some(_) | None => made(Type::Text, Expr::Constant(Value::Text(text.as_str().into()))),
            },
            Kind::Name(path) => self.name(&place, path),
            Kind::List(_) | Kind::Interval { .. } => self.fail(problems::not_alone(place)),
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
                let negative = inner.constant().and_then(|number| Number::ZERO.minus(number));
                if let Some(number) = negative {
                    return made(inner.ty.clone(), Expr::Constant(Value::Number(number)));
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
                // The place of a `let` begins with its name.
                let at = place.range.start..place.range.start + name.len();
                self.new_name(&Place::new(&place.source, at), name)?;
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

    /// A name given by `let` is the name of nothing else, so that no reader takes one thing for another.
    fn new_name(&mut self, place: &Place, name: &str) -> Option<()> {
        let declared = self.lowering.vocabulary.ids().any(|id| id.split('.').next() == Some(name));
        if declared || self.is_bound(name) {
            return self.fail(problems::name_taken(place.clone(), name));
        }
        Some(())
    }

    /// The name of a thing in a list may be that of a section: `|item| item.due`. Where the section says `item.due` too, using
    /// it is refused.
    fn new_thing(&mut self, place: &Place, name: &str) -> Option<()> {
        if self.lowering.vocabulary.find(name).is_some() || self.is_bound(name) {
            return self.fail(problems::name_taken(place.clone(), name));
        }
        Some(())
    }

    fn is_bound(&self, name: &str) -> bool {
        self.bound.iter().any(|bound| match bound {
            Bound::Value(other, _) | Bound::Item(Some(other), _) => other == name,
            Bound::Item(None, record) => record.field(name).is_some(),
        })
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
        let id = path.join(".");
        if let Some((ty, expr)) = found {
            if matches!(expr, Expr::Field(..)) && self.lowering.vocabulary.find(&id).is_some() {
                return self.fail(problems::name_taken(place.clone(), &id));
            }
            return Some(Node { place: place.clone(), ty, expr });
        }
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
            Operator::Arithmetic(operation @ (Arithmetic::Add | Arithmetic::Subtract)) => {
                self.sum(place, operation, left, right)
            }
            Operator::Arithmetic(operation @ (Arithmetic::Multiply | Arithmetic::Divide)) => {
                self.product(place, operation, left, right)
            }
            Operator::Comparison(comparison) => self.comparison(place, comparison, left, right),
        }
    }

    /// The wish for a choice applies to a text only: anything else is looked at as it is, and judged by the comparison.
    fn node_as_neighbour(&mut self, syntax: &Syntax, wanted: Option<&Type>) -> Option<Node> {
        let wanted = wanted.filter(|_| matches!(syntax.kind, Kind::Text(_)));
        self.node(syntax, wanted)
    }

    fn sum(&mut self, place: &Place, operation: Arithmetic, left: Node, right: Node) -> Option<Node> {
        let direction = if operation == Arithmetic::Add { Direction::Forwards } else { Direction::Backwards };
        if let (Type::Date, Type::Span) = (&left.ty, &right.ty) {
            let expr = Expr::Shift(Box::new(left), Box::new(right), direction);
            return Some(Node { place: place.clone(), ty: Type::Date, expr });
        }
        let (whole, bare) = match (&left.ty, &right.ty) {
            (Type::Number(one), Type::Number(two)) => (one.whole && two.whole, one.bare && two.bare),
            _ => (false, false),
        };
        let (left, right, unit) = self.level(place, operation.sign(), left, right)?;
        let ty = Type::Number(Quantity { unit, whole, bare });
        Some(Node {
            place: place.clone(),
            ty,
            expr: Expr::Arithmetic(operation, Box::new(left), Box::new(right)),
        })
    }

    fn product(&mut self, place: &Place, operation: Arithmetic, left: Node, right: Node) -> Option<Node> {
        let (Type::Number(one), Type::Number(two)) = (&left.ty, &right.ty) else {
            let problem = problems::cannot_combine(place.clone(), operation.sign(), &left.ty, &right.ty);
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

    fn comparison(&mut self, place: &Place, comparison: Comparison, left: Node, right: Node) -> Option<Node> {
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let (left, right) = match (&left.ty, &right.ty) {
            (Type::Number(_), Type::Number(_)) => {
                let (left, right, _) = self.level(place, comparison.sign(), left, right)?;
                (left, right)
            }
            (Type::Date, Type::Date) => (left, right),
            (Type::Bool, Type::Bool) | (Type::Text, Type::Text) if !ordered => (left, right),
            (Type::Choice(one), Type::Choice(two)) if !ordered && one == two => (left, right),
            _ => {
                let problem = problems::cannot_combine(place.clone(), comparison.sign(), &left.ty, &right.ty);
                return self.fail(problem);
            }
        };
        let expr = Expr::Compare(comparison, Box::new(left), Box::new(right));
        Some(Node { place: place.clone(), ty: Type::Bool, expr })
    }

    fn member(&mut self, place: &Place, value: &Syntax, set: &Syntax) -> Option<Node> {
        let value = self.node(value, None)?;
        let expr = if let Kind::Interval { low, high, closed } = &set.kind {
            self.between(place, value, [low, high], *closed)?
        } else if let Kind::List(parts) = &set.kind {
            self.one_of(&set.place, value, parts)?
        } else {
            let set = self.node(set, None)?;
            match (&value.ty, &set.ty) {
                (Type::Choice(one), Type::Set(two)) if one == two => {
                    Expr::Member(Box::new(value), Box::new(set))
                }
                (one, two) => {
                    let problem = problems::cannot_combine(place.clone(), "in", one, two);
                    return self.fail(problem);
                }
            }
        };
        Some(Node { place: place.clone(), ty: Type::Bool, expr })
    }

    fn between(
        &mut self,
        place: &Place,
        value: Node,
        [low, high]: [&Syntax; 2],
        closed: bool,
    ) -> Option<Expr> {
        let ends = join(&low.place, &high.place);
        let (low, high) = (self.node(low, None), self.node(high, None));
        let (low, high) = (low?, high?);
        // A bare number takes the unit of whichever of the three has one.
        let unit = [&value.ty, &low.ty, &high.ty]
            .into_iter()
            .filter_map(Type::quantity)
            .find(|quantity| !quantity.bare)
            .map(|quantity| quantity.unit.clone());
        let wanted = Type::number(unit.unwrap_or_default(), false);
        let value = self.in_interval(place, value, &wanted)?;
        let (low, high) = (self.in_interval(place, low, &wanted)?, self.in_interval(place, high, &wanted)?);
        if let (Some(from), Some(to)) = (low.constant(), high.constant())
            && (from > to || (from == to && !closed))
        {
            return self.fail(problems::empty_interval(ends));
        }
        Some(Expr::Between { value: Box::new(value), low: Box::new(low), high: Box::new(high), closed })
    }

    /// One of the three numbers of `value in low..high`.
    fn in_interval(&mut self, place: &Place, node: Node, wanted: &Type) -> Option<Node> {
        match (&node.ty, wanted) {
            (Type::Number(found), Type::Number(quantity)) if found.bare => self.scale(node, &quantity.unit),
            (Type::Number(found), Type::Number(quantity)) if found.unit == quantity.unit => Some(node),
            (Type::Number(_), _) => {
                let problem = problems::unit_mismatch(place.clone(), "in", wanted, &node.ty);
                self.fail(problem)
            }
            (_, _) => {
                let wanted = Text::new("عدد", "a number");
                let problem = problems::type_mismatch(node.place.clone(), &wanted, &node.ty);
                self.fail(problem)
            }
        }
    }

    fn one_of(&mut self, place: &Place, value: Node, parts: &[Syntax]) -> Option<Expr> {
        if parts.is_empty() {
            return self.fail(problems::empty_list(place.clone()));
        }
        if let Type::Choice(choices) = value.ty.clone() {
            let mut members = BTreeSet::new();
            for part in parts {
                let node = self.node(part, Some(&value.ty))?;
                let Expr::Constant(Value::Choice(index)) = node.expr else {
                    return self.fail(problems::type_mismatch(node.place, &value.ty.text(), &node.ty));
                };
                members.insert(index);
            }
            let expr = Expr::Constant(Value::Set(Arc::new(members)));
            let set = Node { place: place.clone(), ty: Type::Set(choices), expr };
            return Some(Expr::Member(Box::new(value), Box::new(set)));
        }
        // Of numbers, dates and texts: equal to one of them. The value is bound, so that it is computed once.
        let local = Node { place: value.place.clone(), ty: value.ty.clone(), expr: Expr::Local(0) };
        self.bound.push(Bound::Value(String::new(), value.ty.clone()));
        let equal: Vec<Option<Node>> = parts
            .iter()
            .map(|part| {
                let part = self.node(part, None)?;
                let place = part.place.clone();
                self.comparison(&place, Comparison::Equal, local.clone(), part)
            })
            .collect();
        self.bound.pop();
        let any = Expr::Or(equal.into_iter().collect::<Option<_>>()?);
        let any = Node { place: place.clone(), ty: Type::Bool, expr: any };
        Some(Expr::Let(Box::new(value), Box::new(any)))
    }
}

/// From one part to the other.
fn join(left: &Place, right: &Place) -> Place {
    let start = left.range.start.min(right.range.start);
    let end = left.range.end.max(right.range.end);
    Place { source: Arc::clone(&left.source), range: start..end }
}

/// The name under which the vocabulary keeps whether a document was shown.
pub fn shown_name(document: &str) -> String {
    format!("shown({document})")
}
