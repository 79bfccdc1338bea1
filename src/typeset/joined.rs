//! Many letters as one file for a printer.
//!
//! Receives PDFs one after the other and hands on the bytes that follow those before, so that a file of any length needs little
//! memory. Only what is printed is taken over: no tags, no records, no seals, and so no claim to be PDF/A.

use hayro_write::hayro_syntax::Pdf;
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::{Chunk, Finish as _, Rect, Ref, TextStr};

use super::TypesetError;

/// How sheets are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheets {
    /// On one side.
    OneSided,
    /// On both: no letter begins on the back of another.
    TwoSided,
}

/// A file of letters that is being written.
#[derive(Debug)]
pub struct Joined {
    sheets: Sheets,
    /// So many bytes have been handed on.
    length: usize,
    /// The next free number of an object.
    next: Ref,
    /// Where each object begins.
    places: Vec<(Ref, usize)>,
    letters: Vec<Entry>,
}

/// A letter in the file.
#[derive(Debug)]
struct Entry {
    title: String,
    node: Ref,
    first: Ref,
    pages: i32,
}

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const OUTLINE: Ref = Ref::new(3);
const SETTINGS: ChunkSettings = ChunkSettings { pretty: false };

impl Joined {
    /// An empty file, and its first bytes.
    pub fn new(sheets: Sheets) -> (Joined, Vec<u8>) {
        let head = b"%PDF-1.7\n%\x80\x80\x80\x80\n".to_vec();
        let joined =
            Joined { sheets, length: head.len(), next: Ref::new(4), places: vec![], letters: vec![] };
        (joined, head)
    }

    /// Adds a letter under this title; gives the bytes that follow, and how many pages it has.
    pub fn add(&mut self, pdf: Vec<u8>, title: &str) -> Result<(Vec<u8>, usize), TypesetError> {
        let unreadable = || TypesetError::Unwritable("a PDF that cannot be read".to_owned());
        let pdf = Pdf::new(pdf).map_err(|_| unreadable())?;
        let count = pdf.pages().len();
        let page = pdf.pages().first().ok_or_else(unreadable)?.media_box();
        let queries: Vec<ExtractionQuery> = (0..count).map(ExtractionQuery::new_page).collect();
        let next = &mut self.next;
        let new = Box::new(|| next.bump());
        // Letters are taken over as pages, never as pictures in a page, so nothing is asked of their colours.
        let taken = extract(&pdf, new, SETTINGS, |_| {}, &queries).map_err(|_| unreadable())?;
        let mut pages =
            taken.root_refs.into_iter().collect::<Result<Vec<Ref>, _>>().map_err(|_| unreadable())?;
        let first = *pages.first().ok_or_else(unreadable)?;
        let node = taken.page_tree_parent_ref;
        let mut chunk = taken.chunk;
        if self.sheets == Sheets::TwoSided && count % 2 == 1 {
            let back = self.next.bump();
            #[expect(clippy::cast_possible_truncation, reason = "a page is a few hundred points wide")]
            let size = Rect::new(page.x0 as f32, page.y0 as f32, page.x1 as f32, page.y1 as f32);
            chunk.page(back).parent(node).media_box(size).resources().finish();
            pages.push(back);
        }
        let total = i32::try_from(pages.len()).map_err(|_| unreadable())?;
        chunk.pages(node).parent(PAGES).kids(pages).count(total);
        self.letters.push(Entry { title: title.to_owned(), node, first, pages: total });
        Ok((self.placed(&chunk)?, count))
    }

    /// The last bytes of the file.
    pub fn finish(mut self) -> Result<Vec<u8>, TypesetError> {
        let mut chunk = Chunk::with_settings(SETTINGS);
        let count = self.letters.iter().map(|letter| letter.pages).sum();
        chunk.pages(PAGES).kids(self.letters.iter().map(|letter| letter.node)).count(count);
        let items: Vec<Ref> = self.letters.iter().map(|_| self.next.bump()).collect();
        let mut catalog = chunk.indirect(CATALOG).start::<pdf_writer::writers::Catalog<'_>>();
        catalog.pages(PAGES);
        if let (Some(first), Some(last)) = (items.first(), items.last()) {
            catalog.outlines(OUTLINE);
            catalog.finish();
            let number = i32::try_from(items.len()).unwrap_or(i32::MAX);
            chunk.outline(OUTLINE).first(*first).last(*last).count(number);
            for (index, (letter, item)) in self.letters.iter().zip(&items).enumerate() {
                let mut entry = chunk.outline_item(*item);
                entry.title(TextStr(&letter.title)).parent(OUTLINE);
                if let Some(before) = index.checked_sub(1).and_then(|index| items.get(index)) {
                    entry.prev(*before);
                }
                if let Some(after) = items.get(index + 1) {
                    entry.next(*after);
                }
                entry.dest().page(letter.first).fit();
            }
        } else {
            catalog.finish();
        }
        let mut bytes = self.placed(&chunk)?;
        let table = self.length;
        self.places.sort_unstable();
        let size = self.next.get();
        let mut lines = format!("xref\n0 {size}\n0000000000 65535 f\r\n");
        let mut places = self.places.iter().peekable();
        for number in 1..size {
            match places.next_if(|(id, _)| id.get() == number) {
                Some((_, at)) => lines.push_str(&format!("{at:010} 00000 n\r\n")),
                // A number that was given and not used.
                None => lines.push_str("0000000000 65535 f\r\n"),
            }
        }
        lines.push_str(&format!(
            "trailer\n<</Size {size}/Root {} 0 R>>\nstartxref\n{table}\n%%EOF\n",
            CATALOG.get()
        ));
        bytes.extend_from_slice(lines.as_bytes());
        Ok(bytes)
    }

    /// The bytes of some objects, each noted with its place in the file.
    fn placed(&mut self, chunk: &Chunk) -> Result<Vec<u8>, TypesetError> {
        let bytes = chunk.as_bytes();
        let mut at = 0;
        for (index, id) in chunk.refs().enumerate() {
            // Where it begins is the writer's secret; the words between two objects are not.
            let (before, head) = ("\nendobj\n", format!("{} 0 obj\n", id.get()));
            let rest = bytes.get(at..).unwrap_or_default();
            let found = if index == 0 {
                rest.starts_with(head.as_bytes()).then_some(0)
            } else {
                let between = [before, &head].concat();
                find(rest, between.as_bytes()).map(|place| place + before.len())
            };
            at += found.ok_or_else(|| TypesetError::Unwritable("an object without its head".to_owned()))?;
            self.places.push((id, self.length + at));
        }
        self.length += bytes.len();
        Ok(bytes.to_vec())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
