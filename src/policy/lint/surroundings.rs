//! Slips around the rules: what nothing reads, months, groups of people, identity papers, forms of units.

use std::collections::BTreeSet;

use super::super::{After, Each, Limit, Mode, Policy, RuleKind, Wording};
use super::arabic::Words;
use super::locate::Locator;
use super::{Finding, problems};
use crate::calendar::Period;
use crate::diag::{Code, Severity};
use crate::expression::evaluate::{collect_slot, reads};
use crate::expression::program::{Definition, Origin, Slot, Value};
use crate::source::Place;
use crate::value::Text;

pub(super) fn find(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    unused(policy, findings);
    units(policy, locator, findings);
    months(policy, locator, findings);
    groups(policy, findings);
    identity(policy, locator, findings);
}

/// Every name that some rule, paper, deadline, service, score or letter reads, directly or through what it is made of.
fn used(policy: &Policy) -> BTreeSet<Slot> {
    let mut used = BTreeSet::new();
    let mut wordings: Vec<&Wording> = Vec::new();
    for rule in &policy.rules {
        used.extend(reads(&policy.vocabulary, &rule.condition));
        for (when, wording) in &rule.not_met_if {
            used.extend(reads(&policy.vocabulary, when));
            wordings.push(wording);
        }
        wordings
            .extend([&rule.met, &rule.not_met, &rule.unknown, &rule.not_applicable].into_iter().flatten());
    }
    let cases = policy.documents.iter().flat_map(|document| &document.required);
    let instead = policy.deadlines.iter().flat_map(|deadline| &deadline.instead);
    let nodes = cases
        .filter_map(|case| case.when.as_ref())
        .chain(instead.map(|case| &case.when))
        .chain(policy.services.iter().filter_map(|service| service.quantity.as_ref()));
    for node in nodes {
        used.extend(reads(&policy.vocabulary, node));
    }
    if let Some(score) = &policy.score {
        for slot in score.tier.iter().chain([&score.slot]) {
            collect_slot(&policy.vocabulary, *slot, &mut used);
        }
    }
    if let Some(frame) = &policy.frame {
        wordings.extend([&frame.license, &frame.contacts, &frame.opening, &frame.closing, &frame.addressee]);
        wordings.extend(&frame.basis);
    }
    for letter in &policy.letters {
        wordings.extend([&letter.addressee, &letter.subject, &letter.attachments].into_iter().flatten());
        for check in &letter.checks {
            used.extend(reads(&policy.vocabulary, &check.condition));
        }
        // A list is read by what is repeated for its things.
        let each = letter.text.iter().filter_map(|piece| piece.each);
        used.extend(each.chain(letter.tables.iter().map(|table| table.each)).filter_map(|each| {
            let Each::Detail(slot) = each else { return None };
            Some(slot)
        }));
        wordings.extend(letter.text.iter().map(|piece| &piece.wording));
        wordings.extend(letter.tables.iter().flat_map(|table| table.columns.iter().map(|(_, cells)| cells)));
    }
    for wording in wordings {
        for slot in wording.ar.slots().chain(wording.en.slots()) {
            collect_slot(&policy.vocabulary, slot, &mut used);
        }
    }
    // The name under which an applicant signs.
    used.extend(policy.vocabulary.find("applicant.name"));
    used
}

