//! Sentences with placeholders: `{income_per_person}`, `{submitted:hijri}`, `{applicant.sex|male=…|female=…}`.
//!
//! Receives the words of a file, hands on a [`Message`] in which every placeholder is known. What a placeholder writes is
//! decided where the values are.

use crate::expression::program::{Slot, Vocabulary};
use crate::expression::types::Type;

/// A sentence, in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message(pub Vec<Part>);

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words as they stand.
    Words(String),
    /// A named value.
    Value(Slot, Form),
    /// Something that only this kind of sentence knows.
    Special(Special, Form),
    /// Words chosen by a choice: for each choice its words; then those for what is not known.
    Select {
        /// The choice.
        slot: Slot,
        /// The words for each choice.
        cases: Vec<(u16, String)>,
        /// The words where it is not known, or none of the cases.
        otherwise: String,
    },
}

/// In which form a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As its type has it.
    Usual,
    /// A date in the Umm al-Qura calendar.
    Hijri,
    /// A date in the Gregorian calendar.
    Gregorian,
    /// A date in both calendars with the day of the week.
    Both,
    /// The day of the week of a date.
    Weekday,
    /// A number without its unit.
    Plain,
    /// A counted thing as a subject.
    Nominative,
}

impl Form {
    const ALL: [(&'static str, Form); 6] = [
        ("hijri", Form::Hijri),
        ("gregorian", Form::Gregorian),
        ("both", Form::Both),
        ("weekday", Form::Weekday),
        ("plain", Form::Plain),
        ("nominative", Form::Nominative),
    ];

    fn fits(self, kind: Kind) -> bool {
        match self {
            Form::Usual => true,
            Form::Hijri | Form::Gregorian | Form::Both | Form::Weekday => kind == Kind::Date,
            Form::Plain | Form::Nominative => kind == Kind::Number,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Date,
    Number,
    Other,
}

/// What a sentence can say besides named values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// What is unknown to this rule.
    Missing,
    /// On what the sources disagree.
    Differing,
    /// The reason of a rule.
    Reason,
    /// The id of a rule.
    Rule,
    /// The clause of a rule.
    Clause,
    /// The title of a rule, a paper.
    Title,
    /// What is missing.
    Item,
    /// Why it is needed.
    Why,
    /// What is accepted.
    Accepted,
    /// The name of a fact or factor.
    Label,
    /// Its value.
    Value,
    /// Where it comes from.
    Source,
    /// How a paper stands.
    State,
    /// The day of a piece of evidence.
    Date,
    /// The points of a factor.
    Points,
    /// What a rule says.
    Verdict,
    /// Who decided a rule, or that nobody has.
    Basis,
    /// What the policy says of the request as a whole.
    Result,
    /// The number of the request.
    CaseRef,
    /// The service.
    Service,
    /// The channel.
    Channel,
    /// What is granted.
    Quantity,
    /// The delivery time.
    Delivery,
    /// What the person makes ready.
    Prepare,
    /// The day of the letter.
    Today,
    /// The day of the request.
    Submitted,
    /// The title of the policy.
    Policy,
    /// The label of the revision.
    Revision,
    /// The digest of the declared facts.
    Digest,
    /// The role that signs.
    Signer,
    /// The committee's meeting.
    DecisionMeeting,
    /// The day of the decision.
    DecisionDate,
    /// The number of its minutes.
    DecisionMinutes,
    /// The earlier end of a deadline.
    Earliest(u16),
    /// The later end of a deadline.
    Latest(u16),
}

/// What a kind of sentence may say besides named values.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The names and what they mean.
    pub specials: &'a [(&'static str, Special)],
    /// The ids of the deadlines, where the sentence may speak of them.
    pub deadlines: &'a [String],
}

/// In reasons.
pub const REASON: &[(&str, Special)] = &[("missing", Special::Missing), ("differing", Special::Differing)];

