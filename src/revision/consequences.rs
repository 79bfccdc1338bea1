//! The paper on which a board votes: what a revision changes, what that does, what was found in it, how its examples come out, and the
//! policy itself as an annex.
//!
//! Receives what was found out about a revision ([`Matter`]), hands on [`Consequences`] in one language: words and numbers, in the
//! blocks of the guide. How they look is said by a template.

mod findings;
mod impact;

use serde::Serialize;

use super::Digest;
use super::board::{Board, Signs};
use super::diff::{Change, Diff, What};
use super::impact::Impact;
use super::regions::invariant::Held;
use crate::diag::Diagnostics;
use crate::evaluation::scenario::Trial;
use crate::policy::Policy;
use crate::policy::guide::parts::Kind;
use crate::policy::guide::{
    Block, Guide, Run, Runs, Section, Standing, pairs_as_text, runs_as_text, sections_as_text,
    transition_in_words,
};
use crate::value::words::{date_both, digits_only};
use crate::value::{Date, Lang, Text};

/// So many changed examples are named.
const MOST_EXAMPLES: usize = 20;

/// What is known of a revision when it is tabled.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// The revision.
    pub policy: &'a Policy,
    /// What it follows; nothing for the first one.
    pub before: Option<Before<'a>>,
    /// What known requests come to by the first one, where there are any: it is held against itself.
    pub alone: Option<&'a Impact>,
    /// What the board should see before it approves.
    pub findings: &'a Diagnostics,
    /// What must hold of it.
    pub invariants: &'a [Held],
    /// How its examples come out.
    pub trials: &'a [Trial<'a>],
    /// How it was tabled; nothing for a draft that somebody looks at before.
    pub tabled: Option<Tabled<'a>>,
}

/// The revision before.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// It.
    pub policy: &'a Policy,
    /// What changes.
    pub diff: &'a Diff,
    /// What that does.
    pub impact: &'a Impact,
    /// Were there requests to be tried?
    pub has_requests: bool,
}

/// How a revision was tabled.
#[derive(Debug, Clone, Copy)]
pub struct Tabled<'a> {
    /// The digest of its content.
    pub digest: Digest,
    /// The board that votes on it.
    pub board: &'a Board,
    /// The day.
    pub on: Date,
    /// The last day on which it may be voted on.
    pub votes_until: Date,
    /// The number of the meeting.
    pub meeting: &'a str,
    /// The number of the resolution.
    pub resolution: &'a str,
}

/// The paper, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consequences {
    /// Its first page and its sections.
    #[serde(flatten)]
    pub document: Guide,
    /// The most important of it, on the first page.
    pub summary: Summary,
    /// Where members put their names; nothing before it is tabled.
    pub sheet: Option<Sheet>,
    /// The policy as it is applied.
    pub annex: Annex,
}

/// The most important of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its heading.
    pub title: Runs,
    /// Sentence by sentence.
    pub list: Vec<Runs>,
}

/// Where members put their names on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Its heading.
    pub title: Runs,
    /// What a member says by it.
    pub statement: Runs,
    /// The heads of its columns: member, vote, signature.
    pub head: [Runs; 3],
    /// The votes that there are.
    pub votes: [Runs; 3],
    /// The members: name and office.
    pub rows: Vec<(Runs, Runs)>,
}

/// The guide to the revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annex {
    /// Its heading.
    pub title: Runs,
    /// What it is.
    pub opening: Runs,
    /// The sections of the guide.
    pub sections: Vec<Section>,
}

impl Consequences {
    /// The paper.
    pub fn new(matter: &Matter<'_>, lang: Lang) -> Consequences {
        Author { matter, lang }.paper()
    }

    /// For a terminal or a mail; without the annex, which is the text of the guide.
    pub fn text(&self) -> String {
        let document = &self.document;
        let mut text = format!("{}\n{}\n", document.title, document.subtitle);
        if let Some(draft) = &document.draft {
            text.push_str(&format!("{draft}\n"));
        }
        text.push('\n');
        text.push_str(&pairs_as_text(&document.about));
        text.push_str(&format!("\n{}\n", runs_as_text(&self.summary.title)));
        for entry in &self.summary.list {
            text.push_str(&format!("  • {}\n", runs_as_text(entry)));
        }
        text.push_str(&sections_as_text(&document.sections));
        if let Some(sheet) = &self.sheet {
            let statement = Block::Paragraph(sheet.statement.clone());
            let section = Section {
                title: sheet.title.clone(),
                blocks: vec![statement, Block::Pairs(sheet.rows.clone())],
                parts: vec![],
            };
            text.push_str(&sections_as_text(&[section]));
        }
        text
    }
}

/// Writes the paper.
#[derive(Debug, Clone, Copy)]
struct Author<'a> {
    matter: &'a Matter<'a>,
    lang: Lang,
}

