//! What a board should see, in words.

use super::super::{Interpretation, Policy};
use super::locate::Locator;
use super::severity;
use crate::diag::{Code, Diagnostic};
use crate::source::Place;
use crate::value::Text;

/// A finding of its kind's severity; its place may be missing where the file cannot show it.
pub(super) fn problem(code: Code, message: Text, place: Option<Place>, label: Text) -> Diagnostic {
    let diagnostic = Diagnostic { severity: severity(code), ..Diagnostic::warning(code, message) };
    match place {
        Some(place) => diagnostic.at(place, label),
        None => diagnostic,
    }
}

/// A question that waits for the board, with the findings that hang on it.
pub(super) fn open(
    policy: &Policy,
    locator: &Locator,
    interpretation: &Interpretation,
    findings: Vec<Diagnostic>,
) -> Diagnostic {
    let (id, question) = (&interpretation.id, &interpretation.question);
    let (proposed, words) = interpretation.options.get(interpretation.proposed).cloned().unwrap_or_default();
    let message = Text::new(
        format!("سؤال مفتوح {id}، والمقترح: {proposed}"),
        format!("open: {id}, proposed: {proposed}"),
    );
    let mut diagnostic = Diagnostic::warning(Code::OpenInterpretation, message);
    let own = locator.key("interpretations.toml", &["interpretation", id]);
    let mut places = Vec::new();
    for finding in findings {
        let name = finding.code.name();
        let label =
            Text::new(format!("{name}: {}", finding.message.ar), format!("{name}: {}", finding.message.en));
        if let Some((place, _)) = finding.place {
            places.push((place, label));
        }
        places.extend(finding.also);
    }
    let mut places = places.into_iter();
    match (places.next(), own) {
        (Some((place, label)), _) => diagnostic = diagnostic.at(place, label),
        (None, Some(own)) => diagnostic = diagnostic.at(own, Text::default()),
        (None, None) => {}
    }
    for (place, label) in places {
        diagnostic = diagnostic.also(place, label);
    }
    diagnostic
        .help(question.clone())
        .help(Text::new(format!("المقترح: {}", words.ar), format!("proposed: {}", words.en)))
        .help(Text::new(
            format!("إذا قرر المجلس فاكتب `chosen = \"…\"` في [interpretation.{id}]"),
            format!("once the board has decided, write `chosen = \"…\"` in [interpretation.{id}]"),
        ))
        .citing(policy.cite(&interpretation.clause))
}

/// An answer to something that is not found.
pub(super) fn unused_answer(
    policy: &Policy,
    locator: &Locator,
    interpretation: &Interpretation,
    code: Code,
    clause: &str,
) -> Diagnostic {
    let (id, name) = (&interpretation.id, code.name());
    let keys = ["interpretation", id, "answers"];
    let written = if *clause == interpretation.clause { name.to_owned() } else { format!("{name} {clause}") };
    let place = locator.words("interpretations.toml", &keys, &written, &(0..written.len()));
    problem(
        Code::UnusedAnswer,
        Text::new(
            format!("{id} يجيب عن `{name}`، ولا وجود لها في البند {clause}"),
            format!("{id} answers `{name}`, which is not found in clause {clause}"),
        ),
        place,
        Text::default(),
    )
    .help(Text::new(
        "احذفها من `answers`، أو اكتب البند الذي توجد فيه",
        "take it out of `answers`, or name the clause in which it is found",
    ))
    .citing(policy.cite(clause))
}
