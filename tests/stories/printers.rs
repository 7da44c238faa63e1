//! A hall with three printers of two models: who prints where, a roll that ends, a pair that takes over. The real
//! server and real simulated printers, whose faults are set over their HTTP control.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use khiw_tests::live::Asking;
use khiw_tests::{Folder, Live, Printers, Server, khiw, sites, within};
use serde_json::{Value, json};
use serial2_tokio::SerialPort;
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

const SITE: &str = "thai-office";

/// What a copy has more than a first print: the line that says so. Two numbers differ by a row or two.
const BANNER_ROWS_MIN: u32 = 20;

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

/// The printer's jobs by state, newest first, as soon as they are as wanted.
async fn until_states(server: &Server, token: &str, which: &str, wanted: &[&str]) {
    let staff = server.api(token.to_owned());
    let path = format!("/sites/{SITE}/print-jobs?{which}");
    let becomes = async {
        loop {
            let jobs = staff.get(&path).await.ok();
            let states = jobs.as_array().unwrap().iter().map(|job| job["state"].as_str().unwrap());
            if states.eq(wanted.iter().copied()) {
                return;
            }
        }
    };
    within(&format!("{which}: {wanted:?}"), becomes).await;
}

#[tokio::test]
async fn a_server_killed_in_the_middle_of_a_paper_completes_it_first_and_loses_nothing() {
    // Given a slow printer that has half a picture, and a number whose paper waits behind it
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &MODELS[..1]).await;
    let text = sites::thai(9100);
    let (head, _) = text.split_once("[[printers]]").unwrap();
    let link = printers.link("1").await;
    folder
        .apply(&format!(
            "{head}[[printers]]\nid = \"main\"\nlink = \"{link}\"\nprofile = \"epson-tm-t82iii\"\n"
        ))
        .ok();
    let (kiosk, staff) = (folder.token("kiosk", SITE), folder.token("supervisor", SITE));
    let server = Server::start(&folder).await;
    paper_of_a_number(&server, &kiosk, "printed").await;
    let plain = printers.heights("1").await[0];
    printers.break_down("1", json!({ "slow_bytes_per_s": 20_000, "stall_after": 5_000 })).await;
    let api = server.api(kiosk.clone());
    let (torn, waiting) = (api.issue(SITE, "id-card").await, api.issue(SITE, "id-card").await);
    printers.until("1", "half a picture", |printer| printer["mid_picture"] == true).await;

    // When the server is killed, and what was on its way is lost with it
    server.kill().await;
    printers.break_down("1", json!({ "offline": true })).await;
    printers.until("1", "nobody is connected", |printer| printer["connected"] == false).await;
    printers.break_down("1", json!({})).await;
    let server = Server::start(&folder).await;

    // Then the unfinished picture comes out first, cut off; then the paper that waited, and the marked copy in its turn
    let of = |ticket: &Value| format!("ticket={}", ticket["id"]);
    until_states(&server, &staff, &of(&torn), &["printed", "uncertain"]).await;
    until_states(&server, &staff, &of(&waiting), &["printed"]).await;
    let papers = printers.heights("1").await;
    assert_eq!(papers.len(), 4, "{papers:?}");
    assert!(papers[1] < plain - BANNER_ROWS_MIN, "half a picture: {papers:?}");
    assert!(papers[2] < plain + BANNER_ROWS_MIN, "a first print: {papers:?}");
    assert!(papers[3] > plain + BANNER_ROWS_MIN, "the copy says that it is one: {papers:?}");
    server.stop().await;
    folder.verify();
    printers.process.kill().await;
}

