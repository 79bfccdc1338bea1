//! Numbers, counted things, dates and lists in words of either language.
//!
//! Receives a value and the forms of its unit; hands on the words that stand in a sentence or a letter. Arabic
//! agrees with the number it counts: «يوم واحد، يومان، ٣ أيام، ١١ يومًا، ١٠٠ يوم».

mod dates;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Lang, Number};

pub use dates::{date_both, date_gregorian, date_hijri, date_weekday, day_of_message, time_of_day, weekday};

/// A counted thing with its number, in the form that the number asks for.
///
/// ```
/// use mizan::value::words::{Case, DAY, Digits, count};
/// use mizan::value::{Lang, Number};
/// let days = |number| count(Number::from(number), &DAY, Lang::Ar, Case::Genitive, Digits::ArabicIndic);
/// assert_eq!(days(2), "يومين");
/// assert_eq!(days(15), "١٥ يومًا");
/// ```
pub fn count(number: Number, forms: &UnitForms, lang: Lang, case: Case, digits: Digits) -> String {
    match lang {
        Lang::Ar => match Category::of(number) {
            // Singular and dual carry their number in themselves.
            Category::One => forms.ar.one.to_string(),
            Category::Two => forms.ar.dual(case).to_owned(),
            Category::Few => format!("{} {}", plain(number, lang, digits), forms.ar.few),
            Category::Many => format!("{} {}", plain(number, lang, digits), forms.ar.many),
            Category::Other => format!("{} {}", plain(number, lang, digits), forms.ar.other),
        },
        Lang::En => format!("{} {}", plain(number, lang, digits), forms.en.agreeing(number)),
    }
}

/// A number alone. Up to four decimals are shown as they are; what has more is rounded to two for reading.
pub fn plain(number: Number, lang: Lang, digits: Digits) -> String {
    let places = (0..=4).find(|places| number.rounded(*places) == Some(number));
    style(&grouped(number, places.unwrap_or(2)), lang, digits)
}

/// An amount of money with its currency; `hundredths` counts hundredths of it.
///
/// English always shows two decimals; Arabic shows them only where there are any, because a whole amount takes
/// the grammar of counted things.
pub fn money(hundredths: Number, forms: &UnitForms, lang: Lang, case: Case, digits: Digits) -> String {
    let amount = in_currency(hundredths);
    match lang {
        Lang::Ar if amount.is_whole() => count(amount, forms, lang, case, digits),
        Lang::Ar => format!("{} {}", style(&grouped(amount, 2), lang, digits), forms.ar.other),
        Lang::En => format!("{} {}", grouped(amount, 2), forms.en.agreeing(amount)),
    }
}

/// As [`money`], for an amount that is compared with another: where two decimals would make the two look equal,
/// or look the same as what they are not, it shows four, and beyond that the exact fraction.
pub fn money_beside(
    hundredths: Number,
    other: Number,
    forms: &UnitForms,
    lang: Lang,
    case: Case,
    digits: Digits,
) -> String {
    let amount = in_currency(hundredths);
    let other = in_currency(other);
    let tells_apart = |places| amount.rounded(places) != other.rounded(places);
    if amount == other || amount.rounded(2) == Some(amount) || tells_apart(2) {
        return money(hundredths, forms, lang, case, digits);
    }
    let exact = if tells_apart(4) { grouped(amount, 4) } else { mixed_fraction(amount, lang) };
    let unit = match lang {
        Lang::Ar => &forms.ar.other,
        Lang::En => &forms.en.other,
    };
    format!("{} {unit}", style(&exact, lang, digits))
}

/// So many places after the point, and a comma between thousands: `1,200.00`.
pub fn grouped(number: Number, places: u32) -> String {
    let written = number.to_places(places);
    let (whole, part) = match written.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (written.as_str(), None),
    };
    let length = whole.chars().count();
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let is_inside = text.ends_with(|before: char| before.is_ascii_digit());
        if is_inside && (length - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(part) = part {
        text.push('.');
        text.push_str(part);
    }
    text
}

/// The digits in which Arabic is written.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Digits {
    /// `123`
    Latin,
    /// `١٢٣`
    #[default]
    ArabicIndic,
}

