//! The demonstration: which commands it consists of, and the made-up requests that they are about.
//!
//! Both stand in `src/app/shipped/`; days in them are counted from the day on which they are asked for, because nothing official is made for
//! a day that has not come.

use std::path::{Path, PathBuf};

use super::{AppError, shipped};
use crate::value::{Date, Lang, Text};
use crate::workspace;

/// The passphrase of every key that the demonstration makes. It protects nothing.
pub const PASSPHRASE: &str = "mizan-demo-1448";

/// How much of what a command prints is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    All,
    /// So many lines of its beginning.
    First(usize),
    /// So many lines of its end.
    Last(usize),
}

/// A command, as a person types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What stands on the line.
    pub line: String,
    /// Its words, the first of them the program.
    pub words: Vec<String>,
    /// How it ends.
    pub exit: i32,
    /// How much is shown.
    pub shown: Shown,
}

/// A step: what it is, and its commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub what: Text,
    /// What is typed.
    pub commands: Vec<Command>,
}

/// The steps, as they are on a day and in a language.
pub fn steps(today: Date, lang: Lang) -> Vec<Step> {
    let text = dated(shipped::text("src/app/shipped/demo.txt").unwrap_or_default(), today);
    let mut steps = Vec::new();
    for part in text.split("\n\n") {
        let mut step = Step { what: Text::default(), commands: vec![] };
        let (mut exit, mut shown) = (0, Shown::All);
        for line in part.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let count = || rest.trim().parse().unwrap_or_default();
            match word {
                "ar" => step.what.ar = rest.to_owned(),
                "en" => step.what.en = rest.to_owned(),
                "exit" => exit = rest.trim().parse().unwrap_or_default(),
                "first" => shown = Shown::First(count()),
                "last" => shown = Shown::Last(count()),
                "$" => {
                    let line = match lang {
                        Lang::Ar => rest.to_owned(),
                        Lang::En => format!("{rest} --lang en"),
                    };
                    let words = words(&line);
                    step.commands.push(Command { line, words, exit, shown });
                    (exit, shown) = (0, Shown::All);
                }
                _ => {}
            }
        }
        if !step.commands.is_empty() {
            steps.push(step);
        }
    }
    steps
}

/// Writes the made-up requests into the folder `requests`. Returns their paths.
///
/// # Errors
///
/// One is there already, or cannot be written.
pub fn requests(folder: &Path, today: Date) -> Result<Vec<PathBuf>, AppError> {
    let files: Vec<(PathBuf, String)> = shipped::under("src/app/shipped/requests")
        .map(|(name, bytes)| {
            let path = Path::new("requests").join(name);
            let path = if folder == Path::new(".") { path } else { folder.join(path) };
            (path, dated(&String::from_utf8_lossy(bytes), today))
        })
        .collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        let path = path.display();
        return Err(AppError::Cannot(
            Text::new(
                format!("`{path}` موجود من قبل، ولا يُكتب فوقه"),
                format!("there is a `{path}` already, and it is not written over"),
            ),
            Text::new("سمِّ مجلدًا آخر", "name another folder"),
        ));
    }
    for (path, text) in &files {
        workspace::write(path, text.as_bytes())?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// Puts days in the place of `{-42}`, `{0}` and `{+7}`.
fn dated(text: &str, today: Date) -> String {
    let mut dated = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        dated.push_str(before);
        let day = after.split_once('}').and_then(|(days, behind)| {
            let days: i64 = days.parse().ok()?;
            Some((today.checked_add_signed(chrono::TimeDelta::try_days(days)?)?, behind))
        });
        match day {
            Some((day, behind)) => {
                dated.push_str(&day.to_string());
                rest = behind;
            }
            None => {
                dated.push('{');
                rest = after;
            }
        }
    }
    dated.push_str(rest);
    dated
}

/// The words of a line: quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
