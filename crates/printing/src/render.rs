//! A ticket into its picture.
//!
//! Must not fail: whatever the facts are, the visitor gets a paper with a number. What could not be
//! shown is reported beside the picture.

use std::ops::RangeInclusive;

use cosmic_text::{Align, Weight};

use crate::canvas::Canvas;
use crate::layout::{self, Block};
use crate::paper::TicketPaper;
use crate::picture::Picture;
use crate::qr;
use crate::typeset::{Style, Typesetter};

/// White columns on each side: print heads lose the outermost dots.
const MARGIN_DOTS: u32 = 8;
/// White rows above the text: a vowel and a tone mark stand higher than the line.
const HEAD_ROWS: u32 = 8;
/// White rows below the text, so that the knife does not touch it.
const FOOT_ROWS: u32 = 8;
const HUGE_MEASURED_AT: f32 = 100.0;
const HUGE_SIZE_MIN: f32 = 48.0;

/// Dots across the paper at 203 dpi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperWidth {
    /// 58 mm paper.
    Dots384,
    /// 80 mm paper, narrow heads.
    Dots512,
    /// 80 mm paper.
    Dots576,
}

impl PaperWidth {
    pub const ALL: [Self; 3] = [Self::Dots384, Self::Dots512, Self::Dots576];

    pub fn dots(self) -> u32 {
        match self {
            Self::Dots384 => 384,
            Self::Dots512 => 512,
            Self::Dots576 => 576,
        }
    }

    /// The paper with exactly this many dots, if there is one.
    pub fn from_dots(dots: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|width| width.dots() == dots)
    }
}

/// A picture and what is wrong with it.
#[derive(Debug)]
pub struct Rendered {
    pub picture: Picture,
    /// Characters for which no vendored font has a glyph; a box stands in their place.
    pub missing: Vec<char>,
    /// The link did not fit as a readable code and was left out.
    pub qr_omitted: bool,
    /// Ink fell outside the paper. Always a defect of this crate.
    pub clipped: bool,
}

/// Draws tickets. Keep one: making it costs milliseconds, and so does the first ticket.
pub struct Renderer {
    typesetter: Typesetter,
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}

impl Renderer {
    pub fn new() -> Self {
        Self { typesetter: Typesetter::new() }
    }

    /// The ticket as a picture exactly `width` dots wide.
    pub fn render(&mut self, paper: &TicketPaper, width: PaperWidth) -> Rendered {
        let blocks = layout::ticket(paper, width.dots());
        let mut canvas = Canvas::new(width.dots());
        let mut y = HEAD_ROWS;
        let mut qr_omitted = false;
        for block in &blocks {
            match self.draw(&mut canvas, block, y) {
                Some(height) => y += height,
                None => qr_omitted = true,
            }
        }
        canvas.grow_to(y + FOOT_ROWS);
        self.typesetter.trim();
        Rendered {
            clipped: canvas.clipped(),
            picture: canvas.into_picture(),
            missing: self.typesetter.take_missing(),
            qr_omitted,
        }
    }

    /// Height of the block in rows; `None` when it had to be left out.
    fn draw(&mut self, canvas: &mut Canvas, block: &Block, y: u32) -> Option<u32> {
        match block {
            Block::Text(text, style) => Some(self.text(canvas, text, *style, y)),
            Block::Huge { text, size_max } => Some(self.huge(canvas, text, *size_max, y)),
            Block::Banner(text, style) => {
                let height = self.text(canvas, text, *style, y);
                canvas.grow_to(y + height);
                canvas.invert(y..y + height, MARGIN_DOTS);
                Some(height)
            }
            Block::Rule(thickness) => {
                canvas.fill(MARGIN_DOTS, y, canvas.width() - 2 * MARGIN_DOTS, *thickness);
                Some(*thickness)
            }
            Block::Space(rows) => Some(*rows),
            Block::Qr(link) => qr::draw(canvas, link, y),
        }
    }

    fn text(&mut self, canvas: &mut Canvas, text: &str, style: Style, y: u32) -> u32 {
        let width = (canvas.width() - 2 * MARGIN_DOTS) as f32;
        let extent = self.typesetter.draw(canvas, text, style, width, (MARGIN_DOTS as i32, y as i32));
        extent.height.ceil() as u32
    }

    /// The number: as large as fits on one line, set by its ink so that no empty rows are fed.
    fn huge(&mut self, canvas: &mut Canvas, text: &str, size_max: f32, y: u32) -> u32 {
        const ALLOWED: RangeInclusive<f32> = 1.0..=f32::MAX;
        let width = (canvas.width() - 2 * MARGIN_DOTS) as f32;
        let mut style =
            Style { size: HUGE_MEASURED_AT, weight: Weight::BOLD, line: 1.3, align: Align::Center };
        let measured = self.typesetter.measure(text, style).clamp(*ALLOWED.start(), *ALLOWED.end());
        style.size = (width / measured * HUGE_MEASURED_AT).floor().clamp(HUGE_SIZE_MIN, size_max);
        let extent = self.typesetter.extent(text, style, width);
        if extent.ink_bottom <= extent.ink_top {
            return 0;
        }
        self.typesetter.draw(canvas, text, style, width, (MARGIN_DOTS as i32, y as i32 - extent.ink_top));
        (extent.ink_bottom - extent.ink_top) as u32
    }
}
