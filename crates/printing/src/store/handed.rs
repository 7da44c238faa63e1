//! The SQL of jobs that are handed to an agent, and of those an agent has received.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::{COLUMNS, read_job};
use crate::job::{Job, JobKey, JobState, Reason};

pub(crate) fn identity(connection: &Connection) -> rusqlite::Result<String> {
    connection.query_row("SELECT id FROM identity", [], |row| row.get(0))
}

pub(crate) fn by_key(connection: &Connection, key: &JobKey) -> rusqlite::Result<Option<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE stream = :stream AND seq = :seq AND idx = :index AND copy = :copy"
    );
    let values = named_params! {
        ":stream": key.stream,
        ":seq": key.seq.cast_signed(),
        ":index": key.index,
        ":copy": key.copy,
    };
    connection.prepare_cached(&sql)?.query_row(values, read_job).optional()
}

/// Jobs of a printer that an agent has, oldest first.
pub(crate) fn handed(connection: &Connection, printer: &str) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job
         WHERE state = 'sending' AND handed_to IS NOT NULL AND printer = ?1 ORDER BY id"
    );
    connection.prepare_cached(&sql)?.query_map([printer], read_job)?.collect()
}

/// The job is this agent's from now on.
pub(crate) fn set_handed(connection: &Connection, id: i64, to: &str, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE job SET state = 'sending', reason = NULL, attempts = attempts + 1,
               handing = handing + 1, handed_to = ?2, changed_at_ms = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, to, now.as_millisecond()])?;
    Ok(())
}

/// The job is nobody's any more, and waits again.
pub(crate) fn set_returned(connection: &Connection, id: i64, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE job SET state = 'queued', reason = NULL, handed_to = NULL, given_up = 0, reported = 0,
               changed_at_ms = ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, now.as_millisecond()])?;
    Ok(())
}

/// Nobody knows what comes of it until its agent is back.
pub(crate) fn set_given_up(connection: &Connection, id: i64, now: Timestamp) -> rusqlite::Result<()> {
    let sql =
        "UPDATE job SET state = 'uncertain', reason = ?2, given_up = 1, changed_at_ms = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, Reason::Offline.code(), now.as_millisecond()])?;
    Ok(())
}

/// Jobs of a printer that were given up, and of which the agent with the spool `at` has not told since, oldest first.
pub(crate) fn given_up(
    connection: &Connection,
    printer: &str,
    at: &str,
    limit: usize,
) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE given_up = 1 AND printer = ?1 AND handed_to = ?2 ORDER BY id LIMIT ?3"
    );
    connection.prepare_cached(&sql)?.query_map(params![printer, at, limit as i64], read_job)?.collect()
}

/// At an agent: a job that came by this handing, and the copies it makes of it.
pub(crate) fn with_copies(
    connection: &Connection,
    key: &JobKey,
    received: u32,
) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE stream = ?1 AND seq = ?2 AND idx = ?3 AND copy >= ?4 AND received = ?5"
    );
    let values = params![key.stream, key.seq.cast_signed(), key.index, key.copy, received];
    connection.prepare_cached(&sql)?.query_map(values, read_job)?.collect()
}

pub(crate) fn set_closed(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE job SET closed = 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// A better word on a job that was final already. `report`: it is carried back once more.
pub(crate) fn set_known_better(
    connection: &Connection,
    id: i64,
    state: JobState,
    report: bool,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql = "UPDATE job SET state = ?2, reason = ?3, given_up = 0, reported = ?4, changed_at_ms = ?5
               WHERE id = ?1";
    let reason = state.reason().map(Reason::code);
    connection.prepare_cached(sql)?.execute(params![
        id,
        state.code(),
        reason,
        !report,
        now.as_millisecond()
    ])?;
    Ok(())
}

/// A job that was given back comes again, perhaps for another printer.
pub(crate) fn set_received_again(
    connection: &Connection,
    job: &Job,
    printer: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql =
        "UPDATE job SET state = 'queued', reason = NULL, printer = ?2, queued_at_ms = ?3, received = ?4,
               reported = 0, closed = 0, changed_at_ms = ?5 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        job.id,
        printer,
        job.queued_at.as_millisecond(),
        job.received,
        now.as_millisecond()
    ])?;
    Ok(())
}

/// The job was handed over once more; what is known of it is told once more.
pub(crate) fn set_received(connection: &Connection, id: i64, handing: u32) -> rusqlite::Result<()> {
    let sql = "UPDATE job SET received = ?2, reported = 0 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, handing])?;
    Ok(())
}

/// Final jobs of a printer nobody has been told of, oldest first.
pub(crate) fn untold(connection: &Connection, printer: &str, limit: usize) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE reported = 0 AND state NOT IN ('queued', 'sending') AND printer = ?1
         ORDER BY id LIMIT ?2"
    );
    connection.prepare_cached(&sql)?.query_map(params![printer, limit as i64], read_job)?.collect()
}
