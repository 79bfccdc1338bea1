//! What can be wrong with a folder, a board, a vote, a register: each problem in one place, with its help.

use std::ops::Range;
use std::sync::Arc;

use super::SUMS;
use crate::diag::{Code, Diagnostic};
use crate::source::{Place, Source};
use crate::value::Text;

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
