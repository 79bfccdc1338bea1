//! By which revision a request is judged: the one in force on the day of its submission, unless a later one carries it over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::{
    AppError, Asked, Loaded, RevisionFolder, When, folder_of, load_to_judge, one_policy, policy as house,
    problems, revisions,
};
use crate::diag::{Code, Diagnostics};
use crate::evaluation;
use crate::evaluation::request::{self, Purpose, Request};
use crate::letter::data::{LetterData, Run};
use crate::policy::{Policy, Transition};
use crate::revision::register::{Entry, Register};
use crate::revision::statement::About;
use crate::source::{Node, Source};
use crate::value::{Date, Lang, words};

/// What a person asks to be judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The revision in force; where none was ever approved, the latest, as a trial.
    InForce,
    /// The latest revision, approved or not, as a trial.
    Trial,
    /// The revision that is in force on the day of the evaluation, as a simulation.
    Now,
}

/// What an evaluation counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A trial: nobody approved the revision, or it was asked for.
    Trial,
    /// It was made under the revision in force.
    Official(Box<Entry>),
    /// It says what today's revision would say of an old request.
    Simulation(Box<Entry>),
}

/// A revision, and the request read under it.
struct Judged {
    entry: Entry,
    folder: PathBuf,
    policy: Arc<Policy>,
    request: Request,
}

/// A request as it was written, before any revision looks at it.
#[derive(Clone, Copy)]
pub(super) struct Unjudged<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) node: &'a Node,
}

/// The revisions of a policy by which many requests are judged, each by its own.
#[derive(Debug)]
pub struct Revisions {
    /// Those that were named.
    named: Vec<RevisionFolder>,
    asked: Asked,
    by: By,
}

#[derive(Debug)]
enum By {
    /// By the revisions that the board has approved.
    Approved(Box<Desk>),
    /// By the revisions as they lie there, the latest first: whatever comes out is a trial.
    Drafts(Vec<Arc<Policy>>),
}

impl Revisions {
    /// The revisions of a policy, as it was asked for.
    ///
    /// # Errors
    ///
    /// There is none, or several policies; a revision is wrong, or the register does not hold.
    pub fn of(root: &Path, policy: Option<&str>, asked: Asked) -> Result<Revisions, AppError> {
        let named = revisions(root, policy)?;
        one_policy(&named)?;
        let by = match Desk::of(root, &named, asked)? {
            Some(desk) => By::Approved(Box::new(desk)),
            None => {
                let drafts = named.iter().rev().map(|folder| load_to_judge(folder).map(Arc::new));
                By::Drafts(drafts.collect::<Result<_, AppError>>()?)
            }
        };
        Ok(Revisions { named, asked, by })
    }

    /// All of them, the latest first, each with the resolution that approved it, where one did.
    pub(super) fn all(&self) -> Result<Vec<(Arc<Policy>, String)>, AppError> {
        match &self.by {
            By::Approved(desk) => {
                let approved = desk.register.approved().into_iter().rev();
                approved.map(|entry| Ok((desk.policy(entry.number)?, entry.resolution.clone()))).collect()
            }
            By::Drafts(drafts) => Ok(drafts.iter().map(|draft| (Arc::clone(draft), String::new())).collect()),
        }
    }

    /// The revision that judges whatever it can read, where one alone comes into question.
    ///
    /// # Errors
    ///
    /// A revision is wrong.
    pub fn alone(&self) -> Result<Option<Arc<Policy>>, AppError> {
        let all = self.all()?;
        let [(only, _)] = all.as_slice() else { return Ok(None) };
        let is_named = self.named.iter().any(|named| named.number == only.number);
        let as_written = match &self.by {
            By::Approved(desk) => {
                let approved = desk.register.approved();
                let from = approved.first().and_then(|entry| desk.register.governs_from(entry));
                from == Some(only.in_force_from) && self.asked.under == Under::InForce
            }
            By::Drafts(_) => true,
        };
        Ok((is_named && as_written).then(|| Arc::clone(only)))
    }

    /// The request under the revision that judges it.
    pub(super) fn loaded(&self, unjudged: Unjudged<'_>) -> Result<Loaded, AppError> {
        match &self.by {
            By::Approved(desk) => desk.loaded(unjudged, &self.named, self.asked),
            By::Drafts(drafts) => drafted(drafts.iter().map(|draft| Ok(Arc::clone(draft))), unjudged),
        }
    }
}

