//! What is done for a service, one turn after the other, without a jump.
//!
//! A condition of a few plain checks has been written out ([`super::written`]): for every way in which its checks can come out,
//! what follows and what has been read by then. So a turn looks at them, and the answers are its place in that list, whatever way
//! it goes. Where something that it looks at is not known, and for all that is not so plain, a turn walks through its [`Steps`]
//! instead; so what is unknown or fails is decided in one place.

use super::Tally;
use super::frame::FAULT;
use super::grid::LaidOut;
use super::looks::Cases;
use super::steps::{self, At, Steps, Words};
use super::work::Term;
use crate::evaluation::Verdict;

/// One thing that is done.
pub(super) trait Turn: std::fmt::Debug + Send + Sync {
    /// Does it. Where something comes up that only the exact evaluation may judge, the words have failed.
    fn take(&self, steps: &Steps, words: &mut Words<'_>);
    /// The same for another service.
    fn again(&self) -> Box<dyn Turn>;
}

/// Takes one turn after the other.
pub(super) fn run(turns: &[Box<dyn Turn>], steps: &Steps, words: &mut Words<'_>) {
    for turn in turns {
        turn.take(steps, words);
    }
}

/// Walks through steps.
#[cold]
#[inline(never)]
fn walk(steps: &Steps, at: At, words: &mut Words<'_>) {
    words.failed |= steps.run(at, words) == steps::TROUBLE;
}

macro_rules! turn {
    ($name:ident $(<$cases:ident>)?, |$self:ident, $steps:ident, $words:ident| $done:expr) => {
        impl $(<$cases: Cases>)? Turn for $name $(<$cases>)? {
            #[inline]
            fn take(&self, $steps: &Steps, $words: &mut Words<'_>) {
                let $self = self;
                $done
            }

            fn again(&self) -> Box<dyn Turn> {
                Box::new(self.clone())
            }
        }
    };
}

/// Walks through its steps.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    pub(super) at: At,
}

turn!(Walk, |it, steps, words| walk(steps, it.at, words));

/// What a rule says that reads the same in any case: two bits for each case, which say which of these it is.
#[derive(Debug, Clone)]
pub(super) struct Say<C> {
    pub(super) cases: C,
    pub(super) which: u64,
    pub(super) verdicts: [Verdict; 4],
    pub(super) tallies: [Tally; 4],
    pub(super) at: At,
    pub(super) rule: u32,
}

turn!(Say<C>, |it, steps, words| {
    if let Some(case) = it.cases.case(words.cells)
        && let which = (it.which >> ((2 * case) & 63) & 3) as usize
        && let (Some(verdict), Some(tally)) = (it.verdicts.get(which), it.tallies.get(which))
        && let Some(place) = words.verdicts.get_mut(it.rule as usize)
    {
        *place = *verdict;
        words.tally.add(*tally);
    } else {
        walk(steps, it.at, words);
    }
});

/// What a rule says in each case, and what it has read by then.
#[derive(Debug, Clone)]
pub(super) struct Read<C> {
    pub(super) cases: C,
    pub(super) said: Box<[Said]>,
    pub(super) at: At,
    pub(super) rule: u32,
    pub(super) word: u32,
}

/// Nothing where it is for the steps to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) reads: u64,
    pub(super) verdict: Option<Verdict>,
    pub(super) tally: Tally,
}

turn!(Read<C>, |it, steps, words| {
    let said = it.cases.case(words.cells).and_then(|case| it.said.get(case));
    if let Some(Said { reads, verdict: Some(verdict), tally }) = said
        && let Some(place) = words.verdicts.get_mut(it.rule as usize)
        && let Some(read) = words.reads.get_mut(it.word as usize)
    {
        *place = *verdict;
        *read |= reads;
        words.tally.add(*tally);
    } else {
        walk(steps, it.at, words);
    }
});

/// Puts one of several numbers into a cell.
#[derive(Debug, Clone)]
pub(super) struct Choose<C> {
    pub(super) cases: C,
    pub(super) values: Box<[i64]>,
    pub(super) cell: u32,
    pub(super) at: At,
}

turn!(Choose<C>, |it, steps, words| {
    if let Some(case) = it.cases.case(words.cells)
        && let Some(value) = it.values.get(case)
        && let Some(cell) = words.cells.get_mut(it.cell as usize)
    {
        *cell = *value;
    } else {
        walk(steps, it.at, words);
    }
});

/// The same, and notes what has been read by then.
#[derive(Debug, Clone)]
pub(super) struct ChooseReading<C> {
    pub(super) cases: C,
    pub(super) values: Box<[(Option<i64>, u64)]>,
    pub(super) cell: u32,
    pub(super) word: u32,
    pub(super) at: At,
}

