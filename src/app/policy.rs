//! The life of a revision: drafted, tabled, voted on, approved, in force; and everything checked again from the first one on.

pub mod agent;
pub mod circulation;
pub mod papers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{AppError, RevisionFolder, revisions, under};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::evaluation::scenario;
use crate::policy::Policy;
use crate::revision::board::{Board, Member, Signs};
use crate::revision::consequences;
use crate::revision::kept::Kept;
use crate::revision::proposal::{self, Proposal};
use crate::revision::register::{self, By, Entry, Known, REGISTER, Register};
use crate::revision::sign::{NAMESPACE, SecretKey};
use crate::revision::statement::{About, Ballot, Minute, Statement, Vote};
use crate::revision::{Digest, SUMS, Sums};
use crate::value::{Date, Text};
use crate::workspace;

/// The folder of a policy, with everything in it.
#[derive(Debug)]
pub struct Home {
    /// The id.
    pub policy: String,
    /// The folder.
    pub path: PathBuf,
    /// What lies in it.
    pub kept: Kept,
    /// What this machine has seen of its register.
    pub known: Option<Known>,
    root: PathBuf,
}

impl Home {
    /// Is there a register?
    pub fn has_register(&self) -> bool {
        self.kept.has(REGISTER) || self.known.is_some()
    }

    /// The register, where all of it holds. What holds is remembered on this machine.
    ///
    /// # Errors
    ///
    /// Everything that does not hold.
    pub fn register(&self, today: Date) -> Result<Register, AppError> {
        let register = Register::verify(&self.kept, self.known, today).map_err(AppError::Board)?;
        let known = Known::of(register.text());
        if self.known != Some(known) {
            // Who may only read keeps no memory; what is read is checked all the same.
            let _ = workspace::write(&known_path(&self.root, &self.policy), known.text().as_bytes());
        }
        Ok(register)
    }

    /// The entries as they are written, whether they hold or not.
    ///
    /// # Errors
    ///
    /// The register cannot be read at all.
    pub fn entries(&self) -> Result<Vec<Entry>, AppError> {
        if !self.kept.has(REGISTER) {
            return Ok(vec![]);
        }
        self.kept.source(REGISTER).and_then(|source| register::entries(&source)).map_err(AppError::Board)
    }

    /// The board as its file says now.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn board(&self) -> Result<Board, AppError> {
        self.kept.source("board.toml").and_then(|source| Board::read(&source)).map_err(AppError::Board)
    }

    fn write(&self, path: &str, text: &str) -> Result<(), AppError> {
        Ok(workspace::write(&self.path.join(path), text.as_bytes())?)
    }
}

/// Is there a register in a policy's folder, or has this machine seen one?
pub(super) fn is_registered(root: &Path, folder: &Path) -> bool {
    let id = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    folder.join(REGISTER).is_file() || known_path(root, &id).is_file()
}

/// The endings of the folders in which it stands how a revision came about.
const KEPT: [&str; 3] = [".proposal", ".withdrawal", ".circulation"];

fn known_path(root: &Path, policy: &str) -> PathBuf {
    root.join(".mizan").join("known").join(policy)
}

/// Reads the folder of a policy; the only one where none is named.
///
/// # Errors
///
/// There is none, or several; something in it is not a plain file, or too large.
pub fn home(root: &Path, asked: Option<&str>) -> Result<Home, AppError> {
    let folders = revisions(root, asked)?;
    super::one_policy(&folders)?;
    match folders.first().and_then(|folder| folder.path.parent()) {
        Some(path) => home_at(root, path),
        None => Err(AppError::NoPolicy { asked: asked.unwrap_or_default().to_owned(), known: vec![] }),
    }
}

/// Reads the folder of a policy.
///
/// # Errors
///
/// Something in it is not a plain file, or too large.
pub(super) fn home_at(root: &Path, path: &Path) -> Result<Home, AppError> {
    let policy = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = path.to_owned();
    let (mut files, mut numbered) = (Vec::new(), Vec::new());
    for (name, inside) in workspace::read_policy(&path)? {
        match name.parse::<u32>() {
            Ok(number) => numbered.push((number, inside)),
            // What else lies there, such as the keys of a seal, concerns no approval.
            Err(_) if !name.is_empty() && !KEPT.iter().any(|kind| name.ends_with(kind)) => {}
            Err(_) => files.extend(inside.into_iter().map(|mut file| {
                if !name.is_empty() {
                    file.path = format!("{name}/{}", file.path);
                }
                file
            })),
        }
    }
    let kept = Kept::new(&path.display().to_string(), files, numbered).map_err(AppError::Board)?;
    let known = workspace::read_text(&known_path(root, &policy)).ok();
    let known = known.and_then(|text| Known::read(&text));
    Ok(Home { policy, path, kept, known, root: root.to_owned() })
}

