//! What would have to change for a rule to be met, and how far a rule that is met is from its limit.
//!
//! Receives an evaluation, hands on an [`Outlook`]: the nearest change of one fact, or of two where none does alone. Only facts
//! that a person's circumstances may change are looked at, and every change that is told was tried by a whole evaluation.

use std::collections::BTreeSet;

use super::explain::Explanation;
use super::gap::apart;
use super::wording::{Writer, both};
use super::{Conclusion, Evaluation, Verdict, concerns, probe};
use crate::expression::cuts::number_or_day;
use crate::expression::evaluate::{Frame, reads};
use crate::expression::program::{Node, Origin, Slot, Value};
use crate::expression::types::Type;
use crate::policy::message::Form;
use crate::policy::{Fact, FactKind, Policy, RuleKind};
use crate::value::{Lang, Number, Text};

/// What is to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A rule, by its number.
    Rule(usize),
    /// The request as a whole.
    Request,
}

/// What could be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// The nearest changes: with each of them the target is met.
    pub changes: Vec<Change>,
    /// How far the facts may still move while the target stays met.
    pub margins: Vec<Step>,
    /// The facts that were looked at.
    pub tried: Vec<Slot>,
    /// The facts on which it hangs and that cannot change.
    pub fixed: Vec<Slot>,
    /// Were all values of each fact looked at, or only some?
    pub is_exact: bool,
}

/// Some facts changed together, and what comes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// One fact, or two.
    pub steps: Vec<Step>,
    /// What the target is then: met, or at least no longer decided against the person.
    pub verdict: Verdict,
    /// The result of the request then.
    pub result: Conclusion,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The target is met.
    Met,
    /// It is met, or may be once more is known.
    Open,
}

/// A value that was tried.
#[derive(Debug, Clone)]
struct Try {
    value: Value,
    is_met: bool,
    /// May something change just here, rather than nowhere around it?
    is_cut: bool,
}

/// One fact changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The fact.
    pub slot: Slot,
    /// What it is now.
    pub from: Value,
    /// The nearest value that does it.
    pub to: Value,
    /// Which others do it too.
    pub reach: Reach,
}

/// Which values do it besides the nearest one.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// No other on that side, as far as it is known.
    Exactly,
    /// Everything down from it.
    OrLess,
    /// Everything up from it.
    OrMore,
    /// Everything below this number, which itself does not.
    Below(Number),
    /// Everything above this number, which itself does not.
    Above(Number),
    /// These choices.
    OneOf(Vec<Value>),
}

/// Of one fact, while another moves, no more values than this are tried.
const MOST_VALUES: usize = 40;
/// No more changes of two facts are told.
const MOST_PAIRS: usize = 3;

/// What would have to change for the target to be met; for a target that is met, how far it is from not being so.
pub fn outlook(explanation: &Explanation<'_>, target: Target) -> Outlook {
    let (policy, evaluation) = (explanation.policy, explanation.evaluation);
    let search = Search { explanation, target, conditions: conditions(explanation, target) };
    let mut outlook =
        Outlook { changes: vec![], margins: vec![], tried: vec![], fixed: vec![], is_exact: true };
    let mut facts: Vec<&Fact> = Vec::new();
    for slot in search.hangs_on() {
        let Some(fact) = policy.fact_at(slot) else { continue };
        let Some(Some(_)) = evaluation.values().get(slot.index()) else { continue };
        if fact.can_change {
            outlook.tried.push(slot);
            facts.push(fact);
        } else {
            outlook.fixed.push(slot);
        }
    }
    if search.is_met(evaluation) {
        for fact in &facts {
            let (margins, is_exact) = search.margins(fact);
            outlook.is_exact &= is_exact;
            outlook.margins.extend(margins);
        }
        return outlook;
    }
    if !search.may_change(evaluation) {
        return outlook;
    }
    for fact in &facts {
        let (step, is_exact) = search.nearest(fact, evaluation.values(), Wanted::Met);
        outlook.is_exact &= is_exact;
        let change = step.and_then(|step| search.verified(vec![step], Wanted::Met));
        // What hangs on more than is known yet is told where nothing better is to be had of this fact.
        outlook.changes.extend(change.or_else(|| {
            let (step, _) = search.nearest(fact, evaluation.values(), Wanted::Open);
            search.verified(vec![step?], Wanted::Open)
        }));
    }
    if outlook.changes.is_empty() {
        for wanted in [Wanted::Met, Wanted::Open] {
            if outlook.changes.is_empty() {
                let (pairs, is_exact) = search.pairs(&facts, wanted);
                outlook.is_exact &= is_exact;
                outlook.changes = pairs;
            }
        }
    }
    outlook
}

