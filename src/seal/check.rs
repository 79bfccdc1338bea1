//! Is a seal on a PDF whole, whose is it, and when was it set?
//!
//! Receives anybody's bytes and the certificates that the association stands by, hands on each [`Seal`] that is found. A seal counts as found where
//! the file as it was sealed names it as the value of a signature field; what was added later is looked at only for its length. A certificate that stands
//! beside the key and vouches for nothing is the one thing whose bytes are not looked at: nothing is read out of it either.

use std::ops::Range;

use chrono::NaiveDateTime;

use super::certificate::{Holder, Trust};
use super::envelope::{self, Flaw};
use super::pdf::{Attachment, Dictionary, Document, Object, Reader, Unreadable, words};
use super::stamp::{self, Stamp};
use super::update::{Occasion, prepare};
use super::{oid, time};

/// A seal that stands on a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// What is wrong with it; nothing where it holds.
    pub flaw: Option<Flaw>,
    /// How many bytes stand behind what it covers.
    pub added: usize,
    /// Whose key it names.
    pub by: Option<Holder>,
    /// Does the association know the key?
    pub is_known: bool,
    /// When, as the seal itself claims, by the association's clock.
    pub claimed_at: Option<NaiveDateTime>,
    /// When, as a time-stamp authority says; or what is wrong with that.
    pub stamp: Option<Result<Stamp, Flaw>>,
    /// Why it was set, in the words of whoever set it.
    pub reason: Option<String>,
}

/// How the days of a key stand to the moment of its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It was valid.
    Valid,
    /// It was not valid yet.
    NotYet,
    /// It had expired.
    Expired,
    /// Nobody knows: the seal says no moment.
    Unknown,
}

impl Seal {
    /// Does it hold, and cover the whole file?
    pub fn is_intact(&self) -> bool {
        self.flaw.is_none() && self.added == 0 && !matches!(self.stamp, Some(Err(_)))
    }

    /// When it was set: as a known authority says, else as it claims.
    pub fn at(&self) -> Option<NaiveDateTime> {
        match &self.stamp {
            Some(Ok(stamp)) if stamp.is_known => Some(stamp.at),
            Some(Ok(_) | Err(_)) | None => self.claimed_at,
        }
    }

    /// How the days of the key stand to that moment.
    pub fn validity(&self) -> Validity {
        match (&self.by, self.at()) {
            (Some(by), Some(at)) if at < by.from => Validity::NotYet,
            (Some(by), Some(at)) if at > by.until => Validity::Expired,
            (Some(_), Some(_)) => Validity::Valid,
            (None, _) | (_, None) => Validity::Unknown,
        }
    }
}

/// What stands on a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seals {
    /// The seals, in the order in which they were set.
    pub seals: Vec<Seal>,
    /// The files inside, as they were when the first seal was set; as they are now where there is none.
    pub attachments: Vec<Attachment>,
}

/// Seals on one file, at most: looking at one means reading the file once.
const MOST_SEALS: usize = 16;

/// What a file that was ever sealed says somewhere.
const MARKS: [&[u8]; 2] = [b"/ByteRange", b"ETSI.CAdES.detached"];

/// Looks at the seals of a PDF.
///
/// # Errors
///
/// It is no PDF, or one that only another program understands.
pub fn check(pdf: &[u8], keys: &Trust, authorities: &Trust) -> Result<Seals, Unreadable> {
    let mut seals = Vec::new();
    let mut attachments = None;
    for place in byte_ranges(pdf) {
        let Some((gap, end)) = place else { continue };
        let Some(sealed) = pdf.get(..end) else { continue };
        let Some((seal, files)) = look(sealed, &gap, keys, authorities) else { continue };
        seals.push(Seal { added: pdf.len() - end, ..seal });
        attachments.get_or_insert(files);
        if seals.len() >= MOST_SEALS {
            break;
        }
    }
    if seals.is_empty() && MARKS.iter().any(|mark| pdf.windows(mark.len()).any(|window| window == *mark)) {
        // So broken that it is none any more, and yet not a file that never had one.
        seals.push(Seal {
            flaw: Some(Flaw::Form),
            added: 0,
            by: None,
            is_known: false,
            claimed_at: None,
            stamp: None,
            reason: None,
        });
    }
    match attachments {
        Some(attachments) => Ok(Seals { seals, attachments }),
        None => Ok(Seals { seals, attachments: Document::read(pdf)?.attachments() }),
    }
}

/// Wherever a file speaks of a byte range: the gap in it, and its end.
fn byte_ranges(pdf: &[u8]) -> impl Iterator<Item = Option<(Range<usize>, usize)>> + '_ {
    const MARK: &[u8] = b"/ByteRange";
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = pdf.get(from..)?;
        let at = from + rest.windows(MARK.len()).position(|window| window == MARK)?;
        from = at + MARK.len();
        let numbers = Reader::new(pdf, from).object();
        let numbers = numbers.as_ref().and_then(Object::array).unwrap_or_default();
        let numbers: Vec<usize> = numbers.iter().filter_map(Object::integer).collect();
        Some(match numbers[..] {
            [0, start, after, length] if start < after => {
                after.checked_add(length).map(|end| (start..after, end))
            }
            _ => None,
        })
    })
}

