//! The board: who may vote, with which keys, and how many of them approve.
//!
//! Receives `board.toml`, hands on [`Board`]. Two people are two names and two keys: nobody counts twice.

use std::sync::Arc;

use serde::Deserialize;

use super::sign::PublicKey;
use super::{Digest, problems};
use crate::diag::Diagnostics;
use crate::policy::file::Sentence;
use crate::policy::read;
use crate::source::de::{At, Day, Entries};
use crate::source::{Place, Source};
use crate::value::{Date, Text};

/// What a member signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signs {
    /// A vote on a revision, or on its withdrawal.
    Policy,
    /// A vote on a change of the board.
    Board,
    /// The minute of a vote that was held on paper.
    Minute,
    /// That an approved revision was circulated.
    Circulation,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BoardFile {
    number: At<i64>,
    quorum: At<i64>,
    votes_within_days: At<i64>,
    #[serde(default)]
    minutes_on_paper: bool,
    circulate_first: Option<At<bool>>,
    previous: Option<At<String>>,
    member: Entries<MemberFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberFile {
    name: Sentence,
    role: Sentence,
    signs: Vec<Signs>,
    keys: Vec<KeyFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    key: At<String>,
    from: Day,
    until: Option<Day>,
}

/// A board, as it stands in one `board.toml`.
#[derive(Debug, Clone)]
pub struct Board {
    /// Its number: it goes up with every change.
    pub number: u32,
    /// The digest of its file.
    pub digest: Digest,
    /// The digest of the board before it; none for the first.
    pub previous: Option<Digest>,
    /// How many distinct members must approve. Besides, more must approve than reject.
    pub quorum: usize,
    /// For how many days a proposal may be voted on.
    pub votes_within_days: u64,
    /// May the secretary record a vote that was held on paper?
    pub minutes_on_paper: bool,
    /// Does what it approves govern only once it was circulated?
    pub circulate_first: bool,
    /// Who is on it.
    pub members: Vec<Member>,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    /// The id: also the name of the vote's file.
    pub id: String,
    /// The name.
    pub name: Text,
    /// The office.
    pub role: Text,
    /// What the member signs.
    pub signs: Vec<Signs>,
    /// The keys.
    pub keys: Vec<Key>,
}

/// A key of a member.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub key: PublicKey,
    /// The first day on which it counts.
    pub from: Date,
    /// The last, where there is one.
    pub until: Option<Date>,
}

impl Key {
    /// Does it count on a day?
    pub fn is_valid(&self, on: Date) -> bool {
        self.from <= on && self.until.is_none_or(|until| on <= until)
    }
}

impl Board {
    /// Reads a `board.toml`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn read(source: &Arc<Source>) -> Result<Board, Diagnostics> {
        let mut problems = Diagnostics::default();
        let file: Option<BoardFile> = read::one(source, &mut problems);
        let board = file.and_then(|file| board(source, file, &mut problems));
        match board {
            Some(board) if !problems.has_errors() => Ok(board),
            _ => Err(problems),
        }
    }

    /// The member of that id.
    pub fn member(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// Those who sign that.
    pub fn signers(&self, what: Signs) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.signs.contains(&what))
    }

    /// The keys as `ssh-keygen -Y verify` wants them, a line for each.
    pub fn allowed_signers(&self) -> String {
        let mut lines = String::new();
        for member in &self.members {
            for key in &member.keys {
                let from = key.from.format("%Y%m%d");
                // OpenSSH ends at the first moment of the day it is given.
                let until = key.until.and_then(|until| until.succ_opt());
                let until =
                    until.map(|day| day.format(",valid-before=\"%Y%m%d\"").to_string()).unwrap_or_default();
                lines.push_str(&format!(
                    "{} namespaces=\"{}\",valid-after=\"{from}\"{until} {}\n",
                    member.id,
                    super::sign::NAMESPACE,
                    key.key
                ));
            }
        }
        lines
    }
}

fn board(source: &Arc<Source>, file: BoardFile, problems: &mut Diagnostics) -> Option<Board> {
    let at = |range: &std::ops::Range<usize>| Place::new(source, range.clone());
    let number = u32::try_from(file.number.value).ok().filter(|number| *number > 0);
    if number.is_none() {
        problems.push(problems::board_shape(at(&file.number.range), problems::BoardFault::Number));
    }
    let previous = file.previous.as_ref().and_then(|digest| Digest::parse(&digest.value));
    let wants_previous = number.is_some_and(|number| number > 1);
    if wants_previous != previous.is_some() || file.previous.is_some() != previous.is_some() {
        let range = file.previous.as_ref().map_or(&file.number.range, |digest| &digest.range);
        problems.push(problems::board_shape(at(range), problems::BoardFault::Previous));
    }
    let mut members: Vec<Member> = Vec::new();
    for (key, entry) in file.member.0 {
        let is_plain = !key.name.is_empty()
            && key.name.bytes().all(|sign| matches!(sign, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if !is_plain || key.name.starts_with('-') || key.name == "minute" {
            problems.push(problems::board_shape(at(&key.range), problems::BoardFault::Id));
        }
        let mut keys: Vec<Key> = Vec::new();
        for written in entry.keys {
            let Some(public) = PublicKey::read(&written.key.value) else {
                problems.push(problems::board_shape(at(&written.key.range), problems::BoardFault::Key));
                continue;
            };
            let known = |member: &Member| member.keys.iter().any(|known| known.key.is_same(&public));
            if let Some(other) = members.iter().find(|member| known(member)) {
                problems.push(problems::same_person(at(&written.key.range), &other.id, &key.name));
            }
            keys.push(Key { key: public, from: written.from.0, until: written.until.map(|day| day.0) });
        }
        let (name, role) = (entry.name.text(), entry.role.text());
        let same = |one: &str, other: &str| one.split_whitespace().eq(other.split_whitespace());
        if let Some(other) =
            members.iter().find(|member| same(&member.name.ar, &name.ar) || same(&member.name.en, &name.en))
        {
            problems.push(problems::same_person(at(&key.range), &other.id, &key.name));
        }
        members.push(Member { id: key.name, name, role, signs: entry.signs, keys });
    }
    let signers = |what| members.iter().filter(|member| member.signs.contains(&what)).count();
    let fewest = signers(Signs::Policy).min(signers(Signs::Board));
    let quorum = usize::try_from(file.quorum.value).ok().filter(|quorum| (1..=fewest).contains(quorum));
    if quorum.is_none() {
        problems.push(problems::board_shape(at(&file.quorum.range), problems::BoardFault::Quorum(fewest)));
    }
    let days = u64::try_from(file.votes_within_days.value).ok().filter(|days| (1..=366).contains(days));
    if days.is_none() {
        problems.push(problems::board_shape(at(&file.votes_within_days.range), problems::BoardFault::Days));
    }
    if let Some(first) = file.circulate_first.as_ref().filter(|first| first.value)
        && signers(Signs::Circulation) == 0
    {
        problems.push(problems::board_shape(at(&first.range), problems::BoardFault::Circulation));
    }
    Some(Board {
        number: number?,
        digest: Digest::of(&source.text),
        previous,
        quorum: quorum?,
        votes_within_days: days?,
        minutes_on_paper: file.minutes_on_paper,
        circulate_first: file.circulate_first.is_some_and(|first| first.value),
        members,
    })
}
