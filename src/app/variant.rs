//! One letter in other shapes: in large print, in both languages side by side, with the picture of a drawn signature.

use std::path::Path;

use super::AppError;
use crate::letter::data::{Drawing, LetterData, Signature};
use crate::letter::{Matter, Occasion, compose};
use crate::policy::look::Picture;
use crate::value::{Lang, Text};
use crate::workspace;

/// The shape in which a letter is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variant<'a> {
    /// In letters of 18 points.
    pub large_print: bool,
    /// Arabic and English side by side.
    pub bilingual: bool,
    /// The picture of a drawn signature.
    pub signature: Option<&'a Path>,
}

impl Variant<'_> {
    /// What stands before `.pdf` in the name of such a letter: `ar`, `ar-en`, `en.large`.
    pub fn tag(&self, lang: Lang) -> String {
        match (self.bilingual, self.large_print) {
            (true, _) => "ar-en".to_owned(),
            (false, true) => format!("{}.large", lang.tag()),
            (false, false) => lang.tag().to_owned(),
        }
    }
}

/// Composes a letter in the shape that is wanted, of what is to be said in each language.
pub(super) fn letter<'m>(
    matter: &dyn Fn(Lang) -> Matter<'m>,
    id: &str,
    lang: Lang,
    occasion: Occasion,
    variant: &Variant<'_>,
) -> Result<LetterData, AppError> {
    // Of two languages Arabic leads.
    let lang = if variant.bilingual { Lang::Ar } else { lang };
    let mut letter = compose(matter(lang), id, lang, occasion).map_err(AppError::Letter)?;
    if variant.bilingual {
        let other = compose(matter(Lang::En), id, Lang::En, occasion).map_err(AppError::Letter)?;
        letter.beside = Some(Box::new(other));
    }
    letter.look.large_print = variant.large_print;
    if let Some(path) = variant.signature {
        sign(&mut letter, path)?;
    }
    Ok(letter)
}

fn sign(letter: &mut LetterData, path: &Path) -> Result<(), AppError> {
    if !letter.signer.ways.contains(&Signature::Image) {
        return Err(AppError::Signature(
            Text::new(
                format!("الخطاب {} لا يُوقَّع بصورة توقيع", letter.id),
                format!("letter {} is not signed by the picture of a signature", letter.id),
            ),
            Text::new(
                "طرق التوقيع في `letters.toml`: `[frame] signatures`",
                "`letters.toml` says how letters are signed: `[frame] signatures`",
            ),
        ));
    }
    let picture = Picture::read(&workspace::read_bytes(path)?).map_err(|why| {
        let path = path.display();
        let help = Text::new(
            "صورة التوقيع ملف SVG أو PNG، خلفيته شفافة أو بيضاء",
            "a signature is an SVG or PNG picture on a clear or white ground",
        );
        let text = Text::new(format!("`{path}`: {}", why.ar), format!("`{path}`: {}", why.en));
        AppError::Signature(text, help)
    })?;
    let role: String = letter.signer.role.iter().map(|run| run.text()).collect();
    let alt = match letter.lang {
        Lang::Ar => format!("صورة التوقيع: {role}"),
        Lang::En => format!("The signature as it was drawn: {role}"),
    };
    letter.signer.drawn = Some(Drawing::new(&picture, alt));
    Ok(())
}
