//! The page of `khiw print test`: is the width right, how dark is it, do all scripts come out.
//!
//! A page of its own drawing, around tickets as the renderer draws them.

use crate::paper::TicketPaper;
use crate::picture::Picture;
use crate::profile::Profile;
use crate::render::{PaperWidth, Renderer};

/// Words of each script that break on printers' own fonts: language, text.
const SCRIPTS: [(&str, &str); 7] = [
    ("th", "ที่ สิ้น น้ำ ปู่ ผู้สูงอายุ ญู ฐู ฎุ ฏุ · John วิญญูรู้ทฤษฎีน้ำแข็ง"),
    ("vi", "Tiếng Việt: Đăng ký khai sinh, trường hợp"),
    ("en", "The quick brown fox jumps over the lazy dog 0123456789"),
    ("ms", "Nombor giliran, sila ke kaunter"),
    ("lo", "ກະລຸນາລໍຖ້າ ໝາຍເລກຄິວ ນ້ຳ"),
    ("my", "ကျေးဇူးပြု၍ စောင့်ပါ နံပါတ်"),
    ("zh", "请稍候 排队号码 办事大厅"),
];

const RULER_ROWS: u32 = 40;
const SHADE_ROWS: u32 = 48;
const GAP_ROWS: u32 = 24;

/// A test page of the given width.
pub fn test_page(renderer: &mut Renderer, profile: &Profile, width: PaperWidth) -> Picture {
    let dots = width.dots();
    let mut page = Page { dots, rows: Vec::new() };
    page.append(&ruler(dots));
    page.append(&shades(dots));
    for (language, text) in SCRIPTS {
        let paper = TicketPaper {
            office: format!("Khiw · {} {} · {dots} dots", profile.brand, profile.model),
            service: language.to_owned(),
            number: "A042".to_owned(),
            people_ahead: None,
            wait_min: None,
            issued_at: jiff::Zoned::now(),
            language: language.to_owned(),
            link: None,
            priority: false,
            reprint: false,
            note: Some(text.to_owned()),
        };
        page.append(&renderer.render(&paper, width).picture);
    }
    page.append(&ruler(dots));
    page.into_picture()
}

/// Rows put below each other.
struct Page {
    dots: u32,
    rows: Vec<u8>,
}

impl Page {
    fn append(&mut self, picture: &Picture) {
        self.rows.extend_from_slice(picture.rows());
        self.rows.extend(vec![0; (self.dots.div_ceil(8) * GAP_ROWS) as usize]);
    }

    /// As much of it as a picture may have rows.
    fn into_picture(mut self) -> Picture {
        let row_bytes = self.dots.div_ceil(8) as usize;
        self.rows.truncate(row_bytes * crate::picture::PICTURE_ROWS_MAX as usize);
        Picture::from_rows(self.dots, self.rows).unwrap_or_else(|_| Picture::blank(self.dots, 1))
    }
}

/// A frame that touches both edges and a tick each 8 dots (1 mm at 203 dpi), a longer one each 80: what
/// is cut off at the side is not printed by this printer.
fn ruler(dots: u32) -> Picture {
    let mut picture = Picture::blank(dots, RULER_ROWS);
    for x in 0..dots {
        picture.blacken(x, 0);
        picture.blacken(x, RULER_ROWS - 1);
    }
    for x in (0..dots).step_by(8).chain([dots - 1]) {
        let edge = x == 0 || x == dots - 1;
        let length = if edge {
            RULER_ROWS
        } else if x % 80 == 0 {
            24
        } else {
            12
        };
        for y in 0..length {
            picture.blacken(x, y);
        }
    }
    picture
}

/// Four fields from a quarter of the dots to all: when the last two look alike it prints too dark, when
/// the first is empty too lightly.
fn shades(dots: u32) -> Picture {
    let mut picture = Picture::blank(dots, SHADE_ROWS);
    for y in 0..SHADE_ROWS {
        for x in 0..dots {
            let inked = match x * 4 / dots {
                0 => x % 2 == 0 && y % 2 == 0,
                1 => (x + y) % 2 == 0,
                2 => x % 2 == 0 || y % 2 == 0,
                _ => true,
            };
            if inked {
                picture.blacken(x, y);
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fills_the_width_from_edge_to_edge_and_has_every_script() {
        let mut renderer = Renderer::new();
        for width in PaperWidth::ALL {
            let page = test_page(&mut renderer, &Profile::generic(width.dots()), width);
            assert_eq!(page.width(), width.dots());
            assert!(page.is_black(0, 20) && page.is_black(width.dots() - 1, 20) && page.is_black(8, 5));
            let shortest = RULER_ROWS * 2 + SHADE_ROWS + SCRIPTS.len() as u32 * 100;
            assert!(page.height() > shortest, "{}", page.height());
        }
    }

    #[test]
    fn each_shade_is_darker_than_the_one_before() {
        let picture = shades(384);
        let inked = |field: u32| {
            let dots = (0..SHADE_ROWS).flat_map(|y| (field * 96..(field + 1) * 96).map(move |x| (x, y)));
            dots.filter(|(x, y)| picture.is_black(*x, *y)).count()
        };
        assert_eq!([0, 1, 2, 3].map(inked), [1_152, 2_304, 3_456, 4_608]);
    }
}
