//! The durable spool: which papers are to be printed, and what became of them.
//!
//! Must not print, and must not know the journal: it keeps the position a follower has reached, in
//! the same transaction as the jobs it made, so that a crash neither loses nor doubles one.
//! Calls block for a disk write: use `spawn_blocking` from async code.

mod handing;
mod orders;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use thiserror::Error;
use tokio::sync::watch;

use crate::job::{Job, JobOutcome, JobState, NewJob, Reason};
use crate::store::{self, Left};
pub use crate::store::{JobFilter, Waiting};
pub use handing::{Given, Told};
pub use orders::{Final, Intake};

/// Most jobs waiting for one printer; one more fails as `queue_full`, and staff are told.
pub const QUEUED_MAX: u32 = 500;
/// After this many prints of one paper came to an uncertain end, people must look: the first, and the
/// one marked copy that follows by itself.
pub const UNCERTAIN_PRINTS_MAX: u32 = 2;
/// The copy that follows by itself from an uncertain first print, where a spool sends a paper itself.
const AGENTS_COPY: u32 = 1;
/// Most jobs a list gives at once.
pub const LISTED_MAX: usize = 1_000;
/// Beyond the last record of any stream.
const EVER: u64 = i64::MAX as u64;
/// Damaged files kept for people to look at.
const DAMAGED_KEPT_MAX: u32 = 20;
/// Reported jobs kept for people to look at.
const KEPT_MAX: u32 = 20_000;

