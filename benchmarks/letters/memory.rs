//! How much memory a batch takes, by how many letters there are.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::varied;

/// The letters of a thousand requests, of five thousand and of twenty thousand.
pub(crate) fn memory(quick: bool) {
    let request = fs::read_to_string("tests/fixtures/requests/declined.toml").expect("the sample");
    let folder = std::env::temp_dir().join(format!("mizan-memory-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for count in if quick { vec![100, 500] } else { vec![1_000, 5_000, 20_000] } {
        let lines = folder.join(format!("{count}.jsonl"));
        let mut text = String::new();
        for index in 0..count {
            let request: toml::Value = toml::from_str(&varied(&request, index)).expect("TOML");
            writeln!(text, "{}", json(request)).expect("text");
        }
        fs::write(&lines, text).expect("a file");
        let out = folder.join(count.to_string());
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_mizan"))
            .args(["letter", "L-12", "--policy", "naba", "--on", "2026-12-29", "--batch"])
            .arg(&lines)
            .arg("-o")
            .arg(&out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mizan");
        let status = format!("/proc/{}/status", child.id());
        let mut peak = String::new();
        let done = loop {
            // The highest that it ever was; gone once the process is.
            if let Some(line) = fs::read_to_string(&status)
                .ok()
                .as_ref()
                .and_then(|text| text.lines().find_map(|line| line.strip_prefix("VmHWM:")))
            {
                peak = line.trim().to_owned();
            }
            if let Some(done) = child.try_wait().expect("the process") {
                break done;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let seconds = start.elapsed().as_secs_f64();
        let made = fs::read_dir(&out).expect("the letters").count() - 1;
        assert!(done.success() && made == count, "{made} of {count} letters");
        println!("{count:>6} letters: at most {peak}, {:.0} letters/s", count as f64 / seconds);
        fs::remove_dir_all(&out).expect("the letters");
    }
    fs::remove_dir_all(&folder).expect("the folder");
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine {}", load.split(' ').next().unwrap_or("?"));
}

fn json(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}
