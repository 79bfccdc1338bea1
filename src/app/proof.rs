//! Can every letter of a policy be set, whatever it may have to say?
//!
//! Receives a checked policy and the folder of templates, makes each letter of made-up requests (see [`specimen`]) in both languages, and hands on
//! what is wrong with its pages: a value that the template asks for and does not get, a character without a glyph, text that is wider than
//! its place, more pages than the letter may have.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::cores::on_all_cores;
use super::{AppError, typesetter};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::letter::Refusal;
use crate::letter::data::{LetterData, Piece, Run};
use crate::letter::specimen::{self, Measure, Specimen};
use crate::policy::{Letter, Policy};
use crate::source::{Place, Source};
use crate::typeset::{Fault, TypesetError, Typesetter};
use crate::value::words::{self, Case, Digits};
use crate::value::{Lang, Number, Text};
use crate::workspace;

/// What came of it.
#[derive(Debug)]
pub struct Proof {
    /// How many letters were set.
    pub letters: usize,
    /// What is wrong.
    pub problems: Diagnostics,
}

/// Sets every letter that there could be.
///
/// # Errors
///
/// Fonts or templates cannot be read.
pub fn prove(root: &Path, policy: &Policy) -> Result<Proof, AppError> {
    let typesetter = typesetter(root)?;
    let mut problems = Diagnostics::default();
    let mut tasks = Vec::new();
    let tried = on_all_cores(&policy.letters, &|letter| specimen::specimens(policy, letter));
    for (letter, tried) in policy.letters.iter().zip(tried) {
        if let Some(refusal) = tried.refusal {
            problems.push(unmade(policy, letter, &refusal));
        }
        tasks.extend(tried.specimens.into_iter().map(|specimen| (letter, specimen)));
    }
    let found = on_all_cores(&tasks, &|(letter, specimen)| {
        let judge = Judge { policy, letter, specimen };
        judge.problems(&typesetter)
    });
    let mut templates = Templates { root, read: BTreeMap::new() };
    let mut told: Vec<Diagnostic> = Vec::new();
    for found in found.into_iter().flatten() {
        let problem = match found {
            Found::Here(problem) => *problem,
            Found::InTemplate(letter, fault) => templates.problem(policy, letter, &fault)?,
        };
        // The same thing comes out of many requests; it is told once.
        let is_told = |told: &Diagnostic| (told.code, &told.place) == (problem.code, &problem.place);
        if !told.iter().any(is_told) {
            told.push(problem);
        }
    }
    problems.0.extend(told);
    problems.sort();
    Ok(Proof { letters: tasks.len(), problems })
}

/// What was found with one letter.
enum Found<'p> {
    Here(Box<Diagnostic>),
    /// Its place is to be looked up in the template.
    InTemplate(&'p Letter, Fault),
}

/// Looks at one letter.
struct Judge<'p, 's> {
    policy: &'p Policy,
    letter: &'p Letter,
    specimen: &'s Specimen,
}

