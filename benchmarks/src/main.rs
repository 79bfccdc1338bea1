//! One policy, many engines: first whether they agree, then how long they take.
//!
//! Ratios are taken in one process, interleaved with hand-written Rust, and are medians: on a shared machine only they mean much.

mod comparison;
mod engine;
mod facts;
mod native;
mod ours;
mod peers;
mod regions;
mod requests;

use std::hint::black_box;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use engine::{median, timed};
use mizan::evaluation::plan::Plan;
use mizan::evaluation::plan::lines::Lines;
use mizan::policy::PolicyFile;
use mizan::source::Source;
use requests::{Chance, Request};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 0x6d69_7a61_6e21;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    match arguments.first().map(String::as_str) {
        Some("evaluate") => comparison::evaluate(has("--quick"), has("--json")),
        Some("lines") => lines(has("--quick")),
        Some("growth") => growth(),
        Some("profile") => profile(),
        Some("regions") => regions::regions(),
        Some("load") => load(),
        Some("cold") => match arguments.get(1) {
            Some(binary) => cold(&PathBuf::from(binary)),
            None => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!(
        "evaluate [--quick] [--json] | lines [--quick] | growth | load | regions | profile | cold <path of mizan>"
    );
    ExitCode::from(2)
}

fn load_of_the_machine() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or("?").to_owned()
}

/// From lines of JSON to an outcome.
fn lines(quick: bool) -> ExitCode {
    let count = if quick { 2_000 } else { 20_000 };
    let mut chance = Chance::new(SEED);
    let lines: Vec<String> = (0..count).map(|_| requests::line(&mut chance)).collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let files = ours::files();
    let policy = ours::check(&files);
    let plan = Plan::new(&policy);
    let mut reader = Lines::new(&plan);
    let (mut times, mut native_times, mut ratios) = (vec![], vec![], vec![]);
    for _ in 0..if quick { 5 } else { 11 } {
        let native = timed(count, |index| {
            let request: Request = serde_json::from_str(black_box(&lines[index])).expect("a request");
            black_box(native::decide(&request));
        });
        let ours = timed(count, |index| {
            black_box(reader.judge(black_box(&lines[index]), None).expect("a request in order"));
        });
        times.push(ours);
        native_times.push(native);
        ratios.push(native / ours);
    }
    let count_of = reader.count();
    println!("{count} lines of {} bytes on average; {count_of:?}", bytes / count);
    for (name, time) in [("native + serde", median(native_times)), ("mizan", median(times))] {
        println!("{name:<16} {time:>8.0} ns/line {:>10.0} requests/s on one core", 1e9 / time);
    }
    println!(
        "requests/s of mizan ÷ native {:.2}; load of the machine {}",
        median(ratios),
        load_of_the_machine()
    );
    ExitCode::SUCCESS
}

/// The policy with its rules, tables and derived values so many times.
fn grown(times: usize) -> Vec<PolicyFile> {
    let mut files = ours::files();
    for file in &mut files {
        if file.path != "rules.toml" {
            continue;
        }
        let text = file.source.text.to_string();
        let mut all = text.clone();
        for copy in 2..=times {
            let mut next = text.clone();
            for name in [
                "income_per_person",
                "poverty",
                "thirst",
                "tenancy",
                "crowd",
                "points",
                "region_group",
                "income_limit",
            ] {
                next = next.replace(name, &format!("{name}_{copy}"));
            }
            for rule in (1..=12).map(|rule| format!("R{rule:02}")).chain(["X05".into()]) {
                next = next.replace(&rule, &format!("{rule}_{copy}"));
            }
            all.push('\n');
            all.push_str(&next);
        }
        file.source = Source::new(&file.source.name, all);
    }
    files
}

