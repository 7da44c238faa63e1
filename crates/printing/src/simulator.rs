//! A thermal printer in software: listens like one, puts one PNG per cut into a folder, answers
//! status, and fails on command. For the demo and for tests.
//!
//! Must not share code with the sending side beyond the byte constants and the profiles: it is there
//! to disagree.

mod faults;
mod machine;
mod printer;
mod tray;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::profile::{self, Profile};
pub use faults::Faults;
pub use printer::{SimulatedPrinter, SimulatorState};

/// Pictures kept when nothing else is said.
pub const PICTURES_KEPT_DEFAULT: usize = 200;
/// What it is when nothing else is said: a printer that tells all there is to tell.
pub const PROFILE_DEFAULT: &str = "epson-tm-t82iii";
/// Connections that wait for their turn; further ones are refused by the system.
const WAITING_MAX: usize = 8;

/// A simulated printer that listens on the network; it ends when dropped.
pub struct PrinterSimulator {
    address: SocketAddr,
    printer: SimulatedPrinter,
    task: JoinHandle<()>,
}

impl PrinterSimulator {
    /// Listens on `address` (port 0: any free one) as a [`PROFILE_DEFAULT`] and keeps the newest
    /// [`PICTURES_KEPT_DEFAULT`] pictures in `folder`, which is made if needed.
    pub async fn start(address: impl ToSocketAddrs, folder: impl Into<PathBuf>) -> std::io::Result<Self> {
        let profile = profile::find(PROFILE_DEFAULT).expect("a built-in profile");
        Self::start_as(profile, address, folder).await
    }

    /// As [`PrinterSimulator::start`], as another model.
    pub async fn start_as(
        profile: Arc<Profile>,
        address: impl ToSocketAddrs,
        folder: impl Into<PathBuf>,
    ) -> std::io::Result<Self> {
        let printer = SimulatedPrinter::into_folder(profile, folder.into(), PICTURES_KEPT_DEFAULT)?;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(listen(listener, printer.clone()));
        Ok(Self { address, printer, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The printer itself.
    pub fn printer(&self) -> &SimulatedPrinter {
        &self.printer
    }

    pub fn faults(&self) -> Faults {
        self.printer.faults()
    }

    /// Changes what is wrong. Mended, it goes on with what it had taken in meanwhile.
    pub fn set_faults(&self, faults: Faults) {
        self.printer.set_faults(faults);
    }

    /// Number of pictures put out since the start.
    pub fn pictures(&self) -> watch::Receiver<u64> {
        self.printer.pictures()
    }

    /// The pictures in the folder, oldest first.
    pub fn files(&self) -> Vec<PathBuf> {
        self.printer.files()
    }
}

impl Drop for PrinterSimulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, printer: SimulatedPrinter) {
    let mut served = tokio::task::JoinSet::new();
    loop {
        while served.len() >= WAITING_MAX {
            served.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                let printer = printer.clone();
                served.spawn(async move {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "a connection ended before it began");
                        return;
                    }
                    if let Err(error) = printer.serve(stream).await {
                        tracing::debug!(%error, "a connection to the simulated printer ended");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "the simulated printer cannot accept"),
        }
        while served.try_join_next().is_some() {}
    }
}
