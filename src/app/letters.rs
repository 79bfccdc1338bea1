//! One kind of letter for many requests: lines or files in, PDFs and an index out, in order, in little memory, on all cores.
//!
//! Receives requests as `mizan evaluate --batch` takes them, or a folder of request files. Each is judged by the revision that governs it, as
//! it would be by itself. Where no letter may be issued the index says why, and the rest go on. Begun again, it makes only what is not there
//! yet.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest as _, Sha256};

use super::batch::{Line, Lines, Reader};
use super::cores::on_all_cores;
use super::official::{Revisions, Unjudged};
use super::seal::Sealer;
use super::{
    AppError, Asked, Loaded, Variant, When, compose_for, content, folder_of, letter_id, official,
    templates_of, typesetter_with,
};
use crate::diag::Diagnostics;
use crate::evaluation::request;
use crate::letter::Refusal;
use crate::letter::record::Content;
use crate::policy::Policy;
use crate::source::{Node, Source};
use crate::typeset::{Joined, Sheets, Typesetter};
use crate::value::{Lang, Text};
use crate::workspace::{self, WorkspaceError};

/// So many requests are read before they are shared out.
const AT_ONCE: usize = 128;
/// The index, in the folder of the letters.
pub const INDEX: &str = "index.csv";
/// The index of a run that has not come to its end.
const UNFINISHED: &str = "index.part.csv";
const HEAD: [&str; 7] = ["request", "case_ref", "letter", "file", "digest", "made_from", "why"];

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Letters<'a> {
    /// The folder that holds `policies/`, `templates/` and `fonts/`.
    pub root: &'a Path,
    /// The id of the letter, or the name of its template.
    pub letter: &'a str,
    /// The policy, where there are several.
    pub policy: Option<&'a str>,
    /// The language.
    pub lang: Lang,
    /// When they are made, and by which revision.
    pub asked: Asked,
    /// In which shape.
    pub variant: Variant<'a>,
    /// Where they go.
    pub folder: &'a Path,
    /// By which they are sealed.
    pub seal: Option<Sealer<'a>>,
}

/// Where the requests come from.
#[expect(missing_debug_implementations, reason = "an open file has nothing to show")]
pub enum Requests<'a> {
    /// A folder of files, one request each.
    Folder(PathBuf),
    /// Lines, and how many bytes they have where that is known.
    Lines(Lines, &'a mut dyn BufRead, Option<u64>),
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// So many requests are done.
    pub requests: u64,
    /// So much of the input, in files or bytes.
    pub done: u64,
    /// How much there is, where that is known.
    pub of: Option<u64>,
}

/// What became of the requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Letters that were made.
    pub made: u64,
    /// Letters that were there already.
    pub kept: u64,
    /// Requests for which the letter may not be issued, or cannot be set.
    pub refused: u64,
    /// Requests that could not be read.
    pub unread: u64,
    /// Is the pinned typeface there?
    pub has_typeface: bool,
}

impl Summary {
    /// How many requests there were.
    pub fn requests(&self) -> u64 {
        self.made + self.kept + self.refused + self.unread
    }
}

/// Makes the letters. `progress` is told of each, on whichever core it was made.
///
/// # Errors
///
/// The policy is wrong or has no such letter, or something cannot be read or written. A request that is wrong is no error.
pub fn run(
    wanted: &Letters<'_>,
    requests: Requests<'_>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Summary, AppError> {
    let run = Run::new(wanted)?;
    let mut summary = Summary { has_typeface: run.has_typeface(), ..Summary::default() };
    let unfinished = wanted.folder.join(UNFINISHED);
    workspace::create_folder(wanted.folder)?;
    let mut index = csv::Writer::from_writer(workspace::create(&unfinished)?);
    let failed = |error: io::Error| unwritten(&unfinished, error);
    index.write_record(HEAD).map_err(io::Error::from).map_err(failed)?;

    let mut input = Input::new(requests, AT_ONCE)?;
    let mut names = BTreeSet::new();
    loop {
        let (items, position) = input.next(AT_ONCE)?;
        if items.is_empty() {
            break;
        }
        let read = on_all_cores(&items, &|item| run.read(item));
        let mut named = Vec::new();
        for (item, read) in items.iter().zip(read) {
            let read = read.map(|loaded| {
                let name = run.name(item, &loaded, &names);
                names.insert(name.clone());
                Ready { item, loaded, name }
            });
            named.push((item, read));
        }
        let counted = AtomicUsize::new(0);
        let before = summary.requests();
        let rows = on_all_cores(&named, &|(item, read)| {
            let row = match read {
                Ok(ready) => run.letter(ready),
                Err(why) => Ok(Row::unread(item, why.get(wanted.lang).to_owned())),
            };
            let requests = before + 1 + counted.fetch_add(1, Ordering::Relaxed) as u64;
            progress(position.after(requests));
            row
        });
        for row in rows {
            let row = row?;
            match row.fate {
                Fate::Made => summary.made += 1,
                Fate::Kept => summary.kept += 1,
                Fate::Refused => summary.refused += 1,
                Fate::Unread => summary.unread += 1,
            }
            index.write_record(row.cells).map_err(io::Error::from).map_err(failed)?;
        }
        index.flush().map_err(failed)?;
    }
    drop(index);
    workspace::rename(&unfinished, &wanted.folder.join(INDEX))?;
    Ok(summary)
}

