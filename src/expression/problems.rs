//! What can be wrong with a condition, in words.

use crate::diag::{Code, Diagnostic, suggest};
use crate::source::Place;
use crate::value::Text;

use super::notation::Slip;
use super::types::Type;

fn nothing() -> Text {
    Text::default()
}

pub(super) fn too_long(place: Place, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new(format!("الشرط أطول من {most} حرفًا"), format!("the condition is longer than {most} bytes")),
    )
    .at(place, nothing())
    .help(split())
}

pub(super) fn empty_condition(place: Place) -> Diagnostic {
    Diagnostic::error(Code::ExpressionSyntax, Text::new("الشرط خالٍ", "the condition is empty"))
        .at(place, nothing())
}

pub(super) fn expression_syntax(place: Place, found: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new("تعذَّرت قراءة الشرط", format!("the condition cannot be read: {}", lower_first(found))),
    )
    .at(place, Text::new("هنا", "here"))
}

pub(super) fn slip(place: Place, slip: Slip<'_>) -> Diagnostic {
    let (message, help) = match slip {
        Slip::Comma => (
            Text::new("فاصلة عربية في الشرط", "an Arabic comma in a condition"),
            Text::new("اكتب الفاصلة اللاتينية: `,`", "write the Latin comma: `,`"),
        ),
        Slip::Digits => (
            Text::new("رقم هندي في الشرط", "Arabic-Indic digits in a condition"),
            Text::new(
                "اكتب الأعداد في الشروط بالأرقام 0 إلى 9",
                "numbers of conditions are written in the digits 0 to 9",
            ),
        ),
        Slip::Quotes => (
            Text::new("علامة تنصيص مائلة في الشرط", "a typographic quote in a condition"),
            Text::new(
                "اكتب العلامة المستقيمة: `\"owner\"`؛ وبعض محرِّرات النصوص تبدلها من نفسها",
                "write the straight one: `\"owner\"`; word processors change them by themselves",
            ),
        ),
        Slip::Instead(wrong, right) => (
            Text::new(
                format!("`{wrong}` ليس من لغة الشروط"),
                format!("`{wrong}` is not in the language of conditions"),
            ),
            Text::new(format!("اكتب `{right}`"), format!("write `{right}`")),
        ),
    };
    Diagnostic::error(Code::ExpressionSyntax, message).at(place, Text::new("هنا", "here")).help(help)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

pub(super) fn refused(place: Place, what: &str) -> Diagnostic {
    let help = match what {
        "switch" => Text::new(
            "الاختيار من عدة حالات يُكتب جدولًا: `[table.…]`",
            "a choice among many is a decision table: `[table.…]`",
        ),
        "loop" => Text::new(
            "استعمل `any` أو `all` أو `count` أو `sum` على القائمة",
            "use `any`, `all`, `count` or `sum` over the list",
        ),
        "assignment" => Text::new(
            "للمقارنة اكتب `==`؛ والوقائع لا تتغير في أثناء التقييم، فإن أردت تسمية قيمة فبـ`let` أو في `[derived.…]`",
            "to compare, write `==`; facts do not change while they are judged: name a value with `let` or in `[derived.…]`",
        ),
        "const" => Text::new("اكتب `let`", "write `let`"),
        "private" => {
            Text::new("كل دالة مشتركة يستعملها كل شرط", "every condition may use every shared function")
        }
        "this" => Text::new("تأخذ الدالة قيمها بين القوسين", "a function takes its values in its brackets"),
        "%" | "**" | "<<" | ">>" | "&" | "|" | "^" => Text::new(
            "العمليات هي `+ - * /`، والمنطق `&& || !`",
            "there are `+ - * /`, and `&& || !` between conditions",
        ),
        "index" => Text::new(
            "استعمل `any` أو `all` أو `count` أو `min` أو `max` على القائمة",
            "ask the whole list with `any`, `all`, `count`, `min` or `max`",
        ),
        "?." | "??" => Text::new(
            "المجهول مجهول، ولا يحل غيره محله",
            "what is unknown stays unknown; nothing stands in for it",
        ),
        "statement" => Text::new(
            "الشرط قيمةٌ واحدة، وقد تسبقها تعريفات `let`",
            "a condition is one value, with `let` definitions before it",
        ),
        _ => Text::new(
            "ما يجوز في الشرط مذكور في policies/README.md",
            "policies/README.md lists what a condition may say",
        ),
    };
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new(
            format!("`{what}` ليس من لغة الشروط"),
            format!("`{what}` is not in the language of conditions"),
        ),
    )
    .at(place, nothing())
    .help(help)
}

