//! datalogic-rs: the policy as one JSONLogic rule, compiled once; data parsed beforehand. Which outcome follows is left to the host.

use datalogic_rs::{Logic, ParsedData};
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::facts;
use crate::requests::{Outcome, PAPERS, R11, Request, result};

fn var(name: &str) -> Value {
    json!({ "var": name })
}

fn rule() -> Value {
    let one_of = |name: &str, values: &[&str]| json!({ "in": [var(name), values] });
    let is = |name: &str, value: &str| json!({ "==": [var(name), value] });
    let bit = json!({ "if": [
        one_of("region", &["r01", "r02", "r03", "r04", "r05"]), 1,
        one_of("region", &["r06", "r07", "r08", "r09"]), 2,
        4
    ] });
    let few = json!({ "<=": [var("income"), { "*": [40000, var("size")] }] });
    let some = json!({ "<=": [var("income"), { "*": [80000, var("size")] }] });
    let dry = json!({ "and": [{ "!": var("has_network") }, { "!": var("has_well") }] });
    let score = json!({ "min": [100, { "+": [
        { "min": [18, { "*": [var("disabled"), 6] }] },
        { "min": [15, { "*": [var("orphans"), 5] }] },
        { "min": [9, { "*": [var("elderly"), 3] }] },
        { "if": [few, 20, some, 10, 0] },
        { "if": [dry, 15, { ">": [var("distance"), 5] }, 10, 0] },
        { "if": [is("ownership", "rented"), 5, 0] },
        { "if": [{ ">=": [var("size"), 7] }, 8, 0] },
    ] }] });
    let mut limit = vec![];
    for size in 1..=7 {
        let limits: Vec<i64> = (0..3).map(|group| 160_000 - 10_000 * (size - 1) + 10_000 * group).collect();
        let by_group = json!({ "if": [
            one_of("region", &["r01", "r02", "r03", "r04", "r05"]), limits[0],
            one_of("region", &["r06", "r07", "r08", "r09"]), limits[1],
            limits[2]
        ] });
        if size < 7 {
            limit.push(json!({ "==": [var("size"), size] }));
        }
        limit.push(by_group);
    }
    let limit = json!({ "if": limit });
    let recent =
        json!({ "and": [var("supported"), { "<": [{ "-": [var("date_ymd"), var("last_ymd")] }, 10000] }] });
    let service = |service: &str, failed: Value| json!({ "and": [is("service", service), failed] });
    let mut out = vec![
        json!({ "<": [var("age"), 18] }),
        json!({ "<": [var("residency_months"), 12] }),
        one_of("region", &["r12", "r13"]),
        json!({ ">": [var("income"), { "*": [limit, var("size")] }] }),
        recent,
        service(
            "connection",
            json!({ "!": { "and": [{ "<=": [var("distance"), 2] }, is("ownership", "owned")] } }),
        ),
        service("tank", json!({ ">=": [var("tank"), 2] })),
        service("well", json!({ "!": var("has_well") })),
        service("purifier", json!({ "!": { "or": [var("has_network"), var("has_well")] } })),
        service("tanker", json!({ "and": [var("has_network"), { "<=": [var("distance"), 5] }] })),
        json!({ "or": [{ "<": [var("national_id"), 1_000_000_000_i64] }, { ">=": [var("national_id"), 3_000_000_000_i64] }] }),
    ];
    for paper in PAPERS {
        let here = format!("documents.{paper}");
        let required = match paper {
            "DEED" => is("ownership", "owned"),
            "LEASE" => is("ownership", "rented"),
            "OWNER" => {
                json!({ "and": [one_of("service", &["connection", "tank"]), one_of("ownership", &["rented", "lent"])] })
            }
            "WELL" => is("service", "well"),
            "DISTANCE" => one_of("service", &["connection", "tanker"]),
            _ => json!(true),
        };
        let valid = match paper {
            "ID" | "LEASE" | "WELL" => {
                json!({ "and": [var(&here), { ">=": [var(&format!("{here}.expires")), var("date")] }] })
            }
            "INCOME" => {
                json!({ "and": [var(&here), { "<=": [{ "-": [var("date"), var(&format!("{here}.issued"))] }, 90] }] })
            }
            _ => json!({ "!!": var(&here) }),
        };
        let matched = var(&format!("{here}.matched"));
        // 0: in order or not needed, 1: missing, 2: not matched.
        out.push(json!({ "if": [required, { "if": [valid, { "if": [matched, 0, 2] }, 1] }, 0] }));
    }
    // How many days fourteen working days take, by the day of the week on which they begin.
    let mut reply = vec![];
    for weekday in 0..7_i64 {
        let (mut day, mut left) = (weekday, 14);
        while left > 0 {
            day += 1;
            left -= i64::from(!matches!(day % 7, 5 | 6));
        }
        reply.push(json!({ "==": [{ "%": [var("date"), 7] }, weekday] }));
        reply.push(json!(day - weekday));
    }
    out.push(json!({ "if": reply }));
    let mut tiers = vec![];
    for (points, groups, size, tier) in [
        (70, 7, 1, 1),
        (60, 4, 1, 1),
        (60, 7, 7, 1),
        (60, 7, 1, 2),
        (50, 4, 5, 1),
        (50, 2, 7, 1),
        (50, 4, 1, 2),
        (50, 7, 7, 2),
        (50, 7, 1, 3),
        (40, 4, 7, 1),
        (40, 4, 4, 2),
        (40, 2, 5, 2),
        (40, 7, 6, 3),
        (40, 7, 1, 3),
        (25, 4, 5, 2),
        (25, 4, 1, 3),
        (25, 2, 6, 3),
        (25, 7, 1, 4),
        (10, 7, 1, 4),
    ] {
        let mut all = vec![json!({ ">=": [var("0"), points] })];
        if groups != 7 {
            all.push(json!({ "==": [var("1"), groups] }));
        }
        if size > 1 {
            all.push(json!({ ">=": [var("2"), size] }));
        }
        tiers.push(json!({ "and": all }));
        tiers.push(json!(tier));
    }
    tiers.push(json!(5));
    // `map` over one thing is how JSONLogic names a value.
    out.push(json!({ "map": [[[score, bit, var("size")]], [var("0"), { "if": tiers }]] }));
    Value::Array(out)
}

