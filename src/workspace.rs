//! The folder, the clock, who is asking: loads, saves, nothing else.
//!
//! The only room that reads files and the time; everything it hands on is text or a value.

pub mod agent;

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, Utc};

use crate::policy::PolicyFile;
use crate::revision::File;
use crate::source::Source;
use crate::value::Text;

/// A file larger than this is not read: no policy, request or template comes near it.
const LARGEST: u64 = 4 * 1024 * 1024;
/// A policy has at most so many files.
const MOST_FILES: usize = 2_000;
/// All files of a revision together, its templates and its logo among them, are not larger.
const LARGEST_FOLDER: usize = 16 * 1024 * 1024;
/// No folder of a policy has folders in it deeper than this.
const DEEPEST: usize = 3;

/// Why something could not be loaded or saved.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The system said no.
    #[error("{path}: {error}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// A file that is too large to be what it should be.
    #[error("{path} is larger than {LARGEST} bytes")]
    TooLarge {
        /// The file.
        path: String,
    },
    /// A file that is not text.
    #[error("{path} is not text in UTF-8")]
    NotText {
        /// The file.
        path: String,
    },
    /// A folder that is larger than a revision is.
    #[error("{path} holds more than {LARGEST_FOLDER} bytes")]
    TooMuch {
        /// The folder.
        path: String,
    },
    /// A file that must not be written over.
    #[error("{path} is there already")]
    Exists {
        /// The file.
        path: String,
    },
    /// A link or a device where a file should be, or a folder too deep inside another.
    #[error("{path} is neither a plain file nor a folder of a revision")]
    NotPlain {
        /// Where it stands.
        path: String,
    },
    /// A folder with more files than a policy has.
    #[error("{path} holds more than {MOST_FILES} files")]
    TooMany {
        /// The folder.
        path: String,
    },
}

impl WorkspaceError {
    /// Why, in words.
    pub fn text(&self) -> Text {
        match self {
            WorkspaceError::Io { path, error } => {
                let is = |kind: io::ErrorKind| error.kind() == kind;
                if is(io::ErrorKind::NotFound) {
                    Text::new(
                        format!("لا يوجد ملف ولا مجلد في `{path}`"),
                        format!("there is no file or folder `{path}`"),
                    )
                } else if is(io::ErrorKind::PermissionDenied) {
                    Text::new(
                        format!("لا إذن بقراءة `{path}` أو الكتابة فيه"),
                        format!("`{path}` may not be read or written"),
                    )
                } else if is(io::ErrorKind::IsADirectory) {
                    Text::new(
                        format!("`{path}` مجلد، والمطلوب ملف"),
                        format!("`{path}` is a folder, not a file"),
                    )
                } else {
                    Text::new(format!("تعذَّر العمل على `{path}`: {error}"), self.to_string())
                }
            }
            WorkspaceError::TooLarge { path } => {
                Text::new(format!("الملف `{path}` أكبر من {LARGEST} بايت"), self.to_string())
            }
            WorkspaceError::NotText { path } => {
                Text::new(format!("الملف `{path}` ليس نصًّا بترميز UTF-8"), self.to_string())
            }
            WorkspaceError::TooMuch { path } => {
                Text::new(format!("في `{path}` أكثر من {LARGEST_FOLDER} بايت"), self.to_string())
            }
            WorkspaceError::Exists { path } => Text::new(
                format!("`{path}` موجود من قبل، ولا يُكتب فوقه"),
                format!("there is a `{path}` already, and it is not written over"),
            ),
            WorkspaceError::NotPlain { path } => Text::new(
                format!("`{path}` اختصارٌ يشير إلى مكان آخر أو ليس ملفًا عاديًّا، ولا يُعتمد إلا ما في المجلد نفسه"),
                format!(
                    "`{path}` is a link, or no plain file: only what stands in the folder itself can be approved"
                ),
            ),
            WorkspaceError::TooMany { path } => {
                Text::new(format!("في `{path}` أكثر من {MOST_FILES} ملف"), self.to_string())
            }
        }
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> WorkspaceError {
    let path = path.display().to_string();
    move |error| WorkspaceError::Io { path, error }
}

/// Now, in Riyadh: three hours ahead of UTC the whole year.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn now() -> NaiveDateTime {
    (Utc::now() + chrono::TimeDelta::hours(3)).naive_utc()
}

/// The text of a file.
///
/// # Errors
///
/// It cannot be read, is too large, or is not text.
pub fn read_text(path: &Path) -> Result<String, WorkspaceError> {
    let bytes = read_bytes(path)?;
    let text =
        String::from_utf8(bytes).map_err(|_| WorkspaceError::NotText { path: path.display().to_string() })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The bytes of a file.
///
/// # Errors
///
/// It cannot be read, or is too large.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, WorkspaceError> {
    let size = fs::metadata(path).map_err(failed(path))?.len();
    if size > LARGEST {
        return Err(WorkspaceError::TooLarge { path: path.display().to_string() });
    }
    fs::read(path).map_err(failed(path))
}

/// Writes a file whole: first beside it, then in its place, so that nobody ever sees half of it.
///
/// # Errors
///
/// It cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), WorkspaceError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    fs::write(&beside, bytes).map_err(failed(&beside))?;
    fs::rename(&beside, path).map_err(failed(path))
}

