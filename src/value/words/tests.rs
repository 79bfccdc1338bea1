use proptest::prelude::*;

use super::*;
use crate::value::{Date, hijri};

/// The units of a policy, as it writes them.
#[derive(Deserialize)]
struct Units {
    unit: std::collections::BTreeMap<String, UnitForms>,
}

const UNITS: &str = r#"
[unit.riyal]
ar = { one = "ريال واحد", two = "ريالين", two_nominative = "ريالان", few = "ريالات", many = "ريالًا", other = "ريال" }
en = { one = "riyal", other = "riyals" }
[unit.person]
ar = { one = "فرد واحد", two = "فردين", two_nominative = "فردان", few = "أفراد", many = "فردًا", other = "فرد" }
en = { one = "person", other = "people" }
"#;

fn unit(id: &str) -> UnitForms {
    let mut units: Units = toml::from_str(UNITS).unwrap();
    units.unit.remove(id).unwrap()
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn a_unit_agrees_with_its_number() {
    let units = [
        ("day", DAY.clone()),
        ("working day", WORKING_DAY.clone()),
        ("riyal", unit("riyal")),
        ("document", DOCUMENT.clone()),
        ("person", unit("person")),
        ("week", WEEK.clone()),
        ("month", MONTH.clone()),
        ("year", YEAR.clone()),
        ("hour", HOUR.clone()),
    ];
    let numbers = "0 1 2 3 10 11 99 100 101 102 103 111 200 1200 2.5";
    let mut table = String::new();
    for (name, forms) in units {
        table.push_str(&format!("{name}\n"));
        for written in numbers.split(' ') {
            let say = |lang, case| count(number(written), &forms, lang, case, Digits::ArabicIndic);
            table.push_str(&format!(
                "  {written} | خلال {} | بقي {} | {}\n",
                say(Lang::Ar, Case::Genitive),
                say(Lang::Ar, Case::Nominative),
                say(Lang::En, Case::Genitive),
            ));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_misspelt_form_is_refused() {
    assert!(toml::from_str::<Units>(&UNITS.replacen("few", "fwe", 1)).is_err());
}

#[test]
fn money_has_two_decimals_where_it_has_any() {
    let riyal = unit("riyal");
    for (hundredths, ar, en) in [
        ("0", "٠ ريال", "0.00 riyals"),
        ("100", "ريال واحد", "1.00 riyal"),
        ("200", "ريالين", "2.00 riyals"),
        ("300", "٣ ريالات", "3.00 riyals"),
        ("1500", "١٥ ريالًا", "15.00 riyals"),
        ("120000", "١٬٢٠٠ ريال", "1,200.00 riyals"),
        ("120050", "١٬٢٠٠٫٥٠ ريال", "1,200.50 riyals"),
        ("76667", "٧٦٦٫٦٧ ريال", "766.67 riyals"),
        ("123456789012", "١٬٢٣٤٬٥٦٧٬٨٩٠٫١٢ ريال", "1,234,567,890.12 riyals"),
        ("-120050", "-١٬٢٠٠٫٥٠ ريال", "-1,200.50 riyals"),
    ] {
        let say = |lang| money(number(hundredths), &riyal, lang, Case::Genitive, Digits::ArabicIndic);
        assert_eq!((say(Lang::Ar).as_str(), say(Lang::En).as_str()), (ar, en));
    }
    let latin = money(number("120050"), &riyal, Lang::Ar, Case::Genitive, Digits::Latin);
    assert_eq!(latin, "1,200.50 ريال");
}

#[test]
fn rounding_never_hides_a_comparison() {
    let riyal = unit("riyal");
    let limit = number("120000");
    let third = |text: &str| number(text).over(number("3")).unwrap();
    for (amount, ar, en) in [
        (limit, "١٬٢٠٠ ريال", "1,200.00 riyals"),
        (number("120001"), "١٬٢٠٠٫٠١ ريال", "1,200.01 riyals"),
        (third("230000"), "٧٦٦٫٦٧ ريال", "766.67 riyals"),
        (third("360001"), "١٬٢٠٠٫٠٠٣٣ ريال", "1,200.0033 riyals"),
        (third("359999"), "١٬١٩٩٫٩٩٦٧ ريال", "1,199.9967 riyals"),
        (third("360000.001"), "١٬٢٠٠ و١/٣٠٠٠٠٠ ريال", "1,200 and 1/300000 riyals"),
    ] {
        let say = |lang| money_beside(amount, limit, &riyal, lang, Case::Genitive, Digits::ArabicIndic);
        assert_eq!((say(Lang::Ar).as_str(), say(Lang::En).as_str()), (ar, en));
    }
}

#[test]
fn only_a_point_between_digits_becomes_a_decimal_mark() {
    assert_eq!(digits("1,200.50.", Digits::ArabicIndic), "١٬٢٠٠٫٥٠.");
    assert_eq!(digits("1,200.50.", Digits::Latin), "1,200.50.");
    assert_eq!(digits_only("N-1448, 6.5", Digits::ArabicIndic), "N-١٤٤٨, ٦.٥");
}

#[test]
fn thousands_are_grouped() {
    for (written, expected) in [
        ("0", "0"),
        ("999", "999"),
        ("1000", "1,000"),
        ("-1000", "-1,000"),
        ("-999", "-999"),
        ("1234567", "1,234,567"),
    ] {
        assert_eq!(grouped(number(written), 0), expected);
    }
    assert_eq!(plain(number("2.5"), Lang::Ar, Digits::ArabicIndic), "٢٫٥");
    let third = number("2300").over(number("3")).unwrap();
    assert_eq!(plain(third, Lang::En, Digits::Latin), "766.67");
}

#[test]
fn things_are_listed() {
    let say = |items: &[&str]| (list(items, Lang::Ar), list(items, Lang::En));
    let pair = |ar: &str, en: &str| (ar.to_owned(), en.to_owned());
    assert_eq!(say(&[]), pair("", ""));
    assert_eq!(say(&["أ"]), pair("أ", "أ"));
    assert_eq!(list(&["أ", "ب"], Lang::Ar), "أ وب");
    assert_eq!(list(&["أ", "ب", "ج"], Lang::Ar), "أ، ب، وج");
    assert_eq!(list(&["a", "b"], Lang::En), "a and b");
    assert_eq!(list(&["a", "b", "c", "d"], Lang::En), "a, b, c and d");
    let ordinals = |lang| [1, 10, 20, 21, 0].map(|number| ordinal(number, lang, Digits::ArabicIndic));
    assert_eq!(ordinals(Lang::Ar), ["أولًا", "عاشرًا", "عشرون", "٢١", "٠"]);
    assert_eq!(ordinals(Lang::En), ["first", "tenth", "twentieth", "21", "0"]);
}

#[test]
fn a_day_is_written_in_both_calendars() {
    let date: Date = "2026-12-06".parse().unwrap();
    let hijri = hijri::from_gregorian(date).unwrap();
    let both = |lang, digits| date_both(date, lang, digits);
    assert_eq!(date_gregorian(date, Lang::Ar, Digits::ArabicIndic), "٦ ديسمبر ٢٠٢٦م");
    assert_eq!(date_gregorian(date, Lang::Ar, Digits::Latin), "6 ديسمبر 2026م");
    assert_eq!(date_gregorian(date, Lang::En, Digits::ArabicIndic), "6 December 2026");
    assert_eq!(date_hijri(hijri, Lang::Ar, Digits::ArabicIndic), "٢٦ جمادى الآخرة ١٤٤٨هـ");
    assert_eq!(date_hijri(hijri, Lang::En, Digits::Latin), "26 Jumada al-Akhirah 1448 AH");
    assert_eq!(both(Lang::Ar, Digits::ArabicIndic), "الأحد ٢٦ جمادى الآخرة ١٤٤٨هـ الموافق ٦ ديسمبر ٢٠٢٦م");
    assert_eq!(both(Lang::En, Digits::ArabicIndic), "Sunday 6 December 2026 (26 Jumada al-Akhirah 1448 AH)");
    let early: Date = "1850-01-01".parse().unwrap();
    assert_eq!(date_both(early, Lang::Ar, Digits::ArabicIndic), "الثلاثاء ١ يناير ١٨٥٠م");
}

proptest! {
    #[test]
    fn any_number_has_words(above in any::<i128>(), below in any::<i64>()) {
        prop_assume!(below != 0 && above != i128::MIN);
        let number = Number::ratio(above, i128::from(below)).unwrap();
        for lang in Lang::ALL {
            prop_assert!(!count(number, &DAY, lang, Case::Genitive, Digits::ArabicIndic).is_empty());
            prop_assert!(!money(number, &DAY, lang, Case::Nominative, Digits::Latin).is_empty());
            prop_assert!(!money_beside(number, Number::ONE, &DAY, lang, Case::Genitive, Digits::Latin).is_empty());
        }
    }
}
