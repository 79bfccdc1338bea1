//! What happened to a request after it was submitted: its signature, its events, the committee's decision, and what its letters say besides.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::reader::{Reader, is_absent, is_blank, is_digest, read_number, written};
use super::{Decision, Declaration, Digest, Purpose, SignatureMode, problems};
use crate::expression::program::{Slot, Value};
use crate::policy::{About, Outcome, Service};
use crate::source::{self, Node};
use crate::value::{Number, Text};

impl Reader<'_> {
    pub(super) fn declaration(&mut self, node: &Node) -> Option<Declaration> {
        let (mut signed_on, mut mode, mut witness, mut digest) =
            (None, SignatureMode::Signature, None, Digest::Unknown);
        for (key, node) in self.table(node) {
            if is_blank(node) {
                continue;
            }
            match key.name.as_str() {
                "signed_on" => signed_on = self.date(node),
                "witness" => witness = self.text(node),
                "mode" => match self.text(node).as_deref() {
                    Some("signature") => mode = SignatureMode::Signature,
                    Some("stylus") => mode = SignatureMode::Stylus,
                    Some("thumbprint") => mode = SignatureMode::Thumbprint,
                    Some(other) => {
                        let known = ["signature", "stylus", "thumbprint"];
                        self.push(problems::unknown_word(self.place(&node.range), other, &known));
                    }
                    None => {}
                },
                "digest" => match self.text(node) {
                    Some(text) if text == "current" && self.purpose == Purpose::Example => {
                        digest = Digest::Current;
                    }
                    Some(text) if is_digest(&text) => digest = Digest::Of(text.to_lowercase()),
                    Some(text) => self.push(problems::bad_digest(self.place(&node.range), &text)),
                    None => {}
                },
                other => {
                    let known = vec!["signed_on", "mode", "witness", "digest"];
                    self.push(problems::unknown_fact(self.place(&key.range), other, known));
                }
            }
        }
        if is_absent(node, "signed_on") {
            let what = Text::new("يوم التوقيع", "the day of the signature");
            self.push(problems::missing(self.place(&node.range), "signed_on", &what));
        }
        Some(Declaration { signed_on: signed_on?, mode, witness, digest })
    }

    pub(super) fn events(
        &mut self,
        node: &Node,
        submitted_at: Option<NaiveDateTime>,
    ) -> BTreeMap<usize, NaiveDateTime> {
        let policy = self.policy;
        let mut events = BTreeMap::new();
        for (key, node) in self.table(node) {
            let Some(index) = policy.events.iter().position(|event| event.id == key.name) else {
                let known = policy.events.iter().map(|event| event.id.as_str()).collect();
                self.push(problems::unknown_event(self.place(&key.range), &key.name, known));
                continue;
            };
            if is_blank(node) {
                continue;
            }
            if let Some(moment) = self.moment(node) {
                // What concerns the policy itself, such as its approval, may lie before the request.
                let of_request = submitted_at.is_some_and(|submitted| submitted.date() > moment.date());
                if of_request && key.name == "received" {
                    self.push(problems::before_submission(
                        self.place(&node.range),
                        moment.date(),
                        self.policy.digits,
                    ));
                }
                events.insert(index, moment);
            }
        }
        events
    }

    pub(super) fn decision(
        &mut self,
        node: &Node,
        service: Option<usize>,
        submitted_at: Option<NaiveDateTime>,
    ) -> Option<Decision> {
        let known = ["outcome", "date", "meeting", "minutes", "granted", "rank", "reasons"];
        let get = |name: &str| node.get(name).filter(|node| !is_blank(node));
        for (key, _) in self.table(node) {
            if !known.contains(&key.name.as_str()) {
                self.push(problems::unknown_fact(self.place(&key.range), &key.name, known.to_vec()));
            }
        }
        let outcome = get("outcome").and_then(|node| {
            let text = self.text(node)?;
            let found = Outcome::ALL.into_iter().find(|outcome| outcome.name() == text);
            if found.is_none() {
                let known = Outcome::ALL.map(Outcome::name);
                self.push(problems::unknown_word(self.place(&node.range), &text, &known));
            }
            found
        });
        let date = get("date").and_then(|node| self.date(node).map(|date| (node, date)));
        if let (Some((node, date)), Some(submitted)) = (date, submitted_at)
            && date < submitted.date()
        {
            self.push(problems::before_submission(self.place(&node.range), date, self.policy.digits));
        }
        let meeting = get("meeting").and_then(|node| self.text(node));
        let minutes = get("minutes").and_then(|node| self.text(node));
        let granted = get("granted").and_then(|node| self.granted(node, service, outcome));
        let rank = get("rank").and_then(|node| {
            self.only_with(node, "rank", outcome, Outcome::Waiting);
            let rank = self.amount(node, 1).filter(|rank| rank.is_whole() && *rank > Number::ZERO);
            if rank.is_none() {
                let wanted = Text::new("ترتيبٌ يبدأ من 1", "a place that is counted from 1");
                self.push(problems::wrong_fact(self.place(&node.range), &wanted, &written(node)));
            }
            rank
        });
        let reasons = get("reasons").map(|node| self.reasons(node)).unwrap_or_default();
        let mut needed = vec!["outcome", "date", "meeting", "minutes"];
        // What the evaluation cannot explain, the committee does.
        if matches!(outcome, Some(Outcome::Partial | Outcome::Deferred | Outcome::Elsewhere)) {
            needed.push("reasons");
        }
        let is_empty = |name: &str| {
            let list = node.get(name).map(|node| &node.value);
            matches!(list, Some(source::Value::Array(items)) if items.is_empty())
        };
        let absent: Vec<&str> =
            needed.into_iter().filter(|name| is_absent(node, name) || is_empty(name)).collect();
        if !absent.is_empty() {
            // A notice of a decision rests on the minutes of the committee: without them there is no decision.
            self.push(problems::decision_incomplete(self.place(&node.range), &absent));
        }
        let (_, date) = date?;
        Some(Decision {
            outcome: outcome?,
            date,
            meeting: meeting?,
            minutes: minutes?,
            granted,
            rank,
            reasons,
        })
    }

    /// A key that one outcome alone has.
    fn only_with(&mut self, node: &Node, key: &str, outcome: Option<Outcome>, wanted: Outcome) {
        if let Some(outcome) = outcome.filter(|outcome| *outcome != wanted) {
            self.push(problems::not_of_outcome(self.place(&node.range), key, outcome, wanted));
        }
    }

    fn amount(&self, node: &Node, scale: i64) -> Option<Number> {
        match &node.value {
            source::Value::Number(text) | source::Value::String(text) => {
                read_number(text)?.times(Number::from(scale))
            }
            source::Value::Null
            | source::Value::Bool(_)
            | source::Value::Date(_)
            | source::Value::Array(_)
            | source::Value::Table(_) => None,
        }
    }

    /// How much was granted, in the unit of the service.
    fn granted(&mut self, node: &Node, service: Option<usize>, outcome: Option<Outcome>) -> Option<Number> {
        self.only_with(node, "granted", outcome, Outcome::Partial);
        let service: &Service = self.policy.services.get(service?)?;
        let Some(quantity) = &service.quantity else {
            self.push(problems::no_quantity(self.place(&node.range), &service.title));
            return None;
        };
        let is_money = quantity.ty.quantity().is_some_and(|quantity| quantity.unit.money_power() != 0);
        let granted = self.amount(node, if is_money { 100 } else { 1 });
        let granted = granted.filter(|granted| *granted > Number::ZERO && (!is_money || granted.is_whole()));
        if granted.is_none() {
            let wanted = Text::new("المقدار الذي قُبل", "the quantity that was granted");
            self.push(problems::wrong_fact(self.place(&node.range), &wanted, &written(node)));
        }
        granted
    }

    /// The committee's reasons: each one sentence, or one in each language.
    fn reasons(&mut self, node: &Node) -> Vec<Text> {
        let source::Value::Array(items) = &node.value else {
            let wanted = Text::new("قائمة من الأسباب", "a list of reasons");
            self.push(problems::wrong_fact(self.place(&node.range), &wanted, &written(node)));
            return vec![];
        };
        let reasons = items.iter().filter_map(|item| match &item.value {
            source::Value::Table(entries) => {
                for (key, _) in entries.iter().filter(|(key, _)| !matches!(key.name.as_str(), "ar" | "en")) {
                    let known = vec!["ar", "en"];
                    self.push(problems::unknown_fact(self.place(&key.range), &key.name, known));
                }
                let absent: Vec<&str> =
                    ["ar", "en"].into_iter().filter(|name| is_absent(item, name)).collect();
                if !absent.is_empty() {
                    let what = Text::new("السبب بهذه اللغة", "the reason in this language");
                    self.push(problems::missing(self.place(&item.range), absent.first()?, &what));
                }
                Some(Text::new(self.text(item.get("ar")?)?, self.text(item.get("en")?)?))
            }
            source::Value::Null
            | source::Value::Bool(_)
            | source::Value::Number(_)
            | source::Value::Date(_)
            | source::Value::String(_)
            | source::Value::Array(_) => {
                let text = self.text(item)?;
                if text.is_empty() {
                    let wanted = Text::new("سبب", "a reason");
                    self.push(problems::wrong_fact(self.place(&item.range), &wanted, ""));
                }
                Some(Text::same(text))
            }
        });
        reasons.collect()
    }

    /// The letters' own data, by letter; only of letters about a request, or only of the others.
    pub(super) fn letters(&mut self, node: &Node, about: About) -> BTreeMap<Slot, Value> {
        let policy = self.policy;
        let mut details = BTreeMap::new();
        for (key, node) in self.table(node) {
            let Some(letter) = policy.letter(&key.name) else {
                let of_kind = policy.letters.iter().filter(|letter| letter.about == about);
                let known = of_kind.map(|letter| letter.id.as_str()).collect();
                self.push(problems::unknown_letter(self.place(&key.range), &key.name, known));
                continue;
            };
            if letter.about != about {
                self.push(problems::letter_elsewhere(self.place(&key.range), letter));
                continue;
            }
            if is_blank(node) {
                continue;
            }
            for (key, node) in self.table(node) {
                let Some(detail) = letter.details.iter().find(|detail| detail.id == key.name) else {
                    self.push(problems::unknown_detail(self.place(&key.range), &key.name, letter));
                    continue;
                };
                if let Some(value) = self.fact(detail, node) {
                    details.insert(detail.slot, value);
                }
            }
        }
        details
    }
}
