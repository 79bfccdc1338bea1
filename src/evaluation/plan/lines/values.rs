//! The single values of a line: yes or no, numbers, days, choices. Whatever is not written plainly is an error here, and then the
//! whole line goes to the exact reader.

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::super::days;
use crate::evaluation::request;
use crate::value::identifier;

/// It is not written plainly.
pub(super) fn not_plain<E: Error>() -> E {
    E::custom("not plain")
}

macro_rules! seed {
    ($name:ident, $value:ty, $method:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = $value;
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<$value, D::Error> {
                deserializer.$method(self)
            }
        }
    };
}
pub(super) use seed;

macro_rules! expecting {
    () => {
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a plain request")
        }
    };
}
pub(super) use expecting;

macro_rules! simple {
    ($(#[$doc:meta])* $name:ident, $value:ty) => {
        impl<'de> DeserializeSeed<'de> for $name {
            type Value = $value;
            #[inline]
            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<$value, D::Error> {
                deserializer.deserialize_any(self)
            }
        }
    };
}

/// Yes or no.
pub(super) struct YesOrNo;
simple!(YesOrNo, Option<i64>);

impl Visitor<'_> for YesOrNo {
    type Value = Option<i64>;
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(i64::from(value)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text {
            "" => Ok(None),
            "true" | "yes" | "نعم" => Ok(Some(1)),
            "false" | "no" | "لا" => Ok(Some(0)),
            _ => Err(not_plain()),
        }
    }
}

/// A whole number; as text it may be in other digits. Nothing where it is blank.
pub(super) struct Whole(pub(super) Option<(i64, i64)>);
simple!(Whole, Option<i64>);

impl Visitor<'_> for Whole {
    type Value = Option<i64>;
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    #[inline]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        let value = i64::try_from(value).ok().and_then(|value| within(value, self.0));
        value.map(Some).ok_or_else(not_plain)
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        within(value, self.0).map(Some).ok_or_else(not_plain)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        digits(text, 1).and_then(|value| within(value, self.0)).map(Some).ok_or_else(not_plain)
    }
}

/// In the range that the policy allows, and not so large that only the exact evaluation may compute with it.
#[inline]
fn within(value: i64, range: Option<(i64, i64)>) -> Option<i64> {
    let inside = range.is_none_or(|(low, high)| low <= value && value < high);
    (inside && value.unsigned_abs() < 1 << 47).then_some(value)
}

/// A number as it stands in the line, in digits or in quotes; `Some(None)` where it is blank.
pub(super) fn decimal(raw: &str, scale: i64, range: Option<(i64, i64)>) -> Option<Option<i64>> {
    let text = match raw.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?,
        None if raw == "null" => "",
        None => raw,
    };
    if text.is_empty() {
        return Some(None);
    }
    within(digits(text, scale)?, range).map(Some)
}

/// Digits, Latin or Arabic-Indic, with one point at most; times so much, exactly.
fn digits(text: &str, scale: i64) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (mut value, mut places, mut count, mut point) = (0_i64, 1_i64, 0, false);
    for letter in text.chars() {
        let digit = match letter {
            '0'..='9' => u32::from(letter) - u32::from('0'),
            '\u{660}'..='\u{669}' => u32::from(letter) - 0x660,
            '.' | '\u{66b}' if !point && count > 0 => {
                point = true;
                continue;
            }
            _ => return None,
        };
        value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
        count += 1;
        if point {
            places = places.checked_mul(10)?;
        }
    }
    if count == 0 || count > 18 || (point && places == 1) {
        return None;
    }
    let scaled = value.checked_mul(scale)?;
    (scaled % places == 0).then(|| sign * (scaled / places))
}

/// A day, `2026-12-06`, or a moment of it, `2026-12-06T09:30`; its number and the second of the day. Nothing where it is blank.
pub(super) struct Moment;
simple!(Moment, Option<(i32, u32)>);

impl Visitor<'_> for Moment {
    type Value = Option<(i32, u32)>;
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        moment(text.as_bytes()).map(Some).ok_or_else(not_plain)
    }
}

#[inline]
fn moment(text: &[u8]) -> Option<(i32, u32)> {
    let pair = |high: u8, low: u8| {
        let (high, low) = (high.wrapping_sub(b'0'), low.wrapping_sub(b'0'));
        (high < 10 && low < 10).then(|| i64::from(high) * 10 + i64::from(low))
    };
    let [c, y, e, a, b'-', m, n, b'-', d, x, rest @ ..] = text else { return None };
    let (century, year) = (pair(*c, *y)?, pair(*e, *a)?);
    let (year, month, day) = (century * 100 + year, pair(*m, *n)?, pair(*d, *x)?);
    if year < 1700 || !(1..=12).contains(&month) || day < 1 || day > days::length(year, month) {
        return None;
    }
    let number = i32::try_from(days::of(year, month, day)).ok()?;
    let seconds = match rest {
        [] => 0,
        [b'T', h, i, b':', j, k, rest @ ..] => {
            let second = match rest {
                [] => 0,
                [b':', s, t] => pair(*s, *t)?,
                _ => return None,
            };
            let (hour, minute) = (pair(*h, *i)?, pair(*j, *k)?);
            if hour > 23 || minute > 59 || second > 59 {
                return None;
            }
            hour * 3600 + minute * 60 + second
        }
        _ => return None,
    };
    Some((number, u32::try_from(seconds).ok()?))
}

/// One of several ids; nothing where it is blank.
pub(super) struct Among<'a>(pub(super) &'a dyn Fn(&str) -> Option<usize>);
seed!(Among, Option<usize>, deserialize_any);

impl Visitor<'_> for Among<'_> {
    type Value = Option<usize>;
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        (self.0)(text).map(Some).ok_or_else(not_plain)
    }
}

/// This very text, or a blank.
pub(super) struct Same<'a>(pub(super) &'a str);
seed!(Same, (), deserialize_any);

impl Visitor<'_> for Same<'_> {
    type Value = ();
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.is_empty() || text == self.0 { Ok(()) } else { Err(not_plain()) }
    }
}

/// The reference of a case, as it stands; nothing where it is blank.
pub(super) struct Reference;
simple!(Reference, Option<String>);

impl Visitor<'_> for Reference {
    type Value = Option<String>;
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        // What the exact reader tidies, it reads.
        if text.is_empty() || request::tidied(text) != text {
            return Err(not_plain());
        }
        Ok(Some(text.to_owned()))
    }
}

/// Any text, or a number.
pub(super) struct AnyText;
simple!(AnyText, ());

impl Visitor<'_> for AnyText {
    type Value = ();
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
}

/// A number or code that can be checked by itself.
pub(super) struct Identifier(pub(super) fn(&str) -> Result<String, identifier::IdentifierError>);
simple!(Identifier, ());

impl Visitor<'_> for Identifier {
    type Value = ();
    expecting!();
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text.is_empty() || (self.0)(text).is_ok() { Ok(()) } else { Err(not_plain()) }
    }
}
