//! From typed programs to flows over cells: each named value that is computed gets a cell, each condition its checks in order.
//!
//! A part that cannot be put into words stops the planning of what rests on it, and the exact evaluation does that instead.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::days;
use super::flow::{Check, Code, Course, Facts, Flow, Free, Limit, Quotient, Rate, Worth};
use super::fold::{Body, Folded};
use super::frame::FAULT;
use super::grid::{Given, Grid};
use super::work::{self, Ir, Op, Order, Terms};
use crate::expression::program::{
    Arithmetic, Builtin, Comparison, Definition, Direction, Expr, Fold, Node, Slot, Value,
};
use crate::expression::types::{Quantity, Type};
use crate::policy::Policy;
use crate::value::Number;

/// Why something is left to the exact evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop(pub(super) &'static str);

/// Decimals are counted in millionths.
pub(super) const MILLION: i64 = 1_000_000;
/// Numbers of a request lie below this, so that sums and products of a few never leave a word.
const MOST: i64 = 1 << 47;
const BITS: u32 = 47;

/// How many of its word make one of a number.
pub(super) fn scale_of(quantity: &Quantity) -> i64 {
    if quantity.whole || quantity.unit.money_power() != 0 { 1 } else { MILLION }
}

/// A value as a word, where it fits one.
pub(super) fn word(ty: &Type, value: &Value) -> Option<i64> {
    match (value, ty) {
        (Value::Bool(value), _) => Some(i64::from(*value)),
        (Value::Number(number), Type::Number(quantity)) => {
            let number = number.times(Number::from(scale_of(quantity)))?.to_i64()?;
            (-MOST < number && number < MOST).then_some(number)
        }
        (Value::Date(date), _) => Some(days::number(*date)).filter(|day| (1..=3_652_059).contains(day)),
        (Value::Span(span), _) => {
            let fits = span.months.unsigned_abs() < 120_000 && span.days.unsigned_abs() < 3_000_000;
            fits.then(|| days::span(span.months, span.days))
        }
        (Value::Choice(choice), _) => Some(i64::from(*choice)),
        (Value::Set(set), _) => mask(set).map(u64::cast_signed),
        (Value::List(_), _) => Some(0),
        (Value::Text(_) | Value::Number(_), _) => None,
    }
}

fn mask(set: &BTreeSet<u16>) -> Option<u64> {
    // One bit less than a word has, so that no set is one of the words that stand for no value.
    set.iter().try_fold(0, |mask, choice| (*choice < 62).then(|| mask | 1 << choice))
}

/// A computed cell.
pub(super) struct Made {
    pub(super) code: Code,
    /// Computed cells that it looks at.
    pub(super) uses: BTreeSet<usize>,
    /// Known only after intake has been looked at.
    pub(super) after_intake: bool,
    form: Kind,
    reads: BTreeSet<usize>,
    /// Other cells of which that is so.
    dynamic: BTreeSet<usize>,
    /// What it reads besides hangs on the way that it takes, so it is noted.
    pub(super) noted: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number, so many times larger.
    Number(i64),
    /// A quotient; what is below the line stands in this cell.
    Quotient(usize),
    Plain,
}

/// A number: above and below the line.
#[derive(Debug, Clone)]
struct Num {
    above: Ir,
    below: Ir,
    /// No more binary digits than this above and below together.
    bits: u32,
}

enum Form {
    Number(Num),
    Plain(Ir),
}

/// A value before its scale is settled.
enum Way {
    Straight(Form, Facts),
    If(Flow, Box<Way>, Box<Way>),
    Let(Facts, Box<Way>),
}

#[derive(Clone)]
enum Bound {
    Cell(usize),
    /// The first cell of a thing's fields.
    Item(usize, Arc<crate::expression::types::Record>),
}

/// Puts a policy's programs into words.
pub(super) struct Compiler<'p> {
    policy: &'p Policy,
    /// The place of each name that is read, and the names in that order.
    pub(super) leaves: BTreeMap<Slot, usize>,
    pub(super) lists: Vec<Slot>,
    made: Vec<Made>,
    by_slot: BTreeMap<Slot, Result<usize, Stop>>,
    grids: BTreeMap<String, Arc<Grid>>,
    items: BTreeMap<Slot, usize>,
    /// Computed cells that the present part looks at.
    uses: BTreeSet<usize>,
    intake: [Slot; 3],
}

type Env<'e> = &'e [Bound];

