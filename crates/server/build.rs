//! The pages' folders must be there when the server is compiled: rust-embed fixes their place then, and a folder
//! that comes later is not found. Before the first page build they are empty.

use std::path::Path;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let takes_pages_in = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    for pages in ["kiosk-ui", "display-ui", "staff-ui"] {
        let built = Path::new("../..").join(pages).join("dist");
        std::fs::create_dir_all(&built)?;
        if takes_pages_in {
            // A development build reads them from disk and need not be made anew for them.
            println!("cargo::rerun-if-changed={}", built.display());
        }
    }
    Ok(())
}
