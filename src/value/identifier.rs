//! Identifiers that carry their own check: national ID, IBAN, mobile number, short address; and times of the day.
//!
//! Receives what a person typed; hands on the one form in which it is kept and compared. A number that passes
//! its check is well written; that somebody has it is for others to say.

use super::Text;
use super::words::{Digits, digits_only};

/// Arabic-Indic and Persian digits as `0` to `9`, without the invisible marks that steer the direction of text.
pub fn normalize_digits(text: &str) -> String {
    text.chars().filter_map(normalized).collect()
}

/// A national ID or residence permit: ten digits, the first 1 or 2, the last a check.
pub fn national_id(text: &str) -> Result<String, IdentifierError> {
    let digits = only_digits(&compact(text))?;
    if digits.len() != 10 {
        return Err(IdentifierError::NationalIdLength { has: digits.len() });
    }
    if !digits.starts_with(['1', '2']) {
        return Err(IdentifierError::NationalIdStart);
    }
    let sum: u32 = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        // Every second digit counts double, from the first on; the digits of the double are added up.
        .map(|(at, digit)| if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    if sum.is_multiple_of(10) { Ok(digits) } else { Err(IdentifierError::NationalIdCheck) }
}

/// A Saudi IBAN: `SA` and 22 digits, the first two of them a check.
pub fn iban(text: &str) -> Result<String, IdentifierError> {
    let compact = compact(text).to_ascii_uppercase();
    let Some(digits) = compact.strip_prefix("SA") else {
        return Err(IdentifierError::IbanCountry);
    };
    let digits = only_digits(digits)?;
    if digits.len() != 22 {
        return Err(IdentifierError::IbanLength { has: digits.len() });
    }
    // `SA` and the check move to the end; letters count from A = 10, so S is 28.
    let (check, account) = digits.split_at_checked(2).unwrap_or_default();
    let remainder = account
        .chars()
        .chain("2810".chars())
        .chain(check.chars())
        .filter_map(|digit| digit.to_digit(10))
        .fold(0, |remainder, digit| (remainder * 10 + digit) % 97);
    if remainder == 1 { Ok(compact) } else { Err(IdentifierError::IbanCheck) }
}

/// A Saudi mobile number, kept as `+9665XXXXXXXX`.
pub fn mobile(text: &str) -> Result<String, IdentifierError> {
    let compact = compact(text);
    let (digits, prefixes): (_, &[&str]) = match compact.strip_prefix('+') {
        Some(international) => (international, &["966"]),
        None => (compact.as_str(), &["00966", "966", "0"]),
    };
    let digits = only_digits(digits)?;
    let national = prefixes
        .iter()
        .find_map(|prefix| digits.strip_prefix(prefix))
        .filter(|national| national.starts_with('5'))
        .ok_or(IdentifierError::MobileStart)?;
    if national.len() != 9 {
        return Err(IdentifierError::MobileLength { has: national.len() });
    }
    Ok(format!("+966{national}"))
}

/// The short form of a national address: four letters and four digits, `RNBB2312`.
pub fn short_address(text: &str) -> Result<String, IdentifierError> {
    let address = compact(text).to_ascii_uppercase();
    let letters = address.chars().take(4).filter(char::is_ascii_uppercase).count();
    let digits = address.chars().skip(4).filter(char::is_ascii_digit).count();
    if letters == 4 && digits == 4 && address.len() == 8 {
        Ok(address)
    } else {
        Err(IdentifierError::ShortAddressShape)
    }
}

/// A time of the day as a clock of 24 hours shows it, kept as `16:30`.
pub fn time_of_day(text: &str) -> Result<String, IdentifierError> {
    let text = normalize_digits(text.trim());
    let time =
        ["%H:%M", "%H:%M:%S"].iter().find_map(|form| chrono::NaiveTime::parse_from_str(&text, form).ok());
    time.map(|time| time.format("%H:%M").to_string()).ok_or(IdentifierError::TimeShape)
}

/// Which rule of an identifier is broken. It repeats at most one character of what was written, because the rest
/// is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Something stands where a digit is due.
    #[error("{}", self.text(Digits::Latin).en)]
    NotADigit {
        /// What stands there.
        found: char,
    },
    /// A national ID has ten digits.
    #[error("{}", self.text(Digits::Latin).en)]
    NationalIdLength {
        /// How many digits were written.
        has: usize,
    },
    /// A national ID begins with 1 (citizen) or 2 (resident).
    #[error("{}", self.text(Digits::Latin).en)]
    NationalIdStart,
    /// The last digit of a national ID does not follow from the others.
    #[error("{}", self.text(Digits::Latin).en)]
    NationalIdCheck,
    /// A Saudi IBAN begins with `SA`.
    #[error("{}", self.text(Digits::Latin).en)]
    IbanCountry,
    /// A Saudi IBAN has 22 digits after `SA`.
    #[error("{}", self.text(Digits::Latin).en)]
    IbanLength {
        /// How many digits were written.
        has: usize,
    },
    /// The two check digits of an IBAN do not follow from the others.
    #[error("{}", self.text(Digits::Latin).en)]
    IbanCheck,
    /// A mobile number begins with 05 or +9665.
    #[error("{}", self.text(Digits::Latin).en)]
    MobileStart,
    /// A mobile number has nine digits from the 5 on.
    #[error("{}", self.text(Digits::Latin).en)]
    MobileLength {
        /// How many digits were written, from the 5 on.
        has: usize,
    },
    /// A short address has four letters and four digits.
    #[error("{}", self.text(Digits::Latin).en)]
    ShortAddressShape,
    /// A time of the day has hours and minutes.
    #[error("{}", self.text(Digits::Latin).en)]
    TimeShape,
}

