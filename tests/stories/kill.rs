//! `kill -9` at random moments under a busy hall: no answered command is lost, none is carried out twice, and the
//! hall is back within two seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::office::{Answered, Clerk, Door, Kind, Open};
use khiw_domain::Event;
use khiw_tests::journal::{self, Kept};
use khiw_tests::{Folder, Server, sites, times, within};
use tokio::sync::watch;

const CLERKS: usize = 20;
/// Each clerk acts so often: together 200 commands a second.
const ACTS_EVERY: Duration = Duration::from_millis(100);
const READY_MAX: Duration = Duration::from_secs(2);
/// A killed hall had been open for at most this long.
const OPEN_MS_MAX: u64 = 400;
/// Every so many kills one hits a server that is still starting.
const STARTING_EVERY: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_the_hall_loses_nothing_that_was_answered_and_does_nothing_twice() {
    // Given twenty clerks and a kiosk at each, sending about 200 commands a second
    let kills = times("KHIW_KILLS", 20);
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let (door, hall) = watch::channel(Door::closed());
    let clerks: Vec<_> = (0..CLERKS)
        .map(|index| tokio::spawn(Clerk::new(index, &token, hall.clone()).work(ACTS_EVERY)))
        .collect();

    // When the server is killed again and again, each third time while it starts
    let ready_after = kill_again_and_again(&folder, &door, kills).await;
    let server = Server::start(&folder).await;
    door.send_modify(|door| door.close_for_good(&server.base));
    let mut answered = Vec::new();
    for clerk in clerks {
        answered.extend(within("a clerk finishes", clerk).await.unwrap());
    }
    server.stop().await;

    // Then it was always back in time
    let slowest = ready_after.iter().max().copied().unwrap_or_default();
    let (count, cut) = (answered.len(), answered.iter().filter(|told| told.asked > 1).count());
    println!("{count} commands over {kills} kills, {cut} cut off and repeated; slowest start {slowest:?}");
    assert!(slowest <= READY_MAX, "ready after {slowest:?}");

    // And the journal is whole and holds what was answered, each once, and nothing else
    folder.verify();
    let accepted = answered.iter().filter(|told| told.accepted()).count();
    assert!(accepted > kills * 10, "the hall was hardly at work: {accepted} commands");
    told_is_kept(&answered, &journal::records(&folder, "hall"));
}

/// How long each start took that was not killed on its way.
async fn kill_again_and_again(folder: &Folder, door: &watch::Sender<Door>, kills: usize) -> Vec<Duration> {
    let mut ready_after = Vec::new();
    for kill in 1..=kills {
        // any moment: that a kill may come at every one is what is told here
        let moment = |ms_max: u64| tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=ms_max)));
        if kill.is_multiple_of(STARTING_EVERY) {
            let usual_ms = ready_after.last().map_or(100, |last: &Duration| last.as_millis() as u64);
            let starting = Server::spawn(folder, &[]);
            moment(usual_ms).await;
            starting.kill().await;
            continue;
        }
        let server = Server::start(folder).await;
        ready_after.push(server.ready_after);
        door.send_modify(|door| door.open_at(&server.base));
        moment(OPEN_MS_MAX).await;
        server.kill().await;
        door.send_modify(Door::shut);
    }
    ready_after
}

/// What clerks were told and what the journal holds are the same.
fn told_is_kept(answered: &[Answered], kept: &[Kept]) {
    let mut by_key: BTreeMap<&str, &Kept> = BTreeMap::new();
    for one in kept {
        if let Some(key) = &one.record.command_id {
            let earlier = by_key.insert(key, one);
            assert!(earlier.is_none(), "{key} stands twice in the journal");
        }
    }
    for told in answered {
        let kept = by_key.remove(told.key.as_str());
        assert_eq!(kept.is_some(), told.accepted(), "lost, or done though refused: {told:?}");
        if let Some(kept) = kept {
            assert!(tells(&kept.events, told), "{told:?}\nis not what happened: {:?}", kept.events);
        }
    }
    assert!(by_key.is_empty(), "done, but nobody asked: {:?}", by_key.keys().collect::<Vec<_>>());
}

/// Whether a record holds what the clerk was told.
fn tells(events: &[Event], told: &Answered) -> bool {
    let json = &told.answer;
    match told.kind {
        Kind::Issue => events.iter().any(|event| match event {
            Event::TicketIssued(issued) => {
                json["id"] == issued.ticket.0 && json["number"] == *issued.number.text
            }
            _ => false,
        }),
        Kind::CallNext => {
            let called = events.iter().find_map(|event| match event {
                Event::TicketCalled(called) => Some(called.ticket.0),
                _ => None,
            });
            let completed = events.iter().find_map(|event| match event {
                Event::ServiceCompleted { ticket, .. } => Some(ticket.0),
                _ => None,
            });
            json["call"]["ticket"].as_u64() == called && json["completed"].as_u64() == completed
        }
        Kind::Other => !events.is_empty(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_leaves_nothing_behind_that_stops_the_next_one() {
    // Given a folder whose server was killed before it said a word, once and again
    let folder = Folder::with_site(&sites::hall());
    for _ in 0..3 {
        Server::spawn(&folder, &[]).kill().await;
    }

    // Then the next one starts as if nothing had been
    let server = Server::start(&folder).await;
    let open = Open { base: server.base.clone(), token: folder.token("kiosk", "hall") };
    let ticket = open.api().issue("hall", "service-a").await;
    assert_eq!(ticket["number"], "A0001");
}
