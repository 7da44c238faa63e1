//! What only the inside can provoke: commits that fail, disks that are full.

#![allow(clippy::unwrap_used, reason = "a test stops here")]

use super::*;
use crate::testing::{number, record_at};

fn hall() -> StreamId {
    StreamId::hall("h")
}

fn open(dir: &tempfile::TempDir) -> SqliteJournal {
    SqliteJournal::open(&DataFolder::open(dir.path()).unwrap(), Kind::Real).unwrap()
}

fn first(journal: &SqliteJournal) -> Head {
    let start = Tail { epoch: FIRST_EPOCH, seq: 0 };
    journal.append(&hall(), start, &[record_at("2026-11-22T00:00:00Z")]).durable()
}

fn next() -> NewRecord {
    NewRecord { numbers: vec![number("2026-11-22", 1)], ..record_at("2026-11-22T00:00:01Z") }
}

fn sql(journal: &SqliteJournal, statements: &str) {
    journal.writer().connection.execute_batch(statements).unwrap();
}

/// From now on every `COMMIT` of a record fails: a deferred key is broken.
const BREAK_COMMITS: &str = "PRAGMA foreign_keys = ON;
    CREATE TEMP TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
    CREATE TEMP TRIGGER break AFTER INSERT ON main.record BEGIN INSERT INTO child VALUES (1); END;";

#[test]
fn a_failed_commit_is_unknown_and_the_head_settles_it() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(&dir);
    let head = first(&journal);
    sql(&journal, BREAK_COMMITS);

    let appended = journal.append(&hall(), head.tail, &[next()]);

    assert!(matches!(appended, Appended::Unknown(_)), "{appended:?}");
    assert!(journal.unsettled.load(Ordering::Acquire));
    assert_eq!(journal.head(&hall()).unwrap(), head);
    assert!(!journal.unsettled.load(Ordering::Acquire));
    let settled: String = journal
        .writer()
        .connection
        .query_row("SELECT value FROM meta WHERE name = 'settled'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(settled, "1", "something was committed over what the failure may have left");
    sql(&journal, "DROP TRIGGER break");
    assert_eq!(journal.append(&hall(), head.tail, &[next()]).durable().tail.seq, 2);
}

#[test]
fn an_unknown_outcome_stays_unknown_while_it_cannot_be_settled() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(&dir);
    let head = first(&journal);
    sql(&journal, BREAK_COMMITS);
    assert!(matches!(journal.append(&hall(), head.tail, &[next()]), Appended::Unknown(_)));
    sql(&journal, "PRAGMA query_only = ON");

    assert!(journal.head(&hall()).is_err());

    sql(&journal, "PRAGMA query_only = OFF");
    assert_eq!(journal.head(&hall()).unwrap(), head);
}

#[test]
fn a_full_disk_refuses_and_stores_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(&dir);
    let head = first(&journal);
    sql(&journal, "PRAGMA max_page_count = 1");
    let big = NewRecord { data: vec![b'x'; 1_000_000], ..next() };

    let appended = journal.append(&hall(), head.tail, &[next(), big]);

    assert!(matches!(appended, Appended::Refused(JournalError::Store { .. })), "{appended:?}");
    assert_eq!(journal.head(&hall()).unwrap(), head);
    sql(&journal, "PRAGMA max_page_count = 1000000");
    assert_eq!(journal.append(&hall(), head.tail, &[next()]).durable().tail.seq, 2);
}

#[test]
fn a_transaction_left_open_by_a_panic_is_not_committed_by_the_next_batch() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(&dir);
    let head = first(&journal);
    sql(&journal, "BEGIN; DELETE FROM record");

    let head = journal.append(&hall(), head.tail, &[next()]).durable();

    assert_eq!(head.tail.seq, 2);
    assert_eq!(journal.read(&hall(), 1, 10).unwrap().len(), 2);
}

#[test]
fn every_commit_waits_for_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(&dir);
    let writer = journal.writer();
    let setting = |name| writer.connection.pragma_query_value(None, name, |row| row.get(0));

    let (full, no_checkpoint): (i64, i64) =
        (setting("synchronous").unwrap(), setting("wal_autocheckpoint").unwrap());

    assert_eq!((full, no_checkpoint), (2, 0));
}
