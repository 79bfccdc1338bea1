//! Does a sentence compare as its condition does? «لا يتجاوز» is `<=`, «أقل من» is `<`.

use super::super::super::message::{Message, Part};
use super::super::super::{Policy, Rule, Wording};
use super::super::arabic::Words;
use super::super::conditions::{conditions, is_parameter};
use super::super::locate::Locator;
use super::super::{Finding, problems};
use crate::diag::Code;
use crate::expression::program::{Comparison, Expr, Node, Slot};
use crate::source::Place;
use crate::value::{Lang, Text};

pub(super) fn find(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    for rule in &policy.rules {
        sentences(policy, locator, rule, findings);
    }
    for node in conditions(policy) {
        labels(policy, node, findings);
    }
}

fn sentences(policy: &Policy, locator: &Locator, rule: &Rule, findings: &mut Vec<Finding>) {
    let mut compared = Vec::new();
    comparisons(&rule.condition, &mut compared);
    let own = [("met", &rule.met, false), ("not_met", &rule.not_met, true)];
    for (key, wording, is_opposite) in own {
        let Some(wording) = wording else { continue };
        for lang in Lang::ALL {
            let place = locator.value("rules.toml", &["rule", &rule.id, key, lang.tag()]);
            sentence(policy, rule, &compared, (wording, lang), is_opposite, place.as_ref(), findings);
        }
    }
    for (when, wording) in &rule.not_met_if {
        let mut compared = Vec::new();
        comparisons(when, &mut compared);
        for lang in Lang::ALL {
            // Such a sentence may say what is the case, or what would be needed.
            sentence(policy, rule, &compared, (wording, lang), true, Some(&when.place), findings);
        }
    }
}

/// What a condition compares with a name, turned so that the name stands on the right.
fn comparisons(node: &Node, found: &mut Vec<(Slot, Comparison, Place)>) {
    if let Expr::Compare(comparison, left, right) = &node.expr {
        if let Expr::Slot(slot) = right.expr {
            found.push((slot, *comparison, node.place.clone()));
        }
        if let Expr::Slot(slot) = left.expr {
            found.push((slot, mirrored(*comparison), node.place.clone()));
        }
    }
    for part in node.parts() {
        comparisons(part, found);
    }
}

/// The same comparison with its sides exchanged.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Equal | Comparison::NotEqual => comparison,
    }
}

fn sentence(
    policy: &Policy,
    rule: &Rule,
    compared: &[(Slot, Comparison, Place)],
    (wording, lang): (&Wording, Lang),
    is_opposite: bool,
    place: Option<&Place>,
    findings: &mut Vec<Finding>,
) {
    let message = match lang {
        Lang::Ar => &wording.ar,
        Lang::En => &wording.en,
    };
    for (slot, words) in before_values(message) {
        let Some((phrase, said)) = phrase(words, lang) else { continue };
        let mut of_slot = compared.iter().filter(|(other, comparison, _)| {
            *other == slot && !matches!(comparison, Comparison::Equal | Comparison::NotEqual)
        });
        let Some((_, made, at)) = of_slot.next() else { continue };
        // One name compared in two ways: the sentence may speak of either.
        if of_slot.next().is_some() {
            continue;
        }
        if said == *made || (is_opposite && said == made.opposite()) {
            continue;
        }
        let (said, made) = (said.sign(), made.sign());
        let problem = problems::problem(
            Code::OperatorWording,
            Text::new(
                format!("العبارة «{phrase}» تعني `{said}`، والشرط يقارن بـ`{made}`"),
                format!("“{phrase}” means `{said}`, and the condition compares with `{made}`"),
            ),
            place.cloned(),
            Text::default(),
        )
        .also(at.clone(), Text::default())
        .help(Text::new(
            "يختلفان عند المساواة: غيِّروا أحدهما",
            "they differ where both are equal: change one of them",
        ))
        .citing(policy.cite(&rule.clause));
        findings.push(Finding { problem, clauses: vec![rule.clause.clone()] });
    }
}

/// The words right before each named value, back to the last comma.
fn before_values(message: &Message) -> Vec<(Slot, &str)> {
    let pairs = message.0.windows(2);
    pairs
        .filter_map(|pair| match pair {
            [Part::Words(words), Part::Value(slot, _)] => {
                Some((*slot, words.rsplit(['،', ',', ';', '.', ':', '؛']).next().unwrap_or(words)))
            }
            _ => None,
        })
        .collect()
}

