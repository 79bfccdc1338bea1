use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluate::{self, FaultKind, Frame, Outcome};
use super::lower::{Clock, Lowering};
use super::notation::Notation;
use super::program::{Definition, Named, Origin, Slot, Value, Vocabulary};
use super::types::{Choices, Record, Type, Unit};
use crate::diag::render;
use crate::source::Source;
use crate::value::{Lang, Number, Text};

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let tenure = Arc::new(Choices {
        name: "dwelling.tenure".into(),
        ids: vec!["owner".into(), "tenant".into()],
        labels: vec![Text::same("owner"), Text::same("tenant")],
    });
    let members = Arc::new(Record {
        name: "household.members".into(),
        fields: vec![("born".into(), Type::Date), ("dialysis".into(), Type::Bool)],
    });
    for (id, ty, origin) in [
        ("household.size", Type::parse("integer person").unwrap(), Origin::Fact),
        ("household.income", Type::parse("money").unwrap(), Origin::Fact),
        ("household.rent", Type::parse("money").unwrap(), Origin::Fact),
        ("household.members", Type::List(members), Origin::Fact),
        ("dwelling.tenure", Type::Choice(tenure), Origin::Fact),
        ("income_limit", Type::parse("money / person").unwrap(), Origin::Parameter),
        ("submitted_on", Type::Date, Origin::Request),
        ("evaluated_on", Type::Date, Origin::Clock),
        ("event.complete", Type::Date, Origin::Event),
        ("shown(D-POA)", Type::Bool, Origin::Document),
        ("person.born", Type::Date, Origin::Fact),
    ] {
        let named = Named { id: id.into(), ty, origin, label: Text::same(id), definition: None, place: None };
        vocabulary.declare(named).unwrap();
    }
    vocabulary
}

fn values() -> Vec<Option<Value>> {
    let date = |text: &str| Value::Date(text.parse().unwrap());
    let member = |born: &str, dialysis: Option<bool>| vec![Some(date(born)), dialysis.map(Value::Bool)];
    vec![
        Some(Value::Number(Number::from(3))),
        Some(Value::Number(Number::from(480_000))),
        None,
        Some(Value::List(Arc::new(vec![member("2023-01-05", Some(false)), member("1968-03-01", None)]))),
        Some(Value::Choice(0)),
        Some(Value::Number(Number::from(120_000))),
        Some(date("2026-12-06")),
        Some(date("2026-12-20")),
        None,
        None,
        Some(date("2001-01-01")),
    ]
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Span(_) | Value::Choice(_) | Value::Set(_) | Value::Text(_) | Value::List(_) => {
            format!("{value:?}")
        }
    }
}

