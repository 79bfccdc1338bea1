//! A request as the peers are given it: dates as numbers of days, money in halalas, and only the papers that are there.

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Map, Value, json};

use crate::requests::{PAPERS, Paper, Request};

pub fn ymd(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// Day 1 was a Monday, so that a Friday is 5 and a Saturday 6 of each seven.
pub fn day(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce())
}

pub fn name<T: std::fmt::Debug>(value: T) -> String {
    format!("{value:?}").to_lowercase()
}

pub fn hundredths(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

pub fn papers(request: &Request) -> Vec<(&'static str, Paper)> {
    let papers = &request.documents;
    let all = [
        papers.id,
        papers.family,
        papers.income,
        papers.deed,
        papers.lease,
        papers.owner,
        papers.well,
        papers.distance,
    ];
    PAPERS.into_iter().zip(all).filter_map(|(name, paper)| Some((name, paper?))).collect()
}

/// For the peers that read JSON.
pub fn json(request: &Request) -> Value {
    let documents: Map<String, Value> = papers(request)
        .into_iter()
        .map(|(name, paper)| {
            let paper = json!({
                "issued": paper.issued.map_or(0, day), "expires": paper.expires.map_or(0, day), "matched": paper.matched,
            });
            (name.to_owned(), paper)
        })
        .collect();
    json!({
        "service": name(request.service), "date": day(request.submitted_at), "date_ymd": ymd(request.submitted_at),
        "age": request.applicant.age, "national_id": request.applicant.national_id,
        "residency_months": request.applicant.residency_months, "size": request.household.size,
        "income": request.household.monthly_income * 100, "disabled": request.household.disabled,
        "orphans": request.household.orphans, "elderly": request.household.elderly,
        "region": name(request.dwelling.region), "ownership": name(request.dwelling.ownership),
        "has_network": request.dwelling.has_network, "distance": request.dwelling.distance,
        "has_well": request.dwelling.has_well, "tank": request.dwelling.tank,
        "supported": request.history.supported, "last_ymd": request.history.last_support.map_or(0, ymd),
        "documents": documents,
    })
}
