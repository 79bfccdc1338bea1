//! What a revision does to requests that are known: each is evaluated under both revisions, and what comes out is counted.
//!
//! Receives two policies and requests as they were read under each, hands on an [`Impact`]. Nothing of a request is kept but its
//! number; no name and no fact of anybody stands in it.
//!
//! Both revisions are held against each other on one day, that on which the new one comes into force: a request is judged by the
//! numbers of that day ([`on_day`]), whenever it was submitted. So a limit that the old revision would have raised by itself is no
//! effect of the new one, and requests from before the new revision can be tried under it.

mod text;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::diff::{Extent, Side};
use super::regions::Regions;
use super::statement::transition_name;
use crate::diag::Diagnostics;
use crate::evaluation::plan::{Plan, Record, lines};
use crate::evaluation::request::Request;
use crate::evaluation::{Conclusion, Verdict, evaluate};
use crate::expression::canonical;
use crate::expression::program::{Slot, Value};
use crate::policy::{FactKind, Policy, Privacy, Rule, Transition};
use crate::source::schema::of_answer;
use crate::value::{Date, Text};
pub use text::in_digits;

/// The name and version of the shape that programs read.
pub const SCHEMA: &str = "mizan-impact-1";
/// So many examples are kept of each effect.
const MOST_EXAMPLES: usize = 3;
/// So many open requests that come out otherwise are listed.
const MOST_OPEN: usize = 500;
/// A choice of more than these makes no groups that anybody could read.
const MOST_CHOICES: usize = 6;

/// What a revision does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing.
    Unchanged,
    /// Its result is better for the person.
    Better,
    /// Its result is worse for the person.
    Worse,
    /// Another paper is needed.
    AnotherPaper,
    /// The same result, and another tier.
    AnotherTier,
    /// It cannot be told: what is not known may yet decide it, or a person has to look.
    Untold,
}

impl Effect {
    /// All of them.
    pub const ALL: [Effect; 6] = [
        Effect::Unchanged,
        Effect::Better,
        Effect::Worse,
        Effect::AnotherPaper,
        Effect::AnotherTier,
        Effect::Untold,
    ];

    /// The name that programs and templates read.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Unchanged => "unchanged",
            Effect::Better => "better",
            Effect::Worse => "worse",
            Effect::AnotherPaper => "another-paper",
            Effect::AnotherTier => "another-tier",
            Effect::Untold => "untold",
        }
    }

    /// What people call it.
    pub fn text(self) -> Text {
        let (ar, en) = match self {
            Effect::Unchanged => ("بلا تغيير", "unchanged"),
            Effect::Better => ("أصلح لصاحبه", "better for the person"),
            Effect::Worse => ("أشدُّ على صاحبه", "worse for the person"),
            Effect::AnotherPaper => ("تلزمه وثيقة أخرى", "needs another paper"),
            Effect::AnotherTier => ("النتيجة نفسها وفئةٌ أخرى", "same result, another tier"),
            Effect::Untold => ("لا يُعرف بعد", "cannot be told yet"),
        };
        Text::new(ar, en)
    }
}

/// How many requests have each effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Counts {
    /// Nothing changes.
    pub unchanged: u64,
    /// Better for the person.
    pub better: u64,
    /// Worse for the person.
    pub worse: u64,
    /// Another paper is needed.
    pub another_paper: u64,
    /// Another tier.
    pub another_tier: u64,
    /// It cannot be told.
    pub untold: u64,
}

impl Counts {
    /// How many have this effect.
    pub fn of(&self, effect: Effect) -> u64 {
        match effect {
            Effect::Unchanged => self.unchanged,
            Effect::Better => self.better,
            Effect::Worse => self.worse,
            Effect::AnotherPaper => self.another_paper,
            Effect::AnotherTier => self.another_tier,
            Effect::Untold => self.untold,
        }
    }

    /// How many there are.
    pub fn all(&self) -> u64 {
        Effect::ALL.iter().map(|effect| self.of(*effect)).sum()
    }

    fn add(&mut self, effect: Effect, count: u64) {
        let place = match effect {
            Effect::Unchanged => &mut self.unchanged,
            Effect::Better => &mut self.better,
            Effect::Worse => &mut self.worse,
            Effect::AnotherPaper => &mut self.another_paper,
            Effect::AnotherTier => &mut self.another_tier,
            Effect::Untold => &mut self.untold,
        };
        *place += count;
    }

