//! From shapes to JSON Schemas: what is derived from the shapes that people write, and that programs read, made plain.
//!
//! A shape is described by what reads it, or writes it, so that a schema and the files can never go apart.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use super::de::{At, Day, Entries, Scalar};
use crate::value::Number;

/// The version of JSON Schema.
pub const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Who writes what a schema describes?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// A person, in TOML: what is absent is left out, and never `null`.
    Person,
    /// We: every key is there, and what is absent is `null`.
    Engine,
}

/// A whole schema: what the root says, with the definitions that it came to use.
pub fn document(title: &str, writer: Writer, root: Schema, mut generator: SchemaGenerator) -> Json {
    let mut whole = Map::new();
    whole.insert("$schema".into(), json!(DRAFT));
    whole.insert("title".into(), json!(title));
    if let Json::Object(root) = root.to_value() {
        whole.extend(root);
    }
    let mut definitions: Map<String, Json> = Map::new();
    if let Some(Json::Object(own)) = whole.remove("$defs") {
        definitions.extend(own);
    }
    let mut names = BTreeMap::new();
    for (name, definition) in generator.take_definitions(false) {
        let spoken = [spoken(name.strip_suffix("File").unwrap_or(&name)), spoken(&name)];
        let free = spoken.into_iter().find(|spoken| !definitions.contains_key(spoken));
        let spoken = free.unwrap_or_else(|| name.clone());
        definitions.insert(spoken.clone(), definition);
        names.insert(name, spoken);
    }
    if !definitions.is_empty() {
        whole.insert("$defs".into(), Json::Object(definitions));
    }
    let mut whole = Schema::from(whole);
    RecursiveTransform(|schema: &mut Schema| plain(schema, writer, &names)).transform(&mut whole);
    whole.to_value()
}

/// The schema of what the engine writes.
pub fn of_answer<T: JsonSchema>(title: &str) -> Json {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let root = T::json_schema(&mut generator);
    document(title, Writer::Engine, root, generator)
}

/// The name of a shape as people say it: `RuleKind` is `rule-kind`.
fn spoken(name: &str) -> String {
    let mut spoken = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !spoken.is_empty() {
            spoken.push('-');
        }
        spoken.push(letter.to_ascii_lowercase());
    }
    spoken
}

/// Takes out what only Rust means, and `null` where nobody can write it.
fn plain(schema: &mut Schema, writer: Writer, names: &BTreeMap<String, String>) {
    schema.remove("format");
    if writer == Writer::Person {
        without_null(schema);
    }
    if let Some(Json::String(reference)) = schema.get_mut("$ref")
        && let Some(name) = reference.strip_prefix("#/$defs/").and_then(|name| names.get(name))
    {
        *reference = format!("#/$defs/{name}");
    }
}

fn without_null(schema: &mut Schema) {
    if let Some(Json::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Json::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| *choice != json!({ "type": "null" }));
        if let [Json::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.insert(key, value);
            }
        }
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("EntriesOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
}

impl JsonSchema for Scalar {
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number, text, date, `true`, `false`, or a list of them.",
            "type": ["string", "number", "boolean", "array"],
            "items": generator.subschema_for::<Scalar>(),
        })
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A Gregorian day, such as 2026-12-01.",
            "type": "string",
            "pattern": r"^[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])$",
        })
    }
}

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}
