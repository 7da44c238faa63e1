//! The rows of the table, one file for each group. A row measures Khiw and its
//! basis in turn, in one run, and says what the budget makes of it.

mod build;
mod calls;
mod deaf;
mod few;
mod growth;
mod issue;
mod kiosk;
mod lobby;
mod memory;
mod page;
mod paper;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use tempfile::TempDir;

use crate::process::{Process, free_address};
use crate::report::Row;

/// What can be measured by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowName {
    /// Issuing over HTTP, durable, 64 connections, against the bare ceiling and Redis
    Issue,
    /// One kiosk, one ticket, against the disk
    Kiosk,
    /// Call to the last of 10 and of 1,000 screens, against a bare broadcast
    Calls,
    /// Memory with 1,000 screens after 10,000 tickets
    Memory,
    /// Issuing and getting ready on a journal of a million events
    Growth,
    /// Script of the kiosk page, and its first screen on a slow computer
    Page,
    /// One ticket's picture
    Paper,
    /// Calls beside 100 screens that read nothing for ten minutes
    Deaf,
    /// The lobby page's memory over a simulated day, and its rest
    Lobby,
    /// A clean release build
    Build,
}

impl RowName {
    /// All that a plain run measures; the others take some ten minutes each.
    pub const USUAL: &[Self] =
        &[Self::Issue, Self::Kiosk, Self::Calls, Self::Memory, Self::Growth, Self::Page, Self::Paper];

    pub fn title(self) -> &'static str {
        match self {
            Self::Issue => "issue: 64 connections, durable",
            Self::Kiosk => "kiosk: one connection",
            Self::Calls => "calls: to the last of many screens",
            Self::Memory => "memory: after a day of 10,000 tickets",
            Self::Growth => "growth: a million events",
            Self::Page => "page: the kiosk's",
            Self::Paper => "paper: a ticket's picture",
            Self::Deaf => "deaf: beside screens that read nothing",
            Self::Lobby => "lobby: its page over a day",
            Self::Build => "build: clean, released",
        }
    }

    pub async fn measure(self, bench: &Bench) -> Result<Vec<Row>> {
        match self {
            Self::Issue => issue::measure(bench).await,
            Self::Kiosk => kiosk::measure(bench).await,
            Self::Calls => calls::measure(bench).await,
            Self::Memory => memory::measure(bench).await,
            Self::Growth => growth::measure(bench).await,
            Self::Page => page::measure(bench).await,
            Self::Paper => paper::measure(),
            Self::Deaf => deaf::measure(bench).await,
            Self::Lobby => lobby::measure(bench).await,
            Self::Build => build::measure(bench),
        }
    }
}

/// What the rows share: where the product is, and a folder on the disk under measure.
pub struct Bench {
    pub root: PathBuf,
    pub khiw: PathBuf,
    pub work: PathBuf,
}

impl Bench {
    /// # Errors
    /// When the released `khiw` is not built; `cargo xtask bench` builds it first.
    pub fn new(root: &Path) -> Result<Self> {
        // This program stands beside it: both are of the release profile.
        let here = std::env::current_exe()?;
        let khiw = here.with_file_name("khiw");
        ensure!(khiw.is_file(), "{} is not built: start by `cargo xtask bench`", khiw.display());
        let target = here.ancestors().nth(2).context("the program stands in a target folder")?;
        let work = target.join("bench");
        std::fs::create_dir_all(&work)?;
        Ok(Self { root: root.to_path_buf(), khiw, work })
    }

    /// A folder for one measurement, removed after it.
    pub fn folder(&self) -> Result<TempDir> {
        Ok(tempfile::Builder::new().prefix("run-").tempdir_in(&self.work)?)
    }

    /// One of this program's own ceilings, in a process of its own.
    pub async fn ceiling(&self, name: &str, more: &[&Path]) -> Result<(Process, std::net::SocketAddr)> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(name).arg(address.to_string()).args(more);
        let mut process = Process::start(name, &mut command, &self.work.join("ceiling.log"))?;
        process.until_ready(address, "/readyz").await?;
        Ok((process, address))
    }
}

/// `12.3 ms`
fn ms(value: f64) -> String {
    format!("{value:.2} ms")
}

/// `12,300/s`
fn per_second(rate: f64) -> String {
    format!("{}/s", thousands(rate.round() as u64))
}

fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_to_be_read() {
        assert_eq!([per_second(999.6), per_second(39_012.2)], ["1,000/s", "39,012/s"]);
        assert_eq!([thousands(7), thousands(1_234_567)], ["7", "1,234,567"]);
    }
}
