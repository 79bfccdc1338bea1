//! Why: the reason of each ruling, and what an officer reads first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::checklist::State;
use super::request::{Request, Signature};
use super::wording::{Fragment, Sentence, Writer, both};
use super::{Conclusion, Evaluation, Ruling, Verdict, account, concerns, probe};
use crate::expression::evaluate::{Frame, Outcome, Step};
use crate::expression::program::{Origin, Slot};
use crate::policy::message::{Form, Special};
use crate::policy::{Basis, FactKind, Parameter, Policy, Rule, RuleKind, Wording};
use crate::source::Place;
use crate::value::words;
use crate::value::{Lang, Number, Text};

/// An evaluation together with what it was made from: everything that can be said of it.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The request.
    pub request: &'a Request,
    /// What came out.
    pub evaluation: &'a Evaluation,
    frames: Vec<Frame<'a>>,
}

impl<'a> Explanation<'a> {
    /// Everything that can be said of an evaluation.
    pub fn new(policy: &'a Policy, request: &'a Request, evaluation: &'a Evaluation) -> Explanation<'a> {
        let frames = evaluation.worlds.iter().map(|values| Frame::new(&policy.vocabulary, values)).collect();
        Explanation { policy, request, evaluation, frames }
    }

    /// The values by what was declared.
    pub fn frame(&self) -> Option<&Frame<'a>> {
        self.frames.first()
    }

