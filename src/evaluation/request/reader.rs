//! From a request file to facts: read in the words of the policy, every value checked, every problem told at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use super::super::problems;
use super::{Presented, Purpose, Reading, Request};
use crate::diag::Diagnostics;
use crate::expression::program::{Slot, Value};
use crate::policy::{About, Fact, FactKind, Policy, Requests};
use crate::source::{self, Key, Node, Place, Source, SyntaxError};
use crate::value::{Date, Number, Text, hijri, identifier};

/// Reads the text of a request: TOML, or JSON where its name ends so or it begins with a brace.
///
/// # Errors
///
/// Everything that is wrong with the file.
pub fn read(policy: &Policy, source: &Arc<Source>) -> Result<Request, Diagnostics> {
    from_node(policy, source, &tree(source)?, Purpose::Official)
}

/// Reads the text of a request in JSON.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read_json(policy: &Policy, source: &Arc<Source>) -> Result<Request, Diagnostics> {
    from_node(policy, source, &json_tree(source)?, Purpose::Official)
}

/// The tree of a request file, before any policy looks at it.
///
/// # Errors
///
/// Everywhere that it is not TOML, or not JSON.
pub fn tree(source: &Arc<Source>) -> Result<Node, Diagnostics> {
    if source.is_json() {
        return json_tree(source);
    }
    let (node, errors) = source::read_toml(&source.text);
    if errors.is_empty() {
        return Ok(node);
    }
    Err(Diagnostics(errors.into_iter().map(|error| unreadable(source, error, "TOML")).collect()))
}

/// The tree of a request in JSON, before any policy looks at it.
///
/// # Errors
///
/// It is not JSON.
pub(crate) fn json_tree(source: &Arc<Source>) -> Result<Node, Diagnostics> {
    source::read_json(&source.text).map_err(|error| Diagnostics(vec![unreadable(source, error, "JSON")]))
}

fn unreadable(source: &Arc<Source>, error: SyntaxError, format: &str) -> crate::diag::Diagnostic {
    if error.message == "duplicate key" || error.message.ends_with("` is written twice") {
        let key = source.slice(&error.range).trim().trim_matches('"').to_owned();
        return problems::said_twice(Place::new(source, error.range), &key);
    }
    problems::syntax(source, error, format)
}

/// Reads a request out of a tree that stands in a file.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn from_node(
    policy: &Policy,
    source: &Arc<Source>,
    node: &Node,
    purpose: Purpose,
) -> Result<Request, Diagnostics> {
    let mut reader = Reader { policy, source, purpose, diagnostics: Diagnostics::default() };
    let request = reader.request(node);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort();
    match request {
        Some(request) if !diagnostics.has_errors() => Ok(request),
        _ => Err(diagnostics),
    }
}

/// Reads the details of the letters that concern no request: a file of its own, which names the policy and them.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn read_details(policy: &Policy, source: &Arc<Source>) -> Result<BTreeMap<Slot, Value>, Diagnostics> {
    let node = tree(source)?;
    let mut reader =
        Reader { policy, source, purpose: Purpose::Official, diagnostics: Diagnostics::default() };
    let mut details = BTreeMap::new();
    for (key, node) in reader.table(&node) {
        match key.name.as_str() {
            _ if is_blank(node) => {}
            "policy" => {
                reader.named_policy(node);
            }
            "letters" => details = reader.letters(node, About::Policy),
            _ => reader.push(problems::not_of_details(reader.place(&key.range), &key.name)),
        }
    }
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort();
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(details) }
}

/// What stands in a request besides facts.
const OWN_KEYS: &[&str] = &[
    "policy",
    "case_ref",
    "service",
    "channel",
    "submitted_at",
    "documents",
    "declaration",
    "events",
    "decision",
    "letters",
];

pub(super) struct Reader<'a> {
    pub(super) policy: &'a Policy,
    source: &'a Arc<Source>,
    pub(super) purpose: Purpose,
    diagnostics: Diagnostics,
}

