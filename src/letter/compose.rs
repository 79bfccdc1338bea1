//! Puts a letter together: each piece of the policy's wording with its values.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::data::{
    Code, Dated, Frame as FrameData, LetterData, Look, Piece as PieceData, Run, Runs, Signer, Table,
};
use super::{Refusal, may_issue, record};
use crate::calendar;
use crate::evaluation::checklist::State;
use crate::evaluation::explain::{self, Explanation};
use crate::evaluation::request::{Presented, Reading, Request};
use crate::evaluation::timetable::{self, Term};
use crate::evaluation::wording::{Fragment, Sentence, Writer, both};
use crate::evaluation::{Ruling, Verdict};
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::Value;
use crate::policy::message::{Form, Message, Part, Special};
use crate::policy::{Document, Each, Fact, FactKind, FoundBy, Letter, Policy, Rule, RuleKind, Wording};
use crate::value::words::{self, Case};
use crate::value::{Date, Lang, Number, Text};

/// When and under what a letter is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The moment.
    pub at: NaiveDateTime,
    /// Has nobody approved the revision? Then the letter is a trial, and says so.
    pub trial: bool,
}

/// Composes a letter.
///
/// # Errors
///
/// It may not be issued now, or something that it must say is not known.
pub fn compose(
    explanation: &Explanation<'_>,
    id: &str,
    lang: Lang,
    occasion: Occasion,
) -> Result<LetterData, Refusal> {
    let policy = explanation.policy;
    let Some(letter) = policy.letters.iter().find(|letter| letter.id == id) else {
        return Err(Refusal::unknown(policy, id));
    };
    may_issue(explanation, letter)?;
    let request = as_issued(policy, explanation.request, letter, occasion);
    let mut values = explanation.evaluation.values().to_vec();
    for (index, moment) in &request.events {
        if let Some(place) = policy.events.get(*index).and_then(|event| values.get_mut(event.slot.index())) {
            *place = Some(Value::Date(moment.date()));
        }
    }
    let frame = Frame::new(&policy.vocabulary, &values);
    let terms = timetable::terms(policy, &request, &frame);
    let record = record::of(explanation, letter, lang, occasion);
    let digest =
        if letter.signer.is_none() { explanation.evaluation.digest.clone() } else { record::digest(&record) };
    let mut clerk = Clerk {
        explanation,
        policy,
        request: &request,
        letter,
        frame: &frame,
        terms: &terms,
        writer: explanation.writer(lang),
        occasion,
        lacking: vec![],
        passed: vec![],
    };
    let data = clerk.letter(record, digest);
    let (lacking, passed) = (once_each(clerk.lacking), once_each(clerk.passed));
    match (lacking.is_empty(), passed.is_empty()) {
        (true, true) => Ok(data),
        (false, _) => Err(Refusal::Lacking(lacking)),
        (true, false) => Err(Refusal::Passed(passed)),
    }
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
    explanation: &'a Explanation<'a>,
    policy: &'a Policy,
    request: &'a Request,
    letter: &'a Letter,
    frame: &'a Frame<'a>,
    terms: &'a [Term],
    writer: Writer<'a>,
    occasion: Occasion,
    lacking: Vec<Text>,
    passed: Vec<Text>,
}

