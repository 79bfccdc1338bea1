//! What can be wrong with the files of a policy, in words: files, names, texts, types, values. [`parts`] has the rest.

mod parts;

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, suggest};
use crate::source::de::{Problem, ProblemKind};
use crate::source::{Place, Source, SyntaxError};
use crate::value::{Date, Text};

pub(super) use parts::{
    bad_period, calendar, circular, concerns_nothing, earliest_after_latest, exemption_elsewhere,
    expects_nothing, given_twice, hours_do_not_roll, instead_of_itself, message, missing_calendar,
    never_applies, no_cases, no_delivery, no_request, no_scenarios, not_an_exemption, not_in_hours,
    not_on_the_calendar, refused_and_evaluated, request_is_no_table, rule_shape, scenario_circle,
    scenario_too_deep, table_gap, table_overlap, table_too_large, too_deep, too_many_parts, two_verdicts,
    unreachable_row, unused_exemption, unused_function,
};

fn nothing() -> Text {
    Text::default()
}

/// As much of what was written as fits into a line.
fn shown(written: &str) -> String {
    const LONGEST: usize = 80;
    if written.chars().count() <= LONGEST {
        return written.to_owned();
    }
    written.chars().take(LONGEST).chain(['…']).collect()
}

/// Advice that names what exists; a text that is far too long to be a slip of the pen is near to nothing.
fn hint<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Text> {
    suggest(&shown(written), known)
}

/// Is it a key that stands there already?
pub(super) fn is_written_twice(error: &SyntaxError) -> bool {
    error.message.starts_with("duplicate key")
}

