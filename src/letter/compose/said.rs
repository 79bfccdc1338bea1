//! What each placeholder says.

use super::subjects::{Subject, Thing};
use super::{Clerk, lower_first, without_stop};
use crate::evaluation::checklist::State;
use crate::evaluation::explain;
use crate::evaluation::wording::Fragment;
use crate::expression::evaluate::Outcome;
use crate::policy::After;
use crate::policy::message::{Aspect, Decided, End, Form, Special, Whole};
use crate::value::words::{self, Case};
use crate::value::{Lang, Text};

/// What people call what may be missing, and where it is written.
const NAMES: &[(Special, &str, &str)] = &[
    (Special::Whole(Whole::CaseRef), "رقم الطلب (`case_ref`)", "the number of the request (`case_ref`)"),
    (Special::Whole(Whole::Channel), "القناة (`channel`)", "the channel (`channel`)"),
    (Special::Whole(Whole::Quantity), "المقدار الذي يُمنح", "the quantity that is granted"),
    (Special::Whole(Whole::Prepare), "ما يهيئه مقدِّم الطلب", "what the person makes ready"),
    (
        Special::Whole(Whole::Purpose),
        "الغرض من البيانات (privacy.toml)",
        "the purpose of the data (privacy.toml)",
    ),
    (Special::Whole(Whole::Delivery), "موعد تقديم الخدمة", "the delivery time"),
    (Special::Of(Aspect::Date), "تاريخ الوثيقة", "the date of a paper"),
    (
        Special::Decision(Decided::Granted),
        "المقدار الذي قُبل (`decision.granted`)",
        "the quantity that was granted (`decision.granted`)",
    ),
    (
        Special::Decision(Decided::Rank),
        "الترتيب في قائمة الانتظار (`decision.rank`)",
        "the place on the waiting list (`decision.rank`)",
    ),
];

