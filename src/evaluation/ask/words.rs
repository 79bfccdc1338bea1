//! What to ask next, in words and as JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::super::explain::{self, Explanation};
use super::super::report;
use super::super::wording::Writer;
use super::{Because, Idle, Plan, Question, SCHEMA};
use crate::expression::program::{Slot, Value};
use crate::policy::message::Form;
use crate::policy::{Fact, FoundBy, Policy};
use crate::value::{Lang, Number, Text};

impl Plan {
    /// What an officer reads: the next question first.
    pub fn text(&self, explanation: &Explanation<'_>, lang: Lang) -> String {
        let policy = explanation.policy;
        let writer = explanation.writer(lang);
        let say = |ar: &'static str, en: &'static str| match lang {
            Lang::Ar => ar,
            Lang::En => en,
        };
        let mut text = String::new();
        if let Some((first, rest)) = self.questions.split_first() {
            let _ = writeln!(text, "{}", say("السؤال التالي", "Ask next"));
            self.write_question(&mut text, explanation, first, writer);
            if !rest.is_empty() {
                let _ = writeln!(text, "\n{}", say("ثم", "Then"));
                for question in rest {
                    self.write_question(&mut text, explanation, question, writer);
                }
            }
        } else {
            let result = explain::conclusion(explanation.evaluation.result);
            let _ = match lang {
                Lang::Ar => writeln!(text, "لا سؤال: لا جوابَ يغيِّر النتيجة، وهي: {}.", result.ar),
                Lang::En => writeln!(text, "Nothing to ask: no answer changes the result: {}.", result.en),
            };
        }
        self.write_perhaps(&mut text, policy, writer);
        let papers = [
            (&self.papers, say("وثائق تُقدَّم", "Papers to be brought")),
            (&self.later, say("وثائق يمكن أن تُستكمل لاحقًا", "Papers that may follow later")),
        ];
        for (papers, title) in papers {
            if papers.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{title}");
            for document in papers.iter().filter_map(|index| policy.documents.get(*index)) {
                let why = document.why.get(lang);
                let _ = writeln!(text, "  · {} ({}): {why}", document.title.get(lang), document.id);
            }
        }
        if !self.ordering.is_empty() {
            let title = say(
                "لترتيب الطلبات وحده، ولا يغيِّر النتيجة",
                "Only for the order of requests; the result does not hang on it",
            );
            let _ = writeln!(text, "\n{title}");
            for fact in self.ordering.iter().filter_map(|slot| policy.fact_at(*slot)) {
                let _ = writeln!(text, "  · {} ({})", asked(fact, lang), fact.id);
            }
        }
        if !self.idle.is_empty() {
            let _ = writeln!(text, "\n{}", say("لم تعد إليه حاجة", "No longer needed"));
            for idle in &self.idle {
                let Some(fact) = policy.fact_at(idle.slot) else { continue };
                let why = idle.why(explanation);
                let _ = writeln!(text, "  – {} ({}): {}", fact.label.get(lang), fact.id, why.get(lang));
            }
        }
        text
    }

    fn write_question(
        &self,
        text: &mut String,
        explanation: &Explanation<'_>,
        question: &Question,
        writer: Writer<'_>,
    ) {
        let policy = explanation.policy;
        let lang = writer.lang;
        let Some(fact) = policy.fact_at(question.slot) else { return };
        let _ = writeln!(text, "  • {} ({})", asked(fact, lang), fact.id);
        let mut notes = vec![finder(fact.found_by).get(lang).to_owned()];
        let papers: Vec<String> = fact
            .shown_by
            .iter()
            .filter_map(|index| policy.documents.get(*index))
            .map(|document| format!("{} ({})", document.title.get(lang), document.id))
            .collect();
        if !papers.is_empty() {
            let papers = papers.join(match lang {
                Lang::Ar => " أو ",
                Lang::En => " or ",
            });
            notes.push(match lang {
                Lang::Ar => format!("تُثبته: {papers}"),
                Lang::En => format!("shown by: {papers}"),
            });
        }
        let _ = writeln!(
            text,
            "    {}",
            notes.join(match lang {
                Lang::Ar => "؛ ",
                Lang::En => "; ",
            })
        );
        let why = question.why(policy);
        let _ = writeln!(text, "    {}", why.get(lang));
        let number = |number: usize| {
            let number = Number::from(i64::try_from(number).unwrap_or(i64::MAX));
            crate::value::words::plain(number, lang, writer.digits())
        };
        if question.is_formality() {
            let _ = match lang {
                Lang::Ar => writeln!(text, "    كل جوابٍ يُفضي إلى النتيجة نفسها؛ فهو للتدوين لا للحكم"),
                Lang::En => writeln!(text, "    every answer leads to the same result; it is for the record"),
            };
            return;
        }
        let (settling, kinds) = (number(question.settling), number(question.kinds));
        let remaining = number(question.remaining);
        let _ = match lang {
            Lang::Ar => writeln!(
                text,
                "    أنواع الإجابات التي تُغني عن سؤالٍ بعدها: {settling} من {kinds}؛ أقصى ما يبقى من الأسئلة: {remaining}"
            ),
            Lang::En => writeln!(
                text,
                "    kinds of answers after which nothing else is asked: {settling} of {kinds}; questions left at most: {remaining}"
            ),
        };
    }

