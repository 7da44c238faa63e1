//! What comes into the spool: papers of new tickets, papers that staff ordered, and papers that belong to no record of
//! a journal. Must not decide what becomes of a job.

use jiff::Timestamp;
use rusqlite::Transaction;

use super::{EVER, KEPT_MAX, Spool, SpoolError, expire, first_state};
use crate::job::{Job, JobState, NewJob, Ordered};
use crate::paper::TicketPaper;
use crate::store::{self, Waiting};

/// What a page of a stream's records means for the spool.
#[derive(Clone, Copy, Debug, Default)]
pub struct Intake<'a> {
    pub jobs: &'a [NewJob],
    /// Carried out after `jobs`.
    pub ordered: &'a [Ordered],
    pub finals: &'a [Final],
}

/// A ticket that is final: what was asked for until then and still waits expires. Papers ordered later are not: the
/// visitor was reinstated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Final {
    /// Position of the record that says so.
    pub seq: u64,
    pub ticket: String,
}

impl Spool {
    /// Takes in what the stream's records up to `position` ask for, in one transaction with the position. What was
    /// taken in before is left alone, so calling again is harmless.
    pub fn take_in(&self, stream: &str, position: u64, intake: &Intake<'_>) -> Result<(), SpoolError> {
        self.write(|tx, now| {
            let reached = store::position(tx, stream)?;
            if position <= reached {
                return Ok(());
            }
            for job in intake.jobs.iter().filter(|job| job.seq > reached) {
                let paper_json = serde_json::to_string(&job.paper)?;
                insert(tx, job_of(stream, (job.seq, job.index), &job.printer, &job.ticket, paper_json, now))?;
            }
            for ordered in intake.ordered.iter().filter(|ordered| ordered.seq > reached) {
                accept_ordered(tx, stream, ordered, now)?;
            }
            for Final { seq, ticket } in intake.finals {
                expire(tx, stream, ticket, *seq, now)?;
            }
            store::set_position(tx, stream, position)?;
            store::prune(tx, KEPT_MAX)?;
            Ok(())
        })
    }

    /// Queues a paper that no record asks for: a test page, a notice. `wish` names it within `stream`; wished for
    /// twice, it is printed once. Gives the job, also the one that was there.
    pub fn wish(
        &self,
        stream: &str,
        wish: &str,
        printer: &str,
        paper: &TicketPaper,
        by: &str,
    ) -> Result<Job, SpoolError> {
        self.write(|tx, now| {
            if let Some(known) = store::newest_of_ticket(tx, stream, wish)? {
                return Ok(known);
            }
            let key = (store::last_seq(tx, stream)? + 1, 0);
            let job = job_of(stream, key, printer, wish, serde_json::to_string(paper)?, now);
            insert(tx, Job { ordered_by: Some(by.to_owned()), ..job })?;
            let made = store::newest_of_ticket(tx, stream, wish)?;
            made.ok_or_else(|| SpoolError::NoPaper(wish.to_owned()))
        })
    }

    /// What waits for each printer; one that nothing waits for is absent.
    pub fn waiting(&self) -> Result<Vec<Waiting>, SpoolError> {
        self.read(store::waiting)
    }
}

/// The ticket's last paper once more, or its first. A waiting one is not printed beside it, and is not reported: what
/// the ticket knows of its paper is now this one's business.
fn accept_ordered(
    tx: &Transaction<'_>,
    stream: &str,
    ordered: &Ordered,
    now: Timestamp,
) -> Result<(), SpoolError> {
    let last = store::newest_of_ticket(tx, stream, &ordered.ticket)?;
    // One that cannot be read is no loss: the facts are at hand.
    let kept = last.and_then(|job| serde_json::from_str::<TicketPaper>(&job.paper_json).ok());
    let reprint = ordered.paper.reprint;
    let paper = TicketPaper { reprint, ..kept.unwrap_or_else(|| ordered.paper.clone()) };
    for waiting in store::queued_of_ticket(tx, stream, &ordered.ticket, EVER)? {
        store::set_state(tx, waiting, JobState::Expired, false, now)?;
        store::set_reported(tx, waiting)?;
    }
    store::close_sending(tx, stream, &ordered.ticket, EVER)?;
    let (key, paper_json) = ((ordered.seq, ordered.index), serde_json::to_string(&paper)?);
    let job = job_of(stream, key, &ordered.printer, &ordered.ticket, paper_json, now);
    insert(tx, Job { ordered_by: Some(ordered.by.clone()), ..job })
}

/// One too many fails at once, and is not lost.
fn insert(tx: &Transaction<'_>, mut job: Job) -> Result<(), SpoolError> {
    job.state = first_state(tx, &job.printer)?;
    store::insert(tx, &job)?;
    Ok(())
}

fn job_of(
    stream: &str,
    (seq, index): (u64, u32),
    printer: &str,
    ticket: &str,
    paper_json: String,
    now: Timestamp,
) -> Job {
    Job {
        id: 0,
        stream: stream.to_owned(),
        seq,
        index,
        copy: 0,
        printer: printer.to_owned(),
        ticket: ticket.to_owned(),
        paper_json,
        state: JobState::Queued,
        attempts: 0,
        queued_at: now,
        changed_at: now,
        reported: false,
        closed: false,
        ordered_by: None,
        handing: 0,
        handed_to: None,
        received: 0,
        given_up: false,
    }
}