turn!(ChooseReading<C>, |it, steps, words| {
    if let Some(case) = it.cases.case(words.cells)
        && let Some((Some(value), reads)) = it.values.get(case)
        && let Some(cell) = words.cells.get_mut(it.cell as usize)
        && let Some(read) = words.reads.get_mut(it.word as usize)
    {
        *cell = *value;
        *read |= reads;
    } else {
        walk(steps, it.at, words);
    }
});

/// Says of a paper whether it is required.
#[derive(Debug, Clone)]
pub(super) struct Require<C> {
    pub(super) cases: C,
    pub(super) required: Box<[Required]>,
    pub(super) at: At,
}

/// The papers that are required, those of them that may follow, and those of which it is not known: a bit for each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Required {
    pub(super) required: u64,
    pub(super) later: u64,
    pub(super) undecided: u64,
}

turn!(Require<C>, |it, steps, words| {
    match it.cases.case(words.cells).and_then(|case| it.required.get(case)) {
        Some(Required { required, later, undecided }) => {
            words.required |= required;
            words.later |= later;
            words.undecided |= undecided;
        }
        None => walk(steps, it.at, words),
    }
});

/// Adds up.
#[derive(Debug, Clone)]
pub(super) struct Add {
    /// Those without limits, and those within some.
    plain: Box<[Term]>,
    limited: Box<[Term]>,
    constant: i64,
    at_most: i64,
    cell: usize,
    at: At,
}

/// Words between these, each so many times, added up with what a sum begins with, stay well within a word.
const LARGE: i64 = 1 << 40;

impl Add {
    /// Nothing where it might not fit a word.
    pub(super) fn turn(
        terms: &[Term],
        (constant, at_most): (i64, i64),
        cell: usize,
        at: At,
    ) -> Option<Box<dyn Turn>> {
        let by = terms.iter().try_fold(0_u64, |sum, term| sum.checked_add(term.by.unsigned_abs()))?;
        let fits = |limit: i64| limit == i64::MIN || limit == i64::MAX || limit.unsigned_abs() < 1 << 40;
        let fit = terms.iter().all(|term| fits(term.least) && fits(term.most));
        let fit = fit && by < 1 << 20 && terms.len() < 1 << 20 && constant.unsigned_abs() < 1 << 61;
        if !fit {
            return None;
        }
        if let [term] = terms {
            return Some(Box::new(Scale { term: *term, constant, at_most, cell, at }));
        }
        let (plain, limited): (Vec<Term>, Vec<Term>) =
            terms.iter().partition(|term| term.least == i64::MIN && term.most == i64::MAX);
        let (plain, limited) = (plain.into(), limited.into());
        Some(Box::new(Add { plain, limited, constant, at_most, cell, at }))
    }

    /// A sum of known terms, none of them very large.
    #[inline]
    fn value(&self, cells: &[i64]) -> Option<i64> {
        let (mut sum, mut spread) = (self.constant, 0);
        for Term { cell, by, .. } in &self.plain {
            let word = cells.get(*cell)?;
            spread |= word.wrapping_add(LARGE).cast_unsigned();
            sum = sum.wrapping_add(word.wrapping_mul(*by));
        }
        for Term { cell, by, least, most } in &self.limited {
            let word = cells.get(*cell)?;
            spread |= word.wrapping_add(LARGE).cast_unsigned();
            sum = sum.wrapping_add(word.wrapping_mul(*by).max(*least).min(*most));
        }
        (spread < 2 * LARGE.cast_unsigned()).then(|| sum.min(self.at_most))
    }
}

/// One cell so many times, within limits.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    term: Term,
    constant: i64,
    at_most: i64,
    cell: usize,
    at: At,
}

turn!(Scale, |it, steps, words| {
    let Term { cell, by, least, most } = it.term;
    match (words.cells.get(cell).copied(), words.cells.get_mut(it.cell)) {
        (Some(word), Some(cell)) if word.wrapping_add(LARGE).cast_unsigned() < 2 * LARGE.cast_unsigned() => {
            *cell = (word * by).max(least).min(most).wrapping_add(it.constant).min(it.at_most);
        }
        _ => walk(steps, it.at, words),
    }
});

turn!(Add, |it, steps, words| {
    match (it.value(words.cells), words.cells.get_mut(it.cell)) {
        (Some(value), Some(cell)) => *cell = value,
        _ => walk(steps, it.at, words),
    }
});

/// Looks a table up: its cells are placed among the cases, and what comes out in each.
#[derive(Debug, Clone)]
pub(super) struct Find<const COUNT: usize> {
    axes: [Axis; COUNT],
    outputs: Box<[i64]>,
    cell: usize,
    at: At,
}

/// A cell, no less than `first`, no more than `last`, and how far each of its words then leads.
#[derive(Debug, Clone)]
struct Axis {
    cell: usize,
    first: i64,
    last: i64,
    places: Box<[u32]>,
}

