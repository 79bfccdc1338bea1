//! What every letter shares, and the letters.

use std::sync::Arc;

use super::super::file::{About, Carries, Issue, LetterFile, REPETITIONS, Sentence, Signature};
use super::super::look::{self, Picture};
use super::super::message::{Aspect, Context, LETTER, POLICY_LETTER, Special};
use super::super::{
    Each, Event, Fact, FactKind, Frame, Letter, LetterCheck, LetterTable, Piece, Role, Wording, problems,
};
use super::ids::Ids;
use super::{Check, at_key, event_kind, role_kind};
use crate::diag::suggest;
use crate::expression::lower::Clock;
use crate::expression::program::{Origin, Slot};
use crate::expression::types::Type;
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::Text;

/// What can be said of each thing that a piece is repeated for.
fn specials_of(each: Each) -> &'static [(&'static str, Special)] {
    const REASON: (&str, Special) = ("reason", Special::Of(Aspect::Reason));
    const RULE: (&str, Special) = ("rule", Special::Of(Aspect::Rule));
    const CLAUSE: (&str, Special) = ("clause", Special::Of(Aspect::Clause));
    const TITLE: (&str, Special) = ("title", Special::Of(Aspect::Title));
    const LABEL: (&str, Special) = ("label", Special::Of(Aspect::Label));
    const VALUE: (&str, Special) = ("value", Special::Of(Aspect::Value));
    const STATE: (&str, Special) = ("state", Special::Of(Aspect::State));
    match each {
        Each::Met | Each::NotMet => &[REASON, RULE, CLAUSE, TITLE],
        Each::Missing => &[
            ("item", Special::Of(Aspect::Item)),
            ("why", Special::Of(Aspect::Why)),
            ("accepted", Special::Of(Aspect::Accepted)),
        ],
        Each::Facts => &[LABEL, VALUE, ("source", Special::Of(Aspect::Source))],
        Each::Documents => &[TITLE, STATE],
        Each::Evidence => &[TITLE, ("date", Special::Of(Aspect::Date)), STATE],
        Each::Factors => &[LABEL, ("points", Special::Of(Aspect::Points))],
        Each::Rules => &[
            ("verdict", Special::Of(Aspect::Verdict)),
            REASON,
            RULE,
            CLAUSE,
            TITLE,
            ("basis", Special::Of(Aspect::Basis)),
        ],
        Each::Differing => &[LABEL, VALUE],
        Each::Reasons => &[REASON],
        Each::Retention => &[LABEL, VALUE, ("source", Special::Of(Aspect::Source))],
        Each::Detail(_) => &[],
    }
}

/// What the pieces of one letter may speak of.
struct Scope<'a> {
    about: About,
    deadlines: &'a [String],
    details: &'a [Fact],
}

