//! Screens that do what no screen does.

use khiw_server::live::{MESSAGE_BYTES_MAX, MESSAGES_BURST};
use tokio_tungstenite::tungstenite::Message;

use super::office::Office;
use super::screen::Screen;

/// What a page is told when it breaks the rules: RFC 6455, 7.4.1.
const POLICY: u16 = 1008;

#[tokio::test]
async fn garbage_closes_the_connection_and_the_hall_goes_on() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut bystander = office.display("sample").await;
    bystander.next().await;
    let long = "x".repeat(MESSAGE_BYTES_MAX * 4);
    for garbage in [
        Message::text("not JSON"),
        Message::text(r#"{"type":"call"}"#),
        Message::text(r#"{"type":"rendered","position":7}"#),
        Message::text(long),
        Message::binary(vec![0_u8, 159, 146, 150]),
    ] {
        let mut screen = office.display("sample").await;
        screen.next().await;
        screen.say(garbage.clone()).await;
        assert_eq!(screen.close_code().await, POLICY, "{garbage:?}");
    }
    office.issue_and_call("sample").await;
    assert_eq!(bystander.next_of("call").await["number"], "A001");
}

#[tokio::test]
async fn a_flood_of_well_formed_reports_closes_the_connection() {
    let office = Office::open().await;
    let mut screen = office.display("sample").await;
    let position = screen.next().await["position"].clone();
    let report = serde_json::json!({ "type": "rendered", "position": position }).to_string();
    for _ in 0..MESSAGES_BURST * 2 {
        screen.say(Message::text(report.clone())).await;
    }
    assert_eq!(screen.close_code().await, POLICY);
}

#[tokio::test]
async fn reports_in_measure_are_heard() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    let mut screen = office.display("sample").await;
    screen.next().await;
    for _ in 0..MESSAGES_BURST / 2 {
        office.issue_and_call("sample").await;
        let position = screen.next_of("call").await["position"].clone();
        let report = serde_json::json!({ "type": "rendered", "position": position }).to_string();
        screen.say(Message::text(report)).await;
    }
    office.notice(true).await;
    screen.next_of("notice").await;
    let (_, report) = office.app.hub().reports().remove(0);
    assert_eq!((report.connected, report.reporting), (1, 1));
}

#[tokio::test]
async fn a_revoked_token_ends_its_connections() {
    use khiw_server::access::Kind;
    let office = Office::open().await;
    let token = office.token(Kind::Supervisor, "sample");
    let path = "/api/v1/sites/sample/live?topic=site";
    let mut staff = Screen::connect(office.address, path, Some(&token)).await.unwrap();
    staff.next().await;
    let id = office.app.accounts().list(None).unwrap().remove(0).id;
    office.app.accounts().revoke(&id).unwrap();
    assert_eq!(staff.close_code().await, POLICY);
}

#[tokio::test]
async fn signing_out_ends_the_connections_of_that_session_only() {
    use khiw_server::access::Kind;
    let office = Office::open().await;
    let token = office.token(Kind::Supervisor, "sample");
    let path = "/api/v1/sites/sample/live?topic=site";
    let accounts = office.app.accounts();
    let sign_in =
        || accounts.open_session(&token, |_| jiff::SignedDuration::from_hours(1)).unwrap().unwrap().1;
    let (leaving, staying) = (sign_in(), sign_in());
    let connect = async |secret: &str| {
        let cookie = format!("khiw={secret}");
        Screen::connect_with(office.address, path, None, &[("cookie", &cookie)], None).await.unwrap()
    };
    let (mut left, mut stayed) = (connect(&leaving).await, connect(&staying).await);
    left.next().await;
    stayed.next().await;
    accounts.close_session(&leaving).unwrap();
    assert_eq!(left.close_code().await, POLICY);
    office.notice(true).await;
    stayed.next_of("notice").await;
}

#[tokio::test]
async fn when_the_server_stops_screens_are_told_to_go() {
    const AWAY: u16 = 1001;
    let office = Office::open().await;
    let mut screen = office.display("sample").await;
    screen.next().await;
    office.app.hub().stop();
    assert_eq!(screen.close_code().await, AWAY);
}
