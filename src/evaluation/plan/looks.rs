//! Checks that are looked at all at once: each comes out as yes, no, or not known. What has failed is for the steps.

use std::sync::Arc;

use super::code::Stop;
use super::days;
use super::flow::{self, Check, Limit, among};
use super::frame::{FAULT, Lacking, get};
use super::steps::small;

/// A check, or all checks of a condition.
pub(super) trait Cases: std::fmt::Debug + Clone + Send + Sync + 'static {
    /// How they come out, a digit for each, the first one highest: 0 is no, 1 is yes, 2 is not known. Nothing where something
    /// has failed.
    fn case(&self, cells: &[i64]) -> Option<usize>;
}

/// In so many ways a check can come out.
pub(super) const WAYS: usize = 3;
/// The digit of what is not known.
pub(super) const OPEN: usize = 2;

/// A check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    Range(Range),
    Less(Less),
    LessOrEqual(LessOrEqual),
    Equal(Equal),
    Among(Among),
    AmongCell(AmongCell),
    Known(Known),
    Rate(Rate),
    RateOfCell(RateOfCell),
    Months(Months),
    Free(Free),
}

/// Why there is no value among some cells.
#[cold]
fn lacking<const COUNT: usize>(cells: &[i64], among: [u32; COUNT]) -> Option<usize> {
    among.iter().all(|cell| get(cells, *cell as usize) != FAULT).then_some(OPEN)
}

macro_rules! check {
    (
        $(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),* }
        of [$($word:ident),+], |$self:ident, $cells:ident| $holds:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name { $($field: $kind),* }

        impl Cases for $name {
            #[inline]
            fn case(&self, $cells: &[i64]) -> Option<usize> {
                let $self = self;
                let words = [$(self.$word),+];
                $(
                    let $word = match $cells.get(self.$word as usize) {
                        Some(word) if *word > FAULT => *word,
                        _ => return lacking($cells, words),
                    };
                )+
                let holds: bool = $holds;
                Some(usize::from(holds))
            }
        }
    };
}

check!(
    /// From `low` on, and not more than `width` above.
    Range { cell: u32, low: i64, width: u64 } of [cell],
    |it, _cells| cell.wrapping_sub(it.low).cast_unsigned() <= it.width
);
check!(
    /// The one before the other.
    Less { left: u32, right: u32 } of [left, right],
    |_it, _cells| left < right
);
check!(
    /// The one not after the other.
    LessOrEqual { left: u32, right: u32 } of [left, right],
    |_it, _cells| left <= right
);
check!(
    /// Both the same.
    Equal { left: u32, right: u32 } of [left, right],
    |_it, _cells| left == right
);
check!(
    /// One of the choices of a mask.
    Among { cell: u32, mask: u64 } of [cell],
    |it, _cells| among(cell, it.mask)
);
check!(
    /// One of the choices that stand in a cell.
    AmongCell { cell: u32, set: u32 } of [cell, set],
    |_it, _cells| among(cell, set.cast_unsigned())
);
check!(
    /// So many months, and some more, lie between two days.
    Months { from: u32, to: u32, count: u32, more: i64 } of [from, to, count],
    |it, _cells| days::reached(from, to, count.saturating_add(it.more))
);
check!(
    /// A quotient of two cells against a number of so many parts.
    Rate { above: u32, sides: Sides, limit: i64 } of [above],
    |it, cells| it.sides.compare(above, it.limit, cells)?
);
check!(
    /// A quotient of two cells against another cell.
    RateOfCell { above: u32, sides: Sides, limit: u32 } of [above, limit],
    |it, cells| it.sides.compare(above, limit, cells)?
);

/// Has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    cell: u32,
}

impl Cases for Known {
    #[inline]
    fn case(&self, cells: &[i64]) -> Option<usize> {
        Some(usize::from(get(cells, self.cell as usize) > FAULT))
    }
}

/// Anything else.
#[derive(Clone)]
pub(super) struct Free(Arc<flow::Free>);

impl std::fmt::Debug for Free {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Free")
    }
}

impl PartialEq for Free {
    fn eq(&self, other: &Free) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Free {}

impl Cases for Free {
    #[inline]
    fn case(&self, cells: &[i64]) -> Option<usize> {
        match self.0.holds(cells) {
            Ok(holds) => Some(usize::from(holds)),
            Err(Lacking::Fault) => None,
            Err(_) => Some(OPEN),
        }
    }
}

/// What a quotient is divided by, and how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sides {
    below: u32,
    scale: i64,
    closed: bool,
    upwards: bool,
}

impl Sides {
    #[inline]
    fn compare(&self, above: i64, limit: i64, cells: &[i64]) -> Option<bool> {
        // Divided by nothing, or by what is not known, it is no quotient.
        let below = cells.get(self.below as usize).copied().filter(|below| *below > 0)?;
        let (left, right) = (above.checked_mul(self.scale)?, limit.checked_mul(below)?);
        let (left, right) = if self.upwards { (right, left) } else { (left, right) };
        Some((left < right) | (self.closed & (left == right)))
    }
}