pub(super) fn if_without_else(place: Place) -> Diagnostic {
    Diagnostic::error(Code::RefusedConstruct, Text::new("`if` بلا `else`", "`if` without `else`"))
        .at(place, nothing())
        .help(Text::new("اكتب ما يكون في الحالة الأخرى", "say what holds in the other case"))
}

pub(super) fn number_too_long(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new("عدد أطول مما يُقرأ بدقة", "a number with more digits than are kept exactly"),
    )
    .at(place, nothing())
}

pub(super) fn closure_wanted(place: Place, method: &str) -> Diagnostic {
    Diagnostic::error(
        Code::WrongArguments,
        Text::new(
            format!("`{method}` تأخذ شرطًا واحدًا"),
            format!("`{method}` takes one condition on each thing of the list"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "مثل: `household.members.any(|m| m.dialysis)`",
        "such as `household.members.any(|m| m.dialysis)`",
    ))
}

pub(super) fn unknown_name<'a>(
    place: Place,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownName,
        Text::new(format!("لا شيء اسمه `{name}`"), format!("nothing is called `{name}`")),
    )
    .at(
        place,
        Text::new(
            "ليس في الوقائع ولا في المعاملات ولا في القيم المشتقة",
            "not a fact, a parameter or a derived value",
        ),
    );
    diagnostic.help(suggest(name, known))
}

pub(super) fn unknown_function<'a>(
    place: Place,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFunction,
        Text::new(format!("لا دالة اسمها `{name}`"), format!("no function is called `{name}`")),
    )
    .at(place, nothing());
    diagnostic.help(suggest(name, known))
}

pub(super) fn wrong_count(place: Place, name: &str, wanted: usize, given: usize) -> Diagnostic {
    Diagnostic::error(
        Code::WrongArguments,
        Text::new(
            format!("`{name}` تأخذ {wanted} من القيم، وقد أُعطيت {given}"),
            format!("`{name}` takes {wanted} values, {given} given"),
        ),
    )
    .at(place, nothing())
}

pub(super) fn wrong_argument(place: Place, name: &str, wanted: &Text, found: &Type) -> Diagnostic {
    let found = found.text();
    Diagnostic::error(
        Code::WrongArguments,
        Text::new(format!("`{name}` تأخذ {}", wanted.ar), format!("`{name}` takes {}", wanted.en)),
    )
    .at(place, Text::new(format!("هذا {}", found.ar), format!("this is {}", found.en)))
}

pub(super) fn type_mismatch(place: Place, wanted: &Text, found: &Type) -> Diagnostic {
    let found = found.text();
    Diagnostic::error(
        Code::TypeMismatch,
        Text::new(format!("المطلوب هنا {}", wanted.ar), format!("{} is wanted here", wanted.en)),
    )
    .at(place, Text::new(format!("هذا {}", found.ar), format!("this is {}", found.en)))
}

pub(super) fn cannot_combine(place: Place, sign: &str, left: &Type, right: &Type) -> Diagnostic {
    let (left, right) = (left.text(), right.text());
    Diagnostic::error(
        Code::TypeMismatch,
        Text::new(
            format!("`{sign}` لا تجمع بين {} و{}", left.ar, right.ar),
            format!("`{sign}` does not go between {} and {}", left.en, right.en),
        ),
    )
    .at(place, nothing())
}

