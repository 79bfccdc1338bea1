//! Sentences of letters that may lack a value on the day on which the letter may be issued.

use super::super::super::message::{Decided, End, Message, Part, Special, Whole};
use super::super::super::{After, Issue, Letter, Policy};
use super::super::locate::Locator;
use super::super::{Finding, problems};
use crate::diag::Code;
use crate::expression::evaluate::collect_slot;
use crate::expression::program::{Origin, Slot};
use crate::value::Text;

pub(super) fn find(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    for letter in &policy.letters {
        let mut check = |message: &Message, keys: &[&str]| {
            let lacking: Vec<String> =
                message.0.iter().filter_map(|part| lacks(policy, letter, part)).collect();
            if lacking.is_empty() {
                return;
            }
            let list = lacking.join(", ");
            let problem = problems::problem(
                Code::LetterGap,
                Text::new(
                    format!("قد لا يُعلم عند إصدار الخطاب: {list}"),
                    format!("may not be known when the letter is issued: {list}"),
                ),
                locator.value("letters.toml", keys),
                Text::default(),
            )
            .help(Text::new(
                "اكتبوا optional = true لتُترك الجملة حين لا تُعلم القيمة",
                "write `optional = true`, so that the sentence is left out where the value is not known",
            ))
            .citing(policy.cite(&letter.clause));
            findings.push(Finding { problem, clauses: vec![letter.clause.clone()] });
        };
        for piece in letter.text.iter().filter(|piece| !piece.optional) {
            check(&piece.wording.en, &["letter", &letter.id, "text", &piece.name, "en"]);
        }
        let others = [
            ("addressee", &letter.addressee),
            ("subject", &letter.subject),
            ("attachments", &letter.attachments),
        ];
        for (key, wording) in others {
            if let Some(wording) = wording {
                check(&wording.en, &["letter", &letter.id, key, "en"]);
            }
        }
    }
}

/// Is an event sure to have happened when the letter is issued?
fn is_sure(policy: &Policy, letter: &Letter, event: usize) -> bool {
    let implied: &[&str] = match letter.issue {
        Issue::Always
        | Issue::After
        | Issue::Missing
        | Issue::Differing
        | Issue::Possible
        | Issue::Undecided => &["received"],
        Issue::Referred => &["received", "referred_to_committee"],
        Issue::Granted
        | Issue::Approved
        | Issue::Partial
        | Issue::Waiting
        | Issue::Deferred
        | Issue::Declined
        | Issue::Elsewhere => &["received", "decided"],
    };
    letter.starts == Some(event)
        || letter.after == Some(event)
        || policy.events.get(event).is_some_and(|event| implied.contains(&event.id.as_str()))
}

fn lacks(policy: &Policy, letter: &Letter, part: &Part) -> Option<String> {
    match part {
        Part::Words(_) => None,
        // What a letter lacks of its own details, the officer is told.
        Part::Select { slot, otherwise, .. } => {
            let is_silent = otherwise.as_ref().is_some_and(String::is_empty);
            is_silent.then(|| value(policy, letter, *slot)).flatten()
        }
        Part::Value(slot, _) => value(policy, letter, *slot),
        Part::Special(special, _) => special_value(policy, letter, *special),
    }
}

fn value(policy: &Policy, letter: &Letter, slot: Slot) -> Option<String> {
    let mut reads = std::collections::BTreeSet::new();
    collect_slot(&policy.vocabulary, slot, &mut reads);
    let unsure = reads.iter().any(|slot| {
        let Some(named) = policy.vocabulary.get(*slot) else { return false };
        match named.origin {
            Origin::Event => {
                let event = policy.events.iter().position(|event| event.slot == *slot);
                event.is_some_and(|event| !is_sure(policy, letter, event))
            }
            // A fact that is missing makes the request incomplete, and the officer is told.
            Origin::Fact
            | Origin::Parameter
            | Origin::Derived
            | Origin::Request
            | Origin::Document
            | Origin::Clock
            | Origin::Detail => false,
        }
    });
    let name = policy.vocabulary.get(slot).map(|named| format!("`{}`", named.id))?;
    unsure.then_some(name)
}

fn special_value(policy: &Policy, letter: &Letter, special: Special) -> Option<String> {
    let services = &policy.services;
    let lacks = |name: &str, lacks: bool| lacks.then(|| format!("`{name}`"));
    match special {
        Special::Whole(Whole::Quantity) => {
            lacks("quantity", services.iter().any(|service| service.quantity.is_none()))
        }
        Special::Whole(Whole::Delivery) => {
            lacks("delivery", services.iter().any(|service| service.delivery.is_none()))
        }
        Special::Whole(Whole::Prepare) => {
            lacks("prepare", services.iter().any(|service| service.prepare.is_none()))
        }
        Special::Decision(Decided::Granted) => lacks("decision.granted", true),
        Special::Decision(Decided::Rank) => lacks("decision.rank", letter.issue != Issue::Waiting),
        Special::Decision(_) => lacks("decision", letter.issue.outcomes().is_empty()),
        Special::Deadline(index, end) => {
            let deadline = policy.deadlines.get(usize::from(index))?;
            let limit = match end {
                End::Earliest => deadline.earliest,
                End::Latest => deadline.latest,
                // How long it is hangs on nothing but the policy, unless it is the delivery time of each service.
                End::Within => {
                    let of_service = matches!(deadline.latest?.after, After::Delivery);
                    return lacks("delivery", of_service);
                }
            };
            let concerns_all = deadline.services.as_ref().is_none_or(|of| of.len() == services.len());
            let is_there = limit.is_some() && concerns_all && is_sure(policy, letter, deadline.from);
            lacks(&format!("{}.{}", deadline.id, end.name()), !is_there)
        }
        Special::Missing | Special::Differing | Special::Of(_) | Special::Field(_) | Special::Whole(_) => {
            None
        }
    }
}
