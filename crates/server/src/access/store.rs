//! `accounts.db`: tokens, the sessions exchanged for them, and the devices that hold them; secrets hashed only. The
//! only SQL of the server.
//!
//! Checks never touch the disk: a snapshot of what is in force stands in memory, replaced after every change here
//! and, by [`Accounts::refresh`], after a change by another process.

mod devices;
mod sessions;

pub use devices::{Device, DeviceChange, NewDevice, PLACE_LENGTH_MAX, ROTATED_UNUSED_MAX_S};
pub use sessions::{RENEWED_GRACE_S, RENEWED_UNUSED_MAX_S};

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use khiw_domain::id::{CounterId, SiteId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use rusqlite_migration::{M, Migrations};

use self::sessions::SessionInForce;
use super::{Kind, Principal, base32};

/// File of the store inside the data folder.
pub const ACCOUNTS_FILE: &str = "accounts.db";
/// Random bytes of a secret: 200 bits.
const SECRET_BYTES: usize = 25;
/// Sessions of one token: a device that signs in anew at every start must not fill the store. The oldest ends.
pub const SESSIONS_PER_TOKEN_MAX: u32 = 32;
/// Longest label, in characters.
pub const LABEL_LENGTH_MAX: usize = 80;
/// Longest secret that is looked at.
pub const SECRET_LENGTH_MAX: usize = 128;

/// Only ever longer: what an older version wrote is lifted, never edited.
const MIGRATIONS: &[M<'static>] = &[
    M::up(
        "CREATE TABLE token (
        id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, site TEXT NOT NULL,
        counter TEXT, label TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER, revoked INTEGER
    ) STRICT;
    CREATE TABLE session (
        hash BLOB PRIMARY KEY, token TEXT NOT NULL REFERENCES token(id), created INTEGER NOT NULL,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;",
    ),
    M::up(devices::MIGRATION),
];

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("accounts: {0}")]
    Store(#[from] rusqlite::Error),
    #[error("accounts: {0}")]
    Migration(#[from] rusqlite_migration::Error),
    #[error("no randomness: {0}")]
    Randomness(String),
    #[error("a label has at most {LABEL_LENGTH_MAX} characters and no line breaks")]
    Label,
    #[error("only a clerk's token can be bound to a counter")]
    CounterNotForKind,
    #[error("there are no tokens of the kind `{}`", .0.name())]
    NoTokenKind(Kind),
    #[error("there is no token `{0}`")]
    UnknownToken(String),
    #[error("a device has a name of 1 to {LABEL_LENGTH_MAX} characters without line breaks")]
    DeviceName,
    #[error("a device's place has at most {PLACE_LENGTH_MAX} characters and no line breaks")]
    DevicePlace,
    #[error("there is no device `{0}` here")]
    UnknownDevice(String),
    #[error("a site has at most {0} devices")]
    TooManyDevices(u32),
    #[error("token `{0}` is revoked; what else is kept of it cannot be read by this version")]
    RevokedUnread(String),
}

/// What a new token is to be.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub kind: Kind,
    pub site: SiteId,
    /// Binds a clerk's token to one counter.
    pub counter: Option<CounterId>,
    /// For people, e.g. "kiosk by the door". No personal names.
    pub label: String,
}

/// A token as listed: everything but its secret.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TokenEntry {
    pub id: String,
    pub kind: Kind,
    pub site: SiteId,
    pub counter: Option<CounterId>,
    pub label: String,
    pub created: Timestamp,
    pub last_used: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
}

struct InForce {
    principal: Arc<Principal>,
    /// Unix seconds; 0: not yet written down.
    used: AtomicI64,
    /// The same, kept after it is written; 0: never.
    last_used: AtomicI64,
    /// Its present secret has been used: an older one may go.
    present_used: AtomicBool,
}

/// A secret that a newer one replaces.
struct Retiring {
    token: Arc<InForce>,
    expires_s: i64,
}

