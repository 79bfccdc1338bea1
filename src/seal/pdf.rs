//! A PDF as Typst writes it: objects found by a classic table.
//!
//! Receives anybody's bytes, hands on a [`Document`] whose objects can be looked at one by one. Nothing is believed, and nothing is followed
//! without an end. What other programs write (tables inside streams) is told apart from what is no PDF at all.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::Range;

use flate2::read::ZlibDecoder;

/// Lists and dictionaries inside each other, at most.
const DEEPEST: usize = 40;
/// Revisions of one file, at most.
const MOST_REVISIONS: usize = 32;
/// What a stream may unfold to.
const LARGEST_STREAM: u64 = 16 * 1024 * 1024;

/// Why a file cannot be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no PDF.
    NotPdf,
    /// It is one, and another program wrote it, or it is damaged.
    Foreign,
}

/// A file inside a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A thing inside a PDF.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    /// Nothing, or a number with a point: neither is ever asked for.
    Other,
    Bool(bool),
    Integer(usize),
    Text(Vec<u8>),
    Name(String),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Reference(u32),
}

/// A dictionary, and where it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dictionary {
    entries: Vec<Entry>,
    /// From `<<` to `>>`.
    pub(super) range: Range<usize>,
}

/// An entry of a dictionary, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    key: String,
    value: Object,
    /// From the key to the end of the value.
    pub(super) range: Range<usize>,
}

impl Object {
    pub(super) fn dictionary(&self) -> Option<&Dictionary> {
        if let Object::Dictionary(dictionary) = self { Some(dictionary) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        if let Object::Array(array) = self { Some(array) } else { None }
    }

    pub(super) fn integer(&self) -> Option<usize> {
        if let Object::Integer(number) = self { Some(*number) } else { None }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        if let Object::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn reference(&self) -> Option<u32> {
        if let Object::Reference(number) = self { Some(*number) } else { None }
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self, Object::Name(own) if own == name)
    }
}

impl Dictionary {
    /// The value of a key. A key that is written twice has none: two programs could read it in two ways.
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        let mut found = self.entries.iter().filter(|entry| entry.key == key);
        let entry = found.next()?;
        found.next().is_none().then_some(entry)
    }
}

/// A PDF, open.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) bytes: &'a [u8],
    /// Where each object begins.
    places: BTreeMap<u32, usize>,
    /// The trailer of the latest revision.
    pub(super) trailer: Dictionary,
    /// Where the table of the latest revision begins.
    pub(super) table: usize,
}

