//! Room for a seal in a PDF, without touching a byte that is there: what is new stands after what was.
//!
//! Receives a PDF as Typst writes it, hands on [`Prepared`]: the whole file with an empty place for the envelope, and what the seal is to cover.

use std::ops::Range;

use chrono::NaiveDateTime;
use sha2::{Digest as _, Sha256};

use super::pdf::{Dictionary, Document, Object};

/// What a seal says about itself beside the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// When, by the association's clock.
    pub at: NaiveDateTime,
    /// Who, in words.
    pub name: String,
    /// Why, in words.
    pub reason: String,
}

/// A PDF with an empty place for the envelope.
pub(super) struct Prepared {
    bytes: Vec<u8>,
    /// From `<` to `>`.
    gap: Range<usize>,
}

/// How the four numbers of a byte range are written: they are known only when everything is.
const BYTE_RANGE: usize = "/ByteRange[0 ".len() + 3 * 11;

impl Prepared {
    /// What the seal covers: everything but the place of the envelope.
    pub(super) fn digest(&self) -> [u8; 32] {
        covered(&self.bytes, &self.gap)
    }

    /// The PDF with this envelope in its place; nothing where it does not fit.
    pub(super) fn fill(mut self, envelope: &[u8]) -> Option<Vec<u8>> {
        let place = self.bytes.get_mut(self.gap.start + 1..self.gap.end - 1)?;
        if envelope.len().checked_mul(2)? > place.len() {
            return None;
        }
        for (digits, byte) in place.chunks_mut(2).zip(envelope) {
            digits.copy_from_slice(&hex(*byte));
        }
        Some(self.bytes)
    }
}

/// The digest of a file without a gap.
pub(super) fn covered(bytes: &[u8], gap: &Range<usize>) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(bytes.get(..gap.start).unwrap_or_default());
    digest.update(bytes.get(gap.end..).unwrap_or_default());
    digest.finalize().into()
}

fn hex(byte: u8) -> [u8; 2] {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).map_or(b'0', |digit| digit as u8);
    [digit(byte >> 4), digit(byte & 15)]
}

/// Makes room for an envelope of at most so many bytes; nothing where the PDF lacks what every one of ours has.
pub(super) fn prepare(document: &Document<'_>, occasion: &Occasion, room: usize) -> Option<Prepared> {
    let catalog_number = document.trailer.get("Root")?.reference()?;
    let catalog = document.catalog()?;
    let (page_number, page) = document.first_page()?;
    let first = u32::try_from(document.trailer.get("Size")?.integer()?).ok()?;
    let (seal, widget, look) = (first, first + 1, first + 2);
    let original = document.bytes;

    let mut bytes = Vec::with_capacity(original.len() + 2 * room + 4096);
    bytes.extend_from_slice(original);
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let mut places = Vec::new();
    let mut add = |bytes: &mut Vec<u8>, number: u32, body: &[u8]| {
        places.push((number, bytes.len()));
        bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        let start = bytes.len();
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\nendobj\n");
        start
    };

    add(&mut bytes, page_number, &page_with(document, &page, widget)?);
    let form = format!("/AcroForm<</Fields[{widget} 0 R]/SigFlags 3>>");
    add(&mut bytes, catalog_number, &with(document, &catalog, &[], &form)?);

    // Outside the page: what would lie on it must be part of the tagged text (PDF/UA), and it shows nothing.
    let field = format!(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/TU{}/Rect[-10 -10 -10 -10]/F 132/P {page_number} 0 R/V {seal} 0 R/AP<</N {look} 0 R>>>>",
        text(&occasion.reason)
    );
    add(&mut bytes, widget, field.as_bytes());
    let nothing = "<</Type/XObject/Subtype/Form/BBox[0 0 0 0]/Resources<<>>/Length 0>>\nstream\n\nendstream";
    add(&mut bytes, look, nothing.as_bytes());

    let mut body = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange".to_vec();
    let numbers = body.len() - "/ByteRange".len();
    body.resize(numbers + BYTE_RANGE, b' ');
    body.extend_from_slice(b"/Contents");
    let gap = body.len();
    body.push(b'<');
    body.resize(body.len() + 2 * room, b'0');
    body.push(b'>');
    let gap = gap..body.len();
    let at = occasion.at.format("D:%Y%m%d%H%M%S+03'00'");
    body.extend_from_slice(
        format!("/M({at})/Name{}/Reason{}>>", text(&occasion.name), text(&occasion.reason)).as_bytes(),
    );
    let start = add(&mut bytes, seal, &body);
    let (numbers, gap) = (start + numbers, start + gap.start..start + gap.end);

    let table = bytes.len();
    places.sort_unstable();
    bytes.extend_from_slice(b"xref\n");
    for (number, place) in &places {
        bytes.extend_from_slice(format!("{number} 1\n{place:010} 00000 n \n").as_bytes());
    }
    let trailer = trailer(document, look + 1, &bytes)?;
    bytes.extend_from_slice(format!("{trailer}\nstartxref\n{table}\n%%EOF\n").as_bytes());

    let range = format!("/ByteRange[0 {} {} {}]", gap.start, gap.end, bytes.len() - gap.end);
    bytes.get_mut(numbers..numbers + range.len())?.copy_from_slice(range.as_bytes());
    Some(Prepared { bytes, gap })
}

