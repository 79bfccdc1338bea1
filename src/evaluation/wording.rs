//! Values in sentences: each placeholder becomes words of the sentence's language, with the unit in its grammar.

use crate::expression::evaluate::{Frame, Outcome};
use crate::expression::program::{Slot, Value};
use crate::expression::types::{MONEY, Type};
use crate::policy::message::{Form, Message, Part, Special};
use crate::policy::{Fact, FactKind, Policy, Wording};
use crate::value::words::{self, Case, Digits};
use crate::value::{Date, Lang, Number, Text, hijri, identifier};

/// A stretch of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The words.
    pub text: String,
    /// Is it a code, identifier or address, which reads from left to right whatever stands around it?
    pub is_code: bool,
}

impl Fragment {
    /// Words of the language.
    pub fn words(text: impl Into<String>) -> Fragment {
        Fragment { text: text.into(), is_code: false }
    }

    /// A code. In a text with Arabic-Indic digits a code made of digits takes them too: one style per letter. A version keeps its own, for its
    /// points would look like zeros: ١.٠.٠ for 1.0.0.
    pub fn code(text: impl Into<String>, digits: Digits) -> Fragment {
        let text = text.into();
        let text = if text.chars().any(|letter| letter.is_ascii_alphabetic()) || text.matches('.').count() > 1
        {
            text
        } else {
            words::digits_only(&text, digits)
        };
        Fragment { text, is_code: true }
    }
}

/// A sentence, made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its stretches.
    pub fragments: Vec<Fragment>,
    /// Was everything in it known?
    pub is_whole: bool,
}

impl Sentence {
    /// As plain text.
    pub fn plain(&self) -> String {
        self.fragments.iter().map(|fragment| fragment.text.as_str()).collect()
    }
}

/// Makes sentences in one language.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// Where names, units and choices are declared.
    pub policy: &'a Policy,
    /// The language.
    pub lang: Lang,
}

/// What stands for a placeholder that only the present kind of sentence knows.
pub type SpecialWords<'s> = dyn Fn(Special, Form) -> Option<Vec<Fragment>> + 's;

