//! How an association begins: `mizan init`, the demonstration, and a board member's way from an e-mailed folder to a counted vote.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mizan::app::demo::{self, PASSPHRASE, Step};
use mizan::app::init::{self, Association, Seat};
use mizan::app::{self, draft, shipped};
use mizan::evaluation::explain::Explanation;
use mizan::evaluation::{evaluate, request, scenario};
use mizan::letter::{Matter, Occasion, compose};
use mizan::source::Source;
use mizan::value::{Date, Lang, Text};
use mizan::workspace;

use crate::approval::{PRIVACY, Scratch, copy};

const BINARY: &str = env!("CARGO_BIN_EXE_mizan");

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn seats() -> Vec<Seat> {
    let seats = ["huda=هدى الشمري / Huda Al-Shammari", "salem=سالم العتيبي / Salem Al-Otaibi"];
    seats.map(|seat| seat.parse().unwrap()).to_vec()
}

fn association(from: &str) -> Association {
    Association {
        id: "water-aid".to_owned(),
        name: Text::new("جمعية «الماء» \"التجريبية\"", "The \"Water\" \\ Association"),
        title: None,
        quorum: 2,
        members: seats(),
        logo: None,
        in_force_from: date(from),
    }
}

/// The folder of a new association.
fn begun(name: &str, from: &str) -> Scratch {
    let scratch = Scratch::new(name);
    init::init(Path::new("."), &scratch.0, &association(from)).unwrap();
    scratch
}

