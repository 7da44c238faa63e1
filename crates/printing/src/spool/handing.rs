//! Jobs that change hands: the spool of a server gives them to an agent, the spool of an agent takes them in.
//!
//! From the moment a job is handed over it is the agent's: it is printed elsewhere only after the agent gave it back
//! unbegun, or marked as a copy. Each handing has a number, so that a word about an earlier one cannot be taken for a
//! word about this one.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

use super::{KEPT_MAX, LISTED_MAX, Spool, SpoolError, expect_state, first_state, known, queue_copy};
use crate::job::{Job, JobKey, JobState, Reason};
use crate::paper::TicketPaper;
use crate::store::{self, handed};

/// What an agent says came of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub key: JobKey,
    pub handing: u32,
    /// A final one. `Expired`: certainly not a byte of it was sent, nor will be.
    pub state: JobState,
    /// The marked copy that the agent prints after an uncertain end.
    pub copy: Option<u32>,
}

/// A job as it comes to an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    pub key: JobKey,
    pub handing: u32,
    pub ticket: String,
    /// How long it has waited already: its visitor waits no longer because it changed hands.
    pub waited_ms: u64,
    pub paper: TicketPaper,
}

/// At the server.
impl Spool {
    /// Durably notes that a waiting job is given to the agent with this spool; call it before the agent is told.
    pub fn hand(&self, id: i64, to: &str) -> Result<Job, SpoolError> {
        self.write(|tx, now| {
            expect_state(&known(tx, id)?, &[JobState::Queued])?;
            handed::set_handed(tx, id, to, now)?;
            known(tx, id)
        })
    }

    /// The job that is called so.
    pub fn job_of(&self, key: &JobKey) -> Result<Option<Job>, SpoolError> {
        self.read(|connection| handed::by_key(connection, key))
    }

    /// The jobs of this printer that an agent has, oldest first.
    pub fn handed(&self, printer: &str) -> Result<Vec<Job>, SpoolError> {
        self.read(|connection| handed::handed(connection, printer))
    }

