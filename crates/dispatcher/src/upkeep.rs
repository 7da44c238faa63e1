//! What is done beside answering: forecasts made anew, the journal's log kept short. One thread per process;
//! it must never hold up an answer longer than a read of the state does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use khiw_domain::forecast::Outlook;
use khiw_domain::id::SiteId;
use khiw_journal::{Checkpoint, Journal, NewRecord};

use crate::hall::Hall;

/// When the journal's log may be longer than this, the caretaker copies it beside the work; the writer then copies the
/// little that is left, between two batches, and the log begins anew. Short, so that the log's room on disk is written
/// over again and again.
const LOG_BYTES_COPIED: u64 = 6 * 1024 * 1024;

/// At this length the writer copies it all the same: the caretaker is late.
const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// How often the caretaker copies. The second time there is only what came during the first: what is left for the
/// writer, while everybody waits, is then some records and not some thousand.
const COPIES: usize = 2;

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
    /// The caretaker has copied nearly all of the log.
    nearly_copied: AtomicBool,
    /// Where the caretaker is asked; none: it was sent home.
    caretaker: Mutex<Option<SyncSender<()>>>,
}

impl Upkeep {
    /// With the place where the caretaker hears that the log is long.
    pub fn asking(caretaker: SyncSender<()>) -> Self {
        Self { caretaker: Mutex::new(Some(caretaker)), ..Self::default() }
    }

    /// A batch was stored and answered. Shortens the log when it is long.
    pub fn appended(&self, journal: &dyn Journal, records: &[NewRecord]) {
        self.appends.fetch_add(1, Ordering::Relaxed);
        let of = |record: &NewRecord| LOG_BYTES_PER_RECORD + record.data.len() as u64;
        let bytes = LOG_BYTES_PER_COMMIT + records.iter().map(of).sum::<u64>();
        let before = self.log_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > LOG_BYTES_MAX || self.nearly_copied.load(Ordering::Relaxed) {
            self.checkpoint(journal);
        } else if before <= LOG_BYTES_COPIED && before + bytes > LOG_BYTES_COPIED {
            self.ask_caretaker();
        }
    }

    pub fn checkpoint(&self, journal: &dyn Journal) {
        self.log_bytes.store(0, Ordering::Relaxed);
        self.nearly_copied.store(false, Ordering::Relaxed);
        copy_log(journal, Checkpoint::Whole);
    }

    /// The caretaker was asked.
    fn copy_beside(&self, journal: &dyn Journal) {
        for _ in 0..COPIES {
            copy_log(journal, Checkpoint::Beside);
        }
        // The writer was quicker: the log is short already, and has nothing to be finished.
        let long = self.log_bytes.load(Ordering::Relaxed) > LOG_BYTES_COPIED;
        self.nearly_copied.store(long, Ordering::Relaxed);
    }

    /// The caretaker goes home: nobody asks any more.
    pub fn send_home(&self) {
        self.caretaker.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn ask_caretaker(&self) {
        if let Some(caretaker) = &*self.caretaker.lock().unwrap_or_else(PoisonError::into_inner) {
            // Full: it was asked already.
            let _ = caretaker.try_send(());
        }
    }

    fn appends(&self) -> u64 {
        self.appends.load(Ordering::Relaxed)
    }
}

fn copy_log(journal: &dyn Journal, how: Checkpoint) {
    if let Err(error) = journal.checkpoint(how) {
        tracing::warn!(%error, "the journal's log could not be copied; it is tried again");
    }
}

/// The process's one helper thread.
pub(crate) struct Caretaker {
    pub journal: Arc<dyn Journal>,
    pub upkeep: Arc<Upkeep>,
    pub every: Duration,
    /// The log is long. Disconnected: the dispatcher is gone.
    pub asked: Receiver<()>,
    seen_appends: u64,
    tidy_appends: u64,
    forecasts: BTreeMap<SiteId, Made>,
}

struct Made {
    seq: u64,
    when: Instant,
}

impl Caretaker {
    pub fn new(journal: Arc<dyn Journal>, upkeep: Arc<Upkeep>, every: Duration, asked: Receiver<()>) -> Self {
        let forecasts = BTreeMap::new();
        Self { journal, upkeep, every, asked, seen_appends: 0, tidy_appends: 0, forecasts }
    }

    /// `halls` hands out the present halls; none: the dispatcher is gone.
    pub fn run(mut self, halls: impl Fn() -> Option<Vec<Hall>>) {
        while let Some(halls) = halls() {
            for hall in &halls {
                self.forecast(hall);
            }
            drop(halls);
            self.tidy();
            if !self.rest() {
                return;
            }
        }
    }

    /// Until the next round, copying the log when asked. False: there is none.
    fn rest(&self) -> bool {
        let until = Instant::now() + self.every;
        loop {
            match self.asked.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(()) => self.upkeep.copy_beside(&*self.journal),
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use Checkpoint::{Beside, Whole};
    use khiw_journal::MemoryJournal;
    use khiw_journal::testing::{FaultyJournal, record_at};

    use super::*;

    /// A journal, its upkeep, and where the caretaker is asked.
    fn upkeep() -> (FaultyJournal<MemoryJournal>, Upkeep, Receiver<()>) {
        let (ask, asked) = sync_channel(1);
        (FaultyJournal::new(MemoryJournal::new()), Upkeep::asking(ask), asked)
    }

    /// Appends batches until the log is longer than `bytes`.
    fn grow(upkeep: &Upkeep, journal: &dyn Journal, bytes: u64) {
        let records = vec![record_at("2026-11-02T09:00:00+07:00"); 64];
        while upkeep.log_bytes.load(Ordering::Relaxed) <= bytes {
            upkeep.appended(journal, &records);
        }
    }

    #[test]
    fn a_long_log_is_copied_beside_the_work_and_only_the_rest_between_two_batches() {
        let (journal, upkeep, asked) = upkeep();
        grow(&upkeep, &journal, LOG_BYTES_COPIED);
        assert_eq!(asked.try_recv(), Ok(()), "the caretaker is asked");
        assert_eq!(journal.take_checkpoints(), []);

        upkeep.copy_beside(&journal);
        assert_eq!(journal.take_checkpoints(), [Beside, Beside]);

        grow(&upkeep, &journal, LOG_BYTES_COPIED / 2);
        upkeep.appended(&journal, &[record_at("2026-11-02T09:00:00+07:00")]);
        assert_eq!(journal.take_checkpoints(), [Whole], "once, and then the log is short");
        grow(&upkeep, &journal, LOG_BYTES_COPIED / 2);
        assert_eq!(journal.take_checkpoints(), []);
    }

    #[test]
    fn a_writer_whose_caretaker_is_late_copies_all_itself_and_is_not_asked_to_again() {
        let (journal, upkeep, asked) = upkeep();
        grow(&upkeep, &journal, LOG_BYTES_COPIED);
        while journal.take_checkpoints().is_empty() {
            upkeep.appended(&journal, &[record_at("2026-11-02T09:00:00+07:00")]);
        }
        assert_eq!(asked.try_recv(), Ok(()), "the caretaker was asked, and comes now");
        upkeep.copy_beside(&journal);
        assert_eq!(journal.take_checkpoints(), [Beside, Beside]);
        upkeep.appended(&journal, &[record_at("2026-11-02T09:00:00+07:00")]);
        assert_eq!(journal.take_checkpoints(), []);
    }
}
