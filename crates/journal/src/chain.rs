//! The hash chain. A record's hash covers the record before it, so a changed
//! byte anywhere breaks every later hash.
//!
//! The bytes are fixed for good: numbers little-endian, texts and blobs with a
//! 64-bit length in front, so that no two different records have the same bytes.

use crate::record::{Head, NewRecord, Record, StreamId, Tail};

/// The record that `new` becomes behind `head`, copied: for stores that keep records whole.
pub(crate) fn link(stream: &StreamId, head: &Head, new: &NewRecord) -> Record {
    let tail = Tail { epoch: head.tail.epoch, seq: head.tail.seq + 1 };
    Record {
        stream: stream.clone(),
        epoch: tail.epoch,
        seq: tail.seq,
        at: new.at,
        actor: new.actor.clone(),
        command_id: new.command_id.clone(),
        request_digest: new.request_digest,
        data: new.data.clone(),
        hash: hash_of_new(stream, head, new),
    }
}

/// The head after `new` is stored behind `head`.
pub(crate) fn advance(stream: &StreamId, head: &Head, new: &NewRecord) -> Head {
    let tail = Tail { epoch: head.tail.epoch, seq: head.tail.seq + 1 };
    Head { tail, hash: hash_of_new(stream, head, new), at: Some(new.at) }
}

fn hash_of_new(stream: &StreamId, head: &Head, new: &NewRecord) -> [u8; 32] {
    hash(
        &head.hash,
        &Parts {
            stream: stream.as_str(),
            epoch: head.tail.epoch,
            seq: head.tail.seq + 1,
            at_us: new.at.as_microsecond(),
            actor: &new.actor,
            command_id: new.command_id.as_deref(),
            request_digest: &new.request_digest,
            data: &new.data,
        },
    )
}

/// What a stored record's hash has to be behind `previous`.
pub(crate) fn expected_hash(previous: &[u8; 32], record: &Record) -> [u8; 32] {
    hash(
        previous,
        &Parts {
            stream: record.stream.as_str(),
            epoch: record.epoch,
            seq: record.seq,
            at_us: record.at.as_microsecond(),
            actor: &record.actor,
            command_id: record.command_id.as_deref(),
            request_digest: &record.request_digest,
            data: &record.data,
        },
    )
}

struct Parts<'a> {
    stream: &'a str,
    epoch: u32,
    seq: u64,
    at_us: i64,
    actor: &'a str,
    command_id: Option<&'a str>,
    request_digest: &'a [u8; 16],
    data: &'a [u8],
}

/// Bytes of a record besides its texts and its data.
const FIXED_BYTES: usize = 128;

fn hash(previous: &[u8; 32], parts: &Parts<'_>) -> [u8; 32] {
    let command_id = parts.command_id.unwrap_or_default();
    let texts = parts.stream.len() + parts.actor.len() + command_id.len();
    // In one piece: hashing it is much quicker than hashing its parts one after the other.
    let mut canonical = Vec::with_capacity(FIXED_BYTES + texts + parts.data.len());
    canonical.extend_from_slice(previous);
    push(&mut canonical, parts.stream.as_bytes());
    canonical.extend_from_slice(&parts.epoch.to_le_bytes());
    canonical.extend_from_slice(&parts.seq.to_le_bytes());
    canonical.extend_from_slice(&parts.at_us.to_le_bytes());
    push(&mut canonical, parts.actor.as_bytes());
    canonical.push(u8::from(parts.command_id.is_some()));
    push(&mut canonical, command_id.as_bytes());
    canonical.extend_from_slice(parts.request_digest);
    push(&mut canonical, parts.data);
    blake3::hash(&canonical).into()
}

/// A text or blob behind its length.
fn push(canonical: &mut Vec<u8>, bytes: &[u8]) {
    canonical.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    canonical.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::record_at;

    #[test]
    fn the_canonical_bytes_are_fixed_for_good() {
        let mut record = record_at("2026-11-22T01:02:03.004Z");
        record.actor = "device:kiosk-1".into();
        record.command_id = Some("c-1".into());
        record.request_digest = [7; 16];
        record.data = b"[]".to_vec();

        let hash = advance(&StreamId::hall("a"), &Head::empty(1), &record).hash;

        let hex = blake3::Hash::from(hash).to_hex();
        // A change here means that every journal in the field fails verification.
        assert_eq!(hex.as_str(), "9f8eb2b8c663e8cbd32a51d89106ab7e25f7a9b470517197c8340291eee596a3");
    }

    #[test]
    fn text_moved_from_one_field_to_the_next_changes_the_hash() {
        let hash = |actor: &str, command_id: Option<&str>| {
            let mut record = record_at("2026-11-22T01:02:03Z");
            record.actor = actor.into();
            record.command_id = command_id.map(Into::into);
            advance(&StreamId::hall("a"), &Head::empty(1), &record).hash
        };

        assert_ne!(hash("ab", Some("c")), hash("a", Some("bc")));
        assert_ne!(hash("a", None), hash("a", Some("")));
    }
}
