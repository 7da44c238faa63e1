//! Paper that does not come, and what staff do about it: printing again, test pages, notices, slips; over HTTP, with
//! simulated printers.

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use khiw_domain::CounterAction as Do;
use khiw_domain::config::{AlsoPrinted, Paperless, Printer, ServiceKind, SiteConfig};
use khiw_domain::id::{PrinterId, SiteId, TicketId};
use khiw_domain::sample::{hours, names};
use khiw_domain::ticket::Paper;
use khiw_printing::{Faults, PrinterSimulator};
use khiw_server::access::{Arrival, Kind};
use khiw_server::api;
use khiw_server::paper::{self, PaperRoom};
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::office::{Office, Wishes};
use super::screen::PATIENCE;

const SITE: &str = "/api/v1/sites/sample";

/// An office with a printer at the door, which is the first, and one at a desk.
struct Hall {
    office: Office,
    door: PrinterSimulator,
    desk: PrinterSimulator,
    router: Router,
    keys: std::cell::Cell<u32>,
    _trays: [tempfile::TempDir; 2],
}

impl Hall {
    async fn with(change: impl Fn(&mut SiteConfig)) -> (Self, PaperRoom) {
        let trays = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let door = PrinterSimulator::start("127.0.0.1:0", trays[0].path()).await.unwrap();
        let desk = PrinterSimulator::start("127.0.0.1:0", trays[1].path()).await.unwrap();
        let printer = |id: &str, at: &PrinterSimulator| {
            Printer::new(PrinterId::parse(id).unwrap(), format!("tcp://{}", at.address()), 576)
        };
        let printers = vec![printer("door", &door), printer("desk", &desk)];
        let office = Office::with(
            &["sample"],
            |config| {
                config.printers.clone_from(&printers);
                change(config);
            },
            Wishes::default(),
        );
        let office = office.await;
        let room = paper::start(&office.app).unwrap();
        let (router, keys) = (api::router(office.app.clone()), std::cell::Cell::new(0));
        (Self { office, door, desk, router, keys, _trays: trays }, room)
    }

    fn token(&self, kind: Kind) -> String {
        self.office.token(kind, "sample")
    }

