//! Text that is wider than the place that it was given: it runs over the edge of its column, or into what stands beside it.

use typst::layout::{Abs, Frame, FrameItem, Point, Transform};
use typst::text::{Glyph, TextItem};
use typst_layout::Page;

/// What is less than this cannot be seen.
fn tolerance() -> Abs {
    Abs::pt(1.5)
}

/// A stretch of text as it stands on the page.
struct Stretch {
    left: Abs,
    right: Abs,
    base: Abs,
    size: Abs,
    text: String,
}

/// The texts of a page that are wider than their place.
pub(super) fn overfull(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    let mut stretches = Vec::new();
    gather(&page.frame, Transform::identity(), (Abs::zero(), page.frame.width()), &mut stretches, &mut found);
    stretches.sort_by(|one, other| one.base.cmp(&other.base).then(one.left.cmp(&other.left)));
    for (index, one) in stretches.iter().enumerate() {
        let rest = stretches.get(index + 1..).unwrap_or_default();
        // Lines are further apart than a third of their letters.
        let near = rest.iter().take_while(|other| other.base - one.base < one.size / 3.0);
        for other in near {
            let shared = one.right.min(other.right) - one.left.max(other.left);
            // A mark over a letter stands in its place.
            let is_mark = (one.right - one.left).min(other.right - other.left) < tolerance() * 2.0;
            if shared > tolerance() && !is_mark && one.size == other.size {
                let widest = if one.right - one.left > other.right - other.left { one } else { other };
                found.push(widest.text.clone());
            }
        }
    }
    found
}

/// `room` is from where to where the text of this frame may reach.
fn gather(
    frame: &Frame,
    moved: Transform,
    room: (Abs, Abs),
    stretches: &mut Vec<Stretch>,
    found: &mut Vec<String>,
) {
    for (place, item) in frame.items() {
        let here = moved.pre_concat(Transform::translate(place.x, place.y));
        match item {
            FrameItem::Group(group) => {
                let here = here.pre_concat(group.transform);
                // What is turned, as a mark across the page, is a drawing.
                if !here.is_only_translate() {
                    continue;
                }
                // A place without width, as of something that is put anywhere, holds nothing in.
                let inner = if group.frame.width() > Abs::zero() {
                    (room.0.max(here.tx), room.1.min(here.tx + group.frame.width()))
                } else {
                    room
                };
                gather(&group.frame, here, inner, stretches, found);
            }
            FrameItem::Text(text) if text.width() > Abs::zero() => {
                let at = Point::zero().transform(here);
                let Some((left, right)) = inked(text, at.x) else { continue };
                if left < room.0 - tolerance() || right > room.1 + tolerance() {
                    found.push(text.text.to_string());
                }
                let (size, text) = (text.size, text.text.to_string());
                if !text.trim().is_empty() {
                    stretches.push(Stretch { left, right, base: at.y, size, text });
                }
            }
            FrameItem::Text(_)
            | FrameItem::Shape(..)
            | FrameItem::Image(..)
            | FrameItem::Link(..)
            | FrameItem::Tag(_) => {}
        }
    }
}

/// From where to where there are letters: spaces at either end are not seen, and points and commas may hang over the edge.
fn inked(item: &TextItem, at: Abs) -> Option<(Abs, Abs)> {
    let is_edge = |glyph: &&Glyph| {
        let text = item.text.get(usize::from(glyph.range.start)..usize::from(glyph.range.end));
        text.is_some_and(|text| !text.contains(char::is_alphanumeric))
    };
    let width = |glyph: &Glyph| glyph.x_advance.at(item.size);
    let before: Abs = item.glyphs.iter().take_while(is_edge).map(width).sum();
    let after: Abs = item.glyphs.iter().rev().take_while(is_edge).map(width).sum();
    let (left, right) = (at + before, at + item.width() - after);
    (left < right).then_some((left, right))
}
