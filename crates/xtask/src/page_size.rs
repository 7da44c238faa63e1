//! What a page makes a browser load: gzip bytes of its script. Measured on the
//! built files, so that a budget is about what visitors get.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::toolbox;

/// A kiosk is a small computer; this is all the script its page may bring.
pub const KIOSK_SCRIPT_BYTES_MAX: u64 = 40 * 1024;

/// Gzip bytes of all scripts of a built page.
pub fn script_gzip_bytes(dist: &Path) -> Result<u64> {
    let mut bytes = 0;
    let mut scripts = Vec::new();
    collect(dist, &mut scripts)?;
    ensure!(!scripts.is_empty(), "{} holds no script: build the page first", dist.display());
    for script in scripts {
        bytes += gzip_bytes(&std::fs::read(&script)?)?;
    }
    Ok(bytes)
}

fn collect(folder: &Path, scripts: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, scripts)?;
        } else if path.extension().is_some_and(|extension| extension == "js") {
            scripts.push(path);
        }
    }
    Ok(())
}

/// Node.js is here for the pages anyway, and has the compressor browsers expect.
fn gzip_bytes(script: &[u8]) -> Result<u64> {
    const PROGRAM: &str = "const all = []; process.stdin.on('data', (part) => all.push(part)).on('end', () => \
         console.log(require('zlib').gzipSync(Buffer.concat(all), { level: 9 }).length));";
    let mut node = Command::new("node")
        .args(["-e", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start node")?;
    node.stdin.take().context("the input was asked for")?.write_all(script)?;
    let printed = node.wait_with_output()?;
    Ok(String::from_utf8(printed.stdout)?.trim().parse()?)
}

/// Fails when the kiosk page brings more than its budget; says how much it brings.
pub fn check_kiosk(root: &Path) -> Result<String> {
    toolbox::need_node()?;
    let bytes = script_gzip_bytes(&root.join("kiosk-ui/dist"))?;
    ensure!(
        bytes <= KIOSK_SCRIPT_BYTES_MAX,
        "the kiosk page brings {bytes} bytes of script (gzip), {KIOSK_SCRIPT_BYTES_MAX} are allowed: \
         load what the first screen does not need later, or leave it out"
    );
    Ok(format!("kiosk script {:.1} of {} KiB gzip", bytes as f64 / 1024.0, KIOSK_SCRIPT_BYTES_MAX / 1024))
}
