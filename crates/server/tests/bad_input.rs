//! Whatever comes in, the answer is a problem with a stable code, and the hall goes on.

use std::time::Duration;

use crate::common::Server;
use axum::body::Body;
use bytes::Bytes;
use http::Method;
use khiw_server::access::Kind;

const TICKETS: &str = "/api/v1/sites/sample/tickets";

#[tokio::test]
async fn bodies_that_are_wrong_are_refused_by_kind() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let long = "x".repeat(65);
    let cases = [
        ("{".to_owned(), 400, "malformed_json"),
        ("not json".to_owned(), 400, "malformed_json"),
        ("\u{0}".to_owned(), 400, "malformed_json"),
        ("{}".to_owned(), 422, "missing_field"),
        ("[]".to_owned(), 422, "wrong_type"),
        (r#"{"services":"birth"}"#.to_owned(), 422, "wrong_type"),
        (r#"{"services":[7]}"#.to_owned(), 422, "wrong_type"),
        (r#"{"services":["birth"],"priority":"yes"}"#.to_owned(), 422, "wrong_type"),
        (r#"{"services":["birth"],"vip":true}"#.to_owned(), 422, "unknown_field"),
        (r#"{"services":["birth"],"language":"xx"}"#.to_owned(), 422, "invalid_value"),
        (format!(r#"{{"services":["{long}"]}}"#), 422, "invalid_value"),
        (r#"{"services":["BIRTH!"]}"#.to_owned(), 422, "invalid_value"),
        (r#"{"services":[]}"#.to_owned(), 422, "no_services"),
        (r#"{"services":["birth","birth"]}"#.to_owned(), 422, "duplicate_service"),
        (r#"{"services":["nothing"]}"#.to_owned(), 404, "unknown_service"),
    ];
    for (body, status, code) in cases {
        server.post(TICKETS, &body).bearer(&kiosk).send().await.refused(status, code);
    }
    assert_eq!(server.issue(&kiosk, "birth").await["number"], "A001");
}

#[tokio::test]
async fn outcomes_are_counted_once_each_and_in_measure() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    server.issue(&kiosk, "birth").await;
    server.act(&clerk, "open", "{}").await.expect(200);
    server.act(&clerk, "call-next", "{}").await.expect(200);
    let complete = |outcomes: &str| {
        let body = format!(r#"{{"outcomes":{outcomes}}}"#);
        let path = "/api/v1/sites/sample/counters/1/complete";
        server.post(path, &body).bearer(&clerk).send()
    };
    for refused in [
        r#"[{"code":"done","quantity":0}]"#,
        r#"[{"code":"done","quantity":10000}]"#,
        r#"[{"code":"done"},{"code":"done","quantity":2}]"#,
    ] {
        let problem = complete(refused).await.refused(422, "invalid_value");
        assert_eq!(problem["outcome"], "done", "{refused}");
    }
    complete(r#"[{"code":"done","quantity":9999}]"#).await.expect(200);
}

#[tokio::test]
async fn a_list_is_no_object_inside_a_body_either() {
    let server = Server::open().await;
    let clerk = server.token(Kind::Clerk);
    for (action, body) in [
        ("open", r#"{"expect":[null,null]}"#),
        ("auto", r#"{"on":false,"expect":[null,null]}"#),
        ("call-next", r#"{"expect":[null,null]}"#),
        ("complete", r#"{"outcomes":[["done",1]]}"#),
    ] {
        server.act(&clerk, action, body).await.refused(422, "wrong_type");
    }
    server.act(&clerk, "open", r#"{"expect":null}"#).await.expect(200);
    server.act(&clerk, "call-next", r#"{"expect":{"ticket":null}}"#).await.expect(200);
    server
        .act(&clerk, "call-next", r#"{"expect":{"ticket":null,"who":1}}"#)
        .await
        .refused(422, "unknown_field");
}

#[tokio::test]
async fn deeply_nested_json_is_malformed_and_not_a_crash() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let nested = format!(r#"{{"services":{}"#, "[".repeat(30_000));
    let answer = server.post(TICKETS, &nested).bearer(&kiosk).send().await;
    assert!(answer.status.is_client_error(), "{}", answer.body);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_announced_or_not() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let big = " ".repeat(64 * 1024 + 1);
    server
        .post(TICKETS, &big)
        .header("content-length", "65537")
        .bearer(&kiosk)
        .send()
        .await
        .refused(413, "body_too_large");
    let pieces = (0..70).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1024])));
    let streamed = Body::from_stream(futures_util::stream::iter(pieces));
    let asking = server.post(TICKETS, "").bearer(&kiosk).body(streamed);
    asking.send().await.refused(413, "body_too_large");
}

#[tokio::test]
async fn a_half_open_upload_is_answered_in_time() {
    let quick = |options: &mut khiw_server::Options| options.request_timeout = Duration::from_millis(20);
    let server = Server::with(|_| {}, quick).await;
    let kiosk = server.token(Kind::Kiosk);
    let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    server.post(TICKETS, "").bearer(&kiosk).body(never).send().await.refused(408, "timeout");
}

#[tokio::test]
async fn other_media_types_and_texts_that_are_too_long_are_refused() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let form = server.post(TICKETS, "services=birth").header("content-type", "text/plain");
    form.bearer(&kiosk).send().await.refused(415, "not_json");
    let query = "q".repeat(101);
    server
        .get(&format!("/api/v1/sites/sample/services?q={query}"))
        .send()
        .await
        .refused(422, "text_too_long");
    server.get("/api/v1/sites/sample/services?limit=many").send().await.refused(422, "invalid_query");
    server.get("/api/v1/sites/sample/services?sort=name").send().await.refused(422, "invalid_query");
}

#[tokio::test]
async fn the_idempotency_key_is_required_and_bounded() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let body = r#"{"services":["birth"]}"#;
    let ask = || server.post(TICKETS, body).bearer(&kiosk);
    ask().without("idempotency-key").send().await.refused(400, "idempotency_key_missing");
    ask().header("idempotency-key", &"k".repeat(129)).send().await.refused(400, "idempotency_key_invalid");
    ask().header("idempotency-key", "with space").send().await.refused(400, "idempotency_key_invalid");
    ask().header("idempotency-key", &"k".repeat(128)).send().await.expect(201);
}

#[tokio::test]
async fn unknown_ids_are_404_each_with_its_code() {
    let server = Server::open().await;
    let chief = server.token(Kind::Supervisor);
    let elsewhere = server.token_of(Kind::Supervisor, "nowhere", None);
    let get = |path: &str, token: &str| server.get(&format!("/api/v1{path}")).bearer(token).send();
    get("/sites/sample/counters/99", &chief).await.refused(404, "unknown_counter");
    get("/sites/sample/queues/z/order", &chief).await.refused(404, "unknown_queue");
    get("/sites/sample/services/zz", &chief).await.refused(404, "unknown_service");
    get("/sites/sample/tickets/424242", &chief).await.refused(404, "unknown_ticket");
    get("/sites/nowhere/counters", &elsewhere).await.refused(404, "unknown_site");
    get("/sites/nowhere", &chief).await.refused(404, "unknown_site");
    get("/tickets/aaaaaaaa", &chief).await.refused(404, "unknown_ticket");
    get("/sites/sample/tickets/abc", &chief).await.refused(404, "not_found");
    get("/sites/NO%20ID", &chief).await.refused(404, "not_found");
    let path = "/api/v1/sites/sample/counters/99/open";
    server.post(path, "{}").bearer(&chief).send().await.refused(404, "unknown_counter");
}

#[tokio::test]
async fn wrong_methods_and_unknown_paths_are_problems_too() {
    let server = Server::open().await;
    let answer = server.ask(Method::DELETE, TICKETS).send().await;
    assert!(answer.headers.contains_key("allow"));
    answer.refused(405, "wrong_method");
    for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/sites", "/nothing"] {
        server.get(path).send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = Server::open().await;
    for path in ["/api/v1/sites", "/api/nothing", "/healthz"] {
        let headers = server.get(path).send().await.headers;
        assert!(
            headers["content-security-policy"]
                .to_str()
                .is_ok_and(|csp| csp.starts_with("default-src 'none'"))
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
}

#[tokio::test]
async fn a_stopped_hall_answers_503_with_when_to_come_back() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let dispatcher = server.app.dispatcher().clone();
    tokio::task::spawn_blocking(move || dispatcher.stop()).await.expect("stopped");
    let answer = server.post(TICKETS, r#"{"services":["birth"]}"#).bearer(&kiosk).send().await;
    assert!(answer.headers.contains_key("retry-after"));
    answer.refused(503, "journal_unavailable");
}
