//! Time-stamps (RFC 3161): an authority that is not the association says when a seal was there.

use std::time::Duration;

use chrono::NaiveDateTime;
use cms::content_info::ContentInfo;
use der::asn1::{Int, OctetString};
use der::{Any, AnyRef, Decode as _, Encode as _, Reader as _, Tag, Tagged as _};
use p256::elliptic_curve::rand_core::{OsRng, RngCore as _};
use sha2::{Digest as _, Sha256};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion};

use super::certificate::{Holder, Trust, digest, may_stamp};
use super::envelope::{self, Flaw};
use super::{oid, time};
use crate::value::Text;

/// An answer is at most so long: a token with its certificates comes to a few thousand bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;
/// How long an authority may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an authority says of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When, by the association's clock.
    pub at: NaiveDateTime,
    /// Which authority.
    pub by: Holder,
    /// Is it one that the association knows?
    pub is_known: bool,
}

/// Why there is no time-stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// The address is none that can be asked.
    #[error("`{0}` is no address of plain HTTP")]
    Address(String),
    /// Nobody answered.
    #[error("{0}")]
    Silent(String),
    /// The answer is none, or a refusal.
    #[error("the answer holds no time-stamp")]
    Refused,
    /// The answer is about something else, or its signature is none.
    #[error("the time-stamp does not hold")]
    Wrong,
}

impl StampError {
    /// Why, in words.
    pub fn text(&self) -> Text {
        match self {
            StampError::Address(address) => Text::new(
                format!("`{address}` ليس عنوان جهة ختم زمني؛ العنوان من قبيل http://tsa.example.org"),
                format!(
                    "`{address}` is no address of a time-stamp authority; it reads like http://tsa.example.org"
                ),
            ),
            StampError::Silent(why) => Text::new(
                format!("لم تُجب جهة الختم الزمني: {why}"),
                format!("the time-stamp authority does not answer: {why}"),
            ),
            StampError::Refused => Text::new(
                "ردَّت جهة الختم الزمني بغير ختم",
                "the time-stamp authority answered without a time-stamp",
            ),
            StampError::Wrong => Text::new(
                "ختم الوقت الذي ردَّت به الجهة غير صحيح",
                "the time-stamp that the authority sent does not hold",
            ),
        }
    }
}

/// Asks an authority to date a signature: its token.
pub(super) fn ask(address: &str, signature: &[u8]) -> Result<Vec<u8>, StampError> {
    if !address.starts_with("http://") {
        // Its answer is itself signed, so that nothing is won by a second envelope around it.
        return Err(StampError::Address(address.to_owned()));
    }
    let mut nonce = [0; 8];
    OsRng.fill_bytes(&mut nonce);
    if let Some(first) = nonce.first_mut() {
        *first = *first & 0x3F | 0x40;
    }
    let question = question(signature, &nonce).ok_or(StampError::Wrong)?;
    let silent = |error: ureq::Error| StampError::Silent(error.to_string());
    let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().new_agent();
    let asked = agent.post(address).header("Content-Type", "application/timestamp-query");
    let mut answer = asked.send(&question[..]).map_err(silent)?;
    let answer = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(silent)?;
    let token = token(&answer).ok_or(StampError::Refused)?;
    let read = read(&token, signature).map_err(|_| StampError::Wrong)?;
    if read.nonce.as_deref() != Some(&nonce[..]) {
        return Err(StampError::Wrong);
    }
    Ok(token)
}

fn question(signature: &[u8], nonce: &[u8]) -> Option<Vec<u8>> {
    let hash_algorithm = AlgorithmIdentifierOwned { oid: oid::SHA256, parameters: Some(Any::null()) };
    let hashed_message = OctetString::new(Sha256::digest(signature).to_vec()).ok()?;
    let question = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint { hash_algorithm, hashed_message },
        req_policy: None,
        nonce: Some(Int::new(nonce).ok()?),
        cert_req: true,
        extensions: None,
    };
    question.to_der().ok()
}

fn token(answer: &[u8]) -> Option<Vec<u8>> {
    let answer = TimeStampResp::from_der(answer).ok()?;
    (answer.status.status as u8 <= 1).then_some(())?;
    answer.time_stamp_token?.to_der().ok()
}

/// A token whose signature holds, over this signature.
struct Token {
    at: NaiveDateTime,
    nonce: Option<Vec<u8>>,
    opened: envelope::Opened,
}

/// Does a token hold, and who says it?
pub(super) fn check(token: &[u8], signature: &[u8], trust: &Trust) -> Result<Stamp, Flaw> {
    let Token { at, opened, .. } = read(token, signature)?;
    let by = Holder::of(&opened.own).ok_or(Flaw::Form)?;
    let is_valid = by.from <= at && at <= by.until;
    let is_known = is_valid && trust.knows(&opened.own, &opened.others, at);
    Ok(Stamp { at, by, is_known })
}

fn read(token: &[u8], signature: &[u8]) -> Result<Token, Flaw> {
    let content = ContentInfo::from_der(token).map_err(|_| Flaw::Form)?;
    let data = Some(content).filter(|content| content.content_type == oid::SIGNED_DATA);
    let data = data.and_then(|content| envelope::signed_data(&content.content)).ok_or(Flaw::Form)?;
    let said = data.encap_content_info.econtent.as_ref().filter(|said| said.tag() == Tag::OctetString);
    let said = said.ok_or(Flaw::Form)?.value();
    let opened = envelope::open(&data, oid::TIME_STAMP, &[said])?;
    if !may_stamp(&opened.own) {
        return Err(Flaw::Signature);
    }
    let (imprint, at, nonce) = statement(said).ok_or(Flaw::Form)?;
    let expected = digest(imprint.hash_algorithm.oid, &[signature]).ok_or(Flaw::Form)?;
    if expected != imprint.hashed_message.as_bytes() {
        return Err(Flaw::Content);
    }
    Ok(Token { at, nonce, opened })
}

/// What a token states: of what, when, and in answer to which question.
fn statement(said: &[u8]) -> Option<(MessageImprint, NaiveDateTime, Option<Vec<u8>>)> {
    let said = AnyRef::from_der(said).ok()?;
    let stated = said.sequence(|reader| {
        let (_version, _policy): (u8, der::asn1::ObjectIdentifier) = (reader.decode()?, reader.decode()?);
        let imprint: MessageImprint = reader.decode()?;
        let _number: Int = reader.decode()?;
        // Read as text: authorities write fractions of a second, which the library's own type refuses.
        let at: Any = reader.decode()?;
        let mut nonce = None;
        while !reader.is_finished() {
            let more: Any = reader.decode()?;
            if more.tag() == Tag::Integer {
                nonce = Some(more.value().to_vec());
            }
        }
        Ok((imprint, at, nonce))
    });
    let (imprint, at, nonce) = stated.ok()?;
    (at.tag() == Tag::GeneralizedTime).then_some(())?;
    let at = std::str::from_utf8(at.value()).ok()?.strip_suffix('Z')?;
    let (seconds, fraction) = at.split_at_checked(14)?;
    let is_fraction =
        fraction.strip_prefix('.').is_none_or(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    (fraction.is_empty() || (fraction.starts_with('.') && is_fraction)).then_some(())?;
    let at = NaiveDateTime::parse_from_str(seconds, "%Y%m%d%H%M%S").ok()?;
    let since_1970 = Duration::from_secs(u64::try_from(at.and_utc().timestamp()).ok()?);
    Some((imprint, time::local(since_1970)?, nonce))
}