    fn add_all(&mut self, other: &Counts) {
        for effect in Effect::ALL {
            self.add(effect, other.of(effect));
        }
    }
}

/// What a revision does to the requests that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Impact {
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
    /// By the numbers of which day requests were judged.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub on: String,
    /// How much the two revisions differ.
    pub extent: Extent,
    /// How many requests were evaluated under both.
    pub requests: u64,
    /// How many can be read under the old revision only.
    pub only_before: u64,
    /// How many can be read under the new revision only.
    pub only_after: u64,
    /// How many can be read under neither.
    pub unread: u64,
    /// How many requests have each effect.
    pub effects: Counts,
    /// The results, before and after.
    pub results: Vec<Move>,
    /// The tiers, before and after.
    pub tiers: Vec<Move>,
    /// By service.
    pub services: Vec<Group>,
    /// By the choices that requests make: every fact with few choices that is not sensitive.
    pub groups: Vec<Grouping>,
    /// The papers that are asked of other requests.
    pub papers: Vec<PaperChange>,
    /// The rules whose verdict changes.
    pub rules: Vec<RuleChange>,
    /// Some requests of each effect, by their numbers alone.
    pub examples: Vec<Example>,
    /// Some requests that can be read under one revision only, or under neither.
    pub refused: Vec<Refused>,
    /// Those that are open when the new revision comes into force.
    pub open: Open,
    /// Where the answer changes, whatever the requests.
    pub regions: Regions,
}

/// The requests that are open when the new revision comes into force: submitted before that day, and not decided by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Open {
    /// What the new revision says of them: `pin`, `favourable` or `immediate`.
    #[serde(serialize_with = "by_name")]
    #[schemars(with = "String", extend("enum" = ["pin", "favourable", "immediate"]))]
    pub transition: Transition,
    /// How many there are.
    pub requests: u64,
    /// So many would come out better under the new revision.
    pub better: u64,
    /// So many would come out worse under it.
    pub worse: u64,
    /// So many cannot be read under it.
    pub unreadable: u64,
    /// Those that come out otherwise under it, the first of them.
    pub each: Vec<OpenRequest>,
    /// How many more there are of those.
    pub more: u64,
}

/// An open request that comes out otherwise under the new revision, by its number alone: its result by each way of carrying it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OpenRequest {
    /// Its file, or the number of its line.
    pub place: String,
    /// Its number, where it has one.
    pub case_ref: Option<String>,
    /// The service.
    pub service: Text,
    /// Its result where it is pinned to the old revision.
    pub pin: Conclusion,
    /// Its result under whichever revision is better for the person.
    pub favourable: Conclusion,
    /// Its result under the new revision at once; nothing where it cannot be read under it.
    pub immediate: Option<Conclusion>,
}

fn by_name<S: serde::Serializer>(transition: &Transition, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(transition_name(*transition))
}

impl Open {
    /// How many of them the new revision governs.
    pub fn carried_over(&self) -> u64 {
        match self.transition {
            Transition::Pin => 0,
            Transition::Favourable => self.better,
            Transition::Immediate => self.requests - self.unreadable,
        }
    }

    /// How many are finished as they were begun.
    pub fn kept(&self) -> u64 {
        match self.transition {
            Transition::Pin | Transition::Favourable => self.requests - self.carried_over(),
            Transition::Immediate => 0,
        }
    }
}

/// How many requests go from one to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Move {
    /// Before; the name that programs read.
    pub from: String,
    /// After.
    pub to: String,
    /// What people read.
    pub text: (Text, Text),
    /// How many.
    pub count: u64,
}

/// What a revision does to some of the requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Group {
    /// The id of the service or choice; nothing where the request does not say.
    pub id: Option<String>,
    /// What people call it.
    pub label: Text,
    /// How many requests have each effect.
    pub effects: Counts,
}

/// The groups that a choice makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Grouping {
    /// The id of the fact.
    pub fact: String,
    /// What people call it.
    pub label: Text,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// A paper that is asked of other requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PaperChange {
    /// The id of the paper.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Of how many requests it is missing only after.
    pub now_missing: u64,
    /// Of how many it was missing only before.
    pub no_longer_missing: u64,
}

