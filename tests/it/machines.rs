//! The same letter on another machine: what a machine may differ in, made to differ.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::approval::copy;

const BINARY: &str = env!("CARGO_BIN_EXE_mizan");

/// The bytes of a letter and of a form, made in a folder.
fn made(at: &Path, to: &Path, surroundings: &[(&str, &str)]) -> Vec<Vec<u8>> {
    fs::create_dir_all(to).unwrap();
    let request = at.join("request.toml");
    let commands: [&[&str]; 3] = [
        &["letter", "L-12", request.to_str().unwrap(), "--on", "2026-12-29"],
        &["letter", "L-12", request.to_str().unwrap(), "--on", "2026-12-29", "--lang", "en"],
        &["form", "S3", "--policy", "naba"],
    ];
    let made = commands.iter().enumerate().map(|(index, arguments)| {
        let pdf = to.join(format!("{index}.pdf"));
        let mut command = Command::new(BINARY);
        command.args(*arguments).arg("-o").arg(&pdf).current_dir(at);
        command.env_clear().envs(surroundings.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read(&pdf).unwrap()
    });
    made.collect()
}

/// A folder with all that letters are made of.
fn house(name: &str) -> PathBuf {
    let at = std::env::temp_dir().join(format!("mizan-machines-{}", std::process::id())).join(name);
    for folder in ["policies", "templates", "fonts"] {
        copy(Path::new(folder), &at.join(folder));
    }
    fs::copy("tests/fixtures/requests/declined.toml", at.join("request.toml")).unwrap();
    at
}

#[test]
fn the_same_letter_is_the_same_bytes_on_another_machine() {
    let here = house("here");
    let first =
        made(&here, &here.join("out"), &[("TZ", "Asia/Riyadh"), ("LANG", "ar_SA.UTF-8"), ("HOME", "/root")]);
    // Another clock, language and home, an older processor of the family as the C library sees it, one core, another place.
    let there = house("another place/مجلد آخر");
    let older =
        "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-FMA,-FMA4,-BMI1,-BMI2,-SSE4_2,-SSE4_1,-SSSE3";
    let surroundings = [
        ("TZ", "Pacific/Kiritimati"),
        ("LC_ALL", "C"),
        ("HOME", "/nonexistent"),
        ("GLIBC_TUNABLES", older),
        ("RAYON_NUM_THREADS", "1"),
    ];
    let second = made(&there, &there.join("out"), &surroundings);
    for (index, (first, second)) in first.iter().zip(&second).enumerate() {
        assert!(first == second, "file {index} differs: see {}", here.display());
    }
    fs::remove_dir_all(here.parent().unwrap()).unwrap();
}
