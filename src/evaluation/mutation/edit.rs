//! How a small change is made in a policy, and what it can touch.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Mutant;
use crate::calendar::Period;
use crate::expression::program::{Definition, Expr, Node, Slot, Table, Value};
use crate::policy::{After, Limit, Policy};
use crate::value::{Number, Span};

/// What a change can touch, so that only the examples that look there need be run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Named values.
    pub slots: BTreeSet<Slot>,
    /// Rules, by number.
    pub rules: BTreeSet<usize>,
    /// Papers, by number.
    pub documents: BTreeSet<usize>,
    /// Deadlines, by number.
    pub deadlines: BTreeSet<usize>,
}

/// Whose program is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Rule(usize),
    Named(Slot),
    Paper(usize, usize),
    Deadline(usize, usize),
}

#[derive(Debug, Clone)]
/// A change, by where it is made.
pub(super) enum Edit {
    Node { owner: Owner, path: Vec<usize>, expr: Expr },
    Table { before: Arc<Table>, after: Arc<Table> },
    Parameter { index: usize, entry: usize, value: Value },
    Exemption { rule: usize, at: usize },
    Required { document: usize, case: usize },
    Age { document: usize, period: Period },
    Expiry { document: usize },
    Deadline { deadline: usize, instead: Option<usize>, is_latest: bool, period: Period },
    Extension { deadline: usize, period: Period },
    Delivery { service: usize, period: Period },
    Interval { service: usize, span: Span },
    AtMost { most: Number },
}

impl Mutant {
    /// Makes the change in a policy.
    pub fn apply(&self, policy: &mut Policy) {
        match &self.edit {
            Edit::Node { owner, path, expr } => {
                if let Some(node) = program_mut(policy, *owner).and_then(|node| part_mut(node, path)) {
                    node.expr = expr.clone();
                }
            }
            Edit::Table { before, after } => {
                let slots: Vec<Slot> = policy.vocabulary.iter().map(|(slot, _)| slot).collect();
                for slot in slots {
                    let Some(named) = policy.vocabulary.get_mut(slot) else { continue };
                    if let Some(Definition::Output { table, .. }) = &mut named.definition
                        && table.id == before.id
                    {
                        *table = Arc::clone(after);
                    }
                }
            }
            Edit::Parameter { index, entry, value } => {
                let entries = policy.parameters.get_mut(*index).map(|parameter| &mut parameter.entries);
                if let Some((_, place)) = entries.and_then(|entries| entries.get_mut(*entry)) {
                    *place = value.clone();
                }
            }
            Edit::Exemption { rule, at } => {
                if let Some(rule) = policy.rules.get_mut(*rule)
                    && *at < rule.unless.len()
                {
                    rule.unless.remove(*at);
                }
            }
            Edit::Required { document, case } => {
                if let Some(document) = policy.documents.get_mut(*document)
                    && *case < document.required.len()
                {
                    document.required.remove(*case);
                }
            }
            Edit::Age { document, period } => {
                if let Some(document) = policy.documents.get_mut(*document) {
                    document.issued_within = Some(*period);
                }
            }
            Edit::Expiry { document } => {
                if let Some(document) = policy.documents.get_mut(*document) {
                    document.not_expired = false;
                }
            }
            Edit::Deadline { deadline, instead, is_latest, period } => {
                let Some(deadline) = policy.deadlines.get_mut(*deadline) else { return };
                let limits = match instead {
                    Some(at) => {
                        deadline.instead.get_mut(*at).map(|case| (&mut case.earliest, &mut case.latest))
                    }
                    None => Some((&mut deadline.earliest, &mut deadline.latest)),
                };
                let limit = limits.map(|(earliest, latest)| if *is_latest { latest } else { earliest });
                if let Some(Some(limit)) = limit {
                    limit.after = After::Period(*period);
                }
            }
            Edit::Extension { deadline, period } => {
                if let Some((by, _)) =
                    policy.deadlines.get_mut(*deadline).and_then(|deadline| deadline.extend.as_mut())
                {
                    *by = *period;
                }
            }
            Edit::Delivery { service, period } => {
                if let Some(service) = policy.services.get_mut(*service) {
                    service.delivery = Some(*period);
                }
            }
            Edit::Interval { service, span } => {
                if let Some(service) = policy.services.get_mut(*service) {
                    service.interval = Some(*span);
                }
            }
            Edit::AtMost { most } => {
                let Some(score) = &mut policy.score else { return };
                score.at_most = *most;
                let named = policy.vocabulary.get_mut(score.slot);
                if let Some(Definition::Sum { at_most, .. }) =
                    named.and_then(|named| named.definition.as_mut())
                {
                    *at_most = *most;
                }
            }
        }
    }