#[derive(Default)]
struct Snapshot {
    tokens: HashMap<[u8; 32], Arc<InForce>>,
    /// Secrets that hold a while beside the one that replaced them.
    retiring: HashMap<[u8; 32], Retiring>,
    sessions: HashMap<[u8; 32], SessionInForce>,
    devices: HashMap<Arc<str>, Held>,
    /// `PRAGMA data_version` when it was read.
    version: i64,
}

/// A device and the token it holds.
struct Held {
    device: Arc<Device>,
    token: Arc<InForce>,
}

/// The store, shared by all requests.
pub struct Accounts {
    /// One connection; held for a few statements at a time, never by a check.
    connection: Mutex<Connection>,
    in_force: ArcSwap<Snapshot>,
}

impl Accounts {
    /// Opens `FOLDER/accounts.db`, made when it is not there.
    pub fn open(folder: &Path) -> Result<Self, AccountError> {
        let path: PathBuf = folder.join(ACCOUNTS_FILE);
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::with(connection)
    }

    /// A store without a disk, for tests.
    pub fn in_memory() -> Result<Self, AccountError> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(mut connection: Connection) -> Result<Self, AccountError> {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Migrations::from_slice(MIGRATIONS).to_latest(&mut connection)?;
        let snapshot = read_snapshot(&connection, &Snapshot::default())?;
        Ok(Self { connection: Mutex::new(connection), in_force: ArcSwap::from_pointee(snapshot) })
    }

    /// Makes a token. The secret is returned once and kept only as a hash.
    pub fn create_token(&self, new: &NewToken) -> Result<(TokenEntry, String), AccountError> {
        if new.label.chars().count() > LABEL_LENGTH_MAX || new.label.chars().any(char::is_control) {
            return Err(AccountError::Label);
        }
        // What could not be read back must not be written.
        if Kind::parse(new.kind.name()).is_none() {
            return Err(AccountError::NoTokenKind(new.kind));
        }
        if new.counter.is_some() && new.kind != Kind::Clerk {
            return Err(AccountError::CounterNotForKind);
        }
        let made = Made::of(new.kind)?;
        let entry = self.change(|connection| insert_token(connection, new, &made))?;
        Ok((entry, made.secret))
    }

