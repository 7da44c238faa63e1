//! Requests that no page of ours would send: each gets a typed answer, nothing of it reaches the hall, and the next
//! visitor is served as if nothing had been.

use khiw_tests::{Api, Folder, Server, journal, raw, sites};
use reqwest::Method;
use serde_json::{Value, json};

/// A hall with an open counter, and somebody who may issue and work counters.
struct Hall {
    folder: Folder,
    server: Server,
    api: Api,
    token: String,
}

impl Hall {
    async fn open() -> Self {
        let folder = Folder::with_site(&sites::hall());
        let token = folder.token("integration", "hall");
        let server = Server::start(&folder).await;
        let api = server.api(&token);
        api.at_counter("hall", "c1", "open", json!({})).await;
        Self { folder, server, api, token }
    }

    /// A visitor takes a number, is called and served; then the journal holds exactly `issued` tickets and is whole.
    async fn goes_on(self, issued: usize) {
        let ticket = self.api.issue("hall", "service-a").await;
        let call = self.api.call_next("hall", "c1").await;
        assert_eq!(call["ticket"], ticket["id"]);
        let done = json!({ "outcomes": [{ "code": "completed" }] });
        self.api.at_counter("hall", "c1", "complete", done).await;
        let state = self.api.get(&format!("/sites/hall/tickets/{}", ticket["id"])).await.ok();
        assert_eq!(state["state"], "done");
        self.server.stop().await;
        self.folder.verify();
        assert_eq!(journal::issued(&journal::records(&self.folder, "hall")).len(), issued + 1);
    }
}

const TICKETS: &str = "/sites/hall/tickets";

