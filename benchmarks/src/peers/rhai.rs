//! Rhai: the policy as one script function over a map, as its documentation shows it. Days are numbers, money is halalas and
//! distances are hundredths, because the crate under test builds Rhai without floats.

use rhai::{AST, Dynamic, Map, Scope};

use crate::engine::Engine;
use crate::facts::{day, hundredths, name, papers, ymd};
use crate::requests::{Outcome, PAPERS, R11, Request, result};

const SCRIPT: &str = r#"
fn limit(size, group) {
    let s = if size > 7 { 7 } else { size };
    160000 - 10000 * (s - 1) + 10000 * group
}

fn tier(score, bit, size) {
    let rows = [
        [70, 7, 1, 1], [60, 4, 1, 1], [60, 7, 7, 1], [60, 7, 1, 2], [50, 4, 5, 1], [50, 2, 7, 1], [50, 4, 1, 2], [50, 7, 7, 2],
        [50, 7, 1, 3], [40, 4, 7, 1], [40, 4, 4, 2], [40, 2, 5, 2], [40, 7, 6, 3], [40, 7, 1, 3], [25, 4, 5, 2], [25, 4, 1, 3],
        [25, 2, 6, 3], [25, 7, 1, 4], [10, 7, 1, 4], [0, 7, 1, 5],
    ];
    for row in rows {
        if score >= row[0] && (bit & row[1]) != 0 && size >= row[2] { return row[3]; }
    }
    5
}

fn decide(r) {
    let group = if r.region in ["r01", "r02", "r03", "r04", "r05"] { 0 }
        else if r.region in ["r06", "r07", "r08", "r09"] { 1 } else { 2 };
    let score = min(r.disabled * 6, 18) + min(r.orphans * 5, 15) + min(r.elderly * 3, 9);
    if r.income <= 40000 * r.size { score += 20; } else if r.income <= 80000 * r.size { score += 10; }
    if !r.has_network && !r.has_well { score += 15; } else if r.distance > 500 { score += 10; }
    if r.ownership == "rented" { score += 5; }
    if r.size >= 7 { score += 8; }
    score = min(score, 100);
    let failed = 0;
    if r.age < 18 { failed |= 1; }
    if r.residency_months < 12 { failed |= 2; }
    if r.region in ["r12", "r13"] { failed |= 4; }
    if r.income > limit(r.size, group) * r.size { failed |= 8; }
    if r.supported && score < 40 && r.date_ymd - r.last_ymd < 10000 { failed |= 16; }
    if r.service == "connection" && !(r.distance <= 200 && r.ownership == "owned") { failed |= 32; }
    if r.service == "tank" && r.tank >= 200 { failed |= 64; }
    if r.service == "well" && !r.has_well { failed |= 128; }
    if r.service == "purifier" && !(r.has_network || r.has_well) { failed |= 256; }
    if r.service == "tanker" && r.has_network && r.distance <= 500 { failed |= 512; }
    if r.national_id < 1000000000 || r.national_id >= 3000000000 { failed |= 2048; }

    let need = ["ID", "FAMILY", "INCOME"];
    if r.ownership == "owned" { need.push("DEED"); }
    if r.ownership == "rented" { need.push("LEASE"); }
    if r.service in ["connection", "tank"] && r.ownership in ["rented", "lent"] { need.push("OWNER"); }
    if r.service == "well" { need.push("WELL"); }
    if r.service in ["connection", "tanker"] { need.push("DISTANCE"); }
    let missing = [];
    let matched = true;
    for kind in need {
        let paper = r.documents[kind];
        if paper == ()
            || (kind in ["ID", "LEASE", "WELL"] && paper.expires < r.date)
            || (kind == "INCOME" && r.date - paper.issued > 90) {
            missing.push(kind);
        } else if !paper.matched { matched = false; }
    }
    if !missing.is_empty() || !matched { failed |= 1024; }
    let day = r.date;
    let left = 14;
    while left > 0 {
        day += 1;
        let weekday = day % 7;
        if weekday != 5 && weekday != 6 { left -= 1; }
    }
    #{ failed: failed, missing: missing, score: score, tier: tier(score, [1, 2, 4][group], r.size), reply_in: day - r.date }
}
"#;

pub struct Scripted {
    engine: rhai::Engine,
    ast: AST,
    inputs: Vec<Map>,
}

fn input(request: &Request) -> Map {
    let mut map = Map::new();
    let mut set = |key: &str, value: Dynamic| {
        map.insert(key.into(), value);
    };
    set("service", name(request.service).into());
    set("date", day(request.submitted_at).into());
    set("date_ymd", ymd(request.submitted_at).into());
    set("age", request.applicant.age.into());
    set("national_id", request.applicant.national_id.into());
    set("residency_months", request.applicant.residency_months.into());
    set("size", request.household.size.into());
    set("income", (request.household.monthly_income * 100).into());
    set("disabled", request.household.disabled.into());
    set("orphans", request.household.orphans.into());
    set("elderly", request.household.elderly.into());
    set("region", name(request.dwelling.region).into());
    set("ownership", name(request.dwelling.ownership).into());
    set("has_network", request.dwelling.has_network.into());
    set("distance", hundredths(request.dwelling.distance).into());
    set("has_well", request.dwelling.has_well.into());
    set("tank", hundredths(request.dwelling.tank).into());
    set("supported", request.history.supported.into());
    set("last_ymd", request.history.last_support.map_or(0, ymd).into());
    let mut documents = Map::new();
    for (name, paper) in papers(request) {
        let mut one = Map::new();
        one.insert("issued".into(), paper.issued.map_or(0, day).into());
        one.insert("expires".into(), paper.expires.map_or(0, day).into());
        one.insert("matched".into(), paper.matched.into());
        documents.insert(name.into(), one.into());
    }
    set("documents", documents.into());
    map
}

impl Scripted {
    pub fn new(requests: &[Request]) -> Scripted {
        let engine = rhai::Engine::new();
        let ast = engine.compile(SCRIPT).expect("the script");
        Scripted { engine, ast, inputs: requests.iter().map(input).collect() }
    }
}

impl Engine for Scripted {
    fn outcome(&mut self, index: usize) -> Outcome {
        let mut scope = Scope::new();
        let out: Map = self
            .engine
            .call_fn(&mut scope, &self.ast, "decide", (self.inputs[index].clone(),))
            .expect("the script runs");
        let int = |key: &str| out[key].as_int().expect("a number");
        let failed = int("failed") as u16;
        let missing = out["missing"].clone().into_array().expect("a list").iter().fold(0, |bits, kind| {
            let kind = kind.clone().into_string().expect("a paper");
            bits | 1 << PAPERS.iter().position(|paper| *paper == kind).expect("a paper")
        });
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