/// A rule whose verdict changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RuleChange {
    /// The id of the rule.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// How many requests go from one verdict to another; a rule that was not there did not apply.
    pub moves: Vec<Move>,
}

/// A request, by its number alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Example {
    /// The effect.
    pub effect: Effect,
    /// Its file, or the number of its line.
    pub place: String,
    /// Its number, where it has one.
    pub case_ref: Option<String>,
    /// The service.
    pub service: Text,
    /// The result before.
    pub before: Conclusion,
    /// The result after.
    pub after: Conclusion,
    /// The rules whose verdict changes, by id.
    pub rules: Vec<String>,
    /// The papers that are missing only after, by id.
    pub papers: Vec<String>,
}

/// A request that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Refused {
    /// Its file, or the number of its line.
    pub place: String,
    /// Under which revisions it can be read.
    pub readable: Readable,
    /// Why not under the other, or under neither.
    pub why: Text,
}

/// Under which revisions a request can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Readable {
    /// Under the old one only.
    OnlyBefore,
    /// Under the new one only.
    OnlyAfter,
    /// Under neither.
    Neither,
}

impl Impact {
    /// For other programs.
    pub fn json(&self) -> Json {
        json!(self)
    }
}

/// The schema of what programs read.
pub fn schema() -> Json {
    of_answer::<Impact>("What a revision does to the requests that are known")
}

/// A revision whose numbers are those of one day, whenever a request was submitted.
#[must_use]
pub fn on_day(policy: &Policy, day: Date) -> Policy {
    let mut policy = policy.clone();
    let always = Date::from_ymd_opt(1, 1, 1).unwrap_or_default();
    policy.in_force_from = always;
    for parameter in &mut policy.parameters {
        let value = parameter.on(day).or_else(|| parameter.entries.first().map(|(_, value)| value)).cloned();
        parameter.entries = value.map(|value| (always, value)).into_iter().collect();
    }
    policy
}

/// Two revisions, ready to judge many requests.
#[derive(Debug)]
pub struct Judges<'p> {
    before: Plan<'p>,
    after: Plan<'p>,
    /// For each rule of the new revision: the one of the same id in the old, and whether it may say something else.
    rules: Vec<(Option<usize>, bool)>,
    /// The rules that are gone.
    gone: Vec<usize>,
    /// For each paper of the new revision the one of the same id in the old.
    papers: Vec<Option<usize>>,
    /// The facts that make groups.
    groups: Vec<Slot>,
}

/// What one core needs again and again.
#[expect(missing_debug_implementations, reason = "rows of numbers have nothing to show")]
pub struct Desk<'p> {
    before: lines::Lines<'p>,
    after: lines::Lines<'p>,
}

impl<'p> Judges<'p> {
    /// Makes two revisions ready; both as they are [`on_day`].
    pub fn new(before: &'p Policy, after: &'p Policy) -> Judges<'p> {
        let old_meanings: Vec<String> = before.rules.iter().map(|rule| meaning(before, rule)).collect();
        let rules = after.rules.iter().map(|rule| {
            let says = meaning(after, rule);
            let old = before.rules.iter().position(|old| old.id == rule.id);
            // One of another id that says the same is the same rule.
            let alike = || {
                let mut rules = before.rules.iter().zip(&old_meanings);
                rules.position(|(old, meaning)| *meaning == says && after.rule(&old.id).is_none())
            };
            let old = old.or_else(alike);
            (old, old.and_then(|old| old_meanings.get(old)) != Some(&says))
        });
        let rules: Vec<(Option<usize>, bool)> = rules.collect();
        let gone: Vec<usize> = (0..before.rules.len())
            .filter(|old| rules.iter().all(|(found, _)| *found != Some(*old)))
            .collect();
        let papers =
            after.documents.iter().map(|paper| before.documents.iter().position(|old| old.id == paper.id));
        let groups = after.facts.iter().filter(|fact| match &fact.kind {
            FactKind::Choice(choices) => {
                choices.ids.len() <= MOST_CHOICES && fact.privacy != Privacy::Sensitive
            }
            FactKind::Bool
            | FactKind::Number { .. }
            | FactKind::Date
            | FactKind::Text
            | FactKind::NationalId
            | FactKind::Iban
            | FactKind::Mobile
            | FactKind::ShortAddress
            | FactKind::Time
            | FactKind::Code
            | FactKind::List(_) => false,
        });
        Judges {
            before: Plan::new(before),
            after: Plan::new(after),
            gone,
            rules,
            papers: papers.collect(),
            groups: groups.map(|fact| fact.slot).collect(),
        }
    }

    /// Room for one core.
    pub fn desk(&'p self) -> Desk<'p> {
        Desk { before: lines::Lines::new(&self.before), after: lines::Lines::new(&self.after) }
    }
}

