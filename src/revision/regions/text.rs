//! Regions for people.

use super::{Answer, Method, Regions, SAMPLES, Stated};
use crate::value::words::{Digits, digits_only};
use crate::value::{Lang, Text};

impl Regions {
    /// For a terminal or a file of text.
    pub fn text(&self, lang: Lang, digits: Digits) -> String {
        let digits = if lang == Lang::Ar { digits } else { Digits::Latin };
        let say = |ar: &'static str, en: &'static str| match lang {
            Lang::Ar => ar,
            Lang::En => en,
        };
        let mut text = String::new();
        let mut line = |words: &str| {
            text.push_str(words.trim_end());
            text.push('\n');
        };
        line(say("أين يتغيَّر الجواب، أيًّا كانت الطلبات", "Where the answer changes, whatever the requests"));
        if self.answers.is_empty() {
            line(say("  لا يتغيَّر في شيء.", "  Nowhere."));
        }
        for answer in &self.answers {
            line(&format!(
                "  {} ({}){}: {}",
                answer.title.get(lang),
                answer.id,
                of_services(answer, lang),
                answer.how(digits).get(lang)
            ));
            for region in &answer.regions {
                let conditions = stated(&region.conditions, lang);
                let (was, now) = (region.was.get(lang), region.now.get(lang));
                let conditions = if conditions.is_empty() {
                    String::new()
                } else {
                    format!("{}{conditions}", say(" حيث ", " where "))
                };
                line(&match lang {
                    Lang::Ar => format!("    • من «{was}» إلى «{now}»{conditions}"),
                    Lang::En => format!("    • from “{was}” to “{now}”{conditions}"),
                });
                match &region.example {
                    Some(example) if example.is_empty() => {}
                    Some(example) => {
                        line(&format!("      {}: {}", say("مثال", "for example"), stated(example, lang)));
                    }
                    None => line(say(
                        "      لم يُعثر على مثالٍ له، وقد لا يقع.",
                        "      no example of it was found; it may not occur",
                    )),
                }
            }
            let told = answer.regions.len() as u64;
            if answer.count > told && answer.method != Method::Sampled {
                let more = digits_only(&(answer.count - told).to_string(), digits);
                line(&match lang {
                    Lang::Ar => format!("    وغيرها: {more}"),
                    Lang::En => format!("    and {more} more"),
                });
            }
        }
        text
    }
}

/// The services that an answer concerns, where that matters.
pub fn of_services(answer: &Answer, lang: Lang) -> String {
    if answer.services.is_empty() {
        return String::new();
    }
    let services = answer.services.join(" ");
    match lang {
        Lang::Ar => format!(" في {services}"),
        Lang::En => format!(" for {services}"),
    }
}

/// What is said of a case, in one line.
pub fn stated(stated: &[Stated], lang: Lang) -> String {
    let said = stated.iter().map(|stated| format!("{}: {}", stated.label.get(lang), stated.value.get(lang)));
    said.collect::<Vec<_>>().join(match lang {
        Lang::Ar => "؛ ",
        Lang::En => "; ",
    })
}

impl Answer {
    /// How its regions were found.
    pub fn how(&self, digits: Digits) -> Text {
        let count = |count: u64| digits_only(&count.to_string(), digits);
        match self.method {
            Method::Exact => Text::new("بدقةٍ تامة", "exactly"),
            Method::Enclosed => Text::new(
                "لا يفوته شيء، وقد يكون أوسع مما يقع لأنه ينظر في قيمٍ محسوبة",
                "nothing is missed; it may be wider than what can occur, for it looks at computed values",
            ),
            Method::Sampled => Text::new(
                format!(
                    "بالتجربة لا بالبرهان: تغيَّر {} من {} حالة مفترضة",
                    count(self.count),
                    count(SAMPLES as u64)
                ),
                format!("by trying, not proven: {} of {SAMPLES} made-up cases changed", self.count),
            ),
        }
    }
}
