//! What the board should see before it approves: one folder for each code under `fixtures/policies/lint`.
//!
//! A folder lays its files over `base`, in which nothing is found: `rules.toml` replaces a file, `rules.toml.more` adds to it,
//! `units.toml.gone` takes it away.

#![expect(clippy::panic, reason = "a test may stop, and says why")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mizan::app::{self, RevisionFolder};
use mizan::diag::{Code, Diagnostics, Severity};
use mizan::evaluation::{coverage, scenario};
use mizan::policy::Policy;
use mizan::policy::lint::{self, FINDINGS};
use mizan::revision::regions::invariant;
use mizan::workspace;

use crate::check::{checked, files, overlaid, shown};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> PathBuf {
    root().join("tests/fixtures/policies/lint")
}

fn base() -> PathBuf {
    fixtures().join("base/1")
}

fn policy(folder: &str, files: BTreeMap<String, String>) -> Policy {
    match checked(folder, files) {
        Ok((policy, _)) => policy,
        Err(problems) => panic!("{folder}:\n{}", shown(&problems)),
    }
}

fn findings(policy: &Policy) -> Diagnostics {
    let mut findings = lint::lint(policy);
    findings.0.extend(coverage::lint(policy, &scenario::run(policy)).0);
    findings.0.extend(invariant::lint(&invariant::look(policy)).0);
    findings
}

/// The clauses of the real policy, without what was added to them.
fn source_text() -> Policy {
    let mut files = files(&fixtures().join("source-text/1"));
    let clauses = std::fs::read_to_string(root().join("policies/naba/1/clauses.toml")).unwrap();
    let clauses: Vec<&str> = clauses.lines().filter(|line| !line.starts_with("value_statement")).collect();
    files.insert("clauses.toml".into(), clauses.join("\n"));
    policy("source-text/1", files)
}

#[test]
fn the_source_text_yields_every_question_that_it_leaves_open() {
    let findings = findings(&source_text());
    let found: BTreeSet<Code> = findings.0.iter().map(|finding| finding.code).collect();
    for kind in FINDINGS.iter().filter(|kind| !kind.id.is_empty()) {
        assert!(found.contains(&kind.code), "{} ({}) is not found", kind.code.name(), kind.id);
    }
    let in_clause = |code: Code| -> BTreeSet<&str> {
        let of_code = findings.0.iter().filter(|finding| finding.code == code);
        of_code.filter_map(|finding| Some(finding.clause.as_ref()?.number.as_str())).collect()
    };
    assert_eq!(in_clause(Code::UndefinedSet), BTreeSet::from(["6.2", "6.7"]));
    assert_eq!(in_clause(Code::UndefinedRole), BTreeSet::from(["6.3", "6.5"]));
    assert_eq!(in_clause(Code::ConflictingClauses), BTreeSet::from(["2.1", "2.3", "3.5"]));
    assert_eq!(in_clause(Code::ChannelIdentity), BTreeSet::from(["4.2", "4.3"]));
    assert_eq!(in_clause(Code::ServiceAsChannel), BTreeSet::from(["4.5", "4.6"]));
    insta::assert_snapshot!("source_text", shown(&findings));
}

#[test]
fn every_finding_is_told_where_it_stands() {
    let known: BTreeMap<&str, Code> = Code::ALL.iter().map(|code| (code.name(), *code)).collect();
    let mut shown_codes = BTreeSet::from([Code::OpenInterpretation]);
    for path in workspace::list(&fixtures()).unwrap() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "base" || name == "source-text" {
            continue;
        }
        let code = name.split('.').next().unwrap();
        let findings = findings(&policy("relief/1", overlaid(&base(), &path)));
        let found: Vec<&str> = findings.0.iter().map(|finding| finding.code.name()).collect();
        assert!(found.contains(&code), "tests/fixtures/policies/lint/{name} gives {found:?}");
        shown_codes.insert(known[code]);
        insta::with_settings!({
            snapshot_path => &path, prepend_module_to_snapshot => false, omit_expression => true
        }, {
            insta::assert_snapshot!("findings", shown(&findings));
        });
    }
    for kind in FINDINGS {
        assert!(
            shown_codes.contains(&kind.code),
            "tests/fixtures/policies/lint has no folder for `{}`",
            kind.code.name()
        );
    }
}

#[test]
fn nothing_is_found_in_a_policy_that_leaves_nothing_open() {
    let findings = findings(&policy("relief/1", files(&base())));
    assert!(findings.0.is_empty(), "{}", shown(&findings));
}

#[test]
fn the_real_policies_wait_only_for_their_open_interpretations() {
    for policy in ["naba", "library"] {
        let path = root().join("policies").join(policy).join("1");
        let checked = app::check(root(), &RevisionFolder { policy: policy.into(), number: 1, path }).unwrap();
        let mut others = checked.findings;
        others.0.retain(|finding| finding.code != Code::OpenInterpretation);
        assert!(others.0.is_empty(), "{}", shown(&others));
        assert!(checked.notes.0.is_empty(), "{}", shown(&checked.notes));
    }
}

/// The board answers every question: nothing is left to say.
#[test]
fn what_the_board_has_chosen_is_silent() {
    let mut files = files(&root().join("policies/naba/1"));
    files.retain(|path, _| !path.starts_with("scenarios/") || path == "scenarios/ordinary.toml");
    let interpretations = files.get_mut("interpretations.toml").unwrap();
    let lines = interpretations.lines().map(|line| match line.strip_prefix("proposed = ") {
        Some(proposed) => format!("{line}\nchosen = {proposed}"),
        None => line.to_owned(),
    });
    *interpretations = lines.collect::<Vec<_>>().join("\n");
    let findings = lint::lint(&policy("policies/naba/1", files));
    assert!(findings.0.is_empty(), "{}", shown(&findings));
}

#[test]
fn what_an_author_reads_about_a_code_names_all_of_them() {
    let manual = std::fs::read_to_string(root().join("policies/README.md")).unwrap();
    for kind in FINDINGS {
        let severity = match kind.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let id = if kind.id.is_empty() { "–" } else { kind.id };
        let row = format!("| `{}` | {id} | {severity} |", kind.code.name());
        assert!(manual.contains(&row), "policies/README.md has no row `{row}`");
        assert!(kind.code.meaning_in_arabic().is_some(), "{}", kind.code.name());
    }
}
