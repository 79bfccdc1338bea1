//! What our files claim to be, PDF/A and PDF/UA, held against a validator that is not ours.

#![expect(clippy::expect_used, reason = "a test says what to run first")]

use std::path::{Path, PathBuf};
use std::process::Command;

use mizan::typeset::{Fonts, Typesetter};

/// What a file claims, and what is found against it: `3a: nothing`.
fn found(files: &[PathBuf]) -> Vec<String> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/claims.py");
    let output = Command::new(python).arg(script).args(files).output();
    let output = output.expect("the validators are missing: run `scripts/setup --tests` first");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Each file claims to be both, and nothing is found against either.
pub(crate) fn hold(files: &[PathBuf], archive: &str) {
    let wanted = files
        .iter()
        .flat_map(|file| [archive, "ua1"].map(|profile| format!("{}\t{profile}\t0", file.display())));
    let (found, wanted) = (found(files), wanted.collect::<Vec<_>>());
    assert!(found == wanted, "{}", found.join("\n"));
}

/// Of a validator that accepts everything nothing would follow.
#[test]
fn the_validator_notices_what_is_wrong() {
    let letter = std::fs::read_to_string("tests/fixtures/letters/decline.ar.json").unwrap();
    let letter = serde_json::from_str(&letter).unwrap();
    let typesetter = Typesetter::new(Fonts::new(vec![]).unwrap(), crate::typeset::templates()).unwrap();
    let pdf = typesetter.set(&letter, crate::typeset::made_at()).unwrap().pdf().unwrap();
    let folder = std::env::temp_dir().join(format!("mizan-claims-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // What takes the place of what, as long as it is so that nothing else of the file moves.
    let faults = [
        ("sound", "/MarkInfo", "/MarkInfo", &[][..]),
        ("untagged", "/MarkInfo", "/MarkInfx", &["PDFA3A-TAGGED-DOCUMENT-001", "PDFUA1-TAGGED-DOCUMENT-001"]),
        ("untitled", "/DisplayDocTitle", "/DisplayDocTitlx", &["PDFUA1-VIEWER-PREFERENCES-001"]),
        ("another part", "<pdfaid:part>3</", "<pdfaid:part>2</", &["PDFA2A-EMBEDDED-FILE-PDFA-001"]),
    ];
    for (name, from, to, wanted) in faults {
        let at = pdf.windows(from.len()).position(|window| window == from.as_bytes()).expect(from);
        let mut changed = pdf.clone();
        changed[at..at + to.len()].copy_from_slice(to.as_bytes());
        let path = folder.join(format!("{name}.pdf"));
        std::fs::write(&path, changed).unwrap();
        let found = found(&[path]);
        let rules = found.iter().filter_map(|line| line.strip_prefix('\t')?.split('\t').next());
        assert_eq!(rules.collect::<Vec<_>>(), wanted, "{name}: {found:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
