//! The witness: the Rhai interpreter, with fractions that have no end and a calendar counted by hand.
//!
//! Rhai itself reads the notation, walks `if`, `let`, `&&`, `||`, closures and calls. What it would do with floats and whole
//! divisions is replaced: every number is a fraction of unbounded integers, amounts of money in units of the currency (not in
//! hundredths, as in the engine), a date is the number of its day since 1970.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;

use mizan::expression::evaluate::FaultKind;
use mizan::expression::program::Value;
use mizan::expression::types::Type;
use mizan::value::Number;
use num_bigint::BigInt;
use num_rational::BigRational;
use rhai::{AST, Array, Dynamic, Engine, EvalAltResult, FnPtr, INT, Map, NativeCallContext};

use super::facts::{Facts, LARGEST_TANK, NET_INCOME, TANK, Values};

/// What the witness says; and how many bits the largest number on the way had.
#[derive(Debug)]
pub(super) enum Said {
    Value(Dynamic, u64),
    Fault(FaultKind, u64),
}

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(i64);

#[derive(Debug, Clone, Copy)]
struct Span {
    months: i64,
    days: i64,
}

#[derive(Debug, Clone)]
struct Interval {
    low: BigRational,
    high: BigRational,
    closed: bool,
}

type Answer<T> = Result<T, Box<EvalAltResult>>;

pub(super) struct Oracle {
    engine: Engine,
    /// The facts of the case that is being looked at.
    facts: Rc<RefCell<BTreeMap<String, Dynamic>>>,
    largest: Rc<Cell<u64>>,
}

pub(super) struct Testimony<'o> {
    oracle: &'o Oracle,
    ast: AST,
    net_income: AST,
}

impl Oracle {
    pub(super) fn new() -> Oracle {
        let mut engine = Engine::new_raw();
        engine.set_fast_operators(false);
        engine.set_optimization_level(rhai::OptimizationLevel::None);
        engine.set_max_expr_depths(0, 0);
        engine.set_max_call_levels(64);
        let facts: Rc<RefCell<BTreeMap<String, Dynamic>>> = Rc::default();
        let known = Rc::clone(&facts);
        // Variables of a scope become shared where a closure captures them, and Rhai then refuses to look into a list from a
        // closure over the same list. What a resolver gives is copied.
        #[expect(deprecated, reason = "Rhai marks what may change in this way")]
        engine.on_var(move |name, _, _| Ok(known.borrow().get(name).cloned()));
        let largest = Rc::new(Cell::new(0));
        register_numbers(&mut engine, &largest);
        register_comparisons(&mut engine);
        register_calendar(&mut engine);
        register_lists(&mut engine, &largest);
        engine.register_fn("occurred", |event: Dynamic| !event.is_unit());
        Oracle { engine, facts, largest }
    }

    pub(super) fn read(&self, text: &str) -> Testimony<'_> {
        let ast = self.engine.compile(text).unwrap();
        let net_income = self.engine.compile(NET_INCOME).unwrap();
        Testimony { oracle: self, ast, net_income }
    }
}

impl Testimony<'_> {
    pub(super) fn says(&self, facts: &Facts, values: &Values) -> Said {
        let mut known = BTreeMap::new();
        for section in ["household", "dwelling", "water", "applicant", "event"] {
            let mut fields = Map::new();
            for (slot, named) in facts.vocabulary.iter() {
                let Some(field) = named.id.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'))
                else {
                    continue;
                };
                let value = values[slot.index()].as_ref();
                fields.insert(
                    field.into(),
                    value.map_or(Dynamic::UNIT, |value| given(facts, &named.ty, value)),
                );
            }
            known.insert(section.to_owned(), Dynamic::from(fields));
        }
        for id in ["submitted_on", "income_limit", "good_tenures"] {
            let ty = &facts.vocabulary.get(facts.vocabulary.find(id).unwrap()).unwrap().ty;
            known.insert(id.to_owned(), given(facts, ty, facts.get(values, id).unwrap()));
        }
        let size = facts.get(values, "household.size").and_then(Value::as_number).unwrap().to_i64().unwrap();
        let tank = TANK.iter().find(|(upto, _)| size <= *upto).map_or(LARGEST_TANK, |(_, volume)| *volume);
        known.insert("tank".to_owned(), Dynamic::from_int(tank));
        self.oracle.facts.replace(known);
        let engine = &self.oracle.engine;
        let net_income = engine.eval_ast::<Dynamic>(&self.net_income).unwrap();
        self.oracle.facts.borrow_mut().insert("net_income".to_owned(), net_income);
        self.oracle.largest.set(0);
        let result = engine.eval_ast::<Dynamic>(&self.ast);
        let bits = self.oracle.largest.get();
        match result {
            Ok(value) => Said::Value(value, bits),
            Err(error) => Said::Fault(kind(&error), bits),
        }
    }
}

