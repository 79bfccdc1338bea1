//! Which small changes of a policy its worked examples would notice: `fixtures/policies/rent`, in which every kind of change
//! can be made. What people read of it stands in `fixtures/cli/coverage.txt`.

use std::collections::BTreeSet;
use std::path::Path;

use mizan::evaluation::mutation::{Kind, mutants};
use mizan::evaluation::notice::{self, Fate, Report, Tweak};
use mizan::evaluation::scenario;
use mizan::expression::program::Value;
use mizan::policy::{self, Policy, PolicyFile};
use mizan::source::Source;
use mizan::value::Number;
use mizan::workspace;

/// The policy of help with rent, with more examples: the name, what it is based on, and the rest.
fn rent(examples: &[(&str, &str, &str)]) -> Policy {
    let folder = "tests/fixtures/policies/rent/1";
    let mut files = workspace::read_revision(Path::new(folder)).unwrap();
    for (name, base, text) in examples {
        let path = format!("scenarios/{name}.toml");
        let text = format!("title = {{ ar = \"مثال\", en = \"example\" }}\nbased_on = \"{base}\"\n{text}");
        files.retain(|file| file.path != path);
        files.push(PolicyFile { source: Source::new(format!("{folder}/{path}"), text), path });
    }
    match policy::check(folder, &files) {
        Ok((policy, _)) => policy,
        Err(problems) => panic!("{problems:?}"),
    }
}

fn survivors(report: &Report) -> BTreeSet<&str> {
    report.survivors().map(|(mutant, _)| mutant.what.en.as_str()).collect()
}

/// Each change is made, and every example run: nothing is left out because an example was thought not to look there.
#[test]
fn a_change_is_noticed_where_an_example_comes_out_otherwise() {
    let policy = rent(&[]);
    let report = notice::report(&policy);
    let kinds: BTreeSet<Kind> = report.mutants.iter().map(|(mutant, _)| mutant.kind).collect();
    assert_eq!(kinds.len(), 12, "every kind of change can be made in the fixture: {kinds:?}");
    assert_eq!(report.mutants.len(), mutants(&policy).len());
    for (mutant, fate) in &report.mutants {
        let mut changed = policy.clone();
        mutant.apply(&mut changed);
        let trials = scenario::run(&changed);
        let noticing = trials.iter().find(|trial| !trial.differences.is_empty());
        let noticing = noticing.map(|trial| trial.scenario.name.as_str());
        let found = match fate {
            Fate::Noticed(name) => Some(name.as_str()),
            Fate::Survived(_) | Fate::Alike(_) => None,
        };
        assert_eq!(found, noticing, "{}", mutant.what.en);
    }
}

#[test]
fn a_survivor_is_noticed_once_the_example_is_there() {
    let before = rent(&[]);
    let before = notice::report(&before);
    let row = "a row of the table help began at «household size» = 6 instead of 5";
    let limit = "«highest income» were 6,000.01 riyals instead of 6,000.00 riyals";
    assert!(survivors(&before).is_superset(&BTreeSet::from([row, limit])), "{:?}", survivors(&before));

    // As the advice says.
    let after = rent(&[
        ("five", "tenant", "request.household.size = 5\n[expect]\nvalues.help_months = 12\nscore = 5"),
        ("a-halala-more", "tenant", "request.household.income = \"6000.01\"\n[expect]\nnot_met = [\"R-2\"]"),
        ("alone", "tenant", "request.household.size = 1\n[expect]\nmet = [\"R-2\"]"),
    ]);
    let after = notice::report(&after);
    assert_eq!(survivors(&after), BTreeSet::new());
    assert_eq!(after.score().0, after.score().1);
    // The score of the fixture never ends at its limit, and no household is smaller than one.
    assert_eq!(after.alike().count(), 4);
}

/// A fact as an example writes it.
fn written(policy: &Policy, tweak: &Tweak) -> String {
    let Tweak::Fact(slot, Some(value)) = tweak else { panic!("the fixture needs facts only: {tweak:?}") };
    let named = policy.vocabulary.get(*slot).unwrap();
    let value = match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if named.id == "household.income" => {
            format!("\"{}\"", number.over(Number::from(100)).unwrap())
        }
        Value::Number(number) => number.to_string(),
        other => panic!("{}: {other:?}", named.id),
    };
    format!("request.{} = {value}\n", named.id)
}

#[test]
fn the_advice_for_a_survivor_is_enough() {
    let policy = rent(&[]);
    let report = notice::report(&policy);
    assert_eq!(report.survivors().count(), 9);
    for (index, (mutant, fate)) in report.mutants.iter().enumerate() {
        let Fate::Survived(witness) = fate else { continue };
        let facts: String = witness.tweaks.iter().map(|tweak| written(&policy, tweak)).collect();
        let text = format!("{facts}[expect]\n{}", witness.expect.as_ref().unwrap());
        let mut advised = rent(&[("advised", &witness.example, &text)]);
        let differences = |policy: &Policy| {
            let example = policy.scenarios.iter().find(|scenario| scenario.name == "advised").unwrap();
            scenario::try_one(policy, example).differences
        };
        assert_eq!(differences(&advised), vec![], "{text}");
        mutants(&advised)[index].apply(&mut advised);
        assert_ne!(differences(&advised), vec![], "{}: {text}", mutant.what.en);
    }
}

#[test]
fn an_example_that_does_not_come_out_notices_nothing() {
    let policy = rent(&[("wrong", "tenant", "[expect]\nresult = \"not-met\"")]);
    let report = notice::report(&policy);
    assert_eq!(report.failing, 1);
    assert!(report.mutants.iter().all(|(_, fate)| *fate != Fate::Noticed("wrong".into())));
    assert_eq!(report.score(), notice::report(&rent(&[])).score());
}
