//! Open requests are classed before an approval, and come out so after it.

use mizan::app::compare::pair;
use mizan::app::impact::impact;
use mizan::app::letters::Requests;
use mizan::app::{self, Under};
use mizan::evaluation::Conclusion;
use mizan::revision::impact::Open;
use mizan::workspace;

use crate::approval::{House, date, told};

/// Incomes of four: under the limits of 1,000, 1,200 and 1,400, above all, and one that nobody stated.
const INCOMES: [&str; 5] = ["3200", "4400", "5200", "6000", ""];

/// The next revision, with another limit and one way of carrying requests over; and what is said of those that are open.
fn classed(house: &House, limit: &str, transition: &str) -> Open {
    house.next("2027-01-10", limit, "2027-02-01", transition);
    let folder = house.root().join("requests");
    for (place, income) in INCOMES.iter().enumerate() {
        let request = house.request("2027-01-20", 1, "");
        let said = if income.is_empty() { String::new() } else { format!(", income = {income}") };
        let text = workspace::read_text(&request).unwrap().replace(", income = 1", &said);
        workspace::write(&folder.join(format!("{place}.toml")), text.as_bytes()).unwrap();
        // What is decided is not open, nor what came before the old revision or after the new one.
        let decided =
            "[decision]\noutcome = \"approved\"\ndate = 2027-01-22\nmeeting = \"1\"\nminutes = \"1\"\n";
        let later = text.replace("2027-01-20", "2027-02-01");
        for (name, text) in [("decided", format!("{text}{decided}")), ("later", later)] {
            workspace::write(&folder.join(format!("{place}-{name}.toml")), text.as_bytes()).unwrap();
        }
    }
    let pair = pair(house.root(), "relief/1", "relief/2").unwrap();
    impact(&pair, Requests::Folder(folder), None, &|_| {}).unwrap().open
}

#[test]
fn open_requests_come_out_as_they_were_classed() {
    let mut said = String::new();
    for limit in ["1000", "1400"] {
        for transition in ["pin", "favourable", "immediate"] {
            let house = House::new("classed");
            house.approve("2026-11-01");
            let open = classed(&house, limit, transition);
            assert_eq!(open.requests, INCOMES.len() as u64);
            assert_eq!(open.kept() + open.carried_over() + open.unreadable, open.requests);
            let before: Vec<&str> =
                INCOMES.iter().enumerate().map(|(place, _)| judged(&house, place, "2027-01-31")).collect();
            house.approve("2027-01-15");
            for (place, was) in before.iter().enumerate() {
                let now = judged(&house, place, "2027-02-01");
                let classed = open.each.iter().find(|request| request.place == format!("{place}.toml"));
                let expected = classed.map_or(*was, |request| match transition {
                    "pin" => request.pin.name(),
                    "favourable" => request.favourable.name(),
                    _ => request.immediate.map_or("unread", Conclusion::name),
                });
                assert_eq!(now, expected, "{limit} {transition} {}", INCOMES[place]);
                assert!(classed.is_none_or(|request| request.pin.name() == *was));
            }
            said += &format!(
                "limit {limit}, {transition}: better {}, worse {}, kept {}, carried over {}; otherwise {}\n",
                open.better,
                open.worse,
                open.kept(),
                open.carried_over(),
                open.each.len()
            );
        }
    }
    insta::assert_snapshot!(said);
}

/// An author may keep the old number, and add the new one from the day on which the revision begins.
#[test]
fn whoever_is_carried_over_is_judged_by_the_numbers_with_which_the_revision_begins() {
    let house = House::new("dated");
    house.approve("2026-11-01");
    let open = |house: &House| {
        let parameters = house.read("2/parameters.toml");
        let dated = parameters.replace("= 1000", "= 1200\nfrom.2027-02-01 = 1000");
        assert_ne!(parameters, dated);
        house.write("2/parameters.toml", &dated);
        let pair = pair(house.root(), "relief/1", "relief/2").unwrap();
        impact(&pair, Requests::Folder(house.root().join("requests")), None, &|_| {}).unwrap().open
    };
    classed(&house, "1000", "immediate");
    let open = open(&house);
    assert_eq!((open.worse, open.each.len()), (1, 1));
    house.approve("2027-01-15");
    assert_eq!((judged(&house, 1, "2027-01-31"), judged(&house, 1, "2027-02-01")), ("met", "not-met"));
    // Its letter can be verified: it comes to the same, and the page is the same.
    let request = house.root().join("requests/1.toml");
    let made = house.letter(&request, "2027-02-01", Under::InForce, "2027-02-01").unwrap();
    let pdf = house.root().join("letter.pdf");
    let set = app::set_made(house.root(), &made, app::Pictures::No).unwrap();
    workspace::write(&pdf, &set.pdf).unwrap();
    let now = date("2027-02-02").and_hms_opt(12, 0, 0).unwrap();
    let verified = app::verify::verify(house.root(), &pdf, now).unwrap();
    let same = app::verify::Again::Same(Conclusion::NotMet);
    assert_eq!((verified.again, verified.page), (same, app::verify::Page::Same));
}

fn judged(house: &House, place: usize, on: &str) -> &'static str {
    let request = house.root().join(format!("requests/{place}.toml"));
    let judged = house.judged(&request, on, Under::InForce);
    let (_, result, _) = judged.unwrap_or_else(|error| panic!("{}", told(&error)));
    result
}
