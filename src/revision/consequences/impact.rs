//! What the revision does: to the requests that are known, to those that are open when it comes into force, and where the answer
//! changes whatever the requests.

use super::{Author, Before, capital, plain, with_codes};
use crate::evaluation::explain::conclusion;
use crate::policy::guide::{
    Bar, Bars, Block, Key, Run, Runs, Section, Share, runs_as_text, transition_in_words,
};
use crate::revision::diff::Extent;
use crate::revision::impact::{Counts, Effect, Example, Group, Impact, Move, Readable};
use crate::revision::regions::{Answer, Method, Region, of_services, stated};
use crate::value::Lang;

/// So many regions of one answer are told.
const MOST_REGIONS: usize = 3;

impl<'a> Author<'a> {
    /// The effect in one sentence.
    pub(super) fn impact_in_short(self, before: &Before<'_>) -> Runs {
        let impact = before.impact;
        if before.has_requests && impact.requests == 0 {
            return plain(self.say(
                "لم يُجرَّب طلب: ليس فيما أُعطي طلبٌ يُقرأ بالنسختين.",
                "No request was tried: none that was given can be read under both revisions.",
            ));
        }
        if before.has_requests {
            let (all, counts) = (self.count(impact.requests), impact.effects.words(self.lang, self.digits()));
            return plain(match self.lang {
                Lang::Ar => format!("الطلبات التي جُرِّبت: {all}؛ {counts}."),
                Lang::En => format!("Requests that were tried: {all}; {counts}."),
            });
        }
        let answers = impact.regions.answers.len();
        let never = matches!(before.diff.extent, Extent::Same | Extent::Notation | Extent::Wording);
        plain(match (self.lang, never || answers == 0) {
            (Lang::Ar, true) => "لا تتغيَّر بها نتيجة طلب.".to_owned(),
            (Lang::En, true) => "No result of a request changes.".to_owned(),
            (Lang::Ar, false) => format!(
                "عدد ما يتغيَّر جوابه في بعض الحالات من القواعد ونقاط الأولوية: {}. ولم تُجرَّب طلباتٌ بعينها.",
                self.count(answers as u64)
            ),
            (Lang::En, false) => {
                format!(
                    "Rules and points whose answer changes in some cases: {answers}. No requests were tried."
                )
            }
        })
    }

    pub(super) fn impact(self) -> Section {
        let Some(before) = self.matter.before else { return self.impact_of_the_first() };
        let impact = before.impact;
        let mut blocks = Vec::new();
        let mut parts = Vec::new();
        if before.has_requests {
            blocks.push(Block::Paragraph(plain(impact.method(self.lang, self.digits()))));
            blocks.extend(self.bars(&[(self.say("كل الطلبات", "All requests").to_owned(), impact.effects)]));
            parts.extend(self.known(impact));
        } else {
            blocks.push(self.paragraph(
                "لم تُجرَّب طلباتٌ بعينها. وفيما يلي كلُّ موضعٍ يتغيَّر فيه الجواب، أيًّا كانت الطلبات، ولكلٍّ منها أسرةٌ مفترضة للمثال.",
                "No requests were tried. What follows is where the answer changes whatever the requests, each time with a made-up household.",
            ));
        }
        parts.push(self.open(&before));
        parts.push(self.regions(impact));
        self.section("الأثر", "What it does", blocks, parts)
    }

