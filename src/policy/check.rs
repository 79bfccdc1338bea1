//! From shapes to a policy: names, types, conditions, tables, sentences. Collects every problem, repairs none.

mod intake;
mod letters;
mod names;
mod rules;
mod scenarios;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::file::{Basis, DigitStyle, Sentence};
use super::message::{self, Context, Message};
use super::read::{self, Files};
use super::{Clause, Interpretation, Policy, PolicyFile, Wording, problems};
use crate::calendar::Period;
use crate::diag::{Citation, Code, Diagnostic, Diagnostics};
use crate::expression::lower::{Clock, Lowering};
use crate::expression::notation::{Function, Notation, Syntax};
use crate::expression::program::{Node, Vocabulary};
use crate::expression::types::{Record, Type};
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::Text;
use crate::value::words::Digits;

/// Reads and checks the files of a revision that stands in `folder`; with the policy come what is worth a look.
///
/// # Errors
///
/// Every problem of the files at once.
pub fn check(folder: &str, files: &[PolicyFile]) -> Result<(Policy, Diagnostics), Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let Some(files) = read::read(folder, files, &mut diagnostics) else {
        diagnostics.sort();
        return Err(diagnostics);
    };
    let shapes_are_whole = !diagnostics.has_errors();
    let mut check = Check::new(folder, &files);
    let policy = check.policy();
    let mut found = check.diagnostics.0;
    if !shapes_are_whole {
        // What could not be read cannot be found by name either: to say so again would only hide the cause.
        found.retain(|diagnostic| !follows_from_shapes(diagnostic.code));
    }
    diagnostics.0.extend(found);
    diagnostics.sort();
    match policy {
        Some(policy) if !diagnostics.has_errors() => Ok((policy, diagnostics)),
        _ => Err(diagnostics),
    }
}

fn follows_from_shapes(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownName
            | Code::UnknownReference
            | Code::UnknownPlaceholder
            | Code::UnknownFunction
            | Code::NoScenarios
    )
}

/// The work of one check.
struct Check<'a> {
    folder: &'a str,
    files: &'a Files,
    notation: Notation,
    functions: BTreeMap<String, Function>,
    vocabulary: Vocabulary,
    diagnostics: Diagnostics,
    /// Which clause the present part carries out, for citations.
    citing: Option<Citation>,
}

