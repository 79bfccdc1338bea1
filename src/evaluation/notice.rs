//! What the worked examples of a policy reach, and which small changes of it they would notice.
//!
//! Receives a checked policy, hands on a [`Report`]: how often each rule came out each way, each row of a table matched, each
//! case of the score held; and of every small change whether some example would come out differently. A change that no example
//! notices is looked at further: with facts of the examples moved, does anything that people see ever differ?

mod examples;
mod search;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use self::examples::{Example, examples, meet};
use self::search::Pair;
use super::mutation::{Kind, Mutant, mutants};
use super::request::Presented;
use super::wording::{Writer, both};
use super::{Evaluation, Verdict, evaluate, scenario};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Cell, Definition, Expr, Node, Row, Slot, Table, Value};
use crate::policy::Policy;
use crate::policy::message::Form;
use crate::source::Place;
use crate::value::{Date, Lang, Number, Text};

/// What the worked examples reach and notice.
#[derive(Debug)]
pub struct Report {
    /// How many examples there are.
    pub examples: usize,
    /// How many of them do not come out as they say, and so notice nothing.
    pub failing: usize,
    /// How often each rule came out each way.
    pub rules: Vec<RuleCoverage>,
    /// How often each row of each table matched.
    pub tables: Vec<TableCoverage>,
    /// How often each case of each factor of the score held.
    pub factors: Vec<FactorCoverage>,
    /// What became of each small change.
    pub mutants: Vec<(Mutant, Fate)>,
}

/// How often a rule came out each way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCoverage {
    /// The id.
    pub id: String,
    /// How often it was met.
    pub met: usize,
    /// How often it was not.
    pub not_met: usize,
    /// Has the policy words for that? What has none cannot come about.
    pub can_fail: bool,
    /// How often it could not be told.
    pub unknown: usize,
    /// How often sources disagreed on it.
    pub conflict: usize,
    /// How often it was set aside or did not concern the request.
    pub not_applicable: usize,
}

/// How often each row of a table matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCoverage {
    /// The id.
    pub id: String,
    /// The line of each row, and how often it matched.
    pub rows: Vec<(String, usize)>,
}

/// How often each case of a factor held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorCoverage {
    /// The id.
    pub id: String,
    /// The line of each case, and how often it held; for what is counted, how often it gave points.
    pub cases: Vec<(String, usize)>,
}

/// What became of a small change.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// An example notices it: the name of the first.
    Noticed(String),
    /// None does, and here is a request by which it shows.
    Survived(Witness),
    /// None does, and of so many requests that were tried none came out differently. Often the change makes no difference at
    /// all, which no search can prove.
    Alike(usize),
}

/// A request that shows a change: an example, as it is or a little altered.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The example from which it is made.
    pub example: String,
    /// What is altered in it; nothing where the example itself shows the change and only does not say so.
    pub tweaks: Vec<Tweak>,
    /// The line of `[expect]` that would notice the change; nothing where only a letter shows it.
    pub expect: Option<String>,
}

/// Something altered in an example.
#[derive(Debug, Clone, PartialEq)]
pub enum Tweak {
    /// A fact, or that it is not known.
    Fact(Slot, Option<Value>),
    /// A paper, by number, or that it was not shown.
    Paper(usize, Option<Presented>),
    /// When something happened, by the number of the event.
    Event(usize, NaiveDateTime),
}

/// What the worked examples reach, and which small changes they notice.
pub fn report(policy: &Policy) -> Report {
    let examples = examples(policy);
    let evaluations: Vec<Evaluation> =
        examples.iter().map(|example| evaluate(policy, &example.request, example.on)).collect();
    Report {
        examples: policy.scenarios.len(),
        failing: policy
            .scenarios
            .iter()
            .filter(|scenario| !scenario::try_one(policy, scenario).differences.is_empty())
            .count(),
        rules: rules(policy, &evaluations),
        tables: tables(policy, &evaluations),
        factors: factors(policy, &evaluations),
        mutants: fates(policy, &examples),
    }
}

impl Report {
    /// How many changes of a kind there are, and how many of them are noticed; those that nothing tells apart are not counted.
    pub fn by_kind(&self) -> BTreeMap<Kind, (usize, usize)> {
        let mut kinds: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
        for (mutant, fate) in &self.mutants {
            let (all, noticed) = kinds.entry(mutant.kind).or_default();
            match fate {
                Fate::Noticed(_) => {
                    *all += 1;
                    *noticed += 1;
                }
                Fate::Survived(_) => *all += 1,
                Fate::Alike(_) => {}
            }
        }
        kinds
    }

    /// How many changes are noticed, and of how many that could be.
    pub fn score(&self) -> (usize, usize) {
        self.by_kind()
            .values()
            .fold((0, 0), |(noticed, all), (changes, some)| (noticed + some, all + changes))
    }