impl<'a> Document<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Document<'a>, Unreadable> {
        if !bytes.starts_with(b"%PDF-") {
            return Err(Unreadable::NotPdf);
        }
        Document::tables(bytes).ok_or(Unreadable::Foreign)
    }

    fn tables(bytes: &'a [u8]) -> Option<Document<'a>> {
        let from = bytes.len().saturating_sub(2048);
        let mark = from + rfind(bytes.get(from..)?, b"startxref")?;
        let mut reader = Reader { bytes, at: mark + b"startxref".len(), depth: 0 };
        let table = reader.integer()?;
        let mut places = BTreeMap::new();
        let mut latest: Option<Dictionary> = None;
        let mut next = Some(table);
        let mut revisions = 0;
        while let Some(at) = next {
            revisions += 1;
            if revisions > MOST_REVISIONS {
                return None;
            }
            let trailer = read_table(bytes, at, &mut places)?;
            next = match trailer.get("Prev") {
                None => None,
                // A table that points ahead would never end.
                Some(before) => Some(before.integer().filter(|before| *before < at)?),
            };
            latest.get_or_insert(trailer);
        }
        // An object whose place is 0 was taken out.
        places.retain(|_, place| *place != 0);
        Some(Document { bytes, places, trailer: latest?, table })
    }

    /// An object by its number.
    pub(super) fn object(&self, number: u32) -> Option<Object> {
        self.object_and_end(number).map(|(object, _)| object)
    }

    fn object_and_end(&self, number: u32) -> Option<(Object, usize)> {
        let mut reader = Reader { bytes: self.bytes, at: *self.places.get(&number)?, depth: 0 };
        (u32::try_from(reader.integer()?).ok()? == number).then_some(())?;
        reader.integer()?;
        reader.word(b"obj")?;
        let object = reader.object()?;
        Some((object, reader.at))
    }

    /// A thing, or the object that it refers to.
    pub(super) fn resolve(&self, object: &Object) -> Option<Object> {
        let mut object = object.clone();
        for _ in 0..8 {
            match object {
                Object::Reference(number) => object = self.object(number)?,
                Object::Other
                | Object::Bool(_)
                | Object::Integer(_)
                | Object::Text(_)
                | Object::Name(_)
                | Object::Array(_)
                | Object::Dictionary(_) => return Some(object),
            }
        }
        None
    }

    /// A dictionary by its key, wherever it stands.
    pub(super) fn dictionary(&self, of: &Dictionary, key: &str) -> Option<Dictionary> {
        match self.resolve(of.get(key)?)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Other
            | Object::Bool(_)
            | Object::Integer(_)
            | Object::Text(_)
            | Object::Name(_)
            | Object::Array(_)
            | Object::Reference(_) => None,
        }
    }

    /// A list by its key, wherever it stands.
    pub(super) fn array(&self, of: &Dictionary, key: &str) -> Option<Vec<Object>> {
        match self.resolve(of.get(key)?)? {
            Object::Array(array) => Some(array),
            Object::Other
            | Object::Bool(_)
            | Object::Integer(_)
            | Object::Text(_)
            | Object::Name(_)
            | Object::Dictionary(_)
            | Object::Reference(_) => None,
        }
    }

    pub(super) fn catalog(&self) -> Option<Dictionary> {
        self.dictionary(&self.trailer, "Root")
            .filter(|root| root.get("Type").is_some_and(|ty| ty.is_name("Catalog")))
    }

    /// The number of the first page and what it says.
    pub(super) fn first_page(&self) -> Option<(u32, Dictionary)> {
        let mut node = self.catalog()?.get("Pages")?.reference()?;
        for _ in 0..DEEPEST {
            let page = self.object(node)?;
            let page = page.dictionary()?;
            if page.get("Type")?.is_name("Page") {
                return Some((node, page.clone()));
            }
            node = self.array(page, "Kids")?.first()?.reference()?;
        }
        None
    }

    /// What an object's stream unfolds to.
    fn stream(&self, number: u32) -> Option<Vec<u8>> {
        let (object, end) = self.object_and_end(number)?;
        let dictionary = object.dictionary()?;
        let mut reader = Reader { bytes: self.bytes, at: end, depth: 0 };
        reader.word(b"stream")?;
        if reader.peek() == Some(b'\r') {
            reader.at += 1;
        }
        (reader.peek() == Some(b'\n')).then_some(())?;
        let start = reader.at + 1;
        let length = self.resolve(dictionary.get("Length")?)?.integer()?;
        let packed = self.bytes.get(start..start.checked_add(length)?)?;
        if dictionary.get("DecodeParms").is_some() {
            return None;
        }
        let mut filters = match dictionary.get("Filter") {
            None => vec![],
            Some(Object::Array(filters)) => filters.clone(),
            Some(filter) => vec![filter.clone()],
        };
        match filters.pop() {
            None => Some(packed.to_vec()),
            Some(filter) if filter.is_name("FlateDecode") && filters.is_empty() => {
                let mut unfolded = Vec::new();
                let mut decoder = ZlibDecoder::new(packed).take(LARGEST_STREAM + 1);
                decoder.read_to_end(&mut unfolded).ok()?;
                (u64::try_from(unfolded.len()).ok()? <= LARGEST_STREAM).then_some(unfolded)
            }
            Some(_) => None,
        }
    }

    /// The files inside, by name.
    pub(super) fn attachments(&self) -> Vec<Attachment> {
        let mut found = Vec::new();
        let names = self.catalog().and_then(|catalog| self.dictionary(&catalog, "Names"));
        let Some(root) = names.and_then(|names| self.dictionary(&names, "EmbeddedFiles")) else {
            return found;
        };
        let mut open = vec![root];
        for _ in 0..DEEPEST {
            let Some(node) = open.pop() else { break };
            for pair in self.array(&node, "Names").unwrap_or_default().chunks(2) {
                if let Some(file) = pair.get(1).and_then(|file| self.attachment(file)) {
                    found.push(file);
                }
            }
            for kid in self.array(&node, "Kids").unwrap_or_default() {
                if let Some(Object::Dictionary(kid)) = self.resolve(&kid) {
                    open.push(kid);
                }
            }
        }
        found
    }

    fn attachment(&self, file: &Object) -> Option<Attachment> {
        let file = self.resolve(file)?;
        let file = file.dictionary()?;
        let name = words(self.resolve(file.get("UF").or_else(|| file.get("F"))?)?.text()?);
        let stream = self.dictionary(file, "EF")?.get("F")?.reference()?;
        Some(Attachment { name, bytes: self.stream(stream)? })
    }

    /// The text of a range.
    pub(super) fn slice(&self, range: &Range<usize>) -> &'a [u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}

/// Reads the table at a place, and the trailer under it. What a later revision said stands.
fn read_table(bytes: &[u8], at: usize, places: &mut BTreeMap<u32, usize>) -> Option<Dictionary> {
    let mut reader = Reader { bytes, at, depth: 0 };
    reader.word(b"xref")?;
    loop {
        reader.skip();
        if reader.word(b"trailer").is_some() {
            let trailer = reader.object()?;
            return trailer.dictionary().cloned();
        }
        let (first, count) = (reader.integer()?, reader.integer()?);
        for index in 0..count {
            let (place, _) = (reader.integer()?, reader.integer()?);
            let number = u32::try_from(first.checked_add(index)?).ok()?;
            let place = if reader.word(b"n").is_some() {
                place
            } else {
                reader.word(b"f")?;
                0
            };
            places.entry(number).or_insert(place);
        }
    }
}

