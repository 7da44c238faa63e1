//! `accounts.db` as another version, or another hand, may leave it. For the tests of accounts alone.

use std::path::Path;

use khiw_server::access::store::ACCOUNTS_FILE;
use rusqlite::Connection;

fn database(folder: &Path) -> Connection {
    Connection::open(folder.join(ACCOUNTS_FILE)).expect("opened")
}

fn count(folder: &Path, of: &str) -> u32 {
    database(folder).query_row(of, [], |row| row.get(0)).expect("counted")
}

pub fn tokens(folder: &Path) -> u32 {
    count(folder, "SELECT count(*) FROM token")
}

pub fn revoked_tokens(folder: &Path) -> u32 {
    count(folder, "SELECT count(*) FROM token WHERE revoked IS NOT NULL")
}

/// Gives a token a kind that this version does not write.
pub fn estrange(folder: &Path, token: &str) {
    let changed = database(folder).execute("UPDATE token SET kind = 'demo' WHERE id = ?1", [token]);
    assert_eq!(changed.expect("changed"), 1);
}

/// Makes a session a minute older than it is.
pub fn age(folder: &Path, secret: &str) {
    let aged = "UPDATE session SET created = created - 60 WHERE hash = ?1";
    let hash = blake3::hash(secret.as_bytes());
    assert_eq!(database(folder).execute(aged, [hash.as_bytes()]).expect("changed"), 1);
}
