//! Writes well-typed conditions.

use super::chance::Chance;
use super::facts::{AMOUNTS, COUNTS, TENURES};

/// Units, as far as the generator must know them to write what is well typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Written without one: fits everywhere.
    Bare,
    /// A number of nothing in particular.
    Plain,
    Person,
    Money,
    MoneyPerPerson,
    Volume,
    Year,
    Day,
}

const UNITS: &[Unit] = &[
    Unit::Bare,
    Unit::Plain,
    Unit::Person,
    Unit::Money,
    Unit::Money,
    Unit::MoneyPerPerson,
    Unit::Volume,
    Unit::Year,
    Unit::Day,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Number(Unit),
    Date,
}

pub(super) struct Writer<'c> {
    chance: &'c mut Chance,
    /// What `let` bound.
    bound: Vec<(String, Kind)>,
    /// The names of things of lists.
    things: Vec<String>,
    names: usize,
}

impl Writer<'_> {
    pub(super) fn new(chance: &mut Chance) -> Writer<'_> {
        Writer { chance, bound: vec![], things: vec![], names: 0 }
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        match self.chance.below(4) {
            0 => {
                let unit = *self.chance.pick(UNITS);
                self.number(unit, depth)
            }
            1 => self.date(depth),
            _ => self.bool(depth),
        }
    }

    fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    fn of(&mut self, kind: Kind, depth: usize) -> String {
        match kind {
            Kind::Bool => self.bool(depth),
            Kind::Number(Unit::Bare) => self.bare(depth),
            Kind::Number(unit) => self.with_unit(unit, depth),
            Kind::Date => self.date(depth),
        }
    }

    fn local(&mut self, kind: Kind) -> Option<String> {
        let fitting: Vec<String> =
            self.bound.iter().filter(|(_, other)| *other == kind).map(|(name, _)| name.clone()).collect();
        (!fitting.is_empty() && self.chance.one_in(2)).then(|| self.chance.pick(&fitting).clone())
    }

    /// The field of a thing in a list that a closure is about.
    fn field(&mut self, name: &str) -> Option<String> {
        (!self.things.is_empty() && !self.chance.one_in(3))
            .then(|| format!("{}.{name}", self.chance.pick(&self.things)))
    }

    fn branches(&mut self, kind: Kind, depth: usize) -> String {
        let (condition, then, otherwise) =
            (self.bool(depth - 1), self.of(kind, depth - 1), self.of(kind, depth - 1));
        if self.chance.one_in(4) {
            let (second, last) = (self.bool(depth - 1), self.of(kind, depth - 1));
            return format!(
                "(if {condition} {{ {then} }} else if {second} {{ {otherwise} }} else {{ {last} }})"
            );
        }
        format!("(if {condition} {{ {then} }} else {{ {otherwise} }})")
    }

    fn binding(&mut self, kind: Kind, depth: usize) -> String {
        let bound = *self.chance.pick(&[
            Kind::Bool,
            Kind::Date,
            Kind::Number(Unit::Bare),
            Kind::Number(Unit::Money),
            Kind::Number(Unit::Person),
        ]);
        let value = self.of(bound, depth - 1);
        let name = self.fresh("v");
        self.bound.push((name.clone(), bound));
        let body = self.of(kind, depth - 1);
        self.bound.pop();
        let block = format!("{{ let {name} = {value}; {body} }}");
        // Rhai takes no block where it can see that yes or no is wanted.
        if kind == Kind::Bool { format!("({block} == true)") } else { block }
    }

    fn closure(&mut self, kind: Kind, depth: usize) -> String {
        let name = self.fresh("m");
        self.things.push(name.clone());
        let body = self.of(kind, depth - 1);
        self.things.pop();
        format!("|{name}| {body}")
    }

    fn may_fold(&self) -> bool {
        self.things.len() < 2
    }

    fn bool(&mut self, depth: usize) -> String {
        if let Some(name) = self.local(Kind::Bool) {
            return name;
        }
        if depth == 0 {
            if let Some(field) = self.field("dialysis") {
                return field;
            }
            let tenure = *self.chance.pick(TENURES);
            return match self.chance.below(6) {
                0 => "true".into(),
                1 => "household.owns_car".into(),
                2 => "dwelling.safe".into(),
                3 => "occurred(event.visited)".into(),
                4 => format!("(dwelling.tenure == \"{tenure}\")"),
                _ => "(dwelling.tenure in good_tenures)".into(),
            };
        }
        let below = depth - 1;
        match self.chance.below(14) {
            0 | 1 => {
                let sign = if self.chance.one_in(2) { " && " } else { " || " };
                let parts: Vec<String> = (0..2 + self.chance.below(2)).map(|_| self.bool(below)).collect();
                format!("({})", parts.join(sign))
            }
            2 => format!("!({})", self.bool(below)),
            3..=6 => {
                let unit = *self.chance.pick(UNITS);
                let sign = *self.chance.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("({} {sign} {})", self.number(unit, below), self.number(unit, below))
            }
            7 => {
                let sign = *self.chance.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("({} {sign} {})", self.date(below), self.date(below))
            }
            8 => format!("({} {} {})", self.bool(below), self.chance.pick(&["==", "!="]), self.bool(below)),
            9 => {
                let within = *self.chance.pick(&["in", "!in"]);
                let (one, two) = (*self.chance.pick(TENURES), *self.chance.pick(TENURES));
                format!("(dwelling.tenure {within} [\"{one}\", \"{two}\"])")
            }
            10 => self.inside(below),
            11 => self.branches(Kind::Bool, depth),
            12 => self.binding(Kind::Bool, depth),
            _ if self.may_fold() => {
                let method = if self.chance.one_in(2) { "any" } else { "all" };
                format!("household.members.{method}({})", self.closure(Kind::Bool, depth))
            }
            _ => self.bool(below),
        }
    }

    /// A number in an interval or a list.
    fn inside(&mut self, depth: usize) -> String {
        let unit = *self.chance.pick(UNITS);
        let value = self.number(unit, depth);
        let within = *self.chance.pick(&["in", "!in"]);
        let dots = *self.chance.pick(&["..", "..="]);
        match self.chance.below(3) {
            0 => format!("({value} {within} [{}, {}, {}])", self.literal(), self.literal(), self.literal()),
            1 => {
                let low = *self.chance.pick(COUNTS);
                format!("({value} {within} {low}{dots}{})", low + 1 + *self.chance.pick(COUNTS))
            }
            _ => {
                // Never two constants, which could be an interval with nothing in it.
                let unit = if unit == Unit::Bare { Unit::Plain } else { unit };
                format!(
                    "({value} {within} {}{dots}{})",
                    self.with_unit(unit, depth),
                    self.number(unit, depth)
                )
            }
        }
    }

    fn literal(&mut self) -> String {
        if self.chance.one_in(20) {
            let large = "(999_999_999_999_999_999 * 999_999_999_999_999_999)";
            return (*self.chance.pick(&["999_999_999_999_999_999", "0.000_000_000_000_000_01", large]))
                .to_owned();
        }
        let text = if self.chance.one_in(2) {
            self.chance.pick(COUNTS).to_string()
        } else {
            (*self.chance.pick(AMOUNTS)).to_owned()
        };
        if self.chance.one_in(6) { format!("-{text}") } else { text }
    }

    /// A number that fits the unit: with it, or without any.
    fn number(&mut self, unit: Unit, depth: usize) -> String {
        if unit == Unit::Bare || self.chance.one_in(4) {
            self.bare(depth)
        } else {
            self.with_unit(unit, depth)
        }
    }

    fn bare(&mut self, depth: usize) -> String {
        if let Some(name) = self.local(Kind::Number(Unit::Bare)) {
            return name;
        }
        if depth == 0 {
            return self.literal();
        }
        let below = depth - 1;
        match self.chance.below(8) {
            0 | 1 => self.literal(),
            2 => {
                let sign = *self.chance.pick(&["+", "-", "*", "/"]);
                format!("({} {sign} {})", self.bare(below), self.bare(below))
            }
            3 => format!("{}({}, {})", self.chance.pick(&["min", "max"]), self.bare(below), self.bare(below)),
            4 => format!("{}({})", self.chance.pick(&["whole", "abs"]), self.bare(below)),
            5 => "household.members.count()".into(),
            _ if self.may_fold() => {
                format!("household.members.count({})", self.closure(Kind::Bool, depth))
            }
            _ => format!("-({})", self.bare(below)),
        }
    }

    fn leaf(&mut self, unit: Unit, depth: usize) -> String {
        let field = match unit {
            Unit::Money => self.field("income"),
            Unit::Year => self.field("age"),
            Unit::Bare | Unit::Plain | Unit::Person | Unit::MoneyPerPerson | Unit::Volume | Unit::Day => None,
        };
        if let Some(field) = field {
            return field;
        }
        match unit {
            Unit::Bare => self.literal(),
            Unit::Plain => "dwelling.rooms".into(),
            Unit::Person => "household.size".into(),
            Unit::Money => {
                (*self.chance.pick(&["household.income", "household.rent", "net_income"])).to_owned()
            }
            Unit::MoneyPerPerson => "income_limit".into(),
            Unit::Volume => (*self.chance.pick(&["water.volume", "tank"])).to_owned(),
            Unit::Year => self.between("years_between", depth),
            Unit::Day => self.between("days_between", depth),
        }
    }

    fn between(&mut self, function: &str, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        format!("{function}({}, {})", self.date(depth), self.date(depth))
    }

    /// A number that has the unit.
    fn with_unit(&mut self, unit: Unit, depth: usize) -> String {
        if let Some(name) = self.local(Kind::Number(unit)) {
            return name;
        }
        if depth == 0 {
            return self.leaf(unit, depth);
        }
        let below = depth - 1;
        match self.chance.below(12) {
            0 | 1 => {
                let sign = *self.chance.pick(&["+", "-"]);
                if self.chance.one_in(2) {
                    format!("({} {sign} {})", self.with_unit(unit, below), self.number(unit, below))
                } else {
                    format!("({} {sign} {})", self.number(unit, below), self.with_unit(unit, below))
                }
            }
            2 => format!("({} * {})", self.with_unit(unit, below), self.number(Unit::Plain, below)),
            3 => format!("({} / {})", self.with_unit(unit, below), self.number(Unit::Plain, below)),
            4 => {
                let function = *self.chance.pick(&["min", "max"]);
                format!("{function}({}, {})", self.number(unit, below), self.with_unit(unit, below))
            }
            5 => {
                let no_money = !matches!(unit, Unit::Money | Unit::MoneyPerPerson);
                let function = if no_money && self.chance.one_in(2) { "whole" } else { "abs" };
                format!("{function}({})", self.with_unit(unit, below))
            }
            6 => {
                // Either branch may be without a unit, but not both.
                let (condition, one, two) =
                    (self.bool(below), self.with_unit(unit, below), self.number(unit, below));
                if self.chance.one_in(2) {
                    format!("(if {condition} {{ {one} }} else {{ {two} }})")
                } else {
                    format!("(if {condition} {{ {two} }} else {{ {one} }})")
                }
            }
            7 => {
                let name = self.fresh("v");
                let value = self.with_unit(unit, below);
                self.bound.push((name.clone(), Kind::Number(unit)));
                let body = self.with_unit(unit, below);
                self.bound.pop();
                format!("{{ let {name} = {value}; {body} }}")
            }
            8 if self.may_fold() && unit != Unit::Plain => {
                let method = *self.chance.pick(&["sum", "min", "max"]);
                let name = self.fresh("m");
                self.things.push(name.clone());
                let body = self.with_unit(unit, below);
                self.things.pop();
                format!("household.members.{method}(|{name}| {body})")
            }
            9 if unit == Unit::Plain => {
                let other = *self.chance.pick(&[Unit::Money, Unit::Person, Unit::Volume]);
                format!("({} / {})", self.with_unit(other, below), self.with_unit(other, below))
            }
            9 if unit == Unit::MoneyPerPerson => {
                format!("({} / {})", self.with_unit(Unit::Money, below), self.with_unit(Unit::Person, below))
            }
            9 if unit == Unit::Money => {
                let (limit, size) =
                    (self.with_unit(Unit::MoneyPerPerson, below), self.with_unit(Unit::Person, below));
                format!("({limit} * {size})")
            }
            10 => format!("-({})", self.with_unit(unit, below)),
            _ => self.leaf(unit, depth),
        }
    }

    fn date(&mut self, depth: usize) -> String {
        if let Some(name) = self.local(Kind::Date).or_else(|| self.field("born")) {
            return name;
        }
        if depth == 0 {
            return (*self.chance.pick(&["submitted_on", "applicant.born"])).to_owned();
        }
        let below = depth - 1;
        match self.chance.below(9) {
            0 | 1 => {
                let (sign, span) = (*self.chance.pick(&["+", "-"]), *self.chance.pick(&["days", "months"]));
                let count = match self.chance.below(4) {
                    0 => "household.members.count()".to_owned(),
                    1 => format!("whole({})", self.bare(below)),
                    _ => {
                        (*self.chance.pick(&["1", "-1", "12", "30", "31", "366", "9_999_999_999"])).to_owned()
                    }
                };
                format!("({} {sign} {span}({count}))", self.date(below))
            }
            2 => format!("{}({}, {})", self.chance.pick(&["min", "max"]), self.date(below), self.date(below)),
            3 => self.branches(Kind::Date, depth),
            4 => self.binding(Kind::Date, depth),
            5 if self.may_fold() => {
                let method = *self.chance.pick(&["min", "max"]);
                format!("household.members.{method}({})", self.closure(Kind::Date, depth))
            }
            _ => self.date(0),
        }
    }
}
