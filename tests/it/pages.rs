//! Letters as pictures, beside pictures that somebody has looked at: `tests/fixtures/pages`.
//!
//! What is compared is what an eye would see (structural similarity, window by window), not bytes. `INSTA_UPDATE=always` takes the
//! new pictures; look at them before you keep them.

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a picture is a matter of degrees; a test says which page is another one"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use mizan::app::{self, Variant, Wanted, When};
use mizan::evaluation::evaluate;
use mizan::evaluation::explain::Explanation;
use mizan::letter::data::{Code, LetterData, Run};
use mizan::letter::specimen::{Measure, specimens};
use mizan::letter::{Occasion, compose};
use mizan::typeset::Pages;
use mizan::value::Lang;

use crate::letters::{TYPESETTER, moment};
use crate::naba::{POLICY, sample, samples, stem};

/// 60 dots per inch: a word is a dozen windows, a page some 20 KB.
const PIXELS_PER_POINT: f64 = 60.0 / 72.0;

/// A page in shades of grey.
#[derive(Clone)]
struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Picture {
    fn read(bytes: &[u8]) -> Picture {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let (width, height) = (info.width as usize, info.height as usize);
        let grey = match info.color_type {
            png::ColorType::Grayscale => pixels[..width * height].to_vec(),
            png::ColorType::Rgba => (pixels.chunks_exact(4))
                .map(|pixel| {
                    let [red, green, blue] = [0, 1, 2].map(|part| u32::from(pixel[part]));
                    u8::try_from((red * 299 + green * 587 + blue * 114) / 1000).unwrap()
                })
                .collect(),
            other => panic!("a page in {other:?}"),
        };
        Picture { width, height, grey }
    }

    /// In sixteen shades: a page of text looks the same, and takes a third of the room.
    fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let [width, height] = [self.width, self.height].map(|side| u32::try_from(side).unwrap());
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_compression(png::Compression::High);
        let rows = self.grey.chunks_exact(self.width);
        let packed = rows.flat_map(|row| {
            let shades = row.chunks(2);
            shades.map(|pair| pair[0] & 0xf0 | pair.get(1).copied().unwrap_or_default() >> 4)
        });
        let packed: Vec<u8> = packed.collect();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&packed).unwrap();
        drop(writer);
        bytes
    }

    fn shade(&self, x: usize, y: usize) -> f64 {
        f64::from(self.grey[y * self.width + x] >> 4) * 17.0
    }

    /// Where this picture looks another than `other`: the windows of 8 by 8 points of which the structure differs.
    fn windows_unlike(&self, other: &Picture) -> Vec<(usize, usize)> {
        const SIDE: usize = 8;
        // So much in light and in contrast an eye forgives.
        const LIGHT: f64 = 6.5;
        const CONTRAST: f64 = 650.0;
        let mut unlike = Vec::new();
        for (top, left) in
            (0..self.height).step_by(SIDE).flat_map(|y| (0..self.width).step_by(SIDE).map(move |x| (y, x)))
        {
            let points = (top..(top + SIDE).min(self.height))
                .flat_map(|y| (left..(left + SIDE).min(self.width)).map(move |x| (x, y)));
            let points: Vec<(f64, f64)> =
                points.map(|(x, y)| (self.shade(x, y), other.shade(x, y))).collect();
            let count = points.len() as f64;
            let mean = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
            let (one, two) = (mean(&|point| point.0), mean(&|point| point.1));
            let spread = mean(&|point| (point.0 - one).powi(2));
            let other_spread = mean(&|point| (point.1 - two).powi(2));
            let together = mean(&|point| (point.0 - one) * (point.1 - two));
            let alike = (2.0 * one * two + LIGHT) * (2.0 * together + CONTRAST)
                / ((one * one + two * two + LIGHT) * (spread + other_spread + CONTRAST));
            if alike < 0.85 {
                unlike.push((left, top));
            }
        }
        unlike
    }
}

/// What differs between two pictures of a page, in words; nothing where they look alike.
fn difference(kept: &Picture, made: &Picture) -> Option<String> {
    if (kept.width, kept.height) != (made.width, made.height) {
        return Some(format!(
            "is {} × {} points, not {} × {}",
            made.width, made.height, kept.width, kept.height
        ));
    }
    let unlike = made.windows_unlike(kept);
    let (left, top) = unlike.first()?;
    let millimetres = |points: &usize| *points as f64 * 25.4 / 60.0;
    let share = unlike.len() as f64 * 6400.0 / (kept.width * kept.height) as f64;
    Some(format!(
        "looks different in {share:.1} % of the page, first {:.0} mm from the left and {:.0} mm from the top",
        millimetres(left),
        millimetres(top)
    ))
}

fn pictures(letter: &LetterData, at: NaiveDateTime) -> Vec<Picture> {
    of_pages(&TYPESETTER.set(letter, at).unwrap())
}

fn of_pages(pages: &Pages<'_>) -> Vec<Picture> {
    pages.png(PIXELS_PER_POINT).unwrap().iter().map(|page| Picture::read(page)).collect()
}

