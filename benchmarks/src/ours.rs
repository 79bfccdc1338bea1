//! mizan: the policy of `water/1`, by its plan and by its exact evaluation.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use mizan::evaluation::plan::{Day, Plan, Record, Row, Scratch};
use mizan::evaluation::request::{self, Request};
use mizan::evaluation::{Conclusion, Evaluation, Verdict, evaluate, explain::Explanation};
use mizan::policy::{self, Policy, PolicyFile};
use mizan::source::Source;
use mizan::value::{Date, Lang};

use crate::engine::{Engine, steadily};
use crate::requests::{Outcome, R11, Result, result};

pub fn folder() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/water/1").to_owned()
}

pub fn files() -> Vec<PolicyFile> {
    mizan::workspace::read_revision(Path::new(&folder())).expect("the policy's folder")
}

pub fn check(files: &[PolicyFile]) -> Policy {
    match policy::check(&folder(), files) {
        Ok((policy, _)) => policy,
        Err(problems) => {
            for problem in &problems.0 {
                eprintln!(
                    "{} {:?}",
                    problem.message.en,
                    problem.place.as_ref().map(|(place, _)| &place.range)
                );
            }
            std::process::exit(1)
        }
    }
}

pub fn read(policy: &Policy, line: &str) -> Request {
    let source: Arc<Source> = Source::new("line", line);
    request::read(policy, &source).expect("a request in order")
}

/// The places of R01 to R12 among the policy's rules; the bit of each failed rule follows.
pub struct Order(Vec<Option<u16>>);

impl Order {
    pub fn new(policy: &Policy) -> Order {
        Order(
            policy
                .rules
                .iter()
                .map(|rule| rule.id.strip_prefix('R')?.parse::<u16>().ok().map(|number| number - 1))
                .collect(),
        )
    }

    pub fn outcome(&self, record: &Record, received: Date) -> Outcome {
        let mut failed = 0;
        for (verdict, bit) in record.verdicts.iter().zip(&self.0) {
            if let (Verdict::NotMet, Some(bit)) = (verdict, bit) {
                failed |= 1 << bit;
            }
        }
        // R11 waits rather than fails: what is missing can still be brought.
        let waits = record
            .verdicts
            .iter()
            .zip(&self.0)
            .any(|(verdict, bit)| *bit == Some(10) && *verdict == Verdict::Unknown);
        if waits {
            failed |= R11;
        }
        let standing = record.standing.expect("a score");
        let tier = standing.tier.map_or(0, |tier| tier as u8 + 1);
        let latest = record.terms.first().map(|term| term.latest);
        let reply_in = match latest {
            Some(Day::On(day)) => (day - received).num_days(),
            _ => -1,
        };
        let ours = match record.result {
            Conclusion::Met => Result::Eligible,
            Conclusion::Incomplete => Result::Incomplete,
            Conclusion::NotMet if result(failed, tier) == Result::Refer => Result::Refer,
            _ => Result::Ineligible,
        };
        Outcome { failed, missing: record.missing as u8, score: standing.score, tier, result: ours, reply_in }
    }
}

/// Everything for evaluating rows.
pub struct Planned<'p> {
    pub plan: &'p Plan<'p>,
    pub rows: Vec<Row>,
    pub scratch: Scratch,
}

impl<'p> Planned<'p> {
    pub fn new(plan: &'p Plan<'p>, requests: &[Request]) -> Planned<'p> {
        let mut scratch = plan.scratch();
        let rows = requests.iter().map(|request| {
            let mut row = plan.row();
            plan.load(&mut row, &mut scratch, request, request.submitted_at.date());
            assert!(row.exact().is_none(), "{:?}", row.exact());
            row
        });
        let rows = rows.collect();
        Planned { plan, rows, scratch }
    }

    #[inline]
    pub fn judge(&mut self, row: usize) -> &Record {
        self.plan.evaluate(&self.rows[row], &mut self.scratch).expect("a planned request")
    }
}

pub fn full(policy: &Policy, request: &Request) -> (Evaluation, usize) {
    let evaluation = evaluate(policy, request, request.submitted_at.date());
    let explanation = Explanation::new(policy, request, &evaluation);
    let length = explanation.text(Lang::Ar).len() + explanation.tree(Lang::Ar).len();
    drop(explanation);
    (evaluation, length)
}

/// The plan: verdicts with what each read, and when the reply is due.
pub struct ByPlan<'p> {
    planned: Planned<'p>,
    order: Order,
    received: Vec<Date>,
}

impl<'p> ByPlan<'p> {
    pub fn new(policy: &Policy, plan: &'p Plan<'p>, requests: &[Request], received: Vec<Date>) -> ByPlan<'p> {
        ByPlan { planned: Planned::new(plan, requests), order: Order::new(policy), received }
    }
}

impl Engine for ByPlan<'_> {
    fn outcome(&mut self, index: usize) -> Outcome {
        self.order.outcome(self.planned.judge(index), self.received[index])
    }

    fn time(&mut self, count: usize) -> f64 {
        steadily(count, |index| {
            black_box(self.planned.judge(black_box(index)));
        })
    }
}

/// The exact evaluation with its explanation: what an officer reads and the whole tree, in Arabic.
pub struct InFull<'p> {
    policy: &'p Policy,
    plan: &'p Plan<'p>,
    order: Order,
    requests: &'p [Request],
    received: Vec<Date>,
}

impl<'p> InFull<'p> {
    pub fn new(
        policy: &'p Policy,
        plan: &'p Plan<'p>,
        requests: &'p [Request],
        received: Vec<Date>,
    ) -> InFull<'p> {
        InFull { policy, plan, order: Order::new(policy), requests, received }
    }
}

impl Engine for InFull<'_> {
    fn outcome(&mut self, index: usize) -> Outcome {
        let record = self.plan.record(&full(self.policy, &self.requests[index]).0);
        self.order.outcome(&record, self.received[index])
    }

    fn time(&mut self, count: usize) -> f64 {
        steadily(count, |index| {
            black_box(full(self.policy, black_box(&self.requests[index])));
        })
    }
}
