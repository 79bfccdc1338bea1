//! What changed, for people: by clause, what it was, what it becomes, and why.

use std::collections::BTreeMap;

use super::{Change, Diff, Extent, What};
use crate::policy::Policy;
use crate::policy::guide::parts::Kind;
use crate::value::words::{Digits, digits_only};
use crate::value::{Lang, Text};

impl Diff {
    /// How much the two revisions differ, in one sentence.
    pub fn sentence(&self, digits: Digits) -> Text {
        let count = |number: usize| digits_only(&number.to_string(), digits);
        let changes = self.changes.len();
        let deciding = self.changes.iter().filter(|change| change.decides).count();
        match self.extent {
            Extent::Same => Text::new(
                "النسختان متطابقتان حرفًا بحرف.",
                "The two revisions are the same, letter by letter.",
            ),
            Extent::Notation => Text::new(
                "لا يختلف إلا الرسم أو الترتيب أو التعليقات: لا يتغيَّر شيءٌ على أحد.",
                "Only the spelling, order or comments differ: nothing changes for anyone.",
            ),
            Extent::Wording => Text::new(
                format!("عدد التغييرات: {}، ولا تتغيَّر بها نتيجة طلبٍ ولا ترتيبه.", count(changes)),
                format!(
                    "Changes: {changes}; neither the result of a request nor its order can change by them."
                ),
            ),
            Extent::Substance => Text::new(
                format!(
                    "عدد التغييرات: {}، ومنها ما قد تتغيَّر به نتيجة طلبٍ أو ترتيبه: {}.",
                    count(changes),
                    count(deciding)
                ),
                format!(
                    "Changes: {changes}; the result of a request, or its order, may change by {deciding} of them."
                ),
            ),
        }
    }

    /// For a terminal or a file of text. The clauses are those of the new revision, and of the old one where they are gone.
    pub fn text(&self, before: &Policy, after: &Policy, lang: Lang) -> String {
        let digits = if lang == Lang::Ar { after.digits } else { Digits::Latin };
        let mut page = Page { lang, digits, text: String::new() };
        page.head(self);
        let mut clause: Option<&Option<String>> = None;
        for change in &self.changes {
            if clause != Some(&change.clause) {
                clause = Some(&change.clause);
                page.clause(change.clause.as_deref(), before, after);
            }
            page.change(change);
        }
        page.foot(self);
        page.text
    }
}

struct Page {
    lang: Lang,
    digits: Digits,
    text: String,
}

