//! A whole revision as prose that a board can read: made from the checked policy, never written by hand.
//!
//! Receives a [`Policy`], hands on a [`Guide`] in one language: sections of paragraphs, lists and tables. What the files may leave
//! out is told with what its absence means, and what the board has not confirmed bears a mark wherever it stands.

pub mod coverage;
mod intake;
pub mod parts;
mod prose;
mod rules;
mod text;
mod values;
mod words;

use serde::Serialize;

use super::{Basis, Policy, Transition};
use crate::expression::program::{Interval, Node, Value};
use crate::expression::types::Type;
use crate::value::words::{Digits, digits_only};
use crate::value::{Lang, Text};
use coverage::Coverage;
use words::Words;

/// A stretch of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Run {
    /// Words in the language of the guide.
    Plain(String),
    /// An id or number that reads from left to right whatever stands around it.
    Code(String),
    /// What the board has not confirmed.
    Mark(String),
}

/// A sentence or paragraph.
pub type Runs = Vec<Run>;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The heads of the columns.
    pub head: Vec<Runs>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Runs>>,
    /// How wide each column is beside the others.
    pub widths: Vec<u8>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Paragraph(Runs),
    /// Words of the source policy.
    Quote(Runs),
    /// A list.
    List(Vec<Runs>),
    /// What is said of one thing: a name and its words, line by line.
    Pairs(Vec<(Runs, Runs)>),
    /// A table.
    Table(Table),
    /// Bars: only the paper of consequences has them.
    Bars(Bars),
}

/// Groups as bars, each divided into what there is of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bars {
    /// What they show, for those who do not see them.
    pub alt: String,
    /// What the kinds are called.
    pub keys: Vec<Key>,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// A kind, by the name under which a template draws it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its name.
    pub kind: String,
    /// What people call it.
    pub words: Runs,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What it is.
    pub label: Runs,
    /// What it holds, in numbers.
    pub words: Runs,
    /// What it holds; each part more than nothing.
    pub parts: Vec<Share>,
}

/// So many of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The name of the kind.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// A section; those inside it are one level deeper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its title.
    pub title: Runs,
    /// What it says.
    pub blocks: Vec<Block>,
    /// What stands below it.
    pub parts: Vec<Section>,
}

/// Has a board approved the revision?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not yet: every page says so.
    Draft,
    /// Yes.
    Approved,
    /// Yes, and it is in force today.
    InForce,
    /// Yes, and a later one is in force.
    Superseded,
    /// Yes, and it was taken back before it was in force.
    Withdrawn,
}

/// A revision as prose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guide {
    /// Its language.
    pub lang: Lang,
    /// The digits it is written in.
    pub digits: Digits,
    /// The title of the policy.
    pub title: String,
    /// What this document is.
    pub subtitle: String,
    /// Whose policy it is.
    pub association: String,
    /// What stands across every page of a revision that nobody approved.
    pub draft: Option<String>,
    /// What stands at the foot of every page.
    pub footer: Runs,
    /// The head of the contents.
    pub contents: String,
    /// What the revision is, line by line.
    pub about: Vec<(Runs, Runs)>,
    /// What it says.
    pub sections: Vec<Section>,
}

impl Guide {
    /// The whole revision.
    pub fn new(policy: &Policy, lang: Lang, standing: Standing) -> Guide {
        let author = Author { words: Words { policy, lang }, clause: None };
        author.guide(standing)
    }

    /// What carries out one clause; nothing where there is no such clause.
    pub fn of_clause(policy: &Policy, number: &str, lang: Lang, standing: Standing) -> Option<Guide> {
        policy.clause(number)?;
        let author = Author { words: Words { policy, lang }, clause: Some(number) };
        Some(author.guide(standing))
    }

    /// For a terminal or a file of text.
    pub fn text(&self) -> String {
        text::render(self)
    }
}

/// The same sections as plain text.
pub fn sections_as_text(sections: &[Section]) -> String {
    text::sections(sections)
}

/// Lines of a name and its words, as plain text.
pub fn pairs_as_text(pairs: &[(Runs, Runs)]) -> String {
    text::pairs(pairs)
}

