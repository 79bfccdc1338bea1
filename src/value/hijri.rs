//! Umm al-Qura dates: conversion both ways, and reading dates as people write them.
//!
//! Receives text, or a day of one calendar; hands on a [`Date`], or a [`HijriDate`] that exists. The published
//! tables know 1300 to 1600 AH; outside of them nothing is computed.

mod reading;

use icu_calendar::cal::Hijri;
use icu_calendar::cal::hijri::UmmAlQura;
use icu_calendar::types::RataDie;

use chrono::Datelike as _;

use super::words::{Digits, digits_only};
use super::{Date, Lang, Text};

pub use reading::parse_date;

/// The years that the Umm al-Qura tables know.
pub const YEARS: std::ops::RangeInclusive<i32> = 1300..=1600;

/// A day of the Umm al-Qura calendar that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HijriDate {
    year: i32,
    month: u8,
    day: u8,
    // INVARIANT: the same day. Kept, so that going back needs no second look at the tables.
    gregorian: Date,
}

impl HijriDate {
    /// The day, if the calendar has it.
    pub fn new(year: i32, month: u8, day: u8) -> Result<HijriDate, DateError> {
        let has = days_in_month(year, month)?;
        let lacking = DateError::DayLacking { era: Era::Hijri, year, month, day: u32::from(day), has };
        if day == 0 || day > has {
            return Err(lacking);
        }
        let first = first_of_month(year, month).ok_or(lacking)?;
        let gregorian = i32::try_from(first.to_rata_die().to_i64_date())
            .ok()
            .and_then(|number| Date::from_num_days_from_ce_opt(number.checked_add(i32::from(day) - 1)?))
            .ok_or(DateError::OutsideTables { era: Era::Hijri, year })?;
        Ok(HijriDate { year, month, day, gregorian })
    }

    /// The year after the Hijra.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 30.
    pub fn day(self) -> u8 {
        self.day
    }
}

/// The same day in the Gregorian calendar.
pub fn to_gregorian(date: HijriDate) -> Date {
    date.gregorian
}

/// The same day in the Umm al-Qura calendar.
pub fn from_gregorian(date: Date) -> Result<HijriDate, DateError> {
    let outside = DateError::OutsideTables { era: Era::Gregorian, year: date.year() };
    let day = RataDie::new(i64::from(date.num_days_from_ce()));
    let hijri = icu_calendar::Date::from_rata_die(day, Hijri::new_umm_al_qura());
    let year = hijri.year().extended_year();
    if !YEARS.contains(&year) {
        return Err(outside);
    }
    Ok(HijriDate { year, month: hijri.month().number(), day: hijri.day_of_month().0, gregorian: date })
}

/// How many days an Umm al-Qura month has: 29 or 30.
pub fn days_in_month(year: i32, month: u8) -> Result<u8, DateError> {
    if !YEARS.contains(&year) {
        return Err(DateError::OutsideTables { era: Era::Hijri, year });
    }
    first_of_month(year, month)
        .map(|first| first.days_in_month())
        .ok_or(DateError::NoSuchMonth { month: u32::from(month) })
}

/// A way to count years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Era {
    /// After the Hijra, by Umm al-Qura.
    Hijri,
    /// Of the common era.
    Gregorian,
}

impl Era {
    /// The name of a month, counted from 1; nothing where there is none.
    pub fn month_name(self, month: u8, lang: Lang) -> Option<&'static str> {
        let names = match (self, lang) {
            (Era::Hijri, Lang::Ar) => &HIJRI_AR,
            (Era::Hijri, Lang::En) => &HIJRI_EN,
            (Era::Gregorian, Lang::Ar) => &GREGORIAN_AR,
            (Era::Gregorian, Lang::En) => &GREGORIAN_EN,
        };
        names.get(usize::from(month).checked_sub(1)?).copied()
    }

    /// What follows a year: «هـ», «م», ` AH`; English readers expect nothing after a Gregorian year.
    pub fn suffix(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Era::Hijri, Lang::Ar) => "هـ",
            (Era::Hijri, Lang::En) => " AH",
            (Era::Gregorian, Lang::Ar) => "م",
            (Era::Gregorian, Lang::En) => "",
        }
    }

    fn adjective(self) -> Text {
        match self {
            Era::Hijri => Text::new("هجرية", "Hijri"),
            Era::Gregorian => Text::new("ميلادية", "Gregorian"),
        }
    }
}