impl Reader<'_> {
    pub(super) fn place(&self, range: &std::ops::Range<usize>) -> Place {
        Place::new(self.source, range.clone())
    }

    pub(super) fn push(&mut self, problem: crate::diag::Diagnostic) {
        self.diagnostics.push(problem);
    }

    /// The entries of a table; says so where it is none, or where a key stands twice.
    pub(super) fn table<'n>(&mut self, node: &'n Node) -> &'n [(Key, Node)] {
        let source::Value::Table(entries) = &node.value else {
            self.push(problems::not_a_table(self.place(&node.range)));
            return &[];
        };
        for (index, (key, _)) in entries.iter().enumerate() {
            if entries.iter().take(index).any(|(other, _)| other.name == key.name) {
                self.push(problems::said_twice(self.place(&key.range), &key.name));
            }
        }
        entries
    }

    fn request(&mut self, node: &Node) -> Option<Request> {
        let entries = self.table(node);
        if !matches!(node.value, source::Value::Table(_)) {
            return None;
        }
        let end = node.range.end..node.range.end;
        let get = |name: &str| {
            entries
                .iter()
                .find(|(key, _)| key.name == name)
                .map(|(_, node)| node)
                .filter(|node| !is_blank(node))
        };
        let policy = get("policy").and_then(|node| self.named_policy(node));
        let case_ref = get("case_ref").and_then(|node| self.text(node));
        let service = match get("service") {
            Some(node) => self.service(node),
            None => {
                self.push(problems::missing(self.place(&end), "service", &service_text()));
                None
            }
        };
        let channel = get("channel").and_then(|node| self.channel(node));
        let submitted_at = match get("submitted_at") {
            Some(node) => self.moment(node),
            None => {
                self.push(problems::missing(self.place(&end), "submitted_at", &submitted_text()));
                None
            }
        };
        if let (Some(at), Some(node)) = (submitted_at, get("submitted_at"))
            && match self.purpose {
                Purpose::Official => at.date() < self.policy.in_force_from,
                // An example of an earlier revision goes on to be an example of this one.
                Purpose::Example => at.date() < self.policy.judges_from(),
                Purpose::CarriedOver => false,
            }
        {
            self.push(problems::not_in_force(
                self.place(&node.range),
                at.date(),
                self.policy.in_force_from,
                self.policy.digits,
            ));
        }
        let mut readings = BTreeMap::new();
        for (key, node) in entries {
            if !OWN_KEYS.contains(&key.name.as_str()) && !is_blank(node) {
                self.section(key, node, None, &mut readings);
            }
        }
        let mut documents = BTreeMap::new();
        if let Some(node) = get("documents") {
            for (key, node) in self.table(node) {
                self.document(key, node, &mut documents, &mut readings);
            }
        }
        let declaration = get("declaration").and_then(|node| self.declaration(node));
        let events = get("events").map(|node| self.events(node, submitted_at)).unwrap_or_default();
        let decision = get("decision").and_then(|node| self.decision(node, service, submitted_at));
        let details = get("letters").map(|node| self.letters(node, About::Request)).unwrap_or_default();
        Some(Request {
            policy,
            case_ref,
            service: service?,
            channel,
            submitted_at: submitted_at?,
            readings,
            documents,
            declaration,
            events,
            decision,
            details,
        })
    }

    /// The policy that a file names: it must be the one by which it is read.
    fn named_policy(&mut self, node: &Node) -> Option<String> {
        let named = self.text(node)?;
        if named != self.policy.id {
            self.push(problems::other_policy(self.place(&node.range), &named, &self.policy.id));
        }
        Some(named)
    }

    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            source::Value::String(text) | source::Value::Number(text) => Some(tidied(text)),
            source::Value::Null
            | source::Value::Bool(_)
            | source::Value::Date(_)
            | source::Value::Array(_)
            | source::Value::Table(_) => {
                self.push(problems::wrong_fact(
                    self.place(&node.range),
                    &Text::new("نص", "text"),
                    &written(node),
                ));
                None
            }
        }
    }

    fn service(&mut self, node: &Node) -> Option<usize> {
        let text = self.text(node)?;
        let found = self.policy.services.iter().position(|service| {
            service.id == text || service.title.ar == text || service.title.en.eq_ignore_ascii_case(&text)
        });
        if found.is_none() {
            let services = &self.policy.services;
            self.push(problems::unknown_service(self.place(&node.range), &text, services));
        }
        found
    }

    fn channel(&mut self, node: &Node) -> Option<usize> {
        let text = self.text(node)?;
        let found = self.policy.channels.iter().position(|channel| {
            channel.id == text || channel.title.ar == text || channel.title.en.eq_ignore_ascii_case(&text)
        });
        match found.and_then(|found| self.policy.channels.get(found)) {
            None => {
                self.push(problems::unknown_channel(self.place(&node.range), &text, &self.policy.channels));
            }
            Some(channel) if matches!(channel.requests, Requests::No | Requests::Lead) => {
                self.push(problems::closed_channel(self.place(&node.range), channel));
            }
            Some(_) => {}
        }
        found
    }

    /// A section of facts; `document` where a paper says them.
    fn section(
        &mut self,
        section: &Key,
        node: &Node,
        document: Option<usize>,
        readings: &mut BTreeMap<Slot, Vec<Reading>>,
    ) {
        let prefix = format!("{}.", section.name);
        let policy = self.policy;
        if !policy.facts.iter().any(|fact| fact.id.starts_with(&prefix)) {
            let sections = policy.facts.iter().filter_map(|fact| fact.id.split('.').next());
            let known: Vec<&str> = sections.chain(OWN_KEYS.iter().copied()).collect();
            self.push(problems::unknown_fact(self.place(&section.range), &section.name, known));
            return;
        }
        for (key, node) in self.table(node) {
            let id = format!("{prefix}{}", key.name);
            let Some(fact) = policy.fact(&id) else {
                let known = policy.facts.iter().filter_map(|fact| fact.id.strip_prefix(&prefix));
                self.push(problems::unknown_fact(self.place(&key.range), &key.name, known.collect()));
                continue;
            };
            if let Some(value) = self.fact(fact, node) {
                let known = readings.entry(fact.slot).or_default();
                known.push(Reading { value, document });
            }
        }
    }

    /// The value of a fact; nothing where it is left blank, or wrong.
    pub(super) fn fact(&mut self, fact: &Fact, node: &Node) -> Option<Value> {
        if is_blank(node) {
            return None;
        }
        let place = self.place(&node.range);
        match &fact.kind {
            FactKind::Bool => {
                let value = self.bool(node);
                if value.is_none() {
                    self.push(problems::wrong_fact(
                        place,
                        &Text::new("نعم أو لا", "yes or no"),
                        &written(node),
                    ));
                }
                value.map(Value::Bool)
            }
            FactKind::Number { whole, money } => self.number(fact, node, *whole, *money),
            FactKind::Date => self.date(node).map(Value::Date),
            FactKind::Choice(choices) => {
                let text = self.text(node)?;
                let found = choices.index(&text).or_else(|| {
                    let label = choices
                        .labels
                        .iter()
                        .position(|label| label.ar == text || label.en.eq_ignore_ascii_case(&text));
                    label.and_then(|index| u16::try_from(index).ok())
                });
                if found.is_none() {
                    self.push(problems::unknown_choice(place, &text, choices));
                }
                found.map(Value::Choice)
            }
            FactKind::Text | FactKind::Code => self.text(node).map(|text| Value::Text(text.into())),
            FactKind::NationalId => self.identifier(node, identifier::national_id),
            FactKind::Iban => self.identifier(node, identifier::iban),
            FactKind::Mobile => self.identifier(node, identifier::mobile),
            FactKind::ShortAddress => self.identifier(node, identifier::short_address),
            FactKind::Time => self.time(node),
            FactKind::List(fields) => {
                let source::Value::Array(items) = &node.value else {
                    self.push(problems::wrong_fact(place, &Text::new("قائمة", "a list"), &written(node)));
                    return None;
                };
                let items = items.iter().map(|item| self.item(fields, item)).collect();
                Some(Value::List(Arc::new(items)))
            }
        }
    }

    fn item(&mut self, fields: &[Fact], node: &Node) -> Vec<Option<Value>> {
        let mut values = vec![None; fields.len()];
        for (key, node) in self.table(node) {
            let found = fields.iter().position(|field| field.id == key.name);
            match found.and_then(|index| Some((fields.get(index)?, values.get_mut(index)?))) {
                Some((field, value)) => *value = self.fact(field, node),
                None => {
                    let known = fields.iter().map(|field| field.id.as_str()).collect();
                    self.push(problems::unknown_fact(self.place(&key.range), &key.name, known));
                }
            }
        }
        values
    }

    fn number(&mut self, fact: &Fact, node: &Node, whole: bool, money: bool) -> Option<Value> {
        let place = self.place(&node.range);
        let wanted = match (money, whole) {
            (true, _) => Text::new(
                "مبلغ بمنزلتين عشريتين على الأكثر مثل 4800.50",
                "an amount with at most two decimals, such as 4800.50,",
            ),
            (false, true) => Text::new("عدد صحيح", "a whole number"),
            (false, false) => Text::new("عدد", "a number"),
        };
        let number = match &node.value {
            source::Value::Number(text) | source::Value::String(text) => read_number(text),
            source::Value::Null
            | source::Value::Bool(_)
            | source::Value::Date(_)
            | source::Value::Array(_)
            | source::Value::Table(_) => None,
        };
        let scaled = number.and_then(|number| number.times(Number::from(if money { 100 } else { 1 })));
        let Some(number) = scaled.filter(|number| number.is_whole() || !(whole || money)) else {
            self.push(problems::wrong_fact(place, &wanted, &written(node)));
            return None;
        };
        if let Some(range) = fact.range
            && !range.contains(number)
        {
            self.push(problems::out_of_range(place, fact, &range, money));
            return None;
        }
        Some(Value::Number(number))
    }

    fn identifier(
        &mut self,
        node: &Node,
        read: fn(&str) -> Result<String, identifier::IdentifierError>,
    ) -> Option<Value> {
        let text = self.text(node)?;
        match read(&text) {
            Ok(text) => Some(Value::Text(text.into())),
            Err(error) => {
                self.push(problems::bad_identifier(self.place(&node.range), error, self.policy.digits));
                None
            }
        }
    }

    /// A time of the day, as text or as TOML has it.
    fn time(&mut self, node: &Node) -> Option<Value> {
        let source::Value::Date(text) = &node.value else {
            return self.identifier(node, identifier::time_of_day);
        };
        match identifier::time_of_day(text) {
            Ok(time) => Some(Value::Text(time.into())),
            Err(error) => {
                self.push(problems::bad_identifier(self.place(&node.range), error, self.policy.digits));
                None
            }
        }
    }

    pub(super) fn date(&mut self, node: &Node) -> Option<Date> {
        let text = match &node.value {
            source::Value::Date(text) | source::Value::String(text) => text,
            source::Value::Null
            | source::Value::Bool(_)
            | source::Value::Number(_)
            | source::Value::Array(_)
            | source::Value::Table(_) => {
                self.push(problems::wrong_fact(
                    self.place(&node.range),
                    &Text::new("تاريخ", "a date"),
                    &written(node),
                ));
                return None;
            }
        };
        match hijri::parse_date(without_time(text)) {
            Ok(date) => Some(date),
            Err(error) => {
                self.push(problems::bad_date(self.place(&node.range), &error, self.policy.digits));
                None
            }
        }
    }

    /// A day, or a day with a time; a time with an offset is moved to that of the policy, where it has one.
    pub(super) fn moment(&mut self, node: &Node) -> Option<NaiveDateTime> {
        if let source::Value::Date(text) | source::Value::String(text) = &node.value {
            // The day may be written in any way that a day is.
            if let Some((day, time)) = day_and_time(text)
                && let Ok(date) = hijri::parse_date(day)
                && let Some(moment) = self.on_the_clock(&format!("{date}T{time}"))
            {
                return Some(moment);
            }
        }
        self.date(node).map(|date| date.and_time(NaiveTime::MIN))
    }

    /// A moment in the standard form; one with an offset is moved to that of the policy, where it has one.
    fn on_the_clock(&self, text: &str) -> Option<NaiveDateTime> {
        if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
            return match self.policy.utc_offset {
                Some(ahead) => moment.naive_utc().checked_add_signed(TimeDelta::minutes(i64::from(ahead))),
                None => Some(moment.naive_local()),
            };
        }
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    }

    fn document(
        &mut self,
        key: &Key,
        node: &Node,
        documents: &mut BTreeMap<usize, Presented>,
        readings: &mut BTreeMap<Slot, Vec<Reading>>,
    ) {
        let policy = self.policy;
        let Some(index) = policy.documents.iter().position(|document| document.id == key.name) else {
            let known = policy.documents.iter().map(|document| document.id.as_str()).collect();
            self.push(problems::unknown_document(self.place(&key.range), &key.name, known));
            return;
        };
        if is_blank(node) {
            return;
        }
        let mut presented = Presented::default();
        for (key, node) in self.table(node) {
            match key.name.as_str() {
                _ if is_blank(node) => {}
                "issued" => presented.issued = self.date(node),
                "expires" => presented.expires = self.date(node),
                "matched" => match self.bool(node) {
                    Some(value) => presented.matched = value,
                    None => {
                        let wanted = Text::new("نعم أو لا", "yes or no");
                        self.push(problems::wrong_fact(self.place(&node.range), &wanted, &written(node)));
                    }
                },
                "shows" => {
                    for (section, node) in self.table(node) {
                        self.section(section, node, Some(index), readings);
                    }
                }
                other => {
                    let known = vec!["issued", "expires", "matched", "shows"];
                    self.push(problems::unknown_fact(self.place(&key.range), other, known));
                }
            }
        }
        if let (Some(issued), Some(expires)) = (presented.issued, presented.expires)
            && expires < issued
        {
            self.push(problems::expires_before_issue(
                self.place(&node.range),
                issued,
                expires,
                self.policy.digits,
            ));
        }
        documents.insert(index, presented);
    }

    fn bool(&self, node: &Node) -> Option<bool> {
        match &node.value {
            source::Value::Bool(value) => Some(*value),
            source::Value::String(text) => yes_or_no(text),
            source::Value::Null
            | source::Value::Number(_)
            | source::Value::Date(_)
            | source::Value::Array(_)
            | source::Value::Table(_) => None,
        }
    }
}

