//! The envelope of a seal (CMS): who signed what digest.
//!
//! Made with the three attributes that PAdES baseline asks for, and read back strictly: whatever is not said in one way only is a flaw.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode as _, Encode as _, Reader as _, Sequence, SliceReader, Tag};
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::certificate::{digest, is_signature};
use super::key::Key;
use super::oid;

/// What is wrong with a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is not written as a seal is.
    Form,
    /// What it covers is not what was sealed.
    Content,
    /// It was not made by the key that it names.
    Signature,
}

/// Which certificate signed: without it another of the same name could be put in its place.
#[derive(Clone, Debug, Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateDigest>,
}

#[derive(Clone, Debug, Sequence)]
struct CertificateDigest {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    digest: OctetString,
    #[asn1(optional = "true")]
    issuer: Option<Any>,
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Option<Attribute> {
    Some(Attribute { oid, values: SetOfVec::try_from(vec![value]).ok()? })
}

/// The envelope of a digest by a key.
pub(super) fn make(key: &Key, covered: &[u8; 32]) -> Option<SignedData> {
    let own = key.chain().first()?;
    let digest = Sha256::digest(own.to_der().ok()?);
    let certificate =
        CertificateDigest { algorithm: None, digest: OctetString::new(&digest[..]).ok()?, issuer: None };
    let attributes = SetOfVec::try_from(vec![
        attribute(oid::CONTENT_TYPE, Any::from(oid::DATA))?,
        attribute(oid::MESSAGE_DIGEST, Any::new(Tag::OctetString, &covered[..]).ok()?)?,
        attribute(
            oid::SIGNING_CERTIFICATE,
            Any::encode_from(&SigningCertificate { certificates: vec![certificate] }).ok()?,
        )?,
    ])
    .ok()?;
    let signature = key.sign(&attributes.to_der().ok()?)?;
    let sha256 = AlgorithmIdentifierOwned { oid: oid::SHA256, parameters: None };
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: own.tbs_certificate.issuer.clone(),
            serial_number: own.tbs_certificate.serial_number.clone(),
        }),
        digest_alg: sha256.clone(),
        signed_attrs: Some(attributes),
        signature_algorithm: key.algorithm(),
        signature: OctetString::new(signature).ok()?,
        unsigned_attrs: None,
    };
    let certificates = key.chain().iter().cloned().map(CertificateChoices::Certificate);
    Some(SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256]).ok()?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: oid::DATA, econtent: None },
        certificates: Some(CertificateSet(SetOfVec::try_from(certificates.collect::<Vec<_>>()).ok()?)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![signer]).ok()?),
    })
}

/// The signature of an envelope, which a time-stamp authority is asked to date.
pub(super) fn signature(data: &SignedData) -> Option<&[u8]> {
    data.signer_infos.0.get(0).map(|signer| signer.signature.as_bytes())
}

/// The envelope with the authority's answer.
pub(super) fn with_stamp(mut data: SignedData, token: &[u8]) -> Option<SignedData> {
    let mut signer = data.signer_infos.0.get(0)?.clone();
    let stamp = attribute(oid::TIME_STAMP_TOKEN, Any::from_der(token).ok()?)?;
    signer.unsigned_attrs = Some(SetOfVec::try_from(vec![stamp]).ok()?);
    data.signer_infos = SignerInfos(SetOfVec::try_from(vec![signer]).ok()?);
    Some(data)
}

/// The bytes of an envelope.
pub(super) fn bytes(data: &SignedData) -> Option<Vec<u8>> {
    let content = Any::encode_from(data).ok()?;
    ContentInfo { content_type: oid::SIGNED_DATA, content }.to_der().ok()
}

/// What an envelope says, once everything in it holds.
pub(super) struct Opened {
    /// The certificate of the key that signed.
    pub(super) own: Certificate,
    /// Those that stand beside it.
    pub(super) others: Vec<Certificate>,
    /// Its signature.
    pub(super) signature: Vec<u8>,
    /// What a time-stamp authority says of that.
    pub(super) stamp: Option<Vec<u8>>,
}

/// Reads an envelope that only zeros follow.
pub(super) fn read(bytes: &[u8]) -> Option<SignedData> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let content: ContentInfo = reader.decode().ok()?;
    let rest = bytes.get(usize::try_from(reader.position()).ok()?..)?;
    (content.content_type == oid::SIGNED_DATA && rest.iter().all(|byte| *byte == 0)).then_some(())?;
    signed_data(&content.content)
}

