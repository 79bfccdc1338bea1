//! Working days, holidays and due dates, each with the account of how it was counted.
//!
//! Receives the description of a calendar, hands on a [`Calendar`] that knows of every day of the declared years
//! whether people work on it. A day of any other year is an error, never a guess.

mod account;
mod due;
mod period;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, Weekday};

use crate::value::hijri::{self, DateError, HijriDate};
use crate::value::words::{Digits, date_gregorian, digits_only};
use crate::value::{Date, Lang, Text};

pub use account::{Direction, Off, Step};
pub use due::{Due, Roll, due, due_date, due_from_base, due_hours};
pub use period::{Period, PeriodError};

/// The working days of the declared years.
#[derive(Debug, Clone)]
pub struct Calendar {
    // One entry for each day of the year, from 1 January on.
    years: BTreeMap<i32, Vec<Mark>>,
    titles: Vec<Text>,
}

impl Calendar {
    /// The calendar of a description; an error where the description contradicts itself.
    pub fn new(description: Description) -> Result<Calendar, CalendarError> {
        if (0..7).all(|day| Weekday::try_from(day).is_ok_and(|day| description.weekend.contains(&day))) {
            return Err(CalendarError::NoWorkingDay);
        }
        let mut calendar = Calendar { years: BTreeMap::new(), titles: Vec::new() };
        for year in description.years.keys() {
            let marks = days_of(*year)?.map(|day| {
                if description.weekend.contains(&day.weekday()) { Mark::Weekend } else { Mark::Working }
            });
            calendar.years.insert(*year, marks.collect());
        }
        let known: BTreeSet<&str> = description.holidays.iter().map(|holiday| holiday.id.as_str()).collect();
        for (year, declared) in &description.years {
            if let Some(wrong) =
                declared.announced.iter().find(|range| !known.contains(range.holiday.as_str()))
            {
                return Err(CalendarError::UnknownHoliday { year: *year, id: wrong.holiday.clone() });
            }
        }
        // The year before a declared one counts too: its last holiday may reach over New Year.
        let years: BTreeSet<i32> =
            description.years.keys().flat_map(|year| [year.saturating_sub(1), *year]).collect();
        for holiday in description.holidays {
            holiday.rule.check(&holiday.id)?;
            let title = calendar.titled(holiday.title);
            for year in &years {
                let announced: Vec<_> = description
                    .years
                    .get(year)
                    .into_iter()
                    .flat_map(|declared| &declared.announced)
                    .filter(|announced| announced.holiday == holiday.id)
                    .map(|announced| within(*year, announced.from, announced.to))
                    .collect::<Result<_, _>>()?;
                let ranges = if announced.is_empty() { holiday.rule.ranges_in(*year)? } else { announced };
                for (from, to) in ranges {
                    calendar.close(from, to, title);
                }
            }
        }
        for (year, declared) in description.years {
            for closing in declared.extra {
                let (from, to) = within(year, closing.from, closing.to)?;
                let title = calendar.titled(closing.title);
                calendar.close(from, to, title);
            }
        }
        Ok(calendar)
    }

    /// Do people work on this day, and if not, why?
    pub fn day_kind(&self, date: Date) -> Result<DayKind<'_>, CalendarError> {
        Ok(match self.mark(date)? {
            Mark::Working => DayKind::Working,
            Mark::Weekend => DayKind::Weekend,
            // INVARIANT: every mark has its title, so the weekend never stands in for one.
            Mark::Holiday(title) => self.titles.get(title).map_or(DayKind::Weekend, DayKind::Holiday),
        })
    }

    /// Do people work on this day?
    pub fn is_working(&self, date: Date) -> Result<bool, CalendarError> {
        Ok(matches!(self.mark(date)?, Mark::Working))
    }

    /// How many working days follow `start` up to and including `end`; none when `end` is not after `start`.
    pub fn working_days_between(&self, start: Date, end: Date) -> Result<u32, CalendarError> {
        let mut working = 0;
        let mut day = start;
        while day < end {
            day = next(day)?;
            if self.is_working(day)? {
                working += 1;
            }
        }
        Ok(working)
    }

    fn mark(&self, date: Date) -> Result<Mark, CalendarError> {
        self.years
            .get(&date.year())
            .and_then(|days| days.get(usize::try_from(date.ordinal0()).ok()?))
            .copied()
            .ok_or(CalendarError::YearNotDeclared(date.year()))
    }

    fn titled(&mut self, title: Text) -> usize {
        self.titles.push(title);
        self.titles.len() - 1
    }

    /// Closes the days of declared years; a day that already has a holiday keeps it.
    fn close(&mut self, from: Date, to: Date, title: usize) {
        for day in from.iter_days().take_while(|day| *day <= to) {
            let marks = self.years.get_mut(&day.year());
            let mark = marks.and_then(|marks| marks.get_mut(usize::try_from(day.ordinal0()).ok()?));
            if let Some(mark @ (Mark::Working | Mark::Weekend)) = mark {
                *mark = Mark::Holiday(title);
            }
        }
    }
}

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'calendar> {
    /// People work.
    Working,
    /// A day of the weekend.
    Weekend,
    /// A day of this holiday, on a weekend or not.
    Holiday(&'calendar Text),
}