/// The conditions that decide the target.
fn conditions<'a>(explanation: &Explanation<'a>, target: Target) -> Vec<&'a Node> {
    let policy = explanation.policy;
    match target {
        Target::Rule(index) => {
            let Some(rule) = policy.rules.get(index) else { return vec![] };
            let exemptions = rule.unless.iter().filter_map(|index| policy.rules.get(*index));
            std::iter::once(&rule.condition).chain(exemptions.map(|rule| &rule.condition)).collect()
        }
        Target::Request => {
            let rules = policy.rules.iter().filter(|rule| {
                rule.kind != RuleKind::Procedural && concerns(policy, rule, explanation.request)
            });
            rules.map(|rule| &rule.condition).collect()
        }
    }
}

struct Search<'a, 'e> {
    explanation: &'e Explanation<'a>,
    target: Target,
    conditions: Vec<&'a Node>,
}

impl<'a> Search<'a, '_> {
    fn policy(&self) -> &'a Policy {
        self.explanation.policy
    }

    fn now(&self) -> &'a [Option<Value>] {
        self.explanation.evaluation.values()
    }

    /// The facts on which the target hangs: for a request, those of the rules that are not met.
    fn hangs_on(&self) -> BTreeSet<Slot> {
        let policy = self.policy();
        let mut read = BTreeSet::new();
        let mut add = |node: &Node| read.extend(reads(&policy.vocabulary, node));
        match self.target {
            Target::Rule(_) => self.conditions.iter().for_each(|node| add(node)),
            Target::Request => {
                for (rule, _) in self.explanation.rulings(Verdict::NotMet) {
                    if rule.kind == RuleKind::Eligibility {
                        add(&rule.condition);
                        for exemption in rule.unless.iter().filter_map(|index| policy.rules.get(*index)) {
                            add(&exemption.condition);
                        }
                    }
                }
            }
        }
        read.retain(|slot| policy.vocabulary.get(*slot).is_some_and(|named| named.origin == Origin::Fact));
        read
    }

    /// What the target is.
    fn verdict(&self, evaluation: &Evaluation) -> Verdict {
        match self.target {
            Target::Rule(index) => match evaluation.rulings.get(index) {
                Some(ruling) if ruling.exempted_by.is_some() => Verdict::Met,
                Some(ruling) => ruling.verdict,
                None => Verdict::NotApplicable,
            },
            // What is then still missing can be brought: the request is at least no longer not met.
            Target::Request => match evaluation.result {
                Conclusion::Met => Verdict::Met,
                Conclusion::Incomplete => Verdict::Unknown,
                Conclusion::NotMet | Conclusion::Merged => Verdict::NotMet,
                Conclusion::Verify => Verdict::Conflict,
                Conclusion::Referred => Verdict::Referred,
            },
        }
    }

    /// Is the target met?
    fn is_met(&self, evaluation: &Evaluation) -> bool {
        self.verdict(evaluation) == Verdict::Met
    }

    /// Is it decided against the person, so that a change can be looked for?
    fn may_change(&self, evaluation: &Evaluation) -> bool {
        match self.target {
            Target::Rule(index) => {
                let kind = self.policy().rules.get(index).map(|rule| rule.kind);
                let verdict = evaluation.rulings.get(index).map(|ruling| ruling.verdict);
                verdict == Some(Verdict::NotMet)
                    && matches!(
                        kind,
                        Some(RuleKind::Eligibility | RuleKind::Procedural | RuleKind::Exemption)
                    )
            }
            Target::Request => evaluation.result == Conclusion::NotMet,
        }
    }

    /// The same by values alone: quick, for looking around.
    fn suits(&self, values: &[Option<Value>], wanted: Wanted) -> bool {
        let (policy, request) = (self.policy(), self.explanation.request);
        let frame = Frame::new(&policy.vocabulary, values);
        let verdict = |rule: usize| probe::verdict(policy, request, rule, &frame);
        match self.target {
            Target::Rule(index) => match verdict(index) {
                Verdict::Met => true,
                Verdict::Unknown => wanted == Wanted::Open,
                Verdict::NotApplicable => {
                    let exemptions = policy.rules.get(index).into_iter().flat_map(|rule| &rule.unless);
                    exemptions.into_iter().any(|rule| verdict(*rule) == Verdict::Met)
                }
                Verdict::NotMet | Verdict::Conflict | Verdict::Referred => false,
            },
            Target::Request => policy.rules.iter().enumerate().all(|(index, rule)| {
                let verdict = verdict(index);
                match rule.kind {
                    RuleKind::Eligibility if wanted == Wanted::Met => {
                        matches!(verdict, Verdict::Met | Verdict::NotApplicable)
                    }
                    RuleKind::Eligibility => !matches!(verdict, Verdict::NotMet | Verdict::Referred),
                    RuleKind::Merge => verdict != Verdict::Met,
                    RuleKind::Procedural | RuleKind::Exemption => verdict != Verdict::Referred,
                }
            }),
        }
    }

    /// Each value that stands for others, and whether it is what is wanted; and whether these are all.
    fn tries(&self, fact: &Fact, values: &[Option<Value>], wanted: Wanted) -> (Vec<Try>, bool) {
        let (policy, request) = (self.policy(), self.explanation.request);
        let spread = probe::representatives(policy, request, values, fact, &self.conditions);
        let mut values = values.to_vec();
        let tries = spread.values.into_iter().map(|value| {
            if let Some(place) = values.get_mut(fact.slot.index()) {
                *place = Some(value.clone());
            }
            let is_cut = number_or_day(&value).is_some_and(|number| spread.cuts.contains(&number));
            Try { is_met: self.suits(&values, wanted), is_cut, value }
        });
        (tries.collect(), spread.is_exact)
    }

    /// The nearest value of one fact that does it.
    fn nearest(&self, fact: &Fact, values: &[Option<Value>], wanted: Wanted) -> (Option<Step>, bool) {
        let Some(Some(from)) = values.get(fact.slot.index()) else { return (None, true) };
        let (tries, is_exact) = self.tries(fact, values, wanted);
        let step = if is_ordered(fact) {
            let steps = [Side::Below, Side::Above].map(|side| first(fact, from, &tries, side));
            steps.into_iter().flatten().min_by_key(Step::distance)
        } else {
            let fitting = tries.into_iter().filter(|found| found.is_met && found.value != *from);
            let fitting: Vec<Value> = fitting.map(|found| found.value).collect();
            fitting.first().cloned().map(|to| {
                let reach = if fitting.len() > 1 { Reach::OneOf(fitting) } else { Reach::Exactly };
                Step { slot: fact.slot, from: from.clone(), to, reach }
            })
        };
        (step, is_exact)
    }

    /// How far a fact may move, each way, while the target stays met.
    fn margins(&self, fact: &Fact) -> (Vec<Step>, bool) {
        let Some(Some(from)) = self.now().get(fact.slot.index()) else { return (vec![], true) };
        if !is_ordered(fact) {
            return (vec![], true);
        }
        let (tries, is_exact) = self.tries(fact, self.now(), Wanted::Met);
        let sides = [Side::Below, Side::Above].into_iter();
        let steps = sides.filter_map(|side| last(fact, from, &tries, side));
        let verified = steps.filter(|step| self.is_met(&self.evaluation_with(std::slice::from_ref(step))));
        (verified.collect(), is_exact)
    }

    /// The nearest changes of two facts together, where neither does it alone.
    fn pairs(&self, facts: &[&Fact], wanted: Wanted) -> (Vec<Change>, bool) {
        let mut found: Vec<(Number, Vec<Step>)> = Vec::new();
        let mut all_exact = true;
        for (index, first) in facts.iter().enumerate() {
            let Some(Some(from)) = self.now().get(first.slot.index()) else { continue };
            for second in facts.iter().skip(index + 1) {
                let mut best: Option<(Number, Vec<Step>)> = None;
                let (tries, is_exact) = self.tries(first, self.now(), Wanted::Met);
                all_exact &= is_exact && tries.len() <= MOST_VALUES;
                let others = tries.into_iter().map(|found| found.value);
                let others = others.filter(|value| is_writable(value) && value != from);
                for value in others.take(MOST_VALUES) {
                    let mut values = self.now().to_vec();
                    if let Some(place) = values.get_mut(first.slot.index()) {
                        *place = Some(value.clone());
                    }
                    let (step, is_exact) = self.nearest(second, &values, wanted);
                    all_exact &= is_exact;
                    let Some(mut step) = step else { continue };
                    // Both are told as they are; which other values would do depends on the other fact.
                    step.reach = Reach::Exactly;
                    let slot = first.slot;
                    let one = Step { slot, from: from.clone(), to: value, reach: Reach::Exactly };
                    let Some(distance) = one.distance().plus(step.distance()) else { continue };
                    if best.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
                        best = Some((distance, vec![one, step]));
                    }
                }
                found.extend(best);
            }
        }
        found.sort_by_key(|(distance, _)| *distance);
        let changes = found.into_iter().filter_map(|(_, steps)| self.verified(steps, wanted));
        (changes.take(MOST_PAIRS).collect(), all_exact)
    }

    /// The change, where a whole evaluation says that it does it.
    fn verified(&self, steps: Vec<Step>, wanted: Wanted) -> Option<Change> {
        let evaluation = self.evaluation_with(&steps);
        let verdict = self.verdict(&evaluation);
        let suits = verdict == Verdict::Met || (wanted == Wanted::Open && verdict == Verdict::Unknown);
        suits.then_some(Change { steps, verdict, result: evaluation.result })
    }

    fn evaluation_with(&self, steps: &[Step]) -> Evaluation {
        let changes: Vec<(Slot, Option<Value>)> =
            steps.iter().map(|step| (step.slot, Some(step.to.clone()))).collect();
        let Explanation { policy, request, evaluation, .. } = self.explanation;
        probe::try_with(policy, request, evaluation, &changes)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Below,
    Above,
}

