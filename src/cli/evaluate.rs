//! `mizan evaluate`: what does the policy say of this request?

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, End, Format, day, how_it_ended};
use crate::app;
use crate::evaluation::explain::Explanation;
use crate::evaluation::report;
use crate::value::Date;
use crate::workspace;

/// Evaluates a request: the result, why, what is missing, how urgent it is, until when
#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// The request: a TOML or JSON file
    request: PathBuf,
    /// The day of the evaluation, in either calendar; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// The policy, where the request does not name it
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// The whole tree: every rule, what it read and how it came about
    #[arg(long)]
    trace: bool,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Evaluate {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let on = self.on.unwrap_or_else(|| workspace::now().date());
        let (loaded, evaluation) = match app::evaluate(root, &self.request, self.policy.as_deref(), on) {
            Ok(found) => found,
            Err(error) => return console.failed(&error, self.format),
        };
        match self.format {
            Format::Json => {
                console.json(&report::evaluation(&loaded.policy, &loaded.request, &evaluation))?
            }
            Format::Text => {
                let explanation = Explanation::new(&loaded.policy, &loaded.request, &evaluation);
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
}
