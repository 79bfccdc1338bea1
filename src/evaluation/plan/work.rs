//! Straight computations, from a small tree to closures over the cells of a frame.
//!
//! Nothing here looks at what is known: whoever calls has made sure of it. What does not fit a word raises `trouble`.

use super::days;
use super::frame::{FAULT, UNKNOWN, get};

/// A computation that gives a word.
pub(super) type Work = Box<dyn Fn(&[i64], &mut Trouble) -> i64 + Send + Sync>;
/// A computation that gives yes or no.
pub(super) type Check = Box<dyn Fn(&[i64], &mut Trouble) -> bool + Send + Sync>;

/// Whether something came up that only the exact evaluation may judge.
#[derive(Debug, Default)]
pub(super) struct Trouble(pub(super) bool);

/// A computation on words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ir {
    Const(i64),
    Cell(usize),
    Two(Op, Box<Ir>, Box<Ir>),
    /// A day and a span, forwards (1) or backwards (-1).
    Shift(Box<Ir>, Box<Ir>, i64),
    Abs(Box<Ir>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Subtract,
    Multiply,
    /// Rounded down; by more than zero.
    Divide,
    Min,
    Max,
    Days,
    Weeks,
    Months,
    Years,
}

impl Ir {
    /// Two put together; constants at once.
    pub(super) fn two(op: Op, left: Ir, right: Ir) -> Ir {
        match (op, &left, &right) {
            (Op::Multiply, Ir::Const(1), _) => return right,
            (Op::Multiply | Op::Divide, _, Ir::Const(1)) => return left,
            (Op::Add | Op::Subtract | Op::Multiply, Ir::Const(one), Ir::Const(two)) => {
                let folded = match op {
                    Op::Add => one.checked_add(*two),
                    Op::Subtract => one.checked_sub(*two),
                    _ => one.checked_mul(*two),
                };
                if let Some(folded) = folded {
                    return Ir::Const(folded);
                }
            }
            _ => {}
        }
        Ir::Two(op, Box::new(left), Box::new(right))
    }
}

/// Where a closure finds a word; three ways, so that the common two need no call.
trait Operand: Send + Sync + 'static {
    fn get(&self, words: &[i64], trouble: &mut Trouble) -> i64;
}

struct AtCell(usize);
struct Fixed(i64);
struct Made(Work);

impl Operand for AtCell {
    #[inline]
    fn get(&self, words: &[i64], _: &mut Trouble) -> i64 {
        get(words, self.0)
    }
}

impl Operand for Fixed {
    #[inline]
    fn get(&self, _: &[i64], _: &mut Trouble) -> i64 {
        self.0
    }
}

impl Operand for Made {
    #[inline]
    fn get(&self, words: &[i64], trouble: &mut Trouble) -> i64 {
        (self.0)(words, trouble)
    }
}

/// Builds one closure for each way in which two operands can be found.
macro_rules! with_operands {
    ($left:expr, $right:expr, $build:path) => {
        match ($left, $right) {
            (Ir::Cell(left), Ir::Cell(right)) => $build(AtCell(*left), AtCell(*right)),
            (Ir::Cell(left), Ir::Const(right)) => $build(AtCell(*left), Fixed(*right)),
            (Ir::Const(left), Ir::Cell(right)) => $build(Fixed(*left), AtCell(*right)),
            (left, Ir::Cell(right)) => $build(Made(work(left)), AtCell(*right)),
            (left, Ir::Const(right)) => $build(Made(work(left)), Fixed(*right)),
            (left, right) => $build(Made(work(left)), Made(work(right))),
        }
    };
}

#[inline]
fn or_trouble(trouble: &mut Trouble, value: Option<i64>) -> i64 {
    value.unwrap_or_else(|| {
        trouble.0 = true;
        0
    })
}

macro_rules! builder {
    ($name:ident, |$trouble:ident, $left:ident, $right:ident| $body:expr) => {
        fn $name(one: impl Operand, two: impl Operand) -> Work {
            Box::new(move |words, $trouble| {
                let ($left, $right) = (one.get(words, $trouble), two.get(words, $trouble));
                $body
            })
        }
    };
}

