//! From a line of JSON straight into a row, without a tree in between.
//!
//! What is written plainly is read here: whole and decimal numbers from their digits (Arabic-Indic ones too), days as
//! `2026-12-06`, choices by their ids. Anything else (a Hijri date, a label, a key that is wrong) goes to the exact reader, which
//! reads it or says what is wrong with it; so nothing is read here that it would read otherwise, and nothing is passed over.

mod values;

use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::frame::{Frame, UNKNOWN};
use super::row::{NO_DAY, Row};
use super::{Exact, PaperTest, Plan, Record, Scratch, code, days, grid};
use crate::diag::Diagnostics;
use crate::evaluation::{evaluate, request};
use crate::expression::program::Slot;
use crate::expression::types::Choices;
use crate::policy::{Fact, FactKind, Policy, Requests};
use crate::source::Source;
use crate::value::{Date, identifier};
use values::{
    Among, AnyText, Identifier, Moment, Reference, Same, Whole, YesOrNo, decimal, expecting, not_plain, seed,
};

/// The words of a policy as a line of JSON writes them.
#[derive(Debug, Default)]
pub(super) struct Keys {
    top: Vec<String>,
    sections: Vec<Vec<String>>,
    fields: Vec<Vec<Field>>,
    documents: Vec<String>,
    events: Vec<String>,
    received: Option<usize>,
}

/// A fact as it is read.
#[derive(Debug)]
struct Field {
    kind: Kind,
    leaf: Option<usize>,
    range: Option<(i64, i64)>,
}

#[derive(Debug)]
enum Kind {
    Bool,
    /// Times so much.
    Number(i64),
    Date,
    Choice(std::sync::Arc<Choices>),
    Text,
    Identifier(fn(&str) -> Result<String, identifier::IdentifierError>),
    /// The number of the list among those that are looked through, and its fields.
    List(Option<usize>, Vec<String>, Vec<Field>),
}

/// The keys of a request that are no sections, in the order of their numbers.
const OWN: [&str; 9] = [
    "policy",
    "case_ref",
    "service",
    "channel",
    "submitted_at",
    "documents",
    "declaration",
    "events",
    "decision",
];

impl Keys {
    pub(super) fn new(policy: &Policy, leaf_of: &BTreeMap<Slot, usize>) -> Keys {
        let lists = policy.facts.iter().filter(|fact| matches!(fact.kind, FactKind::List(_)));
        let lists: Vec<Slot> =
            lists.map(|fact| fact.slot).filter(|slot| leaf_of.contains_key(slot)).collect();
        let mut lists = lists;
        lists.sort_unstable();
        let mut keys = Keys {
            top: OWN.iter().map(|key| (*key).to_owned()).collect(),
            documents: policy.documents.iter().map(|document| document.id.clone()).collect(),
            events: policy.events.iter().map(|event| event.id.clone()).collect(),
            received: policy.events.iter().position(|event| event.id == "received"),
            ..Keys::default()
        };
        for fact in &policy.facts {
            let Some((section, name)) = fact.id.split_once('.') else { continue };
            let at = match keys.top.iter().skip(OWN.len()).position(|key| key == section) {
                Some(at) => at,
                None => {
                    keys.top.push(section.to_owned());
                    keys.sections.push(vec![]);
                    keys.fields.push(vec![]);
                    keys.sections.len() - 1
                }
            };
            let number = lists.iter().position(|slot| *slot == fact.slot);
            if let (Some(names), Some(fields)) = (keys.sections.get_mut(at), keys.fields.get_mut(at)) {
                names.push(name.to_owned());
                fields.push(field(fact, leaf_of.get(&fact.slot).copied(), number));
            }
        }
        keys
    }
}