/// Writes a file that only its owner may read, and that was not there before.
///
/// # Errors
///
/// It cannot be written, or is there already.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), WorkspaceError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| {
        let exists = error.kind() == io::ErrorKind::AlreadyExists;
        if exists { WorkspaceError::Exists { path: path.display().to_string() } } else { failed(path)(error) }
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed(path))
}

/// A file to be read line by line, with its size where it has one; `-` is standard input.
///
/// # Errors
///
/// It cannot be opened.
pub fn open(path: &Path) -> Result<(Box<dyn BufRead>, Option<u64>), WorkspaceError> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = fs::File::open(path).map_err(failed(path))?;
    let size = file.metadata().map_err(failed(path))?.len();
    Ok((Box::new(BufReader::with_capacity(1 << 16, file)), Some(size)))
}

/// A file to be written line by line.
///
/// # Errors
///
/// It cannot be made.
pub fn create(path: &Path) -> Result<BufWriter<fs::File>, WorkspaceError> {
    Ok(BufWriter::new(fs::File::create(path).map_err(failed(path))?))
}

/// A folder, with those above it, where it is not there yet.
///
/// # Errors
///
/// It cannot be made.
pub fn create_folder(path: &Path) -> Result<(), WorkspaceError> {
    fs::create_dir_all(path).map_err(failed(path))
}

/// Puts a file that has been written to its end in its place.
///
/// # Errors
///
/// It cannot be moved there.
pub fn rename(from: &Path, to: &Path) -> Result<(), WorkspaceError> {
    fs::rename(from, to).map_err(failed(to))
}

/// The files of a revision, in the order of their names.
///
/// # Errors
///
/// The folder or one of its files cannot be read.
pub fn read_revision(folder: &Path) -> Result<Vec<PolicyFile>, WorkspaceError> {
    read_files(folder, true)
}

/// The same without the worked examples, which are most of the files and judge nothing.
///
/// # Errors
///
/// The folder or one of its files cannot be read.
pub fn read_revision_without_examples(folder: &Path) -> Result<Vec<PolicyFile>, WorkspaceError> {
    read_files(folder, false)
}

fn read_files(folder: &Path, examples: bool) -> Result<Vec<PolicyFile>, WorkspaceError> {
    let mut files = Vec::new();
    for path in list(folder)? {
        if path.is_dir() {
            if examples && path.file_name().is_some_and(|name| name == "scenarios") {
                for path in list(&path)? {
                    files.push(policy_file(folder, &path)?);
                }
            }
        } else {
            files.push(policy_file(folder, &path)?);
        }
        if files.len() > MOST_FILES {
            return Err(WorkspaceError::TooMany { path: folder.display().to_string() });
        }
    }
    Ok(files)
}

