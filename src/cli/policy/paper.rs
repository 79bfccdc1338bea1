//! `mizan policy paper`: the paper of consequences, before a draft is tabled.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::diff::two_policies;
use crate::app::Pictures;
use crate::app::compare::pair;
use crate::app::policy::papers::draft;
use crate::cli::{Console, End, Format};
use crate::workspace;

/// Shows the paper on which members will vote, before a draft is tabled: on the terminal, or as PDF
///
/// It says what changes, what that does, what was found, which questions wait for the board, how the examples come out; the policy
/// itself is its annex. The draft is held against the revision that was approved before it; where two revisions are named, the second
/// against the first.
#[derive(Debug, Args)]
pub(super) struct Paper {
    /// The policy, or the folder of the revision; two revisions, to hold the second against the first
    #[arg(num_args = 0..=2, value_name = "REVISION")]
    revisions: Vec<String>,
    /// Requests on which it is tried: a folder of request files, JSON Lines, or CSV whose head names facts
    #[arg(long, value_name = "FOLDER|FILE")]
    requests: Option<PathBuf>,
    /// Writes a PDF
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Each page as a picture too, beside the PDF
    #[arg(long, requires = "output")]
    png: bool,
}

impl Paper {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let now = workspace::now();
        let (against, asked) = match self.revisions.as_slice() {
            [before, after, ..] => (Some(before.as_str()), Some(after.as_str())),
            [after] => (None, Some(after.as_str())),
            [] => (None, None),
        };
        if let (Some(before), Some(after)) = (against, asked) {
            match pair(root, before, after) {
                Ok(pair) if pair.before.id != pair.after.id => {
                    return console.complain(&two_policies(&pair.before.id, &pair.after.id), None);
                }
                Ok(_) => {}
                Err(error) => return console.failed(&error, Format::Text),
            }
        }
        let found = draft(root, asked, against, self.requests.as_deref(), console.lang, now.date());
        let draft = match found {
            Ok(draft) => draft,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let Some(output) = &self.output else {
            console.print(draft.paper.text().trim_end())?;
            return Ok(End::Done);
        };
        let pictures = if self.png { Pictures::Yes } else { Pictures::No };
        let set = match draft.set(root, now, pictures) {
            Ok(set) => set,
            Err(error) => return console.failed(&error, Format::Text),
        };
        console.write_set(output, &set)
    }
}