impl Look {
    pub(super) fn new(check: &Check) -> Result<Option<Look>, Stop> {
        Ok(Some(match *check {
            Check::Range { cell, low, width } => Look::Range(Range { cell: small(cell)?, low, width }),
            Check::Less { left, right } => Look::Less(Less { left: small(left)?, right: small(right)? }),
            Check::LessOrEqual { left, right } => {
                Look::LessOrEqual(LessOrEqual { left: small(left)?, right: small(right)? })
            }
            Check::Equal { left, right } => Look::Equal(Equal { left: small(left)?, right: small(right)? }),
            Check::Among { cell, mask } => Look::Among(Among { cell: small(cell)?, mask }),
            Check::AmongCell { cell, set } => {
                Look::AmongCell(AmongCell { cell: small(cell)?, set: small(set)? })
            }
            Check::Known { cell } => Look::Known(Known { cell: small(cell)? }),
            Check::Rate(flow::Rate { above, below, limit, scale, closed, upwards }) => {
                let (above, sides) = (small(above)?, Sides { below: small(below)?, scale, closed, upwards });
                match limit {
                    Limit::Fixed(limit) => Look::Rate(Rate { above, sides, limit }),
                    Limit::Cell(limit) => Look::RateOfCell(RateOfCell { above, sides, limit: small(limit)? }),
                }
            }
            Check::Months { from, to, count, more } => {
                let (from, to, count) = (small(from)?, small(to)?, small(count)?);
                Look::Months(Months { from, to, count, more })
            }
            Check::Free(ref free) => Look::Free(Free(Arc::clone(free))),
            Check::Constant(_) => return Ok(None),
        }))
    }
}

impl Look {
    /// Is it of the same kind?
    pub(super) fn is_like(&self, other: &Look) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// A check that comes out as no where this one comes out as yes, and the other way round; of a kind that is common.
    pub(super) fn turned(&self) -> Option<Look> {
        match *self {
            Look::Less(Less { left, right }) => {
                Some(Look::LessOrEqual(LessOrEqual { left: right, right: left }))
            }
            _ => None,
        }
    }

    /// Do both look at the same cell, and at nothing else?
    pub(super) fn joins(&self, other: &Look) -> bool {
        matches!((self.span(), other.span()), (Some((one, ..)), Some((two, ..))) if one == two)
    }

    /// The one cell that it looks at, and two of its values: how it comes out can only differ between these.
    pub(super) fn span(&self) -> Option<(u32, i64, i64)> {
        match *self {
            Look::Range(Range { cell, low, width }) => {
                let high = low.checked_add_unsigned(width)?;
                // Where there is no value below, or none above, only the other end makes a difference.
                let first = if low <= FAULT + 1 { high } else { low - 1 };
                let last = if high == i64::MAX { low } else { high + 1 };
                Some((cell, first, last))
            }
            Look::Among(Among { cell, .. }) => Some((cell, -1, i64::from(u64::BITS))),
            _ => None,
        }
    }

    /// How it comes out for a value of that cell.
    pub(super) fn holds(&self, word: i64) -> bool {
        match *self {
            Look::Range(Range { low, width, .. }) => word.wrapping_sub(low).cast_unsigned() <= width,
            Look::Among(Among { mask, .. }) => among(word, mask),
            _ => false,
        }
    }
}

/// Does something with a check, by its kind.
macro_rules! by_kind {
    ($look:expr, |$one:pat_param| $done:expr) => {
        match $look {
            Look::Range($one) => $done,
            Look::Less($one) => $done,
            Look::LessOrEqual($one) => $done,
            Look::Equal($one) => $done,
            Look::Among($one) => $done,
            Look::AmongCell($one) => $done,
            Look::Known($one) => $done,
            Look::Rate($one) => $done,
            Look::RateOfCell($one) => $done,
            Look::Months($one) => $done,
            Look::Free($one) => $done,
        }
    };
}
pub(super) use by_kind;

/// Does something with checks of the same kind and what belongs to each.
macro_rules! of_kind {
    ($all:expr, |$looks:ident| $done:expr) => {
        of_kind!(@ $all, $looks, $done,
            Range Less LessOrEqual Equal Among AmongCell Known Rate RateOfCell Months Free)
    };
    (@ $all:expr, $looks:ident, $done:expr, $($kind:ident)+) => {
        match $all.first() {
            $(Some((Look::$kind(_), _)) => {
                let $looks = $all.iter().filter_map(|(look, what)| match look {
                    Look::$kind(one) => Some((one.clone(), *what)),
                    _ => None,
                });
                $done
            })+
            None => return vec![],
        }
    };
}
pub(super) use of_kind;

/// Several checks, or none.
#[derive(Debug, Clone)]
pub(super) struct Several(pub(super) Box<[Look]>);

