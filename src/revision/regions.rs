//! Where two revisions answer otherwise, over everything that a request could say, without any requests.
//!
//! Receives two policies, hands on [`Regions`]: for each rule that says something else, and for the tier, every region of cases in
//! which the answer changes, with a household that lies in it. Conditions of facts against values are answered exactly: every axis
//! is cut wherever either revision looks, and what is left of both is asked once. Where a computed number is held against a value
//! it is an axis of its own, so that nothing is missed, and a region may be larger than what can occur. Where even that is not
//! possible households are made up and tried, and that is said.

mod diagram;
mod formula;
mod household;
pub mod invariant;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::impact::{meaning, on_day};
use crate::evaluation::{Verdict, explain};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Interval, Node, Slot, Value};
use crate::policy::{Policy, Rule, guide};
use crate::value::{Date, Number, Text};
use diagram::Id;
use formula::{Axes, Axis, Builder, Changed, Formula, Said, Scale, Side, Term};
use household::{Household, Leaf, Maker, cell};
pub use text::{of_services, stated};

/// So many regions of one rule are told one by one.
const MOST_REGIONS: usize = 12;
/// So many households are tried for one that lies in a region.
const MOST_TRIES: usize = 3_000;
/// So many are made up where nothing is proven.
pub const SAMPLES: usize = 20_000;

/// Where two revisions answer otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Regions {
    /// By rule, and by the service where that matters; last the tier.
    pub answers: Vec<Answer>,
}

/// How regions were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Exactly: every case of a region changes, and no other does.
    Exact,
    /// Nothing is missed, but not every case of a region need be able to occur: it looks at computed numbers.
    Enclosed,
    /// By trying made-up households: there may be more.
    Sampled,
}

/// Where one answer changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Answer {
    /// The id of the rule; that of the table where it is the tier.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The services for which it changes so, by id.
    pub services: Vec<String>,
    /// How the regions were found.
    pub method: Method,
    /// How many regions there are; of samples, how many changed.
    pub count: u64,
    /// Some of them.
    pub regions: Vec<Region>,
}

/// Cases in which an answer changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Region {
    /// What the revision that is changed says.
    pub was: Text,
    /// What the new one says.
    pub now: Text,
    /// What all these cases have in common.
    pub conditions: Vec<Stated>,
    /// A household that lies in it, made up; nothing where none was found, so that it may not occur.
    pub example: Option<Vec<Stated>>,
}

/// Something that is said of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Stated {
    /// What it is about.
    pub label: Text,
    /// What is said.
    pub value: Text,
}

impl Regions {
    /// Compares two revisions on the day on which the new one comes into force.
    pub fn new(before: &Policy, after: &Policy) -> Regions {
        let day = after.in_force_from;
        let (before, after) = (on_day(before, day), on_day(after, day));
        let mut answers = Vec::new();
        for question in questions(&before, &after) {
            let subject = Subject::new(&before, &after, &question, day);
            answers.extend(subject.answer().filter(|answer| answer.count > 0));
        }
        Regions { answers }
    }
}

/// How far regions agree with evaluating cases one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// So many questions were answered by a diagram.
    pub solved: usize,
    /// So many could only be sampled.
    pub sampled: usize,
    /// So many made-up households were evaluated.
    pub households: usize,
    /// So many corners: every combination of cells.
    pub corners: usize,
    /// So many cases lay in a region.
    pub inside: usize,
    /// Where a case came out otherwise than its region says.
    pub disagreements: Vec<String>,
}

