//! A journal that fails: whatever it does, no answer is ever wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use crate::common::{Office, issue, issued, send, with_id};
use khiw_dispatcher::{Done, Failure, Hall, Request, Standing};
use khiw_domain::{Event, Site};
use khiw_journal::testing::{Fault, record_at};
use khiw_journal::{Journal, Tail, format};
use proptest::collection::vec;
use proptest::prelude::*;

fn unavailable(result: &Result<Done, Failure>) -> bool {
    matches!(result, Err(Failure::Unavailable(_)))
}

#[test]
fn a_batch_that_was_refused_never_happened() {
    let (office, hall) = Office::open();
    office.journal.script([Fault::RefuseBefore]);

    assert!(unavailable(&hall.blocking_send(with_id("c-1", issue("birth")))));
    assert_eq!(hall.read(Site::live_tickets), 0);

    let done = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();
    assert_eq!((done.repeated, issued(&done).1.as_str()), (false, "A001"));
}

#[test]
fn everybody_in_a_refused_batch_is_told_refusals_included() {
    let (office, hall) = Office::open();
    let paused = office.journal.pause();
    let blocker = hall.post(Request::once("test", issue("tax"))).unwrap();
    office.journal.wait_until_one_waits();
    office.journal.script([Fault::None, Fault::RefuseBefore]);
    let batch = [issue("birth"), issue("nothing"), issue("birth")]
        .map(|command| hall.post(Request::once("test", command)).unwrap());
    drop(paused);

    blocker.blocking_recv().unwrap().unwrap();
    assert!(batch.into_iter().all(|answer| unavailable(&answer.blocking_recv().unwrap())));
    assert_eq!(hall.read(Site::live_tickets), 1);
    office.assert_replays_alike();
}

#[test]
fn unknown_but_durable_is_answered_as_done() {
    let (office, hall) = Office::open();
    office.journal.script([Fault::UnknownAfter]);

    let done = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();

    assert_eq!(office.records().last().unwrap().seq, done.seq);
    assert!(hall.blocking_send(with_id("c-1", issue("birth"))).unwrap().repeated);
    office.assert_replays_alike();
}

#[test]
fn unknown_and_not_durable_is_answered_as_not_done() {
    let (office, hall) = Office::open();
    office.journal.script([Fault::UnknownBefore]);

    assert!(unavailable(&hall.blocking_send(with_id("c-1", issue("birth")))));

    assert!(!hall.blocking_send(with_id("c-1", issue("birth"))).unwrap().repeated);
    assert_eq!(hall.read(Site::live_tickets), 1);
}

#[test]
fn while_the_outcome_cannot_be_read_nothing_is_answered_and_then_everything_goes_on() {
    let (office, hall) = Office::open();
    office.journal.script([Fault::UnknownAfter]);
    office.journal.fail_heads(usize::MAX);

    assert!(unavailable(&hall.blocking_send(with_id("c-1", issue("birth")))));
    assert_eq!(hall.standing(), Standing::InDoubt);
    assert!(unavailable(&hall.blocking_send(with_id("c-1", issue("birth")))));
    assert!(unavailable(&send(&hall, issue("nothing"))), "a refusal would rest on what is not known");
    assert_eq!(hall.read(Site::live_tickets), 0, "nothing is seen before it is known to be durable");

    office.journal.fail_heads(0);
    let again = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();

    assert!(again.repeated, "the batch turned out to be durable");
    assert_eq!(hall.standing(), Standing::Serving);
    assert_eq!(hall.read(Site::live_tickets), 1);
    office.assert_replays_alike();
}

/// Another process appends one record behind the present end.
fn another_writer_appends(office: &Office, hall: &Hall) {
    let journal = office.journal.inner();
    let head = journal.head(hall.stream()).unwrap();
    let _ = journal.append(hall.stream(), head.tail, &[record_at("2026-11-23T01:00:00Z")]).durable();
}

