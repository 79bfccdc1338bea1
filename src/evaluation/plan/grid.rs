//! A decision table as a dense grid over its cut points: the row of a case is one look-up.
//!
//! Between two cuts all numbers are alike, so a cell of the grid stands for all of them. What is unknown is looked for row by row.

use super::frame::{FAULT, UNKNOWN, get};
use crate::expression::program::{Cell, Hit, Interval, Table};
use crate::value::Number;

/// A table, laid out.
#[derive(Debug)]
pub(super) struct Grid {
    /// The cell of each thing that the table looks at, how its value is placed, and in how many places.
    axes: Vec<(usize, Axis, usize)>,
    /// The row of each case; `NONE` where there is none.
    rows: Vec<u16>,
    /// The rows as written, for what is unknown.
    wants: Vec<Vec<Want>>,
    unique: bool,
}

const NONE: u16 = u16::MAX;
/// A table with more cases than this is read row by row.
const MOST_CASES: usize = 1 << 16;
/// Numbers in a stretch of this length are placed by one look-up.
const MOST_DIRECT: i64 = 512;

/// How a value is placed.
#[derive(Debug)]
enum Axis {
    /// A choice, or yes and no: itself.
    Plain(usize),
    /// The number of cuts that it has reached.
    Cuts(Vec<i64>),
    /// The same, written out for each number from the first cut to the last.
    Direct(i64, Vec<u16>, u16),
}

/// What a row wants of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    Any,
    /// From here to before there.
    Range(i64, i64),
    /// One of these.
    Plain(Vec<bool>),
}

impl Want {
    fn holds(&self, value: i64) -> bool {
        match self {
            Want::Any => true,
            Want::Range(low, high) => *low <= value && value < *high,
            Want::Plain(set) => {
                usize::try_from(value).ok().and_then(|value| set.get(value)).copied().unwrap_or(false)
            }
        }
    }
}

/// What a table found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Value(i64),
    Unknown,
    /// No row, or none that could be told.
    Nothing,
}

/// What a table looks at: a cell, and its scale where it is a number, or how many values it can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Number(usize, i64),
    Plain(usize, usize),
}

/// A table for looking up: each cell, the first of its values, how far each of them leads from there; and what comes out.
pub(super) struct LaidOut {
    pub(super) axes: Vec<(usize, i64, Vec<u32>)>,
    pub(super) outputs: Vec<i64>,
}

impl Axis {
    fn len(&self) -> usize {
        match self {
            Axis::Plain(count) => *count,
            Axis::Cuts(cuts) => cuts.len() + 1,
            Axis::Direct(_, _, last) => usize::from(*last) + 1,
        }
    }

    #[inline]
    fn place(&self, value: i64) -> Option<usize> {
        match self {
            Axis::Plain(count) => usize::try_from(value).ok().filter(|value| value < count),
            Axis::Cuts(cuts) => Some(cuts.iter().map(|cut| usize::from(*cut <= value)).sum()),
            Axis::Direct(first, places, last) => Some(match usize::try_from(value - first) {
                Ok(offset) => usize::from(places.get(offset).copied().unwrap_or(*last)),
                Err(_) => 0,
            }),
        }
    }
}

