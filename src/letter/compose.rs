//! Puts a letter together: each piece of the policy's wording with its values.
//!
//! `said` has what each placeholder says, `subjects` what pieces are repeated for, `frame` what every letter shares.

mod frame;
mod said;
mod subjects;

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde_json::Value as Json;

use super::data::{Code, Dated, LetterData, Look, Piece as PieceData, Run, Runs, Table};
use super::{Details, Matter, Refusal, may_issue, record};
use crate::calendar;
use crate::evaluation::explain::Explanation;
use crate::evaluation::request::Request;
use crate::evaluation::timetable::{self, Term};
use crate::evaluation::wording::{Fragment, Sentence, Writer, both};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Slot, Value};
use crate::policy::message::{Aspect, End, Form, Message, Part, Special};
use crate::policy::{About, Carries, Each, FactKind, Letter, Policy, Wording};
use crate::value::{Lang, Text};
use subjects::Subject;

/// When and under what a letter is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The moment.
    pub at: NaiveDateTime,
    /// Has nobody approved the revision? Then the letter is a trial, and says so.
    pub trial: bool,
}

/// Composes a letter about a request, or about the policy alone.
///
/// # Errors
///
/// It may not be issued now, or something that it must say is not known.
pub fn compose<'a>(
    matter: impl Into<Matter<'a>>,
    id: &str,
    lang: Lang,
    occasion: Occasion,
) -> Result<LetterData, Refusal> {
    let matter = matter.into();
    let policy = matter.policy();
    let Some(letter) = policy.letter(id) else {
        return Err(Refusal::unknown(policy, id));
    };
    let explanation = match (matter, letter.about) {
        (Matter::Request(explanation), About::Request) => Some(explanation),
        (Matter::Policy(..), About::Policy) => None,
        (Matter::Request(_), About::Policy) => return Err(Refusal::OfPolicy),
        (Matter::Policy(..), About::Request) => return Err(Refusal::OfRequest),
    };
    if let Some(explanation) = explanation {
        may_issue(explanation, letter)?;
    }
    let request = explanation.map(|explanation| as_issued(policy, explanation.request, letter, occasion));
    let values = values(matter, request.as_ref(), occasion);
    let frame = Frame::new(&policy.vocabulary, &values);
    let terms = request.as_ref().map(|request| timetable::terms(policy, request, &frame)).unwrap_or_default();
    let mut clerk = Clerk {
        explanation,
        policy,
        request: request.as_ref(),
        letter,
        details: matter.details(),
        frame: &frame,
        terms: &terms,
        writer: Writer { policy, lang },
        occasion,
        lacking: vec![],
        passed: vec![],
        to_come: vec![],
    };
    clerk.check()?;
    let data = clerk.letter();
    let refusals = [
        Refusal::Lacking(once_each(clerk.lacking)),
        Refusal::Passed(once_each(clerk.passed)),
        Refusal::ToCome(once_each(clerk.to_come)),
    ];
    refusals.into_iter().find(|refusal| !refusal.is_empty()).map_or(Ok(data), Err)
}

/// Handing a letter over brings its event about: deadlines in it are counted from the day on which it counts as received.
fn as_issued(policy: &Policy, request: &Request, letter: &Letter, occasion: Occasion) -> Request {
    let mut request = request.clone();
    if let Some(starts) = letter.starts
        && !request.events.contains_key(&starts)
    {
        let channel = request.channel.and_then(|channel| policy.channels.get(channel));
        let deemed = channel.zip(policy.calendar.as_ref()).and_then(|(channel, calendar)| {
            calendar::due_date(occasion.at.date(), channel.deemed, calendar::Roll::None, calendar).ok()
        });
        let day = deemed.unwrap_or_else(|| occasion.at.date());
        request.events.insert(starts, day.and_time(occasion.at.time()));
    }
    request
}

