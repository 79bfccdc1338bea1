//! A revision that governs only once it was circulated, and who has confirmed that they know it.

use mizan::app::policy::circulation::{self, Sent};
use mizan::app::policy::{self, State};
use mizan::app::verify::Standing;
use mizan::app::{self, Under};
use mizan::revision::statement::Vote;
use mizan::workspace;

use crate::approval::{House, code, date, key_of, masked, told};

/// The states of the revisions on a day.
fn states(house: &House, on: &str) -> Vec<State> {
    let (revisions, broken) = policy::status(house.root(), None, date(on)).unwrap();
    assert!(broken.0.is_empty(), "{broken:?}");
    revisions.iter().map(|revision| revision.state).collect()
}

#[test]
fn a_revision_governs_from_its_day_and_once_it_was_circulated() {
    let house = House::waiting("waits");
    assert_eq!(states(&house, "2027-01-20"), [State::InForce, State::Approved]);
    // Its day has come, and nobody was told: the one before it goes on.
    assert_eq!(states(&house, "2027-02-02"), [State::InForce, State::Approved]);
    let (waiting, _) = policy::status(house.root(), None, date("2027-02-02")).unwrap();
    assert!(waiting[1].waits && !waiting[0].waits);
    let judged = |submitted: &str, on: &str| {
        let request = house.request(submitted, 4400, "");
        house.judged(&request, on, Under::InForce).unwrap_or_else(|error| panic!("{}", told(&error))).0
    };
    assert_eq!(judged("2027-02-02", "2027-02-02"), 1);
    // Nothing has followed the revision of a letter either, while what comes after it waits; nor does a draft.
    let request = house.request("2027-02-02", 4400, "");
    let made = house.letter(&request, "2027-02-02", Under::InForce, "2027-02-02").unwrap();
    let pdf = house.root().join("letter.pdf");
    workspace::write(&pdf, &app::set_made(house.root(), &made, app::Pictures::No).unwrap().pdf).unwrap();
    let verified = |on: &str| {
        let now = date(on).and_hms_opt(12, 0, 0).unwrap();
        app::verify::verify(house.root(), &pdf, now).unwrap().standing
    };
    assert_eq!(verified("2027-02-02"), Some(Standing::Latest));
    house.circulate("2027-02-03").unwrap();
    assert_eq!(verified("2027-02-03"), Some(Standing::Superseded(2, date("2027-02-03"))));
    assert_eq!(states(&house, "2027-02-03"), [State::Superseded, State::InForce]);
    // What came in while it waited stays with the one before.
    assert_eq!(judged("2027-02-02", "2027-02-10"), 1);
    assert_eq!(judged("2027-02-03", "2027-02-10"), 2);
    let (folder, _, until) =
        policy::in_force(house.root(), None, date("2027-02-02"), date("2027-02-10")).unwrap();
    assert_eq!((folder.number, until), (1, Some(date("2027-02-02"))));
    // Circulated before its day, it waits for its day.
    house.next("2027-02-10", "900", "2027-03-01", "pin");
    house.approve("2027-02-10");
    house.circulate("2027-02-11").unwrap();
    assert_eq!(states(&house, "2027-02-12")[1..], [State::InForce, State::Circulated]);
    assert_eq!(states(&house, "2027-03-01")[1..], [State::Superseded, State::InForce]);
    let home = policy::home(house.root(), None).unwrap();
    let register = home.register(date("2027-03-01")).unwrap();
    let script = policy::commands(&home, &register).unwrap();
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}{script}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(script.matches("circulation.txt.sig").count(), 3);
    insta::assert_snapshot!(masked(&house.read("2.circulation/circulation.txt")));
}

#[test]
fn the_first_revision_waits_too_and_one_that_waits_can_be_withdrawn() {
    let house = House::waiting("first");
    // Revision 2 waits beyond its day: it can still be taken back.
    let tabled = House::tabled("2027-02-05");
    policy::withdraw(house.root(), None, "a mistake", tabled)
        .unwrap_or_else(|error| panic!("{}", told(&error)));
    for member in ["huda", "noura"] {
        house.vote(member, Vote::Approve, "2027-02-05").unwrap();
    }
    house.enter("2027-02-06").unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(states(&house, "2027-02-06"), [State::InForce, State::Withdrawn]);
    assert_eq!(code(house.circulate("2027-02-07")), "not-to-circulate", "the one before it was");
    let house = House::new("first");
    let patient = house.read("board.toml").replace("\nquorum", "\ncirculate_first = true\nquorum");
    house.write("board.toml", &patient);
    assert_eq!(code(house.propose("2026-11-01")), "board-shape", "nobody could say that it was circulated");
    house.write("board.toml", &patient.replace("[\"minute\"]", "[\"minute\", \"circulation\"]"));
    house.approve("2026-11-01");
    let request = house.request("2026-12-06", 4400, "");
    assert_eq!(code(house.judged(&request, "2026-12-06", Under::InForce)), "not-circulated");
    house.circulate("2026-12-05").unwrap();
    assert_eq!(house.judged(&request, "2026-12-06", Under::InForce).unwrap().0, 1);
}

