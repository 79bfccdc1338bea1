//! The association's key: made, read, and never shown.
//!
//! Receives the bytes of a key file (PEM with PKCS#8, encrypted or not, or PKCS#12) and a passphrase, hands on a [`Key`] with its certificates.

use chrono::NaiveDateTime;
use der::asn1::{GeneralizedTime, SetOfVec, Utf8StringRef};
use der::pem::LineEnding;
use der::{Any, Decode as _, DecodePem as _, Encode as _, EncodePem as _, SecretDocument};
use p12_keystore::KeyStore;
use p256::ecdsa::signature::Signer as _;
use p256::elliptic_curve::rand_core::{OsRng, RngCore as _};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, PrivateKeyInfo};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _};
use rsa::traits::PublicKeyParts as _;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::{Builder as _, CertificateBuilder, Profile};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

use super::certificate::{Holder, holder};
use super::oid;
use super::time::utc;
use crate::value::Text;

/// A key, and the certificates that say whose it is: its own first.
pub struct Key {
    secret: Secret,
    chain: Vec<Certificate>,
}

enum Secret {
    P256(p256::ecdsa::SigningKey),
    Rsa(Box<rsa::pkcs1v15::SigningKey<rsa::sha2::Sha256>>),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key (not shown)")
    }
}

/// A new key for a small office, ready to be kept.
pub struct NewKey {
    /// The certificate, which is public: PEM.
    pub certificate: String,
    /// The key, encrypted: PEM.
    pub key: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("NewKey").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file holds no key.
    #[error("no private key in the file")]
    NoKey,
    /// It is encrypted, and no passphrase was given.
    #[error("the key is encrypted")]
    Encrypted,
    /// It does not open by this passphrase.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// A key of another kind.
    #[error("neither P-256 nor RSA")]
    Kind,
    /// No certificate belongs to it.
    #[error("no certificate belongs to the key")]
    NoCertificate,
    /// The passphrase is too short to keep a key.
    #[error("a passphrase of fewer than {SHORTEST} characters")]
    Short,
    /// The names or days cannot stand in a certificate.
    #[error("the certificate cannot be made")]
    Certificate,
}

/// A passphrase that keeps a key has at least so many characters.
const SHORTEST: usize = 12;
/// A key that is easily guessed is none.
const SHORTEST_RSA: usize = 2048 / 8;

impl KeyError {
    /// Why, in words.
    pub fn text(self) -> Text {
        match self {
            KeyError::NoKey => Text::new("ليس في الملف مفتاح ختم", "there is no key in the file"),
            KeyError::Encrypted => Text::new(
                "المفتاح محميٌّ بعبارة مرور، ولم تُعطَ",
                "the key is protected by a passphrase, and none was given",
            ),
            KeyError::Passphrase => {
                Text::new("عبارة المرور لا تفتح المفتاح", "the passphrase does not open the key")
            }
            KeyError::Kind => Text::new(
                "نوع المفتاح غير مقبول؛ المقبول P-256، أو RSA من 2048 بت فأكثر",
                "a key of this kind is not accepted: P-256, or RSA of 2048 bits and more",
            ),
            KeyError::NoCertificate => Text::new(
                "لا شهادة لهذا المفتاح، لا في ملفه ولا في الملف الذي بجانبه",
                "no certificate belongs to this key, in its file or the one beside it",
            ),
            KeyError::Short => Text::new(
                format!("عبارة المرور أقصر من {SHORTEST} حرفًا"),
                format!("the passphrase has fewer than {SHORTEST} characters"),
            ),
            KeyError::Certificate => Text::new(
                "تعذَّر إصدار الشهادة بهذا الاسم أو بهذه المدة",
                "no certificate can be made for this name or these days",
            ),
        }
    }
}

impl Key {
    /// Does this file ask for a passphrase?
    pub fn is_encrypted(file: &[u8]) -> bool {
        match std::str::from_utf8(file) {
            Ok(text) if text.contains("-----BEGIN") => text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
            // PKCS#12; or no key at all, which is said when it is read.
            Ok(_) | Err(_) => file.first() == Some(&0x30),
        }
    }

    /// Reads a key file. What certifies it stands in the same file, or in `beside`.
    ///
    /// # Errors
    ///
    /// There is no key, it does not open, or no certificate belongs to it.
    pub fn read(file: &[u8], beside: Option<&[u8]>, passphrase: Option<&str>) -> Result<Key, KeyError> {
        let is_pem = file.windows(10).any(|window| window == b"-----BEGIN");
        let (secret, mut certificates) =
            if is_pem { from_pem(file, passphrase)? } else { from_pkcs12(file, passphrase)? };
        if let Some(beside) = beside {
            certificates.extend(read_certificates(beside));
        }
        let public = secret.public().ok_or(KeyError::Kind)?;
        let own = certificates
            .iter()
            .position(|certificate| certificate.tbs_certificate.subject_public_key_info == public)
            .ok_or(KeyError::NoCertificate)?;
        let own = certificates.remove(own);
        certificates.retain(|certificate| *certificate != own);
        // The rest are those who stand behind it; more than a few are a mistake.
        certificates.truncate(4);
        certificates.insert(0, own);
        Ok(Key { secret, chain: certificates })
    }

