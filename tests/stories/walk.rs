//! The main job from end to end, in Thai and in Vietnamese: a number, its paper, the call, the lobby's screen, the
//! ticket in the visitor's hand.

use std::path::{Path, PathBuf};

use khiw_tests::live::Asking;
use khiw_tests::server::Running;
use khiw_tests::{Folder, Live, Server, sites};
use serde_json::{Value, json};

/// One office and the words its visitors must meet.
struct Office {
    site: &'static str,
    text: fn(u16) -> String,
    language: &'static str,
    service_name: &'static str,
    place: &'static str,
}

const THAI: Office = Office {
    site: "thai-office",
    text: sites::thai,
    language: "th",
    service_name: "ทำบัตรประจำตัวประชาชน",
    place: "ช่องบริการ",
};

const VIETNAMESE: Office = Office {
    site: "vietnamese-office",
    text: sites::vietnamese,
    language: "vi",
    service_name: "Cấp thẻ căn cước",
    place: "Quầy",
};

#[tokio::test]
async fn a_visitor_in_a_thai_office_takes_a_number_and_is_served() {
    a_visitor_takes_a_number_and_is_served(&THAI).await;
}

#[tokio::test]
async fn a_visitor_in_a_vietnamese_office_takes_a_number_and_is_served() {
    a_visitor_takes_a_number_and_is_served(&VIETNAMESE).await;
}

async fn a_visitor_takes_a_number_and_is_served(office: &Office) {
    // Given an office with a printer, an open counter and a screen in the lobby
    let folder = Folder::empty();
    let (mut printer, port) = printer(&folder.beside("tray")).await;
    folder.apply(&(office.text)(port)).ok();
    let server = Server::start(&folder).await;
    let kiosk = server.api(folder.token("kiosk", office.site));
    let clerk = server.api(folder.token("clerk", office.site));
    clerk.at_counter(office.site, "c1", "open", json!({})).await;
    let mut screen = Live::display(&server, office.site).await;
    assert_eq!(screen.frame().await["calls"], json!([]));

    // When a visitor takes a number in their language
    let wish = json!({ "services": ["id-card"], "language": office.language });
    let issued = kiosk.post(&format!("/sites/{}/tickets", office.site), wish).await.created();
    assert_eq!(
        (&issued["number"], &issued["ahead"], &issued["state"]),
        (&json!("A001"), &json!(0), &json!("waiting"))
    );

    // Then its paper comes out of the printer, and the ticket says so
    printer.until_said(".png").await;
    is_a_picture(&newest_picture(&folder.beside("tray")));
    let query = &format!("topic=ticket&token={}", issued["token"].as_str().unwrap());
    let mut phone = Live::open(&server, &Asking { site: office.site, query, ..Asking::default() }).await;
    let ticket = until(&mut phone, |ticket| ticket["print"]["state"] == "printed").await;
    assert_eq!(
        (&ticket["state"], &ticket["service_name"][office.language]),
        (&json!("waiting"), &json!(office.service_name))
    );

    // When the clerk calls
    let call = clerk.call_next(office.site, "c1").await;
    assert_eq!((&call["ticket"], &call["attempt"]), (&issued["id"], &json!(1)));

    // Then the lobby shows number and place in the visitor's language, and the phone says where to go
    let shown = screen.next("call").await;
    assert_eq!((&shown["number"], &shown["language"]), (&json!("A001"), &json!(office.language)));
    assert_eq!(shown["counter_name"], json!({ "label": "1", "place": shown["counter_name"]["place"] }));
    assert_eq!(shown["counter_name"]["place"][office.language], office.place);
    let ticket = until(&mut phone, |ticket| ticket["state"] == "called").await;
    assert_eq!(ticket["counter"]["label"], "1");

    // When the service ends
    let done = json!({ "outcomes": [{ "code": "completed" }] });
    clerk.at_counter(office.site, "c1", "complete", done).await;

    // Then the ticket is done, for its holder and in the journal
    until(&mut phone, |ticket| ticket["state"] == "done").await;
    let public = kiosk.get(&format!("/tickets/{}", issued["token"].as_str().unwrap())).await.ok();
    assert_eq!(public["state"], "done");
    server.stop().await;
    folder.verify();
}

/// A `khiw printer-sim` that puts its pictures there, and its port.
async fn printer(tray: &Path) -> (Running, u16) {
    let mut printer =
        Running::spawn(["printer-sim", "--listen", "127.0.0.1:0", "--out", tray.to_str().unwrap()]);
    let address = khiw_tests::within("the printer's address", printer.address()).await.expect("an address");
    let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    (printer, port)
}

fn newest_picture(tray: &Path) -> PathBuf {
    let files = std::fs::read_dir(tray).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|kind| kind == "png")).max().expect("a picture")
}

/// A PNG as wide as the printer's paper, with something on it.
fn is_a_picture(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let size = |from: usize| u32::from_be_bytes(bytes[from..from + 4].try_into().unwrap());
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{} is no PNG", file.display());
    assert_eq!(size(16), 384);
    assert!(size(20) > 200 && bytes.len() > 2_000, "{}: {} bytes", file.display(), bytes.len());
}

