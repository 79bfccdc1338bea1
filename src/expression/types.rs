//! Types of facts, parameters and conditions, with their units.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::value::{Number, Text};

/// What kind of thing a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A number, with its unit.
    Number(Quantity),
    /// A day.
    Date,
    /// A length of time: `90 days`, `36 months`.
    Span,
    /// One of the choices of a fact.
    Choice(Arc<Choices>),
    /// Some of the choices of a fact.
    Set(Arc<Choices>),
    /// Free text.
    Text,
    /// A list of like things.
    List(Arc<Record>),
}

/// A kind of number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// What it counts or measures.
    pub unit: Unit,
    /// Never has a part after the point?
    pub whole: bool,
    /// Was it written without a unit, as `3` in a condition? Then it takes that of its neighbour.
    pub bare: bool,
}

/// A unit: a product of powers, such as money per person.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit(BTreeMap<String, i8>);

/// The unit of amounts of money, in whatever currency the policy names.
pub const MONEY: &str = "money";

impl Unit {
    /// One thing of a kind.
    pub fn of(name: &str) -> Unit {
        Unit(BTreeMap::from([(name.to_owned(), 1)]))
    }

    /// The unit of a product.
    #[must_use]
    pub fn times(&self, other: &Unit) -> Unit {
        self.combine(other, 1)
    }

    /// The unit of a quotient.
    #[must_use]
    pub fn over(&self, other: &Unit) -> Unit {
        self.combine(other, -1)
    }

    fn combine(&self, other: &Unit, sign: i8) -> Unit {
        let mut powers = self.0.clone();
        for (name, power) in &other.0 {
            let sum = powers.get(name).copied().unwrap_or(0).saturating_add(power.saturating_mul(sign));
            if sum == 0 {
                powers.remove(name);
            } else {
                powers.insert(name.clone(), sum);
            }
        }
        Unit(powers)
    }

    /// A plain number?
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// How often money is a factor. Amounts are kept in hundredths, so this says by which power of 100 a bare number is scaled.
    pub fn money_power(&self) -> i8 {
        self.0.get(MONEY).copied().unwrap_or(0)
    }

    /// By what a bare number is multiplied when it takes this unit; nothing where that is more than can be kept.
    pub fn scale(&self) -> Option<Number> {
        let power = self.money_power();
        let hundred = Number::from(100);
        let magnitude = (0..power.unsigned_abs()).try_fold(Number::ONE, |scale, _| scale.times(hundred))?;
        if power < 0 { Number::ONE.over(magnitude) } else { Some(magnitude) }
    }

    /// The one thing that it counts: `person`, and also the upper one of `money / person`. Nothing for products.
    pub fn counted(&self) -> Option<&str> {
        let mut above = self.0.iter().filter(|(_, power)| **power > 0);
        match (above.next(), above.next()) {
            (Some((name, 1)), None) => Some(name),
            _ => None,
        }
    }

    /// The names of all units in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (above, below): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, power)| **power > 0);
        let write = |parts: &[(&String, &i8)]| {
            let parts: Vec<String> = parts
                .iter()
                .map(|(name, power)| match power.unsigned_abs() {
                    1 => (*name).clone(),
                    power => format!("{name}^{power}"),
                })
                .collect();
            parts.join(" ")
        };
        match (above.as_slice(), below.as_slice()) {
            ([], []) => formatter.write_str("1"),
            (above, []) => formatter.write_str(&write(above)),
            ([], below) => write!(formatter, "1 / {}", write(below)),
            (above, below) => write!(formatter, "{} / {}", write(above), write(below)),
        }
    }
}

/// A declared set of choices.
#[derive(Debug, PartialEq, Eq)]
pub struct Choices {
    /// The fact, parameter or output that declares them.
    pub name: String,
    /// The ids, as conditions write them.
    pub ids: Vec<String>,
    /// What people read, in the same order.
    pub labels: Vec<Text>,
}

impl Choices {
    /// The number of a choice.
    pub fn index(&self, id: &str) -> Option<u16> {
        self.ids.iter().position(|known| known == id).and_then(|index| u16::try_from(index).ok())
    }

