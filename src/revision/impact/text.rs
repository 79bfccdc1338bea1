//! What a revision does to known requests, for people.

use super::{Counts, Effect, Group, Impact, Move, Open, Readable};
use crate::evaluation::explain::conclusion;
use crate::policy::guide::transition_in_words;
use crate::value::words::{Digits, date_gregorian, digits_only};
use crate::value::{Date, Lang, Text};

impl Impact {
    /// For a terminal or a file of text.
    pub fn text(&self, lang: Lang, digits: Digits) -> String {
        let digits = if lang == Lang::Ar { digits } else { Digits::Latin };
        let mut page = Page { lang, digits, text: String::new() };
        if self.requests + self.only_before + self.only_after + self.unread == 0 {
            page.title_of(self);
        } else {
            page.head(self);
        }
        page.moves("النتائج", "Results", &self.results);
        page.moves("الفئات", "Tiers", &self.tiers);
        page.groups(self);
        page.rules(self);
        page.papers(self);
        page.examples(self);
        page.refused(self);
        page.open(self);
        page.line("");
        page.text.push_str(&self.regions.text(lang, digits));
        page.text
    }
}

/// A count; the Arabic nought looks like a full stop, so it is a word.
pub fn in_digits(count: u64, lang: Lang, digits: Digits) -> String {
    match (count, lang) {
        (0, Lang::Ar) => "صفر".to_owned(),
        _ => digits_only(&count.to_string(), digits),
    }
}

impl Counts {
    /// How many there are of each effect that there is.
    pub fn words(&self, lang: Lang, digits: Digits) -> String {
        let effects = Effect::ALL.into_iter().filter(|effect| self.of(*effect) > 0);
        let said = effects.map(|effect| {
            let count = digits_only(&self.of(effect).to_string(), digits);
            format!("{} {count}", effect.text().get(lang))
        });
        said.collect::<Vec<_>>().join(" · ")
    }
}

impl Impact {
    /// How its requests were judged.
    pub fn method(&self, lang: Lang, digits: Digits) -> String {
        let day = self.on.parse::<Date>().map(|day| date_gregorian(day, lang, digits)).unwrap_or_default();
        match lang {
            Lang::Ar => {
                format!("قُيِّم كل طلبٍ بالنسختين بما فيهما من أرقام نافذة يوم {day}، أيًّا كان يوم تقديمه.")
            }
            Lang::En => format!(
                "Each request was evaluated under both, by the numbers in force on {day}, whenever it was submitted."
            ),
        }
    }
}

