//! Copies of the journal: out while the hall runs, in again on a fresh machine.
//!
//! A restored journal keeps its id and raises its epoch: whoever knew the lost
//! records sees a newer epoch and starts again from a snapshot.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::OpenFlags;

use super::{JOURNAL_FILE, SqliteJournal, connect, sync_folder};
use crate::error::JournalError;
use crate::journal::{Checkpoint, Journal};
use crate::lock::DataFolder;
use crate::record::{Head, StreamId};
use crate::verify::verify;

/// A finished backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub bytes: u64,
    /// How far each stream reaches in it.
    pub heads: Vec<(StreamId, Head)>,
}

impl SqliteJournal {
    /// Writes all that is durable now to a new file, while others append. The file
    /// gets its name when it is whole and on disk; an existing file is not touched.
    ///
    /// Restoring verifies the copy; to know earlier, open it with
    /// [`SqliteJournal::open_backup`] and [`verify`] its streams.
    pub fn backup(&self, to: &Path) -> Result<Backup, JournalError> {
        if to.exists() {
            return Err(JournalError::TargetExists { path: to.to_owned() });
        }
        let partial = with_suffix(to, ".partial");
        let _ = fs::remove_file(&partial);
        let copied = self.copy_to(&partial).and_then(|backup| {
            rename_durably(&partial, to)?;
            Ok(backup)
        });
        if copied.is_err() {
            let _ = fs::remove_file(&partial);
        }
        copied
    }

    fn copy_to(&self, partial: &Path) -> Result<Backup, JournalError> {
        let target = partial.to_str().ok_or_else(|| not_backed_up(unreadable_name()))?;
        // A connection of its own: a long copy takes no reader from the pages. One
        // statement, so one consistent state, however long it takes.
        let source = connect(&self.path, OpenFlags::empty())?;
        source.execute("VACUUM INTO ?1", [target]).map_err(not_backed_up)?;
        drop(source);
        let copy = SqliteJournal::open_backup(partial)?;
        let heads = heads(&copy)?;
        drop(copy);
        // SQLite leaves the syncing of a copy to its caller.
        let bytes = sync_file(partial).map_err(not_backed_up)?;
        Ok(Backup { bytes, heads })
    }
}

/// Makes the folder's journal from a backup: refuses a journal that holds records,
/// verifies every stream, raises every epoch. Gives the restored heads.
///
/// `epoch_at_least` keeps epochs apart when the same backup is restored twice: hand
/// in a number that no earlier restore can have reached (minutes since 1970).
pub fn restore(
    backup: &Path,
    folder: &DataFolder,
    epoch_at_least: u32,
) -> Result<Vec<(StreamId, Head)>, JournalError> {
    let target = folder.path().join(JOURNAL_FILE);
    if target.exists() && !SqliteJournal::open_existing(folder.path())?.streams()?.is_empty() {
        return Err(JournalError::NotEmpty { path: target });
    }
    if !backup.is_file() {
        return Err(JournalError::Missing { path: backup.to_owned() });
    }
    let partial = with_suffix(&target, ".restoring");
    remove_database(&partial);
    let restored = restore_to(backup, &partial, epoch_at_least).and_then(|heads| {
        remove_database(&target);
        rename_durably(&partial, &target)?;
        Ok(heads)
    });
    if restored.is_err() {
        remove_database(&partial);
    }
    restored
}

fn restore_to(
    backup: &Path,
    partial: &Path,
    epoch_at_least: u32,
) -> Result<Vec<(StreamId, Head)>, JournalError> {
    fs::copy(backup, partial).map_err(not_restored)?;
    let copy = SqliteJournal::open_backup(partial)?;
    for stream in copy.streams()? {
        verify(&copy, &stream, 1).map_err(|error| JournalError::BackupBroken(Arc::new(error)))?;
    }
    copy.writer().raise_all_epochs(epoch_at_least)?;
    let heads = heads(&copy)?;
    copy.checkpoint(Checkpoint::Whole)?;
    drop(copy);
    sync_file(partial).map_err(not_restored)?;
    Ok(heads)
}

fn heads(journal: &SqliteJournal) -> Result<Vec<(StreamId, Head)>, JournalError> {
    let head = |stream: StreamId| journal.head(&stream).map(|head| (stream, head));
    journal.streams()?.into_iter().map(head).collect()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The file with its log; none of it need exist.
fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
}

fn sync_file(path: &Path) -> io::Result<u64> {
    let file = fs::OpenOptions::new().read(true).write(true).open(path)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

fn rename_durably(from: &Path, to: &Path) -> Result<(), JournalError> {
    fs::rename(from, to).map_err(|error| JournalError::store("name a copy", error))?;
    match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder),
        _ => sync_folder(Path::new(".")),
    }
}

fn unreadable_name() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "the file's name is not UTF-8")
}

fn not_backed_up(error: impl std::error::Error + Send + Sync + 'static) -> JournalError {
    JournalError::store("write a backup", error)
}

fn not_restored(error: io::Error) -> JournalError {
    JournalError::store("restore a backup", error)
}
