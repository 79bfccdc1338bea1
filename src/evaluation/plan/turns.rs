//! What is done for a service, one turn after the other, without a jump.
//!
//! A condition of a few plain checks has been written out ([`super::written`]): for every way in which its checks can come out,
//! what follows and what has been read by then. So a turn looks at them, and the answers are its place in that list, whatever way
//! it goes. Where something that it looks at is not known, and for all that is not so plain, a turn walks through its [`Steps`]
//! instead; so what is unknown or fails is decided in one place.

use std::hint::select_unpredictable;

use super::Tally;
use super::frame::{FAULT, UNKNOWN};
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

/// Takes one turn after the other, two for each look at where the list ends.
pub(super) fn run(turns: &[Box<dyn Turn>], steps: &Steps, words: &mut Words<'_>) {
    let (pairs, last) = turns.as_chunks();
    for [one, other] in pairs {
        one.take(steps, words);
        other.take(steps, words);
    }
    for turn in last {
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

/// What a rule says that looks at one thing, and reads the same in any case.
#[derive(Debug, Clone)]
pub(super) struct Say<C> {
    pub(super) cases: C,
    pub(super) said: Answers,
}

/// What it says in each case; the fourth place stands for nothing.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    pub(super) rule: u32,
    pub(super) at: At,
    pub(super) verdicts: [Verdict; 4],
    pub(super) tallies: [Tally; 4],
}

impl<C: Cases> Say<C> {
    /// Nothing where it is for the steps to say.
    #[inline]
    fn say(&self, cells: &[i64], verdicts: &mut [Verdict]) -> Option<Tally> {
        let Say { cases, said } = self;
        let case = cases.case(cells)? & 3;
        *verdicts.get_mut(said.rule as usize)? = *said.verdicts.get(case)?;
        said.tallies.get(case).copied()
    }
}

turn!(Say<C>, |it, steps, words| {
    match it.say(words.cells, words.verdicts) {
        Some(tally) => words.tally.add(tally),
        None => walk(steps, it.said.at, words),
    }
});

/// What several rules say that look at things in the same way.
#[derive(Debug, Clone)]
pub(super) struct SayEach<C>(pub(super) Box<[Say<C>]>);

impl<C: Cases> SayEach<C> {
    #[cold]
    #[inline(never)]
    fn slowly(&self, steps: &Steps, words: &mut Words<'_>) {
        self.0.iter().for_each(|say| say.take(steps, words));
    }
}

turn!(SayEach<C>, |it, steps, words| {
    let (cells, verdicts): (&[i64], &mut [Verdict]) = (words.cells, words.verdicts);
    let mut tally = Tally::default();
    for say in &it.0 {
        match say.say(cells, verdicts) {
            Some(more) => tally.add(more),
            None => return it.slowly(steps, words),
        }
    }
    words.tally.add(tally);
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

impl Required {
    pub(super) fn and(self, other: Required) -> Required {
        Required {
            required: self.required | other.required,
            later: self.later | other.later,
            undecided: self.undecided | other.undecided,
        }
    }
}

turn!(Require<C>, |it, steps, words| {
    match it.cases.case(words.cells).and_then(|case| it.required.get(case)) {
        Some(required) => words.require(required),
        None => walk(steps, it.at, words),
    }
});

/// Says of all papers that hang on one thing alone whether they are required.
#[derive(Debug, Clone)]
pub(super) struct RequireBy {
    pub(super) cell: usize,
    /// The first and the last of the values that make a difference, and what follows from each. What lies before or behind them
    /// is like these.
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) required: Box<[Required]>,
    pub(super) unknown: Required,
    pub(super) all: Box<[At]>,
}

impl RequireBy {
    #[cold]
    #[inline(never)]
    fn slowly(&self, steps: &Steps, words: &mut Words<'_>) {
        match words.cells.get(self.cell) {
            Some(&UNKNOWN) => words.require(&self.unknown),
            _ => self.all.iter().for_each(|at| walk(steps, *at, words)),
        }
    }
}

turn!(RequireBy, |it, steps, words| {
    if let Some(word) = words.cells.get(it.cell).filter(|word| **word > FAULT)
        && let Some(required) = it.required.get(between(*word, it.first, it.last))
    {
        words.require(required);
    } else {
        it.slowly(steps, words);
    }
});

/// How far a word lies behind the first of some; those before that are like it, and those behind the last like that.
#[inline]
fn between(word: i64, first: i64, last: i64) -> usize {
    let behind = word.min(last).max(first).wrapping_sub(first).cast_unsigned();
    usize::try_from(behind).unwrap_or(usize::MAX)
}

/// Numbers that are added up, and what is handed on to others.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    /// Those without limits, and those within some.
    plain: Box<[Times]>,
    limited: Vec<Term>,
    rest: Rest,
}

/// Adds up. That there are so many terms within limits is known beforehand, so that none of them needs a jump.
#[derive(Debug, Clone)]
struct Add<L> {
    plain: Box<[Times]>,
    limited: L,
    rest: Rest,
}

#[derive(Debug, Clone)]
struct Rest {
    constant: i64,
    at_most: i64,
    cell: usize,
    at: At,
    then: Vec<Bounded>,
}

/// A cell so many times.
#[derive(Debug, Clone, Copy)]
struct Times {
    cell: usize,
    by: i64,
}

/// What comes before it, within limits.
#[derive(Debug, Clone)]
struct Bounded {
    least: i64,
    most: i64,
    cell: usize,
    at: At,
}

/// Words between these, each so many times, added up with what a sum begins with, stay well within a word.
const LARGE: i64 = 1 << 40;

/// How far a word lies from the smallest of those.
#[inline]
fn far(word: i64) -> u64 {
    word.wrapping_add(LARGE).cast_unsigned()
}

impl Sum {
    /// Nothing where it might not fit a word.
    pub(super) fn new(terms: &[Term], (constant, at_most): (i64, i64), cell: usize, at: At) -> Option<Sum> {
        let by = terms.iter().try_fold(0_u64, |sum, term| sum.checked_add(term.by.unsigned_abs()))?;
        let fits = |limit: i64| limit == i64::MIN || limit == i64::MAX || limit.unsigned_abs() < 1 << 40;
        let fit = terms.iter().all(|term| fits(term.least) && fits(term.most));
        let fit = fit && by < 1 << 20 && terms.len() < 1 << 20 && constant.unsigned_abs() < 1 << 61;
        if !fit {
            return None;
        }
        let (plain, limited): (Vec<Term>, Vec<Term>) =
            terms.iter().partition(|term| term.least == i64::MIN && term.most == i64::MAX);
        let plain = plain.iter().map(|term| Times { cell: term.cell, by: term.by }).collect();
        Some(Sum { plain, limited, rest: Rest { constant, at_most, cell, at, then: vec![] } })
    }

    /// Does the other take up what this one hands on, within limits at most? Then both are one.
    pub(super) fn take_up(&mut self, other: &Sum) -> bool {
        let last = self.rest.then.last().map_or(self.rest.cell, |then| then.cell);
        let term = match (&*other.plain, &*other.limited) {
            ([Times { cell, by }], []) => Term::times(*cell, *by),
            ([], [term]) => *term,
            _ => return false,
        };
        let Rest { constant, at_most, cell, at, ref then } = other.rest;
        let takes_up = (term.cell, term.by, constant) == (last, 1, 0) && then.is_empty();
        if takes_up {
            let Term { least, most, .. } = term;
            self.rest.then.push(Bounded { least, most: most.min(at_most), cell, at });
        }
        takes_up
    }

    pub(super) fn turn(self) -> Box<dyn Turn> {
        let Sum { plain, limited, rest } = self;
        match *limited {
            [] => Box::new(Add { plain, limited: [], rest }),
            [one] => Box::new(Add { plain, limited: [one], rest }),
            [one, two] => Box::new(Add { plain, limited: [one, two], rest }),
            [one, two, three] => Box::new(Add { plain, limited: [one, two, three], rest }),
            _ => Box::new(Add { plain, limited, rest }),
        }
    }
}

/// Terms within limits.
trait Limited: AsRef<[Term]> + std::fmt::Debug + Clone + Send + Sync + 'static {}

impl<L: AsRef<[Term]> + std::fmt::Debug + Clone + Send + Sync + 'static> Limited for L {}

impl<L: Limited> Add<L> {
    /// A sum of known terms, none of them very large.
    #[inline]
    fn value(&self, cells: &[i64]) -> Option<i64> {
        let (mut sum, mut farthest) = (self.rest.constant, 0);
        for Times { cell, by } in &self.plain {
            let word = cells.get(*cell)?;
            farthest |= far(*word);
            sum = sum.wrapping_add(word.wrapping_mul(*by));
        }
        for Term { cell, by, least, most } in self.limited.as_ref() {
            let word = cells.get(*cell)?;
            farthest |= far(*word);
            sum = sum.wrapping_add(word.wrapping_mul(*by).max(*least).min(*most));
        }
        (farthest < far(LARGE)).then(|| sum.min(self.rest.at_most))
    }
}

impl Rest {
    #[cold]
    #[inline(never)]
    fn slowly(&self, steps: &Steps, words: &mut Words<'_>) {
        walk(steps, self.at, words);
        self.then.iter().for_each(|then| walk(steps, then.at, words));
    }
}

impl<L: Limited> Turn for Add<L> {
    #[inline]
    fn take(&self, steps: &Steps, words: &mut Words<'_>) {
        let cells: &mut [i64] = words.cells;
        let handed_on = |cells: &mut [i64]| {
            let mut word = self.value(cells)?;
            *cells.get_mut(self.rest.cell)? = word;
            for Bounded { least, most, cell, .. } in &self.rest.then {
                word = word.max(*least).min(*most);
                *cells.get_mut(*cell)? = word;
            }
            Some(())
        };
        if handed_on(cells).is_none() {
            self.rest.slowly(steps, words);
        }
    }

    fn again(&self) -> Box<dyn Turn> {
        Box::new(self.clone())
    }
}

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
            place += *places.get(between(*word, *first, *last))? as usize;
        }
        self.outputs.get(place).copied().filter(|output| *output > FAULT)
    }
}

