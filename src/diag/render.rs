//! Problems as people and programs read them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, Title};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use super::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Place;
use crate::source::schema::of_answer;
use crate::value::{Lang, Text};

/// Should the text carry colours?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// With the escapes of a terminal.
    Coloured,
}

/// One problem with its line, caret, help and clause.
pub fn text(diagnostic: &Diagnostic, lang: Lang, style: Style) -> String {
    together(&[diagnostic], lang, style)
}

/// Problems of one line: their titles, the line with a caret for each, what helps with each, the clause.
fn together(diagnostics: &[&Diagnostic], lang: Lang, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut told: Vec<&Diagnostic> = Vec::new();
    for diagnostic in diagnostics {
        // The same slip made twice in a line is told once, with two carets.
        if !told.iter().any(|other| (other.code, &other.message) == (diagnostic.code, &diagnostic.message)) {
            told.push(diagnostic);
        }
    }
    let Some((last, before)) = told.split_last() else { return String::new() };
    let mut text = String::new();
    for diagnostic in before {
        text.push_str(&renderer.render(&[Group::with_title(title(diagnostic, lang))]));
        text.push('\n');
    }
    let mut group = Group::with_title(title(last, lang));
    let primary = diagnostics.iter().flat_map(|one| &one.place).map(|place| (place, AnnotationKind::Primary));
    let also = diagnostics.iter().flat_map(|one| &one.also).map(|place| (place, AnnotationKind::Context));
    let mut places: Vec<_> = primary.chain(also).collect();
    if diagnostics.len() > 1 {
        // One excerpt for all carets of a file: what stands alone keeps an excerpt of its own.
        let mut snippets: Vec<(&Place, Vec<_>)> = Vec::new();
        for ((place, label), kind) in places.drain(..) {
            let annotation = kind.span(shown_range(place)).label(shown(label, lang));
            match snippets.iter_mut().find(|(known, _)| known.source.name == place.source.name) {
                Some((_, annotations)) => annotations.push(annotation),
                None => snippets.push((place, vec![annotation])),
            }
        }
        for (place, annotations) in snippets {
            let snippet = Snippet::source(place.source.text.as_str()).path(place.source.name.as_str());
            group = group.element(snippet.annotations(annotations));
        }
    }
    for ((place, label), kind) in places {
        group = group.element(
            Snippet::source(place.source.text.as_str())
                .path(place.source.name.as_str())
                .annotation(kind.span(shown_range(place)).label(shown(label, lang))),
        );
    }
    let help_name = match lang {
        Lang::Ar => "إرشاد",
        Lang::En => "help",
    };
    let one_kind = diagnostics.iter().all(|diagnostic| diagnostic.code == last.code);
    let mut helps: Vec<(String, &str)> = Vec::new();
    for diagnostic in diagnostics {
        let name =
            if one_kind { help_name.to_owned() } else { format!("{help_name}[{}]", diagnostic.code.name()) };
        for help in &diagnostic.help {
            let help = (name.clone(), help.get(lang));
            if !helps.contains(&help) {
                helps.push(help);
            }
        }
    }
    for (name, help) in helps {
        group = group.element(Level::HELP.with_name(name).message(help.to_owned()));
    }
    if let Some(clause) = &last.clause {
        let (name, words) = match lang {
            Lang::Ar => (format!("البند {}", clause.number), format!("«{}»", clause.text.ar)),
            Lang::En => (format!("clause {}", clause.number), format!("\"{}\"", clause.text.en)),
        };
        group = group.element(Level::NOTE.with_name(name).message(words));
    }
    text.push_str(&renderer.render(&[group]));
    text
}

fn title(diagnostic: &Diagnostic, lang: Lang) -> Title<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let level = match lang {
        Lang::Ar => level.with_name(severity_word(diagnostic.severity, lang)),
        Lang::En => level,
    };
    level.primary_title(diagnostic.message.get(lang)).id(diagnostic.code.name())
}

fn shown(label: &Text, lang: Lang) -> Option<&str> {
    Some(label.get(lang)).filter(|label| !label.is_empty())
}

/// An empty range would show no caret.
fn shown_range(place: &Place) -> std::ops::Range<usize> {
    let text = &place.source.text;
    let start = text.floor_char_boundary(place.range.start.min(text.len()));
    let end = text.ceil_char_boundary(place.range.end.min(text.len()).max(start));
    start..end
}