/// Everything on which the verdict of a rule rests, in one spelling.
pub(super) fn meaning(policy: &Policy, rule: &Rule) -> String {
    let mut names = rule.condition.slots();
    let mut waiting: Vec<Slot> = names.iter().copied().collect();
    while let Some(slot) = waiting.pop() {
        waiting.extend(policy.vocabulary.made_of(slot).into_iter().filter(|part| names.insert(*part)));
    }
    let mut said = vec![
        format!("{:?} {:?} {}", rule.kind, rule.applicants, rule.services.is_some()),
        canonical::program(&policy.vocabulary, &rule.condition),
    ];
    let ids = rule.services.iter().flatten().filter_map(|index| policy.services.get(*index));
    said.push(ids.map(|service| service.id.as_str()).collect::<Vec<_>>().join(" "));
    for slot in names {
        let Some(named) = policy.vocabulary.get(slot) else { continue };
        said.push(format!(
            "{} {}",
            named.id,
            canonical::definition(&policy.vocabulary, slot).unwrap_or_default()
        ));
        if let Some(crate::expression::program::Definition::Output { table, column }) = &named.definition {
            let rows = table.rows.iter().map(|row| format!("{:?} {:?}", row.cells, row.outputs.get(*column)));
            said.extend(rows);
        }
        if let Some(parameter) = policy.parameters.iter().find(|parameter| parameter.slot == slot) {
            let values = parameter.entries.iter().map(|(_, value)| canonical::value(&named.ty, value));
            said.extend(values);
        }
    }
    said.sort();
    for exemption in rule.unless.iter().filter_map(|index| policy.rules.get(*index)) {
        said.push(meaning(policy, exemption));
    }
    said.join("\n")
}

/// A request as it was read under each revision, and where it stands.
#[derive(Debug)]
pub struct Known {
    /// Its file, or the number of its line.
    pub place: String,
    /// Under the old revision.
    pub before: Result<Request, Diagnostics>,
    /// Under the new one.
    pub after: Result<Request, Diagnostics>,
}

/// What was counted; two of them make one, so that several cores can count.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    requests: u64,
    only_before: u64,
    only_after: u64,
    unread: u64,
    effects: Counts,
    results: BTreeMap<(Conclusion, Conclusion), u64>,
    tiers: BTreeMap<(Option<u16>, Option<u16>), u64>,
    services: BTreeMap<usize, Counts>,
    groups: BTreeMap<(usize, Option<u16>), Counts>,
    /// By the number of the paper in the new revision: missing only after, missing only before.
    papers: BTreeMap<usize, (u64, u64)>,
    /// By the number of the rule in the new revision.
    rules: BTreeMap<(usize, Verdict, Verdict), u64>,
    examples: Vec<Example>,
    refused: Vec<Refused>,
    /// Open: all of them, better, worse, and not to be read under the new revision.
    open: (u64, u64, u64, u64),
    /// How many of them come out otherwise; the first are kept.
    otherwise: u64,
    open_each: Vec<OpenRequest>,
}

