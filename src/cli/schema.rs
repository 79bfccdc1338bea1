//! `mizan schema`: what may be written, and what comes out, for editors and other programs.

use std::io;
use std::path::Path;

use clap::{Args, Subcommand};

use super::{Console, End, Format};
use crate::app;
use crate::evaluation::schema;

/// Prints a JSON Schema, by which editors complete and check, and other programs know what to write and what they get
#[derive(Debug, Args)]
pub(super) struct Schema {
    #[command(subcommand)]
    of: Of,
}

#[derive(Debug, Subcommand)]
enum Of {
    Request(Request),
}

/// Of the requests of a policy: its facts, choices, papers and events, named in the language of `--lang` and described in the other
#[derive(Debug, Args)]
struct Request {
    /// The policy, its folder, or the folder of one revision; the latest revision where only the policy is named
    policy: Option<String>,
}

impl Schema {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let schema = match &self.of {
            Of::Request(request) => match app::latest(root, request.policy.as_deref()) {
                Ok(policy) => schema::request(&policy, console.lang),
                Err(error) => return console.failed(&error, Format::Text),
            },
        };
        console.json(&schema)?;
        Ok(End::Done)
    }
}
