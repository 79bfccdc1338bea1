//! Until when: every deadline whose event has happened, with the account of how it was counted.

use chrono::NaiveDateTime;

use super::request::Request;
use crate::calendar::{self, Calendar, CalendarError, Due, Period};
use crate::expression::evaluate::Frame;
use crate::policy::{After, Deadline, Limit, Policy};
use crate::value::{Date, Text};

/// A deadline of this request.
#[derive(Debug, Clone)]
pub struct Term {
    /// The number of the deadline.
    pub deadline: usize,
    /// The event from which it is counted.
    pub start: NaiveDateTime,
    /// Not before.
    pub earliest: Option<End>,
    /// Not after.
    pub latest: Option<End>,
}

/// One end of a deadline.
#[derive(Debug, Clone)]
pub struct End {
    /// The day, or why it cannot be told.
    pub due: Result<Counted, CalendarError>,
    /// May it be passed with a recorded reason?
    pub soft: bool,
}

/// A day that was counted.
#[derive(Debug, Clone)]
pub enum Counted {
    /// By days.
    Days(Due),
    /// By hours, to the minute.
    Hours(NaiveDateTime),
}

impl Counted {
    /// The day.
    pub fn day(&self) -> Date {
        match self {
            Counted::Days(due) => due.due,
            Counted::Hours(moment) => moment.date(),
        }
    }

    /// How it was counted, step by step.
    pub fn account(&self, digits: crate::value::words::Digits) -> Vec<Text> {
        match self {
            Counted::Days(due) => due.account.iter().map(|step| step.text(digits)).collect(),
            Counted::Hours(_) => vec![Text::new(
                "حُسبت بالساعات دون نظر إلى أيام الراحة",
                "counted in hours, days of rest included",
            )],
        }
    }
}

impl End {
    /// The day, where it can be told.
    pub fn day(&self) -> Option<Date> {
        self.due.as_ref().ok().map(Counted::day)
    }
}

/// Every deadline whose event has happened.
pub fn terms(policy: &Policy, request: &Request, frame: &Frame<'_>) -> Vec<Term> {
    let deadlines = policy.deadlines.iter().enumerate();
    deadlines
        .filter_map(|(index, deadline)| {
            let start = *request.events.get(&deadline.from)?;
            term(policy, request, frame, index, deadline, start)
        })
        .collect()
}

/// One deadline, counted from a moment: also for an event that a letter is about to bring about.
pub fn term(
    policy: &Policy,
    request: &Request,
    frame: &Frame<'_>,
    index: usize,
    deadline: &Deadline,
    start: NaiveDateTime,
) -> Option<Term> {
    if deadline.services.as_ref().is_some_and(|services| !services.contains(&request.service)) {
        return None;
    }
    let instead = deadline.instead.iter().find(|case| frame.evaluate(&case.when).as_bool() == Some(true));
    let (earliest, latest) = match instead {
        Some(case) => (case.earliest, case.latest),
        None => (deadline.earliest, deadline.latest),
    };
    let calendar = policy.calendar.as_ref();
    let end = |limit: Limit, may_extend: bool| {
        let period = match limit.after {
            After::Period(period) => period,
            After::Delivery => policy.services.get(request.service)?.delivery?,
        };
        let extension =
            deadline.extend.filter(|(_, on)| may_extend && request.events.contains_key(on)).map(|(by, _)| by);
        Some(End { due: counted(start, period, limit, extension, calendar), soft: limit.soft })
    };
    let earliest = earliest.and_then(|limit| end(limit, false));
    let latest = latest.and_then(|limit| end(limit, true));
    (earliest.is_some() || latest.is_some()).then_some(Term { deadline: index, start, earliest, latest })
}

fn counted(
    start: NaiveDateTime,
    period: Period,
    limit: Limit,
    extension: Option<Period>,
    calendar: Option<&Calendar>,
) -> Result<Counted, CalendarError> {
    use chrono::Datelike as _;
    if let Period::Hours(hours) = period {
        return calendar::due_hours(start, hours).map(Counted::Hours);
    }
    let calendar = calendar.ok_or(CalendarError::YearNotDeclared(start.year()))?;
    let due = calendar::due(start.date(), period, limit.roll, calendar)?;
    match extension {
        // An extension is counted from the day before rolling, or it would drift with every holiday.
        Some(by) => calendar::due_from_base(&due, by, limit.roll, calendar).map(Counted::Days),
        None => Ok(Counted::Days(due)),
    }
}
