//! `mizan ask`: what to ask next.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, End, Format, day, how_it_ended, when};
use crate::app;
use crate::evaluation::ask;
use crate::evaluation::explain::Explanation;
use crate::value::Date;

/// Says what to ask next, what after it, and what need not be asked any more
#[derive(Debug, Args)]
pub(super) struct Ask {
    /// The request: a TOML or JSON file
    request: PathBuf,
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

impl Ask {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let when = when(self.on);
        let (loaded, evaluation) = match app::evaluate(root, &self.request, self.policy.as_deref(), when) {
            Ok(found) => found,
            Err(error) => return console.failed(&error, self.format),
        };
        let explanation = Explanation::new(&loaded.policy, &loaded.request, &evaluation);
        let plan = ask::plan(&explanation);
        match self.format {
            Format::Json => console.json(&plan.json(&explanation))?,
            Format::Text => console.print(plan.text(&explanation, console.lang).trim_end())?,
        }
        Ok(how_it_ended(evaluation.result))
    }
}
