//! Text into dots: fonts, line breaks, shaping. Keeps fonts and drawn glyphs warm between tickets.
//!
//! Must not know what a ticket is; only vendored fonts are used, so a picture is the same everywhere.

use std::collections::BTreeSet;

use cosmic_text::{
    Align, Attrs, Buffer, Family, FontSystem, Metrics, Shaping, SwashCache, SwashContent, Weight, Wrap,
    fontdb,
};
use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};

use crate::canvas::Canvas;
use crate::fonts::{self, FAMILY};
use crate::letters::{Letters, WORD_JOINER};

/// Drawn glyphs kept; the usual tickets of three languages need about 600.
pub const GLYPHS_KEPT_MAX: usize = 4_096;
/// And their dots: a letter of a number has 30 kB, one of a text 500 bytes.
pub const GLYPH_BYTES_KEPT_MAX: usize = 4 * 1024 * 1024;
/// Longer texts are cut with an ellipsis: nobody reads more on a ticket, and paper is finite. A name of a site file has
/// at most 300.
pub(crate) const TEXT_CHARS_MAX: usize = 320;

/// Longer runs without a word boundary are names or nonsense.
const WORD_CHARS_MAX: usize = 16;

/// Names of up to this many lines are balanced; longer texts read well as they fall.
const LINES_BALANCED_MAX: usize = 4;
const BALANCE_STEP_DOTS: f32 = 8.0;

const ZERO_WIDTH_SPACE: char = '\u{200B}';

/// How a text is set. Sizes are in dots; the line is `line` times the size high.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub size: f32,
    pub weight: Weight,
    pub line: f32,
    pub align: Align,
}

/// Where a text stands, in dots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    /// Lines that would end below this many rows are left out.
    pub rows_max: u32,
}

/// Height of a set text, and where its ink begins and ends below the given top.
pub(crate) struct Extent {
    pub height: f32,
    pub ink_top: i32,
    pub ink_bottom: i32,
    /// Lines were left out.
    pub cut: bool,
}

pub(crate) struct Typesetter {
    fonts: FontSystem,
    glyphs: SwashCache,
    /// How many of them were there when their dots were counted last.
    glyphs_counted: usize,
    breaks: LineSegmenterBorrowed<'static>,
    letters: Letters,
    missing: BTreeSet<char>,
}

impl Typesetter {
    /// With the built-in fonts and those given.
    pub(crate) fn new(added: Vec<Vec<u8>>) -> Self {
        Self {
            fonts: fonts::system(added),
            glyphs: SwashCache::new(),
            glyphs_counted: 0,
            breaks: LineSegmenter::new_auto(LineBreakOptions::default()),
            letters: Letters::new(),
            missing: BTreeSet::new(),
        }
    }

    /// Characters since the last call for which no font has a glyph.
    pub(crate) fn take_missing(&mut self) -> Vec<char> {
        std::mem::take(&mut self.missing).into_iter().collect()
    }

    /// Forgets drawn glyphs when there are unusually many, so that memory stays bounded.
    pub(crate) fn trim(&mut self) {
        let (glyphs, counted) = (self.glyphs.image_cache.len(), self.glyphs_counted);
        if glyphs == counted {
            return;
        }
        self.glyphs_counted = glyphs;
        if glyphs > GLYPHS_KEPT_MAX || self.glyph_bytes() > GLYPH_BYTES_KEPT_MAX {
            self.glyphs = SwashCache::new();
            self.glyphs_counted = 0;
        }
    }

    /// Drawn glyphs kept, and the bytes of their dots.
    pub(crate) fn kept(&self) -> (usize, usize) {
        (self.glyphs.image_cache.len(), self.glyph_bytes())
    }

    fn glyph_bytes(&self) -> usize {
        self.glyphs.image_cache.values().flatten().map(|image| image.data.len()).sum()
    }

