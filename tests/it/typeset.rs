//! Letters: what stands on their pages, and what is said when one cannot be set.

#![expect(clippy::expect_used, reason = "a test says what to run first")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime};
use mizan::letter::data::{Code, Drawing, LetterData, Piece, Run, Signature};
use mizan::policy::look::Picture;
use mizan::typeset::{Fonts, TypesetError, Typesetter};

use crate::{claims, seal};

/// Pinned fonts and the templates as they are: shared, because fonts are large.
static TYPESETTER: LazyLock<Typesetter> =
    LazyLock::new(|| Typesetter::new(pinned_fonts(), templates()).unwrap());

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn font_files() -> Vec<(String, Vec<u8>)> {
    let read = |name: &str| std::fs::read(root().join("fonts").join(name));
    Fonts::names()
        .map(|name| {
            (name.to_owned(), read(name).expect("the fonts are missing: run `scripts/setup --tests` first"))
        })
        .collect()
}

fn pinned_fonts() -> Fonts {
    Fonts::new(font_files()).unwrap()
}

pub(crate) fn templates() -> Vec<(String, String)> {
    files("templates", "typ")
        .into_iter()
        .map(|path| (stem(&path), std::fs::read_to_string(path).unwrap()))
        .collect()
}

fn letters() -> Vec<(String, LetterData)> {
    files("tests/fixtures/letters", "json")
        .into_iter()
        .map(|path| (stem(&path), serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()))
        .collect()
}

pub(crate) fn letter(name: &str) -> LetterData {
    letters().into_iter().find(|(known, _)| known == name).unwrap().1
}

fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|found| found == end)).collect();
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

pub(crate) fn made_at() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 12, 29).unwrap().and_hms_opt(9, 30, 0).unwrap()
}

/// A file that other programs can look at, and that is gone afterwards.
pub(crate) struct OnDisk(pub(crate) PathBuf);

