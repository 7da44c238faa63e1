//! Devices: from the code that one shows to what staff see, set and end.

use crate::common::{Answer, Server};
use http::Method;
use khiw_domain::config::Zone;
use khiw_domain::id::ZoneId;
use khiw_server::access::Kind;
use serde_json::{Value, json};

const DEVICES: &str = "/api/v1/sites/sample/devices";

/// The sample hall with the zone `hall`.
async fn hall() -> Server {
    let zone = |config: &mut khiw_domain::config::SiteConfig| {
        let id = ZoneId::parse("hall").expect("an id");
        config.zones = vec![Zone { id, name: config.name.clone() }];
    };
    Server::with(zone, |_| {}).await
}

async fn code(server: &Server, kind: &str) -> Value {
    let asked = server.post("/api/v1/device-codes", &json!({ "kind": kind }).to_string()).send().await;
    asked.expect(201)
}

async fn poll(server: &Server, code: &Value, as_page: bool) -> Answer {
    let body = json!({ "device_code": code["device_code"] }).to_string();
    let asking = server.post("/api/v1/device-tokens", &body);
    let asking = if as_page { asking.header("origin", "http://127.0.0.1:8080") } else { asking };
    asking.send().await
}

async fn approve(server: &Server, staff: &str, code: &Value, name: &str) -> Answer {
    let body = json!({ "user_code": code["user_code"], "name": name }).to_string();
    server.post(DEVICES, &body).bearer(staff).send().await
}

/// An enrolled display: its id and its cookie.
async fn display(server: &Server, staff: &str) -> (String, String) {
    let code = code(server, "display").await;
    let device = approve(server, staff, &code, "over the stairs").await.expect(201);
    let cookie = cookie_of(&poll(server, &code, true).await);
    (device["id"].as_str().expect("an id").to_owned(), cookie)
}

fn cookie_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let set = answer.headers["set-cookie"].to_str().expect("text");
    set.split(';').next().expect("a pair").to_owned()
}

#[tokio::test]
async fn a_page_shows_its_code_and_is_signed_in_when_staff_have_approved_it() {
    let server = hall().await;
    let staff = server.token(Kind::Supervisor);
    let code = code(&server, "display").await;
    assert_eq!((&code["expires_in_s"], &code["interval_s"]), (&json!(900), &json!(5)));
    assert_eq!(code["verification_uri"], "http://127.0.0.1:8080/", "of two sites staff choose first");
    poll(&server, &code, true).await.refused(400, "authorization_pending");
    let typed = code["user_code"].as_str().expect("text").to_lowercase().replace('-', " ");
    let body = json!({ "user_code": typed, "name": " over the stairs ", "zone": "hall", "place": "ชั้น 2" });
    let device = server.post(DEVICES, &body.to_string()).bearer(&staff).send().await.expect(201);
    assert_eq!((&device["name"], &device["place"]), (&json!("over the stairs"), &json!("ชั้น 2")));
    assert_eq!((&device["state"], &device["kind"]), (&json!("never"), &json!("display")));
    assert_eq!(device["screen"]["settings"]["zones"], json!(["hall"]));
    approve(&server, &staff, &code, "again").await.refused(409, "code_used");

    let admitted = poll(&server, &code, true).await;
    let cookie = cookie_of(&admitted);
    let told = admitted.expect(200);
    assert_eq!((&told["id"], &told["site"]), (&device["id"], &json!("sample")));
    assert!(told.get("token").is_none(), "a page is not given what it need not keep: {told}");
    let session = server.get("/api/v1/session").header("cookie", &cookie).send().await.expect(200);
    assert_eq!((&session["kind"], &session["renew"]), (&json!("display"), &json!(false)));
    poll(&server, &code, true).await.refused(400, "expired_token");
    let listed = server.get(DEVICES).bearer(&staff).send().await.expect(200);
    assert_eq!(
        (&listed["devices"][0]["id"], &listed["devices"][0]["state"]),
        (&device["id"], &json!("gone"))
    );
}

