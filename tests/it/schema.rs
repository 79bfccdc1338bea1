//! The schemas, as a validator that is not ours takes them: everything sound is accepted; what is mangled is refused, by the schema at
//! the place of the fault, and by mizan too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use boon::{Compiler, Schemas};
use mizan::app::batch::{self, Batch, By, Detail, Lines};
use mizan::diag::render;
use mizan::evaluation::request::{self, Purpose};
use mizan::evaluation::{evaluate, report, schema};
use mizan::policy::{self, Policy, PolicyFile};
use mizan::source::{self, Node, Source};
use mizan::value::Lang;
use mizan::workspace;
use serde_json::{Value as Json, json};

use crate::naba::POLICY;

static LIBRARY: LazyLock<Policy> = LazyLock::new(|| {
    let folder = "policies/library/1";
    policy::check(folder, &workspace::read_revision(Path::new(folder)).unwrap()).unwrap().0
});

fn fixtures() -> &'static Path {
    Path::new("tests/fixtures")
}

/// A schema, ready to be asked.
pub(crate) struct Validator {
    schemas: Schemas,
    index: boon::SchemaIndex,
}

impl Validator {
    pub(crate) fn new(schema: &Json) -> Validator {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.add_resource("mizan.json", schema.clone()).unwrap();
        let index = compiler.compile("mizan.json", &mut schemas);
        let index = index.unwrap_or_else(|error| panic!("it is no JSON Schema: {error:#}"));
        Validator { schemas, index }
    }

    /// Where it does not fit, the innermost places last, and what is said in full.
    fn complaints(&self, value: &Json) -> Option<(Vec<String>, String)> {
        let error = self.schemas.validate(value, self.index).err()?;
        let mut places = Vec::new();
        let mut open = vec![&error];
        while let Some(error) = open.pop() {
            if error.causes.is_empty() {
                places.push(error.instance_location.to_string());
            }
            open.extend(&error.causes);
        }
        Some((places, format!("{error:#}")))
    }

    fn accepts(&self, value: &Json) -> bool {
        self.complaints(value).is_none()
    }
}

/// A file as another program reads it: dates become text.
fn json_of(path: &Path) -> Json {
    let text = workspace::read_text(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "json") {
        return serde_json::from_str(&text).unwrap();
    }
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    plain(&toml::Value::Table(table))
}

fn plain(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(value) => json!(value),
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(parts) => parts.iter().map(plain).collect(),
        toml::Value::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
    }
}

/// The tree of a request as another program writes it.
fn plain_node(node: &Node) -> Json {
    match &node.value {
        source::Value::Null => Json::Null,
        source::Value::Bool(value) => json!(value),
        // JSON has no infinity: a program would write the word.
        source::Value::Number(text) => text.replace('_', "").parse().map_or(json!(text), Json::Number),
        source::Value::Date(text) | source::Value::String(text) => json!(text),
        source::Value::Array(nodes) => nodes.iter().map(plain_node).collect(),
        source::Value::Table(entries) => {
            Json::Object(entries.iter().map(|(key, node)| (key.name.clone(), plain_node(node))).collect())
        }
    }
}

pub(crate) fn accepted(validator: &Validator, value: &Json, name: &str) {
    if let Some((_, said)) = validator.complaints(value) {
        panic!("{name} is refused:\n{said}");
    }
}

/// A change of one place, as somebody who slips would make it.
struct Mangled {
    why: String,
    file: String,
    at: String,
    edit: Edit,
}

enum Edit {
    Rename(String),
    Put(Json),
    Remove,
}

