//! `khiw printer-sim`: the software printer as a program of its own.

use anyhow::Context as _;
use khiw_printing::simulator::PrinterSimulator;

use crate::cli;
use crate::say;

pub async fn run(options: &cli::PrinterSim) -> anyhow::Result<()> {
    let simulator = PrinterSimulator::start(options.listen, &options.out)
        .await
        .with_context(|| format!("cannot print on {} into {}", options.listen, options.out.display()))?;
    say::announce(format_args!("printing on tcp://{} into {}", simulator.address(), options.out.display()));
    let mut pictures = simulator.pictures();
    loop {
        tokio::select! {
            changed = pictures.changed() => {
                changed.context("the printer has stopped")?;
                if let Some(newest) = simulator.files().last() {
                    say::announce(format_args!("{}", newest.display()));
                }
            }
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}
