//! The main walk over HTTP: a number, a call, an end; and what everybody sees of it meanwhile.

use crate::common::Server;
use khiw_server::access::Kind;
use serde_json::json;

#[tokio::test]
async fn a_visitor_takes_a_number_and_is_called_and_served() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    let issued = server.issue(&kiosk, "birth").await;
    assert_eq!(issued["number"], "A001");
    assert_eq!((&issued["state"], &issued["ahead"]), (&json!("waiting"), &json!(0)));
    assert_eq!(
        (&issued["print"]["state"], &issued["link"]),
        (&json!("none"), &json!(null)),
        "this office has no printer"
    );

    server.act(&clerk, "open", "{}").await.expect(200);
    let called = server.act(&clerk, "call-next", "").await.expect(200);
    assert_eq!(called["completed"], json!(null));
    assert_eq!(called["call"]["ticket"], issued["id"]);
    assert_eq!(
        (&called["call"]["number"], &called["call"]["reason"]),
        (&json!("A001"), &json!("earliest_promise"))
    );
    assert_eq!(called["counter"]["at_hand"]["number"], "A001");
    assert_eq!(called["counter"]["undo"]["command"], "call_next");

    let token = issued["token"].as_str().expect("a token");
    let holder = server.get(&format!("/api/v1/tickets/{token}")).send().await.expect(200);
    assert_eq!((&holder["state"], &holder["counter"]["label"]), (&json!("called"), &json!("1")));
    assert!(holder.get("id").is_none(), "the holder is told no ids of the hall's tickets: {holder}");

    let next = server.act(&clerk, "call-next", "{}").await.expect(200);
    assert_eq!((&next["completed"], &next["call"]), (&issued["id"], &json!(null)));
    let path = format!("/api/v1/sites/sample/tickets/{}", issued["id"]);
    let staff = server.get(&path).bearer(&clerk).send().await.expect(200);
    assert_eq!(staff["state"], "done");
    let kinds: Vec<&str> =
        staff["steps"].as_array().expect("steps").iter().filter_map(|step| step["kind"].as_str()).collect();
    assert_eq!(kinds, ["waiting", "called", "serving"]);
}

#[tokio::test]
async fn the_catalogue_needs_no_token_and_tells_who_works_to_staff_only() {
    let server = Server::open().await;
    let clerk = server.token(Kind::Clerk);
    server.act(&clerk, "open", "{}").await.expect(200);
    let sites = server.get("/api/v1/sites").send().await.expect(200);
    assert_eq!(sites[1]["id"], "sample");
    let site = server.get("/api/v1/sites/sample").send().await.expect(200);
    assert_eq!(site["counters"][0]["clerk"], json!(null));
    assert_eq!((&site["start"], &site["languages"]), (&json!("implicit"), &json!(["th", "en"])));
    let site = server.get("/api/v1/sites/sample").bearer(&clerk).send().await.expect(200);
    assert!(site["counters"][0]["clerk"].as_str().is_some_and(|clerk| clerk.starts_with("clerk-")));
    let found = server.get("/api/v1/sites/sample/services?q=BRITH").send().await.expect(200);
    assert_eq!(found["total"], 0);
    let found = server
        .get("/api/v1/sites/sample/services?q=%E0%B8%9A%E0%B8%A3%E0%B8%81%E0%B8%B2%E0%B8%A3%20tax")
        .send()
        .await;
    let found = found.expect(200);
    assert_eq!((&found["total"], &found["services"][0]["id"]), (&json!(1), &json!("tax")));
    assert_eq!(found["services"][0]["open"], true);
}