fn unused(policy: &Policy, findings: &mut Vec<Finding>) {
    let used = used(policy);
    let expected: BTreeSet<&str> = policy
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.expect.values.iter())
        .map(|(key, _)| key.name.as_str())
        .collect();
    for (slot, named) in policy.vocabulary.iter().filter(|(slot, _)| !used.contains(slot)) {
        let id = &named.id;
        let (code, message, help) = match (named.origin, &named.definition) {
            (Origin::Fact, _) => {
                if policy.fact_at(slot).is_some_and(|fact| fact.is_justified) {
                    continue;
                }
                (
                    Code::UnusedFact,
                    Text::new(
                        format!("تُسأل «{}» ولا يقرؤها شيء", named.label.ar),
                        format!("`{id}` is asked, and nothing reads it"),
                    ),
                    Text::new(
                        "لا تسألوا عما لا يلزم: احذفوها، أو اكتبوا justification",
                        "do not ask for what is not needed: leave it out, or write a `justification`",
                    ),
                )
            }
            (Origin::Detail, _) => (
                Code::UnusedFact,
                Text::new(
                    format!("لا يقول الخطاب «{}»", named.label.ar),
                    format!("the letter does not say `{id}`"),
                ),
                Text::new("احذفوها، أو اذكروها في الخطاب", "leave it out, or let the letter say it"),
            ),
            (Origin::Parameter, _) => (
                Code::UnusedParameter,
                Text::new(
                    format!("لا شيء يقرأ المعلمة `{id}`"),
                    format!("nothing reads the parameter `{id}`"),
                ),
                Text::new("احذفوها، أو استعملوها", "leave it out, or use it"),
            ),
            // A value that an example shows is read by people.
            (_, Some(_)) if expected.contains(id.as_str()) => continue,
            (_, Some(Definition::Expression(_) | Definition::Output { .. })) => (
                Code::UnusedValue,
                Text::new(format!("لا شيء يقرأ القيمة `{id}`"), format!("nothing reads the value `{id}`")),
                Text::new("احذفوها، أو استعملوها", "leave it out, or use it"),
            ),
            _ => continue,
        };
        let problem = problems::problem(code, message, named.place.clone(), Text::default()).help(help);
        findings.push(Finding { problem, clauses: vec![] });
    }
}

fn units(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    for (name, forms) in &policy.units {
        let (ar, en) = (&forms.ar, &forms.en);
        let all = [&ar.one, &ar.two, &ar.two_nominative, &ar.few, &ar.many, &ar.other, &en.one, &en.other];
        let wrong = if all.iter().any(|form| form.trim().is_empty()) {
            Some(("صيغة خالية", "a form is empty"))
        } else if ar.two == ar.one || ar.two == ar.other {
            Some(("المثنى كالمفرد", "the dual is like the singular"))
        } else if ar.two == ar.two_nominative {
            Some(("المثنى المرفوع كالمجرور", "the dual of the subject is like the other one"))
        } else if ar.few == ar.other || ar.few == ar.one {
            Some(("الجمع كالمفرد", "the plural is like the singular"))
        } else if en.one == en.other {
            Some(("الجمع الإنجليزي كالمفرد", "the English plural is like the singular"))
        } else {
            None
        };
        if let Some((in_arabic, in_english)) = wrong {
            let problem = problems::problem(
                Code::UnitWording,
                Text::new(format!("الوحدة `{name}`: {in_arabic}"), format!("unit `{name}`: {in_english}")),
                locator.key("units.toml", &["unit", name]),
                Text::default(),
            )
            .help(Text::new(
                "اكتبوا الصيغ كما تُقرأ: «فرد واحد، فردين، فردان، أفراد، فردًا، فرد»",
                "write the forms as they are read: «فرد واحد، فردين، فردان، أفراد، فردًا، فرد», “person, people”",
            ));
            findings.push(Finding { problem, clauses: vec![] });
        }
    }
}

fn months(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    let is_months = |limit: Option<&Limit>| {
        limit.is_some_and(|limit| matches!(limit.after, After::Period(Period::Months(_))))
    };
    let mut places: Vec<Option<Place>> = Vec::new();
    for service in &policy.services {
        if service.interval.is_some_and(|span| span.months != 0) {
            places.push(locator.value("services.toml", &["service", &service.id, "interval"]));
        }
    }
    for document in &policy.documents {
        if matches!(document.issued_within, Some(Period::Months(_))) {
            places.push(locator.value("documents.toml", &["document", &document.id, "issued_within"]));
        }
    }
    for deadline in &policy.deadlines {
        for (key, limit) in [("earliest", &deadline.earliest), ("latest", &deadline.latest)] {
            if is_months(limit.as_ref()) {
                places.push(locator.value("deadlines.toml", &["deadline", &deadline.id, key]));
            }
        }
    }
    for kept in &policy.privacy.retention {
        if matches!(kept.keep, Period::Months(_)) {
            places.push(locator.value("privacy.toml", &["retention", &kept.id, "keep"]));
        }
    }
    for parameter in &policy.parameters {
        if parameter.entries.iter().any(|(_, value)| matches!(value, Value::Span(span) if span.months != 0)) {
            places.push(locator.value("parameters.toml", &[&parameter.id, "from"]));
        }
    }
    let mut places = places.into_iter().flatten();
    let Some(first) = places.next() else { return };
    let mut problem = problems::problem(
        Code::MonthEnd,
        Text::new(
            "شهورٌ تُحسب من يومٍ قد لا يكون في آخر شهر منها",
            "months counted from a day that the last of them may lack",
        ),
        Some(first),
        Text::default(),
    )
    .help(Text::new(
        "تُحسب إلى آخر يومٍ من ذلك الشهر؛ فليقرر المجلس أن هذا مراده",
        "they end on the last day of that month; let the board say that this is meant",
    ));
    for place in places {
        problem = problem.also(place, Text::default());
    }
    findings.push(Finding { problem, clauses: vec![] });
}