builder!(add, |trouble, left, right| or_trouble(trouble, left.checked_add(right)));
builder!(subtract, |trouble, left, right| or_trouble(trouble, left.checked_sub(right)));
builder!(multiply, |trouble, left, right| or_trouble(trouble, left.checked_mul(right)));
builder!(min, |trouble, left, right| left.min(right));
builder!(max, |trouble, left, right| left.max(right));
builder!(between_days, |trouble, left, right| right - left);
builder!(between_weeks, |trouble, left, right| (right - left) / 7);
builder!(between_months, |trouble, left, right| days::months_between(left, right));
builder!(between_years, |trouble, left, right| days::months_between(left, right) / 12);
builder!(divide, |trouble, left, right| {
    let value = if right > 0 { Some(left.div_euclid(right)) } else { None };
    or_trouble(trouble, value)
});
builder!(forwards, |trouble, left, right| {
    let (months, days) = days::parts(right);
    or_trouble(trouble, days::shifted(left, months, days))
});
builder!(backwards, |trouble, left, right| {
    let (months, days) = days::parts(right);
    or_trouble(trouble, days::shifted(left, -months, -days))
});

/// A closure that computes.
pub(super) fn work(ir: &Ir) -> Work {
    match ir {
        Ir::Const(value) => {
            let value = *value;
            Box::new(move |_, _| value)
        }
        Ir::Cell(cell) => {
            let cell = *cell;
            Box::new(move |words, _| get(words, cell))
        }
        Ir::Abs(inner) => {
            let inner = work(inner);
            Box::new(move |words, trouble| {
                let value = inner(words, trouble);
                or_trouble(trouble, value.checked_abs())
            })
        }
        Ir::Shift(day, span, sign) if *sign > 0 => with_operands!(&**day, &**span, forwards),
        Ir::Shift(day, span, _) => with_operands!(&**day, &**span, backwards),
        Ir::Two(op, left, right) => {
            let (left, right) = (&**left, &**right);
            match op {
                Op::Add => with_operands!(left, right, add),
                Op::Subtract => with_operands!(left, right, subtract),
                Op::Multiply => with_operands!(left, right, multiply),
                Op::Divide => with_operands!(left, right, divide),
                Op::Min => with_operands!(left, right, min),
                Op::Max => with_operands!(left, right, max),
                Op::Days => with_operands!(left, right, between_days),
                Op::Weeks => with_operands!(left, right, between_weeks),
                Op::Months => with_operands!(left, right, between_months),
                Op::Years => with_operands!(left, right, between_years),
            }
        }
    }
}

/// How two words are compared; the other two ways are these with the sides changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
}

impl Order {
    fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Order::Equal => left == right,
            Order::NotEqual => left != right,
            Order::Less => left < right,
            Order::LessOrEqual => left <= right,
        }
    }
}

/// A closure that compares two words.
pub(super) fn compare(order: Order, left: &Ir, right: &Ir) -> Check {
    let (left, right) = (work(left), work(right));
    Box::new(move |words, trouble| order.holds(&left(words, trouble), &right(words, trouble)))
}

/// Compares two quotients across, so that none is ever rounded: `a / b ? c / d` is `a d ? c b`. What is below must be above zero.
pub(super) fn compare_across(
    order: Order,
    (above, below): (&Ir, &Ir),
    (other_above, other_below): (&Ir, &Ir),
) -> Check {
    let (above, below) = (work(above), work(below));
    let (other_above, other_below) = (work(other_above), work(other_below));
    Box::new(move |words, trouble| {
        let (below, other_below) = (below(words, trouble), other_below(words, trouble));
        if below <= 0 || other_below <= 0 {
            trouble.0 = true;
        }
        let left = i128::from(above(words, trouble)) * i128::from(other_below);
        let right = i128::from(other_above(words, trouble)) * i128::from(below);
        order.holds(&left, &right)
    })
}