/// What a condition gives, or what is wrong with it.
fn check(text: &str) -> String {
    let vocabulary = vocabulary();
    let source = Source::new("rules.toml", text);
    let notation = Notation::default();
    let library = Source::new("functions.rhai", include_str!("tests/library.rhai"));
    let functions: BTreeMap<_, _> = notation
        .functions(&library)
        .unwrap()
        .into_iter()
        .map(|function| (function.name.clone(), function))
        .collect();
    let lowering = Lowering { vocabulary: &vocabulary, functions: &functions, clock: Clock::Refused };
    let program = notation
        .condition(&source, 0..text.len())
        .map_err(|problem| vec![problem])
        .and_then(|syntax| lowering.condition(&syntax, None));
    match program {
        Ok(program) => {
            let values = values();
            let frame = Frame::new(&vocabulary, &values);
            let (outcome, reads) = frame.evaluate_recording(&program);
            let name = |slot| vocabulary.get(slot).unwrap().id.as_str();
            let outcome = match outcome {
                Outcome::Known(value) => shown(&value),
                Outcome::Unknown => {
                    format!(
                        "unknown, needs {}",
                        frame.needs(&program).into_iter().map(name).collect::<Vec<_>>().join(" ")
                    )
                }
                Outcome::Fault(fault) => format!("fault: {}", fault.kind.text().en),
            };
            format!("{outcome}\n  reads {}", reads.into_iter().map(name).collect::<Vec<_>>().join(" "))
        }
        Err(problems) => problems
            .iter()
            .map(|problem| render::text(problem, Lang::En, render::Style::Plain))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[test]
fn conditions_and_what_they_give() {
    let mut report = String::new();
    for text in include_str!("tests/conditions.txt").split("\n---\n") {
        let text = text.trim_end();
        report.push_str(&format!("{text}\n=> {}\n\n", check(text)));
    }
    insta::assert_snapshot!(report);
}

/// Whatever Rhai knows and the language does not, or what could be taken for something else.
#[test]
fn traps_and_what_they_give() {
    let mut report = String::new();
    for text in include_str!("tests/traps.txt").split("\n---\n") {
        let text = text.trim_end_matches('\n');
        report.push_str(&format!("{text}\n=> {}\n\n", check(text)));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn functions_and_what_is_wrong_with_them() {
    let notation = Notation::default();
    let mut report = String::new();
    for text in include_str!("tests/functions.txt").split("\n---\n") {
        let source = Source::new("functions.rhai", text.trim_end_matches('\n'));
        let result = match notation.functions(&source) {
            Ok(functions) => functions
                .iter()
                .map(|function| format!("{}({})", function.name, function.parameters.join(", ")))
                .collect::<Vec<_>>()
                .join("; "),
            Err(problem) => render::text(&problem, Lang::En, render::Style::Plain),
        };
        report.push_str(&format!("{}\n=> {result}\n\n", source.text));
    }
    insta::assert_snapshot!(report);
}

/// Text that nests or grows without end is refused in words, and never exhausts the stack or the clock.
#[test]
fn hostile_texts_are_refused() {
    let many = |unit: &str, count: usize| unit.repeat(count);
    for (text, refused) in [
        (format!("{}1{} > 0", many("(", 40), many(")", 40)), false),
        (format!("{}1{} > 0", many("(", 3_000), many(")", 3_000)), true),
        (format!("{}true", many("!", 7_000)), true),
        (format!("{}3 > 0", many("-", 7_000)), true),
        (format!("{}3 > 0", many("- ", 3_500)), true),
        (format!("{}true", many("true && ", 80)), false),
        (format!("{}true", many("true && ", 900)), true),
        (format!("{}1 > 0", many("1 + ", 30)), false),
        (format!("{}1 > 0", many("1 + ", 1_500)), true),
        (format!("a{}", many(".b", 3_500)), true),
        (format!("a{}", many("[0]", 2_500)), true),
        (format!("a{}", many(".b()", 1_900)), true),
        (format!("{}1{}", many("[", 3_900), many("]", 3_900)), true),
        (format!("{}1{}", many("#{a:", 1_500), many("}", 1_500)), true),
        (format!("{}1{}", many("{", 3_900), many("}", 3_900)), true),
        (format!("{}1{}", many("if true {", 800), many("} else { 1 }", 10)), true),
        (format!("{}{{ 1 }}", many("if true { 1 } else ", 400)), true),
        (format!("{}1", many("|x|", 2_000)), true),
        (format!("{}true", many("let a = 1;", 700)), true),
        ((0..600).map(|n| format!("let a{n}=1;")).collect::<String>() + "true", true),
        (format!("1 in [{}1]", many("1,", 3_500)), false),
        (
            format!(
                "{}household.members.any(|m| m.dialysis)",
                many("household.members.any(|m| m.dialysis)||", 199)
            ),
            true,
        ),
        (format!("{}true{}", many("household.members.any(|m|", 300), many(")", 300)), true),
        (many("/*", 3_999), true),
        (many("\"", 7_999), true),
        (many("`${", 2_600), true),
        (many("a", 7_999), true),
        (many(" ", 7_999), true),
        (many("1", 9_000), true),
        (many("\u{feff}", 2_000), true),
        (many("\n", 7_000) + "household.incom", true),
        (many("min(", 1_990), true),
        (many("switch 1 { 1 => ", 400), true),
        (many("household.size?", 500), true),
    ] {
        let report = check(&text);
        let start: String = text.chars().take(30).collect();
        assert_eq!(report.contains("error["), refused, "{start}…: {report}");
    }
}

/// A policy that rests value upon value is refused a result, not a stack.
#[test]
fn long_chains_of_values_are_a_fault() {
    let mut vocabulary = Vocabulary::default();
    let notation = Notation::default();
    let functions = BTreeMap::new();
    let mut last = None;
    for index in 0..3_000_u32 {
        let definition = last.map(|_| {
            let source = Source::new("rules.toml", format!("v{} + 1", index - 1));
            let syntax = notation.condition(&source, 0..source.text.len()).unwrap();
            let lowering = Lowering { vocabulary: &vocabulary, functions: &functions, clock: Clock::Refused };
            Definition::Expression(lowering.condition(&syntax, None).unwrap())
        });
        let id = format!("v{index}");
        let label = Text::same(id.as_str());
        let ty = Type::parse("integer").unwrap();
        let named = Named { id, ty, origin: Origin::Derived, label, definition, place: None };
        last = Some(vocabulary.declare(named).unwrap());
    }
    let last = last.unwrap();
    let mut values = vec![None; vocabulary.len()];
    values[0] = Some(Value::Number(Number::ONE));
    let frame = Frame::new(&vocabulary, &values);
    let kind = |outcome| match outcome {
        Outcome::Fault(fault) => Some(fault.kind),
        Outcome::Known(_) | Outcome::Unknown => None,
    };
    assert_eq!(kind(frame.value(last)), Some(FaultKind::TooDeep));
    assert_eq!(
        kind(Frame::new(&vocabulary, &values).trace_of(last).unwrap().outcome),
        Some(FaultKind::TooDeep)
    );
    assert!(vocabulary.depth(last).unwrap() > evaluate::DEEPEST);
    assert_eq!(vocabulary.depth(Slot(2)), Some(7));
    assert_eq!(frame.needs_of(last), [].into());
    let unknown = vec![None; vocabulary.len()];
    assert_eq!(Frame::new(&vocabulary, &unknown).needs_of(Slot(100)), [Slot(0)].into());
}

/// A condition is a part of its file: what stands before it, in whatever letters and line ends, does not move the caret.
#[test]
fn places_are_bytes_of_the_file() {
    let notation = Notation::default();
    let vocabulary = vocabulary();
    let functions = BTreeMap::new();
    let lowering = Lowering { vocabulary: &vocabulary, functions: &functions, clock: Clock::Refused };
    for condition in [
        "household.incom > 3",
        "\r\n  household.size > 3\r\n  && household.incom > 3",
        "\thousehold.size > 3 ||\t\"مستأجر\" == \"مالك\" || household.incom > 3",
        "/* سبب\r\n */ household.members.any(|m| household.incom > 3)",
    ] {
        let before = "title.ar = \"حدُّ الدخل\"\r\nrequire = '''";
        let source = Source::new("rules.toml", format!("{before}{condition}'''\n"));
        let syntax = notation.condition(&source, before.len()..before.len() + condition.len()).unwrap();
        let problems = lowering.condition(&syntax, None).unwrap_err();
        let (place, _) = problems[0].place.clone().unwrap();
        assert_eq!(source.slice(&place.range), "household.incom", "{condition:?}");
    }
}

/// A wish for a whole number holds for numbers without a unit too.
#[test]
fn a_bare_number_is_whole_where_whole_numbers_are_wanted() {
    let (notation, vocabulary, functions) = (Notation::default(), vocabulary(), BTreeMap::new());
    let lowering = Lowering { vocabulary: &vocabulary, functions: &functions, clock: Clock::Refused };
    for (ty, text, fits) in [
        ("integer person", "2", true),
        ("integer person", "2.5", false),
        ("integer person", "5 / 2", false),
        ("integer person", "whole(5 / 2)", true),
        ("decimal person", "2.5", true),
        ("money", "2.5", true),
    ] {
        let source = Source::new("rules.toml", text);
        let syntax = notation.condition(&source, 0..text.len()).unwrap();
        let program = lowering.condition(&syntax, Type::parse(ty).as_ref());
        assert_eq!(program.is_ok(), fits, "{text} as {ty}");
    }
}

#[test]
fn names_that_conditions_can_write() {
    let notation = Notation::default();
    for (name, readable) in [
        ("household.size", true),
        ("income_limit", true),
        ("event.complete", true),
        ("household.case", false),
        ("default.size", false),
        ("true", false),
        ("if.x", false),
        ("household.in", false),
        ("this.size", false),
        ("private.size", false),
        ("call.size", false),
        ("household.call", false),
        ("household.2nd", false),
        ("household-size", false),
        ("دخل", false),
        ("a..b", false),
        ("a.b()", false),
        (" a", false),
        ("", false),
        ("min", true),
        ("_", false),
    ] {
        assert_eq!(notation.reads_name(name), readable, "{name}");
    }
}

#[test]
fn units_are_read_and_written() {
    for text in ["money / person", "person", "m3", "litre / day person"] {
        let ty = Type::parse(&format!("decimal {text}")).unwrap();
        assert_eq!(ty.quantity().unwrap().unit.to_string(), text);
    }
    assert_eq!(Unit::of("person").over(&Unit::of("person")), Unit::default());
    assert_eq!(Type::parse("integer /"), None);
    assert_eq!(Type::parse("date / person"), None);
}
