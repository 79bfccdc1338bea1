use super::Number;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn reading_then_writing_is_identity() {
    for text in [
        "0",
        "12",
        "-3",
        "766.67",
        "0.005",
        "-0.5",
        "999999999999999999",
        "-403.030801550030155",
        "0.12345678901234567",
    ] {
        assert_eq!(number(text).to_string(), text);
    }
}

#[test]
fn what_is_not_a_number_is_refused() {
    for text in ["", "-", ".5", "5.", "1e3", "1 000", "٣", "--1", "1.2.3", "9999999999999999999"] {
        assert_eq!(Number::parse(text), None, "{text}");
    }
}

#[test]
fn a_quotient_is_compared_exactly() {
    let third = number("4800.03").over(number("3")).unwrap();
    assert!(third > number("1600"));
    assert_eq!(number("1").over(number("3")).unwrap().times(number("3")), Some(Number::ONE));
    assert_eq!(number("1").over(Number::ZERO), None);
}

#[test]
fn rounding_is_for_reading_only() {
    let per_person = number("4600").over(number("6")).unwrap();
    assert_eq!(per_person.to_places(2), "766.67");
    assert_eq!(number("-0.005").to_places(2), "-0.01");
    assert_eq!(number("1200").to_places(2), "1200.00");
    assert_eq!(number("-2.5").floor(), number("-3"));
}

#[test]
fn overflow_gives_nothing() {
    let large = Number::ratio(i128::MAX, 1).unwrap();
    assert_eq!(large.plus(Number::ONE), None);
    assert_eq!(large.times(large), None);
}

#[test]
fn the_edge_of_what_is_kept_is_no_trap() {
    let half = Number::ratio(-1, 2).unwrap();
    let edge = Number::ratio(-(1 << 126), 1).unwrap();
    assert_eq!(edge.over(half), None);
    assert_eq!(edge.plus(edge), None);
    assert_eq!(edge.over(Number::ratio(1, 2).unwrap()), None);
    assert_eq!(edge.times(Number::from(2)), None);
    assert_eq!(edge.abs(), Number::ratio(1 << 126, 1).unwrap());
    assert_eq!(number("1").over(number("-3")), Number::ratio(-1, 3));
    assert_eq!(number("-1").over(number("-3")), Number::ratio(1, 3));
}
