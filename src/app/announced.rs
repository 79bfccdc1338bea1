//! Letters that announce an approved revision: what they say of it comes from the register, and from nowhere else.

use std::path::Path;

use super::policy::{self as house, Home};
use super::{
    AppError, Asked, Made, Occasion, RevisionFolder, Standing, Under, Wanted, content, folder_of, letter_id,
    load_to_judge, named_policy, official, own_details, problems, revisions, under, variant,
};
use crate::diag::Diagnostics;
use crate::evaluation::request;
use crate::letter::announced::Announced;
use crate::letter::{Details, Matter, Refusal};
use crate::policy::{Policy, Recorded};
use crate::revision::register::Register;
use crate::value::{Date, Lang};

/// A registered policy, and the revision that a letter may announce.
struct Found {
    home: Home,
    register: Register,
    number: u32,
    policy: Policy,
}

/// A letter that announces an approved revision; nothing where it announces none, or nothing is approved yet: then it is as any other.
///
/// # Errors
///
/// The revision is not approved, the register does not hold, or something is said by hand that the register says.
pub(super) fn letter(root: &Path, wanted: &Wanted<'_>, asked: Asked) -> Result<Option<Made>, AppError> {
    if asked.under != Under::InForce {
        return Ok(None);
    }
    let source = match wanted.request.map(own_details).transpose()? {
        Some(None) => return Ok(None),
        source => source.flatten(),
    };
    let named = source.as_ref().map(named_policy).transpose()?.flatten();
    let Some(found) = found(root, wanted, named.as_deref(), asked.today)? else { return Ok(None) };
    let Found { home, register, number, policy } = found;
    let id = letter_id(&policy, wanted.letter);
    let Some(letter) = policy.letter(&id) else { return Ok(None) };
    let approved = register.approved();
    let position = approved.iter().position(|entry| entry.number == number);
    let entry = position.and_then(|at| approved.get(at));
    let (Some(entry), Some(approval)) = (entry, register.approval(number)) else {
        return Err(refused(problems::not_approved(number)));
    };
    let at = wanted.when.moment_from(Date::MIN);
    let standing = Standing::Official(Box::new((*entry).clone()));
    official::may_issue(&standing, at.date(), asked.today)?;
    if at.date() < entry.on {
        return Err(refused(problems::not_approved_yet(number, at.date(), entry.on)));
    }
    let by_hand = match &source {
        Some(source) => request::read_details(&policy, source).map_err(AppError::Request)?,
        None => Details::new(),
    };
    let said = letter.details.iter().filter(|detail| by_hand.contains_key(&detail.slot));
    let said: Vec<&str> = said
        .filter(|detail| letter.recorded.contains_key(&detail.slot))
        .map(|detail| detail.id.as_str())
        .collect();
    if !said.is_empty() {
        return Err(refused(problems::register_says(&said)));
    }
    let before = position.and_then(|at| at.checked_sub(1)).and_then(|at| approved.get(at));
    let previous = before.map(|before| load_to_judge(&folder(&home, before.number))).transpose()?;
    let announced = Announced {
        policy: &policy,
        previous: previous.as_ref(),
        entry,
        approval,
        circulation: register.circulation(number),
    };
    let whole = |lang| {
        let mut details = by_hand.clone();
        details.extend(announced.details(letter, lang));
        details
    };
    let (ar, en) = (whole(Lang::Ar), whole(Lang::En));
    let matter = |lang| match lang {
        Lang::Ar => Matter::Policy(&policy, &ar),
        Lang::En => Matter::Policy(&policy, &en),
    };
    let occasion = Occasion { at, trial: false };
    let waits = letter.recorded.values().any(|recorded| *recorded == Recorded::AcknowledgeBy);
    let letter = variant::letter(&matter, &id, wanted.lang, occasion, &wanted.variant);
    if matches!(&letter, Err(AppError::Letter(Refusal::Lacking(_))))
        && waits
        && announced.circulation.is_none()
    {
        return Err(refused(problems::nothing_circulated(&policy.id)));
    }
    let letter = letter?;
    let letter = official::cited(letter, &standing).under(&policy.id, content(root, &policy)?);
    Ok(Some(Made { letter, at, folder: folder_of(&policy) }))
}

fn refused(problem: crate::diag::Diagnostic) -> AppError {
    AppError::Board(Diagnostics(vec![problem]))
}

fn folder(home: &Home, number: u32) -> RevisionFolder {
    RevisionFolder { policy: home.policy.clone(), number, path: home.path.join(number.to_string()) }
}

/// The revision that is named, or the one approved last, of the only registered policy in which such a letter announces one.
fn found(
    root: &Path,
    wanted: &Wanted<'_>,
    named: Option<&str>,
    today: Date,
) -> Result<Option<Found>, AppError> {
    let asked = wanted.policy.or(named);
    let folders = revisions(root, asked)?;
    let is_revision = asked.is_some_and(|asked| folders.len() == 1 && is_of_one(root, asked));
    let mut homes: Vec<&Path> = folders.iter().filter_map(|folder| folder.path.parent()).collect();
    homes.dedup();
    let mut all = Vec::new();
    for path in homes.into_iter().filter(|path| house::is_registered(root, path)) {
        let home = house::home_at(root, path)?;
        let register = home.register(today)?;
        let last = register.approved().last().map(|entry| entry.number);
        let number = folders.first().filter(|_| is_revision).map(|folder| folder.number).or(last);
        let Some(number) = number else { continue };
        let policy = load_to_judge(&folder(&home, number))?;
        let letter = policy.letter(&letter_id(&policy, wanted.letter));
        if letter.is_some_and(|letter| !letter.recorded.is_empty()) {
            all.push(Found { home, register, number, policy });
        }
    }
    if all.len() > 1 {
        let known = all.into_iter().map(|found| found.home.policy).collect();
        return Err(AppError::NoPolicy { asked: String::new(), known });
    }
    Ok(all.pop())
}

/// Does it name the folder of one revision, or `naba/2`?
fn is_of_one(root: &Path, asked: &str) -> bool {
    let policies = under(root, "policies");
    [under(root, asked), policies.join(asked)].iter().any(|path| path.join("policy.toml").is_file())
}
