//! `cargo xtask bench`: measures the released `khiw` against ceilings built here,
//! in one run on one machine, and keeps one table of ratios in
//! docs/performance.md. Judges; never fails a build for being slow.

mod ceiling;
mod client;
mod disk;
mod hall;
mod load;
mod machine;
mod process;
mod report;
mod rows;
mod samples;
mod screens;
mod site;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use report::Table;
use rows::{Bench, RowName};

/// Measure Khiw against its budgets
#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "Examples:\n  cargo xtask bench                 all that takes minutes, not tens of them\n  cargo xtask bench issue calls\n  cargo xtask bench deaf lobby      screens that hang; a day on one (10 minutes each)\n  cargo xtask bench build           a clean release build (minutes)"
)]
struct Arguments {
    /// What to measure; all but `deaf`, `lobby` and `build` when none is named
    #[arg(value_enum)]
    rows: Vec<RowName>,
    /// Also measure a clean release build
    #[arg(long)]
    build: bool,
    /// Only print; leave docs/performance.md as it is
    #[arg(long)]
    no_write: bool,
    #[command(subcommand)]
    ceiling: Option<Ceiling>,
}

/// What Khiw is compared with, each started as a process of its own.
#[derive(Subcommand)]
enum Ceiling {
    /// A bare hall: one writer thread, and sockets
    #[command(hide = true)]
    CeilingIssue { listen: SocketAddr, folder: PathBuf },
    /// A bare websocket broadcast
    #[command(hide = true)]
    CeilingBroadcast { listen: SocketAddr },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.ceiling {
        Some(Ceiling::CeilingIssue { listen, folder }) => serving(ceiling::issue::serve(listen, &folder)),
        Some(Ceiling::CeilingBroadcast { listen }) => serving(ceiling::broadcast::serve(listen)),
        None => measure(&arguments),
    }
}

/// Ceilings get the threads that `khiw serve` gets.
fn serving(server: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(server)
}

/// One thread for all load: it takes the same share of the machine from both sides.
fn measure(arguments: &Arguments) -> Result<()> {
    let root = root();
    let bench = Bench::new(&root)?;
    let mut table = Table::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for row in chosen(arguments) {
        eprintln!("── {}", row.title());
        let measured =
            runtime.block_on(row.measure(&bench)).with_context(|| format!("measuring {}", row.title()));
        match measured {
            Ok(rows) => table.extend(rows),
            // One row that cannot be measured must not lose the others; it is told, and the run fails at its end.
            Err(error) => table.failed(row.title(), &error),
        }
    }
    println!("\n{}", table.printed());
    if !arguments.no_write {
        table.keep(&root.join("docs/performance.md"))?;
    }
    table.outcome()
}

fn chosen(arguments: &Arguments) -> Vec<RowName> {
    let mut rows = match arguments.rows.as_slice() {
        [] => RowName::USUAL.to_vec(),
        named => named.to_vec(),
    };
    if arguments.build && !rows.contains(&RowName::Build) {
        rows.push(RowName::Build);
    }
    rows
}

/// The repository's root, from where this program was compiled.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or_else(|| here.to_path_buf(), Path::to_path_buf)
}
