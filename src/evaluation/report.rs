//! An evaluation for other programs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::explain::Explanation;
use super::request::Request;
use super::timetable::End;
use super::{Conclusion, Evaluation, Verdict};
use crate::expression::evaluate::{self, Outcome};
use crate::expression::program::Value;
use crate::expression::types::Type;
use crate::policy::{Basis, Policy};
use crate::source::schema::of_answer;
use crate::value::words::Digits;
use crate::value::{Lang, Number, Text};

/// The name and version of the shape below; it changes when the shape does.
pub const SCHEMA: &str = "mizan-evaluation-1";

/// What the policy says of a request: it recommends, and the committee decides.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Report<'a> {
    /// The name and version of this shape.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// The id of the policy.
    policy: &'a str,
    /// The revision by which it was judged.
    revision: Revision<'a>,
    /// The number of the request.
    case_ref: Option<&'a str>,
    /// What was asked for.
    service: Option<&'a str>,
    /// When it was submitted, in local time.
    #[schemars(regex(pattern = MOMENT))]
    submitted_at: String,
    /// The day of the evaluation.
    #[schemars(regex(pattern = DAY))]
    evaluated_on: String,
    /// The digest of the declared facts.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    digest: &'a str,
    /// The result.
    result: Conclusion,
    /// Every rule, in the order of the ids.
    rules: Vec<Rule<'a>>,
    /// What is missing and can still change the result.
    missing: Missing<'a>,
    /// The facts on which sources disagree.
    differing: Vec<&'a str>,
    /// How urgent it is; `null` where there is no score.
    priority: Option<Priority<'a>>,
    /// Until when.
    deadlines: Vec<Deadline<'a>>,
    /// How each rule that concerns the request came about, by what was declared first.
    trace: Vec<Trace<'a>>,
}

/// A revision of a policy.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Revision<'a> {
    /// Its number.
    number: u32,
    /// What letters call it.
    label: &'a str,
}

/// A rule, and what it says.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Rule<'a> {
    /// Its id.
    id: &'a str,
    /// What it says of the request.
    verdict: Verdict,
    /// The clause that it carries out.
    clause: &'a str,
    /// Where it comes from.
    source: Basis,
    /// Why.
    reason: Text,
    /// What it read: facts, parameters, papers.
    reads: Vec<&'a str>,
    /// Do sources disagree on something that it read, though the verdict is the same by all of them?
    disputed: bool,
}

/// What is missing.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Missing<'a> {
    /// Facts.
    facts: Vec<Fact<'a>>,
    /// Papers that hold the request up.
    documents: Vec<Document<'a>>,
    /// Papers that may follow.
    later: Vec<Document<'a>>,
}

/// A fact that is not known.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Fact<'a> {
    /// Its id.
    id: &'a str,
    /// What people call it.
    label: &'a Text,
    /// How it is asked.
    ask: Option<&'a Text>,
    /// The papers that show it.
    shown_by: Vec<&'a str>,
}

/// A paper that is missing.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Document<'a> {
    /// Its id.
    id: &'a str,
    /// Its title.
    title: &'a Text,
    /// How it stands: not shown, expired, …
    state: Text,
    /// What counts as this paper.
    accepted: Option<&'a Text>,
}

/// How urgent a request is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Priority<'a> {
    /// The score as far as it is known.
    score: Amount,
    /// What it could reach if all that is unknown were in the person's favour.
    at_most: Amount,
    /// The tier, where what is unknown cannot change it.
    tier: Option<&'a str>,
    /// What people call the tier.
    tier_label: Option<Text>,
    /// What the score is made of.
    factors: Vec<Factor<'a>>,
}

/// A factor of the score.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Factor<'a> {
    /// Its id.
    id: &'a str,
    /// What people call it.
    label: &'a Text,
    /// Its points; `null` where they are not known.
    points: Option<Amount>,
}

/// A deadline of a request.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Deadline<'a> {
    /// Its id.
    id: &'a str,
    /// Its title.
    title: &'a Text,
    /// The clause that it serves.
    clause: &'a str,
    /// From when it is counted.
    from: Start<'a>,
    /// Not before this day.
    #[schemars(regex(pattern = DAY))]
    earliest: Option<String>,
    /// Not after this day.
    #[schemars(regex(pattern = DAY))]
    latest: Option<String>,
    /// How it was counted, step by step.
    counted: Counted,
}

/// From when a deadline is counted.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Start<'a> {
    /// The event.
    event: Option<&'a str>,
    /// When it happened, in local time.
    #[schemars(regex(pattern = MOMENT))]
    at: String,
}

