//! zen-engine: the policy as a decision graph (JDM) of two decision tables and two nodes of expressions, compiled beforehand.
//!
//! No node reads what another node saw, so the graph is told not to keep it. Nothing in it waits, so that each evaluation is
//! done when it is first polled and no runtime is paid for.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, Variable, ZEN_CONFIG};

use crate::engine::Engine;
use crate::facts;
use crate::native::{LIMITS, TIERS};
use crate::requests::{Outcome, R11, Request, result};

/// What stands in the tables' columns and in the rules: the kind of region is 1, 2 or 4.
const NEED: [(&str, &str); 2] = [
    (
        "group",
        "region in ['r01', 'r02', 'r03', 'r04', 'r05'] ? 1 : region in ['r06', 'r07', 'r08', 'r09'] ? 2 : 4",
    ),
    (
        "score",
        "min([100,
            min([disabled * 6, 18]) + min([orphans * 5, 15]) + min([elderly * 3, 9])
            + (income <= 40000 * size ? 20 : income <= 80000 * size ? 10 : 0)
            + (not has_network and not has_well ? 15 : distance > 5 ? 10 : 0)
            + (ownership == 'rented' ? 5 : 0)
            + (size >= 7 ? 8 : 0)])",
    ),
];

/// What makes a rule fail, and which bit it is.
const RULES: [(u16, &str, &str); 11] = [
    (0, "R01", "age < 18"),
    (1, "R02", "residency_months < 12"),
    (2, "R03", "region in ['r12', 'r13']"),
    (3, "R04", "income > limit * size"),
    (4, "R05", "supported and score < 40 and date_ymd - last_ymd < 10000"),
    (5, "R06", "service == 'connection' and not (distance <= 2 and ownership == 'owned')"),
    (6, "R07", "service == 'tank' and tank >= 2"),
    (7, "R08", "service == 'well' and not has_well"),
    (8, "R09", "service == 'purifier' and not (has_network or has_well)"),
    (9, "R10", "service == 'tanker' and has_network and distance <= 5"),
    (11, "R12", "national_id < 1000000000 or national_id >= 3000000000"),
];

/// When each paper is asked for and what it must be to count, in the order of `PAPERS`.
const PAPERS: [(&str, &str, &str); 8] = [
    ("ID", "true", "documents.ID.expires >= date"),
    ("FAMILY", "true", "true"),
    ("INCOME", "true", "date - documents.INCOME.issued <= 90"),
    ("DEED", "ownership == 'owned'", "true"),
    ("LEASE", "ownership == 'rented'", "documents.LEASE.expires >= date"),
    ("OWNER", "service in ['connection', 'tank'] and ownership in ['rented', 'lent']", "true"),
    ("WELL", "service == 'well'", "documents.WELL.expires >= date"),
    ("DISTANCE", "service in ['connection', 'tanker']", "true"),
];

/// How many days fourteen working days take, by the day of the week on which they begin.
const REPLY: &str = "[18, 20, 20, 20, 20, 19, 18][date % 7]";

fn expressions(id: &str, pass_through: bool, expressions: Vec<(&str, String)>) -> Value {
    let expressions: Vec<Value> = expressions
        .into_iter()
        .map(|(key, value)| json!({ "id": key, "key": key, "value": value }))
        .collect();
    let content = json!({ "expressions": expressions, "passThrough": pass_through });
    json!({ "id": id, "name": id, "type": "expressionNode", "content": content })
}

fn table(id: &str, given: &[&str], rows: Vec<(Vec<String>, i64)>) -> Value {
    let field = |name: &str| json!({ "id": name, "name": name, "field": name });
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(cells, gives)| {
            let mut row: serde_json::Map<String, Value> =
                given.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.into())).collect();
            row.insert("gives".into(), gives.to_string().into());
            row.into()
        })
        .collect();
    json!({ "id": id, "name": id, "type": "decisionTableNode", "content": {
        "hitPolicy": "first", "passThrough": true,
        "inputs": given.iter().map(|name| field(name)).collect::<Vec<_>>(),
        "outputs": [{ "id": "gives", "name": id, "field": id }],
        "rules": rows,
    } })
}

