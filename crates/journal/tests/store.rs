//! The store on disk: what survives, what is refused at the door.

use crate::common::{START, fill, hall, open, two_days};
use khiw_journal::testing::record_at;
use khiw_journal::{
    Appended, Checkpoint, DataFolder, JOURNAL_FILE, Journal, JournalError, Kind, SqliteJournal, Tail,
};

#[test]
fn everything_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, journal) = open(dir.path());
    let id = journal.id().clone();
    let head = fill(&journal);
    let records = journal.read(&hall(), 1, 100).unwrap();
    let days = journal.days(&hall(), 100).unwrap();
    drop((folder, journal));

    let (_folder, journal) = open(dir.path());

    assert_eq!(journal.id(), &id);
    assert_eq!(journal.head(&hall()).unwrap(), head);
    assert_eq!(journal.read(&hall(), 1, 100).unwrap(), records);
    assert_eq!(journal.days(&hall(), 100).unwrap(), days);
    assert_eq!(
        journal.append(&hall(), head.tail, &[record_at("2026-11-23T00:00:00Z")]).durable().tail.seq,
        8
    );
}

#[test]
fn a_commit_is_there_when_the_process_never_closes_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let head = fill(&journal);

    // What a killed process leaves: the files as they are, never closed.
    let left = tempfile::tempdir().unwrap();
    for name in [JOURNAL_FILE.to_owned(), format!("{JOURNAL_FILE}-wal")] {
        std::fs::copy(dir.path().join(&name), left.path().join(&name)).unwrap();
    }

    let (_other, reopened) = open(left.path());
    assert_eq!(reopened.head(&hall()).unwrap(), head);
}

#[test]
fn ids_of_two_journals_differ() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());

    let ((_a, first), (_b, second)) = (open(a.path()), open(b.path()));

    assert_ne!(first.id(), second.id());
    assert_eq!(first.id().as_str().len(), 16);
}

#[test]
fn a_simulated_journal_is_refused_as_real_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(dir.path()).unwrap();
    let journal = SqliteJournal::open(&folder, Kind::Simulated).unwrap();
    assert!(journal.simulated());
    fill(&journal);
    drop(journal);

    let error = SqliteJournal::open(&folder, Kind::Real).unwrap_err();

    assert!(matches!(error, JournalError::IsSimulated { .. }), "{error:?}");
    assert!(SqliteJournal::open_existing(dir.path()).unwrap().simulated());
}

#[test]
fn a_folder_with_real_records_is_refused_for_simulation_but_an_empty_one_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(dir.path()).unwrap();
    drop(SqliteJournal::open(&folder, Kind::Real).unwrap());
    drop(SqliteJournal::open(&folder, Kind::Simulated).unwrap());
    let journal = SqliteJournal::open(&folder, Kind::Real).unwrap();
    assert!(!journal.simulated());
    fill(&journal);
    drop(journal);

    let error = SqliteJournal::open(&folder, Kind::Simulated).unwrap_err();

    assert!(matches!(error, JournalError::HasRealRecords { .. }), "{error:?}");
}

#[test]
fn opening_what_is_no_journal_is_refused_and_leaves_it_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(SqliteJournal::open_existing(dir.path()), Err(JournalError::Missing { .. })));
    let path = dir.path().join(JOURNAL_FILE);

    std::fs::write(&path, "not a database, but long enough to have a header of its own").unwrap();
    let text = SqliteJournal::open_existing(dir.path()).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE other (x)").unwrap();
    let database = SqliteJournal::open_existing(dir.path()).unwrap_err();

    assert!(matches!(text, JournalError::NotAJournal { .. }), "{text:?}");
    assert!(matches!(database, JournalError::NotAJournal { .. }), "{database:?}");
    let tables: i64 = foreign.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let file = rusqlite::Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    file.pragma_update(None, "user_version", 1_000).unwrap();
    drop(file);

    let error = SqliteJournal::open_existing(dir.path()).unwrap_err();

    assert!(matches!(error, JournalError::NewerVersion { .. }), "{error:?}");
}

#[test]
fn after_a_checkpoint_the_log_begins_anew_in_the_room_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let mut head = fill(&journal);
    let room = journal.wal_bytes();
    assert!(room > 0);

    for _ in 0..100 {
        journal.checkpoint(Checkpoint::Beside).unwrap();
        journal.checkpoint(Checkpoint::Whole).unwrap();
        head = journal.append(&hall(), head.tail, &[record_at("2026-11-24T00:00:00Z")]).durable();
    }

    assert_eq!(journal.wal_bytes(), room);
    assert_eq!(journal.head(&hall()).unwrap(), head);
}

#[test]
fn a_log_is_copied_while_a_batch_is_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let head = fill(&journal);
    let other = rusqlite::Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; UPDATE meta SET value = value;").unwrap();

    journal.checkpoint(Checkpoint::Beside).unwrap();

    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    // What was copied is in the file itself.
    let copied = dir.path().join("copied.db");
    std::fs::copy(dir.path().join(JOURNAL_FILE), &copied).unwrap();
    assert_eq!(SqliteJournal::open_backup(&copied).unwrap().head(&hall()).unwrap(), head);
}

#[test]
fn the_log_is_never_emptied_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let mut big = record_at("2026-11-22T00:00:00Z");
    big.data = vec![b'x'; 8 * 1024 * 1024];

    // SQLite's own threshold is 4 MB.
    let head = journal.append(&hall(), START, &[big]).durable();
    let _ = journal.append(&hall(), head.tail, &[record_at("2026-11-22T00:00:00Z")]).durable();

    assert!(journal.wal_bytes() > 8 * 1024 * 1024);
}

#[test]
fn a_raised_epoch_fences_those_who_expect_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let old = fill(&journal);

    let raised = journal.raise_epoch(&hall(), 0).unwrap();

    assert_eq!(raised, Tail { epoch: old.tail.epoch + 1, seq: old.tail.seq });
    let next = [record_at("2026-11-23T00:00:00Z")];
    assert!(
        matches!(journal.append(&hall(), old.tail, &next), Appended::Fenced(head) if head.tail == raised)
    );
    let head = journal.append(&hall(), raised, &next).durable();
    assert_eq!(journal.read_one(&hall(), 8).unwrap().unwrap().tail(), head.tail);
    assert_eq!(journal.raise_epoch(&hall(), 700).unwrap().epoch, 700);
}

#[test]
fn an_oversized_record_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let mut big = record_at("2026-11-22T00:00:00Z");
    big.data = vec![b'x'; khiw_journal::RECORD_BYTES_MAX + 1];

    let appended = journal.append(&hall(), START, &[big]);

    assert!(matches!(appended, Appended::Refused(JournalError::RecordTooLarge { seq: 1, .. })));
}

#[test]
fn another_process_that_reads_does_not_hold_up_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    fill(&journal);
    let other = rusqlite::Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM record;").unwrap();

    let tail = journal.head(&hall()).unwrap().tail;
    let head = journal.append(&hall(), tail, &[record_at("2026-11-23T00:00:00Z")]).durable();

    assert_eq!(head.tail.seq, two_days().len() as u64 + 1);
    // Nor does it make a checkpoint fail.
    journal.checkpoint(Checkpoint::Whole).unwrap();
}