/// Nothing where a table looks at more than a few things.
pub(super) fn find(laid: LaidOut, cell: usize, at: At) -> Option<Box<dyn Turn>> {
    let axes = laid.axes.into_iter().map(|(cell, first, places)| {
        let last = first.checked_add(i64::try_from(places.len()).ok()?)? - 1;
        Some(Axis { cell, first, last, places: places.into() })
    });
    let axes = axes.collect::<Option<Vec<Axis>>>()?;
    let outputs = laid.outputs.into();
    Some(match axes.len() {
        1 => Box::new(Find::<1> { axes: axes.try_into().ok()?, outputs, cell, at }),
        2 => Box::new(Find::<2> { axes: axes.try_into().ok()?, outputs, cell, at }),
        3 => Box::new(Find::<3> { axes: axes.try_into().ok()?, outputs, cell, at }),
        4 => Box::new(Find::<4> { axes: axes.try_into().ok()?, outputs, cell, at }),
        _ => return None,
    })
}

impl<const COUNT: usize> Find<COUNT> {
    /// What the table gives where all that it looks at is known.
    #[inline]
    fn value(&self, cells: &[i64]) -> Option<i64> {
        let mut place = 0;
        for Axis { cell, first, last, places } in &self.axes {
            let word = cells.get(*cell).filter(|word| **word > FAULT)?;
            let offset = word.min(last).max(first).wrapping_sub(*first);
            place += *places.get(usize::try_from(offset).ok()?)? as usize;
        }
        self.outputs.get(place).copied().filter(|output| *output > FAULT)
    }
}

impl<const COUNT: usize> Turn for Find<COUNT> {
    #[inline]
    fn take(&self, steps: &Steps, words: &mut Words<'_>) {
        match (self.value(words.cells), words.cells.get_mut(self.cell)) {
            (Some(value), Some(cell)) => *cell = value,
            _ => walk(steps, self.at, words),
        }
    }

    fn again(&self) -> Box<dyn Turn> {
        Box::new(self.clone())
    }
}

/// Two cells as a quotient, in a cell and the one after.
#[derive(Debug, Clone)]
pub(super) struct Divide {
    pub(super) cell: usize,
    pub(super) above: usize,
    pub(super) below: usize,
    pub(super) at: At,
}

turn!(Divide, |it, steps, words| {
    if let (Some(above), Some(below)) = (words.cells.get(it.above), words.cells.get(it.below))
        && *above > FAULT
        && *below > 0
        && let (above, below) = (*above, *below)
        && let Some([place, next]) = words.cells.get_mut(it.cell..it.cell + 2)
    {
        (*place, *next) = (above, below);
    } else {
        walk(steps, it.at, words);
    }
});

/// Notes as read what was noted elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Gather {
    pub(super) from: usize,
    pub(super) into: usize,
}

turn!(Gather, |it, _steps, words| {
    let bits = words.reads.get(it.from).copied().unwrap_or(0);
    if let Some(reads) = words.reads.get_mut(it.into) {
        *reads |= bits;
    }
});

/// What a rule says from which others exempt, once all of them have said what they say.
#[derive(Debug, Clone)]
pub(super) struct Exempt {
    pub(super) rule: usize,
    /// What each verdict adds to the whole: met, not met, unknown, not applicable.
    pub(super) tallies: [Tally; 4],
    /// The first of the others is looked at in any case.
    pub(super) first: usize,
    pub(super) others: Box<[Other]>,
}

/// What one more rule exempts from; and what is gathered of what it reads.
#[derive(Debug, Clone)]
pub(super) struct Other {
    pub(super) rule: usize,
    pub(super) gathers: Box<[Gather]>,
}

turn!(Exempt, |it, steps, words| {
    let said = |verdicts: &[Verdict], rule: usize| verdicts.get(rule).copied().unwrap_or(Verdict::Unknown);
    let mut verdict = exempted(said(words.verdicts, it.rule), said(words.verdicts, it.first));
    for Other { rule, gathers } in &it.others {
        if verdict == Verdict::NotApplicable {
            break;
        }
        verdict = exempted(verdict, said(words.verdicts, *rule));
        gathers.iter().for_each(|gather| gather.take(steps, words));
    }
    if let Some(place) = words.verdicts.get_mut(it.rule) {
        *place = verdict;
    }
    let [met, not_met, unknown, not_applicable] = it.tallies;
    words.tally.add(match verdict {
        Verdict::Met => met,
        Verdict::NotMet => not_met,
        Verdict::NotApplicable => not_applicable,
        _ => unknown,
    });
});

/// What a rule says where another that exempts from it says this.
#[inline]
fn exempted(verdict: Verdict, other: Verdict) -> Verdict {
    match (other, verdict) {
        (Verdict::Met, _) => Verdict::NotApplicable,
        (Verdict::Unknown, Verdict::NotMet) => Verdict::Unknown,
        _ => verdict,
    }
}
