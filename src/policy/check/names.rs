//! What a request may say, what the board decided in numbers, and the names that the engine fills in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::file::{FactFile, FoundBy, Privacy, Sentence};
use super::super::message::{LETTER, REASON, Special};
use super::super::{Builtin, Event, Fact, FactKind, Parameter, Role, problems, table};
use super::ids::Ids;
use super::{Check, document_kind};
use crate::calendar::Period;
use crate::expression::lower::shown_name;
use crate::expression::program::{Interval, Named, Origin, Slot, Value};
use crate::expression::types::{Choices, MONEY, Record, Type, Unit};
use crate::source::de::{At, Entries, Scalar};
use crate::source::{Key, Place, Source};
use crate::value::words::UnitForms;
use crate::value::{Date, Number, Text};

/// The types that a fact can have.
const FACT_TYPES: &[&str] = &[
    "bool",
    "integer",
    "decimal",
    "money",
    "date",
    "choice",
    "text",
    "list",
    "national-id",
    "iban",
    "mobile",
    "short-address",
];
/// The types that a parameter can have.
const PARAMETER_TYPES: &[&str] =
    &["integer", "decimal", "money", "span", "date", "bool", "set of <fact>", "money / person"];
/// Names that begin conditions of the engine's own.
const RESERVED_SECTIONS: &[&str] = &["service", "event", "request", "document", "decision", "factor"];
/// Names that mean something else in sentences.
const RESERVED_IN_SENTENCES: &[&[(&str, Special)]] = &[REASON, LETTER];
/// A policy has at most so many names.
const MOST_NAMES: usize = 10_000;
/// Names that mean something else in conditions.
pub(super) const RESERVED_NAMES: &[&str] = &[
    "submitted_on",
    "evaluated_on",
    "channel",
    "score",
    "shown",
    "occurred",
    "min",
    "max",
    "whole",
    "abs",
    "days",
    "months",
    "days_between",
    "weeks_between",
    "months_between",
    "years_between",
    "true",
    "false",
    "let",
    "if",
    "else",
    "in",
    "fn",
    "const",
    "while",
    "loop",
    "for",
    "do",
    "until",
    "switch",
    "return",
    "throw",
    "try",
    "catch",
    "break",
    "continue",
    "import",
    "export",
    "this",
    "global",
    "eval",
    "print",
    "debug",
    "call",
    "curry",
    "is_def_var",
    "is_def_fn",
    "type_of",
    "as",
    "private",
    "var",
    "static",
    "is",
    "goto",
    "exit",
    "match",
    "case",
    "public",
    "protected",
    "new",
    "use",
    "with",
    "module",
    "package",
    "super",
    "spawn",
    "thread",
    "go",
    "sync",
    "async",
    "await",
    "yield",
    "default",
    "void",
    "null",
    "nil",
    "shared",
];

