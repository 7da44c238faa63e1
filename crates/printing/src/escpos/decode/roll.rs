//! The paper that has come out since the last cut.

use super::ROW_BYTES_MAX;
use crate::picture::{PICTURE_ROWS_MAX, Picture};

#[derive(Debug, Default)]
pub(super) struct Roll {
    /// Rows, each with its own length.
    rows: Vec<Vec<u8>>,
    /// White rows fed since the last printed one; they count only if something follows.
    fed: usize,
}

impl Roll {
    /// More rows than a picture may have are lost.
    pub fn print(&mut self, row: &[u8]) {
        let fed = if self.rows.is_empty() { 0 } else { self.fed };
        self.fed = 0;
        self.rows.extend(std::iter::repeat_n(Vec::new(), fed));
        self.rows.push(row[..row.len().min(ROW_BYTES_MAX)].to_vec());
        self.rows.truncate(PICTURE_ROWS_MAX as usize);
    }

    pub fn feed(&mut self, rows: usize) {
        self.fed = (self.fed + rows).min(PICTURE_ROWS_MAX as usize);
    }

    pub fn cut(&mut self) -> Option<Picture> {
        self.fed = 0;
        let rows = std::mem::take(&mut self.rows);
        let row_bytes = rows.iter().map(Vec::len).max().filter(|bytes| *bytes > 0)?;
        let mut packed = Vec::with_capacity(row_bytes * rows.len());
        for mut row in rows {
            row.resize(row_bytes, 0);
            packed.extend(row);
        }
        Picture::from_rows(row_bytes as u32 * 8, packed).ok()
    }
}
