//! The journal on disk: one SQLite file, one writing connection, a few reading
//! ones. Opening, creating and the [`Journal`] face; appending, reading and
//! copying have their own files.

mod append;
mod backup;
mod read;
mod schema;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags};

use crate::error::JournalError;
use crate::journal::{Appended, Checkpoint, Journal};
use crate::lock::DataFolder;
use crate::record::{DayMark, FIRST_EPOCH, Head, JournalId, NewRecord, NumberKey, Record, StreamId, Tail};

pub use backup::{Backup, restore};

use append::Writer;
use read::Readers;

/// The journal's file in a data folder.
pub const JOURNAL_FILE: &str = "journal.db";

/// 3.51.2 and older can corrupt the file when a write-ahead log is reset while
/// another connection checkpoints.
const SQLITE_VERSION_MIN: i32 = 3_051_003;

/// How long a statement waits for another process (`khiw verify`, `khiw backup`).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A log that grew beyond this, because somebody read for long, gives its room back.
const LOG_BYTES_KEPT: u64 = 64 * 1024 * 1024;

/// Prepared statements kept by a connection; more than there are.
const STATEMENTS: usize = 32;

/// Whether a journal's time is the hall's or a simulation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Real,
    Simulated,
}

/// `journal.db`. Serving it needs the [`DataFolder`]; verifying and backing up work
/// beside a running server.
#[derive(Debug)]
pub struct SqliteJournal {
    id: JournalId,
    simulated: bool,
    path: PathBuf,
    readers: Readers,
    writer: Mutex<Writer>,
    /// A commit ended with unknown outcome; see [`Writer::settle`]. Changed only
    /// under the writer's lock.
    unsettled: AtomicBool,
}

impl SqliteJournal {
    /// Opens the data folder's journal, or makes it. A journal without records
    /// takes the kind asked for; one with records must be of that kind.
    pub fn open(folder: &DataFolder, kind: Kind) -> Result<Self, JournalError> {
        let path = folder.path().join(JOURNAL_FILE);
        let made = !path.exists();
        let mut connection = connect(&path, OpenFlags::SQLITE_OPEN_CREATE)?;
        schema::migrate(&mut connection, &path)?;
        let meta = schema::claim(&mut connection, kind, &path)?;
        if made {
            // The folder's entry for the new file has to survive a power cut, too.
            sync_folder(folder.path())?;
        }
        Self::assemble(connection, meta, path)
    }

    /// Opens the journal of a folder, of either kind, to verify or to copy it: also
    /// while a server appends. Refuses a folder without one.
    pub fn open_existing(folder: &Path) -> Result<Self, JournalError> {
        Self::open_backup(&folder.join(JOURNAL_FILE))
    }

    /// Opens a journal under any file name: a backup, to verify it.
    pub fn open_backup(file: &Path) -> Result<Self, JournalError> {
        let path = file.to_owned();
        if !path.is_file() {
            return Err(JournalError::Missing { path });
        }
        let mut connection = connect(&path, OpenFlags::empty())?;
        schema::check_is_journal(&connection, &path)?;
        schema::migrate(&mut connection, &path)?;
        let meta = schema::read_meta(&connection, &path)?;
        Self::assemble(connection, meta, path)
    }

    fn assemble(connection: Connection, meta: schema::Meta, path: PathBuf) -> Result<Self, JournalError> {
        Ok(Self {
            id: meta.id,
            simulated: meta.simulated,
            readers: Readers::open(&path)?,
            path,
            writer: Mutex::new(Writer::new(connection)),
            unsettled: AtomicBool::new(false),
        })
    }

    /// Bytes of the write-ahead log on disk, room that is used again included.
    pub fn wal_bytes(&self) -> u64 {
        let mut wal = self.path.clone().into_os_string();
        wal.push("-wal");
        std::fs::metadata(wal).map_or(0, |file| file.len())
    }

