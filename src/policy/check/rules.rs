//! The rules, with their reasons.

use std::sync::Arc;

use super::super::file::{RuleFile, Sentence};
use super::super::message::{Context, REASON};
use super::super::{Rule, RuleKind, Wording, problems};
use super::Check;
use crate::expression::lower::Clock;
use crate::expression::program::Node;
use crate::expression::types::Type;
use crate::source::{Key, Place, Source};
use crate::value::Text;

/// What a reason may say besides named values.
const IN_REASON: Context<'static> = Context { specials: REASON, deadlines: &[] };

impl Check<'_> {
    /// Rules are kept in the order of their ids, so that moving one in the file cannot change an evaluation.
    pub(super) fn rules(&mut self) -> Vec<Rule> {
        let files = self.files;
        let mut sorted: Vec<(&Key, &RuleFile)> = files.rules.shape.rule.iter().collect();
        sorted.sort_by(|(one, _), (two, _)| one.name.cmp(&two.name));
        let rules: Vec<Option<Rule>> =
            sorted.iter().map(|(key, shape)| self.rule(key, shape, &sorted)).collect();
        self.citing = None;
        // A rule that could not be made would shift the numbers of the others; the policy is refused in that case.
        rules.into_iter().flatten().collect()
    }

    fn rule(&mut self, key: &Key, shape: &RuleFile, all: &[(&Key, &RuleFile)]) -> Option<Rule> {
        let source = &self.files.rules.source;
        let place = Place::new(source, key.range.clone());
        let clause = self.clause(source, &shape.clause);
        let interpretation = self.interpretation(source, shape.interpretation.as_ref());
        let title = self.sentence(source, &shape.title);
        let services = self.refer_services(source, shape.services.as_ref());
        let applicants = shape.applicants.as_ref().map(|applicants| {
            let files = self.files;
            let known: Vec<&str> = files
                .services
                .shape
                .service
                .iter()
                .map(|(_, service)| service.applicant.value.as_str())
                .collect();
            self.refer_all(source, applicants, &Text::new("نوع مقدِّم", "kind of applicant"), known);
            applicants.iter().map(|applicant| applicant.value.clone()).collect()
        });
        let condition = self.rule_condition(source, &place, shape);
        let unless = self.exemptions(source, shape, all);
        let met = self.reason(source, shape.met.as_ref());
        let not_met = self.reason(source, shape.not_met.as_ref());
        let unknown = self.reason(source, shape.unknown.as_ref());
        let not_applicable = self.reason(source, shape.not_applicable.as_ref());
        self.needed_reasons(&place, key, shape);
        let mut not_met_if = Vec::new();
        for wording in &shape.not_met_if {
            let when = self.condition(source, &wording.when, Some(&Type::Bool), Clock::Refused);
            let words = self.wording(source, &wording.ar, &wording.en, IN_REASON);
            if let (Some(when), Some(words)) = (when, words) {
                not_met_if.push((when, words));
            }
        }
        Some(Rule {
            id: key.name.clone(),
            kind: shape.kind,
            clause,
            source: shape.source,
            interpretation,
            title,
            applicants,
            services,
            condition: condition?,
            unless,
            met,
            not_met,
            not_met_if,
            unknown,
            not_applicable,
            place,
        })
    }

    fn rule_condition(&mut self, source: &Arc<Source>, place: &Place, shape: &RuleFile) -> Option<Node> {
        let (wanted, condition, other) = match shape.kind {
            RuleKind::Eligibility | RuleKind::Procedural => ("require", &shape.require, &shape.when),
            RuleKind::Exemption | RuleKind::Merge => ("when", &shape.when, &shape.require),
        };
        let Some(condition) = condition.as_ref().filter(|_| other.is_none()) else {
            self.push(problems::rule_shape(
                place.clone(),
                Text::new(
                    format!("هذا النوع من القواعد يُكتب بـ`{wanted}`"),
                    format!("a rule of this kind is written with `{wanted}`"),
                ),
                Text::new(
                    "`eligibility` و`procedural` بـ`require`؛ و`exemption` و`merge` بـ`when`",
                    "`eligibility` and `procedural` take `require`; `exemption` and `merge` take `when`",
                ),
            ));
            return None;
        };
        self.condition(source, condition, Some(&Type::Bool), Clock::Refused)
    }

    fn exemptions(
        &mut self,
        source: &Arc<Source>,
        shape: &RuleFile,
        all: &[(&Key, &RuleFile)],
    ) -> Vec<usize> {
        let mut unless = Vec::new();
        for id in &shape.unless {
            let kind = Text::new("قاعدة", "rule");
            let Some(found) = self.refer(source, id, &kind, all.iter().map(|(key, _)| key.name.as_str()))
            else {
                continue;
            };
            if all.get(found).is_some_and(|(_, rule)| rule.kind == RuleKind::Exemption) {
                unless.push(found);
            } else {
                self.push(problems::not_an_exemption(Place::new(source, id.range.clone()), &id.value));
            }
        }
        unless
    }

    fn reason(&mut self, source: &Arc<Source>, sentence: Option<&Sentence>) -> Option<Wording> {
        let sentence = sentence?;
        self.wording(source, &sentence.ar, &sentence.en, IN_REASON)
    }

    /// Every verdict that a rule can come to needs its reason: a letter without one cannot be made.
    fn needed_reasons(&mut self, place: &Place, key: &Key, shape: &RuleFile) {
        let needed: &[(&str, bool)] = match shape.kind {
            RuleKind::Eligibility | RuleKind::Procedural => &[
                ("met", shape.met.is_some()),
                ("not_met", shape.not_met.is_some() || can_only_wait(shape)),
                ("unknown", shape.unknown.is_some()),
            ],
            RuleKind::Exemption | RuleKind::Merge => &[("met", shape.met.is_some())],
        };
        for (which, present) in needed {
            if !present {
                self.push(problems::missing_wording(place.clone(), &key.name, which));
            }
        }
    }
}

/// `request.documents_complete` is true or unknown: there is no case for "not met".
fn can_only_wait(shape: &RuleFile) -> bool {
    shape.kind == RuleKind::Procedural
        && shape.require.as_ref().is_some_and(|require| require.value.trim() == "request.documents_complete")
}
