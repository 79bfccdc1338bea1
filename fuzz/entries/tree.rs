//! Any bytes as TOML and as JSON, and the tree as each kind of shape.

use std::ops::Range;

use mizan::expression::program::Interval;
use mizan::expression::types::Type;
use mizan::source::de::{self, At, Day, Entries, Scalar};
use mizan::source::{Node, Source, Value, read_json, read_toml};
use mizan::value::{Number, Text};
use serde::Deserialize;

/// One field for each kind of thing that files hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read to see whether reading works")]
struct Shape {
    id: String,
    text: Option<Text>,
    number: Option<i64>,
    exact: Option<Number>,
    day: Option<Day>,
    #[serde(default)]
    yes: bool,
    word: Option<Word>,
    list: Option<Vec<At<String>>>,
    scalar: Option<At<Scalar>>,
    #[serde(default)]
    entries: Entries<Entry>,
    dated: Option<Entries<Scalar>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    One,
    TwoWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read to see whether reading works")]
struct Entry {
    when: At<String>,
    inner: Option<Entries<At<Number>>>,
}

/// Reads the tree, then every shape out of it.
pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (node, errors) = read_toml(&text);
    errors.iter().for_each(|error| within(&text, &error.range));
    shapes(&text, &node);
    match read_json(&text) {
        Ok(node) => shapes(&text, &node),
        Err(error) => within(&text, &error.range),
    }
    if let Some(number) = Number::parse(&text) {
        assert_eq!(Number::parse(&number.to_string()), Some(number));
    }
    if let Some(Type::Number(quantity)) = Type::parse(&text) {
        assert!(!quantity.bare);
    }
    if let Some(interval) = Interval::parse(&text, Number::ONE) {
        assert!(interval.is_empty() || [interval.low, interval.high].iter().flatten().count() > 0);
    }
}

fn shapes(text: &str, node: &Node) {
    places(text, node);
    read::<Shape>(text, node);
    read::<Entries<Shape>>(text, node);
    read::<Entries<Entries<Scalar>>>(text, node);
    read::<At<Scalar>>(text, node);
    read::<Vec<Scalar>>(text, node);
    read::<Word>(text, node);
    read::<Text>(text, node);
}

/// Nothing comes back only where something is wrong, and what is wrong is in the file.
fn read<'de, T: Deserialize<'de>>(text: &str, node: &'de Node) {
    let mut problems = vec![];
    let shape = de::read::<T>(node, &mut problems);
    assert!(shape.is_some() || !problems.is_empty(), "refused without a word: {text:?}");
    problems.iter().for_each(|problem| within(text, &problem.range));
}

fn places(text: &str, node: &Node) {
    within(text, &node.range);
    match &node.value {
        Value::Table(entries) => entries.iter().for_each(|(key, node)| {
            within(text, &key.range);
            places(text, node);
        }),
        Value::Array(nodes) => nodes.iter().for_each(|node| places(text, node)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::String(_) => {}
    }
}

fn within(text: &str, range: &Range<usize>) {
    assert!(text.get(range.clone()).is_some(), "{range:?} is not a place in {text:?}");
    let source = Source::new("file", text);
    let (line, column) = source.line_and_column(range.start);
    assert!(line > 0 && column > 0);
}
