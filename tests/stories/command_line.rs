//! What an administrator types beside a running hall, and what is refused so that no hall is harmed.

use std::time::{Duration, Instant};

use khiw_tests::live::{Asking, Ended};
use khiw_tests::{Folder, Live, Server, api, journal, khiw, sites, within};
use serde_json::json;

const CLOCK: &str = "2026-11-03T08:25:00+07:00x20";
const REVOKED_MAX: Duration = Duration::from_secs(5);

/// The hall without queue B and its service.
fn without_queue_b() -> String {
    let text = sites::hall().replace("\"queue-b\", ", "");
    let tables = text.split("\n\n");
    let kept: Vec<_> = tables.filter(|table| !table.contains("queue-b")).collect();
    kept.join("\n\n")
}

/// The hall with a service more in queue A.
fn with_another_service() -> String {
    let service = "\n[[services]]\nid = \"another\"\nagency = \"office\"\nqueue = \"queue-a\"\n\
                   name = { th = \"บริการอื่น\", en = \"Another service\" }\n";
    sites::hall() + service
}

#[tokio::test]
async fn a_site_is_changed_beside_the_running_server_and_is_so_at_once() {
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("kiosk", "hall");
    let server = Server::start(&folder).await;
    let kiosk = server.api(&token);
    kiosk.get("/sites/hall/services/another").await.problem(404, "unknown_service");

    // A look first: it shows the difference and changes nothing.
    let file = folder.beside("more.toml");
    std::fs::write(&file, with_another_service()).unwrap();
    let shown = folder.khiw("apply", &["--check", file.to_str().unwrap()]).ok();
    assert!(shown.contains("another"), "{shown}");
    kiosk.get("/sites/hall/services/another").await.problem(404, "unknown_service");

    let applied = folder.apply(&with_another_service()).ok();

    assert!(applied.contains("another") && applied.contains("applied"), "{applied}");
    kiosk.get("/sites/hall/services/another").await.ok();
    assert_eq!(kiosk.issue("hall", "another").await["number"], "A0001");
    let again = folder.apply(&with_another_service()).ok();
    assert!(again.contains("already"), "{again}");
    server.stop().await;
    folder.verify();
}

#[tokio::test]
async fn a_paper_changed_on_the_page_outlasts_the_file_until_the_files_is_asked_for() {
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("administrator", "hall");
    let server = Server::start(&folder).await;
    let administrator = server.api(&token);
    let ticket = async || {
        let papers = administrator.get("/sites/hall/papers").await.ok();
        let mut templates = papers["templates"].as_array().unwrap().iter();
        let ticket = templates.find(|template| template["kind"] == "ticket").unwrap().clone();
        (ticket["is_own"] == true, papers["config_version"].clone())
    };
    let text = "[[block]]\nhuge = \"{number}\"\n";
    let change = json!({ "text": text, "config_version": ticket().await.1 });
    let put = administrator.request(reqwest::Method::PUT, "/sites/hall/papers/ticket").json(&change);
    administrator.send(put.header("idempotency-key", "changed-on-the-page")).await.unwrap().ok();

    let applied = folder.apply(&with_another_service()).ok();

    assert!(applied.contains("tickets.ticket: kept") && applied.contains("another"), "{applied}");
    assert!(ticket().await.0);
    let file = folder.beside("files.toml");
    std::fs::write(&file, with_another_service()).unwrap();
    folder.khiw("apply", &["--replace-papers", file.to_str().unwrap()]).ok();
    assert!(!ticket().await.0);
    server.stop().await;
    folder.verify();
}

