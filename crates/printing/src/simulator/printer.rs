//! A simulated printer behind any kind of connection: what it takes in, answers and puts out.
//!
//! One connection after the other, as printers do: further ones wait until the first has ended.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::machine::{Machine, Verdict};
use super::tray::Tray;
use super::{Faults, PICTURES_KEPT_DEFAULT};
use crate::Picture;
use crate::link::{Dial, Dialling, Way};
use crate::profile::Profile;

/// A connection that says nothing for so long makes way for the next.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// Bytes under way to the printer and back, in process.
const UNDER_WAY_BYTES: usize = 64 * 1_024;
const READ_BYTES: usize = 4_096;
/// Read at once while it is slow.
const SLOW_BYTES: usize = 64;

struct Shared {
    machine: Mutex<Machine>,
    tray: Mutex<Tray>,
    /// Grows when faults change or an answer waits to be sent.
    stirred: watch::Sender<u64>,
    pictures: watch::Sender<u64>,
    /// Connections that it ended with bytes in them.
    swallowed: AtomicU64,
    /// Whose turn it is.
    turn: tokio::sync::Mutex<()>,
}

/// How a simulated printer is, for people and tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SimulatorState {
    pub profile: String,
    pub faults: Faults,
    /// Pictures put out since it was switched on.
    pub pictures: u64,
    /// Bytes taken since it was switched on.
    pub bytes: u64,
    /// Connections that it ended with bytes in them which it had not taken: whoever wrote them cannot know.
    pub swallowed: u64,
    /// It waits for the rest of a picture.
    pub mid_picture: bool,
    /// Somebody is connected.
    pub connected: bool,
}

/// The printer; clones are the same one. As a [`Dial`] it is reached in process.
#[derive(Clone)]
pub struct SimulatedPrinter {
    shared: Arc<Shared>,
}

impl SimulatedPrinter {
    /// Keeps its newest pictures in memory, to be fetched with [`SimulatedPrinter::take_pictures`].
    pub fn in_memory(profile: Arc<Profile>) -> Self {
        Self::with_tray(profile, Tray::in_memory(PICTURES_KEPT_DEFAULT))
    }

    /// Keeps the newest `kept` pictures in a folder, which is made if needed.
    pub fn into_folder(profile: Arc<Profile>, folder: PathBuf, kept: usize) -> std::io::Result<Self> {
        Ok(Self::with_tray(profile, Tray::open(folder, kept)?))
    }

    fn with_tray(profile: Arc<Profile>, tray: Tray) -> Self {
        let shared = Shared {
            machine: Mutex::new(Machine::new(profile)),
            tray: Mutex::new(tray),
            stirred: watch::Sender::new(0),
            pictures: watch::Sender::new(0),
            swallowed: AtomicU64::new(0),
            turn: tokio::sync::Mutex::new(()),
        };
        Self { shared: Arc::new(shared) }
    }

    pub fn faults(&self) -> Faults {
        self.machine().faults
    }

    /// Changes what is wrong. Mended, it goes on with what it had taken in meanwhile.
    pub fn set_faults(&self, faults: Faults) {
        let pictures = self.machine().set_faults(faults);
        self.put_out(pictures);
        self.shared.stirred.send_modify(|stirred| *stirred += 1);
    }

    pub fn state(&self) -> SimulatorState {
        let machine = self.machine();
        SimulatorState {
            profile: machine.profile.name.clone(),
            faults: machine.faults,
            pictures: *self.shared.pictures.borrow(),
            bytes: machine.bytes,
            swallowed: self.shared.swallowed.load(Ordering::Acquire),
            mid_picture: machine.is_mid_picture(),
            connected: self.shared.turn.try_lock().is_err(),
        }
    }

    /// Number of pictures put out since the start.
    pub fn pictures(&self) -> watch::Receiver<u64> {
        self.shared.pictures.subscribe()
    }

    /// The pictures in the folder, oldest first; none when it keeps them in memory.
    pub fn files(&self) -> Vec<PathBuf> {
        self.tray().files()
    }

    /// Empties the memory: the pictures since the last call, oldest first.
    pub fn take_pictures(&self) -> Vec<Picture> {
        self.tray().take()
    }