impl<'p> Judge<'p, '_> {
    fn problems(&self, typesetter: &Typesetter) -> Vec<Found<'p>> {
        let data = &self.specimen.data;
        let here = |problem: Diagnostic| Found::Here(Box::new(problem));
        let pages = match typesetter.set(data, self.specimen.at) {
            Ok(pages) => pages,
            Err(error) => return self.failed(error),
        };
        let warnings = pages.warnings().iter().cloned();
        let mut found: Vec<Found<'p>> = warnings.map(|fault| Found::InTemplate(self.letter, fault)).collect();
        for (page, text) in pages.overfull() {
            found.push(here(self.overfull(page, &text)));
        }
        if let Some((most, place)) = &self.letter.pages
            && pages.count() > *most
        {
            found.push(here(self.too_many(*most, pages.count(), place)));
        }
        // What the archive format forbids shows itself only as the file is written.
        if let Err(error) = pages.pdf() {
            found.extend(self.failed(error));
        }
        found
    }

    fn failed(&self, error: TypesetError) -> Vec<Found<'p>> {
        match error {
            TypesetError::Template(faults) => {
                faults.into_iter().map(|fault| Found::InTemplate(self.letter, fault)).collect()
            }
            TypesetError::NoGlyph { character, field } => {
                vec![Found::Here(Box::new(self.no_glyph(character, &field)))]
            }
            // That it has no template is told already.
            TypesetError::UnknownTemplate { .. } => vec![],
            other @ (TypesetError::UnknownFont { .. }
            | TypesetError::ChangedFont { .. }
            | TypesetError::TemplateName(_)
            | TypesetError::Moment(_)
            | TypesetError::Standards(_)
            | TypesetError::Unwritable(_)) => {
                let problem = Diagnostic::error(Code::TemplateFault, Text::same(other.to_string()));
                vec![Found::Here(Box::new(problem.at(self.letter.place.clone(), Text::default())))]
            }
        }
    }

    fn overfull(&self, page: usize, text: &str) -> Diagnostic {
        let place = self.place_of(text);
        let text = shortened(text);
        let message = Text::new(
            format!("«{text}» أعرض من موضعه في الصفحة {page} من الخطاب `{}`", self.letter.id),
            format!("“{text}” is wider than its place, on page {page} of `{}`", self.letter.id),
        );
        let help = Text::new(
            "وسِّع العمود في القالب، أو اختصر العبارة",
            "give the column more room in the template, or shorten the wording",
        );
        self.at(Diagnostic::error(Code::OverfullLine, message), place).help(help)
    }

    fn too_many(&self, most: usize, count: usize, place: &Place) -> Diagnostic {
        let pages = |count: usize, lang: Lang| {
            let count = Number::from(i64::try_from(count).unwrap_or(i64::MAX));
            words::count(count, &words::PAGE, lang, Case::Genitive, Digits::Latin)
        };
        let message = Text::new(
            format!("يبلغ الخطاب `{}` {}", self.letter.id, pages(count, Lang::Ar)),
            format!("the letter `{}` comes to {}", self.letter.id, pages(count, Lang::En)),
        );
        let help = Text::new("اختصر عباراته، أو زد `pages`", "shorten its wording, or raise `pages`");
        let diagnostic = Diagnostic::error(Code::TooManyPages, message);
        let label = Text::new(
            format!("المسموح به {}", pages(most, Lang::Ar)),
            format!("it may have {}", pages(most, Lang::En)),
        );
        self.tried(diagnostic.at(place.clone(), label).help(help))
    }

    fn no_glyph(&self, character: char, field: &str) -> Diagnostic {
        let code = u32::from(character);
        let shown = character.escape_debug();
        let message = Text::new(
            format!("لا خط يُظهر الرمز `{shown}` (U+{code:04X}) في `{field}` من الخطاب `{}`", self.letter.id),
            format!(
                "no face has the character `{shown}` (U+{code:04X}) in `{field}` of `{}`",
                self.letter.id
            ),
        );
        let name = field.strip_prefix("text.").or_else(|| field.strip_prefix("table."));
        let name = name.map(|name| name.split(['.', '[']).next().unwrap_or(name));
        let place = name.and_then(|name| self.piece(name)).unwrap_or(&self.letter.place);
        let help = Text::new("استبدل الرمز بكلمة", "put a word in its place");
        self.at(Diagnostic::error(Code::MissingGlyph, message), place).help(help)
    }

    fn at(&self, diagnostic: Diagnostic, place: &Place) -> Diagnostic {
        self.tried(diagnostic.at(place.clone(), Text::default()))
    }

    /// Says with what it was found.
    fn tried(&self, diagnostic: Diagnostic) -> Diagnostic {
        let (ar, en) = match self.specimen.measure {
            Measure::Most => (
                "بأطول ما يكون من الأسماء والقوائم والأعداد",
                "with names, lists and numbers as long as they come",
            ),
            Measure::Least => ("بأقل ما يكون من كل شيء", "with as little as there can be of everything"),
            Measure::Hundred => ("بمئة من كل شيء", "with a hundred of everything"),
        };
        let (in_ar, in_en) = match self.specimen.data.lang {
            Lang::Ar => ("العربية", "Arabic"),
            Lang::En => ("الإنجليزية", "English"),
        };
        diagnostic
            .help(Text::new(format!("ظهر ذلك في النسخة {in_ar} {ar}"), format!("seen in {in_en}, {en}")))
            .citing(self.policy.cite(&self.letter.clause))
    }

    /// Where the words stand that came to be this text.
    fn place_of(&self, text: &str) -> &'p Place {
        let data: &LetterData = &self.specimen.data;
        let has = |runs: &Vec<Run>| {
            runs.iter().any(|run| match run {
                Run::Plain(said) | Run::Code(said) => said.contains(text.trim()),
            })
        };
        let in_text = data.text.iter().find(|(_, piece)| match piece {
            Piece::One(runs) => has(runs),
            Piece::Each(entries) => entries.iter().any(has),
        });
        let in_table = || {
            let mut tables = data.table.iter();
            tables.find(|(_, table)| table.head.iter().chain(table.rows.iter().flatten()).any(has))
        };
        let name = in_text.map(|(name, _)| name).or_else(|| in_table().map(|(name, _)| name));
        name.and_then(|name| self.piece(name)).unwrap_or(&self.letter.place)
    }

    /// Where a piece or a table is named.
    fn piece(&self, name: &str) -> Option<&'p Place> {
        let piece = self.letter.text.iter().find(|piece| piece.name == name).map(|piece| &piece.place);
        piece.or_else(|| self.letter.tables.iter().find(|table| table.name == name).map(|table| &table.place))
    }
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 40 {
        text.to_owned()
    } else {
        text.chars().take(40).collect::<String>() + "…"
    }
}