/// Every value that the letter may say: of the evaluation, or the board's numbers alone; and its details.
fn values(matter: Matter<'_>, request: Option<&Request>, occasion: Occasion) -> Vec<Option<Value>> {
    let policy = matter.policy();
    let mut values = match matter {
        Matter::Request(explanation) => explanation.evaluation.values().to_vec(),
        Matter::Policy(..) => vec![None; policy.vocabulary.len()],
    };
    let mut set = |slot: Slot, value: Option<Value>| {
        if let Some(place) = values.get_mut(slot.index()) {
            *place = value;
        }
    };
    match request {
        Some(request) => {
            for (index, moment) in &request.events {
                if let Some(event) = policy.events.get(*index) {
                    set(event.slot, Some(Value::Date(moment.date())));
                }
            }
        }
        None => {
            for parameter in &policy.parameters {
                set(parameter.slot, parameter.on(occasion.at.date()).cloned());
            }
        }
    }
    for (slot, value) in matter.details() {
        set(*slot, Some(value.clone()));
    }
    values
}

fn once_each(texts: Vec<Text>) -> Vec<Text> {
    let mut unique: Vec<Text> = Vec::new();
    for text in texts {
        if !unique.contains(&text) {
            unique.push(text);
        }
    }
    unique
}

/// Writes one letter, and notes what it lacks.
struct Clerk<'a> {
    /// The request and what the policy says of it; nothing where the letter concerns no request.
    explanation: Option<&'a Explanation<'a>>,
    policy: &'a Policy,
    /// The request as it stands once the letter is handed over.
    request: Option<&'a Request>,
    letter: &'a Letter,
    details: &'a Details,
    frame: &'a Frame<'a>,
    terms: &'a [Term],
    writer: Writer<'a>,
    occasion: Occasion,
    lacking: Vec<Text>,
    passed: Vec<Text>,
    to_come: Vec<Text>,
}

impl<'a> Clerk<'a> {
    /// What the policy demands of this very letter, such as who comes to whom.
    fn check(&mut self) -> Result<(), Refusal> {
        for check in &self.letter.checks {
            match self.frame.evaluate(&check.condition) {
                Outcome::Known(Value::Bool(true)) => {}
                Outcome::Known(_) => return Err(Refusal::NotNow(check.otherwise.clone())),
                Outcome::Unknown => {
                    let needs = self.frame.needs(&check.condition);
                    let names: Vec<Text> = needs.into_iter().map(|slot| self.slot_name(slot)).collect();
                    self.lacking.extend(names);
                }
                Outcome::Fault(_) => return Err(Refusal::Fault),
            }
        }
        Ok(())
    }

