//! Following a hall's journal from a remembered position: paper, reports, later other machines. A follower that
//! was away catches up by reading the journal, one that keeps up is handed what is in memory; none can hold up
//! the hall.

use std::sync::{Arc, PoisonError};

use khiw_journal::{JournalError, StreamId};
use tokio::sync::watch;
use tokio::task;

use crate::hall::{Committed, Hall, Standing};
use crate::replay::{ReplayError, decode};

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The follower knows more than the journal: a backup was restored. It has to start anew.
    #[error("{stream} ends with #{tail}, the follower is at #{next_seq}")]
    BeyondHead { stream: StreamId, next_seq: u64, tail: u64 },
    #[error("the journal cannot be followed")]
    Replay(#[from] ReplayError),
    /// The hall has stopped and everything was read.
    #[error("the hall has stopped")]
    Stopped,
}

impl From<JournalError> for FollowError {
    fn from(error: JournalError) -> Self {
        Self::Replay(error.into())
    }
}

/// Reads a hall's records in order, each once. It keeps no position over a restart: the owner does.
pub struct Follower {
    hall: Hall,
    tail: watch::Receiver<u64>,
    next_seq: u64,
}

impl Follower {
    /// The first record read is `from_seq`; 0 and 1 both mean the first of all.
    pub fn new(hall: &Hall, from_seq: u64) -> Self {
        Self { hall: hall.clone(), tail: hall.tail(), next_seq: from_seq.max(1) }
    }

    /// The record that comes next.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// The next records: at least one, at most `limit` (0 counts as 1). Waits when there is none yet. Reads on a
    /// blocking thread, so it needs a tokio runtime. Dropping the future loses nothing.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Committed>, FollowError> {
        loop {
            let stopped = self.hall.standing() == Standing::Stopped;
            let tail = *self.tail.borrow_and_update();
            if self.next_seq > tail + 1 {
                let stream = self.hall.stream().clone();
                return Err(FollowError::BeyondHead { stream, next_seq: self.next_seq, tail });
            }
            if self.next_seq <= tail {
                let (hall, from) = (self.hall.clone(), self.next_seq);
                let limit = limit.clamp(1, usize::try_from(tail - from + 1).unwrap_or(usize::MAX));
                let recent =
                    hall.shared.recent.lock().unwrap_or_else(PoisonError::into_inner).page(from, limit);
                let page = match recent {
                    Some(page) => page,
                    None => task::spawn_blocking(move || read(&hall, from, limit))
                        .await
                        .map_err(|_| FollowError::Stopped)??,
                };
                self.next_seq += page.len() as u64;
                return Ok(page);
            }
            if stopped || self.tail.changed().await.is_err() {
                return Err(FollowError::Stopped);
            }
        }
    }
}

fn read(hall: &Hall, from: u64, limit: usize) -> Result<Vec<Committed>, FollowError> {
    let records = hall.journal().read(hall.stream(), from, limit)?;
    if records.first().is_none_or(|first| first.seq != from) {
        return Err(ReplayError::Missing { stream: hall.stream().clone(), seq: from }.into());
    }
    let followed = records.into_iter().map(|record| {
        let events = Arc::from(decode(&record)?);
        let (seq, epoch, at, actor) = (record.seq, record.epoch, record.at, record.actor);
        Ok(Committed { seq, epoch, at, actor, events })
    });
    followed.collect()
}
