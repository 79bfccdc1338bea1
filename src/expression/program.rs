//! The typed program: what conditions become, over numbered places for values.

use std::cmp::Ordering;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::types::Type;
use crate::source::Place;
use crate::value::{Date, Number, Span, Text};

/// A value of a fact, a parameter or a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// An exact number; money in hundredths of the currency.
    Number(Number),
    /// A day.
    Date(Date),
    /// A length of time.
    Span(Span),
    /// The number of a choice.
    Choice(u16),
    /// Numbers of choices.
    Set(Arc<BTreeSet<u16>>),
    /// Free text.
    Text(Arc<str>),
    /// The things of a list; each field is known or not.
    List(Arc<Vec<Vec<Option<Value>>>>),
}

/// One accessor for each kind of value: what it is, where it is of that kind.
macro_rules! accessors {
    ($($(#[$meaning:meta])* $name:ident: $variant:ident => $given:ty;)*) => {
        impl Value {
            $(
                $(#[$meaning])*
                pub fn $name(&self) -> Option<$given> {
                    if let Value::$variant(value) = self { Some(value.clone()) } else { None }
                }
            )*
        }
    };
}

accessors! {
    /// Yes or no, if it is that.
    as_bool: Bool => bool;
    /// The number, if it is one.
    as_number: Number => Number;
    /// The day, if it is one.
    as_date: Date => Date;
    /// The length of time, if it is one.
    as_span: Span => Span;
    /// The number of the choice, if it is one.
    as_choice: Choice => u16;
    /// The numbers of the choices, if it is a set.
    as_set: Set => Arc<BTreeSet<u16>>;
    /// The things of the list, if it is one.
    as_list: List => Arc<Vec<Vec<Option<Value>>>>;
}

/// The place of a named value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

impl Slot {
    /// As an index.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Where a named value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The request says it.
    Fact,
    /// The board decided it.
    Parameter,
    /// It is computed from others.
    Derived,
    /// It is known from the request as a whole: its service, its day, what intake established.
    Request,
    /// It happened in the course of the request.
    Event,
    /// Was this paper shown, and is it valid?
    Document,
    /// The day of the evaluation, or what hangs on it.
    Clock,
    /// A letter's own datum, which no rule can read.
    Detail,
}

/// A named value.
#[derive(Debug, Clone)]
pub struct Named {
    /// As conditions write it.
    pub id: String,
    /// Its type.
    pub ty: Type,
    /// Where it comes from.
    pub origin: Origin,
    /// What people call it.
    pub label: Text,
    /// How it is computed, where it is.
    pub definition: Option<Definition>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// How a derived value is computed.
#[derive(Debug, Clone)]
pub enum Definition {
    /// By a condition.
    Expression(Node),
    /// As an output of a decision table.
    Output {
        /// The table.
        table: Arc<Table>,
        /// Which output.
        column: usize,
    },
    /// As the sum of the score's factors, at most so much; the factors are derived values.
    Sum {
        /// The factors.
        parts: Vec<Slot>,
        /// No more than this.
        at_most: Number,
    },
}

/// Every name that conditions may use.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    names: BTreeMap<String, Slot>,
    named: Vec<Named>,
}

impl Vocabulary {
    /// Declares a name.
    ///
    /// # Errors
    ///
    /// The place that has the name already; or the same slot again when there is no room for another.
    pub fn declare(&mut self, named: Named) -> Result<Slot, Slot> {
        if let Some(slot) = self.names.get(&named.id) {
            return Err(*slot);
        }
        let slot = Slot(u16::try_from(self.named.len()).unwrap_or(u16::MAX));
        self.names.insert(named.id.clone(), slot);
        self.named.push(named);
        Ok(slot)
    }

    /// Declares a name that is known for a while only, under another id than the name: see [`Vocabulary::forget`].
    ///
    /// # Errors
    ///
    /// The place that has the name already.
    pub fn declare_as(&mut self, name: &str, named: Named) -> Result<Slot, Slot> {
        let id = named.id.clone();
        let slot = self.declare(Named { id: name.to_owned(), ..named })?;
        if let Some(named) = self.get_mut(slot) {
            named.id = id;
        }
        Ok(slot)
    }

    /// Takes the names of a section away; what was made with them keeps its places.
    pub fn forget(&mut self, section: &str) {
        self.names.retain(|name, _| name.split('.').next() != Some(section));
    }

    /// The place of a name.
    pub fn find(&self, id: &str) -> Option<Slot> {
        self.names.get(id).copied()
    }

    /// What is at a place.
    pub fn get(&self, slot: Slot) -> Option<&Named> {
        self.named.get(slot.index())
    }

    /// What is at a place, to complete its definition.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut Named> {
        self.named.get_mut(slot.index())
    }

    /// All names in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Named)> {
        self.named
            .iter()
            .enumerate()
            .map(|(index, named)| (Slot(u16::try_from(index).unwrap_or(u16::MAX)), named))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The names that the definition of a name uses; none where it is not computed.
    pub fn made_of(&self, slot: Slot) -> BTreeSet<Slot> {
        match self.get(slot).and_then(|named| named.definition.as_ref()) {
            None => BTreeSet::new(),
            Some(Definition::Expression(node)) => node.slots(),
            Some(Definition::Output { table, .. }) => table.given.iter().copied().collect(),
            Some(Definition::Sum { parts, .. }) => parts.iter().copied().collect(),
        }
    }

    /// How many parts are inside one another at most while a name is computed, with all the names that it rests on; nothing
    /// where it rests on itself. An evaluation goes no deeper than [`super::evaluate::DEEPEST`].
    pub fn depth(&self, slot: Slot) -> Option<usize> {
        let mut depths: BTreeMap<Slot, Option<usize>> = BTreeMap::new();
        let mut waiting = vec![slot];
        while let Some(&slot) = waiting.last() {
            let names = self.made_of(slot);
            if let Entry::Vacant(entry) = depths.entry(slot) {
                entry.insert(None);
                // What is begun and not done is one of those that led here.
                if names.iter().any(|name| depths.get(name) == Some(&None)) {
                    return None;
                }
                waiting.extend(names.into_iter().filter(|name| !depths.contains_key(name)));
                continue;
            }
            waiting.pop();
            let below =
                names.iter().filter_map(|name| depths.get(name).copied().flatten()).max().unwrap_or(0);
            let own = match self.get(slot).and_then(|named| named.definition.as_ref()) {
                Some(Definition::Expression(node)) => node.depth() + 1,
                Some(Definition::Output { .. } | Definition::Sum { .. }) | None => 1,
            };
            depths.insert(slot, Some(own + below));
        }
        depths.get(&slot).copied().flatten()
    }

    /// All names, for near misses.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }
}

/// A part of a program.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it is written.
    pub place: Place,
    /// What it gives.
    pub ty: Type,
    /// What it is.
    pub expr: Expr,
}

impl Node {
    /// The parts that it is made of, in the order in which they are evaluated.
    pub fn parts(&self) -> Vec<&Node> {
        match &self.expr {
            Expr::Constant(_) | Expr::Slot(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => {
                vec![]
            }
            Expr::Not(inner) | Expr::Scaled(inner, _) => vec![inner],
            Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => parts.iter().collect(),
            Expr::Arithmetic(_, left, right)
            | Expr::Shift(left, right, _)
            | Expr::Compare(_, left, right)
            | Expr::Member(left, right)
            | Expr::Let(left, right) => vec![left, right],
            Expr::Between { value, low, high, .. } => vec![value, low, high],
            Expr::If(condition, then, otherwise) => vec![condition, then, otherwise],
            Expr::Each(_, list, body) => {
                std::iter::once(list).chain(body.as_ref()).map(|part| &**part).collect()
            }
        }
    }

    /// The same parts, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Node> {
        match &mut self.expr {
            Expr::Constant(_) | Expr::Slot(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => {
                vec![]
            }
            Expr::Not(inner) | Expr::Scaled(inner, _) => vec![inner],
            Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => parts.iter_mut().collect(),
            Expr::Arithmetic(_, left, right)
            | Expr::Shift(left, right, _)
            | Expr::Compare(_, left, right)
            | Expr::Member(left, right)
            | Expr::Let(left, right) => vec![left, right],
            Expr::Between { value, low, high, .. } => vec![value, low, high],
            Expr::If(condition, then, otherwise) => vec![condition, then, otherwise],
            Expr::Each(_, list, body) => std::iter::once(list).chain(body).map(|part| &mut **part).collect(),
        }
    }

    /// The number, where it is nothing but a number.
    pub fn constant(&self) -> Option<Number> {
        if let Expr::Constant(value) = &self.expr { value.as_number() } else { None }
    }

    /// The names that it reads itself, without those that they are made of.
    pub fn slots(&self) -> BTreeSet<Slot> {
        let mut names = BTreeSet::new();
        let mut waiting = vec![self];
        while let Some(node) = waiting.pop() {
            if let Expr::Slot(slot) | Expr::Occurred(slot) = node.expr {
                names.insert(slot);
            }
            waiting.extend(node.parts());
        }
        names
    }

    /// How many parts are inside one another at most.
    pub fn depth(&self) -> usize {
        1 + self.parts().into_iter().map(Node::depth).max().unwrap_or(0)
    }
}

/// What a part of a program does.
#[derive(Debug, Clone)]
pub enum Expr {
    /// Gives a value.
    Constant(Value),
    /// Gives a named value.
    Slot(Slot),
    /// Gives what `let` bound so many bindings ago.
    Local(usize),
    /// Gives a field of the list's thing that a closure bound so many bindings ago.
    Field(usize, usize),
    /// Did the event happen?
    Occurred(Slot),
    /// The opposite.
    Not(Box<Node>),
    /// All of them.
    And(Vec<Node>),
    /// One of them.
    Or(Vec<Node>),
    /// Arithmetic on numbers.
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    /// A bare number that takes the scale of its neighbour.
    Scaled(Box<Node>, Number),
    /// A day and a length of time; the sign says whether forwards or backwards.
    Shift(Box<Node>, Box<Node>, Direction),
    /// Which of two comes first.
    Compare(Comparison, Box<Node>, Box<Node>),
    /// Is the first one of the second?
    Member(Box<Node>, Box<Node>),
    /// Is the number inside an interval?
    Between {
        /// The number.
        value: Box<Node>,
        /// From here on.
        low: Box<Node>,
        /// Up to here.
        high: Box<Node>,
        /// Is the upper end inside?
        closed: bool,
    },
    /// One or the other.
    If(Box<Node>, Box<Node>, Box<Node>),
    /// Binds a value for what follows.
    Let(Box<Node>, Box<Node>),
    /// A built-in function.
    Call(Builtin, Vec<Node>),
    /// Over the things of a list.
    Each(Fold, Box<Node>, Option<Box<Node>>),
}

/// Forwards or backwards in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Later.
    Forwards,
    /// Earlier.
    Backwards,
}

/// The four operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Arithmetic {
    /// All of them.
    pub const ALL: [Arithmetic; 4] =
        [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide];

    /// As conditions write it.
    pub fn sign(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
        }
    }
}

