//! One request against a plan: its papers, its turns, what they come to, how urgent it is, and until when.

use super::frame::{self, FAULT, Frame};
use super::steps::{self, Words};
use super::turns;
use super::{
    Day, Due, End, Exact, PerService, Plan, Record, Row, Scratch, Standing, Standings, Tally, Tier, Until,
    days, row,
};
use crate::calendar::{self, Period};
use crate::evaluation::{Conclusion, Verdict};
use crate::policy::{Limit, Policy};
use crate::value::Date;

/// How many due dates are remembered for each limit of a deadline: those of nearly three years.
pub(super) const REMEMBERED: usize = 1024;

/// What the checklist came to.
struct Papers {
    needed: u64,
    satisfied: u64,
    later: u64,
    undecided: u64,
    /// Words: what is not so yet is not known.
    complete: i64,
    matched_all: i64,
}

impl Tally {
    fn result(self, papers: &Papers) -> Conclusion {
        if self.has(Tally::MERGED) {
            Conclusion::Merged
        } else if self.has(Tally::NOT_MET) {
            Conclusion::NotMet
        } else if self.has(Tally::OPEN) || papers.needed & !papers.satisfied != 0 {
            Conclusion::Incomplete
        } else {
            Conclusion::Met
        }
    }
}

impl Plan<'_> {
    /// Judges a request. The record stays in the scratch and is overwritten by the next one.
    ///
    /// # Errors
    ///
    /// Where only the exact evaluation can judge it.
    pub fn evaluate<'s>(&self, row: &Row, scratch: &'s mut Scratch) -> Result<&'s Record, Exact> {
        if let Some(reason) = row.exact {
            return Err(Exact(reason));
        }
        let Some(service) = self.services.get(row.service) else { return Err(Exact("an unknown service")) };
        let Scratch { frame, record, due } = scratch;
        // What is computed is computed anew for every request, but for what was computed when it was loaded.
        if let Some(values) = frame.values.get_mut(..row.values.len()) {
            values.copy_from_slice(&row.values);
        }
        record.verdicts.fill(Verdict::NotApplicable);
        record.reads.copy_from_slice(&service.reads);
        if !self.early_bases.is_empty() {
            for (base, reads) in self.early_bases.iter().zip(row.early_reads.chunks_exact(self.words)) {
                if let Some(place) = record.reads.get_mut(*base..base + self.words) {
                    place.copy_from_slice(reads);
                }
            }
        }
        let valid = self.valid(row);
        for (leaf, document) in &self.shown {
            if valid >> document & 1 == 1 {
                frame::set(&mut frame.values, *leaf, 1);
            }
        }
        let Frame { values, items, lists } = frame;
        let Record { verdicts, reads, .. } = &mut *record;
        let mut words = Words { cells: values, reads, verdicts, items, lists, ..Words::default() };
        turns::run(&service.before, &self.steps, &mut words);
        if words.failed {
            return Err(Exact("a condition on papers that failed"));
        }
        let papers = self.checklist(service, row, valid, &words);
        for (leaf, value) in self.intake.iter().zip([papers.complete, papers.matched_all, row.signed]) {
            frame::set(words.cells, *leaf, value);
        }
        turns::run(&service.after, &self.steps, &mut words);
        if words.failed {
            return Err(Exact("a condition that failed"));
        }
        let tally = words.tally;
        record.result = tally.result(&papers);
        record.missing = 0;
        record.later = 0;
        record.lacks_facts = false;
        if !matches!(record.result, Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred) {
            record.missing = papers.needed & !papers.satisfied;
            record.later = papers.later & !papers.satisfied & !record.missing;
            if papers.undecided != 0 || tally.has(Tally::UNKNOWN) {
                record.lacks_facts = self.lacks_facts(service, record, (&papers, valid), frame)?;
            }
        }
        record.standing = match &self.standing {
            None => None,
            Some(standing) => Some(standing.of(frame)?),
        };
        self.terms(service, row, frame, record, due)?;
        Ok(record)
    }

    /// The papers that are shown and valid. All that have dates are looked at, shown or not: so it is as many for each request.
    fn valid(&self, row: &Row) -> u64 {
        let mut valid = row.presented;
        for (index, days) in &self.dated {
            if let Some((issued, expires)) = row.dates.get(*index) {
                // Where no day was written down, it is long ago.
                let is_fresh = i64::from(*issued) + days >= row.submitted;
                let lasts = i64::from(*expires) >= row.submitted;
                valid &= !(u64::from(!(is_fresh & lasts)) << (index & 63));
            }
        }
        for (index, months, days) in &self.dated_by_months {
            if let Some((issued, expires)) = row.dates.get(*index) {
                let last = days::shifted(i64::from(*issued), *months, *days);
                let is_fresh = *issued != row::NO_DAY && last.is_some_and(|last| last >= row.submitted);
                let lasts = i64::from(*expires) >= row.submitted;
                valid &= !(u64::from(!(is_fresh & lasts)) << (index & 63));
            }
        }
        valid
    }

    fn checklist(&self, service: &PerService, row: &Row, valid: u64, words: &Words<'_>) -> Papers {
        let (required, later) = (service.required | words.required, service.later | words.later);
        let undecided = words.undecided;
        let needed = required & !later;
        let (mut satisfied, mut matched) = (valid, valid & row.matched);
        for (index, accepted) in &self.alternatives {
            satisfied |= u64::from(valid & accepted != 0) << index;
            matched |= u64::from(valid & row.matched & accepted != 0) << index;
        }
        let undecided = undecided & !valid;
        let complete = undecided == 0 && needed & !satisfied == 0;
        let matched_all = complete && needed & !matched == 0;
        Papers {
            needed,
            satisfied,
            later,
            undecided,
            complete: if complete { 1 } else { frame::UNKNOWN },
            matched_all: if matched_all { 1 } else { frame::UNKNOWN },
        }
    }

    /// A paper that a condition asks for is missing too where the condition hangs on it. Which one it hangs on, the exact
    /// evaluation says; here it is enough to see that no paper can be in question. Did a rule that is unknown then read a fact
    /// that nobody stated?
    fn lacks_facts(
        &self,
        service: &PerService,
        record: &Record,
        (papers, valid): (&Papers, u64),
        frame: &Frame,
    ) -> Result<bool, Exact> {
        let (mut asked, mut lacks) = (0, papers.undecided != 0);
        for (rule, exemptions) in &service.open {
            if record.verdicts.get(*rule) == Some(&Verdict::Unknown) {
                lacks = lacks || self.has_read_unknown(record.reads(*rule), frame);
                asked |= exemptions.iter().fold(self.asks(*rule), |asked, rule| asked | self.asks(*rule));
            }
        }
        for (document, asks) in &service.cases {
            if papers.undecided >> document & 1 == 1 {
                asked |= asks;
            }
        }
        if asked & !valid & !record.missing == 0 {
            Ok(lacks)
        } else {
            Err(Exact("a condition that hangs on a paper"))
        }
    }

    /// Is a fact that nobody stated among those read?
    fn has_read_unknown(&self, reads: &[u64], frame: &Frame) -> bool {
        reads.iter().zip(&self.facts).enumerate().any(|(word, (read, facts))| {
            let mut open = read & facts;
            while open != 0 {
                let leaf = word * 64 + usize::try_from(open.trailing_zeros()).unwrap_or(0);
                if frame::get(&frame.values, leaf) == frame::UNKNOWN {
                    return true;
                }
                open &= open - 1;
            }
            false
        })
    }

    /// The papers that a rule may ask for.
    fn asks(&self, rule: usize) -> u64 {
        self.asks.get(rule).copied().unwrap_or(u64::MAX)
    }

    #[inline]
    fn terms(
        &self,
        service: &PerService,
        row: &Row,
        frame: &mut Frame,
        record: &mut Record,
        memory: &mut [(i32, Day)],
    ) -> Result<(), Exact> {
        record.terms.clear();
        for due in &service.due {
            let Some(start) = row.moment(due.from) else { continue };
            if let Some((day, latest)) = due.alone.and_then(|number| remembered(memory, number, start.0))
                && *day == start.0
            {
                record.terms.push(Until { deadline: due.deadline, earliest: Day::Open, latest: *latest });
                continue;
            }
            let until = self.term(due, row, start, frame, memory)?;
            if until.earliest != Day::Open || until.latest != Day::Open {
                record.terms.push(until);
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn term(
        &self,
        due: &Due,
        row: &Row,
        start: (i32, u32),
        frame: &mut Frame,
        memory: &mut [(i32, Day)],
    ) -> Result<Until, Exact> {
        let mut limits = &due.limits;
        for (test, others) in &due.instead {
            let Frame { values, items, lists } = &mut *frame;
            let mut words = Words { cells: values, items, lists, ..Words::default() };
            match self.steps.run(*test, &mut words) {
                steps::YES => {
                    limits = others;
                    break;
                }
                steps::TROUBLE => return Err(Exact("a condition on a deadline that failed")),
                _ => {}
            }
        }
        let [earliest, latest] = limits;
        let extension = due.extend.filter(|(_, on)| row.moment(*on).is_some()).map(|(by, _)| by);
        Ok(Until {
            deadline: due.deadline,
            earliest: self.end(earliest, start, None, memory),
            latest: self.end(latest, start, extension, memory),
        })
    }

    #[inline]
    fn end(
        &self,
        end: &End,
        (day, seconds): (i32, u32),
        extension: Option<Period>,
        memory: &mut [(i32, Day)],
    ) -> Day {
        let End::After { period, limit, memory: number } = end else { return Day::Open };
        let count = || counted(self.policy, day, seconds, *period, *limit, extension);
        let (Some(number), None) = (number, extension) else { return count() };
        match remembered(memory, *number, day) {
            Some((known, due)) if *known == day => *due,
            Some(entry) => {
                *entry = (day, count());
                entry.1
            }
            None => count(),
        }
    }
}

/// The place where the due date of a day is remembered.
#[inline]
fn remembered(memory: &mut [(i32, Day)], number: usize, day: i32) -> Option<&mut (i32, Day)> {
    memory.get_mut(number * REMEMBERED + day.cast_unsigned() as usize % REMEMBERED)
}

impl Standings {
    fn of(&self, frame: &Frame) -> Result<Standing, Exact> {
        let sum = frame::get(&frame.values, self.sum);
        let tier = self.tier.as_ref().map(|tier| frame::get(&frame.values, tier.cell));
        if sum > FAULT && tier != Some(FAULT) {
            // Nothing is unknown.
            let tier = tier.filter(|tier| *tier > FAULT).and_then(|tier| u16::try_from(tier).ok());
            return Ok(Standing { score: sum, at_most: sum, tier });
        }
        // The points that are known, and those that could still come.
        let (mut low, mut more, mut unknown) = (0_i64, 0_i64, false);
        for (cell, most) in &self.factors {
            match frame::get(&frame.values, *cell) {
                FAULT => return Err(Exact("points that could not be computed")),
                frame::UNKNOWN => {
                    unknown = true;
                    more = more.saturating_add(*most);
                }
                points => low = low.saturating_add(points),
            }
        }
        let high = low.saturating_add(more);
        let (score, at_most) = (low.min(self.at_most), high.min(self.at_most));
        let tier = match &self.tier {
            None => None,
            Some(tier) if score == at_most => {
                let cell = frame::get(&frame.values, tier.cell);
                if unknown || cell == FAULT {
                    return Err(Exact("a tier that hangs on an unknown"));
                }
                Some(cell).filter(|cell| *cell > FAULT)
            }
            Some(Tier { alone: Some((grid, outputs)), .. }) => {
                let (low, high) = (grid.at(score, outputs), grid.at(at_most, outputs));
                low.filter(|_| low == high)
            }
            Some(Tier { alone: None, .. }) => None,
        };
        Ok(Standing { score, at_most, tier: tier.and_then(|tier| u16::try_from(tier).ok()) })
    }
}

#[cold]
fn counted(
    policy: &Policy,
    day: i32,
    seconds: u32,
    period: Period,
    limit: Limit,
    extension: Option<Period>,
) -> Day {
    use calendar::{Roll, due_date, due_hours};
    let Some(start) = days::date(i64::from(day)) else { return Day::Untold };
    let told = |due: Option<Date>| due.map_or(Day::Untold, Day::On);
    if let Period::Hours(hours) = period {
        let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default();
        return told(due_hours(start.and_time(time), hours).ok().map(|moment| moment.date()));
    }
    let Some(calendar) = policy.calendar.as_ref() else { return Day::Untold };
    let due = due_date(start, period, limit.roll, calendar).ok();
    match (extension, due) {
        (Some(by), Some(_)) => {
            // Counted from the day before rolling, as the account of it says.
            let base = due_date(start, period, Roll::None, calendar).ok();
            told(base.and_then(|base| due_date(base, by, limit.roll, calendar).ok()))
        }
        _ => told(due),
    }
}
