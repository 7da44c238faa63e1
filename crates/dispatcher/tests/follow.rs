//! Following the journal: from a position, after being away, to the end; and coming back from a disk.

use std::sync::Arc;

use crate::common::{Office, issue, issued, sample_site, send, with_id};
use khiw_dispatcher::{Dispatcher, FollowError, Follower, Hall, Options, Request, SystemClock};
use khiw_domain::{Command, sample};
use khiw_journal::{DataFolder, Kind, SqliteJournal, verify};

async fn open() -> (Office, Hall) {
    tokio::task::spawn_blocking(Office::open).await.unwrap()
}

async fn issue_one(hall: &Hall) -> u64 {
    hall.send(Request::once("test", issue("birth"))).await.unwrap().seq
}

fn seqs(page: &[khiw_dispatcher::Committed]) -> Vec<u64> {
    page.iter().map(|followed| followed.seq).collect()
}

#[tokio::test]
async fn a_follower_that_was_away_catches_up_page_by_page() {
    let (_office, hall) = open().await;
    let first = issue_one(&hall).await;
    for _ in 0..4 {
        issue_one(&hall).await;
    }

    let mut follower = Follower::new(&hall, first);

    assert_eq!(seqs(&follower.next(2).await.unwrap()), [first, first + 1]);
    let rest = follower.next(100).await.unwrap();
    assert_eq!(seqs(&rest), [first + 2, first + 3, first + 4]);
    assert!(rest.iter().all(|followed| followed.events.len() == 1));
    assert_eq!(follower.next_seq(), first + 5);
}

#[tokio::test]
async fn a_follower_waits_for_the_next_record() {
    let (_office, hall) = open().await;
    let next = hall.position().seq + 1;
    let mut follower = Follower::new(&hall, next);
    let following = tokio::spawn(async move { follower.next(10).await });

    issue_one(&hall).await;

    assert_eq!(seqs(&following.await.unwrap().unwrap()), [next]);
}

#[tokio::test]
async fn a_follower_ahead_of_the_journal_is_told_to_start_anew() {
    let (_office, hall) = open().await;
    let tail = hall.position().seq;

    let beyond = Follower::new(&hall, tail + 2).next(10).await;

    assert!(matches!(beyond, Err(FollowError::BeyondHead { tail: told, .. }) if told == tail));
}

#[tokio::test]
async fn a_follower_of_a_stopped_hall_reads_to_the_end_and_is_told() {
    let (office, hall) = open().await;
    let mut follower = Follower::new(&hall, 1);
    tokio::task::spawn_blocking(move || {
        send(&office.hall(), issue("birth")).unwrap();
        office.dispatcher.stop();
    })
    .await
    .unwrap();

    let read = follower.next(100).await.unwrap();

    assert_eq!(read.last().unwrap().seq, hall.position().seq);
    assert!(matches!(follower.next(100).await, Err(FollowError::Stopped)));
}

#[test]
fn a_hall_on_a_disk_is_as_it_was_when_it_is_started_again() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(dir.path()).unwrap();
    let start = || {
        let journal = Arc::new(SqliteJournal::open(&folder, Kind::Real).unwrap());
        Dispatcher::start(journal, Arc::new(SystemClock::new()), Options::default()).unwrap()
    };
    let dispatcher = start();
    let hall = dispatcher.found(sample_site()).unwrap();
    send(&hall, Command::Configure { config: sample::site_with(|_| {}) }).unwrap();
    let kept = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();
    dispatcher.stop();
    let before = hall.state_hash();
    drop((hall, dispatcher));

    let dispatcher = start();
    let hall = dispatcher.hall(&sample_site()).unwrap();

    assert_eq!(hall.state_hash(), before);
    let again = hall.blocking_send(with_id("c-1", issue("birth"))).unwrap();
    assert_eq!((again.repeated, issued(&again)), (true, issued(&kept)));
    let report = verify(&**dispatcher.journal(), hall.stream(), 1).unwrap();
    assert_eq!((report.head.tail.seq, report.numbers), (hall.position().seq, 1));
}
