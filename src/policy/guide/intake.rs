//! What can be asked for, by what way, with which papers, until when; letters, privacy, questions, examples.

use chrono::{Datelike as _, Weekday};

use super::prose::named;
use super::{Author, Block, Run, Runs, Section, Table, capital, plain};
use crate::calendar::{Calendar, DayKind, Period, Roll};
use crate::policy::{
    After, Deadline, Document, Fact, FactKind, FoundBy, Identity, Interpretation, Issue, Letter, Limit, Mode,
    Privacy, PrivateData, Requests, Service,
};
use crate::value::{Date, Lang, Text, words};

impl<'a> Author<'a> {
    pub(super) fn services(self) -> Section {
        let services = self.policy().services.iter().filter(|service| self.concerns(&service.clause));
        let parts = services.map(|service| self.service(service)).collect();
        self.section("ما يمكن طلبه", "What can be asked for", vec![], parts)
    }

    pub(super) fn service(self, service: &Service) -> Section {
        let words = self.words;
        let mut pairs = vec![self.pair("لمن", "For whom", self.applicants(&service.applicant).to_owned())];
        let (quantity, table) = match &service.quantity {
            None => {
                let none = self.say("غير محددة هنا، ويحددها القرار", "not fixed here: the decision says it");
                (plain(none), None)
            }
            Some(node) => match named(node) {
                Some(slot) => match self.policy().vocabulary.get(slot).map(|named| &named.definition) {
                    Some(Some(crate::expression::program::Definition::Output { table, .. })) => {
                        let meaning = self.meaning(slot);
                        (meaning.unwrap_or_default(), Some(table))
                    }
                    Some(Some(_)) => (self.meaning(slot).unwrap_or_default(), None),
                    Some(None) | None => (plain(words.term_of(node)), None),
                },
                None => (plain(words.term_of(node)), None),
            },
        };
        pairs.push((plain(self.say("ما يُقدَّم", "What is granted")), quantity));
        let interval = service.interval.map_or_else(
            || self.say("لا مدة تمنع تكراره", "no time has to pass before it is had again").to_owned(),
            |span| match words.lang {
                Lang::Ar => format!("مرة واحدة كل {}", words.span(span)),
                Lang::En => format!("once in {}", words.span(span)),
            },
        );
        pairs.push(self.pair("كم مرة", "How often", interval));
        let delivery = service.delivery.map_or_else(
            || self.say("لم تُحدَّد له مدة", "no time is set").to_owned(),
            |period| match words.lang {
                Lang::Ar => format!("خلال {} من التسجيل", words.period(period)),
                Lang::En => format!("within {} after registration", words.period(period)),
            },
        );
        pairs.push(self.pair("موعد تقديمه", "Delivery", delivery));
        let prepare = service.prepare.as_ref().map_or_else(
            || self.say("لا شيء", "nothing").to_owned(),
            |prepare| format!("{}{}", self.say("تهيئة ", "to make ready "), words.of(prepare)),
        );
        pairs.push(self.pair("المطلوب منه", "What is asked", prepare));
        pairs.push(self.basis(&service.clause, service.source, None));
        let mut blocks = vec![Block::Pairs(pairs)];
        if let Some(table) = table {
            let section = self.table(table);
            blocks.extend(section.blocks.into_iter().filter(|block| matches!(block, Block::Table(_))));
        }
        Section { title: self.titled(&service.id, &service.title), blocks, parts: vec![] }
    }

