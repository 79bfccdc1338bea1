//! The blank form of a service, and its checklist: what the policy may ask of an applicant, on paper.
//!
//! Receives a [`Policy`] and one of its services, hands on a [`Blank`]: only facts that a rule, a paper, the quantity or the wording for this
//! service reads, in the order and the groups of `facts.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Document, Fact, FactKind, FoundBy, Mode, Policy, Rule};
use crate::expression::evaluate::{collect_slot, reads};
use crate::expression::program::Slot;
use crate::expression::types::{MONEY, Type};
use crate::value::words::Digits;
use crate::value::{Lang, Text};

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Both {
    /// Arabic.
    pub ar: String,
    /// English.
    pub en: String,
}

impl From<&Text> for Both {
    fn from(text: &Text) -> Both {
        Both { ar: text.ar.clone(), en: text.en.clone() }
    }
}

impl Both {
    /// At the head of a line, with a capital where the language has them.
    fn capitalised(text: &Text) -> Both {
        let mut letters = text.en.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Both { ar: text.ar.clone(), en: first.chain(letters).collect() }
    }
}

/// Room for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Room {
    /// A line to write on.
    Line,
    /// A line, and what is counted on it.
    Number(Option<Both>),
    /// A box before each of these.
    Choice(Vec<Both>),
    /// Day, month and year, in either calendar.
    Day,
    /// Hour and minute.
    Time,
    /// A cell for each sign; those that are the same for everybody are printed.
    Comb(Vec<Option<char>>),
    /// A row for each thing, with a column for each of these.
    Rows(Vec<Column>),
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its head.
    pub head: Both,
    /// What is chosen from, where it is a choice; shown under the head.
    pub choices: Vec<Both>,
}

/// A question of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What is asked.
    pub ask: Both,
    /// Why.
    pub why: Option<Both>,
    /// Room for the answer.
    pub room: Room,
}

/// A paper of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// What it is.
    pub title: Both,
    /// Why it is asked for.
    pub why: Both,
    /// What counts as it.
    pub accepted: Option<Both>,
    /// Is it asked for in some cases only?
    pub sometimes: bool,
    /// Is it only looked at, and not kept?
    pub sighted: bool,
}

/// A blank form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blank {
    /// In which languages it speaks, the first one first.
    pub langs: Vec<Lang>,
    /// The digits of its numbers in Arabic.
    pub digits: Digits,
    /// The checklist alone?
    pub checklist: bool,
    /// Whose it is.
    pub association: Both,
    /// For what.
    pub service: Both,
    /// Under which policy and revision.
    pub policy: Both,
    /// The number of the revision.
    pub revision: String,
    /// The questions, group by group.
    pub groups: Vec<Vec<Question>>,
    /// The papers.
    pub papers: Vec<Sheet>,
}

impl Blank {
    /// The form of a service, by its number.
    pub fn new(policy: &Policy, service: usize, langs: &[Lang], checklist: bool) -> Option<Blank> {
        let title = &policy.services.get(service)?.title;
        let association = policy.frame.as_ref().map(|frame| Both::from(&frame.association));
        Some(Blank {
            langs: langs.to_vec(),
            digits: policy.digits,
            checklist,
            association: association.unwrap_or_else(|| Both { ar: String::new(), en: String::new() }),
            service: title.into(),
            policy: (&policy.title).into(),
            revision: policy.label.clone(),
            groups: if checklist { vec![] } else { groups(policy, service) },
            papers: papers(policy, service),
        })
    }
}

fn concerns(policy: &Policy, rule: &Rule, service: usize) -> bool {
    let applicant = policy.services.get(service).map(|service| service.applicant.as_str());
    rule.services.as_ref().is_none_or(|services| services.contains(&service))
        && rule
            .applicants
            .as_ref()
            .is_none_or(|kinds| kinds.iter().any(|kind| Some(kind.as_str()) == applicant))
}

/// The papers that may be asked for, and the cases in which they are.
fn asked(policy: &Policy, service: usize) -> impl Iterator<Item = (&Document, bool)> {
    let documents = policy.documents.iter().filter(|document| document.mode != Mode::Generated);
    documents.filter_map(move |document| {
        let cases = document.required.iter();
        let mut cases = cases
            .filter(move |case| case.services.as_ref().is_none_or(|services| services.contains(&service)))
            .peekable();
        cases.peek()?;
        Some((document, cases.all(|case| case.when.is_some())))
    })
}

fn papers(policy: &Policy, service: usize) -> Vec<Sheet> {
    let papers = asked(policy, service);
    let papers = papers.map(|(document, sometimes)| Sheet {
        title: Both::capitalised(&document.title),
        why: Both::capitalised(&document.why),
        accepted: document.accepted.as_ref().map(Both::from),
        sometimes,
        sighted: document.mode == Mode::Sighted,
    });
    papers.collect()
}