impl<const COUNT: usize> Turn for Find<COUNT> {
    #[inline]
    fn take(&self, steps: &Steps, words: &mut Words<'_>) {
        if let Some(value) = self.value(words.cells)
            && let Some(cell) = words.cells.get_mut(self.cell)
        {
            *cell = value;
        } else {
            walk(steps, self.at, words);
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
#[derive(Debug, Clone, Copy)]
pub(super) struct Gather {
    pub(super) from: usize,
    pub(super) into: usize,
}

turn!(Gather, |it, _steps, words| it.note(words.reads));

impl Gather {
    #[inline]
    fn note(self, reads: &mut [u64]) {
        let bits = reads.get(self.from).copied().unwrap_or(0);
        if let Some(reads) = reads.get_mut(self.into) {
            *reads |= bits;
        }
    }
}

/// What a rule says from which others exempt, once all of them have said what they say.
#[derive(Debug, Clone)]
pub(super) struct Exempt {
    pub(super) rule: usize,
    /// What each verdict adds to the whole.
    pub(super) tallies: [Tally; VERDICTS.len()],
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

turn!(Exempt, |it, _steps, words| {
    let said = |verdicts: &[Verdict], rule: usize| verdicts.get(rule).copied().unwrap_or(Verdict::Unknown);
    let mut verdict = exempted(said(words.verdicts, it.rule), said(words.verdicts, it.first));
    for Other { rule, gathers } in &it.others {
        if verdict == Verdict::NotApplicable {
            break;
        }
        verdict = exempted(verdict, said(words.verdicts, *rule));
        gathers.iter().for_each(|gather| gather.note(words.reads));
    }
    if let Some(place) = words.verdicts.get_mut(it.rule) {
        *place = verdict;
    }
    words.tally.add(it.tallies.get(verdict as usize).copied().unwrap_or_default());
});

/// All verdicts, each in the place of its number.
pub(super) const VERDICTS: [Verdict; 6] = [
    Verdict::Met,
    Verdict::NotMet,
    Verdict::Unknown,
    Verdict::Conflict,
    Verdict::NotApplicable,
    Verdict::Referred,
];

/// What a rule says where another that exempts from it says this.
#[inline]
fn exempted(verdict: Verdict, other: Verdict) -> Verdict {
    let is_open = (other == Verdict::Unknown) & (verdict == Verdict::NotMet);
    let verdict = select_unpredictable(is_open, Verdict::Unknown, verdict);
    select_unpredictable(other == Verdict::Met, Verdict::NotApplicable, verdict)
}
