//! One task per printer: takes the printer's jobs from the spool, sends them, notes what became of
//! them, and keeps its state for people to see.
//!
//! Must not hold anything else up: a printer that is away costs its own jobs only. Before byte one
//! a job waits and is tried again; after byte one it is never sent again unmarked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::escpos::{self, PrinterState};
use crate::job::{Job, JobOutcome, Reason};
use crate::link::{Delivery, Link, LinkError, LinkTimeouts, Session};
use crate::render::{PaperWidth, Renderer};
use crate::spool::{Spool, SpoolError};

/// How long a printer that once let the question after the cut pass is waited for afterwards.
const CONFIRM_MS_DOUBTED: u64 = 300;

/// One printer and how patient to be with it.
#[derive(Clone, Debug)]
pub struct PrinterSetup {
    /// The name jobs carry.
    pub name: String,
    pub link: Link,
    pub width: PaperWidth,
    pub timeouts: LinkTimeouts,
    /// Pause before the first repeated try; it doubles up to `retry_ms_max`.
    pub retry_ms_min: u64,
    pub retry_ms_max: u64,
    /// A job that waited longer fails: its visitor has the number from the screen by then.
    pub job_age_s_max: u32,
    /// How often an idle printer is asked how it is.
    pub idle_check_ms: u64,
}

impl PrinterSetup {
    /// A printer with the usual patience.
    pub fn new(name: impl Into<String>, link: Link, width: PaperWidth) -> Self {
        Self {
            name: name.into(),
            link,
            width,
            timeouts: LinkTimeouts::default(),
            retry_ms_min: 500,
            retry_ms_max: 5_000,
            job_age_s_max: 120,
            idle_check_ms: 15_000,
        }
    }
}

