//! What becomes of the requests that are open when a revision comes into force, by each way of carrying them over.
//!
//! Here requests are judged as they will be: under the revision of their submission by the numbers of that day, or carried over to the
//! new one. So a board can choose its `transition` knowing whom each would touch.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Known, judged};
use crate::evaluation::Conclusion;
use crate::evaluation::plan::{Plan, lines};
use crate::policy::{Policy, Transition};
use crate::revision::statement::transition_name;
use crate::value::{Date, Text};

/// So many requests that come out otherwise are listed.
const MOST_LISTED: usize = 500;

/// The three ways, in the order of how far they reach.
const WAYS: [Transition; 3] = [Transition::Pin, Transition::Favourable, Transition::Immediate];

/// How good an outcome is for the person.
pub fn favour(conclusion: Conclusion) -> u8 {
    match conclusion {
        Conclusion::Met => 3,
        Conclusion::Incomplete | Conclusion::Verify | Conclusion::Merged => 2,
        Conclusion::NotMet => 1,
        Conclusion::Referred => 0,
    }
}

/// The requests that are open when the new revision comes into force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "OpenRequests")]
pub struct Open {
    /// How many there are: submitted while the old revision governs, and without a decision.
    pub requests: u64,
    /// What each way of carrying them over does.
    pub ways: Vec<Way>,
    /// Those that come out otherwise under the new revision, the first of them.
    pub each: Vec<OpenRequest>,
    /// How many more there are of those.
    pub more: u64,
}

/// What one way of carrying requests over does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Way {
    /// `pin`, `favourable` or `immediate`.
    pub transition: String,
    /// What people call it.
    pub text: Text,
    /// Is it the one that the new revision says?
    pub chosen: bool,
    /// How many come out as they would under the old revision.
    pub same: u64,
    /// How many come out better for the person.
    pub better: u64,
    /// How many come out worse.
    pub worse: u64,
    /// How many could not be read under the new revision, and would have to be completed first.
    pub unread: u64,
}

/// A request that comes out otherwise under the new revision, by its number alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OpenRequest {
    /// Its file, or the number of its line.
    pub place: String,
    /// Its number, where it has one.
    pub case_ref: Option<String>,
    /// The service.
    pub service: Text,
    /// Its result where it is pinned to the old revision.
    pub pin: Conclusion,
    /// Its result under whichever revision is better for the person.
    pub favourable: Conclusion,
    /// Its result under the new revision at once; nothing where it cannot be read under it.
    pub immediate: Option<Conclusion>,
}

/// What was counted of open requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    requests: u64,
    better: u64,
    worse: u64,
    unread: u64,
    /// How many come out otherwise; of these the first are kept.
    otherwise: u64,
    each: Vec<OpenRequest>,
}

/// The two revisions as they are written, by which open requests are judged.
#[derive(Debug)]
pub(super) struct Judges<'p> {
    before: Plan<'p>,
    after: Plan<'p>,
}

/// What one core needs again and again.
pub(super) struct Desk<'p> {
    before: lines::Lines<'p>,
    after: lines::Lines<'p>,
}

impl<'p> Judges<'p> {
    pub(super) fn new(before: &'p Policy, after: &'p Policy) -> Judges<'p> {
        Judges { before: Plan::new(before), after: Plan::new(after) }
    }

    pub(super) fn desk(&'p self) -> Desk<'p> {
        Desk { before: lines::Lines::new(&self.before), after: lines::Lines::new(&self.after) }
    }

    /// The days on which a request that is open was submitted, and the first on which it is judged otherwise.
    fn span(&self) -> std::ops::Range<Date> {
        self.before.policy().in_force_from..self.after.policy().in_force_from
    }
}

impl Counted {
    /// Judges a request each way, if it is open.
    pub(super) fn add<'p>(&mut self, judges: &'p Judges<'p>, desk: &mut Desk<'p>, known: &Known) {
        let Ok(before) = &known.before else { return };
        let days = judges.span();
        if before.decision.is_some() || !days.contains(&before.submitted_at.date()) {
            return;
        }
        self.requests += 1;
        let on = Some(days.end);
        let pin = judged(&judges.before, &mut desk.before, before, on).result;
        let after = known.after.as_ref().ok();
        let immediate = after.map(|after| judged(&judges.after, &mut desk.after, after, on).result);
        let better = immediate.is_some_and(|now| favour(now) > favour(pin));
        self.better += u64::from(better);
        self.worse += u64::from(immediate.is_some_and(|now| favour(now) < favour(pin)));
        self.unread += u64::from(immediate.is_none());
        if immediate != Some(pin) {
            self.otherwise += 1;
            let service = judges.before.policy().services.get(before.service);
            self.each.push(OpenRequest {
                place: known.place.clone(),
                case_ref: before.case_ref.clone(),
                service: service.map(|service| service.title.clone()).unwrap_or_default(),
                pin,
                favourable: immediate.filter(|_| better).unwrap_or(pin),
                immediate,
            });
        }
    }

    /// Adds what another core counted of later requests.
    pub(super) fn merge(&mut self, other: Counted) {
        self.requests += other.requests;
        self.better += other.better;
        self.worse += other.worse;
        self.unread += other.unread;
        self.otherwise += other.otherwise;
        self.each.extend(other.each);
        self.each.truncate(MOST_LISTED);
    }

    pub(super) fn open(self, after: &Policy) -> Open {
        let more = self.otherwise - self.each.len() as u64;
        let ways = WAYS.map(|transition| {
            let (better, worse, unread) = match transition {
                Transition::Pin => (0, 0, 0),
                Transition::Favourable => (self.better, 0, 0),
                Transition::Immediate => (self.better, self.worse, self.unread),
            };
            Way {
                transition: transition_name(transition).to_owned(),
                text: text_of(transition),
                chosen: transition == after.transition,
                same: self.requests - better - worse - unread,
                better,
                worse,
                unread,
            }
        });
        Open { requests: self.requests, ways: ways.to_vec(), each: self.each, more }
    }
}

/// What people call a way of carrying requests over.
fn text_of(transition: Transition) -> Text {
    match transition {
        Transition::Pin => Text::new("تُكمَل وفق نسختها", "they keep the revision of their submission"),
        Transition::Favourable => {
            Text::new("الأصلح لصاحبها من النسختين", "whichever is better for the person")
        }
        Transition::Immediate => Text::new("تُطبَّق عليها النسخة الجديدة", "the new revision applies to them"),
    }
}
