//! What can be wrong with a folder, a board, a vote, a register: each problem in one place, with its help.

use std::ops::Range;
use std::sync::Arc;

use super::{Digest, SUMS};
use crate::diag::{Code, Diagnostic};
use crate::source::{Place, Source};
use crate::value::words::{Digits, day_of_message};
use crate::value::{Date, Text};

/// A name that is not plain.
pub(super) fn unsafe_name(path: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnsafeName,
        Text::new(format!("اسم الملف `{path}` لا يصلح"), format!("a file cannot be named `{path}`")),
    )
    .help(plain_names())
}

/// Two names that some computers take for one.
pub(super) fn names_alike(one: &str, other: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnsafeName,
        Text::new(
            format!("الاسمان `{one}` و`{other}` لا يختلفان إلا في كِبر الحروف"),
            format!("the names `{one}` and `{other}` differ only in capital letters"),
        ),
    )
    .help(Text::new(
        "بعض الحواسيب تعدُّهما ملفًا واحدًا؛ غيِّر أحدهما",
        "some computers take them for one file: rename one",
    ))
}

/// A listed name that is not plain.
pub(super) fn unsafe_listed(source: &Arc<Source>, range: Range<usize>, path: &str) -> Diagnostic {
    unsafe_name(path).at(
        Place::new(source, range),
        Text::new("اسم خارج المجلد أو غير مقبول", "outside the folder, or not a plain name"),
    )
}

fn plain_names() -> Text {
    Text::new(
        "الأسماء حروف لاتينية وأرقام و`.` و`_` و`-` لا غير، وتبقى داخل المجلد",
        "names hold Latin letters, digits, `.`, `_` and `-` only, and stay inside the folder",
    )
}

/// A line of `SHA256SUMS` that is none.
pub(super) fn not_a_sum(source: &Arc<Source>, range: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        Code::SumsSyntax,
        Text::new(format!("سطر لا يُقرأ في {SUMS}"), format!("a line of {SUMS} that cannot be read")),
    )
    .at(
        Place::new(source, range),
        Text::new("المنتظر: البصمة ثم مسافتان ثم اسم الملف", "a digest, two spaces, the name of a file"),
    )
}

/// A `SHA256SUMS` that lists what it should, but not as it is written.
pub(super) fn sums_out_of_order(source: &Arc<Source>) -> Diagnostic {
    Diagnostic::error(
        Code::SumsSyntax,
        Text::new(
            format!("{SUMS} ليس كما تكتبه `mizan policy propose`: الملفات بترتيب أسمائها، كل ملف مرة"),
            format!("{SUMS} is not as `mizan policy propose` writes it: files in the order of their names, each once"),
        ),
    )
    .at(Place::new(source, 0..source.text.find('\n').unwrap_or(0)), Text::new("هذا الملف", "this file"))
}

fn refused(code: Code, ar: impl Into<String>, en: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, Text::new(ar, en))
}

fn or_nothing(digest: Option<Digest>) -> (String, String) {
    match digest {
        Some(digest) => (digest.to_string(), digest.to_string()),
        None => ("لا شيء".to_owned(), "nothing".to_owned()),
    }
}

/// Something in `board.toml` that does not make a board.
#[derive(Debug, Clone, Copy)]
pub(super) enum BoardFault {
    /// The number.
    Number,
    /// The digest of the board before.
    Previous,
    /// The id of a member.
    Id,
    /// A key.
    Key,
    /// The quorum: at most so many.
    Quorum(usize),
    /// The days for voting.
    Days,
    /// Nobody may say that something was circulated.
    Circulation,
}

pub(super) fn board_shape(place: Place, fault: BoardFault) -> Diagnostic {
    let (ar, en) = match fault {
        BoardFault::Number => {
            ("رقم المجلس عدد من 1 فصاعدًا".to_owned(), "a board is numbered from 1 on".to_owned())
        }
        BoardFault::Previous => (
            "المجلس بعد الأول يذكر بصمة ملف المجلس الذي قبله: `previous`، والأول لا يذكرها".to_owned(),
            "a board after the first gives the digest of the one before it, `previous`; the first gives none"
                .to_owned(),
        ),
        BoardFault::Id => (
            "رمز العضو حروف لاتينية صغيرة وأرقام و`-` و`_`".to_owned(),
            "a member's id holds small Latin letters, digits, `-` and `_`".to_owned(),
        ),
        BoardFault::Key => (
            "مفتاح لا يُقرأ؛ المنتظر سطر من ملف `.pub` يبدأ بـ`ssh-ed25519`".to_owned(),
            "a key that cannot be read: a line of a `.pub` file is wanted that begins with `ssh-ed25519`"
                .to_owned(),
        ),
        BoardFault::Quorum(most) => (
            format!("النصاب بين 1 وعدد من يوقِّعون على السياسة والمجلس: {most}"),
            format!(
                "the quorum lies between 1 and the number of those who sign for policy and board: {most}"
            ),
        ),
        BoardFault::Days => {
            ("مدة التصويت بين يوم و366 يومًا".to_owned(), "votes are taken for 1 to 366 days".to_owned())
        }
        BoardFault::Circulation => (
            "لا تسري نسخة قبل تعميمها، ولا أحد في المجلس يوقِّع على التعميم: أضف `\"circulation\"` إلى `signs` لأحدهم".to_owned(),
            "no revision governs before it is circulated, and nobody on the board signs that: add `\"circulation\"` to the `signs` of somebody".to_owned(),
        ),
    };
    refused(Code::BoardShape, ar, en).at(place, Text::new("هنا", "here"))
}

