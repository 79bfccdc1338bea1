//! What a policy's requests may say, as a JSON Schema: for editors, forms and other programs.
//!
//! Receives a [`Policy`], hands on a schema that takes what [`request`](super::request) reads: a fact may be left blank, a number or
//! a day may be text in the digits of either script, a choice may be its id or its label. What no schema can say is left to the
//! reader: check digits, days that a month lacks, one day before another, the range of a number in quotes.

use serde_json::{Map, Value as Json, json};

use crate::policy::{About, Fact, FactKind, Outcome, Policy, Requests};
use crate::source::schema::DRAFT;
use crate::value::{Lang, Number, Text};

/// The schema of a policy's requests; titles in one language, descriptions in the other.
pub fn request(policy: &Policy, lang: Lang) -> Json {
    Writer { policy, lang }.request()
}

/// May a value be left blank, which means that it is unknown?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Allowed,
    Refused,
}

struct Writer<'a> {
    policy: &'a Policy,
    lang: Lang,
}

impl Writer<'_> {
    fn request(&self) -> Json {
        let policy = self.policy;
        let title = Text::new(
            format!("طلب وفق «{}»، النسخة {}", policy.title.ar, policy.label),
            format!("Request under “{}”, revision {}", policy.title.en, policy.label),
        );
        let id = [Word { id: &policy.id, label: None }];
        let services: Vec<Word<'_>> =
            policy.services.iter().map(|service| Word::new(&service.id, &service.title)).collect();
        let open = policy.channels.iter().filter(|channel| match channel.requests {
            Requests::Yes | Requests::Draft => true,
            Requests::Lead | Requests::No => false,
        });
        let channels: Vec<Word<'_>> = open.map(|channel| Word::new(&channel.id, &channel.title)).collect();
        let (service, submitted) = (self.one_of(&services, Blank::Refused), part("moment"));
        let own = [
            ("policy", self.titled("السياسة", "policy", self.one_of(&id, Blank::Allowed))),
            ("case_ref", self.titled("رقم الطلب", "number of the request", text(Blank::Allowed))),
            ("service", self.titled("الخدمة المطلوبة", "service that is asked for", service)),
            (
                "channel",
                self.titled(
                    "قناة تقديم الطلب",
                    "channel by which it came",
                    self.one_of(&channels, Blank::Allowed),
                ),
            ),
            ("submitted_at", self.titled("وقت تقديم الطلب", "when it was submitted", submitted)),
        ];
        let after = [
            ("documents", self.documents()),
            ("declaration", self.declaration()),
            ("events", self.events()),
            ("decision", self.decision()),
            ("letters", self.letters()),
        ];
        let mut keys = table(own);
        let mut parts = parts();
        let sections = self.sections();
        parts.insert("paper".into(), self.paper(sections.keys().cloned()));
        for (section, facts) in sections {
            let name = facts_of(&section);
            keys.insert(section, shaped(part(&name), Blank::Allowed));
            parts.insert(name, facts);
        }
        keys.extend(table(after));
        json!({
            "$schema": DRAFT,
            "title": title.get(self.lang),
            "description": title.get(other(self.lang)),
            "type": "object",
            "required": ["service", "submitted_at"],
            "additionalProperties": false,
            "properties": keys,
            "$defs": parts,
        })
    }

    /// The facts by their sections.
    fn sections(&self) -> Map<String, Json> {
        let mut sections: Map<String, Json> = Map::new();
        for fact in &self.policy.facts {
            let Some((section, name)) = fact.id.split_once('.') else { continue };
            let section = sections.entry(section).or_insert_with(|| closed(&[], Map::new()));
            if let Some(Json::Object(facts)) = section.get_mut("properties") {
                facts.insert(name.to_owned(), self.fact(fact));
            }
        }
        sections
    }

    fn fact(&self, fact: &Fact) -> Json {
        let shape = match &fact.kind {
            FactKind::Bool => part("yes-or-no"),
            FactKind::Number { whole, money } => number(fact, *whole, *money),
            FactKind::Date => part("day-or-blank"),
            FactKind::Choice(choices) => {
                let words = choices.ids.iter().zip(&choices.labels);
                let words: Vec<Word<'_>> = words.map(|(id, label)| Word::new(id, label)).collect();
                self.one_of(&words, Blank::Allowed)
            }
            FactKind::Text | FactKind::Code => text(Blank::Allowed),
            FactKind::NationalId => part("national-id"),
            FactKind::Iban => part("iban"),
            FactKind::Mobile => part("mobile"),
            FactKind::ShortAddress => part("short-address"),
            FactKind::Time => part("time"),
            FactKind::List(fields) => {
                let fields = fields.iter().map(|field| (field.id.clone(), self.fact(field)));
                let item = shaped(closed(&[], fields.collect()), Blank::Refused);
                json!({ "type": ["array", "string", "null"], "pattern": BLANK, "items": item })
            }
        };
        let mut described = self.titled(&fact.label.ar, &fact.label.en, shape);
        if let (Some(ask), Some(Json::String(description))) = (&fact.ask, described.get_mut("description")) {
            description.push('\n');
            description.push_str(ask.get(self.lang));
        }
        described
    }

    fn documents(&self) -> Json {
        let papers = self.policy.documents.iter().map(|document| {
            (document.id.clone(), self.titled(&document.title.ar, &document.title.en, part("paper")))
        });
        let papers = shaped(closed(&[], papers.collect()), Blank::Allowed);
        self.titled("الوثائق المقدَّمة", "papers that were shown", papers)
    }

    /// What can be said of each paper: it may show any fact.
    fn paper(&self, sections: impl Iterator<Item = String>) -> Json {
        let facts = |section: String| {
            let facts = shaped(part(&facts_of(&section)), Blank::Refused);
            (section, facts)
        };
        let shows = shaped(closed(&[], sections.map(facts).collect()), Blank::Allowed);
        let keys = table([
            ("issued", self.titled("تاريخ الإصدار", "day of issue", part("day-or-blank"))),
            (
                "expires",
                self.titled("آخر يوم تسري فيه", "last day on which it is valid", part("day-or-blank")),
            ),
            ("matched", self.titled("طوبقت مع ما قيل", "matched with what was said", part("yes-or-no"))),
            ("shows", self.titled("ما تقوله الوثيقة", "what the paper says", shows)),
        ]);
        shaped(closed(&[], keys), Blank::Allowed)
    }

    fn declaration(&self) -> Json {
        let modes = [
            ("signature", Text::new("توقيع باليد", "signed by hand")),
            ("stylus", Text::new("توقيع على الشاشة", "signed on a screen")),
            ("thumbprint", Text::new("بصمة أمام شاهد", "by thumb, before a witness")),
        ];
        let modes = self.words(&modes, Blank::Allowed);
        let digest =
            json!({ "type": ["string", "number", "null"], "pattern": r"^\s*(?:[0-9A-Fa-f]{12,64}\s*)?$" });
        let keys = table([
            ("signed_on", self.titled("يوم التوقيع", "day of the signature", part("day"))),
            ("mode", self.titled("كيف وُقِّع", "how it was signed", modes)),
            ("witness", self.titled("الشاهد", "witness", text(Blank::Allowed))),
            ("digest", self.titled("بصمة البيانات الموقَّعة", "digest of the data that were signed", digest)),
        ]);
        self.titled("الإقرار", "declaration", shaped(closed(&["signed_on"], keys), Blank::Allowed))
    }

    fn events(&self) -> Json {
        let events = self.policy.events.iter().map(|event| {
            (event.id.clone(), self.titled(&event.label.ar, &event.label.en, part("moment-or-blank")))
        });
        let events = shaped(closed(&[], events.collect()), Blank::Allowed);
        self.titled("ما جرى على الطلب", "what happened to the request", events)
    }

    fn decision(&self) -> Json {
        let outcomes = Outcome::ALL.map(|outcome| (outcome.name(), outcome.label()));
        let reason = json!({ "anyOf": [text(Blank::Refused), closed(&["ar", "en"], table([
            ("ar", text(Blank::Refused)), ("en", text(Blank::Refused)),
        ]))] });
        let reasons = json!({ "type": ["array", "string", "null"], "pattern": BLANK, "items": reason });
        let keys = table([
            ("outcome", self.titled("النتيجة", "outcome", self.words(&outcomes, Blank::Refused))),
            ("date", self.titled("التاريخ", "date", part("day"))),
            ("meeting", self.titled("رقم الاجتماع", "number of the meeting", text(Blank::Refused))),
            ("minutes", self.titled("رقم المحضر", "number of the minutes", text(Blank::Refused))),
            ("granted", self.titled("المقدار الذي قُبل", "quantity that was granted", part("number"))),
            (
                "rank",
                self.titled("الترتيب في قائمة الانتظار", "place on the waiting list", part("whole-number")),
            ),
            ("reasons", self.titled("أسباب اللجنة", "the committee's own reasons", reasons)),
        ]);
        let required = ["outcome", "date", "meeting", "minutes"];
        self.titled(
            "قرار اللجنة",
            "decision of the committee",
            shaped(closed(&required, keys), Blank::Allowed),
        )
    }

    /// What the letters say besides: their details.
    fn letters(&self) -> Json {
        let letters = self.policy.letters.iter().filter(|letter| letter.about == About::Request);
        let letters = letters.map(|letter| {
            let details = letter.details.iter().map(|detail| (detail.id.clone(), self.fact(detail)));
            let details = shaped(closed(&[], details.collect()), Blank::Allowed);
            (letter.id.clone(), self.titled(&letter.title.ar, &letter.title.en, details))
        });
        let letters = shaped(closed(&[], letters.collect()), Blank::Allowed);
        self.titled("تفاصيل الخطابات", "details of the letters", letters)
    }

    /// The title in the one language, and the description in the other.
    fn titled(&self, ar: &str, en: &str, shape: Json) -> Json {
        let (title, description) = match self.lang {
            Lang::Ar => (ar, en),
            Lang::En => (en, ar),
        };
        let mut all = table([("title", json!(title)), ("description", json!(description))]);
        if let Json::Object(shape) = shape {
            all.extend(shape);
        }
        Json::Object(all)
    }

    /// One of the engine's own words, which have no other spelling.
    fn words(&self, words: &[(&str, Text)], blank: Blank) -> Json {
        let ids: Vec<&str> = words.iter().map(|(id, _)| *id).collect();
        let consts =
            words.iter().map(|(id, label)| self.titled(&label.ar, &label.en, json!({ "const": id })));
        either(consts.collect(), &ids.into_iter().map(escaped).collect::<Vec<_>>(), blank)
    }

    /// One of the policy's words: by its id, so that an editor can offer it, or by a label as people write it.
    fn one_of(&self, words: &[Word<'_>], blank: Blank) -> Json {
        let mut consts = Vec::new();
        let mut spellings = Vec::new();
        for word in words {
            let labelled = |id: Json| match word.label {
                Some(label) => self.titled(&label.ar, &label.en, json!({ "const": id })),
                None => json!({ "const": id }),
            };
            consts.push(labelled(json!(word.id)));
            // A number without quotes is read as the text that it is: `channel = 4.1`.
            if let Ok(number) = word.id.parse::<serde_json::Number>() {
                consts.push(labelled(Json::Number(number)));
            }
            spellings.push(escaped(word.id));
            if let Some(label) = word.label {
                spellings.push(escaped(label.ar.trim()));
                spellings.push(label.en.trim().chars().map(either_case).collect());
            }
        }
        either(consts, &spellings, blank)
    }
}

