//! Policies out of chance: conditions of every shape over a small vocabulary, in rules, in computed values and on papers.

use std::fmt::Write as _;

use super::Chance;

/// Something that is so or not, in the vocabulary of the policy that the benchmarks measure.
const CHECKS: [&str; 24] = [
    "applicant.age >= adult_age",
    "applicant.age < 30",
    "applicant.national_id >= 1000000000",
    "applicant.national_id < 3000000000",
    "household.size >= 7",
    "household.orphans != household.elderly",
    "household.disabled == 1",
    "household.orphans > household.disabled",
    "household.elderly < 3 && household.elderly >= 1",
    "household.disabled >= 1 && household.disabled <= 2 && household.disabled < 4",
    "household.monthly_income <= 2000",
    "income_per_person <= 400",
    "income_per_person < income_limit",
    "dwelling.has_well",
    "dwelling.has_network",
    "dwelling.ownership == \"owned\"",
    "dwelling.ownership in [\"rented\", \"lent\"]",
    "dwelling.region in served_regions",
    "dwelling.distance <= near_enough",
    "dwelling.tank < 1.25",
    "history.supported",
    "months_between(history.last_support, submitted_on) >= months_between_supports",
    "region_group != \"rural\"",
    "points >= vulnerable_from",
];

/// What is known only once the papers are.
const LATE: [&str; 3] = ["request.documents_complete", "request.data_matched", "shown(\"DEED\")"];

fn one<'t>(chance: &mut Chance, of: &[&'t str]) -> &'t str {
    of[usize::try_from(chance.below(u64::try_from(of.len()).unwrap())).unwrap()]
}

/// A condition: nested so deep at most.
fn condition(chance: &mut Chance, depth: u64, late: bool) -> String {
    let part = |chance: &mut Chance| condition(chance, depth - 1, late);
    match if depth == 0 { 0 } else { chance.below(7) } {
        0 | 1 if late && chance.one_in(6) => one(chance, &LATE).to_owned(),
        0 | 1 => one(chance, &CHECKS).to_owned(),
        2 => format!("!({})", part(chance)),
        3 => format!("({} && {})", part(chance), part(chance)),
        4 => format!("({} || {})", part(chance), part(chance)),
        5 => format!("({} && {} && {})", part(chance), part(chance), part(chance)),
        _ => format!("(if {} {{ {} }} else {{ {} }})", part(chance), part(chance), part(chance)),
    }
}

/// A number that hangs on conditions.
fn number(chance: &mut Chance, depth: u64) -> String {
    if depth == 0 || chance.one_in(4) {
        return match chance.below(6) {
            0 => "household.orphans".to_owned(),
            1 => "min(household.disabled * 3, 5) + household.elderly".to_owned(),
            _ => chance.below(4).to_string(),
        };
    }
    let (then, otherwise) = (number(chance, depth - 1), number(chance, depth - 1));
    format!("if {} {{ {then} }} else {{ {otherwise} }}", condition(chance, 1, false))
}

/// Rules and computed values, to stand beside those of the policy.
pub(super) fn rules(chance: &mut Chance) -> String {
    let mut text = String::new();
    for place in 0..4 {
        let (value, holds) = (number(chance, 2), condition(chance, 2, false));
        write!(text, "\n[derived.number_{place}]\ntype = \"integer\"\nvalue = '{value}'\n").unwrap();
        write!(text, "\n[derived.holds_{place}]\ntype = \"bool\"\nvalue = '{holds}'\n").unwrap();
    }
    for place in 0..24 {
        let condition = match chance.below(6) {
            0 => format!("number_{} >= {}", chance.below(4), 1 + chance.below(3)),
            1 => format!("holds_{} || {}", chance.below(4), condition(chance, 1, false)),
            2 => format!("number_{} == 2 && !holds_{}", chance.below(4), chance.below(4)),
            _ => {
                let depth = chance.below(4);
                condition(chance, depth, true)
            }
        };
        let (kind, word) = match (place, chance.below(6)) {
            (0 | 1, _) => ("exemption", "when"),
            (_, 0) => ("procedural", "require"),
            (_, 1) => ("merge", "when"),
            _ => ("eligibility", "require"),
        };
        let unless = match (kind, chance.below(4)) {
            ("exemption" | "merge", _) | (_, 2..) => "",
            (_, 0) => "unless = [\"G00\"]\n",
            _ => "unless = [\"G01\", \"G00\"]\n",
        };
        write!(
            text,
            "\n[rule.G{place:02}]\nkind = \"{kind}\"\nclause = \"1\"\nsource = \"board\"\n\
             title = {{ ar = \"قاعدة\", en = \"rule\" }}\n{word} = '{condition}'\n{unless}\
             met = {{ ar = \"تحقق.\", en = \"Met.\" }}\nnot_met = {{ ar = \"لم يتحقق.\", en = \"Not met.\" }}\n\
             unknown = {{ ar = \"يلزم: {{missing}}.\", en = \"Needed: {{missing}}.\" }}\n"
        )
        .unwrap();
    }
    text
}

/// Papers that hang on conditions.
pub(super) fn documents(chance: &mut Chance) -> String {
    let mut text = String::new();
    for place in 0..3 {
        write!(
            text,
            "\n[document.G{place}]\ntitle = {{ ar = \"وثيقة\", en = \"paper\" }}\nclause = \"1\"\nsource = \"board\"\n\
             mode = \"kept\"\nwhy = {{ ar = \"للتحقق\", en = \"to check\" }}\n"
        )
        .unwrap();
        for _ in 0..=chance.below(2) {
            let depth = chance.below(3);
            let (when, later) = (condition(chance, depth, false), chance.one_in(3));
            write!(text, "[[document.G{place}.required]]\nwhen = '{when}'\nlater = {later}\n").unwrap();
        }
    }
    text
}