#[tokio::test]
async fn a_program_is_given_its_token_once_and_another_when_it_is_rotated() {
    let server = hall().await;
    let staff = server.token(Kind::Administrator);
    let code = code(&server, "agent").await;
    let device = approve(&server, &staff, &code, "printer PC").await.expect(201);
    let told = poll(&server, &code, false).await.expect(200);
    let token = told["token"].as_str().expect("a token").to_owned();
    assert!(token.starts_with("khiw_agent_"));
    let path = format!("{DEVICES}/{}/rotate", device["id"].as_str().expect("an id"));
    let rotated = server.post(&path, "").bearer(&staff).send().await.expect(200);
    let fresh = rotated["token"].as_str().expect("a token");
    for token in [&token, fresh] {
        server.get("/api/v1/session").bearer(token).send().await.expect(200);
    }
}

#[tokio::test]
async fn wrong_codes_are_refused_and_bounded() {
    let server = hall().await;
    let staff = server.token(Kind::Supervisor);
    let shown = code(&server, "display").await;
    let wrong = json!({ "user_code": "AAAA-AAAA" });
    for _ in 0..10 {
        approve(&server, &staff, &wrong, "x").await.refused(404, "unknown_code");
    }
    let refused = approve(&server, &staff, &shown, "x").await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(429, "too_many_wrong_codes");
    let other = server.token(Kind::Supervisor);
    approve(&server, &other, &shown, "x").await.expect(201);
    let nonsense = json!({ "device_code": "x".repeat(5_000) });
    poll(&server, &nonsense, true).await.refused(400, "expired_token");
    poll(&server, &json!({ "device_code": "" }), true).await.refused(400, "expired_token");
}

