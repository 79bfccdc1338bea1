//! The real policy, and everything that can be done with a request to it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use mizan::diag::render::{self, Style};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::{evaluate, report, request};
use mizan::letter::{Occasion, compose};
use mizan::policy::{Policy, PolicyFile};
use mizan::source::Source;
use mizan::value::Lang;

const LANGS: [Lang; 2] = [Lang::Ar, Lang::En];

/// The files of the real policy, with one worked example: it must have one, and more of them only take time.
pub(crate) fn files() -> &'static [PolicyFile] {
    static FILES: OnceLock<Vec<PolicyFile>> = OnceLock::new();
    FILES.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = if here.ends_with("fuzz") { here.parent().unwrap() } else { here };
        let folder = root.join("policies/naba/1");
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
        paths.push(folder.join("scenarios/ordinary.toml"));
        paths.sort();
        let file = |path: &PathBuf| {
            let path = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(folder.join(&path)).unwrap();
            PolicyFile { source: Source::new(path.clone(), text), path }
        };
        paths.iter().map(file).collect()
    })
}

/// Everything that can be done with a request.
pub(crate) fn put(policy: &Policy, text: &str) {
    let source = Source::new("request", text);
    let request = match request::read(policy, &source) {
        Ok(request) => request,
        Err(problems) => {
            assert!(problems.has_errors(), "refused without a problem");
            for lang in LANGS {
                assert!(!render::report(&problems, lang, Style::Plain).is_empty());
            }
            render::value(&problems);
            for problem in &problems.0 {
                for (place, _) in problem.place.iter().chain(&problem.also) {
                    assert!(place.source.text.get(place.range.clone()).is_some(), "a place outside the file");
                }
            }
            return;
        }
    };
    let today = "2026-12-30".parse().unwrap();
    let evaluation = evaluate(policy, &request, today);
    let explanation = Explanation::new(policy, &request, &evaluation);
    let record = report::evaluation(policy, &request, &evaluation).to_string();
    let again = evaluate(policy, &request, today);
    assert_eq!(record, report::evaluation(policy, &request, &again).to_string(), "not the same twice");
    for ruling in &evaluation.rulings {
        let reason = explanation.reason(ruling);
        assert!(!reason.ar.is_empty() && !reason.en.is_empty(), "a ruling without a reason");
    }
    for lang in LANGS {
        explanation.text(lang);
        explanation.tree(lang);
        explanation.one_line(lang);
        for letter in &policy.letters {
            let occasion = Occasion { at: today.and_time(chrono::NaiveTime::MIN), trial: true };
            match compose(&explanation, &letter.id, lang, occasion) {
                Ok(letter) => assert!(!letter.title.is_empty()),
                Err(refusal) => assert!(!refusal.text().ar.is_empty() && !refusal.help().en.is_empty()),
            }
        }
    }
}
