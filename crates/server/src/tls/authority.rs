//! The office's own certificate authority: `ca.key` and `ca.pem`, made once, and the certificate of this machine
//! in `leaf.pem` with its key, made anew when names change or its end is near.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use serde::{Deserialize, Serialize};

use super::TlsError;

const CA_KEY: &str = "ca.key";
const CA_CERTIFICATE: &str = "ca.pem";
const LEAF: &str = "leaf.pem";
/// What `leaf.pem` was made for: kept beside it, so that no certificate needs to be parsed.
const LEAF_FACTS: &str = "leaf.json";

/// Browsers refuse certificates that are valid for longer than 398 days.
pub const LEAF_DAYS: i64 = 397;
/// A start within this time of the certificate's end makes a new one.
pub const RENEW_DAYS_BEFORE: i64 = 60;
const CA_DAYS: i64 = 3_650;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LeafFacts {
    names: Vec<String>,
    not_after: Timestamp,
    /// Of the authority that signed it.
    authority: String,
}

/// The file with this machine's certificate and key, signed by the folder's authority; both are made if need be.
pub fn local_certificate(folder: &Path, names: &[String], now: Timestamp) -> Result<PathBuf, TlsError> {
    let mut builder = std::fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.map_err(|error| TlsError::File { doing: "cannot make", path: folder.to_owned(), error })?;
    let key = authority_key(folder)?;
    let params = authority_params(&key, now)?;
    let ca_path = folder.join(CA_CERTIFICATE);
    if !ca_path.exists() {
        write_file(&ca_path, params.self_signed(&key)?.pem().as_bytes())?;
    }
    let leaf_path = folder.join(LEAF);
    let facts =
        LeafFacts { names: names.to_vec(), not_after: days_after(now, LEAF_DAYS), authority: mark(&key) };
    if !(leaf_path.exists() && still_good(folder, &facts, now)) {
        let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let leaf = leaf_params(names, now)?.signed_by(&leaf_key, &Issuer::new(params, key))?;
        write_file(&leaf_path, format!("{}{}", leaf.pem(), leaf_key.serialize_pem()).as_bytes())?;
        let text = serde_json::to_vec_pretty(&facts).unwrap_or_default();
        write_file(&folder.join(LEAF_FACTS), &text)?;
        tracing::info!(names = names.join(", "), until = %facts.not_after, "made a certificate");
    }
    Ok(leaf_path)
}

/// The authority's certificate, PEM.
pub fn export(folder: &Path) -> Result<String, TlsError> {
    let path = folder.join(CA_CERTIFICATE);
    match std::fs::read_to_string(&path) {
        Ok(pem) => Ok(pem),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(TlsError::NoAuthority(folder.to_owned()))
        }
        Err(error) => Err(TlsError::File { doing: "cannot read", path, error }),
    }
}

fn authority_key(folder: &Path) -> Result<KeyPair, TlsError> {
    let path = folder.join(CA_KEY);
    match std::fs::read_to_string(&path) {
        Ok(pem) => KeyPair::from_pem(&pem).map_err(|error| TlsError::Pem { path, error: error.to_string() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
            write_file(&path, key.serialize_pem().as_bytes())?;
            // A certificate of an older key would never match again.
            let _ = std::fs::remove_file(folder.join(CA_CERTIFICATE));
            Ok(key)
        }
        Err(error) => Err(TlsError::File { doing: "cannot read", path, error }),
    }
}

/// Names the authority by its key, so that two halls' authorities differ on one device's list.
fn mark(key: &KeyPair) -> String {
    blake3::hash(key.public_key_raw()).to_hex()[..8].to_owned()
}

/// Depends on the key alone where the signature of a leaf does: the issuer can be made again at any start.
fn authority_params(key: &KeyPair, now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("Khiw hall authority {}", mark(key)));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, now, CA_DAYS);
    Ok(params)
}

fn leaf_params(names: &[String], now: Timestamp) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Khiw");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    valid(&mut params, now, LEAF_DAYS);
    Ok(params)
}

fn still_good(folder: &Path, wanted: &LeafFacts, now: Timestamp) -> bool {
    let Ok(text) = std::fs::read(folder.join(LEAF_FACTS)) else { return false };
    let Ok(known) = serde_json::from_slice::<LeafFacts>(&text) else { return false };
    known.names == wanted.names
        && known.authority == wanted.authority
        && known.not_after > days_after(now, RENEW_DAYS_BEFORE)
}

fn days_after(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(now)
}

/// From a day back, because the clocks of old tablets lag.
fn valid(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let midnight = |at: Timestamp| {
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        rcgen::date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
    };
    (params.not_before, params.not_after) = (midnight(days_after(now, -1)), midnight(days_after(now, days)));
}

/// Whole or not at all, for the owner's eyes only: nearly all of these files hold a key.
fn write_file(path: &Path, content: &[u8]) -> Result<(), TlsError> {
    let write = || {
        let new = path.with_extension("new");
        let _ = std::fs::remove_file(&new);
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().map_err(|error| TlsError::File { doing: "cannot write", path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn names() -> Vec<String> {
        vec!["hall.test".into(), "127.0.0.1".into()]
    }

    fn now() -> Timestamp {
        "2026-03-02T08:00:00Z".parse().expect("a time")
    }

    fn read(folder: &Path, name: &str) -> String {
        std::fs::read_to_string(folder.join(name)).expect("is there")
    }

    #[test]
    fn a_second_start_keeps_authority_and_certificate() {
        let folder = tempfile::tempdir().expect("a folder");
        local_certificate(folder.path(), &names(), now()).expect("made");
        let before = (read(folder.path(), CA_CERTIFICATE), read(folder.path(), LEAF));
        local_certificate(folder.path(), &names(), days_after(now(), 30)).expect("read");
        assert_eq!(before, (read(folder.path(), CA_CERTIFICATE), read(folder.path(), LEAF)));
        assert_eq!(export(folder.path()).expect("there"), before.0);
    }

    #[test]
    fn near_its_end_or_for_other_names_the_certificate_is_made_anew_by_the_same_authority() {
        let folder = tempfile::tempdir().expect("a folder");
        local_certificate(folder.path(), &names(), now()).expect("made");
        let (authority, first) = (read(folder.path(), CA_CERTIFICATE), read(folder.path(), LEAF));
        let late = days_after(now(), LEAF_DAYS - RENEW_DAYS_BEFORE);
        local_certificate(folder.path(), &names(), late).expect("renewed");
        let second = read(folder.path(), LEAF);
        assert_ne!(first, second);
        local_certificate(folder.path(), &["other.test".into()], late).expect("renamed");
        assert_ne!(second, read(folder.path(), LEAF));
        assert_eq!(authority, read(folder.path(), CA_CERTIFICATE));
    }

    #[test]
    fn keys_are_for_the_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        local_certificate(folder.path(), &names(), now()).expect("made");
        for name in [CA_KEY, LEAF] {
            let mode = std::fs::metadata(folder.path().join(name)).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn without_an_authority_the_export_says_when_it_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let refused = export(&folder.path().join("tls")).expect_err("none yet");
        assert!(refused.to_string().contains("khiw serve"));
    }
}
