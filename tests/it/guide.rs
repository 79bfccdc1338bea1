//! The policy as prose: every word of it, in both languages, and its pages.

use std::path::Path;
use std::process::Command;

use chrono::NaiveDate;
use mizan::app::guide::{guide, set_guide};
use mizan::app::{self, Pictures};
use mizan::policy::Policy;
use mizan::policy::guide::Standing;
use mizan::policy::guide::coverage::Coverage;
use mizan::value::Lang;

use crate::claims;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn policy(folder: &str) -> Policy {
    app::latest(root(), Some(folder)).unwrap()
}

#[test]
fn the_real_policy_reads_as_prose() {
    let policy = policy("naba");
    for lang in Lang::ALL {
        let guide = guide(&policy, None, lang, Standing::Draft).unwrap();
        insta::assert_snapshot!(format!("naba.{}", lang.tag()), guide.text());
    }
}

#[test]
fn every_construct_of_the_language_can_be_read_aloud() {
    let policy = policy("tests/fixtures/guide");
    for lang in Lang::ALL {
        let guide = guide(&policy, None, lang, Standing::Draft).unwrap();
        insta::assert_snapshot!(format!("language.{}", lang.tag()), guide.text());
    }
}

#[test]
fn one_clause_is_told_with_what_carries_it_out_and_no_more() {
    let policy = policy("naba");
    let text = guide(&policy, Some("2.3"), Lang::En, Standing::Draft).unwrap().text();
    insta::assert_snapshot!(text);
    assert!(guide(&policy, Some("9.9"), Lang::En, Standing::Draft).is_none());
}

#[test]
fn every_clause_is_carried_out_or_is_words_only() {
    let policy = policy("naba");
    let coverage = Coverage::new(&policy);
    let lines = coverage.clauses.iter().map(|clause| {
        let ids: Vec<&str> = clause.carriers.iter().map(|carrier| carrier.id.as_str()).collect();
        format!("{} {}\n", clause.number, if ids.is_empty() { "words only".into() } else { ids.join(" ") })
    });
    insta::assert_snapshot!(format!("{}{:?}", lines.collect::<String>(), coverage.count()));

    // Nothing that cites a clause is left out, and nothing is counted twice.
    let carriers: usize = coverage.clauses.iter().map(|clause| clause.carriers.len()).sum();
    let score = policy.score.iter().filter(|score| score.clause.is_some()).count();
    let parts = [
        policy.rules.len(),
        policy.services.len(),
        policy.deadlines.len(),
        policy.documents.len(),
        policy.letters.len(),
        policy.channels.len(),
        policy.parameters.len(),
        policy.interpretations.len(),
        score,
    ];
    assert_eq!(carriers, parts.iter().sum::<usize>());
}

#[test]
fn what_nobody_approved_is_marked_wherever_it_stands() {
    let policy = policy("naba");
    let text = guide(&policy, None, Lang::En, Standing::Draft).unwrap().text();
    let marks = text.matches("⟨an assumption that the board has not confirmed⟩").count();
    let assumed = mizan::policy::Basis::Assumption;
    let parts = (policy.rules.iter().map(|rule| rule.source))
        .chain(policy.parameters.iter().map(|parameter| parameter.source))
        .chain(policy.services.iter().map(|service| service.source))
        .chain(policy.channels.iter().map(|channel| channel.source))
        .chain(policy.documents.iter().map(|document| document.source))
        .chain(policy.deadlines.iter().map(|deadline| deadline.source))
        .chain(policy.letters.iter().map(|letter| letter.source))
        .chain(policy.score.iter().map(|score| score.source))
        .chain(policy.calendar_years.iter().map(|(_, source)| *source));
    // One more stands where the mark is explained.
    assert_eq!(marks, parts.filter(|source| *source == assumed).count() + 1);
}

#[test]
fn the_pages_are_a_sound_file_and_the_same_each_time() {
    let at = NaiveDate::from_ymd_opt(2026, 12, 29).unwrap().and_hms_opt(9, 30, 0).unwrap();
    let policy = policy("tests/fixtures/guide");
    for lang in Lang::ALL {
        let guide = guide(&policy, None, lang, Standing::Draft).unwrap();
        let set = set_guide(root(), &policy, &guide, at, Pictures::No).unwrap();
        let path =
            std::env::temp_dir().join(format!("mizan-guide-{}-{}.pdf", std::process::id(), lang.tag()));
        std::fs::write(&path, &set.pdf).unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).arg(&path).output().unwrap();
            assert!(output.status.success(), "{program}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        run("qpdf", &["--check"]);
        let info = run("pdfinfo", &[]);
        assert!(info.contains("Tagged:          yes"), "{info}");
        assert!(info.contains(&guide.title), "{info}");
        claims::hold(std::slice::from_ref(&path), "2a");
        std::fs::remove_file(&path).unwrap();
        if lang == Lang::Ar {
            let again = set_guide(root(), &policy, &guide, at, Pictures::No).unwrap();
            assert!(set.pdf == again.pdf);
        }
    }
}
