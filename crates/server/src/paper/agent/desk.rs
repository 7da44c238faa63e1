//! The desk of one printer that an agent serves: hands the printer's jobs to the agent, hears what came of them, and
//! keeps the printer's state for people to see, as a worker does for a printer of its own.
//!
//! A job that was handed over is the agent's, connected or not. It goes elsewhere after the agent gave it back unbegun;
//! or, when the agent is away too long, as a marked copy.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use khiw_printing::wire::{self, FromAgent, FromServer, PROTOCOL, Settings, close};
use khiw_printing::worker::Telling;
use khiw_printing::{
    Board, Given, Job, JobKey, JobOutcome, PrinterState, PrinterWorker, Reason, Spool, SpoolError, Status,
    Told,
};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::{Instant, sleep};

use super::door::{Line, Saying};
use super::present::{Present, Stuck};
use crate::paper::in_spool;

/// Jobs an agent has at once: enough to go on with while the server is away, few enough to be given back.
pub const AT_AGENT_MAX: usize = 32;
/// Jobs taken back at once that were given up; the others follow as the agent tells of these.
const WITHDRAWN_MAX: usize = 2 * AT_AGENT_MAX;
/// How often a desk with work looks at the time.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// And one without.
const LOOK_EVERY_IDLE: Duration = Duration::from_secs(30);

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// An agent that is away no longer is not told to people.
    pub grace: Duration,
    /// How long the printer may be unable to print before its pair takes over.
    pub take_over: Duration,
    /// What an agent has that is away for so long is given up.
    pub give_up: Duration,
    /// An agent that could not take a job in is left alone for so long.
    pub after_refusal: Duration,
    /// A job that waited longer fails.
    pub job_age_s_max: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(5),
            take_over: Duration::from_secs(2),
            give_up: Duration::from_mins(2),
            after_refusal: Duration::from_secs(5),
            job_age_s_max: 120,
        }
    }
}

#[derive(Clone)]
pub struct DeskSetup {
    /// The name that jobs for this printer carry.
    pub name: String,
    pub spool: Spool,
    /// The name of the printer that takes over.
    pub pair: Option<String>,
    pub board: Board,
    pub settings: watch::Receiver<Arc<Settings>>,
    /// Shared by the attendants of this desk, one after the other.
    pub arrivals: Arc<Mutex<mpsc::Receiver<Line>>>,
    pub patience: Patience,
}

/// Must be called inside the runtime.
pub fn start(setup: DeskSetup) -> PrinterWorker {
    PrinterWorker::keep(setup.name.clone(), move |Telling { state, told, stopped }| {
        let attendant = Attendant {
            setup: setup.clone(),
            state,
            told,
            present: None,
            away_since: Instant::now(),
            unable_since: None,
            refused_at: None,
        };
        attendant.run(stopped)
    })
}

struct Attendant {
    setup: DeskSetup,
    state: watch::Sender<PrinterState>,
    told: watch::Sender<Status>,
    present: Option<Present>,
    away_since: Instant,
    unable_since: Option<Instant>,
    /// When the agent last could not take a job in.
    refused_at: Option<Instant>,
}

impl Drop for Attendant {
    fn drop(&mut self) {
        self.setup.board.forget(&self.setup.name);
    }
}

