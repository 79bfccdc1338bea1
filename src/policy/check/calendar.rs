//! Weekend, holidays and the years that somebody has looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike as _, Weekday};

use super::super::file::{Basis, CalendarFile, HolidayFile, LONGEST_HOLIDAY, WEEKDAYS, YearFile};
use super::super::problems;
use super::Check;
use super::ids::Ids;
use crate::calendar::{Announced, Calendar, CalendarError, Closing, Description, Holiday, HolidayRule, Year};
use crate::diag::Diagnostic;
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::Text;
use crate::value::words::Digits;

impl Check<'_> {
    /// The years and where their days come from, as they are written.
    pub(super) fn calendar_years(&self) -> Vec<(String, Basis)> {
        let years = self.files.calendar.iter().flat_map(|read| read.shape.year.iter());
        years.map(|(key, year)| (key.name.clone(), year.source)).collect()
    }

    pub(super) fn calendar(&mut self) -> Option<Calendar> {
        let files = self.files;
        let read = files.calendar.as_ref()?;
        let source = &read.source;
        let shape = &read.shape;
        let before = self.errors;
        let weekend = self.weekend(source, shape);
        let mut holidays = Vec::new();
        for (key, holiday) in shape.holiday.iter() {
            self.id(source, key);
            let title = self.sentence(source, &holiday.title);
            if let Some(rule) = self.holiday(source, key, holiday) {
                holidays.push(Holiday { id: key.name.clone(), title, rule });
            }
        }
        let known = Ids::of(shape.holiday.iter().map(|(key, _)| key.name.as_str()));
        let mut years = BTreeMap::new();
        for (key, year) in shape.year.iter() {
            if let Some(number) = self.year_number(source, key) {
                let description =
                    Description { weekend: vec![], holidays: holidays.clone(), ..Description::default() };
                years.insert(number, self.year(source, number, year, &known, &description));
            }
        }
        self.years_in_force(shape);
        if self.errors > before {
            return None;
        }
        match Calendar::new(Description { weekend, holidays, years }) {
            Ok(calendar) => Some(calendar),
            Err(error) => {
                self.push(wrong(Place::new(source, 0..0), &error));
                None
            }
        }
    }

    fn weekend(&mut self, source: &Arc<Source>, shape: &CalendarFile) -> Vec<Weekday> {
        let known = Ids::of(WEEKDAYS.iter().map(|(name, _)| *name));
        let kind = Text::new("يوم", "day of the week");
        let found = self.refer_all(source, &shape.weekend, &kind, &known);
        if found.len() == WEEKDAYS.len()
            && let Some(last) = shape.weekend.last()
        {
            self.push(wrong(Place::new(source, last.range.clone()), &CalendarError::NoWorkingDay));
        }
        found.into_iter().filter_map(|day| WEEKDAYS.get(day)).map(|(_, weekday)| *weekday).collect()
    }

    fn year_number(&mut self, source: &Arc<Source>, key: &Key) -> Option<i32> {
        let number = key.name.parse::<i32>().ok();
        let number = number.filter(|year| (1950..2300).contains(year) && year.to_string() == key.name);
        if number.is_none() {
            let wanted = Text::new("سنة ميلادية (مثل 2027)", "a Gregorian year (such as 2027)");
            self.push(problems::bad_value(Place::new(source, key.range.clone()), &key.name, &wanted));
        }
        number
    }

    /// What is special in a year; each of its parts is tried alone, so that each wrong one is told.
    fn year(
        &mut self,
        source: &Arc<Source>,
        number: i32,
        shape: &YearFile,
        known: &Ids<'_>,
        empty: &Description,
    ) -> Year {
        let try_alone = |check: &mut Self, year: Year, place: &std::ops::Range<usize>| {
            let description = Description { years: BTreeMap::from([(number, year)]), ..empty.clone() };
            if let Err(error) = Calendar::new(description) {
                check.push(wrong(Place::new(source, place.clone()), &error));
            }
        };
        let mut announced = Vec::new();
        for days in &shape.announced {
            let kind = Text::new("إجازة", "holiday");
            if self.refer(source, &days.holiday, &kind, known).is_some() {
                let (from, to) = (days.from.value.0, days.to.value.0);
                let one = Announced { holiday: days.holiday.value.clone(), from, to };
                // Where the holiday itself is wrong, that has been said.
                if empty.holidays.iter().any(|holiday| holiday.id == one.holiday) {
                    try_alone(self, Year { announced: vec![one.clone()], extra: vec![] }, &days.from.range);
                }
                announced.push(one);
            }
        }
        let mut extra = Vec::new();
        for days in &shape.extra {
            let title = self.sentence(source, &days.title);
            let one = Closing { title, from: days.from.value.0, to: days.to.value.0 };
            try_alone(self, Year { announced: vec![], extra: vec![one.clone()] }, &days.from.range);
            extra.push(one);
        }
        Year { announced, extra }
    }

    /// Days are counted from the first day of the revision on, and soon into the next year.
    fn years_in_force(&mut self, shape: &CalendarFile) {
        let files = self.files;
        let day = &files.policy.shape.in_force_from;
        let Some(first) = self.first_day().map(|day| day.year()) else { return };
        let place = Place::new(&files.policy.source, day.range.clone());
        let declared = |year: i32| shape.year.get(&year.to_string()).is_some();
        if !declared(first) {
            self.push(problems::year_in_force(place, first));
        } else if !declared(first.saturating_add(1)) {
            self.push(problems::next_year(place, first.saturating_add(1)));
        }
    }

    fn holiday(&mut self, source: &Arc<Source>, key: &Key, shape: &HolidayFile) -> Option<HolidayRule> {
        let place = Place::new(source, key.range.clone());
        let (at, is_hijri) = match (&shape.every, &shape.hijri) {
            (Some(every), None) => (every, false),
            (None, Some(hijri)) => (hijri, true),
            (Some(_), Some(_)) | (None, None) => {
                self.push(problems::rule_shape(
                    place,
                    Text::new("للإجازة موعد واحد", "a holiday has one date"),
                    Text::new(
                        "اكتب `every = \"02-22\"` للميلادي، أو `hijri = \"10-01\"` للهجري",
                        "write `every = \"02-22\"` for a Gregorian day, or `hijri = \"10-01\"` for a Hijri one",
                    ),
                ));
                return None;
            }
        };
        let days = shape.days.as_ref().map_or(1, |days| days.value);
        if let Some(at) = shape.days.as_ref().filter(|_| !(1..=LONGEST_HOLIDAY).contains(&days)) {
            let wanted = Text::new(
                format!("عدد أيام من 1 إلى {LONGEST_HOLIDAY}"),
                format!("a number of days from 1 to {LONGEST_HOLIDAY}"),
            );
            self.push(problems::bad_value(Place::new(source, at.range.clone()), &days.to_string(), &wanted));
            return None;
        }
        let place = Place::new(source, at.range.clone());
        let Some((month, day)) = month_and_day(at) else {
            let wanted = Text::new("شهر ويوم (مثل `02-22`)", "a month and a day (such as `02-22`)");
            self.push(problems::bad_value(place, &at.value, &wanted));
            return None;
        };
        let days = u16::try_from(days).unwrap_or(1);
        let rule = if is_hijri {
            HolidayRule::Hijri { month, day, days }
        } else {
            HolidayRule::Gregorian { month, day, days }
        };
        let alone = Holiday { id: key.name.clone(), title: shape.title.text(), rule };
        match Calendar::new(Description { holidays: vec![alone], ..Description::default() }) {
            Ok(_) => Some(rule),
            Err(error) => {
                self.push(wrong(place, &error));
                None
            }
        }
    }
}

fn month_and_day(text: &At<String>) -> Option<(u8, u8)> {
    let (month, day) = text.value.split_once('-')?;
    let number =
        |text: &str| text.parse::<u8>().ok().filter(|_| text.chars().all(|digit| digit.is_ascii_digit()));
    Some((number(month)?, number(day)?))
}

fn wrong(place: Place, error: &CalendarError) -> Diagnostic {
    problems::calendar(place, error.text(Digits::ArabicIndic), error.help())
}
