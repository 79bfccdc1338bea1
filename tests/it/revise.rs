//! Two revisions beside one another: `tests/fixtures/README.md` says how a case of `fixtures/revisions` is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mizan::evaluation::mutation::{self, Kind};
use mizan::evaluation::request;
use mizan::policy::{self, Policy, PolicyFile};
use mizan::revision::diff::{Diff, Extent};
use mizan::revision::impact::{Impact, Judges, Known, Tally, on_day};
use mizan::revision::regions::Regions;
use mizan::source::{self, Node, Source, Value};
use mizan::value::Lang;
use mizan::workspace;

use crate::check::files;
use crate::schema::{Validator, accepted};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn base(name: &str) -> BTreeMap<String, String> {
    let folder = match name {
        "naba" => "policies/naba/1",
        "relief" => "tests/fixtures/policies/base/1",
        other => panic!("there is no base `{other}`"),
    };
    files(&root().join(folder))
}

pub(crate) fn policy(folder: &str, files: &BTreeMap<String, String>) -> Policy {
    let files: Vec<PolicyFile> = (files.iter())
        .filter(|(path, _)| folder.starts_with("relief") || !path.starts_with("scenarios/"))
        .map(|(path, text)| PolicyFile {
            source: Source::new(format!("{folder}/{path}"), text.as_str()),
            path: path.clone(),
        })
        .collect();
    match policy::check_without_examples(folder, &files) {
        Ok((policy, _)) => policy,
        Err(problems) => panic!("{folder}:\n{}", crate::check::shown(&problems)),
    }
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &node.get(key)?.value {
        Value::String(text) | Value::Number(text) => Some(text),
        _ => None,
    }
}

/// What the case says, and its two revisions.
pub(crate) fn pair(path: &Path) -> (Node, Policy, Policy) {
    let name = path.display();
    let (case, errors) = source::read_toml(&std::fs::read_to_string(path.join("case.toml")).unwrap());
    assert!(errors.is_empty(), "{name}: {errors:?}");
    let base_name = text(&case, "base").unwrap();
    let before = base(base_name);
    let mut after = before.clone();
    if let Some(Value::Array(edits)) = case.get("edit").map(|edits| &edits.value) {
        for edit in edits {
            let file = text(edit, "file").unwrap();
            if let Some(more) = text(edit, "add") {
                after.entry(file.to_owned()).or_default().push_str(more);
                continue;
            }
            let (was, now) = (text(edit, "was").unwrap(), text(edit, "now").unwrap());
            let whole = after.get_mut(file).unwrap();
            assert_eq!(whole.matches(was).count(), 1, "{name}: {file} has {was:?} once");
            *whole = whole.replace(was, now);
        }
    }
    // A pair in which nothing differs keeps its number too.
    let number = if text(&case, "extent") == Some("same") { 1 } else { 2 };
    if number == 2 {
        let manifest = after.get_mut("policy.toml").unwrap();
        *manifest = manifest.replace("number = 1", "number = 2").replace("\"1.0.0\"", "\"2.0.0\"");
    }
    let before = policy(&format!("{base_name}/1"), &before);
    let after = policy(&format!("{base_name}/{number}"), &after);
    (case, before, after)
}