/// The changes that stand in a table.
fn mangled(table: &str) -> Vec<Mangled> {
    let all = json_of(&fixtures().join("schema").join(table));
    let all = all.get("mangled").and_then(Json::as_array).unwrap();
    let word = |entry: &Json, key: &str| entry.get(key).and_then(Json::as_str).map(str::to_owned);
    let read = |entry: &Json| {
        let edit = match (word(entry, "rename"), entry.get("put"), entry.get("remove")) {
            (Some(name), None, None) => Edit::Rename(name),
            (None, Some(value), None) => Edit::Put(value.clone()),
            (None, None, Some(_)) => Edit::Remove,
            _ => panic!("{table}: not one change: {entry}"),
        };
        let [why, file, at] = ["why", "file", "at"].map(|key| word(entry, key).unwrap());
        Mangled { why, file, at, edit }
    };
    all.iter().map(read).collect()
}

impl Mangled {
    /// The sound thing with the change made.
    fn over(&self, sound: &Json) -> Json {
        let mut value = sound.clone();
        let (parent, key) = self.at.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        let parent = value.pointer_mut(parent).unwrap_or_else(|| panic!("{} has no {parent}", self.file));
        let old = match parent {
            Json::Object(table) => table.remove(&key),
            Json::Array(list) => Some(list.remove(key.parse().unwrap())),
            other => panic!("{} has only {other} at {}", self.file, self.at),
        };
        let old = old.unwrap_or_else(|| panic!("{} has no {}", self.file, self.at));
        match (&self.edit, parent) {
            (Edit::Rename(name), Json::Object(table)) => {
                table.insert(name.clone(), old);
            }
            (Edit::Put(new), Json::Object(table)) => {
                table.insert(key, new.clone());
            }
            (Edit::Put(new), Json::Array(list)) => list.insert(key.parse().unwrap(), new.clone()),
            (Edit::Remove, _) => {}
            (edit, _) => panic!("{} cannot be changed: {}", self.at, matches!(edit, Edit::Rename(_))),
        }
        value
    }

    /// The validator refuses it, and says so at the place that was changed or right above it.
    fn is_refused(&self, validator: &Validator, value: &Json) {
        let above = self.at.rsplit_once('/').unwrap().0;
        let Some((places, said)) = validator.complaints(value) else {
            panic!("{}: {} is accepted", self.file, self.why);
        };
        let is_near = |place: &String| *place == self.at || place == above;
        // Of two alternatives further out it is also said that the other one does not fit.
        let is_around = |place: &String| self.at.starts_with(place);
        let is_told =
            places.iter().any(is_near) && places.iter().all(|place| is_near(place) || is_around(place));
        assert!(is_told, "{}: {} is refused elsewhere:\n{said}", self.file, self.why);
    }
}

/// The policies with the schema of their requests, and where their samples stand.
fn policies() -> [(&'static Policy, Validator, &'static str); 2] {
    let of = |policy: &Policy| Validator::new(&schema::request(policy, Lang::Ar));
    [(&POLICY, of(&POLICY), "requests"), (&LIBRARY, of(&LIBRARY), "requests-library")]
}

#[test]
fn every_sample_request_is_accepted() {
    let mut count = 0;
    for (policy, validator, folder) in policies() {
        for path in workspace::list(&fixtures().join(folder)).unwrap() {
            accepted(&validator, &json_of(&path), &path.display().to_string());
            count += 1;
        }
        // Requests of worked examples too; those that are to be refused have their own words about it.
        for scenario in policy.scenarios.iter().filter(|scenario| scenario.expect.problem.is_none()) {
            let mut request = plain_node(&scenario.request);
            // Only an example may say that it is signed as it stands.
            if let Some(digest) = request.pointer_mut("/declaration/digest")
                && digest == "current"
            {
                *digest = json!("0123456789abcdef");
            }
            accepted(&validator, &request, &scenario.name);
            count += 1;
        }
    }
    assert!(count > 200, "only {count} requests were looked at");
}

