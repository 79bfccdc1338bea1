//! The Rhai interpreter as a witness: it reads the same conditions over the same facts, with arithmetic and a calendar of its own,
//! and must say the same. And the laws of what is unknown: what is known although something is unknown stays so whatever is
//! learnt; what was not asked for, or not read, changes nothing.
//!
//! A case is one condition over one set of values. `MIZAN_WITNESS_CASES` and `MIZAN_WITNESS_SEED` change how many and which.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]
#![expect(clippy::print_stdout, reason = "the seed and what came out are worth a line")]

mod chance;
mod conditions;
mod facts;
mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use mizan::diag::render;
use mizan::expression::evaluate::{self, FaultKind, Frame, Outcome};
use mizan::expression::lower::{Clock, Lowering};
use mizan::expression::notation::Notation;
use mizan::expression::program::{Node, Slot, Value};
use mizan::source::Source;
use mizan::value::Lang;

use chance::Chance;
use conditions::Writer;
use facts::{Facts, Values};
use oracle::{Oracle, Said};

const CASES: u64 = 20_000;
const SEED: u64 = 1448;
/// So many sets of values are tried on one condition.
const VALUES_EACH: u64 = 8;
const DEEPEST: usize = 5;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// Runs a law over many conditions; where it breaks, looks for a shorter condition that breaks it too, and shows that.
fn for_many(
    name: &str,
    cases: u64,
    law: fn(&Bench, &Condition, &mut Chance, &mut Tally) -> Result<(), String>,
) {
    let seed = setting("MIZAN_WITNESS_SEED", SEED);
    let bench = Bench::new();
    let mut tally = Tally::default();
    let attempt = |seed: u64, depth: usize, tally: &mut Tally| -> Result<(), (String, String)> {
        let mut chance = Chance::new(seed);
        let text = Writer::new(&mut chance).condition(depth);
        let condition = bench.read(&text).map_err(|problem| (text.clone(), problem))?;
        law(&bench, &condition, &mut chance, tally).map_err(|problem| (text, problem))
    };
    for number in 0..cases.div_ceil(VALUES_EACH) {
        let depth = 1 + usize::try_from(number).unwrap() % DEEPEST;
        let this = seed.wrapping_mul(1_000_003).wrapping_add(number);
        let Err(first) = attempt(this, depth, &mut tally) else { continue };
        let mut smallest = first;
        for number in 0..6_000_u64 {
            let depth = 1 + usize::try_from(number / 2_000).unwrap();
            if let Err(found) = attempt(number, depth, &mut Tally::default())
                && found.0.len() < smallest.0.len()
            {
                smallest = found;
            }
        }
        panic!("{name}, MIZAN_WITNESS_SEED={seed}, case {number}:\n{}\n{}", smallest.0, smallest.1);
    }
    println!("{name}: seed {seed}, {cases} cases, {tally:?}");
    assert!(tally.known > tally.faults + tally.overflows, "{name}: the conditions say too little");
}

/// What came out how often, so that a generator that only ever makes faults is noticed.
#[derive(Debug, Default)]
struct Tally {
    known: u64,
    unknown: u64,
    faults: u64,
    overflows: u64,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Known(_) => self.known += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::Fault(fault) if fault.kind == FaultKind::Overflow => self.overflows += 1,
            Outcome::Fault(_) => self.faults += 1,
        }
    }
}

/// Everything that conditions are read and evaluated with.
struct Bench {
    facts: Facts,
    notation: Notation,
    oracle: Oracle,
}

struct Condition {
    text: String,
    program: Node,
}

impl Bench {
    fn new() -> Bench {
        Bench { facts: Facts::new(), notation: Notation::default(), oracle: Oracle::new() }
    }

    /// Every generated condition is well typed: a refusal is a failure.
    fn read(&self, text: &str) -> Result<Condition, String> {
        let source = Source::new("generated", text);
        let functions = BTreeMap::new();
        let lowering =
            Lowering { vocabulary: &self.facts.vocabulary, functions: &functions, clock: Clock::Refused };
        let program = self
            .notation
            .condition(&source, 0..text.len())
            .map_err(|problem| vec![problem])
            .and_then(|syntax| lowering.condition(&syntax, None))
            .map_err(|problems| {
                problems
                    .iter()
                    .map(|problem| render::text(problem, Lang::En, render::Style::Plain))
                    .collect::<Vec<_>>()
                    .join("\n")
            })?;
        Ok(Condition { text: text.to_owned(), program })
    }

    fn evaluate(&self, condition: &Condition, values: &Values) -> Outcome {
        Frame::new(&self.facts.vocabulary, values).evaluate(&condition.program)
    }
}

#[test]
fn the_interpreter_agrees() {
    for_many("witness", setting("MIZAN_WITNESS_CASES", CASES), |bench, condition, chance, tally| {
        let testimony = bench.oracle.read(&condition.text);
        for _ in 0..VALUES_EACH {
            let values = bench.facts.known(chance);
            let ours = bench.evaluate(condition, &values);
            tally.count(&ours);
            let said = testimony.says(&bench.facts, &values);
            let agree = match (&ours, &said) {
                (Outcome::Known(value), Said::Value(theirs, _)) => {
                    oracle::same(&bench.facts, &condition.program.ty, value, theirs)
                }
                // Of several faults the first counts; Rhai computes the ends of an interval before what lies in it.
                (Outcome::Fault(_), Said::Fault(..)) if condition.text.contains("..") => true,
                // The witness has no largest number. Ours is right to give up where the witness went far.
                (Outcome::Fault(fault), Said::Value(_, bits) | Said::Fault(_, bits))
                    if fault.kind == FaultKind::Overflow =>
                {
                    *bits > 64
                }
                (Outcome::Fault(fault), Said::Fault(kind, _)) => fault.kind == *kind,
                (Outcome::Known(_) | Outcome::Unknown | Outcome::Fault(_), _) => false,
            };
            if !agree {
                return Err(format!("ours: {ours:?}\nwitness: {said:?}\n{}", bench.facts.shown(&values)));
            }
        }
        Ok(())
    });
}

