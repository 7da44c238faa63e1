//! Keeps a printer's worker at work: one that ends badly is seen as out of order, and begins anew, not too often. Must
//! not know what a worker does.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::PrinterWorker;
use crate::escpos::{PrinterState, Status};

/// Pause before a worker that ended badly begins anew; it doubles up to [`AGAIN_AFTER_MAX`].
const AGAIN_AFTER_MIN: Duration = Duration::from_secs(1);
/// A worker that always ends badly begins so often, for as long as that takes: a hall does not do without its paper.
pub const AGAIN_AFTER_MAX: Duration = Duration::from_mins(1);
/// One that worked for so long is trusted as a new one is.
const TRUSTED_AFTER: Duration = Duration::from_mins(10);

/// What a worker tells while it works, and when it is to stop.
#[derive(Clone)]
pub struct Telling {
    pub state: watch::Sender<PrinterState>,
    pub told: watch::Sender<Status>,
    pub stopped: watch::Receiver<bool>,
}

impl PrinterWorker {
    /// Keeps `work` at work on the current runtime, for the printer of this name. It ends when `stopped` turns true.
    pub fn keep<W, F>(name: String, work: W) -> Self
    where
        W: FnMut(Telling) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (state, seen) = watch::channel(PrinterState::Unknown);
        let (told, heard) = watch::channel(Status::default());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(keep(name, Telling { state, told, stopped }, work));
        Self { state: seen, told: heard, stop, task }
    }
}

async fn keep<W, F>(name: String, telling: Telling, mut work: W)
where
    W: FnMut(Telling) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut stopped = telling.stopped.clone();
    let mut pause = AGAIN_AFTER_MIN;
    loop {
        let begun = Instant::now();
        // In a task of its own, which a panic ends and nothing else; it goes with the set.
        let mut at_work = JoinSet::new();
        at_work.spawn(work(telling.clone()));
        let Some(Err(error)) = at_work.join_next().await else { return };
        tracing::error!(printer = name, %error, "a printer's worker ended badly");
        // What it last said is not so any more, and people must look.
        telling.told.send_replace(Status::default());
        telling.state.send_replace(PrinterState::Offline);
        if begun.elapsed() >= TRUSTED_AFTER {
            pause = AGAIN_AFTER_MIN;
        }
        tokio::select! {
            () = sleep(pause) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        pause = (2 * pause).min(AGAIN_AFTER_MAX);
    }
}
