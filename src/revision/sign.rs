//! OpenSSH keys and signatures, Ed25519: the only place that names the crate.
//!
//! What is signed here `ssh-keygen -Y verify` accepts, and what `ssh-keygen -Y sign` signs is accepted here.

use std::fmt;

use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::{Cipher, HashAlg, Kdf, LineEnding, PrivateKey, SshSig};

/// What our signatures are for: no signature made for something else counts as a vote.
pub const NAMESPACE: &str = "mizan-policy";

/// How often a passphrase is stretched: as `ssh-keygen -a 24` does.
const ROUNDS: u32 = 24;

/// The public half of a key.
#[derive(Debug, Clone)]
pub struct PublicKey(ssh_key::PublicKey);

impl PublicKey {
    /// Reads `ssh-ed25519 AAAA… name`; no other kind of key is taken.
    pub fn read(text: &str) -> Option<PublicKey> {
        let key = ssh_key::PublicKey::from_openssh(text.trim()).ok()?;
        key.key_data().is_ed25519().then_some(PublicKey(key))
    }

    /// The same key, whatever is written beside it?
    pub fn is_same(&self, other: &PublicKey) -> bool {
        self.0.key_data() == other.0.key_data()
    }

    /// Its fingerprint, as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = self.0.clone();
        key.set_comment("");
        f.write_str(key.to_openssh().map_err(|_| fmt::Error)?.trim_end())
    }
}

/// A signature over a text, in OpenSSH's form.
#[derive(Debug, Clone)]
pub struct Signature(SshSig);

impl Signature {
    /// Reads one.
    pub fn read(text: &str) -> Option<Signature> {
        SshSig::from_pem(text).ok().map(Signature)
    }

    /// Did that key sign that text, and for this purpose?
    pub fn is_of(&self, key: &PublicKey, text: &str) -> bool {
        self.0.reserved().is_empty() && key.0.verify(NAMESPACE, text.as_bytes(), &self.0).is_ok()
    }

    /// The key that it says it was made with.
    pub fn key(&self) -> PublicKey {
        PublicKey(self.0.public_key().clone().into())
    }
}

/// The private half of a key. It is never shown.
pub struct SecretKey(PrivateKey);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    /// Reads a key file of OpenSSH, encrypted or not.
    pub fn read(text: &str) -> Option<SecretKey> {
        let key = PrivateKey::from_openssh(text).ok()?;
        key.algorithm().eq(&ssh_key::Algorithm::Ed25519).then_some(SecretKey(key))
    }

    /// A new key. Chance is an argument: 32 bytes for the key, the rest for the salt of its passphrase.
    pub fn new(chance: &[u8; 52], comment: &str) -> SecretKey {
        let mut seed = [0; 32];
        seed.iter_mut().zip(chance).for_each(|(byte, chance)| *byte = *chance);
        let pair = Ed25519Keypair::from(Ed25519PrivateKey::from_bytes(&seed));
        // A key that is not encrypted yet can always be put together.
        let key = PrivateKey::new(KeypairData::Ed25519(pair.clone()), comment);
        SecretKey(key.unwrap_or_else(|_| PrivateKey::from(pair)))
    }

    /// The text of its file, encrypted with a passphrase.
    pub fn locked(&self, passphrase: &str, chance: &[u8; 52]) -> Option<String> {
        let salt = chance.get(32..48)?.to_vec();
        let check = u32::from_le_bytes(chance.get(48..52)?.try_into().ok()?);
        let kdf = Kdf::Bcrypt { salt, rounds: ROUNDS };
        let locked = self.0.encrypt_with(Cipher::Aes256Ctr, kdf, check, passphrase).ok()?;
        locked.to_openssh(LineEnding::LF).ok().map(|text| text.to_string())
    }

    /// Is a passphrase needed?
    pub fn is_locked(&self) -> bool {
        self.0.is_encrypted()
    }

    /// The key, opened; nothing where the passphrase is another one.
    pub fn unlocked(&self, passphrase: &str) -> Option<SecretKey> {
        self.0.decrypt(passphrase).ok().map(SecretKey)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key().clone())
    }

    /// The public half with its comment, as it stands in a `.pub` file.
    pub fn public_line(&self) -> String {
        self.0.public_key().to_openssh().unwrap_or_default()
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Option<String> {
        let signature = self.0.sign(NAMESPACE, HashAlg::Sha512, text.as_bytes()).ok()?;
        signature.to_pem(LineEnding::LF).ok()
    }
}
