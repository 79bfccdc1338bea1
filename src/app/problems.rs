//! What a person asks for at the wrong moment: each with what to do instead.

use crate::diag::{Code, Diagnostic, suggest};
use crate::value::words::{Digits, day_of_message};
use crate::value::{Date, Text};

fn error(code: Code, ar: impl Into<String>, en: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, Text::new(ar, en))
}

pub(super) fn already_approved(number: u32, last: u32) -> Diagnostic {
    error(
        Code::OldNumber,
        format!("اعتُمدت {last}، فلا تُعرض {number} للتصويت"),
        format!("{last} is approved already: {number} cannot be tabled"),
    )
    .help(Text::new(
        "ما يُراد تغييره يُكتب في نسخة جديدة: `mizan policy new`",
        "what is to change belongs in a new revision: `mizan policy new`",
    ))
}

/// What nobody could approve: it says that it is in force from a day that is over, or not from a day after the one before it.
pub(super) fn in_force_too_early(code: Code, from: Date, earliest: Date) -> Diagnostic {
    error(
        code,
        format!("تسري من {from}، ولا تُعتمد نسخةٌ لتسري قبل {earliest}"),
        format!("it would be in force from {from}: it cannot be before {earliest}"),
    )
    .help(Text::new(
        "غيِّر `in_force_from` في policy.toml، واترك للتصويت والتعميم وقتهما",
        "change `in_force_from` in policy.toml, and leave time for the votes and the circular",
    ))
}

pub(super) fn examples_fail(names: &[&str]) -> Diagnostic {
    let names = names.join(", ");
    error(
        Code::ExamplesFail,
        format!("أمثلة لا تخرج كما تقول: {names}"),
        format!("examples that do not come out as they say: {names}"),
    )
    .help(Text::new("`mizan test` تبيِّن الفرق", "`mizan test` shows the difference"))
}

pub(super) fn has_votes(folder: &str) -> Diagnostic {
    error(
        Code::VotesCast,
        format!("في `{folder}` أصوات، وعرضها من جديد يُسقطها"),
        format!("there are votes in `{folder}`, and tabling it again makes them void"),
    )
    .help(Text::new("إن كان هذا هو المراد فأضف `--again`", "where that is what you want, add `--again`"))
}

pub(super) fn not_on_one_line() -> Diagnostic {
    error(
        Code::TextChanged,
        "رقم الاجتماع أو القرار أو العنوان لا يُكتب في سطر واحد",
        "the number of the meeting or of the resolution, or the title, does not stand on one line",
    )
}

pub(super) fn nothing_open(policy: &str) -> Diagnostic {
    error(
        Code::NothingTabled,
        format!("لا شيء معروض للتصويت في `{policy}`"),
        format!("nothing waits for votes in `{policy}`"),
    )
    .help(Text::new("تُعرض النسخة بـ`mizan policy propose`", "`mizan policy propose` tables a revision"))
}

pub(super) fn no_member(id: &str, known: &[&str]) -> Diagnostic {
    error(Code::NotAMember, format!("لا عضو في المجلس رمزه `{id}`"), format!("the board has no member `{id}`"))
        .help(suggest(id, known.iter().copied()))
}

pub(super) fn has_voted(path: &str) -> Diagnostic {
    error(Code::VotedTwice, format!("الصوت موجود: `{path}`"), format!("the vote is there already: `{path}`"))
        .help(Text::new(
            "من غيَّر رأيه قبل الاعتماد حذف ملفه وتوقيعه ثم صوَّت من جديد",
            "who changes their mind before the approval takes away the file and its signature, and votes again",
        ))
}

pub(super) fn cannot_sign() -> Diagnostic {
    error(Code::BadSignature, "تعذَّر التوقيع بهذا المفتاح", "that key cannot sign")
}

pub(super) fn no_register(policy: &str) -> Diagnostic {
    error(
        Code::GapInForce,
        format!("لم تُعتمد نسخة من `{policy}` بعد"),
        format!("no revision of `{policy}` is approved yet"),
    )
}

pub(super) fn draft_only(number: u32) -> Diagnostic {
    error(
        Code::DraftOnly,
        format!("النسخة {number} ليست التي تحكم هذا الطلب"),
        format!("revision {number} is not the one that governs this request"),
    )
    .help(Text::new(
        "للتجربة أضف `--trial`؛ وتخرج خطاباتها وعليها «تجربة»",
        "to try it, add `--trial`: its letters bear a watermark",
    ))
}

