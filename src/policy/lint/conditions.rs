//! Slips in conditions: always the same, never together, numbers of their own.

use super::super::{Policy, Rule, RuleKind};
use super::locate::Locator;
use super::possible;
use super::{Finding, problems};
use crate::diag::{Code, Diagnostic};
use crate::expression::program::{Builtin, Definition, Expr, Node, Origin, Value};
use crate::value::{Number, Text};

pub(super) fn find(policy: &Policy, _locator: &Locator, findings: &mut Vec<Finding>) {
    constants(policy, findings);
    contradictions(policy, findings);
    exemptions(policy, findings);
    for node in conditions(policy) {
        numbers(policy, node, findings);
    }
}

fn push(findings: &mut Vec<Finding>, policy: &Policy, clause: Option<&str>, problem: Diagnostic) {
    let clauses = clause.map(|clause| vec![clause.to_owned()]).unwrap_or_default();
    let problem = problem.citing(clause.and_then(|clause| policy.cite(clause)));
    findings.push(Finding { problem, clauses });
}

/// Every condition and computation of the policy, but for points.
pub(super) fn conditions(policy: &Policy) -> Vec<&Node> {
    let mut nodes = Vec::new();
    for rule in &policy.rules {
        nodes.push(&rule.condition);
        nodes.extend(rule.not_met_if.iter().map(|(when, _)| when));
    }
    for document in &policy.documents {
        nodes.extend(document.required.iter().filter_map(|case| case.when.as_ref()));
    }
    for deadline in &policy.deadlines {
        nodes.extend(deadline.instead.iter().map(|case| &case.when));
    }
    nodes.extend(policy.services.iter().filter_map(|service| service.quantity.as_ref()));
    for (_, named) in policy.vocabulary.iter() {
        let Some(Definition::Expression(node)) = &named.definition else { continue };
        if named.id.starts_with("factor.") {
            factor(node, &mut nodes);
        } else {
            nodes.push(node);
        }
    }
    nodes
}

/// The cases of a factor, and what it counts: all but its points.
fn factor<'a>(node: &'a Node, nodes: &mut Vec<&'a Node>) {
    if let Expr::If(when, _, otherwise) = &node.expr {
        nodes.push(when);
        factor(otherwise, nodes);
    } else if let Expr::Call(Builtin::Min, parts) = &node.expr {
        if let Some(product) = parts.first() {
            factor(product, nodes);
        }
    } else if let Expr::Arithmetic(_, of, _) = &node.expr {
        nodes.push(of);
    }
}

fn constants(policy: &Policy, findings: &mut Vec<Finding>) {
    let mut check = |node: &Node, services: Option<&[usize]>, clause: Option<&str>| {
        let Some(results) = possible::results(policy, &[node], services) else { return };
        let is = |value: bool| results.iter().all(|result| result.first() == Some(&Some(value)));
        let (ar, en) = match (is(true), is(false)) {
            (true, false) => ("شرطٌ يتحقق في كل طلب", "a condition that holds for every request"),
            (false, true) => ("شرطٌ لا يتحقق في أيِّ طلب", "a condition that holds for no request"),
            _ => return,
        };
        let problem = problems::problem(
            Code::ConstantCondition,
            Text::new(ar, en),
            Some(node.place.clone()),
            Text::default(),
        )
        .help(Text::new(
            "راجعوا الحدود وما تسمح به facts.toml، أو احذفوا الشرط",
            "look at the bounds and at what facts.toml allows, or leave the condition out",
        ));
        push(findings, policy, clause, problem);
    };
    for rule in &policy.rules {
        let services = rule.services.as_deref();
        check(&rule.condition, services, Some(&rule.clause));
        for (when, _) in &rule.not_met_if {
            check(when, services, Some(&rule.clause));
        }
    }
    for document in &policy.documents {
        for case in &document.required {
            if let Some(when) = &case.when {
                check(when, case.services.as_deref(), Some(&document.clause));
            }
        }
    }
    for deadline in &policy.deadlines {
        for case in &deadline.instead {
            check(&case.when, deadline.services.as_deref(), Some(&deadline.clause));
        }
    }
    for (_, named) in policy.vocabulary.iter() {
        if let Some(Definition::Expression(node)) = &named.definition
            && named.id.starts_with("factor.")
        {
            let mut cases = Vec::new();
            factor(node, &mut cases);
            for case in cases.into_iter().filter(|case| case.ty == crate::expression::types::Type::Bool) {
                check(case, None, None);
            }
        }
    }
}

/// Do two rules concern some request together?
fn meet(one: &Rule, two: &Rule) -> bool {
    let both = |one: &Option<Vec<usize>>, two: &Option<Vec<usize>>| match (one, two) {
        (Some(one), Some(two)) => one.iter().any(|service| two.contains(service)),
        _ => true,
    };
    let applicants = match (&one.applicants, &two.applicants) {
        (Some(one), Some(two)) => one.iter().any(|applicant| two.contains(applicant)),
        _ => true,
    };
    both(&one.services, &two.services) && applicants
}

