//! The one writing connection: batches, epochs, checkpoints.
//!
//! Everything that can be refused is refused before `COMMIT`. A failing `COMMIT`
//! is the one place where the outcome is unknown: its frames may lie in the log,
//! unseen now, and come back to life after a crash. [`Writer::settle`] overwrites
//! them before anybody is told how the stream ends.

use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, params};

use super::read;
use crate::chain;
use crate::error::JournalError;
use crate::journal::Appended;
use crate::record::{Head, NewRecord, StreamId, Tail, check_batch};

#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
}

/// Why a batch was not written.
enum Stop {
    Fenced(Head),
    Refused(JournalError),
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self::Refused(error)
    }
}

fn not_written(error: rusqlite::Error) -> JournalError {
    JournalError::store("write a batch", error)
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    pub(super) fn append(&mut self, stream: &StreamId, expected: Tail, records: &[NewRecord]) -> Appended {
        if let Err(error) = self.begin() {
            return Appended::Refused(error);
        }
        match write_batch(&self.connection, stream, expected, records) {
            Ok(head) => match self.commit() {
                Ok(()) => Appended::Durable(head),
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                    self.roll_back();
                    Appended::Refused(not_written(error))
                }
                Err(error) => {
                    self.roll_back();
                    Appended::Unknown(JournalError::store("make a batch durable", error))
                }
            },
            Err(stop) => {
                self.roll_back();
                match stop {
                    Stop::Fenced(head) => Appended::Fenced(head),
                    Stop::Refused(error) => Appended::Refused(error),
                }
            }
        }
    }

    fn begin(&mut self) -> Result<(), JournalError> {
        self.roll_back();
        self.run("BEGIN IMMEDIATE").map_err(not_written)
    }

    fn commit(&mut self) -> Result<(), rusqlite::Error> {
        self.run("COMMIT")
    }

    /// Ends a transaction that must not be committed, if one is open.
    fn roll_back(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.run("ROLLBACK")
        {
            // Not stored all the same: only COMMIT stores. The next call tries again.
            tracing::warn!(%error, "the journal could not roll back");
        }
    }

    fn run(&self, statement: &str) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached(statement)?.execute([]).map(drop)
    }

    /// Commits a change of no meaning, which takes the place of whatever a failed
    /// commit left in the log. When this succeeds the past is final.
    pub(super) fn settle(&mut self) -> Result<(), JournalError> {
        let settle = || {
            self.connection
                .execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'settled'", [])
        };
        settle().map(drop).map_err(|error| JournalError::store("settle a commit of unknown outcome", error))
    }

    pub(super) fn raise_epoch(&mut self, stream: &StreamId, at_least: u32) -> Result<Tail, JournalError> {
        self.begin()?;
        let raised = raise_epoch(&self.connection, stream, at_least)
            .and_then(|tail| self.commit().map(|()| tail).map_err(not_raised));
        self.roll_back();
        raised
    }

    /// A new epoch for every stream, also for those that are not yet known here:
    /// a backup does not know what was begun after it.
    pub(super) fn raise_all_epochs(&mut self, at_least: u32) -> Result<(), JournalError> {
        self.begin()?;
        let raised = raise_all(&self.connection, at_least).and_then(|()| self.commit()).map_err(not_raised);
        self.roll_back();
        raised
    }
}

/// Copies from the log what no reader needs there any more. The log is not emptied on disk: writing over the
/// room it has costs a commit about half the wait that making it longer costs, and the next append does so once all
/// is copied.
pub(super) fn copy_log(connection: &Connection) -> Result<(), JournalError> {
    let columns = |row: &rusqlite::Row<'_>| Ok((row.get::<_, bool>(0)?, row.get(1)?, row.get(2)?));
    let (busy, frames, copied): (bool, i64, i64) = connection
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], columns)
        .map_err(|error| JournalError::store("checkpoint", error))?;
    tracing::debug!(busy, frames, copied, "the journal's log was copied");
    Ok(())
}