/// Makes the next draft: a copy of the revision in force, or of the latest where none is.
///
/// # Errors
///
/// There is nothing to copy, or the register does not hold.
pub fn new(root: &Path, asked: Option<&str>, today: Date) -> Result<PathBuf, AppError> {
    let home = home(root, asked)?;
    let numbers: BTreeSet<u32> = home.kept.numbers().collect();
    let last = numbers.last().copied().unwrap_or_default();
    let from = if home.has_register() {
        let register = home.register(today)?;
        register.in_force(today).map_or(last, |in_force| in_force.entry().number)
    } else {
        last
    };
    let (from, to) = (home.path.join(from.to_string()), home.path.join((last + 1).to_string()));
    for file in workspace::read_folder(&from)? {
        // The draft takes the templates of today when it is tabled; its sums are its own, and so are the reasons for what it changes.
        if file.path == SUMS || file.path == "changes.toml" || file.path.starts_with("templates/") {
            continue;
        }
        let bytes = if file.path == "policy.toml" {
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            let numbered = |line: &str| {
                if line.starts_with("number") { format!("number = {}", last + 1) } else { line.to_owned() }
            };
            (text.lines().map(numbered).collect::<Vec<_>>().join("\n") + "\n").into_bytes()
        } else {
            file.bytes
        };
        workspace::write(&to.join(&file.path), &bytes)?;
    }
    Ok(to)
}

/// What the secretary adds when a proposal is tabled.
#[derive(Debug, Clone, Copy)]
pub struct Tabled<'a> {
    /// The number of the meeting.
    pub meeting: &'a str,
    /// The number of the resolution.
    pub resolution: &'a str,
    /// The day.
    pub on: Date,
    /// May it take the place of a proposal on which votes were cast?
    pub again: bool,
}

/// Tables a revision: checks it, writes its sums, the paper of its consequences, tried on requests where there are any, and the statement
/// on which members vote.
///
/// # Errors
///
/// It is wrong, a finding would block its approval, an example does not come out, or it cannot come next.
pub fn propose(
    root: &Path,
    asked: Option<&str>,
    tabled: Tabled<'_>,
    requests: Option<&Path>,
) -> Result<Open, AppError> {
    let before = home(root, asked)?;
    let number = match asked.map(|asked| revisions(root, Some(asked))).transpose()? {
        Some(folders) => folders.last().map(|folder| folder.number),
        None => before.kept.numbers().max(),
    };
    let number = number.unwrap_or_default();
    let register = if before.has_register() { Some(before.register(tabled.on)?) } else { None };
    let last = register.as_ref().map(Register::approved).and_then(|approved| approved.last().copied());
    if let Some(last) = last.filter(|last| number <= last.number) {
        return Err(refused(super::problems::already_approved(number, last.number)));
    }
    // Before anything is written, and before the paper is made.
    may_table(&before, About::Revision, number, tabled.again)?;
    let board = before.board()?;
    let path = before.path.join(number.to_string());
    let folder = RevisionFolder { policy: before.policy.clone(), number, path: path.clone() };
    let checked = super::check(root, &folder)?;
    let next = last.and_then(|last| last.in_force_from?.succ_opt());
    let from = checked.policy.in_force_from;
    for (code, earliest) in [(Code::OverlapInForce, next), (Code::Retroactive, Some(tabled.on))] {
        if let Some(earliest) = earliest.filter(|earliest| from < *earliest) {
            return Err(refused(super::problems::in_force_too_early(code, from, earliest)));
        }
    }
    let is_blocking = |finding: &&Diagnostic| finding.severity == Severity::Error;
    let blocking: Vec<_> = checked.findings.0.iter().filter(is_blocking).cloned().collect();
    if !blocking.is_empty() {
        return Err(AppError::Board(Diagnostics(blocking)));
    }
    let trials = scenario::run(&checked.policy);
    let failing: Vec<&str> = trials
        .iter()
        .filter(|trial| !trial.differences.is_empty())
        .map(|trial| trial.scenario.name.as_str())
        .collect();
    if !failing.is_empty() {
        return Err(refused(super::problems::examples_fail(&failing)));
    }
    own_templates(root, &path)?;
    let sums = Sums::of(&workspace::read_folder(&path)?).map_err(AppError::Board)?;
    workspace::write(&path.join(SUMS), sums.text().as_bytes())?;
    let votes_until = tabled.on + chrono::Days::new(board.votes_within_days);
    let (meeting, resolution) = (tabled.meeting.trim(), tabled.resolution.trim());
    let digest = sums.digest();
    let papers = papers::of(
        root,
        &path,
        &checked,
        papers::followed(&before, register.as_ref(), number)?,
        requests,
        consequences::Tabled { digest, board: &board, on: tabled.on, votes_until, meeting, resolution },
    )?;
    let policy = &checked.policy;
    let statement = |papers| Statement {
        about: About::Revision,
        policy: before.policy.clone(),
        title: policy.title.clone(),
        number,
        label: policy.label.clone(),
        digest,
        previous: last.map(|last| last.digest),
        board: board.digest,
        in_force_from: Some(policy.in_force_from),
        transition: Some(policy.transition),
        papers,
        tabled_on: tabled.on,
        votes_until,
        meeting: meeting.to_owned(),
        resolution: resolution.to_owned(),
    };
    table(&before, About::Revision, number, papers, statement, tabled.again)?;
    open(root, asked)
}