    /// The certificate of the key, then those behind it.
    pub(super) fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Whose key it is.
    pub fn holder(&self) -> String {
        self.chain.first().map_or_else(String::new, |own| holder(&own.tbs_certificate.subject))
    }

    /// The SHA-256 of its certificate.
    pub fn fingerprint(&self) -> String {
        self.chain.first().and_then(Holder::of).map_or_else(String::new, |holder| holder.fingerprint)
    }

    /// How its signatures are made.
    pub(super) fn algorithm(&self) -> AlgorithmIdentifierOwned {
        match &self.secret {
            Secret::P256(_) => AlgorithmIdentifierOwned { oid: oid::ECDSA_SHA256, parameters: None },
            Secret::Rsa(_) => {
                AlgorithmIdentifierOwned { oid: oid::RSA_SHA256, parameters: Some(Any::null()) }
            }
        }
    }

    /// How long a signature is at most.
    pub(super) fn signature_length(&self) -> usize {
        match &self.secret {
            Secret::P256(_) => 72,
            Secret::Rsa(key) => {
                let private: &rsa::RsaPrivateKey = key.as_ref().as_ref();
                private.size()
            }
        }
    }

    /// Its signature on these bytes: the same each time, by either kind.
    pub(super) fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match &self.secret {
            Secret::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.try_sign(bytes).ok()?;
                Some(signature.as_bytes().to_vec())
            }
            // Chance only hides how long it takes.
            Secret::Rsa(key) => {
                key.try_sign_with_rng(&mut OsRng, bytes).ok().map(|signature| signature.to_vec())
            }
        }
    }
}

impl Secret {
    fn public(&self) -> Option<SubjectPublicKeyInfoOwned> {
        match self {
            Secret::P256(key) => SubjectPublicKeyInfoOwned::from_key(*key.verifying_key()).ok(),
            Secret::Rsa(key) => {
                let private: &rsa::RsaPrivateKey = key.as_ref().as_ref();
                let document = private.to_public_key().to_public_key_der().ok()?;
                SubjectPublicKeyInfoOwned::from_der(document.as_bytes()).ok()
            }
        }
    }

    /// Out of PKCS#8.
    fn read(der: &[u8]) -> Result<Secret, KeyError> {
        let info = PrivateKeyInfo::try_from(der).map_err(|_| KeyError::NoKey)?;
        match info.algorithm.oid {
            oid::EC => {
                p256::ecdsa::SigningKey::from_pkcs8_der(der).map(Secret::P256).map_err(|_| KeyError::Kind)
            }
            oid::RSA => rsa::RsaPrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::Kind).and_then(of_rsa),
            _ => Err(KeyError::Kind),
        }
    }
}

fn of_rsa(key: rsa::RsaPrivateKey) -> Result<Secret, KeyError> {
    if key.size() < SHORTEST_RSA {
        return Err(KeyError::Kind);
    }
    Ok(Secret::Rsa(Box::new(rsa::pkcs1v15::SigningKey::new(key))))
}

fn from_pem(file: &[u8], passphrase: Option<&str>) -> Result<(Secret, Vec<Certificate>), KeyError> {
    let mut secret = None;
    for block in blocks(file) {
        let Ok((label, document)) = SecretDocument::from_pem(block) else { continue };
        let found = match label {
            "PRIVATE KEY" => Secret::read(document.as_bytes()),
            "ENCRYPTED PRIVATE KEY" => {
                let passphrase = passphrase.ok_or(KeyError::Encrypted)?;
                let info = pkcs8::EncryptedPrivateKeyInfo::try_from(document.as_bytes());
                let opened = info.map_err(|_| KeyError::Kind)?.decrypt(passphrase);
                Secret::read(opened.map_err(|_| KeyError::Passphrase)?.as_bytes())
                    // What a wrong passphrase opens is no key.
                    .map_err(|error| if error == KeyError::NoKey { KeyError::Passphrase } else { error })
            }
            "RSA PRIVATE KEY" => rsa::RsaPrivateKey::from_pkcs1_der(document.as_bytes())
                .map_err(|_| KeyError::Kind)
                .and_then(of_rsa),
            "EC PRIVATE KEY" => p256::SecretKey::from_sec1_der(document.as_bytes())
                .map(|key| Secret::P256(key.into()))
                .map_err(|_| KeyError::Kind),
            _ => continue,
        };
        secret.get_or_insert(found?);
    }
    Ok((secret.ok_or(KeyError::NoKey)?, read_certificates(file)))
}

