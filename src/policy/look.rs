//! The look of an association's letters: its picture, its colour, where its letters can be checked.
//!
//! Receives what `[frame]` says and the files beside it; hands on what can be drawn, or why it cannot.

use std::sync::Arc;

use crate::value::Text;

/// A picture larger than this is not drawn on a letter.
const LARGEST: usize = 256 * 1024;
/// Nor one with more pixels on a side.
const MOST_PIXELS: u32 = 4_000;
/// Nor a drawing of more parts.
const MOST_PARTS: u32 = 20_000;

/// The colour of headings and lines where an association has none of its own.
pub const ACCENT: &str = "#0b5563";

/// A picture that can be drawn: looked over, and not too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is drawn from.
    pub kind: PictureKind,
    /// The file.
    pub bytes: Arc<[u8]>,
}

/// What a picture is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// Lines and areas.
    Svg,
    /// Points.
    Png,
}

impl PictureKind {
    /// What Typst calls it.
    pub fn name(self) -> &'static str {
        match self {
            PictureKind::Svg => "svg",
            PictureKind::Png => "png",
        }
    }
}

/// Is a file of this name a picture?
pub fn is_picture(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".svg") || name.ends_with(".png")
}

impl Picture {
    /// Looks a file over.
    ///
    /// # Errors
    ///
    /// Why it cannot stand on a letter.
    pub fn read(bytes: &[u8]) -> Result<Picture, Text> {
        if bytes.len() > LARGEST {
            let (has, most) = (bytes.len().div_ceil(1024), LARGEST / 1024);
            return Err(Text::new(
                format!("الصورة أكبر مما يُرسم في خطاب: {has} كيلوبايت، والحد {most}"),
                format!("the picture is too large for a letter: {has} KB of at most {most}"),
            ));
        }
        let kind = if let Some(header) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
            png(header)?;
            PictureKind::Png
        } else {
            svg(std::str::from_utf8(bytes).map_err(|_| neither())?)?;
            PictureKind::Svg
        };
        Ok(Picture { kind, bytes: bytes.into() })
    }
}

fn neither() -> Text {
    Text::new("الملف ليس صورة بصيغة SVG ولا PNG", "the file is neither an SVG nor a PNG picture")
}

/// The first chunk of a PNG says how many pixels it has.
fn png(header: &[u8]) -> Result<(), Text> {
    let side = |at: usize| {
        let four: [u8; 4] = header.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    match (header.get(4..8), side(8), side(12)) {
        (Some(b"IHDR"), Some(width), Some(height)) if width > 0 && height > 0 => {
            if width.max(height) > MOST_PIXELS {
                return Err(Text::new(
                    format!("أبعاد الصورة {width} × {height} بكسل، والحد {MOST_PIXELS} للضلع"),
                    format!("the picture has {width} × {height} pixels; a side has at most {MOST_PIXELS}"),
                ));
            }
            Ok(())
        }
        _ => Err(neither()),
    }
}

/// A drawing that stands for itself: no program in it, and nothing that lies elsewhere.
fn svg(text: &str) -> Result<(), Text> {
    let text = text.trim_start_matches('\u{feff}');
    let options =
        roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: MOST_PARTS, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|error| {
        if !text.contains("<svg") {
            return neither();
        }
        Text::new(
            format!("تعذَّرت قراءة رسم SVG عند السطر {}", error.pos().row),
            format!("the SVG drawing cannot be read: {error}"),
        )
    })?;
    if document.root_element().tag_name().name() != "svg" {
        return Err(neither());
    }
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let name = element.tag_name().name();
        if matches!(name, "script" | "foreignObject") {
            return Err(Text::new(
                format!("في الرسم `<{name}>`، ولا يُرسم في خطاب"),
                format!("the drawing holds `<{name}>`, which a letter does not draw"),
            ));
        }
        let elsewhere = element.attributes().find(|attribute| {
            let target = attribute.value().trim_start();
            attribute.name() == "href"
                && name != "a"
                && !target.starts_with('#')
                && !target.starts_with("data:")
        });
        if let Some(link) = elsewhere {
            let link: String = link.value().chars().take(60).collect();
            return Err(Text::new(
                format!("الرسم يعتمد على ملف آخر: `{link}`"),
                format!("the drawing rests on another file: `{link}`"),
            ));
        }
    }
    Ok(())
}