/// What a content says, all of it: the reader passes over an element whose number is lower than that of the one it looks for.
pub(super) fn signed_data(content: &Any) -> Option<SignedData> {
    let data: SignedData = content.decode_as().ok()?;
    (data.encoded_len().ok()? == content.encoded_len().ok()?).then_some(data)
}

/// The certificate that an envelope names, whether or not it signed.
pub(super) fn own(data: &SignedData) -> Option<&Certificate> {
    let signer = data.signer_infos.0.get(0)?;
    let mut certificates = certificates(data);
    match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => certificates.find(|certificate| {
            let tbs = &certificate.tbs_certificate;
            tbs.issuer == named.issuer && tbs.serial_number == named.serial_number
        }),
        SignerIdentifier::SubjectKeyIdentifier(_) => None,
    }
}

fn certificates(data: &SignedData) -> impl Iterator<Item = &Certificate> {
    data.certificates.iter().flat_map(|set| set.0.iter()).filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    })
}

/// Does everything in an envelope hold, over content of this type?
pub(super) fn open(
    data: &SignedData,
    content_type: ObjectIdentifier,
    content: &[&[u8]],
) -> Result<Opened, Flaw> {
    let [signer] = data.signer_infos.0.as_slice() else { return Err(Flaw::Form) };
    let expected = if content_type == oid::DATA { CmsVersion::V1 } else { CmsVersion::V3 };
    // Nothing of an algorithm is left open, and nobody signed what stands in the place of nothing.
    let is_plain = |algorithm: &AlgorithmIdentifierOwned| {
        algorithm.parameters.as_ref().is_none_or(|parameters| *parameters == Any::null())
    };
    let mut algorithms =
        data.digest_algorithms.iter().chain([&signer.digest_alg, &signer.signature_algorithm]);
    let is_in_form = algorithms.all(is_plain)
        && data.version == expected
        && signer.version == CmsVersion::V1
        && data.encap_content_info.econtent_type == content_type
        && data.crls.is_none()
        && data.digest_algorithms.iter().all(|algorithm| algorithm.oid == signer.digest_alg.oid);
    let own = own(data).filter(|_| is_in_form).ok_or(Flaw::Form)?;
    let attributes = signer.signed_attrs.as_ref().ok_or(Flaw::Form)?;
    let value = |wanted: ObjectIdentifier| -> Option<&Any> {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == wanted);
        match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
            (Some([value]), None) => Some(value),
            _ => None,
        }
    };
    let named: Option<ObjectIdentifier> = value(oid::CONTENT_TYPE).and_then(|value| value.decode_as().ok());
    if named != Some(content_type) {
        return Err(Flaw::Form);
    }
    // The signature is looked at before the content: an envelope that nobody signed says nothing about a file.
    let signed = attributes.to_der().map_err(|_| Flaw::Form)?;
    let key = &own.tbs_certificate.subject_public_key_info;
    let signature = signer.signature.as_bytes();
    if !is_signature(key, &signer.signature_algorithm, signer.digest_alg.oid, &signed, signature) {
        return Err(Flaw::Signature);
    }
    match value(oid::SIGNING_CERTIFICATE) {
        Some(named) => names(named, own).ok_or(Flaw::Signature)?,
        // Time-stamps of older authorities name their certificate in another way.
        None if content_type == oid::DATA => return Err(Flaw::Form),
        None => {}
    }
    let is_content =
        value(oid::MESSAGE_DIGEST).map(Any::value) == digest(signer.digest_alg.oid, content).as_deref();
    if !is_content {
        return Err(Flaw::Content);
    }
    let stamp = match signer.unsigned_attrs.as_ref().map(SetOfVec::as_slice) {
        None => None,
        Some([stamp]) if stamp.oid == oid::TIME_STAMP_TOKEN => match stamp.values.as_slice() {
            [token] => Some(token.to_der().map_err(|_| Flaw::Form)?),
            _ => return Err(Flaw::Form),
        },
        // Some authorities add to their own stamps; to ours nobody may.
        Some(_) if content_type != oid::DATA => None,
        Some(_) => return Err(Flaw::Form),
    };
    Ok(Opened {
        own: own.clone(),
        others: certificates(data).filter(|certificate| *certificate != own).cloned().collect(),
        signature: signature.to_vec(),
        stamp,
    })
}

/// Is this certificate the one whose digest was signed?
fn names(named: &Any, own: &Certificate) -> Option<()> {
    let named: SigningCertificate = named.decode_as().ok()?;
    let first = named.certificates.first()?;
    let algorithm = first.algorithm.as_ref().map_or(oid::SHA256, |algorithm| algorithm.oid);
    let expected = digest(algorithm, &[&own.to_der().ok()?])?;
    (expected == first.digest.as_bytes()).then_some(())
}