    /// Those of the characters that no font can write.
    pub(crate) fn unwritable(&mut self, characters: &BTreeSet<char>) -> BTreeSet<char> {
        let faces: Vec<fontdb::ID> = self.fonts.db().faces().map(|face| face.id).collect();
        let mut left: BTreeSet<char> = characters.iter().copied().filter(|c| !is_unseen(*c)).collect();
        for face in faces {
            if left.is_empty() {
                break;
            }
            if let Some(font) = self.fonts.get_font(face, Weight::NORMAL) {
                let writes = font.as_swash().charmap();
                left.retain(|c| writes.map(*c) == 0);
            }
        }
        left
    }

    /// Width in dots of the text on one line.
    pub(crate) fn measure(&mut self, text: &str, style: Style) -> f32 {
        let buffer = self.set(text, style, None);
        buffer.layout_runs().map(|run| run.line_w).fold(0.0, f32::max)
    }

    /// Extent of the text wrapped to `width`, without drawing it.
    pub(crate) fn extent(&mut self, text: &str, style: Style, width: u32) -> Extent {
        let buffer = self.set(text, style, Some(width as f32));
        self.walk(&buffer, u32::MAX, |_, _, _| {})
    }

    /// Draws the text wrapped to its place's width; centred lines are balanced. `rise` moves the ink up.
    pub(crate) fn draw(
        &mut self,
        canvas: &mut Canvas,
        text: &str,
        style: Style,
        place: Place,
        rise: i32,
    ) -> Extent {
        let width = place.width as f32;
        let mut buffer = self.set(text, style, Some(width));
        let mut left = place.x as i32;
        if style.align == Align::Center {
            left += ((width - self.balance(&mut buffer, width)) / 2.0) as i32;
        }
        let top = place.y as i32 - rise;
        self.note_missing(&buffer);
        self.walk(&buffer, place.rows_max, |x, y, coverage| canvas.ink(left + x, top + y, coverage))
    }

    /// Narrows the text as far as it keeps its number of lines, so that no single word is left on
    /// the last one. Gives the width it is set in now.
    fn balance(&mut self, buffer: &mut Buffer, width: f32) -> f32 {
        let lines = buffer.layout_runs().count();
        if !(2..=LINES_BALANCED_MAX).contains(&lines) {
            return width;
        }
        // Whole words only: a narrower line must not be won by breaking one.
        buffer.set_wrap(Wrap::Word);
        let (mut too_narrow, mut enough) = (width / 2.0, width);
        while enough - too_narrow > BALANCE_STEP_DOTS {
            let middle = f32::midpoint(too_narrow, enough);
            if self.fits(buffer, middle, lines) {
                enough = middle;
            } else {
                too_narrow = middle;
            }
        }
        if !self.fits(buffer, enough, lines) {
            buffer.set_wrap(Wrap::WordOrGlyph);
            self.fits(buffer, width, lines);
            return width;
        }
        enough
    }

