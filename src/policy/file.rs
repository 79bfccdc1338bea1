//! The shapes of the policy files, exactly as people write them. Nothing here has been checked.

mod calendar;
mod changes;
mod invariants;
mod letters;
mod scenarios;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Roll;
use crate::source::de::{At, Day, Entries, Scalar};
use crate::value::words::UnitForms;
use crate::value::{Number, Text};

pub use calendar::{
    AnnouncedFile, CalendarFile, ExtraFile, HolidayFile, LONGEST_HOLIDAY, WEEKDAYS, YearFile,
};
pub use changes::ChangesFile;
pub use invariants::{Change, InvariantFile, InvariantsFile, Measure};
pub(super) use letters::REPETITIONS;
pub use letters::{
    About, Carries, ColumnFile, DetailFile, FrameFile, Issue, LetterCheckFile, LetterFile, LetterTableFile,
    LettersFile, Outcome, PieceFile, Signature,
};
pub use scenarios::{ExpectFile, ExpectedDeadlineFile, MissingFile, RESULTS, ScenarioFile};

/// A sentence in both languages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// Arabic.
    pub ar: At<String>,
    /// English.
    pub en: At<String>,
}

impl Sentence {
    /// The words alone.
    pub fn text(&self) -> Text {
        Text::new(self.ar.value.clone(), self.en.value.clone())
    }
}

/// Where a thing comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The approved text says so.
    Board,
    /// A law says so.
    Law,
    /// A proposal that the board has not confirmed.
    Assumption,
}

impl Basis {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Board => "board",
            Basis::Law => "law",
            Basis::Assumption => "assumption",
        }
    }
}

/// What happens to open requests when the next revision comes into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transition {
    /// They finish under the revision of their submission.
    Pin,
    /// Whichever is better for the person.
    Favourable,
    /// The new one governs at once.
    Immediate,
}

/// How numbers are written in Arabic letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DigitStyle {
    /// ١٢٣
    ArabicIndic,
    /// 123
    Latin,
}

/// What this policy is: its number, owner, currency, digits and dates.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// The id of the policy.
    pub id: At<String>,
    /// The number of the revision.
    pub number: At<i64>,
    /// What letters call the revision.
    pub label: At<String>,
    /// The title.
    pub title: Sentence,
    /// Which role keeps it.
    pub owner: At<String>,
    /// From when on it is meant to govern.
    pub in_force_from: At<Day>,
    /// What happens to open requests.
    pub transition: Transition,
    /// How often it is reviewed: `"12 months"`.
    pub review_every: At<String>,
    /// The unit of money.
    pub currency: At<String>,
    /// How far local time is ahead of UTC, as `"+03:00"`: a time with another offset is moved to it.
    pub utc_offset: Option<At<String>>,
    /// How numbers are written in Arabic letters.
    pub digits: DigitStyle,
}

/// The sentences of the source policy, numbered.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClausesFile {
    /// By number.
    #[serde(default)]
    pub clause: Entries<ClauseFile>,
}

/// What a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseKind {
    /// Why the policy exists.
    Preamble,
    /// What it is for.
    Goal,
    /// A way of getting in touch.
    Channel,
    /// A means of the staff.
    Tool,
    /// A step.
    Procedure,
    /// How it comes into force.
    Approval,
}

/// A sentence of the source policy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseFile {
    /// What it is.
    pub kind: ClauseKind,
    /// Does it state a value, and nothing that could be measured?
    #[serde(default)]
    pub value_statement: bool,
    /// Arabic.
    pub ar: At<String>,
    /// English.
    pub en: At<String>,
}

/// Where a clause can be read in several ways: the question, the options, the board's choice.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterpretationsFile {
    /// By id.
    #[serde(default)]
    pub interpretation: Entries<InterpretationFile>,
}

/// A question that a clause leaves open.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterpretationFile {
    /// The clause.
    pub clause: At<String>,
    /// The question.
    pub question: Sentence,
    /// The possible answers.
    pub option: Entries<Sentence>,
    /// The answer that is proposed.
    pub proposed: At<String>,
    /// The answer that the board has chosen.
    pub chosen: Option<At<String>>,
    /// Which findings it answers: `"no-maximum"`, or of another clause `"undefined-set 6.7"`.
    #[serde(default)]
    pub answers: Vec<At<String>>,
}

/// `facts.toml`: sections of facts.
pub type FactsFile = Entries<Entries<FactFile>>;

/// Who finds a fact out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FoundBy {
    /// The applicant says it.
    Applicant,
    /// A visit shows it.
    Visit,
    /// The association's own records show it.
    Records,
}

