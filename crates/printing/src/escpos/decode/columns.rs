//! `ESC *`: pictures as columns of dots on the line of text, the oldest form.

use crate::picture::PICTURE_DOTS_MAX;

/// Rows of one line: 24 dots, whichever the mode.
const LINE_DOTS: usize = 24;

/// The line that is put together until a line feed.
#[derive(Debug, Default)]
pub(super) struct Columns {
    columns: Vec<u32>,
}

impl Columns {
    /// Bytes of one column: 8 or 24 dots.
    pub fn bytes(mode: u8) -> usize {
        if mode & 0x20 == 0 { 1 } else { 3 }
    }

    /// Puts columns at the end of the line. Modes without bit 0 are half as dense across; those of 8
    /// dots are a third as dense downwards.
    pub fn add(&mut self, data: &[u8], mode: u8) {
        let across = if mode & 1 == 0 { 2 } else { 1 };
        for column in data.chunks_exact(Self::bytes(mode)) {
            let dots = match column {
                [a, b, c] => u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c),
                [a] => (0..8)
                    .filter(|bit| a & (0x80 >> bit) != 0)
                    .fold(0, |dots, bit| dots | 0xE0_0000 >> (3 * bit)),
                _ => 0,
            };
            self.columns.extend(std::iter::repeat_n(dots, across));
        }
        self.columns.truncate(PICTURE_DOTS_MAX as usize);
    }

    /// The line as rows; none when nothing is on it.
    pub fn rows(&self) -> Vec<Vec<u8>> {
        if self.columns.is_empty() {
            return Vec::new();
        }
        let row = |at: usize| {
            let mut row = vec![0; self.columns.len().div_ceil(8)];
            for (x, dots) in self.columns.iter().enumerate() {
                if dots & (0x80_0000 >> at) != 0 {
                    row[x / 8] |= 0x80 >> (x % 8);
                }
            }
            row
        };
        (0..LINE_DOTS).map(row).collect()
    }
}

/// Every dot twice.
pub(super) fn doubled(row: &[u8]) -> Vec<u8> {
    let spread =
        |half: u8| (0..4).filter(|bit| half & (8 >> bit) != 0).fold(0, |byte, bit| byte | 0xC0 >> (2 * bit));
    row.iter().flat_map(|byte| [spread(byte >> 4), spread(byte & 0x0F)]).collect()
}
