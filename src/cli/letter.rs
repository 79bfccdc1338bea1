//! `mizan letter`: the letter that follows from a request, or from each of many.

mod batch;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::seal::Sealing;
use super::{Console, End, Format, day, when};
use crate::app::seal::Sealer;
use crate::app::{self, Asked, Offer, Pictures, Set, Under, Variant, Wanted};
use crate::value::Date;
use crate::workspace;

/// Makes a letter as PDF, or lists the letters and which of them may be issued
#[derive(Debug, Args)]
pub(super) struct Letter {
    /// Which letter: its id (L-12) or its template (decline)
    #[arg(required_unless_present = "list", value_name = "KIND")]
    kind: Option<String>,
    /// The request: a TOML or JSON file; for a letter that concerns none, the file of its details, if it has any
    #[arg(conflicts_with = "batch")]
    request: Option<PathBuf>,
    /// Where the PDF goes; where it is left out, here, named after the request and the letter. With --batch: the folder of the letters
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Each page as a picture too, beside the PDF
    #[arg(long)]
    png: bool,
    /// The day on the letter, in either calendar; where it is left out today, or the day of a request that is dated ahead
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Date>,
    /// In letters of 18 points, for those who see little
    #[arg(long, conflicts_with = "bilingual")]
    large_print: bool,
    /// Arabic and English side by side
    #[arg(long)]
    bilingual: bool,
    /// The picture of a drawn signature, SVG or PNG
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// The policy, where the request does not name it
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// Under the latest revision, approved or not: with a watermark
    #[arg(long)]
    trial: bool,
    /// Lists the letters; with a request (in place of KIND), which of them may be issued now
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    sealing: Sealing,
    #[command(flatten)]
    many: batch::Many,
}

impl Letter {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let when = when(self.on);
        if self.list {
            return self.list(root, console);
        }
        let (large_print, bilingual) = (self.large_print, self.bilingual);
        let variant = Variant { large_print, bilingual, signature: self.signature.as_deref() };
        // Whoever cannot open the key need not wait for the page.
        let key = match self.sealing.key(console) {
            Ok(key) => key,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let sealer = key.as_ref().map(|key| Sealer { key, authority: self.sealing.time_stamp.as_deref() });
        if let (Some(kind), Some(batch), Some(folder)) = (&self.kind, &self.many.batch, &self.output) {
            let (policy, asked) = (self.policy.as_deref(), self.asked());
            let wanted = batch::Wanted { kind, policy, asked, variant, folder, sealer };
            return self.many.run(root, batch, &wanted, console);
        }
        let Some(kind) = &self.kind else { return Ok(End::CouldNot) };
        let wanted = Wanted {
            letter: kind,
            request: self.request.as_deref(),
            policy: self.policy.as_deref(),
            lang: console.lang,
            when,
            variant,
        };
        let made = match app::letter_under(root, &wanted, self.asked()) {
            Ok(made) => made,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let letter = &made.letter;
        let pictures = if self.png { Pictures::Yes } else { Pictures::No };
        let set = app::set_made(root, &made, pictures).and_then(|set| match sealer {
            None => Ok(set),
            Some(sealer) => Ok(Set { pdf: sealer.seal(&set.pdf, letter, made.at)?, ..set }),
        });
        let set = match set {
            Ok(set) => set,
            Err(error) => return console.failed(&error, Format::Text),
        };
        console.note_typeface(set.has_typeface)?;
        let output = self.output.clone().unwrap_or_else(|| {
            let stem = self.request.as_ref().and_then(|request| request.file_stem());
            let stem = stem.map_or_else(String::new, |stem| format!("{}-", stem.to_string_lossy()));
            let shape = variant.tag(console.lang);
            PathBuf::from(format!("{stem}{}.{shape}.pdf", letter.id))
        });
        let mut written = vec![output.clone()];
        let save = |path: &Path, bytes: &[u8]| workspace::write(path, bytes).map_err(app::AppError::from);
        let mut result = save(&output, &set.pdf);
        for (index, page) in set.png.iter().enumerate() {
            let path = output.with_extension(format!("{}.png", index + 1));
            result = result.and_then(|()| save(&path, page));
            written.push(path);
        }
        if let Err(error) = result {
            return console.failed(&error, Format::Text);
        }
        for path in written {
            console.print(&path.display().to_string())?;
        }
        if letter.signer.is_applicant {
            let line = format!(
                "{}: {}",
                console.say(
                    "بصمة البيانات (تُكتب في declaration.digest بعد التوقيع)",
                    "digest of the data (write it in declaration.digest once signed)"
                ),
                letter.digest.get(..16).unwrap_or(&letter.digest)
            );
            console.print(&line)?;
        }
        Ok(End::Done)
    }

    fn asked(&self) -> Asked {
        let under = if self.trial { Under::Trial } else { Under::InForce };
        Asked { under, ..when(self.on).into() }
    }

    fn list(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        // With --list the first word may be the request.
        let request = self.request.clone().or_else(|| self.kind.as_ref().map(PathBuf::from));
        let offers = match &request {
            Some(request) => app::offers(root, request, self.policy.as_deref(), self.asked()),
            None => app::letters(root, self.policy.as_deref()),
        };
        match offers {
            Ok(offers) => {
                for offer in &offers {
                    let line = line(offer, request.is_some(), console);
                    console.print(&line)?;
                }
                Ok(End::Done)
            }
            Err(error) => console.failed(&error, Format::Text),
        }
    }
}

fn line(offer: &Offer, with_request: bool, console: &Console) -> String {
    let title = offer.title.get(console.lang);
    match (&offer.refusal, with_request) {
        (Some(why), _) => format!("– {} {title}: {}", offer.id, why.get(console.lang)),
        (None, true) => format!("✓ {} {title}", offer.id),
        (None, false) => format!("{} {title}", offer.id),
    }
}
