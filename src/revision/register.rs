//! The register: what the board approved, in order, each entry chained to everything before it.
//!
//! Receives `register.toml` and what lies beside it, hands on a [`Register`] that exists only where all of it holds, from the first
//! entry on; and of that, the revision [`InForce`] on a day.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::board::{Board, Signs};
use super::circulation::{CIRCULATION, Circulation};
use super::kept::Kept;
use super::proposal::{Proposal, Tally};
use super::statement::{About, Statement, transition_name};
use super::{Digest, Sums, problems};
use crate::diag::Diagnostics;
use crate::policy::{Transition, read};
use crate::source::de::Day;
use crate::source::{Place, Source};
use crate::value::Date;

/// The name of the register's file.
pub const REGISTER: &str = "register.toml";

const HEAD: &str = "\
# سجل النسخ المعتمدة: تكتبه `mizan policy approve`، يُزاد في آخره ولا يُغيَّر ما فيه.
# The register of approved revisions: `mizan policy approve` adds to its end, and nothing in it is ever changed.
";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AboutFile {
    Revision,
    Board,
    Withdrawal,
    Circulation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ByFile {
    Founding,
    Vote,
    Minute,
    Circular,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegisterFile {
    entry: Vec<EntryFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryFile {
    about: AboutFile,
    number: i64,
    label: Option<String>,
    digest: String,
    in_force_from: Option<Day>,
    transition: Option<Transition>,
    by: ByFile,
    meeting: Option<String>,
    resolution: Option<String>,
    approve: Option<Vec<String>>,
    reject: Option<Vec<String>>,
    abstain: Option<Vec<String>>,
    statement: Option<String>,
    votes: Option<String>,
    on: Day,
    before: String,
}

/// How an entry came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The first board, by which everything begins.
    Founding,
    /// By signed votes.
    Vote,
    /// By the minute of a vote on paper.
    Minute,
    /// By a circular, which somebody says was sent.
    Circular,
}

/// An entry of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub about: About,
    /// The number of the revision, or of the board.
    pub number: u32,
    /// What letters call the revision.
    pub label: String,
    /// The digest of the revision, or of the board's file.
    pub digest: Digest,
    /// From when on the revision governs.
    pub in_force_from: Option<Date>,
    /// What happens to requests that are open then.
    pub transition: Option<Transition>,
    /// How it came about.
    pub by: By,
    /// The number of the meeting.
    pub meeting: String,
    /// The number of the resolution.
    pub resolution: String,
    /// Who was for it.
    pub approve: Vec<String>,
    /// Who was against it.
    pub reject: Vec<String>,
    /// Who abstained.
    pub abstain: Vec<String>,
    /// The digest of the statement, or of what says that it was circulated.
    pub statement: Option<Digest>,
    /// The digest of the votes; of a circulation, of its text and signature.
    pub votes: Option<Digest>,
    /// The day on which it was entered.
    pub on: Date,
    /// The digest of everything before it in the register.
    pub before: Digest,
}

impl Entry {
    /// The first entry: the board by which everything begins.
    pub fn founding(board: &Board, on: Date) -> Entry {
        Entry {
            about: About::Board,
            number: board.number,
            label: String::new(),
            digest: board.digest,
            in_force_from: None,
            transition: None,
            by: By::Founding,
            meeting: String::new(),
            resolution: String::new(),
            approve: vec![],
            reject: vec![],
            abstain: vec![],
            statement: None,
            votes: None,
            on,
            before: Digest::of(HEAD),
        }
    }

    /// The entry of a proposal, after what is there.
    pub fn of(proposal: &Proposal, register: &str, on: Date) -> Entry {
        let statement = &proposal.statement;
        let tally = &proposal.tally;
        Entry {
            about: statement.about,
            number: statement.number,
            label: statement.label.clone(),
            digest: statement.digest,
            in_force_from: statement.in_force_from,
            transition: statement.transition,
            by: if proposal.is_on_paper { By::Minute } else { By::Vote },
            meeting: statement.meeting.clone(),
            resolution: statement.resolution.clone(),
            approve: tally.approve.clone(),
            reject: tally.reject.clone(),
            abstain: tally.abstain.clone(),
            statement: Some(Digest::of(statement.text())),
            votes: Some(proposal.votes),
            on,
            before: Digest::of(register),
        }
    }

