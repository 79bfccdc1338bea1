//! `mizan form`: the blank form of a service, to be filled in by hand.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Console, End, Format};
use crate::app::form::{service, set_form};
use crate::app::{self, Pictures};
use crate::diag::suggest;
use crate::policy::form::Blank;
use crate::value::{Lang, Text};

/// Prints the blank form of a service: only what the policy may ask for it, and its papers
#[derive(Debug, Args)]
pub(super) struct Form {
    /// The service: its id (S1) or its title
    service: String,
    /// Only the checklist of its papers
    #[arg(long)]
    checklist: bool,
    /// In Arabic and English; otherwise in the language of --lang
    #[arg(long)]
    bilingual: bool,
    /// Where the PDF goes; where it is left out, here, named after the service
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Each page as a picture too, beside the PDF
    #[arg(long)]
    png: bool,
    /// The policy, where there are several
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
}

impl Form {
    pub(super) fn run(&self, root: &Path, console: &mut Console) -> io::Result<End> {
        let policy = match app::latest(root, self.policy.as_deref()) {
            Ok(policy) => policy,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let langs = if self.bilingual { vec![Lang::Ar, Lang::En] } else { vec![console.lang] };
        let found = service(&policy, &self.service);
        let Some(form) = found.and_then(|service| Blank::new(&policy, service, &langs, self.checklist))
        else {
            let asked = &self.service;
            let text = Text::new(format!("لا خدمة باسم `{asked}`"), format!("there is no service `{asked}`"));
            let known = policy.services.iter();
            let known: Vec<String> = known
                .map(|service| format!("`{}` {}", service.id, service.title.get(console.lang)))
                .collect();
            let ids = policy.services.iter().map(|service| service.id.as_str());
            let near = suggest(asked, ids).unwrap_or_default();
            let help = Text::same(format!("{}\n    {}", near.get(console.lang), known.join("\n    ")));
            return console.complain(&text, Some(&help));
        };
        let pictures = if self.png { Pictures::Yes } else { Pictures::No };
        // A form bears no day: the same revision makes the same file.
        let at = policy.in_force_from.and_time(chrono::NaiveTime::MIN);
        let set = match set_form(root, &policy, &form, at, pictures) {
            Ok(set) => set,
            Err(error) => return console.failed(&error, Format::Text),
        };
        let output = self.output.clone().unwrap_or_else(|| {
            let id = found.and_then(|service| policy.services.get(service)).map_or("", |service| &service.id);
            let what = if self.checklist { "checklist" } else { "form" };
            let langs: Vec<&str> = langs.iter().map(|lang| lang.tag()).collect();
            PathBuf::from(format!("{id}-{what}.{}.pdf", langs.join("-")))
        });
        console.write_set(&output, &set)
    }
}