    /// A writer in a language.
    pub fn writer(&self, lang: Lang) -> Writer<'a> {
        Writer { policy: self.policy, lang }
    }

    /// The reason of a ruling in both languages, never empty.
    pub fn reason(&self, ruling: &Ruling) -> Text {
        both(self.policy, |writer| self.reason_in(ruling, writer).plain())
    }

    /// The reason of a ruling in one language.
    pub fn reason_in(&self, ruling: &Ruling, writer: Writer<'_>) -> Sentence {
        let Some(rule) = self.policy.rules.get(ruling.rule) else { return words_only(String::new()) };
        let Some(frame) = self.frame() else { return words_only(String::new()) };
        if let Some(exemption) = ruling.exempted_by.and_then(|index| self.policy.rules.get(index))
            && exemption.met.is_some()
        {
            return self.verdict(exemption, Verdict::Met, frame, ruling, writer);
        }
        match ruling.verdict {
            Verdict::Conflict => self.conflict(ruling, writer),
            Verdict::Referred => words_only(self.fault(ruling, writer.lang)),
            Verdict::NotApplicable => match &rule.not_applicable {
                Some(wording) => self.said(wording, frame, ruling, writer),
                None => words_only(self.does_not_concern(rule, writer.lang)),
            },
            verdict @ (Verdict::Met | Verdict::NotMet | Verdict::Unknown) => {
                self.verdict(rule, verdict, frame, ruling, writer)
            }
        }
    }

    fn verdict(
        &self,
        rule: &Rule,
        verdict: Verdict,
        frame: &Frame<'_>,
        ruling: &Ruling,
        writer: Writer<'_>,
    ) -> Sentence {
        let special_case = || {
            let holds = |(when, _): &&(_, Wording)| frame.evaluate(when).as_bool() == Some(true);
            rule.not_met_if.iter().find(holds).map(|(_, wording)| wording)
        };
        let wording = match verdict {
            Verdict::Met => rule.met.as_ref(),
            Verdict::NotMet => special_case().or(rule.not_met.as_ref()),
            Verdict::Unknown => rule.unknown.as_ref(),
            Verdict::Conflict | Verdict::NotApplicable | Verdict::Referred => None,
        };
        let said = wording.map(|wording| self.said(wording, frame, ruling, writer));
        match said {
            // What the rule did not need to know is not missed: the title says enough.
            Some(said) if verdict == Verdict::Met && !said.is_whole => {
                words_only(met_all_the_same(rule, writer.lang))
            }
            Some(said) => said,
            None => words_only(general(rule, verdict, writer.lang)),
        }
    }

    fn said(&self, wording: &Wording, frame: &Frame<'_>, ruling: &Ruling, writer: Writer<'_>) -> Sentence {
        writer.sentence(writer.pick(wording), frame, &|special, _: Form| {
            let words = if special == Special::Missing {
                self.missing_to(ruling, frame, writer.lang)
            } else if special == Special::Differing {
                self.labels(self.evaluation.differing.iter().copied(), writer.lang)
            } else {
                return None;
            };
            Some(vec![Fragment::words(words)])
        })
    }

    /// What is missing in a list that is there: «تاريخ الميلاد (رقم ٢)», `date of birth (no. 2)`; nothing for other facts.
    pub fn missing_in_list(&self, slot: Slot, lang: Lang) -> Option<String> {
        let FactKind::List(fields) = &self.policy.fact_at(slot)?.kind else { return None };
        let frame = self.frame()?;
        let rules = self.rulings(Verdict::Unknown).flat_map(|(rule, _)| {
            let exemptions = rule.unless.iter().filter_map(|index| self.policy.rules.get(*index));
            std::iter::once(rule).chain(exemptions).map(|rule| &rule.condition)
        });
        let papers = probe::paper_conditions(self.policy, self.request).map(|(_, when)| when);
        let mut lacking: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for condition in rules.chain(papers) {
            for (item, field) in frame.needs_in_lists(condition).remove(&slot).into_iter().flatten() {
                lacking.entry(field).or_default().insert(item);
            }
        }
        let digits = self.writer(lang).digits();
        let number = |item: &usize| words::digits_only(&(item + 1).to_string(), digits);
        let parts = lacking.iter().filter_map(|(field, items)| {
            let label = fields.get(*field)?.label.get(lang);
            let items = words::list(&items.iter().map(number).collect::<Vec<_>>(), lang);
            Some(match lang {
                Lang::Ar => format!("{label} (رقم {items})"),
                Lang::En => format!("{label} (no. {items})"),
            })
        });
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| words::list(&parts, lang))
    }

    fn labels(&self, slots: impl Iterator<Item = Slot>, lang: Lang) -> String {
        let labels = slots
            .filter_map(|slot| self.policy.vocabulary.get(slot))
            .map(|named| named.label.get(lang).to_owned());
        words::list(&labels.collect::<Vec<_>>(), lang)
    }

    /// What is missing to one rule: facts and papers by name; how a paper stands where it was shown and is not valid.
    fn missing_to(&self, ruling: &Ruling, frame: &Frame<'_>, lang: Lang) -> String {
        let Some(rule) = self.policy.rules.get(ruling.rule) else { return String::new() };
        let mut needed = frame.needs(&rule.condition);
        for exemption in rule.unless.iter().filter_map(|index| self.policy.rules.get(*index)) {
            needed.extend(frame.needs(&exemption.condition));
        }
        let mut names: Vec<String> = Vec::new();
        let digits = self.writer(lang).digits();
        for slot in &needed {
            if *slot == self.policy.builtin.documents_complete || *slot == self.policy.builtin.data_matched {
                let matching = *slot == self.policy.builtin.data_matched;
                // Where another rule names the papers that are not there, this one need not name them again.
                let named_elsewhere = matching && self.names_missing_papers(rule);
                let mut left_out = false;
                for (document, paper) in self.policy.documents.iter().zip(&self.evaluation.papers) {
                    let wanting =
                        paper.is_needed() && (!paper.is_satisfied || (matching && !paper.is_matched));
                    if wanting && named_elsewhere && !paper.is_satisfied {
                        left_out = true;
                    } else if wanting {
                        let title = document.title.get(lang).to_owned();
                        let is_bad = paper.state != State::NotShown && !paper.state.is_valid();
                        names.push(if is_bad {
                            format!("{title} ({})", paper.state.text(digits).get(lang))
                        } else {
                            title
                        });
                    }
                }
                let undecided: BTreeSet<Slot> = self
                    .evaluation
                    .papers
                    .iter()
                    .filter(|paper| paper.is_required.is_none())
                    .flat_map(|paper| paper.hangs_on.iter().copied())
                    .collect();
                if named_elsewhere {
                    if left_out || !undecided.is_empty() {
                        names.push(match lang {
                            Lang::Ar => "الوثائق المطلوب استكمالها".into(),
                            Lang::En => "the papers still to be completed".into(),
                        });
                    }
                    continue;
                }
                names.extend(undecided.iter().map(|slot| self.labels(std::iter::once(*slot), lang)));
            } else if *slot == self.policy.builtin.declaration_signed {
                let label = self.labels(std::iter::once(*slot), lang);
                let state = signature(self.request.signature(&self.evaluation.digest));
                names.push(format!("{label} ({})", state.get(lang)));
            } else {
                let label = self.labels(std::iter::once(*slot), lang);
                names.push(match self.missing_in_list(*slot, lang) {
                    Some(fields) => format!("{label}: {fields}"),
                    None => label,
                });
            }
        }
        let mut unique: Vec<String> = Vec::new();
        for name in names {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        words::list(&unique, lang)
    }

    /// Does another rule, which hangs on the papers being complete, name those that are not there?
    fn names_missing_papers(&self, rule: &Rule) -> bool {
        let complete = self.policy.builtin.documents_complete;
        self.rulings(Verdict::Unknown)
            .any(|(other, ruling)| other.id != rule.id && ruling.reads.contains(&complete))
    }

    /// By one source the rule holds, by another it does not: both are told.
    fn conflict(&self, ruling: &Ruling, writer: Writer<'_>) -> Sentence {
        let lang = writer.lang;
        let Some(rule) = self.policy.rules.get(ruling.rule) else { return words_only(String::new()) };
        let differing = self.evaluation.differing.iter().filter(|slot| ruling.reads.contains(slot));
        let labels = self.labels(differing.clone().copied(), lang);
        let mut text = match lang {
            Lang::Ar => format!("اختلفت المصادر في: {labels}. "),
            Lang::En => format!("The sources differ on: {labels}. "),
        };
        for (index, (frame, verdict)) in self.frames.iter().zip(&ruling.by_world).enumerate() {
            let said: Vec<String> = differing
                .clone()
                .filter_map(|slot| match frame.value(*slot) {
                    Outcome::Known(value) => {
                        let ty = &self.policy.vocabulary.get(*slot)?.ty;
                        Some(format!(
                            "{}{}",
                            writer.value(ty, &value, Form::Usual, &[]),
                            self.who_says(*slot, &value, lang)
                        ))
                    }
                    Outcome::Unknown | Outcome::Fault(_) => None,
                })
                .collect();
            let reason = self.verdict(rule, *verdict, frame, ruling, writer).plain();
            let said = words::list(&said, lang);
            let _ = match lang {
                Lang::Ar if index == 0 => write!(text, "فعلى {said}: {reason} "),
                Lang::Ar => write!(text, "وعلى {said}: {reason} "),
                Lang::En => write!(text, "With {said}: {reason} "),
            };
        }
        words_only(text.trim_end().to_owned())
    }

    fn who_says(&self, slot: Slot, value: &crate::expression::program::Value, lang: Lang) -> String {
        let reading =
            self.request.readings.get(&slot).into_iter().flatten().find(|reading| reading.value == *value);
        let source = reading.map(|reading| self.source(reading.document, lang));
        source.map_or_else(String::new, |source| format!(" ({source})"))
    }

    /// Where a value comes from: declared, or shown by a paper.
    pub fn source(&self, document: Option<usize>, lang: Lang) -> String {
        match document.and_then(|index| self.policy.documents.get(index)) {
            Some(document) => document.title.get(lang).to_owned(),
            None => match lang {
                Lang::Ar => "مصرَّح به".into(),
                Lang::En => "declared".into(),
            },
        }
    }

    fn fault(&self, ruling: &Ruling, lang: Lang) -> String {
        let what = ruling.fault.as_ref().map(|fault| fault.kind.text()).unwrap_or_default();
        let place = ruling.fault.as_ref().map_or_else(String::new, |fault| {
            let (line, _) = fault.place.source.line_and_column(fault.place.range.start);
            format!("{}:{line}", fault.place.source.file_name())
        });
        match lang {
            Lang::Ar => format!("خلل في السياسة يمنع الحساب: {} ({place}). يُعرض الطلب على مختص.", what.ar),
            Lang::En => {
                format!("The policy cannot be computed here: {} ({place}). A person must decide.", what.en)
            }
        }
    }

    fn does_not_concern(&self, rule: &Rule, lang: Lang) -> String {
        let service = self.policy.services.get(self.request.service);
        let other_service =
            rule.services.as_ref().is_some_and(|services| !services.contains(&self.request.service));
        match (lang, other_service) {
            (Lang::Ar, true) => {
                let title = service.map_or("", |service| service.title.ar.as_str());
                format!("لا يُشترط هذا في خدمة «{title}».")
            }
            (Lang::En, true) => {
                let title = service.map_or("", |service| service.title.en.as_str());
                format!("This is not asked for the service “{title}”.")
            }
            (Lang::Ar, false) => "هذا الشرط يخص فئةً أخرى من مقدِّمي الطلبات.".into(),
            (Lang::En, false) => "This rule concerns another kind of applicant.".into(),
        }
    }

    /// The rulings that an officer reads first, by what they mean for the result.
    pub fn rulings(&self, verdict: Verdict) -> impl Iterator<Item = (&'a Rule, &'a Ruling)> {
        let (policy, evaluation) = (self.policy, self.evaluation);
        evaluation
            .rulings
            .iter()
            .filter(move |ruling| ruling.verdict == verdict)
            .filter_map(move |ruling| Some((policy.rules.get(ruling.rule)?, ruling)))
    }

    /// The result in one line.
    pub fn one_line(&self, lang: Lang) -> String {
        let result = conclusion(self.evaluation.result).get(lang).to_owned();
        let of = |verdict: Verdict, kind: RuleKind| {
            self.rulings(verdict)
                .find(|(rule, _)| rule.kind == kind)
                .map(|(_, ruling)| self.reason(ruling).get(lang).to_owned())
        };
        let reason = match self.evaluation.result {
            Conclusion::NotMet => of(Verdict::NotMet, RuleKind::Eligibility),
            Conclusion::Merged => of(Verdict::Met, RuleKind::Merge),
            Conclusion::Verify => self
                .rulings(Verdict::Conflict)
                .next()
                .map(|(_, ruling)| self.reason(ruling).get(lang).to_owned()),
            Conclusion::Referred => self
                .rulings(Verdict::Referred)
                .next()
                .map(|(_, ruling)| self.reason(ruling).get(lang).to_owned()),
            Conclusion::Incomplete | Conclusion::Met => None,
        };
        reason.map_or(result.clone(), |reason| format!("{result}: {reason}"))
    }

    /// What an officer reads: the result, why, what is missing, how urgent, until when.
    pub fn text(&self, lang: Lang) -> String {
        let mut text = String::new();
        let writer = self.writer(lang);
        let line = |text: &mut String, words: &str| {
            text.push_str(words);
            text.push('\n');
        };
        let heading = |text: &mut String, ar: &str, en: &str| {
            text.push('\n');
            text.push_str(match lang {
                Lang::Ar => ar,
                Lang::En => en,
            });
            text.push('\n');
        };
        let say = |ar: &'static str, en: &'static str| match lang {
            Lang::Ar => ar,
            Lang::En => en,
        };
        let service = self.policy.services.get(self.request.service);
        let title = service.map_or_else(String::new, |service| service.title.get(lang).to_owned());
        let reference = self.request.case_ref.as_deref().unwrap_or_else(|| say("بلا رقم", "without a number"));
        line(&mut text, &format!("{} {reference} · {title}", say("الطلب", "Request")));
        let submitted = writer.date(self.request.submitted_at.date(), Form::Both);
        line(&mut text, &format!("{} {submitted}", say("قُدِّم", "Submitted")));
        let on = writer.date(self.evaluation.on, Form::Both);
        line(&mut text, &format!("{} {on}", say("التقييم يوم", "Evaluated")));
        let result = conclusion(self.evaluation.result).get(lang).to_owned();
        line(&mut text, &format!("\n{}: {result}", say("نتيجة التطبيق", "Result")));
        line(&mut text, meaning(self.evaluation.result).get(lang));

        let any: &[RuleKind] =
            &[RuleKind::Eligibility, RuleKind::Procedural, RuleKind::Exemption, RuleKind::Merge];
        let groups: [(&str, &str, &str, Verdict, &[RuleKind]); 7] = [
            ("يُعرض على مختص", "Referred to a person", "!", Verdict::Referred, any),
            ("لم يتحقق", "Not met", "✗", Verdict::NotMet, &[RuleKind::Eligibility]),
            ("فيه اختلاف", "In conflict", "≠", Verdict::Conflict, any),
            ("بقي استكماله", "Still to be done", "○", Verdict::NotMet, &[RuleKind::Procedural]),
            ("غير معلوم بعد", "Not known yet", "؟", Verdict::Unknown, any),
            ("تحقَّق", "Met", "✓", Verdict::Met, any),
            ("لا ينطبق", "Does not apply", "–", Verdict::NotApplicable, any),
        ];
        for (ar, en, sign, verdict, kinds) in groups {
            let shown = self
                .rulings(verdict)
                .filter(|(rule, ruling)| kinds.contains(&rule.kind) && self.is_shown(rule, ruling));
            let shown: Vec<(&Rule, &Ruling)> = shown.collect();
            if shown.is_empty() {
                continue;
            }
            heading(&mut text, ar, en);
            let sign = if lang == Lang::En && sign == "؟" { "?" } else { sign };
            for (rule, ruling) in shown {
                let reason = self.reason(ruling);
                line(
                    &mut text,
                    &format!("  {sign} {} {}{}", rule.id, reason.get(lang), self.marks(rule, ruling, lang)),
                );
            }
        }
        self.write_missing(&mut text, lang, &heading, &line);
        self.write_priority(&mut text, lang, &heading, &line);
        self.write_terms(&mut text, lang, &heading, &line);
        if self.shown().any(|(rule, ruling)| self.is_assumed(rule, ruling)) {
            line(&mut text, &format!("\n* {}", account::basis(Basis::Assumption).get(lang)));
        }
        let say_basis = match lang {
            Lang::Ar => format!("{}، النسخة {}", self.policy.title.ar, self.policy.label),
            Lang::En => format!("{}, revision {}", self.policy.title.en, self.policy.label),
        };
        line(&mut text, &format!("\n{say_basis}"));
        text
    }

    /// The values of the board that a ruling read.
    fn parameters(&self, ruling: &Ruling) -> impl Iterator<Item = &'a Parameter> {
        let policy = self.policy;
        ruling.reads.iter().filter_map(|slot| policy.parameters.iter().find(|known| known.slot == *slot))
    }

    /// Does a ruling rest on something that the board has not confirmed: the rule, or a value that it read?
    fn is_assumed(&self, rule: &Rule, ruling: &Ruling) -> bool {
        rule.source == Basis::Assumption
            || self.parameters(ruling).any(|parameter| parameter.source == Basis::Assumption)
    }

    /// Who decided what a rule says, or that nobody has; and the questions that it rests on and that are still open.
    pub fn basis(&self, rule: &Rule, ruling: &Ruling) -> Text {
        let source = if self.is_assumed(rule, ruling) { Basis::Assumption } else { rule.source };
        let questions = self.parameters(ruling).filter_map(|parameter| parameter.interpretation.as_ref());
        let is_open = |id: &&String| {
            let found = self.policy.interpretations.iter().find(|question| question.id == **id);
            found.is_some_and(|question| question.chosen.is_none())
        };
        let open: BTreeSet<&str> =
            rule.interpretation.iter().chain(questions).filter(is_open).map(String::as_str).collect();
        let mut text = account::basis(source);
        if !open.is_empty() {
            let open: Vec<&str> = open.into_iter().collect();
            let _ = write!(text.ar, "؛ سؤال مفتوح: {}", open.join("، "));
            let _ = write!(text.en, "; open question: {}", open.join(", "));
        }
        text
    }

    /// The rules that are worth a line, with what they come to.
    pub fn shown(&self) -> impl Iterator<Item = (&Rule, &Ruling)> {
        let rulings = self.evaluation.rulings.iter();
        let rules = rulings.filter_map(|ruling| Some((self.policy.rules.get(ruling.rule)?, ruling)));
        rules.filter(|(rule, ruling)| self.is_shown(rule, ruling))
    }

    /// Rules of other services, exemptions that nobody claims and requests that belong to no other are not worth a line.
    fn is_shown(&self, rule: &Rule, ruling: &Ruling) -> bool {
        let silent = matches!(rule.kind, RuleKind::Exemption | RuleKind::Merge)
            && matches!(ruling.verdict, Verdict::NotMet | Verdict::NotApplicable);
        let other_service =
            rule.services.as_ref().is_some_and(|services| !services.contains(&self.request.service));
        !silent && (!other_service || concerns(self.policy, rule, self.request))
    }

    fn marks(&self, rule: &Rule, ruling: &Ruling, lang: Lang) -> String {
        let mut marks = String::new();
        if self.is_assumed(rule, ruling) {
            marks.push_str(" *");
        }
        let _ = match lang {
            Lang::Ar => write!(marks, " [البند {}]", rule.clause),
            Lang::En => write!(marks, " [clause {}]", rule.clause),
        };
        if ruling.disputed {
            marks.push_str(match lang {
                Lang::Ar => " (تختلف المصادر، والحكم واحد)",
                Lang::En => " (the sources differ, the verdict does not)",
            });
        }
        marks
    }

    fn write_missing(
        &self,
        text: &mut String,
        lang: Lang,
        heading: &dyn Fn(&mut String, &str, &str),
        line: &dyn Fn(&mut String, &str),
    ) {
        let missing = &self.evaluation.missing;
        let unsigned = self.unsigned();
        let nothing_now = missing.facts.is_empty() && missing.documents.is_empty() && unsigned.is_none();
        if nothing_now && missing.later.is_empty() {
            return;
        }
        if nothing_now {
            // The request is complete without them.
            heading(text, "ما يُستكمل لاحقًا، ولا يؤخِّر الطلب", "What may follow later, and holds nothing up");
        } else {
            heading(text, "ما ينقص، ولا يُطلب غيره", "What is missing, and nothing else is asked");
        }
        let digits = self.writer(lang).digits();
        for slot in &missing.facts {
            if let Some(fact) = self.policy.fact_at(*slot) {
                let ask = fact.ask.as_ref().unwrap_or(&fact.label).get(lang);
                match self.missing_in_list(*slot, lang) {
                    Some(fields) => {
                        line(text, &format!("  · {}: {fields} ({})", fact.label.get(lang), fact.id));
                    }
                    None => line(text, &format!("  · {ask} ({})", fact.id)),
                }
            }
        }
        for index in &missing.documents {
            let (Some(document), Some(paper)) =
                (self.policy.documents.get(*index), self.evaluation.papers.get(*index))
            else {
                continue;
            };
            let state = paper.state.text(digits);
            let accepted = document.accepted.as_ref().map_or_else(String::new, |accepted| match lang {
                Lang::Ar => format!("؛ يُقبل: {}", accepted.ar),
                Lang::En => format!("; accepted: {}", accepted.en),
            });
            line(
                text,
                &format!("  · {} ({}): {}{accepted}", document.title.get(lang), document.id, state.get(lang)),
            );
        }
        if let Some(state) = unsigned {
            // The declaration is a letter that the applicant signs; it has a name where the policy has that letter.
            let letter = self.policy.letters.iter().find(|letter| letter.signer.is_none());
            let title = match (letter, lang) {
                (Some(letter), _) => format!("{} ({})", letter.title.get(lang), letter.id),
                (None, Lang::Ar) => "الإقرار بصحة البيانات".into(),
                (None, Lang::En) => "the declaration".into(),
            };
            line(text, &format!("  · {title}: {}", signature(state).get(lang)));
        }
        for index in &missing.later {
            if let Some(document) = self.policy.documents.get(*index) {
                let later = match lang {
                    Lang::Ar => "يمكن تقديم الوثيقة لاحقًا",
                    Lang::En => "may follow later",
                };
                line(text, &format!("  · {} ({}): {later}", document.title.get(lang), document.id));
            }
        }
    }

    /// How the declaration stands, where the result waits for its signature.
    fn unsigned(&self) -> Option<Signature> {
        if !matches!(self.evaluation.result, Conclusion::Incomplete | Conclusion::Verify) {
            return None;
        }
        let state = self.request.signature(&self.evaluation.digest);
        let waits =
            self.rulings(Verdict::Unknown).chain(self.rulings(Verdict::NotMet)).any(|(rule, ruling)| {
                rule.kind != RuleKind::Exemption
                    && ruling.reads.contains(&self.policy.builtin.declaration_signed)
            });
        (waits && state != Signature::Current).then_some(state)
    }

    fn write_priority(
        &self,
        text: &mut String,
        lang: Lang,
        heading: &dyn Fn(&mut String, &str, &str),
        line: &dyn Fn(&mut String, &str),
    ) {
        let (Some(priority), Some(score)) = (&self.evaluation.priority, &self.policy.score) else { return };
        if self.evaluation.result == Conclusion::NotMet {
            return;
        }
        heading(
            text,
            "الأولوية (ترتِّب الطلبات ولا ترفضها)",
            "Priority (it orders requests and never declines one)",
        );
        let writer = self.writer(lang);
        let number = |number: Number| words::plain(number, lang, writer.digits());
        let total = if priority.score == priority.at_most {
            match lang {
                Lang::Ar => format!("{} من {}", number(priority.score), number(score.at_most)),
                Lang::En => format!("{} of {}", number(priority.score), number(score.at_most)),
            }
        } else {
            match lang {
                Lang::Ar => format!(
                    "بين {} و{} من {}",
                    number(priority.score),
                    number(priority.at_most),
                    number(score.at_most)
                ),
                Lang::En => format!(
                    "between {} and {} of {}",
                    number(priority.score),
                    number(priority.at_most),
                    number(score.at_most)
                ),
            }
        };
        if score.factors.len() > 1 && priority.factors.iter().filter(|points| points.is_some()).count() <= 1 {
            // A service that is not for households: a list of what nobody will ask would only mislead.
            let little = match lang {
                Lang::Ar => "لا يكفي المعلوم عن هذا الطلب لحساب الدرجة",
                Lang::En => "too little is known of this request for a score",
            };
            return line(text, &format!("  {little}"));
        }
        let tier = self.tier(lang).map_or_else(String::new, |tier| format!(" · {tier}"));
        // The score is one number, and sources that disagree have not been heard yet.
        let declared = match (self.evaluation.differing.is_empty(), lang) {
            (true, _) => "",
            (false, Lang::Ar) => "، بحسب المصرَّح به",
            (false, Lang::En) => ", by what was declared",
        };
        line(text, &format!("  {total}{tier}{declared}"));
        for (factor, points) in score.factors.iter().zip(&priority.factors) {
            match points {
                Some(points) if *points == Number::ZERO => {}
                Some(points) => line(text, &format!("    {} {}", number(*points), factor.label.get(lang))),
                None => {
                    let (sign, unknown) = match lang {
                        Lang::Ar => ("؟", "غير معلوم بعد"),
                        Lang::En => ("?", "not known yet"),
                    };
                    line(text, &format!("    {sign} {}: {unknown}", factor.label.get(lang)));
                }
            }
        }
    }

    /// The tier with its id and label, where it is known.
    pub fn tier(&self, lang: Lang) -> Option<String> {
        let (choices, index) = self.evaluation.tier(self.policy)?;
        let (id, label) = (choices.id(index), choices.label(index));
        Some(match lang {
            Lang::Ar => format!("الفئة {id} ({})", label.ar),
            Lang::En => format!("tier {id} ({})", label.en),
        })
    }

    fn write_terms(
        &self,
        text: &mut String,
        lang: Lang,
        heading: &dyn Fn(&mut String, &str, &str),
        line: &dyn Fn(&mut String, &str),
    ) {
        if self.evaluation.terms.is_empty() {
            return;
        }
        heading(text, "المواعيد", "Deadlines");
        let writer = self.writer(lang);
        for term in &self.evaluation.terms {
            let Some(deadline) = self.policy.deadlines.get(term.deadline) else { continue };
            let mut parts = Vec::new();
            for (end, ar, en) in [(&term.earliest, "لا يُتوقع قبل", "not before"), (&term.latest, "آخره", "by")]
            {
                let Some(end) = end else { continue };
                let word = match lang {
                    Lang::Ar => ar,
                    Lang::En => en,
                };
                parts.push(match &end.due {
                    Ok(counted) => format!("{word} {}", writer.date(counted.day(), Form::Weekday)),
                    Err(error) => error.text(writer.digits()).get(lang).to_owned(),
                });
            }
            let between = match lang {
                Lang::Ar => "، ",
                Lang::En => ", ",
            };
            line(text, &format!("  {} {}: {}", deadline.id, deadline.title.get(lang), parts.join(between)));
        }
    }

    /// The whole tree: every rule with what it read and how it came about.
    pub fn tree(&self, lang: Lang) -> String {
        let concerned = self.evaluation.rulings.iter().filter(|ruling| {
            self.policy.rules.get(ruling.rule).is_some_and(|rule| concerns(self.policy, rule, self.request))
        });
        concerned.map(|ruling| self.tree_of(ruling, lang)).collect()
    }

    /// The tree of one rule: what it read and how it came about.
    pub fn tree_of(&self, ruling: &Ruling, lang: Lang) -> String {
        let mut text = String::new();
        let Some(frame) = self.frame() else { return text };
        let Some(rule) = self.policy.rules.get(ruling.rule) else { return text };
        let _ = writeln!(text, "{} {}: {}", rule.id, rule.title.get(lang), verdict(ruling.verdict).get(lang));
        let _ = writeln!(text, "  {}", self.reason(ruling).get(lang));
        if !self.can_still_matter(rule, ruling) {
            let _ = writeln!(
                text,
                "  {}",
                match lang {
                    Lang::Ar => "لا يُطلب ما ينقص هنا: لا يمكن أن يغيِّر النتيجة",
                    Lang::En => "what is missing here is not asked: it cannot change the result",
                }
            );
        }
        self.write_step(&mut text, &frame.trace(&rule.condition), 1, lang);
        text
    }

    /// Can what is unknown to this rule still change the result?
    pub fn can_still_matter(&self, rule: &Rule, ruling: &Ruling) -> bool {
        ruling.verdict != Verdict::Unknown
            || rule.kind == RuleKind::Exemption
            || !matches!(
                self.evaluation.result,
                Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred
            )
    }

    fn write_step(&self, text: &mut String, step: &Step, depth: usize, lang: Lang) {
        let indent = "  ".repeat(depth);
        let named = step.name.and_then(|slot| self.policy.vocabulary.get(slot));
        let shown = match named {
            Some(named) => format!("{} ({})", named.label.get(lang), named.id),
            None => step.place.as_ref().map_or_else(String::new, Place::on_one_line),
        };
        let _ = writeln!(text, "{indent}{shown} = {}", self.outcome(step, lang));
        for part in &step.parts {
            self.write_step(text, part, depth + 1, lang);
        }
    }

    /// What came out of a step, in words.
    pub fn outcome(&self, step: &Step, lang: Lang) -> String {
        match &step.outcome {
            Outcome::Known(value) => self.writer(lang).value(&step.ty, value, Form::Usual, &[]),
            Outcome::Unknown => match lang {
                Lang::Ar => "غير معلوم".into(),
                Lang::En => "unknown".into(),
            },
            Outcome::Fault(fault) => fault.kind.text().get(lang).to_owned(),
        }
    }

    /// The names of everything that a ruling read: facts and parameters.
    pub fn reads(&self, ruling: &Ruling) -> Vec<&'a str> {
        let named = ruling.reads.iter().filter_map(|slot| self.policy.vocabulary.get(*slot));
        named.filter(|named| named.origin != Origin::Derived).map(|named| named.id.as_str()).collect()
    }
}