/// Tables a change of the board.
///
/// # Errors
///
/// The new board is wrong, or does not follow the present one.
pub fn propose_board(
    root: &Path,
    asked: Option<&str>,
    new: &Path,
    tabled: Tabled<'_>,
) -> Result<Open, AppError> {
    let home = home(root, asked)?;
    let register = home.register(tabled.on)?;
    let text = workspace::read_text(new)?;
    let source = crate::source::Source::new(new.display().to_string(), text.as_str());
    let next = Board::read(&source).map_err(AppError::Board)?;
    let statement = |papers| Statement {
        about: About::Board,
        policy: home.policy.clone(),
        title: Text::new("تغيير المجلس", "A change of the board"),
        number: next.number,
        label: "—".to_owned(),
        digest: next.digest,
        previous: next.previous,
        board: register.board().digest,
        in_force_from: None,
        transition: None,
        papers,
        tabled_on: tabled.on,
        votes_until: tabled.on + chrono::Days::new(register.board().votes_within_days),
        meeting: tabled.meeting.trim().to_owned(),
        resolution: tabled.resolution.trim().to_owned(),
    };
    let papers = vec![("board.toml".to_owned(), text.clone().into_bytes())];
    table(&home, About::Board, next.number, papers, statement, tabled.again)?;
    open(root, asked)
}

/// Tables that an approved revision shall not come into force.
///
/// # Errors
///
/// It is not the one approved last, or it is in force already.
pub fn withdraw(root: &Path, asked: Option<&str>, why: &str, tabled: Tabled<'_>) -> Result<Open, AppError> {
    let home = home(root, asked)?;
    let register = home.register(tabled.on)?;
    let approved = register.approved();
    let Some(last) = approved.last() else {
        return Err(refused(super::problems::nothing_open(&home.policy)));
    };
    let statement = |papers| Statement {
        about: About::Withdrawal,
        policy: home.policy.clone(),
        title: Text::new(
            "سحب نسخة معتمدة قبل سريانها",
            "Withdrawal of an approved revision before it is in force",
        ),
        number: last.number,
        label: last.label.clone(),
        digest: last.digest,
        previous: None,
        board: register.board().digest,
        in_force_from: last.in_force_from,
        transition: None,
        papers,
        tabled_on: tabled.on,
        votes_until: tabled.on + chrono::Days::new(register.board().votes_within_days),
        meeting: tabled.meeting.trim().to_owned(),
        resolution: tabled.resolution.trim().to_owned(),
    };
    let papers = vec![("reason.txt".to_owned(), format!("{}\n", why.trim()).into_bytes())];
    table(&home, About::Withdrawal, last.number, papers, statement, tabled.again)?;
    open(root, asked)
}

