//! What is asked of a list: whether any or all of its things are so, how many are, and what they come to.

use std::sync::Arc;

use super::flow::{Course, Flow};
use super::frame::{Bits, FAULT, UNKNOWN, get, set};
use super::steps::{self, At, Steps, Words};
use crate::expression::program::Fold;

/// Something asked of a list.
#[derive(Clone)]
pub(super) struct Folded {
    pub(super) fold: Fold,
    /// The list's cell, its number among lists, and the first cell of its thing's fields.
    pub(super) list: usize,
    pub(super) number: usize,
    pub(super) first: usize,
    pub(super) fields: usize,
    pub(super) body: Body,
}

/// What is asked of each of its things.
#[derive(Clone)]
pub(super) enum Body {
    None,
    Test(Arc<Flow>),
    /// And the cell in which the value of a thing is put.
    Worth(Arc<Course>, usize),
}

impl Folded {
    /// Puts a thing of the list into the cells of its fields.
    fn take(&self, from: usize, words: &mut Words<'_>) {
        for field in 0..self.fields {
            set(words.cells, self.first + field, get(words.items, from + field));
        }
    }

    /// A value, `UNKNOWN`, or `FAULT`.
    pub(super) fn run(&self, steps: &Steps, body: At, base: usize, words: &mut Words<'_>) -> i64 {
        Bits::of(&[self.list]).add_to(words.reads.get_mut(base..).unwrap_or_default());
        let list = get(words.cells, self.list);
        if list <= FAULT {
            return list;
        }
        let (from, count) = words.lists.get(self.number).copied().unwrap_or_default();
        let (mut unknown, mut fault) = (false, false);
        let mut counted = 0_i64;
        let mut best: Option<i64> = None;
        for item in 0..count {
            self.take(from + item * self.fields, words);
            let value = match &self.body {
                Body::None => return i64::try_from(count).unwrap_or(FAULT),
                Body::Test(_) => match steps.run(body, words) {
                    steps::YES => 1,
                    steps::NO => 0,
                    steps::OPEN => UNKNOWN,
                    _ => FAULT,
                },
                Body::Worth(_, cell) => match steps.run(body, words) {
                    steps::DONE => get(words.cells, *cell),
                    _ => FAULT,
                },
            };
            match (self.fold, value) {
                (_, FAULT) => fault = true,
                (_, UNKNOWN) => unknown = true,
                // Trouble on the way is not passed over, even where the answer is found.
                (Fold::Any, 1) | (Fold::All, 0) => return if fault { FAULT } else { value },
                (Fold::Any | Fold::All, _) => {}
                (Fold::Count, value) => counted += value,
                (Fold::Sum, value) => match best.unwrap_or(0).checked_add(value) {
                    Some(sum) => best = Some(sum),
                    None => fault = true,
                },
                (Fold::Min, value) => best = Some(best.map_or(value, |best| best.min(value))),
                (Fold::Max, value) => best = Some(best.map_or(value, |best| best.max(value))),
            }
        }
        if fault {
            return FAULT;
        }
        if unknown {
            return UNKNOWN;
        }
        match self.fold {
            Fold::Any => 0,
            Fold::All => 1,
            Fold::Count => counted,
            Fold::Sum => best.unwrap_or(0),
            Fold::Min | Fold::Max => best.unwrap_or(FAULT),
        }
    }
}