/// Everything that this service reads.
fn read_for(policy: &Policy, service: usize) -> BTreeSet<Slot> {
    let vocabulary = &policy.vocabulary;
    let mut found = BTreeSet::new();
    for rule in policy.rules.iter().filter(|rule| concerns(policy, rule, service)) {
        found.extend(reads(vocabulary, &rule.condition));
        for exemption in rule.unless.iter().filter_map(|index| policy.rules.get(*index)) {
            found.extend(reads(vocabulary, &exemption.condition));
        }
    }
    for document in policy.documents.iter().filter(|document| document.mode != Mode::Generated) {
        let cases = document.required.iter();
        let cases =
            cases.filter(|case| case.services.as_ref().is_none_or(|services| services.contains(&service)));
        for when in cases.filter_map(|case| case.when.as_ref()) {
            found.extend(reads(vocabulary, when));
        }
    }
    if let Some(quantity) = policy.services.get(service).and_then(|service| service.quantity.as_ref()) {
        found.extend(reads(vocabulary, quantity));
    }
    found
}

/// What letters say, and what the score counts.
fn read_by_letters_and_score(policy: &Policy) -> BTreeSet<Slot> {
    let mut found = BTreeSet::new();
    let frame = policy.frame.iter().flat_map(|frame| [&frame.addressee, &frame.opening, &frame.closing]);
    let letters = policy.letters.iter().flat_map(|letter| {
        let cells = letter.tables.iter().flat_map(|table| table.columns.iter().map(|(_, cell)| cell));
        letter
            .text
            .iter()
            .map(|piece| &piece.wording)
            .chain(cells)
            .chain(&letter.subject)
            .chain(&letter.addressee)
    });
    for wording in frame.chain(letters) {
        for slot in wording.ar.slots().chain(wording.en.slots()) {
            collect_slot(&policy.vocabulary, slot, &mut found);
        }
    }
    for factor in policy.score.iter().flat_map(|score| &score.factors) {
        collect_slot(&policy.vocabulary, factor.slot, &mut found);
    }
    // The name under which an applicant signs.
    found.extend(policy.vocabulary.find("applicant.name"));
    found
}

fn group_of(fact: &Fact) -> &str {
    fact.id.split('.').next().unwrap_or_default()
}

fn groups(policy: &Policy, service: usize) -> Vec<Vec<Question>> {
    let needed = read_for(policy, service);
    let wanted = read_by_letters_and_score(policy);
    let said = || policy.facts.iter().filter(|fact| fact.found_by == FoundBy::Applicant);
    // A letter or the score speaks of every service; what concerns this one stands beside something that decides it.
    // Whoever asks is somebody.
    let concerned = said().filter(|fact| needed.contains(&fact.slot) || fact.id == "applicant.name");
    let concerned: BTreeSet<&str> = concerned.map(group_of).collect();
    let mut groups: Vec<Vec<Question>> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for fact in said() {
        let group = group_of(fact);
        let is_wanted = wanted.contains(&fact.slot) || fact.is_justified;
        let is_asked = needed.contains(&fact.slot) || is_wanted && concerned.contains(group);
        if !is_asked {
            continue;
        }
        let place = *places.entry(group).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.push(question(policy, fact));
        }
    }
    groups
}

fn question(policy: &Policy, fact: &Fact) -> Question {
    Question {
        ask: Both::capitalised(fact.ask.as_ref().unwrap_or(&fact.label)),
        why: fact.purpose.as_ref().map(Both::capitalised),
        room: room(policy, fact),
    }
}

fn yes_or_no() -> Vec<Both> {
    vec![(&Text::new("نعم", "Yes")).into(), (&Text::new("لا", "No")).into()]
}

fn choices(fact: &Fact) -> Vec<Both> {
    match &fact.kind {
        FactKind::Bool => yes_or_no(),
        FactKind::Choice(choices) => choices.labels.iter().map(Both::from).collect(),
        FactKind::Number { .. }
        | FactKind::Date
        | FactKind::Text
        | FactKind::NationalId
        | FactKind::Iban
        | FactKind::Mobile
        | FactKind::ShortAddress
        | FactKind::Time
        | FactKind::Code
        | FactKind::List(_) => vec![],
    }
}

fn room(policy: &Policy, fact: &Fact) -> Room {
    let comb = |printed: &str, count: usize| {
        let printed = printed.chars().map(Some).chain(std::iter::repeat(None));
        Room::Comb(printed.take(count).collect())
    };
    match &fact.kind {
        FactKind::Bool | FactKind::Choice(_) => Room::Choice(choices(fact)),
        FactKind::Text | FactKind::Code => Room::Line,
        FactKind::Time => Room::Time,
        FactKind::Number { .. } => Room::Number(unit(policy, fact)),
        FactKind::Date => Room::Day,
        FactKind::NationalId => comb("", 10),
        FactKind::Iban => comb("SA", 24),
        FactKind::Mobile => comb("05", 10),
        FactKind::ShortAddress => comb("", 8),
        FactKind::List(fields) => Room::Rows(
            fields
                .iter()
                .map(|field| Column { head: Both::capitalised(&field.label), choices: choices(field) })
                .collect(),
        ),
    }
}

/// What a number counts, as it stands after a blank.
fn unit(policy: &Policy, fact: &Fact) -> Option<Both> {
    let Type::Number(quantity) = &policy.vocabulary.get(fact.slot)?.ty else { return None };
    let name = quantity.unit.counted()?;
    let name = if name == MONEY { policy.currency.as_str() } else { name };
    let forms = policy.unit(name)?;
    Some(Both { ar: forms.ar.other.to_string(), en: forms.en.other.to_string() })
}
