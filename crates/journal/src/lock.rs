//! One running khiw per data folder. The lock belongs to the process: it is gone
//! when the process is, however it ended, so there is no stale lock to delete.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const LOCK_FILE: &str = "lock";

/// A data folder held exclusively until dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// Held, never read: the operating system frees the lock with the handle.
    _lock: File,
}

#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    #[error("another khiw serves this folder: {}", path.display())]
    Busy { path: PathBuf },
    #[error("the data folder {} cannot be made", path.display())]
    Create {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the data folder {} cannot be locked", path.display())]
    Lock {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl DataFolder {
    /// Makes the folder when it is missing (readable by its owner only: it will
    /// hold keys) and takes its lock.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, DataFolderError> {
        let path = path.into();
        if let Err(source) = create(&path) {
            return Err(DataFolderError::Create { path, source });
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path.join(LOCK_FILE));
        let lock = match file {
            Ok(lock) => lock,
            Err(source) => return Err(DataFolderError::Lock { path, source }),
        };
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::Busy { path }),
            Err(TryLockError::Error(source)) => Err(DataFolderError::Lock { path, source }),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_is_made() {
        let dir = tempfile::tempdir().unwrap();

        let folder = DataFolder::open(dir.path().join("a/b")).unwrap();

        assert!(folder.path().is_dir());
    }

    #[test]
    fn a_second_holder_is_told_that_another_khiw_serves_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let _first = DataFolder::open(dir.path()).unwrap();

        let error = DataFolder::open(dir.path()).unwrap_err();

        assert!(matches!(error, DataFolderError::Busy { .. }));
        assert!(error.to_string().starts_with("another khiw serves this folder"));
    }

    #[test]
    fn the_folder_is_free_again_when_its_holder_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        drop(DataFolder::open(dir.path()).unwrap());

        assert!(DataFolder::open(dir.path()).is_ok());
    }
}
