//! Requests that cannot be read: what is said of them, all at once, in both languages.

use std::collections::BTreeSet;
use std::path::Path;

use mizan::app::{self, AppError};
use mizan::diag::Code;
use mizan::diag::render::{self, Style};
use mizan::value::Lang;
use mizan::workspace;

use crate::naba::{POLICY, stem};

/// What is said of a request file, in one language, as on the command line.
fn said(error: &AppError, lang: Lang) -> String {
    match error {
        AppError::Request(problems) => render::report(problems, lang, Style::Plain),
        AppError::Workspace(error) => format!("{}\n", error.text().get(lang)),
        AppError::NoPolicy { asked, known } => format!("no policy `{asked}` among {known:?}\n"),
        _ => panic!("{error:?}"),
    }
}

#[test]
fn whoever_wrote_a_request_is_told_what_to_mend() {
    let mut shown = BTreeSet::new();
    for path in workspace::list(Path::new("tests/fixtures/bad-requests")).unwrap() {
        let Err(error) = app::read_request(Path::new("."), &path, None) else {
            panic!("{} was read", path.display());
        };
        if let AppError::Request(problems) = &error {
            assert!(problems.has_errors());
            shown.extend(problems.0.iter().map(|problem| problem.code));
        }
        let name = format!("{}.{}", stem(&path), path.extension().unwrap().display());
        insta::assert_snapshot!(name, format!("{}\n{}", said(&error, Lang::Ar), said(&error, Lang::En)));
    }
    let of_requests = Code::ALL.iter().filter(|code| (Code::RequestSyntax..=Code::SaidTwice).contains(*code));
    let without: Vec<&str> =
        of_requests.filter(|code| !shown.contains(code)).map(|code| code.name()).collect();
    assert!(without.is_empty(), "no bad request shows {without:?}");
}

#[test]
fn problems_do_not_repeat_what_is_private() {
    let text = "policy = \"naba\"\nservice = \"S1\"\nsubmitted_at = 2026-12-06\n\n[applicant]\nnational_id = \"1987654320\"\nmobile = \"0112345678\"\n\n[utility]\niban = \"SA0380000000608010167510\"\n";
    let source = mizan::source::Source::new("request.toml", text);
    let problems = mizan::evaluation::request::read(&POLICY, &source).unwrap_err();
    assert_eq!(problems.0.len(), 3);
    for problem in &problems.0 {
        // The line of the file is shown to whoever wrote it; the message itself may be kept in a log.
        for secret in ["1987654320", "0112345678", "SA0380000000608010167510"] {
            for said in [&problem.message, problem.help.first().unwrap()] {
                assert!(!said.ar.contains(secret) && !said.en.contains(secret), "{said:?}");
            }
        }
    }
}

#[test]
fn a_file_that_is_too_large_or_too_deep_is_refused_and_nothing_breaks() {
    let folder = std::env::temp_dir().join(format!("mizan-requests-{}", std::process::id()));
    let try_one = |name: &str, text: &str| {
        let path = folder.join(name);
        workspace::write(&path, text.as_bytes()).unwrap();
        app::read_request(Path::new("."), &path, Some("naba")).map(|_| ()).unwrap_err()
    };
    let huge = "# a long comment\n".repeat(300_000);
    assert!(matches!(try_one("huge.toml", &huge), AppError::Workspace(_)));
    let head = "policy = \"naba\"\nservice = \"S1\"\nsubmitted_at = 2026-12-06\n";
    for depth in [100, 100_000] {
        let array = format!("{head}[household]\nmembers = {}{}\n", "[".repeat(depth), "]".repeat(depth));
        assert!(matches!(try_one("deep.toml", &array), AppError::Request(_)));
        let tables = format!("{head}household = {}1{}\n", "{ a = ".repeat(depth), "}".repeat(depth));
        assert!(matches!(try_one("deep.toml", &tables), AppError::Request(_)));
        let keys = format!("{head}{}a = 1\n", "a.".repeat(depth));
        assert!(matches!(try_one("deep.toml", &keys), AppError::Request(_)));
        let json = format!("{{\"policy\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(matches!(try_one("deep.json", &json), AppError::Request(_)));
        let json = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(matches!(try_one("deep.json", &json), AppError::Request(_)));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_day_is_read_with_its_time_and_with_any_name_of_its_month() {
    let born = |written: &str| {
        let text = format!(
            "{{\"service\": \"S1\", \"submitted_at\": \"2026-12-06\", \"applicant\": {{\"born\": \"{written}\"}}}}"
        );
        let source = mizan::source::Source::new("request.json", text);
        let request = mizan::evaluation::request::read(&POLICY, &source).ok()?;
        let value = request.value(POLICY.fact("applicant.born").unwrap().slot)?;
        match value {
            mizan::expression::program::Value::Date(date) => Some(date.to_string()),
            other => panic!("{other:?}"),
        }
    };
    for written in [
        "1980-01-19",
        "1980-01-19T10:00",
        "1980-01-19T10:00:00+03:00",
        "1 Rabi Thani 1400",
        "01/03/1400T09:30:00",
    ] {
        assert!(born(written).is_some(), "{written}");
    }
    assert_eq!(born("1 Rabi Thani 1400"), born("01/04/1400هـ"));
    for written in ["1980-01-19T", "1980-01-19T99:99", "1980-01-19T10:00 o'clock", "1980-01-19Thursday"] {
        assert_eq!(born(written), None, "{written}");
    }
}

#[test]
fn a_moment_keeps_its_time_in_whatever_calendar_its_day_is_written() {
    let submitted = |written: &str| {
        let text = format!("{{\"service\": \"S1\", \"submitted_at\": \"{written}\"}}");
        let source = mizan::source::Source::new("request.json", text);
        let request = mizan::evaluation::request::read(&POLICY, &source).ok()?;
        Some(request.submitted_at.to_string())
    };
    for written in [
        "2026-12-06T10:30",
        "2026-12-06 10:30:00",
        "2026-12-06T07:30:00Z",
        "٢٠٢٦-١٢-٠٦T١٠:٣٠",
        "2026-12-06t10:30:00+03:00",
        "1448-06-26T10:30",
        "26/06/1448 10:30",
        "26/06/1448 07:30:00Z",
        "٢٦ جمادى الآخرة ١٤٤٨هـ، ١٠:٣٠",
        "٢٦ جمادى الآخرة ١٤٤٨هـ  ١٠:٣٠ ",
        "6 December 2026, 10:30",
        "26 Jumada al-Akhirah 1448 AH 10:30:00",
    ] {
        assert_eq!(submitted(written).as_deref(), Some("2026-12-06 10:30:00"), "{written}");
    }
    assert_eq!(submitted("26/06/1448").as_deref(), Some("2026-12-06 00:00:00"));
    for written in
        ["26/06/1448 25:30", "26/06/1448 10:30 o'clock", "10:30", "31/06/1448 10:30", "T10:30", " 10:30"]
    {
        assert_eq!(submitted(written), None, "{written}");
    }
}
