//! The command line of Khiw. Parses what was typed and hands it to the one module that does it.

mod apply;
mod backup;
mod ca;
mod cli;
mod clock;
mod demo;
mod device;
mod folder;
mod house;
mod people;
mod print;
mod print_agent;
mod printer_sim;
mod say;
mod serve;
mod token;
mod verify;
mod voice;

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::device::Device;
use crate::cli::{Ca, Cli, Command, LogForm};

/// Issuing is small pieces of memory that one thread takes and another gives back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What still runs after everything was stopped in order is left after this long.
const STOP_MAX: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.log, matches!(cli.command, Command::Demo(_)));
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("khiw: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(options) => in_runtime(serve::run(options)),
        Command::Demo(options) => in_runtime(demo::run(options)),
        Command::PrinterSim(options) => in_runtime(async move { printer_sim::run(&options).await }),
        Command::Voice(command) => voice::run(&command),
        Command::PrintAgent(options) => in_runtime(print_agent::run(options)),
        Command::Print(options) => in_runtime(async move { print::run(&options).await }),
        Command::Apply(options) => apply::run(&options),
        Command::Token(command) => token::run(&command),
        Command::Device(Device::Enrol(options)) => in_runtime(device::enrol(options)),
        Command::Verify(options) => verify::run(&options),
        Command::Backup(options) => backup::backup(&options),
        Command::Restore(options) => backup::restore(&options),
        Command::Ca(Ca::Export(options)) => ca::export(&options),
    }
}

fn in_runtime(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")?;
    let outcome = runtime.block_on(work);
    // A printer that blocks inside the system must not hold up the end.
    runtime.shutdown_timeout(STOP_MAX);
    outcome
}

/// `KHIW_LOG` chooses what is logged, as `warn` or `info,khiw_printing=debug`; `info` unless told. The demo is quieter
/// about each paper, so that its addresses stay in sight.
fn start_log(form: LogForm, demo: bool) {
    let usual = if demo { "info,khiw_printing=warn" } else { "info" };
    let asked = std::env::var("KHIW_LOG").ok();
    let (filter, misread) = match asked.as_deref().unwrap_or(usual).parse::<Targets>() {
        Ok(filter) => (filter, None),
        Err(error) => (usual.parse().expect("names levels and crates as filters do"), Some(error)),
    };
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let filtered = tracing_subscriber::registry().with(filter);
    match form {
        LogForm::Text => filtered.with(log.with_target(false)).init(),
        LogForm::Json => filtered.with(log.json()).init(),
    }
    if let Some(error) = misread {
        tracing::warn!(%error, asked, "KHIW_LOG is not understood: logged is what usually is");
    }
}