impl Cases for Several {
    fn case(&self, cells: &[i64]) -> Option<usize> {
        let mut case = 0;
        for look in &self.0 {
            case = case * WAYS + by_kind!(look, |one| one.case(cells))?;
        }
        Some(case)
    }
}

/// Two checks.
#[derive(Debug, Clone)]
pub(super) struct Both<A, B>(pub(super) A, pub(super) B);

impl<A: Cases, B: Cases> Cases for Both<A, B> {
    #[inline(always)]
    fn case(&self, cells: &[i64]) -> Option<usize> {
        Some(self.0.case(cells)? * WAYS + self.1.case(cells)?)
    }
}

/// One quotient against two numbers.
#[derive(Debug, Clone)]
pub(super) struct Rates {
    above: u32,
    sides: Sides,
    limits: [i64; 2],
}

impl Rates {
    pub(super) fn new(looks: &[Look]) -> Option<Rates> {
        match *looks {
            [Look::Rate(one), Look::Rate(other)] if (one.above, one.sides) == (other.above, other.sides) => {
                Some(Rates { above: one.above, sides: one.sides, limits: [one.limit, other.limit] })
            }
            _ => None,
        }
    }
}

impl Cases for Rates {
    #[inline]
    fn case(&self, cells: &[i64]) -> Option<usize> {
        let Rates { above, sides, limits: [one, other] } = self;
        let above = get(cells, *above as usize);
        if above <= FAULT {
            return (above != FAULT).then_some(OPEN * WAYS + OPEN);
        }
        let one = sides.compare(above, *one, cells)?;
        Some(usize::from(one) * WAYS + usize::from(sides.compare(above, *other, cells)?))
    }
}

/// Does something with two or three checks of the commonest kinds, by their kinds.
macro_rules! by_kinds {
    ($looks:expr, |$both:ident| $done:expr, $others:expr) => {
        by_kinds!(@ $looks, $both, $done, $others,
            [Range Range] [Range Less] [Range LessOrEqual] [Less Range] [LessOrEqual Range]
            [Range Months] [Range Free]
            [Range Range Range] [Range Range Less] [Range Range LessOrEqual])
    };
    (@ $looks:expr, $both:ident, $done:expr, $others:expr, $([$first:ident $second:ident $($third:ident)?])+) => {
        match $looks {
            $([Look::$first(one), Look::$second(other) $(, Look::$third(third))?] => {
                let $both = Both(one.clone(), other.clone());
                $(let $both = Both::<_, crate::evaluation::plan::looks::$third>($both, third.clone());)?
                $done
            })+
            _ => $others,
        }
    };
}
pub(super) use by_kinds;

/// Several comparisons of what a request says: how far a cell lies from another, or from zero.
#[derive(Debug, Clone)]
pub(super) struct Distances(Box<[Distance]>);

/// From `low` on, and not more than `width` above.
#[derive(Debug, Clone, Copy)]
struct Distance {
    cell: u32,
    /// No cell where it is that from zero.
    from: u32,
    low: i64,
    width: u64,
}

/// Further than any two things lie from each other that a request says.
const FAR: u64 = 1 << 62;

impl Distances {
    /// The first so many cells are what a request says; only of these is the distance sure to fit a word.
    pub(super) fn new(looks: &[Look], leaves: usize) -> Option<Distances> {
        let is_leaf = |cell: u32| (cell as usize) < leaves;
        let distances = looks.iter().map(|look| {
            let (from, cell, low, width) = match *look {
                Look::Range(Range { cell, low, width }) => (u32::MAX, cell, low, width),
                Look::Less(Less { left, right }) => (left, right, 1, FAR),
                Look::LessOrEqual(LessOrEqual { left, right }) => (left, right, 0, FAR),
                Look::Equal(Equal { left, right }) => (left, right, 0, 0),
                _ => return None,
            };
            let fits = from == u32::MAX || (is_leaf(cell) && is_leaf(from));
            fits.then_some(Distance { cell, from, low, width })
        });
        distances.collect::<Option<Box<[Distance]>>>().map(Distances)
    }
}

impl Cases for Distances {
    #[inline]
    fn case(&self, cells: &[i64]) -> Option<usize> {
        let mut case = 0;
        for Distance { cell, from, low, width } in &self.0 {
            let (word, from) = match (cells.get(*cell as usize), cells.get(*from as usize)) {
                (Some(word), None) => (*word, 0),
                (Some(word), Some(from)) => (*word, *from),
                (None, _) => return None,
            };
            case *= WAYS;
            if word > FAULT && from > FAULT {
                let distance = word.wrapping_sub(from).wrapping_sub(*low).cast_unsigned();
                case += usize::from(distance <= *width);
            } else if word != FAULT && from != FAULT {
                case += OPEN;
            } else {
                return None;
            }
        }
        Some(case)
    }
}
