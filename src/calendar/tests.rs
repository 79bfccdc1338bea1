use chrono::NaiveDateTime;
use proptest::prelude::*;

use super::*;
use crate::value::words::Case;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn holiday(id: &str, ar: &str, en: &str, rule: HolidayRule) -> Holiday {
    Holiday { id: id.to_owned(), title: Text::new(ar, en), rule }
}

fn gregorian(month: u8, day: u8, days: u16) -> HolidayRule {
    HolidayRule::Gregorian { month, day, days }
}

fn hijri(month: u8, day: u8, days: u16) -> HolidayRule {
    HolidayRule::Hijri { month, day, days }
}

/// The weekend and holidays of Saudi associations, for 2026 and 2027.
fn saudi() -> Description {
    Description {
        weekend: vec![Weekday::Fri, Weekday::Sat],
        holidays: vec![
            holiday("founding-day", "يوم التأسيس", "Founding Day", gregorian(2, 22, 1)),
            holiday("eid-al-fitr", "إجازة عيد الفطر", "Eid al-Fitr", hijri(10, 1, 4)),
            holiday("eid-al-adha", "إجازة عيد الأضحى", "Eid al-Adha", hijri(12, 9, 4)),
            holiday("national-day", "اليوم الوطني", "National Day", gregorian(9, 23, 1)),
        ],
        years: [2026, 2027].map(|year| (year, Year::default())).into(),
    }
}

fn calendar() -> Calendar {
    Calendar::new(saudi()).unwrap()
}

/// The days of a holiday in the calendar, as first and last.
fn days_titled(calendar: &Calendar, year: i32, title: &str) -> Vec<Date> {
    days_of(year)
        .unwrap()
        .filter(|day| matches!(calendar.day_kind(*day), Ok(DayKind::Holiday(holiday)) if holiday.en == title))
        .collect()
}

#[test]
fn holidays_are_computed_from_their_rules() {
    let calendar = calendar();
    for (title, days) in [
        ("Founding Day", "2027-02-22"),
        ("Eid al-Fitr", "2027-03-09 2027-03-10 2027-03-11 2027-03-12"),
        ("Eid al-Adha", "2027-05-15 2027-05-16 2027-05-17 2027-05-18"),
        ("National Day", "2027-09-23"),
    ] {
        let days: Vec<Date> = days.split(' ').map(day).collect();
        assert_eq!(days_titled(&calendar, 2027, title), days, "{title}");
    }
    assert_eq!(calendar.day_kind(day("2026-12-06")), Ok(DayKind::Working));
    assert_eq!(calendar.day_kind(day("2026-12-04")), Ok(DayKind::Weekend));
}

#[test]
fn announced_days_replace_the_computed_ones_of_that_year() {
    let mut description = saudi();
    let year = description.years.get_mut(&2027).unwrap();
    for (from, to) in [("2027-03-07", "2027-03-08"), ("2027-03-10", "2027-03-10")] {
        year.announced.push(Announced { holiday: "eid-al-fitr".to_owned(), from: day(from), to: day(to) });
    }
    year.extra.push(Closing {
        title: Text::new("إجازة", "closing day"),
        from: day("2027-06-01"),
        to: day("2027-06-01"),
    });
    let calendar = Calendar::new(description).unwrap();
    let announced = ["2027-03-07", "2027-03-08", "2027-03-10"].map(day);
    assert_eq!(days_titled(&calendar, 2027, "Eid al-Fitr"), announced);
    assert_eq!(days_titled(&calendar, 2027, "closing day"), [day("2027-06-01")]);
    let of_2026 = days_titled(&calendar, 2026, "Eid al-Fitr");
    assert_eq!(of_2026.first(), Some(&day("2026-03-20")));
}

#[test]
fn a_holiday_may_reach_over_new_year_or_come_twice() {
    let calendar = Calendar::new(Description {
        weekend: Vec::new(),
        holidays: vec![
            holiday("winter", "الشتاء", "winter", gregorian(12, 30, 4)),
            holiday("ramadan", "أول رمضان", "first of Ramadan", hijri(9, 1, 1)),
        ],
        years: [2030, 2031].map(|year| (year, Year::default())).into(),
    })
    .unwrap();
    assert_eq!(days_titled(&calendar, 2030, "first of Ramadan"), ["2030-01-05", "2030-12-26"].map(day));
    // The days at the start of 2030 belong to the holiday that began in 2029, a year that is not declared.
    let winter = ["2030-01-01", "2030-01-02", "2030-12-30", "2030-12-31"].map(day);
    assert_eq!(days_titled(&calendar, 2030, "winter"), winter);
}

