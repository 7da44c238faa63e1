//! Both stores keep the journal's promise.

use std::ops::RangeInclusive;

use khiw_journal::testing::{FaultyJournal, contract};
use khiw_journal::{
    Appended, Checkpoint, DataFolder, DayMark, Head, Journal, JournalError, JournalId, Kind, MemoryJournal,
    NewRecord, NumberKey, Record, SqliteJournal, StreamId, Tail,
};

#[test]
fn memory_keeps_the_contract() {
    contract::all(MemoryJournal::new);
}

#[test]
fn sqlite_keeps_the_contract() {
    let root = tempfile::tempdir().unwrap();
    let mut count = 0..;
    let made = std::cell::RefCell::new(&mut count);
    contract::all(|| {
        let name = made.borrow_mut().next().unwrap().to_string();
        let folder = DataFolder::open(root.path().join(name)).unwrap();
        SqliteJournal::open(&folder, Kind::Real).unwrap()
    });
}

#[test]
fn a_faulty_journal_without_faults_keeps_the_contract() {
    contract::all(|| FaultyJournal::new(MemoryJournal::new()));
}

/// A store that forgets to fence.
struct Careless(MemoryJournal);

impl Journal for Careless {
    fn append(&self, stream: &StreamId, _expected: Tail, records: &[NewRecord]) -> Appended {
        let tail = self.0.head(stream).unwrap().tail;
        self.0.append(stream, tail, records)
    }
    fn id(&self) -> &JournalId {
        self.0.id()
    }
    fn streams(&self) -> Result<Vec<StreamId>, JournalError> {
        self.0.streams()
    }
    fn head(&self, stream: &StreamId) -> Result<Head, JournalError> {
        self.0.head(stream)
    }
    fn read(&self, stream: &StreamId, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.0.read(stream, from, limit)
    }
    fn read_one(&self, stream: &StreamId, seq: u64) -> Result<Option<Record>, JournalError> {
        self.0.read_one(stream, seq)
    }
    fn days(&self, stream: &StreamId, newest: usize) -> Result<Vec<DayMark>, JournalError> {
        self.0.days(stream, newest)
    }
    fn number_taken_by(&self, stream: &StreamId, key: &NumberKey) -> Result<Option<u64>, JournalError> {
        self.0.number_taken_by(stream, key)
    }
    fn numbers_taken(
        &self,
        stream: &StreamId,
        day: Option<jiff::civil::Date>,
        seqs: RangeInclusive<u64>,
    ) -> Result<u64, JournalError> {
        self.0.numbers_taken(stream, day, seqs)
    }
    fn checkpoint(&self, how: Checkpoint) -> Result<(), JournalError> {
        self.0.checkpoint(how)
    }
    fn simulated(&self) -> bool {
        self.0.simulated()
    }
}

#[test]
#[should_panic(expected = "Fenced")]
fn the_contract_finds_a_store_that_forgets_to_fence() {
    contract::all(|| Careless(MemoryJournal::new()));
}