/// In every piece of a letter.
pub const LETTER: &[(&str, Special)] = &[
    ("case_ref", Special::CaseRef),
    ("service", Special::Service),
    ("channel", Special::Channel),
    ("quantity", Special::Quantity),
    ("delivery", Special::Delivery),
    ("prepare", Special::Prepare),
    ("today", Special::Today),
    ("submitted", Special::Submitted),
    ("policy", Special::Policy),
    ("revision", Special::Revision),
    ("digest", Special::Digest),
    ("signer", Special::Signer),
    ("missing", Special::Missing),
    ("result", Special::Result),
    ("decision.meeting", Special::DecisionMeeting),
    ("decision.date", Special::DecisionDate),
    ("decision.minutes", Special::DecisionMinutes),
];

impl Special {
    fn kind(self) -> Kind {
        match self {
            Special::Date
            | Special::Today
            | Special::Submitted
            | Special::DecisionDate
            | Special::Earliest(_)
            | Special::Latest(_) => Kind::Date,
            Special::Points | Special::Quantity => Kind::Number,
            Special::Missing
            | Special::Differing
            | Special::Reason
            | Special::Rule
            | Special::Clause
            | Special::Title
            | Special::Item
            | Special::Why
            | Special::Accepted
            | Special::Label
            | Special::Value
            | Special::Source
            | Special::State
            | Special::Verdict
            | Special::Basis
            | Special::Result
            | Special::CaseRef
            | Special::Service
            | Special::Channel
            | Special::Delivery
            | Special::Prepare
            | Special::Policy
            | Special::Revision
            | Special::Digest
            | Special::Signer
            | Special::DecisionMeeting
            | Special::DecisionMinutes => Kind::Other,
        }
    }
}

/// What is wrong with a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageError {
    /// A brace without its partner.
    Unclosed,
    /// It stands for nothing.
    Unknown {
        /// What was written.
        name: String,
        /// What would be known.
        known: Vec<String>,
    },
    /// A form that does not exist, or that this value does not have.
    Form {
        /// The placeholder.
        name: String,
        /// The form.
        form: String,
    },
    /// Words chosen by something that is not a choice, or by a choice that does not exist.
    Select {
        /// The placeholder.
        name: String,
        /// The choice, or nothing.
        case: String,
        /// The choices that exist.
        known: Vec<String>,
    },
}

impl MessageError {
    /// What to point at.
    pub fn needle(&self) -> &str {
        match self {
            MessageError::Unclosed => "{",
            MessageError::Unknown { name, .. }
            | MessageError::Form { name, .. }
            | MessageError::Select { name, .. } => name,
        }
    }
}

/// More errors of one sentence than these are not told one by one.
const MOST_ERRORS: usize = 8;

/// Reads a sentence.
///
/// # Errors
///
/// Every placeholder that cannot be understood.
pub fn parse(
    text: &str,
    vocabulary: &Vocabulary,
    context: Context<'_>,
) -> Result<Message, Vec<MessageError>> {
    let mut parts = Vec::new();
    let mut errors = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{').filter(|_| errors.len() < MOST_ERRORS) {
        if before.contains('}') {
            errors.push(MessageError::Unclosed);
        }
        words(&mut parts, before);
        let Some((inside, after)) = after.split_once('}') else {
            errors.push(MessageError::Unclosed);
            rest = "";
            break;
        };
        match placeholder(inside, vocabulary, context) {
            Ok(part) => parts.push(part),
            Err(error) => errors.push(error),
        }
        rest = after;
    }
    if rest.contains('}') {
        errors.push(MessageError::Unclosed);
    }
    words(&mut parts, rest);
    if errors.is_empty() { Ok(Message(parts)) } else { Err(errors) }
}

fn words(parts: &mut Vec<Part>, words: &str) {
    if !words.is_empty() {
        parts.push(Part::Words(words.to_owned()));
    }
}

