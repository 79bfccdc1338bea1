//! Requests out of a seed, as lines of JSON and as the shapes that hand-written Rust would read them into.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Connection,
    Tank,
    Well,
    Purifier,
    Tanker,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ownership {
    Owned,
    Rented,
    Lent,
    Government,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    R01,
    R02,
    R03,
    R04,
    R05,
    R06,
    R07,
    R08,
    R09,
    R10,
    R11,
    R12,
    R13,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Request {
    pub service: Service,
    #[expect(dead_code, reason = "read, as hand-written Rust would, and decided by nobody")]
    pub channel: String,
    pub submitted_at: NaiveDate,
    pub applicant: Applicant,
    pub household: Household,
    pub dwelling: Dwelling,
    pub history: History,
    pub documents: Documents,
    pub events: Events,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Events {
    pub received: NaiveDate,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Applicant {
    pub age: i64,
    pub national_id: i64,
    pub residency_months: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Household {
    pub size: i64,
    pub monthly_income: i64,
    pub disabled: i64,
    pub orphans: i64,
    pub elderly: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Dwelling {
    pub region: Region,
    pub ownership: Ownership,
    pub has_network: bool,
    pub distance: f64,
    pub has_well: bool,
    pub tank: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct History {
    pub supported: bool,
    pub last_support: Option<NaiveDate>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct Documents {
    pub id: Option<Paper>,
    pub family: Option<Paper>,
    pub income: Option<Paper>,
    pub deed: Option<Paper>,
    pub lease: Option<Paper>,
    pub owner: Option<Paper>,
    pub well: Option<Paper>,
    pub distance: Option<Paper>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Paper {
    pub issued: Option<NaiveDate>,
    pub expires: Option<NaiveDate>,
    pub matched: bool,
}

/// What every engine must agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// R01 is bit 0.
    pub failed: u16,
    /// In the order of `PAPERS`.
    pub missing: u8,
    pub score: i64,
    /// P1 is 1.
    pub tier: u8,
    pub result: Result,
    /// Days from the request to the reply.
    pub reply_in: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Result {
    Eligible,
    Ineligible,
    Incomplete,
    Refer,
}

pub const PAPERS: [&str; 8] = ["ID", "FAMILY", "INCOME", "DEED", "LEASE", "OWNER", "WELL", "DISTANCE"];

/// R02, R05 and R12: where only these fail and the need is great, a person looks.
pub const MAY_REFER: u16 = 1 << 1 | 1 << 4 | 1 << 11;
pub const R11: u16 = 1 << 10;

/// The outcome of a request follows from what failed and from its tier, in every engine alike.
pub fn result(failed: u16, tier: u8) -> Result {
    let hard = failed & !R11;
    if hard != 0 {
        if hard & !MAY_REFER == 0 && tier <= 2 { Result::Refer } else { Result::Ineligible }
    } else if failed & R11 != 0 {
        Result::Incomplete
    } else {
        Result::Eligible
    }
}

/// Chance that is the same on every machine.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const SERVICES: [&str; 5] = ["connection", "tank", "well", "purifier", "tanker"];
const OWNERSHIPS: [&str; 4] = ["owned", "rented", "lent", "government"];

/// One request, as a line of JSON.
pub fn line(chance: &mut Chance) -> String {
    let mut out = String::with_capacity(900);
    let service = SERVICES[chance.below(5) as usize];
    let ownership = if chance.percent(65) { OWNERSHIPS[0] } else { OWNERSHIPS[chance.below(4) as usize] };
    let date = NaiveDate::from_ymd_opt(2026, 1, 10).unwrap() + Days::new(chance.below(600));
    // Some facts are made to fit the service, so that enough requests come through.
    let fits = chance.percent(85);
    let has_network = if fits && service == "tanker" { false } else { chance.percent(50) };
    let has_well =
        if fits && (service == "well" || service == "purifier") { true } else { chance.percent(30) };
    let distance = if fits && service == "connection" { chance.below(200) } else { chance.below(1200) };
    let ownership = if fits && service == "connection" { "owned" } else { ownership };
    let tank = if fits && service == "tank" { chance.below(199) } else { chance.below(600) };
    let region = if chance.percent(95) { 1 + chance.below(11) } else { 12 + chance.below(2) };
    let size = 1 + chance.below(12);
    let income = if chance.percent(88) { size * chance.below(900) } else { size * chance.below(2500) };
    let national_id = if chance.percent(97) {
        1_000_000_000 + chance.below(2_000_000_000)
    } else {
        chance.below(10_000_000_000)
    };
    let (age, months) = (
        if chance.percent(97) { 18 + chance.below(70) } else { 15 + chance.below(4) },
        if chance.percent(94) { 12 + chance.below(300) } else { chance.below(14) },
    );
    let few = |chance: &mut Chance, most| if chance.percent(70) { 0 } else { chance.below(most) };
    let (disabled, orphans, elderly) = (few(chance, 4), few(chance, 5), few(chance, 4));
    let supported = chance.percent(30);
    write!(
        out,
        r#"{{"service":"{service}","channel":"c{}","submitted_at":"{date}","applicant":{{"age":{age},"national_id":{national_id},"residency_months":{months}}},"household":{{"size":{size},"monthly_income":{income},"disabled":{disabled},"orphans":{orphans},"elderly":{elderly}}},"dwelling":{{"region":"r{region:02}","ownership":"{ownership}","has_network":{has_network},"distance":{}.{:02},"has_well":{has_well},"tank":{}.{:02}}},"history":{{"supported":{supported}"#,
        1 + chance.below(8),
        distance / 100,
        distance % 100,
        tank / 100,
        tank % 100,
    )
    .unwrap();
    if supported {
        let days = if chance.percent(80) { 340 + chance.below(900) } else { chance.below(380) };
        write!(out, r#","last_support":"{}""#, date - Days::new(days)).unwrap();
    }
    out.push_str("},\"documents\":{");
    let mut first = true;
    for paper in PAPERS {
        let needed = match paper {
            "DEED" => ownership == "owned",
            "LEASE" => ownership == "rented",
            "OWNER" => ownership == "rented" || ownership == "lent",
            "WELL" => service == "well",
            "DISTANCE" => service == "connection" || service == "tanker",
            _ => true,
        };
        if !chance.percent(if needed { 96 } else { 30 }) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        let age = if chance.percent(94) { chance.below(91) } else { 80 + chance.below(120) };
        if matches!(paper, "ID" | "LEASE" | "WELL") && chance.percent(3) {
            let (issued, expires) = (date - Days::new(age + 400), date - Days::new(1 + age));
            write!(out, r#""{paper}":{{"issued":"{issued}","expires":"{expires}","matched":true}}"#).unwrap();
            continue;
        }
        write!(out, r#""{paper}":{{"issued":"{}""#, date - Days::new(age)).unwrap();
        if matches!(paper, "ID" | "LEASE" | "WELL") {
            // The last day counts; the issue is never later than the expiry.
            write!(out, r#","expires":"{}""#, date + Days::new(chance.below(900))).unwrap();
        }
        write!(out, r#","matched":{}}}"#, chance.percent(98)).unwrap();
    }
    write!(out, r#"}},"events":{{"received":"{date}"}}}}"#).unwrap();
    out
}
