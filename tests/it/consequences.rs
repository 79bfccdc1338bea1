//! The paper on which a board votes: every word of it in both languages, its pages, and what its digest covers.

use std::path::{Path, PathBuf};
use std::process::Command;

use mizan::app::policy::{self, Tabled, papers};
use mizan::app::{AppError, Pictures};
use mizan::revision::statement::Vote;
use mizan::value::Lang;

use crate::approval::{House, date, told};
use crate::claims;

fn text(root: &Path, asked: &str, requests: Option<&Path>, lang: Lang) -> String {
    let draft = papers::draft(root, Some(asked), None, requests, lang, date("2027-01-10"));
    draft.unwrap_or_else(|error| panic!("{}", told(&error))).paper.text()
}

/// A second revision, drafted: a lower limit, a paper that may be older, a question answered, and reasons for some of that.
fn second(name: &str) -> House {
    let house = House::new(name);
    house.approve("2026-11-01");
    crate::approval::copy(Path::new("templates"), &house.root().join("templates"));
    house.next("2027-01-10", "1000", "2027-02-01", "favourable");
    let change = |file: &str, from: &str, to: &str| {
        let before = house.read(file);
        assert_eq!(before.matches(from).count(), 1, "{file}: {from}");
        house.write(file, &before.replace(from, to));
    };
    change("2/documents.toml", "90 days", "180 days");
    change("2/interpretations.toml", "proposed = \"after\"", "proposed = \"after\"\nchosen = \"after\"");
    house.write(
        "2/changes.toml",
        "revision = { ar = \"مراجعة سنوية بعد ارتفاع الطلبات.\", en = \"The yearly review, after more requests than the budget serves.\" }\n\n[why.income_limit]\nar = \"نفدت الميزانية قبل نهاية العام، فقُدِّم الأشدُّ حاجة.\"\nen = \"The budget ran out before the year did, so those in greatest need come first.\"\n",
    );
    house
}

