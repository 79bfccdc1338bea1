//! Values of a policy as words: numbers with their units, limits, sets, intervals, days.

use crate::calendar::Period;
use crate::expression::program::{Cell, Interval, Slot, Value};
use crate::expression::types::{MONEY, Type};
use crate::policy::message::{Message, Part, Special};
use crate::policy::{Policy, Wording};
use crate::value::words::{self, Case, Digits};
use crate::value::{Date, Lang, Number, Span, Text};

/// What is needed to say anything of a policy in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) policy: &'a Policy,
    pub(super) lang: Lang,
}

impl<'a> Words<'a> {
    /// One of two, by the language.
    pub(super) fn say(self, ar: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Ar => ar,
            Lang::En => en,
        }
    }

    /// Arabic takes the digits that the policy chose.
    pub(super) fn digits(self) -> Digits {
        match self.lang {
            Lang::Ar => self.policy.digits,
            Lang::En => Digits::Latin,
        }
    }

    /// What people read.
    pub(super) fn of(self, text: &Text) -> &str {
        text.get(self.lang)
    }

    /// A number alone, in the digits of the language.
    pub(super) fn figure(self, number: Number) -> String {
        words::plain(number, self.lang, self.digits())
    }

    /// How many.
    pub(super) fn count(self, count: usize) -> String {
        words::digits_only(&count.to_string(), self.digits())
    }

    /// Several things in one sentence.
    pub(super) fn list(self, items: &[String]) -> String {
        words::list(items, self.lang)
    }

    /// Several things of which one is enough.
    pub(super) fn either(self, items: &[String]) -> String {
        let between = self.say("، أو ", ", or ");
        match items {
            [one, other] => format!("{one}{}{other}", self.say(" أو ", " or ")),
            _ => items.join(between),
        }
    }

    /// A word as it is written elsewhere, set apart.
    pub(super) fn quoted(self, text: &str) -> String {
        match self.lang {
            Lang::Ar => format!("«{text}»"),
            Lang::En => format!("“{text}”"),
        }
    }

    /// What people call a named value. English names are of every kind, so they are set apart.
    pub(super) fn name(self, slot: Slot) -> String {
        let label = self.policy.vocabulary.get(slot).map_or("", |named| self.of(&named.label));
        self.term(label)
    }

    /// A name as it stands in a sentence.
    pub(super) fn term(self, label: &str) -> String {
        match self.lang {
            Lang::Ar => label.to_owned(),
            Lang::En => self.quoted(label),
        }
    }

    /// A value of a declared type.
    pub(super) fn value(self, ty: &Type, value: &Value) -> String {
        match value {
            Value::Bool(true) => self.say("نعم", "yes").into(),
            Value::Bool(false) => self.say("لا", "no").into(),
            Value::Number(number) => self.number(ty, *number),
            Value::Date(date) => self.date(*date),
            Value::Span(span) => self.span(*span),
            Value::Choice(index) => match ty {
                Type::Choice(choices) | Type::Set(choices) => self.of(&choices.label(*index)).to_owned(),
                Type::Bool | Type::Number(_) | Type::Date | Type::Span | Type::Text | Type::List(_) => {
                    String::new()
                }
            },
            Value::Set(set) => {
                let choice = |index: &u16| self.value(ty, &Value::Choice(*index));
                self.list(&set.iter().map(choice).collect::<Vec<_>>())
            }
            Value::Text(text) => self.quoted(text),
            Value::List(items) => self.count(items.len()),
        }
    }

    /// A number with its unit, and what it is for one of.
    pub(super) fn number(self, ty: &Type, number: Number) -> String {
        let Type::Number(quantity) = ty else { return self.figure(number) };
        if number == Number::ZERO {
            return self.say("صفر", "zero").into();
        }
        let (lang, digits) = (self.lang, self.digits());
        let counted = quantity.unit.counted();
        let amount = match counted.map(|unit| (unit, self.policy.unit(unit))) {
            Some((MONEY, Some(forms))) => words::money(number, forms, lang, Case::Genitive, digits),
            Some((_, Some(forms))) => words::count(number, forms, lang, Case::Genitive, digits),
            Some((_, None)) | None => self.figure(number),
        };
        let unit = quantity.unit.to_string();
        let below = unit.split_once(" / ").and_then(|(_, below)| self.policy.unit(below));
        match below {
            Some(forms) => match lang {
                Lang::Ar => format!("{amount} لكل {}", forms.ar.other),
                Lang::En => format!("{amount} per {}", forms.en.one),
            },
            None => amount,
        }
    }

    /// A day.
    pub(super) fn date(self, date: Date) -> String {
        words::date_gregorian(date, self.lang, self.digits())
    }

    /// A length of time on the calendar.
    pub(super) fn span(self, span: Span) -> String {
        let count = |number: i32, forms| {
            words::count(Number::from(i64::from(number)), forms, self.lang, Case::Genitive, self.digits())
        };
        let mut parts = Vec::new();
        if span.months != 0 {
            parts.push(count(span.months, &words::MONTH));
        }
        if span.days != 0 || span.months == 0 {
            parts.push(count(span.days, &words::DAY));
        }
        self.list(&parts)
    }

    /// A length of time of a deadline.
    pub(super) fn period(self, period: Period) -> String {
        period.words(self.lang, Case::Genitive, self.digits())
    }

    /// What numbers are meant.
    pub(super) fn interval(self, ty: &Type, interval: &Interval) -> String {
        let number = |number| self.number(ty, number);
        let (low, high) = (interval.low, interval.high);
        match (low, high) {
            (None, None) => self.say("أي قيمة", "any").into(),
            (Some((low, _)), Some((high, _))) if low == high => number(low),
            (Some((low, true)), None) => {
                format!("{}{}", number(low), self.say(" فأكثر", " or more"))
            }
            (Some((low, false)), None) => format!("{}{}", self.say("أكثر من ", "more than "), number(low)),
            (None, Some((high, true))) => {
                format!("{}{}", number(high), self.say(" فأقل", " or less"))
            }
            (None, Some((high, false))) => format!("{}{}", self.say("أقل من ", "less than "), number(high)),
            (Some((low, inside)), Some((high, closed))) => {
                // The unit is said once, with the upper end.
                let from = if inside {
                    self.say("من ", "from ")
                } else {
                    self.say("أكثر من ", "more than ")
                };
                let to = if closed {
                    self.say(" إلى ", " to ")
                } else {
                    self.say(" إلى ما دون ", " to below ")
                };
                let is_money = matches!(ty, Type::Number(quantity) if quantity.unit.money_power() != 0);
                let low = if is_money { number(low) } else { self.figure(low) };
                format!("{from}{low}{to}{}", number(high))
            }
        }
    }

    /// A test in a row of a table.
    pub(super) fn cell(self, slot: Slot, cell: &Cell) -> String {
        let ty = self.policy.vocabulary.get(slot).map(|named| &named.ty);
        match (cell, ty) {
            (Cell::Any, _) | (_, None) => self.say("أي قيمة", "any").into(),
            (Cell::Interval(interval), Some(ty)) => self.interval(ty, interval),
            (Cell::Choices(choices), Some(ty)) => {
                let choice = |index: &u16| self.value(ty, &Value::Choice(*index));
                self.either(&choices.iter().map(choice).collect::<Vec<_>>())
            }
            (Cell::Bool(value), Some(ty)) => self.value(ty, &Value::Bool(*value)),
        }
    }

    /// A sentence with the names of its placeholders in their places.
    pub(super) fn message(self, wording: &Wording) -> String {
        let message: &Message = match self.lang {
            Lang::Ar => &wording.ar,
            Lang::En => &wording.en,
        };
        let mut text = String::new();
        for part in &message.0 {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Value(slot, _) => {
                    let label = self.policy.vocabulary.get(*slot).map_or("", |named| self.of(&named.label));
                    text.push_str(&format!("[{label}]"));
                }
                Part::Special(special, _) => text.push_str(&format!("[{}]", self.special(*special))),
                Part::Select { cases, otherwise, .. } => {
                    let mut words: Vec<&str> = cases.iter().map(|(_, words)| words.as_str()).collect();
                    if let Some(otherwise) = otherwise.as_deref().filter(|otherwise| !otherwise.is_empty())
                        && !words.contains(&otherwise)
                    {
                        words.push(otherwise);
                    }
                    text.push_str(&format!("[{}]", words.join(" | ")));
                }
            }
        }
        text
    }

    fn special(self, special: Special) -> String {
        match special {
            Special::Missing => self.say("ما ينقص", "what is missing").into(),
            Special::Differing => self.say("ما اختلفت فيه المصادر", "what the sources differ on").into(),
            Special::Deadline(index, _) => {
                let deadline = self.policy.deadlines.get(usize::from(index));
                deadline.map_or_else(String::new, |deadline| self.of(&deadline.title).to_owned())
            }
            Special::Of(_) | Special::Field(_) | Special::Whole(_) | Special::Decision(_) => "…".into(),
        }
    }
}