/// The words of a stretch, as plain text.
pub fn runs_as_text(runs: &[Run]) -> String {
    text::words(runs)
}

/// What happens to the requests that are open when a revision comes into force.
pub fn transition_in_words(transition: Transition) -> Text {
    let (ar, en) = match transition {
        Transition::Pin => (
            "يُكمَل كل طلب بالنسخة النافذة يوم تقديمه",
            "each request is finished under the revision in force on the day it was submitted",
        ),
        Transition::Favourable => (
            "يُكمَل كل طلب قائم بالنسخة الأصلح لصاحبه",
            "each open request is finished under whichever revision is better for the person",
        ),
        Transition::Immediate => (
            "تسري النسخة الجديدة على الطلبات القائمة من يوم نفاذها",
            "the new revision governs open requests from the day it is in force",
        ),
    };
    Text::new(ar, en)
}

/// A part of a condition as people read it in the middle of a sentence.
pub fn part_in_words(policy: &Policy, node: &Node) -> Text {
    let say = |lang| Words { policy, lang }.term_of(node);
    Text::new(say(Lang::Ar), say(Lang::En))
}

/// A value as people read it.
pub fn value_in_words(policy: &Policy, ty: &Type, value: &Value) -> Text {
    let say = |lang| Words { policy, lang }.value(ty, value);
    Text::new(say(Lang::Ar), say(Lang::En))
}

/// An interval of numbers as people read it.
pub fn interval_in_words(policy: &Policy, ty: &Type, interval: &Interval) -> Text {
    let say = |lang| Words { policy, lang }.interval(ty, interval);
    Text::new(say(Lang::Ar), say(Lang::En))
}

/// Writes the sections of a guide.
#[derive(Debug, Clone, Copy)]
struct Author<'a> {
    words: Words<'a>,
    /// Only what carries out this clause.
    clause: Option<&'a str>,
}

