//! A counter: who works it, on which queues, and what is at hand.

use jiff::Timestamp;
use serde::Serialize;

use crate::config::Served;
use crate::id::{ClerkId, Code, ProfileId, TicketId};
use crate::ticket::TicketImage;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// None: closed.
    pub session: Option<Session>,
    pub auto_call: bool,
    /// Tickets called and services completed this service day.
    pub called: u32,
    pub served: u32,
    pub undo: Option<UndoPoint>,
}

/// From open to close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    pub clerk: ClerkId,
    pub profile: ProfileId,
    /// Counter profile ∩ clerk's permission.
    pub queues: Vec<Served>,
    pub paused: Option<Pause>,
    pub at_hand: Option<TicketId>,
    /// When the ticket at hand was called, or the last one left.
    pub since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pause {
    pub reason: Option<Code>,
    pub since: Timestamp,
}

/// The counter's last command, so that it can be taken back: each ticket it touched, as it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UndoPoint {
    /// Record of the command.
    pub seq: u64,
    /// The counter's tallies before the command.
    pub called: u32,
    pub served: u32,
    pub before: Vec<Touched>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Touched {
    pub image: TicketImage,
    /// The ticket's step after the command; a later step means that somebody else moved it on.
    pub step_after: u32,
}

/// What a counter is doing, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    Closed,
    Idle,
    Calling,
    Serving,
    Paused,
}