/// Joins the letters of a folder, in the order of its index, to one file to print; gives how many letters and pages it has.
///
/// # Errors
///
/// The index or a letter is not there, or cannot be read, or the file cannot be written.
pub fn join(
    folder: &Path,
    file: &Path,
    sheets: Sheets,
    progress: &dyn Fn(u64),
) -> Result<(u64, u64), AppError> {
    let beside = file.with_added_extension("part");
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        workspace::create_folder(folder)?;
    }
    let mut output = workspace::create(&beside)?;
    let mut save = |bytes: &[u8]| output.write_all(bytes).map_err(|error| unwritten(&beside, error));
    let (mut joined, head) = Joined::new(sheets);
    save(&head)?;
    let (mut letters, mut pages) = (0, 0);
    for row in rows(&folder.join(INDEX))? {
        let row = row?;
        if row.file.is_empty() {
            continue;
        }
        let title = if row.case_ref.is_empty() { &row.request } else { &row.case_ref };
        let (bytes, count) = joined.add(workspace::read_bytes(&folder.join(&row.file))?, title)?;
        save(&bytes)?;
        (letters, pages) = (letters + 1, pages + count as u64);
        progress(letters);
    }
    save(&joined.finish()?)?;
    output.into_inner().map_err(|error| unwritten(&beside, error.into_error()))?;
    workspace::rename(&beside, file)?;
    Ok((letters, pages))
}

fn unwritten(path: &Path, error: io::Error) -> AppError {
    AppError::Workspace(WorkspaceError::Io { path: path.display().to_string(), error })
}

/// The requests, so many at once.
pub(super) enum Input<'a> {
    Folder { files: std::vec::IntoIter<PathBuf>, of: u64 },
    Lines { reader: Reader<'a>, of: Option<u64> },
}

/// What stands in the input.
pub(super) enum Item {
    File(PathBuf),
    Line(u64, Line),
}

/// Where the input has come to.
#[derive(Clone, Copy)]
pub(super) enum Position {
    Files(u64),
    Bytes(u64, Option<u64>),
}

impl Position {
    pub(super) fn after(self, requests: u64) -> Progress {
        match self {
            Position::Files(of) => Progress { requests, done: requests, of: Some(of) },
            Position::Bytes(done, of) => Progress { requests, done, of },
        }
    }
}

impl<'a> Input<'a> {
    pub(super) fn new(requests: Requests<'a>, at_once: usize) -> Result<Input<'a>, AppError> {
        match requests {
            Requests::Folder(folder) => {
                let mut files = workspace::list(&folder)?;
                let ending =
                    |path: &PathBuf| path.extension().is_some_and(|end| end == "toml" || end == "json");
                files.retain(|path| ending(path) && path.is_file());
                let of = files.len() as u64;
                Ok(Input::Folder { files: files.into_iter(), of })
            }
            Requests::Lines(lines, input, of) => {
                let reader = Reader::new(lines, input, at_once).map_err(unreadable)?;
                Ok(Input::Lines { reader, of })
            }
        }
    }

    pub(super) fn next(&mut self, at_once: usize) -> Result<(Vec<Item>, Position), AppError> {
        match self {
            Input::Folder { files, of } => {
                let items = files.by_ref().take(at_once).map(Item::File).collect();
                Ok((items, Position::Files(*of)))
            }
            Input::Lines { reader, of } => {
                let lines = reader.next().map_err(unreadable)?;
                let items = lines.into_iter().map(|(number, line)| Item::Line(number, line)).collect();
                Ok((items, Position::Bytes(reader.bytes(), *of)))
            }
        }
    }
}

fn unreadable(error: io::Error) -> AppError {
    unwritten(Path::new("--batch"), error)
}

impl Item {
    fn source(&self) -> Result<Arc<Source>, WorkspaceError> {
        match self {
            Item::File(path) => Ok(Source::new(path.display().to_string(), workspace::read_text(path)?)),
            Item::Line(number, line) => Ok(line.source(*number)),
        }
    }