fn policy_file(folder: &Path, path: &Path) -> Result<PolicyFile, WorkspaceError> {
    let inside = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let name = path.display().to_string();
    let is_text = !inside.to_ascii_lowercase().ends_with(".png");
    let source =
        if is_text { Source::new(name, read_text(path)?) } else { Source::picture(name, read_bytes(path)?) };
    Ok(PolicyFile { path: inside, source })
}

/// Every file of a folder and of the folders in it, as bytes: what the digest of a revision is made of.
///
/// # Errors
///
/// Something cannot be read, is a link, or is more than a revision holds.
pub fn read_folder(folder: &Path) -> Result<Vec<File>, WorkspaceError> {
    let mut files = Vec::new();
    let mut size = 0;
    read_into(folder, folder, 0, &mut size, &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// What lies in the folder of a policy: the files at its top under an empty name, then each folder with its own.
///
/// # Errors
///
/// Something cannot be read, is a link, or is more than a revision holds.
pub fn read_policy(folder: &Path) -> Result<Vec<(String, Vec<File>)>, WorkspaceError> {
    let mut top = Vec::new();
    let mut found = Vec::new();
    for path in list(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let kind = fs::symlink_metadata(&path).map_err(failed(&path))?.file_type();
        if kind.is_dir() {
            found.push((name, read_folder(&path)?));
        } else if kind.is_file() {
            top.push(File { path: name, bytes: read_bytes(&path)? });
        } else {
            return Err(WorkspaceError::NotPlain { path: path.display().to_string() });
        }
    }
    found.insert(0, (String::new(), top));
    Ok(found)
}

/// Takes away a folder with what is in it.
///
/// # Errors
///
/// It cannot be taken away.
pub fn remove_folder(folder: &Path) -> Result<(), WorkspaceError> {
    fs::remove_dir_all(folder).map_err(failed(folder))
}

/// Chance, from the system.
///
/// # Errors
///
/// The system has none.
pub fn chance() -> Result<[u8; 52], WorkspaceError> {
    let mut bytes = [0; 52];
    getrandom::fill(&mut bytes).map_err(|error| WorkspaceError::Io {
        path: "chance".to_owned(),
        error: io::Error::other(error.to_string()),
    })?;
    Ok(bytes)
}

fn read_into(
    root: &Path,
    folder: &Path,
    depth: usize,
    size: &mut usize,
    files: &mut Vec<File>,
) -> Result<(), WorkspaceError> {
    for path in list(folder)? {
        // Of the entry itself, not of what a link points at.
        let kind = fs::symlink_metadata(&path).map_err(failed(&path))?.file_type();
        if kind.is_dir() && depth < DEEPEST {
            read_into(root, &path, depth + 1, size, files)?;
        } else if kind.is_file() {
            let bytes = read_bytes(&path)?;
            *size += bytes.len();
            let inside = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(File { path: inside, bytes });
        } else {
            return Err(WorkspaceError::NotPlain { path: path.display().to_string() });
        }
        if *size > LARGEST_FOLDER {
            return Err(WorkspaceError::TooMuch { path: root.display().to_string() });
        }
        if files.len() > MOST_FILES {
            return Err(WorkspaceError::TooMany { path: root.display().to_string() });
        }
    }
    Ok(())
}

/// Does a folder hold nothing? What is hidden counts too.
///
/// # Errors
///
/// The folder cannot be read.
pub fn is_empty(folder: &Path) -> Result<bool, WorkspaceError> {
    Ok(fs::read_dir(folder).map_err(failed(folder))?.next().is_none())
}

/// What stands in a folder, in the order of names; hidden things are passed over.
///
/// # Errors
///
/// The folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, WorkspaceError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