    /// The changes that nobody would have noticed, each with a request that shows it.
    pub fn survivors(&self) -> impl Iterator<Item = (&Mutant, &Witness)> {
        self.mutants.iter().filter_map(|(mutant, fate)| match fate {
            Fate::Survived(witness) => Some((mutant, witness)),
            Fate::Noticed(_) | Fate::Alike(_) => None,
        })
    }

    /// The changes that nothing tells apart from the policy as it is, each with the number of requests that were tried.
    pub fn alike(&self) -> impl Iterator<Item = (&Mutant, usize)> {
        self.mutants.iter().filter_map(|(mutant, fate)| match fate {
            Fate::Alike(tried) => Some((mutant, *tried)),
            Fate::Noticed(_) | Fate::Survived(_) => None,
        })
    }
}

impl Mutant {
    /// «Nobody would have noticed if …»
    pub fn sentence(&self) -> Text {
        let line = self.line().map_or_else(String::new, |line| format!(" ({line})"));
        Text::new(
            format!("ما كان أحدٌ ليلاحظ لو {}{line}", self.what.ar),
            format!("nobody would have noticed if {}{line}", self.what.en),
        )
    }
}

impl Witness {
    /// Which request shows the change, and what an example would have to say of it.
    pub fn text(&self, policy: &Policy) -> Text {
        both(policy, |writer| {
            let tweaks: Vec<String> = self.tweaks.iter().map(|tweak| tweak.words(writer)).collect();
            let (example, tweaks) =
                (&self.example, tweaks.join(if writer.lang == Lang::Ar { "؛ " } else { "; " }));
            match (writer.lang, tweaks.is_empty(), &self.expect) {
                (Lang::Ar, true, Some(line)) => format!("يكفي أن يُكتب في المثال {example}: `{line}`"),
                (Lang::En, true, Some(line)) => {
                    format!("it is enough that the example {example} say `{line}`")
                }
                (Lang::Ar, false, Some(line)) => {
                    format!("يلاحظه مثالٌ مثل {example}، فيه {tweaks}، ويُتوقع منه: `{line}`")
                }
                (Lang::En, false, Some(line)) => {
                    format!("an example like {example}, with {tweaks}, would notice it by `{line}`")
                }
                (Lang::Ar, true, None) => format!("لا يظهر إلا في خطاب المثال {example}"),
                (Lang::En, true, None) => format!("only a letter of the example {example} shows it"),
                (Lang::Ar, false, None) => format!("لا يظهر إلا في خطابٍ لمثالٍ مثل {example}، فيه {tweaks}"),
                (Lang::En, false, None) => {
                    format!("only a letter shows it, of an example like {example} with {tweaks}")
                }
            }
        })
    }
}

impl Tweak {
    fn words(&self, writer: Writer<'_>) -> String {
        let policy = writer.policy;
        match self {
            Tweak::Fact(slot, value) => {
                let Some(named) = policy.vocabulary.get(*slot) else { return String::new() };
                let value = value.as_ref().map_or_else(
                    || writer.not_known().to_owned(),
                    |value| writer.value(&named.ty, value, Form::Nominative, &[]),
                );
                format!("«{}» = {value}", named.label.get(writer.lang))
            }
            Tweak::Paper(index, presented) => {
                let title =
                    policy.documents.get(*index).map_or("", |document| document.title.get(writer.lang));
                let day = |date: Option<Date>| date.map(|date| writer.date(date, Form::Usual));
                let dates = presented.map(|presented| (day(presented.issued), day(presented.expires)));
                match (dates, writer.lang) {
                    (None, Lang::Ar) => format!("الوثيقة «{title}» غير مقدَّمة"),
                    (None, Lang::En) => format!("«{title}» not shown"),
                    (Some((issued, expires)), Lang::Ar) => {
                        let issued = issued.map_or_else(String::new, |day| format!("، صادرة في {day}"));
                        let expires = expires.map_or_else(String::new, |day| format!("، تنتهي في {day}"));
                        format!("الوثيقة «{title}» مقدَّمة{issued}{expires}")
                    }
                    (Some((issued, expires)), Lang::En) => {
                        let issued = issued.map_or_else(String::new, |day| format!(", issued on {day}"));
                        let expires = expires.map_or_else(String::new, |day| format!(", valid until {day}"));
                        format!("«{title}» shown{issued}{expires}")
                    }
                }
            }
            Tweak::Event(index, moment) => {
                let label = policy.events.get(*index).map_or("", |event| event.label.get(writer.lang));
                let day = writer.date(moment.date(), Form::Usual);
                match writer.lang {
                    Lang::Ar => format!("«{label}» في {day}"),
                    Lang::En => format!("«{label}» on {day}"),
                }
            }
        }
    }
}

