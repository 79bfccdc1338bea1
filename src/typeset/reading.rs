//! The words of a page, line by line, as somebody reads them.
//!
//! Typst keeps the runs of a line where they stand, from left to right; a line of Arabic is read from the right.

use std::fmt::Write as _;

use typst::layout::{Abs, Frame, FrameItem, Point, Transform};
use typst_layout::Page;

use crate::value::Lang;

/// A run of letters where it stands.
struct Stretch {
    at: Point,
    width: Abs,
    size: Abs,
    text: String,
}

/// The lines of a page; a wide gap, as between columns, is written as four spaces.
pub(super) fn lines(page: &Page, lang: Lang) -> String {
    let mut stretches = Vec::new();
    gather(&page.frame, Transform::identity(), &mut stretches);
    // Whole points, so that what stands on one line is on one line.
    let line_of = |stretch: &Stretch| (stretch.at.y / Abs::pt(1.0)).round();
    let side_of = |stretch: &Stretch| match lang {
        Lang::Ar => -stretch.at.x - stretch.width,
        Lang::En => stretch.at.x,
    };
    stretches.sort_by(|one, other| {
        line_of(one).total_cmp(&line_of(other)).then(side_of(one).cmp(&side_of(other)))
    });
    if lang == Lang::Ar {
        // A code that may be broken is several runs, and is read from the left all the same.
        let is_code = |stretch: &Stretch| stretch.text.bytes().all(|letter| letter.is_ascii_alphanumeric());
        let is_one = |one: &Stretch, other: &Stretch| {
            line_of(one).total_cmp(&line_of(other)).is_eq()
                && is_code(one)
                && is_code(other)
                && one.at.x - other.at.x - other.width < one.size / 20.0
        };
        stretches.chunk_by_mut(is_one).for_each(<[Stretch]>::reverse);
    }

    let mut text = String::new();
    let mut before: Option<&Stretch> = None;
    for stretch in &stretches {
        match before {
            Some(before) if line_of(before).total_cmp(&line_of(stretch)).is_ne() => {
                text.truncate(text.trim_end().len());
                text.push('\n');
            }
            Some(before) => {
                let gap = match lang {
                    Lang::Ar if before.at.x < stretch.at.x => stretch.at.x - before.at.x - before.width,
                    Lang::Ar => before.at.x - stretch.at.x - stretch.width,
                    Lang::En => stretch.at.x - before.at.x - before.width,
                };
                if gap > stretch.size {
                    text.push_str("    ");
                } else if gap > stretch.size / 5.0 {
                    text.push(' ');
                }
            }
            None => {}
        }
        let _ = write!(text, "{}", stretch.text);
        before = Some(stretch);
    }
    text.push('\n');
    text
}

fn gather(frame: &Frame, moved: Transform, stretches: &mut Vec<Stretch>) {
    for (place, item) in frame.items() {
        let here = moved.pre_concat(Transform::translate(place.x, place.y));
        match item {
            FrameItem::Group(group) => gather(&group.frame, here.pre_concat(group.transform), stretches),
            // A raised mark is a run of its own, which repeats the letter that it sits on.
            FrameItem::Text(text) if text.width() == Abs::zero() => {}
            FrameItem::Text(text) => stretches.push(Stretch {
                at: Point::zero().transform(here),
                width: text.width(),
                size: text.size,
                text: text.text.to_string(),
            }),
            FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}
