//! The spool's SQL: the only place in this crate with any.
//!
//! Must not decide which state follows which (see `spool`); every function runs in the caller's
//! transaction.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use rusqlite_migration::{M, Migrations};

use crate::job::{Job, JobState, Reason};

pub(crate) mod handed;

/// Never change one that was released: add another.
const MIGRATIONS: &[M<'_>] = &[
    M::up(
        "CREATE TABLE followed (
         stream TEXT PRIMARY KEY,
         position INTEGER NOT NULL
     ) WITHOUT ROWID;
     CREATE TABLE job (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         stream TEXT NOT NULL,
         seq INTEGER NOT NULL,
         idx INTEGER NOT NULL,
         copy INTEGER NOT NULL,
         printer TEXT NOT NULL,
         ticket TEXT NOT NULL,
         paper TEXT NOT NULL,
         state TEXT NOT NULL,
         reason TEXT,
         attempts INTEGER NOT NULL DEFAULT 0,
         queued_at_ms INTEGER NOT NULL,
         changed_at_ms INTEGER NOT NULL,
         reported INTEGER NOT NULL DEFAULT 0,
         UNIQUE (stream, seq, idx, copy)
     );
     CREATE INDEX job_waiting ON job (printer, id) WHERE state = 'queued';
     CREATE INDEX job_sending ON job (id) WHERE state = 'sending';
     CREATE INDEX job_unreported ON job (id) WHERE reported = 0 AND state NOT IN ('queued', 'sending');
     CREATE INDEX job_ticket ON job (stream, ticket);
     CREATE TABLE printer (
         name TEXT PRIMARY KEY,
         mid_picture INTEGER NOT NULL
     ) WITHOUT ROWID;",
    ),
    M::up(
        "ALTER TABLE job ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE job ADD COLUMN ordered_by TEXT;
     ALTER TABLE printer ADD COLUMN confirms INTEGER NOT NULL DEFAULT 0;",
    ),
    M::up(
        "ALTER TABLE job ADD COLUMN handing INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE job ADD COLUMN handed_to TEXT;
     ALTER TABLE job ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
     CREATE TABLE identity (id TEXT NOT NULL);
     INSERT INTO identity (id) VALUES (lower(hex(randomblob(8))));",
    ),
    M::up(
        "ALTER TABLE job ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;
     CREATE INDEX job_given_up ON job (printer, id) WHERE given_up = 1;",
    ),
];

/// The file has one user; who holds it longer than this is a second Khiw.
const BUSY_MAX: Duration = Duration::from_millis(250);

const COLUMNS: &str = "id, stream, seq, idx, copy, printer, ticket, paper, state, reason, attempts, \
                       queued_at_ms, changed_at_ms, reported, closed, ordered_by, handing, handed_to, received, \
                       given_up";

/// Which jobs to list; `None` is any.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    pub printer: Option<String>,
    /// What the printer's name begins with.
    pub printers: Option<String>,
    pub stream: Option<String>,
    pub ticket: Option<String>,
    /// A state's code.
    pub state: Option<String>,
}

pub(crate) fn prepare(connection: &mut Connection) -> Result<(), rusqlite_migration::Error> {
    connection.busy_timeout(BUSY_MAX)?;
    // Exclusive: a second process would take this one's `sending` for a crash.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Migrations::from_slice(MIGRATIONS).to_latest(connection)
}

pub(crate) fn position(connection: &Connection, stream: &str) -> rusqlite::Result<u64> {
    let sql = "SELECT position FROM followed WHERE stream = ?1";
    let found = connection.prepare_cached(sql)?.query_row([stream], |row| row.get(0)).optional()?;
    Ok(found.map_or(0, i64::cast_unsigned))
}

pub(crate) fn set_position(connection: &Connection, stream: &str, position: u64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO followed (stream, position) VALUES (?1, ?2)
               ON CONFLICT (stream) DO UPDATE SET position = excluded.position";
    connection.prepare_cached(sql)?.execute(params![stream, position.cast_signed()])?;
    Ok(())
}

