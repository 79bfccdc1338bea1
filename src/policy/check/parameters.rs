//! What the board decided in numbers and lists, and how plain values are read.

use std::sync::Arc;

use chrono::Datelike as _;

use super::super::{Fact, FactKind, Parameter, problems};
use super::Check;
use super::ids::Ids;
use crate::calendar::Period;
use crate::expression::program::{Named, Origin, Value};
use crate::expression::types::Type;
use crate::source::de::{At, Scalar};
use crate::source::{Place, Source};
use crate::value::{Date, Number, Text};

/// The types that a parameter can have.
const PARAMETER_TYPES: &[&str] =
    &["integer", "decimal", "money", "span", "date", "bool", "set of <fact>", "money / person"];

impl Check<'_> {
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
                    let wanted =
                        Text::new("تاريخ ميلادي (مثل 2026-12-01)", "a Gregorian date (such as 2026-12-01)");
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
                    .and_then(|number| number.times(quantity.unit.scale()?));
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
                Type::Date => {
                    Text::new("تاريخ ميلادي (مثل 2026-12-01)", "a Gregorian date (such as 2026-12-01)")
                }
                Type::Span => Text::new("مدة (مثل `90 days`)", "a span of time (such as `90 days`)"),
                Type::Number(_) | Type::Choice(_) | Type::Set(_) | Type::Text | Type::List(_) => ty.text(),
            };
            self.push(problems::bad_value(Place::new(source, at.range.clone()), &written, &wanted));
        }
        value
    }
}

/// Requests may write Hijri years; files do not, and one before 1700 would be a Hijri year that is taken for a Gregorian one.
fn is_gregorian(date: Date) -> bool {
    date.year() >= 1700
}

/// A day exactly as files write it: two ways to write one day would be two keys for it.
pub(super) fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text && is_gregorian(*date))
}
