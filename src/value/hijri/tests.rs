use proptest::prelude::*;

use super::*;
use crate::value::words::{date_both, date_gregorian, date_hijri};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn every_month_agrees_with_the_published_tables() {
    let table = include_str!("../../../tests/fixtures/calendar/umm-al-qura.csv");
    let rows = table.lines().filter(|line| line.starts_with("14"));
    let mut months = 0;
    for row in rows {
        let [year, month, first] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let (year, month, first) = (year.parse().unwrap(), month.parse().unwrap(), day(first));
        let hijri = HijriDate::new(year, month, 1).unwrap();
        assert_eq!(to_gregorian(hijri), first, "{row}");
        assert_eq!(from_gregorian(first), Ok(hijri), "{row}");
        let last = from_gregorian(first.pred_opt().unwrap()).unwrap();
        assert_eq!(days_in_month(last.year(), last.month()), Ok(last.day()), "{row}");
        months += 1;
    }
    assert_eq!(months, 31 * 12);
}

#[test]
fn nothing_is_computed_outside_the_tables() {
    assert_eq!(to_gregorian(HijriDate::new(1300, 1, 1).unwrap()), day("1882-11-12"));
    assert!(from_gregorian(day("1882-11-12")).is_ok());
    assert!(from_gregorian(day("1882-11-11")).is_err());
    let last = HijriDate::new(1600, 12, days_in_month(1600, 12).unwrap()).unwrap();
    assert!(from_gregorian(to_gregorian(last)).is_ok());
    assert!(from_gregorian(to_gregorian(last).succ_opt().unwrap()).is_err());
    for year in [i32::MIN, 0, 1299, 1601, i32::MAX] {
        let error = DateError::OutsideTables { era: Era::Hijri, year };
        assert_eq!(HijriDate::new(year, 1, 1), Err(error));
    }
    assert!(from_gregorian(Date::MIN).is_err() && from_gregorian(Date::MAX).is_err());
}

#[test]
fn a_date_is_read_as_people_write_it() {
    for written in [
        "2026-12-06",
        "06/12/2026",
        "6-12-2026",
        "6.12.2026",
        "2026/12/06",
        "2026/12/06م",
        "26/06/1448",
        "26/06/1448هـ",
        "26/06/1448 ه",
        "26 / 06 / 1448 AH",
        "1448-06-26",
        "1448-06-26 هـ",
        "٢٦/٠٦/١٤٤٨هـ",
        "۲۶/۰۶/۱۴۴۸",
        "\u{200F}٢٦\u{200F}/\u{200F}٠٦\u{200F}/١٤٤٨\u{202C}هـ",
        "٢٦ جمادى الآخرة ١٤٤٨هـ",
        "٢٦ جمادى الآخرة ١٤٤٨ هـ",
        "٢٦ جمادي الاخره ١٤٤٨",
        "٢٦ جُمَادَى الآخِرَة ١٤٤٨هـ",
        "٢٦ جمادى الثانية ١٤٤٨هـ",
        "٢٦ من جماد الثاني ١٤٤٨",
        "٢٦ جمـــادى الآخرة، ١٤٤٨هجري",
        "26 Jumada al-Akhirah 1448 AH",
        "26 Jumada II 1448H",
        "6 ديسمبر 2026م",
        "٦ ديسمبر، ٢٠٢٦ م.",
        "6 December 2026",
        "6 DEC 2026 CE",
        "6-Dec-2026",
        "December 6, 2026",
        "  6 December 2026\n",
    ] {
        assert_eq!(parse_date(written), Ok(day("2026-12-06")), "{written}");
    }
}

#[test]
fn every_month_name_is_read_back() {
    for era in [Era::Hijri, Era::Gregorian] {
        for lang in Lang::ALL {
            for month in 1..=12 {
                let name = era.month_name(month, lang).unwrap();
                let year = match era {
                    Era::Hijri => 1448,
                    Era::Gregorian => 2026,
                };
                let expected = date_of(era, year, u32::from(month), 1);
                assert_eq!(parse_date(&format!("1 {name} {year}")), expected, "{name}");
            }
        }
    }
    for (written, expected) in [
        ("١ إبريل ٢٠٢٦", "2026-04-01"),
        ("١ ابريل ٢٠٢٦", "2026-04-01"),
        ("١ اكتوبر ٢٠٢٦", "2026-10-01"),
        ("١ ذوالقعدة ١٤٤٨", "2027-04-08"),
        ("١ ذي القعدة ١٤٤٨", "2027-04-08"),
        ("١ شوّال ١٤٤٨", "2027-03-09"),
        ("١ شهر رمضان ١٤٤٨", "2027-02-08"),
        ("١ ربيع الثاني ١٤٤٨", "2026-09-12"),
    ] {
        assert_eq!(parse_date(written), Ok(day(expected)), "{written}");
    }
}

#[test]
fn what_is_not_a_date_says_why() {
    let written = [
        "30/06/1448",
        "٣٠ جمادى الآخرة ١٤٤٨هـ",
        "0/06/1448",
        "29/02/2027",
        "31 September 2026",
        "12/26/2026",
        "2026-13-01",
        "06/12/26",
        "6 ديسمبر 48",
        "6 دسمبر 2026",
        "2026هـ",
        "06/12/2026هـ",
        "26/06/1448م",
        "٦ ديسمبر ١٤٤٨",
        "26 Rajab 2026",
        "01/01/1299",
        "01/01/1650",
        "6 12 2026",
        "6/12-2026",
        "6//12/2026",
        "-6/12/2026",
        "6/12/20266",
        "2026-12-06T10:00",
        "tomorrow",
        "",
        "😀",
    ];
    let table: String = written
        .iter()
        .map(|written| {
            let error = parse_date(written).unwrap_err();
            let (text, help) = (error.text(Digits::ArabicIndic), error.help(Digits::ArabicIndic));
            format!("{written}\n  {}\n    {}\n  {}\n    {}\n", text.ar, help.ar, text.en, help.en)
        })
        .collect();
    insta::assert_snapshot!(table);
}

#[test]
fn a_long_text_is_not_echoed_whole() {
    let error = parse_date(&"٢".repeat(10_000)).unwrap_err();
    assert!(error.to_string().chars().count() < 200);
}

proptest! {
    #[test]
    fn reading_never_stops(text in "\\PC{0,40}", figures in "[0-9٠-٩۰-۹/. هـم-]{0,24}") {
        let _ = parse_date(&text);
        let _ = parse_date(&figures);
    }

    #[test]
    fn there_and_back_is_the_same_day(number in 688_000_i32..793_000) {
        let date = Date::from_num_days_from_ce_opt(number).unwrap();
        let hijri = from_gregorian(date).unwrap();
        prop_assert_eq!(HijriDate::new(hijri.year(), hijri.month(), hijri.day()), Ok(hijri));
        prop_assert_eq!(to_gregorian(hijri), date);
    }

    #[test]
    fn what_we_write_is_read_back(number in 688_000_i32..793_000) {
        let date = Date::from_num_days_from_ce_opt(number).unwrap();
        let hijri = from_gregorian(date).unwrap();
        for lang in Lang::ALL {
            for digits in [Digits::Latin, Digits::ArabicIndic] {
                prop_assert_eq!(parse_date(&date_gregorian(date, lang, digits)), Ok(date));
                prop_assert_eq!(parse_date(&date_hijri(hijri, lang, digits)), Ok(date));
                prop_assert!(!date_both(date, lang, digits).is_empty());
            }
        }
    }
}
