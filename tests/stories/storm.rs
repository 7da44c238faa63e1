//! A whole building's screens lose their line and come back at once: each has the state as it is within seconds, and
//! those that stayed are told of a call as if nothing were.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use khiw_tests::live::Asking;
use khiw_tests::{Api, Folder, Live, Server, sites, times};
use serde_json::{Value, json};

const SCREENS: usize = 2_000;
/// `KHIW_STORM_ROUNDS=10` for the whole of it.
const ROUNDS: usize = 2;
const STEADY: usize = 20;
/// Screens that connect at the same moment.
const AT_ONCE: usize = 200;
/// From the cut to the last screen that knows.
const CONVERGED_MAX: Duration = Duration::from_secs(5);
/// From a clerk's press to the last screen that stayed, while the others come back.
const TOLD_MAX: Duration = Duration::from_secs(1);

async fn call_somebody(api: &Api) -> String {
    api.issue("hall", "service-a").await;
    api.call_next("hall", "c1").await["number"].as_str().unwrap().to_owned()
}

fn tells_of(frame: &Value, number: &str) -> bool {
    match frame["type"].as_str() {
        Some("call") => frame["number"] == number,
        Some("snapshot") => frame["calls"].as_array().unwrap().iter().any(|call| call["number"] == number),
        _ => false,
    }
}

/// A screen that was here up to `since` comes back and reads until it knows this call.
async fn come_back(server: &Server, since: &str, number: &str) -> Live {
    let query = &format!("topic=display&since={since}");
    let asking = Asking { site: "hall", query, ..Asking::default() };
    let mut screen = loop {
        // Full for a moment, as long as the server has not noticed that the others are gone.
        if let Ok(screen) = Live::try_open(server, &asking).await {
            break screen;
        }
    };
    loop {
        let frame = screen.frame().await;
        if tells_of(&frame, number) {
            return screen;
        }
    }
}

#[tokio::test]
async fn thousands_of_screens_that_come_back_at_once_are_up_to_date_within_seconds() {
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let api = server.api(&token);
    api.at_counter("hall", "c1", "open", json!({})).await;
    let mut steady = Vec::new();
    for _ in 0..STEADY {
        let mut screen = Live::display(&server, "hall").await;
        screen.next("snapshot").await;
        steady.push(screen);
    }
    let first = call_somebody(&api).await;
    let mut position = String::new();
    for screen in &mut steady {
        let call = screen.next("call").await;
        assert_eq!(call["number"], first);
        call["position"].as_str().unwrap().clone_into(&mut position);
    }
    let mut screens: Vec<Live> = stream::iter(0..SCREENS)
        .map(|_| come_back(&server, "", &first))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;

    for round in 0..times("KHIW_STORM_ROUNDS", ROUNDS) {
        // Given that all have lost their line at once
        screens.clear();
        let cut = Instant::now();
        // When somebody is called while they come back
        let number = call_somebody(&api).await;
        let pressed = Instant::now();
        let since = position.clone();
        let told = async {
            for screen in &mut steady {
                let call = screen.next("call").await;
                assert_eq!(call["number"], number);
                call["position"].as_str().unwrap().clone_into(&mut position);
            }
            pressed.elapsed()
        };
        let back = stream::iter(0..SCREENS).map(|_| come_back(&server, &since, &number));
        let back = async { (back.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await, cut.elapsed()) };
        let (told_after, (again, converged_after)) = tokio::join!(told, back);
        // Then those that stayed know at once, and all of them within seconds.
        assert!(told_after < TOLD_MAX, "round {round}: {told_after:?}");
        assert!(converged_after < CONVERGED_MAX, "round {round}: {converged_after:?}");
        screens = again;
    }
    assert_eq!(screens.len(), SCREENS);
}
