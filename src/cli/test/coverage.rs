//! `mizan test --coverage`: what the worked examples reach, and what they would notice.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::app::Reached;
use crate::evaluation::notice::{Report, RuleCoverage};
use crate::policy::Policy;
use crate::value::{Lang, Number, Text};

/// For people: what was never reached, and every change that nobody would have noticed.
pub(super) fn text(policy: &Policy, report: &Report, letters: &[Reached], lang: Lang) -> String {
    let mut text = String::new();
    let title = |text: &mut String, title: &str| {
        let _ = writeln!(text, "\n{title}");
    };
    let name = format!("{} {}", policy.id, policy.number);
    match lang {
        Lang::Ar => title(&mut text, &format!("ما تبلغه أمثلة {name}")),
        Lang::En => title(&mut text, &format!("What the examples of {name} reach")),
    }
    if report.failing > 0 {
        let failing = report.failing;
        let _ = match lang {
            Lang::Ar => writeln!(text, "  لا تُعتبر أمثلةٌ لم تنجح، وعددها: {failing}"),
            Lang::En => writeln!(text, "  examples that do not pass, and are left out: {failing}"),
        };
    }
    for (name, places) in reached(report, letters).into_iter().filter(|(_, places)| !places.is_empty()) {
        let missed: Vec<&str> =
            places.iter().filter(|(_, count)| *count == 0).map(|(place, _)| place.as_str()).collect();
        let (found, all) = (places.len() - missed.len(), places.len());
        let _ = match lang {
            Lang::Ar => write!(text, "  {}: {found} من {all}", name.ar),
            Lang::En => write!(text, "  {}: {found} of {all}", name.en),
        };
        let _ = match (missed.as_slice(), lang) {
            ([], _) => writeln!(text),
            (missed, Lang::Ar) => writeln!(text, "؛ لم يُبلَغ: {}", missed.join("، ")),
            (missed, Lang::En) => writeln!(text, "; never: {}", missed.join(", ")),
        };
    }
    title(&mut text, Text::new("ما تلاحظه الأمثلة", "What the examples notice").get(lang));
    for (kind, (all, noticed)) in report.by_kind().into_iter().filter(|(_, (all, _))| *all > 0) {
        let _ = match lang {
            Lang::Ar => writeln!(text, "  {}: {noticed} من {all}", kind.text().ar),
            Lang::En => writeln!(text, "  {}: {noticed} of {all}", kind.text().en),
        };
    }
    let ((noticed, all), alike) = (report.score(), report.alike().count());
    let share = share(noticed, all);
    let _ = match lang {
        Lang::Ar => writeln!(
            text,
            "  المجموع: {noticed} من {all} تغييرًا صغيرًا ({share}٪)؛ وما لم يظهر له أثر فيما جُرِّب: {alike}"
        ),
        Lang::En => writeln!(
            text,
            "  in all: {noticed} of {all} small changes ({share}%); not told apart by anything tried: {alike}"
        ),
    };
    if noticed < all {
        title(&mut text, Text::new("ما لا تلاحظه الأمثلة", "What they would not notice").get(lang));
    }
    for (mutant, witness) in report.survivors() {
        let _ = writeln!(text, "  ○ {}", mutant.sentence().get(lang));
        let _ = writeln!(text, "      {}", witness.text(policy).get(lang));
    }
    if alike > 0 {
        let heading = Text::new(
            "تغييرات لم يظهر لها أثر فيما جُرِّب",
            "Changes that nothing tried tells apart from the policy",
        );
        title(&mut text, heading.get(lang));
    }
    for (mutant, tried) in report.alike() {
        let place = mutant.line().map_or_else(String::new, |line| format!(" ({line})"));
        let _ = match (lang, tried) {
            (Lang::Ar, 0) => writeln!(text, "  = لو {}{place}؛ لا ينظر فيه أي مثال", mutant.what.ar),
            (Lang::En, 0) => writeln!(text, "  = if {}{place}; no example looks at it", mutant.what.en),
            (Lang::Ar, _) => {
                writeln!(text, "  = لو {}{place}؛ عدد ما جُرِّب من الطلبات: {tried}", mutant.what.ar)
            }
            (Lang::En, _) => writeln!(text, "  = if {}{place}; requests tried: {tried}", mutant.what.en),
        };
    }
    text
}