    /// The entry of a circulation, after what is there.
    pub fn circulated(circulation: &Circulation, files: Digest, register: &str) -> Entry {
        Entry {
            about: About::Circulation,
            number: circulation.number,
            label: circulation.label.clone(),
            digest: circulation.digest,
            in_force_from: None,
            transition: None,
            by: By::Circular,
            meeting: String::new(),
            resolution: String::new(),
            approve: vec![],
            reject: vec![],
            abstain: vec![],
            statement: Some(Digest::of(circulation.text())),
            votes: Some(files),
            on: circulation.on,
            before: Digest::of(register),
        }
    }

    /// As it stands in the register.
    pub fn text(&self) -> String {
        let mut text = format!("\n[[entry]]\nabout = \"{}\"\nnumber = {}\n", self.about.name(), self.number);
        let mut say = |key: &str, value: String| text.push_str(&format!("{key} = {value}\n"));
        let quoted = |text: &str| toml_text(text);
        let list =
            |ids: &[String]| format!("[{}]", ids.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", "));
        if self.by != By::Founding {
            say("label", quoted(&self.label));
        }
        say("digest", quoted(&self.digest.to_string()));
        if let Some(from) = self.in_force_from {
            say("in_force_from", from.to_string());
        }
        if let Some(transition) = self.transition {
            say("transition", quoted(transition_name(transition)));
        }
        let by = match self.by {
            By::Founding => "founding",
            By::Vote => "vote",
            By::Minute => "minute",
            By::Circular => "circular",
        };
        say("by", quoted(by));
        if matches!(self.by, By::Vote | By::Minute) {
            say("meeting", quoted(&self.meeting));
            say("resolution", quoted(&self.resolution));
            say("approve", list(&self.approve));
            say("reject", list(&self.reject));
            say("abstain", list(&self.abstain));
        }
        if let Some(statement) = self.statement {
            say("statement", quoted(&statement.to_string()));
        }
        if let Some(votes) = self.votes {
            say("votes", quoted(&votes.to_string()));
        }
        say("on", self.on.to_string());
        say("before", quoted(&self.before.to_string()));
        text
    }

    fn of_file(file: EntryFile) -> Option<Entry> {
        let optional = |digest: Option<String>| match digest {
            None => Some(None),
            Some(digest) => Digest::parse(&digest).map(Some),
        };
        Some(Entry {
            about: match file.about {
                AboutFile::Revision => About::Revision,
                AboutFile::Board => About::Board,
                AboutFile::Withdrawal => About::Withdrawal,
                AboutFile::Circulation => About::Circulation,
            },
            number: u32::try_from(file.number).ok()?,
            label: file.label.unwrap_or_default(),
            digest: Digest::parse(&file.digest)?,
            in_force_from: file.in_force_from.map(|day| day.0),
            transition: file.transition,
            by: match file.by {
                ByFile::Founding => By::Founding,
                ByFile::Vote => By::Vote,
                ByFile::Minute => By::Minute,
                ByFile::Circular => By::Circular,
            },
            meeting: file.meeting.unwrap_or_default(),
            resolution: file.resolution.unwrap_or_default(),
            approve: file.approve.unwrap_or_default(),
            reject: file.reject.unwrap_or_default(),
            abstain: file.abstain.unwrap_or_default(),
            statement: optional(file.statement)?,
            votes: optional(file.votes)?,
            on: file.on.0,
            before: Digest::parse(&file.before)?,
        })
    }

    fn agrees(&self, statement: &Statement) -> bool {
        self.about == statement.about
            && self.number == statement.number
            && self.label == statement.label
            && self.digest == statement.digest
            && self.in_force_from == statement.in_force_from
            && self.transition == statement.transition
            && self.meeting == statement.meeting
            && self.resolution == statement.resolution
    }
}

fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The text of a register with one more entry; of a new one where there is none.
pub fn with(register: &str, entry: &Entry) -> String {
    let before = if register.is_empty() { HEAD } else { register };
    format!("{before}{}", entry.text())
}

/// The text of an empty register.
pub fn empty() -> &'static str {
    HEAD
}

/// What this machine has seen of a register: it may only have grown since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How many bytes there were.
    pub length: usize,
    /// Their digest.
    pub digest: Digest,
}

impl Known {
    /// Of a register as it is now.
    pub fn of(register: &str) -> Known {
        Known { length: register.len(), digest: Digest::of(register) }
    }

    /// As it is kept.
    pub fn text(&self) -> String {
        format!("{} {}\n", self.length, self.digest)
    }

    /// Reads it back.
    pub fn read(text: &str) -> Option<Known> {
        let (length, digest) = text.trim_end().split_once(' ')?;
        Some(Known { length: length.parse().ok()?, digest: Digest::parse(digest)? })
    }
}

/// The entries of a register as they are written, whether they hold or not: history stays readable.
///
/// # Errors
///
/// It cannot be read at all.
pub fn entries(source: &Arc<Source>) -> Result<Vec<Entry>, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let file: Option<RegisterFile> = read::one(source, &mut diagnostics);
    match file {
        Some(file) if !diagnostics.has_errors() => {
            let entries: Option<Vec<Entry>> = file.entry.into_iter().map(Entry::of_file).collect();
            entries.ok_or_else(|| Diagnostics(vec![problems::register_broken(source, None)]))
        }
        _ => Err(diagnostics),
    }
}

/// How a revision was approved.
#[derive(Debug, Clone)]
pub struct Approval {
    /// What was voted on.
    pub statement: Statement,
    /// How the votes were cast.
    pub tally: Tally,
    /// The day of the last vote.
    pub voted_on: Date,
    /// The board that approved it.
    pub board: Board,
}

/// What was done about revisions, by their numbers.
#[derive(Debug, Clone, Default)]
struct Acts {
    approvals: BTreeMap<u32, Approval>,
    circulations: BTreeMap<u32, Circulation>,
}

impl Acts {
    fn governs_from(&self, entry: &Entry) -> Option<Date> {
        let from = entry.in_force_from?;
        let waits = self.approvals.get(&entry.number).is_some_and(|approval| approval.board.circulate_first);
        if !waits {
            return Some(from);
        }
        self.circulations.get(&entry.number).map(|circulation| circulation.on.max(from))
    }
}

/// A register that holds, from its first entry on.
#[derive(Debug, Clone)]
pub struct Register {
    entries: Vec<Entry>,
    board: Board,
    acts: Acts,
    text: String,
}

