//! `mizan policy decide`: the board's answers to the questions that its text leaves open.

use std::io;
use std::path::Path;

use clap::Args;

use super::super::{Console, End, Format};
use crate::app::draft::{self, Decision};
use crate::value::Lang;

/// Writes the board's answers to open questions into the draft
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["answers", "as_proposed", "confirm_assumptions"])))]
pub(super) struct Decide {
    /// A question of `mizan check`, and the answer that the board chose: `DR-01=both`. The question alone lists its answers
    #[arg(value_name = "QUESTION=ANSWER", value_parser = answer)]
    answers: Vec<(String, String)>,
    /// Every other open question as it is proposed
    #[arg(long)]
    as_proposed: bool,
    /// What was assumed, limits, papers and deadlines among it, stands as the board's own
    #[arg(long)]
    confirm_assumptions: bool,
    /// The policy, where there are several
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
}

fn answer(text: &str) -> Result<(String, String), String> {
    let (question, answer) = text.split_once('=').unwrap_or((text, ""));
    if question.trim().is_empty() {
        return Err("السؤال=الجواب · QUESTION=ANSWER: DR-01=both".to_owned());
    }
    Ok((question.trim().to_owned(), answer.trim().to_owned()))
}

impl Decide {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let decision = Decision {
            answers: self.answers.clone(),
            as_proposed: self.as_proposed,
            confirm_assumptions: self.confirm_assumptions,
        };
        let decided = match draft::decide(root, self.policy.as_deref(), &decision) {
            Ok(decided) => decided,
            Err(error) => return console.failed(&error, Format::Text),
        };
        for (question, answer) in &decided.chosen {
            let line = format!("✓ {question}: {}", answer.get(console.lang));
            console.print(&line)?;
        }
        let (folder, chosen, confirmed, open) =
            (decided.folder.display(), decided.chosen.len(), decided.confirmed, decided.open);
        let line = match console.lang {
            Lang::Ar => format!(
                "كُتب في {folder}: الأسئلة المجابة {chosen} · الافتراضات المعتمدة {confirmed} · الأسئلة المفتوحة {open}"
            ),
            Lang::En => format!(
                "written in {folder}: questions answered {chosen} · assumptions confirmed {confirmed} · questions still open {open}"
            ),
        };
        console.print(&line)?;
        Ok(End::Done)
    }
}
