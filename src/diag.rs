//! A problem as data: what kind, where, what is wrong, what to do.
//!
//! Made beside the pass that finds it, collected, never thrown one by one; [`render`] shows it to people and programs.

pub mod render;

use schemars::JsonSchema;
use serde::Serialize;

use crate::source::Place;
use crate::value::{Lang, Text, words};

/// How grave a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It informs.
    Note,
    /// Somebody should look at it.
    Warning,
    /// What was asked for cannot be done until it is mended.
    Error,
}

/// The kinds of problems, each with a stable name and what it means.
macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal $($arabic:literal)?;)*) => {
        /// What kind of problem it is. The names are stable: people search for them, tests hold one example of each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The stable name: `unknown-fact`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// What it means, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }

            /// What it means, in Arabic, where it is a question for the board and not a slip of the author.
            pub fn meaning_in_arabic(self) -> Option<&'static str> {
                match self { $(Code::$variant => codes!(@arabic $($arabic)?),)* }
            }
        }
    };
    (@arabic $arabic:literal) => { Some($arabic) };
    (@arabic) => { None };
}

impl Code {
    /// Can it be said of a request? A worked example may expect it.
    pub fn is_of_requests(self) -> bool {
        (Code::RequestSyntax..=Code::SaidTwice).contains(&self) || self == Code::UnknownWord
    }
}

