//! Letters that are tried with everything they may have to say: what is found, and where.
//!
//! `tests/fixtures/proof/<code>/` holds what differs from `policies/base/1`, and the templates; `sound` has nothing wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mizan::app::proof::prove;
use mizan::diag::Code;
use mizan::letter::specimen::specimens;
use mizan::policy::About;
use mizan::workspace;

use crate::check::{base, checked, overlaid, shown};
use crate::naba::POLICY;

/// What is said of pages.
const CODES: [Code; 5] =
    [Code::LetterUnmade, Code::TemplateFault, Code::MissingGlyph, Code::OverfullLine, Code::TooManyPages];

#[test]
fn every_fault_of_a_page_is_told_where_it_stands() {
    let mut shown_codes = BTreeSet::new();
    for path in workspace::list(Path::new("tests/fixtures/proof")).unwrap() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (policy, notes) = match checked("relief/1", overlaid(&base(), &path)) {
            Ok(checked) => checked,
            Err(problems) => panic!("{name}: {}", shown(&problems)),
        };
        assert!(notes.0.is_empty(), "{name}: {}", shown(&notes));
        let proof = prove(&path, &policy).unwrap();
        let codes: BTreeSet<Code> = proof.problems.0.iter().map(|problem| problem.code).collect();
        if name == "sound" {
            // In two languages: each form with the most, then the least and a hundred.
            assert!(codes.is_empty() && proof.letters >= 10, "{} {}", proof.letters, shown(&proof.problems));
            continue;
        }
        let code = name.split('.').next().unwrap();
        assert_eq!(codes.iter().map(|code| code.name()).collect::<Vec<_>>(), [code], "{name}");
        shown_codes.extend(codes);
        insta::with_settings!({
            snapshot_path => &path.canonicalize().unwrap(), prepend_module_to_snapshot => false, omit_expression => true
        }, {
            insta::assert_snapshot!("problems", shown(&proof.problems));
        });
    }
    assert_eq!(shown_codes, BTreeSet::from(CODES), "tests/fixtures/proof has no folder for some code");
}

/// The letters of the real policy are set by `mizan check --letters` before it is released; here it is only counted what is tried.
#[test]
fn every_letter_is_tried_in_every_way_in_which_it_differs() {
    let mut counts = BTreeMap::new();
    for letter in &POLICY.letters {
        let tried = specimens(&POLICY, letter);
        assert_eq!(tried.refusal, None, "{}", letter.id);
        let of = |lang: &str| tried.specimens.iter().filter(|one| one.data.lang.tag() == lang).count();
        counts.insert(&letter.id, (of("ar"), of("en")));
        // What is about the policy and has no details says the same to everybody.
        let least = if letter.about == About::Policy && letter.details.is_empty() { 1 } else { 2 };
        assert!(of("ar") >= least && of("en") >= least, "{counts:?}");
        let says = |wanted: &str| {
            let data = tried.specimens.iter().map(|one| serde_json::to_string(&one.data.text).unwrap());
            data.filter(|text| text.contains(wanted)).count()
        };
        if letter.id == "L-01" {
            for form in ["أنا الموقِّع أدناه", "أنا الموقِّعة أدناه", "الموقِّع/الموقِّعة أدناه"]
            {
                assert!(says(form) > 0, "L-01 is not tried as «{form}»");
            }
        }
        if letter.id == "L-12" {
            let rules = POLICY.rules.iter().filter(|rule| says(&rule.id) > 0).count();
            assert!(rules > 5, "a decline is tried with {rules} reasons");
        }
    }
}
