//! A picture on paper: a PNG of any kind becomes grey dots once, then black dots of the size wanted.
//!
//! Must not trust the file: sizes are bounded before anything is decoded.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use base64::Engine as _;
use khiw_domain::config::{PICTURE_BYTES_MAX, PICTURES_MAX};
use thiserror::Error;

use crate::template::TemplateProblem;

/// Most dots of a side: twice what the widest paper shows.
pub const PICTURE_SIDE_MAX: u32 = 1_200;
/// Memory the decoder may take, rows and palette included.
const DECODED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A picture of which less than this share of dots is neither black nor white is drawn, not photographed.
const DRAWING_GREY_PERCENT_MAX: usize = 20;

/// Why a file is no picture for paper.
#[derive(Debug, Error)]
pub enum LogoError {
    #[error("has {bytes} bytes: make it {} KiB or less", PICTURE_BYTES_MAX / 1024)]
    TooLarge { bytes: usize },
    #[error("is {width} x {height} dots: make no side longer than {PICTURE_SIDE_MAX}")]
    TooManyDots { width: u32, height: u32 },
    #[error("is no PNG: {0}")]
    NoPng(#[from] png::DecodingError),
    #[error("is not written in base64: {0}")]
    NoBase64(#[from] base64::DecodeError),
}

/// A decoded picture: 0 is black, 255 is white; what was transparent is white.
#[derive(PartialEq, Eq)]
pub(crate) struct Logo {
    pub width: u32,
    pub height: u32,
    grey: Vec<u8>,
}

/// Short: a failed test must not print a picture.
impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} x {})", self.width, self.height)
    }
}

/// How grey becomes black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Sharp edges: for drawings.
    Threshold,
    /// Scattered dots: for photographs.
    Dither,
}

impl Logo {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, LogoError> {
        if bytes.len() > PICTURE_BYTES_MAX {
            return Err(LogoError::TooLarge { bytes: bytes.len() });
        }
        let limits = png::Limits { bytes: DECODED_BYTES_MAX };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let (width, height) = (reader.info().width, reader.info().height);
        if width.max(height) > PICTURE_SIDE_MAX {
            return Err(LogoError::TooManyDots { width, height });
        }
        let (color, _) = reader.output_color_type();
        let samples = color.samples();
        let mut data = vec![0; width as usize * height as usize * samples];
        reader.next_frame(&mut data)?;
        let grey = data.chunks_exact(samples).map(grey_on_white).collect();
        Ok(Self { width, height, grey })
    }

    /// Black dots (true), row by row, `width` dots wide and as high as the picture's shape demands.
    pub(crate) fn dots(&self, width: u32, ink: Option<Ink>) -> (u32, Vec<bool>) {
        let width = width.max(1);
        let height =
            (u64::from(self.height) * u64::from(width)).div_ceil(u64::from(self.width.max(1))) as u32;
        let height = height.clamp(1, 2 * PICTURE_SIDE_MAX);
        let grey = self.scaled(width, height);
        let dots = match ink.unwrap_or_else(|| self.usual_ink()) {
            Ink::Threshold => grey.iter().map(|grey| *grey < 128).collect(),
            Ink::Dither => scattered(grey, width as usize),
        };
        (height, dots)
    }

    fn usual_ink(&self) -> Ink {
        let grey = self.grey.iter().filter(|grey| (32..224).contains(*grey)).count();
        if grey * 100 > self.grey.len() * DRAWING_GREY_PERCENT_MAX { Ink::Dither } else { Ink::Threshold }
    }

    /// Each dot is the mean of what it covers.
    fn scaled(&self, width: u32, height: u32) -> Vec<u8> {
        let spans = |from: u32, to: u32| -> Vec<(usize, usize)> {
            let edge = |at: u32| (u64::from(at) * u64::from(from) / u64::from(to)) as usize;
            (0..to).map(|at| (edge(at), edge(at + 1).max(edge(at) + 1))).collect()
        };
        let (columns, rows) = (spans(self.width, width), spans(self.height, height));
        let mut scaled = Vec::with_capacity(columns.len() * rows.len());
        for (top, bottom) in rows {
            for (left, right) in &columns {
                let covered = (top..bottom)
                    .flat_map(|row| &self.grey[row * self.width as usize..][*left..*right])
                    .map(|grey| u32::from(*grey))
                    .sum::<u32>();
                let dots = (bottom - top) * (right - left);
                scaled.push((covered as usize / dots) as u8);
            }
        }
        scaled
    }
}