/// Does more or less of it mean something?
fn is_ordered(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Number { .. } | FactKind::Date)
}

/// Can a person write it?
fn is_writable(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.rounded(4) == Some(*number),
        Value::Bool(_)
        | Value::Date(_)
        | Value::Span(_)
        | Value::Choice(_)
        | Value::Set(_)
        | Value::Text(_)
        | Value::List(_) => true,
    }
}

/// The tries on one side of a value, the nearest first.
fn side<'t>(from: &Value, tries: &'t [Try], side: Side) -> Vec<&'t Try> {
    let Some(now) = number_or_day(from) else { return vec![] };
    let is_there = |found: &&Try| match (number_or_day(&found.value), side) {
        (Some(number), Side::Below) => number < now,
        (Some(number), Side::Above) => number > now,
        (None, _) => false,
    };
    let mut found: Vec<&Try> = tries.iter().filter(is_there).collect();
    if side == Side::Below {
        found.reverse();
    }
    found
}

/// The first value on one side that does it, and how far beyond it all do.
fn first(fact: &Fact, from: &Value, tries: &[Try], to: Side) -> Option<Step> {
    let tries = side(from, tries, to);
    let begins = tries.iter().position(|found| found.is_met)?;
    let at =
        begins + tries.iter().skip(begins).position(|found| found.is_met && is_writable(&found.value))?;
    let found = tries.get(at)?;
    let all_beyond = tries.iter().skip(begins).all(|found| found.is_met);
    // Where numbers lie as close as one likes and the limit itself does not do it, the limit is told.
    let is_open = is_dense(fact) && tries.get(begins).is_some_and(|found| !found.is_cut);
    let before = begins.checked_sub(1).and_then(|before| tries.get(before)).map(|found| &found.value);
    let limit = before.or(Some(from)).and_then(number_or_day).filter(|_| is_open);
    let reach = match (all_beyond, to, limit) {
        (false, _, _) => Reach::Exactly,
        (true, Side::Below, Some(limit)) => Reach::Below(limit),
        (true, Side::Above, Some(limit)) => Reach::Above(limit),
        (true, Side::Below, None) => Reach::OrLess,
        (true, Side::Above, None) => Reach::OrMore,
    };
    Some(Step { slot: fact.slot, from: from.clone(), to: found.value.clone(), reach })
}

