//! Are the rows of a decision table complete and free of overlaps? Exactly, over the declared ranges, all columns together.
//!
//! Each column is cut at every bound that a row uses; between two cuts all values are alike, so one of them stands for all.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;

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
    let columns = domains.iter().enumerate().map(|(column, domain)| {
        let samples = representatives(table, column, domain)?;
        let matching = |sample: &Sample| {
            table.rows_where(|row| row.cells.get(column).is_some_and(|cell| holds(cell, sample)))
        };
        let matching = samples.iter().map(matching).collect();
        Some(Column { samples, matching })
    });
    let Some(columns) = columns.collect::<Option<Vec<Column>>>() else { return vec![Finding::TooLarge] };
    let mut search =
        Search { columns: &columns, most: MOST_TOLD, found: vec![], dead: BTreeSet::new(), left: MOST_STEPS };
    let everything: Vec<FixedBitSet> = columns.iter().map(|column| full(column.samples.len())).collect();
    let mut finished = search.run(&everything, full(table.rows.len()));
    let mut findings: Vec<Finding> =
        std::mem::take(&mut search.found).into_iter().map(Finding::Gap).collect();
    let rows: Vec<Matches> = (0..table.rows.len()).map(|row| matches(row, &columns)).collect();
    let mut unreachable = Vec::new();
    if table.hit == Hit::Unique {
        let overlaps = overlaps(&columns, &rows);
        finished = finished.and(overlaps.as_ref().map(|_| ()));
        let overlaps = overlaps.into_iter().flatten();
        findings.extend(overlaps.map(|(case, one, two)| Finding::Overlap(case, one, two)));
        // Where no row goes before another, each is reached that matches anything.
        unreachable.extend((0..).zip(&rows).filter(|(_, row)| !can_match(row)).map(|(index, _)| index));
    } else {
        search.most = 1;
        for (index, row) in rows.iter().enumerate() {
            let mut before = full(table.rows.len());
            before.remove_range(index..);
            if finished.is_none() {
                break;
            }
            finished = search.run(row, before);
            if std::mem::take(&mut search.found).is_empty() {
                unreachable.push(index);
            }
        }
    }
    if finished.is_none() {
        findings.push(Finding::TooLarge);
        return findings;
    }
    findings.extend(unreachable.into_iter().take(MOST_TOLD).map(Finding::Unreachable));
    findings
}

fn full(len: usize) -> FixedBitSet {
    let mut all = FixedBitSet::with_capacity(len);
    all.insert_range(..);
    all
}

/// A column of a table.
struct Column {
    /// One value of every stretch in which all rows agree.
    samples: Vec<Sample>,
    /// For each of them, the rows that match.
    matching: Vec<FixedBitSet>,
}

/// The samples of each column that a row matches.
type Matches = Vec<FixedBitSet>;

fn matches(row: usize, columns: &[Column]) -> Matches {
    let of_column = |column: &Column| {
        let mut samples = FixedBitSet::with_capacity(column.samples.len());
        for (index, matching) in column.matching.iter().enumerate() {
            samples.set(index, matching.contains(row));
        }
        samples
    };
    columns.iter().map(of_column).collect()
}

fn can_match(row: &Matches) -> bool {
    row.iter().all(|samples| !samples.is_clear())
}

/// The pairs of rows that match one case. Nothing where there are too many to compare.
fn overlaps(columns: &[Column], rows: &[Matches]) -> Option<Vec<(Vec<Sample>, usize, usize)>> {
    let words: usize = columns.iter().map(|column| column.samples.len().div_ceil(64)).sum();
    if rows.len().checked_mul(rows.len())?.checked_mul(words)? / 2 > MOST_STEPS {
        return None;
    }
    let mut overlaps = Vec::new();
    for (index, one) in rows.iter().enumerate() {
        for (other, two) in rows.iter().enumerate().skip(index + 1) {
            let both = columns.iter().zip(one.iter().zip(two));
            let shared =
                both.map(|(column, (one, two))| column.samples.get(one.intersection(two).next()?).cloned());
            if let Some(case) = shared.collect::<Option<Vec<Sample>>>() {
                overlaps.push((case, index, other));
                if overlaps.len() >= MOST_TOLD {
                    return Some(overlaps);
                }
            }
        }
    }
    Some(overlaps)
}