pub(super) fn file_syntax(source: &Arc<Source>, error: &SyntaxError) -> Diagnostic {
    let twice = is_written_twice(error);
    let message = if twice {
        Text::new("المفتاح مكتوب مرتين", "the key is written twice")
    } else {
        Text::new(
            format!("تعذَّرت قراءة الملف: {}", syntax_in_arabic(&error.message)),
            format!("the file cannot be read: {}", error.message),
        )
    };
    let label =
        if twice { Text::new("هنا مرة أخرى", "here again") } else { Text::new("هنا", "here") };
    let curly = source.text.get(error.range.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let help = if curly.contains(['’', '‘', '“', '”', '«']) {
        Text::new(
            "اكتب علامتي التنصيص مستقيمتين: ' أو \"؛ وبعض محرِّرات النصوص تبدلهما من نفسها",
            "write straight quotes, `'` or `\"`: word processors change them by themselves",
        )
    } else if twice {
        Text::new(
            "لكل شيء اسم واحد: احذف أحدهما أو غيِّر اسمه",
            "one of the two has to go, or to get another name",
        )
    } else {
        Text::new(
            "يُكتب كل سطر هكذا: name = \"…\"، والنص بين علامتي تنصيص، والعنوان بين قوسين: [rule.E-01]",
            "a line reads `name = \"…\"`, with texts in quotes; a heading stands in brackets: `[rule.E-01]`",
        )
    };
    Diagnostic::error(Code::FileSyntax, message).at(Place::new(source, error.range.clone()), label).help(help)
}

/// What the reader of TOML says, as far as it is a slip that people make.
fn syntax_in_arabic(message: &str) -> &str {
    const KNOWN: &[(&str, &str)] = &[
        ("unclosed table", "عنوان لم يُغلق قوسه `]`"),
        ("unclosed array", "قائمة لم يُغلق قوسها `]`"),
        ("unclosed inline table", "مجموعة لم يُغلق قوسها `}`"),
        ("invalid basic string", "نص لم تُغلق علامة تنصيصه أو فيه علامة لا تصح"),
        ("invalid literal string", "شرط لم تُغلق علامة تنصيصه"),
        ("unquoted", "نص بلا علامتي تنصيص"),
        ("string values must be quoted", "نص بلا علامتي تنصيص"),
        ("key with no value", "مفتاح بلا قيمة"),
        ("missing value", "مفتاح بلا قيمة"),
        ("missing comma", "فاصلة ناقصة"),
        ("extra comma", "فاصلة زائدة"),
        ("unexpected", "علامة في غير موضعها"),
        ("invalid", "كتابة لا تصح هنا"),
    ];
    KNOWN
        .iter()
        .find(|(english, _)| message.contains(english))
        .map_or("كتابة لا تصح هنا", |(_, arabic)| arabic)
}

/// A sign that nobody sees.
pub(super) fn control_character(place: Place, letter: char) -> Diagnostic {
    let (ar, en) = match letter {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => (
            "علامة اتجاه: تغيِّر ترتيب ما يراه القارئ",
            "a mark of direction: it changes the order that a reader sees",
        ),
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {
            ("علامة لا تُرى بين الحروف", "it stands unseen between letters")
        }
        _ => ("علامة لا تُرى", "it is not seen"),
    };
    let code = u32::from(letter);
    Diagnostic::error(
        Code::ControlCharacter,
        Text::new(
            format!("في النص علامة خفية: U+{code:04X}"),
            format!("the text holds a hidden sign: U+{code:04X}"),
        ),
    )
    .at(place, Text::new(ar, en))
    .help(Text::new(
        "احذفها: العربية تُكتب بترتيبها الطبيعي دونها، وما يُعتمد يجب أن يُرى كله",
        "delete it: Arabic is written in its natural order without it, and what is approved must all be seen",
    ))
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
    if super::look::is_picture(path) {
        return diagnostic.help(Text::new(
            "شعار الجمعية يُذكر في `letters.toml`: `[frame] logo = \"logo.svg\"`",
            "`letters.toml` names the association's picture: `[frame] logo = \"logo.svg\"`",
        ));
    }
    diagnostic.help(hint(path, super::read::KNOWN.iter().copied()))
}

/// Something of the look of letters that cannot be.
pub(super) fn letter_look(place: Place, message: Text, help: Option<Text>) -> Diagnostic {
    Diagnostic::error(Code::LetterLook, message).at(place, nothing()).help(help)
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
            let written = shown(&key);
            let diagnostic = Diagnostic::error(
                Code::UnknownKey,
                Text::new(
                    format!("لا مفتاح هنا اسمه `{written}`"),
                    format!("there is no key `{written}` here"),
                ),
            )
            .at(place, nothing());
            diagnostic.help(hint(&key, known.iter().map(String::as_str)))
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
                return missing_key(place, key);
            };
            Diagnostic::error(code, message).at(place, Text::new("في هذا الجزء", "in this part"))
        }
        ProblemKind::UnknownWord { word, known } => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            unknown_word(place, &word, &known)
        }
        ProblemKind::WrongKind { found, expected } => {
            let expected_ar = expected_in_arabic(&expected);
            let message = if found.is_empty() {
                Text::new(format!("المطلوب هنا {expected_ar}"), format!("{expected} is wanted here"))
            } else {
                let found_ar = match found.as_str() {
                    "a list" => "قائمة",
                    "a table" => "جدول",
                    "nothing" => "فراغ",
                    other => other,
                };
                Text::new(
                    format!("المطلوب هنا {expected_ar}، لا {}", shown(found_ar)),
                    format!("{expected} is wanted here, not {}", shown(&found)),
                )
            };
            Diagnostic::error(Code::WrongKind, message).at(place, nothing())
        }
    }
}

pub(super) fn missing_key(place: Place, key: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MissingKey,
        Text::new(format!("المفتاح `{key}` ناقص"), format!("the key `{key}` is missing")),
    )
    .at(place, Text::new("في هذا الجزء", "in this part"))
}

