//! Screens: everybody sees a call at once, whoever was away gets what they missed, and nobody waits for a screen
//! that does not read.

use std::time::{Duration, Instant};

use khiw_tests::live::Asking;
use khiw_tests::{Api, Folder, Live, Server, sites};
use serde_json::json;
use tokio::net::TcpSocket;

const SCREENS: usize = 50;
const DEAF_ROUNDS: usize = 1_000;
/// A call and its repetitions.
const CALLS_A_ROUND: usize = 4;
const PLACE_CHARACTERS: usize = 300;
/// Longest a clerk's press of "call next" may take, whatever a screen does.
const PRESS_MAX: Duration = Duration::from_secs(1);

async fn hall() -> (Folder, Server, Api) {
    hall_of(&sites::hall()).await
}

async fn hall_of(site: &str) -> (Folder, Server, Api) {
    let folder = Folder::with_site(site);
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let api = server.api(&token);
    api.at_counter("hall", "c1", "open", json!({})).await;
    (folder, server, api)
}

/// Somebody takes a number and is called at counter 1: the number.
async fn call_somebody(api: &Api) -> String {
    api.issue("hall", "service-a").await;
    api.call_next("hall", "c1").await["number"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_screen_sees_every_call_and_sees_it_taken_back() {
    // Given fifty screens
    let (_folder, server, api) = hall().await;
    let mut screens = Vec::new();
    for _ in 0..SCREENS {
        let mut screen = Live::display(&server, "hall").await;
        let snapshot = screen.frame().await;
        assert_eq!((&snapshot["type"], &snapshot["calls"]), (&json!("snapshot"), &json!([])));
        screens.push(screen);
    }

    // When somebody is called, called again, and the call is taken back
    let number = call_somebody(&api).await;
    api.at_counter("hall", "c1", "recall", json!({})).await;
    api.at_counter("hall", "c1", "return", json!({})).await;

    // Then each screen sees just that
    for screen in &mut screens {
        let (first, second) = (screen.next("call").await, screen.next("call").await);
        assert_eq!((&first["number"], &first["attempt"]), (&json!(number), &json!(1)));
        assert_eq!((&second["number"], &second["attempt"]), (&json!(number), &json!(2)));
        assert_eq!((&first["counter"], &first["counter_name"]["label"]), (&json!("c1"), &json!("1")));
        let withdrawn = screen.next("withdrawn").await;
        assert_eq!((&withdrawn["number"], &withdrawn["counter"]), (&json!(number), &json!("c1")));
        assert!(
            withdrawn["seq"].as_u64() > second["seq"].as_u64()
                && second["seq"].as_u64() > first["seq"].as_u64()
        );
    }
}

#[tokio::test]
async fn a_screen_that_was_away_gets_exactly_the_frames_it_missed() {
    let (_folder, server, api) = hall().await;
    let mut screen = Live::display(&server, "hall").await;
    let seen = call_somebody(&api).await;
    let last = screen.next("call").await;
    assert_eq!(last["number"], seen);
    drop(screen);
    let mut missed = Vec::new();
    for _ in 0..5 {
        missed.push(call_somebody(&api).await);
    }

    let mut screen = Live::display_since(&server, "hall", last["position"].as_str().unwrap()).await;

    let mut told = Vec::new();
    while told.len() < missed.len() {
        let frame = screen.frame().await;
        assert_ne!(frame["type"], "snapshot", "five frames are not worth a snapshot");
        if frame["type"] == "call" {
            told.push(frame["number"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(told, missed);
    // And then it is among the others again.
    let next = call_somebody(&api).await;
    assert_eq!(screen.next("call").await["number"], next);
}

#[tokio::test]
async fn who_was_away_for_too_long_starts_from_a_snapshot() {
    let (_folder, server, api) = hall().await;
    let mut screen = Live::display(&server, "hall").await;
    call_somebody(&api).await;
    let position = screen.next("call").await["position"].as_str().unwrap().to_owned();
    drop(screen);
    for _ in 0..300 {
        call_somebody(&api).await;
    }
    // A clerk is answered before screens are told: who sees the last call knows that it was told.
    let mut other = Live::display(&server, "hall").await;
    let last = call_somebody(&api).await;
    while other.next("call").await["number"] != last {}

    let mut screen = Live::display_since(&server, "hall", &position).await;

    let snapshot = screen.frame().await;
    assert_eq!(snapshot["type"], "snapshot");
    let calls = snapshot["calls"].as_array().unwrap();
    assert_eq!((calls.len(), &calls[0]["number"]), (64, &last.into()));
}

/// The hall with a place word so long that a few thousand calls fill any socket's buffers.
fn talkative_hall() -> String {
    let long = |text: &str| text.chars().cycle().take(PLACE_CHARACTERS).collect::<String>();
    let usual = "{ th = \"ช่องบริการ\", en = \"Counter\" }";
    let place = format!("{{ th = \"{}\", en = \"{}\" }}", long("ช่องบริการ"), long("Counter"));
    sites::hall().replace(usual, &place)
}

#[tokio::test]
async fn a_screen_that_never_reads_slows_nobody() {
    // Given a screen that reads, and one with a tiny window that does not
    let (_folder, server, api) = hall_of(&talkative_hall()).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    let stream = socket.connect(server.host().parse().unwrap()).await.unwrap();
    let asking = Asking { site: "hall", query: "topic=display", ..Asking::default() };
    let mut deaf = Live::over(stream, &format!("ws://{}", server.host()), &asking).await.unwrap();
    let mut screen = Live::display(&server, "hall").await;
    screen.next("snapshot").await;

    // When far more is told than fits between the server and the deaf one
    let (press, mut pressed) = tokio::sync::mpsc::unbounded_channel();
    let clerk = async move {
        for _ in 0..DEAF_ROUNDS {
            let begun = Instant::now();
            let number = call_somebody(&api).await;
            press.send((number, begun.elapsed())).unwrap();
            for _ in 1..CALLS_A_ROUND {
                api.at_counter("hall", "c1", "recall", json!({})).await;
            }
        }
    };
    let mut slowest = Duration::ZERO;
    let lobby = async {
        while let Some((number, took)) = pressed.recv().await {
            slowest = slowest.max(took);
            let first_call = async {
                loop {
                    let call = screen.next("call").await;
                    if call["attempt"] == 1 {
                        return call;
                    }
                }
            };
            assert_eq!(first_call.await["number"], number);
        }
    };
    tokio::join!(clerk, lobby);

    // Then the other screen saw every call, no press took long, and the deaf one has lost its place
    assert!(slowest < PRESS_MAX, "{slowest:?}");
    assert!(lost_its_place(&mut deaf).await, "the deaf screen was never behind: this story tells nothing");
}

/// Whether it is given a new snapshot, or is cut off, before it has been told every call.
async fn lost_its_place(deaf: &mut Live) -> bool {
    deaf.next("snapshot").await;
    let mut calls = 0;
    while calls < DEAF_ROUNDS * CALLS_A_ROUND {
        match deaf.frame_or_end().await {
            Ok(frame) if frame["type"] == "snapshot" => return true,
            Ok(frame) => calls += usize::from(frame["type"] == "call"),
            Err(_) => return true,
        }
    }
    false
}

#[tokio::test]
async fn a_clerk_and_a_visitor_each_see_their_own() {
    let (folder, server, api) = hall().await;
    let token = folder.token("clerk", "hall");
    let asking =
        Asking { site: "hall", query: "topic=counter&counter=c1", bearer: Some(&token), ..Asking::default() };
    let mut clerk = Live::open(&server, &asking).await;
    assert_eq!(clerk.next("snapshot").await["counter"]["state"], "idle");
    let ticket = api.issue("hall", "service-a").await;
    let query = &format!("topic=ticket&token={}", ticket["token"].as_str().unwrap());
    let mut phone = Live::open(&server, &Asking { site: "hall", query, ..Asking::default() }).await;
    assert_eq!(phone.next("snapshot").await["ticket"]["state"], "waiting");

    api.call_next("hall", "c1").await;

    let calling = loop {
        let counter = clerk.next("counter").await["counter"].clone();
        if counter["state"] == "calling" {
            break counter;
        }
    };
    assert_eq!(calling["at_hand"]["id"], ticket["id"]);
    let called = loop {
        let ticket = phone.next("ticket").await["ticket"].clone();
        if ticket["state"] == "called" {
            break ticket;
        }
    };
    assert_eq!(called["counter"]["label"], "1");
    // Nobody else's: another visitor's ticket says nothing on this phone.
    assert!(called.get("id").is_none(), "{called}");
}