/// A request read by the first of these drafts, the latest first, that was meant to govern on its day.
pub(super) fn drafted(
    drafts: impl Iterator<Item = Result<Arc<Policy>, AppError>>,
    unjudged: Unjudged<'_>,
) -> Result<Loaded, AppError> {
    let mut refused = Diagnostics::default();
    for policy in drafts {
        let policy = policy?;
        match request::from_node(&policy, unjudged.source, unjudged.node, Purpose::Official) {
            Ok(request) => {
                let (source, folder) = (Arc::clone(unjudged.source), folder_of(&policy));
                return Ok(Loaded { policy, request, source, standing: Standing::Trial, folder });
            }
            Err(problems) => {
                // An earlier revision may have been in force on that day.
                let goes_on = problems.0.iter().any(|problem| problem.code == Code::NotInForce);
                refused = problems;
                if !goes_on {
                    break;
                }
            }
        }
    }
    Err(AppError::Request(refused))
}

/// The approved revisions of a policy, by which requests are judged. Each is read once, when it is needed.
pub(super) struct Desk {
    home: house::Home,
    register: Register,
    read: Mutex<BTreeMap<u32, Arc<Policy>>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Desk").field("policy", &self.home.policy).finish_non_exhaustive()
    }
}

impl Desk {
    /// The desk of the policy of these revisions; nothing for a trial, or where no board has approved anything of it.
    ///
    /// # Errors
    ///
    /// The register does not hold.
    pub(super) fn of(root: &Path, named: &[RevisionFolder], asked: Asked) -> Result<Option<Desk>, AppError> {
        let home = named.first().and_then(|folder| folder.path.parent());
        let is_registered = |home: &&Path| asked.under != Under::Trial && house::is_registered(root, home);
        let Some(home) = home.filter(is_registered) else { return Ok(None) };
        let home = house::home_at(root, home)?;
        let register = home.register(asked.today)?;
        Ok(Some(Desk { home, register, read: Mutex::default() }))
    }

    fn folder(&self, number: u32) -> RevisionFolder {
        let path = self.home.path.join(number.to_string());
        RevisionFolder { policy: self.home.policy.clone(), number, path }
    }

    fn policy(&self, number: u32) -> Result<Arc<Policy>, AppError> {
        if let Ok(read) = self.read.lock()
            && let Some(policy) = read.get(&number)
        {
            return Ok(Arc::clone(policy));
        }
        let policy = Arc::new(load_to_judge(&self.folder(number))?);
        if let Ok(mut read) = self.read.lock() {
            read.insert(number, Arc::clone(&policy));
        }
        Ok(policy)
    }

    fn read(&self, unjudged: Unjudged<'_>, entry: &Entry, purpose: Purpose) -> Result<Judged, AppError> {
        let policy = self.policy(entry.number)?;
        let request = request::from_node(&policy, unjudged.source, unjudged.node, purpose);
        let request = request.map_err(AppError::Request)?;
        Ok(Judged { entry: entry.clone(), folder: self.folder(entry.number).path, policy, request })
    }

    /// The request under the revision that judges it, which is one of those that were named.
    pub(super) fn loaded(
        &self,
        unjudged: Unjudged<'_>,
        named: &[RevisionFolder],
        asked: Asked,
    ) -> Result<Loaded, AppError> {
        let judged = match asked.under {
            Under::Now => self.now(unjudged, asked.when)?,
            Under::InForce | Under::Trial => self.governing(unjudged, asked.when)?,
        };
        let entry = Box::new(judged.entry);
        let standing =
            if asked.under == Under::Now { Standing::Simulation(entry) } else { Standing::Official(entry) };
        let loaded = Loaded {
            policy: judged.policy,
            request: judged.request,
            source: Arc::clone(unjudged.source),
            standing,
            folder: judged.folder,
        };
        match named.last() {
            // Where a revision itself is named, it is that one or none.
            Some(last) if !named.iter().any(|folder| folder.path == loaded.folder) => {
                Err(AppError::Board(Diagnostics(vec![problems::draft_only(last.number)])))
            }
            _ => Ok(loaded),
        }
    }

