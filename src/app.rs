//! One function per verb, for every face: the command line now, pages later.
//!
//! Receives what a person asked for, hands on what came out, or an [`AppError`] on which a face can branch.

mod announced;
pub mod batch;
pub mod compare;
mod cores;
pub mod demo;
pub mod draft;
pub mod form;
pub mod guide;
pub mod impact;
pub mod init;
pub mod letters;
pub mod official;
pub mod policy;
mod problems;
pub mod proof;
pub mod seal;
pub mod shipped;
pub mod templates;
pub mod variant;
pub mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{NaiveDateTime, NaiveTime, Timelike as _};

use crate::diag::Diagnostics;
use crate::evaluation::explain::Explanation;
use crate::evaluation::request::{self, Request};
use crate::evaluation::{self, Evaluation, coverage, scenario};
use crate::letter::data::LetterData;
use crate::letter::record::{self, Content};
use crate::letter::{Details, Matter, Occasion, Refusal, compose};
use crate::policy::{About, Policy};
use crate::revision::Sums;
use crate::revision::regions::invariant::{self, Held};
use crate::seal::{SealError, Unreadable};
use crate::source::{self, Source};
use crate::typeset::{Fonts, Pages, TypesetError, Typesetter};
use crate::value::{Date, Lang, Text};
use crate::workspace::{self, WorkspaceError};
pub use variant::Variant;

pub use official::{Revisions, Standing, Under};

/// Why something could not be done.
#[derive(Debug)]
pub enum AppError {
    /// A file could not be read or written.
    Workspace(WorkspaceError),
    /// There is no such policy.
    NoPolicy {
        /// What was asked for.
        asked: String,
        /// The policies that there are.
        known: Vec<String>,
    },
    /// The policy is wrong.
    Policy(Diagnostics),
    /// What the board approved does not allow it, or does not hold.
    Board(Diagnostics),
    /// The request is wrong.
    Request(Diagnostics),
    /// The letter may not be made.
    Letter(Refusal),
    /// The picture of a signature that the letter cannot bear: why, and what to do.
    Signature(Text, Text),
    /// The letter could not be set.
    Typeset(TypesetError),
    /// The letter could not be sealed.
    Seal(SealError),
    /// The policy's letters name no association, and nobody did either.
    NoName,
    /// What would be written is there already.
    Exists(String),
    /// A new passphrase was typed in two ways.
    Passphrases,
    /// Nobody could be asked.
    Unasked(Text),
    /// It cannot be done so: why, and what to do instead.
    Cannot(Text, Text),
    /// A file is no letter.
    NoLetter {
        /// The file.
        path: String,
        /// Why.
        why: Unreadable,
    },
}

impl AppError {
    /// Why, where it is one sentence.
    pub fn text(&self) -> Option<Text> {
        match self {
            AppError::Policy(_) | AppError::Board(_) | AppError::Request(_) | AppError::NoPolicy { .. } => {
                None
            }
            AppError::Workspace(error) => Some(error.text()),
            AppError::Letter(refusal) => Some(refusal.text()),
            AppError::Signature(text, _) | AppError::Cannot(text, _) => Some(text.clone()),
            AppError::Typeset(error) => Some(Text::same(error.to_string())),
            AppError::Seal(error) => Some(error.text()),
            AppError::NoName => Some(Text::new(
                "السياسة لا تسمي جمعيتها؛ اكتب اسمها: `--ar` و`--en`",
                "the policy names no association; say its name: `--ar` and `--en`",
            )),
            AppError::Exists(path) => Some(Text::new(
                format!("`{path}` موجود من قبل، ولا يُستبدل ختم قائم؛ سمِّ الجديد باسم آخر: `--as`"),
                format!(
                    "`{path}` is there already, and no seal is replaced; give the new one another name: `--as`"
                ),
            )),
            AppError::Passphrases => {
                Some(Text::new("عبارتا المرور مختلفتان", "the two passphrases are not the same"))
            }
            AppError::Unasked(text) => Some(text.clone()),
            AppError::NoLetter { path, why: Unreadable::NotPdf } => {
                Some(Text::new(format!("`{path}` ليس ملف PDF"), format!("`{path}` is no PDF")))
            }
            AppError::NoLetter { path, why: Unreadable::Foreign } => Some(Text::new(
                format!("`{path}` تالف، أو كتبه برنامج آخر، فلا يُنظر فيه"),
                format!("`{path}` is damaged, or another program wrote it, so it cannot be looked into"),
            )),
        }
    }

