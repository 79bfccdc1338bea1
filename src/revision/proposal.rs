//! A proposal and its votes: each signature checked, each person counted once.

use std::sync::Arc;

use super::board::{Board, Member, Signs};
use super::kept::Kept;
use super::sign::Signature;
use super::statement::{About, Ballot, Minute, Statement, Vote};
use super::{Digest, File, SUMS, Sums, problems, register};
use crate::diag::Diagnostics;
use crate::source::Source;
use crate::value::Date;

/// How the members voted, by id, in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// For it.
    pub approve: Vec<String>,
    /// Against it.
    pub reject: Vec<String>,
    /// Neither.
    pub abstain: Vec<String>,
}

impl Tally {
    fn count(&mut self, member: &str, vote: Vote) {
        let list = match vote {
            Vote::Approve => &mut self.approve,
            Vote::Reject => &mut self.reject,
            Vote::Abstain => &mut self.abstain,
        };
        list.push(member.to_owned());
        list.sort();
    }

    fn has(&self, member: &str) -> bool {
        [&self.approve, &self.reject, &self.abstain].iter().any(|list| list.iter().any(|id| id == member))
    }
}

/// A proposal whose papers and votes are in order.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What is proposed.
    pub statement: Statement,
    /// The votes, as they were signed.
    pub ballots: Vec<Ballot>,
    /// How they were cast.
    pub tally: Tally,
    /// The digest of the votes.
    pub votes: Digest,
    /// The day of the last vote.
    pub last_vote: Date,
    /// Was it voted on paper?
    pub is_on_paper: bool,
}

/// Is it one of the papers on which members vote? Votes, minutes and copies are not.
fn is_paper(path: &str) -> bool {
    !path.starts_with("votes/")
        && !path.starts_with("minute")
        && !matches!(path, "statement.txt" | "register.toml" | SUMS)
}

/// The papers of a proposal.
pub fn papers(files: &[File]) -> Vec<&File> {
    files.iter().filter(|file| is_paper(&file.path)).collect()
}

impl Proposal {
    /// Reads a proposal with its votes. What it says of numbers and dates is judged where it is entered.
    ///
    /// # Errors
    ///
    /// A paper, a text or a signature that is not as it should be; a vote that cannot count.
    pub fn read(kept: &Kept, about: About, number: u32, board: &Board) -> Result<Proposal, Diagnostics> {
        let folder = about.folder(number);
        let statement = statement(kept, about, number)?;
        if statement.board != board.digest {
            let path = kept.shown(&folder);
            return Err(Diagnostics(vec![problems::wrong_board(&path, board.digest, Some(statement.board))]));
        }
        let files = kept.under(&folder);
        let signs = if about == About::Board { Signs::Board } else { Signs::Policy };
        let mut diagnostics = Diagnostics::default();
        let mut proposal = Proposal {
            last_vote: statement.tabled_on,
            statement,
            ballots: vec![],
            tally: Tally::default(),
            votes: Digest::of(""),
            is_on_paper: false,
        };
        let cast: Vec<&File> = files
            .iter()
            .filter(|file| file.path.starts_with("votes/") || file.path.starts_with("minute"))
            .collect();
        proposal.votes = Sums::of(cast.iter().copied())?.digest();
        for file in cast.iter().filter(|file| file.path.starts_with("votes/") && file.path.ends_with(".txt"))
        {
            let signed = Signed::new(kept, &folder, &file.path);
            match signed.and_then(|signed| proposal.ballot(&signed, board, signs)) {
                Ok(()) => {}
                Err(problems) => diagnostics.0.extend(problems.0),
            }
        }
        let is_stray = |file: &&&File| {
            file.path.starts_with("votes/") && !file.path.ends_with(".txt") && {
                let text = file.path.strip_suffix(".sig");
                !text.is_some_and(|text| files.iter().any(|other| other.path == text))
            }
        };
        for stray in cast.iter().filter(is_stray) {
            diagnostics.push(problems::changed(&kept.shown(&format!("{folder}/{}", stray.path)), None, None));
        }
        if files.iter().any(|file| file.path == "minute.txt") {
            match Signed::new(kept, &folder, "minute.txt")
                .and_then(|signed| proposal.minute(&signed, board, signs, &files))
            {
                Ok(()) => {}
                Err(problems) => diagnostics.0.extend(problems.0),
            }
        }
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(proposal) }
    }

    fn ballot(&mut self, signed: &Signed, board: &Board, signs: Signs) -> Result<(), Diagnostics> {
        let refuse = |problem| Err(Diagnostics(vec![problem]));
        let path = &signed.source.name;
        let Some(ballot) = Ballot::read(&signed.source.text) else {
            return refuse(problems::not_as_written(path));
        };
        if ballot.statement != self.statement {
            return refuse(problems::other_statement(path));
        }
        if self.tally.has(&ballot.member) {
            return refuse(problems::voted_twice(path, &ballot.member));
        }
        let member = signed.member(board, &ballot.member, signs, ballot.on)?;
        if member.name != ballot.name || !path.ends_with(&format!("/votes/{}.txt", ballot.member)) {
            return refuse(problems::not_as_written(path));
        }
        self.in_time(path, ballot.on)?;
        self.tally.count(&ballot.member, ballot.vote);
        self.ballots.push(ballot);
        Ok(())
    }

    fn minute(
        &mut self,
        signed: &Signed,
        board: &Board,
        signs: Signs,
        files: &[File],
    ) -> Result<(), Diagnostics> {
        let refuse = |problem| Err(Diagnostics(vec![problem]));
        let path = &signed.source.name;
        if !board.minutes_on_paper {
            return refuse(problems::paper_not_allowed(path));
        }
        let Some(minute) = Minute::read(&signed.source.text) else {
            return refuse(problems::not_as_written(path));
        };
        if minute.statement != self.statement {
            return refuse(problems::other_statement(path));
        }
        signed.member(board, &minute.secretary, Signs::Minute, minute.on)?;
        let scan = files.iter().find(|file| file.path.starts_with("minute-scan."));
        let found = scan.map(|file| Digest::of(&file.bytes));
        if found != Some(minute.scan) {
            return refuse(problems::changed(&format!("{path} (scan)"), Some(minute.scan), found));
        }
        self.in_time(path, minute.on)?;
        for (id, vote) in &minute.votes {
            let may_vote = board.member(id).is_some_and(|member| member.signs.contains(&signs));
            if !may_vote {
                return refuse(problems::not_a_member(path, id));
            }
            if self.tally.has(id) {
                return refuse(problems::voted_twice(path, id));
            }
            self.tally.count(id, *vote);
        }
        self.is_on_paper = true;
        Ok(())
    }

    fn in_time(&mut self, path: &str, on: Date) -> Result<(), Diagnostics> {
        if on < self.statement.tabled_on || on > self.statement.votes_until {
            let problem =
                problems::vote_out_of_time(path, on, self.statement.tabled_on, self.statement.votes_until);
            return Err(Diagnostics(vec![problem]));
        }
        self.last_vote = self.last_vote.max(on);
        Ok(())
    }
}