fn placeholder(inside: &str, vocabulary: &Vocabulary, context: Context<'_>) -> Result<Part, MessageError> {
    if let Some((name, cases)) = inside.split_once('|') {
        return select(name.trim(), cases, vocabulary);
    }
    let (name, form) = match inside.split_once(':') {
        Some((name, form)) => (name.trim(), form.trim()),
        None => (inside.trim(), ""),
    };
    let form = match Form::ALL.iter().find(|(known, _)| *known == form) {
        Some((_, form)) => *form,
        None if form.is_empty() => Form::Usual,
        None => return Err(MessageError::Form { name: name.to_owned(), form: form.to_owned() }),
    };
    let special = context.specials.iter().find(|(known, _)| *known == name).map(|(_, special)| *special);
    let special = special.or_else(|| deadline(name, context.deadlines));
    let (part, kind) = if let Some(special) = special {
        (Part::Special(special, form), special.kind())
    } else if let Some((slot, named)) =
        vocabulary.find(name).and_then(|slot| Some((slot, vocabulary.get(slot)?)))
    {
        let kind = match named.ty {
            Type::Date => Kind::Date,
            Type::Number(_) => Kind::Number,
            Type::Bool | Type::Span | Type::Choice(_) | Type::Set(_) | Type::Text | Type::List(_) => {
                Kind::Other
            }
        };
        (Part::Value(slot, form), kind)
    } else {
        let deadlines =
            context.deadlines.iter().flat_map(|id| [format!("{id}.earliest"), format!("{id}.latest")]);
        let specials = context.specials.iter().map(|(known, _)| (*known).to_owned());
        let known = specials.chain(deadlines).chain(vocabulary.ids().map(str::to_owned)).collect();
        return Err(MessageError::Unknown { name: name.to_owned(), known });
    };
    if form.fits(kind) {
        return Ok(part);
    }
    let form = Form::ALL.iter().find(|(_, known)| *known == form).map_or("", |(known, _)| known);
    Err(MessageError::Form { name: name.to_owned(), form: form.to_owned() })
}

fn deadline(name: &str, deadlines: &[String]) -> Option<Special> {
    let (id, end) = name.rsplit_once('.')?;
    let index = u16::try_from(deadlines.iter().position(|known| known == id)?).ok()?;
    match end {
        "earliest" => Some(Special::Earliest(index)),
        "latest" => Some(Special::Latest(index)),
        _ => None,
    }
}

fn select(name: &str, cases: &str, vocabulary: &Vocabulary) -> Result<Part, MessageError> {
    let found = vocabulary.find(name).and_then(|slot| Some((slot, vocabulary.get(slot)?)));
    let Some((slot, named)) = found else {
        return Err(MessageError::Unknown {
            name: name.to_owned(),
            known: vocabulary.ids().map(str::to_owned).collect(),
        });
    };
    let wrong = |case: &str, known: Vec<String>| MessageError::Select {
        name: name.to_owned(),
        case: case.to_owned(),
        known,
    };
    let Type::Choice(choices) = &named.ty else { return Err(wrong("", vec![])) };
    let mut chosen = Vec::new();
    let mut otherwise = None;
    for case in cases.split('|') {
        let Some((id, words)) = case.split_once('=') else { return Err(wrong(case, choices.ids.clone())) };
        let id = id.trim();
        if id == "unknown" {
            otherwise = Some(words.to_owned());
        } else if let Some(index) = choices.index(id) {
            chosen.push((index, words.to_owned()));
        } else {
            return Err(wrong(id, choices.ids.clone()));
        }
    }
    match otherwise {
        Some(otherwise) => Ok(Part::Select { slot, cases: chosen, otherwise }),
        // Where the choice is not known the sentence would have a hole.
        None => Err(wrong("unknown", vec!["unknown".to_owned()])),
    }
}

impl Message {
    /// The named values that it writes.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.0.iter().filter_map(|part| match part {
            Part::Value(slot, _) | Part::Select { slot, .. } => Some(*slot),
            Part::Words(_) | Part::Special(..) => None,
        })
    }
}
