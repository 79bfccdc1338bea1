//! The life of a revision: its digest, the board's votes, the register, what is in force, and the attacks on all of that.

use std::path::Path;
use std::process::Command;

use mizan::revision::Sums;
use mizan::workspace;

/// A folder that is gone when the test is over.
pub(crate) struct Scratch(pub(crate) std::path::PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("mizan-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Copies a folder whole.
pub(crate) fn copy(from: &Path, to: &Path) {
    for file in workspace::read_folder(from).unwrap() {
        workspace::write(&to.join(&file.path), &file.bytes).unwrap();
    }
}

/// Does a command accept what stands in a folder?
fn accepts(folder: &Path, command: &str, arguments: &[&str]) -> bool {
    Command::new(command).args(arguments).current_dir(folder).output().unwrap().status.success()
}

#[test]
fn sha256sum_accepts_the_sums_of_a_revision() {
    let scratch = Scratch::new("sums");
    copy(Path::new("policies/naba/1"), &scratch.0);
    let sums = Sums::of(&workspace::read_folder(&scratch.0).unwrap()).unwrap();
    workspace::write(&scratch.0.join("SHA256SUMS"), sums.text().as_bytes()).unwrap();
    assert!(accepts(&scratch.0, "sha256sum", &["-c", "--strict", "SHA256SUMS"]));
    assert_eq!(
        sums,
        Sums::of(&workspace::read_folder(&scratch.0).unwrap()).unwrap(),
        "it does not list itself"
    );
    let rules = scratch.0.join("rules.toml");
    std::fs::write(&rules, std::fs::read_to_string(&rules).unwrap().replacen('e', "f", 1)).unwrap();
    assert!(!accepts(&scratch.0, "sha256sum", &["-c", "--strict", "SHA256SUMS"]));
    let found = Sums::of(&workspace::read_folder(&scratch.0).unwrap()).unwrap();
    let differs: Vec<String> = sums.compare(&found).into_iter().map(|difference| difference.path).collect();
    assert_eq!(differs, ["rules.toml"]);
}

#[test]
fn a_folder_holds_plain_files_only_and_not_too_much() {
    let scratch = Scratch::new("hygiene");
    copy(Path::new("tests/fixtures/policies/base/1"), &scratch.0);
    let refused = || workspace::read_folder(&scratch.0).unwrap_err().text().en.replace('\\', "/");
    let link = scratch.0.join("scenarios/linked.toml");
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    assert!(refused().contains("scenarios/linked.toml` is a link"), "{}", refused());
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("/etc", scratch.0.join("templates")).unwrap();
    assert!(refused().contains("templates` is a link"), "{}", refused());
    std::fs::remove_file(scratch.0.join("templates")).unwrap();
    for number in 0..5 {
        std::fs::write(scratch.0.join(format!("{number}.bin")), vec![0; 3_900_000]).unwrap();
    }
    assert!(refused().contains("more than 16777216 bytes"), "{}", refused());
    std::fs::write(scratch.0.join("0.bin"), vec![0; 50_000_000]).unwrap();
    assert!(refused().contains("0.bin is larger than 4194304 bytes"), "{}", refused());
}
