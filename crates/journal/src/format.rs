//! Events as stored bytes: a JSON array `[{"version":1,"event":"ticket_issued",…},…]`.
//!
//! Every event carries the version of the format it was written in. Writing never
//! parses its own output again; reading the current version skips the lifting in
//! [`crate::upcast`]. The stored bytes are what the chain hashes, so they are
//! never rewritten: old versions stay on disk as they are.

use std::io::Write as _;

use khiw_domain::Event;
use serde_json::value::RawValue;

use crate::upcast::{self, UpcastError};

/// The version [`encode`] writes. Raise it together with a step in [`mod@upcast`] and a
/// golden file whenever an older reader or the current one would misread an event.
pub const FORMAT_VERSION: u32 = 1;

const TO_MEMORY: &str = "events have text keys and memory does not fail";

#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    #[error("the record is no JSON array")]
    NotAnArray(#[source] serde_json::Error),
    #[error("event {index} has no version")]
    NoVersion { index: usize },
    #[error("event {index}")]
    Upcast {
        index: usize,
        #[source]
        source: UpcastError,
    },
    #[error("event {index} is none of version {version}")]
    Event {
        index: usize,
        version: u32,
        #[source]
        source: serde_json::Error,
    },
}

/// The bytes of these events in the current format.
pub fn encode(events: &[Event]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 + events.len() * 512);
    bytes.push(b'[');
    for event in events {
        if bytes.len() > 1 {
            bytes.push(b',');
        }
        write!(bytes, "{{\"version\":{FORMAT_VERSION}").expect(TO_MEMORY);
        let brace = bytes.len();
        serde_json::to_writer(&mut bytes, event).expect(TO_MEMORY);
        // The event's own opening brace becomes the comma behind the version.
        debug_assert_eq!(bytes[brace], b'{', "events are tagged objects");
        bytes[brace] = b',';
    }
    bytes.push(b']');
    bytes
}

/// The events in stored bytes of any version ever released.
pub fn decode(bytes: &[u8]) -> Result<Vec<Event>, FormatError> {
    let parts: Vec<&RawValue> = serde_json::from_slice(bytes).map_err(FormatError::NotAnArray)?;
    let mut scratch = String::new();
    let decode_one = |(index, part): (usize, &RawValue)| {
        let (version, fields) = split_version(part.get()).ok_or(FormatError::NoVersion { index })?;
        let event = |source| FormatError::Event { index, version, source };
        scratch.clear();
        scratch.push('{');
        scratch.push_str(fields);
        if version == FORMAT_VERSION {
            return serde_json::from_str(&scratch).map_err(event);
        }
        let fields = serde_json::from_str(&scratch).map_err(event)?;
        let lifted =
            upcast::upcast(version, fields).map_err(|source| FormatError::Upcast { index, source })?;
        serde_json::from_value(lifted.into()).map_err(event)
    };
    parts.into_iter().enumerate().map(decode_one).collect()
}

/// The version and what follows its comma. The version stands in front, without
/// spaces, because [`encode`] puts it there: an event may have a field of that name.
fn split_version(event: &str) -> Option<(u32, &str)> {
    let (version, fields) = event.strip_prefix("{\"version\":")?.split_once(',')?;
    Some((version.parse().ok()?, fields))
}
