//! `mizan verify` on letters to which something was done: each file of `tests/fixtures/altered` says from which letter it starts, what is done
//! to it, and what is to be said of it first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use chrono::{NaiveDate, NaiveDateTime};
use mizan::app::seal::Sealer;
use mizan::app::verify::{self, State, Verified};
use mizan::app::{self, Pictures, Variant, Wanted, When};
use mizan::evaluation::request;
use mizan::letter::data::{LetterData, Piece, Run};
use mizan::seal::{Key, NewKey, new_key};
use mizan::source::Source;
use mizan::value::{Lang, Text};
use mizan::workspace;
use serde::Deserialize;

use crate::documents::{lay_over, table};
use crate::naba::{POLICY, sample, samples, stem};

const PASSPHRASE: &str = "a passphrase for tests";

/// A case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    /// What it is, for whoever reads the case.
    #[expect(dead_code, reason = "for whoever reads the case")]
    about: String,
    /// From which letter it starts.
    letter: Start,
    /// By which key that is sealed.
    #[serde(default)]
    key: Whose,
    /// What is done before it is set and sealed, as only whoever holds the key could.
    before: Option<Before>,
    /// What is done to the file.
    #[serde(default)]
    after: Vec<After>,
    /// What the place is like where it is verified.
    #[serde(default)]
    place: PlaceOf,
    /// The day on which it is verified.
    today: Option<String>,
    /// What is to be said first.
    answer: String,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Start {
    kind: String,
    request: String,
    on: String,
    lang: Option<Lang>,
    #[serde(default)]
    large_print: bool,
    #[serde(default)]
    bilingual: bool,
}

