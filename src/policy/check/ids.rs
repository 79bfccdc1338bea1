//! Ids: what they may look like, in which order they stand, and where they are found.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::file::RuleFile;
use super::super::read::Files;
use crate::source::Key;
use crate::source::de::Entries;

/// Ids that can be referred to, each with its number.
#[derive(Debug)]
pub(super) struct Ids<'k>(BTreeMap<&'k str, usize>);

impl<'k> Ids<'k> {
    /// Numbered in the order in which they come; of two alike the first counts.
    pub(super) fn of(ids: impl IntoIterator<Item = &'k str>) -> Ids<'k> {
        let mut numbers = BTreeMap::new();
        for (number, id) in ids.into_iter().enumerate() {
            numbers.entry(id).or_insert(number);
        }
        Ids(numbers)
    }

    fn of_entries<T>(entries: &'k Entries<T>) -> Ids<'k> {
        Ids::of(entries.iter().map(|(key, _)| key.name.as_str()))
    }

    /// The number of an id.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.0.get(id).copied()
    }

    /// The ids in the order of their numbers.
    pub(super) fn in_order(&self) -> Vec<&'k str> {
        let mut ids: Vec<(usize, &str)> = self.0.iter().map(|(id, number)| (*number, *id)).collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }
}

/// The ids of everything that more than one file refers to.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) clauses: Ids<'a>,
    pub(super) interpretations: Ids<'a>,
    pub(super) services: Ids<'a>,
    pub(super) documents: Ids<'a>,
    pub(super) deadlines: Ids<'a>,
    /// In the order in which rules are kept.
    pub(super) rules: Ids<'a>,
    pub(super) rules_in_order: Vec<(&'a Key, &'a RuleFile)>,
}

impl<'a> Known<'a> {
    pub(super) fn of(files: &'a Files) -> Known<'a> {
        let mut rules: Vec<(&Key, &RuleFile)> = files.rules.shape.rule.iter().collect();
        rules.sort_by(|(one, _), (two, _)| as_people_count(&one.name, &two.name));
        Known {
            clauses: Ids::of_entries(&files.clauses.shape.clause),
            interpretations: Ids::of_entries(&files.interpretations.shape.interpretation),
            services: Ids::of_entries(&files.services.shape.service),
            documents: Ids::of_entries(&files.documents.shape.document),
            deadlines: Ids::of_entries(&files.deadlines.shape.deadline),
            rules: Ids::of(rules.iter().map(|(key, _)| key.name.as_str())),
            rules_in_order: rules,
        }
    }
}

/// `E-9` before `E-10`, `E-05` before `E-05b`: numbers inside ids are compared as numbers.
pub(super) fn as_people_count(one: &str, two: &str) -> Ordering {
    let (mut left, mut right) = (one, two);
    loop {
        let (Some(first), Some(second)) = (left.chars().next(), right.chars().next()) else {
            // Nothing left on one side; `E-5` and `E-05` differ at least in their signs.
            return left.len().cmp(&right.len()).then_with(|| one.cmp(two));
        };
        let digits = |text: &str| text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let order = if first.is_ascii_digit() && second.is_ascii_digit() {
            let (one, rest) = left.split_at(digits(left));
            let (two, other) = right.split_at(digits(right));
            (left, right) = (rest, other);
            let (one, two) = (one.trim_start_matches('0'), two.trim_start_matches('0'));
            one.len().cmp(&two.len()).then_with(|| one.cmp(two))
        } else {
            left = left.strip_prefix(first).unwrap_or_default();
            right = right.strip_prefix(second).unwrap_or_default();
            first.cmp(&second)
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The longest id.
const LONGEST: usize = 64;

/// Latin letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
pub(super) fn is_id(id: &str) -> bool {
    id.len() <= LONGEST
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
}

#[cfg(test)]
mod tests;
