//! What a newcomer waits for: a clean release build, and the size of what comes out.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Bench, Row};

const CPU_MIN: f64 = 8.0;
const BINARY_MIB: f64 = 20.0;

/// The kernel's clock ticks a second in /proc, on every Linux we build for.
const TICKS_A_SECOND: f64 = 100.0;

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let folder = bench.folder()?;
    let before = children_cpu_s()?;
    let done = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--package", "khiw", "--target-dir"])
        .arg(folder.path())
        .current_dir(&bench.root)
        .status()
        .context("starting cargo")?;
    ensure!(done.success(), "the release build failed");
    let minutes = (children_cpu_s()? - before) / 60.0;
    let mib = std::fs::metadata(folder.path().join("release/khiw"))?.len() as f64 / (1024.0 * 1024.0);
    let row = |what: &str, khiw: String, budget: String, kept: bool| Row {
        what: what.to_owned(),
        khiw,
        basis: String::new(),
        ratio: None,
        budget,
        kept: Some(kept),
    };
    Ok(vec![
        row(
            "clean release build",
            format!("{minutes:.1} CPU-min"),
            format!("≤ {CPU_MIN} CPU-min"),
            minutes <= CPU_MIN,
        ),
        row(
            "binary with fonts and pages",
            format!("{mib:.1} MiB"),
            format!("≤ {BINARY_MIB} MiB"),
            mib <= BINARY_MIB,
        ),
    ])
}

/// Processor time of all children that have ended, and theirs.
fn children_cpu_s() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // After the name in brackets; `cutime` and `cstime` are the 16th and 17th field of all.
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/self/stat")?;
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
    ensure!(ticks.len() == 2, "an odd /proc/self/stat");
    Ok(ticks.iter().sum::<f64>() / TICKS_A_SECOND)
}
