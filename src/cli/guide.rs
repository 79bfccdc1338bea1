//! `mizan guide`: the whole policy as prose, and what carries out which clause.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Console, End, Format};
use crate::app::guide::{guide, set_guide, standing};
use crate::app::{self, Pictures};
use crate::policy::Policy;
use crate::policy::guide::coverage::{Coverage, Kind};
use crate::value::Text;
use crate::workspace;

/// Prints the whole policy as prose that a board can read: on the terminal, or as PDF
#[derive(Debug, Args)]
pub(super) struct Guide {
    /// The policy, its folder, or the folder of one revision; the latest revision where only the policy is named
    policy: Option<String>,
    /// Only this clause, and what carries it out
    #[arg(long, value_name = "NUMBER", conflicts_with = "coverage")]
    clause: Option<String>,
    /// Writes a PDF
    #[arg(short, long, value_name = "FILE", conflicts_with = "coverage")]
    output: Option<PathBuf>,
    /// Each page as a picture too, beside the PDF
    #[arg(long, requires = "output")]
    png: bool,
    /// Which rules, services, papers, deadlines … carry out each clause, and which clauses are words only
    #[arg(long)]
    coverage: bool,
    /// For people, or for another program
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Guide {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let policy = match app::latest(root, self.policy.as_deref()) {
            Ok(policy) => policy,
            Err(error) => return console.failed(&error, self.format),
        };
        if self.coverage {
            return self.coverage(&policy, console);
        }
        let standing = match standing(root, &policy, workspace::now().date()) {
            Ok(standing) => standing,
            Err(error) => return console.failed(&error, self.format),
        };
        let Some(guide) = guide(&policy, self.clause.as_deref(), console.lang, standing) else {
            let known: Vec<&str> = policy.clauses.iter().map(|clause| clause.number.as_str()).collect();
            let number = self.clause.as_deref().unwrap_or_default();
            let text = Text::new(format!("لا بند برقم `{number}`"), format!("there is no clause `{number}`"));
            return console.complain(&text, Some(&Text::same(known.join(", "))));
        };
        let Some(output) = &self.output else {
            match self.format {
                Format::Text => console.print(guide.text().trim_end())?,
                Format::Json => {
                    console.json(&json!({ "schema": "mizan-guide-1", "guide": guide }))?;
                }
            }
            return Ok(End::Done);
        };
        let pictures = if self.png { Pictures::Yes } else { Pictures::No };
        let set = match set_guide(root, &policy, &guide, workspace::now(), pictures) {
            Ok(set) => set,
            Err(error) => return console.failed(&error, Format::Text),
        };
        console.write_set(output, &set)
    }

    fn coverage(&self, policy: &Policy, console: &mut Console) -> io::Result<End> {
        let coverage = Coverage::new(policy);
        let count = coverage.count();
        if self.format == Format::Json {
            console.json(&json!({
                "schema": "mizan-coverage-1",
                "policy": policy.id,
                "revision": policy.number,
                "count": count,
                "clauses": coverage.clauses,
            }))?;
            return Ok(End::Done);
        }
        for clause in &coverage.clauses {
            let by_kind = Kind::ALL.iter().filter_map(|kind| {
                let carriers = clause.carriers.iter().filter(|carrier| carrier.kind == *kind);
                let ids: Vec<&str> = carriers.map(|carrier| carrier.id.as_str()).collect();
                (!ids.is_empty()).then(|| format!("{}: {}", kind.heading().get(console.lang), ids.join(" ")))
            });
            let mut said: Vec<String> = by_kind.collect();
            if !clause.is_carried_out() {
                said.insert(0, console.say("نصٌّ توجيهي", "words only").to_owned());
            }
            console.print(&format!("{}  {}", clause.number, said.join(" · ")))?;
        }
        let line = console
            .say(
                &format!(
                    "البنود {}: يُنفَّذ منها {}، وليس في {} إلا سؤالٌ مفتوح، و{} نصٌّ توجيهي",
                    count.clauses, count.carried_out, count.questions_only, count.words_only
                ),
                &format!(
                    "{} clauses: {} carried out, {} only raise a question, {} are words only",
                    count.clauses, count.carried_out, count.questions_only, count.words_only
                ),
            )
            .to_owned();
        console.print(&line)?;
        Ok(End::Done)
    }
}