fn field(fact: &Fact, leaf: Option<usize>, list: Option<usize>) -> Field {
    let mut range = None;
    let kind = match &fact.kind {
        FactKind::Bool => Kind::Bool,
        FactKind::Number { whole, money } => {
            let scale = if *money {
                100
            } else if *whole {
                1
            } else {
                code::MILLION
            };
            let unit = if *money { 1 } else { scale };
            // A bound that does not fit a word lets nothing through: the exact reader looks at it then.
            range = fact.range.as_ref().map(|range| grid::words(range, unit).unwrap_or((0, 0)));
            Kind::Number(scale)
        }
        FactKind::Date => Kind::Date,
        FactKind::Choice(choices) => Kind::Choice(std::sync::Arc::clone(choices)),
        FactKind::Text | FactKind::Code => Kind::Text,
        FactKind::NationalId => Kind::Identifier(identifier::national_id),
        FactKind::Iban => Kind::Identifier(identifier::iban),
        FactKind::Mobile => Kind::Identifier(identifier::mobile),
        FactKind::ShortAddress => Kind::Identifier(identifier::short_address),
        FactKind::Time => Kind::Identifier(identifier::time_of_day),
        FactKind::List(fields) => Kind::List(
            list,
            fields.iter().map(|field| field.id.clone()).collect(),
            fields.iter().enumerate().map(|(place, fact)| field(fact, Some(place), None)).collect(),
        ),
    };
    Field { kind, leaf, range }
}

/// Reads lines, one after the other. It remembers in which order keys came, because the next line nearly always has the same.
#[derive(Debug)]
pub struct Lines<'p> {
    plan: &'p Plan<'p>,
    state: State,
    row: Row,
    scratch: Scratch,
    exact: Record,
    count: Count,
}

/// How many lines were read, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub lines: u64,
    /// Those that needed the exact reader.
    pub read_exactly: u64,
    /// Those that needed the exact evaluation.
    pub evaluated_exactly: u64,
    /// Those that were refused.
    pub refused: u64,
}

#[derive(Debug, Default)]
struct State {
    top: Order,
    sections: Vec<Order>,
    documents: Order,
    events: Order,
    service: Option<usize>,
    channel: Option<usize>,
    submitted: Option<i32>,
    case_ref: Option<String>,
}

/// Which key came after which, the last time; and which came in the present line.
#[derive(Debug, Default)]
struct Order {
    after: Vec<usize>,
    seen: Vec<u64>,
    previous: usize,
}

impl Order {
    fn new(keys: usize) -> Order {
        Order { after: (0..=keys).collect(), seen: vec![0; keys.div_ceil(64)], previous: keys }
    }

    fn begin(&mut self) {
        self.seen.fill(0);
        // The key before the first one has the number after the last.
        self.previous = self.after.len().saturating_sub(1);
    }

    /// The number of a key that has not come before.
    #[inline]
    fn find(&mut self, keys: &[String], key: &str) -> Option<usize> {
        let guess = self.after.get(self.previous).copied().unwrap_or(0);
        let found = if keys.get(guess).is_some_and(|known| known == key) {
            guess
        } else {
            let found = keys.iter().position(|known| known == key)?;
            if let Some(place) = self.after.get_mut(self.previous) {
                *place = found;
            }
            found
        };
        self.previous = found;
        let word = self.seen.get_mut(found >> 6)?;
        let bit = 1_u64 << (found & 63);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new.then_some(found)
    }
}