/// A calendar as it is written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// The days of the week on which nobody works.
    pub weekend: Vec<Weekday>,
    /// The holidays of every year. Where two meet on one day, the first gives its title.
    pub holidays: Vec<Holiday>,
    /// The years that somebody has looked at; no other year is computed.
    pub years: BTreeMap<i32, Year>,
}

/// A holiday that returns every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The id that the years refer to.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// When it is, unless a year announces other days.
    pub rule: HolidayRule,
}

/// When a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayRule {
    /// The same day of every Gregorian year.
    Gregorian {
        /// The month.
        month: u8,
        /// The first day.
        day: u8,
        /// How many days it lasts.
        days: u16,
    },
    /// The same day of every Umm al-Qura year.
    Hijri {
        /// The month.
        month: u8,
        /// The first day.
        day: u8,
        /// How many days it lasts.
        days: u16,
    },
}

impl HolidayRule {
    /// A rule that names a day which some years lack would silently lose the holiday.
    fn check(self, id: &str) -> Result<(), CalendarError> {
        let exists = match self {
            // 2001 has no 29 February.
            HolidayRule::Gregorian { month, day, .. } => {
                Date::from_ymd_opt(2001, u32::from(month), u32::from(day)).is_some()
            }
            // Any Umm al-Qura month may have 29 days only.
            HolidayRule::Hijri { month, day, .. } => (1..=12).contains(&month) && (1..=29).contains(&day),
        };
        if exists { Ok(()) } else { Err(CalendarError::NoSuchDay { id: id.to_owned() }) }
    }

    /// The first and last days of the occurrences that begin in a Gregorian year: a Hijri holiday may have none, or two.
    fn ranges_in(self, year: i32) -> Result<Vec<(Date, Date)>, CalendarError> {
        let (firsts, days) = match self {
            HolidayRule::Gregorian { month, day, days } => {
                let first = Date::from_ymd_opt(year, u32::from(month), u32::from(day));
                (vec![first.ok_or(CalendarError::BeyondCalendar)?], days)
            }
            HolidayRule::Hijri { month, day, days } => {
                let edge = |month, day| {
                    let edge = Date::from_ymd_opt(year, month, day).ok_or(CalendarError::BeyondCalendar)?;
                    Ok::<_, CalendarError>(hijri::from_gregorian(edge)?.year())
                };
                let firsts = (edge(1, 1)?..=edge(12, 31)?)
                    .filter_map(|hijri_year| HijriDate::new(hijri_year, month, day).ok())
                    .map(hijri::to_gregorian)
                    .filter(|first| first.year() == year)
                    .collect();
                (firsts, days)
            }
        };
        let Some(further) = days.checked_sub(1) else {
            return Ok(Vec::new());
        };
        firsts
            .into_iter()
            .map(|first| {
                let last = first.checked_add_days(Days::new(u64::from(further)));
                Ok((first, last.ok_or(CalendarError::BeyondCalendar)?))
            })
            .collect()
    }
}

/// What is known of one Gregorian year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Year {
    /// Announced days; they replace all computed days of the holiday that begin in this year.
    pub announced: Vec<Announced>,
    /// Closing days that belong to no holiday.
    pub extra: Vec<Closing>,
}

