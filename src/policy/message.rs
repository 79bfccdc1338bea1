//! Sentences with placeholders: `{income_per_person}`, `{submitted:hijri}`, `{applicant.sex|male=…|female=…}`.
//!
//! Receives the words of a file, hands on a [`Message`] in which every placeholder is known. What a placeholder writes is
//! decided where the values are.

use super::{About, Fact, FactKind};
use crate::expression::program::{Named, Origin, Slot, Vocabulary};
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
        /// The words where it is not known, or none of the cases; nothing where the sentence then has a hole.
        otherwise: Option<String>,
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
    /// Something of the thing for which a piece is repeated.
    Of(Aspect),
    /// A field of the thing of a list for which a piece is repeated, by number.
    Field(u16),
    /// Something of the request, its letter or its policy.
    Whole(Whole),
    /// Something of the committee's decision.
    Decision(Decided),
    /// One end of a deadline, by number.
    Deadline(u16, End),
}

/// What can be said of a rule, a paper, a fact, a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// The reason of a rule, or of the committee.
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
}

/// What can be said of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
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
    /// What the policy says of the request as a whole.
    Result,
    /// The day of the letter.
    Today,
    /// The day of the request.
    Submitted,
    /// The title of the policy.
    Policy,
    /// The label of the revision.
    Revision,
    /// The one purpose for which data are asked.
    Purpose,
    /// The digest of the declared facts.
    Digest,
    /// The role that signs.
    Signer,
}

/// What can be said of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The committee's meeting.
    Meeting,
    /// The day.
    Date,
    /// The number of its minutes.
    Minutes,
    /// How much of what was asked for it granted.
    Granted,
    /// The place on the waiting list.
    Rank,
}

/// An end of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Not before.
    Earliest,
    /// Not after.
    Latest,
    /// No day but how long it is: from the event to the last day.
    Within,
}

impl End {
    /// As sentences write it.
    pub fn name(self) -> &'static str {
        match self {
            End::Earliest => "earliest",
            End::Latest => "latest",
            End::Within => "within",
        }
    }
}

/// What a kind of sentence may say besides named values.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The names and what they mean.
    pub specials: &'a [(&'static str, Special)],
    /// The ids of the deadlines, where the sentence may speak of them.
    pub deadlines: &'a [String],
    /// The fields of the list for whose things it is repeated: `{item.title}`.
    pub item: &'a [Fact],
    /// May it speak of a request?
    pub about: About,
}

/// In reasons.
pub const REASON: &[(&str, Special)] = &[("missing", Special::Missing), ("differing", Special::Differing)];

/// In every piece of a letter about a request.
pub const LETTER: &[(&str, Special)] = &[
    ("missing", Special::Missing),
    ("case_ref", Special::Whole(Whole::CaseRef)),
    ("service", Special::Whole(Whole::Service)),
    ("channel", Special::Whole(Whole::Channel)),
    ("quantity", Special::Whole(Whole::Quantity)),
    ("delivery", Special::Whole(Whole::Delivery)),
    ("prepare", Special::Whole(Whole::Prepare)),
    ("result", Special::Whole(Whole::Result)),
    ("submitted", Special::Whole(Whole::Submitted)),
    ("digest", Special::Whole(Whole::Digest)),
    ("decision.meeting", Special::Decision(Decided::Meeting)),
    ("decision.date", Special::Decision(Decided::Date)),
    ("decision.minutes", Special::Decision(Decided::Minutes)),
    ("decision.granted", Special::Decision(Decided::Granted)),
    ("decision.rank", Special::Decision(Decided::Rank)),
    ("today", Special::Whole(Whole::Today)),
    ("policy", Special::Whole(Whole::Policy)),
    ("revision", Special::Whole(Whole::Revision)),
    ("purpose", Special::Whole(Whole::Purpose)),
    ("signer", Special::Whole(Whole::Signer)),
];

/// In every piece of a letter that concerns no request.
pub const POLICY_LETTER: &[(&str, Special)] = &[
    ("today", Special::Whole(Whole::Today)),
    ("policy", Special::Whole(Whole::Policy)),
    ("revision", Special::Whole(Whole::Revision)),
    ("purpose", Special::Whole(Whole::Purpose)),
    ("signer", Special::Whole(Whole::Signer)),
];

