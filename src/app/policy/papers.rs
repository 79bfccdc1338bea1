//! The papers on which members vote: what the revision says, what was found in it, whether its examples come out.

use super::super::{AppError, Checked};
use crate::diag::render::{self, Style};
use crate::evaluation::scenario::Trial;
use crate::policy::guide::{Guide, Standing};
use crate::value::Lang;

/// The papers by their names: the seam at which the paper of consequences joins them.
pub(super) fn of(checked: &Checked, trials: &[Trial<'_>]) -> Result<Vec<(String, Vec<u8>)>, AppError> {
    let mut papers = Vec::new();
    for lang in Lang::ALL {
        let tag = lang.tag();
        let guide = Guide::new(&checked.policy, lang, Standing::Draft).text();
        papers.push((format!("guide.{tag}.txt"), guide.into_bytes()));
        let findings = render::report(&checked.findings, lang, Style::Plain);
        papers.push((format!("findings.{tag}.txt"), findings.into_bytes()));
    }
    let examples = trials.iter().map(|trial| format!("✓ {}\n", trial.scenario.name)).collect::<String>();
    papers.push(("examples.txt".to_owned(), examples.into_bytes()));
    Ok(papers)
}