pub(super) fn same_person(place: Place, one: &str, other: &str) -> Diagnostic {
    refused(
        Code::SamePerson,
        format!("`{one}` و`{other}` باسم واحد أو بمفتاح واحد"),
        format!("`{one}` and `{other}` have one name or one key"),
    )
    .at(place, Text::new("ذُكر من قبل", "already there"))
    .help(Text::new(
        "يُعدُّ الأشخاص لا المفاتيح: لكل عضو اسمٌ ومفاتيحُ تخصه",
        "people are counted, not keys: each member has a name and keys of their own",
    ))
}

pub(super) fn changed(path: &str, expected: Option<Digest>, found: Option<Digest>) -> Diagnostic {
    let (expected, found) = (or_nothing(expected), or_nothing(found));
    refused(
        Code::ChangedAfterApproval,
        format!("`{path}` ليس كما اعتُمد: المعتمد {}، والموجود {}", expected.0, found.0),
        format!("`{path}` is not what was approved: approved {}, found {}", expected.1, found.1),
    )
    .help(Text::new(
        "أعد الملف كما كان؛ وما يُراد تغييره يُكتب في نسخة جديدة: `mizan policy new`",
        "put the file back as it was; what is to change belongs in a new revision: `mizan policy new`",
    ))
}

pub(super) fn lost(path: &str) -> Diagnostic {
    refused(Code::LostFile, format!("الملف `{path}` مفقود"), format!("`{path}` is missing")).help(Text::new(
        "أعده من نسخة احتياطية؛ فكل ما صُوِّت عليه يُحفظ",
        "bring it back from a copy: everything that was voted on is kept",
    ))
}

pub(super) fn not_as_written(path: &str) -> Diagnostic {
    refused(
        Code::TextChanged,
        format!("`{path}` ليس كما يُكتب: تغيَّر فيه شيء بعد كتابته"),
        format!("`{path}` is not as it was written: something in it was changed"),
    )
}

pub(super) fn other_statement(path: &str) -> Diagnostic {
    refused(
        Code::OtherStatement,
        format!("`{path}` يخصُّ بيانًا آخر غير الذي معه"),
        format!("`{path}` belongs to another statement than the one it lies with"),
    )
    .help(Text::new(
        "كل توقيع يخصُّ نصَّه وحده، ولا يُنقل إلى غيره",
        "a signature belongs to its own text and cannot be moved to another",
    ))
}

pub(super) fn bad_signature(path: &str) -> Diagnostic {
    refused(
        Code::BadSignature,
        format!("`{path}` ليس توقيعًا على هذا النص"),
        format!("`{path}` is no signature of that text"),
    )
}

pub(super) fn not_a_member(path: &str, id: &str) -> Diagnostic {
    refused(
        Code::NotAMember,
        format!("`{path}`: `{id}` ليس ممن يوقِّعون على هذا في المجلس"),
        format!("`{path}`: `{id}` is not one of those on the board who sign this"),
    )
}

pub(super) fn other_key(path: &str, id: &str, fingerprint: &str) -> Diagnostic {
    refused(
        Code::OtherKey,
        format!("`{path}` وُقِّع بمفتاح ليس لـ`{id}` في هذا المجلس: {fingerprint}"),
        format!("`{path}` was signed with a key that `{id}` does not have on this board: {fingerprint}"),
    )
}

pub(super) fn key_out_of_time(path: &str, id: &str, on: Date) -> Diagnostic {
    refused(
        Code::OtherKey,
        format!("`{path}`: مفتاح `{id}` لا يسري في {on}"),
        format!("`{path}`: the key of `{id}` does not count on {on}"),
    )
}

pub(super) fn voted_twice(path: &str, id: &str) -> Diagnostic {
    refused(
        Code::VotedTwice,
        format!("`{path}`: لـ`{id}` صوت آخر، ولا يُعدُّ أحدٌ مرتين"),
        format!("`{path}`: `{id}` has another vote, and nobody counts twice"),
    )
}