impl<'p> Lines<'p> {
    /// Reads lines for a plan.
    pub fn new(plan: &'p Plan<'p>) -> Lines<'p> {
        let keys = &plan.keys;
        Lines {
            plan,
            state: State {
                top: Order::new(keys.top.len()),
                sections: keys.sections.iter().map(|section| Order::new(section.len())).collect(),
                documents: Order::new(keys.documents.len()),
                events: Order::new(keys.events.len()),
                ..State::default()
            },
            row: plan.row(),
            scratch: plan.scratch(),
            exact: Record::default(),
            count: Count::default(),
        }
    }

    /// Reads a request and judges it, on a day or on that of the request.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the request.
    pub fn judge(&mut self, line: &str, on: Option<Date>) -> Result<&Record, Diagnostics> {
        self.count.lines += 1;
        if self.read(line, on) {
            if self.row.exact().is_none()
                && let Ok(()) = self.plan.evaluate(&self.row, &mut self.scratch).map(|_| ())
            {
                return Ok(&self.scratch.record);
            }
        } else {
            self.count.read_exactly += 1;
        }
        let read = request::read(self.plan.policy, &Source::new("line", line));
        let request = read.inspect_err(|_| self.count.refused += 1)?;
        let on = on.unwrap_or_else(|| request.submitted_at.date());
        self.plan.load(&mut self.row, &mut self.scratch, &request, on);
        match self.plan.evaluate(&self.row, &mut self.scratch) {
            Ok(_) => {}
            Err(Exact(_)) => {
                self.count.evaluated_exactly += 1;
                self.exact = self.plan.record(&evaluate(self.plan.policy, &request, on));
                return Ok(&self.exact);
            }
        }
        Ok(&self.scratch.record)
    }

    /// Reads a plain request and judges it, with the reference of its case; nothing where only the exact reader or the exact evaluation
    /// can.
    pub fn plainly(&mut self, line: &str, on: Option<Date>) -> Option<(&Record, Option<&str>)> {
        if !self.read(line, on) || self.row.exact().is_some() {
            return None;
        }
        self.plan.evaluate(&self.row, &mut self.scratch).ok()?;
        Some((&self.scratch.record, self.state.case_ref.as_deref()))
    }

    /// Judges a request that the exact reader read; nothing where only the exact evaluation can.
    pub fn of(&mut self, request: &request::Request, on: Date) -> Option<&Record> {
        self.plan.load(&mut self.row, &mut self.scratch, request, on);
        self.plan.evaluate(&self.row, &mut self.scratch).ok()
    }

    /// How many lines were read, and how.
    pub fn count(&self) -> Count {
        self.count
    }

    /// Reads a plain line; no where the exact reader has to.
    fn read(&mut self, line: &str, on: Option<Date>) -> bool {
        let Lines { plan, state, row, scratch, .. } = self;
        plan.begin(row, &mut scratch.frame);
        state.service = None;
        state.channel = None;
        state.submitted = None;
        state.case_ref = None;
        state.top.begin();
        let mut deserializer = serde_json::Deserializer::from_str(line);
        let seed = Top { plan, state, row, frame: &mut scratch.frame };
        if seed.deserialize(&mut deserializer).is_err() || deserializer.end().is_err() {
            return false;
        }
        let (Some(service), Some(submitted)) = (state.service, state.submitted) else { return false };
        let Some(submitted_on) = days::date(i64::from(submitted)) else { return false };
        let received = plan.keys.received.and_then(|event| row.moment(event));
        let is_before = on.is_some_and(|on| on < submitted_on);
        if is_before
            || submitted_on < plan.policy.in_force_from
            || received.is_some_and(|(day, _)| day < submitted)
        {
            return false;
        }
        row.service = service;
        let channel = state.channel.and_then(|channel| i64::try_from(channel).ok());
        let Scratch { frame, record, .. } = scratch;
        plan.finish(row, (frame, &mut record.reads), submitted_on, on.unwrap_or(submitted_on), channel);
        true
    }
}

/// A key among others.
struct Key<'a> {
    order: &'a mut Order,
    keys: &'a [String],
}
seed!(Key, usize, deserialize_str);

impl Visitor<'_> for Key<'_> {
    type Value = usize;
    expecting!();
    #[inline]
    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        self.order.find(self.keys, key).ok_or_else(not_plain)
    }
}

