//! Do the templates show what the letters of a policy say?
//!
//! Receives a checked policy and the folder of templates, hands on [`Diagnostics`]: a letter whose template is not there, or which
//! has a piece that its template does not show, could never be made.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diag::{Code, Diagnostic, Diagnostics, suggest};
use crate::policy::Policy;
use crate::source::Place;
use crate::typeset;
use crate::value::Text;
use crate::workspace::{self, WorkspaceError};

/// What the letters of a policy want and the templates do not have; nothing where there are no templates at all.
///
/// # Errors
///
/// The folder or a template cannot be read.
pub fn lint(root: &Path, policy: &Policy) -> Result<Diagnostics, WorkspaceError> {
    let mut problems = Diagnostics::default();
    let folder = super::under(root, "templates");
    if !folder.is_dir() {
        return Ok(problems);
    }
    let mut templates = BTreeMap::new();
    for path in workspace::list(&folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".typ"));
        if let Some(name) = name.filter(|name| typeset::is_letter(name)) {
            templates.insert(name.to_owned(), path);
        }
    }
    for letter in &policy.letters {
        let Some(path) = templates.get(&letter.template) else {
            let known: Vec<&str> = templates.keys().map(String::as_str).collect();
            problems.push(no_template(letter.template_place.clone(), &letter.template, &known));
            continue;
        };
        let words = typeset::words_of(&workspace::read_text(path)?);
        let pieces = letter.text.iter().map(|piece| (&piece.name, &piece.place));
        for (name, place) in pieces.chain(letter.tables.iter().map(|table| (&table.name, &table.place))) {
            // A heading stands above the piece whose name it bears.
            let shown = name.strip_suffix("_head").unwrap_or(name);
            if !words.contains(name) && !words.contains(shown) {
                problems.push(not_shown(
                    place.clone(),
                    name,
                    &letter.template,
                    words.iter().map(String::as_str),
                ));
            }
        }
    }
    Ok(problems)
}

fn no_template(place: Place, template: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::LetterTemplate,
        Text::new(
            format!("لا قالب في `templates/{template}.typ`"),
            format!("there is no template `templates/{template}.typ`"),
        ),
    )
    .at(place, Text::default());
    diagnostic.help(suggest(template, known.iter().copied()))
}

fn not_shown<'a>(
    place: Place,
    piece: &str,
    template: &str,
    words: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let near = words
        .filter(|word| strsim::damerau_levenshtein(word, piece) <= 2)
        .min_by_key(|word| strsim::damerau_levenshtein(word, piece));
    let help = match near {
        Some(word) => Text::new(format!("هل تقصد `{word}`؟"), format!("did you mean `{word}`?")),
        None => Text::new(
            "أجزاء كل خطاب مذكورة في templates/README.md",
            "templates/README.md lists the pieces of each letter",
        ),
    };
    Diagnostic::error(
        Code::LetterTemplate,
        Text::new(
            format!("القالب `{template}` لا يُظهر `{piece}`"),
            format!("the template `{template}` does not show `{piece}`"),
        ),
    )
    .at(place, Text::default())
    .help(help)
}