    fn letter(&mut self) -> LetterData {
        let letter = self.letter;
        let is_applicant = letter.signer.is_none();
        let mut text = BTreeMap::new();
        for piece in &letter.text {
            if piece.must_have_passed {
                let to_come = self.passed(&piece.wording, false);
                if !to_come.is_empty() {
                    if !piece.optional {
                        self.to_come.extend(to_come);
                    }
                    continue;
                }
            } else if !piece.may_have_passed {
                let passed = self.passed(&piece.wording, true);
                if !passed.is_empty() {
                    // What may be left out is, rather than promise a day that is over.
                    if !piece.optional {
                        self.passed.extend(passed);
                    }
                    continue;
                }
            }
            match piece.each {
                None => {
                    let (sentence, lacks) = self.write(&piece.wording, Subject::Whole);
                    if sentence.is_whole {
                        text.insert(piece.name.clone(), PieceData::One(runs(sentence)));
                    } else if !piece.optional {
                        self.lacking.extend(lacks);
                    }
                }
                Some(each) => {
                    let mut entries = Vec::new();
                    for subject in self.listed(each, piece.optional) {
                        let (sentence, lacks) = self.write(&piece.wording, subject);
                        if sentence.is_whole {
                            entries.push(capitalised(runs(sentence)));
                        } else if !piece.optional {
                            self.lacking.extend(lacks);
                        }
                    }
                    text.insert(piece.name.clone(), PieceData::Each(entries));
                }
            }
        }
        let mut tables = BTreeMap::new();
        for table in &letter.tables {
            let lang = self.writer.lang;
            let head =
                table.columns.iter().map(|(head, _)| vec![Run::Plain(head.get(lang).to_owned())]).collect();
            let mut rows = Vec::new();
            for subject in self.listed(table.each, table.optional) {
                rows.push(table.columns.iter().map(|(_, cell)| self.cell(cell, subject)).collect());
            }
            tables.insert(table.name.clone(), Table { head, rows });
        }
        let lang = self.writer.lang;
        let today = self.occasion.at.date();
        let (record, digest) = self.record(&text, &tables);
        let reference = self.request.and_then(|request| request.case_ref.as_ref());
        LetterData {
            id: letter.id.clone(),
            template: letter.template.clone(),
            lang,
            digits: self.writer.digits(),
            trial: self.occasion.trial,
            title: vec![Run::Plain(letter.title.get(lang).to_owned())],
            subject: letter.subject.as_ref().map(|subject| self.required(subject, Subject::Whole)),
            reference: reference.map(|reference| runs_of(vec![self.code(reference)])),
            date: Dated {
                hijri: vec![Run::Plain(self.writer.date(today, Form::Hijri))],
                gregorian: vec![Run::Plain(self.writer.date(today, Form::Gregorian))],
            },
            attachments: letter
                .attachments
                .as_ref()
                .map(|attachments| self.required(attachments, Subject::Whole)),
            frame: self.frame_data(is_applicant),
            text,
            table: tables,
            signer: self.signer(),
            look: Look::of(self.policy, lang),
            code: Some(self.verification(&record::digest(&record))),
            beside: None,
            digest,
            attached: letter.carries != Carries::Nothing,
            record,
        }
    }

    fn verification(&self, digest: &str) -> Code {
        let url = self.policy.frame.as_ref().and_then(|frame| frame.verify_url.as_deref());
        Code::new(&self.policy.id, &self.letter.id, digest, url)
    }

    /// What the file carries, and the digest that the page bears: of the declared facts where the applicant signs, else of the record.
    fn record(&self, text: &BTreeMap<String, PieceData>, tables: &BTreeMap<String, Table>) -> (Json, String) {
        let record = match self.explanation.filter(|_| self.letter.carries == Carries::Evaluation) {
            Some(explanation) => {
                record::of_evaluation(explanation, self.letter, self.writer.lang, self.occasion)
            }
            None => record::of_words(self.policy, self.letter, self.writer.lang, self.occasion, text, tables),
        };
        let signed = self.explanation.filter(|_| self.letter.signer.is_none());
        let digest = signed
            .map_or_else(|| record::digest(&record), |explanation| explanation.evaluation.digest.clone());
        (record, digest)
    }

    /// The deadlines of which a sentence speaks, and whose day lies before that of the letter, or does not.
    fn passed(&self, wording: &Wording, have_passed: bool) -> Vec<Text> {
        let parts = self.writer.pick(wording).0.iter().filter_map(|part| {
            let Part::Special(Special::Deadline(deadline, end), _) = part else { return None };
            let day = self
                .end(*deadline, *end)?
                .day()
                .filter(|day| (*day < self.occasion.at.date()) == have_passed)?;
            let title = &self.policy.deadlines.get(usize::from(*deadline))?.title;
            let day = both(self.policy, |writer| writer.date(day, Form::Weekday));
            Some(Text::new(format!("{} ({})", title.ar, day.ar), format!("{} ({})", title.en, day.en)))
        });
        parts.collect()
    }

    /// A sentence that must be whole.
    fn required(&mut self, wording: &Wording, subject: Subject<'_>) -> Runs {
        self.passed.extend(self.passed(wording, true));
        let (sentence, lacks) = self.write(wording, subject);
        self.lacking.extend(lacks);
        runs(sentence)
    }