    async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        let (status, text) = self.ask(Method::GET, token, &format!("{SITE}{path}"), None, Value::Null).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        self.keys.set(self.keys.get() + 1);
        self.post_as(&format!("key-{}", self.keys.get()), token, path, body).await
    }

    async fn post_as(&self, key: &str, token: &str, path: &str, body: Value) -> (u16, Value) {
        let path = format!("{SITE}{path}");
        let (status, text) = self.ask(Method::POST, token, &path, Some(key), body).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn ask(
        &self,
        method: Method,
        token: &str,
        path: &str,
        key: Option<&str>,
        body: Value,
    ) -> (u16, String) {
        let bearer = format!("Bearer {token}");
        let mut request = Request::builder().method(method).uri(path).header("authorization", bearer);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let mut request = request.header("content-type", "application/json").body(body).unwrap();
        let peer = "127.0.0.1:50000".parse().unwrap();
        request.extensions_mut().insert(Arrival { peer, secure: false });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn paper_becomes(&self, ticket: TicketId, wanted: Paper) {
        let hall = self.office.app.dispatcher().hall(&SiteId::parse("sample").unwrap()).unwrap();
        let mut tail = hall.tail();
        let known = || hall.read(|site| site.ticket(ticket).unwrap().paper);
        let becomes = async {
            while known() != wanted {
                tail.changed().await.unwrap();
            }
        };
        assert!(timeout(PATIENCE, becomes).await.is_ok(), "{:?} instead of {wanted:?}", known());
    }

    /// Waits for the answer to `path` that is `wanted`. The server is asked again as fast as it answers.
    async fn until(&self, token: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let found = timeout(PATIENCE, async {
            loop {
                last = self.get(token, path).await.1;
                if wanted(&last) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
        let is_there = found.await.is_ok();
        assert!(is_there, "{path}: {last}");
        last
    }
}

fn out_of_paper() -> Faults {
    Faults { paper_out: true, ..Faults::default() }
}

#[tokio::test]
async fn staff_see_that_paper_is_out_and_print_again_where_there_is_some() {
    let (hall, room) = Hall::with(|_| {}).await;
    let clerk = hall.token(Kind::Clerk);
    hall.door.set_faults(out_of_paper());
    let seen = hall.until(&clerk, "/printers", |all| all[0]["state"] == "paper_out").await;
    assert_eq!(seen[0]["told"]["paper_out"], true);
    hall.until(&clerk, "/printers", |all| all[1]["state"] == "ok").await;

    let ticket = hall.office.issue("sample", true).await;
    let path = format!("/print-jobs?ticket={ticket}&printer=door");
    let jobs = hall.until(&clerk, &path, |jobs| jobs[0]["state"] == "queued").await;
    assert_eq!((&jobs[0]["kind"], &jobs[0]["may_print_again"]), (&json!("ticket"), &json!(true)));

    let wanted = json!({ "printer": "desk" });
    let again = format!("/tickets/{ticket}/reprint");
    let (status, seen) = hall.post_as("twice", &clerk, &again, wanted.clone()).await;
    assert_eq!((status, seen["print"]["state"].as_str()), (200, Some("pending")), "{seen}");
    let (status, _) = hall.post_as("twice", &clerk, &again, wanted).await;
    assert_eq!(status, 200);
    hall.paper_becomes(ticket, Paper::Printed).await;

    assert_eq!((hall.door.files().len(), hall.desk.files().len()), (0, 1), "a doubled click prints once");
    let (_, jobs) = hall.get(&clerk, &format!("/print-jobs?ticket={ticket}")).await;
    let told: Vec<(&str, &str)> = jobs
        .as_array()
        .unwrap()
        .iter()
        .map(|job| (job["kind"].as_str().unwrap(), job["state"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("reprint", "printed"), ("ticket", "expired")]);
    assert!(jobs[0]["ordered_by"].is_string(), "{jobs}");
    let (_, open) = hall.get(&clerk, "/print-jobs?open=true").await;
    assert_eq!(open, json!([]));
    room.stop().await;
}

#[tokio::test]
async fn only_people_print_again_and_what_cannot_be_is_refused_with_its_reason() {
    let (hall, room) = Hall::with(|_| {}).await;
    let (clerk, kiosk) = (hall.token(Kind::Clerk), hall.token(Kind::Kiosk));
    let ticket = hall.office.issue("sample", true).await;
    hall.paper_becomes(ticket, Paper::Printed).await;
    let path = format!("/tickets/{ticket}/reprint");
    let refused = async |token: &str, path: &str, body: Value| {
        let (status, problem) = hall.post(token, path, body).await;
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    let told = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(refused(&kiosk, &path, json!({})).await, told(403, "forbidden"));
    assert_eq!(refused(&clerk, &path, json!({ "printer": "attic" })).await, told(404, "unknown_printer"));
    assert_eq!(refused(&clerk, "/tickets/99/reprint", json!({})).await, told(404, "unknown_ticket"));
    assert_eq!(refused(&clerk, "/print-jobs/99/reprint", json!({})).await, told(404, "unknown_print_job"));
    assert_eq!(refused(&clerk, "/printers/door/test", json!({})).await, told(403, "forbidden"));
    assert_eq!(hall.get(&kiosk, "/printers").await.0, 403);
    assert_eq!(hall.get(&clerk, "/print-jobs?state=melted").await.0, 422);
    let (status, text) = hall.ask(Method::POST, &clerk, &format!("{SITE}{path}"), None, json!({})).await;
    assert!(status == 400 && text.contains("idempotency_key_missing"), "{text}");
    room.stop().await;
}

#[tokio::test]
async fn a_test_page_comes_out_once_for_each_wish() {
    let (hall, room) = Hall::with(|_| {}).await;
    let chief = hall.token(Kind::Supervisor);
    let page = json!({ "language": "vi" });
    let (status, job) = hall.post_as("page", &chief, "/printers/desk/test", page.clone()).await;
    assert_eq!((status, job["kind"].as_str(), job["ticket"].is_null()), (202, Some("test"), true), "{job}");
    let (_, repeated) = hall.post_as("page", &chief, "/printers/desk/test", page.clone()).await;
    assert_eq!(repeated["id"], job["id"]);
    let (status, problem) = hall.post_as("page", &chief, "/printers/door/test", page).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("idempotency_key_reused")));

    hall.until(&chief, "/print-jobs?state=printed", |jobs| jobs[0]["id"] == job["id"]).await;
    assert_eq!((hall.door.files().len(), hall.desk.files().len()), (0, 1));
    let (status, problem) = hall.post(&chief, &format!("/print-jobs/{}/reprint", job["id"]), json!({})).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("not_to_be_printed_again")));
    for (kind, may) in [(Kind::Clerk, false), (Kind::Reception, false), (Kind::Supervisor, true)] {
        let seen = hall.get(&hall.token(kind), "/printers").await.1;
        assert_eq!(seen[0]["may_test"], may, "{kind:?} is told what the test page's address would say");
    }
    room.stop().await;
}

#[tokio::test]
async fn a_kiosk_prints_why_a_service_is_closed_where_the_site_has_it_so() {
    let closed = |config: &mut SiteConfig| config.hours = vec![hours("always", "13:00", "16:00")];
    let (hall, room) = Hall::with(|config| {
        closed(config);
        config.tickets.also = [AlsoPrinted::Closed].into();
    })
    .await;
    let kiosk = hall.token(Kind::Kiosk);
    let (_, site) = hall.get(&kiosk, "").await;
    assert_eq!(site["paper"], json!({ "tickets": true, "notices": true, "printers": 2 }));

    let path = "/services/birth/notice";
    let (status, job) = hall.post_as("one", &kiosk, path, json!({ "language": "th" })).await;
    assert_eq!(
        (status, job["kind"].as_str(), job["printer"].as_str()),
        (202, Some("closed"), Some("door")),
        "{job}"
    );
    assert_eq!(hall.post_as("one", &kiosk, path, json!({ "language": "th" })).await.1["id"], job["id"]);
    let (status, problem) = hall.post(&kiosk, path, json!({})).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (429, Some("too_many_notices")),
        "paper is not to be played with"
    );
    let clerk = hall.token(Kind::Clerk);
    hall.until(&clerk, "/print-jobs?state=printed", |jobs| jobs[0]["id"] == job["id"]).await;
    room.stop().await;

    let (hall, room) = Hall::with(closed).await;
    let (status, problem) = hall.post(&hall.token(Kind::Kiosk), path, json!({})).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("notices_off")));
    room.stop().await;
}