    pub(super) fn channels(self) -> Section {
        let (ar, en) = ("قنوات التواصل", "Ways of getting in touch");
        let words = self.words;
        let mut rows = Vec::new();
        for channel in self.policy().channels.iter().filter(|channel| self.concerns(&channel.clause)) {
            let mut title =
                vec![self.code(&channel.id), Run::Plain(format!(" {} ", capital(words.of(&channel.title))))];
            title.push(self.source(channel.source));
            let requests = match channel.requests {
                Requests::Yes => self.say("يُقبل", "yes"),
                Requests::Draft => self.say("يُقبل ويُستكمل لاحقًا", "yes, completed later"),
                Requests::Lead => self.say("إشارة إلى محتاج فقط", "only as a hint that somebody is in need"),
                Requests::No => self.say("لا يُقبل", "no"),
            };
            let identity = match channel.identity {
                Identity::Sighted => self.say("بالاطلاع على الوثيقة", "the paper is seen"),
                Identity::Callback => self.say("بمعاودة الاتصال", "by a call back"),
                Identity::Later => self.say("في الخطوة التالية", "at the next step"),
                Identity::Code => self.say("برمز تحقق", "by a code that is sent"),
                Identity::None => self.say("لا يُتعرَّف عليه", "not at all"),
            };
            let private_data = match channel.private_data {
                PrivateData::Yes => self.say("تُرسل", "yes"),
                PrivateData::StatusOnly => self.say("حالة الطلب فقط", "only how the request stands"),
                PrivateData::Portal => self.say("عبر البوابة فقط", "only through the portal"),
                PrivateData::Never => self.say("لا تُرسل أبدًا", "never"),
            };
            let deemed = if channel.deemed == Period::Days(0) {
                self.say("في يومه", "on the same day").to_owned()
            } else {
                format!("{} {}", self.say("بعد", "after"), words.period(channel.deemed))
            };
            rows.push(vec![
                title,
                plain(requests),
                plain(identity),
                plain(private_data),
                plain(deemed),
                plain(words.of(&channel.proof)),
            ]);
        }
        if rows.is_empty() {
            return self.section(ar, en, vec![], vec![]);
        }
        let head = [
            ("القناة", "Way"),
            ("طلبٌ جديد", "New request"),
            ("معرفة صاحبه", "How a person is recognised"),
            ("البيانات الخاصة", "Private data go out"),
            ("يُعدُّ الخطاب واصلًا", "A letter counts as received"),
            ("ما يُثبت ذلك", "Proof"),
        ];
        let head = head.map(|(ar, en)| plain(self.say(ar, en))).to_vec();
        let table = Table { head, rows, widths: vec![5, 4, 4, 4, 4, 4] };
        self.section(ar, en, vec![Block::Table(table)], vec![])
    }

    pub(super) fn papers(self) -> Section {
        let documents = self.policy().documents.iter().filter(|document| self.concerns(&document.clause));
        let parts: Vec<Section> = documents.map(|document| self.paper(document)).collect();
        let intro = self.say(
            "لا تُطلب وثيقةٌ إلا ما دام يمكن أن تغيِّر النتيجة.",
            "A paper is asked for only while it can still change the result.",
        );
        let blocks = if parts.is_empty() { vec![] } else { vec![Block::Paragraph(plain(intro))] };
        self.section("الوثائق", "Papers", blocks, parts)
    }