/// Holds the regions of two revisions against evaluating made-up households, and every combination of the cells of facts where there
/// are at most `corners` of them.
pub fn agreement(before: &Policy, after: &Policy, households: usize, corners: usize) -> Agreement {
    let day = after.in_force_from;
    let (before, after) = (on_day(before, day), on_day(after, day));
    let mut agreement = Agreement::default();
    for question in questions(&before, &after) {
        let subject = Subject::new(&before, &after, &question, day);
        let Some(solved) = subject.solve() else {
            agreement.sampled += 1;
            continue;
        };
        agreement.solved += 1;
        let mut maker = subject.maker();
        let mut hold = |household: &Household| {
            // What cannot be computed a person looks at, under either revision.
            let Some((was, now)) = subject.really(household) else { return };
            let cell = |axis: usize| subject.cell_of(&solved, axis, household);
            let said = solved.builder.diagrams.look_up(solved.both, &cell);
            let really = both_say(&was, &now);
            agreement.inside += usize::from(was != now);
            if said != Some(&really) {
                agreement.disagreements.push(format!("{:?}: {said:?}, really {really:?}", question.asked));
            }
        };
        for _ in 0..households {
            hold(&maker.any());
        }
        agreement.households += households;
        let cells: Vec<usize> = subject.axes.axes.iter().map(|axis| axis.scale.cells()).collect();
        let count = cells.iter().try_fold(1_usize, |count, cells| count.checked_mul(*cells));
        if !subject.axes.axes.iter().all(|axis| axis.is_free) || count.is_none_or(|count| count > corners) {
            continue;
        }
        let mut corner = vec![0; cells.len()];
        loop {
            let mut household = maker.any();
            for (axis, cell) in corner.iter().enumerate() {
                subject.place(&solved, &mut maker, &mut household, axis, &[*cell]);
            }
            hold(&household);
            agreement.corners += 1;
            let next = corner.iter_mut().zip(&cells).find_map(|(at, cells)| {
                *at = if *at + 1 < *cells { *at + 1 } else { 0 };
                (*at != 0).then_some(())
            });
            if next.is_none() {
                break;
            }
        }
    }
    agreement
}

/// What is asked of both revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// What a rule says, by its number in each revision; nothing where it is not there or does not concern the service.
    Rule(Option<usize>, Option<usize>),
    /// The points that a factor of the score gives, by its number in each revision.
    Factor(usize, usize),
    /// The tier.
    Tier,
}

/// A question, and the services for which it is the same.
#[derive(Debug, Clone)]
struct Question {
    asked: Asked,
    services: Vec<String>,
}

/// The questions whose answer may differ.
fn questions(before: &Policy, after: &Policy) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    let mut ids: Vec<&str> = after.rules.iter().map(|rule| rule.id.as_str()).collect();
    ids.extend(before.rules.iter().map(|rule| rule.id.as_str()).filter(|id| after.rule(id).is_none()));
    for id in ids {
        let (old, new) = (before.rule(id), after.rule(id));
        if let (Some(old), Some(new)) = (old, new)
            && meaning(before, old) == meaning(after, new)
        {
            continue;
        }
        let looks_at_service = |policy: &Policy, rule: Option<&Rule>| {
            let slots = [policy.builtin.service, policy.builtin.interval];
            rule.is_some_and(|rule| slots.iter().any(|slot| rests_on(policy, &rule.condition).contains(slot)))
        };
        let apart = looks_at_service(before, old) || looks_at_service(after, new);
        let mut alike: BTreeMap<(bool, bool, usize), Vec<String>> = BTreeMap::new();
        for (number, service) in after.services.iter().enumerate() {
            let Some((old_number, _)) = before.service(&service.id) else { continue };
            let was = old.is_some_and(|rule| concerns(before, rule, old_number));
            let now = new.is_some_and(|rule| concerns(after, rule, number));
            if was || now {
                alike.entry((was, now, if apart { number } else { 0 })).or_default().push(service.id.clone());
            }
        }
        let at = |policy: &Policy| policy.rules.iter().position(|rule| rule.id == id);
        questions.extend(alike.into_iter().map(|((was, now, _), services)| Question {
            asked: Asked::Rule(at(before).filter(|_| was), at(after).filter(|_| now)),
            services,
        }));
    }
    if let (Some(old), Some(new), Some(service)) = (&before.score, &after.score, after.services.first()) {
        let services = vec![service.id.clone()];
        for (number, factor) in new.factors.iter().enumerate() {
            if let Some(at) = old.factors.iter().position(|old| old.id == factor.id) {
                questions.push(Question { asked: Asked::Factor(at, number), services: services.clone() });
            }
        }
    }
    let tier = |policy: &Policy| policy.score.as_ref().and_then(|score| score.tier);
    if let (Some(_), Some(_), Some(service)) = (tier(before), tier(after), after.services.first()) {
        questions.push(Question { asked: Asked::Tier, services: vec![service.id.clone()] });
    }
    questions
}