/// The whole request.
struct Top<'a, 'p> {
    plan: &'a Plan<'p>,
    state: &'a mut State,
    row: &'a mut Row,
    frame: &'a mut Frame,
}

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();
    expecting!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Top { plan, state, row, frame } = self;
        let keys = &plan.keys;
        while let Some(key) = map.next_key_seed(Key { order: &mut state.top, keys: &keys.top })? {
            match key {
                0 => map.next_value_seed(Same(&plan.policy.id))?,
                1 => state.case_ref = map.next_value_seed(Reference)?,
                2 => {
                    let ids = |id: &str| plan.policy.services.iter().position(|service| service.id == id);
                    state.service = map.next_value_seed(Among(&ids))?;
                }
                3 => {
                    let ids = |id: &str| {
                        plan.policy.channels.iter().position(|channel| {
                            channel.id == id && !matches!(channel.requests, Requests::No | Requests::Lead)
                        })
                    };
                    state.channel = map.next_value_seed(Among(&ids))?;
                }
                4 => state.submitted = map.next_value_seed(Moment)?.map(|(day, _)| day),
                5 => map.next_value_seed(Documents {
                    papers: &plan.papers,
                    order: &mut state.documents,
                    keys: &keys.documents,
                    row: &mut *row,
                })?,
                7 => map.next_value_seed(Events {
                    order: &mut state.events,
                    keys: &keys.events,
                    row: &mut *row,
                })?,
                // A declaration carries a digest of what was declared, a decision its minutes: these are read exactly.
                6 | 8 => map.next_value::<()>()?,
                section => {
                    let section = section - OWN.len();
                    let (Some(order), Some(names), Some(fields)) = (
                        state.sections.get_mut(section),
                        keys.sections.get(section),
                        keys.fields.get(section),
                    ) else {
                        return Err(not_plain());
                    };
                    order.begin();
                    map.next_value_seed(Section {
                        order,
                        names,
                        fields,
                        row: &mut *row,
                        frame: &mut *frame,
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// A section of facts.
struct Section<'a> {
    order: &'a mut Order,
    names: &'a [String],
    fields: &'a [Field],
    row: &'a mut Row,
    frame: &'a mut Frame,
}
seed!(Section, (), deserialize_map);

impl<'de> Visitor<'de> for Section<'_> {
    type Value = ();
    expecting!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key { order: self.order, keys: self.names })? {
            let Some(field) = self.fields.get(key) else { return Err(not_plain()) };
            if let Kind::List(number, names, fields) = &field.kind {
                let count = map.next_value_seed(List { names, fields, frame: self.frame })?;
                if let (Some(leaf), Some(things)) = (field.leaf, count) {
                    self.row.set(leaf, 0);
                    if let Some(place) = number.and_then(|number| self.frame.lists.get_mut(number)) {
                        *place = things;
                    }
                }
            } else if let Some(value) = value(field, &mut map)?
                && let Some(leaf) = field.leaf
            {
                self.row.set(leaf, value);
            }
        }
        Ok(())
    }
}

/// The value of a fact: nothing where it is blank, or a text, at which no planned condition looks.
#[inline]
fn value<'de, A: MapAccess<'de>>(field: &Field, map: &mut A) -> Result<Option<i64>, A::Error> {
    match &field.kind {
        Kind::Bool => map.next_value_seed(YesOrNo),
        Kind::Number(1) => map.next_value_seed(Whole(field.range)),
        Kind::Number(scale) => {
            // From its text: a number that went through a float, or through another reader's settings, is not the one written.
            let raw: &RawValue = map.next_value()?;
            decimal(raw.get(), *scale, field.range).ok_or_else(not_plain)
        }
        Kind::Date => Ok(map.next_value_seed(Moment)?.map(|(day, _)| i64::from(day))),
        Kind::Choice(choices) => {
            let ids = |id: &str| choices.ids.iter().position(|known| known == id);
            let found = map.next_value_seed(Among(&ids))?;
            Ok(found.and_then(|index| i64::try_from(index).ok()))
        }
        Kind::Text => map.next_value_seed(AnyText).map(|()| None),
        Kind::Identifier(read) => map.next_value_seed(Identifier(*read)).map(|()| None),
        Kind::List(..) => Err(not_plain()),
    }
}

/// A list of things; nothing where it is blank. Gives where its values begin, and how many things there are.
struct List<'a> {
    names: &'a [String],
    fields: &'a [Field],
    frame: &'a mut Frame,
}
seed!(List, Option<(usize, usize)>, deserialize_any);

impl<'de> Visitor<'de> for List<'_> {
    type Value = Option<(usize, usize)>;
    expecting!();

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut things: A) -> Result<Self::Value, A::Error> {
        let (from, mut count) = (self.frame.items.len(), 0);
        while let Some(()) =
            things.next_element_seed(Thing { names: self.names, fields: self.fields, frame: self.frame })?
        {
            count += 1;
        }
        Ok(Some((from, count)))
    }
}

/// A thing of a list.
struct Thing<'a> {
    names: &'a [String],
    fields: &'a [Field],
    frame: &'a mut Frame,
}
seed!(Thing, (), deserialize_map);

