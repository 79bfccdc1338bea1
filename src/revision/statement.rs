//! What members sign: plain text that a person can read aloud, and that can be read back only as it was written.

use super::Digest;
use crate::policy::Transition;
use crate::value::{Date, Text};

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A revision of the policy.
    Revision,
    /// A change of the board.
    Board,
    /// That an approved revision shall not come into force.
    Withdrawal,
    /// That an approved revision was made known; nobody votes on it.
    Circulation,
}

impl About {
    /// As it is written in the register.
    pub fn name(self) -> &'static str {
        match self {
            About::Revision => "revision",
            About::Board => "board",
            About::Withdrawal => "withdrawal",
            About::Circulation => "circulation",
        }
    }

    /// The name of the folder of a proposal, or of a circulation.
    pub fn folder(self, number: u32) -> String {
        match self {
            About::Revision => format!("{number}.proposal"),
            About::Board => format!("board-{number}.proposal"),
            About::Withdrawal => format!("{number}.withdrawal"),
            About::Circulation => format!("{number}.circulation"),
        }
    }
}

/// A proposal in words: what exactly is to be approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub about: About,
    /// The id of the policy.
    pub policy: String,
    /// Its title.
    pub title: Text,
    /// The number of the revision, or of the board.
    pub number: u32,
    /// What letters call the revision; `—` for a board.
    pub label: String,
    /// The digest of the revision's `SHA256SUMS`, or of the new `board.toml`.
    pub digest: Digest,
    /// The digest of the revision, or the board, before it.
    pub previous: Option<Digest>,
    /// The digest of the board that may approve it.
    pub board: Digest,
    /// From when on it governs.
    pub in_force_from: Option<Date>,
    /// What happens to open requests.
    pub transition: Option<Transition>,
    /// The digest of the `SHA256SUMS` of the papers that lie beside it.
    pub papers: Digest,
    /// The day on which it was tabled.
    pub tabled_on: Date,
    /// The last day on which it may be voted on.
    pub votes_until: Date,
    /// The number of the meeting.
    pub meeting: String,
    /// The number of the resolution.
    pub resolution: String,
}

const NONE: &str = "—";
const HEAD: &str = "بيان يُعرض للتصويت (Statement to be voted on)";

const ABOUT: &str = "الموضوع (About)";
pub(super) const POLICY: &str = "السياسة (Policy)";
const TITLE_AR: &str = "العنوان (Title in Arabic)";
const TITLE_EN: &str = "العنوان بالإنجليزية (Title in English)";
pub(super) const NUMBER: &str = "الرقم (Number)";
pub(super) const LABEL: &str = "النسخة (Revision)";
pub(super) const DIGEST: &str = "بصمة المحتوى (Digest of the content)";
const PREVIOUS: &str = "بصمة ما قبله (Digest of the one before)";
const BOARD: &str = "بصمة المجلس (Digest of the board)";
const FROM: &str = "نافذة من (In force from)";
const TRANSITION: &str = "الطلبات القائمة (Open requests)";
const PAPERS: &str = "بصمة أوراق الآثار (Digest of the consequences papers)";
const TABLED: &str = "عُرض في (Tabled on)";
const UNTIL: &str = "آخر يوم للتصويت (Votes until)";
const MEETING: &str = "رقم الاجتماع (Meeting)";
const RESOLUTION: &str = "رقم القرار (Resolution)";

const VOTE_HEAD: &str = "صوت عضو (Vote of a member)";
const MEMBER: &str = "العضو (Member)";
const NAME: &str = "الاسم (Name)";
const VOTE: &str = "الصوت (Vote)";
const NOTE: &str = "ملاحظة (Note)";
pub(super) const ON: &str = "في يوم (On)";

const MINUTE_HEAD: &str = "محضر تصويت على الورق (Minute of a vote on paper)";
const MINUTE: &str = "رقم المحضر (Minute)";
const SCAN: &str = "بصمة صورة المحضر (Digest of the scan)";
const SECRETARY: &str = "أمين المجلس (Secretary)";

