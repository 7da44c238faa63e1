//! A printer that hangs on a kiosk's machine: the real server, the real `khiw print-agent`, a simulated printer. Either
//! end is killed, and the other goes on.

use std::path::PathBuf;

use khiw_tests::live::Asking;
use khiw_tests::server::Running;
use khiw_tests::{Folder, Live, Printers, Server, khiw, sites, within};
use serde_json::{Value, json};

const SITE: &str = "thai-office";
/// What a copy has more than a first print: the line that says so. Two numbers differ by a row or two.
const BANNER_ROWS_MIN: u32 = 20;

/// The one printer, at the simulator.
const PRINTER: &str = "1";

/// The Thai office whose one printer is at an agent.
fn office() -> String {
    let text = sites::thai(9100);
    let at = text.find("link = ").unwrap();
    let end = at + text[at..].find('\n').unwrap();
    format!("{}link = \"agent\"\nprofile = \"epson-tm-t82iii\"{}", &text[..at], &text[end..])
}

/// A place, a server, an agent's token and folder, a printer.
struct Hall {
    folder: Folder,
    printer: Printers,
    token_file: PathBuf,
}

impl Hall {
    async fn build() -> Self {
        let folder = Folder::with_site(&office());
        let printer = Printers::start(&folder, &["epson-tm-t82iii"]).await;
        let token_file = folder.beside("agent.token");
        std::fs::write(&token_file, folder.token("agent", SITE)).unwrap();
        Self { folder, printer, token_file }
    }

    async fn agent_for(&self, server: &str, more: &[&str]) -> Running {
        let data = self.folder.beside("agent");
        let link = self.printer.link(PRINTER).await;
        let mut args = vec![
            "print-agent",
            "--server",
            server,
            "--site",
            SITE,
            "--printer",
            "main",
            "--link",
            &link,
            "--token-file",
            self.token_file.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
        ];
        args.extend(more);
        Running::spawn(args)
    }

    /// An agent that is connected.
    async fn agent(&self, server: &Server) -> Running {
        let mut agent = self.agent_for(&server.base, &[]).await;
        agent.until_said("ready: the server is here").await;
        agent
    }

    async fn server_at(&self, base: &str) -> Server {
        let host = base.split_once("://").unwrap().1;
        Server::start_with(&self.folder, &["--listen", host]).await
    }
}

/// A phone that looks at the ticket of a number taken now.
struct Phone {
    live: Live,
    token: String,
}

impl Phone {
    async fn takes_a_number(server: &Server, kiosk: &str) -> Self {
        let issued = server.api(kiosk.to_owned()).issue(SITE, "id-card").await;
        let token = issued["token"].as_str().unwrap().to_owned();
        Self { live: Self::look(server, &token).await, token }
    }

    async fn look(server: &Server, token: &str) -> Live {
        let query = &format!("topic=ticket&token={token}");
        Live::open(server, &Asking { site: SITE, query, ..Asking::default() }).await
    }

    /// After the server was away.
    async fn again(self, server: &Server) -> Self {
        Self { live: Self::look(server, &self.token).await, token: self.token }
    }

    async fn sees(&mut self, wanted: &str) {
        let seen = async { while self.live.frame().await["ticket"]["print"]["state"] != wanted {} };
        within(wanted, seen).await;
    }
}

#[tokio::test]
async fn a_ticket_is_printed_at_the_kiosk_and_staff_see_how_the_printer_is() {
    let hall = Hall::build().await;
    let server = Server::start(&hall.folder).await;
    let (kiosk, staff) = (hall.folder.token("kiosk", SITE), hall.folder.token("supervisor", SITE));
    let asking = Asking { site: SITE, query: "topic=site", bearer: Some(&staff), ..Asking::default() };
    let mut staff = Live::open(&server, &asking).await;

    // Without an agent the printer is offline; with one it prints
    let told = |alarm: &Value| (alarm["facts"]["state"].clone(), alarm["cleared"].is_null());
    assert_eq!(told(&staff.next("alarm").await["alarm"]), (json!("offline"), true));
    let agent = hall.agent(&server).await;
    assert!(agent.said().contains("may read the token"), "{}", agent.said());
    assert_eq!(told(&staff.next("alarm").await["alarm"]), (json!("offline"), false));
    Phone::takes_a_number(&server, &kiosk).await.sees("printed").await;
    assert_eq!(hall.printer.papers(PRINTER).await, 1);

    // When the roll ends at the kiosk, staff see it, and the paper waits for a new one
    hall.printer.break_down(PRINTER, json!({ "paper_out": true })).await;
    assert_eq!(told(&staff.next("alarm").await["alarm"]), (json!("paper_out"), true));
    let mut waiting = Phone::takes_a_number(&server, &kiosk).await;
    hall.printer.break_down(PRINTER, json!({})).await;
    waiting.sees("printed").await;

    // And an agent that stops is told as offline
    assert!(agent.stop().await.success());
    let offline = async { while told(&staff.next("alarm").await["alarm"]) != (json!("offline"), true) {} };
    within("the printer is offline", offline).await;
    assert_eq!(hall.printer.papers(PRINTER).await, 2);
    server.stop().await;
    hall.folder.verify();
}

