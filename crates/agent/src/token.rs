//! The agent's token, in a file, so that no list of processes shows it. Read before each connection: a new token needs no
//! restart. Written whole or not at all, and for its owner alone.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

/// A token is about 60 characters.
const FILE_BYTES_MAX: u64 = 4_096;

#[derive(Debug, Error)]
pub enum TokenError {
    #[error("the token in {file} cannot be read: {error}")]
    Unreadable { file: PathBuf, error: std::io::Error },
    #[error(
        "{0} holds no token: let `khiw device enrol` write it, or put in the last word that `khiw token create --kind agent` \
         printed, and nothing else"
    )]
    NoToken(PathBuf),
    #[error("{0} is there already: name another file, or say --replace to write over it")]
    Exists(PathBuf),
    #[error("{0} is a folder: name a file in it")]
    Folder(PathBuf),
    #[error("the token cannot be written into the folder {folder}: {error}")]
    Unwritable { folder: PathBuf, error: io::Error },
}

/// A file that a token is going to be written into.
#[derive(Debug)]
pub struct TokenFile {
    file: PathBuf,
    replace: bool,
}

impl TokenFile {
    /// Finds out beforehand whether it can be written; leaves nothing.
    pub fn prepare(file: PathBuf, replace: bool) -> Result<Self, TokenError> {
        // As a link that leads nowhere is there, too.
        match std::fs::symlink_metadata(&file) {
            Ok(known) if known.is_dir() => return Err(TokenError::Folder(file)),
            Ok(_) if !replace => return Err(TokenError::Exists(file)),
            _ => {}
        }
        let prepared = Self { file, replace };
        prepared.beside()?;
        Ok(prepared)
    }

    /// Whole, whenever the power fails: a token is given once.
    pub fn write(self, token: &str) -> Result<(), TokenError> {
        let unwritable = |error| self.unwritable(error);
        let mut new = self.beside()?;
        writeln!(new, "{token}").map_err(unwritable)?;
        new.as_file().sync_all().map_err(unwritable)?;
        if self.replace {
            new.persist(&self.file).map_err(|error| unwritable(error.error))?;
        } else if let Err(error) = new.persist_noclobber(&self.file) {
            return Err(match error.error.kind() {
                io::ErrorKind::AlreadyExists => TokenError::Exists(self.file),
                _ => unwritable(error.error),
            });
        }
        // Some file systems cannot do this; the token is there all the same.
        let _ = File::open(self.folder()).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// A file that goes by itself unless it takes the name; nobody else may read it.
    fn beside(&self) -> Result<NamedTempFile, TokenError> {
        let new = tempfile::Builder::new().prefix(".khiw-token-").tempfile_in(self.folder());
        new.map_err(|error| self.unwritable(error))
    }

    fn folder(&self) -> &Path {
        let parent = self.file.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new("."))
    }

    fn unwritable(&self, error: io::Error) -> TokenError {
        TokenError::Unwritable { folder: self.folder().to_owned(), error }
    }
}

/// Whether this can be a token: one word.
pub fn is_sound(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Warns when others of this machine may read the token.
pub fn warn_if_open(file: &Path) {
    if std::fs::metadata(file).is_ok_and(|known| is_open_to_all(&known)) {
        tracing::warn!(file = %file.display(), "everybody on this machine may read the token: chmod o-rwx");
    }
}

pub fn read(file: &Path) -> Result<String, TokenError> {
    let unreadable = |error| TokenError::Unreadable { file: file.to_owned(), error };
    let known = std::fs::metadata(file).map_err(unreadable)?;
    if known.len() > FILE_BYTES_MAX {
        return Err(TokenError::NoToken(file.to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let token = text.trim();
    if is_sound(token) { Ok(token.to_owned()) } else { Err(TokenError::NoToken(file.to_owned())) }
}

#[cfg(unix)]
fn is_open_to_all(known: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    known.permissions().mode() & 0o007 != 0
}

#[cfg(not(unix))]
fn is_open_to_all(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_word_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        assert!(matches!(read(&file), Err(TokenError::Unreadable { .. })));
        std::fs::write(&file, "khiw_agent_abc\n").unwrap();
        assert_eq!(read(&file).unwrap(), "khiw_agent_abc");
        for wrong in ["", "\n", "two words", "token k7 for agent: abc", "ตั๋ว", &"x".repeat(5_000)] {
            std::fs::write(&file, wrong).unwrap();
            assert!(matches!(read(&file), Err(TokenError::NoToken(_))), "{wrong}");
        }
    }
    #[test]
    fn a_token_is_written_whole_for_its_owner_alone_and_over_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        TokenFile::prepare(file.clone(), false).unwrap().write("khiw_first").unwrap();
        assert_eq!(read(&file).unwrap(), "khiw_first");
        assert!(!is_open_to_all(&std::fs::metadata(&file).unwrap()));

        let prepare = |file: &Path| TokenFile::prepare(file.to_owned(), false).unwrap_err();
        assert!(matches!(prepare(&file), TokenError::Exists(_)));
        assert!(matches!(prepare(folder.path()), TokenError::Folder(_)));
        for beyond in [folder.path().join("nowhere/token"), file.join("token")] {
            assert!(matches!(prepare(&beyond), TokenError::Unwritable { .. }), "{}", beyond.display());
        }
        // One that came meanwhile
        let late = folder.path().join("late");
        let prepared = TokenFile::prepare(late.clone(), false).unwrap();
        std::fs::write(&late, "another's").unwrap();
        assert!(matches!(prepared.write("khiw_late"), Err(TokenError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&late).unwrap(), "another's");

        TokenFile::prepare(file.clone(), true).unwrap().write("khiw_second").unwrap();
        assert_eq!(read(&file).unwrap(), "khiw_second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }
}
