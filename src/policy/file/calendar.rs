//! The shapes of `calendar.toml`: the weekend, the holidays, and what each year has of its own.

use chrono::Weekday;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Basis, Sentence};
use crate::source::de::{At, Day, Entries};

/// The days of the week.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("sunday", Weekday::Sun),
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
];

/// A holiday is not longer.
pub const LONGEST_HOLIDAY: i64 = 60;

fn weekdays(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "enum": WEEKDAYS.map(|(name, _)| name) } })
}

/// Weekend and holidays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// The days of rest in each week.
    #[schemars(schema_with = "weekdays")]
    pub weekend: Vec<At<String>>,
    /// The days of rest in each year.
    #[serde(default)]
    pub holiday: Entries<HolidayFile>,
    /// The years that the association has confirmed, and what is special in them.
    #[serde(default)]
    pub year: Entries<YearFile>,
}

/// A holiday.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayFile {
    /// Its title.
    pub title: Sentence,
    /// The Gregorian month and day: `"02-22"`.
    pub every: Option<At<String>>,
    /// The Umm al-Qura month and day: `"10-01"`.
    pub hijri: Option<At<String>>,
    /// How many days.
    #[schemars(range(min = 1, max = LONGEST_HOLIDAY))]
    pub days: Option<At<i64>>,
}

/// A year.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearFile {
    /// Where its days come from.
    pub source: Basis,
    /// Days that were announced in place of computed ones.
    #[serde(default)]
    pub announced: Vec<AnnouncedFile>,
    /// Further days of rest.
    #[serde(default)]
    pub extra: Vec<ExtraFile>,
}

/// Announced days of a holiday.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedFile {
    /// Which holiday.
    pub holiday: At<String>,
    /// The first day.
    pub from: At<Day>,
    /// The last day.
    pub to: At<Day>,
}

/// A further day of rest.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtraFile {
    /// Why.
    pub title: Sentence,
    /// The first day.
    pub from: At<Day>,
    /// The last day.
    pub to: At<Day>,
}