/// The text of a number in a style of digits; a point or comma between two digits becomes `٫` or `٬`.
///
/// Codes and clause numbers have points that are no decimals: see [`digits_only`].
pub fn digits(text: &str, style: Digits) -> String {
    match style {
        Digits::Latin => text.to_owned(),
        Digits::ArabicIndic => {
            let mut written = String::with_capacity(text.len() * 2);
            let mut letters = text.chars().peekable();
            let mut before = ' ';
            while let Some(letter) = letters.next() {
                let is_between =
                    before.is_ascii_digit() && letters.peek().is_some_and(|after| after.is_ascii_digit());
                written.push(match letter {
                    '.' if is_between => '٫',
                    ',' if is_between => '٬',
                    other => arabic_indic(other),
                });
                before = letter;
            }
            written
        }
    }
}

/// A text in a style of digits; every other sign stays as it is.
pub fn digits_only(text: &str, style: Digits) -> String {
    match style {
        Digits::Latin => text.to_owned(),
        Digits::ArabicIndic => text.chars().map(arabic_indic).collect(),
    }
}

/// The place of a noun in its sentence, as far as it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// After a preposition, or as an object: «خلال يومين».
    Genitive,
    /// As a subject: «بقي يومان».
    Nominative,
}

/// How a unit is written beside a number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitForms {
    /// In Arabic.
    pub ar: ArabicForms,
    /// In English.
    pub en: EnglishForms,
}

/// The Arabic forms of a unit, named as CLDR names them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArabicForms {
    /// 1, with its number: «يوم واحد».
    pub one: Cow<'static, str>,
    /// 2 after a preposition: «يومين».
    pub two: Cow<'static, str>,
    /// 2 as a subject: «يومان».
    pub two_nominative: Cow<'static, str>,
    /// 3 to 10: «أيام».
    pub few: Cow<'static, str>,
    /// 11 to 99: «يومًا».
    pub many: Cow<'static, str>,
    /// 0, hundreds, decimals: «يوم».
    pub other: Cow<'static, str>,
}

impl ArabicForms {
    fn dual(&self, case: Case) -> &str {
        match case {
            Case::Genitive => &self.two,
            Case::Nominative => &self.two_nominative,
        }
    }
}

/// The English forms of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnglishForms {
    /// Exactly 1: `day`.
    pub one: Cow<'static, str>,
    /// Anything else: `days`.
    pub other: Cow<'static, str>,
}

impl EnglishForms {
    fn agreeing(&self, number: Number) -> &str {
        if number == Number::ONE { &self.one } else { &self.other }
    }
}

/// The forms of a unit that needs no entry in a policy, by its id.
pub fn built_in(id: &str) -> Option<&'static UnitForms> {
    match id {
        "day" => Some(&DAY),
        "working_day" => Some(&WORKING_DAY),
        "week" => Some(&WEEK),
        "month" => Some(&MONTH),
        "year" => Some(&YEAR),
        "hour" => Some(&HOUR),
        "document" => Some(&DOCUMENT),
        _ => None,
    }
}

/// Day.
pub static DAY: UnitForms = forms(["يوم واحد", "يومين", "يومان", "أيام", "يومًا", "يوم"], ["day", "days"]);
/// Working day.
pub static WORKING_DAY: UnitForms = forms(
    ["يوم عمل واحد", "يومَي عمل", "يوما عمل", "أيام عمل", "يوم عمل", "يوم عمل"],
    ["working day", "working days"],
);
/// Week.
pub static WEEK: UnitForms =
    forms(["أسبوع واحد", "أسبوعين", "أسبوعان", "أسابيع", "أسبوعًا", "أسبوع"], ["week", "weeks"]);
/// Month.
pub static MONTH: UnitForms =
    forms(["شهر واحد", "شهرين", "شهران", "أشهر", "شهرًا", "شهر"], ["month", "months"]);
/// Year.
pub static YEAR: UnitForms = forms(["سنة واحدة", "سنتين", "سنتان", "سنوات", "سنة", "سنة"], ["year", "years"]);
/// Hour.
pub static HOUR: UnitForms =
    forms(["ساعة واحدة", "ساعتين", "ساعتان", "ساعات", "ساعة", "ساعة"], ["hour", "hours"]);
/// Document.
pub static DOCUMENT: UnitForms =
    forms(["وثيقة واحدة", "وثيقتين", "وثيقتان", "وثائق", "وثيقة", "وثيقة"], ["document", "documents"]);

/// Problem.
pub static PROBLEM: UnitForms =
    forms(["مشكلة واحدة", "مشكلتين", "مشكلتان", "مشكلات", "مشكلة", "مشكلة"], ["problem", "problems"]);