#[test]
fn every_mangled_request_is_refused_by_the_schema_and_by_mizan() {
    let policies = policies();
    let all = mangled("requests.toml");
    assert!(all.len() >= 10);
    for slip in all {
        let folder = slip.file.split('/').next().unwrap();
        let (policy, validator, _) = policies.iter().find(|(_, _, samples)| *samples == folder).unwrap();
        let value = slip.over(&json_of(&fixtures().join(&slip.file)));
        slip.is_refused(validator, &value);
        let source = Source::new("request.json", value.to_string());
        assert!(request::read(policy, &source).is_err(), "mizan reads what is mangled: {}", slip.why);
    }
}

/// What the schema lets pass among the requests that mizan refuses, because no schema can say it.
const BEYOND: &[(&str, &str)] = &[
    ("before-the-policy.toml", "one day before another"),
    ("channel-without-quotes.toml", "to JSON, 4.10 is 4.1"),
    ("decision-before-the-request.toml", "one day before another"),
    ("decision-granted-without-a-quantity.toml", "which service has a quantity"),
    ("decision-without-reasons.toml", "which decision needs reasons"),
    ("expires-before-issued.toml", "one day before another"),
    ("exponent.toml", "to JSON, 1e3 is 1000"),
    ("february-30.toml", "how long a month is"),
    ("hijri-day-30.toml", "how long a month is"),
    ("iban.toml", "check digits"),
    ("identity-check-digit.toml", "check digits"),
    ("mixed-calendars.toml", "what a month is called"),
    ("month-without-a-name.toml", "what a month is called"),
    ("outside-the-tables.toml", "how far the calendars reach"),
    ("received-before-submitted.toml", "one day before another"),
];

#[test]
fn a_request_that_mizan_refuses_is_refused_by_the_schema_where_a_schema_can() {
    let validator = Validator::new(&schema::request(&POLICY, Lang::Ar));
    let mut passed = Vec::new();
    for path in workspace::list(&fixtures().join("bad-requests")).unwrap() {
        // What is not text, or not TOML or JSON, no schema gets to see.
        let Ok(text) = workspace::read_text(&path) else { continue };
        let source = Source::new(path.display().to_string(), text);
        let Ok(tree) = request::tree(&source) else { continue };
        let value = plain_node(&tree);
        let name = path.file_name().unwrap().to_str().unwrap();
        if validator.accepts(&value) {
            passed.push(name.to_owned());
        }
    }
    let expected: Vec<&str> = BEYOND.iter().map(|(name, _)| *name).collect();
    assert_eq!(passed, expected);
}

#[test]
fn the_schema_of_a_small_policy_can_be_read() {
    let folder = "tests/fixtures/policies/base/1";
    let files = workspace::read_revision(Path::new(folder)).unwrap();
    let (policy, _) = policy::check("relief/1", &files).unwrap();
    insta::assert_snapshot!(format!("{:#}", schema::request(&policy, Lang::En)));
}

/// Puts a value where a fact, or a key of the request, stands.
fn with(id: &str, value: &Json) -> Json {
    let mut request = json!({ "policy": "naba", "service": "S1", "submitted_at": "2026-12-06" });
    match id.split_once('.') {
        Some((section, name)) => request[section] = json!({ name: value }),
        None => request[id] = value.clone(),
    }
    request
}