fn concerns(policy: &Policy, rule: &Rule, service: usize) -> bool {
    let applicant = policy.services.get(service).map(|service| service.applicant.as_str());
    rule.services.as_ref().is_none_or(|services| services.contains(&service))
        && rule
            .applicants
            .as_ref()
            .is_none_or(|kinds| kinds.iter().any(|kind| Some(kind.as_str()) == applicant))
}

/// Every name on which a condition rests.
fn rests_on(policy: &Policy, node: &Node) -> BTreeSet<Slot> {
    let mut names = node.slots();
    let mut waiting: Vec<Slot> = names.iter().copied().collect();
    while let Some(slot) = waiting.pop() {
        waiting.extend(policy.vocabulary.made_of(slot).into_iter().filter(|part| names.insert(*part)));
    }
    names
}

/// What is the same for every request for a service: the numbers of the board, and the service.
fn constants(policy: &Policy, service: &str) -> Vec<Option<Value>> {
    let mut values: Vec<Option<Value>> = vec![None; policy.vocabulary.len()];
    let mut set = |slot: Slot, value: Option<Value>| {
        if let Some(place) = values.get_mut(slot.index()) {
            *place = value;
        }
    };
    for parameter in &policy.parameters {
        set(parameter.slot, parameter.entries.first().map(|(_, value)| value.clone()));
    }
    if let Some((number, service)) = policy.service(service) {
        set(policy.builtin.service, u16::try_from(number).ok().map(Value::Choice));
        set(policy.builtin.interval, service.interval.map(Value::Span));
    }
    values
}

/// A question, its axes, and its answer as a diagram.
struct Subject<'p> {
    axes: Axes<'p>,
    question: Question,
    formulas: Option<(Formulas, Formulas)>,
    read: BTreeMap<String, ()>,
    day: Date,
}

/// A rule and its exemptions, or the tier, over axes.
#[derive(Debug, Clone)]
struct Formulas {
    condition: Option<Formula>,
    exemptions: Vec<Formula>,
    is_rule: bool,
}

impl Formulas {
    fn all(&self) -> Vec<&Formula> {
        self.condition.iter().chain(&self.exemptions).collect()
    }
}

/// A question whose answer is known for every case.
struct Solved<'s> {
    builder: Builder<'s>,
    both: Id,
}

