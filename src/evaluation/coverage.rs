//! Does every rule come out both ways in some worked example?
//!
//! Receives what came of the scenarios, hands on [`Diagnostics`]: a rule whose "not met" no example shows is one that nobody has seen at
//! work.

use super::Verdict;
use super::scenario::Trial;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::expression::program::Expr;
use crate::policy::{Policy, Rule};
use crate::value::Text;

/// The rules that no scenario shows met, or not met.
pub fn lint(policy: &Policy, trials: &[Trial<'_>]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for (index, rule) in policy.rules.iter().enumerate() {
        let verdicts = trials.iter().filter_map(|trial| trial.evaluation.as_ref()).flat_map(|evaluation| {
            evaluation.rulings.iter().filter(|ruling| ruling.rule == index).map(|ruling| ruling.verdict)
        });
        let verdicts: Vec<Verdict> = verdicts.collect();
        // Documents are complete or awaited; a rule without words for "not met" can only be met or wait, too.
        let awaits =
            matches!(rule.condition.expr, Expr::Slot(slot) if slot == policy.builtin.documents_complete);
        let can_fail = rule.not_met.is_some() && !awaits;
        for (verdict, can_be) in [(Verdict::Met, true), (Verdict::NotMet, can_fail)] {
            if can_be && !verdicts.contains(&verdict) {
                diagnostics.push(untested(policy, rule, verdict));
            }
        }
    }
    diagnostics.sort();
    diagnostics
}

fn untested(policy: &Policy, rule: &Rule, verdict: Verdict) -> Diagnostic {
    let id = &rule.id;
    let (ar, en) =
        if verdict == Verdict::Met { ("متحققة", "met") } else { ("غير متحققة", "not met") };
    let message = Text::new(
        format!("لا مثال تكون فيه القاعدة {id} {ar}"),
        format!("no scenario shows rule `{id}` {en}"),
    );
    let key = if verdict == Verdict::Met { "met" } else { "not_met" };
    Diagnostic::warning(Code::UntestedRule, message)
        .at(rule.place.clone(), Text::default())
        .help(Text::new(
            format!("أضيفوا في scenarios/ مثالًا فيه {key} = [\"{id}\"]"),
            format!("add a scenario with `{key} = [\"{id}\"]`"),
        ))
        .citing(policy.cite(&rule.clause))
}