pub(crate) fn cases() -> Vec<(String, PathBuf)> {
    let folders = workspace::list(&root().join("tests/fixtures/revisions")).unwrap();
    folders.into_iter().map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

/// What the second revision does to the requests of the fixtures.
fn impact(before: &Policy, after: &Policy) -> Impact {
    let day = after.in_force_from;
    let (one, other) = (on_day(before, day), on_day(after, day));
    let judges = Judges::new(&one, &other);
    let mut tally = Tally::default();
    for path in workspace::list(&root().join("tests/fixtures/requests")).unwrap() {
        let place = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = Source::new(place.clone(), workspace::read_text(&path).unwrap());
        let known =
            Known { place, before: request::read(&one, &source), after: request::read(&other, &source) };
        // Each by itself, as several cores would.
        let mut alone = Tally::default();
        alone.add(&judges, &mut judges.desk(), known, None);
        tally.merge(alone);
    }
    tally.impact(before, after, &judges, day, Diff::new(before, after).extent)
}

#[test]
fn what_changes_is_told_as_a_board_reads_it() {
    let cases = cases();
    assert!(cases.len() >= 40, "{} pairs", cases.len());
    let schema = Validator::new(&mizan::revision::diff::schema());
    let impact_schema = Validator::new(&mizan::revision::impact::schema());
    let mut wrong = Vec::new();
    for (name, path) in cases {
        let (case, before, after) = pair(&path);
        let diff = Diff::new(&before, &after);
        let shown = [Lang::Ar, Lang::En].map(|lang| diff.text(&before, &after, lang)).join("\n————————\n\n");
        insta::with_settings!({
            snapshot_path => &path, prepend_module_to_snapshot => false, omit_expression => true
        }, {
            insta::assert_snapshot!("diff", shown);
        });
        accepted(&schema, &diff.json(), &name);
        let impact = impact(&before, &after);
        accepted(&impact_schema, &impact.json(), &name);
        if diff.extent != Extent::Substance && impact.effects.all() != impact.effects.unchanged {
            wrong.push(format!("{name}: nothing decides, and yet\n{}", impact.text(Lang::En, after.digits)));
        }
        if text(&case, "impact").is_some() {
            let mut impact = impact;
            impact.regions = Regions::new(&before, &after);
            accepted(&impact_schema, &impact.json(), &name);
            let shown = [Lang::Ar, Lang::En].map(|lang| impact.text(lang, after.digits));
            insta::with_settings!({
                snapshot_path => &path, prepend_module_to_snapshot => false, omit_expression => true
            }, {
                insta::assert_snapshot!("impact", shown.join("\n————————\n\n"));
            });
        }
        let extent = serde_json::to_value(diff.extent).unwrap();
        if extent.as_str() != text(&case, "extent")
            || text(&case, "changes") != Some(diff.changes.len().to_string().as_str())
        {
            wrong.push(format!("{name}: {extent}, {}\n{shown}", diff.changes.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a small change of the typed program does, the difference says: nothing that decides a request goes by unnoticed.
#[test]
fn every_small_change_of_a_policy_is_a_difference() {
    for folder in ["tests/fixtures/policies/rent/1", "policies/naba/1"] {
        let policy = policy(folder, &files(&root().join(folder)));
        let mutants = mutation::mutants(&policy);
        // In the large policy one in a few is enough: the kinds are the same.
        let step = if mutants.len() > 200 { 11 } else { 1 };
        let mut looked_at = 0;
        for mutant in mutants.iter().step_by(step) {
            let mut changed = policy.clone();
            mutant.apply(&mut changed);
            let diff = Diff::new(&policy, &changed);
            assert!(!diff.changes.is_empty(), "{folder}: {}", mutant.what.en);
            let decides = matches!(
                mutant.kind,
                Kind::Points | Kind::Bound | Kind::Parameter | Kind::Exemption | Kind::Paper
            );
            assert!(!decides || diff.extent == Extent::Substance, "{folder}: {}", mutant.what.en);
            for change in &diff.changes {
                assert_ne!(change.was, change.now, "{folder}: {}", mutant.what.en);
            }
            looked_at += 1;
        }
        assert!(looked_at > 30, "{folder}: {looked_at} changes");
    }
}

/// The tables of a file, turned round.
fn turned(text: &str) -> String {
    let mut tables: Vec<String> = vec![String::new()];
    for line in text.lines() {
        // A table of its own, and not a part of the one before.
        let is_head = line.starts_with('[') && !line.starts_with("[[") && line.matches('.').count() <= 1;
        if is_head {
            tables.push(String::new());
        }
        let table = tables.last_mut().unwrap();
        table.push_str(line);
        table.push_str(" # as before\n");
    }
    tables.reverse();
    tables.join("\n")
}

#[test]
fn neither_order_nor_comments_are_a_difference() {
    let before = base("naba");
    let mut after = before.clone();
    for file in ["facts.toml", "parameters.toml", "services.toml", "deadlines.toml", "interpretations.toml"] {
        let text = after.get_mut(file).unwrap();
        let new = turned(text);
        assert_ne!(*text, new, "{file}");
        *text = new;
    }
    let diff = Diff::new(&policy("naba/1", &before), &policy("naba/1", &after));
    assert_eq!(diff.extent, Extent::Notation, "{:?}", diff.changes);
    assert!(diff.changes.is_empty() && diff.respelt.is_empty());
}
