//! Blocks of a paper, and the order in which a ticket uses them.
//!
//! Must not draw. Ticket templates from files become lists of the same blocks.

use cosmic_text::{Align, Weight};

use crate::paper::TicketPaper;
use crate::typeset::Style;
use crate::wording::Wording;

/// Height of a line of text as a multiple of its size: room for Thai vowel plus tone mark above
/// and a vowel below.
const LINE: f32 = 1.5;

/// One piece of a paper, top to bottom.
#[derive(Debug)]
pub(crate) enum Block {
    /// Wrapped text.
    Text(String, Style),
    /// One line as large as the width allows, up to `size_max` dots.
    Huge { text: String, size_max: f32 },
    /// White text on a black bar.
    Banner(String, Style),
    /// A line across the paper, this many dots thick.
    Rule(u32),
    /// Empty rows.
    Space(u32),
    /// A QR code of a link.
    Qr(String),
}

fn style(size: f32, weight: Weight) -> Style {
    Style { size, weight, line: LINE, align: Align::Center }
}

/// The blocks of a ticket for a paper `width` dots wide.
pub(crate) fn ticket(paper: &TicketPaper, width: u32) -> Vec<Block> {
    let words = Wording::of(&paper.language);
    let wide = width >= 500;
    let size = |on_wide: f32, on_narrow: f32| if wide { on_wide } else { on_narrow };
    let body = style(size(28.0, 26.0), Weight::NORMAL);
    let strong = style(size(32.0, 28.0), Weight::MEDIUM);
    let mut blocks = Vec::with_capacity(24);
    if paper.reprint {
        blocks.extend([
            Block::Banner(words.reprint.clone(), style(size(34.0, 30.0), Weight::BOLD)),
            Block::Space(12),
        ]);
    }
    blocks.extend([
        Block::Text(words.bind(&paper.office), strong),
        Block::Space(8),
        Block::Rule(2),
        Block::Space(8),
        Block::Text(words.bind(&paper.service), style(size(38.0, 32.0), Weight::BOLD)),
        Block::Space(10),
        Block::Text(words.number.clone(), body),
        Block::Space(14),
        Block::Huge { text: paper.number.clone(), size_max: size(230.0, 170.0) },
        Block::Space(22),
    ]);
    if paper.priority {
        blocks.extend([Block::Text(words.priority.clone(), strong), Block::Space(4)]);
    }
    if let Some(people) = paper.people_ahead {
        blocks.push(Block::Text(words.ahead(people), strong));
    }
    if let Some(wait) = paper.wait_min.and_then(|wait_min| words.wait(wait_min)) {
        blocks.push(Block::Text(wait, body));
    }
    if let Some(note) = filled(paper.note.as_ref()) {
        blocks.extend([Block::Space(6), Block::Text(words.bind(&note), body)]);
    }
    if let Some(link) = filled(paper.link.as_ref()) {
        // The quiet zone of the code is the space around it.
        blocks.extend([Block::Qr(link), Block::Text(words.scan.clone(), style(24.0, Weight::NORMAL))]);
    }
    blocks.extend([
        Block::Space(10),
        Block::Rule(2),
        Block::Space(8),
        Block::Text(words.bind(&words.please_wait), strong),
        Block::Text(words.issued(&paper.issued_at), style(size(26.0, 24.0), Weight::NORMAL)),
    ]);
    blocks
}

fn filled(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}
