//! The papers of a request: which were shown, which are valid, which are required.

use std::collections::BTreeSet;

use super::request::{Presented, Request};
use crate::calendar::Period;
use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Slot, Value};
use crate::policy::{Document, Mode, Policy};
use crate::value::words::{Case, Digits};
use crate::value::{Date, Lang, Number, Text, words};

/// How a paper stands in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Was it shown, and is it valid?
    pub state: State,
    /// Is it required? Nothing where that hangs on something unknown.
    pub is_required: Option<bool>,
    /// May it follow later?
    pub may_follow: bool,
    /// Is it, or one that is accepted in its place, shown and valid?
    pub is_satisfied: bool,
    /// Was it, or the one in its place, matched with what was said?
    pub is_matched: bool,
    /// The unknown facts on which it hangs whether it is required.
    pub hangs_on: BTreeSet<Slot>,
}

impl Paper {
    /// Must it be there before the request can go on?
    pub fn is_needed(&self) -> bool {
        self.is_required == Some(true) && !self.may_follow
    }
}

/// What can be said of a paper by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was not shown.
    NotShown,
    /// It was shown and is valid.
    Valid {
        /// The day it was issued, where it is known.
        issued: Option<Date>,
        /// The last day on which it is valid, where it is known.
        expires: Option<Date>,
    },
    /// It had expired on the day of the request.
    Expired {
        /// The last day on which it was valid.
        expires: Date,
        /// How many days before the request.
        days: i64,
    },
    /// It was issued too long before the request.
    TooOld {
        /// The day it was issued.
        issued: Date,
        /// How old it may be.
        most: Period,
    },
    /// The day on which that hangs was not written down.
    NoDate {
        /// The day it expires, rather than the day it was issued?
        expiry: bool,
    },
}

impl State {
    /// Was it shown, and is it valid?
    pub fn is_valid(self) -> bool {
        matches!(self, State::Valid { .. })
    }

    /// How it stands, in words; both languages.
    pub fn text(self, digits: Digits) -> Text {
        match self {
            State::NotShown => Text::new("لم تُقدَّم الوثيقة", "not shown"),
            State::Valid { expires: Some(expires), .. } => both(
                |lang, digits| {
                    let day = words::date_gregorian(expires, lang, digits);
                    match lang {
                        Lang::Ar => format!("تنتهي الصلاحية في {day}"),
                        Lang::En => format!("valid until {day}"),
                    }
                },
                digits,
            ),
            State::Valid { issued: Some(issued), .. } => both(
                |lang, digits| {
                    let day = words::date_gregorian(issued, lang, digits);
                    match lang {
                        Lang::Ar => format!("تاريخ الإصدار {day}"),
                        Lang::En => format!("issued on {day}"),
                    }
                },
                digits,
            ),
            State::Valid { .. } => Text::new("قُدِّمت الوثيقة", "shown"),
            State::Expired { expires, days } => both(
                |lang, digits| {
                    let day = words::date_gregorian(expires, lang, digits);
                    let ago = words::count(Number::from(days), &words::DAY, lang, Case::Genitive, digits);
                    match lang {
                        // Before digits the preposition takes a bar; before letters it joins them.
                        Lang::Ar if ago.starts_with(char::is_numeric) => {
                            format!("انتهت الصلاحية في {day}، قبل التقديم بـ{ago}")
                        }
                        Lang::Ar => format!("انتهت الصلاحية في {day}، قبل التقديم ب{ago}"),
                        Lang::En => format!("expired on {day}, {ago} before the request"),
                    }
                },
                digits,
            ),
            State::TooOld { issued, most } => both(
                |lang, digits| {
                    let day = words::date_gregorian(issued, lang, digits);
                    let most = most.words(lang, Case::Genitive, digits);
                    match lang {
                        Lang::Ar => format!("تاريخ الإصدار {day}، ويلزم ألا يمضي عليه أكثر من {most}"),
                        Lang::En => format!("issued on {day}; it may be at most {most} old"),
                    }
                },
                digits,
            ),
            State::NoDate { expiry: true } => {
                Text::new("لم يُدوَّن تاريخ انتهاء الصلاحية", "its expiry was not written down")
            }
            State::NoDate { expiry: false } => {
                Text::new("لم يُدوَّن تاريخ الإصدار", "its date of issue was not written down")
            }
        }
    }
}