    pub(super) fn paper(self, document: &Document) -> Section {
        let words = self.words;
        let none = |ar: &'static str, en: &'static str| plain(self.say(ar, en));
        let mut pairs = Vec::new();
        let accepted = match &document.accepted {
            Some(accepted) => plain(words.of(accepted)),
            None => none("الوثيقة نفسها", "the paper itself"),
        };
        pairs.push((none("يُقبل", "Accepted"), accepted));
        pairs.push((none("لماذا", "Why"), plain(words.of(&document.why))));
        let required: Vec<String> = (document.required.iter())
            .map(|required| {
                let services = self.service_names(required.services.as_ref());
                let when = required.when.as_ref().map(|when| words.when(when));
                let mut text = match (words.lang, when) {
                    (Lang::Ar, None) => format!("في {services}"),
                    (Lang::Ar, Some(when)) => format!("في {services}، إذا {when}"),
                    (Lang::En, None) => format!("for {services}"),
                    (Lang::En, Some(when)) => format!("for {services}, if {when}"),
                };
                text.push_str(if required.later {
                    self.say(" (تُستكمل لاحقًا ولا تؤخر الطلب)", " (may follow later and holds nothing up)")
                } else {
                    ""
                });
                text
            })
            .collect();
        let required = if required.is_empty() {
            self.say("لا تُطلب بذاتها", "never by itself").to_owned()
        } else {
            required.join(self.say("؛ و", "; and "))
        };
        pairs.push((none("متى تُطلب", "When required"), plain(required)));
        pairs.push((none("صلاحيتها", "Validity"), plain(self.validity(document))));
        let mode = match document.mode {
            Mode::Sighted => self.say(
                "يُطَّلع عليها وتُطابق ثم تُعاد، ولا تُحفظ لها صورة",
                "seen, matched and handed back: no copy is kept",
            ),
            Mode::Kept => self.say("تُحفظ صورتها في ملف الطلب", "a copy is kept in the file"),
            Mode::Generated => self.say("تُعدُّها الجمعية نفسها", "made by the association itself"),
        };
        pairs.push((none("الخصوصية", "Privacy"), plain(mode)));
        let titles = |indices: &[usize]| {
            let named = indices.iter().filter_map(|index| self.policy().documents.get(*index));
            let titles: Vec<String> = named.map(|document| words.quoted(words.of(&document.title))).collect();
            words.either(&titles)
        };
        let instead = if document.instead.is_empty() {
            self.say("لا شيء", "nothing").to_owned()
        } else {
            titles(&document.instead)
        };
        pairs.push((none("يقوم مقامها", "In its place"), plain(instead)));
        let index = self.policy().documents.iter().position(|other| other.id == document.id);
        let shows: Vec<String> = (self.policy().facts.iter())
            .filter(|fact| index.is_some_and(|index| fact.shown_by.contains(&index)))
            .map(|fact| words.of(&fact.label).to_owned())
            .collect();
        let mut shown = if shows.is_empty() {
            self.say("لا بيان بعينه", "no single fact").to_owned()
        } else {
            words.list(&shows)
        };
        if document.identity {
            shown.push_str(self.say("، وتُعرف بها شخصية صاحبها", ", and who its holder is"));
        }
        pairs.push((none("ما تُثبته", "Shows"), plain(shown)));
        pairs.push(self.basis(&document.clause, document.source, None));
        Section {
            title: self.titled(&document.id, &document.title),
            blocks: vec![Block::Pairs(pairs)],
            parts: vec![],
        }
    }

    fn validity(self, document: &Document) -> String {
        let words = self.words;
        let age = document.issued_within.map(|period| match words.lang {
            Lang::Ar => format!("أن تكون صادرةً خلال {} قبل التقديم", words.period(period)),
            Lang::En => format!("issued within {} before submission", words.period(period)),
        });
        let expiry = document.not_expired.then(|| {
            if document.may_never_expire {
                self.say(
                    "ألّا تكون منتهيةً يوم التقديم، وما لا تاريخ لانتهائه منها صالح",
                    "not expired on the day of submission; one that never expires is valid",
                )
            } else {
                self.say("ألّا تكون منتهيةً يوم التقديم", "not expired on the day of submission")
            }
            .to_owned()
        });
        let parts: Vec<String> = age.into_iter().chain(expiry).collect();
        if parts.is_empty() {
            self.say("لا يُشترط لها تاريخ إصدارٍ ولا انتهاء", "neither its age nor its expiry matters").into()
        } else {
            words.list(&parts)
        }
    }

    pub(super) fn deadlines(self) -> Section {
        let deadlines = self.policy().deadlines.iter().filter(|deadline| self.concerns(&deadline.clause));
        let parts: Vec<Section> = deadlines.map(|deadline| self.deadline(deadline)).collect();
        let intro = self.say(
            "لا يُحسب يوم الواقعة، ويُحسب آخر يومٍ من المدة.",
            "The day of the event is not counted; the last day of the period is.",
        );
        let blocks = if parts.is_empty() { vec![] } else { vec![Block::Paragraph(plain(intro))] };
        self.section("المواعيد", "Deadlines", blocks, parts)
    }

