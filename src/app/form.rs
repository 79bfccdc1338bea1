//! The blank form of a service, and its checklist, as pages.

use std::path::Path;

use chrono::NaiveDateTime;

use super::{AppError, Pictures, Set, picture, typesetter};
use crate::letter::data::Look;
use crate::policy::Policy;
use crate::policy::form::Blank;
use crate::typeset::{Paper, TypesetError};
use crate::value::Lang;

/// The service that somebody means: by its id, or by its title in either language.
pub fn service(policy: &Policy, asked: &str) -> Option<usize> {
    let asked = asked.trim();
    policy.services.iter().position(|service| {
        service.id.eq_ignore_ascii_case(asked)
            || service.title.ar == asked
            || service.title.en.eq_ignore_ascii_case(asked)
    })
}

/// The form as it is set.
///
/// # Errors
///
/// It cannot be written as JSON.
pub fn paper(policy: &Policy, form: &Blank) -> Result<Paper, AppError> {
    let lang = form.langs.first().copied().unwrap_or(Lang::Ar);
    let (service, association) = match lang {
        Lang::Ar => (&form.service.ar, &form.association.ar),
        Lang::En => (&form.service.en, &form.association.en),
    };
    let title = match (lang, form.checklist) {
        (Lang::Ar, false) => format!("نموذج طلب: {service}"),
        (Lang::Ar, true) => format!("قائمة الوثائق: {service}"),
        (Lang::En, false) => format!("Request form: {service}"),
        (Lang::En, true) => format!("Checklist: {service}"),
    };
    let data = serde_json::to_value(form).map_err(|error| TypesetError::Unwritable(error.to_string()))?;
    let (template, author) = ("form".to_owned(), association.clone());
    Ok(Paper { template, lang, title, author, data, look: Look::of(policy, lang) })
}

/// Sets a form.
///
/// # Errors
///
/// A font is not the pinned one, the template is wrong, or a character cannot be shown.
pub fn set_form(
    root: &Path,
    policy: &Policy,
    form: &Blank,
    at: NaiveDateTime,
    pictures: Pictures,
) -> Result<Set, AppError> {
    let typesetter = typesetter(root)?;
    let pages = typesetter.set_paper(&paper(policy, form)?, at)?;
    Ok(Set {
        pdf: pages.pdf()?,
        png: picture(&pages, pictures)?,
        has_typeface: typesetter.fonts().are_complete(),
    })
}
