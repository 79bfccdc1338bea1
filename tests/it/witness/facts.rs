//! The facts that generated conditions are about, and values for them: ordinary ones, and those at the edges.

use std::collections::BTreeSet;
use std::sync::Arc;

use mizan::expression::lower::{Clock, Lowering};
use mizan::expression::notation::Notation;
use mizan::expression::program::{
    Cell, Definition, Hit, Interval, Named, Origin, Row, Slot, Table, Value, Vocabulary,
};
use mizan::expression::types::{Choices, Record, Type};
use mizan::source::{Place, Source};
use mizan::value::{Number, Text};

use super::chance::Chance;

pub(super) type Values = Vec<Option<Value>>;

/// The values of decimals as they are written, money among them.
pub(super) const AMOUNTS: &[&str] =
    &["0", "0.01", "1", "2.5", "99.99", "766.67", "1200", "1500", "4800", "4800.03", "12000", "999999.99"];
pub(super) const COUNTS: &[i64] = &[0, 1, 2, 3, 4, 5, 8, 9, 40];
pub(super) const DAYS: &[&str] = &[
    "1900-02-28",
    "1999-12-31",
    "2000-02-29",
    "2023-01-31",
    "2023-02-28",
    "2023-03-01",
    "2024-02-29",
    "2024-03-30",
    "2026-11-30",
    "2026-12-06",
    "2026-12-07",
    "2027-12-05",
];
pub(super) const TENURES: &[&str] = &["owner", "tenant", "lent"];
/// How the derived value `net_income` is computed, for both sides.
pub(super) const NET_INCOME: &str = "household.income - min(household.rent, 1500)";
/// The decision table `tank`: up to so many people, so many cubic metres.
pub(super) const TANK: &[(i64, i64)] = &[(4, 1), (8, 2)];
pub(super) const LARGEST_TANK: i64 = 3;

pub(super) struct Facts {
    pub(super) vocabulary: Vocabulary,
    pub(super) tenure: Arc<Choices>,
}

impl Facts {
    pub(super) fn new() -> Facts {
        let tenure = Arc::new(Choices {
            name: "dwelling.tenure".into(),
            ids: TENURES.iter().map(|id| (*id).to_owned()).collect(),
            labels: TENURES.iter().map(|id| Text::same(*id)).collect(),
        });
        let number = |text: &str| Type::parse(text).unwrap();
        let members = Arc::new(Record {
            name: "household.members".into(),
            fields: vec![
                ("born".into(), Type::Date),
                ("dialysis".into(), Type::Bool),
                ("age".into(), number("integer year")),
                ("income".into(), number("money")),
            ],
        });
        let mut vocabulary = Vocabulary::default();
        let mut declare = |id: &str, ty: Type, origin: Origin| {
            let label = Text::same(id);
            vocabulary
                .declare(Named { id: id.into(), ty, origin, label, definition: None, place: None })
                .unwrap()
        };
        let size = declare("household.size", number("integer person"), Origin::Fact);
        declare("household.income", number("money"), Origin::Fact);
        declare("household.rent", number("money"), Origin::Fact);
        declare("household.owns_car", Type::Bool, Origin::Fact);
        declare("dwelling.tenure", Type::Choice(Arc::clone(&tenure)), Origin::Fact);
        declare("dwelling.rooms", number("integer"), Origin::Fact);
        declare("dwelling.safe", Type::Bool, Origin::Fact);
        declare("water.volume", number("decimal m3"), Origin::Fact);
        declare("applicant.born", Type::Date, Origin::Fact);
        declare("submitted_on", Type::Date, Origin::Request);
        declare("event.visited", Type::Date, Origin::Event);
        declare("income_limit", number("money / person"), Origin::Parameter);
        declare("good_tenures", Type::Set(Arc::clone(&tenure)), Origin::Parameter);
        declare("household.members", Type::List(members), Origin::Fact);
        let net_income = declare("net_income", number("money"), Origin::Derived);
        let tank = declare("tank", number("decimal m3"), Origin::Derived);
        let definition = Facts::net_income(&vocabulary);
        vocabulary.get_mut(net_income).unwrap().definition = Some(definition);
        vocabulary.get_mut(tank).unwrap().definition = Some(Facts::tank(size));
        Facts { vocabulary, tenure }
    }

    fn net_income(vocabulary: &Vocabulary) -> Definition {
        let source = Source::new("derived", NET_INCOME);
        let syntax = Notation::default().condition(&source, 0..NET_INCOME.len()).unwrap();
        let lowering = Lowering { vocabulary, functions: &[].into(), clock: Clock::Refused };
        Definition::Expression(lowering.condition(&syntax, None).unwrap())
    }

