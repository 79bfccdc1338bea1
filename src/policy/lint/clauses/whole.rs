//! What shows only when the clauses are read together.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::super::{Basis, ClauseKind, RuleKind};
use super::{Read, Reader, Said, TIME};
use crate::diag::Code;

/// Words for one person, each of them enough to be taken for another one.
const PEOPLE: &[&[&str]] = &[
    &[
        "مستفيد|مستفيدين|مستفيدون",
        "مراجع|مراجعين",
        "طالب الدعم|المساعدة|الخدمة",
        "متعاقد|متعاقدين|متعاقدون",
        "مقدم الطلب",
        "صاحب الطلب",
    ],
    &["موظف|موظفين", "مقدم الخدمة", "القائم على الخدمة", "الباحث الاجتماعي"],
];

/// A word as it is often misspelt, and as it should be.
const SPELLINGS: &[(&str, &str)] = &[
    ("مسئول", "مسؤول"),
    ("مسئولة", "مسؤولة"),
    ("مسئولية", "مسؤولية"),
    ("شئون", "شؤون"),
    ("اداء", "أداء"),
    ("انجاز", "إنجاز"),
    ("اجراء", "إجراء"),
    ("اجراءات", "إجراءات"),
    ("احالة", "إحالة"),
    ("اضافة", "إضافة"),
    ("اعادة", "إعادة"),
    ("امكانية", "إمكانية"),
    ("ايجابية", "إيجابية"),
    ("الكتروني", "إلكتروني"),
    ("الكترونية", "إلكترونية"),
    ("اسبوع", "أسبوع"),
    ("اسبوعين", "أسبوعين"),
    ("أراء", "آراء"),
    ("جناة", "جنة"),
];

pub(super) fn find(reader: &mut Reader<'_>) {
    criteria(reader);
    deadlines(reader);
    terms(reader);
    conflicts(reader);
    numbering(reader);
    privacy(reader);
    signature(reader);
    spelling(reader);
    gender(reader);
}

fn criteria(reader: &mut Reader<'_>) {
    let stated = reader.says("يشترط|تشترط|شرط|شروط|اشتراط*|يستحق*|استحقاق*|أهلية|مستحق*")
        || reader.says("ألا|لا يزيد|يتجاوز|يقل دخل*|راتب*|نصيب")
        || reader
            .policy
            .rules
            .iter()
            .any(|rule| rule.kind == RuleKind::Eligibility && rule.source != Basis::Assumption);
    if !stated {
        reader.push_whole(
            Code::NoCriteria,
            &Said {
                message: (
                    "لا يذكر النص معيارًا واحدًا للاستحقاق",
                    "the source text states no criterion of eligibility",
                ),
                label: ("من يستحق؟", "who is eligible?"),
                help: (
                    "ليعتمد المجلس معايير الاستحقاق؛ وكلُّ ما في rules.toml اقتراحٌ حتى ذلك",
                    "let the board adopt criteria; until then all of rules.toml is a proposal",
                ),
            },
        );
    }
}

