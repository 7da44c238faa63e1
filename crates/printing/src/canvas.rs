//! A sheet of grey dots that grows downwards; blocks are drawn on it, then it becomes 1-bit.
//!
//! Must not know fonts or what a ticket is.

use crate::picture::{PICTURE_ROWS_MAX, Picture};

/// Paper darker than this becomes black: 105 of 255 covered is a grey of 150, which keeps the
/// thin strokes of Thai tone marks at 203 dpi without closing their loops.
const COVERAGE_BLACK_MIN: u8 = 105;

/// Coverage of every dot, 0 = paper, 255 = ink.
pub(crate) struct Canvas {
    width: u32,
    coverage: Vec<u8>,
    clipped: bool,
}

impl Canvas {
    pub(crate) fn new(width: u32) -> Self {
        Self { width, coverage: Vec::new(), clipped: false }
    }

    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    pub(crate) fn height(&self) -> u32 {
        self.coverage.len() as u32 / self.width
    }

    /// Whether ink fell outside the paper; a test and a log line watch it.
    pub(crate) fn clipped(&self) -> bool {
        self.clipped
    }

    /// Makes the sheet at least `rows` high, up to the bound of a picture.
    pub(crate) fn grow_to(&mut self, rows: u32) {
        let rows = rows.min(PICTURE_ROWS_MAX).max(self.height());
        self.coverage.resize((rows * self.width) as usize, 0);
    }

    /// Adds ink; where two glyphs overlap the darker wins.
    pub(crate) fn ink(&mut self, x: i32, y: i32, coverage: u8) {
        if coverage == 0 {
            return;
        }
        let inside = x >= 0 && (x as u32) < self.width && y >= 0 && (y as u32) < PICTURE_ROWS_MAX;
        if !inside {
            self.clipped = true;
            return;
        }
        if y as u32 >= self.height() {
            self.grow_to(y as u32 + 1);
        }
        let dot = &mut self.coverage[y as usize * self.width as usize + x as usize];
        *dot = (*dot).max(coverage);
    }

    pub(crate) fn fill(&mut self, x: u32, y: u32, width: u32, height: u32) {
        for row in y..y + height {
            for column in x..x + width {
                self.ink(column as i32, row as i32, u8::MAX);
            }
        }
    }

    /// Turns ink into paper and back between two rows, leaving `margin` columns on each side.
    pub(crate) fn invert(&mut self, rows: std::ops::Range<u32>, margin: u32) {
        let (width, rows) = (self.width as usize, rows.start as usize..rows.end.min(self.height()) as usize);
        for row in self.coverage.chunks_exact_mut(width).take(rows.end).skip(rows.start) {
            for dot in &mut row[margin as usize..width - margin as usize] {
                *dot = u8::MAX - *dot;
            }
        }
    }

    pub(crate) fn into_picture(self) -> Picture {
        let mut picture = Picture::blank(self.width, self.height());
        for (row, dots) in self.coverage.chunks_exact(self.width as usize).enumerate() {
            for (column, coverage) in dots.iter().enumerate() {
                if *coverage >= COVERAGE_BLACK_MIN {
                    picture.blacken(column as u32, row as u32);
                }
            }
        }
        picture
    }
}
