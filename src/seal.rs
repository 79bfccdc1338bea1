//! The association's seal on a PDF (PAdES baseline B-B, and B-T where an authority dates it), and its check.
//!
//! Receives the PDF of a letter and a [`Key`], hands on the same file with the seal behind it: not a byte before it is touched, and PDF/A and PDF/UA
//! hold as they did. The same letter, sealed by the same key for the same moment, is the same bytes; a time-stamp is another each time.

mod certificate;
mod check;
mod envelope;
mod key;
mod oid;
mod pdf;
mod stamp;
mod time;
mod update;

pub use certificate::{Holder, Trust};
pub use check::{Seal, Seals, Validity, check, is_sealed_from, keywords};
pub use envelope::Flaw;
pub use key::{Key, KeyError, NewKey, new_key};
pub use pdf::{Attachment, Unreadable};
pub use stamp::{Stamp, StampError};
pub use update::Occasion;

use crate::value::Text;

/// Room for what an envelope says beside its certificates and its signature: some 300 bytes, and the name of who certified the key.
const ROOM: usize = 1_024;
/// Room for what a time-stamp authority answers, with its certificates.
const ROOM_FOR_A_STAMP: usize = 16 * 1024;

/// Why a PDF was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is not a PDF as Typst writes it.
    #[error("not a PDF that can be sealed")]
    NotOurs,
    /// It has a form or a seal already.
    #[error("the PDF has a form or a seal already")]
    AlreadySealed,
    /// The seal does not fit, or cannot be written.
    #[error("the seal could not be written")]
    Unwritable,
    /// There is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no time-stamp.
    #[error(transparent)]
    Stamp(#[from] StampError),
}

impl SealError {
    /// Why, in words.
    pub fn text(&self) -> Text {
        match self {
            SealError::NotOurs => Text::new("لا يُختم ملف كهذا", "a file like this cannot be sealed"),
            SealError::AlreadySealed => Text::new("الملف مختوم من قبل", "the file is sealed already"),
            SealError::Unwritable => Text::new("تعذَّرت كتابة الختم", "the seal could not be written"),
            SealError::Key(error) => error.text(),
            SealError::Stamp(error) => error.text(),
        }
    }
}

/// Seals a PDF; where an authority is named (its address, plain HTTP), it dates the seal.
///
/// # Errors
///
/// The PDF is not one of ours or is sealed already, or the authority gives no time-stamp.
pub fn seal(
    pdf: &[u8],
    key: &Key,
    occasion: &Occasion,
    authority: Option<&str>,
) -> Result<Vec<u8>, SealError> {
    let document = pdf::Document::read(pdf).map_err(|_| SealError::NotOurs)?;
    if document.catalog().ok_or(SealError::NotOurs)?.get("AcroForm").is_some() {
        return Err(SealError::AlreadySealed);
    }
    let certificates: usize = key.chain().iter().map(key::length).sum();
    let room =
        ROOM + certificates + key.signature_length() + if authority.is_some() { ROOM_FOR_A_STAMP } else { 0 };
    let prepared = update::prepare(&document, occasion, room).ok_or(SealError::NotOurs)?;
    let mut envelope = envelope::make(key, &prepared.digest()).ok_or(SealError::Unwritable)?;
    if let Some(authority) = authority {
        let signature = envelope::signature(&envelope).ok_or(SealError::Unwritable)?;
        let token = stamp::ask(authority, signature)?;
        envelope = envelope::with_stamp(envelope, &token).ok_or(SealError::Unwritable)?;
    }
    let bytes = envelope::bytes(&envelope).ok_or(SealError::Unwritable)?;
    prepared.fill(&bytes).ok_or(SealError::Unwritable)
}