impl<'p> Subject<'p> {
    fn new(before: &'p Policy, after: &'p Policy, question: &Question, day: Date) -> Subject<'p> {
        let service = question.services.first().map_or("", String::as_str);
        let mut axes = Axes::new((before, constants(before, service)), (after, constants(after, service)));
        let mut read = BTreeMap::new();
        let mut of = |axes: &mut Axes<'p>, side: Side, policy: &'p Policy| -> Option<Formulas> {
            let conditions = conditions(policy, side, &question.asked, service);
            for node in conditions.iter().flatten() {
                for slot in rests_on(policy, node) {
                    let named = policy.vocabulary.get(slot);
                    let is_leaf = named.is_some_and(|named| named.definition.is_none());
                    let constants = match side {
                        Side::Before => &axes.constants.0,
                        Side::After => &axes.constants.1,
                    };
                    let is_still = constants.get(slot.index()).is_some_and(Option::is_some);
                    if let Some(named) = named.filter(|_| is_leaf && !is_still) {
                        read.insert(named.id.clone(), ());
                    }
                }
            }
            let is_rule = matches!(question.asked, Asked::Rule(..));
            let Some(conditions) = conditions else {
                return Some(Formulas { condition: None, exemptions: vec![], is_rule });
            };
            let mut formulas = conditions.iter().map(|node| axes.formula(side, node));
            let condition = formulas.next()??;
            let exemptions = formulas.collect::<Option<Vec<_>>>()?;
            Some(Formulas { condition: Some(condition), exemptions, is_rule })
        };
        let old = of(&mut axes, Side::Before, before);
        let new = of(&mut axes, Side::After, after);
        Subject { axes, question: question.clone(), formulas: old.zip(new), read, day }
    }

    /// The answer for every case; nothing where the conditions cannot be taken apart, or there are too many cases.
    fn solve(&self) -> Option<Solved<'_>> {
        let (before, after) = self.formulas.as_ref()?;
        let mut builder = Builder::new(&self.axes.axes);
        builder.changed = Changed::between(&before.all(), &after.all());
        let parts = [said(&mut builder, before)?, said(&mut builder, after)?];
        let both = builder.diagrams.combine(&parts, &|parts| match parts {
            [Some(one), Some(two)] => Some(both_say(one, two)),
            _ => None,
        })?;
        Some(Solved { builder, both })
    }

    /// What both revisions really say of a household.
    fn really(&self, household: &Household) -> Option<(Said, Said)> {
        let of = |side: Side, policy: &Policy| {
            let frame = Frame::new(&policy.vocabulary, household.values(side));
            let Some(conditions) = conditions(policy, side, &self.question.asked, self.service()) else {
                return Some(Said::Verdict(Verdict::NotApplicable));
            };
            let mut outcomes = conditions.iter().map(|node| frame.evaluate(node));
            let first = outcomes.next()?;
            if !matches!(self.question.asked, Asked::Rule(..)) {
                return match (first, conditions.first()?.ty.choices()) {
                    (Outcome::Known(Value::Choice(index)), Some(choices)) => {
                        Some(Said::Choice(choices.id(index).to_owned()))
                    }
                    (Outcome::Known(Value::Number(points)), _) => Some(Said::Number(points)),
                    (Outcome::Unknown, _) => Some(Said::Unknown),
                    _ => None,
                };
            }
            let verdict = |outcome: &Outcome| match outcome {
                Outcome::Known(Value::Bool(true)) => Some(Verdict::Met),
                Outcome::Known(_) => Some(Verdict::NotMet),
                Outcome::Unknown => Some(Verdict::Unknown),
                Outcome::Fault(_) => None,
            };
            let exemptions: Vec<Verdict> =
                outcomes.map(|outcome| verdict(&outcome)).collect::<Option<_>>()?;
            Some(Said::Verdict(set_aside(verdict(&first)?, &exemptions)))
        };
        Some((of(Side::Before, self.axes.before)?, of(Side::After, self.axes.after)?))
    }

    fn service(&self) -> &str {
        self.question.services.first().map_or("", String::as_str)
    }

    /// Makes up households for this question.
    fn maker(&self) -> Maker<'_> {
        Maker::new(&self.axes, &self.read, self.day)
    }

    fn answer(&self) -> Option<Answer> {
        let (id, title) = self.named()?;
        let mut answer = Answer {
            id,
            title,
            services: match self.question.asked {
                Asked::Rule(..) => self.question.services.clone(),
                Asked::Factor(..) | Asked::Tier => vec![],
            },
            method: Method::Sampled,
            count: 0,
            regions: vec![],
        };
        let mut maker = self.maker();
        let Some(solved) = self.solve() else {
            for _ in 0..SAMPLES {
                let household = maker.any();
                let Some((was, now)) = self.really(&household).filter(|(was, now)| was != now) else {
                    continue;
                };
                answer.count += 1;
                if answer.regions.len() < 3 {
                    let is_the_same = |other: &Household| {
                        self.really(other).is_some_and(|(one, two)| one == was && two == now)
                    };
                    let example = self.shown(&maker, household, is_the_same);
                    let (was, now) = (self.say(Side::Before, &was), self.say(Side::After, &now));
                    answer.regions.push(Region { was, now, conditions: vec![], example: Some(example) });
                }
            }
            return Some(answer);
        };
        let changes = |said: &Said| matches!(said, Said::Both(..));
        // The tier hangs on everything: the factors say where it moves, and a few regions show how.
        let most = if self.question.asked == Asked::Tier { 2 } else { MOST_REGIONS };
        let (boxes, count) = solved.builder.diagrams.boxes(solved.both, &changes, most);
        answer.count = count;
        let mut is_exact = true;
        for (cells, said) in boxes {
            let Said::Both(was, now) = &said else { continue };
            is_exact &=
                cells.iter().all(|(axis, _)| self.axes.axes.get(*axis).is_some_and(|axis| axis.is_free));
            let conditions = cells.iter().filter_map(|(axis, cells)| self.condition(&solved, *axis, cells));
            let (was_text, now_text) = (self.say(Side::Before, was), self.say(Side::After, now));
            answer.regions.push(Region {
                was: was_text,
                now: now_text,
                conditions: conditions.collect(),
                example: self.example(&solved, &mut maker, &cells, was, now),
            });
        }
        // Any region that is not told may look at computed numbers.
        is_exact &= count <= most as u64;
        let is_free = is_exact || self.axes.axes.iter().all(|axis| axis.is_free);
        answer.method = if is_free { Method::Exact } else { Method::Enclosed };
        Some(answer)
    }

    fn named(&self) -> Option<(String, Text)> {
        match self.question.asked {
            Asked::Rule(old, new) => {
                let rule = new.and_then(|new| self.axes.after.rules.get(new));
                let rule = rule.or_else(|| old.and_then(|old| self.axes.before.rules.get(old)))?;
                Some((rule.id.clone(), rule.title.clone()))
            }
            Asked::Factor(_, new) => {
                let factor = self.axes.after.score.as_ref()?.factors.get(new)?;
                let label = &factor.label;
                let title = Text::new(format!("نقاط «{}»", label.ar), format!("points for “{}”", label.en));
                Some((factor.id.clone(), title))
            }
            Asked::Tier => {
                let slot = self.axes.after.score.as_ref()?.tier?;
                let named = self.axes.after.vocabulary.get(slot)?;
                Some((named.id.clone(), named.label.clone()))
            }
        }
    }

    fn say(&self, side: Side, said: &Said) -> Text {
        let policy = match side {
            Side::Before => self.axes.before,
            Side::After => self.axes.after,
        };
        match said {
            Said::Verdict(verdict) => explain::verdict(*verdict),
            Said::Choice(id) => {
                let slot = policy.score.as_ref().and_then(|score| score.tier);
                let choices =
                    slot.and_then(|slot| policy.vocabulary.get(slot)).and_then(|named| named.ty.choices());
                let label = choices.and_then(|choices| Some(choices.label(choices.index(id)?)));
                label.unwrap_or_else(|| Text::same(id.clone()))
            }
            Said::Unknown => explain::verdict(Verdict::Unknown),
            Said::Number(points) => {
                let ty = crate::expression::types::Type::bare(true);
                guide::value_in_words(policy, &ty, &Value::Number(*points))
            }
            Said::Bool(_) | Said::Rank(_) | Said::Both(..) | Said::Same => Text::default(),
        }
    }

    /// What it means to lie in these cells of an axis.
    fn condition(&self, solved: &Solved<'_>, axis: usize, cells: &[usize]) -> Option<Stated> {
        let stretches = solved.builder.stretches(axis);
        let axis = self.axes.axes.get(axis)?;
        let policy = match axis.side {
            Side::Before => self.axes.before,
            Side::After => self.axes.after,
        };
        let value = match &axis.scale {
            Scale::Bool => yes_or_no(cells.contains(&1)),
            Scale::Shown => {
                if cells.contains(&1) {
                    Text::new("مقدَّمة صالحة", "shown and valid")
                } else {
                    Text::new("لم تُقدَّم بعد", "not shown yet")
                }
            }
            Scale::Choices(ids) => {
                let choices = axis.ty.choices()?;
                let labels =
                    cells.iter().filter_map(|cell| Some(choices.label(choices.index(ids.get(*cell)?)?)));
                either(&labels.collect::<Vec<_>>())
            }
            Scale::Numbers { .. } if matches!(axis.term, Term::Order(..)) => {
                let (ar, en) = match cells {
                    [0] => ("الأول أقل", "the first is less"),
                    [1] => ("متساويان", "both are equal"),
                    [2] => ("الأول أكثر", "the first is more"),
                    [0, 1] => ("الأول لا يزيد", "the first is not more"),
                    [1, 2] => ("الأول لا يقل", "the first is not less"),
                    _ => ("مختلفان", "they differ"),
                };
                Text::new(ar, en)
            }
            Scale::Numbers { .. } => {
                let mut runs: Vec<Interval> = Vec::new();
                let mut last = None;
                for cell in cells {
                    let stretch = stretches.get(*cell)?;
                    match runs.last_mut() {
                        Some(run) if last == cell.checked_sub(1) => run.high = stretch.interval.high,
                        _ => runs.push(stretch.interval),
                    }
                    last = Some(*cell);
                }
                let runs = runs.iter().map(|run| self.interval(policy, axis, run));
                either(&runs.collect::<Vec<_>>())
            }
        };
        Some(Stated { label: axis.label.clone(), value })
    }

    fn interval(&self, policy: &Policy, axis: &Axis, interval: &Interval) -> Text {
        let mut interval = *interval;
        if let Scale::Numbers { whole: true, .. } = axis.scale {
            // Between whole numbers, the next one inside is what people name.
            let inner = |bound: Option<(Number, bool)>, by: i64| match bound {
                Some((bound, false)) if bound.is_whole() => {
                    bound.plus(Number::from(by)).map(|bound| (bound, true))
                }
                other => other,
            };
            interval = Interval { low: inner(interval.low, 1), high: inner(interval.high, -1) };
        }
        if axis.ty == crate::expression::types::Type::Date {
            let day = |number: Number| {
                let date = number
                    .to_i64()
                    .and_then(|days| Date::from_num_days_from_ce_opt(i32::try_from(days).ok()?));
                date.map(|date| guide::value_in_words(policy, &axis.ty, &Value::Date(date)))
                    .unwrap_or_default()
            };
            return match (interval.low, interval.high) {
                (Some((low, _)), Some((high, _))) if low == high => day(low),
                (Some((low, _)), Some((high, _))) => {
                    let (low, high) = (day(low), day(high));
                    Text::new(
                        format!("من {} إلى {}", low.ar, high.ar),
                        format!("from {} to {}", low.en, high.en),
                    )
                }
                (Some((low, _)), None) => {
                    let low = day(low);
                    Text::new(format!("{} فما بعده", low.ar), format!("{} or later", low.en))
                }
                (None, Some((high, _))) => {
                    let high = day(high);
                    Text::new(format!("{} فما قبله", high.ar), format!("{} or earlier", high.en))
                }
                (None, None) => Text::new("أي يوم", "any day"),
            };
        }
        guide::interval_in_words(policy, &axis.ty, &interval)
    }

    /// A household that lies in a box and of which both revisions say what the box says.
    fn example(
        &self,
        solved: &Solved<'_>,
        maker: &mut Maker<'_>,
        cells: &[(usize, Vec<usize>)],
        was: &Said,
        now: &Said,
    ) -> Option<Vec<Stated>> {
        let lies_there = |household: &Household| {
            self.really(household).is_some_and(|(one, two)| one == *was && two == *now)
                && cells.iter().all(|(axis, cells)| {
                    self.cell_of(solved, *axis, household).is_some_and(|cell| cells.contains(&cell))
                })
        };
        for attempt in 0..MOST_TRIES {
            // A region where nobody lives with round numbers may be one all the same.
            let mut household = if attempt < MOST_TRIES / 2 { maker.plain() } else { maker.any() };
            for (axis, cells) in cells {
                self.place(solved, maker, &mut household, *axis, cells);
            }
            if lies_there(&household) {
                return Some(self.shown(maker, household, lies_there));
            }
        }
        None
    }

    /// What is said of a household, made as plain as it can be while this holds of it.
    fn shown(
        &self,
        maker: &Maker<'_>,
        household: Household,
        holds: impl Fn(&Household) -> bool,
    ) -> Vec<Stated> {
        let household = maker.plainest(household, holds);
        maker.leaves.iter().filter_map(|leaf| self.stated(&household, leaf)).collect()
    }

    /// Puts a household into a cell of a fact.
    fn place(
        &self,
        solved: &Solved<'_>,
        maker: &mut Maker<'_>,
        household: &mut Household,
        axis: usize,
        cells: &[usize],
    ) {
        let Some(of) = self.axes.axes.get(axis).filter(|of| of.is_free) else { return };
        let count = cells.len() as u64;
        let pick = usize::try_from(maker.chance.below(count)).ok().and_then(|at| cells.get(at)).copied();
        let policy = match of.side {
            Side::Before => self.axes.before,
            Side::After => self.axes.after,
        };
        let slot = match &of.term {
            Term::Value(node) => match node.expr {
                crate::expression::program::Expr::Slot(slot) => slot,
                _ => return,
            },
            Term::Known(slot) | Term::Occurred(slot) => *slot,
            Term::Order(..) => return,
        };
        let Some(id) = policy.vocabulary.get(slot).map(|named| named.id.clone()) else { return };
        let Some(leaf) = maker.leaves.iter().find(|leaf| leaf.id == id).cloned() else { return };
        let Some(pick) = pick else { return };
        let value = match (&of.scale, &of.term) {
            (_, Term::Occurred(_)) => (pick == 1).then_some(Value::Date(self.day)),
            (Scale::Shown, _) => (pick == 1).then_some(Value::Bool(true)),
            (Scale::Bool, _) => Some(Value::Bool(pick == 1)),
            (Scale::Choices(ids), _) => {
                let choices = leaf.ty.choices();
                choices.and_then(|choices| choices.index(ids.get(pick)?)).map(Value::Choice)
            }
            (Scale::Numbers { .. }, _) => {
                let sample = solved.builder.stretches(axis).get(pick).map(|stretch| stretch.sample);
                sample.and_then(|sample| {
                    if leaf.ty == crate::expression::types::Type::Date {
                        let days = i32::try_from(sample.to_i64()?).ok()?;
                        return Date::from_num_days_from_ce_opt(days).map(Value::Date);
                    }
                    Some(Value::Number(sample))
                })
            }
        };
        maker.put(household, &leaf, value.as_ref());
    }

    /// In which cell of an axis a household lies.
    fn cell_of(&self, solved: &Solved<'_>, axis: usize, household: &Household) -> Option<usize> {
        let of = self.axes.axes.get(axis)?;
        let policy = match of.side {
            Side::Before => self.axes.before,
            Side::After => self.axes.after,
        };
        let values = household.values(of.side);
        let frame = Frame::new(&policy.vocabulary, values);
        cell(of, solved.builder.stretches(axis), &frame, values)
    }

    /// What a household says of a fact.
    fn stated(&self, household: &Household, leaf: &Leaf) -> Option<Stated> {
        let (side, slot) = match (leaf.after, leaf.before) {
            (Some(slot), _) => (Side::After, slot),
            (None, Some(slot)) => (Side::Before, slot),
            (None, None) => return None,
        };
        let policy = match side {
            Side::Before => self.axes.before,
            Side::After => self.axes.after,
        };
        let named = policy.vocabulary.get(slot)?;
        let value = match household.values(side).get(slot.index())? {
            Some(Value::Text(_)) => return None,
            Some(value) => guide::value_in_words(policy, &named.ty, value),
            None => Text::new("لم يُقدَّم أو لم يقع", "not shown, or not happened"),
        };
        Some(Stated { label: named.label.clone(), value })
    }
}

