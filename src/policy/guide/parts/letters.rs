//! Letters: when they may be issued, and every sentence of them.

use super::{Kind, Lister, Part};
use crate::expression::canonical;
use crate::policy::{Letter, LetterTable, Piece};
use crate::value::Text;

impl Lister<'_> {
    pub(super) fn letters(self, parts: &mut Vec<Part>) {
        if let Some(frame) = &self.policy.frame {
            let title = Text::new("ما تشترك فيه الخطابات", "what every letter shares");
            let mut part = Part::new(Kind::Letter, "frame", &title, None);
            part.words("association", ("اسم الجمعية", "the association's name"), &frame.association);
            for (key, name, wording) in [
                ("license", ("سطر الترخيص", "the licence line"), Some(&frame.license)),
                ("contacts", ("بيانات الاتصال", "how to reach it"), Some(&frame.contacts)),
                ("opening", ("التحية", "the greeting"), Some(&frame.opening)),
                ("closing", ("الخاتمة", "the closing"), Some(&frame.closing)),
                ("addressee", ("المخاطَب", "who is addressed"), Some(&frame.addressee)),
                ("policy", ("سطر السياسة", "the line that names the policy"), frame.basis.as_ref()),
            ] {
                self.wording(&mut part, key, name, wording);
            }
            part.said(parts);
        }
        for letter in &self.policy.letters {
            self.letter(letter, parts);
        }
    }

    fn letter(self, letter: &Letter, parts: &mut Vec<Part>) {
        let policy = self.policy;
        let mut part = Part::new(Kind::Letter, &letter.id, &letter.title, Some(&letter.clause));
        let event = |index: Option<usize>| {
            let event = index.and_then(|index| policy.events.get(index));
            event.map_or_else(|| "-".to_owned(), |event| canonical::named(&event.id))
        };
        let signer = letter.signer.and_then(|index| policy.roles.get(index));
        let signer = signer.map_or_else(|| "-".to_owned(), |role| canonical::named(&role.id));
        let keys = [
            ("issued", Some(format!("{:?}", letter.issue))),
            ("signed", Some(signer)),
            ("starts", Some(event(letter.starts))),
        ];
        self.lines(&mut part, &keys, |author| author.letter(letter));
        if letter.after.is_some() {
            let words = self.both(|author| {
                let event = letter.after.and_then(|index| policy.events.get(index));
                author.words.quoted(event.map_or("", |event| author.words.of(&event.label)))
            });
            part.add(
                "after",
                ("الحدث الذي ينتظره", "the event that it waits for"),
                words,
                event(letter.after),
            );
        }
        part.words("title", ("عنوانه", "its title"), &letter.title);
        let template = Text::same(letter.template.clone());
        part.add("template", ("قالبه", "its template"), template, letter.template.clone());
        for (key, name, wording) in [
            ("subject", ("موضوعه", "its subject"), &letter.subject),
            ("addressee", ("المخاطَب", "who is addressed"), &letter.addressee),
            ("attachments", ("مرفقاته", "what is enclosed"), &letter.attachments),
        ] {
            self.wording(&mut part, key, name, wording.as_ref());
        }
        for piece in &letter.text {
            self.piece(piece, &mut part);
        }
        for table in &letter.tables {
            self.letter_table(table, &mut part);
        }
        self.basis(&mut part, &letter.clause, letter.source, None);
        part.said(parts);
    }

    fn piece(self, piece: &Piece, part: &mut Part) {
        let marks = [
            (piece.each.is_some(), " (لكل واحدٍ)", " (once for each)"),
            (piece.optional, " (تُترك إن جُهل ما فيها)", " (left out where something in it is not known)"),
            (piece.may_have_passed, " (ولو فات موعدها)", " (even where its deadline has passed)"),
        ];
        let mut words = self.both(|author| author.words.message(&piece.wording));
        for (_, ar, en) in marks.iter().filter(|(holds, ..)| *holds) {
            words.ar.push_str(ar);
            words.en.push_str(en);
        }
        let marks = format!("{:?} {} {}", piece.each, piece.optional, piece.may_have_passed);
        let exact = format!("{marks}\n{}", self.spelt(&piece.wording));
        part.add(&format!("text {}", piece.name), ("من نصِّه", "a sentence of it"), words, exact);
        if let Some(aspect) = part.aspects.last_mut() {
            aspect.is_wording = true;
        }
    }

    fn letter_table(self, table: &LetterTable, part: &mut Part) {
        let words = self.both(|author| {
            let columns = table
                .columns
                .iter()
                .map(|(head, cell)| format!("{}: {}", author.words.of(head), author.words.message(cell)));
            columns.collect::<Vec<_>>().join(author.say("؛ ", "; "))
        });
        let columns =
            table.columns.iter().map(|(head, cell)| format!("{}/{}: {}", head.ar, head.en, self.spelt(cell)));
        let exact = format!("{:?} {}", table.each, columns.collect::<Vec<_>>().join("; "));
        part.add(&format!("table {}", table.name), ("من جداوله", "a table of it"), words, exact);
        if let Some(aspect) = part.aspects.last_mut() {
            aspect.is_wording = true;
        }
    }
}
