//! `mizan seal`: the association's seal.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Console, End, Format};
use crate::app::{self, AppError};
use crate::seal::Key;
use crate::value::Text;
use crate::value::words::{self, Digits};
use crate::workspace;

/// Makes the seal by which the association vouches for its letters
#[derive(Debug, Args)]
pub(super) struct Seal {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    New(New),
}

/// Makes a key (P-256), encrypted, and its certificate, which the association itself signs
///
/// The certificate is public: `mizan verify` knows the association by it, and it goes with the policy. The key stays with whoever
/// seals letters, and never goes with anything.
#[derive(Debug, Args)]
struct New {
    /// The policy of the association; may be left out where there is one
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// The association's name in Arabic; that of the policy's letters where it is left out
    #[arg(long, value_name = "NAME")]
    ar: Option<String>,
    /// The association's name in English, likewise
    #[arg(long, value_name = "NAME")]
    en: Option<String>,
    /// For how many years it is valid
    #[arg(long, value_name = "YEARS", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    years: u32,
    /// What its files are called: seal-2029 where there is a seal already; the certificate of the old one stays, so that its letters are known
    #[arg(long = "as", value_name = "NAME", default_value = "seal", value_parser = file_name)]
    files: String,
    /// The passphrase stands in this file; where it is left out, it is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// A name that stays in its folder.
fn file_name(name: &str) -> Result<String, String> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_name {
        Ok(name.to_owned())
    } else {
        Err("حروف لاتينية وأرقام وشرطات · letters, digits and hyphens".to_owned())
    }
}

impl Seal {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let Verb::New(new) = &self.verb;
        let wanted = app::seal::Wanted {
            policy: new.policy.as_deref(),
            ar: new.ar.as_deref(),
            en: new.en.as_deref(),
            years: new.years,
            files: &new.files,
            now: workspace::now(),
        };
        // Nobody types a passphrase twice to hear afterwards that there is no such policy.
        let place = match app::seal::place(root, &wanted) {
            Ok(place) => place,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let passphrase = match new_passphrase(new.passphrase_file.as_deref(), console) {
            Ok(passphrase) => passphrase,
            Err(error) => return console.failed(&error, Format::Text),
        };
        match app::seal::make(&place, &wanted, &passphrase) {
            Ok(made) => {
                let until = words::date_gregorian(made.until.date(), console.lang, Digits::Latin);
                let lines = [
                    (
                        console.say("الشهادة (تُنشر مع السياسة)", "certificate (goes with the policy)"),
                        made.certificate,
                    ),
                    (console.say("المفتاح (لا يُعطى لأحد)", "key (goes nowhere)"), made.key),
                ];
                for (what, path) in lines.map(|(what, path)| (what.to_owned(), path)) {
                    console.print(&format!("{what}: {}", path.display()))?;
                }
                let valid = format!("{}: {until}", console.say("يصلح حتى", "valid until"));
                console.print(&valid)?;
                Ok(End::Done)
            }
            Err(error) => console.failed(&error, Format::Text),
        }
    }
}

/// How a letter is sealed.
#[derive(Debug, Args)]
pub(super) struct Sealing {
    /// Seals the letter by this key: seal.key with seal.pem beside it, or one file of both (PEM, or PKCS#12)
    #[arg(long, value_name = "KEY")]
    pub(super) seal: Option<PathBuf>,
    /// The passphrase of the key stands in this file; where it is left out, it is asked for
    #[arg(long, value_name = "FILE", requires = "seal")]
    passphrase_file: Option<PathBuf>,
    /// A time-stamp authority (RFC 3161) that dates the seal: `http://tsa.example.org`
    #[arg(long, value_name = "ADDRESS", requires = "seal")]
    pub(super) time_stamp: Option<String>,
}

impl Sealing {
    /// The key, opened; nothing where no seal is wanted.
    pub(super) fn key(&self, console: &Console) -> Result<Option<Key>, AppError> {
        let Some(path) = &self.seal else { return Ok(None) };
        let locked = app::seal::read_key(path)?;
        if !locked.is_encrypted() {
            return locked.open(None).map(Some);
        }
        let passphrase = match &self.passphrase_file {
            Some(file) => passphrase_in(file)?,
            None => asked(console.say("عبارة مرور الختم", "passphrase of the seal"))?,
        };
        locked.open(Some(&passphrase)).map(Some)
    }
}

fn new_passphrase(file: Option<&Path>, console: &Console) -> Result<String, AppError> {
    if let Some(file) = file {
        return passphrase_in(file);
    }
    let first = asked(console.say("عبارة مرور جديدة للختم", "a new passphrase for the seal"))?;
    let second = asked(console.say("مرة أخرى", "again"))?;
    if first == second { Ok(first) } else { Err(AppError::Passphrases) }
}

fn passphrase_in(file: &Path) -> Result<String, AppError> {
    let text = workspace::read_text(file)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

fn asked(question: &str) -> Result<String, AppError> {
    match super::passphrase(question) {
        Ok(passphrase) if !passphrase.is_empty() => Ok(passphrase),
        // No key opens with nothing: nobody sits there, and nothing was handed in.
        Ok(_) | Err(_) => Err(AppError::Unasked(Text::new(
            "لم تُكتب عبارة المرور؛ وحيث لا شاشة تُكتب في ملف: `--passphrase-file`",
            "no passphrase was given; where there is no terminal, put it in a file: `--passphrase-file`",
        ))),
    }
}
