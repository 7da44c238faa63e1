//! The 1-bit picture that goes to a printer, and its PNG form for people and tests.
//!
//! Must not know what is on it (see `render`) nor how a printer takes it (see `escpos`).

use std::fmt;

use thiserror::Error;

/// Most rows a picture may have: about 0.75 m of paper at 203 dpi. A longer one is a mistake.
pub const PICTURE_ROWS_MAX: u32 = 6_000;
/// Most dots a row may have (two 80 mm heads side by side).
pub const PICTURE_DOTS_MAX: u32 = 1_152;

/// A raster of black dots on white paper. Rows are packed, eight dots a byte, the leftmost dot in
/// the highest bit, 1 = black; bits past `width` are always 0.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rows: Vec<u8>,
}

/// Short: a failed test must not print thousands of rows.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {}, {} black)", self.width, self.height, self.black_dots())
    }
}

/// Why bytes are not a picture.
#[derive(Debug, Error)]
pub enum PictureError {
    #[error("a picture of {width} x {height} dots is out of bounds")]
    Size { width: u32, height: u32 },
    #[error("{got} bytes of rows where {want} were expected")]
    Rows { got: usize, want: usize },
    #[error("PNG: {0}")]
    Encode(#[from] png::EncodingError),
    #[error("PNG: {0}")]
    Decode(#[from] png::DecodingError),
    #[error("only 1-bit grey PNG is read, this is {0}")]
    Kind(String),
}

impl Picture {
    /// White paper of `width` x `height` dots, both clamped to the bounds of a picture.
    pub fn blank(width: u32, height: u32) -> Self {
        let width = width.clamp(1, PICTURE_DOTS_MAX);
        let height = height.min(PICTURE_ROWS_MAX);
        let rows = vec![0; (width.div_ceil(8) * height) as usize];
        Self { width, height, rows }
    }

    /// A picture from packed rows; stray bits past `width` are cleared.
    pub fn from_rows(width: u32, rows: Vec<u8>) -> Result<Self, PictureError> {
        let row_bytes = width.div_ceil(8) as usize;
        if width == 0 || width > PICTURE_DOTS_MAX {
            return Err(PictureError::Size { width, height: 0 });
        }
        let height = (rows.len() / row_bytes) as u32;
        if height > PICTURE_ROWS_MAX {
            return Err(PictureError::Size { width, height });
        }
        let want = height as usize * row_bytes;
        if rows.len() != want {
            return Err(PictureError::Rows { got: rows.len(), want });
        }
        let mut picture = Self { width, height, rows };
        picture.clear_padding();
        Ok(picture)
    }

    /// Dots in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Number of rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes in a packed row.
    pub fn row_bytes(&self) -> usize {
        self.width.div_ceil(8) as usize
    }

    /// All packed rows, top first.
    pub fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// Whether the dot is black; outside the picture is white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height && {
            let byte = self.rows[y as usize * self.row_bytes() + (x / 8) as usize];
            byte & (0x80 >> (x % 8)) != 0
        }
    }

    /// Blackens a dot; outside the picture nothing happens.
    pub fn blacken(&mut self, x: u32, y: u32) {
        if x < self.width && y < self.height {
            let at = y as usize * self.row_bytes() + (x / 8) as usize;
            self.rows[at] |= 0x80 >> (x % 8);
        }
    }

    /// Number of black dots.
    pub fn black_dots(&self) -> u64 {
        self.rows.iter().map(|byte| u64::from(byte.count_ones())).sum()
    }

    /// A 1-bit grey PNG, black on white.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let white_is_one: Vec<u8> = self.rows.iter().map(|byte| !byte).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&white_is_one)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// Reads what [`Picture::to_png`] wrote.
    pub fn from_png(bytes: &[u8]) -> Result<Self, PictureError> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info()?;
        let header = reader.info();
        let (width, height) = (header.width, header.height);
        if (header.color_type, header.bit_depth) != (png::ColorType::Grayscale, png::BitDepth::One) {
            return Err(PictureError::Kind(format!("{:?} {:?}", header.color_type, header.bit_depth)));
        }
        if width > PICTURE_DOTS_MAX || height > PICTURE_ROWS_MAX {
            return Err(PictureError::Size { width, height });
        }
        let mut rows = vec![0; width.div_ceil(8) as usize * height as usize];
        reader.next_frame(&mut rows)?;
        for byte in &mut rows {
            *byte = !*byte;
        }
        Self::from_rows(width, rows)
    }

    fn clear_padding(&mut self) {
        let spare = self.width.div_ceil(8) * 8 - self.width;
        let keep = 0xFFu8 << spare;
        let row_bytes = self.row_bytes();
        for row in self.rows.chunks_exact_mut(row_bytes) {
            if let Some(last) = row.last_mut() {
                *last &= keep;
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_picture_survives_png_and_back() {
        let mut picture = Picture::blank(13, 3);
        for (x, y) in [(0, 0), (12, 1), (7, 2), (8, 2)] {
            picture.blacken(x, y);
        }
        let back = Picture::from_png(&picture.to_png().unwrap()).unwrap();
        assert_eq!(back, picture);
        assert!(back.is_black(12, 1) && !back.is_black(11, 1));
        assert_eq!(back.black_dots(), 4);
    }

    #[test]
    fn stray_bits_past_the_width_are_cleared() {
        let picture = Picture::from_rows(4, vec![0xFF]).unwrap();
        assert_eq!(picture.rows(), [0xF0]);
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert!(matches!(Picture::from_rows(0, vec![]), Err(PictureError::Size { .. })));
        assert!(matches!(Picture::from_rows(16, vec![0; 3]), Err(PictureError::Rows { .. })));
        assert!(matches!(Picture::from_png(b"not a png"), Err(PictureError::Decode(_))));
    }
}