/// The comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];

    /// As conditions write it.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }

    /// The one that holds exactly where this one does not.
    pub fn opposite(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::NotEqual,
            Comparison::NotEqual => Comparison::Equal,
            Comparison::Less => Comparison::GreaterOrEqual,
            Comparison::LessOrEqual => Comparison::Greater,
            Comparison::Greater => Comparison::LessOrEqual,
            Comparison::GreaterOrEqual => Comparison::Less,
        }
    }

    /// Does it hold where the left side stands so to the right one?
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// The built-in functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// The smaller of two.
    Min,
    /// The larger of two.
    Max,
    /// Rounded down.
    Whole,
    /// Without its sign.
    Abs,
    /// Days from one date to another.
    DaysBetween,
    /// Complete weeks.
    WeeksBetween,
    /// Complete Gregorian months.
    MonthsBetween,
    /// Complete Gregorian years.
    YearsBetween,
    /// So many days.
    Days,
    /// So many months.
    Months,
}

/// What is asked of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Is there one for which…?
    Any,
    /// Is it so for all?
    All,
    /// How many?
    Count,
    /// The sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// A decision table: rows of tests, and what each gives.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its id.
    pub id: String,
    /// What it looks at.
    pub given: Vec<Slot>,
    /// Proven to have exactly one row for every case, or the first that matches?
    pub hit: Hit,
    /// Why the first row counts, where it does.
    pub justification: Option<Text>,
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// Where it is written.
    pub place: Place,
}

