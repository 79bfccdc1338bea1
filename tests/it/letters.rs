//! Letters of the sample requests, from the request to the page, and why others are not made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use mizan::app::{self, AppError, Pictures, Variant, Wanted, When};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::{evaluate, request};
use mizan::letter::data::{Code, LetterData};
use mizan::letter::{Occasion, compose};
use mizan::policy::Issue;
use mizan::source::Source;
use mizan::typeset::{Fonts, Typesetter};
use mizan::value::{Date, Lang};
use mizan::workspace;

use crate::naba::{POLICY, sample, samples, stem};
use crate::{claims, seal};

pub(crate) static TYPESETTER: LazyLock<Typesetter> = LazyLock::new(|| {
    let font = |name: &str| (name.to_owned(), workspace::read_bytes(&Path::new("fonts").join(name)).unwrap());
    let templates = workspace::list(Path::new("templates")).unwrap();
    let templates = templates.iter().filter(|path| path.extension().is_some_and(|ending| ending == "typ"));
    let templates = templates.map(|path| (stem(path), workspace::read_text(path).unwrap()));
    Typesetter::new(Fonts::new(Fonts::names().map(font).collect()).unwrap(), templates.collect()).unwrap()
});

/// The day on which an officer would make the letter.
pub(crate) fn moment(path: &Path, issue: Issue) -> NaiveDateTime {
    let request = sample(path);
    let submitted = request.submitted_at.date();
    let event = |id: &str| {
        let index = POLICY.events.iter().position(|event| event.id == id).unwrap();
        request.events.get(&index).map(|moment| moment.date())
    };
    let day = match issue {
        Issue::Always | Issue::After | Issue::Differing | Issue::Possible => submitted,
        Issue::Undecided => event("referred_to_committee").unwrap_or(submitted),
        Issue::Missing => submitted + TimeDelta::days(2),
        Issue::Referred => event("referred_to_committee").unwrap_or(submitted),
        Issue::Granted
        | Issue::Approved
        | Issue::Partial
        | Issue::Waiting
        | Issue::Deferred
        | Issue::Declined
        | Issue::Elsewhere => event("decided").unwrap_or(submitted) + TimeDelta::days(1),
    };
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap())
}

fn letter(path: &Path, kind: &str, lang: Lang, at: NaiveDateTime) -> Result<LetterData, AppError> {
    let when = When::On(at.date());
    let wanted =
        Wanted { letter: kind, request: Some(path), policy: None, lang, when, variant: Variant::default() };
    let (letter, made_at) = app::letter(Path::new("."), &wanted)?;
    assert_eq!(made_at, at, "made at noon");
    Ok(letter)
}

/// A file that other programs can look at, and that is gone afterwards.
struct OnDisk(PathBuf);

impl OnDisk {
    fn new(name: &str, bytes: &[u8]) -> OnDisk {
        let path = std::env::temp_dir().join(format!("mizan-letters-{}-{name}.pdf", std::process::id()));
        workspace::write(&path, bytes).unwrap();
        OnDisk(path)
    }