/// How private a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    /// Anybody may know it.
    Public,
    /// It is about a person.
    Personal,
    /// It could hurt a person, such as health.
    Sensitive,
}

/// The types that a fact can have.
pub const FACT_TYPES: &[&str] = &[
    "bool",
    "integer",
    "decimal",
    "money",
    "date",
    "choice",
    "text",
    "list",
    "national-id",
    "iban",
    "mobile",
    "short-address",
    "time",
    "code",
];

/// A fact.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactFile {
    /// Its type.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = FACT_TYPES))]
    pub ty: At<String>,
    /// What a number may be: `"1..=40"` with both ends, `"0.."` without an upper end.
    pub range: Option<At<String>>,
    /// What it counts or measures: a unit of `units.toml`, for `integer` and `decimal`.
    pub unit: Option<At<String>>,
    /// The choices.
    #[serde(default)]
    pub choice: Entries<Sentence>,
    /// What each thing of a list says.
    #[serde(default)]
    pub item: Entries<FactFile>,
    /// What people call it.
    pub label: Sentence,
    /// How it is asked.
    pub ask: Option<Sentence>,
    /// Why it is asked.
    pub purpose: Option<Sentence>,
    /// Who finds it out.
    pub found_by: Option<FoundBy>,
    /// The papers that show it.
    #[serde(default)]
    pub shown_by: Vec<At<String>>,
    /// How private it is.
    pub privacy: Option<Privacy>,
    /// May the person's circumstances change it?
    pub can_change: Option<bool>,
    /// Why it is asked although no rule or letter reads it.
    pub justification: Option<Sentence>,
}

/// The units of quantities, with their singular, dual and plural.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitsFile {
    /// By name.
    #[serde(default)]
    pub unit: Entries<UnitForms>,
}

/// `parameters.toml`.
pub type ParametersFile = Entries<ParameterFile>;

/// A parameter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterFile {
    /// Its type: `integer`, `decimal`, `money`, with units as in `money / person`, `date`, `span`, or `set of` a fact.
    #[serde(rename = "type")]
    pub ty: At<String>,
    /// The clause that it serves.
    pub clause: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// What people call it.
    pub label: Sentence,
    /// The question that it rests on.
    pub interpretation: Option<At<String>>,
    /// Its values, each from a Gregorian day on: `from.2026-12-01 = 1200`.
    pub from: Entries<At<Scalar>>,
}

/// Derived values, decision tables, and the rules with their reasons.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// Values that are computed.
    #[serde(default)]
    pub derived: Entries<DerivedFile>,
    /// Decision tables.
    #[serde(default)]
    pub table: Entries<TableFile>,
    /// The rules.
    #[serde(default)]
    pub rule: Entries<RuleFile>,
}

/// A value that is computed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DerivedFile {
    /// Its type: `bool`, `integer`, `decimal`, `money`, `date`, `span`, with units as in `money / person`.
    #[serde(rename = "type")]
    pub ty: At<String>,
    /// What people call it.
    pub label: Option<Sentence>,
    /// How it is computed, in the words of conditions.
    pub value: Option<At<String>>,
    /// Or: how many of a list.
    pub count: Option<OverFile>,
    /// Or: the sum over a list.
    pub sum: Option<OverFile>,
}

/// Something over a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverFile {
    /// The list.
    pub of: At<String>,
    /// For which of its things.
    #[serde(rename = "where")]
    pub condition: Option<At<String>>,
    /// What is summed.
    pub value: Option<At<String>>,
}

/// Which row of a table counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HitFile {
    /// Exactly one matches; proven.
    Unique,
    /// The first that matches.
    First,
}

/// A decision table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// What it looks at.
    pub given: Vec<At<String>>,
    /// Which row counts.
    pub hit: Option<HitFile>,
    /// Why the first row counts, where it does.
    pub justification: Option<Sentence>,
    /// What it gives.
    pub gives: Entries<OutputFile>,
    /// Its rows: an interval (`">= 70"`, `"45..=69"`), a choice, a list of choices or `true` in each column; left out: any.
    pub row: Vec<At<Entries<At<Scalar>>>>,
}

/// An output of a table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputFile {
    /// Its type; with `choice`, its choices stand below.
    #[serde(rename = "type")]
    pub ty: At<String>,
    /// What people call it.
    pub label: Sentence,
    /// The choices.
    #[serde(default)]
    pub choice: Entries<Sentence>,
}

