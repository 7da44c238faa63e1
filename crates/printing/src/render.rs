//! A paper into its picture.
//!
//! Must not fail: whatever the facts are, the visitor gets a paper with a number. What could not be
//! shown is reported beside the picture.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use cosmic_text::{Align, Weight};

use crate::canvas::Canvas;
use crate::fonts::MissingCharacter;
use crate::layout::{self, Block};
use crate::logo::{Ink, Logo};
use crate::paper::TicketPaper;
use crate::picture::{Picture, PictureError};
use crate::qr;
use crate::template::Template;
use crate::templates::Templates;
use crate::typeset::{Place, Style, Typesetter};

/// White columns on each side: print heads lose the outermost dots.
const MARGIN_DOTS: u32 = 8;
/// White rows above the text: a vowel and a tone mark stand higher than the line.
const HEAD_ROWS: u32 = 8;
/// White rows below the text, so that the knife does not touch it.
const FOOT_ROWS: u32 = 8;
/// Half a metre. What does not fit is left out; a longer paper is a mistake in a template.
pub const PAPER_ROWS_MAX: u32 = 4_000;
/// Between the columns of a row.
const COLUMN_GAP_DOTS: u32 = 12;
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
    /// Characters for which no font has a glyph; a box stands in their place.
    pub missing: Vec<char>,
    /// A code did not fit as a readable one and was left out.
    pub qr_omitted: bool,
    /// The paper would be longer than [`PAPER_ROWS_MAX`]; what did not fit was left out.
    pub cut_short: bool,
    /// Ink fell outside the paper. Always a defect of this crate.
    pub clipped: bool,
}

/// Draws papers. Keep one: making it costs milliseconds, and so does the first paper.
pub struct Renderer {
    typesetter: Typesetter,
    /// Of sites that have any of their own.
    templates: BTreeMap<String, Arc<Templates>>,
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}

/// What a sheet lost while it was drawn.
#[derive(Default)]
struct Losses {
    qr_omitted: bool,
    cut_short: bool,
}

impl Renderer {
    /// With the built-in fonts.
    pub fn new() -> Self {
        Self::with_fonts(Vec::new())
    }

    /// With further fonts for characters that the built-in ones lack, see [`crate::fonts::of_folder`].
    pub fn with_fonts(added: Vec<Vec<u8>>) -> Self {
        Self { typesetter: Typesetter::new(added), templates: BTreeMap::new() }
    }

    /// From now on papers of this site are drawn by these templates.
    pub fn set_templates(&mut self, site: &str, templates: Arc<Templates>) {
        self.templates.insert(site.to_owned(), templates);
    }

    /// The paper as a picture exactly `width` dots wide, by the template in force for its site and kind.
    pub fn render(&mut self, paper: &TicketPaper, width: PaperWidth) -> Rendered {
        let templates = self.templates.get(&paper.site).cloned().unwrap_or_default();
        self.render_with(templates.in_force(paper.kind_drawn()), paper, width)
    }

    /// The paper by this template.
    pub fn render_with(&mut self, template: &Template, paper: &TicketPaper, width: PaperWidth) -> Rendered {
        let blocks = layout::lay(template, paper, width.dots());
        let mut canvas = Canvas::new(width.dots());
        let mut losses = Losses::default();
        let mut y = HEAD_ROWS;
        for block in &blocks {
            y += self.draw(&mut canvas, block, y, &mut losses);
        }
        canvas.grow_to(y + FOOT_ROWS);
        self.typesetter.trim();
        Rendered {
            clipped: canvas.clipped(),
            picture: canvas.into_picture(),
            missing: self.typesetter.take_missing(),
            qr_omitted: losses.qr_omitted,
            cut_short: losses.cut_short,
        }
    }

    /// A template as a PNG for people to look at, with made-up or real facts.
    pub fn preview(
        &mut self,
        template: &Template,
        paper: &TicketPaper,
        width: PaperWidth,
    ) -> Result<Vec<u8>, PictureError> {
        self.render_with(template, paper, width).picture.to_png()
    }

    /// The characters of these texts that no font has, each with the place where it stands first.
    pub fn missing_characters<'a>(
        &mut self,
        texts: impl IntoIterator<Item = (String, &'a str)>,
    ) -> Vec<MissingCharacter> {
        let mut first: BTreeMap<char, String> = BTreeMap::new();
        for (place, text) in texts {
            for character in text.chars() {
                first.entry(character).or_insert_with(|| place.clone());
            }
        }
        let missing = self.typesetter.unwritable(&first.keys().copied().collect::<BTreeSet<char>>());
        let named = |character| Some(MissingCharacter { character, place: first.get(&character)?.clone() });
        missing.into_iter().filter_map(named).collect()
    }

    /// Drawn glyphs kept for the next paper, and their bytes: bounded by [`crate::GLYPHS_KEPT_MAX`] and
    /// [`crate::GLYPH_BYTES_KEPT_MAX`] after every paper.
    pub fn glyphs_kept(&self) -> (usize, usize) {
        self.typesetter.kept()
    }

