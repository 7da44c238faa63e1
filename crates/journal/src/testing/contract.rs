//! What every store promises, as a suite: call [`all`] with a closure that makes an
//! empty journal. A store that passes may carry a hall; durability itself (the
//! power cut) is tested by the store's own tests.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::civil::date;

use super::{number, record_at};
use crate::error::JournalError;
use crate::journal::{Appended, Journal};
use crate::record::{DayMark, FIRST_EPOCH, Head, NO_HASH, NewRecord, StreamId, Tail};

/// Every clause, each on a fresh journal.
///
/// # Panics
/// When the store breaks the contract.
pub fn all<J: Journal>(make: impl Fn() -> J) {
    an_unknown_stream_is_empty(&make());
    an_appended_batch_is_read_back_exactly(&make());
    an_empty_batch_says_where_the_stream_ends(&make());
    another_tail_is_fenced_and_stores_nothing(&make());
    a_number_is_taken_once(&make());
    a_number_taken_twice_in_one_batch_refuses_the_whole_batch(&make());
    the_same_number_on_another_day_round_series_or_stream_is_free(&make());
    time_does_not_go_back(&make());
    time_finer_than_a_microsecond_is_refused(&make());
    streams_are_independent(&make());
    reading_honours_its_bounds(&make());
    days_are_marked_newest_first_with_their_seal(&make());
    the_tripwire_table_answers_by_number_and_by_record(&make());
    the_hash_depends_on_every_field(&make);
    readers_see_whole_batches_while_a_writer_appends(&make());
}

fn hall() -> StreamId {
    StreamId::hall("contract")
}

fn start() -> Tail {
    Tail { epoch: FIRST_EPOCH, seq: 0 }
}

fn full_record() -> NewRecord {
    NewRecord {
        at: "2026-11-22T01:02:03.456789Z".parse().expect("a time"),
        actor: "clerk:สมชาย".into(),
        command_id: Some("c-0001".into()),
        request_digest: [9; 16],
        data: vec![0, 1, 2, 255, b'[', b']'],
        numbers: vec![number("2026-11-22", 1), number("2026-11-22", 2)],
        opens_day: Some(date(2026, 11, 22)),
    }
}