/// What a person sees after typing a line in a folder, with what they type when they are asked.
fn typed(folder: &Path, line: &str, answers: &str) -> (String, i32) {
    let path =
        format!("{}:{}", Path::new(BINARY).parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut child = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("COLUMNS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who is not asked reads nothing, and has ended perhaps.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    assert!(!said.contains("panicked"), "{line}\n{said}");
    (said, output.status.code().unwrap())
}

/// Keys and digests are others each time.
fn without_digests(text: &str) -> String {
    let is_hex = |word: &str| word.bytes().all(|sign| sign.is_ascii_hexdigit());
    let mut out = Vec::new();
    for line in text.split('\n') {
        let words = line.split(' ').map(|word| {
            let bare = word.trim_matches(['[', ']']);
            let is_short = bare.len() == 4 && is_hex(bare) && line.contains('[');
            if is_short
                || bare.len() == 64 && is_hex(bare)
                || bare.starts_with("AAAA")
                || bare.starts_with("SHA256:")
            {
                word.replace(bare, "…")
            } else {
                word.to_owned()
            }
        });
        out.push(words.collect::<Vec<_>>().join(" "));
    }
    out.join("\n")
}

#[test]
fn the_program_carries_what_the_source_holds() {
    for folder in ["policies/naba/1", "templates", "src/app/shipped"] {
        let carried: Vec<(String, Vec<u8>)> =
            shipped::under(folder).map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
        let there = workspace::read_folder(Path::new(folder)).unwrap();
        let there: Vec<(String, Vec<u8>)> = there.into_iter().map(|file| (file.path, file.bytes)).collect();
        assert!(carried.len() > 3 && carried == there, "the program carries another {folder}");
    }
}

#[test]
fn a_new_association_begins_with_a_policy_in_order() {
    let checked = |root: &Path, id: &str| {
        let (said, code) =
            typed(Path::new("."), &format!("mizan --root {} check {id} --questions", root.display()), "");
        assert_eq!(code, 0, "{said}");
        // What is found; where it stands differs with the length of a name.
        let found =
            said.lines().filter(|line| !line.starts_with([' ', '1', '2', '3', '4', '5', '6', '7', '8', '9']));
        found.collect::<Vec<_>>().join("\n")
    };
    let real = checked(Path::new("."), "naba");
    // Before the shipped policy begins, on its day, and long after it.
    for from in ["2026-09-01", "2026-12-01", "2027-06-01"] {
        let scratch = begun("begun", from);
        let said = checked(&scratch.0, "water-aid");
        let real = real.replace("naba 1", "water-aid 1");
        assert_eq!(said, real, "{from}");
        let (policy, _) = app::load(&app::revisions(&scratch.0, None).unwrap()[0]).unwrap();
        assert_eq!(policy.in_force_from, date(from));
        let frame = policy.frame.as_ref().unwrap();
        assert_eq!(frame.association, association(from).name, "quotes are written as they are said");
        assert!(frame.logo.is_none(), "nobody bears the picture of another");
        let trials = scenario::run(&policy);
        assert!(trials.len() > 200);
        let failed: Vec<_> = trials.iter().filter(|trial| !trial.differences.is_empty()).collect();
        assert!(failed.is_empty(), "{from}: {failed:?}");
        for file in workspace::read_folder(&scratch.0.join("policies/water-aid")).unwrap() {
            let text = String::from_utf8(file.bytes).unwrap();
            for name in ["naba", "Naba", "جمعية نبع"] {
                assert!(!text.contains(name), "{} speaks of {name}", file.path);
            }
        }
    }
}

#[test]
fn an_association_brings_its_picture_and_title() {
    let scratch = Scratch::new("with-logo");
    let logo = scratch.0.join("ours.SVG");
    std::fs::copy("policies/library/1/logo.svg", &logo).unwrap();
    let title = Text::new("سياسة السقيا", "Water policy");
    let wanted = Association { logo: Some(logo), title: Some(title.clone()), ..association("2026-12-01") };
    let draft = init::init(Path::new("."), &scratch.0.join("new"), &wanted).unwrap();
    let (policy, _) = app::load(&app::revisions(&scratch.0.join("new"), None).unwrap()[0]).unwrap();
    assert_eq!(policy.title, title);
    assert!(policy.frame.unwrap().logo.is_some());
    assert_eq!(
        workspace::read_bytes(&draft.join("logo.svg")).unwrap(),
        workspace::read_bytes(Path::new("policies/library/1/logo.svg")).unwrap()
    );
}

#[test]
fn what_cannot_be_begun_is_refused_and_nothing_is_lost() {
    let scratch = Scratch::new("refused-init");
    std::fs::write(scratch.0.join("minutes.txt"), "ours").unwrap();
    std::fs::create_dir(scratch.0.join("hidden")).unwrap();
    std::fs::write(scratch.0.join("hidden/.keep"), "").unwrap();
    let all = "--id water-aid --name-ar أ --name-en A --member huda=ه/H --quorum 1";
    let mut seen = String::new();
    for line in [
        format!("mizan init . {all}"),
        format!("mizan init hidden {all}"),
        format!("mizan init minutes.txt {all}"),
        "mizan demo .".to_owned(),
        "mizan init new --name-ar أ --member huda=ه".to_owned(),
        "mizan init new --id Water --name-ar أ --name-en A --member huda=ه --quorum 1".to_owned(),
        "mizan init new --id ../up --name-ar أ --name-en A --member huda=ه --quorum 1".to_owned(),
        "mizan init new --id a --name-ar '' --name-en A --member huda=ه --quorum 1".to_owned(),
        "mizan init new --id a --name-ar أ --name-en '{A}' --member huda=ه --quorum 1".to_owned(),
        "mizan init new --id a --name-ar أ --name-en A --member huda=ه --quorum 2".to_owned(),
        "mizan init new --id a --name-ar أ --name-en A --member huda=ه --member huda=و --quorum 1".to_owned(),
        "mizan init new --id a --name-ar أ --name-en A --member huda=ه --member salem=ه --quorum 1".to_owned(),
        "mizan init new --id a --name-ar أ --name-en A --member هدى --quorum 1".to_owned(),
        format!("mizan init new {all} --logo minutes.txt"),
        format!("mizan init new {all} --logo none.svg"),
        "cp minutes.txt logo.svg; mizan init new --id a --name-ar أ --name-en A --member huda=ه --quorum 1 --logo logo.svg; e=$?; rm logo.svg; exit $e".to_owned(),
    ] {
        for lang in ["ar", "en"] {
            let (said, code) = typed(&scratch.0, &line.replace("mizan ", &format!("mizan --lang {lang} ")), "");
            assert_ne!(code, 0, "{line}\n{said}");
            seen += &format!("$ {line}\n{said}[exit {code}]\n\n");
        }
        let left: Vec<String> =
            workspace::read_folder(&scratch.0).unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(left, ["minutes.txt"], "{line}");
        assert!(!scratch.0.join("new").exists(), "{line}");
    }
    assert_eq!(std::fs::read_to_string(scratch.0.join("minutes.txt")).unwrap(), "ours");
    insta::assert_snapshot!(seen);
}

#[test]
fn at_a_terminal_what_no_option_says_is_asked_for() {
    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let scratch = Scratch::new("asked");
    let answers = "جمعية الماء\nWater Aid\nWater\nwater-aid\nnone.svg\n\n\nهدى\nhuda=هدى الشمري / Huda Al-Shammari\nhuda=أخرى\nsalem=سالم\n\n3\n2\n01/12/2026\n";
    let line = format!("script -qec '{BINARY} --lang en init new' /dev/null");
    let (said, code) = typed(&scratch.0, &line, answers);
    assert_eq!(code, 0, "{said}");
    // The terminal shows what is typed as well, whenever it comes.
    let asked: Vec<String> = said
        .replace('\r', "")
        .replace(&(workspace::now().date() + chrono::Days::new(30)).to_string(), "IN-THIRTY-DAYS")
        .replace(": ", ":\n")
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty() && !answers.lines().any(|answer| answer == line))
        .collect();
    insta::assert_snapshot!(asked.join("\n"));
    let (policy, _) = app::load(&app::revisions(&scratch.0.join("new"), None).unwrap()[0]).unwrap();
    assert_eq!((policy.id.as_str(), policy.in_force_from), ("water-aid", date("2026-12-01")));
    let board = app::policy::home(&scratch.0.join("new"), None).unwrap().board().unwrap();
    assert_eq!((board.quorum, board.members.len()), (2, 2));
    assert_eq!(board.member("salem").unwrap().name, Text::same("سالم"));
}

#[test]
fn keys_and_answers_are_written_where_they_belong_or_refused() {
    let scratch = begun("keys", "2026-12-01");
    let home = scratch.0.join("policies/water-aid");
    let untouched = workspace::read_folder(&home).unwrap();
    std::fs::write(scratch.0.join("text.pub"), "ssh-rsa AAAA").unwrap();
    let two = format!("{PASSPHRASE}\n{PASSPHRASE}\n");
    for member in ["huda", "salem"] {
        typed(&scratch.0, &format!("mizan board new-key {member}"), &two);
    }
    let mut seen = String::new();
    let mut run = |line: &str, exit: i32| {
        for lang in ["ar", "en"] {
            let (said, code) =
                typed(&scratch.0, &line.replace("mizan ", &format!("mizan --lang {lang} ")), &two);
            assert_eq!(code, exit, "{line}\n{said}");
            seen += &format!("$ {line}\n{}\n", without_digests(&said));
            // What is done is done once.
            if exit == 0 {
                break;
            }
        }
    };
    run("mizan board add-key hoda huda.pub", 1);
    run("mizan board add-key huda huda.key", 1);
    run("mizan board add-key huda text.pub", 1);
    run("mizan board add-key huda none.pub", 1);
    run("mizan policy decide DR-99=both", 1);
    run("mizan policy decide DR-01=never", 1);
    run("mizan policy decide DR-01", 1);
    run("mizan policy decide =both", 1);
    assert!(untouched == workspace::read_folder(&home).unwrap(), "what is refused writes nothing");
    run("mizan board add-key huda huda.pub --from 2026-11-01", 0);
    run("mizan board add-key salem huda.pub --from 2026-11-01", 2);
    run("mizan board add-key salem salem.pub --from 2026-11-01", 0);
    run("mizan policy decide DR-01=earliest DR-02=everyone", 0);
    // A board may think again.
    run("mizan policy decide DR-01=latest", 0);
    insta::assert_snapshot!(seen);

    let path = "policies/water-aid/1/interpretations.toml";
    let before = std::fs::read_to_string(Path::new("policies/naba/1/interpretations.toml")).unwrap();
    let after = std::fs::read_to_string(scratch.0.join(path)).unwrap();
    let added: Vec<&str> = after.lines().filter(|line| !before.lines().any(|old| old == *line)).collect();
    assert_eq!(added, ["chosen = \"latest\"", "chosen = \"everyone\""]);
    assert_eq!(after.lines().count(), before.lines().count() + 2, "and nothing else is touched");
    let everything =
        draft::Decision { as_proposed: true, confirm_assumptions: true, ..draft::Decision::default() };
    let decided = draft::decide(&scratch.0, None, &everything).unwrap();
    assert_eq!((decided.open, decided.chosen.len()), (0, 36), "what was answered stays");
    assert!(decided.confirmed > 100);
    let (policy, _) = app::load(&app::revisions(&scratch.0, None).unwrap()[0]).unwrap();
    assert!(scenario::run(&policy).iter().all(|trial| trial.differences.is_empty()));
    assert!(
        std::fs::read_to_string(scratch.0.join("policies/water-aid/1/calendar.toml"))
            .unwrap()
            .contains("assumption")
    );
}

/// Commands as a person types them one after the other, and what each prints; `cd` stays.
fn transcript(folder: &Path, lines: &str) -> String {
    let mut at = folder.to_owned();
    let mut seen = String::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        seen += &format!("$ {line}\n");
        match line.strip_prefix("cd ") {
            Some(to) => at = at.join(to),
            None => {
                let (said, code) = typed(&at, line, &format!("{PASSPHRASE}\n{PASSPHRASE}\n"));
                assert_eq!(code, 0, "{line}\n{said}");
                seen += &without_digests(&said);
            }
        }
    }
    seen
}

