//! The association's seal: made for a small office, opened, set on a letter, and the certificates by which it is known.

use std::path::{Path, PathBuf};

use chrono::{Datelike as _, NaiveDateTime};

use super::{AppError, load_to_judge, one_policy, revisions, under};
use crate::letter::data::LetterData;
use crate::seal::{self, Key, Occasion, SealError, Trust, new_key};
use crate::value::{Lang, Text};
use crate::workspace;

/// What a new seal is made of.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Whose it is: the policy's association.
    pub policy: Option<&'a str>,
    /// Its name in Arabic, where it is another than the policy's.
    pub ar: Option<&'a str>,
    /// Its name in English, likewise.
    pub en: Option<&'a str>,
    /// For how many years.
    pub years: u32,
    /// The name of its files: `seal` is `seal.pem` and `seal.key`.
    pub files: &'a str,
    /// From now.
    pub now: NaiveDateTime,
}

/// A seal that has been made.
#[derive(Debug)]
pub struct Made {
    /// The certificate, which everybody may see.
    pub certificate: PathBuf,
    /// The key, which nobody may.
    pub key: PathBuf,
    /// Until when it is valid.
    pub until: NaiveDateTime,
}

/// Where the seal of a new policy goes, before anybody is asked for a passphrase.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    name: Text,
}

/// Finds out where a new seal goes and whose name it bears.
///
/// # Errors
///
/// There is no such policy, it names no association, or there is a seal already.
pub fn place(root: &Path, wanted: &Wanted<'_>) -> Result<Place, AppError> {
    let folders = revisions(root, wanted.policy)?;
    one_policy(&folders)?;
    let latest = folders.last().ok_or_else(|| AppError::NoPolicy { asked: String::new(), known: vec![] })?;
    let policy = load_to_judge(latest)?;
    let known = policy.frame.as_ref().map(|frame| &frame.association);
    let name = |given: Option<&str>, lang| {
        given.map(str::to_owned).or_else(|| known.map(|name| name.get(lang).to_owned()))
    };
    let (Some(ar), Some(en)) = (name(wanted.ar, Lang::Ar), name(wanted.en, Lang::En)) else {
        return Err(AppError::NoName);
    };
    let folder = under(root, "policies").join(&latest.policy).join("seal");
    for file in files(&folder, wanted.files) {
        if file.exists() {
            return Err(AppError::Exists(file.display().to_string()));
        }
    }
    Ok(Place { folder, name: Text::new(ar, en) })
}

fn files(folder: &Path, name: &str) -> [PathBuf; 2] {
    [folder.join(format!("{name}.pem")), folder.join(format!("{name}.key"))]
}

/// Makes a seal.
///
/// # Errors
///
/// The passphrase is too short, the names or days cannot stand in a certificate, or the files cannot be written.
pub fn make(place: &Place, wanted: &Wanted<'_>, passphrase: &str) -> Result<Made, AppError> {
    let years = i32::try_from(wanted.years).ok();
    let until = years.and_then(|years| {
        let last = wanted.now.year().checked_add(years)?;
        // A year from the last day of February ends with its February.
        wanted.now.with_year(last).or_else(|| wanted.now.with_day(28)?.with_year(last))
    });
    let until = until.ok_or(SealError::Key(seal::KeyError::Certificate))?;
    let made = new_key(&place.name, wanted.now, until, passphrase).map_err(SealError::Key)?;
    let [certificate, key] = files(&place.folder, wanted.files);
    workspace::write_secret(&key, made.key.as_bytes())?;
    workspace::write(&certificate, made.certificate.as_bytes())?;
    Ok(Made { certificate, key, until })
}

/// A key file that has been read, and not opened yet.
#[derive(Debug)]
pub struct Locked {
    file: Vec<u8>,
    beside: Option<Vec<u8>>,
}

/// Reads a key file, and the certificate beside it.
///
/// # Errors
///
/// It cannot be read.
pub fn read_key(path: &Path) -> Result<Locked, AppError> {
    let file = workspace::read_bytes(path)?;
    let beside = path.with_extension("pem");
    let beside =
        if beside.is_file() && beside != path { Some(workspace::read_bytes(&beside)?) } else { None };
    Ok(Locked { file, beside })
}

impl Locked {
    /// Does it ask for a passphrase?
    pub fn is_encrypted(&self) -> bool {
        Key::is_encrypted(&self.file)
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// There is no key in it, or the passphrase does not open it, or no certificate belongs to it.
    pub fn open(&self, passphrase: Option<&str>) -> Result<Key, AppError> {
        let opened = Key::read(&self.file, self.beside.as_deref(), passphrase);
        opened.map_err(|error| AppError::Seal(SealError::Key(error)))
    }
}

/// By which letters are sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealer<'a> {
    /// The key.
    pub key: &'a Key,
    /// The address of the authority that dates its seals, where there is one.
    pub authority: Option<&'a str>,
}

impl Sealer<'_> {
    /// Sets the seal on the PDF of a letter that is made at this moment.
    ///
    /// # Errors
    ///
    /// A time-stamp was asked for, and there is none.
    pub fn seal(&self, pdf: &[u8], letter: &LetterData, at: NaiveDateTime) -> Result<Vec<u8>, AppError> {
        let id = &letter.id;
        let reason = match letter.lang {
            Lang::Ar => format!("إصدار الخطاب {id}"),
            Lang::En => format!("Issue of letter {id}"),
        };
        let occasion = Occasion { at, name: letter.frame.association_ar.clone(), reason };
        seal::seal(pdf, self.key, &occasion, self.authority).map_err(AppError::Seal)
    }
}

/// The certificates that an association stands by: of its seals, and of the authorities whose time it takes.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Of its seals: `policies/naba/seal/*.pem`.
    pub keys: Trust,
    /// Of time-stamp authorities: `policies/naba/seal/time-stamps/*.pem`.
    pub authorities: Trust,
}

/// Reads those of a policy; none where it has none.
///
/// # Errors
///
/// A file is there and cannot be read.
pub fn known(root: &Path, policy: &str) -> Result<Known, AppError> {
    let folder = under(root, "policies").join(policy).join("seal");
    Ok(Known { keys: certificates(&folder)?, authorities: certificates(&folder.join("time-stamps"))? })
}

fn certificates(folder: &Path) -> Result<Trust, AppError> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for path in workspace::list(folder)? {
            if path.extension().is_some_and(|ending| ending == "pem") {
                files.push(workspace::read_bytes(&path)?);
            }
        }
    }
    Ok(Trust::read(files.iter().map(Vec::as_slice)))
}
