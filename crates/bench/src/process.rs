//! A server started for measuring: its own process, ended when dropped, its log
//! kept in the bench folder to be read when something goes wrong.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::client::{Client, Request};

/// Longer than any start within its budget, by far.
const START_MAX: Duration = Duration::from_mins(1);

/// How often a starting server is asked again. Part of what is measured.
const ASK_AGAIN: Duration = Duration::from_millis(1);

/// A running server.
pub struct Process {
    child: Child,
    name: String,
}

/// Memory of a process that is in the machine's memory now.
#[derive(Clone, Copy, Debug)]
pub struct Resident {
    pub all_kib: u64,
    /// Without what is only read from files, as the program itself: the system takes that back when it needs it.
    pub own_kib: u64,
}

impl Resident {
    /// Of the process with this id.
    pub fn of(id: u32) -> Result<Self> {
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let kib = |name: &str| -> Result<u64> {
            let line =
                status.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name}"))?;
            Ok(line.split_whitespace().nth(1).with_context(|| format!("no value of {name}"))?.parse()?)
        };
        Ok(Self { all_kib: kib("VmRSS:")?, own_kib: kib("RssAnon:")? })
    }
}

impl Process {
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log).context("opening the log")?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        Ok(Self { child, name: name.to_owned() })
    }

    /// Waits until `path` answers 200.
    pub async fn until_ready(&mut self, address: SocketAddr, path: &str) -> Result<()> {
        let started = Instant::now();
        let request = Request::get(path, None);
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended at its start ({status}): see its log under target/bench", self.name);
            }
            if let Ok(mut client) = Client::connect(address).await
                && let Ok((200, _)) = client.send(&request).await
            {
                return Ok(());
            }
            ensure!(started.elapsed() < START_MAX, "{} is not ready after {START_MAX:?}", self.name);
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    /// Resident memory now.
    pub fn resident(&self) -> Result<Resident> {
        Resident::of(self.child.id())
    }

    /// As a power cut: no chance to tidy up.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// As an operator stops a service.
    pub fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(asked.success(), "kill -TERM {} failed", self.child.id());
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already when it was stopped or killed: then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on loopback that was free a moment ago.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
