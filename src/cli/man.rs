//! `mizan man`: a manual page for each command.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::{Arguments, Console, End, Format};
use crate::workspace;

/// Writes the manual pages, one for each command, to read with `man -l mizan.1`
#[derive(Debug, Args)]
pub(super) struct Manual {
    /// Where the pages go
    folder: PathBuf,
}

impl Manual {
    pub(super) fn run(&self, console: &mut Console) -> io::Result<End> {
        let mut mizan = Arguments::command().disable_help_subcommand(true);
        mizan.build();
        let mut commands = VecDeque::from([&mizan]);
        while let Some(command) = commands.pop_front() {
            let (name, page) = page(command)?;
            let path = self.folder.join(name);
            if let Err(error) = workspace::write(&path, &page) {
                return console.failed(&error.into(), Format::Text);
            }
            console.print(&path.display().to_string())?;
            commands.extend(command.get_subcommands());
        }
        Ok(End::Done)
    }
}

/// The name of a page and its text.
fn page(command: &Command) -> io::Result<(String, Vec<u8>)> {
    let page = Man::new(command.clone()).source(concat!("mizan ", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    if let Some(after) = command.get_after_help() {
        notes(&after.to_string()).to_writer(&mut text)?;
    }
    Ok((page.get_filename(), text))
}

/// What stands below the options: each paragraph is a section, and its lines stay as they are.
fn notes(text: &str) -> Roff {
    let mut roff = Roff::new();
    for (heading, lines) in text.split("\n\n").filter_map(|paragraph| paragraph.split_once(':')) {
        roff.control("SH", [heading.to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff
}
