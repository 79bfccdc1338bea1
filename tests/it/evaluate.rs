//! The sample requests: what an officer reads, and what a program reads.

use mizan::evaluation::explain::Explanation;
use mizan::evaluation::{evaluate, report};
use mizan::value::Lang;

use crate::naba::{POLICY, sample, samples, stem, today};

#[test]
fn an_officer_reads_what_the_policy_says() {
    for path in samples() {
        let request = sample(&path);
        let evaluation = evaluate(&POLICY, &request, today());
        let explanation = Explanation::new(&POLICY, &request, &evaluation);
        let (arabic, english) = (explanation.text(Lang::Ar), explanation.text(Lang::En));
        let json = format!("{:#}", report::evaluation(&POLICY, &request, &evaluation));
        // Which line of its file a condition stands on is nothing to a reader.
        let lines = json.lines().filter(|line| !line.trim_start().starts_with("\"line\": "));
        let json = lines.collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(stem(&path), format!("{arabic}\n----\n\n{english}\n----\n\n{json}"));
    }
}

#[test]
fn a_sentence_never_ends_twice_and_never_holds_a_placeholder() {
    let mut sentences = Vec::new();
    for path in samples() {
        let request = sample(&path);
        let evaluation = evaluate(&POLICY, &request, today());
        let explanation = Explanation::new(&POLICY, &request, &evaluation);
        for lang in [Lang::Ar, Lang::En] {
            sentences.push(explanation.text(lang));
            sentences.push(explanation.tree(lang));
        }
    }
    // Worked examples reach reasons that no sample does.
    for scenario in &POLICY.scenarios {
        let trial = mizan::evaluation::scenario::try_one(&POLICY, scenario);
        let Some(evaluation) = trial.evaluation else { continue };
        let purpose = mizan::evaluation::request::Purpose::Example;
        let read =
            mizan::evaluation::request::from_node(&POLICY, &scenario.source, &scenario.request, purpose);
        let request = read.unwrap();
        let explanation = Explanation::new(&POLICY, &request, &evaluation);
        sentences.extend([Lang::Ar, Lang::En].map(|lang| explanation.text(lang)));
    }
    for sentence in &sentences {
        for flaw in ["..", "،،", "، .", " .", " ،", "::", "  \n", "()", "{ar", "؟؟", "?؟", "؟?"] {
            assert!(!sentence.contains(flaw), "`{flaw}` in:\n{sentence}");
        }
    }
    let arabic = |text: &str| text.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter));
    let english = sentences.iter().filter(|sentence| sentence.starts_with("Request"));
    for text in english {
        assert!(!arabic(text), "Arabic letters in:\n{text}");
    }
}