fn write_batch(
    connection: &Connection,
    stream: &StreamId,
    expected: Tail,
    records: &[NewRecord],
) -> Result<Head, Stop> {
    let mut head = read::head(connection, stream)?;
    if head.tail != expected {
        return Err(Stop::Fenced(head));
    }
    check_batch(stream, &head, records)?;
    if records.is_empty() {
        return Ok(head);
    }
    let id = stream_row(connection, stream, head.tail.epoch).map_err(not_written)?;
    let mut inserts = Inserts::prepare(connection).map_err(not_written)?;
    for record in records {
        let next = chain::advance(stream, &head, record);
        inserts.record(id, &next, record).map_err(not_written)?;
        inserts.numbers(stream, id, &next, record)?;
        if let Some(day) = record.opens_day {
            connection
                .prepare_cached("INSERT INTO day_mark VALUES (?1, ?2, ?3, ?4)")
                .and_then(|mut insert| {
                    let seq = next.tail.seq.cast_signed();
                    insert.execute(params![id, seq, read::day_to_sql(day), head.hash])
                })
                .map_err(not_written)?;
        }
        head = next;
    }
    Ok(head)
}

/// The stream's row, made by its first record.
fn stream_row(connection: &Connection, stream: &StreamId, epoch: u32) -> Result<i64, rusqlite::Error> {
    let known = connection
        .prepare_cached("SELECT id FROM stream WHERE name = ?1")?
        .query_row([stream.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    connection.execute("INSERT INTO stream (name, epoch) VALUES (?1, ?2)", (stream.as_str(), epoch))?;
    Ok(connection.last_insert_rowid())
}

/// The statements of a batch, looked up once for all its records.
struct Inserts<'c> {
    record: CachedStatement<'c>,
    number: CachedStatement<'c>,
}

impl<'c> Inserts<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self, rusqlite::Error> {
        let record = "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let number =
            "INSERT INTO number (stream, day, series, round, number, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        Ok(Self { record: connection.prepare_cached(record)?, number: connection.prepare_cached(number)? })
    }

    fn record(&mut self, id: i64, next: &Head, record: &NewRecord) -> Result<(), rusqlite::Error> {
        self.record
            .execute(params![
                id,
                next.tail.seq.cast_signed(),
                next.tail.epoch,
                record.at.as_microsecond(),
                record.actor,
                record.command_id,
                record.request_digest,
                record.data,
                next.hash,
            ])
            .map(drop)
    }

    fn numbers(
        &mut self,
        stream: &StreamId,
        id: i64,
        next: &Head,
        record: &NewRecord,
    ) -> Result<(), JournalError> {
        for key in &record.numbers {
            let day = read::day_to_sql(key.day);
            let seq = next.tail.seq.cast_signed();
            let stored = self.number.execute(params![id, day, key.series, key.round, key.number, seq]);
            stored.map_err(|error| match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation) => {
                    JournalError::NumberTaken { stream: stream.clone(), seq: next.tail.seq, key: key.clone() }
                }
                _ => not_written(error),
            })?;
        }
        Ok(())
    }
}

fn not_raised(error: rusqlite::Error) -> JournalError {
    JournalError::store("raise the epoch", error)
}

fn raise_epoch(connection: &Connection, stream: &StreamId, at_least: u32) -> Result<Tail, JournalError> {
    let tail = read::head(connection, stream)?.tail;
    let epoch = at_least.max(tail.epoch + 1);
    connection
        .execute(
            "INSERT INTO stream (name, epoch) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch",
            (stream.as_str(), epoch),
        )
        .map_err(not_raised)?;
    Ok(Tail { epoch, ..tail })
}

fn raise_all(connection: &Connection, at_least: u32) -> Result<(), rusqlite::Error> {
    connection.execute("UPDATE stream SET epoch = max(epoch + 1, ?1)", [at_least])?;
    connection
        .execute(
            "UPDATE meta SET value = (
                SELECT max(CAST(meta.value AS INTEGER) + 1, ?1, coalesce(max(epoch), 0)) FROM stream
             ) WHERE name = 'base_epoch'",
            [at_least],
        )
        .map(drop)
}
