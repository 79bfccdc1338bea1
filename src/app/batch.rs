//! Many requests at once: lines in, lines out, in order, in constant memory, on all cores.
//!
//! Receives JSON Lines or CSV, hands on one record for each line and a summary. A line that cannot be read is told and counted; the
//! rest go on.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};

use rayon::prelude::*;
use serde_json::{Value as Json, json};

use crate::diag::{Diagnostics, render};
use crate::evaluation::explain::Explanation;
use crate::evaluation::request::{self, Purpose, Request};
use crate::evaluation::{Conclusion, Evaluation, Verdict, evaluate, report};
use crate::policy::{Policy, RuleKind};
use crate::source::{self, Key, Node, Source};
use crate::value::Date;

/// So many lines are read before they are shared out: enough to keep the cores busy, few enough to keep in memory.
const AT_ONCE: usize = 2048;
/// A line longer than this is refused: it would be no request.
const LONGEST: usize = 1024 * 1024;

/// How requests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// One JSON object on each line.
    Json,
    /// A table; the head names facts: `household.size`, `events.received`, `documents.D-ID.expires`.
    Csv,
}

/// How much is said of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The result, the rules that are not met, what is missing, score and tier.
    Short,
    /// With the reasons in both languages, as `mizan evaluate --format json` gives it.
    Full,
}

/// What is wanted of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The day of the evaluation; that of each request where it is absent.
    pub on: Option<Date>,
    /// How requests are written.
    pub input: Lines,
    /// How records are written.
    pub output: Lines,
    /// How much is said.
    pub detail: Detail,
}

/// What came out of all lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many requests had each result.
    pub results: BTreeMap<&'static str, u64>,
    /// How many lines could not be read.
    pub refused: u64,
}

impl Summary {
    /// How many lines there were.
    pub fn lines(&self) -> u64 {
        self.results.values().sum::<u64>() + self.refused
    }
}

/// Evaluates every line. `progress` is told how many lines have been written so far.
///
/// # Errors
///
/// The lines cannot be read or written; a line that is wrong is no error.
pub fn run(
    batch: Batch<'_>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut reader = Reader::new(batch.input, input)?;
    if batch.output == Lines::Csv {
        output.write_all(csv_row(HEAD.iter().map(|head| (*head).to_owned()))?.as_bytes())?;
    }
    let mut number = 0_u64;
    loop {
        let lines = reader.next()?;
        if lines.is_empty() {
            return Ok(summary);
        }
        let first = number;
        number += lines.len() as u64;
        let records: Vec<Record> = lines
            .par_iter()
            .enumerate()
            .map(|(index, line)| record(batch, first + index as u64 + 1, line))
            .collect();
        for record in records {
            match record.result {
                Some(result) => *summary.results.entry(result.name()).or_default() += 1,
                None => summary.refused += 1,
            }
            output.write_all(record.text.as_bytes())?;
        }
        progress(number);
    }
}

/// A line, whatever it is written in.
enum Line {
    Json(String),
    Csv(Node),
    TooLong,
}

/// Reads lines, so many at once.
enum Reader<'a> {
    Json(&'a mut dyn BufRead),
    Csv(Box<csv::Reader<&'a mut dyn BufRead>>, Vec<String>),
}

impl<'a> Reader<'a> {
    fn new(lines: Lines, input: &'a mut dyn BufRead) -> io::Result<Reader<'a>> {
        Ok(match lines {
            Lines::Json => Reader::Json(input),
            Lines::Csv => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
                let head = reader.headers().map_err(io::Error::other)?;
                let head =
                    head.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
                Reader::Csv(Box::new(reader), head)
            }
        })
    }

    fn next(&mut self) -> io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        while lines.len() < AT_ONCE {
            match self {
                Reader::Json(input) => {
                    let mut line = Vec::new();
                    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
                    if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
                        break;
                    }
                    if line.len() >= LONGEST && line.last() != Some(&b'\n') {
                        input.skip_until(b'\n')?;
                        lines.push(Line::TooLong);
                        continue;
                    }
                    let text = String::from_utf8_lossy(&line);
                    // An empty line between two requests is no request.
                    if !text.trim().is_empty() {
                        lines.push(Line::Json(text.trim().to_owned()));
                    }
                }
                Reader::Csv(reader, head) => {
                    let mut row = csv::StringRecord::new();
                    match reader.read_record(&mut row) {
                        Ok(false) => break,
                        Ok(true) => lines.push(Line::Csv(row_node(head, &row))),
                        Err(error) if error.is_io_error() => return Err(io::Error::other(error)),
                        Err(_) => lines.push(Line::TooLong),
                    }
                }
            }
        }
        Ok(lines)
    }
}

/// A row as the tree that a request file would give: `household.size` becomes a table in a table.
fn row_node(head: &[String], row: &csv::StringRecord) -> Node {
    let mut root = Vec::new();
    for (name, cell) in head.iter().zip(row) {
        if cell.trim().is_empty() || name.is_empty() {
            continue;
        }
        let value = if cell.starts_with(['[', '{']) {
            source::read_json(cell).map_or_else(|_| source::Value::String(cell.to_owned()), |node| node.value)
        } else {
            source::Value::String(cell.to_owned())
        };
        let path: Vec<&str> = name.split('.').collect();
        insert(&mut root, &path, value);
    }
    Node { range: 0..0, value: source::Value::Table(root) }
}

