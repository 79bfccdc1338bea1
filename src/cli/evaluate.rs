//! `mizan evaluate`: what does the policy say of this request, or of many?

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Console, End, Format, day, how_it_ended, when};
use crate::app::batch::{self, Batch, By, Detail, Lines, Summary};
use crate::app::{self, AppError, Asked, Revisions, Standing, Under, When};
use crate::evaluation::explain::{self, Explanation};
use crate::evaluation::{Conclusion, report};
use crate::value::{Date, Lang};
use crate::workspace;

/// Evaluates a request: the result, why, what is missing, how urgent it is, until when
#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// The request: a TOML or JSON file
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    request: Option<PathBuf>,
    /// The day of the evaluation, in either calendar; where it is left out today, or the day of a request that is dated ahead (with --batch: the day of each request)
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// The policy, where the request does not name it
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// By the latest revision, approved or not: a trial
    #[arg(long, conflicts_with = "as_now")]
    trial: bool,
    /// What the revision in force on the day of the evaluation would say of an old request: a simulation, of which no letter is made
    #[arg(long, conflicts_with = "batch")]
    as_now: bool,
    /// The whole tree: every rule, what it read and how it came about
    #[arg(long)]
    trace: bool,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Many requests: JSON Lines, or CSV whose head names facts; `-` for standard input
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
    /// With --batch: where the records go; standard output where it is left out
    #[arg(short, long, value_name = "FILE", requires = "batch")]
    output: Option<PathBuf>,
    /// With --batch: how requests are written; by the file's ending where it is left out
    #[arg(long, value_enum, value_name = "LINES", requires = "batch")]
    input_lines: Option<LinesArgument>,
    /// With --batch: how records are written; as the requests where it is left out
    #[arg(long, value_enum, value_name = "LINES", requires = "batch")]
    output_lines: Option<LinesArgument>,
    /// With --batch: the whole evaluation of each request, with reasons and trace
    #[arg(long, requires = "batch")]
    full: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LinesArgument {
    /// One JSON object on each line
    Json,
    /// A table
    Csv,
}

impl From<LinesArgument> for Lines {
    fn from(lines: LinesArgument) -> Lines {
        match lines {
            LinesArgument::Json => Lines::Json,
            LinesArgument::Csv => Lines::Csv,
        }
    }
}