    /// All tokens, newest first; of one site when it is given. One that cannot be read is logged and left out.
    pub fn list(&self, site: Option<&SiteId>) -> Result<Vec<TokenEntry>, AccountError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare(&format!("{SELECT} WHERE ?1 IS NULL OR site = ?1 ORDER BY created DESC, id"))?;
        let rows = statement.query_map([site.map(SiteId::as_str)], |row| Ok(readable(row, entry(row))))?;
        Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
    }

    /// Ends a token and every session exchanged for it. Once revoked it stays so; repeating changes nothing.
    pub fn revoke(&self, id: &str) -> Result<TokenEntry, AccountError> {
        let found = self.change(|connection| {
            connection.execute(
                "UPDATE token SET revoked = coalesce(revoked, ?2) WHERE id = ?1",
                params![id, Timestamp::now().as_second()],
            )?;
            connection.execute("DELETE FROM session WHERE token = ?1", [id])?;
            connection.execute("DELETE FROM retiring WHERE token = ?1", [id])?;
            // A row that cannot be read is ended all the same.
            let read = |row: &rusqlite::Row<'_>| Ok(readable(row, entry(row)));
            Ok(connection.query_row(&format!("{SELECT} WHERE id = ?1"), [id], read).optional()?)
        })?;
        let id = || id.chars().take(80).collect();
        found
            .ok_or_else(|| AccountError::UnknownToken(id()))?
            .ok_or_else(|| AccountError::RevokedUnread(id()))
    }

    /// Who a bearer token belongs to. No disk, no lock.
    pub fn verify(&self, secret: &str) -> Option<Arc<Principal>> {
        if secret.len() > SECRET_LENGTH_MAX {
            return None;
        }
        // A hash of 200 random bits is looked up: how long the look-up takes tells nothing about a secret.
        let (snapshot, hash) = (self.in_force.load(), hash(secret));
        if let Some(held) = snapshot.tokens.get(&hash) {
            held.present_used.store(true, Ordering::Relaxed);
            return Some(held.mark_used());
        }
        let retiring = snapshot.retiring.get(&hash)?;
        (retiring.expires_s > Timestamp::now().as_second()).then(|| retiring.token.mark_used())
    }

    /// Whether the token behind a principal, or the session it came with, still holds; long-lived sockets ask now
    /// and then.
    pub fn is_in_force(&self, principal: &Principal) -> bool {
        let snapshot = self.in_force.load();
        if let Some(session) = &principal.session {
            // Of tokens in force only: see `sessions::read`.
            return snapshot.session_stands(session, Timestamp::now().as_second());
        }
        let own = |held: &&Arc<InForce>| held.principal.id == principal.id;
        principal.kind == Kind::Demo
            || snapshot.tokens.values().find(own).inspect(|held| drop(held.mark_used())).is_some()
    }

    /// Takes over what another process changed, notes when tokens were last used, and lets go of what a newer secret
    /// has replaced.
    pub fn refresh(&self) -> Result<(), AccountError> {
        self.refresh_at(Timestamp::now().as_second())
    }

    fn refresh_at(&self, now_s: i64) -> Result<(), AccountError> {
        let connection = self.lock();
        let in_force = self.in_force.load();
        note_use(&connection, &in_force)?;
        let retired = devices::end_retired(&connection, &in_force, now_s)?;
        let renewed = sessions::end_renewed(&connection, &in_force, now_s)?;
        if !retired && !renewed && data_version(&connection)? == in_force.version {
            return Ok(());
        }
        self.reload(&connection)
    }

    /// All of `make` or nothing; what is in force follows.
    fn change<T>(
        &self,
        make: impl FnOnce(&Connection) -> Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let made = make(&transaction)?;
        let snapshot = read_snapshot(&transaction, &self.in_force.load())?;
        transaction.commit()?;
        self.in_force.store(Arc::new(snapshot));
        Ok(made)
    }

    fn reload(&self, connection: &Connection) -> Result<(), AccountError> {
        let snapshot = read_snapshot(connection, &self.in_force.load())?;
        self.in_force.store(Arc::new(snapshot));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // The connection holds no state that a panic could have left half done: SQLite rolls back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes down when tokens were last used.
fn note_use(connection: &Connection, in_force: &Snapshot) -> Result<(), AccountError> {
    let mut used = Vec::new();
    for held in in_force.tokens.values() {
        match held.used.swap(0, Ordering::Relaxed) {
            0 => {}
            used_s => used.push((&*held.principal.id, used_s)),
        }
    }
    if used.is_empty() {
        return Ok(());
    }
    // One commit for all: a hall has a hundred screens.
    let transaction = connection.unchecked_transaction()?;
    for (id, used_s) in used {
        connection
            // To the minute: a busy kiosk must not write every time somebody looks.
            .prepare_cached("UPDATE token SET used = ?2 WHERE id = ?1 AND coalesce(used, 0) < ?2 - 60")?
            .execute(params![id, used_s])?;
    }
    Ok(transaction.commit()?)
}

impl InForce {
    fn mark_used(&self) -> Arc<Principal> {
        let now_s = Timestamp::now().as_second();
        if self.used.load(Ordering::Relaxed) != now_s {
            self.used.store(now_s, Ordering::Relaxed);
            self.last_used.store(now_s, Ordering::Relaxed);
        }
        Arc::clone(&self.principal)
    }
}

const SELECT: &str = "SELECT id, kind, site, counter, label, created, used, revoked FROM token";

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<TokenEntry> {
    let kind: String = row.get(1)?;
    let site: String = row.get(2)?;
    let counter: Option<String> = row.get(3)?;
    let time = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
        let second: Option<i64> = row.get(column)?;
        Ok(second.and_then(|second| Timestamp::from_second(second).ok()))
    };
    Ok(TokenEntry {
        id: row.get(0)?,
        kind: Kind::parse(&kind).ok_or_else(|| bad_column(1, &kind))?,
        site: SiteId::parse(&site).map_err(|_| bad_column(2, &site))?,
        counter: counter
            .map(|counter| CounterId::parse(&counter).map_err(|_| bad_column(3, &counter)))
            .transpose()?,
        label: row.get(4)?,
        created: time(5)?.unwrap_or_default(),
        last_used: time(6)?,
        revoked: time(7)?,
    })
}