/// A running worker. Dropping it stops the task at once; [`PrinterWorker::stop`] lets it finish its job.
pub struct PrinterWorker {
    state: watch::Receiver<PrinterState>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl PrinterWorker {
    /// What is known of the printer; `Unknown` until it was asked.
    pub fn state(&self) -> watch::Receiver<PrinterState> {
        self.state.clone()
    }

    /// Ends after the job at hand.
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

/// Starts a printer's worker on the current runtime. The renderer is shared by all printers.
pub fn start(spool: Spool, setup: PrinterSetup, renderer: Arc<Mutex<Renderer>>) -> PrinterWorker {
    let (state, told) = watch::channel(PrinterState::Unknown);
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(run(spool, setup, renderer, state, stopped));
    PrinterWorker { state: told, stop, task }
}

/// Serves one printer until `stopped` turns true. See [`start`].
pub async fn run(
    spool: Spool,
    setup: PrinterSetup,
    renderer: Arc<Mutex<Renderer>>,
    state: watch::Sender<PrinterState>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut changes = spool.changes();
    let confirm_ms = setup.timeouts.confirm_ms;
    let mut worker = Worker { confirm_ms, setup, spool, renderer, state, tells: false, unsettled: None };
    let mut failures = 0;
    worker.check().await;
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
                    () = tokio::time::sleep(Duration::from_millis(worker.idle_ms())) => {}
                }
                worker.check().await;
                continue;
            }
            Ok(Turn::Waiting) => worker.pause_ms(failures),
            Err(error) => {
                tracing::error!(printer = worker.setup.name, %error, "the print spool failed");
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

/// What one turn of the loop came to.
enum Turn {
    /// Something was settled: look for the next job at once.
    Done,
    /// No job waits.
    Idle,
    /// The printer is not ready: try again after a pause.
    Waiting,
}

struct Worker {
    setup: PrinterSetup,
    spool: Spool,
    renderer: Arc<Mutex<Renderer>>,
    state: watch::Sender<PrinterState>,
    /// How long this printer is waited for after the cut; shorter once it let that pass.
    confirm_ms: u64,
    /// Whether it ever answered a status question.
    tells: bool,
    /// An outcome that the spool could not take yet: nothing else is sent before.
    unsettled: Option<(i64, JobOutcome)>,
}

impl Worker {
    async fn turn(&mut self) -> Result<Turn, SpoolError> {
        if let Some((id, outcome)) = self.unsettled {
            self.settle(id, outcome).await?;
        }
        self.fail_old().await?;
        let name = self.setup.name.clone();
        match self.in_spool(move |spool| spool.next(&name)).await? {
            Some(job) => self.attempt(job).await,
            None => Ok(Turn::Idle),
        }
    }

    async fn attempt(&mut self, job: Job) -> Result<Turn, SpoolError> {
        let name = self.setup.name.clone();
        let torn = self.in_spool(move |spool| spool.mid_picture(&name)).await?;
        let Some((mut session, before)) = self.ready(torn).await else { return Ok(Turn::Waiting) };
        let Some(mut bytes) = self.draw(&job).await else {
            self.settle(job.id, JobOutcome::Failed(Reason::Unprintable)).await?;
            return Ok(Turn::Done);
        };
        if torn {
            bytes.splice(0..0, escpos::sever());
        }
        let id = job.id;
        match self.in_spool(move |spool| spool.begin(id)).await {
            // Expired meanwhile.
            Err(SpoolError::WrongState { .. }) => return Ok(Turn::Done),
            begun => begun?,
        }
        let delivery = session.deliver(&bytes, before, self.confirm_ms).await;
        self.learn(delivery);
        tracing::info!(printer = self.setup.name, job = id, outcome = ?delivery.outcome, "a paper was sent");
        self.settle(id, delivery.outcome).await?;
        Ok(if delivery.outcome == JobOutcome::NotSent { Turn::Waiting } else { Turn::Done })
    }

    /// A connection to a printer that may print, with what it told.
    async fn ready(&mut self, torn: bool) -> Option<(Session, PrinterState)> {
        let opened = async {
            let mut session = self.setup.link.connect(self.setup.timeouts).await?;
            if torn {
                session.prepare(&escpos::recovery(self.setup.width.dots())).await?;
            }
            let told = session.status().await?.state();
            Ok::<_, LinkError>((session, told))
        };
        match opened.await {
            // It answered before: silence now is not the silence of a printer that cannot tell.
            Ok((_, PrinterState::Unknown)) if self.tells => {
                self.set_state(PrinterState::Offline);
                None
            }
            Ok((session, told)) => {
                self.tells |= told != PrinterState::Unknown;
                self.set_state(told);
                told.may_print().then_some((session, told))
            }
            Err(error) => {
                tracing::debug!(printer = self.setup.name, %error, "the printer is away");
                self.set_state(PrinterState::Offline);
                None
            }
        }
    }

    /// The job as bytes; `None` when its paper cannot be read or drawn.
    async fn draw(&self, job: &Job) -> Option<Vec<u8>> {
        let paper = match job.paper() {
            Ok(paper) => paper,
            Err(error) => {
                tracing::error!(job = job.id, %error, "the stored paper cannot be read");
                return None;
            }
        };
        let (renderer, width) = (Arc::clone(&self.renderer), self.setup.width);
        let drawn = spawn_blocking(move || {
            // After a panic inside, fonts and caches are still whole.
            let mut renderer = renderer.lock().unwrap_or_else(PoisonError::into_inner);
            let rendered = renderer.render(&paper, width);
            if !rendered.missing.is_empty() || rendered.qr_omitted || rendered.clipped {
                tracing::warn!(
                    number = paper.number,
                    missing = ?rendered.missing,
                    qr_omitted = rendered.qr_omitted,
                    clipped = rendered.clipped,
                    "a paper is not as it should be"
                );
            }
            escpos::ticket(&rendered.picture)
        });
        drawn
            .await
            .inspect_err(|error| tracing::error!(job = job.id, %error, "a paper could not be drawn"))
            .ok()
    }

    fn learn(&mut self, delivery: Delivery) {
        self.confirm_ms = match delivery.outcome {
            JobOutcome::Printed => self.setup.timeouts.confirm_ms,
            _ if delivery.confirmation_missed => CONFIRM_MS_DOUBTED.min(self.setup.timeouts.confirm_ms),
            _ => self.confirm_ms,
        };
        match (delivery.state, delivery.outcome) {
            (Some(state), _) => self.set_state(state),
            (None, JobOutcome::Uncertain(_) | JobOutcome::NotSent) => self.set_state(PrinterState::Offline),
            _ => {}
        }
    }

    async fn settle(&mut self, id: i64, outcome: JobOutcome) -> Result<(), SpoolError> {
        self.unsettled = Some((id, outcome));
        match self.in_spool(move |spool| spool.finish(id, outcome)).await {
            // Expired before it was begun: that stands.
            Ok(()) | Err(SpoolError::WrongState { .. } | SpoolError::Unknown(_)) => self.unsettled = None,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn fail_old(&self) -> Result<(), SpoolError> {
        let name = self.setup.name.clone();
        let age = SignedDuration::from_secs(self.setup.job_age_s_max.into());
        let reason = Reason::of_state(*self.state.borrow());
        let failed = self.in_spool(move |spool| spool.fail_waiting(&name, age, reason)).await?;
        if failed > 0 {
            tracing::warn!(
                printer = self.setup.name,
                failed,
                reason = reason.code(),
                "papers waited too long"
            );
        }
        Ok(())
    }

    /// Asks an idle printer how it is.
    async fn check(&mut self) {
        self.ready(false).await;
    }

    fn set_state(&self, state: PrinterState) {
        let changed = self.state.send_if_modified(|known| std::mem::replace(known, state) != state);
        if changed {
            tracing::info!(printer = self.setup.name, state = state.code(), "printer");
        }
    }

    fn pause_ms(&self, failures: u32) -> u64 {
        let doubled = self.setup.retry_ms_min.saturating_mul(1 << failures.min(16));
        doubled.min(self.setup.retry_ms_max)
    }

    /// A faulty printer is asked more often, so that staff see at once that they mended it.
    fn idle_ms(&self) -> u64 {
        let healthy = self.state.borrow().may_print();
        if healthy { self.setup.idle_check_ms } else { self.setup.idle_check_ms.min(self.setup.retry_ms_max) }
    }

    async fn in_spool<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Spool) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let spool = self.spool.clone();
        spawn_blocking(move || run(&spool)).await.map_err(|_| SpoolError::Stopped)?
    }
}
