//! Letters that announce an approved revision: what they say of it comes from the register, and only once it is approved.

use mizan::app::policy::{self, State};
use mizan::app::{self, AppError, Asked, Made, Under, Variant, Wanted, When};
use mizan::letter::Refusal;
use mizan::letter::data::{LetterData, Piece, Runs};
use mizan::revision::statement::Vote;
use mizan::value::Lang;
use mizan::workspace;

use crate::approval::{House, code, date, masked, told};

/// A house whose policy has a resolution and a circular; nothing is approved yet.
fn house(name: &str) -> House {
    let house = House::new(name);
    let more = workspace::read_text("tests/fixtures/announced/letters.toml".as_ref()).unwrap();
    house.write("1/letters.toml", &(house.read("1/letters.toml") + more.as_str()));
    let patient = house.read("board.toml").replace("[\"minute\"]", "[\"minute\", \"circulation\"]");
    house.write("board.toml", &patient);
    house
}

/// What is said by hand, and of which revision.
#[derive(Clone, Copy, Default)]
struct Said<'a> {
    details: &'a str,
    policy: Option<&'a str>,
}

fn letter(
    house: &House,
    id: &str,
    on: &str,
    lang: Lang,
    said: Said<'_>,
    under: Under,
) -> Result<Made, AppError> {
    let path = house.root().join("details.toml");
    workspace::write(&path, format!("policy = \"relief\"\n[letters.{id}]\n{}", said.details).as_bytes())
        .unwrap();
    let request = Some(path.as_path()).filter(|_| !said.details.is_empty());
    let when = When::On(date(on));
    let wanted = Wanted { letter: id, request, policy: said.policy, lang, when, variant: Variant::default() };
    app::letter_under(house.root(), &wanted, Asked { when, under, today: date("2027-02-10") })
}

fn made(house: &House, id: &str, on: &str, lang: Lang, said: Said<'_>) -> LetterData {
    let made = letter(house, id, on, lang, said, Under::InForce);
    made.unwrap_or_else(|error| panic!("{id}: {}", told(&error))).letter
}

