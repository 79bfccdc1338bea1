//! `mizan check`: is the policy in order?

use std::io;
use std::path::Path;

use clap::Args;

use super::{Console, End, Format, problems_in_words, worst};
use crate::app::{self, AppError, Checked};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::policy::{Interpretation, Policy};
use crate::value::Lang;

/// Says everything that is wrong with a policy's files, and what the board should see before it approves: place, cause, help, clause
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The policy, its folder, or the folder of one revision; all policies where it is left out
    policy: Option<String>,
    /// Show each open question with the words of the source text that raise it
    #[arg(long)]
    questions: bool,
    /// Also set every letter, in both languages, with made-up requests: the longest names, the most reasons, nothing, a hundred of everything; and say what is wrong with its pages. Takes seconds
    #[arg(long)]
    letters: bool,
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
            let checked = app::check(root, folder).and_then(|mut checked| {
                let proof = if self.letters { Some(app::proof::prove(root, &checked.policy)?) } else { None };
                let letters = proof.map(|proof| {
                    checked.findings.0.extend(proof.problems.0);
                    proof.letters
                });
                Ok((checked, letters))
            });
            match checked {
                Ok((checked, letters)) => {
                    let is_blocked = checked.findings.has_errors();
                    if self.format == Format::Text {
                        console.problems(&checked.notes, Format::Text)?;
                        let summary = summary(&checked, console);
                        console.print(&summary)?;
                        self.show(&checked, console)?;
                        if let Some(letters) = letters {
                            let line = console.say("جُرِّبت الخطابات", "letters tried").to_owned();
                            console
                                .print(&format!("{} {}: {line} {letters}", folder.policy, folder.number))?;
                        }
                    }
                    all.0.extend(checked.notes.0);
                    all.0.extend(checked.findings.0);
                    if is_blocked && end == End::Done {
                        end = End::No;
                    }
                }
                Err(AppError::Policy(problems)) => {
                    end = worst(&problems.0);
                    if self.format == Format::Text {
                        console.problems(&problems, Format::Text)?;
                        let line = problems_in_words(problems.0.len(), console.lang);
                        console.print(&format!("{} {}: {line}", folder.policy, folder.number))?;
                    }
                    all.0.extend(problems.0);
                }
                Err(error) => return console.failed(&error, self.format),
            }
        }
        if self.format == Format::Json {
            console.problems(&all, Format::Json)?;
        }
        Ok(end)
    }
}

impl Check {
    /// Findings in full; open questions in a line each, or in full where they were asked for.
    fn show(&self, checked: &Checked, console: &mut Console) -> io::Result<()> {
        let (open, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
            checked.findings.0.iter().cloned().partition(|finding| finding.code == Code::OpenInterpretation);
        console.problems(&Diagnostics(others), Format::Text)?;
        for held in &checked.invariants {
            let line = held.sentence();
            console.print(line.get(console.lang))?;
        }
        if self.questions {
            return console.problems(&Diagnostics(open), Format::Text);
        }
        for interpretation in checked.policy.interpretations.iter().filter(|open| open.chosen.is_none()) {
            let line = question(interpretation, console.lang);
            console.print(&line)?;
        }
        Ok(())
    }
}

fn question(interpretation: &Interpretation, lang: Lang) -> String {
    let proposed =
        interpretation.options.get(interpretation.proposed).map_or("", |(_, words)| words.get(lang));
    let (id, clause) = (&interpretation.id, &interpretation.clause);
    let question = interpretation.question.get(lang);
    match lang {
        Lang::Ar => format!("? {id} (البند {clause}) {question}\n      المقترح: {proposed}"),
        Lang::En => format!("? {id} (clause {clause}) {question}\n      proposed: {proposed}"),
    }
}

fn summary(checked: &Checked, console: &Console) -> String {
    let policy: &Policy = &checked.policy;
    let count = |severity: Severity| {
        let of_that = checked.findings.0.iter().filter(|finding| finding.severity == severity);
        of_that.filter(|finding| finding.code != Code::OpenInterpretation).count()
    };
    let (blocking, warnings, notes) =
        (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    let open = policy.interpretations.iter().filter(|interpretation| interpretation.chosen.is_none()).count();
    let (id, number) = (&policy.id, policy.number);
    let (clauses, facts, rules) = (policy.clauses.len(), policy.facts.len(), policy.rules.len());
    let (letters, scenarios) = (policy.letters.len(), policy.scenarios.len());
    let each = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let found = if blocking + warnings + notes == 0 {
        console.say("لا مشكلة", "no problem").to_owned()
    } else {
        console
            .say(
                &format!("يمنع الاعتماد {blocking} · تنبيهات {warnings} · ملاحظات {notes}"),
                &format!("{blocking} block approval · {warnings} warnings · {notes} notes"),
            )
            .to_owned()
    };
    console
        .say(
            &format!(
                "{id} {number}: {found}. البنود {clauses} · الوقائع {facts} · القواعد {rules} · الخطابات {letters} · الأمثلة {scenarios} · التفسيرات المفتوحة {open}"
            ),
            &format!(
                "{id} {number}: {found}. {} · {} · {} · {} · {} · {}",
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