    fn write_perhaps(&self, text: &mut String, policy: &Policy, writer: Writer<'_>) {
        if self.perhaps.is_empty() {
            return;
        }
        let lang = writer.lang;
        let title = match lang {
            Lang::Ar => "قد يُسأل عنه بعد ذلك",
            Lang::En => "May be asked after that",
        };
        let _ = writeln!(text, "\n{title}");
        for perhaps in &self.perhaps {
            let Some(fact) = policy.fact_at(perhaps.slot) else { continue };
            let cases: Vec<String> =
                perhaps.after.iter().filter_map(|(slot, values)| case(writer, *slot, values)).collect();
            let when = match (cases.is_empty(), lang) {
                (true, _) => String::new(),
                (false, Lang::Ar) => format!("، إذا كان {}", cases.join(" أو ")),
                (false, Lang::En) => format!(", if {}", cases.join(" or ")),
            };
            let _ = writeln!(text, "  · {} ({}){when}", asked(fact, lang), fact.id);
        }
    }

    /// For other programs.
    pub fn json(&self, explanation: &Explanation<'_>) -> Json {
        let policy = explanation.policy;
        let document = |index: &usize| policy.documents.get(*index).map(|document| document.id.clone());
        let rule = |index: &usize| policy.rules.get(*index).map(|rule| rule.id.clone());
        let fact = |slot: Slot| {
            let fact = policy.fact_at(slot);
            json!({
                "fact": fact.map(|fact| fact.id.as_str()),
                "ask": fact.map(|fact| fact.ask.as_ref().unwrap_or(&fact.label)),
                "found_by": fact.map(|fact| finder(fact.found_by).en),
                "shown_by": fact.map(|fact| fact.shown_by.iter().filter_map(document).collect::<Vec<_>>()),
            })
        };
        let extended = |slot: Slot, more: Json| {
            let mut object = fact(slot);
            if let (Some(object), Json::Object(more)) = (object.as_object_mut(), more) {
                object.extend(more);
            }
            object
        };
        let questions = self.questions.iter().map(|question| {
            let more = json!({
                "why": question.why(policy),
                "rules": question.rules.iter().filter_map(rule).collect::<Vec<_>>(),
                "papers": question.papers.iter().filter_map(document).collect::<Vec<_>>(),
                "settling": question.settling,
                "kinds": question.kinds,
                "remaining": question.remaining,
                "formality": question.is_formality(),
                "proven": question.is_proven,
            });
            extended(question.slot, more)
        });
        let perhaps = self.perhaps.iter().map(|perhaps| {
            let after = perhaps.after.iter().filter_map(|(slot, values)| {
                let named = policy.vocabulary.get(*slot)?;
                let values: Vec<Json> = values.iter().map(|value| report::value(&named.ty, value)).collect();
                Some(json!({ "fact": named.id, "values": values }))
            });
            extended(perhaps.slot, json!({ "after": after.collect::<Vec<_>>(), "proven": perhaps.is_proven }))
        });
        let idle = self.idle.iter().map(|idle| {
            json!({
                "fact": policy.fact_at(idle.slot).map(|fact| fact.id.as_str()),
                "why": idle.why(explanation),
            })
        });
        json!({
            "schema": SCHEMA,
            "result": explanation.evaluation.result.name(),
            "settled": self.is_settled,
            "questions": questions.collect::<Vec<_>>(),
            "perhaps": perhaps.collect::<Vec<_>>(),
            "papers": self.papers.iter().filter_map(document).collect::<Vec<_>>(),
            "later": self.later.iter().filter_map(document).collect::<Vec<_>>(),
            "ordering": self.ordering.iter().map(|slot| fact(*slot)).collect::<Vec<_>>(),
            "no_longer_needed": idle.collect::<Vec<_>>(),
        })
    }
}