/// The last value on one side by which it is still met; nothing where it is met all the way.
fn last(fact: &Fact, from: &Value, tries: &[Try], to: Side) -> Option<Step> {
    let tries = side(from, tries, to);
    let ends = tries.iter().position(|found| !found.is_met)?;
    let stop = tries.get(ends)?;
    let met = tries.iter().take(ends);
    let value = met.rev().find(|found| is_writable(&found.value)).map_or(from, |found| &found.value);
    let limit = number_or_day(&stop.value).filter(|_| is_dense(fact) && stop.is_cut);
    let reach = match (to, limit) {
        (Side::Below, Some(limit)) => Reach::Above(limit),
        (Side::Above, Some(limit)) => Reach::Below(limit),
        (Side::Below, None) => Reach::OrMore,
        (Side::Above, None) => Reach::OrLess,
    };
    Some(Step { slot: fact.slot, from: from.clone(), to: value.clone(), reach })
}

/// Is there always another number between two?
fn is_dense(fact: &Fact) -> bool {
    matches!(fact.kind, FactKind::Number { whole: false, money: false })
}

impl Step {
    /// How far it is, so that a thousand more on ten thousand is as far as ten days more on a hundred.
    pub fn distance(&self) -> Number {
        let (Some(from), Some(to)) = (number_or_day(&self.from), number_or_day(&self.to)) else {
            return Number::ONE;
        };
        let apart = to.minus(from).map_or(Number::ONE, Number::abs);
        let is_day = matches!(self.from, Value::Date(_));
        let scale = if is_day { Number::from(365) } else { from.abs().max(Number::ONE) };
        apart.over(scale).unwrap_or(Number::ONE)
    }