#[tokio::test]
async fn only_devices_enrol_and_only_from_our_own_pages() {
    let server = hall().await;
    for kind in ["clerk", "supervisor", "administrator", "integration"] {
        let asked = server.post("/api/v1/device-codes", &json!({ "kind": kind }).to_string()).send().await;
        asked.refused(422, "kind_not_enrolled");
    }
    for (path, body) in
        [("/api/v1/device-codes", r#"{"kind":"kiosk"}"#), ("/api/v1/device-tokens", r#"{"device_code":"x"}"#)]
    {
        let foreign = server.post(path, body).header("origin", "https://evil.example");
        foreign.send().await.refused(403, "foreign_origin");
    }
    let mut refused = None;
    for _ in 0..100 {
        let asking = server.post("/api/v1/device-codes", r#"{"kind":"kiosk"}"#).from("192.0.2.9:4");
        let answer = asking.send().await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    refused.expect("a bound").refused(429, "too_many_codes");
}

#[tokio::test]
async fn an_approval_that_is_refused_leaves_the_code_as_it_was() {
    let server = hall().await;
    let staff = server.token(Kind::Supervisor);
    let shown = code(&server, "display").await;
    for (body, code, field) in [
        (json!({ "name": "" }), "name_invalid", "name"),
        (json!({ "name": "two\nlines" }), "name_invalid", "name"),
        (json!({ "name": "x", "place": "y".repeat(81) }), "place_invalid", "place"),
        (json!({ "name": "x", "zone": "attic" }), "unknown_zone", "zone"),
        (json!({ "name": "x", "counter": "99" }), "unknown_counter", "counter"),
    ] {
        let mut body = body;
        body["user_code"] = shown["user_code"].clone();
        let refused = server.post(DEVICES, &body.to_string()).bearer(&staff).send().await.refused(422, code);
        assert_eq!(refused["field"], field);
    }
    let over_desk = json!({ "user_code": shown["user_code"], "name": "desk 1", "counter": "1" });
    let device = server.post(DEVICES, &over_desk.to_string()).bearer(&staff).send().await.expect(201);
    let settings = &device["screen"]["settings"];
    assert_eq!((&settings["layout"], &settings["counter"]), (&json!("counter"), &json!("1")));
}

#[tokio::test]
async fn a_device_is_named_moved_set_and_revoked_at_its_own_site_only() {
    let server = hall().await;
    let staff = server.token(Kind::Supervisor);
    let (id, cookie) = display(&server, &staff).await;
    let path = format!("{DEVICES}/{id}");
    let patch = |body: Value| server.ask(Method::PATCH, &path).bearer(&staff).body(body.to_string()).send();
    let moved = patch(json!({ "name": "โถงใหญ่", "zone": "hall" })).await.expect(200);
    assert_eq!(
        (&moved["name"], &moved["zone"], &moved["place"]),
        (&json!("โถงใหญ่"), &json!("hall"), &json!(null))
    );
    let moved = patch(json!({ "zone": null, "place": "left" })).await.expect(200);
    assert_eq!(
        (&moved["name"], &moved["zone"], &moved["place"]),
        (&json!("โถงใหญ่"), &json!(null), &json!("left"))
    );
    patch(json!({ "zone": "attic" })).await.refused(422, "unknown_zone");
    patch(json!({ "colour": "red" })).await.refused(422, "unknown_field");

    let put = |body: Value| server.put(&format!("{path}/screen"), &body.to_string()).bearer(&staff).send();
    let set = put(
        json!({ "layout": "queues", "sound": { "group": "hall", "quiet": [{ "from": "12:00:00", "to": "13:00:00" }] } }),
    );
    let set = set.await.expect(200);
    assert_eq!((&set["screen"]["settings"]["layout"], &set["speaks"]), (&json!("queues"), &json!(false)));
    let refused = put(json!({ "layout": "counter" })).await.refused(422, "counter_needed");
    assert_eq!(refused["field"], "counter");
    let refused = put(json!({ "sound": { "times": 9 } })).await.refused(422, "out_of_range");
    assert_eq!((&refused["field"], &refused["max"]), (&json!("sound.times"), &json!(3)));
    put(json!({ "sound": ["voice"] })).await.refused(422, "wrong_type");
    server
        .post(&format!("{path}/reload"), "")
        .bearer(&staff)
        .send()
        .await
        .refused(409, "device_not_connected");

    let foreign = server.token_of(Kind::Supervisor, "other", None);
    let there = format!("/api/v1/sites/other/devices/{id}");
    server.ask(Method::DELETE, &there).bearer(&foreign).send().await.refused(404, "unknown_device");
    assert_eq!(server.ask(Method::DELETE, &path).bearer(&staff).send().await.status, 204);
    server.get("/api/v1/session").header("cookie", &cookie).send().await.refused(401, "unauthenticated");
    server.ask(Method::DELETE, &path).bearer(&staff).send().await.refused(404, "unknown_device");
    assert_eq!(server.get(DEVICES).bearer(&staff).send().await.expect(200)["devices"], json!([]));
}

#[tokio::test]
async fn a_code_whose_approval_is_taken_back_is_denied() {
    let server = hall().await;
    let staff = server.token(Kind::Supervisor);
    let code = code(&server, "display").await;
    let device = approve(&server, &staff, &code, "x").await.expect(201);
    let path = format!("{DEVICES}/{}", device["id"].as_str().expect("an id"));
    assert_eq!(server.ask(Method::DELETE, &path).bearer(&staff).send().await.status, 204);
    poll(&server, &code, true).await.refused(400, "access_denied");
}

#[tokio::test]
async fn a_screen_renews_its_session_and_people_do_not() {
    let server = hall().await;
    let staff = server.token(Kind::Supervisor);
    let (id, cookie) = display(&server, &staff).await;
    let session = || server.get("/api/v1/session").header("cookie", &cookie);
    let rotated = server.post(&format!("{DEVICES}/{id}/rotate"), "").bearer(&staff).send().await.expect(200);
    assert_eq!(rotated["token"], json!(null));
    assert_eq!(session().send().await.expect(200)["renew"], true);

    let renew = || server.post("/api/v1/session/renew", "").header("cookie", &cookie);
    renew().header("origin", "https://evil.example").send().await.refused(403, "foreign_origin");
    let renewed = renew().send().await;
    let fresh = cookie_of(&renewed);
    assert_ne!(fresh, cookie);
    let own = server.get("/api/v1/session").header("cookie", &fresh).send().await.expect(200);
    assert_eq!((&own["kind"], &own["renew"]), (&json!("display"), &json!(false)));
    session().send().await.expect(200);
    server.post("/api/v1/session/renew", "").bearer(&staff).send().await.refused(403, "not_renewable");
    server.post("/api/v1/session/renew", "").send().await.refused(401, "unauthenticated");
}
