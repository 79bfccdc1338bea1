//! What can be asked for and by what way, the papers, the deadlines, the calendar.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Weekday;

use super::super::file::{ExtendFile, HolidayFile, LimitFile};
use super::super::{After, Channel, Deadline, Document, Event, Instead, Limit, Required, Service, problems};
use super::{Check, document_kind, event_kind};
use crate::calendar::{Announced, Calendar, Closing, Description, Holiday, HolidayRule, Period, Year};
use crate::expression::lower::Clock;
use crate::expression::program::Slot;
use crate::expression::types::Type;
use crate::source::de::At;
use crate::source::{Place, Source};
use crate::value::{Span, Text};

impl Check<'_> {
    pub(super) fn services(&mut self) -> Vec<Service> {
        let source = &self.files.services.source;
        let mut services = Vec::new();
        for (key, shape) in self.files.services.shape.service.iter() {
            let clause = self.clause(source, &shape.clause);
            let title = self.sentence(source, &shape.title);
            let quantity = shape
                .quantity
                .as_ref()
                .and_then(|quantity| self.condition(source, quantity, None, Clock::Refused));
            let interval = shape.interval.as_ref().and_then(|interval| self.span(source, interval));
            let delivery = shape.delivery.as_ref().and_then(|delivery| self.period(source, delivery));
            let prepare = shape.prepare.as_ref().map(|prepare| self.sentence(source, prepare));
            services.push(Service {
                id: key.name.clone(),
                title,
                clause,
                source: shape.source,
                applicant: shape.applicant.value.clone(),
                quantity,
                interval,
                delivery,
                prepare,
            });
        }
        self.citing = None;
        services
    }

    /// A period that conditions can add to a date.
    fn span(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<Span> {
        let span = self.period(source, text)?.span();
        if span.is_none() {
            self.push(problems::bad_period(Place::new(source, text.range.clone()), &text.value));
        }
        span
    }

    pub(super) fn channels(&mut self) -> Vec<Channel> {
        let source = &self.files.channels.source;
        let mut channels = Vec::new();
        for (key, shape) in self.files.channels.shape.channel.iter() {
            let clause = self.clause(source, &shape.clause);
            let title = self.sentence(source, &shape.title);
            let proof = self.sentence(source, &shape.proof);
            if let Some(deemed) = self.period(source, &shape.deemed) {
                channels.push(Channel {
                    id: key.name.clone(),
                    clause,
                    title,
                    requests: shape.requests,
                    identity: shape.identity,
                    private_data: shape.private_data,
                    deemed,
                    proof,
                });
            }
        }
        self.citing = None;
        channels
    }

    pub(super) fn documents(&mut self, shown: Vec<Slot>) -> Vec<Document> {
        let files = self.files;
        let source = &files.documents.source;
        let known: Vec<&str> =
            files.documents.shape.document.iter().map(|(key, _)| key.name.as_str()).collect();
        let mut documents = Vec::new();
        for ((key, shape), shown) in files.documents.shape.document.iter().zip(shown) {
            let clause = self.clause(source, &shape.clause);
            let title = self.sentence(source, &shape.title);
            let why = self.sentence(source, &shape.why);
            let accepted = shape.accepted.as_ref().map(|accepted| self.sentence(source, accepted));
            let issued_within = shape.issued_within.as_ref().and_then(|period| self.period(source, period));
            let instead = self.refer_all(source, &shape.instead, &document_kind(), known.iter().copied());
            let mut required = Vec::new();
            for case in &shape.required {
                let services = self.refer_services(source, case.services.as_ref());
                let when = case
                    .when
                    .as_ref()
                    .map(|when| self.condition(source, when, Some(&Type::Bool), Clock::Refused));
                // A condition that is wrong has been reported; the case must not become one without a condition.
                match when {
                    Some(None) => {}
                    Some(when @ Some(_)) => required.push(Required { services, when, later: case.later }),
                    None => required.push(Required { services, when: None, later: case.later }),
                }
            }
            documents.push(Document {
                id: key.name.clone(),
                title,
                clause,
                source: shape.source,
                mode: shape.mode,
                issued_within,
                not_expired: shape.not_expired,
                may_never_expire: shape.may_never_expire,
                instead,
                accepted,
                why,
                identity: shape.identity,
                required,
                shown,
            });
        }
        self.citing = None;
        documents
    }

    pub(super) fn deadlines(&mut self, events: &[Event]) -> Vec<Deadline> {
        let source = &self.files.deadlines.source;
        let mut deadlines = Vec::new();
        for (key, shape) in self.files.deadlines.shape.deadline.iter() {
            let clause = self.clause(source, &shape.clause);
            let interpretation = self.interpretation(source, shape.interpretation.as_ref());
            let title = self.sentence(source, &shape.title);
            let from =
                self.refer(source, &shape.from, &event_kind(), events.iter().map(|event| event.id.as_str()));
            let earliest = shape.earliest.as_ref().and_then(|limit| self.limit(source, limit));
            let latest = shape.latest.as_ref().and_then(|limit| self.limit(source, limit));
            if shape.earliest.is_none() && shape.latest.is_none() {
                self.push(problems::rule_shape(
                    Place::new(source, key.range.clone()),
                    Text::new("موعد بلا بداية ولا نهاية", "a deadline without an earliest or a latest day"),
                    Text::new(
                        "أضف `latest = { after = \"…\", roll = \"…\" }`",
                        "add `latest = { after = \"…\", roll = \"…\" }`",
                    ),
                ));
            }
            let mut instead = Vec::new();
            for case in &shape.instead {
                let when = self.condition(source, &case.when, Some(&Type::Bool), Clock::Refused);
                let earliest = case.earliest.as_ref().and_then(|limit| self.limit(source, limit));
                let latest = case.latest.as_ref().and_then(|limit| self.limit(source, limit));
                instead.extend(when.map(|when| Instead { when, earliest, latest }));
            }
            let extend = shape.extend.as_ref().and_then(|extend| self.extension(source, extend, events));
            let services = self.refer_services(source, shape.services.as_ref());
            if let Some(from) = from {
                deadlines.push(Deadline {
                    id: key.name.clone(),
                    title,
                    clause,
                    source: shape.source,
                    interpretation,
                    from,
                    earliest,
                    latest,
                    instead,
                    extend,
                    services,
                });
            }
        }
        self.citing = None;
        deadlines
    }

    fn extension(
        &mut self,
        source: &Arc<Source>,
        shape: &ExtendFile,
        events: &[Event],
    ) -> Option<(Period, usize)> {
        let by = self.period(source, &shape.by);
        let on = self.refer(source, &shape.on, &event_kind(), events.iter().map(|event| event.id.as_str()));
        Some((by?, on?))
    }

    fn limit(&mut self, source: &Arc<Source>, shape: &LimitFile) -> Option<Limit> {
        let after = if shape.after.value == "delivery" {
            After::Delivery
        } else {
            After::Period(self.period(source, &shape.after)?)
        };
        Some(Limit { after, soft: shape.soft, roll: shape.roll })
    }

    pub(super) fn calendar(&mut self) -> Option<Calendar> {
        let files = self.files;
        let read = files.calendar.as_ref()?;
        let source = &read.source;
        let shape = &read.shape;
        let weekend = shape.weekend.iter().filter_map(|day| self.weekday(source, day)).collect();
        let mut holidays = Vec::new();
        for (key, holiday) in shape.holiday.iter() {
            let title = self.sentence(source, &holiday.title);
            let place = Place::new(source, key.range.clone());
            if let Some(rule) = self.holiday(source, place, holiday) {
                holidays.push(Holiday { id: key.name.clone(), title, rule });
            }
        }
        let known: Vec<String> = shape.holiday.iter().map(|(key, _)| key.name.clone()).collect();
        let mut years = BTreeMap::new();
        for (key, year) in shape.year.iter() {
            let Ok(number) = key.name.parse::<i32>() else {
                let wanted = Text::new("سنة، مثل 2027", "a year, such as 2027");
                self.push(problems::bad_value(Place::new(source, key.range.clone()), &key.name, &wanted));
                continue;
            };
            let mut announced = Vec::new();
            for days in &year.announced {
                let kind = Text::new("إجازة", "holiday");
                if self.refer(source, &days.holiday, &kind, known.iter().map(String::as_str)).is_some() {
                    let (from, to) = (days.from.value.0, days.to.value.0);
                    announced.push(Announced { holiday: days.holiday.value.clone(), from, to });
                }
            }
            let extra = year.extra.iter().map(|days| {
                let title = self.sentence(source, &days.title);
                Closing { title, from: days.from.value.0, to: days.to.value.0 }
            });
            let extra = extra.collect();
            years.insert(number, Year { announced, extra });
        }
        if self.diagnostics.has_errors() {
            return None;
        }
        match Calendar::new(Description { weekend, holidays, years }) {
            Ok(calendar) => Some(calendar),
            Err(error) => {
                self.push(problems::calendar(Place::new(source, 0..0), error.text(), error.help()));
                None
            }
        }
    }

    fn weekday(&mut self, source: &Arc<Source>, day: &At<String>) -> Option<Weekday> {
        const DAYS: [(&str, Weekday); 7] = [
            ("sunday", Weekday::Sun),
            ("monday", Weekday::Mon),
            ("tuesday", Weekday::Tue),
            ("wednesday", Weekday::Wed),
            ("thursday", Weekday::Thu),
            ("friday", Weekday::Fri),
            ("saturday", Weekday::Sat),
        ];
        let found = self.refer(
            source,
            day,
            &Text::new("يوم", "day of the week"),
            DAYS.iter().map(|(name, _)| *name),
        )?;
        DAYS.get(found).map(|(_, weekday)| *weekday)
    }

    fn holiday(&mut self, source: &Arc<Source>, place: Place, shape: &HolidayFile) -> Option<HolidayRule> {
        let month_and_day = |text: &At<String>| {
            let (month, day) = text.value.split_once('-')?;
            Some((month.parse::<u8>().ok()?, day.parse::<u8>().ok()?))
        };
        let days = shape
            .days
            .as_ref()
            .map_or(Some(1), |days| u16::try_from(days.value).ok().filter(|days| *days > 0));
        let rule = match (&shape.every, &shape.hijri, days) {
            (Some(every), None, Some(days)) => {
                month_and_day(every).map(|(month, day)| HolidayRule::Gregorian { month, day, days })
            }
            (None, Some(hijri), Some(days)) => {
                month_and_day(hijri).map(|(month, day)| HolidayRule::Hijri { month, day, days })
            }
            _ => None,
        };
        if rule.is_none() {
            let written = shape
                .every
                .as_ref()
                .or(shape.hijri.as_ref())
                .map_or(String::new(), |text| text.value.clone());
            let at = shape.every.as_ref().or(shape.hijri.as_ref());
            let place = at.map_or(place, |at| Place::new(source, at.range.clone()));
            let wanted = Text::new(
                "شهرًا ويومًا: `every = \"02-22\"` أو `hijri = \"10-01\"`",
                "a month and day: `every = \"02-22\"` or `hijri = \"10-01\"`",
            );
            self.push(problems::bad_value(place, &written, &wanted));
        }
        rule
    }
}
