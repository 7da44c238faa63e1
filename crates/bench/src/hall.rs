//! The product under measure: the released `khiw serve` on a fresh data folder,
//! reached as an integration reaches it, with a token over HTTP.

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::client::{Client, Request};
use crate::process::{Process, Resident, free_address};
use crate::site;

/// A running hall.
pub struct Hall {
    process: Option<Process>,
    khiw: PathBuf,
    folder: TempDir,
    log: PathBuf,
    pub address: SocketAddr,
    pub token: String,
    /// Makes command ids differ between the loads of one hall.
    loads: Cell<u32>,
}

impl Hall {
    /// A new hall with the bench's site, its counters open.
    pub async fn open(khiw: &Path, work: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("hall-").tempdir_in(work)?;
        let file = folder.path().join("bench.toml");
        std::fs::write(&file, site::file())?;
        let mut hall = Self {
            process: None,
            khiw: khiw.to_path_buf(),
            log: work.join("khiw.log"),
            address: free_address()?,
            token: String::new(),
            loads: Cell::new(0),
            folder,
        };
        // Started first: a plain `apply` would mark the journal as real, and these days are simulated.
        hall.start(site::OPENS).await?;
        hall.khiw(&["apply"], &[&file.display().to_string()])?;
        hall.token = hall.token_of_kind("integration")?;
        for counter in 0..site::COUNTERS {
            hall.act(&format!("/api/v1/sites/{}/counters/c{counter}/open", site::ID), "{}").await?;
        }
        Ok(hall)
    }

    /// Starts (again) with this clock; how long until it was ready.
    pub async fn start(&mut self, clock: &str) -> Result<Duration> {
        let mut command = Command::new(&self.khiw);
        command.arg("serve").arg("--data").arg(self.data_folder());
        command.args(["--listen", &self.address.to_string(), "--clock", clock]).env("KHIW_LOG", "warn");
        let started = Instant::now();
        let mut process = Process::start("khiw serve", &mut command, &self.log)?;
        process.until_ready(self.address, "/readyz").await?;
        self.process = Some(process);
        Ok(started.elapsed())
    }

    pub fn kill(&mut self) -> Result<()> {
        self.process.take().context("the hall is not running")?.kill()
    }

    pub fn stop(&mut self) -> Result<()> {
        self.process.take().context("the hall is not running")?.stop()
    }

    pub fn resident(&self) -> Result<Resident> {
        self.process.as_ref().context("the hall is not running")?.resident()
    }

    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("hall")
    }

    /// One mutating call, its answer.
    pub async fn act(&self, path: &str, body: &str) -> Result<Value> {
        let load = self.next_load();
        let request = Request::post(path, Some(&self.token), &format!("once-{load}"), body);
        Client::connect(self.address).await?.json(&request).await
    }

    /// Requests that issue a ticket each, spread over the first `queues` queues.
    pub fn issuing(&self, queues: u64) -> impl Fn(u64) -> Request + 'static {
        let load = self.next_load();
        let token = self.token.clone();
        let path = format!("/api/v1/sites/{}/tickets", site::ID);
        move |number| {
            let service = number % queues;
            let body = format!("{{\"services\":[\"s{service}\"],\"paper\":false}}");
            Request::post(&path, Some(&token), &format!("issue-{load}-{number}"), &body)
        }
    }

    /// Requests that call the next ticket, on the counters in turn.
    pub fn calling(&self, counters: usize) -> impl Fn(u64) -> Request + 'static {
        let load = self.next_load();
        let token = self.token.clone();
        move |number| {
            let counter = number as usize % counters;
            let path = format!("/api/v1/sites/{}/counters/c{counter}/call-next", site::ID);
            Request::post(&path, Some(&token), &format!("call-{load}-{number}"), "{}")
        }
    }

    /// A new token for one of the hall's kiosks.
    pub fn kiosk_token(&self) -> Result<String> {
        self.token_of_kind("kiosk")
    }

    fn token_of_kind(&self, kind: &str) -> Result<String> {
        let printed = self.khiw(&["token", "create"], &["--kind", kind, "--site", site::ID])?;
        Ok(printed.split_whitespace().next_back().context("no token was printed")?.to_owned())
    }

    /// Runs `khiw` beside the server; what it printed.
    fn khiw(&self, command: &[&str], arguments: &[&str]) -> Result<String> {
        let output = Command::new(&self.khiw)
            .args(command)
            .arg("--data")
            .arg(self.data_folder())
            .args(arguments)
            .output()
            .with_context(|| format!("starting khiw {}", command.join(" ")))?;
        let (said, error) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "khiw {} failed: {said}{error}", command.join(" "));
        Ok(said.into_owned())
    }

    fn next_load(&self) -> u32 {
        let load = self.loads.get();
        self.loads.set(load + 1);
        load
    }
}