    /// What is wrong, as problems.
    fn diagnostics(self) -> Diagnostics {
        let asked = if let AppError::NoPolicy { asked, .. } = &self { asked.as_str() } else { "" };
        let text = self.text().unwrap_or_else(|| Text::same(asked));
        let (AppError::Policy(problems) | AppError::Board(problems) | AppError::Request(problems)) = self
        else {
            return batch::problem(&text);
        };
        problems
    }
}

impl From<WorkspaceError> for AppError {
    fn from(error: WorkspaceError) -> AppError {
        AppError::Workspace(error)
    }
}

impl From<SealError> for AppError {
    fn from(error: SealError) -> AppError {
        AppError::Seal(error)
    }
}

impl From<TypesetError> for AppError {
    fn from(error: TypesetError) -> AppError {
        AppError::Typeset(error)
    }
}

/// A revision on disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RevisionFolder {
    /// The id of the policy: the name of its folder.
    pub policy: String,
    /// The number: the name of the revision's folder.
    pub number: u32,
    /// The folder.
    pub path: PathBuf,
}

/// The revisions that `asked` names: a policy's id, its folder, the folder of one revision, or nothing for all.
///
/// # Errors
///
/// There is none.
pub fn revisions(root: &Path, asked: Option<&str>) -> Result<Vec<RevisionFolder>, AppError> {
    let all = || -> Result<Vec<RevisionFolder>, AppError> {
        let mut found = Vec::new();
        let policies = under(root, "policies");
        if !policies.is_dir() {
            let shown = policies.display();
            return Err(AppError::Cannot(
                Text::new(format!("لا مجلد باسم `{shown}` هنا"), format!("there is no folder `{shown}` here")),
                Text::new(
                    "شغِّل الأمر من المجلد الذي فيه policies، أو سمِّه: `--root المجلد`؛ ومجلد جمعيةٍ جديدة: `mizan init`",
                    "run it in the folder that holds policies/, or name that: `--root FOLDER`; for a new association: `mizan init`",
                ),
            ));
        }
        for folder in workspace::list(&policies)? {
            found.extend(revisions_in(&folder)?);
        }
        Ok(found)
    };
    let found = match asked {
        None => all()?,
        Some(asked) => {
            let path = under(root, asked);
            let path = if path.is_dir() { path } else { under(root, "policies").join(asked) };
            if !path.is_dir() {
                vec![]
            } else if path.join("policy.toml").is_file() {
                revision_at(&path).into_iter().collect()
            } else {
                revisions_in(&path)?
            }
        }
    };
    if found.is_empty() {
        let mut known: Vec<String> =
            all().unwrap_or_default().into_iter().map(|revision| revision.policy).collect();
        known.dedup();
        let asked = asked.unwrap_or("policies").to_owned();
        return Err(AppError::NoPolicy { asked, known });
    }
    Ok(found)
}

/// A path inside the root, as a person would write it: without `./` before it.
fn under(root: &Path, path: &str) -> PathBuf {
    if root == Path::new(".") { PathBuf::from(path) } else { root.join(path) }
}

fn revisions_in(folder: &Path) -> Result<Vec<RevisionFolder>, WorkspaceError> {
    if !folder.is_dir() {
        return Ok(vec![]);
    }
    let mut found: Vec<RevisionFolder> = workspace::list(folder)?
        .iter()
        .filter(|path| path.is_dir())
        .filter_map(|path| revision_at(path))
        .collect();
    found.sort();
    Ok(found)
}

fn revision_at(path: &Path) -> Option<RevisionFolder> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let policy = path.parent()?.file_name()?.to_str()?.to_owned();
    Some(RevisionFolder { policy, number, path: path.to_owned() })
}

/// Reads and checks a revision.
///
/// # Errors
///
/// Every problem of its files.
pub fn load(revision: &RevisionFolder) -> Result<(Policy, Diagnostics), AppError> {
    let files = workspace::read_revision(&revision.path)?;
    crate::policy::check(&revision.path.display().to_string(), &files).map_err(AppError::Policy)
}

