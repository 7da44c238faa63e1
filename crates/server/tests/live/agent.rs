//! The printer topic: who is let in as an agent, what is refused, and a paper's way to an agent and back.

use futures_util::StreamExt as _;
use khiw_domain::config::{AGENT_LINK, Printer, SiteConfig};
use khiw_domain::id::{PrinterId, SiteId, TicketId};
use khiw_domain::ticket::Paper;
use khiw_printing::wire::{self, FromAgent, FromServer, PROTOCOL, Protocol, close};
use khiw_printing::{JobState, PrinterState, Reason, Status};
use khiw_server::access::Kind;
use khiw_server::paper::{self, PaperRoom};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::office::{Office, Wishes};
use super::screen::{PATIENCE, Screen, status_of};

/// A site with a printer at an agent and one that the server serves itself.
async fn office() -> (Office, PaperRoom) {
    let printers = |config: &mut SiteConfig| {
        let printer = |id, link: &str| Printer::new(PrinterId::parse(id).unwrap(), link, 576);
        config.printers = vec![printer("main", AGENT_LINK), printer("own", "file:/dev/null")];
    };
    let office = Office::with(&["sample", "other"], printers, Wishes::default()).await;
    let room = paper::start(&office.app).unwrap();
    // The printers are found a moment after the start.
    let (site, main) = (SiteId::parse("sample").unwrap(), PrinterId::parse("main").unwrap());
    let open = async {
        while office.app.agents().door(&site, &main).is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, open).await.unwrap();
    (office, room)
}

fn path(printer: &str) -> String {
    format!("/api/v1/sites/sample/live?topic=printer&printer={printer}")
}

struct Agent(Screen);

impl Agent {
    async fn come(office: &Office) -> Self {
        let token = office.token(Kind::Agent, "sample");
        Self(Screen::connect(office.address, &path("main"), Some(&token)).await.unwrap())
    }

    async fn ready(office: &Office) -> Self {
        let mut agent = Self::come(office).await;
        agent.greet(PROTOCOL).await;
        assert!(matches!(agent.hear().await, FromServer::Welcome { .. }));
        agent.say(&FromAgent::State { state: PrinterState::Ok, told: Status::default() }).await;
        agent.say(&FromAgent::Ready).await;
        agent
    }

    async fn greet(&mut self, protocol: Protocol) {
        self.say(&FromAgent::Hello { protocol, spool: "a1".into(), version: "test".into() }).await;
    }

    async fn say(&mut self, frame: &FromAgent) {
        self.0.say(Message::text(wire::write(frame).unwrap())).await;
    }

    /// The next frame that is no heartbeat.
    async fn hear(&mut self) -> FromServer {
        loop {
            match timeout(PATIENCE, self.0.socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => match wire::read(&text).unwrap() {
                    FromServer::Heartbeat { .. } => {}
                    frame => return frame,
                },
                Ok(Some(Ok(Message::Ping(_)))) => {}
                other => panic!("no frame: {other:?}"),
            }
        }
    }
}

async fn paper_becomes(office: &Office, ticket: TicketId, wanted: Paper) {
    let hall = office.app.dispatcher().hall(&SiteId::parse("sample").unwrap()).unwrap();
    let mut tail = hall.tail();
    let known = || hall.read(|site| site.ticket(ticket).unwrap().paper);
    let becomes = async {
        while known() != wanted {
            tail.changed().await.unwrap();
        }
    };
    assert!(timeout(PATIENCE, becomes).await.is_ok(), "{:?} instead of {wanted:?}", known());
}

#[tokio::test]
async fn only_an_agent_of_the_site_is_let_in_and_only_to_a_printer_that_has_one() {
    let (office, _room) = office().await;
    let status =
        async |path: &str, token: Option<&str>| status_of(Screen::connect(office.address, path, token).await);
    assert_eq!(status(&path("main"), None).await, 401);
    for kind in Kind::TOKENS.into_iter().filter(|kind| *kind != Kind::Agent) {
        assert_eq!(status(&path("main"), Some(&office.token(kind, "sample"))).await, 403, "{kind:?}");
    }
    let foreign = office.token(Kind::Agent, "other");
    assert_eq!(status(&path("main"), Some(&foreign)).await, 403);
    let token = office.token(Kind::Agent, "sample");
    for (printer, refused) in [("nowhere", 404), ("", 404), ("%2e%2e", 404), ("own", 409)] {
        assert_eq!(status(&path(printer), Some(&token)).await, refused, "{printer}");
    }
    let site = "/api/v1/sites/sample/live?topic=site";
    assert_eq!(status(site, Some(&token)).await, 403, "an agent prints and sees nothing else");
}

#[tokio::test]
async fn what_an_agent_says_that_cannot_be_understood_ends_its_connection_with_a_reason() {
    let (office, room) = office().await;
    let mut newer = Agent::come(&office).await;
    newer.greet(Protocol { major: PROTOCOL.major + 1, minor: 0 }).await;
    assert_eq!(newer.0.close_code().await, close::PROTOCOL);

    let long = format!(r#"{{"type":"hello","spool":"{}"}}"#, "x".repeat(wire::FROM_AGENT_BYTES_MAX));
    for garbage in ["{", "[]", r#"{"type":"ready"}"#, r#"{"type":"hello"}"#, &long] {
        let mut agent = Agent::come(&office).await;
        agent.0.say(Message::text(garbage.to_owned())).await;
        assert_eq!(agent.0.close_code().await, close::GARBAGE, "{garbage:.40}");
    }
    let mut binary = Agent::ready(&office).await;
    binary.0.say(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(binary.0.close_code().await, close::GARBAGE);

    // One that says more than we know is heard all the same.
    let mut agent = Agent::ready(&office).await;
    agent.0.say(Message::text(r#"{"type":"temperature","celsius":41}"#)).await;
    let ticket = office.issue("sample", true).await;
    let FromServer::Job { job } = agent.hear().await else { panic!("no job") };
    assert_eq!(job.ticket, ticket.to_string());
    room.stop().await;
    assert_eq!(agent.0.close_code().await, close::AWAY);
}

#[tokio::test]
async fn what_came_of_a_paper_is_acknowledged_and_known_to_its_ticket() {
    let (office, room) = office().await;
    let mut agent = Agent::ready(&office).await;
    for (outcome, paper) in [
        (JobState::Printed, Paper::Printed),
        (JobState::Sent, Paper::Sent),
        (JobState::Failed(Reason::PaperOut), Paper::Failed),
        (JobState::Uncertain(Reason::Torn), Paper::Uncertain),
    ] {
        let ticket = office.issue("sample", true).await;
        let FromServer::Job { job } = agent.hear().await else { panic!("no job") };
        let (key, handing) = (job.key.clone(), job.handing);
        agent.say(&FromAgent::Accepted { key: key.clone(), handing }).await;
        agent.say(&FromAgent::Outcome { key: key.clone(), handing, outcome, copy: None }).await;
        assert_eq!(agent.hear().await, FromServer::Acknowledged { key, handing });
        paper_becomes(&office, ticket, paper).await;
    }
    room.stop().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_the_agents_connection() {
    let (office, room) = office().await;
    let mut agent = Agent::ready(&office).await;
    let token = office.app.accounts().list(None).unwrap().into_iter().find(|token| token.kind == Kind::Agent);
    office.app.accounts().revoke(&token.unwrap().id).unwrap();
    assert_eq!(agent.0.close_code().await, close::REVOKED);
    room.stop().await;
}
