//! Which parts of a policy carry out which clause of its source.

use serde::Serialize;

use crate::policy::{Basis, Policy};
use crate::value::Text;

/// What kind of part it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A rule.
    Rule,
    /// A service.
    Service,
    /// A deadline.
    Deadline,
    /// A paper.
    Document,
    /// A letter.
    Letter,
    /// A way of getting in touch.
    Channel,
    /// A number or list of the board.
    Parameter,
    /// The score.
    Score,
    /// A question that the clause leaves open.
    Interpretation,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 9] = [
        Kind::Rule,
        Kind::Service,
        Kind::Deadline,
        Kind::Document,
        Kind::Letter,
        Kind::Channel,
        Kind::Parameter,
        Kind::Score,
        Kind::Interpretation,
    ];

    /// What several of them are called.
    pub fn heading(self) -> Text {
        match self {
            Kind::Rule => Text::new("القواعد", "Rules"),
            Kind::Service => Text::new("الخدمات", "Services"),
            Kind::Deadline => Text::new("المواعيد", "Deadlines"),
            Kind::Document => Text::new("الوثائق", "Papers"),
            Kind::Letter => Text::new("الخطابات", "Letters"),
            Kind::Channel => Text::new("القنوات", "Channels"),
            Kind::Parameter => Text::new("الحدود", "Limits"),
            Kind::Score => Text::new("درجة الأولوية", "Priority score"),
            Kind::Interpretation => Text::new("التفسيرات", "Questions"),
        }
    }
}

/// A part that carries out a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carrier {
    /// What kind it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// Where it comes from; a question comes from nowhere.
    pub source: Option<&'static str>,
}

/// A clause and what carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The number of the clause.
    pub number: String,
    /// Its words.
    pub text: Text,
    /// What carries it out, and the questions that it leaves open; nothing where it is words only.
    pub carriers: Vec<Carrier>,
}

/// Every clause and what carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The clauses, in order.
    pub clauses: Vec<Covered>,
}

/// How many clauses there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// All of them.
    pub clauses: usize,
    /// Something carries them out.
    pub carried_out: usize,
    /// They only raise a question.
    pub questions_only: usize,
    /// Nothing refers to them.
    pub words_only: usize,
}

impl Covered {
    /// Does anything carry it out? A question alone does not.
    pub fn is_carried_out(&self) -> bool {
        self.carriers.iter().any(|carrier| carrier.kind != Kind::Interpretation)
    }
}

impl Coverage {
    /// Looks at everything in a policy that cites a clause.
    pub fn new(policy: &Policy) -> Coverage {
        let clauses = policy.clauses.iter().map(|clause| Covered {
            number: clause.number.clone(),
            text: clause.text.clone(),
            carriers: carriers(policy, &clause.number),
        });
        Coverage { clauses: clauses.collect() }
    }

    /// How many clauses there are of each kind.
    pub fn count(&self) -> Count {
        let carried_out = self.clauses.iter().filter(|clause| clause.is_carried_out()).count();
        let words_only = self.clauses.iter().filter(|clause| clause.carriers.is_empty()).count();
        let clauses = self.clauses.len();
        Count { clauses, carried_out, questions_only: clauses - carried_out - words_only, words_only }
    }
}

fn carriers(policy: &Policy, number: &str) -> Vec<Carrier> {
    let mut found = Vec::new();
    let mut add = |clause: &str, kind: Kind, id: &str, title: &Text, source: Option<Basis>| {
        if clause == number {
            let source = source.map(Basis::name);
            found.push(Carrier { kind, id: id.to_owned(), title: title.clone(), source });
        }
    };
    for rule in &policy.rules {
        add(&rule.clause, Kind::Rule, &rule.id, &rule.title, Some(rule.source));
    }
    for service in &policy.services {
        add(&service.clause, Kind::Service, &service.id, &service.title, Some(service.source));
    }
    for deadline in &policy.deadlines {
        add(&deadline.clause, Kind::Deadline, &deadline.id, &deadline.title, Some(deadline.source));
    }
    for document in &policy.documents {
        add(&document.clause, Kind::Document, &document.id, &document.title, Some(document.source));
    }
    for letter in &policy.letters {
        add(&letter.clause, Kind::Letter, &letter.id, &letter.title, Some(letter.source));
    }
    for channel in &policy.channels {
        add(&channel.clause, Kind::Channel, &channel.id, &channel.title, Some(channel.source));
    }
    for parameter in &policy.parameters {
        add(&parameter.clause, Kind::Parameter, &parameter.id, &parameter.label, Some(parameter.source));
    }
    if let Some(score) = &policy.score {
        let title = Kind::Score.heading();
        add(score.clause.as_deref().unwrap_or_default(), Kind::Score, "score", &title, Some(score.source));
    }
    for question in &policy.interpretations {
        add(&question.clause, Kind::Interpretation, &question.id, &question.question, None);
    }
    found
}