    pub(super) fn deadline(self, deadline: &Deadline) -> Section {
        let words = self.words;
        let event = self.policy().events.get(deadline.from);
        let event = event.map_or_else(String::new, |event| words.of(&event.label).to_owned());
        let event = words.quoted(&event);
        let mut sentences = self.limits_of(deadline.earliest, deadline.latest, &event);
        for instead in &deadline.instead {
            let case = words.when(&instead.when);
            let limits = self.limits_of(instead.earliest, instead.latest, &event).join(" ");
            sentences.push(match words.lang {
                Lang::Ar => format!("وإذا {case}: {limits}"),
                Lang::En => format!("Where {case}: {limits}"),
            });
        }
        let extend = match deadline.extend {
            None => self.say("ولا يُمدَّد.", "It is not extended.").to_owned(),
            Some((by, on)) => {
                let on = self.policy().events.get(on);
                let on = words.quoted(on.map_or("", |event| words.of(&event.label)));
                match words.lang {
                    Lang::Ar => format!("ويُمدَّد {} إذا وقع {on}.", words.period(by)),
                    Lang::En => format!("Extended by {} on {on}.", words.period(by)),
                }
            }
        };
        sentences.push(extend);
        let pairs = vec![
            self.pair("يخصُّ", "Concerns", self.service_names(deadline.services.as_ref())),
            self.basis(&deadline.clause, deadline.source, deadline.interpretation.as_ref()),
        ];
        Section {
            title: self.titled(&deadline.id, &deadline.title),
            blocks: vec![Block::Paragraph(plain(sentences.join(" "))), Block::Pairs(pairs)],
            parts: vec![],
        }
    }

    fn limits_of(self, earliest: Option<Limit>, latest: Option<Limit>, event: &str) -> Vec<String> {
        let mut sentences = Vec::new();
        if let Some(limit) = earliest {
            let roll = self.roll(limit);
            let soft = if limit.soft {
                self.say(" إلا لسببٍ مدوَّن", ", unless for a recorded reason")
            } else {
                self.say(" بحال", ", in any case")
            };
            sentences.push(match self.words.lang {
                Lang::Ar => format!("لا يكون قبل مضيِّ {} من {event}{soft}{roll}.", self.after(limit)),
                Lang::En => format!("Not before {} after {event}{soft}{roll}.", self.after(limit)),
            });
        }
        if let Some(limit) = latest {
            let roll = self.roll(limit);
            let soft = if limit.soft {
                self.say(" ويجوز تجاوزه لسببٍ مدوَّن.", " It may be passed for a recorded reason.")
            } else {
                self.say(" ولا يجوز تجاوزه.", " It may not be passed.")
            };
            sentences.push(match (self.words.lang, limit.after) {
                (Lang::Ar, After::Period(Period::Days(0))) => {
                    format!("يكون في يوم {event} نفسه{roll}.{soft}")
                }
                (Lang::En, After::Period(Period::Days(0))) => {
                    format!("On the very day of {event}{roll}.{soft}")
                }
                (Lang::Ar, _) => format!("يكون خلال {} من {event}{roll}.{soft}", self.after(limit)),
                (Lang::En, _) => format!("Within {} after {event}{roll}.{soft}", self.after(limit)),
            });
        }
        sentences
    }

    fn after(self, limit: Limit) -> String {
        match limit.after {
            After::Period(period) => self.words.period(period),
            After::Delivery => self.say("مدة تقديم الخدمة", "the delivery time of the service").into(),
        }
    }

    fn roll(self, limit: Limit) -> String {
        if let After::Period(Period::WorkingDays(_)) = limit.after {
            return self.say("، ولا تُحسب أيام العطلة", "; days of rest are not counted").into();
        }
        if let After::Period(Period::Days(0)) = limit.after {
            return match limit.roll {
                Roll::None => self.say("، ولو كان يوم عطلة", ", even on a day of rest"),
                Roll::Forward => self.say("، أو أول يوم عمل بعده", ", or the next working day"),
                Roll::Back => self.say("، أو آخر يوم عمل قبله", ", or the working day before"),
            }
            .into();
        }
        match limit.roll {
            Roll::Forward => self.say(
                "، وإن وافق آخره عطلةً فأول يوم عمل بعدها",
                "; where the last day is a day of rest, the next working day",
            ),
            Roll::Back => self.say(
                "، وإن وافق آخره عطلةً فآخر يوم عمل قبلها",
                "; where the last day is a day of rest, the working day before",
            ),
            Roll::None => self.say("، وتُحسب فيه أيام العطلة", "; days of rest change nothing"),
        }
        .into()
    }

