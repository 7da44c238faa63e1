//! Staff are told of what the hall itself has reason for, and that it is over.

use std::time::Duration;

use crate::common::Server;
use khiw_server::access::Kind;
use khiw_server::alarms;
use khiw_server::api::types::{Alarm, AlarmSource};
use serde_json::json;

#[tokio::test]
async fn an_agency_that_nobody_serves_and_a_broken_promise_are_alarms_until_they_are_mended() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    server.issue(&kiosk, "birth").await;
    server.clock.advance(Duration::from_hours(1));
    let mut changes = server.app.alarms().follow();
    let watching = tokio::spawn(alarms::watch(server.app.clone()));
    let mut told: Vec<Alarm> = Vec::new();
    while told.len() < 2 {
        told.push(changes.recv().await.expect("an alarm").1);
    }
    let of = |source| told.iter().find(|alarm| alarm.source == source).expect("an alarm");
    assert_eq!(of(AlarmSource::Agency).facts["agency"], "office");
    assert_eq!(of(AlarmSource::Promise).facts["queue"], "a");

    server.act(&clerk, "open", "{}").await.expect(200);
    server.act(&clerk, "call-next", "{}").await.expect(200);
    let mut cleared = 0;
    while cleared < 2 {
        let (_, alarm) = changes.recv().await.expect("a change");
        cleared += usize::from(alarm.cleared.is_some());
    }
    watching.abort();
    let listed = server.get("/api/v1/sites/sample/alarms").bearer(&clerk).send().await.expect(200);
    assert!(
        listed.as_array().is_some_and(|all| all.iter().all(|alarm| alarm["cleared"] != json!(null))),
        "{listed}"
    );
}

#[tokio::test]
async fn an_emptied_hall_is_an_emergency() {
    let server = Server::open().await;
    let chief = server.token(Kind::Supervisor);
    let empty = server.post("/api/v1/sites/sample/evacuate", r#"{"outcome":"cancel"}"#).bearer(&chief);
    empty.send().await.expect(200);
    let mut changes = server.app.alarms().follow();
    let watching = tokio::spawn(alarms::watch(server.app.clone()));
    let (site, alarm) = changes.recv().await.expect("an alarm");
    watching.abort();
    assert_eq!((site.as_str(), alarm.source), ("sample", AlarmSource::Emergency));
}

#[tokio::test]
async fn an_alarm_nobody_acknowledges_is_told_louder_until_somebody_does() {
    let server = Server::open().await;
    let (kiosk, clerk) = (server.token(Kind::Kiosk), server.token(Kind::Clerk));
    server.issue(&kiosk, "birth").await;
    let mut changes = server.app.alarms().follow();
    let watching = tokio::spawn(alarms::watch(server.app.clone()));
    let (_, unserved) = changes.recv().await.expect("an alarm");
    assert_eq!((unserved.source, unserved.escalated), (AlarmSource::Agency, false));

    server.clock.advance(Duration::from_mins(2));
    let escalated = loop {
        let (_, alarm) = changes.recv().await.expect("a change");
        if alarm.escalated {
            break alarm;
        }
    };
    assert_eq!(escalated.id, unserved.id);

    let path = format!("/api/v1/sites/sample/alarms/{}/acknowledge", unserved.id);
    let taken = server.post(&path, "").bearer(&clerk).send().await.expect(200);
    assert_eq!((&taken["escalated"], taken["acknowledged_by"].is_string()), (&json!(false), true));
    let told = changes.recv().await.expect("a change").1;
    assert_eq!((told.escalated, told.acknowledged_by.as_deref()), (false, taken["acknowledged_by"].as_str()));
    watching.abort();

    let unknown = server.post("/api/v1/sites/sample/alarms/attic/acknowledge", "").bearer(&clerk);
    assert_eq!(unknown.send().await.expect(404)["code"], "unknown_alarm");
}
