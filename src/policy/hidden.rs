//! Signs that nobody sees: they can make a text look like another, and whoever approves it approves what it looks like.
//!
//! Arabic written in its natural order needs none of them, so they are refused everywhere: in texts, ids and comments.

use std::sync::Arc;

use super::problems;
use crate::diag::Diagnostics;
use crate::source::{Node, Place, Source, Value};

/// More of them than these are not told one by one.
const MOST: usize = 5;

/// Is it a sign that nobody sees? Ends of lines and tabs are not meant.
fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\r' | '\t' => false,
        // Joiners, marks of direction, fillers, variation selectors, tags.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => letter.is_control(),
    }
}

/// Refuses those that stand in the text of a file.
pub(super) fn refuse_in_text(source: &Arc<Source>, diagnostics: &mut Diagnostics) {
    let found = source.text.char_indices().filter(|(_, letter)| is_hidden(*letter));
    for (offset, letter) in found.take(MOST) {
        let place = Place::new(source, offset..offset + letter.len_utf8());
        diagnostics.push(problems::control_character(place, letter));
    }
}

/// Refuses those that are written as `\u202E` and stand only in the values.
pub(super) fn refuse_in_values(source: &Arc<Source>, node: &Node, diagnostics: &mut Diagnostics) {
    if source.text.contains('\\') {
        let mut left = MOST;
        walk(source, node, diagnostics, &mut left);
    }
}

fn walk(source: &Arc<Source>, node: &Node, diagnostics: &mut Diagnostics, left: &mut usize) {
    match &node.value {
        Value::String(text) => escaped(source, &node.range, text, diagnostics, left),
        Value::Array(nodes) => nodes.iter().for_each(|node| walk(source, node, diagnostics, left)),
        Value::Table(entries) => {
            for (key, node) in entries {
                escaped(source, &key.range, &key.name, diagnostics, left);
                walk(source, node, diagnostics, left);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) => {}
    }
}

fn escaped(
    source: &Arc<Source>,
    range: &std::ops::Range<usize>,
    text: &str,
    diagnostics: &mut Diagnostics,
    left: &mut usize,
) {
    let written = source.slice(range);
    if *left > 0
        && let Some(letter) = text.chars().find(|letter| is_hidden(*letter))
        && !written.contains(letter)
    {
        *left -= 1;
        let sign = format!("\\u{:04X}", u32::from(letter));
        let found = written.find(&sign).or_else(|| written.find(&sign.to_lowercase()));
        let range = found.map_or(range.clone(), |at| range.start + at..range.start + at + sign.len());
        diagnostics.push(problems::control_character(Place::new(source, range), letter));
    }
}