/// None for a row that this version cannot read: one such row must not keep everybody else out.
fn readable<T>(row: &rusqlite::Row<'_>, read: rusqlite::Result<T>) -> Option<T> {
    read.inspect_err(|error| {
        let token: String = row.get(0).unwrap_or_default();
        tracing::warn!(token, %error, "a token cannot be read and is left out");
    })
    .ok()
}

fn bad_column(index: usize, found: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        index,
        rusqlite::types::Type::Text,
        format!("`{found}` is not what this version writes").into(),
    )
}

fn read_snapshot(connection: &Connection, before: &Snapshot) -> Result<Snapshot, AccountError> {
    let version = data_version(connection)?;
    let mut by_id: HashMap<String, Arc<InForce>> = HashMap::new();
    let mut snapshot = Snapshot { version, ..Snapshot::default() };
    let mut tokens = connection.prepare_cached(
        "SELECT id, kind, site, counter, label, created, used, revoked, hash FROM token WHERE revoked IS NULL",
    )?;
    let read = |row: &rusqlite::Row<'_>| Ok((entry(row)?, row.get::<_, [u8; 32]>(8)?));
    for row in tokens.query_map([], |row| Ok(readable(row, read(row))))? {
        let Some((entry, hash)) = row? else { continue };
        let held = before.tokens.get(&hash).map_or_else(|| Arc::new(in_force(&entry)), Arc::clone);
        by_id.insert(entry.id, Arc::clone(&held));
        snapshot.tokens.insert(hash, held);
    }
    sessions::read(connection, before, &by_id, &mut snapshot)?;
    devices::read(connection, &by_id, &mut snapshot)?;
    Ok(snapshot)
}

fn in_force(entry: &TokenEntry) -> InForce {
    InForce {
        principal: Arc::new(Principal {
            id: entry.id.as_str().into(),
            kind: entry.kind,
            site: entry.site.clone(),
            counter: entry.counter.clone(),
            session: None,
        }),
        used: AtomicI64::new(0),
        last_used: AtomicI64::new(entry.last_used.map_or(0, Timestamp::as_second)),
        present_used: AtomicBool::new(false),
    }
}

/// The id and the secret of a token to be.
struct Made {
    id: String,
    secret: String,
}

impl Made {
    fn of(kind: Kind) -> Result<Self, AccountError> {
        Ok(Self { id: format!("{}-{}", kind.name(), random(5)?), secret: new_secret(kind)? })
    }
}

fn new_secret(kind: Kind) -> Result<String, AccountError> {
    Ok(format!("khiw_{}_{}", kind.name(), random(SECRET_BYTES)?))
}

fn insert_token(connection: &Connection, new: &NewToken, made: &Made) -> Result<TokenEntry, AccountError> {
    connection.execute(
        "INSERT INTO token (id, hash, kind, site, counter, label, created)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            made.id,
            hash(&made.secret),
            new.kind.name(),
            new.site.as_str(),
            new.counter.as_ref().map(CounterId::as_str),
            new.label,
            Timestamp::now().as_second()
        ],
    )?;
    Ok(connection.query_row(&format!("{SELECT} WHERE id = ?1"), [&made.id], entry)?)
}

fn data_version(connection: &Connection) -> Result<i64, AccountError> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}

fn hash(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

fn random(bytes: usize) -> Result<String, AccountError> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random).map_err(|error| AccountError::Randomness(error.to_string()))?;
    Ok(base32::encode(&random))
}