fn grey_on_white(dot: &[u8]) -> u8 {
    let luma = |red: u8, green: u8, blue: u8| {
        ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000) as u8
    };
    let (grey, alpha) = match *dot {
        [grey] => (grey, u8::MAX),
        [grey, alpha] => (grey, alpha),
        [red, green, blue] => (luma(red, green, blue), u8::MAX),
        [red, green, blue, alpha] => (luma(red, green, blue), alpha),
        _ => (u8::MAX, u8::MAX),
    };
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
}

/// Floyd and Steinberg: what a dot is too dark or too light goes on to its neighbours.
fn scattered(grey: Vec<u8>, width: usize) -> Vec<bool> {
    let mut left: Vec<i32> = grey.into_iter().map(i32::from).collect();
    let mut dots = vec![false; left.len()];
    for at in 0..left.len() {
        let black = left[at] < 128;
        dots[at] = black;
        let error = left[at] - if black { 0 } else { 255 };
        let column = at % width;
        let mut pass = |inside: bool, to: usize, share: i32| {
            if let (true, Some(dot)) = (inside, left.get_mut(to)) {
                *dot += error * share / 16;
            }
        };
        pass(column + 1 < width, at + 1, 7);
        pass(column > 0, at + width - 1, 3);
        pass(true, at + width, 5);
        pass(column + 1 < width, at + width + 1, 1);
    }
    dots
}

/// The pictures a site's templates may use, by name.
#[derive(Clone, Debug, Default)]
pub struct Pictures(BTreeMap<String, Arc<Logo>>);

impl Pictures {
    /// Decodes PNGs in base64. Those that are none are left out and told.
    pub fn decode(pictures: &BTreeMap<String, String>) -> (Self, Vec<TemplateProblem>) {
        let mut decoded = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, base64) in pictures.iter().take(PICTURES_MAX) {
            match decode(base64) {
                Ok(logo) => {
                    decoded.insert(name.clone(), Arc::new(logo));
                }
                Err(error) => {
                    problems.push(TemplateProblem::whole(&format!("pictures.{name}"), error.to_string()));
                }
            }
        }
        if pictures.len() > PICTURES_MAX {
            let problem = format!("has {} pictures: at most {PICTURES_MAX} are possible", pictures.len());
            problems.push(TemplateProblem::whole("pictures", problem));
        }
        (Self(decoded), problems)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Logo>> {
        self.0.get(name).map(Arc::clone)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn decode(base64: &str) -> Result<Logo, LogoError> {
    // Before it is decoded: four characters are three bytes.
    let bytes = base64.len() / 4 * 3;
    if bytes > PICTURE_BYTES_MAX + 2 {
        return Err(LogoError::TooLarge { bytes });
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64.trim())?;
    Logo::decode(&bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32, color: png::ColorType, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(data).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn transparent_dots_are_paper() {
        let logo = Logo::decode(&png_of(2, 1, png::ColorType::Rgba, &[0, 0, 0, 0, 0, 0, 0, 255])).unwrap();
        assert_eq!(logo.dots(2, Some(Ink::Threshold)).1, [false, true]);
    }

    #[test]
    fn a_drawing_keeps_its_edges_and_a_photograph_is_scattered() {
        let drawing = Logo::decode(&png_of(4, 1, png::ColorType::Grayscale, &[0, 0, 255, 255])).unwrap();
        assert_eq!(drawing.dots(8, None), (2, [[true; 4], [false; 4]].concat().repeat(2)));
        let grey = Logo::decode(&png_of(40, 40, png::ColorType::Grayscale, &[127; 1600])).unwrap();
        let black = grey.dots(40, None).1.into_iter().filter(|black| *black).count();
        assert!((700..900).contains(&black), "half of the dots are black: {black}");
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused_with_its_reason() {
        let told = |bytes: &[u8]| Logo::decode(bytes).unwrap_err().to_string();
        assert!(told(b"GIF89a").starts_with("is no PNG"));
        assert!(told(&vec![0; 20 << 20]).contains("make it 128 KiB or less"));
        let wide = png_of(1_300, 1, png::ColorType::Grayscale, &[0; 1_300]);
        assert!(told(&wide).contains("1300 x 1 dots"));
        let cut = &png_of(8, 8, png::ColorType::Grayscale, &[0; 64])[..40];
        assert!(told(cut).starts_with("is no PNG"));
        assert!(decode(&"A".repeat(28 << 20)).unwrap_err().to_string().contains("make it 128 KiB"));
        assert!(decode("not base64!").unwrap_err().to_string().starts_with("is not written in base64"));
    }

    #[test]
    fn a_file_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
        let mut bomb = png_of(1, 1, png::ColorType::Grayscale, &[0]);
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(Logo::decode(&bomb).is_err());
    }
}
