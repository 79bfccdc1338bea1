//! Days as numbers, and the months and years between them, without a date in between.
//!
//! The same answers as [`crate::value::Date`] gives, for every day that a request can name.

use chrono::Datelike as _;

use crate::value::Date;

/// The number of a day, counted from the first of January of the year 1.
pub(super) fn number(date: Date) -> i64 {
    i64::from(date.num_days_from_ce())
}

/// The day of a number.
pub(super) fn date(number: i64) -> Option<Date> {
    i32::try_from(number).ok().and_then(Date::from_num_days_from_ce_opt)
}

/// Years from 1 to 9999: beyond them the slow reader is asked.
const MOST: i64 = 3_652_059;

/// Year, month and day of a number. The year is taken to begin in March, so that the leap day is its last. The multipliers are
/// those of Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms": they stand for
/// divisions by the length of a year and of a month.
fn civil(number: i64) -> (i64, i64, i64) {
    let quarters = 4 * (number + 305) + 3;
    let (century, of_century) = (quarters / 146_097, quarters % 146_097 / 4);
    let scaled = 2_939_745 * (4 * of_century + 3);
    let (year, of_year) = (100 * century + (scaled >> 32), (scaled & 0xffff_ffff) / 2_939_745 / 4);
    let scaled = 2_141 * of_year + 197_913;
    let (month, day) = (scaled >> 16, (scaled & 0xffff) / 2_141 + 1);
    if of_year >= 306 { (year + 1, month - 12, day) } else { (year, month, day) }
}

/// The number of a day that exists.
pub(super) fn of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 305
}

/// How many days a month has.
pub(super) fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day that lies so many months and days later; a day that the month lacks becomes its last one. Nothing beyond the years
/// that are written with four digits.
pub(super) fn shifted(number: i64, months: i64, days: i64) -> Option<i64> {
    let moved = if months == 0 {
        number
    } else {
        let (year, month, day) = civil(number);
        let count = year * 12 + (month - 1) + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
        of(year, month, day.min(length(year, month)))
    };
    let moved = moved.checked_add(days)?;
    (1..=MOST).contains(&moved).then_some(moved)
}

/// Complete months from one day to another, backwards negative.
pub(super) fn months_between(from: i64, to: i64) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let ((year, month, day), (last_year, last_month, last_day)) = (civil(from), civil(to));
    let months = (last_year - year) * 12 + last_month - month;
    if day.min(length(last_year, last_month)) <= last_day { months } else { months - 1 }
}

/// Do so many complete months lie between two days? Mostly the days alone tell: so many months are no shorter than as many
/// Februaries, and no longer than as many Januaries.
#[inline]
pub(super) fn reached(from: i64, to: i64, months: i64) -> bool {
    let days = to - from;
    if 0 < months && months < MOST {
        if days >= 31 * months {
            return true;
        }
        if days < 28 * months {
            return false;
        }
    }
    counted(from, to) >= months
}

/// The months that lie between two days, counted.
#[cold]
#[inline(never)]
fn counted(from: i64, to: i64) -> i64 {
    months_between(from, to)
}

/// A span as one word.
pub(super) fn span(months: i32, days: i32) -> i64 {
    (i64::from(months) << 32) | i64::from(days.cast_unsigned())
}

/// The months and days of a span.
pub(super) fn parts(span: i64) -> (i64, i64) {
    let days = i32::try_from((span & 0xffff_ffff) - ((span & 0x8000_0000) << 1)).unwrap_or_default();
    (span >> 32, i64::from(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Span;

    #[test]
    fn days_and_months_are_those_of_the_calendar() {
        let first = Date::from_ymd_opt(1895, 1, 1).unwrap();
        for date in first.iter_days().take(366 * 210) {
            let day = number(date);
            assert_eq!(civil(day), (i64::from(date.year()), i64::from(date.month()), i64::from(date.day())));
            assert_eq!(of(i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), day);
            for months in [-13, -1, 1, 6, 11, 12, 25] {
                let span = Span { months, days: 3 };
                assert_eq!(shifted(day, i64::from(months), 3), span.after(date).map(number));
                for after in [-1, 0, 1].map(|days| day + days) {
                    let end = shifted(after, i64::from(months), 0).unwrap();
                    for wanted in [months - 1, months, months + 1].map(i64::from) {
                        assert_eq!(reached(day, end, wanted), months_between(day, end) >= wanted);
                    }
                }
            }
        }
        for (months, days) in [(0, 0), (12, -3), (-7, 90), (-1, -1), (36, 0)] {
            assert_eq!(parts(span(months, days)), (i64::from(months), i64::from(days)));
        }
    }
}
