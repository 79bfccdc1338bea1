//! What is said of a letter that was verified: one sentence first, then a line for each thing that was looked at.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Again, Answer, Carried, Page, Standing, Verified};
use crate::evaluation::explain::conclusion;
use crate::seal::{Flaw, Holder, Validity};
use crate::source::schema::of_answer;
use crate::value::words::{self, Digits};
use crate::value::{Date, Lang, Text};

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it should be.
    Fine,
    /// Not as it should be.
    Wrong,
    /// Worth knowing; or it could not be looked at.
    Open,
}

/// A thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Check {
    /// What: `seal`, `integrity`, `who`, `when`, `trial`, `revision`, `evaluation`, `page`.
    pub of: &'static str,
    /// How it stands.
    pub state: State,
    /// In words.
    pub text: Text,
}

/// What `mizan verify --format json` answers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Report {
    /// What is to be said first.
    answer: Answer,
    /// May one rely on the letter?
    genuine: bool,
    /// The answer in one sentence.
    sentence: Text,
    /// What was looked at.
    checks: Vec<Check>,
    /// Who sealed it.
    sealed_by: Option<By>,
    /// When, by the association's clock: as a known authority says, else as the seal claims.
    sealed_at: Option<String>,
    /// The policy under which it was made.
    policy: Option<String>,
    /// The number of the revision.
    revision: Option<u32>,
    /// The id of the letter.
    letter: Option<String>,
}

/// The holder of a key.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct By {
    /// Who.
    subject: String,
    /// Who says so.
    issuer: String,
    /// The SHA-256 of the certificate.
    fingerprint: String,
}

/// The schema of that.
pub fn schema() -> Json {
    of_answer::<Report>("Verification")
}

fn day(date: Date) -> Text {
    words::day_of_message(date, Digits::Latin)
}

impl Verified {
    /// The answer in one sentence.
    pub fn sentence(&self) -> Text {
        match self.answer {
            Answer::Genuine => Text::new(
                "خطاب صحيح: ختمه سليم، وأُعيد تقييم الطلب فجاءت النتيجة نفسها",
                "genuine: the seal holds, and evaluated again the result is the same",
            ),
            Answer::Sealed => Text::new(
                "ختم الخطاب سليم، وليس فيه سجل يُعاد تقييمه",
                "the seal holds; the letter carries no record that could be evaluated again",
            ),
            Answer::Superseded => Text::new(
                "ختمه سليم ونتيجته كما كانت، غير أنه صدر وفق نسخة من السياسة حلَّت محلها نسخة أحدث",
                "the seal and the result hold; it was made under a revision of the policy that a later one has followed",
            ),
            Answer::Trial => Text::new(
                "ختمه سليم، غير أنه تجربة لا تُلزم أحدًا: أُعدَّ وفق نسخة لم يعتمدها المجلس",
                "the seal holds, but this is a trial that binds nobody: made under a revision that the board has not approved",
            ),
            Answer::NoSeal => Text::new(
                "لا ختم على هذا الملف، فلا دليل على أنه صدر من الجمعية",
                "there is no seal on this file: nothing shows that the association issued it",
            ),
            Answer::Altered => {
                Text::new("غُيِّر هذا الخطاب بعد ختمه", "this letter was altered after it was sealed")
            }
            Answer::Added => Text::new(
                "أُضيف إلى هذا الخطاب شيء بعد ختمه",
                "something was added to this letter after it was sealed",
            ),
            Answer::Swapped => Text::new(
                "السجل الذي في هذا الملف ليس سجل هذا الخطاب",
                "the record inside this file is not the record of this letter",
            ),
            Answer::WrongStamp => Text::new(
                "الختم الزمني على هذا الخطاب غير صحيح",
                "the time-stamp on this letter does not hold",
            ),
            Answer::UnknownKey if !self.knows_keys => Text::new(
                "لا يُعرف هنا ختم للجمعية بعد، فلا يُعرف من ختم هذا الخطاب",
                "no seal of the association is known here yet: nobody can say whose seal this is",
            ),
            Answer::UnknownKey => Text::new(
                "ختمه بمفتاح لا تعرفه الجمعية",
                "it was sealed by a key that the association does not know",
            ),
            Answer::Expired => {
                Text::new("ختمه بمفتاح كانت صلاحيته قد انتهت", "it was sealed by a key that had expired")
            }
            Answer::NotYet => {
                Text::new("ختمه بمفتاح لم تبدأ صلاحيته بعد", "it was sealed by a key that was not valid yet")
            }
            Answer::WrongRecord => Text::new(
                "ختمه سليم، والسجل الذي فيه لا يُقرأ",
                "the seal holds, and the record inside cannot be read",
            ),
            Answer::UnknownRevision => Text::new(
                "ختمه سليم، ونسخة السياسة التي صدر وفقها ليست هنا، فلا يُعاد تقييمه",
                "the seal holds; the revision under which it was made is not here, so it cannot be evaluated again",
            ),
            Answer::Differs => Text::new(
                "ختمه سليم، وأُعيد تقييم الطلب هنا فجاء غير ما في سجله",
                "the seal holds; evaluated again, what comes out here is not what its record says",
            ),
            Answer::OtherPage => Text::new(
                "ختمه سليم، وصفحاته ليست ما يخرج من سجله",
                "the seal holds; its pages are not what follows from its record",
            ),
        }
    }