impl Tally {
    /// Judges a request under both revisions, and counts what comes out.
    pub fn add<'p>(&mut self, judges: &'p Judges<'p>, desk: &mut Desk<'p>, known: Known, on: Option<Date>) {
        let (before, after) = match (known.before, known.after) {
            (Ok(before), Ok(after)) => (before, after),
            (before, after) => {
                let readable = match (&before, &after) {
                    (Ok(_), _) => Readable::OnlyBefore,
                    (_, Ok(_)) => Readable::OnlyAfter,
                    _ => Readable::Neither,
                };
                *match readable {
                    Readable::OnlyBefore => &mut self.only_before,
                    Readable::OnlyAfter => &mut self.only_after,
                    Readable::Neither => &mut self.unread,
                } += 1;
                let problems = after.err().or(before.err()).unwrap_or_default();
                let why = problems.0.first().map(|problem| problem.message.clone()).unwrap_or_default();
                self.refuse(Refused { place: known.place, readable, why });
                return;
            }
        };
        let one = judged(&judges.before, &mut desk.before, &before, on);
        let other = judged(&judges.after, &mut desk.after, &after, on);
        self.count(judges, &one, &other, &known.place, &after);
    }

    /// Looks at a request that is open when the new revision comes into force, as it is looked at on that day: both revisions as they are
    /// written.
    pub fn add_if_open<'p>(&mut self, judges: &'p Judges<'p>, desk: &mut Desk<'p>, known: &Known) {
        let Ok(before) = &known.before else { return };
        let day = judges.after.policy().in_force_from;
        let is_decided = before.decision.as_ref().is_some_and(|decision| decision.date < day);
        if before.submitted_at.date() >= day || is_decided {
            return;
        }
        self.open.0 += 1;
        let pin = judged(&judges.before, &mut desk.before, before, Some(day)).result;
        let after = known.after.as_ref().ok();
        let immediate = after.map(|after| judged(&judges.after, &mut desk.after, after, Some(day)).result);
        let is_better = immediate.is_some_and(|now| now.favour() > pin.favour());
        self.open.1 += u64::from(is_better);
        self.open.2 += u64::from(immediate.is_some_and(|now| now.favour() < pin.favour()));
        self.open.3 += u64::from(immediate.is_none());
        if immediate != Some(pin) {
            let service = judges.before.policy().services.get(before.service);
            self.otherwise += 1;
            self.open_each.push(OpenRequest {
                place: known.place.clone(),
                case_ref: before.case_ref.clone(),
                service: service.map(|service| service.title.clone()).unwrap_or_default(),
                pin,
                favourable: immediate.filter(|_| is_better).unwrap_or(pin),
                immediate,
            });
        }
    }

    fn refuse(&mut self, refused: Refused) {
        let alike = self.refused.iter().filter(|other| other.readable == refused.readable);
        if alike.count() < MOST_EXAMPLES {
            self.refused.push(refused);
        }
    }

    fn count(
        &mut self,
        judges: &Judges<'_>,
        before: &Record,
        after: &Record,
        place: &str,
        request: &Request,
    ) {
        let old_missing = |paper: usize| {
            let old = judges.papers.get(paper).copied().flatten();
            old.is_some_and(|old| old < 64 && before.missing >> old & 1 == 1)
        };
        let mut newly = Vec::new();
        for paper in 0..judges.papers.len().min(64) {
            match (old_missing(paper), after.missing >> paper & 1 == 1) {
                (false, true) => {
                    newly.push(paper);
                    self.papers.entry(paper).or_default().0 += 1;
                }
                (true, false) => self.papers.entry(paper).or_default().1 += 1,
                _ => {}
            }
        }
        let mut moved = Vec::new();
        let mut is_open = false;
        for (rule, (old, differs)) in judges.rules.iter().enumerate() {
            let was = old.and_then(|old| before.verdicts.get(old)).copied().unwrap_or(Verdict::NotApplicable);
            let now = after.verdicts.get(rule).copied().unwrap_or(Verdict::NotApplicable);
            is_open |= *differs
                && [was, now].iter().any(|verdict| matches!(verdict, Verdict::Unknown | Verdict::Conflict));
            if was != now {
                moved.push(rule);
                *self.rules.entry((rule, was, now)).or_default() += 1;
            }
        }
        is_open |= judges.gone.iter().any(|rule| {
            before.verdicts.get(*rule).is_some_and(|was| matches!(was, Verdict::Unknown | Verdict::Conflict))
        });
        let tier = |record: &Record| record.standing.and_then(|standing| standing.tier);
        let effect =
            effect(before.result, after.result, !newly.is_empty(), is_open, tier(before) != tier(after));
        self.requests += 1;
        self.effects.add(effect, 1);
        *self.results.entry((before.result, after.result)).or_default() += 1;
        *self.tiers.entry((tier(before), tier(after))).or_default() += 1;
        self.services.entry(request.service).or_default().add(effect, 1);
        for (group, slot) in judges.groups.iter().enumerate() {
            let choice = request.value(*slot).and_then(Value::as_choice);
            self.groups.entry((group, choice)).or_default().add(effect, 1);
        }
        let alike = self.examples.iter().filter(|example| example.effect == effect);
        if effect != Effect::Unchanged && alike.count() < MOST_EXAMPLES {
            let policy = judges.after.policy();
            let service = policy.services.get(request.service);
            self.examples.push(Example {
                effect,
                place: place.to_owned(),
                case_ref: request.case_ref.clone(),
                service: service.map(|service| service.title.clone()).unwrap_or_default(),
                before: before.result,
                after: after.result,
                rules: moved
                    .into_iter()
                    .filter_map(|rule| Some(policy.rules.get(rule)?.id.clone()))
                    .collect(),
                papers: newly
                    .into_iter()
                    .filter_map(|paper| Some(policy.documents.get(paper)?.id.clone()))
                    .collect(),
            });
        }
    }

    /// Adds what another core counted; it counted later requests.
    pub fn merge(&mut self, other: Tally) {
        self.requests += other.requests;
        self.only_before += other.only_before;
        self.only_after += other.only_after;
        self.unread += other.unread;
        self.effects.add_all(&other.effects);
        sum(&mut self.results, other.results);
        sum(&mut self.tiers, other.tiers);
        sum(&mut self.rules, other.rules);
        for (service, counts) in other.services {
            self.services.entry(service).or_default().add_all(&counts);
        }
        for (group, counts) in other.groups {
            self.groups.entry(group).or_default().add_all(&counts);
        }
        for (paper, (more, less)) in other.papers {
            let counts = self.papers.entry(paper).or_default();
            *counts = (counts.0 + more, counts.1 + less);
        }
        for example in other.examples {
            let alike = self.examples.iter().filter(|known| known.effect == example.effect);
            if alike.count() < MOST_EXAMPLES {
                self.examples.push(example);
            }
        }
        for refused in other.refused {
            self.refuse(refused);
        }
        self.otherwise += other.otherwise;
        self.open_each.extend(other.open_each);
        self.open_each.truncate(MOST_OPEN);
        let (all, better, worse, unreadable) = other.open;
        self.open = (self.open.0 + all, self.open.1 + better, self.open.2 + worse, self.open.3 + unreadable);
    }

    /// What it all comes to; the regions, which need no requests, are found apart. The revisions are given as they are written, not [`on_day`].
    pub fn impact(
        mut self,
        before: &Policy,
        after: &Policy,
        judges: &Judges<'_>,
        on: Date,
        extent: Extent,
    ) -> Impact {
        self.examples.sort_by_key(|example| example.effect);
        self.refused.sort_by_key(|refused| refused.readable);
        let results = self.results.into_iter().map(|((from, to), count)| Move {
            from: from.name().to_owned(),
            to: to.name().to_owned(),
            text: (conclusion(from), conclusion(to)),
            count,
        });
        let rules = self.rules.into_iter().fold(BTreeMap::new(), |mut rules, ((rule, was, now), count)| {
            let verdict = crate::evaluation::explain::verdict;
            let moves: &mut Vec<Move> = rules.entry(rule).or_default();
            moves.push(Move {
                from: was.name().to_owned(),
                to: now.name().to_owned(),
                text: (verdict(was), verdict(now)),
                count,
            });
            rules
        });
        let has_tiers = [before, after]
            .iter()
            .any(|policy| policy.score.as_ref().is_some_and(|score| score.tier.is_some()));
        let tiers = self.tiers.into_iter().filter(|_| has_tiers).map(|((from, to), count)| {
            let ((from, from_text), (to, to_text)) = (tier(before, from), tier(after, to));
            Move { from, to, text: (from_text, to_text), count }
        });
        let services = self.services.into_iter().filter_map(|(service, effects)| {
            let service = after.services.get(service)?;
            Some(Group { id: Some(service.id.clone()), label: service.title.clone(), effects })
        });
        let mut groups: BTreeMap<usize, Grouping> = BTreeMap::new();
        for ((group, choice), effects) in self.groups {
            let Some(fact) = judges.groups.get(group).and_then(|slot| after.fact_at(*slot)) else { continue };
            let FactKind::Choice(choices) = &fact.kind else { continue };
            let grouping = groups.entry(group).or_insert_with(|| Grouping {
                fact: fact.id.clone(),
                label: fact.label.clone(),
                groups: vec![],
            });
            grouping.groups.push(Group {
                id: choice.map(|choice| choices.id(choice).to_owned()),
                label: choice
                    .map_or_else(|| Text::new("لم يُذكر", "not said"), |choice| choices.label(choice)),
                effects,
            });
        }
        let papers = self.papers.into_iter().filter_map(|(paper, (now, no_longer))| {
            let paper = after.documents.get(paper)?;
            Some(PaperChange {
                id: paper.id.clone(),
                title: paper.title.clone(),
                now_missing: now,
                no_longer_missing: no_longer,
            })
        });
        Impact {
            schema: SCHEMA,
            policy: after.id.clone(),
            title: after.title.clone(),
            from: Side::of(before),
            to: Side::of(after),
            on: on.to_string(),
            extent,
            requests: self.requests,
            only_before: self.only_before,
            only_after: self.only_after,
            unread: self.unread,
            effects: self.effects,
            results: results.collect(),
            tiers: tiers.collect(),
            services: services.collect(),
            groups: groups.into_values().collect(),
            papers: papers.collect(),
            rules: (rules.into_iter())
                .filter_map(|(rule, moves)| {
                    let rule = after.rules.get(rule)?;
                    Some(RuleChange { id: rule.id.clone(), title: rule.title.clone(), moves })
                })
                .collect(),
            examples: self.examples,
            refused: self.refused,
            open: Open {
                transition: after.transition,
                requests: self.open.0,
                better: self.open.1,
                worse: self.open.2,
                unreadable: self.open.3,
                more: self.otherwise - self.open_each.len() as u64,
                each: self.open_each,
            },
            regions: Regions::default(),
        }
    }
}

