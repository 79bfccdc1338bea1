//! To whom an approved revision was made known, and who has confirmed that they know it.
//!
//! A [`Circulation`] is signed and stands in the register, because a revision may wait for it. That somebody confirmed it decides
//! nothing: each confirmation is a file of its own beside the circulation, so that several machines can add theirs.

use std::collections::BTreeSet;

use super::board::{Board, Signs};
use super::kept::Kept;
use super::proposal::Signed;
use super::statement::{About, DIGEST, LABEL, Lines, NUMBER, ON, POLICY, line};
use super::{Digest, Sums, problems};
use crate::diag::Diagnostics;
use crate::value::Date;

/// The name of its file, in its folder.
pub const CIRCULATION: &str = "circulation.txt";
/// The folder of the confirmations, in its folder.
pub const ACKNOWLEDGED: &str = "acknowledged";

const HEAD: &str = "تعميم نسخة معتمدة (Circulation of an approved revision)";
const CIRCULATED: &str = "عُمِّمت في (Circulated on)";
const UNTIL: &str = "آخر يوم لتأكيد العلم (To be acknowledged by)";
const BY: &str = "سجَّله (Recorded by)";
const TO: &str = "المرسَل إليه (Recipient)";

const ACKNOWLEDGEMENT: &str = "تأكيد العلم بنسخة معتمدة (Acknowledgement of an approved revision)";

/// That an approved revision was made known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circulation {
    /// The id of the policy.
    pub policy: String,
    /// The number of the revision.
    pub number: u32,
    /// What letters call it.
    pub label: String,
    /// Its digest.
    pub digest: Digest,
    /// The day on which that was recorded.
    pub on: Date,
    /// The last day on which to confirm it.
    pub until: Date,
    /// The id of the member who recorded it.
    pub by: String,
    /// To whom it was sent, each once.
    pub to: Vec<String>,
}

impl Circulation {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}\n\n");
        for (label, value) in [
            (POLICY, self.policy.clone()),
            (NUMBER, self.number.to_string()),
            (LABEL, self.label.clone()),
            (DIGEST, self.digest.to_string()),
            (CIRCULATED, self.on.to_string()),
            (UNTIL, self.until.to_string()),
            (BY, self.by.clone()),
        ] {
            text.push_str(&line(label, &value));
        }
        self.to.iter().for_each(|name| text.push_str(&line(TO, name)));
        text
    }

    /// Reads a circulation; nothing where a single byte is not as [`Circulation::text`] writes it, or it makes no sense.
    pub fn read(text: &str) -> Option<Circulation> {
        let mut lines = Lines(text.lines());
        lines.head(HEAD)?;
        let mut circulation = Circulation {
            policy: lines.value(POLICY)?.to_owned(),
            number: lines.value(NUMBER)?.parse().ok()?,
            label: lines.value(LABEL)?.to_owned(),
            digest: lines.digest(DIGEST)?,
            on: lines.date(CIRCULATED)?,
            until: lines.date(UNTIL)?,
            by: lines.value(BY)?.to_owned(),
            to: vec![],
        };
        while let Some(name) = lines.value(TO) {
            circulation.to.push(name.to_owned());
        }
        let names: BTreeSet<&String> = circulation.to.iter().collect();
        let is_sound = circulation.until >= circulation.on
            && !names.is_empty()
            && names.len() == circulation.to.len()
            && names.iter().all(|name| !name.trim().is_empty());
        (is_sound && circulation.text() == text).then_some(circulation)
    }

    /// The circulation of a revision, signed by somebody whom the board lets say so; and the digest of its text and signature.
    ///
    /// # Errors
    ///
    /// It is not there, not as it was written, or not signed by such a person.
    pub fn signed(kept: &Kept, number: u32, board: &Board) -> Result<(Circulation, Digest), Diagnostics> {
        let folder = About::Circulation.folder(number);
        let signed = Signed::new(kept, &folder, CIRCULATION)?;
        let path = &signed.source.name;
        let Some(circulation) = Circulation::read(&signed.source.text) else {
            return Err(Diagnostics(vec![problems::not_as_written(path)]));
        };
        if circulation.number != number {
            return Err(Diagnostics(vec![problems::other_statement(path)]));
        }
        signed.member(board, &circulation.by, Signs::Circulation, circulation.on)?;
        let files = kept.under(&folder);
        let own =
            files.iter().filter(|file| file.path.strip_suffix(".sig").unwrap_or(&file.path) == CIRCULATION);
        Ok((circulation, Sums::of(own)?.digest()))
    }

    /// The name to which a person was meant: the name itself, or its place in the list, from 1 on.
    pub fn recipient(&self, asked: &str) -> Option<usize> {
        let same = |name: &str| name.split_whitespace().eq(asked.split_whitespace());
        let place =
            || asked.trim().parse::<usize>().ok()?.checked_sub(1).filter(|place| *place < self.to.len());
        self.to.iter().position(|name| same(name)).or_else(place)
    }

    /// The file in which a recipient's confirmation stands.
    pub fn path_of(&self, recipient: usize) -> String {
        format!("{}/{ACKNOWLEDGED}/{}.txt", About::Circulation.folder(self.number), recipient + 1)
    }

    /// What stands in that file.
    pub fn acknowledgement(&self, recipient: usize, on: Date) -> Option<String> {
        let mut text = format!("{ACKNOWLEDGEMENT}\n\n");
        for (label, value) in [
            (POLICY, self.policy.clone()),
            (NUMBER, self.number.to_string()),
            (DIGEST, self.digest.to_string()),
            (TO, self.to.get(recipient)?.clone()),
            (ON, on.to_string()),
        ] {
            text.push_str(&line(label, &value));
        }
        Some(text)
    }

    /// The day on which each recipient confirmed it, in their order; and the files in which nothing is confirmed that was circulated.
    pub fn acknowledged(&self, kept: &Kept) -> (Vec<Option<Date>>, Diagnostics) {
        let prefix = format!("{}/{ACKNOWLEDGED}", About::Circulation.folder(self.number));
        let mut days = vec![None; self.to.len()];
        let mut problems = Diagnostics::default();
        for file in kept.under(&prefix) {
            let text = String::from_utf8_lossy(&file.bytes);
            let on =
                text.lines().last().and_then(|last| last.strip_prefix(ON)?.strip_prefix(": ")?.parse().ok());
            let found = on.and_then(|on: Date| {
                let recipient =
                    (0..days.len()).find(|at| self.path_of(*at) == format!("{prefix}/{}", file.path))?;
                let is_so = on >= self.on && self.acknowledgement(recipient, on).as_deref() == Some(&*text);
                is_so.then_some((recipient, on))
            });
            match found.and_then(|(recipient, on)| Some((days.get_mut(recipient)?, on))) {
                Some((day, on)) => *day = Some(on),
                None => {
                    let path = kept.shown(&format!("{prefix}/{}", file.path));
                    problems.push(problems::not_as_written(&path));
                }
            }
        }
        (days, problems)
    }
}
