//! The tables of `journal.db` and how they came to be. A released migration is
//! never changed: add another behind it.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use rusqlite_migration::{M, MigrationDefinitionError, Migrations};

use super::{FIRST_EPOCH, Kind};
use crate::error::JournalError;
use crate::record::JournalId;

const STEPS: &[M<'static>] = &[M::up(
    // `record` is clustered by its position: an append touches one page, a replay
    // reads in order. No index on command ids; the dispatcher rebuilds them.
    // Days are integers like 20261122, times are microseconds since 1970.
    "CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE stream (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        epoch INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE record (
        stream INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        at_us INTEGER NOT NULL,
        actor TEXT NOT NULL,
        command_id TEXT,
        request_digest BLOB NOT NULL,
        data BLOB NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (stream, seq)
    ) STRICT, WITHOUT ROWID;

    -- Tripwire behind the domain's numbering. Series come last in the key: those that are given side by side
    -- then stand side by side, and a commit writes few pages.
    CREATE TABLE number (
        stream INTEGER NOT NULL,
        day INTEGER NOT NULL,
        series TEXT NOT NULL,
        round INTEGER NOT NULL,
        number INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (stream, day, round, number, series)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE day_mark (
        stream INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        day INTEGER NOT NULL,
        sealed_hash BLOB NOT NULL,
        PRIMARY KEY (stream, seq)
    ) STRICT, WITHOUT ROWID;",
)];

const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// What the file says about itself.
pub(super) struct Meta {
    pub id: JournalId,
    pub simulated: bool,
}

pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    use rusqlite_migration::Error;
    MIGRATIONS.to_latest(connection).map_err(|error| match error {
        Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            JournalError::NewerVersion { path: path.to_owned() }
        }
        error => JournalError::store("bring its file up to date", error),
    })
}

/// Refuses somebody else's database before migrations would write into it.
pub(super) fn check_is_journal(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    let tables: i64 = connection
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'stream', 'record')",
            [],
            |row| row.get(0),
        )
        .map_err(|error| super::not_a_journal(path, error))?;
    if tables == 3 {
        return Ok(());
    }
    Err(JournalError::NotAJournal { path: path.to_owned(), what: "its tables are missing".into() })
}

pub(super) fn read_meta(connection: &Connection, path: &Path) -> Result<Meta, JournalError> {
    let wrong = |what: &str| JournalError::NotAJournal { path: path.to_owned(), what: what.into() };
    let id = read_value(connection, "journal")?.ok_or_else(|| wrong("it has no id"))?;
    let id = JournalId::parse(&id).ok_or_else(|| wrong("its id is none"))?;
    let simulated = read_value(connection, "simulated")?.as_deref() == Some("1");
    Ok(Meta { id, simulated })
}

fn read_value(connection: &Connection, name: &str) -> Result<Option<String>, JournalError> {
    connection
        .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
        .optional()
        .map_err(|error| JournalError::store("read what its file says about itself", error))
}

/// Gives a new journal its id and an empty one its kind; refuses the wrong kind.
pub(super) fn claim(connection: &mut Connection, kind: Kind, path: &Path) -> Result<Meta, JournalError> {
    let store = |error| JournalError::store("claim its file", error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
    let used: bool =
        transaction.query_row("SELECT EXISTS (SELECT 1 FROM record)", [], |row| row.get(0)).map_err(store)?;
    if !used {
        let simulated = if kind == Kind::Simulated { "1" } else { "0" };
        transaction
            .execute(
                "INSERT INTO meta (name, value) VALUES
                    ('journal', ?1), ('base_epoch', ?2), ('settled', '0')
                 ON CONFLICT DO NOTHING",
                (JournalId::random()?.as_str(), FIRST_EPOCH.to_string()),
            )
            .map_err(store)?;
        transaction
            .execute("REPLACE INTO meta (name, value) VALUES ('simulated', ?1)", [simulated])
            .map_err(store)?;
    }
    transaction.commit().map_err(store)?;
    let meta = read_meta(connection, path)?;
    match (kind, meta.simulated) {
        (Kind::Real, true) => Err(JournalError::IsSimulated { path: path.to_owned() }),
        (Kind::Simulated, false) => Err(JournalError::HasRealRecords { path: path.to_owned() }),
        _ => Ok(meta),
    }
}
