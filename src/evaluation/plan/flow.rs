//! Conditions and computations before their steps are laid out: their checks, in the order in which they are looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fold::Folded;
use super::frame::{FAULT, Lacking, UNKNOWN, get, lacking};
use super::grid::Grid;
use super::work::{self, Check as Holds, Ir, Order, Terms, Trouble, Work};

/// What is looked at in one step. Cells that are compared by themselves are looked at here, all else by a closure.
#[derive(Clone)]
pub(super) enum Check {
    /// From `low` on, and not more than `width` above.
    Range {
        cell: usize,
        low: i64,
        width: u64,
    },
    Less {
        left: usize,
        right: usize,
    },
    LessOrEqual {
        left: usize,
        right: usize,
    },
    Equal {
        left: usize,
        right: usize,
    },
    /// One of the choices of a mask.
    Among {
        cell: usize,
        mask: u64,
    },
    /// One of the choices that stand in a cell.
    AmongCell {
        cell: usize,
        set: usize,
    },
    /// Has a value.
    Known {
        cell: usize,
    },
    Rate(Rate),
    /// So many months, and some more, lie between two days.
    Months {
        from: usize,
        to: usize,
        count: usize,
        more: i64,
    },
    Constant(bool),
    Free(Arc<Free>),
}

/// A quotient of two cells against a number of so many parts: `above × scale ≤ limit × below`, or the other way round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) above: usize,
    pub(super) below: usize,
    pub(super) limit: Limit,
    pub(super) scale: i64,
    pub(super) closed: bool,
    pub(super) upwards: bool,
}

/// What a quotient is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Limit {
    Fixed(i64),
    Cell(usize),
}

/// A check that needs a closure; it is called only where all that it needs is known.
pub(super) struct Free {
    pub(super) needs: Box<[usize]>,
    /// It may fail before everything that it needs is known.
    pub(super) faulty: bool,
    pub(super) holds: Holds,
}

/// A value that is computed straight.
pub(super) struct Worth {
    pub(super) needs: Box<[usize]>,
    pub(super) faulty: bool,
    pub(super) work: Work,
}

/// What a computation without a branch rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) needs: BTreeSet<usize>,
    pub(super) reads: BTreeSet<usize>,
    /// Computed cells whose reads depend on the request.
    pub(super) dynamic: BTreeSet<usize>,
    /// It may fail before everything that it needs is known.
    pub(super) faulty: bool,
}

impl Facts {
    pub(super) fn with(mut self, other: Facts) -> Facts {
        self.needs.extend(other.needs);
        self.reads.extend(other.reads);
        self.dynamic.extend(other.dynamic);
        self.faulty |= other.faulty;
        self
    }
}

/// A condition before its steps are laid out.
pub(super) enum Flow {
    Check(Check, Facts),
    Not(Box<Flow>),
    Every(Vec<Flow>),
    Some(Vec<Flow>),
    If(Box<Flow>, Box<Flow>, Box<Flow>),
    /// What it binds is read there, whether or not it is used.
    Let(Facts, Box<Flow>),
}

/// A computation before its steps are laid out.
pub(super) enum Course {
    Constant(i64),
    Straight(Arc<Worth>, Facts),
    Terms(Arc<Terms>, Facts),
    /// And a cell to spare, for when both branches have to be looked at.
    If(Flow, Box<Course>, Box<Course>, usize),
    Let(Facts, Box<Course>),
}

/// What a cell holds, before its steps are laid out.
pub(super) enum Code {
    /// Written by another cell: below the line of a quotient, or a field of a list's thing.
    Beside,
    Test(Flow),
    Worth(Course),
    /// Above the line, and below it in the cell after.
    Quotient(Arc<Quotient>, Facts),
    Table(Arc<(Arc<Grid>, Box<[i64]>)>, Facts),
    Sum(Arc<(Box<[usize]>, i64)>),
    Fold(Folded),
}

