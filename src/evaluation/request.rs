//! What somebody asks for, with everything that is known about it; who signed which facts.

mod course;
mod reader;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDateTime;

pub(crate) use self::reader::json_tree;
pub(super) use self::reader::tidied;
pub use self::reader::{from_node, read, read_details, read_json, tree};
pub use self::written::written;
use super::problems;
use crate::diag::Diagnostics;
use crate::expression::program::{Slot, Value};
pub use crate::policy::Outcome;
use crate::policy::{Fact, FactKind, FoundBy, Policy};
use crate::source::{Place, Source};
use crate::value::{Date, Number, Text};

/// What somebody asks for, and everything that is known about it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The policy that it names.
    pub policy: Option<String>,
    /// Its number.
    pub case_ref: Option<String>,
    /// What is asked for: the number of the service.
    pub service: usize,
    /// By what way it came: the number of the channel.
    pub channel: Option<usize>,
    /// When it was submitted, in local time.
    pub submitted_at: NaiveDateTime,
    /// What was said of each fact, and by what; more than one where sources differ or agree.
    pub readings: BTreeMap<Slot, Vec<Reading>>,
    /// The papers that were shown, by number.
    pub documents: BTreeMap<usize, Presented>,
    /// The signature under the declaration.
    pub declaration: Option<Declaration>,
    /// What happened, by the number of the event.
    pub events: BTreeMap<usize, NaiveDateTime>,
    /// What the committee decided.
    pub decision: Option<Decision>,
    /// What its letters say besides: their details.
    pub details: BTreeMap<Slot, Value>,
}

/// What one source says of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The value.
    pub value: Value,
    /// The paper that says so, by number; nothing where it was declared.
    pub document: Option<usize>,
}

/// A paper that was shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presented {
    /// The day it was issued.
    pub issued: Option<Date>,
    /// The last day on which it is valid.
    pub expires: Option<Date>,
    /// Was it matched with what was said?
    pub matched: bool,
}

/// How a declaration was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMode {
    /// By hand.
    Signature,
    /// On a screen.
    Stylus,
    /// By thumb, before a witness.
    Thumbprint,
}

/// The signature under a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The day.
    pub signed_on: Date,
    /// How.
    pub mode: SignatureMode,
    /// Before whom.
    pub witness: Option<String>,
    /// Which data were signed, as printed on the declaration.
    pub digest: Digest,
}

/// Which data were signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Digest {
    /// It was not written down.
    Unknown,
    /// These: the beginning of their digest.
    Of(String),
    /// Those of this very file: in worked examples only.
    Current,
}

/// How the declaration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Nobody signed it.
    Missing,
    /// It bears a thumbprint, and nobody witnessed it.
    NoWitness,
    /// Which data were signed was not written down.
    NoDigest,
    /// Other data were signed than those that are declared now.
    OtherData,
    /// What is declared is what was signed.
    Current,
}

/// What the committee decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub outcome: Outcome,
    /// The day.
    pub date: Date,
    /// The number of the meeting.
    pub meeting: String,
    /// The number of its minutes.
    pub minutes: String,
    /// How much of what was asked for, where it is a part.
    pub granted: Option<Number>,
    /// The place on the waiting list.
    pub rank: Option<Number>,
    /// The committee's own reasons.
    pub reasons: Vec<Text>,
}

/// May a declaration be taken as signed over whatever the file says?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A real request: the digest must be written down.
    Official,
    /// A real request that is judged by a revision which came into force after it was submitted.
    CarriedOver,
    /// A worked example: `digest = "current"` is understood.
    Example,
}

impl Request {
    /// How the declaration stands, where `digest` is that of the declared facts.
    pub fn signature(&self, digest: &str) -> Signature {
        let Some(declaration) = &self.declaration else { return Signature::Missing };
        if declaration.mode == SignatureMode::Thumbprint && declaration.witness.is_none() {
            return Signature::NoWitness;
        }
        match &declaration.digest {
            Digest::Unknown => Signature::NoDigest,
            Digest::Of(signed) if !digest.starts_with(signed.as_str()) => Signature::OtherData,
            Digest::Of(_) | Digest::Current => Signature::Current,
        }
    }

    /// Was it submitted on a day, or before?
    ///
    /// # Errors
    ///
    /// It was not: nothing can be said of a request on a day before it was submitted.
    pub fn is_submitted_by(
        &self,
        policy: &Policy,
        on: Date,
        source: &Arc<Source>,
    ) -> Result<(), Diagnostics> {
        let submitted_on = self.submitted_at.date();
        if on >= submitted_on {
            return Ok(());
        }
        let tree = tree(source).ok();
        let node = tree.as_ref().and_then(|node| node.get("submitted_at"));
        let place = node.map(|node| Place::new(source, node.range.clone()));
        Err(Diagnostics(vec![problems::evaluated_before_submission(place, on, submitted_on, policy.digits)]))
    }

    /// What was declared or shown first of a fact.
    pub fn value(&self, slot: Slot) -> Option<&Value> {
        self.readings.get(&slot).and_then(|readings| readings.first()).map(|reading| &reading.value)
    }

    /// The facts on which the sources disagree.
    pub fn differing(&self) -> impl Iterator<Item = Slot> {
        self.readings
            .iter()
            .filter(|(_, readings)| {
                readings
                    .iter()
                    .any(|reading| Some(&reading.value) != readings.first().map(|first| &first.value))
            })
            .map(|(slot, _)| *slot)
    }

    /// The digest of the declared facts: what the applicant signs. Any change of a declared fact changes it.
    pub fn digest(&self, policy: &Policy) -> String {
        use sha2::{Digest as _, Sha256};
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            // Each part carries its length, so that no two different requests give the same bytes.
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        };
        add("mizan declaration 1");
        add(&policy.id);
        add(policy.services.get(self.service).map_or("", |service| service.id.as_str()));
        // By their names: where a fact stands in its file must not void what was signed.
        let mut facts: Vec<&Fact> =
            policy.facts.iter().filter(|fact| fact.found_by == FoundBy::Applicant).collect();
        facts.sort_by(|one, other| one.id.cmp(&other.id));
        for fact in facts {
            let declared = self
                .readings
                .get(&fact.slot)
                .into_iter()
                .flatten()
                .find(|reading| reading.document.is_none());
            if let Some(reading) = declared {
                add(&fact.id);
                add(&canonical(&reading.value, &fact.kind));
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A value as one text that does not depend on how it was written.
fn canonical(value: &Value, kind: &FactKind) -> String {
    match (value, kind) {
        (Value::Bool(value), _) => value.to_string(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Date(date), _) => date.to_string(),
        (Value::Choice(index), FactKind::Choice(choices)) => choices.id(*index).to_owned(),
        (Value::Choice(index), _) => index.to_string(),
        (Value::Text(text), _) => text.to_string(),
        (Value::List(items), FactKind::List(fields)) => {
            let items = items.iter().map(|item| {
                let parts = item.iter().zip(fields).filter_map(|(value, field)| {
                    let value = canonical(value.as_ref()?, &field.kind);
                    Some(format!("{}:{}:{}:{value}", field.id.len(), field.id, value.len()))
                });
                let mut parts: Vec<String> = parts.collect();
                parts.sort_unstable();
                parts.concat()
            });
            items.map(|item| format!("{}:{item}", item.len())).collect()
        }
        (Value::List(_) | Value::Span(_) | Value::Set(_), _) => String::new(),
    }
}
