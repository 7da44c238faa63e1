//! A device on the office's network: it finds the server's name at loopback, and trusts what it was told to trust.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::raw::{self, RawAnswer};
use crate::within;

pub struct Secure {
    name: &'static str,
    port: u16,
    connector: TlsConnector,
}

impl Secure {
    /// Trusts these authorities and no other.
    pub fn trusting(pem: Option<&str>, name: &'static str, port: u16) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.unwrap_or_default().as_bytes()) {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { name, port, connector: TlsConnector::from(Arc::new(config)) }
    }

    /// Looks for the server under another name than its own.
    pub async fn connect_as(&self, name: &'static str) -> std::io::Result<Box<TlsStream<TcpStream>>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        within("a handshake", self.connector.connect(ServerName::try_from(name).unwrap(), stream))
            .await
            .map(Box::new)
    }

    pub async fn connect(&self) -> Box<TlsStream<TcpStream>> {
        self.connect_as(self.name).await.unwrap()
    }

    /// `NAME:PORT`.
    pub fn host(&self) -> String {
        format!("{}:{}", self.name, self.port)
    }

    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> RawAnswer {
        let host = self.host();
        let mut all = vec![("host", host.as_str()), ("content-type", "application/json")];
        all.extend(headers);
        raw::request(&mut self.connect().await, method, path, &all, body).await
    }
}
