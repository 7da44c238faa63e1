//! Screens that enrolled: what each is told of itself, which one speaks, how one is ended; and that all others are told
//! nothing of it.

use std::sync::Arc;

use jiff::SignedDuration;
use khiw_domain::id::SiteId;
use khiw_server::access::{Device, Kind, NewDevice};
use khiw_server::api::types::{ScreenOrder, ScreenSettings};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::office::Office;
use super::screen::Screen;

const POLICY: u16 = 1008;
const DISPLAY: &str = "/api/v1/sites/sample/live?topic=display";

/// An enrolled screen and its cookie.
fn enrol(office: &Office, name: &str, group: Option<&str>) -> (Arc<Device>, String) {
    let mut settings = ScreenSettings::default();
    settings.sound.group = group.map(str::to_owned);
    let new = NewDevice {
        kind: Kind::Display,
        site: SiteId::parse("sample").unwrap(),
        name: name.to_owned(),
        zone: None,
        place: String::new(),
        counter: None,
        screen: Some(settings),
    };
    let (device, token) = office.app.accounts().enrol(&new).unwrap();
    let lasts = |_| SignedDuration::from_hours(1_000);
    let (_, secret) = office.app.accounts().open_session(&token, lasts).unwrap().unwrap();
    (device, format!("khiw={secret}"))
}

async fn connect(office: &Office, cookie: &str) -> Screen {
    Screen::connect_with(office.address, DISPLAY, None, &[("cookie", cookie)], None).await.unwrap()
}

fn report(sound: &str, spoken: &[&str]) -> Message {
    let report = json!({ "type": "report", "sound": sound, "spoken": spoken, "version": "0.1.0",
        "width": 1920, "height": 1080, "overflowed": 0, "media_failed": [] });
    Message::text(report.to_string())
}

fn feed(office: &Office) -> Arc<khiw_server::live::Feed> {
    office.app.hub().feed(&SiteId::parse("sample").unwrap()).unwrap()
}

/// Until the first has told what it spoke, and the second has reported.
async fn until_heard(office: &Office, first: &Device, second: &Device) {
    let feed = feed(office);
    while !are_heard(&feed, first, second) {
        tokio::task::yield_now().await;
    }
}

fn are_heard(feed: &khiw_server::live::Feed, first: &Device, second: &Device) -> bool {
    let lobby = feed.lobby();
    let first = lobby.connection_of(&first.id).and_then(|connection| lobby.now_of(connection));
    let second = lobby.seen(&second.id, tokio::time::Instant::now()).and_then(|seen| seen.report);
    first.is_some_and(|first| !first.spoken.is_empty()) && second.is_some()
}

/// The next frame that does not tell of queues.
async fn next_but_counts(screen: &mut Screen) -> Value {
    loop {
        let frame = screen.next().await;
        if frame["type"] != "counts" {
            return frame;
        }
    }
}

/// The next frame `screen` in which it speaks, or not.
async fn told_speaks(screen: &mut Screen, speaks: bool) -> Value {
    loop {
        let told = screen.next_of("screen").await["screen"].clone();
        if told["speaks"] == speaks {
            return told;
        }
    }
}

#[tokio::test]
async fn an_enrolled_screen_is_told_what_it_is_behind_each_snapshot_and_nobody_else_is() {
    let office = Office::open().await;
    let (device, cookie) = enrol(&office, "stairs", None);
    let mut stranger = office.display("sample").await;
    stranger.next().await;
    let mut screen = connect(&office, &cookie).await;
    assert_eq!(screen.next().await["type"], "snapshot");
    let told = next_but_counts(&mut screen).await;
    assert_eq!((&told["type"], &told["screen"]["name"]), (&json!("screen"), &json!("stairs")));
    assert_eq!((&told["screen"]["id"], &told["screen"]["speaks"]), (&json!(*device.id), &json!(true)));

    // Set to something else it follows at once.
    let settings = ScreenSettings { distance_cm: 1_500, ..ScreenSettings::default() };
    let changed = office.app.accounts().set_screen(&device.id, &settings).unwrap();
    feed(&office).screen_set(&changed);
    assert_eq!(screen.next_of("screen").await["screen"]["settings"]["distance_cm"], 1_500);

    // The stranger hears what all hear: the order, and none of the rest.
    office.app.hub().order(&device.site, ScreenOrder::Voices);
    assert_eq!(next_but_counts(&mut stranger).await["order"], "voices");
    assert_eq!(screen.next_of("order").await["order"], "voices");
}

