//! What a fact can be: exact numbers, dates, choices, text in two languages.
//!
//! The ground floor of the house: everything else is made of these, and they know of nothing else.
//! Errors here are small and carry no place; whoever read the text adds it.

pub mod hijri;
pub mod identifier;
pub mod number;
pub mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use number::Number;

/// A Gregorian day.
pub type Date = chrono::NaiveDate;

/// A language that people here read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Arabic, written from right to left; the first language.
    Ar,
    /// English.
    En,
}

impl Lang {
    /// Both languages, the first one first.
    pub const ALL: [Lang; 2] = [Lang::Ar, Lang::En];

    /// The tag of the language: `ar`, `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Ar => "ar",
            Lang::En => "en",
        }
    }
}

/// The same words in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Arabic.
    pub ar: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A text from its Arabic and its English.
    pub fn new(ar: impl Into<String>, en: impl Into<String>) -> Text {
        Text { ar: ar.into(), en: en.into() }
    }

    /// A text that reads the same in both, such as a number or a code.
    pub fn same(both: impl Into<String>) -> Text {
        let both = both.into();
        Text { ar: both.clone(), en: both }
    }

    /// The words in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ar => &self.ar,
            Lang::En => &self.en,
        }
    }
}

/// A length of time on the calendar: months are kept apart from days, because a month has no fixed length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Calendar months.
    pub months: i32,
    /// Calendar days.
    pub days: i32,
}

impl Span {
    /// The day that lies this span after `date`; a day that the month lacks becomes its last day.
    /// Nothing where the calendar ends.
    pub fn after(self, date: Date) -> Option<Date> {
        let shifted = if self.months >= 0 {
            date.checked_add_months(chrono::Months::new(self.months.unsigned_abs()))
        } else {
            date.checked_sub_months(chrono::Months::new(self.months.unsigned_abs()))
        }?;
        shifted.checked_add_signed(chrono::TimeDelta::try_days(i64::from(self.days))?)
    }

    /// The same span, backwards.
    pub fn reversed(self) -> Option<Span> {
        Some(Span { months: self.months.checked_neg()?, days: self.days.checked_neg()? })
    }
}