/// What there is to reach, and how often each was.
fn reached(report: &Report, letters: &[Reached]) -> Vec<(Text, Vec<(String, usize)>)> {
    let rules = |count: fn(&RuleCoverage) -> usize| -> Vec<(String, usize)> {
        report.rules.iter().map(|rule| (rule.id.clone(), count(rule))).collect()
    };
    // What the policy has no words for cannot come about.
    let can_fail = report.rules.iter().filter(|rule| rule.can_fail);
    let failed = can_fail.map(|rule| (rule.id.clone(), rule.not_met)).collect();
    vec![
        (Text::new("قواعد تحققت", "rules met"), rules(|rule| rule.met)),
        (Text::new("قواعد لم تتحقق", "rules not met"), failed),
        (Text::new("قواعد غير معلومة", "rules not known"), rules(|rule| rule.unknown)),
        (
            Text::new("صفوف الجداول", "rows of tables"),
            report.tables.iter().flat_map(|table| table.rows.clone()).collect(),
        ),
        (
            Text::new("حالات الدرجة", "cases of the score"),
            report.factors.iter().flat_map(|factor| factor.cases.clone()).collect(),
        ),
        (
            Text::new("خطابات يمكن إصدارها", "letters that may be issued"),
            letters.iter().map(|letter| (letter.id.clone(), letter.count)).collect(),
        ),
    ]
}

/// In hundredths, at most one place after the point.
fn share(part: usize, all: usize) -> String {
    let number = |number: usize| Number::from(i64::try_from(number).unwrap_or(i64::MAX));
    let share = number(part).times(Number::from(100)).and_then(|part| part.over(number(all.max(1))));
    share.and_then(|share| share.rounded(1)).map_or_else(String::new, |share| share.to_string())
}

/// For other programs.
pub(super) fn json(policy: &Policy, report: &Report, letters: &[Reached]) -> Json {
    let rules = report.rules.iter().map(|rule| {
        json!({
            "id": rule.id,
            "met": rule.met,
            "not_met": rule.not_met,
            "unknown": rule.unknown,
            "conflict": rule.conflict,
            "not_applicable": rule.not_applicable,
        })
    });
    let places = |places: &[(String, usize)]| -> Vec<Json> {
        places.iter().map(|(line, count)| json!({ "line": line, "count": count })).collect()
    };
    let tables = report.tables.iter().map(|table| json!({ "id": table.id, "rows": places(&table.rows) }));
    let factors =
        report.factors.iter().map(|factor| json!({ "id": factor.id, "cases": places(&factor.cases) }));
    let letters = letters.iter().map(|letter| json!({ "id": letter.id, "count": letter.count }));
    let survivors = report.survivors().map(|(mutant, witness)| {
        json!({
            "kind": mutant.kind.name(),
            "line": mutant.line(),
            "text": mutant.sentence(),
            "example": witness.example,
            "is_altered": !witness.tweaks.is_empty(),
            "expect": witness.expect,
            "advice": witness.text(policy),
        })
    });
    let alike = report.alike().map(|(mutant, tried)| {
        json!({ "kind": mutant.kind.name(), "line": mutant.line(), "text": mutant.what, "tried": tried })
    });
    let kinds = report
        .by_kind()
        .into_iter()
        .map(|(kind, (all, noticed))| json!({ "kind": kind.name(), "changes": all, "noticed": noticed }));
    let (noticed, all) = report.score();
    json!({
        "policy": policy.id,
        "revision": policy.number,
        "examples": report.examples,
        "failing": report.failing,
        "rules": rules.collect::<Vec<_>>(),
        "tables": tables.collect::<Vec<_>>(),
        "factors": factors.collect::<Vec<_>>(),
        "letters": letters.collect::<Vec<_>>(),
        "mutation": {
            "noticed": noticed,
            "changes": all,
            "kinds": kinds.collect::<Vec<_>>(),
            "survivors": survivors.collect::<Vec<_>>(),
            "alike": alike.collect::<Vec<_>>(),
        },
    })
}
