//! From the words of a letter to its pages: PDF/A-3a and PDF/UA-1 in one file, or pictures.
//!
//! Receives [`LetterData`] and the templates' text, hands on [`Pages`]. The only place that names Typst. The same letter is the same
//! bytes on every machine: fonts are pinned, nothing is read, and the moment of making is an argument.

mod desk;
mod fonts;
mod joined;
mod overfull;
mod reading;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use sha2::{Digest as _, Sha256};
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Dict, IntoValue as _, Smart};
use typst::syntax::{FileId, Source};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::letter::data::{LetterData, Look};
use crate::letter::record;
use crate::value::Lang;
use desk::{Desk, id_of};
pub use fonts::Fonts;
pub use joined::{Joined, Sheets};

/// The page around every template of a letter.
const MAIN: &str = include_str!("typeset/main.typ");
/// The page around every other template.
const PAPER: &str = include_str!("typeset/paper.typ");

/// The words that a template says by itself: its texts and names. A piece of a letter that is not among them cannot be shown.
pub fn words_of(template: &str) -> BTreeSet<String> {
    let root = typst::syntax::parse(template);
    let mut waiting = vec![&root];
    let mut words = BTreeSet::new();
    while let Some(node) = waiting.pop() {
        if let Some(text) = node.cast::<typst::syntax::ast::Str<'_>>() {
            words.insert(text.get().to_string());
        } else if let Some(name) = node.cast::<typst::syntax::ast::Ident<'_>>() {
            words.insert(name.get().to_string());
        }
        waiting.extend(node.children());
    }
    words
}

/// Is it the template of a letter? What letters share is none, nor are the guide, the paper of consequences and forms.
pub fn is_letter(template: &str) -> bool {
    !matches!(template, "frame" | "prose" | "guide" | "consequences" | "form" | "signing")
}

/// A document that is no letter: nobody is addressed, nothing is evaluated, no record travels in it.
#[derive(Debug, Clone)]
pub struct Paper {
    /// The template: `guide` is `templates/guide.typ`.
    pub template: String,
    /// Its language.
    pub lang: Lang,
    /// What it is called, in the properties of the file.
    pub title: String,
    /// Whose it is, likewise.
    pub author: String,
    /// What the template receives as `/data.json`, under `data`.
    pub data: serde_json::Value,
    /// How its pages look.
    pub look: Look,
}

/// The association's clock is three hours ahead of UTC, all year.
const CLOCK_AHEAD: i32 = 180;

/// Sets letters: fonts and templates, made once and shared.
#[derive(Debug)]
pub struct Typesetter {
    library: LazyHash<Library>,
    fonts: Fonts,
    main: FileId,
    paper: FileId,
    sources: BTreeMap<String, Source>,
    with_record: PdfStandards,
    alone: PdfStandards,
}

