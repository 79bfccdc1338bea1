//! A file as somebody wrote it: its text, places in it, and the tree of its values.
//!
//! Receives text, hands on [`Node`]s that know where they stand. TOML and JSON become the same tree, so that
//! whoever reads a request or a policy file does it once.

pub mod de;
pub mod schema;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// A file: its name as the person knows it, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path, as it was given.
    pub name: String,
    /// The whole text; empty where the file is a picture.
    pub text: String,
    /// What a file holds that is no text: a picture.
    picture: Option<Arc<[u8]>>,
}

impl Source {
    /// A file under the name by which it is shown.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Source> {
        Arc::new(Source { name: name.into(), text: text.into(), picture: None })
    }

    /// A file that is no text.
    pub fn picture(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Arc<Source> {
        Arc::new(Source { name: name.into(), text: String::new(), picture: Some(bytes.into()) })
    }

    /// What the file holds.
    pub fn bytes(&self) -> &[u8] {
        self.picture.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The name without its folders: the same wherever the folder lies.
    pub fn file_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// Is it JSON, by its name or by its first letter?
    pub fn is_json(&self) -> bool {
        let text = self.text.trim_start();
        text.starts_with('{') || self.name.to_ascii_lowercase().ends_with(".json")
    }

    /// The text in a range; empty where the range does not fit.
    pub fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The line and column, both from 1, of a byte.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// A place in a file. It carries the file, so that it can be shown without a table of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes.
    pub range: Range<usize>,
}

impl Place {
    /// A range of a file.
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Place {
        Place { source: Arc::clone(source), range }
    }

    /// What is written there, on one line.
    pub fn on_one_line(&self) -> String {
        on_one_line(self.source.slice(&self.range))
    }
}

/// The same words on one line.
pub fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name of a value in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub range: Range<usize>,
}

/// A value, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub value: Value,
}

/// What can stand in a file. Numbers and dates keep their text, so that nothing is lost on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`: only JSON has it.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number or a decimal, as written.
    Number(String),
    /// A date or a date and time, as written in TOML.
    Date(String),
    /// Text in quotes.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// A table, in the order of the file.
    Table(Vec<(Key, Node)>),
}

impl Node {
    /// The value of that name, in a table.
    pub fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Date(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }
}

/// Tables and lists inside one another: more than anybody writes, and less than exhausts the stack of whoever walks them.
const DEEPEST: usize = 32;

/// Something that is not TOML, or not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub range: Range<usize>,
    /// What the reader found wrong.
    pub message: String,
}

/// Reads TOML: the tree of what could be read, and every error.
pub fn read_toml(text: &str) -> (Node, Vec<SyntaxError>) {
    let (table, errors) = toml::de::DeTable::parse_recoverable(text);
    let mut errors: Vec<SyntaxError> = errors
        .into_iter()
        .map(|error| SyntaxError {
            range: within(text, error.span().unwrap_or(0..0)),
            message: error.message().replace('\n', "; "),
        })
        .collect();
    let range = table.span();
    let node = Node { range, value: Value::Table(toml_table(table.get_ref(), 1, &mut errors)) };
    (node, errors)
}

fn toml_table(
    table: &toml::de::DeTable<'_>,
    depth: usize,
    errors: &mut Vec<SyntaxError>,
) -> Vec<(Key, Node)> {
    table
        .iter()
        .map(|(key, value)| {
            let key = Key { name: key.get_ref().to_string(), range: key.span() };
            (key, toml_node(value, depth, errors))
        })
        .collect()
}

fn toml_node(
    spanned: &toml::Spanned<toml::de::DeValue<'_>>,
    depth: usize,
    errors: &mut Vec<SyntaxError>,
) -> Node {
    use toml::de::DeValue;
    if depth > DEEPEST {
        errors.push(too_deep(spanned.span()));
        return Node { range: spanned.span(), value: Value::Null };
    }
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(integer) if integer.radix() == 10 => Value::Number(integer.as_str().to_owned()),
        DeValue::Integer(integer) => Value::Number(
            // What is too long keeps its mark, so that no one takes its digits for decimal ones.
            i64::from_str_radix(integer.as_str(), integer.radix())
                .map_or_else(|_| format!("0x{}", integer.as_str()), |number| number.to_string()),
        ),
        DeValue::Float(float) => Value::Number(float.as_str().to_owned()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(array) => {
            Value::Array(array.iter().map(|node| toml_node(node, depth + 1, errors)).collect())
        }
        DeValue::Table(table) => Value::Table(toml_table(table, depth + 1, errors)),
    };
    Node { range: spanned.span(), value }
}

/// Reads JSON as the standard has it, without comments or loose commas.
///
/// # Errors
///
/// The first thing that is not JSON.
pub fn read_json(text: &str) -> Result<Node, SyntaxError> {
    let strict = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let result = jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &strict)
        .map_err(|error| SyntaxError {
            range: within(text, error.range().start..error.range().end),
            message: error.kind().to_string(),
        })?;
    match &result.value {
        Some(value) => json_node(value, 1),
        None => Err(SyntaxError { range: 0..0, message: "the file is empty".into() }),
    }
}

fn json_node(value: &jsonc_parser::ast::Value<'_>, depth: usize) -> Result<Node, SyntaxError> {
    use jsonc_parser::ast::{ObjectPropName, Value as Json};
    use jsonc_parser::common::Ranged as _;
    let range = value.range();
    if depth > DEEPEST {
        return Err(too_deep(range.start..range.end));
    }
    let converted = match value {
        Json::StringLit(literal) => Value::String(literal.value.to_string()),
        Json::NumberLit(literal) => Value::Number(literal.value.to_owned()),
        Json::BooleanLit(literal) => Value::Bool(literal.value),
        Json::NullKeyword(_) => Value::Null,
        Json::Array(array) => Value::Array(
            array.elements.iter().map(|node| json_node(node, depth + 1)).collect::<Result<_, _>>()?,
        ),
        Json::Object(object) => {
            let mut entries: Vec<(Key, Node)> = Vec::new();
            for property in &object.properties {
                let range = match &property.name {
                    ObjectPropName::String(literal) => literal.range,
                    ObjectPropName::Word(literal) => literal.range,
                };
                let key = Key { name: property.name.as_str().to_owned(), range: range.start..range.end };
                entries.push((key, json_node(&property.value, depth + 1)?));
            }
            if let Some(key) = written_twice(&entries) {
                let message = format!("the key `{}` is written twice", key.name);
                return Err(SyntaxError { range: key.range.clone(), message });
            }
            Value::Table(entries)
        }
    };
    Ok(Node { range: range.start..range.end, value: converted })
}

/// TOML refuses a key that a table has already, and so do we in JSON, where readers differ on which one counts.
fn written_twice(entries: &[(Key, Node)]) -> Option<&Key> {
    let mut seen = BTreeSet::new();
    entries.iter().map(|(key, _)| key).find(|key| !seen.insert(key.name.as_str()))
}

fn too_deep(range: Range<usize>) -> SyntaxError {
    SyntaxError { range, message: format!("more than {DEEPEST} tables and lists inside one another") }
}

/// Keeps a range inside the text and on the edges of characters, whatever the reader said.
fn within(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start.min(text.len()));
    let end = text.ceil_char_boundary(range.end.min(text.len()));
    start..end.max(start)
}

#[cfg(test)]
mod tests;
