//! `mizan verify`: is a letter genuine?

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, End, Format};
use crate::app::verify::{self, State};
use crate::workspace;

/// Says of a letter whether its seal holds, who set it and when, and whether it says what the policy said
///
/// The seal is held against the certificates in the policy's folder `seal/`; the record inside is evaluated again under the same
/// revision, and the pages are made again and compared.
///
/// Exit codes: 0 genuine, 1 could not be read, 2 not genuine or it differs, 3 the policy is wrong
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The letter, as PDF
    file: PathBuf,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Verify {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let verified = match verify::verify(root, &self.file, workspace::now()) {
            Ok(verified) => verified,
            Err(error) => return console.failed(&error, self.format),
        };
        match self.format {
            Format::Json => console.json(&verified.json())?,
            Format::Text => {
                console.print(verified.sentence().get(console.lang))?;
                for check in verified.checks() {
                    let mark = match check.state {
                        State::Fine => "✓",
                        State::Wrong => "✗",
                        State::Open => "–",
                    };
                    console.print(&format!("  {mark} {}", check.text.get(console.lang)))?;
                }
            }
        }
        Ok(if verified.answer.is_genuine() { End::Done } else { End::No })
    }
}