impl Typesetter {
    /// A typesetter for these templates: name and text, `decline` for `templates/decline.typ`.
    pub fn new(fonts: Fonts, templates: Vec<(String, String)>) -> Result<Typesetter, TypesetError> {
        let mut sources = BTreeMap::new();
        let mut add = |path: String, text: String| {
            let Some(id) = id_of(&path) else {
                return Err(TypesetError::TemplateName(path));
            };
            sources.insert(path, Source::new(id, text));
            Ok(id)
        };
        let main = add("main.typ".to_owned(), MAIN.to_owned())?;
        let paper = add("paper.typ".to_owned(), PAPER.to_owned())?;
        for (name, text) in templates {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(TypesetError::TemplateName(name));
            }
            add(path_of(&name), text)?;
        }
        let mut inputs = Dict::new();
        inputs.insert("face".into(), fonts.family().into_value());
        let standards = |archive: PdfStandard| {
            PdfStandards::new(&[archive, PdfStandard::Ua_1])
                .map_err(|problem| TypesetError::Standards(problem.message().to_string()))
        };
        Ok(Typesetter {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            fonts,
            main,
            paper,
            sources,
            with_record: standards(PdfStandard::A_3a)?,
            alone: standards(PdfStandard::A_2a)?,
        })
    }

    /// The faces that letters are set in.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// The digest of all templates and faces: where it is the same, so are the pages of a letter.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for (path, source) in &self.sources {
            digest.update(path);
            digest.update(Sha256::digest(source.text()));
        }
        digest.update([u8::from(self.fonts.are_complete())]);
        fonts::hex(&digest.finalize())
    }

    /// The pages of a letter, made at this moment.
    pub fn set(&self, letter: &LetterData, made_at: NaiveDateTime) -> Result<Pages<'_>, TypesetError> {
        self.check(&letter.template, &shown(letter)?)?;
        let record = serde_json::to_vec_pretty(&letter.record)
            .map_err(|error| TypesetError::Unwritable(error.to_string()))?;
        let mut files = vec![("data.json", data_of(letter)?)];
        if letter.attached {
            files.push((record::FILE, record));
        }
        files.extend(look_of(&letter.look)?);
        files.extend(letter.signer.drawn.iter().map(|drawn| ("signature", drawn.bytes.to_vec())));
        if let Some(code) = &letter.code {
            files.push(("code.svg", square(&code.carried)?));
        }
        let archive = if letter.attached { &self.with_record } else { &self.alone };
        self.compile(self.main, files, letter.lang, archive, made_at)
    }

    /// The pages of a document that is no letter, made at this moment.
    pub fn set_paper(&self, paper: &Paper, made_at: NaiveDateTime) -> Result<Pages<'_>, TypesetError> {
        self.check(&paper.template, &paper.data)?;
        let data = serde_json::json!({
            "template": paper.template,
            "lang": paper.lang.tag(),
            "title": paper.title,
            "author": paper.author,
            "data": paper.data,
        });
        let data = serde_json::to_vec(&data).map_err(|error| TypesetError::Unwritable(error.to_string()))?;
        let mut files = vec![("data.json", data)];
        files.extend(look_of(&paper.look)?);
        self.compile(self.paper, files, paper.lang, &self.alone, made_at)
    }

    /// The pages that `main` makes of the data, the first of the files.
    fn compile(
        &self,
        main: FileId,
        files: Vec<(&'static str, Vec<u8>)>,
        lang: Lang,
        archive: &PdfStandards,
        made_at: NaiveDateTime,
    ) -> Result<Pages<'_>, TypesetError> {
        let memory = Memory;
        let (today, made_at) = moment(made_at).ok_or(TypesetError::Moment(made_at))?;
        let ident = fonts::hex(&Sha256::digest(files.first().map_or(&[][..], |(_, data)| data)));
        let desk = Desk {
            library: &self.library,
            fonts: &self.fonts,
            sources: &self.sources,
            main,
            files: files.into_iter().map(|(path, bytes)| (path, Bytes::new(bytes))).collect(),
            today,
        };
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
        let document = output.map_err(|problems| faults(&desk, &problems))?;
        let warnings = warnings.iter().map(|problem| desk.fault(problem)).collect();
        Ok(Pages {
            document,
            desk,
            warnings,
            lang,
            options: PdfOptions {
                ident: Smart::Custom(ident),
                creator: Smart::Custom(Some("mizan".to_owned())),
                timestamp: Timestamp::new_local(made_at, CLOCK_AHEAD),
                page_ranges: None,
                standards: archive.clone(),
                tagged: true,
                pretty: false,
            },
            _memory: memory,
        })
    }

    /// Everything that would fail later in words that help nobody.
    fn check(&self, template: &str, shown: &serde_json::Value) -> Result<(), TypesetError> {
        if !self.sources.contains_key(&path_of(template)) {
            return Err(TypesetError::UnknownTemplate {
                name: template.to_owned(),
                known: (self.sources.keys())
                    .filter_map(|path| path.strip_prefix("templates/")?.strip_suffix(".typ"))
                    .filter(|name| is_letter(name))
                    .map(str::to_owned)
                    .collect(),
            });
        }
        match self.uncovered(shown, "") {
            Some((character, field)) => Err(TypesetError::NoGlyph { character, field }),
            None => Ok(()),
        }
    }

    /// The first character that no face can show, and where it stands.
    fn uncovered(&self, value: &serde_json::Value, field: &str) -> Option<(char, String)> {
        match value {
            serde_json::Value::String(text) => {
                let character = text.chars().find(|character| !self.fonts.cover(*character))?;
                Some((character, field.to_owned()))
            }
            serde_json::Value::Array(entries) => (entries.iter().enumerate())
                .find_map(|(place, entry)| self.uncovered(entry, &format!("{field}[{place}]"))),
            serde_json::Value::Object(entries) => entries.iter().find_map(|(key, entry)| {
                // How a stretch of a sentence is marked says nothing about where it stands.
                let is_mark = matches!(key.as_str(), "plain" | "code" | "one" | "each");
                match (field, is_mark) {
                    (_, true) => self.uncovered(entry, field),
                    ("", false) => self.uncovered(entry, key),
                    (_, false) => self.uncovered(entry, &format!("{field}.{key}")),
                }
            }),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => None,
        }
    }
}

