//! Two revisions beside one another.

use std::path::Path;

use super::{AppError, RevisionFolder, load, revisions};
use crate::policy::Policy;

/// Two revisions, read and checked.
#[derive(Debug)]
pub struct Pair {
    /// The revision that is changed.
    pub before: Policy,
    /// The revision that it becomes.
    pub after: Policy,
}

/// Reads the two revisions that are named: each a folder, or `naba/1`; the latest where only the policy is named.
///
/// # Errors
///
/// There is no such revision, or one of them is wrong.
pub fn pair(root: &Path, before: &str, after: &str) -> Result<Pair, AppError> {
    Ok(Pair { before: one(root, before)?, after: one(root, after)? })
}

/// Reads the revision that is named; the latest where only the policy is.
pub(super) fn one(root: &Path, asked: &str) -> Result<Policy, AppError> {
    let found: Vec<RevisionFolder> = revisions(root, Some(asked))?;
    match found.last() {
        Some(folder) => load(folder).map(|(policy, _)| policy),
        None => Err(AppError::NoPolicy { asked: asked.to_owned(), known: vec![] }),
    }
}
