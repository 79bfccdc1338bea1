//! `mizan policy`: the life of a revision, from a draft to the day on which it is in force.

mod ballot;
mod circulation;
mod decide;
mod diff;
mod impact;
mod paper;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Console, End, Format, day, day_of_act, passphrase};
use crate::app::AppError;
use crate::app::policy::{self, Cast, Open, State, Tabled};
use crate::policy::guide::{Guide, Standing};
use crate::revision::Digest;
use crate::revision::register::{By, Entry};
use crate::revision::sign::SecretKey;
use crate::revision::statement::{Minute, Vote};
use crate::value::{Date, Lang, Text};
use crate::workspace;

/// Revisions of a policy: what changes, and the way from a draft to the day on which it is in force
#[derive(Debug, Args)]
pub(super) struct PolicyCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Diff(diff::Diff),
    Impact(impact::Impact),
    Paper(paper::Paper),
    New(New),
    Decide(decide::Decide),
    Propose(Propose),
    Withdraw(Withdraw),
    Vote(CastVote),
    Minute(WriteMinute),
    Approve(Approve),
    Circulate(circulation::Circulate),
    Acknowledge(circulation::Acknowledge),
    Verify(Verify),
    /// How far each revision has come, and how the votes stand
    Status(Look),
    /// What was approved, in order
    Log(Look),
    /// Which revision was in force on a day
    InForce(OnDay),
    /// What the revision in force on a day said, as a person reads it
    Show(OnDay),
}

/// Copies the revision in force, or the latest, as the next draft
#[derive(Debug, Args)]
struct New {
    /// The policy, where there are several
    policy: Option<String>,
}

/// What the secretary adds
#[derive(Debug, Args)]
pub(super) struct Meeting {
    /// The number of the meeting
    #[arg(long, value_name = "NUMBER")]
    meeting: String,
    /// The number of the resolution
    #[arg(long, value_name = "NUMBER")]
    resolution: String,
    /// The day on which it is tabled; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// Even where votes were cast already: they become void
    #[arg(long)]
    again: bool,
}

impl Meeting {
    pub(super) fn tabled(&self) -> Result<Tabled<'_>, Text> {
        let on = day_of_act(self.on)?;
        Ok(Tabled { meeting: &self.meeting, resolution: &self.resolution, on, again: self.again })
    }
}

/// Tables a draft: checks it, writes SHA256SUMS, the paper of its consequences, and the statement on which members vote
#[derive(Debug, Args)]
struct Propose {
    /// The policy, or the folder of the revision
    policy: Option<String>,
    /// Requests on which it is tried, for the paper: a folder of request files, JSON Lines, or CSV whose head names facts
    #[arg(long, value_name = "FOLDER|FILE")]
    requests: Option<PathBuf>,
    #[command(flatten)]
    meeting: Meeting,
}

/// Tables that the revision approved last shall not come into force
#[derive(Debug, Args)]
struct Withdraw {
    /// The policy, where there are several
    policy: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    meeting: Meeting,
}

/// Casts and signs the vote of a member on what is tabled
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("choice").required(true).args(["approve", "reject", "abstain"])))]
struct CastVote {
    /// The policy, where there are several
    policy: Option<String>,
    /// For it
    #[arg(long)]
    approve: bool,
    /// Against it
    #[arg(long)]
    reject: bool,
    /// Neither
    #[arg(long)]
    abstain: bool,
    /// A remark
    #[arg(long, default_value = "", value_name = "TEXT")]
    note: String,
    /// Who votes: the member's id in board.toml
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
    /// The member's key; with its `.pub` file the agent that holds the key signs (`ssh-add`), and where none does only the text is written, to be signed by ssh-keygen
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The day of the vote; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
}

/// Records a vote that was held on paper, where the board allows that
#[derive(Debug, Args)]
struct WriteMinute {
    /// The policy, where there are several
    policy: Option<String>,
    /// The number of the minute
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// Who was for it
    #[arg(long, value_name = "MEMBERS", value_delimiter = ',')]
    approve: Vec<String>,
    /// Who was against it
    #[arg(long, value_name = "MEMBERS", value_delimiter = ',')]
    reject: Vec<String>,
    /// Who abstained
    #[arg(long, value_name = "MEMBERS", value_delimiter = ',')]
    abstain: Vec<String>,
    /// The scan of the signed sheet
    #[arg(long, value_name = "FILE")]
    scan: PathBuf,
    /// The secretary's id in board.toml
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
    /// The secretary's key; its `.pub` file where an agent holds it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The day of the vote; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
}

