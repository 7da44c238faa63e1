//! The daily work of a hall through its dispatcher: batches, answers, publishing, many hands at once.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::thread;

use crate::common::{Office, called, counter, issue, issued, open_counter, sample_site, send, with_id};
use khiw_dispatcher::{Committed, Failure, Publisher, Request};
use khiw_domain::id::{CounterId, SiteId};
use khiw_domain::{Command, CounterAction, Event, Refusal, Site, TicketState, sample};

/// Sends every published batch on.
struct Recorder(Sender<(usize, Vec<Committed>)>);

impl Publisher for Recorder {
    fn published(&mut self, site: &Site, batch: &[Committed]) {
        let _ = self.0.send((site.live_tickets(), batch.to_vec()));
    }
}

fn recorder() -> (Box<Recorder>, Receiver<(usize, Vec<Committed>)>) {
    let (sender, receiver) = channel();
    (Box::new(Recorder(sender)), receiver)
}

#[test]
fn a_ticket_is_issued_called_and_done() {
    let (office, hall) = Office::open();
    send(&hall, open_counter("1")).unwrap();

    let (ticket, number) = issued(&send(&hall, issue("birth")).unwrap());
    let call = send(&hall, counter("1", CounterAction::CallNext)).unwrap();
    let done = send(&hall, counter("1", CounterAction::Complete { outcomes: vec![] })).unwrap();

    assert_eq!(number, "A001");
    assert_eq!(called(&call), Some((ticket, sample::counter_id("1"))));
    assert_eq!(done.events.last(), Some(&Event::TicketDone { ticket }));
    assert_eq!(hall.read(|site| site.ticket(ticket).unwrap().state.clone()), TicketState::Done);
    assert_eq!(hall.position().seq, done.seq);
    assert_eq!(office.records().len() as u64, done.seq);
    office.assert_replays_alike();
}

#[test]
fn what_waits_is_stored_in_one_commit_and_answered_after_it() {
    let (office, hall) = Office::open();
    let paused = office.journal.pause();
    let first = hall.post(Request::once("test", issue("birth"))).unwrap();
    office.journal.wait_until_one_waits();
    let before = office.journal.appends();

    let mut waiting: Vec<_> =
        (0..100).map(|_| hall.post(Request::once("test", issue("tax"))).unwrap()).collect();
    let mut refused = hall.post(Request::once("test", issue("nothing"))).unwrap();
    assert!(waiting.iter_mut().chain([&mut refused]).all(|answer| answer.try_recv().is_err()));
    assert_eq!(hall.read(Site::live_tickets), 0, "nothing is seen before it is durable");
    drop(paused);

    first.blocking_recv().unwrap().unwrap();
    let numbers: Vec<_> =
        waiting.into_iter().map(|a| issued(&a.blocking_recv().unwrap().unwrap()).1).collect();
    assert_eq!(numbers, (1..=100).map(|n| format!("B{n:03}")).collect::<Vec<_>>());
    assert!(matches!(
        refused.blocking_recv().unwrap(),
        Err(Failure::Refused(Refusal::UnknownService { .. }))
    ));
    assert_eq!(office.journal.appends(), before + 1);
}

#[test]
fn a_refusal_alone_needs_no_commit() {
    let (office, hall) = Office::open();
    let before = office.journal.appends();

    let refused = send(&hall, issue("nothing"));

    assert!(matches!(refused, Err(Failure::Refused(Refusal::UnknownService { .. }))));
    assert_eq!(office.journal.appends(), before);
}

#[test]
fn a_command_that_changes_nothing_leaves_no_record_unless_it_may_be_repeated() {
    let (office, hall) = Office::open();
    send(&hall, open_counter("1")).unwrap();
    let before = office.records().len();

    let plain = send(&hall, counter("1", CounterAction::CallNext)).unwrap();
    assert_eq!((plain.seq, plain.events.len()), (before as u64, 0));
    let kept = hall.blocking_send(with_id("c-1", counter("1", CounterAction::CallNext))).unwrap();
    send(&hall, issue("birth")).unwrap();
    let again = hall.blocking_send(with_id("c-1", counter("1", CounterAction::CallNext))).unwrap();

    assert_eq!((again.seq, again.repeated, again.events.len()), (kept.seq, true, 0));
    assert_eq!(hall.read(|site| site.at_hand(&sample::counter_id("1")).cloned()), None);
}

#[test]
fn followers_in_the_process_see_each_record_once_and_in_order() {
    let (_office, hall) = Office::open();
    let (publisher, published) = recorder();
    hall.publish_to(publisher);

    let first = send(&hall, issue("birth")).unwrap();
    let second = send(&hall, issue("tax")).unwrap();

    for (live, done) in [(1, first), (2, second)] {
        let (seen, batch) = published.recv().unwrap();
        assert_eq!(seen, live);
        let [one] = &batch[..] else { panic!("expected one record, found {batch:?}") };
        assert_eq!((one.seq, one.epoch, one.at, &*one.actor), (done.seq, 1, done.at, "test"));
        assert_eq!(one.events, done.events);
    }
}

#[test]
fn a_full_inbox_is_told_and_nothing_of_it_is_done() {
    let (office, hall) = Office::open();
    let paused = office.journal.pause();
    let blocked = hall.post(Request::once("test", issue("birth"))).unwrap();
    office.journal.wait_until_one_waits();

    let refusal = (0..10_000).find_map(|_| hall.post(Request::once("test", Command::Tick)).err());
    assert_eq!(refusal, Some(Failure::Overloaded));
    drop(paused);

    blocked.blocking_recv().unwrap().unwrap();
    send(&hall, issue("birth")).unwrap();
    assert_eq!(hall.read(Site::live_tickets), 2);
}

