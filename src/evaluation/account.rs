//! The account of one rule, or of the whole request, at three lengths: a line, what an officer reads, the whole tree.
//!
//! Receives an [`Explanation`], hands on text in either language and JSON: the verdict, its reason, the clause in its own
//! words, every value that was read with its source, the board's numbers with who decided them and since when, the exemptions
//! that were considered, how far apart what was compared is, and what would have to change.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::change::{Change, Outlook, Step, Target, outlook};
use super::explain::{self, Explanation};
use super::gap::{Gap, gaps};
use super::report;
use super::wording::both;
use super::{Ruling, Verdict};
use crate::expression::program::{Origin, Slot, Value};
use crate::expression::types::Type;
use crate::policy::message::Form;
use crate::policy::{Basis, Parameter, Policy, Rule};
use crate::value::{Date, Lang, Number, Text};

/// The name and version of the JSON below.
pub const SCHEMA: &str = "mizan-explanation-1";

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// One line.
    Line,
    /// What an officer reads.
    Short,
    /// Everything, down to each comparison.
    Tree,
}

/// Everything that can be said of one rule.
#[derive(Debug)]
pub struct Account<'e, 'a> {
    explanation: &'e Explanation<'a>,
    rule: &'a Rule,
    ruling: &'a Ruling,
    target: Target,
    outlook: Outlook,
    gaps: Vec<Gap>,
}

/// The account of a rule, by its id as people write it; nothing where there is no such rule.
pub fn of<'e, 'a>(explanation: &'e Explanation<'a>, id: &str) -> Option<Account<'e, 'a>> {
    let (policy, evaluation) = (explanation.policy, explanation.evaluation);
    let index = policy.rules.iter().position(|rule| rule.id.eq_ignore_ascii_case(id))?;
    let (rule, ruling) = (policy.rules.get(index)?, evaluation.rulings.get(index)?);
    let target = Target::Rule(index);
    let frame = explanation.frame()?;
    let gaps = match ruling.verdict {
        Verdict::Met | Verdict::NotMet => gaps(policy, frame, &rule.condition),
        Verdict::Unknown | Verdict::Conflict | Verdict::NotApplicable | Verdict::Referred => vec![],
    };
    Some(Account { explanation, rule, ruling, target, outlook: outlook(explanation, target), gaps })
}