fn graph() -> Value {
    let mut limits = vec![];
    for (row, by_group) in LIMITS.iter().enumerate() {
        let size = if row == 6 { ">= 7".to_owned() } else { (row + 1).to_string() };
        for (group, limit) in [1, 2, 4].iter().zip(by_group) {
            limits.push((vec![size.clone(), group.to_string()], *limit));
        }
    }
    let unless = |is_open: bool, cell: String| if is_open { String::new() } else { cell };
    let tiers = TIERS.iter().map(|(points, groups, size, tier)| {
        let cells = vec![
            format!(">= {points}"),
            unless(*groups == 7, groups.to_string()),
            unless(*size == 1, format!(">= {size}")),
        ];
        (cells, i64::from(*tier))
    });
    let need = NEED.map(|(key, value)| (key, value.to_owned()));
    let mut decide: Vec<_> = RULES.iter().map(|(_, id, fails)| (*id, (*fails).to_owned())).collect();
    for (name, asked, counts) in PAPERS {
        let here = format!("documents.{name}");
        let paper =
            format!("not ({asked}) ? 0 : {here} == null ? 1 : not ({counts}) ? 1 : {here}.matched ? 0 : 2");
        decide.push((name, paper));
    }
    decide.extend(["score", "tier"].map(|name| (name, name.to_owned())));
    decide.push(("reply_in", REPLY.to_owned()));
    let nodes = [
        json!({ "id": "request", "name": "request", "type": "inputNode" }),
        expressions("need", true, need.into()),
        table("limit", &["size", "group"], limits),
        table("tier", &["score", "group", "size"], tiers.collect()),
        expressions("decide", false, decide),
        json!({ "id": "outcome", "name": "outcome", "type": "outputNode" }),
    ];
    let edges: Vec<Value> = nodes
        .windows(2)
        .map(|pair| json!({ "id": pair[1]["id"], "sourceId": pair[0]["id"], "targetId": pair[1]["id"] }))
        .collect();
    json!({ "nodes": nodes, "edges": edges })
}

pub struct Zen {
    decision: Decision,
    inputs: Vec<Variable>,
}

impl Zen {
    pub fn new(requests: &[Request]) -> Zen {
        ZEN_CONFIG.nodes_in_context.store(false, Ordering::Relaxed);
        let content: GraphContent = serde_json::from_value(graph()).expect("the graph");
        let mut decision = Decision::from(content);
        decision.compile();
        decision.validate().expect("the graph");
        let inputs = requests.iter().map(|request| Variable::from(facts::json(request))).collect();
        Zen { decision, inputs }
    }
}

impl Engine for Zen {
    fn outcome(&mut self, index: usize) -> Outcome {
        let mut waiting = pin!(self.decision.evaluate(self.inputs[index].clone()));
        let Poll::Ready(response) = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("the graph waits")
        };
        let out = response.expect("the graph runs").result.as_object().expect("an object");
        let out = out.borrow();
        let int = |key: &str| -> i64 {
            let number = out.get_str(key).and_then(Variable::as_number).expect("a number");
            number.try_into().expect("a whole number")
        };
        let mut failed = 0;
        for (bit, id, _) in RULES {
            let fails = out.get_str(id).and_then(Variable::as_bool).expect("a truth");
            failed |= u16::from(fails) << bit;
        }
        let (mut missing, mut matched) = (0_u8, true);
        for (bit, (name, ..)) in PAPERS.iter().enumerate() {
            match int(name) {
                1 => missing |= 1 << bit,
                2 => matched = false,
                _ => {}
            }
        }
        if missing != 0 || !matched {
            failed |= R11;
        }
        let missing = if failed & !R11 == 0 { missing } else { 0 };
        let tier = int("tier") as u8;
        Outcome {
            failed,
            missing,
            score: int("score"),
            tier,
            result: result(failed, tier),
            reply_in: int("reply_in"),
        }
    }
}
