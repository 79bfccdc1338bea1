//! The rows of a decision table that may still match, as its columns are asked one after another.

use fixedbitset::FixedBitSet;

use super::program::{Cell, Row, Table};

/// Those rows of a table of which something holds.
pub fn rows(table: &Table, mut holds: impl FnMut(&Row) -> bool) -> FixedBitSet {
    let mut found = FixedBitSet::with_capacity(table.rows.len());
    for (index, row) in table.rows.iter().enumerate() {
        found.set(index, holds(row));
    }
    found
}

/// For each of some columns, in the order in which they are asked: the rows that ask nothing in any column after it.
pub fn settled(table: &Table, columns: &[usize]) -> Vec<FixedBitSet> {
    let after = |at: usize| columns.get(at + 1..).unwrap_or_default();
    let asks_nothing = |row: &Row, columns: &[usize]| {
        columns.iter().all(|column| row.cells.get(*column) == Some(&Cell::Any))
    };
    (0..columns.len()).map(|at| rows(table, |row| asks_nothing(row, after(at)))).collect()
}

/// The rows that are live after a column, of those that were live before it. What stands below the first row that asks nothing more
/// is never the first to match.
pub fn after(live: &FixedBitSet, matching: &FixedBitSet, settled: &FixedBitSet) -> FixedBitSet {
    let mut live = live.clone();
    live.intersect_with(matching);
    if let Some(last) = live.intersection(settled).next() {
        live.remove_range(last + 1..);
    }
    live
}