impl<'a> Author<'a> {
    fn policy(self) -> &'a Policy {
        self.words.policy
    }

    fn say(self, ar: &'a str, en: &'a str) -> &'a str {
        self.words.say(ar, en)
    }

    /// Does it carry out the clause that the guide is about?
    fn concerns(self, clause: &str) -> bool {
        self.clause.is_none_or(|wanted| wanted == clause)
    }

    fn guide(self, standing: Standing) -> Guide {
        let policy = self.policy();
        let association = policy.frame.as_ref().map(|frame| self.words.of(&frame.association).to_owned());
        let subtitle = match self.clause {
            None => self.say("دليل السياسة كما تُطبَّق", "The policy as it is applied").to_owned(),
            Some(number) => format!(
                "{} {}",
                self.say("ما يُنفِّذ البند", "What carries out clause"),
                digits_only(number, self.words.digits())
            ),
        };
        let is_draft = standing == Standing::Draft;
        let mut footer = plain(format!("{} · ", self.words.of(&policy.title)));
        footer.push(Run::Plain(format!("{} ", self.say("النسخة", "revision"))));
        footer.push(Run::Code(policy.label.clone()));
        if is_draft {
            footer.push(Run::Plain(format!(" · {}", self.say("مسودة لم تُعتمد", "draft, not approved"))));
        }
        let sections = if self.clause.is_some() { self.for_clause() } else { self.whole() };
        Guide {
            lang: self.words.lang,
            digits: self.words.digits(),
            title: self.words.of(&policy.title).to_owned(),
            subtitle,
            association: association.unwrap_or_default(),
            draft: is_draft.then(|| self.say("مسودة · DRAFT", "DRAFT · مسودة").to_owned()),
            footer,
            contents: self.say("المحتويات", "Contents").to_owned(),
            about: self.about(standing),
            sections: sections.into_iter().filter(|section| !section.is_empty()).collect(),
        }
    }

    fn whole(self) -> Vec<Section> {
        let mut sections =
            vec![self.how_to_read(), self.clauses(), self.services(), self.channels(), self.papers()];
        sections.extend(self.rules());
        sections.extend([
            self.values(),
            self.tables(),
            self.limits(),
            self.priority(),
            self.deadlines(),
            self.calendar(),
            self.letters(),
            self.privacy(),
            self.questions(),
            self.examples(),
        ]);
        sections
    }

    fn for_clause(self) -> Vec<Section> {
        let mut sections = vec![self.clauses(), self.services(), self.channels(), self.papers()];
        sections.extend(self.rules());
        sections.extend([self.limits(), self.priority(), self.deadlines(), self.letters(), self.questions()]);
        sections
    }

    fn about(self, standing: Standing) -> Vec<(Runs, Runs)> {
        let policy = self.policy();
        let words = self.words;
        let owner = policy.roles.iter().find(|role| role.id == policy.owner);
        let owner = owner.map_or(policy.owner.clone(), |role| words.of(&role.label).to_owned());
        let currency = policy
            .unit(&policy.currency)
            .map_or(policy.currency.clone(), |forms| self.say(&forms.ar.other, &forms.en.one).to_owned());
        let mut revision = vec![Run::Code(policy.label.clone())];
        revision.push(Run::Plain(format!(
            " ({} {})",
            self.say("رقمها في السجل", "number in the register"),
            words.count(usize::try_from(policy.number).unwrap_or(usize::MAX))
        )));
        let standing = match standing {
            Standing::Draft => vec![Run::Mark(
                self.say("مسودة لم يعتمدها مجلس الإدارة بعد", "a draft that the board has not approved")
                    .into(),
            )],
            Standing::Approved => plain(self.say("معتمدة من مجلس الإدارة", "approved by the board")),
            Standing::InForce => {
                plain(self.say("معتمدة من مجلس الإدارة، نافذة", "approved by the board, in force"))
            }
            Standing::Superseded => plain(self.say(
                "اعتمدها مجلس الإدارة، ثم نسختها نسخةٌ بعدها",
                "approved by the board, superseded by a later revision",
            )),
            Standing::Withdrawn => plain(self.say(
                "اعتمدها مجلس الإدارة، ثم سحبها قبل نفاذها",
                "approved by the board, withdrawn before it was in force",
            )),
        };
        let transition = transition_in_words(policy.transition);
        let assumptions = Assumptions::of(policy);
        let head = |ar, en| plain(self.say(ar, en));
        vec![
            (head("النسخة", "Revision"), revision),
            (head("حالها", "Standing"), standing),
            (head("تسري من", "In force from"), plain(self.dated(policy.in_force_from))),
            (head("يتولاها", "Kept by"), plain(owner)),
            (head("تُراجع كل", "Reviewed every"), plain(words.period(policy.review_every))),
            (head("عند تعديلها", "When amended"), plain(words.of(&transition))),
            (head("عملتها", "Currency"), plain(currency)),
            (
                head("ما لم يُعتمد منها", "Not yet confirmed"),
                plain(match words.lang {
                    Lang::Ar => format!(
                        "{} من {} من أجزائها افتراضٌ لم يعتمده المجلس، و{} من {} من التفسيرات لم يُختر جوابه",
                        words.count(assumptions.count),
                        words.count(assumptions.of),
                        words.count(assumptions.open),
                        words.count(assumptions.questions)
                    ),
                    Lang::En => format!(
                        "{} of its {} parts are assumptions that the board has not confirmed, and {} of {} questions are open",
                        assumptions.count, assumptions.of, assumptions.open, assumptions.questions
                    ),
                }),
            ),
        ]
    }

    fn how_to_read(self) -> Section {
        let list = vec![
            plain(self.say(
                "كُتب هذا الدليل آليًّا من ملفات السياسة نفسها، فما فيه هو ما يُطبَّق على الطلبات.",
                "This guide was made from the files of the policy themselves: what it says is what is applied to requests.",
            )),
            vec![
                Run::Plain(self.say("ما وُسم بعبارة ", "What is marked as ").into()),
                self.source(Basis::Assumption),
                Run::Plain(
                    self.say(
                        " مقترحٌ ينتظر قرار المجلس.",
                        " is a proposal that waits for the board.",
                    )
                    .into(),
                ),
            ],
            plain(self.say(
                "التقييم توصية، والقرار للجنة. ولا يُعدُّ الطلب غير مستوفٍ لشرطٍ إلا إذا ثبت خلافه؛ فالمجهول يُسأل عنه ولا يُرفض به.",
                "An evaluation recommends; the committee decides. A request fails a rule only where the contrary is known: what is unknown is asked for, and never a reason to decline.",
            )),
            plain(self.say(
                "ما بين القوسين المعقوفين [ ] في نصوص الأسباب يُكتب مكانه ما في الطلب نفسه.",
                "In the wording of reasons, what stands in brackets [ ] is replaced by what the request says.",
            )),
            plain(self.say(
                "ما تُرك ذكره في ملفات السياسة له معنى واحد، وهو مكتوبٌ هنا في موضعه.",
                "What the files of the policy leave out has one meaning, and it is written here in its place.",
            )),
        ];
        self.section("كيف يُقرأ هذا الدليل", "How to read this guide", vec![Block::List(list)], vec![])
    }

    fn clauses(self) -> Section {
        let coverage = Coverage::new(self.policy());
        let clauses = coverage.clauses.iter().filter(|clause| self.concerns(&clause.number));
        let parts = clauses.map(|covered| {
            let text = self.policy().clause(&covered.number).map_or("", |clause| self.words.of(&clause.text));
            let mut title = plain(format!("{} ", self.say("البند", "Clause")));
            title.push(self.code(&covered.number));
            let mut blocks = vec![Block::Quote(plain(text))];
            if !covered.is_carried_out() {
                blocks.push(Block::Paragraph(plain(self.say(
                    "نصٌّ توجيهي: لا قاعدة آلية تُنفِّذه، ويُعمل به كما هو.",
                    "Words only: nothing in the machine carries it out; people do.",
                ))));
            }
            if !covered.carriers.is_empty() {
                blocks.push(Block::Pairs(
                    coverage::Kind::ALL
                        .iter()
                        .filter_map(|kind| {
                            let carriers: Vec<_> =
                                covered.carriers.iter().filter(|carrier| carrier.kind == *kind).collect();
                            let mut runs = Vec::new();
                            for (index, carrier) in carriers.iter().enumerate() {
                                if index > 0 {
                                    runs.push(Run::Plain(self.say("؛ ", "; ").into()));
                                }
                                runs.push(Run::Plain(self.words.of(&carrier.title).to_owned()));
                                // Limits have names for authors only.
                                if *kind != coverage::Kind::Parameter && *kind != coverage::Kind::Score {
                                    runs.extend([
                                        Run::Plain(" (".into()),
                                        self.code(&carrier.id),
                                        Run::Plain(")".into()),
                                    ]);
                                }
                            }
                            (!runs.is_empty()).then(|| (plain(self.words.of(&kind.heading())), runs))
                        })
                        .collect(),
                ));
            }
            Section { title, blocks, parts: vec![] }
        });
        let parts = parts.collect();
        let intro = if self.clause.is_some() {
            vec![]
        } else {
            let count = coverage.count();
            let words = self.words;
            vec![Block::Paragraph(plain(match words.lang {
                Lang::Ar => format!(
                    "نصُّ السياسة، وتحت كل بندٍ ما يُنفِّذه. عدد البنود {}، منها {} لها ما يُنفِّذها، و{} نصٌّ توجيهي.",
                    words.count(count.clauses),
                    words.count(count.carried_out),
                    words.count(count.questions_only + count.words_only)
                ),
                Lang::En => format!(
                    "The words of the policy, and under each clause what carries it out. Of {} clauses {} are carried out, and {} are words only.",
                    count.clauses,
                    count.carried_out,
                    count.questions_only + count.words_only
                ),
            }))]
        };
        self.section("بنود السياسة وما يُنفِّذها", "The clauses and what carries them out", intro, parts)
    }

    fn section(self, ar: &str, en: &str, blocks: Vec<Block>, parts: Vec<Section>) -> Section {
        let title = match self.words.lang {
            Lang::Ar => ar,
            Lang::En => en,
        };
        Section { title: plain(title), blocks, parts }
    }

    /// The title of a thing that has an id.
    fn titled(self, id: &str, title: &Text) -> Runs {
        vec![self.code(id), Run::Plain(format!(" {}", capital(self.words.of(title))))]
    }

    /// An id; in a text with Arabic digits one that is made of digits takes them too.
    fn code(self, id: &str) -> Run {
        let is_number = !id.chars().any(|letter| letter.is_ascii_alphabetic());
        Run::Code(if is_number { digits_only(id, self.words.digits()) } else { id.to_owned() })
    }

    fn pair(self, ar: &'a str, en: &'a str, words: impl Into<String>) -> (Runs, Runs) {
        (plain(self.say(ar, en)), plain(words))
    }

    /// The clause and where a thing comes from; the question that it rests on.
    fn basis(self, clause: &str, source: Basis, interpretation: Option<&String>) -> (Runs, Runs) {
        let mut runs = vec![Run::Plain(format!("{} ", self.say("البند", "clause"))), self.code(clause)];
        runs.push(Run::Plain(self.say("، ", ", ").into()));
        runs.push(self.source(source));
        if let Some(id) = interpretation {
            runs.push(Run::Plain(self.say("، على تفسير ", ", as read in ").into()));
            runs.push(self.code(id));
        }
        (plain(self.say("السند", "Basis")), runs)
    }

    fn source(self, source: Basis) -> Run {
        match source {
            Basis::Board => Run::Plain(self.say("بقرار المجلس", "decided by the board").into()),
            Basis::Law => Run::Plain(self.say("بحكم النظام", "required by law").into()),
            Basis::Assumption => Run::Mark(
                self.say("افتراض لم يعتمده المجلس", "an assumption that the board has not confirmed").into(),
            ),
        }
    }

    /// Services by number; all where none is named.
    fn service_names(self, services: Option<&Vec<usize>>) -> String {
        let policy = self.policy();
        let Some(services) = services else {
            return self.say("كل الخدمات", "every service").into();
        };
        let named = services.iter().filter_map(|index| policy.services.get(*index));
        let titles: Vec<String> = named.map(|service| self.words.of(&service.title).to_owned()).collect();
        if titles.len() == policy.services.len() {
            return self.say("كل الخدمات", "every service").into();
        }
        let others: Vec<String> = (policy.services.iter().enumerate())
            .filter(|(index, _)| !services.contains(index))
            .map(|(_, service)| self.words.quoted(self.words.of(&service.title)))
            .collect();
        // What is left out is shorter to say than what is meant.
        if others.len() < 3 && titles.len() > 4 {
            let all = self.say("كل الخدمات عدا ", "every service but ");
            return format!("{all}{}", self.words.list(&others));
        }
        self.words.list(&titles.iter().map(|title| self.words.quoted(title)).collect::<Vec<_>>())
    }

    /// A day in both calendars.
    fn dated(self, date: crate::value::Date) -> String {
        crate::value::words::date_both(date, self.words.lang, self.words.digits())
    }
}

