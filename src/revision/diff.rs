//! What changed from one revision to another, as sentences that a board member reads: what it was, what it becomes, why, and the
//! clause that it carries out.
//!
//! Receives two checked policies, hands on a [`Diff`]. Both are taken apart ([`parts`]) and held side by side in one spelling, so
//! that neither the order of a file nor the way in which a condition is written counts as a change.

mod align;
mod spelling;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::expression::program::{Definition, Slot};
use crate::policy::Policy;
use crate::policy::guide::parts::{Kind, Part, parts};
use crate::source::schema::of_answer;
use crate::value::Text;
use align::Aligned;

/// The name and version of the shape that programs read.
pub const SCHEMA: &str = "mizan-diff-1";

const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// What changed from one revision to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Diff {
    /// The name and version of this shape.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// The id of the policy.
    pub policy: String,
    /// The title of the policy.
    pub title: Text,
    /// The revision that is changed.
    pub from: Side,
    /// The revision that it becomes.
    pub to: Side,
    /// How much they differ.
    pub extent: Extent,
    /// Why there is a new revision at all, where its author says so.
    pub why: Option<Text>,
    /// What changed, by clause.
    pub changes: Vec<Change>,
    /// Where nothing but the spelling of words changed.
    pub respelt: Vec<Respelt>,
    /// Reasons that are given for what did not change.
    pub idle_reasons: Vec<String>,
}

/// One of the two revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Revision")]
pub struct Side {
    /// Its number.
    pub number: u32,
    /// What letters call it.
    pub label: String,
    /// From when on it is meant to govern.
    #[schemars(regex(pattern = DAY))]
    pub in_force_from: String,
}

/// How much two revisions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Not at all: every file is the same.
    Same,
    /// Only the spelling, order or comments differ: nothing changes for anyone.
    Notation,
    /// Words change that people read, dates and the like; the result of a request cannot.
    Wording,
    /// Something changed that may decide a request.
    Substance,
}

/// What happened to a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
    /// It has another id, and is the same otherwise.
    Renamed,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Change {
    /// What happened.
    pub what: What,
    /// The kind of thing that changed.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its id in the revision that is changed, where that was another.
    pub was_id: Option<String>,
    /// What people call it.
    pub title: Text,
    /// The number of the clause that it carries out, where it does.
    pub clause: Option<String>,
    /// What of it changed; nothing where all of it came or went.
    pub aspect: Option<Text>,
    /// What it was.
    pub was: Option<Text>,
    /// What it becomes.
    pub now: Option<Text>,
    /// Why, where the author says so.
    pub why: Option<Text>,
    /// May it change the result of a request?
    pub decides: bool,
}

/// Something of which only the spelling changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Respelt {
    /// The kind of thing.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What of it.
    pub aspect: Text,
}

impl Diff {
    /// Holds two revisions side by side.
    pub fn new(before: &Policy, after: &Policy) -> Diff {
        let aligned = Aligned::new(parts(before), parts(after));
        let mut comparison = Comparison {
            clauses: (Clauses::new(before), Clauses::new(after)),
            after,
            changes: Vec::new(),
            respelt: Vec::new(),
            used: BTreeSet::new(),
        };
        comparison.look(&aligned);
        let Comparison { mut changes, respelt, used, .. } = comparison;
        let place = |clause: &Option<String>| {
            let clause = clause.as_deref().unwrap_or_default();
            let at = after.clauses.iter().position(|known| known.number == clause);
            at.map_or((usize::MAX, clause.to_owned()), |at| (at, clause.to_owned()))
        };
        changes.sort_by_key(|change| (change.clause.is_none(), place(&change.clause), change.kind));
        let extent = if changes.iter().any(|change| change.decides) {
            Extent::Substance
        } else if !changes.is_empty() {
            Extent::Wording
        } else if files(before) == files(after) {
            Extent::Same
        } else {
            Extent::Notation
        };
        let idle = after.reasons.each.keys().filter(|id| !used.contains(*id));
        Diff {
            schema: SCHEMA,
            policy: after.id.clone(),
            title: after.title.clone(),
            from: Side::of(before),
            to: Side::of(after),
            extent,
            why: after.reasons.revision.clone(),
            changes,
            respelt,
            idle_reasons: idle.cloned().collect(),
        }
    }

    /// For other programs.
    pub fn json(&self) -> Json {
        json!(self)
    }
}