/// Words as PDF keeps them: UTF-16 with a mark, UTF-8 with a mark, or single bytes.
pub(super) fn words(text: &[u8]) -> String {
    if let Some(units) = text.strip_prefix(&[0xFE, 0xFF]) {
        let units = units.chunks(2).map(|pair| match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => 0xFFFD,
        });
        char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{FFFD}')).collect()
    } else if let Some(text) = text.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        String::from_utf8_lossy(text).into_owned()
    } else {
        text.iter().map(|byte| char::from(*byte)).collect()
    }
}

pub(super) fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}

/// Reads objects, one after the other.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Reader<'a> {
        Reader { bytes, at, depth: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Passes over spaces and comments.
    fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                        self.at += 1;
                    }
                }
                byte if is_space(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// This word, and nothing that goes on after it.
    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.skip();
        let end = self.at.checked_add(word.len())?;
        (self.bytes.get(self.at..end)? == word).then_some(())?;
        if self.bytes.get(end).is_some_and(|byte| is_regular(*byte)) {
            return None;
        }
        self.at = end;
        Some(())
    }

    /// A whole number that is not below nothing.
    fn integer(&mut self) -> Option<usize> {
        self.skip();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        std::str::from_utf8(self.bytes.get(start..self.at)?).ok()?.parse().ok()
    }

    pub(super) fn object(&mut self) -> Option<Object> {
        self.skip();
        match self.peek()? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal().map(Object::Text),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => self.deeper(Reader::dictionary),
            b'<' => self.hex().map(Object::Text),
            b'[' => self.deeper(Reader::array),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number(),
            _ => {
                for (word, object) in [
                    (&b"true"[..], Object::Bool(true)),
                    (b"false", Object::Bool(false)),
                    (b"null", Object::Other),
                ] {
                    if self.word(word).is_some() {
                        return Some(object);
                    }
                }
                None
            }
        }
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<Object>) -> Option<Object> {
        self.depth += 1;
        let object = if self.depth > DEEPEST { None } else { read(self) };
        self.depth -= 1;
        object
    }

    fn dictionary(&mut self) -> Option<Object> {
        let start = self.at;
        self.at += 2;
        let mut entries = Vec::new();
        loop {
            self.skip();
            if self.bytes.get(self.at..)?.starts_with(b">>") {
                self.at += 2;
                return Some(Object::Dictionary(Dictionary { entries, range: start..self.at }));
            }
            let from = self.at;
            let key = self.name()?;
            let value = self.object()?;
            entries.push(Entry { key, value, range: from..self.at });
        }
    }

    fn array(&mut self) -> Option<Object> {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.skip();
            if self.peek()? == b']' {
                self.at += 1;
                return Some(Object::Array(entries));
            }
            entries.push(self.object()?);
        }
    }

    fn name(&mut self) -> Option<String> {
        (self.next()? == b'/').then_some(())?;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            if byte != b'#' {
                name.push(byte);
                continue;
            }
            name.push(hex_digit(self.next()?)? << 4 | hex_digit(self.next()?)?);
        }
        Some(String::from_utf8_lossy(&name).into_owned())
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1;
        loop {
            match self.next()? {
                b'(' => {
                    open += 1;
                    text.push(b'(');
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(text);
                    }
                    text.push(b')');
                }
                b'\\' => match self.next()? {
                    b'n' => text.push(b'\n'),
                    b'r' => text.push(b'\r'),
                    b't' => text.push(b'\t'),
                    b'b' => text.push(8),
                    b'f' => text.push(12),
                    b'\r' => {
                        if self.peek() == Some(b'\n') {
                            self.at += 1;
                        }
                    }
                    b'\n' => {}
                    digit @ b'0'..=b'7' => {
                        let mut code = u16::from(digit - b'0');
                        for _ in 0..2 {
                            if let Some(digit @ b'0'..=b'7') = self.peek() {
                                self.at += 1;
                                code = code * 8 + u16::from(digit - b'0');
                            }
                        }
                        text.push(code.to_le_bytes()[0]);
                    }
                    byte => text.push(byte),
                },
                byte => text.push(byte),
            }
        }
    }

    fn hex(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut text = Vec::new();
        let mut half = None;
        loop {
            match self.next()? {
                b'>' => {
                    text.extend(half.map(|high| high << 4));
                    return Some(text);
                }
                byte if is_space(byte) => {}
                byte => {
                    let digit = hex_digit(byte)?;
                    match half.take() {
                        None => half = Some(digit),
                        Some(high) => text.push(high << 4 | digit),
                    }
                }
            }
        }
    }

    fn number(&mut self) -> Option<Object> {
        let start = self.at;
        let Some(number) = self.integer() else {
            self.at = start;
            while self.peek().is_some_and(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte)) {
                self.at += 1;
            }
            return Some(Object::Other);
        };
        if self.peek() == Some(b'.') {
            while self.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.') {
                self.at += 1;
            }
            return Some(Object::Other);
        }
        let after = self.at;
        if self.integer().is_some() && self.word(b"R").is_some() {
            return Some(Object::Reference(u32::try_from(number).ok()?));
        }
        self.at = after;
        Some(Object::Integer(number))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

/// Part of a word: neither a space nor a mark.
fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
