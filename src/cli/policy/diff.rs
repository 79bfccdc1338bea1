//! `mizan policy diff`: what changed from one revision to another.

use std::io;
use std::path::Path;

use clap::Args;

use crate::app::compare::{Pair, pair};
use crate::cli::{Console, End, Format};
use crate::revision::diff;
use crate::value::Text;

/// Says what changes from one revision to another, clause by clause: what it was, what it becomes, and why
///
/// Neither the order of a file nor its comments nor the way in which a condition is written counts as a change. Why something
/// changed stands in the changes.toml of the new revision. Ends with 2 where something changed.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The revision that is changed: its folder, or `naba/1`
    before: String,
    /// The revision that it becomes
    after: String,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Diff {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let Pair { before, after } = match pair(root, &self.before, &self.after) {
            Ok(pair) => pair,
            Err(error) => return console.failed(&error, self.format),
        };
        if before.id != after.id {
            return console.complain(&two_policies(&before.id, &after.id), None);
        }
        let diff = diff::Diff::new(&before, &after);
        match self.format {
            Format::Text => console.print(diff.text(&before, &after, console.lang).trim_end())?,
            Format::Json => console.json(&diff.json())?,
        }
        Ok(if diff.changes.is_empty() { End::Done } else { End::No })
    }
}

/// Two policies are not two revisions of one.
pub(super) fn two_policies(one: &str, other: &str) -> Text {
    Text::new(
        format!("`{one}` و`{other}` سياستان، لا نسختان من سياسة واحدة"),
        format!("`{one}` and `{other}` are two policies, not two revisions of one"),
    )
}