#[tokio::test]
async fn a_kiosk_is_told_that_it_is_paperless_and_its_numbers_are_without_paper() {
    let (hall, room) = Hall::with(|config| config.tickets.paperless = Paperless::Everybody).await;
    let kiosk = hall.token(Kind::Kiosk);
    let (_, site) = hall.get(&kiosk, "").await;
    assert_eq!(site["paper"], json!({ "tickets": false, "notices": false, "printers": 2 }));
    let (status, issued) =
        hall.post(&kiosk, "/tickets", json!({ "services": ["birth"], "paper": true })).await;
    assert_eq!((status, issued["print"]["state"].as_str()), (201, Some("none")));
    // Somebody who wants paper all the same gets it from staff, and it is no reprint.
    let again = format!("/tickets/{}/reprint", issued["id"]);
    assert_eq!(hall.post(&hall.token(Kind::Reception), &again, json!({})).await.0, 200);
    hall.paper_becomes(TicketId(issued["id"].as_u64().unwrap()), Paper::Printed).await;
    let (_, jobs) = hall.get(&hall.token(Kind::Clerk), "/print-jobs").await;
    assert_eq!(jobs[0]["kind"], "ticket");
    room.stop().await;
}

#[tokio::test]
async fn a_request_that_is_passed_on_leaves_a_slip_beside_the_clerk() {
    let (hall, room) = Hall::with(|config| {
        let service = config.services.iter_mut().find(|service| service.id.as_str() == "birth").unwrap();
        service.kind = ServiceKind::ReceiveAndForward;
        service.forwarded_to = Some(names("สำนักงานที่ดิน", "Land Office"));
        config.tickets.also = [AlsoPrinted::Forward].into();
        config.printers[0].devices = vec!["door-kiosk".parse().unwrap()];
    })
    .await;
    let clerk = hall.token(Kind::Clerk);
    hall.office.open_counter("sample", "1").await;
    let ticket = hall.office.issue_and_call("sample").await;
    hall.office.at_counter("sample", "1", Do::Complete { outcomes: vec![] }).await;

    let path = "/print-jobs?state=printed";
    let jobs = hall.until(&clerk, path, |jobs| jobs[0]["kind"] == "forward").await;

    assert_eq!((jobs[0]["printer"].as_str(), jobs[0]["ticket"].is_null()), (Some("desk"), true));
    hall.paper_becomes(ticket, Paper::None).await;
    let again = format!("/print-jobs/{}/reprint", jobs[0]["id"]);
    let (status, copy) = hall.post_as("copy", &clerk, &again, json!({})).await;
    assert_eq!((status, copy["job"]["kind"].as_str()), (200, Some("forward")), "{copy}");
    assert_eq!(hall.post_as("copy", &clerk, &again, json!({})).await.1["job"]["id"], copy["job"]["id"]);
    hall.until(&clerk, path, |jobs| jobs[0]["id"] == copy["job"]["id"]).await;
    assert_eq!((hall.door.files().len(), hall.desk.files().len()), (0, 2));
    room.stop().await;
}

