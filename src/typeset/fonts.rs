//! The faces that letters are set in: the pinned ones where they are there, and a legible one always.
//!
//! The fonts of the machine are never looked at, so a page is the same everywhere.

use sha2::{Digest as _, Sha256};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use super::TypesetError;

/// One `sha256sum` line for each file; `scripts/setup` checks the same list.
const PINNED: &str = include_str!("fonts.sha256");

/// The faces that letters are set in.
pub struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) faces: Vec<Font>,
    pinned: usize,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.faces.iter().map(|face| &face.info().family);
        out.debug_list().entries(names).finish()
    }
}

impl Fonts {
    /// The given font files, by name, and the face that is compiled in. A file that is not exactly the pinned one is refused.
    pub fn new(files: Vec<(String, Vec<u8>)>) -> Result<Fonts, TypesetError> {
        let mut faces = Vec::new();
        for (name, bytes) in files {
            let found = hex(&Sha256::digest(&bytes));
            let Some((expected, _)) = pinned().find(|(_, file)| *file == name) else {
                return Err(TypesetError::UnknownFont { name });
            };
            if found != expected {
                let expected = expected.to_owned();
                return Err(TypesetError::ChangedFont { name, expected, found });
            }
            faces.extend(Font::iter(Bytes::new(bytes)));
        }
        let pinned = faces.len();
        faces.extend(Font::iter(Bytes::new(dejavu::sans::regular())));
        faces.extend(Font::iter(Bytes::new(dejavu::sans::bold())));
        let book = LazyHash::new(FontBook::from_fonts(&faces));
        Ok(Fonts { book, faces, pinned })
    }

    /// The names of the font files that belong in the folder of fonts.
    pub fn names() -> impl Iterator<Item = &'static str> {
        pinned().map(|(_, name)| name)
    }

    /// Are all pinned faces there, so that a letter looks as it should?
    pub fn are_complete(&self) -> bool {
        self.pinned >= pinned().count()
    }

    /// The family that a letter is set in.
    pub(super) fn family(&self) -> &str {
        match self.faces.first() {
            Some(face) => &face.info().family,
            None => "",
        }
    }

    /// Can this character be shown?
    pub(super) fn cover(&self, character: char) -> bool {
        // Marks of direction and of joining are obeyed, not shown; other control characters mean nothing on paper.
        match character {
            '\n' | '\u{200c}'..='\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{2060}' => true,
            _ if character.is_control() => false,
            _ => (self.faces.iter()).any(|face| face.info().coverage.contains(u32::from(character))),
        }
    }
}

fn pinned() -> impl Iterator<Item = (&'static str, &'static str)> {
    PINNED.lines().filter_map(|line| line.split_once("  "))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
