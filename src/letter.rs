//! From an evaluation to the words of a letter: which letter may be issued, and every value in it, ready to be set.
//!
//! Receives an [`Explanation`], hands on [`LetterData`](data::LetterData). A letter of a decision is made only where the committee's decision and its
//! minutes are recorded, and only with reasons that cite a clause; a request whose evaluation was referred gets none.

pub mod compose;
pub mod data;
pub mod record;
pub mod specimen;

use crate::evaluation::explain::Explanation;
use crate::evaluation::request::Outcome;
use crate::evaluation::{Conclusion, Verdict};
use crate::policy::{FoundBy, Issue, Letter, Policy, RuleKind};
use crate::value::{Lang, Text, words};

pub use compose::{Occasion, compose};

/// Why a letter is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The policy has no such letter.
    Unknown {
        /// What was asked for.
        id: String,
        /// The letters that there are: id and title.
        known: Vec<(String, Text)>,
    },
    /// The policy itself could not be computed for this request.
    Fault,
    /// It may not be issued as the request stands.
    NotNow(Text),
    /// Something that it must say is not known.
    Lacking(Vec<Text>),
    /// It would promise days that have passed: what was due, and on which day.
    Passed(Vec<Text>),
}

impl Refusal {
    /// There is no such letter, only these.
    pub fn unknown(policy: &Policy, asked: &str) -> Refusal {
        let known = policy.letters.iter().map(|letter| (letter.id.clone(), letter.title.clone())).collect();
        Refusal::Unknown { id: asked.to_owned(), known }
    }

    /// Why, in words.
    pub fn text(&self) -> Text {
        match self {
            Refusal::Unknown { id, .. } => Text::new(
                format!("لا خطاب برقم `{id}` في هذه السياسة"),
                format!("this policy has no letter `{id}`"),
            ),
            Refusal::Fault => Text::new(
                "في السياسة خللٌ يمنع حساب هذا الطلب؛ لا يصدر عنه خطاب حتى ينظر فيه مختص",
                "the policy cannot be computed for this request: no letter is made until a person has looked at it",
            ),
            Refusal::NotNow(why) => why.clone(),
            Refusal::Lacking(what) => Text::new(
                format!("لا يُطبع الخطاب وفيه فراغ؛ ينقص: {}", listed(what, Lang::Ar)),
                format!("a letter is not printed with a gap in it; missing: {}", listed(what, Lang::En)),
            ),
            Refusal::Passed(what) => Text::new(
                format!("مضى ما يَعِد به الخطاب: {}", listed(what, Lang::Ar)),
                format!("the letter would promise what has passed: {}", listed(what, Lang::En)),
            ),
        }
    }

    /// What to do.
    pub fn help(&self) -> Text {
        match self {
            Refusal::Unknown { known, .. } => {
                let ar: Vec<String> =
                    known.iter().map(|(id, title)| format!("`{id}` {}", title.ar)).collect();
                let en: Vec<String> =
                    known.iter().map(|(id, title)| format!("`{id}` {}", title.en)).collect();
                Text::new(
                    format!("الخطابات: {}", words::list(&ar, Lang::Ar)),
                    format!("there is: {}", en.join(", ")),
                )
            }
            Refusal::Fault => Text::new(
                "`mizan evaluate` يبيِّن الخلل وموضعه",
                "`mizan evaluate REQUEST` shows the fault and its place",
            ),
            Refusal::NotNow(_) => Text::new(
                "`mizan letter --list` تعرض الخطابات وما يصدر منها الآن",
                "`mizan letter --list REQUEST` shows the letters and which of them may be issued now",
            ),
            Refusal::Lacking(_) => {
                Text::new("أكمل الطلب ثم أعد المحاولة", "complete the request, then try again")
            }
            Refusal::Passed(_) => Text::new(
                "سجِّل تمديد الموعد إن مُدِّد؛ ولإعادة طباعة خطابٍ سُلِّم من قبل اكتب يوم تسليمه: `--on`",
                "record the extension where there is one; to print again a letter that was handed over, give its day: `--on`",
            ),
        }
    }
}

fn listed(what: &[Text], lang: Lang) -> String {
    words::list(&what.iter().map(|text| text.get(lang)).collect::<Vec<_>>(), lang)
}

