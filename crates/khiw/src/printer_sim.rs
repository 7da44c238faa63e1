//! `khiw printer-sim`: software printers as a program of their own, with an HTTP control beside them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use khiw_printing::{PrinterSimulator, Profile, simulator};
use khiw_server::printer_control;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cli::print::PrinterSim;
use crate::{print, say};

pub async fn run(options: &PrinterSim) -> anyhow::Result<()> {
    let models = models(options)?;
    let mut printers = Vec::new();
    for (at, (listen, model)) in options.listen.iter().zip(models).enumerate() {
        let out = match options.listen.len() {
            1 => options.out.clone(),
            _ => options.out.join((at + 1).to_string()),
        };
        let simulator = PrinterSimulator::start_as(Arc::clone(&model), *listen, &out)
            .await
            .with_context(|| format!("cannot print on {listen} into {}", out.display()))?;
        say::announce(format_args!(
            "printing on tcp://{} into {} as {}",
            simulator.address(),
            out.display(),
            model.name
        ));
        printers.push(simulator);
    }
    let mut tasks = JoinSet::new();
    if let Some(address) = options.control {
        if !address.ip().is_loopback() {
            bail!("--control {address}: whoever reaches it may set faults, so it listens on loopback only");
        }
        let listener = TcpListener::bind(address).await.with_context(|| format!("control on {address}"))?;
        let bound = listener.local_addr().context("no address")?;
        let named = (1..).zip(&printers).map(|(name, simulator): (u32, _)| {
            (name.to_string(), simulator.address(), simulator.printer().clone())
        });
        tasks.spawn(printer_control::serve(listener, named.collect()));
        say::announce(format_args!("control on http://{bound}/printers"));
    }
    for simulator in printers {
        tasks.spawn(async move {
            tell_pictures(&simulator).await;
            Ok(())
        });
    }
    tokio::select! {
        ended = tasks.join_next() => match ended {
            Some(ended) => Ok(ended.context("a printer ended badly")??),
            None => Ok(()),
        },
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// Says the file of each picture that is put out.
async fn tell_pictures(simulator: &PrinterSimulator) {
    let mut pictures = simulator.pictures();
    while pictures.changed().await.is_ok() {
        if let Some(newest) = simulator.files().last().map(PathBuf::from) {
            say::announce(format_args!("{}", newest.display()));
        }
    }
}

/// One model for each printer; the last holds for the rest.
fn models(options: &PrinterSim) -> anyhow::Result<Vec<Arc<Profile>>> {
    if options.profile.len() > options.listen.len() {
        bail!(
            "{} models for {} printers: give one --listen for each",
            options.profile.len(),
            options.listen.len()
        );
    }
    let usual = [simulator::PROFILE_DEFAULT.to_owned()];
    let names = if options.profile.is_empty() { &usual[..] } else { &options.profile };
    let last = names.iter().last().into_iter().cycle();
    names.iter().chain(last).take(options.listen.len()).map(|name| print::model(name)).collect()
}
