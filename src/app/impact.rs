//! What a revision does to the requests that are known: each is read and evaluated under both, on all cores, in constant memory.

use std::path::Path;
use std::sync::Mutex;

use rayon::prelude::*;

use super::AppError;
use super::batch::Lines;
use super::compare::Pair;
use super::letters::{Input, Item, Progress, Requests};
use crate::evaluation::request::{self, Request};
use crate::policy::Policy;
use crate::revision::diff::Diff;
use crate::revision::impact::{Impact, Judges, Known, Tally, on_day};
use crate::revision::regions::Regions;
use crate::source::Source;
use crate::value::Date;
use crate::workspace;

/// So many requests are read before they are shared out.
const AT_ONCE: usize = 4096;
/// So many a core takes at a time.
const SHARE: usize = 64;

/// Evaluates every request under both revisions. `on` is the day of the evaluation, that of each request where it is absent.
///
/// # Errors
///
/// The requests cannot be reached; one that is wrong is no error.
pub fn impact(
    pair: &Pair,
    requests: Requests<'_>,
    on: Option<Date>,
    progress: &dyn Fn(Progress),
) -> Result<Impact, AppError> {
    let day = pair.after.in_force_from;
    let (before, after) = (on_day(&pair.before, day), on_day(&pair.after, day));
    let judges = Judges::new(&before, &after);
    // What is open on that day is judged by both as they are written.
    let (open_judges, open_desks) = (Judges::new(&pair.before, &pair.after), Mutex::new(Vec::new()));
    let desks = Mutex::new(Vec::new());
    let mut tally = Tally::default();
    let mut input = Input::new(requests, AT_ONCE)?;
    let mut count = 0;
    loop {
        let (items, position) = input.next(AT_ONCE)?;
        if items.is_empty() {
            break;
        }
        let shares: Vec<Tally> = items
            .par_chunks(SHARE)
            .map(|items| {
                let mut desk = taken(&desks).unwrap_or_else(|| judges.desk());
                let mut open_desk = taken(&open_desks).unwrap_or_else(|| open_judges.desk());
                let mut tally = Tally::default();
                for item in items {
                    let known = known(item, &before, &after);
                    tally.add_if_open(&open_judges, &mut open_desk, &known);
                    let on = day_of(&known, on);
                    tally.add(&judges, &mut desk, known, on);
                }
                for (desks, desk) in [(&desks, desk), (&open_desks, open_desk)] {
                    if let Ok(mut desks) = desks.lock() {
                        desks.push(desk);
                    }
                }
                tally
            })
            .collect();
        for share in shares {
            tally.merge(share);
        }
        count += items.len() as u64;
        progress(position.after(count));
    }
    let extent = Diff::new(&pair.before, &pair.after).extent;
    let mut impact = tally.impact(&pair.before, &pair.after, &judges, day, extent);
    impact.regions = Regions::new(&pair.before, &pair.after);
    Ok(impact)
}

fn taken<T>(kept: &Mutex<Vec<T>>) -> Option<T> {
    kept.lock().ok().and_then(|mut kept| kept.pop())
}

/// Where the requests lie: a folder of request files, JSON Lines, or CSV; `-` is JSON Lines on standard input.
///
/// # Errors
///
/// They cannot be reached, or `then` fails.
pub fn with_requests<T>(
    path: &Path,
    then: impl FnOnce(Requests<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    if path.is_dir() {
        return then(Requests::Folder(path.to_owned()));
    }
    let is_csv = path.extension().is_some_and(|ending| ending == "csv");
    let (mut input, size) = workspace::open(path)?;
    then(Requests::Lines(if is_csv { Lines::Csv } else { Lines::Json }, &mut *input, size))
}

/// A request is judged on no day before its own.
fn day_of(known: &Known, on: Option<Date>) -> Option<Date> {
    let submitted = |request: &Request| request.submitted_at.date();
    let submitted = known.after.as_ref().ok().map(submitted);
    on.filter(|on| submitted.is_none_or(|submitted| submitted <= *on))
}

fn known(item: &Item, before: &Policy, after: &Policy) -> Known {
    let place = item.place();
    match item {
        Item::File(path) => match workspace::read_text(path) {
            Ok(text) => {
                let source = Source::new(path.display().to_string(), text);
                let read = |policy: &Policy| request::read(policy, &source);
                Known { place, before: read(before), after: read(after) }
            }
            Err(error) => {
                let problem = || Err(super::batch::problem(&error.text()));
                Known { place, before: problem(), after: problem() }
            }
        },
        Item::Line(number, line) => {
            let source = line.source(*number);
            Known { place, before: line.read(before, &source), after: line.read(after, &source) }
        }
    }
}
