//! What can be wrong with the files of a policy, in words.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, suggest};
use crate::source::de::{Problem, ProblemKind};
use crate::source::{Place, Source, SyntaxError};
use crate::value::Text;

use super::message::MessageError;

fn nothing() -> Text {
    Text::default()
}

fn helped(diagnostic: Diagnostic, help: Option<Text>) -> Diagnostic {
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

pub(super) fn file_syntax(source: &Arc<Source>, error: SyntaxError) -> Diagnostic {
    Diagnostic::error(
        Code::FileSyntax,
        Text::new("تعذَّرت قراءة الملف", format!("the file cannot be read: {}", error.message)),
    )
    .at(Place::new(source, error.range), Text::new("هنا", "here"))
}

pub(super) fn unknown_file(source: &Arc<Source>, path: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFile,
        Text::new(
            format!("الملف `{path}` ليس من ملفات النسخة"),
            format!("`{path}` is not a file of a revision"),
        ),
    )
    .at(Place::new(source, 0..0), nothing());
    helped(diagnostic, suggest(path, super::read::KNOWN.iter().copied()))
}

pub(super) fn missing_file(folder: &str, path: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MissingFile,
        Text::new(format!("لا يوجد الملف `{path}` في `{folder}`"), format!("`{folder}` has no file `{path}`")),
    )
    .help(Text::new(
        "الملفات التي لا بد منها: policy.toml وclauses.toml وfacts.toml وrules.toml",
        "every revision has policy.toml, clauses.toml, facts.toml and rules.toml",
    ))
}

pub(super) fn shape(source: &Arc<Source>, problem: Problem) -> Diagnostic {
    let place = Place::new(source, problem.range);
    match problem.kind {
        ProblemKind::UnknownKey { key, known } => {
            let diagnostic = Diagnostic::error(
                Code::UnknownKey,
                Text::new(format!("لا مفتاح هنا اسمه `{key}`"), format!("there is no key `{key}` here")),
            )
            .at(place, nothing());
            helped(diagnostic, suggest(&key, known.iter().map(String::as_str)))
        }
        ProblemKind::MissingKey(key) => {
            let text = matches!(key, "ar" | "en");
            let (code, message) = if text {
                let language = if key == "ar" {
                    ("العربية", "Arabic")
                } else {
                    ("الإنجليزية", "English")
                };
                (
                    Code::MissingText,
                    Text::new(
                        format!("النص ناقص باللغة {}", language.0),
                        format!("the {} text is missing", language.1),
                    ),
                )
            } else {
                (
                    Code::MissingKey,
                    Text::new(format!("المفتاح `{key}` ناقص"), format!("the key `{key}` is missing")),
                )
            };
            Diagnostic::error(code, message).at(place, Text::new("في هذا الجزء", "in this part"))
        }
        ProblemKind::UnknownWord { word, known } => {
            let diagnostic = Diagnostic::error(
                Code::UnknownWord,
                Text::new(
                    format!("`{word}` ليست من الكلمات المعروفة هنا"),
                    format!("`{word}` is not one of the words that this place takes"),
                ),
            )
            .at(place, nothing());
            helped(diagnostic, suggest(&word, known.iter().map(String::as_str)))
        }
        ProblemKind::WrongKind { found, expected } => {
            let expected_ar = expected_in_arabic(&expected);
            let message = if found.is_empty() {
                Text::new(format!("المطلوب هنا {expected_ar}"), format!("{expected} is wanted here"))
            } else {
                Text::new(
                    format!("المطلوب هنا {expected_ar}"),
                    format!("{expected} is wanted here, not {found}"),
                )
            };
            Diagnostic::error(Code::WrongKind, message).at(place, nothing())
        }
    }
}

fn expected_in_arabic(expected: &str) -> &str {
    match expected {
        "text in quotes" => "نص بين علامتي تنصيص",
        "a table" => "جدول",
        "a list" => "قائمة",
        "a number" => "عدد",
        "a whole number" => "عدد صحيح",
        "a date, such as 2026-12-01" => "تاريخ، مثل 2026-12-01",
        "`true` or `false`" => "`true` أو `false`",
        "a word in quotes" => "كلمة بين علامتي تنصيص",
        other => other,
    }
}

pub(super) fn revision_number(place: Place, number: i64, folder: &str) -> Diagnostic {
    Diagnostic::error(
        Code::RevisionNumber,
        Text::new(
            format!("رقم النسخة {number}، واسم مجلدها `{folder}`"),
            format!("the revision says it is number {number}, its folder is `{folder}`"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "يحمل المجلد رقم النسخة، والأرقام تزيد ولا تعاد",
        "the folder bears the number; numbers only go up",
    ))
}

pub(super) fn duplicate_name(place: Place, name: &str, first: Option<Place>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::DuplicateName,
        Text::new(format!("الاسم `{name}` مستعمل لشيئين"), format!("`{name}` is the name of two things")),
    )
    .at(place, Text::new("هنا مرة أخرى", "here again"));
    match first {
        Some(first) => diagnostic.also(first, Text::new("أُعلن أولًا هنا", "first declared here")),
        None => diagnostic,
    }
}

