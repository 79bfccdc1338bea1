//! Arabic as it comes out on paper: number agreement, the ends of months, and what reads from the left in a line that reads from the
//! right. The page is kept as a picture (`pages`), and read back by a program that is not ours.

use mizan::letter::data::{LetterData, Piece, Run};
use mizan::value::words::{self, Case, Digits, UnitForms};
use mizan::value::{Date, Lang, Number, Text};

use crate::letters::TYPESETTER;
use crate::naba::POLICY;
use crate::typeset::{OnDisk, letter, made_at};

const COUNTS: [&str; 14] =
    ["0", "1", "2", "3", "10", "11", "99", "100", "101", "102", "103", "111", "200", "1200"];

fn counted(number: &str, unit: &UnitForms, case: Case) -> String {
    words::count(Number::parse(number).unwrap(), unit, Lang::Ar, case, Digits::ArabicIndic)
}

/// What each line of the page says: words, and codes that read from the left.
fn lines() -> Vec<Vec<Run>> {
    let plain = |text: String| vec![Run::Plain(text)];
    let day = words::built_in("day").unwrap();
    let riyal = POLICY.unit("riyal").unwrap();
    let person = POLICY.unit("person").unwrap();
    let mut lines = Vec::new();
    for number in COUNTS {
        let within = counted(number, day, Case::Genitive);
        let (paid, household) =
            (counted(number, riyal, Case::Nominative), counted(number, person, Case::Nominative));
        lines.push(plain(format!("خلال {within}، والمبلغ {paid}، والعدد {household}")));
    }
    for number in ["2.5", "766.67", "0.25"] {
        lines.push(plain(format!(
            "خلال {}، والمبلغ {}",
            counted(number, day, Case::Genitive),
            counted(number, riyal, Case::Nominative)
        )));
    }
    // The ends of months, the leap day, and the turn of both years.
    for day in [
        "2026-12-31",
        "2027-01-31",
        "2027-02-28",
        "2028-02-29",
        "2027-04-30",
        "2027-02-07",
        "2027-03-08",
        "2027-06-05",
        "2027-06-06",
    ] {
        let date: Date = day.parse().unwrap();
        lines.push(plain(format!("في يوم {}.", words::date_both(date, Lang::Ar, Digits::ArabicIndic))));
    }
    let around = |before: &str, code: &str, after: &str| {
        vec![Run::Plain(before.to_owned()), Run::Code(code.to_owned()), Run::Plain(after.to_owned())]
    };
    lines.extend([
        around("المنزل رقم (", "12B-4", ") في الحي الشرقي."),
        around("الهاتف ", "+966 55 123 4567", " طوال أيام الأسبوع."),
        around("الحساب ", "SA03 8000 0000 6080 1016 7519", " باسم الجمعية."),
        around("البريد ", "info@naba.example", "، والرد خلال يومين."),
        around("البند (", "5.3", ") من السياسة، والقرار (١٢/١٤٤٨)."),
        around("درجة الحرارة ", "-5.2", " والنسبة ١٥٪."),
        // On paper from right to left; pdftotext takes a range for one number, and turns it round.
        around("المدى ", "١٠–٢٠", " لترًا."),
    ]);
    lines
}

/// The page of all of them.
pub(crate) fn page() -> LetterData {
    let mut letter = letter("missing-documents.ar");
    letter.text.clear();
    letter.attachments = None;
    letter.subject = Some(vec![Run::Plain("العدد والتاريخ والرموز".to_owned())]);
    letter.text.insert("missing".to_owned(), Piece::Each(lines()));
    letter
}

/// Letters and digits alone: where a line breaks, and how a mark is spelt, is a matter of the program that reads.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .filter(|letter| !('\u{64b}'..='\u{65f}').contains(letter))
        .collect()
}

#[test]
fn numbers_dates_and_codes_are_read_back_in_their_order() {
    let pages = TYPESETTER.set(&page(), made_at()).unwrap();
    insta::assert_snapshot!(pages.text().join("\n---- page\n\n"));
    let file = OnDisk::new("proofs", &pages.pdf().unwrap());
    let seen = bare(&file.seen_by("pdftotext", &[], &["-"]));
    for (number, line) in (1..).zip(lines()) {
        for run in line.into_iter().filter(|run| !run.text().contains('–')) {
            let wanted = bare(run.text());
            // A phrase comes back as it is read aloud; nothing in it is turned round.
            for part in run.text().split(['،', '.', '(', ')']).map(bare).filter(|part| !part.is_empty()) {
                assert!(seen.contains(&part), "line {number}: `{part}` of `{wanted}` in {seen}");
            }
        }
    }
}

#[test]
fn the_forms_are_those_of_the_grammar() {
    let day = words::built_in("day").unwrap();
    let forms = COUNTS.map(|number| counted(number, day, Case::Genitive));
    assert_eq!(
        forms,
        [
            "٠ يوم",
            "يوم واحد",
            "يومين",
            "٣ أيام",
            "١٠ أيام",
            "١١ يومًا",
            "٩٩ يومًا",
            "١٠٠ يوم",
            "١٠١ يوم",
            "١٠٢ يوم",
            "١٠٣ أيام",
            "١١١ يومًا",
            "٢٠٠ يوم",
            "١٬٢٠٠ يوم",
        ]
    );
    let both = Text::new(counted("2", day, Case::Nominative), counted("2.5", day, Case::Genitive));
    assert_eq!((both.ar.as_str(), both.en.as_str()), ("يومان", "٢٫٥ يوم"));
}
