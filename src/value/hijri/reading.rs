//! From a date as people write it to a day.
//!
//! The day comes before the month, unless the year comes first. A year below 1700 is Hijri. Nothing is guessed:
//! no century, no calendar, no swapping of day and month.

use super::super::identifier::normalize_digits;
use super::{Date, DateError, Era, date_of};

/// Reads `2026-12-06`, `06/12/2026`, `26/06/1448هـ`, «٢٦ جمادى الآخرة ١٤٤٨», `6 December 2026`.
///
/// ```
/// use mizan::value::hijri::parse_date;
/// assert_eq!(parse_date("٢٦ جمادى الثانية ١٤٤٨هـ")?.to_string(), "2026-12-06");
/// # Ok::<(), mizan::value::hijri::DateError>(())
/// ```
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let not_a_date = || DateError::NotADate { written: text.trim().chars().take(LONGEST).collect() };
    if text.chars().count() > LONGEST {
        return Err(not_a_date());
    }
    let written = split(text).and_then(parts).ok_or_else(not_a_date)?;
    if written.year.length < 4 {
        return Err(DateError::ShortYear { year: written.year.value });
    }
    let year =
        i32::try_from(written.year.value).ok().filter(|_| written.year.length == 4).ok_or_else(not_a_date)?;
    let era = if year < FIRST_GREGORIAN { Era::Hijri } else { Era::Gregorian };
    let (named, month) = match written.month {
        Month::Number(month) => (None, month),
        Month::Name(words) => {
            let (named, month) =
                month_called(&words).ok_or_else(|| DateError::UnknownMonth { name: words.join(" ") })?;
            (Some(named), month)
        }
    };
    let said = if written.suffix.is_empty() {
        None
    } else {
        Some(era_called(&written.suffix).ok_or_else(not_a_date)?)
    };
    if [named, said].into_iter().flatten().any(|other| other != era) {
        return Err(DateError::MixedCalendars { era, year });
    }
    date_of(era, year, month, written.day)
}

/// No date that a person writes is longer, with vowel marks and all.
const LONGEST: usize = 80;

/// Years below are Hijri, years from here on Gregorian.
const FIRST_GREGORIAN: i32 = 1700;

struct Parts {
    day: u32,
    month: Month,
    year: Figure,
    suffix: Vec<String>,
}

enum Month {
    Number(u32),
    Name(Vec<String>),
}

#[derive(Clone, Copy)]
struct Figure {
    value: u32,
    length: usize,
}

enum Token {
    Figure(Figure),
    Word(String),
    Mark(char),
}

/// Sorts the tokens into day, month and year; nothing when they have another shape.
fn parts(tokens: Vec<Token>) -> Option<Parts> {
    let mut figures = Vec::new();
    let mut words = Vec::new();
    let mut marks = Vec::new();
    // How many figures stand before each word: names stand before the last figure, suffixes after it.
    for token in tokens {
        match token {
            Token::Figure(figure) => figures.push(figure),
            Token::Word(word) => words.push((figures.len(), word)),
            Token::Mark(mark) => marks.push((figures.len(), mark)),
        }
    }
    let last = figures.len();
    let (after, name): (Vec<_>, Vec<_>) = words.into_iter().partition(|(before, _)| *before == last);
    let suffix = after.into_iter().map(|(_, word)| word).collect();
    let name: Vec<String> = name.into_iter().map(|(_, word)| word).collect();
    match (figures.as_slice(), name.is_empty()) {
        (&[first, last], false) => {
            let (day, year) = day_and_year(first, last)?;
            Some(Parts { day: day.value, month: Month::Name(name), year, suffix })
        }
        (&[first, month, last], true) => {
            // Without marks between them, a reader of right-to-left text cannot tell day from month.
            let [(1, mark), (2, same)] = marks.as_slice() else {
                return None;
            };
            let (day, year) = day_and_year(first, last)?;
            (mark == same && month.length <= 2).then_some(Parts {
                day: day.value,
                month: Month::Number(month.value),
                year,
                suffix,
            })
        }
        _ => None,
    }
}

/// The day has at most two figures; the year is the other.
fn day_and_year(first: Figure, last: Figure) -> Option<(Figure, Figure)> {
    let (day, year) = if first.length > 2 { (last, first) } else { (first, last) };
    (day.length <= 2).then_some((day, year))
}

