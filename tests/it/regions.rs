//! Where the answer changes between two revisions, held against evaluating cases one by one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mizan::policy::Policy;
use mizan::revision::regions::invariant::{self, Standing};
use mizan::revision::regions::{Agreement, Method, Regions, agreement};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::check::files;
use crate::revise::{cases, pair, policy, root};

fn sound(agreement: &Agreement, name: &str) {
    let wrong = &agreement.disagreements;
    assert!(wrong.is_empty(), "{name}: {} of {agreement:?}", wrong.len());
}

#[test]
fn regions_of_the_shipped_policy_agree_with_100_000_households() {
    let before = files(&root().join("policies/naba/1"));
    let mut after = before.clone();
    let limits = after.get_mut("parameters.toml").unwrap();
    *limits = limits.replace("= 1200\n", "= 1000\n").replace("\"villages\", \"hamlets\"]", "\"villages\"]");
    let (before, after) = (policy("naba/1", &before), policy("naba/1", &after));
    let found = agreement(&before, &after, 10_000, 20_000);
    sound(&found, "naba");
    assert!(found.households >= 100_000 && found.inside > 2_000, "{found:?}");
    assert_eq!(found.sampled, 0);
}

/// Every pair of the fixtures: what the regions say comes out.
#[test]
fn regions_of_every_pair_agree_with_households() {
    let mut solved = 0;
    let mut sampled = 0;
    for (name, path) in cases() {
        let (_, before, after) = pair(&path);
        let found = agreement(&before, &after, 30, 500);
        sound(&found, &name);
        solved += found.solved;
        sampled += found.sampled;
    }
    assert!(solved > 300 && sampled * 20 < solved, "{solved} solved, {sampled} sampled");
}

/// A table over numbers, a choice and a yes or no, of which the first row that fits counts.
#[derive(Debug, Clone)]
struct Rows(Vec<[(u8, u8, u8); 4]>);

fn policy_of(rows: &Rows) -> Policy {
    let mut all: BTreeMap<String, String> = files(&root().join("tests/fixtures/policies/base/1"));
    all.retain(|path, _| {
        matches!(
            path.as_str(),
            "policy.toml" | "clauses.toml" | "units.toml" | "services.toml" | "procedure.toml"
        )
    });
    all.insert(
        "facts.toml".into(),
        "[a.one]\ntype = \"integer\"\nrange = \"0..=20\"\nlabel = { ar = \"أول\", en = \"one\" }\n\
         [a.two]\ntype = \"money\"\nrange = \"0..=20\"\nlabel = { ar = \"ثان\", en = \"two\" }\n\
         [a.three]\ntype = \"choice\"\nchoice.x = { ar = \"س\", en = \"x\" }\nchoice.y = { ar = \"ص\", en = \"y\" }\nchoice.z = { ar = \"ع\", en = \"z\" }\nlabel = { ar = \"ثالث\", en = \"three\" }\n\
         [a.four]\ntype = \"bool\"\nlabel = { ar = \"رابع\", en = \"four\" }\n"
            .into(),
    );
    let mut text = "[table.t]\ngiven = [\"a.one\", \"a.two\", \"a.three\", \"a.four\"]\nhit = \"first\"\n\
        justification = { ar = \"تجربة\", en = \"a try\" }\n\
        gives.out = { type = \"choice\", label = { ar = \"جواب\", en = \"out\" }, choice.p = { ar = \"أ\", en = \"p\" }, choice.q = { ar = \"ب\", en = \"q\" } }\nrow = [\n"
        .to_owned();
    for row in &rows.0 {
        let mut cells = Vec::new();
        for ((kind, low, high), name) in row.iter().zip(["a.one", "a.two", "a.three", "a.four"]) {
            let (low, high) = (low.min(high), low.max(high));
            let cell = match (name, kind % 6) {
                (_, 0) => continue,
                ("a.three", kind) => format!("[\"{}\"]", ["x", "y", "z"][usize::from(kind % 3)]),
                ("a.four", kind) => (kind % 2 == 0).to_string(),
                (_, 1) => format!("\"{low}..={high}\""),
                (_, 2) => format!("\">= {low}\""),
                (_, 3) => format!("\"< {}\"", high + 1),
                (_, 4) => format!("\"> {low}\""),
                (..) => format!("\"= {low}\""),
            };
            cells.push(format!("\"{name}\" = {cell}"));
        }
        let out = if row[0].1 % 2 == 0 { "p" } else { "q" };
        cells.push(format!("out = \"{out}\""));
        writeln!(text, "  {{ {} }},", cells.join(", ")).unwrap();
    }
    text.push_str("  { out = \"p\" },\n]\n[rule.R]\nkind = \"eligibility\"\nclause = \"3.1\"\nsource = \"board\"\ntitle = { ar = \"قاعدة\", en = \"rule\" }\nrequire = 'out == \"p\"'\nmet = { ar = \"نعم\", en = \"yes\" }\nnot_met = { ar = \"لا\", en = \"no\" }\nunknown = { ar = \"{missing}\", en = \"{missing}\" }\n");
    all.insert("rules.toml".into(), text);
    policy("relief/1", &all)
}