pub(super) fn unit_mismatch(place: Place, sign: &str, left: &Type, right: &Type) -> Diagnostic {
    let (left, right) = (left.text(), right.text());
    Diagnostic::error(
        Code::UnitMismatch,
        Text::new(
            format!("`{sign}` بين {} و{}", left.ar, right.ar),
            format!("`{sign}` between {} and {}", left.en, right.en),
        ),
    )
    .at(place, Text::new("الوحدتان مختلفتان", "the units differ"))
}

pub(super) fn unknown_choice<'a>(
    place: Place,
    choice: &str,
    of: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownChoice,
        Text::new(
            format!("`{choice}` ليس من اختيارات `{of}`"),
            format!("`{choice}` is not a choice of `{of}`"),
        ),
    )
    .at(place, nothing());
    diagnostic.help(suggest(choice, known))
}

pub(super) fn recursive(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::CircularDefinition,
        Text::new(format!("الدالة `{name}` تستدعي نفسها"), format!("the function `{name}` calls itself")),
    )
    .at(place, nothing())
}

pub(super) fn clock(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ClockInRule,
        Text::new(
            format!("`{name}` يتغير من يوم إلى يوم، والقاعدة لا تتغير"),
            format!("`{name}` changes from day to day, and a rule must not"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("استعمل `submitted_on`: يوم تقديم الطلب", "use `submitted_on`, the day of the request"))
}

pub(super) fn not_an_event(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::WrongArguments,
        Text::new("`occurred` تسأل عن حدث", "`occurred` asks about an event"),
    )
    .at(place, nothing())
    .help(Text::new("مثل: `occurred(event.complete)`", "such as `occurred(event.complete)`"))
}

pub(super) fn unknown_document<'a>(
    place: Place,
    document: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownReference,
        Text::new(format!("لا وثيقة برقم `{document}`"), format!("no document has the id `{document}`")),
    )
    .at(place, nothing());
    diagnostic.help(suggest(document, known))
}

pub(super) fn empty_interval(place: Place) -> Diagnostic {
    Diagnostic::error(Code::BadRange, Text::new("مجال خالٍ", "an interval with nothing in it"))
        .at(place, nothing())
}

pub(super) fn too_deep(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new("الشرط متداخل أكثر مما يُقرأ", "the condition is nested too deeply"),
    )
    .at(place, nothing())
    .help(split())
}

pub(super) fn too_large(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new(
            "الشرط أكبر مما يُقرأ بعد وضع الدوال المشتركة في مواضعها",
            "the condition is too large once the shared functions stand in their places",
        ),
    )
    .at(place, nothing())
    .help(split())
}

fn split() -> Text {
    Text::new("قسّمه إلى قيم مشتقة لها أسماء", "split it into derived values with names")
}

pub(super) fn ends_too_early(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new("الشرط غير مكتمل", "the condition ends before it is complete"),
    )
    .at(place, nothing())
}

pub(super) fn missing_sign(place: Place, sign: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new(format!("ينقص `{sign}` قبل هذا الموضع"), format!("`{sign}` is missing before this")),
    )
    .at(place, nothing())
}

/// `place` shows what stands there, so that near words of other languages are named.
pub(super) fn out_of_place(place: Place) -> Diagnostic {
    let written = place.source.slice(&place.range).to_owned();
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new(format!("`{written}` ليس هذا موضعه"), format!("`{written}` does not belong here")),
    )
    .at(place, nothing())
}

pub(super) fn function_without_value(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new(format!("الدالة `{name}` لا تعطي شيئًا"), format!("the function `{name}` gives nothing")),
    )
    .at(place, nothing())
}

pub(super) fn not_a_document(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::WrongArguments,
        Text::new("`shown` تسأل عن وثيقة", "`shown` asks about a document"),
    )
    .at(place, nothing())
    .help(Text::new("مثل: `shown(\"D-POA\")`", "such as `shown(\"D-POA\")`"))
}