    pub(super) fn calendar(self) -> Section {
        let (ar, en) = ("التقويم وأيام العمل", "The calendar and working days");
        let Some(calendar) = &self.policy().calendar else {
            let none = self.say(
                "لم يُكتب لهذه السياسة تقويم، فلا تُحسب فيها مواعيد بأيام العمل.",
                "This policy has no calendar, so nothing in it is counted in working days.",
            );
            return self.section(ar, en, vec![Block::Paragraph(plain(none))], vec![]);
        };
        let mut rows = Vec::new();
        let mut weekend = Vec::new();
        for (year, source) in &self.policy().calendar_years {
            let Ok(year) = year.parse::<i32>() else { continue };
            let holidays = self.holidays(calendar, year, &mut weekend);
            for (index, (title, from, to)) in holidays.into_iter().enumerate() {
                let mut head = plain(if index == 0 {
                    words::digits_only(&year.to_string(), self.words.digits())
                } else {
                    String::new()
                });
                if index == 0 {
                    head.push(Run::Plain(" ".into()));
                    head.push(self.source(*source));
                }
                let last =
                    if from == to { self.say("يوم واحد", "one day").into() } else { self.dated(to) };
                rows.push(vec![head, plain(self.words.of(&title)), plain(self.dated(from)), plain(last)]);
            }
        }
        let weekend: Vec<String> =
            weekend.iter().map(|day| words::weekday(*day, self.words.lang).to_owned()).collect();
        let rest = match self.words.lang {
            Lang::Ar => format!(
                "العطلة الأسبوعية: {}. ولا يُحسب موعدٌ في سنةٍ لم تُذكر هنا حتى تُعتمد إجازاتها.",
                self.words.list(&weekend)
            ),
            Lang::En => format!(
                "The weekend: {}. Nothing is counted in a year that is not named here, until its holidays are confirmed.",
                self.words.list(&weekend)
            ),
        };
        let head = [
            ("السنة", "Year"),
            ("الإجازة", "Holiday"),
            ("أول أيامها", "First day"),
            ("آخر أيامها", "Last day"),
        ];
        let head = head.map(|(ar, en)| plain(self.say(ar, en))).to_vec();
        let table = Table { head, rows, widths: vec![4, 4, 6, 6] };
        self.section(ar, en, vec![Block::Paragraph(plain(rest)), Block::Table(table)], vec![])
    }

    /// The holidays of a year as they fall, and the days of the week that are weekend.
    pub(super) fn holidays(
        self,
        calendar: &Calendar,
        year: i32,
        weekend: &mut Vec<Weekday>,
    ) -> Vec<(Text, Date, Date)> {
        let mut holidays: Vec<(Text, Date, Date)> = Vec::new();
        let first = Date::from_ymd_opt(year, 1, 1).unwrap_or_default();
        for day in first.iter_days().take_while(|day| day.year() == year) {
            match calendar.day_kind(day) {
                Ok(DayKind::Weekend) if !weekend.contains(&day.weekday()) => weekend.push(day.weekday()),
                Ok(DayKind::Weekend | DayKind::Working) | Err(_) => {}
                Ok(DayKind::Holiday(title)) => match holidays.last_mut() {
                    Some((last, _, to)) if last == title && to.succ_opt() == Some(day) => *to = day,
                    _ => holidays.push((title.clone(), day, day)),
                },
            }
        }
        weekend.sort_by_key(Weekday::num_days_from_sunday);
        holidays
    }

    pub(super) fn letters(self) -> Section {
        let letters = self.policy().letters.iter().filter(|letter| self.concerns(&letter.clause));
        let parts = letters.map(|letter| self.letter(letter)).collect();
        self.section("الخطابات", "Letters", vec![], parts)
    }

