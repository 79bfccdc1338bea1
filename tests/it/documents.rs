//! Documents with data of their own: each made of a sample request that something more has happened to, or of no request at all.
//!
//! A file of `tests/fixtures/documents` is laid over the request that it names; `on` is the day of the letter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, NaiveTime};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::{evaluate, request};
use mizan::letter::data::LetterData;
use mizan::letter::{Matter, Occasion, Refusal, compose};
use mizan::policy::{self, About};
use mizan::source::Source;
use mizan::value::{Date, Lang};
use mizan::workspace;
use toml::{Table, Value};

use crate::letters::{TYPESETTER, without_digest};
use crate::naba::{POLICY, stem};

pub(crate) fn table(path: &Path) -> Table {
    workspace::read_text(path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn lay_over(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn noon(day: &str) -> NaiveDateTime {
    day.parse::<Date>().unwrap().and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap())
}

/// The letter of a file, with something more laid over it.
fn made(name: &str, more: &str, lang: Lang) -> Result<LetterData, Refusal> {
    let path = PathBuf::from(format!("tests/fixtures/documents/{name}.toml"));
    let mut file = table(&path);
    lay_over(&mut file, more.parse().unwrap());
    let on = file.remove("on").map_or_else(|| "2026-12-20".to_owned(), |on| on.to_string());
    let occasion = Occasion { at: noon(&on), trial: true };
    let read = |file: &Table| Source::new(path.display().to_string(), toml::to_string(file).unwrap());
    let Some(Value::String(sample)) = file.remove("request") else {
        let details = request::read_details(&POLICY, &read(&file)).unwrap();
        return compose(Matter::Policy(&POLICY, &details), name, lang, occasion);
    };
    let mut whole = table(Path::new(&format!("tests/fixtures/requests/{sample}.toml")));
    lay_over(&mut whole, file);
    // A decision that is taken back is none.
    if whole.get("decision").and_then(|decision| decision.get("outcome")).and_then(Value::as_str) == Some("")
    {
        whole.remove("decision");
    }
    let request =
        request::read(&POLICY, &read(&whole)).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
    let evaluation = evaluate(&POLICY, &request, occasion.at.date());
    compose(&Explanation::new(&POLICY, &request, &evaluation), name, lang, occasion)
}

fn names() -> Vec<String> {
    workspace::list(Path::new("tests/fixtures/documents")).unwrap().iter().map(|path| stem(path)).collect()
}

#[test]
fn every_document_reads_as_it_should() {
    for name in names() {
        let mut pages = Vec::new();
        for lang in [Lang::Ar, Lang::En] {
            let letter =
                made(&name, "", lang).unwrap_or_else(|refusal| panic!("{name}: {}", refusal.text().en));
            let set = TYPESETTER
                .set(&letter, noon("2026-12-20"))
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(set.warnings(), [], "{name}");
            for page in set.text() {
                assert!(!page.contains(['{', '}']), "{name}: {page}");
                // Where the two scripts share a line, the words of a picture are not in the order in which they are read.
                let is_mixed = |line: &&str| {
                    let is_arabic = |letter: char| ('\u{620}'..='\u{64a}').contains(&letter);
                    lang == Lang::En && line.contains(is_arabic)
                };
                for flaw in ["..", "،،", " .", " ،", "None", "(not known)", "(غير معلوم)"] {
                    let line = page.lines().filter(|line| !is_mixed(line)).find(|line| line.contains(flaw));
                    assert_eq!(line, None, "{name}: `{flaw}` in:\n{page}");
                }
                pages.push(without_digest(&page));
            }
        }
        insta::assert_snapshot!(name, pages.join("\n---- page\n\n"));
    }
}

/// Nothing in the engine knows the association: another policy has details of its own.
#[test]
fn another_policy_has_documents_of_its_own() {
    let folder = "policies/library/1";
    let (library, _) = policy::check(folder, &workspace::read_revision(Path::new(folder)).unwrap()).unwrap();
    let mut pages = Vec::new();
    for name in ["APPOINTMENT", "CLOSING"] {
        let path = PathBuf::from(format!("tests/fixtures/documents-library/{name}.toml"));
        let mut file = table(&path);
        let at = noon(&file.remove("on").unwrap().to_string());
        let occasion = Occasion { at, trial: true };
        let read = |file: &Table| Source::new(path.display().to_string(), toml::to_string(file).unwrap());
        for lang in [Lang::Ar, Lang::En] {
            let mut file = file.clone();
            let letter = if let Some(Value::String(sample)) = file.remove("request") {
                let mut whole = table(Path::new(&format!("tests/fixtures/requests-library/{sample}.toml")));
                lay_over(&mut whole, file);
                let request = request::read(&library, &read(&whole)).unwrap();
                let evaluation = evaluate(&library, &request, at.date());
                compose(&Explanation::new(&library, &request, &evaluation), name, lang, occasion).unwrap()
            } else {
                let details = request::read_details(&library, &read(&file)).unwrap();
                compose(Matter::Policy(&library, &details), name, lang, occasion).unwrap()
            };
            let set = TYPESETTER.set(&letter, at).unwrap();
            pages.extend(set.text().iter().map(|page| without_digest(page)));
        }
    }
    insta::assert_snapshot!(pages.join("\n---- page\n\n"));
}

#[test]
fn every_letter_of_the_policy_is_made_by_some_test() {
    let mut wanted: BTreeSet<String> = POLICY.letters.iter().map(|letter| letter.id.clone()).collect();
    for name in names() {
        wanted.remove(&name);
    }
    // These follow from the sample requests as they are.
    let of_samples = ["L-01", "L-03", "L-04", "L-08", "L-10", "L-24"];
    assert_eq!(wanted.iter().map(String::as_str).collect::<Vec<_>>(), of_samples);
}

#[test]
fn whoever_makes_a_document_is_told_what_it_lacks_or_what_forbids_it() {
    let cases = [
        ("a man would visit a woman who is alone", "L-07", "letters.L-07.researcher_is = 'man'"),
        (
            "it is not said who is at home",
            "L-07",
            "letters.L-07.researcher_is = 'man'\nletters.L-07.man_at_home = ''",
        ),
        ("no day", "L-07", "letters.L-07.visit = ''"),
        ("no hour and no name", "L-07", "letters.L-07.from = ''\nletters.L-07.researcher = ''"),
        ("the day has passed", "L-07", "letters.L-07.visit = 2026-12-06"),
        ("visited already", "L-07", "events.visited = 2026-12-07"),
        ("referred before it was agreed", "L-06", "letters.L-06.consent_date = 2026-12-31"),
        ("nothing may be shared", "L-06", "letters.L-06.agreed = []"),
        ("no place on the list", "L-11-waiting", "decision.rank = ''"),
        ("reasons are taken back", "L-11", "decision.reasons = []"),
        ("not closed", "L-13", "events.closed = ''"),
        ("opened again", "L-13", "events.reopened = 2026-12-27"),
        ("on the last day it is not late", "L-14", "on = 2027-01-14"),
        ("no appeal", "L-15", "events.appealed = ''"),
        ("not notified", "L-17", "events.notified = ''"),
        ("not registered", "L-28", "events.registered = ''"),
        ("delivered", "L-28", "events.delivered = 2027-01-06"),
        ("an urgent tanker has no committee", "L-28", "decision.outcome = ''"),
        ("asked for already", "L-20", "events.received = 2026-12-13"),
        ("not entitled", "L-20", "household.size = 1\nhousehold.monthly_income = 90000"),
        ("a decision without a name", "L-09", "letters.L-09.members = [{ capacity = 'رئيس اللجنة' }]"),
        ("no quorum", "L-09", "letters.L-09.present = 2"),
        ("more votes than members", "L-21", "letters.L-21.against = 3"),
        (
            "no majority",
            "L-21",
            "letters.L-21.against = 4\nletters.L-21.abstained = 0\nletters.L-21.voted = 8",
        ),
        ("not unanimous", "L-21", "letters.L-21.how = 'unanimous'"),
        ("nothing is said", "L-22", "letters.L-22 = ''"),
    ];
    let mut said = String::new();
    for (what, name, more) in cases {
        let Err(refusal) = made(name, more, Lang::Ar) else { panic!("{what}: {name} was made") };
        let text = refusal.text();
        said += &format!("{what}: {name}\n  {}\n  {}\n\n", text.ar, text.en);
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_researcher_may_visit_where_somebody_is_at_home() {
    assert!(
        made("L-07", "letters.L-07.researcher_is = 'man'\nletters.L-07.man_at_home = true", Lang::Ar).is_ok()
    );
    // Where the applicant is a man, it need not be known.
    let man = "applicant.sex = 'male'\nletters.L-07.researcher_is = 'man'\nletters.L-07.man_at_home = ''";
    assert!(made("L-07", man, Lang::Ar).is_ok());
}

#[test]
fn a_work_order_says_nothing_private() {
    for lang in [Lang::Ar, Lang::En] {
        let letter = made("L-28", "", lang).unwrap();
        let words =
            serde_json::to_string(&(&letter.text, &letter.table, &letter.subject, &letter.frame)).unwrap();
        for private in ["5400", "5,400", "٥٬٤٠٠", "800", "٨٠٠", "أرمل", "widow", "1000000008", "١٠٠٠٠٠٠٠٠٨"]
        {
            assert!(!words.contains(private), "`{private}` in {words}");
        }
    }
}

#[test]
fn a_letter_is_about_a_request_or_it_is_not() {
    let nothing = BTreeMap::new();
    let occasion = Occasion { at: noon("2026-12-20"), trial: true };
    for letter in &POLICY.letters {
        let refusal = compose(Matter::Policy(&POLICY, &nothing), &letter.id, Lang::En, occasion).err();
        assert_eq!(refusal == Some(Refusal::OfRequest), letter.about == About::Request, "{}", letter.id);
    }
    let request = crate::naba::sample(Path::new("tests/fixtures/requests/met.toml"));
    let evaluation = evaluate(&POLICY, &request, occasion.at.date());
    let explanation = Explanation::new(&POLICY, &request, &evaluation);
    let refusal = compose(&explanation, "L-02", Lang::En, occasion).err();
    assert_eq!(refusal, Some(Refusal::OfPolicy));
}
