//! The README's commands, run as they stand: each must print what it is said to print.

use std::path::Path;
use std::process::Command;

use mizan::letter::data;
use serde_json::Value as Json;

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

/// What a template receives, line by line, out of its schema.
fn data_of_a_template() -> String {
    fn target<'a>(schema: &'a Json, node: &'a Json) -> &'a Json {
        let inner = node.get("anyOf").and_then(|kinds| kinds.get(0)).unwrap_or(node);
        match inner.get("$ref").and_then(Json::as_str) {
            Some(path) => schema.pointer(path.trim_start_matches('#')).unwrap(),
            None => inner,
        }
    }
    fn walk(schema: &Json, node: &Json, path: &str, said: &mut String) {
        for (name, field) in node["properties"].as_object().unwrap() {
            let path = format!("{path}.{name}");
            let what = field["description"].as_str().unwrap_or_default().replace('\n', " ");
            let kinds = field.get("type").map(ToString::to_string).unwrap_or_default();
            let none = field.get("anyOf").is_some() || kinds.contains("null");
            let none = if none { " May be `none`." } else { "" };
            let inner = target(schema, field);
            let each = if field.get("additionalProperties").is_some() { ".<name>" } else { "" };
            said.push_str(&format!("| `{path}{each}` | {what}{none} |\n"));
            // The letter in the other language has the same again.
            if name != "beside" && inner.get("properties").is_some() {
                walk(schema, inner, &path, said);
            }
        }
    }
    let schema = data::schema();
    let mut said = "| in the data | what it is |\n|---|---|\n".to_owned();
    walk(&schema, &schema, "data", &mut said);
    said
}

#[test]
fn authors_of_templates_are_told_what_they_receive() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- data -->\n").unwrap();
    let (told, after) = rest.split_once("<!-- /data -->").unwrap();
    let wanted = data_of_a_template();
    if std::env::var("INSTA_UPDATE").is_ok_and(|word| word == "always") {
        std::fs::write(&path, format!("{before}<!-- data -->\n{wanted}<!-- /data -->{after}")).unwrap();
    } else {
        assert!(
            told == wanted,
            "templates/README.md does not say what a template receives: INSTA_UPDATE=always writes it"
        );
    }
}