fn deadlines(reader: &mut Reader<'_>) {
    let without: Vec<(&Read<'_>, Range<usize>)> =
        reader
            .clauses
            .iter()
            .filter(|read| read.clause.kind == ClauseKind::Procedure && !read.words.has(TIME))
            .filter(|read| {
                !reader.policy.deadlines.iter().any(|deadline| {
                    deadline.clause == read.clause.number && deadline.source != Basis::Assumption
                })
            })
            .filter_map(|read| {
                let first = read.words.0.first()?;
                let last = read.words.0.get(1).unwrap_or(first);
                Some((read, first.range.start..last.range.end))
            })
            .collect();
    reader.push_several(
        Code::NoDeadline,
        &without,
        &Said {
            message: ("خطواتٌ من الإجراء بلا مدة", "steps of the procedure without any time"),
            label: ("خلال كم؟", "within what time?"),
            help: (
                "حدِّدوا مدةً للإشعار بالاستلام وفحص الاكتمال والدراسة والتسجيل والتقديم",
                "set times for acknowledgement, completeness, study, registration and delivery",
            ),
        },
    );
}

fn terms(reader: &mut Reader<'_>) {
    for words in PEOPLE {
        let used: Vec<(&Read<'_>, Range<usize>)> = words
            .iter()
            .filter_map(|word| reader.clauses.iter().find_map(|read| Some((read, read.words.find(word)?))))
            .collect();
        if used.len() > 1 {
            reader.push_several(
                Code::ManyTerms,
                &used,
                &Said {
                    message: ("ألفاظٌ عدة لشخصٍ واحد", "several words for one person"),
                    label: ("لفظٌ له", "one of them"),
                    help: ("اختاروا لفظًا واحدًا، وعرِّفوا ما سواه", "choose one word, and define the others"),
                },
            );
        }
    }
}

/// Among books, «المراجع» are books too.
fn speaks_of_books(read: &Read<'_>) -> bool {
    read.words.has("كتب|دوريات|مصادر|مخطوطات")
}

fn conflicts(reader: &mut Reader<'_>) {
    let clauses = reader.clauses;
    let any = |patterns: &[&str]| -> Vec<(&Read<'_>, Range<usize>)> {
        let first = |read: &Read<'_>| patterns.iter().find_map(|pattern| read.words.find(pattern));
        clauses.iter().filter_map(|read| Some((read, first(read)?))).collect()
    };
    let all = |pattern: &str| any(&[pattern]);
    let least = format!("لا|ألا تقل|يقل عن … {TIME}");
    let pairs: [(Vec<_>, Vec<_>, Said); 3] = [
        (
            all("دون الحاجة إلى طلب"),
            any(&["طلب دعم", "طالب الدعم", "تقديم المراجع|المستفيد|الطلب", "طلبه"]),
            Said {
                message: (
                    "خدمةٌ دون طلب، وإجراءٌ يبدأ من طلب",
                    "service without a request, and a procedure that starts from one",
                ),
                label: ("أبِطلبٍ أم بدونه؟", "with a request, or without?"),
                help: (
                    "المقترح: تُعرض الخدمة على من يبدو مستحقًّا، ويوقَّع الإقرار عند قبوله",
                    "proposed: offer the service to whoever seems entitled; the declaration is signed on acceptance",
                ),
            },
        ),
        (
            all("أداء مقدم الخدمة|الخدمات"),
            all("لا للعقاب|عقاب"),
            Said {
                message: (
                    "قياسٌ لأداء مقدم الخدمة، وتقييمٌ ليس للعقاب",
                    "satisfaction measures the provider's performance, and is not for punishment",
                ),
                label: ("ومن يُقيَّم؟", "who is measured?"),
                help: (
                    "المقترح: تُعرض النتائج مجموعةً بحسب الخطوة والخدمة",
                    "proposed: results are shown together, by step and service",
                ),
            },
        ),
        (
            all("سرعة"),
            all(&least),
            Said {
                message: (
                    "سرعةٌ مطلوبة، ومدةٌ لا تقل عن حد",
                    "speed is a goal, and a reply may not come before a day",
                ),
                label: ("أسرعُ أم أبعد؟", "sooner, or not before?"),
                help: (
                    "المقترح: مسارٌ عاجل لمن انعدم الماء عنده",
                    "proposed: an urgent way for households without water",
                ),
            },
        ),
    ];
    for (one, others, said) in pairs {
        let Some((first, range)) = one.into_iter().next() else { continue };
        let others: Vec<_> =
            others.into_iter().filter(|(other, _)| other.clause.number != first.clause.number).collect();
        if !others.is_empty() {
            let mut places = vec![(first, range)];
            places.extend(others);
            reader.push_several(Code::ConflictingClauses, &places, &said);
        }
    }
}

fn numbering(reader: &mut Reader<'_>) {
    let deep: Vec<(&Read<'_>, Range<usize>)> = reader
        .clauses
        .iter()
        .filter(|read| read.clause.number.split('.').count() > 2)
        .filter_map(|read| Some((read, read.words.0.first()?.range.clone())))
        .collect();
    reader.push_several(
        Code::ClauseNumbering,
        &deep,
        &Said {
            message: ("بنودٌ أعمق من مستويين", "clauses more than two levels deep"),
            label: ("كيف يُستشهد به؟", "how is it cited?"),
            help: (
                "المقترح: تُثبَّت أرقام البنود كما هي هنا",
                "proposed: the numbers stay as they are given here",
            ),
        },
    );
}

fn privacy(reader: &mut Reader<'_>) {
    let privacy = &reader.policy.privacy;
    let is_confirmed = privacy.purpose.is_some()
        && !privacy.retention.is_empty()
        && privacy.retention.iter().all(|kept| kept.source != Basis::Assumption);
    if !is_confirmed && !reader.says("بيانات الشخصية|شخصية") && !reader.says("خصوصية|سرية|إتلاف*")
    {
        reader.push_whole(
            Code::NoPrivacy,
            &Said {
                message: ("لا بند في شأن البيانات الشخصية", "no clause says what happens with personal data"),
                label: ("لماذا تُجمع؟ وكم تُحفظ؟", "why collected, how long kept?"),
                help: (
                    "قرِّروا الغرض، ومدة الحفظ، والاطلاع والتصحيح والإتلاف",
                    "decide the purpose, how long they are kept, access, correction and destruction",
                ),
            },
        );
    }
}

fn signature(reader: &mut Reader<'_>) {
    let first =
        |pattern: &str| reader.clauses.iter().find_map(|read| Some((read, read.words.find(pattern)?)));
    let (away, signed) = (first("من موقعه|موقعهم|منزله"), first("التوقيع|توقيعه|يوقع"));
    if let (Some(away), Some(signed)) = (away.or_else(|| first("عن بعد")), signed)
        && !signed.0.words.has("إلكتروني*|بصمة|بصمته")
    {
        reader.push_several(
            Code::RemoteSignature,
            &[away, signed],
            &Said {
                message: (
                    "خدمةٌ من موقع المستفيد، وتوقيعٌ لا تُذكر طريقته",
                    "service where the person is, and a signature: how?",
                ),
                label: ("كيف يوقِّع؟", "how is it signed?"),
                help: (
                    "بيِّنوا طرق التوقيع: الخط، والقلم الإلكتروني، والبصمة بشاهد",
                    "say how one may sign: by hand, on a screen, by thumb with a witness",
                ),
            },
        );
    }
}

/// What is wrong with a word, in both languages, and where it stands.
type Misspelt<'a> = (String, String, Vec<(&'a Read<'a>, Range<usize>)>);

fn spelling(reader: &mut Reader<'_>) {
    // Places by what is wrong, so that a word that comes ten times is told once.
    let mut found: BTreeMap<String, Misspelt<'_>> = BTreeMap::new();
    let mut known: BTreeMap<&str, (&str, &Read<'_>, Range<usize>)> = BTreeMap::new();
    for read in reader.clauses {
        if let Some(range) = read.words.find("التأكد على") {
            let entry = found.entry("التأكد على".into());
            let (ar, en) = (
                "«التأكد من» أم «التأكيد على»؟ والمعنى يختلف",
                "“make sure of” or “stress”? the meaning differs",
            );
            entry.or_insert_with(|| (ar.into(), en.into(), vec![])).2.push((read, range));
        }
        for word in &read.words.0 {
            let wrong =
                word.forms.iter().find_map(|form| SPELLINGS.iter().find(|(wrong, _)| *wrong == form.spelt));
            if let Some((wrong, right)) = wrong {
                let entry = found.entry((*wrong).to_owned());
                let message =
                    (format!("«{wrong}»: الصواب «{right}»"), format!("«{wrong}» should be «{right}»"));
                entry.or_insert_with(|| (message.0, message.1, vec![])).2.push((read, word.range.clone()));
                continue;
            }
            // Nothing on the list: perhaps the document itself spells it in another way elsewhere.
            let longest = word.forms.iter().filter(|form| form.folded.chars().count() >= 5);
            for form in longest {
                let spelt = form.spelt.as_str();
                match known.get(form.folded.as_str()) {
                    Some((other, first, range)) if *other != spelt && differ_in_hamza(other, spelt) => {
                        let entry = found.entry(form.folded.clone());
                        let ar = format!("كُتبت على وجهين: «{other}» و«{spelt}»");
                        let en = format!("spelt in two ways: «{other}» and «{spelt}»");
                        let places = &mut entry.or_insert_with(|| (ar, en, vec![])).2;
                        if places.is_empty() {
                            places.push((first, range.clone()));
                        }
                        places.push((read, word.range.clone()));
                        break;
                    }
                    Some(_) => {}
                    None => {
                        known.insert(&form.folded, (spelt, read, word.range.clone()));
                    }
                }
            }
        }
    }
    for (ar, en, places) in found.into_values() {
        let mut clauses = Vec::new();
        let mut problem = None;
        for (read, range) in places {
            clauses.push(read.clause.number.clone());
            let Some(place) = reader.place(read.clause, &range) else { continue };
            problem = Some(match problem {
                None => super::problems::problem(
                    Code::Spelling,
                    crate::value::Text::new(ar.clone(), en.clone()),
                    Some(place),
                    crate::value::Text::default(),
                )
                .help(crate::value::Text::new(
                    "صحِّحوه في النسخة القادمة من النص",
                    "correct it in the next edition of the text",
                )),
                Some(problem) => crate::diag::Diagnostic::also(problem, place, crate::value::Text::default()),
            });
        }
        if let Some(problem) = problem {
            reader.findings.push(super::Finding { problem, clauses });
        }
    }
}

/// «إجراءات» and «اجراءات», but not «خدمة» and «خدمه».
fn differ_in_hamza(one: &str, other: &str) -> bool {
    let plain = |word: &str| word.replace('ة', "ه").replace('ى', "ي");
    plain(one) != plain(other)
}

fn gender(reader: &mut Reader<'_>) {
    if reader.says("ذكرا|رجلا|رجالا … أو|أم … أنثى|امرأة|نساء") {
        return;
    }
    let procedure = reader
        .clauses
        .iter()
        .filter(|read| read.clause.kind == ClauseKind::Procedure && !speaks_of_books(read));
    let places: Vec<(&Read<'_>, Range<usize>)> =
        procedure.filter_map(|read| Some((read, read.words.find("مستفيد|مراجع|موظف|طالب|متقدم")?))).collect();
    reader.push_several(
        Code::OneGender,
        &places,
        &Said {
            message: ("الإجراء بصيغة المذكر وحدها", "the procedure speaks of men only"),
            label: ("ومن كانت امرأة؟", "and a woman?"),
            help: (
                "المقترح: خطابات بصيغة الاحترام للجمع («طلبكم»)",
                "proposed: letters in the respectful plural («طلبكم»)",
            ),
        },
    );
}