/// A word of the policy, with what people read.
struct Word<'a> {
    id: &'a str,
    label: Option<&'a Text>,
}

impl<'a> Word<'a> {
    fn new(id: &'a str, label: &'a Text) -> Word<'a> {
        Word { id, label: Some(label) }
    }
}

fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Ar => Lang::En,
        Lang::En => Lang::Ar,
    }
}

fn table<const N: usize>(entries: [(&str, Json); N]) -> Map<String, Json> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A table with these keys and no others.
fn closed(required: &[&str], keys: Map<String, Json>) -> Json {
    let mut shape = Map::new();
    if !required.is_empty() {
        shape.insert("required".into(), json!(required));
    }
    shape.insert("additionalProperties".into(), json!(false));
    shape.insert("properties".into(), Json::Object(keys));
    Json::Object(shape)
}

/// A table, or perhaps nothing. What is said of a table does not concern text, and the other way round, so both stand side by side.
fn shaped(shape: Json, blank: Blank) -> Json {
    let mut all = match blank {
        Blank::Allowed => table([("type", json!(["object", "string", "null"])), ("pattern", json!(BLANK))]),
        Blank::Refused => table([("type", json!("object"))]),
    };
    if let Json::Object(shape) = shape {
        all.extend(shape);
    }
    Json::Object(all)
}

