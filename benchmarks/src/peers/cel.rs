//! cel: an expression for each rule, paper, table and sum, compiled once; a context for each request, made beforehand. CEL has
//! no `let`, so the host hands the kind of region and the score to the expressions that come after them.

use std::sync::Arc;

use cel::{Context, Env, Program, Value, extensions};

use crate::engine::Engine;
use crate::facts::{day, name, papers, ymd};
use crate::native::{LIMITS, TIERS};
use crate::requests::{Outcome, R11, Request, result};

/// What makes a rule fail, and which bit it is.
const RULES: [(u16, &str); 11] = [
    (0, "age < 18"),
    (1, "residency_months < 12"),
    (2, "region == 'r12' || region == 'r13'"),
    (3, "income > limit * size"),
    (4, "supported && score < 40 && date_ymd - last_ymd < 10000"),
    (5, "service == 'connection' && !(distance <= 2.0 && ownership == 'owned')"),
    (6, "service == 'tank' && tank >= 2.0"),
    (7, "service == 'well' && !has_well"),
    (8, "service == 'purifier' && !(has_network || has_well)"),
    (9, "service == 'tanker' && has_network && distance <= 5.0"),
    (11, "national_id < 1000000000 || national_id >= 3000000000"),
];

/// When each paper is asked for and what it must be to count, in the order of `PAPERS`.
const PAPERS: [(&str, &str, &str); 8] = [
    ("ID", "true", "documents.ID.expires >= date"),
    ("FAMILY", "true", "true"),
    ("INCOME", "true", "date - documents.INCOME.issued <= 90"),
    ("DEED", "ownership == 'owned'", "true"),
    ("LEASE", "ownership == 'rented'", "documents.LEASE.expires >= date"),
    (
        "OWNER",
        "(service == 'connection' || service == 'tank') && (ownership == 'rented' || ownership == 'lent')",
        "true",
    ),
    ("WELL", "service == 'well'", "documents.WELL.expires >= date"),
    ("DISTANCE", "service == 'connection' || service == 'tanker'", "true"),
];

/// The kind of region: 0 central, 1 rural, 2 remote.
const GROUP: &str = "groups[region]";

const LIMIT: &str = "limits[size < 7 ? size - 1 : 6][group]";

const SCORE: &str = "math.least(100,
    math.least(disabled * 6, 18) + math.least(orphans * 5, 15) + math.least(elderly * 3, 9)
    + (income <= 40000 * size ? 20 : income <= 80000 * size ? 10 : 0)
    + (!has_network && !has_well ? 15 : distance > 5.0 ? 10 : 0)
    + (ownership == 'rented' ? 5 : 0)
    + (size >= 7 ? 8 : 0))";

const REPLY: &str = "reply[date % 7]";

/// How many days fourteen working days take, by the day of the week on which they begin.
const DAYS: [i64; 7] = [18, 20, 20, 20, 20, 19, 18];

fn tier() -> String {
    let rows = TIERS.iter().map(|(points, groups, size, tier)| {
        let mut all = vec![format!("score >= {points}")];
        if *groups != 7 {
            all.push(format!("group == {}", groups.trailing_zeros()));
        }
        if *size > 1 {
            all.push(format!("size >= {size}"));
        }
        format!("{} ? {tier} : ", all.join(" && "))
    });
    rows.collect::<String>() + "5"
}

pub struct Cel {
    contexts: Vec<Context<'static, 'static>>,
    group: Program,
    score: Program,
    limit: Program,
    tier: Program,
    reply: Program,
    rules: Vec<(u16, Program)>,
    /// 0: in order or not asked for, 1: missing, 2: not matched.
    papers: Vec<Program>,
}

impl Cel {
    pub fn new(requests: &[Request]) -> Cel {
        let mut env = Env::stdlib();
        env.add_extension(extensions::math).expect("the mathematics");
        let env = Arc::new(env);
        let compile = |source: &str| env.compile(source).expect("an expression");
        let paper = |(name, asked, counts): (&str, &str, &str)| {
            let here = format!("documents.{name}");
            compile(&format!("!({asked}) ? 0 : !(has({here}) && {counts}) ? 1 : {here}.matched ? 0 : 2"))
        };
        Cel {
            contexts: requests.iter().map(|request| context(&env, request)).collect(),
            group: compile(GROUP),
            score: compile(SCORE),
            limit: compile(LIMIT),
            tier: compile(&tier()),
            reply: compile(REPLY),
            rules: RULES.iter().map(|(bit, source)| (*bit, compile(source))).collect(),
            papers: PAPERS.into_iter().map(paper).collect(),
        }
    }
}

fn context(env: &Arc<Env>, request: &Request) -> Context<'static, 'static> {
    use std::collections::HashMap;
    let mut context = Context::with_env(Arc::clone(env));
    let mut set = |name: &str, value: Value| context.add_variable_from_value(name, value);
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
    set("distance", request.dwelling.distance.into());
    set("has_well", request.dwelling.has_well.into());
    set("tank", request.dwelling.tank.into());
    set("supported", request.history.supported.into());
    set("last_ymd", request.history.last_support.map_or(0, ymd).into());
    let documents: HashMap<String, Value> = papers(request)
        .into_iter()
        .map(|(name, paper)| {
            let paper = HashMap::from([
                ("issued", Value::from(paper.issued.map_or(0, day))),
                ("expires", paper.expires.map_or(0, day).into()),
                ("matched", paper.matched.into()),
            ]);
            (name.to_owned(), paper.into())
        })
        .collect();
    set("documents", documents.into());
    // A literal list is built anew whenever it is read; the tables are variables for that reason.
    let group = |region| match region {
        1..=5 => 0,
        6..=9 => 1,
        _ => 2,
    };
    let groups: HashMap<String, i64> =
        (1..=13).map(|region| (format!("r{region:02}"), group(region))).collect();
    set("groups", groups.into());
    set("limits", LIMITS.map(|row| Value::from(row.to_vec())).to_vec().into());
    set("reply", DAYS.to_vec().into());
    context
}

fn int(program: &Program, context: &Context<'_, '_>) -> i64 {
    match program.execute(context) {
        Ok(Value::Int(number)) => number,
        other => panic!("not a number: {other:?}"),
    }
}

impl Engine for Cel {
    fn outcome(&mut self, index: usize) -> Outcome {
        let mut context = self.contexts[index].new_inner_scope();
        let group = int(&self.group, &context);
        context.add_variable_from_value("group", group);
        let score = int(&self.score, &context);
        context.add_variable_from_value("score", score);
        let limit = int(&self.limit, &context);
        context.add_variable_from_value("limit", limit);
        let mut failed = 0;
        for (bit, rule) in &self.rules {
            match rule.execute(&context) {
                Ok(Value::Bool(fails)) => failed |= u16::from(fails) << bit,
                other => panic!("not a truth: {other:?}"),
            }
        }
        let (mut missing, mut matched) = (0_u8, true);
        for (bit, paper) in self.papers.iter().enumerate() {
            match int(paper, &context) {
                1 => missing |= 1 << bit,
                2 => matched = false,
                _ => {}
            }
        }
        if missing != 0 || !matched {
            failed |= R11;
        }
        let missing = if failed & !R11 == 0 { missing } else { 0 };
        let tier = int(&self.tier, &context) as u8;
        let reply_in = int(&self.reply, &context);
        Outcome { failed, missing, score, tier, result: result(failed, tier), reply_in }
    }
}