impl Start {
    fn variant(&self) -> Variant<'static> {
        Variant { large_print: self.large_print, bilingual: self.bilingual, signature: None }
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Whose {
    /// The association's.
    #[default]
    Known,
    /// Somebody's who says that he is the association.
    Stranger,
    /// The association's, which had expired.
    Expired,
    /// The association's, which is not valid yet.
    NotYet,
    /// The association's, which expires later.
    Short,
    /// None.
    None,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Before {
    /// The record is that of another letter.
    RecordOf(Start),
    /// The record is this text.
    Record(String),
    /// In the record, what stands at a place is another thing.
    Set { place: String, to: toml::Value },
    /// In the record, something is left out.
    LeaveOut(String),
    /// On the page, the first paragraph says something else.
    Words(String),
    /// On the page, a value is another one.
    Word { from: String, to: String },
    /// It is in large print.
    LargePrint(bool),
    /// It bears the mark of a trial, or none.
    Trial(bool),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum After {
    /// One bit of the byte at a place, in thousandths of the letter, is turned.
    Turn(usize),
    /// One bit is turned of the byte that stands so far behind a word.
    TurnBehind(String, usize),
    /// Words are put in place of others of the same length.
    Replace(String, String),
    /// So many bytes are taken from the end.
    Cut(usize),
    /// Words are put at the end.
    Append(String),
    /// The seal is taken off.
    Unseal,
    /// It is sealed by another.
    SealAgain(Whose),
    /// The envelope of another letter's seal is put into this one's.
    EnvelopeOf(Start),
    /// As another program saves it on: an object is replaced in a new revision behind the seal.
    Update { object: String, with: String },
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PlaceOf {
    /// As it was.
    #[default]
    Same,
    /// A second revision governs.
    Followed,
    /// A sentence of the revision was changed since.
    Changed,
    /// There is no such revision.
    Elsewhere,
    /// A template was changed since.
    OtherTemplates,
    /// The association knows no key.
    NoKeys,
}

fn moment(day: &str) -> NaiveDateTime {
    day.parse::<NaiveDate>().unwrap().and_hms_opt(12, 0, 0).unwrap()
}

static KEYS: LazyLock<BTreeMap<Whose, NewKey>> = LazyLock::new(|| {
    let made = |from, until| {
        let name = Text::new("جمعية الاختبار", "Test");
        new_key(&name, moment(from), moment(until), PASSPHRASE).unwrap()
    };
    BTreeMap::from([
        (Whose::Known, made("2026-01-01", "2036-01-01")),
        (Whose::Stranger, made("2026-01-01", "2036-01-01")),
        (Whose::Expired, made("2024-01-01", "2026-12-01")),
        (Whose::NotYet, made("2027-06-01", "2030-06-01")),
        (Whose::Short, made("2026-01-01", "2027-01-05")),
    ])
});

static OPENED: LazyLock<BTreeMap<Whose, Key>> = LazyLock::new(|| {
    let open = |new: &NewKey| {
        Key::read(new.key.as_bytes(), Some(new.certificate.as_bytes()), Some(PASSPHRASE)).unwrap()
    };
    KEYS.iter().map(|(whose, new)| (*whose, open(new))).collect()
});

/// The places in which letters are verified, each made once.
static PLACES: LazyLock<Mutex<BTreeMap<PlaceOf, PathBuf>>> = LazyLock::new(Mutex::default);

fn place(kind: PlaceOf) -> PathBuf {
    let mut places = PLACES.lock().unwrap();
    if let Some(place) = places.get(&kind) {
        return place.clone();
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-{kind:?}"));
    let _ = fs::remove_dir_all(&root);
    let copy = |from: &str, to: &str, change: &dyn Fn(&str, String) -> String| {
        for file in workspace::read_folder(&here.join(from)).unwrap() {
            let path = root.join(to).join(&file.path);
            match String::from_utf8(file.bytes) {
                Ok(text) => workspace::write(&path, change(&file.path, text).as_bytes()).unwrap(),
                Err(error) => workspace::write(&path, error.as_bytes()).unwrap(),
            }
        }
    };
    let as_it_is = |_: &str, text: String| text;
    copy("templates", "templates", &|path, text| match (kind, path) {
        (PlaceOf::OtherTemplates, "decline.typ") => text + "\n// another look\n",
        _ => text,
    });
    std::os::unix::fs::symlink(here.join("fonts"), root.join("fonts")).unwrap();
    match kind {
        PlaceOf::Elsewhere => copy("policies/library/1", "policies/library/1", &as_it_is),
        PlaceOf::Changed => copy("policies/naba/1", "policies/naba/1", &|path, text| {
            if path == "clauses.toml" { text + "\n# one more line\n" } else { text }
        }),
        _ => copy("policies/naba/1", "policies/naba/1", &as_it_is),
    }
    if kind == PlaceOf::Followed {
        copy("policies/naba/1", "policies/naba/2", &|path, text| match path {
            "policy.toml" => text
                .replace("number = 1\n", "number = 2\n")
                .replace("in_force_from = 2026-12-01", "in_force_from = 2027-01-01"),
            _ => text,
        });
    }
    let seal = root.join("policies/naba/seal");
    if kind != PlaceOf::NoKeys {
        for whose in [Whose::Known, Whose::Expired, Whose::NotYet, Whose::Short] {
            let path = seal.join(format!("{whose:?}.pem"));
            workspace::write(&path, KEYS[&whose].certificate.as_bytes()).unwrap();
        }
    }
    places.insert(kind, root.clone());
    root
}

/// The request of a letter that needs more than the samples say.
fn laid_over(name: &str) -> PathBuf {
    let mut over = table(Path::new(&format!("tests/fixtures/documents/{name}.toml")));
    over.remove("on");
    let under = over.remove("request").unwrap();
    let mut whole = table(Path::new(&format!("tests/fixtures/requests/{}.toml", under.as_str().unwrap())));
    lay_over(&mut whole, over);
    // A decision that is taken back is none.
    if whole.get("decision").is_some_and(|decision| decision["outcome"].as_str() == Some("")) {
        whole.remove("decision");
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-{name}.toml"));
    workspace::write(&path, toml::to_string(&whole).unwrap().as_bytes()).unwrap();
    path
}

fn composed(start: &Start) -> (LetterData, NaiveDateTime) {
    let request = match start.request.strip_prefix("documents/") {
        None => PathBuf::from(format!("tests/fixtures/requests/{}.toml", start.request)),
        Some(name) => laid_over(name),
    };
    let when = When::On(start.on.parse().unwrap());
    let lang = start.lang.unwrap_or(Lang::Ar);
    let wanted = Wanted {
        letter: &start.kind,
        request: Some(&request),
        policy: None,
        lang,
        variant: start.variant(),
        when,
    };
    app::letter(Path::new("."), &wanted).unwrap()
}

/// Letters by how they were made.
type Issued = BTreeMap<(Start, Whose), Vec<u8>>;

/// What was set and sealed before.
static MADE: LazyLock<Mutex<Issued>> = LazyLock::new(Mutex::default);

/// A letter as it is issued.
fn issued(start: &Start, key: Whose) -> Vec<u8> {
    if let Some(made) = MADE.lock().unwrap().get(&(start.clone(), key)) {
        return made.clone();
    }
    let (letter, at) = composed(start);
    let made = set(&letter, at, key);
    MADE.lock().unwrap().insert((start.clone(), key), made.clone());
    made
}

fn set(letter: &LetterData, at: NaiveDateTime, key: Whose) -> Vec<u8> {
    let pdf = app::set(Path::new("."), letter, at, Pictures::No).unwrap().pdf;
    match OPENED.get(&key) {
        None => pdf,
        Some(key) => Sealer { key, authority: None }.seal(&pdf, letter, at).unwrap(),
    }
}

fn before(letter: &mut LetterData, change: &Before) {
    match change {
        Before::RecordOf(other) => letter.record = composed(other).0.record,
        Before::Record(text) => letter.record = serde_json::Value::String(text.clone()),
        Before::Set { place, to } => {
            let was = letter.record.pointer_mut(place).unwrap();
            let to = serde_json::to_value(to).unwrap();
            assert_ne!(*was, to, "nothing was changed");
            *was = to;
        }
        Before::LeaveOut(part) => {
            letter.record.as_object_mut().unwrap().remove(part).unwrap();
        }
        Before::Words(words) => {
            let first = letter.text.values_mut().find_map(|piece| match piece {
                Piece::One(runs) => Some(runs),
                Piece::Each(_) => None,
            });
            *first.unwrap() = vec![Run::Plain(words.clone())];
        }
        Before::Word { from, to } => {
            let text = serde_json::to_string(&letter.text).unwrap();
            assert!(text.contains(from), "no `{from}` in {text}");
            letter.text = serde_json::from_str(&text.replace(from, to)).unwrap();
        }
        Before::LargePrint(large_print) => letter.look.large_print = *large_print,
        Before::Trial(trial) => letter.trial = *trial,
    }
}

fn find(pdf: &[u8], words: &str) -> usize {
    let found = pdf.windows(words.len()).rposition(|window| window == words.as_bytes());
    found.unwrap_or_else(|| panic!("no `{words}` in the file"))
}

fn envelope(pdf: &[u8]) -> std::ops::Range<usize> {
    let start = find(pdf, "/Contents<") + "/Contents<".len();
    start..start + pdf[start..].iter().position(|byte| *byte == b'>').unwrap()
}

fn after(mut pdf: Vec<u8>, change: &After, case: &Case) -> Vec<u8> {
    match change {
        After::Turn(thousandths) => {
            // Of the letter, without its seal: a key that was made just now does not move the place.
            let length = pdf.windows(5).position(|window| window == b"%%EOF").unwrap();
            let place = length * thousandths / 1000;
            pdf[place] ^= 1;
        }
        After::TurnBehind(words, distance) => {
            let place = find(&pdf, words) + words.len() + distance;
            pdf[place] ^= 1;
        }
        After::Replace(from, to) => {
            assert_eq!(from.len(), to.len());
            let place = find(&pdf, from);
            pdf[place..place + from.len()].copy_from_slice(to.as_bytes());
        }
        After::Cut(length) => pdf.truncate(pdf.len() - length),
        After::Append(words) => pdf.extend_from_slice(words.as_bytes()),
        After::Unseal => {
            let first = pdf.windows(5).position(|window| window == b"%%EOF").unwrap() + 5;
            pdf.truncate(first);
        }
        After::SealAgain(whose) => {
            let (letter, at) = composed(&case.letter);
            pdf = Sealer { key: &OPENED[whose], authority: None }.seal(&pdf, &letter, at).unwrap();
        }
        After::EnvelopeOf(other) => {
            let other = issued(other, case.key);
            let from = other[envelope(&other)].to_vec();
            let place = envelope(&pdf);
            pdf[place].copy_from_slice(&from);
        }
        After::Update { object, with } => {
            let table = find(&pdf, "startxref\n") + "startxref\n".len();
            let table: usize =
                std::str::from_utf8(&pdf[table..]).unwrap().lines().next().unwrap().parse().unwrap();
            // The number stands before the dictionary: `12 0 obj\n<<…`.
            let place = find(&pdf, object);
            let line = pdf[..place].windows(7).rposition(|window| window == b" 0 obj\n").unwrap();
            let start = pdf[..line].iter().rposition(|byte| !byte.is_ascii_digit()).unwrap() + 1;
            let number = std::str::from_utf8(&pdf[start..line]).unwrap().to_owned();
            let root = find(&pdf, "/Root ") + "/Root ".len();
            let root =
                std::str::from_utf8(&pdf[root..root + 12]).unwrap().split(" R").next().unwrap().to_owned();
            let at = pdf.len();
            pdf.extend_from_slice(format!("{number} 0 obj\n{with}\nendobj\n").as_bytes());
            let place = pdf.len();
            let table = format!(
                "xref\n{number} 1\n{at:010} 00000 n \ntrailer\n<</Size 999/Root {root} R/Prev {table}>>\nstartxref\n{place}\n%%EOF\n"
            );
            pdf.extend_from_slice(table.as_bytes());
        }
    }
    pdf
}

fn said(verified: &Verified, lang: Lang) -> String {
    let mut said = format!("{}\n", verified.sentence().get(lang));
    for check in verified.checks() {
        let mark = match check.state {
            State::Fine => "✓",
            State::Wrong => "✗",
            State::Open => "–",
        };
        said += &format!("  {mark} {}\n", check.text.get(lang));
    }
    said
}

#[test]
fn what_was_done_to_a_letter_is_told_apart() {
    let (mut seen, mut wrong) = (BTreeMap::new(), Vec::new());
    let paths = workspace::list(Path::new("tests/fixtures/altered")).unwrap();
    assert!(paths.len() >= 40, "only {} altered files", paths.len());
    for path in paths {
        let name = stem(&path);
        let case: Case = toml::from_str(&workspace::read_text(&path).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut pdf = match &case.before {
            None => issued(&case.letter, case.key),
            Some(change) => {
                let (mut letter, at) = composed(&case.letter);
                before(&mut letter, change);
                set(&letter, at, case.key)
            }
        };
        for change in &case.after {
            pdf = after(pdf, change, &case);
        }
        let root = place(case.place);
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-{name}.pdf"));
        fs::write(&file, pdf).unwrap();
        let now = moment(case.today.as_deref().unwrap_or("2027-01-10"));
        let result = verify::verify(&root, &file, now);
        fs::remove_file(&file).unwrap();
        let (answer, text) = match result {
            Ok(verified) => {
                let json = verified.json();
                let answer = json["answer"].as_str().unwrap().to_owned();
                assert_eq!(json["genuine"].as_bool().unwrap(), verified.answer.is_genuine());
                (answer, format!("{}\n{}", said(&verified, Lang::Ar), said(&verified, Lang::En)))
            }
            Err(error) => {
                let text = error.text().unwrap();
                let text = format!("{}\n\n{}\n", text.ar, text.en);
                ("unreadable".to_owned(), text.replace(file.to_str().unwrap(), "FILE"))
            }
        };
        if answer != case.answer {
            wrong.push(format!("{name}: {answer}, not {}\n{text}", case.answer));
        }
        insta::assert_snapshot!(name.clone(), text);
        *seen.entry(answer).or_insert(0) += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all = [
        "added",
        "altered",
        "differs",
        "expired",
        "genuine",
        "no-seal",
        "not-yet",
        "other-page",
        "sealed",
        "superseded",
        "swapped",
        "trial",
        "unknown-key",
        "unknown-revision",
        "unreadable",
        "wrong-record",
    ];
    let missing: Vec<&str> = all.into_iter().filter(|answer| !seen.contains_key(*answer)).collect();
    // A letter that is no trial is made only once a revision can be approved.
    assert_eq!(missing, ["genuine"], "{seen:?}");
}

#[test]
fn what_a_letter_carries_is_the_request_as_it_was_declared() {
    for path in samples() {
        let request = sample(&path);
        for letter in &POLICY.letters {
            let written = request::written(&POLICY, &request, letter);
            let again =
                request::read_json(&POLICY, &Source::new("record.json", written.to_string())).unwrap();
            // Of what letters say besides, each carries its own alone.
            let mut own = request.clone();
            own.details.retain(|slot, _| letter.details.iter().any(|detail| detail.slot == *slot));
            assert_eq!(format!("{again:?}"), format!("{own:?}"), "{} {}", path.display(), letter.id);
        }
    }
}
