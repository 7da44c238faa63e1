//! A kiosk's machine gets its token by a code that staff approve: the real server, the real `khiw device enrol`, and the
//! print agent that works with what it wrote.

use std::path::{Path, PathBuf};

use khiw_tests::folder::text_of;
use khiw_tests::server::Running;
use khiw_tests::{Api, Folder, Printers, Secure, Server, api, khiw, sites, within};
use reqwest::Method;
use serde_json::json;

const SITE: &str = "thai-office";
const PRINTER: &str = "1";
/// Said once the code is there.
const SHOWN: &str = "Waiting; Ctrl-C ends it.";

/// An office whose one printer is at an agent, and a machine without a token.
struct Office {
    folder: Folder,
    printer: Printers,
    /// The machine's own folder; nothing but its token is written there.
    machine: PathBuf,
}

impl Office {
    async fn build() -> Self {
        let text = sites::thai(9100);
        let at = text.find("link = ").unwrap();
        let end = at + text[at..].find('\n').unwrap();
        let text = format!("{}link = \"agent\"\nprofile = \"epson-tm-t82iii\"{}", &text[..at], &text[end..]);
        let folder = Folder::with_site(&text);
        let printer = Printers::start(&folder, &["epson-tm-t82iii"]).await;
        let machine = folder.beside("machine");
        std::fs::create_dir(&machine).unwrap();
        Self { folder, printer, machine }
    }

    fn token_file(&self) -> PathBuf {
        self.machine.join("agent.token")
    }

    fn enrol(&self, server: &str, more: &[&str]) -> Running {
        let file = self.token_file();
        let mut args = vec!["device", "enrol", "--server", server, "--token-file", text_of(&file)];
        args.extend(more);
        Running::spawn(args)
    }

    async fn agent(&self, server: &str, more: &[&str]) -> Running {
        let (file, data, link) =
            (self.token_file(), self.folder.beside("agent"), self.printer.link(PRINTER).await);
        let mut args = vec!["print-agent", "--server", server, "--site", SITE, "--printer", "main"];
        args.extend(["--link", &link, "--token-file", text_of(&file), "--data", text_of(&data)]);
        args.extend(more);
        Running::spawn(args)
    }

    fn left(&self) -> usize {
        std::fs::read_dir(&self.machine).unwrap().count()
    }
}

/// The code alone on its line.
async fn shown_by(enrolling: &mut Running) -> String {
    enrolling.until_said(SHOWN).await;
    let said = enrolling.said();
    let code = said.lines().map(str::trim).find(|line| line.len() == 9 && line.contains('-'));
    code.unwrap_or_else(|| panic!("no code:\n{said}")).to_owned()
}

/// Staff type the code; the device's id.
async fn approve(staff: &Api, code: &str) -> String {
    let approval = json!({ "user_code": code, "name": "kiosk-1" });
    let device = staff.post(&format!("/sites/{SITE}/devices"), approval).await.created();
    assert_eq!((&device["kind"], &device["name"]), (&json!("agent"), &json!("kiosk-1")));
    device["id"].as_str().unwrap().to_owned()
}

async fn revoke(staff: &Api, device: &str) {
    let request = staff.request(Method::DELETE, &format!("/sites/{SITE}/devices/{device}"));
    assert_eq!(staff.send(request).await.unwrap().status, 204);
}

#[tokio::test]
async fn a_machine_enrols_over_tls_and_prints_with_the_token_it_was_given() {
    // Given an office served at its name, and its authority carried to the machine
    let office = Office::build().await;
    let mut server = Server::spawn(&office.folder, &["--listen", "127.0.0.1:0", "--name", "localhost"]);
    let address = within("the address", server.address()).await.unwrap();
    let pem = office.folder.khiw("ca export", &[]).ok();
    let ca = office.folder.beside("ca.pem");
    std::fs::write(&ca, &pem).unwrap();
    let trusting = ["--ca", text_of(&ca)];
    let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let desk = Secure::trusting(Some(&pem), "localhost", port);
    let post = async |token: &str, path: &str, body: serde_json::Value| {
        let (bearer, key) = (format!("Bearer {token}"), api::key());
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key.as_str())];
        let path = format!("/api/v1/sites/{SITE}{path}");
        let answer = desk.request("POST", &path, &headers, &body.to_string()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    };

    // When it asks for a code, and a supervisor approves what it shows
    let mut enrolling = office.enrol(&address, &trusting);
    let code = shown_by(&mut enrolling).await;
    let said = enrolling.said();
    assert!(said.contains(&format!("{address}/devices/{SITE}")) && said.contains("15 minutes"), "{said}");
    let supervisor = office.folder.token("supervisor", SITE);
    post(&supervisor, "/devices", json!({ "user_code": code.to_lowercase(), "name": "ตู้ 1" })).await;
    let (status, said) = enrolling.ended().await;

    // Then it says as what, and the token is there for its owner alone
    assert!(status.success() && said.contains(&format!("approved for site {SITE} as “ตู้ 1”")), "{said}");
    let token = std::fs::read_to_string(office.token_file()).unwrap();
    assert!(token.starts_with("khiw_") && !said.contains(token.trim()), "{said}");
    assert_eq!((mode(&office.token_file()), office.left()), (0o600, 1));

    // And the agent prints with it
    let mut agent = office.agent(&address, &trusting).await;
    agent.until_said("ready: the server is here").await;
    let kiosk = office.folder.token("kiosk", SITE);
    post(&kiosk, "/tickets", json!({ "services": ["id-card"] })).await;
    office.printer.until(PRINTER, "the paper", |printer| printer["pictures"] == 1).await;
    assert!(agent.stop().await.success());
    assert!(server.stop().await.success());
}

fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_revoked_agent_says_so_and_its_papers_wait_until_it_is_enrolled_anew() {
    let office = Office::build().await;
    let server = Server::start(&office.folder).await;
    let staff = server.api(office.folder.token("supervisor", SITE));
    let mut enrolling = office.enrol(&server.base, &[]);
    let device = approve(&staff, &shown_by(&mut enrolling).await).await;
    assert!(enrolling.ended().await.0.success());
    let mut agent = office.agent(&server.base, &[]).await;
    agent.until_said("ready: the server is here").await;

    // When staff revoke it
    revoke(&staff, &device).await;
    agent.until_said("the token is no longer in force").await;
    assert!(agent.stop().await.success());
    let mut agent = office.agent(&server.base, &[]).await;
    agent.until_said("401 unauthenticated").await;
    let kiosk = server.api(office.folder.token("kiosk", SITE));
    let ticket = kiosk.issue(SITE, "id-card").await["id"].clone();
    let jobs = format!("/sites/{SITE}/print-jobs?ticket={ticket}");
    let waits = async { while staff.get(&jobs).await.ok()[0]["state"] != "queued" {} };
    within("the paper waits", waits).await;
    assert!(agent.stop().await.success());

    // Then the old token stands until the machine is enrolled anew over it, and the paper comes
    let old = std::fs::read_to_string(office.token_file()).unwrap();
    let mut enrolling = office.enrol(&server.base, &["--replace"]);
    let code = shown_by(&mut enrolling).await;
    assert_eq!(std::fs::read_to_string(office.token_file()).unwrap(), old);
    approve(&staff, &code).await;
    assert!(enrolling.ended().await.0.success());
    assert_eq!(office.printer.papers(PRINTER).await, 0);
    let agent = office.agent(&server.base, &[]).await;
    office.printer.until(PRINTER, "the paper", |printer| printer["pictures"] == 1).await;
    assert!(agent.stop().await.success());
    server.stop().await;
}

#[tokio::test]
async fn what_staff_take_back_or_nobody_can_approve_any_more_writes_nothing() {
    let office = Office::build().await;
    let server = Server::start(&office.folder).await;
    let staff = server.api(office.folder.token("supervisor", SITE));

    // Approved, and taken back before it asked again
    let mut enrolling = office.enrol(&server.base, &["--kind", "agent"]);
    let device = approve(&staff, &shown_by(&mut enrolling).await).await;
    revoke(&staff, &device).await;
    let (status, said) = enrolling.ended().await;
    assert!(!status.success() && said.contains("staff took the approval back"), "{said}");

    // Ctrl-C
    let mut enrolling = office.enrol(&server.base, &[]);
    shown_by(&mut enrolling).await;
    let (status, said) = enrolling.interrupted().await;
    assert!(status.code() == Some(1) && said.contains("no token was written"), "{said}");

    // A server that goes, and comes back without its codes
    let mut enrolling = office.enrol(&server.base, &[]);
    shown_by(&mut enrolling).await;
    let base = server.base.clone();
    server.kill().await;
    enrolling.until_said("cannot be reached").await;
    let server = Server::start_with(&office.folder, &["--listen", base.split_once("://").unwrap().1]).await;
    let (status, said) = enrolling.ended().await;
    assert!(!status.success() && said.contains("the code holds no more"), "{said}");
    assert_eq!(office.left(), 0);
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_come_to_a_token_is_said_before_there_is_a_code() {
    let office = Office::build().await;
    let mut server = Server::spawn(&office.folder, &["--listen", "127.0.0.1:0", "--name", "localhost"]);
    let address = within("the address", server.address()).await.unwrap();
    let foreign = Folder::with_site(&sites::hall());
    let mut other = Server::spawn(&foreign, &["--listen", "127.0.0.1:0", "--name", "localhost"]);
    within("the address", other.address()).await.unwrap();
    let ca = foreign.beside("ca.pem");
    foreign.khiw("ca export", &["--to", text_of(&ca)]).ok();

    let there = office.machine.join("there");
    std::fs::write(&there, "another's").unwrap();
    let (file, nowhere) = (office.token_file(), office.machine.join("nowhere/agent.token"));
    let nobody = "http://127.0.0.1:1";
    for (server, ca, file, said) in [
        // Where nobody would answer: the file is looked at first.
        (nobody, None, &there, "there is there already"),
        (nobody, None, &office.machine, "is a folder"),
        (nobody, None, &nowhere, "cannot be written into the folder"),
        (nobody, None, &file, "asked http://127.0.0.1:1 for a code, in vain"),
        ("http://192.168.1.7:8080", None, &file, "http:// is for loopback only"),
        ("queue", None, &file, "https://HOST"),
        (address.as_str(), Some("no-such-ca.pem"), &file, "no-such-ca.pem cannot be read"),
        (address.as_str(), Some(text_of(&ca)), &file, "`khiw ca export`"),
    ] {
        let mut args = vec!["device", "enrol", "--server", server, "--token-file", text_of(file)];
        args.extend(ca.iter().flat_map(|ca| ["--ca", ca]));
        let told = khiw(args).refused();
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!((std::fs::read_to_string(&there).unwrap().as_str(), office.left()), ("another's", 1));
    assert!(server.stop().await.success());
}