/// A colour as `#rrggbb` that is read easily on white, and on a tint of itself.
///
/// # Errors
///
/// It is no such colour.
pub fn accent(written: &str) -> Result<String, Text> {
    let digits = written.strip_prefix('#').filter(|digits| digits.len() == 6);
    let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let Some(colour) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
        return Err(Text::new(
            "اللون يُكتب هكذا: \"#0b5563\"، رقمان من الست عشرية لكل من الأحمر والأخضر والأزرق",
            "a colour is written \"#0b5563\": two hexadecimal digits each for red, green and blue",
        ));
    };
    let [_, red, green, blue] = colour.to_be_bytes();
    let tenths = contrast([red, green, blue]);
    if tenths < LEAST_CONTRAST {
        let (whole, tenth) = (tenths / 10, tenths % 10);
        return Err(Text::new(
            format!("اللون `{written}` فاتح لا يُقرأ على الورق الأبيض: تباينه {whole}.{tenth}، وأقله 4.5"),
            format!(
                "`{written}` is too light to be read on white paper: its contrast is {whole}.{tenth}, and 4.5 is the least"
            ),
        ));
    }
    Ok(written.to_ascii_lowercase())
}

/// What WCAG 2 asks of text, in tenths.
const LEAST_CONTRAST: u32 = 45;

/// The contrast of a colour with its own tint, in tenths: (lighter + 0.05) / (darker + 0.05), as WCAG 2 counts it.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "light is no amount of money: nobody's case hangs on its last digit"
)]
fn contrast(colour: [u8; 3]) -> u32 {
    // As the frame draws it: so much of the colour, the rest white.
    const TINT: f64 = 0.065;
    let light = |share: f64| {
        let [red, green, blue] = colour.map(|part| {
            let part = 1.0 - share * (1.0 - f64::from(part) / 255.0);
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    ((light(TINT) + 0.05) / (light(1.0) + 0.05) * 10.0) as u32
}

/// An address to which the code of a letter can be added.
///
/// # Errors
///
/// It is no such address.
pub fn verify_url(written: &str) -> Result<String, Text> {
    let rest = written.strip_prefix("https://").unwrap_or_default();
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_graphic());
    if rest.is_empty() || !is_plain || written.len() > 100 {
        return Err(Text::new(
            "العنوان يبدأ بـ https:// ولا مسافات فيه، ولا يزيد على 100 حرف",
            "an address begins with https://, has no spaces, and at most 100 letters",
        ));
    }
    Ok(if written.ends_with(['/', '=']) { written.to_owned() } else { format!("{written}/") })
}

#[cfg(test)]
mod tests {
    use super::{Picture, PictureKind, accent};

    #[test]
    fn a_colour_must_be_readable() {
        for sound in ["#0b5563", "#000000", "#7A1F2B", "#1d4ed8", "#5f6673"] {
            assert!(accent(sound).is_ok(), "{sound}");
        }
        for wrong in
            ["", "teal", "#fff", "#ffffff", "#f2c14e", "#0b556", "#0b556g", "0b5563", "#00b5ad", "#+b5563"]
        {
            assert!(accent(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_sound_picture_is_taken() {
        let kind = |bytes: &[u8]| Picture::read(bytes).map(|picture| picture.kind);
        let svg = "<?xml version='1.0'?><!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect/></svg>";
        assert_eq!(kind(svg.as_bytes()), Ok(PictureKind::Svg));
        let png = |width: u32, height: u32| {
            let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
            png.extend(width.to_be_bytes());
            png.extend(height.to_be_bytes());
            png
        };
        assert_eq!(kind(&png(300, 200)), Ok(PictureKind::Png));
        let wrong: [&[u8]; 9] = [
            b"",
            b"GIF89a",
            b"\x89PNG\r\n\x1a\n",
            b"<html/>",
            b"<svg><rect></svg>",
            b"<svg><script/></svg>",
            b"<svg><image href='logo.png'/></svg>",
            b"<svg xmlns:xlink='http://www.w3.org/1999/xlink'><use xlink:href='http://naba.example/a.svg#b'/></svg>",
            &png(5000, 10),
        ];
        for bytes in wrong {
            assert!(kind(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
        assert!(kind(&vec![b' '; 300 * 1024]).is_err());
        assert!(kind(b"<svg><use href='#a'/><image href='data:image/png;base64,'/></svg>").is_ok());
    }
}