impl Account<'_, '_> {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.ruling.verdict
    }

    /// What could be changed.
    pub fn outlook(&self) -> &Outlook {
        &self.outlook
    }

    /// The account at a length.
    pub fn text(&self, length: Length, lang: Lang) -> String {
        match length {
            Length::Line => self.line(lang),
            Length::Short => self.short(lang),
            Length::Tree => format!("{}\n{}", self.short(lang), self.tree(lang)),
        }
    }

    fn line(&self, lang: Lang) -> String {
        let verdict = explain::verdict(self.ruling.verdict);
        let reason = self.explanation.reason(self.ruling);
        let colon = match lang {
            Lang::Ar => " (البند ",
            Lang::En => " (clause ",
        };
        format!("{} {}: {}{colon}{})", self.rule.id, verdict.get(lang), reason.get(lang), self.rule.clause)
    }

    fn short(&self, lang: Lang) -> String {
        let (policy, rule) = (self.explanation.policy, self.rule);
        let mut text = String::new();
        let _ = writeln!(
            text,
            "{} {}: {}",
            rule.id,
            rule.title.get(lang),
            explain::verdict(self.verdict()).get(lang)
        );
        let _ = writeln!(text, "{}", self.explanation.reason(self.ruling).get(lang));
        if let Some(clause) = policy.clause(&rule.clause) {
            let head = match lang {
                Lang::Ar => format!("البند {}", clause.number),
                Lang::En => format!("Clause {}", clause.number),
            };
            let _ = writeln!(text, "{head}: «{}» ({})", clause.text.get(lang), basis(rule.source).get(lang));
        }
        if let Some(open) = rule.interpretation.as_deref() {
            let _ = writeln!(text, "{}", interpretation(policy, open).get(lang));
        }
        section(
            &mut text,
            &Text::new("ما قُرئ من الطلب", "What was read of the request"),
            &self.values(),
            lang,
        );
        section(&mut text, &Text::new("ما تحدِّده السياسة", "What the policy sets"), &self.parameters(), lang);
        section(&mut text, &Text::new("الإعفاءات", "Exemptions"), &self.exemptions(), lang);
        let compared: Vec<Text> = self.gaps.iter().map(|gap| gap.text(policy)).collect();
        section(&mut text, &Text::new("ما قورن", "What was compared"), &compared, lang);
        let lines = self.outlook.lines(self.explanation, self.target);
        section(&mut text, &self.outlook_title(), &lines, lang);
        text
    }

    fn outlook_title(&self) -> Text {
        outlook_title(self.ruling.verdict != Verdict::NotMet)
    }

    /// The values that were read, each with its source.
    fn values(&self) -> Vec<Text> {
        let explanation = self.explanation;
        let policy = explanation.policy;
        let mut lines = Vec::new();
        for slot in &self.ruling.reads {
            let Some(named) = policy.vocabulary.get(*slot) else { continue };
            if named.origin == Origin::Parameter || named.origin == Origin::Derived {
                continue;
            }
            let known = explanation.evaluation.values().get(slot.index()).and_then(Option::as_ref);
            let readings = explanation.request.readings.get(slot).map_or(&[][..], Vec::as_slice);
            let label = |lang: Lang| named.label.get(lang).to_owned();
            match (known, readings) {
                (_, [_, ..]) => {
                    for reading in readings {
                        lines.push(both(policy, |writer| {
                            let value = self.said(&writer, *slot, &reading.value);
                            let source = source(explanation, *slot, reading.document, writer.lang);
                            format!("{}: {value} ({source})", label(writer.lang))
                        }));
                    }
                }
                (Some(value), []) => lines.push(both(policy, |writer| {
                    format!("{}: {}", label(writer.lang), self.said(&writer, *slot, value))
                })),
                (None, []) => lines
                    .push(both(policy, |writer| format!("{}: {}", label(writer.lang), writer.not_known()))),
            }
        }
        lines
    }

    fn said(&self, writer: &super::wording::Writer<'_>, slot: Slot, value: &Value) -> String {
        let named = writer.policy.vocabulary.get(slot);
        match (writer.policy.fact_at(slot), value) {
            // A number stands after its label as a subject does.
            (_, Value::Number(_)) | (None, _) => {
                named.map_or_else(String::new, |named| writer.value(&named.ty, value, Form::Nominative, &[]))
            }
            (Some(fact), _) => writer.fact(fact, value).into_iter().map(|fragment| fragment.text).collect(),
        }
    }

    /// The board's numbers and lists that were read: value, since when, who decided, which clause.
    fn parameters(&self) -> Vec<Text> {
        let policy = self.explanation.policy;
        let on = policy.numbers_on(self.explanation.request.submitted_at.date());
        let read = policy.parameters.iter().filter(|parameter| self.ruling.reads.contains(&parameter.slot));
        read.filter_map(|parameter| {
            let (from, value) = entry(parameter, on)?;
            Some(both(policy, |writer| {
                let lang = writer.lang;
                let ty = &policy.vocabulary.get(parameter.slot).map(|named| named.ty.clone());
                let value =
                    ty.as_ref().map_or_else(String::new, |ty| writer.value(ty, value, Form::Nominative, &[]));
                let since = writer.date(from, Form::Usual);
                let basis = basis(parameter.source);
                let label = parameter.label.get(lang);
                match lang {
                    Lang::Ar => {
                        format!("{label}: {value} (منذ {since}؛ {}؛ البند {})", basis.ar, parameter.clause)
                    }
                    Lang::En => {
                        format!("{label}: {value} (since {since}; {}; clause {})", basis.en, parameter.clause)
                    }
                }
            }))
        })
        .collect()
    }

    fn exemptions(&self) -> Vec<Text> {
        let (policy, explanation) = (self.explanation.policy, self.explanation);
        let rules = self.rule.unless.iter();
        rules
            .filter_map(|index| {
                let rule = policy.rules.get(*index)?;
                let ruling = explanation.evaluation.rulings.get(*index)?;
                let (verdict, reason) = (explain::verdict(ruling.verdict), explanation.reason(ruling));
                let line = |lang: Lang| {
                    format!(
                        "{} {}: {}. {}",
                        rule.id,
                        rule.title.get(lang),
                        verdict.get(lang),
                        reason.get(lang)
                    )
                };
                Some(Text::new(line(Lang::Ar), line(Lang::En)))
            })
            .collect()
    }

    fn tree(&self, lang: Lang) -> String {
        self.explanation.tree_of(self.ruling, lang)
    }

    /// For other programs.
    pub fn json(&self) -> Json {
        let (policy, explanation, rule) = (self.explanation.policy, self.explanation, self.rule);
        let values: Vec<Json> = self
            .ruling
            .reads
            .iter()
            .filter_map(|slot| Some((slot, policy.vocabulary.get(*slot)?)))
            .filter(|(_, named)| !matches!(named.origin, Origin::Parameter | Origin::Derived))
            .map(|(slot, named)| {
                let known = explanation.evaluation.values().get(slot.index()).and_then(Option::as_ref);
                let readings = explanation.request.readings.get(slot).into_iter().flatten();
                json!({
                    "id": named.id,
                    "label": named.label,
                    "value": known.map(|value| report::value(&named.ty, value)),
                    "sources": readings.map(|reading| json!({
                        "value": report::value(&named.ty, &reading.value),
                        "document": reading.document.and_then(|index| policy.documents.get(index)).map(|document| document.id.as_str()),
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        let on = policy.numbers_on(explanation.request.submitted_at.date());
        let parameters: Vec<Json> = policy
            .parameters
            .iter()
            .filter(|parameter| self.ruling.reads.contains(&parameter.slot))
            .filter_map(|parameter| {
                let (from, value) = entry(parameter, on)?;
                let named = policy.vocabulary.get(parameter.slot)?;
                Some(json!({
                    "id": parameter.id,
                    "label": parameter.label,
                    "value": report::value(&named.ty, value),
                    "since": from.to_string(),
                    "source": parameter.source.name(),
                    "clause": parameter.clause,
                }))
            })
            .collect();
        let exemptions: Vec<Json> = rule
            .unless
            .iter()
            .filter_map(|index| Some((policy.rules.get(*index)?, explanation.evaluation.rulings.get(*index)?)))
            .map(|(rule, ruling)| {
                json!({ "id": rule.id, "verdict": ruling.verdict.name(), "reason": explanation.reason(ruling) })
            })
            .collect();
        let compared: Vec<Json> = self
            .gaps
            .iter()
            .map(|gap| {
                json!({
                    "left": report::value(&gap.left.ty, &gap.value),
                    "right": report::value(gap.ty(), &gap.limit),
                    "holds": gap.holds,
                    "difference": gap.difference().map(|difference| difference_json(gap.ty(), difference)),
                    "text": gap.text(policy),
                })
            })
            .collect();
        json!({
            "schema": SCHEMA,
            "rule": rule.id,
            "title": rule.title,
            "verdict": self.ruling.verdict.name(),
            "reason": explanation.reason(self.ruling),
            "clause": { "number": rule.clause, "text": policy.clause(&rule.clause).map(|clause| &clause.text) },
            "source": rule.source.name(),
            "values": values,
            "parameters": parameters,
            "exemptions": exemptions,
            "compared": compared,
            "outlook": outlook_json(policy, &self.outlook),
        })
    }
}

/// The account of the whole request.
pub fn request_text(explanation: &Explanation<'_>, length: Length, lang: Lang) -> String {
    let mut text = match length {
        Length::Line => return explanation.one_line(lang),
        Length::Short => explanation.text(lang),
        Length::Tree => format!("{}\n{}", explanation.text(lang), explanation.tree(lang)),
    };
    let outlook = outlook(explanation, Target::Request);
    // How far a request that is met is from every limit is told rule by rule.
    if explanation.evaluation.result == super::Conclusion::NotMet {
        let lines = outlook.lines(explanation, Target::Request);
        section(&mut text, &outlook_title(false), &lines, lang);
    }
    text
}

/// The account of the whole request, for other programs.
pub fn request_json(explanation: &Explanation<'_>) -> Json {
    let policy = explanation.policy;
    let line = Text::new(explanation.one_line(Lang::Ar), explanation.one_line(Lang::En));
    json!({
        "schema": SCHEMA,
        "result": explanation.evaluation.result.name(),
        "line": line,
        "evaluation": report::evaluation(policy, explanation.request, explanation.evaluation),
        "outlook": outlook_json(policy, &outlook(explanation, Target::Request)),
    })
}

fn outlook_title(is_met: bool) -> Text {
    if is_met {
        Text::new("إلى أين يمكن أن يتغير ويبقى متحققًا", "How far each fact may move and the rule stays met")
    } else {
        Text::new("ما الذي يلزم أن يتغير", "What would have to change")
    }
}

fn outlook_json(policy: &Policy, outlook: &Outlook) -> Json {
    let ids = |slots: &[Slot]| -> Vec<String> {
        slots.iter().filter_map(|slot| policy.vocabulary.get(*slot)).map(|named| named.id.clone()).collect()
    };
    let step = |step: &Step| {
        let named = policy.vocabulary.get(step.slot);
        let value = |value: &Value| named.map(|named| report::value(&named.ty, value));
        let difference =
            step.difference().and_then(|difference| Some(difference_json(&named?.ty, difference)));
        json!({
            "fact": named.map(|named| named.id.as_str()),
            "from": value(&step.from),
            "to": value(&step.to),
            "difference": difference,
            "text": step.text(policy),
        })
    };
    let changes = outlook.changes.iter().map(|change: &Change| {
        json!({
            "steps": change.steps.iter().map(step).collect::<Vec<_>>(),
            "result": change.result.name(),
            "text": change.text(policy),
        })
    });
    json!({
        "changes": changes.collect::<Vec<_>>(),
        "margins": outlook.margins.iter().map(step).collect::<Vec<_>>(),
        "tried": ids(&outlook.tried),
        "fixed": ids(&outlook.fixed),
        "exact": outlook.is_exact,
    })
}

/// A difference in the unit of what differs; of days, so many days.
fn difference_json(ty: &Type, difference: Number) -> Json {
    match ty {
        Type::Number(_) => report::value(ty, &Value::Number(difference)),
        Type::Bool
        | Type::Date
        | Type::Span
        | Type::Choice(_)
        | Type::Set(_)
        | Type::Text
        | Type::List(_) => {
            json!(difference.to_i64())
        }
    }
}

fn section(text: &mut String, title: &Text, lines: &[Text], lang: Lang) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", title.get(lang));
    for line in lines {
        let _ = writeln!(text, "  · {}", line.get(lang));
    }
}

/// Who decided it.
pub(super) fn basis(basis: Basis) -> Text {
    match basis {
        Basis::Board => Text::new("قرَّره المجلس", "decided by the board"),
        Basis::Law => Text::new("من النظام", "from the law"),
        Basis::Assumption => {
            Text::new("افتراض لم يعتمده المجلس بعد", "an assumption that the board has not confirmed")
        }
    }
}

fn interpretation(policy: &Policy, id: &str) -> Text {
    let Some(found) = policy.interpretations.iter().find(|interpretation| interpretation.id == id) else {
        return Text::default();
    };
    let option = found.options.get(found.chosen.unwrap_or(found.proposed)).map(|(_, text)| text);
    let option = option.cloned().unwrap_or_default();
    let state = match found.chosen {
        Some(_) => Text::new("اختاره المجلس", "chosen by the board"),
        None => Text::new("مقترح لم يُختر بعد", "proposed, not yet chosen"),
    };
    Text::new(
        format!("{id}: {} ← {} ({})", found.question.ar, option.ar, state.ar),
        format!("{id}: {} → {} ({})", found.question.en, option.en, state.en),
    )
}

/// The entry of a parameter that is in force on a day.
fn entry(parameter: &Parameter, on: Date) -> Option<(Date, &Value)> {
    parameter.entries.iter().rev().find(|(from, _)| *from <= on).map(|(from, value)| (*from, value))
}

/// Where a value comes from: a paper, what was said, a visit, the records.
fn source(explanation: &Explanation<'_>, slot: Slot, document: Option<usize>, lang: Lang) -> String {
    use crate::policy::FoundBy;
    let found_by = explanation.policy.fact_at(slot).map(|fact| fact.found_by);
    match (document, found_by, lang) {
        (None, Some(FoundBy::Visit), Lang::Ar) => "من الزيارة".into(),
        (None, Some(FoundBy::Visit), Lang::En) => "from the visit".into(),
        (None, Some(FoundBy::Records), Lang::Ar) => "من السجلات".into(),
        (None, Some(FoundBy::Records), Lang::En) => "from the records".into(),
        (document, _, lang) => explanation.source(document, lang),
    }
}