/// The schema of what programs read.
pub fn schema() -> Json {
    of_answer::<Diff>("What changed from one revision to another")
}

impl Side {
    pub(super) fn of(policy: &Policy) -> Side {
        Side {
            number: policy.number,
            label: policy.label.clone(),
            in_force_from: policy.in_force_from.to_string(),
        }
    }
}

/// The texts of the files, by name; the reasons are about the revision, not of it.
fn files(policy: &Policy) -> BTreeMap<&str, &str> {
    let files = policy.files.iter().filter(|file| file.path != "changes.toml");
    files.map(|file| (file.path.as_str(), file.source.text.as_str())).collect()
}

struct Comparison<'a> {
    clauses: (Clauses<'a>, Clauses<'a>),
    after: &'a Policy,
    changes: Vec<Change>,
    respelt: Vec<Respelt>,
    /// The ids whose reasons are shown.
    used: BTreeSet<String>,
}

impl Comparison<'_> {
    fn look(&mut self, aligned: &Aligned) {
        for part in &aligned.removed {
            let clause = self.clauses.0.of(part);
            let was = gist(part);
            self.push(What::Removed, part, None, clause, None, (was, None), decides(part.kind, None));
        }
        for part in &aligned.added {
            let clause = self.clauses.1.of(part);
            let now = gist(part);
            self.push(What::Added, part, None, clause, None, (None, now), decides(part.kind, None));
        }
        for (before, after) in &aligned.both {
            let clause = self.clauses.1.of(after);
            let was_id = (before.id != after.id).then(|| before.id.clone());
            if let Some(id) = &was_id {
                let ids = (Some(Text::same(id.clone())), Some(Text::same(after.id.clone())));
                let name = Text::new("رمزه", "its id");
                // Whoever writes requests writes the ids of these.
                let decides = matches!(after.kind, Kind::Fact | Kind::Service | Kind::Document | Kind::Event);
                self.push(What::Renamed, after, was_id.clone(), clause.clone(), Some(name), ids, decides);
            }
            for (one, other) in aligned.aspects(before, after) {
                let aspect = other.or(one);
                let Some(aspect) = aspect else { continue };
                if let (Some(one), Some(other)) = (one, other)
                    && other.is_wording
                    && spelling::alike(&one.exact, &other.exact)
                {
                    let aspect = other.name.clone();
                    self.respelt.push(Respelt { kind: after.kind, id: after.id.clone(), aspect });
                    continue;
                }
                let mut words = (one.map(|one| one.words.clone()), other.map(|other| other.words.clone()));
                // Two things that are called the same: then their names tell them apart.
                if words.0 == words.1
                    && let ((Some(was), Some(now)), Some(one), Some(other)) =
                        ((&mut words.0, &mut words.1), one, other)
                {
                    spelling::tell_apart(was, &one.exact);
                    spelling::tell_apart(now, &other.exact);
                }
                let decides = decides(after.kind, Some(&aspect.key));
                let name = Some(aspect.name.clone());
                self.push(What::Changed, after, was_id.clone(), clause.clone(), name, words, decides);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one change, in the order in which it has them"
    )]
    fn push(
        &mut self,
        what: What,
        part: &Part,
        was_id: Option<String>,
        clause: Option<String>,
        aspect: Option<Text>,
        (was, now): (Option<Text>, Option<Text>),
        decides: bool,
    ) {
        let reasons = &self.after.reasons.each;
        let ids = [Some(part.id.as_str()), was_id.as_deref()];
        let found = ids.into_iter().flatten().find_map(|id| Some((id.to_owned(), reasons.get(id)?.clone())));
        let why = found.map(|(id, why)| {
            self.used.insert(id);
            why
        });
        self.changes.push(Change {
            what,
            kind: part.kind,
            id: part.id.clone(),
            was_id,
            title: part.title.clone(),
            clause,
            aspect,
            was,
            now,
            why,
            decides,
        });
    }
}

/// What a part is all about, where its title does not say it already.
fn gist(part: &Part) -> Option<Text> {
    let first = part.aspects.first()?;
    (first.words != part.title).then(|| first.words.clone())
}

