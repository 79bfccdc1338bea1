//! An approved revision is made known: recorded in the register, and confirmed by those to whom it was sent.

use std::path::{Path, PathBuf};

use super::{Home, home, known_path, refused};
use crate::app::{AppError, problems, revisions};
use crate::diag::Diagnostics;
use crate::revision::Digest;
use crate::revision::board::Signs;
use crate::revision::circulation::{CIRCULATION, Circulation};
use crate::revision::kept::Kept;
use crate::revision::register::{self, Entry, Known, REGISTER, Register};
use crate::revision::sign::{NAMESPACE, SecretKey};
use crate::revision::statement::About;
use crate::revision::{File, Sums};
use crate::value::Date;
use crate::workspace;

/// What was sent, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The id of the member who records it.
    pub member: &'a str,
    /// To whom.
    pub to: &'a [String],
    /// The last day on which to confirm it.
    pub until: Date,
    /// The day.
    pub on: Date,
}

/// How far a circulation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What was sent.
    pub circulation: Circulation,
    /// The day on which each recipient confirmed it, in their order.
    pub confirmed: Vec<Option<Date>>,
    /// The files that confirm nothing that was circulated.
    pub problems: Diagnostics,
}

impl Standing {
    /// As it stands in a folder.
    pub fn of(circulation: &Circulation, kept: &Kept) -> Standing {
        let (confirmed, problems) = circulation.acknowledged(kept);
        Standing { circulation: circulation.clone(), confirmed, problems }
    }

    /// How many have confirmed it.
    pub fn count(&self) -> usize {
        self.confirmed.iter().flatten().count()
    }

    /// Who has not, with their places in the list.
    pub fn missing(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = self.circulation.to.iter().zip(&self.confirmed).enumerate();
        all.filter(|(_, (_, day))| day.is_none()).map(|(at, (name, _))| (at + 1, name.as_str()))
    }
}

/// The revision whose folder is named; nothing where only its policy is.
fn named(root: &Path, asked: Option<&str>) -> Result<Option<u32>, AppError> {
    let folders = asked.map(|asked| revisions(root, Some(asked))).transpose()?.unwrap_or_default();
    Ok(folders.first().filter(|_| folders.len() == 1).map(|folder| folder.number))
}

/// Records that an approved revision was circulated: signs it, and enters it into the register.
///
/// # Errors
///
/// It is not approved or was circulated already, the member may not say so, or there is nobody to whom it was sent.
pub fn circulate(
    root: &Path,
    asked: Option<&str>,
    sent: Sent<'_>,
    key: &SecretKey,
) -> Result<(Home, Entry), AppError> {
    let home = home(root, asked)?;
    if !home.has_register() {
        return Err(refused(problems::no_register(&home.policy)));
    }
    let register = home.register(sent.on)?;
    let approved = register.approved();
    let last = approved.last().map(|entry| entry.number);
    let number = named(root, asked)?.or(last).unwrap_or_default();
    let Some(entry) = approved.iter().find(|entry| entry.number == number) else {
        return Err(refused(problems::not_approved(number)));
    };
    if register.circulation(number).is_some() {
        return Err(refused(problems::circulated_already(number)));
    }
    if register.board().member(sent.member).is_none() {
        let signers = register.board().signers(Signs::Circulation);
        let known: Vec<&str> = signers.map(|member| member.id.as_str()).collect();
        return Err(refused(problems::no_member(sent.member, &known)));
    }
    let plain = |name: &String| name.split_whitespace().collect::<Vec<_>>().join(" ");
    let circulation = Circulation {
        policy: home.policy.clone(),
        number,
        label: entry.label.clone(),
        digest: entry.digest,
        on: sent.on,
        until: sent.until,
        by: sent.member.to_owned(),
        to: sent.to.iter().map(plain).filter(|name| !name.is_empty()).collect(),
    };
    let text = circulation.text();
    if Circulation::read(&text).is_none() {
        return Err(refused(problems::no_circulation(sent.on, sent.until)));
    }
    let signature = key.sign(&text).ok_or_else(|| refused(problems::cannot_sign()))?;
    let path = |name: &str| format!("{}/{name}", About::Circulation.folder(number));
    let (own, signed) = (path(CIRCULATION), path(&format!("{CIRCULATION}.sig")));
    let files = [(CIRCULATION.to_owned(), &text), (format!("{CIRCULATION}.sig"), &signature)];
    let files = files.map(|(path, text)| File { path, bytes: text.as_bytes().to_vec() });
    let digest: Digest = Sums::of(&files).map_err(AppError::Board)?.digest();
    let entry = Entry::circulated(&circulation, digest, register.text());
    let grown = register::with(register.text(), &entry);
    // It is entered only where everything from the first entry on holds with it.
    let kept = home.kept.clone().with(&own, &text).with(&signed, &signature).with(REGISTER, &grown);
    Register::verify(&kept, home.known, sent.on).map_err(AppError::Board)?;
    home.write(&own, &text)?;
    home.write(&signed, &signature)?;
    home.write(REGISTER, &grown)?;
    home.write(&path(REGISTER), &grown)?;
    let known = Known::of(&grown);
    workspace::write(&known_path(&home.root, &home.policy), known.text().as_bytes())?;
    Ok((home, entry))
}

