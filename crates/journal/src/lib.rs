//! The journal: what happened, in order, on disk before anybody is told.
//!
//! This crate owns `journal.db` and the only code that touches it. It stores
//! records, chains them by hash, hands them back, proves that they are whole,
//! and copies them out and in again. It must not know rules of queueing: what a
//! record means is [`khiw_domain`]'s; it is decoded here only to be verified.
//!
//! | you want | look at |
//! |---|---|
//! | the promise every store keeps | [`Journal`], [`Appended`], [`testing::contract`] |
//! | the store on disk | [`SqliteJournal`] |
//! | a store without a disk | [`MemoryJournal`] |
//! | how events become bytes, and old bytes events | [`mod@format`], [`upcast`] |
//! | is it whole? | [`verify()`], [`verify_from_last_sealed_day`] |
//! | copies | [`SqliteJournal::backup`], [`restore`] |
//! | one server per data folder | [`DataFolder`] |

mod chain;
mod error;
pub mod format;
mod journal;
mod lock;
mod memory;
mod record;
mod sqlite;
pub mod testing;
pub mod upcast;
mod verify;

pub use error::JournalError;
pub use journal::{Appended, Checkpoint, Journal};
pub use lock::{DataFolder, DataFolderError};
pub use memory::MemoryJournal;
pub use record::{
    DayMark, FIRST_EPOCH, Head, JournalId, NO_HASH, NewRecord, NumberKey, RECORD_BYTES_MAX, Record, StreamId,
    Tail,
};
pub use sqlite::{Backup, JOURNAL_FILE, Kind, SqliteJournal, restore};
pub use verify::{Report, VerifyError, VerifyFault, verify, verify_from_last_sealed_day};
