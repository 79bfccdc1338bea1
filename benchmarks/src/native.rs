//! The policy as somebody would write it by hand in Rust: no engine, no tables of closures, everything known at build time.

use chrono::{Datelike as _, NaiveDate};

use crate::engine::Engine;
use crate::requests::{Documents, Outcome, Ownership, Paper, R11, Region, Request, Service, result};

pub const LIMITS: [[i64; 3]; 7] = [
    [160_000, 170_000, 180_000],
    [150_000, 160_000, 170_000],
    [140_000, 150_000, 160_000],
    [130_000, 140_000, 150_000],
    [120_000, 130_000, 140_000],
    [110_000, 120_000, 130_000],
    [100_000, 110_000, 120_000],
];

const CENTRAL: u8 = 1;
const RURAL: u8 = 2;
const REMOTE: u8 = 4;
const ANY: u8 = 7;

/// From so many points, in these regions, for so many people: this tier. The first that fits.
pub const TIERS: [(i64, u8, i64, u8); 20] = [
    (70, ANY, 1, 1),
    (60, REMOTE, 1, 1),
    (60, ANY, 7, 1),
    (60, ANY, 1, 2),
    (50, REMOTE, 5, 1),
    (50, RURAL, 7, 1),
    (50, REMOTE, 1, 2),
    (50, ANY, 7, 2),
    (50, ANY, 1, 3),
    (40, REMOTE, 7, 1),
    (40, REMOTE, 4, 2),
    (40, RURAL, 5, 2),
    (40, ANY, 6, 3),
    (40, ANY, 1, 3),
    (25, REMOTE, 5, 2),
    (25, REMOTE, 1, 3),
    (25, RURAL, 6, 3),
    (25, ANY, 1, 4),
    (10, ANY, 1, 4),
    (0, ANY, 1, 5),
];

/// The requests as hand-written Rust holds them.
pub struct Native<'a>(pub &'a [Request]);

impl Engine for Native<'_> {
    fn outcome(&mut self, index: usize) -> Outcome {
        decide(&self.0[index])
    }
}

pub fn decide(request: &Request) -> Outcome {
    let Request { applicant, household, dwelling, history, .. } = request;
    let date = request.submitted_at;
    let (group, group_bit) = match dwelling.region {
        Region::R01 | Region::R02 | Region::R03 | Region::R04 | Region::R05 => (0, CENTRAL),
        Region::R06 | Region::R07 | Region::R08 | Region::R09 => (1, RURAL),
        Region::R10 | Region::R11 | Region::R12 | Region::R13 => (2, REMOTE),
    };
    let income = household.monthly_income * 100;
    let limit = LIMITS[usize::try_from(household.size.clamp(1, 7) - 1).unwrap_or(0)][group];

    let mut score = (household.disabled * 6).min(18);
    score += (household.orphans * 5).min(15);
    score += (household.elderly * 3).min(9);
    if income <= 40_000 * household.size {
        score += 20;
    } else if income <= 80_000 * household.size {
        score += 10;
    }
    if !dwelling.has_network && !dwelling.has_well {
        score += 15;
    } else if dwelling.distance > 5.0 {
        score += 10;
    }
    if dwelling.ownership == Ownership::Rented {
        score += 5;
    }
    if household.size >= 7 {
        score += 8;
    }
    let score = score.min(100);
    let vulnerable = score >= 40;

    let mut failed = 0_u16;
    let mut fail = |rule: u16, holds: bool| {
        if !holds {
            failed |= 1 << (rule - 1);
        }
    };
    fail(1, applicant.age >= 18);
    fail(2, applicant.residency_months >= 12);
    fail(3, !matches!(dwelling.region, Region::R12 | Region::R13));
    fail(4, income <= limit * household.size);
    fail(
        5,
        match history.last_support {
            Some(last) if history.supported => vulnerable || months_between(last, date) >= 12,
            _ => true,
        },
    );
    match request.service {
        Service::Connection => {
            fail(6, dwelling.distance <= 2.0 && dwelling.ownership == Ownership::Owned);
        }
        Service::Tank => fail(7, dwelling.tank < 2.0),
        Service::Well => fail(8, dwelling.has_well),
        Service::Purifier => fail(9, dwelling.has_network || dwelling.has_well),
        Service::Tanker => fail(10, !dwelling.has_network || dwelling.distance > 5.0),
    }
    let (missing, matched) = papers(&request.documents, request.service, dwelling.ownership, date);
    fail(11, missing == 0 && matched);
    fail(12, (1_000_000_000..3_000_000_000).contains(&applicant.national_id));

    let tier = TIERS.iter().find(|(points, groups, size, _)| {
        score >= *points && group_bit & groups != 0 && household.size >= *size
    });
    let tier = tier.map_or(5, |(.., tier)| *tier);
    // Papers are asked for only while they can still change the result.
    let missing = if failed & !R11 == 0 { missing } else { 0 };
    Outcome {
        failed,
        missing,
        score,
        tier,
        result: result(failed, tier),
        reply_in: working_days_later(request.events.received, 14),
    }
}

fn months_between(from: NaiveDate, to: NaiveDate) -> i32 {
    let months = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32;
    if to.day() < from.day() { months - 1 } else { months }
}

fn papers(papers: &Documents, service: Service, ownership: Ownership, date: NaiveDate) -> (u8, bool) {
    let (mut missing, mut matched) = (0_u8, true);
    let mut need = |bit: u8, paper: Option<Paper>, is_valid: &dyn Fn(Paper) -> bool| match paper {
        Some(paper) if is_valid(paper) => matched &= paper.matched,
        _ => missing |= 1 << bit,
    };
    let lasting = |paper: Paper| paper.expires.is_some_and(|expires| expires >= date);
    let fresh = |paper: Paper| paper.issued.is_some_and(|issued| (date - issued).num_days() <= 90);
    let any = |_: Paper| true;
    need(0, papers.id, &lasting);
    need(1, papers.family, &any);
    need(2, papers.income, &fresh);
    match ownership {
        Ownership::Owned => need(3, papers.deed, &any),
        Ownership::Rented => need(4, papers.lease, &lasting),
        Ownership::Lent | Ownership::Government => {}
    }
    if matches!(service, Service::Connection | Service::Tank)
        && matches!(ownership, Ownership::Rented | Ownership::Lent)
    {
        need(5, papers.owner, &any);
    }
    if service == Service::Well {
        need(6, papers.well, &lasting);
    }
    if matches!(service, Service::Connection | Service::Tanker) {
        need(7, papers.distance, &any);
    }
    (missing, matched)
}

/// Fridays and Saturdays are free.
fn working_days_later(from: NaiveDate, count: u32) -> i64 {
    let start = i64::from(from.num_days_from_ce());
    let (mut day, mut left) = (start, count);
    while left > 0 {
        day += 1;
        // Day 1 was a Monday: 5 is a Friday, 6 a Saturday.
        if !matches!(day % 7, 5 | 6) {
            left -= 1;
        }
    }
    day - start
}
