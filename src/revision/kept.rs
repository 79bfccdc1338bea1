//! What lies in the folder of a policy besides the text of its revisions: boards, register, proposals, votes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::board::Board;
use super::{File, SUMS, Sums, problems};
use crate::diag::Diagnostics;
use crate::source::Source;

/// The folder of a policy, as it was read.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The folder as people know it.
    pub folder: String,
    files: BTreeMap<String, Vec<u8>>,
    revisions: BTreeMap<u32, Sums>,
}

impl Kept {
    /// From what was read: everything besides revisions, and the revisions that matter.
    ///
    /// # Errors
    ///
    /// A file whose name does not stay in the folder.
    pub fn new(
        folder: &str,
        files: Vec<File>,
        revisions: impl IntoIterator<Item = (u32, Vec<File>)>,
    ) -> Result<Kept, Diagnostics> {
        let mut kept = Kept { folder: folder.to_owned(), ..Kept::default() };
        Sums::of(&files)?;
        kept.files = files.into_iter().map(|file| (file.path, file.bytes)).collect();
        for (number, files) in revisions {
            kept.revisions.insert(number, Sums::of(&files)?);
            let listed = files.into_iter().find(|file| file.path == SUMS);
            kept.files.extend(listed.map(|file| (format!("{number}/{SUMS}"), file.bytes)));
        }
        Ok(kept)
    }

    /// Puts a file in the place of what is there: to see whether something would hold before it is written.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Kept {
        self.files.insert(path.to_owned(), text.as_bytes().to_vec());
        self
    }

    /// A path as people know it.
    pub fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.folder)
    }

    /// Is there such a file?
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// It is not there, or not text.
    pub fn source(&self, path: &str) -> Result<Arc<Source>, Diagnostics> {
        let shown = self.shown(path);
        let bytes = self.files.get(path).ok_or_else(|| Diagnostics(vec![problems::lost(&shown)]))?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Source::new(shown, text)),
            Err(_) => Err(Diagnostics(vec![problems::changed(&shown, None, None)])),
        }
    }

    /// The files of a folder, by their paths inside it.
    pub fn under(&self, folder: &str) -> Vec<File> {
        let prefix = format!("{folder}/");
        let inside = self.files.iter().filter_map(|(path, bytes)| {
            Some(File { path: path.strip_prefix(&prefix)?.to_owned(), bytes: bytes.clone() })
        });
        inside.collect()
    }

    /// The digests of a revision's files.
    pub fn revision(&self, number: u32) -> Option<&Sums> {
        self.revisions.get(&number)
    }

    /// The numbers of the revisions that were read.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.revisions.keys().copied()
    }

    /// The board of a number: an earlier one stands beside `board.toml`.
    ///
    /// # Errors
    ///
    /// It is not there, or something is wrong with it.
    pub fn board(&self, number: u32) -> Result<Board, Diagnostics> {
        let earlier = format!("board.{number}.toml");
        let path = if self.has(&earlier) { earlier.as_str() } else { "board.toml" };
        Board::read(&self.source(path)?)
    }

    /// The copies of the register that lie with what was approved.
    pub fn copies(&self) -> Vec<(String, String)> {
        let copies = self.files.iter().filter(|(path, _)| path.ends_with("/register.toml"));
        copies.map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect()
    }
}
