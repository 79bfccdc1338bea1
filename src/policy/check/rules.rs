//! The rules, with their reasons.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::file::{RuleFile, Sentence};
use super::super::message::{Context, REASON};
use super::super::{About, Rule, RuleKind, Wording, problems};
use super::Check;
use super::ids::Ids;
use crate::expression::lower::Clock;
use crate::expression::program::Node;
use crate::expression::types::Type;
use crate::source::de::At;
use crate::source::{Key, Place, Source};
use crate::value::Text;

/// What a reason may say besides named values.
const IN_REASON: Context<'static> =
    Context { specials: REASON, deadlines: &[], item: &[], about: About::Request };
/// What it may say where nothing is missing.
const WITHOUT_MISSING: Context<'static> =
    Context { specials: &[], deadlines: &[], item: &[], about: About::Request };

impl Check<'_> {
    /// Rules are kept in the order of their ids, so that moving one in the file cannot change an evaluation.
    pub(super) fn rules(&mut self) -> Vec<Rule> {
        let known = self.known;
        let rules: Vec<Option<Rule>> =
            known.rules_in_order.iter().map(|(key, shape)| self.rule(key, shape)).collect();
        self.citing = None;
        self.unused_exemptions();
        // A rule that could not be made would shift the numbers of the others; the policy is refused in that case.
        rules.into_iter().flatten().collect()
    }

    fn rule(&mut self, key: &Key, shape: &RuleFile) -> Option<Rule> {
        let source = &self.files.rules.source;
        let place = Place::new(source, key.range.clone());
        self.id(source, key);
        let clause = self.clause(source, &shape.clause);
        let interpretation = self.interpretation(source, shape.interpretation.as_ref());
        let justification = shape.justification.as_ref().map(|sentence| self.sentence(source, sentence));
        let title = self.sentence(source, &shape.title);
        let services = self.refer_services(source, shape.services.as_ref());
        let applicants = self.applicants(source, shape);
        if self.reach(shape).is_empty() && !self.known.services.in_order().is_empty() {
            self.never_applies(&place, shape);
        }
        let condition = self.rule_condition(source, (&place, key), shape);
        let unless = self.exemptions(source, shape);
        // What is still missing, or in dispute, belongs where a rule is not met or cannot be told.
        let met = self.reason(source, shape.met.as_ref(), WITHOUT_MISSING);
        let not_met = self.reason(source, shape.not_met.as_ref(), IN_REASON);
        let unknown = self.reason(source, shape.unknown.as_ref(), IN_REASON);
        let not_applicable = self.reason(source, shape.not_applicable.as_ref(), WITHOUT_MISSING);
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
            justification,
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

    fn applicants(&mut self, source: &Arc<Source>, shape: &RuleFile) -> Option<Vec<String>> {
        let applicants = shape.applicants.as_ref()?;
        if applicants.value.is_empty() {
            self.push(problems::concerns_nothing(Place::new(source, applicants.range.clone())));
        }
        let services = self.files.services.shape.service.iter();
        let known = Ids::of(services.map(|(_, service)| service.applicant.value.as_str()));
        self.refer_all(source, &applicants.value, &Text::new("نوع مقدِّم", "kind of applicant"), &known);
        Some(applicants.value.iter().map(|applicant| applicant.value.clone()).collect())
    }

    /// The services whose requests come under a rule: those that it names and that its applicants may ask for.
    fn reach(&self, shape: &RuleFile) -> BTreeSet<&str> {
        let names = |list: &At<Vec<At<String>>>, id: &str| list.value.iter().any(|named| named.value == id);
        let services = self.files.services.shape.service.iter();
        let reached = services.filter(|(key, service)| {
            shape.services.as_ref().is_none_or(|list| names(list, &key.name))
                && shape.applicants.as_ref().is_none_or(|list| names(list, &service.applicant.value))
        });
        reached.map(|(key, _)| key.name.as_str()).collect()
    }

    /// Each list alone is right; together they leave nobody.
    fn never_applies(&mut self, place: &Place, shape: &RuleFile) {
        let (Some(services), Some(applicants)) = (&shape.services, &shape.applicants) else { return };
        let files = self.files;
        let known = services.value.iter().all(|id| self.known.services.find(&id.value).is_some())
            && applicants.value.iter().all(|id| {
                files.services.shape.service.iter().any(|(_, service)| service.applicant.value == id.value)
            });
        if known && !services.value.is_empty() && !applicants.value.is_empty() {
            let source = &files.rules.source;
            let services = Place::new(source, services.range.clone());
            let applicants = Place::new(source, applicants.range.clone());
            self.push(problems::never_applies(services, applicants, place.clone()));
        }
    }

    /// An exemption that no rule names exempts from nothing.
    fn unused_exemptions(&mut self) {
        let known = self.known;
        let named: BTreeSet<&str> = known
            .rules_in_order
            .iter()
            .flat_map(|(_, rule)| rule.unless.iter().map(|id| id.value.as_str()))
            .collect();
        for (key, rule) in &known.rules_in_order {
            if rule.kind == RuleKind::Exemption && !named.contains(key.name.as_str()) {
                let place = Place::new(&self.files.rules.source, key.range.clone());
                self.push(problems::unused_exemption(place, &key.name));
            }
        }
    }

    fn rule_condition(
        &mut self,
        source: &Arc<Source>,
        (place, key): (&Place, &Key),
        shape: &RuleFile,
    ) -> Option<Node> {
        let (wanted, condition, other) = match shape.kind {
            RuleKind::Eligibility | RuleKind::Procedural => ("require", &shape.require, &shape.when),
            RuleKind::Exemption | RuleKind::Merge => ("when", &shape.when, &shape.require),
        };
        if (condition.is_none() && !self.is_lost(key)) || other.is_some() {
            let place = other.as_ref().map_or(place.clone(), |other| Place::new(source, other.range.clone()));
            self.push(problems::rule_shape(
                place,
                Text::new(
                    format!("هذا النوع من القواعد يُكتب بـ`{wanted}`"),
                    format!("a rule of this kind is written with `{wanted}`"),
                ),
                Text::new(
                    "`eligibility` و`procedural` بـ`require`؛ و`exemption` و`merge` بـ`when`",
                    "`eligibility` and `procedural` take `require`; `exemption` and `merge` take `when`",
                ),
            ));
        }
        // What stands under the wrong key is still read, so that its own problems are told too.
        let condition = condition.as_ref().or(other.as_ref())?;
        self.condition(source, condition, Some(&Type::Bool), Clock::Refused)
    }

    /// Was a part of the rule lost? Then what is missing may stand there under a misspelt key.
    fn is_lost(&self, key: &Key) -> bool {
        let files = self.files;
        let Some(lost) = files.lost.places.get(&files.rules.source.name) else { return false };
        let starts = files.rules.shape.rule.iter().map(|(key, _)| key.range.start);
        let end = starts.filter(|start| *start > key.range.start).min().unwrap_or(usize::MAX);
        lost.iter().any(|place| (key.range.start..end).contains(place))
    }

    fn exemptions(&mut self, source: &Arc<Source>, shape: &RuleFile) -> Vec<usize> {
        let known = self.known;
        if let (RuleKind::Exemption | RuleKind::Merge, Some(first)) = (shape.kind, shape.unless.first()) {
            self.push(problems::rule_shape(
                Place::new(source, first.range.clone()),
                Text::new("هذا النوع من القواعد لا يُستثنى منه", "a rule of this kind is not set aside"),
                Text::new(
                    "`unless` لقواعد `eligibility` و`procedural` وحدها",
                    "only `eligibility` and `procedural` rules take `unless`",
                ),
            ));
        }
        let mut unless = Vec::new();
        for id in &shape.unless {
            let kind = Text::new("قاعدة", "rule");
            let Some(found) = self.refer(source, id, &kind, &known.rules) else { continue };
            let Some((_, exemption)) = known.rules_in_order.get(found) else { continue };
            let place = Place::new(source, id.range.clone());
            if exemption.kind != RuleKind::Exemption {
                self.push(problems::not_an_exemption(place, &id.value));
                continue;
            }
            let (own, theirs) = (self.reach(shape), self.reach(exemption));
            if !own.is_empty() && !theirs.is_empty() && own.is_disjoint(&theirs) {
                self.push(problems::exemption_elsewhere(place, &id.value));
            }
            if !unless.contains(&found) {
                unless.push(found);
            }
        }
        unless
    }

    fn reason(
        &mut self,
        source: &Arc<Source>,
        sentence: Option<&Sentence>,
        context: Context<'_>,
    ) -> Option<Wording> {
        let sentence = sentence?;
        self.wording(source, &sentence.ar, &sentence.en, context)
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
            if !present && !self.is_lost(key) {
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