    fn seen_by(&self, program: &str, before: &[&str], after: &[&str]) -> String {
        let output = Command::new(program).args(before).arg(&self.0).args(after).output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The digest of an evaluation hangs on where each rule stands, the code of a letter on the content of all files: any edit of the
/// policy would touch every page.
pub(crate) fn without_digest(page: &str) -> String {
    let is_hex = |word: &str| word.chars().all(|letter| letter.is_ascii_hexdigit());
    let words: Vec<&str> = page.split_whitespace().collect();
    let codes = words.windows(4).filter(|four| four.iter().all(|word| word.len() == 4 && is_hex(word)));
    let codes = codes.map(|four| four.join(" "));
    let digests = words.iter().filter(|word| word.len() == 16 && is_hex(word)).map(|word| (*word).to_owned());
    codes.chain(digests).fold(page.to_owned(), |page, digest| page.replace(&digest, "…"))
}

#[test]
fn every_letter_that_may_be_issued_reads_as_it_should() {
    let mut made = BTreeSet::new();
    for path in samples() {
        let request = sample(&path);
        for kind in &POLICY.letters {
            let at = moment(&path, kind.issue);
            let evaluation = evaluate(&POLICY, &request, at.date());
            let explanation = Explanation::new(&POLICY, &request, &evaluation);
            let mut pages = Vec::new();
            for lang in [Lang::Ar, Lang::En] {
                let Ok(mut letter) = compose(&explanation, &kind.id, lang, Occasion { at, trial: true })
                else {
                    continue;
                };
                // It hangs on the whole record: any edit of the policy would touch every page.
                letter.code = Some(Code::new("naba", &kind.id, &"0".repeat(16), None));
                let set = TYPESETTER.set(&letter, at).unwrap();
                assert_eq!(set.warnings(), []);
                for page in set.text() {
                    assert!(page.contains("TRIAL") && page.contains("تجربة"), "{page}");
                    assert!(!page.contains(['{', '}']), "{page}");
                    for flaw in ["..", "،،", " .", " ،", "None", "(not known)", "(غير معلوم)"] {
                        assert!(!page.replace(". . .", "").contains(flaw), "`{flaw}` in:\n{page}");
                    }
                    pages.push(if kind.signer.is_some() { without_digest(&page) } else { page });
                }
                made.insert((kind.id.clone(), lang.tag()));
            }
            if !pages.is_empty() {
                let name = format!("{}-{}", stem(&path), kind.id);
                insta::assert_snapshot!(name, pages.join("\n---- page\n\n"));
            }
        }
    }
    // The others need something more: see `documents`.
    assert!(made.len() >= 2 * 8, "only {made:?}");
}

#[test]
fn a_letter_is_a_sound_file_and_carries_the_evaluation() {
    let samples = samples();
    let mut made = Vec::new();
    for kind in &POLICY.letters {
        for lang in [Lang::Ar, Lang::En] {
            let found = samples.iter().find_map(|path| {
                let at = moment(path, kind.issue);
                Some((path, at, letter(path, &kind.id, lang, at).ok()?))
            });
            let Some((path, at, letter)) = found else { continue };
            let set = app::set(Path::new("."), &letter, at, Pictures::No).unwrap();
            assert!(letter.trial, "nothing has approved the policy");
            assert!(set.has_typeface, "the typeface is missing: run `scripts/setup --tests` first");
            let again = TYPESETTER.set(&letter, at).unwrap().pdf().unwrap();
            assert!(set.pdf == again, "{} {}: other bytes the second time", kind.id, lang.tag());

            let file = OnDisk::new(&format!("{}.{}", kind.id, lang.tag()), &set.pdf);
            file.seen_by("qpdf", &["--check"], &[]);
            assert!(!file.seen_by("pdftotext", &[], &["-"]).contains(['{', '}']));

            let record = file.seen_by("pdfdetach", &["-save", "1", "-o", "/dev/stdout"], &[]);
            let record: serde_json::Value = serde_json::from_str(&record).unwrap();
            let request = sample(path);
            let evaluation = evaluate(&POLICY, &request, at.date());
            assert_eq!(record, letter.record);
            // Read back, what it carries is the request, and it comes to the same.
            let written = Source::new("record.json", record["request"].to_string());
            let again = request::read_json(&POLICY, &written).unwrap();
            assert_eq!(format!("{again:?}"), format!("{request:?}"));
            assert_eq!(record["result"], evaluation.result.name());
            made.push(file);
        }
    }
    let made: Vec<PathBuf> = made.iter().map(|file| file.0.clone()).collect();
    claims::hold(&made, "3a");
    seal::stand(&made, "3a");
}

#[test]
fn an_officer_is_told_why_a_letter_is_not_made() {
    let folder = std::env::temp_dir().join(format!("mizan-refusals-{}", std::process::id()));
    let without = |name: &str, path: &str, words: &[&str]| {
        let text = workspace::read_text(Path::new(path)).unwrap();
        let kept = text.lines().filter(|line| !words.iter().any(|word| line.starts_with(word)));
        let changed = folder.join(format!("{name}.toml"));
        workspace::write(&changed, kept.collect::<Vec<_>>().join("\n").as_bytes()).unwrap();
        changed
    };
    let sample = |name: &str| PathBuf::from(format!("tests/fixtures/requests/{name}.toml"));
    let cases = [
        ("no such letter", sample("met"), "L-99"),
        ("nothing is missing", sample("met"), "L-04"),
        ("sources differ", sample("conflict"), "L-04"),
        ("not referred yet", sample("met"), "L-10"),
        ("no decision", sample("met"), "L-11"),
        ("no decision to decline", sample("not-met"), "L-12"),
        ("the other decision", sample("declined"), "L-11"),
        ("the other decision again", sample("approved"), "L-12"),
        ("no number", without("number", "tests/fixtures/requests/met.toml", &["case_ref"]), "L-03"),
        ("no name", without("name", "tests/fixtures/requests/met.toml", &["name"]), "L-03"),
        (
            "nobody in particular declares",
            without("nobody", "tests/fixtures/requests/met.toml", &["name", "national_id", "capacity"]),
            "L-01",
        ),
        (
            "declined without a reason",
            {
                let text = workspace::read_text(&sample("approved")).unwrap();
                let path = folder.join("reasonless.toml");
                let text = text.replace("outcome = \"approved\"", "outcome = \"declined\"");
                workspace::write(&path, text.as_bytes()).unwrap();
                path
            },
            "L-12",
        ),
        (
            "approved against the evaluation",
            {
                let text = workspace::read_text(&sample("declined")).unwrap();
                let path = folder.join("against.toml");
                let text = text.replace("outcome = \"declined\"", "outcome = \"approved\"");
                workspace::write(&path, text.as_bytes()).unwrap();
                path
            },
            "L-11",
        ),
        (
            "approved before it was complete",
            {
                let text = workspace::read_text(&sample("approved")).unwrap();
                let path = folder.join("early.toml");
                let text = text.replace("monthly_income = 5400", "monthly_income = \"\"");
                workspace::write(&path, text.as_bytes()).unwrap();
                path
            },
            "L-11",
        ),
        (
            "said to be complete before it was",
            {
                let text = workspace::read_text(&sample("referred")).unwrap();
                let path = folder.join("incomplete.toml");
                let text = text.replace("storage = \"٠٫٥\"", "").replace("days_without = 8", "");
                workspace::write(&path, text.as_bytes()).unwrap();
                path
            },
            "L-10",
        ),
    ];
    let mut said = String::new();
    for (what, path, kind) in cases {
        let at = moment(&path, if kind == "L-10" { Issue::Referred } else { Issue::Approved });
        let Err(AppError::Letter(refusal)) = letter(&path, kind, Lang::Ar, at) else {
            panic!("{what}: {kind} was made");
        };
        let (text, help) = (refusal.text(), refusal.help());
        said +=
            &format!("{what}: {kind}\n  {}\n    {}\n  {}\n    {}\n\n", text.ar, help.ar, text.en, help.en);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    insta::assert_snapshot!(said);
}

/// The pieces of a letter that is made on a day.
fn pieces(request: &str, kind: &str, day: &str) -> Vec<String> {
    let path = PathBuf::from(format!("tests/fixtures/requests/{request}.toml"));
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    let letter = letter(&path, kind, Lang::Ar, day.parse::<Date>().unwrap().and_time(noon)).unwrap();
    letter.text.into_keys().collect()
}

#[test]
fn what_may_be_left_out_is_not_promised_once_its_day_has_passed() {
    let has = |pieces: Vec<String>, name: &str| pieces.iter().any(|piece| piece == name);
    // On its last day it is still true.
    assert!(has(pieces("met", "L-03", "2026-12-16"), "next"));
    assert!(!has(pieces("met", "L-03", "2026-12-17"), "next"));
    assert!(has(pieces("met", "L-03", "2026-12-17"), "last"));
    assert!(has(pieces("referred", "L-10", "2026-12-31"), "study"));
    assert!(!has(pieces("referred", "L-10", "2027-01-10"), "study"));
    assert!(has(pieces("referred", "L-10", "2027-01-10"), "reply"));
    // What was written before the decision can be printed again as it was.
    assert!(has(pieces("declined", "L-10", "2026-12-28"), "reply"));
}