/// Requests of before and after the day on which the second revision comes into force; one of them was decided, one cannot be read.
fn requests(house: &House) -> PathBuf {
    let folder = house.root().join("requests");
    for (number, (submitted, income, tenure, issued, more)) in [
        ("2027-01-20", "4400", "owner", "2027-01-10", ""),
        ("2027-02-03", "4400", "owner", "2027-01-10", ""),
        ("2027-01-20", "3200", "owner", "2027-01-10", ""),
        ("2027-01-20", "8000", "tenant", "2027-01-10", ""),
        ("2027-01-21", "3200", "owner", "2026-10-01", ""),
        ("2027-02-03", "3200", "owner", "2026-10-01", ""),
        ("2027-01-21", "", "owner", "2027-01-10", ""),
        (
            "2026-12-10",
            "3200",
            "owner",
            "2026-12-01",
            "[decision]\noutcome = \"approved\"\ndate = 2027-01-05\nmeeting = \"3\"\nminutes = \"3/7\"\n",
        ),
        ("2027-01-22", "3200", "lodger", "2027-01-10", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let income = if income.is_empty() { String::new() } else { format!(", income = {income}") };
        let text = format!(
            "policy = \"relief\"\ncase_ref = \"R-{number}\"\nservice = \"S1\"\nchannel = \"4.1\"\nsubmitted_at = {submitted}\nhousehold = {{ size = 4{income} }}\ndwelling = {{ tenure = \"{tenure}\" }}\n{more}\n[documents.D-FAM]\nissued = {issued}\n"
        );
        mizan::workspace::write(&folder.join(format!("{number}.toml")), text.as_bytes()).unwrap();
    }
    folder
}

#[test]
fn of_the_first_revision_it_says_that_it_is_the_first() {
    for lang in Lang::ALL {
        insta::assert_snapshot!(
            format!("first.{}", lang.tag()),
            text(Path::new(env!("CARGO_MANIFEST_DIR")), "naba", None, lang)
        );
    }
}

#[test]
fn what_requests_come_to_by_the_first_revision_is_told_too() {
    let house = House::new("consequences-first");
    let requests = requests(&house);
    let text = text(house.root(), "relief", Some(&requests), Lang::En);
    let impact =
        text.split("What it does\n").nth(1).unwrap().split("Findings and questions\n").next().unwrap();
    insta::assert_snapshot!("first-with-requests.en", impact);
}

#[test]
fn of_a_second_revision_it_says_what_changes_and_what_that_does() {
    let house = second("consequences");
    let requests = requests(&house);
    for lang in Lang::ALL {
        let name = |what: &str| format!("{what}.{}", lang.tag());
        insta::assert_snapshot!(name("second"), text(house.root(), "relief", Some(&requests), lang));
        let without = text(house.root(), "relief", None, lang);
        insta::assert_snapshot!(name("without-requests"), without);
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> String {
    // To standard output, where the program would write a file.
    let to = (program == "pdftotext").then_some("-");
    let output = Command::new(program).args(arguments).arg(path).args(to).output().unwrap();
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_tabled_is_a_sound_file_the_same_each_time_and_signed_with_the_rest() {
    let house = second("consequences-tabled");
    let requests = requests(&house);
    let tabled = Tabled { again: true, ..House::tabled("2027-01-10") };
    let propose = |requests: &Path| -> Result<Vec<Vec<u8>>, AppError> {
        policy::propose(house.root(), None, tabled, Some(requests))?;
        let read =
            |tag: &str| std::fs::read(house.path(&format!("2.proposal/consequences.{tag}.pdf"))).unwrap();
        Ok(vec![read("ar"), read("en")])
    };
    let made = propose(&requests).unwrap_or_else(|error| panic!("{}", told(&error)));
    let [ar, en] = ["ar", "en"].map(|tag| house.path(&format!("2.proposal/consequences.{tag}.pdf")));
    let digest = house.read("2/SHA256SUMS");
    let digest = mizan::revision::Digest::of(digest);
    for path in [&ar, &en] {
        run("qpdf", &["--check"], path);
        assert!(run("pdfinfo", &[], path).contains("Tagged:          yes"));
        let words = run("pdftotext", &["-layout"], path);
        // Nothing of the machine on which it was made; the whole digest; nothing that says it is a mere draft.
        assert!(!words.contains(house.root().to_str().unwrap()), "{words}");
        let signs: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(signs.contains(&digest.to_string()), "{words}");
        assert!(!words.contains("DRAFT"), "{words}");
    }
    // Each bar says its numbers to those who do not see it.
    let open = Command::new("qpdf").args(["--qdf", "--object-streams=disable"]).arg(&en).arg("-").output();
    let open = String::from_utf8_lossy(&open.unwrap().stdout).into_owned();
    let said = "All requests (8): unchanged 3".encode_utf16().map(|unit| format!("{unit:04x}"));
    assert!(open.contains(&format!("/Alt <feff{}", said.collect::<String>())));
    claims::hold(&[ar, en], "2a");

    // The same from the same requests, wherever they lie.
    let elsewhere = house.root().join("elsewhere");
    crate::approval::copy(&requests, &elsewhere);
    let again = propose(&elsewhere).unwrap_or_else(|error| panic!("{}", told(&error)));
    assert!(made == again, "the paper hangs on where or when it was made");

    // What members sign covers it.
    for member in ["huda", "salem"] {
        house.vote(member, Vote::Approve, "2027-01-11").unwrap_or_else(|error| panic!("{}", told(&error)));
    }
    house.enter("2027-01-11").unwrap_or_else(|error| panic!("{}", told(&error)));
    let home = policy::home(house.root(), None).unwrap();
    assert!(home.register(date("2027-01-11")).is_ok());
}

#[test]
fn a_draft_can_be_looked_at_before_it_is_tabled() {
    let house = second("consequences-draft");
    let look = || papers::draft(house.root(), None, None, None, Lang::En, date("2027-01-10")).unwrap();
    let at = date("2027-01-10").and_hms_opt(12, 0, 0).unwrap();
    let set = look().set(house.root(), at, Pictures::No).unwrap();
    let path = house.root().join("draft.pdf");
    std::fs::write(&path, set.pdf).unwrap();
    assert!(
        run("pdftotext", &["-layout"], &path)
            .contains("a look beforehand, not the paper on which members vote")
    );
    // Nothing is written by looking.
    assert!(!house.path("2.proposal").exists() && !house.path("2/SHA256SUMS").exists());
    // Against a revision that is named, instead of the one that was approved.
    let against = papers::draft(house.root(), Some("relief/2"), Some("relief/2"), None, Lang::En, at.date());
    assert!(against.unwrap().paper.text().contains("The two revisions are the same, letter by letter."));
}