impl Attendant {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let mut changes = self.setup.spool.changes();
        let mut arrivals = Arc::clone(&self.setup.arrivals).lock_owned().await;
        loop {
            changes.mark_unchanged();
            let pause = match self.turn().await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(printer = self.setup.name, %error, "the print spool failed");
                    LOOK_EVERY
                }
            };
            tokio::select! {
                () = asked_to_stop(&mut stopped) => break,
                Some(line) = arrivals.recv() => self.meet(line).await,
                said = heard(&mut self.present) => match said {
                    Some(frame) => self.take(frame).await,
                    None => self.part("it went"),
                },
                Ok(()) = self.setup.settings.changed() => self.tell_settings(),
                _ = changes.changed() => {}
                () = sleep(pause) => {}
            }
        }
        self.dismiss(close::AWAY, "the server stops, or this printer is set up anew");
    }

    /// What is due now; gives how long to wait at most before the next look.
    async fn turn(&mut self) -> Result<Duration, SpoolError> {
        let able = self.look();
        self.fail_old().await?;
        let at_agent = self.in_spool(Spool::handed).await?;
        let ready = self.present.as_ref().filter(|present| present.ready);
        if let Some(back) = ready.map(|present| present.line.spool.clone()) {
            let given_up =
                self.in_spool(move |spool, name| spool.given_up(name, &back, WITHDRAWN_MAX)).await?;
            if self.remind(&at_agent).is_err() || self.take_back(&given_up).is_err() {
                self.part("it takes no more");
            }
        }
        if able {
            self.hand_out(at_agent.len()).await?;
        } else {
            self.pass_on(&at_agent).await?;
        }
        let waiting = self.in_spool(Spool::next).await?.is_some();
        let nothing = at_agent.is_empty() && !waiting && !self.refusing();
        let told = self.present.is_some() || *self.state.borrow() == PrinterState::Offline;
        Ok(if nothing && told { LOOK_EVERY_IDLE } else { LOOK_EVERY })
    }

    /// Looks how the printer is; whether it may be given jobs.
    fn look(&mut self) -> bool {
        let offline = Some((PrinterState::Offline, Status::default()));
        let known = match &self.present {
            Some(_) if self.refusing() => offline,
            Some(present) => present.state,
            None if self.away_since.elapsed() >= self.setup.patience.grace => offline,
            None => None,
        };
        if let Some((state, told)) = known {
            self.told.send_if_modified(|known| std::mem::replace(known, told) != told);
            let changed = self.state.send_if_modified(|known| std::mem::replace(known, state) != state);
            if changed {
                tracing::info!(printer = self.setup.name, state = state.code(), "printer");
            }
        }
        let ready = self.present.as_ref().is_some_and(|present| present.ready);
        let state = known.map_or(PrinterState::Offline, |(state, _)| state);
        // Between two connections it may be fine, but nothing can be handed over.
        self.setup.board.note(&self.setup.name, if ready { state } else { PrinterState::Offline });
        let able = ready && state.may_print();
        if able {
            self.unable_since = None;
        } else {
            self.unable_since.get_or_insert_with(Instant::now);
        }
        able
    }

    fn refusing(&self) -> bool {
        self.refused_at.is_some_and(|at| at.elapsed() < self.setup.patience.after_refusal)
    }

    async fn meet(&mut self, line: Line) {
        // One whose connection has just ended is no longer here.
        if let Some(present) = &self.present
            && present.line.spool != line.spool
            && !present.line.to_agent.is_closed()
        {
            tracing::warn!(printer = self.setup.name, "a second agent was sent away");
            let reason = "another agent serves this printer: stop that one first";
            let _ = line.to_agent.try_send(Saying::Close(close::SERVED, reason));
            return;
        }
        self.dismiss(close::REPLACED, "a newer connection of this agent took over");
        tracing::info!(printer = self.setup.name, spool = line.spool, "an agent came");
        // What another spool has, this one cannot tell of.
        let spool = line.spool.clone();
        let lost = self.in_spool(move |open, name| open.give_up(name, Some(&spool), Some(name))).await;
        match lost {
            Ok(0) => {}
            Ok(lost) => tracing::warn!(printer = self.setup.name, lost, "an agent came with another spool"),
            Err(error) => tracing::error!(printer = self.setup.name, %error, "the print spool failed"),
        }
        let present = Present::new(line);
        let settings = Box::new(Settings::clone(&self.setup.settings.borrow_and_update()));
        if present.say(FromServer::Welcome { protocol: PROTOCOL, settings }).is_ok() {
            self.present = Some(present);
        }
    }

    fn tell_settings(&mut self) {
        let settings = Box::new(Settings::clone(&self.setup.settings.borrow_and_update()));
        let said = self.present.as_ref().map(|present| present.say(FromServer::Settings { settings }));
        if matches!(said, Some(Err(Stuck))) {
            self.part("it takes no more");
        }
    }

    async fn take(&mut self, frame: FromAgent) {
        let Some(present) = &mut self.present else { return };
        match frame {
            FromAgent::Ready => present.ready = true,
            FromAgent::State { state, told } => present.state = Some((state, told)),
            FromAgent::Accepted { key, .. } => {
                tracing::debug!(printer = self.setup.name, ?key, "the agent has a job");
            }
            FromAgent::Refused { key, handing, reason } => self.refused(key, handing, &reason).await,
            FromAgent::Outcome { key, handing, outcome, copy } => {
                self.outcome(Told { key, handing, state: outcome, copy }).await;
            }
            FromAgent::Hello { .. } | FromAgent::Unknown => {
                tracing::debug!(printer = self.setup.name, "an agent said what is passed over");
            }
        }
    }

    async fn outcome(&mut self, told: Told) {
        let Some(from) = self.present.as_ref().map(|present| present.line.spool.clone()) else { return };
        let (key, handing, state) = (told.key.clone(), told.handing, told.state);
        match self.in_spool(move |spool, _| spool.hear(&from, &told)).await {
            Ok(changed) => {
                tracing::info!(printer = self.setup.name, ?key, ?state, changed, "an agent told of a paper");
                self.let_go(&key).await;
                let acknowledged = FromServer::Acknowledged { key, handing };
                let said = self.present.as_ref().map(|present| present.say(acknowledged));
                if matches!(said, Some(Err(Stuck))) {
                    self.part("it takes no more");
                }
            }
            Err(error) => {
                tracing::error!(printer = self.setup.name, %error, "the outcome of a paper was not kept");
                self.dismiss(close::SPOOL, "the server's spool failed: say it again");
            }
        }
    }

    async fn refused(&mut self, key: JobKey, handing: u32, reason: &str) {
        let Some(present) = &self.present else { return };
        let from = present.line.spool.clone();
        tracing::warn!(printer = self.setup.name, ?key, reason, "the agent did not take a job");
        let returned = key.clone();
        let returned = self.in_spool(move |spool, _| spool.returned(&from, &returned, handing)).await;
        if let Err(error) = returned {
            tracing::error!(printer = self.setup.name, %error, "the print spool failed");
        }
        let asked_back = self.let_go(&key).await;
        if !asked_back {
            self.refused_at = Some(Instant::now());
        }
    }

    /// The job is settled on this line; whether it had been asked back.
    async fn let_go(&mut self, key: &JobKey) -> bool {
        let wanted = key.clone();
        let found = self.in_spool(move |spool, _| spool.job_of(&wanted)).await;
        let (Ok(Some(job)), Some(present)) = (found, &mut self.present) else { return false };
        let asked_back = present.asked_back.contains(&job.id) || present.withdrawn.contains(&job.id);
        present.forget(job.id);
        asked_back
    }

    /// Tells the agent of what it has, once on this line, and of what nobody waits for any more.
    fn remind(&mut self, at_agent: &[Job]) -> Result<(), Stuck> {
        let now = self.setup.spool.now();
        let Some(present) = &mut self.present else { return Ok(()) };
        for job in at_agent.iter().filter(|job| job.handed_to.as_ref() == Some(&present.line.spool)) {
            if !present.given.contains(&job.id)
                && let Some(frame) = frame_of(job, now)
            {
                present.say(frame)?;
                present.given.insert(job.id);
            }
            if job.closed && present.withdrawn.insert(job.id) {
                present.say(withdrawal(job))?;
            }
        }
        Ok(())
    }

    /// What was given up while the agent was away is not to come out beside what was printed in its place.
    fn take_back(&mut self, given_up: &[Job]) -> Result<(), Stuck> {
        let Some(present) = &mut self.present else { return Ok(()) };
        for job in given_up {
            if present.withdrawn.insert(job.id) {
                present.say(withdrawal(job))?;
            }
        }
        Ok(())
    }

    /// Hands waiting jobs over, as many as the agent may have.
    async fn hand_out(&mut self, at_agent: usize) -> Result<(), SpoolError> {
        for _ in at_agent..AT_AGENT_MAX {
            let Some(to) = self.present.as_ref().map(|present| present.line.spool.clone()) else { break };
            let Some(job) = self.in_spool(Spool::next).await? else { break };
            let id = job.id;
            if frame_of(&job, self.setup.spool.now()).is_none() {
                let unprintable = JobOutcome::Failed(Reason::Unprintable);
                settled(self.in_spool(move |spool, _| spool.finish(id, unprintable)).await)?;
                continue;
            }
            let from = to.clone();
            let handed = self.in_spool(move |spool, _| spool.hand(id, &to)).await;
            // Expired meanwhile: look for the next.
            let Some(job) = settled(handed)? else { continue };
            let (key, handing) = (job.key(), job.handing);
            if self.remind(&[job]).is_err() {
                self.part("it takes no more");
                // It never left.
                self.in_spool(move |spool, _| spool.returned(&from, &key, handing)).await?;
            }
        }
        Ok(())
    }

    /// The printer cannot print: after a while its pair takes over, if it may print.
    async fn pass_on(&mut self, at_agent: &[Job]) -> Result<(), SpoolError> {
        let patience = self.setup.patience;
        let unable = self.unable_since.is_some_and(|since| since.elapsed() >= patience.take_over);
        let pair = self.setup.pair.clone().filter(|pair| unable && self.setup.board.may_print(pair));
        let away = self.present.is_none().then(|| self.away_since.elapsed());
        if let Some(pair) = &pair {
            let to = pair.clone();
            let moved = self.in_spool(move |spool, name| spool.hand_over(name, &to)).await?;
            if moved > 0 {
                tracing::warn!(printer = self.setup.name, moved, "the pair takes over");
            }
            if self.ask_back(at_agent).is_err() {
                self.part("it takes no more");
            }
        }
        let lost = match (away, pair) {
            (Some(away), Some(pair)) if away >= patience.grace + patience.take_over => Some(Some(pair)),
            (Some(away), _) if away >= patience.give_up => Some(None),
            _ => None,
        };
        if let Some(copy_on) = lost {
            let give_up = move |spool: &Spool, name: &str| spool.give_up(name, None, copy_on.as_deref());
            let lost = self.in_spool(give_up).await?;
            if lost > 0 {
                tracing::warn!(printer = self.setup.name, lost, "what an absent agent has is given up");
            }
        }
        Ok(())
    }

    fn ask_back(&mut self, at_agent: &[Job]) -> Result<(), Stuck> {
        let Some(present) = self.present.as_mut().filter(|present| present.ready) else { return Ok(()) };
        for job in at_agent {
            if present.given.contains(&job.id) && present.asked_back.insert(job.id) {
                present.say(FromServer::GiveBack { key: job.key(), handing: job.handing })?;
            }
        }
        Ok(())
    }

    async fn fail_old(&self) -> Result<(), SpoolError> {
        let age = SignedDuration::from_secs(self.setup.patience.job_age_s_max.into());
        let reason = Reason::of_state(*self.state.borrow());
        let failed = self.in_spool(move |spool, name| spool.fail_waiting(name, age, reason)).await?;
        if failed > 0 {
            let reason = reason.code();
            tracing::warn!(printer = self.setup.name, failed, reason, "papers waited too long");
        }
        Ok(())
    }

    fn part(&mut self, why: &str) {
        let Some(present) = self.present.take() else { return };
        tracing::info!(printer = self.setup.name, why, "an agent is away");
        // One that comes and goes without ever being ready was not here.
        if present.ready {
            self.away_since = Instant::now();
        }
    }

    fn dismiss(&mut self, code: u16, reason: &'static str) {
        if let Some(present) = &self.present {
            let _ = present.line.to_agent.try_send(Saying::Close(code, reason));
        }
        self.part(reason);
    }

    async fn in_spool<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Spool, &str) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let name = self.setup.name.clone();
        in_spool(&self.setup.spool, move |spool| run(spool, &name)).await
    }
}