pub(super) fn vote_out_of_time(path: &str, on: Date, from: Date, until: Date) -> Diagnostic {
    refused(
        Code::ProposalExpired,
        format!("`{path}` صوتٌ في {on}، والتصويت من {from} إلى {until}"),
        format!("`{path}` is a vote of {on}: votes are taken from {from} to {until}"),
    )
}

pub(super) fn expired(number: u32, until: Date) -> Diagnostic {
    refused(
        Code::ProposalExpired,
        format!("انقضت مدة التصويت على {number} في {until}"),
        format!("the time for voting on {number} ended on {until}"),
    )
    .help(Text::new("اعرضها من جديد: `mizan policy propose`", "table it again: `mizan policy propose`"))
}

pub(super) fn paper_not_allowed(path: &str) -> Diagnostic {
    refused(
        Code::PaperNotAllowed,
        format!("`{path}`: هذا المجلس لا يصوِّت على الورق"),
        format!("`{path}`: this board does not vote on paper"),
    )
    .help(Text::new(
        "يجيزه board.toml: `minutes_on_paper = true`",
        "board.toml allows it: `minutes_on_paper = true`",
    ))
}

pub(super) fn other_paper(path: &str, expected: Option<Digest>, found: Option<Digest>) -> Diagnostic {
    let (expected, found) = (or_nothing(expected), or_nothing(found));
    refused(
        Code::OtherPaper,
        format!("`{path}` ليس الورقة التي عُرضت: المعروضة {}، والموجودة {}", expected.0, found.0),
        format!("`{path}` is not the paper that was tabled: tabled {}, found {}", expected.1, found.1),
    )
}

pub(super) fn wrong_board(path: &str, expected: Digest, found: Option<Digest>) -> Diagnostic {
    let found = or_nothing(found);
    refused(
        Code::WrongBoard,
        format!("`{path}` لمجلس آخر: المنتظر {expected}، والموجود {}", found.0),
        format!("`{path}` belongs to another board: expected {expected}, found {}", found.1),
    )
    .help(Text::new(
        "لا يغيِّر المجلسَ إلا المجلسُ الذي قبله: `mizan board propose`",
        "only the board before it changes a board: `mizan board propose`",
    ))
}

pub(super) fn register_broken(source: &Arc<Source>, place: Option<Place>) -> Diagnostic {
    let problem = refused(
        Code::RegisterBroken,
        format!("سجل النسخ `{}` ليس كما كُتب: انقطعت السلسلة", source.name),
        format!("the register `{}` is not as it was written: its chain is broken", source.name),
    )
    .help(Text::new(
        "السجل يُزاد في آخره فقط؛ أعده من نسخة احتياطية",
        "a register only ever grows at its end: bring it back from a copy",
    ));
    match place {
        Some(place) => problem.at(
            place,
            Text::new("من هنا لا يوافق ما قبله", "from here on it does not fit what stands before"),
        ),
        None => problem,
    }
}

pub(super) fn register_cut(source: &Arc<Source>, copy: &str) -> Diagnostic {
    refused(
        Code::RegisterCut,
        format!("السجل `{}` تنقصه مداخل محفوظة في `{copy}`", source.name),
        format!("the register `{}` lacks entries that `{copy}` holds", source.name),
    )
    .help(Text::new("أعد السجل من نسخة احتياطية", "bring the register back from a copy"))
}

pub(super) fn other_than_known(source: &Arc<Source>, known: Digest) -> Diagnostic {
    refused(
        Code::OtherThanKnown,
        format!("السجل `{}` لا يبدأ بما رآه هذا الجهاز من قبل ({})", source.name, known.short()),
        format!("the register `{}` does not begin with what this machine has seen of it ({})", source.name, known.short()),
    )
    .help(Text::new(
        "قد تكون نسخة قديمة من المجلد، أو مجلسًا آخر وُضع مكان الأول؛ اسأل أمين المجلس قبل أي عمل",
        "it may be an old copy of the folder, or another board in the place of the first: ask the secretary before anything is done",
    ))
}

pub(super) fn old_number(number: u32, last: u32) -> Diagnostic {
    refused(
        Code::OldNumber,
        format!("الرقم {number} ليس بعد {last}، والأرقام لا تعود"),
        format!("number {number} does not come after {last}, and numbers only go up"),
    )
}

pub(super) fn wrong_previous(number: u32, expected: Option<Digest>, found: Option<Digest>) -> Diagnostic {
    let (expected, found) = (or_nothing(expected), or_nothing(found));
    refused(
        Code::WrongPrevious,
        format!("{number} لا تلي آخر ما اعتُمد: المنتظر {}، والمكتوب {}", expected.0, found.0),
        format!(
            "{number} does not follow what was approved last: expected {}, written {}",
            expected.1, found.1
        ),
    )
    .help(Text::new("اعرضها من جديد: `mizan policy propose`", "table it again: `mizan policy propose`"))
}