impl<'a> Scope<'a> {
    fn specials(&self) -> &'static [(&'static str, Special)] {
        match self.about {
            About::Request => LETTER,
            About::Policy => POLICY_LETTER,
        }
    }

    fn context(&self) -> Context<'a> {
        Context { specials: self.specials(), deadlines: self.deadlines, item: &[], about: self.about }
    }

    fn lists(&self) -> impl Iterator<Item = (&'a Fact, &'a [Fact])> {
        self.details.iter().filter_map(|detail| {
            let FactKind::List(fields) = &detail.kind else { return None };
            Some((detail, fields.as_slice()))
        })
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
        let context = Context { specials: LETTER, deadlines: &deadlines, item: &[], about: About::Request };
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
        let mut letters = Vec::new();
        for (key, shape) in files.letters.shape.letter.iter() {
            letters.extend(self.letter(key, shape, &events, &roles, &deadlines));
            // No other letter knows them.
            self.vocabulary.forget("detail");
        }
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
        let mut event = |id: &Option<At<String>>| self.refer(source, id.as_ref()?, &event_kind(), events);
        let (starts, after, unless) = (event(&shape.starts), event(&shape.after), event(&shape.unless));
        self.issue(source, key, shape);
        let signer = if shape.signer.value == "applicant" {
            None
        } else {
            self.refer(source, &shape.signer, &role_kind(), roles)
        };
        let details = self.details(&key.name, &shape.detail);
        let recorded = self.recorded(source, shape, &details);
        let checks = self.checks(source, shape);
        let scope = Scope { about: shape.about, deadlines, details: &details };
        let mut wording = |sentence: &Option<Sentence>| {
            let sentence = sentence.as_ref()?;
            self.wording(source, &sentence.ar, &sentence.en, scope.context())
        };
        let addressee = wording(&shape.addressee);
        let subject = wording(&shape.subject);
        let attachments = wording(&shape.attachments);
        let mut text = Vec::new();
        for (name, piece) in shape.text.iter() {
            self.id(source, name);
            let each = match &piece.each {
                Some(each) => match self.each(source, each, &scope) {
                    Some(each) => Some(each),
                    None => continue,
                },
                None => None,
            };
            if let Some(wording) = self.piece(source, each, (&piece.ar, &piece.en), &scope) {
                text.push(Piece {
                    place: Place::new(source, name.range.clone()),
                    name: name.name.clone(),
                    each,
                    optional: piece.optional,
                    may_have_passed: piece.may_have_passed,
                    must_have_passed: piece.must_have_passed,
                    wording,
                });
            }
        }
        let mut tables = Vec::new();
        for (name, table) in shape.table.iter() {
            self.id(source, name);
            let Some(each) = self.each(source, &table.each, &scope) else { continue };
            let mut columns: Vec<(Text, Wording)> = Vec::new();
            for column in &table.column {
                let head = self.sentence(source, &column.head);
                let cells = self.piece(source, Some(each), (&column.ar, &column.en), &scope);
                columns.extend(cells.map(|cells| (head, cells)));
            }
            let place = Place::new(source, name.range.clone());
            tables.push(LetterTable {
                place,
                name: name.name.clone(),
                each,
                optional: table.optional,
                columns,
            });
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
            about: shape.about,
            issue: shape.issue,
            after,
            unless,
            starts,
            signer,
            greets: shape.greeting || (shape.addressee.is_none() && shape.about == About::Request),
            addressee,
            subject,
            attachments,
            carries: self.carries(source, shape),
            details,
            recorded,
            checks,
            pages,
            signatures: (ways(shape.signatures.as_ref()))
                .or_else(|| ways(self.files.letters.shape.frame.as_ref()?.signatures.as_ref()))
                .unwrap_or_else(|| vec![Signature::Line]),
            text,
            tables,
        })
    }

    /// Does what it says of its time make a whole?
    fn issue(&mut self, source: &Arc<Source>, key: &Key, shape: &LetterFile) {
        let of_request = [&shape.after, &shape.unless, &shape.starts].into_iter().flatten().next();
        let signer = Some(&shape.signer).filter(|signer| signer.value == "applicant");
        let place = Place::new(source, key.range.clone());
        if shape.about == About::Policy {
            if let Some(event) = of_request.or(signer) {
                self.push(problems::rule_shape(
                    Place::new(source, event.range.clone()),
                    Text::new(
                        "خطاب لا يتعلق بطلب، فلا حدث له ولا يوقِّعه مقدِّم طلب",
                        "a letter that concerns no request: it has no events, and no applicant signs it",
                    ),
                    Text::new("احذفه، أو احذف `about`", "leave it out, or leave out `about`"),
                ));
            } else if shape.issue != Issue::Always {
                self.push(problems::rule_shape(
                    place,
                    Text::new(
                        "خطاب لا يتعلق بطلب، وإصداره معلَّق بحال طلب",
                        "a letter that concerns no request, and waits for the state of one",
                    ),
                    Text::new("اكتب `issue = \"always\"`", "write `issue = \"always\"`"),
                ));
            }
        } else if matches!(shape.issue, Issue::Referred | Issue::After) && shape.after.is_none() {
            self.push(problems::rule_shape(
                place,
                Text::new(
                    "خطاب يصدر بعد حدث، ولم يُذكر الحدث",
                    "a letter that waits for an event, and it is not said which",
                ),
                Text::new("أضف `after = \"<event>\"`", "add `after = \"<event>\"`"),
            ));
        }
    }

    fn carries(&mut self, source: &Arc<Source>, shape: &LetterFile) -> Carries {
        match (&shape.carries, shape.about) {
            (Some(carries), About::Policy) if carries.value == Carries::Evaluation => {
                self.push(problems::rule_shape(
                    Place::new(source, carries.range.clone()),
                    Text::new(
                        "خطاب لا يتعلق بطلب، فلا تقييم يحمله",
                        "a letter that concerns no request: there is no evaluation that it could carry",
                    ),
                    Text::new("اكتب `shown` أو `nothing`", "write `shown` or `nothing`"),
                ));
                Carries::Nothing
            }
            (Some(carries), _) => carries.value,
            (None, About::Policy) => Carries::Nothing,
            (None, About::Request) => Carries::Evaluation,
        }
    }

    fn checks(&mut self, source: &Arc<Source>, letter: &LetterFile) -> Vec<LetterCheck> {
        let mut checks = Vec::new();
        for (key, shape) in letter.check.iter() {
            self.id(source, key);
            let otherwise = self.sentence(source, &shape.otherwise);
            let condition = self.condition(source, &shape.require, Some(&Type::Bool), Clock::Allowed);
            let Some(condition) = condition else { continue };
            let of_request = |slot: &Slot| {
                let origin = self.vocabulary.get(*slot).map(|named| named.origin);
                !matches!(origin, Some(Origin::Parameter | Origin::Detail))
            };
            if letter.about == About::Policy && condition.slots().iter().any(of_request) {
                self.push(problems::rule_shape(
                    Place::new(source, shape.require.range.clone()),
                    Text::new(
                        "خطاب لا يتعلق بطلب، وشرطه يقرأ بيانات طلب",
                        "a letter that concerns no request, and its condition reads one",
                    ),
                    Text::new(
                        "الشرط من تفاصيل الخطاب ومعلمات السياسة وحدها",
                        "name only details of the letter and parameters",
                    ),
                ));
            }
            checks.push(LetterCheck { condition, otherwise });
        }
        checks
    }

    /// What a piece is repeated for.
    fn each(&mut self, source: &Arc<Source>, written: &At<String>, scope: &Scope<'_>) -> Option<Each> {
        let of_request = [
            Each::Met,
            Each::NotMet,
            Each::Missing,
            Each::Facts,
            Each::Documents,
            Each::Evidence,
            Each::Factors,
            Each::Rules,
            Each::Differing,
            Each::Reasons,
            Each::Retention,
        ];
        let named = |detail: &Fact| format!("detail.{}", detail.id);
        let known = REPETITIONS.into_iter().zip(of_request);
        let known = known.filter(|(_, each)| scope.about == About::Request || *each == Each::Retention);
        let found = known.clone().find(|(name, _)| *name == written.value).map(|(_, each)| each);
        let of_detail = scope.lists().find(|(detail, _)| named(detail) == written.value);
        let found = found.or_else(|| of_detail.map(|(detail, _)| Each::Detail(detail.slot)));
        // A list that was written wrongly has been told already.
        let is_lost = written.value.strip_prefix("detail.").is_some_and(|name| self.lost.contains(name));
        if found.is_none() && !is_lost {
            let lists: Vec<String> = scope.lists().map(|(detail, _)| named(detail)).collect();
            let known: Vec<&str> =
                known.map(|(name, _)| name).chain(lists.iter().map(String::as_str)).collect();
            self.push(problems::unknown_word(
                Place::new(source, written.range.clone()),
                &written.value,
                &known,
            ));
        }
        found
    }

    fn piece(
        &mut self,
        source: &Arc<Source>,
        each: Option<Each>,
        (ar, en): (&At<String>, &At<String>),
        scope: &Scope<'_>,
    ) -> Option<Wording> {
        let own = each.map_or(&[][..], specials_of);
        let specials: Vec<(&'static str, Special)> = own.iter().chain(scope.specials()).copied().collect();
        let item = scope.lists().find(|(detail, _)| each == Some(Each::Detail(detail.slot)));
        let item = item.map_or(&[][..], |(_, fields)| fields);
        self.wording(source, ar, en, Context { specials: &specials, item, ..scope.context() })
    }
}
