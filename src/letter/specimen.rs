//! Made-up requests that try a letter to its limits.
//!
//! Receives a policy and one of its letters, hands on what that letter says for requests made of the policy's own vocabulary: the
//! longest names and lists and the largest numbers, the least, a hundred of everything; for each form of address and each result.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDateTime, NaiveTime};

use super::data::LetterData;
use super::{Details, Matter, Occasion, Refusal, compose};
use crate::evaluation::explain::Explanation;
use crate::evaluation::request::{Decision, Declaration, Digest, Presented, Reading, Request, SignatureMode};
use crate::evaluation::{Conclusion, Evaluation, Verdict, evaluate};
use crate::expression::program::{Slot, Value};
use crate::policy::message::{Message, Part};
use crate::policy::{About, Fact, FactKind, Letter, Outcome, Policy, RuleKind, Wording};
use crate::value::{Date, Lang, Number, Text};

/// How much there is of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The longest names and lists, the largest numbers.
    Most,
    /// The shortest names, empty lists, the smallest numbers: zero where that may be.
    Least,
    /// A hundred, where that may be.
    Hundred,
}

/// A letter to be tried.
#[derive(Debug)]
pub struct Specimen {
    /// What is in it.
    pub data: LetterData,
    /// When it is made.
    pub at: NaiveDateTime,
    /// With how much of everything.
    pub measure: Measure,
}

/// What came of the attempts to make a letter.
#[derive(Debug, Default)]
pub struct Tried {
    /// Letters that differ from one another.
    pub specimens: Vec<Specimen>,
    /// Why it cannot be made, where it could not be made at all.
    pub refusal: Option<Refusal>,
}

/// A name as long as names are.
const LONG: &str = "عبدالرحمن بن عبدالمحسن بن عبدالعزيز آل عبداللطيف الدوسري";
const SHORT: &str = "علي";
/// So many things are in a long list.
const MANY: usize = 20;
/// So many facts may differ by their sources: each doubles the work.
const DIFFERING: usize = 5;

/// Everything that a letter may have to say.
pub fn specimens(policy: &Policy, letter: &Letter) -> Tried {
    // What must hold before a letter is made says nothing of how it looks.
    let freed = Letter { checks: vec![], ..letter.clone() };
    let policy = &Policy { letters: vec![freed.clone()], ..policy.clone() };
    let letter = &freed;
    let mut tried = Tried::default();
    let mut seen = BTreeSet::new();
    let forms = forms(policy, letter);
    for result in [Conclusion::Met, Conclusion::NotMet, Conclusion::Incomplete, Conclusion::Verify] {
        let most = forms.iter().map(|form| (Measure::Most, form));
        let first = forms.first();
        let others =
            [Measure::Least, Measure::Hundred].into_iter().filter_map(|measure| Some((measure, first?)));
        for (measure, form) in most.chain(others) {
            let maker = Maker { policy, letter, measure, result, form };
            for lang in Lang::ALL {
                match maker.letter(lang) {
                    Ok((data, at)) => {
                        let said = (data.lang.tag(), serde_json::to_string(&without_record(&data)));
                        if said.1.is_ok_and(|said_now| seen.insert((said.0, said_now))) {
                            tried.specimens.push(Specimen { data, at, measure });
                        }
                    }
                    Err(refusal) => tried.refusal = Some(worse(tried.refusal.take(), refusal)),
                }
            }
        }
    }
    if !tried.specimens.is_empty() {
        tried.refusal = None;
    }
    tried
}

/// Two letters that show the same are the same.
fn without_record(data: &LetterData) -> LetterData {
    LetterData { record: serde_json::Value::Null, digest: String::new(), ..data.clone() }
}

/// Something that is lacking says more than that a letter may not be issued.
fn worse(before: Option<Refusal>, refusal: Refusal) -> Refusal {
    match (before, refusal) {
        (Some(before @ Refusal::Lacking(_)), _) => before,
        (_, refusal) => refusal,
    }
}

/// A choice by which words are chosen, or none.
type Chosen = BTreeMap<Slot, Option<u16>>;

