//! For the tests of this crate and of those above it: a store that fails on
//! command, the contract every store passes, and small builders. Nothing here
//! serves a hall.

pub mod contract;
mod faulty;

use jiff::Timestamp;

use crate::journal::Appended;
use crate::record::{Head, NewRecord, NumberKey};

pub use faulty::{Fault, FaultyJournal, Injected, Paused};

/// A record without events at this RFC 3339 time.
pub fn record_at(at: &str) -> NewRecord {
    let at: Timestamp = at.parse().expect("tests write RFC 3339 times");
    NewRecord {
        at,
        actor: "clerk:test".into(),
        command_id: None,
        request_digest: [0; 16],
        data: b"[]".to_vec(),
        numbers: Vec::new(),
        opens_day: None,
    }
}

/// Number `number` of series A, first round, on this ISO day.
pub fn number(day: &str, number: u32) -> NumberKey {
    let day = day.parse().expect("tests write ISO days");
    NumberKey { day, series: "A".into(), round: 1, number }
}

impl Appended {
    /// The head of a durable batch.
    ///
    /// # Panics
    /// When the batch is not durable: in a test, that is the finding.
    #[track_caller]
    pub fn durable(self) -> Head {
        match self {
            Self::Durable(head) => head,
            other => panic!("expected a durable batch, found {other:?}"),
        }
    }
}