/// A board of two that has no keys yet, with a policy of one page.
fn small(root: &Path) {
    let made = root.with_extension("made");
    let draft = init::init(Path::new("."), &made, &association("2026-12-01")).unwrap();
    let home = root.join("policies/relief");
    copy(Path::new("tests/fixtures/policies/base/1"), &home.join("1"));
    copy(&made.join("templates"), &root.join("templates"));
    let board = workspace::read_bytes(&draft.parent().unwrap().join("board.toml")).unwrap();
    workspace::write(&home.join("board.toml"), &board).unwrap();
    let edit = |path: &str, edit: &dyn Fn(String) -> String| {
        let path = home.join("1").join(path);
        let text = edit(workspace::read_text(&path).unwrap());
        workspace::write(&path, text.as_bytes()).unwrap();
    };
    edit("scenarios/ordinary.toml", &|text| text.replace("income = 4000", "income = 3200"));
    edit("clauses.toml", &|text| text + PRIVACY);
    std::fs::remove_dir_all(made).unwrap();
}

#[test]
fn a_member_votes_with_few_commands() {
    for lang in ["ar", "en"] {
        let scratch = Scratch::new(&format!("member-{lang}"));
        let there = |inside: &str| scratch.0.join(inside);
        small(&there("secretary"));
        let say = |lines: &str| lines.replace("mizan ", &format!("mizan --lang {lang} "));
        // Long before: keys.
        std::fs::create_dir(there("huda")).unwrap();
        std::fs::create_dir(there("salem")).unwrap();
        transcript(&there("huda"), "mizan board new-key huda");
        transcript(&there("salem"), "mizan board new-key salem");
        let mut seen = transcript(
            &there("secretary"),
            &say("mizan policy status
mizan board add-key huda ../huda/huda.pub --from 2026-11-01
mizan board add-key salem ../salem/salem.pub --from 2026-11-01
mizan policy status
mizan policy propose --meeting 1 --resolution 1/1448 --on 2026-11-02"),
        );
        seen += "\n(the folder is e-mailed to each member)\n\n";
        for member in ["huda", "salem"] {
            transcript(&scratch.0, &format!("cp -r secretary {member}/mizan"));
        }
        let huda = transcript(
            &there("huda"),
            &say("cd mizan
mizan policy status
mizan policy vote --approve --as huda --key ../huda.key --on 2026-11-03"),
        );
        seen += &huda;
        let salem = transcript(
            &there("salem"),
            &say("cd mizan
mizan policy vote --reject --note 'الحدُّ منخفض' --as salem --key ../salem.key --on 2026-11-04"),
        );
        // Both come back, by different ways; each changed only files of its own.
        seen += "\n(two files of each member come back)\n\n";
        let votes = "policies/relief/1.proposal/votes";
        let back = transcript(
            &there("secretary"),
            &say(&format!(
                "cp ../huda/mizan/{votes}/huda.txt* {votes}
mizan policy status"
            )),
        );
        seen += &back;
        assert!(huda.matches("$ ").count() + back.matches("$ ").count() < 6, "six commands with the count");
        drop(salem);
        let (said, code) = typed(&there("secretary"), &say("mizan policy approve --on 2026-11-05"), "");
        assert_eq!(code, 2, "one of two is no quorum\n{said}");
        seen += &said;
        let back = say(&format!("cp ../salem/mizan/{votes}/salem.txt* {votes}\nmizan policy status"));
        seen += &transcript(&there("secretary"), &back);
        insta::assert_snapshot!(format!("member.{lang}"), seen);
    }
}

#[test]
fn the_demonstration_shows_the_commands_that_it_types() {
    let scratch = Scratch::new("demo-shown");
    let (said, code) = typed(&scratch.0, "mizan demo shown", "");
    assert_eq!(code, 0, "{said}");
    for word in [
        PASSPHRASE,
        "نتيجة التطبيق: مستوفٍ",
        "نتيجة التطبيق: غير مكتمل",
        "نتيجة التطبيق: غير مستوفٍ",
        "\nخطاب صحيح",
        "كل ما اعتُمد قائمٌ كما اعتُمد",
    ] {
        assert!(said.contains(word), "{word} is not in\n{said}");
    }
    let steps = demo::steps(workspace::now().date(), Lang::Ar);
    let commands = steps.iter().flat_map(|step| &step.commands);
    let printed = said.lines().filter_map(|line| line.strip_prefix("$ ")).skip(1);
    assert_eq!(
        printed.collect::<Vec<_>>(),
        commands.map(|command| command.line.as_str()).collect::<Vec<_>>()
    );
    for letter in ["L-03", "L-04", "L-11", "L-12"] {
        official(&scratch.0.join(format!("shown/letters/{letter}.pdf")));
    }
    let shown = scratch.0.join("shown");
    let (said, code) = typed(&shown, "mizan policy verify --commands | sh", "");
    assert_eq!((code, said.matches("Good \"mizan-policy\"").count()), (0, 3), "{said}");
    let (said, _) = typed(&shown, "mizan --lang en guide", "");
    assert!(said.contains("approved by the board, in force") && !said.contains("DRAFT"), "{said}");
}

#[test]
fn a_shell_reads_the_commands_of_the_demonstration_as_it_runs_them() {
    // They are run as processes of their own: with the same words a person gets the same.
    for lang in Lang::ALL {
        for command in demo::steps(workspace::now().date(), lang).iter().flat_map(|step| &step.commands) {
            let line = format!("set -- {}; printf '%s\\n' \"$@\"", command.line);
            let (said, code) = typed(Path::new("."), &line, "");
            assert_eq!(code, 0, "{line}");
            assert_eq!(said.lines().collect::<Vec<_>>(), command.words, "{}", command.line);
        }
    }
}

/// A letter without the mark of a trial.
fn official(pdf: &Path) {
    let text = Command::new("pdftotext").arg(pdf).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.len() > 200, "{}", pdf.display());
    assert!(!text.contains("TRIAL") && !text.contains("تجربة"), "{} bears a watermark", pdf.display());
}

#[test]
fn the_commands_of_the_demonstration_read_as_they_are_typed() {
    let mut seen = String::new();
    for Step { what, commands } in demo::steps(date("2027-01-31"), Lang::Ar) {
        seen += &format!("{}\n{}\n", what.ar, what.en);
        for command in commands {
            seen += &format!("  $ {} [{} {:?}]\n", command.line, command.exit, command.shown);
        }
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn the_demonstration_comes_out_on_any_day() {
    let scratch = Scratch::new("any-day");
    let association = Association { id: "example".to_owned(), ..association("2026-09-01") };
    init::init(Path::new("."), &scratch.0, &association).unwrap();
    let everything =
        draft::Decision { as_proposed: true, confirm_assumptions: true, ..draft::Decision::default() };
    draft::decide(&scratch.0, None, &everything).unwrap();
    let (policy, _) = app::load(&app::revisions(&scratch.0, None).unwrap()[0]).unwrap();
    // Every weekday, across Ramadan, both Eids and the end of two years; the shipped calendar ends with 2028.
    let days = (0..145).map(|step| date("2026-11-23") + chrono::Days::new(step * 5));
    for today in days {
        let folder = scratch.0.join(today.to_string());
        demo::requests(&folder, today).unwrap();
        for (name, result, letters) in [
            ("approved.toml", "met", vec!["L-11"]),
            ("incomplete.toml", "incomplete", vec!["L-03", "L-04"]),
            ("declined.toml", "not-met", vec!["L-12"]),
        ] {
            let path = folder.join("requests").join(name);
            let source = Source::new(name, workspace::read_text(&path).unwrap());
            let request = request::read(&policy, &source).unwrap();
            let evaluation = evaluate(&policy, &request, today);
            assert_eq!(evaluation.result.name(), result, "{today} {name}");
            let explanation = Explanation::new(&policy, &request, &evaluation);
            for letter in letters {
                let occasion = Occasion { at: today.and_hms_opt(9, 0, 0).unwrap(), trial: false };
                if let Err(refusal) = compose(Matter::Request(&explanation), letter, Lang::Ar, occasion) {
                    panic!("{today} {letter}: {}", refusal.text().en);
                }
            }
        }
    }
}