/// Everything that a letter says.
fn words(letter: &LetterData) -> String {
    let line = |runs: &Runs| runs.iter().map(mizan::letter::data::Run::text).collect::<String>();
    let mut said: Vec<String> = letter.subject.iter().map(line).collect();
    for (name, piece) in &letter.text {
        match piece {
            Piece::One(runs) => said.push(format!("{name}: {}", line(runs))),
            Piece::Each(all) => said.extend(all.iter().map(|runs| format!("{name}: {}", line(runs)))),
        }
    }
    for (name, table) in &letter.table {
        let row = |row: &Vec<Runs>| row.iter().map(line).collect::<Vec<_>>().join(" | ");
        said.push(format!("{name}: {}", row(&table.head)));
        said.extend(table.rows.iter().map(|cells| format!("  {}", row(cells))));
    }
    said.push(format!("{}trial: {}", line(&letter.frame.basis), letter.trial));
    // Digests hang on templates that others change.
    let short = |text: &str| {
        let mut left = 0;
        let words = text.split(' ').filter_map(|word| {
            let bare = word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric());
            let is_group = bare.len() == 4
                && bare.bytes().all(|sign| sign.is_ascii_hexdigit())
                && !bare.starts_with("20");
            left = if is_group { left + 1 } else { 0 };
            if left > 1 {
                None
            } else if is_group {
                Some("…")
            } else {
                Some(word)
            }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    said.iter().map(|line| short(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_resolution_and_a_circular_say_what_the_register_says() {
    let house = house("announced");
    house.propose("2026-11-01").unwrap_or_else(|error| panic!("{}", told(&error)));
    for (member, vote) in [("huda", Vote::Approve), ("salem", Vote::Approve)] {
        house.vote(member, vote, "2026-11-02").unwrap();
    }
    house.enter("2026-11-03").unwrap();
    let mut said = Vec::new();
    let none = Said::default();
    for lang in Lang::ALL {
        let first = made(&house, "RES", "2026-11-03", lang, Said { details: "report = 90", ..none });
        assert!(!first.trial);
        said.push(words(&first));
    }
    // The next one, before it is in force: against one vote, with a reading that the board chose.
    house.next("2027-01-10", "1000", "2027-02-01", "favourable");
    let questions = house.read("2/interpretations.toml").replacen(
        "proposed = \"after\"",
        "proposed = \"after\"\nchosen = \"before\"",
        1,
    );
    house.write("2/interpretations.toml", &questions);
    let reasons = "[why.income_limit]\nar = \"ضاق ما يُصرف منه\"\nen = \"There is less to give.\"\n";
    house.write("2/changes.toml", reasons);
    house.propose("2027-01-10").unwrap_or_else(|error| panic!("{}", told(&error)));
    for (member, vote) in [("huda", Vote::Approve), ("salem", Vote::Reject), ("noura", Vote::Approve)] {
        house.vote(member, vote, "2027-01-11").unwrap();
    }
    house.enter("2027-01-12").unwrap();
    assert_eq!(code(letter(&house, "CIRC", "2027-01-12", Lang::Ar, none, Under::InForce)), "not-circulated");
    house.circulate("2027-01-13").unwrap();
    assert_eq!(policy::status(house.root(), None, date("2027-01-13")).unwrap().0[1].state, State::Circulated);
    for lang in Lang::ALL {
        said.push(words(&made(&house, "RES", "2027-01-13", lang, none)));
        said.push(words(&made(&house, "CIRC", "2027-01-13", lang, none)));
    }
    insta::assert_snapshot!(masked(&said.join("\n\n")));
    // The first can be made again, and is as it was.
    let first = Said { details: "report = 90", policy: Some("relief/1") };
    assert_eq!(words(&made(&house, "RES", "2026-11-03", Lang::Ar, first)), said[0]);
    // On paper, with the templates that were approved.
    let resolution = letter(&house, "RES", "2027-01-13", Lang::Ar, none, Under::InForce).unwrap();
    assert!(resolution.folder.ends_with("relief/2"));
    app::set_made(house.root(), &resolution, app::Pictures::No).unwrap_or_else(|error| panic!("{error:?}"));
    // Both languages side by side, each in its own words.
    let when = When::On(date("2027-01-13"));
    let variant = Variant { bilingual: true, ..Variant::default() };
    let wanted = Wanted { letter: "RES", request: None, policy: None, lang: Lang::Ar, when, variant };
    let asked = Asked { when, under: Under::InForce, today: date("2027-02-10") };
    let both = app::letter_under(house.root(), &wanted, asked).unwrap().letter;
    assert_eq!(words(&both), said[2]);
    assert_eq!(words(&both.beside.unwrap()), said[4]);
}

#[test]
fn nothing_is_announced_but_what_was_approved() {
    let house = house("announced-not");
    let none = Said::default();
    let refused =
        |id: &str, on: &str, said: Said<'_>| code(letter(&house, id, on, Lang::En, said, Under::InForce));
    // Nothing is approved: as any letter, by hand and as a trial.
    let lacking = letter(&house, "CIRC", "2026-11-01", Lang::En, none, Under::InForce).unwrap_err();
    assert!(matches!(lacking, AppError::Letter(Refusal::Lacking(_))), "{lacking:?}");
    let by_hand = Said {
        details: "known_by = 2026-11-20\nchanges = [{ was = 'a', becomes = 'b', why = 'c' }]",
        ..none
    };
    assert!(made(&house, "CIRC", "2026-11-01", Lang::En, by_hand).trial);
    house.approve("2026-11-01");
    house.circulate("2026-11-02").unwrap();
    assert_eq!(refused("CIRC", "2026-11-03", by_hand), "register-says");
    assert_eq!(refused("CIRC", "2026-10-31", none), "not-approved", "before it was");
    assert_eq!(refused("CIRC", "2027-02-11", none), "clock-behind");
    house.next("2027-01-10", "1000", "2027-02-01", "pin");
    let draft = Said { policy: Some("relief/2"), ..none };
    assert_eq!(refused("CIRC", "2027-01-10", draft), "not-approved");
    let tried = letter(&house, "CIRC", "2027-01-10", Lang::En, by_hand, Under::Trial).unwrap();
    assert!(tried.letter.trial, "a draft can be tried");
    house.approve("2027-01-10");
    policy::withdraw(house.root(), None, "a mistake", House::tabled("2027-01-11")).unwrap();
    for member in ["huda", "noura"] {
        house.vote(member, Vote::Approve, "2027-01-11").unwrap();
    }
    house.enter("2027-01-12").unwrap();
    assert_eq!(refused("CIRC", "2027-01-13", draft), "not-approved", "withdrawn");
    // Where none is named, it is the one that still stands.
    assert!(words(&made(&house, "CIRC", "2027-01-13", Lang::En, none)).contains("1.0.0"));
    // Where the register does not hold, nothing is announced either.
    house.write("1/letters.toml", &(house.read("1/letters.toml") + "\n# more\n"));
    assert_eq!(refused("CIRC", "2027-01-13", none), "changed-after-approval");
}