pub(super) fn overlap(from: Date, other: u32, other_from: Option<Date>) -> Diagnostic {
    let other_from = other_from.map(|from| from.to_string()).unwrap_or_default();
    refused(
        Code::OverlapInForce,
        format!("تسري من {from}، والنسخة {other} المعتمدة تسري من {other_from}: نسختان في يوم واحد"),
        format!(
            "it would be in force from {from}, and revision {other} is from {other_from}: two revisions on one day"
        ),
    )
}

pub(super) fn retroactive(from: Option<Date>, on: Date) -> Diagnostic {
    let from = from.map(|from| from.to_string()).unwrap_or_default();
    refused(
        Code::Retroactive,
        format!("تسري من {from} وتُعتمد في {on}: لا تسري نسخة قبل اعتمادها"),
        format!("in force from {from}, approved on {on}: no revision is in force before its approval"),
    )
    .help(Text::new(
        "غيِّر `in_force_from` في policy.toml واعرضها من جديد",
        "change `in_force_from` in policy.toml and table it again",
    ))
}

pub(super) fn entered_before_votes(on: Date, last: Date) -> Diagnostic {
    refused(
        Code::ClockBehind,
        format!("تُعتمد في {on} وآخر صوت في {last}: تاريخ الجهاز متأخر"),
        format!("entered on {on}, and the last vote is of {last}: the clock is behind"),
    )
}

/// Something in the register is of a day that has not come.
pub(super) fn clock_behind(today: Date, on: Date) -> Diagnostic {
    refused(
        Code::ClockBehind,
        format!("تاريخ الجهاز {today}، وفي السجل ما أُثبت في {on}"),
        format!("the clock says {today}, and the register holds an entry of {on}"),
    )
    .help(Text::new("صحِّح تاريخ الجهاز", "set the clock"))
}

pub(super) fn gap_in_force(on: Date, first: Option<Date>) -> Diagnostic {
    let on = day_of_message(on, Digits::Latin);
    let problem = refused(
        Code::GapInForce,
        format!("لا توجد نسخة نافذة في {}", on.ar),
        format!("no revision is in force on {}", on.en),
    );
    problem.help(first.map(|first| {
        let first = day_of_message(first, Digits::Latin);
        Text::new(
            format!("أول نسخة معتمدة تسري من {}", first.ar),
            format!("the first approved revision is in force from {}", first.en),
        )
    }))
}

pub(super) fn not_to_withdraw(number: u32) -> Diagnostic {
    refused(
        Code::NotToWithdraw,
        format!("لا تُسحب النسخة {number}: يُسحب آخر ما اعتُمد، قبل أن يسري"),
        format!(
            "revision {number} cannot be withdrawn: only the one approved last can, before it is in force"
        ),
    )
}

pub(super) fn no_quorum(approve: &[String], quorum: usize, of: usize, reject: usize) -> Diagnostic {
    let names = if approve.is_empty() { "—".to_owned() } else { approve.join(", ") };
    let count = approve.len();
    refused(
        Code::NoQuorum,
        format!("الموافقون {count} ({names})، والنصاب {quorum} من {of}، وغير الموافقين {reject}"),
        format!("{count} approve ({names}); the quorum is {quorum} of {of}, and {reject} reject"),
    )
    .help(Text::new(
        "يُعتمد ما وافق عليه عددُ النصاب من أشخاصٍ مختلفين، وكان الموافقون أكثر من غيرهم",
        "what as many distinct people approve as the quorum says, and more than reject it, is approved",
    ))
}

/// Its day has come, and nobody was told of it.
pub(super) fn not_circulated(on: Date, number: u32) -> Diagnostic {
    let on = day_of_message(on, Digits::Latin);
    refused(
        Code::NotCirculated,
        format!("لا توجد نسخة نافذة في {}؛ النسخة {number} معتمدة ولم تُعمَّم بعد", on.ar),
        format!("no revision is in force on {}; revision {number} is approved and not circulated yet", on.en),
    )
    .help(Text::new(
        "لا تسري قبل تعميمها (`circulate_first` في board.toml): `mizan policy circulate`",
        "it does not govern before it is circulated (`circulate_first` in board.toml): `mizan policy circulate`",
    ))
}

pub(super) fn not_to_circulate(number: u32) -> Diagnostic {
    refused(
        Code::NotToCirculate,
        format!("لا تُعمَّم {number}: لا تُعمَّم إلا نسخةٌ معتمدة لم تُسحب، ومرةً واحدة"),
        format!(
            "{number} cannot be circulated: only an approved revision that was not withdrawn can, and once"
        ),
    )
}
