//! Whom the agent believes that it is the server: the office's own authority, or those of the system.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

/// Where systems keep the authorities they trust, in one file.
const SYSTEM_FILES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

#[derive(Debug, Error)]
pub enum TrustError {
    #[error("the authority in {file} cannot be read: {error}")]
    Unreadable { file: PathBuf, error: rustls::pki_types::pem::Error },
    #[error("{0} holds no certificate: write it with `khiw ca export --to FILE`")]
    NoCertificate(PathBuf),
    #[error("{file} holds a certificate that cannot be used: {error}")]
    Unusable { file: PathBuf, error: rustls::Error },
    #[error("this system has no list of authorities: give the office's own with --ca")]
    NoSystem,
    #[error("TLS cannot be used here: {0}")]
    Tls(rustls::Error),
}

pub fn config(ca: Option<&Path>) -> Result<Arc<ClientConfig>, TrustError> {
    let system = || SYSTEM_FILES.iter().map(PathBuf::from).find(|file| file.is_file());
    let file = ca.map(Path::to_owned).or_else(system).ok_or(TrustError::NoSystem)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Tls)?
        .with_root_certificates(roots(&file, ca.is_some())?)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Of a system's list those that can be used are enough; the office's own must be sound.
fn roots(file: &Path, own: bool) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    let unreadable = |error| TrustError::Unreadable { file: file.to_owned(), error };
    for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
        match roots.add(certificate.map_err(unreadable)?) {
            Err(error) if own => return Err(TrustError::Unusable { file: file.to_owned(), error }),
            _ => {}
        }
    }
    if roots.is_empty() {
        return Err(TrustError::NoCertificate(file.to_owned()));
    }
    Ok(roots)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_authority_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        assert!(matches!(config(Some(&file)), Err(TrustError::Unreadable { .. })));
        std::fs::write(&file, "this is no certificate\n").unwrap();
        assert!(matches!(config(Some(&file)), Err(TrustError::NoCertificate(_))));
        std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        let refused = config(Some(&file)).unwrap_err().to_string();
        assert!(refused.contains("ca.pem"), "{refused}");
    }
}
