//! Lifts events of older formats to the current one, as JSON, one version at a
//! time. A step, once released, is never changed; `tests/golden/` holds a file of
//! every version that keeps it honest.
//!
//! To make version N+1: add the step from N to `STEPS`, raise
//! [`FORMAT_VERSION`], add `tests/golden/vN+1.json`.

use serde_json::{Map, Value};

use crate::format::FORMAT_VERSION;

/// An event's fields, `event` among them, without the format's
/// version.
pub type Fields = Map<String, Value>;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpcastError {
    #[error("version {found} is newer than {FORMAT_VERSION}: a newer khiw wrote it")]
    TooNew { found: u32 },
    #[error("version 0 was never written")]
    Zero,
}

/// `STEPS[n - 1]` lifts version n to n + 1.
const STEPS: &[fn(Fields) -> Fields] = &[];

const _: () = assert!(STEPS.len() + 1 == FORMAT_VERSION as usize, "every older version needs its step");

/// The event in the current format.
pub fn upcast(version: u32, fields: Fields) -> Result<Fields, UpcastError> {
    if version == 0 {
        return Err(UpcastError::Zero);
    }
    if version > FORMAT_VERSION {
        return Err(UpcastError::TooNew { found: version });
    }
    let missing = &STEPS[version as usize - 1..];
    Ok(missing.iter().fold(fields, |fields, step| step(fields)))
}