/// A letter of the samples, in a shape; of those that no sample has, one of a request that is made up.
fn letter(kind: &str, lang: Lang, variant: Variant<'_>) -> (LetterData, NaiveDateTime) {
    let wanted = POLICY.letters.iter().find(|letter| letter.id == kind).unwrap();
    let made = samples().into_iter().find_map(|path| {
        let at = moment(&path, wanted.issue);
        let request = sample(&path);
        let evaluation = evaluate(&POLICY, &request, at.date());
        let explanation = Explanation::new(&POLICY, &request, &evaluation);
        let plain = compose(&explanation, kind, lang, Occasion { at, trial: true }).ok()?;
        if !variant.bilingual && !variant.large_print && variant.signature.is_none() {
            return Some((plain, at));
        }
        let when = When::On(at.date());
        let wanted = Wanted { letter: kind, request: Some(&path), policy: None, lang, when, variant };
        Some(app::letter(Path::new("."), &wanted).unwrap())
    });
    let (mut letter, at) = made.unwrap_or_else(|| {
        // One that says the same with the least and the most is tried once.
        let tried = specimens(&POLICY, wanted).specimens.into_iter().filter(|made| made.data.lang == lang);
        let made = tried.min_by_key(|made| made.measure != Measure::Least);
        made.map(|made| (made.data, made.at)).unwrap_or_else(|| panic!("nothing has {kind}"))
    });
    // They hang on the whole record: any edit of the policy would touch every page.
    letter.code = Some(Code::new("naba", kind, &"0123456789abcdef".repeat(4), None));
    letter.digest = "0123456789abcdef".repeat(4);
    (letter, at)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages")
}

/// Every letter in both languages, and some in the other shapes.
fn pages() -> Vec<(String, Picture)> {
    let mut shapes: Vec<(String, Lang, Variant<'_>, String)> = Vec::new();
    for kind in &POLICY.letters {
        for lang in Lang::ALL {
            shapes.push((kind.id.clone(), lang, Variant::default(), format!("{}.{}", kind.id, lang.tag())));
        }
    }
    let signature = Path::new("tests/fixtures/signature.svg");
    for kind in ["L-01", "L-08", "L-11"] {
        let variant = Variant { bilingual: true, ..Variant::default() };
        shapes.push((kind.to_owned(), Lang::Ar, variant, format!("{kind}.ar-en")));
        let variant = Variant { large_print: true, ..Variant::default() };
        shapes.push((kind.to_owned(), Lang::Ar, variant, format!("{kind}.ar.large")));
    }
    let variant = Variant { large_print: true, signature: Some(signature), ..Variant::default() };
    shapes.push(("L-12".to_owned(), Lang::En, variant, "L-12.en.large.signed".to_owned()));
    let mut pages = Vec::new();
    for (kind, lang, variant, name) in shapes {
        let (letter, at) = letter(&kind, lang, variant);
        for (index, picture) in pictures(&letter, at).into_iter().enumerate() {
            pages.push((format!("{name}.{}", index + 1), picture));
        }
    }
    let proofs = pictures(&crate::proofs::page(), crate::typeset::made_at());
    let forms = [
        ("form-S1.ar", "S1", &[Lang::Ar][..], false),
        ("form-S3.ar-en", "S3", &Lang::ALL, false),
        ("checklist-S1.en", "S1", &[Lang::En], true),
    ]
    .map(|(name, id, langs, checklist)| {
        let form = crate::form::blank(&POLICY, id, langs, checklist);
        (name, of_pages(&crate::form::pages(&POLICY, &form)))
    });
    for (name, pictures) in forms.into_iter().chain([("proofs", proofs)]) {
        let numbered = pictures.into_iter().enumerate();
        pages.extend(numbered.map(|(index, picture)| (format!("{name}.{}", index + 1), picture)));
    }
    pages
}

#[test]
fn every_page_looks_as_it_did_when_somebody_looked_at_it() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|word| word == "always");
    let mut kept: BTreeSet<String> = mizan::workspace::list(&folder())
        .unwrap_or_default()
        .iter()
        .map(|path| stem(path))
        .filter(|name| !name.ends_with(".new"))
        .collect();
    let mut said = String::new();
    for (name, made) in pages() {
        let path = folder().join(format!("{name}.png"));
        let problem = if kept.remove(&name) {
            difference(&Picture::read(&std::fs::read(&path).unwrap()), &made)
        } else {
            Some("has no picture that it could be compared with".to_owned())
        };
        let Some(problem) = problem else { continue };
        if update {
            mizan::workspace::write(&path, &made.write()).unwrap();
        } else {
            let new = folder().join(format!("{name}.new.png"));
            mizan::workspace::write(&new, &made.write()).unwrap();
            writeln!(said, "{name} {problem}: see {}", new.display()).unwrap();
        }
    }
    for name in kept {
        if update {
            std::fs::remove_file(folder().join(format!("{name}.png"))).unwrap();
        } else {
            writeln!(said, "no letter has the page {name} any more").unwrap();
        }
    }
    assert!(said.is_empty(), "{said}`INSTA_UPDATE=always` keeps the new pictures");
}

#[test]
fn a_change_that_a_reader_would_see_is_seen_and_no_other() {
    let (mut letter, at) = letter("L-11", Lang::Ar, Variant::default());
    let whole = pictures(&letter, at).remove(0);
    // Through the file, and with the noise that another processor may bring.
    let mut noisy = whole.clone();
    for (index, shade) in noisy.grey.iter_mut().enumerate() {
        *shade = if index % 3 == 0 { shade.saturating_add(3) } else { shade.saturating_sub(3) };
    }
    for same in [Picture::read(&whole.write()), noisy] {
        assert_eq!(difference(&whole, &same), None);
    }
    // One digit of the date.
    let Run::Plain(day) = &letter.date.gregorian[0] else { panic!("the day is words") };
    letter.date.gregorian = vec![Run::Plain(format!("٧{}", day.chars().skip(1).collect::<String>()))];
    let other = pictures(&letter, at).remove(0);
    assert!(difference(&whole, &other).is_some());
}