const PHRASES_AR: &[(&str, Comparison)] = &[
    ("لا|ألا|لم يتجاوز|تتجاوز|يجاوز|تجاوز|يزيد|تزيد|يفوق|تفوق", Comparison::LessOrEqual),
    ("في حدود", Comparison::LessOrEqual),
    ("بحد أقصى", Comparison::LessOrEqual),
    ("لا|ألا|لم يقل|تقل|ينقص|تنقص", Comparison::GreaterOrEqual),
    ("أقل ما", Comparison::GreaterOrEqual),
    ("بحد أدنى", Comparison::GreaterOrEqual),
    ("أقل من", Comparison::Less),
    ("دون الحد", Comparison::Less),
    ("يقل|تقل|ينقص|تنقص عن", Comparison::Less),
    ("أكثر من", Comparison::Greater),
    ("أكبر من", Comparison::Greater),
    ("يتجاوز|تتجاوز|يزيد|تزيد|يفوق|تفوق", Comparison::Greater),
];

const PHRASES_EN: &[(&str, Comparison)] = &[
    ("not exceed", Comparison::LessOrEqual),
    ("no|not more than", Comparison::LessOrEqual),
    ("at most", Comparison::LessOrEqual),
    ("not above|over", Comparison::LessOrEqual),
    ("up to", Comparison::LessOrEqual),
    ("no|not less|fewer than", Comparison::GreaterOrEqual),
    ("at least", Comparison::GreaterOrEqual),
    ("not below|under", Comparison::GreaterOrEqual),
    ("less|fewer than", Comparison::Less),
    ("below|under", Comparison::Less),
    ("more|greater than", Comparison::Greater),
    ("above|over|exceeds|exceed", Comparison::Greater),
];

fn phrase(words: &str, lang: Lang) -> Option<(String, Comparison)> {
    let phrases = match lang {
        Lang::Ar => PHRASES_AR,
        Lang::En => PHRASES_EN,
    };
    let read = Words::of(words);
    phrases.iter().find_map(|(pattern, comparison)| {
        let range = read.find(pattern)?;
        Some((words.get(range)?.to_owned(), *comparison))
    })
}

/// What the label of a parameter says of its own end: is it inside?
const LABELS: &[(&str, &str, [Comparison; 2])] = &[
    (
        "أعلى|أقصى|أكثر|أطول",
        "highest|most|maximum|longest|largest",
        [Comparison::LessOrEqual, Comparison::Greater],
    ),
    ("أقل|أدنى|أصغر", "lowest|least|fewest|minimum|smallest", [Comparison::GreaterOrEqual, Comparison::Less]),
    ("دونه|دونها", "below which", [Comparison::Less, Comparison::GreaterOrEqual]),
    ("بلغه|بلغها", "from which", [Comparison::GreaterOrEqual, Comparison::Less]),
    ("زاد عليه|عليها", "beyond|above|over which", [Comparison::Greater, Comparison::LessOrEqual]),
];

fn labels(policy: &Policy, node: &Node, findings: &mut Vec<Finding>) {
    if let Expr::Compare(comparison, left, right) = &node.expr {
        for (side, comparison) in [(right, *comparison), (left, mirrored(*comparison))] {
            if is_parameter(policy, side) {
                label(policy, node, side, comparison, findings);
            }
        }
    }
    for part in node.parts() {
        labels(policy, part, findings);
    }
}

fn label(policy: &Policy, node: &Node, side: &Node, made: Comparison, findings: &mut Vec<Finding>) {
    let Expr::Slot(slot) = side.expr else { return };
    let Some(named) = policy.vocabulary.get(slot) else { return };
    if matches!(made, Comparison::Equal | Comparison::NotEqual) {
        return;
    }
    let (ar, en) = (Words::of(&named.label.ar), Words::of(&named.label.en));
    let said = LABELS.iter().find(|(in_arabic, in_english, _)| ar.has(in_arabic) || en.has(in_english));
    let Some((_, _, allowed)) = said else { return };
    if allowed.contains(&made) {
        return;
    }
    let (label, made) = (&named.label, made.sign());
    let [one, other] = allowed.map(Comparison::sign);
    let problem = problems::problem(
        Code::OperatorWording,
        Text::new(
            format!("«{}» يُقارن به بـ`{one}` أو `{other}`، لا بـ`{made}`", label.ar),
            format!("“{}” is compared with `{one}` or `{other}`, not `{made}`", label.en),
        ),
        Some(node.place.clone()),
        Text::default(),
    )
    .help(Text::new(
        "يختلفان عند المساواة: غيِّروا الشرط أو اسم المعلمة",
        "they differ where both are equal: change the condition, or the label of the parameter",
    ));
    let problem = match &named.place {
        Some(place) => problem.also(place.clone(), Text::default()),
        None => problem,
    };
    findings.push(Finding { problem, clauses: vec![] });
}