    /// What was looked at, in order.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        let mut add = |of, state, text| checks.push(Check { of, state, text });
        let (state, text) = self.of_integrity();
        add("integrity", state, text);
        if let Some(seal) = &self.seal {
            if let Some(by) = &seal.by {
                let (state, text) = self.who(by);
                add("who", state, text);
            }
            for (state, text) in self.when() {
                add("when", state, text);
            }
        }
        match &self.carried {
            Carried::Nothing => {
                add("record", State::Open, Text::new("لا سجل في الملف", "the file carries no record"));
            }
            Carried::Unreadable => {
                add("record", State::Wrong, Text::new("السجل لا يُقرأ", "the record cannot be read"));
            }
            Carried::Record(record) => {
                let title = self.title.clone().unwrap_or_default();
                let named = |title: &str| format!("{} {title}", record.letter).trim().to_owned();
                let made =
                    record.made_at().map_or_else(|| Text::same(record.made_at.clone()), |at| day(at.date()));
                add(
                    "record",
                    State::Fine,
                    Text::new(
                        format!("الخطاب {}، بتاريخ {}", named(&title.ar), made.ar),
                        format!("letter {}, of {}", named(&title.en), made.en),
                    ),
                );
                if record.trial {
                    add(
                        "trial",
                        State::Open,
                        Text::new(
                            "تجربة وفق نسخة لم يعتمدها المجلس",
                            "a trial, under a revision that the board has not approved",
                        ),
                    );
                }
            }
        }
        if let (Carried::Record(record), Some(standing)) = (&self.carried, self.standing) {
            let name = format!("{}/{}", record.policy, record.revision.number);
            let (state, text) = of_standing(standing, &name);
            add("revision", state, text);
            let (state, text) = self.of_again();
            add("evaluation", state, text);
            let (state, text) = self.of_page();
            add("page", state, text);
        }
        checks
    }

    fn of_integrity(&self) -> (State, Text) {
        let Some(seal) = &self.seal else {
            return (State::Wrong, Text::new("لا ختم", "no seal"));
        };
        match (seal.flaw, seal.added) {
            (Some(Flaw::Form), _) => {
                (State::Wrong, Text::new("الختم نفسه مكسور", "the seal itself is broken"))
            }
            (Some(Flaw::Content), _) => {
                (State::Wrong, Text::new("المحتوى ليس الذي خُتم", "the content is not what was sealed"))
            }
            (Some(Flaw::Signature), _) => (
                State::Wrong,
                Text::new(
                    "الختم ليس من المفتاح الذي يسميه",
                    "the seal was not made by the key that it names",
                ),
            ),
            (None, 0) => (
                State::Fine,
                Text::new("الختم سليم، ويشمل الملف كله", "the seal is whole and covers the whole file"),
            ),
            (None, added) => (
                State::Wrong,
                Text::new(
                    format!("الختم سليم، وبعده {added} بايت لا يشملها"),
                    format!("the seal is whole, and {added} bytes stand behind it that it does not cover"),
                ),
            ),
        }
    }

    fn who(&self, by: &Holder) -> (State, Text) {
        let Some(seal) = self.seal.as_ref().filter(|seal| seal.flaw.is_none()) else {
            // What is broken only says whose it would be.
            let by = &by.subject;
            return (
                State::Open,
                Text::new(format!("يسمي صاحبَه: {by}"), format!("it names as its holder: {by}")),
            );
        };
        let issuer = if by.is_self_signed {
            Text::new("بشهادة أصدرها لنفسه", "by a certificate of its own")
        } else {
            Text::new(format!("بشهادة من {}", by.issuer), format!("certified by {}", by.issuer))
        };
        let (state, known) = if seal.is_known {
            (State::Fine, Text::new("تعرفه الجمعية", "known to the association"))
        } else {
            (State::Wrong, Text::new("لا تعرفه الجمعية", "not known to the association"))
        };
        let by = &by.subject;
        (
            state,
            Text::new(
                format!("صاحب الختم: {by} ({}؛ {})", issuer.ar, known.ar),
                format!("sealed by: {by} ({}; {})", issuer.en, known.en),
            ),
        )
    }

    fn when(&self) -> Vec<(State, Text)> {
        let Some(seal) = &self.seal else { return vec![] };
        let mut lines = Vec::new();
        let moment = |at: chrono::NaiveDateTime| {
            let (time, day) = (at.format("%H:%M"), day(at.date()));
            Text::new(format!("{}، {time}", day.ar), format!("{}, {time}", day.en))
        };
        match &seal.stamp {
            Some(Ok(stamp)) => {
                let at = moment(stamp.at);
                let (state, known) = if stamp.is_known {
                    (State::Fine, Text::default())
                } else {
                    (State::Open, Text::new("، ولا تعرفها الجمعية", ", which the association does not know"))
                };
                let by = &stamp.by.subject;
                lines.push((
                    state,
                    Text::new(
                        format!("كان مختومًا في {}، تشهد بذلك {by}{}", at.ar, known.ar),
                        format!("it was sealed by {}, as attested by {by}{}", at.en, known.en),
                    ),
                ));
            }
            Some(Err(_)) => {
                lines
                    .push((State::Wrong, Text::new("الختم الزمني غير صحيح", "the time-stamp does not hold")));
            }
            None => match seal.claimed_at.map(moment) {
                Some(at) => lines.push((
                    if seal.flaw.is_some() { State::Open } else { State::Fine },
                    Text::new(
                        format!("خُتم في {}، كما يقول الختم نفسه", at.ar),
                        format!("sealed on {}, as the seal itself says", at.en),
                    ),
                )),
                None => lines
                    .push((State::Wrong, Text::new("لا يُعرف متى خُتم", "it does not say when it was sealed"))),
            },
        }
        if let Some(by) = &seal.by {
            let (from, until) = (day(by.from.date()), day(by.until.date()));
            match seal.validity() {
                Validity::Expired => lines.push((
                    State::Wrong,
                    Text::new(
                        format!("انتهت صلاحية المفتاح في {}", until.ar),
                        format!("the key expired on {}", until.en),
                    ),
                )),
                Validity::NotYet => lines.push((
                    State::Wrong,
                    Text::new(
                        format!("تبدأ صلاحية المفتاح في {}", from.ar),
                        format!("the key is valid from {}", from.en),
                    ),
                )),
                // Without a time-stamp only the association says that it was sealed before.
                Validity::Valid if self.today > by.until.date() => lines.push((
                    State::Open,
                    Text::new(
                        format!("انتهت صلاحية المفتاح بعد ذلك، في {}", until.ar),
                        format!("the key has expired since, on {}", until.en),
                    ),
                )),
                Validity::Valid | Validity::Unknown => {}
            }
        }
        lines
    }

    fn of_again(&self) -> (State, Text) {
        match &self.again {
            Again::Same(result) => {
                let result = conclusion(*result);
                (
                    State::Fine,
                    Text::new(
                        format!("أُعيد التقييم: النتيجة نفسها ({})", result.ar),
                        format!("evaluated again: same result ({})", result.en),
                    ),
                )
            }
            Again::Result(then, here) => {
                let (then, here) = (conclusion(*then), conclusion(*here));
                (
                    State::Wrong,
                    Text::new(
                        format!("أُعيد التقييم: في السجل «{}»، وهنا «{}»", then.ar, here.ar),
                        format!(
                            "evaluated again: differs here; the record says “{}”, here it is “{}”",
                            then.en, here.en
                        ),
                    ),
                )
            }
            Again::Rules(rules) => (
                State::Wrong,
                Text::new(
                    format!(
                        "أُعيد التقييم: النتيجة نفسها، ويختلف الحكم في القواعد: {}",
                        words::list(rules, Lang::Ar)
                    ),
                    format!(
                        "evaluated again: the same result, and other verdicts of {}",
                        words::list(rules, Lang::En)
                    ),
                ),
            ),
            Again::Facts => (
                State::Wrong,
                Text::new(
                    "أُعيد التقييم: البيانات في السجل ليست التي قُيِّمت",
                    "evaluated again: the facts in the record are not those that were evaluated",
                ),
            ),
            Again::Unread => (
                State::Wrong,
                Text::new(
                    "لا يُقرأ الطلب الذي في السجل بهذه السياسة",
                    "the request in the record cannot be read by this policy",
                ),
            ),
            Again::Not => (State::Open, Text::new("لم يُعَد التقييم", "not evaluated again")),
        }
    }

    fn of_page(&self) -> (State, Text) {
        let is_whole = self.seal.as_ref().is_none_or(|seal| seal.added == 0);
        match self.page {
            Page::Same if !is_whole => (
                State::Open,
                Text::new(
                    "الصفحات التي خُتمت هي ما يخرج من السجل، وقد يُظهر ما أُضيف بعدها غيرها",
                    "the pages that were sealed are what follows from the record; what was added may show others",
                ),
            ),
            Page::Same => (
                State::Fine,
                Text::new(
                    "الصفحات هي ما يخرج من السجل تمامًا",
                    "the pages are exactly what follows from the record",
                ),
            ),
            Page::Other => {
                (State::Wrong, Text::new("الصفحات من خطاب آخر", "the pages are those of another letter"))
            }
            Page::Differs => (
                State::Wrong,
                Text::new("الصفحات ليست ما يخرج من السجل", "the pages are not what follows from the record"),
            ),
            Page::OtherTools => (
                State::Open,
                Text::new(
                    "لم تُقارن الصفحات: القوالب أو البرنامج غير ما كان",
                    "the pages were not compared: the templates or the program are others now",
                ),
            ),
            Page::Drawn => (
                State::Open,
                Text::new(
                    "لم تُقارن الصفحات: عليها توقيع مرسوم لا يُحفظ في السجل",
                    "the pages were not compared: they bear a drawn signature, which no record keeps",
                ),
            ),
            Page::Not => (State::Open, Text::new("لم تُقارن الصفحات", "the pages were not compared")),
        }
    }

    /// All of it for another program.
    pub fn json(&self) -> Json {
        let record = match &self.carried {
            Carried::Record(record) => Some(record),
            Carried::Nothing | Carried::Unreadable => None,
        };
        let seal = self.seal.as_ref();
        json!(Report {
            answer: self.answer,
            genuine: self.answer.is_genuine(),
            sentence: self.sentence(),
            checks: self.checks(),
            sealed_by: seal.and_then(|seal| seal.by.as_ref()).map(|by| By {
                subject: by.subject.clone(),
                issuer: by.issuer.clone(),
                fingerprint: by.fingerprint.clone(),
            }),
            sealed_at: seal.and_then(|seal| seal.at()).map(|at| at.to_string()),
            policy: record.map(|record| record.policy.clone()),
            revision: record.map(|record| record.revision.number),
            letter: record.map(|record| record.letter.clone()),
        })
    }
}

fn of_standing(standing: Standing, name: &str) -> (State, Text) {
    match standing {
        Standing::Latest => (
            State::Fine,
            Text::new(
                format!("النسخة {name} موجودة هنا كما كانت"),
                format!("revision {name} is here as it was"),
            ),
        ),
        Standing::Superseded(number, from) => {
            let from = day(from);
            (
                State::Open,
                Text::new(
                    format!("النسخة {name} موجودة كما كانت، وحلَّت محلها النسخة {number} منذ {}", from.ar),
                    format!(
                        "revision {name} is here as it was; revision {number} has followed it since {}",
                        from.en
                    ),
                ),
            )
        }
        Standing::OtherContent => (
            State::Wrong,
            Text::new(
                format!("النسخة {name} هنا بمحتوى غير الذي صدر الخطاب وفقه"),
                format!(
                    "revision {name} here has other content than the one under which the letter was made"
                ),
            ),
        ),
        Standing::Unknown => (
            State::Wrong,
            Text::new(format!("لا نسخة {name} هنا"), format!("there is no revision {name} here")),
        ),
    }
}