/// May a change of this aspect change the result of a request? Without an aspect: that the thing came or went.
fn decides(kind: Kind, aspect: Option<&str>) -> bool {
    let Some(aspect) = aspect else {
        return match kind {
            Kind::Limit
            | Kind::Rule
            | Kind::Value
            | Kind::Table
            | Kind::Score
            | Kind::Service
            | Kind::Document
            | Kind::Fact
            | Kind::Channel
            | Kind::Event => true,
            Kind::Revision
            | Kind::Clause
            | Kind::Interpretation
            | Kind::Deadline
            | Kind::Calendar
            | Kind::Role
            | Kind::Letter
            | Kind::Privacy
            | Kind::Unit
            | Kind::Invariant
            | Kind::Example => false,
        };
    };
    let first = aspect.split(' ').next().unwrap_or_default();
    match kind {
        Kind::Limit | Kind::Value => matches!(first, "value" | "type"),
        Kind::Rule => matches!(first, "condition" | "kind" | "concerns" | "unless"),
        Kind::Table => matches!(first, "row" | "hit" | "type"),
        Kind::Score => matches!(first, "factor" | "at-most"),
        Kind::Service => matches!(first, "whom" | "often"),
        Kind::Document => matches!(first, "required" | "validity" | "instead" | "shows" | "mode"),
        Kind::Fact => aspect.ends_with("kind") || aspect.ends_with("range"),
        Kind::Channel => matches!(first, "requests" | "identity"),
        Kind::Revision => matches!(first, "offset" | "currency"),
        Kind::Clause
        | Kind::Interpretation
        | Kind::Deadline
        | Kind::Calendar
        | Kind::Event
        | Kind::Role
        | Kind::Letter
        | Kind::Privacy
        | Kind::Unit
        | Kind::Invariant
        | Kind::Example => false,
    }
}

/// Which clause what has none of its own serves: that of the first rule that rests on it; else of the first service, paper or
/// score that does.
struct Clauses<'a> {
    policy: &'a Policy,
    rests_on: Vec<(&'a str, BTreeSet<Slot>)>,
}

impl<'a> Clauses<'a> {
    fn new(policy: &'a Policy) -> Clauses<'a> {
        let all = |slots: BTreeSet<Slot>| {
            let mut waiting: Vec<Slot> = slots.iter().copied().collect();
            let mut found = slots;
            while let Some(slot) = waiting.pop() {
                waiting
                    .extend(policy.vocabulary.made_of(slot).into_iter().filter(|part| found.insert(*part)));
            }
            found
        };
        let rules = policy.rules.iter().map(|rule| (rule.clause.as_str(), all(rule.condition.slots())));
        let services = policy
            .services
            .iter()
            .filter_map(|service| Some((service.clause.as_str(), all(service.quantity.as_ref()?.slots()))));
        let papers = policy.documents.iter().flat_map(|document| {
            let cases = document.required.iter().filter_map(|required| required.when.as_ref());
            cases.map(|case| (document.clause.as_str(), all(case.slots())))
        });
        let score = policy.score.iter().filter_map(|score| {
            Some((
                score.clause.as_deref()?,
                all([Some(score.slot), score.tier].into_iter().flatten().collect()),
            ))
        });
        Clauses { policy, rests_on: rules.chain(services).chain(papers).chain(score).collect() }
    }

    fn of(&self, part: &Part) -> Option<String> {
        if part.clause.is_some() {
            return part.clause.clone();
        }
        let slots: Vec<_> = match part.kind {
            Kind::Value | Kind::Fact => self.policy.vocabulary.find(&part.id).into_iter().collect(),
            Kind::Table => (self.policy.vocabulary.iter())
                .filter(|(_, named)| match &named.definition {
                    Some(Definition::Output { table, .. }) => table.id == part.id,
                    Some(Definition::Expression(_) | Definition::Sum { .. }) | None => false,
                })
                .map(|(slot, _)| slot)
                .collect(),
            Kind::Revision
            | Kind::Clause
            | Kind::Interpretation
            | Kind::Limit
            | Kind::Rule
            | Kind::Score
            | Kind::Service
            | Kind::Document
            | Kind::Deadline
            | Kind::Calendar
            | Kind::Channel
            | Kind::Event
            | Kind::Role
            | Kind::Letter
            | Kind::Privacy
            | Kind::Unit
            | Kind::Invariant
            | Kind::Example => vec![],
        };
        let rests =
            |(_, rests_on): &&(&str, BTreeSet<Slot>)| slots.iter().any(|slot| rests_on.contains(slot));
        self.rests_on.iter().find(rests).map(|(clause, _)| (*clause).to_owned())
    }
}