fn contradictions(policy: &Policy, findings: &mut Vec<Finding>) {
    let rules: Vec<&Rule> = policy
        .rules
        .iter()
        .filter(|rule| rule.kind == RuleKind::Eligibility && rule.unless.is_empty())
        .collect();
    for (at, one) in rules.iter().enumerate() {
        for two in rules.iter().skip(at + 1).filter(|two| meet(one, two)) {
            let reads = |rule: &Rule| crate::expression::evaluate::reads(&policy.vocabulary, &rule.condition);
            if reads(one).is_disjoint(&reads(two)) {
                continue;
            }
            let services: Option<Vec<usize>> = match (&one.services, &two.services) {
                (Some(one), Some(two)) => {
                    Some(one.iter().copied().filter(|service| two.contains(service)).collect())
                }
                (services, None) | (None, services) => services.clone(),
            };
            let nodes = [&one.condition, &two.condition];
            let Some(results) = possible::results(policy, &nodes, services.as_deref()) else { continue };
            let can_be =
                |wanted: &dyn Fn(&[Option<bool>]) -> bool| results.iter().any(|result| wanted(result));
            let holds = |result: Option<&Option<bool>>| result != Some(&Some(false));
            let alone = can_be(&|result| holds(result.first())) && can_be(&|result| holds(result.get(1)));
            let together = can_be(&|result| holds(result.first()) && holds(result.get(1)));
            if alone && !together {
                let (first, second) = (&one.id, &two.id);
                let problem = problems::problem(
                    Code::ContradictingRules,
                    Text::new(
                        format!("لا يستوفي طلبٌ القاعدتين {first} و{second} معًا"),
                        format!("no request can meet both `{first}` and `{second}`"),
                    ),
                    Some(one.condition.place.clone()),
                    Text::default(),
                )
                .also(two.condition.place.clone(), Text::default())
                .help(Text::new(
                    "بيِّنوا أيُّهما تُقدَّم: إعفاءٌ تحت `unless`، أو خدماتٌ مختلفة",
                    "say which one gives way: an exemption under `unless`, or different services",
                ));
                push(findings, policy, Some(&one.clause), problem);
            }
        }
    }
}

fn exemptions(policy: &Policy, findings: &mut Vec<Finding>) {
    for (index, rule) in policy.rules.iter().enumerate() {
        let is_named = policy.rules.iter().any(|other| other.unless.contains(&index));
        if rule.kind == RuleKind::Exemption && !is_named {
            let id = &rule.id;
            let problem = problems::problem(
                Code::UnusedExemption,
                Text::new(format!("لا قاعدة تذكر الإعفاء {id}"), format!("no rule names the exemption `{id}`")),
                Some(rule.place.clone()),
                Text::default(),
            )
            .help(Text::new(
                format!("اكتبوا unless = [\"{id}\"] في القاعدة التي يرفعها"),
                format!("write `unless = [\"{id}\"]` in the rule that it sets aside"),
            ));
            push(findings, policy, Some(&rule.clause), problem);
        }
    }
}

/// Numbers that stand in a condition itself.
fn numbers(policy: &Policy, node: &Node, findings: &mut Vec<Finding>) {
    if let Expr::Constant(Value::Number(_)) = node.expr {
        let written = node.place.source.slice(&node.place.range).trim();
        let Some(number) = Number::parse(&written.replace('_', "")) else { return };
        if [Number::ZERO, Number::ONE, Number::from(100)].contains(&number) {
            return;
        }
        let same = policy.parameters.iter().find(|parameter| {
            let money = policy
                .vocabulary
                .get(parameter.slot)
                .is_some_and(|named| matches!(&named.ty, crate::expression::types::Type::Number(quantity) if quantity.unit.money_power() > 0));
            let wanted = if money { number.times(Number::from(100)) } else { Some(number) };
            let last = parameter.entries.last().map(|(_, value)| value);
            matches!((last, wanted), (Some(Value::Number(value)), Some(wanted)) if *value == wanted)
        });
        let help = match same {
            Some(parameter) => {
                let id = &parameter.id;
                Text::new(
                    format!("اكتبوا `{id}`، فقيمته الآن هي هذا العدد"),
                    format!("write `{id}`: that is its value now"),
                )
            }
            None => Text::new(
                "اجعلوه معلمةً في parameters.toml، ليغيِّره المجلس في موضعٍ واحد",
                "make it a parameter in parameters.toml, so that the board changes it in one place",
            ),
        };
        let problem = problems::problem(
            Code::HardCodedNumber,
            Text::new(
                format!("العدد `{written}` مكتوبٌ في الشرط نفسه"),
                format!("the number `{written}` stands in the condition itself"),
            ),
            Some(node.place.clone()),
            Text::default(),
        )
        .help(help);
        findings.push(Finding { problem, clauses: vec![] });
        return;
    }
    for part in node.parts() {
        numbers(policy, part, findings);
    }
}

/// Which names the board decided.
pub(super) fn is_parameter(policy: &Policy, node: &Node) -> bool {
    matches!(node.expr, Expr::Slot(slot) if policy.vocabulary.get(slot).is_some_and(|named| named.origin == Origin::Parameter))
}