/// How the ends of a deadline were counted, or why they could not be.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Counted {
    /// Of the first day.
    earliest: Option<Vec<Text>>,
    /// Of the last day.
    latest: Option<Vec<Text>>,
}

/// How a rule came about.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Trace<'a> {
    /// The id of the rule.
    rule: &'a str,
    /// Its condition.
    step: Step<'a>,
}

/// What was evaluated, and what came out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Step<'a> {
    /// The named value that it is, if it is one.
    name: Option<&'a str>,
    /// What is written there, where it has no name.
    written: Option<String>,
    /// What came out.
    outcome: Came,
    /// Where it is written.
    place: Option<Place>,
    /// What it was made of, in order.
    parts: Vec<Step<'a>>,
}

/// What came out of a step.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Outcome")]
enum Came {
    /// This value.
    Known(Plain),
    /// It hangs on something that is not known.
    Unknown,
    /// It cannot be computed.
    Fault(Text),
}

/// A place in a file of the policy; line and column are counted from 1.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Place {
    /// The file, without its folder.
    file: String,
    /// The line.
    line: usize,
    /// The column.
    column: usize,
}

/// Whole numbers as numbers, everything else as text, a fraction without end as `2300/3`: no program may round it on the way.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Amount {
    /// A whole number.
    Whole(i64),
    /// Any other.
    Exact(#[schemars(regex(pattern = "^-?[0-9]+(?:[.][0-9]+|/[0-9]+)?$"))] String),
}

/// A value; money is text, in units of the currency.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Value")]
enum Plain {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Amount),
    /// Money, a day, the id of a choice, or text.
    Text(String),
    /// A span of time.
    Span(Length),
    /// The ids of a set of choices.
    Set(Vec<String>),
}

/// A span of time: months are kept apart from days.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Span")]
struct Length {
    /// Months.
    months: i32,
    /// Days.
    days: i32,
}

const DAY: &str = "^[0-9]{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$";
const MOMENT: &str = "^[0-9]{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]) (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9](?:[.][0-9]+)?$";

/// The whole evaluation: verdicts with reasons, what is missing, priority, deadlines, trace.
pub fn evaluation(policy: &Policy, request: &Request, evaluation: &Evaluation) -> Json {
    let explanation = Explanation::new(policy, request, evaluation);
    let rules = evaluation.rulings.iter().filter_map(|ruling| {
        let rule = policy.rules.get(ruling.rule)?;
        Some(Rule {
            id: &rule.id,
            verdict: ruling.verdict,
            clause: &rule.clause,
            source: rule.source,
            reason: explanation.reason(ruling),
            reads: explanation.reads(ruling),
            disputed: ruling.disputed,
        })
    });
    let facts = evaluation.missing.facts.iter().filter_map(|slot| policy.fact_at(*slot));
    let facts = facts.map(|fact| {
        let shown_by = fact.shown_by.iter().filter_map(|index| policy.documents.get(*index));
        Fact {
            id: &fact.id,
            label: &fact.label,
            ask: fact.ask.as_ref(),
            shown_by: shown_by.map(|document| document.id.as_str()).collect(),
        }
    });
    let documents = |indices: &[usize]| -> Vec<Document<'_>> {
        let papers = indices
            .iter()
            .filter_map(|index| Some((policy.documents.get(*index)?, evaluation.papers.get(*index)?)));
        papers
            .map(|(document, paper)| Document {
                id: &document.id,
                title: &document.title,
                state: paper.state.text(policy.digits),
                accepted: document.accepted.as_ref(),
            })
            .collect()
    };
    let trace = explanation.frame().map_or_else(Vec::new, |frame| {
        let rulings = evaluation.rulings.iter().filter_map(|ruling| policy.rules.get(ruling.rule));
        rulings
            .filter(|rule| super::concerns(policy, rule, request))
            .map(|rule| Trace { rule: &rule.id, step: step(policy, &frame.trace(&rule.condition)) })
            .collect()
    });
    let differing = evaluation.differing.iter().filter_map(|slot| policy.vocabulary.get(*slot));
    json!(Report {
        schema: SCHEMA,
        policy: &policy.id,
        revision: Revision { number: policy.number, label: &policy.label },
        case_ref: request.case_ref.as_deref(),
        service: policy.services.get(request.service).map(|service| service.id.as_str()),
        submitted_at: request.submitted_at.to_string(),
        evaluated_on: evaluation.on.to_string(),
        digest: &evaluation.digest,
        result: evaluation.result,
        rules: rules.collect(),
        missing: Missing {
            facts: facts.collect(),
            documents: documents(&evaluation.missing.documents),
            later: documents(&evaluation.missing.later),
        },
        differing: differing.map(|named| named.id.as_str()).collect(),
        priority: priority(policy, evaluation, &explanation),
        deadlines: deadlines(policy, evaluation),
        trace,
    })
}