impl<'p> Compiler<'p> {
    pub(super) fn new(policy: &'p Policy, leaves: BTreeMap<Slot, usize>, lists: Vec<Slot>) -> Compiler<'p> {
        let builtin = &policy.builtin;
        Compiler {
            policy,
            leaves,
            lists,
            made: vec![],
            by_slot: BTreeMap::new(),
            grids: BTreeMap::new(),
            items: BTreeMap::new(),
            uses: BTreeSet::new(),
            intake: [builtin.documents_complete, builtin.data_matched, builtin.declaration_signed],
        }
    }

    pub(super) fn finish(self) -> Vec<Made> {
        self.made
    }

    fn cells(&self) -> usize {
        self.leaves.len() + self.made.len()
    }

    fn made(&self, cell: usize) -> Option<&Made> {
        self.made.get(cell.checked_sub(self.leaves.len())?)
    }

    /// A condition, with the computed cells that it looks at.
    pub(super) fn test(&mut self, node: &Node) -> Result<(Flow, BTreeSet<usize>), Stop> {
        let outer = std::mem::take(&mut self.uses);
        let flow = self.flow(node, &[]);
        let uses = std::mem::replace(&mut self.uses, outer);
        Ok((flow?, uses))
    }

    /// The cell of a named value that is computed.
    pub(super) fn computed(&mut self, slot: Slot) -> Result<usize, Stop> {
        if let Some(known) = self.by_slot.get(&slot) {
            return *known;
        }
        let Some(definition) = self.policy.vocabulary.get(slot).and_then(|named| named.definition.as_ref())
        else {
            return Err(Stop("a name without a value"));
        };
        let outer = std::mem::take(&mut self.uses);
        let cell = match definition {
            Definition::Expression(node) => self.cell(node, &[]),
            Definition::Output { table, column } => self.output(table, *column),
            Definition::Sum { parts, at_most } => self.sum(parts, *at_most),
        };
        self.uses = outer;
        self.by_slot.insert(slot, cell);
        cell
    }

    pub(super) fn scale(&self, cell: usize) -> Option<i64> {
        match self.made(cell)?.form {
            Kind::Number(scale) => Some(scale),
            Kind::Quotient(_) | Kind::Plain => None,
        }
    }

    /// The table behind a computed cell.
    pub(super) fn grid(&self, cell: usize) -> Option<(Arc<Grid>, Box<[i64]>)> {
        match &self.made(cell)?.code {
            Code::Table(table, _) => Some((Arc::clone(&table.0), table.1.clone())),
            _ => None,
        }
    }

    fn push(&mut self, code: Code, form: Kind, facts: &Facts, noted: bool) -> usize {
        let cell = self.cells();
        let uses = self.uses.clone();
        let intake = self.intake.iter().filter_map(|slot| self.leaves.get(slot));
        let intake: BTreeSet<usize> = intake.copied().collect();
        let after = facts.reads.iter().any(|leaf| intake.contains(leaf))
            || uses.iter().any(|cell| self.made(*cell).is_some_and(|made| made.after_intake));
        let (reads, dynamic) = (facts.reads.clone(), facts.dynamic.clone());
        self.made.push(Made { code, uses, after_intake: after, form, reads, dynamic, noted });
        cell
    }

    /// A value in a cell of its own.
    fn cell(&mut self, node: &Node, env: Env<'_>) -> Result<usize, Stop> {
        if let Expr::Each(fold, list, body) = &node.expr {
            return self.fold(*fold, list, body.as_deref(), env);
        }
        if env.iter().any(|bound| matches!(bound, Bound::Item(..))) {
            return Err(Stop("a branch inside a computation over a list"));
        }
        if node.ty == Type::Bool {
            let flow = self.flow(node, env)?;
            let facts = flow.facts();
            let noted =
                !flow.is_straight() && (!facts.dynamic.is_empty() || flow.always_reads() != facts.reads);
            return Ok(self.push(Code::Test(flow), Kind::Plain, &facts, noted));
        }
        let way = self.way(node, env)?;
        match way {
            Way::Straight(Form::Number(num), facts) if !matches!(num.below, Ir::Const(_)) => {
                let below_cell = self.cells() + 1;
                let cells = match (&num.above, &num.below) {
                    (Ir::Cell(above), Ir::Cell(below)) => Some((*above, *below)),
                    _ => None,
                };
                // It needs nothing but these two then.
                let cells = cells.filter(|(above, below)| facts.needs == BTreeSet::from([*above, *below]));
                let (above, below) = (worth(&num.above, &facts), work::work(&num.below));
                let code = Code::Quotient(Arc::new(Quotient { above, below, cells }), facts.clone());
                let cell = self.push(code, Kind::Quotient(below_cell), &facts, false);
                self.push(Code::Beside, Kind::Number(1), &Facts::default(), false);
                Ok(cell)
            }
            way => {
                let mut facts = Facts::default();
                let scale = common_scale(&way, &mut facts)?;
                let form = scale.map_or(Kind::Plain, Kind::Number);
                let course = self.course(way, scale)?;
                let noted = !course.is_straight()
                    && (!facts.dynamic.is_empty() || course.always_reads() != facts.reads);
                Ok(self.push(Code::Worth(course), form, &facts, noted))
            }
        }
    }

    fn output(&mut self, table: &crate::expression::program::Table, column: usize) -> Result<usize, Stop> {
        let mut given = Vec::new();
        let mut facts = Facts::default();
        for slot in &table.given {
            let (form, part) = self.slot(*slot)?;
            let ty = self.policy.vocabulary.get(*slot).map(|named| &named.ty);
            given.push(match (form, ty) {
                (Form::Number(Num { above: Ir::Cell(cell), below: Ir::Const(scale), .. }), _) => {
                    Given::Number(cell, scale)
                }
                (Form::Plain(Ir::Cell(cell)), Some(Type::Bool)) => Given::Plain(cell, 2),
                (Form::Plain(Ir::Cell(cell)), Some(Type::Choice(choices))) => {
                    Given::Plain(cell, choices.ids.len())
                }
                _ => return Err(Stop("a table over a quotient")),
            });
            facts = facts.with(part);
        }
        let grid = match self.grids.get(&table.id) {
            Some(grid) => Arc::clone(grid),
            None => Arc::new(Grid::new(table, &given).ok_or(Stop("a table with bounds beyond a word"))?),
        };
        self.grids.insert(table.id.clone(), Arc::clone(&grid));
        let values = table.rows.iter().map(|row| row.outputs.get(column));
        let values = values.collect::<Option<Vec<&Value>>>().ok_or(Stop("a row without its output"))?;
        let (outputs, form) = outputs(&values)?;
        let code = Code::Table(Arc::new((grid, outputs)), facts.clone());
        Ok(self.push(code, form, &facts, false))
    }

    fn sum(&mut self, parts: &[Slot], at_most: Number) -> Result<usize, Stop> {
        let mut cells = Vec::new();
        for part in parts {
            let cell = self.computed(*part)?;
            self.uses.insert(cell);
            if self.scale(cell) != Some(1) {
                return Err(Stop("points that are not whole"));
            }
            cells.push(cell);
        }
        let at_most = at_most.to_i64().ok_or(Stop("points that are not whole"))?;
        let code = Code::Sum(Arc::new((cells.into(), at_most)));
        // The score is read by no rule, so what it read is not gathered.
        Ok(self.push(code, Kind::Number(1), &Facts::default(), false))
    }

    fn fold(&mut self, fold: Fold, list: &Node, body: Option<&Node>, env: Env<'_>) -> Result<usize, Stop> {
        let (Expr::Slot(slot), Type::List(record), true) = (&list.expr, &list.ty, env.is_empty()) else {
            return Err(Stop("a list inside a list"));
        };
        let leaf = *self.leaves.get(slot).ok_or(Stop("a list that is computed"))?;
        let number =
            self.lists.iter().position(|known| known == slot).ok_or(Stop("a list that is computed"))?;
        let fields = record.fields.len();
        if fields > 64 {
            return Err(Stop("a list whose things have more than 64 fields"));
        }
        let first = match self.items.get(slot) {
            Some(first) => *first,
            None => {
                let first = self.cells();
                for _ in 0..fields {
                    self.push(Code::Beside, Kind::Plain, &Facts::default(), false);
                }
                self.items.insert(*slot, first);
                first
            }
        };
        let env = [Bound::Item(first, Arc::clone(record))];
        let mut facts = Facts { reads: BTreeSet::from([leaf]), ..Facts::default() };
        let mut form = Kind::Plain;
        let body = match body {
            None => Body::None,
            Some(body) if matches!(fold, Fold::Any | Fold::All | Fold::Count) => {
                let flow = self.flow(body, &env)?;
                facts = facts.with(flow.facts());
                Body::Test(Arc::new(flow))
            }
            Some(body) => {
                let way = self.way(body, &env)?;
                let scale = common_scale(&way, &mut facts)?;
                form = scale.map_or(Kind::Plain, Kind::Number);
                let course = self.course(way, scale)?;
                let cell = self.push(Code::Beside, Kind::Plain, &Facts::default(), false);
                Body::Worth(Arc::new(course), cell)
            }
        };
        if matches!(fold, Fold::Count) || matches!(body, Body::None) {
            form = Kind::Number(1);
        }
        let code = Code::Fold(Folded { fold, list: leaf, number, first, fields, body });
        Ok(self.push(code, form, &facts, true))
    }

    /// A named value.
    fn slot(&mut self, slot: Slot) -> Result<(Form, Facts), Stop> {
        if let Some(leaf) = self.leaves.get(&slot) {
            let named = self.policy.vocabulary.get(slot).ok_or(Stop("a name without a value"))?;
            let facts =
                Facts { needs: BTreeSet::from([*leaf]), reads: BTreeSet::from([*leaf]), ..Facts::default() };
            return Ok((leaf_form(&named.ty, *leaf)?, facts));
        }
        let cell = self.computed(slot)?;
        Ok(self.look(cell))
    }

    /// What a computed cell holds.
    fn look(&mut self, cell: usize) -> (Form, Facts) {
        self.uses.insert(cell);
        let mut facts = Facts { needs: BTreeSet::from([cell]), ..Facts::default() };
        let Some(made) = self.made(cell) else { return (Form::Plain(Ir::Cell(cell)), facts) };
        let form = match made.form {
            Kind::Number(scale) => {
                Form::Number(Num { above: Ir::Cell(cell), below: Ir::Const(scale), bits: 63 + 20 })
            }
            Kind::Quotient(below) => {
                Form::Number(Num { above: Ir::Cell(cell), below: Ir::Cell(below), bits: 126 })
            }
            Kind::Plain => Form::Plain(Ir::Cell(cell)),
        };
        if made.noted {
            facts.dynamic.insert(cell);
        } else {
            facts.reads.extend(&made.reads);
            facts.dynamic.extend(&made.dynamic);
        }
        (form, facts)
    }

    /// A computation without a branch of its own; where there is one, it gets a cell.
    fn straight(&mut self, node: &Node, env: Env<'_>) -> Result<(Form, Facts), Stop> {
        match &node.expr {
            Expr::Constant(value) => Ok((constant(value)?, Facts::default())),
            Expr::Slot(slot) => self.slot(*slot),
            Expr::Local(back) => match bound(env, *back)? {
                // It was read where it was bound.
                Bound::Cell(cell) => {
                    let (form, facts) = self.look(cell);
                    Ok((form, Facts { needs: facts.needs, ..Facts::default() }))
                }
                Bound::Item(..) => Err(Stop("a thing of a list as a value")),
            },
            Expr::Field(back, field) => match bound(env, *back)? {
                Bound::Item(first, record) => {
                    let (_, ty) = record.fields.get(*field).ok_or(Stop("a field that is not there"))?;
                    let cell = first + field;
                    let facts = Facts { needs: BTreeSet::from([cell]), ..Facts::default() };
                    Ok((leaf_form(ty, cell)?, facts))
                }
                Bound::Cell(_) => Err(Stop("a field of a value")),
            },
            Expr::Arithmetic(operation, left, right) => {
                let (left, facts) = self.number(left, env)?;
                let (right, other) = self.number(right, env)?;
                let mut facts = facts.with(other);
                let num = match operation {
                    Arithmetic::Add => sum_of(Op::Add, left, right)?,
                    Arithmetic::Subtract => sum_of(Op::Subtract, left, right)?,
                    Arithmetic::Multiply => Num {
                        above: Ir::two(Op::Multiply, left.above, right.above),
                        below: Ir::two(Op::Multiply, left.below, right.below),
                        bits: left.bits + right.bits,
                    },
                    Arithmetic::Divide => {
                        match right.above {
                            Ir::Const(value) if value > 0 => {}
                            Ir::Const(_) => return Err(Stop("a division by zero or less")),
                            // It may be zero before the other side is known.
                            _ => facts.faulty = true,
                        }
                        Num {
                            above: Ir::two(Op::Multiply, left.above, right.below),
                            below: Ir::two(Op::Multiply, left.below, right.above),
                            bits: left.bits + right.bits,
                        }
                    }
                };
                facts.faulty |= num.bits > 120;
                Ok((Form::Number(num), facts))
            }
            Expr::Scaled(inner, factor) => {
                let (num, facts) = self.number(inner, env)?;
                let by = number(*factor)?;
                let num = Num {
                    above: Ir::two(Op::Multiply, num.above, by.above),
                    below: Ir::two(Op::Multiply, num.below, by.below),
                    bits: num.bits + by.bits,
                };
                let num = reduced(num);
                Ok((Form::Number(num), facts))
            }
            Expr::Shift(day, span, direction) => {
                let (day, facts) = self.plain(day, env)?;
                let (span, other) = self.plain(span, env)?;
                let sign = match direction {
                    Direction::Forwards => 1,
                    Direction::Backwards => -1,
                };
                let mut facts = facts.with(other);
                // A span that is itself computed may lead beyond the calendar.
                facts.faulty |= matches!(span, Ir::Two(..));
                Ok((Form::Plain(Ir::Shift(Box::new(day), Box::new(span), sign)), facts))
            }
            Expr::Call(builtin, parts) => self.call(*builtin, parts, env),
            Expr::Occurred(_)
            | Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::If(..)
            | Expr::Let(..)
            | Expr::Each(..) => {
                let outer = std::mem::take(&mut self.uses);
                let cell = self.cell(node, env);
                self.uses = outer;
                Ok(self.look(cell?))
            }
        }
    }

    fn call(&mut self, builtin: Builtin, parts: &[Node], env: Env<'_>) -> Result<(Form, Facts), Stop> {
        let whole = |above: Ir| Form::Number(Num { above, below: Ir::Const(1), bits: 48 });
        match (builtin, parts) {
            (Builtin::Min | Builtin::Max, [left, right]) => {
                let op = if builtin == Builtin::Min { Op::Min } else { Op::Max };
                let (one, facts) = self.straight(left, env)?;
                let (two, other) = self.straight(right, env)?;
                let facts = facts.with(other);
                match (one, two) {
                    (Form::Number(one), Form::Number(two)) => {
                        let (one, two) = levelled(one, two).ok_or(Stop("the smaller of quotients"))?;
                        let bits = one.bits.max(two.bits);
                        let above = Ir::two(op, one.above, two.above);
                        Ok((Form::Number(Num { above, below: one.below, bits }), facts))
                    }
                    (Form::Plain(one), Form::Plain(two)) if matches!(left.ty, Type::Date | Type::Bool) => {
                        Ok((Form::Plain(Ir::two(op, one, two)), facts))
                    }
                    _ => Err(Stop("the smaller of things without an order")),
                }
            }
            (Builtin::Whole, [part]) => {
                let (num, facts) = self.number(part, env)?;
                Ok((whole(Ir::two(Op::Divide, num.above, num.below)), facts))
            }
            (Builtin::Abs, [part]) => {
                let (num, facts) = self.number(part, env)?;
                Ok((Form::Number(Num { above: Ir::Abs(Box::new(num.above)), ..num }), facts))
            }
            (
                Builtin::DaysBetween | Builtin::WeeksBetween | Builtin::MonthsBetween | Builtin::YearsBetween,
                [from, to],
            ) => {
                let op = match builtin {
                    Builtin::DaysBetween => Op::Days,
                    Builtin::WeeksBetween => Op::Weeks,
                    Builtin::MonthsBetween => Op::Months,
                    _ => Op::Years,
                };
                let (from, facts) = self.plain(from, env)?;
                let (to, other) = self.plain(to, env)?;
                Ok((whole(Ir::two(op, from, to)), facts.with(other)))
            }
            _ => Err(Stop("a span that is computed")),
        }
    }

    fn number(&mut self, node: &Node, env: Env<'_>) -> Result<(Num, Facts), Stop> {
        match self.straight(node, env)? {
            (Form::Number(num), facts) => Ok((num, facts)),
            (Form::Plain(_), _) => Err(Stop("something that is no number")),
        }
    }

    fn plain(&mut self, node: &Node, env: Env<'_>) -> Result<(Ir, Facts), Stop> {
        match self.straight(node, env)? {
            (Form::Plain(ir), facts) => Ok((ir, facts)),
            (Form::Number(_), _) => Err(Stop("a number in another's place")),
        }
    }

    fn way(&mut self, node: &Node, env: Env<'_>) -> Result<Way, Stop> {
        match &node.expr {
            Expr::If(condition, then, otherwise) => {
                let condition = self.flow(condition, env)?;
                let (then, otherwise) = (self.way(then, env)?, self.way(otherwise, env)?);
                Ok(Way::If(condition, Box::new(then), Box::new(otherwise)))
            }
            Expr::Let(value, body) => {
                let (facts, env) = self.bind(value, env)?;
                Ok(Way::Let(facts, Box::new(self.way(body, &env)?)))
            }
            _ => {
                let (form, facts) = self.straight(node, env)?;
                Ok(Way::Straight(form, facts))
            }
        }
    }

    fn bind(&mut self, value: &Node, env: Env<'_>) -> Result<(Facts, Vec<Bound>), Stop> {
        let outer = std::mem::take(&mut self.uses);
        let cell = self.cell(value, env);
        self.uses = outer;
        let cell = cell?;
        let (_, facts) = self.look(cell);
        let mut env = env.to_vec();
        env.push(Bound::Cell(cell));
        Ok((facts, env))
    }

    fn flow(&mut self, node: &Node, env: Env<'_>) -> Result<Flow, Stop> {
        let all = |compiler: &mut Self, parts: &[Node]| {
            parts.iter().map(|part| compiler.flow(part, env)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match &node.expr {
            Expr::Not(inner) => Flow::Not(Box::new(self.flow(inner, env)?)),
            Expr::And(parts) => Flow::every(all(self, parts)?),
            Expr::Or(parts) => Flow::Some(all(self, parts)?),
            Expr::If(condition, then, otherwise) => Flow::If(
                Box::new(self.flow(condition, env)?),
                Box::new(self.flow(then, env)?),
                Box::new(self.flow(otherwise, env)?),
            ),
            Expr::Let(value, body) => {
                let (facts, env) = self.bind(value, env)?;
                Flow::Let(facts, Box::new(self.flow(body, &env)?))
            }
            Expr::Occurred(slot) => {
                let leaf = *self.leaves.get(slot).ok_or(Stop("an event without a place"))?;
                let facts = Facts { reads: BTreeSet::from([leaf]), ..Facts::default() };
                Flow::Check(Check::Known { cell: leaf }, facts)
            }
            Expr::Compare(comparison, left, right) => self.compare(*comparison, left, right, env)?,
            Expr::Member(value, set) => {
                let (value, facts) = self.plain(value, env)?;
                let (set, other) = self.plain(set, env)?;
                let facts = facts.with(other);
                let check = match (&value, &set) {
                    (Ir::Cell(cell), Ir::Const(mask)) => {
                        Check::Among { cell: *cell, mask: mask.cast_unsigned() }
                    }
                    (Ir::Cell(cell), Ir::Cell(set)) => Check::AmongCell { cell: *cell, set: *set },
                    _ => return Err(Stop("a choice that is computed")),
                };
                Flow::Check(check, facts)
            }
            Expr::Between { value, low, high, closed } => {
                let (value, facts) = self.number(value, env)?;
                let (low, one) = self.number(low, env)?;
                let (high, two) = self.number(high, env)?;
                let facts = facts.with(one).with(two);
                let from = holds(Order::LessOrEqual, &low, &value);
                let to = holds(if *closed { Order::LessOrEqual } else { Order::Less }, &value, &high);
                free(facts, Box::new(move |words, trouble| from(words, trouble) && to(words, trouble)))
            }
            Expr::Constant(Value::Bool(value)) => Flow::Check(Check::Constant(*value), Facts::default()),
            Expr::Slot(_) | Expr::Local(_) | Expr::Field(..) | Expr::Each(..) => {
                let (value, facts) = self.plain(node, env)?;
                match value {
                    Ir::Cell(cell) => Flow::Check(Check::Range { cell, low: 1, width: 0 }, facts),
                    value => free(facts, work::compare(Order::Equal, &value, &Ir::Const(1))),
                }
            }
            Expr::Constant(_)
            | Expr::Arithmetic(..)
            | Expr::Scaled(..)
            | Expr::Shift(..)
            | Expr::Call(..) => return Err(Stop("a condition that is neither yes nor no")),
        })
    }

    fn compare(
        &mut self,
        comparison: Comparison,
        left: &Node,
        right: &Node,
        env: Env<'_>,
    ) -> Result<Flow, Stop> {
        let (one, facts) = self.straight(left, env)?;
        let (two, other) = self.straight(right, env)?;
        let facts = facts.with(other);
        let (order, swapped) = match comparison {
            Comparison::Equal => (Order::Equal, false),
            Comparison::NotEqual => (Order::NotEqual, false),
            Comparison::Less => (Order::Less, false),
            Comparison::LessOrEqual => (Order::LessOrEqual, false),
            Comparison::Greater => (Order::Less, true),
            Comparison::GreaterOrEqual => (Order::LessOrEqual, true),
        };
        match (one, two) {
            (Form::Number(one), Form::Number(two)) => {
                let (one, two) = if swapped { (two, one) } else { (one, two) };
                Ok(ordered(order, one, two, facts))
            }
            (Form::Plain(one), Form::Plain(two)) if !matches!(left.ty, Type::Set(_) | Type::Span) => {
                let (one, two) = if swapped { (two, one) } else { (one, two) };
                Ok(compared(order, &one, &two, facts))
            }
            _ => Err(Stop("a comparison of things without an order")),
        }
    }

    /// A computation with its branches, once the scale of its values is settled.
    fn course(&mut self, way: Way, scale: Option<i64>) -> Result<Course, Stop> {
        Ok(match way {
            Way::Straight(form, facts) => {
                let ir = match (form, scale) {
                    (Form::Number(Num { above, below: Ir::Const(below), .. }), Some(scale)) => {
                        Ir::two(Op::Multiply, above, Ir::Const(scale / below))
                    }
                    (Form::Plain(ir), _) => ir,
                    (Form::Number(_), _) => return Err(Stop("a quotient in one of several branches")),
                };
                match ir {
                    Ir::Const(value) if facts.reads.is_empty() && facts.needs.is_empty() => {
                        Course::Constant(value)
                    }
                    ir => match Terms::new(&ir).filter(|_| !facts.faulty) {
                        Some(terms) => Course::Terms(Arc::new(terms), facts),
                        None => Course::Straight(Arc::new(worth(&ir, &facts)), facts),
                    },
                }
            }
            Way::If(condition, then, otherwise) => {
                let (then, otherwise) = (self.course(*then, scale)?, self.course(*otherwise, scale)?);
                let spare = self.push(Code::Beside, Kind::Plain, &Facts::default(), false);
                Course::If(condition, Box::new(then), Box::new(otherwise), spare)
            }
            Way::Let(facts, body) => Course::Let(facts, Box::new(self.course(*body, scale)?)),
        })
    }
}

fn bound(env: Env<'_>, back: usize) -> Result<Bound, Stop> {
    let place = env.len().checked_sub(back + 1);
    place.and_then(|place| env.get(place)).cloned().ok_or(Stop("a name that is not bound"))
}

/// What a request says, or a field of a list's thing.
fn leaf_form(ty: &Type, cell: usize) -> Result<Form, Stop> {
    Ok(match ty {
        Type::Number(quantity) => {
            let scale = scale_of(quantity);
            let bits = if scale == 1 { BITS + 1 } else { BITS + 21 };
            Form::Number(Num { above: Ir::Cell(cell), below: Ir::Const(scale), bits })
        }
        Type::Text => return Err(Stop("a text that is compared")),
        Type::Bool | Type::Date | Type::Span | Type::Choice(_) | Type::Set(_) | Type::List(_) => {
            Form::Plain(Ir::Cell(cell))
        }
    })
}

fn constant(value: &Value) -> Result<Form, Stop> {
    Ok(match value {
        Value::Number(value) => Form::Number(number(*value)?),
        Value::Text(_) | Value::List(_) => return Err(Stop("a text that is compared")),
        Value::Bool(_) | Value::Date(_) | Value::Span(_) | Value::Choice(_) | Value::Set(_) => {
            Form::Plain(Ir::Const(word(&Type::Bool, value).ok_or(Stop("a value beyond a word"))?))
        }
    })
}

fn number(value: Number) -> Result<Num, Stop> {
    let fits = |part: i128| i64::try_from(part).map_err(|_| Stop("a number beyond a word"));
    let (above, below) = (fits(value.above())?, fits(value.below())?);
    let bits = (64 - above.unsigned_abs().leading_zeros()) + (64 - below.unsigned_abs().leading_zeros());
    Ok(Num { above: Ir::Const(above), below: Ir::Const(below), bits })
}

/// A common factor of constants above and below is taken out.
fn reduced(num: Num) -> Num {
    let Num { above, below, bits } = num;
    if let (Ir::Two(Op::Multiply, inner, by), Ir::Const(below)) = (&above, &below)
        && let Ir::Const(by) = **by
        && by > 0
        && *below > 0
    {
        let common = gcd(by, *below);
        let above = Ir::two(Op::Multiply, (**inner).clone(), Ir::Const(by / common));
        return Num { above, below: Ir::Const(below / common), bits };
    }
    Num { above, below, bits }
}

fn gcd(mut one: i64, mut two: i64) -> i64 {
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

/// Two numbers over the same constant line.
fn levelled(one: Num, two: Num) -> Option<(Num, Num)> {
    if one.below == two.below {
        return Some((one, two));
    }
    let (Ir::Const(left), Ir::Const(right)) = (&one.below, &two.below) else { return None };
    let common = (left / gcd(*left, *right)).checked_mul(*right)?;
    let to = |num: Num, below: i64| Num {
        above: Ir::two(Op::Multiply, num.above, Ir::Const(common / below)),
        below: Ir::Const(common),
        bits: num.bits + 20,
    };
    let (left, right) = (*left, *right);
    Some((to(one, left), to(two, right)))
}

fn sum_of(op: Op, one: Num, two: Num) -> Result<Num, Stop> {
    if let Some((one, two)) = levelled(one.clone(), two.clone()) {
        let bits = one.bits.max(two.bits) + 1;
        return Ok(Num { above: Ir::two(op, one.above, two.above), below: one.below, bits });
    }
    let left = Ir::two(Op::Multiply, one.above, two.below.clone());
    let right = Ir::two(Op::Multiply, two.above, one.below.clone());
    let below = Ir::two(Op::Multiply, one.below, two.below);
    Ok(Num { above: Ir::two(op, left, right), below, bits: one.bits + two.bits + 1 })
}

/// Compares two numbers, each above and below a line.
fn ordered(order: Order, one: Num, two: Num, facts: Facts) -> Flow {
    if let Some((one, two)) = levelled(one.clone(), two.clone())
        && matches!(one.below, Ir::Const(_))
    {
        return compared(order, &one.above, &two.above, facts);
    }
    if let Some(check) = rate(order, &one, &two, false).or_else(|| rate(order, &two, &one, true))
        && check.rests_on(&facts)
    {
        return Flow::Check(check, facts);
    }
    free(facts, holds(order, &one, &two))
}

fn holds(order: Order, one: &Num, two: &Num) -> work::Check {
    work::compare_across(order, (&one.above, &one.below), (&two.above, &two.below))
}

/// A quotient of two cells against a number; `upwards` where the number stands on the left.
fn rate(order: Order, quotient: &Num, limit: &Num, upwards: bool) -> Option<Check> {
    let (Ir::Cell(above), Ir::Cell(below)) = (&quotient.above, &quotient.below) else { return None };
    let limit_and_scale = match (&limit.above, &limit.below) {
        (Ir::Const(limit), Ir::Const(scale)) => (Limit::Fixed(*limit), *scale),
        (Ir::Cell(limit), Ir::Const(scale)) => (Limit::Cell(*limit), *scale),
        _ => return None,
    };
    let (limit, scale) = limit_and_scale;
    let closed = match order {
        Order::Less => false,
        Order::LessOrEqual => true,
        Order::Equal | Order::NotEqual => return None,
    };
    Some(Check::Rate(Rate { above: *above, below: *below, limit, scale, closed, upwards }))
}

/// Compares two words.
fn compared(order: Order, one: &Ir, two: &Ir, facts: Facts) -> Flow {
    let mut negated = order == Order::NotEqual;
    let sought = if negated { Order::Equal } else { order };
    let check = match (one, two) {
        (Ir::Cell(left), Ir::Cell(right)) => {
            let (left, right) = (*left, *right);
            Some(match sought {
                Order::Equal | Order::NotEqual => Check::Equal { left, right },
                Order::Less => Check::Less { left, right },
                Order::LessOrEqual => Check::LessOrEqual { left, right },
            })
        }
        (Ir::Cell(count), Ir::Two(Op::Months, from, to)) => Check::months(sought, *count, from, to),
        // Fewer than so many is not so many.
        (Ir::Two(Op::Months, from, to), Ir::Cell(count)) => {
            negated = true;
            match sought {
                Order::Less => Check::months(Order::LessOrEqual, *count, from, to),
                Order::LessOrEqual => Check::months(Order::Less, *count, from, to),
                Order::Equal | Order::NotEqual => None,
            }
        }
        (word, Ir::Const(limit)) => Check::stretch(sought, true, word, *limit),
        (Ir::Const(limit), word) => Check::stretch(sought, false, word, *limit),
        _ => None,
    };
    match check.filter(|check| check.rests_on(&facts)) {
        Some(check) if negated => Flow::Not(Box::new(Flow::Check(check, facts))),
        Some(check) => Flow::Check(check, facts),
        None => free(facts, work::compare(order, one, two)),
    }
}

/// A check that needs a closure.
fn free(facts: Facts, holds: work::Check) -> Flow {
    let needs = facts.needs.iter().copied().collect();
    Flow::Check(Check::Free(Arc::new(Free { needs, faulty: facts.faulty, holds })), facts)
}

fn worth(ir: &Ir, facts: &Facts) -> Worth {
    Worth { needs: facts.needs.iter().copied().collect(), faulty: facts.faulty, work: work::work(ir) }
}

/// The outputs of a table as words.
fn outputs(values: &[&Value]) -> Result<(Box<[i64]>, Kind), Stop> {
    let all_whole = values.iter().all(|value| !matches!(value, Value::Number(number) if !number.is_whole()));
    let scale = if all_whole { 1 } else { MILLION };
    let words = values.iter().map(|value| match value {
        Value::Number(number) => {
            number.times(Number::from(scale)).and_then(Number::to_i64).filter(|word| *word > FAULT)
        }
        other => word(&Type::Bool, other),
    });
    let words = words.collect::<Option<Vec<i64>>>().ok_or(Stop("an output beyond a word"))?;
    let form =
        if matches!(values.first(), Some(Value::Number(_))) { Kind::Number(scale) } else { Kind::Plain };
    Ok((words.into(), form))
}

/// The one scale of all ways that a value can take; nothing where it is no number.
fn common_scale(way: &Way, facts: &mut Facts) -> Result<Option<i64>, Stop> {
    match way {
        Way::Straight(form, part) => {
            *facts = std::mem::take(facts).with(part.clone());
            match form {
                Form::Number(Num { below: Ir::Const(scale), .. }) => Ok(Some(*scale)),
                Form::Number(_) => Err(Stop("a quotient in one of several branches")),
                Form::Plain(_) => Ok(None),
            }
        }
        Way::If(condition, then, otherwise) => {
            *facts = std::mem::take(facts).with(condition.facts());
            match (common_scale(then, facts)?, common_scale(otherwise, facts)?) {
                (Some(one), Some(two)) => {
                    let common = (one / gcd(one, two)).checked_mul(two);
                    common.map(Some).ok_or(Stop("decimals beyond a word"))
                }
                (None, None) => Ok(None),
                _ => Err(Stop("branches of different kinds")),
            }
        }
        Way::Let(part, body) => {
            *facts = std::mem::take(facts).with(part.clone());
            common_scale(body, facts)
        }
    }
}
