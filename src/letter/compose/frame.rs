//! What every letter shares: the association, whom it addresses, on what it rests, who signs.

use super::subjects::Subject;
use super::{Clerk, capitalised, lower_first, runs_of};
use crate::evaluation::wording::Fragment;
use crate::expression::types::Type;
use crate::letter::data::{Frame, Run, Runs, Signer};
use crate::policy::message::Form;
use crate::policy::{About, Wording};
use crate::value::Lang;

impl Clerk<'_> {
    pub(super) fn frame_data(&mut self, is_applicant: bool) -> Frame {
        let basis = self.basis();
        let Some(frame) = &self.policy.frame else {
            return Frame {
                association_ar: String::new(),
                association_en: String::new(),
                license: vec![],
                contacts: vec![],
                addressee: None,
                opening: None,
                closing: None,
                basis,
            };
        };
        // A declaration addresses nobody: the applicant speaks. A paper of the association's own has no greeting.
        let person = Some(&frame.addressee).filter(|_| self.letter.about == About::Request);
        let addressee = self.letter.addressee.as_ref().or(person).filter(|_| !is_applicant);
        let greets = self.letter.greets && !is_applicant;
        let mut written = |wording: Option<&Wording>| Some(self.required(wording?, Subject::Whole));
        let addressee = written(addressee);
        let opening = written(Some(&frame.opening).filter(|_| greets));
        let closing = written(Some(&frame.closing).filter(|_| greets));
        Frame {
            association_ar: frame.association.ar.clone(),
            association_en: frame.association.en.clone(),
            license: self.required(&frame.license, Subject::Whole),
            contacts: self.required(&frame.contacts, Subject::Whole),
            addressee,
            opening,
            closing,
            basis: match &frame.basis {
                Some(wording) => self.required(wording, Subject::Whole),
                None => basis,
            },
        }
    }

    fn basis(&self) -> Runs {
        let label = Fragment::code(self.policy.label.clone(), self.writer.digits());
        let (before, after) = match (self.writer.lang, self.occasion.trial) {
            (Lang::Ar, true) => {
                (format!("أُعدَّ وفق {}، النسخة ", self.policy.title.ar), " (مسودة لم يعتمدها المجلس)")
            }
            (Lang::Ar, false) => (format!("أُعدَّ وفق {}، النسخة ", self.policy.title.ar), ""),
            (Lang::En, true) => (
                format!("Made under the {}, revision ", lower_first(&self.policy.title.en)),
                " (a draft that the board has not approved)",
            ),
            (Lang::En, false) => {
                (format!("Made under the {}, revision ", lower_first(&self.policy.title.en)), "")
            }
        };
        runs_of(vec![Fragment::words(before), label, Fragment::words(after)])
    }

    pub(super) fn signer(&self) -> Signer {
        let lang = self.writer.lang;
        let (ways, drawn) = (self.letter.signatures.clone(), None);
        match self.letter.signer.and_then(|role| self.policy.roles.get(role)) {
            Some(role) => {
                let role = capitalised(vec![Run::Plain(role.label.get(lang).to_owned())]);
                Signer { role, name: None, is_applicant: false, ways, drawn }
            }
            None => {
                let role = match lang {
                    Lang::Ar => "مقدِّم الطلب",
                    Lang::En => "The applicant",
                };
                let name = self.policy.facts.iter().find(|fact| fact.id == "applicant.name");
                let name = name
                    .and_then(|fact| self.request?.value(fact.slot))
                    .map(|name| vec![Run::Plain(self.writer.value(&Type::Text, name, Form::Usual, &[]))]);
                Signer { role: vec![Run::Plain(role.to_owned())], name, is_applicant: true, ways, drawn }
            }
        }
    }
}
