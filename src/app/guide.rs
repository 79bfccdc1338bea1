//! The policy as prose, as pages, and which part carries out which clause.

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;

use super::policy::{self as house, State};
use super::{AppError, Pictures, Set, picture, typesetter};
use crate::letter::data::Look;
use crate::policy::Policy;
use crate::policy::guide::{Guide, Standing};
use crate::typeset::{Paper, TypesetError};
use crate::value::{Date, Lang};

/// The whole policy as prose, or what carries out one clause; nothing where there is no such clause.
pub fn guide(policy: &Policy, clause: Option<&str>, lang: Lang, standing: Standing) -> Option<Guide> {
    match clause {
        None => Some(Guide::new(policy, lang, standing)),
        Some(number) => Guide::of_clause(policy, number, lang, standing),
    }
}

/// How a revision stands, as the register beside it says.
///
/// # Errors
///
/// The register does not hold, or the revision is not what the board approved.
pub fn standing(root: &Path, policy: &Policy, today: Date) -> Result<Standing, AppError> {
    let folder = super::folder_of(policy);
    let folder: PathBuf = folder.components().collect();
    let Some(home) = folder.parent().filter(|home| house::is_registered(root, home)) else {
        return Ok(Standing::Draft);
    };
    let (revisions, broken) = house::status_of(&house::home_at(root, home)?, today)?;
    if broken.has_errors() {
        return Err(AppError::Board(broken));
    }
    let state = revisions.into_iter().find(|revision| revision.number == policy.number);
    Ok(match state.map_or(State::Draft, |revision| revision.state) {
        State::Draft | State::Tabled | State::Returned | State::Tampered => Standing::Draft,
        State::Approved | State::Circulated => Standing::Approved,
        State::InForce => Standing::InForce,
        State::Superseded => Standing::Superseded,
        State::Withdrawn => Standing::Withdrawn,
    })
}

/// Sets a guide.
///
/// # Errors
///
/// A font is not the pinned one, the template is wrong, or a character cannot be shown.
pub fn set_guide(
    root: &Path,
    policy: &Policy,
    guide: &Guide,
    at: NaiveDateTime,
    pictures: Pictures,
) -> Result<Set, AppError> {
    let typesetter = typesetter(root)?;
    let data = serde_json::to_value(guide).map_err(|error| TypesetError::Unwritable(error.to_string()))?;
    let paper = Paper {
        template: "guide".to_owned(),
        lang: guide.lang,
        title: format!("{} — {}", guide.title, guide.subtitle),
        author: guide.association.clone(),
        data,
        look: Look::of(policy, guide.lang),
    };
    let pages = typesetter.set_paper(&paper, at)?;
    Ok(Set {
        pdf: pages.pdf()?,
        png: picture(&pages, pictures)?,
        has_typeface: typesetter.fonts().are_complete(),
    })
}
