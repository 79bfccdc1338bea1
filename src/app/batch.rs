//! Many requests at once: lines in, lines out, in order, in constant memory, on all cores.
//!
//! Receives JSON Lines or CSV, hands on one record for each line and a summary. A line that cannot be read is told and counted; the
//! rest go on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::AppError;
use super::official::{Revisions, Unjudged};
use crate::diag::render::Problem;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evaluation::explain::Explanation;
use crate::evaluation::plan::{self, Plan, lines};
use crate::evaluation::request::{self, Purpose, Request};
use crate::evaluation::{Conclusion, Evaluation, Verdict, evaluate, report};
use crate::policy::{Policy, RuleKind};
use crate::source::schema::of_answer;
use crate::source::{self, Key, Node, Source};
use crate::value::{Date, Lang, Text};

/// So many lines are read before they are shared out: enough to keep the cores busy, few enough to keep in memory.
const AT_ONCE: usize = 8192;
/// So many lines a core takes at a time.
const SHARE: usize = 256;
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

/// By what the requests of a batch are judged.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// All by this revision.
    One(&'a Policy),
    /// Each by the revision that governs it.
    Each(&'a Revisions),
}

/// What is wanted of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// By what requests are judged.
    pub by: By<'a>,
    /// The day of the evaluation; that of each request where it is absent.
    pub on: Option<Date>,
    /// How requests are written.
    pub input: Lines,
    /// How records are written.
    pub output: Lines,
    /// How much is said.
    pub detail: Detail,
    /// In which language a table says why.
    pub lang: Lang,
}

/// How far a batch has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// So many requests have been written.
    pub requests: u64,
    /// So many bytes have been read.
    pub bytes: u64,
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

/// Evaluates every line. `progress` is told how far it has come.
///
/// Plain lines are read and judged by a [`Plan`]; where that cannot answer, and wherever reasons are wanted, the exact evaluation does.
///
/// # Errors
///
/// The lines cannot be read or written; a line that is wrong is no error.
pub fn run(
    batch: Batch<'_>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    progress: &mut dyn FnMut(Progress),
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut reader = Reader::new(batch.input, input, AT_ONCE)?;
    if batch.output == Lines::Csv {
        output.write_all(csv_row(HEAD.iter().map(|head| (*head).to_owned()))?.as_bytes())?;
    }
    let is_plain = (batch.output, batch.detail) == (Lines::Json, Detail::Short);
    let plan = match batch.by {
        By::One(policy) if is_plain => Some(Plan::new(policy)),
        By::One(_) | By::Each(_) => None,
    };
    // What each core needs again and again.
    let readers = Mutex::new(Vec::new());
    let mut done = Progress::default();
    loop {
        let lines = reader.next()?;
        if lines.is_empty() {
            return Ok(summary);
        }
        let shares: Vec<Share> = lines
            .par_chunks(SHARE)
            .map(|lines| {
                let Some(plan) = &plan else { return share(batch, None, lines) };
                let kept = readers.lock().ok().and_then(|mut readers| readers.pop());
                let mut planned = kept.unwrap_or_else(|| lines::Lines::new(plan));
                let share = share(batch, Some(&mut planned), lines);
                if let Ok(mut readers) = readers.lock() {
                    readers.push(planned);
                }
                share
            })
            .collect();
        for share in shares {
            for result in share.results {
                match result {
                    Some(result) => *summary.results.entry(result.name()).or_default() += 1,
                    None => summary.refused += 1,
                }
            }
            output.write_all(&share.text)?;
        }
        done.requests += lines.len() as u64;
        done.bytes = reader.bytes();
        progress(done);
    }
}

/// What is written for a share of the lines, and what came out of each.
#[derive(Default)]
struct Share {
    results: Vec<Option<Conclusion>>,
    text: Vec<u8>,
}

impl Share {
    fn push(&mut self, record: &Record) {
        self.results.push(record.result);
        self.text.extend_from_slice(record.text.as_bytes());
    }
}

