//! First whether all engines agree on every request, then how long each takes.

use std::process::ExitCode;

use mizan::evaluation::plan::Plan;
use mizan::evaluation::plan::lines::Lines;
use mizan::policy::Policy;
use mizan::value::Date;
use serde_json::{Map, Value, json};

use crate::engine::{Entry, median};
use crate::native::Native;
use crate::ours;
use crate::peers::foreign::{self, Mode};
#[cfg(feature = "zen-engine")]
use crate::peers::zen;
use crate::peers::{cel, datalogic, regorus, rhai};
use crate::requests::{Outcome, Request};
use crate::{SEED, load_of_the_machine, requests};

pub fn evaluate(quick: bool, json: bool) -> ExitCode {
    let count = if quick { 2_000 } else { 10_000 };
    let rounds = if quick { 5 } else { 11 };
    let mut chance = requests::Chance::new(SEED);
    let lines: Vec<String> = (0..count).map(|_| requests::line(&mut chance)).collect();
    let typed: Vec<Request> =
        lines.iter().map(|line| serde_json::from_str(line).expect("a request")).collect();
    let policy = ours::check(&ours::files());
    let plan = Plan::new(&policy);
    for (what, why) in plan.left_out() {
        eprintln!("left to the exact evaluation: {what}: {why}");
    }
    let ours: Vec<_> = lines.iter().map(|line| ours::read(&policy, line)).collect();
    let received: Vec<_> = typed.iter().map(|request| request.events.received).collect();
    let logical = datalogic::Logical::new(&typed);
    let mut engines = vec![
        Entry::new("native", 1, Native(&typed)),
        Entry::new("mizan", 1, ours::ByPlan::new(&policy, &plan, &ours, received.clone())),
        Entry::new("mizan-full", 20, ours::InFull::new(&policy, &plan, &ours, received.clone())),
        Entry::new("datalogic-rs", 4, logical.session()),
        Entry::new("rhai", 10, rhai::Scripted::new(&typed)),
        Entry::new("cel", 10, cel::Cel::new(&typed)),
        Entry::new("regorus", 10, regorus::Regorus::new(&typed)),
    ];
    let mut absent: Vec<(&str, String)> = vec![];
    #[cfg(feature = "zen-engine")]
    engines.push(Entry::new("zen-engine", 10, zen::Zen::new(&typed)));
    #[cfg(not(feature = "zen-engine"))]
    absent.push(("zen-engine", "not built".into()));
    let file = std::env::temp_dir().join(format!("mizan-benchmark-requests-{}.jsonl", std::process::id()));
    if let Err(error) = std::fs::write(&file, lines.join("\n") + "\n") {
        eprintln!("{}: {error}", file.display());
        return ExitCode::FAILURE;
    }
    match foreign::openfisca(&file, count) {
        Ok(peer) => {
            engines.push(Entry::new("openfisca-core", 1, peer.engine(Mode::Together)));
            engines.push(Entry::new("openfisca-core-single", 400, peer.engine(Mode::Alone)));
        }
        Err(why) => absent.push(("openfisca-core", why)),
    }
    match foreign::json_rules_engine(&file, count) {
        Ok(peer) => engines.push(Entry::new("json-rules-engine", 100, peer.engine(Mode::Together))),
        Err(why) => absent.push(("json-rules-engine", why)),
    }
    // The scripts have read it; a file left behind harms nobody.
    let _ = std::fs::remove_file(&file);

    let Some(outcomes) = agree(&mut engines, &lines) else { return ExitCode::FAILURE };
    if !our_records_agree(&policy, &plan, &ours, &received, &lines, &outcomes) {
        return ExitCode::FAILURE;
    }
    let mut of_each = [0_usize; 4];
    for outcome in &outcomes {
        of_each[outcome.result as usize] += 1;
    }

    let mut times = vec![vec![]; engines.len()];
    let mut ratios = vec![vec![]; engines.len()];
    for _ in 0..rounds {
        let mut native = 0.0;
        for (place, Entry { one_of, engine, .. }) in engines.iter_mut().enumerate() {
            let time = engine.time(count / *one_of);
            if place == 0 {
                native = time;
            }
            times[place].push(time);
            ratios[place].push(time / native);
        }
    }
    let medians = times.into_iter().zip(ratios).map(|(times, ratios)| (median(times), median(ratios)));
    let measured: Vec<_> = engines.iter().map(|entry| entry.name).zip(medians).collect();

    if json {
        let rounded = |value: f64, parts: f64| (value * parts).round() / parts;
        let engines: Map<String, Value> = measured
            .into_iter()
            .map(|(name, (ns, ratio))| {
                let figures = json!({ "ns": rounded(ns, 10.0), "ratio_to_native": rounded(ratio, 100.0) });
                (name.to_owned(), figures)
            })
            .collect();
        let absent: Map<String, Value> =
            absent.into_iter().map(|(name, why)| (name.to_owned(), why.into())).collect();
        println!("{}", json!({ "requests": count, "rounds": rounds, "engines": engines, "absent": absent }));
        return ExitCode::SUCCESS;
    }
    let [eligible, ineligible, incomplete, referred] = of_each;
    println!(
        "{count} requests (seed {SEED:#x}): eligible {eligible}, ineligible {ineligible}, incomplete {incomplete}, referred {referred}; all engines agree on each"
    );
    println!("{:<22} {:>12} {:>10} {:>10}", "engine", "ns/request", "÷ native", "÷ mizan");
    let ours = measured.iter().find(|(name, _)| *name == "mizan").map_or(f64::NAN, |(_, (_, ratio))| *ratio);
    for (name, (ns, ratio)) in &measured {
        println!("{name:<22} {ns:>12.0} {ratio:>10.2} {:>10.2}", ratio / ours);
    }
    for (name, why) in &absent {
        println!("{name:<22} {why:>12}");
    }
    println!(
        "medians of {rounds} interleaved rounds, one thread; load of the machine {}",
        load_of_the_machine()
    );
    ExitCode::SUCCESS
}

/// What the first engine says of each request, if all the others say the same.
fn agree(engines: &mut [Entry<'_>], lines: &[String]) -> Option<Vec<Outcome>> {
    let [first, others @ ..] = engines else { return None };
    let mut outcomes = vec![];
    for (index, line) in lines.iter().enumerate() {
        let expected = first.engine.outcome(index);
        for Entry { name, engine, .. } in &mut *others {
            let said = engine.outcome(index);
            if said != expected {
                eprintln!("{name} disagrees\n  {}: {expected:?}\n  {name}: {said:?}\n  {line}", first.name);
                return None;
            }
        }
        outcomes.push(expected);
    }
    Some(outcomes)
}

/// The plan's record is the exact evaluation's, and the same from a line of JSON.
fn our_records_agree(
    policy: &Policy,
    plan: &Plan<'_>,
    requests: &[mizan::evaluation::request::Request],
    received: &[Date],
    lines: &[String],
    outcomes: &[Outcome],
) -> bool {
    let order = ours::Order::new(policy);
    let mut planned = ours::Planned::new(plan, requests);
    let mut reader = Lines::new(plan);
    for (index, line) in lines.iter().enumerate() {
        let exact = plan.record(&ours::full(policy, &requests[index]).0);
        if *planned.judge(index) != exact {
            eprintln!("the plan's record differs from the exact one\n  {line}");
            return false;
        }
        let record = reader.judge(line, None).expect("a request in order");
        let from_line = order.outcome(record, received[index]);
        if from_line != outcomes[index] {
            eprintln!("mizan disagrees when it reads the line\n  {from_line:?}\n  {line}");
            return false;
        }
    }
    true
}