impl<'de> Visitor<'de> for Thing<'_> {
    type Value = ();
    expecting!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let from = self.frame.items.len();
        self.frame.items.resize(from + self.fields.len(), UNKNOWN);
        let mut seen = 0_u64;
        let mut order = Order::default();
        while let Some(place) = map.next_key_seed(FieldOf { order: &mut order, names: self.names })? {
            let bit = 1_u64.checked_shl(u32::try_from(place).unwrap_or(64)).ok_or_else(not_plain)?;
            let Some(field) = self.fields.get(place).filter(|_| seen & bit == 0) else {
                return Err(not_plain());
            };
            seen |= bit;
            if let Some(value) = value(field, &mut map)?
                && let Some(cell) = self.frame.items.get_mut(from + place)
            {
                *cell = value;
            }
        }
        Ok(())
    }
}

/// The name of a thing's field.
struct FieldOf<'a> {
    order: &'a mut Order,
    names: &'a [String],
}
seed!(FieldOf, usize, deserialize_str);

impl Visitor<'_> for FieldOf<'_> {
    type Value = usize;
    expecting!();
    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        let guess = self.order.previous;
        self.order.previous = guess + 1;
        if self.names.get(guess).is_some_and(|known| known == key) {
            return Ok(guess);
        }
        self.names.iter().position(|known| known == key).ok_or_else(not_plain)
    }
}

/// The papers that were shown.
struct Documents<'a> {
    papers: &'a [PaperTest],
    order: &'a mut Order,
    keys: &'a [String],
    row: &'a mut Row,
}
seed!(Documents, (), deserialize_any);

impl<'de> Visitor<'de> for Documents<'_> {
    type Value = ();
    expecting!();

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.order.begin();
        while let Some(index) = map.next_key_seed(Key { order: self.order, keys: self.keys })? {
            let Some((issued, expires, matched)) = map.next_value_seed(Paper)? else { continue };
            if index >= 64 || (issued != NO_DAY && expires != NO_DAY && expires < issued) {
                return Err(not_plain());
            }
            self.row.show(self.papers, index, (issued, expires), matched);
        }
        Ok(())
    }
}

/// A paper: issued, expires, matched; nothing where it is blank.
struct Paper;

impl<'de> DeserializeSeed<'de> for Paper {
    type Value = Option<(i32, i32, bool)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Paper {
    type Value = Option<(i32, i32, bool)>;
    expecting!();

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut paper = (NO_DAY, NO_DAY, false);
        let mut seen = 0_u8;
        while let Some(key) = map.next_key_seed(PaperKey)? {
            if seen >> key & 1 == 1 {
                return Err(not_plain());
            }
            seen |= 1 << key;
            match key {
                0 => paper.0 = map.next_value_seed(Moment)?.map_or(NO_DAY, |(day, _)| day),
                1 => paper.1 = map.next_value_seed(Moment)?.map_or(NO_DAY, |(day, _)| day),
                _ => paper.2 = map.next_value_seed(YesOrNo)? == Some(1),
            }
        }
        Ok(Some(paper))
    }
}

struct PaperKey;

impl<'de> DeserializeSeed<'de> for PaperKey {
    type Value = u8;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u8, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for PaperKey {
    type Value = u8;
    expecting!();
    fn visit_str<E: Error>(self, key: &str) -> Result<u8, E> {
        match key {
            "issued" => Ok(0),
            "expires" => Ok(1),
            "matched" => Ok(2),
            // What a paper shows of the facts is compared with what was declared: read exactly.
            _ => Err(not_plain()),
        }
    }
}

/// What happened.
struct Events<'a> {
    order: &'a mut Order,
    keys: &'a [String],
    row: &'a mut Row,
}
seed!(Events, (), deserialize_any);

impl<'de> Visitor<'de> for Events<'_> {
    type Value = ();
    expecting!();

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.order.begin();
        while let Some(index) = map.next_key_seed(Key { order: self.order, keys: self.keys })? {
            if let Some(moment) = map.next_value_seed(Moment)?
                && let Some(place) = self.row.events.get_mut(index)
            {
                *place = moment;
            }
        }
        Ok(())
    }
}
