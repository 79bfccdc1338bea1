//! Where two revisions answer otherwise: tables of eight facts and forty rows, of which one row is changed.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use mizan::diag::{Code, Severity};
use mizan::policy::{self, Policy, PolicyFile};
use mizan::revision::regions::{Method, Regions};
use mizan::source::Source;

use crate::engine::median;
use crate::requests::Chance;

const ROWS: usize = 40;
const TABLES: usize = 15;
const NUMBERS: [(&str, u64); 6] =
    [("age", 100), ("size", 20), ("months", 60), ("rooms", 12), ("income", 20_000), ("debt", 50_000)];
const KINDS: [&str; 4] = ["p", "q", "r", "s"];
const OUTPUTS: [&str; 4] = ["first", "second", "third", "fourth"];

/// The tests of one row; nothing where it asks nothing of a fact.
type Row = (Vec<Option<String>>, usize);

fn row(chance: &mut Chance, percent: u64) -> Row {
    let mut cells = Vec::new();
    for (_, most) in NUMBERS {
        let (one, other) = (chance.below(most + 1), chance.below(most + 1));
        let (low, high) = (one.min(other), one.max(other));
        let cell = match chance.below(3) {
            0 => format!("\">= {low}\""),
            1 => format!("\"<= {high}\""),
            _ => format!("\"{low}..={high}\""),
        };
        cells.push(chance.percent(percent).then_some(cell));
    }
    let kind = format!("[\"{}\"]", KINDS[chance.below(4) as usize]);
    cells.push(chance.percent(percent).then_some(kind));
    let owner = (chance.below(2) == 0).to_string();
    cells.push(chance.percent(percent).then_some(owner));
    (cells, chance.below(4) as usize)
}

fn revision(rows: &[Row]) -> Option<Policy> {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/policies/base/1");
    let mut files = mizan::workspace::read_revision(std::path::Path::new(base)).expect("the folder");
    files.retain(|file| {
        matches!(
            file.path.as_str(),
            "policy.toml" | "clauses.toml" | "units.toml" | "services.toml" | "procedure.toml"
        )
    });
    let mut facts = String::new();
    let mut names = Vec::new();
    for (name, most) in NUMBERS {
        let ty = if most > 1_000 { "money" } else { "integer" };
        writeln!(facts, "[a.{name}]\ntype = \"{ty}\"\nrange = \"0..={most}\"\nlabel = {{ ar = \"{name}\", en = \"{name}\" }}").ok()?;
        names.push(format!("a.{name}"));
    }
    let choices = |ids: &[&str]| {
        let each = ids.iter().map(|id| format!("choice.{id} = {{ ar = \"{id}\", en = \"{id}\" }}"));
        each.collect::<Vec<_>>().join(", ")
    };
    writeln!(
        facts,
        "[a.kind]\ntype = \"choice\"\n{}\nlabel = {{ ar = \"kind\", en = \"kind\" }}\n[a.owner]\ntype = \"bool\"\nlabel = {{ ar = \"owner\", en = \"owner\" }}",
        choices(&KINDS).replace(", choice", "\nchoice")
    )
    .ok()?;
    names.extend(["a.kind".to_owned(), "a.owner".to_owned()]);
    let given: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let mut rules = format!(
        "[table.t]\ngiven = [{}]\nhit = \"first\"\njustification = {{ ar = \"t\", en = \"t\" }}\ngives.out = {{ type = \"choice\", label = {{ ar = \"out\", en = \"out\" }}, {} }}\nrow = [\n",
        given.join(", "),
        choices(&OUTPUTS)
    );
    for (cells, output) in rows {
        let said = cells
            .iter()
            .zip(&names)
            .filter_map(|(cell, name)| Some(format!("\"{name}\" = {}", cell.as_ref()?)));
        let said: Vec<String> = said.chain([format!("out = \"{}\"", OUTPUTS[*output])]).collect();
        writeln!(rules, "  {{ {} }},", said.join(", ")).ok()?;
    }
    rules.push_str(
        "  { out = \"first\" },\n]\n[rule.R]\nkind = \"eligibility\"\nclause = \"3.1\"\nsource = \"board\"\ntitle = { ar = \"r\", en = \"r\" }\nrequire = 'out == \"first\" || out == \"second\"'\nmet = { ar = \"m\", en = \"m\" }\nnot_met = { ar = \"n\", en = \"n\" }\nunknown = { ar = \"{missing}\", en = \"{missing}\" }\n",
    );
    let example = "title = { ar = \"t\", en = \"t\" }\n[request]\nservice = \"S1\"\nchannel = \"4.1\"\nsubmitted_at = 2026-12-06\n[expect]\nunknown = [\"R\"]\n";
    for (path, text) in
        [("facts.toml", facts.as_str()), ("rules.toml", &rules), ("scenarios/one.toml", example)]
    {
        files.push(PolicyFile { path: path.to_owned(), source: Source::new(path, text) });
    }
    // A row that nothing reaches is refused, as it should be.
    match policy::check("relief/1", &files) {
        Ok((policy, _)) => Some(policy),
        Err(problems) => {
            let others = problems.0.iter().filter(|problem| {
                problem.severity == Severity::Error && problem.code != Code::UnreachableRow
            });
            let others: Vec<&str> = others.map(|problem| problem.message.en.as_str()).collect();
            assert!(others.is_empty(), "{others:?}");
            None
        }
    }
}

pub fn regions() -> ExitCode {
    println!(
        "{:<34} {:>10} {:>10} {:>10}",
        format!("8 facts, {ROWS} rows"),
        "median ms",
        "worst ms",
        "exact"
    );
    for percent in [25, 40, 60, 80] {
        let mut chance = Chance::new(crate::SEED + percent);
        let (mut times, mut exact) = (vec![], 0);
        while times.len() < TABLES {
            let mut rows: Vec<Row> = vec![];
            // The rows that ask most come first, as people write them; each must be reached.
            let mut before = None;
            while rows.len() < ROWS - 1 {
                let mut more = rows.clone();
                more.push(row(&mut chance, percent));
                more.sort_by_key(|(cells, _)| cells.iter().filter(|cell| cell.is_none()).count());
                if let Some(policy) = revision(&more) {
                    (rows, before) = (more, Some(policy));
                }
            }
            let Some(before) = before else { continue };
            let place = chance.below(rows.len() as u64) as usize;
            rows[place].1 = (rows[place].1 + 2) % 4;
            let Some(after) = revision(&rows) else { continue };
            let start = Instant::now();
            let regions = Regions::new(&before, &after);
            times.push(start.elapsed().as_secs_f64() * 1e3);
            exact += usize::from(regions.answers.iter().all(|answer| answer.method == Method::Exact));
        }
        let worst = times.iter().copied().fold(0.0, f64::max);
        let name = format!("{percent} % of the cells say something");
        println!("{name:<34} {:>10.1} {worst:>10.1} {exact:>7}/{TABLES}", median(times));
    }
    println!("load of the machine {}", crate::load_of_the_machine());
    ExitCode::SUCCESS
}