/// The announced days of a holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// The id of the holiday.
    pub holiday: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Days on which the house is closed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// What people call it.
    pub title: Text,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Why a calendar cannot be made, or cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Nobody has declared the year yet.
    #[error("{}", self.text(Digits::Latin).en)]
    YearNotDeclared(i32),
    /// Every day of the week is weekend.
    #[error("{}", self.text(Digits::Latin).en)]
    NoWorkingDay,
    /// A year announces days of a holiday that does not exist.
    #[error("{}", self.text(Digits::Latin).en)]
    UnknownHoliday {
        /// The year.
        year: i32,
        /// The id that was written.
        id: String,
    },
    /// A holiday is on a day that some years lack.
    #[error("{}", self.text(Digits::Latin).en)]
    NoSuchDay {
        /// The id of the holiday.
        id: String,
    },
    /// A range ends before it begins, or lies outside the year that it is written under.
    #[error("{}", self.text(Digits::Latin).en)]
    WrongRange {
        /// The year it is written under.
        year: i32,
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Hours are counted from a time of day.
    #[error("{}", self.text(Digits::Latin).en)]
    HoursNeedTime,
    /// The count runs past the last day that can be written.
    #[error("{}", self.text(Digits::Latin).en)]
    BeyondCalendar,
    /// A Hijri holiday cannot be placed in a declared year.
    #[error(transparent)]
    Hijri(#[from] DateError),
}

impl CalendarError {
    /// What is wrong.
    pub fn text(&self, digits: Digits) -> Text {
        match self {
            CalendarError::YearNotDeclared(year) => Text::new(
                format!("لم تُحدَّد أيام العمل والإجازات لسنة {}", in_digits(digits, year)),
                format!("the working days and holidays of {year} are not declared"),
            ),
            CalendarError::NoWorkingDay => Text::new(
                "أيام الأسبوع كلها عطلة، فلا يوم عمل فيها",
                "every day of the week is weekend, so there is no working day",
            ),
            CalendarError::UnknownHoliday { year, id } => Text::new(
                format!("إجازة غير معرَّفة «{id}» في سنة {}", in_digits(digits, year)),
                format!("unknown holiday `{id}` in the year {year}"),
            ),
            CalendarError::NoSuchDay { id } => Text::new(
                format!("يوم الإجازة «{id}» لا يوجد في كل سنة"),
                format!("the day of the holiday `{id}` does not exist in every year"),
            ),
            CalendarError::WrongRange { year, from, to } => Text::new(
                format!(
                    "المدة من {} إلى {} معكوسة أو خارج سنة {}",
                    date_gregorian(*from, Lang::Ar, digits),
                    date_gregorian(*to, Lang::Ar, digits),
                    in_digits(digits, year)
                ),
                format!("the days from {from} to {to} run backwards, or lie outside the year {year}"),
            ),
            CalendarError::HoursNeedTime => Text::new(
                "المهلة بالساعات تُحسب من وقت لا من يوم",
                "a period in hours is counted from a time of day, not from a day",
            ),
            CalendarError::BeyondCalendar => Text::new(
                "الموعد أبعد من آخر يوم يمكن كتابته",
                "the date lies beyond the last day that can be written",
            ),
            CalendarError::Hijri(error) => error.text(digits),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Text {
        match self {
            CalendarError::YearNotDeclared(year) => Text::new(
                format!("أضف الجدول [year.{year}] إلى calendar.toml بعد التحقق من إجازات السنة"),
                format!(
                    "look up the holidays of that year, and add the table `[year.{year}]` to calendar.toml"
                ),
            ),
            CalendarError::NoWorkingDay => Text::new(
                "اكتب في weekend أيام العطلة الأسبوعية وحدها",
                "write only the days off under `weekend`",
            ),
            CalendarError::UnknownHoliday { .. } => Text::new(
                "اكتب معرِّف إجازة من جداول holiday في calendar.toml",
                "write the id of a `[holiday.…]` table of calendar.toml",
            ),
            CalendarError::NoSuchDay { .. } => Text::new(
                "اختر يومًا يوجد كل سنة: في الهجري من ١ إلى ٢٩، وفي الميلادي غير ٢٩ فبراير",
                "choose a day of every year: 1 to 29 of a Hijri month; not 29 February",
            ),
            CalendarError::WrongRange { .. } => Text::new(
                "اكتب أول يوم في from وآخر يوم في to، تحت السنة التي يقعان فيها",
                "write the first day as `from` and the last as `to`, under the year in which they lie",
            ),
            CalendarError::HoursNeedTime => Text::new(
                "سجِّل وقت الواقعة مع تاريخها، أو اكتب المهلة بالأيام",
                "record the time of the event with its date, or write the period in days",
            ),
            CalendarError::BeyondCalendar => {
                Text::new("راجع السنة أو طول المهلة", "look again at the year or the length of the period")
            }
            CalendarError::Hijri(error) => error.help(Digits::ArabicIndic),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Working,
    Weekend,
    /// The place of its title.
    Holiday(usize),
}

fn days_of(year: i32) -> Result<impl Iterator<Item = Date>, CalendarError> {
    let first = Date::from_ymd_opt(year, 1, 1).ok_or(CalendarError::BeyondCalendar)?;
    Ok(first.iter_days().take_while(move |day| day.year() == year))
}

/// A range may reach over New Year, but one of its ends lies in its year.
fn within(year: i32, from: Date, to: Date) -> Result<(Date, Date), CalendarError> {
    let is_near = |date: Date| date.year().abs_diff(year) <= 1;
    if from <= to && is_near(from) && is_near(to) && (from.year() == year || to.year() == year) {
        Ok((from, to))
    } else {
        Err(CalendarError::WrongRange { year, from, to })
    }
}

fn next(day: Date) -> Result<Date, CalendarError> {
    day.succ_opt().ok_or(CalendarError::BeyondCalendar)
}

fn in_digits(digits: Digits, year: &i32) -> String {
    digits_only(&year.to_string(), digits)
}

#[cfg(test)]
mod tests;
