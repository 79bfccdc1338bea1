//! `mizan completions`: what a shell needs to finish a word.

use std::io;

use clap::{Args, CommandFactory as _};

use super::{Arguments, Console, End};

/// Prints what a shell needs to complete commands and options with the Tab key
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(&self, console: &mut Console) -> io::Result<End> {
        // The generator stops the process where it cannot write, so it writes where it always can.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "mizan", &mut script);
        console.out.write_all(&script)?;
        Ok(End::Done)
    }
}