/// What kind of rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// Not met: the request does not meet the policy.
    Eligibility,
    /// Can hold a request up, never decline it.
    Procedural,
    /// Sets other rules aside.
    Exemption,
    /// Joins the request to another one.
    Merge,
}

/// A rule.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// What kind it is.
    pub kind: RuleKind,
    /// The clause that it carries out.
    pub clause: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// The question that it rests on.
    pub interpretation: Option<At<String>>,
    /// Why it may leave out a whole group of people.
    pub justification: Option<Sentence>,
    /// Whom it concerns; everybody where it is absent.
    pub applicants: Option<At<Vec<At<String>>>>,
    /// Which services it concerns; all where it is absent.
    pub services: Option<At<Vec<At<String>>>>,
    /// Its title.
    pub title: Sentence,
    /// What must hold: a condition of an eligibility or procedural rule.
    pub require: Option<At<String>>,
    /// When it takes effect: a condition of an exemption or merge.
    pub when: Option<At<String>>,
    /// The exemptions that set it aside.
    #[serde(default)]
    pub unless: Vec<At<String>>,
    /// What people read when it is met.
    pub met: Option<Sentence>,
    /// What people read when it is not.
    pub not_met: Option<Sentence>,
    /// Other wordings of that.
    #[serde(default)]
    pub not_met_if: Vec<WordingFile>,
    /// What people read when it cannot be told.
    pub unknown: Option<Sentence>,
    /// What people read when it does not concern the request.
    pub not_applicable: Option<Sentence>,
}

/// A wording for a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordingFile {
    /// The case.
    pub when: At<String>,
    /// Arabic.
    pub ar: At<String>,
    /// English.
    pub en: At<String>,
}

/// The score, its factors and its tiers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityFile {
    /// The score.
    pub score: Option<ScoreFile>,
    /// What it is made of.
    #[serde(default)]
    pub factor: Entries<FactorFile>,
    /// Tables over it.
    #[serde(default)]
    pub table: Entries<TableFile>,
}

/// The score.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreFile {
    /// No more than this.
    #[schemars(range(min = 0))]
    pub at_most: At<Number>,
    /// The clause that it serves.
    pub clause: Option<At<String>>,
    /// Where it comes from.
    pub source: Option<Basis>,
    /// The question that it rests on.
    pub interpretation: Option<At<String>>,
}

/// A factor of the score.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorFile {
    /// What people call it.
    pub label: Sentence,
    /// The highest of those that hold.
    #[serde(default)]
    pub highest_of: Vec<PointsFile>,
    /// Or: so many for each.
    pub each: Option<EachFile>,
}

/// Points in a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsFile {
    /// The case.
    pub when: At<String>,
    /// How many.
    #[schemars(range(min = 0))]
    pub points: At<Number>,
}

/// Points for each of something.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EachFile {
    /// Of what.
    pub of: At<String>,
    /// How many.
    #[schemars(range(min = 0))]
    pub points: At<Number>,
    /// No more than this.
    #[schemars(range(min = 0))]
    pub at_most: Option<At<Number>>,
}

/// What can be asked for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicesFile {
    /// By id.
    #[serde(default)]
    pub service: Entries<ServiceFile>,
}

/// A service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// Its title.
    pub title: Sentence,
    /// The clause that it carries out.
    pub clause: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// Who asks for it.
    pub applicant: At<String>,
    /// What is granted.
    pub quantity: Option<At<String>>,
    /// At most once in that time: `"14 days"`.
    pub interval: Option<At<String>>,
    /// Until when it is delivered, from the registration on: `"5 working days"`.
    pub delivery: Option<At<String>>,
    /// What the person makes ready.
    pub prepare: Option<Sentence>,
}

/// By what way.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelsFile {
    /// By number.
    #[serde(default)]
    pub channel: Entries<ChannelFile>,
}

/// May a request come this way?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Requests {
    /// Yes.
    Yes,
    /// Yes, and it is completed later.
    Draft,
    /// Only as a hint that somebody is in need.
    Lead,
    /// No.
    No,
}

/// How a person is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// The paper is seen.
    Sighted,
    /// By known facts and a call back.
    Callback,
    /// At the next step.
    Later,
    /// By a code that is sent.
    Code,
    /// Not at all.
    None,
}

/// May private data go out this way?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrivateData {
    /// Yes.
    Yes,
    /// Only how the request stands.
    StatusOnly,
    /// Only through the portal.
    Portal,
    /// Never.
    Never,
}

