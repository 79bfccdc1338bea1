//! Conditions and computations as steps with jumps: a check is made, and where to go next hangs on its answer.
//!
//! Three-valued logic costs nothing where everything is known: a step that has been reached after an unknown part is another step
//! than the same check reached without one, so no answer has to be carried along. What is read is noted on the way.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::code::Stop;
use super::frame::{Bits, FAULT, Frame, Lacking, Tri, UNKNOWN, lacking};
use super::work::Work;

/// A step, or one of the ends below.
pub(super) type At = u32;
pub(super) const YES: At = At::MAX;
pub(super) const NO: At = At::MAX - 1;
pub(super) const OPEN: At = At::MAX - 2;
/// Something that only the exact evaluation may judge.
pub(super) const TROUBLE: At = At::MAX - 3;
/// A computation has been carried out.
pub(super) const DONE: At = YES;

/// So many steps one condition may have: deep nesting doubles them.
const MOST_STEPS: usize = 1 << 16;

/// What is looked at in one step. Cells that are compared by themselves are looked at here, all else by a closure.
#[derive(Clone)]
pub(super) enum Check {
    /// From `low` on, and not more than `width` above.
    Range { cell: usize, low: i64, width: u64 },
    Less { left: usize, right: usize },
    LessOrEqual { left: usize, right: usize },
    Equal { left: usize, right: usize },
    /// One of the choices of a mask.
    Among { cell: usize, mask: u64 },
    /// One of the choices that stand in a cell.
    AmongCell { cell: usize, set: usize },
    /// Has a value.
    Known { cell: usize },
    /// A quotient of two cells against a number of so many parts: `above × scale ≤ limit × below`, or the other way round.
    Rate { above: usize, below: usize, limit: Limit, scale: i64, closed: bool, upwards: bool },
    Constant(bool),
    Free(Arc<Free>),
}

/// What a quotient is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Limit {
    Fixed(i64),
    Cell(usize),
}

/// A check that needs a closure; it is called only where all that it needs is known.
pub(super) struct Free {
    pub(super) needs: Box<[usize]>,
    /// It may fail before everything that it needs is known.
    pub(super) faulty: bool,
    pub(super) holds: Box<dyn Fn(&mut Frame) -> bool + Send + Sync>,
}

/// A value that is computed straight.
pub(super) struct Worth {
    pub(super) needs: Box<[usize]>,
    pub(super) faulty: bool,
    pub(super) work: Work,
}

/// What a computation without a branch rests on.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) needs: BTreeSet<usize>,
    pub(super) reads: BTreeSet<usize>,
    /// Computed cells whose reads depend on the request.
    pub(super) dynamic: BTreeSet<usize>,
    /// It may fail before everything that it needs is known.
    pub(super) faulty: bool,
}

impl Facts {
    pub(super) fn with(mut self, other: Facts) -> Facts {
        self.needs.extend(other.needs);
        self.reads.extend(other.reads);
        self.dynamic.extend(other.dynamic);
        self.faulty |= other.faulty;
        self
    }
}

/// What is noted as read.
struct Reads {
    leaves: Bits,
    /// Computed cells whose reads hang on the request.
    cells: Box<[usize]>,
    /// Cells of which none may have failed.
    sound: Box<[usize]>,
}

/// A condition before its steps are laid out.
pub(super) enum Flow {
    Check(Check, Facts),
    Not(Box<Flow>),
    Every(Vec<Flow>),
    Some(Vec<Flow>),
    If(Box<Flow>, Box<Flow>, Box<Flow>),
    /// What it binds is read there, whether or not it is used.
    Let(Facts, Box<Flow>),
}

/// A computation before its steps are laid out.
pub(super) enum Course {
    Constant(i64),
    Straight(Arc<Worth>, Facts),
    /// And a cell to spare, for when both branches have to be looked at.
    If(Flow, Box<Course>, Box<Course>, usize),
    Let(Facts, Box<Course>),
}

enum Step {
    Test { check: Check, word: u32, bits: u64, yes: At, no: At, open: At },
    Read { reads: Box<Reads>, next: At },
    Set { cell: usize, value: i64, next: At },
    Compute { cell: usize, worth: Arc<Worth>, next: At },
    /// Where two cells do not hold the same, the first holds nothing.
    Agree { cell: usize, other: usize, next: At },
}

/// All steps of a plan.
#[derive(Default)]
pub(super) struct Steps {
    steps: Vec<Step>,
    /// How many there were before the present condition.
    before: usize,
}

