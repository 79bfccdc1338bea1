//! Conditions and computations as steps with jumps: a check is made, and where to go next hangs on its answer.
//!
//! Three-valued logic costs nothing where everything is known: a step that has been reached after an unknown part is another step
//! than the same check reached without one, so no answer has to be carried along. What is read is noted on the way. Each
//! rule, each computed cell and each paper has its own steps; a turn walks through them where it cannot do without.

use std::sync::Arc;

use super::Tally;
use super::code::Stop;
use super::days;
use super::flow::{Check, Code, Course, Facts, Flow, Free, Quotient, Rate, Worth, among};
use super::fold::{Body, Folded};
use super::frame::{Bits, FAULT, Lacking, UNKNOWN, get, lacking, set};
use super::grid::{Found, Grid};
use super::turns::Required;
use super::work::{Terms, Trouble};
use super::written::Case;
use crate::evaluation::Verdict;
use crate::policy::RuleKind;

/// A step, or one of the ends below.
pub(super) type At = u32;
pub(super) const YES: At = At::MAX;
pub(super) const NO: At = At::MAX - 1;
pub(super) const OPEN: At = At::MAX - 2;
/// Something that only the exact evaluation may judge.
pub(super) const TROUBLE: At = At::MAX - 3;
/// Something is done.
pub(super) const DONE: At = YES;

/// So many steps one condition may have: deep nesting doubles them.
const MOST_STEPS: usize = 1 << 14;

/// What is noted as read: in which word to begin, which leaves, and what was noted for which cells.
struct Reads {
    base: usize,
    leaves: Bits,
    cells: Box<[usize]>,
    /// Cells of which none may have failed.
    sound: Box<[usize]>,
}