pub(super) fn unknown_word(place: Place, word: &str, known: &[&str]) -> Diagnostic {
    let written = shown(word);
    let diagnostic = Diagnostic::error(
        Code::UnknownWord,
        Text::new(
            format!("`{written}` ليست من الكلمات المعروفة هنا"),
            format!("`{written}` is not one of the words that this place takes"),
        ),
    )
    .at(place, nothing());
    diagnostic.help(hint(word, known.iter().copied()))
}

/// A key that is known, and belongs to things of another type.
pub(super) fn key_of_other_type(place: Place, key: &str, ty: &str, takes: &str) -> Diagnostic {
    let ty = shown(ty);
    Diagnostic::error(
        Code::UnknownKey,
        Text::new(format!("لا معنى للمفتاح `{key}` مع `{ty}`"), format!("`{key}` means nothing with `{ty}`")),
    )
    .at(place, nothing())
    .help(Text::new(format!("`{key}` لـ{takes}"), format!("`{key}` is for {takes}")))
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

pub(super) fn policy_folder(place: Place, id: &str, folder: &str) -> Diagnostic {
    Diagnostic::error(
        Code::PolicyFolder,
        Text::new(
            format!("رمز السياسة `{id}`، واسم مجلدها `{folder}`"),
            format!("the policy is called `{id}`, its folder is `{folder}`"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "يذكر الطلب السياسة برمزها، فليكن مجلدها بالاسم نفسه",
        "a request names the policy by its id, so its folder bears the same name",
    ))
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
        Code::BadName,
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

pub(super) fn reserved_in_sentences(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ReservedName,
        Text::new(
            format!("`{{{name}}}` له في الخطابات معنى آخر"),
            format!("`{{{name}}}` means something else in letters"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اختر اسمًا آخر", "choose another name"))
}

pub(super) fn bad_id(place: Place, id: &str) -> Diagnostic {
    let written = shown(id);
    Diagnostic::error(
        Code::BadName,
        Text::new(format!("`{written}` لا يصلح رقمًا ولا اسمًا"), format!("`{written}` cannot be used as an id")),
    )
    .at(place, nothing())
    .help(Text::new(
        "حروف لاتينية وأرقام و`-` و`_` و`.`، تبدأ بحرف أو رقم، مثل `E-03`",
        "an id has Latin letters, digits, `-`, `_` and `.`, and begins with a letter or digit, such as `E-03`",
    ))
}

/// One word that stands for two choices.
pub(super) fn duplicate_label(place: Place, word: &str, first: Place) -> Diagnostic {
    let word = shown(word);
    Diagnostic::error(
        Code::DuplicateName,
        Text::new(format!("«{word}» تدل على اختيارين"), format!("“{word}” stands for two choices")),
    )
    .at(place, nothing())
    .also(first, Text::new("وهذا الآخر", "and for this one"))
    .help(Text::new(
        "يُكتب الاختيار في الطلب باسمه أو بأحد نصَّيه، فلا بد أن يدل كل منها على اختيار واحد",
        "a request may say a choice by its id or by a label, so each of them must mean one choice",
    ))
}

pub(super) fn too_many_names(place: Place, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        Text::new(format!("في السياسة أكثر من {most} اسم"), format!("the policy has more than {most} names")),
    )
    .at(place, Text::new("هنا يتجاوز العدد الحد", "here the number is exceeded"))
    .help(Text::new("قسِّمها إلى سياستين", "divide it into two policies"))
}

/// Something that is referred to and does not exist: what kind of thing, in both languages.
pub(super) fn unknown_reference<'a>(
    place: Place,
    kind: &Text,
    id: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let written = shown(id);
    let diagnostic = Diagnostic::error(
        Code::UnknownReference,
        Text::new(format!("لا وجود ل{} `{written}`", kind.ar), format!("there is no {} `{written}`", kind.en)),
    )
    .at(place, nothing());
    diagnostic.help(hint(id, known))
}

pub(super) fn empty_text(place: Place) -> Diagnostic {
    Diagnostic::error(Code::MissingText, Text::new("نص خالٍ", "an empty text")).at(place, nothing())
}

pub(super) fn empty_form(place: Place, unit: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MissingText,
        Text::new(format!("صيغة خالية للوحدة `{unit}`"), format!("a form of the unit `{unit}` is empty")),
    )
    .at(place, nothing())
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
    diagnostic.help(hint(ty, known.iter().copied()))
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
    let value = shown(value);
    Diagnostic::error(
        Code::BadValue,
        Text::new(
            format!("المطلوب هنا {}، لا `{value}`", wanted.ar),
            format!("{} is wanted here, not `{value}`", wanted.en),
        ),
    )
    .at(place, nothing())
}

/// A word that is not among the choices of a fact or output.
pub(super) fn unknown_choice<'a>(
    place: Place,
    choice: &str,
    of: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let written = shown(choice);
    let diagnostic = Diagnostic::error(
        Code::UnknownChoice,
        Text::new(
            format!("`{written}` ليس من اختيارات `{of}`"),
            format!("`{written}` is not a choice of `{of}`"),
        ),
    )
    .at(place, nothing());
    diagnostic.help(hint(choice, known))
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

pub(super) fn list_in_list(place: Place) -> Diagnostic {
    Diagnostic::error(Code::UnknownType, Text::new("قائمة داخل قائمة", "a list within a list"))
        .at(place, nothing())
        .help(Text::new("اجعلها واقعة مستقلة", "make it a fact of its own"))
}

pub(super) fn unit_of_money(place: Place) -> Diagnostic {
    Diagnostic::error(Code::BadValue, Text::new("المال نوع لا وحدة", "money is a type, not a unit"))
        .at(place, nothing())
        .help(Text::new("اكتب `type = \"money\"`", "write `type = \"money\"`"))
}

pub(super) fn count_of_other_type(place: Place) -> Diagnostic {
    Diagnostic::error(Code::BadValue, Text::new("ما يُعدُّ نوعه `integer`", "a count is an `integer`"))
        .at(place, nothing())
        .help(Text::new("مثل: `type = \"integer person\"`", "such as `type = \"integer person\"`"))
}

pub(super) fn no_value_in_force(place: Place, parameter: &str, first: Date) -> Diagnostic {
    Diagnostic::error(
        Code::NoValueInForce,
        Text::new(
            format!("لا قيمة لـ`{parameter}` يوم نفاذ النسخة {first}"),
            format!("`{parameter}` has no value on {first}, when the revision comes into force"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(format!("أضف `from.{first} = …`"), format!("add `from.{first} = …`")))
}

pub(super) fn year_in_force(place: Place, year: i32) -> Diagnostic {
    Diagnostic::error(
        Code::NoValueInForce,
        Text::new(
            format!("تنفذ النسخة سنة {year}، ولم تُحدَّد إجازاتها"),
            format!("the revision comes into force in {year}, whose holidays nobody has confirmed"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("تحقَّق من إجازات تلك السنة، ثم أضف `[year.{year}]` إلى calendar.toml"),
        format!("look up the holidays of that year, then add `[year.{year}]` to calendar.toml"),
    ))
}

pub(super) fn next_year(place: Place, year: i32) -> Diagnostic {
    Diagnostic::warning(
        Code::NoValueInForce,
        Text::new(
            format!("لم تُحدَّد إجازات سنة {year}، فلا يُحسب موعد يقع فيها"),
            format!(
                "nobody has confirmed the holidays of {year}: no deadline that falls into it can be counted"
            ),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("أضف `[year.{year}]` إلى calendar.toml متى عُرفت"),
        format!("add `[year.{year}]` to calendar.toml once they are known"),
    ))
}

pub(super) fn escaped_expression(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::EscapedExpression,
        Text::new("الشرط بين علامتي تنصيص مزدوجتين", "a condition in double quotes"),
    )
    .at(place, nothing())
    .help(Text::new("اكتبه بين علامتين مفردتين: '…'", "write it in single quotes: '…'"))
}