impl Table {
    /// The rows of which something holds, by their places.
    pub fn rows_where(&self, holds: impl Fn(&Row) -> bool) -> FixedBitSet {
        let mut found = FixedBitSet::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            found.set(index, holds(row));
        }
        found
    }
}

/// Which row of a table counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Exactly one matches.
    Unique,
    /// The first that matches.
    First,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// One test for each thing that the table looks at.
    pub cells: Vec<Cell>,
    /// One value for each output.
    pub outputs: Vec<Value>,
    /// Where it is written.
    pub place: Place,
}

/// A test in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Anything.
    Any,
    /// A number in an interval.
    Interval(Interval),
    /// One of some choices.
    Choices(BTreeSet<u16>),
    /// Yes or no.
    Bool(bool),
}

/// An interval of numbers; an end that is absent is open to infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interval {
    /// The lower end, and is it inside?
    pub low: Option<(Number, bool)>,
    /// The upper end, and is it inside?
    pub high: Option<(Number, bool)>,
}

impl Interval {
    /// Is the number inside?
    pub fn contains(&self, number: Number) -> bool {
        let above = self.low.is_none_or(|(low, inside)| number > low || (inside && number == low));
        let below = self.high.is_none_or(|(high, inside)| number < high || (inside && number == high));
        above && below
    }