impl IdentifierError {
    /// What is wrong.
    pub fn text(self, digits: Digits) -> Text {
        match self {
            IdentifierError::NotADigit { found } => Text::new(
                format!("كُتب «{found}» في موضع رقم"),
                format!("`{found}` stands where a digit is due"),
            ),
            IdentifierError::NationalIdLength { has } => Text::new(
                format!("رقم الهوية ١٠ أرقام، والمكتوب {}", in_digits(digits, has)),
                format!("a national ID has 10 digits, and this one has {has}"),
            ),
            IdentifierError::NationalIdStart => Text::new(
                "الرقم الأول من الهوية ليس ١ (مواطن) ولا ٢ (مقيم)",
                "the first digit of the national ID is neither 1 (citizen) nor 2 (resident)",
            ),
            IdentifierError::NationalIdCheck => Text::new(
                "رقم التحقق في الهوية (الأخير) لا يوافق بقية الأرقام",
                "the check digit of the national ID (the last one) does not agree with the other digits",
            ),
            IdentifierError::IbanCountry => {
                Text::new("رقم الآيبان لا يبدأ بالحرفين SA", "the IBAN does not begin with `SA`")
            }
            IdentifierError::IbanLength { has } => Text::new(
                format!("بعد SA في الآيبان ٢٢ رقمًا، والمكتوب {}", in_digits(digits, has)),
                format!("an IBAN has 22 digits after `SA`, and this one has {has}"),
            ),
            IdentifierError::IbanCheck => Text::new(
                "رقما التحقق في الآيبان (بعد SA) لا يوافقان بقية الأرقام",
                "the check digits of the IBAN (after `SA`) do not agree with the other digits",
            ),
            IdentifierError::MobileStart => Text::new(
                "رقم الجوال لا يبدأ بالرقم ٠٥ ولا بمفتاح المملكة ٩٦٦ ثم ٥",
                "the mobile number begins with neither `05` nor `+9665`",
            ),
            IdentifierError::MobileLength { has } => Text::new(
                format!("رقم الجوال ٩ أرقام من الرقم ٥، والمكتوب {}", in_digits(digits, has)),
                format!("a mobile number has 9 digits from the 5 on, and this one has {has}"),
            ),
            IdentifierError::ShortAddressShape => Text::new(
                "العنوان المختصر ليس أربعة أحرف لاتينية ثم أربعة أرقام",
                "a short address is four letters and then four digits",
            ),
            IdentifierError::TimeShape => Text::new(
                "ليس وقتًا من اليوم بالساعة والدقيقة",
                "this is no time of the day, in hours and minutes",
            ),
        }
    }

    /// How to write it instead.
    pub fn help(self) -> Text {
        match self {
            IdentifierError::NotADigit { .. } => {
                Text::new("اكتب الأرقام وحدها، عربيةً أو لاتينية", "write digits only, Arabic or Latin")
            }
            IdentifierError::NationalIdLength { .. }
            | IdentifierError::NationalIdStart
            | IdentifierError::NationalIdCheck => Text::new(
                "أعد نقل الرقم من بطاقة الهوية أو الإقامة",
                "copy the number again from the identity card or residence permit",
            ),
            IdentifierError::IbanCountry
            | IdentifierError::IbanLength { .. }
            | IdentifierError::IbanCheck => Text::new(
                "أعد نقل الآيبان من شهادة المصرف: SA ثم ٢٢ رقمًا",
                "copy the IBAN again from the bank's certificate: `SA` and 22 digits",
            ),
            IdentifierError::MobileStart | IdentifierError::MobileLength { .. } => {
                Text::new("اكتب مثلًا: 0551234567", "write, for example, `0551234567`")
            }
            IdentifierError::ShortAddressShape => {
                Text::new("اكتب مثلًا: RNBB2312", "write, for example, `RNBB2312`")
            }
            IdentifierError::TimeShape => {
                Text::new("اكتب مثلًا: 16:30", "write it by the clock of 24 hours, such as `16:30`")
            }
        }
    }
}

/// As [`normalize_digits`], and without the spaces and hyphens that group a number for the eye.
fn compact(text: &str) -> String {
    text.chars().filter_map(normalized).filter(|letter| !letter.is_whitespace() && *letter != '-').collect()
}

fn only_digits(text: &str) -> Result<String, IdentifierError> {
    match text.chars().find(|letter| !letter.is_ascii_digit()) {
        Some(found) => Err(IdentifierError::NotADigit { found }),
        None => Ok(text.to_owned()),
    }
}

fn normalized(letter: char) -> Option<char> {
    let latin = |zero: u32| char::from_digit(u32::from(letter).checked_sub(zero)?, 10);
    match letter {
        '\u{660}'..='\u{669}' => latin(0x660),
        '\u{6F0}'..='\u{6F9}' => latin(0x6F0),
        // Marks, embeddings and isolates of direction, and the byte order mark.
        '\u{61C}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' => None,
        other => Some(other),
    }
}

fn in_digits(digits: Digits, number: usize) -> String {
    digits_only(&number.to_string(), digits)
}

#[cfg(test)]
mod tests;