/// The condition of a rule with those of its exemptions, or what gives the tier; nothing where the rule does not apply.
fn conditions<'p>(
    policy: &'p Policy,
    side: Side,
    asked: &Asked,
    service: &str,
) -> Option<Vec<std::borrow::Cow<'p, Node>>> {
    use std::borrow::Cow;
    match asked {
        Asked::Rule(old, new) => {
            let index = match side {
                Side::Before => *old,
                Side::After => *new,
            };
            let rule = policy.rules.get(index?)?;
            let number = policy.service(service).map_or(0, |(number, _)| number);
            let exemptions = rule.unless.iter().filter_map(|index| policy.rules.get(*index));
            let exemptions = exemptions.filter(|rule| concerns(policy, rule, number));
            let nodes = std::iter::once(&rule.condition).chain(exemptions.map(|rule| &rule.condition));
            Some(nodes.map(Cow::Borrowed).collect())
        }
        Asked::Factor(..) | Asked::Tier => {
            let score = policy.score.as_ref()?;
            let slot = match (asked, side) {
                (Asked::Factor(old, _), Side::Before) => score.factors.get(*old)?.slot,
                (Asked::Factor(_, new), Side::After) => score.factors.get(*new)?.slot,
                (Asked::Rule(..) | Asked::Tier, _) => score.tier?,
            };
            let named = policy.vocabulary.get(slot)?;
            let place = named.place.clone()?;
            Some(vec![Cow::Owned(Node {
                place,
                ty: named.ty.clone(),
                expr: crate::expression::program::Expr::Slot(slot),
            })])
        }
    }
}