    fn tank(size: Slot) -> Definition {
        let place = Place::new(&Source::new("table", ""), 0..0);
        let number = |whole: i64| Number::from(whole);
        let mut low = None;
        let mut rows = vec![];
        let ends = TANK.iter().map(|(upto, volume)| (Some(*upto), *volume)).chain([(None, LARGEST_TANK)]);
        for (upto, volume) in ends {
            let interval = Interval { low, high: upto.map(|upto| (number(upto), true)) };
            low = interval.high.map(|(upto, _)| (upto, false));
            let outputs = vec![Value::Number(number(volume))];
            rows.push(Row { cells: vec![Cell::Interval(interval)], outputs, place: place.clone() });
        }
        let table = Table {
            id: "tank".into(),
            given: vec![size],
            hit: Hit::Unique,
            justification: None,
            rows,
            place,
        };
        Definition::Output { table: Arc::new(table), column: 0 }
    }

    /// Everything is known. Of the events, some did not happen.
    pub(super) fn known(&self, chance: &mut Chance) -> Values {
        let named: Vec<_> = self.vocabulary.iter().collect();
        named
            .into_iter()
            .map(|(_, named)| match named.origin {
                Origin::Derived => None,
                Origin::Event if chance.one_in(3) => None,
                Origin::Event
                | Origin::Fact
                | Origin::Parameter
                | Origin::Request
                | Origin::Document
                | Origin::Clock
                | Origin::Detail => Some(Facts::value(&named.ty, chance)),
            })
            .collect()
    }

    fn value(ty: &Type, chance: &mut Chance) -> Value {
        match ty {
            Type::Bool => Value::Bool(chance.one_in(2)),
            Type::Number(quantity) if quantity.whole => Value::Number(Number::from(*chance.pick(COUNTS))),
            Type::Number(quantity) => {
                let amount = *chance.pick(AMOUNTS);
                let number = Number::parse(amount).unwrap();
                let scale = if quantity.unit.money_power() == 1 { 100 } else { 1 };
                Value::Number(number.times(Number::from(scale)).unwrap())
            }
            Type::Date => Value::Date((*chance.pick(DAYS)).parse().unwrap()),
            Type::Choice(_) => Value::Choice(u16::try_from(chance.below(TENURES.len())).unwrap()),
            Type::Set(_) => Value::Set(Arc::new((0..3_u16).filter(|_| chance.one_in(2)).collect())),
            Type::List(record) => {
                let things = (0..chance.below(4))
                    .map(|_| record.fields.iter().map(|(_, ty)| Some(Facts::value(ty, chance))).collect())
                    .collect();
                Value::List(Arc::new(things))
            }
            Type::Span | Type::Text => panic!("no fact is a {ty:?}"),
        }
    }

    /// Some facts are unknown, and some fields of the things in lists.
    pub(super) fn some_unknown(&self, chance: &mut Chance) -> Values {
        let mut values = self.known(chance);
        let often = 1 + chance.below(4);
        for (slot, named) in self.vocabulary.iter() {
            if named.origin != Origin::Fact {
                continue;
            }
            let value = &mut values[slot.index()];
            if chance.one_in(often) {
                *value = None;
            } else if let Some(Value::List(things)) = value {
                let holed = things
                    .iter()
                    .map(|thing| {
                        thing.iter().cloned().map(|field| field.filter(|_| !chance.one_in(3))).collect()
                    })
                    .collect();
                *value = Some(Value::List(Arc::new(holed)));
            }
        }
        values
    }

    /// What was unknown becomes known. What did not happen still has not.
    pub(super) fn completed(&self, values: &Values, chance: &mut Chance) -> Values {
        let mut completed = values.clone();
        for (slot, named) in self.vocabulary.iter() {
            if named.origin != Origin::Fact {
                continue;
            }
            let value = &mut completed[slot.index()];
            match (&named.ty, &value) {
                (_, None) => *value = Some(Facts::value(&named.ty, chance)),
                (Type::List(record), Some(Value::List(things))) => {
                    let complete = |thing: &Vec<Option<Value>>| {
                        let fields = thing.iter().zip(&record.fields);
                        fields
                            .map(|(field, (_, ty))| {
                                Some(field.clone().unwrap_or_else(|| Facts::value(ty, chance)))
                            })
                            .collect()
                    };
                    *value = Some(Value::List(Arc::new(things.iter().map(complete).collect())));
                }
                (_, Some(_)) => {}
            }
        }
        completed
    }

    pub(super) fn get<'v>(&self, values: &'v Values, id: &str) -> Option<&'v Value> {
        values[self.vocabulary.find(id).unwrap().index()].as_ref()
    }

    pub(super) fn names(&self, slots: &BTreeSet<Slot>) -> Vec<&str> {
        slots.iter().map(|slot| self.vocabulary.get(*slot).unwrap().id.as_str()).collect()
    }

    pub(super) fn shown(&self, values: &Values) -> String {
        let lines = self
            .vocabulary
            .iter()
            .map(|(slot, named)| format!("  {} = {:?}", named.id, values[slot.index()]));
        lines.collect::<Vec<_>>().join("\n")
    }
}
