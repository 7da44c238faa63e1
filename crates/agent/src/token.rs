//! The agent's token, from a file, so that no list of processes shows it. Read before each connection: a new token needs
//! no restart.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A token is about 60 characters.
const FILE_BYTES_MAX: u64 = 4_096;

#[derive(Debug, Error)]
pub enum TokenError {
    #[error("the token in {file} cannot be read: {error}")]
    Unreadable { file: PathBuf, error: std::io::Error },
    #[error(
        "{0} holds no token: put in the last word that `khiw token create --kind agent` printed, and nothing else"
    )]
    NoToken(PathBuf),
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
    let sound = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if sound { Ok(token.to_owned()) } else { Err(TokenError::NoToken(file.to_owned())) }
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
}