impl Page {
    fn say<'w>(&self, ar: &'w str, en: &'w str) -> &'w str {
        match self.lang {
            Lang::Ar => ar,
            Lang::En => en,
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn quoted(&self, text: &str) -> String {
        match self.lang {
            Lang::Ar => format!("«{text}»"),
            Lang::En => format!("“{text}”"),
        }
    }

    fn head(&mut self, diff: &Diff) {
        let title = diff.title.get(self.lang);
        let label = |label: &str| digits_only(label, self.digits);
        let (from, to) = (label(&diff.from.label), label(&diff.to.label));
        let head = match self.lang {
            Lang::Ar => format!("{title}: ما يتغيَّر من النسخة {from} إلى النسخة {to}"),
            Lang::En => format!("{title}: what changes from revision {from} to revision {to}"),
        };
        self.line(&head);
        let sentence = diff.sentence(self.digits);
        self.line(sentence.get(self.lang));
        if let Some(why) = &diff.why {
            let why = format!("{}: {}", self.say("سبب التعديل", "Why it is amended"), why.get(self.lang));
            self.line(&why);
        }
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        for change in &diff.changes {
            *kinds.entry(change.kind).or_default() += 1;
        }
        if kinds.len() > 1 {
            let kinds = kinds.iter().map(|(kind, count)| {
                format!("{} {}", kind.text().get(self.lang), digits_only(&count.to_string(), self.digits))
            });
            let kinds = kinds.collect::<Vec<_>>().join(self.say("، ", ", "));
            self.line(&kinds);
        }
    }

    fn clause(&mut self, number: Option<&str>, before: &Policy, after: &Policy) {
        let title = match number {
            None => self.say("ما لا يُسند إلى بند", "What rests on no clause").to_owned(),
            Some(number) => {
                let clause = after.clause(number).or_else(|| before.clause(number));
                let text = clause.map_or("", |clause| clause.text.get(self.lang));
                let number = digits_only(number, self.digits);
                format!("{} {number}: {}", self.say("البند", "Clause"), self.quoted(text))
            }
        };
        self.line("");
        self.line(&title);
    }

    fn change(&mut self, change: &Change) {
        let kind = change.kind.text();
        let mut head = kind.get(self.lang).to_owned();
        let is_named = !matches!(
            change.kind,
            Kind::Revision | Kind::Clause | Kind::Calendar | Kind::Privacy | Kind::Score
        );
        if is_named {
            head = format!("{head} {}", self.quoted(change.title.get(self.lang)));
        }
        // Limits and computed values have names for authors only.
        let has_code = matches!(
            change.kind,
            Kind::Rule | Kind::Service | Kind::Document | Kind::Deadline | Kind::Interpretation
        );
        if has_code || (change.kind == Kind::Letter && change.id != "frame") {
            head = format!("{head} ({})", change.id);
        }
        let (lang, was_id) = (self.lang, change.was_id.as_deref().unwrap_or_default());
        let what = match (change.what, &change.aspect) {
            (What::Added, _) => self.say("إضافة", "added").to_owned(),
            (What::Removed, _) => self.say("حذف", "removed").to_owned(),
            (What::Renamed, _) => match lang {
                Lang::Ar => format!("تغيَّر رمزه من {was_id} إلى {}، ومضمونه كما كان", change.id),
                Lang::En => format!("has another id, {} instead of {was_id}; it says the same", change.id),
            },
            (What::Changed, Some(aspect)) => aspect.get(lang).to_owned(),
            (What::Changed, None) => String::new(),
        };
        let head = format!("• {head}{}{what}", self.say(": ", ": "));
        self.line(&head);
        if change.what != What::Renamed && !(change.was.is_none() && change.now.is_none()) {
            let (nothing, gone) = (self.say("لم يكن", "there was none"), self.say("حُذف", "removed"));
            let was = change.was.as_ref().map_or(nothing, |was| was.get(lang)).to_owned();
            let now = change.now.as_ref().map_or(gone, |now| now.get(lang)).to_owned();
            self.entry(("كان", "was"), &was);
            self.entry(("أصبح", "now"), &now);
        }
        let why = change.why.as_ref().map(|why| why.get(lang).to_owned());
        let why = why.unwrap_or_else(|| self.say("لم يُذكر", "not given").to_owned());
        self.entry(("السبب", "why"), &why);
    }

    fn entry(&mut self, (ar, en): (&str, &str), words: &str) {
        let label = self.say(ar, en);
        // Names of several lines, such as the words of a letter, stay in their place.
        let words = words.trim().replace('\n', "\n           ");
        let line = format!("    {label}: {words}");
        self.line(&line);
    }

    fn foot(&mut self, diff: &Diff) {
        if !diff.respelt.is_empty() {
            self.line("");
            let title = self.say(
                "ما تغيَّر رسمه وحده، ولا يتغيَّر به معنى:",
                "Only the spelling of these changed, and nothing of what they say:",
            );
            let list: Vec<String> = (diff.respelt.iter())
                .map(|respelt| {
                    format!(
                        "{} {} ({})",
                        respelt.kind.text().get(self.lang),
                        respelt.id,
                        respelt.aspect.get(self.lang)
                    )
                })
                .collect();
            let line = format!("{title} {}", list.join(self.say("، ", ", ")));
            self.line(&line);
        }
        if !diff.idle_reasons.is_empty() {
            self.line("");
            let title = self.say("ذُكر سببٌ لما لم يتغيَّر:", "A reason is given for what did not change:");
            let line = format!("{title} {}", diff.idle_reasons.join(self.say("، ", ", ")));
            self.line(&line);
        }
    }
}