fn share(batch: Batch<'_>, mut planned: Option<&mut lines::Lines<'_>>, lines: &[(u64, Line)]) -> Share {
    let mut share = Share::default();
    for (number, line) in lines {
        if let (Some(planned), Line::Json(text), By::One(policy)) = (planned.as_deref_mut(), line, batch.by)
            && let Some((found, case_ref)) = planned.plainly(text, batch.on)
            && !found.lacks_facts
        {
            share.push(&planned_record(policy, found, case_ref, *number));
        } else {
            share.push(&record(batch, planned.as_deref_mut(), *number, line));
        }
    }
    share
}

fn planned_record(policy: &Policy, found: &plan::Record, case_ref: Option<&str>, number: u64) -> Record {
    let text = serde_json::to_string(&planned_short(policy, found, case_ref, number));
    Record { result: Some(found.result), text: text.map(|text| text + "\n").unwrap_or_default() }
}

/// A line, whatever it is written in.
pub(super) enum Line {
    Json(String),
    Csv(Node),
    TooLong,
    /// It is not UTF-8.
    NotText,
}

impl Line {
    /// The line as a place to which problems can point.
    pub(super) fn source(&self, number: u64) -> Arc<Source> {
        let text = match self {
            Line::Json(text) => text.as_str(),
            Line::Csv(_) | Line::TooLong | Line::NotText => "",
        };
        Source::new(format!("line {number}"), text)
    }

    /// The request that it holds.
    pub(super) fn read(&self, policy: &Policy, source: &Arc<Source>) -> Result<Request, Diagnostics> {
        request::from_node(policy, source, &*self.tree(source)?, Purpose::Official)
    }

    /// What is written there, before any policy looks at it.
    pub(super) fn tree(&self, source: &Arc<Source>) -> Result<Cow<'_, Node>, Diagnostics> {
        match self {
            Line::Json(_) => request::json_tree(source).map(Cow::Owned),
            Line::Csv(node) => Ok(Cow::Borrowed(node)),
            Line::TooLong => {
                Err(unread("السطر أطول من ميغابايت واحد", "the line is longer than one mebibyte"))
            }
            Line::NotText => Err(unread("السطر ليس نصًا بترميز UTF-8", "the line is not text in UTF-8")),
        }
    }
}

/// Reads lines, so many at once.
pub(super) struct Reader<'a> {
    lines: Written<'a>,
    at_once: usize,
}

