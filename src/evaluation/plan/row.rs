//! A request as plain words, in the order in which the plan looks at them.

use super::code;
use super::frame::{Frame, UNKNOWN};
use super::steps::Words;
use super::{Leaf, PaperTest, Plan, Scratch, days, turns};
use crate::evaluation::request::{Digest, Request, SignatureMode};
use crate::expression::program::Value;
use crate::expression::types::Type;
use crate::value::Date;

/// Where no day was written down.
pub(super) const NO_DAY: i32 = i32::MIN;

/// A request as plain words. It can be used again for the next request.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub(super) service: usize,
    pub(super) submitted: i64,
    pub(super) values: Vec<i64>,
    pub(super) early_reads: Vec<u64>,
    pub(super) presented: u64,
    pub(super) matched: u64,
    /// For each paper: issued, expires (the last day of all where it never does, or where that does not count).
    pub(super) dates: Vec<(i32, i32)>,
    /// For each event: its day and the second of it; no day where it did not happen.
    pub(super) events: Vec<(i32, u32)>,
    /// Whether it is signed, as a word.
    pub(super) signed: i64,
    /// Why only the exact evaluation can judge it.
    pub(super) exact: Option<&'static str>,
}

impl Row {
    pub(super) fn moment(&self, event: usize) -> Option<(i32, u32)> {
        self.events.get(event).copied().filter(|(day, _)| *day != NO_DAY)
    }

    /// Why only the exact evaluation can judge this request; nothing where the plan can.
    pub fn exact(&self) -> Option<&'static str> {
        self.exact
    }

    /// Puts a paper that was shown into the row: issued, expires.
    #[inline]
    pub(super) fn show(
        &mut self,
        papers: &[PaperTest],
        index: usize,
        (issued, expires): (i32, i32),
        matched: bool,
    ) {
        let (Some(paper), Some(place)) = (papers.get(index), self.dates.get_mut(index)) else { return };
        let never = !paper.not_expired || (paper.may_never_expire && expires == NO_DAY);
        *place = (issued, if never { i32::MAX } else { expires });
        self.presented |= 1 << (index & 63);
        self.matched |= u64::from(matched) << (index & 63);
    }

    #[inline]
    pub(super) fn set(&mut self, leaf: usize, value: i64) {
        if let Some(place) = self.values.get_mut(leaf) {
            *place = value;
        }
    }
}

/// A calendar day as the number that rows hold.
pub(super) fn day(date: Date) -> i32 {
    i32::try_from(days::number(date)).unwrap_or(NO_DAY)
}

