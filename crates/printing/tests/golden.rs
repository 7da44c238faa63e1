//! Golden pictures: what papers look like, equal to the pixel. Set `KHIW_GOLDEN=write` to rewrite them after a change
//! that is meant, look at every one, and commit them with the reason.

use std::path::PathBuf;

use khiw_printing::{PaperKind, PaperWidth, Picture, Pictures, Renderer, Template, Templates, TicketPaper};

/// The strings on which printers fail, and a line in each further script. Each is set regular, bold and large.
const HARD: [&str; 8] = [
    "John วิญญูรู้ทฤษฎีน้ำแข็ง",
    "ที่ สิ้น น้ำ ปู่ ผู้สูงอายุ ญู ฐู ฎุ ฏุ",
    "Tiếng Việt: Đăng ký khai sinh, trường hợp",
    "ບັດຄິວ ກະລຸນາລໍຖ້າເອີ້ນຄິວຢູ່ໜ້າຈໍ ເຈົ້າໜ້າທີ່ ນ້ຳ",
    "မျက်နှာပြင်တွင် သင့်နံပါတ်ခေါ်သည်ကို စောင့်ပါ ကြွက် ဣန္ဒြေ",
    "请留意屏幕叫号，优先窗口：身份证登记（老年人）",
    "Sila tunggu nombor giliran anda dipanggil pada skrin",
    "๐๑๒๓๔๕๖๗๘๙ ฿ – … “ ”",
];

fn hard_template() -> Template {
    let block = |text: &str, size: u32, weight: &str| {
        format!("[[block]]\ntext = '{text}'\nsize = {size}\nweight = '{weight}'\n")
    };
    let lines = HARD.map(|text| {
        block(text, 24, "regular") + &block(text, 28, "medium") + &block(text, 36, "bold") + "below = 10\n"
    });
    Template::parse(PaperKind::Closed, &lines.concat(), &Pictures::default()).unwrap()
}

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", &format!("{name}.png")].iter().collect()
}

/// What differs, or that it was rewritten.
fn check(name: &str, picture: &Picture) -> Option<String> {
    let path = file(name);
    if std::env::var("KHIW_GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::write(&path, picture.to_png().unwrap()).unwrap();
        return None;
    }
    let golden = match std::fs::read(&path) {
        Ok(bytes) => Picture::from_png(&bytes).unwrap(),
        Err(error) => return Some(format!("{}: {error}", path.display())),
    };
    if golden == *picture {
        return None;
    }
    let (width, height) = (picture.width().max(golden.width()), picture.height().max(golden.height()));
    let differs = |x, y| picture.is_black(x, y) != golden.is_black(x, y);
    let dots = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| differs(*x, *y));
    Some(format!("{name}: {} dots differ; {picture:?} for {golden:?}", dots.count()))
}

/// Every golden picture: its name, and the paper as it is drawn now.
fn all() -> Vec<(String, Picture)> {
    let mut renderer = Renderer::new();
    let mut pictures = Vec::new();
    let template = hard_template();
    for width in PaperWidth::ALL {
        let paper = TicketPaper { language: "th".into(), ..TicketPaper::default() };
        let rendered = renderer.render_with(&template, &paper, width);
        assert!(rendered.missing.is_empty() && !rendered.clipped && !rendered.cut_short, "{rendered:?}");
        pictures.push((format!("hard-{}", width.dots()), rendered.picture));
    }
    let templates = Templates::default();
    let kinds =
        PaperKind::ALL.into_iter().flat_map(|kind| ["th", "vi", "en"].map(|language| (kind, language)));
    let further = ["lo", "my", "ms", "zh"].map(|language| (PaperKind::Ticket, language));
    for (kind, language) in kinds.chain(further) {
        // Narrow paper is the harder one; each kind is seen on wide paper once.
        let widths = if language == "th" {
            &[PaperWidth::Dots384, PaperWidth::Dots576][..]
        } else {
            &[PaperWidth::Dots384][..]
        };
        for width in widths {
            let paper = TicketPaper::sample(kind, language);
            let rendered = renderer.render_with(templates.in_force(kind), &paper, *width);
            let name = format!("{kind}-{language}-{}", width.dots());
            assert!(
                rendered.missing.is_empty() && !rendered.clipped && !rendered.cut_short,
                "{name}: {rendered:?}"
            );
            pictures.push((name, rendered.picture));
        }
    }
    pictures
}

#[test]
fn papers_look_as_they_did() {
    let differing: Vec<String> = all().iter().filter_map(|(name, picture)| check(name, picture)).collect();
    assert!(
        differing.is_empty(),
        "not equal to the pixel; if it is meant, run with KHIW_GOLDEN=write and look at them:\n{}",
        differing.join("\n")
    );
}

#[test]
fn no_golden_picture_is_left_of_a_paper_that_is_gone() {
    let drawn: Vec<PathBuf> = all().iter().map(|(name, _)| file(name)).collect();
    for entry in std::fs::read_dir(file("x").parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert!(drawn.contains(&path), "{} is drawn by no test", path.display());
    }
}
