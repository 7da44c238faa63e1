//! What templates do on paper: blocks, conditions, pictures, and that nothing is lost, torn or endless.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use khiw_printing::{
    GLYPH_BYTES_KEPT_MAX, GLYPHS_KEPT_MAX, PAPER_ROWS_MAX, PaperKind, PaperWidth, Picture, Pictures,
    Rendered, Renderer, Template, Templates, TicketPaper,
};

fn template(text: &str) -> Template {
    Template::parse(PaperKind::Closed, text, &Pictures::default())
        .unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn drawn(text: &str, paper: &TicketPaper, width: PaperWidth) -> Rendered {
    Renderer::new().render_with(&template(text), paper, width)
}

fn codes(picture: &Picture) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let black = |x: usize, y: usize| picture.is_black(x as u32, y as u32);
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(width, height, black);
    image.detect_grids().into_iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

/// First and last column with ink.
fn ink(picture: &Picture) -> Option<(u32, u32)> {
    let inked = |x: &u32| (0..picture.height()).any(|y| picture.is_black(*x, y));
    let first = (0..picture.width()).find(inked)?;
    Some((first, (0..picture.width()).rev().find(inked)?))
}

fn english() -> TicketPaper {
    TicketPaper { language: "en".into(), ..TicketPaper::default() }
}

#[test]
fn every_kind_of_paper_fits_every_width_in_every_language() {
    let (mut renderer, templates) = (Renderer::new(), Templates::default());
    for kind in PaperKind::ALL {
        for language in ["th", "vi", "en", "lo", "my", "ms", "zh"] {
            for width in PaperWidth::ALL {
                let paper = TicketPaper::sample(kind, language);
                let rendered = renderer.render_with(templates.in_force(kind), &paper, width);
                let name = format!("{kind} {language} {width:?}");
                assert!(rendered.missing.is_empty(), "{name}: {:?}", rendered.missing);
                assert!(!rendered.clipped && !rendered.qr_omitted && !rendered.cut_short, "{name}");
                let code = match kind {
                    PaperKind::Test => vec![format!("https://khiw.example/{}", width.dots())],
                    _ => paper.link.into_iter().collect(),
                };
                assert_eq!(codes(&rendered.picture), code, "{name}");
            }
        }
    }
}

#[test]
fn a_long_name_wraps_and_never_overflows() {
    let words = "สำนักงานพัฒนาสังคมและความมั่นคงของมนุษย์จังหวัดนครศรีธรรมราช";
    let names = [
        words.chars().cycle().take(300).collect::<String>(),
        "x".repeat(300),
        "W".repeat(300),
        "ກ".repeat(300),
        "ဘာ".repeat(150),
        "国".repeat(300),
        "Đ".repeat(300),
    ];
    let (mut renderer, templates) = (Renderer::new(), Templates::default());
    for name in names {
        let paper = TicketPaper {
            office: name.clone(),
            service: name.clone(),
            counter: Some(name.clone()),
            documents: vec![name.clone(); 12],
            number: "ABCDEFGH-123".into(),
            ..TicketPaper::sample(PaperKind::Forward, "th")
        };
        for kind in [PaperKind::Ticket, PaperKind::Forward] {
            for width in PaperWidth::ALL {
                let rendered = renderer.render_with(templates.in_force(kind), &paper, width);
                assert!(!rendered.clipped, "{kind} {width:?} {name}");
                assert!(rendered.picture.height() <= PAPER_ROWS_MAX, "{}", rendered.picture.height());
            }
        }
    }
}

#[test]
fn what_does_not_fit_on_half_a_metre_is_left_out_and_told() {
    let long = "[[block]]\ntext = 'ก'\nsize = 120\nabove = 400\n".repeat(20);
    let rendered = drawn(&long, &english(), PaperWidth::Dots384);
    assert!(rendered.cut_short && !rendered.clipped, "{rendered:?}");
    assert!(rendered.picture.height() <= PAPER_ROWS_MAX);
    for block in
        ["rule = 24", "pattern = 'ruler'", "huge = 'A1'", "qr = 'x'", "text = 'ก'", "row = ['a', 'b']"]
    {
        let text =
            "[[block]]\nspace = 399\n".repeat(9) + "[[block]]\nspace = 390\n[[block]]\n" + block + "\n";
        let rendered = drawn(&text, &english(), PaperWidth::Dots576);
        assert!(rendered.picture.height() <= PAPER_ROWS_MAX && !rendered.clipped, "{block}");
        assert_eq!(rendered.picture.black_dots(), 0, "{block}");
        assert!(rendered.cut_short || rendered.qr_omitted, "{block}");
    }
}

#[test]
fn blocks_are_printed_only_when_their_conditions_hold() {
    let black = |text: &str, paper: &TicketPaper, width| drawn(text, paper, width).picture.black_dots() > 0;
    let block = |when: &str| format!("[[block]]\nrule = 2\n{when}\n");
    let (narrow, wide) = (PaperWidth::Dots384, PaperWidth::Dots512);
    let priority = TicketPaper { priority: true, ..english() };
    for (when, paper, width, printed) in [
        ("when = 'priority'", &priority, wide, true),
        ("when = 'priority'", &english(), wide, false),
        ("when = 'not priority'", &english(), wide, true),
        ("when = ['priority', 'counter']", &priority, wide, false),
        ("when = 'narrow'", &english(), narrow, true),
        ("when = 'narrow'", &english(), wide, false),
        ("when = 'wide'", &english(), wide, true),
        ("lang = ['th', 'en']", &english(), wide, true),
        ("lang = 'th'", &english(), wide, false),
        ("lang = 'th'", &TicketPaper { language: "th-TH".into(), ..english() }, wide, true),
    ] {
        assert_eq!(black(&block(when), paper, width), printed, "{when} {paper:?}");
    }
}

#[test]
fn a_reprint_says_so_whatever_the_template_forgot() {
    let bare = template("[[block]]\nhuge = '{number}'\n");
    let mut renderer = Renderer::new();
    let paper = TicketPaper { number: "A042".into(), ..english() };
    let again = TicketPaper { reprint: true, ..paper.clone() };
    let plain = renderer.render_with(&bare, &paper, PaperWidth::Dots384).picture;
    let marked = renderer.render_with(&bare, &again, PaperWidth::Dots384).picture;
    assert!(marked.height() > plain.height() + 30, "a banner stands above");
    let own =
        template("[[block]]\nbanner = '{words.reprint}'\nwhen = 'reprint'\n[[block]]\nhuge = '{number}'\n");
    let once = renderer.render_with(&own, &again, PaperWidth::Dots384).picture;
    assert!(once.height() <= marked.height(), "marked once, not twice");
}

#[test]
fn columns_stand_on_their_sides() {
    let row = "[[block]]\nrow = ['{office}', '{counter}']\n";
    let of = |office: &str, counter: &str| {
        let paper = TicketPaper { office: office.into(), counter: Some(counter.into()), ..english() };
        ink(&drawn(row, &paper, PaperWidth::Dots576).picture)
    };
    let (left, right) = of("Counter", "7").unwrap();
    assert!(left < 12 && right > 560, "{left} {right}");
    let (left, _) = of("\u{200B}.", "7777").unwrap();
    assert!(left < 12, "{left}");
    assert_eq!(of(" ", "7"), None, "without its left text the row is left out");
}

#[test]
fn pictures_are_drawn_as_wide_as_asked_and_never_wider_than_paper() {
    let png = {
        let mut logo = Picture::blank(200, 50);
        for (x, y) in (0..200).flat_map(|x| (0..50).map(move |y| (x, y))) {
            logo.blacken(x, y);
        }
        logo.to_png().unwrap()
    };
    let base64 = base64::engine::general_purpose::STANDARD.encode(png);
    let (pictures, problems) = Pictures::decode(&BTreeMap::from([("logo".to_owned(), base64)]));
    assert_eq!(problems, []);
    let mut renderer = Renderer::new();
    let mut black = |keys: &str| {
        let text = format!("[[block]]\npicture = 'logo'\n{keys}\n");
        let template = Template::parse(PaperKind::Closed, &text, &pictures).unwrap();
        let rendered = renderer.render_with(&template, &english(), PaperWidth::Dots384);
        assert!(!rendered.clipped);
        (ink(&rendered.picture).unwrap(), rendered.picture.black_dots())
    };
    assert_eq!(black(""), ((92, 291), 200 * 50));
    assert_eq!(black("width = 100\nalign = 'left'"), ((8, 107), 100 * 25));
    assert_eq!(black("width = 100\nalign = 'right'"), ((276, 375), 100 * 25));
    assert_eq!(black("width = 576"), ((8, 375), 368 * 92));
    let wrong = Template::parse(PaperKind::Closed, "[[block]]\npicture = 'lgo'\n", &pictures).unwrap_err();
    assert!(wrong[0].to_string().ends_with("`lgo` is no picture: did you mean `logo`?"), "{}", wrong[0]);
}

#[test]
fn a_site_is_drawn_by_its_own_templates_and_others_by_the_built_in_ones() {
    let mut renderer = Renderer::new();
    let ours = TicketPaper { site: "ours".into(), ..TicketPaper::sample(PaperKind::Ticket, "en") };
    let usual = renderer.render(&ours, PaperWidth::Dots384).picture;
    let mut templates = Templates::default();
    templates.replace(PaperKind::Ticket, "[[block]]\nhuge = '{number}'\n").unwrap();
    renderer.set_templates("ours", Arc::new(templates));
    let own = renderer.render(&ours, PaperWidth::Dots384).picture;
    assert!(own.height() < usual.height() / 3);
    let others = TicketPaper { site: "others".into(), ..ours };
    assert_eq!(renderer.render(&others, PaperWidth::Dots384).picture, usual);
}

#[test]
fn a_job_stored_by_an_older_khiw_is_still_a_ticket() {
    let stored = r#"{"office":"Office","service":"Birth","number":"A042","people_ahead":3,"wait_min":null,
        "issued_at":"2026-11-20T09:41:00+07:00[Asia/Bangkok]","language":"en","link":null}"#;
    let paper: TicketPaper = serde_json::from_str(stored).unwrap();
    assert_eq!((paper.kind, paper.kind_drawn()), (PaperKind::Ticket, PaperKind::Ticket));
    assert!(!Renderer::new().render(&paper, PaperWidth::Dots384).clipped);
}