fn both(make: impl Fn(Lang, Digits) -> String, digits: Digits) -> Text {
    Text::new(make(Lang::Ar, digits), make(Lang::En, Digits::Latin))
}

/// What can be said of each paper before any condition is looked at.
pub fn papers(policy: &Policy, request: &Request) -> Vec<Paper> {
    let submitted_on = request.submitted_at.date();
    let papers = policy.documents.iter().enumerate();
    papers
        .map(|(index, document)| {
            let presented = request.documents.get(&index);
            Paper {
                state: presented
                    .map_or(State::NotShown, |presented| state(document, presented, submitted_on)),
                is_required: Some(false),
                may_follow: false,
                is_satisfied: false,
                is_matched: presented.is_some_and(|presented| presented.matched),
                hangs_on: BTreeSet::new(),
            }
        })
        .collect()
}

/// Validity is judged on the day of the request, the last day included.
fn state(document: &Document, presented: &Presented, submitted_on: Date) -> State {
    if document.not_expired {
        match presented.expires {
            None if document.may_never_expire => {}
            None => return State::NoDate { expiry: true },
            Some(expires) if expires < submitted_on => {
                return State::Expired {
                    expires,
                    days: submitted_on.signed_duration_since(expires).num_days(),
                };
            }
            Some(_) => {}
        }
    }
    if let Some(most) = document.issued_within {
        match presented.issued {
            None => return State::NoDate { expiry: false },
            Some(issued) => {
                let last = most.span().and_then(|span| span.after(issued));
                if last.is_none_or(|last| last < submitted_on) {
                    return State::TooOld { issued, most };
                }
            }
        }
    }
    State::Valid { issued: presented.issued, expires: presented.expires }
}

/// Which papers this request requires, and which of those are there.
pub fn required(policy: &Policy, request: &Request, frame: &Frame<'_>, papers: Vec<Paper>) -> Vec<Paper> {
    let valid: Vec<(bool, bool)> =
        papers.iter().map(|paper| (paper.state.is_valid(), paper.is_matched)).collect();
    papers
        .into_iter()
        .zip(&policy.documents)
        .enumerate()
        .map(|(index, (mut paper, document))| {
            let there = std::iter::once(index).chain(document.instead.iter().copied());
            let there: Vec<(bool, bool)> = there
                .filter_map(|index| valid.get(index).copied())
                .filter(|(is_valid, _)| *is_valid)
                .collect();
            paper.is_satisfied = !there.is_empty();
            paper.is_matched = there.iter().any(|(_, is_matched)| *is_matched);
            // What the association itself makes is never asked of the person.
            if document.mode != Mode::Generated {
                require(&mut paper, document, request, frame);
            }
            paper
        })
        .collect()
}

fn require(paper: &mut Paper, document: &Document, request: &Request, frame: &Frame<'_>) {
    for case in &document.required {
        if case.services.as_ref().is_some_and(|services| !services.contains(&request.service)) {
            continue;
        }
        let holds = match &case.when {
            None => Some(true),
            Some(when) => match frame.evaluate(when) {
                Outcome::Known(Value::Bool(value)) => Some(value),
                Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => {
                    paper.hangs_on.extend(frame.needs(when));
                    None
                }
            },
        };
        match holds {
            Some(true) => {
                // A case that is certain settles it, whatever an earlier one hangs on.
                paper.is_required = Some(true);
                paper.may_follow = case.later;
                paper.hangs_on.clear();
                return;
            }
            None if !case.later => paper.is_required = None,
            None | Some(false) => {}
        }
    }
}
