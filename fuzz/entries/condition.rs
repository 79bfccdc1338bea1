//! Any bytes as a condition and as a file of functions, over a fixed vocabulary.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use mizan::diag::{Diagnostic, render};
use mizan::expression::evaluate::{Frame, Outcome};
use mizan::expression::lower::{Clock, Lowering};
use mizan::expression::notation::Notation;
use mizan::expression::program::{Named, Node, Origin, Slot, Value, Vocabulary};
use mizan::expression::syntax::Function;
use mizan::expression::types::{Choices, Record, Type};
use mizan::source::Source;
use mizan::value::{Lang, Number, Text};

/// What conditions can name, with a value for each.
const NAMES: &[(&str, &str, Origin)] = &[
    ("household.size", "integer person", Origin::Fact),
    ("household.income", "money", Origin::Fact),
    ("household.poor", "bool", Origin::Fact),
    ("born", "date", Origin::Fact),
    ("name", "text", Origin::Fact),
    ("period", "span", Origin::Parameter),
    ("limit", "money / person", Origin::Parameter),
    ("event.visited", "date", Origin::Event),
    ("shown(D-1)", "bool", Origin::Document),
    ("today", "date", Origin::Clock),
];

struct World {
    vocabulary: Vocabulary,
    values: Vec<Option<Value>>,
    record: Arc<Record>,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut vocabulary = Vocabulary::default();
        let mut values = vec![];
        let mut declare = |id: &str, ty: Type, origin: Origin, value: Value| {
            let label = Text::same(id);
            vocabulary
                .declare(Named { id: id.into(), ty, origin, label, definition: None, place: None })
                .unwrap();
            values.push(Some(value));
        };
        let date = Value::Date("2024-02-29".parse().unwrap());
        for (id, ty, origin) in NAMES {
            let ty = Type::parse(ty).unwrap();
            let value = match ty {
                Type::Bool => Value::Bool(true),
                Type::Number(_) => Value::Number(Number::from(3)),
                Type::Date => date.clone(),
                Type::Span => Value::Span(mizan::value::Span { months: 1, days: 0 }),
                Type::Text => Value::Text("نص".into()),
                Type::Choice(_) | Type::Set(_) | Type::List(_) => panic!("not in a few words: {ty:?}"),
            };
            declare(id, ty, *origin, value);
        }
        let choices = Arc::new(Choices {
            name: "tenure".into(),
            ids: vec!["owner".into(), "tenant".into()],
            labels: vec![Text::same("owner"), Text::same("tenant")],
        });
        let record = Arc::new(Record {
            name: "members".into(),
            fields: vec![("age".into(), Type::parse("integer year").unwrap()), ("ill".into(), Type::Bool)],
        });
        declare("tenure", Type::Choice(Arc::clone(&choices)), Origin::Fact, Value::Choice(1));
        declare("accepted", Type::Set(choices), Origin::Parameter, Value::Set(Arc::new([0].into())));
        let thing =
            |age: i64, ill: Option<bool>| vec![Some(Value::Number(Number::from(age))), ill.map(Value::Bool)];
        let things = vec![thing(5, Some(false)), thing(0, None)];
        declare("members", Type::List(Arc::clone(&record)), Origin::Fact, Value::List(Arc::new(things)));
        World { vocabulary, values, record }
    })
}

/// Reads, checks, evaluates and shows.
pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let World { vocabulary, values, record } = world();
    let notation = Notation::default();
    let before = "# شرط\r\nrequire = '";
    let source = Source::new("rules.toml", format!("{before}{text}'\n"));
    let range = before.len()..before.len() + text.len();
    let library = Source::new("functions.rhai", "fn twice(x) { x + x }\nfn per(a, b) { a / b }");
    let by_name = |functions: Vec<Function>| -> BTreeMap<String, Function> {
        functions.into_iter().map(|function| (function.name.clone(), function)).collect()
    };
    let mut functions = by_name(notation.functions(&library).unwrap());
    match notation.functions(&Source::new("functions.rhai", text.as_ref())) {
        Ok(read) => functions.extend(by_name(read)),
        Err(problem) => show(&problem),
    }
    let syntax = match notation.condition(&source, range) {
        Ok(syntax) => syntax,
        Err(problem) => return show(&problem),
    };
    for clock in [Clock::Allowed, Clock::Refused] {
        let lowering = Lowering { vocabulary, functions: &functions, clock };
        for program in [lowering.condition(&syntax, None), lowering.condition(&syntax, Some(&Type::Bool))] {
            match program {
                Ok(program) => evaluate(&program, vocabulary, values),
                Err(problems) => {
                    assert!(!problems.is_empty(), "refused without a word");
                    problems.iter().for_each(show);
                }
            }
        }
        if let Err(problems) = lowering.on_each(&syntax, record) {
            problems.iter().for_each(show);
        }
    }
}

fn evaluate(program: &Node, vocabulary: &Vocabulary, values: &[Option<Value>]) {
    let unknown: Vec<Option<Value>> = values.iter().map(|_| None).collect();
    for values in [values, &unknown] {
        let frame = Frame::new(vocabulary, values);
        let (outcome, _) = frame.evaluate_recording(program);
        let needs = frame.needs(program);
        assert_eq!(needs.is_empty(), outcome != Outcome::Unknown, "asks for {needs:?}, {outcome:?}");
        assert!(needs.iter().all(|Slot(slot)| usize::from(*slot) < values.len()));
        assert_eq!(frame.trace(program).outcome, outcome);
    }
}

fn show(problem: &Diagnostic) {
    for (place, _) in problem.place.iter().chain(&problem.also) {
        let text = &place.source.text;
        assert!(text.get(place.range.clone()).is_some(), "{:?} is not a place in {text:?}", place.range);
    }
    for lang in Lang::ALL {
        let shown = render::text(problem, lang, render::Style::Plain);
        assert!(!shown.is_empty() && !shown.contains('\u{1b}'), "{shown:?}");
    }
    assert!(serde_json::to_string(&render::Problem::new(problem)).is_ok());
}