#[tokio::test]
async fn a_site_is_declared_beside_the_running_server_and_can_be_used_at_once() {
    let folder = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;

    folder.apply(&sites::thai(9100)).ok();

    let kiosk = server.api(folder.token("kiosk", "thai-office"));
    assert_eq!(kiosk.issue("thai-office", "id-card").await["number"], "A001");
    let sites = kiosk.get("/sites").await.ok();
    assert_eq!(sites.as_array().unwrap().len(), 2);
    // A token of one site is none of another.
    let body = json!({ "services": ["service-a"] });
    kiosk.post("/sites/hall/tickets", body).await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_would_orphan_live_tickets_or_open_counters_is_not_applied() {
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let api = server.api(&token);

    // Given somebody who waits in queue B
    let waiting = api.issue("hall", "service-b").await;
    let said = folder.apply(&without_queue_b()).refused();
    assert!(said.contains("queue-b"), "{said}");
    // The same without a server
    server.stop().await;
    let said = folder.apply(&without_queue_b()).refused();
    assert!(said.contains("queue-b"), "{said}");

    // Given a counter that is open, which serves queue B
    let server = Server::start(&folder).await;
    let api = server.api(&token);
    api.post(&format!("/sites/hall/tickets/{}/cancel", waiting["id"]), json!({})).await.ok();
    api.at_counter("hall", "c20", "open", json!({})).await;
    let last_counter = "\n[[counters]]\nid = \"c20\"\nlabel = \"20\"\nprofile = \"everything\"\n";
    let without_counter = sites::hall().replace(last_counter, "\n");
    let said = folder.apply(&without_counter).refused();
    assert!(said.contains("c20"), "{said}");

    // When nobody waits and the counter is closed, both may go
    api.at_counter("hall", "c20", "close", json!({})).await;
    folder.apply(&without_counter).ok();
    folder.apply(&without_queue_b()).ok();
    api.get("/sites/hall/services/service-b").await.problem(404, "unknown_service");
    server.stop().await;
    folder.verify();
}

#[tokio::test]
async fn simulated_and_real_time_never_meet_in_one_folder() {
    // Given a folder with simulated records
    let played = Folder::empty();
    let server = Server::start_with(&played, &["--clock", CLOCK]).await;
    played.apply(&sites::hall()).ok();
    let kiosk = server.api(played.token("kiosk", "hall"));
    kiosk.issue("hall", "service-a").await;
    assert_eq!(kiosk.get("/sites/hall").await.ok()["simulated"], true);
    server.stop().await;
    // Then a plain serve refuses it, and a simulated one goes on with it
    let (status, said) = Server::spawn(&played, &[]).ended().await;
    assert!(!status.success() && said.contains("simulated"), "{said}");
    Server::start_with(&played, &["--clock", CLOCK]).await.stop().await;

    // Given a folder with real records
    let real = Folder::with_site(&sites::hall());
    // Then it is not served with a simulated clock
    let (status, said) = Server::spawn(&real, &["--clock", CLOCK]).ended().await;
    assert!(!status.success() && said.contains("real"), "{said}");
    Server::start(&real).await.stop().await;
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_says_that_there_is_one() {
    let folder = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;

    let (status, said) = Server::spawn(&folder, &[]).ended().await;

    assert!(!status.success() && said.contains("another khiw serves this folder"), "{said}");
    server.stranger().get("/sites/hall").await.ok();
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let folder = Folder::with_site(&sites::hall());
    let other = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;

    let (status, said) = Server::spawn(&other, &["--listen", server.host()]).ended().await;

    assert!(!status.success() && said.contains(server.host()) && said.contains("--listen"), "{said}");
}

#[tokio::test]
async fn a_token_is_the_last_word_and_a_revoked_one_is_nothing_within_five_seconds() {
    let folder = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;
    let made =
        folder.khiw("token create", &["--kind", "clerk", "--site", "hall", "--label", "window 1"]).ok();
    let token = made.split_whitespace().last().unwrap();
    let clerk = server.api(token);
    clerk.at_counter("hall", "c1", "open", json!({})).await;
    let asking =
        Asking { site: "hall", query: "topic=counter&counter=c1", bearer: Some(token), ..Asking::default() };
    let screen = Live::open(&server, &asking).await;

    let listed = folder.khiw("token list", &[]).ok();
    let line = listed.lines().find(|line| line.contains("window 1")).unwrap();
    assert!(!listed.contains(token), "the list shows the token itself");
    let revoked = Instant::now();
    folder.khiw("token revoke", &[line.split_whitespace().next().unwrap()]).ok();

    // No button works any more, and the open page is closed.
    let refused = async { while clerk.get("/sites/hall/counters").await.status == 200 {} };
    within("the token is refused", refused).await;
    clerk.post("/sites/hall/counters/c1/call-next", json!({})).await.problem(401, "unauthenticated");
    assert_eq!(screen.ended().await, Ended::Closed(1008));
    assert!(revoked.elapsed() <= REVOKED_MAX + Duration::from_secs(1), "{:?}", revoked.elapsed());
    let said = folder.khiw("token revoke", &["t-nothing"]).refused();
    assert!(said.contains("t-nothing"), "{said}");
}

#[tokio::test]
async fn tokens_survive_a_restart_and_can_be_made_without_a_server() {
    let folder = Folder::with_site(&sites::hall());
    let before = folder.token("kiosk", "hall");
    let server = Server::start(&folder).await;
    let beside = folder.token("kiosk", "hall");
    server.api(&before).issue("hall", "service-a").await;
    server.kill().await;

    let server = Server::start(&folder).await;

    assert_eq!(server.api(&beside).issue("hall", "service-a").await["number"], "A0002");
    assert_ne!(before, beside);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_in_the_middle_of_the_rush_is_whole_and_can_be_served() {
    // Given a hall that gives numbers all the time
    let folder = Folder::with_site(&sites::hall());
    let token = folder.token("integration", "hall");
    let server = Server::start(&folder).await;
    let kiosk = server.api(&token);
    kiosk.at_counter("hall", "c1", "open", json!({})).await;
    let early = kiosk.issue("hall", "service-a").await;
    let (done, mut over) = tokio::sync::oneshot::channel::<()>();
    let rush = tokio::spawn(async move {
        let mut given = 0;
        while over.try_recv().is_err() {
            kiosk.issue("hall", "service-b").await;
            given += 1;
        }
        given
    });

    // When it is copied meanwhile, and put into an empty folder
    let copy = folder.beside("backup.db");
    folder.khiw("backup", &["--to", copy.to_str().unwrap()]).ok();
    done.send(()).unwrap();
    let given: usize = rush.await.unwrap();
    let said = folder.khiw("backup", &["--to", copy.to_str().unwrap()]).refused();
    assert!(said.contains("backup.db"), "a backup was written over: {said}");
    server.stop().await;
    let anew = Folder::empty();
    anew.khiw("restore", &[copy.to_str().unwrap()]).ok();

    // Then it is whole, holds the beginning of the day, and the hall goes on from there
    anew.verify();
    let kept = journal::issued(&journal::records(&anew, "hall"));
    let all = journal::issued(&journal::records(&folder, "hall"));
    assert_eq!(all.len(), given + 1);
    assert!(all.starts_with(&kept) && !kept.is_empty());
    let again = Server::start(&anew).await;
    let clerk = again.api(anew.token("integration", "hall"));
    assert_eq!(clerk.call_next("hall", "c1").await["ticket"], early["id"]);
    let next = clerk.issue("hall", "service-b").await;
    assert_eq!(next["number"], format!("B{:04}", kept.len()));
    again.stop().await;
    anew.verify();

    // And nothing is put over a journal that is there
    let said = anew.khiw("restore", &[copy.to_str().unwrap()]).refused();
    assert!(!said.is_empty());
}

#[test]
fn a_backup_without_a_server_is_whole_too() {
    let folder = Folder::with_site(&sites::hall());
    let copy = folder.beside("backup.db");
    folder.khiw("backup", &["--to", copy.to_str().unwrap()]).ok();
    let anew = Folder::empty();
    anew.khiw("restore", &[copy.to_str().unwrap()]).ok();
    anew.verify();
}

#[tokio::test]
async fn a_damaged_journal_is_found_by_verify() {
    // Given a journal in which one answered number was changed afterwards
    let folder = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;
    server.api(folder.token("kiosk", "hall")).issue("hall", "service-a").await;
    server.stop().await;
    folder.verify();
    let file = folder.path().join("journal.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let place = bytes.windows(7).position(|seven| seven == b"\"A0001\"").expect("the number in the journal");
    bytes[place + 5] = b'2';
    std::fs::write(&file, bytes).unwrap();

    let said = folder.khiw("verify", &[]).refused();

    assert!(said.contains("hall/hall"), "{said}");
}

#[test]
fn commands_say_what_is_wrong_instead_of_failing_darkly() {
    let folder = Folder::with_site(&sites::hall());
    let nothing = Folder::empty();
    let refused = [
        (nothing.khiw("verify", &[]), "journal"),
        (nothing.khiw("ca export", &[]), "khiw serve"),
        (folder.khiw("token create", &["--kind", "king", "--site", "hall"]), "kiosk"),
        (folder.khiw("token create", &["--kind", "kiosk", "--site", "hall", "--counter", "c1"]), "clerk"),
        (khiw(["serve"]), "--data"),
        (khiw(["serve", "--data", "x", "--clock", "yesterday"]), "yesterday"),
        (khiw(["serve", "--data", "x", "--listen", "here"]), "here"),
        (khiw(["aply"]), "apply"),
    ];
    for (ran, word) in refused {
        let said = ran.refused();
        assert!(said.contains(word), "{said}");
    }
    assert_ne!(api::key(), api::key());
    assert!(khiw(["--help"]).ok().contains("khiw demo"));
}
