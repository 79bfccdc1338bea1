use proptest::prelude::*;

use super::*;

#[test]
fn a_national_id_is_kept_in_one_form() {
    for (written, kept) in [
        ("1000000008", "1000000008"),
        ("١٠٠٠٠٠٠٠٠٨", "1000000008"),
        ("۱۰۰۰۰۰۰۰۰۸", "1000000008"),
        (" 1000 0000 08\u{200F}", "1000000008"),
        ("1000000016", "1000000016"),
        ("1000000024", "1000000024"),
        ("1100000007", "1100000007"),
        ("2000000006", "2000000006"),
        ("2000000014", "2000000014"),
    ] {
        assert_eq!(national_id(written).as_deref(), Ok(kept), "{written}");
    }
    for (written, error) in [
        ("1000000000", IdentifierError::NationalIdCheck),
        ("3000000005", IdentifierError::NationalIdStart),
        ("100000000", IdentifierError::NationalIdLength { has: 9 }),
        ("10000000080", IdentifierError::NationalIdLength { has: 11 }),
        ("", IdentifierError::NationalIdLength { has: 0 }),
        ("10000o0008", IdentifierError::NotADigit { found: 'o' }),
    ] {
        assert_eq!(national_id(written), Err(error), "{written}");
    }
}

#[test]
fn an_iban_is_kept_in_one_form() {
    for written in
        ["SA0380000000608010167519", "SA03 8000 0000 6080 1016 7519", "sa٠٣ ٨٠٠٠ ٠٠٠٠ ٦٠٨٠ ١٠١٦ ٧٥١٩"]
    {
        assert_eq!(iban(written).as_deref(), Ok("SA0380000000608010167519"), "{written}");
    }
    for (written, error) in [
        ("SA0380000000608010167518", IdentifierError::IbanCheck),
        ("SA1380000000608010167519", IdentifierError::IbanCheck),
        ("SA038000000060801016751", IdentifierError::IbanLength { has: 21 }),
        ("GB82WEST12345698765432", IdentifierError::IbanCountry),
        ("0380000000608010167519", IdentifierError::IbanCountry),
        ("SA03800000006080101675X9", IdentifierError::NotADigit { found: 'X' }),
    ] {
        assert_eq!(iban(written), Err(error), "{written}");
    }
}

#[test]
fn a_mobile_number_is_kept_in_one_form() {
    for written in [
        "0551234567",
        "٠٥٥١٢٣٤٥٦٧",
        "+966551234567",
        "+966 55 123 4567",
        "966551234567",
        "00966551234567",
        "055-123-4567",
    ] {
        assert_eq!(mobile(written).as_deref(), Ok("+966551234567"), "{written}");
    }
    for (written, error) in [
        ("0112345678", IdentifierError::MobileStart),
        ("+0551234567", IdentifierError::MobileStart),
        ("+971551234567", IdentifierError::MobileStart),
        ("551234567", IdentifierError::MobileStart),
        ("", IdentifierError::MobileStart),
        ("055123456", IdentifierError::MobileLength { has: 8 }),
        ("05512345678", IdentifierError::MobileLength { has: 10 }),
        ("0551234+67", IdentifierError::NotADigit { found: '+' }),
    ] {
        assert_eq!(mobile(written), Err(error), "{written}");
    }
}

#[test]
fn a_short_address_is_kept_in_one_form() {
    for written in ["RNBB2312", "rnbb2312", "RNBB ٢٣١٢"] {
        assert_eq!(short_address(written).as_deref(), Ok("RNBB2312"), "{written}");
    }
    for written in ["", "RNB2312", "RNBB231", "RNBB23123", "2312RNBB", "رنبب2312", "RNBBX2312", "RN2B1BB3"]
    {
        assert_eq!(short_address(written), Err(IdentifierError::ShortAddressShape), "{written}");
    }
}

#[test]
fn a_time_is_kept_as_a_clock_shows_it() {
    for (written, kept) in
        [("16:30", "16:30"), (" ٩:٠٥ ", "09:05"), ("16:30:00", "16:30"), ("00:00", "00:00")]
    {
        assert_eq!(time_of_day(written).as_deref(), Ok(kept), "{written}");
    }
    for written in ["", "24:00", "16", "4:30 pm", "16:60", "16.30"] {
        assert_eq!(time_of_day(written), Err(IdentifierError::TimeShape), "{written}");
    }
}

#[test]
fn every_problem_says_which_rule_failed() {
    let errors = [
        IdentifierError::NotADigit { found: 'o' },
        IdentifierError::NationalIdLength { has: 9 },
        IdentifierError::NationalIdStart,
        IdentifierError::NationalIdCheck,
        IdentifierError::IbanCountry,
        IdentifierError::IbanLength { has: 21 },
        IdentifierError::IbanCheck,
        IdentifierError::MobileStart,
        IdentifierError::MobileLength { has: 8 },
        IdentifierError::ShortAddressShape,
        IdentifierError::TimeShape,
    ];
    let table: String = errors
        .iter()
        .map(|error| {
            let (text, help) = (error.text(Digits::ArabicIndic), error.help());
            format!("{}\n  {}\n{}\n  {}\n\n", text.ar, help.ar, text.en, help.en)
        })
        .collect();
    insta::assert_snapshot!(table);
}

proptest! {
    #[test]
    fn reading_never_stops(text in "\\PC{0,40}") {
        let _ = (national_id(&text), iban(&text), mobile(&text), short_address(&text));
    }

    #[test]
    fn one_wrong_digit_is_noticed(wrong in 0_u8..10, at in 1_usize..10) {
        let mut digits = b"1000000008".to_vec();
        prop_assume!(digits[at] != b'0' + wrong);
        digits[at] = b'0' + wrong;
        prop_assert_eq!(national_id(&String::from_utf8(digits).unwrap()), Err(IdentifierError::NationalIdCheck));
    }
}
