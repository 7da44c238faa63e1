//! What a worker does in one turn: the next job, its printer, and what became of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::draw::{self, Draw};
use super::setup::PrinterSetup;
use crate::escpos::{self, PrinterState, Status};
use crate::job::{Job, JobOutcome, Reason};
use crate::link::{Delivery, Dial, LinkError, Session};
use crate::spool::{Spool, SpoolError};
use crate::store::Left;

/// How long a printer that once let the question after the cut pass is waited for afterwards.
const CONFIRM_MS_DOUBTED: u64 = 300;
/// Confirmations that may still come in late; more are not remembered.
const LATE_MAX: u32 = 3;

/// What one turn came to.
pub(super) enum Turn {
    /// Something was settled: look for the next job at once.
    Done,
    /// No job waits.
    Idle,
    /// The printer is not ready: try again after a pause.
    Waiting,
}

pub(super) struct Worker {
    setup: PrinterSetup,
    spool: Spool,
    dial: Arc<dyn Dial>,
    drawer: Arc<Mutex<dyn Draw>>,
    state: watch::Sender<PrinterState>,
    told: watch::Sender<Status>,
    /// Kept open to a printer that reports by itself.
    held: Option<Session>,
    /// How long this printer is waited for after the cut; shorter once it let that pass.
    confirm_ms: u64,
    /// Whether it ever answered a status question.
    tells: bool,
    /// Confirmations that did not come in time, and may still.
    late: u32,
    /// Since when it may not print.
    unable_since: Option<Instant>,
    /// An outcome that the spool could not take yet, and whether a confirmation was missed: nothing else is
    /// sent before.
    unsettled: Option<(i64, JobOutcome, bool)>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.setup.board.forget(&self.setup.name);
    }
}

impl Worker {
    pub fn new(
        spool: Spool,
        setup: PrinterSetup,
        dial: Arc<dyn Dial>,
        drawer: Arc<Mutex<dyn Draw>>,
        (state, told): (watch::Sender<PrinterState>, watch::Sender<Status>),
    ) -> Self {
        Self {
            confirm_ms: setup.timeouts.confirm_ms,
            setup,
            spool,
            dial,
            drawer,
            state,
            told,
            held: None,
            tells: false,
            late: 0,
            unable_since: None,
            unsettled: None,
        }
    }

    pub fn name(&self) -> &str {
        &self.setup.name
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.spool.changes()
    }

    /// What a worker before this one left unfinished is settled; then the printer is asked how it is.
    pub async fn begin(&mut self) {
        let name = self.setup.name.clone();
        let settled = self.in_spool(move |spool| spool.settle_abandoned(&name)).await;
        if let Err(error) = settled.map(|_| ()).and(self.fail_old().await) {
            tracing::error!(printer = self.setup.name, %error, "the print spool failed");
        }
        self.check().await;
    }

    pub async fn turn(&mut self) -> Result<Turn, SpoolError> {
        if let Some((id, outcome, missed)) = self.unsettled {
            self.settle(id, outcome, missed).await?;
        }
        self.fail_old().await?;
        let name = self.setup.name.clone();
        match self.in_spool(move |spool| spool.next(&name)).await? {
            Some(job) => self.attempt(job).await,
            None => Ok(Turn::Idle),
        }
    }

    async fn attempt(&mut self, job: Job) -> Result<Turn, SpoolError> {
        let left = self.left().await?;
        let Some((mut session, before)) = self.ready(left).await else {
            self.hand_over().await?;
            return Ok(Turn::Waiting);
        };
        if !self.caught_up(&mut session, before, left).await {
            return Ok(Turn::Waiting);
        }
        let Some(mut bytes) = draw::bytes_of(&job, &self.drawer, &self.setup).await else {
            self.settle(job.id, JobOutcome::Failed(Reason::Unprintable), false).await?;
            return Ok(Turn::Done);
        };
        if left == Left::Torn {
            bytes.splice(0..0, escpos::sever(&self.setup.profile));
        }
        let id = job.id;
        match self.in_spool(move |spool| spool.begin(id)).await {
            // Expired meanwhile.
            Err(SpoolError::WrongState { .. }) => return Ok(Turn::Done),
            begun => begun?,
        }
        let delivery = session.deliver(&bytes, before, self.confirm_ms, self.late).await;
        self.learn(delivery);
        tracing::info!(printer = self.setup.name, job = id, outcome = ?delivery.outcome, "a paper was sent");
        if delivery.outcome == JobOutcome::Printed && self.setup.profile.tells.automatic {
            self.held = Some(session);
        }
        self.settle(id, delivery.outcome, delivery.confirmation_missed).await?;
        Ok(if delivery.outcome == JobOutcome::NotSent { Turn::Waiting } else { Turn::Done })
    }

    /// No confirmation of an earlier job is to be taken for the next one's. A printer that was left in the
    /// middle may have held a question, too. False when the connection ended.
    async fn caught_up(&mut self, session: &mut Session, before: PrinterState, left: Left) -> bool {
        let late = self.late.max(u32::from(left != Left::Clean));
        let confirms = self.setup.profile.tells.confirms_cut && before != PrinterState::Unknown;
        if late == 0 || !confirms || !session.answers() {
            return true;
        }
        match session.catch_up(late, self.confirm_ms).await {
            Ok(open) => {
                self.late = open.min(LATE_MAX);
                true
            }
            Err(error) => {
                tracing::debug!(printer = self.setup.name, %error, "the printer let go");
                self.set_state(PrinterState::Offline, Status::default());
                false
            }
        }
    }

    async fn left(&self) -> Result<Left, SpoolError> {
        let name = self.setup.name.clone();
        self.in_spool(move |spool| spool.left(&name)).await
    }

