//! The typed program: what conditions become, over numbered places for values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