#[tokio::test]
async fn a_printer_that_hangs_while_it_is_set_up_anew_holds_up_no_other() {
    // Given a printer at the door that hangs in the middle of a paper
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &MODELS).await;
    folder.apply(&office(&printers, ["", ""]).await).ok();
    let ((door_id, door), (desk_id, desk)) = (kiosk(&folder), kiosk(&folder));
    let staff = folder.token("supervisor", SITE);
    let devices = [format!("\"{door_id}\""), format!("\"{desk_id}\"")];
    let site = office(&printers, [devices[0].as_str(), devices[1].as_str()]).await;
    folder.apply(&site).ok();
    let server = Server::start(&folder).await;
    paper_of_a_number(&server, &door, "printed").await;
    printers.break_down("1", json!({ "stall_after": 5_000 })).await;
    let hanging = server.api(door).issue(SITE, "id-card").await;
    printers.until("1", "half a picture", |printer| printer["mid_picture"] == true).await;

    // When it is set up anew, and somebody takes a number at the desk
    folder.apply(&site.replacen("pair = \"door-right\"", "pair = \"door-right\"\ncopies = 2", 1)).ok();
    paper_of_a_number(&server, &desk, "sent").await;

    // Then that paper did not wait until the printer at the door was given up
    let of = format!("ticket={}", hanging["id"]);
    until_states(&server, &staff, &of, &["sending"]).await;
    // And when it is mended, it goes on as it is set up now
    printers.break_down("1", json!({})).await;
    until_states(&server, &staff, &of, &["printed"]).await;
    let before = printers.papers("1").await;
    let again = format!("/sites/{SITE}/tickets/{}/reprint", hanging["id"]);
    let at_door = json!({ "printer": "door-left" });
    server.api(staff.clone()).try_post(&again, &at_door, "again-1").await.unwrap().ok();
    until_states(&server, &staff, &of, &["printed", "printed"]).await;
    assert_eq!(printers.papers("1").await, before + 2, "two copies of each");
    server.stop().await;
    folder.verify();
    printers.process.kill().await;
}

/// A line: the printer's end, the other end (as long as it is open, the line is), and the other end's path.
fn line() -> (SerialPort, SerialPort, String) {
    let open = || -> BTreeSet<PathBuf> {
        let files = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        links.filter(|link| link.parent() == Some(Path::new("/dev/pts"))).collect()
    };
    let before = open();
    let (end, other) = SerialPort::pair().unwrap();
    let path = open().difference(&before).next().expect("a new pseudo-terminal").to_str().unwrap().to_owned();
    (end, other, path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_tested_over_a_serial_line_and_into_a_file() {
    // Given a printer at the other end of a serial line
    let folder = Folder::empty();
    let printers = Printers::start(&folder, &MODELS[..1]).await;
    let link = printers.link("1").await;
    let address = link.strip_prefix("tcp://").unwrap().to_owned();
    let (mut end, _kept_open, path) = line();
    let mut printer = TcpStream::connect(&address).await.unwrap();
    let bridge = tokio::spawn(async move { copy_bidirectional(&mut end, &mut printer).await });
    let test = async |link: String| {
        let typed = ["print", "test", "--profile", "epson-tm-t82iii", "--printer"].map(String::from);
        tokio::task::spawn_blocking(move || khiw(typed.into_iter().chain([link]))).await.unwrap()
    };

    // Then a page is confirmed over it
    let said = test(format!("serial:{path}?baud=115200&flow=none")).await.ok();
    assert!(said.contains("serial:") && said.contains("printed:"), "{said}");
    bridge.abort();
    assert!(bridge.await.unwrap_err().is_cancelled());
    assert_eq!(printers.papers("1").await, 1);

    // And into a file goes such a page, of which nobody can say more than that it was sent
    let page = folder.beside("page.bin");
    let said = test(format!("file:{}", page.display())).await.ok();
    assert!(said.contains("sent:"), "{said}");
    let mut printer = TcpStream::connect(&address).await.unwrap();
    printer.write_all(&std::fs::read(&page).unwrap()).await.unwrap();
    printers.until("1", "the page of the file", |printer| printer["pictures"] == 2).await;
    // Its own place stands on the page, in one line or two.
    let heights = printers.heights("1").await;
    assert!(heights[0].abs_diff(heights[1]) < heights[0] / 10, "{heights:?}");

    // And what is not there is named
    let said = test("serial:/dev/no-such-tty".to_owned()).await.refused();
    assert!(said.contains("/dev/no-such-tty") && said.contains("plugged in"), "{said}");
    let said = test("file:/dev/no-such-lp".to_owned()).await.refused();
    assert!(said.contains("/dev/no-such-lp") && said.contains("plugged in"), "{said}");
    printers.process.kill().await;
}
