//! The failing store does what it is told, so that tests above may rely on it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{START, hall};
use khiw_journal::testing::{Fault, FaultyJournal, record_at};
use khiw_journal::{Appended, Journal, MemoryJournal};

fn journal() -> FaultyJournal<MemoryJournal> {
    FaultyJournal::new(MemoryJournal::new())
}

#[test]
fn the_script_is_followed_in_order_and_then_it_works() {
    let journal = journal();
    let batch = [record_at("2026-11-22T00:00:00Z")];
    let stored = || journal.inner().head(&hall()).unwrap().tail.seq;
    journal.script([Fault::RefuseBefore, Fault::UnknownBefore, Fault::Fenced, Fault::UnknownAfter]);

    assert!(matches!(journal.append(&hall(), START, &batch), Appended::Refused(_)));
    assert!(matches!(journal.append(&hall(), START, &batch), Appended::Unknown(_)));
    assert!(matches!(journal.append(&hall(), START, &batch), Appended::Fenced(_)));
    assert_eq!(stored(), 0);
    assert!(matches!(journal.append(&hall(), START, &batch), Appended::Unknown(_)));
    assert_eq!(stored(), 1);
    let head = journal.head(&hall()).unwrap();
    assert_eq!(journal.append(&hall(), head.tail, &batch).durable().tail.seq, 2);
    assert_eq!(journal.appends(), 5);
}

#[test]
fn heads_fail_as_often_as_told() {
    let journal = journal();
    journal.fail_heads(2);

    assert!(journal.head(&hall()).is_err());
    assert!(journal.head(&hall()).is_err());
    assert!(journal.head(&hall()).is_ok());
}

#[test]
fn appends_wait_while_paused() {
    let journal = journal();
    let done = AtomicBool::new(false);

    std::thread::scope(|scope| {
        let paused = journal.pause();
        scope.spawn(|| {
            let _ = journal.append(&hall(), START, &[record_at("2026-11-22T00:00:00Z")]).durable();
            done.store(true, Ordering::Release);
        });
        journal.wait_until_one_waits();
        assert!(!done.load(Ordering::Acquire));
        assert_eq!(journal.inner().head(&hall()).unwrap().tail.seq, 0);
        drop(paused);
    });

    assert!(done.load(Ordering::Acquire));
}
