use std::collections::BTreeMap;
use std::sync::Arc;

use super::evaluate::{Frame, Outcome};
use super::lower::{Clock, Lowering};
use super::notation::Notation;
use super::program::{Named, Origin, Value, Vocabulary};
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
    ]
}

/// What a condition gives, or what is wrong with it.
fn check(text: &str) -> String {
    let vocabulary = vocabulary();
    let source = Source::new("rules.toml", text);
    let notation = Notation::default();
    let library =
        Source::new("functions.rhai", "fn per(amount, count) { amount / count }\nfn loops(x) { loops(x) }");
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
                Outcome::Known(value) => format!("{value:?}"),
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

#[test]
fn units_are_read_and_written() {
    for text in ["money / person", "person", "m3", "litre / day person"] {
        let unit = match Type::parse(&format!("decimal {text}")).unwrap() {
            Type::Number(quantity) => quantity.unit,
            other => panic!("{other:?}"),
        };
        assert_eq!(unit.to_string(), text);
    }
    assert_eq!(Unit::of("person").over(&Unit::of("person")), Unit::default());
    assert_eq!(Type::parse("integer /"), None);
    assert_eq!(Type::parse("date / person"), None);
}
