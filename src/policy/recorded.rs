//! What the register says of an approved revision, for the letters that announce it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::FactKind;
use crate::value::Text;

/// What the register says of an approved revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// The number of the resolution.
    Resolution,
    /// The number of the meeting.
    Meeting,
    /// The day on which it was tabled.
    TabledOn,
    /// The day of the last vote.
    VotedOn,
    /// The day on which it was entered into the register.
    ApprovedOn,
    /// From when on it is meant to govern.
    InForceFrom,
    /// The last day on which to confirm that one knows it, as it was circulated.
    AcknowledgeBy,
    /// Its digest, as people compare it.
    Digest,
    /// The digest of the papers on which members voted.
    Papers,
    /// What letters call the revision that it takes the place of; nothing for the first.
    Superseded,
    /// What happens to open requests.
    Transition,
    /// Did all who voted approve?
    Passed,
    /// How many must approve.
    Quorum,
    /// How many may vote.
    Voters,
    /// How many did.
    Voted,
    /// How many were for it.
    Approve,
    /// How many were against it.
    Reject,
    /// How many abstained.
    Abstain,
    /// The ids of the interpretations that the board chose, where it chose any.
    Interpretations,
    /// Who may vote, and how each did.
    Members,
    /// What changes from the revision before it.
    Changes,
}

/// Of which type a value from the register is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `code`.
    Code,
    /// `date`.
    Date,
    /// `text`.
    Text,
    /// `integer`.
    Count,
    /// `choice`, with these choices.
    Choice(&'static [&'static str]),
    /// `list`, whose things have some of these fields.
    List(&'static [(&'static str, Shape)]),
}

/// The choices of a vote.
pub const VOTES: &[&str] = &["approve", "reject", "abstain", "absent"];

const MEMBER: &[(&str, Shape)] =
    &[("name", Shape::Text), ("role", Shape::Text), ("vote", Shape::Choice(VOTES))];
const CHANGE: &[(&str, Shape)] = &[
    ("clause", Shape::Code),
    ("change", Shape::Text),
    ("was", Shape::Text),
    ("becomes", Shape::Text),
    ("why", Shape::Text),
];

impl Recorded {
    /// Of which type it is.
    pub fn shape(self) -> Shape {
        match self {
            Recorded::Resolution
            | Recorded::Meeting
            | Recorded::Digest
            | Recorded::Papers
            | Recorded::Superseded => Shape::Code,
            Recorded::TabledOn
            | Recorded::VotedOn
            | Recorded::ApprovedOn
            | Recorded::InForceFrom
            | Recorded::AcknowledgeBy => Shape::Date,
            Recorded::Quorum
            | Recorded::Voters
            | Recorded::Voted
            | Recorded::Approve
            | Recorded::Reject
            | Recorded::Abstain => Shape::Count,
            Recorded::Transition => Shape::Choice(&["pin", "favourable", "immediate"]),
            Recorded::Passed => Shape::Choice(&["unanimous", "majority"]),
            Recorded::Interpretations => Shape::Text,
            Recorded::Members => Shape::List(MEMBER),
            Recorded::Changes => Shape::List(CHANGE),
        }
    }
}

impl Shape {
    /// Can such a value stand in a detail of that kind?
    pub fn fits(self, kind: &FactKind) -> bool {
        match (self, kind) {
            (Shape::Code, FactKind::Code)
            | (Shape::Date, FactKind::Date)
            | (Shape::Text, FactKind::Text)
            | (Shape::Count, FactKind::Number { whole: true, money: false }) => true,
            (Shape::Choice(ids), FactKind::Choice(choices)) => {
                ids.len() == choices.ids.len() && ids.iter().all(|id| choices.ids.iter().any(|own| own == id))
            }
            (Shape::List(known), FactKind::List(fields)) => fields
                .iter()
                .all(|field| known.iter().any(|(name, shape)| *name == field.id && shape.fits(&field.kind))),
            _ => false,
        }
    }

    /// In the words of a file.
    pub fn text(self) -> Text {
        let quoted = |ids: &[&str]| ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>();
        match self {
            Shape::Code => Text::same("`type = \"code\"`"),
            Shape::Date => Text::same("`type = \"date\"`"),
            Shape::Text => Text::same("`type = \"text\"`"),
            Shape::Count => Text::same("`type = \"integer\"`"),
            Shape::Choice(ids) => {
                let ids = quoted(ids);
                Text::new(
                    format!("`type = \"choice\"` واختياراته: {}", ids.join("، ")),
                    format!("`type = \"choice\"` with the choices {}", ids.join(", ")),
                )
            }
            Shape::List(fields) => {
                let fields = fields.iter().map(|(name, shape)| {
                    let shape = shape.text();
                    Text::new(format!("`item.{name}`: {}", shape.ar), format!("`item.{name}`: {}", shape.en))
                });
                let fields: Vec<Text> = fields.collect();
                let ar: Vec<&str> = fields.iter().map(|field| field.ar.as_str()).collect();
                let en: Vec<&str> = fields.iter().map(|field| field.en.as_str()).collect();
                Text::new(
                    format!("`type = \"list\"`، ومن حقوله: {}", ar.join("؛ ")),
                    format!("`type = \"list\"`, with some of {}", en.join("; ")),
                )
            }
        }
    }
}
