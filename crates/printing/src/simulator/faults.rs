//! What can be wrong with the simulated printer, on command.

use serde::{Deserialize, Serialize};

/// What is wrong just now. As JSON, what is left out is fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    pub paper_near_end: bool,
    pub paper_out: bool,
    pub cover_open: bool,
    pub cutter_error: bool,
    /// The head has to cool down before it goes on.
    pub overheated: bool,
    /// Connections end at once.
    pub offline: bool,
    /// Takes everything, answers nothing.
    pub mute: bool,
    /// Answers real-time status only, never the question after the cut.
    pub unconfirming: bool,
    /// Answers with bytes that mean nothing.
    pub garbage: bool,
    /// Answers so much later.
    pub late_ms: u64,
    /// Takes no more than so many bytes in a second.
    pub slow_bytes_per_s: Option<u64>,
    /// After so many further bytes it takes no more, until the faults are set anew.
    pub stall_after: Option<u64>,
    /// After so many further bytes the connection ends, once.
    pub disconnect_at: Option<u64>,
}

impl Faults {
    /// Whether it prints.
    pub(super) fn is_ready(self) -> bool {
        !(self.paper_out || self.cover_open || self.cutter_error || self.overheated)
    }

    /// What automatic status tells of.
    pub(super) fn told(self) -> [bool; 5] {
        [self.paper_near_end, self.paper_out, self.cover_open, self.cutter_error, self.overheated]
    }
}