enum Step {
    Range {
        cell: u32,
        word: u32,
        low: i64,
        width: u64,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Less {
        left: u32,
        right: u32,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    LessOrEqual {
        left: u32,
        right: u32,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Equal {
        left: u32,
        right: u32,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Among {
        cell: u32,
        word: u32,
        mask: u64,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    AmongCell {
        cell: u32,
        set: u32,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Known {
        cell: u32,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
    },
    Rate {
        rate: Box<Rate>,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Months {
        /// The two days, and the number of months.
        cells: [u32; 3],
        word: u32,
        more: i64,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Free {
        free: Arc<Free>,
        word: u32,
        bits: u64,
        yes: At,
        no: At,
        open: At,
    },
    Read {
        reads: Box<Reads>,
        next: At,
    },
    Set {
        cell: u32,
        value: i64,
        next: At,
    },
    Compute {
        cell: u32,
        worth: Arc<Worth>,
        next: At,
    },
    Terms {
        cell: u32,
        terms: Arc<Terms>,
        next: At,
    },
    /// Where two cells do not hold the same, the first holds nothing.
    Agree {
        cell: u32,
        other: u32,
        next: At,
    },
    Quotient {
        cell: u32,
        next: At,
        parts: Arc<Quotient>,
    },
    Table {
        cell: u32,
        next: At,
        table: Arc<(Arc<Grid>, Box<[i64]>)>,
    },
    Sum {
        cell: u32,
        next: At,
        parts: Arc<(Box<[usize]>, i64)>,
    },
    Fold {
        cell: u32,
        next: At,
        folded: Box<Fold>,
    },
    /// What a rule says. It counts where nothing exempts from it.
    Verdict {
        rule: u32,
        verdict: Verdict,
        tally: Tally,
    },
    /// What a condition says of papers.
    Papers {
        bits: Papers,
        next: At,
    },
}

/// Papers, a bit for each.
#[derive(Default)]
struct Papers {
    required: u64,
    later: u64,
    undecided: u64,
}

/// Something asked of a list, and the first step of what is asked of each of its things.
struct Fold {
    folded: Folded,
    base: usize,
    body: At,
}

/// All steps of a plan.
#[derive(Default)]
pub(super) struct Steps {
    steps: Vec<Step>,
    /// How many cells are what a request says.
    pub(super) leaves: usize,
    /// How many words a note has.
    pub(super) width: usize,
    /// How many steps there were before the present part.
    before: usize,
    /// Where the present part notes what it reads.
    base: usize,
    /// Where each cell notes what it reads, where that hangs on the request.
    pub(super) bases: Vec<Option<usize>>,
    /// The parts that compute a cell: from which step to before which, and the cell.
    parts: Vec<(At, At, usize)>,
}

/// The words of a request: its cells, and what is noted as read; the things of its lists; and what it comes to.
#[derive(Debug, Default)]
pub(super) struct Words<'w> {
    pub(super) cells: &'w mut [i64],
    pub(super) reads: &'w mut [u64],
    pub(super) verdicts: &'w mut [Verdict],
    pub(super) tally: Tally,
    /// Something came up that only the exact evaluation may judge.
    pub(super) failed: bool,
    pub(super) required: u64,
    pub(super) later: u64,
    pub(super) undecided: u64,
    pub(super) items: &'w [i64],
    pub(super) lists: &'w [(usize, usize)],
}

impl Words<'_> {
    #[inline]
    pub(super) fn require(&mut self, papers: &Required) {
        self.required |= papers.required;
        self.later |= papers.later;
        self.undecided |= papers.undecided;
    }
}

pub(super) fn small(number: usize) -> Result<u32, Stop> {
    u32::try_from(number).map_err(|_| Stop("more cells than can be numbered"))
}

impl Steps {
    /// Lays out a condition by itself; it ends with `YES`, `NO`, `OPEN` or `TROUBLE`. What it reads is noted from the word `base` on.
    pub(super) fn condition(&mut self, flow: &Flow, base: usize) -> Result<At, Stop> {
        self.begin(base);
        self.flow(flow, YES, NO, OPEN)
    }

    /// Lays out a rule.
    pub(super) fn rule(
        &mut self,
        flow: &Flow,
        (rule, kind, counts): (usize, RuleKind, bool),
        base: usize,
    ) -> Result<At, Stop> {
        self.begin(base);
        let rule = small(rule)?;
        let mut end = |verdict| {
            let tally = if counts { Tally::of(kind, verdict) } else { Tally::default() };
            self.push(Step::Verdict { rule, verdict, tally })
        };
        let ends = (end(Verdict::Met)?, end(Verdict::NotMet)?, end(Verdict::Unknown)?);
        self.flow(flow, ends.0, ends.1, ends.2)
    }

    /// Lays out the cases in which a paper is required: the first that holds counts.
    pub(super) fn paper(&mut self, bit: u64, cases: &[Case<'_>], sink: usize) -> Result<At, Stop> {
        self.begin(sink);
        let mut next = DONE;
        for Case { test, later } in cases.iter().rev() {
            let later_bit = if *later { bit } else { 0 };
            let bits = Papers { required: bit, later: later_bit, ..Papers::default() };
            let required = self.push(Step::Papers { bits, next: DONE })?;
            next = match test {
                None => required,
                Some(flow) => {
                    let bits = Papers { undecided: bit, ..Papers::default() };
                    let open = if *later { next } else { self.push(Step::Papers { bits, next })? };
                    self.flow(flow, required, next, open)?
                }
            };
        }
        Ok(next)
    }

    /// Lays out what computes a cell.
    pub(super) fn cell(&mut self, cell: usize, code: &Code, sink: usize) -> Result<At, Stop> {
        let next = DONE;
        let base = self.bases.get(cell).copied().flatten().unwrap_or(sink);
        self.begin(base);
        let number = small(cell)?;
        // What is asked of each thing of a list is a part of its own: that it failed, the list says.
        let body = match code {
            Code::Fold(Folded { body: Body::Test(flow), .. }) => self.flow(flow, YES, NO, OPEN)?,
            Code::Fold(Folded { body: Body::Worth(course, cell), .. }) => self.course(course, *cell, DONE)?,
            _ => DONE,
        };
        let from = small(self.steps.len())?;
        let first = match code {
            Code::Beside => next,
            Code::Test(flow) => {
                let mut set = |value| self.push(Step::Set { cell: number, value, next });
                let (yes, no, open) = (set(1)?, set(0)?, set(UNKNOWN)?);
                self.flow(flow, yes, no, open)?
            }
            Code::Worth(course) => self.course(course, cell, next)?,
            Code::Quotient(parts, facts) => {
                let at = self.push(Step::Quotient { cell: number, next, parts: Arc::clone(parts) })?;
                self.gather(facts, at)?
            }
            Code::Table(table, facts) => {
                let at = self.push(Step::Table { cell: number, next, table: Arc::clone(table) })?;
                self.gather(facts, at)?
            }
            Code::Sum(parts) => self.push(Step::Sum { cell: number, next, parts: Arc::clone(parts) })?,
            Code::Fold(folded) => {
                let folded = Box::new(Fold { folded: folded.clone(), base, body });
                self.push(Step::Fold { cell: number, next, folded })?
            }
        };
        self.parts.push((from, small(self.steps.len())?, cell));
        Ok(first)
    }

    fn begin(&mut self, base: usize) {
        self.before = self.steps.len();
        self.base = base;
    }

    fn push(&mut self, step: Step) -> Result<At, Stop> {
        if self.steps.len() - self.before >= MOST_STEPS {
            return Err(Stop("a condition that is nested too deeply"));
        }
        let at = At::try_from(self.steps.len()).ok().filter(|at| *at < TROUBLE);
        self.steps.push(step);
        at.ok_or(Stop("conditions with too many steps"))
    }

    /// Notes what is read, where that is not fixed, then goes on.
    fn gather(&mut self, facts: &Facts, next: At) -> Result<At, Stop> {
        if facts.dynamic.is_empty() { Ok(next) } else { self.read(facts, false, next) }
    }

    /// Notes what is read, then goes on.
    fn read(&mut self, facts: &Facts, sound: bool, next: At) -> Result<At, Stop> {
        let soundness = sound && !facts.needs.is_empty();
        if facts.reads.is_empty() && facts.dynamic.is_empty() && !soundness {
            return Ok(next);
        }
        let reads = Reads {
            base: self.base,
            leaves: Bits::of(&facts.reads),
            cells: facts.dynamic.iter().filter_map(|cell| self.bases.get(*cell).copied().flatten()).collect(),
            sound: facts.needs.iter().filter(|_| sound).copied().collect(),
        };
        self.push(Step::Read { reads: Box::new(reads), next })
    }

    fn flow(&mut self, flow: &Flow, yes: At, no: At, open: At) -> Result<At, Stop> {
        match flow {
            Flow::Check(Check::Constant(value), facts) => {
                self.read(facts, false, if *value { yes } else { no })
            }
            Flow::Check(check, facts) => {
                let (word, bits, more) = Bits::of(&facts.reads).parts();
                let word = small(self.base + word)?;
                let at = self.push(match check.clone() {
                    Check::Range { cell, low, width } => {
                        Step::Range { cell: small(cell)?, word, low, width, bits, yes, no, open }
                    }
                    Check::Less { left, right } => {
                        Step::Less { left: small(left)?, right: small(right)?, word, bits, yes, no, open }
                    }
                    Check::LessOrEqual { left, right } => {
                        let (left, right) = (small(left)?, small(right)?);
                        Step::LessOrEqual { left, right, word, bits, yes, no, open }
                    }
                    Check::Equal { left, right } => {
                        Step::Equal { left: small(left)?, right: small(right)?, word, bits, yes, no, open }
                    }
                    Check::Among { cell, mask } => {
                        Step::Among { cell: small(cell)?, word, mask, bits, yes, no, open }
                    }
                    Check::AmongCell { cell, set } => {
                        Step::AmongCell { cell: small(cell)?, set: small(set)?, word, bits, yes, no, open }
                    }
                    Check::Known { cell } => Step::Known { cell: small(cell)?, word, bits, yes, no },
                    Check::Rate(rate) => Step::Rate { rate: Box::new(rate), word, bits, yes, no, open },
                    Check::Months { from, to, count, more } => {
                        let cells = [small(from)?, small(to)?, small(count)?];
                        Step::Months { cells, word, more, bits, yes, no, open }
                    }
                    Check::Free(free) => Step::Free { free, word, bits, yes, no, open },
                    Check::Constant(_) => return Err(Stop("a constant that is looked at")),
                })?;
                if more.is_empty() && facts.dynamic.is_empty() {
                    return Ok(at);
                }
                self.read(facts, false, at)
            }
            Flow::Not(inner) => self.flow(inner, no, yes, open),
            Flow::Every(parts) => {
                let (mut sure, mut unsure) = (yes, open);
                for (place, part) in parts.iter().enumerate().rev() {
                    let next = self.flow(part, sure, no, unsure)?;
                    unsure = if place == 0 { open } else { self.flow(part, unsure, no, unsure)? };
                    sure = next;
                }
                Ok(sure)
            }
            Flow::Some(parts) => {
                let (mut sure, mut unsure) = (no, open);
                for (place, part) in parts.iter().enumerate().rev() {
                    let next = self.flow(part, yes, sure, unsure)?;
                    unsure = if place == 0 { open } else { self.flow(part, yes, unsure, unsure)? };
                    sure = next;
                }
                Ok(sure)
            }
            Flow::If(condition, then, otherwise) => {
                // Not known which: both are looked at, and where they agree, that is the answer.
                let after_yes = self.flow(otherwise, yes, open, open)?;
                let after_no = self.flow(otherwise, open, no, open)?;
                let after_open = self.flow(otherwise, open, open, open)?;
                let both = self.flow(then, after_yes, after_no, after_open)?;
                let otherwise = self.flow(otherwise, yes, no, open)?;
                let then = self.flow(then, yes, no, open)?;
                self.flow(condition, then, otherwise, both)
            }
            Flow::Let(facts, body) => {
                let body = self.flow(body, yes, no, open)?;
                self.read(facts, true, body)
            }
        }
    }

    fn course(&mut self, course: &Course, cell: usize, next: At) -> Result<At, Stop> {
        let number = small(cell)?;
        match course {
            Course::Constant(value) => self.push(Step::Set { cell: number, value: *value, next }),
            Course::Straight(worth, facts) => {
                let at = self.push(Step::Compute { cell: number, worth: Arc::clone(worth), next })?;
                self.read(facts, false, at)
            }
            Course::Terms(terms, facts) => {
                let at = self.push(Step::Terms { cell: number, terms: Arc::clone(terms), next })?;
                self.read(facts, false, at)
            }
            Course::If(condition, then, otherwise, other) => {
                let agree = self.push(Step::Agree { cell: number, other: small(*other)?, next })?;
                let both = self.course(otherwise, *other, agree)?;
                let both = self.course(then, cell, both)?;
                let otherwise = self.course(otherwise, cell, next)?;
                let then = self.course(then, cell, next)?;
                self.flow(condition, then, otherwise, both)
            }
            Course::Let(facts, body) => {
                let body = self.course(body, cell, next)?;
                self.read(facts, true, body)
            }
        }
    }

    /// Walks from a step to an end.
    pub(super) fn run(&self, mut at: At, words: &mut Words<'_>) -> At {
        let Words {
            cells, reads: notes, verdicts, tally: sum, required, later, undecided, items, lists, ..
        } = words;
        let (cells, notes): (&mut [i64], &mut [u64]) = (cells, notes);
        macro_rules! compare {
            ($left:expr, $right:expr, $word:expr, $bits:expr, $yes:expr, $no:expr, $open:expr, $holds:expr) => {{
                note(notes, *$word, *$bits);
                let (left, right) = (get(cells, *$left as usize), get(cells, *$right as usize));
                if left <= FAULT || right <= FAULT {
                    self.open(at, left == FAULT || right == FAULT, *$open, cells)
                } else if $holds(left, right) {
                    *$yes
                } else {
                    *$no
                }
            }};
        }
        macro_rules! look {
            ($cell:expr, $word:expr, $bits:expr, $yes:expr, $no:expr, $open:expr, $holds:expr) => {{
                note(notes, *$word, *$bits);
                let value = get(cells, *$cell as usize);
                if value <= FAULT {
                    self.open(at, value == FAULT, *$open, cells)
                } else if $holds(value) {
                    *$yes
                } else {
                    *$no
                }
            }};
        }
        while let Some(step) = self.steps.get(at as usize) {
            at = match step {
                Step::Range { cell, word, low, width, bits, yes, no, open } => {
                    let within = |value: i64| value.wrapping_sub(*low).cast_unsigned() <= *width;
                    look!(cell, word, bits, yes, no, open, within)
                }
                Step::Less { left, right, word, bits, yes, no, open } => {
                    compare!(left, right, word, bits, yes, no, open, |left, right| left < right)
                }
                Step::LessOrEqual { left, right, word, bits, yes, no, open } => {
                    compare!(left, right, word, bits, yes, no, open, |left, right| left <= right)
                }
                Step::Equal { left, right, word, bits, yes, no, open } => {
                    compare!(left, right, word, bits, yes, no, open, |left, right| left == right)
                }
                Step::Among { cell, word, mask, bits, yes, no, open } => {
                    look!(cell, word, bits, yes, no, open, |value| among(value, *mask))
                }
                Step::AmongCell { cell, set, word, bits, yes, no, open } => {
                    let is_among = |value: i64, set: i64| among(value, set.cast_unsigned());
                    compare!(cell, set, word, bits, yes, no, open, is_among)
                }
                Step::Known { cell, word, bits, yes, no } => {
                    note(notes, *word, *bits);
                    if get(cells, *cell as usize) > FAULT { *yes } else { *no }
                }
                Step::Rate { rate, word, bits, yes, no, open } => {
                    note(notes, *word, *bits);
                    match rate.holds(cells) {
                        Ok(true) => *yes,
                        Ok(false) => *no,
                        Err(lacking) => self.open(at, lacking == Lacking::Fault, *open, cells),
                    }
                }
                Step::Months { cells: looked_at, word, more, bits, yes, no, open } => {
                    note(notes, *word, *bits);
                    let words = looked_at.map(|cell| get(cells, cell as usize));
                    let [from, to, count] = words;
                    if words.iter().any(|word| *word <= FAULT) {
                        self.open(at, words.contains(&FAULT), *open, cells)
                    } else if days::reached(from, to, count.saturating_add(*more)) {
                        *yes
                    } else {
                        *no
                    }
                }
                Step::Free { free, word, bits, yes, no, open } => {
                    note(notes, *word, *bits);
                    match free.holds(cells) {
                        Ok(true) => *yes,
                        Ok(false) => *no,
                        Err(lacking) => self.open(at, lacking == Lacking::Fault, *open, cells),
                    }
                }
                Step::Read { reads, next } => {
                    reads.note(notes, self.width);
                    let failed = !reads.sound.is_empty() && lacking(cells, &reads.sound) == Lacking::Fault;
                    if failed { self.fault(at, cells) } else { *next }
                }
                Step::Set { cell, value, next } => {
                    set(cells, *cell as usize, *value);
                    *next
                }
                Step::Compute { cell, worth, next } => match worth.value(cells) {
                    FAULT => self.fault(at, cells),
                    value => {
                        set(cells, *cell as usize, value);
                        *next
                    }
                },
                Step::Terms { cell, terms, next } => match terms.value(cells) {
                    FAULT => self.fault(at, cells),
                    value => {
                        set(cells, *cell as usize, value);
                        *next
                    }
                },
                Step::Agree { cell, other, next } => {
                    if get(cells, *cell as usize) != get(cells, *other as usize) {
                        set(cells, *cell as usize, UNKNOWN);
                    }
                    *next
                }
                Step::Quotient { cell, next, parts } => {
                    let mut value = parts.above.value(cells);
                    if value > FAULT {
                        let mut trouble = Trouble::default();
                        let below = (parts.below)(cells, &mut trouble);
                        set(cells, *cell as usize + 1, below);
                        if trouble.0 || below <= 0 {
                            value = FAULT;
                        }
                    }
                    set(cells, *cell as usize, value);
                    *next
                }
                Step::Table { cell, next, table } => {
                    let value = match table.0.find(cells, &table.1) {
                        Found::Value(value) => value,
                        Found::Unknown => UNKNOWN,
                        Found::Nothing => FAULT,
                    };
                    set(cells, *cell as usize, value);
                    *next
                }
                Step::Sum { cell, next, parts } => {
                    let (parts, at_most) = &**parts;
                    let mut sum = 0_i64;
                    for part in parts {
                        match get(cells, *part) {
                            FAULT => {
                                sum = FAULT;
                                break;
                            }
                            UNKNOWN => sum = UNKNOWN,
                            points if sum > FAULT => sum = sum.saturating_add(points),
                            _ => {}
                        }
                    }
                    set(cells, *cell as usize, if sum > FAULT { sum.min(*at_most) } else { sum });
                    *next
                }
                Step::Fold { cell, next, folded } => {
                    let Fold { folded, base, body } = &**folded;
                    let mut words = Words { cells, reads: notes, items, lists, ..Words::default() };
                    let value = folded.run(self, *body, *base, &mut words);
                    set(cells, *cell as usize, value);
                    *next
                }
                Step::Verdict { rule, verdict, tally } => {
                    if let Some(place) = verdicts.get_mut(*rule as usize) {
                        *place = *verdict;
                    }
                    sum.add(*tally);
                    DONE
                }
                Step::Papers { bits, next } => {
                    *required |= bits.required;
                    *later |= bits.later;
                    *undecided = (*undecided | bits.undecided) & !bits.required;
                    *next
                }
            };
        }
        at
    }

    /// Something is missing. Where a part has failed, the exact evaluation says which of the two counts.
    #[cold]
    fn open(&self, at: At, fault: bool, open: At, cells: &mut [i64]) -> At {
        if fault { self.fault(at, cells) } else { open }
    }

    /// Something has failed: the cell that is computed has failed then.
    #[cold]
    fn fault(&self, at: At, cells: &mut [i64]) -> At {
        let part = self.parts.partition_point(|(_, before, _)| *before <= at);
        match self.parts.get(part) {
            Some((from, _, cell)) if *from <= at => {
                set(cells, *cell, FAULT);
                DONE
            }
            _ => TROUBLE,
        }
    }
}

#[inline]
fn note(notes: &mut [u64], word: u32, bits: u64) {
    if let Some(word) = notes.get_mut(word as usize) {
        *word |= bits;
    }
}

impl Reads {
    fn note(&self, words: &mut [u64], width: usize) {
        self.leaves.add_to(words.get_mut(self.base..).unwrap_or_default());
        for cell in &self.cells {
            for word in 0..width {
                let bits = words.get(cell + word).copied().unwrap_or(0);
                if let Some(word) = words.get_mut(self.base + word) {
                    *word |= bits;
                }
            }
        }
    }
}
