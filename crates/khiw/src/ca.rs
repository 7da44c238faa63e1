//! `khiw ca export`: what screens, kiosks and phones must trust.

use std::io::Write as _;

use anyhow::Context as _;

use crate::cli;

pub fn export(options: &cli::CaExport) -> anyhow::Result<()> {
    let pem = khiw_server::tls::export_authority(&options.data)?;
    match &options.to {
        Some(file) => std::fs::write(file, pem).with_context(|| format!("cannot write {}", file.display())),
        None => std::io::stdout().write_all(pem.as_bytes()).context("cannot write to standard output"),
    }
}
