//! The command line: arguments in, words and an exit code out. One file per command.
//!
//! Exit codes: 0 done · 1 could not · 2 the answer is no, or incomplete, or an approval would be blocked · 3 the policy is wrong.

mod ask;
mod board;
mod check;
mod completions;
mod demo;
mod evaluate;
mod explain;
mod form;
mod guide;
mod init;
mod letter;
mod man;
mod policy;
mod schema;
mod seal;
mod test;
mod verify;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::app::{AppError, Set, When};
use crate::diag::render::{self, Style};
use crate::diag::{Diagnostic, Diagnostics};
use crate::evaluation::Conclusion;
use crate::letter::Refusal;
use crate::value::words::{self, Case, Digits};
use crate::value::{Date, Lang, Number, Text, hijri};
use crate::workspace;

/// ميزان: policy as configuration, and the letters that follow from it
///
/// A policy is a folder of text files under `policies/`. Put a request on the balance and see what the policy says, why, what is
/// missing, until when an answer is owed; then print the letter.
#[derive(Debug, Parser)]
#[command(name = "mizan", version, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    /// The language of answers and letters
    #[arg(long, global = true, value_enum, default_value = "ar", value_name = "LANG")]
    lang: LangArgument,
    /// The folder that holds `policies/`, `templates/` and `fonts/`
    #[arg(long, global = true, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  mizan check                                       is the policy in order?
  mizan test                                        do its worked examples come out?
  mizan evaluate tests/fixtures/requests/met.toml   what does it say of this request?
  mizan letter L-03 REQUEST -o letter.pdf --png     print a letter
  mizan guide -o policy.pdf                         the whole policy as a person reads it
  mizan policy diff naba/1 naba/2                   what changes, clause by clause
  mizan policy status                               how far has each revision come?

Exit codes: 0 done, 1 could not, 2 the answer is no, incomplete or not ready for approval,
            3 the policy is wrong";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Check(check::Check),
    Test(test::Test),
    Evaluate(evaluate::Evaluate),
    Explain(explain::Explain),
    Ask(ask::Ask),
    Letter(letter::Letter),
    Seal(seal::Seal),
    Verify(verify::Verify),
    Form(form::Form),
    Guide(guide::Guide),
    Policy(policy::PolicyCommand),
    Board(board::BoardCommand),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Manual),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LangArgument {
    /// العربية
    Ar,
    /// English
    En,
}

/// For people, or for another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For another program
    Json,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    CouldNot,
    No,
    PolicyIsWrong,
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(match end {
            End::Done => 0,
            End::CouldNot => 1,
            End::No => 2,
            End::PolicyIsWrong => 3,
        })
    }
}

/// Runs a command.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are not failures.
            let end = if error.use_stderr() { End::CouldNot } else { End::Done };
            return match error.print() {
                Ok(()) => end.into(),
                Err(_) => End::CouldNot.into(),
            };
        }
    };
    let lang = match arguments.lang {
        LangArgument::Ar => Lang::Ar,
        LangArgument::En => Lang::En,
    };
    let mut console = Console { lang, out: Box::new(anstream::stdout()), err: Box::new(anstream::stderr()) };
    let root = arguments.root.as_path();
    let end = match &arguments.command {
        Command::Demo(command) => command.run(root, &mut console),
        Command::Init(command) => command.run(root, &mut console),
        Command::Check(command) => command.run(root, &mut console),
        Command::Test(command) => command.run(root, &mut console),
        Command::Evaluate(command) => command.run(root, &mut console),
        Command::Explain(command) => command.run(root, &mut console),
        Command::Ask(command) => command.run(root, &mut console),
        Command::Letter(command) => command.run(root, &mut console),
        Command::Seal(command) => command.run(root, &mut console),
        Command::Verify(command) => command.run(root, &mut console),
        Command::Form(command) => command.run(root, &mut console),
        Command::Guide(command) => command.run(root, &mut console),
        Command::Policy(command) => command.run(root, &mut console),
        Command::Board(command) => command.run(root, &mut console),
        Command::Schema(command) => command.run(root, &mut console),
        Command::Completions(command) => command.run(&mut console),
        Command::Man(command) => command.run(&mut console),
    };
    match end {
        Ok(end) => end.into(),
        // Whoever reads our output may stop reading: `mizan … | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => End::Done.into(),
        Err(error) => {
            let _ = writeln!(console.err, "mizan: {error}");
            End::CouldNot.into()
        }
    }
}