pub(super) fn simulation_only() -> Diagnostic {
    error(
        Code::DraftOnly,
        "ما يُحسب بنسخة اليوم محاكاة، ولا يصدر عنها خطاب",
        "what is computed under today's revision is a simulation, and no letter is made from it",
    )
}

pub(super) fn dated_ahead(day: Date, today: Date) -> Diagnostic {
    let (day, today) = (day_of_message(day, Digits::Latin), day_of_message(today, Digits::Latin));
    error(
        Code::ClockBehind,
        format!("الخطاب مؤرخ في {} واليوم {}: لا يصدر خطاب قبل يومه", day.ar, today.ar),
        format!(
            "the letter is dated {}, and today is {}: no letter is issued before its day",
            day.en, today.en
        ),
    )
    .help(Text::new("للتجربة أضف `--trial`", "to try it, add `--trial`"))
}

pub(super) fn not_approved(number: u32) -> Diagnostic {
    error(
        Code::NotApproved,
        format!("النسخة {number} لم تُعتمد، أو سُحبت، فلا يُعلن عنها"),
        format!("revision {number} was not approved, or was withdrawn: it cannot be announced"),
    )
    .help(Text::new(
        "`mizan policy status` تبيِّن ما بلغته كل نسخة",
        "`mizan policy status` shows how far each revision has come",
    ))
}

pub(super) fn circulated_already(number: u32) -> Diagnostic {
    error(
        Code::NotToCirculate,
        format!("عُمِّمت النسخة {number} من قبل"),
        format!("revision {number} was circulated already"),
    )
    .help(Text::new(
        "`mizan policy acknowledge --list` تعرض من أُرسلت إليهم",
        "`mizan policy acknowledge --list` shows to whom it was sent",
    ))
}

pub(super) fn no_circulation(on: Date, until: Date) -> Diagnostic {
    error(
        Code::NotToCirculate,
        format!("لا تعميم إلا على أحدٍ، كل اسم مرة، وبآخر يومٍ لتأكيد العلم لا يسبق {on} (المكتوب {until})"),
        format!(
            "a circulation names those to whom it was sent, each once, and a last day not before {on} (written: {until})"
        ),
    )
}

pub(super) fn nothing_circulated(policy: &str) -> Diagnostic {
    error(
        Code::NotCirculated,
        format!("لم تُعمَّم نسخة من `{policy}` بعد"),
        format!("no revision of `{policy}` was circulated yet"),
    )
    .help(Text::new("`mizan policy circulate` تسجِّل التعميم", "`mizan policy circulate` records that it was"))
}

pub(super) fn not_a_recipient(name: &str, known: &[String]) -> Diagnostic {
    error(
        Code::NotARecipient,
        format!("لم يُرسل التعميم إلى `{name}`، أو أُرسل إليه بعد ذلك اليوم"),
        format!("the circular was not sent to `{name}`, or not by that day"),
    )
    .help(suggest(name, known.iter().map(String::as_str)))
    .help(Text::new(
        "`mizan policy acknowledge --list` تعرض الأسماء بأرقامها",
        "`mizan policy acknowledge --list` shows the names with their numbers",
    ))
}

pub(super) fn not_approved_yet(number: u32, day: Date, approved: Date) -> Diagnostic {
    let (day, approved) = (day_of_message(day, Digits::Latin), day_of_message(approved, Digits::Latin));
    error(
        Code::NotApproved,
        format!("الخطاب مؤرخ في {}، والنسخة {number} لم تُعتمد إلا في {}", day.ar, approved.ar),
        format!("the letter is dated {}, and revision {number} was approved on {} only", day.en, approved.en),
    )
}

pub(super) fn register_says(details: &[&str]) -> Diagnostic {
    let details = details.join(", ");
    error(
        Code::RegisterSays,
        format!("هذا يُؤخذ من سجل النسخ المعتمدة، ولا يُكتب باليد: {details}"),
        format!("this comes from the register of approved revisions, and is not written by hand: {details}"),
    )
    .help(Text::new("احذفه من الملف", "leave it out of the file"))
}
