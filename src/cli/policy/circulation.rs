//! `mizan policy circulate` and `acknowledge`: an approved revision is made known, and people confirm that they know it.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{line_of, open_key};
use crate::app::AppError;
use crate::app::policy::circulation::{self, Sent, Standing};
use crate::cli::{Console, End, Format, day, day_of_act};
use crate::value::{Date, Lang, Text};
use crate::workspace;

/// Records that an approved revision was circulated: to whom, and until when each is to confirm it
#[derive(Debug, Args)]
pub(super) struct Circulate {
    /// The policy, where there are several; or the folder of the revision: the one approved last where it is left out
    policy: Option<String>,
    /// To whom it was sent, once for each
    #[arg(long, value_name = "NAME")]
    to: Vec<String>,
    /// To whom it was sent: a file of text, a name on each line
    #[arg(long, value_name = "FILE", required_unless_present = "to")]
    list: Option<PathBuf>,
    /// The last day on which to confirm it, in either calendar
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Date,
    /// Who records it: the member's id in board.toml
    #[arg(long = "as", value_name = "MEMBER")]
    member: String,
    /// The member's key; its `.pub` file where an agent holds it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

impl Circulate {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let mut to = self.to.clone();
        if let Some(list) = &self.list {
            match workspace::read_text(list) {
                Ok(text) => {
                    to.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
                }
                Err(error) => return console.complain(&error.text(), None),
            }
        }
        let key = match open_key(&self.key, console) {
            Ok(Some(key)) => key,
            Ok(None) => return console.complain(&no_key(&self.key), None),
            Err(text) => return console.complain(&text, None),
        };
        // A revision may begin with it, so it counts from today: what was judged before is not touched.
        let on = workspace::now().date();
        let sent = Sent { member: &self.member, to: &to, until: self.until, on };
        match circulation::circulate(root, self.policy.as_deref(), sent, &key) {
            Ok((_, entry)) => {
                console.print(&line_of(&entry, console.lang))?;
                let next = console.say(
                    "يُسجَّل تأكيد كلٍّ منهم: mizan policy acknowledge الاسم",
                    "each of them confirms it: mizan policy acknowledge NAME",
                );
                let next = next.to_owned();
                console.print(&next)?;
                Ok(End::Done)
            }
            Err(error) => console.failed(&error, Format::Text),
        }
    }
}

fn no_key(path: &Path) -> Text {
    let path = path.display();
    Text::new(
        format!("`{path}` نصف المفتاح العام، والنصف الخاص ليس في وكيل مفاتيح يُوصل إليه"),
        format!(
            "`{path}` is the public half of a key, and no agent that can be reached holds the other half"
        ),
    )
}

/// Notes that people have confirmed what was circulated to them, or lists who has and who has not
#[derive(Debug, Args)]
pub(super) struct Acknowledge {
    /// Who confirms it: the name as it was circulated, or its number in the list
    #[arg(required_unless_present = "list", value_name = "NAME")]
    names: Vec<String>,
    /// The policy, where there are several; or the folder of the revision: the one circulated last where it is left out
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// Lists the names with their numbers
    #[arg(long, conflicts_with = "names")]
    list: bool,
    /// The day on which they did; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
}

impl Acknowledge {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let on = match day_of_act(self.on) {
            Ok(on) => on,
            Err(text) => return console.complain(&text, None),
        };
        let (asked, today) = (self.policy.as_deref(), workspace::now().date());
        if !self.list {
            match circulation::acknowledge(root, asked, &self.names, on, today) {
                Ok(files) => {
                    for file in files {
                        console.print(&file.display().to_string())?;
                    }
                }
                Err(error) => return console.failed(&error, Format::Text),
            }
        }
        let standing = match circulation::standing(root, asked, today) {
            Ok((_, standing)) => standing,
            Err(error) => return console.failed(&error, Format::Text),
        };
        if self.list {
            for (at, (name, day)) in standing.circulation.to.iter().zip(&standing.confirmed).enumerate() {
                let (mark, day) = day.map_or(("–", String::new()), |day| ("✓", format!(" · {day}")));
                console.print(&format!("{mark} {} {name}{day}", at + 1))?;
            }
        }
        console.print(stands(&standing, console.lang).trim_start())?;
        if standing.problems.0.is_empty() {
            Ok(End::Done)
        } else {
            console.failed(&AppError::Board(standing.problems), Format::Text)
        }
    }
}

/// How a circulation stands, on one line.
pub(super) fn stands(standing: &Standing, lang: Lang) -> String {
    let (on, until) = (standing.circulation.on, standing.circulation.until);
    let (count, all) = (standing.count(), standing.circulation.to.len());
    let missing: Vec<&str> = standing.missing().map(|(_, name)| name).collect();
    match (lang, missing.is_empty()) {
        (Lang::Ar, true) => format!("  عُمِّمت في {on}، وأكَّد العلمَ جميعُ من أُرسلت إليهم ({all})"),
        (Lang::En, true) => format!("  circulated on {on}; all {all} acknowledged it"),
        (Lang::Ar, false) => format!(
            "  عُمِّمت في {on}، وأكَّد العلمَ {count} من {all}، وآخر يومٍ لذلك {until}؛ لم يؤكِّد بعد: {}",
            missing.join("، ")
        ),
        (Lang::En, false) => format!(
            "  circulated on {on}; {count} of {all} acknowledged it, until {until}; missing: {}",
            missing.join(", ")
        ),
    }
}