enum Written<'a> {
    /// And how many bytes and lines were read.
    Json(&'a mut dyn BufRead, u64, u64),
    Csv(Box<csv::Reader<&'a mut dyn BufRead>>, Vec<String>),
}

impl<'a> Reader<'a> {
    pub(super) fn new(lines: Lines, input: &'a mut dyn BufRead, at_once: usize) -> io::Result<Reader<'a>> {
        let lines = match lines {
            Lines::Json => Written::Json(input, 0, 0),
            Lines::Csv => {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
                let head = reader.headers().map_err(io::Error::other)?;
                let head =
                    head.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
                Written::Csv(Box::new(reader), head)
            }
        };
        Ok(Reader { lines, at_once })
    }

    pub(super) fn bytes(&self) -> u64 {
        match &self.lines {
            Written::Json(_, bytes, _) => *bytes,
            Written::Csv(reader, _) => reader.position().byte(),
        }
    }

    /// So many lines, each with its number in the file.
    pub(super) fn next(&mut self) -> io::Result<Vec<(u64, Line)>> {
        let mut lines = Vec::new();
        while lines.len() < self.at_once {
            match &mut self.lines {
                Written::Json(input, bytes, number) => {
                    let mut line = Vec::new();
                    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
                    if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
                        break;
                    }
                    *bytes += line.len() as u64;
                    *number += 1;
                    if line.len() >= LONGEST && line.last() != Some(&b'\n') {
                        *bytes += input.skip_until(b'\n')? as u64;
                        lines.push((*number, Line::TooLong));
                        continue;
                    }
                    match String::from_utf8(line) {
                        // An empty line between two requests is no request.
                        Ok(text) if text.trim().is_empty() => {}
                        Ok(mut text) => {
                            text.truncate(text.trim_end().len());
                            lines.push((*number, Line::Json(text)));
                        }
                        Err(_) => lines.push((*number, Line::NotText)),
                    }
                }
                Written::Csv(reader, head) => {
                    let mut row = csv::StringRecord::new();
                    let number = reader.position().line();
                    match reader.read_record(&mut row) {
                        Ok(false) => break,
                        Ok(true) => lines.push((number, Line::Csv(row_node(head, &row)))),
                        Err(error) if error.is_io_error() => return Err(io::Error::other(error)),
                        Err(_) => lines.push((number, Line::NotText)),
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

fn record(batch: Batch<'_>, planned: Option<&mut lines::Lines<'_>>, number: u64, line: &Line) -> Record {
    let source = line.source(number);
    let record = match batch.by {
        By::One(policy) => line
            .read(policy, &source)
            .and_then(|request| judged(batch, policy, &request, planned, (number, &source))),
        By::Each(revisions) => line
            .tree(&source)
            .and_then(|node| {
                let unjudged = Unjudged { source: &source, node: &node };
                revisions.loaded(unjudged).map_err(AppError::diagnostics)
            })
            .and_then(|loaded| judged(batch, &loaded.policy, &loaded.request, None, (number, &source))),
    };
    record.unwrap_or_else(|problems| refused(batch, number, &problems))
}

/// What comes out of a request under the revision that judges it, or why that cannot be told for the day.
fn judged(
    batch: Batch<'_>,
    policy: &Policy,
    request: &Request,
    planned: Option<&mut lines::Lines<'_>>,
    (number, source): (u64, &Arc<Source>),
) -> Result<Record, Diagnostics> {
    let on = batch.on.unwrap_or_else(|| request.submitted_at.date());
    request.is_submitted_by(policy, on, source)?;
    if let Some(found) = planned.and_then(|planned| planned.of(request, on))
        && !found.lacks_facts
    {
        return Ok(planned_record(policy, found, request.case_ref.as_deref(), number));
    }
    let evaluation = evaluate(policy, request, on);
    let text = match (batch.output, batch.detail) {
        (Lines::Json, Detail::Short) => json_line(&json!(short(policy, request, &evaluation, number))),
        (Lines::Json, Detail::Full) => json_line(&report::evaluation(policy, request, &evaluation)),
        (Lines::Csv, _) => {
            let short = json!(short(policy, request, &evaluation, number));
            csv_line(&short, &Explanation::new(policy, request, &evaluation).one_line(batch.lang))
        }
    };
    Ok(Record { result: Some(evaluation.result), text })
}

/// Why a line was not judged.
fn refused(batch: Batch<'_>, number: u64, problems: &Diagnostics) -> Record {
    let text = match batch.output {
        Lines::Json => {
            let problems = problems.0.iter().map(Problem::new).collect();
            json_line(&json!(Refused { line: number, problems }))
        }
        Lines::Csv => {
            let first = problems.0.first().map(|problem| problem.message.get(batch.lang));
            let row = [number.to_string(), String::new(), "refused".into()];
            let rest = std::iter::repeat_n(String::new(), HEAD.len() - 4);
            csv_row(row.into_iter().chain(rest).chain([first.unwrap_or_default().to_owned()]))
                .unwrap_or_default()
        }
    };
    Record { result: None, text }
}

fn json_line(value: &Json) -> String {
    format!("{value}\n")
}

/// A line that no reader of requests gets to see.
fn unread(ar: &str, en: &str) -> Diagnostics {
    problem(&Text::new(ar, en))
}

/// What stands in the way of any reader.
pub(super) fn problem(text: &Text) -> Diagnostics {
    Diagnostics(vec![Diagnostic::error(Code::RequestSyntax, text.clone())])
}

/// What is said of a line.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is asked for; each line is written by itself")]
enum Told<'s> {
    /// In short.
    Short(Short<'s>),
    /// It could not be read.
    Refused(Refused<'s>),
}

/// What is said of a request in short.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Short<'s> {
    /// The number of its line in the file, from 1 on.
    #[schemars(range(min = 1))]
    line: u64,
    /// The number of the request.
    case_ref: Option<&'s str>,
    /// The result.
    result: Conclusion,
    /// The rules that are not met.
    not_met: Vec<&'s str>,
    /// The rules of which it cannot be told.
    unknown: Vec<&'s str>,
    /// The rules on which sources disagree.
    conflict: Vec<&'s str>,
    /// The rules that cannot be computed.
    referred: Vec<&'s str>,
    /// What is missing and can still change the result.
    missing: Lacking<'s>,
    /// The score, where it is known.
    score: Option<String>,
    /// The tier, where what is unknown cannot change it.
    tier: Option<&'s str>,
    /// What letters call the revision by which it was judged.
    revision: &'s str,
}

/// What is missing.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Missing")]
struct Lacking<'s> {
    /// Facts.
    facts: Vec<&'s str>,
    /// Papers.
    documents: Vec<&'s str>,
}

/// A line that could not be read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Refused<'s> {
    /// The number of the line in the file, from 1 on.
    #[schemars(range(min = 1))]
    line: u64,
    /// Why.
    problems: Vec<Problem<'s>>,
}

/// The schema of what is written for a line; with all detail it is that of an evaluation.
pub fn schema() -> Json {
    of_answer::<Told<'static>>("A line of a batch")
}

/// The rules of which this is said. An exemption that nobody claims, or a request that belongs to no other, is nothing that went wrong.
fn rules(policy: &Policy, verdicts: impl Iterator<Item = Verdict>, verdict: Verdict) -> Vec<&str> {
    let said = policy.rules.iter().zip(verdicts).filter(|(_, said)| *said == verdict);
    let rules = said.filter(|(rule, _)| matches!(rule.kind, RuleKind::Eligibility | RuleKind::Procedural));
    rules.map(|(rule, _)| rule.id.as_str()).collect()
}

fn short<'s>(policy: &'s Policy, request: &'s Request, evaluation: &'s Evaluation, number: u64) -> Short<'s> {
    let of = |verdict| rules(policy, evaluation.rulings.iter().map(|ruling| ruling.verdict), verdict);
    let facts = evaluation.missing.facts.iter().filter_map(|slot| policy.vocabulary.get(*slot));
    let documents = evaluation.missing.documents.iter().filter_map(|index| policy.documents.get(*index));
    let settled = evaluation.priority.as_ref().filter(|priority| priority.score == priority.at_most);
    Short {
        line: number,
        case_ref: request.case_ref.as_deref(),
        result: evaluation.result,
        not_met: of(Verdict::NotMet),
        unknown: of(Verdict::Unknown),
        conflict: of(Verdict::Conflict),
        referred: of(Verdict::Referred),
        missing: Lacking {
            facts: facts.map(|named| named.id.as_str()).collect(),
            documents: documents.map(|document| document.id.as_str()).collect(),
        },
        score: settled.map(|priority| priority.score.to_string()),
        tier: evaluation.tier_id(policy),
        revision: &policy.label,
    }
}

/// The same, of what the plan found.
fn planned_short<'s>(
    policy: &'s Policy,
    record: &'s plan::Record,
    case_ref: Option<&'s str>,
    number: u64,
) -> Short<'s> {
    let of = |verdict| rules(policy, record.verdicts.iter().copied(), verdict);
    let documents = policy.documents.iter().take(64).enumerate();
    let missing = documents.filter(|(index, _)| record.missing >> index & 1 == 1);
    let tier = record.standing.and_then(|standing| standing.tier);
    let named = policy.score.as_ref().and_then(|score| policy.vocabulary.get(score.tier?));
    let choices = named.and_then(|named| named.ty.choices());
    Short {
        line: number,
        case_ref,
        result: record.result,
        not_met: of(Verdict::NotMet),
        unknown: of(Verdict::Unknown),
        conflict: vec![],
        referred: vec![],
        missing: Lacking {
            facts: vec![],
            documents: missing.map(|(_, document)| document.id.as_str()).collect(),
        },
        score: record
            .standing
            .filter(|standing| standing.score == standing.at_most)
            .map(|standing| standing.score.to_string()),
        tier: choices.zip(tier).map(|(choices, tier)| choices.id(tier)),
        revision: &policy.label,
    }
}

const HEAD: [&str; 12] = [
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
    "revision",
    "why",
];

fn csv_line(short: &Json, why: &str) -> String {
    let text = |value: Option<&Json>| match value {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Array(parts)) => parts.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let missing = short.get("missing");
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
        text(short.get("revision")),
        why.to_owned(),
    ];
    csv_row(cells.into_iter()).unwrap_or_default()
}

fn csv_row(cells: impl Iterator<Item = String>) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(cells).map_err(io::Error::other)?;
    let bytes = writer.into_inner().map_err(io::Error::other)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