#[test]
fn a_description_that_contradicts_itself_is_refused() {
    let announced = |holiday: &str, from, to| {
        let mut description = saudi();
        let holiday = holiday.to_owned();
        let (from, to) = (day(from), day(to));
        description.years.entry(2027).or_default().announced.push(Announced { holiday, from, to });
        description
    };
    let ruled = |rule| Description { holidays: vec![holiday("it", "هي", "it", rule)], ..saudi() };
    let descriptions = [
        announced("eid", "2027-03-09", "2027-03-12"),
        announced("eid-al-fitr", "2027-03-12", "2027-03-09"),
        announced("eid-al-fitr", "2026-03-09", "2026-03-12"),
        announced("eid-al-fitr", "2027-03-09", "9027-03-12"),
        ruled(gregorian(2, 29, 1)),
        ruled(gregorian(13, 1, 1)),
        ruled(hijri(9, 30, 1)),
        ruled(hijri(0, 1, 1)),
        Description { years: [(2500, Year::default())].into(), ..saudi() },
        Description { years: [(i32::MAX, Year::default())].into(), ..saudi() },
        Description { weekend: (0..7).map(|day| Weekday::try_from(day).unwrap()).collect(), ..saudi() },
    ];
    let others = [CalendarError::YearNotDeclared(2028), CalendarError::HoursNeedTime];
    let table: String = descriptions
        .into_iter()
        .map(|description| Calendar::new(description).unwrap_err())
        .chain(others)
        .map(|error| {
            let (text, help) = (error.text(Digits::ArabicIndic), error.help());
            format!("{}\n  {}\n{}\n  {}\n\n", text.ar, help.ar, text.en, help.en)
        })
        .collect();
    insta::assert_snapshot!(table);
}

#[test]
fn a_deadline_is_due_on_the_day_that_its_rule_gives() {
    let calendar = calendar();
    let rows = [
        // start, period, roll, base, due
        ("2026-12-06", "0 days", Roll::Forward, "2026-12-06", "2026-12-06"),
        ("2026-12-06", "1 working day", Roll::Forward, "2026-12-07", "2026-12-07"),
        ("2026-12-06", "3 working days", Roll::Forward, "2026-12-09", "2026-12-09"),
        ("2026-12-06", "7 working days", Roll::Forward, "2026-12-15", "2026-12-15"),
        ("2026-12-15", "14 days", Roll::Forward, "2026-12-29", "2026-12-29"),
        ("2026-12-15", "2 weeks", Roll::Forward, "2026-12-29", "2026-12-29"),
        ("2026-12-15", "28 days", Roll::Forward, "2027-01-12", "2027-01-12"),
        ("2026-12-09", "15 days", Roll::Forward, "2026-12-24", "2026-12-24"),
        ("2027-02-23", "15 days", Roll::Forward, "2027-03-10", "2027-03-14"),
        ("2027-02-18", "7 working days", Roll::Forward, "2027-03-02", "2027-03-02"),
        ("2027-03-04", "3 working days", Roll::Forward, "2027-03-14", "2027-03-14"),
        ("2027-02-10", "14 days", Roll::Forward, "2027-02-24", "2027-02-24"),
        ("2027-02-10", "28 days", Roll::Forward, "2027-03-10", "2027-03-14"),
        ("2026-12-31", "2 working days", Roll::Forward, "2027-01-04", "2027-01-04"),
        ("2027-01-28", "3 working days", Roll::Forward, "2027-02-02", "2027-02-02"),
        ("2026-12-27", "90 days", Roll::Forward, "2027-03-27", "2027-03-28"),
        ("2026-12-27", "90 days", Roll::None, "2027-03-27", "2027-03-27"),
        ("2026-12-27", "90 days", Roll::Back, "2027-03-27", "2027-03-25"),
        ("2026-12-01", "12 months", Roll::Back, "2027-12-01", "2027-12-01"),
        ("2026-09-23", "12 months", Roll::Back, "2027-09-23", "2027-09-22"),
        ("2027-01-31", "1 month", Roll::Back, "2027-02-28", "2027-02-28"),
        ("2026-08-31", "6 months", Roll::Back, "2027-02-28", "2027-02-28"),
        ("2027-05-06", "1 week", Roll::Forward, "2027-05-13", "2027-05-13"),
        ("2027-05-13", "1 working day", Roll::Forward, "2027-05-19", "2027-05-19"),
        ("2026-12-04", "0 working days", Roll::Forward, "2026-12-04", "2026-12-06"),
        ("2026-12-04", "1 day", Roll::Back, "2026-12-05", "2026-12-04"),
    ];
    for (start, length, roll, base, expected) in rows {
        let due = due(day(start), period(length), roll, &calendar).unwrap();
        assert_eq!((due.base, due.due), (day(base), day(expected)), "{start} + {length}");
        let alone = due_date(day(start), period(length), roll, &calendar);
        assert_eq!(alone, Ok(due.due));
    }
}

