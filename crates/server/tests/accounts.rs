//! Tokens on disk: made once, hashed, shared with other processes, ended for good.

use crate::common::Server;
use khiw_domain::id::SiteId;
use khiw_server::access::store::{ACCOUNTS_FILE, SESSIONS_PER_TOKEN_MAX};
use khiw_server::access::{AccountError, Accounts, Kind, NewToken};

fn new(kind: Kind) -> NewToken {
    let site = SiteId::parse("sample").expect("an id");
    NewToken { kind, site, counter: None, label: "by the door".to_owned() }
}

#[test]
fn a_token_outlives_a_restart_and_its_secret_is_not_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (entry, secret) =
        Accounts::open(folder.path()).expect("opened").create_token(&new(Kind::Kiosk)).expect("made");
    assert!(secret.starts_with("khiw_kiosk_") && secret.len() >= 11 + 32, "{secret}");
    let again = Accounts::open(folder.path()).expect("opened");
    assert_eq!(again.verify(&secret).expect("in force").id.as_ref(), entry.id);
    for file in std::fs::read_dir(folder.path()).expect("listed").flatten() {
        let bytes = std::fs::read(file.path()).expect("read");
        let random = secret.rsplit('_').next().expect("three parts").as_bytes();
        assert!(!bytes.windows(random.len()).any(|window| window == random), "{:?}", file.path());
    }
    assert!(folder.path().join(ACCOUNTS_FILE).exists());
}

#[test]
fn what_another_process_makes_or_ends_is_taken_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, command_line) =
        (Accounts::open(folder.path()).expect("opened"), Accounts::open(folder.path()).expect("opened"));
    let (entry, secret) = command_line.create_token(&new(Kind::Clerk)).expect("made");
    server.refresh().expect("refreshed");
    let principal = server.verify(&secret).expect("in force");
    server.refresh().expect("its use is noted");
    assert!(command_line.list(None).expect("listed")[0].last_used.is_some());
    command_line.revoke(&entry.id).expect("revoked");
    server.refresh().expect("refreshed");
    assert!(server.verify(&secret).is_none() && !server.is_in_force(&principal));
    let ended = command_line.list(None).expect("listed")[0].revoked;
    command_line.revoke(&entry.id).expect("revoked again");
    assert_eq!(command_line.list(None).expect("listed")[0].revoked, ended);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let accounts = Accounts::in_memory().expect("opened");
    let counter = khiw_domain::id::CounterId::parse("1").ok();
    let bound = accounts.create_token(&NewToken { counter, ..new(Kind::Kiosk) });
    assert!(matches!(bound, Err(AccountError::CounterNotForKind)));
    let long = accounts.create_token(&NewToken { label: "x".repeat(81), ..new(Kind::Kiosk) });
    assert!(matches!(long, Err(AccountError::Label)));
    assert!(matches!(accounts.revoke("nobody"), Err(AccountError::UnknownToken(_))));
}

#[tokio::test]
async fn a_stranger_that_asks_too_often_is_told_to_wait_and_a_device_is_not() {
    let server = Server::open().await;
    let kiosk = server.token(Kind::Kiosk);
    let mut refused = None;
    for _ in 0..2_000 {
        let answer = server.get("/api/v1/tickets/guess").from("192.0.2.7:9").send().await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a bound");
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(429, "too_many_requests");
    let device = server.get("/api/v1/sites/sample").from("192.0.2.7:9").bearer(&kiosk);
    device.send().await.expect(200);
}

#[test]
fn the_demo_is_no_kind_of_token_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let accounts = Accounts::open(folder.path()).expect("opened");
    let refused = accounts.create_token(&new(Kind::Demo));
    assert!(matches!(refused, Err(AccountError::NoTokenKind(Kind::Demo))), "{refused:?}");
    assert_eq!(crate::store::tokens(folder.path()), 0);
}

#[test]
fn a_row_that_cannot_be_read_keeps_nobody_else_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let accounts = Accounts::open(folder.path()).expect("opened");
    let (clerk, secret) = accounts.create_token(&new(Kind::Clerk)).expect("made");
    let (foreign, foreign_secret) = accounts.create_token(&new(Kind::Kiosk)).expect("made");
    crate::store::estrange(folder.path(), &foreign.id);

    let again = Accounts::open(folder.path()).expect("a restart is not refused");
    assert!(again.verify(&secret).is_some() && again.verify(&foreign_secret).is_none());
    again.create_token(&new(Kind::Display)).expect("made beside it");
    again
        .open_session(&secret, |_| jiff::SignedDuration::from_hours(1))
        .expect("no error")
        .expect("signed in");
    assert_eq!(again.list(None).expect("listed").len(), 2);
    assert_eq!(again.revoke(&clerk.id).expect("revoked").id, clerk.id);
    assert!(matches!(again.revoke(&foreign.id), Err(AccountError::RevokedUnread(_))));
    assert_eq!(crate::store::revoked_tokens(folder.path()), 2, "the one that cannot be read is ended too");
}

#[test]
fn a_session_holds_until_it_ends_by_itself_or_is_ended() {
    let accounts = Accounts::in_memory().expect("opened");
    let (_, token) = accounts.create_token(&new(Kind::Clerk)).expect("made");
    let sign_in = |hours| {
        let lasts = |_| jiff::SignedDuration::from_hours(hours);
        accounts.open_session(&token, lasts).expect("no error").expect("a token in force")
    };
    let (over, _) = sign_in(0);
    assert!(!accounts.is_in_force(&over), "it is over, and its token holds");
    let ((one, secret), (other, _)) = (sign_in(1), sign_in(1));
    assert_eq!(accounts.verify_session(&secret).expect("holds"), one);
    assert!(accounts.is_in_force(&one));
    accounts.close_session(&secret).expect("closed");
    assert!(!accounts.is_in_force(&one));
    assert!(accounts.is_in_force(&other), "another device stays signed in");
    assert!(accounts.is_in_force(&accounts.verify(&token).expect("in force")), "so does the token");
}

#[test]
fn a_token_keeps_its_newest_sessions_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let accounts = Accounts::open(folder.path()).expect("opened");
    let (_, token) = accounts.create_token(&new(Kind::Kiosk)).expect("made");
    let (_, neighbour) = accounts.create_token(&new(Kind::Clerk)).expect("made");
    let sign_in = |token: &str| {
        let opened = accounts.open_session(token, |_| jiff::SignedDuration::from_hours(1));
        opened.expect("no error").expect("a token in force").1
    };
    let beside = sign_in(&neighbour);
    let mut secrets: Vec<String> = (0..SESSIONS_PER_TOKEN_MAX).map(|_| sign_in(&token)).collect();
    assert!(secrets.iter().all(|secret| accounts.verify_session(secret).is_some()));
    crate::store::age(folder.path(), &secrets[5]);
    secrets.push(sign_in(&token));
    let ended: Vec<usize> =
        (0..secrets.len()).filter(|n| accounts.verify_session(&secrets[*n]).is_none()).collect();
    assert_eq!(ended, [5]);
    assert!(accounts.verify_session(&beside).is_some());
}