/// Looks for cases that none of some rows matches.
struct Search<'a> {
    columns: &'a [Column],
    /// So many cases are enough.
    most: usize,
    found: Vec<Vec<Sample>>,
    /// From this column on, where these rows are left, there is nothing new to be found.
    dead: BTreeSet<(usize, FixedBitSet)>,
    /// So many steps may still be made.
    left: usize,
}

impl Search<'_> {
    /// Among the cases of some samples of each column. Nothing where there are too many cases.
    fn run(&mut self, among: &Matches, mut rows: FixedBitSet) -> Option<()> {
        let mut settled = Vec::new();
        let mut always = full(rows.len());
        for (column, among) in self.columns.iter().zip(among).rev() {
            settled.push(always.clone());
            let mut somewhere = FixedBitSet::with_capacity(rows.len());
            for matching in among.ones().filter_map(|sample| column.matching.get(sample)) {
                somewhere.union_with(matching);
                always.intersect_with(matching);
            }
            rows.intersect_with(&somewhere);
        }
        settled.reverse();
        if !rows.is_disjoint(&always) {
            return Some(());
        }
        self.dead.clear();
        self.descend(&Within { among, settled }, rows, &mut vec![])
    }

    fn descend(&mut self, within: &Within<'_>, live: FixedBitSet, case: &mut Vec<Sample>) -> Option<()> {
        let number = case.len();
        let columns = self.columns;
        if live.is_clear() {
            let rest = columns.iter().zip(within.among).skip(number);
            let rest = rest.map(|(column, among)| column.samples.get(among.minimum()?).cloned());
            // A row that no value of a column matches has no case.
            if let Some(rest) = rest.collect::<Option<Vec<Sample>>>() {
                self.found.push(case.iter().cloned().chain(rest).collect());
            }
            return Some(());
        }
        let column = (columns.get(number), within.among.get(number), within.settled.get(number));
        let (Some(Column { samples, matching }), Some(among), Some(settled)) = column else {
            return Some(());
        };
        let key = (number, live);
        if self.dead.contains(&key) {
            return Some(());
        }
        for index in among.ones() {
            let (Some(sample), Some(matching)) = (samples.get(index), matching.get(index)) else { continue };
            self.left = self.left.checked_sub(1 + matching.len() / 64)?;
            let mut rest = key.1.clone();
            rest.intersect_with(matching);
            // Whatever the columns after this one say, one of these matches.
            if !rest.is_disjoint(settled) {
                continue;
            }
            case.push(sample.clone());
            let finished = self.descend(within, rest, case);
            case.pop();
            finished?;
            if self.found.len() >= self.most {
                return Some(());
            }
        }
        self.dead.insert(key);
        Some(())
    }
}