/// A fault is thrown as a word; anything else that Rhai complains of is a defect of this test.
fn kind(error: &EvalAltResult) -> FaultKind {
    let mut error = error;
    while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = error {
        error = inner;
    }
    let EvalAltResult::ErrorRuntime(word, _) = error else { panic!("the witness cannot read this: {error}") };
    match word.to_string().as_str() {
        "zero" => FaultKind::DivisionByZero,
        "calendar" => FaultKind::OutOfCalendar,
        "empty" => FaultKind::EmptyList,
        other => panic!("the witness cannot read this: {other}"),
    }
}

fn fraction(number: Number) -> BigRational {
    BigRational::new(number.above().into(), number.below().into())
}

/// A value of the engine, as the witness is given it.
fn given(facts: &Facts, ty: &Type, value: &Value) -> Dynamic {
    match value {
        Value::Bool(value) => Dynamic::from_bool(*value),
        Value::Number(number) => {
            let power = ty.quantity().map_or(0, |quantity| quantity.unit.money_power());
            Dynamic::from(fraction(*number) / BigRational::from(BigInt::from(100)).pow(power.into()))
        }
        Value::Date(date) => {
            let epoch = mizan::value::Date::default();
            Dynamic::from(Day(date.signed_duration_since(epoch).num_days()))
        }
        Value::Choice(index) => facts.tenure.id(*index).into(),
        Value::Set(set) => {
            Dynamic::from(set.iter().map(|index| facts.tenure.id(*index).into()).collect::<Array>())
        }
        Value::List(things) => {
            let Type::List(record) = ty else { panic!("{ty:?}") };
            let thing = |thing: &Vec<Option<Value>>| {
                let fields = record.fields.iter().zip(thing);
                let fields = fields.map(|((name, ty), value)| {
                    (name.as_str().into(), given(facts, ty, value.as_ref().unwrap()))
                });
                Dynamic::from(fields.collect::<Map>())
            };
            Dynamic::from(things.iter().map(thing).collect::<Array>())
        }
        Value::Span(_) | Value::Text(_) => panic!("no fact is {value:?}"),
    }
}

/// Is it the same value?
pub(super) fn same(facts: &Facts, ty: &Type, ours: &Value, theirs: &Dynamic) -> bool {
    let ours = given(facts, ty, ours);
    equal(&ours, theirs).unwrap_or(false)
}

fn number(value: &Dynamic) -> Option<BigRational> {
    let value = value.flatten_clone();
    if let Ok(whole) = value.as_int() {
        return Some(BigRational::from(BigInt::from(whole)));
    }
    if let Ok(decimal) = value.as_decimal() {
        let below = BigInt::from(10).pow(decimal.scale());
        return Some(BigRational::new(decimal.mantissa().into(), below));
    }
    value.try_cast::<BigRational>()
}

fn numbers(one: &Dynamic, two: &Dynamic) -> Option<(BigRational, BigRational)> {
    Some((number(one)?, number(two)?))
}

fn cast<T: Clone + 'static>(value: &Dynamic) -> Option<T> {
    value.flatten_clone().try_cast::<T>()
}

fn unreadable<T>(what: &str, one: &Dynamic, two: &Dynamic) -> Answer<T> {
    Err(format!("{what} between {} and {}", one.type_name(), two.type_name()).into())
}