pub(super) fn reserved_name(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ReservedName,
        Text::new(
            format!("`{name}` اسم يستعمله النظام"),
            format!("`{name}` is a name that the engine itself uses"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اختر اسمًا آخر", "choose another name"))
}

pub(super) fn bad_name(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ReservedName,
        Text::new(
            format!("`{name}` لا يصلح اسمًا في الشروط"),
            format!("`{name}` cannot be used as a name in conditions"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "الاسم حروف لاتينية صغيرة وأرقام و`_`، ويبدأ بحرف",
        "a name has lower-case Latin letters, digits and `_`, and begins with a letter",
    ))
}

/// Something that is referred to and does not exist: what kind of thing, in both languages.
pub(super) fn unknown_reference<'a>(
    place: Place,
    kind: &Text,
    id: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownReference,
        Text::new(format!("لا وجود لـ{} `{id}`", kind.ar), format!("there is no {} `{id}`", kind.en)),
    )
    .at(place, nothing());
    helped(diagnostic, suggest(id, known))
}

pub(super) fn empty_text(place: Place) -> Diagnostic {
    Diagnostic::error(Code::MissingText, Text::new("نص خالٍ", "an empty text")).at(place, nothing())
}

pub(super) fn missing_wording(place: Place, rule: &str, which: &str) -> Diagnostic {
    let ar = match which {
        "met" => "السبب عند التحقق",
        "not_met" => "السبب عند عدم التحقق",
        _ => "السبب عند نقص المعلومة",
    };
    Diagnostic::error(
        Code::MissingText,
        Text::new(
            format!("القاعدة `{rule}` ينقصها {ar}: `{which}`"),
            format!("rule `{rule}` has no reason for `{which}`"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("أضف `{which}.ar` و`{which}.en`"),
        format!("add `{which}.ar` and `{which}.en`: what a person reads in that case"),
    ))
}

pub(super) fn unknown_type(place: Place, ty: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownType,
        Text::new(format!("لا نوع اسمه `{ty}`"), format!("there is no type `{ty}`")),
    )
    .at(place, nothing());
    helped(diagnostic, suggest(ty, known.iter().copied()))
}

pub(super) fn bad_range(place: Place, range: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadRange,
        Text::new(
            format!("تعذَّرت قراءة المجال `{range}`، أو لا شيء فيه"),
            format!("the range `{range}` cannot be read, or is empty"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("مثل: `1..=40` أو `>= 70` أو `45..70`", "such as `1..=40`, `>= 70` or `45..70`"))
}

pub(super) fn range_without_number(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::BadRange,
        Text::new("المجال للأعداد والمبالغ وحدها", "only numbers and amounts have a range"),
    )
    .at(place, nothing())
}

pub(super) fn bad_value(place: Place, value: &str, wanted: &Text) -> Diagnostic {
    Diagnostic::error(
        Code::BadValue,
        Text::new(format!("`{value}` ليس {}", wanted.ar), format!("`{value}` is not {}", wanted.en)),
    )
    .at(place, nothing())
}

pub(super) fn no_choices(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::BadValue,
        Text::new("نوعه `choice` بلا اختيارات", "the type is `choice`, and no choice is given"),
    )
    .at(place, nothing())
    .help(Text::new("أضف `choice.<id> = { ar = …, en = … }`", "add `choice.<id> = { ar = …, en = … }`"))
}

pub(super) fn no_items(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::BadValue,
        Text::new("نوعه `list` بلا حقول", "the type is `list`, and no field of its things is given"),
    )
    .at(place, nothing())
    .help(Text::new("أضف `item.<field> = { type = … }`", "add `item.<field> = { type = … }`"))
}

pub(super) fn escaped_expression(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::EscapedExpression,
        Text::new("الشرط بين علامتي تنصيص مزدوجتين", "a condition in double quotes"),
    )
    .at(place, nothing())
    .help(Text::new("اكتبه بين علامتين مفردتين: '…'", "write it in single quotes: '…'"))
}

pub(super) fn circular(place: Option<Place>, chain: &[String]) -> Diagnostic {
    let chain = chain.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
    let diagnostic = Diagnostic::error(
        Code::CircularDefinition,
        Text::new(
            format!("قيمة تُحسب من نفسها: {chain}"),
            format!("a value that is computed from itself: {chain}"),
        ),
    );
    match place {
        Some(place) => diagnostic.at(place, nothing()),
        None => diagnostic,
    }
}

pub(super) fn rule_shape(place: Place, message: Text, help: Text) -> Diagnostic {
    Diagnostic::error(Code::RuleShape, message).at(place, nothing()).help(help)
}

pub(super) fn not_an_exemption(place: Place, rule: &str) -> Diagnostic {
    Diagnostic::error(
        Code::NotAnExemption,
        Text::new(format!("القاعدة `{rule}` ليست إعفاءً"), format!("rule `{rule}` is not an exemption")),
    )
    .at(place, nothing())
    .help(Text::new("`unless` تذكر قواعد من نوع `exemption`", "`unless` names rules of the kind `exemption`"))
}

