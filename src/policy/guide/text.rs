//! A guide as plain text: for a terminal, a mail, a search.

use super::{Block, Guide, Run, Section, Table};

pub(super) fn render(guide: &Guide) -> String {
    let mut page = Page(String::new());
    page.line(&guide.title);
    page.line(&guide.subtitle);
    if let Some(draft) = &guide.draft {
        page.line(draft);
    }
    page.line("");
    page.pairs(&guide.about);
    for section in &guide.sections {
        page.section(section, 0);
    }
    page.0
}

/// Sections alone.
pub(super) fn sections(sections: &[Section]) -> String {
    let mut page = Page(String::new());
    sections.iter().for_each(|section| page.section(section, 0));
    page.0
}

/// Lines of a name and its words.
pub(super) fn pairs(pairs: &[(Vec<Run>, Vec<Run>)]) -> String {
    let mut page = Page(String::new());
    page.pairs(pairs);
    page.0
}

/// The words of a stretch.
pub(super) fn words(runs: &[Run]) -> String {
    let text = runs.iter().map(|run| match run {
        Run::Plain(words) | Run::Code(words) => words.clone(),
        Run::Mark(words) => format!("⟨{words}⟩"),
    });
    text.collect()
}

struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn section(&mut self, section: &Section, depth: usize) {
        let title = words(&section.title);
        self.line("");
        if depth == 0 {
            self.line("");
            self.line(&title);
            self.line(&"═".repeat(width(&title)));
        } else {
            self.line(&title);
            self.line(&"─".repeat(width(&title)));
        }
        let mut before: Option<&Block> = None;
        for block in &section.blocks {
            // What is said of two things line by line is kept apart.
            if matches!((before, block), (Some(Block::Pairs(_)), Block::Pairs(_))) {
                self.line("");
            }
            self.block(block);
            before = Some(block);
        }
        for part in &section.parts {
            self.section(part, depth + 1);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(runs) => self.line(&words(runs)),
            Block::Quote(runs) => self.line(&format!("  │ {}", words(runs))),
            Block::List(entries) => {
                entries.iter().for_each(|entry| self.line(&format!("  • {}", words(entry))));
            }
            Block::Pairs(pairs) => self.pairs(pairs),
            Block::Table(table) => self.table(table),
            Block::Bars(bars) => bars.bars.iter().for_each(|bar| {
                self.line(&format!("  ▪ {}: {}", words(&bar.label), words(&bar.words)));
            }),
        }
    }

    fn pairs(&mut self, pairs: &[(Vec<Run>, Vec<Run>)]) {
        for (name, text) in pairs {
            self.line(&format!("  {}: {}", words(name), words(text)));
        }
    }

    /// Columns under each other where they are narrow enough to be read so; else a block for each row.
    fn table(&mut self, table: &Table) {
        let head: Vec<String> = table.head.iter().map(|runs| words(runs)).collect();
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|runs| words(runs)).collect()).collect();
        let widths: Vec<usize> = (head.iter().enumerate())
            .map(|(column, head)| {
                let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
                cells.chain([width(head)]).max().unwrap_or_default()
            })
            .collect();
        self.line("");
        if widths.iter().sum::<usize>() > WIDEST {
            for row in &rows {
                for (index, (head, cell)) in head.iter().zip(row).enumerate() {
                    let mark = if index == 0 { "•" } else { " " };
                    if !cell.is_empty() {
                        self.line(&format!("  {mark} {head}: {cell}"));
                    }
                }
            }
        } else {
            let line = |cells: &[String]| {
                let padded = cells
                    .iter()
                    .zip(&widths)
                    .map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide.saturating_sub(width(cell)))));
                format!("  {}", padded.collect::<Vec<_>>().join(" │ "))
            };
            self.line(&line(&head));
            let rule: Vec<String> = widths.iter().map(|wide| "─".repeat(*wide)).collect();
            self.line(&format!("  {}", rule.join("─┼─")));
            rows.iter().for_each(|row| self.line(&line(row)));
        }
        self.line("");
    }
}

/// A table that is wider is not read along its lines.
const WIDEST: usize = 110;

/// How many places a text takes: a vowel mark sits on its letter.
fn width(text: &str) -> usize {
    text.chars().filter(|letter| !matches!(letter, '\u{64b}'..='\u{65f}' | '\u{670}')).count()
}
