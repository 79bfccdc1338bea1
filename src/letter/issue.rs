//! May a letter be issued as the request stands?

use super::Refusal;
use crate::evaluation::explain::Explanation;
use crate::evaluation::request::Decision;
use crate::evaluation::{Conclusion, Verdict};
use crate::policy::{Each, FoundBy, Issue, Letter, Outcome, RuleKind};
use crate::value::Text;

fn refused(ar: &str, en: &str) -> Result<(), Refusal> {
    Err(Refusal::NotNow(Text::new(ar, en)))
}

/// May a letter be issued as the request stands?
///
/// # Errors
///
/// Why not, in words for the officer.
pub fn may_issue(explanation: &Explanation<'_>, letter: &Letter) -> Result<(), Refusal> {
    let (request, evaluation) = (explanation.request, explanation.evaluation);
    if evaluation.result == Conclusion::Referred {
        return Err(Refusal::Fault);
    }
    events(explanation, letter)?;
    // On the day of the letter: one of an earlier day is printed again as it was.
    let decision = request.decision.as_ref().filter(|decision| decision.date <= evaluation.on);
    // What was put off is still to be decided.
    let is_settled = decision.is_some_and(|decision| decision.outcome != Outcome::Deferred);
    match letter.issue {
        Issue::Always | Issue::After => Ok(()),
        Issue::Undecided if is_settled => refused(
            "قررت اللجنة في هذا الطلب، فلا يُعرض عليها",
            "the committee has decided this request: it is not put before it again",
        ),
        Issue::Undecided => Ok(()),
        Issue::Missing => missing(explanation),
        Issue::Differing if is_settled => refused(
            "قررت اللجنة في هذا الطلب، فلا يُسأل صاحبه عن بياناته",
            "the committee has decided this request: nothing more is asked of the applicant",
        ),
        Issue::Differing if evaluation.differing.is_empty() => {
            refused("لم تختلف المصادر في شيء", "the sources do not differ on anything")
        }
        Issue::Differing => Ok(()),
        Issue::Possible => possible(explanation, decision),
        Issue::Referred if decision.is_some() => refused(
            "صدر قرار اللجنة في الطلب، فيُبلَّغ صاحبه بالقرار لا بالإحالة",
            "the committee has decided: the applicant is told of the decision, not of the referral",
        ),
        Issue::Referred => match evaluation.result {
            Conclusion::Incomplete | Conclusion::Verify => refused(
                "الطلب لم يكتمل بعد، فلا يُكتب لصاحبه أنه اكتمل",
                "the request is not complete yet: a letter must not say that it is",
            ),
            Conclusion::Referred | Conclusion::Merged | Conclusion::NotMet | Conclusion::Met => Ok(()),
        },
        Issue::Granted
        | Issue::Approved
        | Issue::Partial
        | Issue::Waiting
        | Issue::Deferred
        | Issue::Declined
        | Issue::Elsewhere => {
            let Some(decision) = decision else {
                return refused(
                    "لا يصدر إشعار بقرار قبل قرار اللجنة ومحضره: `[decision]`",
                    "no notice of a decision before the committee's decision and its minutes: `[decision]`",
                );
            };
            if !letter.issue.outcomes().contains(&decision.outcome) {
                return refused(
                    "قرار اللجنة المسجَّل غير هذا",
                    "the committee's recorded decision is another one",
                );
            }
            agrees(explanation, letter, decision)
        }
    }
}

/// What must have happened, and what must not.
fn events(explanation: &Explanation<'_>, letter: &Letter) -> Result<(), Refusal> {
    let (request, policy) = (explanation.request, explanation.policy);
    let happened = |event: usize| {
        request.events.get(&event).is_some_and(|moment| moment.date() <= explanation.evaluation.on)
    };
    let named = |event: Option<usize>, wanted: bool| {
        let event = event.filter(|event| happened(*event) != wanted)?;
        policy.events.get(event)
    };
    if let Some(event) = named(letter.after, true) {
        return Err(Refusal::NotNow(Text::new(
            format!("لم يُسجَّل حدث «{}»: `events.{}`", event.label.ar, event.id),
            format!("it is not recorded that “{}” happened: `events.{}`", event.label.en, event.id),
        )));
    }
    if let Some(event) = named(letter.unless, false) {
        return Err(Refusal::NotNow(Text::new(
            format!("سُجِّل حدث «{}»، فلا يصدر بعده هذا الخطاب", event.label.ar),
            format!("it is recorded that “{}” happened: this letter is not issued after it", event.label.en),
        )));
    }
    Ok(())
}