/// What lies in the folder of a proposal, which a new one may take the place of.
fn may_table(
    home: &Home,
    about: About,
    number: u32,
    again: bool,
) -> Result<Vec<crate::revision::File>, AppError> {
    let name = about.folder(number);
    let there = home.kept.under(&name);
    if there.iter().any(|file| file.path == REGISTER) {
        return Err(refused(super::problems::already_approved(number, number)));
    }
    if !again && there.iter().any(|file| file.path.starts_with("votes/") || file.path == "minute.txt") {
        return Err(refused(super::problems::has_votes(&home.kept.shown(&name))));
    }
    Ok(there)
}

/// Writes the folder of a proposal.
fn table(
    home: &Home,
    about: About,
    number: u32,
    papers: Vec<(String, Vec<u8>)>,
    statement: impl FnOnce(Digest) -> Statement,
    again: bool,
) -> Result<(), AppError> {
    let name = about.folder(number);
    let there = may_table(home, about, number, again)?;
    let folder = home.path.join(&name);
    if !there.is_empty() {
        workspace::remove_folder(&folder)?;
    }
    let files = papers.into_iter().map(|(path, bytes)| crate::revision::File { path, bytes });
    let files: Vec<_> = files.collect();
    for file in &files {
        workspace::write(&folder.join(&file.path), &file.bytes)?;
    }
    let sums = Sums::of(&files).map_err(AppError::Board)?;
    workspace::write(&folder.join(SUMS), sums.text().as_bytes())?;
    let text = statement(sums.digest()).text();
    if Statement::read(&text).is_none() {
        return Err(refused(super::problems::not_on_one_line()));
    }
    home.write(&format!("{name}/statement.txt"), &text)?;
    // So that whoever brings a vote sees where it goes.
    Ok(workspace::create_folder(&folder.join("votes"))?)
}

/// A revision that is tabled carries its templates itself, so that it stays as it was when they change.
fn own_templates(root: &Path, revision: &Path) -> Result<(), AppError> {
    let (from, to) = (under(root, "templates"), revision.join("templates"));
    if to.is_dir() || !from.is_dir() {
        return Ok(());
    }
    for file in workspace::read_folder(&from)? {
        if file.path != "README.md" {
            workspace::write(&to.join(&file.path), &file.bytes)?;
        }
    }
    Ok(())
}

fn refused(problem: Diagnostic) -> AppError {
    AppError::Board(Diagnostics(vec![problem]))
}

/// A proposal that waits for votes.
#[derive(Debug)]
pub struct Open {
    /// The folder of the policy.
    pub home: Home,
    /// What is proposed.
    pub statement: Statement,
    /// The board that votes on it.
    pub board: Board,
}

impl Open {
    /// The name of its folder.
    pub fn folder(&self) -> String {
        self.statement.about.folder(self.statement.number)
    }

    /// The votes so far.
    ///
    /// # Errors
    ///
    /// A vote that cannot count.
    pub fn votes(&self) -> Result<Proposal, AppError> {
        Proposal::read(&self.home.kept, self.statement.about, self.statement.number, &self.board)
            .map_err(AppError::Board)
    }
}

/// The proposal that waits for votes: the one that is not in the register yet.
///
/// # Errors
///
/// There is none, or its papers are not what its statement says.
pub fn open(root: &Path, asked: Option<&str>) -> Result<Open, AppError> {
    let home = home(root, asked)?;
    let board = home.board()?;
    for about in [About::Board, About::Withdrawal, About::Revision] {
        let mut numbers: Vec<u32> = home.kept.numbers().chain([board.number + 1]).collect();
        numbers.sort_unstable();
        for number in numbers.into_iter().rev() {
            let folder = about.folder(number);
            if home.kept.has(&format!("{folder}/statement.txt"))
                && !home.kept.has(&format!("{folder}/{REGISTER}"))
            {
                let statement = proposal::statement(&home.kept, about, number).map_err(AppError::Board)?;
                return Ok(Open { home, statement, board });
            }
        }
    }
    Err(refused(super::problems::nothing_open(&home.policy)))
}

/// The member of that id, before anybody is asked for a passphrase.
///
/// # Errors
///
/// The board has no such member.
pub fn voter<'b>(open: &'b Open, id: &str) -> Result<&'b Member, AppError> {
    open.board.member(id).ok_or_else(|| {
        let known: Vec<&str> = open.board.members.iter().map(|member| member.id.as_str()).collect();
        refused(super::problems::no_member(id, &known))
    })
}

/// A vote to be cast.
#[derive(Debug, Clone, Copy)]
pub struct Cast<'a> {
    /// The id of the member.
    pub member: &'a str,
    /// The vote.
    pub vote: Vote,
    /// A remark.
    pub note: &'a str,
    /// The day.
    pub on: Date,
}

