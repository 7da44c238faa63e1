//! A ticket's picture, warm: fonts are loaded, as in a running spool.

use std::time::{Duration, Instant};

use anyhow::Result;
use khiw_printing::{PaperWidth, Renderer, TicketPaper};

use super::{Row, ms};
use crate::samples::Samples;

const TICKETS: usize = 200;
const WARM_UP: usize = 5;
const BUDGET_MS: f64 = 15.0;

pub fn measure() -> Result<Vec<Row>> {
    let mut renderer = Renderer::new();
    let papers = [thai()?, vietnamese()?];
    let mut all: Vec<Duration> = Vec::with_capacity(TICKETS);
    for turn in 0..WARM_UP + TICKETS {
        let started = Instant::now();
        let rendered = renderer.render(&papers[turn % papers.len()], PaperWidth::Dots576);
        let took = started.elapsed();
        anyhow::ensure!(rendered.picture.black_dots() > 0, "an empty ticket");
        if turn >= WARM_UP {
            all.push(took);
        }
    }
    let p50 = Samples::new(all).p50_ms();
    Ok(vec![Row {
        what: "ticket picture, warm, p50".to_owned(),
        khiw: ms(p50),
        basis: "Thai and Vietnamese, 80 mm".to_owned(),
        ratio: None,
        budget: format!("≤ {BUDGET_MS} ms"),
        kept: Some(p50 <= BUDGET_MS),
    }])
}

fn thai() -> Result<TicketPaper> {
    Ok(TicketPaper {
        office: "ศูนย์บริการร่วม One Stop Service องค์การบริหารส่วนจังหวัดนครศรีธรรมราช".into(),
        service: "จดทะเบียนเครื่องหมายผู้สูงอายุและขอมีบัตรประจำตัวคนพิการ (กรณีต่ออายุ)".into(),
        number: "A042".into(),
        people_ahead: Some(12),
        wait_min: Some((15, 25)),
        issued_at: "2026-11-20T09:41:00+07:00[Asia/Bangkok]".parse()?,
        language: "th".into(),
        link: Some("https://khiw.example.go.th/ticket/7Q2M9XK4HD3B".into()),
        ..TicketPaper::default()
    })
}

fn vietnamese() -> Result<TicketPaper> {
    Ok(TicketPaper {
        office: "Trung tâm Phục vụ hành chính công tỉnh Nghệ An".into(),
        service: "Đăng ký khai sinh, trường hợp đã có hồ sơ giấy tờ cá nhân".into(),
        number: "B1207".into(),
        language: "vi".into(),
        issued_at: "2026-11-20T14:05:00+07:00[Asia/Ho_Chi_Minh]".parse()?,
        ..thai()?
    })
}