/// The ticket as the phone shows it, once it is so.
async fn until(phone: &mut Live, holds: impl Fn(&Value) -> bool) -> Value {
    loop {
        let ticket = phone.frame().await["ticket"].clone();
        if holds(&ticket) {
            return ticket;
        }
    }
}

#[tokio::test]
async fn a_ticket_is_valid_and_called_although_the_printer_is_away() {
    // Given an office whose printer nobody answers for
    let folder = Folder::empty();
    let (printer, port) = printer(&folder.beside("tray")).await;
    printer.kill().await;
    folder.apply(&(THAI.text)(port)).ok();
    let server = Server::start(&folder).await;
    let clerk = server.api(folder.token("clerk", THAI.site));
    clerk.at_counter(THAI.site, "c1", "open", json!({})).await;

    let issued = server.api(folder.token("kiosk", THAI.site)).issue(THAI.site, "id-card").await;
    let call = clerk.call_next(THAI.site, "c1").await;

    assert_eq!(call["ticket"], issued["id"]);
    let state = clerk.get(&format!("/sites/{}/tickets/{}", THAI.site, issued["id"])).await.ok();
    assert_ne!(state["print"]["state"], "printed");
}

#[tokio::test]
async fn a_screen_that_was_away_over_a_restart_learns_every_call_it_missed() {
    // Given a screen that saw one call and then lost its line
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let clerk = server.api(&token);
    clerk.at_counter("hall", "c1", "open", json!({})).await;
    for _ in 0..3 {
        clerk.issue("hall", "service-a").await;
    }
    let mut screen = Live::display(&server, "hall").await;
    clerk.call_next("hall", "c1").await;
    let seen = screen.next("call").await;
    let position = seen["position"].as_str().unwrap().to_owned();
    drop(screen);

    // When one call is made, the server is killed and started again, and another call is made
    clerk.call_next("hall", "c1").await;
    server.kill().await;
    let server = Server::start(&folder).await;
    server.api(&token).call_next("hall", "c1").await;

    // Then the screen, back again, learns both and only both, in order, in the same journal and epoch
    let mut screen = Live::display_since(&server, "hall", &position).await;
    let numbers = two_missed(&mut screen, &seen["number"]).await;
    assert_eq!(numbers, ["A0002", "A0003"]);
    server.api(&token).issue("hall", "service-a").await;
    server.api(&token).call_next("hall", "c1").await;
    let next = screen.next("call").await;
    assert_eq!(next["number"], "A0004");
    assert_eq!(line(next["position"].as_str().unwrap()), line(&position));
}

/// Two calls after `seen`, oldest first: as frames, or out of the snapshot that came instead. A clerk is answered
/// before screens are told, so the last one may still follow the snapshot.
async fn two_missed(screen: &mut Live, seen: &Value) -> Vec<String> {
    let text = |call: &Value| call["number"].as_str().unwrap().to_owned();
    let mut numbers = Vec::new();
    while numbers.len() < 2 {
        let frame = screen.frame().await;
        if frame["type"] == "snapshot" {
            let newest_first = frame["calls"].as_array().unwrap().iter();
            numbers = newest_first.take_while(|call| call["number"] != *seen).map(text).collect();
            numbers.reverse();
        } else if frame["type"] == "call" {
            numbers.push(text(&frame));
        }
    }
    numbers
}

/// Journal and epoch of a position.
fn line(position: &str) -> &str {
    position.rsplit_once('.').unwrap().0
}

#[tokio::test]
async fn what_was_done_is_counted_for_whoever_watches_over_the_machine() {
    // Given a hall in which two numbers were taken, one was called, and one wish could not be met
    let folder = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;
    let hall = server.api(folder.token("integration", "hall"));
    let metrics =
        async || reqwest::get(format!("{}/metrics", server.base)).await.unwrap().text().await.unwrap();
    let counted = async |name: &str| {
        let text = metrics().await;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
        value.unwrap_or(0)
    };
    hall.at_counter("hall", "c1", "open", json!({})).await;
    let done = "khiw_commands_total{outcome=\"done\"}";
    let before = counted(done).await;
    for _ in 0..2 {
        hall.issue("hall", "service-a").await;
    }
    let refused = hall.post("/sites/hall/tickets", json!({ "services": ["no-such-service"] })).await;
    let refused = refused.code().to_owned();
    hall.call_next("hall", "c1").await;

    // Then each is counted once, and as many records as the journal holds
    assert_eq!(counted("khiw_tickets_issued_total{site=\"hall\"}").await, 2);
    assert_eq!(counted("khiw_calls_total{site=\"hall\"}").await, 1);
    assert_eq!(counted(done).await, before + 3);
    assert_eq!(counted(&format!("khiw_commands_total{{outcome=\"{refused}\"}}")).await, 1);
    let stored = counted("khiw_records_total{site=\"hall\"}").await;
    assert!(stored >= 4, "opened, taken twice, called: {stored}");
    let head = counted("khiw_head_record{site=\"hall\"}").await;
    server.stop().await;
    assert_eq!(head, khiw_tests::journal::records(&folder, "hall").len() as u64);
}
