//! What can be wrong with rules, tables, letters, deadlines and scenarios, in words.

use std::sync::Arc;

use super::{hint, nothing, shown};
use crate::diag::{Code, Diagnostic};
use crate::policy::message::MessageError;
use crate::source::{Place, Source};
use crate::value::Text;

pub(in super::super) fn circular(place: Option<Place>, chain: &[String]) -> Diagnostic {
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

pub(in super::super) fn too_deep(place: Place, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        Text::new(
            format!("قيمة مبنية على أكثر من {most} قيمة بعضها فوق بعض"),
            format!("a value that rests on more than {most} others, one upon the other"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اجمع بعضها في شرط واحد", "put some of them into one condition"))
}

pub(in super::super) fn too_many_parts(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        Text::new(
            "قيمة متداخلة، مع ما بُنيت عليه، أعمق مما يُحسب",
            "a value that is nested, together with what it rests on, more deeply than can be computed",
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "بسِّط شروطها، أو اجعل بعضها جدولًا",
        "make its conditions simpler, or a table of some of them",
    ))
}

pub(in super::super) fn unused_function(place: Place, name: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::UnusedFunction,
        Text::new(
            format!("لا شرط يستدعي الدالة `{name}`، فلم يُفحص ما فيها"),
            format!("no condition calls the function `{name}`, so nothing has checked what it does"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("احذفها، أو استعملها", "delete it, or use it"))
}

pub(in super::super) fn instead_of_itself(place: Place, document: &str) -> Diagnostic {
    Diagnostic::error(
        Code::CircularDefinition,
        Text::new(
            format!("الوثيقة `{document}` بديلة عن نفسها"),
            format!("document `{document}` is accepted in place of itself"),
        ),
    )
    .at(place, nothing())
}

pub(in super::super) fn concerns_nothing(place: Place) -> Diagnostic {
    rule_shape(
        place,
        Text::new("قائمة خالية: لا طلب يدخل تحتها", "an empty list: no request comes under it"),
        Text::new(
            "احذفها، فتشمل الجميع؛ أو اذكر من تشمل",
            "leave it out for everybody, or say whom it concerns",
        ),
    )
}

pub(in super::super) fn never_applies(services: Place, applicants: Place, rule: Place) -> Diagnostic {
    Diagnostic::error(
        Code::RuleShape,
        Text::new("لا طلب يدخل تحت هذه القاعدة", "no request comes under this rule"),
    )
    .at(applicants, Text::new("هؤلاء لا يطلبون شيئًا من تلك الخدمات", "they may ask for none of those services"))
    .also(services, Text::new("الخدمات", "the services"))
    .also(rule, nothing())
}

pub(in super::super) fn unused_exemption(place: Place, rule: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::RuleShape,
        Text::new(
            format!("الإعفاء `{rule}` لا يعفي من شيء: لا قاعدة تذكره"),
            format!("exemption `{rule}` exempts from nothing: no rule names it"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("اكتب `unless = [\"{rule}\"]` في القاعدة التي يرفعها"),
        format!("write `unless = [\"{rule}\"]` in the rule that it sets aside"),
    ))
}

pub(in super::super) fn exemption_elsewhere(place: Place, rule: &str) -> Diagnostic {
    Diagnostic::error(
        Code::NotAnExemption,
        Text::new(
            format!("الإعفاء `{rule}` لخدمات أخرى أو لمتقدمين آخرين، فلا يرفع هذه القاعدة أبدًا"),
            format!(
                "exemption `{rule}` is for other services or applicants, so it never sets this rule aside"
            ),
        ),
    )
    .at(place, nothing())
}

pub(in super::super) fn given_twice(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateName,
        Text::new(format!("العمود `{name}` مذكور مرتين"), format!("the column `{name}` is named twice")),
    )
    .at(place, nothing())
}

/// A value that cannot be told apart into cases.
pub(in super::super) fn no_cases(place: Place, name: &str, ty: &Text) -> Diagnostic {
    Diagnostic::error(
        Code::RuleShape,
        Text::new(
            format!("لا يُبنى جدول على `{name}`: هذا {}", ty.ar),
            format!("a table cannot look at `{name}`: it is {}", ty.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "ينظر الجدول في أعداد أو اختيارات أو نعم/لا؛ احسب منها قيمة في `[derived.…]`",
        "a table looks at numbers, choices, or yes-or-no values; compute one in `[derived.…]`",
    ))
}

pub(in super::super) fn table_too_large(place: Place, table: &str) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        Text::new(
            format!("الجدول `{table}` أكبر من أن يُثبت أن لكل حالة فيه صفًّا واحدًا"),
            format!("table `{table}` is too large to prove that every case has its row"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "قسِّمه إلى جداول ينظر كلٌّ منها في قيم أقل",
        "divide it into tables that look at fewer values each",
    ))
}

pub(in super::super) fn rule_shape(place: Place, message: Text, help: Text) -> Diagnostic {
    Diagnostic::error(Code::RuleShape, message).at(place, nothing()).help(help)
}

pub(in super::super) fn not_an_exemption(place: Place, rule: &str) -> Diagnostic {
    Diagnostic::error(
        Code::NotAnExemption,
        Text::new(format!("القاعدة `{rule}` ليست إعفاءً"), format!("rule `{rule}` is not an exemption")),
    )
    .at(place, nothing())
    .help(Text::new("`unless` تذكر قواعد من نوع `exemption`", "`unless` names rules of the kind `exemption`"))
}

pub(in super::super) fn table_gap(place: Place, table: &str, case: &Text) -> Diagnostic {
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

pub(in super::super) fn table_overlap(one: Place, two: Place, table: &str, case: &Text) -> Diagnostic {
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

pub(in super::super) fn unreachable_row(place: Place, table: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnreachableRow,
        Text::new(
            format!("صف في الجدول `{table}` لا تصل إليه حالة"),
            format!("no case reaches this row of table `{table}`"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "إما أنه خارج مجال الوقائع، وإما أن صفوفًا قبله تأخذ حالاته كلها: احذفه أو اضبط حدوده",
        "it lies outside what the facts can be, or rows before it take all its cases: remove it or move its bounds",
    ))
}

pub(in super::super) fn message(
    source: &Arc<Source>,
    range: &std::ops::Range<usize>,
    error: &MessageError,
) -> Diagnostic {
    let place = inside_sentence(source, range, error);
    match error {
        MessageError::Unclosed => Diagnostic::error(
            Code::BadPlaceholder,
            Text::new("قوس `{` أو `}` بلا صاحبه", "a `{` or `}` without its partner"),
        )
        .at(place, nothing())
        .help(Text::new("مثل: `{household.size}`", "such as `{household.size}`")),
        MessageError::Unknown { name, known } => {
            let diagnostic = Diagnostic::error(
                Code::UnknownPlaceholder,
                Text::new(format!("`{{{name}}}` لا يدل على شيء"), format!("`{{{name}}}` stands for nothing")),
            )
            .at(place, nothing());
            if matches!(name.as_str(), "missing" | "differing") {
                return diagnostic.help(Text::new(
                    format!("`{{{name}}}` في `not_met` و`unknown` وحدهما"),
                    format!("`{{{name}}}` stands only in `not_met` and `unknown`"),
                ));
            }
            diagnostic.help(hint(name, known.iter().map(String::as_str)))
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
        .at(place, Text::same(case.clone()))
        .help(Text::new(
            "لا يُختار الكلام بـ`|` إلا بحسب واقعة ذات اختيارات",
            "only a fact with choices chooses words by `|`",
        )),
        MessageError::Unsaid { name, case } => {
            let message = if case == "unknown" {
                Text::new(
                    format!("لم يُذكر ما يُكتب إن لم تُعلم `{name}`"),
                    format!("it is not said what to write where `{name}` is not known"),
                )
            } else {
                Text::new(
                    format!("لم يُذكر ما يُكتب إن كانت `{name}` هي `{case}`"),
                    format!("it is not said what to write where `{name}` is `{case}`"),
                )
            };
            Diagnostic::error(Code::BadPlaceholder, message)
                .at(place, nothing())
                .help(Text::new(format!("أضف `|{case}=…` في آخره"), format!("add `|{case}=…` at its end")))
        }
        MessageError::OfRequest { name } => Diagnostic::error(
            Code::BadPlaceholder,
            Text::new(
                format!("`{name}` من الطلب، وهذا الخطاب لا يتعلق بطلب"),
                format!("`{name}` is of a request, and this letter concerns none"),
            ),
        )
        .at(place, nothing())
        .help(Text::new(
            "يقول الخطاب معلمات السياسة وتفاصيله: `{detail.…}`",
            "it can say the parameters of the policy and its own details, `{detail.…}`",
        )),
        MessageError::Select { name, case, known } => {
            let diagnostic = Diagnostic::error(
                Code::BadPlaceholder,
                Text::new(
                    format!("`{case}` ليس من اختيارات `{name}`"),
                    format!("`{case}` is not a choice of `{name}`"),
                ),
            )
            .at(place, nothing());
            diagnostic.help(hint(case, known.iter().map(String::as_str)))
        }
    }
}

/// Where in a sentence the placeholder stands, or the part of it that is wrong.
fn inside_sentence(source: &Arc<Source>, range: &std::ops::Range<usize>, error: &MessageError) -> Place {
    let sentence = source.slice(range);
    let wrong = match error {
        MessageError::Unclosed => return Place::new(source, range.clone()),
        MessageError::Unknown { name, .. }
        | MessageError::OfRequest { name }
        | MessageError::Unsaid { name, .. } => name,
        MessageError::Form { form, .. } => form,
        MessageError::Select { name, case, .. } if case.is_empty() => name,
        MessageError::Select { case, .. } => case,
    };
    for (open, _) in sentence.match_indices('{') {
        let inside = sentence.get(open + 1..).unwrap_or_default().split('}').next().unwrap_or_default();
        let name = inside.split([':', '|']).next().unwrap_or_default();
        let rest = inside.get(name.len()..).unwrap_or_default();
        let at = if wrong == error.needle() {
            inside.find(wrong.as_str())
        } else {
            rest.find(wrong.as_str()).map(|at| name.len() + at)
        };
        if let Some(at) = at.filter(|_| name.trim() == error.needle()) {
            let start = range.start + open + 1 + at;
            return Place::new(source, start..start + wrong.len());
        }
    }
    Place::new(source, range.clone())
}

pub(in super::super) fn bad_period(place: Place, period: &str) -> Diagnostic {
    let period = shown(period);
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

pub(in super::super) fn not_on_the_calendar(place: Place, period: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadPeriod,
        Text::new(
            format!("`{period}` لا تُحسب من التاريخ وحده"),
            format!("`{period}` cannot be counted from a date alone"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اكتبها بالأيام أو الأسابيع أو الأشهر", "write it in days, weeks or months"))
}

pub(in super::super) fn not_in_hours(place: Place, period: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadPeriod,
        Text::new(
            format!("`{period}`: هذه المدة لا تُكتب بالساعات"),
            format!("`{period}`: hours are not counted here"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اكتبها بالأيام أو أيام العمل", "write it in days or working days"))
}

pub(in super::super) fn hours_do_not_roll(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::BadPeriod,
        Text::new(
            "الساعات تُحسب متصلة، فلا تُنقل إلى يوم عمل",
            "hours run on day and night, and are not moved to a working day",
        ),
    )
    .at(place, nothing())
    .help(Text::new("اكتب `roll = \"none\"`", "write `roll = \"none\"`"))
}

pub(in super::super) fn no_delivery(place: Place, service: Place, id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadPeriod,
        Text::new(
            format!("يُحسب الموعد من مدة تقديم الخدمة، وليس للخدمة `{id}` مدة"),
            format!("the deadline counts the delivery time, and service `{id}` has none"),
        ),
    )
    .at(place, nothing())
    .also(service, Text::new("بلا `delivery`", "without `delivery`"))
    .help(Text::new(
        "أضف `delivery` إلى الخدمة، أو استثنها من الموعد بـ`services`",
        "add `delivery` to the service, or leave it out under `services` of the deadline",
    ))
}

pub(in super::super) fn earliest_after_latest(earliest: Place, latest: Place) -> Diagnostic {
    Diagnostic::error(
        Code::BadRange,
        Text::new("أول الموعد بعد آخره", "the earliest day lies after the latest"),
    )
    .at(earliest, nothing())
    .also(latest, Text::new("آخره", "the latest"))
}

pub(in super::super) fn missing_calendar(place: Place, deadline: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MissingFile,
        Text::new(
            format!("الموعد `{deadline}` ينظر في أيام العمل، ولا يوجد calendar.toml"),
            format!("deadline `{deadline}` asks which days are working days, and there is no calendar.toml"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "أضف calendar.toml، أو احسب بالأيام مع `roll = \"none\"`",
        "add calendar.toml, or count in days with `roll = \"none\"`",
    ))
}

pub(in super::super) fn calendar(place: Place, text: Text, help: Text) -> Diagnostic {
    Diagnostic::error(Code::BadValue, text).at(place, nothing()).help(help)
}

pub(in super::super) fn no_scenarios(folder: &str) -> Diagnostic {
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

fn scenario(place: Place, message: Text, help: Text) -> Diagnostic {
    Diagnostic::error(Code::ScenarioShape, message).at(place, nothing()).help(help)
}

pub(in super::super) fn expects_nothing(place: Place) -> Diagnostic {
    scenario(
        place,
        Text::new("مثال لا يتوقع شيئًا", "a scenario that expects nothing"),
        Text::new(
            "أضف إلى `[expect]` سطرًا، مثل `result = \"met\"`",
            "add a line under `[expect]`, such as `result = \"met\"`",
        ),
    )
}

pub(in super::super) fn no_request(place: Place) -> Diagnostic {
    scenario(
        place,
        Text::new("مثال بلا طلب", "a scenario without a request"),
        Text::new(
            "أضف `[request]`، أو `based_on` لمثال آخر",
            "add `[request]`, or `based_on` with another scenario",
        ),
    )
}

pub(in super::super) fn request_is_no_table(place: Place) -> Diagnostic {
    Diagnostic::error(Code::WrongKind, Text::new("الطلب مجموعة من الوقائع", "a request is a table of facts"))
        .at(place, nothing())
        .help(Text::new("اكتبه تحت العنوان `[request]`", "write it under the heading `[request]`"))
}

pub(in super::super) fn refused_and_evaluated(place: Place) -> Diagnostic {
    scenario(
        place,
        Text::new(
            "طلب يُردُّ لخلل فيه لا تقييم له، فلا يُتوقَّع معه غيره",
            "a request that is refused is not evaluated, so nothing else can be expected of it",
        ),
        Text::new("أبقِ `problem` وحدها، أو احذفها", "leave `problem` alone, or take it out"),
    )
}

pub(in super::super) fn two_verdicts(place: Place, first: Place, rule: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ScenarioShape,
        Text::new(
            format!("للقاعدة `{rule}` حكمان"),
            format!("rule `{rule}` is expected to come to two verdicts"),
        ),
    )
    .at(place, nothing())
    .also(first, Text::new("وذُكرت هنا", "and here"))
}

pub(in super::super) fn scenario_circle(place: Place, chain: &[&str]) -> Diagnostic {
    let chain = chain.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ");
    Diagnostic::error(
        Code::ScenarioShape,
        Text::new(
            format!("مثال مبني على نفسه: {chain}"),
            format!("a scenario that is based on itself: {chain}"),
        ),
    )
    .at(place, nothing())
}

pub(in super::super) fn scenario_too_deep(place: Place, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        Text::new(
            format!("مثال مبني على أكثر من {most} مثالًا بعضها فوق بعض"),
            format!("a scenario that rests on more than {most} others, one upon the other"),
        ),
    )
    .at(place, nothing())
}