/// Counts the votes, and enters what the quorum approved into the register
#[derive(Debug, Args)]
struct Approve {
    /// The policy, where there are several
    policy: Option<String>,
    /// The day of the entry; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
}

/// Checks everything again, from the first entry on
#[derive(Debug, Args)]
struct Verify {
    /// The policy, where there are several
    policy: Option<String>,
    /// Prints a script that checks the same with ssh-keygen and sha256sum alone: `mizan policy verify --commands | sh`
    #[arg(long)]
    commands: bool,
}

#[derive(Debug, Args)]
struct Look {
    /// The policy, where there are several
    policy: Option<String>,
}

#[derive(Debug, Args)]
struct OnDay {
    /// The policy, where there are several
    policy: Option<String>,
    /// The day, in either calendar; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
}

/// Opens a key file; for the public half of a key, the agent that holds the other. Nothing where no agent does.
pub(super) fn open_key(path: &Path, console: &Console) -> Result<Option<SecretKey>, Text> {
    let shown = path.display();
    let text = workspace::read_text(path).map_err(|error| error.text())?;
    if path.extension().is_some_and(|ending| ending == "pub") {
        return Ok(workspace::agent::socket().and_then(|socket| policy::agent::held(&text, &socket)));
    }
    let Some(key) = SecretKey::read(&text) else {
        return Err(Text::new(
            format!("`{shown}` ليس مفتاح OpenSSH من نوع Ed25519"),
            format!("`{shown}` is no OpenSSH key of the kind Ed25519"),
        ));
    };
    if !key.is_locked() {
        return Ok(Some(key));
    }
    let prompt = console.say("عبارة المرور", "passphrase");
    let phrase = passphrase(prompt).map_err(|error| Text::same(error.to_string()))?;
    key.unlocked(&phrase).map(Some).ok_or_else(|| {
        Text::new(
            format!("عبارة المرور لا تفتح `{shown}`"),
            format!("that passphrase does not open `{shown}`"),
        )
    })
}

/// Says that something was tabled, and what comes next.
pub(super) fn tabled(open: &Open, console: &mut Console) -> io::Result<End> {
    console.print(open.statement.text().trim_end())?;
    let folder = open.home.kept.shown(&open.folder());
    let papers = open.home.kept.under(&open.folder());
    let papers = papers.iter().filter(|file| file.path.ends_with(".pdf")).map(|file| &file.path);
    let papers: Vec<String> = papers.map(|path| format!("  {folder}/{path}")).collect();
    if !papers.is_empty() {
        let head = console.say("يقرؤه الأعضاء", "for the members to read");
        console.print(&format!("\n{head}:\n{}", papers.join("\n")))?;
    }
    let next = ballot::tabled(&folder, console.lang);
    console.print(&next)?;
    Ok(End::Done)
}

macro_rules! or_fail {
    ($console:expr, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => return $console.failed(&AppError::from(error), Format::Text),
        }
    };
}

macro_rules! or_complain {
    ($console:expr, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(text) => return $console.complain(&text, None),
        }
    };
}

