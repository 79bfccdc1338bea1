//! The numbers of one request while it is judged: plain words, and a bit for each that says whether it is known.

/// Yes, no, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tri {
    False,
    True,
    Unknown,
}

impl From<bool> for Tri {
    fn from(value: bool) -> Tri {
        if value { Tri::True } else { Tri::False }
    }
}

/// The cells of one request. The first cells are what it says (they have a bit among what was read), those behind are computed.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    pub(super) values: Vec<i64>,
    pub(super) known: Vec<u64>,
    pub(super) faults: Vec<u64>,
    /// What was read since this was last emptied.
    pub(super) reads: Vec<u64>,
    /// What each computed cell read, `reads.len()` words for each.
    pub(super) cell_reads: Vec<u64>,
    /// Something came up that only the exact evaluation may judge.
    pub(super) trouble: bool,
    /// The things of lists: their values field by field, and for each thing which of its fields are known.
    pub(super) items: Vec<i64>,
    pub(super) items_known: Vec<u64>,
    /// Where each list begins among those two, and how many things it has.
    pub(super) lists: Vec<(usize, usize, usize)>,
}

impl Frame {
    #[inline]
    pub(super) fn get(&self, cell: usize) -> i64 {
        self.values.get(cell).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn set(&mut self, cell: usize, value: i64) {
        if let Some(place) = self.values.get_mut(cell) {
            *place = value;
        }
    }

    #[inline]
    pub(super) fn is_known(&self, cell: usize) -> bool {
        self.known.get(cell >> 6).copied().unwrap_or(0) >> (cell & 63) & 1 == 1
    }

    #[inline]
    pub(super) fn know(&mut self, cell: usize) {
        if let Some(word) = self.known.get_mut(cell >> 6) {
            *word |= 1 << (cell & 63);
        }
    }

    #[inline]
    pub(super) fn forget(&mut self, cell: usize) {
        if let Some(word) = self.known.get_mut(cell >> 6) {
            *word &= !(1 << (cell & 63));
        }
    }

    #[inline]
    pub(super) fn fault(&mut self, cell: usize) {
        if let Some(word) = self.faults.get_mut(cell >> 6) {
            *word |= 1 << (cell & 63);
        }
    }

    #[inline]
    pub(super) fn is_faulty(&self, cell: usize) -> bool {
        self.faults.get(cell >> 6).copied().unwrap_or(0) >> (cell & 63) & 1 == 1
    }

    #[inline]
    pub(super) fn read(&mut self, bits: &Bits) {
        bits.add_to(&mut self.reads);
    }

    /// What a computed cell has read is read by whoever reads the cell.
    #[inline]
    pub(super) fn read_cell(&mut self, cell: usize) {
        let width = self.reads.len();
        let from = self.cell_reads.get(cell * width..(cell + 1) * width).unwrap_or_default();
        for (word, bits) in self.reads.iter_mut().zip(from) {
            *word |= bits;
        }
    }

    /// Puts a thing of a list into the cells of its fields.
    pub(super) fn take_item(
        &mut self,
        list: (usize, usize, usize),
        item: usize,
        fields: usize,
        first: usize,
    ) {
        let (items, known, _) = list;
        let known = self.items_known.get(known + item).copied().unwrap_or(0);
        for field in 0..fields {
            let value = self.items.get(items + item * fields + field).copied().unwrap_or(0);
            self.set(first + field, value);
            if known >> field & 1 == 1 {
                self.know(first + field);
            } else {
                self.forget(first + field);
            }
        }
    }

    #[inline]
    pub(super) fn keep_reads(&mut self, cell: usize) {
        let width = self.reads.len();
        if let Some(place) = self.cell_reads.get_mut(cell * width..(cell + 1) * width) {
            place.copy_from_slice(&self.reads);
        }
    }
}

/// A few bits out of many: nearly always all in one word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits {
    word: usize,
    bits: u64,
    more: Box<[(usize, u64)]>,
}

impl Bits {
    pub(super) fn of<'a>(places: impl IntoIterator<Item = &'a usize>) -> Bits {
        let mut words: Vec<(usize, u64)> = Vec::new();
        for place in places {
            let (word, bit) = (place >> 6, 1_u64 << (place & 63));
            match words.iter_mut().find(|(known, _)| *known == word) {
                Some((_, bits)) => *bits |= bit,
                None => words.push((word, bit)),
            }
        }
        let mut words = words.into_iter();
        let (word, bits) = words.next().unwrap_or_default();
        Bits { word, bits, more: words.collect() }
    }

    #[inline]
    pub(super) fn all_in(&self, words: &[u64]) -> bool {
        let first = words.get(self.word).copied().unwrap_or(0) & self.bits == self.bits;
        first
            && (self.more.is_empty()
                || self
                    .more
                    .iter()
                    .all(|(word, bits)| words.get(*word).copied().unwrap_or(0) & bits == *bits))
    }

    #[inline]
    pub(super) fn any_in(&self, words: &[u64]) -> bool {
        words.get(self.word).copied().unwrap_or(0) & self.bits != 0
            || self.more.iter().any(|(word, bits)| words.get(*word).copied().unwrap_or(0) & bits != 0)
    }

    #[inline]
    pub(super) fn add_to(&self, words: &mut [u64]) {
        if let Some(word) = words.get_mut(self.word) {
            *word |= self.bits;
        }
        for (word, bits) in &self.more {
            if let Some(word) = words.get_mut(*word) {
                *word |= bits;
            }
        }
    }
}
