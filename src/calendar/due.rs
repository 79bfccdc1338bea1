//! Until when: the last day of a period, moved to a working day where its deadline says so.
//!
//! The day of the event is not counted, the last day is. Calendar periods run through weekends and holidays;
//! working days leave them out.

use chrono::{NaiveDateTime, TimeDelta};
use schemars::JsonSchema;
use serde::Deserialize;

use super::account::{self, Step};
use super::{Calendar, CalendarError, Period, next};
use crate::value::Date;

/// When a period that starts with the event of a day is over, and how that was counted.
pub fn due(start: Date, period: Period, roll: Roll, calendar: &Calendar) -> Result<Due, CalendarError> {
    let base = base_date(start, period, calendar)?;
    let due = rolled(start, base, roll, calendar)?;
    Ok(Due { start, period, base, due, account: account::steps(start, period, base, due, calendar)? })
}

/// The last day only, for those who count many and explain none.
pub fn due_date(start: Date, period: Period, roll: Roll, calendar: &Calendar) -> Result<Date, CalendarError> {
    rolled(start, base_date(start, period, calendar)?, roll, calendar)
}

/// An extension: counted from the day before rolling, so that a holiday is not granted twice.
pub fn due_from_base(
    previous: &Due,
    by: Period,
    roll: Roll,
    calendar: &Calendar,
) -> Result<Due, CalendarError> {
    let mut extended = due(previous.base, by, roll, calendar)?;
    if previous.base != previous.due {
        let step = Step::FromBase { base: previous.base, due: previous.due };
        extended.account.insert(0, step);
    }
    Ok(extended)
}

/// So many hours later on the clock; nights, weekends and holidays count.
pub fn due_hours(start: NaiveDateTime, hours: u32) -> Result<NaiveDateTime, CalendarError> {
    TimeDelta::try_hours(i64::from(hours))
        .and_then(|hours| start.checked_add_signed(hours))
        .ok_or(CalendarError::BeyondCalendar)
}

/// A due date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day of the event; it is not counted.
    pub start: Date,
    /// How long the period is.
    pub period: Period,
    /// The last day of the period.
    pub base: Date,
    /// The last day, moved where it was not a working day. Never before `start`.
    pub due: Date,
    /// How it was counted, in order.
    pub account: Vec<Step>,
}

/// What happens when the last day is not a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Roll {
    /// The next working day counts.
    Forward,
    /// The working day before counts, but no day before the event.
    Back,
    /// It stays.
    None,
}

fn base_date(start: Date, period: Period, calendar: &Calendar) -> Result<Date, CalendarError> {
    match period {
        Period::Days(_) | Period::Weeks(_) | Period::Months(_) => {
            period.span().and_then(|span| span.after(start)).ok_or(CalendarError::BeyondCalendar)
        }
        Period::WorkingDays(number) => {
            let mut day = start;
            let mut left = number;
            while left > 0 {
                day = next(day)?;
                if calendar.is_working(day)? {
                    left -= 1;
                }
            }
            Ok(day)
        }
        Period::Hours(_) => Err(CalendarError::HoursNeedTime),
    }
}

fn rolled(start: Date, base: Date, roll: Roll, calendar: &Calendar) -> Result<Date, CalendarError> {
    let mut day = base;
    match roll {
        Roll::Forward => {
            while !calendar.is_working(day)? {
                day = next(day)?;
            }
        }
        Roll::Back => {
            while !calendar.is_working(day)? && day > start {
                day = day.pred_opt().ok_or(CalendarError::BeyondCalendar)?;
            }
        }
        // Where nothing is moved, the calendar need not know the year.
        Roll::None => {}
    }
    Ok(day)
}
