//! The promise every store keeps. What it means in detail is written as tests in
//! [`crate::testing::contract`]: a new store passes that suite.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::civil::Date;

use crate::error::JournalError;
use crate::record::{DayMark, Head, JournalId, NewRecord, NumberKey, Record, StreamId, Tail};

/// What became of a batch. Only `Durable` may be answered as done.
#[derive(Clone, Debug)]
#[must_use = "nothing may be answered before the outcome is known"]
pub enum Appended {
    /// On disk, all of it; the head is the batch's last record.
    Durable(Head),
    /// The stream does not end where the caller thought: another writer or a
    /// restore came between. Nothing was stored; the head is where it ends.
    Fenced(Head),
    /// Certainly not stored, none of it.
    Refused(JournalError),
    /// May be stored, as a whole or not at all: ask [`Journal::head`] before
    /// anybody is answered.
    Unknown(JournalError),
}

/// How a store's log is copied to where it belongs, so that its room can be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// As much as can be copied while others append: the bulk of a long log. Holds up no append.
    Beside,
    /// All of it: the log begins anew, in the room it has. Holds appends up while it copies, so it is
    /// called between two batches, or when nothing happens.
    Whole,
}

/// Streams of records that only grow. All calls block; none needs a runtime.
pub trait Journal: Send + Sync {
    fn id(&self) -> &JournalId;

    /// All streams with at least one record, by name.
    fn streams(&self) -> Result<Vec<StreamId>, JournalError>;

    /// Where the stream ends; an unknown stream is an empty one. After
    /// [`Appended::Unknown`] the answer is final: what this head does not
    /// contain will not appear later.
    fn head(&self, stream: &StreamId) -> Result<Head, JournalError>;

    /// Stores the batch behind `expected` in one durable commit, or nothing of
    /// it. An empty batch stores nothing and says where the stream ends.
    fn append(&self, stream: &StreamId, expected: Tail, records: &[NewRecord]) -> Appended;

    /// At most `limit` records from `from_seq` on, in order. Never holds up an append.
    fn read(&self, stream: &StreamId, from_seq: u64, limit: usize) -> Result<Vec<Record>, JournalError>;

    fn read_one(&self, stream: &StreamId, seq: u64) -> Result<Option<Record>, JournalError>;

    /// The `newest` service days, newest first.
    fn days(&self, stream: &StreamId, newest: usize) -> Result<Vec<DayMark>, JournalError>;

    /// The record that took this number, by the tripwire table.
    fn number_taken_by(&self, stream: &StreamId, key: &NumberKey) -> Result<Option<u64>, JournalError>;

    /// How many numbers the tripwire table holds for these records; of one
    /// service day (quick) or of all (reads the stream's whole table).
    fn numbers_taken(
        &self,
        stream: &StreamId,
        day: Option<Date>,
        seqs: RangeInclusive<u64>,
    ) -> Result<u64, JournalError>;

    /// Tidies the store.
    fn checkpoint(&self, how: Checkpoint) -> Result<(), JournalError>;

    /// The journal was made by a simulated clock; its records are no evidence.
    fn simulated(&self) -> bool;
}

/// A shared journal is a journal: tests restart a dispatcher on the same store.
impl<J: Journal + ?Sized> Journal for Arc<J> {
    fn id(&self) -> &JournalId {
        (**self).id()
    }

    fn streams(&self) -> Result<Vec<StreamId>, JournalError> {
        (**self).streams()
    }

    fn head(&self, stream: &StreamId) -> Result<Head, JournalError> {
        (**self).head(stream)
    }

    fn append(&self, stream: &StreamId, expected: Tail, records: &[NewRecord]) -> Appended {
        (**self).append(stream, expected, records)
    }

    fn read(&self, stream: &StreamId, from_seq: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        (**self).read(stream, from_seq, limit)
    }

    fn read_one(&self, stream: &StreamId, seq: u64) -> Result<Option<Record>, JournalError> {
        (**self).read_one(stream, seq)
    }

    fn days(&self, stream: &StreamId, newest: usize) -> Result<Vec<DayMark>, JournalError> {
        (**self).days(stream, newest)
    }

    fn number_taken_by(&self, stream: &StreamId, key: &NumberKey) -> Result<Option<u64>, JournalError> {
        (**self).number_taken_by(stream, key)
    }

    fn numbers_taken(
        &self,
        stream: &StreamId,
        day: Option<Date>,
        seqs: RangeInclusive<u64>,
    ) -> Result<u64, JournalError> {
        (**self).numbers_taken(stream, day, seqs)
    }

    fn checkpoint(&self, how: Checkpoint) -> Result<(), JournalError> {
        (**self).checkpoint(how)
    }

    fn simulated(&self) -> bool {
        (**self).simulated()
    }
}
