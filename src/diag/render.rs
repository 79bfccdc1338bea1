//! Problems as people and programs read them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, Title};
use serde_json::json;

use super::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Place;
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

/// One problem for another program.
pub fn value(diagnostic: &Diagnostic) -> serde_json::Value {
    let place = |(place, label): &(Place, Text)| {
        let (line, column) = place.source.line_and_column(place.range.start);
        let (end_line, end_column) = place.source.line_and_column(place.range.end);
        json!({
            "file": place.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "label": label,
        })
    };
    json!({
        "code": diagnostic.code.name(),
        "severity": severity_word(diagnostic.severity, Lang::En),
        "message": diagnostic.message,
        "place": diagnostic.place.as_ref().map(place),
        "also": diagnostic.also.iter().map(place).collect::<Vec<_>>(),
        "help": diagnostic.help,
        "clause": diagnostic.clause.as_ref().map(|clause| json!({ "number": clause.number, "text": clause.text })),
    })
}
