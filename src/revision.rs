//! What the board approves: the exact content of a revision, named by a digest.
//!
//! Receives the files of a folder, hands on their [`Sums`]: the text of `SHA256SUMS`, which `sha256sum -c` accepts in that folder,
//! and whose own digest is the name of the revision.

pub mod board;
pub mod circulation;
pub mod consequences;
pub mod diff;
pub mod impact;
pub mod kept;
mod problems;
pub mod proposal;
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not of one axis is left whole")]
pub mod regions;
pub mod register;
pub mod sign;
pub mod statement;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::diag::Diagnostics;
use crate::source::Source;

/// The file in which the digests of a folder's files stand; it lists every file but itself.
pub const SUMS: &str = "SHA256SUMS";

/// A SHA-256 digest. Two files with the same digest have the same content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest that is written so: 64 small hexadecimal digits.
    pub fn parse(text: &str) -> Option<Digest> {
        let mut digest = [0; 32];
        let mut pairs = text.as_bytes().chunks_exact(2);
        if text.len() != 64 || !text.bytes().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (byte, pair) in digest.iter_mut().zip(&mut pairs) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Digest(digest))
    }

    /// Its first sixteen digits in groups of four: enough for people to compare.
    pub fn short(self) -> String {
        let groups: Vec<String> = self
            .0
            .chunks(2)
            .take(4)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        groups.join(" ")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path inside the folder, with `/` between the parts.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The files of a folder by their digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<String, Digest>);

impl Sums {
    /// The digests of files; a `SHA256SUMS` among them is passed over.
    ///
    /// # Errors
    ///
    /// Files whose names another computer could read otherwise.
    pub fn of<'f>(files: impl IntoIterator<Item = &'f File>) -> Result<Sums, Diagnostics> {
        let files = files.into_iter().filter(|file| file.path != SUMS);
        let sums = Sums(files.map(|file| (file.path.clone(), Digest::of(&file.bytes))).collect());
        let mut problems = Diagnostics::default();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for path in sums.0.keys() {
            if !is_plain(path) {
                problems.push(problems::unsafe_name(path));
            }
            if let Some(other) = seen.insert(path.to_ascii_lowercase(), path) {
                problems.push(problems::names_alike(other, path));
            }
        }
        if problems.has_errors() { Err(problems) } else { Ok(sums) }
    }

    /// The digests that a `SHA256SUMS` lists.
    ///
    /// # Errors
    ///
    /// It is not as [`Sums::text`] writes it: sorted, each file once, two spaces between, and no path that leads out of the folder.
    pub fn read(source: &Arc<Source>) -> Result<Sums, Diagnostics> {
        let mut sums = Sums::default();
        let mut problems = Diagnostics::default();
        let mut start = 0;
        for line in source.text.split_inclusive('\n') {
            let range = start..start + line.trim_end_matches('\n').len();
            start += line.len();
            let entry = line.trim_end_matches('\n').split_once("  ");
            match entry.and_then(|(digest, path)| Some((Digest::parse(digest)?, path))) {
                Some((_, path)) if !is_plain(path) => {
                    problems.push(problems::unsafe_listed(source, range, path));
                }
                Some((digest, path)) => {
                    sums.0.insert(path.to_owned(), digest);
                }
                None => problems.push(problems::not_a_sum(source, range)),
            }
        }
        if problems.0.is_empty() && sums.text() != source.text {
            problems.push(problems::sums_out_of_order(source));
        }
        if problems.has_errors() { Err(problems) } else { Ok(sums) }
    }

    /// The text of `SHA256SUMS`: a line for each file, in the order of their names.
    pub fn text(&self) -> String {
        self.0.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect()
    }

    /// The digest of that text: the name of the folder's exact content.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text())
    }

    /// The digest of one file.
    pub fn get(&self, path: &str) -> Option<Digest> {
        self.0.get(path).copied()
    }

    /// The files and their digests, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.0.iter().map(|(path, digest)| (path.as_str(), *digest))
    }

    /// How the files that are there differ from those that are listed here, each named with both digests.
    pub fn compare(&self, found: &Sums) -> Vec<Difference> {
        let mut paths: Vec<&String> = self.0.keys().chain(found.0.keys()).collect();
        paths.sort();
        paths.dedup();
        let differs = paths.into_iter().map(|path| Difference {
            path: path.clone(),
            listed: self.get(path),
            found: found.get(path),
        });
        differs.filter(|difference| difference.listed != difference.found).collect()
    }
}

/// A file that is not what was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file.
    pub path: String,
    /// The digest that is listed; absent where the file is not.
    pub listed: Option<Digest>,
    /// The digest of what is there; absent where nothing is.
    pub found: Option<Digest>,
}

/// Does the name of a file read the same on every computer, in every archive and mail, and stay inside its folder?
fn is_plain(path: &str) -> bool {
    let is_plain_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && part.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'_' | b'-'))
    };
    path.len() <= 200 && path.split('/').all(is_plain_part)
}

#[cfg(test)]
mod tests;
