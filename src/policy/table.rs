//! Are the rows of a decision table complete and free of overlaps? Exactly, over the declared ranges, all columns together.
//!
//! Each column is cut at every bound that a row uses; between two cuts all values are alike, so one of them stands for all.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::program::{Cell, Hit, Interval, Table};
use crate::value::Number;

/// What a column of a table can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Domain {
    /// Numbers in an interval, whole ones or all.
    Numbers {
        /// Where they lie.
        range: Interval,
        /// Only whole ones?
        whole: bool,
    },
    /// So many choices.
    Choices(u16),
    /// Yes or no.
    Bool,
}

/// One case: a value for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sample {
    /// A number.
    Number(Number),
    /// A choice.
    Choice(u16),
    /// Yes or no.
    Bool(bool),
}

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// No row matches this case.
    Gap(Vec<Sample>),
    /// These two rows match this case.
    Overlap(Vec<Sample>, usize, usize),
    /// This row matches nothing, or nothing that a row before it has not taken.
    Unreachable(usize),
    /// There are more cases than are looked at: nothing is proven.
    TooLarge,
}

/// Is there a whole number in it?
pub(super) fn has_whole(interval: &Interval) -> bool {
    let Some((low, _)) = interval.low else { return true };
    let least = [Some(low.floor()), low.floor().plus(Number::ONE)];
    interval.high.is_none() || least.into_iter().flatten().any(|number| interval.contains(number))
}

/// Every gap, overlap and unreachable row, each with a case that shows it. Of many only some are told.
pub(super) fn findings(table: &Table, domains: &[Domain]) -> Vec<Finding> {
    let samples =
        domains.iter().enumerate().map(|(column, domain)| representatives(table, column, domain)).collect();
    let Some(samples) = samples else { return vec![Finding::TooLarge] };
    let samples: Vec<Vec<Sample>> = samples;
    let mut search = Search {
        table,
        samples: &samples,
        gaps: vec![],
        overlaps: BTreeMap::new(),
        reached: BTreeSet::new(),
        seen: BTreeSet::new(),
        left: MOST_TESTS,
    };
    let live: Vec<usize> = (0..table.rows.len()).collect();
    let finished = search.descend(0, &live, &mut vec![]);
    let mut findings: Vec<Finding> = search.gaps.into_iter().map(Finding::Gap).collect();
    findings.extend(search.overlaps.into_iter().map(|((one, two), case)| Finding::Overlap(case, one, two)));
    if finished.is_none() {
        findings.push(Finding::TooLarge);
        return findings;
    }
    let reached = search.reached;
    let unreachable = (0..table.rows.len()).filter(|row| !reached.contains(row));
    findings.extend(unreachable.take(MOST_TOLD).map(Finding::Unreachable));
    findings
}

struct Search<'a> {
    table: &'a Table,
    samples: &'a [Vec<Sample>],
    gaps: Vec<Vec<Sample>>,
    overlaps: BTreeMap<(usize, usize), Vec<Sample>>,
    reached: BTreeSet<usize>,
    /// A column with the same rows left has the same findings, whatever led there.
    seen: BTreeSet<(usize, Vec<usize>)>,
    /// So many tests of a cell may still be made.
    left: usize,
}

/// More findings of a kind than these are not told one by one.
const MOST_TOLD: usize = 8;
/// A proof that takes more tests of cells than these is not made.
const MOST_TESTS: usize = 2_000_000;
/// A table looks at no more columns than these; as deep goes the search.
const MOST_COLUMNS: usize = 100;

impl Search<'_> {
    /// Looks at every case from a column on. Nothing where there are too many.
    fn descend(&mut self, column: usize, live: &[usize], case: &mut Vec<Sample>) -> Option<()> {
        if live.is_empty() {
            if self.gaps.len() < MOST_TOLD {
                let mut case = case.clone();
                case.extend(self.samples.iter().skip(column).filter_map(|samples| samples.first().cloned()));
                self.gaps.push(case);
            }
            return Some(());
        }
        if !self.seen.insert((column, live.to_vec())) {
            return Some(());
        }
        let samples = self.samples;
        let Some(samples) = samples.get(column) else {
            self.leaf(live, case);
            return Some(());
        };
        for sample in samples {
            self.left = self.left.checked_sub(live.len())?;
            let rest: Vec<usize> =
                live.iter().copied().filter(|row| self.matches(*row, column, sample)).collect();
            case.push(sample.clone());
            let finished = self.descend(column + 1, &rest, case);
            case.pop();
            finished?;
        }
        Some(())
    }

    fn matches(&self, row: usize, column: usize, sample: &Sample) -> bool {
        let row = self.table.rows.get(row);
        row.and_then(|row| row.cells.get(column)).is_some_and(|cell| holds(cell, sample))
    }

    fn leaf(&mut self, live: &[usize], case: &[Sample]) {
        self.reached.extend(live.first());
        if self.table.hit == Hit::First {
            return;
        }
        self.reached.extend(live);
        for (position, one) in live.iter().enumerate() {
            for two in live.iter().skip(position + 1) {
                if self.overlaps.len() >= MOST_TOLD {
                    return;
                }
                self.overlaps.entry((*one, *two)).or_insert_with(|| case.to_vec());
            }
        }
    }
}

fn holds(cell: &Cell, sample: &Sample) -> bool {
    match (cell, sample) {
        (Cell::Any, _) => true,
        (Cell::Interval(interval), Sample::Number(number)) => interval.contains(*number),
        (Cell::Choices(choices), Sample::Choice(choice)) => choices.contains(choice),
        (Cell::Bool(wanted), Sample::Bool(value)) => wanted == value,
        (Cell::Interval(_) | Cell::Choices(_) | Cell::Bool(_), _) => false,
    }
}

/// One value out of every stretch of a column in which all rows agree. Nothing where the numbers are beyond counting.
fn representatives(table: &Table, column: usize, domain: &Domain) -> Option<Vec<Sample>> {
    if column >= MOST_COLUMNS {
        return None;
    }
    let (range, whole) = match domain {
        Domain::Bool => return Some(vec![Sample::Bool(false), Sample::Bool(true)]),
        Domain::Choices(count) => return Some((0..*count).map(Sample::Choice).collect()),
        Domain::Numbers { range, whole } => (range, *whole),
    };
    let mut cuts = BTreeSet::new();
    let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
    let intervals =
        cells.filter_map(|cell| if let Cell::Interval(interval) = cell { Some(interval) } else { None });
    for interval in intervals.chain([range]) {
        cuts.extend(interval.low.iter().chain(&interval.high).map(|(bound, _)| *bound));
    }
    let cuts: Vec<Number> = cuts.into_iter().collect();
    let mut candidates: BTreeSet<Number> = cuts.iter().copied().collect();
    if whole {
        for cut in &cuts {
            candidates.insert(cut.floor());
            candidates.insert(cut.floor().minus(Number::ONE)?);
            candidates.insert(cut.floor().plus(Number::ONE)?);
        }
    } else {
        for pair in cuts.windows(2) {
            if let [low, high] = pair {
                candidates.insert(low.plus(*high)?.over(Number::from(2))?);
            }
        }
        if let (Some(first), Some(last)) = (cuts.first(), cuts.last()) {
            candidates.insert(first.minus(Number::ONE)?);
            candidates.insert(last.plus(Number::ONE)?);
        }
    }
    if candidates.is_empty() {
        candidates.insert(Number::ZERO);
    }
    let inside =
        candidates.into_iter().filter(|number| range.contains(*number) && (!whole || number.is_whole()));
    Some(inside.map(Sample::Number).collect())
}