    /// Fences all writers of a stream who expect its present epoch. The new epoch
    /// is at least `at_least`, and always higher than before.
    pub fn raise_epoch(&self, stream: &StreamId, at_least: u32) -> Result<Tail, JournalError> {
        self.writer().raise_epoch(stream, at_least)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A writer that panicked left at worst an open transaction, which the next call rolls back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a commit of unknown outcome nothing is read before its fate is sealed.
    fn settle(&self) -> Result<(), JournalError> {
        if self.unsettled.load(Ordering::Acquire) {
            let mut writer = self.writer();
            writer.settle()?;
            self.unsettled.store(false, Ordering::Release);
        }
        Ok(())
    }
}

impl Journal for SqliteJournal {
    fn id(&self) -> &JournalId {
        &self.id
    }

    fn streams(&self) -> Result<Vec<StreamId>, JournalError> {
        self.readers.with(read::streams)
    }

    fn head(&self, stream: &StreamId) -> Result<Head, JournalError> {
        self.settle()?;
        self.readers.with(|connection| read::head(connection, stream))
    }

    fn append(&self, stream: &StreamId, expected: Tail, records: &[NewRecord]) -> Appended {
        let mut writer = self.writer();
        let appended = writer.append(stream, expected, records);
        if matches!(appended, Appended::Unknown(_)) {
            self.unsettled.store(true, Ordering::Release);
        }
        appended
    }

    fn read(&self, stream: &StreamId, from_seq: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.readers.with(|connection| read::records(connection, stream, from_seq, limit))
    }

    fn read_one(&self, stream: &StreamId, seq: u64) -> Result<Option<Record>, JournalError> {
        self.readers.with(|connection| read::record(connection, stream, seq))
    }

    fn days(&self, stream: &StreamId, newest: usize) -> Result<Vec<DayMark>, JournalError> {
        self.readers.with(|connection| read::days(connection, stream, newest))
    }

    fn number_taken_by(&self, stream: &StreamId, key: &NumberKey) -> Result<Option<u64>, JournalError> {
        self.readers.with(|connection| read::number_taken_by(connection, stream, key))
    }

    fn numbers_taken(
        &self,
        stream: &StreamId,
        day: Option<Date>,
        seqs: RangeInclusive<u64>,
    ) -> Result<u64, JournalError> {
        self.readers.with(|connection| read::numbers_taken(connection, stream, day, &seqs))
    }

    fn checkpoint(&self, how: Checkpoint) -> Result<(), JournalError> {
        match how {
            // A connection of its own: the writer's would hold appends up.
            Checkpoint::Beside => self.readers.with(append::copy_log),
            Checkpoint::Whole => append::copy_log(&self.writer().connection),
        }
    }

    fn simulated(&self) -> bool {
        self.simulated
    }
}

/// A connection with the settings every use needs. `create` is empty or
/// `SQLITE_OPEN_CREATE`.
fn connect(path: &Path, create: OpenFlags) -> Result<Connection, JournalError> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        return Err(JournalError::SqliteTooOld { found: rusqlite::version() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    let store = |error| JournalError::store("open its file", error);
    let connection = Connection::open_with_flags(path, flags).map_err(store)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(store)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection
        .execute_batch(&format!(
            "-- Appends touch the newest pages, readers read on: a larger cache would only be memory.
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA cache_size = -1024;
             PRAGMA journal_size_limit = {LOG_BYTES_KEPT};
             PRAGMA trusted_schema = OFF;"
        ))
        .map_err(|error| not_a_journal(path, error))?;
    Ok(connection)
}

fn not_a_journal(path: &Path, error: rusqlite::Error) -> JournalError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => {
            JournalError::NotAJournal { path: path.to_owned(), what: error.to_string() }
        }
        _ => JournalError::store("open its file", error),
    }
}

/// Makes a created or renamed file's name durable.
fn sync_folder(folder: &Path) -> Result<(), JournalError> {
    if cfg!(unix) {
        std::fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| JournalError::store("sync its folder", error))?;
    }
    Ok(())
}
