//! Policies with faults, and what people read about them.
//!
//! `tests/fixtures/README.md` says how a case is written.

#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says which case is wrong, and cuts text at random"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mizan::diag::render::{self, Style};
use mizan::diag::{Code, Diagnostics, Severity};
use mizan::policy::{self, Policy, PolicyFile};
use mizan::source::Source;
use mizan::value::Lang;
use mizan::workspace;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// The first code of requests: from here on another test has the examples.
const REQUESTS: Code = Code::RequestSyntax;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/policies")
}

pub(crate) fn base() -> PathBuf {
    fixtures().join("base/1")
}

/// The name and folder of each case under `good` or `bad`.
fn cases(kind: &str) -> Vec<(String, PathBuf)> {
    let folders = workspace::list(&fixtures().join(kind)).unwrap();
    folders.into_iter().map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

/// Files by their path inside the folder of the revision.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let read = workspace::read_revision(folder).unwrap();
    read.into_iter().map(|file| (file.path, file.source.text.clone())).collect()
}

/// A base policy with the files of a case over it.
pub(crate) fn overlaid(base: &Path, case: &Path) -> BTreeMap<String, String> {
    let mut all = files(base);
    for (path, text) in files(&case.join("1")) {
        if let Some(path) = path.strip_suffix(".more") {
            let whole = all.get_mut(path).unwrap_or_else(|| panic!("{}: base has no {path}", case.display()));
            whole.push('\n');
            whole.push_str(&text);
        } else if let Some(path) = path.strip_suffix(".gone") {
            all.remove(path).unwrap_or_else(|| panic!("{}: base has no {path}", case.display()));
        } else {
            all.insert(path, text);
        }
    }
    all
}

/// The policy that files make, with its notes; or what is wrong with them.
pub(crate) fn checked(
    folder: &str,
    files: BTreeMap<String, String>,
) -> Result<(Policy, Diagnostics), Diagnostics> {
    let files: Vec<PolicyFile> = files
        .into_iter()
        .map(|(path, text)| PolicyFile { source: Source::new(format!("{folder}/{path}"), text), path })
        .collect();
    policy::check(folder, &files)
}

fn problems(folder: &str, files: BTreeMap<String, String>) -> Diagnostics {
    match checked(folder, files) {
        Ok((_, diagnostics)) | Err(diagnostics) => diagnostics,
    }
}

/// As people read it, in both languages.
pub(crate) fn shown(diagnostics: &Diagnostics) -> String {
    [Lang::En, Lang::Ar]
        .map(|lang| render::report(diagnostics, lang, Style::Plain).trim_end().to_owned())
        .join("\n\n————————\n\n")
}

#[test]
fn every_fault_is_told_where_it_stands() {
    let known: BTreeMap<&str, Code> = Code::ALL.iter().map(|code| (code.name(), *code)).collect();
    let mut shown_codes = BTreeSet::new();
    for (name, path) in cases("bad") {
        let code = name.split('.').next().unwrap();
        assert!(known.contains_key(code), "tests/fixtures/policies/bad/{name}: there is no code `{code}`");
        let diagnostics = problems("relief/1", overlaid(&base(), &path));
        let found: Vec<&str> = diagnostics.0.iter().map(|problem| problem.code.name()).collect();
        assert!(found.contains(&code), "tests/fixtures/policies/bad/{name} gives {found:?}");
        shown_codes.insert(known[code]);
        insta::with_settings!({
            snapshot_path => &path, prepend_module_to_snapshot => false, omit_expression => true
        }, {
            insta::assert_snapshot!("problems", shown(&diagnostics));
        });
    }
    for code in Code::ALL.iter().filter(|code| **code < REQUESTS) {
        assert!(
            shown_codes.contains(code),
            "tests/fixtures/policies/bad has no folder for `{}`",
            code.name()
        );
    }
}

#[test]
fn a_sound_policy_has_no_problems() {
    let diagnostics = problems("relief/1", files(&base()));
    assert!(diagnostics.0.is_empty(), "{}", shown(&diagnostics));
    for (name, path) in cases("good") {
        let diagnostics = problems("relief/1", overlaid(&base(), &path));
        assert!(diagnostics.0.is_empty(), "{name}:\n{}", shown(&diagnostics));
    }
}

#[test]
fn the_real_policy_has_no_errors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/naba/1");
    let diagnostics = problems("policies/naba/1", files(&folder));
    let errors = diagnostics.0.iter().filter(|problem| problem.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{}", shown(&diagnostics));
}

/// One edit of a file: where, what kind, and two numbers that it is made of.
type Edit = (usize, u8, usize, usize);