/// Each form in which the letter may speak of somebody: masculine, feminine, neither.
fn forms(policy: &Policy, letter: &Letter) -> Vec<Chosen> {
    let mut slots: BTreeMap<Slot, Vec<u16>> = BTreeMap::new();
    for message in wordings(policy, letter).iter().flat_map(|wording| [&wording.ar, &wording.en]) {
        for part in &message.0 {
            if let Part::Select { slot, cases, .. } = part {
                slots.entry(*slot).or_insert_with(|| cases.iter().map(|(case, _)| *case).collect());
            }
        }
    }
    let most = slots.values().map(|cases| cases.len() + 1).max().unwrap_or(1);
    let form = |index: usize| slots.iter().map(|(slot, cases)| (*slot, cases.get(index).copied())).collect();
    (0..most).map(form).collect()
}

/// All that a letter may say in words of its own.
fn wordings<'p>(policy: &'p Policy, letter: &'p Letter) -> Vec<&'p Wording> {
    let mut wordings: Vec<&Wording> = letter.text.iter().map(|piece| &piece.wording).collect();
    wordings.extend(letter.tables.iter().flat_map(|table| table.columns.iter().map(|(_, cell)| cell)));
    wordings.extend([&letter.addressee, &letter.subject, &letter.attachments].into_iter().flatten());
    if let Some(frame) = &policy.frame {
        wordings.extend([&frame.license, &frame.contacts, &frame.opening, &frame.closing, &frame.addressee]);
        wordings.extend(&frame.basis);
    }
    for rule in &policy.rules {
        wordings.extend([&rule.met, &rule.not_met, &rule.unknown].into_iter().flatten());
    }
    wordings
}

/// Makes one kind of request.
struct Maker<'a> {
    policy: &'a Policy,
    letter: &'a Letter,
    measure: Measure,
    result: Conclusion,
    form: &'a Chosen,
}

