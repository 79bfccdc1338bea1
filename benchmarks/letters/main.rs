//! One letter, many ways to set it: how long each takes, from its data to the bytes of the PDF.
//!
//! Ratios are taken in one run, interleaved, on one thread, and are medians: on a shared machine only they mean much. See benchmarks/README.md.
#![expect(
    clippy::type_complexity,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock, prints, and may stop"
)]

mod html;
mod memory;
mod peers;
mod plain;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use chrono::NaiveDateTime;
use mizan::app::{self, Variant, Wanted, When};
use mizan::letter::data::LetterData;
use mizan::seal;
use mizan::typeset::{Fonts, Typesetter};
use mizan::value::{Lang, Text};
use mizan::workspace;

/// As the program has it; Typst by itself profits as much.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// So many letters that differ: more than any engine keeps in its caches.
const LETTERS: usize = 24;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).expect("the repository");
    if has("memory") {
        memory::memory(has("--quick"));
        return ExitCode::SUCCESS;
    }
    compare(has("--quick"), has("--json"))
}

/// Notices of decline to different people, each of its own request.
fn letters(folder: &Path) -> Vec<(LetterData, NaiveDateTime)> {
    let request = fs::read_to_string("tests/fixtures/requests/declined.toml").expect("the sample");
    (0..LETTERS)
        .map(|index| {
            let path = folder.join(format!("{index}.toml"));
            fs::write(&path, varied(&request, index)).expect("a file");
            let when = When::On("2026-12-29".parse().expect("a day"));
            let wanted = Wanted {
                letter: "L-12",
                request: Some(&path),
                policy: None,
                lang: Lang::Ar,
                when,
                variant: Variant::default(),
            };
            let (mut letter, at) = app::letter(Path::new("."), &wanted).expect("a letter");
            // What the peers would need drawings for is left out for all.
            letter.look = Default::default();
            letter.code = None;
            letter.trial = false;
            (letter, at)
        })
        .collect()
}