#[test]
fn an_extension_is_counted_from_the_day_before_rolling() {
    let calendar = calendar();
    let first = due(day("2027-02-23"), period("15 days"), Roll::Forward, &calendar).unwrap();
    let extended = due_from_base(&first, period("15 days"), Roll::Forward, &calendar).unwrap();
    assert_eq!((extended.start, extended.due), (day("2027-03-10"), day("2027-03-25")));
    let step = Step::FromBase { base: day("2027-03-10"), due: day("2027-03-14") };
    assert_eq!(extended.account.first(), Some(&step));
}

#[test]
fn hours_are_counted_on_the_clock() {
    let known: NaiveDateTime = "2026-12-10T15:30:00".parse().unwrap();
    assert_eq!(due_hours(known, 72), Ok("2026-12-13T15:30:00".parse().unwrap()));
    assert_eq!(due_hours(NaiveDateTime::MAX, 1), Err(CalendarError::BeyondCalendar));
    let on_a_day = due(day("2026-12-10"), period("72 hours"), Roll::None, &calendar());
    assert_eq!(on_a_day, Err(CalendarError::HoursNeedTime));
}

#[test]
fn a_count_that_runs_into_an_undeclared_year_is_an_error() {
    let calendar = calendar();
    let ask = |start, length, roll| due(day(start), period(length), roll, &calendar).map(|due| due.due);
    let undeclared = Err(CalendarError::YearNotDeclared(2028));
    assert_eq!(ask("2027-12-29", "3 working days", Roll::None), undeclared);
    assert_eq!(ask("2027-12-20", "14 days", Roll::Forward), undeclared);
    assert_eq!(ask("2027-12-30", "1 day", Roll::Forward), undeclared, "rolled over New Year");
    // Nothing is asked of the calendar, so it need not answer.
    assert_eq!(ask("2027-12-20", "14 days", Roll::None), Ok(day("2028-01-03")));
    assert_eq!(calendar.day_kind(day("2025-12-31")), Err(CalendarError::YearNotDeclared(2025)));
    for length in ["4294967295 days", "4294967295 weeks", "4294967295 months"] {
        assert_eq!(ask("2027-12-20", length, Roll::None), Err(CalendarError::BeyondCalendar));
    }
}