impl Open {
    /// What becomes of those that are open when the new revision comes into force.
    pub fn sentences(&self, lang: Lang, digits: Digits) -> Vec<String> {
        let count = |count: u64| in_digits(count, lang, digits);
        let (all, kept, carried) = (count(self.requests), count(self.kept()), count(self.carried_over()));
        let (better, worse) = (count(self.better), count(self.worse));
        let mut sentences = vec![match lang {
            Lang::Ar => format!(
                "قُدِّم قبل يوم نفاذ النسخة الجديدة ولم يُبتَّ فيه إلى ذلك اليوم: {all}؛ يُكمَل بنسخته: {kept}، وتحكمه النسخة الجديدة: {carried}."
            ),
            Lang::En => format!(
                "Submitted before the new revision is in force, and not decided by then: {all}; finished as they were begun: {kept}, governed by the new revision: {carried}."
            ),
        }];
        sentences.push(match lang {
            Lang::Ar => format!("والنسخة الجديدة أصلح لصاحبه في {better} منها، وأشدُّ عليه في {worse}."),
            Lang::En => {
                format!(
                    "The new revision is better for the person in {better} of them, and worse in {worse}."
                )
            }
        });
        if self.unreadable > 0 {
            let unreadable = count(self.unreadable);
            sentences.push(match lang {
                Lang::Ar => format!("وما لا تُقرأ بياناته بالنسخة الجديدة: {unreadable}."),
                Lang::En => format!("The new revision cannot read {unreadable} of them."),
            });
        }
        sentences
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

    fn title(&mut self, ar: &str, en: &str) {
        let title = self.say(ar, en).to_owned();
        self.line("");
        self.line(&title);
    }

    fn number(&self, number: u64) -> String {
        digits_only(&number.to_string(), self.digits)
    }

    fn title_of(&mut self, impact: &Impact) {
        let title = impact.title.get(self.lang);
        let label = |label: &str| digits_only(label, self.digits);
        let (from, to) = (label(&impact.from.label), label(&impact.to.label));
        let head = match self.lang {
            Lang::Ar => format!("{title}: أثر النسخة {to} بعد النسخة {from}"),
            Lang::En => {
                format!("{title}: what revision {to} does, after {from}")
            }
        };
        self.line(&head);
    }

    fn head(&mut self, impact: &Impact) {
        self.title_of(impact);
        self.line(&impact.method(self.lang, self.digits));
        let all = format!(
            "{} {}: {}",
            self.say("الطلبات", "Requests"),
            self.number(impact.requests),
            self.counts(&impact.effects, true)
        );
        self.line(&all);
        let changed = impact.requests - impact.effects.unchanged;
        if changed == 0 {
            let none = self.say("لا أثر لها في أيٍّ منها.", "It changes none of them.").to_owned();
            self.line(&none);
        }
    }

    /// Those that there are; what does not change only where it is wanted.
    fn counts(&self, counts: &Counts, with_unchanged: bool) -> String {
        let mut counts = *counts;
        if !with_unchanged {
            counts.unchanged = 0;
        }
        counts.words(self.lang, self.digits)
    }

    fn moves(&mut self, ar: &str, en: &str, moves: &[Move]) {
        let changed: Vec<&Move> = moves.iter().filter(|step| step.from != step.to).collect();
        if changed.is_empty() {
            return;
        }
        self.title(ar, en);
        for step in changed {
            let line = self.step(step);
            self.line(&format!("  {line}"));
        }
    }

    fn step(&self, step: &Move) -> String {
        let (from, to) = (step.text.0.get(self.lang), step.text.1.get(self.lang));
        match self.lang {
            Lang::Ar => format!("من «{from}» إلى «{to}»: {}", self.number(step.count)),
            Lang::En => format!("from “{from}” to “{to}”: {}", self.number(step.count)),
        }
    }

    fn group(&mut self, group: &Group) {
        let all = group.effects.all();
        if all == group.effects.unchanged {
            return;
        }
        let line = match self.lang {
            Lang::Ar => format!(
                "  {}، من {}: {}",
                group.label.ar,
                self.number(all),
                self.counts(&group.effects, false)
            ),
            Lang::En => {
                format!("  {}, of {all}: {}", group.label.en, self.counts(&group.effects, false))
            }
        };
        self.line(&line);
    }

    fn groups(&mut self, impact: &Impact) {
        if impact.effects.all() == impact.effects.unchanged {
            return;
        }
        self.title("بحسب الخدمة", "By service");
        for group in &impact.services {
            self.group(group);
        }
        for grouping in &impact.groups {
            // Where nobody says, there are no groups.
            if grouping.groups.iter().all(|group| group.id.is_none()) {
                continue;
            }
            let (ar, en) = (format!("بحسب {}", grouping.label.ar), format!("By {}", grouping.label.en));
            self.title(&ar, &en);
            for group in &grouping.groups {
                self.group(group);
            }
        }
        let note = self.say(
            "المجموعات هي كلُّ بيانٍ له ستة اختيارات فأقل وليس حساسًا.",
            "Groups are made by every fact of at most six choices that is not sensitive.",
        );
        let note = note.to_owned();
        self.line("");
        self.line(&note);
    }

    fn rules(&mut self, impact: &Impact) {
        if impact.rules.is_empty() {
            return;
        }
        self.title("القواعد التي تغيَّر حكمها", "Rules whose verdict changes");
        for rule in &impact.rules {
            let title = format!("  {} ({})", rule.title.get(self.lang), rule.id);
            self.line(&title);
            for step in &rule.moves {
                let line = self.step(step);
                self.line(&format!("    {line}"));
            }
        }
    }

    fn papers(&mut self, impact: &Impact) {
        if impact.papers.is_empty() {
            return;
        }
        self.title("الوثائق", "Papers");
        for paper in &impact.papers {
            let title = paper.title.get(self.lang);
            let (now, no_longer) = (self.number(paper.now_missing), self.number(paper.no_longer_missing));
            let line = match self.lang {
                Lang::Ar => {
                    format!("  {title} ({}): صارت ناقصةً في {now}، ولم تعد ناقصةً في {no_longer}", paper.id)
                }
                Lang::En => {
                    format!("  {title} ({}): now missing of {now}, no longer of {no_longer}", paper.id)
                }
            };
            self.line(&line);
        }
    }

    fn examples(&mut self, impact: &Impact) {
        if impact.examples.is_empty() {
            return;
        }
        self.title("طلباتٌ للمثال، بأرقامها وحدها", "Requests as examples, by their numbers alone");
        for example in &impact.examples {
            let name = example.case_ref.as_deref().unwrap_or(&example.place);
            let (before, after) = (conclusion(example.before), conclusion(example.after));
            let (before, after) = (before.get(self.lang), after.get(self.lang));
            let mut because = example.rules.clone();
            because.extend(example.papers.iter().cloned());
            let because =
                if because.is_empty() { String::new() } else { format!(" ({})", because.join(" ")) };
            let result = match self.lang {
                Lang::Ar if before == after => before.to_owned(),
                Lang::En if before == after => before.to_owned(),
                Lang::Ar => format!("من «{before}» إلى «{after}»"),
                Lang::En => format!("from “{before}” to “{after}”"),
            };
            let effect = example.effect.text();
            let line = format!(
                "  {name} · {} · {}: {result}{because}",
                example.service.get(self.lang),
                effect.get(self.lang)
            );
            self.line(&line);
        }
    }

    fn open(&mut self, impact: &Impact) {
        if impact.open.requests == 0 {
            return;
        }
        self.title("الطلبات القائمة", "Open requests");
        let transition = transition_in_words(impact.open.transition);
        let rule = format!("  {}", transition.get(self.lang));
        self.line(&rule);
        for sentence in impact.open.sentences(self.lang, self.digits) {
            self.line(&format!("  {sentence}"));
        }
        for request in &impact.open.each {
            let name = request.case_ref.as_deref().unwrap_or(&request.place);
            let unread = Text::new("لا يُقرأ", "cannot be read");
            let (pin, favourable) = (conclusion(request.pin), conclusion(request.favourable));
            let (immediate, lang) = (request.immediate.map_or(unread, conclusion), self.lang);
            let line = format!(
                "  {name} · {} · `pin`: {} · `favourable`: {} · `immediate`: {}",
                request.service.get(lang),
                pin.get(lang),
                favourable.get(lang),
                immediate.get(lang)
            );
            self.line(&line);
        }
        if impact.open.more > 0 {
            let more = self.number(impact.open.more);
            let line = format!("  {}: {more}", self.say("وغيرها", "and more"));
            self.line(&line);
        }
    }

    fn refused(&mut self, impact: &Impact) {
        let kinds = [
            (
                Readable::OnlyBefore,
                impact.only_before,
                "تصحُّ بالنسخة القديمة وحدها",
                "can be read under the old revision only",
            ),
            (
                Readable::OnlyAfter,
                impact.only_after,
                "تصحُّ بالنسخة الجديدة وحدها",
                "can be read under the new revision only",
            ),
            (Readable::Neither, impact.unread, "لا تُقرأ بأيٍّ منهما", "can be read under neither"),
        ];
        for (readable, count, ar, en) in kinds.into_iter().filter(|(_, count, ..)| *count > 0) {
            let (ar, en) =
                (format!("طلباتٌ {ar}: {}", self.number(count)), format!("Requests that {en}: {count}"));
            self.title(&ar, &en);
            for refused in impact.refused.iter().filter(|refused| refused.readable == readable) {
                let line = format!("  {}: {}", refused.place, refused.why.get(self.lang));
                self.line(&line);
            }
        }
    }
}