#[track_caller]
fn refused(appended: Appended) -> JournalError {
    match appended {
        Appended::Refused(error) => error,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

fn an_unknown_stream_is_empty(journal: &dyn Journal) {
    assert_eq!(journal.head(&hall()).expect("a head"), Head::empty(FIRST_EPOCH));
    assert!(journal.streams().expect("streams").is_empty());
    assert!(journal.read(&hall(), 1, 10).expect("records").is_empty());
    assert!(journal.read_one(&hall(), 1).expect("a record").is_none());
    assert!(journal.days(&hall(), 10).expect("days").is_empty());
}

fn an_appended_batch_is_read_back_exactly(journal: &dyn Journal) {
    let given = [full_record(), record_at("2026-11-22T01:02:04Z")];

    let head = journal.append(&hall(), start(), &given).durable();

    assert_eq!(head.tail, Tail { epoch: FIRST_EPOCH, seq: 2 });
    assert_eq!(head.at, Some(given[1].at));
    assert_eq!(journal.head(&hall()).expect("a head"), head);
    assert_eq!(journal.streams().expect("streams"), [hall()]);
    let stored = journal.read(&hall(), 1, 10).expect("records");
    assert_eq!(stored.len(), 2);
    for (seq, (stored, given)) in (1..).zip(stored.iter().zip(&given)) {
        assert_eq!(stored.stream, hall());
        assert_eq!(stored.tail(), Tail { epoch: FIRST_EPOCH, seq });
        assert_eq!(stored.at, given.at);
        assert_eq!(stored.actor, given.actor);
        assert_eq!(stored.command_id, given.command_id);
        assert_eq!(stored.request_digest, given.request_digest);
        assert_eq!(stored.data, given.data);
        assert_eq!(journal.read_one(&hall(), seq).expect("a record").as_ref(), Some(stored));
    }
    assert_eq!(stored[1].hash, head.hash);
    assert_ne!(stored[0].hash, NO_HASH);
}

fn an_empty_batch_says_where_the_stream_ends(journal: &dyn Journal) {
    assert_eq!(journal.append(&hall(), start(), &[]).durable(), Head::empty(FIRST_EPOCH));
    let head = journal.append(&hall(), start(), &[full_record()]).durable();

    assert_eq!(journal.append(&hall(), head.tail, &[]).durable(), head);
    assert!(matches!(journal.append(&hall(), start(), &[]), Appended::Fenced(at) if at == head));
}

fn another_tail_is_fenced_and_stores_nothing(journal: &dyn Journal) {
    let head = journal.append(&hall(), start(), &[full_record()]).durable();
    let next = record_at("2026-11-22T02:00:00Z");
    let wrong = [
        start(),
        Tail { seq: 2, ..head.tail },
        Tail { epoch: FIRST_EPOCH + 1, ..head.tail },
        Tail { epoch: FIRST_EPOCH - 1, ..head.tail },
    ];

    for expected in wrong {
        match journal.append(&hall(), expected, std::slice::from_ref(&next)) {
            Appended::Fenced(actual) => assert_eq!(actual, head),
            other => panic!("expected a fence, found {other:?}"),
        }
    }

    assert_eq!(journal.head(&hall()).expect("a head"), head);
    assert_eq!(journal.append(&hall(), head.tail, &[next]).durable().tail.seq, 2);
}

fn a_number_is_taken_once(journal: &dyn Journal) {
    let head = journal.append(&hall(), start(), &[full_record()]).durable();
    let mut innocent = record_at("2026-11-22T02:00:00Z");
    innocent.numbers = vec![number("2026-11-22", 3)];
    let mut again = record_at("2026-11-22T02:00:01Z");
    again.numbers = vec![number("2026-11-22", 2)];

    let error = refused(journal.append(&hall(), head.tail, &[innocent.clone(), again]));

    let JournalError::NumberTaken { stream, seq, key } = error else {
        panic!("expected a taken number, found {error:?}");
    };
    assert_eq!((stream, seq, key), (hall(), 3, number("2026-11-22", 2)));
    assert_eq!(journal.head(&hall()).expect("a head"), head);
    // The innocent record of the refused batch left no trace, its number is free.
    assert_eq!(journal.append(&hall(), head.tail, &[innocent]).durable().tail.seq, 2);
}

fn a_number_taken_twice_in_one_batch_refuses_the_whole_batch(journal: &dyn Journal) {
    let mut first = record_at("2026-11-22T02:00:00Z");
    first.numbers = vec![number("2026-11-22", 7)];
    let second = first.clone();

    let error = refused(journal.append(&hall(), start(), &[first, second]));

    assert!(matches!(error, JournalError::NumberTaken { seq: 2, .. }), "{error:?}");
    assert_eq!(journal.head(&hall()).expect("a head").tail, start());
    assert!(journal.streams().expect("streams").is_empty());
}

fn the_same_number_on_another_day_round_series_or_stream_is_free(journal: &dyn Journal) {
    let key = number("2026-11-22", 1);
    let mut record = record_at("2026-11-22T02:00:00Z");
    record.numbers = vec![
        key.clone(),
        number("2026-11-23", 1),
        number("2026-11-22", 2),
        crate::NumberKey { round: 2, ..key.clone() },
        crate::NumberKey { series: "B".into(), ..key },
    ];

    let _ = journal.append(&hall(), start(), std::slice::from_ref(&record)).durable();
    let _ = journal.append(&StreamId::hall("other"), start(), &[record]).durable();
}

fn time_does_not_go_back(journal: &dyn Journal) {
    let head = journal.append(&hall(), start(), &[record_at("2026-11-22T02:00:00.001Z")]).durable();
    let (same, earlier) = (record_at("2026-11-22T02:00:00.001Z"), record_at("2026-11-22T02:00:00Z"));

    let behind_the_head = refused(journal.append(&hall(), head.tail, std::slice::from_ref(&earlier)));
    let within_a_batch = refused(journal.append(&hall(), head.tail, &[same.clone(), earlier.clone()]));

    assert!(matches!(behind_the_head, JournalError::TimeWentBack { seq: 2, at, .. } if at == earlier.at));
    assert!(matches!(within_a_batch, JournalError::TimeWentBack { seq: 3, last, .. } if last == same.at));
    assert_eq!(journal.head(&hall()).expect("a head"), head);
    let _ = journal.append(&hall(), head.tail, &[same]).durable();
}

fn time_finer_than_a_microsecond_is_refused(journal: &dyn Journal) {
    let record = record_at("2026-11-22T02:00:00.000000001Z");

    let error = refused(journal.append(&hall(), start(), &[record]));

    assert!(matches!(error, JournalError::TimeTooFine { seq: 1, .. }), "{error:?}");
}

fn streams_are_independent(journal: &dyn Journal) {
    let (a, b) = (StreamId::hall("a"), StreamId::hall("b"));

    let late = journal.append(&b, start(), &[record_at("2027-01-01T00:00:00Z")]).durable();
    let early = journal.append(&a, start(), &[record_at("2026-01-01T00:00:00Z")]).durable();

    assert_eq!((early.tail.seq, late.tail.seq), (1, 1));
    assert_ne!(early.hash, late.hash);
    assert_eq!(journal.streams().expect("streams"), [a.clone(), b]);
    assert_eq!(journal.read(&a, 1, 10).expect("records").len(), 1);
}

fn reading_honours_its_bounds(journal: &dyn Journal) {
    let batch: Vec<NewRecord> = (0..10).map(|_| record_at("2026-11-22T02:00:00Z")).collect();
    let _ = journal.append(&hall(), start(), &batch).durable();
    let seqs = |from, limit| -> Vec<u64> {
        let records = journal.read(&hall(), from, limit).expect("records");
        records.iter().map(|record| record.seq).collect()
    };

    assert_eq!(seqs(0, 3), [1, 2, 3]);
    assert_eq!(seqs(1, 3), [1, 2, 3]);
    assert_eq!(seqs(9, 3), [9, 10]);
    assert!(seqs(11, 3).is_empty());
    assert!(seqs(1, 0).is_empty());
    assert!(seqs(u64::MAX, usize::MAX).is_empty());
    assert_eq!(seqs(1, usize::MAX).len(), 10);
    assert!(journal.read_one(&hall(), 0).expect("a record").is_none());
    assert!(journal.read_one(&hall(), 11).expect("a record").is_none());
}

fn days_are_marked_newest_first_with_their_seal(journal: &dyn Journal) {
    let opening = |day: i8| {
        let mut record = record_at("2026-11-22T02:00:00Z");
        record.opens_day = Some(date(2026, 11, day));
        record
    };
    let plain = || record_at("2026-11-22T02:00:00Z");

    let _ = journal
        .append(&hall(), start(), &[opening(22), plain(), opening(23), plain(), opening(24)])
        .durable();

    let hash = |seq| journal.read_one(&hall(), seq).expect("a record").expect("stored").hash;
    let mark = |seq, day, sealed_hash| DayMark { seq, day: date(2026, 11, day), sealed_hash };
    let newest = journal.days(&hall(), 2).expect("days");
    assert_eq!(newest, [mark(5, 24, hash(4)), mark(3, 23, hash(2))]);
    let all = journal.days(&hall(), usize::MAX).expect("days");
    assert_eq!(all.last(), Some(&mark(1, 22, NO_HASH)));
}

fn the_tripwire_table_answers_by_number_and_by_record(journal: &dyn Journal) {
    let mut second = record_at("2026-11-23T02:00:00Z");
    second.numbers = vec![number("2026-11-23", 1)];
    let _ = journal.append(&hall(), start(), &[full_record(), second]).durable();
    let by = |day, of| journal.number_taken_by(&hall(), &number(day, of)).expect("an answer");
    let rows = |day, seqs| journal.numbers_taken(&hall(), day, seqs).expect("a count");

    assert_eq!(by("2026-11-22", 2), Some(1));
    assert_eq!(by("2026-11-23", 1), Some(2));
    assert_eq!(by("2026-11-23", 2), None);
    assert_eq!(rows(None, 1..=u64::MAX), 3);
    assert_eq!(rows(None, 2..=2), 1);
    assert_eq!(rows(Some(date(2026, 11, 22)), 0..=9), 2);
    assert_eq!(rows(Some(date(2026, 11, 22)), 2..=9), 0);
}

fn the_hash_depends_on_every_field<J: Journal>(make: &impl Fn() -> J) {
    let hash = |change: &dyn Fn(&mut NewRecord)| {
        let mut record = full_record();
        change(&mut record);
        make().append(&hall(), start(), &[record]).durable().hash
    };
    let base = hash(&|_| {});

    assert_eq!(base, hash(&|_| {}), "the same record has the same hash in any journal");
    let changes: [&dyn Fn(&mut NewRecord); 6] = [
        &|record| record.at = Timestamp::UNIX_EPOCH,
        &|record| record.actor = format!("{}x", record.actor).into(),
        &|record| record.command_id = None,
        &|record| record.command_id = Some("c-0002".into()),
        &|record| record.request_digest[15] = 0,
        &|record| record.data.push(b' '),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert_ne!(base, hash(change), "change {index} leaves the hash as it was");
    }
}

fn readers_see_whole_batches_while_a_writer_appends(journal: &dyn Journal) {
    const BATCHES: u64 = 40;
    const BATCH: usize = 5;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut tail = start();
            for _ in 0..BATCHES {
                let batch: Vec<_> = (0..BATCH).map(|_| record_at("2026-11-22T02:00:00Z")).collect();
                tail = journal.append(&hall(), tail, &batch).durable().tail;
            }
            done.store(true, Ordering::Release);
        });
        loop {
            let finished = done.load(Ordering::Acquire);
            let records = journal.read(&hall(), 1, usize::MAX).expect("records");
            assert_eq!(records.len() % BATCH, 0, "half a batch was seen");
            assert!((1..).zip(&records).all(|(seq, record)| record.seq == seq));
            if finished {
                assert_eq!(records.len() as u64, BATCHES * BATCH as u64);
                break;
            }
        }
    });
}
