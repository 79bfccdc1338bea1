//! Names: which are free, which the engine fills in, and what units, roles, events and papers are called.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::Sentence;
use super::super::message::{LETTER, REASON, Special};
use super::super::{Builtin, Event, Role, problems};
use super::Check;
use super::ids::Ids;
use crate::expression::lower::shown_name;
use crate::expression::program::{Named, Origin, Slot};
use crate::expression::types::{Choices, MONEY, Type};
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::Text;
use crate::value::words::UnitForms;

/// Names that begin conditions of the engine's own.
pub(super) const RESERVED_SECTIONS: &[&str] =
    &["service", "event", "request", "document", "decision", "factor", "detail", "letters"];
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
    "is_shared",
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
    pub(super) fn name(&mut self, source: &Arc<Source>, key: &Key, reserved: &[&str]) -> bool {
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

    /// A letter's own datum: only the letter knows its name, so that no rule can read it.
    pub(super) fn declare_detail(&mut self, name: &str, named: Named) -> Option<Slot> {
        if self.vocabulary.len() >= MOST_NAMES {
            if let Some(place) =
                named.place.clone().filter(|_| !std::mem::replace(&mut self.too_many_names, true))
            {
                self.push(problems::too_many_names(place, MOST_NAMES));
            }
            return None;
        }
        self.vocabulary.declare_as(name, named).ok()
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