/// What an end says.
pub(super) fn tri(end: At) -> Option<Tri> {
    match end {
        YES => Some(Tri::True),
        NO => Some(Tri::False),
        OPEN => Some(Tri::Unknown),
        _ => None,
    }
}

impl Steps {
    /// Lays out a condition; it ends with `YES`, `NO`, `OPEN` or `TROUBLE`.
    pub(super) fn condition(&mut self, flow: &Flow) -> Result<At, Stop> {
        self.before = self.steps.len();
        self.flow(flow, YES, NO, OPEN)
    }

    /// Lays out a computation of a cell; it ends with `DONE` or `TROUBLE`.
    pub(super) fn computation(&mut self, course: &Course, cell: usize) -> Result<At, Stop> {
        self.before = self.steps.len();
        self.course(course, cell, DONE)
    }

    fn push(&mut self, step: Step) -> Result<At, Stop> {
        if self.steps.len() - self.before >= MOST_STEPS {
            return Err(Stop("a condition that is nested too deeply"));
        }
        let at = At::try_from(self.steps.len()).ok().filter(|at| *at < TROUBLE);
        self.steps.push(step);
        at.ok_or(Stop("conditions with too many steps"))
    }

    /// Notes what is read, then goes on.
    fn read(&mut self, facts: &Facts, sound: bool, next: At) -> Result<At, Stop> {
        if facts.reads.is_empty() && facts.dynamic.is_empty() && !(sound && !facts.needs.is_empty()) {
            return Ok(next);
        }
        let reads = Reads {
            leaves: Bits::of(&facts.reads),
            cells: facts.dynamic.iter().copied().collect(),
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
                let word = u32::try_from(word).map_err(|_| Stop("too many names"))?;
                let at = self.push(Step::Test { check: check.clone(), word, bits, yes, no, open })?;
                if more.is_empty() && facts.dynamic.is_empty() {
                    return Ok(at);
                }
                self.read(facts, false, at)
            }
            Flow::Not(inner) => self.flow(inner, no, yes, open),
            Flow::Every(parts) => self.every(parts, yes, no, open),
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

    fn every(&mut self, parts: &[Flow], yes: At, no: At, open: At) -> Result<At, Stop> {
        let (mut sure, mut unsure) = (yes, open);
        for (place, part) in parts.iter().enumerate().rev() {
            let next = self.flow(part, sure, no, unsure)?;
            unsure = if place == 0 { open } else { self.flow(part, unsure, no, unsure)? };
            sure = next;
        }
        Ok(sure)
    }

    fn course(&mut self, course: &Course, cell: usize, next: At) -> Result<At, Stop> {
        match course {
            Course::Constant(value) => self.push(Step::Set { cell, value: *value, next }),
            Course::Straight(worth, facts) => {
                let at = self.push(Step::Compute { cell, worth: Arc::clone(worth), next })?;
                self.read(facts, false, at)
            }
            Course::If(condition, then, otherwise, other) => {
                let agree = self.push(Step::Agree { cell, other: *other, next })?;
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

    /// Walks from a step to an end, and notes what is read.
    pub(super) fn run(&self, mut at: At, frame: &mut Frame, reads: &mut [u64]) -> At {
        while let Some(step) = self.steps.get(at as usize) {
            at = match step {
                Step::Test { check, word, bits, yes, no, open } => {
                    if let Some(word) = reads.get_mut(*word as usize) {
                        *word |= bits;
                    }
                    match check.holds(frame) {
                        Tri::True => *yes,
                        Tri::False => *no,
                        Tri::Unknown if frame.trouble => {
                            frame.trouble = false;
                            return TROUBLE;
                        }
                        Tri::Unknown => *open,
                    }
                }
                Step::Set { cell, value, next } => {
                    frame.set(*cell, *value);
                    *next
                }
                Step::Compute { cell, worth, next } => {
                    let value = worth.value(frame);
                    if value == FAULT {
                        return TROUBLE;
                    }
                    frame.set(*cell, value);
                    *next
                }
                Step::Read { reads: what, next } => {
                    what.leaves.add_to(reads);
                    for cell in &what.cells {
                        frame.add_reads(*cell, reads);
                    }
                    if lacking(frame, &what.sound) == Lacking::Fault {
                        return TROUBLE;
                    }
                    *next
                }
                Step::Agree { cell, other, next } => {
                    if frame.get(*cell) != frame.get(*other) {
                        frame.set(*cell, UNKNOWN);
                    }
                    *next
                }
            };
        }
        at
    }
}

/// Something is missing. Where a part has failed, the exact evaluation says which of the two counts.
#[cold]
fn open(frame: &mut Frame, fault: bool) -> Tri {
    frame.trouble |= fault;
    Tri::Unknown
}

impl Check {
    /// Trouble is said in the frame, and then the answer is unknown.
    #[inline]
    fn holds(&self, frame: &mut Frame) -> Tri {
        let two = |frame: &mut Frame, left: usize, right: usize, holds: fn(i64, i64) -> bool| {
            let (left, right) = (frame.get(left), frame.get(right));
            if left <= FAULT || right <= FAULT {
                return open(frame, left == FAULT || right == FAULT);
            }
            holds(left, right).into()
        };
        match self {
            Check::Range { cell, low, width } => {
                let value = frame.get(*cell);
                if value <= FAULT {
                    return open(frame, value == FAULT);
                }
                (value.wrapping_sub(*low).cast_unsigned() <= *width).into()
            }
            Check::Less { left, right } => two(frame, *left, *right, |left, right| left < right),
            Check::LessOrEqual { left, right } => two(frame, *left, *right, |left, right| left <= right),
            Check::Equal { left, right } => two(frame, *left, *right, |left, right| left == right),
            Check::Among { cell, mask } => {
                let value = frame.get(*cell);
                if value <= FAULT {
                    return open(frame, value == FAULT);
                }
                among(value, *mask).into()
            }
            Check::AmongCell { cell, set } => {
                two(frame, *cell, *set, |value, set| among(value, set.cast_unsigned()))
            }
            Check::Known { cell } => (frame.get(*cell) > FAULT).into(),
            Check::Rate { above, below, limit, scale, closed, upwards } => {
                let limit = match limit {
                    Limit::Fixed(limit) => *limit,
                    Limit::Cell(cell) => frame.get(*cell),
                };
                let (above, below) = (frame.get(*above), frame.get(*below));
                if above <= FAULT || limit <= FAULT {
                    return open(frame, above == FAULT || limit == FAULT);
                }
                if below <= 0 {
                    return open(frame, true);
                }
                let left = i128::from(above) * i128::from(*scale);
                let right = i128::from(limit) * i128::from(below);
                let (left, right) = if *upwards { (right, left) } else { (left, right) };
                (left < right || (*closed && left == right)).into()
            }
            Check::Constant(value) => (*value).into(),
            Check::Free(free) => free.holds(frame),
        }
    }
}

impl Check {
    /// Does it see for itself whether all is known that it needs?
    pub(super) fn rests_on(&self, facts: &Facts) -> bool {
        let cells: &[usize] = match self {
            Check::Range { cell, .. } | Check::Among { cell, .. } => &[*cell],
            Check::Less { left, right } | Check::LessOrEqual { left, right } | Check::Equal { left, right } => {
                &[*left, *right]
            }
            Check::AmongCell { cell, set } => &[*cell, *set],
            Check::Rate { above, limit: Limit::Cell(limit), .. } => &[*above, *limit],
            Check::Rate { above, limit: Limit::Fixed(_), .. } => &[*above],
            Check::Known { .. } | Check::Constant(_) => &[],
            Check::Free(free) => &free.needs,
        };
        !facts.faulty && facts.needs.iter().all(|cell| cells.contains(cell))
    }
}

#[inline]
fn among(value: i64, mask: u64) -> bool {
    u32::try_from(value).is_ok_and(|value| mask.checked_shr(value).is_some_and(|mask| mask & 1 == 1))
}

impl Free {
    fn holds(&self, frame: &mut Frame) -> Tri {
        match lacking(frame, &self.needs) {
            Lacking::None => {
                let holds = (self.holds)(frame);
                if frame.trouble { Tri::Unknown } else { holds.into() }
            }
            Lacking::Value => open(frame, self.faulty),
            Lacking::Fault => open(frame, true),
        }
    }
}

impl Worth {
    /// A value, `UNKNOWN`, or `FAULT`.
    #[inline]
    pub(super) fn value(&self, frame: &mut Frame) -> i64 {
        match lacking(frame, &self.needs) {
            Lacking::None => {
                let value = (self.work)(frame);
                if value <= FAULT || std::mem::take(&mut frame.trouble) { FAULT } else { value }
            }
            Lacking::Value if self.faulty => FAULT,
            Lacking::Value => UNKNOWN,
            Lacking::Fault => FAULT,
        }
    }
}
