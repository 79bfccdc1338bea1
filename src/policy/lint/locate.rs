//! Where something stands in the files of a policy: by file and keys, and inside a text by its words.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::Policy;
use crate::source::{self, Key, Node, Place, Source, Value};
use crate::value::Lang;

/// The files as trees.
pub(super) struct Locator {
    files: BTreeMap<String, (Arc<Source>, Node)>,
}

impl Locator {
    pub(super) fn new(policy: &Policy) -> Locator {
        let files = policy.files.iter().filter(|file| file.path.ends_with(".toml"));
        let files = files.filter(|file| !file.path.starts_with("scenarios/"));
        Locator {
            files: files
                .map(|file| {
                    let (node, _) = source::read_toml(&file.source.text);
                    (file.path.clone(), (Arc::clone(&file.source), node))
                })
                .collect(),
        }
    }

    /// The value under some keys.
    pub(super) fn value(&self, file: &str, keys: &[&str]) -> Option<Place> {
        let (source, root) = self.files.get(file)?;
        let node = keys.iter().try_fold(root, |node, key| node.get(key))?;
        Some(Place::new(source, node.range.clone()))
    }

    /// The last of some keys itself.
    pub(super) fn key(&self, file: &str, keys: &[&str]) -> Option<Place> {
        let (source, root) = self.files.get(file)?;
        let (last, before) = keys.split_last()?;
        let table = before.iter().try_fold(root, |node, key| node.get(key))?;
        let Value::Table(entries) = &table.value else { return None };
        let (key, _): &(Key, Node) = entries.iter().find(|(key, _)| key.name == *last)?;
        Some(Place::new(source, key.range.clone()))
    }

    /// Some words of the text under some keys; the whole text where it is written with escapes.
    pub(super) fn words(&self, file: &str, keys: &[&str], text: &str, range: &Range<usize>) -> Option<Place> {
        let place = self.value(file, keys)?;
        let raw = place.source.slice(&place.range);
        let Some(start) = raw.find(text).map(|at| place.range.start + at) else { return Some(place) };
        Some(Place::new(&place.source, start + range.start..start + range.end))
    }

    /// Every text in either language under a key, with the keys that lead to it.
    pub(super) fn texts(&self, file: &str, top: &str) -> Vec<Written> {
        let mut found = Vec::new();
        if let Some((source, root)) = self.files.get(file)
            && let Some(node) = root.get(top)
        {
            collect(source, node, &mut vec![], &mut found);
        }
        found
    }
}

/// A text that people will read.
#[derive(Debug)]
pub(super) struct Written {
    /// What leads to it: `L-12`, `text`, `intro`.
    pub(super) keys: Vec<String>,
    /// Its language.
    pub(super) lang: Lang,
    /// Its words.
    pub(super) text: String,
    place: Place,
}

impl Written {
    /// The words with every placeholder blanked out, so that places stay what they are.
    pub(super) fn without_placeholders(&self) -> String {
        let mut depth = 0_usize;
        let mut text = String::with_capacity(self.text.len());
        for letter in self.text.chars() {
            match letter {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 0 || letter == '}' {
                text.extend(std::iter::repeat_n(' ', letter.len_utf8()));
            } else {
                text.push(letter);
            }
        }
        text
    }

    /// Where some of its words stand.
    pub(super) fn place(&self, range: &Range<usize>) -> Place {
        let raw = self.place.source.slice(&self.place.range);
        match raw.find(&self.text).map(|at| self.place.range.start + at) {
            Some(start) => Place::new(&self.place.source, start + range.start..start + range.end),
            None => self.place.clone(),
        }
    }
}

fn collect(source: &Arc<Source>, node: &Node, keys: &mut Vec<String>, found: &mut Vec<Written>) {
    match &node.value {
        Value::Table(entries) => {
            for (key, inner) in entries {
                let lang = match (key.name.as_str(), &inner.value) {
                    ("ar", Value::String(_)) => Some(Lang::Ar),
                    ("en", Value::String(_)) => Some(Lang::En),
                    _ => None,
                };
                if let (Some(lang), Value::String(text)) = (lang, &inner.value) {
                    let place = Place::new(source, inner.range.clone());
                    found.push(Written { keys: keys.clone(), lang, text: text.clone(), place });
                } else {
                    keys.push(key.name.clone());
                    collect(source, inner, keys, found);
                    keys.pop();
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(source, item, keys, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::String(_) => {}
    }
}