fn both_say(was: &Said, now: &Said) -> Said {
    if was == now { Said::Same } else { Said::Both(Box::new(was.clone()), Box::new(now.clone())) }
}

/// What a rule says once its exemptions are looked at.
fn set_aside(mut verdict: Verdict, exemptions: &[Verdict]) -> Verdict {
    for exemption in exemptions {
        match (exemption, verdict) {
            (_, Verdict::NotApplicable) => break,
            (Verdict::Met, _) => verdict = Verdict::NotApplicable,
            (Verdict::Unknown | Verdict::Referred, Verdict::NotMet) => verdict = Verdict::Unknown,
            _ => {}
        }
    }
    verdict
}

/// The diagram of what a rule says, or of the tier.
fn said(builder: &mut Builder<'_>, formulas: &Formulas) -> Option<Id> {
    let Some(condition) = &formulas.condition else {
        return Some(builder.diagrams.value(Said::Verdict(Verdict::NotApplicable)));
    };
    let first = builder.build(condition)?;
    if !formulas.is_rule {
        return Some(first);
    }
    let mut parts = vec![first];
    for exemption in &formulas.exemptions {
        parts.push(builder.build(exemption)?);
    }
    let verdict = |said: &Said| match said {
        Said::Bool(true) => Verdict::Met,
        Said::Bool(false) => Verdict::NotMet,
        _ => Verdict::Unknown,
    };
    builder.diagrams.combine(&parts, &|parts| {
        let verdicts: Vec<Verdict> = parts.iter().map(|part| part.map(verdict)).collect::<Option<_>>()?;
        let (first, exemptions) = verdicts.split_first()?;
        Some(Said::Verdict(set_aside(*first, exemptions)))
    })
}

fn yes_or_no(value: bool) -> Text {
    if value { Text::new("نعم", "yes") } else { Text::new("لا", "no") }
}

fn either(texts: &[Text]) -> Text {
    let join = |pick: &dyn Fn(&Text) -> String, between: &str| {
        texts.iter().map(pick).collect::<Vec<_>>().join(between)
    };
    Text::new(join(&|text| text.ar.clone(), " أو "), join(&|text| text.en.clone(), " or "))
}
