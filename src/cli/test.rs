//! `mizan test`: do the worked examples come out as they say?

mod coverage;

use std::io;
use std::path::Path;

use clap::Args;
use serde_json::json;

use super::{Console, End, Format};
use crate::app;
use crate::evaluation::notice;
use crate::evaluation::scenario::{self, Trial};

/// Runs the worked examples of a policy, a line each, and says what differs
#[derive(Debug, Args)]
pub(super) struct Test {
    /// The policy, its folder, or the folder of one revision; all policies where it is left out
    policy: Option<String>,
    /// Only examples whose name holds this
    #[arg(long, value_name = "WORDS")]
    only: Option<String>,
    /// What the examples reach, and which small changes of the policy nobody would have noticed
    #[arg(long, conflicts_with = "only")]
    coverage: bool,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Test {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let folders = match app::revisions(root, self.policy.as_deref()) {
            Ok(folders) => folders,
            Err(error) => return console.failed(&error, self.format),
        };
        let (mut passed, mut failed) = (0_usize, 0_usize);
        let mut reports = Vec::new();
        let mut coverages = Vec::new();
        for folder in &folders {
            let policy = match app::load(folder) {
                Ok((policy, _)) => policy,
                Err(error) => return console.failed(&error, self.format),
            };
            for scenario in &policy.scenarios {
                if self.only.as_ref().is_some_and(|only| !scenario.name.contains(only.as_str())) {
                    continue;
                }
                let trial = scenario::try_one(&policy, scenario);
                if trial.differences.is_empty() {
                    passed += 1;
                } else {
                    failed += 1;
                }
                match self.format {
                    Format::Text => show(&trial, console)?,
                    Format::Json => reports.push(json!({
                        "policy": policy.id,
                        "revision": policy.number,
                        "scenario": scenario.name,
                        "title": scenario.title,
                        "passed": trial.differences.is_empty(),
                        "differences": trial.differences,
                    })),
                }
            }
            if self.coverage {
                let report = notice::report(&policy);
                let letters = app::letters_reached(&policy);
                match self.format {
                    Format::Json => coverages.push(coverage::json(&policy, &report, &letters)),
                    Format::Text => {
                        let text = coverage::text(&policy, &report, &letters, console.lang);
                        console.print(&text)?;
                    }
                }
            }
        }
        if self.format == Format::Json {
            let mut answer =
                json!({ "schema": "mizan-test-1", "passed": passed, "failed": failed, "scenarios": reports });
            if let (true, Some(answer)) = (self.coverage, answer.as_object_mut()) {
                answer.insert("coverage".into(), json!(coverages));
            }
            console.json(&answer)?;
        } else {
            let line = console
                .say(&format!("نجح {passed}، واختلف {failed}"), &format!("{passed} passed, {failed} failed"))
                .to_owned();
            console.print(&line)?;
        }
        if passed + failed == 0 {
            // A run without examples proves nothing, and must not look like a success.
            let why = crate::value::Text::new("لم يُجرَ أي مثال", "no example was run");
            return console.complain(&why, None);
        }
        Ok(if failed == 0 { End::Done } else { End::No })
    }
}

fn show(trial: &Trial<'_>, console: &mut Console) -> io::Result<()> {
    let title = trial.scenario.title.get(console.lang);
    let sign = if trial.differences.is_empty() { "✓" } else { "✗" };
    let mut line = format!("{sign} {}: {title}", trial.scenario.name);
    for difference in &trial.differences {
        line.push_str("\n    ");
        line.push_str(difference.get(console.lang));
    }
    console.print(&line)
}
