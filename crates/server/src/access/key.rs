//! The installation's key, and what is derived from it: a ticket's public token. Nothing derived is stored.

use std::io::Write;
use std::path::{Path, PathBuf};

use khiw_domain::id::{SiteId, TicketId};

use super::base32;

/// File of the key inside the data folder.
pub const KEY_FILE: &str = "key";

const ID_BYTES: usize = 6;
const MAC_BYTES: usize = 16;
const PURPOSE: &str = "khiw 2026 ticket public token";

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: not a key of 32 bytes; restore it from the backup", path.display())]
    Length { path: PathBuf },
    #[error("no randomness: {0}")]
    Randomness(String),
}

/// Signs the public tokens of tickets.
#[derive(Clone)]
pub struct InstallationKey([u8; 32]);

impl InstallationKey {
    /// For tests: a key of one repeated byte.
    pub fn fixed(byte: u8) -> Self {
        Self([byte; 32])
    }

    /// Reads `FOLDER/key`, or makes it (readable by its owner only) when it is not there.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let path = folder.join(KEY_FILE);
        let failed = |source| KeyError::File { path: path.clone(), source };
        match std::fs::read(&path) {
            Ok(bytes) => {
                let key = bytes.try_into().map_err(|_| KeyError::Length { path: path.clone() })?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0_u8; 32];
                getrandom::fill(&mut key).map_err(|error| KeyError::Randomness(error.to_string()))?;
                write_private(&path, &key).map_err(failed)?;
                Ok(Self(key))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// What a visitor's link carries: the ticket's id and a code that only this installation can make.
    pub fn ticket_token(&self, site: &SiteId, ticket: TicketId) -> String {
        let mut bytes = [0_u8; ID_BYTES + MAC_BYTES];
        bytes[..ID_BYTES].copy_from_slice(&ticket.0.to_be_bytes()[8 - ID_BYTES..]);
        bytes[ID_BYTES..].copy_from_slice(&self.code(site, ticket).as_bytes()[..MAC_BYTES]);
        base32::encode(&bytes)
    }

    /// The ticket a token opens at `site`; none for a token that this key did not make for that site.
    pub fn open_ticket_token(&self, site: &SiteId, token: &str) -> Option<TicketId> {
        let bytes: [u8; ID_BYTES + MAC_BYTES] = base32::decode(token)?.try_into().ok()?;
        let mut id = [0_u8; 8];
        id[8 - ID_BYTES..].copy_from_slice(&bytes[..ID_BYTES]);
        let ticket = TicketId(u64::from_be_bytes(id));
        let mut claimed = [0_u8; 32];
        claimed[..MAC_BYTES].copy_from_slice(&bytes[ID_BYTES..]);
        let mut expected = *self.code(site, ticket).as_bytes();
        expected[MAC_BYTES..].fill(0);
        // `blake3::Hash` compares in constant time.
        (blake3::Hash::from(claimed) == blake3::Hash::from(expected)).then_some(ticket)
    }

    fn code(&self, site: &SiteId, ticket: TicketId) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(PURPOSE.as_bytes());
        hasher.update(&[0]);
        hasher.update(site.as_str().as_bytes());
        hasher.update(&[0]);
        hasher.update(&ticket.0.to_be_bytes());
        hasher.finalize()
    }
}

/// Written beside and renamed: a crash leaves either no key or a whole one.
fn write_private(path: &Path, key: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let _ = std::fs::remove_file(&beside);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(key)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str) -> SiteId {
        SiteId::parse(id).expect("an id")
    }

    #[test]
    fn a_token_opens_its_own_ticket_at_its_own_site_only() {
        let key = InstallationKey::fixed(7);
        let token = key.ticket_token(&site("north"), TicketId(81));
        assert_eq!(key.open_ticket_token(&site("north"), &token), Some(TicketId(81)));
        assert_eq!(key.open_ticket_token(&site("south"), &token), None);
        assert_eq!(InstallationKey::fixed(8).open_ticket_token(&site("north"), &token), None);
    }

    #[test]
    fn a_token_with_one_letter_changed_opens_nothing() {
        let key = InstallationKey::fixed(7);
        let token = key.ticket_token(&site("north"), TicketId(81));
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'a' { b'b' } else { b'a' };
            let other = String::from_utf8(other).expect("ascii");
            assert_eq!(key.open_ticket_token(&site("north"), &other), None, "{other}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = InstallationKey::open(folder.path()).expect("made");
        let second = InstallationKey::open(folder.path()).expect("read");
        assert_eq!(first.0, second.0);
        assert_ne!(first.0, [0; 32]);
    }
}