    /// When it was submitted, as the latest revision that can read it says.
    fn first_look(&self, unjudged: Unjudged<'_>) -> Result<Request, AppError> {
        let mut refused = None;
        for entry in self.register.approved().into_iter().rev() {
            match self.read(unjudged, entry, Purpose::CarriedOver) {
                Ok(judged) => return Ok(judged.request),
                Err(error @ AppError::Policy(_)) => return Err(error),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or(AppError::Request(Diagnostics::default())))
    }

    fn now(&self, unjudged: Unjudged<'_>, when: When) -> Result<Judged, AppError> {
        let on = when.moment(&self.first_look(unjudged)?).date();
        let in_force = self.register.in_force(on).map_err(AppError::Board)?;
        self.read(unjudged, in_force.entry(), Purpose::CarriedOver)
    }

    fn governing(&self, unjudged: Unjudged<'_>, when: When) -> Result<Judged, AppError> {
        let seen = self.first_look(unjudged)?;
        let submitted = seen.submitted_at.date();
        let in_force = self.register.in_force(submitted).map_err(AppError::Board)?;
        let mut judged = self.read(unjudged, in_force.entry(), Purpose::Official)?;
        // What is decided stays decided: a later revision does not reach behind the decision.
        let on = when.moment(&seen).date();
        let end = judged.request.decision.as_ref().map_or(on, |decision| decision.date.min(on));
        for later in self.register.approved() {
            let from = self.register.governs_from(later);
            let is_later = from.is_some_and(|from| from > submitted && from <= end);
            if !is_later {
                continue;
            }
            match later.transition {
                None | Some(Transition::Pin) => {}
                Some(Transition::Immediate) => judged = self.read(unjudged, later, Purpose::CarriedOver)?,
                Some(Transition::Favourable) => {
                    // A request that the later one cannot read has nothing to gain from it.
                    if let Ok(other) = self.read(unjudged, later, Purpose::CarriedOver)
                        && favour(&other, end) > favour(&judged, end)
                    {
                        judged = other;
                    }
                }
            }
        }
        Ok(judged)
    }
}

/// How good what comes out is for the person.
fn favour(judged: &Judged, on: Date) -> u8 {
    evaluation::evaluate(&judged.policy, &judged.request, on).result.favour()
}

/// May a letter be made from it, on that day?
///
/// # Errors
///
/// It is a simulation, or the day has not come.
pub(super) fn may_issue(standing: &Standing, day: Date, today: Date) -> Result<(), AppError> {
    let problem = match standing {
        Standing::Trial => return Ok(()),
        Standing::Simulation(_) => problems::simulation_only(),
        Standing::Official(_) if day > today => problems::dated_ahead(day, today),
        Standing::Official(_) => return Ok(()),
    };
    Err(AppError::Board(Diagnostics(vec![problem])))
}

/// What a letter that concerns no request counts for, made from that revision on that day.
pub(super) fn standing(root: &Path, folder: &Path, on: Date, today: Date) -> Result<Standing, AppError> {
    let home = folder.parent().filter(|home| house::is_registered(root, home));
    let Some(home) = home else { return Ok(Standing::Trial) };
    let (governing, entry, _) = house::governing(&house::home_at(root, home)?, on, today)?;
    if governing.path == folder.components().collect::<PathBuf>() {
        return Ok(Standing::Official(Box::new(entry)));
    }
    let number = folder.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or_default();
    Err(AppError::Board(Diagnostics(vec![problems::draft_only(number)])))
}

/// An official letter says by which resolution its revision was approved.
pub(super) fn cited(mut letter: LetterData, standing: &Standing) -> LetterData {
    if let Standing::Official(entry) = standing {
        cite(&mut letter, entry);
        if let Some(beside) = &mut letter.beside {
            cite(beside, entry);
        }
    }
    letter
}

/// What an official letter of an approved revision says again, when it is verified.
pub(super) fn cited_again(root: &Path, revision: &Path, letter: LetterData) -> Result<LetterData, AppError> {
    let Some(home) = revision.parent().filter(|home| house::is_registered(root, home)) else {
        return Ok(letter);
    };
    let number = revision.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let entries = house::home_at(root, home)?.entries()?;
    let entry =
        entries.into_iter().find(|entry| entry.about == About::Revision && Some(entry.number) == number);
    Ok(match entry {
        Some(entry) => cited(letter, &Standing::Official(Box::new(entry))),
        None => letter,
    })
}

fn cite(letter: &mut LetterData, entry: &Entry) {
    let resolution = words::digits(&entry.resolution, letter.digits);
    let words = match letter.lang {
        Lang::Ar => "، المعتمدة بقرار مجلس الإدارة رقم ",
        Lang::En => ", approved by resolution of the board no. ",
    };
    letter.frame.basis.push(Run::Plain(words.to_owned()));
    letter.frame.basis.push(Run::Code(resolution));
}