/// What stands above and below the line; and the two cells, where it is no more than these.
pub(super) struct Quotient {
    pub(super) above: Worth,
    pub(super) below: Work,
    pub(super) cells: Option<(usize, usize)>,
}
impl Check {
    /// Whether so many months lie between two days.
    pub(super) fn months(order: Order, count: usize, from: &Ir, to: &Ir) -> Option<Check> {
        let (Ir::Cell(from), Ir::Cell(to)) = (from, to) else { return None };
        let more = match order {
            Order::LessOrEqual => 0,
            Order::Less => 1,
            Order::Equal | Order::NotEqual => return None,
        };
        Some(Check::Months { from: *from, to: *to, count, more })
    }

    /// Whether a word, so many times, lies on this side of a number.
    pub(super) fn stretch(order: Order, word_is_left: bool, word: &Ir, limit: i64) -> Option<Check> {
        let (cell, by) = work::times(word)?;
        let (low, width) = work::range(order, word_is_left, by, limit)?;
        Some(Check::Range { cell, low, width })
    }

    /// The stretch that two stretches of the same cell have in common.
    fn and(&self, other: &Check) -> Option<Check> {
        let (Check::Range { cell, low, width }, Check::Range { cell: same, low: from, width: far }) =
            (self, other)
        else {
            return None;
        };
        let end = |low: i64, width: u64| i128::from(low) + i128::from(width);
        let start = *low.max(from);
        let width = end(*low, *width).min(end(*from, *far)) - i128::from(start);
        let width = u64::try_from(width).ok().filter(|_| cell == same)?;
        Some(Check::Range { cell: *cell, low: start, width })
    }

    /// Does it see for itself whether all is known that it needs?
    pub(super) fn rests_on(&self, facts: &Facts) -> bool {
        let cells: &[usize] = match self {
            Check::Range { cell, .. } | Check::Among { cell, .. } => &[*cell],
            Check::Less { left, right }
            | Check::LessOrEqual { left, right }
            | Check::Equal { left, right } => &[*left, *right],
            Check::AmongCell { cell, set } => &[*cell, *set],
            Check::Rate(Rate { above, limit: Limit::Cell(limit), .. }) => &[*above, *limit],
            Check::Rate(Rate { above, limit: Limit::Fixed(_), .. }) => &[*above],
            Check::Months { from, to, count, .. } => &[*from, *to, *count],
            Check::Known { .. } | Check::Constant(_) => &[],
            Check::Free(free) => &free.needs,
        };
        !facts.faulty && facts.needs.iter().all(|cell| cells.contains(cell))
    }
}

#[inline]
pub(super) fn among(value: i64, mask: u64) -> bool {
    (value.cast_unsigned() < u64::from(u64::BITS)) & (mask >> (value & 63) & 1 == 1)
}

impl Rate {
    #[inline]
    pub(super) fn holds(&self, cells: &[i64]) -> Result<bool, Lacking> {
        let limit = match self.limit {
            Limit::Fixed(limit) => limit,
            Limit::Cell(cell) => get(cells, cell),
        };
        let (above, below) = (get(cells, self.above), get(cells, self.below));
        if above <= FAULT || limit <= FAULT {
            let fault = above == FAULT || limit == FAULT;
            return Err(if fault { Lacking::Fault } else { Lacking::Value });
        }
        if below <= 0 {
            return Err(Lacking::Fault);
        }
        let left = i128::from(above) * i128::from(self.scale);
        let right = i128::from(limit) * i128::from(below);
        let (left, right) = if self.upwards { (right, left) } else { (left, right) };
        Ok(left < right || (self.closed && left == right))
    }
}

impl Free {
    pub(super) fn holds(&self, cells: &[i64]) -> Result<bool, Lacking> {
        match lacking(cells, &self.needs) {
            Lacking::None => {
                let mut trouble = Trouble::default();
                let holds = (self.holds)(cells, &mut trouble);
                if trouble.0 { Err(Lacking::Fault) } else { Ok(holds) }
            }
            Lacking::Value if self.faulty => Err(Lacking::Fault),
            lacking => Err(lacking),
        }
    }
}