pub(super) fn table_gap(place: Place, table: &str, case: &Text) -> Diagnostic {
    Diagnostic::error(
        Code::TableGap,
        Text::new(
            format!("الجدول `{table}` لا صفَّ فيه لهذه الحالة: {}", case.ar),
            format!("table `{table}` has no row for {}", case.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new("أضف صفًّا، أو وسِّع حدود صف مجاور", "add a row, or widen the bounds of a row beside it"))
}

pub(super) fn table_overlap(one: Place, two: Place, table: &str, case: &Text) -> Diagnostic {
    Diagnostic::error(
        Code::TableOverlap,
        Text::new(
            format!("صفَّان في الجدول `{table}` يطابقان الحالة نفسها: {}", case.ar),
            format!("two rows of table `{table}` match {}", case.en),
        ),
    )
    .at(two, Text::new("هذا الصف", "this row"))
    .also(one, Text::new("وهذا", "and this one"))
    .help(Text::new(
        "اضبط الحدود، أو اكتب `hit = \"first\"` مع `justification`",
        "move the bounds, or write `hit = \"first\"` with a `justification`",
    ))
}

pub(super) fn unreachable_row(place: Place, table: &str) -> Diagnostic {
    Diagnostic::error(
        Code::TableOverlap,
        Text::new(
            format!("صف في الجدول `{table}` لا تصل إليه حالة"),
            format!("no case reaches this row of table `{table}`"),
        ),
    )
    .at(place, nothing())
}

pub(super) fn message(
    source: &Arc<Source>,
    range: &std::ops::Range<usize>,
    error: &MessageError,
) -> Diagnostic {
    let within = source.slice(range);
    let place = match within.find(&format!("{{{}", error.needle())) {
        Some(offset) if !matches!(error, MessageError::Unclosed) => {
            let start = range.start + offset + 1;
            Place::new(source, start..start + error.needle().len())
        }
        _ => Place::new(source, range.clone()),
    };
    match error {
        MessageError::Unclosed => Diagnostic::error(
            Code::BadPlaceholder,
            Text::new("قوس `{` أو `}` بلا صاحبه", "a `{` or `}` without its partner"),
        )
        .at(place, nothing()),
        MessageError::Unknown { name, known } => {
            let diagnostic = Diagnostic::error(
                Code::UnknownPlaceholder,
                Text::new(format!("`{{{name}}}` لا يدل على شيء"), format!("`{{{name}}}` stands for nothing")),
            )
            .at(place, nothing());
            helped(diagnostic, suggest(name, known.iter().map(String::as_str)))
        }
        MessageError::Form { name, form } => Diagnostic::error(
            Code::BadPlaceholder,
            Text::new(
                format!("`{name}` لا تُكتب بصيغة `{form}`"),
                format!("`{name}` cannot be written as `{form}`"),
            ),
        )
        .at(place, nothing())
        .help(Text::new(
            "للتواريخ: hijri وgregorian وboth وweekday؛ وللأعداد: plain وnominative",
            "dates take hijri, gregorian, both, weekday; numbers take plain, nominative",
        )),
        MessageError::Select { name, case, known } if known.is_empty() => Diagnostic::error(
            Code::BadPlaceholder,
            Text::new(format!("`{name}` ليس اختيارًا"), format!("`{name}` is not a choice")),
        )
        .at(place, Text::same(case.clone())),
        MessageError::Select { name, case, known } => {
            let diagnostic = Diagnostic::error(
                Code::BadPlaceholder,
                Text::new(
                    format!("`{case}` ليس من اختيارات `{name}`"),
                    format!("`{case}` is not a choice of `{name}`"),
                ),
            )
            .at(place, nothing());
            helped(diagnostic, suggest(case, known.iter().map(String::as_str)))
        }
    }
}

pub(super) fn bad_period(place: Place, period: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadPeriod,
        Text::new(
            format!("تعذَّرت قراءة المدة `{period}`"),
            format!("the length of time `{period}` cannot be read"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "مثل: `14 days` أو `3 working days` أو `12 months`",
        "such as `14 days`, `3 working days`, `12 months`",
    ))
}

pub(super) fn calendar(place: Place, text: Text, help: Text) -> Diagnostic {
    Diagnostic::error(Code::BadValue, text).at(place, nothing()).help(help)
}

pub(super) fn no_scenarios(folder: &str) -> Diagnostic {
    Diagnostic::error(
        Code::NoScenarios,
        Text::new(
            format!("لا أمثلة في `{folder}/scenarios`"),
            format!("`{folder}/scenarios` has no worked example"),
        ),
    )
    .help(Text::new(
        "يعتمد المجلس القواعد مع أمثلتها: أضف ملفًّا في scenarios/",
        "the board approves rules with examples of them: add a file to scenarios/",
    ))
}

pub(super) fn scenario(place: Place, message: Text) -> Diagnostic {
    Diagnostic::error(Code::ScenarioShape, message).at(place, nothing())
}