/// A letter that has been set.
pub struct Pages<'a> {
    document: PagedDocument,
    desk: Desk<'a>,
    options: PdfOptions,
    warnings: Vec<Fault>,
    lang: Lang,
    _memory: Memory,
}

impl std::fmt::Debug for Pages<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Pages").field("count", &self.count()).finish_non_exhaustive()
    }
}

impl Pages<'_> {
    /// How many pages there are.
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// What is odd about the template, though the letter could be set.
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    /// The texts that are wider than their place: the number of the page, from 1 on, and the text.
    pub fn overfull(&self) -> Vec<(usize, String)> {
        let pages = (1..).zip(self.document.pages());
        pages
            .flat_map(|(number, page)| overfull::overfull(page).into_iter().map(move |text| (number, text)))
            .collect()
    }

    /// The words of each page, line by line, in the order of reading.
    pub fn text(&self) -> Vec<String> {
        self.document.pages().iter().map(|page| reading::lines(page, self.lang)).collect()
    }

    /// One file: PDF/A-3a and PDF/UA-1 with the letter's record attached as `record.json`, or PDF/A-2a and PDF/UA-1 without.
    pub fn pdf(&self) -> Result<Vec<u8>, TypesetError> {
        typst_pdf::pdf(&self.document, &self.options).map_err(|problems| faults(&self.desk, &problems))
    }

    /// One PNG for each page; a point is as many pixels wide, from a tenth to ten.
    pub fn png(&self, pixels_per_point: f64) -> Result<Vec<Vec<u8>>, TypesetError> {
        let options = typst_render::RenderOptions {
            pixel_per_pt: pixels_per_point.clamp(0.1, 10.0).into(),
            render_bleed: false,
        };
        let pages = self.document.pages().iter();
        pages
            .map(|page| typst_render::render(page, &options).encode_png())
            .collect::<Result<_, _>>()
            .map_err(|error| TypesetError::Unwritable(error.to_string()))
    }
}

/// Typst keeps what it computed: most paragraphs of the next letter say the same. What the last letters did not use is let go of, however
/// a letter ends, so that what is kept does not grow with their number.
struct Memory;

/// For so many letters what Typst computed is kept without being used.
const KEPT: usize = 10;

impl Drop for Memory {
    fn drop(&mut self) {
        typst::comemo::evict(KEPT);
    }
}

