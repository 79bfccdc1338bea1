//! The real policies: in order, their examples come out as they say, and no rule goes untried.

use std::collections::BTreeSet;
use std::path::Path;

use mizan::app;
use mizan::diag::render::{self, Style};
use mizan::evaluation::{Verdict, scenario};
use mizan::policy::Policy;
use mizan::value::Lang;

fn policies() -> Vec<Policy> {
    let revisions = app::revisions(Path::new("."), None).unwrap();
    let load = |revision: &app::RevisionFolder| match app::load(revision) {
        Ok((policy, notes)) => {
            assert!(!notes.has_errors());
            policy
        }
        Err(app::AppError::Policy(problems)) => {
            panic!("{}", render::report(&problems, Lang::En, Style::Plain))
        }
        Err(other) => panic!("{other:?}"),
    };
    revisions.iter().map(load).collect()
}

#[test]
fn every_example_comes_out_as_it_says() {
    for policy in policies() {
        for trial in scenario::run(&policy) {
            let differences: Vec<&str> = trial.differences.iter().map(|text| text.en.as_str()).collect();
            assert!(differences.is_empty(), "{} {}: {differences:?}", policy.id, trial.scenario.name);
        }
    }
}

#[test]
fn every_rule_is_fired_met_and_not_met_by_an_example() {
    for policy in policies() {
        let mut fired = BTreeSet::new();
        for trial in scenario::run(&policy) {
            for ruling in trial.evaluation.iter().flat_map(|evaluation| &evaluation.rulings) {
                fired.insert((ruling.rule, ruling.verdict));
            }
        }
        for (index, rule) in policy.rules.iter().enumerate() {
            assert!(fired.contains(&(index, Verdict::Met)), "{} {} is never met", policy.id, rule.id);
            // A rule without words for it cannot come to it: papers are complete, or not known to be.
            let may_fail = rule.not_met.is_some() || !rule.not_met_if.is_empty();
            let fails = fired.contains(&(index, Verdict::NotMet));
            assert_eq!(fails, may_fail, "{} {}: is it ever not met?", policy.id, rule.id);
        }
    }
}

#[test]
fn every_other_wording_of_not_met_is_said_by_an_example() {
    use mizan::evaluation::explain::Explanation;
    use mizan::evaluation::request::{self, Purpose};
    for policy in policies() {
        let mut said = BTreeSet::new();
        for trial in scenario::run(&policy) {
            let Some(evaluation) = trial.evaluation else { continue };
            let scenario = trial.scenario;
            let read = request::from_node(&policy, &scenario.source, &scenario.request, Purpose::Example);
            let request = read.unwrap();
            let explanation = Explanation::new(&policy, &request, &evaluation);
            let frame = explanation.frame().unwrap();
            for (rule, ruling) in explanation.rulings(Verdict::NotMet) {
                let holds = |(when, _): &(_, _)| frame.evaluate(when).as_bool() == Some(true);
                said.insert((ruling.rule, rule.not_met_if.iter().position(holds)));
            }
        }
        for (index, rule) in policy.rules.iter().enumerate() {
            let wordings = (0..rule.not_met_if.len()).map(Some).chain(rule.not_met.is_some().then_some(None));
            for wording in wordings {
                assert!(said.contains(&(index, wording)), "{} {}: {wording:?}", policy.id, rule.id);
            }
        }
    }
}