pub struct Logical {
    engine: datalogic_rs::Engine,
    rule: Logic,
    inputs: Vec<ParsedData>,
}

impl Logical {
    pub fn new(requests: &[Request]) -> Logical {
        let engine = datalogic_rs::Engine::new();
        let rule = engine.compile(rule().to_string().as_str()).expect("the rule");
        let inputs = requests
            .iter()
            .map(|request| ParsedData::from_json(&facts::json(request).to_string()).expect("JSON"));
        Logical { engine, rule, inputs: inputs.collect() }
    }

    /// One session for many requests, as its documentation advises for hot loops.
    pub fn session(&self) -> Session<'_> {
        Session { logical: self, session: self.engine.session() }
    }
}

pub struct Session<'a> {
    logical: &'a Logical,
    session: datalogic_rs::Session<'a>,
}

impl Engine for Session<'_> {
    fn outcome(&mut self, index: usize) -> Outcome {
        self.session.reset();
        let Logical { rule, inputs, .. } = self.logical;
        let out = self.session.eval_borrowed(rule, inputs[index].value()).expect("the rule runs");
        let at = |index: usize| out.get(index).expect("an entry");
        let mut failed = 0_u16;
        for (place, rule) in (0..11).map(|rule| (rule, if rule < 10 { rule } else { 11 })) {
            failed |= u16::from(at(place).as_bool() == Some(true)) << rule;
        }
        let (mut missing, mut matched) = (0_u8, true);
        for paper in 0..8 {
            match at(11 + paper).as_i64() {
                Some(1) => missing |= 1 << paper,
                Some(2) => matched = false,
                _ => {}
            }
        }
        if missing != 0 || !matched {
            failed |= R11;
        }
        let reply_in = at(19).as_i64().expect("days");
        let need = at(20).get(0).expect("a pair");
        let score = need.get(0).and_then(|score| score.as_i64()).expect("a score");
        let tier = need.get(1).and_then(|tier| tier.as_i64()).expect("a tier") as u8;
        // An exemption by need sets R05 aside.
        if score >= 40 {
            failed &= !(1 << 4);
        }
        let missing = if failed & !R11 == 0 { missing } else { 0 };
        Outcome { failed, missing, score, tier, result: result(failed, tier), reply_in }
    }
}