impl Register {
    /// Checks everything: the chain, each board, each statement, each signature, each count.
    ///
    /// # Errors
    ///
    /// Everything that does not hold.
    pub fn verify(kept: &Kept, known: Option<Known>, today: Date) -> Result<Register, Diagnostics> {
        let source = kept.source(REGISTER)?;
        if let Some(known) = known
            && source.text.as_bytes().get(..known.length).map(Digest::of) != Some(known.digest)
        {
            return Err(Diagnostics(vec![problems::other_than_known(&source, known.digest)]));
        }
        let entries = entries(&source)?;
        let mut diagnostics = Diagnostics::default();
        chain(kept, &source, &entries, &mut diagnostics);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        if let Some(ahead) = entries.iter().map(|entry| entry.on).find(|on| *on > today) {
            return Err(Diagnostics(vec![problems::clock_behind(today, ahead)]));
        }
        let mut so_far = Walk::default();
        for entry in &entries {
            so_far.step(kept, &source, entry, &entries, &mut diagnostics);
            if diagnostics.has_errors() {
                return Err(diagnostics);
            }
        }
        let board =
            so_far.board.ok_or_else(|| Diagnostics(vec![problems::register_broken(&source, None)]))?;
        let current = kept.source("board.toml").ok().map(|current| Digest::of(&current.text));
        if current != Some(board.digest) {
            return Err(Diagnostics(vec![problems::wrong_board("board.toml", board.digest, current)]));
        }
        Ok(Register { entries, board, acts: so_far.acts, text: source.text.clone() })
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The board that may approve now.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The revisions that were approved and not withdrawn, in the order in which they come into force.
    pub fn approved(&self) -> Vec<&Entry> {
        approved(&self.entries)
    }

    /// How a revision was approved.
    pub fn approval(&self, number: u32) -> Option<&Approval> {
        self.acts.approvals.get(&number)
    }

    /// To whom a revision was circulated, where it was.
    pub fn circulation(&self, number: u32) -> Option<&Circulation> {
        self.acts.circulations.get(&number)
    }

    /// From when on an approved revision governs: its date, or the day on which it was circulated where it waits for that. Nothing
    /// while it waits, or where a later one came before it.
    pub fn governs_from(&self, entry: &Entry) -> Option<Date> {
        let from = self.acts.governs_from(entry)?;
        let approved = self.approved();
        let mut later = approved.iter().filter(|other| other.in_force_from > entry.in_force_from);
        let is_passed_over =
            later.any(|other| self.acts.governs_from(other).is_some_and(|other| other <= from));
        (!is_passed_over).then_some(from)
    }

    /// The revision in force on a day.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn in_force(&self, on: Date) -> Result<InForce, Diagnostics> {
        let approved = self.approved();
        let from = |entry: &&Entry| self.governs_from(entry);
        let Some(at) = approved.iter().rposition(|entry| from(entry).is_some_and(|from| from <= on)) else {
            let is_due = |entry: &&&Entry| entry.in_force_from.is_some_and(|from| from <= on);
            let problem = match approved.iter().find(is_due) {
                Some(waits) => problems::not_circulated(on, waits.number),
                None => problems::gap_in_force(on, approved.first().and_then(from)),
            };
            return Err(Diagnostics(vec![problem]));
        };
        let until = approved.iter().skip(at + 1).filter_map(from).min().and_then(|next| next.pred_opt());
        let entry = approved.get(at).map(|entry| (*entry).clone());
        entry.map(|entry| InForce { entry, until }).ok_or_else(Diagnostics::default)
    }
}

fn approved(entries: &[Entry]) -> Vec<&Entry> {
    let is_withdrawn =
        |number| entries.iter().any(|entry| entry.about == About::Withdrawal && entry.number == number);
    entries.iter().filter(|entry| entry.about == About::Revision && !is_withdrawn(entry.number)).collect()
}

/// The revision that governs on a day. Only [`Register::in_force`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    entry: Entry,
    until: Option<Date>,
}

impl InForce {
    /// Its entry in the register.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The last day on which it governs, where the next one is known.
    pub fn until(&self) -> Option<Date> {
        self.until
    }

    /// Is what stands in the folder what the board approved?
    ///
    /// # Errors
    ///
    /// Each file that is not, with both digests.
    pub fn admits(&self, kept: &Kept) -> Result<(), Diagnostics> {
        content(kept, self.entry.number, self.entry.digest)
    }
}

/// Is the content of a revision's folder what its digest names?
pub(super) fn content(kept: &Kept, number: u32, digest: Digest) -> Result<(), Diagnostics> {
    let path = format!("{number}/{}", super::SUMS);
    let source = kept.source(&path)?;
    let found = Digest::of(&source.text);
    if found != digest {
        return Err(Diagnostics(vec![problems::changed(&kept.shown(&path), Some(digest), Some(found))]));
    }
    let listed = Sums::read(&source)?;
    let empty = Sums::default();
    let differences = listed.compare(kept.revision(number).unwrap_or(&empty));
    let changed = differences.iter().map(|difference| {
        let path = kept.shown(&format!("{number}/{}", difference.path));
        problems::changed(&path, difference.listed, difference.found)
    });
    let changed: Vec<_> = changed.collect();
    if changed.is_empty() { Ok(()) } else { Err(Diagnostics(changed)) }
}