impl<'a> Check<'a> {
    fn new(folder: &'a str, files: &'a Files) -> Check<'a> {
        Check {
            folder,
            files,
            notation: Notation::default(),
            functions: BTreeMap::new(),
            vocabulary: Vocabulary::default(),
            diagnostics: Diagnostics::default(),
            citing: None,
        }
    }

    fn policy(&mut self) -> Option<Policy> {
        let shape = &self.files.policy.shape;
        let source = &self.files.policy.source;
        let number = self.number();
        self.functions();
        let clauses = self.clauses();
        let interpretations = self.interpretations();
        let roles = self.roles();
        if !self.files.procedure.shape.role.0.is_empty() {
            self.refer(source, &shape.owner, &role_kind(), roles.iter().map(|role| role.id.as_str()));
        }
        let review_every = self.period(source, &shape.review_every);
        let units = self.units();
        if !units.contains_key(&shape.currency.value) {
            self.refer(source, &shape.currency, &Text::new("وحدة", "unit"), units.keys().map(String::as_str));
        }
        let mut facts = self.facts();
        let channels = self.channels();
        let events = self.events();
        let documents = self.declare_documents();
        let builtin = self.builtin()?;
        let parameters = self.parameters(&facts);
        let score = self.values();
        self.show(&mut facts);
        let services = self.services();
        let rules = self.rules();
        let documents = self.documents(documents);
        let deadlines = self.deadlines(&events);
        let calendar = self.calendar();
        let frame = self.frame();
        let letters = self.letters(&events, &roles);
        let scenarios = self.scenarios();
        Some(Policy {
            id: shape.id.value.clone(),
            number: number?,
            label: shape.label.value.clone(),
            title: shape.title.text(),
            owner: shape.owner.value.clone(),
            in_force_from: shape.in_force_from.value.0,
            transition: shape.transition,
            review_every: review_every?,
            currency: shape.currency.value.clone(),
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
            events,
            roles,
            frame,
            letters,
            scenarios,
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

    fn functions(&mut self) {
        let Some(source) = &self.files.functions else { return };
        match self.notation.functions(source) {
            Ok(functions) => {
                for function in functions {
                    self.functions.insert(function.name.clone(), function);
                }
            }
            Err(mut problem) => {
                if problem.code == Code::ExpressionSyntax {
                    problem.code = Code::FileSyntax;
                }
                self.push(problem);
            }
        }
    }

    fn clauses(&mut self) -> Vec<Clause> {
        let source = &self.files.clauses.source;
        let shape = &self.files.clauses.shape;
        shape
            .clause
            .iter()
            .map(|(key, clause)| {
                self.not_empty(source, &clause.ar);
                self.not_empty(source, &clause.en);
                Clause {
                    number: key.name.clone(),
                    kind: clause.kind,
                    text: Text::new(clause.ar.value.clone(), clause.en.value.clone()),
                }
            })
            .collect()
    }

    fn interpretations(&mut self) -> Vec<Interpretation> {
        let source = &self.files.interpretations.source;
        let mut interpretations = Vec::new();
        for (key, shape) in self.files.interpretations.shape.interpretation.iter() {
            self.clause(source, &shape.clause);
            self.sentence(source, &shape.question);
            let options: Vec<(String, Text)> =
                shape.option.iter().map(|(key, option)| (key.name.clone(), option.text())).collect();
            let kind = Text::new("جواب", "option");
            let choose = |check: &mut Self, chosen: &At<String>| {
                check.refer(source, chosen, &kind, options.iter().map(|(id, _)| id.as_str()));
                options.iter().position(|(id, _)| *id == chosen.value)
            };
            let proposed = choose(self, &shape.proposed);
            let chosen = shape.chosen.as_ref().and_then(|chosen| choose(self, chosen));
            self.citing = None;
            if let Some(proposed) = proposed {
                interpretations.push(Interpretation {
                    id: key.name.clone(),
                    clause: shape.clause.value.clone(),
                    question: shape.question.text(),
                    options,
                    proposed,
                    chosen,
                });
            }
        }
        interpretations
    }

    fn push(&mut self, problem: Diagnostic) {
        let problem = if problem.clause.is_none() { problem.citing(self.citing.clone()) } else { problem };
        self.diagnostics.push(problem);
    }

    /// A reference to something by its id: says so where it does not exist.
    fn refer<'k>(
        &mut self,
        source: &Arc<Source>,
        id: &At<String>,
        kind: &Text,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<usize> {
        let known: Vec<&str> = known.into_iter().collect();
        let found = known.iter().position(|other| *other == id.value);
        if found.is_none() {
            let place = Place::new(source, id.range.clone());
            self.push(problems::unknown_reference(place, kind, &id.value, known));
        }
        found
    }

    fn refer_all<'k>(
        &mut self,
        source: &Arc<Source>,
        ids: &[At<String>],
        kind: &Text,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Vec<usize> {
        let known: Vec<&str> = known.into_iter().collect();
        ids.iter().filter_map(|id| self.refer(source, id, kind, known.iter().copied())).collect()
    }

    /// The services that something concerns, by number; all where none is named.
    fn refer_services(&mut self, source: &Arc<Source>, ids: Option<&Vec<At<String>>>) -> Option<Vec<usize>> {
        let files = self.files;
        let known = files.services.shape.service.iter().map(|(key, _)| key.name.as_str());
        ids.map(|ids| self.refer_all(source, ids, &Text::new("خدمة", "service"), known))
    }

    /// The clause that a part carries out; problems in that part cite it.
    fn clause(&mut self, source: &Arc<Source>, number: &At<String>) -> String {
        let files = self.files;
        self.citing = None;
        let known = files.clauses.shape.clause.iter().map(|(key, _)| key.name.as_str());
        self.refer(source, number, &Text::new("بند", "clause"), known);
        self.citing = files.clauses.shape.clause.get(&number.value).map(|clause| Citation {
            number: number.value.clone(),
            text: Text::new(clause.ar.value.clone(), clause.en.value.clone()),
        });
        number.value.clone()
    }

    fn interpretation(&mut self, source: &Arc<Source>, id: Option<&At<String>>) -> Option<String> {
        let files = self.files;
        let id = id?;
        let known = files.interpretations.shape.interpretation.iter().map(|(key, _)| key.name.as_str());
        self.refer(source, id, &Text::new("تفسير", "interpretation"), known);
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

    /// The syntax of a condition, which must stand in single quotes so that its columns can be shown.
    fn syntax(&mut self, source: &Arc<Source>, text: &At<String>) -> Option<Syntax> {
        let Some(range) = inside_quotes(source, &text.range) else {
            self.push(problems::escaped_expression(Place::new(source, text.range.clone())));
            return None;
        };
        match self.notation.condition(source, range) {
            Ok(syntax) => Some(syntax),
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

/// An assumption, unless it is said otherwise.
fn basis(source: Option<Basis>) -> Basis {
    source.unwrap_or(Basis::Assumption)
}