/// The schema of that.
pub fn schema() -> Json {
    of_answer::<Report<'static>>("Evaluation")
}

fn priority<'a>(
    policy: &'a Policy,
    evaluation: &Evaluation,
    explanation: &Explanation<'_>,
) -> Option<Priority<'a>> {
    let (Some(priority), Some(score)) = (&evaluation.priority, &policy.score) else { return None };
    let factors = score.factors.iter().zip(&priority.factors);
    let tier = evaluation.tier_id(policy);
    Some(Priority {
        score: amount(priority.score),
        at_most: amount(priority.at_most),
        tier,
        tier_label: tier
            .and_then(|_| Some(Text::new(explanation.tier(Lang::Ar)?, explanation.tier(Lang::En)?))),
        factors: factors
            .map(|(factor, points)| Factor {
                id: &factor.id,
                label: &factor.label,
                points: points.map(amount),
            })
            .collect(),
    })
}

fn deadlines<'a>(policy: &'a Policy, evaluation: &Evaluation) -> Vec<Deadline<'a>> {
    let day = |end: &Option<End>| end.as_ref().and_then(End::day).map(|day| day.to_string());
    let counted = |end: &Option<End>| {
        Some(match &end.as_ref()?.due {
            Ok(counted) => counted.account(Digits::Latin),
            Err(error) => vec![error.text(policy.digits)],
        })
    };
    let terms = evaluation.terms.iter().filter_map(|term| Some((term, policy.deadlines.get(term.deadline)?)));
    terms
        .map(|(term, deadline)| Deadline {
            id: &deadline.id,
            title: &deadline.title,
            clause: &deadline.clause,
            from: Start {
                event: policy.events.get(deadline.from).map(|event| event.id.as_str()),
                at: term.start.to_string(),
            },
            earliest: day(&term.earliest),
            latest: day(&term.latest),
            counted: Counted { earliest: counted(&term.earliest), latest: counted(&term.latest) },
        })
        .collect()
}

fn amount(number: Number) -> Amount {
    number.to_i64().map_or_else(|| Amount::Exact(number.to_string()), Amount::Whole)
}

/// A value for other programs; money in currency units.
pub fn value(ty: &Type, value: &Value) -> Json {
    json!(plain(ty, value))
}

fn plain(ty: &Type, value: &Value) -> Plain {
    match (value, ty) {
        (Value::Bool(value), _) => Plain::Bool(*value),
        (Value::Number(amount), Type::Number(quantity)) if quantity.unit.money_power() > 0 => {
            Plain::Text(amount.over(Number::from(100)).unwrap_or(*amount).to_string())
        }
        (Value::Number(number), _) => Plain::Number(amount(*number)),
        (Value::Date(date), _) => Plain::Text(date.to_string()),
        (Value::Span(span), _) => Plain::Span(Length { months: span.months, days: span.days }),
        (Value::Choice(index), Type::Choice(choices)) => Plain::Text(choices.id(*index).to_owned()),
        (Value::Choice(index), _) => Plain::Number(Amount::Whole((*index).into())),
        (Value::Set(set), Type::Set(choices)) => {
            Plain::Set(set.iter().map(|index| choices.id(*index).to_owned()).collect())
        }
        (Value::Set(set), _) => Plain::Set(set.iter().map(ToString::to_string).collect()),
        (Value::Text(text), _) => Plain::Text(text.to_string()),
        (Value::List(items), _) => {
            Plain::Number(amount(Number::from(i64::try_from(items.len()).unwrap_or(i64::MAX))))
        }
    }
}

fn step<'a>(policy: &'a Policy, of: &evaluate::Step) -> Step<'a> {
    let outcome = match &of.outcome {
        Outcome::Known(known) => Came::Known(plain(&of.ty, known)),
        Outcome::Unknown => Came::Unknown,
        Outcome::Fault(fault) => Came::Fault(fault.kind.text()),
    };
    let place = of.place.as_ref().map(|place| {
        let (line, column) = place.source.line_and_column(place.range.start);
        Place { file: place.source.file_name().to_owned(), line, column }
    });
    let written = of.place.as_ref().filter(|_| of.name.is_none());
    Step {
        name: of.name.and_then(|slot| policy.vocabulary.get(slot)).map(|named| named.id.as_str()),
        written: written.map(|place| place.source.slice(&place.range).to_owned()),
        outcome,
        place,
        parts: of.parts.iter().map(|part| step(policy, part)).collect(),
    }
}
