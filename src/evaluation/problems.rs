//! What can be wrong with a request, in the words of whoever wrote it.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, suggest};
use crate::expression::program::Interval;
use crate::expression::types::Choices;
use crate::policy::{About, Channel, Fact, Letter, Outcome, Service};
use crate::source::{Place, Source, SyntaxError};
use crate::value::hijri::DateError;
use crate::value::identifier::IdentifierError;
use crate::value::words::{self, Digits};
use crate::value::{Date, Lang, Number, Text};

fn nothing() -> Text {
    Text::default()
}

pub(super) fn syntax(source: &Arc<Source>, error: SyntaxError, format: &str) -> Diagnostic {
    Diagnostic::error(
        Code::RequestSyntax,
        Text::new(
            format!("تعذَّرت قراءة الطلب بصيغة {format}"),
            format!("the request cannot be read as {format}: {}", error.message),
        ),
    )
    .at(Place::new(source, error.range), Text::new("هنا", "here"))
    .help(Text::new(
        "راجع هذا السطر والذي قبله: علامات التنصيص والفواصل والأقواس",
        "look at this line and the one before it: quotes, commas, brackets",
    ))
}

pub(super) fn not_a_table(place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::WrongFact,
        Text::new("المطلوب هنا جدول من البيانات", "a table of data is wanted here"),
    )
    .at(place, nothing())
}

pub(super) fn said_twice(place: Place, key: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SaidTwice,
        Text::new(format!("كُتب `{key}` مرتين"), format!("`{key}` is written twice")),
    )
    .at(place, Text::new("هنا مرة أخرى", "here again"))
    .help(Text::new("أبقِ واحدًا منهما", "keep one of them"))
}

pub(super) fn other_policy(place: Place, named: &str, id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownWord,
        Text::new(
            format!("الطلب يذكر السياسة `{named}`، والتقييم بالسياسة `{id}`"),
            format!("the request names the policy `{named}`, and is being evaluated by `{id}`"),
        ),
    )
    .at(place, nothing())
}

pub(super) fn missing(place: Place, key: &str, what: &Text) -> Diagnostic {
    Diagnostic::error(
        Code::MissingFromRequest,
        Text::new(format!("ينقص الطلبَ `{key}`: {}", what.ar), format!("`{key}` is missing: {}", what.en)),
    )
    .at(place, nothing())
}

pub(super) fn not_in_force(place: Place, date: Date, from: Date, digits: Digits) -> Diagnostic {
    let (date, from) = (words::day_of_message(date, digits), words::day_of_message(from, digits));
    Diagnostic::error(
        Code::NotInForce,
        Text::new(
            format!("لا توجد نسخة نافذة في هذا التاريخ: {}", date.ar),
            format!("no revision is in force on {}", date.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("يُعمل بالسياسة ابتداءً من {}", from.ar),
        format!("the policy is in force from {}", from.en),
    ))
}

pub(super) fn unknown_service(place: Place, text: &str, services: &[Service]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownService,
        Text::new(format!("لا خدمة باسم `{text}`"), format!("there is no service `{text}`")),
    )
    .at(place, nothing());
    let ar =
        services.iter().map(|service| format!("`{}` {}", service.id, service.title.ar)).collect::<Vec<_>>();
    let en =
        services.iter().map(|service| format!("`{}` {}", service.id, service.title.en)).collect::<Vec<_>>();
    diagnostic.help(Text::new(
        format!("الخدمات: {}", words::list(&ar, Lang::Ar)),
        format!("there is: {}", en.join(", ")),
    ))
}