    // A panic while holding these leaves at worst half a picture: go on.
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.shared.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tray(&self) -> MutexGuard<'_, Tray> {
        self.shared.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_out(&self, pictures: Vec<Picture>) {
        for picture in pictures {
            match self.tray().put(picture) {
                Ok(()) => self.shared.pictures.send_modify(|count| *count += 1),
                Err(error) => tracing::error!(%error, "the simulated printer cannot write a picture"),
            }
        }
    }

    /// The answer after a cut follows its picture: who hears `printed` finds the file.
    async fn put_out_first(&self, pictures: Vec<Picture>) -> std::io::Result<()> {
        if pictures.is_empty() {
            return Ok(());
        }
        if self.tray().is_in_memory() {
            self.put_out(pictures);
            return Ok(());
        }
        let printer = self.clone();
        spawn_blocking(move || printer.put_out(pictures)).await.map_err(std::io::Error::other)
    }

    /// Serves a connection to its end, when it is its turn.
    pub async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
        let _turn = self.shared.turn.lock().await;
        let mut stirred = self.shared.stirred.subscribe();
        self.machine().connected();
        let mut rest = 0;
        let ended = self.take_in(&mut stream, &mut stirred, &mut rest).await;
        if rest > 0 || holds_more(&mut stream).await {
            self.shared.swallowed.fetch_add(1, Ordering::AcqRel);
        }
        ended
    }

    /// Takes what comes until the connection ends; `left` says how much of what was read it had not taken by then.
    async fn take_in(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        stirred: &mut watch::Receiver<u64>,
        left: &mut usize,
    ) -> std::io::Result<()> {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let faults = self.faults();
            if faults.offline {
                return Ok(());
            }
            let most = if faults.slow_bytes_per_s.is_some() { SLOW_BYTES } else { READ_BYTES };
            let read = tokio::select! {
                read = stream.read(&mut buffer[..most]) => read?,
                _ = stirred.changed() => {
                    self.send_answers(stream).await?;
                    continue;
                }
                () = tokio::time::sleep(IDLE_MAX) => return Ok(()),
            };
            if read == 0 {
                return Ok(());
            }
            if let Some(bytes_per_s) = faults.slow_bytes_per_s {
                tokio::time::sleep(Duration::from_millis(read as u64 * 1_000 / bytes_per_s.max(1))).await;
            }
            let mut rest = &buffer[..read];
            while !rest.is_empty() {
                let step = self.machine().receive(rest);
                rest = &rest[step.used..];
                *left = rest.len();
                self.put_out_first(step.pictures).await?;
                self.send_answers(stream).await?;
                match step.verdict {
                    Verdict::GoOn => {}
                    Verdict::Disconnect => return Ok(()),
                    Verdict::Stall => stirred.changed().await.map_err(std::io::Error::other)?,
                }
            }
        }
    }

    async fn send_answers(&self, stream: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
        let (answers, late_ms) = {
            let mut machine = self.machine();
            (machine.take_answers(), machine.faults.late_ms)
        };
        if answers.is_empty() {
            return Ok(());
        }
        if late_ms > 0 {
            tokio::time::sleep(Duration::from_millis(late_ms)).await;
        }
        stream.write_all(&answers).await
    }
}

/// Whether something waits to be read, without waiting for it.
async fn holds_more(stream: &mut (impl AsyncRead + Unpin)) -> bool {
    let mut buffer = [0; 1];
    let mut into = ReadBuf::new(&mut buffer);
    let mut stream = Pin::new(stream);
    let read = poll_fn(|context| Poll::Ready(stream.as_mut().poll_read(context, &mut into).is_ready()));
    read.await && !into.filled().is_empty()
}

impl Dial for SimulatedPrinter {
    fn dial(&self) -> Dialling<'_> {
        let (ours, theirs) = tokio::io::duplex(UNDER_WAY_BYTES);
        let printer = self.clone();
        tokio::spawn(async move {
            if let Err(error) = printer.serve(theirs).await {
                tracing::debug!(%error, "a connection to the simulated printer ended");
            }
        });
        Box::pin(async { Ok(Way { channel: Box::new(ours), answers: true }) })
    }
}