    pub(super) fn letter(self, letter: &Letter) -> Section {
        let words = self.words;
        let issue = match letter.issue {
            Issue::Always => self.say("في أي وقت", "at any time").to_owned(),
            Issue::After => self.say("بعد حدث", "after an event").to_owned(),
            Issue::Missing => {
                self.say("ما دام الطلب غير مكتمل", "while the request is incomplete").to_owned()
            }
            Issue::Differing => self.say("ما دامت المصادر مختلفة", "while the sources differ").to_owned(),
            Issue::Possible => self
                .say("ما دام المعلوم لا يمنع القبول", "while nothing that is known speaks against it")
                .to_owned(),
            Issue::Referred => {
                self.say("بعد رفع الطلب إلى اللجنة", "once the request is with the committee").to_owned()
            }
            Issue::Undecided => self.say("قبل قرار اللجنة", "before the committee decides").to_owned(),
            Issue::Granted
            | Issue::Approved
            | Issue::Partial
            | Issue::Waiting
            | Issue::Deferred
            | Issue::Declined
            | Issue::Elsewhere => {
                let outcomes = letter.issue.outcomes().iter();
                let outcomes: Vec<String> =
                    outcomes.map(|outcome| words.quoted(words.of(&outcome.label()))).collect();
                let outcome = words.either(&outcomes);
                match words.lang {
                    Lang::Ar => format!("بعد تدوين القرار {outcome}"),
                    Lang::En => format!("once the decision {outcome} is recorded"),
                }
            }
        };
        let event = |index: Option<usize>| {
            index
                .and_then(|index| self.policy().events.get(index))
                .map(|event| words.quoted(words.of(&event.label)))
        };
        let mut issue = match (letter.issue, event(letter.after)) {
            (Issue::After, Some(after)) => format!("{} {after}", self.say("بعد", "after")),
            (_, Some(after)) if letter.issue != Issue::Referred => {
                format!("{issue}{} {after}", self.say("، بعد", ", after"))
            }
            (_, Some(_) | None) => issue,
        };
        if let Some(unless) = event(letter.unless) {
            issue = format!("{issue}{} {unless}", self.say("، ما لم يقع", ", unless there was"));
        }
        let starts = letter.starts.and_then(|index| self.policy().events.get(index));
        let starts = starts.map_or_else(
            || self.say("لا يبدأ بتسليمه موعد", "handing it over starts nothing").to_owned(),
            |event| words.quoted(words.of(&event.label)),
        );
        let signer = letter.signer.and_then(|index| self.policy().roles.get(index));
        let signer = signer.map_or_else(
            || self.say("مقدِّم الطلب", "the applicant").to_owned(),
            |role| words.of(&role.label).to_owned(),
        );
        let pairs = vec![
            self.pair("متى يُصدر", "When issued", issue),
            self.pair("يوقِّعه", "Signed by", signer),
            self.pair("ما يقع بتسليمه", "Handing it over is", starts),
            self.basis(&letter.clause, letter.source, None),
        ];
        Section {
            title: self.titled(&letter.id, &letter.title),
            blocks: vec![Block::Pairs(pairs)],
            parts: vec![],
        }
    }

    pub(super) fn privacy(self) -> Section {
        let groups = [
            (FoundBy::Applicant, "ما يقوله مقدِّم الطلب", "What the applicant says"),
            (FoundBy::Visit, "ما تُظهره الزيارة", "What a visit shows"),
            (FoundBy::Records, "ما في سجلات الجمعية", "What the records show"),
        ];
        let parts = groups.into_iter().filter_map(|(found_by, ar, en)| {
            let facts = self.policy().facts.iter().filter(|fact| fact.found_by == found_by);
            let mut rows = Vec::new();
            for fact in facts {
                rows.push(self.fact(fact, ""));
                if let FactKind::List(fields) = &fact.kind {
                    rows.extend(fields.iter().map(|field| self.fact(field, "– ")));
                }
            }
            if rows.is_empty() {
                return None;
            }
            let head = [
                ("البيان", "Fact"),
                ("لماذا يُسأل عنه", "Why it is asked"),
                ("ما يُثبته", "Shown by"),
                ("حساسيته", "Sensitivity"),
            ];
            let head = head.map(|(ar, en)| plain(self.say(ar, en))).to_vec();
            let table = Table { head, rows, widths: vec![6, 7, 5, 3] };
            Some(self.section(ar, en, vec![Block::Table(table)], vec![]))
        });
        let intro = self.say(
            "لا يُسأل إلا عما يمكن أن يغيِّر النتيجة. والبيان «عام» لا يُحجب عن أحد، و«شخصي» يخصُّ صاحبه، و«حساس» قد يضره كشفه كالحالة الصحية. وما تُرك ذكر حساسيته فهو شخصي. ولا تخرج البيانات الخاصة إلا بالقنوات التي تأذن بها.",
            "Only what can change the result is asked. A “public” fact may be known to anybody, a “personal” one is about a person, a “sensitive” one, such as health, could hurt a person. A fact that says nothing of this is personal. Private data go out only by the ways that allow it.",
        );
        let parts = parts.collect();
        self.section(
            "ما يُسأل عنه، ولماذا",
            "What is asked, and why",
            vec![Block::Paragraph(plain(intro))],
            parts,
        )
    }

