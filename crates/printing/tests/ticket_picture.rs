//! The ticket's picture: every glyph there, nothing outside the paper, the code readable.

use std::time::{Duration, Instant};

use khiw_printing::{PaperWidth, Picture, Renderer, TicketPaper};

fn thai() -> TicketPaper {
    TicketPaper {
        office: "ศูนย์บริการร่วม One Stop Service องค์การบริหารส่วนจังหวัดนครศรีธรรมราช".into(),
        service: "จดทะเบียนเครื่องหมายผู้สูงอายุและขอมีบัตรประจำตัวคนพิการ (กรณีต่ออายุ)".into(),
        number: "A042".into(),
        people_ahead: Some(12),
        wait_min: Some((15, 25)),
        issued_at: "2026-11-20T09:41:00+07:00[Asia/Bangkok]".parse().unwrap(),
        language: "th".into(),
        link: Some("https://khiw.nakhon.example.go.th/t/7Q2M9XK4HD3B".into()),
        ..TicketPaper::default()
    }
}

fn vietnamese() -> TicketPaper {
    TicketPaper {
        office: "Trung tâm Phục vụ hành chính công tỉnh Nghệ An".into(),
        service: "Đăng ký khai sinh, trường hợp đã có hồ sơ giấy tờ cá nhân".into(),
        number: "B1207".into(),
        language: "vi".into(),
        priority: true,
        issued_at: "2026-11-20T14:05:00+07:00[Asia/Ho_Chi_Minh]".parse().unwrap(),
        ..thai()
    }
}

fn english() -> TicketPaper {
    TicketPaper {
        office: "Hua Taphan District Office".into(),
        service: "Birth registration".into(),
        number: "C7".into(),
        people_ahead: Some(1),
        wait_min: Some((0, 5)),
        language: "en".into(),
        reprint: true,
        note: Some("Registration opens at 08:30".into()),
        ..thai()
    }
}

fn hard(text: &str) -> TicketPaper {
    TicketPaper { office: text.into(), service: text.into(), note: Some(text.into()), ..thai() }
}

fn read_code(picture: &Picture) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let black = |x: usize, y: usize| picture.is_black(x as u32, y as u32);
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, black);
    image.detect_grids().into_iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

/// Set `KHIW_PAPER_OUT` to a folder to look at the pictures.
fn keep(name: &str, picture: &Picture) {
    if let Ok(folder) = std::env::var("KHIW_PAPER_OUT") {
        std::fs::write(format!("{folder}/{name}.png"), picture.to_png().unwrap()).unwrap();
    }
}

#[test]
fn every_ticket_fits_every_paper_and_its_code_reads_back() {
    let mut renderer = Renderer::new();
    let papers = [
        ("th", thai()),
        ("vi", vietnamese()),
        ("en", english()),
        ("hard-th", hard("John วิญญูรู้ทฤษฎีน้ำแข็ง ที่ สิ้น น้ำ ปู่ ผู้สูงอายุ ญู ฐู ฎุ ฏุ")),
        (
            "hard-vi",
            TicketPaper {
                language: "vi".into(), ..hard("Tiếng Việt: Đăng ký khai sinh, trường hợp")
            },
        ),
    ];
    for (name, paper) in papers {
        for width in PaperWidth::ALL {
            let rendered = renderer.render(&paper, width);
            let name = format!("{name}-{}", width.dots());
            keep(&name, &rendered.picture);
            assert_eq!(rendered.picture.width(), width.dots(), "{name}");
            assert!(
                rendered.missing.is_empty() && !rendered.clipped && !rendered.qr_omitted,
                "{name}: {rendered:?}"
            );
            assert_eq!(read_code(&rendered.picture), [paper.link.clone().unwrap()], "{name}");
            // The first and last rows are white: no mark is cut off above or below.
            let edge_rows = [0, rendered.picture.height() - 1];
            let white = |y: u32| (0..width.dots()).all(|x| !rendered.picture.is_black(x, y));
            assert!(edge_rows.into_iter().all(white), "{name}");
        }
    }
}

#[test]
fn a_number_of_any_length_is_whole() {
    let mut renderer = Renderer::new();
    for number in ["1", "A1", "A-001", "QW9999", "ABCDEFGH-123456", "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", ""] {
        let paper = TicketPaper { number: number.into(), ..english() };
        for width in PaperWidth::ALL {
            let rendered = renderer.render(&paper, width);
            assert!(!rendered.clipped, "{number} on {width:?}");
        }
    }
}

#[test]
fn what_is_unknown_is_not_printed() {
    let mut renderer = Renderer::new();
    let full = renderer.render(&thai(), PaperWidth::Dots576).picture;
    let bare = TicketPaper { people_ahead: None, wait_min: None, link: None, ..thai() };
    let bare = renderer.render(&bare, PaperWidth::Dots576).picture;
    assert!(bare.height() < full.height());
    assert!(read_code(&bare).is_empty());
}

#[test]
fn a_link_too_long_for_a_readable_code_is_left_out_and_said() {
    let mut renderer = Renderer::new();
    let paper = TicketPaper { link: Some(format!("https://example.org/{}", "x".repeat(1_500))), ..thai() };
    let rendered = renderer.render(&paper, PaperWidth::Dots384);
    assert!(rendered.qr_omitted && !rendered.clipped);
}

#[test]
fn absurd_texts_stay_bounded() {
    let mut renderer = Renderer::new();
    let paper = hard(&"น้ำ\u{0}\u{200D}ปู่🙂".repeat(50_000));
    let rendered = renderer.render(&paper, PaperWidth::Dots384);
    assert!(rendered.picture.height() < 4_000, "{}", rendered.picture.height());
    assert!(!rendered.clipped);
}

#[test]
fn a_warm_ticket_is_quick() {
    let mut renderer = Renderer::new();
    for paper in [thai(), vietnamese(), english()] {
        renderer.render(&paper, PaperWidth::Dots576);
    }
    // The quickest of several: other work on the machine must not fail this test.
    let quickest = (0..20u32)
        .map(|n| {
            let paper = TicketPaper { number: format!("A{:03}", n * 37 % 1000), ..thai() };
            let start = Instant::now();
            renderer.render(&paper, PaperWidth::Dots576);
            start.elapsed()
        })
        .min()
        .unwrap();
    println!("warm ticket: {quickest:?}");
    assert!(quickest < Duration::from_millis(15), "{quickest:?}");
}