/// All problems, one under the other; those of one line share its excerpt.
pub fn report(diagnostics: &Diagnostics, lang: Lang, style: Style) -> String {
    let mut groups: Vec<Vec<&Diagnostic>> = Vec::new();
    for diagnostic in &diagnostics.0 {
        let line = line_of(diagnostic);
        let same = groups.iter_mut().find(|group| {
            group.first().is_some_and(|first| {
                line.is_some() && line_of(first) == line && first.clause == diagnostic.clause
            })
        });
        match same {
            Some(group) => group.push(diagnostic),
            None => groups.push(vec![diagnostic]),
        }
    }
    groups.iter().map(|group| together(group, lang, style) + "\n\n").collect()
}

/// The file and line of a problem; an open question stands alone, with its proposal.
fn line_of(diagnostic: &Diagnostic) -> Option<(&str, usize)> {
    if diagnostic.code == Code::OpenInterpretation {
        return None;
    }
    let (place, _) = diagnostic.place.as_ref()?;
    Some((&place.source.name, place.source.line_and_column(place.range.start).0))
}

fn severity_word(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::Error, Lang::Ar) => "خطأ",
        (Severity::Warning, Lang::Ar) => "تنبيه",
        (Severity::Note, Lang::Ar) => "ملاحظة",
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::En) => "warning",
        (Severity::Note, Lang::En) => "note",
    }
}

/// The name and version of the shape in which programs read problems; it changes when the shape does.
const SCHEMA: &str = "mizan-problems-1";

/// Problems for another program.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Problems<'a> {
    /// The name and version of this shape.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// The problems, in order.
    problems: Vec<Problem<'a>>,
}

/// One problem for another program.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Problem<'a> {
    /// What kind of problem it is: a stable name.
    #[schemars(schema_with = "codes")]
    code: &'static str,
    /// How grave it is.
    severity: Severity,
    /// What is wrong.
    message: &'a Text,
    /// Where.
    place: Option<PlaceOfProblem<'a>>,
    /// Other places that have to do with it.
    also: Vec<PlaceOfProblem<'a>>,
    /// What to do.
    help: &'a [Text],
    /// The clause that it is about.
    clause: Option<ClauseOfProblem<'a>>,
}

/// A place in a file; lines and columns are counted from 1.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Place")]
struct PlaceOfProblem<'a> {
    /// The file.
    file: &'a str,
    /// The first line.
    line: usize,
    /// The first column.
    column: usize,
    /// The last line.
    end_line: usize,
    /// The column behind the last one.
    end_column: usize,
    /// What is said beside it; may be empty.
    label: &'a Text,
}

/// A sentence of the source policy.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Clause")]
struct ClauseOfProblem<'a> {
    /// Its number.
    number: &'a str,
    /// Its words.
    text: &'a Text,
}

fn codes(_: &mut SchemaGenerator) -> Schema {
    let codes: Vec<serde_json::Value> =
        Code::ALL.iter().map(|code| json!({ "const": code.name(), "description": code.meaning() })).collect();
    json_schema!({ "oneOf": codes })
}

impl<'a> Problem<'a> {
    /// What another program reads of a problem.
    pub fn new(diagnostic: &'a Diagnostic) -> Problem<'a> {
        let place = |(place, label): &'a (Place, Text)| {
            let (line, column) = place.source.line_and_column(place.range.start);
            let (end_line, end_column) = place.source.line_and_column(place.range.end);
            PlaceOfProblem { file: &place.source.name, line, column, end_line, end_column, label }
        };
        let clause = diagnostic.clause.as_ref();
        Problem {
            code: diagnostic.code.name(),
            severity: diagnostic.severity,
            message: &diagnostic.message,
            place: diagnostic.place.as_ref().map(place),
            also: diagnostic.also.iter().map(place).collect(),
            help: &diagnostic.help,
            clause: clause.map(|clause| ClauseOfProblem { number: &clause.number, text: &clause.text }),
        }
    }
}

/// Problems for another program.
pub fn value(diagnostics: &Diagnostics) -> serde_json::Value {
    json!(Problems { schema: SCHEMA, problems: diagnostics.0.iter().map(Problem::new).collect() })
}

/// The schema of that.
pub fn schema() -> serde_json::Value {
    of_answer::<Problems<'static>>("Problems")
}