    /// Height of the block in rows; 0 when it had to be left out.
    fn draw(&mut self, canvas: &mut Canvas, block: &Block, y: u32, losses: &mut Losses) -> u32 {
        let rows_max = (PAPER_ROWS_MAX - FOOT_ROWS).saturating_sub(y);
        let inner = canvas.width() - 2 * MARGIN_DOTS;
        let place = Place { x: MARGIN_DOTS, y, width: inner, rows_max };
        match block {
            Block::Text(text, style) => self.text(canvas, text, *style, place, losses),
            Block::Row { left, right, style, split_percent } => {
                self.row(canvas, [left, right], *style, *split_percent, place, losses)
            }
            Block::Huge { text, size_max, weight } => {
                self.huge(canvas, text, *size_max, *weight, place, losses)
            }
            Block::Banner(text, style) => {
                let height = self.text(canvas, text, *style, place, losses);
                canvas.grow_to(y + height);
                canvas.invert(y..y + height, MARGIN_DOTS);
                height
            }
            Block::Qr { text, share_percent } => {
                let height = qr::draw(canvas, text, y, *share_percent, rows_max);
                losses.qr_omitted |= height.is_none();
                height.unwrap_or(0)
            }
            Block::Picture { logo, width, ink, align } => {
                picture(canvas, logo, (*width, *ink, *align), place, losses)
            }
            Block::Rule(rows) | Block::Space(rows) if *rows > rows_max => left_out(losses),
            Block::Pattern(pattern) if pattern.rows() > rows_max => left_out(losses),
            Block::Rule(thickness) => {
                canvas.fill(MARGIN_DOTS, y, inner, *thickness);
                *thickness
            }
            Block::Space(rows) => *rows,
            Block::Pattern(pattern) => pattern.draw(canvas, y, MARGIN_DOTS),
        }
    }

    fn text(
        &mut self,
        canvas: &mut Canvas,
        text: &str,
        style: Style,
        place: Place,
        losses: &mut Losses,
    ) -> u32 {
        let extent = self.typesetter.draw(canvas, text, style, place, 0);
        losses.cut_short |= extent.cut;
        extent.height.ceil() as u32
    }

    fn row(
        &mut self,
        canvas: &mut Canvas,
        [left, right]: [&str; 2],
        style: Style,
        split_percent: u32,
        place: Place,
        losses: &mut Losses,
    ) -> u32 {
        let left_width = place.width * split_percent / 100 - COLUMN_GAP_DOTS / 2;
        let right_width = place.width - left_width - COLUMN_GAP_DOTS;
        let right_style = Style { align: Align::Right, ..style };
        let right_place = Place { x: place.x + left_width + COLUMN_GAP_DOTS, width: right_width, ..place };
        let left_rows = self.text(canvas, left, style, Place { width: left_width, ..place }, losses);
        left_rows.max(self.text(canvas, right, right_style, right_place, losses))
    }

    /// As large as fits on one line, set by its ink so that no empty rows are fed.
    fn huge(
        &mut self,
        canvas: &mut Canvas,
        text: &str,
        size_max: f32,
        weight: Weight,
        place: Place,
        losses: &mut Losses,
    ) -> u32 {
        const ALLOWED: RangeInclusive<f32> = 1.0..=f32::MAX;
        let mut style = Style { size: HUGE_MEASURED_AT, weight, line: 1.3, align: Align::Center };
        let measured = self.typesetter.measure(text, style).clamp(*ALLOWED.start(), *ALLOWED.end());
        style.size =
            (place.width as f32 / measured * HUGE_MEASURED_AT).floor().clamp(HUGE_SIZE_MIN, size_max);
        let extent = self.typesetter.extent(text, style, place.width);
        if extent.ink_bottom <= extent.ink_top {
            return 0;
        }
        let height = (extent.ink_bottom - extent.ink_top) as u32;
        if height > place.rows_max {
            return left_out(losses);
        }
        self.typesetter.draw(canvas, text, style, Place { rows_max: u32::MAX, ..place }, extent.ink_top);
        height
    }
}

fn left_out(losses: &mut Losses) -> u32 {
    losses.cut_short = true;
    0
}

fn picture(
    canvas: &mut Canvas,
    logo: &Logo,
    (width, ink, align): (Option<u32>, Option<Ink>, Align),
    place: Place,
    losses: &mut Losses,
) -> u32 {
    let width = width.unwrap_or(logo.width).min(place.width);
    let (height, dots) = logo.dots(width, ink);
    if height > place.rows_max {
        return left_out(losses);
    }
    let left = match align {
        Align::Left => place.x,
        Align::Right => place.x + place.width - width,
        _ => place.x + (place.width - width) / 2,
    };
    for (row, dots) in dots.chunks_exact(width as usize).enumerate() {
        for (column, _) in dots.iter().enumerate().filter(|(_, black)| **black) {
            canvas.fill(left + column as u32, place.y + row as u32, 1, 1);
        }
    }
    height
}