/// Reads and checks what a request is judged by: a worked example that is wrong stops a test, and no evaluation.
fn load_to_judge(revision: &RevisionFolder) -> Result<Policy, AppError> {
    let files = workspace::read_revision_without_examples(&revision.path)?;
    let checked = crate::policy::check_without_examples(&revision.path.display().to_string(), &files);
    checked.map(|(policy, _)| policy).map_err(AppError::Policy)
}

/// The revision of a policy that is in force today, or the latest where none was approved: for many requests at once.
///
/// # Errors
///
/// There is none, or several policies, or it is wrong.
pub fn latest(root: &Path, policy: Option<&str>) -> Result<Policy, AppError> {
    let folders = revisions(root, policy)?;
    one_policy(&folders)?;
    let home = folders.first().and_then(|folder| folder.path.parent());
    let asks_for_one = policy.is_some_and(|asked| under(root, asked).join("policy.toml").is_file());
    if let Some(home) = home.filter(|home| !asks_for_one && self::policy::is_registered(root, home)) {
        let today = workspace::now().date();
        let home = self::policy::home_at(root, home)?;
        let (folder, ..) = self::policy::governing(&home, today, today)?;
        return load(&folder).map(|(policy, _)| policy);
    }
    newest(root, policy)
}

/// The latest revision of a policy, approved or not.
fn newest(root: &Path, policy: Option<&str>) -> Result<Policy, AppError> {
    let folders = revisions(root, policy)?;
    one_policy(&folders)?;
    match folders.last() {
        Some(folder) => load(folder).map(|(policy, _)| policy),
        None => Err(AppError::NoPolicy { asked: policy.unwrap_or_default().to_owned(), known: vec![] }),
    }
}

/// Revisions of one policy, or nobody could say by which to judge.
fn one_policy(folders: &[RevisionFolder]) -> Result<(), AppError> {
    let mut known: Vec<String> = folders.iter().map(|folder| folder.policy.clone()).collect();
    known.dedup();
    if known.len() > 1 { Err(AppError::NoPolicy { asked: String::new(), known }) } else { Ok(()) }
}

/// A revision, read and looked over.
#[derive(Debug)]
pub struct Checked {
    /// The policy.
    pub policy: Policy,
    /// What is worth a look in its files.
    pub notes: Diagnostics,
    /// What the board should see before it approves: an error among them blocks an approval, never an evaluation.
    pub findings: Diagnostics,
    /// What must hold of it, and how that is known.
    pub invariants: Vec<Held>,
}

/// Reads a revision, and says what the board should see before it approves.
///
/// # Errors
///
/// Every problem of its files.
pub fn check(root: &Path, revision: &RevisionFolder) -> Result<Checked, AppError> {
    let (policy, notes) = load(revision)?;
    let mut findings = crate::policy::lint::lint(&policy);
    findings.0.extend(coverage::lint(&policy, &scenario::run(&policy)).0);
    let invariants = invariant::look(&policy);
    findings.0.extend(invariant::lint(&invariants).0);
    findings.0.extend(templates::lint(root, &policy)?.0);
    Ok(Checked { policy, notes, findings, invariants })
}

/// The checked policy by which a request is to be judged, and the request.
#[derive(Debug)]
pub struct Loaded {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The request.
    pub request: Request,
    /// Its file.
    pub source: Arc<Source>,
    /// What it counts for.
    pub standing: Standing,
    /// The folder of the revision.
    pub folder: PathBuf,
}

/// When something is asked for, and by which revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The day.
    pub when: When,
    /// The revision.
    pub under: Under,
    /// What the clock says: no letter is issued before its day.
    pub today: Date,
}

impl From<When> for Asked {
    fn from(when: When) -> Asked {
        Asked { when, under: Under::InForce, today: workspace::now().date() }
    }
}

/// Reads a request, and the revision by which it is judged: the one in force on the day of its submission, where the board has approved one.
fn load_request(root: &Path, path: &Path, policy: Option<&str>, asked: Asked) -> Result<Loaded, AppError> {
    let source = Source::new(path.display().to_string(), workspace::read_text(path)?);
    let folders = named_folders(root, &source, policy)?;
    one_policy(&folders)?;
    let desk = official::Desk::of(root, &folders, asked)?;
    let node = request::tree(&source).map_err(AppError::Request)?;
    let unjudged = official::Unjudged { source: &source, node: &node };
    match desk {
        Some(desk) => desk.loaded(unjudged, &folders, asked),
        None => {
            let drafts = folders.iter().rev().map(|folder| load_to_judge(folder).map(Arc::new));
            official::drafted(drafts, unjudged)
        }
    }
}