fn insert(table: &mut Vec<(Key, Node)>, path: &[&str], value: source::Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.push((Key { name: (*first).to_owned(), range: 0..0 }, Node { range: 0..0, value }));
        return;
    }
    if !table.iter().any(|(key, _)| key.name == *first) {
        let empty = Node { range: 0..0, value: source::Value::Table(vec![]) };
        table.push((Key { name: (*first).to_owned(), range: 0..0 }, empty));
    }
    if let Some((_, Node { value: source::Value::Table(inner), .. })) =
        table.iter_mut().find(|(key, _)| key.name == *first)
    {
        insert(inner, rest, value);
    }
}

/// What is written for a line.
struct Record {
    result: Option<Conclusion>,
    text: String,
}

fn record(batch: Batch<'_>, number: u64, line: &Line) -> Record {
    let name = format!("line {number}");
    let read = match line {
        Line::Json(text) => request::read_json(batch.policy, &Source::new(name, text.clone())),
        Line::Csv(node) => request::from_node(batch.policy, &Source::new(name, ""), node, Purpose::Official),
        Line::TooLong => Err(Diagnostics::default()),
    };
    match read {
        Ok(request) => {
            let on = batch.on.unwrap_or_else(|| request.submitted_at.date());
            let evaluation = evaluate(batch.policy, &request, on);
            let text = match (batch.output, batch.detail) {
                (Lines::Json, Detail::Short) => {
                    json_line(&short(batch.policy, &request, &evaluation, number))
                }
                (Lines::Json, Detail::Full) => {
                    json_line(&report::evaluation(batch.policy, &request, &evaluation))
                }
                (Lines::Csv, _) => csv_line(
                    &short(batch.policy, &request, &evaluation, number),
                    batch,
                    &request,
                    &evaluation,
                ),
            };
            Record { result: Some(evaluation.result), text }
        }
        Err(problems) => {
            let problems: Vec<Json> = problems.0.iter().map(render::value).collect();
            let problems = if problems.is_empty() {
                vec![
                    json!({ "code": "request-syntax", "message": { "ar": "سطر لا يُقرأ", "en": "a line that cannot be read" } }),
                ]
            } else {
                problems
            };
            let text = match batch.output {
                Lines::Json => json_line(&json!({ "line": number, "problems": problems })),
                Lines::Csv => {
                    let first = problems
                        .first()
                        .and_then(|problem| problem.get("message")?.get("en")?.as_str())
                        .unwrap_or_default();
                    let row = [number.to_string(), String::new(), "refused".into()];
                    let rest = std::iter::repeat_n(String::new(), HEAD.len() - 4);
                    csv_row(row.into_iter().chain(rest).chain([first.to_owned()])).unwrap_or_default()
                }
            };
            Record { result: None, text }
        }
    }
}

fn json_line(value: &Json) -> String {
    format!("{value}\n")
}

fn short(policy: &Policy, request: &Request, evaluation: &Evaluation, number: u64) -> Json {
    let of = |verdict: Verdict| -> Vec<&str> {
        let rulings = evaluation.rulings.iter().filter(|ruling| ruling.verdict == verdict);
        let rules = rulings.filter_map(|ruling| policy.rules.get(ruling.rule));
        // An exemption that nobody claims, or a request that belongs to no other, is nothing that went wrong.
        let rules = rules.filter(|rule| matches!(rule.kind, RuleKind::Eligibility | RuleKind::Procedural));
        rules.map(|rule| rule.id.as_str()).collect()
    };
    let facts = evaluation
        .missing
        .facts
        .iter()
        .filter_map(|slot| policy.vocabulary.get(*slot))
        .map(|named| named.id.as_str());
    let documents = evaluation.missing.documents.iter().filter_map(|index| policy.documents.get(*index));
    let priority = evaluation.priority.as_ref();
    let tier = evaluation.tier_id(policy);
    json!({
        "line": number,
        "case_ref": request.case_ref,
        "result": evaluation.result.name(),
        "not_met": of(Verdict::NotMet),
        "unknown": of(Verdict::Unknown),
        "conflict": of(Verdict::Conflict),
        "referred": of(Verdict::Referred),
        "missing": {
            "facts": facts.collect::<Vec<_>>(),
            "documents": documents.map(|document| document.id.as_str()).collect::<Vec<_>>(),
        },
        "score": priority.filter(|priority| priority.score == priority.at_most).map(|priority| priority.score.to_string()),
        "tier": tier,
    })
}

const HEAD: [&str; 11] = [
    "line",
    "case_ref",
    "result",
    "not_met",
    "unknown",
    "conflict",
    "missing_facts",
    "missing_documents",
    "score",
    "tier",
    "why",
];

fn csv_line(short: &Json, batch: Batch<'_>, request: &Request, evaluation: &Evaluation) -> String {
    let text = |value: Option<&Json>| match value {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(parts)) => parts.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let missing = short.get("missing");
    let why = Explanation::new(batch.policy, request, evaluation).one_line(crate::value::Lang::Ar);
    let cells = [
        text(short.get("line")),
        text(short.get("case_ref")),
        text(short.get("result")),
        text(short.get("not_met")),
        text(short.get("unknown")),
        text(short.get("conflict")),
        text(missing.and_then(|missing| missing.get("facts"))),
        text(missing.and_then(|missing| missing.get("documents"))),
        text(short.get("score")),
        text(short.get("tier")),
        why,
    ];
    csv_row(cells.into_iter()).unwrap_or_default()
}

fn csv_row(cells: impl Iterator<Item = String>) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(cells).map_err(io::Error::other)?;
    let bytes = writer.into_inner().map_err(io::Error::other)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
