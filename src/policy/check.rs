//! From shapes to a policy: names, types, conditions, tables, sentences. Collects every problem, repairs none.

mod calendar;
mod facts;
mod ids;
mod intake;
mod letters;
mod names;
mod order;
mod parameters;
mod privacy;
mod recorded;
mod rules;
mod scenarios;
mod tables;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::file::{Basis, DigitStyle, InterpretationFile, Sentence};
use chrono::Datelike as _;
use ids::{Ids, Known, is_id};

use super::message::{self, Context, Message};
use super::read::{self, Files};
use super::{Clause, Interpretation, Policy, PolicyFile, Wording, lint, problems};
use crate::calendar::Period;
use crate::diag::{Citation, Code, Diagnostic, Diagnostics, Severity};
use crate::expression::lower::{Clock, Lowering};
use crate::expression::notation::Notation;
use crate::expression::program::{Node, Vocabulary};
use crate::expression::syntax::{Function, Syntax};
use crate::expression::types::{Record, Type};
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::words::Digits;
use crate::value::{Date, Text};

/// Reads and checks the files of a revision that stands in `folder`; with the policy come what is worth a look.
///
/// # Errors
///
/// Every problem of the files at once.
pub fn check(folder: &str, files: &[PolicyFile]) -> Result<(Policy, Diagnostics), Diagnostics> {
    check_files(folder, files, true)
}

/// The same, where the worked examples were left unread: the policy judges requests, and cannot be tested.
///
/// # Errors
///
/// Every problem of the files at once.
pub fn check_without_examples(
    folder: &str,
    files: &[PolicyFile],
) -> Result<(Policy, Diagnostics), Diagnostics> {
    check_files(folder, files, false)
}

fn check_files(
    folder: &str,
    files: &[PolicyFile],
    examples: bool,
) -> Result<(Policy, Diagnostics), Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let given = files;
    let Some(files) = read::read(folder, files, &mut diagnostics) else {
        diagnostics.sort();
        return Err(diagnostics);
    };
    let known = Known::of(&files);
    let mut check = Check::new(folder, &files, &known);
    if examples && files.scenarios.is_empty() && !files.lost.scenarios {
        check.push(problems::no_scenarios(folder));
    }
    let policy = check.policy();
    let lost = Lost {
        everything: files.lost.everything,
        names: files.lost.names.iter().chain(&check.lost).map(String::as_str).collect(),
    };
    // What could not be read cannot be found by name either: to say so again would only hide the cause.
    let found = check.diagnostics.0.into_iter().filter(|problem| !lost.explains(problem));
    diagnostics.0.extend(found);
    diagnostics.sort();
    match policy {
        Some(policy) if !diagnostics.has_errors() => {
            Ok((Policy { files: given.to_vec(), ..policy }, diagnostics))
        }
        _ => Err(diagnostics),
    }
}

/// What was written and could not be read or declared.
struct Lost<'a> {
    everything: bool,
    names: BTreeSet<&'a str>,
}

impl Lost<'_> {
    /// Does a problem only say that something is absent that was lost before?
    fn explains(&self, problem: &Diagnostic) -> bool {
        let names_something = matches!(
            problem.code,
            Code::UnknownName | Code::UnknownReference | Code::UnknownPlaceholder | Code::UnknownFunction
        );
        if !names_something {
            return false;
        }
        let Some((place, _)) = &problem.place else { return self.everything };
        let written = place.source.slice(&place.range).trim_matches(['"', '\'', ' ']);
        // The place of a call holds what it is given too.
        let is_call = problem.code == Code::UnknownFunction;
        let written = if is_call { written.split('(').next().unwrap_or_default().trim() } else { written };
        let last = written.rsplit('.').next().unwrap_or_default();
        let before = match written.rsplit_once('.') {
            Some((before, "earliest" | "latest" | "within")) => before,
            _ => written,
        };
        self.everything || [written, last, before].iter().any(|name| self.names.contains(name))
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// More errors than these are not told one by one.
const MOST_ERRORS: usize = 200;

/// The work of one check.
struct Check<'a> {
    folder: &'a str,
    files: &'a Files,
    notation: Notation,
    functions: BTreeMap<String, Function>,
    /// The functions that conditions call.
    called: BTreeSet<String>,
    vocabulary: Vocabulary,
    diagnostics: Diagnostics,
    /// So many of them are errors.
    errors: usize,
    /// Which clause the present part carries out, for citations.
    citing: Option<Citation>,
    /// What things are called that others refer to.
    known: &'a Known<'a>,
    /// The names of what was written wrongly and is therefore not declared.
    lost: BTreeSet<String>,
    /// Has it been said that there are more names than a policy can have?
    too_many_names: bool,
}