/// The words from a number on and so many above it that `word × by ? limit` allows, or `limit ? word × by` where the word stands
/// on the right. Nothing where there is no such stretch.
pub(super) fn range(order: Order, word_is_left: bool, by: i64, limit: i64) -> Option<(i64, u64)> {
    // The two smallest words are no values.
    let least = i64::MIN + 2;
    if by <= 0 || limit <= least {
        return None;
    }
    let (low, high) = match (order, word_is_left) {
        (Order::Equal, _) if limit % by == 0 => (limit / by, limit / by),
        (Order::Equal | Order::NotEqual, _) => return None,
        (Order::Less, true) => (least, (limit - 1).div_euclid(by)),
        (Order::LessOrEqual, true) => (least, limit.div_euclid(by)),
        (Order::Less, false) => (limit.div_euclid(by).checked_add(1)?, i64::MAX),
        (Order::LessOrEqual, false) => ((limit - 1).div_euclid(by).checked_add(1)?, i64::MAX),
    };
    Some((low, high.wrapping_sub(low).cast_unsigned()))
}

/// Numbers that are added up: each a cell so many times, but no less and no more than so much.
pub(super) struct Terms {
    terms: Box<[Term]>,
    constant: i64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) cell: usize,
    pub(super) by: i64,
    pub(super) least: i64,
    pub(super) most: i64,
}

impl Term {
    pub(super) fn times(cell: usize, by: i64) -> Term {
        Term { cell, by, least: i64::MIN, most: i64::MAX }
    }
}

/// A cell so many times.
pub(super) fn times(ir: &Ir) -> Option<(usize, i64)> {
    match ir {
        Ir::Cell(cell) => Some((*cell, 1)),
        Ir::Two(Op::Multiply, one, two) => match (&**one, &**two) {
            (Ir::Cell(cell), Ir::Const(by)) | (Ir::Const(by), Ir::Cell(cell)) => Some((*cell, *by)),
            _ => None,
        },
        _ => None,
    }
}
impl Terms {
    /// A sum of terms that are all this plain.
    pub(super) fn new(ir: &Ir) -> Option<Terms> {
        let (mut terms, mut constant) = (vec![], 0);
        gather(ir, &mut terms, &mut constant)?;
        (!terms.is_empty()).then(|| Terms { terms: terms.into(), constant })
    }

    pub(super) fn parts(&self) -> &[Term] {
        &self.terms
    }

    pub(super) fn constant(&self) -> i64 {
        self.constant
    }

    /// The sum; `UNKNOWN` or `FAULT` where a term is, and `FAULT` where it does not fit a word.
    #[inline]
    pub(super) fn value(&self, words: &[i64]) -> i64 {
        let mut sum = i128::from(self.constant);
        let mut least = i64::MAX;
        let mut fault = false;
        for Term { cell, by, least: floor, most } in &self.terms {
            let word = get(words, *cell);
            least = least.min(word);
            fault |= word == FAULT;
            sum += (i128::from(word) * i128::from(*by)).max(i128::from(*floor)).min(i128::from(*most));
        }
        match i64::try_from(sum) {
            _ if fault => FAULT,
            _ if least == UNKNOWN => UNKNOWN,
            Ok(sum) if sum > FAULT => sum,
            _ => FAULT,
        }
    }
}

fn gather(ir: &Ir, terms: &mut Vec<Term>, constant: &mut i64) -> Option<()> {
    match ir {
        Ir::Two(Op::Add, one, two) => {
            gather(one, terms, constant)?;
            gather(two, terms, constant)
        }
        Ir::Const(value) => {
            *constant = constant.checked_add(*value)?;
            Some(())
        }
        term => {
            terms.push(limited(term)?);
            Some(())
        }
    }
}

/// A cell so many times, within limits.
fn limited(ir: &Ir) -> Option<Term> {
    let (op, inner, limit) = match ir {
        Ir::Two(op @ (Op::Min | Op::Max), one, two) => match (&**one, &**two) {
            (inner, Ir::Const(limit)) | (Ir::Const(limit), inner) => (*op, inner, *limit),
            _ => return None,
        },
        plain => return times(plain).map(|(cell, by)| Term::times(cell, by)),
    };
    let term = limited(inner)?;
    Some(match op {
        // What comes last counts most: a limit that was set before gives way.
        Op::Min => Term { least: term.least.min(limit), most: term.most.min(limit), ..term },
        _ => Term { least: term.least.max(limit), most: term.most.max(limit), ..term },
    })
}