    /// A connection to a printer that may print, with what it told. When it may have been left in the
    /// middle of a picture, that is completed before anything else.
    async fn ready(&mut self, left: Left) -> Option<(Session, PrinterState)> {
        if let Some(mut session) = self.held.take() {
            match session.status().await {
                Ok(told) if told.state() != PrinterState::Unknown => {
                    self.note(told);
                    return told.state().may_print().then_some((session, told.state()));
                }
                // Switched off and on, most likely: try once more, anew.
                _ => {}
            }
        }
        let opened = async {
            let timeouts = self.setup.timeouts;
            let profile = Arc::clone(&self.setup.profile);
            let mut session = Session::open(self.dial.as_ref(), timeouts, profile).await?;
            if left != Left::Clean {
                let recovery = escpos::recovery(self.setup.width.dots(), &self.setup.profile);
                session.prepare(&recovery).await?;
            }
            let told = session.status().await?;
            Ok::<_, LinkError>((session, told))
        };
        match opened.await {
            // It answered before: silence now is not the silence of a printer that cannot tell.
            Ok((_, told)) if self.tells && told.state() == PrinterState::Unknown => {
                self.set_state(PrinterState::Offline, told);
                None
            }
            Ok((session, told)) => {
                self.tells |= told.state() != PrinterState::Unknown;
                self.note(told);
                told.state().may_print().then_some((session, told.state()))
            }
            Err(error) => {
                tracing::debug!(printer = self.setup.name, %error, "the printer is away");
                self.set_state(PrinterState::Offline, Status::default());
                None
            }
        }
    }

    /// After a while, the pair takes the jobs that wait here, if it may print.
    async fn hand_over(&mut self) -> Result<(), SpoolError> {
        let Some(pair) = self.setup.pair.clone() else { return Ok(()) };
        let since = *self.unable_since.get_or_insert_with(Instant::now);
        let patience = Duration::from_millis(self.setup.take_over_ms);
        if since.elapsed() < patience || !self.setup.board.may_print(&pair) {
            return Ok(());
        }
        let (from, to) = (self.setup.name.clone(), pair);
        let moved = self.in_spool(move |spool| spool.hand_over(&from, &to)).await?;
        if moved > 0 {
            tracing::warn!(printer = self.setup.name, moved, "the pair takes over");
        }
        Ok(())
    }

    fn learn(&mut self, delivery: Delivery) {
        self.confirm_ms = match delivery.outcome {
            JobOutcome::Printed => self.setup.timeouts.confirm_ms,
            // It is well, and all the same did not confirm: most likely it never does.
            JobOutcome::Sent if delivery.confirmation_missed => {
                CONFIRM_MS_DOUBTED.min(self.setup.timeouts.confirm_ms)
            }
            _ => self.confirm_ms,
        };
        self.late = match delivery.outcome {
            JobOutcome::Printed => 0,
            _ if delivery.confirmation_missed => (self.late + 1).min(LATE_MAX),
            _ => self.late,
        };
        match (delivery.status, delivery.outcome) {
            (Some(told), _) => self.note(told),
            (None, JobOutcome::Uncertain(_) | JobOutcome::NotSent) => {
                self.set_state(PrinterState::Offline, Status::default());
            }
            _ => {}
        }
    }

    async fn settle(&mut self, id: i64, outcome: JobOutcome, missed: bool) -> Result<(), SpoolError> {
        self.unsettled = Some((id, outcome, missed));
        match self.in_spool(move |spool| spool.conclude(id, outcome, missed)).await {
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

    /// Asks an idle printer how it is. One that reports by itself is kept connected, unless it was left
    /// in the middle of a picture: it would take the question for dots.
    pub async fn check(&mut self) {
        let left = self.left().await.unwrap_or(Left::Torn);
        let Some((mut session, _)) = self.ready(Left::Clean).await else { return };
        // Whatever was late has been passed over by now.
        self.late = 0;
        if left != Left::Clean || !self.setup.profile.tells.automatic {
            return;
        }
        match session.report_by_itself().await {
            Ok(Some(told)) => {
                self.note(told);
                self.held = Some(session);
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(printer = self.setup.name, %error, "the printer let go"),
        }
    }

    /// Waits while there is no job. True when it is time to look how the printer is; false when it
    /// reported by itself. May be dropped at any time.
    pub async fn idle(&mut self) -> bool {
        let pause = sleep(Duration::from_millis(self.idle_ms()));
        let Some(session) = &mut self.held else {
            pause.await;
            return true;
        };
        let reported = tokio::select! {
            reported = session.next_report() => reported,
            () = pause => return true,
        };
        match reported {
            Ok(told) => {
                self.note(told);
                false
            }
            Err(error) => {
                tracing::debug!(printer = self.setup.name, %error, "the printer let go");
                self.held = None;
                true
            }
        }
    }

    /// Lets go of the printer for a moment: others may want to print on it, too.
    pub async fn let_others(&mut self, pause: Duration) {
        if self.held.take().is_some() {
            sleep(pause).await;
        }
    }

    fn note(&mut self, told: Status) {
        self.set_state(told.state(), told);
    }

    fn set_state(&mut self, state: PrinterState, told: Status) {
        self.setup.board.note(&self.setup.name, state);
        if state.may_print() {
            self.unable_since = None;
        } else {
            self.unable_since.get_or_insert_with(Instant::now);
        }
        self.told.send_if_modified(|known| std::mem::replace(known, told) != told);
        let changed = self.state.send_if_modified(|known| std::mem::replace(known, state) != state);
        if changed {
            tracing::info!(printer = self.setup.name, state = state.code(), "printer");
        }
    }

    pub fn pause_ms(&self, failures: u32) -> u64 {
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