impl Evaluate {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        match (&self.batch, &self.request) {
            (Some(batch), _) => self.many(root, batch, console),
            (None, Some(request)) => self.one(root, request, console),
            (None, None) => Ok(End::CouldNot),
        }
    }

    fn one(&self, root: &Path, request: &Path, console: &mut Console) -> io::Result<End> {
        let (loaded, evaluation) = match app::evaluate(root, request, self.policy.as_deref(), self.asked()) {
            Ok(found) => found,
            Err(error) => return console.failed(&error, self.format),
        };
        match self.format {
            Format::Json => {
                console.json(&report::evaluation(&loaded.policy, &loaded.request, &evaluation))?;
            }
            Format::Text => {
                let explanation = Explanation::new(&loaded.policy, &loaded.request, &evaluation);
                if let Standing::Simulation(entry) = &loaded.standing {
                    let label = match console.lang {
                        Lang::Ar => format!(
                            "محاكاة: ما تقوله النسخة {} النافذة في هذا اليوم، ولا يصدر عنها خطاب\n",
                            entry.label
                        ),
                        Lang::En => format!(
                            "simulation: what revision {}, in force on that day, would say; no letter is made of it\n",
                            entry.label
                        ),
                    };
                    console.print(&label)?;
                }
                let text = explanation.text(console.lang);
                console.print(text.trim_end())?;
                if self.trace {
                    let tree = explanation.tree(console.lang);
                    console.print(&format!("\n{}", tree.trim_end()))?;
                }
            }
        }
        Ok(how_it_ended(evaluation.result))
    }

    fn asked(&self) -> Asked {
        let under = match (self.trial, self.as_now) {
            (true, _) => Under::Trial,
            (false, true) => Under::Now,
            (false, false) => Under::InForce,
        };
        Asked { under, ..when(self.on).into() }
    }

    fn many(&self, root: &Path, path: &Path, console: &mut Console) -> io::Result<End> {
        // Where no day is said, each is judged as on its own.
        let when = self.on.map_or(When::OfRequest, When::On);
        let asked = Asked { when, ..self.asked() };
        let revisions = Revisions::of(root, self.policy.as_deref(), asked);
        let (alone, revisions) = match revisions.and_then(|revisions| Ok((revisions.alone()?, revisions))) {
            Ok(found) => found,
            Err(error) => return console.failed(&error, self.format),
        };
        let by = alone.as_deref().map_or(By::Each(&revisions), By::One);
        let by_name =
            if path.extension().is_some_and(|ending| ending == "csv") { Lines::Csv } else { Lines::Json };
        let input_lines = self.input_lines.map_or(by_name, Lines::from);
        let output_lines = self.output_lines.map_or(input_lines, Lines::from);
        let detail = if self.full { Detail::Full } else { Detail::Short };
        let (input, output, lang) = (input_lines, output_lines, console.lang);
        let batch = Batch { by, on: self.on, input, output, detail, lang };
        let (mut input, size) = match workspace::open(path) {
            Ok(opened) => opened,
            Err(error) => return console.failed(&AppError::Workspace(error), self.format),
        };
        let mut output: Box<dyn Write> = match &self.output {
            None => Box::new(BufWriter::new(io::stdout().lock())),
            Some(path) => match workspace::create(path) {
                Ok(file) => Box::new(file),
                Err(error) => return console.failed(&AppError::Workspace(error), self.format),
            },
        };
        // A bar only where somebody watches, and where the records do not run over it.
        let watched = io::stderr().is_terminal() && (self.output.is_some() || !io::stdout().is_terminal());
        let bar = match size {
            _ if !watched => ProgressBar::hidden(),
            None => ProgressBar::new_spinner(),
            Some(size) => ProgressBar::new(size),
        };
        let template = if size.is_some() { "[{bar:40}] {percent:>3} % · {msg}" } else { "{spinner} {msg}" };
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let summary = batch::run(batch, &mut *input, &mut *output, &mut |progress| {
            bar.set_message(progress.requests.to_string());
            bar.set_position(progress.bytes);
        })?;
        output.flush()?;
        bar.finish_and_clear();
        summarize(&summary, self.format, console)?;
        Ok(if summary.refused == 0 { End::Done } else { End::No })
    }
}

/// How it went: beside the records, never among them.
fn summarize(summary: &Summary, format: Format, console: &mut Console) -> io::Result<()> {
    if format == Format::Json {
        let value = json!({ "schema": "mizan-batch-1", "lines": summary.lines(), "results": summary.results, "refused": summary.refused });
        return writeln!(console.err, "{value}");
    }
    let all = [
        Conclusion::Met,
        Conclusion::NotMet,
        Conclusion::Incomplete,
        Conclusion::Verify,
        Conclusion::Merged,
        Conclusion::Referred,
    ];
    let lang = console.lang;
    let mut parts = Vec::new();
    for conclusion in all {
        if let Some(count) = summary.results.get(conclusion.name()) {
            parts.push(format!("{} {count}", explain::conclusion(conclusion).get(lang)));
        }
    }
    if summary.refused > 0 {
        parts.push(match lang {
            Lang::Ar => format!("لم يُقرأ {}", summary.refused),
            Lang::En => format!("not read {}", summary.refused),
        });
    }
    let lines = match lang {
        Lang::Ar => format!("الطلبات {}", summary.lines()),
        Lang::En => format!("requests {}", summary.lines()),
    };
    writeln!(console.err, "{lines}: {}", parts.join(" · "))
}
