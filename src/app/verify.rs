//! Is a letter genuine, and does it say what the policy said?
//!
//! Receives a PDF, hands on [`Verified`]: what stands on it and in it, each told apart. The seal is checked, the record taken out, its request
//! evaluated again under the same revision, and the pages made again and compared byte by byte.

mod words;

use std::path::Path;

use chrono::NaiveDateTime;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::policy as house;
use super::seal::{Known, known};
use super::{
    AppError, RevisionFolder, Variant, content, folder_of, load_to_judge, official, revisions, templates_in,
    templates_of, typesetter_with, variant,
};
use crate::evaluation::explain::Explanation;
use crate::evaluation::request::{self, Purpose, Request};
use crate::evaluation::{self, Conclusion, Verdict};
use crate::letter::record::{self, Record};
use crate::letter::{Matter, Occasion};
use crate::policy::{Carries, Policy, Transition};
use crate::revision::register::Register;
use crate::revision::{Digest, Sums};
use crate::seal::{self, Seal, Trust, Unreadable, Validity};
use crate::source::Source;
use crate::typeset::{Fonts, Typesetter};
use crate::value::{Date, Text};
use crate::workspace;

pub use words::{Check, State, schema};

/// What is to be said first of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// All is as it should be.
    Genuine,
    /// The seal is; there is no record by which it could be evaluated again.
    Sealed,
    /// All is as it should be, and it was made under a revision that another has followed.
    Superseded,
    /// All is as it should be, and it binds nobody.
    Trial,
    /// No seal stands on it.
    NoSeal,
    /// It is not what was sealed.
    Altered,
    /// Something was added behind the seal.
    Added,
    /// The record in it is that of another letter.
    Swapped,
    /// Its time-stamp does not hold.
    WrongStamp,
    /// The association does not know the key.
    UnknownKey,
    /// The key had expired when it was sealed.
    Expired,
    /// The key was not valid yet when it was sealed.
    NotYet,
    /// The record cannot be read.
    WrongRecord,
    /// There is no such revision here.
    UnknownRevision,
    /// Evaluated again, the result is another.
    Differs,
    /// The record says what the policy says, and the page says something else.
    OtherPage,
}

impl Answer {
    /// May a person rely on the letter, as far as it goes?
    pub fn is_genuine(self) -> bool {
        matches!(self, Answer::Genuine | Answer::Sealed | Answer::Superseded | Answer::Trial)
    }
}

/// What travels in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// Something that is no record.
    Unreadable,
    /// A record.
    Record(Box<Record>),
}

/// How the revision of a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is here, and the latest that governs.
    Latest,
    /// It is here, and another has followed: its number, and since when it governs.
    Superseded(u32, Date),
    /// One of its number is here, with other content.
    OtherContent,
    /// It is not here.
    Unknown,
}

/// What came of evaluating again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The same.
    Same(Conclusion),
    /// Another result: what the record says, and what comes out here.
    Result(Conclusion, Conclusion),
    /// The same result, and other verdicts of these rules.
    Rules(Vec<String>),
    /// The same, and the facts have another digest than the record says.
    Facts,
    /// The request in it cannot be read.
    Unread,
    /// It was not evaluated.
    Not,
}

/// What came of making the pages again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The same, byte by byte.
    Same,
    /// The page is that of another letter.
    Other,
    /// The same letter, and other bytes.
    Differs,
    /// The templates are others now, or the program is.
    OtherTools,
    /// It bears a signature that was drawn, which no record keeps.
    Drawn,
    /// They were not made.
    Not,
}

/// What was found of a letter.
#[derive(Debug, Clone)]
pub struct Verified {
    /// What is to be said first.
    pub answer: Answer,
    /// The seal; the first one where there are several.
    pub seal: Option<Seal>,
    /// Does the association know any key at all?
    pub knows_keys: bool,
    /// The record.
    pub carried: Carried,
    /// The title of the letter.
    pub title: Option<Text>,
    /// How its revision stands.
    pub standing: Option<Standing>,
    /// Evaluated again.
    pub again: Again,
    /// Made again.
    pub page: Page,
    /// The day on which it was verified.
    pub today: Date,
}

