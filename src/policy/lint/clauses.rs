//! What the source text leaves open, found in its Arabic words.
//!
//! All of this is a matter of words: a list of expressions cannot understand a sentence. It asks; the board answers.

mod times;
mod whole;

use std::ops::Range;

use super::super::{Basis, Clause, ClauseKind, Policy};
use super::arabic::{Words, folded};
use super::locate::Locator;
use super::{Finding, problems};
use crate::diag::Code;
use crate::source::Place;
use crate::value::Text;

/// Spans of time, as words.
const TIME: &str = "يوم|يوما|يومين|يومان|أيام|أسبوع*|أسابيع|شهر|شهرا|شهرين|شهران|أشهر|شهور|سنة|سنوات|سنتين|سنتان|ساعة|ساعات|ساعتين";

pub(super) fn find(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    let clauses: Vec<Read<'_>> = policy
        .clauses
        .iter()
        .map(|clause| Read { clause, words: Words::of(&clause.text.ar), folded: folded(&clause.text.ar) })
        .collect();
    let mut reader = Reader { policy, locator, clauses: &clauses, findings };
    for read in &clauses {
        times::find(&mut reader, read);
        reader.one(read);
    }
    whole::find(&mut reader);
}

/// A clause and its words.
struct Read<'a> {
    clause: &'a Clause,
    words: Words,
    folded: String,
}

struct Reader<'a> {
    policy: &'a Policy,
    locator: &'a Locator,
    clauses: &'a [Read<'a>],
    findings: &'a mut Vec<Finding>,
}

/// What is wrong, what is to be seen, what can be done: Arabic and English of each.
struct Said {
    message: (&'static str, &'static str),
    label: (&'static str, &'static str),
    help: (&'static str, &'static str),
}

fn text((ar, en): (&str, &str)) -> Text {
    Text::new(ar, en)
}