/// The folders of the revisions that come into question.
fn named_folders(
    root: &Path,
    source: &Arc<Source>,
    policy: Option<&str>,
) -> Result<Vec<RevisionFolder>, AppError> {
    match policy {
        Some(asked) => revisions(root, Some(asked)),
        None => match named_policy(source)? {
            Some(id) => revisions_of(root, id),
            None => revisions(root, None),
        },
    }
}

/// Reads a request, and the latest revision that was meant to govern on the day of the request, approved or not.
///
/// # Errors
///
/// Everything that is wrong with the policy or the request.
pub fn read_request(root: &Path, path: &Path, policy: Option<&str>) -> Result<Loaded, AppError> {
    load_request(root, path, policy, Asked { under: Under::Trial, ..When::OfRequest.into() })
}

/// The revisions of a policy that a request names. A request comes from outside: it names a policy, never a folder.
fn revisions_of(root: &Path, id: String) -> Result<Vec<RevisionFolder>, AppError> {
    let all = revisions(root, None)?;
    let mut known: Vec<String> = all.iter().map(|revision| revision.policy.clone()).collect();
    known.dedup();
    let found: Vec<RevisionFolder> = all.into_iter().filter(|revision| revision.policy == id).collect();
    if found.is_empty() { Err(AppError::NoPolicy { asked: id, known }) } else { Ok(found) }
}

/// The policy that a request names, before anything else of it is read.
fn named_policy(source: &Arc<Source>) -> Result<Option<String>, AppError> {
    let node = request::tree(source).map_err(AppError::Request)?;
    let Some(source::Value::String(id)) = node.get("policy").map(|node| &node.value) else { return Ok(None) };
    let id = id.trim();
    Ok((!id.is_empty()).then(|| id.to_owned()))
}

/// The day for which something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// This day, and no other.
    On(Date),
    /// Now; for a request that is dated ahead, the day of the request.
    Now(NaiveDateTime),
    /// The day of each request, when it was submitted.
    OfRequest,
}

impl When {
    fn moment(self, request: &Request) -> NaiveDateTime {
        self.moment_from(request.submitted_at.date())
    }

    /// The moment, not before a day.
    fn moment_from(self, submitted_on: Date) -> NaiveDateTime {
        let day = match self {
            When::On(day) => day,
            When::OfRequest => submitted_on,
            When::Now(now) if now.date() < submitted_on => submitted_on,
            // A record says seconds: by it the letter is made again.
            When::Now(now) => return now.with_nanosecond(0).unwrap_or(now),
        };
        // What is made for another day is made at its noon: the same bytes whenever it is made again.
        day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN))
    }
}

/// Evaluates a request file.
///
/// # Errors
///
/// Everything that is wrong with the policy or the request; a day before the request was submitted.
pub fn evaluate(
    root: &Path,
    path: &Path,
    policy: Option<&str>,
    asked: impl Into<Asked>,
) -> Result<(Loaded, Evaluation), AppError> {
    let asked = asked.into();
    let loaded = load_request(root, path, policy, asked)?;
    let on = asked.when.moment(&loaded.request).date();
    loaded.request.is_submitted_by(&loaded.policy, on, &loaded.source).map_err(AppError::Request)?;
    let evaluation = evaluation::evaluate(&loaded.policy, &loaded.request, on);
    Ok((loaded, evaluation))
}

/// Which letter of which request is wanted.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// The id of the letter, or the name of its template.
    pub letter: &'a str,
    /// The request file; for a letter that concerns no request the file of its details, where it has any.
    pub request: Option<&'a Path>,
    /// The policy, where the request does not name it.
    pub policy: Option<&'a str>,
    /// The language.
    pub lang: Lang,
    /// When it is made.
    pub when: When,
    /// In which shape.
    pub variant: Variant<'a>,
}

/// A letter, and what it was made under.
#[derive(Debug)]
pub struct Made {
    /// The letter.
    pub letter: LetterData,
    /// The moment at which it is made.
    pub at: NaiveDateTime,
    /// The folder of the revision, which has templates of its own where it was approved.
    pub folder: PathBuf,
}

