//! The numbers of one request while it is judged: plain words, of which two stand for what is not known and what has failed.

/// A word that stands for: nobody said.
pub(super) const UNKNOWN: i64 = i64::MIN;
/// A word that stands for: it could not be computed. Every other word, larger than these two, is a value.
pub(super) const FAULT: i64 = i64::MIN + 1;

/// The cells of one request. The first cells are what it says (they have a bit among what was read), those behind are computed.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    pub(super) values: Vec<i64>,
    /// The things of lists: their values field by field.
    pub(super) items: Vec<i64>,
    /// Where each list begins among those, and how many things it has.
    pub(super) lists: Vec<(usize, usize)>,
}

/// The word in a cell.
#[inline]
pub(super) fn get(words: &[i64], cell: usize) -> i64 {
    words.get(cell).copied().unwrap_or(UNKNOWN)
}

/// Puts a word into a cell.
#[inline]
pub(super) fn set(words: &mut [i64], cell: usize, value: i64) {
    if let Some(place) = words.get_mut(cell) {
        *place = value;
    }
}

/// Are some of these cells without a value? The worst of what is the matter with them.
#[inline]
pub(super) fn lacking(words: &[i64], cells: &[usize]) -> Lacking {
    let mut worst = Lacking::None;
    for cell in cells {
        match get(words, *cell) {
            FAULT => return Lacking::Fault,
            UNKNOWN => worst = Lacking::Value,
            _ => {}
        }
    }
    worst
}

/// What is lacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lacking {
    None,
    Value,
    /// Something that could not be computed.
    Fault,
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

    /// The first word with its bits, and the others.
    pub(super) fn parts(self) -> (usize, u64, Box<[(usize, u64)]>) {
        (self.word, self.bits, self.more)
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