fn from_pkcs12(file: &[u8], passphrase: Option<&str>) -> Result<(Secret, Vec<Certificate>), KeyError> {
    if file.first() != Some(&0x30) {
        return Err(KeyError::NoKey);
    }
    let passphrase = passphrase.ok_or(KeyError::Encrypted)?;
    let store = KeyStore::from_pkcs12(file, passphrase).map_err(|_| KeyError::Passphrase)?;
    let (_, found) = store.private_key_chain().ok_or(KeyError::NoKey)?;
    let certificates = found.chain().iter().filter_map(|found| Certificate::from_der(found.as_der()).ok());
    Ok((Secret::read(found.key())?, certificates.collect()))
}

/// The blocks of a PEM file, one by one.
fn blocks(file: &[u8]) -> Vec<&str> {
    let Ok(text) = std::str::from_utf8(file) else { return vec![] };
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let (_, from) = rest.split_at(start);
        let end = from.find("-----END ").and_then(|end| {
            let (_, after) = from.split_at(end + "-----END ".len());
            Some(end + "-----END ".len() + after.find("-----")? + "-----".len())
        });
        let Some(end) = end else { break };
        let (block, after) = from.split_at(end);
        blocks.push(block);
        rest = after;
    }
    blocks
}

/// The certificates of a PEM file, or of one in DER; what is none is passed over.
pub(super) fn read_certificates(file: &[u8]) -> Vec<Certificate> {
    let in_pem = blocks(file).into_iter().filter_map(|block| Certificate::from_pem(block).ok());
    in_pem.chain(Certificate::from_der(file).ok()).collect()
}

/// Makes a key (P-256) and the certificate with which an association vouches for itself.
///
/// # Errors
///
/// The passphrase is too short, or the names or days cannot stand in a certificate.
pub fn new_key(
    name: &Text,
    from: NaiveDateTime,
    until: NaiveDateTime,
    passphrase: &str,
) -> Result<NewKey, KeyError> {
    if passphrase.chars().count() < SHORTEST {
        return Err(KeyError::Short);
    }
    let secret = p256::ecdsa::SigningKey::random(&mut OsRng);
    let certificate = certify(&secret, name, from, until).ok_or(KeyError::Certificate)?;
    Ok(NewKey {
        certificate: certificate.to_pem(LineEnding::LF).map_err(|_| KeyError::Certificate)?,
        key: encrypted(&secret, passphrase).ok_or(KeyError::Certificate)?,
    })
}

fn certify(
    secret: &p256::ecdsa::SigningKey,
    name: &Text,
    from: NaiveDateTime,
    until: NaiveDateTime,
) -> Option<Certificate> {
    let part = |oid, words: &str| {
        let value = Any::from(Utf8StringRef::new(words).ok()?);
        let values = SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }]).ok()?;
        Some(RelativeDistinguishedName(values))
    };
    let words = |words: &str| (1..=64).contains(&words.chars().count());
    (words(&name.ar) && words(&name.en) && from < until).then_some(())?;
    let subject = RdnSequence(vec![part(oid::ORGANIZATION, &name.ar)?, part(oid::COMMON_NAME, &name.en)?]);
    let moment = |at| Some(Time::GeneralTime(GeneralizedTime::from_date_time(utc(at)?)));
    let validity = Validity { not_before: moment(from)?, not_after: moment(until)? };
    let mut serial = [0; 16];
    OsRng.fill_bytes(&mut serial);
    // A serial number is above nothing.
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x3F | 0x40;
    }
    let profile = Profile::Leaf {
        issuer: subject.clone(),
        enable_key_agreement: false,
        enable_key_encipherment: false,
    };
    let public = SubjectPublicKeyInfoOwned::from_key(*secret.verifying_key()).ok()?;
    let serial = SerialNumber::new(&serial).ok()?;
    let builder = CertificateBuilder::new(profile, serial, validity, subject, public, secret).ok()?;
    builder.build::<p256::ecdsa::DerSignature>().ok()
}

/// The key as it is kept. Scrypt at the cost that OWASP names for 16 MiB, which other programs open as well.
fn encrypted(secret: &p256::ecdsa::SigningKey, passphrase: &str) -> Option<String> {
    let key = p256::SecretKey::from(secret).to_pkcs8_der().ok()?;
    let (mut salt, mut start) = ([0; 16], [0; 16]);
    OsRng.fill_bytes(&mut salt);
    OsRng.fill_bytes(&mut start);
    let cost = scrypt::Params::new(14, 8, 5, 32).ok()?;
    let parameters = pbes2::Parameters::scrypt_aes256cbc(cost, &salt, &start).ok()?;
    let info = PrivateKeyInfo::try_from(key.as_bytes()).ok()?;
    let sealed = info.encrypt_with_params(parameters, passphrase).ok()?;
    sealed.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).ok().map(|pem| pem.to_string())
}

/// A certificate as it goes into an envelope.
pub(super) fn length(certificate: &Certificate) -> usize {
    certificate.encoded_len().ok().and_then(|length| usize::try_from(length).ok()).unwrap_or(0)
}
