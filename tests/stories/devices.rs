//! A screen becomes one of the hall by the code it shows, is told what it is, speaks for those within earshot, and is
//! gone when staff say so.

use std::time::{Duration, Instant};

use khiw_tests::live::{Asking, Ended};
use khiw_tests::{Api, Folder, Live, Server, sites};
use reqwest::Method;
use serde_json::{Value, json};

/// A revoked device is out within this time.
const REVOKED_MAX: Duration = Duration::from_secs(5);
/// Another screen of a group speaks within this time.
const TAKEN_OVER_MAX: Duration = Duration::from_secs(15);
/// Close code of a socket whose token is no longer in force.
const POLICY: u16 = 1008;

async fn hall() -> (Folder, Server, Api) {
    let folder = Folder::with_site(&sites::hall());
    let staff = folder.token("supervisor", "hall");
    let server = Server::start(&folder).await;
    let api = server.api(&staff);
    (folder, server, api)
}

/// What a page at the screen asks and is told; the cookie, when it is given one.
async fn ask_as_page(server: &Server, path: &str, body: &Value) -> (u16, Value, Option<String>) {
    let request = server.stranger().request(Method::POST, path).header("origin", &server.base).json(body);
    let response = request.send().await.unwrap();
    let set = response.headers().get("set-cookie").map(|set| set.to_str().unwrap().to_owned());
    let cookie = set.map(|set| set.split(';').next().unwrap().to_owned());
    (response.status().as_u16(), response.json().await.unwrap(), cookie)
}

/// A display that staff have approved: its id and its cookie.
async fn enrolled(server: &Server, staff: &Api, name: &str) -> (String, String) {
    let (_, code, _) = ask_as_page(server, "/device-codes", &json!({ "kind": "display" })).await;
    let approval = json!({ "user_code": code["user_code"], "name": name });
    let device = staff.post("/sites/hall/devices", approval).await.created();
    let asked = json!({ "device_code": code["device_code"] });
    let (status, told, cookie) = ask_as_page(server, "/device-tokens", &asked).await;
    assert_eq!(status, 200, "{told}");
    (device["id"].as_str().unwrap().to_owned(), cookie.unwrap())
}

async fn connect(server: &Server, cookie: &str) -> Live {
    let asking = Asking { site: "hall", query: "topic=display", cookie: Some(cookie), ..Asking::default() };
    Live::open(server, &asking).await
}

async fn report(screen: &mut Live, spoken: &[&str]) {
    let report = json!({ "type": "report", "sound": "unlocked", "spoken": spoken, "version": "0.1.0",
        "width": 1920, "height": 1080 });
    screen.say(&report.to_string()).await.unwrap();
}

async fn set_group(staff: &Api, id: &str) {
    let path = format!("/sites/hall/devices/{id}/screen");
    let request = staff.request(Method::PUT, &path).json(&json!({ "sound": { "group": "hall" } }));
    staff.send(request).await.unwrap().ok();
}

/// The next `screen` frame in which it speaks.
async fn until_it_speaks(screen: &mut Live) -> Value {
    loop {
        let told = screen.next("screen").await["screen"].clone();
        if told["speaks"] == true {
            return told;
        }
    }
}

