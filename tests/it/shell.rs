//! Beside the commands: what shells complete, and the manual pages.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mizan::workspace;

use crate::cli::{helps, mizan};

fn completions(shell: &str) -> String {
    let output = mizan(&["completions", shell]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What bash offers for the last word of a line, when Tab is pressed.
fn offered(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let (last, before) = words.split_last().unwrap();
    let ask = format!(
        "{}\nCOMP_WORDS=({line}) COMP_CWORD={}\n_mizan mizan '{last}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        completions("bash"),
        before.len(),
        before.last().unwrap(),
    );
    let mut bash =
        Command::new("bash").arg("--norc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(ask.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_choices() {
    assert_eq!(offered("mizan ev"), ["evaluate"]);
    assert_eq!(offered("mizan evaluate --tr"), ["--trial", "--trace"]);
    assert_eq!(offered("mizan --lang e"), ["en"]);
    assert_eq!(offered("mizan completions f"), ["fish"]);
    assert!(offered("mizan evx").is_empty());
}

#[test]
fn the_completions_of_every_shell_know_every_command() {
    let verbs = helps();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = completions(shell);
        for (verb, _) in &verbs {
            let last = verb.rsplit(' ').next().unwrap();
            assert!(script.contains(last), "{shell} does not know {verb}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page_that_can_be_read() {
    let folder = std::env::temp_dir().join(format!("mizan-man-{}", std::process::id()));
    let output = mizan(&["man"]).arg(&folder).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let written = workspace::list(&folder).unwrap();
    let helps = helps();
    assert_eq!(written.len(), helps.len());
    for (verb, help) in helps {
        let name = ["mizan", &verb].join(" ").trim().replace(' ', "-");
        let path = folder.join(format!("{name}.1"));
        let page = workspace::read_text(&path).unwrap();
        // What the page shows, without the marks of its notation.
        let marks = [("\\-", "-"), ("\\*(Aq", "'"), ("\\fB", ""), ("\\fI", ""), ("\\fR", "")];
        let shown = marks.iter().fold(page.clone(), |shown, (mark, sign)| shown.replace(mark, sign));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"] {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{name}: no {section}\n{page}");
        }
        let purpose = help.split("\n\n").next().unwrap().replace('\n', " ");
        assert!(shown.contains(&purpose), "{name} does not say what it is for:\n{shown}");
        let options = help
            .split_whitespace()
            .filter(|word| word.starts_with("--") && word.len() > 2)
            .map(|word| word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric()));
        for option in options {
            assert!(shown.contains(option), "{name} does not say {option}:\n{shown}");
        }
        readable(&path);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Sets a page as `man` does, where the program is installed: without a warning, and with its name in it.
fn readable(page: &Path) {
    let Ok(output) = Command::new("groff").args(["-man", "-Tutf8", "-Kutf8", "-ww"]).arg(page).output()
    else {
        return;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{}: {said}", page.display());
    let name = page.file_stem().unwrap().to_str().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains(name));
}
