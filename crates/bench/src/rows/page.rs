//! The kiosk's page as a kiosk gets it: bytes of script over the wire, and the
//! time to the first usable screen with the processor slowed down six times. Of
//! that time a part is the browser's own; a bare page in turn tells how much.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Bench, Row};
use crate::hall::Hall;
use crate::samples::median;
use crate::site;

const SCRIPT_KIB: f64 = 40.0;
const FIRST_SCREEN_MS: f64 = 1_000.0;

/// Fresh browsers for each of the two pages.
const RUNS: usize = 5;

/// Drives Chromium through the pages' own playwright-core.
const FIRST_SCREEN: &str = include_str!("first_screen.mjs");

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    let token = hall.kiosk_token()?;
    let output = Command::new("node")
        .args(["--input-type=module", "--eval", FIRST_SCREEN])
        .arg(format!("http://{}", hall.address))
        .args([site::ID, &token, &RUNS.to_string()])
        .current_dir(&bench.root)
        .output()
        .context("starting node")?;
    ensure!(output.status.success(), "the browser failed: {}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    let kib = seen["script_bytes"].as_f64().context("the browser did not tell `script_bytes`")? / 1024.0;
    let (usable_ms, bare_ms) = (median_of(&seen, "usable_ms")?, median_of(&seen, "bare_ms")?);
    Ok(vec![
        Row {
            what: "kiosk page, script over the wire".to_owned(),
            khiw: format!("{kib:.1} KiB"),
            basis: "gzip, first screen".to_owned(),
            ratio: None,
            budget: format!("≤ {SCRIPT_KIB} KiB"),
            kept: Some(kib <= SCRIPT_KIB),
        },
        Row {
            what: "kiosk page, first screen usable".to_owned(),
            khiw: format!("{usable_ms:.0} ms"),
            basis: format!(
                "processor slowed 6 ×, median of {RUNS}; bare page with one button: {bare_ms:.0} ms"
            ),
            ratio: Some(usable_ms / bare_ms),
            budget: format!("≤ {FIRST_SCREEN_MS} ms"),
            kept: Some(usable_ms <= FIRST_SCREEN_MS),
        },
    ])
}

fn median_of(seen: &Value, key: &str) -> Result<f64> {
    let all: Vec<f64> = seen[key].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    ensure!(all.len() == RUNS, "the browser told `{key}` {} times of {RUNS}", all.len());
    Ok(median(all))
}