#[test]
fn reader_and_schema_agree_on_what_may_be_written() {
    let validator = Validator::new(&schema::request(&POLICY, Lang::Ar));
    let table = json_of(&fixtures().join("schema/written.toml"));
    let mut wrong = Vec::new();
    for (id, cases) in table.as_object().unwrap() {
        // Whatever the kind: in JSON a fact may be nothing.
        let is_fact = id.contains('.');
        for (kind, is_read, is_accepted) in
            [("read", true, true), ("refused", false, false), ("beyond", false, true)]
        {
            let listed = cases.get(kind).and_then(Json::as_array);
            let null = (kind == "read" && is_fact).then_some(&Json::Null);
            for value in listed.into_iter().flatten().chain(null) {
                let request = with(id, value);
                let source = Source::new("request.json", request.to_string());
                let read = request::read(&POLICY, &source);
                if read.is_ok() != is_read {
                    wrong.push(format!("{id} = {value}: the reader says {}", read.is_ok()));
                }
                if validator.accepts(&request) != is_accepted {
                    wrong.push(format!("{id} = {value}: the schema says {}", !is_accepted));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The name by which a file's schema is asked for: `rules`, `scenarios`.
fn name_of(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

/// The schemas of the policy files, and the one of all of them.
fn of_files() -> (BTreeMap<&'static str, Validator>, Validator) {
    let each =
        policy::schema::names().map(|name| (name, Validator::new(&policy::schema::file(name).unwrap())));
    (each.collect(), Validator::new(&policy::schema::files()))
}

/// The files of the policies that stand in the repository, sound ones.
fn sound_files() -> Vec<(String, PolicyFile)> {
    let mut folders = vec!["policies/naba/1".into(), "policies/library/1".into()];
    folders.extend(["base/1", "lint/base/1"].map(|folder| fixtures().join("policies").join(folder)));
    let files = folders.iter().flat_map(|folder| workspace::read_revision(folder).unwrap());
    files.filter(|file| file.path.ends_with(".toml")).map(|file| (file.source.name.clone(), file)).collect()
}

#[test]
fn every_policy_file_is_accepted() {
    let (each, all) = of_files();
    let mut seen = BTreeSet::new();
    for (name, file) in sound_files() {
        let value = json_of(Path::new(&name));
        accepted(&each[name_of(&file.path)], &value, &name);
        accepted(&all, &value, &name);
        seen.insert(name_of(&file.path).to_owned());
    }
    // Every file that a revision may have has a schema, and a sample that it accepts.
    let known = policy::read::KNOWN.iter().filter_map(|file| file.strip_suffix(".toml")).chain(["scenarios"]);
    assert_eq!(seen.iter().map(String::as_str).collect::<BTreeSet<_>>(), known.clone().collect());
    assert_eq!(policy::schema::names().collect::<BTreeSet<_>>(), known.collect());
}

/// A value in TOML, on one line; text in single quotes, where conditions must stand.
fn written(value: &Json) -> String {
    match value {
        Json::String(text) if text.contains('\n') => format!("'''{text}'''"),
        Json::String(text) if !text.contains('\'') => format!("'{text}'"),
        Json::Array(parts) => format!("[{}]", parts.iter().map(written).collect::<Vec<_>>().join(", ")),
        Json::Object(table) => {
            let entries = table.iter().map(|(key, value)| format!("{} = {}", json!(key), written(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// The files of a revision with one of them in other words.
fn is_sound(policy: &str, path: &str, value: &Json) -> bool {
    let folder = format!("policies/{policy}/1");
    let mut files = workspace::read_revision(Path::new(&folder)).unwrap();
    let file = files.iter_mut().find(|file| file.path == path).unwrap();
    let lines = value.as_object().unwrap().iter();
    let lines: Vec<String> =
        lines.map(|(key, value)| format!("{} = {}", json!(key), written(value))).collect();
    file.source = Source::new(path, lines.join("\n"));
    policy::check(&folder, &files).is_ok()
}

#[test]
fn every_mangled_policy_file_is_refused_by_its_schema_and_by_mizan() {
    let (each, all) = of_files();
    let mut sound = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for slip in mangled("policies.toml") {
        let (policy, path) = slip.file.split_once('/').unwrap();
        let before = json_of(&Path::new("policies").join(policy).join("1").join(path));
        // Nothing but the slip is wrong: as JSON has it, without dates, the file is still in order.
        if sound.insert(slip.file.clone()) {
            assert!(is_sound(policy, path, &before), "{}", slip.file);
        }
        let value = slip.over(&before);
        slip.is_refused(&each[name_of(path)], &value);
        assert!(!all.accepts(&value), "{}: {} is accepted among all files", slip.file, slip.why);
        assert!(!is_sound(policy, path, &value), "mizan takes what is mangled: {}: {}", slip.file, slip.why);
        seen.insert(name_of(path).to_owned());
    }
    let names: BTreeSet<String> = policy::schema::names().map(str::to_owned).collect();
    assert_eq!(seen, names, "each file has a slip");
}

/// What the schemas let pass among the policies whose shape mizan refuses, because no schema can say it.
const BEYOND_FILES: &[(&str, &str)] = &[
    ("missing-key.row", "which columns a row has, its own table says"),
    ("missing-text.label", "blank text is text"),
    ("unknown-key.fact", "which keys a fact has, its type says"),
];

#[test]
fn a_policy_file_with_a_wrong_shape_is_refused_by_its_schema() {
    let (each, _) = of_files();
    let (mut passed, mut refused) = (Vec::new(), 0);
    for folder in workspace::list(&fixtures().join("policies/bad")).unwrap() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let shapes = ["missing-key", "missing-text", "unknown-key", "unknown-word", "wrong-kind"];
        if !shapes.contains(&name_of(name)) {
            continue;
        }
        let is_refused = crate::check::overlaid(&fixtures().join("policies/base/1"), &folder).iter().any(
            |(path, text)| {
                let Ok(table) = text.parse::<toml::Table>() else { return false };
                each.get(name_of(path))
                    .is_some_and(|schema| !schema.accepts(&plain(&toml::Value::Table(table))))
            },
        );
        if is_refused {
            refused += 1;
        } else {
            passed.push(name.to_owned());
        }
    }
    let expected: Vec<&str> = BEYOND_FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(passed, expected);
    assert!(refused >= 5, "only {refused} folders were refused");
}

#[test]
fn editors_find_the_schemas_that_are_printed() {
    let is_accepting = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let rules = json_of(Path::new(".taplo.toml"));
    let rules = rules.get("rule").and_then(Json::as_array).unwrap();
    for name in policy::schema::names() {
        let path = format!("schemas/{name}.json");
        let schema = format!("{:#}\n", policy::schema::file(name).unwrap());
        if is_accepting {
            workspace::write(Path::new(&path), schema.as_bytes()).unwrap();
        }
        let kept = workspace::read_text(Path::new(&path)).unwrap();
        assert!(kept == schema, "{path} is not what is printed: mizan schema policy {name} > {path}");
        let place = if name == "scenarios" { "scenarios/*".to_owned() } else { name.to_owned() };
        let rule =
            json!({ "include": [format!("**/policies/*/*/{place}.toml")], "schema": { "path": path } });
        assert!(rules.contains(&rule), ".taplo.toml does not have {rule}");
    }
    assert_eq!(workspace::list(Path::new("schemas")).unwrap().len(), rules.len());
}

/// The evaluation of a sample request, as another program reads it.
fn evaluation(file: &Path) -> Json {
    let policy: &Policy = if file.starts_with("tests/fixtures/requests") { &POLICY } else { &LIBRARY };
    let request = request::read(policy, &crate::naba::source(file)).unwrap();
    report::evaluation(policy, &request, &evaluate(policy, &request, crate::naba::today()))
}

#[test]
fn every_evaluation_is_accepted() {
    let validator = Validator::new(&report::schema());
    let mut results = BTreeSet::new();
    for folder in ["requests", "requests-library"] {
        for path in workspace::list(&fixtures().join(folder)).unwrap() {
            let value = evaluation(&path);
            accepted(&validator, &value, &path.display().to_string());
            results.insert(value["result"].to_string());
        }
    }
    // Worked examples come to what no sample does: conflicts, papers that follow later, requests that are joined.
    for policy in [&*POLICY, &*LIBRARY] {
        for scenario in &policy.scenarios {
            let read = request::from_node(policy, &scenario.source, &scenario.request, Purpose::Example);
            let Ok(request) = read else { continue };
            let on = scenario.on.unwrap_or_else(|| request.submitted_at.date());
            let value = report::evaluation(policy, &request, &evaluate(policy, &request, on));
            accepted(&validator, &value, &scenario.name);
            results.insert(value["result"].to_string());
        }
    }
    assert!(results.len() >= 5, "only {results:?} were seen");
}

#[test]
fn every_mangled_evaluation_is_refused() {
    let validator = Validator::new(&report::schema());
    let all = mangled("evaluations.toml");
    assert!(all.len() >= 10);
    for slip in all {
        slip.is_refused(&validator, &slip.over(&evaluation(&fixtures().join(&slip.file))));
    }
}

/// What is said of a request that cannot be read; nothing where it is not even text.
fn problems(file: &Path) -> Option<Json> {
    let source = Source::new(file.display().to_string(), workspace::read_text(file).ok()?);
    // Which policy it means is for another to ask.
    Some(render::value(&request::read(&POLICY, &source).unwrap_err()))
}

#[test]
fn all_problems_are_accepted_and_mangled_ones_refused() {
    let validator = Validator::new(&render::schema());
    let mut count = 0;
    for path in workspace::list(&fixtures().join("bad-requests")).unwrap() {
        let Some(value) = problems(&path) else { continue };
        accepted(&validator, &value, &path.display().to_string());
        count += 1;
    }
    for folder in workspace::list(&fixtures().join("policies/bad")).unwrap() {
        let files = crate::check::overlaid(&fixtures().join("policies/base/1"), &folder).into_iter();
        let files = files.map(|(path, text)| PolicyFile { source: Source::new(path.as_str(), text), path });
        let (Ok((_, problems)) | Err(problems)) = policy::check("relief/1", &files.collect::<Vec<_>>());
        accepted(&validator, &render::value(&problems), &folder.display().to_string());
        count += 1;
    }
    // What a board should see has codes of its own.
    accepted(&validator, &render::value(&policy::lint::lint(&POLICY)), "findings");
    assert!(count > 100, "only {count} were looked at");
    let all = mangled("problems.toml");
    assert!(all.len() >= 10);
    for slip in all {
        slip.is_refused(&validator, &slip.over(&problems(&fixtures().join(&slip.file)).unwrap()));
    }
}

#[test]
fn every_line_of_a_batch_is_accepted() {
    let lines = ["requests", "bad-requests"].into_iter().flat_map(|folder| {
        let paths = workspace::list(&fixtures().join(folder)).unwrap().into_iter();
        paths.filter_map(|path| {
            let tree = request::tree(&Source::new("request", workspace::read_text(&path).ok()?)).ok()?;
            Some(plain_node(&tree).to_string())
        })
    });
    let too_long = format!("{{\"case_ref\": \"{}\"}}", "1".repeat(1 << 20));
    let lines: Vec<String> = lines.chain(["no request".into(), too_long]).collect();
    let said = |detail: Detail| -> Vec<Json> {
        let batch = Batch {
            by: By::One(&POLICY),
            on: None,
            input: Lines::Json,
            output: Lines::Json,
            detail,
            lang: Lang::Ar,
        };
        let mut out = Vec::new();
        batch::run(batch, &mut lines.join("\n").as_bytes(), &mut out, &mut |_| {}).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (short, full) = (Validator::new(&batch::schema()), Validator::new(&report::schema()));
    let told = said(Detail::Short);
    assert_eq!(told.len(), lines.len());
    for line in &told {
        accepted(&short, line, &line.to_string());
    }
    for (line, judged) in said(Detail::Full).iter().zip(&told) {
        let validator = if judged.get("problems").is_some() { &short } else { &full };
        accepted(validator, line, &line.to_string());
    }
    // A line is of one kind or the other.
    let mut mixed = told.iter().find(|line| line.get("result").is_some()).unwrap().clone();
    mixed["problems"] = json!([]);
    assert!(!short.accepts(&mixed));
}