/// May a letter be issued as the request stands?
///
/// # Errors
///
/// Why not, in words for the officer.
pub fn may_issue(explanation: &Explanation<'_>, letter: &Letter) -> Result<(), Refusal> {
    let refused = |ar: &str, en: &str| Err(Refusal::NotNow(Text::new(ar, en)));
    let (request, evaluation) = (explanation.request, explanation.evaluation);
    if evaluation.result == Conclusion::Referred {
        return Err(Refusal::Fault);
    }
    // On the day of the letter: one of an earlier day is printed again as it was.
    let decision = request.decision.as_ref().filter(|decision| decision.date <= evaluation.on);
    let outcome = decision.map(|decision| decision.outcome);
    match letter.issue {
        Issue::Always => Ok(()),
        Issue::Undecided if outcome.is_some() => refused(
            "قررت اللجنة في هذا الطلب، فلا يُعرض عليها",
            "the committee has decided this request: it is not put before it again",
        ),
        Issue::Undecided => Ok(()),
        Issue::Missing => match evaluation.result {
            Conclusion::Incomplete => {
                let missing = &evaluation.missing;
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
        },
        Issue::Referred => {
            let waits_for =
                letter.after.and_then(|event| Some((event, explanation.policy.events.get(event)?)));
            if let Some((_, event)) = waits_for.filter(|(event, _)| !request.events.contains_key(event)) {
                return Err(Refusal::NotNow(Text::new(
                    format!("لم يُسجَّل حدث «{}»: `events.{}`", event.label.ar, event.id),
                    format!("it is not recorded that “{}” happened: `events.{}`", event.label.en, event.id),
                )));
            }
            if outcome.is_some() {
                return refused(
                    "صدر قرار اللجنة في الطلب، فيُبلَّغ صاحبه بالقرار لا بالإحالة",
                    "the committee has decided: the applicant is told of the decision, not of the referral",
                );
            }
            match evaluation.result {
                Conclusion::Incomplete | Conclusion::Verify => refused(
                    "الطلب لم يكتمل بعد، فلا يُكتب لصاحبه أنه اكتمل",
                    "the request is not complete yet: a letter must not say that it is",
                ),
                Conclusion::Referred | Conclusion::Merged | Conclusion::NotMet | Conclusion::Met => Ok(()),
            }
        }
        Issue::Approved | Issue::Declined => {
            let wanted = if letter.issue == Issue::Approved { Outcome::Approved } else { Outcome::Declined };
            if outcome.is_none() {
                return refused(
                    "لا يصدر إشعار بقرار قبل قرار اللجنة ومحضره: `[decision]`",
                    "no notice of a decision before the committee's decision and its minutes: `[decision]`",
                );
            }
            if outcome != Some(wanted) {
                return refused(
                    "قرار اللجنة المسجَّل غير هذا",
                    "the committee's recorded decision is another one",
                );
            }
            agrees(explanation, wanted)
        }
    }
}

/// A decision against the evaluation needs reasons of its own, which nothing here records yet.
fn agrees(explanation: &Explanation<'_>, outcome: Outcome) -> Result<(), Refusal> {
    let not_met = explanation.rulings(Verdict::NotMet).any(|(rule, _)| rule.kind == RuleKind::Eligibility);
    match outcome {
        Outcome::Declined if !not_met => Err(Refusal::NotNow(Text::new(
            "قررت اللجنة تعذُّر القبول، وليس في التقييم سببٌ يُذكر لصاحب الطلب",
            "the committee declined, and the evaluation holds no reason that could be given to the applicant",
        ))),
        Outcome::Approved if not_met => Err(Refusal::NotNow(Text::new(
            "قررت اللجنة القبول على خلاف التقييم، ولم تُسجَّل أسبابها",
            "the committee approved against the evaluation, and its reasons are not recorded",
        ))),
        Outcome::Approved if explanation.evaluation.result != Conclusion::Met => {
            Err(Refusal::NotNow(Text::new(
                "لم يكتمل الطلب، فلا يُبلَّغ صاحبه بقبوله",
                "the request is not complete, so its approval is not notified yet",
            )))
        }
        Outcome::Approved | Outcome::Declined => Ok(()),
    }
}