/// Composes a letter, and says at which moment it is made.
///
/// # Errors
///
/// Everything that is wrong with the policy or the request, or why the letter may not be made.
pub fn letter(root: &Path, wanted: &Wanted<'_>) -> Result<(LetterData, NaiveDateTime), AppError> {
    letter_under(root, wanted, wanted.when.into()).map(|made| (made.letter, made.at))
}

/// The same under the revision that was asked for.
///
/// # Errors
///
/// The same; and that it is a simulation, or dated ahead.
pub fn letter_under(root: &Path, wanted: &Wanted<'_>, asked: Asked) -> Result<Made, AppError> {
    if let Some(made) = announced::letter(root, wanted, asked)? {
        return Ok(made);
    }
    if let Some((policy, details)) = details(root, wanted, asked.under)? {
        let at = wanted.when.moment_from(Date::MIN);
        let folder = folder_of(&policy);
        let standing = match asked.under {
            Under::Trial | Under::Now => Standing::Trial,
            Under::InForce => official::standing(root, &folder, at.date(), asked.today)?,
        };
        official::may_issue(&standing, at.date(), asked.today)?;
        let id = letter_id(&policy, wanted.letter);
        let occasion = Occasion { at, trial: standing == Standing::Trial };
        let matter = Matter::Policy(&policy, &details);
        let letter = variant::letter(&|_| matter, &id, wanted.lang, occasion, &wanted.variant)?;
        let letter = official::cited(letter, &standing).under(&policy.id, content(root, &policy)?);
        return Ok(Made { letter, at, folder });
    }
    let request = wanted.request.unwrap_or(Path::new(""));
    let loaded = load_request(root, request, wanted.policy, asked)?;
    let id = letter_id(&loaded.policy, wanted.letter);
    let form = (wanted.lang, &wanted.variant);
    let at = asked.when.moment(&loaded.request);
    official::may_issue(&loaded.standing, at.date(), asked.today)?;
    let (policy, request, source) = (&loaded.policy, &loaded.request, &loaded.source);
    let (letter, at) = compose_for(policy, request, source, &id, form, asked.when, &loaded.standing)?;
    Ok(Made { letter: letter.under(&policy.id, content(root, policy)?), at, folder: loaded.folder })
}

/// The folder from which a revision was read.
fn folder_of(policy: &Policy) -> PathBuf {
    let folder = policy.files.first().and_then(|file| file.source.name.strip_suffix(&file.path));
    PathBuf::from(folder.unwrap_or_default())
}

/// The exact content of the revision that was loaded, and of the templates that its letters use.
fn content(root: &Path, policy: &Policy) -> Result<Content, AppError> {
    let folder = folder_of(policy);
    let files = workspace::read_folder(&folder)?;
    let sums = Sums::of(&files).map_err(AppError::Policy)?;
    Ok(Content {
        revision: sums.digest(),
        templates: record::templates(policy, &templates_in(&templates_of(root, &folder))?),
    })
}