/// The name of the part that describes a section of facts.
fn facts_of(section: &str) -> String {
    format!("facts.{section}")
}

fn part(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text(blank: Blank) -> Json {
    part(match blank {
        Blank::Allowed => "text-or-blank",
        Blank::Refused => "text",
    })
}

/// Any of these values, or any of these spellings with space around it.
fn either(mut values: Vec<Json>, spellings: &[String], blank: Blank) -> Json {
    let spellings = spellings.join("|");
    values.push(match blank {
        // Of no words at all, none is right.
        Blank::Refused if spellings.is_empty() => return json!({ "not": {} }),
        Blank::Refused => json!({ "type": "string", "pattern": format!(r"^\s*(?:{spellings})\s*$") }),
        Blank::Allowed => {
            json!({ "type": ["string", "null"], "pattern": format!(r"^\s*(?:(?:{spellings})\s*)?$") })
        }
    });
    json!({ "anyOf": values })
}

fn number(fact: &Fact, whole: bool, money: bool) -> Json {
    let range = fact.range.unwrap_or_default();
    let is_signed = range.low.is_none_or(|(low, _)| low < Number::ZERO);
    let kind = match (money, whole) {
        (true, _) => "money",
        (false, true) => "whole-number",
        (false, false) => "number",
    };
    let mut shape =
        table([("$ref", json!(format!("#/$defs/{kind}{}", if is_signed { "-with-sign" } else { "" })))]);
    let ends = [(range.low, "minimum", "exclusiveMinimum"), (range.high, "maximum", "exclusiveMaximum")];
    for (end, inside, outside) in ends {
        let Some((end, is_inside)) = end else { continue };
        let end = end.over(Number::from(if money { 100 } else { 1 })).unwrap_or(end);
        if let Ok(end) = end.to_string().parse::<serde_json::Number>() {
            shape.insert(if is_inside { inside } else { outside }.into(), Json::Number(end));
        }
    }
    Json::Object(shape)
}

/// Nothing but space.
const BLANK: &str = r"^\s*$";
/// A digit of any style. Patterns say only what every dialect of them knows: no `\d`, no `\p`, nothing that looks ahead or back.
const DIGIT: &str = "[0-9٠-٩۰-۹]";
/// Marks that steer the direction of text: they are passed over.
const MARKS: &str = r"\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff";

/// A digit from one to another, in each style.
fn digit(from: u32, to: u32) -> String {
    let styles = [0x30, 0x660, 0x6f0].map(|zero: u32| {
        let [from, to] = [from, to].map(|digit| char::from_u32(zero + digit).unwrap_or_default());
        if from == to { from.to_string() } else { format!("{from}-{to}") }
    });
    format!("[{}]", styles.concat())
}

/// What the parts of a request look like.
fn parts() -> Map<String, Json> {
    let both = |pattern: &str| format!("^(?:{pattern}|\\s*)$");
    let only = |pattern: &str| format!("^{pattern}$");
    let (day, moment) = (day(), moment());
    let identifier = |pattern: &str| json!({ "type": ["string", "null"], "pattern": both(pattern) });
    let days = json!(["2026-12-06", "26/06/1448هـ", "٢٦ جمادى الآخرة ١٤٤٨"]);
    let moments = json!(["2026-12-06T10:00:00+03:00", "2026-12-06", "26/06/1448هـ"]);
    let yes_or_no = r"\s*(?:نعم|لا|[Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\s*";
    // Beyond eighteen digits nothing is read.
    let (least, most) = (json!(-999_999_999_999_999_999_i64), json!(999_999_999_999_999_999_i64));
    let mut parts = table([
        ("text", json!({ "type": ["string", "number"], "pattern": r"\S" })),
        ("text-or-blank", json!({ "type": ["string", "number", "null"] })),
        ("yes-or-no", json!({ "type": ["boolean", "string", "null"], "pattern": both(yes_or_no) })),
        ("day", json!({ "type": "string", "pattern": only(&day), "examples": days })),
        ("day-or-blank", json!({ "type": ["string", "null"], "pattern": both(&day), "examples": days })),
        ("moment", json!({ "type": "string", "pattern": only(&moment), "examples": moments })),
        (
            "moment-or-blank",
            json!({ "type": ["string", "null"], "pattern": both(&moment), "examples": moments }),
        ),
    ]);
    let zeros = format!("(?:{BETWEEN}[.٫](?:{BETWEEN}{})+)?", digit(0, 0));
    let hundredths =
        format!("(?:{BETWEEN}[.٫]{BETWEEN}{DIGIT}(?:{BETWEEN}{DIGIT}(?:{BETWEEN}{})*)?)?", digit(0, 0));
    let decimals = format!("(?:{BETWEEN}[.٫](?:{BETWEEN}{DIGIT}){{1,17}})?");
    for (name, kind, rest) in
        [("whole-number", "integer", zeros), ("money", "number", hundredths), ("number", "number", decimals)]
    {
        for (sign, ending, least) in [("\\+?", "", json!(0)), ("[+-]?", "-with-sign", least.clone())] {
            let pattern = both(&written_number(sign, &rest));
            let shape = json!({ "type": [kind, "string", "null"], "minimum": least, "maximum": most, "pattern": pattern });
            parts.insert(format!("{name}{ending}"), shape);
        }
    }
    let gap = format!(r"[\s{MARKS}-]*");
    let digits = |count: usize| format!("(?:{DIGIT}{gap}){{{count}}}");
    let prefix =
        |digits: &[u32]| digits.iter().map(|one| digit(*one, *one) + gap.as_str()).collect::<String>();
    let national = format!("{gap}{}{gap}{}", digit(1, 2), digits(9));
    parts.insert(
        "national-id".into(),
        json!({ "type": ["string", "integer", "null"], "minimum": 1_000_000_000, "maximum": 2_999_999_999_u32, "pattern": both(&national) }),
    );
    parts.insert("iban".into(), identifier(&format!("{gap}[Ss]{gap}[Aa]{gap}{}", digits(22))));
    let abroad = prefix(&[9, 6, 6]);
    let mobile = format!(
        r"{gap}(?:(?:\+{gap}|{}|){abroad}|{}){}{}",
        prefix(&[0, 0]),
        prefix(&[0]),
        prefix(&[5]),
        digits(8)
    );
    parts.insert(
        "mobile".into(),
        json!({ "type": ["string", "integer", "null"], "minimum": 966_500_000_000_u64, "maximum": 966_599_999_999_u64, "pattern": both(&mobile) }),
    );
    let time = format!(
        r"[\s{MARKS}]*(?:{}?{DIGIT}|{}{}):{}{DIGIT}(?::{}{DIGIT})?[\s{MARKS}]*",
        digit(0, 1),
        digit(2, 2),
        digit(0, 3),
        digit(0, 5),
        digit(0, 5)
    );
    parts.insert("time".into(), identifier(&time));
    parts.insert("short-address".into(), identifier(&format!("{gap}(?:[A-Za-z]{gap}){{4}}{}", digits(4))));
    parts
}

/// What may stand between the digits of a number.
const BETWEEN: &str = r"[ \u00a0_٬\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*";

/// Up to eighteen digits before the point, with or without a mark between thousands.
fn written_number(sign: &str, rest: &str) -> String {
    let edge = format!(r"[\s{MARKS}]*");
    let next = format!("{BETWEEN}{DIGIT}");
    format!(
        "{edge}{sign}(?:(?:{next}){{1,18}}|(?:{next}){{1,3}}(?:{BETWEEN},(?:{next}){{3}}){{1,5}}){rest}{edge}"
    )
}

/// A day in either calendar: figures in either order, or with the name of the month.
fn day() -> String {
    let edge = format!(r"[\s{MARKS}]*");
    let day =
        format!("(?:{}?{}|{}{DIGIT}|{}{})", digit(0, 0), digit(1, 9), digit(1, 2), digit(3, 3), digit(0, 1));
    let month = format!("(?:{}?{}|{}{})", digit(0, 0), digit(1, 9), digit(1, 1), digit(0, 2));
    let year = format!("{DIGIT}{{4}}");
    let mark = format!("{edge}[-/.,،؍‐‑–−]{edge}");
    // Words and what adorns them; a colon would be a time.
    let words = "[^0-9٠-٩۰-۹:;]*";
    let letter = r"[^\s0-9٠-٩۰-۹:;/.,،؍‐‑–−-]";
    // By which calendar: «هـ», «هجرية», `AH`, «م», `CE` and their like.
    let era = r"(?:[هھہم][\u0621-\u065f\u0670ھہی]{0,12}|[AaCcGgHh][.DdEeHh]{0,3})";
    let suffix = format!("{edge}(?:{era}{edge})?");
    format!(
        "{edge}(?:{day}{mark}{month}{mark}{year}|{year}{mark}{month}{mark}{day}|{day}{words}{letter}{words}{year}|{year}{words}{letter}{words}{day}){suffix}(?:T{})?",
        time()
    )
}

/// A time, with or without its seconds and how far it is ahead of UTC.
fn time() -> String {
    "(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9](?::(?:[0-5]?[0-9]|60)(?:[.][0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
        .to_owned()
}

/// A day, or a day with a time after a space.
fn moment() -> String {
    format!("(?:{}|[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}[Tt ]{})", day(), time())
}

/// A word, with whatever means something in a pattern taken as it stands.
fn escaped(text: &str) -> String {
    text.chars().map(escaped_letter).collect()
}

fn escaped_letter(letter: char) -> String {
    match letter {
        '\\' | '^' | '$' | '.' | '|' | '?' | '*' | '+' | '(' | ')' | '[' | ']' | '{' | '}' | '/' => {
            format!("\\{letter}")
        }
        other => other.to_string(),
    }
}

fn either_case(letter: char) -> String {
    if letter.is_ascii_alphabetic() {
        format!("[{}{}]", letter.to_ascii_uppercase(), letter.to_ascii_lowercase())
    } else {
        escaped_letter(letter)
    }
}