    pub(super) fn fact(self, fact: &Fact, before: &str) -> Vec<Runs> {
        let words = self.words;
        let mut label = format!("{before}{}", capital(words.of(&fact.label)));
        let range = fact.range.as_ref().and_then(|range| {
            let named = self.policy().vocabulary.get(fact.slot).filter(|_| before.is_empty())?;
            Some(words.interval(&named.ty, range))
        });
        if let Some(range) = range {
            label = format!("{label} ({range})");
        }
        if !fact.can_change {
            label.push_str(self.say("، لا يتغيَّر", "; it does not change"));
        }
        let purpose = fact.purpose.as_ref().map_or_else(
            || {
                if before.is_empty() {
                    self.say("لم يُذكر", "not said")
                } else {
                    self.say("لما سبق", "as above")
                }
            },
            |purpose| words.of(purpose),
        );
        let papers: Vec<String> = (fact.shown_by.iter())
            .filter_map(|index| self.policy().documents.get(*index))
            .map(|document| words.of(&document.title).to_owned())
            .collect();
        let shown = if papers.is_empty() { "–".to_owned() } else { words.either(&papers) };
        let privacy = match fact.privacy {
            Privacy::Public => self.say("عام", "public"),
            Privacy::Personal => self.say("شخصي", "personal"),
            Privacy::Sensitive => self.say("حساس", "sensitive"),
        };
        vec![plain(label), plain(purpose), plain(shown), plain(privacy)]
    }

    pub(super) fn questions(self) -> Section {
        let questions =
            self.policy().interpretations.iter().filter(|question| self.concerns(&question.clause));
        let parts: Vec<Section> = questions.map(|question| self.question(question)).collect();
        let intro = self.say(
            "نصوصٌ تحتمل أكثر من معنى. وحتى يختار المجلس يُعمل بالمقترح.",
            "Words that can be read in several ways. Until the board has chosen, the proposal is applied.",
        );
        let blocks = if parts.is_empty() { vec![] } else { vec![Block::Paragraph(plain(intro))] };
        self.section("أسئلة للمجلس", "Questions for the board", blocks, parts)
    }

    fn question(self, question: &Interpretation) -> Section {
        let words = self.words;
        let options = question.options.iter().enumerate().map(|(index, (_, text))| {
            let mut runs = plain(words.of(text));
            if question.chosen == Some(index) {
                runs.push(Run::Plain(self.say(" ◄ اختيار المجلس", " ◄ chosen by the board").into()));
            } else if question.chosen.is_none() && question.proposed == index {
                runs.push(Run::Plain(" ".into()));
                runs.push(Run::Mark(self.say("المقترح", "proposed").into()));
            }
            runs
        });
        let mut title = vec![self.code(&question.id)];
        title.push(Run::Plain(self.say(" · البند ", " · clause ").into()));
        title.push(self.code(&question.clause));
        Section {
            title,
            blocks: vec![
                Block::Paragraph(plain(words.of(&question.question))),
                Block::List(options.collect()),
            ],
            parts: vec![],
        }
    }

    pub(super) fn examples(self) -> Section {
        let scenarios = &self.policy().scenarios;
        let titles = scenarios.iter().map(|scenario| plain(self.words.of(&scenario.title))).collect();
        let intro = match self.words.lang {
            Lang::Ar => format!(
                "أمثلةٌ محلولة تُعتمد مع القواعد، ويُتحقَّق منها آليًّا. عددها {}.",
                self.words.count(scenarios.len())
            ),
            Lang::En => format!(
                "Worked examples, approved with the rules and tried by the machine: {} of them.",
                scenarios.len()
            ),
        };
        let blocks = vec![Block::Paragraph(plain(intro)), Block::List(titles)];
        self.section("أمثلة محلولة", "Worked examples", blocks, vec![])
    }
}
