//! What every letter shares, and the letters.

use std::sync::Arc;

use super::super::file::{Each, Issue, LetterFile, Sentence, Signature};
use super::super::look::{self, Picture};
use super::super::message::{Context, LETTER, Special};
use super::super::{Event, Frame, Letter, LetterTable, Piece, Role, Wording, problems};
use super::ids::Ids;
use super::{Check, at_key, event_kind, role_kind};
use crate::diag::suggest;
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::Text;

/// What a piece may say of each thing that it is repeated for.
fn specials_of(each: Each) -> &'static [(&'static str, Special)] {
    match each {
        Each::Met | Each::NotMet => &[
            ("reason", Special::Reason),
            ("rule", Special::Rule),
            ("clause", Special::Clause),
            ("title", Special::Title),
        ],
        Each::Missing => &[("item", Special::Item), ("why", Special::Why), ("accepted", Special::Accepted)],
        Each::Facts => &[("label", Special::Label), ("value", Special::Value), ("source", Special::Source)],
        Each::Documents => &[("title", Special::Title), ("state", Special::State)],
        Each::Evidence => &[("title", Special::Title), ("date", Special::Date), ("state", Special::State)],
        Each::Factors => &[("label", Special::Label), ("points", Special::Points)],
        Each::Rules => &[
            ("verdict", Special::Verdict),
            ("reason", Special::Reason),
            ("rule", Special::Rule),
            ("clause", Special::Clause),
            ("title", Special::Title),
            ("basis", Special::Basis),
        ],
        Each::Differing => &[("label", Special::Label), ("value", Special::Value)],
    }
}

/// Each way once, in their order.
fn ways(written: Option<&Vec<Signature>>) -> Option<Vec<Signature>> {
    let mut ways = written?.clone();
    ways.sort();
    ways.dedup();
    Some(ways)
}

