//! TLS off loopback: a device that trusts the hall's authority connects by name, any other does not.

use std::sync::Arc;

use khiw_server::tls::export_authority;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::office::{Office, Wishes};

const NAME: &str = "hall.example";

async fn office() -> Office {
    let names = vec![NAME.to_owned(), "192.0.2.7".to_owned()];
    Office::with(&["sample"], |_| {}, Wishes { tls_names: Some(names), ..Wishes::default() }).await
}

async fn connect(office: &Office, trust: bool, name: &'static str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    if trust {
        let pem = export_authority(office.folder.path()).unwrap();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(office.address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).unwrap(), stream).await
}

#[tokio::test]
async fn a_device_that_trusts_the_authority_connects_by_name_and_by_address() {
    let office = office().await;
    for name in [NAME, "192.0.2.7"] {
        let mut stream = connect(&office, true, name).await.unwrap();
        let request = format!("GET /healthz HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn another_name_or_a_device_without_trust_is_refused() {
    let office = office().await;
    assert!(connect(&office, true, "other.example").await.is_err());
    assert!(connect(&office, false, NAME).await.is_err());
}

#[tokio::test]
async fn screens_follow_over_tls() {
    use futures_util::StreamExt as _;
    let office = office().await;
    let stream = connect(&office, true, NAME).await.unwrap();
    let url = format!("wss://{NAME}/api/v1/sites/sample/live?topic=display");
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    let first = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(first.contains(r#""type":"snapshot""#), "{first}");
}

#[tokio::test]
async fn plain_http_on_the_tls_port_does_not_get_in_and_others_still_do() {
    let office = office().await;
    let mut plain = TcpStream::connect(office.address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    connect(&office, true, NAME).await.unwrap();
}