#[tokio::test]
async fn an_agent_killed_in_the_middle_of_a_paper_prints_one_marked_copy() {
    let hall = Hall::build().await;
    let server = Server::start(&hall.folder).await;
    let kiosk = hall.folder.token("kiosk", SITE);
    let agent = hall.agent(&server).await;
    Phone::takes_a_number(&server, &kiosk).await.sees("printed").await;
    let plain = hall.printer.heights(PRINTER).await[0];

    // When it is killed while the printer has half a picture
    hall.printer.break_down(PRINTER, json!({ "stall_after": 5_000 })).await;
    let mut phone = Phone::takes_a_number(&server, &kiosk).await;
    hall.printer.until(PRINTER, "half a picture", |printer| printer["mid_picture"] == true).await;
    agent.kill().await;
    hall.printer.break_down(PRINTER, json!({})).await;
    let agent = hall.agent(&server).await;

    // Then nobody knows of the first paper, and one marked copy follows
    phone.sees("uncertain").await;
    phone.sees("printed").await;
    let papers = hall.printer.heights(PRINTER).await;
    assert_eq!(papers.len(), 3, "the torn paper and one copy: {papers:?}");
    assert!(papers[2] > plain + BANNER_ROWS_MIN, "the copy says that it is one: {papers:?}");

    // And the next is as ever
    Phone::takes_a_number(&server, &kiosk).await.sees("printed").await;
    let papers = hall.printer.heights(PRINTER).await;
    assert!(papers.len() == 4 && papers[3] < plain + BANNER_ROWS_MIN, "unmarked: {papers:?}");
    assert!(agent.stop().await.success());
    server.stop().await;
    hall.folder.verify();
}

#[tokio::test]
async fn what_the_agent_has_is_printed_while_the_server_is_away_and_told_when_it_is_back() {
    let hall = Hall::build().await;
    let server = Server::start(&hall.folder).await;
    let base = server.base.clone();
    let kiosk = hall.folder.token("kiosk", SITE);
    let agent = hall.agent(&server).await;

    // When the server is killed while a paper is slowly coming out, and another waits behind it
    hall.printer.break_down(PRINTER, json!({ "slow_bytes_per_s": 20_000 })).await;
    let first = Phone::takes_a_number(&server, &kiosk).await;
    let second = Phone::takes_a_number(&server, &kiosk).await;
    hall.printer.until(PRINTER, "half a picture", |printer| printer["mid_picture"] == true).await;
    server.kill().await;
    hall.printer.break_down(PRINTER, json!({})).await;

    // Then both come out all the same; the agent, too, may be restarted meanwhile
    hall.printer.until(PRINTER, "both papers", |printer| printer["pictures"] == 2).await;
    assert!(agent.stop().await.success());
    let agent = hall.agent_for(&base, &[]).await;

    // And when the server is back their tickets know it, and nothing more is printed
    let server = hall.server_at(&base).await;
    let (mut first, mut second) = (first.again(&server).await, second.again(&server).await);
    first.sees("printed").await;
    second.sees("printed").await;
    Phone::takes_a_number(&server, &kiosk).await.sees("printed").await;
    assert_eq!(hall.printer.papers(PRINTER).await, 3);
    assert!(agent.stop().await.success());
    server.stop().await;
    hall.folder.verify();
}

