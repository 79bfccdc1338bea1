//! Slips in what people read: another comparison than the condition makes, numbers that would stay behind, blame, gaps.

mod comparisons;
mod gaps;

use std::ops::Range;

use super::super::Policy;
use super::arabic::Words;
use super::locate::{Locator, Written};
use super::{Finding, problems};
use crate::diag::Code;
use crate::value::{Lang, Text};

pub(super) fn find(policy: &Policy, locator: &Locator, findings: &mut Vec<Finding>) {
    comparisons::find(policy, locator, findings);
    gaps::find(policy, locator, findings);
    for (file, top) in [("rules.toml", "rule"), ("letters.toml", "letter")] {
        for written in locator.texts(file, top) {
            if written.keys.iter().any(|key| key == "justification") {
                continue;
            }
            // A title may carry the number of a form.
            if written.keys.last().is_none_or(|key| key != "title") {
                numbers(&written, findings);
            }
            blame(&written, findings);
        }
    }
}

fn push(
    findings: &mut Vec<Finding>,
    code: Code,
    written: &Written,
    range: &Range<usize>,
    message: Text,
    help: Text,
) {
    let problem = problems::problem(code, message, Some(written.place(range)), Text::default()).help(help);
    findings.push(Finding { problem, clauses: vec![] });
}

/// Times that Arabic says without a numeral, and numerals in words before a time.
const NUMBERS_AR: &[&str] = &[
    "أسبوعين|أسبوعان|يومين|يومان|شهرين|شهران|سنتين|سنتان|عامين|ساعتين",
    "ثلاثة|ثلاث|أربعة|أربع|خمسة|خمس|ستة|ست|سبعة|سبع|ثمانية|ثماني|تسعة|تسع|عشرة|عشر|عشرون|عشرين|ثلاثون|ثلاثين|أربعون|أربعين|خمسين|ستون|ستين|سبعين|ثمانين|تسعون|تسعين|مئة يوم|يوما|أيام|أسبوع|أسابيع|أسبوعا|شهر|شهرا|أشهر|سنة|سنوات|ساعة|ساعات|ريال|ريالا|ريالات",
];

const NUMBERS_EN: &[&str] = &[
    "two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty|sixty|ninety day|days|week|weeks|month|months|year|years|hour|hours|riyal|riyals",
    "two|three|five|seven|ten|fifteen working days|day",
];

fn numbers(written: &Written, findings: &mut Vec<Finding>) {
    let text = written.without_placeholders();
    let words = Words::of(&text);
    let mut found: Vec<Range<usize>> = words
        .0
        .iter()
        .filter(|word| {
            word.forms.first().is_some_and(|form| form.folded.chars().all(|letter| letter.is_ascii_digit()))
        })
        .map(|word| word.range.clone())
        .collect();
    let patterns = match written.lang {
        Lang::Ar => NUMBERS_AR,
        Lang::En => NUMBERS_EN,
    };
    found.extend(patterns.iter().flat_map(|pattern| words.find_all(pattern)));
    for range in found {
        let number = text.get(range.clone()).unwrap_or_default();
        let message = Text::new(
            format!("«{number}» في نصٍّ يبقى على حاله إذا تغيَّرت السياسة"),
            format!("“{number}” in a text would stay when the policy changes"),
        );
        let help = Text::new(
            "اكتبوا مكانه {معلمة} أو {موعد.latest}",
            "write a placeholder instead: `{parameter}`, `{deadline.latest}`",
        );
        push(findings, Code::NumberInText, written, &range, message, help);
    }
}

const BLAME_AR: &[&str] = &[
    "لم تثبتوا|تلتزموا|تستوفوا|تفصحوا|تبينوا|تقدموا",
    "أخفقتم|فشلتم|قصرتم|خالفتم|كذبتم|زعمتم|ادعيتم|تحايلتم|أهملتم",
    "رفض|رفضه|رفضنا|رفضت|مرفوض|مرفوضة|نرفض",
];

const BLAME_EN: &[&str] = &[
    "you failed|neglected|lied|claimed|cheated",
    "you did not",
    "your failure|negligence|fault",
    "rejected|rejection|refused|refusal",
];

fn blame(written: &Written, findings: &mut Vec<Finding>) {
    let text = written.without_placeholders();
    let words = Words::of(&text);
    let patterns = match written.lang {
        Lang::Ar => BLAME_AR,
        Lang::En => BLAME_EN,
    };
    for range in patterns.iter().flat_map(|pattern| words.find_all(pattern)) {
        let said = text.get(range.clone()).unwrap_or_default();
        let message =
            Text::new(format!("«{said}»: لومٌ أو رفض"), format!("“{said}” blames the person, or rejects him"));
        let help = Text::new(
            "صفوا ما لم يثبت دون نسبته إلى أحد: «لم تثبت …»، «تعذَّر قبول الطلب»",
            "say what was not established, and of nobody: “was not established”, “could not be approved”",
        );
        push(findings, Code::BlameWording, written, &range, message, help);
    }
}
