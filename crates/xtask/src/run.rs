//! `cargo xtask run`: from a fresh clone to a living demo hall. Builds only what
//! is out of date, says what it does, and hands the terminal to `khiw demo`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::inputs::up_to_date_or;
use crate::{pages, terminal, toolbox};

pub fn run(root: &Path, demo: &[String]) -> Result<()> {
    terminal::title("1/4 packages of the pages");
    said(pages::install(root)?, "installed", "as locked");

    terminal::title("2/4 server (a first build takes some minutes)");
    // Both in one command: one set of features, so that no library is compiled twice.
    let build =
        ["build", "--package", "khiw", "--package", "khiw-server", "--bin", "khiw", "--example", "openapi"];
    toolbox::run(&mut toolbox::cargo(root, &build))?;
    let built = toolbox::target_folder(root)?.join("debug");

    terminal::title("3/4 pages");
    up_to_date_or(&pages::openapi_path(root), &pages::described_by(root), || {
        pages::describe(root, &built.join("examples/openapi"))
    })?;
    said(pages::generate(root)?, "client generated from the server's HTTP description", "client up to date");
    said(pages::build(root)? > 0, "built", "up to date");

    terminal::title("4/4 demo hall (Ctrl-C ends it)");
    start(Command::new(built.join("khiw")).arg("demo").args(demo).current_dir(root))
}

fn said(done: bool, what: &str, otherwise: &str) {
    terminal::note(if done { what } else { otherwise });
}

/// Becomes the demo, so that signals reach it and nothing of us stays behind.
#[cfg(unix)]
fn start(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("cannot start `khiw demo`")
}

#[cfg(not(unix))]
fn start(command: &mut Command) -> Result<()> {
    toolbox::run(command).context("`khiw demo` ended")
}