impl Section {
    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.parts.is_empty()
    }
}

/// How much of a policy nobody has confirmed.
struct Assumptions {
    count: usize,
    of: usize,
    open: usize,
    questions: usize,
}

impl Assumptions {
    fn of(policy: &Policy) -> Assumptions {
        let sources: Vec<Basis> = (policy.rules.iter().map(|rule| rule.source))
            .chain(policy.parameters.iter().map(|parameter| parameter.source))
            .chain(policy.services.iter().map(|service| service.source))
            .chain(policy.channels.iter().map(|channel| channel.source))
            .chain(policy.documents.iter().map(|document| document.source))
            .chain(policy.deadlines.iter().map(|deadline| deadline.source))
            .chain(policy.letters.iter().map(|letter| letter.source))
            .chain(policy.score.iter().map(|score| score.source))
            .chain(policy.calendar_years.iter().map(|(_, source)| *source))
            .collect();
        let questions = &policy.interpretations;
        Assumptions {
            count: sources.iter().filter(|source| **source == Basis::Assumption).count(),
            of: sources.len(),
            open: questions.iter().filter(|question| question.chosen.is_none()).count(),
            questions: questions.len(),
        }
    }
}

fn plain(words: impl Into<String>) -> Runs {
    vec![Run::Plain(words.into())]
}

/// The same with a capital letter, where the language has them.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