impl PolicyCommand {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let today = workspace::now().date();
        match &self.verb {
            Verb::Diff(verb) => verb.run(root, console),
            Verb::Impact(verb) => verb.run(root, console),
            Verb::Decide(verb) => verb.run(root, console),
            Verb::Paper(verb) => verb.run(root, console),
            Verb::New(new) => {
                let path = or_fail!(console, policy::new(root, new.policy.as_deref(), today));
                let path = path.display();
                let line = match console.lang {
                    Lang::Ar => format!(
                        "{path}\nاكتب فيها ما يتغير، وفي policy.toml: label وin_force_from وtransition؛ ثم mizan check وmizan policy propose"
                    ),
                    Lang::En => format!(
                        "{path}\nWrite what changes there, and in policy.toml: label, in_force_from, transition; then mizan check and mizan policy propose"
                    ),
                };
                console.print(&line)?;
                Ok(End::Done)
            }
            Verb::Propose(propose) => {
                let with = or_complain!(console, propose.meeting.tabled());
                let (asked, requests) = (propose.policy.as_deref(), propose.requests.as_deref());
                let open = or_fail!(console, policy::propose(root, asked, with, requests));
                tabled(&open, console)
            }
            Verb::Withdraw(withdraw) => {
                let with = or_complain!(console, withdraw.meeting.tabled());
                let asked = withdraw.policy.as_deref();
                let open = or_fail!(console, policy::withdraw(root, asked, &withdraw.reason, with));
                tabled(&open, console)
            }
            Verb::Vote(vote) => vote.run(root, console),
            Verb::Minute(minute) => minute.run(root, console),
            Verb::Approve(approve) => {
                let on = or_complain!(console, day_of_act(approve.on));
                let open = or_fail!(console, policy::open(root, approve.policy.as_deref()));
                let entry = or_fail!(console, policy::approve(&open, on));
                console.print(&line_of(&entry, console.lang))?;
                Ok(End::Done)
            }
            Verb::Circulate(verb) => verb.run(root, console),
            Verb::Acknowledge(verb) => verb.run(root, console),
            Verb::Verify(verify) => {
                let home = or_fail!(console, policy::home(root, verify.policy.as_deref()));
                let register = or_fail!(console, home.register(today));
                let commands = or_fail!(console, policy::commands(&home, &register));
                if verify.commands {
                    console.print(commands.trim_end())?;
                    return Ok(End::Done);
                }
                for entry in register.entries() {
                    console.print(&format!("✓ {}", line_of(entry, console.lang)))?;
                }
                let all = console.say(
                    "كل ما اعتُمد قائمٌ كما اعتُمد. للتحقق بغير هذا البرنامج: mizan policy verify --commands | sh",
                    "everything that was approved is as it was approved. To check without this program: mizan policy verify --commands | sh",
                );
                let all = all.to_owned();
                console.print(&all)?;
                Ok(End::Done)
            }
            Verb::Status(look) => status(root, look.policy.as_deref(), today, console),
            Verb::Log(look) => {
                let home = or_fail!(console, policy::home(root, look.policy.as_deref()));
                let entries = or_fail!(console, home.entries());
                for entry in &entries {
                    console.print(&line_of(entry, console.lang))?;
                }
                match home.has_register().then(|| home.register(today)) {
                    Some(Err(error)) => console.failed(&error, Format::Text),
                    Some(Ok(_)) | None => Ok(End::Done),
                }
            }
            Verb::InForce(asked) => {
                let on = asked.on.unwrap_or(today);
                let found = policy::in_force(root, asked.policy.as_deref(), on, today);
                let (folder, entry, until) = or_fail!(console, found);
                console.print(&folder.path.display().to_string())?;
                console.print(&line_of(&entry, console.lang))?;
                if let Some(until) = until {
                    let last = console.say("آخر يوم لها", "its last day");
                    console.print(&format!("{last}: {until}"))?;
                }
                Ok(End::Done)
            }
            Verb::Show(asked) => {
                let on = asked.on.unwrap_or(today);
                let shown = or_fail!(console, policy::show(root, asked.policy.as_deref(), on, today));
                let guide = Guide::new(&shown, console.lang, Standing::Approved).text();
                console.print(guide.trim_end())?;
                Ok(End::Done)
            }
        }
    }
}

impl CastVote {
    fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let on = or_complain!(console, day_of_act(self.on));
        let open = or_fail!(console, policy::open(root, self.policy.as_deref()));
        or_fail!(console, policy::voter(&open, &self.member));
        console.print(open.statement.text().trim_end())?;
        let vote = match (self.approve, self.reject) {
            (true, _) => Vote::Approve,
            (false, true) => Vote::Reject,
            (false, false) => Vote::Abstain,
        };
        let key = or_complain!(console, open_key(&self.key, console));
        let cast = Cast { member: &self.member, vote, note: &self.note, on };
        let path = or_fail!(console, policy::vote(&open, cast, key.as_ref()));
        written(&path, key.is_some(), &self.key, console)?;
        let open = or_fail!(console, policy::open(root, self.policy.as_deref()));
        if key.is_some() {
            let votes = or_fail!(console, open.votes());
            console.print(&ballot::send(&open.home.kept.shown(&open.folder()), console.lang))?;
            console.print(&ballot::tally(&open, &votes, console.lang))?;
        }
        Ok(End::Done)
    }
}

fn written(path: &Path, is_signed: bool, key: &Path, console: &mut Console) -> io::Result<()> {
    let path = path.display();
    console.print(&format!("\n{path}"))?;
    if is_signed {
        return console.print(&format!("{path}.sig"));
    }
    let say = console.say("وُقِّعه بـ", "sign it with").to_owned();
    console.print(&format!("{say}: ssh-keygen -Y sign -n mizan-policy -f {} {path}", key.display()))
}