/// Writes the text of a member's vote, and with a key signs it. Returns the path of the text.
///
/// # Errors
///
/// The member does not vote on this, has voted, or has another key.
pub fn vote(open: &Open, cast: Cast<'_>, key: Option<&SecretKey>) -> Result<PathBuf, AppError> {
    let member = voter(open, cast.member)?;
    let ballot = Ballot {
        statement: open.statement.clone(),
        member: member.id.clone(),
        name: member.name.clone(),
        vote: cast.vote,
        note: cast.note.split_whitespace().collect::<Vec<_>>().join(" "),
        on: cast.on,
    };
    let path = format!("{}/votes/{}.txt", open.folder(), member.id);
    if open.home.kept.has(&path) {
        return Err(refused(super::problems::has_voted(&open.home.kept.shown(&path))));
    }
    put(open, &path, &ballot.text(), key)
}

/// Writes the minute of a vote on paper, signed by the secretary. Returns the path of the text.
///
/// # Errors
///
/// The board takes no votes on paper, or somebody in it does not vote on this.
pub fn minute(
    open: &Open,
    minute: Minute,
    scan: &Path,
    key: Option<&SecretKey>,
) -> Result<PathBuf, AppError> {
    let ending = scan.extension().map_or_else(|| "bin".into(), |ending| ending.to_string_lossy());
    let bytes = workspace::read_bytes(scan)?;
    let minute = Minute { statement: open.statement.clone(), scan: Digest::of(&bytes), ..minute };
    let name = format!("{}/minute-scan.{}", open.folder(), ending.to_ascii_lowercase());
    workspace::write(&open.home.path.join(name), &bytes)?;
    put(open, &format!("{}/minute.txt", open.folder()), &minute.text(), key)
}

fn put(open: &Open, path: &str, text: &str, key: Option<&SecretKey>) -> Result<PathBuf, AppError> {
    let Some(key) = key else {
        open.home.write(path, text)?;
        return Ok(open.home.path.join(path));
    };
    let signature = key.sign(text).ok_or_else(|| refused(super::problems::cannot_sign()))?;
    // Nothing is written that would not count.
    let kept = home_at(&open.home.root, &open.home.path)?
        .kept
        .with(path, text)
        .with(&format!("{path}.sig"), &signature);
    Proposal::read(&kept, open.statement.about, open.statement.number, &open.board)
        .map_err(AppError::Board)?;
    open.home.write(path, text)?;
    open.home.write(&format!("{path}.sig"), &signature)?;
    Ok(open.home.path.join(path))
}

/// Enters what was voted on into the register.
///
/// # Errors
///
/// Everything that stands against it.
pub fn approve(open: &Open, on: Date) -> Result<Entry, AppError> {
    let home = &open.home;
    let proposal = open.votes()?;
    let register = if home.has_register() {
        home.register(on)?.text().to_owned()
    } else {
        register::with("", &Entry::founding(&open.board, on))
    };
    let entry = Entry::of(&proposal, &register, on);
    let text = register::with(&register, &entry);
    // It is entered only where everything from the first entry on holds with it.
    let mut kept = home.kept.clone().with(REGISTER, &text);
    let mut boards = None;
    if open.statement.about == About::Board {
        let old = home.kept.source("board.toml").map_err(AppError::Board)?;
        let path = format!("{}/board.toml", open.folder());
        let new = home.kept.source(&path).map_err(AppError::Board)?;
        let earlier = format!("board.{}.toml", open.board.number);
        kept = kept.with(&earlier, &old.text).with("board.toml", &new.text);
        boards = Some((earlier, old, new));
    }
    Register::verify(&kept, home.known, on).map_err(AppError::Board)?;
    if let Some((earlier, old, new)) = boards {
        home.write(&earlier, &old.text)?;
        home.write("board.toml", &new.text)?;
    }
    home.write(REGISTER, &text)?;
    home.write(&format!("{}/{REGISTER}", open.folder()), &text)?;
    let known = Known::of(&text);
    workspace::write(&known_path(&home.root, &home.policy), known.text().as_bytes())?;
    Ok(entry)
}

