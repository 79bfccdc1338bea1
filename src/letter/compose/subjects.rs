//! What a piece of a letter is repeated for: rules, papers, facts, reasons, the things of a list.

use super::Clerk;
use crate::evaluation::request::{Presented, Reading};
use crate::evaluation::{Ruling, Verdict};
use crate::expression::program::{Slot, Value};
use crate::expression::types::{Record, Type};
use crate::policy::{Document, Each, Fact, FactKind, FoundBy, Retention, Rule, RuleKind};
use crate::value::{Number, Text};

/// What a piece is being written for.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    /// The letter as a whole.
    Whole,
    /// A rule, and what it came to.
    Rule(&'a Rule, &'a Ruling),
    /// A paper that is missing.
    MissingPaper(usize, &'a Document),
    /// A fact that is missing.
    MissingFact(&'a Fact),
    /// A fact, its value, and the paper that says so.
    Fact(&'a Fact, &'a Value, Option<usize>),
    /// A paper that was shown.
    Paper(usize, &'a Document, &'a Presented),
    /// A factor of the score.
    Factor(&'a Text, Number),
    /// A fact on which the sources differ, and what each says.
    Differing(&'a Fact, &'a [Reading]),
    /// A reason of the committee's own.
    Reason(&'a Text),
    /// Something that is kept.
    Retention(&'a Retention),
    /// A thing of a list among the letter's details.
    Thing(Thing<'a>),
}

/// A thing of a list.
#[derive(Clone, Copy)]
pub(super) struct Thing<'a> {
    /// The list.
    pub(super) slot: Slot,
    /// Its place in it, counted from one.
    pub(super) number: usize,
    /// What each thing has.
    pub(super) fields: &'a [Fact],
    /// Of which types.
    pub(super) record: &'a Record,
    /// What this one has.
    pub(super) item: &'a [Option<Value>],
}

impl<'a> Clerk<'a> {
    /// What a piece is repeated for.
    pub(super) fn subjects(&self, each: Each) -> Vec<Subject<'a>> {
        if let Each::Detail(slot) = each {
            return self.things(slot);
        }
        let policy = self.policy;
        if each == Each::Retention {
            return policy.privacy.retention.iter().map(Subject::Retention).collect();
        }
        let Some(explanation) = self.explanation else { return vec![] };
        let evaluation = explanation.evaluation;
        let rules = |verdict: Verdict, kinds: &'static [RuleKind]| {
            let rulings = explanation.rulings(verdict).filter(move |(rule, _)| kinds.contains(&rule.kind));
            rulings.map(|(rule, ruling)| Subject::Rule(rule, ruling)).collect()
        };
        match each {
            Each::Met => {
                rules(Verdict::Met, &[RuleKind::Eligibility, RuleKind::Procedural, RuleKind::Exemption])
            }
            Each::NotMet => rules(Verdict::NotMet, &[RuleKind::Eligibility]),
            Each::Missing => {
                let documents = evaluation.missing.documents.iter();
                let mut subjects: Vec<Subject<'a>> = documents
                    .filter_map(|index| {
                        policy.documents.get(*index).map(|document| Subject::MissingPaper(*index, document))
                    })
                    .collect();
                for fact in evaluation.missing.facts.iter().filter_map(|slot| policy.fact_at(*slot)) {
                    // The paper that is asked for shows the fact: to ask for both would be to ask twice.
                    let shown =
                        fact.shown_by.iter().any(|index| evaluation.missing.documents.contains(index));
                    // What a visit or the association's own records show is not asked of the person.
                    if !shown && fact.found_by == FoundBy::Applicant {
                        subjects.push(Subject::MissingFact(fact));
                    }
                }
                subjects
            }
            Each::Facts => {
                let declared = policy.facts.iter().filter(|fact| fact.found_by == FoundBy::Applicant);
                declared
                    .filter_map(|fact| {
                        let reading = explanation.request.readings.get(&fact.slot)?.first()?;
                        Some(Subject::Fact(fact, &reading.value, reading.document))
                    })
                    .collect()
            }
            Each::Documents | Each::Evidence => {
                let presented = explanation.request.documents.iter();
                presented
                    .filter(|(index, _)| {
                        each == Each::Documents
                            || evaluation.papers.get(**index).is_some_and(|paper| paper.state.is_valid())
                    })
                    .filter_map(|(index, presented)| {
                        Some(Subject::Paper(*index, policy.documents.get(*index)?, presented))
                    })
                    .collect()
            }
            Each::Rules => explanation.shown().map(|(rule, ruling)| Subject::Rule(rule, ruling)).collect(),
            Each::Differing => {
                let facts = evaluation.differing.iter().filter_map(|slot| policy.fact_at(*slot));
                facts
                    .filter_map(|fact| {
                        Some(Subject::Differing(fact, explanation.request.readings.get(&fact.slot)?))
                    })
                    .collect()
            }
            Each::Factors => {
                let (Some(score), Some(priority)) = (&policy.score, &evaluation.priority) else {
                    return vec![];
                };
                let factors = score.factors.iter().zip(&priority.factors);
                factors
                    .filter_map(|(factor, points)| {
                        points.map(|points| Subject::Factor(&factor.label, points))
                    })
                    .collect()
            }
            Each::Reasons => {
                let decision = explanation.request.decision.as_ref();
                decision.into_iter().flat_map(|decision| &decision.reasons).map(Subject::Reason).collect()
            }
            Each::Retention | Each::Detail(_) => vec![],
        }
    }

    /// The things of a list among the details.
    fn things(&self, slot: Slot) -> Vec<Subject<'a>> {
        let list = self.letter.details.iter().find(|detail| detail.slot == slot);
        let ty = self.policy.vocabulary.get(slot).map(|named| &named.ty);
        let (Some(FactKind::List(fields)), Some(Type::List(record)), Some(Value::List(items))) =
            (list.map(|list| &list.kind), ty, self.details.get(&slot))
        else {
            return vec![];
        };
        let number = 1..;
        items
            .iter()
            .zip(number)
            .map(|(item, number)| Subject::Thing(Thing { slot, number, fields, record, item }))
            .collect()
    }
}
