//! regorus: the policy in Rego, compiled for its register machine, which has to be asked for and is several times faster than
//! its interpreter. One machine for all requests; inputs are values made beforehand, tables are data.

use ::regorus::languages::rego::compiler::Compiler;
use ::regorus::rvm::vm::RegoVM;
use ::regorus::{Engine as Rego, Value};
use serde_json::json;

use crate::engine::Engine;
use crate::facts;
use crate::native::LIMITS;
use crate::requests::{Outcome, PAPERS, R11, Request, result};

const POLICY: &str = include_str!("water.rego");
const DECISION: &str = "data.water.decision";

pub struct Regorus {
    machine: RegoVM,
    inputs: Vec<Value>,
    keys: Keys,
}

/// The names of what comes out, so that none is made anew for each request.
struct Keys {
    failed: Value,
    missing: Value,
    score: Value,
    tier: Value,
    reply_in: Value,
}

fn value(json: serde_json::Value) -> Value {
    Value::from_json_str(&json.to_string()).expect("JSON")
}

fn tables() -> Value {
    let limits = |group: usize| {
        let column = LIMITS.iter().map(|limits| json!(limits[group]));
        // No household is of nobody.
        serde_json::Value::Array(std::iter::once(json!(null)).chain(column).collect())
    };
    let groups: serde_json::Map<String, serde_json::Value> = (1..=13)
        .map(|region| {
            let group = match region {
                1..=5 => 1,
                6..=9 => 2,
                _ => 4,
            };
            (format!("r{region:02}"), group.into())
        })
        .collect();
    value(json!({ "tables": {
        // By the kind of region, which is 1, 2 or 4, and by size.
        "limits": [null, limits(0), limits(1), null, limits(2)],
        "groups": groups,
        "reply": [18, 20, 20, 20, 20, 19, 18],
    } }))
}

impl Regorus {
    pub fn new(requests: &[Request]) -> Regorus {
        let mut rego = Rego::new();
        rego.add_policy("water.rego".into(), POLICY.into()).expect("the policy");
        let policy = rego.compile_with_entrypoint(&DECISION.into()).expect("the policy");
        let program = Compiler::compile_from_policy(&policy, &[DECISION]).expect("the policy");
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(tables()).expect("the tables");
        let inputs = requests.iter().map(|request| value(facts::json(request))).collect();
        let keys = Keys {
            failed: "failed".into(),
            missing: "missing".into(),
            score: "score".into(),
            tier: "tier".into(),
            reply_in: "reply_in".into(),
        };
        Regorus { machine, inputs, keys }
    }
}

impl Engine for Regorus {
    fn outcome(&mut self, index: usize) -> Outcome {
        self.machine.set_input(self.inputs[index].clone());
        let out = self.machine.execute_entry_point_by_index(0).expect("the policy runs");
        let out = out.as_object().expect("an object");
        let at = |key: &Value| out.get(key).expect("an entry");
        let int = |key: &Value| at(key).as_i64().expect("a number");
        let failed = at(&self.keys.failed).as_set().expect("a set").iter();
        let failed = failed.fold(0_u16, |bits, rule| bits | 1 << (rule.as_i64().expect("a rule") - 1));
        let missing = at(&self.keys.missing).as_set().expect("a set").iter().fold(0_u8, |bits, paper| {
            let paper = paper.as_string().expect("a paper");
            bits | 1 << PAPERS.iter().position(|one| *one == &**paper).expect("a paper")
        });
        let missing = if failed & !R11 == 0 { missing } else { 0 };
        let tier = int(&self.keys.tier) as u8;
        Outcome {
            failed,
            missing,
            score: int(&self.keys.score),
            tier,
            result: result(failed, tier),
            reply_in: int(&self.keys.reply_in),
        }
    }
}