impl Check<'_> {
    pub(super) fn frame(&mut self) -> Option<Frame> {
        let files = self.files;
        let source = &files.letters.source;
        let shape = files.letters.shape.frame.as_ref()?;
        let deadlines = self.deadline_ids();
        let context = Context { specials: LETTER, deadlines: &deadlines };
        let association = self.sentence(source, &shape.association);
        let mut wording = |sentence: &Sentence| self.wording(source, &sentence.ar, &sentence.en, context);
        let license = wording(&shape.license);
        let contacts = wording(&shape.contacts);
        let opening = wording(&shape.opening);
        let closing = wording(&shape.closing);
        let addressee = wording(&shape.addressee);
        let basis = shape.basis.as_ref().map(&mut wording);
        let logo = self.logo(shape.logo.as_ref());
        let mut looked = |written: &At<String>, reader: fn(&str) -> Result<String, Text>| {
            let place = Place::new(source, written.range.clone());
            let read = reader(&written.value);
            read.map_err(|problem| self.push(problems::letter_look(place, problem, None))).ok()
        };
        let accent = shape.accent.as_ref().and_then(|accent| looked(accent, look::accent));
        let verify_url = shape.verify_url.as_ref().and_then(|url| looked(url, look::verify_url));
        Some(Frame {
            association,
            license: license?,
            contacts: contacts?,
            opening: opening?,
            closing: closing?,
            addressee: addressee?,
            basis: basis.flatten(),
            logo,
            accent: accent.unwrap_or_else(|| look::ACCENT.to_owned()),
            signatures: ways(shape.signatures.as_ref()).unwrap_or_else(|| vec![Signature::Line]),
            verify_url,
        })
    }

    /// The picture at the head of letters; one that no letter bears is not a file of a revision.
    fn logo(&mut self, written: Option<&At<String>>) -> Option<Picture> {
        let files = self.files;
        for (path, source) in &files.pictures {
            if written.is_none_or(|written| written.value != *path) {
                self.push(problems::unknown_file(source, path));
            }
        }
        let written = written?;
        let place = Place::new(&files.letters.source, written.range.clone());
        let Some((_, picture)) = files.pictures.iter().find(|(path, _)| *path == written.value) else {
            let name = &written.value;
            let known = files.pictures.iter().map(|(path, _)| path.as_str());
            self.push(problems::letter_look(
                place,
                Text::new(
                    format!("لا صورة باسم `{name}` في مجلد النسخة"),
                    format!("the folder of the revision has no picture `{name}`"),
                ),
                Some(suggest(name, known).unwrap_or_else(|| {
                    Text::new(
                        "ضع الصورة بجوار `letters.toml`، بصيغة SVG أو PNG",
                        "put the picture beside `letters.toml`, as SVG or PNG",
                    )
                })),
            ));
            return None;
        };
        Picture::read(picture.bytes())
            .map_err(|problem| self.push(problems::letter_look(place, problem, None)))
            .ok()
    }

    fn deadline_ids(&self) -> Vec<String> {
        self.files.deadlines.shape.deadline.iter().map(|(key, _)| key.name.clone()).collect()
    }

    pub(super) fn letters(&mut self, events: &[Event], roles: &[Role]) -> Vec<Letter> {
        let files = self.files;
        let deadlines = self.deadline_ids();
        let events = Ids::of(events.iter().map(|event| event.id.as_str()));
        let roles = Ids::of(roles.iter().map(|role| role.id.as_str()));
        let letters = files.letters.shape.letter.iter();
        let letters =
            letters.filter_map(|(key, shape)| self.letter(key, shape, &events, &roles, &deadlines)).collect();
        self.citing = None;
        letters
    }

    fn letter(
        &mut self,
        key: &Key,
        shape: &LetterFile,
        events: &Ids<'_>,
        roles: &Ids<'_>,
        deadlines: &[String],
    ) -> Option<Letter> {
        let source = &self.files.letters.source;
        self.id(source, key);
        self.id(source, &at_key(&shape.template));
        let clause = self.clause(source, &shape.clause);
        let title = self.sentence(source, &shape.title);
        let starts =
            shape.starts.as_ref().and_then(|starts| self.refer(source, starts, &event_kind(), events));
        let after = shape.after.as_ref().and_then(|after| self.refer(source, after, &event_kind(), events));
        if shape.issue == Issue::Referred && shape.after.is_none() {
            self.push(problems::rule_shape(
                Place::new(source, key.range.clone()),
                Text::new(
                    "خطاب يصدر بعد حدث، ولم يُذكر الحدث",
                    "a letter that waits for an event, and it is not said which",
                ),
                Text::new("أضف `after = \"<event>\"`", "add `after = \"<event>\"`"),
            ));
        }
        let signer = if shape.signer.value == "applicant" {
            None
        } else {
            self.refer(source, &shape.signer, &role_kind(), roles)
        };
        let context = Context { specials: LETTER, deadlines };
        let addressee = shape
            .addressee
            .as_ref()
            .and_then(|addressee| self.wording(source, &addressee.ar, &addressee.en, context));
        let subject = shape
            .subject
            .as_ref()
            .and_then(|subject| self.wording(source, &subject.ar, &subject.en, context));
        let attachments = shape
            .attachments
            .as_ref()
            .and_then(|attachments| self.wording(source, &attachments.ar, &attachments.en, context));
        let mut text = Vec::new();
        for (name, piece) in shape.text.iter() {
            self.id(source, name);
            if let Some(wording) = self.piece(source, piece.each, (&piece.ar, &piece.en), deadlines) {
                text.push(Piece {
                    place: Place::new(source, name.range.clone()),
                    name: name.name.clone(),
                    each: piece.each,
                    optional: piece.optional,
                    may_have_passed: piece.may_have_passed,
                    wording,
                });
            }
        }
        let mut tables = Vec::new();
        for (name, table) in shape.table.iter() {
            self.id(source, name);
            let mut columns: Vec<(Text, Wording)> = Vec::new();
            for column in &table.column {
                let head = self.sentence(source, &column.head);
                let cells = self.piece(source, Some(table.each), (&column.ar, &column.en), deadlines);
                columns.extend(cells.map(|cells| (head, cells)));
            }
            let place = Place::new(source, name.range.clone());
            tables.push(LetterTable { place, name: name.name.clone(), each: table.each, columns });
        }
        let at = |range: &std::ops::Range<usize>| Place::new(source, range.clone());
        let mut pages = None;
        if let Some(shape) = &shape.pages {
            match usize::try_from(shape.value) {
                Ok(most @ 1..) => pages = Some((most, at(&shape.range))),
                Ok(0) | Err(_) => {
                    let wanted = Text::new("عدد صفحات من 1 فأكثر", "a number of pages from 1 on");
                    self.push(problems::bad_value(at(&shape.range), &shape.value.to_string(), &wanted));
                }
            }
        }
        Some(Letter {
            place: at(&key.range),
            id: key.name.clone(),
            title,
            clause,
            source: shape.source,
            template: shape.template.value.clone(),
            template_place: at(&shape.template.range),
            issue: shape.issue,
            after,
            starts,
            signer,
            addressee,
            subject,
            attachments,
            pages,
            signatures: (ways(shape.signatures.as_ref()))
                .or_else(|| ways(self.files.letters.shape.frame.as_ref()?.signatures.as_ref()))
                .unwrap_or_else(|| vec![Signature::Line]),
            text,
            tables,
        })
    }

    fn piece(
        &mut self,
        source: &Arc<Source>,
        each: Option<Each>,
        (ar, en): (&crate::source::de::At<String>, &crate::source::de::At<String>),
        deadlines: &[String],
    ) -> Option<Wording> {
        let own = each.map_or(&[][..], specials_of);
        let specials: Vec<(&'static str, Special)> = own.iter().chain(LETTER).copied().collect();
        self.wording(source, ar, en, Context { specials: &specials, deadlines })
    }
}