/// What is known although something is unknown holds whatever is learnt, but for a fault that was never reached; and what is a
/// fault is one whatever is learnt.
#[test]
fn what_is_known_stays_known() {
    for_many("unknown", setting("MIZAN_WITNESS_CASES", CASES) / 4, |bench, condition, chance, tally| {
        for _ in 0..VALUES_EACH / 4 {
            let values = bench.facts.some_unknown(chance);
            let partial = bench.evaluate(condition, &values);
            tally.count(&partial);
            for _ in 0..20 {
                let completed = bench.facts.completed(&values, chance);
                let full = bench.evaluate(condition, &completed);
                let holds = match (&partial, &full) {
                    (Outcome::Known(before), Outcome::Known(after)) => before == after,
                    (Outcome::Known(_) | Outcome::Fault(_), Outcome::Fault(_)) => true,
                    (Outcome::Unknown, Outcome::Known(_) | Outcome::Fault(_)) => true,
                    (_, Outcome::Unknown) | (Outcome::Fault(_), Outcome::Known(_)) => false,
                };
                if !holds {
                    return Err(format!(
                        "before: {partial:?}\nafter: {full:?}\n{}\n{}",
                        bench.facts.shown(&values),
                        bench.facts.shown(&completed)
                    ));
                }
            }
        }
        Ok(())
    });
}

/// Whoever asks only for what is needed, round by round, comes to what is true: nothing else could have changed it.
#[test]
fn what_is_not_asked_changes_nothing() {
    for_many("needs", setting("MIZAN_WITNESS_CASES", CASES) / 4, |bench, condition, chance, tally| {
        for _ in 0..VALUES_EACH / 4 {
            let mut values = bench.facts.some_unknown(chance);
            let completed = bench.facts.completed(&values, chance);
            let full = bench.evaluate(condition, &completed);
            for round in 0.. {
                let frame = Frame::new(&bench.facts.vocabulary, &values);
                let outcome = frame.evaluate(&condition.program);
                let needs = frame.needs(&condition.program);
                let described = |what: &str| {
                    format!(
                        "{what} in round {round}: {outcome:?}, needs {:?}\nfull: {full:?}\n{}\n{}",
                        bench.facts.names(&needs),
                        bench.facts.shown(&values),
                        bench.facts.shown(&completed)
                    )
                };
                if needs.is_empty() != (outcome != Outcome::Unknown) {
                    return Err(described(
                        "asks although it knows, or does not ask although it does not know",
                    ));
                }
                if let Some(slot) = needs.iter().find(|slot| values[slot.index()] == completed[slot.index()])
                {
                    return Err(described(&format!("asks for what it has, {slot:?}")));
                }
                match (&outcome, &full) {
                    (Outcome::Unknown, _) => {}
                    (Outcome::Known(ours), Outcome::Known(true_one)) if ours == true_one => break,
                    (_, Outcome::Fault(_)) => break,
                    (_, _) => return Err(described("comes to something else")),
                }
                for slot in needs {
                    values[slot.index()].clone_from(&completed[slot.index()]);
                }
            }
            tally.count(&full);
        }
        Ok(())
    });
}

/// The record of what was read is complete: nothing else could have changed the result. And the ways to look at one program agree.
#[test]
fn what_is_not_read_changes_nothing() {
    for_many("reads", setting("MIZAN_WITNESS_CASES", CASES) / 4, |bench, condition, chance, tally| {
        let could_read = evaluate::reads(&bench.facts.vocabulary, &condition.program);
        for _ in 0..VALUES_EACH / 4 {
            let values =
                if chance.one_in(2) { bench.facts.known(chance) } else { bench.facts.some_unknown(chance) };
            let frame = Frame::new(&bench.facts.vocabulary, &values);
            let (outcome, reads) = frame.evaluate_recording(&condition.program);
            tally.count(&outcome);
            if !reads.is_subset(&could_read) {
                return Err(format!("reads {:?}", bench.facts.names(&reads)));
            }
            if frame.trace(&condition.program).outcome != outcome {
                return Err("the trace comes to something else".into());
            }
            for _ in 0..5 {
                let others = bench.facts.known(chance);
                let changed = mixed(&values, &others, &reads);
                let after = bench.evaluate(condition, &changed);
                if after != outcome {
                    return Err(format!(
                        "{outcome:?} became {after:?}; it read {:?}\n{}\n{}",
                        bench.facts.names(&reads),
                        bench.facts.shown(&values),
                        bench.facts.shown(&changed)
                    ));
                }
            }
        }
        Ok(())
    });
}

/// What was read stays; the rest comes from elsewhere.
fn mixed(values: &[Option<Value>], others: &[Option<Value>], reads: &BTreeSet<Slot>) -> Values {
    let pairs = values.iter().zip(others).enumerate();
    pairs
        .map(|(index, (value, other))| {
            let is_read = reads.iter().any(|slot| slot.index() == index);
            if is_read { value.clone() } else { other.clone() }
        })
        .collect()
}
