//! A data folder brought to life: lock, journal, clock, dispatcher. Shared by `serve`, `demo`, and by `apply`
//! when no server runs.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use khiw_dispatcher::{Clock, Dispatcher, Options, SimulatedClock, SystemClock};
use khiw_journal::{DataFolder, Journal as _, Kind, SqliteJournal, verify_from_last_sealed_day};

/// Fields drop in this order: the halls stop before the lock is given back.
pub struct OpenFolder {
    pub dispatcher: Dispatcher,
    _lock: DataFolder,
}

/// Locks the folder, opens its journal, verifies the last service day and replays the halls. A simulated clock needs a simulated journal,
/// and the other way round.
pub fn open(path: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<OpenFolder> {
    let lock = DataFolder::open(path)?;
    let kind = if clock.simulated() { Kind::Simulated } else { Kind::Real };
    open_as(lock, kind, clock)
}

/// A simulated hall's time where it stopped: work without its server must not bring real time into it.
fn stopped_clock(journal: &SqliteJournal) -> anyhow::Result<Arc<dyn Clock>> {
    let mut last = None;
    for stream in journal.streams()? {
        last = last.max(journal.head(&stream)?.at);
    }
    Ok(Arc::new(SimulatedClock::new(last.unwrap_or_else(jiff::Timestamp::now), 1.0)))
}

/// As it is: for work that needs no time of its own, such as `apply` without a server.
pub fn open_as_it_is(path: &Path) -> anyhow::Result<OpenFolder> {
    let lock = DataFolder::open(path)?;
    let there = path.join(khiw_journal::JOURNAL_FILE).exists();
    let journal = if there { Some(SqliteJournal::open_existing(path)?) } else { None };
    match journal.filter(khiw_journal::Journal::simulated) {
        Some(journal) => open_as(lock, Kind::Simulated, stopped_clock(&journal)?),
        None => open_as(lock, Kind::Real, Arc::new(SystemClock::new())),
    }
}

fn open_as(lock: DataFolder, kind: Kind, clock: Arc<dyn Clock>) -> anyhow::Result<OpenFolder> {
    let journal = SqliteJournal::open(&lock, kind)
        .with_context(|| format!("cannot use the data folder {}", lock.path().display()))?;
    for stream in journal.streams()? {
        verify_from_last_sealed_day(&journal, &stream)
            .context("the journal is not what was written; `khiw verify` tells more")?;
    }
    let dispatcher = Dispatcher::start(Arc::new(journal), clock, Options::default())?;
    Ok(OpenFolder { dispatcher, _lock: lock })
}
