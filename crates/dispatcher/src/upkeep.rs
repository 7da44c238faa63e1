//! What is done beside answering: forecasts made anew, the journal's log kept short. One thread per process;
//! it must never hold up an answer longer than a read of the state does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use khiw_domain::forecast::Outlook;
use khiw_domain::id::SiteId;
use khiw_journal::Journal;

use crate::hall::Hall;

/// The journal's log is shortened between two batches when it may be longer than this.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What a commit writes to the log besides its records: inner pages, the indexes' pages, the stream's row.
const LOG_BYTES_PER_COMMIT: u64 = 24 * 1024;

/// Log bytes per record, its index entries included; `data` comes on top.
const LOG_BYTES_PER_RECORD: u64 = 256;

/// A forecast ages even when nothing happens: those at the counters go on being served.
const FORECAST_AGE_MAX: Duration = Duration::from_secs(10);

/// Counts appends of all halls of a process, because they share one journal.
#[derive(Debug, Default)]
pub(crate) struct Upkeep {
    appends: AtomicU64,
    /// Estimated length of the journal's log.
    log_bytes: AtomicU64,
}

impl Upkeep {
    /// A batch was stored and answered. Shortens the log when it is long.
    pub fn appended(&self, journal: &dyn Journal, data_bytes: usize) {
        self.appends.fetch_add(1, Ordering::Relaxed);
        let bytes = LOG_BYTES_PER_COMMIT + LOG_BYTES_PER_RECORD + 2 * data_bytes as u64;
        if self.log_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > LOG_BYTES_MAX {
            self.checkpoint(journal);
        }
    }

    pub fn checkpoint(&self, journal: &dyn Journal) {
        self.log_bytes.store(0, Ordering::Relaxed);
        if let Err(error) = journal.checkpoint() {
            tracing::warn!(%error, "the journal's log could not be shortened; it is tried again");
        }
    }

    fn appends(&self) -> u64 {
        self.appends.load(Ordering::Relaxed)
    }
}

/// The process's one helper thread.
pub(crate) struct Caretaker {
    pub journal: Arc<dyn Journal>,
    pub upkeep: Arc<Upkeep>,
    pub every: Duration,
    /// Disconnected: the dispatcher is gone.
    pub gone: Receiver<()>,
    seen_appends: u64,
    tidy_appends: u64,
    forecasts: BTreeMap<SiteId, Made>,
}

struct Made {
    seq: u64,
    when: Instant,
}

impl Caretaker {
    pub fn new(journal: Arc<dyn Journal>, upkeep: Arc<Upkeep>, every: Duration, gone: Receiver<()>) -> Self {
        let forecasts = BTreeMap::new();
        Self { journal, upkeep, every, gone, seen_appends: 0, tidy_appends: 0, forecasts }
    }

    /// `halls` hands out the present halls; none: the dispatcher is gone.
    pub fn run(mut self, halls: impl Fn() -> Option<Vec<Hall>>) {
        while let Some(halls) = halls() {
            for hall in &halls {
                self.forecast(hall);
            }
            drop(halls);
            self.tidy();
            if self.gone.recv_timeout(self.every) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    fn forecast(&mut self, hall: &Hall) {
        let seq = *hall.shared.tail.borrow();
        if let Some(made) = self.forecasts.get(hall.site_id())
            && made.seq == seq
            && made.when.elapsed() < FORECAST_AGE_MAX
        {
            return;
        }
        let now = hall.now();
        // Only the copy is made under the hall's lock; an answer must not wait for the simulation.
        let forecast = hall.read(|site| Outlook::of(site, now)).forecast();
        self.forecasts.insert(hall.site_id().clone(), Made { seq, when: Instant::now() });
        hall.shared.forecast.send_if_modified(|current| {
            let changed = **current != forecast;
            if changed {
                *current = Arc::new(forecast);
            }
            changed
        });
    }

    /// A whole round without an append: nobody waits for the journal.
    fn tidy(&mut self) {
        let appends = self.upkeep.appends();
        if appends == self.seen_appends && appends != self.tidy_appends {
            self.upkeep.checkpoint(&*self.journal);
            self.tidy_appends = appends;
        }
        self.seen_appends = appends;
    }
}