    /// Sets the text to `width`; whether it then has at most so many lines, all inside.
    fn fits(&mut self, buffer: &mut Buffer, width: f32, lines: usize) -> bool {
        buffer.set_size(Some(width), None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer.layout_runs().count() <= lines && buffer.layout_runs().all(|run| run.line_w <= width)
    }

    fn set(&mut self, text: &str, style: Style, width: Option<f32>) -> Buffer {
        let text = self.with_breaks(&tame(text));
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(style.size, style.size * style.line));
        // A word longer than the line is broken at glyphs: never overflow.
        buffer.set_wrap(if width.is_some() { Wrap::WordOrGlyph } else { Wrap::None });
        buffer.set_size(width, None);
        let attrs = Attrs::new().family(Family::Name(FAMILY)).weight(style.weight);
        buffer.set_text(&text, &attrs, Shaping::Advanced, width.map(|_| style.align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    /// Thai, Lao, Khmer and Burmese write no spaces between words, and the layout library would
    /// break them anywhere: mark the word boundaries.
    fn with_breaks(&self, text: &str) -> String {
        if !text.chars().any(is_unspaced) {
            return text.to_owned();
        }
        let mut marked = String::with_capacity(text.len() * 2);
        let mut start = 0;
        for end in self.breaks.segment_str(text).filter(|end| *end > 0) {
            self.push_word(&mut marked, &text[start..end]);
            let unspaced = |c: Option<char>| c.is_some_and(is_unspaced);
            if unspaced(text[..end].chars().next_back()) && unspaced(text[end..].chars().next()) {
                marked.push(ZERO_WIDTH_SPACE);
            }
            start = end;
        }
        marked
    }

    /// A "word" too long for any line may break, but never between a letter and its marks, nor where it is joined.
    fn push_word(&self, marked: &mut String, word: &str) {
        if word.chars().filter(|c| *c != WORD_JOINER).count() <= WORD_CHARS_MAX {
            marked.push_str(word);
            return;
        }
        for letter in self.letters.of(word) {
            if letter.starts_with(WORD_JOINER) && marked.ends_with(ZERO_WIDTH_SPACE) {
                marked.pop();
            }
            marked.push_str(letter);
            if !letter.ends_with(WORD_JOINER) {
                marked.push(ZERO_WIDTH_SPACE);
            }
        }
    }

    fn note_missing(&mut self, buffer: &Buffer) {
        for run in buffer.layout_runs() {
            for glyph in run.glyphs.iter().filter(|glyph| glyph.glyph_id == 0) {
                let cluster = run.text.get(glyph.start..glyph.end).unwrap_or_default();
                self.missing.extend(cluster.chars().filter(|c| !is_invisible(*c)));
            }
        }
    }

    /// Calls `ink(x, y, coverage)` for every dot of the set text.
    fn walk(&mut self, buffer: &Buffer, rows_max: u32, mut ink: impl FnMut(i32, i32, u8)) -> Extent {
        let mut extent = Extent { height: 0.0, ink_top: i32::MAX, ink_bottom: i32::MIN, cut: false };
        for run in buffer.layout_runs() {
            if run.line_top + run.line_height > rows_max as f32 {
                extent.cut = true;
                break;
            }
            extent.height = run.line_top + run.line_height;
            for glyph in run.glyphs {
                let cluster = run.text.get(glyph.start..glyph.end).unwrap_or_default();
                if cluster.chars().all(is_invisible) {
                    continue;
                }
                let glyph = glyph.physical((0.0, run.line_y), 1.0);
                let Some(image) = self.glyphs.get_image(&mut self.fonts, glyph.cache_key) else {
                    continue;
                };
                if image.content != SwashContent::Mask || image.placement.width == 0 {
                    continue;
                }
                let (left, top) = (glyph.x + image.placement.left, glyph.y - image.placement.top);
                extent.ink_top = extent.ink_top.min(top);
                extent.ink_bottom = extent.ink_bottom.max(top + image.placement.height as i32);
                for (row, dots) in image.data.chunks_exact(image.placement.width as usize).enumerate() {
                    for (column, coverage) in dots.iter().enumerate() {
                        ink(left + column as i32, top + row as i32, *coverage);
                    }
                }
            }
        }
        extent
    }
}

/// One line of plain text of bounded length. Control characters become spaces; invisible ones that
/// reorder or join are dropped.
fn tame(text: &str) -> String {
    let visible = |c: &char| !is_invisible(*c) || c.is_whitespace() || matches!(c, '\u{200B}' | '\u{2060}');
    let spaced = |c: char| if c.is_control() { ' ' } else { c };
    let mut tamed: String = text.chars().map(spaced).filter(visible).take(TEXT_CHARS_MAX).collect();
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        tamed.push('…');
    }
    tamed
}

/// Nothing is drawn for it: white, or joining and breaking only.
fn is_unseen(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    const BODY: Style = Style { size: 28.0, weight: Weight::NORMAL, line: 1.45, align: Align::Left };

    const BOX: Place = Place { x: 0, y: 8, width: 300, rows_max: 1_000 };

    fn lines(typesetter: &mut Typesetter, text: &str, width: f32) -> Vec<String> {
        let buffer = typesetter.set(text, BODY, Some(width));
        buffer
            .layout_runs()
            .map(|run| {
                let start = run.glyphs.iter().map(|glyph| glyph.start).min().unwrap_or_default();
                let end = run.glyphs.iter().map(|glyph| glyph.end).max().unwrap_or_default();
                run.text[start..end].replace(ZERO_WIDTH_SPACE, "").trim().to_owned()
            })
            .collect()
    }

    #[test]
    fn thai_wraps_between_words() {
        let mut typesetter = Typesetter::new(Vec::new());
        let words = ["กรุณา", "รอ", "เรียก", "คิว", "บน", "จอ", "แสดง", "ผล"];
        let text = words.concat();
        for width in [150.0, 200.0, 260.0] {
            let lines = lines(&mut typesetter, &text, width);
            assert!(lines.len() > 1, "{width}: {lines:?}");
            let mut edge = 0;
            let mut edges = vec![0];
            for word in words {
                edge += word.len();
                edges.push(edge);
            }
            let mut at = 0;
            for line in &lines {
                at += line.len();
                assert!(edges.contains(&at), "broken inside a word: {lines:?}");
            }
        }
    }

    #[test]
    fn figures_stay_with_their_unit() {
        let mut typesetter = Typesetter::new(Vec::new());
        for width in 150..420u16 {
            let lines = lines(&mut typesetter, "เวลารอโดยประมาณ 10–\u{2060}20\u{a0}นาที", f32::from(width));
            assert!(lines.iter().any(|line| line.contains("10–\u{2060}20\u{a0}นาที")), "{width}: {lines:?}");
        }
    }

    #[test]
    fn a_bound_term_is_never_parted_however_long() {
        let mut typesetter = Typesetter::new(Vec::new());
        let month = "พ\u{2060}ฤ\u{2060}ศ\u{2060}จิ\u{2060}ก\u{2060}า\u{2060}ย\u{2060}น";
        let text = format!("รับบัตรคิวได้อีก 23 {month} 2569 เวลา 08:30");
        for width in (160..420u16).step_by(5) {
            let lines = lines(&mut typesetter, &text, f32::from(width));
            assert!(lines.iter().any(|line| line.contains(month)), "{width}: {lines:?}");
        }
    }

    #[test]
    fn an_endless_burmese_word_keeps_its_marks() {
        let mut typesetter = Typesetter::new(Vec::new());
        let endless = "ဘာ".repeat(40);
        for line in lines(&mut typesetter, &endless, 200.0) {
            assert!(line.starts_with('ဘ') && line.ends_with('ာ'), "{line}");
        }
    }

    #[test]
    fn hard_strings_have_every_glyph_and_stay_inside() {
        let mut typesetter = Typesetter::new(Vec::new());
        for text in [
            "John วิญญูรู้ทฤษฎีน้ำแข็ง",
            "ที่ สิ้น น้ำ ปู่ ผู้สูงอายุ ญู ฐู ฎุ ฏุ",
            "Tiếng Việt: Đăng ký khai sinh, trường hợp",
            "Averyveryveryveryveryveryveryveryverylongwordwithoutanyspace",
            "๐๑๒๓๔๕๖๗๘๙ – … “ ” ฿",
        ] {
            let mut canvas = Canvas::new(300);
            typesetter.draw(&mut canvas, text, BODY, BOX, 0);
            assert_eq!(typesetter.take_missing(), Vec::<char>::new(), "{text}");
            assert!(!canvas.clipped(), "{text}");
        }
    }

    #[test]
    fn characters_without_a_glyph_are_named() {
        let mut typesetter = Typesetter::new(Vec::new());
        typesetter.draw(&mut Canvas::new(300), "ក A 龘 🙂", BODY, BOX, 0);
        assert_eq!(typesetter.take_missing(), ['ក', '龘', '🙂']);
        let asked = "ກ မ 您 ñ ệ ก\u{2060}ក龘🙂\n".chars().collect();
        assert_eq!(typesetter.unwritable(&asked), BTreeSet::from(['ក', '龘', '🙂']));
    }

    #[test]
    fn an_endless_name_is_cut_with_an_ellipsis() {
        let endless = "ก".repeat(100_000);
        assert_eq!(tame(&endless).chars().count(), TEXT_CHARS_MAX + 1);
        assert_eq!(tame("a\nb\u{7}c"), "a b c");
    }
}