#[test]
fn one_that_was_circulated_too_late_is_passed_over() {
    let house = House::waiting("passed-over");
    house.next("2027-02-10", "900", "2027-03-01", "pin");
    house.approve("2027-02-10");
    house.circulate("2027-02-20").unwrap();
    let to = ["أحمد".to_owned()];
    let sent = Sent { member: "majed", to: &to, until: date("2027-03-20"), on: date("2027-03-10") };
    let second = circulation::circulate(house.root(), Some("relief/2"), sent, &key_of("majed"));
    second.unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(states(&house, "2027-03-15"), [State::Superseded, State::Superseded, State::InForce]);
    let request = house.request("2027-02-15", 4400, "");
    assert_eq!(house.judged(&request, "2027-03-15", Under::InForce).unwrap().0, 1);
}

#[test]
fn whoever_confirms_it_is_counted_once() {
    let house = House::circulated("confirmed");
    let standing = || circulation::standing(house.root(), None, date("2027-02-10")).unwrap().1;
    let confirm = |names: &[&str], on: &str| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        circulation::acknowledge(house.root(), None, &names, date(on), date("2027-02-10"))
            .map(|files| files.len())
    };
    assert_eq!((standing().count(), standing().missing().count()), (0, 3));
    assert_eq!(confirm(&["  أحمد   الحربي", "3"], "2027-02-04").unwrap(), 2);
    assert_eq!(confirm(&["أحمد الحربي"], "2027-02-05").unwrap(), 0, "once");
    assert_eq!(standing().confirmed, [Some(date("2027-02-04")), None, Some(date("2027-02-04"))]);
    assert_eq!(standing().missing().collect::<Vec<_>>(), [(2, "Sara Al-Mutairi")]);
    for nobody in ["Sara", "4", "0", ""] {
        assert_eq!(code(confirm(&["2", nobody], "2027-02-05")), "not-a-recipient", "{nobody}");
    }
    assert_eq!(code(confirm(&["2"], "2027-02-02")), "not-a-recipient", "before it was sent");
    assert_eq!(standing().count(), 2, "nothing was noted");
    // Another machine adds a file; one that says something else counts for nothing, and is told.
    let text = standing().circulation.acknowledgement(1, date("2027-02-06")).unwrap();
    house.write("2.circulation/acknowledged/2.txt", &text.replace("Sara", "Zara"));
    assert_eq!((standing().count(), standing().problems.0.len()), (2, 1));
    house.write("2.circulation/acknowledged/2.txt", &text);
    assert_eq!((standing().count(), standing().problems.0.len()), (3, 0));
    // Confirmations decide nothing: what is in force stays so, and nothing is broken by them.
    assert_eq!(states(&house, "2027-02-10"), [State::Superseded, State::InForce]);
    let first = circulation::standing(house.root(), Some("relief/1"), date("2027-02-10")).unwrap().1;
    assert_eq!((first.circulation.number, first.count()), (1, 0));
}

#[test]
fn what_is_circulated_was_approved_and_names_somebody() {
    let house = House::waiting("names");
    let circulate = |to: &[&str], until: &str, member: &str, signer: &str, asked: Option<&str>| {
        let to: Vec<String> = to.iter().map(|name| (*name).to_owned()).collect();
        let sent = Sent { member, to: &to, until: date(until), on: date("2027-01-12") };
        circulation::circulate(house.root(), asked, sent, &key_of(signer)).map(|_| ())
    };
    let (until, majed) = ("2027-01-20", "majed");
    assert_eq!(code(circulate(&[], until, majed, majed, None)), "not-to-circulate");
    assert_eq!(code(circulate(&["أحمد", "أحمد"], until, majed, majed, None)), "not-to-circulate");
    assert_eq!(code(circulate(&["أحمد"], "2027-01-11", majed, majed, None)), "not-to-circulate");
    assert_eq!(code(circulate(&["أحمد"], until, "nobody", majed, None)), "not-a-member");
    assert_eq!(code(circulate(&["أحمد"], until, "huda", "huda", None)), "not-a-member");
    assert_eq!(code(circulate(&["أحمد"], until, majed, "huda", None)), "other-key");
    assert_eq!(
        code(circulate(&["أحمد"], until, majed, majed, Some("relief/1"))),
        "not-to-circulate",
        "twice"
    );
    house.next("2027-01-12", "900", "2027-03-01", "pin");
    assert_eq!(code(circulate(&["أحمد"], until, majed, majed, Some("relief/3"))), "not-approved");
    circulate(&["أحمد"], until, majed, majed, Some("relief/2"))
        .unwrap_or_else(|error| panic!("{}", told(&error)));
}

#[test]
fn the_next_draft_has_no_reasons_of_the_one_before() {
    let house = House::with_two("reasons");
    house.next("2027-01-12", "900", "2027-03-01", "pin");
    let reasons = "revision.ar = \"مراجعة\"\nrevision.en = \"review\"\n";
    house.write("3/changes.toml", reasons);
    house.approve("2027-01-12");
    house.next("2027-01-13", "800", "2027-04-01", "pin");
    assert!(!house.path("4/changes.toml").exists());
}
