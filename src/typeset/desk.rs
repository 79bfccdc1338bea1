//! What Typst may see while it sets one letter: the templates, the data, the record. There is no other file, no network and no clock.

use std::collections::BTreeMap;

use typst::diag::{FileError, FileResult, SourceDiagnostic, Tracepoint};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{DiagSpan, FileId, Lines, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, World, WorldExt as _};

use super::{Fault, Fonts, Place};

/// The letter on the desk.
pub(super) struct Desk<'a> {
    pub(super) library: &'a LazyHash<Library>,
    pub(super) fonts: &'a Fonts,
    pub(super) sources: &'a BTreeMap<String, Source>,
    pub(super) main: FileId,
    /// The same paths for every letter: Typst never forgets a path.
    pub(super) files: Vec<(&'static str, Bytes)>,
    pub(super) today: Datetime,
}

/// The id of a path, and nothing where it is not one.
pub(super) fn id_of(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(name(id)).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.iter().find(|(path, _)| *path == name(id));
        file.map(|(_, bytes)| bytes.clone()).ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}

impl Desk<'_> {
    /// What Typst complains of, as data.
    pub(super) fn fault(&self, problem: &SourceDiagnostic) -> Fault {
        let calls = problem.trace.iter().filter_map(|step| match step.v {
            Tracepoint::Call(_) | Tracepoint::Show(_) | Tracepoint::Import(_) => self.place(step.span.into()),
            // The page that includes the template is ours, and tells an author nothing.
            Tracepoint::Include(_) => None,
        });
        Fault {
            place: self.place(problem.span),
            // What a template asserts is said in its own words.
            message: problem.message.trim_start_matches("assertion failed: ").to_owned(),
            hints: problem.hints.iter().map(|hint| hint.v.to_string()).collect(),
            calls: calls.collect(),
        }
    }

    fn place(&self, span: DiagSpan) -> Option<Place> {
        let id = span.id()?;
        let start = self.range(span)?.start;
        let text = match self.sources.get(name(id)) {
            Some(source) => source.text().to_owned(),
            None => String::from_utf8(self.file(id).ok()?.to_vec()).ok()?,
        };
        let (line, column) = Lines::new(text).byte_to_line_column(start)?;
        Some(Place { file: name(id).to_owned(), line: line + 1, column: column + 1 })
    }
}

/// The path of a file inside the desk; a package has none, because there are no packages.
fn name(id: FileId) -> &'static str {
    let path = id.get();
    match path.root() {
        VirtualRoot::Package(_) => "",
        VirtualRoot::Project => path.vpath().get_without_slash(),
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}
