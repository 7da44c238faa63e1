//! One visit to servers that are well or strange, over real sockets, with a printer that is a file.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use khiw_printing::wire::{self, FROM_SERVER_BYTES_MAX, FromAgent, FromServer, PROTOCOL, Protocol, Settings};
use khiw_printing::{Given, JobFilter, JobKey, JobState, Link, Renderer, Spool, TicketPaper};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::connect::{Door, Trouble, Way};
use crate::post::Post;
use crate::visit::visit;
use crate::{House, ServerAddress};

/// Longest wait for anything; only a defect reaches it.
const PATIENCE: Duration = Duration::from_secs(20);

struct Place {
    folder: tempfile::TempDir,
    listener: TcpListener,
    stop: watch::Sender<bool>,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "khiw_agent_token").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { folder, listener, stop: watch::Sender::new(false) }
    }

    fn server(&self) -> ServerAddress {
        format!("http://{}", self.listener.local_addr().unwrap()).parse().unwrap()
    }

    fn post(&self) -> Post {
        self.post_on(self.folder.path().join("paper.bin"))
    }

    /// With this file as its printer.
    fn post_on(&self, path: PathBuf) -> Post {
        let spool = Spool::open(self.folder.path().join("spool.db")).unwrap();
        let way = Way {
            door: Door { server: self.server(), trust: None },
            site: "hall".into(),
            token_file: self.folder.path().join("token"),
        };
        let house = House {
            identity: spool.identity().unwrap(),
            spool,
            renderer: Arc::new(Mutex::new(Renderer::new())),
            folder: self.folder.path().to_owned(),
            way,
        };
        Post::new(Arc::new(house), "main".into(), Link::File { path })
    }

    async fn visited(&self) -> Server {
        let (stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap().unwrap();
        let mut server = Server(accept_async(stream).await.unwrap());
        let FromAgent::Hello { protocol, .. } = server.hear().await else { panic!("no hello") };
        assert_eq!(protocol, PROTOCOL);
        server
    }
}

struct Server(WebSocketStream<TcpStream>);

impl Server {
    async fn hear(&mut self) -> FromAgent {
        loop {
            match timeout(PATIENCE, self.0.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return wire::read(&text).unwrap(),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                other => panic!("no frame: {other:?}"),
            }
        }
    }

    async fn say(&mut self, frame: &FromServer) {
        self.0.send(Message::text(wire::write(frame).unwrap())).await.unwrap();
    }

    async fn welcome(&mut self, protocol: Protocol) {
        let settings = Settings { site: "hall".into(), width_dots: 384, copies: 1, ..Settings::default() };
        self.say(&FromServer::Welcome { protocol, settings: Box::new(settings) }).await;
    }

    /// The next outcome; states of the printer are passed over.
    async fn outcome(&mut self) -> (JobKey, JobState) {
        loop {
            if let FromAgent::Outcome { key, outcome, .. } = self.hear().await {
                return (key, outcome);
            }
        }
    }

    async fn until_ready(&mut self) {
        while self.hear().await != FromAgent::Ready {}
    }
}

fn given(seq: u64) -> Given {
    let key = JobKey { stream: "hall/hall@1".into(), seq, index: 0, copy: 0 };
    let paper = TicketPaper { number: format!("A{seq:03}"), language: "en".into(), ..TicketPaper::default() };
    Given { key, handing: 1, ticket: seq.to_string(), waited_ms: 0, paper }
}

/// What a visit comes to at a server that does this after the hello.
async fn trouble(server: impl AsyncFnOnce(&mut Server)) -> Trouble {
    let place = Place::new().await;
    let mut post = place.post();
    let visiting = visit(&mut post, place.stop.subscribe());
    let serving = async {
        let mut visited = place.visited().await;
        server(&mut visited).await;
        // Until the agent has gone.
        while let Some(Ok(_)) = visited.0.next().await {}
    };
    let (ended, ()) = timeout(PATIENCE, async { tokio::join!(visiting, serving) }).await.unwrap();
    ended.unwrap_err()
}

