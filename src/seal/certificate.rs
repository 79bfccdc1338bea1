//! Whose key it is, whether a signature is that key's, and whether the association knows it.

use chrono::NaiveDateTime;
use der::Encode as _;
use der::oid::db::rfc5912::SECP_256_R_1;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use pkcs8::DecodePublicKey as _;
use rsa::pkcs1v15;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, ObjectIdentifier, SubjectPublicKeyInfoOwned};

use super::oid;
use super::time::local;

/// Certificates of others that may stand between a key and one that is known.
const LONGEST_CHAIN: usize = 4;

/// The holder of a key, as its certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who: organization and name.
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// Does it vouch for itself?
    pub is_self_signed: bool,
    /// The first moment of its validity, by the association's clock.
    pub from: NaiveDateTime,
    /// The last.
    pub until: NaiveDateTime,
    /// The SHA-256 of the certificate.
    pub fingerprint: String,
}

impl Holder {
    pub(super) fn of(certificate: &Certificate) -> Option<Holder> {
        let tbs = &certificate.tbs_certificate;
        let bytes = certificate.to_der().ok()?;
        Some(Holder {
            subject: holder(&tbs.subject),
            issuer: holder(&tbs.issuer),
            is_self_signed: tbs.subject == tbs.issuer,
            from: local(tbs.validity.not_before.to_unix_duration())?,
            until: local(tbs.validity.not_after.to_unix_duration())?,
            fingerprint: Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

/// A name in words: the organization, then the name, where they differ.
pub(super) fn holder(name: &Name) -> String {
    let mut words: Vec<String> = Vec::new();
    for wanted in [oid::ORGANIZATION, oid::COMMON_NAME] {
        for part in name.0.iter().flat_map(|part| part.0.iter()).filter(|part| part.oid == wanted) {
            let text = String::from_utf8_lossy(part.value.value());
            // What stands in a stranger's certificate must not steer a terminal.
            let text: String = text.chars().filter(|letter| !is_steering(*letter)).take(120).collect();
            if !words.contains(&text) {
                words.push(text);
            }
        }
    }
    words.truncate(4);
    if words.is_empty() { "—".to_owned() } else { words.join(" · ") }
}

/// Controls, and marks that turn the direction of what follows.
fn is_steering(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The digest of bytes; nothing for one that is not known here.
pub(super) fn digest(algorithm: ObjectIdentifier, parts: &[&[u8]]) -> Option<Vec<u8>> {
    fn of<D: sha2::Digest>(parts: &[&[u8]]) -> Vec<u8> {
        let mut digest = D::new();
        for part in parts {
            digest.update(part);
        }
        digest.finalize().to_vec()
    }
    match algorithm {
        oid::SHA256 => Some(of::<Sha256>(parts)),
        oid::SHA384 => Some(of::<Sha384>(parts)),
        oid::SHA512 => Some(of::<Sha512>(parts)),
        _ => None,
    }
}

/// Which digest a signature is over; nothing for an algorithm that is not known here.
pub(super) fn digest_of(algorithm: ObjectIdentifier) -> Option<ObjectIdentifier> {
    match algorithm {
        oid::ECDSA_SHA256 | oid::RSA_SHA256 => Some(oid::SHA256),
        oid::ECDSA_SHA384 | oid::RSA_SHA384 => Some(oid::SHA384),
        oid::ECDSA_SHA512 | oid::RSA_SHA512 => Some(oid::SHA512),
        _ => None,
    }
}

/// Is this the signature of that key on these bytes?
pub(super) fn is_signature(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    digested_by: ObjectIdentifier,
    bytes: &[u8],
    signature: &[u8],
) -> bool {
    let is_rsa = match algorithm.oid {
        oid::RSA | oid::RSA_SHA256 | oid::RSA_SHA384 | oid::RSA_SHA512 => true,
        oid::ECDSA_SHA256 | oid::ECDSA_SHA384 | oid::ECDSA_SHA512 => false,
        _ => return false,
    };
    if digest_of(algorithm.oid).is_some_and(|digest| digest != digested_by) {
        return false;
    }
    let verified = if is_rsa {
        by_rsa(key, digested_by, bytes, signature)
    } else {
        by_p256(key, digested_by, bytes, signature)
    };
    verified.is_some()
}

fn by_p256(
    key: &SubjectPublicKeyInfoOwned,
    digested_by: ObjectIdentifier,
    bytes: &[u8],
    signature: &[u8],
) -> Option<()> {
    let curve = key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
    (key.algorithm.oid == oid::EC && curve == SECP_256_R_1).then_some(())?;
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key.subject_public_key.as_bytes()?).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(&digest(digested_by, &[bytes])?, &signature).ok()
}

fn by_rsa(
    key: &SubjectPublicKeyInfoOwned,
    digested_by: ObjectIdentifier,
    bytes: &[u8],
    signature: &[u8],
) -> Option<()> {
    let key = rsa::RsaPublicKey::from_public_key_der(&key.to_der().ok()?).ok()?;
    let signature = pkcs1v15::Signature::try_from(signature).ok()?;
    match digested_by {
        oid::SHA256 => pkcs1v15::VerifyingKey::<rsa::sha2::Sha256>::new(key).verify(bytes, &signature).ok(),
        oid::SHA384 => pkcs1v15::VerifyingKey::<rsa::sha2::Sha384>::new(key).verify(bytes, &signature).ok(),
        oid::SHA512 => pkcs1v15::VerifyingKey::<rsa::sha2::Sha512>::new(key).verify(bytes, &signature).ok(),
        _ => None,
    }
}

/// The certificates that the association stands by: its own keys, or the authorities that certify them.
#[derive(Debug, Clone, Default)]
pub struct Trust(Vec<Certificate>);

impl Trust {
    /// Out of files: PEM or DER; what is no certificate is passed over.
    pub fn read<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> Trust {
        Trust(files.into_iter().flat_map(super::key::read_certificates).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Is this certificate known, or one that a known authority stands behind at that moment?
    pub(super) fn knows(&self, own: &Certificate, others: &[Certificate], at: NaiveDateTime) -> bool {
        let mut own = own;
        for _ in 0..LONGEST_CHAIN {
            if self.0.contains(own) {
                return true;
            }
            if self.0.iter().any(|authority| stands_behind(authority, own, at)) {
                return true;
            }
            match others.iter().find(|authority| stands_behind(authority, own, at)) {
                Some(authority) if authority != own => own = authority,
                Some(_) | None => return false,
            }
        }
        false
    }
}

/// Did an authority sign this certificate, and might it at that moment?
fn stands_behind(authority: &Certificate, own: &Certificate, at: NaiveDateTime) -> bool {
    let (tbs, certified) = (&authority.tbs_certificate, &own.tbs_certificate);
    let is_authority = || {
        let constraints = extension::<BasicConstraints>(authority);
        constraints.is_some_and(|constraints| constraints.ca)
    };
    let is_valid = || Holder::of(authority).is_some_and(|holder| holder.from <= at && at <= holder.until);
    let signed = || {
        let (Some(bytes), Some(digested_by), Some(signature)) =
            (certified.to_der().ok(), digest_of(own.signature_algorithm.oid), own.signature.as_bytes())
        else {
            return false;
        };
        let key = &tbs.subject_public_key_info;
        is_signature(key, &own.signature_algorithm, digested_by, &bytes, signature)
    };
    tbs.subject == certified.issuer && is_authority() && is_valid() && signed()
}

/// May a key of this certificate say what time it is?
pub(super) fn may_stamp(certificate: &Certificate) -> bool {
    extension::<ExtendedKeyUsage>(certificate).is_some_and(|usage| usage.0 == [oid::TIME_STAMPING])
}

fn extension<E: for<'a> der::Decode<'a> + der::oid::AssociatedOid>(certificate: &Certificate) -> Option<E> {
    let mut found = certificate
        .tbs_certificate
        .extensions
        .iter()
        .flatten()
        .filter(|extension| extension.extn_id == E::OID);
    let extension = found.next()?;
    E::from_der(extension.extn_value.as_bytes()).ok()
}
