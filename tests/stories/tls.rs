//! A hall on the office's own network: over TLS at a name, trusted by nothing but the exported authority.

use khiw_tests::live::Asking;
use khiw_tests::{Folder, Live, Secure, Server, api, raw, sites, within};
use serde_json::json;

const NAME: &str = "queue.office.test";

#[tokio::test]
async fn an_office_is_served_at_its_name_to_devices_that_trust_its_authority() {
    // Given a server on every address of the machine, with a name
    let folder = Folder::with_site(&sites::hall());
    let mut server = Server::spawn(&folder, &["--listen", "0.0.0.0:0", "--name", NAME]);
    let address = within("the address", server.address()).await.unwrap();
    let port: u16 = address.rsplit_once(':').unwrap().1.parse().unwrap();
    assert_eq!(address, format!("https://{NAME}:{port}"));
    let pem = folder.khiw("ca export", &[]).ok();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"), "{pem}");
    let device = Secure::trusting(Some(&pem), NAME, port);

    // When a clerk's page signs in with a token
    let token = folder.token("clerk", "hall");
    let origin = format!("https://{}", device.host());
    let sign_in = json!({ "token": token }).to_string();
    let signed = device.request("POST", "/api/v1/session", &[("origin", &origin)], &sign_in).await;

    // Then it gets a cookie that never leaves this host nor TLS
    assert_eq!(signed.status, 200, "{signed:?}");
    let cookie = signed.header("set-cookie").unwrap().to_owned();
    assert!(cookie.starts_with("__Host-khiw="), "{cookie}");
    for flag in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == flag), "{flag}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");

    // And works with it: buttons and live screen
    let cookie = cookie.split(';').next().unwrap();
    let key = api::key();
    let headers = [("cookie", cookie), ("origin", origin.as_str()), ("idempotency-key", key.as_str())];
    let opened = device.request("POST", "/api/v1/sites/hall/counters/c1/open", &headers, "{}").await;
    assert_eq!(opened.status, 200, "{opened:?}");
    let asking =
        Asking { site: "hall", query: "topic=counter&counter=c1", cookie: Some(cookie), ..Asking::default() };
    let mut live =
        Live::over(device.connect().await, &format!("wss://{}", device.host()), &asking).await.unwrap();
    assert_eq!(live.next("snapshot").await["counter"]["state"], "idle");

    // But a page from elsewhere cannot use the clerk's cookie
    let foreign = [("cookie", cookie), ("origin", "https://elsewhere.test"), ("idempotency-key", "k")];
    let refused = device.request("POST", "/api/v1/sites/hall/counters/c1/close", &foreign, "{}").await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("foreign_origin")));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn nobody_who_does_not_trust_the_authority_or_speaks_plainly_is_served() {
    let folder = Folder::with_site(&sites::hall());
    let mut server = Server::spawn(&folder, &["--listen", "0.0.0.0:0", "--name", NAME]);
    let address = within("the address", server.address()).await.unwrap();
    let port: u16 = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let pem = folder.khiw("ca export", &[]).ok();

    // Another authority, or none, or another name than the certificate's
    let trusting = |pem| Secure::trusting(pem, NAME, port);
    assert!(trusting(None).connect_as(NAME).await.is_err());
    assert!(trusting(Some(&pem)).connect_as("other.office.test").await.is_err());
    // No TLS at all
    let plain = format!("GET /readyz HTTP/1.1\r\nhost: {NAME}\r\n\r\n");
    let answer = raw::exchange(&format!("127.0.0.1:{port}"), plain.as_bytes()).await;
    assert!(answer.is_none_or(|answer| answer.status >= 400));
    // And the hall goes on for those who do
    trusting(Some(&pem)).connect().await;
}

#[tokio::test]
async fn the_authority_stays_the_same_over_restarts() {
    let folder = Folder::with_site(&sites::hall());
    let mut ports = Vec::new();
    let mut pems = Vec::new();
    for _ in 0..2 {
        let mut server = Server::spawn(&folder, &["--listen", "0.0.0.0:0", "--name", NAME]);
        let address = within("the address", server.address()).await.unwrap();
        ports.push(address.rsplit_once(':').unwrap().1.parse().unwrap());
        pems.push(folder.khiw("ca export", &[]).ok());
        // What a device was told to trust the first time is enough ever after.
        Secure::trusting(Some(&pems[0]), NAME, *ports.last().unwrap()).connect().await;
        server.kill().await;
    }
    assert_eq!(pems[0], pems[1]);
}