fn words_only(text: String) -> Sentence {
    Sentence { fragments: vec![Fragment::words(text)], is_whole: true }
}

/// A reason for a verdict that the policy has no words for.
fn general(rule: &Rule, verdict: Verdict, lang: Lang) -> String {
    let title = rule.title.get(lang);
    match (verdict, lang) {
        (Verdict::NotMet, Lang::Ar) => format!("{title}: لا ينطبق على هذا الطلب."),
        (Verdict::NotMet, Lang::En) => format!("{title}: not the case here."),
        (Verdict::Unknown, Lang::Ar) => format!("{title}: غير معلوم بعد."),
        (Verdict::Unknown, Lang::En) => format!("{title}: not known yet."),
        (_, _) => title.to_owned(),
    }
}

/// A rule that is met, whose own sentence names something that it did not need to know.
fn met_all_the_same(rule: &Rule, lang: Lang) -> String {
    let title = rule.title.get(lang);
    match lang {
        Lang::Ar => format!("{title}: متحقق."),
        Lang::En => format!("{title}: met."),
    }
}

/// How a declaration stands, in words.
fn signature(signature: Signature) -> Text {
    match signature {
        Signature::Missing => Text::new("لم يُوقَّع بعد", "not signed yet"),
        Signature::NoWitness => Text::new("عليه بصمة بلا شاهد", "a thumbprint without a witness"),
        Signature::NoDigest => Text::new(
            "لم يُكتب على أي بيانات وُقِّع: `declaration.digest`",
            "it is not written down which data were signed: `declaration.digest`",
        ),
        Signature::OtherData => {
            Text::new("وُقِّع على بيانات غير هذه، فيُوقَّع من جديد", "signed for other data, to be signed again")
        }
        Signature::Current => Text::new("مُوقَّع", "signed"),
    }
}

