//! `mizan check`: is the policy in order?

use std::io;
use std::path::Path;

use clap::Args;
use serde_json::json;

use super::{Console, End, Format, worst};
use crate::app::{self, AppError};
use crate::diag::{Diagnostics, render};
use crate::policy::Policy;

/// Says everything that is wrong with a policy's files: place, cause, help, clause
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The policy, its folder, or the folder of one revision; all policies where it is left out
    policy: Option<String>,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Check {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let folders = match app::revisions(root, self.policy.as_deref()) {
            Ok(folders) => folders,
            Err(error) => return console.failed(&error, self.format),
        };
        let mut end = End::Done;
        let mut all = Diagnostics::default();
        for folder in &folders {
            match app::load(folder) {
                Ok((policy, notes)) => {
                    if self.format == Format::Text {
                        console.problems(&notes, Format::Text)?;
                        let summary = summary(&policy, console);
                        console.print(&summary)?;
                    }
                    all.0.extend(notes.0);
                }
                Err(AppError::Policy(problems)) => {
                    end = worst(&problems.0);
                    if self.format == Format::Text {
                        console.problems(&problems, Format::Text)?;
                        let count = problems.0.len();
                        let line = match count {
                            1 => console.say("مشكلة واحدة", "1 problem").to_owned(),
                            _ => format!("{count} {}", console.say("من المشكلات", "problems")),
                        };
                        console.print(&format!("{} {}: {line}", folder.policy, folder.number))?;
                    }
                    all.0.extend(problems.0);
                }
                Err(error) => return console.failed(&error, self.format),
            }
        }
        if self.format == Format::Json {
            let problems: Vec<serde_json::Value> = all.0.iter().map(render::value).collect();
            console.json(&json!({ "schema": "mizan-problems-1", "problems": problems }))?;
        }
        Ok(end)
    }
}

fn summary(policy: &Policy, console: &Console) -> String {
    let open = policy.interpretations.iter().filter(|interpretation| interpretation.chosen.is_none()).count();
    let (id, number) = (&policy.id, policy.number);
    let (clauses, facts, rules) = (policy.clauses.len(), policy.facts.len(), policy.rules.len());
    let (letters, scenarios) = (policy.letters.len(), policy.scenarios.len());
    let each = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    console
        .say(
            &format!(
                "{id} {number}: لا مشكلة. البنود {clauses} · الوقائع {facts} · القواعد {rules} · الخطابات {letters} · الأمثلة {scenarios} · التفسيرات المفتوحة {open}"
            ),
            &format!(
                "{id} {number}: no problem. {} · {} · {} · {} · {} · {}",
                each(clauses, "clause"),
                each(facts, "fact"),
                each(rules, "rule"),
                each(letters, "letter"),
                each(scenarios, "scenario"),
                each(open, "open interpretation"),
            ),
        )
        .to_owned()
}