    /// By how much it changes; nothing for choices.
    pub fn difference(&self) -> Option<Number> {
        number_or_day(&self.to)?.minus(number_or_day(&self.from)?)
    }

    /// In words, without the name of the fact.
    fn words(&self, writer: Writer<'_>) -> String {
        let policy = writer.policy;
        let Some(named) = policy.vocabulary.get(self.slot) else { return String::new() };
        let ty = &named.ty;
        let say = |value: &Value, beside: Option<Number>| {
            let amounts: Vec<Number> = beside.into_iter().collect();
            writer.value(ty, value, Form::Nominative, &amounts)
        };
        let (from, to) = (say(&self.from, number_or_day(&self.to)), say(&self.to, number_or_day(&self.from)));
        let is_day = matches!(ty, Type::Date);
        let limit = |number: Number| say(&Value::Number(number), None);
        let wanted = match (&self.reach, writer.lang) {
            (Reach::Exactly, _) => to,
            (Reach::OrLess, Lang::Ar) if is_day => format!("{to} أو قبله"),
            (Reach::OrLess, Lang::En) if is_day => format!("{to} or earlier"),
            (Reach::OrMore, Lang::Ar) if is_day => format!("{to} أو بعده"),
            (Reach::OrMore, Lang::En) if is_day => format!("{to} or later"),
            (Reach::OrLess, Lang::Ar) => format!("{to} على الأكثر"),
            (Reach::OrLess, Lang::En) => format!("at most {to}"),
            (Reach::OrMore, Lang::Ar) => format!("{to} على الأقل"),
            (Reach::OrMore, Lang::En) => format!("at least {to}"),
            (Reach::Below(number), Lang::Ar) => format!("دون {}", self.genitive(writer, ty, *number)),
            (Reach::Below(number), Lang::En) => format!("below {}", limit(*number)),
            (Reach::Above(number), Lang::Ar) => format!("فوق {}", self.genitive(writer, ty, *number)),
            (Reach::Above(number), Lang::En) => format!("above {}", limit(*number)),
            (Reach::OneOf(values), lang) => {
                let quoted = |value: &Value| match lang {
                    Lang::Ar => format!("«{}»", say(value, None)),
                    Lang::En => format!("“{}”", say(value, None)),
                };
                values.iter().map(quoted).collect::<Vec<_>>().join(match lang {
                    Lang::Ar => " أو ",
                    Lang::En => " or ",
                })
            }
        };
        let is_open = matches!(self.reach, Reach::Below(_) | Reach::Above(_));
        let difference = match self.difference() {
            // To a limit that does not count itself there is no least difference.
            Some(_) if is_open => String::new(),
            Some(difference) if difference != Number::ZERO => {
                let apart = apart(writer, ty, difference);
                let is_more = difference > Number::ZERO;
                match (writer.lang, is_day, is_more) {
                    (Lang::Ar, _, _) => format!("؛ الفرق: {apart}"),
                    (Lang::En, true, true) => format!("; {apart} later"),
                    (Lang::En, true, false) => format!("; {apart} earlier"),
                    (Lang::En, false, true) => format!("; {apart} more"),
                    (Lang::En, false, false) => format!("; {apart} less"),
                }
            }
            _ => String::new(),
        };
        match writer.lang {
            Lang::Ar => format!("{wanted} (الآن: {from}{difference})"),
            Lang::En => format!("{wanted} (now {from}{difference})"),
        }
    }