impl Writer<'_> {
    /// The digits of the language: Arabic takes those that the policy chose.
    pub fn digits(&self) -> Digits {
        match self.lang {
            Lang::Ar => self.policy.digits,
            Lang::En => Digits::Latin,
        }
    }

    /// The message in this language.
    pub fn pick<'w>(&self, wording: &'w Wording) -> &'w Message {
        match self.lang {
            Lang::Ar => &wording.ar,
            Lang::En => &wording.en,
        }
    }

    /// A sentence.
    pub fn sentence(&self, message: &Message, frame: &Frame<'_>, special: &SpecialWords<'_>) -> Sentence {
        let amounts = self.amounts(message, frame);
        let mut fragments = Vec::new();
        let mut is_whole = true;
        for part in &message.0 {
            match part {
                Part::Words(text) => fragments.push(Fragment::words(text.clone())),
                Part::Value(slot, form) => match frame.value(*slot) {
                    Outcome::Known(value) => fragments.extend(self.named(*slot, &value, *form, &amounts)),
                    Outcome::Unknown | Outcome::Fault(_) => {
                        is_whole = false;
                        fragments.push(Fragment::words(self.not_known()));
                    }
                },
                Part::Special(name, form) => match special(*name, *form) {
                    Some(words) => fragments.extend(words),
                    None => {
                        is_whole = false;
                        fragments.push(Fragment::words(self.not_known()));
                    }
                },
                Part::Select { slot, cases, otherwise } => {
                    let chosen = match frame.value(*slot) {
                        Outcome::Known(Value::Choice(index)) => cases.iter().find(|(case, _)| *case == index),
                        Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_) => None,
                    };
                    match chosen.map(|(_, words)| words).or(otherwise.as_ref()) {
                        Some(words) => fragments.push(Fragment::words(words.clone())),
                        None => {
                            is_whole = false;
                            fragments.push(Fragment::words(self.not_known()));
                        }
                    }
                }
            }
        }
        Sentence { fragments, is_whole }
    }

    /// What stands for a value that is not known.
    pub fn not_known(&self) -> &'static str {
        match self.lang {
            Lang::Ar => "(غير معلوم)",
            Lang::En => "(not known)",
        }
    }

    /// The amounts of money in a sentence: two that differ must not look alike.
    fn amounts(&self, message: &Message, frame: &Frame<'_>) -> Vec<Number> {
        let is_money = |slot: Slot| match self.policy.vocabulary.get(slot).map(|named| &named.ty) {
            Some(Type::Number(quantity)) => quantity.unit.counted() == Some(MONEY),
            _ => false,
        };
        message
            .slots()
            .filter(|slot| is_money(*slot))
            .filter_map(|slot| frame.value(slot).as_number())
            .collect()
    }

    /// A named value.
    pub fn named(&self, slot: Slot, value: &Value, form: Form, amounts: &[Number]) -> Vec<Fragment> {
        let fact = self.policy.fact_at(slot).or_else(|| self.policy.detail_at(slot));
        let Some(named) = self.policy.vocabulary.get(slot) else { return vec![] };
        vec![match fact {
            Some(fact) => self.of_kind(&fact.kind, &named.ty, value, form, amounts),
            None => Fragment::words(self.value(&named.ty, value, form, amounts)),
        }]
    }

    /// A value of a kind of fact.
    pub fn of_kind(
        &self,
        kind: &FactKind,
        ty: &Type,
        value: &Value,
        form: Form,
        amounts: &[Number],
    ) -> Fragment {
        match (kind, value) {
            (
                FactKind::NationalId
                | FactKind::Iban
                | FactKind::Mobile
                | FactKind::ShortAddress
                | FactKind::Code,
                Value::Text(text),
            ) => Fragment::code(text.to_string(), self.digits()),
            (FactKind::Time, Value::Text(text)) => {
                let time = chrono::NaiveTime::parse_from_str(text, "%H:%M");
                Fragment::words(time.map_or_else(
                    |_| text.to_string(),
                    |time| words::time_of_day(time, self.lang, self.digits()),
                ))
            }
            (FactKind::Text, Value::Text(text)) => Fragment::words(self.in_its_digits(text)),
            _ => Fragment::words(self.value(ty, value, form, amounts)),
        }
    }

    /// Words that somebody wrote, with their numbers in the digits of the letter; what has Latin letters in it is left alone.
    fn in_its_digits(&self, text: &str) -> String {
        let word = |word: &str| {
            if word.chars().any(|letter| letter.is_ascii_alphabetic()) {
                return word.to_owned();
            }
            words::digits_only(&identifier::normalize_digits(word), self.digits())
        };
        text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }

    /// A value as words.
    pub fn value(&self, ty: &Type, value: &Value, form: Form, amounts: &[Number]) -> String {
        let (lang, digits) = (self.lang, self.digits());
        match value {
            Value::Bool(true) => match lang {
                Lang::Ar => "نعم".into(),
                Lang::En => "yes".into(),
            },
            Value::Bool(false) => match lang {
                Lang::Ar => "لا".into(),
                Lang::En => "no".into(),
            },
            Value::Number(number) => self.number(ty, *number, form, amounts),
            Value::Date(date) => self.date(*date, form),
            Value::Span(span) => {
                let mut parts = Vec::new();
                if span.months != 0 {
                    let months = Number::from(i64::from(span.months));
                    parts.push(words::count(months, &words::MONTH, lang, Case::Genitive, digits));
                }
                if span.days != 0 || span.months == 0 {
                    let days = Number::from(i64::from(span.days));
                    parts.push(words::count(days, &words::DAY, lang, Case::Genitive, digits));
                }
                words::list(&parts, lang)
            }
            Value::Choice(index) => ty
                .choices()
                .map_or_else(|| index.to_string(), |choices| choices.label(*index).get(lang).to_owned()),
            Value::Set(set) => {
                let label =
                    |index: &u16| ty.choices().map(|choices| choices.label(*index).get(lang).to_owned());
                words::list(&set.iter().filter_map(label).collect::<Vec<_>>(), lang)
            }
            Value::Text(text) => text.to_string(),
            Value::List(items) => {
                let count = Number::from(i64::try_from(items.len()).unwrap_or(i64::MAX));
                words::plain(count, lang, digits)
            }
        }
    }

    /// A number with its unit in the grammar of the language.
    pub fn number(&self, ty: &Type, number: Number, form: Form, amounts: &[Number]) -> String {
        let (lang, digits) = (self.lang, self.digits());
        let counted = ty.quantity().and_then(|quantity| quantity.unit.counted()).map(str::to_owned);
        let case = if form == Form::Nominative { Case::Nominative } else { Case::Genitive };
        let forms = counted.as_deref().and_then(|unit| self.policy.unit(unit));
        match (counted.as_deref(), forms) {
            (Some(MONEY), Some(forms)) if form != Form::Plain => {
                // Two amounts that differ must differ on paper too.
                let beside = amounts
                    .iter()
                    .find(|other| **other != number && other.to_places(0) == number.to_places(0));
                match beside {
                    Some(other) => words::money_beside(number, *other, forms, lang, case, digits),
                    None => words::money(number, forms, lang, case, digits),
                }
            }
            (Some(MONEY), _) => {
                let amount = number.over(Number::from(100)).unwrap_or(number);
                words::digits(&words::grouped(amount, 2), digits)
            }
            (Some(_), Some(forms)) if form != Form::Plain => words::count(number, forms, lang, case, digits),
            _ => words::plain(number, lang, digits),
        }
    }

    /// A day.
    pub fn date(&self, date: Date, form: Form) -> String {
        let (lang, digits) = (self.lang, self.digits());
        match form {
            Form::Hijri => match hijri::from_gregorian(date) {
                Ok(hijri) => words::date_hijri(hijri, lang, digits),
                Err(_) => words::date_gregorian(date, lang, digits),
            },
            Form::Both => words::date_both(date, lang, digits),
            Form::Weekday => words::date_weekday(date, lang, digits),
            Form::Usual | Form::Gregorian | Form::Plain | Form::Nominative => {
                words::date_gregorian(date, lang, digits)
            }
        }
    }

    /// The value of a fact, as it is shown beside its label; a list as its things, one after the other.
    pub fn fact(&self, fact: &Fact, value: &Value) -> Vec<Fragment> {
        match (&fact.kind, value) {
            (FactKind::List(fields), Value::List(items)) => {
                let items: Vec<String> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.item(fields, item, index == 0))
                    .collect();
                let between = match self.lang {
                    Lang::Ar => "؛ ",
                    Lang::En => "; ",
                };
                vec![Fragment::words(items.join(between))]
            }
            _ => self.named(fact.slot, value, Form::Usual, &[]),
        }
    }

    /// A thing of a list; the first one says what its values are, so that the others need not.
    fn item(&self, fields: &[Fact], item: &[Option<Value>], is_first: bool) -> String {
        let parts = fields.iter().zip(item).filter_map(|(field, value)| {
            let value = value.as_ref()?;
            let is_told = is_first && !matches!(value, Value::Bool(_));
            let label = if is_told { format!("{}: ", field.label.get(self.lang)) } else { String::new() };
            let words = match (value, &field.kind) {
                // A yes is told by its label; a no says nothing of the person and is left out.
                (Value::Bool(true), _) => field.label.get(self.lang).to_owned(),
                (Value::Bool(false), _) => return None,
                (Value::Choice(index), FactKind::Choice(choices)) => {
                    choices.label(*index).get(self.lang).to_owned()
                }
                (Value::Date(date), _) => self.date(*date, Form::Usual),
                (Value::Number(number), FactKind::Number { money, .. }) => {
                    let unit = if *money { Type::parse("money") } else { Type::parse("decimal") };
                    unit.map_or_else(String::new, |ty| self.number(&ty, *number, Form::Usual, &[]))
                }
                (other, _) => self.value(&Type::Text, other, Form::Usual, &[]),
            };
            Some(format!("{label}{words}"))
        });
        let parts: Vec<String> = parts.collect();
        parts.join(match self.lang {
            Lang::Ar => "، ",
            Lang::En => ", ",
        })
    }
}

/// Makes a text in both languages.
pub fn both(policy: &Policy, make: impl Fn(Writer<'_>) -> String) -> Text {
    Text::new(make(Writer { policy, lang: Lang::Ar }), make(Writer { policy, lang: Lang::En }))
}