#[tokio::test]
async fn of_two_screens_in_a_group_exactly_one_speaks_and_when_it_drops_the_other_does() {
    let office = Office::open().await;
    let (first, one) = enrol(&office, "one", Some("hall"));
    let (second, two) = enrol(&office, "two", Some("hall"));
    let (mut one, mut two) = (connect(&office, &one).await, connect(&office, &two).await);
    for screen in [&mut one, &mut two] {
        assert_eq!(screen.next_of("screen").await["screen"]["speaks"], false);
    }
    one.say(report("unlocked", &[])).await;
    told_speaks(&mut one, true).await;
    two.say(report("unlocked", &[])).await;
    one.say(report("unlocked", &["17/1/1/0"])).await;
    until_heard(&office, &first, &second).await;
    // An order comes behind what was told before: the second screen was told nothing of speaking.
    feed(&office).order(ScreenOrder::Media);
    assert_eq!(next_but_counts(&mut two).await["type"], "order");
    drop(one);
    let told = told_speaks(&mut two, true).await;
    assert_eq!(told["spoken"], json!(["17/1/1/0"]));
}

#[tokio::test]
async fn a_revoked_screen_is_cut_off_at_once() {
    let office = Office::open().await;
    let (device, cookie) = enrol(&office, "stairs", None);
    let mut screen = connect(&office, &cookie).await;
    screen.next_of("screen").await;
    office.app.accounts().revoke(&device.id).unwrap();
    feed(&office).screen_revoked(&device.id);
    assert_eq!(screen.close_code().await, POLICY);
}

#[tokio::test]
async fn a_screen_whose_session_is_to_be_renewed_is_told_so_in_its_greeting_and_its_socket_stays() {
    let office = Office::open().await;
    let (device, cookie) = enrol(&office, "stairs", None);
    office.app.accounts().want_renewal(&device.id).unwrap();
    let mut screen = connect(&office, &cookie).await;
    assert_eq!(screen.next_of("order").await["order"], "renew");
    let principal = office.app.accounts().verify_session(cookie.strip_prefix("khiw=").unwrap()).unwrap();
    let lasts = SignedDuration::from_hours(1_000);
    office.app.accounts().renew_session(&principal, lasts).unwrap().unwrap();
    assert!(feed(&office).order_one(&device.id, ScreenOrder::Reload));
    assert_eq!(screen.next_of("order").await["order"], "reload");
}

#[tokio::test]
async fn reports_without_measure_close_the_connection() {
    let office = Office::open().await;
    let (device, cookie) = enrol(&office, "stairs", None);
    let nine = ["1"; 9];
    let long = "x".repeat(200);
    for garbage in [
        report("unlocked", &nine),
        report("unlocked", &[&long]),
        report("singing", &[]),
        Message::text(r#"{"type":"report","sound":"muted"}"#),
    ] {
        let mut screen = connect(&office, &cookie).await;
        screen.next_of("screen").await;
        screen.say(garbage.clone()).await;
        assert_eq!(screen.close_code().await, POLICY, "{garbage:?}");
    }
    let mut screen = connect(&office, &cookie).await;
    screen.next_of("screen").await;
    for _ in 0..200 {
        screen.say(report("unlocked", &[])).await;
    }
    assert_eq!(screen.close_code().await, POLICY);
    let seen = feed(&office).lobby().seen(&device.id, tokio::time::Instant::now()).unwrap();
    assert_eq!(seen.report.map(|(report, _)| report.width), Some(1_920));
}
