//! Exact numbers: whole, decimal or a quotient, never rounded, never a float.
//!
//! Money is such a number too, counted in hundredths of the currency, so that most amounts are whole.

use std::fmt;

use num_rational::Ratio;
use num_traits::{CheckedAdd as _, CheckedDiv as _, CheckedMul as _, CheckedSub as _};

/// An exact fraction. Operations that would overflow, or divide by zero, give nothing.
// INVARIANT: what stands above the line is never `i128::MIN`, which has no opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(Ratio<i128>);

/// Written numbers beyond this many digits are refused, so that sums and products of a policy stay within reach.
const MOST_DIGITS: usize = 18;

impl Number {
    /// Nothing.
    pub const ZERO: Number = Number(Ratio::new_raw(0, 1));
    /// One.
    pub const ONE: Number = Number(Ratio::new_raw(1, 1));

    /// A fraction in lowest terms; nothing when `below` is zero.
    pub fn ratio(above: i128, below: i128) -> Option<Number> {
        if below == 0 || above == i128::MIN || below == i128::MIN {
            return None;
        }
        Some(Number(Ratio::new(above, below)))
    }

    /// Reads `12`, `-3`, `766.67`: Latin digits, a dot, nothing else.
    pub fn parse(text: &str) -> Option<Number> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(pair) => pair,
            None => (digits, ""),
        };
        let mut all = whole.chars().chain(part.chars());
        if whole.is_empty()
            || !all.all(|digit| digit.is_ascii_digit())
            || whole.len() + part.len() > MOST_DIGITS
        {
            return None;
        }
        let above: i128 = format!("{whole}{part}").parse().ok()?;
        let below = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
        Number::ratio(sign * above, below)
    }

    /// The sum.
    pub fn plus(self, other: Number) -> Option<Number> {
        if self.is_whole() && other.is_whole() {
            return kept(Ratio::new_raw(self.above().checked_add(other.above())?, 1));
        }
        self.0.checked_add(&other.0).and_then(kept)
    }

    /// The difference.
    pub fn minus(self, other: Number) -> Option<Number> {
        if self.is_whole() && other.is_whole() {
            return kept(Ratio::new_raw(self.above().checked_sub(other.above())?, 1));
        }
        self.0.checked_sub(&other.0).and_then(kept)
    }

    /// The product.
    pub fn times(self, other: Number) -> Option<Number> {
        if self.is_whole() && other.is_whole() {
            return kept(Ratio::new_raw(self.above().checked_mul(other.above())?, 1));
        }
        self.0.checked_mul(&other.0).and_then(kept)
    }

    /// The exact quotient; nothing when `other` is zero.
    pub fn over(self, other: Number) -> Option<Number> {
        match other.above() {
            0 => None,
            // The library would turn the signs of the quotient round, and fail at the edge of what it can hold.
            ..0 => self.opposite().over(other.opposite()),
            1.. => self.0.checked_div(&other.0).and_then(kept),
        }
    }

    /// The largest whole number that is not above this one.
    pub fn floor(self) -> Number {
        if self.is_whole() {
            return self;
        }
        Number(Ratio::new_raw(self.above().div_euclid(self.below()), 1))
    }

    /// Without its sign.
    pub fn abs(self) -> Number {
        if self.above() < 0 { self.opposite() } else { self }
    }

    fn opposite(self) -> Number {
        Number(Ratio::new_raw(-self.above(), self.below()))
    }

    /// Above the line of the fraction in lowest terms.
    pub fn above(self) -> i128 {
        *self.0.numer()
    }

    /// Below the line; always positive.
    pub fn below(self) -> i128 {
        *self.0.denom()
    }

    /// Has no part after the point?
    pub fn is_whole(self) -> bool {
        self.below() == 1
    }

    /// As a whole number that fits a machine word, if it is one.
    pub fn to_i64(self) -> Option<i64> {
        self.is_whole().then(|| i64::try_from(self.above()).ok()).flatten()
    }

    /// The nearest number with so many places after the point; halves go away from zero.
    pub fn rounded(self, places: u32) -> Option<Number> {
        let scale = 10_i128.checked_pow(places)?;
        let above = self.above().checked_mul(scale)?;
        let twice = above.checked_mul(2)?.checked_abs()?.checked_add(self.below())?;
        let magnitude = twice / self.below().checked_mul(2)?;
        Number::ratio(if above < 0 { -magnitude } else { magnitude }, scale)
    }

    /// Digits with so many places after the point, rounded for reading: `766.67`.
    pub fn to_places(self, places: u32) -> String {
        let Some(rounded) = self.rounded(places) else {
            return self.0.to_string();
        };
        let scale = 10_i128.checked_pow(places).unwrap_or(1);
        let hundredths = rounded.above().saturating_mul(scale / rounded.below());
        let (whole, part) = (hundredths.abs() / scale, hundredths.abs() % scale);
        let sign = if hundredths < 0 { "-" } else { "" };
        if places == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{part:0width$}", width = places as usize)
    }
}

/// What can be kept exactly, with all that is done with it.
fn kept(ratio: Ratio<i128>) -> Option<Number> {
    (*ratio.numer() != i128::MIN).then_some(Number(ratio))
}

impl From<i64> for Number {
    fn from(whole: i64) -> Number {
        Number(Ratio::new_raw(i128::from(whole), 1))
    }
}

impl fmt::Display for Number {
    /// The shortest exact form: `12`, `2.5`, or `2300/3` where no decimal ends.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As many places as a number that somebody wrote may have.
        for places in 0..=17 {
            if self.rounded(places) == Some(*self) {
                return formatter.write_str(&self.to_places(places));
            }
        }
        write!(formatter, "{}/{}", self.above(), self.below())
    }
}

#[cfg(test)]
mod tests;
