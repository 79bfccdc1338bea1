//! From the text of the files to their shapes: everything that can be said without knowing what the names mean.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::PolicyFile;
use super::file::{
    CalendarFile, ChangesFile, ChannelsFile, ClausesFile, DeadlinesFile, DocumentsFile, FactsFile,
    InterpretationsFile, InvariantsFile, LettersFile, ParametersFile, PolicyFile as PolicyShape,
    PriorityFile, PrivacyFile, ProcedureFile, RulesFile, ScenarioFile, ServicesFile, UnitsFile,
};
use super::{hidden, look, problems};
use crate::diag::Diagnostics;
use crate::source::{self, Node, Source, Value, de};

/// A file's shape, and the file.
#[derive(Debug, Clone)]
pub struct Read<T> {
    /// What it says.
    pub shape: T,
    /// The file.
    pub source: Arc<Source>,
}

/// The shapes of all files.
#[derive(Debug)]
pub struct Files {
    /// `policy.toml`
    pub policy: Read<PolicyShape>,
    /// `clauses.toml`
    pub clauses: Read<ClausesFile>,
    /// `interpretations.toml`
    pub interpretations: Read<InterpretationsFile>,
    /// `facts.toml`
    pub facts: Read<FactsFile>,
    /// `units.toml`
    pub units: Read<UnitsFile>,
    /// `parameters.toml`
    pub parameters: Read<ParametersFile>,
    /// `rules.toml`
    pub rules: Read<RulesFile>,
    /// `priority.toml`
    pub priority: Read<PriorityFile>,
    /// `services.toml`
    pub services: Read<ServicesFile>,
    /// `channels.toml`
    pub channels: Read<ChannelsFile>,
    /// `documents.toml`
    pub documents: Read<DocumentsFile>,
    /// `deadlines.toml`
    pub deadlines: Read<DeadlinesFile>,
    /// `calendar.toml`
    pub calendar: Option<Read<CalendarFile>>,
    /// `procedure.toml`
    pub procedure: Read<ProcedureFile>,
    /// `letters.toml`
    pub letters: Read<LettersFile>,
    /// `privacy.toml`
    pub privacy: Read<PrivacyFile>,
    /// `changes.toml`
    pub changes: Read<ChangesFile>,
    /// `invariants.toml`
    pub invariants: Read<InvariantsFile>,
    /// `functions.rhai`
    pub functions: Option<Arc<Source>>,
    /// `scenarios/*.toml`, by name, each with its whole tree.
    pub scenarios: BTreeMap<String, (Read<ScenarioFile>, Node)>,
    /// Pictures beside them.
    pub pictures: Vec<(String, Arc<Source>)>,
    /// What was written and could not be read.
    pub lost: Lost,
}

/// What was written and could not be read: to say again that it does not exist would only hide the cause.
#[derive(Debug, Clone, Default)]
pub struct Lost {
    /// A whole file: nobody knows which names stood in it.
    pub everything: bool,
    /// Perhaps a scenario: there was a file for one.
    pub scenarios: bool,
    /// The names in files of which a part could not be read.
    pub names: BTreeSet<String>,
    /// Where such parts stand, by the names of their files.
    pub places: BTreeMap<String, Vec<usize>>,
}

