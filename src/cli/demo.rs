//! `mizan demo`: a made-up association from its first day to its first letters, by the commands that a person would type.
//!
//! Nothing here does what another command does: each is run as the program that it is, in the folder of the demonstration.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use clap::Args;

use super::{Console, End, Format};
use crate::app::demo::{self, Command, PASSPHRASE, Shown};
use crate::app::{AppError, init};
use crate::value::{Lang, Text};
use crate::workspace;

/// Shows everything with a made-up association: its board approves the shipped policy, requests are evaluated, letters issued and verified
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where: a new folder, or an empty one
    #[arg(default_value = "mizan-demo")]
    folder: PathBuf,
    /// Only puts the made-up requests into the folder, under `requests/`
    #[arg(long)]
    requests: bool,
}

impl Demo {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let today = workspace::now().date();
        if self.requests {
            let written = match demo::requests(&self.folder, today) {
                Ok(written) => written,
                Err(error) => return console.failed(&error, Format::Text),
            };
            for path in written {
                console.print(&path.display().to_string())?;
            }
            return Ok(End::Done);
        }
        let made = init::must_be_empty(&self.folder)
            .and_then(|()| workspace::create_folder(&self.folder).map_err(AppError::from));
        if let Err(error) = made {
            return console.failed(&error, Format::Text);
        }
        let folder = self.folder.display();
        let intro = match console.lang {
            Lang::Ar => format!(
                "كل ما يلي مُخترَع: الجمعية والمجلس والطلبات. كل سطرٍ أوله $ أمرٌ يمكنك كتابته بنفسك في مجلدٍ فارغ.\n\
                 عبارة مرور كل المفاتيح هنا: {PASSPHRASE}\n\
                 تُحسب الأيام من اليوم ({today}): اجتمع المجلس قبل ستة أسابيع، لأنه لا يصدر شيءٌ رسميٌّ ليومٍ لم يأتِ ولا لطلبٍ سبق النفاذ.\n\n\
                 $ mkdir {folder}; cd {folder}"
            ),
            Lang::En => format!(
                "Everything here is made up: the association, its board, the requests. Each line after $ is a command that you can type yourself in an empty folder.\n\
                 The passphrase of every key here: {PASSPHRASE}\n\
                 Days are counted from today ({today}): the board met six weeks ago, because nothing official is made for a day that has not come, nor for a request from before the policy was in force.\n\n\
                 $ mkdir {folder}; cd {folder}"
            ),
        };
        console.print(&intro)?;
        let program = std::env::current_exe()?;
        for (index, step) in demo::steps(today, console.lang).iter().enumerate() {
            let what = format!("\n{}. {}", index + 1, step.what.get(console.lang));
            console.print(&what)?;
            for command in &step.commands {
                console.print(&format!("\n$ {}", command.line))?;
                console.out.flush()?;
                if let Some(end) = self.type_in(&program, command, console)? {
                    return Ok(end);
                }
            }
            if index == 0 {
                match init::bring_fonts(root, &self.folder) {
                    Ok(true) => {
                        let from = root.join("fonts");
                        let line = format!("fonts/ ← {}", from.display());
                        console.print(&line)?;
                    }
                    Ok(false) => {}
                    Err(error) => return console.failed(&error, Format::Text),
                }
            }
        }
        let letters = self.folder.join("letters");
        let done = Text::new(
            format!("الخطابات في {}، وما يلي لجمعيةٍ حقيقية: mizan init", letters.display()),
            format!("The letters are in {}. For an association that is real: mizan init", letters.display()),
        );
        console.print(&format!("\n{}", done.get(console.lang)))?;
        Ok(End::Done)
    }

    /// Runs a command and shows what it prints; says how the demonstration ends where it did not end as it should.
    fn type_in(&self, program: &Path, command: &Command, console: &mut Console) -> io::Result<Option<End>> {
        let mut process = Process::new(program);
        process.args(command.words.iter().skip(1)).current_dir(&self.folder);
        let mut child =
            process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // Who asks for no passphrase does not read it.
            let _ = input.write_all(format!("{PASSPHRASE}\n{PASSPHRASE}\n").as_bytes());
        }
        let output = child.wait_with_output()?;
        let printed =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let ended = output.status.code();
        let as_it_should = ended == Some(command.exit);
        let lines: Vec<&str> = printed.trim_end().lines().collect();
        let (from, to) = match command.shown {
            _ if !as_it_should => (0, lines.len()),
            Shown::All => (0, lines.len()),
            Shown::First(count) => (0, count.min(lines.len())),
            Shown::Last(count) => (lines.len().saturating_sub(count), lines.len()),
        };
        let mut shown: Vec<&str> = Vec::new();
        if from > 0 {
            shown.push("…");
        }
        shown.extend(lines.get(from..to).unwrap_or_default());
        if to < lines.len() {
            shown.push("…");
        }
        console.print(&shown.join("\n"))?;
        if as_it_should {
            return Ok(None);
        }
        let text = Text::new("لم ينتهِ الأمر كما ينبغي", "the command did not end as it should");
        console.complain(&text, None).map(Some)
    }
}
