//! What the register says of an approved revision, as the details of the letters that announce it: the resolution, the circular.
//!
//! Receives the approval as it was entered and signed, hands on values by the places of the letter's details. Nothing of it can be
//! written by hand.

use std::sync::Arc;

use super::Details;
use crate::expression::program::Value;
use crate::policy::guide::parts::Kind;
use crate::policy::recorded::VOTES;
use crate::policy::{FactKind, Letter, Policy, Recorded};
use crate::revision::board::Signs;
use crate::revision::circulation::Circulation;
use crate::revision::diff::{Change, Diff};
use crate::revision::register::{Approval, Entry};
use crate::revision::statement::transition_name;
use crate::value::{Lang, Number, words};

/// An approved revision, and what is known of its approval.
#[derive(Debug, Clone, Copy)]
pub struct Announced<'a> {
    /// The revision.
    pub policy: &'a Policy,
    /// The one that it takes the place of.
    pub previous: Option<&'a Policy>,
    /// Its entry in the register.
    pub entry: &'a Entry,
    /// How it was approved.
    pub approval: &'a Approval,
    /// To whom it was circulated, where it was.
    pub circulation: Option<&'a Circulation>,
}

/// What stands where there is nothing.
const NONE: &str = "—";

impl Announced<'_> {
    /// The details of a letter that come from the register, in one language.
    pub fn details(&self, letter: &Letter, lang: Lang) -> Details {
        let details = letter.details.iter().filter_map(|detail| {
            let recorded = letter.recorded.get(&detail.slot)?;
            Some((detail.slot, self.value(*recorded, &detail.kind, lang)?))
        });
        details.collect()
    }

    fn value(&self, recorded: Recorded, kind: &FactKind, lang: Lang) -> Option<Value> {
        let (statement, tally) = (&self.approval.statement, &self.approval.tally);
        let voted = tally.approve.len() + tally.reject.len() + tally.abstain.len();
        let day = |day| Some(Value::Date(day));
        match recorded {
            Recorded::Resolution => text(&statement.resolution),
            Recorded::Meeting => text(&statement.meeting),
            Recorded::Digest => text(&self.entry.digest.short()),
            Recorded::Papers => text(&statement.papers.short()),
            Recorded::Superseded => text(&self.previous?.label),
            Recorded::TabledOn => day(statement.tabled_on),
            Recorded::VotedOn => day(self.approval.voted_on),
            Recorded::ApprovedOn => day(self.entry.on),
            Recorded::InForceFrom => self.entry.in_force_from.map(Value::Date),
            Recorded::AcknowledgeBy => self.circulation.map(|sent| Value::Date(sent.until)),
            Recorded::Transition => choice(kind, transition_name(statement.transition?)),
            Recorded::Passed => {
                choice(kind, if tally.approve.len() == voted { "unanimous" } else { "majority" })
            }
            Recorded::Quorum => count(self.approval.board.quorum),
            Recorded::Voters => count(self.approval.board.signers(Signs::Policy).count()),
            Recorded::Voted => count(voted),
            Recorded::Approve => count(tally.approve.len()),
            Recorded::Reject => count(tally.reject.len()),
            Recorded::Abstain => count(tally.abstain.len()),
            Recorded::Interpretations => self.interpretations(lang),
            Recorded::Members => self.members(kind, lang),
            Recorded::Changes => self.changes(kind, lang),
        }
    }

    fn interpretations(&self, lang: Lang) -> Option<Value> {
        let chosen = self.policy.interpretations.iter().filter(|question| question.chosen.is_some());
        let ids: Vec<&str> = chosen.map(|question| question.id.as_str()).collect();
        (!ids.is_empty()).then(|| Value::Text(Arc::from(words::list(&ids, lang))))
    }

    fn members(&self, kind: &FactKind, lang: Lang) -> Option<Value> {
        let tally = &self.approval.tally;
        let lists = [&tally.approve, &tally.reject, &tally.abstain];
        let members = self.approval.board.signers(Signs::Policy).map(|member| {
            let vote = VOTES.iter().zip(lists).find(|(_, list)| list.contains(&member.id));
            let vote = vote.map_or("absent", |(vote, _)| vote);
            Row(vec![("name", member.name.get(lang)), ("role", member.role.get(lang)), ("vote", vote)])
        });
        list(kind, &members.collect::<Vec<_>>())
    }

    fn changes(&self, kind: &FactKind, lang: Lang) -> Option<Value> {
        let in_words = |ar: &'static str, en: &'static str| match lang {
            Lang::Ar => ar,
            Lang::En => en,
        };
        let all = self.policy.reasons.revision.as_ref().map_or(NONE, |why| why.get(lang));
        let Some(previous) = self.previous else {
            let (change, becomes) = (
                in_words("السياسة كلها", "the whole policy"),
                in_words(
                    "أول نسخةٍ معتمدة، فكلُّ ما فيها جديد",
                    "the first approved revision: all of it is new",
                ),
            );
            let row =
                [("clause", NONE), ("change", change), ("was", NONE), ("becomes", becomes), ("why", all)];
            return list(kind, &[Row(row.to_vec())]);
        };
        let diff = Diff::new(previous, self.policy);
        // Worked examples decide nothing.
        let concerns = |change: &&Change| change.kind != Kind::Example;
        let changes: Vec<&Change> = diff.changes.iter().filter(concerns).collect();
        let said = changes.iter().map(|change| (change.head(lang), change.lines(lang)));
        let said: Vec<(String, Vec<(&str, String)>)> = said.collect();
        let rows = changes.iter().zip(&said).map(|(change, (head, lines))| {
            // What only came or went has nothing that it was.
            let (was, becomes, why) = match lines.as_slice() {
                [(_, was), (_, becomes), (_, why)] => (was.as_str(), becomes.as_str(), why.as_str()),
                other => (NONE, NONE, other.last().map_or(NONE, |(_, why)| why)),
            };
            let clause = change.clause.as_deref().unwrap_or(NONE);
            Row(vec![("clause", clause), ("change", head), ("was", was), ("becomes", becomes), ("why", why)])
        });
        let mut rows: Vec<Row<'_>> = rows.collect();
        if rows.is_empty() {
            let nothing = in_words("لا يتغيَّر شيءٌ على أحد", "nothing changes for anyone");
            let row = [("clause", NONE), ("change", nothing), ("was", NONE), ("becomes", NONE), ("why", all)];
            rows.push(Row(row.to_vec()));
        }
        list(kind, &rows)
    }
}

/// What the register says of one thing, by the names of fields.
struct Row<'a>(Vec<(&'static str, &'a str)>);

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(Arc::from(text)))
}

fn count(count: usize) -> Option<Value> {
    Some(Value::Number(Number::from(i64::try_from(count).ok()?)))
}

fn choice(kind: &FactKind, id: &str) -> Option<Value> {
    let FactKind::Choice(choices) = kind else { return None };
    let index = choices.ids.iter().position(|known| known == id)?;
    u16::try_from(index).ok().map(Value::Choice)
}

/// A list with the fields that the letter wants, in its order.
fn list(kind: &FactKind, rows: &[Row<'_>]) -> Option<Value> {
    let FactKind::List(fields) = kind else { return None };
    let rows = rows.iter().map(|row| {
        let values = fields.iter().map(|field| {
            let (_, said) = row.0.iter().find(|(name, _)| *name == field.id)?;
            if matches!(field.kind, FactKind::Choice(_)) { choice(&field.kind, said) } else { text(said) }
        });
        values.collect::<Vec<Option<Value>>>()
    });
    Some(Value::List(Arc::new(rows.collect())))
}