    /// The id of a choice.
    pub fn id(&self, index: u16) -> &str {
        self.ids.get(usize::from(index)).map_or("", String::as_str)
    }

    /// What people read.
    pub fn label(&self, index: u16) -> Text {
        self.labels.get(usize::from(index)).cloned().unwrap_or_default()
    }
}

/// What each thing in a list says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The list.
    pub name: String,
    /// The names and types.
    pub fields: Vec<(String, Type)>,
}

impl Record {
    /// The number and type of a field.
    pub fn field(&self, name: &str) -> Option<(usize, &Type)> {
        self.fields.iter().position(|(known, _)| known == name).and_then(|index| {
            let (_, ty) = self.fields.get(index)?;
            Some((index, ty))
        })
    }
}

impl Type {
    /// A number in a unit.
    pub fn number(unit: Unit, whole: bool) -> Type {
        Type::Number(Quantity { unit, whole, bare: false })
    }

    /// A number as it stands in a condition.
    pub fn bare(whole: bool) -> Type {
        Type::Number(Quantity { unit: Unit::default(), whole, bare: true })
    }

    /// Reads `integer`, `money / person`, `decimal m3`, `date`, `bool`, `text`, `span`: the types without a declaration of their own.
    pub fn parse(text: &str) -> Option<Type> {
        let mut words = text.split_whitespace();
        let mut unit = Unit::default();
        let (whole, simple) = match words.next()? {
            "bool" => (false, Some(Type::Bool)),
            "date" => (false, Some(Type::Date)),
            "span" => (false, Some(Type::Span)),
            "text" => (false, Some(Type::Text)),
            "integer" => (true, None),
            "decimal" => (false, None),
            "money" => {
                unit = Unit::of(MONEY);
                (false, None)
            }
            _ => return None,
        };
        let mut below = false;
        let mut rest = words.peekable();
        if let Some(simple) = simple {
            return rest.peek().is_none().then_some(simple);
        }
        while let Some(word) = rest.next() {
            if word == "/" {
                below = true;
                rest.peek()?;
            } else if word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
                let next = Unit::of(word);
                unit = if below { unit.over(&next) } else { unit.times(&next) };
            } else {
                return None;
            }
        }
        Some(Type::number(unit, whole))
    }

    /// What people call it.
    pub fn text(&self) -> Text {
        match self {
            Type::Bool => Text::new("نعم أو لا", "yes or no"),
            Type::Number(quantity) if quantity.unit.is_none() => Text::new("عدد", "a number"),
            Type::Number(quantity) => Text::new(
                format!("مقدار بوحدة `{}`", quantity.unit),
                format!("a quantity in `{}`", quantity.unit),
            ),
            Type::Date => Text::new("تاريخ", "a date"),
            Type::Span => Text::new("مدة", "a span of time"),
            Type::Choice(choices) => {
                Text::new(format!("اختيار من `{}`", choices.name), format!("a choice of `{}`", choices.name))
            }
            Type::Set(choices) => Text::new(
                format!("اختيارات من `{}`", choices.name),
                format!("a set of choices of `{}`", choices.name),
            ),
            Type::Text => Text::new("نص", "text"),
            Type::List(record) => {
                Text::new(format!("قائمة `{}`", record.name), format!("the list `{}`", record.name))
            }
        }
    }

    /// What kind of number, if it is one.
    pub fn quantity(&self) -> Option<&Quantity> {
        if let Type::Number(quantity) = self { Some(quantity) } else { None }
    }

    /// The choices of a choice or of a set of them.
    pub fn choices(&self) -> Option<&Arc<Choices>> {
        match self {
            Type::Choice(choices) | Type::Set(choices) => Some(choices),
            Type::Bool | Type::Number(_) | Type::Date | Type::Span | Type::Text | Type::List(_) => None,
        }
    }

    /// Is it a number that never has a part after the point?
    pub fn is_whole(&self) -> bool {
        matches!(self, Type::Number(quantity) if quantity.whole)
    }
}