/// Where answers go: colours are taken out where nobody would see them.
struct Console {
    lang: Lang,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

impl Console {
    /// Words in the language of the console.
    fn say<'w>(&self, ar: &'w str, en: &'w str) -> &'w str {
        match self.lang {
            Lang::Ar => ar,
            Lang::En => en,
        }
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn json(&mut self, value: &serde_json::Value) -> io::Result<()> {
        writeln!(self.out, "{value:#}")
    }

    /// Problems: for people beside the answer, for programs as the answer.
    fn problems(&mut self, problems: &Diagnostics, format: Format) -> io::Result<()> {
        match format {
            Format::Text => write!(self.err, "{}", render::report(problems, self.lang, Style::Coloured)),
            Format::Json => self.json(&render::value(problems)),
        }
    }

    /// Says why something could not be done, and how the command ends.
    fn failed(&mut self, error: &AppError, format: Format) -> io::Result<End> {
        match error {
            AppError::Policy(problems) => {
                self.problems(problems, format)?;
                Ok(End::PolicyIsWrong)
            }
            AppError::Board(problems) => {
                self.problems(problems, format)?;
                Ok(End::No)
            }
            AppError::Request(problems) => {
                self.problems(problems, format)?;
                Ok(End::CouldNot)
            }
            AppError::Signature(text, help) | AppError::Cannot(text, help) => self.complain(text, Some(help)),
            AppError::Workspace(_)
            | AppError::Typeset(_)
            | AppError::Seal(_)
            | AppError::NoName
            | AppError::Exists(_)
            | AppError::Passphrases
            | AppError::Unasked(_)
            | AppError::NoLetter { .. } => {
                self.complain(&error.text().unwrap_or_else(|| Text::same("")), None)
            }
            AppError::Letter(refusal) => {
                let end = self.complain(&refusal.text(), Some(&refusal.help()))?;
                Ok(match refusal {
                    // A slip of whoever typed it, not an answer.
                    Refusal::Unknown { .. } | Refusal::OfRequest | Refusal::OfPolicy => end,
                    Refusal::Fault => End::PolicyIsWrong,
                    Refusal::NotNow(_) | Refusal::Lacking(_) | Refusal::Passed(_) | Refusal::ToCome(_) => {
                        End::No
                    }
                })
            }
            AppError::NoPolicy { asked, known } => {
                let known = known.join(", ");
                let text = if asked.is_empty() {
                    Text::new(
                        "لم تُذكر السياسة، وفي المجلد أكثر من واحدة",
                        "no policy is named, and there are several",
                    )
                } else {
                    Text::new(format!("لا سياسة في `{asked}`"), format!("there is no policy at `{asked}`"))
                };
                let help = Text::new(format!("السياسات: {known}"), format!("there is: {known}"));
                self.complain(&text, Some(&help))
            }
        }
    }

    /// Says once that the good typeface is missing.
    fn note_typeface(&mut self, has_typeface: bool) -> io::Result<()> {
        if has_typeface {
            return Ok(());
        }
        let warning = self.say(
            "تنبيه: خط الخطابات (أميري) غير موجود في fonts/، فكُتب بالخط البديل؛ يجلبه scripts/setup من مصدر البرنامج",
            "note: the typeface (Amiri) is not in fonts/, so the fallback face was used; scripts/setup in the program's source brings it",
        );
        let warning = warning.to_owned();
        writeln!(self.err, "{warning}")
    }

    /// Writes a document and its pictures, and says where.
    fn write_set(&mut self, output: &Path, set: &Set) -> io::Result<End> {
        self.note_typeface(set.has_typeface)?;
        let pages = set.png.iter().enumerate();
        let pages = pages.map(|(index, page)| (output.with_extension(format!("{}.png", index + 1)), page));
        for (path, bytes) in std::iter::once((output.to_owned(), &set.pdf)).chain(pages) {
            if let Err(error) = workspace::write(&path, bytes) {
                return self.failed(&error.into(), Format::Text);
            }
            self.print(&path.display().to_string())?;
        }
        Ok(End::Done)
    }

    fn complain(&mut self, text: &Text, help: Option<&Text>) -> io::Result<End> {
        writeln!(self.err, "{}: {}", self.say("خطأ", "error"), text.get(self.lang))?;
        if let Some(help) = help {
            writeln!(self.err, "  {}: {}", self.say("إرشاد", "help"), help.get(self.lang))?;
        }
        Ok(End::CouldNot)
    }
}

/// A day as people write it, in either calendar.
fn day(text: &str) -> Result<Date, String> {
    hijri::parse_date(text).map_err(|error| {
        let (text, help) = (error.text(Digits::ArabicIndic), error.help(Digits::ArabicIndic));
        format!("{} · {} ({})", text.ar, text.en, help.en)
    })
}

/// Problems, counted.
fn problems_in_words(count: usize, lang: Lang) -> String {
    let count = Number::from(i64::try_from(count).unwrap_or(i64::MAX));
    words::count(count, &words::PROBLEM, lang, Case::Nominative, Digits::Latin)
}

/// The day of something that is done now or was done before: never a day that has not come.
fn day_of_act(on: Option<Date>) -> Result<Date, Text> {
    let today = workspace::now().date();
    match on {
        Some(on) if on > today => Err(Text::new(
            format!("{on} لم يأت بعد، واليوم {today}"),
            format!("{on} has not come yet: today is {today}"),
        )),
        on => Ok(on.unwrap_or(today)),
    }
}

/// A passphrase: asked for without showing it; where nobody sits at a keyboard, the next line of the input.
fn passphrase(prompt: &str) -> io::Result<String> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{prompt}: "));
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// The day that was asked for, or today.
fn when(on: Option<Date>) -> When {
    on.map_or_else(|| When::Now(workspace::now()), When::On)
}

/// How a command that evaluates a request ends.
fn how_it_ended(result: Conclusion) -> End {
    match result {
        Conclusion::Met => End::Done,
        Conclusion::NotMet | Conclusion::Incomplete | Conclusion::Verify | Conclusion::Merged => End::No,
        Conclusion::Referred => End::PolicyIsWrong,
    }
}

/// Is one of them an error?
fn worst(problems: &[Diagnostic]) -> End {
    if problems.iter().any(|problem| problem.severity == crate::diag::Severity::Error) {
        End::PolicyIsWrong
    } else {
        End::Done
    }
}