/// Why a letter could not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypesetError {
    /// A font file that is not among the pinned ones.
    #[error("font file `{name}` is not one of the pinned fonts")]
    UnknownFont {
        /// The file's name.
        name: String,
    },
    /// A font file whose content is not the pinned one.
    #[error("font file `{name}` is not the pinned one: its SHA-256 is {found}, not {expected}")]
    ChangedFont {
        /// The file's name.
        name: String,
        /// The pinned digest.
        expected: String,
        /// The file's digest.
        found: String,
    },
    /// A template with a name that cannot be a file's.
    #[error("template name `{0}` has other characters than letters, digits and hyphens")]
    TemplateName(String),
    /// A letter that asks for a template that is not there.
    #[error("unknown template `{name}`")]
    UnknownTemplate {
        /// What the letter asks for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A character that no font can show.
    #[error("no font has the character `{}` (U+{:04X}) in `{field}`", .character.escape_debug(), u32::from(*.character))]
    NoGlyph {
        /// The character.
        character: char,
        /// Where in the letter's data it stands: `frame.addressee[1]`.
        field: String,
    },
    /// A template that cannot be followed.
    #[error("the template cannot be set: {}", .0.first().map_or("", |fault| fault.message.as_str()))]
    Template(Vec<Fault>),
    /// A moment that a PDF cannot say.
    #[error("{0} cannot stand on a letter")]
    Moment(NaiveDateTime),
    /// Two standards that exclude each other.
    #[error("the PDF standards cannot be met together: {0}")]
    Standards(String),
    /// A letter that could not be written out.
    #[error("the letter could not be written: {0}")]
    Unwritable(String),
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where; nothing when it is the letter as a whole.
    pub place: Option<Place>,
    /// What.
    pub message: String,
    /// What may help.
    pub hints: Vec<String>,
    /// From where the place was reached, innermost first.
    pub calls: Vec<Place>,
}

/// A place in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `templates/decline.typ`.
    pub file: String,
    /// The line, the first one being 1.
    pub line: usize,
    /// The character in the line, the first one being 1.
    pub column: usize,
}

fn path_of(template: &str) -> String {
    format!("templates/{template}.typ")
}

/// The letter without what is never shown.
fn shown(letter: &LetterData) -> Result<serde_json::Value, TypesetError> {
    let mut data =
        serde_json::to_value(letter).map_err(|error| TypesetError::Unwritable(error.to_string()))?;
    if let Some(entries) = data.as_object_mut() {
        entries.shift_remove("record");
        if let Some(serde_json::Value::Object(beside)) = entries.get_mut("beside") {
            beside.shift_remove("record");
        }
    }
    Ok(data)
}

fn data_of(letter: &LetterData) -> Result<Vec<u8>, TypesetError> {
    serde_json::to_vec(&shown(letter)?).map_err(|error| TypesetError::Unwritable(error.to_string()))
}

/// The look of the pages, and the picture at their head.
fn look_of(look: &Look) -> Result<Vec<(&'static str, Vec<u8>)>, TypesetError> {
    let json = serde_json::to_vec(look).map_err(|error| TypesetError::Unwritable(error.to_string()))?;
    let logo = look.logo.iter().map(|logo| ("logo", logo.bytes.to_vec()));
    Ok([("look.json", json)].into_iter().chain(logo).collect())
}

/// A square code that a camera reads.
fn square(carried: &str) -> Result<Vec<u8>, TypesetError> {
    let code = qrcode::QrCode::with_error_correction_level(carried, qrcode::EcLevel::M)
        .map_err(|error| TypesetError::Unwritable(error.to_string()))?;
    Ok(code.render::<qrcode::render::svg::Color<'_>>().module_dimensions(4, 4).build().into_bytes())
}

/// A moment as Typst writes it: its day, and the whole of it.
fn moment(made_at: NaiveDateTime) -> Option<(Datetime, Datetime)> {
    let small = |number: u32| u8::try_from(number).ok();
    let (year, month, day) = (made_at.year(), small(made_at.month())?, small(made_at.day())?);
    let (hour, minute, second) = (small(made_at.hour())?, small(made_at.minute())?, small(made_at.second())?);
    // A PDF writes a year in four digits.
    (0..=9999).contains(&year).then_some(())?;
    let moment = Datetime::from_ymd_hms(year, month, day, hour, minute, second)?;
    Some((Datetime::from_ymd(year, month, day)?, moment))
}

fn faults(desk: &Desk<'_>, problems: &[SourceDiagnostic]) -> TypesetError {
    TypesetError::Template(problems.iter().map(|problem| desk.fault(problem)).collect())
}