pub(super) fn unknown_channel(place: Place, text: &str, channels: &[Channel]) -> Diagnostic {
    let ar =
        channels.iter().map(|channel| format!("`{}` {}", channel.id, channel.title.ar)).collect::<Vec<_>>();
    let en =
        channels.iter().map(|channel| format!("`{}` {}", channel.id, channel.title.en)).collect::<Vec<_>>();
    Diagnostic::error(
        Code::UnknownChannel,
        Text::new(format!("لا قناة باسم `{text}`"), format!("there is no channel `{text}`")),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("القنوات: {}", words::list(&ar, Lang::Ar)),
        format!("there is: {}", en.join(", ")),
    ))
}

pub(super) fn closed_channel(place: Place, channel: &Channel) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownChannel,
        Text::new(
            format!("لا تُقبل الطلبات عن طريق {}", channel.title.ar),
            format!("no request is accepted by this channel: {}", channel.title.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "سجِّله تواصلًا، واكتب القناة التي قُدِّم بها الطلب",
        "record it as a contact, and write the channel by which the request was made",
    ))
}

pub(super) fn unknown_fact(place: Place, key: &str, known: Vec<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFact,
        Text::new(format!("السياسة لا تسأل عن `{key}`"), format!("the policy does not ask for `{key}`")),
    )
    .at(place, nothing());
    let mut unique: Vec<&str> = Vec::new();
    for word in known {
        if !unique.contains(&word) {
            unique.push(word);
        }
    }
    diagnostic.help(suggest(key, unique))
}

pub(super) fn unknown_document(place: Place, key: &str, known: Vec<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFact,
        Text::new(format!("السياسة لا تعرف الوثيقة `{key}`"), format!("the policy knows no document `{key}`")),
    )
    .at(place, nothing());
    diagnostic.help(suggest(key, known))
}

pub(super) fn unknown_event(place: Place, key: &str, known: Vec<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFact,
        Text::new(format!("السياسة لا تعرف الحدث `{key}`"), format!("the policy knows no event `{key}`")),
    )
    .at(place, nothing());
    diagnostic.help(suggest(key, known))
}

pub(super) fn unknown_letter(place: Place, key: &str, known: Vec<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFact,
        Text::new(format!("السياسة لا تعرف الخطاب `{key}`"), format!("the policy knows no letter `{key}`")),
    )
    .at(place, nothing());
    diagnostic.help(suggest(key, known))
}

pub(super) fn unknown_detail(place: Place, key: &str, letter: &Letter) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownFact,
        Text::new(
            format!("لا يقول الخطاب `{}` شيئًا باسم `{key}`", letter.id),
            format!("letter `{}` says nothing of `{key}`", letter.id),
        ),
    )
    .at(place, nothing());
    let known: Vec<&str> = letter.details.iter().map(|detail| detail.id.as_str()).collect();
    if known.is_empty() {
        return diagnostic.help(Text::new("ليس لهذا الخطاب تفاصيل", "this letter has no details of its own"));
    }
    diagnostic.help(suggest(key, known))
}

pub(super) fn letter_elsewhere(place: Place, letter: &Letter) -> Diagnostic {
    let id = &letter.id;
    let (message, help) = match letter.about {
        About::Policy => (
            Text::new(format!("الخطاب `{id}` لا يتعلق بطلب"), format!("letter `{id}` concerns no request")),
            Text::new(
                "اكتب تفاصيله في ملفٍّ له وحده، فيه `policy` و`[letters]` فقط",
                "its details stand in a file of their own, with `policy` and `[letters]` only",
            ),
        ),
        About::Request => (
            Text::new(format!("الخطاب `{id}` يتعلق بطلب"), format!("letter `{id}` concerns a request")),
            Text::new("اكتب تفاصيله في ملف الطلب", "its details stand in the file of the request"),
        ),
    };
    Diagnostic::error(Code::UnknownFact, message).at(place, nothing()).help(help)
}

pub(super) fn not_of_details(place: Place, key: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownFact,
        Text::new(
            format!("خطابٌ لا يتعلق بطلب لا يقول `{key}`"),
            format!("a letter that concerns no request does not say `{key}`"),
        ),
    )
    .at(place, nothing())
    .help(Text::new("في هذا الملف `policy` و`[letters]` فقط", "this file has `policy` and `[letters]` only"))
}