/// Composes a letter for a request that has been read; what it carries does not say yet under which content.
fn compose_for(
    policy: &Policy,
    request: &Request,
    source: &Arc<Source>,
    id: &str,
    (lang, variant): (Lang, &Variant<'_>),
    when: When,
    standing: &Standing,
) -> Result<(LetterData, NaiveDateTime), AppError> {
    let at = when.moment(request);
    request.is_submitted_by(policy, at.date(), source).map_err(AppError::Request)?;
    let evaluation = evaluation::evaluate(policy, request, at.date());
    let explanation = Explanation::new(policy, request, &evaluation);
    let occasion = Occasion { at, trial: *standing == Standing::Trial };
    let letter = variant::letter(&|_| Matter::Request(&explanation), id, lang, occasion, variant)?;
    Ok((official::cited(letter, standing), at))
}

/// The policy and the details of a letter that concerns no request; nothing where the file is a request.
fn details(root: &Path, wanted: &Wanted<'_>, under: Under) -> Result<Option<(Policy, Details)>, AppError> {
    let Some(path) = wanted.request else {
        let policy = match wanted.policy {
            Some(asked) => latest(root, Some(asked))?,
            None => policy_with(root, wanted.letter)?,
        };
        return Ok(Some((policy, Details::new())));
    };
    let Some(source) = own_details(path)? else { return Ok(None) };
    let named = named_policy(&source)?;
    let asked = wanted.policy.or(named.as_deref());
    let policy = match under {
        // What is tried is the draft, whatever is in force.
        Under::Trial => newest(root, asked)?,
        Under::InForce | Under::Now => latest(root, asked)?,
    };
    let details = request::read_details(&policy, &source).map_err(AppError::Request)?;
    Ok(Some((policy, details)))
}

/// The file of the details of a letter that concerns no request; nothing where it is a request.
fn own_details(path: &Path) -> Result<Option<Arc<Source>>, AppError> {
    let source = Source::new(path.display().to_string(), workspace::read_text(path)?);
    let tree = request::tree(&source).map_err(AppError::Request)?;
    let source::Value::Table(entries) = &tree.value else { return Ok(None) };
    let is_of_letters = |name: &str| matches!(name, "policy" | "letters");
    let is_request = entries.is_empty() || entries.iter().any(|(key, _)| !is_of_letters(&key.name));
    Ok((!is_request).then_some(source))
}

/// The policy that has a letter which concerns no request, where only one has it.
fn policy_with(root: &Path, letter: &str) -> Result<Policy, AppError> {
    let folders = revisions(root, None)?;
    let last = |(index, folder): &(usize, &RevisionFolder)| {
        folders.get(index + 1).is_none_or(|next| next.policy != folder.policy)
    };
    let policies = folders.iter().enumerate().filter(last).map(|(_, folder)| load_to_judge(folder));
    let policies = policies.collect::<Result<Vec<Policy>, AppError>>()?;
    let known = policies.iter().map(|policy| policy.id.clone()).collect();
    let about = |policy: &Policy| policy.letter(&letter_id(policy, letter)).map(|letter| letter.about);
    if policies.iter().all(|policy| about(policy) != Some(About::Policy))
        && policies.iter().any(|policy| about(policy) == Some(About::Request))
    {
        return Err(AppError::Letter(Refusal::OfRequest));
    }
    let is_only = policies.len() == 1;
    let mut having = policies.into_iter().filter(|policy| is_only || about(policy) == Some(About::Policy));
    match (having.next(), having.next()) {
        (Some(policy), None) => Ok(policy),
        _ => Err(AppError::NoPolicy { asked: String::new(), known }),
    }
}

/// A letter's id as people write it: `L-12`, `l-12`, `decline`.
fn letter_id(policy: &Policy, asked: &str) -> String {
    let found = policy.letters.iter().find(|letter| letter.id.eq_ignore_ascii_case(asked));
    let found =
        found.or_else(|| policy.letters.iter().find(|letter| letter.template.eq_ignore_ascii_case(asked)));
    found.map_or_else(|| asked.to_owned(), |letter| letter.id.clone())
}

/// A letter on paper.
#[derive(Debug)]
pub struct Set {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Each page as PNG, where it was asked for.
    pub png: Vec<Vec<u8>>,
    /// Is the pinned typeface there, or only the one that is compiled in?
    pub has_typeface: bool,
}

/// How a letter's pictures are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// Only the PDF.
    No,
    /// Each page as PNG too.
    Yes,
}

/// Pixels for each point of a picture: 144 dots per inch.
const PIXELS_PER_POINT: f64 = 2.0;

/// Sets a letter.
///
/// # Errors
///
/// A font is not the pinned one, a template is wrong, or a character cannot be shown.
pub fn set(root: &Path, letter: &LetterData, at: NaiveDateTime, pictures: Pictures) -> Result<Set, AppError> {
    set_with(&typesetter(root)?, letter, at, pictures)
}

/// Sets a letter with the templates that the board approved with the revision, where it has any.
///
/// # Errors
///
/// The same.
pub fn set_made(root: &Path, made: &Made, pictures: Pictures) -> Result<Set, AppError> {
    set_with(&typesetter_with(root, &templates_of(root, &made.folder))?, &made.letter, made.at, pictures)
}

fn set_with(
    typesetter: &Typesetter,
    letter: &LetterData,
    at: NaiveDateTime,
    pictures: Pictures,
) -> Result<Set, AppError> {
    let pages = typesetter.set(letter, at)?;
    let png = picture(&pages, pictures)?;
    Ok(Set { pdf: pages.pdf()?, png, has_typeface: typesetter.fonts().are_complete() })
}