/// Inserts a job as it stands, without its id; one that is there already stays as it is.
pub(crate) fn insert(connection: &Connection, job: &Job) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO job (stream, seq, idx, copy, printer, ticket, paper, state, reason, queued_at_ms, changed_at_ms, reported, ordered_by, handing, handed_to, received, given_up)
               VALUES (:stream, :seq, :idx, :copy, :printer, :ticket, :paper, :state, :reason, :queued_at, :changed_at, :reported, :ordered_by, :handing, :handed_to, :received, :given_up)
               ON CONFLICT DO NOTHING";
    let inserted = connection.prepare_cached(sql)?.execute(named_params! {
        ":stream": job.stream,
        ":seq": job.seq.cast_signed(),
        ":idx": job.index,
        ":copy": job.copy,
        ":printer": job.printer,
        ":ticket": job.ticket,
        ":paper": job.paper_json,
        ":state": job.state.code(),
        ":reason": job.state.reason().map(Reason::code),
        ":queued_at": job.queued_at.as_millisecond(),
        ":changed_at": job.changed_at.as_millisecond(),
        ":reported": job.reported,
        ":ordered_by": job.ordered_by,
        ":handing": job.handing,
        ":handed_to": job.handed_to,
        ":received": job.received,
        ":given_up": job.given_up,
    })?;
    Ok(inserted == 1)
}

pub(crate) fn job(connection: &Connection, id: i64) -> rusqlite::Result<Option<Job>> {
    let sql = format!("SELECT {COLUMNS} FROM job WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id], read_job).optional()
}

pub(crate) fn oldest_queued(connection: &Connection, printer: &str) -> rusqlite::Result<Option<Job>> {
    let sql =
        format!("SELECT {COLUMNS} FROM job WHERE state = 'queued' AND printer = ?1 ORDER BY id LIMIT 1");
    connection.prepare_cached(&sql)?.query_row([printer], read_job).optional()
}

pub(crate) fn queued_count(connection: &Connection, printer: &str) -> rusqlite::Result<u32> {
    let sql = "SELECT count(*) FROM job WHERE state = 'queued' AND printer = ?1";
    connection.prepare_cached(sql)?.query_row([printer], |row| row.get(0))
}

/// Whether any job waits or is being sent.
pub(crate) fn has_unfinished(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM job WHERE state = 'queued') \
               OR EXISTS (SELECT 1 FROM job WHERE state = 'sending')";
    connection.prepare_cached(sql)?.query_row([], |row| row.get(0))
}

/// Jobs that are being sent from here; what an agent has is its own business.
pub(crate) fn sending(connection: &Connection) -> rusqlite::Result<Vec<Job>> {
    let sql = format!("SELECT {COLUMNS} FROM job WHERE state = 'sending' AND handed_to IS NULL ORDER BY id");
    connection.prepare(&sql)?.query_map([], read_job)?.collect()
}

/// Queued jobs of a printer that have waited since before `before`.
pub(crate) fn queued_before(
    connection: &Connection,
    printer: &str,
    before: Timestamp,
) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE state = 'queued' AND printer = ?1 AND queued_at_ms <= ?2 ORDER BY id"
    );
    connection.prepare_cached(&sql)?.query_map(params![printer, before.as_millisecond()], read_job)?.collect()
}

/// The ticket's waiting jobs that records up to `up_to` asked for.
pub(crate) fn queued_of_ticket(
    connection: &Connection,
    stream: &str,
    ticket: &str,
    up_to: u64,
) -> rusqlite::Result<Vec<i64>> {
    let sql =
        "SELECT id FROM job WHERE stream = ?1 AND ticket = ?2 AND seq <= ?3 AND state = 'queued' ORDER BY id";
    let values = params![stream, ticket, up_to.cast_signed()];
    connection.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect()
}

/// Of the ticket's jobs that records up to `up_to` asked for, those that are being sent get no copy any more, and those
/// that were given up do not wait again.
pub(crate) fn close_sending(
    connection: &Connection,
    stream: &str,
    ticket: &str,
    up_to: u64,
) -> rusqlite::Result<usize> {
    let sql = "UPDATE job SET closed = 1 WHERE stream = ?1 AND ticket = ?2 AND seq <= ?3
               AND (state = 'sending' OR given_up = 1)";
    connection.prepare_cached(sql)?.execute(params![stream, ticket, up_to.cast_signed()])
}