fn growth() -> ExitCode {
    let count = 4_000;
    let mut chance = Chance::new(SEED);
    let lines: Vec<String> = (0..count).map(|_| requests::line(&mut chance)).collect();
    let policies: Vec<_> = [1, 4, 16].map(|times| ours::check(&grown(times))).into();
    let plans: Vec<_> = policies.iter().map(Plan::new).collect();
    let mut all: Vec<_> = plans
        .iter()
        .zip(&policies)
        .map(|(plan, policy)| {
            let requests: Vec<_> = lines.iter().map(|line| ours::read(policy, line)).collect();
            ours::Planned::new(plan, &requests)
        })
        .collect();
    let mut ratios = vec![vec![]; all.len()];
    let mut times = vec![vec![]; all.len()];
    for _ in 0..11 {
        let mut base = 0.0;
        for (place, planned) in all.iter_mut().enumerate() {
            let time = timed(count, |index| {
                black_box(planned.judge(black_box(index)));
            });
            if place == 0 {
                base = time;
            }
            times[place].push(time);
            ratios[place].push(time / base);
        }
    }
    for ((times, ratios), (policy, copies)) in
        times.into_iter().zip(ratios).zip(policies.iter().zip([1, 4, 16]))
    {
        println!(
            "×{copies:<3} {:>4} rules {:>8.0} ns/request {:>7.2}×",
            policy.rules.len(),
            median(times),
            median(ratios)
        );
    }
    println!("load of the machine {}", load_of_the_machine());
    ExitCode::SUCCESS
}

/// Two hundred rules: read, checked, made ready.
fn load() -> ExitCode {
    let files = grown(16);
    let (mut checks, mut plans, mut rules) = (vec![], vec![], 0);
    for _ in 0..21 {
        let start = Instant::now();
        let policy = ours::check(&files);
        checks.push(start.elapsed());
        let start = Instant::now();
        let plan = Plan::new(&policy);
        plans.push(start.elapsed());
        black_box(&plan);
        rules = policy.rules.len();
    }
    let of = |times: Vec<Duration>| median(times.into_iter().map(|time| time.as_secs_f64() * 1e3).collect());
    let (check, plan) = (of(checks), of(plans));
    println!(
        "{rules} rules: read and checked {check:.1} ms, made ready {plan:.1} ms, together {:.1} ms",
        check + plan
    );
    println!("load of the machine {}", load_of_the_machine());
    ExitCode::SUCCESS
}

/// A process that evaluates one request, against one that does nothing.
fn cold(binary: &std::path::Path) -> ExitCode {
    let request = std::env::temp_dir().join("mizan-benchmark-request.json");
    let mut chance = Chance::new(SEED);
    if std::fs::write(&request, requests::line(&mut chance)).is_err() {
        return ExitCode::FAILURE;
    }
    let run = |command: &mut Command| {
        let start = Instant::now();
        let output = command.output();
        (start.elapsed().as_secs_f64() * 1e3, output.is_ok())
    };
    let (mut ours, mut empty) = (vec![], vec![]);
    for _ in 0..15 {
        empty.push(run(&mut Command::new("true")).0);
        let mut command = Command::new(binary);
        let (time, ran) = run(command.arg("evaluate").arg(&request).arg("--policy").arg(ours::folder()));
        if !ran {
            eprintln!("{} does not run", binary.display());
            return ExitCode::FAILURE;
        }
        ours.push(time);
    }
    println!(
        "mizan evaluate {:.1} ms, an empty process {:.1} ms; load of the machine {}",
        median(ours),
        median(empty),
        load_of_the_machine()
    );
    ExitCode::SUCCESS
}

/// The plan alone against hand-written Rust, the best of many short stretches: for a profiler, and while a machine is busy.
fn profile() -> ExitCode {
    let count = 2_000;
    let mut chance = Chance::new(SEED);
    let lines: Vec<String> = (0..count).map(|_| requests::line(&mut chance)).collect();
    let typed: Vec<Request> =
        lines.iter().map(|line| serde_json::from_str(line).expect("a request")).collect();
    let files = ours::files();
    let policy = ours::check(&files);
    let plan = Plan::new(&policy);
    let ours: Vec<_> = lines.iter().map(|line| ours::read(&policy, line)).collect();
    let mut planned = ours::Planned::new(&plan, &ours);
    let (mut mizan, mut native) = (f64::MAX, f64::MAX);
    for _ in 0..300 {
        mizan = mizan.min(timed(count, |index| {
            black_box(planned.judge(black_box(index)));
        }));
        native = native.min(timed(count, |index| {
            black_box(native::decide(black_box(&typed[index])));
        }));
    }
    println!("mizan {mizan:.0} ns, native {native:.0} ns, ratio {:.2}", mizan / native);
    ExitCode::SUCCESS
}
