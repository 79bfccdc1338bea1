//! From the text of the files to their shapes: everything that can be said without knowing what the names mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::PolicyFile;
use super::file::{
    CalendarFile, ChannelsFile, ClausesFile, DeadlinesFile, DocumentsFile, FactsFile, InterpretationsFile,
    LettersFile, ParametersFile, PolicyFile as PolicyShape, PriorityFile, ProcedureFile, RulesFile,
    ScenarioFile, ServicesFile, UnitsFile,
};
use super::problems;
use crate::diag::Diagnostics;
use crate::source::{self, Node, Source, de};

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
    /// `functions.rhai`
    pub functions: Option<Arc<Source>>,
    /// `scenarios/*.toml`, by name, each with its whole tree.
    pub scenarios: BTreeMap<String, (Read<ScenarioFile>, Node)>,
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
    "functions.rhai",
];

/// Files that stand in the folder and are not for us to read.
const PASSED_OVER: &[&str] = &["README.md", "SHA256SUMS"];

/// Reads every file of a revision that stands in `folder`. Nothing comes back where a file without which no policy can be is
/// absent or beyond reading.
pub fn read(folder: &str, files: &[PolicyFile], diagnostics: &mut Diagnostics) -> Option<Files> {
    for file in files {
        let known = KNOWN.contains(&file.path.as_str()) || PASSED_OVER.contains(&file.path.as_str());
        let scenario = file
            .path
            .strip_prefix("scenarios/")
            .is_some_and(|name| name.ends_with(".toml") && !name.contains('/'));
        if !known && !scenario {
            diagnostics.push(problems::unknown_file(&file.source, &file.path));
        }
    }
    let reader = Reader { folder, files };
    let policy = reader.required("policy.toml", diagnostics);
    let clauses = reader.required("clauses.toml", diagnostics);
    let facts = reader.required("facts.toml", diagnostics);
    let rules = reader.required("rules.toml", diagnostics);
    let interpretations = reader.optional("interpretations.toml", diagnostics);
    let units = reader.optional("units.toml", diagnostics);
    let parameters = reader.optional("parameters.toml", diagnostics);
    let priority = reader.optional("priority.toml", diagnostics);
    let services = reader.optional("services.toml", diagnostics);
    let channels = reader.optional("channels.toml", diagnostics);
    let documents = reader.optional("documents.toml", diagnostics);
    let deadlines = reader.optional("deadlines.toml", diagnostics);
    let calendar = reader.present("calendar.toml", diagnostics);
    let procedure = reader.optional("procedure.toml", diagnostics);
    let letters = reader.optional("letters.toml", diagnostics);
    let mut scenarios = BTreeMap::new();
    for file in files {
        let Some(name) = file.path.strip_prefix("scenarios/").and_then(|name| name.strip_suffix(".toml"))
        else {
            continue;
        };
        let node = tree(&file.source, diagnostics);
        if let Some(shape) = shape(&file.source, &node, diagnostics) {
            scenarios.insert(name.to_owned(), (Read { shape, source: Arc::clone(&file.source) }, node));
        }
    }
    Some(Files {
        policy: policy?,
        clauses: clauses?,
        interpretations,
        facts: facts?,
        units,
        parameters,
        rules: rules?,
        priority,
        services,
        channels,
        documents,
        deadlines,
        calendar,
        procedure,
        letters,
        functions: reader.find("functions.rhai").map(|file| Arc::clone(&file.source)),
        scenarios,
    })
}

struct Reader<'a> {
    folder: &'a str,
    files: &'a [PolicyFile],
}

impl Reader<'_> {
    fn find(&self, path: &str) -> Option<&PolicyFile> {
        self.files.iter().find(|file| file.path == path)
    }

    fn required<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Read<T>> {
        if self.find(path).is_none() {
            diagnostics.push(problems::missing_file(self.folder, path));
        }
        self.present(path, diagnostics)
    }

    fn optional<T: for<'de> Deserialize<'de> + Default>(
        &self,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Read<T> {
        self.present(path, diagnostics).unwrap_or_else(|| Read {
            shape: T::default(),
            source: Source::new(format!("{}/{path}", self.folder), ""),
        })
    }

    fn present<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Read<T>> {
        let file = self.find(path)?;
        let node = tree(&file.source, diagnostics);
        let shape = shape(&file.source, &node, diagnostics)?;
        Some(Read { shape, source: Arc::clone(&file.source) })
    }
}

fn tree(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Node {
    let (node, errors) = source::read_toml(&source.text);
    for error in errors {
        diagnostics.push(problems::file_syntax(source, error));
    }
    node
}

fn shape<T: for<'de> Deserialize<'de>>(
    source: &Arc<Source>,
    node: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let mut found = Vec::new();
    let shape = de::read(node, &mut found);
    for problem in found {
        diagnostics.push(problems::shape(source, problem));
    }
    shape
}