impl Reader<'_> {
    fn place(&self, clause: &Clause, range: &Range<usize>) -> Option<Place> {
        self.locator.words("clauses.toml", &["clause", &clause.number, "ar"], &clause.text.ar, range)
    }

    /// Something in the words of one clause.
    fn push(&mut self, code: Code, read: &Read<'_>, range: &Range<usize>, said: &Said) {
        let place = self.place(read.clause, range);
        let problem = problems::problem(code, text(said.message), place, text(said.label))
            .help(text(said.help))
            .citing(self.policy.cite(&read.clause.number));
        self.findings.push(Finding { problem, clauses: vec![read.clause.number.clone()] });
    }

    /// Something in the words of several clauses; the first comes first.
    fn push_several(&mut self, code: Code, places: &[(&Read<'_>, Range<usize>)], said: &Said) {
        let mut places = places.iter();
        let Some((first, range)) = places.next() else { return };
        let mut clauses = vec![first.clause.number.clone()];
        let place = self.place(first.clause, range);
        let mut problem = problems::problem(code, text(said.message), place, text(said.label))
            .help(text(said.help))
            .citing(self.policy.cite(&first.clause.number));
        for (read, range) in places {
            clauses.push(read.clause.number.clone());
            if let Some(place) = self.place(read.clause, range) {
                problem = problem.also(place, text(said.label));
            }
        }
        self.findings.push(Finding { problem, clauses });
    }

    /// Something that the text as a whole lacks: shown at the title.
    fn push_whole(&mut self, code: Code, said: &Said) {
        let place = self.locator.value("policy.toml", &["title", "ar"]);
        let problem =
            problems::problem(code, text(said.message), place, text(said.label)).help(text(said.help));
        self.findings.push(Finding { problem, clauses: vec![] });
    }

    /// Does any clause say this?
    fn says(&self, pattern: &str) -> bool {
        self.clauses.iter().any(|read| read.words.has(pattern))
    }

    /// What can be seen in a clause by itself.
    fn one(&mut self, read: &Read<'_>) {
        let words = &read.words;
        let kind = read.clause.kind;
        let at = |pattern: &str| words.find(pattern);
        if let Some(range) = at("قبول* أو رفض*") {
            self.push(Code::OnlyTwoOutcomes, read, &range, &Said {
                message: ("لا يعرف البند إلا القبول أو الرفض", "the clause knows acceptance and rejection only"),
                label: ("وما بينهما؟", "and what lies between?"),
                help: ("قرِّروا: أَيُقبل جزءٌ أو يُؤجَّل أو يُدرج في قائمة انتظار أو يُحال أو يُسحب أو يُحفظ لعدم الاستكمال", "decide: approved in part, deferred, waiting list, referred elsewhere, withdrawn, closed as incomplete"),
            });
        }
        if let Some(range) = at("الرد|رد عليه|عليها|عليهم")
            && !words.has("كتاب*|مكتوب*|خطي*|تحرير*")
        {
            self.push(
                Code::NoticeForm,
                read,
                &range,
                &Said {
                    message: ("الرد لا يُذكر شكله", "the form of the reply is not said"),
                    label: ("كتابةً أم شفاهةً؟ وبأيِّ قناة؟", "in writing? by which channel?"),
                    help: ("المقترح: كتابةً مع بيان الأسباب", "proposed: in writing, with reasons"),
                },
            );
        }
        if let Some(range) = at("صلاحيتها|صلاحيته|صلاحيتهم") {
            self.push(
                Code::ValidityOfWhat,
                read,
                &range,
                &Said {
                    message: (
                        "صلاحية لا يُعلم أهي للبيانات أم للوثائق، وفي أيِّ يومٍ تُنظر",
                        "validity of the data or of the papers, and on which days?",
                    ),
                    label: ("صلاحية ماذا؟", "whose validity?"),
                    help: (
                        "المقترح: تُنظر يوم التقديم، ولا يُطلب التجديد بعده إلا للهوية",
                        "proposed: the day of submission decides; afterwards only identity has to be renewed",
                    ),
                },
            );
        }
        self.sets(read);
        if let Some(range) = at("مع اكتمال*|استكمال*|انتهاء*|إتمام*") {
            self.push(
                Code::UnclearOrder,
                read,
                &range,
                &Said {
                    message: ("لا يُعلم أيُّ الخطوتين أسبق", "it is not said which of the two steps comes first"),
                    label: ("قبل القبول أم بعده؟", "before or after the approval?"),
                    help: ("المقترح: بعد القبول", "proposed: after the approval"),
                },
            );
        }
        self.roles(read);
        if let Some(range) = at("مراجع* … باستمرار|مستمر|دوريا|دورية")
            && !words.has(TIME)
        {
            self.push(
                Code::NoReviewPeriod,
                read,
                &range,
                &Said {
                    message: (
                        "مراجعة مستمرة بلا مدة ولا مسؤول عنها",
                        "a continuous review without a period or an owner",
                    ),
                    label: ("كلَّ كم؟ ومن يراجع؟", "how often, and by whom?"),
                    help: (
                        "المقترح: كل اثني عشر شهرًا، ومسؤولٌ مسمًّى",
                        "proposed: every twelve months, by a named owner",
                    ),
                },
            );
        }
        if let Some(range) = at("تعميم*")
            && !words.has("تعميم* على|إلى")
        {
            self.push(
                Code::NoAudience,
                read,
                &range,
                &Said {
                    message: ("تعميم لا يُذكر على من ولا متى", "circulated to whom, and by when?"),
                    label: ("على من؟", "to whom?"),
                    help: (
                        "المقترح: على الموظفين والمناديب خلال خمسة أيام عمل",
                        "proposed: to staff and delegates, within five working days",
                    ),
                },
            );
        }
        if let Some(range) = at("تسوية الخلافات|المنازعات|النزاعات")
            && !self.says("تظلم*|اعتراض*|تحكيم|صلح|وديا|الودية")
        {
            self.push(
                Code::NoMethod,
                read,
                &range,
                &Said {
                    message: (
                        "تسوية الخلافات مذكورة بلا طريقة ولا تظلم",
                        "settling disputes is named; a method and an appeal are not",
                    ),
                    label: ("كيف؟ ومن ينظر؟", "how, and who hears it?"),
                    help: (
                        "قرِّروا من ينظر في التظلم والخلاف، وخلال أيِّ مدة",
                        "decide who hears an appeal or a dispute, and within what time",
                    ),
                },
            );
        }
        if let Some(range) = at("مسؤولية مباشرة|كاملة")
            && !words.has("يترتب|جزاء*|إيقاف|عقوبة|يلزم*")
        {
            self.push(
                Code::NoConsequence,
                read,
                &range,
                &Said {
                    message: ("مسؤولية لا يُذكر ما يترتب عليها", "responsible, and nothing is said to follow"),
                    label: ("وما الأثر؟", "what follows?"),
                    help: (
                        "قرِّروا الأثر وحدَّه، وحقَّ صاحب الشأن في الإيضاح قبله",
                        "decide what follows, for how long at most, and that the person is heard first",
                    ),
                },
            );
        }
        if kind == ClauseKind::Channel {
            self.channel(read);
        }
        if kind == ClauseKind::Approval
            && !words.has("رقم|بتاريخ|التاريخ")
            && !read.folded.contains(|letter: char| letter.is_ascii_digit())
        {
            let range = 0..read.clause.text.ar.len();
            self.push(Code::ApprovalRecord, read, &range, &Said {
                message: ("اعتماد بلا رقم ولا تاريخ ولا نسخة ولا توقيع", "an approval without number, date, version or signature"),
                label: ("بأيِّ قرار؟ ومتى؟", "by which resolution, and when?"),
                help: ("المقترح: يُثبت الاعتماد بمحضرٍ يسمِّي النسخة وبصمتها وتاريخ نفاذها ومن وافق", "proposed: an approval that names the revision, its digest, its date of force and who agreed"),
            });
        }
        if !read.clause.is_value_statement {
            self.vague(read);
        }
    }

    fn vague(&mut self, read: &Read<'_>) {
        const VAGUE: &[&str] = &[
            "الوقت الكافي",
            "أسهل الطرق",
            "جودة عالية",
            "أفضل المعايير|الممارسات",
            "أحدث الأساليب",
            "دون عناء",
            "سرعة|إتقان|لباقة|متميزة|متميز|عناء|مشقة|ملائم",
        ];
        let mut found = Vec::new();
        for pattern in VAGUE {
            for range in read.words.find_all(pattern) {
                if !found
                    .iter()
                    .any(|other: &Range<usize>| other.start < range.end && range.start < other.end)
                {
                    found.push(range);
                }
            }
        }
        found.sort_by_key(|range| range.start);
        let places: Vec<(&Read<'_>, Range<usize>)> = found.into_iter().map(|range| (read, range)).collect();
        self.push_several(
            Code::VagueWord,
            &places,
            &Said {
                message: ("لفظٌ لا يُقاس", "a word that cannot be measured"),
                label: ("بأيِّ مقياس؟", "by which measure?"),
                help: (
                    "اربطوه بمؤشر، أو اكتبوا في البند value_statement = true",
                    "attach an indicator, or write `value_statement = true` in the clause",
                ),
            },
        );
    }

    /// «كافة المعلومات المطلوبة», «الخدمة اللازمة»: all of what?
    fn sets(&mut self, read: &Read<'_>) {
        if read.clause.kind != ClauseKind::Procedure {
            return;
        }
        let number = &read.clause.number;
        let is_confirmed = |basis: Basis| basis != Basis::Assumption;
        let things = "معلومات|وثائق|مستندات|بيانات|أوراق|متطلبات المطلوبة|اللازمة|المناسبة";
        let services = "خدمة|خدمات|دعم|مساعدة|مساعدات المطلوبة|اللازمة|المناسبة|اللازم|المناسب";
        let papers = self.policy.documents.iter().any(|document| {
            document.clause == *number
                && is_confirmed(document.source)
                && document.mode != super::super::Mode::Generated
        });
        let offered = self
            .policy
            .services
            .iter()
            .any(|service| service.clause == *number && is_confirmed(service.source));
        let find = |pattern: &str| {
            read.words.find(&format!("كافة|جميع|كل {pattern}")).or_else(|| read.words.find(pattern))
        };
        if let Some(range) = find(things).filter(|_| !papers) {
            self.push(
                Code::UndefinedSet,
                read,
                &range,
                &Said {
                    message: ("كلُّ المطلوب، ولا قائمة تبيِّنه", "all that is required, and no list of it"),
                    label: ("أيُّها؟", "which?"),
                    help: (
                        "اربطوه بقائمة الوثائق، وليعتمدها المجلس",
                        "tie it to the checklist, and let the board adopt it",
                    ),
                },
            );
        }
        if let Some(range) = find(services).filter(|_| !offered) {
            self.push(
                Code::UndefinedSet,
                read,
                &range,
                &Said {
                    message: (
                        "خدمةٌ لازمة، ولا قائمة بالخدمات",
                        "the necessary service, and no list of services",
                    ),
                    label: ("أيُّها؟", "which?"),
                    help: (
                        "اربطوها بقائمة الخدمات، وليعتمدها المجلس",
                        "tie it to the catalogue of services, and let the board adopt it",
                    ),
                },
            );
        }
    }

    /// «لجنة البحث», «مسئول البحث الاجتماعي»: who is that?
    fn roles(&mut self, read: &Read<'_>) {
        const HEADS: [&str; 5] = ["لجنه", "مسءول", "مدير", "رءيس", "مشرف"];
        let words = &read.words.0;
        for (at, word) in words.iter().enumerate() {
            let Some(head) = HEADS.iter().find(|head| word.forms.iter().any(|form| form.folded == **head))
            else {
                continue;
            };
            let following = words.iter().skip(at + 1).take(2);
            let following: Vec<_> = following
                .take_while(|next| next.forms.first().is_some_and(|form| form.folded.starts_with("ال")))
                .collect();
            let Some(last) = following.last() else { continue };
            let range = word.range.start..last.range.end;
            let name = std::iter::once((*head).to_owned()).chain(
                following.iter().filter_map(|next| next.forms.first().map(|form| form.folded.clone())),
            );
            let name = without_articles(&name.collect::<Vec<_>>().join(" "));
            let is_defined =
                self.policy.roles.iter().any(|role| without_articles(&folded(&role.label.ar)) == name);
            let is_committee = *head == "لجنه";
            let composed = self.clauses.iter().any(|other| {
                without_articles(&other.folded).contains(&name)
                    && other.words.has("تتكون|تتألف|مكونة|عضو|أعضاء|نصاب")
            });
            if is_committee && !composed {
                self.push(
                    Code::UndefinedRole,
                    read,
                    &range,
                    &Said {
                        message: (
                            "لجنة لا يُعلم تكوينها ولا نصابها ولا من ينوب فيها",
                            "a committee whose members, quorum and delegates are nowhere said",
                        ),
                        label: ("ممَّن؟", "of whom?"),
                        help: (
                            "قرِّروا عدد أعضائها ونصابها ومن لا يصوِّت",
                            "decide its members, its quorum, and who does not vote",
                        ),
                    },
                );
            } else if !is_committee && !is_defined {
                self.push(
                    Code::UndefinedRole,
                    read,
                    &range,
                    &Said {
                        message: ("من يُسند إليه العمل لا يُعرَّف", "somebody who acts and is not defined"),
                        label: ("من هو؟", "who is it?"),
                        help: (
                            "عرِّفوه في procedure.toml، ومن ينوب عنه",
                            "define the role in procedure.toml, and who stands in for it",
                        ),
                    },
                );
            }
        }
    }

    fn channel(&mut self, read: &Read<'_>) {
        let number = &read.clause.number;
        let defined = self
            .policy
            .channels
            .iter()
            .any(|channel| channel.clause == *number && channel.source != Basis::Assumption);
        if defined {
            return;
        }
        if let Some(range) = read.words.find("خدمة|خدمات") {
            self.push(
                Code::ServiceAsChannel,
                read,
                &range,
                &Said {
                    message: ("خدمةٌ بين القنوات", "a service among the channels"),
                    label: ("قناة أم خدمة؟", "a channel, or a service?"),
                    help: ("بيِّنوا ما الذي يجوز أن يصل عن طريقها", "say what may come in by it"),
                },
            );
        }
        let remote = read.words.find("هاتف*|جوال|بريد|رسائل|واتساب|تطبيق*");
        if let Some(range) = remote.or_else(|| read.words.find("التواصل الاجتماعي"))
            && !read.words.has("تحقق|هوية|رمز")
        {
            self.push(
                Code::ChannelIdentity,
                read,
                &range,
                &Said {
                    message: (
                        "قناة عن بُعد بلا قاعدة للتحقق من الهوية",
                        "a remote channel, and no rule by which people are recognised",
                    ),
                    label: ("من المتحدث؟", "who is it?"),
                    help: (
                        "قرِّروا لكل قناة: كيف يُتحقق من الهوية، وما الذي يجوز أن يُقال عن طريقها",
                        "decide for each channel how people are recognised, and what may be said by it",
                    ),
                },
            );
        }
    }
}

/// One shape for «المدير التنفيذي» and «مدير تنفيذي».
fn without_articles(folded: &str) -> String {
    let words = folded.split_whitespace().map(|word| {
        let word = word.strip_prefix("لل").unwrap_or(word);
        word.strip_prefix("ال").unwrap_or(word)
    });
    words.collect::<Vec<_>>().join(" ")
}
