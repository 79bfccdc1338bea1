//! What a board writes into a draft without an editor: the keys of its members, its answers to open questions.
//!
//! Each is one line in a file that people write, put where it belongs and nowhere else; the file is read again before it is kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{AppError, RevisionFolder, policy as house, revisions};
use crate::policy::{self, PolicyFile};
use crate::revision::board::Board;
use crate::revision::sign::PublicKey;
use crate::source::Source;
use crate::value::{Date, Text};
use crate::workspace;

fn cannot(ar: impl Into<String>, en: impl Into<String>, help: Text) -> AppError {
    AppError::Cannot(Text::new(ar, en), help)
}

/// Enters the public key of a member into the first `board.toml`. Returns the board as it is then.
///
/// # Errors
///
/// The board is settled already, it has no such member, or there is no key in the file.
pub fn enter_key(
    root: &Path,
    asked: Option<&str>,
    member: &str,
    file: &Path,
    from: Date,
) -> Result<(PathBuf, Board), AppError> {
    let home = house::home(root, asked)?;
    let path = home.path.join("board.toml");
    if home.has_register() {
        return Err(cannot(
            "المجلس معتمد، فلا يتغير إلا بقراره",
            "the board is settled: it changes by its own resolution",
            Text::new(
                "اكتب المجلس الجديد في نسخة من board.toml واعرضها: `mizan board propose`",
                "write the new board in a copy of board.toml and table it: `mizan board propose`",
            ),
        ));
    }
    if house::open(root, asked).is_ok() {
        return Err(cannot(
            "في السياسة ما يُصوَّت عليه، والتصويت على مجلسٍ بعينه",
            "something is tabled, and it is voted on under this very board",
            Text::new(
                "أدخل المفاتيح قبل العرض، أو احذف مجلد العرض واعرض من جديد",
                "enter keys before tabling; or remove the folder of the proposal and table again",
            ),
        ));
    }
    let board = home.board()?;
    if board.member(member).is_none() {
        let known: Vec<&str> = board.members.iter().map(|member| member.id.as_str()).collect();
        return Err(cannot(
            format!("لا عضو في المجلس رمزه `{member}`"),
            format!("the board has no member `{member}`"),
            Text::same(known.join(", ")),
        ));
    }
    let written = workspace::read_text(file)?;
    let line = written.trim();
    let shown = file.display();
    if line.contains("PRIVATE KEY") {
        return Err(cannot(
            format!("`{shown}` هو المفتاح نفسه، ولا يخرج من يد صاحبه"),
            format!("`{shown}` is the key itself, which stays with its owner"),
            Text::new("المطلوب ملف `.pub` الذي بجواره", "what is wanted is the `.pub` file beside it"),
        ));
    }
    if line.contains(['"', '\\', '\n']) || PublicKey::read(line).is_none() {
        return Err(cannot(
            format!("ليس في `{shown}` مفتاح OpenSSH من نوع Ed25519"),
            format!("`{shown}` holds no OpenSSH key of the kind Ed25519"),
            Text::new("يصنعه `mizan board new-key`", "`mizan board new-key` makes one"),
        ));
    }
    let text = workspace::read_text(&path)?;
    let key = format!("{{ key = \"{line}\", from = {from} }}");
    let edited = in_table(&text, &format!("[member.{member}]"), |line| {
        let keys = line.strip_prefix("keys = [")?.strip_suffix(']')?.trim();
        Some(if keys.is_empty() { format!("keys = [{key}]") } else { format!("keys = [{keys}, {key}]") })
    });
    let Some(edited) = edited else {
        return Err(cannot(
            format!("لا سطر `keys = […]` تحت `[member.{member}]` في board.toml"),
            format!("board.toml has no line `keys = […]` under `[member.{member}]`"),
            Text::new(format!("اكتب فيه: keys = [{key}]"), format!("write there: keys = [{key}]")),
        ));
    };
    let board =
        Board::read(&Source::new(path.display().to_string(), edited.as_str())).map_err(AppError::Board)?;
    workspace::write(&path, edited.as_bytes())?;
    Ok((path, board))
}

/// What a board decides on its draft.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// A question, and the answer that was chosen.
    pub answers: Vec<(String, String)>,
    /// Every other open question as it was proposed.
    pub as_proposed: bool,
    /// What was assumed stands as the board's own.
    pub confirm_assumptions: bool,
}

/// What was written into a draft.
#[derive(Debug)]
pub struct Decided {
    /// The folder of the draft.
    pub folder: PathBuf,
    /// The questions with the answers that were chosen.
    pub chosen: Vec<(String, Text)>,
    /// How many assumptions were confirmed.
    pub confirmed: usize,
    /// How many questions are open still.
    pub open: usize,
}