fn withdrawal(job: &Job) -> FromServer {
    FromServer::Withdraw { key: job.key(), handing: job.handing }
}

/// A job that somebody settled in the meantime needs nothing more.
fn settled<T>(done: Result<T, SpoolError>) -> Result<Option<T>, SpoolError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(SpoolError::WrongState { .. } | SpoolError::Unknown(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The job as it is said; none when it cannot be read or is longer than any agent takes.
fn frame_of(job: &Job, now: jiff::Timestamp) -> Option<FromServer> {
    let paper =
        job.paper().inspect_err(|error| tracing::error!(job = job.id, %error, "a stored paper")).ok()?;
    let waited_ms = u64::try_from(now.duration_since(job.queued_at).as_millis()).unwrap_or(0);
    let (key, handing, ticket) = (job.key(), job.handing, job.ticket.clone());
    let frame = FromServer::Job { job: Box::new(Given { key, handing, ticket, waited_ms, paper }) };
    let fits = wire::write(&frame).is_ok_and(|text| text.len() <= wire::FROM_SERVER_BYTES_MAX);
    fits.then_some(frame)
}

async fn asked_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn heard(present: &mut Option<Present>) -> Option<FromAgent> {
    match present {
        Some(present) => present.line.from_agent.recv().await,
        None => std::future::pending().await,
    }
}
