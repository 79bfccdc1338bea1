//! The same page from Typst alone: what no letter can be faster than.

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use mizan::letter::data::LetterData;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue as _, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub(crate) struct Plain {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
    sources: Vec<(FileId, Source)>,
    main: FileId,
    standards: PdfStandards,
}

fn id(path: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).unwrap()).intern()
}

struct Desk<'a> {
    plain: &'a Plain,
    data: Bytes,
    record: Bytes,
    look: Bytes,
    today: Datetime,
}

impl Plain {
    pub(crate) fn new(templates: Vec<(String, String)>) -> Plain {
        let mut faces: Vec<Font> = mizan::typeset::Fonts::names()
            .flat_map(|name| {
                Font::iter(Bytes::new(std::fs::read(format!("fonts/{name}")).unwrap())).collect::<Vec<_>>()
            })
            .collect();
        faces.extend(Font::iter(Bytes::new(dejavu::sans::regular())));
        faces.extend(Font::iter(Bytes::new(dejavu::sans::bold())));
        let mut inputs = Dict::new();
        inputs.insert("face".into(), "Amiri".into_value());
        let mut sources = Vec::new();
        let main = std::fs::read_to_string("src/typeset/main.typ").unwrap();
        for (path, text) in templates
            .into_iter()
            .map(|(name, text)| (format!("templates/{name}.typ"), text))
            .chain([("main.typ".into(), main)])
        {
            sources.push((id(&path), Source::new(id(&path), text)));
        }
        Plain {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            book: LazyHash::new(FontBook::from_fonts(&faces)),
            faces,
            sources,
            main: id("main.typ"),
            standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]).unwrap(),
        }
    }

    /// What was not used for `kept` letters is let go of.
    pub(crate) fn set(&self, letter: &LetterData, at: NaiveDateTime, kept: usize) -> Vec<u8> {
        let small = |number: u32| u8::try_from(number).unwrap();
        let moment = Datetime::from_ymd_hms(
            at.year(),
            small(at.month()),
            small(at.day()),
            small(at.hour()),
            small(at.minute()),
            small(at.second()),
        )
        .unwrap();
        let desk = Desk {
            plain: self,
            data: Bytes::new(data(letter)),
            record: Bytes::new(serde_json::to_vec_pretty(&letter.record).unwrap()),
            look: Bytes::new(serde_json::to_vec(&letter.look).unwrap()),
            today: moment,
        };
        let document = typst::compile::<PagedDocument>(&desk).output.unwrap();
        let options = PdfOptions {
            ident: Smart::Custom("letter".to_owned()),
            creator: Smart::Auto,
            timestamp: Timestamp::new_local(moment, 180),
            page_ranges: None,
            standards: self.standards.clone(),
            tagged: true,
            pretty: false,
        };
        let pdf = typst_pdf::pdf(&document, &options).unwrap();
        typst::comemo::evict(kept);
        pdf
    }
}

/// What the template receives.
pub(crate) fn data(letter: &LetterData) -> Vec<u8> {
    let mut data = serde_json::to_value(letter).unwrap();
    data.as_object_mut().unwrap().remove("record");
    serde_json::to_vec(&data).unwrap()
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.plain.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.plain.book
    }

    fn main(&self) -> FileId {
        self.plain.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.plain.sources.iter().find(|(known, _)| *known == id);
        source.map(|(_, source)| source.clone()).ok_or_else(|| FileError::NotFound("source".into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id.get().vpath().get_without_slash() {
            "data.json" => Ok(self.data.clone()),
            "record.json" => Ok(self.record.clone()),
            "look.json" => Ok(self.look.clone()),
            _ => Err(FileError::NotFound("file".into())),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.plain.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}
