//! One kind of letter for many requests: the same as one at a time, in order, and begun again without making anything twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use mizan::app::batch::Lines;
use mizan::app::letters::{self, INDEX, Letters, Progress, Requests, Summary};
use mizan::app::{self, AppError, Asked, Pictures, Under, Variant, Wanted, When};
use mizan::letter::Refusal;
use mizan::typeset::Sheets;
use mizan::value::{Date, Lang};

use crate::approval::{House, date};
use crate::batch::line;
use crate::naba::samples;

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("mizan-many-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn day() -> When {
    When::On("2026-12-29".parse::<Date>().unwrap())
}

fn wanted<'a>(letter: &'a str, folder: &'a Path) -> Letters<'a> {
    Letters {
        root: Path::new("."),
        letter,
        policy: Some("naba"),
        lang: Lang::Ar,
        asked: day().into(),
        variant: Variant::default(),
        folder,
        seal: None,
    }
}

/// The letters of some requests; how it went, and how far it had come after each.
fn make(letter: &'static str, from: Requests<'_>, to: &Path) -> (Summary, Vec<Progress>) {
    let told = Mutex::new(vec![]);
    let wanted = Letters { folder: to, ..wanted(letter, Path::new("")) };
    let summary = letters::run(&wanted, from, &|progress| told.lock().unwrap().push(progress)).unwrap();
    let mut told = told.into_inner().unwrap();
    told.sort_by_key(|progress| progress.requests);
    (summary, told)
}

fn counts(summary: Summary) -> [u64; 4] {
    [summary.made, summary.kept, summary.refused, summary.unread]
}

/// The index without its digests.
fn index(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join(INDEX)).unwrap();
    let is_digest = |cell: &&str| cell.len() == 64 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split([',', '\n']).filter(is_digest).fold(text.clone(), |text, digest| text.replace(digest, "…"))
}

/// Three requests that are declined, refused and wrong, and one that is declined like the first.
fn four(name: &str) -> Folder {
    let folder = Folder::new(name);
    for (from, to) in [("declined", "a"), ("met", "b"), ("declined", "d")] {
        fs::copy(format!("tests/fixtures/requests/{from}.toml"), folder.join(&format!("{to}.toml"))).unwrap();
    }
    fs::write(folder.join("c.toml"), "policy = \"naba\"\nservice = \"S9\"\n").unwrap();
    fs::write(folder.join("notes.txt"), "no request").unwrap();
    folder
}

#[test]
fn a_folder_of_requests_becomes_a_folder_of_letters() {
    let (requests, made) = (four("requests"), Folder::new("letters"));
    let all = || Requests::Folder(requests.0.clone());
    let (summary, told) = make("decline", all(), &made.0);
    assert_eq!(counts(summary), [2, 0, 1, 1]);
    assert!(summary.has_typeface);
    let steps: Vec<_> = told.iter().map(|told| (told.requests, told.done, told.of)).collect();
    assert_eq!(steps, [1, 2, 3, 4].map(|done| (done, done, Some(4))));
    insta::assert_snapshot!(index(&made.0));

    // The same as the letter by itself.
    let path = requests.join("a.toml");
    let wanted = Wanted {
        letter: "L-12",
        request: Some(&path),
        policy: None,
        lang: Lang::Ar,
        when: day(),
        variant: Variant::default(),
    };
    let (letter, at) = app::letter(Path::new("."), &wanted).unwrap();
    let alone = app::set(Path::new("."), &letter, at, Pictures::No).unwrap().pdf;
    assert!(fs::read(made.join("a-L-12.ar.pdf")).unwrap() == alone);

    // Begun again, everything is there.
    let (first, index) = (fs::read(made.join(INDEX)).unwrap(), made.join(INDEX));
    let again = |what: &str, made_now: u64| {
        let (summary, _) = make("L-12", all(), &made.0);
        assert_eq!(counts(summary), [made_now, 2 - made_now, 1, 1], "{what}");
        assert!(fs::read(&index).unwrap() == first, "{what}: another index");
    };
    again("nothing happened", 0);
    fs::remove_file(made.join("a-L-12.ar.pdf")).unwrap();
    again("a letter was lost", 1);
    fs::write(made.join("d-L-12.ar.pdf"), &alone[..1000]).unwrap();
    again("a letter was cut off", 1);
    // Stopped in the middle of a row: what its index names is there, the rest is made.
    let half = String::from_utf8(first.clone()).unwrap();
    let rows: Vec<&str> = half.lines().collect();
    fs::write(made.join("index.part.csv"), [rows[0], rows[1], &rows[4][..30]].join("\n")).unwrap();
    fs::remove_file(&index).unwrap();
    again("it was stopped", 1);
    assert!(!made.join("index.part.csv").exists());

    // Another request under the same name is another letter.
    let text = fs::read_to_string(requests.join("d.toml")).unwrap();
    fs::write(requests.join("d.toml"), text.replace("N-1448-000211", "N-1448-000311")).unwrap();
    let (summary, _) = make("L-12", all(), &made.0);
    assert_eq!(counts(summary), [1, 1, 1, 1]);
    assert!(fs::read_to_string(&index).unwrap().contains("N-1448-000311"));
}