/// Looks at a file as it was sealed: is there a signature field whose value leaves exactly this gap?
fn look(
    sealed: &[u8],
    gap: &Range<usize>,
    keys: &Trust,
    authorities: &Trust,
) -> Option<(Seal, Vec<Attachment>)> {
    let contents = sealed.get(gap.clone())?.strip_prefix(b"<")?.strip_suffix(b">")?;
    let document = Document::read(sealed).ok()?;
    let value = value(&document, gap)?;
    let said = |key: &str| value.get(key).and_then(Object::text);
    let claimed_at = said("M").and_then(time::from_pdf);
    let mut seal = Seal {
        flaw: None,
        added: 0,
        by: None,
        is_known: false,
        claimed_at,
        stamp: None,
        reason: said("Reason").map(words),
    };
    let envelope = digits(contents).and_then(|bytes| envelope::read(&bytes));
    match envelope {
        None => seal.flaw = Some(Flaw::Form),
        Some(data) => {
            seal.by = envelope::own(&data).and_then(Holder::of);
            let parts = [document.slice(&(0..gap.start)), document.slice(&(gap.end..sealed.len()))];
            match envelope::open(&data, oid::DATA, &parts) {
                Err(flaw) => seal.flaw = Some(flaw),
                Ok(opened) => {
                    let stamp = opened.stamp.as_deref();
                    seal.stamp = stamp.map(|token| stamp::check(token, &opened.signature, authorities));
                    let at = seal.at();
                    seal.is_known = at.is_some_and(|at| keys.knows(&opened.own, &opened.others, at));
                }
            }
        }
    }
    Some((seal, document.attachments()))
}

/// The value of the signature field that leaves exactly this gap.
fn value(document: &Document<'_>, gap: &Range<usize>) -> Option<Dictionary> {
    let form = document.dictionary(&document.catalog()?, "AcroForm")?;
    let fields = document.array(&form, "Fields")?;
    let value = fields.iter().take(64).find_map(|field| {
        let field = document.resolve(field)?;
        let field = field.dictionary()?;
        let value = document.dictionary(field, "V")?;
        let spans = value.range.start < gap.start && gap.end < value.range.end;
        (field.get("FT")?.is_name("Sig") && spans).then_some(value)
    })?;
    let before = document.slice(&(value.range.start..gap.start));
    let is_value = value.get("Type").is_some_and(|ty| ty.is_name("Sig"))
        && value.get("SubFilter").is_some_and(|kind| kind.is_name("ETSI.CAdES.detached"))
        && value.get("ByteRange").is_some()
        && value.get("Contents").and_then(Object::text).is_some()
        && before.trim_ascii_end().ends_with(b"/Contents");
    is_value.then_some(value)
}

/// Is a sealed file this one and the seal, and nothing else? A seal is written in one way only, so that nothing can be put beside it even by
/// whoever holds the key.
pub fn is_sealed_from(sealed: &[u8], original: &[u8]) -> bool {
    let again = || {
        let (gap, end) = byte_ranges(sealed).flatten().find(|(gap, _)| gap.start > original.len())?;
        let sealed = sealed.get(..end)?;
        let document = Document::read(sealed).ok()?;
        let value = value(&document, &gap)?;
        let said = |key: &str| value.get(key).and_then(Object::text);
        let occasion = Occasion {
            at: said("M").and_then(time::from_pdf)?,
            name: words(said("Name")?),
            reason: words(said("Reason")?),
        };
        let room = gap.len().checked_sub(2)? / 2;
        prepare(&Document::read(original).ok()?, &occasion, room)?.is_like(sealed, &gap).then_some(())
    };
    sealed.starts_with(original) && again().is_some()
}

/// The keywords in the properties of a file: ours say which code the letter has.
pub fn keywords(pdf: &[u8]) -> Option<String> {
    let document = Document::read(pdf).ok()?;
    let properties = document.dictionary(&document.trailer, "Info")?;
    properties.get("Keywords").and_then(Object::text).map(words)
}

/// Bytes out of digits, all small or all capital: a byte that was changed must show, even in how a digit is written.
fn digits(contents: &[u8]) -> Option<Vec<u8>> {
    let is_small = contents.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let is_capital = contents.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    (is_small || is_capital).then_some(())?;
    let (pairs, rest) = contents.as_chunks::<2>();
    let half = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    rest.is_empty().then_some(())?;
    pairs.iter().map(|[high, low]| Some(half(*high)? << 4 | half(*low)?)).collect()
}