pub(super) fn line(label: &str, value: &str) -> String {
    format!("{label}: {value}\n")
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

/// The name of a transition, as it is written.
pub fn transition_name(transition: Transition) -> &'static str {
    match transition {
        Transition::Pin => "pin",
        Transition::Favourable => "favourable",
        Transition::Immediate => "immediate",
    }
}

/// Takes the lines of a text one by one.
pub(super) struct Lines<'t>(pub(super) std::str::Lines<'t>);

impl<'t> Lines<'t> {
    pub(super) fn head(&mut self, head: &str) -> Option<()> {
        (self.0.next()? == head && self.0.next()?.is_empty()).then_some(())
    }

    pub(super) fn value(&mut self, label: &str) -> Option<&'t str> {
        self.0.next()?.strip_prefix(label)?.strip_prefix(": ")
    }

    pub(super) fn digest(&mut self, label: &str) -> Option<Digest> {
        Digest::parse(self.value(label)?)
    }

    pub(super) fn date(&mut self, label: &str) -> Option<Date> {
        self.value(label)?.parse().ok()
    }

    fn optional<T>(&mut self, label: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
        match self.value(label)? {
            NONE => Some(None),
            text => read(text).map(Some),
        }
    }
}

impl Statement {
    /// The text, the same bytes every time.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}\n\n");
        let number = self.number.to_string();
        for (label, value) in [
            (ABOUT, self.about.name().to_owned()),
            (POLICY, self.policy.clone()),
            (TITLE_AR, self.title.ar.clone()),
            (TITLE_EN, self.title.en.clone()),
            (NUMBER, number),
            (LABEL, self.label.clone()),
            (DIGEST, self.digest.to_string()),
            (PREVIOUS, or_none(self.previous)),
            (BOARD, self.board.to_string()),
            (FROM, or_none(self.in_force_from)),
            (TRANSITION, or_none(self.transition.map(transition_name))),
            (PAPERS, self.papers.to_string()),
            (TABLED, self.tabled_on.to_string()),
            (UNTIL, self.votes_until.to_string()),
            (MEETING, self.meeting.clone()),
            (RESOLUTION, self.resolution.clone()),
        ] {
            text.push_str(&line(label, &value));
        }
        text
    }

    /// Reads a statement; nothing where a single byte is not as [`Statement::text`] writes it.
    pub fn read(text: &str) -> Option<Statement> {
        let mut lines = Lines(text.lines());
        lines.head(HEAD)?;
        let about = match lines.value(ABOUT)? {
            "revision" => About::Revision,
            "board" => About::Board,
            "withdrawal" => About::Withdrawal,
            _ => return None,
        };
        let statement = Statement {
            about,
            policy: lines.value(POLICY)?.to_owned(),
            title: Text::new(lines.value(TITLE_AR)?, lines.value(TITLE_EN)?),
            number: lines.value(NUMBER)?.parse().ok()?,
            label: lines.value(LABEL)?.to_owned(),
            digest: lines.digest(DIGEST)?,
            previous: lines.optional(PREVIOUS, Digest::parse)?,
            board: lines.digest(BOARD)?,
            in_force_from: lines.optional(FROM, |text| text.parse().ok())?,
            transition: lines.optional(TRANSITION, |text| {
                let all = [Transition::Pin, Transition::Favourable, Transition::Immediate];
                all.into_iter().find(|transition| transition_name(*transition) == text)
            })?,
            papers: lines.digest(PAPERS)?,
            tabled_on: lines.date(TABLED)?,
            votes_until: lines.date(UNTIL)?,
            meeting: lines.value(MEETING)?.to_owned(),
            resolution: lines.value(RESOLUTION)?.to_owned(),
        };
        (statement.text() == text).then_some(statement)
    }
}

/// What a member thinks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vote {
    /// For it.
    Approve,
    /// Against it.
    Reject,
    /// Neither.
    Abstain,
}

impl Vote {
    const ALL: [Vote; 3] = [Vote::Approve, Vote::Reject, Vote::Abstain];

    /// As it is written in a vote.
    fn written(self) -> &'static str {
        match self {
            Vote::Approve => "موافق (approve)",
            Vote::Reject => "غير موافق (reject)",
            Vote::Abstain => "ممتنع (abstain)",
        }
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            Vote::Approve => Text::new("موافق", "approve"),
            Vote::Reject => Text::new("غير موافق", "reject"),
            Vote::Abstain => Text::new("ممتنع", "abstain"),
        }
    }
}

