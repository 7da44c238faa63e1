//! A ticket's picture: the first of a start, warm ones, how many one core draws, and that drawing them all day takes no
//! more memory.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use khiw_printing::{PaperKind, PaperWidth, Renderer, TicketPaper};

use super::{Row, ms, per_second, thousands};
use crate::process::Resident;
use crate::samples::Samples;

const TICKETS: usize = 200;
const WARM_UP: usize = 5;
const COLD_STARTS: usize = 15;
const COLD_BUDGET_MS: f64 = 40.0;
const WARM_BUDGET_MS: f64 = 15.0;
const RATE_BUDGET: f64 = 100.0;
/// Papers over which memory is watched, unless this variable says how many.
const PAPERS_VARIABLE: &str = "KHIW_BENCH_PAPERS";
const PAPERS: u32 = 20_000;
/// Before memory is looked at: every cache has filled up to its bound once.
const SETTLE: u32 = 4_000;
/// Four times the bound of drawn glyphs, and less than any leak of 200 bytes a ticket makes of 100,000.
const GROWTH_BUDGET_KIB: u64 = 16 * 1024;

pub fn measure() -> Result<Vec<Row>> {
    let papers = papers()?;
    let cold = cold(&papers)?;
    let (warm, rate) = warm(&papers)?;
    let mut rows = vec![cold, warm, rate];
    // Memory of a process is asked of Linux.
    if cfg!(target_os = "linux") {
        rows.push(growth()?);
    }
    Ok(rows)
}

fn papers() -> Result<[TicketPaper; 2]> {
    let mut papers = ["th", "vi"].map(|language| TicketPaper::sample(PaperKind::Ticket, language));
    papers[1].issued_at = "2026-11-20T14:05:00+07:00[Asia/Ho_Chi_Minh]".parse()?;
    Ok(papers)
}

fn draw(renderer: &mut Renderer, paper: &TicketPaper) -> Result<()> {
    let rendered = renderer.render(paper, PaperWidth::Dots576);
    anyhow::ensure!(rendered.picture.black_dots() > 0, "an empty ticket");
    black_box(rendered);
    Ok(())
}

/// Fonts loaded and the first ticket drawn.
fn cold(papers: &[TicketPaper]) -> Result<Row> {
    let mut all = Vec::with_capacity(COLD_STARTS);
    for turn in 0..COLD_STARTS {
        let started = Instant::now();
        let mut renderer = Renderer::new();
        draw(&mut renderer, &papers[turn % papers.len()])?;
        all.push(started.elapsed());
    }
    let p50 = Samples::new(all).p50_ms();
    Ok(Row {
        what: "ticket picture, cold, p50".to_owned(),
        khiw: ms(p50),
        basis: "fonts loaded and the first ticket".to_owned(),
        ratio: None,
        budget: format!("≤ {COLD_BUDGET_MS} ms"),
        kept: Some(p50 <= COLD_BUDGET_MS),
    })
}

fn warm(papers: &[TicketPaper]) -> Result<(Row, Row)> {
    let mut renderer = Renderer::new();
    let mut all: Vec<Duration> = Vec::with_capacity(TICKETS);
    let mut begun = Instant::now();
    for turn in 0..WARM_UP + TICKETS {
        if turn == WARM_UP {
            begun = Instant::now();
        }
        let started = Instant::now();
        draw(&mut renderer, &papers[turn % papers.len()])?;
        if turn >= WARM_UP {
            all.push(started.elapsed());
        }
    }
    let rate = TICKETS as f64 / begun.elapsed().as_secs_f64();
    let p50 = Samples::new(all).p50_ms();
    let basis = "Thai and Vietnamese, 80 mm, with documents and code".to_owned();
    let warm = Row {
        what: "ticket picture, warm, p50".to_owned(),
        khiw: ms(p50),
        basis: basis.clone(),
        ratio: None,
        budget: format!("≤ {WARM_BUDGET_MS} ms"),
        kept: Some(p50 <= WARM_BUDGET_MS),
    };
    let rate = Row {
        what: "ticket pictures on one core".to_owned(),
        khiw: per_second(rate),
        basis,
        ratio: None,
        budget: format!("≥ {RATE_BUDGET}/s"),
        kept: Some(rate >= RATE_BUDGET),
    };
    Ok((warm, rate))
}

/// Memory before and after many different tickets: every number, language and width in turn.
fn growth() -> Result<Row> {
    let papers: u32 = match std::env::var(PAPERS_VARIABLE) {
        Ok(wished) => wished.parse().with_context(|| format!("{PAPERS_VARIABLE}={wished}"))?,
        Err(_) => PAPERS,
    };
    let samples = ["th", "vi", "en", "lo", "my", "ms", "zh"]
        .map(|language| TicketPaper::sample(PaperKind::Ticket, language));
    let mut renderer = Renderer::new();
    let mut some = |from: u32, to: u32| {
        for n in from..to {
            let prefix = char::from(b'A' + (n % 26) as u8);
            let sample = &samples[n as usize % samples.len()];
            let number = format!("{prefix}{:03}", n % 1_000);
            let link = Some(format!("https://khiw.example.go.th/ticket/{n:012}"));
            let paper = TicketPaper { number, people_ahead: Some(n % 400), link, ..sample.clone() };
            black_box(renderer.render(&paper, PaperWidth::ALL[n as usize % PaperWidth::ALL.len()]));
        }
    };
    some(0, SETTLE);
    let before = Resident::of(std::process::id())?;
    some(SETTLE, SETTLE + papers);
    let after = Resident::of(std::process::id())?;
    let grown_kib = after.own_kib.saturating_sub(before.own_kib);
    Ok(Row {
        what: format!("memory grown over {} ticket pictures", thousands(papers.into())),
        khiw: format!("{grown_kib} KiB"),
        basis: format!("{} KiB before, seven languages, three widths", thousands(before.own_kib)),
        ratio: None,
        budget: format!("≤ {} KiB", thousands(GROWTH_BUDGET_KIB)),
        kept: Some(grown_kib <= GROWTH_BUDGET_KIB),
    })
}
