//! `mizan letter --batch`: one kind of letter for many requests.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::batch::Lines;
use crate::app::letters::{self, INDEX, Letters, Requests, Summary};
use crate::app::seal::Sealer;
use crate::app::{AppError, Asked, Variant};
use crate::cli::{Console, End, Format};
use crate::typeset::Sheets;
use crate::value::Lang;
use crate::workspace;

/// What belongs to many letters only.
#[derive(Debug, Args)]
pub(super) struct Many {
    /// The letter for many requests: a folder of request files, or JSON Lines, or CSV whose head names facts (`-`: JSON Lines from standard input). The letters go into the folder -o, with index.csv; begun again, only what is missing is made
    #[arg(long, value_name = "FOLDER|FILE", requires = "output", conflicts_with_all = ["list", "png"])]
    pub(super) batch: Option<PathBuf>,
    /// With --batch: all letters in one file too, in order, for a printer
    #[arg(long, value_name = "FILE", requires = "batch")]
    merge: Option<PathBuf>,
    /// With --merge: for printing on both sides, so that no letter begins on the back of another
    #[arg(long, requires = "merge")]
    two_sided: bool,
}

/// Which letters.
pub(super) struct Wanted<'a> {
    pub(super) kind: &'a str,
    pub(super) policy: Option<&'a str>,
    pub(super) asked: Asked,
    pub(super) variant: Variant<'a>,
    pub(super) folder: &'a Path,
    pub(super) sealer: Option<Sealer<'a>>,
}

impl Many {
    pub(super) fn run(
        &self,
        root: &Path,
        batch: &Path,
        wanted: &Wanted<'_>,
        console: &mut Console,
    ) -> io::Result<End> {
        let Wanted { kind: letter, policy, asked, variant, folder, sealer: seal } = *wanted;
        let letters = Letters { root, letter, policy, lang: console.lang, asked, variant, folder, seal };
        match self.make(&letters, batch, console) {
            Ok(summary) => {
                console.note_typeface(summary.has_typeface)?;
                let line = said(&summary, console.lang);
                writeln!(console.err, "{line}")?;
                console.print(&folder.join(INDEX).display().to_string())?;
                if let Some(file) = &self.merge {
                    match self.join(folder, file, summary.made + summary.kept) {
                        Ok((letters, pages)) => {
                            let line = match console.lang {
                                Lang::Ar => format!("للطباعة: الخطابات {letters} · الصفحات {pages}"),
                                Lang::En => format!("to print: letters {letters} · pages {pages}"),
                            };
                            writeln!(console.err, "{line}")?;
                            console.print(&file.display().to_string())?;
                        }
                        Err(error) => return console.failed(&error, Format::Text),
                    }
                }
                Ok(if summary.refused + summary.unread == 0 { End::Done } else { End::No })
            }
            Err(error) => console.failed(&error, Format::Text),
        }
    }

    fn make(&self, letters: &Letters<'_>, batch: &Path, console: &Console) -> Result<Summary, AppError> {
        let mut opened;
        let requests = if batch.is_dir() {
            Requests::Folder(batch.to_owned())
        } else {
            let is_csv = batch.extension().is_some_and(|ending| ending == "csv");
            opened = workspace::open(batch)?;
            Requests::Lines(if is_csv { Lines::Csv } else { Lines::Json }, &mut *opened.0, opened.1)
        };
        let bar = bar();
        let word = console.say("الطلبات", "requests");
        let summary = letters::run(letters, requests, &|progress| {
            if let Some(of) = progress.of {
                bar.set_length(of);
            }
            bar.set_position(progress.done);
            bar.set_message(format!("{word} {}", progress.requests));
        });
        bar.finish_and_clear();
        summary
    }

    fn join(&self, folder: &Path, file: &Path, letters: u64) -> Result<(u64, u64), AppError> {
        let sheets = if self.two_sided { Sheets::TwoSided } else { Sheets::OneSided };
        let bar = bar();
        bar.set_length(letters);
        let joined = letters::join(folder, file, sheets, &|done| bar.set_position(done));
        bar.finish_and_clear();
        joined
    }
}

/// A bar only where somebody watches.
fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("[{bar:40}] {percent:>3} % · {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn said(summary: &Summary, lang: Lang) -> String {
    let Summary { made, kept, refused, unread, .. } = *summary;
    let counted = match lang {
        Lang::Ar => [("أُعدَّ", made), ("موجود من قبل", kept), ("لم يصدر", refused), ("لم يُقرأ", unread)],
        Lang::En => [("made", made), ("there already", kept), ("not issued", refused), ("not read", unread)],
    };
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    let all = match lang {
        Lang::Ar => format!("الطلبات {}", summary.requests()),
        Lang::En => format!("requests {}", summary.requests()),
    };
    if parts.is_empty() { all } else { format!("{all}: {}", parts.join(" · ")) }
}