impl Question {
    /// Why it is asked: what the policy says of it, and what hangs on it.
    fn why(&self, policy: &Policy) -> Text {
        let fact = policy.fact_at(self.slot);
        let purpose = fact.and_then(|fact| fact.purpose.clone()).unwrap_or_default();
        let mut hanging: Vec<Text> = Vec::new();
        for rule in self.rules.iter().filter_map(|index| policy.rules.get(*index)) {
            let line = |lang: Lang| format!("{} {}", rule.id, rule.title.get(lang));
            hanging.push(Text::new(line(Lang::Ar), line(Lang::En)));
        }
        for document in self.papers.iter().filter_map(|index| policy.documents.get(*index)) {
            hanging.push(Text::new(
                format!("لزوم {} ({})", document.title.ar, document.id),
                format!("whether {} is required ({})", document.title.en, document.id),
            ));
        }
        let join = |lang: Lang, between: &str| {
            hanging.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(between)
        };
        let line = |purpose: &str, label: &str, rest: &str| {
            let hanging = if rest.is_empty() { String::new() } else { format!("{label}{rest}") };
            [purpose, &hanging].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        };
        Text::new(
            line(&purpose.ar, "يتوقف عليه: ", &join(Lang::Ar, "، ")),
            line(&purpose.en, "On it hangs: ", &join(Lang::En, ", ")),
        )
    }
}

impl Idle {
    /// Why it is not needed any more.
    fn why(&self, explanation: &Explanation<'_>) -> Text {
        let Explanation { policy, evaluation, .. } = explanation;
        match &self.because {
            Because::Settled => {
                let line = |lang: Lang| explanation.one_line(lang);
                Text::new(
                    format!("النتيجة لا تتغير أيًّا كان الجواب ({})", line(Lang::Ar)),
                    format!("the result stands whatever the answer ({})", line(Lang::En)),
                )
            }
            Because::Papers(papers) => {
                let titles = |lang: Lang| {
                    let titles = papers.iter().filter_map(|index| policy.documents.get(*index));
                    titles.map(|document| document.title.get(lang)).collect::<Vec<_>>().join(match lang {
                        Lang::Ar => "، ",
                        Lang::En => ", ",
                    })
                };
                Text::new(
                    format!("لا يتوقف عليه لزوم وثيقة بعد الآن: {}", titles(Lang::Ar)),
                    format!("no paper hangs on it any more: {}", titles(Lang::En)),
                )
            }
            Because::Decided(rules) => {
                let found = rules.iter().filter_map(|index| evaluation.rulings.get(*index));
                let lines: Vec<Text> = found
                    .filter_map(|ruling| {
                        let rule = policy.rules.get(ruling.rule)?;
                        let verdict = explain::verdict(ruling.verdict);
                        let reason = explanation.reason(ruling);
                        Some(Text::new(
                            format!("{} ({}) دون الحاجة إليه: {}", rule.id, verdict.ar, reason.ar),
                            format!("{} ({}) without it: {}", rule.id, verdict.en, reason.en),
                        ))
                    })
                    .collect();
                let join = |lang: Lang| lines.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(" ");
                Text::new(join(Lang::Ar), join(Lang::En))
            }
        }
    }
}

fn asked(fact: &Fact, lang: Lang) -> &str {
    fact.ask.as_ref().unwrap_or(&fact.label).get(lang)
}

fn finder(found_by: FoundBy) -> Text {
    match found_by {
        FoundBy::Applicant => Text::new("يُسأل عنه مقدِّم الطلب", "the applicant is asked"),
        FoundBy::Visit => Text::new("يُعرف بالزيارة", "a visit finds it out"),
        FoundBy::Records => Text::new("يُعرف من السجلات", "the records tell"),
    }
}

/// «مصدر الماء: بئر أو الشبكة العامة»
fn case(writer: Writer<'_>, slot: Slot, values: &[Value]) -> Option<String> {
    let named = writer.policy.vocabulary.get(slot)?;
    let words: Vec<String> =
        values.iter().map(|value| writer.value(&named.ty, value, Form::Nominative, &[])).collect();
    let label = named.label.get(writer.lang);
    let is_short = values.iter().all(|value| matches!(value, Value::Bool(_) | Value::Choice(_)));
    Some(match (is_short, writer.lang) {
        (true, Lang::Ar) => format!("«{label}»: {}", words.join(" أو ")),
        (true, Lang::En) => format!("“{label}” is {}", words.join(" or ")),
        (false, Lang::Ar) => format!("«{label}» مما يستدعيه"),
        (false, Lang::En) => format!("“{label}” calls for it"),
    })
}