fn unmade(policy: &Policy, letter: &Letter, refusal: &Refusal) -> Diagnostic {
    let why = refusal.text();
    let message = Text::new(
        format!("لا يمكن إعداد الخطاب `{}` لأي طلب: {}", letter.id, why.ar),
        format!("the letter `{}` cannot be made for any request: {}", letter.id, why.en),
    );
    let help = Text::new(
        "قد يكون جزءٌ منه اختياريًا: `optional = true`",
        "perhaps a piece of it can be left out: `optional = true`",
    );
    Diagnostic::error(Code::LetterUnmade, message)
        .at(letter.place.clone(), Text::default())
        .help(help)
        .citing(policy.cite(&letter.clause))
}

/// The templates' texts, so that a fault can be shown in its line.
struct Templates<'a> {
    root: &'a Path,
    read: BTreeMap<String, Arc<Source>>,
}

impl Templates<'_> {
    fn problem(&mut self, policy: &Policy, letter: &Letter, fault: &Fault) -> Result<Diagnostic, AppError> {
        let message = Text::new(
            format!("لا يُطبع الخطاب `{}`: {}", letter.id, fault.message),
            format!("the letter `{}` cannot be set: {}", letter.id, fault.message),
        );
        let mut diagnostic =
            Diagnostic::error(Code::TemplateFault, message).citing(policy.cite(&letter.clause));
        let places = fault.place.iter().chain(&fault.calls);
        for (index, place) in places.enumerate() {
            let found = self.place(&place.file, place.line, place.column)?;
            match found {
                Some(found) if index == 0 => diagnostic = diagnostic.at(found, Text::default()),
                Some(found) => {
                    diagnostic = diagnostic.also(found, Text::new("من هنا", "from here"));
                }
                None => {}
            }
        }
        if diagnostic.place.is_none() {
            diagnostic = diagnostic.at(letter.place.clone(), Text::default());
        }
        for hint in &fault.hints {
            diagnostic = diagnostic.help(Text::same(hint.clone()));
        }
        Ok(diagnostic)
    }

    /// A place of a template, where the template is a file of the folder.
    fn place(&mut self, file: &str, line: usize, column: usize) -> Result<Option<Place>, AppError> {
        let path = super::under(self.root, file);
        if !path.is_file() {
            return Ok(None);
        }
        if !self.read.contains_key(file) {
            let source = Source::new(path.display().to_string(), workspace::read_text(&path)?);
            self.read.insert(file.to_owned(), source);
        }
        let Some(source) = self.read.get(file) else { return Ok(None) };
        let before: usize =
            source.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let row = source.text.get(before..).unwrap_or_default();
        let start = before + row.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>();
        let end = start
            + row.get(start - before..).and_then(|rest| rest.split(['\n', ' ']).next()).map_or(0, str::len);
        Ok(Some(Place::new(source, start..end)))
    }
}
