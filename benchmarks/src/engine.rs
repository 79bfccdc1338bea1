//! What every engine must be able to do: say the outcome of a request, and say how long that took.

use std::hint::black_box;
use std::time::Instant;

use crate::requests::Outcome;

/// One engine with the requests it was given, prepared beforehand as its documentation advises.
pub trait Engine {
    fn outcome(&mut self, index: usize) -> Outcome;

    /// Nanoseconds for each of the first so many requests. An engine that answers in a form of its own is timed without the
    /// translation into an outcome.
    fn time(&mut self, count: usize) -> f64 {
        steadily(count, |index| {
            black_box(self.outcome(black_box(index)));
        })
    }
}

/// An engine as the comparison lists it.
pub struct Entry<'a> {
    pub name: &'static str,
    /// One of so many requests is timed in a round: the slower, the fewer.
    pub one_of: usize,
    pub engine: Box<dyn Engine + 'a>,
}

impl<'a> Entry<'a> {
    pub fn new(name: &'static str, one_of: usize, engine: impl Engine + 'a) -> Entry<'a> {
        Entry { name, one_of, engine: Box::new(engine) }
    }
}

pub fn timed(count: usize, mut judge: impl FnMut(usize)) -> f64 {
    let start = Instant::now();
    for index in 0..count {
        judge(index);
    }
    start.elapsed().as_secs_f64() * 1e9 / count as f64
}

/// The median of twenty parts: one during which another process had the core does not count.
pub fn steadily(count: usize, mut judge: impl FnMut(usize)) -> f64 {
    let part = (count / 20).max(1);
    let parts = (0..count / part).map(|number| timed(part, |index| judge(number * part + index)));
    median(parts.collect())
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
