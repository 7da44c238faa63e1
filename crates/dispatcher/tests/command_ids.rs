//! A command id is carried out once, whatever is lost on the way.

use crate::common::{DAY, Office, issue, issued, send, settle, with_id};
use khiw_dispatcher::{Failure, Request};
use khiw_domain::{Refusal, Site};

#[test]
fn a_repeated_command_gets_its_first_answer() {
    let (_office, hall) = Office::open();
    let first = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();
    send(&hall, issue("birth")).unwrap();

    let again = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();

    assert!(!first.repeated && again.repeated);
    assert_eq!((again.seq, again.at, &again.events), (first.seq, first.at, &first.events));
    assert_eq!(hall.read(Site::live_tickets), 2);
}

#[test]
fn one_in_flight_is_joined() {
    let (office, hall) = Office::open();
    let paused = office.journal.pause();
    let blocker = hall.post(Request::once("test", issue("tax"))).unwrap();
    office.journal.wait_until_one_waits();

    let [first, second] = [(); 2].map(|()| hall.post(with_id("c-1", issue("birth"))).unwrap());
    drop(paused);

    blocker.blocking_recv().unwrap().unwrap();
    let first = first.blocking_recv().unwrap().unwrap();
    let second = second.blocking_recv().unwrap().unwrap();
    assert_eq!(first.seq, second.seq);
    assert_eq!((first.repeated, second.repeated), (false, true));
    assert_eq!(hall.read(Site::live_tickets), 2);
}

#[test]
fn the_same_id_with_another_request_is_refused() {
    let (_office, hall) = Office::open();
    hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();

    let other = Request { digest: [1; 16], ..with_id("c-1", issue("tax")) };

    assert_eq!(hall.blocking_send(other), Err(Failure::CommandIdReused));
    assert_eq!(hall.read(Site::live_tickets), 1);
}

#[test]
fn the_same_id_of_another_actor_is_another_command() {
    let (_office, hall) = Office::open();
    let (one, _) = issued(&hall.blocking_send(with_id("c-1", issue("birth"))).unwrap());

    let other = Request { actor: "device:other".into(), ..with_id("c-1", issue("birth")) };

    assert_ne!(issued(&hall.blocking_send(other).unwrap()).0, one);
}

#[test]
fn a_refusal_is_not_remembered() {
    let (_office, hall) = Office::open();
    let closed = crate::common::counter("1", khiw_domain::CounterAction::CallNext);
    let refused = hall.blocking_send(with_id("c-1", closed.clone()));
    assert!(matches!(refused, Err(Failure::Refused(Refusal::CounterClosed { .. }))));

    send(&hall, crate::common::open_counter("1")).unwrap();

    assert!(!hall.blocking_send(with_id("c-1", closed)).unwrap().repeated);
}

#[test]
fn ids_outlive_a_restart_on_their_day_and_the_next_and_are_then_forgotten() {
    let (office, hall) = Office::open();
    let first = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();
    let repeated = |hall: &khiw_dispatcher::Hall| {
        let again = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();
        (again.seq == first.seq, again.repeated)
    };

    let (office, hall) = office.restart();
    assert_eq!(repeated(&hall), (true, true), "on its day");

    office.clock.advance(DAY);
    settle(&hall);
    assert_eq!(repeated(&hall), (true, true), "the next day, without a restart");
    let (office, hall) = office.restart();
    assert_eq!(repeated(&hall), (true, true), "the next day, after a restart");

    office.clock.advance(DAY);
    let (_office, hall) = office.restart();
    settle(&hall);
    assert_eq!(repeated(&hall), (false, false), "two days later");
}
