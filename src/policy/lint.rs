//! What a board should see before it approves a revision, beyond errors: questions that the source text leaves open, and slips in
//! what was made of it.
//!
//! Receives a checked [`Policy`], hands on [`Diagnostics`]: an error blocks an approval (never an evaluation), a warning asks for a
//! recorded decision, a note informs. A finding that an interpretation answers is silent once the board has chosen; until then the
//! interpretation stands in its place, as an open question.

mod arabic;
mod clauses;
mod conditions;
mod locate;
mod possible;
mod problems;
mod surroundings;
mod wording;

use super::{Interpretation, Policy};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use locate::Locator;

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its code.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// Its number in the list of the defects of the source text; empty for what concerns the rules.
    pub id: &'static str,
}

const fn kind(code: Code, severity: Severity, id: &'static str) -> Kind {
    Kind { code, severity, id }
}

/// Every kind of finding that an interpretation can answer.
pub const FINDINGS: &[Kind] = &[
    kind(Code::WindowDirection, Severity::Error, "LN-WINDOW-DIR"),
    kind(Code::NoMaximum, Severity::Error, "LN-NO-MAX"),
    kind(Code::NoAnchor, Severity::Error, "LN-ANCHOR"),
    kind(Code::UnclearUnit, Severity::Error, "LN-UNIT"),
    kind(Code::HolidayNotSaid, Severity::Error, "LN-ROLL"),
    kind(Code::BoundsNotSaid, Severity::Warning, "LN-INCLUSIVE"),
    kind(Code::OnlyTwoOutcomes, Severity::Warning, "LN-BINARY"),
    kind(Code::NoticeForm, Severity::Warning, "LN-NOTICE-FORM"),
    kind(Code::ValidityOfWhat, Severity::Warning, "LN-SUBMIT-VALID"),
    kind(Code::UndefinedSet, Severity::Error, "LN-UNDEFINED-SET"),
    kind(Code::NoCriteria, Severity::Error, "LN-NO-CRITERIA"),
    kind(Code::NoDeadline, Severity::Warning, "LN-NO-DEADLINE"),
    kind(Code::UnclearOrder, Severity::Warning, "LN-ORDER"),
    kind(Code::UndefinedRole, Severity::Error, "LN-ROLE"),
    kind(Code::ManyTerms, Severity::Warning, "LN-TERM"),
    kind(Code::ConflictingClauses, Severity::Warning, "LN-CONFLICT"),
    kind(Code::VagueWord, Severity::Note, "LN-VAGUE"),
    kind(Code::NoReviewPeriod, Severity::Warning, "LN-NO-OWNER"),
    kind(Code::NoAudience, Severity::Warning, "LN-NO-AUDIENCE"),
    kind(Code::NoMethod, Severity::Error, "LN-NO-METHOD"),
    kind(Code::NoConsequence, Severity::Warning, "LN-NO-SANCTION"),
    kind(Code::ServiceAsChannel, Severity::Note, "LN-CHANNEL-KIND"),
    kind(Code::ChannelIdentity, Severity::Warning, "LN-CHANNEL-ID"),
    kind(Code::ClauseNumbering, Severity::Note, "LN-NUMBERING"),
    kind(Code::ApprovalRecord, Severity::Error, "LN-APPROVAL"),
    kind(Code::NoPrivacy, Severity::Error, "LN-PRIVACY"),
    kind(Code::RemoteSignature, Severity::Warning, "LN-REMOTE-SIGN"),
    kind(Code::Spelling, Severity::Note, "LN-SPELL"),
    kind(Code::OneGender, Severity::Note, "LN-SEX-NEUTRAL"),
    kind(Code::ConstantCondition, Severity::Warning, ""),
    kind(Code::ContradictingRules, Severity::Error, ""),
    kind(Code::UnusedExemption, Severity::Warning, ""),
    kind(Code::OperatorWording, Severity::Warning, ""),
    kind(Code::HardCodedNumber, Severity::Warning, ""),
    kind(Code::NumberInText, Severity::Warning, ""),
    kind(Code::UnusedFact, Severity::Warning, ""),
    kind(Code::UnusedParameter, Severity::Warning, ""),
    kind(Code::UnusedValue, Severity::Warning, ""),
    kind(Code::UnitWording, Severity::Warning, ""),
    kind(Code::MonthEnd, Severity::Note, ""),
    kind(Code::GroupExclusion, Severity::Warning, ""),
    kind(Code::IdentityCopy, Severity::Error, ""),
    kind(Code::BlameWording, Severity::Warning, ""),
    kind(Code::LetterGap, Severity::Warning, ""),
    kind(Code::UnusedAnswer, Severity::Note, ""),
    kind(Code::UntestedRule, Severity::Warning, ""),
    kind(Code::BrokenInvariant, Severity::Error, ""),
];

/// How grave a kind of finding is.
pub fn severity(code: Code) -> Severity {
    FINDINGS.iter().find(|kind| kind.code == code).map_or(Severity::Warning, |kind| kind.severity)
}

/// Everything that a board should see before it approves this revision.
pub fn lint(policy: &Policy) -> Diagnostics {
    let locator = Locator::new(policy);
    let mut findings = Vec::new();
    clauses::find(policy, &locator, &mut findings);
    conditions::find(policy, &locator, &mut findings);
    wording::find(policy, &locator, &mut findings);
    surroundings::find(policy, &locator, &mut findings);
    answered(policy, &locator, findings)
}

/// Something that was found, before it is known whether an interpretation answers it.
struct Finding {
    problem: Diagnostic,
    /// In which clauses; none where it concerns the whole.
    clauses: Vec<String>,
}

impl Finding {
    fn is_answered_by(&self, interpretation: &Interpretation) -> bool {
        interpretation.answers.iter().any(|(code, clause)| {
            *code == self.problem.code && (self.clauses.is_empty() || self.clauses.contains(clause))
        })
    }
}

/// What the board has chosen is silent; what it has yet to choose stands once, with all that hangs on it.
fn answered(policy: &Policy, locator: &Locator, findings: Vec<Finding>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for interpretation in &policy.interpretations {
        for (code, clause) in &interpretation.answers {
            let is_found = |finding: &Finding| {
                finding.problem.code == *code
                    && (finding.clauses.is_empty() || finding.clauses.contains(clause))
            };
            if !findings.iter().any(is_found) {
                diagnostics.push(problems::unused_answer(policy, locator, interpretation, *code, clause));
            }
        }
    }
    let mut waiting: Vec<Vec<Diagnostic>> = policy.interpretations.iter().map(|_| vec![]).collect();
    for finding in findings {
        let answering = policy
            .interpretations
            .iter()
            .enumerate()
            .filter(|(_, interpretation)| finding.is_answered_by(interpretation));
        let answering: Vec<(usize, bool)> =
            answering.map(|(index, interpretation)| (index, interpretation.chosen.is_some())).collect();
        match answering.iter().find(|(_, is_chosen)| !is_chosen) {
            _ if answering.iter().any(|(_, is_chosen)| *is_chosen) => {}
            Some((index, _)) => {
                if let Some(findings) = waiting.get_mut(*index) {
                    findings.push(finding.problem);
                }
            }
            None => diagnostics.push(finding.problem),
        }
    }
    for (interpretation, findings) in policy.interpretations.iter().zip(waiting) {
        if interpretation.chosen.is_none() {
            diagnostics.push(problems::open(policy, locator, interpretation, findings));
        }
    }
    diagnostics.sort();
    diagnostics
}
