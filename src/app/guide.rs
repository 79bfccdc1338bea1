//! The policy as prose, as pages, and which part carries out which clause.

use std::path::Path;

use chrono::NaiveDateTime;

use super::{AppError, Pictures, Set, picture, typesetter};
use crate::letter::data::Look;
use crate::policy::Policy;
use crate::policy::guide::{Guide, Standing};
use crate::typeset::{Paper, TypesetError};
use crate::value::Lang;

/// The whole policy as prose, or what carries out one clause; nothing where there is no such clause.
pub fn guide(policy: &Policy, clause: Option<&str>, lang: Lang) -> Option<Guide> {
    // Nothing approves a revision yet, so every guide is a draft.
    let standing = Standing::Draft;
    match clause {
        None => Some(Guide::new(policy, lang, standing)),
        Some(number) => Guide::of_clause(policy, number, lang, standing),
    }
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