/// The commands with which anybody checks the same without this program, as a script for a shell.
pub fn commands(home: &Home, register: &Register) -> Result<String, AppError> {
    let mut script = format!("set -e\ncd '{}'\nkeys=$(mktemp)\n", home.path.display());
    let mut board: Option<Board> = None;
    for entry in register.entries() {
        let folder = entry.about.folder(entry.number);
        if entry.about == About::Circulation {
            script.push_str(&circulation::commands(home, entry)?);
        } else if entry.by != By::Founding {
            let proposal = board
                .as_ref()
                .map(|board| Proposal::read(&home.kept, entry.about, entry.number, board))
                .transpose()
                .map_err(AppError::Board)?;
            script.push_str(&format!("(cd {folder} && sha256sum -c --strict --quiet {SUMS})\n"));
            if entry.about == About::Revision {
                script.push_str(&format!("(cd {} && sha256sum -c --strict --quiet {SUMS})\n", entry.number));
                script.push_str(&format!(
                    "echo '{}  {}/{SUMS}' | sha256sum -c --quiet\n",
                    entry.digest, entry.number
                ));
            }
            let verify = |who: &str, on: Date, text: &str| {
                format!(
                    "ssh-keygen -Y verify -f \"$keys\" -I {who} -n {NAMESPACE} -Overify-time={} -s {folder}/{text}.sig < {folder}/{text}\n",
                    on.format("%Y%m%d")
                )
            };
            for ballot in proposal.iter().flat_map(|proposal| &proposal.ballots) {
                script.push_str(&verify(&ballot.member, ballot.on, &format!("votes/{}.txt", ballot.member)));
            }
            if entry.by == By::Minute {
                let minute = home.kept.source(&format!("{folder}/minute.txt")).map_err(AppError::Board)?;
                if let Some(minute) = Minute::read(&minute.text) {
                    script.push_str(&verify(&minute.secretary, minute.on, "minute.txt"));
                }
            }
        }
        if entry.about == About::Board {
            let next = home.kept.board(entry.number).map_err(AppError::Board)?;
            script.push_str(&format!("cat > \"$keys\" <<'END'\n{}END\n", next.allowed_signers()));
            board = Some(next);
        }
    }
    script.push_str("rm -f \"$keys\"\n");
    Ok(script)
}

/// Who has not voted yet.
pub fn missing_votes<'b>(open: &'b Open, proposal: &Proposal) -> Vec<&'b str> {
    let signs = if open.statement.about == About::Board { Signs::Board } else { Signs::Policy };
    let tally = &proposal.tally;
    let voted =
        |id: &String| tally.approve.contains(id) || tally.reject.contains(id) || tally.abstain.contains(id);
    open.board.signers(signs).filter(|member| !voted(&member.id)).map(|member| member.id.as_str()).collect()
}

/// How far a revision has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Written, not tabled.
    Draft,
    /// Waiting for votes.
    Tabled,
    /// Voted on, and enough were against it.
    Returned,
    /// Approved, not in force yet.
    Approved,
    /// Approved and circulated, not in force yet.
    Circulated,
    /// In force.
    InForce,
    /// A later one is in force.
    Superseded,
    /// Approved, and withdrawn before it was in force.
    Withdrawn,
    /// Not what was approved.
    Tampered,
}

impl State {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            State::Draft => Text::new("مسودة", "draft"),
            State::Tabled => Text::new("معروضة", "tabled"),
            State::Returned => Text::new("معادة للتعديل", "returned"),
            State::Approved => Text::new("معتمدة", "approved"),
            State::Circulated => Text::new("معمَّمة", "circulated"),
            State::InForce => Text::new("نافذة", "in force"),
            State::Superseded => Text::new("منسوخة", "superseded"),
            State::Withdrawn => Text::new("مسحوبة", "withdrawn"),
            State::Tampered => Text::new("مطعون فيها", "tampered"),
        }
    }
}

/// A revision and how far it has come.
#[derive(Debug)]
pub struct Status {
    /// The number.
    pub number: u32,
    /// How far.
    pub state: State,
    /// Its entry, where it was approved.
    pub entry: Option<Entry>,
    /// How its circulation stands, where it was circulated.
    pub circulation: Option<circulation::Standing>,
    /// Does it wait to be circulated before it can govern?
    pub waits: bool,
    /// What is wrong with it.
    pub problems: Diagnostics,
}

/// How far each revision has come. What does not hold is named; the rest stays readable.
///
/// # Errors
///
/// There is no such policy, or its register cannot be read at all.
pub fn status(root: &Path, asked: Option<&str>, today: Date) -> Result<(Vec<Status>, Diagnostics), AppError> {
    status_of(&home(root, asked)?, today)
}

