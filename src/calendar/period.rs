//! Lengths of time as deadlines write them: `14 days`, `3 working days`, `72 hours`.

use crate::value::words::{self, Case, Digits, UnitForms, count};
use crate::value::{Lang, Number, Span, Text};

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// Calendar days.
    Days(u32),
    /// Days that are neither weekend nor holiday.
    WorkingDays(u32),
    /// Calendar weeks.
    Weeks(u32),
    /// Gregorian months; a day that the month lacks becomes its last day.
    Months(u32),
    /// Hours on the clock.
    Hours(u32),
}

impl Period {
    /// Reads `1 day`, `14 days`, `3 working days`, `2 weeks`, `12 months`, `72 hours`.
    pub fn parse(text: &str) -> Result<Period, PeriodError> {
        let wrong = || PeriodError { written: text.to_owned() };
        let (number, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        if !number.chars().all(|digit| digit.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = number.parse().map_err(|_| wrong())?;
        match unit.trim_start() {
            "day" | "days" => Ok(Period::Days(number)),
            "working day" | "working days" => Ok(Period::WorkingDays(number)),
            "week" | "weeks" => Ok(Period::Weeks(number)),
            "month" | "months" => Ok(Period::Months(number)),
            "hour" | "hours" => Ok(Period::Hours(number)),
            _ => Err(wrong()),
        }
    }

    /// The period in words: «يومَي عمل», `2 working days`.
    pub fn words(self, lang: Lang, case: Case, digits: Digits) -> String {
        let (number, forms): (u32, &UnitForms) = match self {
            Period::Days(number) => (number, &words::DAY),
            Period::WorkingDays(number) => (number, &words::WORKING_DAY),
            Period::Weeks(number) => (number, &words::WEEK),
            Period::Months(number) => (number, &words::MONTH),
            Period::Hours(number) => (number, &words::HOUR),
        };
        count(Number::from(i64::from(number)), forms, lang, case, digits)
    }

    /// The same on the calendar alone; nothing for working days and hours, which need more than a date.
    pub fn span(self) -> Option<Span> {
        match self {
            Period::Days(days) => Some(Span { months: 0, days: i32::try_from(days).ok()? }),
            Period::Weeks(weeks) => {
                Some(Span { months: 0, days: i32::try_from(weeks.checked_mul(7)?).ok()? })
            }
            Period::Months(months) => Some(Span { months: i32::try_from(months).ok()?, days: 0 }),
            Period::WorkingDays(_) | Period::Hours(_) => None,
        }
    }
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
pub struct PeriodError {
    /// What was written.
    pub written: String,
}

impl PeriodError {
    /// What is wrong.
    pub fn text(&self) -> Text {
        Text::new(
            format!("«{}» ليست مدة مفهومة", self.written),
            format!("`{}` does not read as a period", self.written),
        )
    }

    /// How to write it instead.
    pub fn help(&self) -> Text {
        Text::new(
            "اكتب عددًا ثم وحدة: 14 days أو 3 working days أو 2 weeks أو 12 months أو 72 hours",
            "write a number and a unit: `14 days`, `3 working days`, `2 weeks`, `12 months` or `72 hours`",
        )
    }
}
