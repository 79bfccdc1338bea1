//! Blank forms and checklists: what they ask, and how they look.

#![expect(clippy::expect_used, reason = "a test says what it looked for")]

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveTime;
use mizan::app::form::{paper, service};
use mizan::policy::form::{Blank, Room};
use mizan::policy::{self, Policy};
use mizan::typeset::Pages;
use mizan::value::Lang;
use mizan::workspace;

use crate::letters::TYPESETTER;
use crate::naba::POLICY;
use crate::typeset::OnDisk;

pub(crate) fn blank(policy: &Policy, id: &str, langs: &[Lang], checklist: bool) -> Blank {
    Blank::new(policy, service(policy, id).expect(id), langs, checklist).expect(id)
}

pub(crate) fn pages(policy: &Policy, form: &Blank) -> Pages<'static> {
    let at = policy.in_force_from.and_time(NaiveTime::MIN);
    TYPESETTER.set_paper(&paper(policy, form).unwrap(), at).unwrap()
}

fn asked(policy: &Policy, id: &str) -> BTreeSet<String> {
    let form = blank(policy, id, &[Lang::En], false);
    form.groups.concat().into_iter().map(|question| question.ask.en).collect()
}

/// How the fact is asked.
fn ask(id: &str) -> String {
    let fact = POLICY.facts.iter().find(|fact| fact.id == id).expect(id);
    let text = &fact.ask.as_ref().unwrap_or(&fact.label).en;
    text[..1].to_uppercase() + &text[1..]
}

#[test]
fn a_form_asks_what_its_service_reads_and_nothing_else() {
    let tanker = asked(&POLICY, "S1");
    for id in
        ["applicant.name", "applicant.mobile", "household.size", "household.monthly_income", "dwelling.area"]
    {
        assert!(tanker.contains(&ask(id)), "{id}: {tanker:?}");
    }
    for id in ["site.name", "well.signatures", "utility.iban", "visit.date", "history.served_before"] {
        assert!(!tanker.contains(&ask(id)), "{id} is asked for a tanker");
    }
    // What a visit or the records show is asked of nobody.
    for (index, service) in POLICY.services.iter().enumerate() {
        let form = Blank::new(&POLICY, index, &[Lang::Ar], false).unwrap();
        assert!(
            form.groups.concat().iter().any(|question| question.ask.en == ask("applicant.name")),
            "{}",
            service.id
        );
        for fact in POLICY.facts.iter().filter(|fact| fact.found_by != mizan::policy::FoundBy::Applicant) {
            assert!(!asked(&POLICY, &service.id).contains(&ask(&fact.id)), "{}: {}", service.id, fact.id);
        }
    }
    let all: BTreeSet<String> =
        POLICY.services.iter().flat_map(|service| asked(&POLICY, &service.id)).collect();
    let applicant = POLICY.facts.iter().filter(|fact| fact.found_by == mizan::policy::FoundBy::Applicant);
    let never: Vec<&str> =
        applicant.filter(|fact| !all.contains(&ask(&fact.id))).map(|fact| fact.id.as_str()).collect();
    assert_eq!(never, [""; 0], "no form asks for them");
}

#[test]
fn every_kind_of_answer_has_room() {
    let form = blank(&POLICY, "S1", &[Lang::Ar], false);
    let rooms: BTreeSet<&str> = (form.groups.concat().iter())
        .map(|question| match &question.room {
            Room::Line => "line",
            Room::Number(_) => "number",
            Room::Choice(_) => "choice",
            Room::Day => "day",
            Room::Time => "time",
            Room::Comb(_) => "comb",
            Room::Rows(_) => "rows",
        })
        .collect();
    assert_eq!(rooms.into_iter().collect::<Vec<_>>(), ["choice", "comb", "day", "line", "number", "rows"]);
}

#[test]
fn forms_read_as_they_should_and_are_sound_files() {
    let library = workspace::read_revision(Path::new("policies/library/1")).unwrap();
    let library = policy::check("policies/library/1", &library).unwrap().0;
    for (name, policy, id, langs, checklist) in [
        ("S1.ar", &*POLICY, "S1", &[Lang::Ar][..], false),
        ("S1.en", &POLICY, "S1", &[Lang::En], false),
        ("S3.ar-en", &POLICY, "S3", &Lang::ALL, false),
        ("S1.checklist", &POLICY, "S1", &Lang::ALL, true),
        ("library", &library, library.services[0].id.as_str(), &[Lang::En], false),
    ] {
        let form = blank(policy, id, langs, checklist);
        let pages = pages(policy, &form);
        assert_eq!(pages.warnings(), [], "{name}");
        insta::assert_snapshot!(name, pages.text().join("\n---- page\n\n"));
        let file = OnDisk::new(name, &pages.pdf().unwrap());
        file.seen_by("qpdf", &["--check"], &[]);
        crate::claims::hold(std::slice::from_ref(&file.0), "2a");
    }
}
