//! `mizan init`: the folder of a new association, from options or from answers.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, End, Format, day};
use crate::app::init::{self, Association, Seat};
use crate::value::{Date, Text};
use crate::workspace;

/// Makes the folder of a new association: its board, and the shipped policy as its first draft. What no option says is asked for
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where: a new folder, or an empty one
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The id of the policy, in small Latin letters: `water-aid`
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The association's name in Arabic
    #[arg(long, value_name = "NAME")]
    name_ar: Option<String>,
    /// The association's name in English
    #[arg(long, value_name = "NAME")]
    name_en: Option<String>,
    /// The title of the policy in Arabic; that of the shipped policy where it is left out
    #[arg(long, value_name = "TITLE", requires = "title_en")]
    title_ar: Option<String>,
    /// The title of the policy in English
    #[arg(long, value_name = "TITLE", requires = "title_ar")]
    title_en: Option<String>,
    /// A member of the board, once for each: `huda=هدى الشمري / Huda Al-Shammari`
    #[arg(long = "member", value_name = "ID=NAME")]
    members: Vec<Seat>,
    /// How many members must approve
    #[arg(long, value_name = "NUMBER")]
    quorum: Option<usize>,
    /// The association's picture for its letters, SVG or PNG
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// The day from which the first revision shall be in force, not before its approval; in thirty days where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    in_force_from: Option<Date>,
}

