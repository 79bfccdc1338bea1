//! What can be asked for and by what way, the papers, the deadlines.

use std::sync::Arc;

use super::super::file::{DeadlineFile, ExtendFile, LimitFile};
use super::super::{After, Channel, Deadline, Document, Event, Instead, Limit, Required, Service, problems};
use super::ids::Ids;
use super::{Check, at_key, basis, document_kind, event_kind};
use crate::calendar::{Period, Roll};
use crate::expression::lower::Clock;
use crate::expression::program::Slot;
use crate::expression::types::Type;
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::{Span, Text};

impl Check<'_> {
    pub(super) fn services(&mut self) -> Vec<Service> {
        let source = &self.files.services.source;
        let mut services = Vec::new();
        for (key, shape) in self.files.services.shape.service.iter() {
            self.id(source, key);
            let clause = self.clause(source, &shape.clause);
            let title = self.sentence(source, &shape.title);
            // The kinds of applicants are the policy's own words; a rule that names another one is told so.
            self.id(source, &at_key(&shape.applicant));
            let quantity = shape
                .quantity
                .as_ref()
                .and_then(|quantity| self.condition(source, quantity, None, Clock::Refused));
            let interval = shape.interval.as_ref().and_then(|interval| self.span(source, interval));
            let delivery = shape.delivery.as_ref().and_then(|delivery| self.period(source, delivery));
            let prepare = shape.prepare.as_ref().map(|prepare| self.sentence(source, prepare));
            services.push(Service {
                id: key.name.clone(),
                place: Place::new(source, key.range.clone()),
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
        self.calendar_period(source, text)?.span()
    }

    pub(super) fn channels(&mut self) -> Vec<Channel> {
        let source = &self.files.channels.source;
        let mut channels = Vec::new();
        for (key, shape) in self.files.channels.shape.channel.iter() {
            self.id(source, key);
            let clause = self.clause(source, &shape.clause);
            let title = self.sentence(source, &shape.title);
            let proof = self.sentence(source, &shape.proof);
            if let Some(deemed) = self.period_of_days(source, &shape.deemed) {
                channels.push(Channel {
                    id: key.name.clone(),
                    clause,
                    title,
                    source: basis(shape.source),
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
        let mut documents = Vec::new();
        for ((key, shape), shown) in files.documents.shape.document.iter().zip(shown) {
            let clause = self.clause(source, &shape.clause);
            let title = self.sentence(source, &shape.title);
            let why = self.sentence(source, &shape.why);
            let accepted = shape.accepted.as_ref().map(|accepted| self.sentence(source, accepted));
            let issued_within =
                shape.issued_within.as_ref().and_then(|period| self.calendar_period(source, period));
            let instead = self.refer_all(source, &shape.instead, &document_kind(), &self.known.documents);
            if let Some(own) = shape.instead.iter().find(|id| id.value == key.name) {
                self.push(problems::instead_of_itself(Place::new(source, own.range.clone()), &key.name));
            }
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
        let events = Ids::of(events.iter().map(|event| event.id.as_str()));
        let mut deadlines = Vec::new();
        for (key, shape) in self.files.deadlines.shape.deadline.iter() {
            deadlines.extend(self.deadline(source, key, shape, &events));
        }
        self.citing = None;
        deadlines
    }

    fn deadline(
        &mut self,
        source: &Arc<Source>,
        key: &Key,
        shape: &DeadlineFile,
        events: &Ids<'_>,
    ) -> Option<Deadline> {
        self.id(source, key);
        let clause = self.clause(source, &shape.clause);
        let interpretation = self.interpretation(source, shape.interpretation.as_ref());
        let title = self.sentence(source, &shape.title);
        let from = self.refer(source, &shape.from, &event_kind(), events);
        let earliest = shape.earliest.as_ref().and_then(|limit| self.limit(source, shape, limit));
        let latest = shape.latest.as_ref().and_then(|limit| self.limit(source, shape, limit));
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
        self.in_order(source, (shape.earliest.as_ref(), earliest), (shape.latest.as_ref(), latest));
        let mut instead = Vec::new();
        for case in &shape.instead {
            let when = self.condition(source, &case.when, Some(&Type::Bool), Clock::Refused);
            let earliest = case.earliest.as_ref().and_then(|limit| self.limit(source, shape, limit));
            let latest = case.latest.as_ref().and_then(|limit| self.limit(source, shape, limit));
            self.in_order(source, (case.earliest.as_ref(), earliest), (case.latest.as_ref(), latest));
            instead.extend(when.map(|when| Instead { when, earliest, latest }));
        }
        let extend = shape.extend.as_ref().and_then(|extend| self.extension(source, extend, events));
        let services = self.refer_services(source, shape.services.as_ref());
        if self.files.calendar.is_none() && self.needs_calendar(shape) {
            self.push(problems::missing_calendar(Place::new(source, key.range.clone()), &key.name));
        }
        Some(Deadline {
            id: key.name.clone(),
            place: Place::new(source, key.range.clone()),
            title,
            clause,
            source: shape.source,
            interpretation,
            from: from?,
            earliest,
            latest,
            instead,
            extend,
            services,
        })
    }

    /// Only a calendar knows which day is a working day.
    fn needs_calendar(&self, shape: &DeadlineFile) -> bool {
        let instead = shape.instead.iter().flat_map(|case| case.earliest.iter().chain(&case.latest));
        let delivery =
            self.files.services.shape.service.iter().filter_map(|(_, service)| service.delivery.as_ref());
        let delivery: Vec<&At<String>> = delivery.collect();
        let works = |period: &At<String>| matches!(Period::parse(&period.value), Ok(Period::WorkingDays(_)));
        shape.earliest.iter().chain(&shape.latest).chain(instead).any(|limit| {
            let counted = if limit.after.value == "delivery" {
                delivery.iter().any(|period| works(period))
            } else {
                works(&limit.after)
            };
            limit.roll != Roll::None || counted
        }) || shape.extend.as_ref().is_some_and(|extend| works(&extend.by))
    }

    /// The earliest day must not lie behind the latest, as far as both are counted alike.
    fn in_order(
        &mut self,
        source: &Arc<Source>,
        (earliest, from): (Option<&LimitFile>, Option<Limit>),
        (latest, to): (Option<&LimitFile>, Option<Limit>),
    ) {
        let (Some(earliest), Some(latest), Some(from), Some(to)) = (earliest, latest, from, to) else {
            return;
        };
        let backwards = match (from.after, to.after) {
            (After::Period(Period::WorkingDays(from)), After::Period(Period::WorkingDays(to))) => from > to,
            (After::Period(Period::Hours(from)), After::Period(Period::Hours(to))) => from > to,
            (After::Period(from), After::Period(to)) => match (from.span(), to.span()) {
                (Some(from), Some(to)) if from.months == 0 && to.months == 0 => from.days > to.days,
                (Some(from), Some(to)) if from.days == 0 && to.days == 0 => from.months > to.months,
                _ => false,
            },
            (After::Delivery, _) | (_, After::Delivery) => false,
        };
        if backwards {
            let earliest = Place::new(source, earliest.after.range.clone());
            let latest = Place::new(source, latest.after.range.clone());
            self.push(problems::earliest_after_latest(earliest, latest));
        }
    }

    fn extension(
        &mut self,
        source: &Arc<Source>,
        shape: &ExtendFile,
        events: &Ids<'_>,
    ) -> Option<(Period, usize)> {
        let by = self.period_of_days(source, &shape.by);
        let on = self.refer(source, &shape.on, &event_kind(), events);
        Some((by?, on?))
    }

    fn limit(&mut self, source: &Arc<Source>, deadline: &DeadlineFile, shape: &LimitFile) -> Option<Limit> {
        let place = Place::new(source, shape.after.range.clone());
        let (after, in_hours) = if shape.after.value == "delivery" {
            (After::Delivery, self.delivery(&place, deadline))
        } else {
            let period = self.period(source, &shape.after)?;
            (After::Period(period), matches!(period, Period::Hours(_)))
        };
        if in_hours && shape.roll != Roll::None {
            self.push(problems::hours_do_not_roll(place));
        }
        Some(Limit { after, soft: shape.soft, roll: shape.roll })
    }

    /// Every service that the deadline concerns must say when it is delivered. Is one of them delivered within hours?
    fn delivery(&mut self, place: &Place, deadline: &DeadlineFile) -> bool {
        let files = self.files;
        let mut in_hours = false;
        for (key, service) in files.services.shape.service.iter() {
            let concerned = deadline
                .services
                .as_ref()
                .is_none_or(|services| services.value.iter().any(|id| id.value == key.name));
            match &service.delivery {
                Some(delivery) => {
                    in_hours |= concerned && matches!(Period::parse(&delivery.value), Ok(Period::Hours(_)));
                }
                None if concerned => {
                    let service = Place::new(&files.services.source, key.range.clone());
                    self.push(problems::no_delivery(place.clone(), service, &key.name));
                }
                None => {}
            }
        }
        in_hours
    }
}