    /// What is written there, before any policy looks at it.
    fn tree<'s>(&'s self, source: &Arc<Source>) -> Result<Cow<'s, Node>, Diagnostics> {
        match self {
            Item::File(_) => request::tree(source).map(Cow::Owned),
            Item::Line(_, line) => line.tree(source),
        }
    }

    /// Its place in the input, as the index names it.
    pub(super) fn place(&self) -> String {
        match self {
            Item::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Item::Line(number, _) => number.to_string(),
        }
    }
}

/// What every letter needs.
struct Run<'a> {
    wanted: &'a Letters<'a>,
    revisions: Revisions,
    /// What letters under a revision need, by its folder.
    settings: BTreeMap<PathBuf, Setting>,
    before: BTreeMap<String, Before>,
}

/// What every letter under a revision needs.
struct Setting {
    content: Content,
    typesetter: Arc<Typesetter>,
    /// A digest of all that stands in such a letter but the request, by which one that is there is known to be the same.
    made_from: Sha256,
}

/// A letter that an earlier run made.
struct Before {
    digest: String,
    made_from: String,
}

/// A request that has been read, and the file in which its letter goes.
struct Ready<'a> {
    item: &'a Item,
    loaded: Loaded,
    name: String,
}

enum Fate {
    Made,
    Kept,
    Refused,
    Unread,
}

/// A row of the index.
struct Row {
    fate: Fate,
    cells: [String; HEAD.len()],
}

impl Row {
    fn unread(item: &Item, why: String) -> Row {
        let nothing = String::new;
        let cells = [item.place(), nothing(), nothing(), nothing(), nothing(), nothing(), why];
        Row { fate: Fate::Unread, cells }
    }
}

impl<'a> Run<'a> {
    fn new(wanted: &'a Letters<'a>) -> Result<Run<'a>, AppError> {
        let revisions = Revisions::of(wanted.root, wanted.policy, wanted.asked)?;
        let policies = revisions.all()?;
        let has_it = |policy: &Policy| policy.letter(&letter_id(policy, wanted.letter)).is_some();
        if let Some((latest, _)) = policies.first().filter(|_| !policies.iter().any(|(each, _)| has_it(each)))
        {
            return Err(AppError::Letter(Refusal::unknown(latest, wanted.letter)));
        }
        let settings = settings(wanted, &policies)?;
        Ok(Run { wanted, revisions, settings, before: index_before(wanted.folder)? })
    }

    fn has_typeface(&self) -> bool {
        self.settings.values().all(|setting| setting.typesetter.fonts().are_complete())
    }

    /// Reads a request by the revision that judges it.
    fn read(&self, item: &Item) -> Result<Loaded, Text> {
        let source = item.source().map_err(|error| why(error.into()))?;
        let node = item.tree(&source).map_err(|problems| why(AppError::Request(problems)))?;
        self.revisions.loaded(Unjudged { source: &source, node: &node }).map_err(why)
    }

    /// A name that no letter before has: after the number of the request, or its place where it has none.
    fn name(&self, item: &Item, loaded: &Loaded, taken: &BTreeSet<String>) -> String {
        let kind = letter_id(&loaded.policy, self.wanted.letter);
        let lang = self.wanted.variant.tag(self.wanted.lang);
        let place = match item {
            Item::File(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            Item::Line(number, _) => format!("line-{number}"),
        };
        let own = match item {
            Item::File(_) => place.as_str(),
            Item::Line(..) => loaded.request.case_ref.as_deref().unwrap_or_default(),
        };
        let stem = Some(safe(own)).filter(|stem| !stem.is_empty()).unwrap_or_else(|| safe(&place));
        let name = format!("{stem}-{kind}.{lang}.pdf");
        if taken.contains(&name) { format!("{stem}-{}-{kind}.{lang}.pdf", safe(&item.place())) } else { name }
    }

    fn letter(&self, ready: &Ready<'_>) -> Result<Row, AppError> {
        let Ready { item, loaded, name } = ready;
        let id = letter_id(&loaded.policy, self.wanted.letter);
        let row = |fate: Fate, file: &str, digest: &str, made_from: &str, why: &str| {
            let case_ref = loaded.request.case_ref.clone().unwrap_or_default();
            let cells = [&item.place(), &case_ref, &id, file, digest, made_from, why];
            Row { fate, cells: cells.map(str::to_owned) }
        };
        let Some(setting) = self.settings.get(&loaded.folder) else {
            return Ok(row(Fate::Refused, "", "", "", ""));
        };
        let text = match item {
            Item::Line(_, Line::Csv(node)) => format!("{node:?}"),
            Item::File(_) | Item::Line(..) => loaded.source.text.clone(),
        };
        let made_from = setting.made_from.clone().chain_update(&id).chain_update([0]).chain_update(&text);
        let made_from = hex(&made_from.finalize());
        let path = self.wanted.folder.join(name);
        if let Some(before) = self.before.get(name).filter(|before| before.made_from == made_from)
            && workspace::read_bytes(&path).is_ok_and(|bytes| hex(&Sha256::digest(bytes)) == before.digest)
        {
            return Ok(row(Fate::Kept, name, &before.digest, &made_from, ""));
        }
        match self.pdf(setting, loaded, &id) {
            Ok(pdf) => {
                workspace::write(&path, &pdf)?;
                Ok(row(Fate::Made, name, &hex(&Sha256::digest(&pdf)), &made_from, ""))
            }
            Err(error) => Ok(row(Fate::Refused, "", "", "", why(error).get(self.wanted.lang))),
        }
    }

    fn pdf(&self, setting: &Setting, loaded: &Loaded, id: &str) -> Result<Vec<u8>, AppError> {
        let Asked { when, today, .. } = self.wanted.asked;
        let Loaded { policy, request, source, standing, .. } = loaded;
        official::may_issue(standing, when.moment(request).date(), today)?;
        let form = (self.wanted.lang, &self.wanted.variant);
        let (letter, at) = compose_for(policy, request, source, id, form, when, standing)?;
        let letter = letter.under(&policy.id, setting.content);
        let pdf = setting.typesetter.set(&letter, at)?.pdf()?;
        match &self.wanted.seal {
            Some(sealer) => sealer.seal(&pdf, &letter, at),
            None => Ok(pdf),
        }
    }
}