    /// There is nothing to hold it against; what requests come to by it can be told all the same.
    fn impact_of_the_first(self) -> Section {
        let mut blocks = vec![self.paragraph(
            "لا نسخة قبلها، فلا أثر يُقاس: كلُّ طلبٍ يُقدَّم من يوم نفاذها يُقيَّم بها، وما قُدِّم قبل ذلك اليوم لا تحكمه نسخة.",
            "There is none before it, so there is no effect to be measured: requests that are submitted from the day on which it is in force are judged by it, and no revision governs those from before.",
        )];
        let mut parts = Vec::new();
        if let Some(alone) = self.matter.alone {
            let (all, unread) = (self.count(alone.requests), self.count(alone.unread));
            blocks.push(self.paragraph(
                format!("وجُرِّبت بها طلباتٌ معلومة، أيًّا كان يوم تقديمها: {all}، ولم يُقرأ منها: {unread}."),
                format!("Known requests were tried, whenever they were submitted: {all}; {unread} could not be read."),
            ));
            let rows = alone
                .results
                .iter()
                .map(|step| vec![plain(capital(self.of(&step.text.1))), plain(self.count(step.count))]);
            let table = self.table([("النتيجة", "Result"), ("العدد", "Requests")], rows.collect(), &[6, 2]);
            parts.extend(table.map(|table| self.section("النتائج", "Results", vec![table], vec![])));
            let tiers = alone
                .tiers
                .iter()
                .map(|step| vec![plain(capital(self.of(&step.text.1))), plain(self.count(step.count))]);
            let table = self.table([("الفئة", "Tier"), ("العدد", "Requests")], tiers.collect(), &[6, 2]);
            parts.extend(table.map(|table| self.section("الفئات", "Tiers", vec![table], vec![])));
        }
        self.section("الأثر", "What it does", blocks, parts)
    }

    /// What the requests come to that were tried.
    fn known(self, impact: &Impact) -> Vec<Section> {
        let mut parts = Vec::new();
        let mut add = |ar: &str, en: &str, block: Option<Block>| {
            let title = match self.lang {
                Lang::Ar => ar,
                Lang::En => en,
            };
            parts.extend(block.map(|block| Section {
                title: plain(title),
                blocks: vec![block],
                parts: vec![],
            }));
        };
        add("النتائج", "Results", self.moves(&impact.results));
        add("بحسب الخدمة", "By service", self.groups(&impact.services));
        add("بحسب الفئة", "By tier", self.moves(&impact.tiers));
        for grouping in &impact.groups {
            // Where nobody says, there are no groups.
            if grouping.groups.iter().any(|group| group.id.is_some()) {
                let label = &grouping.label;
                let (ar, en) = (format!("بحسب {}", label.ar), format!("By {}", label.en));
                add(&ar, &en, self.groups(&grouping.groups));
            }
        }
        add("القواعد التي تغيَّر حكمها", "Rules whose verdict changes", self.rules(impact));
        add("الوثائق", "Papers", self.papers(impact));
        add(
            "طلباتٌ للمثال، بأرقامها وحدها",
            "Requests as examples, by their numbers alone",
            self.some(impact),
        );
        add("طلباتٌ لم تُجرَّب", "Requests that could not be tried", self.refused(impact));
        parts
    }

    /// The groups in which anything changes, as bars.
    fn groups(self, groups: &[Group]) -> Option<Block> {
        let changed = groups.iter().filter(|group| group.effects.all() > group.effects.unchanged);
        let groups: Vec<(String, Counts)> =
            changed.map(|group| (self.of(&group.label).to_owned(), group.effects)).collect();
        self.bars(&groups)
    }

    fn bars(self, groups: &[(String, Counts)]) -> Option<Block> {
        let there = |effect: &Effect| groups.iter().any(|(_, counts)| counts.of(*effect) > 0);
        let keys = Effect::ALL
            .into_iter()
            .filter(there)
            .map(|effect| Key { kind: effect.name().to_owned(), words: plain(self.of(&effect.text())) });
        let bars = groups.iter().filter(|(_, counts)| counts.all() > 0).map(|(label, counts)| {
            let parts = Effect::ALL.into_iter().filter(|effect| counts.of(*effect) > 0);
            Bar {
                label: plain(format!("{label} ({})", self.count(counts.all()))),
                words: plain(counts.words(self.lang, self.digits())),
                parts: parts
                    .map(|effect| Share { kind: effect.name().to_owned(), count: counts.of(effect) })
                    .collect(),
            }
        });
        let bars: Vec<Bar> = bars.collect();
        let alt =
            bars.iter().map(|bar| format!("{}: {}.", runs_as_text(&bar.label), runs_as_text(&bar.words)));
        let alt = alt.collect::<Vec<_>>().join(" ");
        (!bars.is_empty()).then(|| Block::Bars(Bars { alt, keys: keys.collect(), bars }))
    }

