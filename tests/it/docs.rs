//! The README's commands, run as they stand: each must print what it is said to print.

use std::path::Path;
use std::process::Command;

/// The blocks of a document that are marked `console`.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```console\n").skip(1).filter_map(|rest| rest.split("\n```").next())
}

/// A command and what it prints; a line `…` stands for any number of lines.
fn check(document: &str, command: &str, expected: &str) {
    let binary = Path::new(env!("CARGO_BIN_EXE_mizan"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .env("PATH", path)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut rest = printed.as_str();
    for (index, part) in expected.split("\n…").enumerate() {
        let part = part.trim_matches('\n');
        let found = rest
            .find(part)
            .unwrap_or_else(|| panic!("{document}: `{command}` prints\n{printed}\nand not\n{part}"));
        assert!(index > 0 || found == 0, "{document}: `{command}` begins otherwise:\n{printed}");
        rest = rest.get(found + part.len()..).unwrap();
    }
    let open_end = expected.trim_end().ends_with('…');
    assert!(open_end || rest.trim().is_empty(), "{document}: `{command}` goes on with\n{rest}");
}

#[test]
fn documents_say_what_the_commands_print() {
    let mut commands = 0;
    for document in ["README.md", "policies/README.md", "templates/README.md", "src/README.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
        for block in blocks(&text) {
            for step in block.split("\n$ ") {
                let (command, expected) = step.split_once('\n').unwrap_or((step, ""));
                check(document, command.trim_start_matches("$ "), expected);
                commands += 1;
            }
        }
    }
    assert!(commands >= 4, "the README shows {commands} commands");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["README.md", "policies/README.md", "templates/README.md", "src/README.md"] {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with('#') {
                continue;
            }
            let target = link.split('#').next().unwrap();
            let path = root.join(document).parent().unwrap().join(target);
            assert!(path.exists(), "{document} links to {link}");
        }
    }
}
