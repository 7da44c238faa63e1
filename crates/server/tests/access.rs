//! Each kind can do only its own, at its own site only; cookies come from our own pages only.

use crate::common::Server;
use http::Method;
use khiw_server::access::{Kind, TokenEntry};

/// What is asked, and who may: everybody else gets 403.
const TABLE: &[(&str, &str, &str, &[Kind])] = &[
    (
        "POST",
        "/tickets",
        r#"{"services":["birth"]}"#,
        &[Kind::Kiosk, Kind::Reception, Kind::Supervisor, Kind::Administrator, Kind::Integration],
    ),
    ("GET", "/counters", "", STAFF),
    ("GET", "/queues/a/order", "", STAFF),
    ("GET", "/tickets/1", "", STAFF),
    ("GET", "/alarms", "", STAFF),
    (
        "POST",
        "/alarms/door/acknowledge",
        "",
        &[Kind::Clerk, Kind::Reception, Kind::Supervisor, Kind::Administrator],
    ),
    (
        "POST",
        "/counters/1/open",
        "{}",
        &[Kind::Clerk, Kind::Supervisor, Kind::Administrator, Kind::Integration],
    ),
    (
        "POST",
        "/counters/1/call",
        r#"{"ticket":1,"reason":"urgent"}"#,
        &[Kind::Supervisor, Kind::Administrator, Kind::Integration],
    ),
    ("POST", "/tickets/1/resume", "{}", STAFF),
    (
        "POST",
        "/tickets/1/cancel",
        "{}",
        &[Kind::Reception, Kind::Supervisor, Kind::Administrator, Kind::Integration],
    ),
    (
        "POST",
        "/tickets/1/reprioritise",
        r#"{"lane":"normal","reason":"elderly"}"#,
        &[Kind::Reception, Kind::Supervisor, Kind::Administrator],
    ),
    ("POST", "/issuing/suspend", r#"{"reason":"system_down"}"#, &[Kind::Supervisor, Kind::Administrator]),
    ("POST", "/issuing/resume", "{}", &[Kind::Supervisor, Kind::Administrator]),
    ("POST", "/clock/accept", "{}", &[Kind::Supervisor, Kind::Administrator]),
    ("POST", "/evacuate", r#"{"outcome":"cancel"}"#, &[Kind::Supervisor, Kind::Administrator]),
    ("GET", "/paper", "", &[Kind::Reception, Kind::Supervisor, Kind::Administrator]),
    ("GET", "/devices", "", &[Kind::Reception, Kind::Supervisor, Kind::Administrator, Kind::Integration]),
    (
        "GET",
        "/voices/th/prompts",
        "",
        &[Kind::Reception, Kind::Supervisor, Kind::Administrator, Kind::Integration],
    ),
    ("DELETE", "/voices/th/recordings/5", "", &[Kind::Administrator]),
    ("POST", "/devices", r#"{"user_code":"ACDE-2345","name":"x"}"#, &[Kind::Supervisor, Kind::Administrator]),
    ("PATCH", "/devices/none", "{}", &[Kind::Supervisor, Kind::Administrator]),
    ("PUT", "/devices/none/screen", "{}", &[Kind::Supervisor, Kind::Administrator]),
    ("POST", "/devices/none/reload", "", &[Kind::Supervisor, Kind::Administrator]),
    ("POST", "/devices/none/rotate", "", &[Kind::Supervisor, Kind::Administrator]),
    ("DELETE", "/devices/none", "", &[Kind::Supervisor, Kind::Administrator]),
];

const STAFF: &[Kind] =
    &[Kind::Clerk, Kind::Reception, Kind::Supervisor, Kind::Administrator, Kind::Integration];

#[tokio::test]
async fn each_kind_can_do_only_its_own() {
    let server = Server::open().await;
    for kind in Kind::TOKENS {
        let token = server.token(kind);
        for (method, path, body, kinds) in TABLE {
            let status = ask(&server, method, "sample", path, body, Some(&token)).await;
            let expected_refusal = !kinds.contains(&kind);
            assert_eq!(status == 403, expected_refusal, "{kind:?} {method} {path}: {status}");
            assert_ne!(status, 401, "{kind:?} {path}");
        }
    }
}

#[tokio::test]
async fn nobody_reaches_another_site_and_without_a_token_it_is_401() {
    let server = Server::open().await;
    for kind in Kind::TOKENS {
        let token = server.token_of(kind, "other", None);
        for (method, path, body, _) in TABLE {
            let status = ask(&server, method, "sample", path, body, Some(&token)).await;
            assert_eq!(status, 403, "{kind:?} {method} {path}");
        }
    }
    for (method, path, body, _) in TABLE {
        assert_eq!(ask(&server, method, "sample", path, body, None).await, 401, "{method} {path}");
    }
}

async fn ask(server: &Server, method: &str, site: &str, path: &str, body: &str, token: Option<&str>) -> u16 {
    let path = format!("/api/v1/sites/{site}{path}");
    let asking = match method {
        "GET" => server.get(&path),
        "POST" => server.post(&path, body),
        method => server.ask(method.parse().expect("a method"), &path).body(body.to_owned()),
    };
    let asking = match token {
        Some(token) => asking.bearer(token),
        None => asking,
    };
    asking.send().await.status.as_u16()
}

#[tokio::test]
async fn a_clerk_bound_to_a_counter_works_no_other() {
    let server = Server::open().await;
    let clerk = server.token_of(Kind::Clerk, "sample", Some("2"));
    server.act(&clerk, "open", "{}").await.refused(403, "forbidden");
    let own = server.post("/api/v1/sites/sample/counters/2/open", "{}").bearer(&clerk);
    own.send().await.expect(200);
}

#[tokio::test]
async fn a_revoked_token_and_its_sessions_end_at_once() {
    let server = Server::open().await;
    let token = server.token(Kind::Clerk);
    let cookie = sign_in(&server, &token, false).await;
    server.get("/api/v1/session").header("cookie", &cookie).send().await.expect(200);
    let accounts = server.app.accounts();
    let listed: Vec<TokenEntry> = accounts.list(None).expect("listed");
    accounts.revoke(&listed[0].id).expect("revoked");
    server.get("/api/v1/session").bearer(&token).send().await.refused(401, "unauthenticated");
    server.get("/api/v1/session").header("cookie", &cookie).send().await.refused(401, "unauthenticated");
    assert!(accounts.list(None).expect("listed")[0].revoked.is_some());
}

async fn sign_in(server: &Server, token: &str, secure: bool) -> String {
    let body = format!(r#"{{"token":"{token}"}}"#);
    let asking = server.post("/api/v1/session", &body);
    let answer = if secure { asking.over_tls().send().await } else { asking.send().await };
    let set = answer.headers["set-cookie"].to_str().expect("text").to_owned();
    answer.expect(200);
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    assert_eq!(set.contains("; Secure"), secure, "{set}");
    assert_eq!(set.starts_with("__Host-khiw="), secure, "{set}");
    set.split(';').next().expect("a pair").to_owned()
}

#[tokio::test]
async fn a_cookie_works_from_our_own_pages_only() {
    let server = Server::open().await;
    let token = server.token(Kind::Kiosk);
    let cookie = sign_in(&server, &token, false).await;
    let issue = || {
        let asking = server.post("/api/v1/sites/sample/tickets", r#"{"services":["birth"]}"#);
        asking.header("cookie", &cookie)
    };
    issue().header("origin", "http://127.0.0.1:8080").send().await.expect(201);
    issue().header("origin", "https://evil.example").send().await.refused(403, "foreign_origin");
    issue().header("sec-fetch-site", "cross-site").send().await.refused(403, "foreign_origin");
    let live = server.get("/api/v1/sites/sample/live?topic=site").header("cookie", &cookie);
    let live = live.header("upgrade", "websocket").header("origin", "https://evil.example");
    live.send().await.refused(403, "foreign_origin");
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host_and_signing_out_ends_it() {
    let server = Server::open().await;
    let cookie = sign_in(&server, &server.token(Kind::Clerk), true).await;
    let session = || server.get("/api/v1/session").header("cookie", &cookie);
    assert_eq!(session().over_tls().send().await.expect(200)["kind"], "clerk");
    session().send().await.refused(401, "unauthenticated");
    let out = server.ask(Method::DELETE, "/api/v1/session").header("cookie", &cookie).over_tls();
    assert_eq!(out.send().await.status, 204);
    session().over_tls().send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_word_bearer_is_read_in_any_case_and_no_other_word_is() {
    let server = Server::open().await;
    let token = server.token(Kind::Clerk);
    let ask = |value: String| server.get("/api/v1/session").header("authorization", &value).send();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        ask(format!("{scheme} {token}")).await.expect(200);
    }
    for value in [format!("Basic {token}"), format!("bearer{token}"), token.clone(), "bearer".to_owned()] {
        ask(value).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_even_where_none_is_needed() {
    let server = Server::open().await;
    server
        .get("/api/v1/sites/sample")
        .bearer("khiw_clerk_wrong")
        .send()
        .await
        .refused(401, "unauthenticated");
    let long = "x".repeat(4_000);
    server.get("/api/v1/sites/sample").bearer(&long).send().await.refused(401, "unauthenticated");
    let body = r#"{"token":"khiw_clerk_wrong"}"#;
    server.post("/api/v1/session", body).send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_demo_serves_the_person_at_this_machine_only() {
    let demo = Server::demo().await;
    let session = demo.get("/api/v1/session").send().await.expect(200);
    assert_eq!((&session["kind"], &session["demo"]), (&"demo".into(), &true.into()));
    demo.get("/api/v1/session").from("192.168.1.20:4000").send().await.refused(401, "unauthenticated");
    let rebound = demo.get("/api/v1/session").header("host", "rebound.example:8080");
    rebound.send().await.refused(401, "unauthenticated");
    let body = r#"{"services":["birth"]}"#;
    let foreign = demo.post("/api/v1/sites/sample/tickets", body).header("origin", "https://evil.example");
    foreign.send().await.refused(403, "foreign_origin");
    demo.post("/api/v1/sites/sample/tickets", body).send().await.expect(201);
    demo.post("/api/v1/sites/other/tickets", body).send().await.refused(403, "forbidden");
    let places = demo.get("/api/v1/demo").send().await.expect(200);
    assert_eq!(places["counter"][0]["href"], "/counter/sample/1");
    let plain = Server::open().await;
    plain.get("/api/v1/demo").send().await.refused(404, "not_found");
    plain.get("/api/v1/session").send().await.refused(401, "unauthenticated");
}