impl Maker<'_> {
    /// The letter for the first service and course of events for which it may be issued.
    fn letter(&self, lang: Lang) -> Result<(LetterData, NaiveDateTime), Refusal> {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN);
        let first = self.policy.in_force_from.and_time(noon);
        if self.letter.about == About::Policy {
            let (details, occasion) = (self.details(first.date()), Occasion { at: first, trial: false });
            let data = compose(Matter::Policy(self.policy, &details), &self.letter.id, lang, occasion)?;
            return Ok((data, first));
        }
        let mut services: Vec<usize> = (0..self.policy.services.len()).collect();
        let length =
            |index: &usize| self.policy.services.get(*index).map_or(0, |service| service.title.ar.len());
        services.sort_by_key(|index| std::cmp::Reverse(length(index)));
        let mut refused = None;
        let outcomes = std::iter::once(None).chain(Outcome::ALL.map(Some));
        for service in services {
            for outcome in outcomes.clone() {
                for (said, events) in [(Said::All, true), (Said::Read, true), (Said::All, false)] {
                    // What is missing is known only where not all is said.
                    if (said == Said::Read) != (self.result == Conclusion::Incomplete) && events {
                        continue;
                    }
                    let request = self.request(service, outcome, said, events);
                    // Some letters tell of a day that is over.
                    for later in [0, 400] {
                        let Some(at) = first.checked_add_days(Days::new(later)) else { continue };
                        let evaluation = self.evaluation(&request, at.date());
                        let explanation = Explanation::new(self.policy, &request, &evaluation);
                        match compose(&explanation, &self.letter.id, lang, Occasion { at, trial: false }) {
                            Ok(data) => return Ok((data, at)),
                            Err(refusal) => refused = Some(worse(refused, refusal)),
                        }
                        if !matches!(refused, Some(Refusal::ToCome(_))) {
                            break;
                        }
                    }
                }
            }
        }
        Err(refused.unwrap_or(Refusal::Fault))
    }

    fn request(&self, service: usize, outcome: Option<Outcome>, said: Said, events: bool) -> Request {
        let policy = self.policy;
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN);
        let at = policy.in_force_from.and_time(noon);
        let read = self.read();
        let mut readings = BTreeMap::new();
        for fact in &policy.facts {
            if said == Said::Read && !read.contains(&fact.slot) {
                continue;
            }
            let value = match self.form.get(&fact.slot) {
                Some(None) => continue,
                Some(Some(choice)) => Value::Choice(*choice),
                None => self.value(fact, self.measure, at.date()),
            };
            let mut said_of_it = vec![Reading { value, document: fact.shown_by.first().copied() }];
            if self.result == Conclusion::Verify
                && readings.values().filter(|said: &&Vec<Reading>| said.len() > 1).count() < DIFFERING
            {
                let other = self.value(fact, Measure::Least, at.date());
                if said_of_it.iter().all(|reading| reading.value != other) {
                    said_of_it.push(Reading { value: other, document: None });
                }
            }
            readings.insert(fact.slot, said_of_it);
        }
        let shown = Presented {
            issued: Some(at.date()),
            expires: at.date().checked_add_days(Days::new(1000)),
            matched: true,
        };
        let has_papers = said == Said::All && self.measure != Measure::Least;
        let channels = policy.channels.iter().enumerate();
        Request {
            policy: Some(policy.id.clone()),
            case_ref: Some("REQ-1448-000012345".to_owned()),
            service,
            channel: channels.max_by_key(|(_, channel)| channel.title.ar.len()).map(|(index, _)| index),
            submitted_at: at,
            readings,
            documents: if has_papers {
                (0..policy.documents.len()).map(|index| (index, shown)).collect()
            } else {
                BTreeMap::new()
            },
            declaration: Some(Declaration {
                signed_on: at.date(),
                mode: SignatureMode::Thumbprint,
                witness: Some(LONG.to_owned()),
                digest: Digest::Current,
            }),
            events: if events {
                let happened = |index: &usize| self.letter.unless != Some(*index);
                (0..policy.events.len()).filter(happened).map(|index| (index, at)).collect()
            } else {
                self.letter.after.map(|event| (event, at)).into_iter().collect()
            },
            decision: outcome.map(|outcome| Decision {
                outcome,
                date: at.date(),
                meeting: "1448/112".to_owned(),
                minutes: "1448/112/45".to_owned(),
                granted: (outcome == Outcome::Partial).then(|| self.amount()),
                rank: (outcome == Outcome::Waiting).then(|| self.amount()),
                reasons: match self.measure {
                    Measure::Most => vec![Text::new(format!("{LONG}. {LONG}"), LONG); MANY],
                    Measure::Least | Measure::Hundred => vec![Text::same(SHORT)],
                },
            }),
            details: self.details(at.date()),
        }
    }

    /// The letter's own data; a list that it repeats something for has a thing in it.
    fn details(&self, day: Date) -> Details {
        let details = self.letter.details.iter().filter_map(|detail| {
            let value = match (self.form.get(&detail.slot), &detail.kind, self.measure) {
                (Some(choice), ..) => Value::Choice((*choice)?),
                (None, FactKind::List(fields), Measure::Least) => {
                    let one =
                        fields.iter().map(|field| Some(self.value(field, Measure::Least, day))).collect();
                    Value::List(Arc::new(vec![one]))
                }
                (None, _, measure) => self.value(detail, measure, day),
            };
            Some((detail.slot, value))
        });
        details.collect()
    }

    fn amount(&self) -> Number {
        Number::from(match self.measure {
            Measure::Most => 9_999_999,
            Measure::Least => 1,
            Measure::Hundred => 100,
        })
    }

    /// What the policy says of the request, as this letter is tried with it.
    fn evaluation(&self, request: &Request, on: Date) -> Evaluation {
        let mut evaluation = evaluate(self.policy, request, on);
        evaluation.result = self.result;
        let all = match self.result {
            Conclusion::Met => Verdict::Met,
            Conclusion::NotMet => Verdict::NotMet,
            // What is missing, or differs, is as it came out.
            Conclusion::Incomplete | Conclusion::Verify | Conclusion::Referred | Conclusion::Merged => {
                return evaluation;
            }
        };
        evaluation.missing = Default::default();
        for ruling in &mut evaluation.rulings {
            let kind = self.policy.rules.get(ruling.rule).map(|rule| rule.kind);
            if matches!(kind, Some(RuleKind::Eligibility | RuleKind::Procedural)) {
                (ruling.verdict, ruling.exempted_by) = (all, None);
                (ruling.fault, ruling.by_world) = (None, vec![]);
            }
        }
        evaluation
    }

    /// The facts that the letter itself reads.
    fn read(&self) -> BTreeSet<Slot> {
        let mut wordings: Vec<&Wording> = self.letter.text.iter().map(|piece| &piece.wording).collect();
        wordings.extend(
            [&self.letter.addressee, &self.letter.subject, &self.letter.attachments].into_iter().flatten(),
        );
        wordings.extend(self.policy.frame.iter().flat_map(|frame| [&frame.opening, &frame.addressee]));
        let messages: Vec<&Message> =
            wordings.iter().flat_map(|wording| [&wording.ar, &wording.en]).collect();
        let parts = messages.iter().flat_map(|message| &message.0);
        let slots = parts.filter_map(|part| match part {
            Part::Value(slot, _) | Part::Select { slot, .. } => Some(*slot),
            Part::Words(_) | Part::Special(..) => None,
        });
        slots.collect()
    }

    fn value(&self, fact: &Fact, measure: Measure, day: Date) -> Value {
        let text = |text: &str| Value::Text(Arc::from(text));
        match &fact.kind {
            FactKind::Bool => Value::Bool(measure != Measure::Least),
            FactKind::Number { whole, money } => {
                Value::Number(number(fact, *whole || *money, *money, measure))
            }
            FactKind::Date => Value::Date(day),
            FactKind::Choice(choices) => {
                let labels = (0..).zip(&choices.labels);
                let chosen = match measure {
                    Measure::Most => labels.max_by_key(|(_, label)| label.ar.len()),
                    Measure::Least => labels.min_by_key(|(_, label)| label.ar.len()),
                    Measure::Hundred => labels.last(),
                };
                Value::Choice(chosen.map_or(0, |(index, _)| index))
            }
            FactKind::Text => text(if measure == Measure::Most { LONG } else { SHORT }),
            FactKind::NationalId => text("1098765432"),
            FactKind::Iban => text("SA4420000001234567891234"),
            FactKind::Mobile => text("966512345678"),
            FactKind::ShortAddress => text("RRRD2929"),
            FactKind::Time => text(if measure == Measure::Most { "22:45" } else { "08:00" }),
            FactKind::Code => text(if measure == Measure::Most { "N-1448-000012345" } else { "1" }),
            FactKind::List(fields) => {
                let count = match measure {
                    Measure::Most => MANY,
                    Measure::Least => 0,
                    Measure::Hundred => 1,
                };
                let one = || fields.iter().map(|field| Some(self.value(field, measure, day))).collect();
                Value::List(Arc::new((0..count).map(|_| one()).collect()))
            }
        }
    }
}

/// How much the request says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Everything.
    All,
    /// Only what the letter itself reads: the rest is missing.
    Read,
}

/// A number as large as it may be, as small, or a hundred.
fn number(fact: &Fact, in_steps: bool, money: bool, measure: Measure) -> Number {
    let unit = if money { Number::from(100) } else { Number::ONE };
    let range = fact.range.unwrap_or_default();
    let wanted = match measure {
        Measure::Most => Number::from(9_999_999),
        Measure::Least => Number::ZERO,
        Measure::Hundred => Number::from(100),
    };
    let mut wanted = wanted.times(unit).unwrap_or(wanted);
    let step = if in_steps { Number::ONE } else { Number::ZERO };
    if let Some((low, inside)) = range.low {
        wanted = wanted.max(if inside { low } else { low.plus(step).unwrap_or(low) });
    }
    if let Some((high, inside)) = range.high {
        wanted = wanted.min(if inside { high } else { high.minus(step).unwrap_or(high) });
    }
    wanted
}