/// What marks a group of people, in the id or at the head of the label of a fact.
const GROUPS: &[&str] = &[
    "sex|gender|nationality|citizenship|citizen|born|birth|age|area|region|district|tribe|religion",
    "الجنس|الجنسية|جنسية|ميلاد|الميلاد|العمر|عمر|السن|المنطقة|منطقة|الموقع|موقع|الحي|القبيلة",
];

fn groups(policy: &Policy, findings: &mut Vec<Finding>) {
    for rule in policy.rules.iter().filter(|rule| rule.kind == RuleKind::Eligibility) {
        if rule.justification.is_some() || rule.interpretation.is_some() {
            continue;
        }
        let facts = reads(&policy.vocabulary, &rule.condition);
        let marks = facts.iter().filter_map(|slot| policy.fact_at(*slot)).filter(|fact| {
            let last = fact.id.rsplit('.').next().unwrap_or_default().replace('_', " ");
            let head: Vec<&str> = fact.label.ar.split_whitespace().take(2).collect();
            let named = Words::of(&format!("{last} {}", head.join(" ")));
            GROUPS.iter().any(|pattern| named.has(pattern))
        });
        let marks: Vec<&str> = marks.map(|fact| fact.id.as_str()).collect();
        if marks.is_empty() {
            continue;
        }
        let (id, list) = (&rule.id, marks.join(", "));
        let problem = problems::problem(
            Code::GroupExclusion,
            Text::new(
                format!("القاعدة {id} تُخرج فئةً كاملة بحسب: {list}"),
                format!("rule `{id}` leaves out a whole group of people, by {list}"),
            ),
            Some(rule.condition.place.clone()),
            Text::default(),
        )
        .help(Text::new(
            "اكتبوا justification.ar وjustification.en، أو اربطوها بتفسير",
            "write `justification.ar` and `justification.en`, or name the interpretation that it rests on",
        ))
        .citing(policy.cite(&rule.clause));
        findings.push(Finding { problem, clauses: vec![rule.clause.clone()] });
    }
}

fn identity(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    for document in policy.documents.iter().filter(|document| document.mode == Mode::Kept) {
        let title = Words::of(&format!("{} {}", document.title.ar, document.title.en));
        let by_title = title.has("هوية|هويات|إقامة|جواز|identity|passport|iqama");
        if !document.identity && !by_title {
            continue;
        }
        let id = &document.id;
        let mut problem = problems::problem(
            Code::IdentityCopy,
            Text::new(
                format!("تُحفظ صورة من وثيقة هوية: {id}"),
                format!("a copy of an identity paper is kept: `{id}`"),
            ),
            locator.value("documents.toml", &["document", id, "mode"]),
            Text::default(),
        )
        .help(Text::new(
            "يكفي الاطلاع عليها ومطابقتها: mode = \"sighted\"",
            "it is enough to see and match it: `mode = \"sighted\"`",
        ))
        .citing(policy.cite(&document.clause));
        if !document.identity {
            // Only its title says so.
            problem.severity = Severity::Warning;
        }
        findings.push(Finding { problem, clauses: vec![document.clause.clone()] });
    }
}