#[test]
fn lines_become_letters_in_their_order() {
    let made = Folder::new("lines");
    let declined = samples().into_iter().find(|path| path.ends_with("declined.toml")).unwrap();
    let request = line(&declined);
    let named = |name: &str| request.replace("N-1448-000211", name);
    let lines = [
        named("N-2"),
        String::new(),
        "{".to_owned(),
        named("N-1"),
        named("N-2"),
        named("../../../etc/N 3"),
        line(&samples()[0]),
    ];
    let text = lines.join("\n");
    let mut input = text.as_bytes();
    let requests = Requests::Lines(Lines::Json, &mut input, Some(text.len() as u64));
    let (summary, told) = make("L-12", requests, &made.0);
    assert_eq!(counts(summary), [4, 0, 1, 1]);
    assert_eq!(told.last().map(|told| (told.requests, told.done)), Some((6, text.len() as u64)));
    insta::assert_snapshot!(index(&made.0));
}

#[test]
fn a_printer_gets_all_letters_in_one_file() {
    let (requests, made) = (Folder::new("to-print"), Folder::new("printed"));
    for name in ["met", "declined", "tenant"] {
        fs::copy(format!("tests/fixtures/requests/{name}.toml"), requests.join(&format!("{name}.toml")))
            .unwrap();
    }
    make("L-03", Requests::Folder(requests.0.clone()), &made.0);
    let shown = |program: &str, page: &str, before: &[&str], file: &Path, after: &[&str]| {
        let mut command = Command::new(program);
        command.args(["-f", page, "-l", page]).args(before).arg(file).args(after);
        let output = command.output().unwrap();
        assert!(output.status.success() && !output.stdout.is_empty(), "{program}: {output:?}");
        output.stdout
    };
    for (sheets, file) in [(Sheets::OneSided, "one.pdf"), (Sheets::TwoSided, "two.pdf")] {
        let file = made.join(file);
        let joined = letters::join(&made.0, &file, sheets, &|_| {}).unwrap();
        assert_eq!(joined, (3, 3));
        let check = Command::new("qpdf").arg("--check").arg(&file).output().unwrap();
        assert!(check.status.success(), "{check:?}");
        let every = if sheets == Sheets::OneSided { 1 } else { 2 };
        for (index, name) in (0..).zip(["declined", "met", "tenant"]) {
            let alone = made.join(&format!("{name}-L-03.ar.pdf"));
            let page = (1 + index * every).to_string();
            let picture = |page: &str, file: &Path| shown("pdftoppm", page, &["-r", "40", "-png"], file, &[]);
            assert!(picture(&page, &file) == picture("1", &alone), "{name} looks otherwise in {page}");
            let text = |page: &str, file: &Path| shown("pdftotext", page, &[], file, &["-"]);
            assert_eq!(text(&page, &file), text("1", &alone));
        }
        let info = Command::new("pdfinfo").arg(&file).output().unwrap();
        let info = String::from_utf8(info.stdout).unwrap();
        let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap();
        assert_eq!(pages.trim(), (3 * every).to_string());
        // It claims nothing: neither tags nor records were taken over.
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"pdfaid"));
    }
}