impl<'a> Author<'a> {
    fn say(self, ar: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Ar => ar,
            Lang::En => en,
        }
    }

    fn of(self, text: &Text) -> &str {
        text.get(self.lang)
    }

    fn digits(self) -> crate::value::words::Digits {
        match self.lang {
            Lang::Ar => self.matter.policy.digits,
            Lang::En => crate::value::words::Digits::Latin,
        }
    }

    fn count(self, count: impl TryInto<u64>) -> String {
        super::impact::in_digits(count.try_into().unwrap_or(u64::MAX), self.lang, self.digits())
    }

    /// A label or number of the policy in the digits of the language.
    fn numbered(self, label: &str) -> String {
        let is_number = !label.chars().any(|letter| letter.is_ascii_alphabetic());
        if is_number { digits_only(label, self.digits()) } else { label.to_owned() }
    }

    fn pair(self, ar: &'a str, en: &'a str, words: impl Into<String>) -> (Runs, Runs) {
        (plain(self.say(ar, en)), plain(words))
    }

    fn section(self, ar: &'a str, en: &'a str, blocks: Vec<Block>, parts: Vec<Section>) -> Section {
        Section { title: plain(self.say(ar, en)), blocks, parts }
    }

    fn paragraph(self, ar: impl Into<String>, en: impl Into<String>) -> Block {
        Block::Paragraph(plain(match self.lang {
            Lang::Ar => ar.into(),
            Lang::En => en.into(),
        }))
    }

    fn paper(self) -> Consequences {
        let policy = self.matter.policy;
        // The annex says that nobody has approved it: so it is when it is tabled.
        let guide = Guide::new(policy, self.lang, Standing::Draft);
        // In Arabic digits a point between noughts cannot be told from them.
        let label = policy.label.clone();
        let mut footer = plain(format!("{} · ", self.of(&policy.title)));
        footer.push(Run::Plain(self.say("آثار النسخة ", "consequences of revision ").to_owned()));
        footer.push(Run::Code(label.clone()));
        let draft = match self.matter.tabled {
            None => guide.draft.clone(),
            Some(_) => None,
        };
        let sections = vec![self.changes(), self.impact(), self.findings(), self.examples()];
        let document = Guide {
            subtitle: format!("{}{label}", self.say("آثار النسخة ", "Consequences of revision ")),
            draft,
            footer,
            about: self.about(),
            sections,
            ..guide.clone()
        };
        Consequences {
            document,
            summary: Summary { title: plain(self.say("الخلاصة", "In short")), list: self.summary() },
            sheet: self.matter.tabled.map(|tabled| self.sheet(&tabled)),
            annex: Annex {
                title: plain(self.say("ملحق: السياسة كما تُطبَّق", "Annex: the policy as it is applied")),
                opening: plain(self.say(
                    "دليل السياسة كاملًا، كما يُكتب آليًّا من ملفاتها.",
                    "The whole guide to the policy, as it is made from its files.",
                )),
                sections: guide.sections,
            },
        }
    }

    fn about(self) -> Vec<(Runs, Runs)> {
        let policy = self.matter.policy;
        let mut revision = vec![Run::Code(policy.label.clone())];
        revision.push(Run::Plain(format!(
            " ({} {})",
            self.say("رقمها في السجل", "number in the register"),
            self.count(policy.number)
        )));
        let day = |day: Date| date_both(day, self.lang, self.digits());
        let before = match self.matter.before {
            None => plain(self.say("لا نسخة قبلها", "none: it is the first")),
            Some(before) => vec![Run::Code(before.policy.label.clone())],
        };
        let mut about = vec![
            (plain(self.say("النسخة", "Revision")), revision),
            (plain(self.say("النسخة قبلها", "The one before")), before),
            self.pair("تسري من", "In force from", day(policy.in_force_from)),
            self.pair("الطلبات القائمة", "Open requests", self.of(&transition_in_words(policy.transition))),
        ];
        let Some(tabled) = self.matter.tabled else {
            let standing = self.say(
                "نظرةٌ قبل العرض، وليست الورقة التي يُصوَّت عليها",
                "a look beforehand, not the paper on which members vote",
            );
            about.push((plain(self.say("حالها", "Standing")), vec![Run::Mark(standing.to_owned())]));
            return about;
        };
        let voting = tabled.board.signers(Signs::Policy).count();
        about.extend([
            self.pair("عُرضت في", "Tabled on", day(tabled.on)),
            (plain(self.say("رقم الاجتماع", "Meeting")), vec![Run::Code(self.numbered(tabled.meeting))]),
            (plain(self.say("رقم القرار", "Resolution")), vec![Run::Code(self.numbered(tabled.resolution))]),
            self.pair("آخر يوم للتصويت", "Votes until", day(tabled.votes_until)),
            self.pair(
                "المجلس",
                "The board",
                match self.lang {
                    Lang::Ar => format!(
                        "عدد المصوِّتين {}، والنصاب {}",
                        self.count(voting as u64),
                        self.count(tabled.board.quorum as u64)
                    ),
                    Lang::En => format!("{voting} vote, and {} must approve", tabled.board.quorum),
                },
            ),
            (
                plain(self.say("بصمة المحتوى", "Digest of the content")),
                vec![Run::Code(tabled.digest.to_string())],
            ),
        ]);
        about
    }

    fn summary(self) -> Vec<Runs> {
        let policy = self.matter.policy;
        let mut list = Vec::new();
        match self.matter.before {
            None => list.push(plain(self.say(
                "أول نسخةٍ تُعرض على المجلس: لا نسخة قبلها تُقارن بها، ولا أثر لها فيما سبقها.",
                "The first revision that is tabled: there is none before it to compare, and it changes nothing that went before.",
            ))),
            Some(before) => {
                list.push(plain(self.of(&before.diff.sentence(self.digits()))));
                list.push(self.impact_in_short(&before));
            }
        }
        list.push(self.findings_in_short());
        let open = policy.interpretations.iter().filter(|question| question.chosen.is_none()).count();
        if !policy.interpretations.is_empty() {
            let (count, all) = (self.count(open as u64), self.count(policy.interpretations.len() as u64));
            list.push(plain(match (self.lang, open) {
                (Lang::Ar, 0) => format!("اختير جوابُ كل سؤالٍ يتركه نصُّ السياسة مفتوحًا ({all})."),
                (Lang::En, 0) => format!("Every question that the words leave open is answered ({all})."),
                (Lang::Ar, _) => format!(
                    "أسئلةٌ لم يُختر جوابها: {count} من {all}، ويُعمل فيها بالمقترح حتى يختار المجلس."
                ),
                (Lang::En, _) => format!(
                    "Questions that wait for an answer: {count} of {all}; until the board chooses, the proposal is applied."
                ),
            }));
        }
        let passing = self.matter.trials.iter().filter(|trial| trial.differences.is_empty()).count();
        let (passing, all) = (self.count(passing as u64), self.count(self.matter.trials.len() as u64));
        list.push(plain(match self.lang {
            Lang::Ar => format!("الأمثلة المحلولة: نجح {passing} من {all}."),
            Lang::En => format!("Worked examples: {passing} of {all} come out as they say."),
        }));
        list
    }

    fn changes(self) -> Section {
        let Some(before) = self.matter.before else { return self.first() };
        let diff = before.diff;
        let mut blocks = vec![Block::Paragraph(plain(self.of(&diff.sentence(self.digits()))))];
        let why = diff.why.as_ref().map(|why| self.pair("سبب التعديل", "Why it is amended", self.of(why)));
        let kinds = diff.kinds(self.lang, self.digits());
        let kinds = kinds.map(|kinds| self.pair("بحسب نوعها", "By kind", kinds));
        blocks.push(Block::Pairs(why.into_iter().chain(kinds).collect()));
        let mut parts: Vec<Section> = Vec::new();
        let mut clause = None;
        // Where examples are moved to other days there are hundreds of them, for one reason.
        let is_of_many = |change: &&Change| change.kind == Kind::Example && change.why.is_none();
        for change in diff.changes.iter().filter(|change| !is_of_many(change)) {
            if clause != Some(&change.clause) {
                clause = Some(&change.clause);
                parts.push(self.clause(change.clause.as_deref(), before.policy));
            }
            let mut pairs = vec![(plain(self.say("ما تغيَّر", "What")), {
                let mut runs = plain(change.head(self.lang));
                if change.decides {
                    runs.push(Run::Plain(" ".to_owned()));
                    let mark = self.say("قد تتغيَّر به النتيجة", "may change a result");
                    runs.push(Run::Mark(mark.to_owned()));
                }
                runs
            })];
            let lines = change.lines(self.lang);
            pairs.extend(lines.into_iter().map(|(label, words)| (plain(capital(label)), plain(words))));
            if let Some(part) = parts.last_mut() {
                part.blocks.push(Block::Pairs(pairs));
            }
        }
        let kinds = [
            (What::Added, "أُضيفت", "Added"),
            (What::Removed, "حُذفت", "Removed"),
            (What::Renamed, "تغيَّرت أسماء ملفاتها", "In files of another name"),
            (What::Changed, "تغيَّرت", "Changed"),
        ];
        let examples = kinds.into_iter().filter_map(|(what, ar, en)| {
            let titles = diff.changes.iter().filter(is_of_many).filter(|change| change.what == what);
            let mut titles: Vec<&str> = titles.map(|change| self.of(&change.title)).collect();
            titles.dedup();
            let count = titles.len();
            let mut words = titles.iter().take(MOST_EXAMPLES).copied().collect::<Vec<_>>().join(" · ");
            if count > MOST_EXAMPLES {
                let more = self.count((count - MOST_EXAMPLES) as u64);
                words = match self.lang {
                    Lang::Ar => format!("{words} · وغيرها، وعددها {more}"),
                    Lang::En => format!("{words} · and {more} more"),
                };
            }
            (count > 0).then(|| self.pair(ar, en, words))
        });
        let examples: Vec<_> = examples.collect();
        if !examples.is_empty() {
            let blocks = vec![Block::Pairs(examples)];
            parts.push(self.section("الأمثلة المحلولة", "Worked examples", blocks, vec![]));
        }
        let spelling = diff.respelt.iter().map(|respelt| {
            format!("{} {} ({})", self.of(&respelt.kind.text()), respelt.id, self.of(&respelt.aspect))
        });
        let spelling: Vec<Runs> = spelling.map(plain).collect();
        if !spelling.is_empty() {
            parts.push(self.section(
                "ما تغيَّر رسمه وحده",
                "Where only the spelling changed",
                vec![Block::List(spelling)],
                vec![],
            ));
        }
        self.section("ما يتغيَّر", "What changes", blocks, parts)
    }

    /// A clause and its words.
    fn clause(self, number: Option<&str>, before: &Policy) -> Section {
        let Some(number) = number else {
            return self.section("ما لا يُسند إلى بند", "What rests on no clause", vec![], vec![]);
        };
        let clause = self.matter.policy.clause(number).or_else(|| before.clause(number));
        let words = clause.map_or("", |clause| self.of(&clause.text));
        let title = format!("{} {}", self.say("البند", "Clause"), self.numbered(number));
        Section { title: plain(title), blocks: vec![Block::Quote(plain(words))], parts: vec![] }
    }

    fn first(self) -> Section {
        let policy = self.matter.policy;
        let counts = [
            ("البنود", "Clauses", policy.clauses.len()),
            ("القواعد", "Rules", policy.rules.len()),
            ("الخدمات", "Services", policy.services.len()),
            ("الوثائق", "Papers", policy.documents.len()),
            ("الحدود والأرقام", "Limits", policy.parameters.len()),
            ("المواعيد", "Deadlines", policy.deadlines.len()),
            ("الخطابات", "Letters", policy.letters.len()),
        ];
        let pairs = counts.map(|(ar, en, count)| self.pair(ar, en, self.count(count as u64)));
        let blocks = vec![
            self.paragraph(
                "هذه أول نسخةٍ تُعرض على المجلس، فلا نسخة قبلها تُقارن بها: كلُّ ما فيها جديد، ونصُّه كاملًا في الملحق. وفيها:",
                "This is the first revision that is tabled, so there is none before it to compare: all of it is new, and stands in the annex in full. It has:",
            ),
            Block::Pairs(pairs.to_vec()),
        ];
        self.section("ما يتغيَّر", "What changes", blocks, vec![])
    }

    fn sheet(self, tabled: &Tabled<'_>) -> Sheet {
        let label = &self.matter.policy.label;
        let mut statement = plain(match self.lang {
            Lang::Ar => format!(
                "اطَّلعتُ على هذه الورقة، وأصوِّت على النسخة {label} من «{}»، وأولُ بصمة محتواها ",
                self.of(&self.matter.policy.title)
            ),
            Lang::En => format!(
                "I have read this paper, and vote on revision {label} of “{}”, the digest of whose content begins with ",
                self.of(&self.matter.policy.title)
            ),
        });
        statement.extend([Run::Code(tabled.digest.short()), Run::Plain(".".to_owned())]);
        let words = |ar, en| plain(self.say(ar, en));
        Sheet {
            title: words("ورقة التصويت", "Voting sheet"),
            statement,
            head: [words("العضو", "Member"), words("الصوت", "Vote"), words("التوقيع", "Signature")],
            votes: [words("موافق", "for"), words("غير موافق", "against"), words("ممتنع", "abstains")],
            rows: (tabled.board.signers(Signs::Policy))
                .map(|member| (plain(self.of(&member.name)), plain(self.of(&member.role))))
                .collect(),
        }
    }
}

fn plain(words: impl Into<String>) -> Runs {
    vec![Run::Plain(words.into())]
}

/// What stands between backticks is a code.
fn with_codes(words: &str) -> Runs {
    let parts = words.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    parts
        .map(
            |(index, part)| {
                if index % 2 == 1 { Run::Code(part.to_owned()) } else { Run::Plain(part.to_owned()) }
            },
        )
        .collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