#[tokio::test]
async fn from_the_code_on_the_wall_to_a_screen_that_staff_see() {
    let (_folder, server, staff) = hall().await;
    // Given a page that shows a code nobody has approved
    let (status, code, _) = ask_as_page(&server, "/device-codes", &json!({ "kind": "display" })).await;
    assert_eq!(status, 201, "{code}");
    let asked = json!({ "device_code": code["device_code"] });
    let (status, told, _) = ask_as_page(&server, "/device-tokens", &asked).await;
    assert_eq!((status, &told["code"]), (400, &json!("authorization_pending")));
    // When staff type it wrong, and then as it is
    let wrong = json!({ "user_code": "AAAA-AAAA", "name": "hall" });
    staff.post("/sites/hall/devices", wrong).await.problem(404, "unknown_code");
    let right = json!({ "user_code": code["user_code"], "name": "hall" });
    let device = staff.post("/sites/hall/devices", right.clone()).await.created();
    staff.post("/sites/hall/devices", right).await.problem(409, "code_used");
    let (status, _, cookie) = ask_as_page(&server, "/device-tokens", &asked).await;
    assert_eq!(status, 200);
    let (status, told, _) = ask_as_page(&server, "/device-tokens", &asked).await;
    assert_eq!((status, &told["code"]), (400, &json!("expired_token")));
    // Then the page is a screen of the hall
    let mut screen = connect(&server, &cookie.unwrap()).await;
    let position = screen.next("snapshot").await["position"].clone();
    let own = screen.next("screen").await["screen"].clone();
    assert_eq!((&own["id"], &own["name"], &own["speaks"]), (&device["id"], &json!("hall"), &json!(true)));
    // And staff see what it reports.
    let said = json!({ "type": "report", "position": position, "sound": "needs_touch", "version": "0.1.0",
        "width": 1280, "height": 720 });
    screen.say(&said.to_string()).await.unwrap();
    let seen = async {
        loop {
            let seen = staff.get("/sites/hall/devices").await.ok()["devices"][0].clone();
            if !seen["screen"]["report"].is_null() {
                return seen;
            }
        }
    };
    let seen = khiw_tests::within("the report is seen", seen).await;
    assert_eq!((&seen["state"], &seen["screen"]["report"]["width"]), (&json!("silent"), &json!(1_280)));
    let metrics = reqwest::get(format!("{}/metrics", server.base)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"khiw_screens{site="hall",state="silent"} 1"#), "{metrics}");
}

#[tokio::test]
async fn a_revoked_screen_is_out_within_five_seconds() {
    let (_folder, server, staff) = hall().await;
    let (id, cookie) = enrolled(&server, &staff, "hall").await;
    let mut screen = connect(&server, &cookie).await;
    screen.next("screen").await;
    let revoked = Instant::now();
    let request = staff.request(Method::DELETE, &format!("/sites/hall/devices/{id}"));
    assert_eq!(staff.send(request).await.unwrap().status, 204);
    assert_eq!(screen.ended().await, Ended::Closed(POLICY));
    assert!(revoked.elapsed() < REVOKED_MAX, "{:?}", revoked.elapsed());
    // What it is shown from now on is what anybody is shown.
    let mut stranger = connect(&server, &cookie).await;
    assert_eq!(stranger.next("snapshot").await["type"], "snapshot");
    let order = stranger.frame().await;
    assert_ne!(order["type"], "screen", "{order}");
}

#[tokio::test]
async fn a_device_revoked_from_the_command_line_is_out_too() {
    let (folder, server, staff) = hall().await;
    let (id, cookie) = enrolled(&server, &staff, "hall").await;
    let mut screen = connect(&server, &cookie).await;
    screen.next("screen").await;
    folder.khiw("token revoke", &[&id]).ok();
    assert_eq!(screen.ended().await, Ended::Closed(POLICY));
}

#[tokio::test]
async fn of_two_screens_within_earshot_one_speaks_and_when_it_drops_the_other_knows_what_was_said() {
    let (_folder, server, staff) = hall().await;
    let (first, first_cookie) = enrolled(&server, &staff, "left").await;
    let (second, second_cookie) = enrolled(&server, &staff, "right").await;
    set_group(&staff, &first).await;
    set_group(&staff, &second).await;
    let mut left = connect(&server, &first_cookie).await;
    let mut right = connect(&server, &second_cookie).await;
    report(&mut left, &[]).await;
    until_it_speaks(&mut left).await;
    report(&mut right, &[]).await;
    report(&mut left, &["1/c1/1/0"]).await;
    // Both have been heard when staff see it; and one of them speaks.
    let heard = async {
        loop {
            let devices = staff.get("/sites/hall/devices").await.ok()["devices"].clone();
            let devices = devices.as_array().unwrap();
            if devices.iter().all(|device| !device["screen"]["report"].is_null()) {
                return devices.iter().filter(|device| device["speaks"] == true).count();
            }
        }
    };
    assert_eq!(khiw_tests::within("both report", heard).await, 1);
    let dropped = Instant::now();
    drop(left);
    let told = until_it_speaks(&mut right).await;
    assert!(dropped.elapsed() < TAKEN_OVER_MAX, "{:?}", dropped.elapsed());
    assert!(told["spoken"].as_array().unwrap().len() <= 1, "{told}");
}

#[tokio::test]
async fn a_speaker_that_hangs_is_followed_by_another_within_fifteen_seconds() {
    let (_folder, server, staff) = hall().await;
    let (first, first_cookie) = enrolled(&server, &staff, "left").await;
    let (second, second_cookie) = enrolled(&server, &staff, "right").await;
    set_group(&staff, &first).await;
    set_group(&staff, &second).await;
    let mut hanging = connect(&server, &first_cookie).await;
    let mut other = connect(&server, &second_cookie).await;
    report(&mut hanging, &[]).await;
    until_it_speaks(&mut hanging).await;
    let silent = Instant::now();
    // The one says nothing more of itself; the other reports with each heartbeat.
    let taken_over = async {
        report(&mut other, &[]).await;
        loop {
            let frame = other.frame().await;
            match frame["type"].as_str().unwrap() {
                "heartbeat" => report(&mut other, &[]).await,
                "screen" if frame["screen"]["speaks"] == true => return,
                _ => {}
            }
        }
    };
    khiw_tests::within("another speaks", taken_over).await;
    assert!(silent.elapsed() < TAKEN_OVER_MAX, "{:?}", silent.elapsed());
    // And the hanging one has been told that it does not.
    let told = hanging.next("screen").await["screen"].clone();
    assert_eq!((&told["name"], &told["speaks"]), (&json!("left"), &json!(false)));
}