/// The statement of a proposal, and whether its papers are those that it names.
///
/// # Errors
///
/// It is not as it was written, or a paper is another one.
pub fn statement(kept: &Kept, about: About, number: u32) -> Result<Statement, Diagnostics> {
    let folder = about.folder(number);
    let path = format!("{folder}/statement.txt");
    let source = kept.source(&path)?;
    let Some(statement) = Statement::read(&source.text) else {
        return Err(Diagnostics(vec![problems::not_as_written(&source.name)]));
    };
    if (statement.about, statement.number) != (about, number) {
        return Err(Diagnostics(vec![problems::other_statement(&source.name)]));
    }
    let listed = kept.source(&format!("{folder}/{SUMS}"))?;
    let found = Digest::of(&listed.text);
    if found != statement.papers {
        return Err(Diagnostics(vec![problems::other_paper(
            &listed.name,
            Some(statement.papers),
            Some(found),
        )]));
    }
    let listed = Sums::read(&listed)?;
    let files = kept.under(&folder);
    let differences = listed.compare(&Sums::of(papers(&files))?);
    let others: Vec<_> = differences
        .iter()
        .map(|difference| {
            let path = kept.shown(&format!("{folder}/{}", difference.path));
            problems::other_paper(&path, difference.listed, difference.found)
        })
        .collect();
    if !others.is_empty() {
        return Err(Diagnostics(others));
    }
    match about {
        About::Revision => register::content(kept, number, statement.digest)?,
        About::Withdrawal | About::Circulation => {}
        About::Board => {
            let new = listed.get("board.toml");
            if new != Some(statement.digest) {
                let path = kept.shown(&format!("{folder}/board.toml"));
                return Err(Diagnostics(vec![problems::other_paper(&path, Some(statement.digest), new)]));
            }
        }
    }
    Ok(statement)
}

/// A text and the signature beside it.
pub(super) struct Signed {
    pub(super) source: Arc<Source>,
    signature: Arc<Source>,
}

impl Signed {
    pub(super) fn new(kept: &Kept, folder: &str, path: &str) -> Result<Signed, Diagnostics> {
        let path = format!("{folder}/{path}");
        Ok(Signed { source: kept.source(&path)?, signature: kept.source(&format!("{path}.sig"))? })
    }

    /// The member who signed it, with a key that counts on that day.
    pub(super) fn member<'b>(
        &self,
        board: &'b Board,
        id: &str,
        signs: Signs,
        on: Date,
    ) -> Result<&'b Member, Diagnostics> {
        let refuse = |problem| Err(Diagnostics(vec![problem]));
        let path = &self.source.name;
        let Some(member) = board.member(id).filter(|member| member.signs.contains(&signs)) else {
            return refuse(problems::not_a_member(path, id));
        };
        let Some(signature) = Signature::read(&self.signature.text) else {
            return refuse(problems::bad_signature(&self.signature.name));
        };
        let key = signature.key();
        let Some(known) = member.keys.iter().find(|known| known.key.is_same(&key)) else {
            return refuse(problems::other_key(path, id, &key.fingerprint()));
        };
        if !known.is_valid(on) {
            return refuse(problems::key_out_of_time(path, id, on));
        }
        if !signature.is_of(&known.key, &self.source.text) {
            return refuse(problems::bad_signature(&self.signature.name));
        }
        Ok(member)
    }
}