#[tokio::test]
async fn what_was_ordered_before_a_crash_is_printed_after_it() {
    let (hall, room) = Hall::with(|_| {}).await;
    let ticket = hall.office.issue("sample", true).await;
    hall.paper_becomes(ticket, Paper::Printed).await;
    room.stop().await;
    let again = format!("/tickets/{ticket}/reprint");
    assert_eq!(hall.post(&hall.token(Kind::Clerk), &again, json!({})).await.0, 200);
    assert_eq!(hall.get(&hall.token(Kind::Clerk), "/printers").await.0, 503, "nobody knows while it is down");

    let room = paper::start(&hall.office.app).unwrap();
    hall.paper_becomes(ticket, Paper::Printed).await;
    assert_eq!(hall.door.files().len(), 2);
    room.stop().await;
}

#[tokio::test]
async fn printers_are_measured_by_state_and_by_what_came_of_their_papers() {
    let (hall, room) = Hall::with(|_| {}).await;
    let clerk = hall.token(Kind::Clerk);
    let ticket = hall.office.issue("sample", true).await;
    hall.paper_becomes(ticket, Paper::Printed).await;
    hall.desk.set_faults(out_of_paper());
    hall.until(&clerk, "/printers", |all| all[1]["state"] == "paper_out").await;
    let chief = hall.token(Kind::Supervisor);
    let measured = async || hall.ask(Method::GET, &chief, "/metrics", None, Value::Null).await.1;
    let lines = [
        r#"khiw_printer_state{site="sample",printer="desk",state="paper_out"} 1"#,
        r#"khiw_printer_state{site="sample",printer="desk",state="ok"} 0"#,
        r#"khiw_printer_state{site="sample",printer="door",state="ok"} 1"#,
        r#"khiw_printer_papers_waiting{site="sample",printer="door"} 0"#,
        r#"khiw_papers_total{site="sample",printer="door",outcome="printed"}"#,
    ];
    let counted = timeout(PATIENCE, async {
        loop {
            let text = measured().await;
            if lines.iter().all(|line| text.contains(line)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    let is_counted = counted.await.is_ok();
    assert!(is_counted, "{}", measured().await);
    room.stop().await;
}
