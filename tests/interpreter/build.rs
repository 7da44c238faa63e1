//! Takes the interpreter out of `escpresso`'s published source: all that stands before its window.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// As pinned in Cargo.toml.
const ESCPRESSO: &str = "escpresso-0.1.2";
/// Where the window begins in the source.
const WINDOW: &str = "struct AppState";
/// What only the window needs.
const FOREIGN: [&str; 4] = ["use eframe", "use qrcode", "use tokio", "use std::sync"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let source = fs::read_to_string(source()).expect("the published source");
    let (interpreter, _) = source.split_once(WINDOW).expect("the window's first line");
    // The last lines before it are the window's own attributes.
    let interpreter = interpreter.trim_end().trim_end_matches("#[derive(Clone)]");
    let kept = interpreter.lines().filter(|line| !FOREIGN.iter().any(|foreign| line.starts_with(foreign)));
    let kept: String = kept.filter(|line| !line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::write(out.join("escpresso.rs"), kept).expect("the build folder");
}

/// `src/main.rs` of escpresso, which cargo keeps beside the libraries it unpacked. Cargo names only libraries to a
/// build, so a library's own folder leads there.
fn source() -> PathBuf {
    let cargo = env::var_os("CARGO").expect("set by cargo");
    let target = env::var("TARGET").expect("set by cargo");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", &target])
        .current_dir(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"))
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("JSON");
    let mut manifests = text.split("\"manifest_path\":\"").filter_map(|rest| rest.split_once('"'));
    let (beside, _) = manifests.find(|(path, _)| path.contains("/anyhow-")).expect("a library of the registry");
    let libraries = Path::new(beside).parent().and_then(Path::parent).expect("the registry's folder");
    libraries.join(ESCPRESSO).join("src/main.rs")
}
