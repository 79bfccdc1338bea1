//! Letters: when they may be issued, and every sentence of them.

use sha2::{Digest as _, Sha256};

use super::{Kind, Lister, Part};
use crate::expression::canonical;
use crate::policy::file::Signature;
use crate::policy::{About, Carries, Each, FactKind, Letter, LetterTable, Piece};
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
            let none = || Text::new("لا شيء", "none");
            // A picture is named by its size: that it is another one shows in what it is compared by.
            let logo = frame.logo.as_ref();
            let words = logo.map_or_else(none, |logo| {
                let size = logo.bytes.len();
                Text::new(format!("صورة من {size} بايت"), format!("a picture of {size} bytes"))
            });
            let exact = logo.map_or_else(String::new, |logo| {
                let digest = Sha256::digest(&logo.bytes);
                digest.iter().map(|byte| format!("{byte:02x}")).collect()
            });
            part.add("logo", ("الشعار", "the picture at the head"), words, format!("logo {exact}"));
            let accent = Text::same(frame.accent.clone());
            part.add("accent", ("لون العناوين", "the colour of headings"), accent, frame.accent.clone());
            let url = frame.verify_url.clone().map_or_else(none, Text::same);
            let exact = format!("{url:?}");
            part.add("verify-url", ("أين يُتحقَّق من الخطاب", "where a letter can be checked"), url, exact);
            signatures(&mut part, &frame.signatures);
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
        if let Some(unless) = letter.unless.and_then(|index| policy.events.get(index)) {
            let words = self.both(|author| author.words.quoted(author.words.of(&unless.label)));
            part.add(
                "unless",
                ("الحدث الذي لا يصدر بعده", "the event after which it is not issued"),
                words,
                event(letter.unless),
            );
        }
        let about = match letter.about {
            About::Request => Text::new("طلب", "a request"),
            About::Policy => Text::new("السياسة نفسها", "the policy itself"),
        };
        part.add("about", ("ما يتعلق به", "what it is about"), about, format!("{:?}", letter.about));
        let carries = match letter.carries {
            Carries::Evaluation => Text::new("الطلب والتقييم", "the request and its evaluation"),
            Carries::Shown => Text::new("ما يظهر فيه فقط", "only what it shows"),
            Carries::Nothing => Text::new("لا شيء", "nothing"),
        };
        part.add(
            "carries",
            ("ما يحمله ملفه", "what its file carries"),
            carries,
            format!("{:?}", letter.carries),
        );
        let greets = if letter.greets { Text::new("نعم", "yes") } else { Text::new("لا", "no") };
        part.add(
            "greets",
            ("له تحية وخاتمة", "it has a greeting and a closing"),
            greets,
            letter.greets.to_string(),
        );
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
        signatures(&mut part, &letter.signatures);
        for detail in &letter.details {
            self.fact(detail, &format!("{}: ", canonical::named(&detail.id)), &mut part);
            if let Some(recorded) = letter.recorded.get(&detail.slot) {
                let words = Text::new(
                    format!("«{}»: من سجل النسخ المعتمدة", detail.label.ar),
                    format!("“{}” comes from the register of approved revisions", detail.label.en),
                );
                let key = format!("{}: from", canonical::named(&detail.id));
                part.add(
                    &key,
                    ("من أين يؤخذ تفصيلٌ له", "where a detail of it comes from"),
                    words,
                    format!("{recorded:?}"),
                );
            }
            if let FactKind::List(fields) = &detail.kind {
                for field in fields {
                    let name = format!("{}/{}: ", canonical::named(&detail.id), canonical::named(&field.id));
                    self.fact(field, &name, &mut part);
                }
            }
        }
        for (index, check) in letter.checks.iter().enumerate() {
            let condition = canonical::program(&policy.vocabulary, &check.condition);
            let exact = format!("{condition}\n{}\n{}", check.otherwise.ar, check.otherwise.en);
            let key = format!("check {index}");
            part.add(&key, ("ما يُشترط له", "what must hold for it"), check.otherwise.clone(), exact);
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
            (piece.must_have_passed, " (بعد فوات موعدها)", " (once its deadline has passed)"),
        ];
        let mut words = self.both(|author| author.words.message(&piece.wording));
        for (_, ar, en) in marks.iter().filter(|(holds, ..)| *holds) {
            words.ar.push_str(ar);
            words.en.push_str(en);
        }
        let each = piece.each.map_or_else(String::new, |each| self.each(each));
        let passed = (piece.may_have_passed, piece.must_have_passed);
        let marks = format!("{each} {} {passed:?}", piece.optional);
        let exact = format!("{marks}\n{}", self.spelt(&piece.wording));
        part.add(&format!("text {}", piece.name), ("من نصِّه", "a sentence of it"), words, exact);
        if let Some(aspect) = part.aspects.last_mut() {
            aspect.is_wording = true;
        }
    }

    /// What something is repeated for, by its name.
    fn each(self, each: Each) -> String {
        if let Each::Detail(slot) = each { self.slot(slot) } else { format!("{each:?}") }
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
        let each = self.each(table.each);
        let exact = format!("{each} {} {}", table.optional, columns.collect::<Vec<_>>().join("; "));
        part.add(&format!("table {}", table.name), ("من جداوله", "a table of it"), words, exact);
        if let Some(aspect) = part.aspects.last_mut() {
            aspect.is_wording = true;
        }
    }
}

/// The ways in which a letter may be signed; their order means nothing.
fn signatures(part: &mut Part, ways: &[Signature]) {
    let mut ways = ways.to_vec();
    ways.sort();
    let words = |pick: &dyn Fn(&Signature) -> &'static str, between| {
        ways.iter().map(pick).collect::<Vec<_>>().join(between)
    };
    let words = Text::new(
        words(
            &|way| match way {
                Signature::Line => "على سطرٍ مطبوع",
                Signature::Image => "بصورة توقيعٍ مرسوم",
                Signature::Thumbprint => "ببصمةٍ أمام شاهد",
            },
            "، أو ",
        ),
        words(
            &|way| match way {
                Signature::Line => "on a printed line",
                Signature::Image => "as the picture of a drawn signature",
                Signature::Thumbprint => "with a thumb, before a witness",
            },
            ", or ",
        ),
    );
    part.add("signatures", ("كيف يُوقَّع", "how it is signed"), words, format!("signed {ways:?}"));
}