/// Figures, words and marks; nothing when there is anything else.
fn split(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut figure = String::new();
    let mut word = String::new();
    let folded = normalize_digits(text);
    // The space at the end closes the last token.
    for letter in folded.chars().filter_map(fold).chain([' ']) {
        if !letter.is_ascii_digit() && !figure.is_empty() {
            tokens.push(Token::Figure(Figure { length: figure.len(), value: figure.parse().ok()? }));
            figure.clear();
        }
        if !letter.is_alphabetic() && !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(&mut word)));
        }
        match letter {
            digit if digit.is_ascii_digit() => figure.push(digit),
            letter if letter.is_alphabetic() => word.push(letter),
            '/' | '-' | '.' | ',' | '،' | '؍' => tokens.push(Token::Mark(letter)),
            space if space.is_whitespace() => {}
            _ => return None,
        }
    }
    Some(tokens)
}

/// One spelling for the letters that people write in several ways; nothing for what only adorns a word.
fn fold(letter: char) -> Option<char> {
    match letter {
        // Tatweel, vowel marks, apostrophes.
        '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\'' | '’' | '‘' | 'ʿ' | 'ʾ' | '`' => None,
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ی' | 'ئ' => Some('ي'),
        'ة' | 'ھ' | 'ہ' => Some('ه'),
        'ک' => Some('ك'),
        'ؤ' => Some('و'),
        // Dashes that word processors put in place of a hyphen.
        '‐' | '‑' | '–' | '−' => Some('-'),
        other => Some(other.to_ascii_lowercase()),
    }
}

fn era_called(words: &[String]) -> Option<Era> {
    match words.concat().as_str() {
        "ه" | "هجري" | "هجريه" | "ah" | "h" => Some(Era::Hijri),
        "م" | "ميلادي" | "ميلاديه" | "ce" | "ad" | "g" => Some(Era::Gregorian),
        _ => None,
    }
}

fn month_called(words: &[String]) -> Option<(Era, u32)> {
    let name: String = words
        .iter()
        .filter(|word| !matches!(word.as_str(), "شهر" | "من" | "of" | "al"))
        .map(|word| without_articles(word))
        .collect();
    let table = [(Era::Hijri, &HIJRI), (Era::Gregorian, &GREGORIAN)];
    table.into_iter().find_map(|(era, months)| {
        let mut numbered = (1..).zip(months);
        let (month, _) = numbered.find(|(_, spellings)| spellings.contains(&name.as_str()))?;
        Some((era, month))
    })
}

/// «ذوالقعده» and «الاخره» lose their article; the end of «شوال» is none.
fn without_articles(word: &str) -> String {
    match word.strip_suffix("ال") {
        Some(start) => start.replace("ال", "") + "ال",
        None => word.replace("ال", ""),
    }
}

/// How the Hijri months are written, without articles and spaces, in folded letters.
const HIJRI: [&[&str]; 12] = [
    &["محرم", "muharram"],
    &["صفر", "safar"],
    &["ربيعاول", "rabiawwal", "rabii"],
    &["ربيعاخر", "ربيعثاني", "rabiakhir", "rabithani", "rabiii"],
    &["جمادياولي", "جمادياول", "جماداولي", "جماداول", "jumadaula", "jumadai"],
    &[
        "جمادياخره",
        "جمادياخر",
        "جماداخره",
        "جماداخر",
        "جماديثانيه",
        "جماديثاني",
        "جمادثانيه",
        "جمادثاني",
        "jumadaakhirah",
        "jumadaakhira",
        "jumadathaniyah",
        "jumadathani",
        "jumadaii",
    ],
    &["رجب", "rajab"],
    &["شعبان", "shaban"],
    &["رمضان", "ramadan"],
    &["شوال", "shawwal"],
    &["ذوقعده", "ذيقعده", "ذاقعده", "dhuqadah", "dhulqadah", "dhuqidah"],
    &["ذوحجه", "ذيحجه", "ذاحجه", "dhuhijjah", "dhulhijjah"],
];

/// How the Gregorian months are written, in folded letters.
const GREGORIAN: [&[&str]; 12] = [
    &["يناير", "january", "jan"],
    &["فبراير", "february", "feb"],
    &["مارس", "march", "mar"],
    &["ابريل", "april", "apr"],
    &["مايو", "may"],
    &["يونيو", "يونيه", "june", "jun"],
    &["يوليو", "يوليه", "july", "jul"],
    &["اغسطس", "august", "aug"],
    &["سبتمبر", "september", "sept", "sep"],
    &["اكتوبر", "october", "oct"],
    &["نوفمبر", "november", "nov"],
    &["ديسمبر", "december", "dec"],
];