/// A channel.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelFile {
    /// The clause that names it.
    pub clause: At<String>,
    /// Its title.
    pub title: Sentence,
    /// Where its rules come from.
    pub source: Option<Basis>,
    /// May a request come this way?
    pub requests: Requests,
    /// How a person is recognised.
    pub identity: Identity,
    /// May private data go out this way?
    pub private_data: PrivateData,
    /// When a letter sent this way counts as received: `"0 days"` after it was sent.
    pub deemed: At<String>,
    /// What is kept to show that it was.
    pub proof: Sentence,
}

/// The papers of the intake checklist.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentsFile {
    /// By id.
    #[serde(default)]
    pub document: Entries<DocumentFile>,
}

/// What happens with a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Seen and matched; no copy.
    Sighted,
    /// A copy is kept.
    Kept,
    /// Made by the association.
    Generated,
}

/// A paper of the checklist.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentFile {
    /// Its title.
    pub title: Sentence,
    /// The clause that asks for it.
    pub clause: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// What happens with it.
    pub mode: Mode,
    /// It must not be older: `"90 days"` before submission.
    pub issued_within: Option<At<String>>,
    /// It must not have expired.
    #[serde(default)]
    pub not_expired: bool,
    /// Some of these papers never expire: one without an expiry is valid.
    #[serde(default)]
    pub may_never_expire: bool,
    /// Papers that are accepted in its place.
    #[serde(default)]
    pub instead: Vec<At<String>>,
    /// What counts as this paper.
    pub accepted: Option<Sentence>,
    /// Why it is needed.
    pub why: Sentence,
    /// Does it show who somebody is?
    #[serde(default)]
    pub identity: bool,
    /// When it is required.
    #[serde(default)]
    pub required: Vec<RequiredFile>,
}

/// When a paper is required.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequiredFile {
    /// For which services; all where it is absent.
    pub services: Option<At<Vec<At<String>>>>,
    /// In which case.
    pub when: Option<At<String>>,
    /// May it follow later?
    #[serde(default)]
    pub later: bool,
}

/// Until when.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadlinesFile {
    /// By id.
    #[serde(default)]
    pub deadline: Entries<DeadlineFile>,
}

/// A deadline.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadlineFile {
    /// Its title.
    pub title: Sentence,
    /// The clause that it serves.
    pub clause: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// The question that it rests on.
    pub interpretation: Option<At<String>>,
    /// The event from which it is counted.
    pub from: At<String>,
    /// Not before.
    pub earliest: Option<LimitFile>,
    /// Not after.
    pub latest: Option<LimitFile>,
    /// Something else in a case.
    #[serde(default)]
    pub instead: Vec<InsteadFile>,
    /// How it can be extended.
    pub extend: Option<ExtendFile>,
    /// For which services; all where it is absent.
    pub services: Option<At<Vec<At<String>>>>,
}

/// One end of a deadline.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitFile {
    /// How long after the event, in days, working days, weeks, months or hours: `"14 days"`; or `"delivery"`.
    pub after: At<String>,
    /// May it be passed with a recorded reason?
    #[serde(default)]
    pub soft: bool,
    /// What happens when the last day is not a working day.
    pub roll: Roll,
}

/// Something else in a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsteadFile {
    /// The case.
    pub when: At<String>,
    /// Not before.
    pub earliest: Option<LimitFile>,
    /// Not after.
    pub latest: Option<LimitFile>,
}

/// An extension.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendFile {
    /// By how long.
    pub by: At<String>,
    /// On which event.
    pub on: At<String>,
}

/// Events and roles.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcedureFile {
    /// What can happen to a request.
    #[serde(default)]
    pub event: Entries<LabelFile>,
    /// Who acts.
    #[serde(default)]
    pub role: Entries<LabelFile>,
}

/// Something that only has a name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelFile {
    /// What people call it.
    pub label: Sentence,
}

/// Why data are asked, who sees them, how long they are kept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyFile {
    /// The one purpose for which data are asked.
    pub purpose: Option<Sentence>,
    /// Who may see what, by how private it is.
    #[serde(default)]
    pub access: Entries<AccessFile>,
    /// How long what is kept.
    #[serde(default)]
    pub retention: Entries<RetentionFile>,
}

/// Who may see facts of a kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessFile {
    /// The roles.
    pub roles: Vec<At<String>>,
}

/// How long something is kept.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionFile {
    /// What is kept.
    pub label: Sentence,
    /// How long: `"60 months"`.
    pub keep: At<String>,
    /// After which event.
    pub after: At<String>,
    /// Where it comes from.
    pub source: Basis,
    /// The question that it rests on.
    pub interpretation: Option<At<String>>,
}