/// The same of a folder that was read.
pub(super) fn status_of(home: &Home, today: Date) -> Result<(Vec<Status>, Diagnostics), AppError> {
    let entries = home.entries()?;
    let (register, mut broken) = match home.has_register().then(|| home.register(today)) {
        None => (None, Diagnostics::default()),
        Some(Ok(register)) => (Some(register), Diagnostics::default()),
        Some(Err(AppError::Board(problems))) => (None, problems),
        Some(Err(error)) => return Err(error),
    };
    broken.sort();
    let governing = register.as_ref().and_then(|register| register.in_force(today).ok());
    let governing = governing.map(|in_force| in_force.entry().number);
    let governs_from = |entry: &Entry| match &register {
        Some(register) => register.governs_from(entry),
        None => entry.in_force_from,
    };
    let mut found = Vec::new();
    for number in home.kept.numbers() {
        let entry = entries.iter().find(|entry| entry.about == About::Revision && entry.number == number);
        let is_withdrawn =
            entries.iter().any(|entry| entry.about == About::Withdrawal && entry.number == number);
        let prefix = home.kept.shown(&format!("{number}/"));
        let own: Vec<_> =
            broken.0.iter().filter(|problem| problem.message.en.contains(&prefix)).cloned().collect();
        let circulation = register.as_ref().and_then(|register| register.circulation(number));
        let circulation = circulation.map(|sent| circulation::Standing::of(sent, &home.kept));
        let waits = entry.is_some_and(|entry| governs_from(entry).is_none());
        let state = match entry {
            Some(_) if !own.is_empty() => State::Tampered,
            Some(_) if is_withdrawn => State::Withdrawn,
            Some(_) if governing == Some(number) => State::InForce,
            Some(_) if governing > Some(number) => State::Superseded,
            Some(entry) if governs_from(entry).is_none_or(|from| from > today) && circulation.is_some() => {
                State::Circulated
            }
            Some(entry) if governs_from(entry).is_none_or(|from| from > today) => State::Approved,
            Some(_) => State::Superseded,
            None if home.kept.has(&format!("{}/statement.txt", About::Revision.folder(number))) => {
                let proposal = home.board().ok().and_then(|board| {
                    Some((Proposal::read(&home.kept, About::Revision, number, &board).ok()?, board))
                });
                match proposal {
                    Some((proposal, board)) => {
                        let signers = board.signers(Signs::Policy).count();
                        let against = proposal.tally.reject.len() + proposal.tally.abstain.len();
                        if signers - against.min(signers) < board.quorum {
                            State::Returned
                        } else {
                            State::Tabled
                        }
                    }
                    None => State::Tabled,
                }
            }
            None => State::Draft,
        };
        let waits = waits && state == State::Approved;
        let (entry, problems) = (entry.cloned(), Diagnostics(own));
        found.push(Status { number, state, entry, circulation, waits, problems });
    }
    Ok((found, broken))
}

/// The revision that was in force on a day, checked.
///
/// # Errors
///
/// There was none, or it is not what was approved.
pub fn in_force(
    root: &Path,
    asked: Option<&str>,
    on: Date,
    today: Date,
) -> Result<(RevisionFolder, Entry, Option<Date>), AppError> {
    governing(&home(root, asked)?, on, today)
}

/// The same of a folder that was read.
pub(super) fn governing(
    home: &Home,
    on: Date,
    today: Date,
) -> Result<(RevisionFolder, Entry, Option<Date>), AppError> {
    if !home.has_register() {
        return Err(refused(super::problems::no_register(&home.policy)));
    }
    let register = home.register(today)?;
    let in_force = register.in_force(on).map_err(AppError::Board)?;
    in_force.admits(&home.kept).map_err(AppError::Board)?;
    let entry = in_force.entry().clone();
    let path = home.path.join(entry.number.to_string());
    Ok((RevisionFolder { policy: home.policy.clone(), number: entry.number, path }, entry, in_force.until()))
}

/// Reads and checks the revision in force on a day.
///
/// # Errors
///
/// There was none, or something is wrong with it.
pub fn show(root: &Path, asked: Option<&str>, on: Date, today: Date) -> Result<Policy, AppError> {
    let (folder, _, _) = in_force(root, asked, on, today)?;
    super::load(&folder).map(|(policy, _)| policy)
}