#[test]
fn a_hall_that_was_taken_over_writes_no_more() {
    let (office, hall) = Office::open();
    another_writer_appends(&office, &hall);

    assert_eq!(send(&hall, issue("birth")), Err(Failure::Fenced));
    let records = office.records().len();
    assert_eq!(send(&hall, issue("birth")), Err(Failure::Fenced));
    assert_eq!(send(&hall, issue("nothing")), Err(Failure::Fenced));

    assert_eq!(hall.standing(), Standing::Fenced);
    assert_eq!(office.records().len(), records);
    assert_eq!(hall.read(Site::live_tickets), 0, "reading goes on");
}

#[test]
fn another_writers_batch_of_the_same_length_is_not_taken_for_ours() {
    let (office, hall) = Office::open();
    office.journal.script([Fault::UnknownBefore]);
    office.journal.fail_heads(usize::MAX);
    assert!(unavailable(&send(&hall, issue("birth"))));
    another_writer_appends(&office, &hall);

    office.journal.fail_heads(0);

    assert_eq!(send(&hall, issue("birth")), Err(Failure::Fenced));
    assert_eq!(hall.read(Site::live_tickets), 0);
}

#[test]
fn a_raised_epoch_fences_the_old_writer() {
    let (office, hall) = Office::open();
    let raised = office.journal.inner().raise_epoch(hall.stream());
    assert_eq!(raised, Tail { epoch: 2, seq: hall.position().seq });

    assert_eq!(send(&hall, issue("birth")), Err(Failure::Fenced));

    let (_office, hall) = office.restart();
    assert_eq!(hall.position().epoch, 2);
    assert_eq!(issued(&send(&hall, issue("birth")).unwrap()).1, "A001");
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        2 => Just(Fault::None),
        1 => Just(Fault::RefuseBefore),
        1 => Just(Fault::UnknownBefore),
        1 => Just(Fault::UnknownAfter),
    ]
}

const KIOSKS: usize = 4;
const VISITORS: usize = 8;
const TRIES: usize = 4;

/// What a kiosk does: the same command again until it is answered, a few times.
fn try_hard(hall: &Hall, id: &str) -> Option<Done> {
    (0..TRIES).find_map(|_| hall.blocking_send(with_id(id, issue("birth"))).ok())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_fails_every_answer_is_true_and_nobody_has_two_numbers(
        faults in vec(fault(), 1..40),
        heads in 0_usize..6,
    ) {
        let (office, hall) = Office::open();
        office.journal.script(faults);
        office.journal.fail_heads(heads);

        let kiosks: Vec<_> = (0..KIOSKS)
            .map(|kiosk| {
                let hall = hall.clone();
                thread::spawn(move || {
                    let ids = (0..VISITORS).map(move |visitor| format!("{kiosk}-{visitor}"));
                    ids.filter_map(|id| Some((id.clone(), try_hard(&hall, &id)?))).collect::<Vec<_>>()
                })
            })
            .collect();
        let answers: Vec<_> = kiosks.into_iter().flat_map(|kiosk| kiosk.join().unwrap()).collect();
        // A last command, repeated until it is stored: the journal works again and no batch is in doubt.
        while hall.blocking_send(with_id("last", issue("tax"))).is_err() {}
        office.journal.fail_heads(0);

        let records = office.records();
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &records {
            *by_id.entry(record.command_id.as_deref().unwrap_or("none")).or_default() += 1;
        }
        for (id, done) in &answers {
            let record = &records[done.seq as usize - 1];
            prop_assert_eq!(record.command_id.as_deref(), Some(id.as_str()));
            prop_assert_eq!(&format::decode(&record.data).unwrap()[..], &done.events[..]);
            prop_assert_eq!(by_id[id.as_str()], 1, "the command of {} was carried out more than once", id);
        }
        let numbers: Vec<_> = records
            .iter()
            .flat_map(|record| format::decode(&record.data).unwrap())
            .filter_map(|event| match event {
                Event::TicketIssued(issued) => Some(issued.number.text),
                _ => None,
            })
            .collect();
        prop_assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
        prop_assert_eq!(numbers.len(), hall.read(Site::live_tickets));
        office.assert_replays_alike();
    }
}