fn missing(explanation: &Explanation<'_>) -> Result<(), Refusal> {
    match explanation.evaluation.result {
        Conclusion::Incomplete => {
            let missing = &explanation.evaluation.missing;
            let facts = missing.facts.iter().filter_map(|slot| explanation.policy.fact_at(*slot));
            let asked = facts.filter(|fact| fact.found_by == FoundBy::Applicant).count();
            if asked == 0 && missing.documents.is_empty() {
                return refused(
                    "لا ينقص الطلبَ شيء من مقدِّمه",
                    "nothing is missing that the applicant could provide",
                );
            }
            Ok(())
        }
        Conclusion::Verify => refused(
            "اختلفت المصادر، فيُطلب من صاحب الطلب إيضاح ما اختلفت فيه قبل استكمال الوثائق",
            "sources differ: the applicant is asked to explain that before any papers are asked for",
        ),
        Conclusion::Referred | Conclusion::Merged | Conclusion::NotMet | Conclusion::Met => refused(
            "الطلب ليس ناقصًا، فلا يُطلب من صاحبه شيء",
            "the request is not incomplete: nothing is asked of the applicant",
        ),
    }
}

/// Nothing that is known speaks against it.
fn possible(explanation: &Explanation<'_>, decision: Option<&Decision>) -> Result<(), Refusal> {
    if decision.is_some() {
        return refused("قررت اللجنة في هذا الطلب", "the committee has decided this request");
    }
    match explanation.evaluation.result {
        Conclusion::Incomplete | Conclusion::Verify | Conclusion::Met => Ok(()),
        Conclusion::NotMet | Conclusion::Merged | Conclusion::Referred => refused(
            "في البيانات المعلومة ما لا يستوفي الشروط، فلا تُعرض الخدمة",
            "by what is known the conditions are not met: the service is not offered",
        ),
    }
}

/// A decision against the evaluation, or beside it, needs the committee's own reasons, and a letter that gives them.
fn agrees(explanation: &Explanation<'_>, letter: &Letter, decision: &Decision) -> Result<(), Refusal> {
    let not_met = explanation.rulings(Verdict::NotMet).any(|(rule, _)| rule.kind == RuleKind::Eligibility);
    let (grants, explained) = match decision.outcome {
        Outcome::Approved | Outcome::Waiting => (true, !not_met),
        Outcome::Partial => (true, false),
        Outcome::Declined => (false, not_met),
        Outcome::Deferred | Outcome::Elsewhere => (false, false),
    };
    if grants
        && matches!(
            explanation.evaluation.result,
            Conclusion::Incomplete | Conclusion::Verify | Conclusion::Merged
        )
    {
        return refused(
            "لم يكتمل الطلب، فلا يُبلَّغ صاحبه بقبوله",
            "the request is not complete, so its approval is not notified yet",
        );
    }
    // What follows from a grant, such as an order of work, need not give its reasons again.
    if explained || (letter.issue == Issue::Granted && !decision.reasons.is_empty()) {
        return Ok(());
    }
    if decision.reasons.is_empty() {
        return if grants {
            refused(
                "قررت اللجنة القبول على خلاف التقييم، ولم تُسجَّل أسبابها: `decision.reasons`",
                "the committee approved against the evaluation, and its reasons are not recorded: `decision.reasons`",
            )
        } else {
            refused(
                "ليس في التقييم سببٌ لقرار اللجنة يُذكر لصاحب الطلب، ولم تُسجَّل أسبابها: `decision.reasons`",
                "the evaluation holds no reason for the committee's decision that could be given to the applicant, and its own are not recorded: `decision.reasons`",
            )
        };
    }
    if letter.text.iter().any(|piece| piece.each == Some(Each::Reasons)) {
        return Ok(());
    }
    refused(
        "سجَّلت اللجنة أسبابها، وليس في هذا الخطاب موضعٌ لها",
        "the committee recorded its reasons, and this letter has no place for them",
    )
}