/// A verdict in words.
pub fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Met => Text::new("تحقَّق", "met"),
        Verdict::NotMet => Text::new("لم يتحقق", "not met"),
        Verdict::Unknown => Text::new("غير معلوم بعد", "not known yet"),
        Verdict::Conflict => Text::new("فيه اختلاف", "in conflict"),
        Verdict::NotApplicable => Text::new("لا ينطبق", "does not apply"),
        Verdict::Referred => Text::new("يُعرض على مختص", "referred to a person"),
    }
}

/// A result in words.
pub fn conclusion(conclusion: Conclusion) -> Text {
    match conclusion {
        Conclusion::Met => Text::new("مستوفٍ", "met"),
        Conclusion::NotMet => Text::new("غير مستوفٍ", "not met"),
        Conclusion::Incomplete => Text::new("غير مكتمل", "incomplete"),
        Conclusion::Verify => Text::new("يلزم التحقق", "to be verified"),
        Conclusion::Merged => Text::new("مضموم إلى طلب قائم", "joined to an open request"),
        Conclusion::Referred => {
            Text::new("خلل في السياسة: يُعرض على مختص", "a fault in the policy: referred to a person")
        }
    }
}

/// What a result means for the officer.
fn meaning(conclusion: Conclusion) -> Text {
    match conclusion {
        Conclusion::Met => Text::new(
            "توصية: الطلب مستوفٍ شروطَ السياسة، والقرار للجنة.",
            "A recommendation: the request meets the policy. The committee decides.",
        ),
        Conclusion::NotMet => Text::new(
            "توصية: لا يستوفي الطلب شرطًا من شروط السياسة، والقرار للجنة.",
            "A recommendation: the request does not meet a rule of the policy. The committee decides.",
        ),
        Conclusion::Incomplete => Text::new(
            "ليس رفضًا: يُستكمل ما ينقص ثم يُعاد التقييم.",
            "Not a decline: what is missing is completed, and the request is evaluated again.",
        ),
        Conclusion::Verify => Text::new(
            "ليس رفضًا: تُطلب إيضاحات ما اختلفت فيه المصادر قبل أي إجراء.",
            "Not a decline: where sources differ, the applicant is asked before anything is done.",
        ),
        Conclusion::Merged => Text::new(
            "يُضم هذا الطلب إلى الطلب القائم، ولا يصدر به خطاب تعذُّر.",
            "This request is joined to the open one; no letter of decline is issued.",
        ),
        Conclusion::Referred => Text::new(
            "ليس رفضًا: السياسة نفسها لم تُحسب، وينظر فيه مختص.",
            "Not a decline: the policy itself could not be computed; a person looks at it.",
        ),
    }
}