fn register_numbers(engine: &mut Engine, largest: &Rc<Cell<u64>>) {
    for sign in ["+", "-", "*", "/"] {
        let largest = Rc::clone(largest);
        engine.register_fn(sign, move |one: Dynamic, two: Dynamic| -> Answer<Dynamic> {
            if let (Some(day), Some(span)) = (cast::<Day>(&one), cast::<Span>(&two)) {
                return day.shifted(span, if sign == "-" { -1 } else { 1 }).map(Dynamic::from);
            }
            let Some((one, two)) = numbers(&one, &two) else { return unreadable(sign, &one, &two) };
            let result = match sign {
                "+" => one + two,
                "-" => one - two,
                "*" => one * two,
                _ if two == BigRational::default() => return Err("zero".into()),
                _ => one / two,
            };
            note(&largest, &result);
            Ok(Dynamic::from(result))
        });
    }
    engine.register_fn("-", |one: Dynamic| Dynamic::from(-number(&one).unwrap()));
    engine.register_fn("abs", |one: Dynamic| {
        let one = number(&one).unwrap();
        Dynamic::from(if one < BigRational::default() { -one } else { one })
    });
    engine.register_fn("whole", |one: Dynamic| Dynamic::from(number(&one).unwrap().floor()));
    for (name, wanted) in [("min", std::cmp::Ordering::Greater), ("max", std::cmp::Ordering::Less)] {
        engine.register_fn(name, move |one: Dynamic, two: Dynamic| -> Answer<Dynamic> {
            Ok(if order(&one, &two)? == wanted { two } else { one })
        });
    }
    for (sign, closed) in [("..", false), ("..=", true)] {
        engine.register_fn(sign, move |low: Dynamic, high: Dynamic| -> Answer<Dynamic> {
            let Some((low, high)) = numbers(&low, &high) else { return unreadable(sign, &low, &high) };
            Ok(Dynamic::from(Interval { low, high, closed }))
        });
    }
}

fn note(largest: &Cell<u64>, number: &BigRational) {
    largest.set(largest.get().max(number.numer().bits()).max(number.denom().bits()));
}

fn order(one: &Dynamic, two: &Dynamic) -> Answer<std::cmp::Ordering> {
    if let (Some(one), Some(two)) = (cast::<Day>(one), cast::<Day>(two)) {
        return Ok(one.cmp(&two));
    }
    match numbers(one, two) {
        Some((one, two)) => Ok(one.cmp(&two)),
        None => unreadable("order", one, two),
    }
}

fn equal(one: &Dynamic, two: &Dynamic) -> Answer<bool> {
    if let (Ok(one), Ok(two)) = (one.flatten_clone().as_bool(), two.flatten_clone().as_bool()) {
        return Ok(one == two);
    }
    if let (Ok(one), Ok(two)) =
        (one.flatten_clone().into_immutable_string(), two.flatten_clone().into_immutable_string())
    {
        return Ok(one == two);
    }
    Ok(order(one, two)?.is_eq())
}