/// Why something is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Nothing in it reads as day, month and year.
    #[error("{}", self.text(Digits::Latin).en)]
    NotADate {
        /// What was written.
        written: String,
    },
    /// The month is none of the twelve.
    #[error("{}", self.text(Digits::Latin).en)]
    NoSuchMonth {
        /// The number that was written.
        month: u32,
    },
    /// The month's name is not known.
    #[error("{}", self.text(Digits::Latin).en)]
    UnknownMonth {
        /// The name that was written.
        name: String,
    },
    /// The month exists, and is shorter.
    #[error("{}", self.text(Digits::Latin).en)]
    DayLacking {
        /// The calendar.
        era: Era,
        /// The year.
        year: i32,
        /// The month.
        month: u8,
        /// The day that was asked for.
        day: u32,
        /// How many days the month has.
        has: u8,
    },
    /// The year has fewer than four digits, so its century is a guess.
    #[error("{}", self.text(Digits::Latin).en)]
    ShortYear {
        /// What was written.
        year: u32,
    },
    /// The Umm al-Qura tables do not reach so far.
    #[error("{}", self.text(Digits::Latin).en)]
    OutsideTables {
        /// The calendar of that year.
        era: Era,
        /// The year.
        year: i32,
    },
    /// The year belongs to one calendar, the month's name or the suffix to the other.
    #[error("{}", self.text(Digits::Latin).en)]
    MixedCalendars {
        /// The calendar of the year.
        era: Era,
        /// The year.
        year: i32,
    },
}

impl DateError {
    /// What is wrong.
    pub fn text(&self, digits: Digits) -> Text {
        match self {
            DateError::NotADate { written } => Text::new(
                format!("«{written}» ليس تاريخًا مفهومًا"),
                format!("`{written}` does not read as a date"),
            ),
            DateError::NoSuchMonth { month } => Text::new(
                format!("لا يوجد شهر رقمه {}", in_digits(digits, month)),
                format!("there is no month {month}"),
            ),
            DateError::UnknownMonth { name } => Text::new(
                format!("«{name}» ليس اسم شهر معروفًا"),
                format!("`{name}` is not the name of a month"),
            ),
            DateError::DayLacking { era, year, month, day, has } => Text::new(
                format!(
                    "لا يوجد يوم {} في شهر {} {}{}؛ أيامه {} يومًا",
                    in_digits(digits, day),
                    after_month(era.month_name(*month, Lang::Ar).unwrap_or_default()),
                    in_digits(digits, year),
                    era.suffix(Lang::Ar),
                    in_digits(digits, has)
                ),
                format!(
                    "there is no day {day} in {} {year}{}, which has {has} days",
                    era.month_name(*month, Lang::En).unwrap_or_default(),
                    era.suffix(Lang::En)
                ),
            ),
            DateError::ShortYear { year } => Text::new(
                format!("السنة «{}» ليست من أربعة أرقام", in_digits(digits, year)),
                format!("the year `{year}` does not have four digits"),
            ),
            DateError::OutsideTables { era, year } => Text::new(
                format!(
                    "السنة {}{} خارج جداول تقويم أم القرى (من {}هـ إلى {}هـ)",
                    in_digits(digits, year),
                    era.suffix(Lang::Ar),
                    in_digits(digits, 1300),
                    in_digits(digits, 1600)
                ),
                format!(
                    "the year {year}{} lies outside the Umm al-Qura tables (1300 to 1600 AH)",
                    era.suffix(Lang::En)
                ),
            ),
            DateError::MixedCalendars { era, year } => {
                let other = match era {
                    Era::Hijri => Era::Gregorian,
                    Era::Gregorian => Era::Hijri,
                };
                Text::new(
                    format!(
                        "السنة {} {}، وكُتبت مع شهر أو علامة {}",
                        in_digits(digits, year),
                        era.adjective().ar,
                        other.adjective().ar
                    ),
                    format!(
                        "the year {year} is {}, but its month or suffix is {}",
                        era.adjective().en,
                        other.adjective().en
                    ),
                )
            }
        }
    }

