//! A journal that fails as told, around one that works: what a full disk, a failed
//! fsync and a lost network do to those who append.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use crate::error::JournalError;
use crate::journal::{Appended, Checkpoint, Journal};
use crate::record::{DayMark, Head, JournalId, NewRecord, NumberKey, Record, StreamId, Tail};

/// What happens to one append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Works.
    None,
    /// Stores nothing and says so.
    RefuseBefore,
    /// Stores nothing and does not know.
    UnknownBefore,
    /// Stores everything and does not know.
    UnknownAfter,
    /// Stores nothing: another writer is said to have come first.
    Fenced,
}

/// The cause given with an injected failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("injected: {0:?}")]
pub struct Injected(pub Fault);

#[derive(Debug)]
pub struct FaultyJournal<J> {
    inner: J,
    script: Mutex<Script>,
    resumed: Condvar,
}

#[derive(Debug, Default)]
struct Script {
    faults: VecDeque<Fault>,
    heads_failing: usize,
    pauses: usize,
    waiting: usize,
    appends: u64,
    checkpoints: Vec<Checkpoint>,
    days: Held,
}

/// What becomes of the next question for a stream's days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held {
    #[default]
    No,
    /// It will wait.
    Wanted,
    Waits,
}

/// While it lives, the first question for a stream's days waits; later ones do not.
#[derive(Debug)]
pub struct HeldDays<'a, J> {
    journal: &'a FaultyJournal<J>,
}

impl<J> Drop for HeldDays<'_, J> {
    fn drop(&mut self) {
        self.journal.lock().days = Held::No;
        self.journal.resumed.notify_all();
    }
}

/// While it lives, appends wait.
#[derive(Debug)]
pub struct Paused<'a, J> {
    journal: &'a FaultyJournal<J>,
}

impl<J> Drop for Paused<'_, J> {
    fn drop(&mut self) {
        self.journal.lock().pauses -= 1;
        self.journal.resumed.notify_all();
    }
}

impl<J> FaultyJournal<J> {
    /// Works until told otherwise.
    pub fn new(inner: J) -> Self {
        Self { inner, script: Mutex::new(Script::default()), resumed: Condvar::new() }
    }

    /// The journal below, as another writer would use it.
    pub fn inner(&self) -> &J {
        &self.inner
    }

    pub fn into_inner(self) -> J {
        self.inner
    }

    /// Adds what happens to the next appends, one each; after the last it works again.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.extend(faults);
    }

    /// The next `count` questions for a head fail.
    pub fn fail_heads(&self, count: usize) {
        self.lock().heads_failing = count;
    }

    /// Lets appends wait until the guard is dropped: commands pile up into a batch.
    pub fn pause(&self) -> Paused<'_, J> {
        self.lock().pauses += 1;
        Paused { journal: self }
    }

    /// Lets somebody ask for a stream's days and hear only what was true later.
    pub fn hold_days(&self) -> HeldDays<'_, J> {
        self.lock().days = Held::Wanted;
        HeldDays { journal: self }
    }

    /// Blocks until somebody waits in [`Self::hold_days`].
    pub fn wait_until_days_are_asked(&self) {
        let script = self.lock();
        drop(self.resumed.wait_while(script, |script| script.days != Held::Waits));
    }

    /// Blocks until an append waits in a pause.
    pub fn wait_until_one_waits(&self) {
        let script = self.lock();
        drop(self.resumed.wait_while(script, |script| script.waiting == 0));
    }

    /// How many appends were asked for, whatever became of them.
    pub fn appends(&self) -> u64 {
        self.lock().appends
    }

    /// The checkpoints that were asked for, oldest first; counted from now on anew.
    pub fn take_checkpoints(&self) -> Vec<Checkpoint> {
        std::mem::take(&mut self.lock().checkpoints)
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_fault(&self) -> Fault {
        let mut script = self.lock();
        script.appends += 1;
        script.waiting += 1;
        self.resumed.notify_all();
        let mut script = self
            .resumed
            .wait_while(script, |script| script.pauses > 0)
            .unwrap_or_else(PoisonError::into_inner);
        script.waiting -= 1;
        script.faults.pop_front().unwrap_or(Fault::None)
    }
}

fn injected(fault: Fault) -> JournalError {
    JournalError::store("do what the test forbids", Injected(fault))
}

impl<J: Journal> Journal for FaultyJournal<J> {
    fn id(&self) -> &JournalId {
        self.inner.id()
    }

    fn streams(&self) -> Result<Vec<StreamId>, JournalError> {
        self.inner.streams()
    }

    fn head(&self, stream: &StreamId) -> Result<Head, JournalError> {
        {
            let mut script = self.lock();
            if script.heads_failing > 0 {
                script.heads_failing -= 1;
                return Err(injected(Fault::UnknownBefore));
            }
        }
        self.inner.head(stream)
    }

    fn append(&self, stream: &StreamId, expected: Tail, records: &[NewRecord]) -> Appended {
        let fault = self.next_fault();
        match fault {
            Fault::None => self.inner.append(stream, expected, records),
            Fault::RefuseBefore => Appended::Refused(injected(fault)),
            Fault::UnknownBefore => Appended::Unknown(injected(fault)),
            Fault::UnknownAfter => match self.inner.append(stream, expected, records) {
                Appended::Durable(_) => Appended::Unknown(injected(fault)),
                other => other,
            },
            Fault::Fenced => match self.inner.head(stream) {
                Ok(head) => Appended::Fenced(head),
                Err(error) => Appended::Refused(error),
            },
        }
    }

    fn read(&self, stream: &StreamId, from_seq: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.inner.read(stream, from_seq, limit)
    }

    fn read_one(&self, stream: &StreamId, seq: u64) -> Result<Option<Record>, JournalError> {
        self.inner.read_one(stream, seq)
    }

    fn days(&self, stream: &StreamId, newest: usize) -> Result<Vec<DayMark>, JournalError> {
        let mut script = self.lock();
        if script.days == Held::Wanted {
            script.days = Held::Waits;
            self.resumed.notify_all();
            let waited = self.resumed.wait_while(script, |script| script.days == Held::Waits);
            script = waited.unwrap_or_else(PoisonError::into_inner);
        }
        drop(script);
        self.inner.days(stream, newest)
    }

    fn number_taken_by(&self, stream: &StreamId, key: &NumberKey) -> Result<Option<u64>, JournalError> {
        self.inner.number_taken_by(stream, key)
    }

    fn numbers_taken(
        &self,
        stream: &StreamId,
        day: Option<Date>,
        seqs: RangeInclusive<u64>,
    ) -> Result<u64, JournalError> {
        self.inner.numbers_taken(stream, day, seqs)
    }

    fn checkpoint(&self, how: Checkpoint) -> Result<(), JournalError> {
        self.lock().checkpoints.push(how);
        self.inner.checkpoint(how)
    }

    fn simulated(&self) -> bool {
        self.inner.simulated()
    }
}