/// Where a search looks.
struct Within<'a> {
    /// The samples of each column.
    among: &'a Matches,
    /// For each column, the rows that match all those samples of every column after it.
    settled: Vec<FixedBitSet>,
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

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::*;
    use crate::expression::program::{Row, Slot};
    use crate::source::{Place, Source};

    /// Whole numbers up to here, so that all cases can be counted out.
    const MOST: i64 = 6;

    fn domains() -> [Domain; 4] {
        let bound = |bound: i64| Some((Number::from(bound), true));
        let numbers =
            || Domain::Numbers { range: Interval { low: bound(0), high: bound(MOST) }, whole: true };
        [numbers(), Domain::Choices(3), numbers(), Domain::Bool]
    }

    /// Every case there is.
    fn cases() -> Vec<Vec<Sample>> {
        let values = |domain: &Domain| -> Vec<Sample> {
            match domain {
                Domain::Numbers { .. } => {
                    (0..=MOST).map(|number| Sample::Number(Number::from(number))).collect()
                }
                Domain::Choices(count) => (0..*count).map(Sample::Choice).collect(),
                Domain::Bool => vec![Sample::Bool(false), Sample::Bool(true)],
            }
        };
        domains().iter().fold(vec![vec![]], |cases, domain| {
            let more = |case: Vec<Sample>| {
                values(domain).into_iter().map(move |value| case.iter().cloned().chain([value]).collect())
            };
            cases.into_iter().flat_map(more).collect()
        })
    }

    fn cell(domain: &Domain) -> BoxedStrategy<Cell> {
        let one = match domain {
            Domain::Numbers { .. } => (0..=MOST, 0..=MOST, any::<(bool, bool)>())
                .prop_map(|(one, other, inside)| {
                    let bound = |at: i64, inside| Some((Number::from(at), inside));
                    let (low, high) = (bound(one.min(other), inside.0), bound(one.max(other), inside.1));
                    Cell::Interval(Interval { low, high })
                })
                .boxed(),
            Domain::Choices(count) => {
                proptest::collection::btree_set(0..*count, 1..3).prop_map(Cell::Choices).boxed()
            }
            Domain::Bool => any::<bool>().prop_map(Cell::Bool).boxed(),
        };
        prop_oneof![Just(Cell::Any), one].boxed()
    }

    fn table(rows: Range<usize>) -> impl Strategy<Value = Table> {
        let row: Vec<BoxedStrategy<Cell>> = domains().iter().map(cell).collect();
        (proptest::collection::vec(row, rows), any::<bool>()).prop_map(|(rows, first)| {
            let place = Place::new(&Source::new("t", ""), 0..0);
            let row = |cells| Row { cells, outputs: vec![], place: place.clone() };
            Table {
                id: "t".to_owned(),
                given: (0..4).map(Slot).collect(),
                hit: if first { Hit::First } else { Hit::Unique },
                justification: None,
                rows: rows.into_iter().map(row).collect(),
                place: place.clone(),
            }
        })
    }

    fn hits(table: &Table, case: &[Sample]) -> Vec<usize> {
        let matches = |row: &Row| row.cells.iter().zip(case).all(|(cell, sample)| holds(cell, sample));
        table.rows_where(matches).ones().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_table_is_proven_as_every_case_says(table in table(1..10)) {
            let cases: Vec<Vec<usize>> = cases().iter().map(|case| hits(&table, case)).collect();
            let found = findings(&table, &domains());
            let mut unreachable = BTreeSet::new();
            let (mut has_gap, mut pairs) = (false, BTreeSet::new());
            for finding in &found {
                match finding {
                    Finding::Gap(case) => {
                        has_gap = true;
                        prop_assert_eq!(hits(&table, case), Vec::<usize>::new());
                    }
                    Finding::Overlap(case, one, two) => {
                        let hit = hits(&table, case);
                        prop_assert!(hit.contains(one) && hit.contains(two));
                        pairs.insert((*one, *two));
                    }
                    Finding::Unreachable(row) => {
                        unreachable.insert(*row);
                    }
                    Finding::TooLarge => prop_assert!(false, "so small a table can be proven"),
                }
            }
            prop_assert_eq!(has_gap, cases.iter().any(Vec::is_empty));
            let reached: BTreeSet<usize> = match table.hit {
                Hit::First => cases.iter().filter_map(|hits| hits.first().copied()).collect(),
                Hit::Unique => cases.iter().flatten().copied().collect(),
            };
            let expected: Vec<usize> = (0..table.rows.len()).filter(|row| !reached.contains(row)).collect();
            prop_assert_eq!(unreachable, expected.into_iter().take(MOST_TOLD).collect());
            let mut expected = BTreeSet::new();
            for hits in cases.iter().filter(|_| table.hit == Hit::Unique) {
                let pair = |at: usize, one: usize| hits.iter().skip(at + 1).map(move |two| (one, *two));
                expected.extend(hits.iter().enumerate().flat_map(|(at, one)| pair(at, *one)));
            }
            prop_assert_eq!(pairs, expected.into_iter().take(MOST_TOLD).collect());
        }
    }
}