impl OnDisk {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> OnDisk {
        let path = std::env::temp_dir().join(format!("mizan-{}-{name}.pdf", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        OnDisk(path)
    }

    pub(crate) fn seen_by(&self, program: &str, before: &[&str], after: &[&str]) -> String {
        let output = Command::new(program).args(before).arg(&self.0).args(after).output();
        let output = output.expect("a program is missing: run `scripts/setup --tests` first");
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn codes(letter: &LetterData) -> Vec<String> {
    let pieces = letter.text.values().flat_map(|piece| match piece {
        Piece::One(runs) => runs.clone(),
        Piece::Each(entries) => entries.concat(),
    });
    let cells = letter.table.values().flat_map(|table| table.rows.concat().concat());
    let runs = pieces.chain(cells).chain(letter.reference.clone().unwrap_or_default());
    runs.filter_map(|run| match run {
        Run::Code(code) => Some(code),
        Run::Plain(_) => None,
    })
    .collect()
}

#[test]
fn every_letter_reads_as_it_should_and_is_a_sound_file() {
    let mut made = Vec::new();
    for (name, letter) in letters() {
        let pages = TYPESETTER.set(&letter, made_at()).unwrap();
        assert_eq!((pages.warnings(), pages.overfull()), (&[][..], vec![]), "{name}");
        insta::assert_snapshot!(name.clone(), pages.text().join("\n---- page\n\n"));

        let file = OnDisk::new(&name, &pages.pdf().unwrap());
        file.seen_by("qpdf", &["--check"], &[]);
        let info = file.seen_by("pdfinfo", &[], &[]);
        assert!(info.contains("Tagged:          yes"), "{name}: {info}");
        let (Run::Plain(title) | Run::Code(title)) = &letter.title[0];
        assert!(info.contains(title), "{name}: {info}");

        let seen: String = file.seen_by("pdftotext", &[], &["-"]).split_whitespace().collect();
        for code in codes(&letter).iter().filter(|code| code.is_ascii()) {
            let code: String = code.split_whitespace().collect();
            assert!(seen.contains(&code), "{name} does not show {code}: {seen}");
        }
        made.push(file);
    }
    seal::stand(&made.iter().map(|file| file.0.clone()).collect::<Vec<_>>(), "3a");
    claims::hold(&made.iter().map(|file| file.0.clone()).collect::<Vec<_>>(), "3a");
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    for name in ["decline-trial.ar", "approval.en", "declaration.ar"] {
        let letter = letter(name);
        let pdf = || TYPESETTER.set(&letter, made_at()).unwrap().pdf().unwrap();
        let first = pdf();
        assert!(first == pdf(), "{name}");
        // Another typesetter, as on another machine.
        let other = Typesetter::new(pinned_fonts(), templates()).unwrap();
        assert!(first == other.set(&letter, made_at()).unwrap().pdf().unwrap(), "{name}");
    }
}

#[test]
fn a_name_may_hold_any_characters() {
    let mut letter = letter("acknowledgement.ar");
    letter.text.clear();
    let long = "ا".repeat(2000);
    let names = [
        "",
        " ",
        "\u{2067}ab\u{2069}",
        "\u{64b}",
        "e\u{301}\u{323}",
        "ﷺ",
        "گچپژ",
        "#let $x$ *_`",
        "1\n2",
        &long,
        "❤",
    ];
    for name in names {
        (letter.frame.association_en, letter.digest) = (name.to_owned(), name.to_owned());
        letter.frame.addressee = Some(vec![Run::Plain(name.to_owned()), Run::Code(name.to_owned())]);
        let pages = TYPESETTER.set(&letter, made_at()).unwrap();
        pages.pdf().unwrap();
    }
}

/// An image of a drawn signature.
const SCRAWL: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='120' height='40'><path d='M4 30C30 2 40 2 44 22S70 34 116 8' fill='none' stroke='#123'/></svg>";

/// Reasons so many that the letter grows line by line.
fn reasons(count: usize) -> Piece {
    Piece::Each((1..=count).map(|number| vec![Run::Plain(format!("سبب رقمه {number}|"))]).collect())
}

#[test]
fn the_signature_never_stands_alone_on_a_page() {
    let mut letter = letter("approval.ar");
    letter.text.retain(|name, _| name == "intro");
    letter.signer.name = None;
    letter.code = Some(Code::new("naba", "L-11", &"7d0f3b9a61c2e845".repeat(4), None));
    let mut pages_seen = BTreeSet::new();
    for count in 16..=28 {
        letter.text.insert("reasons".to_owned(), reasons(count));
        let pages = TYPESETTER.set(&letter, made_at()).unwrap().text();
        let last = pages.last().unwrap();
        assert!(last.contains("التوقيع") && last.contains(&format!("{count}|")), "{count}: {last}");
        pages_seen.insert(pages.len());
    }
    // The letters did cross the end of a page, else nothing was tried.
    assert_eq!(pages_seen.into_iter().collect::<Vec<_>>(), [1, 2]);

    // Likewise where a paragraph stands last.
    letter.text.remove("reasons");
    let words = "ولا يؤثر هذا القرار في أيِّ طلبٍ آخر لكم، ولا في أيِّ خدمةٍ أخرى تطلبونها من الجمعية. ".repeat(2);
    letter.text.insert("last".to_owned(), Piece::One(vec![Run::Plain(words + "الختام|")]));
    for count in 14..=24 {
        letter.text.insert("reasons".to_owned(), reasons(count));
        let pages = TYPESETTER.set(&letter, made_at()).unwrap().text();
        let last = pages.last().unwrap();
        assert!(last.contains("التوقيع") && last.contains("الختام|"), "{count}: {last}");
    }
}

#[test]
fn nothing_long_leaves_the_page() {
    let name_ar = "جمعية الملك عبدالعزيز الخيرية لخدمات المياه والسقيا والآبار والخزانات في محافظات المنطقة الجنوبية وقراها وهجرها النائية كلها";
    let name_en = "The King Abdulaziz Charitable Association for Water Services, Wells and Tanks in the Governorates of the Southern Region, Ltd";
    assert!(name_ar.chars().count() >= 120 && name_en.len() >= 120);
    let code = "A1b2C3d4E5".repeat(8);
    let person = "عبدالرحمن بن عبدالعزيز بن محمد بن عبدالله بن إبراهيم بن سليمان بن عبدالوهاب آل الشيخ التميمي القحطاني الحربي الشمري العنزي";
    assert!(person.chars().count() >= 120 && code.len() == 80);
    for (name, large_print, bilingual) in [
        ("approval.ar", false, false),
        ("approval.en", true, false),
        ("approval.ar", false, true),
        ("declaration.ar", false, false),
    ] {
        let dress = |mut letter: LetterData| {
            letter.frame.association_ar = name_ar.to_owned();
            letter.frame.association_en = name_en.to_owned();
            letter.reference = Some(vec![Run::Code(code.clone())]);
            letter.frame.addressee = Some(vec![Run::Plain(format!("{person}، {code}"))]);
            letter.subject = Some(vec![Run::Plain(person.to_owned()), Run::Code(code.clone())]);
            letter.look.large_print = large_print;
            let entries = (0..60).map(|_| vec![Run::Plain("يُنظر في ".to_owned()), Run::Code(code.clone())]);
            if name.starts_with("approval") {
                letter.text.insert("reasons".to_owned(), Piece::Each(entries.collect()));
            }
            for row in letter.table.values_mut().flat_map(|table| &mut table.rows) {
                row[1] = vec![Run::Code(code.clone())];
            }
            let verify = "https://naba.example/a/long/address/where/letters/are/verified/";
            letter.code = Some(Code::new("naba", "L-11", &letter.digest, Some(verify)));
            letter
        };
        let mut long = dress(letter(name));
        if bilingual {
            long.beside = Some(Box::new(dress(letter("approval.en"))));
        }
        let pages = TYPESETTER.set(&long, made_at()).unwrap();
        assert_eq!(pages.warnings(), [], "{name}");
        assert!(pages.count() > 1, "{name}");
        let file = OnDisk::new("long", &pages.pdf().unwrap());
        for word in
            file.seen_by("pdftotext", &["-bbox"], &["-"]).lines().filter(|line| line.contains("<word"))
        {
            let edge = |name: &str| {
                let rest = word.split(&format!("{name}=\"")).nth(1).unwrap();
                rest.split('"').next().unwrap().parse::<f64>().unwrap()
            };
            // Half an inch of every side is free, whatever stands on the page.
            let is_inside = edge("xMin") > 36.0
                && edge("xMax") < 595.3 - 36.0
                && edge("yMin") > 18.0
                && edge("yMax") < 824.0;
            assert!(is_inside || word.contains("TRIAL"), "{name}: {word}");
        }
    }
}

#[test]
fn a_letter_is_signed_as_the_policy_allows() {
    let text = |letter: &LetterData| TYPESETTER.set(letter, made_at()).unwrap().text().concat();
    let mut declared = letter("declaration.ar");
    assert!(text(&declared).contains("البصمة") && text(&declared).contains("الشاهد"));
    declared.signer.ways = vec![Signature::Line];
    assert!(!text(&declared).contains("الشاهد") && text(&declared).contains("التوقيع"));

    let mut approved = letter("approval.en");
    let plain = TYPESETTER.set(&approved, made_at()).unwrap().pdf().unwrap();
    let alt = "The signature as it was drawn: Executive director";
    approved.signer.drawn = Some(Drawing::new(&Picture::read(SCRAWL).unwrap(), alt.to_owned()));
    let signed = TYPESETTER.set(&approved, made_at()).unwrap().pdf().unwrap();
    assert!(plain != signed);
    assert!(OnDisk::new("signed", &signed).seen_by("qpdf", &["--json"], &[]).contains(alt));

    approved.signer.ways = vec![];
    assert!(!text(&approved).contains("Signature") && !text(&approved).contains("Stamp"));
}

#[test]
fn the_code_is_there_for_a_camera_and_in_words() {
    for (name, said) in
        [("approval.ar", "رمز مربَّع"), ("approval.en", "Square code"), ("declaration.en", "Square code")]
    {
        let mut letter = letter(name);
        letter.code = Some(Code::new("naba", "L-11", "7d0f3b9a61c2e845ff", Some("https://naba.example/v/")));
        let pages = TYPESETTER.set(&letter, made_at()).unwrap();
        // At the signature, and at the foot of each page.
        let shown = pages.text().concat().matches("7d0f 3b9a 61c2 e845").count();
        assert_eq!(shown, 1 + pages.count(), "{name}");
        let tags = OnDisk::new("code", &pages.pdf().unwrap()).seen_by("pdfinfo", &["-struct-text"], &[]);
        assert!(tags.contains("7d0f 3b9a 61c2 e845"), "{name}: not in the body: {tags}");
        let tags = OnDisk::new("code", &pages.pdf().unwrap()).seen_by("qpdf", &["--json"], &[]);
        assert!(tags.contains(said), "{name}");
    }
    let carried = Code::new("naba", "L-11", "7d0f3b9a61c2e845ff", Some("https://naba.example/v/")).carried;
    assert_eq!(carried, "https://naba.example/v/naba/L-11/7d0f3b9a61c2e845");
}

#[test]
fn a_letter_in_two_languages_says_everything_in_both() {
    for kind in ["acknowledgement", "approval", "declaration", "decline", "missing-documents", "referral"] {
        let (mut ar, en) = (letter(&format!("{kind}.ar")), letter(&format!("{kind}.en")));
        let plain = |name: &str| {
            let text = TYPESETTER.set(&letter(name), made_at()).unwrap().text().concat();
            let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned);
            words.collect::<Vec<_>>()
        };
        let singles = [plain(&format!("{kind}.ar")), plain(&format!("{kind}.en"))];
        ar.beside = Some(Box::new(en));
        let pages = TYPESETTER.set(&ar, made_at()).unwrap();
        assert_eq!(pages.warnings(), [], "{kind}");
        let file = OnDisk::new("both", &pages.pdf().unwrap());
        file.seen_by("qpdf", &["--check"], &[]);
        let seen = pages.text().concat();
        for word in singles.concat().iter().filter(|word| {
            word.chars().count() > 3
                && word
                    .chars()
                    .all(|letter| letter.is_alphabetic() && !('\u{64b}'..='\u{652}').contains(&letter))
        }) {
            assert!(seen.contains(word.as_str()), "{kind} in two languages lacks {word}");
        }
    }
}

#[test]
fn large_print_is_the_same_letter_in_eighteen_points() {
    for name in ["approval.ar", "decline.en", "declaration.ar"] {
        let mut letter = letter(name);
        let words = |letter: &LetterData| {
            let text = TYPESETTER.set(letter, made_at()).unwrap().text().concat();
            let words = text.split(|letter: char| !letter.is_alphabetic());
            words.filter(|word| word.chars().count() > 3).map(str::to_owned).collect::<BTreeSet<_>>()
        };
        let usual = words(&letter);
        letter.look.large_print = true;
        let lost: Vec<_> = usual.difference(&words(&letter)).cloned().collect();
        assert!(lost.is_empty(), "{name}: {lost:?}");
    }
}

#[test]
fn the_record_travels_in_the_file() {
    let letter = letter("decline.ar");
    let file = OnDisk::new("record", &TYPESETTER.set(&letter, made_at()).unwrap().pdf().unwrap());
    let record = file.seen_by("pdfdetach", &["-save", "1", "-o", "/dev/stdout"], &[]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&record).unwrap(), letter.record);
    assert!(file.seen_by("pdfdetach", &["-list"], &[]).contains("record.json"));
}

#[test]
fn a_letter_can_be_set_in_the_face_of_last_resort() {
    let fonts = Fonts::new(vec![]).unwrap();
    assert!(!fonts.are_complete());
    assert!(pinned_fonts().are_complete());
    let typesetter = Typesetter::new(fonts, templates()).unwrap();
    for name in ["declaration.ar", "decline.ar", "approval-trial.en"] {
        let letter = letter(name);
        let pages = typesetter.set(&letter, made_at()).unwrap();
        assert_eq!(pages.warnings(), [], "{name}");
        pages.pdf().unwrap();
    }
}

#[test]
fn a_page_can_be_a_picture() {
    let letter = letter("decline-long.en");
    let pages = TYPESETTER.set(&letter, made_at()).unwrap();
    let pictures = pages.png(0.5).unwrap();
    assert_eq!(pictures.len(), pages.count());
    assert!(pictures.iter().all(|picture| picture.starts_with(b"\x89PNG")));
}

#[test]
fn only_a_trial_says_so_and_on_every_page() {
    let mut letter = letter("declaration-long.ar");
    letter.trial = true;
    let trial = TYPESETTER.set(&letter, made_at()).unwrap().text();
    assert!(trial.len() > 1 && trial.iter().all(|page| page.contains("TRIAL") && page.contains("تجربة")));
    letter.trial = false;
    let earnest = TYPESETTER.set(&letter, made_at()).unwrap().text();
    assert!(earnest.iter().all(|page| !page.contains("TRIAL") && !page.contains("تجربة")));
}

#[test]
fn a_letter_without_pieces_still_has_its_frame() {
    for (name, mut letter) in letters() {
        (letter.text, letter.table) = Default::default();
        (letter.subject, letter.reference, letter.attachments, letter.signer.name) = Default::default();
        let pages = TYPESETTER.set(&letter, made_at()).unwrap();
        assert_eq!(pages.count(), 1, "{name}");
        pages.pdf().unwrap();
    }
}

#[test]
fn a_piece_that_the_template_does_not_show_is_an_error() {
    let mut letter = letter("decline.ar");
    letter.text.insert("farewell".to_owned(), Piece::One(vec![Run::Plain("وداعًا".to_owned())]));
    insta::assert_snapshot!(complaint(&TYPESETTER, &letter));
}

#[test]
fn a_character_that_no_font_has_is_named_with_its_place() {
    let mut letter = letter("missing-documents.ar");
    if let Some(Piece::Each(entries)) = letter.text.get_mut("missing") {
        entries[1].push(Run::Plain("تمّ 漢".to_owned()));
    }
    insta::assert_snapshot!(complaint(&TYPESETTER, &letter), @"no font has the character `漢` (U+6F22) in `text.missing[1][1]`");
    letter.frame.association_en = "Naba\u{7}".to_owned();
    insta::assert_snapshot!(complaint(&TYPESETTER, &letter), @r"no font has the character `\u{7}` (U+0007) in `frame.association_en`");
}

#[test]
fn a_template_that_cannot_be_followed_says_where() {
    let letter = letter("decline.ar");
    let broken = [
        ("variable", "#let data = json(\"/data.json\")\n\nTo #data.frame.adressee"),
        ("syntax", "#let a = (1,\n#a"),
        ("package", "#import \"@preview/tidy:0.4.0\": show-module"),
        ("file", "#read(\"/etc/passwd\")"),
        ("outside", "#read(\"../../../etc/passwd\")"),
        ("endless", "#while true {}"),
        (
            "alternative-text",
            "#figure(rect(), kind: \"drawing\", supplement: none)\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\"))",
        ),
    ];
    let said = broken.map(|(name, text)| {
        let templates = vec![("decline".to_owned(), text.to_owned())];
        let typesetter = Typesetter::new(Fonts::new(vec![]).unwrap(), templates).unwrap();
        format!("{name}:\n{}\n", complaint(&typesetter, &letter))
    });
    insta::assert_snapshot!(said.concat());
}

#[test]
fn an_unknown_template_is_named_with_those_there_are() {
    let mut letter = letter("decline.ar");
    letter.template = "../decline".to_owned();
    let Err(TypesetError::UnknownTemplate { name, known }) = TYPESETTER.set(&letter, made_at()) else {
        panic!("a template that is not there was found");
    };
    assert_eq!(name, "../decline");
    assert_eq!(
        known,
        [
            "acknowledgement",
            "approval",
            "declaration",
            "decline",
            "handover",
            "memo",
            "minutes",
            "missing-documents",
            "notice",
            "order",
            "privacy",
            "referral",
            "resolution",
            "settlement",
            "survey",
            "undertaking"
        ]
    );

    let named = Typesetter::new(Fonts::new(vec![]).unwrap(), vec![("../x".to_owned(), String::new())]);
    assert_eq!(named.unwrap_err(), TypesetError::TemplateName("../x".to_owned()));
}

#[test]
fn a_font_that_is_not_the_pinned_one_is_refused() {
    let mut files = font_files();
    files[0].1[100] ^= 1;
    insta::assert_snapshot!(Fonts::new(files).unwrap_err());
    let strange = vec![("Strange.ttf".to_owned(), vec![])];
    insta::assert_snapshot!(Fonts::new(strange).unwrap_err(), @"font file `Strange.ttf` is not one of the pinned fonts");
}

/// What is said of a letter that cannot be set, with the places.
fn complaint(typesetter: &Typesetter, letter: &LetterData) -> String {
    let error = match typesetter.set(letter, made_at()) {
        Ok(pages) => pages.pdf().unwrap_err(),
        Err(error) => error,
    };
    let TypesetError::Template(faults) = error else {
        return error.to_string();
    };
    let mut said = String::new();
    for fault in faults {
        let places = fault.place.iter().chain(&fault.calls);
        let places: Vec<_> =
            places.map(|place| format!("{}:{}:{}", place.file, place.line, place.column)).collect();
        said += &format!("  {}\n    at {}\n", fault.message, places.join(", from "));
        said.extend(fault.hints.iter().map(|hint| format!("    hint: {hint}\n")));
    }
    said
}
