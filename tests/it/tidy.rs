//! The architecture, kept by a test: who uses whom, which file names which crate, and what must not stand in the source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms from the ground up: each may use those before it, and no other.
const ROOMS: &[&str] = &[
    "value",
    "source",
    "diag",
    "calendar",
    "expression",
    "policy",
    "evaluation",
    "revision",
    "letter",
    "typeset",
    "seal",
    "store",
    "workspace",
    "app",
    "cli",
];

/// Crates that are named in one room only.
const NAMED_IN: &[(&str, &[&str])] = &[
    ("rhai", &["expression"]),
    ("typst", &["typeset"]),
    ("typst_pdf", &["typeset"]),
    ("typst_layout", &["typeset"]),
    ("typst_render", &["typeset"]),
    ("icu_calendar", &["value"]),
    ("toml", &["source"]),
    ("jsonc_parser", &["source"]),
    ("annotate_snippets", &["diag"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("anstream", &["cli"]),
    ("dejavu", &["typeset"]),
    ("hayro_write", &["typeset"]),
    ("pdf_writer", &["typeset"]),
    ("qrcode", &["typeset"]),
    ("roxmltree", &["policy"]),
    ("cms", &["seal"]),
    ("flate2", &["seal"]),
    ("p12_keystore", &["seal"]),
    ("p256", &["seal"]),
    ("pkcs8", &["seal"]),
    ("rsa", &["seal"]),
    ("ureq", &["seal"]),
    ("x509_cert", &["seal"]),
    ("x509_tsp", &["seal"]),
    ("ssh_key", &["revision"]),
    ("getrandom", &["workspace"]),
    ("rpassword", &["cli"]),
];

/// What only the shell may do.
const SHELL_ONLY: &[&str] = &["std::fs", "std::env", "std::net", "std::process", "std::io", "std::time"];
const SHELL: &[&str] = &["workspace", "app", "cli", "main", "store", "seal"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let room =
                    inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((room.to_owned(), inside.to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The lines that are code: comments and strings may speak of anything.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap())
}

#[test]
fn rooms_use_only_rooms_below_them() {
    let height: BTreeMap<&str, usize> =
        ROOMS.iter().enumerate().map(|(index, room)| (*room, index)).collect();
    for (room, path, text) in sources() {
        let Some(own) = height.get(room.as_str()) else {
            assert!(
                matches!(room.as_str(), "lib" | "main"),
                "{} is in no room: add it to ROOMS",
                path.display()
            );
            continue;
        };
        for line in code(&text) {
            for used in line.split("crate::").skip(1) {
                let used =
                    used.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap();
                if let Some(other) = height.get(used) {
                    assert!(other <= own, "{}: `{room}` must not use `{used}`: {line}", path.display());
                }
            }
        }
    }
}

#[test]
fn each_crate_is_named_where_it_belongs() {
    for (room, path, text) in sources() {
        if path.file_stem().is_some_and(|stem| stem == "tests") {
            continue;
        }
        for (name, rooms) in NAMED_IN {
            let named = code(&text).any(|line| line.contains(&format!("{name}::")));
            assert!(!named || rooms.contains(&room.as_str()), "{} names {name}", path.display());
        }
        for word in SHELL_ONLY {
            let named = code(&text).any(|line| line.contains(word));
            assert!(
                !named || SHELL.contains(&room.as_str()),
                "{} does what only the shell may do: {word}",
                path.display()
            );
        }
    }
}

#[test]
fn nothing_is_left_open_in_the_source() {
    // Written apart, so that this file does not find itself.
    let words = [["TO", "DO"], ["FIX", "ME"], ["todo", "!("], ["dbg", "!("], ["unimplemented", "!("]];
    for (_, path, text) in sources() {
        for word in words.map(|parts| parts.concat()) {
            assert!(!text.contains(&word), "{} holds {word}", path.display());
        }
    }
}

#[test]
fn every_test_file_is_declared() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(main.contains(&format!("mod {module};")), "tests/it/{name} is not declared");
        }
    }
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let dependencies =
        manifest.split("dependencies]\n").skip(1).map(|part| part.split("\n[").next().unwrap());
    let mut is_explained = false;
    for line in dependencies.flat_map(str::lines) {
        if line.starts_with('#') {
            is_explained = true;
        } else if line.is_empty() {
            is_explained = false;
        } else {
            assert!(is_explained, "Cargo.toml does not say why: {line}");
        }
    }
}
