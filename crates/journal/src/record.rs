//! What the journal keeps: streams, positions, records. Plain values, no I/O.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::JournalError;

/// Largest `data` of one record. A whole site's configuration (some 1,400
/// procedures in two languages) takes about 2 MiB.
pub const RECORD_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The epoch of a stream that was never restored and never failed over.
pub const FIRST_EPOCH: u32 = 1;

/// The hash "before" the first record of a stream.
pub const NO_HASH: [u8; 32] = [0; 32];

/// Name of a stream: `hall/{site}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(Arc<str>);

impl StreamId {
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The stream of a site's hall.
    pub fn hall(site: impl fmt::Display) -> Self {
        Self(format!("hall/{site}").into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The site whose hall this stream tells of; `None` for any other stream.
    pub fn site(&self) -> Option<&str> {
        self.0.strip_prefix("hall/")
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 16 hexadecimal digits, drawn when the data folder is made. A position of
/// another journal is thereby recognised as foreign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JournalId(String);

impl JournalId {
    /// A fresh random id.
    pub(crate) fn random() -> Result<Self, JournalError> {
        let mut bytes = [0_u8; 8];
        getrandom::fill(&mut bytes).map_err(|error| JournalError::store("draw the journal's id", error))?;
        Ok(Self(format!("{:016x}", u64::from_be_bytes(bytes))))
    }

    /// A chosen id, for tests that print positions.
    pub fn fixed(id: u64) -> Self {
        Self(format!("{id:016x}"))
    }

    /// Reads an id back; `None` unless it is 16 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 16 && text.bytes().all(hex)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a stream ends. `seq` 0 is the empty stream; the first record has 1.
/// Ordered by epoch, then seq.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tail {
    pub epoch: u32,
    pub seq: u64,
}

/// The end of a stream: position, hash of the last record ([`NO_HASH`] when
/// empty) and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub tail: Tail,
    pub hash: [u8; 32],
    pub at: Option<Timestamp>,
}

impl Head {
    /// The head of a stream without records.
    pub const fn empty(epoch: u32) -> Self {
        let tail = Tail { epoch, seq: 0 };
        Self { tail, hash: NO_HASH, at: None }
    }
}

/// The tripwire behind the domain's numbering: within a stream each of these is
/// stored once, whatever the domain decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberKey {
    pub day: Date,
    pub series: Arc<str>,
    pub round: u32,
    pub number: u32,
}

impl fmt::Display for NumberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, series, round, number } = self;
        write!(f, "{series}{number:03} of {day}, round {round}")
    }
}

/// A record to be appended: everything but what the journal adds (position and hash).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// Not before the stream's last record; whole microseconds.
    pub at: Timestamp,
    pub actor: Arc<str>,
    pub command_id: Option<String>,
    pub request_digest: [u8; 16],
    /// [`format::encode`](crate::format::encode) of the events; at most [`RECORD_BYTES_MAX`].
    pub data: Vec<u8>,
    /// One per number that the events give out.
    pub numbers: Vec<NumberKey>,
    /// Set when the events open a service day: start-up replays from there.
    pub opens_day: Option<Date>,
}

/// A stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub stream: StreamId,
    pub epoch: u32,
    pub seq: u64,
    pub at: Timestamp,
    pub actor: Arc<str>,
    pub command_id: Option<String>,
    pub request_digest: [u8; 16],
    pub data: Vec<u8>,
    /// BLAKE3 over the previous record's hash and this record's bytes.
    pub hash: [u8; 32],
}

impl Record {
    pub fn tail(&self) -> Tail {
        Tail { epoch: self.epoch, seq: self.seq }
    }
}

/// Where a service day was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayMark {
    pub day: Date,
    /// The record that holds `DayOpened`.
    pub seq: u64,
    /// Hash of the record before it: the seal of all that came before.
    pub sealed_hash: [u8; 32],
}

/// The rules every store checks before it stores a batch behind `head`.
pub(crate) fn check_batch(stream: &StreamId, head: &Head, records: &[NewRecord]) -> Result<(), JournalError> {
    let mut last = head.at;
    for (seq, record) in (head.tail.seq + 1..).zip(records) {
        let at = record.at;
        let stream = || stream.clone();
        if at.subsec_nanosecond() % 1_000 != 0 {
            return Err(JournalError::TimeTooFine { stream: stream(), seq, at });
        }
        if let Some(last) = last.filter(|last| at < *last) {
            return Err(JournalError::TimeWentBack { stream: stream(), seq, at, last });
        }
        if record.data.len() > RECORD_BYTES_MAX {
            let bytes = record.data.len();
            return Err(JournalError::RecordTooLarge { stream: stream(), seq, bytes });
        }
        last = Some(at);
    }
    Ok(())
}
