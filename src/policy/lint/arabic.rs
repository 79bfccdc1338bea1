//! Arabic words as they are found: without vowel signs, with one shape of hamza, and without the particles that are written as part
//! of a word.

use std::ops::Range;

/// A word of a text.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// As it is found: whole, and without each particle that may stand at its head.
    pub(super) forms: Vec<Form>,
    /// The bytes in the text.
    pub(super) range: Range<usize>,
}

/// A word, or what is left of it without a particle.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// In one shape.
    pub(super) folded: String,
    /// As it is spelt, without vowel signs.
    pub(super) spelt: String,
}

/// The words of a text.
#[derive(Debug, Clone)]
pub(super) struct Words(pub(super) Vec<Word>);

impl Words {
    pub(super) fn of(text: &str) -> Words {
        let mut words = Vec::new();
        let mut start = None;
        for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
            let is_word = letter.is_alphanumeric() || is_sign(letter);
            match (start, is_word) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    let range = from..at;
                    words.push(Word { forms: forms(text.get(range.clone()).unwrap_or_default()), range });
                    start = None;
                }
                _ => {}
            }
        }
        Words(words)
    }

    /// The first place of a pattern: words with alternatives (`مسؤول|مدير`), beginnings (`مستفيد*`), and `…` for up to three words
    /// between.
    pub(super) fn find(&self, pattern: &str) -> Option<Range<usize>> {
        self.find_all(pattern).into_iter().next()
    }

    pub(super) fn has(&self, pattern: &str) -> bool {
        self.find(pattern).is_some()
    }

    /// Every place of a pattern, one after the other.
    pub(super) fn find_all(&self, pattern: &str) -> Vec<Range<usize>> {
        let items: Vec<Item> = pattern.split_whitespace().map(Item::parse).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(first) = self.0.get(at) {
            match matched(self.0.get(at..).unwrap_or_default(), &items) {
                Some(count) if count > 0 => {
                    let last = self.0.get(at + count - 1).unwrap_or(first);
                    found.push(first.range.start..last.range.end);
                    at += count;
                }
                _ => at += 1,
            }
        }
        found
    }
}

enum Item {
    Gap,
    Word(Vec<(String, bool)>),
}

impl Item {
    fn parse(text: &str) -> Item {
        if text == "…" {
            return Item::Gap;
        }
        let alternatives = text.split('|').map(|word| match word.strip_suffix('*') {
            Some(beginning) => (folded(beginning), true),
            None => (folded(word), false),
        });
        Item::Word(alternatives.collect())
    }
}

/// How many words a pattern takes, from the first one on.
fn matched(words: &[Word], items: &[Item]) -> Option<usize> {
    match items {
        [] => Some(0),
        [Item::Gap, rest @ ..] => {
            (0..=3).find_map(|skipped| Some(skipped + matched(words.get(skipped..)?, rest)?))
        }
        [Item::Word(alternatives), rest @ ..] => {
            let (first, others) = words.split_first()?;
            let fits = alternatives.iter().any(|(wanted, is_beginning)| {
                first.forms.iter().any(|form| {
                    if *is_beginning { form.folded.starts_with(wanted) } else { form.folded == *wanted }
                })
            });
            if fits { Some(1 + matched(others, rest)?) } else { None }
        }
    }
}

/// A word whole, then without particles: و ف, then ب ل ك س, then the article.
fn forms(word: &str) -> Vec<Form> {
    let spelt: String = word.chars().filter(|letter| !is_sign(*letter)).collect();
    let mut all = vec![spelt];
    for particles in [&["و", "ف"][..], &["ب", "ل", "ك", "س"], &["ال", "لل", "ل"]] {
        for whole in all.clone() {
            for particle in particles {
                if let Some(rest) = whole.strip_prefix(particle)
                    && rest.chars().count() >= 2
                    && !all.iter().any(|known| known == rest)
                {
                    all.push(rest.to_owned());
                }
            }
        }
    }
    all.into_iter().map(|spelt| Form { folded: folded(&spelt), spelt }).collect()
}

/// A text in one shape: no vowel signs, one alif, one hamza, Latin digits.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|letter| !is_sign(*letter)).map(fold).collect()
}

fn fold(letter: char) -> char {
    match letter {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ؤ' | 'ئ' => 'ء',
        'ى' => 'ي',
        'ة' => 'ه',
        '٠'..='٩' => char::from_digit(u32::from(letter) - u32::from('٠'), 10).unwrap_or(letter),
        other => other.to_ascii_lowercase(),
    }
}

/// Vowel signs, tatweel, and the marks of direction.
fn is_sign(letter: char) -> bool {
    matches!(letter, '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
