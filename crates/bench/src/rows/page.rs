//! The kiosk's page as a kiosk gets it: bytes of script over the wire, and the
//! time to the first usable screen with the processor slowed down six times.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Bench, Row};
use crate::hall::Hall;
use crate::site;

const SCRIPT_KIB: f64 = 40.0;
const FIRST_SCREEN_MS: f64 = 1_000.0;

/// Drives Chromium through the pages' own playwright-core.
const FIRST_SCREEN: &str = include_str!("first_screen.mjs");

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    let token = hall.kiosk_token()?;
    let output = Command::new("node")
        .args(["--input-type=module", "--eval", FIRST_SCREEN])
        .arg(format!("http://{}", hall.address))
        .args([site::ID, &token])
        .current_dir(&bench.root)
        .output()
        .context("starting node")?;
    ensure!(output.status.success(), "the browser failed: {}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    let number = |key: &str| seen[key].as_f64().with_context(|| format!("the browser did not tell `{key}`"));
    let (kib, usable_ms) = (number("script_bytes")? / 1024.0, number("usable_ms")?);
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
            basis: "processor slowed 6 ×".to_owned(),
            ratio: None,
            budget: format!("≤ {FIRST_SCREEN_MS} ms"),
            kept: Some(usable_ms <= FIRST_SCREEN_MS),
        },
    ])
}