    /// A cell of a table; what the applicant wrote in words of their own is left as it was written.
    fn cell(&mut self, wording: &Wording, subject: Subject<'_>) -> Runs {
        let own_words = matches!(subject, Subject::Fact(fact, ..) if matches!(fact.kind, FactKind::Text))
            && self
                .writer
                .pick(wording)
                .0
                .iter()
                .any(|part| matches!(part, Part::Special(Special::Of(Aspect::Value), _)));
        let runs = self.required(wording, subject);
        if own_words { runs } else { capitalised(runs) }
    }

    /// A sentence, and what it lacks.
    fn write(&self, wording: &Wording, subject: Subject<'_>) -> (Sentence, Vec<Text>) {
        let message = self.writer.pick(wording);
        let sentence =
            self.writer.sentence(message, self.frame, &|special, form| self.special(special, form, subject));
        let lacks = if sentence.is_whole { vec![] } else { self.lacks(message, subject) };
        (sentence, lacks)
    }

    fn lacks(&self, message: &Message, subject: Subject<'_>) -> Vec<Text> {
        let parts = message.0.iter().filter_map(|part| match part {
            Part::Value(slot, _) | Part::Select { slot, otherwise: None, .. }
                if !matches!(self.frame.value(*slot), Outcome::Known(_)) =>
            {
                Some(self.slot_name(*slot))
            }
            Part::Special(special, form) if self.special(*special, *form, subject).is_none() => {
                Some(self.special_name(*special, subject))
            }
            Part::Words(_) | Part::Value(..) | Part::Special(..) | Part::Select { .. } => None,
        });
        parts.collect()
    }

    /// What people call a named value, and where it is written.
    fn slot_name(&self, slot: Slot) -> Text {
        match self.policy.vocabulary.get(slot) {
            Some(named) => Text::new(
                format!("{} (`{}`)", named.label.ar, named.id),
                format!("{} (`{}`)", named.label.en, named.id),
            ),
            None => Text::default(),
        }
    }

    /// What a piece or table is repeated for; a list that must be there and is not, is noted.
    fn listed(&mut self, each: Each, may_be_absent: bool) -> Vec<Subject<'a>> {
        let subjects = self.subjects(each);
        if let Each::Detail(slot) = each
            && subjects.is_empty()
            && !may_be_absent
        {
            let name = self.slot_name(slot);
            self.lacking.push(name);
        }
        subjects
    }

    fn code(&self, text: &str) -> Fragment {
        Fragment::code(text, self.writer.digits())
    }

    fn term(&self, deadline: u16) -> Option<&Term> {
        self.terms.iter().find(|term| term.deadline == usize::from(deadline))
    }

    fn end(&self, deadline: u16, end: End) -> Option<&timetable::End> {
        let term = self.term(deadline)?;
        match end {
            End::Earliest => term.earliest.as_ref(),
            End::Latest => term.latest.as_ref(),
            End::Within => None,
        }
    }
}

/// An entry of a list begins with a capital where its language has them.
fn capitalised(mut runs: Runs) -> Runs {
    if let Some(Run::Plain(text)) = runs.first_mut() {
        let mut letters = text.chars();
        *text =
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    }
    runs
}

fn runs(sentence: Sentence) -> Runs {
    runs_of(sentence.fragments)
}

fn runs_of(fragments: Vec<Fragment>) -> Runs {
    let mut runs: Runs = Vec::new();
    for fragment in fragments {
        match (runs.last_mut(), fragment.is_code) {
            (_, true) => runs.push(Run::Code(fragment.text)),
            (Some(Run::Plain(before)), false) => before.push_str(&fragment.text),
            (_, false) => runs.push(Run::Plain(fragment.text)),
        }
    }
    runs.retain(|run| !matches!(run, Run::Plain(text) | Run::Code(text) if text.is_empty()));
    runs
}

fn without_stop(text: &str) -> String {
    text.trim_end_matches(['.', ' ']).to_owned()
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
