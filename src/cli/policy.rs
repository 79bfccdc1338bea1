//! `mizan policy`: what a board does with its policy.

mod diff;

use std::io;
use std::path::Path;

use clap::{Args, Subcommand};

use super::{Console, End};

/// Revisions of a policy: what changes from one to another
#[derive(Debug, Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Diff(diff::Diff),
}

impl Policy {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        match &self.verb {
            Verb::Diff(verb) => verb.run(root, console),
        }
    }
}