codes! {
    // The files of a policy.
    FileSyntax "file-syntax" "A file is not TOML, or a functions file is not Rhai.";
    MissingFile "missing-file" "A file that every revision must have is absent.";
    UnknownFile "unknown-file" "A file that no revision has.";
    UnknownKey "unknown-key" "A key that this table does not have.";
    MissingKey "missing-key" "A key that this table must have.";
    UnknownWord "unknown-word" "A word outside the list of words that this place takes.";
    WrongKind "wrong-kind" "Another kind of value than this place takes.";
    RevisionNumber "revision-number" "The number of a revision is not the name of its folder.";
    PolicyFolder "policy-folder" "The id of a policy is not the name of its folder.";
    DuplicateName "duplicate-name" "One name stands for two things.";
    ReservedName "reserved-name" "A name that the engine itself uses.";
    BadName "bad-name" "A name or id with signs that it cannot have.";
    UnknownReference "unknown-reference" "A reference to something that is not declared.";
    MissingText "missing-text" "A sentence that people would read is absent in one of the languages.";
    ControlCharacter "control-character" "A sign that nobody sees, and that can make a text look like another.";
    TooLarge "too-large" "Something so large that it cannot be checked.";
    // Types, values, conditions.
    UnknownType "unknown-type" "A type that does not exist.";
    BadRange "bad-range" "A range or interval that cannot be read, or is empty.";
    BadValue "bad-value" "A value that its declared type does not take.";
    NoValueInForce "no-value-in-force" "Nothing is decided for the day from which the policy governs.";
    EscapedExpression "escaped-expression" "A condition in double quotes, where its columns cannot be shown.";
    ExpressionSyntax "expression-syntax" "A condition that cannot be read.";
    RefusedConstruct "refused-construct" "Something that the notation knows and the language does not have: loops, assignment, clocks and the like.";
    UnknownName "unknown-name" "A condition names something that is not declared.";
    UnknownFunction "unknown-function" "A condition calls something that does not exist.";
    WrongArguments "wrong-arguments" "A function is given other things than it takes.";
    TypeMismatch "type-mismatch" "Two things are combined that do not fit together.";
    UnitMismatch "unit-mismatch" "Two quantities are combined whose units do not fit together.";
    UnknownChoice "unknown-choice" "A choice that its fact does not have.";
    CircularDefinition "circular-definition" "A value that is computed from itself.";
    ClockInRule "clock-in-rule" "A rule that would judge the same request differently on another day.";
    // Tables, rules, letters.
    TableGap "table-gap" "A decision table leaves some case without a row.";
    TableOverlap "table-overlap" "Two rows of a decision table match the same case.";
    UnreachableRow "unreachable-row" "A row of a decision table that no case reaches.";
    RuleShape "rule-shape" "A rule, table, factor or deadline whose parts do not make a whole, or that never applies.";
    NotAnExemption "not-an-exemption" "A rule is set aside by something that is not an exemption.";
    UnknownPlaceholder "unknown-placeholder" "A sentence holds a placeholder that stands for nothing.";
    BadPlaceholder "bad-placeholder" "A placeholder that cannot be read, or a form that its value does not have.";
    BadPeriod "bad-period" "A length of time that cannot be read.";
    UnusedFunction "unused-function" "A shared function that no condition calls.";
    LetterLook "letter-look" "A logo, colour, way of signing or address that no letter can have.";
    // Scenarios.
    NoScenarios "no-scenarios" "A revision without a single worked example.";
    ScenarioShape "scenario-shape" "A scenario that expects nothing, or rests on one that does not exist.";
    // Requests.
    RequestSyntax "request-syntax" "A request file is neither TOML nor JSON.";
    UnknownFact "unknown-fact" "A request says something that the policy does not ask.";
    WrongFact "wrong-fact" "A fact is written in a way that its type does not take.";
    OutOfRange "out-of-range" "A fact lies outside what the policy allows.";
    BadDate "bad-date" "A date that does not exist or cannot be read.";
    BadIdentifier "bad-identifier" "An identifier whose own check fails.";
    UnknownService "unknown-service" "A service that the policy does not offer.";
    UnknownChannel "unknown-channel" "A channel that the policy does not know, or by which no request may come.";
    MissingFromRequest "missing-from-request" "Something without which no request can be evaluated.";
    NotInForce "not-in-force" "The request was submitted on a day on which the revision is not in force.";
    DateOrder "date-order" "Events stand in an order in which they cannot have happened.";
    SaidTwice "said-twice" "The same thing is written twice in one request.";
    // What the board should see before it approves: in the source text.
    OpenInterpretation "open-interpretation" "A question that the board has not answered yet." "سؤال لم يجب عنه المجلس بعد.";
    WindowDirection "window-direction" "A clause says `within` and `not less than` of one span of time." "بند يجمع «خلال» و«لا تقل عن» في مدة واحدة.";
    NoMaximum "no-maximum" "A span of time with a least and no most." "مدة لها حد أدنى بلا حد أعلى.";
    NoAnchor "no-anchor" "A span of time that does not say from which day it is counted." "مدة لا يُذكر من أي يوم تُحسب.";
    UnclearUnit "unclear-unit" "Days or weeks that may be working days or calendar days." "أيام أو أسابيع لا يُعلم أهي أيام عمل أم أيام تقويمية.";
    HolidayNotSaid "holiday-not-said" "A deadline that does not say what happens when its last day is a holiday." "موعد لا يُذكر حكمه إذا وافق آخره إجازة.";
    BoundsNotSaid "bounds-not-said" "A span of time that does not say whether its first and last day count." "مدة لا يُذكر أيُحسب أولها وآخرها.";
    OnlyTwoOutcomes "only-two-outcomes" "A clause that knows acceptance and rejection and nothing else." "بند لا يعرف إلا القبول أو الرفض.";
    NoticeForm "notice-form" "A reply whose form is not said." "رد لا يُذكر شكله.";
    ValidityOfWhat "validity-of-what" "Validity of something that is not said, or on a day that is not said." "صلاحية لا يُعلم ما هي أو في أي يوم تُنظر.";
    UndefinedSet "undefined-set" "A whole of things that no list names." "مجموعة لا تبيِّنها قائمة.";
    NoCriteria "no-criteria" "The source text has no criterion by which anybody is eligible." "لا يذكر النص معيارًا واحدًا للاستحقاق.";
    NoDeadline "no-deadline" "Steps of the procedure without any time." "خطوات من الإجراء بلا مدة.";
    UnclearOrder "unclear-order" "Two steps of which it is not said which comes first." "خطوتان لا يُعلم أيُّهما أسبق.";
    UndefinedRole "undefined-role" "Somebody who acts and is nowhere defined." "من يُسند إليه عملٌ ولا يُعرَّف.";
    ManyTerms "many-terms" "Several words for one person." "ألفاظ عدة لشخص واحد.";
    ConflictingClauses "conflicting-clauses" "Two clauses that pull in different directions." "بندان يتعارضان.";
    VagueWord "vague-word" "A word that nobody can measure." "لفظ لا يُقاس.";
    NoReviewPeriod "no-review-period" "A review without a period or an owner." "مراجعة بلا مدة ولا مسؤول.";
    NoAudience "no-audience" "Something is circulated, and it is not said to whom." "تعميم لا يُذكر على من.";
    NoMethod "no-method" "A settlement of disputes whose method is not given." "تسوية خلافات بلا طريقة.";
    NoConsequence "no-consequence" "Somebody is responsible, and nothing is said to follow." "مسؤولية لا يُذكر ما يترتب عليها.";
    ServiceAsChannel "service-as-channel" "A channel that is a service." "قناة هي في الأصل خدمة.";
    ChannelIdentity "channel-identity" "A remote channel without a rule by which people are recognised." "قناة عن بُعد بلا قاعدة للتحقق من الهوية.";
    ClauseNumbering "clause-numbering" "Clauses numbered more deeply than people cite." "ترقيم أعمق مما يُستشهد به.";
    ApprovalRecord "approval-record" "An approval without number, date or signature." "اعتماد بلا رقم ولا تاريخ ولا توقيع.";
    NoPrivacy "no-privacy" "No clause says what happens with personal data." "لا بند في شأن البيانات الشخصية.";
    RemoteSignature "remote-signature" "Service where the person is, and a signature, without saying how." "خدمة من موقع المستفيد مع توقيع لا تُذكر طريقته.";
    Spelling "spelling" "A word that is misspelt, or spelt in two ways." "كلمة فيها خطأ إملائي أو كُتبت على وجهين.";
    OneGender "one-gender" "A text that speaks of men only." "نص بصيغة المذكر وحدها.";
    // The same, in the rules and what surrounds them.
    ConstantCondition "constant-condition" "A condition that comes out the same for every request." "شرط نتيجته واحدة في كل طلب.";
    ContradictingRules "contradicting-rules" "Two rules that no request can meet together." "قاعدتان لا يستوفيهما طلب معًا.";
    UnusedExemption "unused-exemption" "An exemption that no rule names." "إعفاء لا تذكره قاعدة.";
    OperatorWording "operator-wording" "A comparison that says something else than its wording." "مقارنة تخالف صياغتها.";
    HardCodedNumber "hard-coded-number" "A number in a condition that the board should decide as a parameter." "عدد في شرط وحقه أن يكون معلمة يقررها المجلس.";
    NumberInText "number-in-text" "A number in a text that would stay when the policy changes." "عدد في نص يبقى على حاله إذا تغيرت السياسة.";
    UnusedFact "unused-fact" "A fact that is asked and that nothing reads." "واقعة تُسأل ولا يقرؤها شيء.";
    UnusedParameter "unused-parameter" "A parameter that nothing reads." "معلمة لا يقرؤها شيء.";
    UnusedValue "unused-value" "A computed value that nothing reads." "قيمة محسوبة لا يقرؤها شيء.";
    UnitWording "unit-wording" "Forms of a unit that are empty, or alike where the language has two." "صيغ وحدة ناقصة أو متماثلة حيث تختلف في اللغة.";
    MonthEnd "month-end" "Months counted from a day that the last month may lack." "شهور تُحسب من يوم قد لا يكون في آخرها.";
    GroupExclusion "group-exclusion" "A rule that leaves out a whole group of people, without saying why." "قاعدة تُخرج فئة كاملة بلا بيان السبب.";
    IdentityCopy "identity-copy" "A copy of an identity paper is kept." "تُحفظ صورة من وثيقة هوية.";
    BlameWording "blame-wording" "Words that blame the person or reject him." "عبارة فيها لوم أو رفض.";
    LetterGap "letter-gap" "A sentence of a letter that may lack a value when the letter is issued." "جملة في خطاب قد تنقصها قيمة عند إصداره.";
    UnusedAnswer "unused-answer" "An interpretation that answers something which is not found." "تفسير يجيب عن ملاحظة لا وجود لها.";
    UntestedRule "untested-rule" "A rule that no scenario shows met, or not met." "قاعدة لا يبيِّن مثالٌ استيفاءها أو عدمه.";
    BrokenInvariant "broken-invariant" "What must hold of the policy does not: two cases show it." "وعدٌ من وعود السياسة لا يتحقق، وتبيِّنه حالتان.";
    // What the letters of a policy want of the templates beside it.
    LetterTemplate "letter-template" "A letter wants a template that is not there, or a piece that its template does not show.";
    // What the board approves.
    UnsafeName "unsafe-name" "A file whose name leads out of its folder, or that another computer could read otherwise.";
    SumsSyntax "sums-syntax" "A list of digests that is not as it was written.";
    // What their pages show when they are set with made-up requests.
    LetterUnmade "letter-unmade" "A letter that lacks something for every request.";
    TemplateFault "template-fault" "A template that cannot be set with what a letter has to say.";
    MissingGlyph "missing-glyph" "A character that no face of the letters has.";
    OverfullLine "overfull-line" "Text that is wider than its place on the page.";
    TooManyPages "too-many-pages" "A letter that comes to more pages than it may have.";
    BoardShape "board-shape" "Something in `board.toml` that does not make a board.";
    SamePerson "same-person" "Two members of a board who are one person, by name or by key.";
    ChangedAfterApproval "changed-after-approval" "A file that is not what the board approved.";
    LostFile "lost-file" "A file that belongs to what was approved, and is not there.";
    TextChanged "text-changed" "A statement, a vote or a minute that is not as it was written.";
    OtherStatement "other-statement" "A vote on something else than what it lies beside.";
    BadSignature "bad-signature" "A signature that does not fit its text.";
    NotAMember "not-a-member" "A vote of somebody who may not cast it.";
    OtherKey "other-key" "A signature with a key that its member does not have, or not on that day.";
    VotedTwice "voted-twice" "A second vote of one person.";
    ProposalExpired "proposal-expired" "A vote or an approval outside the time for it.";
    PaperNotAllowed "paper-not-allowed" "A vote on paper, by a board that takes none.";
    OtherPaper "other-paper" "A paper that is not the one on which members vote.";
    WrongBoard "wrong-board" "Another board than the one that may approve.";
    RegisterBroken "register-broken" "A register whose entries do not follow from one another.";
    RegisterCut "register-cut" "A register that lacks entries of its end.";
    OtherThanKnown "other-than-known" "A register that is not the one which this machine has seen.";
    OldNumber "old-number" "A number that does not come after the last one.";
    WrongPrevious "wrong-previous" "A proposal that does not follow what was approved last.";
    OverlapInForce "overlap-in-force" "Two revisions that would be in force on one day.";
    Retroactive "retroactive" "A revision that would be in force before its approval.";
    ClockBehind "clock-behind" "A day before something that has already happened.";
    GapInForce "gap-in-force" "A day on which no revision is in force.";
    NotCirculated "not-circulated" "A revision whose day has come, and that was not circulated yet.";
    NotToCirculate "not-to-circulate" "A revision that cannot be circulated: not approved, or circulated already.";
    NotARecipient "not-a-recipient" "An acknowledgement by somebody to whom nothing was sent.";
    NotToWithdraw "not-to-withdraw" "A revision that can no longer be withdrawn, or not yet.";
    NoQuorum "no-quorum" "Too few distinct people for an approval.";
    ExamplesFail "examples-fail" "A revision whose worked examples do not come out.";
    VotesCast "votes-cast" "A proposal on which votes were cast, and which would be put aside.";
    NothingTabled "nothing-tabled" "There is nothing to vote on.";
    DraftOnly "draft-only" "Something official is asked of a revision that may only be tried.";
    NotApproved "not-approved" "A letter that announces a revision which was not approved.";
    RegisterSays "register-says" "A detail that is written by hand, and that the register says.";
}

