//! What data are asked for, who sees them, how long they are kept; why the revision differs from the one before.

use std::collections::BTreeMap;

use super::super::file::Measure;
use super::super::{Event, Fact, FactKind, Invariant, Privacy, PrivacyRules, Reasons, Retention, Role};
use super::ids::Ids;
use super::{Check, event_kind, role_kind};
use crate::source::Place;
use crate::value::Text;

/// How private a fact can be, as `privacy.toml` and `facts.toml` write it.
const KINDS: [(&str, Privacy); 3] =
    [("public", Privacy::Public), ("personal", Privacy::Personal), ("sensitive", Privacy::Sensitive)];

impl Check<'_> {
    pub(super) fn invariants(&mut self, facts: &[Fact], has_score: bool) -> Vec<Invariant> {
        let files = self.files;
        let source = &files.invariants.source;
        let has_order = |fact: &&Fact| matches!(fact.kind, FactKind::Number { .. } | FactKind::Date);
        let facts: Vec<&Fact> = facts.iter().filter(has_order).collect();
        let known = Ids::of(facts.iter().map(|fact| fact.id.as_str()));
        let mut invariants = Vec::new();
        for (key, entry) in files.invariants.shape.invariant.iter() {
            self.id(source, key);
            let says = self.sentence(source, &entry.says);
            let kind = Text::new("بيان من الأعداد أو الأيام", "fact that is a number or a day");
            let of = self.refer(source, &entry.of, &kind, &known).and_then(|of| facts.get(of));
            let mut never_worse = entry.never_worse.clone();
            // Without a score nothing of it can be worse.
            never_worse.retain(|measure| has_score || *measure != Measure::Score);
            if let Some(of) = of {
                invariants.push(Invariant {
                    id: key.name.clone(),
                    says,
                    when: entry.when,
                    of: of.slot,
                    never_worse,
                    place: Place::new(source, key.range.clone()),
                });
            }
        }
        invariants
    }

    pub(super) fn reasons(&mut self) -> Reasons {
        let files = self.files;
        let source = &files.changes.source;
        let shape = &files.changes.shape;
        let revision = shape.revision.as_ref().map(|sentence| self.sentence(source, sentence));
        let each =
            shape.why.iter().map(|(key, sentence)| (key.name.clone(), self.sentence(source, sentence)));
        Reasons { revision, each: each.collect() }
    }

    pub(super) fn privacy(&mut self, events: &[Event], roles: &[Role]) -> PrivacyRules {
        let files = self.files;
        let source = &files.privacy.source;
        let shape = &files.privacy.shape;
        let purpose = shape.purpose.as_ref().map(|purpose| self.sentence(source, purpose));
        let roles = Ids::of(roles.iter().map(|role| role.id.as_str()));
        let events = Ids::of(events.iter().map(|event| event.id.as_str()));
        let kinds = Ids::of(KINDS.iter().map(|(name, _)| *name));
        let mut access = BTreeMap::new();
        for (key, entry) in shape.access.iter() {
            let kind =
                self.refer(source, &super::key_at(key), &Text::new("درجة خصوصية", "kind of privacy"), &kinds);
            let may_see = self.refer_all(source, &entry.roles, &role_kind(), &roles);
            if let Some((_, kind)) = kind.and_then(|kind| KINDS.get(kind)) {
                access.insert(*kind, may_see);
            }
        }
        let mut retention = Vec::new();
        for (key, entry) in shape.retention.iter() {
            self.id(source, key);
            let label = self.sentence(source, &entry.label);
            let interpretation = self.interpretation(source, entry.interpretation.as_ref());
            let keep = self.calendar_period(source, &entry.keep);
            let after = self.refer(source, &entry.after, &event_kind(), &events);
            if let (Some(keep), Some(after)) = (keep, after) {
                retention.push(Retention {
                    id: key.name.clone(),
                    label,
                    keep,
                    after,
                    source: entry.source,
                    interpretation,
                });
            }
        }
        PrivacyRules { purpose, access, retention }
    }
}