fn sum<K: Ord>(counts: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, count) in more {
        *counts.entry(key).or_default() += count;
    }
}

/// A request under one revision: by its plan, and exactly where that cannot tell.
fn judged<'p>(
    plan: &'p Plan<'p>,
    lines: &mut lines::Lines<'p>,
    request: &Request,
    on: Option<Date>,
) -> Record {
    let on = on.unwrap_or_else(|| request.submitted_at.date());
    match lines.of(request, on) {
        Some(record) => record.clone(),
        None => plan.record(&evaluate(plan.policy(), request, on)),
    }
}

/// What a change of the result means for the person.
fn effect(
    before: Conclusion,
    after: Conclusion,
    newly_missing: bool,
    is_open: bool,
    other_tier: bool,
) -> Effect {
    // A request that is joined to another, or that a person has to look at, stands on no scale.
    let rank = |conclusion| match conclusion {
        Conclusion::NotMet => Some(0),
        Conclusion::Verify | Conclusion::Incomplete => Some(1),
        Conclusion::Met => Some(2),
        Conclusion::Merged | Conclusion::Referred => None,
    };
    let (Some(was), Some(now)) = (rank(before), rank(after)) else {
        let is_same = before == after && before == Conclusion::Merged;
        return if is_same { Effect::Unchanged } else { Effect::Untold };
    };
    if newly_missing && after == Conclusion::Incomplete && was >= 1 {
        return Effect::AnotherPaper;
    }
    match now.cmp(&was) {
        std::cmp::Ordering::Greater => Effect::Better,
        std::cmp::Ordering::Less => Effect::Worse,
        std::cmp::Ordering::Equal if now == 1 && is_open => Effect::Untold,
        std::cmp::Ordering::Equal if other_tier => Effect::AnotherTier,
        std::cmp::Ordering::Equal => Effect::Unchanged,
    }
}

fn conclusion(conclusion: Conclusion) -> Text {
    crate::evaluation::explain::conclusion(conclusion)
}

/// The id of a tier, and what people call it.
fn tier(policy: &Policy, tier: Option<u16>) -> (String, Text) {
    let slot = policy.score.as_ref().and_then(|score| score.tier);
    let choices = slot.and_then(|slot| policy.vocabulary.get(slot)).and_then(|named| named.ty.choices());
    match (tier, choices) {
        (Some(tier), Some(choices)) => (choices.id(tier).to_owned(), choices.label(tier)),
        _ => ("unknown".to_owned(), Text::new("غير معلومة", "not known")),
    }
}
