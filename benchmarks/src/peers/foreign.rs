//! Peers in other languages: a script reads the requests, says the outcome of each, and then measures itself whenever it is
//! asked to. Run only where its interpreter and its package are; `peers/setup` brings them.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Error, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use serde::Deserialize;

use crate::engine::Engine;
use crate::requests::{Outcome, PAPERS, R11, result};

/// What a script exits with where its package is not there.
const NOT_INSTALLED: i32 = 69;

/// How a script is told what to time: so many requests one after another or all at once as it likes, or one simulation each.
#[derive(Clone, Copy)]
pub enum Mode {
    Together,
    Alone,
}

/// A script that has said its outcomes and waits.
pub struct Peer {
    process: Rc<RefCell<Process>>,
    outcomes: Rc<[Outcome]>,
}

struct Process {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has nothing left to do; whether it could be stopped changes nothing here.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Process {
    fn line(&mut self) -> Result<String, Error> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

#[derive(Deserialize)]
struct Said {
    failed: Vec<String>,
    missing: Vec<String>,
    #[serde(default = "yes")]
    matched: bool,
    score: i64,
    tier: u8,
    reply_in: i64,
}

fn yes() -> bool {
    true
}

impl Said {
    fn outcome(&self) -> Outcome {
        let number = |rule: &String| rule.trim_start_matches('R').parse::<u16>().expect("a rule");
        let paper = |name: &String| PAPERS.iter().position(|paper| paper == name).expect("a paper");
        let mut failed = self.failed.iter().fold(0, |bits, rule| bits | 1 << (number(rule) - 1));
        if !self.missing.is_empty() || !self.matched {
            failed |= R11;
        }
        let missing = self.missing.iter().fold(0, |bits, name| bits | 1 << paper(name));
        let missing = if failed & !R11 == 0 { missing } else { 0 };
        let Said { score, tier, reply_in, .. } = *self;
        Outcome { failed, missing, score, tier, result: result(failed, tier), reply_in }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn installed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers")
}

/// OpenFisca-Core, in the Python that `peers/setup` made or in the one that is there.
pub fn openfisca(requests: &Path, count: usize) -> Result<Peer, String> {
    let ours = installed().join("python/bin/python");
    let mut command = Command::new(if ours.exists() { ours } else { "python3".into() });
    command.arg(folder().join("openfisca.py"));
    Peer::start(command, requests, count)
}

/// json-rules-engine, from the packages that `peers/setup` brought or from those that Node knows.
pub fn json_rules_engine(requests: &Path, count: usize) -> Result<Peer, String> {
    let mut command = Command::new("node");
    let known = std::env::var_os("NODE_PATH").unwrap_or_default();
    let all = std::iter::once(installed().join("node_modules")).chain(std::env::split_paths(&known));
    command.env("NODE_PATH", std::env::join_paths(all).unwrap_or(known.clone()));
    command.arg(folder().join("json-rules-engine.cjs"));
    Peer::start(command, requests, count)
}

impl Peer {
    /// Waits for the outcomes; says why there are none otherwise.
    fn start(mut command: Command, requests: &Path, count: usize) -> Result<Peer, String> {
        let command = command.arg(requests).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut child) = command.spawn() else { return Err("not installed".into()) };
        let (Some(ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("cannot be spoken to".into());
        };
        let mut process = Process { child, ask, answers: BufReader::new(answers) };
        // The version comes first: a script without its package ends before.
        if process.line().map_err(|error| error.to_string())?.is_empty() {
            return Err(match process.child.wait() {
                Ok(status) if status.code() == Some(NOT_INSTALLED) => "not installed".into(),
                Ok(status) => format!("does not run: {status}"),
                Err(error) => error.to_string(),
            });
        }
        let outcomes = (0..count).map(|_| {
            let line = process.line().map_err(|error| error.to_string())?;
            let said: Said = serde_json::from_str(&line).map_err(|error| format!("{error}: {line}"))?;
            Ok(said.outcome())
        });
        let outcomes: Result<Rc<[Outcome]>, String> = outcomes.collect();
        Ok(Peer { outcomes: outcomes?, process: Rc::new(RefCell::new(process)) })
    }

    pub fn engine(&self, mode: Mode) -> impl Engine + use<> {
        Foreign { process: Rc::clone(&self.process), outcomes: Rc::clone(&self.outcomes), mode }
    }
}

struct Foreign {
    process: Rc<RefCell<Process>>,
    outcomes: Rc<[Outcome]>,
    mode: Mode,
}

impl Engine for Foreign {
    fn outcome(&mut self, index: usize) -> Outcome {
        self.outcomes[index]
    }

    /// As the script measured it, without the way there and back.
    fn time(&mut self, count: usize) -> f64 {
        let mut process = self.process.borrow_mut();
        match self.mode {
            Mode::Together => writeln!(process.ask, "{count}"),
            Mode::Alone => writeln!(process.ask, "-{count}"),
        }
        .expect("a script that listens");
        process.line().ok().and_then(|line| line.parse().ok()).expect("a script that answers")
    }
}