#[tokio::test]
async fn bodies_that_are_not_what_is_asked_for_get_a_problem_each() {
    let hall = Hall::open().await;
    let long = "x".repeat(10_000);
    let deep = format!("{{\"services\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let many = json!({ "services": vec!["service-a"; 50] }).to_string();
    let twice = json!({ "services": ["service-a", "service-a"] }).to_string();
    let with = |field: &str, value: Value| {
        let mut body = json!({ "services": ["service-a"] });
        body[field] = value;
        body.to_string()
    };
    let bodies = [
        ("{".to_owned(), 400, "malformed_json"),
        ("services=service-a".to_owned(), 400, "malformed_json"),
        ("{\"services\":[\"service-a\"]} {}".to_owned(), 400, "malformed_json"),
        ("\u{0}".to_owned(), 400, "malformed_json"),
        (String::new(), 422, "missing_field"),
        ("{}".to_owned(), 422, "missing_field"),
        ("[]".to_owned(), 422, "wrong_type"),
        ("null".to_owned(), 422, "wrong_type"),
        (json!({ "services": "service-a" }).to_string(), 422, "wrong_type"),
        (json!({ "services": [1] }).to_string(), 422, "wrong_type"),
        (with("priority", json!("yes")), 422, "wrong_type"),
        (with("name", json!("somebody")), 422, "unknown_field"),
        (with("__proto__", json!({})), 422, "unknown_field"),
        (with("language", json!("xx")), 422, "invalid_value"),
        (json!({ "services": [] }).to_string(), 422, "no_services"),
        (many, 422, "too_many_services"),
        (twice, 422, "duplicate_service"),
        (json!({ "services": ["no-such-service"] }).to_string(), 404, "unknown_service"),
    ];
    for (body, status, code) in bodies {
        hall.api.post_text(TICKETS, body).await.problem(status, code);
    }
    // The parser's words for these are its own; a typed refusal they are all the same.
    for body in
        [json!({ "services": [long] }).to_string(), json!({ "services": ["ü ber"] }).to_string(), deep]
    {
        let answer = hall.api.post_text(TICKETS, body).await;
        assert!(matches!(answer.status, 400 | 422), "{}", answer.text);
        assert!(!answer.code().is_empty() && answer.text.len() < 2_000, "{}", answer.text);
    }
    hall.goes_on(0).await;
}

#[tokio::test]
async fn bodies_of_counter_actions_are_held_to_the_same_rules() {
    let hall = Hall::open().await;
    let at = |action: &str| format!("/sites/hall/counters/c1/{action}");
    let refused = [
        ("call-next", json!({ "expect": {} }), 422, "missing_field"),
        ("call-next", json!({ "expect": { "ticket": "A0001" } }), 422, "wrong_type"),
        ("call-next", json!({ "expect": { "ticket": 7 } }), 409, "counter_changed"),
        ("call-next", json!({ "counter": "c2" }), 422, "unknown_field"),
        ("auto", json!({}), 422, "missing_field"),
        ("auto", json!({ "on": "yes" }), 422, "wrong_type"),
        ("call", json!({ "ticket": 999_999, "reason": "urgent" }), 404, "unknown_ticket"),
        ("transfer", json!({}), 422, "invalid_value"),
        ("transfer", json!({ "queue": "queue-a", "counter": "c2" }), 422, "invalid_value"),
        ("pause", json!({ "reason": 5 }), 422, "wrong_type"),
        ("complete", json!({ "outcomes": {} }), 422, "wrong_type"),
        ("start", json!({}), 409, "nothing_at_counter"),
    ];
    for (action, body, status, code) in refused {
        hall.api.post(&at(action), body).await.problem(status, code);
    }
    hall.api.issue("hall", "service-b").await;
    hall.api.call_next("hall", "c1").await;
    let outcome = |code: &str, quantity: i64| json!({ "outcomes": [{ "code": code, "quantity": quantity }] });
    hall.api.post(&at("complete"), outcome("no-such-code", 1)).await.problem(422, "unknown_code");
    hall.api.post(&at("complete"), outcome("completed", -1)).await.problem(422, "invalid_value");
    let many: Vec<_> = (0..100).map(|n| json!({ "code": format!("outcome-{n}") })).collect();
    let many = json!({ "outcomes": many });
    hall.api.post(&at("complete"), many).await.problem(422, "too_many_outcomes");
    let both = json!({ "minutes": 5, "until": "2100-01-01T00:00:00Z" });
    hall.api.post(&at("park"), both).await.problem(422, "invalid_value");
    hall.api.post(&at("park"), json!({ "minutes": 4_000_000_000_u32 })).await.problem(422, "park_too_long");
    hall.api.at_counter("hall", "c1", "complete", json!({})).await;
    hall.goes_on(1).await;
}

#[tokio::test]
async fn names_of_nothing_are_not_found_and_wrong_methods_are_told() {
    let hall = Hall::open().await;
    let long = "x".repeat(500);
    let gets = [
        ("/sites/nowhere".to_owned(), "unknown_site"),
        ("/sites/nowhere/services".to_owned(), "unknown_site"),
        ("/sites/hall/services/nothing".to_owned(), "unknown_service"),
        ("/sites/hall/queues/nothing/order".to_owned(), "unknown_queue"),
        ("/sites/hall/counters/c99".to_owned(), "unknown_counter"),
        ("/sites/hall/tickets/999999".to_owned(), "unknown_ticket"),
        ("/tickets/not-a-token".to_owned(), "unknown_ticket"),
        ("/sites/hall/tickets/one".to_owned(), "not_found"),
        (format!("/sites/{long}"), "not_found"),
        ("/sites/%00".to_owned(), "not_found"),
        ("/sites/hall/..%2f..%2fetc%2fpasswd".to_owned(), "not_found"),
        ("/nothing/here".to_owned(), "not_found"),
    ];
    for (path, code) in gets {
        let answer = hall.api.get(&path).await;
        // A name that is no name at all may be refused as a path or as the thing it names.
        let codes = [code, "not_found", "unknown_site"];
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        assert!(codes.contains(&answer.code()), "{path}: {}", answer.text);
    }
    hall.api.post("/sites/hall/counters/c99/call-next", json!({})).await.problem(404, "unknown_counter");
    hall.api.post("/sites/hall/tickets/999999/cancel", json!({})).await.problem(404, "unknown_ticket");
    hall.api.get("/sites/hall/services?sort=name").await.problem(422, "invalid_query");
    hall.api.get("/sites/hall/services?limit=many").await.problem(422, "invalid_query");
    for (method, path) in [(Method::GET, TICKETS), (Method::DELETE, "/sites/hall"), (Method::PUT, TICKETS)] {
        let answer = hall.api.send(hall.api.request(method, path)).await.unwrap();
        answer.problem(405, "wrong_method");
    }
    hall.goes_on(0).await;
}

#[tokio::test]
async fn a_request_without_a_proper_key_is_refused_and_a_key_is_good_for_one_request() {
    let hall = Hall::open().await;
    let body = json!({ "services": ["service-a"] });
    let keyed = |key: Option<Vec<u8>>| {
        let request = hall.api.request(Method::POST, TICKETS).json(&body);
        match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        }
    };
    let send = |key| hall.api.send(keyed(key));
    send(None).await.unwrap().problem(400, "idempotency_key_missing");
    for wrong in [Vec::new(), vec![b'k'; 129], b"two words".to_vec(), "คิว".into()] {
        send(Some(wrong)).await.unwrap().problem(400, "idempotency_key_invalid");
    }
    let first = send(Some(b"the-key".to_vec())).await.unwrap().created();
    assert_eq!(send(Some(b"the-key".to_vec())).await.unwrap().created(), first);
    let other = json!({ "services": ["service-b"] });
    let reused = hall.api.try_post(TICKETS, &other, "the-key").await.unwrap();
    reused.problem(422, "idempotency_key_reused");
    hall.api.call_next("hall", "c1").await;
    hall.goes_on(1).await;
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let hall = Hall::open().await;
    let body = || json!({ "services": ["service-a"] });
    hall.server.stranger().post(TICKETS, body()).await.problem(401, "unauthenticated");
    for wrong in ["", "nonsense", &"x".repeat(4_000)] {
        hall.api.holding(wrong).post(TICKETS, body()).await.problem(401, "unauthenticated");
    }
    let display = hall.api.holding(&hall.folder.token("display", "hall"));
    display.post(TICKETS, body()).await.problem(403, "forbidden");
    let kiosk = hall.api.holding(&hall.folder.token("kiosk", "hall"));
    kiosk.post("/sites/hall/counters/c1/call-next", json!({})).await.problem(403, "forbidden");
    kiosk.get("/sites/hall/tickets/1").await.problem(403, "forbidden");
    hall.goes_on(0).await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let hall = Hall::open().await;
    let large = json!({ "services": ["x".repeat(70 * 1024)] }).to_string();
    hall.api.post_text(TICKETS, large).await.problem(413, "body_too_large");

    // Announced as enormous: refused at once, although nothing of it was sent.
    let head = |more: &str| {
        let (host, token) = (hall.server.host(), &hall.token);
        let key = khiw_tests::api::key();
        format!(
            "POST /api/v1{TICKETS} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
             idempotency-key: {key}\r\ncontent-type: application/json\r\n{more}\r\n"
        )
    };
    let announced = head("content-length: 999999999999\r\n");
    let answer = raw::exchange(hall.server.host(), announced.as_bytes()).await.expect("an answer");
    assert_eq!((answer.status, &answer.json()["code"]), (413, &json!("body_too_large")));

    // Not announced, in chunks.
    let mut chunked = head("transfer-encoding: chunked\r\n").into_bytes();
    for _ in 0..70 {
        chunked.extend(format!("400\r\n{}\r\n", " ".repeat(1024)).into_bytes());
    }
    chunked.extend(b"0\r\n\r\n");
    let answer = raw::exchange(hall.server.host(), &chunked).await.expect("an answer");
    assert_eq!((answer.status, &answer.json()["code"]), (413, &json!("body_too_large")));

    // A header larger than any of ours.
    let header = format!("x-padding: {}\r\n", "x".repeat(64 * 1024));
    let answer = raw::exchange(hall.server.host(), head(&header).as_bytes()).await.expect("an answer");
    assert_eq!(answer.status, 431);
    let many = "x-many: y\r\n".repeat(500);
    let answer = raw::exchange(hall.server.host(), head(&many).as_bytes()).await.expect("an answer");
    assert_eq!(answer.status, 431);
    let address = format!("/api/v1/sites/{}", "x".repeat(80 * 1024));
    let line = format!("GET {address} HTTP/1.1\r\nhost: {}\r\n\r\n", hall.server.host());
    let answer = raw::exchange(hall.server.host(), line.as_bytes()).await.expect("an answer");
    assert!(matches!(answer.status, 414 | 431), "{answer:?}");
    hall.goes_on(0).await;
}
