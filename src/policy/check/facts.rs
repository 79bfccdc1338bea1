//! What a request may say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::file::{DetailFile, FACT_TYPES, FactFile, FoundBy, Privacy, Sentence};
use super::super::{Fact, FactKind, problems, table};
use super::names::{RESERVED_NAMES, RESERVED_SECTIONS};
use super::{Check, document_kind};
use crate::expression::program::{Interval, Named, Origin, Slot};
use crate::expression::types::{Choices, MONEY, Record, Type, Unit};
use crate::source::de::{At, Entries};
use crate::source::{Place, Source};
use crate::value::{Number, Text};

/// May a list stand here?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Outside,
    InList,
}

impl Check<'_> {
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

    /// The data of a letter's own, by the names that only this letter knows.
    pub(super) fn details(&mut self, letter: &str, entries: &Entries<DetailFile>) -> Vec<Fact> {
        let source = &self.files.letters.source;
        let mut details = Vec::new();
        for (key, shape) in entries.iter() {
            if !self.name(source, key, &[]) {
                continue;
            }
            let shape = shape.as_fact();
            let label = self.fact_texts(source, &shape);
            let Some((kind, ty, range)) = self.fact_kind(source, &key.name, &shape, Nesting::Outside) else {
                self.lost.insert(key.name.clone());
                continue;
            };
            let named = Named {
                id: format!("letters.{letter}.{}", key.name),
                ty,
                origin: Origin::Detail,
                label,
                definition: None,
                place: Some(Place::new(source, key.range.clone())),
            };
            if let Some(slot) = self.declare_detail(&format!("detail.{}", key.name), named) {
                details.push(self.fact(source, slot, key.name.clone(), (kind, range), &shape));
            }
        }
        details
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
        let justification = shape.justification.as_ref().map(|sentence| self.sentence(source, sentence));
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
            is_justified: justification.is_some(),
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
            "time" => (FactKind::Time, Type::Text),
            "code" => (FactKind::Code, Type::Text),
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
            | FactKind::Time
            | FactKind::Code
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
}