    /// How to write it instead.
    pub fn help(&self, digits: Digits) -> Text {
        match self {
            DateError::NotADate { .. } | DateError::UnknownMonth { .. } => Text::new(
                "اكتب مثلًا: ٢٦ جمادى الآخرة ١٤٤٨هـ، أو 26/06/1448هـ، أو 2026-12-06",
                "write, for example, `2026-12-06`, `6 December 2026` or `26/06/1448 AH`",
            ),
            DateError::NoSuchMonth { .. } => Text::new(
                "يُكتب اليوم ثم الشهر ثم السنة، والشهر من ١ إلى ١٢: 26/06/1448",
                "write the day, then the month (1 to 12), then the year: `26/06/1448`",
            ),
            DateError::DayLacking { has, .. } => Text::new(
                format!(
                    "راجع الوثيقة، واكتب يومًا من {} إلى {}",
                    in_digits(digits, 1),
                    in_digits(digits, has)
                ),
                format!("look at the paper again, and write a day from 1 to {has}"),
            ),
            DateError::ShortYear { .. } => {
                Text::new("اكتب السنة كاملة: ١٤٤٨ أو ٢٠٢٦", "write the whole year: `1448` or `2026`")
            }
            DateError::OutsideTables { .. } => Text::new(
                "راجع السنة؛ وما كان خارج الجداول فليس له إلا تاريخ ميلادي",
                "look at the year again; a day outside the tables has only a Gregorian date",
            ),
            DateError::MixedCalendars { .. } => Text::new(
                "اكتب التاريخ كله بتقويم واحد: ٢٦ جمادى الآخرة ١٤٤٨هـ أو ٦ ديسمبر ٢٠٢٦م",
                "write all of it in one calendar: `26 Jumada al-Akhirah 1448 AH` or `6 December 2026`",
            ),
        }
    }
}

/// «ذو الحجة» becomes «ذي الحجة» after «شهر».
fn after_month(name: &str) -> String {
    name.strip_prefix("ذو ").map_or_else(|| name.to_owned(), |rest| format!("ذي {rest}"))
}

/// The checked date of either calendar from its written parts.
fn date_of(era: Era, year: i32, month: u32, day: u32) -> Result<Date, DateError> {
    let month = u8::try_from(month)
        .ok()
        .filter(|month| (1..=12).contains(month))
        .ok_or(DateError::NoSuchMonth { month })?;
    match era {
        Era::Hijri => {
            let has = days_in_month(year, month)?;
            let lacking = DateError::DayLacking { era, year, month, day, has };
            let day = u8::try_from(day).map_err(|_| lacking)?;
            HijriDate::new(year, month, day).map(to_gregorian)
        }
        Era::Gregorian => Date::from_ymd_opt(year, u32::from(month), day).ok_or_else(|| {
            let has =
                Date::from_ymd_opt(year, u32::from(month), 1).map_or(31, |first| first.num_days_in_month());
            DateError::DayLacking { era, year, month, day, has }
        }),
    }
}

fn first_of_month(year: i32, month: u8) -> Option<icu_calendar::Date<Hijri<UmmAlQura>>> {
    icu_calendar::Date::try_new_hijri_with_calendar(year, month, 1, Hijri::new_umm_al_qura()).ok()
}

fn in_digits(digits: Digits, number: impl std::fmt::Display) -> String {
    digits_only(&number.to_string(), digits)
}

const HIJRI_AR: [&str; 12] = [
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعدة",
    "ذو الحجة",
];

const HIJRI_EN: [&str; 12] = [
    "Muharram",
    "Safar",
    "Rabi al-Awwal",
    "Rabi al-Akhir",
    "Jumada al-Ula",
    "Jumada al-Akhirah",
    "Rajab",
    "Sha'ban",
    "Ramadan",
    "Shawwal",
    "Dhu al-Qa'dah",
    "Dhu al-Hijjah",
];

const GREGORIAN_AR: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

const GREGORIAN_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests;
