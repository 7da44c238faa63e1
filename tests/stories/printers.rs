//! A hall with three printers of two models: who prints where, a roll that ends, a pair that takes over. The real
//! server and real simulated printers, whose faults are set over their HTTP control.
#![allow(clippy::unwrap_used, reason = "a story stops where something is not as it must be")]

use khiw_tests::live::Asking;
use khiw_tests::{Folder, Live, Printers, Server, khiw, sites, within};
use serde_json::{Value, json};

const SITE: &str = "thai-office";

/// Two of one model at the door, one of another at the desk.
const MODELS: [&str; 3] = ["epson-tm-t82iii", "epson-tm-t82iii", "xprinter-xp-58iih"];

/// The Thai office with the three printers instead of its one.
async fn office(printers: &Printers, devices: [&str; 2]) -> String {
    let text = sites::thai(9100);
    let (head, _) = text.split_once("[[printers]]").unwrap();
    let [at_door, at_desk] = devices;
    let (one, two, three) = (printers.link("1").await, printers.link("2").await, printers.link("3").await);
    format!(
        r#"{head}
[[printers]]
id = "door-left"
link = "{one}"
profile = "epson-tm-t82iii"
pair = "door-right"
devices = [{at_door}]

[[printers]]
id = "door-right"
link = "{two}"
profile = "epson-tm-t82iii"
pair = "door-left"

[[printers]]
id = "desk"
link = "{three}"
profile = "xprinter-xp-58iih"
devices = [{at_desk}]
"#
    )
}

/// A kiosk's token and the id by which the site file names the kiosk.
fn kiosk(folder: &Folder) -> (String, String) {
    let said = folder.khiw("token create", &["--kind", "kiosk", "--site", SITE]).ok();
    let words: Vec<&str> = said.split_whitespace().collect();
    (words[1].to_owned(), (*words.last().unwrap()).to_owned())
}

/// Takes a number and waits until its paper is `wanted`, or is certainly something else.
async fn paper_of_a_number(server: &Server, token: &str, wanted: &str) {
    let issued = server.api(token.to_owned()).issue(SITE, "id-card").await;
    let query = &format!("topic=ticket&token={}", issued["token"].as_str().unwrap());
    let mut phone = Live::open(server, &Asking { site: SITE, query, ..Asking::default() }).await;
    let settled = async {
        loop {
            let state = phone.frame().await["ticket"]["print"]["state"].as_str().unwrap_or("").to_owned();
            if !matches!(state.as_str(), "" | "pending" | "printing" | "queued") {
                return state;
            }
        }
    };
    assert_eq!(within("the paper is settled", settled).await, wanted);
}

#[tokio::test]
async fn a_hall_with_three_printers_of_two_models() {
    // Given a kiosk at the door with two printers, and one at a desk with another model
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &MODELS).await;
    folder.apply(&office(&printers, ["", ""]).await).ok();
    let (door_id, door) = kiosk(&folder);
    let (desk_id, desk) = kiosk(&folder);
    let devices = [format!("\"{door_id}\""), format!("\"{desk_id}\"")];
    folder.apply(&office(&printers, [devices[0].as_str(), devices[1].as_str()]).await).ok();
    let server = Server::start(&folder).await;

    // When each takes a number, then each prints where it should: one model confirms, the other cannot
    paper_of_a_number(&server, &door, "printed").await;
    paper_of_a_number(&server, &desk, "sent").await;
    assert_eq!(
        (printers.papers("1").await, printers.papers("2").await, printers.papers("3").await),
        (1, 0, 1)
    );

    // When the roll at the door ends, then its pair takes over
    printers.break_down("1", json!({ "paper_out": true })).await;
    paper_of_a_number(&server, &door, "printed").await;
    assert_eq!((printers.papers("1").await, printers.papers("2").await), (1, 1));
    assert_eq!(printers.get("/1").await["faults"]["paper_out"], true);

    // When somebody has put in a new roll, then the first is back
    printers.break_down("1", json!({})).await;
    let mended = async {
        loop {
            paper_of_a_number(&server, &door, "printed").await;
            if printers.papers("1").await == 2 {
                return;
            }
        }
    };
    within("the first printer prints again", mended).await;
    server.stop().await;
    folder.verify();
}

#[tokio::test]
async fn the_control_refuses_what_it_does_not_know() {
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &MODELS).await;
    let put = |path: &str, body: &'static str| {
        let request = printers.http.put(format!("{}{path}", printers.control));
        request.header("content-type", "application/json").body(body).send()
    };
    for (path, body, status, code) in [
        ("/9/faults", "{}", 404, "not_found"),
        ("/1/faults", "{\"melted\": true}", 422, "bad_faults"),
        ("/1/faults", "{", 422, "bad_faults"),
        ("/1/faults", "{\"late_ms\": -1}", 422, "bad_faults"),
    ] {
        let answer = put(path, body).await.unwrap();
        assert_eq!(answer.status(), status, "{path} {body}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], code);
    }
    for path in ["/9", "/1/pictures/ticket-000009.png", "/1/pictures/..%2F..%2Fetc%2Fpasswd"] {
        let answer = printers.http.get(format!("{}{path}", printers.control)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    printers.process.kill().await;
}

#[tokio::test]
async fn a_printer_is_probed_and_tested_from_the_command_line() {
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &MODELS).await;
    let link = printers.link("1").await;

    let said = khiw(["print", "probe", "--printer", &link]).ok();
    assert!(said.contains("TM-T82III") && said.contains("profile = \"epson-tm-t82iii\""), "{said}");
    let said = khiw(["print", "probe", "--json", "--printer", &link]).ok();
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["real_time"], json!([18, 18, 18, 18]));
    assert_eq!(printers.papers("1").await, 0, "a probe prints nothing");

    let site = folder.beside("office.toml");
    std::fs::write(&site, office(&printers, ["", ""]).await).unwrap();
    let site = site.to_str().unwrap();
    let said = khiw(["print", "test", "--printer", "door-left", "--site-file", site]).ok();
    assert!(said.contains("printed:"), "{said}");
    let said = khiw(["print", "test", "--printer", "desk", "--site-file", site]).ok();
    assert!(said.contains("384 dots") && said.contains("sent:"), "{said}");
    assert_eq!((printers.papers("1").await, printers.papers("3").await), (1, 1));

    printers.break_down("1", json!({ "cover_open": true })).await;
    let said = khiw(["print", "test", "--printer", &link]).refused();
    assert!(said.contains("cover_open"), "{said}");
    let said = khiw(["print", "test", "--printer", "main"]).refused();
    assert!(said.contains("--site-file"), "{said}");
    let said = khiw(["print", "test", "--printer", "usb:ffff:fffe"]).refused();
    assert!(said.contains("usb:ffff:fffe"), "{said}");
    let said = khiw(["print", "test", "--printer", &link, "--profile", "epson"]).refused();
    assert!(said.contains("epson-tm-t82iii"), "{said}");
}
