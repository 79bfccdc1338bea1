//! By which revision a request is judged: the one in force on the day of its submission, unless a later one carries it over.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{AppError, Loaded, RevisionFolder, When, load_to_judge, policy as house, problems};
use crate::diag::Diagnostics;
use crate::evaluation;
use crate::evaluation::request::{self, Purpose, Request};
use crate::letter::data::{LetterData, Run};
use crate::policy::{Policy, Transition};
use crate::revision::register::{Entry, Register};
use crate::revision::statement::About;
use crate::source::Source;
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
    policy: Policy,
    request: Request,
}

/// Everything that is needed to find the revision of one request.
pub(super) struct Desk<'a> {
    pub(super) home: &'a house::Home,
    pub(super) register: &'a Register,
    pub(super) source: &'a Arc<Source>,
}

impl Desk<'_> {
    fn read(&self, entry: &Entry, purpose: Purpose) -> Result<Judged, AppError> {
        let path = self.home.path.join(entry.number.to_string());
        let folder = RevisionFolder { policy: self.home.policy.clone(), number: entry.number, path };
        let policy = load_to_judge(&folder)?;
        let node = request::tree(self.source).map_err(AppError::Request)?;
        let request = request::from_node(&policy, self.source, &node, purpose).map_err(AppError::Request)?;
        Ok(Judged { entry: entry.clone(), folder: folder.path, policy, request })
    }

    /// The request under the revision that judges it.
    pub(super) fn loaded(&self, when: When, under: Under) -> Result<Loaded, AppError> {
        let judged = match under {
            Under::Now => self.now(when)?,
            Under::InForce | Under::Trial => self.governing(when)?,
        };
        let entry = Box::new(judged.entry);
        let standing =
            if under == Under::Now { Standing::Simulation(entry) } else { Standing::Official(entry) };
        Ok(Loaded {
            policy: judged.policy,
            request: judged.request,
            source: Arc::clone(self.source),
            standing,
            folder: judged.folder,
        })
    }

    /// When it was submitted, as the latest revision that can read it says.
    fn first_look(&self) -> Result<Request, AppError> {
        let mut refused = None;
        for entry in self.register.approved().into_iter().rev() {
            match self.read(entry, Purpose::CarriedOver) {
                Ok(judged) => return Ok(judged.request),
                Err(error @ AppError::Policy(_)) => return Err(error),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or(AppError::Request(Diagnostics::default())))
    }

    fn now(&self, when: When) -> Result<Judged, AppError> {
        let on = when.moment(&self.first_look()?).date();
        let in_force = self.register.in_force(on).map_err(AppError::Board)?;
        self.read(in_force.entry(), Purpose::CarriedOver)
    }

    fn governing(&self, when: When) -> Result<Judged, AppError> {
        let seen = self.first_look()?;
        let submitted = seen.submitted_at.date();
        let in_force = self.register.in_force(submitted).map_err(AppError::Board)?;
        let mut judged = self.read(in_force.entry(), Purpose::Official)?;
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
                Some(Transition::Immediate) => judged = self.read(later, Purpose::CarriedOver)?,
                Some(Transition::Favourable) => {
                    // A request that the later one cannot read has nothing to gain from it.
                    if let Ok(other) = self.read(later, Purpose::CarriedOver)
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
