//! `mizan policy impact`: what a revision does to the requests that are known.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::diff::two_policies;
use crate::app::batch::Lines;
use crate::app::compare::pair;
use crate::app::impact::{impact, with_requests};
use crate::app::letters::Requests;
use crate::cli::{Console, End, Format, day};
use crate::value::Date;

/// Says what a revision does: to the requests that are known, and where the answer changes whatever the requests
///
/// Every request is evaluated under both revisions, by the numbers in force on the day on which the new one begins. Of a request
/// nothing is shown but its number. Ends with 2 where something changes for one of them.
#[derive(Debug, Args)]
pub(super) struct Impact {
    /// The revision that is changed: its folder, or `naba/1`
    before: String,
    /// The revision that it becomes
    after: String,
    /// The requests: a folder of request files, JSON Lines, or CSV whose head names facts; `-` for JSON Lines on standard input. Where they are left out, only where the answer changes whatever the requests
    #[arg(long, value_name = "FOLDER|FILE")]
    requests: Option<PathBuf>,
    /// The day of the evaluation, in either calendar; that of each request where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Impact {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let pair = match pair(root, &self.before, &self.after) {
            Ok(pair) => pair,
            Err(error) => return console.failed(&error, self.format),
        };
        if pair.before.id != pair.after.id {
            return console.complain(&two_policies(&pair.before.id, &pair.after.id), None);
        }
        let bar = bar();
        let found = |requests: Requests<'_>| {
            impact(&pair, requests, self.on, &|progress| {
                if let Some(of) = progress.of {
                    bar.set_length(of);
                }
                bar.set_position(progress.done);
                bar.set_message(progress.requests.to_string());
            })
        };
        let found = match &self.requests {
            None => found(Requests::Lines(Lines::Json, &mut io::empty(), None)),
            Some(path) => with_requests(path, found),
        };
        bar.finish_and_clear();
        let found = match found {
            Ok(found) => found,
            Err(error) => return console.failed(&error, self.format),
        };
        match self.format {
            Format::Text => console.print(found.text(console.lang, pair.after.digits).trim_end())?,
            Format::Json => console.json(&found.json())?,
        }
        let is_same = found.effects.all() == found.effects.unchanged && found.regions.answers.is_empty();
        Ok(if is_same && found.only_before + found.only_after + found.unread == 0 {
            End::Done
        } else {
            End::No
        })
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