    /// Takes in what the agent with the spool `from` says. What was heard before, or is about an earlier handing, changes
    /// nothing; so does what is about no job of this agent. Whether anything changed.
    pub fn hear(&self, from: &str, told: &Told) -> Result<bool, SpoolError> {
        self.write(|tx, now| {
            let Some(job) = handed::by_key(tx, &told.key)? else { return unheard_copy(tx, from, told, now) };
            if job.handed_to.as_deref() != Some(from) || job.handing != told.handing {
                return Ok(false);
            }
            match (job.state, told.state) {
                (JobState::Sending, JobState::Expired) => give_again(tx, &job, now)?,
                (JobState::Sending, state) if state.is_final() => {
                    store::set_state(tx, job.id, state, false, now)?;
                    if let Some(copy) = told.copy {
                        agents_copy(tx, &job, copy, JobState::Sending, now)?;
                    }
                }
                // After all it came out.
                (JobState::Uncertain(_), state @ (JobState::Printed | JobState::Sent)) => {
                    handed::set_known_better(tx, job.id, state, true, now)?;
                }
                (JobState::Uncertain(_), state) if job.given_up && state.is_final() => {
                    hear_of_given_up(tx, &job, told, now)?;
                }
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    /// The agent could not take the job in: it waits again.
    pub fn returned(&self, from: &str, key: &JobKey, handing: u32) -> Result<bool, SpoolError> {
        let told = Told { key: key.clone(), handing, state: JobState::Expired, copy: None };
        self.hear(from, &told)
    }

    /// Gives up on what agents have of this printer's jobs, except on what the agent with the spool `except` has: nobody
    /// knows what comes of them. A marked copy of each is queued for the printer `copy_on`, if one is named. Gives how
    /// many.
    pub fn give_up(
        &self,
        printer: &str,
        except: Option<&str>,
        copy_on: Option<&str>,
    ) -> Result<usize, SpoolError> {
        let lost = |jobs: Vec<Job>| -> Vec<Job> {
            jobs.into_iter().filter(|job| except.is_none() || job.handed_to.as_deref() != except).collect()
        };
        // A look first: nearly always there is none, and a transaction costs a disk write.
        if lost(self.handed(printer)?).is_empty() {
            return Ok(0);
        }
        self.write(|tx, now| {
            let lost = lost(handed::handed(tx, printer)?);
            for job in &lost {
                handed::set_given_up(tx, job.id, now)?;
                if let Some(printer) = copy_on.filter(|_| job.copy == 0 && !job.closed) {
                    queue_copy(tx, job, printer, now)?;
                }
            }
            Ok(lost.len())
        })
    }

    /// The jobs of this printer that were given up and that the agent with the spool `at` may still have: it has not said
    /// since what came of them. Whoever meets it again withdraws them. Oldest first, at most `limit`.
    pub fn given_up(&self, printer: &str, at: &str, limit: usize) -> Result<Vec<Job>, SpoolError> {
        self.read(|connection| handed::given_up(connection, printer, at, limit.min(LISTED_MAX)))
    }
}

/// At the agent.
impl Spool {
    /// Takes in a job for this printer. One that is here already is left alone, unless it was given back before: then it
    /// waits again.
    pub fn receive(&self, printer: &str, given: &Given) -> Result<(), SpoolError> {
        self.write(|tx, now| {
            let waited = SignedDuration::from_millis(i64::try_from(given.waited_ms).unwrap_or(i64::MAX));
            let queued_at = now.checked_sub(waited).unwrap_or(Timestamp::MIN);
            match handed::by_key(tx, &given.key)? {
                None => {
                    store::insert(tx, &received(tx, printer, given, queued_at, now)?)?;
                    store::prune(tx, KEPT_MAX)?;
                }
                Some(job) if job.state == JobState::Expired && job.received != given.handing => {
                    let job = Job { received: given.handing, queued_at, ..job };
                    handed::set_received_again(tx, &job, printer, now)?;
                }
                // Whoever hands a job over does not know what came of it.
                Some(job) => handed::set_received(tx, job.id, given.handing)?,
            }
            Ok(())
        })
    }

    /// The server wants a job back: unless it was begun it expires here. `false`: there is no such job.
    pub fn give_back(&self, key: &JobKey, handing: u32) -> Result<bool, SpoolError> {
        self.write(|tx, now| {
            let Some(job) = handed::by_key(tx, key)?.filter(|job| job.received == handing) else {
                return Ok(false);
            };
            if job.state == JobState::Queued {
                store::set_state(tx, job.id, JobState::Expired, false, now)?;
            }
            Ok(true)
        })
    }

    /// Nobody waits for this job: it and the copies made of it expire here unless they were begun, and no further copy
    /// follows. `false`: there is no such job.
    pub fn withdraw(&self, key: &JobKey, handing: u32) -> Result<bool, SpoolError> {
        self.write(|tx, now| {
            let jobs = handed::with_copies(tx, key, handing)?;
            for job in &jobs {
                match job.state {
                    JobState::Queued => store::set_state(tx, job.id, JobState::Expired, false, now)?,
                    JobState::Sending => handed::set_closed(tx, job.id)?,
                    _ => {}
                }
            }
            Ok(jobs.iter().any(|job| job.copy == key.copy))
        })
    }

    /// Final jobs of this printer of which the server has not confirmed that it knows, oldest first, each with the marked
    /// copy that followed.
    pub fn untold(&self, printer: &str, limit: usize) -> Result<Vec<(i64, Told)>, SpoolError> {
        self.read(|connection| {
            let jobs = handed::untold(connection, printer, limit.min(LISTED_MAX))?;
            let told = |job: Job| {
                let copied = JobKey { copy: job.copy + 1, ..job.key() };
                let uncertain = matches!(job.state, JobState::Uncertain(_));
                let copy = if uncertain { handed::by_key(connection, &copied)? } else { None };
                let copy = copy.map(|copy| copy.copy);
                Ok((job.id, Told { key: job.key(), handing: job.received, state: job.state, copy }))
            };
            jobs.into_iter().map(told).collect()
        })
    }

    /// The server knows durably what came of this job. Gives the job's number here.
    pub fn acknowledged(&self, key: &JobKey, handing: u32) -> Result<Option<i64>, SpoolError> {
        self.write(|tx, _| {
            let found = handed::by_key(tx, key)?;
            let Some(job) = found.filter(|job| job.received == handing && job.state.is_final()) else {
                return Ok(None);
            };
            store::set_reported(tx, job.id)?;
            Ok(Some(job.id))
        })
    }
}

/// It was not begun: its ticket is final by now, or somebody else may print it.
fn give_again(tx: &Transaction<'_>, job: &Job, now: Timestamp) -> Result<(), SpoolError> {
    if job.closed {
        store::set_state(tx, job.id, JobState::Expired, false, now)?;
    } else {
        handed::set_returned(tx, job.id, now)?;
    }
    Ok(())
}

/// An agent that was away too long tells of a job that was given up. What becomes of the paper is by now the business
/// of the copy that follows, if one does: then only the job's own end is set right.
fn hear_of_given_up(tx: &Transaction<'_>, job: &Job, told: &Told, now: Timestamp) -> Result<(), SpoolError> {
    let followed = store::last_copy(tx, job)? > job.copy;
    match told.state {
        // Not a byte was sent, and nothing was printed in its place.
        JobState::Expired if !followed && !job.closed => Ok(handed::set_returned(tx, job.id, now)?),
        JobState::Uncertain(_) => {
            // It was told as that already.
            handed::set_known_better(tx, job.id, told.state, !job.reported, now)?;
            match told.copy {
                // One marked copy is enough: the agent's is taken back, too.
                Some(copy) if followed => {
                    let state = JobState::Uncertain(Reason::Offline);
                    let ended = Job { given_up: true, ..agents(job, copy, state, now) };
                    store::insert(tx, &Job { reported: true, ..ended })?;
                    Ok(())
                }
                Some(copy) => agents_copy(tx, job, copy, JobState::Sending, now),
                // Withdrawn while it was in the printer: the agent makes none.
                None if job.copy == 0 && !followed && !job.closed => queue_copy(tx, job, &job.printer, now),
                None => Ok(()),
            }
        }
        state => Ok(handed::set_known_better(tx, job.id, state, !followed, now)?),
    }
}

/// Notes a marked copy that the agent makes of its job.
fn agents_copy(
    tx: &Transaction<'_>,
    job: &Job,
    copy: u32,
    state: JobState,
    now: Timestamp,
) -> Result<(), SpoolError> {
    store::insert(tx, &agents(job, copy, state, now))?;
    Ok(())
}

fn agents(job: &Job, copy: u32, state: JobState, now: Timestamp) -> Job {
    Job { copy, state, changed_at: now, reported: false, given_up: false, ..job.clone() }
}

/// A copy that is not known here: the agent made it while it was away.
fn unheard_copy(tx: &Transaction<'_>, from: &str, told: &Told, now: Timestamp) -> Result<bool, SpoolError> {
    let first = handed::by_key(tx, &JobKey { copy: 0, ..told.key.clone() })?;
    let own = first.filter(|job| told.key.copy > 0 && job.handed_to.as_deref() == Some(from));
    let Some(first) = own.filter(|_| told.state.is_final()) else { return Ok(false) };
    agents_copy(tx, &first, told.key.copy, told.state, now)?;
    Ok(true)
}

fn received(
    tx: &Transaction<'_>,
    printer: &str,
    given: &Given,
    queued_at: Timestamp,
    now: Timestamp,
) -> Result<Job, SpoolError> {
    Ok(Job {
        id: 0,
        stream: given.key.stream.clone(),
        seq: given.key.seq,
        index: given.key.index,
        copy: given.key.copy,
        printer: printer.to_owned(),
        ticket: given.ticket.clone(),
        paper_json: serde_json::to_string(&given.paper)?,
        state: first_state(tx, printer)?,
        attempts: 0,
        queued_at,
        changed_at: now,
        reported: false,
        closed: false,
        ordered_by: None,
        handing: 0,
        handed_to: None,
        received: given.handing,
        given_up: false,
    })
}
