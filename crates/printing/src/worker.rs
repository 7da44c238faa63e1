//! One task per printer: takes the printer's jobs from the spool, sends them, notes what became of
//! them, and keeps its state for people to see.
//!
//! Must not hold anything else up: a printer that is away costs its own jobs only. Before byte one
//! a job waits, is tried again, or goes to the printer's pair; after byte one it is never sent again
//! unmarked.

mod draw;
mod keep;
mod setup;
mod turn;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::escpos::{PrinterState, Status};
use crate::link::Dial;
use crate::spool::Spool;
pub use draw::Draw;
pub use keep::{AGAIN_AFTER_MAX, Telling};
pub use setup::{Board, COPIES_OF_JOB_MAX, PrinterSetup};
use turn::{Turn, Worker};

/// A printer that takes one connection at a time is left to others for so long, now and then.
const LET_OTHERS: Duration = Duration::from_millis(300);

/// Whoever serves a printer: from here, or from a desk that an agent comes to. Dropping it stops the task at once;
/// [`PrinterWorker::stop`] lets it finish its job.
pub struct PrinterWorker {
    state: watch::Receiver<PrinterState>,
    told: watch::Receiver<Status>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl PrinterWorker {
    /// What is known of the printer; `Unknown` until it was asked, `Offline` while its worker is out of order.
    pub fn state(&self) -> watch::Receiver<PrinterState> {
        self.state.clone()
    }

    /// All that it told, each by itself; what it cannot tell is `None`.
    pub fn told(&self) -> watch::Receiver<Status> {
        self.told.clone()
    }

    /// Ends after the job at hand; what an agent has stays the agent's.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "a printer's worker ended badly");
        }
    }
}

impl Drop for PrinterWorker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a printer's worker on the current runtime. The drawer is shared by all printers.
pub fn start(spool: Spool, setup: PrinterSetup, drawer: Arc<Mutex<dyn Draw>>) -> PrinterWorker {
    let dial = Arc::new(setup.link.clone());
    start_through(spool, setup, dial, drawer)
}

/// As [`start`], by a way of one's own instead of the setup's link.
pub fn start_through(
    spool: Spool,
    setup: PrinterSetup,
    dial: Arc<dyn Dial>,
    drawer: Arc<Mutex<dyn Draw>>,
) -> PrinterWorker {
    PrinterWorker::keep(setup.name.clone(), move |Telling { state, told, stopped }| {
        let (spool, setup, dial, drawer) =
            (spool.clone(), setup.clone(), Arc::clone(&dial), Arc::clone(&drawer));
        run(Worker::new(spool, setup, dial, drawer, (state, told)), stopped)
    })
}

async fn run(mut worker: Worker, mut stopped: watch::Receiver<bool>) {
    let mut changes = worker.changes();
    let mut failures = 0;
    worker.begin().await;
    while !*stopped.borrow() {
        changes.mark_unchanged();
        let pause_ms = match worker.turn().await {
            Ok(Turn::Done) => {
                failures = 0;
                continue;
            }
            Ok(Turn::Idle) => {
                failures = 0;
                tokio::select! {
                    _ = changes.changed() => continue,
                    _ = stopped.wait_for(|stop| *stop) => break,
                    // A report of the printer; the connection ended; or nothing for a while.
                    look = worker.idle() => if !look { continue },
                }
                tokio::select! {
                    _ = changes.changed() => continue,
                    _ = stopped.wait_for(|stop| *stop) => break,
                    () = worker.let_others(LET_OTHERS) => {}
                }
                worker.check().await;
                continue;
            }
            Ok(Turn::Waiting) => worker.pause_ms(failures),
            Err(error) => {
                tracing::error!(printer = worker.name(), %error, "the print spool failed");
                worker.pause_ms(failures)
            }
        };
        failures += 1;
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
        }
    }
}
