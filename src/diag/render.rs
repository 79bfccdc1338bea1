//! Problems as people and programs read them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::json;

use super::{Diagnostic, Diagnostics, Severity};
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
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let level = match lang {
        Lang::Ar => level.with_name(severity_word(diagnostic.severity, lang)),
        Lang::En => level,
    };
    let title = level.primary_title(diagnostic.message.get(lang)).id(diagnostic.code.name());
    let mut group = Group::with_title(title);
    let places = diagnostic.place.iter().map(|place| (place, AnnotationKind::Primary));
    let places = places.chain(diagnostic.also.iter().map(|place| (place, AnnotationKind::Context)));
    for ((place, label), kind) in places {
        let label = (!label.get(lang).is_empty()).then(|| label.get(lang));
        group = group.element(
            Snippet::source(place.source.text.as_str())
                .path(place.source.name.as_str())
                .annotation(kind.span(shown_range(place)).label(label)),
        );
    }
    for help in &diagnostic.help {
        let level = match lang {
            Lang::Ar => Level::HELP.with_name("إرشاد"),
            Lang::En => Level::HELP,
        };
        group = group.element(level.message(help.get(lang).to_owned()));
    }
    if let Some(clause) = &diagnostic.clause {
        let (name, words) = match lang {
            Lang::Ar => (format!("البند {}", clause.number), format!("«{}»", clause.text.ar)),
            Lang::En => (format!("clause {}", clause.number), format!("\"{}\"", clause.text.en)),
        };
        group = group.element(Level::NOTE.with_name(name).message(words));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.render(&[group])
}

/// An empty range would show no caret.
fn shown_range(place: &Place) -> std::ops::Range<usize> {
    let text = &place.source.text;
    let start = text.floor_char_boundary(place.range.start.min(text.len()));
    let end = text.ceil_char_boundary(place.range.end.min(text.len()).max(start));
    start..end
}

/// All problems, one under the other, then how many there are.
pub fn report(diagnostics: &Diagnostics, lang: Lang, style: Style) -> String {
    let mut report = String::new();
    for diagnostic in &diagnostics.0 {
        report.push_str(&text(diagnostic, lang, style));
        report.push_str("\n\n");
    }
    report
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
