//! What a test page shows beside text: how wide the printer prints, and how dark.
//!
//! Must not set text.

use crate::canvas::Canvas;

/// 203 dots an inch are 8 a millimetre.
const DOTS_PER_MM: u32 = 8;
const RULER_ROWS: u32 = 40;
const BAR_ROWS: u32 = 48;
const BAR_GAP_DOTS: u32 = 8;
/// From one dot in eight to all.
const BARS: u32 = 8;
const LINES_ROWS: u32 = 32;

/// Order in which the dots of a 4 × 4 cell turn black: spread, so that a bar looks grey.
const SPREAD: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// A ruler over the whole width, edge dots included: millimetres, longer at 5 and 10.
    Ruler,
    /// Bars from light to black.
    Darkness,
    /// Lines of 1 to 8 dots with as much white between: a weak head loses the thin ones.
    Lines,
}

impl Pattern {
    pub(crate) const WORDS: [(&'static str, Self); 3] =
        [("ruler", Self::Ruler), ("darkness", Self::Darkness), ("lines", Self::Lines)];

    pub(crate) fn rows(self) -> u32 {
        match self {
            Self::Ruler => RULER_ROWS,
            Self::Darkness => BAR_ROWS,
            Self::Lines => LINES_ROWS,
        }
    }

    /// Draws with the top at `y`; gives the height in rows.
    pub(crate) fn draw(self, canvas: &mut Canvas, y: u32, margin: u32) -> u32 {
        match self {
            Self::Ruler => ruler(canvas, y),
            Self::Darkness => darkness(canvas, y, margin),
            Self::Lines => lines(canvas, y, margin),
        }
        self.rows()
    }
}

fn ruler(canvas: &mut Canvas, y: u32) {
    let width = canvas.width();
    canvas.fill(0, y, width, 2);
    canvas.fill(0, y, 1, RULER_ROWS);
    canvas.fill(width - 1, y, 1, RULER_ROWS);
    for mm in 1..width.div_ceil(DOTS_PER_MM) {
        let rows = match mm {
            mm if mm % 10 == 0 => RULER_ROWS,
            mm if mm % 5 == 0 => RULER_ROWS * 2 / 3,
            _ => RULER_ROWS / 3,
        };
        canvas.fill(mm * DOTS_PER_MM, y, if mm % 10 == 0 { 2 } else { 1 }, rows);
    }
}

fn darkness(canvas: &mut Canvas, y: u32, margin: u32) {
    let bar = (canvas.width() - 2 * margin - (BARS - 1) * BAR_GAP_DOTS) / BARS;
    for step in 0..BARS {
        let left = margin + step * (bar + BAR_GAP_DOTS);
        let black_of_16 = (step + 1) * 2;
        for row in 0..BAR_ROWS {
            for column in 0..bar {
                if SPREAD[(row % 4) as usize][(column % 4) as usize] < black_of_16 {
                    canvas.fill(left + column, y + row, 1, 1);
                }
            }
        }
    }
}

fn lines(canvas: &mut Canvas, y: u32, margin: u32) {
    let (mut x, right) = (margin, canvas.width() - margin);
    let each = (right - margin) / BARS;
    for thick in 1..=BARS {
        let end = x + each;
        let mut at = x;
        while at + thick <= end {
            canvas.fill(at, y, thick, LINES_ROWS);
            at += 2 * thick;
        }
        x = end;
    }
}