impl Worth {
    /// A value, `UNKNOWN`, or `FAULT`.
    #[inline]
    pub(super) fn value(&self, cells: &[i64]) -> i64 {
        match lacking(cells, &self.needs) {
            Lacking::None => {
                let mut trouble = Trouble::default();
                let value = (self.work)(cells, &mut trouble);
                if value <= FAULT || trouble.0 { FAULT } else { value }
            }
            Lacking::Value if self.faulty => FAULT,
            Lacking::Value => UNKNOWN,
            Lacking::Fault => FAULT,
        }
    }
}

impl Flow {
    /// All of these. Where one after the other looks at the same cell, that is one stretch.
    pub(super) fn every(parts: Vec<Flow>) -> Flow {
        let mut every: Vec<Flow> = Vec::with_capacity(parts.len());
        for part in parts {
            if let Some(Flow::Check(one, facts)) = every.last_mut()
                && let Flow::Check(other, more) = &part
                && facts == more
                && let Some(both) = one.and(other)
            {
                *one = both;
            } else {
                every.push(part);
            }
        }
        Flow::Every(every)
    }

    /// What it rests on, whichever way is taken.
    pub(super) fn facts(&self) -> Facts {
        match self {
            Flow::Check(_, facts) => facts.clone(),
            Flow::Not(inner) => inner.facts(),
            Flow::Every(parts) | Flow::Some(parts) => {
                parts.iter().fold(Facts::default(), |facts, part| facts.with(part.facts()))
            }
            Flow::If(condition, then, otherwise) => {
                condition.facts().with(then.facts()).with(otherwise.facts())
            }
            Flow::Let(facts, body) => facts.clone().with(body.facts()),
        }
    }

    /// Is there no way on which anything is passed over?
    pub(super) fn is_straight(&self) -> bool {
        match self {
            Flow::Check(..) => true,
            Flow::Not(inner) => inner.is_straight(),
            Flow::Every(_) | Flow::Some(_) | Flow::If(..) | Flow::Let(..) => false,
        }
    }

    /// The leaves that are read on every way.
    pub(super) fn always_reads(&self) -> BTreeSet<usize> {
        match self {
            Flow::Check(_, facts) => facts.reads.clone(),
            Flow::Not(inner) => inner.always_reads(),
            Flow::Every(parts) | Flow::Some(parts) => {
                parts.first().map(Flow::always_reads).unwrap_or_default()
            }
            Flow::If(condition, then, otherwise) => {
                &condition.always_reads() | &(&then.always_reads() & &otherwise.always_reads())
            }
            Flow::Let(facts, body) => &facts.reads | &body.always_reads(),
        }
    }
}

impl Course {
    /// The conditions that it hangs on.
    pub(super) fn flows(&self) -> Vec<&Flow> {
        match self {
            Course::Constant(_) | Course::Straight(..) | Course::Terms(..) => vec![],
            Course::If(condition, then, otherwise, _) => {
                let mut flows = vec![condition];
                flows.extend(then.flows());
                flows.extend(otherwise.flows());
                flows
            }
            Course::Let(_, body) => body.flows(),
        }
    }

    /// Is there no way on which anything is passed over?
    pub(super) fn is_straight(&self) -> bool {
        matches!(self, Course::Constant(_) | Course::Straight(..) | Course::Terms(..))
    }

    /// The leaves that are read on every way.
    pub(super) fn always_reads(&self) -> BTreeSet<usize> {
        match self {
            Course::Constant(_) => BTreeSet::new(),
            Course::Straight(_, facts) | Course::Terms(_, facts) => facts.reads.clone(),
            Course::If(condition, then, otherwise, _) => {
                &condition.always_reads() | &(&then.always_reads() & &otherwise.always_reads())
            }
            Course::Let(facts, body) => &facts.reads | &body.always_reads(),
        }
    }
}
