//! What can be wrong with a condition, in words.

use crate::diag::{Code, Diagnostic, suggest};
use crate::source::Place;
use crate::value::Text;

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
    .help(Text::new("قسّمه إلى قيم مشتقة لها أسماء", "split it into derived values with names"))
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
            "الوقائع لا تتغير في أثناء التقييم؛ سمِّ القيمة بـ`let` أو في `[derived.…]`",
            "facts do not change while they are judged; name a value with `let` or in `[derived.…]`",
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
    match suggest(name, known) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
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
    match suggest(name, known) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
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
    match suggest(choice, known) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
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
    match suggest(document, known) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

pub(super) fn empty_interval(place: Place) -> Diagnostic {
    Diagnostic::error(Code::BadRange, Text::new("مجال خالٍ", "an interval with nothing in it"))
        .at(place, nothing())
}
