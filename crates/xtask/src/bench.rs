//! `cargo xtask bench`: builds the product and the bench as released, then hands
//! over. The measuring itself stands in crates/bench, whose libraries would make
//! every other xtask command wait.

use std::path::Path;

use anyhow::Result;

use crate::inputs::up_to_date_or;
use crate::{pages, terminal, toolbox};

pub fn bench(root: &Path, rows: &[String]) -> Result<()> {
    let only_help = rows.iter().any(|word| word == "--help" || word == "-h");
    if !only_help {
        terminal::title("pages (they go into the binary)");
        prepare_pages(root)?;
        terminal::title("khiw, release build");
        toolbox::run(&mut toolbox::cargo(root, &["build", "--release", "--package", "khiw"]))?;
    }
    terminal::title("bench, release build");
    let mut command = toolbox::cargo(root, &["run", "--release", "--quiet", "--package", "khiw-bench", "--"]);
    command.args(rows);
    toolbox::run(&mut command)
}

fn prepare_pages(root: &Path) -> Result<()> {
    pages::install(root)?;
    up_to_date_or(&pages::openapi_path(root), &pages::described_by(root), || {
        toolbox::run(&mut toolbox::cargo(
            root,
            &["build", "--package", "khiw-server", "--example", "openapi"],
        ))?;
        pages::describe(root, &toolbox::target_folder(root)?.join("debug/examples/openapi"))
    })?;
    pages::generate(root)?;
    pages::build(root)?;
    Ok(())
}
