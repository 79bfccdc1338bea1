//! Functions of several axes as diagrams: a node asks one axis in which cell a case lies, and equal parts are one node.
//!
//! The axes are asked in one order, so that two diagrams that say the same are the same node, and what does not matter is not asked.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

/// The number of a node, or of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(u32);

/// Numbers from here on are values.
const VALUES: u32 = 1 << 31;
/// A diagram of more nodes than these is not made.
const MOST_NODES: usize = 1_000_000;

/// Diagrams over the same axes, with values of one kind.
#[derive(Debug)]
pub(super) struct Diagrams<V> {
    nodes: Vec<(u32, Vec<Id>)>,
    known: FxHashMap<(u32, Vec<Id>), Id>,
    values: Vec<V>,
    numbers: BTreeMap<V, Id>,
}

/// A box: for each axis that matters, the cells; and the value there.
pub(super) type Boxed<V> = (Vec<(usize, Vec<usize>)>, V);

/// What an operation makes of its parts; a part that is not settled yet is absent. Nothing while that does not suffice.
type Operation<'o, V> = dyn Fn(&[Option<&V>]) -> Option<V> + 'o;

impl<V: Ord + Clone> Diagrams<V> {
    pub(super) fn new() -> Diagrams<V> {
        Diagrams { nodes: vec![], known: FxHashMap::default(), values: vec![], numbers: BTreeMap::new() }
    }

    pub(super) fn value(&mut self, value: V) -> Id {
        if let Some(id) = self.numbers.get(&value) {
            return *id;
        }
        let id = Id(VALUES | u32::try_from(self.values.len()).unwrap_or(VALUES - 1));
        self.numbers.insert(value.clone(), id);
        self.values.push(value);
        id
    }

    pub(super) fn settled(&self, id: Id) -> Option<&V> {
        (id.0 & VALUES != 0).then(|| self.values.get(index(id.0 & !VALUES))).flatten()
    }

    pub(super) fn node(&self, id: Id) -> Option<(usize, &[Id])> {
        if id.0 & VALUES != 0 {
            return None;
        }
        self.nodes.get(index(id.0)).map(|(axis, cells)| (index(*axis), cells.as_slice()))
    }

    /// A node; where every cell leads to the same, that itself. Nothing where there are too many.
    pub(super) fn ask(&mut self, axis: usize, cells: Vec<Id>) -> Option<Id> {
        if let Some(first) = cells.first()
            && cells.iter().all(|cell| cell == first)
        {
            return Some(*first);
        }
        let axis = u32::try_from(axis).ok()?;
        let key = (axis, cells);
        if let Some(id) = self.known.get(&key) {
            return Some(*id);
        }
        if self.nodes.len() >= MOST_NODES {
            return None;
        }
        let id = Id(u32::try_from(self.nodes.len()).ok()?);
        self.nodes.push(key.clone());
        self.known.insert(key, id);
        Some(id)
    }

    /// Puts diagrams together. Nothing where it would take too many nodes.
    pub(super) fn combine(&mut self, parts: &[Id], operation: &Operation<'_, V>) -> Option<Id> {
        let mut done = FxHashMap::default();
        self.combined(parts, operation, &mut done)
    }

    fn combined(
        &mut self,
        parts: &[Id],
        operation: &Operation<'_, V>,
        done: &mut FxHashMap<Vec<Id>, Id>,
    ) -> Option<Id> {
        let settled: Vec<Option<&V>> = parts.iter().map(|part| self.settled(*part)).collect();
        if let Some(value) = operation(&settled) {
            return Some(self.value(value));
        }
        if let Some(id) = done.get(parts) {
            return Some(*id);
        }
        if done.len() >= MOST_NODES {
            return None;
        }
        let asked = parts.iter().filter_map(|part| self.node(*part));
        let (axis, cells) = asked.map(|(axis, cells)| (axis, cells.len())).min_by_key(|(axis, _)| *axis)?;
        let mut children: Vec<Id> = Vec::with_capacity(cells);
        let (mut inside, mut last) = (Vec::new(), Vec::new());
        for cell in 0..cells {
            inside.clear();
            inside.extend(parts.iter().map(|part| self.inside(*part, axis, cell)));
            // Most neighbours are alike.
            let child = match children.last() {
                Some(child) if inside == last => *child,
                _ => self.combined(&inside, operation, done)?,
            };
            children.push(child);
            std::mem::swap(&mut inside, &mut last);
        }
        let id = self.ask(axis, children)?;
        done.insert(parts.to_vec(), id);
        Some(id)
    }

