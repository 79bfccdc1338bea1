//! The paper on which members vote, in each language: for a revision that is tabled, and for a draft that somebody wants to look at before.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;

use super::super::compare::{self, Pair};
use super::super::cores::on_all_cores;
use super::super::impact::{impact, with_requests};
use super::super::letters::Requests;
use super::super::{
    AppError, Checked, Pictures, RevisionFolder, Set, batch::Lines, check, load, picture, revisions,
    templates_of, typesetter_with,
};
use super::Home;
use crate::evaluation::scenario::{self, Trial};
use crate::letter::data::Look;
use crate::policy::Policy;
use crate::revision::consequences::{Before, Consequences, Matter, Tabled};
use crate::revision::diff::Diff;
use crate::revision::impact::Impact;
use crate::revision::register::Register;
use crate::typeset::{Paper, TypesetError, Typesetter};
use crate::value::{Date, Lang};

/// What a revision follows, and what follows from that.
struct Followed {
    pair: Pair,
    diff: Diff,
    impact: Impact,
    has_requests: bool,
}

impl Followed {
    fn new(before: Policy, after: &Policy, requests: Option<&Path>) -> Result<Followed, AppError> {
        let pair = Pair { before, after: after.clone() };
        let found = |requests: Requests<'_>| impact(&pair, requests, None, &|_| {});
        let impact = match requests {
            None => found(Requests::Lines(Lines::Json, &mut io::empty(), None))?,
            Some(path) => with_requests(path, found)?,
        };
        let diff = Diff::new(&pair.before, &pair.after);
        Ok(Followed { pair, diff, impact, has_requests: requests.is_some() })
    }

    fn before(&self) -> Before<'_> {
        let (policy, has_requests) = (&self.pair.before, self.has_requests);
        Before { policy, diff: &self.diff, impact: &self.impact, has_requests }
    }
}

/// What a revision does: to what it follows, or where it follows none, to requests by itself.
struct Effects {
    followed: Option<Followed>,
    alone: Option<Followed>,
}

impl Effects {
    fn new(before: Option<Policy>, policy: &Policy, requests: Option<&Path>) -> Result<Effects, AppError> {
        Ok(match (before, requests) {
            (Some(before), _) => {
                Effects { followed: Some(Followed::new(before, policy, requests)?), alone: None }
            }
            // Held against itself, nothing changes; what requests come to by it is told all the same.
            (None, Some(_)) => {
                Effects { followed: None, alone: Some(Followed::new(policy.clone(), policy, requests)?) }
            }
            (None, None) => Effects { followed: None, alone: None },
        })
    }

    fn matter<'a>(
        &'a self,
        checked: &'a Checked,
        trials: &'a [Trial<'a>],
        tabled: Option<Tabled<'a>>,
    ) -> Matter<'a> {
        Matter {
            policy: &checked.policy,
            before: self.followed.as_ref().map(Followed::before),
            alone: self.alone.as_ref().map(|alone| &alone.impact),
            findings: &checked.findings,
            invariants: &checked.invariants,
            trials,
            tabled,
        }
    }
}

/// The revision that one of this number follows: the one approved last before it.
pub(super) fn followed(
    home: &Home,
    register: Option<&Register>,
    number: u32,
) -> Result<Option<Policy>, AppError> {
    let approved = register.map(Register::approved).unwrap_or_default();
    let Some(entry) = approved.into_iter().rfind(|entry| entry.number < number) else { return Ok(None) };
    let path = home.path.join(entry.number.to_string());
    let folder = RevisionFolder { policy: home.policy.clone(), number: entry.number, path };
    load(&folder).map(|(policy, _)| Some(policy))
}

/// The papers of a revision that is tabled, by their names: the same bytes on whichever day they are made again.
pub(super) fn of(
    root: &Path,
    folder: &Path,
    checked: &Checked,
    before: Option<Policy>,
    requests: Option<&Path>,
    tabled: Tabled<'_>,
) -> Result<Vec<(String, Vec<u8>)>, AppError> {
    let effects = Effects::new(before, &checked.policy, requests)?;
    let trials = scenario::run(&checked.policy);
    let matter = effects.matter(checked, &trials, Some(tabled));
    let typesetter = typesetter_with(root, &templates_of(root, folder))?;
    let at = tabled.on.and_hms_opt(12, 0, 0).unwrap_or_default();
    let papers = on_all_cores(&Lang::ALL, &|lang| {
        let paper = Consequences::new(&matter, *lang);
        let set = set(&typesetter, &checked.policy, &paper, at, Pictures::No)?;
        Ok((format!("consequences.{}.pdf", lang.tag()), set.pdf))
    });
    papers.into_iter().collect()
}

fn set(
    typesetter: &Typesetter,
    policy: &Policy,
    paper: &Consequences,
    at: NaiveDateTime,
    pictures: Pictures,
) -> Result<Set, AppError> {
    let data = serde_json::to_value(paper).map_err(|error| TypesetError::Unwritable(error.to_string()))?;
    let document = &paper.document;
    let paper = Paper {
        template: "consequences".to_owned(),
        lang: document.lang,
        title: format!("{} — {}", document.title, document.subtitle),
        author: document.association.clone(),
        data,
        look: Look::of(policy, document.lang),
    };
    let pages = typesetter.set_paper(&paper, at)?;
    Ok(Set {
        pdf: pages.pdf()?,
        png: picture(&pages, pictures)?,
        has_typeface: typesetter.fonts().are_complete(),
    })
}

/// The paper of a draft, before it is tabled.
#[derive(Debug)]
pub struct Draft {
    /// The paper.
    pub paper: Consequences,
    policy: Policy,
    folder: PathBuf,
}

impl Draft {
    /// Sets it.
    ///
    /// # Errors
    ///
    /// A font is not the pinned one, the template is wrong, or a character cannot be shown.
    pub fn set(&self, root: &Path, at: NaiveDateTime, pictures: Pictures) -> Result<Set, AppError> {
        let typesetter = typesetter_with(root, &templates_of(root, &self.folder))?;
        set(&typesetter, &self.policy, &self.paper, at, pictures)
    }
}

/// The paper of a revision as it stands: held against the one that was approved before it, or against one that is named.
///
/// # Errors
///
/// There is no such revision, one of them is wrong, or the requests cannot be reached.
pub fn draft(
    root: &Path,
    asked: Option<&str>,
    against: Option<&str>,
    requests: Option<&Path>,
    lang: Lang,
    today: Date,
) -> Result<Draft, AppError> {
    let folders = revisions(root, asked)?;
    super::super::one_policy(&folders)?;
    let Some(folder) = folders.last() else {
        return Err(AppError::NoPolicy { asked: asked.unwrap_or_default().to_owned(), known: vec![] });
    };
    let checked = check(root, folder)?;
    let before = match (against, folder.path.parent()) {
        (Some(against), _) => Some(compare::one(root, against)?),
        (None, Some(path)) => {
            let home = super::home_at(root, path)?;
            let register = home.has_register().then(|| home.register(today)).transpose()?;
            followed(&home, register.as_ref(), folder.number)?
        }
        (None, None) => None,
    };
    let effects = Effects::new(before, &checked.policy, requests)?;
    let trials = scenario::run(&checked.policy);
    let paper = Consequences::new(&effects.matter(&checked, &trials, None), lang);
    drop(trials);
    Ok(Draft { paper, policy: checked.policy, folder: folder.path.clone() })
}