/// The newest job of a ticket.
pub(crate) fn newest_of_ticket(
    connection: &Connection,
    stream: &str,
    ticket: &str,
) -> rusqlite::Result<Option<Job>> {
    let sql = format!("SELECT {COLUMNS} FROM job WHERE stream = ?1 AND ticket = ?2 ORDER BY id DESC LIMIT 1");
    connection.prepare_cached(&sql)?.query_row([stream, ticket], read_job).optional()
}

/// Hands up to `most` waiting jobs of a printer to another one, oldest first.
pub(crate) fn move_queued(
    connection: &Connection,
    from: &str,
    to: &str,
    most: u32,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let sql = "UPDATE job SET printer = ?2, changed_at_ms = ?4 WHERE id IN
               (SELECT id FROM job WHERE state = 'queued' AND printer = ?1 ORDER BY id LIMIT ?3)";
    connection.prepare_cached(sql)?.execute(params![from, to, most, now.as_millisecond()])
}

/// Final jobs nobody has carried back yet, oldest first.
pub(crate) fn unreported(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE reported = 0 AND state NOT IN ('queued', 'sending') ORDER BY id LIMIT ?1"
    );
    connection.prepare_cached(&sql)?.query_map([limit as i64], read_job)?.collect()
}

pub(crate) fn list(connection: &Connection, filter: &JobFilter, limit: usize) -> rusqlite::Result<Vec<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job
         WHERE (:printer IS NULL OR printer = :printer)
           AND (:printers IS NULL OR substr(printer, 1, length(:printers)) = :printers) AND (:stream IS NULL OR stream = :stream)
           AND (:ticket IS NULL OR ticket = :ticket) AND (:state IS NULL OR state = :state)
         ORDER BY id DESC LIMIT :limit"
    );
    let values = named_params! {
        ":printer": filter.printer,
        ":printers": filter.printers,
        ":stream": filter.stream,
        ":ticket": filter.ticket,
        ":state": filter.state,
        ":limit": limit as i64,
    };
    connection.prepare_cached(&sql)?.query_map(values, read_job)?.collect()
}

/// Papers that wait for a printer, or are being sent to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub printer: String,
    pub jobs: u32,
    /// Since when the oldest of them waits.
    pub since: Timestamp,
}

pub(crate) fn waiting(connection: &Connection) -> rusqlite::Result<Vec<Waiting>> {
    let sql = "SELECT printer, count(*), min(queued_at_ms) FROM (
                 SELECT printer, queued_at_ms FROM job WHERE state = 'queued'
                 UNION ALL SELECT printer, queued_at_ms FROM job WHERE state = 'sending')
               GROUP BY printer ORDER BY printer";
    let read =
        |row: &Row<'_>| Ok(Waiting { printer: row.get(0)?, jobs: row.get(1)?, since: read_time(row, 2)? });
    connection.prepare_cached(sql)?.query_map([], read)?.collect()
}

/// The highest position of the stream's jobs; 0 while there is none.
pub(crate) fn last_seq(connection: &Connection, stream: &str) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(max(seq), 0) FROM job WHERE stream = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([stream], |row| row.get::<_, i64>(0))?.cast_unsigned())
}

pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    let sql = "SELECT state, count(*) FROM job GROUP BY state ORDER BY state";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
    connection.prepare_cached(sql)?.query_map([], read)?.collect()
}

/// Moves a job; `attempt` counts one more beginning.
pub(crate) fn set_state(
    connection: &Connection,
    id: i64,
    state: JobState,
    attempt: bool,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let sql =
        "UPDATE job SET state = ?2, reason = ?3, attempts = attempts + ?4, changed_at_ms = ?5 WHERE id = ?1";
    let reason = state.reason().map(Reason::code);
    connection.prepare_cached(sql)?.execute(params![
        id,
        state.code(),
        reason,
        attempt,
        now.as_millisecond()
    ])?;
    Ok(())
}

pub(crate) fn set_reported(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE job SET reported = 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// The highest copy number of a job's key.
pub(crate) fn last_copy(connection: &Connection, job: &Job) -> rusqlite::Result<u32> {
    let sql = "SELECT max(copy) FROM job WHERE stream = ?1 AND seq = ?2 AND idx = ?3";
    let key = params![job.stream, job.seq.cast_signed(), job.index];
    connection.prepare_cached(sql)?.query_row(key, |row| row.get(0))
}

/// How a printer may have been left by its last job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Clean,
    /// It took all bytes and did not confirm, as it never does.
    Unsure,
    /// In the middle of a picture, as far as anybody knows.
    Torn,
}