impl Grid {
    /// Nothing where a bound does not fit a word.
    pub(super) fn new(table: &Table, given: &[Given]) -> Option<Grid> {
        if table.rows.len() >= usize::from(NONE) {
            return None;
        }
        let mut wants = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let want = row.cells.iter().zip(given).map(|(cell, given)| want(cell, given));
            wants.push(want.collect::<Option<Vec<Want>>>()?);
        }
        let mut axes = Vec::with_capacity(given.len());
        let mut samples: Vec<Vec<i64>> = Vec::with_capacity(given.len());
        for (column, given) in given.iter().enumerate() {
            match given {
                Given::Plain(cell, count) => {
                    axes.push((*cell, Axis::Plain(*count), *count));
                    samples.push((0..i64::try_from(*count).ok()?).collect());
                }
                Given::Number(cell, _) => {
                    let cells = wants.iter().filter_map(|row| row.get(column));
                    let mut cuts: Vec<i64> = cells
                        .flat_map(|want| match want {
                            Want::Range(low, high) => vec![*low, *high],
                            Want::Any | Want::Plain(_) => vec![],
                        })
                        .filter(|cut| *cut != i64::MIN && *cut != i64::MAX)
                        .collect();
                    cuts.sort_unstable();
                    cuts.dedup();
                    samples.push(std::iter::once(i64::MIN).chain(cuts.iter().copied()).collect());
                    let axis = axis(cuts);
                    let length = axis.len();
                    axes.push((*cell, axis, length));
                }
            }
        }
        let cases = axes.iter().try_fold(1_usize, |cases, (.., length)| cases.checked_mul(*length));
        let mut grid = Grid { axes, rows: vec![], wants, unique: table.hit == Hit::Unique };
        if let Some(cases) = cases.filter(|cases| *cases <= MOST_CASES) {
            grid.rows = (0..cases).map(|case| grid.first_row(case, &samples)).collect();
        }
        Some(grid)
    }

    fn first_row(&self, mut case: usize, samples: &[Vec<i64>]) -> u16 {
        let mut values = Vec::with_capacity(samples.len());
        for column in samples.iter().rev() {
            values.push(column.get(case % column.len().max(1)).copied().unwrap_or(0));
            case /= column.len().max(1);
        }
        values.reverse();
        let row =
            self.wants.iter().position(|row| row.iter().zip(&values).all(|(want, value)| want.holds(*value)));
        row.and_then(|row| u16::try_from(row).ok()).unwrap_or(NONE)
    }

    /// What the table gives.
    #[inline]
    pub(super) fn find(&self, words: &[i64], outputs: &[i64]) -> Found {
        let mut index = 0;
        for (cell, axis, length) in &self.axes {
            let value = get(words, *cell);
            if value <= FAULT {
                return self.open(words, outputs);
            }
            let Some(place) = axis.place(value) else { return Found::Nothing };
            index = index * length + place;
        }
        match self.rows.get(index) {
            Some(row) => match outputs.get(usize::from(*row)) {
                Some(value) => Found::Value(*value),
                None => Found::Nothing,
            },
            None => self.scan(words, outputs),
        }
    }

    /// The output of the first row that one number alone falls into, in a table that looks at nothing else.
    pub(super) fn at(&self, value: i64, outputs: &[i64]) -> Option<i64> {
        let row = self.wants.iter().position(|row| matches!(row.as_slice(), [want] if want.holds(value)))?;
        outputs.get(row).copied()
    }

    /// The table written out for looking up: how each value is placed, and what comes out in each case. Nothing where there are
    /// too many cases, or numbers that lie too far apart.
    pub(super) fn laid_out(&self, outputs: &[i64], most: usize) -> Option<LaidOut> {
        if self.rows.is_empty() || self.rows.len() > most {
            return None;
        }
        let mut stride = self.rows.len();
        let mut axes = Vec::with_capacity(self.axes.len());
        for (cell, axis, length) in &self.axes {
            stride /= length.max(&1);
            let by = u32::try_from(stride).ok()?;
            let (first, places): (i64, Vec<u32>) = match axis {
                Axis::Plain(count) => (0, (0..u32::try_from(*count).ok()?).map(|place| place * by).collect()),
                Axis::Cuts(cuts) if cuts.is_empty() => (0, vec![0]),
                Axis::Cuts(_) => return None,
                Axis::Direct(first, places, _) => {
                    let places = places.iter().map(|place| u32::from(*place) * by);
                    (first.checked_sub(1)?, std::iter::once(0).chain(places).collect())
                }
            };
            axes.push((*cell, first, places));
        }
        // Where no row applies, nothing comes out here.
        let output = |row: &u16| outputs.get(usize::from(*row)).copied().unwrap_or(UNKNOWN);
        Some(LaidOut { axes, outputs: self.rows.iter().map(output).collect() })
    }

    #[cold]
    fn open(&self, words: &[i64], outputs: &[i64]) -> Found {
        if self.axes.iter().any(|(cell, ..)| get(words, *cell) == FAULT) {
            return Found::Nothing;
        }
        self.scan(words, outputs)
    }

    /// Row by row: where all rows that may match agree, the answer is known all the same.
    fn scan(&self, words: &[i64], outputs: &[i64]) -> Found {
        let mut result: Option<i64> = None;
        for (row, output) in self.wants.iter().zip(outputs) {
            let mut unknown = false;
            let mut matches = true;
            for (want, (cell, ..)) in row.iter().zip(&self.axes) {
                if *want == Want::Any {
                    continue;
                }
                if get(words, *cell) == UNKNOWN {
                    unknown = true;
                } else if !want.holds(get(words, *cell)) {
                    matches = false;
                    break;
                }
            }
            if !matches {
                continue;
            }
            if result.is_some_and(|before| before != *output) {
                return Found::Unknown;
            }
            if !unknown {
                return Found::Value(*output);
            }
            result = Some(*output);
        }
        match result {
            Some(value) if self.unique => Found::Value(value),
            Some(_) => Found::Unknown,
            None => Found::Nothing,
        }
    }
}

fn axis(cuts: Vec<i64>) -> Axis {
    if let (Some(first), Some(last)) = (cuts.first(), cuts.last())
        && last.checked_sub(*first).is_some_and(|length| length < MOST_DIRECT)
        && let Ok(count) = u16::try_from(cuts.len())
    {
        let place = |value: i64| u16::try_from(cuts.iter().filter(|cut| **cut <= value).count()).unwrap_or(0);
        return Axis::Direct(*first, (*first..=*last).map(place).collect(), count);
    }
    Axis::Cuts(cuts)
}

fn want(cell: &Cell, given: &Given) -> Option<Want> {
    Some(match (cell, given) {
        (Cell::Any, _) => Want::Any,
        (Cell::Interval(interval), Given::Number(_, scale)) => {
            let (low, high) = words(interval, *scale)?;
            Want::Range(low, high)
        }
        (Cell::Choices(choices), Given::Plain(_, count)) => Want::Plain(
            (0..*count)
                .map(|choice| u16::try_from(choice).is_ok_and(|choice| choices.contains(&choice)))
                .collect(),
        ),
        (Cell::Bool(wanted), Given::Plain(..)) => Want::Plain(vec![!wanted, *wanted]),
        (Cell::Interval(_) | Cell::Choices(_) | Cell::Bool(_), _) => return None,
    })
}

/// The words that stand for the numbers of an interval: from the first to before the second.
pub(super) fn words(interval: &Interval, scale: i64) -> Option<(i64, i64)> {
    let scaled = |bound: Number| bound.times(Number::from(scale));
    let up =
        |bound: Number| bound.floor().to_i64().map(|floor| if bound.is_whole() { floor } else { floor + 1 });
    let low = match interval.low {
        None => i64::MIN,
        Some((bound, true)) => up(scaled(bound)?)?,
        Some((bound, false)) => scaled(bound)?.floor().to_i64()?.checked_add(1)?,
    };
    let high = match interval.high {
        None => i64::MAX,
        Some((bound, false)) => up(scaled(bound)?)?,
        Some((bound, true)) => scaled(bound)?.floor().to_i64()?.checked_add(1)?,
    };
    Some((low, high))
}
