//! Days in words, in one calendar or in both.

use chrono::{Datelike as _, NaiveTime, Timelike as _, Weekday};

use super::super::hijri::{self, Era, HijriDate};
use super::super::{Date, Lang, Text};
use super::{Digits, style};

/// A day of the Gregorian calendar as a message says it: `٦ ديسمبر ٢٠٢٦م`, `6 December 2026`. English has its own digits.
pub fn day_of_message(date: Date, digits: Digits) -> Text {
    Text::new(date_gregorian(date, Lang::Ar, digits), date_gregorian(date, Lang::En, Digits::Latin))
}

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

/// «٤:٣٠ مساءً», `4:30 pm`
///
/// ```
/// use mizan::value::Lang;
/// use mizan::value::words::{Digits, time_of_day};
/// let at = |hour| chrono::NaiveTime::from_hms_opt(hour, 5, 0).unwrap();
/// assert_eq!(time_of_day(at(9), Lang::Ar, Digits::ArabicIndic), "٩:٠٥ صباحًا");
/// assert_eq!(time_of_day(at(12), Lang::Ar, Digits::ArabicIndic), "١٢:٠٥ ظهرًا");
/// assert_eq!(time_of_day(at(0), Lang::En, Digits::Latin), "12:05 am");
/// ```
pub fn time_of_day(time: NaiveTime, lang: Lang, digits: Digits) -> String {
    let (is_afternoon, hour) = time.hour12();
    let half = match (lang, is_afternoon, hour) {
        (Lang::Ar, false, _) => "صباحًا",
        (Lang::Ar, true, 12) => "ظهرًا",
        (Lang::Ar, true, _) => "مساءً",
        (Lang::En, false, _) => "am",
        (Lang::En, true, _) => "pm",
    };
    style(&format!("{hour}:{:02} {half}", time.minute()), lang, digits)
}
