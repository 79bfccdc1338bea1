//! Is it the same sentence, written otherwise?

use crate::value::Text;

/// Do two texts differ only in how they are spelt: vowel signs, the seats of hamza, spaces, capitals?
pub(super) fn alike(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut after_space = true;
    for letter in text.chars().flat_map(char::to_lowercase) {
        let letter = match letter {
            // Vowel signs, the small alef, the tatweel, and what only steers the direction.
            '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{640}'
            | '\u{200c}'..='\u{200f}'
            | '\u{2066}'..='\u{2069}' => {
                continue;
            }
            'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
            'ى' | 'ئ' => 'ي',
            'ؤ' => 'و',
            'ة' => 'ه',
            other => other,
        };
        if letter.is_whitespace() {
            after_space = true;
            continue;
        }
        if after_space && !folded.is_empty() {
            folded.push(' ');
        }
        after_space = false;
        folded.push(letter);
    }
    folded
}

/// Adds to words how what they say is written.
pub(super) fn tell_apart(words: &mut Text, exact: &str) {
    let exact = exact.replace(['‹', '›'], "").replace('\n', " · ");
    words.ar = format!("{} ({exact})", words.ar);
    words.en = format!("{} ({exact})", words.en);
}
