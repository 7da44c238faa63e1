//! A thermal printer in software: listens like one, puts one PNG per cut into a folder, answers
//! status, and fails on command. For the demo and for tests.
//!
//! Must not share code with the sending side beyond the byte constants: it is there to disagree.

mod machine;
mod tray;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use machine::{Machine, Verdict};
use tray::Tray;

/// Pictures kept in the folder when nothing else is said.
pub const PICTURES_KEPT_DEFAULT: usize = 200;
/// A connection that says nothing for so long makes way for the next.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// What is wrong with the printer just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub paper_near_end: bool,
    pub paper_out: bool,
    pub cover_open: bool,
    pub cutter_error: bool,
    /// Connections end at once.
    pub offline: bool,
    /// Takes everything, answers nothing.
    pub mute: bool,
    /// Answers real-time status only, never the question after the cut.
    pub unconfirming: bool,
    /// After so many further bytes it takes no more, until the faults are set anew.
    pub stall_after: Option<u64>,
    /// After so many further bytes the connection ends, once.
    pub disconnect_at: Option<u64>,
}

impl Faults {
    /// Whether it prints.
    fn is_ready(self) -> bool {
        !(self.paper_out || self.cover_open || self.cutter_error)
    }
}

struct Shared {
    machine: Mutex<Machine>,
    tray: Mutex<Tray>,
    /// Grows when faults change or an answer waits to be sent.
    stirred: watch::Sender<u64>,
    pictures: watch::Sender<u64>,
}

/// A running simulator; it ends when dropped.
pub struct PrinterSimulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl PrinterSimulator {
    /// Listens on `address` (port 0: any free one) and keeps the newest
    /// [`PICTURES_KEPT_DEFAULT`] pictures in `folder`, which is made if needed.
    pub async fn start(address: impl ToSocketAddrs, folder: impl Into<PathBuf>) -> std::io::Result<Self> {
        Self::start_keeping(address, folder, PICTURES_KEPT_DEFAULT).await
    }

    /// As [`PrinterSimulator::start`], with another number of pictures kept.
    pub async fn start_keeping(
        address: impl ToSocketAddrs,
        folder: impl Into<PathBuf>,
        kept: usize,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            machine: Mutex::default(),
            tray: Mutex::new(Tray::open(folder.into(), kept)?),
            stirred: watch::Sender::new(0),
            pictures: watch::Sender::new(0),
        });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn faults(&self) -> Faults {
        self.shared.machine().faults
    }

    /// Changes what is wrong. Mended, it goes on with what it had taken in meanwhile.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.set_faults(faults);
    }

    /// Number of pictures put out since the start.
    pub fn pictures(&self) -> watch::Receiver<u64> {
        self.shared.pictures.subscribe()
    }

    /// The pictures in the folder, oldest first.
    pub fn files(&self) -> Vec<PathBuf> {
        self.shared.tray().files()
    }
}

impl Drop for PrinterSimulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    // A panic while holding these leaves at worst half a picture: go on.
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tray(&self) -> MutexGuard<'_, Tray> {
        self.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_faults(&self, faults: Faults) {
        let pictures = self.machine().set_faults(faults);
        self.put_out(pictures);
        self.stir();
    }

    fn put_out(&self, pictures: Vec<crate::Picture>) {
        for picture in pictures {
            match self.tray().put(&picture) {
                Ok(()) => self.pictures.send_modify(|count| *count += 1),
                Err(error) => tracing::error!(%error, "the simulated printer cannot write a picture"),
            }
        }
    }

    fn stir(&self) {
        self.stirred.send_modify(|stirred| *stirred += 1);
    }
}

/// One connection after the other, as printers do: further ones wait until the first has ended.
async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if let Err(error) = serve(stream, &shared).await {
                    tracing::debug!(%error, "a connection to the simulated printer ended");
                }
            }
            Err(error) => tracing::warn!(%error, "the simulated printer cannot accept"),
        }
    }
}

async fn serve(mut stream: TcpStream, shared: &Arc<Shared>) -> std::io::Result<()> {
    let mut stirred = shared.stirred.subscribe();
    stream.set_nodelay(true)?;
    shared.machine().connected();
    let mut buffer = vec![0; 4_096];
    loop {
        if shared.machine().faults.offline {
            return Ok(());
        }
        let read = tokio::select! {
            read = stream.read(&mut buffer) => read?,
            _ = stirred.changed() => {
                let answers = shared.machine().take_answers();
                stream.write_all(&answers).await?;
                continue;
            }
            () = tokio::time::sleep(IDLE_MAX) => return Ok(()),
        };
        if read == 0 {
            return Ok(());
        }
        let mut rest = &buffer[..read];
        while !rest.is_empty() {
            let step = shared.machine().receive(rest);
            rest = &rest[step.used..];
            if !step.pictures.is_empty() {
                let shared = Arc::clone(shared);
                // The answer after a cut follows its picture: who hears `printed` finds the file.
                let put_out = spawn_blocking(move || shared.put_out(step.pictures));
                put_out.await.map_err(std::io::Error::other)?;
            }
            let answers = shared.machine().take_answers();
            stream.write_all(&answers).await?;
            match step.verdict {
                Verdict::GoOn => {}
                Verdict::Disconnect => return Ok(()),
                Verdict::Stall => stirred.changed().await.map_err(std::io::Error::other)?,
            }
        }
    }
}