/// Writes the board's answers into its draft.
///
/// # Errors
///
/// The revision is approved already, or there is no such question or answer.
pub fn decide(root: &Path, asked: Option<&str>, decision: &Decision) -> Result<Decided, AppError> {
    let folder = draft(root, asked)?;
    let (before, _) = super::load(&folder)?;
    let mut chosen = Vec::new();
    for (question, answer) in &decision.answers {
        let Some(interpretation) = before.interpretations.iter().find(|known| known.id == *question) else {
            let known: Vec<&str> = before.interpretations.iter().map(|known| known.id.as_str()).collect();
            return Err(cannot(
                format!("لا سؤال باسم `{question}`"),
                format!("there is no question `{question}`"),
                Text::same(known.join(", ")),
            ));
        };
        let Some((id, text)) = interpretation.options.iter().find(|(id, _)| id == answer) else {
            let known = |say: fn(&Text) -> &str| {
                let options = interpretation.options.iter();
                options
                    .map(|(id, text)| format!("{id}: {}", say(text)))
                    .collect::<Vec<_>>()
                    .join("\n        ")
            };
            let help = Text::new(known(|text| &text.ar), known(|text| &text.en));
            if answer.is_empty() {
                return Err(cannot(
                    format!("لم يُذكر جواب `{question}`"),
                    format!("no answer to `{question}` is named"),
                    help,
                ));
            }
            return Err(cannot(
                format!("ليس من أجوبة `{question}` جوابٌ رمزه `{answer}`"),
                format!("`{question}` has no answer `{answer}`"),
                help,
            ));
        };
        chosen.push((question.clone(), id.clone(), text.clone()));
    }
    let answered: BTreeSet<String> = chosen.iter().map(|(question, ..)| question.clone()).collect();
    for interpretation in &before.interpretations {
        let is_open = interpretation.chosen.is_none() && !answered.contains(&interpretation.id);
        if let Some((id, text)) = interpretation.options.get(interpretation.proposed)
            && decision.as_proposed
            && is_open
        {
            chosen.push((interpretation.id.clone(), id.clone(), text.clone()));
        }
    }
    let mut confirmed = 0;
    let mut files = Vec::new();
    let mut changed = Vec::new();
    for file in &before.files {
        let mut text = file.source.text.clone();
        if file.path == "interpretations.toml" {
            for (question, answer, _) in &chosen {
                text = answer_in(&text, question, answer)?;
            }
        } else if decision.confirm_assumptions && file.path.ends_with(".toml") && confirms(&file.path) {
            confirmed += text.matches(ASSUMED).count();
            text = text.replace(ASSUMED, CONFIRMED);
        }
        if text != file.source.text {
            changed.push((file.path.clone(), text.clone()));
            let source = Source::new(file.source.name.as_str(), text);
            files.push(PolicyFile { path: file.path.clone(), source });
        } else {
            files.push(file.clone());
        }
    }
    let (after, _) = policy::check(&folder.path.display().to_string(), &files).map_err(AppError::Policy)?;
    for (path, text) in changed {
        workspace::write(&folder.path.join(path), text.as_bytes())?;
    }
    Ok(Decided {
        folder: folder.path,
        chosen: chosen.into_iter().map(|(question, _, text)| (question, text)).collect(),
        confirmed,
        open: after.interpretations.iter().filter(|interpretation| interpretation.chosen.is_none()).count(),
    })
}

const ASSUMED: &str = "source = \"assumption\"";
const CONFIRMED: &str = "source = \"board\"";

/// Which holidays a year has is announced, not decided; examples are not rules.
fn confirms(path: &str) -> bool {
    path != "calendar.toml" && !path.starts_with("scenarios/")
}

/// The latest revision, where nobody approved it.
fn draft(root: &Path, asked: Option<&str>) -> Result<RevisionFolder, AppError> {
    let home = house::home(root, asked)?;
    let latest = revisions(root, asked)?.pop();
    let Some(latest) = latest else {
        return Err(AppError::NoPolicy { asked: asked.unwrap_or_default().to_owned(), known: vec![] });
    };
    let is_approved = home.entries()?.iter().any(|entry| {
        entry.about == crate::revision::statement::About::Revision && entry.number == latest.number
    });
    if is_approved {
        let number = latest.number;
        return Err(cannot(
            format!("النسخة {number} معتمدة، ولا يُكتب في معتمد"),
            format!("revision {number} is approved: nothing is written into it any more"),
            Text::new(
                "ما يُراد تغييره يُكتب في نسخة جديدة: `mizan policy new`",
                "what is to change belongs in a new revision: `mizan policy new`",
            ),
        ));
    }
    Ok(latest)
}

/// The answer to a question, in place of the one before or after what is proposed.
fn answer_in(text: &str, question: &str, answer: &str) -> Result<String, AppError> {
    let head = format!("[interpretation.{question}]");
    let line = format!("chosen = \"{answer}\"");
    let replaced = in_table(text, &head, |old| old.starts_with("chosen = ").then(|| line.clone()));
    let added =
        || in_table(text, &head, |old| old.starts_with("proposed = ").then(|| format!("{old}\n{line}")));
    replaced.or_else(added).ok_or_else(|| {
        cannot(
            format!("لا سطر `proposed = …` تحت `{head}` في interpretations.toml"),
            format!("interpretations.toml has no line `proposed = …` under `{head}`"),
            Text::new(format!("اكتب فيه: {line}"), format!("write there: {line}")),
        )
    })
}

/// A text in which one line of a table of TOML is another; nothing where there is no such line.
fn in_table(text: &str, head: &str, edit: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let start = lines.iter().position(|line| line.trim() == head)? + 1;
    for line in lines.iter_mut().skip(start) {
        if line.starts_with('[') {
            return None;
        }
        if let Some(edited) = edit(line.trim_end()) {
            *line = edited;
            return Some(lines.join("\n") + "\n");
        }
    }
    None
}