    fn moves(self, moves: &[Move]) -> Option<Block> {
        let changed = moves.iter().filter(|step| step.from != step.to);
        let rows = changed.map(|step| self.step(step)).collect();
        self.table([("كان", "Was"), ("أصبح", "Now"), ("العدد", "Requests")], rows, &[4, 4, 2])
    }

    fn step(self, step: &Move) -> Vec<Runs> {
        vec![
            plain(capital(self.of(&step.text.0))),
            plain(capital(self.of(&step.text.1))),
            plain(self.count(step.count)),
        ]
    }

    fn rules(self, impact: &Impact) -> Option<Block> {
        let rows = impact.rules.iter().flat_map(|rule| {
            rule.moves.iter().map(move |step| {
                let name = vec![Run::Code(rule.id.clone()), Run::Plain(format!(" {}", self.of(&rule.title)))];
                std::iter::once(name).chain(self.step(step)).collect()
            })
        });
        let head = [("القاعدة", "Rule"), ("كان", "Was"), ("أصبح", "Now"), ("العدد", "Requests")];
        self.table(head, rows.collect(), &[5, 4, 4, 2])
    }

    fn papers(self, impact: &Impact) -> Option<Block> {
        let rows = impact.papers.iter().map(|paper| {
            vec![
                plain(capital(self.of(&paper.title))),
                plain(self.count(paper.now_missing)),
                plain(self.count(paper.no_longer_missing)),
            ]
        });
        let head =
            [("الوثيقة", "Paper"), ("صارت ناقصة", "Now missing"), ("لم تعد ناقصة", "No longer missing")];
        self.table(head, rows.collect(), &[6, 3, 3])
    }

    fn some(self, impact: &Impact) -> Option<Block> {
        let rows = impact.examples.iter().map(|example| self.example(example));
        let head = [
            ("الطلب", "Request"),
            ("الخدمة", "Service"),
            ("الأثر", "Effect"),
            ("النتيجة", "Result"),
            ("بسبب", "By"),
        ];
        self.table(head, rows.collect(), &[4, 4, 3, 4, 2])
    }

    fn example(self, example: &Example) -> Vec<Runs> {
        let (before, after) = (conclusion(example.before), conclusion(example.after));
        let (before, after) = (self.of(&before), self.of(&after));
        let result = match self.lang {
            Lang::Ar if before != after => format!("من «{before}» إلى «{after}»"),
            Lang::En if before != after => format!("from “{before}” to “{after}”"),
            Lang::Ar | Lang::En => before.to_owned(),
        };
        let mut because = Vec::new();
        for id in example.rules.iter().chain(&example.papers) {
            if !because.is_empty() {
                because.push(Run::Plain(" ".to_owned()));
            }
            because.push(Run::Code(id.clone()));
        }
        vec![
            vec![Run::Code(example.case_ref.clone().unwrap_or_else(|| file_name(&example.place)))],
            plain(self.of(&example.service)),
            plain(self.of(&example.effect.text())),
            plain(result),
            because,
        ]
    }

    fn refused(self, impact: &Impact) -> Option<Block> {
        let kinds = [
            (
                Readable::OnlyBefore,
                impact.only_before,
                "بالنسخة القديمة وحدها",
                "under the old revision only",
            ),
            (Readable::OnlyAfter, impact.only_after, "بالنسخة الجديدة وحدها", "under the new revision only"),
            (Readable::Neither, impact.unread, "لا تُقرأ بأيٍّ منهما", "under neither"),
        ];
        let rows = kinds.into_iter().filter(|(_, count, ..)| *count > 0).map(|(readable, count, ar, en)| {
            let some = impact.refused.iter().filter(|refused| refused.readable == readable);
            let some: Vec<String> = some
                .map(|refused| format!("{}: {}", file_name(&refused.place), self.of(&refused.why)))
                .collect();
            let some = with_codes(&some.join(self.say("؛ ", "; ")));
            vec![plain(self.say(ar, en)), plain(self.count(count)), some]
        });
        let head = [("تُقرأ", "Can be read"), ("العدد", "Requests"), ("مثل", "Such as")];
        self.table(head, rows.collect(), &[4, 2, 8])
    }