/// The vote of a member: the statement again, and what the member says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// What was voted on.
    pub statement: Statement,
    /// The id of the member.
    pub member: String,
    /// The member's name.
    pub name: Text,
    /// The vote.
    pub vote: Vote,
    /// A remark; empty where there is none.
    pub note: String,
    /// The day of the vote.
    pub on: Date,
}

impl Ballot {
    /// The text that the member signs.
    pub fn text(&self) -> String {
        let note = if self.note.is_empty() { NONE } else { &self.note };
        [
            self.statement.text(),
            format!("\n{VOTE_HEAD}\n\n"),
            line(MEMBER, &self.member),
            line(NAME, &format!("{} · {}", self.name.ar, self.name.en)),
            line(VOTE, self.vote.written()),
            line(NOTE, note),
            line(ON, &self.on.to_string()),
        ]
        .concat()
    }

    /// Reads a vote; nothing where a single byte is not as [`Ballot::text`] writes it.
    pub fn read(text: &str) -> Option<Ballot> {
        let (statement, vote) = text.split_once(&format!("\n{VOTE_HEAD}\n"))?;
        let mut lines = Lines(vote.lines());
        lines.0.next()?;
        let member = lines.value(MEMBER)?.to_owned();
        let (ar, en) = lines.value(NAME)?.split_once(" · ")?;
        let written = lines.value(VOTE)?;
        let vote = Vote::ALL.into_iter().find(|vote| vote.written() == written)?;
        let note = Some(lines.value(NOTE)?).filter(|note| *note != NONE).unwrap_or_default().to_owned();
        let on = lines.date(ON)?;
        let statement = Statement::read(statement)?;
        let ballot = Ballot { statement, member, name: Text::new(ar, en), vote, note, on };
        (ballot.text() == text).then_some(ballot)
    }
}

/// The minute of a vote that was held on paper, signed by the secretary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minute {
    /// What was voted on.
    pub statement: Statement,
    /// The number of the minute.
    pub number: String,
    /// The day of the vote.
    pub on: Date,
    /// How each member voted, by id.
    pub votes: Vec<(String, Vote)>,
    /// The digest of the scanned sheet.
    pub scan: Digest,
    /// The member who signs it.
    pub secretary: String,
}

impl Minute {
    /// The text that the secretary signs.
    pub fn text(&self) -> String {
        let mut text = self.statement.text();
        text.push_str(&format!("\n{MINUTE_HEAD}\n\n"));
        text.push_str(&line(MINUTE, &self.number));
        text.push_str(&line(ON, &self.on.to_string()));
        for vote in Vote::ALL {
            let members = self.votes.iter().filter(|(_, cast)| *cast == vote);
            let members: Vec<&str> = members.map(|(member, _)| member.as_str()).collect();
            let members = if members.is_empty() { NONE.to_owned() } else { members.join(", ") };
            text.push_str(&line(vote.written(), &members));
        }
        text.push_str(&line(SCAN, &self.scan.to_string()));
        text.push_str(&line(SECRETARY, &self.secretary));
        text
    }

    /// Reads a minute; nothing where a single byte is not as [`Minute::text`] writes it.
    pub fn read(text: &str) -> Option<Minute> {
        let (statement, minute) = text.split_once(&format!("\n{MINUTE_HEAD}\n"))?;
        let mut lines = Lines(minute.lines());
        lines.0.next()?;
        let number = lines.value(MINUTE)?.to_owned();
        let on = lines.date(ON)?;
        let mut votes = Vec::new();
        for vote in Vote::ALL {
            let members = lines.value(vote.written())?;
            let members = members.split(", ").filter(|member| *member != NONE);
            votes.extend(members.map(|member| (member.to_owned(), vote)));
        }
        let scan = lines.digest(SCAN)?;
        let secretary = lines.value(SECRETARY)?.to_owned();
        let minute = Minute { statement: Statement::read(statement)?, number, on, votes, scan, secretary };
        (minute.text() == text).then_some(minute)
    }
}