#[tokio::test]
async fn over_tls_with_the_exported_authority_and_no_other() {
    // Given a paper that waits, and a server that is reached by its name
    let hall = Hall::build().await;
    let server = Server::start(&hall.folder).await;
    let kiosk = hall.folder.token("kiosk", SITE);
    Phone::takes_a_number(&server, &kiosk).await;
    server.stop().await;
    let mut server = Server::spawn(&hall.folder, &["--listen", "127.0.0.1:0", "--name", "localhost"]);
    let address = within("the address", server.address()).await.unwrap();
    assert!(address.starts_with("https://localhost:"), "{address}");
    let ca = hall.folder.beside("ca.pem");
    hall.folder.khiw("ca export", &["--to", ca.to_str().unwrap()]).ok();

    // One that believes another authority does not talk to it
    let elsewhere = Folder::with_site(&sites::hall());
    let mut other = Server::spawn(&elsewhere, &["--listen", "127.0.0.1:0", "--name", "localhost"]);
    within("the address", other.address()).await.unwrap();
    let foreign = elsewhere.beside("ca.pem");
    elsewhere.khiw("ca export", &["--to", foreign.to_str().unwrap()]).ok();
    let mut doubting = hall.agent_for(&address, &["--ca", foreign.to_str().unwrap()]).await;
    doubting.until_said("cannot be believed to be the server").await;
    doubting.kill().await;

    // One that believes the office's own prints
    let agent = hall.agent_for(&address, &["--ca", ca.to_str().unwrap()]).await;
    hall.printer.until(PRINTER, "the paper", |printer| printer["pictures"] == 1).await;
    assert!(agent.stop().await.success());
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn an_agent_says_why_it_is_not_let_in_and_comes_in_when_that_is_mended() {
    let hall = Hall::build().await;
    let server = Server::start(&hall.folder).await;
    let agents = std::fs::read_to_string(&hall.token_file).unwrap();
    for (token, said) in [(hall.folder.token("kiosk", SITE), "403"), ("khiw_nonsense".to_owned(), "401")] {
        std::fs::write(&hall.token_file, token).unwrap();
        let mut agent = hall.agent_for(&server.base, &[]).await;
        agent.until_said(said).await;
        agent.kill().await;
    }
    std::fs::write(&hall.token_file, agents).unwrap();
    let mut nobody = {
        let data = hall.folder.beside("nobody");
        let token = hall.token_file.to_str().unwrap();
        Running::spawn([
            "print-agent",
            "--server",
            &server.base,
            "--site",
            SITE,
            "--printer",
            "nowhere",
            "--link",
            "file:paper.bin",
            "--token-file",
            token,
            "--data",
            data.to_str().unwrap(),
        ])
    };
    nobody.until_said("404").await;
    nobody.kill().await;
    let agent = hall.agent(&server).await;

    // A second one on the same folder is refused; one on another folder is sent away
    let second = hall.agent_for(&server.base, &[]).await;
    let (status, said) = second.ended().await;
    assert!(!status.success() && said.contains("in use by another agent"), "{said}");
    let data = hall.folder.beside("second");
    let more = ["--data", data.to_str().unwrap()];
    let link = hall.printer.link(PRINTER).await;
    let mut second = Running::spawn([
        "print-agent",
        "--server",
        &server.base,
        "--site",
        SITE,
        "--printer",
        "main",
        "--link",
        &link,
        "--token-file",
        hall.token_file.to_str().unwrap(),
        more[0],
        more[1],
    ]);
    second.until_said("another agent serves this printer").await;
    second.kill().await;
    assert!(agent.stop().await.success());
    server.stop().await;
}

#[test]
fn what_is_typed_wrongly_is_said_at_once() {
    let folder = Folder::empty();
    let token = folder.beside("token");
    std::fs::write(&token, "khiw_token").unwrap();
    let (token, data) = (token.to_str().unwrap().to_owned(), folder.beside("agent"));
    let refused = |changes: &[(&str, &str)]| {
        let mut options = vec![
            ("--server", "https://localhost:1"),
            ("--site", SITE),
            ("--printer", "main"),
            ("--link", "file:paper.bin"),
            ("--token-file", token.as_str()),
            ("--data", data.to_str().unwrap()),
        ];
        for change in changes {
            options.retain(|(name, _)| *name != change.0);
            options.push(*change);
        }
        let typed = options.into_iter().filter(|(_, value)| !value.is_empty());
        let words = typed.flat_map(|(name, value)| [name.to_owned(), value.to_owned()]);
        khiw(["print-agent".to_owned()].into_iter().chain(words)).refused()
    };
    for (changes, said) in [
        (vec![("--server", "http://192.168.1.7")], "https://"),
        (vec![("--server", "queue")], "https://HOST"),
        (vec![("--printer", "Main Printer")], "--printer Main Printer"),
        (vec![("--link", "usb:nothing")], "usb:VID:PID"),
        (vec![("--link", "")], "--printer main=LINK"),
        (vec![("--printer", "main=file:a.bin")], "leave --link away"),
        (vec![("--token-file", "no-such-token")], "no-such-token cannot be read"),
        (vec![("--ca", "no-such-ca.pem")], "no-such-ca.pem cannot be read"),
    ] {
        let told = refused(&changes);
        assert!(told.contains(said), "{changes:?}: {told}");
    }
}