/// What letters under each of these revisions need; of an approved one it is said by which resolution.
fn settings(
    wanted: &Letters<'_>,
    policies: &[(Arc<Policy>, String)],
) -> Result<BTreeMap<PathBuf, Setting>, AppError> {
    let day = match wanted.asked.when {
        When::On(day) => day.to_string(),
        // A letter that was made keeps its day.
        When::Now(_) | When::OfRequest => String::new(),
    };
    let shape = wanted.variant.tag(wanted.lang);
    let mut all = Sha256::new_with_prefix(format!("{}\n{shape}\n{day}\n", env!("CARGO_PKG_VERSION")));
    if let Some(path) = wanted.variant.signature {
        all.update(Sha256::digest(workspace::read_bytes(path)?));
    }
    // What was made without the seal, or by another, is made again.
    all.update(wanted.seal.map(|sealer| sealer.key.fingerprint()).unwrap_or_default());
    let (mut settings, mut typesetters) = (BTreeMap::new(), BTreeMap::<PathBuf, Arc<Typesetter>>::new());
    for (policy, resolution) in policies {
        let folder = folder_of(policy);
        let templates = templates_of(wanted.root, &folder);
        let typesetter = match typesetters.get(&templates) {
            Some(typesetter) => Arc::clone(typesetter),
            None => Arc::new(typesetter_with(wanted.root, &templates)?),
        };
        typesetters.insert(templates, Arc::clone(&typesetter));
        let content = content(wanted.root, policy)?;
        let made_from = all
            .clone()
            .chain_update(format!("{}\n{resolution}\n", content.revision))
            .chain_update(typesetter.digest());
        settings.insert(folder, Setting { content, typesetter, made_from });
    }
    Ok(settings)
}

/// Why a letter was not made, in one sentence.
fn why(error: AppError) -> Text {
    error.diagnostics().0.into_iter().next().map(|problem| problem.message).unwrap_or_default()
}

/// What may stand in the name of a file everywhere.
fn safe(name: &str) -> String {
    let is_safe = |letter: char| letter.is_alphanumeric() || letter == '_';
    let parts = name.split(|letter: char| !is_safe(letter)).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").chars().take(60).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What an earlier run made, whether it came to its end or not.
fn index_before(folder: &Path) -> Result<BTreeMap<String, Before>, AppError> {
    let mut before = BTreeMap::new();
    for name in [INDEX, UNFINISHED] {
        let path = folder.join(name);
        if !path.is_file() {
            continue;
        }
        // The last row of a run that was stopped may be half a row.
        for row in rows(&path)?.flatten().filter(|row| !row.file.is_empty()) {
            before.insert(row.file, Before { digest: row.digest, made_from: row.made_from });
        }
    }
    Ok(before)
}

/// A row of an index, as it is read again.
#[derive(serde::Deserialize)]
struct Indexed {
    request: String,
    case_ref: String,
    file: String,
    digest: String,
    made_from: String,
}

fn rows(path: &Path) -> Result<impl Iterator<Item = Result<Indexed, AppError>>, AppError> {
    let (input, _) = workspace::open(path)?;
    let place = path.to_owned();
    let rows = csv::ReaderBuilder::new().flexible(true).from_reader(input).into_deserialize();
    Ok(rows.map(move |row| row.map_err(|error| unwritten(&place, io::Error::from(error)))))
}
