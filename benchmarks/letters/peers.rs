//! Engines in processes of their own.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use chrono::NaiveDateTime;
use mizan::letter::data::LetterData;

use crate::{LETTERS, html, plain, templates, timed};

const PYTHON: &str = "benchmarks/target/peers/letters/bin/python";
const SCRIPT: &str = "benchmarks/peers/letters/peer.py";

/// Writes every letter down in the form that each peer takes.
pub(crate) fn lay_out(folder: &Path, letters: &[(LetterData, NaiveDateTime)]) {
    let write = |path: std::path::PathBuf, bytes: &[u8]| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for name in mizan::typeset::Fonts::names() {
        write(folder.join("fonts").join(name), &fs::read(Path::new("fonts").join(name)).unwrap());
    }
    write(folder.join("fonts/DejaVuSans.ttf"), dejavu::sans::regular());
    write(folder.join("letter.css"), html::CSS.as_bytes());
    // With another ending than the letters.
    write(folder.join("empty.htm"), b"<!doctype html><title></title>");
    for (index, (letter, _)) in letters.iter().enumerate() {
        let link = "<link rel=stylesheet href=\"letter.css\">";
        write(folder.join(format!("{index}.html")), html::html(letter, link).as_bytes());
        let own = folder.join(index.to_string());
        write(own.join("main.typ"), &fs::read("src/typeset/main.typ").unwrap());
        write(own.join("data.json"), &plain::data(letter));
        write(own.join("record.json"), &serde_json::to_vec_pretty(&letter.record).unwrap());
        write(own.join("look.json"), &serde_json::to_vec(&letter.look).unwrap());
        for (name, text) in templates() {
            write(own.join("templates").join(format!("{name}.typ")), text.as_bytes());
        }
    }
}

/// A peer that stays open.
pub(crate) struct Peer {
    pub(crate) version: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    pub(crate) fn start(engine: &str, folder: &Path, out: &Path) -> Result<Peer, String> {
        if !Path::new(PYTHON).exists() {
            return Err("not installed: run benchmarks/peers/letters/setup".to_owned());
        }
        let mut child = Command::new(PYTHON)
            .arg(SCRIPT)
            .arg(engine)
            .args([folder, out])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut version = String::new();
        output.read_line(&mut version).map_err(|error| error.to_string())?;
        if version.is_empty() {
            let status = child.wait().map_err(|error| error.to_string())?;
            return Err(if status.code() == Some(69) {
                "not installed".to_owned()
            } else {
                status.to_string()
            });
        }
        Ok(Peer { version: version.trim().to_owned(), child, input, output })
    }

    /// Sets so many letters, and gives the nanoseconds for one, by the peer's own clock.
    pub(crate) fn set(&mut self, count: usize) -> f64 {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{count}").and_then(|()| input.flush()).expect("the peer listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the peer answers");
        line.trim().parse().expect("nanoseconds")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

type Run = Box<dyn FnMut(usize) -> f64>;

/// Engines of which a process is started for each letter.
pub(crate) fn processes(folder: &Path, out: &Path) -> Vec<(&'static str, Result<Run, String>)> {
    let typst = |index: usize, folder: &Path| {
        let own = folder.join((index % LETTERS).to_string());
        let code = "import sys, typst; typst.compile(sys.argv[1] + '/main.typ', output=sys.argv[1] + '.pdf', root=sys.argv[1], \
                    font_paths=[sys.argv[2]], ignore_system_fonts=True, sys_inputs={'face': 'Amiri'}, pdf_standards=['a-3a'])";
        let mut command = Command::new(PYTHON);
        command.args(["-c", code]).arg(own).arg(folder.join("fonts"));
        command
    };
    let chromium = |index: usize, folder: &Path| {
        let mut command = Command::new("chromium");
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
            .arg(format!("--print-to-pdf={}", folder.join("chromium-cold.pdf").display()))
            .arg(folder.join(format!("{}.html", index % LETTERS)));
        command
    };
    let office = {
        let out = out.to_owned();
        move |index: usize, folder: &Path| {
            let mut command = Command::new("soffice");
            command.args(["--headless", "--convert-to", "pdf:writer_web_pdf_Export", "--outdir"]).arg(&out);
            command.arg(folder.join(format!("{}.html", index % LETTERS)));
            command
        }
    };
    let run = |make: Box<dyn Fn(usize, &Path) -> Command>| -> Result<Run, String> {
        let folder = folder.to_owned();
        let mut first = make(0, &folder);
        let status = first.stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !status.map_err(|_| "not installed".to_owned())?.success() {
            return Err("does not run".to_owned());
        }
        Ok(timed(move |index| {
            let status = make(index, &folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
            assert!(status.expect("it ran before").success());
        }))
    };
    vec![
        ("typst (wheel), a process each", run(Box::new(typst))),
        ("chromium --print-to-pdf, a process each", run(Box::new(chromium))),
        ("soffice, a process each", run(Box::new(office))),
    ]
}
