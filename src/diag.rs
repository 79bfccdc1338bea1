//! A problem as data: what kind, where, what is wrong, what to do.
//!
//! Made beside the pass that finds it, collected, never thrown one by one; [`render`] shows it to people and programs.

pub mod render;

use crate::source::Place;
use crate::value::Text;

/// How grave a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    ($($variant:ident $name:literal $meaning:literal;)*) => {
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
        }
    };
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

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: Text) -> Diagnostic {
        self.help.push(help);
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
    let (ar, en) = (shown.join("، "), shown.join(", "));
    let rest_ar = if rest.is_empty() { "" } else { "، …" };
    Some(Text::new(format!("المتاح: {ar}{rest_ar}"), format!("there is: {en}{rest}")))
}
