//! Developers' commands: `cargo xtask run | test | tidy | bench`. Knows how the
//! parts are built and checked; holds nothing of the product.

mod bench;
mod inputs;
mod page_size;
mod pages;
mod run;
mod suite;
mod terminal;
mod tidy;
mod toolbox;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Run, test, tidy and measure Khiw", disable_help_subcommand = true)]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what is out of date and start the demo hall
    #[command(after_help = "Example:\n  cargo xtask run\n  cargo xtask run -- --site nghe-an --speed 5")]
    Run {
        /// Handed to `khiw demo`
        #[arg(last = true, value_name = "DEMO ARGS")]
        demo: Vec<String>,
    },
    /// Everything that must be green, as CI runs it; or only the parts named
    #[command(after_help = "Example:\n  cargo xtask test\n  cargo xtask test tidy rust")]
    Test {
        #[arg(value_enum)]
        parts: Vec<suite::Area>,
    },
    /// The repository's rules
    Tidy,
    /// Measure against the budgets; writes docs/performance.md
    #[command(
        after_help = "Example:\n  cargo xtask bench\n  cargo xtask bench issue screens\n  cargo xtask bench --build"
    )]
    Bench {
        /// Handed to the bench: rows to measure, `--build`, `--no-write`, `--help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ROWS AND OPTIONS")]
        rows: Vec<String>,
    },
}

fn main() -> ExitCode {
    let root = root();
    let outcome = match Xtask::parse().task {
        Task::Run { demo } => run::run(&root, &demo),
        Task::Test { parts } => suite::test(&root, &parts),
        Task::Tidy => tidy::tidy(&root).map(|files| println!("tidy: {files} files, nothing to say")),
        Task::Bench { rows } => bench::bench(&root, &rows),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// The repository's root, from where this program was compiled.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or_else(|| here.to_path_buf(), Path::to_path_buf)
}
