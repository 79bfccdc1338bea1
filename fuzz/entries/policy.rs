//! Any bytes laid over a file of the real policy: which file, from where, how much of it goes, and what stands there instead.

use mizan::diag::render::{self, Style};
use mizan::policy::{self, PolicyFile};
use mizan::source::Source;
use mizan::value::Lang;

use super::naba::{files, put};

/// A request that the policy as it is would grant.
const REQUEST: &str = include_str!("../../tests/fixtures/requests/approved.toml");

/// The first byte names the file, two more the place, one how many lines go; the rest is text.
pub(crate) fn run(bytes: &[u8]) {
    let (&[file, high, low, lines], text) = bytes.split_first_chunk().unwrap_or((&[0; 4], &[]));
    let (Ok(text), files) = (std::str::from_utf8(text), files()) else { return };
    let file = &files[usize::from(file) % files.len()];
    let old = &file.source.text;
    let start = old.floor_char_boundary(usize::from(u16::from_be_bytes([high, low])) % (old.len() + 1));
    let gone: usize = old[start..].split_inclusive('\n').take(usize::from(lines)).map(str::len).sum();
    lay(&file.path, &format!("{}{text}{}", &old[..start], &old[start + gone..]));
}

/// Puts a text in place of a file: checked, told, and used where it is in order.
pub(crate) fn lay(path: &str, text: &str) {
    let files: Vec<PolicyFile> = files()
        .iter()
        .map(|file| match file.path == path {
            true => PolicyFile { path: path.to_owned(), source: Source::new(path, text) },
            false => file.clone(),
        })
        .collect();
    match policy::check("policies/naba/1", &files) {
        Ok((policy, notes)) => {
            assert!(!notes.has_errors(), "in order with an error");
            put(&policy, REQUEST);
        }
        Err(problems) => {
            assert!(problems.has_errors(), "refused without a problem");
            for lang in [Lang::Ar, Lang::En] {
                assert!(!render::report(&problems, lang, Style::Plain).is_empty());
            }
        }
    }
}
