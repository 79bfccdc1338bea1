//! Are the rows of a decision table complete and free of overlaps? Exactly, over the declared ranges, all columns together.
//!
//! Each column is cut at every bound that a row uses; between two cuts all values are alike, so one of them stands for all.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::program::{Cell, Interval, Table};
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
}

/// Every gap, overlap and unreachable row, each with a case that shows it. Of many gaps one for each neighbourhood is told.
pub(super) fn findings(table: &Table, domains: &[Domain]) -> Vec<Finding> {
    let samples: Vec<Vec<Sample>> =
        domains.iter().enumerate().map(|(column, domain)| representatives(table, column, domain)).collect();
    let mut search = Search {
        table,
        samples: &samples,
        gaps: vec![],
        overlaps: BTreeMap::new(),
        reached: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    let live: Vec<usize> = (0..table.rows.len()).collect();
    search.descend(0, &live, &mut vec![]);
    let mut findings: Vec<Finding> = search.gaps.into_iter().map(Finding::Gap).collect();
    findings.extend(search.overlaps.into_iter().map(|((one, two), case)| Finding::Overlap(case, one, two)));
    let reached = search.reached;
    findings.extend((0..table.rows.len()).filter(|row| !reached.contains(row)).map(Finding::Unreachable));
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
}

/// More gaps than this are not told one by one.
const MOST_GAPS: usize = 8;

impl Search<'_> {
    fn descend(&mut self, column: usize, live: &[usize], case: &mut Vec<Sample>) {
        if live.is_empty() {
            if self.gaps.len() < MOST_GAPS {
                let mut case = case.clone();
                case.extend(self.samples.iter().skip(column).filter_map(|samples| samples.first().cloned()));
                self.gaps.push(case);
            }
            return;
        }
        if !self.seen.insert((column, live.to_vec())) {
            return;
        }
        let Some(samples) = self.samples.get(column) else {
            self.leaf(live, case);
            return;
        };
        for sample in samples {
            let rest: Vec<usize> = live
                .iter()
                .copied()
                .filter(|row| {
                    self.table
                        .rows
                        .get(*row)
                        .and_then(|row| row.cells.get(column))
                        .is_some_and(|cell| holds(cell, sample))
                })
                .collect();
            case.push(sample.clone());
            self.descend(column + 1, &rest, case);
            case.pop();
        }
    }

    fn leaf(&mut self, live: &[usize], case: &[Sample]) {
        if let Some(first) = live.first() {
            self.reached.insert(*first);
        }
        if self.table.hit == crate::expression::program::Hit::First {
            return;
        }
        for (position, one) in live.iter().enumerate() {
            self.reached.insert(*one);
            for two in live.iter().skip(position + 1) {
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

/// One value out of every stretch of a column in which all rows agree.
fn representatives(table: &Table, column: usize, domain: &Domain) -> Vec<Sample> {
    match domain {
        Domain::Bool => vec![Sample::Bool(false), Sample::Bool(true)],
        Domain::Choices(count) => (0..*count).map(Sample::Choice).collect(),
        Domain::Numbers { range, whole } => {
            let mut cuts = BTreeSet::new();
            let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
            let intervals = cells
                .filter_map(|cell| if let Cell::Interval(interval) = cell { Some(interval) } else { None });
            for interval in intervals.chain([range]) {
                cuts.extend(interval.low.iter().chain(&interval.high).map(|(bound, _)| *bound));
            }
            let mut candidates = BTreeSet::new();
            let cuts: Vec<Number> = cuts.into_iter().collect();
            for cut in &cuts {
                candidates.insert(*cut);
                if *whole {
                    candidates.extend(cut.floor().minus(Number::ONE));
                    candidates.extend(cut.floor().plus(Number::ONE));
                }
            }
            if !whole {
                for pair in cuts.windows(2) {
                    if let [low, high] = pair {
                        candidates.extend(low.plus(*high).and_then(|sum| sum.over(Number::from(2))));
                    }
                }
                candidates.extend(cuts.first().and_then(|first| first.minus(Number::ONE)));
                candidates.extend(cuts.last().and_then(|last| last.plus(Number::ONE)));
            }
            if candidates.is_empty() {
                candidates.insert(Number::ZERO);
            }
            candidates
                .into_iter()
                .filter(|number| range.contains(*number) && (!whole || number.is_whole()))
                .map(Sample::Number)
                .collect()
        }
    }
}
