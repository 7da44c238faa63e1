//! Who may listen to what, and what each topic tells.

use khiw_domain::CounterAction;
use khiw_domain::id::SiteId;
use khiw_server::access::Kind;

use super::office::{Office, Wishes};
use super::screen::{Screen, status_of};

const SITE: &str = "/api/v1/sites/sample/live?topic=site";
const COUNTER: &str = "/api/v1/sites/sample/live?topic=counter&counter=1";

#[tokio::test]
async fn one_site_hears_nothing_of_another() {
    let office = Office::with(&["north", "south"], |_| {}, Wishes::default()).await;
    for site in ["north", "south"] {
        office.open_counter(site, "1").await;
    }
    let mut south = office.display("south").await;
    let snapshot = south.next().await;
    for _ in 0..3 {
        office.issue_and_call("north").await;
    }
    office.issue_and_call("south").await;

    let call = south.next_of("call").await;

    assert_eq!(call["number"], "A001");
    assert_eq!(call["seq"].as_u64().unwrap(), snapshot["seq"].as_u64().unwrap() + 2, "south's own stream");
}

#[tokio::test]
async fn staff_topics_need_a_token_of_that_site() {
    let office = Office::with(&["sample", "other"], |_| {}, Wishes::default()).await;
    let foreign = office.token(Kind::Supervisor, "other");
    let display = office.token(Kind::Display, "sample");
    for path in [SITE, COUNTER] {
        assert_eq!(status_of(Screen::connect(office.address, path, None).await), 401, "{path}");
        for token in [&foreign, &display] {
            assert_eq!(status_of(Screen::connect(office.address, path, Some(token)).await), 403, "{path}");
        }
    }
    let unknown = "/api/v1/sites/sample/live?topic=counter&counter=99";
    let clerk = office.token(Kind::Clerk, "sample");
    assert_eq!(status_of(Screen::connect(office.address, unknown, Some(&clerk)).await), 404);
    let ticket = "/api/v1/sites/sample/live?topic=ticket&token=nonsense";
    assert_eq!(status_of(Screen::connect(office.address, ticket, None).await), 404);
    let nowhere = "/api/v1/sites/nowhere/live?topic=display";
    assert_eq!(status_of(Screen::connect(office.address, nowhere, None).await), 404);
    let nothing = "/api/v1/sites/sample/live?topic=everything";
    assert_eq!(status_of(Screen::connect(office.address, nothing, None).await), 422);
}

#[tokio::test]
async fn a_page_of_another_origin_is_not_let_in() {
    let office = Office::open().await;
    let path = "/api/v1/sites/sample/live?topic=display";
    let foreign = [("origin", "https://elsewhere.example")];
    let refused = Screen::connect_with(office.address, path, None, &foreign, None).await;
    assert_eq!(status_of(refused), 403);
    let own = format!("http://{}", office.address);
    let own = [("origin", own.as_str())];
    let mut screen = Screen::connect_with(office.address, path, None, &own, None).await.unwrap();
    assert_eq!(screen.next().await["type"], "snapshot");
}

#[tokio::test]
async fn a_counter_hears_of_its_own_change() {
    let office = Office::open().await;
    let token = office.token(Kind::Clerk, "sample");
    let mut clerk = Screen::connect(office.address, COUNTER, Some(&token)).await.unwrap();
    let snapshot = clerk.next().await;
    office.open_counter("sample", "1").await;
    office.issue("sample", false).await;
    office.at_counter("sample", "1", CounterAction::CallNext).await;

    let mut counter = snapshot["counter"].clone();
    assert_eq!(counter["state"], "closed");
    while counter["at_hand"].is_null() {
        counter = clerk.next_of("counter").await["counter"].clone();
    }
    assert_eq!(counter["at_hand"]["number"], "A001");
    assert_eq!(counter["state"], "calling");
}

#[tokio::test]
async fn staff_hear_of_counters_calls_and_alarms() {
    let office = Office::open().await;
    let token = office.token(Kind::Supervisor, "sample");
    let mut staff = Screen::connect(office.address, SITE, Some(&token)).await.unwrap();
    let snapshot = staff.next().await;
    assert_eq!(snapshot["counters"].as_array().unwrap().len(), 4);
    assert_eq!(snapshot["alarms"], serde_json::json!([]));
    office.open_counter("sample", "1").await;
    let mut changed = staff.next_of("changed").await;
    while changed["counters"].is_null() || changed["counters"][0]["state"] == "closed" {
        changed = staff.next_of("changed").await;
    }
    office.issue_and_call("sample").await;
    assert_eq!(staff.next_of("call").await["number"], "A001");

    use khiw_server::api::types::{AlarmSource, Severity};
    let site = SiteId::parse("sample").unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let kind = (AlarmSource::Emergency, Severity::Stop);
    office.app.alarms().raise(&site, "button", kind, now, std::collections::BTreeMap::new());
    assert_eq!(staff.next_of("alarm").await["alarm"]["source"], "emergency");
}

#[tokio::test]
async fn the_holder_of_a_ticket_hears_of_it_alone() {
    let office = Office::open().await;
    office.open_counter("sample", "1").await;
    office.issue("sample", false).await;
    let second = office.issue("sample", false).await;
    let token = office.app.key().ticket_token(&SiteId::parse("sample").unwrap(), second);
    let path = format!("/api/v1/sites/sample/live?topic=ticket&token={token}");
    let mut phone = Screen::connect(office.address, &path, None).await.unwrap();
    let snapshot = phone.next().await;
    assert_eq!(snapshot["ticket"]["ahead"], 1);
    assert_eq!(snapshot["ticket"]["number"], "A002");

    office.at_counter("sample", "1", CounterAction::CallNext).await;
    while phone.next().await["ticket"]["ahead"] != 0 {}
    office.at_counter("sample", "1", CounterAction::CallNext).await;

    let mut told = phone.next().await;
    while told["ticket"]["state"] != "called" {
        told = phone.next().await;
    }
    assert_eq!(told["type"], "ticket");
    assert_eq!(told["ticket"]["counter"]["id"], "1");
}

#[tokio::test]
async fn a_new_configuration_begins_with_a_snapshot() {
    let office = Office::open().await;
    let mut screen = office.display("sample").await;
    screen.next().await;
    let config = khiw_domain::sample::site_with(|config| config.queues[0].target_wait_s += 60);
    office.command("sample", khiw_domain::Command::Configure { config }).await;
    screen.next_of("snapshot").await;
}
