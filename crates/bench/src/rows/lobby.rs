//! The lobby's page over a day: whether its memory is steady once it is warm, and what it takes of the processor while
//! nothing happens.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Bench, Row};
use crate::hall::Hall;
use crate::process::{Process, free_address};
use crate::site;

const SITE: &str = "nghe-an";
/// Hall seconds in one real second.
const SPEED: u32 = 400;
/// A whole day: only then everything has been shown once.
const WARM_HOURS: u32 = 24;
const HOURS: u32 = 24;
/// Of real time, in which nothing happens.
const REST_S: u32 = 60;

const GROWTH: f64 = 1.05;
/// Of one processor, more than an empty page takes.
const REST_PERCENT: f64 = 1.0;

/// Drives Chromium through the pages' own playwright-core.
const DAY: &str = include_str!("lobby_day.mjs");

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let demo = free_address()?;
    let mut command = Command::new(&bench.khiw);
    command.args(["demo", "--site", SITE, "--speed", &SPEED.to_string(), "--listen", &demo.to_string()]);
    let mut process = Process::start("khiw demo", &mut command, &bench.work.join("khiw.log"))?;
    process.until_ready(demo, "/readyz").await?;
    let quiet = Hall::open(&bench.khiw, &bench.work).await?;
    let pages =
        [format!("http://{demo}/display/{SITE}"), format!("http://{}/display/{}", quiet.address, site::ID)];
    let seconds = [WARM_HOURS, HOURS].map(|hours| hours * 3_600 / SPEED);
    let seen = browse(&bench.root, &pages, [seconds[0], seconds[1], REST_S])?;
    drop(process);
    let told = |key: &str| seen[key].as_f64().with_context(|| format!("the browser did not tell `{key}`"));
    let (warm, end, most) = (told("warm_kib")?, told("end_kib")?, told("most_kib")?);
    let (rest, empty) = (told("rest_percent")?, told("empty_percent")?);
    let calls = told("calls")?;
    Ok(vec![
        Row {
            what: "lobby page: memory after 24 simulated hours".to_owned(),
            khiw: format!("{end:.0} KiB"),
            basis: format!(
                "when warm: {warm:.0} KiB, at most: {most:.0}; {calls:.0} calls, nodes {:.0} → {:.0}",
                told("warm_nodes")?,
                told("end_nodes")?
            ),
            ratio: Some(end / warm),
            budget: format!("≤ {GROWTH} ×"),
            kept: Some(end / warm <= GROWTH && calls > 0.0),
        },
        Row {
            what: "lobby page: processor while nothing happens".to_owned(),
            khiw: format!("{rest:.2} %"),
            basis: format!("of one core in {REST_S} s; an empty page: {empty:.2} %"),
            ratio: None,
            budget: format!("≤ {REST_PERCENT} % more"),
            kept: Some(rest - empty <= REST_PERCENT),
        },
    ])
}

fn browse(root: &Path, pages: &[String], seconds: [u32; 3]) -> Result<Value> {
    let output = Command::new("node")
        .args(["--input-type=module", "--eval", DAY])
        .args(pages)
        .args(seconds.map(|second| second.to_string()))
        .current_dir(root)
        .output()
        .context("starting node")?;
    ensure!(output.status.success(), "the browser failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