pub(super) fn plain_number(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::ExpressionSyntax,
        Text::new("عدد لا يُكتب بالأرقام وحدها", "a number that is not written in digits alone"),
    )
    .at(place, nothing())
    .help(Text::new("مثل: `1_000` أو `0.5`", "such as `1_000` or `0.5`"))
}

pub(super) fn double_quotes(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new("نص بغير علامتي التنصيص \"…\"", "text that does not stand in double quotes"),
    )
    .at(place, nothing())
    .help(Text::new("اكتب: `\"tenant\"`", "write `\"tenant\"`"))
}

pub(super) fn let_without_value(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new("اسم بـ`let` بلا قيمة", "`let` gives this name no value"),
    )
    .at(place, nothing())
    .help(Text::new("مثل: `let rent = household.rent; …`", "such as `let rent = household.rent; …`"))
}

pub(super) fn let_without_use(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new("ليس بعد `let` شرط", "after `let` there is no condition"),
    )
    .at(place, nothing())
    .help(Text::new(
        "مثل: `let rent = household.rent; rent > 0`",
        "such as `let rent = household.rent; rent > 0`",
    ))
}

pub(super) fn open_interval(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::BadRange,
        Text::new("مجال ينقصه أحد طرفيه", "an interval of which one end is missing"),
    )
    .at(place, nothing())
    .help(Text::new("استعمل `>=` أو `<=`", "use `>=` or `<=`"))
}

pub(super) fn function_in_condition(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new(
            format!("الدالة `{name}` معرَّفة في داخل شرط"),
            format!("the function `{name}` is defined inside a condition"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("الدوال المشتركة تُكتب في functions.rhai", "shared functions stand in functions.rhai"))
}

pub(super) fn reserved_function(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ReservedName,
        Text::new(
            format!("`{name}` اسم من أسماء اللغة نفسها"),
            format!("`{name}` is a name of the language itself"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اختر اسمًا آخر للدالة", "choose another name for the function"))
}

pub(super) fn function_twice(place: Place, first: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateName,
        Text::new(format!("الدالة `{name}` معرَّفة مرتين"), format!("the function `{name}` is defined twice")),
    )
    .at(place, nothing())
    .also(first, Text::new("هنا أول مرة", "first here"))
}

pub(super) fn too_many_parameters(place: Place, name: &str, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new(
            format!("الدالة `{name}` تأخذ أكثر من {most} قيمة"),
            format!("the function `{name}` takes more than {most} values"),
        ),
    )
    .at(place, nothing())
}

pub(super) fn too_many_functions(place: Place, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new(
            format!("أكثر من {most} دالة في نص واحد"),
            format!("more than {most} functions and closures in one text"),
        ),
    )
    .at(place, nothing())
    .help(split())
}

pub(super) fn name_taken(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateName,
        Text::new(
            format!("`{name}` اسم لشيء آخر من قبل"),
            format!("`{name}` is the name of something else already"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اختر اسمًا آخر", "choose another name"))
}

pub(super) fn not_alone(place: Place) -> Diagnostic {
    Diagnostic::error(Code::TypeMismatch, Text::new("المطلوب هنا قيمة واحدة", "one value is wanted here"))
        .at(place, nothing())
        .help(Text::new(
            "القائمة والمجال يأتيان بعد `in` وحدها",
            "a list or an interval stands only after `in`",
        ))
}

pub(super) fn nested_folds(place: Place, most: usize) -> Diagnostic {
    Diagnostic::error(
        Code::RefusedConstruct,
        Text::new(
            format!("أكثر من {most} قوائم بعضها في داخل بعض"),
            format!("more than {most} lists, one inside the other"),
        ),
    )
    .at(place, nothing())
    .help(split())
}

pub(super) fn empty_list(place: Place) -> Diagnostic {
    Diagnostic::error(Code::BadRange, Text::new("قائمة خالية", "a list with nothing in it"))
        .at(place, nothing())
}
