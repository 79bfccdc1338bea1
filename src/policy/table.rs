//! Are the rows of a decision table complete and free of overlaps? Exactly, over the declared ranges, all columns together.
//!
//! Each column is cut at every bound that a row uses; between two cuts all values are alike, so one of them stands for all.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;

use crate::expression::live;
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

/// More findings of a kind than these are not told one by one.
const MOST_TOLD: usize = 8;
/// A proof that takes more steps than these is not made.
const MOST_STEPS: usize = 2_000_000;
/// A table looks at no more columns than these; as deep goes the search.
const MOST_COLUMNS: usize = 100;

/// Every gap, overlap and unreachable row, each with a case that shows it. Of many only some are told.
pub(super) fn findings(table: &Table, domains: &[Domain]) -> Vec<Finding> {
    let order: Vec<usize> = (0..domains.len()).collect();
    let columns =
        domains.iter().zip(live::settled(table, &order)).enumerate().map(|(column, (domain, settled))| {
            let samples = representatives(table, column, domain)?;
            let matching = |sample: &Sample| {
                live::rows(table, |row| row.cells.get(column).is_some_and(|cell| holds(cell, sample)))
            };
            let matching = samples.iter().map(matching).collect();
            Some(Column { samples, matching, settled })
        });
    let Some(columns) = columns.collect::<Option<Vec<Column>>>() else { return vec![Finding::TooLarge] };
    let mut search = Search {
        columns: &columns,
        gaps: vec![],
        reached: BTreeSet::new(),
        seen: BTreeSet::new(),
        left: MOST_STEPS,
    };
    let mut finished = search.descend(0, live::rows(table, |_| true), &mut vec![]);
    let mut reached = search.reached;
    let mut findings: Vec<Finding> = search.gaps.into_iter().map(Finding::Gap).collect();
    if table.hit == Hit::Unique {
        let mut pairs = Pairs::new(table, &columns);
        finished = finished.and(pairs.compare());
        findings.extend(pairs.overlaps.into_iter().map(|(case, one, two)| Finding::Overlap(case, one, two)));
        // Where no row goes before another, each is reached that matches anything.
        reached =
            (0..table.rows.len()).filter(|row| pairs.matches.get(*row).is_some_and(can_match)).collect();
    }
    if finished.is_none() {
        findings.push(Finding::TooLarge);
        return findings;
    }
    let unreachable = (0..table.rows.len()).filter(|row| !reached.contains(row));
    findings.extend(unreachable.take(MOST_TOLD).map(Finding::Unreachable));
    findings
}

/// A column of a table.
struct Column {
    /// One value of every stretch in which all rows agree.
    samples: Vec<Sample>,
    /// For each of them, the rows that match.
    matching: Vec<FixedBitSet>,
    /// The rows that ask nothing in any column after this one.
    settled: FixedBitSet,
}

/// The samples of each column that a row matches.
type Matches = Vec<FixedBitSet>;

fn can_match(row: &Matches) -> bool {
    row.iter().all(|samples| !samples.is_clear())
}

/// Do two rows of a table ever match one case?
struct Pairs<'a> {
    columns: &'a [Column],
    matches: Vec<Matches>,
    overlaps: Vec<(Vec<Sample>, usize, usize)>,
}

impl<'a> Pairs<'a> {
    fn new(table: &Table, columns: &'a [Column]) -> Pairs<'a> {
        let of_column = |row: usize, column: &Column| {
            let mut samples = FixedBitSet::with_capacity(column.samples.len());
            for (index, matching) in column.matching.iter().enumerate() {
                samples.set(index, matching.contains(row));
            }
            samples
        };
        let of_row = |row: usize| columns.iter().map(|column| of_column(row, column)).collect();
        Pairs { columns, matches: (0..table.rows.len()).map(of_row).collect(), overlaps: vec![] }
    }

    /// Looks at every pair of rows. Nothing where there are too many.
    fn compare(&mut self) -> Option<()> {
        let words: usize = self.columns.iter().map(|column| column.samples.len().div_ceil(64)).sum();
        let pairs = self.matches.len().checked_mul(self.matches.len())? / 2;
        if pairs.checked_mul(words)? > MOST_STEPS {
            return None;
        }
        for (index, one) in self.matches.iter().enumerate() {
            for (other, two) in self.matches.iter().enumerate().skip(index + 1) {
                if self.overlaps.len() >= MOST_TOLD {
                    return Some(());
                }
                if let Some(case) = self.shared(one, two) {
                    self.overlaps.push((case, index, other));
                }
            }
        }
        Some(())
    }

    /// The first case that both match.
    fn shared(&self, one: &Matches, two: &Matches) -> Option<Vec<Sample>> {
        let both = self.columns.iter().zip(one.iter().zip(two));
        both.map(|(column, (one, two))| column.samples.get(one.intersection(two).next()?).cloned()).collect()
    }
}

struct Search<'a> {
    columns: &'a [Column],
    gaps: Vec<Vec<Sample>>,
    /// The rows that are the first to match somewhere.
    reached: BTreeSet<usize>,
    /// A column with the same rows left has the same findings, whatever led there.
    seen: BTreeSet<(usize, FixedBitSet)>,
    /// So many steps may still be made.
    left: usize,
}

impl Search<'_> {
    /// Looks at every case from a column on. Nothing where there are too many.
    fn descend(&mut self, column: usize, live: FixedBitSet, case: &mut Vec<Sample>) -> Option<()> {
        let Some(first) = live.minimum() else {
            if self.gaps.len() < MOST_TOLD {
                let mut case = case.clone();
                let rest = self.columns.iter().skip(column);
                case.extend(rest.filter_map(|column| column.samples.first().cloned()));
                self.gaps.push(case);
            }
            return Some(());
        };
        let columns = self.columns;
        let Some(Column { samples, matching, settled }) = columns.get(column) else {
            self.reached.insert(first);
            return Some(());
        };
        let key = (column, live);
        if self.seen.contains(&key) {
            return Some(());
        }
        for (sample, matching) in samples.iter().zip(matching) {
            self.left = self.left.checked_sub(1 + matching.len() / 64)?;
            case.push(sample.clone());
            let finished = self.descend(column + 1, live::after(&key.1, matching, settled), case);
            case.pop();
            finished?;
        }
        self.seen.insert(key);
        Some(())
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
