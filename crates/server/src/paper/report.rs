//! What came of each paper goes back into its hall as a command, so that the ticket knows its paper.

use std::time::Duration;

use khiw_dispatcher::{Failure, Request};
use khiw_domain::Command;
use khiw_domain::id::{SiteId, TicketId};
use khiw_domain::ticket::Paper;
use khiw_printing::{Job, JobState, Spool, SpoolError};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::in_spool;
use super::office::stream_name;
use crate::metrics;
use crate::state::AppState;

/// The actor of paper in the records.
pub const PAPER_ACTOR: &str = "paper";
/// Jobs reported in one turn.
const TURN_JOBS: usize = 64;
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Counting all jobs reads the whole spool: not at every change.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// Runs until `stopped` turns true.
pub async fn report(app: AppState, spool: Spool, mut stopped: watch::Receiver<bool>) {
    let mut changes = spool.changes();
    let mut counted: Option<Instant> = None;
    while !*stopped.borrow() {
        changes.mark_unchanged();
        let reported = turn(&app, &spool).await;
        if counted.is_none_or(|counted| counted.elapsed() >= COUNT_EVERY) {
            counted = Some(Instant::now());
            if let Ok(counts) = in_spool(&spool, Spool::counts).await {
                metrics::print_jobs(&counts);
            }
        }
        let wait = async {
            match reported {
                Ok(true) => {}
                Ok(false) => {
                    let _ = changes.changed().await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the outcome of a paper is not in the journal yet");
                    sleep(RETRY_AFTER).await;
                }
            }
        };
        tokio::select! {
            () = wait => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Hall(#[from] Failure),
}

/// Reports what is final; whether there was anything.
async fn turn(app: &AppState, spool: &Spool) -> Result<bool, ReportError> {
    let jobs = in_spool(spool, |spool| spool.unreported(TURN_JOBS)).await?;
    for job in &jobs {
        carry_back(app, job).await?;
        let id = job.id;
        in_spool(spool, move |spool| spool.reported(id)).await?;
        metrics::paper_ended(&job.printer, job.state.code());
    }
    Ok(!jobs.is_empty())
}

async fn carry_back(app: &AppState, job: &Job) -> Result<(), Failure> {
    let Some((hall, ticket, paper)) = addressed(app, job) else { return Ok(()) };
    let request = Request {
        command: Command::ReportPaper { ticket, paper, asked: job.seq },
        actor: PAPER_ACTOR.into(),
        command_id: Some(command_id(job)),
        digest: digest(job),
    };
    match hall.send(request).await {
        // Refused: the ticket is of a day that is over. There is nobody to tell.
        Ok(_) | Err(Failure::Refused(_) | Failure::CommandIdReused) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Of a paper that an agent had, a better word may follow: each word has its own.
fn command_id(job: &Job) -> String {
    let id = format!("{}-{}-{}", job.seq, job.index, job.copy);
    if job.handed_to.is_some() { format!("{id}-{}", job.state.code()) } else { id }
}

/// Whose paper it is; none when its hall, or the epoch it was printed in, is gone.
fn addressed(app: &AppState, job: &Job) -> Option<(khiw_dispatcher::Hall, TicketId, Paper)> {
    let name = job.stream.strip_prefix("hall/")?.split('@').next()?;
    let hall = app.dispatcher().hall(&SiteId::parse(name).ok()?)?;
    let current = stream_name(hall.stream().as_str(), hall.position().epoch);
    let paper = match job.state {
        JobState::Queued | JobState::Sending => return None,
        JobState::Printed => Paper::Printed,
        JobState::Sent => Paper::Sent,
        JobState::Failed(_) => Paper::Failed,
        JobState::Uncertain(_) => Paper::Uncertain,
        JobState::Expired => Paper::Expired,
    };
    let ticket = job.ticket.parse().ok().map(TicketId)?;
    (current == job.stream).then_some((hall, ticket, paper))
}

fn digest(job: &Job) -> [u8; 16] {
    let hash = blake3::hash(format!("{} {}", job.ticket, job.state.code()).as_bytes());
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.as_bytes()[..16]);
    digest
}
