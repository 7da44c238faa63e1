//! Reading rows back as records. Every query here runs on a reading connection, so
//! that no reader holds up the writer; `head` also runs inside a batch.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use crate::error::JournalError;
use crate::record::{DayMark, Head, NumberKey, Record, StreamId, Tail};

/// Reading connections. Two pages and a follower rarely read at once; a fourth waits.
const READERS: usize = 3;

#[derive(Debug)]
pub(super) struct Readers {
    connections: Vec<Mutex<Connection>>,
    /// Spreads those who have to wait.
    turn: AtomicUsize,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let open = || {
            let connection = super::connect(path, OpenFlags::empty())?;
            connection
                .execute_batch("PRAGMA query_only = ON")
                .map_err(|error| JournalError::store("open its file", error))?;
            Ok(Mutex::new(connection))
        };
        Ok(Self {
            connections: (0..READERS).map(|_| open()).collect::<Result<_, JournalError>>()?,
            turn: AtomicUsize::new(0),
        })
    }

    /// Reads on a free connection, or waits for one.
    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        for connection in &self.connections {
            match connection.try_lock() {
                Ok(connection) => return read(&connection),
                Err(TryLockError::Poisoned(poisoned)) => return read(&poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % READERS;
        read(&self.connections[turn].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn not_read(error: rusqlite::Error) -> JournalError {
    JournalError::store("read", error)
}

/// `20261122`: a day that a person can read in the table.
pub(super) fn day_to_sql(day: Date) -> i32 {
    i32::from(day.year()) * 10_000 + i32::from(day.month()) * 100 + i32::from(day.day())
}

fn day_from_sql(column: usize, day: i32) -> Result<Date, rusqlite::Error> {
    let part = |number: i32| i8::try_from(number).unwrap_or(0);
    let year = i16::try_from(day / 10_000).unwrap_or(0);
    Date::new(year, part(day / 100 % 100), part(day % 100)).map_err(|error| out_of_range(column, error))
}

fn time_from_sql(column: usize, at_us: i64) -> Result<Timestamp, rusqlite::Error> {
    Timestamp::from_microsecond(at_us).map_err(|error| out_of_range(column, error))
}

fn out_of_range(column: usize, error: jiff::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error))
}

/// A row that is there but makes no sense is corruption; all else is the store's failure.
fn row_error(stream: &StreamId, seq: u64, error: rusqlite::Error) -> JournalError {
    match error {
        error @ rusqlite::Error::SqliteFailure(..) => not_read(error),
        error => JournalError::Corrupt { stream: stream.clone(), seq, what: error.to_string() },
    }
}

pub(super) fn streams(connection: &Connection) -> Result<Vec<StreamId>, JournalError> {
    let read = || {
        connection
            .prepare_cached(
                "SELECT name FROM stream
                 WHERE EXISTS (SELECT 1 FROM record WHERE record.stream = stream.id) ORDER BY name",
            )?
            .query_map([], |row| row.get::<_, String>(0).map(StreamId::new))?
            .collect::<Result<_, rusqlite::Error>>()
    };
    read().map_err(not_read)
}

pub(super) fn head(connection: &Connection, stream: &StreamId) -> Result<Head, JournalError> {
    let known = connection
        .prepare_cached("SELECT id, epoch FROM stream WHERE name = ?1")
        .and_then(|mut select| {
            select.query_row([stream.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()
        })
        .map_err(not_read)?;
    let Some((id, epoch)) = known else {
        return base_epoch(connection).map(Head::empty).map_err(not_read);
    };
    let last = connection
        .prepare_cached("SELECT seq, hash, at_us FROM record WHERE stream = ?1 ORDER BY seq DESC LIMIT 1")
        .and_then(|mut select| {
            select
                .query_row([id], |row| {
                    let tail = Tail { epoch, seq: seq_from(row, 0)? };
                    let at = Some(time_from_sql(2, row.get(2)?)?);
                    Ok(Head { tail, hash: row.get(1)?, at })
                })
                .optional()
        })
        // The seq is not known here; 0 stands for "the last one".
        .map_err(|error| row_error(stream, 0, error))?;
    Ok(last.unwrap_or(Head::empty(epoch)))
}

/// The epoch of streams that have no row yet.
fn base_epoch(connection: &Connection) -> Result<u32, rusqlite::Error> {
    connection
        .prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'base_epoch'")?
        .query_row([], |row| row.get(0))
}

fn seq_from(row: &Row<'_>, column: usize) -> Result<u64, rusqlite::Error> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

pub(super) fn records(
    connection: &Connection,
    stream: &StreamId,
    from_seq: u64,
    limit: usize,
) -> Result<Vec<Record>, JournalError> {
    let mut select = connection
        .prepare_cached(
            "SELECT seq, epoch, at_us, actor, command_id, request_digest, data, hash FROM record
             WHERE stream = (SELECT id FROM stream WHERE name = ?1) AND seq >= ?2
             ORDER BY seq LIMIT ?3",
        )
        .map_err(not_read)?;
    let mut rows = select
        .query(params![stream.as_str(), seq_to_sql(from_seq), limit_to_sql(limit)])
        .map_err(not_read)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(not_read)? {
        let seq = seq_from(row, 0).map_err(not_read)?;
        let record = record_from(stream, seq, row);
        records.push(record.map_err(|error| row_error(stream, seq, error))?);
    }
    Ok(records)
}

fn record_from(stream: &StreamId, seq: u64, row: &Row<'_>) -> Result<Record, rusqlite::Error> {
    Ok(Record {
        stream: stream.clone(),
        seq,
        epoch: row.get(1)?,
        at: time_from_sql(2, row.get(2)?)?,
        actor: row.get(3)?,
        command_id: row.get(4)?,
        request_digest: row.get(5)?,
        data: row.get(6)?,
        hash: row.get(7)?,
    })
}

pub(super) fn record(
    connection: &Connection,
    stream: &StreamId,
    seq: u64,
) -> Result<Option<Record>, JournalError> {
    let found = records(connection, stream, seq, 1)?.pop();
    Ok(found.filter(|record| record.seq == seq))
}

pub(super) fn days(
    connection: &Connection,
    stream: &StreamId,
    newest: usize,
) -> Result<Vec<DayMark>, JournalError> {
    let mut select = connection
        .prepare_cached(
            "SELECT seq, day, sealed_hash FROM day_mark
             WHERE stream = (SELECT id FROM stream WHERE name = ?1)
             ORDER BY seq DESC LIMIT ?2",
        )
        .map_err(not_read)?;
    let mut rows = select.query(params![stream.as_str(), limit_to_sql(newest)]).map_err(not_read)?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next().map_err(not_read)? {
        let seq = seq_from(row, 0).map_err(not_read)?;
        let read = || Ok(DayMark { seq, day: day_from_sql(1, row.get(1)?)?, sealed_hash: row.get(2)? });
        marks.push(read().map_err(|error| row_error(stream, seq, error))?);
    }
    Ok(marks)
}

pub(super) fn number_taken_by(
    connection: &Connection,
    stream: &StreamId,
    key: &NumberKey,
) -> Result<Option<u64>, JournalError> {
    connection
        .prepare_cached(
            "SELECT seq FROM number
             WHERE stream = (SELECT id FROM stream WHERE name = ?1)
               AND day = ?2 AND series = ?3 AND round = ?4 AND number = ?5",
        )
        .and_then(|mut select| {
            let day = day_to_sql(key.day);
            select
                .query_row(params![stream.as_str(), day, key.series, key.round, key.number], |row| {
                    seq_from(row, 0)
                })
                .optional()
        })
        .map_err(not_read)
}

pub(super) fn numbers_taken(
    connection: &Connection,
    stream: &StreamId,
    day: Option<Date>,
    seqs: &RangeInclusive<u64>,
) -> Result<u64, JournalError> {
    // Bounds on the day instead of an OR: the key's order then serves both questions.
    let (first, last) = day.map_or((i32::MIN, i32::MAX), |day| (day_to_sql(day), day_to_sql(day)));
    let (from, through) = (seq_to_sql(*seqs.start()), seq_to_sql(*seqs.end()));
    connection
        .prepare_cached(
            "SELECT count(*) FROM number
             WHERE stream = (SELECT id FROM stream WHERE name = ?1)
               AND day BETWEEN ?2 AND ?3 AND seq BETWEEN ?4 AND ?5",
        )
        .and_then(|mut select| {
            select.query_row(params![stream.as_str(), first, last, from, through], |row| seq_from(row, 0))
        })
        .map_err(not_read)
}

/// SQLite's integers are signed; a seq beyond them selects nothing.
fn seq_to_sql(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn limit_to_sql(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
