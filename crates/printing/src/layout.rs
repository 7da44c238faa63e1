//! From a template and the facts of one paper to the blocks that are drawn. Must not draw.

use std::sync::Arc;

use cosmic_text::{Align, Weight};

use crate::logo::{Ink, Logo};
use crate::paper::TicketPaper;
use crate::pattern::Pattern;
use crate::template::{self, Facts, Kind, Look, Template};
use crate::typeset::Style;

/// Height of a line of text as a multiple of its size: room for Thai vowel plus tone mark above
/// and a vowel below.
const LINE: f32 = 1.5;
/// The mark of a reprint where a template forgot it.
const MARK_SIZE: f32 = 30.0;
const MARK_BELOW: u32 = 12;

/// One piece of a paper, top to bottom.
#[derive(Debug)]
pub(crate) enum Block {
    /// Wrapped text.
    Text(String, Style),
    /// Two columns side by side, the left one this many percent wide.
    Row {
        left: String,
        right: String,
        style: Style,
        split_percent: u32,
    },
    /// One line as large as the width allows, up to `size_max` dots.
    Huge {
        text: String,
        size_max: f32,
        weight: Weight,
    },
    /// White text on a black bar.
    Banner(String, Style),
    /// A line across the paper, this many dots thick.
    Rule(u32),
    /// Empty rows.
    Space(u32),
    /// A QR code, at most this many percent of the paper wide.
    Qr {
        text: String,
        share_percent: u32,
    },
    Picture {
        logo: Arc<Logo>,
        width: Option<u32>,
        ink: Option<Ink>,
        align: Align,
    },
    Pattern(Pattern),
}

/// The blocks of a paper `width` dots wide.
pub(crate) fn lay(template: &Template, paper: &TicketPaper, width: u32) -> Vec<Block> {
    let facts = Facts::of(paper, width);
    let mut blocks = Vec::with_capacity(2 * template.blocks.len() + 2);
    let mut marked = !paper.is_reprint();
    for block in template.blocks.iter().filter(|block| is_wanted(block, &facts)) {
        let drawn = fill(block, &facts);
        if drawn.is_empty() {
            continue;
        }
        marked |= block.said().iter().any(|said| said.marks_reprint(&paper.language));
        blocks.push(Block::Space(block.above.on(facts.wide())));
        blocks.extend(drawn);
        blocks.push(Block::Space(block.below.on(facts.wide())));
    }
    if !marked {
        // Whatever an office's template says: two papers must not look like one.
        let mark = facts.words.plain("reprint").unwrap_or_default().to_owned();
        let look = style_of(MARK_SIZE, Weight::BOLD, Align::Center);
        blocks.splice(0..0, [Block::Banner(mark, look), Block::Space(MARK_BELOW)]);
    }
    blocks
}

fn is_wanted(block: &template::Block, facts: &Facts<'_>) -> bool {
    let language = crate::wording::primary(&facts.paper.language);
    let spoken = block.languages.is_empty() || block.languages.iter().any(|known| known.code() == language);
    spoken && block.when.iter().all(|condition| condition.holds(facts))
}

/// The block with its facts; nothing when one of them is not known.
fn fill(block: &template::Block, facts: &Facts<'_>) -> Vec<Block> {
    let wide = facts.wide();
    let style = |look: &Look| style_of(look.size.on(wide) as f32, look.weight, look.align);
    let bound = |text: String| facts.words.bind(&text);
    match &block.kind {
        Kind::Text(said, look) => {
            said.fill(facts).into_iter().map(|text| Block::Text(bound(text), style(look))).collect()
        }
        Kind::Banner(said, look) => {
            said.fill(facts).into_iter().map(|text| Block::Banner(bound(text), style(look))).collect()
        }
        Kind::Row { left, right, look, split_percent } => {
            let columns = left.fill(facts).pop().zip(right.fill(facts).pop());
            let row = |(left, right)| Block::Row {
                left: bound(left),
                right: bound(right),
                style: style(look),
                split_percent: *split_percent,
            };
            columns.map(row).into_iter().collect()
        }
        Kind::Huge { said, size_max, weight } => {
            let size_max = size_max.on(wide) as f32;
            said.fill(facts).into_iter().map(|text| Block::Huge { text, size_max, weight: *weight }).collect()
        }
        Kind::Rule(thickness) => vec![Block::Rule(thickness.on(wide))],
        Kind::Space(rows) => vec![Block::Space(rows.on(wide))],
        Kind::Qr { said, share_percent } => {
            let code = |text| Block::Qr { text, share_percent: *share_percent };
            said.fill(facts).into_iter().map(code).collect()
        }
        Kind::Picture { logo, width, ink, align } => vec![Block::Picture {
            logo: Arc::clone(logo),
            width: width.map(|width| width.on(wide)),
            ink: *ink,
            align: *align,
        }],
        Kind::Pattern(pattern) => vec![Block::Pattern(*pattern)],
    }
}

fn style_of(size: f32, weight: Weight, align: Align) -> Style {
    Style { size, weight, line: LINE, align }
}
