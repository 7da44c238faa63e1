//! What a maintainer waits for: a clean release build, beside one of the bare libraries, and the size of what comes out.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Bench, Row};

const CPU_MIN: f64 = 8.0;
const BINARY_MIB: f64 = 20.0;

/// The bare libraries, with hardly a program. Its manifest has another name, since it is no crate of the workspace.
const BASIS: &str = "crates/bench/basis";
const BASIS_FILES: [(&str, &str); 3] =
    [("manifest.toml", "Cargo.toml"), ("src/main.rs", "src/main.rs"), ("page/index.html", "page/index.html")];

/// The kernel's clock ticks a second in /proc, on every Linux we build for.
const TICKS_A_SECOND: f64 = 100.0;

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let target = bench.folder()?;
    let basis = basis(bench)?;
    let khiw = built(&bench.root, &["--package", "khiw"], target.path(), None)?;
    let mib = std::fs::metadata(target.path().join("release/khiw"))?.len() as f64 / (1024.0 * 1024.0);
    Ok(vec![
        Row {
            what: "clean release build".to_owned(),
            khiw: format!("{khiw:.1} CPU-min"),
            // A machine's minutes are its own: the budget was set where these took 5.9.
            basis: format!("the libraries bare: {basis:.1} CPU-min"),
            ratio: Some(khiw / basis),
            budget: format!("≤ {CPU_MIN} CPU-min"),
            kept: Some(khiw <= CPU_MIN),
        },
        Row {
            what: "binary with fonts and pages".to_owned(),
            khiw: format!("{mib:.1} MiB"),
            basis: String::new(),
            ratio: None,
            budget: format!("≤ {BINARY_MIB} MiB"),
            kept: Some(mib <= BINARY_MIB),
        },
    ])
}

/// Outside the workspace, with the workspace's versions of what the workspace has; the rest is fetched.
fn basis(bench: &Bench) -> Result<f64> {
    let (folder, target) = (bench.folder()?, bench.folder()?);
    for (from, to) in BASIS_FILES {
        let to = folder.path().join(to);
        std::fs::create_dir_all(to.parent().context("a file stands in a folder")?)?;
        std::fs::copy(bench.root.join(BASIS).join(from), to).with_context(|| from.to_owned())?;
    }
    std::fs::copy(bench.root.join("Cargo.lock"), folder.path().join("Cargo.lock"))?;
    // First, and not counted: the network's time is nobody's.
    run(folder.path(), &["fetch"], None)?;
    built(folder.path(), &[], target.path(), Some(""))
}

/// Minutes of processor time. `sqlite`: other flags for it than those that the folder's settings name.
fn built(folder: &Path, what: &[&str], target: &Path, sqlite: Option<&str>) -> Result<f64> {
    let before = children_cpu_s()?;
    let target = target.to_str().context("a folder's name is text")?;
    run(folder, &[&["build", "--release", "--target-dir", target], what].concat(), sqlite)?;
    Ok((children_cpu_s()? - before) / 60.0)
}

fn run(folder: &Path, arguments: &[&str], sqlite: Option<&str>) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(folder).envs(sqlite.map(|flags| ("LIBSQLITE3_FLAGS", flags)));
    let done = cargo.status().context("starting cargo")?;
    ensure!(done.success(), "`cargo {}` failed in {}", arguments.join(" "), folder.display());
    Ok(())
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