impl Lost {
    fn all_of(&mut self, node: &Node) {
        match &node.value {
            Value::Table(entries) => {
                for (key, node) in entries {
                    self.names.insert(key.name.clone());
                    self.all_of(node);
                }
            }
            Value::Array(nodes) => nodes.iter().for_each(|node| self.all_of(node)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::String(_) => {}
        }
    }
}

/// The files that a revision may have.
pub const KNOWN: &[&str] = &[
    "policy.toml",
    "clauses.toml",
    "interpretations.toml",
    "facts.toml",
    "units.toml",
    "parameters.toml",
    "rules.toml",
    "priority.toml",
    "services.toml",
    "channels.toml",
    "documents.toml",
    "deadlines.toml",
    "calendar.toml",
    "procedure.toml",
    "letters.toml",
    "privacy.toml",
    "invariants.toml",
    "changes.toml",
    "functions.rhai",
];

/// Files that stand in the folder and are not for us to read.
const PASSED_OVER: &[&str] = &["README.md", "SHA256SUMS"];

/// Reads every file of a revision that stands in `folder`. Nothing comes back where `policy.toml` is absent or beyond reading.
pub fn read(folder: &str, files: &[PolicyFile], diagnostics: &mut Diagnostics) -> Option<Files> {
    for file in files.iter().filter(|file| !PASSED_OVER.contains(&file.path.as_str())) {
        // Which pictures belong to it is said in `letters.toml`.
        if look::is_picture(&file.path) {
            continue;
        }
        if !KNOWN.contains(&file.path.as_str()) && scenario_name(&file.path).is_none() {
            diagnostics.push(problems::unknown_file(&file.source, &file.path));
        }
        hidden::refuse_in_text(&file.source, diagnostics);
    }
    let mut reader = Reader { folder, files, diagnostics, lost: Lost::default(), broken_from: None };
    let policy = reader.required("policy.toml");
    let clauses = reader.required("clauses.toml");
    let facts = reader.required("facts.toml");
    let rules = reader.required("rules.toml");
    let interpretations = reader.optional("interpretations.toml");
    let units = reader.optional("units.toml");
    let parameters = reader.optional("parameters.toml");
    let priority = reader.optional("priority.toml");
    let services = reader.optional("services.toml");
    let channels = reader.optional("channels.toml");
    let documents = reader.optional("documents.toml");
    let deadlines = reader.optional("deadlines.toml");
    let calendar = reader.present("calendar.toml");
    let procedure = reader.optional("procedure.toml");
    let letters = reader.optional("letters.toml");
    let privacy = reader.optional("privacy.toml");
    let invariants = reader.optional("invariants.toml");
    let changes = reader.optional("changes.toml");
    let mut scenarios = BTreeMap::new();
    for file in files {
        if let Some(name) = scenario_name(&file.path) {
            let node = reader.tree(&file.source);
            reader.lost.scenarios = true;
            if let Some(shape) = reader.shape(&file.source, &node) {
                scenarios.insert(name.to_owned(), (Read { shape, source: Arc::clone(&file.source) }, node));
            }
        }
    }
    let functions = reader.find("functions.rhai").map(|file| Arc::clone(&file.source));
    let lost = reader.lost;
    let pictures = files.iter().filter(|file| look::is_picture(&file.path));
    let pictures = pictures.map(|file| (file.path.clone(), Arc::clone(&file.source))).collect();
    Some(Files {
        policy: policy?,
        clauses: clauses.unwrap_or_else(|| nothing(folder, "clauses.toml")),
        interpretations,
        facts: facts.unwrap_or_else(|| nothing(folder, "facts.toml")),
        units,
        parameters,
        rules: rules.unwrap_or_else(|| nothing(folder, "rules.toml")),
        priority,
        services,
        channels,
        documents,
        deadlines,
        calendar,
        procedure,
        letters,
        privacy,
        invariants,
        changes,
        functions,
        scenarios,
        pictures,
        lost,
    })
}

/// Reads one file that stands beside the revisions, such as `board.toml`, with the same care.
pub fn one<T: for<'de> Deserialize<'de>>(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<T> {
    hidden::refuse_in_text(source, diagnostics);
    let lost = Lost::default();
    let mut reader = Reader { folder: "", files: &[], diagnostics, lost, broken_from: None };
    let node = reader.tree(source);
    reader.shape(source, &node)
}

/// The name of a scenario, where the path is that of one.
pub(super) fn scenario_name(path: &str) -> Option<&str> {
    path.strip_prefix("scenarios/")?.strip_suffix(".toml").filter(|name| !name.contains('/'))
}

/// A file that says nothing.
fn nothing<T: Default>(folder: &str, path: &str) -> Read<T> {
    Read { shape: T::default(), source: Source::new(format!("{folder}/{path}"), "") }
}

/// More problems of one file than these are not told one by one.
const MOST_OF_A_FILE: usize = 100;

struct Reader<'a> {
    folder: &'a str,
    files: &'a [PolicyFile],
    diagnostics: &'a mut Diagnostics,
    lost: Lost,
    /// Where the present file can no longer be read.
    broken_from: Option<usize>,
}

impl<'a> Reader<'a> {
    fn find(&self, path: &str) -> Option<&'a PolicyFile> {
        self.files.iter().find(|file| file.path == path)
    }

    fn required<T: for<'de> Deserialize<'de>>(&mut self, path: &str) -> Option<Read<T>> {
        if self.find(path).is_none() {
            self.diagnostics.push(problems::missing_file(self.folder, path));
            self.lost.everything = true;
        }
        self.present(path)
    }

    fn optional<T: for<'de> Deserialize<'de> + Default>(&mut self, path: &str) -> Read<T> {
        self.present(path).unwrap_or_else(|| nothing(self.folder, path))
    }

    fn present<T: for<'de> Deserialize<'de>>(&mut self, path: &str) -> Option<Read<T>> {
        let file = self.find(path)?;
        let node = self.tree(&file.source);
        let shape = self.shape(&file.source, &node)?;
        Some(Read { shape, source: Arc::clone(&file.source) })
    }

    fn tree(&mut self, source: &Arc<Source>) -> Node {
        let (node, errors) = source::read_toml(&source.text);
        self.lost.everything |= !errors.is_empty();
        self.broken_from = errors.iter().map(|error| error.range.start).min();
        let mut twice = None;
        for error in errors.iter().take(MOST_OF_A_FILE) {
            // Below a heading that stands twice, all its keys do.
            let start = error.range.start;
            let is_repeated = problems::is_written_twice(error);
            let before = twice.and_then(|heading| source.text.get(heading..start));
            if is_repeated && before.is_some_and(|before| !before.contains("\n[")) {
                continue;
            }
            let line = source.text.get(..start).and_then(|before| before.rsplit('\n').next());
            twice = (is_repeated && line.is_some_and(|line| line.starts_with('['))).then_some(start);
            self.diagnostics.push(problems::file_syntax(source, error));
        }
        hidden::refuse_in_values(source, &node, self.diagnostics);
        node
    }

    fn shape<T: for<'de> Deserialize<'de>>(&mut self, source: &Arc<Source>, node: &Node) -> Option<T> {
        let mut found = Vec::new();
        let shape = de::read(node, &mut found);
        if !found.is_empty() {
            self.lost.all_of(node);
        }
        // Behind the first place that cannot be read, nothing stands where it was meant to.
        let whole = self.broken_from.unwrap_or(usize::MAX);
        let found = found.into_iter().filter(|problem| problem.range.start < whole);
        for problem in found.take(MOST_OF_A_FILE) {
            self.lost.places.entry(source.name.clone()).or_default().push(problem.range.start);
            self.diagnostics.push(problems::shape(source, problem));
        }
        shape
    }
}