#[tokio::test]
async fn a_strange_server_is_told_as_what_it_is() {
    let newer = Protocol { major: PROTOCOL.major + 1, minor: 0 };
    let told = trouble(async |server| server.welcome(newer).await).await;
    assert!(matches!(&told, Trouble::Garbage(why) if why.contains("update the older one")), "{told}");

    let told = trouble(async |server| server.0.send(Message::text("<html>")).await.unwrap()).await;
    assert!(matches!(told, Trouble::Garbage(_)), "{told}");

    let told = trouble(async |server| server.0.send(Message::binary(vec![1])).await.unwrap()).await;
    assert!(matches!(told, Trouble::Garbage(_)), "{told}");

    let told = trouble(async |server| {
        // It may be gone before it has all of it.
        let _ = server.0.send(Message::text("x".repeat(FROM_SERVER_BYTES_MAX + 1))).await;
    });
    let told = told.await;
    assert!(matches!(told, Trouble::Garbage(_)), "{told}");

    let told = trouble(async |server| {
        let settings = Settings { width_dots: 600, ..Settings::default() };
        server.say(&FromServer::Welcome { protocol: PROTOCOL, settings: Box::new(settings) }).await;
    });
    let told = told.await;
    assert!(matches!(&told, Trouble::Garbage(why) if why.contains("600")), "{told}");

    let told = trouble(async |server| server.0.close(None).await.unwrap()).await;
    assert!(matches!(told, Trouble::Ended), "{told}");
}

#[tokio::test]
async fn a_place_that_is_no_server_and_one_that_is_not_there() {
    let place = Place::new().await;
    let mut post = place.post();
    let answering = async {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = place.listener.accept().await.unwrap();
        let mut request = [0; 4_096];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    };
    let (told, ()) = tokio::join!(visit(&mut post, place.stop.subscribe()), answering);
    assert!(matches!(told, Err(Trouble::Refused { status: 404, .. })), "{told:?}");

    let Place { folder: _folder, listener, stop } = place;
    drop(listener);
    let told = visit(&mut post, stop.subscribe()).await;
    assert!(matches!(told, Err(Trouble::Unreachable(..))), "{told:?}");
}

