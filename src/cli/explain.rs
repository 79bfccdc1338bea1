//! `mizan explain`: why, and what would have to change.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Console, End, Format, day, how_it_ended, when};
use crate::app;
use crate::evaluation::account::{self, Length};
use crate::evaluation::explain::Explanation;
use crate::value::{Date, Text};

/// Says why: one rule or the whole request, in a line, as an officer reads it, or down to each comparison
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The request: a TOML or JSON file
    request: PathBuf,
    /// The rule (E-03); the whole request where it is left out
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// How much is told
    #[arg(long, value_enum, default_value = "short")]
    length: LengthArgument,
    /// The day of the evaluation, in either calendar; where it is left out today, or the day of a request that is dated ahead
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// The policy, where the request does not name it
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LengthArgument {
    /// One line
    Line,
    /// What an officer reads
    Short,
    /// Everything, down to each comparison
    Tree,
}

impl From<LengthArgument> for Length {
    fn from(length: LengthArgument) -> Length {
        match length {
            LengthArgument::Line => Length::Line,
            LengthArgument::Short => Length::Short,
            LengthArgument::Tree => Length::Tree,
        }
    }
}

impl Explain {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let when = when(self.on);
        let (loaded, evaluation) = match app::evaluate(root, &self.request, self.policy.as_deref(), when) {
            Ok(found) => found,
            Err(error) => return console.failed(&error, self.format),
        };
        let explanation = Explanation::new(&loaded.policy, &loaded.request, &evaluation);
        let (length, lang) = (Length::from(self.length), console.lang);
        match &self.rule {
            None if self.format == Format::Json => console.json(&account::request_json(&explanation))?,
            None => console.print(account::request_text(&explanation, length, lang).trim_end())?,
            Some(id) => match account::of(&explanation, id) {
                Some(account) if self.format == Format::Json => console.json(&account.json())?,
                Some(account) => console.print(account.text(length, lang).trim_end())?,
                None => {
                    let known: Vec<&str> = loaded.policy.rules.iter().map(|rule| rule.id.as_str()).collect();
                    let known = known.join(", ");
                    let why = Text::new(format!("لا قاعدة باسم `{id}`"), format!("there is no rule `{id}`"));
                    let help = Text::new(format!("القواعد: {known}"), format!("the rules: {known}"));
                    return console.complain(&why, Some(&help));
                }
            },
        }
        Ok(how_it_ended(evaluation.result))
    }
}