    /// Reads `>= 70`, `< 25`, `= 3`, `3`, `45..=69`, `45..70`, `1..`, `..5`; the numbers are multiplied by `scale`.
    pub fn parse(text: &str, scale: Number) -> Option<Interval> {
        let number = |text: &str| Number::parse(&text.trim().replace('_', ""))?.times(scale);
        let text = text.trim();
        if let Some((low, high)) = text.split_once("..") {
            let (high, closed) = match high.strip_prefix('=') {
                Some(high) => (high, true),
                None => (high, false),
            };
            let low = if low.trim().is_empty() { None } else { Some((number(low)?, true)) };
            let high = match high.trim() {
                "" if closed => return None,
                "" => None,
                high => Some((number(high)?, closed)),
            };
            return (low.is_some() || high.is_some()).then_some(Interval { low, high });
        }
        if let Some(rest) = text.strip_prefix(">=") {
            return Some(Interval { low: Some((number(rest)?, true)), high: None });
        }
        if let Some(rest) = text.strip_prefix('>') {
            return Some(Interval { low: Some((number(rest)?, false)), high: None });
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return Some(Interval { low: None, high: Some((number(rest)?, true)) });
        }
        if let Some(rest) = text.strip_prefix('<') {
            return Some(Interval { low: None, high: Some((number(rest)?, false)) });
        }
        let exact = number(text.strip_prefix('=').unwrap_or(text))?;
        Some(Interval { low: Some((exact, true)), high: Some((exact, true)) })
    }

    /// Has it no number inside?
    pub fn is_empty(&self) -> bool {
        match (self.low, self.high) {
            (Some((low, low_inside)), Some((high, high_inside))) => {
                low > high || (low == high && !(low_inside && high_inside))
            }
            _ => false,
        }
    }
}