/// How the circulation of a revision stands: of the one whose folder is named, or of the one circulated last.
///
/// # Errors
///
/// Nothing was circulated, or the register does not hold.
pub fn standing(root: &Path, asked: Option<&str>, today: Date) -> Result<(Home, Standing), AppError> {
    let home = home(root, asked)?;
    if !home.has_register() {
        return Err(refused(problems::no_register(&home.policy)));
    }
    let register = home.register(today)?;
    let last = register.entries().iter().rfind(|entry| entry.about == About::Circulation);
    let number = named(root, asked)?.or(last.map(|entry| entry.number));
    let sent = number.and_then(|number| register.circulation(number));
    let Some(sent) = sent else { return Err(refused(problems::nothing_circulated(&home.policy))) };
    let standing = Standing::of(sent, &home.kept);
    Ok((home, standing))
}

/// Notes that people confirmed it on a day: a file for each. Returns the files.
///
/// # Errors
///
/// One of them was not sent anything; then nothing is noted.
pub fn acknowledge(
    root: &Path,
    asked: Option<&str>,
    names: &[String],
    on: Date,
    today: Date,
) -> Result<Vec<PathBuf>, AppError> {
    let (home, standing) = standing(root, asked, today)?;
    let circulation = &standing.circulation;
    let mut files = Vec::new();
    for name in names {
        let found = circulation.recipient(name).filter(|_| on >= circulation.on);
        let text = found.and_then(|at| Some((circulation.path_of(at), circulation.acknowledgement(at, on)?)));
        match text {
            // Who has confirmed it already need not do so again; the first day stays.
            Some((path, _)) if home.kept.has(&path) => {}
            Some(file) => files.push(file),
            None => return Err(refused(problems::not_a_recipient(name, &circulation.to))),
        }
    }
    for (path, text) in &files {
        home.write(path, text)?;
    }
    Ok(files.into_iter().map(|(path, _)| home.path.join(path)).collect())
}

/// The commands with which anybody checks a circulation without this program.
pub(super) fn commands(home: &Home, entry: &Entry) -> Result<String, AppError> {
    let path = format!("{}/{CIRCULATION}", entry.about.folder(entry.number));
    let text = home.kept.source(&path).map_err(AppError::Board)?;
    let Some(circulation) = Circulation::read(&text.text) else { return Ok(String::new()) };
    let (digest, by) = (Digest::of(&text.text), &circulation.by);
    Ok(format!(
        "echo '{digest}  {path}' | sha256sum -c --quiet\nssh-keygen -Y verify -f \"$keys\" -I {by} -n {NAMESPACE} -Overify-time={} -s {path}.sig < {path}\n",
        circulation.on.format("%Y%m%d")
    ))
}