pub(crate) fn left(connection: &Connection, printer: &str) -> rusqlite::Result<Left> {
    let sql = "SELECT mid_picture FROM printer WHERE name = ?1";
    let found: Option<i64> =
        connection.prepare_cached(sql)?.query_row([printer], |row| row.get(0)).optional()?;
    Ok(match found {
        None | Some(0) => Left::Clean,
        Some(2) => Left::Unsure,
        Some(_) => Left::Torn,
    })
}

pub(crate) fn set_left(connection: &Connection, printer: &str, left: Left) -> rusqlite::Result<()> {
    let sql = "INSERT INTO printer (name, mid_picture) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET mid_picture = excluded.mid_picture";
    let number = match left {
        Left::Clean => 0,
        Left::Torn => 1,
        Left::Unsure => 2,
    };
    connection.prepare_cached(sql)?.execute(params![printer, number])?;
    Ok(())
}

/// Whether the printer ever confirmed a paper.
pub(crate) fn confirms(connection: &Connection, printer: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT confirms FROM printer WHERE name = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([printer], |row| row.get(0)).optional()?.unwrap_or(false))
}

/// The printer confirmed a paper; it was left well.
pub(crate) fn set_confirmed(connection: &Connection, printer: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO printer (name, mid_picture, confirms) VALUES (?1, 0, 1)
               ON CONFLICT (name) DO UPDATE SET mid_picture = 0, confirms = 1";
    connection.prepare_cached(sql)?.execute([printer])?;
    Ok(())
}

/// Deletes reported jobs beyond the newest `kept`.
pub(crate) fn prune(connection: &Connection, kept: u32) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM job WHERE id <= (SELECT max(id) FROM job) - ?1 AND reported = 1";
    connection.prepare_cached(sql)?.execute([kept])
}

fn read_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let ms: i64 = row.get(column)?;
    Timestamp::from_millisecond(ms).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, ms))
}

fn read_job(row: &Row<'_>) -> rusqlite::Result<Job> {
    let time = |column| read_time(row, column);
    Ok(Job {
        id: row.get(0)?,
        stream: row.get(1)?,
        seq: row.get::<_, i64>(2)?.cast_unsigned(),
        index: row.get(3)?,
        copy: row.get(4)?,
        printer: row.get(5)?,
        ticket: row.get(6)?,
        paper_json: row.get(7)?,
        state: read_state(&row.get::<_, String>(8)?, row.get(9)?)
            .ok_or(rusqlite::Error::InvalidColumnType(8, "state".into(), rusqlite::types::Type::Text))?,
        attempts: row.get(10)?,
        queued_at: time(11)?,
        changed_at: time(12)?,
        reported: row.get(13)?,
        closed: row.get(14)?,
        ordered_by: row.get(15)?,
        handing: row.get(16)?,
        handed_to: row.get(17)?,
        received: row.get(18)?,
        given_up: row.get(19)?,
    })
}

fn read_state(code: &str, reason: Option<String>) -> Option<JobState> {
    let reason = reason.and_then(|code| Reason::from_code(&code));
    Some(match code {
        "queued" => JobState::Queued,
        "sending" => JobState::Sending,
        "printed" => JobState::Printed,
        "sent" => JobState::Sent,
        "failed" => JobState::Failed(reason?),
        "uncertain" => JobState::Uncertain(reason?),
        "expired" => JobState::Expired,
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_spool_of_the_first_version_is_read() {
        let mut connection = Connection::open_in_memory().unwrap();
        Migrations::from_slice(&MIGRATIONS[..1]).to_latest(&mut connection).unwrap();
        let sql = "INSERT INTO job (stream, seq, idx, copy, printer, ticket, paper, state, queued_at_ms, changed_at_ms)
                   VALUES ('hall/oss', 7, 0, 0, 'kiosk-1', 't7', '{}', 'queued', 1000, 1000)";
        connection.execute(sql, []).unwrap();
        prepare(&mut connection).unwrap();
        let job = oldest_queued(&connection, "kiosk-1").unwrap().unwrap();
        assert_eq!((job.seq, job.state, job.closed, job.ordered_by), (7, JobState::Queued, false, None));
    }
}