#[test]
fn regions_of_200_generated_tables_agree_with_every_corner_and_households() {
    let row = prop::array::uniform4((0_u8..6, 0_u8..20, 0_u8..20));
    let tables = (
        prop::collection::vec(row.clone(), 1..10),
        prop::collection::vec((any::<prop::sample::Index>(), row), 1..4),
    );
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner =
        TestRunner::new_with_rng(Config { cases: 200, failure_persistence: None, ..Config::default() }, rng);
    let (mut changed, mut corners, mut households) = (0, 0, 0);
    let tally = std::cell::RefCell::new((&mut changed, &mut corners, &mut households));
    runner
        .run(&tables, |(rows, edits)| {
            let mut edited = rows.clone();
            for (at, row) in edits {
                let at = at.index(edited.len());
                edited[at] = row;
            }
            // A row that nothing reaches is refused, as it should be: such a pair is not tried.
            let made = std::panic::catch_unwind(|| (policy_of(&Rows(rows)), policy_of(&Rows(edited))));
            let Ok((before, after)) = made else { return Err(TestCaseError::reject("unreachable row")) };
            let found = agreement(&before, &after, 500, 20_000);
            prop_assert!(found.disagreements.is_empty(), "{found:?}");
            let regions = Regions::new(&before, &after);
            for answer in &regions.answers {
                prop_assert_eq!(answer.method, Method::Exact);
                for region in &answer.regions {
                    prop_assert!(region.example.is_some(), "{region:?}");
                }
            }
            let mut tally = tally.borrow_mut();
            *tally.0 += usize::from(!regions.answers.is_empty());
            *tally.1 += found.corners;
            *tally.2 += found.households;
            Ok(())
        })
        .unwrap();
    assert!(changed > 50 && corners > 20_000 && households > 50_000, "{changed} {corners} {households}");
}

/// A promise about the shipped policy, and what is known of it.
#[test]
fn what_must_hold_is_proven_or_answered_with_two_cases() {
    let mut files = files(&root().join("policies/naba/1"));
    let cases = [
        ("household.monthly_income", "less", "result", "proven"),
        ("household.monthly_income", "less", "score", "proven"),
        ("household.monthly_income", "more", "result", "broken"),
        ("household.monthly_income", "more", "score", "broken"),
        ("household.monthly_rent", "more", "result", "proven"),
        ("household.monthly_rent", "less", "result", "broken"),
        ("water.days_without", "more", "result", "proven"),
        ("water.days_without", "more", "score", "proven"),
        ("water.days_without", "less", "score", "broken"),
        ("dwelling.distance", "more", "score", "proven"),
        ("applicant.born", "less", "result", "proven"),
        ("applicant.born", "more", "result", "broken"),
        // How large a tank a household needs stands in a table, of which nobody proves that it never falls.
        ("household.size", "more", "result", "tried"),
    ];
    let mut text = String::new();
    for (index, (of, when, measure, _)) in cases.iter().enumerate() {
        writeln!(
            text,
            "[invariant.i{index}]\nsays = {{ ar = \"وعد\", en = \"a promise\" }}\nwhen = \"{when}\"\nof = \"{of}\"\nnever_worse = [\"{measure}\"]"
        )
        .unwrap();
    }
    files.insert("invariants.toml".into(), text);
    let held = invariant::look(&policy("naba/1", &files));
    assert_eq!(held.len(), cases.len());
    for (held, case) in held.iter().zip(cases) {
        let found = match &held.standing {
            Standing::Proven => "proven",
            Standing::Broken(_) => "broken",
            Standing::Tried(..) => "tried",
        };
        assert_eq!(found, case.3, "{case:?}: {:?}", held.standing);
    }
    insta::assert_snapshot!(
        "two_cases",
        mizan::diag::render::report(
            &invariant::lint(&held),
            mizan::value::Lang::En,
            mizan::diag::render::Style::Plain
        )
    );
}