fn picture(pages: &Pages<'_>, pictures: Pictures) -> Result<Vec<Vec<u8>>, TypesetError> {
    match pictures {
        Pictures::Yes => pages.png(PIXELS_PER_POINT),
        Pictures::No => Ok(vec![]),
    }
}

fn typesetter(root: &Path) -> Result<Typesetter, AppError> {
    typesetter_with(root, &root.join("templates"))
}

fn typesetter_with(root: &Path, folder: &Path) -> Result<Typesetter, AppError> {
    let mut fonts = Vec::new();
    for name in Fonts::names() {
        let path = root.join("fonts").join(name);
        if path.is_file() {
            fonts.push((name.to_owned(), workspace::read_bytes(&path)?));
        }
    }
    Ok(Typesetter::new(Fonts::new(fonts)?, templates_in(folder)?)?)
}

/// The folder of the templates: those that the board approved with the revision, or those that all share.
fn templates_of(root: &Path, revision: &Path) -> PathBuf {
    let own = revision.join("templates");
    if own.is_dir() { own } else { root.join("templates") }
}

/// The templates in a folder: name and text.
fn templates_in(folder: &Path) -> Result<Vec<(String, String)>, WorkspaceError> {
    let mut templates = Vec::new();
    for path in workspace::list(folder)? {
        let Some(name) =
            path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".typ"))
        else {
            continue;
        };
        templates.push((name.to_owned(), workspace::read_text(&path)?));
    }
    Ok(templates)
}

/// A letter of a policy, and whether it may be issued as a request stands.
#[derive(Debug)]
pub struct Offer {
    /// The id.
    pub id: String,
    /// The title.
    pub title: Text,
    /// Why not, where a request was given and it may not.
    pub refusal: Option<Text>,
}

/// The letters of a request's policy, and which of them may be issued now.
///
/// # Errors
///
/// Everything that is wrong with the policy or the request.
pub fn offers(
    root: &Path,
    path: &Path,
    policy: Option<&str>,
    asked: impl Into<Asked>,
) -> Result<Vec<Offer>, AppError> {
    let asked = asked.into();
    let (loaded, evaluation) = evaluate(root, path, policy, asked)?;
    let at = asked.when.moment(&loaded.request);
    let occasion = Occasion { at, trial: loaded.standing == Standing::Trial };
    let explanation = Explanation::new(&loaded.policy, &loaded.request, &evaluation);
    let letters = loaded.policy.letters.iter().filter(|letter| letter.about == About::Request);
    Ok(letters
        .map(|letter| Offer {
            id: letter.id.clone(),
            title: letter.title.clone(),
            refusal: compose(&explanation, &letter.id, Lang::Ar, occasion)
                .err()
                .map(|refusal| refusal.text()),
        })
        .collect())
}

/// The letters of a policy.
///
/// # Errors
///
/// Everything that is wrong with the policy.
pub fn letters(root: &Path, policy: Option<&str>) -> Result<Vec<Offer>, AppError> {
    let mut offers = Vec::new();
    for folder in revisions(root, policy)? {
        let (policy, _) = load(&folder)?;
        for letter in policy.letters {
            offers.push(Offer { id: letter.id, title: letter.title, refusal: None });
        }
    }
    Ok(offers)
}

/// How many worked examples let a letter be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The id of the letter.
    pub id: String,
    /// How many.
    pub count: usize,
}

/// How often the worked examples of a policy reach each of its letters.
pub fn letters_reached(policy: &Policy) -> Vec<Reached> {
    let of_requests = || policy.letters.iter().filter(|letter| letter.about == About::Request);
    let mut letters: Vec<Reached> =
        of_requests().map(|letter| Reached { id: letter.id.clone(), count: 0 }).collect();
    for scenario in &policy.scenarios {
        let (source, node) = (&scenario.source, &scenario.request);
        let Ok(request) = request::from_node(policy, source, node, request::Purpose::Example) else {
            continue;
        };
        let on = scenario.on.unwrap_or_else(|| request.submitted_at.date());
        let evaluation = evaluation::evaluate(policy, &request, on);
        let explanation = Explanation::new(policy, &request, &evaluation);
        for (letter, reached) in of_requests().zip(&mut letters) {
            reached.count += usize::from(crate::letter::may_issue(&explanation, letter).is_ok());
        }
    }
    letters
}