fn fates(policy: &Policy, examples: &[Example<'_>]) -> Vec<(Mutant, Fate)> {
    // What no example looks at need not be copied for each change.
    let mut base = policy.clone();
    base.scenarios.clear();
    base.letters.clear();
    let fate = |mutant: Mutant| {
        let mut changed = base.clone();
        mutant.apply(&mut changed);
        let touched = mutant.touched(policy);
        let noticing = examples.iter().filter(|example| meet(&example.sees, &touched)).find(|example| {
            let evaluation = evaluate(&changed, &example.request, example.on);
            !scenario::differences(&changed, example.scenario, &example.request, &evaluation).is_empty()
        });
        let fate = match noticing {
            Some(example) => Fate::Noticed(example.scenario.name.clone()),
            None => Pair::new(&base, &changed, &touched).tell_apart(examples),
        };
        (mutant, fate)
    };
    mutants(policy).into_iter().map(fate).collect()
}

fn rules(policy: &Policy, evaluations: &[Evaluation]) -> Vec<RuleCoverage> {
    let count = |index: usize, verdict: Verdict| {
        let rulings = evaluations.iter().filter_map(|evaluation| evaluation.rulings.get(index));
        rulings.filter(|ruling| ruling.verdict == verdict).count()
    };
    let rules = policy.rules.iter().enumerate();
    rules
        .map(|(index, rule)| RuleCoverage {
            id: rule.id.clone(),
            met: count(index, Verdict::Met),
            not_met: count(index, Verdict::NotMet),
            can_fail: rule.not_met.is_some() || !rule.not_met_if.is_empty(),
            unknown: count(index, Verdict::Unknown),
            conflict: count(index, Verdict::Conflict),
            not_applicable: count(index, Verdict::NotApplicable),
        })
        .collect()
}

fn tables(policy: &Policy, evaluations: &[Evaluation]) -> Vec<TableCoverage> {
    let mut tables: BTreeMap<&str, &Table> = BTreeMap::new();
    for (_, named) in policy.vocabulary.iter() {
        if let Some(Definition::Output { table, .. }) = &named.definition {
            tables.insert(&table.id, table);
        }
    }
    let rows = |table: &Table| {
        let hits = evaluations.iter().filter_map(|evaluation| {
            let frame = Frame::new(&policy.vocabulary, evaluation.values());
            let given: Vec<Outcome> = table.given.iter().map(|slot| frame.value(*slot)).collect();
            table.rows.iter().position(|row| matches(row, &given))
        });
        let hits: Vec<usize> = hits.collect();
        let rows = table.rows.iter().enumerate();
        rows.map(|(index, row)| (line(&row.place), hits.iter().filter(|hit| **hit == index).count()))
            .collect()
    };
    tables.into_values().map(|table| TableCoverage { id: table.id.clone(), rows: rows(table) }).collect()
}

/// Does a row match what is known?
fn matches(row: &Row, given: &[Outcome]) -> bool {
    row.cells.iter().zip(given).all(|(cell, outcome)| match (cell, outcome) {
        (Cell::Any, _) => true,
        (Cell::Interval(interval), Outcome::Known(Value::Number(number))) => interval.contains(*number),
        (Cell::Choices(choices), Outcome::Known(Value::Choice(choice))) => choices.contains(choice),
        (Cell::Bool(wanted), Outcome::Known(Value::Bool(value))) => wanted == value,
        (Cell::Interval(_) | Cell::Choices(_) | Cell::Bool(_), _) => false,
    })
}

fn factors(policy: &Policy, evaluations: &[Evaluation]) -> Vec<FactorCoverage> {
    let Some(score) = &policy.score else { return vec![] };
    let cases = |slot: Slot| -> Vec<(String, usize)> {
        let Some(named) = policy.vocabulary.get(slot) else { return vec![] };
        let Some(Definition::Expression(root)) = &named.definition else { return vec![] };
        let mut cases: Vec<(&Node, &Node)> = Vec::new();
        let mut node = root;
        while let Expr::If(condition, points, rest) = &node.expr {
            cases.push((condition, points));
            node = rest;
        }
        if cases.is_empty() {
            let gave = evaluations.iter().filter(|evaluation| {
                let frame = Frame::new(&policy.vocabulary, evaluation.values());
                frame.value(slot).as_number().is_some_and(|points| points > Number::ZERO)
            });
            return vec![(line(&root.place), gave.count())];
        }
        let mut counts = vec![0_usize; cases.len()];
        for evaluation in evaluations {
            let frame = Frame::new(&policy.vocabulary, evaluation.values());
            let held =
                cases.iter().position(|(condition, _)| frame.evaluate(condition).as_bool() == Some(true));
            if let Some(count) = held.and_then(|held| counts.get_mut(held)) {
                *count += 1;
            }
        }
        cases.iter().zip(counts).map(|((_, points), count)| (line(&points.place), count)).collect()
    };
    let factors = score.factors.iter();
    factors.map(|factor| FactorCoverage { id: factor.id.clone(), cases: cases(factor.slot) }).collect()
}

fn line(place: &Place) -> String {
    let (line, _) = place.source.line_and_column(place.range.start);
    format!("{}:{line}", place.source.name)
}
