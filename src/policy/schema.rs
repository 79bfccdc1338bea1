//! JSON Schemas of the policy files, derived from the shapes by which they are read: for editors, and for programs that write them.

use schemars::{JsonSchema as _, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use super::file::{
    CalendarFile, ChangesFile, ChannelsFile, ClausesFile, DeadlinesFile, DocumentsFile, FactsFile,
    InterpretationsFile, InvariantsFile, LettersFile, ParametersFile, PolicyFile, PriorityFile, PrivacyFile,
    ProcedureFile, RulesFile, ScenarioFile, ServicesFile, UnitsFile,
};
use crate::source::schema::{Writer, document};

type Shape = fn(&mut SchemaGenerator) -> Schema;

/// The files by name; each of `scenarios/` has the same shape.
const FILES: &[(&str, Shape)] = &[
    ("policy", PolicyFile::json_schema),
    ("clauses", ClausesFile::json_schema),
    ("interpretations", InterpretationsFile::json_schema),
    ("facts", FactsFile::json_schema),
    ("units", UnitsFile::json_schema),
    ("parameters", ParametersFile::json_schema),
    ("rules", RulesFile::json_schema),
    ("priority", PriorityFile::json_schema),
    ("services", ServicesFile::json_schema),
    ("channels", ChannelsFile::json_schema),
    ("documents", DocumentsFile::json_schema),
    ("deadlines", DeadlinesFile::json_schema),
    ("calendar", CalendarFile::json_schema),
    ("procedure", ProcedureFile::json_schema),
    ("letters", LettersFile::json_schema),
    ("privacy", PrivacyFile::json_schema),
    ("invariants", InvariantsFile::json_schema),
    ("changes", ChangesFile::json_schema),
    ("scenarios", ScenarioFile::json_schema),
];

/// The names of the files that have a schema: `rules` for `rules.toml`, `scenarios` for each file of that folder.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The schema of one file; nothing where no file has that name.
pub fn file(name: &str) -> Option<Json> {
    let (name, shape) = FILES.iter().find(|(known, _)| *known == name)?;
    let mut generator = SchemaGenerator::default();
    let root = shape(&mut generator);
    let title = if *name == "scenarios" { "scenarios/*.toml".to_owned() } else { format!("{name}.toml") };
    Some(document(&title, Writer::Person, root, generator))
}

/// One schema for every file: it takes whatever is a file of a policy, and defines each under its name, as `rules.toml`.
pub fn files() -> Json {
    let mut generator = SchemaGenerator::default();
    let mut shapes = Map::new();
    let mut any = Vec::new();
    for (name, shape) in FILES {
        any.push(json!({ "$ref": format!("#/$defs/{name}.toml") }));
        shapes.insert(format!("{name}.toml"), shape(&mut generator).to_value());
    }
    let root = json_schema!({ "anyOf": any, "$defs": shapes });
    document("a file of a policy", Writer::Person, root, generator)
}