#[tokio::test]
async fn a_repeated_issue_gives_the_same_ticket_and_another_body_is_refused() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let ask = |body: &str| {
        let path = "/api/v1/sites/sample/tickets";
        server.post(path, body).header("idempotency-key", "press-1").bearer(&kiosk).send()
    };
    let first = ask(r#"{"services":["birth"],"language":"en"}"#).await.expect(201);
    let again = ask(r#" { "language" : "en", "services" : ["birth"] } "#).await.expect(201);
    assert_eq!(first, again);
    ask(r#"{"services":["tax"]}"#).await.refused(422, "idempotency_key_reused");
    let queues = server.get("/api/v1/sites/sample/queues").send().await.expect(200);
    assert_eq!(queues[0]["waiting"], 1);
}

#[tokio::test]
async fn a_repeated_park_for_minutes_is_the_same_park_a_minute_later() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    server.issue(&kiosk, "birth").await;
    server.act(&clerk, "open", "{}").await.expect(200);
    server.act(&clerk, "call-next", "{}").await.expect(200);
    let park = || {
        let path = "/api/v1/sites/sample/counters/1/park";
        server.post(path, r#"{"minutes":10}"#).header("idempotency-key", "park-1").bearer(&clerk).send()
    };
    let parked = park().await.expect(200);
    server.clock.advance(std::time::Duration::from_mins(1));
    let again = park().await.expect(200);
    assert_eq!(parked["counter"]["parked"], again["counter"]["parked"]);
    assert_eq!(parked["counter"]["parked"][0]["number"], "A001");
}

#[tokio::test]
async fn a_park_for_no_minutes_is_no_repetition_of_one_without_an_end() {
    let server = Server::open().await;
    let (kiosk, chief) = (server.token(Kind::Kiosk), server.token(Kind::Supervisor));
    let id = server.issue(&kiosk, "birth").await["id"].clone();
    server.issue(&kiosk, "birth").await;
    server.act(&chief, "open", "{}").await.expect(200);
    let park = |path: String, body: &str| {
        server
            .post(&path, body)
            .header("idempotency-key", &format!("park {path}").replace(' ', "-"))
            .bearer(&chief)
            .send()
    };
    let paths = [format!("tickets/{id}/park"), "counters/1/park".to_owned()];
    for path in paths.map(|path| format!("/api/v1/sites/sample/{path}")) {
        park(path.clone(), "{}").await.expect(200);
        park(path.clone(), "{}").await.expect(200);
        park(path, r#"{"minutes":0}"#).await.refused(422, "idempotency_key_reused");
        server.act(&chief, "call-next", "{}").await.expect(200);
    }
}

#[tokio::test]
async fn a_second_tab_that_believes_otherwise_is_told() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    let first = server.issue(&kiosk, "birth").await;
    server.issue(&kiosk, "birth").await;
    server.act(&clerk, "open", "{}").await.expect(200);
    server.act(&clerk, "call-next", r#"{"expect":{"ticket":null}}"#).await.expect(200);
    let problem = server
        .act(&clerk, "call-next", r#"{"expect":{"ticket":null}}"#)
        .await
        .refused(409, "counter_changed");
    assert_eq!(problem["ticket"], first["id"]);
    server.act(&clerk, "call-next", r#"{"expect":{}}"#).await.refused(422, "missing_field");
}

#[tokio::test]
async fn every_action_of_a_clerk_is_there() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    for _ in 0..6 {
        server.issue(&kiosk, "birth").await;
    }
    let with_ticket = [
        ("recall", "{}"),
        ("start", "{}"),
        ("complete", r#"{"outcomes":[{"code":"done","quantity":2}]}"#),
        ("undo", "{}"),
        ("services", r#"{"service":"tax"}"#),
        ("return", "{}"),
    ];
    server.act(&clerk, "open", r#"{"queues":["a"]}"#).await.expect(200);
    server.act(&clerk, "call-next", "{}").await.expect(200);
    for (action, body) in with_ticket {
        server.act(&clerk, action, body).await.expect(200);
    }
    for (action, body) in
        [("absent", "{}"), ("no-show", "{}"), ("transfer", r#"{"queue":"b"}"#), ("park", "{}")]
    {
        server.act(&clerk, "call-next", "{}").await.expect(200);
        server.act(&clerk, action, body).await.expect(200);
    }
    server.act(&clerk, "auto", r#"{"on":false}"#).await.expect(200);
    server.act(&clerk, "pause", r#"{"reason":"lunch"}"#).await.expect(200);
    server.act(&clerk, "resume", "{}").await.expect(200);
    let closed = server.act(&clerk, "close", "{}").await.expect(200);
    assert_eq!(closed["counter"]["state"], "closed");
}

#[tokio::test]
async fn staff_set_tickets_right_and_the_hall_is_emptied_with_one_action() {
    let server = Server::open().await;
    let (kiosk, chief) = (server.token(Kind::Kiosk), server.token(Kind::Supervisor));
    let id = server.issue(&kiosk, "birth").await["id"].clone();
    let other = server.issue(&kiosk, "birth").await["id"].clone();
    let ask = |id: &serde_json::Value, action: &str, body: &str| {
        server.post(&format!("/api/v1/sites/sample/tickets/{id}/{action}"), body).bearer(&chief).send()
    };
    let lane = ask(&id, "reprioritise", r#"{"lane":"priority","reason":"elderly"}"#).await.expect(200);
    assert_eq!(lane["lane"], "priority");
    ask(&id, "park", r#"{"minutes":5}"#).await.expect(200);
    assert_eq!(ask(&id, "resume", "{}").await.expect(200)["state"], "waiting");
    ask(&id, "services", r#"{"service":"tax"}"#).await.expect(200);
    assert_eq!(ask(&id, "transfer", r#"{"queue":"c"}"#).await.expect(200)["queue"], "c");
    ask(&id, "transfer", r#"{"queue":"c","counter":"1"}"#).await.refused(422, "invalid_value");
    assert_eq!(ask(&id, "cancel", "").await.expect(200)["state"], "cancelled");
    ask(&id, "reinstate", "{}").await.refused(409, "illegal_transition");

    let hall = |path: &str, body: &str| {
        server.post(&format!("/api/v1/sites/sample/{path}"), body).bearer(&chief).send()
    };
    let site = hall("issuing/suspend", r#"{"reason":"system_down"}"#).await.expect(200);
    assert_eq!(site["issuing_suspended"]["reason"], "system_down");
    let body = r#"{"services":["birth"]}"#;
    let refused = server.post("/api/v1/sites/sample/tickets", body).bearer(&kiosk).send().await;
    assert_eq!(refused.refused(409, "issuing_suspended")["reason"], "system_down");
    hall("issuing/resume", "{}").await.expect(200);
    hall("evacuate", r#"{"outcome":"park"}"#).await.expect(200);
    let parked = server.get(&format!("/api/v1/sites/sample/tickets/{other}")).bearer(&chief).send().await;
    assert_eq!(parked.expect(200)["state"], "parked");
    hall("clock/accept", "").await.expect(200);
}