#[test]
fn many_kiosks_at_once_give_unique_numbers_without_gaps() {
    const KIOSKS: usize = 64;
    const EACH: usize = 5;
    let (office, hall) = Office::open();
    let start = Arc::new(Barrier::new(KIOSKS));

    let kiosks: Vec<_> = (0..KIOSKS)
        .map(|_| {
            let (hall, start) = (hall.clone(), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                (0..EACH).map(|_| issued(&send(&hall, issue("birth")).unwrap()).1).collect::<Vec<_>>()
            })
        })
        .collect();
    let numbers: BTreeSet<String> = kiosks.into_iter().flat_map(|kiosk| kiosk.join().unwrap()).collect();

    assert_eq!(numbers, (1..=KIOSKS * EACH).map(|n| format!("A{n:03}")).collect());
    office.assert_replays_alike();
}

#[test]
fn twenty_counters_calling_at_once_get_twenty_tickets() {
    let office = Office::empty();
    let hall = office.dispatcher.found(sample_site()).unwrap();
    let names: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
    let config = sample::site_with(|config| {
        let like = config.counters[0].clone();
        let named = |name: &String| khiw_domain::config::Counter {
            id: CounterId::parse(name).unwrap(),
            label: name.clone(),
            ..like.clone()
        };
        config.counters = names.iter().map(named).collect();
    });
    send(&hall, Command::Configure { config }).unwrap();
    for name in &names {
        send(&hall, open_counter(name)).unwrap();
        send(&hall, issue("birth")).unwrap();
    }

    let start = Arc::new(Barrier::new(names.len()));
    let clerks: Vec<_> = names
        .into_iter()
        .map(|name| {
            let (hall, start) = (hall.clone(), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                called(&send(&hall, counter(&name, CounterAction::CallNext)).unwrap()).unwrap()
            })
        })
        .collect();
    let calls: Vec<_> = clerks.into_iter().map(|clerk| clerk.join().unwrap()).collect();

    assert_eq!(calls.iter().map(|(ticket, _)| ticket).collect::<BTreeSet<_>>().len(), 20);
    assert_eq!(calls.iter().map(|(_, counter)| counter).collect::<BTreeSet<_>>().len(), 20);
}

#[test]
fn halls_of_one_journal_do_not_see_each_other() {
    let (office, hall) = Office::open();
    let id = SiteId::parse("other").unwrap();
    let other = office.dispatcher.found(id.clone()).unwrap();
    let config = sample::site_with(|config| config.id = id.clone());
    send(&other, Command::Configure { config }).unwrap();

    let (_, here) = issued(&send(&hall, issue("birth")).unwrap());
    let (_, there) = issued(&send(&other, issue("birth")).unwrap());

    assert_eq!((here.as_str(), there.as_str()), ("A001", "A001"));
    let (office, hall) = office.restart();
    assert_eq!(office.dispatcher.sites(), [id, sample_site()]);
    assert_eq!(hall.read(Site::live_tickets), 1);
}

#[test]
fn whoever_counts_the_halls_hears_of_each_new_one_when_it_can_be_found() {
    let (office, _) = Office::open();
    let mut count = office.dispatcher.count();
    assert_eq!(*count.borrow_and_update(), 1);

    office.dispatcher.found(sample_site()).unwrap();
    assert!(!count.has_changed().unwrap(), "a hall that is there is no new one");
    let new = SiteId::parse("new").unwrap();
    office.dispatcher.found(new.clone()).unwrap();

    assert!(count.has_changed().unwrap());
    assert_eq!(*count.borrow(), 2);
    assert!(office.dispatcher.sites().contains(&new));
}

#[test]
fn a_stopped_hall_says_so_and_has_answered_what_was_queued() {
    let (office, hall) = Office::open();
    let paused = office.journal.pause();
    let queued: Vec<_> = (0..3).map(|_| hall.post(Request::once("test", issue("birth"))).unwrap()).collect();
    office.journal.wait_until_one_waits();
    let dispatcher = office.dispatcher.clone();
    let stopping = thread::spawn(move || dispatcher.stop());
    drop(paused);
    stopping.join().unwrap();

    for answer in queued {
        answer.blocking_recv().unwrap().unwrap();
    }
    assert!(matches!(send(&hall, issue("birth")), Err(Failure::Unavailable(_))));
    assert!(office.dispatcher.found(SiteId::parse("late").unwrap()).is_err());
    assert_eq!(hall.read(Site::live_tickets), 3, "reading goes on");
}

#[tokio::test]
async fn an_idle_counter_in_auto_mode_is_given_the_ticket_in_the_same_commit() {
    let (office, hall) = tokio::task::spawn_blocking(Office::open).await.unwrap();
    hall.send(Request::once("test", open_counter("1"))).await.unwrap();
    hall.send(Request::once("test", counter("1", CounterAction::AutoCall { on: true }))).await.unwrap();
    let before = office.journal.appends();

    let (ticket, _) = issued(&hall.send(Request::once("test", issue("birth"))).await.unwrap());

    assert_eq!(hall.read(|site| site.at_hand(&sample::counter_id("1")).map(|t| t.id)), Some(ticket));
    assert_eq!(office.journal.appends(), before + 1);
}

#[tokio::test]
async fn the_forecast_follows_the_hall() {
    let (_office, hall) = tokio::task::spawn_blocking(Office::open).await.unwrap();
    let queue = "a".parse().unwrap();
    let mut forecasts = hall.forecasts();
    assert_eq!(hall.forecast().at(&queue, 0), None, "no counter is open");

    hall.send(Request::once("test", open_counter("1"))).await.unwrap();

    forecasts.wait_for(|forecast| forecast.at(&queue, 0).is_some()).await.unwrap();
    assert!(hall.forecast().at(&queue, 0).is_some());
}
