//! The command line as people use it: what they type, what they read, and the exit code.
//!
//! A transcript holds commands after `$ `, each with its output and, where it is not 0, its exit code. `INSTA_UPDATE=always`
//! writes what came out.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mizan::workspace;

const BINARY: &str = env!("CARGO_BIN_EXE_mizan");

pub(crate) fn mizan(arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("COLUMNS");
    command
}

/// The words of a command: quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// What a person sees after typing a line: problems come after the answer, as they do when both are shown.
fn typed(line: &str) -> String {
    let words = words(line);
    assert_eq!(words[0], "mizan", "a transcript runs only mizan: {line}");
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let output = mizan(&arguments).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "escapes where nobody sees colours: {line}");
    assert!(!err.contains("panicked"), "{err}");
    let mut text = format!("$ {line}\n{out}{err}");
    match output.status.code() {
        Some(0) => {}
        Some(code) => text.push_str(&format!("[exit {code}]\n")),
        None => panic!("{line}: {:?}", output.status),
    }
    text
}

#[test]
fn transcripts_come_out_as_they_are_written() {
    for path in workspace::list(Path::new("tests/fixtures/cli")).unwrap() {
        let written = workspace::read_text(&path).unwrap();
        let commands = written.lines().filter_map(|line| line.strip_prefix("$ "));
        let seen = commands.map(typed).collect::<Vec<_>>().join("\n");
        if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            workspace::write(&path, seen.as_bytes()).unwrap();
        } else {
            assert_eq!(written, seen, "{}", path.display());
        }
    }
}

/// What `--help` says of a command and of each command under it, in their order.
pub(crate) fn helps() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![vec![]];
    while let Some(command) = open.pop() {
        let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let output = mizan(&arguments).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{command:?}");
        let help = String::from_utf8(output.stdout).unwrap();
        let under = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let under = under.take_while(|line| !line.is_empty()).filter_map(|line| {
            // What goes on from the line before stands further in.
            line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split_whitespace().next()
        });
        let under: Vec<&str> = under.filter(|verb| *verb != "help").collect();
        open.extend(under.iter().rev().map(|verb| [&command[..], &[(*verb).to_owned()]].concat()));
        found.push((command.join(" "), help));
    }
    found
}

#[test]
fn every_verb_explains_itself() {
    let mut seen = String::new();
    for (verb, help) in helps() {
        if !verb.is_empty() {
            seen += &format!("\n---- mizan {verb} --help\n\n");
        }
        seen += &help;
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn a_reader_may_stop_reading() {
    for arguments in [
        &["evaluate", "tests/fixtures/requests/met.toml", "--trace"][..],
        &["evaluate", "tests/fixtures/requests/met.toml", "--format", "json"],
        &["test", "naba"],
        &["letter", "--list", "tests/fixtures/requests/met.toml"],
        &["--help"],
    ] {
        let mut child = mizan(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut first = [0; 1];
        out.read_exact(&mut first).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.is_empty(), "{arguments:?}: {err}");
        assert!(output.status.code().is_some(), "{arguments:?}: {:?}", output.status);
    }
}

#[test]
fn a_letter_is_written_where_it_was_asked_for() {
    let folder = std::env::temp_dir().join(format!("mizan-cli-{}", std::process::id()));
    let pdf = folder.join("letters/acknowledgement.pdf");
    let request = "tests/fixtures/requests/met.toml";
    let run = |lang: &str| {
        let arguments =
            ["--lang", lang, "letter", "acknowledgement", request, "--on", "2026-12-13", "--png", "-o"];
        let output = mizan(&arguments).arg(&pdf).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let said = run("ar");
    let first = workspace::read_bytes(&pdf).unwrap();
    assert!(first.starts_with(b"%PDF-"));
    for line in said.lines() {
        assert!(Path::new(line).is_file(), "{line} was named and is not there");
    }
    assert_eq!(said.lines().count(), 2);
    run("ar");
    assert!(first == workspace::read_bytes(&pdf).unwrap(), "other bytes the second time");
    run("en");
    assert!(first != workspace::read_bytes(&pdf).unwrap());
    assert_eq!(workspace::list(pdf.parent().unwrap()).unwrap().len(), 2, "something was left lying about");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_letter_that_cannot_be_written_says_so() {
    let request = "tests/fixtures/requests/met.toml";
    let arguments =
        ["--lang", "en", "letter", "L-03", request, "--on", "2026-12-13", "-o", "Cargo.toml/letter.pdf"];
    let output = mizan(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: Cargo.toml"));
}

#[test]
fn an_example_that_is_wrong_stops_no_evaluation() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong-example/naba/1");
    std::fs::create_dir_all(folder.join("scenarios")).unwrap();
    for file in workspace::read_revision_without_examples(Path::new("policies/naba/1")).unwrap() {
        workspace::write(&folder.join(&file.path), file.source.text.as_bytes()).unwrap();
    }
    workspace::write(&folder.join("scenarios/wrong.toml"), b"title = 1\n").unwrap();
    let folder = folder.to_str().unwrap();
    let request = "tests/fixtures/requests/met.toml";
    let evaluated = mizan(&["evaluate", request, "--policy", folder, "--on", "2026-12-13"]).output().unwrap();
    assert_eq!(evaluated.status.code(), Some(0), "{}", String::from_utf8_lossy(&evaluated.stderr));
    let checked = mizan(&["check", folder]).output().unwrap();
    assert_eq!(checked.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&checked.stderr).contains("scenarios/wrong.toml"));
}