impl Clerk<'_> {
    pub(super) fn special_name(&self, special: Special, subject: Subject<'_>) -> Text {
        if let Some((_, ar, en)) = NAMES.iter().find(|(known, ..)| *known == special) {
            return Text::new(*ar, *en);
        }
        match (special, subject) {
            (Special::Field(index), Subject::Thing(thing)) => self.field_name(thing, index),
            (Special::Deadline(index, _), _) => {
                let deadline = self.policy.deadlines.get(usize::from(index));
                let event = deadline.and_then(|deadline| self.policy.events.get(deadline.from));
                match (deadline, event) {
                    (Some(deadline), Some(event)) => Text::new(
                        format!("موعد «{}» (`events.{}`)", deadline.title.ar, event.id),
                        format!("the deadline “{}” (`events.{}`)", deadline.title.en, event.id),
                    ),
                    _ => Text::new("موعد", "a deadline"),
                }
            }
            (Special::Decision(_), _) => {
                Text::new("قرار اللجنة (`[decision]`)", "the committee's decision (`[decision]`)")
            }
            (
                Special::Missing
                | Special::Differing
                | Special::Of(_)
                | Special::Field(_)
                | Special::Whole(_),
                _,
            ) => Text::new("بيان", "a value"),
        }
    }

    /// A field of a thing that lacks it.
    fn field_name(&self, thing: Thing<'_>, index: u16) -> Text {
        let list = self.slot_name(thing.slot);
        let Some(field) = thing.fields.get(usize::from(index)) else { return list };
        let number = thing.number;
        Text::new(
            format!("{} {number}: {} (`{}`)", list.ar, field.label.ar, field.id),
            format!("{} no. {number}: {} (`{}`)", list.en, field.label.en, field.id),
        )
    }

    pub(super) fn special(
        &self,
        special: Special,
        form: Form,
        subject: Subject<'_>,
    ) -> Option<Vec<Fragment>> {
        let lang = self.writer.lang;
        match special {
            Special::Of(aspect) => self.of_subject(aspect, form, subject),
            Special::Whole(whole) => self.whole(whole, form),
            Special::Decision(decided) => self.decided(decided, form),
            Special::Deadline(index, End::Within) => {
                let deadline = self.policy.deadlines.get(usize::from(index))?;
                let period = match deadline.latest?.after {
                    After::Period(period) => period,
                    After::Delivery => self.policy.services.get(self.request?.service)?.delivery?,
                };
                Some(vec![Fragment::words(period.words(lang, Case::Genitive, self.writer.digits()))])
            }
            Special::Deadline(index, end) => {
                let day = self.end(index, end)?.day()?;
                Some(vec![Fragment::words(self.writer.date(day, form))])
            }
            Special::Field(index) => {
                let Subject::Thing(thing) = subject else { return None };
                let index = usize::from(index);
                let (field, (_, ty)) = (thing.fields.get(index)?, thing.record.fields.get(index)?);
                let value = thing.item.get(index)?.as_ref()?;
                Some(vec![self.writer.of_kind(&field.kind, ty, value, form, &[])])
            }
            Special::Missing => {
                let missing = &self.explanation?.evaluation.missing.facts;
                let facts = missing.iter().filter_map(|slot| self.policy.fact_at(*slot));
                let labels: Vec<&str> = facts.map(|fact| fact.label.get(lang)).collect();
                Some(vec![Fragment::words(words::list(&labels, lang))])
            }
            Special::Differing => None,
        }
    }

    /// What is said of the letter, its request and its policy.
    fn whole(&self, whole: Whole, form: Form) -> Option<Vec<Fragment>> {
        let lang = self.writer.lang;
        let words = |text: String| Some(vec![Fragment::words(text)]);
        let text = |text: &Text| words(text.get(lang).to_owned());
        let service = || self.policy.services.get(self.request?.service);
        match whole {
            Whole::CaseRef => self.request?.case_ref.as_ref().map(|reference| vec![self.code(reference)]),
            Whole::Service => text(&service()?.title),
            Whole::Channel => text(&self.policy.channels.get(self.request?.channel?)?.title),
            Whole::Quantity => {
                let quantity = service()?.quantity.as_ref()?;
                match self.frame.evaluate(quantity) {
                    Outcome::Known(value) => words(self.writer.value(&quantity.ty, &value, form, &[])),
                    Outcome::Unknown | Outcome::Fault(_) => None,
                }
            }
            Whole::Delivery => words(service()?.delivery?.words(lang, Case::Genitive, self.writer.digits())),
            Whole::Prepare => text(service()?.prepare.as_ref()?),
            Whole::Result => text(&explain::conclusion(self.explanation?.evaluation.result)),
            Whole::Today => words(self.writer.date(self.occasion.at.date(), form)),
            Whole::Submitted => words(self.writer.date(self.request?.submitted_at.date(), form)),
            Whole::Policy => text(&self.policy.title),
            Whole::Revision => Some(vec![self.code(&self.policy.label)]),
            // It goes on in the letter's own sentence.
            Whole::Purpose => {
                words(lower_first(&without_stop(self.policy.privacy.purpose.as_ref()?.get(lang))))
            }
            Whole::Digest => {
                self.explanation?.evaluation.digest.get(..16).map(|digest| vec![self.code(digest)])
            }
            Whole::Signer => text(&self.policy.roles.get(self.letter.signer?)?.label),
        }
    }

    /// What is said of the committee's decision.
    fn decided(&self, decided: Decided, form: Form) -> Option<Vec<Fragment>> {
        let request = self.request?;
        let decision = request.decision.as_ref()?;
        let words = |text: String| Some(vec![Fragment::words(text)]);
        match decided {
            Decided::Meeting => Some(vec![self.code(&decision.meeting)]),
            Decided::Date => words(self.writer.date(decision.date, form)),
            Decided::Minutes => Some(vec![self.code(&decision.minutes)]),
            Decided::Granted => {
                let quantity = self.policy.services.get(request.service)?.quantity.as_ref()?;
                words(self.writer.number(&quantity.ty, decision.granted?, form, &[]))
            }
            Decided::Rank => words(words::plain(decision.rank?, self.writer.lang, self.writer.digits())),
        }
    }

    /// What a placeholder says of the thing that a piece is repeated for.
    fn of_subject(&self, aspect: Aspect, form: Form, subject: Subject<'_>) -> Option<Vec<Fragment>> {
        let lang = self.writer.lang;
        let words = |text: String| Some(vec![Fragment::words(text)]);
        let explanation = self.explanation;
        match (aspect, subject) {
            (Aspect::Reason, Subject::Rule(_, ruling)) => {
                let mut fragments = explanation?.reason_in(ruling, self.writer).fragments;
                // The letter's own sentence goes on after the reason.
                if let Some(last) = fragments.last_mut() {
                    last.text.truncate(last.text.trim_end_matches(['.', ' ']).len());
                }
                Some(fragments)
            }
            (Aspect::Verdict, Subject::Rule(_, ruling)) => {
                words(explain::verdict(ruling.verdict).get(lang).to_owned())
            }
            (Aspect::Basis, Subject::Rule(rule, ruling)) => {
                words(explanation?.basis(rule, ruling).get(lang).to_owned())
            }
            (Aspect::Label, Subject::Retention(kept)) => words(kept.label.get(lang).to_owned()),
            (Aspect::Value, Subject::Retention(kept)) => {
                words(kept.keep.words(lang, Case::Genitive, self.writer.digits()))
            }
            (Aspect::Source, Subject::Retention(kept)) => {
                words(self.policy.events.get(kept.after)?.label.get(lang).to_owned())
            }
            (Aspect::Reason, Subject::Reason(reason)) => words(without_stop(reason.get(lang))),
            (Aspect::Label, Subject::Differing(fact, _)) => words(fact.label.get(lang).to_owned()),
            (Aspect::Value, Subject::Differing(fact, readings)) => {
                let mut fragments = Vec::new();
                for reading in readings {
                    if !fragments.is_empty() {
                        fragments.push(Fragment::words(" · "));
                    }
                    fragments.extend(self.writer.fact(fact, &reading.value));
                    let source = explanation?.source(reading.document, lang);
                    fragments.push(Fragment::words(format!(" ({source})")));
                }
                Some(fragments)
            }
            (Aspect::Rule, Subject::Rule(rule, _)) => Some(vec![self.code(&rule.id)]),
            (Aspect::Clause, Subject::Rule(rule, _)) => Some(vec![self.code(&rule.clause)]),
            (Aspect::Title, Subject::Rule(rule, _)) => words(rule.title.get(lang).to_owned()),
            (Aspect::Item, Subject::MissingPaper(index, document)) => {
                let state = explanation?.evaluation.papers.get(index).map(|paper| paper.state)?;
                let title = document.title.get(lang);
                words(if state == State::NotShown {
                    title.to_owned()
                } else {
                    format!("{title} ({})", state.text(self.writer.digits()).get(lang))
                })
            }
            (Aspect::Why, Subject::MissingPaper(_, document)) => words(without_stop(document.why.get(lang))),
            (Aspect::Accepted, Subject::MissingPaper(_, document)) => {
                let accepted = document.accepted.as_ref().unwrap_or(&document.title);
                words(without_stop(accepted.get(lang)))
            }
            (Aspect::Item, Subject::MissingFact(fact)) => {
                let label = fact.label.get(lang);
                words(match explanation?.missing_in_list(fact.slot, lang) {
                    Some(fields) => format!("{label}: {fields}"),
                    None => label.to_owned(),
                })
            }
            (Aspect::Why, Subject::MissingFact(fact)) => {
                let purpose = fact.purpose.as_ref().or(fact.ask.as_ref()).unwrap_or(&fact.label);
                words(without_stop(purpose.get(lang)))
            }
            (Aspect::Accepted, Subject::MissingFact(fact)) => {
                let papers = fact.shown_by.iter().filter_map(|index| self.policy.documents.get(*index));
                let titles: Vec<&str> = papers.map(|document| document.title.get(lang)).collect();
                let own = match lang {
                    Lang::Ar => "بيانكم",
                    Lang::En => "your own statement",
                };
                words(if titles.is_empty() { own.to_owned() } else { words::list(&titles, lang) })
            }
            (Aspect::Label, Subject::Fact(fact, ..)) => words(fact.label.get(lang).to_owned()),
            (Aspect::Value, Subject::Fact(fact, value, _)) => Some(self.writer.fact(fact, value)),
            (Aspect::Source, Subject::Fact(_, _, document)) => words(explanation?.source(document, lang)),
            (Aspect::Title, Subject::Paper(_, document, _)) => words(document.title.get(lang).to_owned()),
            (Aspect::State, Subject::Paper(index, ..)) => {
                let paper = explanation?.evaluation.papers.get(index)?;
                words(paper.state.text(self.writer.digits()).get(lang).to_owned())
            }
            (Aspect::Date, Subject::Paper(_, _, presented)) => {
                // A paper that bears no day was seen on the day of the request.
                let submitted = self.request?.submitted_at.date();
                let day = presented.issued.unwrap_or(submitted);
                words(self.writer.date(day, form))
            }
            (Aspect::Label, Subject::Factor(label, _)) => words(label.get(lang).to_owned()),
            (Aspect::Points, Subject::Factor(_, points)) => {
                words(words::plain(points, lang, self.writer.digits()))
            }
            _ => None,
        }
    }
}