impl<'a> Check<'a> {
    fn new(folder: &'a str, files: &'a Files, known: &'a Known<'a>) -> Check<'a> {
        Check {
            folder,
            files,
            notation: Notation::default(),
            functions: BTreeMap::new(),
            called: BTreeSet::new(),
            vocabulary: Vocabulary::default(),
            diagnostics: Diagnostics::default(),
            errors: 0,
            citing: None,
            known,
            lost: BTreeSet::new(),
            too_many_names: false,
        }
    }

    fn policy(&mut self) -> Option<Policy> {
        let shape = &self.files.policy.shape;
        let source = &self.files.policy.source;
        let number = self.number();
        self.id(source, &at_key(&shape.id));
        self.folder_of_policy();
        self.not_empty(source, &shape.label);
        let title = self.sentence(source, &shape.title);
        self.in_force_from();
        self.functions();
        let clauses = self.clauses();
        let interpretations = self.interpretations();
        let roles = self.roles();
        if !self.files.procedure.shape.role.0.is_empty() {
            let ids = Ids::of(roles.iter().map(|role| role.id.as_str()));
            self.refer(source, &shape.owner, &role_kind(), &ids);
        }
        let review_every = self.calendar_period(source, &shape.review_every);
        let units = self.units();
        let unit = Text::new("وحدة", "unit");
        self.refer(source, &shape.currency, &unit, &Ids::of(units.keys().map(String::as_str)));
        let facts = self.facts();
        let channels = self.channels();
        let events = self.events();
        let documents = self.declare_documents();
        let builtin = self.builtin()?;
        let parameters = self.parameters(&facts);
        let score = self.values();
        let services = self.services();
        let rules = self.rules();
        let documents = self.documents(documents);
        let deadlines = self.deadlines(&events);
        let calendar = self.calendar();
        let frame = self.frame();
        let letters = self.letters(&events, &roles);
        let privacy = self.privacy(&events, &roles);
        let reasons = self.reasons();
        let invariants = self.invariants(&facts, score.is_some());
        let scenarios = self.scenarios();
        self.unused_functions();
        Some(Policy {
            id: shape.id.value.clone(),
            number: number?,
            label: shape.label.value.clone(),
            title,
            owner: shape.owner.value.clone(),
            in_force_from: shape.in_force_from.value.0,
            transition: shape.transition,
            review_every: review_every?,
            currency: shape.currency.value.clone(),
            utc_offset: shape.utc_offset.as_ref().and_then(|offset| self.utc_offset(source, offset)),
            digits: match shape.digits {
                DigitStyle::ArabicIndic => Digits::ArabicIndic,
                DigitStyle::Latin => Digits::Latin,
            },
            clauses,
            interpretations,
            vocabulary: std::mem::take(&mut self.vocabulary),
            builtin,
            facts,
            units,
            parameters,
            rules,
            score,
            services,
            channels,
            documents,
            deadlines,
            calendar,
            calendar_years: self.calendar_years(),
            events,
            roles,
            frame,
            letters,
            privacy,
            reasons,
            invariants,
            scenarios,
            files: vec![],
        })
    }

    /// The number of the revision must be the name of its folder.
    fn number(&mut self) -> Option<u32> {
        let number = &self.files.policy.shape.number;
        let folder = self.folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let value = u32::try_from(number.value).ok().filter(|value| *value > 0);
        if value.is_none() || (folder.parse() != Ok(number.value)) {
            let place = Place::new(&self.files.policy.source, number.range.clone());
            self.push(problems::revision_number(place, number.value, folder));
        }
        value
    }

    /// The id of the policy must be the name of the folder around it, where that is known.
    fn folder_of_policy(&mut self) {
        let id = &self.files.policy.shape.id;
        let folder = self.folder.trim_end_matches('/').rsplit('/').nth(1);
        if let Some(folder) =
            folder.filter(|folder| !matches!(*folder, "" | "." | "..") && *folder != id.value)
        {
            let place = Place::new(&self.files.policy.source, id.range.clone());
            self.push(problems::policy_folder(place, &id.value, folder));
        }
    }

    /// Minutes ahead of UTC: `+03:00`.
    fn utc_offset(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<i32> {
        let offset = text.value.parse::<chrono::FixedOffset>();
        if offset.is_err() {
            let place = Place::new(source, text.range.clone());
            let wanted =
                Text::new("فرقًا عن التوقيت العالمي، مثل +03:00", "an offset from UTC, such as +03:00");
            self.push(problems::bad_value(place, &text.value, &wanted));
        }
        offset.ok().map(|offset| offset.local_minus_utc() / 60)
    }

    fn functions(&mut self) {
        let Some(source) = &self.files.functions else { return };
        match self.notation.functions(source) {
            Ok(functions) => {
                for function in functions {
                    if names::RESERVED_NAMES.contains(&function.name.as_str()) {
                        let place = names::function_name(source, &function.name);
                        self.push(problems::reserved_name(place, &function.name));
                    }
                    self.functions.insert(function.name.clone(), function);
                }
            }
            Err(mut problem) => {
                // What cannot be read defines nothing: whoever calls it is not told so as well.
                let after_fn = source.text.split("fn ").skip(1);
                let names = after_fn.filter_map(|rest| rest.split(|letter: char| !is_of_name(letter)).next());
                self.lost.extend(names.map(str::to_owned));
                if problem.code == Code::ExpressionSyntax {
                    problem.code = Code::FileSyntax;
                    problem.message = Text::new(
                        "تعذَّرت قراءة ملف الدوال",
                        problem.message.en.replace("the condition", "the file of functions"),
                    );
                }
                self.push(problem);
            }
        }
    }

    /// A function is checked where it is called, with what it is given there: one that is not called is not checked at all.
    fn unused_functions(&mut self) {
        let mut waiting: Vec<String> = self.called.iter().cloned().collect();
        while let Some(name) = waiting.pop() {
            let mut calls = BTreeSet::new();
            if let Some(function) = self.functions.get(&name) {
                function.body.calls(&mut calls);
            }
            waiting.extend(calls.into_iter().filter(|call| self.called.insert(call.clone())));
        }
        let Some(source) = self.files.functions.as_ref().filter(|_| self.errors == 0) else { return };
        let unused = self.functions.keys().filter(|name| !self.called.contains(*name));
        let unused: Vec<String> = unused.cloned().collect();
        for name in unused {
            self.push(problems::unused_function(names::function_name(source, &name), &name));
        }
    }

    /// The first day of the revision, unless it was written as one long past: as a Hijri date would be.
    fn first_day(&self) -> Option<Date> {
        Some(self.files.policy.shape.in_force_from.value.0).filter(|day| (1950..2300).contains(&day.year()))
    }

    fn in_force_from(&mut self) {
        let day = &self.files.policy.shape.in_force_from;
        if self.first_day().is_none() {
            let place = Place::new(&self.files.policy.source, day.range.clone());
            let wanted = Text::new("تاريخ ميلادي قريب", "a Gregorian date of our time");
            self.push(problems::bad_value(place, &day.value.0.to_string(), &wanted));
        }
    }

    fn clauses(&mut self) -> Vec<Clause> {
        let source = &self.files.clauses.source;
        let mut clauses = Vec::new();
        for (key, clause) in self.files.clauses.shape.clause.iter() {
            self.id(source, key);
            self.not_empty(source, &clause.ar);
            self.not_empty(source, &clause.en);
            let text = Text::new(clause.ar.value.clone(), clause.en.value.clone());
            clauses.push(Clause {
                number: key.name.clone(),
                kind: clause.kind,
                text,
                is_value_statement: clause.value_statement,
            });
        }
        clauses
    }

    fn interpretations(&mut self) -> Vec<Interpretation> {
        let source = &self.files.interpretations.source;
        let mut interpretations = Vec::new();
        for (key, shape) in self.files.interpretations.shape.interpretation.iter() {
            self.id(source, key);
            self.clause(source, &shape.clause);
            let question = self.sentence(source, &shape.question);
            let mut options = Vec::new();
            for (key, option) in shape.option.iter() {
                self.id(source, key);
                options.push((key.name.clone(), self.sentence(source, option)));
            }
            let kind = Text::new("جواب", "option");
            let ids = Ids::of(shape.option.iter().map(|(key, _)| key.name.as_str()));
            let proposed = self.refer(source, &shape.proposed, &kind, &ids);
            let chosen = shape.chosen.as_ref().and_then(|chosen| self.refer(source, chosen, &kind, &ids));
            let answers = self.answers(source, shape);
            self.citing = None;
            if let Some(proposed) = proposed {
                interpretations.push(Interpretation {
                    id: key.name.clone(),
                    clause: shape.clause.value.clone(),
                    question,
                    options,
                    proposed,
                    chosen,
                    answers,
                });
            }
        }
        interpretations
    }

    /// Which findings an interpretation answers: those of its own clause, or of the clause that is named behind the code.
    fn answers(&mut self, source: &Arc<Source>, shape: &InterpretationFile) -> Vec<(Code, String)> {
        let known = self.known;
        let findings = Ids::of(lint::FINDINGS.iter().map(|finding| finding.code.name()));
        let mut answers = Vec::new();
        for answer in &shape.answers {
            let (code, clause) = match answer.value.split_once(' ') {
                Some((code, clause)) => (code, clause.trim()),
                None => (answer.value.as_str(), shape.clause.value.as_str()),
            };
            let code = At { range: answer.range.clone(), value: code.to_owned() };
            let clause = At { range: answer.range.clone(), value: clause.to_owned() };
            let found = self.refer(source, &code, &Text::new("ملاحظة", "finding"), &findings);
            if answer.value.contains(' ') {
                self.refer(source, &clause, &Text::new("بند", "clause"), &known.clauses);
            }
            let finding = found.and_then(|found| lint::FINDINGS.get(found));
            answers.extend(finding.map(|finding| (finding.code, clause.value)));
        }
        answers
    }

    fn push(&mut self, problem: Diagnostic) {
        if problem.severity == Severity::Error {
            self.errors += 1;
        }
        if self.errors > MOST_ERRORS {
            return;
        }
        let problem = if problem.clause.is_none() { problem.citing(self.citing.clone()) } else { problem };
        self.diagnostics.push(problem);
    }

    /// Are there so many problems that nobody would read on? Then near misses are no longer looked for.
    fn is_full(&self) -> bool {
        self.errors >= MOST_ERRORS
    }

    /// An id: cited in letters, written in sentences and file names, so it has plain signs only.
    fn id(&mut self, source: &Arc<Source>, key: &Key) {
        if !is_id(&key.name) {
            self.push(problems::bad_id(Place::new(source, key.range.clone()), &key.name));
        }
    }

    /// A reference to something by its id: says so where it does not exist.
    fn refer(
        &mut self,
        source: &Arc<Source>,
        id: &At<String>,
        kind: &Text,
        known: &Ids<'_>,
    ) -> Option<usize> {
        let found = known.find(&id.value);
        if found.is_none() {
            let place = Place::new(source, id.range.clone());
            let known = if self.is_full() { vec![] } else { known.in_order() };
            self.push(problems::unknown_reference(place, kind, &id.value, known));
        }
        found
    }

    /// References of which each stands only once in its list.
    fn refer_all(
        &mut self,
        source: &Arc<Source>,
        ids: &[At<String>],
        kind: &Text,
        known: &Ids<'_>,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for id in ids {
            if seen.insert(id.value.as_str()) {
                found.extend(self.refer(source, id, kind, known));
            }
        }
        found
    }

    /// The services that something concerns, by number; all where none is named.
    fn refer_services(
        &mut self,
        source: &Arc<Source>,
        ids: Option<&At<Vec<At<String>>>>,
    ) -> Option<Vec<usize>> {
        let ids = ids?;
        if ids.value.is_empty() {
            self.push(problems::concerns_nothing(Place::new(source, ids.range.clone())));
        }
        Some(self.refer_all(source, &ids.value, &Text::new("خدمة", "service"), &self.known.services))
    }

    /// The clause that a part carries out; problems in that part cite it.
    fn clause(&mut self, source: &Arc<Source>, number: &At<String>) -> String {
        let files = self.files;
        self.citing = None;
        let found = self.refer(source, number, &Text::new("بند", "clause"), &self.known.clauses);
        self.citing =
            found.and_then(|found| files.clauses.shape.clause.0.get(found)).map(|(_, clause)| Citation {
                number: number.value.clone(),
                text: Text::new(clause.ar.value.clone(), clause.en.value.clone()),
            });
        number.value.clone()
    }

    fn interpretation(&mut self, source: &Arc<Source>, id: Option<&At<String>>) -> Option<String> {
        let id = id?;
        self.refer(source, id, &Text::new("تفسير", "interpretation"), &self.known.interpretations);
        Some(id.value.clone())
    }

    fn not_empty(&mut self, source: &Arc<Source>, text: &At<String>) {
        if text.value.trim().is_empty() {
            self.push(problems::empty_text(Place::new(source, text.range.clone())));
        }
    }

    /// A sentence without placeholders.
    fn sentence(&mut self, source: &Arc<Source>, sentence: &Sentence) -> Text {
        self.not_empty(source, &sentence.ar);
        self.not_empty(source, &sentence.en);
        sentence.text()
    }

    /// A sentence with placeholders.
    fn wording(
        &mut self,
        source: &Arc<Source>,
        ar: &At<String>,
        en: &At<String>,
        context: Context<'_>,
    ) -> Option<Wording> {
        let (ar, en) = (self.message(source, ar, context), self.message(source, en, context));
        Some(Wording { ar: ar?, en: en? })
    }

    fn message(&mut self, source: &Arc<Source>, text: &At<String>, context: Context<'_>) -> Option<Message> {
        self.not_empty(source, text);
        if self.is_full() {
            return None;
        }
        match message::parse(&text.value, &self.vocabulary, context) {
            Ok(message) => Some(message),
            Err(errors) => {
                for error in &errors {
                    self.push(problems::message(source, &text.range, error));
                }
                None
            }
        }
    }

    fn period(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<Period> {
        match Period::parse(&text.value) {
            Ok(period) => Some(period),
            Err(_) => {
                self.push(problems::bad_period(Place::new(source, text.range.clone()), &text.value));
                None
            }
        }
    }

    /// A period of whole days, weeks or months.
    fn calendar_period(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<Period> {
        let period = self.period(source, text)?;
        if period.span().is_none() {
            let place = Place::new(source, text.range.clone());
            self.push(problems::not_on_the_calendar(place, &text.value));
        }
        Some(period)
    }

    /// A period of days: nobody notes the hour from which it would be counted.
    fn period_of_days(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<Period> {
        let period = self.period(source, text)?;
        if matches!(period, Period::Hours(_)) {
            let place = Place::new(source, text.range.clone());
            self.push(problems::not_in_hours(place, &text.value));
        }
        Some(period)
    }

    /// The syntax of a condition, which must stand in single quotes so that its columns can be shown.
    fn syntax(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<Syntax> {
        let Some(range) = inside_quotes(source, &text.range) else {
            self.push(problems::escaped_expression(Place::new(source, text.range.clone())));
            return None;
        };
        if self.is_full() {
            return None;
        }
        match self.notation.condition(source, range) {
            Ok(syntax) => {
                syntax.calls(&mut self.called);
                Some(syntax)
            }
            Err(problem) => {
                self.push(problem);
                None
            }
        }
    }

    fn condition(
        &mut self,
        source: &Arc<Source>,
        text: &At<String>,
        wanted: Option<&Type>,
        clock: Clock,
    ) -> Option<Node> {
        let syntax = self.syntax(source, text)?;
        let lowering = Lowering { vocabulary: &self.vocabulary, functions: &self.functions, clock };
        self.lowered(lowering.condition(&syntax, wanted))
    }

    fn on_each(&mut self, source: &Arc<Source>, text: &At<String>, record: &Arc<Record>) -> Option<Node> {
        let syntax = self.syntax(source, text)?;
        let lowering =
            Lowering { vocabulary: &self.vocabulary, functions: &self.functions, clock: Clock::Refused };
        self.lowered(lowering.on_each(&syntax, record))
    }

    fn lowered(&mut self, result: Result<Node, Vec<Diagnostic>>) -> Option<Node> {
        match result {
            Ok(node) => Some(node),
            Err(problems) => {
                for problem in problems {
                    self.push(problem);
                }
                None
            }
        }
    }
}

fn role_kind() -> Text {
    Text::new("دور", "role")
}

fn event_kind() -> Text {
    Text::new("حدث", "event")
}

fn document_kind() -> Text {
    Text::new("وثيقة", "document")
}

/// The bytes between single quotes, or nothing where the text stands in double ones.
fn inside_quotes(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    let raw = source.slice(range);
    let width = if raw.len() >= 6 && raw.starts_with("'''") && raw.ends_with("'''") {
        3
    } else if raw.len() >= 2 && raw.starts_with('\'') && raw.ends_with('\'') {
        1
    } else {
        return None;
    };
    Some(range.start + width..range.end - width)
}

/// A key as something that is referred to.
fn key_at(key: &Key) -> At<String> {
    At { range: key.range.clone(), value: key.name.clone() }
}

/// A text as a key, to be judged as an id.
fn at_key(text: &At<String>) -> Key {
    Key { name: text.value.clone(), range: text.range.clone() }
}

/// An assumption, unless it is said otherwise.
fn basis(source: Option<Basis>) -> Basis {
    source.unwrap_or(Basis::Assumption)
}