impl Special {
    fn kind(self, item: &[Fact]) -> Kind {
        const DATES: &[Special] = &[
            Special::Of(Aspect::Date),
            Special::Whole(Whole::Today),
            Special::Whole(Whole::Submitted),
            Special::Decision(Decided::Date),
        ];
        const NUMBERS: &[Special] = &[
            Special::Of(Aspect::Points),
            Special::Whole(Whole::Quantity),
            Special::Decision(Decided::Granted),
            Special::Decision(Decided::Rank),
        ];
        if let Special::Field(index) = self {
            return match item.get(usize::from(index)).map(|field| &field.kind) {
                Some(FactKind::Date) => Kind::Date,
                Some(FactKind::Number { .. }) => Kind::Number,
                _ => Kind::Other,
            };
        }
        if DATES.contains(&self) || matches!(self, Special::Deadline(_, End::Earliest | End::Latest)) {
            Kind::Date
        } else if NUMBERS.contains(&self) {
            Kind::Number
        } else {
            Kind::Other
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
    /// Something of a request, in a letter that concerns none.
    OfRequest {
        /// The placeholder.
        name: String,
    },
    /// Words chosen by a choice, without words for one of its cases.
    Unsaid {
        /// The placeholder.
        name: String,
        /// The case, or `unknown`.
        case: String,
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
            | MessageError::OfRequest { name }
            | MessageError::Unsaid { name, .. }
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
        return select(name.trim(), cases, vocabulary, context);
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
    let special = special.or_else(|| field(name, context.item)).or_else(|| deadline(name, context.deadlines));
    // How long a deadline is stands in the policy; on which day it ends hangs on a request.
    if context.about == About::Policy
        && matches!(special, Some(Special::Deadline(_, End::Earliest | End::Latest)))
    {
        return Err(MessageError::OfRequest { name: name.to_owned() });
    }
    let (part, kind) = if let Some(special) = special {
        (Part::Special(special, form), special.kind(context.item))
    } else if let Some((slot, named)) =
        vocabulary.find(name).and_then(|slot| Some((slot, vocabulary.get(slot)?)))
    {
        if context.about == About::Policy && !says_no_request(named) {
            return Err(MessageError::OfRequest { name: name.to_owned() });
        }
        let kind = match named.ty {
            Type::Date => Kind::Date,
            Type::Number(_) => Kind::Number,
            Type::Bool | Type::Span | Type::Choice(_) | Type::Set(_) | Type::Text | Type::List(_) => {
                Kind::Other
            }
        };
        (Part::Value(slot, form), kind)
    } else {
        let deadlines = context
            .deadlines
            .iter()
            .flat_map(|id| [format!("{id}.earliest"), format!("{id}.latest"), format!("{id}.within")]);
        if context.about == About::Policy && LETTER.iter().any(|(known, _)| *known == name) {
            return Err(MessageError::OfRequest { name: name.to_owned() });
        }
        let specials = context.specials.iter().map(|(known, _)| (*known).to_owned());
        let fields = context.item.iter().map(|field| format!("item.{}", field.id));
        let names = vocabulary.ids().map(str::to_owned);
        let known = specials.chain(fields).chain(deadlines).chain(names).collect();
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
    let end = [End::Earliest, End::Latest, End::Within].into_iter().find(|known| known.name() == end)?;
    Some(Special::Deadline(index, end))
}

fn field(name: &str, item: &[Fact]) -> Option<Special> {
    let field = name.strip_prefix("item.")?;
    let index = item.iter().position(|known| known.id == field)?;
    u16::try_from(index).ok().map(Special::Field)
}

/// Is it known without any request: a number of the board, or a detail of the letter?
fn says_no_request(named: &Named) -> bool {
    matches!(named.origin, Origin::Parameter | Origin::Detail)
}

fn select(
    name: &str,
    cases: &str,
    vocabulary: &Vocabulary,
    context: Context<'_>,
) -> Result<Part, MessageError> {
    let found = vocabulary.find(name).and_then(|slot| Some((slot, vocabulary.get(slot)?)));
    let Some((slot, named)) = found else {
        return Err(MessageError::Unknown {
            name: name.to_owned(),
            known: vocabulary.ids().map(str::to_owned).collect(),
        });
    };
    if context.about == About::Policy && !says_no_request(named) {
        return Err(MessageError::OfRequest { name: name.to_owned() });
    }
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
    // Without words for every case the sentence could have a hole; a letter is not made without a detail that it says.
    let unsaid = |case: &str| Err(MessageError::Unsaid { name: name.to_owned(), case: case.to_owned() });
    if otherwise.is_none() {
        if named.origin != Origin::Detail {
            return unsaid("unknown");
        }
        let is_said = |index: usize| chosen.iter().any(|(case, _)| usize::from(*case) == index);
        if let Some((_, case)) = choices.ids.iter().enumerate().find(|(index, _)| !is_said(*index)) {
            return unsaid(case);
        }
    }
    Ok(Part::Select { slot, cases: chosen, otherwise })
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