#[test]
fn what_would_be_wrong_for_all_stops_at_once() {
    let requests = four("wrong");
    let run = |letter: &'static str, policy: Option<&'static str>| {
        let wanted = Letters { policy, ..wanted(letter, Path::new("out/never")) };
        letters::run(&wanted, Requests::Folder(requests.0.clone()), &|_| {}).unwrap_err()
    };
    assert!(
        matches!(run("L-99", Some("naba")), AppError::Letter(Refusal::Unknown { id, .. }) if id == "L-99")
    );
    assert!(matches!(run("L-12", None), AppError::NoPolicy { known, .. } if known.len() > 1));
    assert!(!Path::new("out/never").exists());
}

/// What each row of an index says: the request, its letter, and why there is none.
fn fates(folder: &Path) -> Vec<String> {
    let mut rows = csv::Reader::from_path(folder.join(INDEX)).unwrap();
    rows.records()
        .map(|row| row.unwrap())
        .map(|row| [&row[0], &row[3], &row[6]].map(str::trim).join(" | "))
        .collect()
}

/// A house in which 1 governs until January and 2 afterwards, with a request from before, one of each, and one for a later day.
fn house_with_requests(name: &str) -> (House, PathBuf) {
    let house = House::with_two(name);
    let requests = house.root().join("requests");
    for (name, submitted) in [
        ("a-early", "2026-11-05"),
        ("b-first", "2027-01-28"),
        ("c-second", "2027-02-03"),
        ("d-later", "2027-02-20"),
    ] {
        let request = house.request(submitted, 4400, "");
        fs::create_dir_all(&requests).unwrap();
        fs::rename(request, requests.join(format!("{name}.toml"))).unwrap();
    }
    (house, requests)
}

/// Each letter of many is the one that the officer would make of that request alone: under the revision that governs it, with the templates
/// that were approved with it.
#[test]
fn letters_of_an_approved_policy_are_official_each_under_its_revision() {
    let (house, requests) = house_with_requests("official-batch");
    let made = house.root().join("letters");
    let run = |policy: &'static str, under: Under, on: &str, today: &str| {
        let asked = Asked { when: When::On(date(on)), under, today: date(today) };
        let wanted = Letters {
            root: house.root(),
            asked,
            lang: Lang::En,
            policy: Some(policy),
            ..wanted("L-01", &made)
        };
        let summary = letters::run(&wanted, Requests::Folder(requests.clone()), &|_| {}).unwrap();
        (counts(summary), fates(&made))
    };
    let official = |today: &str| run("relief", Under::InForce, "2027-02-03", today);
    // A letter is not dated ahead.
    let (counted, rows) = official("2027-02-02");
    assert_eq!(counted, [0, 0, 3, 1]);
    assert!(rows[1].starts_with("b-first.toml |  | the letter is dated"), "{rows:?}");
    let (counted, rows) = official("2027-02-03");
    insta::assert_snapshot!(rows.join("\n"));
    assert_eq!(counted, [2, 0, 1, 1]);
    for name in ["b-first", "c-second"] {
        let request = requests.join(format!("{name}.toml"));
        let alone = house.letter(&request, "2027-02-03", Under::InForce, "2027-02-03").unwrap();
        assert!(!alone.letter.trial);
        let alone = app::set_made(house.root(), &alone, Pictures::No).unwrap().pdf;
        assert!(fs::read(made.join(format!("{name}-L-01.en.pdf"))).unwrap() == alone, "{name}");
    }
    // The templates of the house may change: those of a letter are the ones that were approved.
    let frame = house.root().join("templates/frame.typ");
    fs::write(&frame, fs::read_to_string(&frame).unwrap() + "\n// Changed.\n").unwrap();
    assert_eq!(official("2027-02-04").0, [0, 2, 1, 1]);

    // A trial may be, and is another letter.
    let (counted, _) = run("relief", Under::Trial, "2027-02-03", "2027-02-02");
    assert_eq!(counted, [2, 0, 1, 1]);
    assert_eq!(official("2027-02-03").0, [2, 0, 1, 1], "a trial does not stand for a letter");
    // Where a revision itself is named, its requests are those that it governs.
    let (counted, rows) = run("policies/relief/1", Under::InForce, "2027-02-03", "2027-02-03");
    assert_eq!(counted, [0, 1, 0, 3], "{rows:?}");
}