#[test]
fn a_font_of_the_office_writes_what_the_built_in_ones_cannot() {
    let mut plain = Renderer::new();
    let text = [("site.name.en".to_owned(), "Office ✂ 龘")];
    let missing = plain.missing_characters(text.clone());
    assert_eq!(missing.iter().map(|lack| lack.character).collect::<String>(), "✂龘");
    assert_eq!(missing[0].place, "site.name.en");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.ttf"), b"no font").unwrap();
    std::fs::write(folder.path().join("readme.txt"), b"not looked at").unwrap();
    let (fonts, errors) = khiw_printing::fonts::of_folder(folder.path());
    assert!(fonts.is_empty());
    assert_eq!(errors.len(), 1);
    assert!(errors[0].to_string().ends_with("no font: use .ttf or .otf files"), "{}", errors[0]);
    assert!(khiw_printing::fonts::of_folder(&folder.path().join("none")).0.is_empty());
}

#[test]
fn memory_for_glyphs_stays_bounded_over_thousands_of_papers() {
    let mut renderer = Renderer::new();
    let languages = ["th", "vi", "en", "lo", "my", "ms", "zh"];
    // Little else than what fills the memory: large figures, and all scripts.
    let short = template("[[block]]\nhuge = '{number}'\n[[block]]\ntext = '{service}'\n");
    let mut most = (0, 0);
    for n in 0..2_000_u32 {
        let prefix = char::from(b'A' + (n % 26) as u8);
        let paper = TicketPaper {
            // Numbers of different width are drawn in different sizes.
            number: format!("{prefix}{}", n * n),
            ..TicketPaper::sample(PaperKind::Ticket, languages[n as usize % languages.len()])
        };
        renderer.render_with(&short, &paper, PaperWidth::ALL[n as usize % 3]);
        let (glyphs, bytes) = renderer.glyphs_kept();
        assert!(glyphs <= GLYPHS_KEPT_MAX && bytes <= GLYPH_BYTES_KEPT_MAX, "{glyphs} glyphs, {bytes} bytes");
        most = (most.0.max(glyphs), most.1.max(bytes));
    }
    assert!(most.1 > GLYPH_BYTES_KEPT_MAX / 2, "the bound was never near, so it was not tried: {most:?}");
}