/// Is every entry chained to all that stands before it, and the text nothing but the entries?
fn chain(kept: &Kept, source: &Arc<Source>, entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut text = HEAD.to_owned();
    for entry in entries {
        let start = text.len();
        if entry.before != Digest::of(&text) {
            diagnostics
                .push(problems::register_broken(source, Some(Place::new(source, whole(source, start)))));
            return;
        }
        text.push_str(&entry.text());
    }
    if text != source.text {
        diagnostics.push(problems::register_broken(source, None));
    }
    // What was approved keeps a copy of the register as it was then: a register that is cut lacks what they hold.
    for (path, copy) in kept.copies() {
        if !source.text.starts_with(&copy) {
            diagnostics.push(problems::register_cut(source, &kept.shown(&path)));
        }
    }
}

/// From a byte on to the end of its entry.
fn whole(source: &Source, start: usize) -> std::ops::Range<usize> {
    let start = start.saturating_add(1).min(source.text.len());
    let rest = source.text.get(start..).unwrap_or_default();
    start..start + rest.find("\n\n").unwrap_or(rest.len())
}

/// What holds so far, walking from the first entry on.
#[derive(Default)]
struct Walk {
    board: Option<Board>,
    last_number: u32,
    last_on: Option<Date>,
    acts: Acts,
}

impl Walk {
    fn step(
        &mut self,
        kept: &Kept,
        source: &Arc<Source>,
        entry: &Entry,
        entries: &[Entry],
        diagnostics: &mut Diagnostics,
    ) {
        if self.last_on.is_some_and(|last| entry.on < last) {
            diagnostics.push(problems::register_broken(source, None));
        }
        self.last_on = Some(entry.on);
        let Some(board) = &self.board else {
            // The first entry is the board by which everything begins; nobody was there before to approve it.
            match kept.board(entry.number) {
                Ok(board) if entry.by == By::Founding && board.digest == entry.digest => {
                    self.board = Some(board);
                }
                Ok(board) => diagnostics.push(problems::wrong_board(
                    &kept.shown("board.toml"),
                    entry.digest,
                    Some(board.digest),
                )),
                Err(problems) => diagnostics.0.extend(problems.0),
            }
            return;
        };
        let position = entries.iter().position(|other| other == entry).unwrap_or_default();
        let before = approved(entries.get(..position).unwrap_or_default());
        if entry.about == About::Circulation {
            match circulated(kept, entry, board, &before, &self.acts) {
                Ok(circulation) => {
                    self.acts.circulations.insert(entry.number, circulation);
                }
                Err(problems) => diagnostics.0.extend(problems.0),
            }
            return;
        }
        let proposal = match Proposal::read(kept, entry.about, entry.number, board) {
            Ok(proposal) => proposal,
            Err(problems) => {
                diagnostics.0.extend(problems.0);
                return;
            }
        };
        may_enter(&proposal, board, &before, self, entry.on, diagnostics);
        let statement = Digest::of(proposal.statement.text());
        let folder = kept.shown(&entry.about.folder(entry.number));
        if entry.statement != Some(statement) || !entry.agrees(&proposal.statement) {
            let path = format!("{folder}/statement.txt");
            diagnostics.push(problems::changed(&path, entry.statement, Some(statement)));
        }
        if entry.votes != Some(proposal.votes) {
            let path = format!("{folder}/votes");
            diagnostics.push(problems::changed(&path, entry.votes, Some(proposal.votes)));
        }
        let tally = &proposal.tally;
        if (&entry.approve, &entry.reject, &entry.abstain) != (&tally.approve, &tally.reject, &tally.abstain)
        {
            diagnostics.push(problems::register_broken(source, None));
        }
        match entry.about {
            About::Revision => {
                self.last_number = entry.number;
                let Proposal { statement, tally, last_vote, .. } = proposal;
                let approval = Approval { statement, tally, voted_on: last_vote, board: board.clone() };
                self.acts.approvals.insert(entry.number, approval);
            }
            About::Withdrawal | About::Circulation => {}
            About::Board => match kept.board(entry.number) {
                Ok(next) if next.digest == entry.digest => self.board = Some(next),
                Ok(next) => {
                    let path = kept.shown("board.toml");
                    diagnostics.push(problems::wrong_board(&path, entry.digest, Some(next.digest)));
                }
                Err(problems) => diagnostics.0.extend(problems.0),
            },
        }
    }
}