#[derive(Debug, Error)]
pub enum SpoolError {
    #[error("the spool could not be opened: {0}")]
    Open(#[from] rusqlite_migration::Error),
    #[error("the spool's file: {0}")]
    Store(#[from] rusqlite::Error),
    #[error("the paper cannot be stored: {0}")]
    Paper(#[from] serde_json::Error),
    #[error("the damaged spool could not be set aside: {0}")]
    NotSetAside(#[from] std::io::Error),
    #[error("the program is stopping")]
    Stopped,
    #[error("there is no job {0}")]
    Unknown(i64),
    #[error("job {id} is {state}, this step needs another state")]
    WrongState { id: i64, state: &'static str },
    #[error("ticket {0} has no paper to print again")]
    NoPaper(String),
}

impl SpoolError {
    /// The file is there and is no spool, or none any more.
    pub fn is_damage(&self) -> bool {
        let (Self::Open(rusqlite_migration::Error::RusqliteError { err: error, .. }) | Self::Store(error)) =
            self
        else {
            return false;
        };
        matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
    }
}

/// The first free name of `spool.db.damaged-1`, `-2`, …; its log goes with it.
fn set_aside(path: &Path) -> Result<PathBuf, SpoolError> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let mut names = (1..=DAMAGED_KEPT_MAX).map(|n| beside(&format!(".damaged-{n}")));
    // So many are not looked at any more: the last one gives way.
    let aside = names.find(|aside| !aside.exists()).unwrap_or_else(|| beside(".damaged-last"));
    std::fs::rename(path, &aside)?;
    for log in ["-wal", "-shm"] {
        // Absent after a stop in order.
        let _ = std::fs::remove_file(beside(log));
    }
    Ok(aside)
}

/// Tells the spool what time it is.
pub type SpoolClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A handle to the spool; clones share it.
#[derive(Clone)]
pub struct Spool {
    connection: Arc<Mutex<Connection>>,
    changes: Arc<watch::Sender<u64>>,
    clock: SpoolClock,
    /// Whether any job waits or is being sent; as of the last change.
    busy: Arc<AtomicBool>,
    /// Whether the file refused the last thing that was to be written.
    failing: Arc<AtomicBool>,
}

impl Spool {
    /// Opens or makes the spool. A job that was being sent when the program ended becomes
    /// `uncertain`, and a marked copy of it is queued.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SpoolError> {
        Self::with(Connection::open(path)?, Arc::new(Timestamp::now))
    }

    /// As [`Spool::open`]; a damaged file is set aside and the spool begins anew: a hall does not stand still for
    /// its paper. Gives where the damaged file lies, when there was one.
    pub fn open_or_renew(path: &Path) -> Result<(Self, Option<PathBuf>), SpoolError> {
        match Self::open(path) {
            Err(error) if error.is_damage() => {
                let aside = set_aside(path)?;
                Ok((Self::open(path)?, Some(aside)))
            }
            opened => Ok((opened?, None)),
        }
    }

    /// A spool that is gone with its last handle, by a clock of one's own. For tests and for trying out.
    pub fn in_memory(clock: SpoolClock) -> Result<Self, SpoolError> {
        Self::with(Connection::open_in_memory()?, clock)
    }

    fn with(mut connection: Connection, clock: SpoolClock) -> Result<Self, SpoolError> {
        store::prepare(&mut connection)?;
        let connection = Arc::new(Mutex::new(connection));
        let (changes, busy) = (Arc::new(watch::Sender::new(0)), Arc::new(AtomicBool::new(true)));
        let spool = Self { connection, changes, clock, busy, failing: Arc::default() };
        spool.write(|tx, now| {
            for job in store::sending(tx)? {
                end_uncertain(tx, &job, Reason::Crashed, now)?;
            }
            Ok(())
        })?;
        Ok(spool)
    }

    /// A counter that grows with every change: workers wait on it, and so can whoever reports.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Whether any job waits or is being sent. When none does, none can expire.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Whether nothing can be written, as on a full disk: papers wait, and staff must know. Over with the next thing
    /// that is written; whoever has something to write tries again.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Acquire)
    }

    /// The last position of the stream whose jobs are in the spool; 0 at first.
    pub fn position(&self, stream: &str) -> Result<u64, SpoolError> {
        self.read(|connection| store::position(connection, stream))
    }

    /// Takes in the jobs of the stream's records up to `position`, in one transaction with the
    /// position. What was taken in before is left alone, so calling again is harmless.
    pub fn accept(&self, stream: &str, position: u64, jobs: &[NewJob]) -> Result<(), SpoolError> {
        self.take_in(stream, position, &Intake { jobs, ..Intake::default() })
    }

    /// The job a printer does next.
    pub fn next(&self, printer: &str) -> Result<Option<Job>, SpoolError> {
        self.read(|connection| store::oldest_queued(connection, printer))
    }

    /// Durably notes that sending begins; call it before byte one.
    pub fn begin(&self, id: i64) -> Result<(), SpoolError> {
        self.write(|tx, now| {
            let job = known(tx, id)?;
            expect_state(&job, &[JobState::Queued])?;
            Ok(store::set_state(tx, id, JobState::Sending, true, now)?)
        })
    }

    /// Jobs of this printer that are being sent by nobody any more, because their worker is gone, come
    /// to an uncertain end. Call it before a printer's worker begins.
    pub fn settle_abandoned(&self, printer: &str) -> Result<usize, SpoolError> {
        let sending = |connection: &Connection| store::sending(connection);
        let own = |job: &Job| job.printer == printer;
        // A look first: nearly always there is none, and a transaction costs a disk write.
        if !self.read(sending)?.iter().any(own) {
            return Ok(0);
        }
        self.write(|tx, now| {
            let abandoned: Vec<Job> = store::sending(tx)?.into_iter().filter(own).collect();
            for job in &abandoned {
                end_uncertain(tx, job, Reason::Crashed, now)?;
            }
            Ok(abandoned.len())
        })
    }

    /// Hands the waiting jobs of a printer to another one, as many as fit there; not a byte of them
    /// was sent. Gives how many.
    pub fn hand_over(&self, from: &str, to: &str) -> Result<usize, SpoolError> {
        if self.next(from)?.is_none() {
            return Ok(0);
        }
        self.write(|tx, now| {
            let room = QUEUED_MAX.saturating_sub(store::queued_count(tx, to)?);
            Ok(store::move_queued(tx, from, to, room, now)?)
        })
    }

    /// Notes what came of a job that was begun (`Failed` also of one that was not). After
    /// `Uncertain` a marked copy is queued, up to [`UNCERTAIN_PRINTS_MAX`] prints.
    pub fn finish(&self, id: i64, outcome: JobOutcome) -> Result<(), SpoolError> {
        self.conclude(id, outcome, false)
    }

    /// As [`Spool::finish`]; `missed`: the printer was asked to confirm and did not.
    pub(crate) fn conclude(&self, id: i64, outcome: JobOutcome, missed: bool) -> Result<(), SpoolError> {
        self.write(|tx, now| {
            let job = known(tx, id)?;
            let state = match outcome {
                JobOutcome::Printed => JobState::Printed,
                JobOutcome::Sent => JobState::Sent,
                // Its ticket became final meanwhile: nobody waits for it.
                JobOutcome::NotSent if job.closed => JobState::Expired,
                JobOutcome::NotSent => JobState::Queued,
                JobOutcome::Failed(reason) => {
                    expect_state(&job, &[JobState::Queued, JobState::Sending])?;
                    return Ok(store::set_state(tx, id, JobState::Failed(reason), false, now)?);
                }
                JobOutcome::Uncertain(reason) => {
                    expect_state(&job, &[JobState::Sending])?;
                    return end_uncertain(tx, &job, reason, now);
                }
            };
            expect_state(&job, &[JobState::Sending])?;
            match outcome {
                JobOutcome::Printed => store::set_confirmed(tx, &job.printer)?,
                JobOutcome::Sent => {
                    store::set_left(tx, &job.printer, left_by_sent(tx, &job.printer, missed)?)?;
                }
                _ => {}
            }
            Ok(store::set_state(tx, id, state, false, now)?)
        })
    }

    /// Fails the printer's jobs that have waited longer than `age`. Gives how many.
    pub fn fail_waiting(
        &self,
        printer: &str,
        age: SignedDuration,
        reason: Reason,
    ) -> Result<usize, SpoolError> {
        let since = |now: Timestamp| now.checked_sub(age).unwrap_or(Timestamp::MIN);
        // A look first: this is asked at every turn, and a transaction costs a disk write.
        if self
            .read(|connection| store::queued_before(connection, printer, since((self.clock)())))?
            .is_empty()
        {
            return Ok(0);
        }
        self.write(|tx, now| {
            let old = store::queued_before(tx, printer, since(now))?;
            for job in &old {
                store::set_state(tx, job.id, JobState::Failed(reason), false, now)?;
            }
            Ok(old.len())
        })
    }

    /// The ticket is final: its waiting jobs are not printed any more. Gives how many.
    pub fn expire(&self, stream: &str, ticket: &str) -> Result<usize, SpoolError> {
        self.write(|tx, now| expire(tx, stream, ticket, EVER, now))
    }

    /// The newest jobs that match, newest first, at most [`LISTED_MAX`].
    pub fn jobs(&self, filter: &JobFilter, limit: usize) -> Result<Vec<Job>, SpoolError> {
        self.read(|connection| store::list(connection, filter, limit.min(LISTED_MAX)))
    }

    pub fn job(&self, id: i64) -> Result<Option<Job>, SpoolError> {
        self.read(|connection| store::job(connection, id))
    }

    /// Number of jobs kept, by the state's code.
    pub fn counts(&self) -> Result<Vec<(String, u64)>, SpoolError> {
        self.read(store::counts)
    }

    /// Final jobs whose outcome has not been carried back yet, oldest first, at most `limit`.
    pub fn unreported(&self, limit: usize) -> Result<Vec<Job>, SpoolError> {
        self.read(|connection| store::unreported(connection, limit.min(LISTED_MAX)))
    }

    /// The outcome of this job is in the journal.
    pub fn reported(&self, id: i64) -> Result<(), SpoolError> {
        self.write(|tx, _| Ok(store::set_reported(tx, id)?))
    }

    /// How the printer may have been left.
    pub(crate) fn left(&self, printer: &str) -> Result<Left, SpoolError> {
        self.read(|connection| store::left(connection, printer))
    }

    /// What time it is here.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A random name made with the spool's file: another one is another spool.
    pub fn identity(&self) -> Result<String, SpoolError> {
        self.read(store::handed::identity)
    }

    fn read<T>(&self, run: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, SpoolError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(run(&connection)?)
    }

    fn write<T>(
        &self,
        run: impl FnOnce(&Transaction<'_>, Timestamp) -> Result<T, SpoolError>,
    ) -> Result<T, SpoolError> {
        // A panic inside rolled its transaction back: the connection is sound.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let written = self.write_through(&mut connection, run);
        drop(connection);
        match &written {
            Ok(_) => {
                self.failing.store(false, Ordering::Release);
                self.changes.send_modify(|revision| *revision += 1);
            }
            Err(SpoolError::Store(_)) => self.failing.store(true, Ordering::Release),
            // Of this one job, not of the file.
            Err(_) => {}
        }
        written
    }

    fn write_through<T>(
        &self,
        connection: &mut Connection,
        run: impl FnOnce(&Transaction<'_>, Timestamp) -> Result<T, SpoolError>,
    ) -> Result<T, SpoolError> {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = run(&tx, (self.clock)())?;
        let busy = store::has_unfinished(&tx)?;
        tx.commit()?;
        self.busy.store(busy, Ordering::Release);
        Ok(result)
    }
}

/// A printer that never confirms is no worse off for it; one that usually does may be in the middle of
/// anything.
fn left_by_sent(tx: &Transaction<'_>, printer: &str, missed: bool) -> Result<Left, SpoolError> {
    Ok(match (missed, store::confirms(tx, printer)?) {
        (false, _) => Left::Clean,
        (true, false) => Left::Unsure,
        (true, true) => Left::Torn,
    })
}

fn known(tx: &Transaction<'_>, id: i64) -> Result<Job, SpoolError> {
    store::job(tx, id)?.ok_or(SpoolError::Unknown(id))
}

fn expect_state(job: &Job, allowed: &[JobState]) -> Result<(), SpoolError> {
    if allowed.contains(&job.state) {
        Ok(())
    } else {
        Err(SpoolError::WrongState { id: job.id, state: job.state.code() })
    }
}

/// In which state a new job of this printer begins.
fn first_state(tx: &Transaction<'_>, printer: &str) -> Result<JobState, SpoolError> {
    let full = store::queued_count(tx, printer)? >= QUEUED_MAX;
    Ok(if full { JobState::Failed(Reason::QueueFull) } else { JobState::Queued })
}

/// Nobody waits for what records up to `up_to` asked for: it expires if it was not begun, and no copy follows.
fn expire(
    tx: &Transaction<'_>,
    stream: &str,
    ticket: &str,
    up_to: u64,
    now: Timestamp,
) -> Result<usize, SpoolError> {
    let waiting = store::queued_of_ticket(tx, stream, ticket, up_to)?;
    for id in &waiting {
        store::set_state(tx, *id, JobState::Expired, false, now)?;
    }
    store::close_sending(tx, stream, ticket, up_to)?;
    Ok(waiting.len())
}

/// Nobody knows whether the paper came out: say so, and queue a marked copy. The copy keeps the
/// age of the first print, so that it does not come out when its visitor has long gone.
fn end_uncertain(tx: &Transaction<'_>, job: &Job, reason: Reason, now: Timestamp) -> Result<(), SpoolError> {
    store::set_state(tx, job.id, JobState::Uncertain(reason), false, now)?;
    store::set_left(tx, &job.printer, Left::Torn)?;
    if job.copy + 1 < UNCERTAIN_PRINTS_MAX && !job.closed {
        queue_copy(tx, job, &job.printer, now)?;
    }
    Ok(())
}

/// A marked copy of a paper, for this printer. Gives it the age of the paper.
fn queue_copy(tx: &Transaction<'_>, job: &Job, printer: &str, now: Timestamp) -> Result<(), SpoolError> {
    // An agent makes its one marked copy by itself, perhaps without being heard: that number stays free for it.
    let taken = if job.handing > 0 { AGENTS_COPY } else { 0 };
    let copy = Job {
        id: 0,
        copy: store::last_copy(tx, job)?.max(taken) + 1,
        printer: printer.to_owned(),
        state: JobState::Queued,
        attempts: 0,
        changed_at: now,
        reported: false,
        closed: false,
        ordered_by: None,
        handed_to: None,
        given_up: false,
        ..job.clone()
    };
    store::insert(tx, &copy)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_takes_nothing_is_told_until_it_takes_something() {
        let spool = Spool::in_memory(Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
        let refuse = |refuse: bool| {
            spool.read(|connection| connection.pragma_update(None, "query_only", refuse)).unwrap();
        };
        assert!(!spool.is_failing());
        refuse(true);
        assert!(matches!(spool.accept("hall/north@1", 1, &[]), Err(SpoolError::Store(_))));
        assert!(spool.is_failing());
        refuse(false);
        // A job that is not there says nothing about the file, neither way.
        assert!(matches!(spool.begin(7), Err(SpoolError::Unknown(7))));
        assert!(spool.is_failing());
        spool.accept("hall/north@1", 1, &[]).unwrap();
        assert!(!spool.is_failing());
    }
}