/// The sample with another number, and with another name.
fn varied(request: &str, index: usize) -> String {
    let names = ["محمد", "نورة", "عبدالعزيز", "سلطان", "منيرة", "إبراهيم", "هيا", "فهد"];
    let name = format!("name = \"{} بن {} آل سعد\"", names[index % 8], names[(index / 8 + 3) % 8]);
    let lines = request.lines().map(|line| {
        if line.starts_with("case_ref") {
            format!("case_ref = \"N-1448-{:06}\"", 300 + index)
        } else if line.starts_with("name") {
            name.clone()
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn typesetter() -> Typesetter {
    let read =
        |name: &str| (name.to_owned(), fs::read(Path::new("fonts").join(name)).expect("run scripts/setup"));
    let fonts = Fonts::new(Fonts::names().map(read).collect()).expect("the pinned faces");
    Typesetter::new(fonts, templates()).expect("the templates")
}

/// Name and text of each template.
fn templates() -> Vec<(String, String)> {
    let paths = workspace::list(Path::new("templates")).expect("the templates");
    let paths = paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "typ"));
    paths
        .map(|path| {
            let name = path.file_stem().expect("a name").to_str().expect("a name").to_owned();
            (name, fs::read_to_string(path).expect("a template"))
        })
        .collect()
}

/// A way to set a letter.
struct Engine {
    name: String,
    /// So many letters at a time: a slow engine sets fewer.
    share: usize,
    /// Sets so many, and gives the nanoseconds for one.
    run: Box<dyn FnMut(usize) -> f64>,
    times: Vec<f64>,
    ratios: Vec<f64>,
}

fn timed(mut set: impl FnMut(usize) + 'static) -> Box<dyn FnMut(usize) -> f64> {
    let mut done = 0;
    Box::new(move |count| {
        let start = Instant::now();
        for index in done..done + count {
            set(index);
        }
        done += count;
        start.elapsed().as_nanos() as f64 / count as f64
    })
}

/// The same of what keeps things for the next letter, all in one place: it forgets what another engine left there, and begins with a letter
/// that is not timed.
fn apart(mut set: impl FnMut(usize) + 'static) -> Box<dyn FnMut(usize) -> f64> {
    let mut done = 0;
    Box::new(move |count| {
        typst::comemo::evict(0);
        set(done);
        let start = Instant::now();
        for index in done + 1..=done + count {
            set(index);
        }
        done += count;
        start.elapsed().as_nanos() as f64 / count as f64
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn engine(name: &str, share: usize, run: Box<dyn FnMut(usize) -> f64>) -> Engine {
    Engine { name: name.to_owned(), share, run, times: vec![], ratios: vec![] }
}

fn compare(quick: bool, json: bool) -> ExitCode {
    let folder = std::env::temp_dir().join(format!("mizan-letters-{}", std::process::id()));
    let out = folder.join("out");
    fs::create_dir_all(&out).expect("a folder");
    let letters = letters(&folder);
    peers::lay_out(&folder, &letters);

    let mut engines = Vec::new();
    let (ours, set) = (typesetter(), letters.clone());
    engines.push(engine(
        "mizan",
        12,
        apart(move |index| {
            let (letter, at) = &set[index % set.len()];
            std::hint::black_box(ours.set(letter, *at).expect("a letter").pdf().expect("a PDF"));
        }),
    ));
    for (name, kept) in [("typst, embedded, alone", 10), ("the same, keeping nothing", 0)] {
        let (bare, set) = (plain::Plain::new(templates()), letters.clone());
        engines.push(engine(
            name,
            12,
            apart(move |index| {
                let (letter, at) = &set[index % set.len()];
                std::hint::black_box(bare.set(letter, *at, kept));
            }),
        ));
    }
    let (first, at) = &letters[0];
    let pdf = typesetter().set(first, *at).expect("a letter").pdf().expect("a PDF");
    fs::write(out.join("mizan-0.pdf"), &pdf).expect("a file");
    fs::write(out.join("plain-0.pdf"), plain::Plain::new(templates()).set(first, *at, 0)).expect("a file");
    let key = new_key(*at);
    let occasion = seal::Occasion { at: *at, name: "Association".to_owned(), reason: "issue".to_owned() };
    engines.push(engine(
        "a seal (P-256)",
        64,
        timed(move |_| {
            std::hint::black_box(seal::seal(&pdf, &key, &occasion, None).expect("a seal"));
        }),
    ));
    engines.push(engine("mizan letter, a process each", 1, cold(&folder)));
    let mut absent = Vec::new();
    for (name, share) in [("typst", 8), ("weasyprint", 2), ("chromium", 2)] {
        match peers::Peer::start(name, &folder, &out) {
            Ok(mut peer) => {
                let title = format!("{name} {}", peer.version);
                engines.push(engine(&title, share, Box::new(move |count| peer.set(count))));
            }
            Err(why) => absent.push((name, why)),
        }
    }
    for (name, process) in peers::processes(&folder, &out) {
        match process {
            Ok(run) => engines.push(engine(name, 1, run)),
            Err(why) => absent.push((name, why)),
        }
    }
    agree(&out, &letters);

    let rounds = if quick { 3 } else { 11 };
    for _ in 0..rounds {
        let mut ours = 0.0;
        for (place, engine) in engines.iter_mut().enumerate() {
            let time = (engine.run)(engine.share);
            if place == 0 {
                ours = time;
            }
            engine.times.push(time);
            engine.ratios.push(time / ours);
        }
    }
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    if json {
        let engines: serde_json::Map<String, serde_json::Value> = (engines.into_iter())
            .map(|engine| {
                let (ns, ratio) = (median(engine.times), median(engine.ratios));
                (engine.name, serde_json::json!({ "ms": ns / 1e6, "ratio_to_mizan": ratio }))
            })
            .collect();
        let absent: serde_json::Map<String, serde_json::Value> =
            absent.into_iter().map(|(name, why)| (name.to_owned(), why.into())).collect();
        println!("{:#}", serde_json::json!({ "engines": engines, "absent": absent, "load": load }));
    } else {
        println!("{:<40} {:>10} {:>10}", "", "ms/letter", "÷ mizan");
        for engine in engines {
            let (ms, ratio) = (median(engine.times) / 1e6, median(engine.ratios));
            println!("{:<40} {ms:>10.2} {ratio:>10.2}", engine.name);
        }
        for (name, why) in absent {
            println!("{name:<40} {why}");
        }
        println!("{rounds} rounds; load of the machine {load}");
    }
    if has_keep() {
        println!("{}", folder.display());
    } else {
        fs::remove_dir_all(&folder).expect("the folder");
    }
    ExitCode::SUCCESS
}

/// `--keep` leaves every engine's letters to be looked at.
fn has_keep() -> bool {
    std::env::args().any(|argument| argument == "--keep")
}

/// Every engine's letter must show the number of the request, and the reason.
fn agree(out: &Path, letters: &[(LetterData, NaiveDateTime)]) {
    let code = html::plain(letters[0].0.reference.as_deref().unwrap_or_default());
    for path in workspace::list(out).expect("the letters") {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if !stem.ends_with("-0") {
            continue;
        }
        let text = Command::new("pdftotext").arg(&path).arg("-").output().expect("pdftotext");
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains(&code), "{stem} does not show {code}:\n{text}");
        let info = Command::new("pdfinfo").arg(&path).output().expect("pdfinfo");
        let info = String::from_utf8_lossy(&info.stdout).into_owned();
        let pages =
            info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap_or("?").trim().to_owned();
        let size = fs::metadata(&path).expect("a file").len() / 1000;
        eprintln!("{stem}: pages {pages}, {size} kB");
    }
}

fn new_key(at: NaiveDateTime) -> seal::Key {
    let until = at + chrono::TimeDelta::days(365);
    let name = Text::new("جمعية", "Association");
    let made = seal::new_key(&name, at, until, "a passphrase of some length").expect("a key");
    seal::Key::read(
        made.key.as_bytes(),
        Some(made.certificate.as_bytes()),
        Some("a passphrase of some length"),
    )
    .expect("the key")
}

/// A process of its own for each letter, from its start to the file.
fn cold(folder: &Path) -> Box<dyn FnMut(usize) -> f64> {
    let folder: PathBuf = folder.to_owned();
    timed(move |index| {
        let request = folder.join(format!("{}.toml", index % LETTERS));
        let status = Command::new(env!("CARGO_BIN_EXE_mizan"))
            .args(["letter", "L-12", "--on", "2026-12-29", "-o"])
            .arg(folder.join("cold.pdf"))
            .arg(request)
            .stdout(Stdio::null())
            .status();
        assert!(status.expect("mizan").success());
    })
}
