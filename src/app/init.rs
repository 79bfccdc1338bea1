//! A new association: its folder, with the shipped policy as its first draft and a board that has no keys yet.
//!
//! Receives names, hands on a folder in which `mizan check` finds what it finds in the shipped policy. Everything is checked before
//! anything is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{AppError, shipped};
use crate::policy::look::{Picture, PictureKind};
use crate::policy::{self, Policy, PolicyFile};
use crate::revision::board::Board;
use crate::source::Source;
use crate::value::{Date, Text};
use crate::workspace;

/// What somebody says of a new association.
#[derive(Debug)]
pub struct Association {
    /// The id of its policy: the name of its folder.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// The title of its policy; that of the shipped one where it is left out.
    pub title: Option<Text>,
    /// How many members of the board must approve.
    pub quorum: usize,
    /// The members of the board.
    pub members: Vec<Seat>,
    /// Its picture, SVG or PNG.
    pub logo: Option<PathBuf>,
    /// From which day the first revision shall be in force.
    pub in_force_from: Date,
}

/// A member of a new board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Text,
}

impl std::str::FromStr for Seat {
    type Err = String;

    /// `huda=هدى الشمري / Huda Al-Shammari`; one name serves for both languages.
    fn from_str(text: &str) -> Result<Seat, String> {
        let wrong = || {
            format!(
                "«{text}»: تُكتب `رمز=الاسم`، أو `رمز=الاسم بالعربية / Name in English` · write `id=Name`, or `id=الاسم / Name`"
            )
        };
        let (id, name) = text.split_once('=').ok_or_else(wrong)?;
        let (ar, en) = name.split_once('/').unwrap_or((name, name));
        let seat = Seat { id: id.trim().to_owned(), name: Text::new(ar.trim(), en.trim()) };
        if !is_id(&seat.id) || seat.name.ar.is_empty() || seat.name.en.is_empty() {
            return Err(wrong());
        }
        Ok(seat)
    }
}

