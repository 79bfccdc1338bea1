//! `mizan board`: keys of its members, and how it changes.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::policy::{Meeting, tabled};
use super::{Console, End, Format, day, passphrase};
use crate::app::draft;
use crate::app::policy;
use crate::revision::sign::SecretKey;
use crate::value::{Date, Lang, Text};
use crate::workspace;

/// The board: a key for a member, a change of its members
#[derive(Debug, Args)]
pub(super) struct BoardCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    NewKey(NewKey),
    AddKey(AddKey),
    Propose(Propose),
    Signers(Signers),
}

/// Makes a key for a member: the private half, locked with a passphrase, stays with the member; the line of the `.pub` file goes into board.toml
#[derive(Debug, Args)]
struct NewKey {
    /// The member's id
    member: String,
    /// Where the private half goes; named after the member where it is left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Enters a member's key into board.toml, before anything is approved; afterwards the board changes by its own vote
#[derive(Debug, Args)]
struct AddKey {
    /// The member's id in board.toml
    member: String,
    /// The `.pub` file that the member handed over
    key: PathBuf,
    /// The first day on which it counts; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,
    /// The policy, where there are several
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
}

/// Tables a change of the board: the new `board.toml`, on which the present board votes
#[derive(Debug, Args)]
struct Propose {
    /// The new board: a copy of `board.toml` with its number one higher, `previous`, and what changes
    board: PathBuf,
    /// The policy, where there are several
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    #[command(flatten)]
    meeting: Meeting,
}

/// Prints the members' keys as `ssh-keygen -Y verify` wants them
#[derive(Debug, Args)]
struct Signers {
    /// The policy, where there are several
    policy: Option<String>,
}

/// Shorter ones are guessed.
const SHORTEST: usize = 10;

impl BoardCommand {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        match &self.verb {
            Verb::NewKey(new) => new.run(console),
            Verb::AddKey(add) => add.run(root, console),
            Verb::Propose(propose) => {
                let with = match propose.meeting.tabled() {
                    Ok(with) => with,
                    Err(text) => return console.complain(&text, None),
                };
                match policy::propose_board(root, propose.policy.as_deref(), &propose.board, with) {
                    Ok(open) => tabled(&open, console),
                    Err(error) => console.failed(&error, Format::Text),
                }
            }
            Verb::Signers(signers) => {
                match policy::home(root, signers.policy.as_deref()).and_then(|home| home.board()) {
                    Ok(board) => console.print(board.allowed_signers().trim_end()).map(|()| End::Done),
                    Err(error) => console.failed(&error, Format::Text),
                }
            }
        }
    }
}

impl AddKey {
    fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let from = self.from.unwrap_or_else(|| workspace::now().date());
        let entered = draft::enter_key(root, self.policy.as_deref(), &self.member, &self.key, from);
        let (path, board) = match entered {
            Ok(entered) => entered,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let without = board.members.iter().filter(|member| member.keys.is_empty());
        let without: Vec<&str> = without.map(|member| member.id.as_str()).collect();
        let (path, member, without) = (path.display(), &self.member, without.join(", "));
        let line = match (console.lang, without.is_empty()) {
            (Lang::Ar, false) => format!("{path}: أُدخل مفتاح {member}، ولا مفتاح بعد لـ: {without}"),
            (Lang::Ar, true) => format!("{path}: أُدخل مفتاح {member}، ولكل عضوٍ مفتاح"),
            (Lang::En, false) => format!("{path}: the key of {member} is in; without a key yet: {without}"),
            (Lang::En, true) => format!("{path}: the key of {member} is in; every member has one"),
        };
        console.print(&line).map(|()| End::Done)
    }
}

impl NewKey {
    fn run(&self, console: &mut Console) -> io::Result<End> {
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.key", self.member)));
        let phrase = passphrase(console.say("عبارة مرور جديدة", "a new passphrase"))?;
        if phrase.chars().count() < SHORTEST {
            return console.complain(
                &Text::new(
                    format!("عبارة المرور أقصر من {SHORTEST} أحرف"),
                    format!("the passphrase is shorter than {SHORTEST} characters"),
                ),
                None,
            );
        }
        if passphrase(console.say("مرة أخرى", "once more"))? != phrase {
            let text = Text::new("العبارتان مختلفتان", "the two differ");
            return console.complain(&text, None);
        }
        let chance = match workspace::chance() {
            Ok(chance) => chance,
            Err(error) => return console.complain(&error.text(), None),
        };
        let key = SecretKey::new(&chance, &self.member);
        let Some(locked) = key.locked(&phrase, &chance) else {
            return console.complain(&Text::new("تعذَّر تشفير المفتاح", "the key could not be locked"), None);
        };
        let public = path.with_extension("pub");
        let line = key.public_line();
        let saved = workspace::write_secret(&path, locked.as_bytes())
            .and_then(|()| workspace::write(&public, format!("{}\n", line.trim_end()).as_bytes()));
        if let Err(error) = saved {
            return console.complain(&error.text(), None);
        }
        let (path, public, member) = (path.display(), public.display(), &self.member);
        let said = match console.lang {
            Lang::Ar => format!(
                "{path}: مفتاحك، يبقى عندك وحدك\n{public}: يُرسل إلى أمانة المجلس، فتُدخله: mizan board add-key {member} {public}"
            ),
            Lang::En => format!(
                "{path}: your key, which stays with you alone\n{public}: goes to the secretary, who enters it: mizan board add-key {member} {public}"
            ),
        };
        console.print(&format!("{said}\n{}", line.trim_end())).map(|()| End::Done)
    }
}