pub(super) fn not_of_outcome(place: Place, key: &str, outcome: Outcome, wanted: Outcome) -> Diagnostic {
    let (outcome, wanted) = (outcome.name(), wanted.name());
    Diagnostic::error(
        Code::WrongFact,
        Text::new(
            format!("لا معنى لـ`{key}` مع القرار `{outcome}`"),
            format!("`{key}` means nothing with the outcome `{outcome}`"),
        ),
    )
    .at(place, nothing())
    .help(Text::new(format!("`{key}` مع `{wanted}` وحده"), format!("`{key}` goes with `{wanted}` only")))
}

pub(super) fn no_quantity(place: Place, service: &Text) -> Diagnostic {
    Diagnostic::error(
        Code::WrongFact,
        Text::new(
            format!("خدمة «{}» لا تُقدَّر بمقدار، فلا يُقبل منها جزء مقدَّر", service.ar),
            format!("the service “{}” has no quantity of which a part could be granted", service.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new("اذكر ما قُبل في `reasons`", "say in `reasons` what was granted"))
}

pub(super) fn unknown_word(place: Place, word: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::WrongFact,
        Text::new(
            format!("`{word}` ليست من الكلمات المعروفة هنا"),
            format!("`{word}` is not one of the words that this place takes"),
        ),
    )
    .at(place, nothing());
    diagnostic.help(suggest(word, known.iter().copied()))
}

pub(super) fn wrong_fact(place: Place, wanted: &Text, written: &str) -> Diagnostic {
    Diagnostic::error(
        Code::WrongFact,
        Text::new(
            format!("المطلوب هنا {}، وكُتب `{written}`", wanted.ar),
            format!("{} is wanted here, not `{written}`", wanted.en),
        ),
    )
    .at(place, nothing())
}

pub(super) fn unknown_choice(place: Place, text: &str, choices: &Choices) -> Diagnostic {
    let ar = choices
        .ids
        .iter()
        .zip(&choices.labels)
        .map(|(id, label)| format!("`{id}` {}", label.ar))
        .collect::<Vec<_>>();
    let en = choices
        .ids
        .iter()
        .zip(&choices.labels)
        .map(|(id, label)| format!("`{id}` {}", label.en))
        .collect::<Vec<_>>();
    Diagnostic::error(
        Code::WrongFact,
        Text::new(format!("`{text}` ليس من الاختيارات"), format!("`{text}` is not one of the choices")),
    )
    .at(place, nothing())
    .help(Text::new(
        format!("الاختيارات: {}", words::list(&ar, Lang::Ar)),
        format!("there is: {}", en.join(", ")),
    ))
}

pub(super) fn out_of_range(place: Place, fact: &Fact, range: &Interval, money: bool) -> Diagnostic {
    let scale = Number::from(if money { 100 } else { 1 });
    let shown = |number: Number| number.over(scale).unwrap_or(number).to_string();
    let low = range.low.map(|(low, _)| shown(low));
    let high = range.high.map(|(high, _)| shown(high));
    let (ar, en) = match (low, high) {
        (Some(low), Some(high)) => (format!("من {low} إلى {high}"), format!("from {low} to {high}")),
        (Some(low), None) => (format!("من {low} فأكثر"), format!("{low} or more")),
        (None, Some(high)) => (format!("{high} فأقل"), format!("{high} or less")),
        (None, None) => (String::new(), String::new()),
    };
    Diagnostic::error(
        Code::OutOfRange,
        Text::new(format!("«{}» خارج المجال", fact.label.ar), format!("{} is out of range", fact.label.en)),
    )
    .at(place, Text::new(ar.clone(), en.clone()))
    .help(Text::new(
        format!("المجال {ar}. إن كانت القيمة صحيحة فالسياسة تحتاج إلى تعديل"),
        format!("the policy allows {en}; if the value is right, the policy needs a change"),
    ))
}

pub(super) fn bad_identifier(place: Place, error: IdentifierError, digits: Digits) -> Diagnostic {
    let code = if error == IdentifierError::TimeShape { Code::WrongFact } else { Code::BadIdentifier };
    Diagnostic::error(code, error.text(digits)).at(place, nothing()).help(error.help())
}

pub(super) fn bad_date(place: Place, error: &DateError, digits: Digits) -> Diagnostic {
    Diagnostic::error(Code::BadDate, error.text(digits)).at(place, nothing()).help(error.help(digits))
}

pub(super) fn expires_before_issue(place: Place, issued: Date, expires: Date, digits: Digits) -> Diagnostic {
    let (issued, expires) = (words::day_of_message(issued, digits), words::day_of_message(expires, digits));
    Diagnostic::error(
        Code::DateOrder,
        Text::new(
            format!("تنتهي الوثيقة في {} قبل إصدارها في {}", expires.ar, issued.ar),
            format!("the document expires on {}, before it was issued on {}", expires.en, issued.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new("راجع التاريخين", "check both dates"))
}

pub(super) fn before_submission(place: Place, date: Date, digits: Digits) -> Diagnostic {
    let date = words::day_of_message(date, digits);
    Diagnostic::error(
        Code::DateOrder,
        Text::new(
            format!("هذا التاريخ ({}) قبل تقديم الطلب", date.ar),
            format!("this day, {}, lies before the request was submitted", date.en),
        ),
    )
    .at(place, nothing())
    .help(Text::new("راجع هذا التاريخ و`submitted_at`", "check this day and `submitted_at`"))
}

pub(super) fn evaluated_before_submission(
    place: Option<Place>,
    day: Date,
    submitted_on: Date,
    digits: Digits,
) -> Diagnostic {
    let (day, submitted_on) =
        (words::day_of_message(day, digits), words::day_of_message(submitted_on, digits));
    let diagnostic = Diagnostic::error(
        Code::DateOrder,
        Text::new(
            format!("لا يُنظر في الطلب يوم {}، ولم يُقدَّم إلا يوم {}", day.ar, submitted_on.ar),
            format!("the request cannot be judged on {}: it was submitted on {}", day.en, submitted_on.en),
        ),
    )
    .help(Text::new("اكتب يوم التقديم أو يومًا بعده", "give the day of submission, or a later one"));
    match place {
        Some(place) => diagnostic.at(place, Text::new("قُدِّم بعده", "submitted after that day")),
        None => diagnostic,
    }
}

pub(super) fn bad_digest(place: Place, text: &str) -> Diagnostic {
    Diagnostic::error(
        Code::WrongFact,
        Text::new(format!("`{text}` ليست بصمة بيانات"), format!("`{text}` is not a digest of data")),
    )
    .at(place, nothing())
    .help(Text::new(
        "انقلها من أسفل الإقرار المطبوع: اثنا عشر حرفًا أو أكثر من الأرقام وa إلى f",
        "copy it from the foot of the printed declaration: twelve or more of the digits and a to f",
    ))
}

pub(super) fn decision_incomplete(place: Place, absent: &[&str]) -> Diagnostic {
    let list = absent.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>();
    Diagnostic::error(
        Code::MissingFromRequest,
        Text::new(
            format!("ينقص القرارَ: {}", words::list(&list, Lang::Ar)),
            format!("the decision lacks {}", list.join(", ")),
        ),
    )
    .at(place, nothing())
    .help(Text::new(
        "لا قرار بلا محضر: اكتب النتيجة والتاريخ ورقم الاجتماع ورقم المحضر، والأسباب حيث لا يُعلِّله التقييم",
        "there is no decision without minutes: write the outcome, the date, the number of the meeting and of its minutes, and the reasons where the evaluation gives none",
    ))
}
