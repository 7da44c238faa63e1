//! A frame as it is sent: text made once, shared by every screen of a topic. The shapes stand in `api::types`.

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::api::types;

/// A text ready to be sent to any number of screens.
#[derive(Clone, Debug)]
pub struct SharedFrame {
    pub kind: FrameKind,
    pub text: Utf8Bytes,
}

/// What a connection has to know of a frame without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// Tells of the record at this position; kept for resume.
    Record { seq: u64 },
    /// State as it is now; the next one supersedes it.
    State,
    /// The whole state: an enrolled screen is told behind it what it is.
    Snapshot,
    /// For this connection alone; the others pass it by.
    Personal { connection: u64 },
    /// This connection's device is revoked.
    Dismissal { connection: u64 },
    /// The connection's clock: see `socket`.
    Heartbeat,
}

impl SharedFrame {
    /// Serialises the frame. `None` (logged) when a value in it has no JSON form, such as a speed that is no
    /// number: a frame less is better than a hall without frames.
    pub fn of(kind: FrameKind, frame: &types::Frame) -> Option<Self> {
        match serde_json::to_string(frame) {
            Ok(text) => Some(Self { kind, text: text.into() }),
            Err(error) => {
                tracing::error!(%error, "a frame cannot be written");
                None
            }
        }
    }

    /// The record it tells of.
    pub fn seq(&self) -> Option<u64> {
        match self.kind {
            FrameKind::Record { seq } => Some(seq),
            FrameKind::State
            | FrameKind::Snapshot
            | FrameKind::Personal { .. }
            | FrameKind::Dismissal { .. }
            | FrameKind::Heartbeat => None,
        }
    }
}
