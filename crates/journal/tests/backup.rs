//! Copies: out while the hall runs, in again with a higher epoch.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::common::{START, fill, hall, open, record};
use khiw_journal::testing::record_at;
use khiw_journal::{
    Appended, DataFolder, JOURNAL_FILE, Journal, JournalError, Kind, SqliteJournal, StreamId, Tail, restore,
    verify,
};

#[test]
fn a_backup_taken_while_appending_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let copy = dir.path().join("copy.db");
    let (durable, stop) = (AtomicU64::new(0), AtomicBool::new(false));

    let (before, backup) = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut tail = START;
            while !stop.load(Ordering::Acquire) {
                let day = "2026-11-22";
                let number = u32::try_from(tail.seq + 1).unwrap();
                let next = record("2026-11-22T02:00:00Z", &[crate::common::issued(day, number)]);
                tail = journal.append(&hall(), tail, &[next]).durable().tail;
                durable.store(tail.seq, Ordering::Release);
            }
        });
        while durable.load(Ordering::Acquire) < 20 {
            std::thread::yield_now();
        }
        let before = durable.load(Ordering::Acquire);
        let backup = journal.backup(&copy).unwrap();
        stop.store(true, Ordering::Release);
        (before, backup)
    });

    let (stream, head) = &backup.heads[0];
    assert!(head.tail.seq >= before, "what was durable before is in the backup");
    assert!(head.tail <= journal.head(&hall()).unwrap().tail);
    assert_eq!(backup.bytes, std::fs::metadata(&copy).unwrap().len());
    let opened = SqliteJournal::open_backup(&copy).unwrap();
    assert_eq!(verify(&opened, stream, 1).unwrap().head, *head);
}

#[test]
fn a_backup_overwrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    let copy = dir.path().join("copy.db");
    std::fs::write(&copy, "precious").unwrap();

    let error = journal.backup(&copy).unwrap_err();

    assert!(matches!(error, JournalError::TargetExists { .. }));
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "precious");
}

#[test]
fn a_backup_that_cannot_be_written_says_so_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());

    let error = journal.backup(&dir.path().join("no/such/folder.db")).unwrap_err();

    assert!(matches!(error, JournalError::Store { .. }), "{error:?}");
}

/// A filled journal's backup, and where the stream ended.
fn backup_of_two_days(dir: &std::path::Path) -> (std::path::PathBuf, Tail) {
    let (_folder, journal) = open(&dir.join("lost"));
    let head = fill(&journal);
    let copy = dir.join("copy.db");
    journal.backup(&copy).unwrap();
    (copy, head.tail)
}

#[test]
fn a_restored_journal_has_the_records_the_id_and_a_higher_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let (copy, old) = backup_of_two_days(dir.path());
    let lost = SqliteJournal::open_existing(&dir.path().join("lost")).unwrap();
    let folder = DataFolder::open(dir.path().join("new")).unwrap();

    let restored = restore(&copy, &folder, 0).unwrap();

    let journal = SqliteJournal::open(&folder, Kind::Real).unwrap();
    let head = journal.head(&hall()).unwrap();
    assert_eq!(restored, [(hall(), head)]);
    assert_eq!(head.tail, Tail { epoch: old.epoch + 1, seq: old.seq });
    assert_eq!(journal.id(), lost.id());
    assert_eq!(journal.read(&hall(), 1, 100).unwrap(), lost.read(&hall(), 1, 100).unwrap());
    let next = [record_at("2026-11-23T00:00:00Z")];
    assert!(matches!(journal.append(&hall(), old, &next), Appended::Fenced(_)));
    let _ = journal.append(&hall(), head.tail, &next).durable();
    verify(&journal, &hall(), 1).unwrap();
}

#[test]
fn a_stream_begun_after_the_backup_also_begins_with_a_higher_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let (copy, old) = backup_of_two_days(dir.path());
    let folder = DataFolder::open(dir.path().join("new")).unwrap();

    restore(&copy, &folder, 0).unwrap();

    let journal = SqliteJournal::open(&folder, Kind::Real).unwrap();
    let unknown = journal.head(&StreamId::hall("later")).unwrap().tail;
    assert_eq!(unknown, Tail { epoch: old.epoch + 1, seq: 0 });
}

#[test]
fn the_same_backup_restored_twice_can_be_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (copy, _) = backup_of_two_days(dir.path());
    let restored = |name: &str, epoch_at_least| {
        let folder = DataFolder::open(dir.path().join(name)).unwrap();
        restore(&copy, &folder, epoch_at_least).unwrap()[0].1.tail.epoch
    };

    assert_eq!([restored("a", 1_000), restored("b", 2_000)], [1_000, 2_000]);
}

#[test]
fn restoring_over_records_is_refused_and_over_an_empty_journal_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (copy, _) = backup_of_two_days(dir.path());
    let used = DataFolder::open(dir.path().join("lost")).unwrap();
    let (empty, journal) = open(&dir.path().join("empty"));
    drop(journal);

    let refused = restore(&copy, &used, 0).unwrap_err();

    assert!(matches!(refused, JournalError::NotEmpty { .. }), "{refused:?}");
    assert_eq!(restore(&copy, &empty, 0).unwrap().len(), 1);
}

#[test]
fn a_tampered_backup_is_not_restored() {
    let dir = tempfile::tempdir().unwrap();
    let (copy, _) = backup_of_two_days(dir.path());
    let file = rusqlite::Connection::open(&copy).unwrap();
    file.execute_batch("UPDATE record SET actor = 'x' WHERE seq = 2").unwrap();
    drop(file);
    let folder = DataFolder::open(dir.path().join("new")).unwrap();

    let error = restore(&copy, &folder, 0).unwrap_err();

    assert!(matches!(&error, JournalError::BackupBroken(at) if at.seq == 2), "{error:?}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the lock is left: {left:?}");
}

#[test]
fn a_missing_backup_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(dir.path().join("new")).unwrap();

    let error = restore(&dir.path().join("none.db"), &folder, 0).unwrap_err();

    assert!(matches!(error, JournalError::Missing { .. }));
    assert!(!folder.path().join(JOURNAL_FILE).exists());
}