/// The circulation of an entry, where it holds: of a revision that was approved before and not withdrawn, once, and as it was signed.
fn circulated(
    kept: &Kept,
    entry: &Entry,
    board: &Board,
    before: &[&Entry],
    acts: &Acts,
) -> Result<Circulation, Diagnostics> {
    let is_approved = before.iter().any(|other| (other.number, other.digest) == (entry.number, entry.digest));
    if !is_approved || acts.circulations.contains_key(&entry.number) {
        return Err(Diagnostics(vec![problems::not_to_circulate(entry.number)]));
    }
    let (circulation, files) = Circulation::signed(kept, entry.number, board)?;
    let expected = Entry { before: entry.before, ..Entry::circulated(&circulation, files, "") };
    if *entry != expected {
        let path = kept.shown(&format!("{}/{CIRCULATION}", entry.about.folder(entry.number)));
        let found = (expected.statement != entry.statement).then_some(expected.statement);
        let (entered, found) = match found {
            Some(found) => (entry.statement, found),
            None => (entry.votes, Some(files)),
        };
        return Err(Diagnostics(vec![problems::changed(&path, entered, found)]));
    }
    Ok(circulation)
}

/// May a proposal be entered after what was approved before it?
fn may_enter(
    proposal: &Proposal,
    board: &Board,
    before: &[&Entry],
    so_far: &Walk,
    on: Date,
    diagnostics: &mut Diagnostics,
) {
    let statement = &proposal.statement;
    let last = before.last();
    if statement.board != board.digest {
        let name = statement.about.folder(statement.number);
        diagnostics.push(problems::wrong_board(&name, board.digest, Some(statement.board)));
    }
    if on > statement.votes_until {
        diagnostics.push(problems::expired(statement.number, statement.votes_until));
    }
    if on < proposal.last_vote {
        diagnostics.push(problems::entered_before_votes(on, proposal.last_vote));
    }
    match statement.about {
        About::Revision => {
            if statement.number <= so_far.last_number {
                diagnostics.push(problems::old_number(statement.number, so_far.last_number));
            }
            if statement.previous != last.map(|entry| entry.digest) {
                let expected = last.map(|entry| entry.digest);
                diagnostics.push(problems::wrong_previous(statement.number, expected, statement.previous));
            }
            let from = statement.in_force_from;
            if let (Some(from), Some(last)) = (from, last)
                && Some(from) <= last.in_force_from
            {
                diagnostics.push(problems::overlap(from, last.number, last.in_force_from));
            }
            if from.is_none_or(|from| from < on) {
                diagnostics.push(problems::retroactive(from, on));
            }
        }
        About::Board => {
            if statement.number != board.number + 1 {
                diagnostics.push(problems::old_number(statement.number, board.number));
            }
            if statement.previous != Some(board.digest) {
                diagnostics.push(problems::wrong_previous(
                    statement.number,
                    Some(board.digest),
                    statement.previous,
                ));
            }
        }
        About::Withdrawal => {
            let is_ahead = last.is_some_and(|last| {
                last.number == statement.number
                    && last.digest == statement.digest
                    && so_far.acts.governs_from(last).is_none_or(|from| on < from)
            });
            if !is_ahead {
                diagnostics.push(problems::not_to_withdraw(statement.number));
            }
        }
        // Nobody votes on it.
        About::Circulation => diagnostics.push(problems::not_to_circulate(statement.number)),
    }
    let signs = if statement.about == About::Board { Signs::Board } else { Signs::Policy };
    let tally = &proposal.tally;
    if tally.approve.len() < board.quorum || tally.approve.len() <= tally.reject.len() {
        let of = board.signers(signs).count();
        diagnostics.push(problems::no_quorum(&tally.approve, board.quorum, of, tally.reject.len()));
    }
}
