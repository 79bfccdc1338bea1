//! From an evaluation to the words of a letter: which letter may be issued, and every value in it, ready to be set.
//!
//! Receives an [`Explanation`], hands on [`LetterData`](data::LetterData). A letter of a decision is made only where the committee's decision and its
//! minutes are recorded, and only with reasons that cite a clause; a request whose evaluation was referred gets none.

pub mod announced;
pub mod compose;
pub mod data;
mod issue;
pub mod record;
pub mod specimen;

use std::collections::BTreeMap;

use crate::evaluation::explain::Explanation;
use crate::expression::program::{Slot, Value};
use crate::policy::Policy;
use crate::value::{Lang, Text, words};

pub use compose::{Occasion, compose};
pub use issue::may_issue;

/// The letters' own data, by their places.
pub type Details = BTreeMap<Slot, Value>;

/// What a letter is about.
#[derive(Debug, Clone, Copy)]
pub enum Matter<'a> {
    /// A request, and what the policy says of it.
    Request(&'a Explanation<'a>),
    /// The policy itself or the association's own work, with the details of the letters.
    Policy(&'a Policy, &'a Details),
}

impl<'a> From<&'a Explanation<'a>> for Matter<'a> {
    fn from(explanation: &'a Explanation<'a>) -> Matter<'a> {
        Matter::Request(explanation)
    }
}

impl<'a> Matter<'a> {
    /// The policy.
    pub fn policy(self) -> &'a Policy {
        match self {
            Matter::Request(explanation) => explanation.policy,
            Matter::Policy(policy, _) => policy,
        }
    }

    /// What its letters say besides.
    pub fn details(self) -> &'a Details {
        match self {
            Matter::Request(explanation) => &explanation.request.details,
            Matter::Policy(_, details) => details,
        }
    }
}

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
    /// It concerns a request, and none was given.
    OfRequest,
    /// It concerns no request, and one was given.
    OfPolicy,
    /// The policy itself could not be computed for this request.
    Fault,
    /// It may not be issued as the request stands.
    NotNow(Text),
    /// Something that it must say is not known.
    Lacking(Vec<Text>),
    /// It would promise days that have passed: what was due, and on which day.
    Passed(Vec<Text>),
    /// It would tell of days as over that are not.
    ToCome(Vec<Text>),
}

impl Refusal {
    /// There is no such letter, only these.
    pub fn unknown(policy: &Policy, asked: &str) -> Refusal {
        let known = policy.letters.iter().map(|letter| (letter.id.clone(), letter.title.clone())).collect();
        Refusal::Unknown { id: asked.to_owned(), known }
    }

    /// Does it name nothing that stands in the way?
    fn is_empty(&self) -> bool {
        match self {
            Refusal::Lacking(what) | Refusal::Passed(what) | Refusal::ToCome(what) => what.is_empty(),
            Refusal::Unknown { .. }
            | Refusal::OfRequest
            | Refusal::OfPolicy
            | Refusal::Fault
            | Refusal::NotNow(_) => false,
        }
    }

    /// Why, in words.
    pub fn text(&self) -> Text {
        match self {
            Refusal::Unknown { id, .. } => Text::new(
                format!("لا خطاب برقم `{id}` في هذه السياسة"),
                format!("this policy has no letter `{id}`"),
            ),
            Refusal::OfRequest => Text::new("هذا الخطاب يتعلق بطلب", "this letter concerns a request"),
            Refusal::OfPolicy => Text::new("هذا الخطاب لا يتعلق بطلب", "this letter concerns no request"),
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
            Refusal::ToCome(what) => Text::new(
                format!("يذكر الخطاب ما لم يمضِ بعد: {}", listed(what, Lang::Ar)),
                format!("the letter would tell of as over what is not: {}", listed(what, Lang::En)),
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
            Refusal::OfRequest => Text::new(
                "اذكر ملف الطلب: `mizan letter KIND REQUEST`",
                "name the file of the request: `mizan letter KIND REQUEST`",
            ),
            Refusal::OfPolicy => Text::new(
                "تفاصيله، إن كانت له تفاصيل، في ملفٍّ وحدها فيه `policy` و`[letters]` فقط",
                "its details, where it has any, stand in a file of their own, with `policy` and `[letters]` only",
            ),
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
            Refusal::ToCome(_) => Text::new(
                "آخر يومٍ في الموعد منه؛ يصدر الخطاب بعد انقضائه",
                "the last day still belongs to it: the letter is issued once it is over",
            ),
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
