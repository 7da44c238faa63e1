//! Encryption on the office's own network: which addresses need it, and the certificates. Serving stands in
//! `serve`; this knows no HTTP.
//!
//! A hall has no public name and often no internet, so it is its own certificate authority: made once in
//! `DIR/tls`, trusted once per device (`khiw ca export`). An office with certificates of its own brings those.

mod authority;
mod names;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

use authority::local_certificate;

pub use authority::{LEAF_DAYS, RENEW_DAYS_BEFORE};
pub use names::machine_names;

/// Where the authority stands inside the data folder.
pub const TLS_FOLDER: &str = "tls";

#[derive(Debug, Error)]
pub enum TlsError {
    #[error("{doing} {path}: {error}", path = path.display())]
    File { doing: &'static str, path: PathBuf, error: std::io::Error },
    #[error("{path} holds no usable PEM: {error}", path = path.display())]
    Pem { path: PathBuf, error: String },
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    #[error(
        "no local authority in {0} yet: it is made when `khiw serve` first listens on another address than loopback"
    )]
    NoAuthority(PathBuf),
}

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Identity {
    /// From the local authority of this data folder, for the machine's own names and addresses and these.
    Local { folder: PathBuf, names: Vec<String> },
    /// The office's own files, PEM.
    Files { certificate: PathBuf, key: PathBuf },
}

impl Identity {
    /// Reads or makes the certificate and readies it for serving.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        match self {
            Self::Local { folder, names } => {
                let names = machine_names(names);
                let leaf = local_certificate(&folder.join(TLS_FOLDER), &names, jiff::Timestamp::now())?;
                server_config(&leaf, &leaf)
            }
            Self::Files { certificate, key } => server_config(certificate, key),
        }
    }
}

/// The certificate of the data folder's authority, PEM: what devices have to trust.
pub fn export_authority(folder: &Path) -> Result<String, TlsError> {
    authority::export(&folder.join(TLS_FOLDER))
}

/// Cookies, service workers, recording and push need TLS, and a LAN has listeners: anything but loopback is
/// served over TLS, unless a proxy in front does it.
pub fn needs_tls(listen: SocketAddr, behind_proxy: bool) -> bool {
    !behind_proxy && !listen.ip().is_loopback()
}

fn server_config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error: rustls::pki_types::pem::Error| TlsError::Pem { path, error: error.to_string() }
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_and_a_proxy_go_without_tls() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        assert!(!needs_tls(at("127.0.0.1:8420"), false));
        assert!(!needs_tls(at("[::1]:8420"), false));
        assert!(needs_tls(at("0.0.0.0:8420"), false));
        assert!(needs_tls(at("192.168.1.4:8420"), false));
        assert!(!needs_tls(at("0.0.0.0:8420"), true));
    }

    #[test]
    fn what_is_no_pem_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("own.pem");
        std::fs::write(&path, "not a certificate").expect("writes");
        let refused = Identity::Files { certificate: path.clone(), key: path }.server_config();
        assert!(refused.expect_err("refused").to_string().contains("own.pem"));
    }
}
