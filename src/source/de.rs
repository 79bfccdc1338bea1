//! From a tree of values to the shapes of the policy files.
//!
//! Receives a [`Node`] and a shape that serde derived, hands on the shape and every problem on the way: unknown and missing
//! keys, wrong kinds. A problem inside one entry does not hide those of the next one.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Visitor};

use super::{Key, Node, Value};
use crate::value::{Date, Number};

/// Reads a shape out of a tree. Nothing comes back where the whole could not be made; problems are added either way.
pub fn read<'de, T: Deserialize<'de>>(node: &'de Node, problems: &mut Vec<Problem>) -> Option<T> {
    let found = RefCell::new(Vec::new());
    let result = T::deserialize(Reader { node, found: &found });
    let value = match result {
        Ok(value) => Some(value),
        Err(error) => {
            found.borrow_mut().extend(error.at(&node.range).0);
            None
        }
    };
    problems.append(&mut found.into_inner());
    value
}

/// What is wrong with the shape of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub kind: ProblemKind,
}

/// The ways in which a shape can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// A key that this table does not have.
    UnknownKey {
        /// What was written.
        key: String,
        /// The keys that exist.
        known: Vec<String>,
    },
    /// A key that this table must have.
    MissingKey(&'static str),
    /// A word outside a fixed list.
    UnknownWord {
        /// What was written.
        word: String,
        /// The words that exist.
        known: Vec<String>,
    },
    /// Another kind of value than this place takes.
    WrongKind {
        /// What was written.
        found: String,
        /// What the place takes.
        expected: String,
    },
}

/// Something that was written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub value: T,
}

/// The entries of a table whose keys are ids, in the order of the file. A broken entry is reported and left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<T>(pub Vec<(Key, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Entries<T> {
        Entries(Vec::new())
    }
}

impl<T> Entries<T> {
    /// The entry of that id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.0.iter().find(|(key, _)| key.name == id).map(|(_, entry)| entry)
    }

    /// The ids and entries.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &T)> {
        self.0.iter().map(|(key, entry)| (key, entry))
    }
}

/// A plain value whose type is known only later: a parameter, a cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// Text, number or date, as written.
    Text(String),
    /// Several of them.
    List(Vec<At<Scalar>>),
}

/// A date in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

const AT: &str = "$at";
const AT_FIELDS: &[&str] = &["start", "end", "value"];
const KEY_FIELDS: &[&str] = &["name", "start", "end"];
const ENTRIES: &str = "$entries";
const NUMBER: &str = "$number";
const DAY: &str = "$day";

/// An error on its way to the place that it is about.
#[derive(Debug)]
struct Error {
    kind: Option<ProblemKind>,
}

impl Error {
    /// Becomes a problem at a place; nothing when it was reported further in.
    fn at(self, range: &Range<usize>) -> (Option<Problem>,) {
        (self.kind.map(|kind| Problem { range: range.clone(), kind }),)
    }

    fn reported() -> Error {
        Error { kind: None }
    }

