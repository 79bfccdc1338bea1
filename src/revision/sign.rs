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

    /// As an agent knows it.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.to_bytes().unwrap_or_default()
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

    fn made_by(self, key: &PublicKey, text: &str) -> Option<Signature> {
        self.is_of(key, text).then_some(self)
    }

    /// The key that it says it was made with.
    pub fn key(&self) -> PublicKey {
        PublicKey(self.0.public_key().clone().into())
    }
}

/// The private half of a key. It is never shown.
pub struct SecretKey(Half);

/// Signs bytes with a key that is held elsewhere; nothing where it does not.
type Signer = Box<dyn Fn(&[u8]) -> Option<Vec<u8>>>;

/// Where the private half is.
enum Half {
    Here(PrivateKey),
    /// An agent has it: the public half, and how to ask.
    Elsewhere(PublicKey, Signer),
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    /// Reads a key file of OpenSSH, encrypted or not.
    pub fn read(text: &str) -> Option<SecretKey> {
        let key = PrivateKey::from_openssh(text).ok()?;
        key.algorithm().eq(&ssh_key::Algorithm::Ed25519).then_some(SecretKey(Half::Here(key)))
    }

    /// A new key. Chance is an argument: 32 bytes for the key, the rest for the salt of its passphrase.
    pub fn new(chance: &[u8; 52], comment: &str) -> SecretKey {
        let mut seed = [0; 32];
        seed.iter_mut().zip(chance).for_each(|(byte, chance)| *byte = *chance);
        let pair = Ed25519Keypair::from(Ed25519PrivateKey::from_bytes(&seed));
        // A key that is not encrypted yet can always be put together.
        let key = PrivateKey::new(KeypairData::Ed25519(pair.clone()), comment);
        SecretKey(Half::Here(key.unwrap_or_else(|_| PrivateKey::from(pair))))
    }

    /// A key that is held elsewhere, and how to have it sign bytes.
    pub fn elsewhere(public: PublicKey, sign: impl Fn(&[u8]) -> Option<Vec<u8>> + 'static) -> SecretKey {
        SecretKey(Half::Elsewhere(public, Box::new(sign)))
    }

    fn here(&self) -> Option<&PrivateKey> {
        match &self.0 {
            Half::Here(key) => Some(key),
            Half::Elsewhere(..) => None,
        }
    }

    /// The text of its file, encrypted with a passphrase.
    pub fn locked(&self, passphrase: &str, chance: &[u8; 52]) -> Option<String> {
        let salt = chance.get(32..48)?.to_vec();
        let check = u32::from_le_bytes(chance.get(48..52)?.try_into().ok()?);
        let kdf = Kdf::Bcrypt { salt, rounds: ROUNDS };
        let locked = self.here()?.encrypt_with(Cipher::Aes256Ctr, kdf, check, passphrase).ok()?;
        locked.to_openssh(LineEnding::LF).ok().map(|text| text.to_string())
    }

    /// Is a passphrase needed?
    pub fn is_locked(&self) -> bool {
        self.here().is_some_and(PrivateKey::is_encrypted)
    }

    /// The key, opened; nothing where the passphrase is another one.
    pub fn unlocked(&self, passphrase: &str) -> Option<SecretKey> {
        self.here()?.decrypt(passphrase).ok().map(|key| SecretKey(Half::Here(key)))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        match &self.0 {
            Half::Here(key) => PublicKey(key.public_key().clone()),
            Half::Elsewhere(public, _) => public.clone(),
        }
    }

    /// The public half with its comment, as it stands in a `.pub` file.
    pub fn public_line(&self) -> String {
        self.public().0.to_openssh().unwrap_or_default()
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Option<String> {
        let signature = match &self.0 {
            Half::Here(key) => key.sign(NAMESPACE, HashAlg::Sha512, text.as_bytes()).ok()?,
            Half::Elsewhere(public, sign) => {
                let bytes = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, text.as_bytes()).ok()?;
                let signature = ssh_key::Signature::try_from(sign(&bytes)?.as_slice()).ok()?;
                let key = public.0.key_data().clone();
                let signature = SshSig::new(key, NAMESPACE, HashAlg::Sha512, signature).ok()?;
                // What another program gave is looked at before it is used.
                Signature(signature).made_by(public, text)?.0
            }
        };
        signature.to_pem(LineEnding::LF).ok()
    }
}