    /// What happens to requests that are open when the revision comes into force.
    fn open(self, before: &Before<'_>) -> Section {
        let open = &before.impact.open;
        let transition = format!("{}.", capital(self.of(&transition_in_words(open.transition))));
        let mut blocks = vec![Block::Paragraph(plain(transition))];
        if before.has_requests {
            let sentences = open.sentences(self.lang, self.digits());
            blocks.push(Block::List(sentences.into_iter().map(plain).collect()));
        } else {
            blocks.push(self.paragraph(
                "لم تُعطَ الطلبات، فلم يُحصَ القائم منها.",
                "No requests were given, so those that are open were not counted.",
            ));
        }
        self.section("الطلبات القائمة يوم النفاذ", "Requests that are open on that day", blocks, vec![])
    }

    fn regions(self, impact: &Impact) -> Section {
        let answers = &impact.regions.answers;
        let blocks = if answers.is_empty() {
            vec![self.paragraph("لا يتغيَّر الجواب في شيء.", "The answer changes nowhere.")]
        } else {
            vec![]
        };
        let parts = answers.iter().map(|answer| self.answer(answer)).collect();
        self.section(
            "أين يتغيَّر الجواب، أيًّا كانت الطلبات",
            "Where the answer changes, whatever the requests",
            blocks,
            parts,
        )
    }

    fn answer(self, answer: &Answer) -> Section {
        let mut title =
            plain(format!("{}{}", capital(self.of(&answer.title)), of_services(answer, self.lang)));
        // Points and tiers have names for authors only.
        if self.matter.policy.rule(&answer.id).is_some() {
            title = [vec![Run::Code(answer.id.clone()), Run::Plain(" ".to_owned())], title].concat();
        }
        let how = answer.how(self.digits());
        let mut blocks = vec![Block::Pairs(vec![self.pair("كيف عُرف", "How it is known", self.of(&how))])];
        blocks.extend(answer.regions.iter().take(MOST_REGIONS).map(|region| self.region(region)));
        let more = answer.count.saturating_sub(answer.regions.len().min(MOST_REGIONS) as u64);
        if more > 0 && answer.method != Method::Sampled {
            let more = self.count(more);
            let words = match self.lang {
                Lang::Ar => format!("ومواضع أخرى عددها {more}، يبيِّنها الأمر `mizan policy impact`."),
                Lang::En => format!("And {more} more; `mizan policy impact` tells them."),
            };
            blocks.push(Block::Paragraph(with_codes(&words)));
        }
        Section { title, blocks, parts: vec![] }
    }

    fn region(self, region: &Region) -> Block {
        let mut pairs = vec![
            self.pair("كان", "Was", self.of(&region.was)),
            self.pair("أصبح", "Now", self.of(&region.now)),
        ];
        if !region.conditions.is_empty() {
            pairs.push(self.pair("حيث", "Where", stated(&region.conditions, self.lang)));
        }
        match &region.example {
            Some(example) if example.is_empty() => {}
            Some(example) => pairs.push(self.pair("مثال", "For example", stated(example, self.lang))),
            None => pairs.push(self.pair(
                "مثال",
                "For example",
                self.say("لم يُعثر عليه، وقد لا يقع", "none was found; it may not occur"),
            )),
        }
        Block::Pairs(pairs)
    }
}

/// A file without its folders: the same wherever the requests lie.
fn file_name(place: &str) -> String {
    place.rsplit(['/', '\\']).next().unwrap_or(place).to_owned()
}