impl Plan<'_> {
    /// How many cells are known before a request is judged: what it says, and all cells where some were computed when it was
    /// loaded.
    pub(super) fn given(&self) -> usize {
        if self.early.is_empty() { self.leaves.len() } else { self.cells }
    }

    /// An empty row.
    pub fn row(&self) -> Row {
        Row {
            values: vec![UNKNOWN; self.given()],
            early_reads: vec![0; self.early_bases.len() * self.words],
            dates: vec![(NO_DAY, NO_DAY); self.policy.documents.len()],
            events: vec![(NO_DAY, 0); self.policy.events.len()],
            ..Row::default()
        }
    }

    /// Puts a request into a row, to be judged on a day.
    pub fn load(&self, row: &mut Row, scratch: &mut Scratch, request: &Request, on: Date) {
        let frame = &mut scratch.frame;
        self.begin(row, frame);
        row.service = request.service;
        if request.differing().next().is_some() {
            row.exact = Some("sources that disagree");
        }
        for (leaf, kind) in self.leaves.iter().enumerate() {
            let Leaf::Fact(ty) = kind else { continue };
            let value = self.slots.get(leaf).and_then(|slot| request.value(*slot));
            let Some(value) = value else { continue };
            match (ty, code::word(ty, value)) {
                // No planned condition looks at a text.
                (Type::Text, _) => {}
                (_, Some(word)) => row.set(leaf, word),
                (_, None) => row.exact = Some("a number beyond a word"),
            }
            if let (Type::List(record), Value::List(items)) = (ty, value) {
                let number = self.lists.iter().position(|slot| self.slots.get(leaf) == Some(slot));
                let from = (frame.items.len(), items.len());
                for item in items.iter() {
                    for (place, (_, ty)) in record.fields.iter().enumerate() {
                        let value = item.get(place).and_then(Option::as_ref);
                        let word = value.and_then(|value| code::word(ty, value));
                        if value.is_some() && word.is_none() && *ty != Type::Text {
                            row.exact = Some("a number beyond a word");
                        }
                        frame.items.push(word.unwrap_or(UNKNOWN));
                    }
                }
                if let Some(list) = number.and_then(|number| frame.lists.get_mut(number)) {
                    *list = from;
                }
            }
        }
        for (index, moment) in &request.events {
            if let Some(place) = row.events.get_mut(*index) {
                let seconds = chrono::Timelike::num_seconds_from_midnight(&moment.time());
                *place = (day(moment.date()), seconds);
            }
        }
        for (index, presented) in request.documents.iter().filter(|(index, _)| **index < 64) {
            let dates = (presented.issued.map_or(NO_DAY, day), presented.expires.map_or(NO_DAY, day));
            row.show(&self.papers, *index, dates, presented.matched);
        }
        row.signed = match &request.declaration {
            None => 0,
            Some(declaration)
                if declaration.mode == SignatureMode::Thumbprint && declaration.witness.is_none() =>
            {
                0
            }
            Some(declaration) => match &declaration.digest {
                Digest::Current => 1,
                Digest::Of(signed) if request.digest(self.policy).starts_with(signed.as_str()) => 1,
                Digest::Unknown | Digest::Of(_) => UNKNOWN,
            },
        };
        let channel = request.channel.and_then(|channel| i64::try_from(channel).ok());
        self.finish(row, (frame, &mut scratch.record.reads), request.submitted_at.date(), on, channel);
    }

    pub(super) fn begin(&self, row: &mut Row, frame: &mut Frame) {
        row.values.fill(UNKNOWN);
        row.presented = 0;
        row.matched = 0;
        row.signed = 0;
        row.exact = None;
        row.events.fill((NO_DAY, 0));
        frame.items.clear();
        frame.lists.fill((0, 0));
    }

    /// Fills in what does not stand in the request itself, and looks through its lists.
    pub(super) fn finish(
        &self,
        row: &mut Row,
        (frame, reads): (&mut Frame, &mut [u64]),
        submitted_on: Date,
        on: Date,
        channel: Option<i64>,
    ) {
        row.submitted = days::number(submitted_on);
        let numbers_on = days::number(self.policy.numbers_on(submitted_on));
        let era = self.since.iter().filter(|day| **day <= numbers_on).count();
        if let Some(era) = self.eras.get(era) {
            for (leaf, value) in &era.values {
                row.set(*leaf, *value);
            }
            if era.misfit {
                row.exact = Some("a parameter beyond a word");
            }
        }
        let service = self.services.get(row.service);
        if let Some(reason) = service.and_then(|service| service.exact) {
            row.exact = Some(reason);
        }
        for (leaf, kind) in &self.own {
            let value = match kind {
                Leaf::Event(index) => row.moment(*index).map(|(day, _)| i64::from(day)),
                Leaf::SubmittedOn => Some(row.submitted),
                Leaf::EvaluatedOn => Some(days::number(on)),
                Leaf::Service => i64::try_from(row.service).ok(),
                Leaf::Interval => service.and_then(|service| service.interval),
                Leaf::Channel => channel,
                Leaf::Fact(_) | Leaf::Parameter(_) | Leaf::Shown(_) | Leaf::Intake(_) | Leaf::None => None,
            };
            if let Some(value) = value {
                row.set(*leaf, value);
            }
        }
        if self.early.is_empty() || row.exact.is_some() {
            return;
        }
        frame.values.copy_from_slice(&row.values);
        reads.fill(0);
        for (word, bits) in &self.early_notes {
            if let Some(place) = reads.get_mut(*word) {
                *place |= bits;
            }
        }
        let mut words = Words {
            cells: &mut frame.values,
            reads: &mut *reads,
            items: &frame.items,
            lists: &frame.lists,
            ..Words::default()
        };
        turns::run(&self.early, &self.steps, &mut words);
        if words.failed {
            row.exact = Some("a list that cannot be looked through");
        }
        for (base, place) in self.early_bases.iter().zip(row.early_reads.chunks_exact_mut(self.words)) {
            if let Some(reads) = reads.get(*base..base + self.words) {
                place.copy_from_slice(reads);
            }
        }
        row.values.copy_from_slice(&frame.values);
    }
}
