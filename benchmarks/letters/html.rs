//! The same letter as HTML, for engines that set that: the same words in the same order, with the same face, on the same paper.

use std::fmt::Write as _;

use mizan::letter::data::{LetterData, Piece, Run};

/// How it looks; `@font-face` names the same files that Typst reads.
pub(crate) const CSS: &str = r#"
@font-face { font-family: Amiri; src: url("fonts/Amiri-Regular.ttf"); }
@font-face { font-family: Amiri; font-weight: bold; src: url("fonts/Amiri-Bold.ttf"); }
@page { size: A4; margin: 22mm 24mm 24mm 24mm; @bottom-center { content: counter(page); font: 8pt Amiri; } }
body { font: 11.5pt/1.6 Amiri; color: #1b2325; margin: 0; text-align: justify; }
.head, .reference { display: flex; justify-content: space-between; color: #0b5563; }
.head { border-bottom: 0.9pt solid #0b5563; font-weight: bold; font-size: 14pt; }
.reference { font-size: 9pt; margin: 3mm 0; }
h1 { font-size: 13pt; text-align: center; color: #0b5563; }
h2 { font-size: 11.5pt; color: #0b5563; margin: 4mm 0 1mm; }
bdi { direction: ltr; unicode-bidi: isolate; }
.signature { margin: 10mm 0 0 auto; width: 60mm; text-align: center; break-inside: avoid; }
.foot { border-top: 0.5pt solid #b4c6c9; font-size: 8pt; color: #566467; margin-top: 10mm; }
"#;

pub(crate) fn plain(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| match run {
            Run::Plain(text) | Run::Code(text) => text.as_str(),
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn words(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| match run {
            Run::Plain(text) => escaped(text),
            Run::Code(text) => format!("<bdi>{}</bdi>", escaped(text)),
        })
        .collect()
}

/// A notice of decline.
pub(crate) fn html(letter: &LetterData, style: &str) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"{lang}\" dir=\"rtl\"><head><meta charset=\"utf-8\"><title>{}</title>{style}</head><body>",
        escaped(&plain(&letter.title)),
        lang = letter.lang.tag(),
    );
    let frame = &letter.frame;
    let _ = write!(
        page,
        "<div class=head><span>{}</span><span dir=ltr lang=en>{}</span></div><div class=foot>{}</div>",
        escaped(&frame.association_ar),
        escaped(&frame.association_en),
        words(&frame.license)
    );
    let _ = write!(
        page,
        "<div class=reference><span>الرقم {}</span><span>التاريخ {}</span><span>الموافق {}</span></div>",
        letter.reference.as_deref().map(words).unwrap_or_default(),
        words(&letter.date.hijri),
        words(&letter.date.gregorian)
    );
    let _ = write!(page, "<h1>{}</h1>", letter.subject.as_deref().map(words).unwrap_or_default());
    for part in [&frame.addressee, &frame.opening].into_iter().flatten() {
        let _ = write!(page, "<p>{}</p>", words(part));
    }
    let head = |page: &mut String, name: &str| {
        if let Some(Piece::One(head)) = letter.text.get(&format!("{name}_head")) {
            let _ = write!(page, "<h2>{}</h2>", words(head));
        }
    };
    for name in ["intro", "reasons", "favour", "evidence"] {
        head(&mut page, name);
        match letter.text.get(name) {
            Some(Piece::One(runs)) => {
                let _ = write!(page, "<p>{}</p>", words(runs));
            }
            Some(Piece::Each(entries)) => {
                let items: String =
                    entries.iter().map(|entry| format!("<li>{}</li>", words(entry))).collect();
                let _ = write!(page, "<ol>{items}</ol>");
            }
            None => {}
        }
    }
    head(&mut page, "options");
    let options = letter.text.iter().filter(|(name, _)| name.starts_with("option_"));
    let options = options.filter_map(|(_, piece)| match piece {
        Piece::One(runs) => Some(format!("<li>{}</li>", words(runs))),
        Piece::Each(_) => None,
    });
    let _ = write!(page, "<ol>{}</ol>", options.collect::<String>());
    for part in [
        letter.text.get("last").and_then(|piece| match piece {
            Piece::One(runs) => Some(runs),
            Piece::Each(_) => None,
        }),
        frame.closing.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        let _ = write!(page, "<p>{}</p>", words(part));
    }
    let _ = write!(
        page,
        "<div class=signature><b>{}</b><br>{}</div><div class=foot>{}<br>{}<br><bdi>{}</bdi></div></body></html>",
        words(&letter.signer.role),
        letter.signer.name.as_deref().map(words).unwrap_or_default(),
        words(&frame.contacts),
        words(&frame.basis),
        letter.digest.get(..16).unwrap_or_default()
    );
    page
}
