//! Verification: a whole stream passes, and each kind of damage is named with its place.

use crate::common::{fill, hall, issued, open, record};
use jiff::civil::date;
use khiw_journal::testing::{number, record_at};
use khiw_journal::{
    JOURNAL_FILE, Journal, MemoryJournal, SqliteJournal, VerifyError, VerifyFault, verify,
    verify_from_last_sealed_day,
};

/// Verifies a filled journal after somebody changed its file with SQL.
fn damaged(sql: &str) -> Result<(), VerifyError> {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    fill(&journal);
    drop(journal);
    let file = rusqlite::Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    file.execute_batch(sql).unwrap();
    drop(file);
    let journal = SqliteJournal::open_existing(dir.path()).unwrap();
    verify(&journal, &hall(), 1).map(drop)
}

#[track_caller]
fn finds(sql: &str, seq: u64) -> VerifyFault {
    let error = damaged(sql).unwrap_err();
    assert_eq!((&error.stream, error.seq), (&hall(), seq), "{error:?}");
    error.fault
}

#[test]
fn a_whole_stream_passes_and_is_counted() {
    for journal in [&MemoryJournal::new() as &dyn Journal, &open(tempfile::tempdir().unwrap().path()).1] {
        let head = fill(journal);

        let all = verify(journal, &hall(), 1).unwrap();
        let part = verify(journal, &hall(), 3).unwrap();
        let sealed = verify_from_last_sealed_day(journal, &hall()).unwrap();

        assert_eq!((all.records, all.numbers, all.days, all.head), (7, 5, 2, head));
        assert_eq!((part.records, part.numbers, part.days), (5, 3, 1));
        assert_eq!((sealed.from_seq, sealed.records, sealed.numbers, sealed.days), (5, 3, 2, 1));
    }
}

#[test]
fn an_empty_stream_passes() {
    let journal = MemoryJournal::new();

    assert_eq!(verify(&journal, &hall(), 1).unwrap().records, 0);
    assert_eq!(verify_from_last_sealed_day(&journal, &hall()).unwrap().records, 0);
}

#[test]
fn a_stream_longer_than_a_page_passes_across_an_epoch() {
    let journal = MemoryJournal::new();
    let batch = vec![record_at("2026-11-22T00:00:00Z"); 300];
    let _ = journal.append(&hall(), crate::common::START, &batch).durable();
    let tail = journal.raise_epoch(&hall());
    let _ = journal.append(&hall(), tail, &batch).durable();

    assert_eq!(verify(&journal, &hall(), 1).unwrap().records, 600);
}

#[test]
fn a_changed_byte_is_found() {
    let fault = finds(
        "UPDATE record SET data = CAST(replace(CAST(data AS TEXT), '\"ahead\":3', '\"ahead\":4') AS BLOB)
         WHERE seq = 3",
        3,
    );

    assert!(matches!(fault, VerifyFault::HashMismatch));
}

#[test]
fn a_change_of_any_column_is_found_at_its_record() {
    for change in [
        "at_us = at_us + 1",
        "actor = 'clerk:other'",
        "command_id = 'c'",
        "request_digest = x'00000000000000000000000000000001'",
        "epoch = 2",
    ] {
        let fault = finds(&format!("UPDATE record SET {change} WHERE seq = 4"), 4);
        assert!(matches!(fault, VerifyFault::HashMismatch), "{change}: {fault:?}");
    }
    let fault = finds("UPDATE record SET hash = zeroblob(32) WHERE seq = 4", 4);
    assert!(matches!(fault, VerifyFault::HashMismatch));
}

#[test]
fn a_value_of_the_wrong_length_is_found_at_its_record() {
    let fault = finds("UPDATE record SET request_digest = x'00' WHERE seq = 4", 4);

    assert!(matches!(fault, VerifyFault::Journal(_)), "{fault:?}");
}

#[test]
fn a_removed_record_is_found() {
    assert!(matches!(finds("DELETE FROM record WHERE seq = 3", 3), VerifyFault::Missing));
    assert!(matches!(finds("DELETE FROM record WHERE seq = 1", 1), VerifyFault::Missing));
}

