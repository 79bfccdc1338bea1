//! `mizan schema`: what may be written, and what comes out, for editors and other programs.

use std::io;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::{Console, End, Format};
use crate::app::{self, batch, verify};
use crate::diag::render;
use crate::evaluation::{report, schema};
use crate::letter::{data, record};
use crate::policy;
use crate::revision::{diff, impact};

/// Prints a JSON Schema, by which editors complete and check, and other programs know what to write and what they get
#[derive(Debug, Args)]
pub(super) struct Schema {
    #[command(subcommand)]
    of: Of,
}

#[derive(Debug, Subcommand)]
enum Of {
    Request(Request),
    Policy(File),
    /// Of what `mizan evaluate --format json` answers, and each line of `--batch --full`
    Evaluation,
    /// Of each line that `mizan evaluate --batch` writes
    Batch,
    /// Of what `mizan policy diff --format json` answers
    Diff,
    /// Of what `mizan policy impact --format json` answers
    Impact,
    /// Of what the template of a letter receives, `/data.json`
    Letter,
    /// Of the record that a letter carries, `record.json`
    Record,
    /// Of what `mizan verify --format json` answers
    Verification,
    /// Of the problems that commands tell with `--format json`
    Problems,
}

/// Of the requests of a policy: its facts, choices, papers and events, named in the language of `--lang` and described in the other
#[derive(Debug, Args)]
struct Request {
    /// The policy, its folder, or the folder of one revision; the latest revision where only the policy is named
    policy: Option<String>,
}

/// Of the files of a policy, described in English
#[derive(Debug, Args)]
struct File {
    /// Only of this one, to attach it to its file in an editor; all in one where it is left out
    #[arg(value_parser = PossibleValuesParser::new(policy::schema::names()))]
    file: Option<String>,
}

impl Schema {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let schema = match &self.of {
            Of::Request(request) => match app::latest(root, request.policy.as_deref()) {
                Ok(policy) => schema::request(&policy, console.lang),
                Err(error) => return console.failed(&error, Format::Text),
            },
            Of::Policy(File { file }) => {
                file.as_deref().and_then(policy::schema::file).unwrap_or_else(policy::schema::files)
            }
            Of::Evaluation => report::schema(),
            Of::Batch => batch::schema(),
            Of::Diff => diff::schema(),
            Of::Impact => impact::schema(),
            Of::Letter => data::schema(),
            Of::Record => record::schema(),
            Of::Verification => verify::schema(),
            Of::Problems => render::schema(),
        };
        console.json(&schema)?;
        Ok(End::Done)
    }
}