/// Verifies a letter.
///
/// # Errors
///
/// It cannot be read, or the policy under which it was made is wrong here.
pub fn verify(root: &Path, path: &Path, now: NaiveDateTime) -> Result<Verified, AppError> {
    let pdf = workspace::read_bytes(path)?;
    let unreadable = |why: Unreadable| AppError::NoLetter { path: path.display().to_string(), why };
    // First for the record, which says whose letter it is; then with the certificates of that association.
    let nobody = Trust::default();
    let carried = carried(&seal::check(&pdf, &nobody, &nobody).map_err(unreadable)?.attachments);
    let known = match &carried {
        (Carried::Record(record), _) => known(root, &record.policy)?,
        (Carried::Nothing | Carried::Unreadable, _) => known_of_all(root)?,
    };
    let seals = seal::check(&pdf, &known.keys, &known.authorities).map_err(unreadable)?;
    let mut verified = Verified {
        answer: Answer::Genuine,
        seal: seals.seals.into_iter().next(),
        knows_keys: known.keys.count() > 0,
        carried: carried.0,
        title: None,
        standing: None,
        again: Again::Not,
        page: Page::Not,
        today: now.date(),
    };
    if let Carried::Record(record) = &verified.carried {
        let record = record.as_ref().clone();
        let (standing, folder) = standing(root, &record, now.date())?;
        verified.standing = Some(standing);
        if let Some(folder) = folder {
            let policy = load_to_judge(&folder)?;
            verified.title = policy
                .letters
                .iter()
                .find(|letter| letter.id == record.letter)
                .map(|letter| letter.title.clone());
            verified.again = again(&policy, &record);
            if let Again::Same(_) = verified.again {
                verified.page = page(root, &policy, &record, &carried.1, &pdf)?;
            }
        }
    }
    verified.answer = verified.answer();
    Ok(verified)
}

/// The record among what a PDF carries, and as it is written.
fn carried(files: &[seal::Attachment]) -> (Carried, Json) {
    let Some(file) = files.iter().find(|file| file.name == record::FILE) else {
        return (Carried::Nothing, Json::Null);
    };
    let Ok(json) = serde_json::from_slice::<Json>(&file.bytes) else {
        return (Carried::Unreadable, Json::Null);
    };
    match serde_json::from_value::<Record>(json.clone()) {
        Ok(record) if record.schema == record::SCHEMA && is_id(&record.policy) => {
            (Carried::Record(Box::new(record)), json)
        }
        Ok(_) | Err(_) => (Carried::Unreadable, Json::Null),
    }
}