    /// What the change can touch.
    pub fn touched(&self, policy: &Policy) -> Touched {
        let mut touched = Touched::default();
        match &self.edit {
            Edit::Node { owner, .. } => match owner {
                Owner::Rule(rule) => {
                    touched.rules.insert(*rule);
                }
                Owner::Named(slot) => {
                    touched.slots.insert(*slot);
                }
                Owner::Paper(document, _) => {
                    touched.documents.insert(*document);
                }
                Owner::Deadline(deadline, _) => {
                    touched.deadlines.insert(*deadline);
                }
            },
            Edit::Table { before, .. } => {
                touched.slots.extend(outputs(policy, before));
            }
            Edit::Parameter { index, .. } => {
                touched.slots.extend(policy.parameters.get(*index).map(|parameter| parameter.slot));
            }
            Edit::Exemption { rule, .. } => {
                touched.rules.insert(*rule);
            }
            Edit::Required { document, .. } | Edit::Age { document, .. } | Edit::Expiry { document } => {
                touched.documents.insert(*document);
                touched.slots.extend(policy.documents.get(*document).map(|document| document.shown));
            }
            Edit::Deadline { deadline, .. } | Edit::Extension { deadline, .. } => {
                touched.deadlines.insert(*deadline);
            }
            Edit::Delivery { .. } => {
                let delivered = policy.deadlines.iter().enumerate().filter(|(_, deadline)| {
                    let is_delivery = |limit: &Option<Limit>| {
                        limit.is_some_and(|limit| matches!(limit.after, After::Delivery))
                    };
                    is_delivery(&deadline.earliest) || is_delivery(&deadline.latest)
                });
                touched.deadlines.extend(delivered.map(|(index, _)| index));
            }
            Edit::Interval { .. } => {
                touched.slots.insert(policy.builtin.interval);
            }
            Edit::AtMost { .. } => {
                touched.slots.extend(policy.score.as_ref().map(|score| score.slot));
            }
        }
        touched
    }
}

/// The named values that a table gives.
pub(super) fn outputs(policy: &Policy, of: &Table) -> Vec<Slot> {
    let named = policy.vocabulary.iter().filter(
        |(_, named)| matches!(&named.definition, Some(Definition::Output { table, .. }) if table.id == of.id),
    );
    named.map(|(slot, _)| slot).collect()
}

fn program_mut(policy: &mut Policy, owner: Owner) -> Option<&mut Node> {
    match owner {
        Owner::Rule(rule) => policy.rules.get_mut(rule).map(|rule| &mut rule.condition),
        Owner::Named(slot) => match &mut policy.vocabulary.get_mut(slot)?.definition {
            Some(Definition::Expression(node)) => Some(node),
            Some(Definition::Output { .. } | Definition::Sum { .. }) | None => None,
        },
        Owner::Paper(document, case) => {
            policy.documents.get_mut(document)?.required.get_mut(case)?.when.as_mut()
        }
        Owner::Deadline(deadline, case) => {
            policy.deadlines.get_mut(deadline)?.instead.get_mut(case).map(|case| &mut case.when)
        }
    }
}

fn part_mut<'n>(node: &'n mut Node, path: &[usize]) -> Option<&'n mut Node> {
    match path.split_first() {
        None => Some(node),
        Some((first, rest)) => part_mut(node.parts_mut().into_iter().nth(*first)?, rest),
    }
}