#[tokio::test]
async fn an_outcome_is_said_until_it_is_acknowledged_through_visits_and_restarts() {
    let place = Place::new().await;
    let mut post = place.post();
    let first = async {
        let mut server = place.visited().await;
        server.welcome(PROTOCOL).await;
        server.until_ready().await;
        server.say(&FromServer::Job { job: Box::new(given(1)) }).await;
        // Twice does no harm.
        server.say(&FromServer::Job { job: Box::new(given(1)) }).await;
        assert_eq!(server.outcome().await, (given(1).key, JobState::Sent));
    };
    let (told, ()) = tokio::join!(visit(&mut post, place.stop.subscribe()), first);
    assert!(told.is_err(), "the server went");
    post.stop_worker().await;
    drop(post);
    let printed = std::fs::metadata(place.folder.path().join("paper.bin")).unwrap().len();

    let mut post = place.post();
    let second = async {
        let mut server = place.visited().await;
        // A server may be busy before it welcomes.
        server.say(&FromServer::Heartbeat { now: jiff::Timestamp::UNIX_EPOCH }).await;
        server.welcome(PROTOCOL).await;
        assert_eq!(server.outcome().await, (given(1).key, JobState::Sent), "before it is ready");
        server.until_ready().await;
        let acknowledged = FromServer::Acknowledged { key: given(1).key, handing: 1 };
        server.say(&acknowledged).await;
        // What an older agent does not know is passed over.
        server.0.send(Message::text(r#"{"type":"greetings","from":"2031"}"#)).await.unwrap();
        // Not here: said at once, so that it can be printed elsewhere.
        assert_eq!(refused(&mut server, given(9).key).await, given(9).key);
        place.stop.send_replace(true);
        while let Some(Ok(_)) = server.0.next().await {}
    };
    let (told, ()) = tokio::join!(visit(&mut post, place.stop.subscribe()), second);
    assert!(told.is_ok(), "asked to stop: {told:?}");
    assert!(post.in_spool(|spool| spool.untold("main", 9)).await.unwrap().is_empty());
    let now = std::fs::metadata(place.folder.path().join("paper.bin")).unwrap().len();
    assert_eq!(now, printed, "nothing was printed twice");
}

/// Wants a job back that is not there; the answer.
async fn refused(server: &mut Server, key: JobKey) -> JobKey {
    server.say(&FromServer::GiveBack { key, handing: 1 }).await;
    loop {
        match server.hear().await {
            FromAgent::Refused { key, .. } => return key,
            FromAgent::State { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_here_is_printed_after_a_restart_without_the_server() {
    let place = Place::new().await;
    let mut post = place.post();
    let serving = async {
        let mut server = place.visited().await;
        server.welcome(PROTOCOL).await;
        server.until_ready().await;
    };
    let (told, ()) = tokio::join!(visit(&mut post, place.stop.subscribe()), serving);
    assert!(told.is_err());
    post.stop_worker().await;
    // Taken in, and the power fails before it is printed.
    post.in_spool(|spool| spool.receive("main", &given(7))).await.unwrap();
    drop(post);

    // Nobody answers at the server's address.
    let post = place.post();
    let spool = post.house.spool.clone();
    let mut changes = spool.changes();
    let running = tokio::spawn(post.run(place.stop.subscribe()));
    let printed = async {
        while spool.job_of(&given(7).key).unwrap().unwrap().state != JobState::Sent {
            changes.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, printed).await.unwrap();
    place.stop.send_replace(true);
    timeout(PATIENCE, running).await.unwrap().unwrap();
}

/// As many as a server hands over at once.
const HELD: u64 = 32;

/// Takes in what the agent tells before it is ready.
async fn told_at_arrival(server: &mut Server) -> Vec<(u64, JobState)> {
    let mut told = Vec::new();
    loop {
        match server.hear().await {
            FromAgent::Outcome { key, outcome, .. } => told.push((key.seq, outcome)),
            FromAgent::State { .. } => {}
            FromAgent::Ready => return told,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_hour_without_the_server_prints_what_is_here_and_is_told_once() {
    // Given an agent whose printer is switched off, and which has taken in all that it is given
    let place = Place::new().await;
    let tray = place.folder.path().join("tray");
    let post = place.post_on(tray.join("paper.bin"));
    let spool = post.house.spool.clone();
    let running = tokio::spawn(post.run(place.stop.subscribe()));
    let mut server = place.visited().await;
    server.welcome(PROTOCOL).await;
    server.until_ready().await;
    for seq in 1..=HELD {
        server.say(&FromServer::Job { job: Box::new(given(seq)) }).await;
    }
    let mut accepted = 0;
    while accepted < HELD {
        accepted += u64::from(matches!(server.hear().await, FromAgent::Accepted { .. }));
    }
    // When the server is away for an hour, and the printer is switched on
    drop(server);
    let address = place.listener.local_addr().unwrap();
    let Place { folder, listener, stop } = place;
    drop(listener);
    tokio::time::pause();
    std::fs::create_dir(&tray).unwrap();
    // any moment: time is virtual, and the server is looked for all along
    tokio::time::sleep(Duration::from_hours(1)).await;
    tokio::time::resume();
    // Then all is printed, and no more is kept than was taken in
    let kept = spool.jobs(&JobFilter::default(), 1_000).unwrap();
    assert_eq!(kept.len() as u64, HELD);
    assert!(kept.iter().all(|job| job.state == JobState::Sent && !job.reported), "{kept:#?}");
    let printed = std::fs::metadata(tray.join("paper.bin")).unwrap().len();
    // And when the server is back, each outcome is told once, and nothing more when it was acknowledged
    let listener = TcpListener::bind(address).await.unwrap();
    let place = Place { folder, listener, stop };
    let mut server = place.visited().await;
    server.welcome(PROTOCOL).await;
    let mut told = told_at_arrival(&mut server).await;
    told.sort_by_key(|(seq, _)| *seq);
    assert_eq!(told, (1..=HELD).map(|seq| (seq, JobState::Sent)).collect::<Vec<_>>());
    let mut changes = spool.changes();
    for (seq, _) in told {
        server.say(&FromServer::Acknowledged { key: given(seq).key, handing: 1 }).await;
    }
    let all_acknowledged = async {
        while !spool.untold("main", 1).unwrap().is_empty() {
            changes.changed().await.unwrap();
        }
    };
    timeout(PATIENCE, all_acknowledged).await.unwrap();
    drop(server);
    let mut server = place.visited().await;
    server.welcome(PROTOCOL).await;
    assert_eq!(told_at_arrival(&mut server).await, []);
    assert_eq!(std::fs::metadata(tray.join("paper.bin")).unwrap().len(), printed);
    place.stop.send_replace(true);
    while let Some(Ok(_)) = server.0.next().await {}
    timeout(PATIENCE, running).await.unwrap().unwrap();
}