impl WriteMinute {
    fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let on = or_complain!(console, day_of_act(self.on));
        let open = or_fail!(console, policy::open(root, self.policy.as_deref()));
        let mut votes = Vec::new();
        for (ids, vote) in
            [(&self.approve, Vote::Approve), (&self.reject, Vote::Reject), (&self.abstain, Vote::Abstain)]
        {
            votes.extend(ids.iter().map(|id| (id.clone(), vote)));
        }
        let key = or_complain!(console, open_key(&self.key, console));
        let minute = Minute {
            statement: open.statement.clone(),
            number: self.number.clone(),
            on,
            votes,
            scan: Digest::of(""),
            secretary: self.member.clone(),
        };
        let path = or_fail!(console, policy::minute(&open, minute, &self.scan, key.as_ref()));
        written(&path, key.is_some(), &self.key, console)?;
        Ok(End::Done)
    }
}

fn status(root: &Path, asked: Option<&str>, today: Date, console: &mut Console) -> io::Result<End> {
    let (revisions, broken) = or_fail!(console, policy::status(root, asked, today));
    for revision in &revisions {
        let state = revision.state.text();
        let entry = revision.entry.as_ref().map(|entry| format!(" · {}", line_of(entry, console.lang)));
        let line = format!("{} {}{}", revision.number, state.get(console.lang), entry.unwrap_or_default());
        console.print(&line)?;
        if revision.waits {
            let waits = console.say(
                "  لا تسري قبل تعميمها: mizan policy circulate",
                "  it does not govern before it is circulated: mizan policy circulate",
            );
            let waits = waits.to_owned();
            console.print(&waits)?;
        }
        if let Some(standing) = &revision.circulation {
            console.print(&circulation::stands(standing, console.lang))?;
        }
    }
    if let Ok(open) = policy::open(root, asked) {
        match open.votes() {
            Ok(votes) => {
                console.print(&ballot::waits(&open, console.lang))?;
                console.print(&ballot::tally(&open, &votes, console.lang))?;
                if !policy::missing_votes(&open, &votes).is_empty() {
                    console.print(ballot::how(console.lang))?;
                }
            }
            Err(error) => return console.failed(&error, Format::Text),
        }
    } else if revisions.last().is_some_and(|last| last.state == State::Draft)
        && let Ok(board) = policy::home(root, asked).and_then(|home| home.board())
    {
        console.print(&ballot::before(&board, console.lang))?;
    }
    if broken.0.is_empty() { Ok(End::Done) } else { console.failed(&AppError::Board(broken), Format::Text) }
}

/// An entry of the register on one line.
pub(super) fn line_of(entry: &Entry, lang: Lang) -> String {
    use crate::revision::statement::About;
    let (number, label, digest) = (entry.number, &entry.label, entry.digest.short());
    let from = entry.in_force_from.map(|from| from.to_string()).unwrap_or_default();
    let (on, resolution) = (entry.on, &entry.resolution);
    let approve = entry.approve.join(", ");
    let paper = match (entry.by, lang) {
        (By::Minute, Lang::Ar) => " (على الورق)",
        (By::Minute, Lang::En) => " (on paper)",
        (By::Vote | By::Founding | By::Circular, _) => "",
    };
    match (lang, entry.about) {
        (Lang::Ar, About::Revision) => format!(
            "النسخة {number} ({label}) [{digest}] نافذة من {from} · القرار {resolution} في {on} · وافق: {approve}{paper}"
        ),
        (Lang::En, About::Revision) => format!(
            "revision {number} ({label}) [{digest}] in force from {from} · resolution {resolution} of {on} · approved by {approve}{paper}"
        ),
        (Lang::Ar, About::Withdrawal) => {
            format!("سُحبت النسخة {number} ({label}) · القرار {resolution} في {on} · وافق: {approve}{paper}")
        }
        (Lang::En, About::Withdrawal) => format!(
            "revision {number} ({label}) withdrawn · resolution {resolution} of {on} · approved by {approve}{paper}"
        ),
        (Lang::Ar, About::Circulation) => format!("عُمِّمت النسخة {number} ({label}) في {on}"),
        (Lang::En, About::Circulation) => format!("revision {number} ({label}) circulated on {on}"),
        (Lang::Ar, About::Board) if entry.by == By::Founding => {
            format!("المجلس {number} [{digest}] أول مجلس، في {on}")
        }
        (Lang::En, About::Board) if entry.by == By::Founding => {
            format!("board {number} [{digest}] the first, of {on}")
        }
        (Lang::Ar, About::Board) => {
            format!("المجلس {number} [{digest}] · القرار {resolution} في {on} · وافق: {approve}{paper}")
        }
        (Lang::En, About::Board) => format!(
            "board {number} [{digest}] · resolution {resolution} of {on} · approved by {approve}{paper}"
        ),
    }
}