fn register_comparisons(engine: &mut Engine) {
    engine.register_fn("!", |value: bool| !value);
    engine.register_fn("==", |one: Dynamic, two: Dynamic| equal(&one, &two));
    engine.register_fn("!=", |one: Dynamic, two: Dynamic| equal(&one, &two).map(|equal| !equal));
    engine.register_fn("<", |one: Dynamic, two: Dynamic| order(&one, &two).map(std::cmp::Ordering::is_lt));
    engine.register_fn("<=", |one: Dynamic, two: Dynamic| order(&one, &two).map(std::cmp::Ordering::is_le));
    engine.register_fn(">", |one: Dynamic, two: Dynamic| order(&one, &two).map(std::cmp::Ordering::is_gt));
    engine.register_fn(">=", |one: Dynamic, two: Dynamic| order(&one, &two).map(std::cmp::Ordering::is_ge));
    engine.register_fn("contains", |set: Dynamic, value: Dynamic| -> Answer<bool> {
        if let Some(interval) = cast::<Interval>(&set) {
            let value = number(&value).unwrap();
            let below = if interval.closed { value <= interval.high } else { value < interval.high };
            return Ok(interval.low <= value && below);
        }
        // Rhai makes intervals of whole numbers itself.
        let within = |low: INT, high: INT, closed: bool| {
            let whole = |end: INT| BigRational::from(BigInt::from(end));
            let value = number(&value).unwrap();
            whole(low) <= value && (value < whole(high) || closed && value == whole(high))
        };
        if let Some(range) = cast::<Range<INT>>(&set) {
            return Ok(within(range.start, range.end, false));
        }
        if let Some(range) = cast::<RangeInclusive<INT>>(&set) {
            return Ok(within(*range.start(), *range.end(), true));
        }
        let members = set.flatten_clone().into_array()?;
        for member in members {
            if equal(&member, &value)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
}

impl Day {
    /// Year, month and day of the proleptic Gregorian calendar, counted in eras of 400 years.
    fn civil(self) -> (i64, i64, i64) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
    }

    fn of(year: i64, month: i64, day: i64) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        Day(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
    }

    fn shifted(self, span: Span, sign: i64) -> Answer<Day> {
        let (year, month, day) = self.civil();
        let months = year * 12 + month - 1 + sign * span.months;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let next = if month == 12 { Day::of(year + 1, 1, 1) } else { Day::of(year, month + 1, 1) };
        let length = next.0 - Day::of(year, month, 1).0;
        let day = Day(Day::of(year, month, day.min(length)).0 + sign * span.days);
        // The calendar of the engine ends here.
        let (year, ..) = day.civil();
        if (-262_143..=262_142).contains(&year) { Ok(day) } else { Err("calendar".into()) }
    }

    /// Complete months: the largest number that does not go beyond the other day.
    fn months_to(self, other: Day) -> i64 {
        if other < self {
            return -other.months_to(self);
        }
        let (from, to) = (self.civil(), other.civil());
        let mut months = (to.0 - from.0) * 12 + to.1 - from.1;
        while months > 0 && self.shifted(Span { months, days: 0 }, 1).is_ok_and(|day| day > other) {
            months -= 1;
        }
        months
    }
}

fn register_calendar(engine: &mut Engine) {
    engine.register_fn("days_between", |from: Day, to: Day| to.0 - from.0);
    engine.register_fn("weeks_between", |from: Day, to: Day| (to.0 - from.0) / 7);
    engine.register_fn("months_between", Day::months_to);
    engine.register_fn("years_between", |from: Day, to: Day| from.months_to(to) / 12);
    for name in ["days", "months"] {
        engine.register_fn(name, move |count: Dynamic| -> Answer<Span> {
            let count = number(&count).unwrap();
            let count: i64 = count.to_integer().try_into().map_err(|_| "calendar")?;
            if i32::try_from(count).is_err() {
                return Err("calendar".into());
            }
            Ok(if name == "days" { Span { months: 0, days: count } } else { Span { months: count, days: 0 } })
        });
    }
}

fn register_lists(engine: &mut Engine, largest: &Rc<Cell<u64>>) {
    let largest = Rc::clone(largest);
    for (name, deciding) in [("any", true), ("all", false)] {
        engine.register_fn(
            name,
            move |context: NativeCallContext<'_>, list: Array, test: FnPtr| -> Answer<bool> {
                for thing in list {
                    if test.call_within_context::<bool>(&context, (thing,))? == deciding {
                        return Ok(deciding);
                    }
                }
                Ok(!deciding)
            },
        );
    }
    engine.register_fn("count", |list: Array| INT::try_from(list.len()).unwrap());
    engine.register_fn("count", |context: NativeCallContext<'_>, list: Array, test: FnPtr| -> Answer<INT> {
        let mut count = 0;
        for thing in list {
            count += INT::from(test.call_within_context::<bool>(&context, (thing,))?);
        }
        Ok(count)
    });
    engine.register_fn(
        "sum",
        move |context: NativeCallContext<'_>, list: Array, part: FnPtr| -> Answer<Dynamic> {
            let mut sum = BigRational::default();
            for thing in list {
                sum += number(&part.call_within_context::<Dynamic>(&context, (thing,))?).unwrap();
                note(&largest, &sum);
            }
            Ok(Dynamic::from(sum))
        },
    );
    for (name, better) in [("min", std::cmp::Ordering::Less), ("max", std::cmp::Ordering::Greater)] {
        engine.register_fn(
            name,
            move |context: NativeCallContext<'_>, list: Array, part: FnPtr| -> Answer<Dynamic> {
                let mut best: Option<Dynamic> = None;
                for thing in list {
                    let value = part.call_within_context::<Dynamic>(&context, (thing,))?;
                    let is_better = match &best {
                        Some(best) => order(&value, best)? == better,
                        None => true,
                    };
                    if is_better {
                        best = Some(value);
                    }
                }
                best.ok_or_else(|| "empty".into())
            },
        );
    }
}
