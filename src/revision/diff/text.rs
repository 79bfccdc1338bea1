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

    /// How many changes there are of each kind, where there are several kinds.
    pub fn kinds(&self, lang: Lang, digits: Digits) -> Option<String> {
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        for change in &self.changes {
            *kinds.entry(change.kind).or_default() += 1;
        }
        let said = kinds.iter().map(|(kind, count)| {
            format!("{} ({})", kind.text().get(lang), digits_only(&count.to_string(), digits))
        });
        let comma = match lang {
            Lang::Ar => "، ",
            Lang::En => ", ",
        };
        (kinds.len() > 1).then(|| said.collect::<Vec<_>>().join(comma))
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

impl Change {
    /// What changed, and of what.
    pub fn head(&self, lang: Lang) -> String {
        let mut head = self.kind.text().get(lang).to_owned();
        let is_named = !matches!(
            self.kind,
            Kind::Revision | Kind::Clause | Kind::Calendar | Kind::Privacy | Kind::Score
        );
        if is_named {
            head = format!("{head} {}", quoted(self.title.get(lang), lang));
        }
        // Limits and computed values have names for authors only.
        let has_code = matches!(
            self.kind,
            Kind::Rule | Kind::Service | Kind::Document | Kind::Deadline | Kind::Interpretation
        );
        if has_code || (self.kind == Kind::Letter && self.id != "frame") {
            head = format!("{head} ({})", self.id);
        }
        let was_id = self.was_id.as_deref().unwrap_or_default();
        let what = match (self.what, &self.aspect) {
            (What::Added, _) => Text::new("إضافة", "added"),
            (What::Removed, _) => Text::new("حذف", "removed"),
            (What::Renamed, _) => Text::new(
                format!("تغيَّر رمزه من {was_id} إلى {}، ومضمونه كما كان", self.id),
                format!("has another id, {} instead of {was_id}; it says the same", self.id),
            ),
            (What::Changed, Some(aspect)) => aspect.clone(),
            (What::Changed, None) => Text::default(),
        };
        format!("{head}: {}", what.get(lang))
    }

    /// What it was, what it becomes, and why, each under its name.
    pub fn lines(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let say = |ar: &'static str, en: &'static str| match lang {
            Lang::Ar => ar,
            Lang::En => en,
        };
        let mut lines = Vec::new();
        if self.what != What::Renamed && !(self.was.is_none() && self.now.is_none()) {
            let (nothing, gone) = (say("لم يكن", "there was none"), say("حُذف", "removed"));
            lines
                .push((say("كان", "was"), self.was.as_ref().map_or(nothing, |was| was.get(lang)).to_owned()));
            lines.push((say("أصبح", "now"), self.now.as_ref().map_or(gone, |now| now.get(lang)).to_owned()));
        }
        let why = self.why.as_ref().map_or(say("لم يُذكر", "not given"), |why| why.get(lang));
        lines.push((say("السبب", "why"), why.to_owned()));
        lines
    }
}

fn quoted(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Ar => format!("«{text}»"),
        Lang::En => format!("“{text}”"),
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
        if let Some(kinds) = diff.kinds(self.lang, self.digits) {
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
                format!("{} {number}: {}", self.say("البند", "Clause"), quoted(text, self.lang))
            }
        };
        self.line("");
        self.line(&title);
    }

    fn change(&mut self, change: &Change) {
        let head = change.head(self.lang);
        self.line(&format!("• {head}"));
        for (label, words) in change.lines(self.lang) {
            // Names of several lines, such as the words of a letter, stay in their place.
            let words = words.trim().replace('\n', "\n           ");
            self.line(&format!("    {label}: {words}"));
        }
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