#[test]
fn the_account_says_how_a_date_was_counted() {
    let calendar = calendar();
    let mut table = String::new();
    for (start, length, roll) in [
        ("2026-12-06", "0 days", Roll::Forward),
        ("2027-02-18", "7 working days", Roll::Forward),
        ("2027-02-18", "15 working days", Roll::Forward),
        ("2027-03-04", "1 working day", Roll::Forward),
        ("2027-02-10", "28 days", Roll::Forward),
        ("2026-12-27", "90 days", Roll::Forward),
        ("2027-02-10", "28 days", Roll::Back),
        ("2026-08-31", "6 months", Roll::Back),
        ("2026-12-04", "1 day", Roll::Back),
    ] {
        let due = due(day(start), period(length), roll, &calendar).unwrap();
        table.push_str(&format!("{start} + {length}, {roll:?} = {}\n", due.due));
        let texts: Vec<Text> = due.account.iter().map(|step| step.text(Digits::ArabicIndic)).collect();
        for lang in Lang::ALL {
            for text in &texts {
                table.push_str(&format!("  {}\n", text.get(lang)));
            }
        }
    }
    let first = due(day("2027-02-23"), period("15 days"), Roll::Forward, &calendar).unwrap();
    let extended = due_from_base(&first, period("15 days"), Roll::Forward, &calendar).unwrap();
    table.push_str(&format!("extended = {}\n", extended.due));
    for step in &extended.account {
        let text = step.text(Digits::Latin);
        table.push_str(&format!("  {}\n  {}\n", text.ar, text.en));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_period_is_read_as_deadlines_write_it() {
    for (written, period) in [
        ("1 day", Period::Days(1)),
        ("14 days", Period::Days(14)),
        ("3 working days", Period::WorkingDays(3)),
        ("1 working day", Period::WorkingDays(1)),
        ("2 weeks", Period::Weeks(2)),
        ("12 months", Period::Months(12)),
        (" 72  hours ", Period::Hours(72)),
    ] {
        assert_eq!(Period::parse(written), Ok(period), "{written}");
    }
    for written in
        ["", "14", "days", "-1 days", "+1 days", "1.5 days", "14 dyas", "14days", "99999999999 days", " days"]
    {
        let error = Period::parse(written).unwrap_err();
        assert_eq!(error.text().en, format!("`{written}` does not read as a period"));
    }
    let words = |lang| Period::WorkingDays(2).words(lang, Case::Genitive, Digits::ArabicIndic);
    assert_eq!((words(Lang::Ar).as_str(), words(Lang::En).as_str()), ("يومَي عمل", "2 working days"));
}

fn any_period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (0_u32..200).prop_map(Period::Days),
        (0_u32..100).prop_map(Period::WorkingDays),
        (0_u32..30).prop_map(Period::Weeks),
        (0_u32..6).prop_map(Period::Months),
    ]
}

/// How many days a step of an account left out.
fn days_skipped(step: &Step) -> i64 {
    match step {
        Step::SkippedWeekends { days } => i64::from(*days),
        Step::SkippedHoliday { from, to, .. } => (*to - *from).num_days() + 1,
        Step::FromBase { .. }
        | Step::SameDay { .. }
        | Step::Started { .. }
        | Step::MonthEnd { .. }
        | Step::LastDay { .. }
        | Step::Rolled { .. } => 0,
    }
}

proptest! {
    #[test]
    fn a_due_date_keeps_its_laws(
        after in 0_u64..500,
        period in any_period(),
        roll in prop_oneof![Just(Roll::Forward), Just(Roll::Back), Just(Roll::None)],
    ) {
        let calendar = calendar();
        let start = day("2026-01-01") + Days::new(after);
        let due = due(start, period, roll, &calendar).unwrap();
        prop_assert!(due.due >= start && due.base >= start);
        match roll {
            Roll::Forward => {
                prop_assert!(due.due >= due.base && calendar.is_working(due.due).unwrap());
            }
            Roll::Back => {
                prop_assert!(due.due <= due.base);
                prop_assert!(due.due == start || calendar.is_working(due.due).unwrap());
            }
            Roll::None => prop_assert_eq!(due.due, due.base),
        }
        if let Period::WorkingDays(number) = period {
            prop_assert_eq!(calendar.working_days_between(start, due.base), Ok(number));
            let skipped: i64 = due.account.iter().map(days_skipped).sum();
            prop_assert_eq!(skipped + i64::from(number), (due.base - start).num_days());
        }
    }

    #[test]
    fn an_extension_never_shortens(after in 0_u64..500, by in any_period()) {
        let calendar = calendar();
        let start = day("2026-01-01") + Days::new(after);
        let first = due(start, Period::Days(15), Roll::Forward, &calendar).unwrap();
        let extended = due_from_base(&first, by, Roll::Forward, &calendar).unwrap();
        prop_assert!(extended.due >= first.due);
    }

    #[test]
    fn reading_a_period_never_stops(text in "\\PC{0,30}") {
        let _ = Period::parse(&text);
    }
}
