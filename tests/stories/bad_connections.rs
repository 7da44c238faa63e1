//! Sockets that are up to no good: idle by the thousand, half open, garbage, floods. The hall goes on meanwhile.

use std::time::{Duration, Instant};

use khiw_tests::live::{Asking, Ended};
use khiw_tests::{Api, Folder, Live, Server, api, raw, sites};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

const IDLE_SOCKETS: usize = 2_000;
/// A visitor is served in less, whoever else is connected.
const WALK_MAX: Duration = Duration::from_secs(2);
/// Close code of a socket that broke the rules.
const POLICY: u16 = 1008;

async fn hall() -> (Folder, Server, Api) {
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let api = server.api(&token);
    api.at_counter("hall", "c1", "open", json!({})).await;
    (folder, server, api)
}

/// A visitor takes a number and is called, by new connections, and a lobby screen shows it.
async fn goes_on(server: &Server, api: &Api) {
    let begun = Instant::now();
    let api = api.another();
    let mut screen = Live::display(server, "hall").await;
    screen.next("snapshot").await;
    let ticket = api.issue("hall", "service-a").await;
    assert_eq!(api.call_next("hall", "c1").await["ticket"], ticket["id"]);
    assert_eq!(screen.next("call").await["number"], ticket["number"]);
    assert!(begun.elapsed() < WALK_MAX, "the walk took {:?}", begun.elapsed());
}

#[tokio::test]
async fn thousands_of_idle_sockets_keep_nobody_from_being_served() {
    let (_folder, server, api) = hall().await;
    let mut idle = Vec::new();
    for index in 0..IDLE_SOCKETS {
        let mut socket = TcpStream::connect(server.host()).await.unwrap();
        // A third says nothing, a third stops in the first line, a third stops in a header.
        let words = ["", "GET /api/v1/si", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "][index % 3];
        socket.write_all(words.as_bytes()).await.unwrap();
        idle.push(socket);
    }
    goes_on(&server, &api).await;
    drop(idle);
    goes_on(&server, &api).await;
    server.stop().await;
}

#[tokio::test]
async fn uploads_that_stop_half_way_hold_up_nobody_and_are_ended() {
    let (folder, server, api) = hall().await;
    let token = folder.token("kiosk", "hall");
    let mut halves = Vec::new();
    for _ in 0..200 {
        let mut socket = TcpStream::connect(server.host()).await.unwrap();
        let head = format!(
            "POST /api/v1/sites/hall/tickets HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\
             idempotency-key: {}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{{\"services\":[",
            server.host(),
            api::key()
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        halves.push(socket);
    }
    goes_on(&server, &api).await;

    // One is cut off by its sender: nothing of it may have become a ticket.
    drop(halves.pop());
    // The others are told that they were too slow, and closed.
    let mut patient = halves.pop().unwrap();
    let answer = raw::answer(&mut patient).await.expect("an answer");
    assert!(matches!(answer.status, 400 | 408), "{answer:?}");
    assert!(answer.json()["code"].is_string(), "{answer:?}");
    drop(halves);
    server.stop().await;
    let issued = khiw_tests::journal::issued(&khiw_tests::journal::records(&folder, "hall"));
    assert_eq!(issued.len(), 1);
}

#[tokio::test]
async fn bytes_that_are_no_http_are_answered_or_cut_off() {
    let (_folder, server, api) = hall().await;
    let mut noise = vec![0_u8; 20_000];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    let smuggled = "POST /api/v1/sites/hall/tickets HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\
                    transfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    let twice = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!";
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice();
    let minus = b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".as_slice();
    for garbage in
        [&noise, tls, smuggled.as_bytes(), twice.as_bytes(), minus, b"\r\n\r\n\r\n\r\n hello\r\n\r\n"]
    {
        let mut socket = TcpStream::connect(server.host()).await.unwrap();
        let _ = socket.write_all(garbage).await;
        let _ = socket.shutdown().await;
        let mut said = Vec::new();
        let read = socket.read_to_end(&mut said);
        // A reset is an end, too.
        let _ = khiw_tests::within("the socket ends", read).await;
        let said = String::from_utf8_lossy(&said);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    goes_on(&server, &api).await;
}

#[tokio::test]
async fn a_screen_that_says_anything_but_what_it_rendered_is_closed_with_1008() {
    let (_folder, server, api) = hall().await;
    let position = r#"{"type":"rendered","position":"0123456789abcdef.1.1"}"#;
    let garbage = [
        Message::text("hello"),
        Message::text("{}"),
        Message::text(r#"{"type":"call","ticket":1}"#),
        Message::text(r#"{"type":"rendered","position":1}"#),
        Message::text(format!("[{}", "[".repeat(900))),
        Message::binary(vec![0, 1, 2, 3]),
    ];
    for message in garbage {
        let mut screen = Live::display(&server, "hall").await;
        screen.next("snapshot").await;
        // What it may say it may say.
        screen.say(position).await.unwrap();
        screen.send(message.clone()).await.unwrap();
        assert_eq!(screen.ended().await, Ended::Closed(POLICY), "{message:?}");
    }
    goes_on(&server, &api).await;
}

#[tokio::test]
async fn a_screen_that_floods_or_sends_megabytes_is_closed_and_disturbs_no_other() {
    let (_folder, server, api) = hall().await;
    let mut flooding = Live::display(&server, "hall").await;
    for _ in 0..2_000 {
        let position = r#"{"type":"rendered","position":"0123456789abcdef.1.1"}"#;
        if flooding.say(position).await.is_err() {
            break;
        }
    }
    assert_ne!(flooding_end(flooding).await, None);
    let mut heavy = Live::display(&server, "hall").await;
    let _ = heavy.say(&"x".repeat(4 << 20)).await;
    assert_ne!(flooding_end(heavy).await, None);
    goes_on(&server, &api).await;
}

/// A flood may meet the close frame or the cut line, whichever is first.
async fn flooding_end(screen: Live) -> Option<Ended> {
    match screen.ended().await {
        Ended::Closed(POLICY) => Some(Ended::Closed(POLICY)),
        Ended::Closed(1009) => Some(Ended::Closed(1009)),
        Ended::Broken => Some(Ended::Broken),
        Ended::Closed(_) => None,
    }
}

#[tokio::test]
async fn sockets_that_ask_for_what_is_not_theirs_are_refused_before_they_open() {
    let (folder, server, _api) = hall().await;
    let kiosk = folder.token("kiosk", "hall");
    let refused = [
        ("nowhere", "topic=display", None, 404),
        ("hall", "topic=nothing", None, 422),
        ("hall", "", None, 422),
        ("hall", "topic=display&colour=red", None, 422),
        ("hall", "topic=site", None, 401),
        ("hall", "topic=site", Some(kiosk.as_str()), 403),
        ("hall", "topic=counter&counter=c1", Some(kiosk.as_str()), 403),
        ("hall", "topic=ticket&token=nonsense", None, 404),
    ];
    for (site, query, bearer, status) in refused {
        let asking = Asking { site, query, bearer, ..Asking::default() };
        match Live::try_open(&server, &asking).await {
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                assert_eq!(answer.status().as_u16(), status, "{asking:?}");
            }
            Err(error) => panic!("{asking:?}: {error}"),
            Ok(_) => panic!("{asking:?} was let in"),
        }
    }
    // A position that never was is answered with everything as it is now.
    for since in ["nonsense", "0123456789abcdef.1.99999", "..", "0123456789abcdef.1.-1"] {
        let mut screen = Live::display_since(&server, "hall", since).await;
        assert_eq!(screen.frame().await["type"], "snapshot", "{since}");
    }
}
