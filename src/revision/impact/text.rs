//! What a revision does to known requests, for people.

use super::{Counts, Effect, Group, Impact, Move, Readable};
use crate::evaluation::explain::conclusion;
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
        page.open(self);
        page.refused(self);
        page.line("");
        page.text.push_str(&self.regions.text(lang, digits));
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
        let day = impact.on.parse::<Date>().map(|day| date_gregorian(day, self.lang, self.digits));
        let day = day.unwrap_or_default();
        let how = match self.lang {
            Lang::Ar => {
                format!("قُيِّم كل طلبٍ بالنسختين بما فيهما من أرقام نافذة يوم {day}، أيًّا كان يوم تقديمه.")
            }
            Lang::En => format!(
                "Each request was evaluated under both, by the numbers in force on {day}, whenever it was submitted."
            ),
        };
        self.line(&how);
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
        let effects = Effect::ALL.into_iter().filter(|effect| with_unchanged || *effect != Effect::Unchanged);
        let said = effects
            .filter(|effect| counts.of(*effect) > 0)
            .map(|effect| format!("{} {}", effect.text().get(self.lang), self.number(counts.of(effect))));
        said.collect::<Vec<_>>().join(" · ")
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

    /// By each way of carrying them over; nothing where nobody waits.
    fn open(&mut self, impact: &Impact) {
        let open = &impact.open;
        if open.requests == 0 {
            return;
        }
        let label = digits_only(&impact.from.label, self.digits);
        let count = self.number(open.requests);
        let ar = format!("ما قُدِّم في ظل النسخة {label} ولم يُبتَّ فيه: {count}");
        let en = format!("Submitted under revision {label} and not decided: {count}");
        self.title(&ar, &en);
        for way in &open.ways {
            let counts = [
                (way.same, "بلا تغيير", "unchanged"),
                (way.better, "أصلح لصاحبه", "better for the person"),
                (way.worse, "أشدُّ على صاحبه", "worse for the person"),
                (way.unread, "لا يُقرأ بها", "cannot be read under it"),
            ];
            let counts: Vec<String> = counts
                .into_iter()
                .filter(|(count, ..)| *count > 0)
                .map(|(count, ar, en)| format!("{} {}", self.say(ar, en), self.number(count)))
                .collect();
            let chosen = if way.chosen {
                self.say("، وهو ما تقوله النسخة", ", as the revision says")
            } else {
                ""
            };
            let (text, counts) = (way.text.get(self.lang), counts.join(" · "));
            let line = format!("  {text} (`{}`{chosen}): {counts}", way.transition);
            self.line(&line);
        }
        for request in &open.each {
            let name = request.case_ref.as_deref().unwrap_or(&request.place);
            let (pin, favourable) = (conclusion(request.pin), conclusion(request.favourable));
            let unread = Text::new("لا يُقرأ", "cannot be read");
            let immediate = request.immediate.map_or(unread, conclusion);
            let lang = self.lang;
            let line = format!(
                "  {name} · {} · `pin`: {} · `favourable`: {} · `immediate`: {}",
                request.service.get(lang),
                pin.get(lang),
                favourable.get(lang),
                immediate.get(lang)
            );
            self.line(&line);
        }
        if open.more > 0 {
            let more = self.number(open.more);
            let line = match self.lang {
                Lang::Ar => format!("  وغيرها: {more}"),
                Lang::En => format!("  and {more} more"),
            };
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