/// Cuts, doubles, swaps and replaces, as a slip of the hand or somebody who means harm would.
fn edited(files: &mut BTreeMap<String, String>, (file, kind, one, two): Edit) {
    const INSERTED: &[&str] = &[
        "\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        "=",
        ".",
        "\n",
        "0",
        "-1",
        "\u{202e}",
        "99999999999999999999",
        "\\u0000",
        "العربية",
    ];
    let place = file % files.len();
    let text = files.values_mut().nth(place).unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    let (first, second) = (one % lines.len(), two % lines.len());
    let at = text.floor_char_boundary(one % (text.len() + 1));
    let end = text.ceil_char_boundary((at + two % 12).min(text.len()));
    *text = match kind % 6 {
        0 => [&text[..at], &text[end..]].concat(),
        1 => [&text[..end], &text[at..]].concat(),
        2 => [&text[..at], INSERTED[two % INSERTED.len()], &text[at..]].concat(),
        3 => lines
            .iter()
            .enumerate()
            .filter(|(line, _)| *line != first)
            .map(|(_, line)| *line)
            .collect::<Vec<_>>()
            .join("\n"),
        4 => {
            let mut lines = lines;
            lines.swap(first, second);
            lines.join("\n")
        }
        // The value of one line behind the key of another.
        _ => {
            let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
            if let (Some((key, _)), Some((_, value))) =
                (lines[first].split_once(" = "), lines[second].split_once(" = "))
            {
                lines[first] = format!("{key} = {value}");
            }
            lines.join("\n")
        }
    };
}

/// The real policy without most of its scenarios, which are alike.
fn real() -> BTreeMap<String, String> {
    let mut files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/naba/1"));
    let mut kept = 0;
    files.retain(|path, text| {
        let stays = !path.starts_with("scenarios/") || (kept < 4 && !text.contains("based_on"));
        kept += usize::from(stays && path.starts_with("scenarios/"));
        stays
    });
    files
}

#[test]
fn no_edit_of_a_policy_stops_the_check() {
    let config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let real = real();
    let edit = (any::<usize>(), any::<u8>(), any::<usize>(), any::<usize>());
    runner
        .run(&proptest::collection::vec(edit, 1..4), |edits| {
            let mut files = real.clone();
            for edit in edits {
                edited(&mut files, edit);
            }
            let diagnostics = problems("policies/naba/1", files);
            prop_assert!(!shown(&diagnostics).is_empty());
            Ok(())
        })
        .unwrap();
}

/// Each of these would take hours or all memory if the check went through with it.
#[test]
fn what_is_too_large_is_refused_soon() {
    let base = files(&base());
    let more = |path: &str, text: String| {
        let mut files = base.clone();
        files.entry(path.to_owned()).or_default().push_str(&text);
        files
    };
    let alike = "  { \"household.size\" = \">= 1\", tank = 1 },\n".repeat(2_000);
    let table = format!(
        "[table.tank]\ngiven = [\"household.size\"]\n\
         gives.tank = {{ type = \"integer\", label = {{ ar = \"السعة\", en = \"size\" }} }}\nrow = [\n{alike}]\n"
    );
    let names: String = (0..12_000)
        .map(|number| format!("[many.f{number}]\ntype = \"bool\"\nlabel = {{ ar = \"و\", en = \"f\" }}\n"))
        .collect();
    let strangers: String = (0..3_000).map(|number| format!("\"Q-{number}\", ")).collect();
    let scenario = format!(
        "title = {{ ar = \"مثال\", en = \"Example\" }}\nbased_on = \"ordinary\"\n[expect]\nmet = [{strangers}]\n"
    );
    let mut chain = base.clone();
    for number in 0..200 {
        let below = if number == 0 { "ordinary".to_owned() } else { format!("c{}", number - 1) };
        chain.insert(
            format!("scenarios/c{number}.toml"),
            format!("title = {{ ar = \"مثال\", en = \"Example\" }}\nbased_on = \"{below}\"\n[expect]\nmet = [\"E-01\"]\n"),
        );
    }
    let cases = [
        (Code::TableOverlap, more("rules.toml", table)),
        (Code::TooLarge, more("facts.toml", names)),
        (Code::UnknownReference, more("scenarios/strangers.toml", scenario)),
        (
            Code::UnknownKey,
            more("policy.toml", (0..5_000).map(|number| format!("k{number} = 1\n")).collect()),
        ),
        (Code::ControlCharacter, more("clauses.toml", format!("# {}\n", "\u{200b}".repeat(50_000)))),
        (Code::TooLarge, chain),
    ];
    for (code, files) in cases {
        let diagnostics = problems("relief/1", files);
        assert!(diagnostics.0.iter().any(|problem| problem.code == code), "no {}", code.name());
        assert!(diagnostics.0.len() <= 400, "{}: {}", code.name(), diagnostics.0.len());
    }
}
