use super::as_people_count;

#[test]
fn numbers_inside_ids_are_compared_as_numbers() {
    let mut ids = vec!["X-03", "E-10", "E-05b", "E-9", "E-05", "E-5", "E-04b", "DL", "E-", "E-05a"];
    ids.sort_by(|one, two| as_people_count(one, two));
    assert_eq!(ids, ["DL", "E-", "E-04b", "E-05", "E-5", "E-05a", "E-05b", "E-9", "E-10", "X-03"]);
}