impl Init {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        // Nobody answers ten questions to hear that there was no place for the answers.
        if let Err(error) = init::must_be_empty(&self.folder) {
            return console.failed(&error, Format::Text);
        }
        let lacking = self.lacking();
        let association = match self.given() {
            Some(association) => association,
            None if io::stdin().is_terminal() => match self.ask(console)? {
                Some(association) => association,
                None => return Ok(End::CouldNot),
            },
            None => {
                let lacking = lacking.join(" ");
                let text = Text::new(
                    "لا شاشة تُسأل فيها، وفي الخيارات نقص",
                    "there is no terminal to ask at, and options are missing",
                );
                return console.complain(&text, Some(&Text::same(lacking)));
            }
        };
        let draft = match init::init(root, &self.folder, &association) {
            Ok(draft) => draft,
            Err(error) => return console.failed(&error, Format::Text),
        };
        self.next(&draft, console)?;
        Ok(End::Done)
    }

    /// The options that must be given and are not.
    fn lacking(&self) -> Vec<&'static str> {
        let mut lacking = Vec::new();
        for (is_there, option) in [
            (self.name_ar.is_some(), "--name-ar"),
            (self.name_en.is_some(), "--name-en"),
            (self.id.is_some(), "--id"),
            (!self.members.is_empty(), "--member"),
            (self.quorum.is_some(), "--quorum"),
        ] {
            if !is_there {
                lacking.push(option);
            }
        }
        lacking
    }

    fn given(&self) -> Option<Association> {
        if self.members.is_empty() {
            return None;
        }
        Some(Association {
            id: self.id.clone()?,
            name: Text::new(self.name_ar.clone()?, self.name_en.clone()?),
            title: self.title(),
            quorum: self.quorum?,
            members: self.members.clone(),
            logo: self.logo.clone(),
            in_force_from: self.in_force_from.unwrap_or_else(in_thirty_days),
        })
    }

    fn title(&self) -> Option<Text> {
        Some(Text::new(self.title_ar.clone()?, self.title_en.clone()?))
    }

    /// Asks for what no option said; nothing where the answers end early.
    fn ask(&self, console: &mut Console) -> io::Result<Option<Association>> {
        let usual = in_thirty_days();
        macro_rules! answer {
            ($given:expr, $ar:expr, $en:expr, $read:expr) => {
                match $given {
                    Some(given) => given,
                    None => match question(console, &Text::new($ar, $en), $read)? {
                        Some(answer) => answer,
                        None => return Ok(None),
                    },
                }
            };
        }
        let name = |text: &str| {
            if text.is_empty() {
                Err(Text::new("يلزم اسم", "a name is needed"))
            } else {
                Ok(text.to_owned())
            }
        };
        let ar =
            answer!(self.name_ar.clone(), "اسم الجمعية بالعربية", "The association's name in Arabic", name);
        let en = answer!(self.name_en.clone(), "اسمها بالإنجليزية", "Its name in English", name);
        let id = answer!(
            self.id.clone(),
            "رمز السياسة بحروف لاتينية صغيرة (مثل water-aid)",
            "An id for the policy, in small Latin letters (such as water-aid)",
            |text| if init::is_id(text) {
                Ok(text.to_owned())
            } else {
                Err(Text::new(
                    "حروف لاتينية صغيرة وأرقام وشرطات، يبدأ بحرف",
                    "small Latin letters, digits and hyphens, a letter first",
                ))
            }
        );
        let logo = match &self.logo {
            Some(logo) => Some(logo.clone()),
            None => answer!(
                None::<Option<PathBuf>>,
                "ملف الشعار، SVG أو PNG (اتركه فارغًا إن لم يوجد)",
                "The file of the logo, SVG or PNG (empty where there is none)",
                |text| match text {
                    "" => Ok(None),
                    text if Path::new(text).is_file() => Ok(Some(PathBuf::from(text))),
                    _ => Err(Text::new("لا ملف بهذا الاسم", "there is no such file")),
                }
            ),
        };
        let mut members = self.members.clone();
        while self.members.is_empty() {
            let count = members.len() + 1;
            let known = members.clone();
            let seat = answer!(
                None::<Option<Seat>>,
                format!("العضو {count}: رمز=الاسم بالعربية / الاسم بالإنجليزية (سطرٌ فارغ: انتهى المجلس)"),
                format!(
                    "Member {count}: id=name in Arabic / name in English (an empty line: that is the board)"
                ),
                |text| match text {
                    "" if known.is_empty() => Err(Text::new("لا مجلس بلا أعضاء", "a board has members")),
                    "" => Ok(None),
                    text => match text.parse::<Seat>() {
                        Ok(seat) if known.iter().any(|other| other.id == seat.id) => {
                            Err(Text::new("هذا الرمز لعضوٍ قبله", "a member before has that id"))
                        }
                        Ok(seat) => Ok(Some(seat)),
                        Err(_) => Err(Text::new(
                            "مثاله: huda=هدى الشمري / Huda Al-Shammari",
                            "such as: huda=هدى الشمري / Huda Al-Shammari"
                        )),
                    },
                }
            );
            match seat {
                Some(seat) => members.push(seat),
                None => break,
            }
        }
        let count = members.len();
        let quorum = answer!(
            self.quorum,
            format!("النصاب: كم عضوًا يلزم أن يوافق؟ (من 1 إلى {count})"),
            format!("The quorum: how many of them must approve? (1 to {count})"),
            |text| match text.parse() {
                Ok(quorum) if (1..=count).contains(&quorum) => Ok(quorum),
                Ok(_) | Err(_) =>
                    Err(Text::new(format!("عددٌ من 1 إلى {count}"), format!("a number from 1 to {count}"))),
            }
        );
        let in_force_from = answer!(
            self.in_force_from,
            format!("تسري من يوم، لا قبل اعتمادها (فارغًا: {usual})"),
            format!("In force from, not before its approval (empty: {usual})"),
            |text| match text {
                "" => Ok(usual),
                text => day(text).map_err(Text::same),
            }
        );
        let name = Text::new(ar, en);
        Ok(Some(Association { id, name, title: self.title(), quorum, members, logo, in_force_from }))
    }

    /// What was made, and what comes next.
    fn next(&self, draft: &Path, console: &mut Console) -> io::Result<()> {
        let (draft, folder) = (draft.display(), self.folder.display());
        let go = if self.folder == Path::new(".") { String::new() } else { format!("cd {folder} · ") };
        let said = console
            .say(
                &format!(
                    "{draft}\nالمسودة من السياسة المرفقة بالبرنامج. ما يلي في README.md، وأوله: {go}mizan check"
                ),
                &format!(
                    "{draft}\nA draft of the policy that comes with the program. README.md says what is next; first: {go}mizan check"
                ),
            )
            .to_owned();
        console.print(&said)
    }
}

/// A board needs days to vote, and nothing is in force before its approval.
fn in_thirty_days() -> Date {
    workspace::now().date() + chrono::Days::new(30)
}

/// Asks until the answer will do; nothing where the answers end.
fn question<T>(
    console: &mut Console,
    question: &Text,
    read: impl Fn(&str) -> Result<T, Text>,
) -> io::Result<Option<T>> {
    loop {
        let asked = format!("{}: ", question.get(console.lang));
        write!(console.out, "{asked}")?;
        console.out.flush()?;
        let mut line = String::new();
        if io::stdin().read_line(&mut line)? == 0 {
            console.print("")?;
            return Ok(None);
        }
        match read(line.trim()) {
            Ok(answer) => return Ok(Some(answer)),
            Err(why) => console.print(&format!("  {}", why.get(console.lang)))?,
        }
    }
}