#[test]
fn an_end_that_was_cut_off_is_found() {
    let last_day = finds("DELETE FROM record WHERE seq >= 5", 5);
    let last_ticket = finds("DELETE FROM record WHERE seq = 7", 7);

    assert!(matches!(last_day, VerifyFault::Missing), "{last_day:?}");
    assert!(matches!(last_ticket, VerifyFault::Missing), "{last_ticket:?}");
}

#[test]
fn a_tripwire_row_that_is_missing_moved_or_too_many_is_found() {
    let missing = finds("DELETE FROM number WHERE seq = 3", 3);
    let moved = finds("UPDATE number SET seq = 4 WHERE seq = 3", 3);
    let extra = finds("INSERT INTO number SELECT stream, day, 'B', 1, 1, seq FROM number WHERE seq = 3", 7);

    assert!(matches!(missing, VerifyFault::NumberUnknown(key) if key == number("2026-11-21", 3)));
    assert!(matches!(moved, VerifyFault::NumberTakenBy { by: 4, .. }), "{moved:?}");
    assert!(
        matches!(extra, VerifyFault::NumberCount { day: Some(day), rows: 4, issued: 3 } if day == date(2026, 11, 21))
    );
}

#[test]
fn a_day_mark_that_is_missing_wrong_or_badly_sealed_is_found() {
    let missing = finds("DELETE FROM day_mark WHERE seq = 5", 5);
    let wrong = finds("UPDATE day_mark SET day = 20261120 WHERE seq = 5", 5);
    let stray = finds("UPDATE day_mark SET seq = 4 WHERE seq = 5", 4);
    let seal = finds("UPDATE day_mark SET sealed_hash = zeroblob(32) WHERE seq = 5", 5);

    assert!(matches!(missing, VerifyFault::DayMarkMissing(day) if day == date(2026, 11, 22)));
    assert!(matches!(wrong, VerifyFault::DayMarkWrong(day) if day == date(2026, 11, 20)));
    assert!(matches!(stray, VerifyFault::DayMarkWrong(_)), "{stray:?}");
    assert!(matches!(seal, VerifyFault::SealMismatch), "{seal:?}");
}

#[test]
fn a_change_before_the_last_sealed_day_shows_only_in_a_full_verification() {
    let dir = tempfile::tempdir().unwrap();
    let (_folder, journal) = open(dir.path());
    fill(&journal);
    drop(journal);
    let file = rusqlite::Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    file.execute_batch("UPDATE record SET actor = 'x' WHERE seq = 2").unwrap();
    drop(file);

    let journal = SqliteJournal::open_existing(dir.path()).unwrap();

    assert!(verify_from_last_sealed_day(&journal, &hall()).is_ok());
    assert_eq!(verify(&journal, &hall(), 1).unwrap_err().seq, 2);
}

#[test]
fn events_that_cannot_be_read_are_found() {
    let journal = MemoryJournal::new();
    let mut unreadable = record_at("2026-11-22T00:00:00Z");
    unreadable.data = br#"[{"version":1,"event":"coffee_break"}]"#.to_vec();
    let _ = journal.append(&hall(), crate::common::START, &[unreadable]).durable();

    let error = verify(&journal, &hall(), 1).unwrap_err();

    assert!(matches!(error.fault, VerifyFault::Undecodable(_)), "{error:?}");
}

#[test]
fn a_number_that_the_caller_kept_from_the_tripwire_is_found() {
    let journal = MemoryJournal::new();
    let mut secret = record("2026-11-22T02:00:00Z", &[issued("2026-11-22", 1)]);
    secret.numbers.clear();
    let _ = journal.append(&hall(), crate::common::START, &[secret]).durable();

    let error = verify(&journal, &hall(), 1).unwrap_err();

    assert!(matches!(error.fault, VerifyFault::NumberUnknown(_)), "{error:?}");
}