    fn of(kind: ProblemKind) -> Error {
        Error { kind: Some(kind) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.kind)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::of(ProblemKind::WrongKind { found: String::new(), expected: message.to_string() })
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Error {
        Error::of(ProblemKind::WrongKind { found: found.to_string(), expected: expected.to_string() })
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Error {
        Error::invalid_type(found, expected)
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Error {
        Error::of(ProblemKind::UnknownWord { word: word.to_owned(), known: owned(known) })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Error {
        Error::of(ProblemKind::UnknownKey { key: key.to_owned(), known: owned(known) })
    }

    fn missing_field(key: &'static str) -> Error {
        Error::of(ProblemKind::MissingKey(key))
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Gives a node to serde.
#[derive(Clone, Copy)]
struct Reader<'de, 'found> {
    node: &'de Node,
    found: &'found RefCell<Vec<Problem>>,
}

impl<'de> Reader<'de, '_> {
    fn inside<T: DeserializeSeed<'de>>(self, node: &'de Node, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Reader { node, found: self.found }).map_err(|error| {
            self.found.borrow_mut().extend(error.at(&node.range).0);
            Error::reported()
        })
    }

    fn wrong_kind<T>(self, expected: &dyn de::Expected) -> Result<T, Error> {
        Err(Error::of(ProblemKind::WrongKind {
            found: describe(&self.node.value),
            expected: expected.to_string(),
        }))
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(text) | Value::Date(text) => format!("`{text}`"),
        Value::String(text) => format!("`\"{text}\"`"),
        Value::Array(_) => "a list".into(),
        Value::Table(_) => "a table".into(),
    }
}

impl<'de> de::Deserializer<'de> for Reader<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(text) | Value::Date(text) | Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(nodes) => visitor.visit_seq(Elements { reader: self, nodes: nodes.iter() }),
            Value::Table(entries) => {
                visitor.visit_map(Table { reader: self, entries: entries.iter(), next: None, known: None })
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Value::Bool(value) = self.node.value {
            visitor.visit_bool(value)
        } else {
            self.wrong_kind(&"`true` or `false`")
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = match &self.node.value {
            Value::Number(text) => text.replace('_', "").parse().ok(),
            Value::Null
            | Value::Bool(_)
            | Value::Date(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Table(_) => None,
        };
        match number {
            Some(number) => visitor.visit_i64(number),
            None => self.wrong_kind(&"a whole number"),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Value::String(text) = &self.node.value {
            visitor.visit_borrowed_str(text)
        } else {
            self.wrong_kind(&"text in quotes")
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match (name, &self.node.value) {
            (NUMBER, Value::Number(text)) => visitor.visit_borrowed_str(text),
            (NUMBER, _) => self.wrong_kind(&"a number"),
            (DAY, Value::Date(text) | Value::String(text)) => visitor.visit_borrowed_str(text),
            (DAY, _) => self.wrong_kind(&"a date, such as 2026-12-01"),
            (ENTRIES, Value::Table(entries)) => {
                visitor.visit_map(Table { reader: self, entries: entries.iter(), next: None, known: None })
            }
            (ENTRIES, _) => self.wrong_kind(&"a table"),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Value::Array(nodes) = &self.node.value {
            visitor.visit_seq(Elements { reader: self, nodes: nodes.iter() })
        } else {
            self.wrong_kind(&"a list")
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Value::Table(entries) = &self.node.value {
            visitor.visit_map(Table { reader: self, entries: entries.iter(), next: None, known: None })
        } else {
            self.wrong_kind(&"a table")
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == AT {
            return visitor.visit_seq(Placed { reader: self, step: 0 });
        }
        if let Value::Table(entries) = &self.node.value {
            visitor.visit_map(Table {
                reader: self,
                entries: entries.iter(),
                next: None,
                known: Some(fields),
            })
        } else {
            self.wrong_kind(&"a table")
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Value::String(text) = &self.node.value {
            visitor.visit_enum(BorrowedStrDeserializer::new(text))
        } else {
            self.wrong_kind(&"a word in quotes")
        }
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple tuple_struct identifier ignored_any
    }
}

struct Elements<'de, 'found> {
    reader: Reader<'de, 'found>,
    nodes: std::slice::Iter<'de, Node>,
}

impl<'de> de::SeqAccess<'de> for Elements<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.nodes.next().map(|node| self.reader.inside(node, seed)).transpose()
    }
}

struct Table<'de, 'found> {
    reader: Reader<'de, 'found>,
    entries: std::slice::Iter<'de, (Key, Node)>,
    next: Option<&'de (Key, Node)>,
    known: Option<&'static [&'static str]>,
}

impl<'de> de::MapAccess<'de> for Table<'de, '_> {
    type Error = Error;

    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        loop {
            let Some(entry) = self.entries.next() else {
                return Ok(None);
            };
            let (key, _) = entry;
            // An unknown key is reported and passed over, so that the known ones are still read.
            if let Some(known) = self.known
                && !known.contains(&key.name.as_str())
            {
                let kind = ProblemKind::UnknownKey { key: key.name.clone(), known: owned(known) };
                self.reader.found.borrow_mut().push(Problem { range: key.range.clone(), kind });
                continue;
            }
            self.next = Some(entry);
            return if self.known.is_some() {
                seed.deserialize(StrDeserializer::new(&key.name)).map(Some)
            } else {
                seed.deserialize(KeyReader(key)).map(Some)
            };
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        match self.next.take() {
            Some((_, node)) => self.reader.inside(node, seed),
            None => Err(Error::reported()),
        }
    }
}

/// Gives a key as text, or with its place to [`Entries`].
struct KeyReader<'de>(&'de Key);

impl<'de> de::Deserializer<'de> for KeyReader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(&self.0.name)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(KeyParts { key: self.0, step: 0 })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == DAY { self.deserialize_any(visitor) } else { visitor.visit_newtype_struct(self) }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct KeyParts<'de> {
    key: &'de Key,
    step: u8,
}

impl<'de> de::SeqAccess<'de> for KeyParts<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        use serde::de::IntoDeserializer as _;
        self.step += 1;
        match self.step {
            1 => seed.deserialize(BorrowedStrDeserializer::new(&self.key.name)).map(Some),
            2 => seed.deserialize(self.key.range.start.into_deserializer()).map(Some),
            3 => seed.deserialize(self.key.range.end.into_deserializer()).map(Some),
            _ => Ok(None),
        }
    }
}

struct Placed<'de, 'found> {
    reader: Reader<'de, 'found>,
    step: u8,
}

impl<'de> de::SeqAccess<'de> for Placed<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        use serde::de::IntoDeserializer as _;
        self.step += 1;
        let range = &self.reader.node.range;
        match self.step {
            1 => seed.deserialize(range.start.into_deserializer()).map(Some),
            2 => seed.deserialize(range.end.into_deserializer()).map(Some),
            3 => seed.deserialize(self.reader).map(Some),
            _ => Ok(None),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<At<T>, D::Error> {
        struct AtVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AtVisitor<T> {
            type Value = At<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value with its place")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<At<T>, A::Error> {
                match (parts.next_element()?, parts.next_element()?, parts.next_element()?) {
                    (Some(start), Some(end), Some(value)) => Ok(At { range: start..end, value }),
                    _ => Err(de::Error::custom("a value with its place")),
                }
            }
        }
        deserializer.deserialize_struct(AT, AT_FIELDS, AtVisitor(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<Key, A::Error> {
                match (parts.next_element()?, parts.next_element()?, parts.next_element()?) {
                    (Some(name), Some(start), Some(end)) => Ok(Key { name, range: start..end }),
                    _ => Err(de::Error::custom("a name")),
                }
            }
        }
        deserializer.deserialize_struct("$key", KEY_FIELDS, KeyVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Entries<T>, D::Error> {
        struct EntriesVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = Entries<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut table: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = table.next_key()? {
                    // A broken entry has been reported where it broke; the next ones are still read.
                    if let Ok(entry) = table.next_value() {
                        entries.push((key, entry));
                    }
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_newtype_struct(ENTRIES, EntriesVisitor(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        struct ScalarVisitor;
        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number, text, date, `true`, `false`, or a list of them")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar::Bool(value))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<Scalar, A::Error> {
                let mut list = Vec::new();
                while let Some(part) = parts.next_element()? {
                    list.push(part);
                }
                Ok(Scalar::List(list))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        struct DayVisitor;
        impl Visitor<'_> for DayVisitor {
            type Value = Day;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a date, such as 2026-12-01")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map(Day).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_newtype_struct(DAY, DayVisitor)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        struct NumberVisitor;
        impl Visitor<'_> for NumberVisitor {
            type Value = Number;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                Number::parse(&text.replace('_', ""))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_newtype_struct(NUMBER, NumberVisitor)
    }
}