/// May it be the name of a folder, of a file, and of a table in TOML, on every machine?
pub fn is_id(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_lowercase())
        && text.bytes().all(|sign| matches!(sign, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        && text.len() <= 40
}

/// Is there nothing in a folder, or no such folder? What is hidden counts too.
///
/// # Errors
///
/// It holds something, or is no folder.
pub fn must_be_empty(folder: &Path) -> Result<(), AppError> {
    let shown = folder.display();
    if !folder.exists() {
        return Ok(());
    }
    if !folder.is_dir() {
        return Err(AppError::Cannot(
            Text::new(format!("`{shown}` ملف، والمطلوب مجلد"), format!("`{shown}` is a file, not a folder")),
            Text::new("سمِّ مجلدًا جديدًا", "name a new folder"),
        ));
    }
    if workspace::is_empty(folder)? {
        return Ok(());
    }
    Err(AppError::Cannot(
        Text::new(
            format!("المجلد `{shown}` ليس فارغًا، ولا يُكتب فوق شيء"),
            format!("the folder `{shown}` is not empty, and nothing is written over"),
        ),
        Text::new("سمِّ مجلدًا جديدًا", "name a new folder"),
    ))
}

/// Writes the folder of a new association. Returns the folder of its first draft.
///
/// # Errors
///
/// The folder is not empty, a name cannot stand, the picture cannot be drawn.
pub fn init(root: &Path, folder: &Path, association: &Association) -> Result<PathBuf, AppError> {
    must_be_empty(folder)?;
    fit(association)?;
    let home = super::under(folder, "policies").join(&association.id);
    let draft = home.join("1");
    let files = draft_of(association)?;
    let shown = draft.display().to_string();
    policy::check(&shown, &files).map_err(AppError::Policy)?;
    let board = board_of(association);
    Board::read(&source(&home, "board.toml", &board)).map_err(AppError::Board)?;

    for file in &files {
        workspace::write(&draft.join(&file.path), file.source.bytes())?;
    }
    workspace::write(&home.join("board.toml"), board.as_bytes())?;
    for (path, bytes) in shipped::under("templates") {
        workspace::write(&folder.join("templates").join(path), bytes)?;
    }
    bring_fonts(root, folder)?;
    let told = shipped::text("src/app/shipped/README.md").unwrap_or_default();
    let told = told
        .replace("{id}", &association.id)
        .replace("{name.ar}", &association.name.ar)
        .replace("{name.en}", &association.name.en);
    workspace::write(&folder.join("README.md"), told.as_bytes())?;
    // Keys are nobody's but their members'; what a machine remembers is its own.
    workspace::write(&folder.join(".gitignore"), b"*.key\n.mizan/\nfonts/\n")?;
    Ok(draft)
}

/// Copies the typeface, which is too large for the program, from where it was brought. Says whether it was there.
///
/// # Errors
///
/// It cannot be copied.
pub fn bring_fonts(root: &Path, folder: &Path) -> Result<bool, AppError> {
    let fonts = super::under(root, "fonts");
    if !fonts.is_dir() {
        return Ok(false);
    }
    for file in workspace::read_folder(&fonts)? {
        workspace::write(&folder.join("fonts").join(&file.path), &file.bytes)?;
    }
    Ok(true)
}

fn source(folder: &Path, path: &str, text: &str) -> Arc<Source> {
    Source::new(folder.join(path).display().to_string(), text)
}

/// Are the names such as can be written?
fn fit(association: &Association) -> Result<(), AppError> {
    let refused = |ar: String, en: String, help: Text| Err(AppError::Cannot(Text::new(ar, en), help));
    let small = Text::new(
        "حروف لاتينية صغيرة وأرقام وشرطات، يبدأ بحرف: `water-aid`",
        "small Latin letters, digits and hyphens, a letter first: `water-aid`",
    );
    if !is_id(&association.id) {
        let id = &association.id;
        return refused(
            format!("`{id}` لا يصلح رمزًا للسياسة"),
            format!("`{id}` cannot be the id of a policy"),
            small,
        );
    }
    let mut names = vec![&association.name];
    names.extend(&association.title);
    names.extend(association.members.iter().map(|member| &member.name));
    for name in names {
        for text in [&name.ar, &name.en] {
            if text.trim().is_empty() || text.chars().any(char::is_control) || text.contains(['{', '}']) {
                return refused(
                    format!("«{text}» لا يصلح اسمًا"),
                    format!("“{text}” cannot be a name"),
                    Text::new(
                        "يُكتب الاسم في سطر واحد بلا أقواس { }",
                        "a name is a line of words, without braces { }",
                    ),
                );
            }
        }
    }
    let count = association.members.len();
    if association.quorum == 0 || association.quorum > count {
        let quorum = association.quorum;
        return refused(
            format!("النصاب {quorum}، وأعضاء المجلس {count}"),
            format!("a quorum of {quorum}, and a board of {count}"),
            Text::new(
                format!("النصاب من 1 إلى {count}"),
                format!("the quorum is a number from 1 to {count}"),
            ),
        );
    }
    for (index, member) in association.members.iter().enumerate() {
        let before = || association.members.iter().take(index);
        if before().any(|other| other.id == member.id) {
            let id = &member.id;
            return refused(
                format!("عضوان رمزهما `{id}`"),
                format!("two members are called `{id}`"),
                Text::new("لكل عضوٍ رمزٌ يخصه", "each member has an id of their own"),
            );
        }
        let same = |other: &&Seat| other.name.ar == member.name.ar || other.name.en == member.name.en;
        if let Some(other) = before().find(same) {
            let (one, two) = (&other.id, &member.id);
            return refused(
                format!("`{one}` و`{two}` باسم واحد"),
                format!("`{one}` and `{two}` have one name"),
                Text::new(
                    "يُعدُّ الأشخاص: لكل عضوٍ اسمٌ يخصه",
                    "people are counted: each member has a name of their own",
                ),
            );
        }
    }
    Ok(())
}

/// The shipped policy as the first draft of an association.
fn draft_of(association: &Association) -> Result<Vec<PolicyFile>, AppError> {
    let folder = Path::new("policies").join(&association.id).join("1");
    let name = |path: &str| folder.join(path).display().to_string();
    let shipped = read_shipped(&name)?;
    let Some(frame) = &shipped.frame else { return Err(AppError::NoName) };
    let logo = association.logo.as_deref().map(logo_of).transpose()?;
    let mut files = Vec::new();
    for (path, bytes) in shipped::under(shipped::POLICY) {
        // The picture of another association.
        if path.ends_with(".svg") || path.ends_with(".png") {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let is_before_force = path.starts_with("scenarios/") && text.contains("problem = \"not-in-force\"");
        let mut lines = Vec::new();
        for line in text.lines() {
            lines.push(match (path, line.split(' ').next().unwrap_or_default()) {
                ("policy.toml", "id") => format!("id = {}", quoted(&association.id)),
                ("policy.toml", "in_force_from") => format!("in_force_from = {}", association.in_force_from),
                ("letters.toml", "logo") => match &logo {
                    Some((file, _)) => format!("logo = {}", quoted(file)),
                    None => continue,
                },
                ("parameters.toml", word) if word.starts_with("from.") => {
                    first_value(line, shipped.in_force_from, association.in_force_from)
                }
                (_, "submitted_at") if is_before_force => {
                    let day = association.in_force_from.min(shipped.in_force_from) - chrono::Days::new(6);
                    format!("submitted_at = {day}T10:00:00+03:00")
                }
                _ => line.to_owned(),
            });
        }
        let text = (lines.join("\n") + "\n")
            .replace(
                &format!("policy = {}", quoted(&shipped.id)),
                &format!("policy = {}", quoted(&association.id)),
            )
            .replace(&frame.association.ar, &escaped(&association.name.ar))
            .replace(&frame.association.en, &escaped(&association.name.en))
            .replace(&format!("@{}.", shipped.id), &format!("@{}.", association.id));
        let text = match (&association.title, path) {
            (Some(title), "policy.toml") => text
                .replace(&quoted(&shipped.title.ar), &quoted(&title.ar))
                .replace(&quoted(&shipped.title.en), &quoted(&title.en)),
            _ => text,
        };
        files.push(PolicyFile { path: path.to_owned(), source: Source::new(name(path), text) });
    }
    if let Some((file, source)) = logo {
        files.push(PolicyFile { path: file, source });
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn read_shipped(name: &dyn Fn(&str) -> String) -> Result<Policy, AppError> {
    let files: Vec<PolicyFile> = shipped::under(shipped::POLICY)
        .map(|(path, bytes)| PolicyFile {
            path: path.to_owned(),
            source: Source::new(name(path), String::from_utf8_lossy(bytes)),
        })
        .collect();
    policy::check_without_examples(shipped::POLICY, &files)
        .map(|(policy, _)| policy)
        .map_err(AppError::Policy)
}

/// The first value of a parameter begins with the revision at the latest.
fn first_value(line: &str, shipped: Date, wanted: Date) -> String {
    match line.strip_prefix(&format!("from.{shipped}")) {
        Some(rest) if wanted < shipped => format!("from.{wanted}{rest}"),
        Some(_) | None => line.to_owned(),
    }
}

/// A picture under the name by which the draft carries it.
fn logo_of(path: &Path) -> Result<(String, Arc<Source>), AppError> {
    let shown = path.display();
    let refused = |why: Text| {
        AppError::Cannot(
            Text::new(format!("`{shown}`: {}", why.ar), format!("`{shown}`: {}", why.en)),
            Text::new("يُحفظ الشعار بصيغة SVG أو PNG", "save the logo as SVG or PNG"),
        )
    };
    let bytes = workspace::read_bytes(path)?;
    let name = match Picture::read(&bytes).map_err(refused)?.kind {
        PictureKind::Svg => "logo.svg",
        PictureKind::Png => "logo.png",
    };
    let source = match String::from_utf8(bytes) {
        Ok(text) => Source::new(name, text),
        Err(error) => Source::picture(name, error.into_bytes()),
    };
    Ok((name.to_owned(), source))
}

/// The board, whose members have no keys yet.
fn board_of(association: &Association) -> String {
    let mut text = format!(
        "number = 1\nquorum = {}                     # so many distinct members must approve; besides, more must approve than reject\n\
         votes_within_days = 60\nminutes_on_paper = false       # true: the secretary may record a vote that was held on paper\n",
        association.quorum
    );
    for member in &association.members {
        text.push_str(&format!(
            "\n[member.{}]\nname = {{ ar = {}, en = {} }}\nrole = {{ ar = \"عضو مجلس الإدارة\", en = \"member of the board\" }}\n\
             signs = [\"policy\", \"board\"]    # policy: revisions · board: changes of the board · minute: votes on paper\n\
             keys = []\n",
            member.id,
            quoted(&member.name.ar),
            quoted(&member.name.en)
        ));
    }
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// As it stands between quotes in TOML; signs that are not seen were refused before.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
