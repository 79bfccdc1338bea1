//! Days in words, in one calendar or in both.

use chrono::{Datelike as _, Weekday};

use super::super::hijri::{self, Era, HijriDate};
use super::super::{Date, Lang};
use super::{Digits, style};

/// «٦ ديسمبر ٢٠٢٦م», `6 December 2026`.
pub fn date_gregorian(date: Date, lang: Lang, digits: Digits) -> String {
    let month = u8::try_from(date.month()).ok();
    let name = month.and_then(|month| Era::Gregorian.month_name(month, lang));
    let era = Era::Gregorian.suffix(lang);
    let text = format!("{} {} {}{era}", date.day(), name.unwrap_or_default(), date.year());
    style(&text, lang, digits)
}

/// «٢٦ جمادى الآخرة ١٤٤٨هـ», `26 Jumada al-Akhirah 1448 AH`.
pub fn date_hijri(date: HijriDate, lang: Lang, digits: Digits) -> String {
    let name = Era::Hijri.month_name(date.month(), lang).unwrap_or_default();
    let text = format!("{} {name} {}{}", date.day(), date.year(), Era::Hijri.suffix(lang));
    style(&text, lang, digits)
}

/// «الأحد», `Sunday`.
pub fn weekday(weekday: Weekday, lang: Lang) -> &'static str {
    let (ar, en) = match weekday {
        Weekday::Sun => ("الأحد", "Sunday"),
        Weekday::Mon => ("الاثنين", "Monday"),
        Weekday::Tue => ("الثلاثاء", "Tuesday"),
        Weekday::Wed => ("الأربعاء", "Wednesday"),
        Weekday::Thu => ("الخميس", "Thursday"),
        Weekday::Fri => ("الجمعة", "Friday"),
        Weekday::Sat => ("السبت", "Saturday"),
    };
    match lang {
        Lang::Ar => ar,
        Lang::En => en,
    }
}

/// «الأحد ٦ ديسمبر ٢٠٢٦م», `Sunday 6 December 2026`.
pub fn date_weekday(date: Date, lang: Lang, digits: Digits) -> String {
    format!("{} {}", weekday(date.weekday(), lang), date_gregorian(date, lang, digits))
}

/// «الأحد ٢٦ جمادى الآخرة ١٤٤٨هـ الموافق ٦ ديسمبر ٢٠٢٦م», `Sunday 6 December 2026 (26 Jumada al-Akhirah 1448 AH)`.
///
/// A day outside the Umm al-Qura tables is written in the Gregorian calendar alone.
pub fn date_both(date: Date, lang: Lang, digits: Digits) -> String {
    let Ok(hijri) = hijri::from_gregorian(date) else {
        return date_weekday(date, lang, digits);
    };
    let hijri = date_hijri(hijri, lang, digits);
    match lang {
        Lang::Ar => format!(
            "{} {hijri} الموافق {}",
            weekday(date.weekday(), lang),
            date_gregorian(date, lang, digits)
        ),
        Lang::En => format!("{} ({hijri})", date_weekday(date, lang, digits)),
    }
}
