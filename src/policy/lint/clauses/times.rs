//! Spans of time in a clause: which way, from when, in what days.

use super::{Read, Reader, Said, TIME};
use crate::diag::Code;

pub(super) fn find(reader: &mut Reader<'_>, read: &Read<'_>) {
    let words = &read.words;
    let patterns = ["خلال|مدة|مهلة|أقصاها|أقصاه …", "لا|ألا تقل|يقل|تزيد|يزيد عن|على …", "لا|ألا تتجاوز|يتجاوز …"];
    let find = |time: &str| patterns.iter().find_map(|pattern| words.find(&format!("{pattern} {time}")));
    let Some(span) = find(TIME) else { return };
    let least = words.find(&format!("لا|ألا تقل|يقل|تنقص|ينقص عن … {TIME}"));
    if let Some(least) = &least {
        if let Some(both) = words.find("خلال … لا تقل|يقل|تنقص|ينقص") {
            let range = both.start..least.end;
            reader.push(
                Code::WindowDirection,
                read,
                &range,
                &Said {
                    message: (
                        "«خلال» حدٌّ أعلى و«لا تقل عن» حدٌّ أدنى، وهما في مدةٍ واحدة",
                        "“within” sets a latest day and “not less than” an earliest, of one span",
                    ),
                    label: ("أقرب موعدٍ أم آخره؟", "the earliest day, or the latest?"),
                    help: (
                        "إما حدٌّ أدنى، وإما حدٌّ أعلى («لا تزيد على»)، وإما كلاهما: مدةٌ معتادة وحدٌّ أعلى",
                        "either a least, or a most, or both: a usual time and a latest day",
                    ),
                },
            );
        }
        if !words.has("لا|ألا تزيد|يزيد|تتجاوز|يتجاوز|تتعدى|يتعدى") && !words.has("أقصاها|أقصاه|الأكثر|أقصى")
        {
            reader.push(
                Code::NoMaximum,
                read,
                least,
                &Said {
                    message: (
                        "حدٌّ أدنى بلا حدٍّ أعلى: قد ينتظر الطلب بلا نهاية",
                        "a least without a most: a request may wait for ever",
                    ),
                    label: ("وإلى متى؟", "and until when?"),
                    help: ("حدِّدوا آخر موعد", "give a latest day"),
                },
            );
        }
    }
    if !words.has(&format!("{TIME} … من"))
        && !words.has("من تاريخ|يوم|وقت")
        && !words.has("منذ")
        && !words.has("ابتداء|اعتبارا|تبدأ من")
    {
        reader.push(
            Code::NoAnchor,
            read,
            &span,
            &Said {
                message: (
                    "مدةٌ لا يُذكر من أيِّ يومٍ تُحسب",
                    "a span of time that does not say from which day it is counted",
                ),
                label: ("من أيِّ يوم؟", "from which day?"),
                help: (
                    "المقترح: من يوم إحالة الطلب المكتمل",
                    "proposed: from the day the complete request is referred",
                ),
            },
        );
    }
    if find("يوم|يوما|يومين|أيام|أسبوع*|أسابيع").is_none() {
        return;
    }
    let is_working = words.has("يوم|يوما|يومين|يومي|أيام عمل");
    if !is_working && !words.has("تقويمي*|ميلادي*|هجري*") {
        reader.push(
            Code::UnclearUnit,
            read,
            &span,
            &Said {
                message: ("أيامُ عملٍ أم أيامٌ تقويمية؟", "working days or calendar days?"),
                label: ("أيُّ أيام؟", "which days?"),
                help: ("المقترح: أيام تقويمية", "proposed: calendar days"),
            },
        );
    }
    // A working day is never a holiday.
    if !is_working && !words.has("إجازة|إجازات|عطلة|عطل") {
        reader.push(
            Code::HolidayNotSaid,
            read,
            &span,
            &Said {
                message: (
                    "لا يُذكر الحكم إذا وافق آخر المدة إجازة",
                    "nothing is said for a last day that is a holiday",
                ),
                label: ("وإن وافق إجازة؟", "and if it is a holiday?"),
                help: ("المقترح: إلى أول يوم عملٍ بعدها", "proposed: the next working day"),
            },
        );
    }
    if !words.has("يحتسب|تحتسب|يحسب|شاملة|شاملا|يدخل") {
        reader.push(
            Code::BoundsNotSaid,
            read,
            &span,
            &Said {
                message: (
                    "لا يُذكر أيُحسب أول يومٍ وآخره",
                    "it is not said whether the first and the last day count",
                ),
                label: ("أيُحسب طرفاها؟", "do both ends count?"),
                help: (
                    "المقترح: لا يُحسب أول يوم، ويُحسب آخر يومٍ إلى نهاية الدوام",
                    "proposed: the first day does not count; the last does, until closing time",
                ),
            },
        );
    }
}