impl Check<'_> {
    /// A name that conditions can say.
    fn name(&mut self, source: &Arc<Source>, key: &Key, reserved: &[&str]) -> bool {
        let place = Place::new(source, key.range.clone());
        let mut letters = key.name.chars();
        let well_formed = letters.next().is_some_and(|first| first.is_ascii_lowercase())
            && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        let problem = if !well_formed {
            problems::bad_name(place, &key.name)
        } else if reserved.contains(&key.name.as_str()) || self.functions.contains_key(&key.name) {
            problems::reserved_name(place, &key.name)
        } else {
            return true;
        };
        self.push(problem);
        self.lost.insert(key.name.clone());
        false
    }

    /// A name for a value of its own: a parameter, a derived value, an output.
    pub(super) fn own_name(&mut self, source: &Arc<Source>, key: &Key) -> bool {
        if RESERVED_IN_SENTENCES.iter().any(|list| list.iter().any(|(name, _)| *name == key.name)) {
            self.push(problems::reserved_in_sentences(Place::new(source, key.range.clone()), &key.name));
            self.lost.insert(key.name.clone());
            return false;
        }
        self.name(source, key, RESERVED_NAMES)
    }

    pub(super) fn declare(&mut self, named: Named) -> Option<Slot> {
        let (id, place) = (named.id.clone(), named.place.clone());
        if self.vocabulary.len() >= MOST_NAMES {
            if let Some(place) = place.filter(|_| !std::mem::replace(&mut self.too_many_names, true)) {
                self.push(problems::too_many_names(place, MOST_NAMES));
            }
            return None;
        }
        match self.vocabulary.declare(named) {
            Ok(slot) => Some(slot),
            Err(first) => {
                let first = self.vocabulary.get(first).and_then(|named| named.place.clone());
                let place = place.or_else(|| first.clone());
                if let Some(place) = place {
                    self.push(problems::duplicate_name(place, &id, first));
                }
                None
            }
        }
    }

    pub(super) fn units(&mut self) -> BTreeMap<String, UnitForms> {
        let source = &self.files.units.source;
        let mut units = BTreeMap::new();
        for (key, forms) in self.files.units.shape.unit.iter() {
            let ar = &forms.ar;
            let words = [
                &ar.one,
                &ar.two,
                &ar.two_nominative,
                &ar.few,
                &ar.many,
                &ar.other,
                &forms.en.one,
                &forms.en.other,
            ];
            if words.iter().any(|form| form.trim().is_empty()) {
                self.push(problems::empty_form(Place::new(source, key.range.clone()), &key.name));
            }
            if self.name(source, key, &[MONEY]) {
                units.insert(key.name.clone(), forms.clone());
            }
        }
        units
    }

    pub(super) fn roles(&mut self) -> Vec<Role> {
        let source = &self.files.procedure.source;
        let mut roles = Vec::new();
        for (key, role) in self.files.procedure.shape.role.iter() {
            // A letter whose signer is `applicant` is signed by the applicant.
            if key.name == "applicant" {
                self.push(problems::reserved_name(Place::new(source, key.range.clone()), &key.name));
            }
            self.id(source, key);
            roles.push(Role { id: key.name.clone(), label: self.sentence(source, &role.label) });
        }
        roles
    }

    pub(super) fn events(&mut self) -> Vec<Event> {
        let source = &self.files.procedure.source;
        let mut events = Vec::new();
        for (key, event) in self.files.procedure.shape.event.iter() {
            let label = self.sentence(source, &event.label);
            if !self.name(source, key, &[]) {
                continue;
            }
            let named = Named {
                id: format!("event.{}", key.name),
                ty: Type::Date,
                origin: Origin::Event,
                label: label.clone(),
                definition: None,
                place: Some(Place::new(source, key.range.clone())),
            };
            if let Some(slot) = self.declare(named) {
                events.push(Event { id: key.name.clone(), label, slot });
            }
        }
        events
    }

    /// The names that the engine fills in.
    pub(super) fn builtin(&mut self) -> Option<Builtin> {
        let choices = |name: &str, entries: Vec<(&Key, &Sentence)>| {
            Arc::new(Choices {
                name: name.to_owned(),
                ids: entries.iter().map(|(key, _)| key.name.clone()).collect(),
                labels: entries.iter().map(|(_, title)| title.text()).collect(),
            })
        };
        let services =
            self.files.services.shape.service.iter().map(|(key, service)| (key, &service.title)).collect();
        let channels =
            self.files.channels.shape.channel.iter().map(|(key, channel)| (key, &channel.title)).collect();
        let services = Type::Choice(choices("service.id", services));
        let channels = Type::Choice(choices("channel", channels));
        let mut fill = |id: &str, ty: Type, origin: Origin, ar: &str, en: &str| {
            let label = Text::new(ar, en);
            self.declare(Named { id: id.into(), ty, origin, label, definition: None, place: None })
        };
        Some(Builtin {
            submitted_on: fill(
                "submitted_on",
                Type::Date,
                Origin::Request,
                "تاريخ التقديم",
                "day of the request",
            )?,
            evaluated_on: fill(
                "evaluated_on",
                Type::Date,
                Origin::Clock,
                "تاريخ التقييم",
                "day of the evaluation",
            )?,
            service: fill("service.id", services, Origin::Request, "الخدمة", "service")?,
            interval: fill(
                "service.interval",
                Type::Span,
                Origin::Request,
                "المدة بين استفادتين",
                "time between two grants",
            )?,
            channel: fill("channel", channels, Origin::Request, "القناة", "channel")?,
            documents_complete: fill(
                "request.documents_complete",
                Type::Bool,
                Origin::Request,
                "اكتمال الوثائق",
                "completeness of the documents",
            )?,
            data_matched: fill(
                "request.data_matched",
                Type::Bool,
                Origin::Request,
                "مطابقة البيانات",
                "matching of the data",
            )?,
            declaration_signed: fill(
                "request.declaration_signed",
                Type::Bool,
                Origin::Request,
                "توقيع الإقرار",
                "signature of the declaration",
            )?,
        })
    }

    pub(super) fn facts(&mut self) -> Vec<Fact> {
        let source = &self.files.facts.source;
        let mut facts = Vec::new();
        for (section, entries) in self.files.facts.shape.iter() {
            if !self.name(source, section, RESERVED_SECTIONS) {
                self.lost.extend(entries.iter().map(|(key, _)| key.name.clone()));
                continue;
            }
            for (key, shape) in entries.iter() {
                if !self.name(source, key, &[]) {
                    continue;
                }
                let id = format!("{}.{}", section.name, key.name);
                let label = self.fact_texts(source, shape);
                let Some((kind, ty, range)) = self.fact_kind(source, &id, shape, Nesting::Outside) else {
                    self.lost.insert(key.name.clone());
                    continue;
                };
                let place = Some(Place::new(source, key.range.clone()));
                let named =
                    Named { id: id.clone(), ty, origin: Origin::Fact, label, definition: None, place };
                if let Some(slot) = self.declare(named) {
                    facts.push(self.fact(source, slot, id, (kind, range), shape));
                }
            }
        }
        facts
    }

    fn fact_texts(&mut self, source: &Arc<Source>, shape: &FactFile) -> Text {
        for sentence in [&shape.ask, &shape.purpose].into_iter().flatten() {
            self.sentence(source, sentence);
        }
        self.sentence(source, &shape.label)
    }

    fn fact(
        &mut self,
        source: &Arc<Source>,
        slot: Slot,
        id: String,
        (kind, range): (FactKind, Option<Interval>),
        shape: &FactFile,
    ) -> Fact {
        let shown_by = self.refer_all(source, &shape.shown_by, &document_kind(), &self.known.documents);
        Fact {
            slot,
            id,
            kind,
            range,
            label: shape.label.text(),
            ask: shape.ask.as_ref().map(Sentence::text),
            purpose: shape.purpose.as_ref().map(Sentence::text),
            found_by: shape.found_by.unwrap_or(FoundBy::Applicant),
            shown_by,
            privacy: shape.privacy.unwrap_or(Privacy::Personal),
            can_change: shape.can_change.unwrap_or(true),
        }
    }

    /// Keys that belong to another type would be passed over in silence.
    fn keys_of_type(&mut self, source: &Arc<Source>, shape: &FactFile) {
        let ty = shape.ty.value.as_str();
        if let Some(unit) = shape.unit.as_ref().filter(|_| !matches!(ty, "integer" | "decimal")) {
            let place = Place::new(source, unit.range.clone());
            self.push(problems::key_of_other_type(place, "unit", ty, "`integer`, `decimal`"));
        }
        if let Some((key, _)) = shape.choice.iter().next().filter(|_| ty != "choice") {
            let place = Place::new(source, key.range.clone());
            self.push(problems::key_of_other_type(place, "choice", ty, "`choice`"));
        }
        if let Some((key, _)) = shape.item.iter().next().filter(|_| ty != "list") {
            let place = Place::new(source, key.range.clone());
            self.push(problems::key_of_other_type(place, "item", ty, "`list`"));
        }
    }

    fn fact_kind(
        &mut self,
        source: &Arc<Source>,
        id: &str,
        shape: &FactFile,
        nesting: Nesting,
    ) -> Option<(FactKind, Type, Option<Interval>)> {
        let place = |at: &At<String>| Place::new(source, at.range.clone());
        if FACT_TYPES.contains(&shape.ty.value.as_str()) {
            self.keys_of_type(source, shape);
        }
        let unit = match &shape.unit {
            Some(unit) if unit.value == MONEY => {
                self.push(problems::unit_of_money(place(unit)));
                Unit::default()
            }
            Some(unit) => {
                self.unit_known(source, unit);
                Unit::of(&unit.value)
            }
            None => Unit::default(),
        };
        let number = |whole: bool, unit: &Unit| {
            let money = unit.money_power() != 0;
            (FactKind::Number { whole, money }, Type::number(unit.clone(), whole && !money))
        };
        let (kind, ty) = match shape.ty.value.as_str() {
            "bool" => (FactKind::Bool, Type::Bool),
            "integer" => number(true, &unit),
            "decimal" => number(false, &unit),
            "money" => number(false, &Unit::of(MONEY)),
            "date" => (FactKind::Date, Type::Date),
            "text" => (FactKind::Text, Type::Text),
            "national-id" => (FactKind::NationalId, Type::Text),
            "iban" => (FactKind::Iban, Type::Text),
            "mobile" => (FactKind::Mobile, Type::Text),
            "short-address" => (FactKind::ShortAddress, Type::Text),
            "choice" => {
                if shape.choice.0.is_empty() {
                    self.push(problems::no_choices(place(&shape.ty)));
                    return None;
                }
                let choices = self.choices(source, id, &shape.choice);
                (FactKind::Choice(Arc::clone(&choices)), Type::Choice(choices))
            }
            "list" if nesting == Nesting::InList => {
                self.push(problems::list_in_list(place(&shape.ty)));
                return None;
            }
            "list" => {
                if shape.item.0.is_empty() {
                    self.push(problems::no_items(place(&shape.ty)));
                    return None;
                }
                let mut fields = Vec::new();
                let mut types = Vec::new();
                for (key, field) in shape.item.iter() {
                    if !self.name(source, key, RESERVED_NAMES) {
                        continue;
                    }
                    let field_id = format!("{id}.{}", key.name);
                    self.fact_texts(source, field);
                    let Some((kind, ty, range)) = self.fact_kind(source, &field_id, field, Nesting::InList)
                    else {
                        self.lost.insert(key.name.clone());
                        continue;
                    };
                    // A field has no place of its own: it is read through the list.
                    fields.push(self.fact(source, Slot(u16::MAX), key.name.clone(), (kind, range), field));
                    types.push((key.name.clone(), ty));
                }
                let record = Arc::new(Record { name: id.to_owned(), fields: types });
                (FactKind::List(fields), Type::List(record))
            }
            other => {
                self.push(problems::unknown_type(place(&shape.ty), other, FACT_TYPES));
                return None;
            }
        };
        let range = shape.range.as_ref().and_then(|range| match &kind {
            FactKind::Number { money, .. } => {
                let scale = Number::from(if *money { 100 } else { 1 });
                let whole = matches!(kind, FactKind::Number { whole: true, money: false });
                let interval = Interval::parse(&range.value, scale)
                    .filter(|interval| !interval.is_empty() && (!whole || table::has_whole(interval)));
                if interval.is_none() {
                    self.push(problems::bad_range(place(range), &range.value));
                }
                interval
            }
            FactKind::Bool
            | FactKind::Date
            | FactKind::Choice(_)
            | FactKind::Text
            | FactKind::NationalId
            | FactKind::Iban
            | FactKind::Mobile
            | FactKind::ShortAddress
            | FactKind::List(_) => {
                self.push(problems::range_without_number(place(range)));
                None
            }
        });
        Some((kind, ty, range))
    }

    pub(super) fn choices(
        &mut self,
        source: &Arc<Source>,
        name: &str,
        entries: &Entries<Sentence>,
    ) -> Arc<Choices> {
        let mut taken = BTreeMap::new();
        let mut ids = Vec::new();
        let mut labels = Vec::new();
        for (key, label) in entries.iter() {
            self.id(source, key);
            if key.name == "unknown" {
                // In sentences `unknown=` stands for what is not known.
                self.push(problems::reserved_name(Place::new(source, key.range.clone()), &key.name));
            }
            // A request may say a choice by its id or by a label: each must mean one choice only.
            let own = BTreeSet::from([key.name.as_str(), label.ar.value.trim(), label.en.value.trim()]);
            for word in own.into_iter().filter(|word| !word.is_empty()) {
                if let Some(first) = taken.insert(word.to_owned(), Place::new(source, key.range.clone())) {
                    let place = Place::new(source, key.range.clone());
                    self.push(problems::duplicate_label(place, word, first));
                }
            }
            ids.push(key.name.clone());
            labels.push(self.sentence(source, label));
        }
        Arc::new(Choices { name: name.to_owned(), ids, labels })
    }

    /// A unit must have its forms, or no sentence could count it.
    pub(super) fn unit_known(&mut self, source: &Arc<Source>, unit: &At<String>) {
        let known = self.files.units.shape.unit.get(&unit.value).is_some()
            || crate::value::words::built_in(&unit.value).is_some()
            || unit.value == MONEY;
        if !known {
            let files = self.files;
            let names = Ids::of(files.units.shape.unit.iter().map(|(key, _)| key.name.as_str()));
            self.refer(source, unit, &Text::new("وحدة", "unit"), &names);
        }
    }

    pub(super) fn typed(&mut self, source: &Arc<Source>, ty: &At<String>, known: &[&str]) -> Option<Type> {
        let parsed = Type::parse(&ty.value);
        let Some(parsed) = parsed else {
            self.push(problems::unknown_type(Place::new(source, ty.range.clone()), &ty.value, known));
            return None;
        };
        if let Type::Number(quantity) = &parsed {
            for name in quantity.unit.names() {
                self.unit_known(source, &At { range: ty.range.clone(), value: name.to_owned() });
            }
        }
        Some(parsed)
    }

    /// Documents are names too: `shown("D-POA")`.
    pub(super) fn declare_documents(&mut self) -> Vec<Slot> {
        let source = &self.files.documents.source;
        let mut slots = Vec::new();
        for (key, shape) in self.files.documents.shape.document.iter() {
            self.id(source, key);
            let named = Named {
                id: shown_name(&key.name),
                ty: Type::Bool,
                origin: Origin::Document,
                label: shape.title.text(),
                definition: None,
                place: Some(Place::new(source, key.range.clone())),
            };
            slots.push(self.declare(named).unwrap_or(Slot(u16::MAX)));
        }
        slots
    }

    pub(super) fn parameters(&mut self, facts: &[Fact]) -> Vec<Parameter> {
        let source = &self.files.parameters.source;
        let mut parameters = Vec::new();
        for (key, shape) in self.files.parameters.shape.iter() {
            let clause = self.clause(source, &shape.clause);
            let interpretation = self.interpretation(source, shape.interpretation.as_ref());
            let label = self.sentence(source, &shape.label);
            if !self.own_name(source, key) {
                continue;
            }
            let ty = match shape.ty.value.strip_prefix("set of ") {
                Some(fact) => self.set_of(source, &shape.ty, fact.trim(), facts),
                None => self.typed(source, &shape.ty, PARAMETER_TYPES),
            };
            let Some(ty) = ty else {
                self.lost.insert(key.name.clone());
                continue;
            };
            let mut entries = Vec::new();
            for (from, value) in shape.from.iter() {
                let Some(day) = day(&from.name) else {
                    let wanted = Text::new("تاريخ (مثل 2026-12-01)", "a date (such as 2026-12-01)");
                    self.push(problems::bad_value(
                        Place::new(source, from.range.clone()),
                        &from.name,
                        &wanted,
                    ));
                    continue;
                };
                entries.extend(self.scalar(source, &ty, value).map(|value| (day, value)));
            }
            let all_read = entries.len() == shape.from.0.len();
            if let Some(first_day) = self.first_day().filter(|_| all_read)
                && !entries.iter().any(|(from, _)| *from <= first_day)
            {
                let place = Place::new(source, key.range.clone());
                self.push(problems::no_value_in_force(place, &key.name, first_day));
            }
            entries.sort_by_key(|(from, _)| *from);
            let named = Named {
                id: key.name.clone(),
                ty,
                origin: Origin::Parameter,
                label: label.clone(),
                definition: None,
                place: Some(Place::new(source, key.range.clone())),
            };
            if let Some(slot) = self.declare(named) {
                parameters.push(Parameter {
                    slot,
                    id: key.name.clone(),
                    clause,
                    source: shape.source,
                    label,
                    interpretation,
                    entries,
                });
            }
        }
        self.citing = None;
        parameters
    }

    fn set_of(&mut self, source: &Arc<Source>, at: &At<String>, fact: &str, facts: &[Fact]) -> Option<Type> {
        let fact = At { range: at.range.clone(), value: fact.to_owned() };
        let kind = Text::new("واقعة ذات اختيارات", "fact with choices");
        let mut with_choices = Vec::new();
        for fact in facts {
            if let FactKind::Choice(choices) = &fact.kind {
                with_choices.push((fact.id.as_str(), choices));
            }
        }
        let found = self.refer(source, &fact, &kind, &Ids::of(with_choices.iter().map(|(id, _)| *id)))?;
        with_choices.get(found).map(|(_, choices)| Type::Set(Arc::clone(choices)))
    }

    /// A plain value of a declared type.
    pub(super) fn scalar(&mut self, source: &Arc<Source>, ty: &Type, at: &At<Scalar>) -> Option<Value> {
        let value = match (ty, &at.value) {
            (Type::Bool, Scalar::Bool(value)) => Some(Value::Bool(*value)),
            (Type::Number(quantity), Scalar::Text(text)) => {
                let number = Number::parse(&text.replace('_', ""))
                    .and_then(|number| number.times(hundredths(&quantity.unit)?));
                number.filter(|number| number.is_whole() || !quantity.whole).map(Value::Number)
            }
            (Type::Date, Scalar::Text(text)) => day(text).map(Value::Date),
            (Type::Span, Scalar::Text(text)) => {
                Period::parse(text).ok().and_then(|period| period.span()).map(Value::Span)
            }
            (Type::Text, Scalar::Text(text)) => Some(Value::Text(text.as_str().into())),
            (Type::Choice(choices), Scalar::Text(text)) => {
                let Some(choice) = choices.index(text) else {
                    let place = Place::new(source, at.range.clone());
                    let known = choices.ids.iter().map(String::as_str);
                    self.push(problems::unknown_choice(place, text, &choices.name, known));
                    return None;
                };
                Some(Value::Choice(choice))
            }
            (Type::Set(choices), Scalar::List(list)) => {
                let choice = Type::Choice(Arc::clone(choices));
                let members: Vec<Option<Value>> =
                    list.iter().map(|part| self.scalar(source, &choice, part)).collect();
                let members = members.into_iter().collect::<Option<Vec<_>>>()?;
                let members = members
                    .into_iter()
                    .filter_map(|member| if let Value::Choice(index) = member { Some(index) } else { None });
                Some(Value::Set(Arc::new(members.collect())))
            }
            _ => None,
        };
        if value.is_none() {
            let written = match &at.value {
                Scalar::Bool(value) => value.to_string(),
                Scalar::Text(text) => text.clone(),
                Scalar::List(_) => "[…]".to_owned(),
            };
            let wanted = match ty {
                Type::Bool => {
                    Text::new("`true` أو `false` بلا علامات تنصيص", "`true` or `false` without quotes")
                }
                Type::Number(quantity) if quantity.whole => Text::new("عدد صحيح", "a whole number"),
                Type::Span => Text::new("مدة (مثل `90 days`)", "a span of time (such as `90 days`)"),
                Type::Number(_)
                | Type::Date
                | Type::Choice(_)
                | Type::Set(_)
                | Type::Text
                | Type::List(_) => ty.text(),
            };
            self.push(problems::bad_value(Place::new(source, at.range.clone()), &written, &wanted));
        }
        value
    }
}

/// May a list stand here?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Outside,
    InList,
}

/// By what a number in a unit is multiplied on its way in: amounts of money are kept in hundredths.
pub(super) fn hundredths(unit: &Unit) -> Option<Number> {
    let power = unit.money_power();
    let hundred = Number::from(100);
    (0..power.unsigned_abs())
        .try_fold(Number::ONE, |scale, _| if power > 0 { scale.times(hundred) } else { scale.over(hundred) })
}

/// A day exactly as files write it: two ways to write one day would be two keys for it.
pub(super) fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

/// Where a shared function is named.
pub(super) fn function_name(source: &Arc<Source>, name: &str) -> Place {
    let offset = source.text.match_indices("fn ").find_map(|(offset, word)| {
        let rest = source.text.get(offset + word.len()..)?;
        let before = rest.len() - rest.trim_start().len();
        let after = rest.trim_start().strip_prefix(name)?;
        let ends = !after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        ends.then_some(offset + word.len() + before)
    });
    let start = offset.unwrap_or(0);
    Place::new(source, start..start + offset.map_or(0, |_| name.len()))
}