/// The trailer of the new revision: the file keeps its name and gets a new number.
fn trailer(document: &Document<'_>, size: u32, bytes: &[u8]) -> Option<String> {
    let old = &document.trailer;
    let root = old.get("Root")?.reference()?;
    let info = old.get("Info").and_then(Object::reference);
    let info = info.map_or_else(String::new, |info| format!("/Info {info} 0 R"));
    let name = old.get("ID").and_then(Object::array).and_then(|id| id.first()?.text().map(hex_text));
    let number = hex_text(Sha256::digest(bytes).get(..16)?);
    let id = name.map_or_else(String::new, |name| format!("/ID[{name}{number}]"));
    Some(format!("trailer\n<</Size {size}/Root {root} 0 R{info}{id}/Prev {}>>", document.table))
}

/// A dictionary as it is written, without some of its entries and with more.
fn with(document: &Document<'_>, dictionary: &Dictionary, without: &[&str], more: &str) -> Option<Vec<u8>> {
    let end = dictionary.range.end.checked_sub(2)?;
    let mut left_out: Vec<_> =
        without.iter().filter_map(|key| Some(dictionary.entry(key)?.range.clone())).collect();
    left_out.sort_by_key(|range| range.start);
    let mut body = Vec::new();
    let mut from = dictionary.range.start;
    for range in left_out {
        body.extend_from_slice(document.slice(&(from..range.start)));
        from = range.end;
    }
    body.extend_from_slice(document.slice(&(from..end)));
    body.extend_from_slice(more.as_bytes());
    body.extend_from_slice(b">>");
    Some(body)
}

/// The page, with the widget among what stands on it.
fn page_with(document: &Document<'_>, page: &Dictionary, widget: u32) -> Option<Vec<u8>> {
    let mut others = String::new();
    if page.get("Annots").is_some() {
        for other in document.array(page, "Annots")? {
            others.push_str(&format!("{} 0 R ", other.reference()?));
        }
    }
    let tabs = if page.get("Tabs").is_some() { "" } else { "/Tabs/S" };
    with(document, page, &["Annots"], &format!("/Annots[{others}{widget} 0 R]{tabs}"))
}

/// Words as every reader of PDF understands them.
fn text(words: &str) -> String {
    let units = std::iter::once(0xFEFF).chain(words.encode_utf16());
    hex_text(&units.flat_map(u16::to_be_bytes).collect::<Vec<_>>())
}

fn hex_text(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().flat_map(|byte| hex(*byte)).map(char::from).collect();
    format!("<{digits}>")
}