/// A record comes from outside: it names a policy, never a folder.
fn is_id(policy: &str) -> bool {
    !policy.is_empty() && policy.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The certificates of every association here: a letter without a record does not say whose it is.
fn known_of_all(root: &Path) -> Result<Known, AppError> {
    let mut all = Known::default();
    let mut policies: Vec<String> =
        revisions(root, None)?.into_iter().map(|revision| revision.policy).collect();
    policies.dedup();
    for policy in policies {
        let Known { keys, authorities } = known(root, &policy)?;
        all.keys.extend(keys);
        all.authorities.extend(authorities);
    }
    Ok(all)
}

/// The revision of a record, and its folder where it is here as it was.
fn standing(
    root: &Path,
    record: &Record,
    today: Date,
) -> Result<(Standing, Option<RevisionFolder>), AppError> {
    let folders = match revisions(root, None) {
        Ok(folders) => folders,
        Err(AppError::NoPolicy { .. }) => return Ok((Standing::Unknown, None)),
        Err(error) => return Err(error),
    };
    let folders: Vec<RevisionFolder> =
        folders.into_iter().filter(|folder| folder.policy == record.policy).collect();
    let digest = |folder: &RevisionFolder| -> Result<Digest, AppError> {
        let files = workspace::read_folder(&folder.path)?;
        Ok(Sums::of(&files).map_err(AppError::Policy)?.digest())
    };
    let Some(named) = Digest::parse(&record.revision.digest) else { return Ok((Standing::Unknown, None)) };
    for folder in &folders {
        if digest(folder)? != named {
            continue;
        }
        // What follows is read only for its day; a draft that is not in order yet supersedes nothing.
        let mut later = folders.iter().filter(|other| other.number > folder.number).rev();
        let mut written = || {
            later.find_map(|other| {
                let policy = load_to_judge(other).ok()?;
                (policy.in_force_from <= today).then_some((other.number, policy.in_force_from))
            })
        };
        // Where the board approves, nothing follows but what it approved, and from the day on which that governs.
        let home = folder.path.parent().filter(|home| house::is_registered(root, home));
        let register = home.and_then(|home| house::home_at(root, home).ok()?.register(today).ok());
        let approved = |register: &Register| {
            let mut later =
                register.approved().into_iter().rev().filter(|entry| entry.number > folder.number);
            later.find_map(|entry| {
                let from = register.governs_from(entry).filter(|from| *from <= today)?;
                Some((entry.number, from))
            })
        };
        let follower = register.as_ref().map_or_else(&mut written, approved);
        let standing = follower.map_or(Standing::Latest, |(number, from)| Standing::Superseded(number, from));
        return Ok((standing, Some(folder.clone())));
    }
    let is_of_its_number = folders.iter().any(|folder| folder.number == record.revision.number);
    Ok((if is_of_its_number { Standing::OtherContent } else { Standing::Unknown }, None))
}

/// The request of a record, read by the policy. Where its revision carries requests over, it may be from before.
fn request_of(policy: &Policy, record: &Record) -> Option<Request> {
    let request = record.request.as_ref()?;
    let source = Source::new("record.json", request.to_string());
    let purpose = match policy.transition {
        Transition::Pin => Purpose::Official,
        Transition::Favourable | Transition::Immediate => Purpose::CarriedOver,
    };
    request::from_node(policy, &source, &request::tree(&source).ok()?, purpose).ok()
}

/// Evaluates a record's request again, on its day.
fn again(policy: &Policy, record: &Record) -> Again {
    if record.request.is_none() {
        // What a letter of its kind should carry cannot be left out.
        let carries = policy.letter(&record.letter).map(|letter| letter.carries);
        return if carries == Some(Carries::Shown) { Again::Not } else { Again::Unread };
    }
    let on = record.on.as_deref().and_then(|on| on.parse::<Date>().ok());
    let (Some(request), Some(on), Some(result)) = (request_of(policy, record), on, record.result) else {
        return Again::Unread;
    };
    if on < request.submitted_at.date() {
        return Again::Unread;
    }
    let evaluation = evaluation::evaluate(policy, &request, on);
    if evaluation.result != result {
        return Again::Result(result, evaluation.result);
    }
    let here: Vec<(&str, Verdict)> = (evaluation.rulings.iter())
        .filter_map(|ruling| Some((policy.rules.get(ruling.rule)?.id.as_str(), ruling.verdict)))
        .collect();
    let there: Vec<(&str, Verdict)> =
        record.rules.iter().map(|rule| (rule.id.as_str(), rule.verdict)).collect();
    let mut differing: Vec<String> = (here.iter().filter(|rule| !there.contains(rule)))
        .chain(there.iter().filter(|rule| !here.contains(rule)))
        .map(|(id, _)| (*id).to_owned())
        .collect();
    differing.sort();
    differing.dedup();
    if !differing.is_empty() {
        return Again::Rules(differing);
    }
    if record.digest.as_ref() != Some(&evaluation.digest) {
        return Again::Facts;
    }
    Again::Same(evaluation.result)
}

/// Makes the pages of a record again, and compares them with the file.
fn page(root: &Path, policy: &Policy, record: &Record, written: &Json, pdf: &[u8]) -> Result<Page, AppError> {
    let folder = folder_of(policy);
    let templates = templates_of(root, &folder);
    if record::templates(policy, &templates_in(&templates)?).to_string() != record.template.digest {
        return Ok(Page::OtherTools);
    }
    if record.look.drawn.is_some() {
        return Ok(Page::Drawn);
    }
    let (Some(request), Some(at), Some(lang)) = (request_of(policy, record), record.made_at(), record.lang())
    else {
        return Ok(Page::Other);
    };
    let evaluation = evaluation::evaluate(policy, &request, at.date());
    let explanation = Explanation::new(policy, &request, &evaluation);
    let occasion = Occasion { at, trial: record.trial };
    let form =
        Variant { large_print: record.look.large_print, bilingual: record.look.bilingual, signature: None };
    let Ok(letter) =
        variant::letter(&|_| Matter::Request(&explanation), &record.letter, lang, occasion, &form)
    else {
        return Ok(Page::Other);
    };
    let letter = if record.trial { letter } else { official::cited_again(root, &folder, letter)? };
    let letter = letter.under(&policy.id, content(root, policy)?);
    // The code in the properties tells a page that was changed from one that never belonged to the record.
    let code = letter.code.as_ref().map(|code| code.carried.as_str());
    let is_same_letter = letter.record == *written && seal::keywords(pdf).as_deref() == code;
    // Set with the typeface, or before anybody had brought it.
    let with = typesetter_with(root, &templates)?;
    let without = || Typesetter::new(Fonts::new(vec![])?, templates_in(&templates).unwrap_or_default());
    let mut typesetters = vec![with];
    if typesetters.iter().any(|typesetter| typesetter.fonts().are_complete()) {
        typesetters.extend(without().ok());
    }
    for typesetter in &typesetters {
        let Ok(again) = typesetter.set(&letter, at).and_then(|pages| pages.pdf()) else { continue };
        if again == pdf || seal::is_sealed_from(pdf, &again) {
            return Ok(Page::Same);
        }
    }
    Ok(if record.engine != env!("CARGO_PKG_VERSION") {
        Page::OtherTools
    } else if is_same_letter {
        Page::Differs
    } else {
        Page::Other
    })
}

impl Verified {
    fn answer(&self) -> Answer {
        let is_swapped = self.page == Page::Other;
        let Some(seal) = &self.seal else {
            return if is_swapped { Answer::Swapped } else { Answer::NoSeal };
        };
        if seal.flaw.is_some() {
            return if is_swapped { Answer::Swapped } else { Answer::Altered };
        }
        if seal.added > 0 {
            return Answer::Added;
        }
        if matches!(seal.stamp, Some(Err(_))) {
            return Answer::WrongStamp;
        }
        if !seal.is_known {
            return Answer::UnknownKey;
        }
        match seal.validity() {
            Validity::Valid => {}
            Validity::Expired => return Answer::Expired,
            Validity::NotYet => return Answer::NotYet,
            Validity::Unknown => return Answer::Altered,
        }
        let (is_trial, is_evaluation) = match &self.carried {
            Carried::Nothing => return Answer::Sealed,
            Carried::Unreadable => return Answer::WrongRecord,
            Carried::Record(record) => (record.trial, record.request.is_some()),
        };
        let is_superseded = match self.standing {
            None | Some(Standing::Unknown | Standing::OtherContent) => return Answer::UnknownRevision,
            Some(Standing::Superseded(..)) => true,
            Some(Standing::Latest) => false,
        };
        match self.again {
            Again::Same(_) => {}
            Again::Not if !is_evaluation => {}
            Again::Result(..) | Again::Rules(_) | Again::Facts | Again::Unread | Again::Not => {
                return Answer::Differs;
            }
        }
        match self.page {
            Page::Other => Answer::Swapped,
            Page::Differs => Answer::OtherPage,
            Page::Same | Page::OtherTools | Page::Drawn | Page::Not if is_superseded => Answer::Superseded,
            Page::Same | Page::OtherTools | Page::Drawn | Page::Not if is_trial => Answer::Trial,
            Page::Same | Page::OtherTools | Page::Drawn | Page::Not if !is_evaluation => Answer::Sealed,
            Page::Same | Page::OtherTools | Page::Drawn | Page::Not => Answer::Genuine,
        }
    }
}