/// A sentence of the source policy that a problem touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The number of the clause.
    pub number: String,
    /// Its words.
    pub text: Text,
}

/// A problem that a person can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// What is wrong, in both languages: one line, no full stop.
    pub message: Text,
    /// Where, and what is to be seen there. Absent where there is no file to point at.
    pub place: Option<(Place, Text)>,
    /// Other places that belong to it.
    pub also: Vec<(Place, Text)>,
    /// What to do.
    pub help: Vec<Text>,
    /// The clause that it touches.
    pub clause: Option<Citation>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, message: Text) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message,
            place: None,
            also: vec![],
            help: vec![],
            clause: None,
        }
    }

    /// A note.
    pub fn note(code: Code, message: Text) -> Diagnostic {
        Diagnostic { severity: Severity::Note, ..Diagnostic::error(code, message) }
    }

    /// A warning.
    pub fn warning(code: Code, message: Text) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message) }
    }

    /// Says where, and what is to be seen there.
    #[must_use]
    pub fn at(mut self, place: Place, label: Text) -> Diagnostic {
        self.place = Some((place, label));
        self
    }

    /// Says another place that belongs to it.
    #[must_use]
    pub fn also(mut self, place: Place, label: Text) -> Diagnostic {
        self.also.push((place, label));
        self
    }

    /// Says what to do, where that is known.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<Text>>) -> Diagnostic {
        self.help.extend(help.into());
        self
    }

    /// Cites the clause that it touches, if there is one.
    #[must_use]
    pub fn citing(mut self, clause: Option<Citation>) -> Diagnostic {
        self.clause = clause;
        self
    }
}

/// The problems that a pass collected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Is there an error among them?
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// In the order of files and lines; without a place first.
    pub fn sort(&mut self) {
        self.0.sort_by_cached_key(|diagnostic| {
            let place =
                diagnostic.place.as_ref().map(|(place, _)| (place.source.name.clone(), place.range.start));
            (place, diagnostic.code)
        });
        self.0.dedup();
    }
}

/// Advice that names what exists: the near miss, or the whole list where it is short.
pub fn suggest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Text> {
    let known: Vec<&str> = known.into_iter().collect();
    let near = known
        .iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), *word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .min();
    if let Some((_, word)) = near {
        return Some(Text::new(format!("هل تقصد `{word}`؟"), format!("did you mean `{word}`?")));
    }
    if known.is_empty() {
        return None;
    }
    let shown: Vec<String> = known.iter().take(24).map(|word| format!("`{word}`")).collect();
    let rest = if known.len() > shown.len() { ", …" } else { "" };
    let ar = if rest.is_empty() { words::list(&shown, Lang::Ar) } else { shown.join("، ") + "، …" };
    Some(Text::new(format!("المتاح: {ar}"), format!("there is: {}{rest}", shown.join(", "))))
}
