//! Why the journal did not do what was asked. Each error names what it is about;
//! none of them is a panic.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::record::{NumberKey, RECORD_BYTES_MAX, StreamId};

/// Cheap to clone: one failed batch answers many commands.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JournalError {
    /// Disk or database said no.
    #[error("the journal could not {doing}")]
    Store {
        doing: &'static str,
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    #[error("SQLite {found} can corrupt a write-ahead log; at least 3.51.3 is needed")]
    SqliteTooOld { found: &'static str },
    #[error("{stream} #{seq}: number {key} is already taken")]
    NumberTaken { stream: StreamId, seq: u64, key: NumberKey },
    #[error("{stream} #{seq}: time {at} is before the last record's {last}")]
    TimeWentBack { stream: StreamId, seq: u64, at: Timestamp, last: Timestamp },
    #[error("{stream} #{seq}: time {at} is finer than a microsecond")]
    TimeTooFine { stream: StreamId, seq: u64, at: Timestamp },
    #[error("{stream} #{seq}: {bytes} bytes; a record holds at most {RECORD_BYTES_MAX}")]
    RecordTooLarge { stream: StreamId, seq: u64, bytes: usize },
    #[error("{stream} #{seq} cannot be read: {what}")]
    Corrupt { stream: StreamId, seq: u64, what: String },
    #[error("there is no journal at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} is not a journal: {what}", path.display())]
    NotAJournal { path: PathBuf, what: String },
    #[error("{} was written by a newer khiw; install that version or a later one", path.display())]
    NewerVersion { path: PathBuf },
    #[error("{} holds a simulated hall; serve it with --clock, or take another folder", path.display())]
    IsSimulated { path: PathBuf },
    #[error("{} holds real records; a simulated clock needs a folder of its own", path.display())]
    HasRealRecords { path: PathBuf },
    #[error("{} already holds records; restore into an empty folder", path.display())]
    NotEmpty { path: PathBuf },
    #[error("{} exists already and is not overwritten", path.display())]
    TargetExists { path: PathBuf },
    #[error("the backup is not whole, nothing was restored")]
    BackupBroken(#[source] Arc<crate::verify::VerifyError>),
}

impl JournalError {
    /// A failure of the store below, with what was being done.
    pub fn store(doing: &'static str, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Store { doing, source: Arc::new(source) }
    }
}
