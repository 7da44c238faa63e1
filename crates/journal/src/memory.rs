//! A journal without a disk: for tests and for simulation at full speed. It keeps
//! the same promises but durability; it must never serve a hall.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use crate::chain;
use crate::error::JournalError;
use crate::journal::{Appended, Checkpoint, Journal};
use crate::record::{
    DayMark, FIRST_EPOCH, Head, JournalId, NewRecord, NumberKey, Record, StreamId, Tail, check_batch,
};

#[derive(Debug)]
pub struct MemoryJournal {
    id: JournalId,
    simulated: bool,
    streams: Mutex<BTreeMap<StreamId, MemoryStream>>,
}

#[derive(Clone, Debug)]
struct MemoryStream {
    epoch: u32,
    records: Vec<Record>,
    days: Vec<DayMark>,
    numbers: HashMap<NumberKey, u64>,
}

impl MemoryStream {
    fn new() -> Self {
        Self { epoch: FIRST_EPOCH, records: Vec::new(), days: Vec::new(), numbers: HashMap::new() }
    }

    fn head(&self) -> Head {
        self.records.last().map_or(Head::empty(self.epoch), |last| Head {
            tail: Tail { epoch: self.epoch, seq: last.seq },
            hash: last.hash,
            at: Some(last.at),
        })
    }

    /// All numbers of the batch are free, also of each other.
    fn check_numbers(
        &self,
        stream: &StreamId,
        records: &[NewRecord],
    ) -> Result<HashMap<NumberKey, u64>, JournalError> {
        let mut taken = HashMap::new();
        for (seq, record) in (self.head().tail.seq + 1..).zip(records) {
            for key in &record.numbers {
                if self.numbers.contains_key(key) || taken.insert(key.clone(), seq).is_some() {
                    let (stream, key) = (stream.clone(), key.clone());
                    return Err(JournalError::NumberTaken { stream, seq, key });
                }
            }
        }
        Ok(taken)
    }

    fn store(&mut self, stream: &StreamId, record: &NewRecord) {
        let head = self.head();
        let stored = chain::link(stream, &head, record);
        if let Some(day) = record.opens_day {
            self.days.push(DayMark { day, seq: stored.seq, sealed_hash: head.hash });
        }
        self.records.push(stored);
    }
}

impl MemoryJournal {
    /// An empty journal with a fixed id, so that a simulation with the same seed
    /// gives the same bytes.
    pub fn new() -> Self {
        Self { id: JournalId::fixed(0), simulated: false, streams: Mutex::new(BTreeMap::new()) }
    }

    /// An empty journal that calls itself simulated.
    pub fn new_simulated() -> Self {
        Self { simulated: true, ..Self::new() }
    }

    /// What a restore or a fail-over does: writers who expect the old epoch are fenced.
    pub fn raise_epoch(&self, stream: &StreamId) -> Tail {
        let mut streams = self.lock();
        let stored = streams.entry(stream.clone()).or_insert_with(MemoryStream::new);
        stored.epoch += 1;
        stored.head().tail
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<StreamId, MemoryStream>> {
        // No step below leaves a stream half changed, so a panic elsewhere does no harm.
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, stream: &StreamId, read: impl FnOnce(&MemoryStream) -> T) -> T {
        match self.lock().get(stream) {
            Some(stored) => read(stored),
            None => read(&MemoryStream::new()),
        }
    }
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl Journal for MemoryJournal {
    fn id(&self) -> &JournalId {
        &self.id
    }

    fn streams(&self) -> Result<Vec<StreamId>, JournalError> {
        let streams = self.lock();
        let used = streams.iter().filter(|(_, stored)| !stored.records.is_empty());
        Ok(used.map(|(stream, _)| stream.clone()).collect())
    }

    fn head(&self, stream: &StreamId) -> Result<Head, JournalError> {
        Ok(self.with(stream, MemoryStream::head))
    }

    fn append(&self, stream: &StreamId, expected: Tail, records: &[NewRecord]) -> Appended {
        let mut streams = self.lock();
        let stored = streams.entry(stream.clone()).or_insert_with(MemoryStream::new);
        let head = stored.head();
        if head.tail != expected {
            return Appended::Fenced(head);
        }
        if let Err(error) = check_batch(stream, &head, records) {
            return Appended::Refused(error);
        }
        match stored.check_numbers(stream, records) {
            Ok(taken) => stored.numbers.extend(taken),
            Err(error) => return Appended::Refused(error),
        }
        for record in records {
            stored.store(stream, record);
        }
        Appended::Durable(stored.head())
    }

    fn read(&self, stream: &StreamId, from_seq: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        let skip = usize::try_from(from_seq.saturating_sub(1)).unwrap_or(usize::MAX);
        Ok(self.with(stream, |stored| stored.records.iter().skip(skip).take(limit).cloned().collect()))
    }

    fn read_one(&self, stream: &StreamId, seq: u64) -> Result<Option<Record>, JournalError> {
        if seq == 0 {
            return Ok(None);
        }
        Ok(self.read(stream, seq, 1)?.pop())
    }

    fn days(&self, stream: &StreamId, newest: usize) -> Result<Vec<DayMark>, JournalError> {
        Ok(self.with(stream, |stored| stored.days.iter().rev().take(newest).cloned().collect()))
    }

    fn number_taken_by(&self, stream: &StreamId, key: &NumberKey) -> Result<Option<u64>, JournalError> {
        Ok(self.with(stream, |stored| stored.numbers.get(key).copied()))
    }

    fn numbers_taken(
        &self,
        stream: &StreamId,
        day: Option<Date>,
        seqs: RangeInclusive<u64>,
    ) -> Result<u64, JournalError> {
        let asked =
            |(key, seq): &(&NumberKey, &u64)| day.is_none_or(|day| key.day == day) && seqs.contains(seq);
        Ok(self.with(stream, |stored| stored.numbers.iter().filter(asked).count() as u64))
    }

    fn checkpoint(&self, _how: Checkpoint) -> Result<(), JournalError> {
        Ok(())
    }

    fn simulated(&self) -> bool {
        self.simulated
    }
}