fn service_text() -> Text {
    Text::new("الخدمة المطلوبة", "the service that is asked for")
}

fn submitted_text() -> Text {
    Text::new("تاريخ تقديم الطلب", "the day on which the request was submitted")
}

/// Left blank: unknown, which is neither zero nor no.
pub(super) fn is_blank(node: &Node) -> bool {
    match &node.value {
        source::Value::Null => true,
        source::Value::String(text) => text.trim().is_empty(),
        source::Value::Bool(_)
        | source::Value::Number(_)
        | source::Value::Date(_)
        | source::Value::Array(_)
        | source::Value::Table(_) => false,
    }
}

/// Not written, or left blank; what is written and wrong has its own problem.
pub(super) fn is_absent(table: &Node, key: &str) -> bool {
    table.get(key).is_none_or(is_blank)
}

/// Without control characters and outer white space: nothing else is changed, names are kept as they are written.
pub(in crate::evaluation) fn tidied(text: &str) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    clean.trim().to_owned()
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "نعم" | "yes" | "true" => Some(true),
        "لا" | "no" | "false" => Some(false),
        _ => None,
    }
}

/// Hours and minutes, perhaps seconds, perhaps an offset.
fn is_time(time: &str) -> bool {
    NaiveTime::parse_from_str(time, "%H:%M").is_ok()
        || NaiveTime::parse_from_str(time, "%H:%M:%S%.f").is_ok()
        || chrono::DateTime::parse_from_rfc3339(&format!("2000-01-01T{time}")).is_ok()
}