    /// What is left of a diagram inside one cell of an axis, where it asks that axis first.
    fn inside(&self, id: Id, axis: usize, cell: usize) -> Id {
        match self.node(id) {
            Some((asked, cells)) if asked == axis => cells.get(cell).copied().unwrap_or(id),
            _ => id,
        }
    }

    /// What is left of a diagram inside one cell of an axis, wherever it asks it.
    pub(super) fn within(&mut self, id: Id, axis: usize, cell: usize) -> Option<Id> {
        let mut done = BTreeMap::new();
        self.restricted(id, axis, cell, &mut done)
    }

    fn restricted(&mut self, id: Id, axis: usize, cell: usize, done: &mut BTreeMap<Id, Id>) -> Option<Id> {
        let Some((asked, cells)) = self.node(id) else { return Some(id) };
        if asked == axis {
            return cells.get(cell).copied();
        }
        if asked > axis {
            return Some(id);
        }
        if let Some(found) = done.get(&id) {
            return Some(*found);
        }
        let cells = cells.to_vec();
        let mut children = Vec::with_capacity(cells.len());
        for child in cells {
            children.push(self.restricted(child, axis, cell, done)?);
        }
        let found = self.ask(asked, children)?;
        done.insert(id, found);
        Some(found)
    }

    /// The value of a case, which says in which cell of an axis it lies.
    pub(super) fn look_up(&self, mut id: Id, cell: &dyn Fn(usize) -> Option<usize>) -> Option<&V> {
        while let Some((axis, cells)) = self.node(id) {
            id = *cells.get(cell(axis)?)?;
        }
        self.settled(id)
    }

    /// The boxes in which a value is wanted: for each axis that matters, the cells. Neighbouring cells that lead to the same are one.
    /// At most so many boxes, and how many there are.
    pub(super) fn boxes(&self, id: Id, wanted: &dyn Fn(&V) -> bool, most: usize) -> (Vec<Boxed<V>>, u64) {
        let mut counts = BTreeMap::new();
        let count = self.count(id, wanted, &mut counts);
        let mut found = Vec::new();
        self.walk(id, wanted, most, &mut vec![], &mut found, &counts);
        (found, count)
    }

    /// The cells of a node, those that lead to the same taken together.
    fn ways(cells: &[Id]) -> BTreeMap<Id, Vec<usize>> {
        let mut ways: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (cell, child) in cells.iter().enumerate() {
            ways.entry(*child).or_default().push(cell);
        }
        ways
    }

    fn count(&self, id: Id, wanted: &dyn Fn(&V) -> bool, counts: &mut BTreeMap<Id, u64>) -> u64 {
        if let Some(value) = self.settled(id) {
            return u64::from(wanted(value));
        }
        if let Some(count) = counts.get(&id) {
            return *count;
        }
        let ways = self.node(id).map(|(_, cells)| Self::ways(cells)).unwrap_or_default();
        let mut count = 0_u64;
        for child in ways.keys() {
            count = count.saturating_add(self.count(*child, wanted, counts));
        }
        counts.insert(id, count);
        count
    }

    fn walk(
        &self,
        id: Id,
        wanted: &dyn Fn(&V) -> bool,
        most: usize,
        path: &mut Vec<(usize, Vec<usize>)>,
        found: &mut Vec<Boxed<V>>,
        counts: &BTreeMap<Id, u64>,
    ) {
        if found.len() >= most {
            return;
        }
        if let Some(value) = self.settled(id) {
            if wanted(value) {
                found.push((path.clone(), value.clone()));
            }
            return;
        }
        if counts.get(&id) == Some(&0) {
            return;
        }
        let Some((axis, cells)) = self.node(id) else { return };
        for (child, cells) in Self::ways(cells) {
            path.push((axis, cells));
            self.walk(child, wanted, most, path, found, counts);
            path.pop();
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