/// Page.
pub static PAGE: UnitForms =
    forms(["صفحة واحدة", "صفحتين", "صفحتان", "صفحات", "صفحة", "صفحة"], ["page", "pages"]);

/// The head of a list's entry: «أولًا», `first`; digits after the twentieth.
pub fn ordinal(number: usize, lang: Lang, digits: Digits) -> String {
    let words = match lang {
        Lang::Ar => &ORDINALS_AR,
        Lang::En => &ORDINALS_EN,
    };
    match number.checked_sub(1).and_then(|at| words.get(at)) {
        Some(word) => (*word).to_owned(),
        None => style(&number.to_string(), lang, digits),
    }
}

/// Several things in one sentence: «أ، ب، وج», `a, b and c`.
pub fn list<Item: AsRef<str>>(items: &[Item], lang: Lang) -> String {
    let Some((last, before)) = items.split_last() else {
        return String::new();
    };
    let last = last.as_ref();
    let Some((first, middle)) = before.split_first() else {
        return last.to_owned();
    };
    let comma = match lang {
        Lang::Ar => "، ",
        Lang::En => ", ",
    };
    let mut text = first.as_ref().to_owned();
    for item in middle {
        text.push_str(comma);
        text.push_str(item.as_ref());
    }
    text.push_str(match lang {
        Lang::Ar if middle.is_empty() => " و",
        Lang::Ar => "، و",
        Lang::En => " and ",
    });
    text.push_str(last);
    text
}

/// The form that a number asks of a noun, after CLDR.
enum Category {
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Category {
    fn of(number: Number) -> Category {
        if number == Number::ONE {
            return Category::One;
        }
        if number == Number::from(2) {
            return Category::Two;
        }
        if !number.is_whole() {
            return Category::Other;
        }
        match number.abs().above() % 100 {
            3..=10 => Category::Few,
            11..=99 => Category::Many,
            _ => Category::Other,
        }
    }
}

/// English is always written in Latin digits.
fn style(text: &str, lang: Lang, style: Digits) -> String {
    match lang {
        Lang::Ar => digits(text, style),
        Lang::En => text.to_owned(),
    }
}

fn in_currency(hundredths: Number) -> Number {
    // Only a fraction of some 37 digits has no exact hundredth; its whole part is read instead.
    let whole = || Number::ratio(hundredths.floor().above(), 100);
    hundredths.over(Number::from(100)).or_else(whole).unwrap_or(Number::ZERO)
}

/// «١٬٢٠٠ و١/٣٠٠٠٠٠», `1,200 and 1/300000`.
fn mixed_fraction(amount: Number, lang: Lang) -> String {
    let size = amount.abs();
    let whole = size.floor();
    let sign = if amount < Number::ZERO { "-" } else { "" };
    let rest = size.above() % size.below();
    let fraction = format!("{rest}/{}", size.below());
    let and = match lang {
        Lang::Ar => " و",
        Lang::En => " and ",
    };
    if whole == Number::ZERO {
        format!("{sign}{fraction}")
    } else {
        format!("{sign}{}{and}{fraction}", grouped(whole, 0))
    }
}

fn arabic_indic(letter: char) -> char {
    letter.to_digit(10).and_then(|digit| char::from_u32(0x660 + digit)).unwrap_or(letter)
}

const fn forms(ar: [&'static str; 6], en: [&'static str; 2]) -> UnitForms {
    let [one, two, two_nominative, few, many, other] = ar;
    let [en_one, en_other] = en;
    UnitForms {
        ar: ArabicForms {
            one: Cow::Borrowed(one),
            two: Cow::Borrowed(two),
            two_nominative: Cow::Borrowed(two_nominative),
            few: Cow::Borrowed(few),
            many: Cow::Borrowed(many),
            other: Cow::Borrowed(other),
        },
        en: EnglishForms { one: Cow::Borrowed(en_one), other: Cow::Borrowed(en_other) },
    }
}

const ORDINALS_AR: [&str; 20] = [
    "أولًا",
    "ثانيًا",
    "ثالثًا",
    "رابعًا",
    "خامسًا",
    "سادسًا",
    "سابعًا",
    "ثامنًا",
    "تاسعًا",
    "عاشرًا",
    "حادي عشر",
    "ثاني عشر",
    "ثالث عشر",
    "رابع عشر",
    "خامس عشر",
    "سادس عشر",
    "سابع عشر",
    "ثامن عشر",
    "تاسع عشر",
    "عشرون",
];

const ORDINALS_EN: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

#[cfg(test)]
mod tests;