/// The day of a day with its time. A `T` may also begin a word (`6 Rabi Thani 1448`): a time is what reads as one.
fn without_time(text: &str) -> &str {
    match text.split_once('T') {
        Some((day, time)) if is_time(time) => day,
        _ => text,
    }
}

/// A day in whatever form, and the time of it that follows after a `T` or a space, in plain digits: `26/06/1448 10:30`, `٢٦ رجب ١٤٤٨هـ، ١٠:٣٠`.
fn day_and_time(text: &str) -> Option<(&str, String)> {
    let parted = |(day, time)| {
        let time = identifier::normalize_digits(time);
        is_time(&time).then_some((day, time))
    };
    let by_letter = text.rsplit_once(['T', 't']).and_then(parted);
    let (day, time) =
        by_letter.or_else(|| text.trim_end().rsplit_once(char::is_whitespace).and_then(parted))?;
    Some((day.trim_end().trim_end_matches(['،', ',']), time))
}

/// Digits of any style, with or without marks between thousands.
pub(super) fn read_number(text: &str) -> Option<Number> {
    let text =
        identifier::normalize_digits(text.trim()).replace('٫', ".").replace(['٬', '_', '\u{a0}', ' '], "");
    let text = if has_thousands_marks(&text) { text.replace(',', "") } else { text };
    Number::parse(&text)
}

/// `4,800` and `1,234,567.50`, but not `4,8`.
fn has_thousands_marks(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    first && groups.clone().count() > 0 && groups.all(|group| group.len() == 3)
}

/// The printed beginning of a digest is enough to tell which data were signed.
pub(super) fn is_digest(text: &str) -> bool {
    (12..=64).contains(&text.len()) && text.chars().all(|letter| letter.is_ascii_hexdigit())
}

pub(super) fn written(node: &Node) -> String {
    match &node.value {
        source::Value::Null => "null".into(),
        source::Value::Bool(value) => value.to_string(),
        source::Value::Number(text) | source::Value::Date(text) | source::Value::String(text) => text.clone(),
        source::Value::Array(_) => "[…]".into(),
        source::Value::Table(_) => "{…}".into(),
    }
}
