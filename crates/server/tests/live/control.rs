//! The command line beside a running server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use khiw_domain::config::SiteConfig;
use khiw_domain::id::SiteId;
use khiw_domain::sample;
use khiw_server::access::{Kind, TokenEntry};
use khiw_server::control::{self, Applied, CONTROL_SOCKET, ControlError, NewSecret, Request, Status};
use serde::de::DeserializeOwned;

use super::office::Office;
use super::screen::Screen;

async fn ask<T: DeserializeOwned + Send + 'static>(
    folder: PathBuf,
    request: Request,
) -> Result<T, ControlError> {
    tokio::task::spawn_blocking(move || control::ask(&folder, &request)).await.unwrap()
}

fn site(id: &str) -> SiteId {
    SiteId::parse(id).unwrap()
}

#[tokio::test]
async fn a_site_is_declared_beside_the_running_server_and_served_at_once() {
    let office = Office::open().await;
    let _open = control::open(office.app.clone()).unwrap();
    let folder = || office.folder.path().to_owned();
    let new = || sample::site_with(|config| config.id = site("annexe"));

    let before: Option<SiteConfig> = ask(folder(), Request::Config { site: site("annexe") }).await.unwrap();
    let applied: Applied = ask(folder(), Request::Apply { config: new() }).await.unwrap();
    let again: Applied = ask(folder(), Request::Apply { config: new() }).await.unwrap();
    let after: Option<SiteConfig> = ask(folder(), Request::Config { site: site("annexe") }).await.unwrap();
    let status: Status = ask(folder(), Request::Status).await.unwrap();

    assert_eq!(before, None);
    assert!(applied.changed);
    assert!(!again.changed, "applying the same changes nothing");
    assert_eq!(after.as_ref(), Some(&*new()));
    let sites: Vec<&str> = status.sites.iter().map(|site| site.id.as_str()).collect();
    assert_eq!(sites, ["annexe", "sample"]);
    assert_eq!(office.display("annexe").await.next().await["type"], "snapshot");
}

#[tokio::test]
async fn what_the_hall_refuses_is_told_with_its_code() {
    let office = Office::open().await;
    let _open = control::open(office.app.clone()).unwrap();
    office.issue("sample", false).await;
    let without_queue = sample::site_with(|config| {
        config.services.retain(|service| service.queue.as_str() != "a");
        config.queues.retain(|queue| queue.id.as_str() != "a");
        for profile in &mut config.profiles {
            profile.queues.retain(|served| served.queue.as_str() != "a");
        }
    });

    let refused =
        ask::<Applied>(office.folder.path().to_owned(), Request::Apply { config: without_queue }).await;

    let Err(ControlError::Refused(refused)) = refused else { panic!("not refused: {refused:?}") };
    assert_eq!(refused.code, "orphans_tickets");
}

#[tokio::test]
async fn tokens_are_made_listed_and_revoked() {
    let office = Office::open().await;
    let _open = control::open(office.app.clone()).unwrap();
    let folder = || office.folder.path().to_owned();
    let create = Request::TokenCreate {
        kind: Kind::Supervisor,
        site: site("sample"),
        counter: None,
        label: "desk".to_owned(),
    };

    let made: NewSecret = ask(folder(), create).await.unwrap();
    let path = "/api/v1/sites/sample/live?topic=site";
    Screen::connect(office.address, path, Some(&made.secret)).await.unwrap();
    let list: Vec<serde_json::Value> =
        ask(folder(), Request::TokenList { site: Some(site("sample")) }).await.unwrap();
    let revoke = || Request::TokenRevoke { id: made.id.clone() };
    let _: serde_json::Value = ask(folder(), revoke()).await.unwrap();

    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["id"], made.id.as_str());
    assert!(!list[0].to_string().contains(&made.secret), "a list tells no secret");
    assert!(Screen::connect(office.address, path, Some(&made.secret)).await.is_err());
    let unknown = Request::TokenRevoke { id: "nobody".to_owned() };
    assert!(matches!(ask::<TokenEntry>(folder(), unknown).await, Err(ControlError::Refused(_))));
}

#[tokio::test]
async fn the_socket_is_for_the_owner_alone_and_goes_with_the_server() {
    let office = Office::open().await;
    let path = office.folder.path().join(CONTROL_SOCKET);
    std::fs::write(&path, "left behind").unwrap();
    let open = control::open(office.app.clone()).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(open);

    let none = ask::<Status>(office.folder.path().to_owned(), Request::Status).await;

    assert!(matches!(none, Err(ControlError::NoServer(_))), "{none:?}");
}

#[tokio::test]
async fn garbage_on_the_socket_is_answered() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let office = Office::open().await;
    let _open = control::open(office.app.clone()).unwrap();
    let mut stream =
        tokio::net::UnixStream::connect(office.folder.path().join(CONTROL_SOCKET)).await.unwrap();
    stream.write_all(b"nonsense\n{\"ask\":\"everything\"}\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), 2);
    assert!(answers[0].contains("malformed_json"), "{}", answers[0]);
    assert!(answers[1].contains("refused"), "{}", answers[1]);
}