    fn genitive(&self, writer: Writer<'_>, ty: &Type, number: Number) -> String {
        writer.value(ty, &Value::Number(number), Form::Usual, &[])
    }

    /// In words: «the household's monthly income: at most 4,650.00 riyals (now 4,800.00 riyals; 150.00 riyals less)».
    pub fn text(&self, policy: &Policy) -> Text {
        both(policy, |writer| {
            let label = policy.vocabulary.get(self.slot).map_or("", |named| named.label.get(writer.lang));
            format!("{label}: {}", self.words(writer))
        })
    }
}

impl Change {
    /// In words; two facts are told as belonging together.
    pub fn text(&self, policy: &Policy) -> Text {
        let steps: Vec<Text> = self.steps.iter().map(|step| step.text(policy)).collect();
        let join = |lang: Lang, between: &str| {
            steps.iter().map(|step| step.get(lang)).collect::<Vec<_>>().join(between)
        };
        match steps.as_slice() {
            [_, _, ..] => Text::new(
                format!("معًا: {}", join(Lang::Ar, "، مع ")),
                format!("together: {}", join(Lang::En, ", with ")),
            ),
            _ => Text::new(join(Lang::Ar, ""), join(Lang::En, "")),
        }
    }
}

impl Outlook {
    /// The lines under «what would have to change», never empty for a target that is not met.
    pub fn lines(&self, explanation: &Explanation<'_>, target: Target) -> Vec<Text> {
        let policy = explanation.policy;
        let search = Search { explanation, target, conditions: vec![] };
        if search.is_met(explanation.evaluation) {
            return self.margin_lines(policy);
        }
        if !search.may_change(explanation.evaluation) {
            return vec![];
        }
        let mut lines: Vec<Text> = Vec::new();
        for change in &self.changes {
            let mut line = change.text(policy);
            if change.verdict == Verdict::Unknown && matches!(target, Target::Rule(_)) {
                line.ar.push_str(" ← ثم يبقى غير معلوم حتى يُستكمل ما ينقص");
                line.en.push_str(" → it is then not known until what is missing is completed");
            } else if change.result != Conclusion::Met {
                let result = super::explain::conclusion(change.result);
                line.ar.push_str(&format!(" ← نتيجة الطلب حينئذ: {}", result.ar));
                line.en.push_str(&format!(" → the request is then: {}", result.en));
            }
            lines.push(line);
        }
        if lines.is_empty() {
            lines.push(self.nothing(policy));
        }
        lines
    }

    fn nothing(&self, policy: &Policy) -> Text {
        let labels = |slots: &[Slot], lang: Lang| {
            let labels = slots.iter().filter_map(|slot| policy.vocabulary.get(*slot));
            labels.map(|named| named.label.get(lang)).collect::<Vec<_>>().join(match lang {
                Lang::Ar => "، ",
                Lang::En => ", ",
            })
        };
        let mut text = if self.tried.is_empty() {
            Text::new("لا يتوقف على بيانٍ يمكن أن يتغير", "it hangs on no fact that can change")
        } else if self.is_exact {
            Text::new(
                format!("لا يكفي تغيُّر بيانٍ أو بيانين من: {}", labels(&self.tried, Lang::Ar)),
                format!("no change of one or two of these is enough: {}", labels(&self.tried, Lang::En)),
            )
        } else {
            Text::new(
                format!("لم يُعثر على تغييرٍ يكفي في بيانٍ أو بيانين من: {}", labels(&self.tried, Lang::Ar)),
                format!("no change of one or two of these was found: {}", labels(&self.tried, Lang::En)),
            )
        };
        if !self.fixed.is_empty() {
            text.ar.push_str(&format!("؛ ولا يُنظر فيما لا يتغير: {}", labels(&self.fixed, Lang::Ar)));
            text.en.push_str(&format!("; what cannot change is left out: {}", labels(&self.fixed, Lang::En)));
        }
        text
    }

    fn margin_lines(&self, policy: &Policy) -> Vec<Text> {
        self.margins.iter().map(|step| step.text(policy)).collect()
    }
}