/// What a piece is being written for.
#[derive(Clone, Copy)]
enum Subject<'a> {
    /// The request as a whole.
    Request,
    /// A rule, and what it came to.
    Rule(&'a Rule, &'a Ruling),
    /// A paper that is missing.
    MissingPaper(usize, &'a Document),
    /// A fact that is missing.
    MissingFact(&'a Fact),
    /// A fact, its value, and the paper that says so.
    Fact(&'a Fact, &'a Value, Option<usize>),
    /// A paper that was shown.
    Paper(usize, &'a Document, &'a Presented),
    /// A factor of the score.
    Factor(&'a Text, Number),
    /// A fact on which the sources differ, and what each says.
    Differing(&'a Fact, &'a [Reading]),
}

impl<'a> Clerk<'a> {
    fn letter(&mut self, record: serde_json::Value, digest: String) -> LetterData {
        let letter = self.letter;
        let is_applicant = letter.signer.is_none();
        let mut text = BTreeMap::new();
        for piece in &letter.text {
            if !piece.may_have_passed {
                let passed = self.passed(&piece.wording);
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
                    let (sentence, lacks) = self.write(&piece.wording, Subject::Request);
                    if sentence.is_whole {
                        text.insert(piece.name.clone(), PieceData::One(runs(sentence)));
                    } else if !piece.optional {
                        self.lacking.extend(lacks);
                    }
                }
                Some(each) => {
                    let mut entries = Vec::new();
                    for subject in self.subjects(each) {
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
            for subject in self.subjects(table.each) {
                rows.push(table.columns.iter().map(|(_, cell)| self.cell(cell, subject)).collect());
            }
            tables.insert(table.name.clone(), Table { head, rows });
        }
        let lang = self.writer.lang;
        let today = self.occasion.at.date();
        LetterData {
            id: letter.id.clone(),
            template: letter.template.clone(),
            lang,
            digits: self.writer.digits(),
            trial: self.occasion.trial,
            title: vec![Run::Plain(letter.title.get(lang).to_owned())],
            subject: letter.subject.as_ref().map(|subject| self.required(subject, Subject::Request)),
            reference: self.request.case_ref.as_ref().map(|reference| runs_of(vec![self.code(reference)])),
            date: Dated {
                hijri: vec![Run::Plain(self.writer.date(today, Form::Hijri))],
                gregorian: vec![Run::Plain(self.writer.date(today, Form::Gregorian))],
            },
            attachments: letter
                .attachments
                .as_ref()
                .map(|attachments| self.required(attachments, Subject::Request)),
            frame: self.frame_data(is_applicant),
            text,
            table: tables,
            signer: self.signer(),
            look: Look::of(self.policy, lang),
            code: Some(self.verification(&record::digest(&record))),
            beside: None,
            digest,
            record,
        }
    }

    fn verification(&self, digest: &str) -> Code {
        let url = self.policy.frame.as_ref().and_then(|frame| frame.verify_url.as_deref());
        Code::new(&self.policy.id, &self.letter.id, digest, url)
    }

    fn frame_data(&mut self, is_applicant: bool) -> FrameData {
        let basis = self.basis();
        let Some(frame) = &self.policy.frame else {
            return FrameData {
                association_ar: String::new(),
                association_en: String::new(),
                license: vec![],
                contacts: vec![],
                addressee: None,
                opening: None,
                closing: None,
                basis,
            };
        };
        // A declaration addresses nobody: the applicant speaks. A paper of the association's own has no greeting.
        let own = self.letter.addressee.as_ref();
        let mut unless =
            |spared: bool, wording: &Wording| (!spared).then(|| self.required(wording, Subject::Request));
        let addressee = unless(is_applicant, own.unwrap_or(&frame.addressee));
        let opening = unless(is_applicant || own.is_some(), &frame.opening);
        let closing = unless(is_applicant || own.is_some(), &frame.closing);
        FrameData {
            association_ar: frame.association.ar.clone(),
            association_en: frame.association.en.clone(),
            license: self.required(&frame.license, Subject::Request),
            contacts: self.required(&frame.contacts, Subject::Request),
            addressee,
            opening,
            closing,
            basis: match &frame.basis {
                Some(wording) => self.required(wording, Subject::Request),
                None => basis,
            },
        }
    }

    fn basis(&self) -> Runs {
        let label = Fragment::code(self.policy.label.clone(), self.writer.digits());
        let (before, after) = match (self.writer.lang, self.occasion.trial) {
            (Lang::Ar, true) => {
                (format!("أُعدَّ وفق {}، النسخة ", self.policy.title.ar), " (مسودة لم يعتمدها المجلس)")
            }
            (Lang::Ar, false) => (format!("أُعدَّ وفق {}، النسخة ", self.policy.title.ar), ""),
            (Lang::En, true) => (
                format!("Made under the {}, revision ", lower_first(&self.policy.title.en)),
                " (a draft that the board has not approved)",
            ),
            (Lang::En, false) => {
                (format!("Made under the {}, revision ", lower_first(&self.policy.title.en)), "")
            }
        };
        runs_of(vec![Fragment::words(before), label, Fragment::words(after)])
    }

    fn signer(&self) -> Signer {
        let lang = self.writer.lang;
        let (ways, drawn) = (self.letter.signatures.clone(), None);
        match self.letter.signer.and_then(|role| self.policy.roles.get(role)) {
            Some(role) => {
                let role = capitalised(vec![Run::Plain(role.label.get(lang).to_owned())]);
                Signer { role, name: None, is_applicant: false, ways, drawn }
            }
            None => {
                let role = match lang {
                    Lang::Ar => "مقدِّم الطلب",
                    Lang::En => "The applicant",
                };
                let name = self.policy.facts.iter().find(|fact| fact.id == "applicant.name");
                let name = name.and_then(|fact| self.request.value(fact.slot)).map(|name| {
                    vec![Run::Plain(self.writer.value(
                        &crate::expression::types::Type::Text,
                        name,
                        Form::Usual,
                        &[],
                    ))]
                });
                Signer { role: vec![Run::Plain(role.to_owned())], name, is_applicant: true, ways, drawn }
            }
        }
    }

    /// The deadlines of which a sentence speaks, and whose day lies before that of the letter.
    fn passed(&self, wording: &Wording) -> Vec<Text> {
        let parts = self.writer.pick(wording).0.iter().filter_map(|part| {
            let (deadline, end) = match part {
                Part::Special(Special::Earliest(index), _) => (*index, self.term(*index)?.earliest.as_ref()?),
                Part::Special(Special::Latest(index), _) => (*index, self.term(*index)?.latest.as_ref()?),
                Part::Words(_) | Part::Value(..) | Part::Special(..) | Part::Select { .. } => return None,
            };
            let day = end.day().filter(|day| *day < self.occasion.at.date())?;
            let title = &self.policy.deadlines.get(usize::from(deadline))?.title;
            let day = both(self.policy, |writer| writer.date(day, Form::Weekday));
            Some(Text::new(format!("{} ({})", title.ar, day.ar), format!("{} ({})", title.en, day.en)))
        });
        parts.collect()
    }

    /// A sentence that must be whole.
    fn required(&mut self, wording: &Wording, subject: Subject<'_>) -> Runs {
        self.passed.extend(self.passed(wording));
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
                .any(|part| matches!(part, Part::Special(Special::Value, _)));
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
            Part::Value(slot, _) if !matches!(self.frame.value(*slot), Outcome::Known(_)) => {
                self.policy.vocabulary.get(*slot).map(|named| {
                    Text::new(
                        format!("{} (`{}`)", named.label.ar, named.id),
                        format!("{} (`{}`)", named.label.en, named.id),
                    )
                })
            }
            Part::Special(special, form) if self.special(*special, *form, subject).is_none() => {
                Some(self.special_name(*special))
            }
            Part::Words(_) | Part::Value(..) | Part::Special(..) | Part::Select { .. } => None,
        });
        parts.collect()
    }

    fn special_name(&self, special: Special) -> Text {
        match special {
            Special::CaseRef => Text::new("رقم الطلب (`case_ref`)", "the number of the request (`case_ref`)"),
            Special::Channel => Text::new("القناة (`channel`)", "the channel (`channel`)"),
            Special::Quantity => Text::new("المقدار الذي يُمنح", "the quantity that is granted"),
            Special::Earliest(index) | Special::Latest(index) => {
                let deadline = self.policy.deadlines.get(usize::from(index));
                let event = deadline.and_then(|deadline| self.policy.events.get(deadline.from));
                match (deadline, event) {
                    (Some(deadline), Some(event)) => Text::new(
                        format!("موعد «{}» (`events.{}`)", deadline.title.ar, event.id),
                        format!("the deadline “{}” (`events.{}`)", deadline.title.en, event.id),
                    ),
                    _ => Text::new("موعد", "a deadline"),
                }
            }
            Special::DecisionDate | Special::DecisionMeeting | Special::DecisionMinutes => {
                Text::new("قرار اللجنة (`[decision]`)", "the committee's decision (`[decision]`)")
            }
            Special::Prepare => Text::new("ما يهيئه مقدِّم الطلب", "what the person makes ready"),
            Special::Delivery => Text::new("موعد تقديم الخدمة", "the delivery time"),
            Special::Date => Text::new("تاريخ الوثيقة", "the date of a paper"),
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
            | Special::Points
            | Special::Service
            | Special::Today
            | Special::Submitted
            | Special::Policy
            | Special::Revision
            | Special::Digest
            | Special::Signer => Text::new("بيان", "a value"),
        }
    }

    /// What a piece is repeated for.
    fn subjects(&self, each: Each) -> Vec<Subject<'a>> {
        let (policy, explanation) = (self.policy, self.explanation);
        let evaluation = explanation.evaluation;
        let rules = |verdict: Verdict, kinds: &'static [RuleKind]| {
            let rulings = explanation.rulings(verdict).filter(move |(rule, _)| kinds.contains(&rule.kind));
            rulings.map(|(rule, ruling)| Subject::Rule(rule, ruling)).collect()
        };
        match each {
            Each::Met => {
                rules(Verdict::Met, &[RuleKind::Eligibility, RuleKind::Procedural, RuleKind::Exemption])
            }
            Each::NotMet => rules(Verdict::NotMet, &[RuleKind::Eligibility]),
            Each::Missing => {
                let documents = evaluation.missing.documents.iter();
                let mut subjects: Vec<Subject<'a>> = documents
                    .filter_map(|index| {
                        policy.documents.get(*index).map(|document| Subject::MissingPaper(*index, document))
                    })
                    .collect();
                for fact in evaluation.missing.facts.iter().filter_map(|slot| policy.fact_at(*slot)) {
                    // The paper that is asked for shows the fact: to ask for both would be to ask twice.
                    let shown =
                        fact.shown_by.iter().any(|index| evaluation.missing.documents.contains(index));
                    // What a visit or the association's own records show is not asked of the person.
                    if !shown && fact.found_by == FoundBy::Applicant {
                        subjects.push(Subject::MissingFact(fact));
                    }
                }
                subjects
            }
            Each::Facts => {
                let declared = policy.facts.iter().filter(|fact| fact.found_by == FoundBy::Applicant);
                declared
                    .filter_map(|fact| {
                        let reading = explanation.request.readings.get(&fact.slot)?.first()?;
                        Some(Subject::Fact(fact, &reading.value, reading.document))
                    })
                    .collect()
            }
            Each::Documents | Each::Evidence => {
                let presented = explanation.request.documents.iter();
                presented
                    .filter(|(index, _)| {
                        each == Each::Documents
                            || evaluation.papers.get(**index).is_some_and(|paper| paper.state.is_valid())
                    })
                    .filter_map(|(index, presented)| {
                        Some(Subject::Paper(*index, policy.documents.get(*index)?, presented))
                    })
                    .collect()
            }
            Each::Rules => explanation.shown().map(|(rule, ruling)| Subject::Rule(rule, ruling)).collect(),
            Each::Differing => {
                let facts = evaluation.differing.iter().filter_map(|slot| policy.fact_at(*slot));
                facts
                    .filter_map(|fact| {
                        Some(Subject::Differing(fact, explanation.request.readings.get(&fact.slot)?))
                    })
                    .collect()
            }
            Each::Factors => {
                let (Some(score), Some(priority)) = (&policy.score, &evaluation.priority) else {
                    return vec![];
                };
                let factors = score.factors.iter().zip(&priority.factors);
                factors
                    .filter_map(|(factor, points)| {
                        points.map(|points| Subject::Factor(&factor.label, points))
                    })
                    .collect()
            }
        }
    }

    fn code(&self, text: &str) -> Fragment {
        Fragment::code(text, self.writer.digits())
    }

    fn special(&self, special: Special, form: Form, subject: Subject<'_>) -> Option<Vec<Fragment>> {
        let lang = self.writer.lang;
        let words = |text: String| Some(vec![Fragment::words(text)]);
        let text = |text: &Text| words(text.get(lang).to_owned());
        let date = |date: Date| words(self.writer.date(date, form));
        if let Some(fragments) = self.of_subject(special, form, subject) {
            return Some(fragments);
        }
        let service = self.policy.services.get(self.request.service);
        let decision = self.request.decision.as_ref();
        match special {
            Special::CaseRef => self.request.case_ref.as_ref().map(|reference| vec![self.code(reference)]),
            Special::Service => text(&service?.title),
            Special::Channel => text(&self.policy.channels.get(self.request.channel?)?.title),
            Special::Quantity => {
                let quantity = service?.quantity.as_ref()?;
                match self.frame.evaluate(quantity) {
                    Outcome::Known(value) => words(self.writer.value(&quantity.ty, &value, form, &[])),
                    Outcome::Unknown | Outcome::Fault(_) => None,
                }
            }
            Special::Delivery => words(service?.delivery?.words(lang, Case::Genitive, self.writer.digits())),
            Special::Prepare => text(service?.prepare.as_ref()?),
            Special::Today => date(self.occasion.at.date()),
            Special::Submitted => date(self.request.submitted_at.date()),
            Special::Policy => text(&self.policy.title),
            Special::Revision => Some(vec![self.code(&self.policy.label)]),
            Special::Result => text(&explain::conclusion(self.explanation.evaluation.result)),
            Special::Digest => {
                self.explanation.evaluation.digest.get(..16).map(|digest| vec![self.code(digest)])
            }
            Special::Signer => text(&self.policy.roles.get(self.letter.signer?)?.label),
            Special::Missing => {
                let facts = self
                    .explanation
                    .evaluation
                    .missing
                    .facts
                    .iter()
                    .filter_map(|slot| self.policy.fact_at(*slot));
                let labels: Vec<&str> = facts.map(|fact| fact.label.get(lang)).collect();
                words(words::list(&labels, lang))
            }
            Special::DecisionMeeting => Some(vec![self.code(&decision?.meeting)]),
            Special::DecisionDate => date(decision?.date),
            Special::DecisionMinutes => Some(vec![self.code(&decision?.minutes)]),
            Special::Earliest(index) => date(self.term(index)?.earliest.as_ref()?.day()?),
            Special::Latest(index) => date(self.term(index)?.latest.as_ref()?.day()?),
            Special::Differing
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
            | Special::Date
            | Special::Points => None,
        }
    }

    fn term(&self, deadline: u16) -> Option<&Term> {
        self.terms.iter().find(|term| term.deadline == usize::from(deadline))
    }

    /// What a placeholder says of the thing that a piece is repeated for.
    fn of_subject(&self, special: Special, form: Form, subject: Subject<'_>) -> Option<Vec<Fragment>> {
        let lang = self.writer.lang;
        let words = |text: String| Some(vec![Fragment::words(text)]);
        match (special, subject) {
            (Special::Reason, Subject::Rule(_, ruling)) => {
                let mut fragments = self.explanation.reason_in(ruling, self.writer).fragments;
                // The letter's own sentence goes on after the reason.
                if let Some(last) = fragments.last_mut() {
                    last.text.truncate(last.text.trim_end_matches(['.', ' ']).len());
                }
                Some(fragments)
            }
            (Special::Verdict, Subject::Rule(_, ruling)) => {
                words(explain::verdict(ruling.verdict).get(lang).to_owned())
            }
            (Special::Basis, Subject::Rule(rule, ruling)) => {
                words(self.explanation.basis(rule, ruling).get(lang).to_owned())
            }
            (Special::Label, Subject::Differing(fact, _)) => words(fact.label.get(lang).to_owned()),
            (Special::Value, Subject::Differing(fact, readings)) => {
                let mut fragments = Vec::new();
                for reading in readings {
                    if !fragments.is_empty() {
                        fragments.push(Fragment::words(" · "));
                    }
                    fragments.extend(self.writer.fact(fact, &reading.value));
                    let source = self.explanation.source(reading.document, lang);
                    fragments.push(Fragment::words(format!(" ({source})")));
                }
                Some(fragments)
            }
            (Special::Rule, Subject::Rule(rule, _)) => Some(vec![self.code(&rule.id)]),
            (Special::Clause, Subject::Rule(rule, _)) => Some(vec![self.code(&rule.clause)]),
            (Special::Title, Subject::Rule(rule, _)) => words(rule.title.get(lang).to_owned()),
            (Special::Item, Subject::MissingPaper(index, document)) => {
                let state = self.explanation.evaluation.papers.get(index).map(|paper| paper.state)?;
                let title = document.title.get(lang);
                words(if state == State::NotShown {
                    title.to_owned()
                } else {
                    format!("{title} ({})", state.text(self.writer.digits()).get(lang))
                })
            }
            (Special::Why, Subject::MissingPaper(_, document)) => words(without_stop(document.why.get(lang))),
            (Special::Accepted, Subject::MissingPaper(_, document)) => {
                let accepted = document.accepted.as_ref().unwrap_or(&document.title);
                words(without_stop(accepted.get(lang)))
            }
            (Special::Item, Subject::MissingFact(fact)) => {
                let label = fact.label.get(lang);
                words(match self.explanation.missing_in_list(fact.slot, lang) {
                    Some(fields) => format!("{label}: {fields}"),
                    None => label.to_owned(),
                })
            }
            (Special::Why, Subject::MissingFact(fact)) => {
                let purpose = fact.purpose.as_ref().or(fact.ask.as_ref()).unwrap_or(&fact.label);
                words(without_stop(purpose.get(lang)))
            }
            (Special::Accepted, Subject::MissingFact(fact)) => {
                let papers = fact.shown_by.iter().filter_map(|index| self.policy.documents.get(*index));
                let titles: Vec<&str> = papers.map(|document| document.title.get(lang)).collect();
                let own = match lang {
                    Lang::Ar => "بيانكم",
                    Lang::En => "your own statement",
                };
                words(if titles.is_empty() { own.to_owned() } else { words::list(&titles, lang) })
            }
            (Special::Label, Subject::Fact(fact, ..)) => words(fact.label.get(lang).to_owned()),
            (Special::Value, Subject::Fact(fact, value, _)) => Some(self.writer.fact(fact, value)),
            (Special::Source, Subject::Fact(_, _, document)) => {
                words(self.explanation.source(document, lang))
            }
            (Special::Title, Subject::Paper(_, document, _)) => words(document.title.get(lang).to_owned()),
            (Special::State, Subject::Paper(index, ..)) => {
                let paper = self.explanation.evaluation.papers.get(index)?;
                words(paper.state.text(self.writer.digits()).get(lang).to_owned())
            }
            (Special::Date, Subject::Paper(_, _, presented)) => {
                // A paper that bears no day was seen on the day of the request.
                let day = presented.issued.unwrap_or_else(|| self.request.submitted_at.date());
                words(self.writer.date(day, form))
            }
            (Special::Label, Subject::Factor(label, _)) => words(label.get(lang).to_owned()),
            (Special::Points, Subject::Factor(_, points)) => {
                words(words::plain(points, lang, self.writer.digits()))
            }
            _ => None,
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

fn without_stop(text: &str) -> String {
    text.trim_end_matches(['.', ' ']).to_owned()
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
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
