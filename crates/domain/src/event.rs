//! What happened, in the current format. Older formats are lifted by `khiw-journal`.
//!
//! Events hold ids, enums, numbers and configured codes; never text typed by or about a person.
//! Whatever a calendar, a zone or the configuration decided is written here, so that `apply` asks nobody.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::config::{Served, SiteConfig};
use crate::id::{
    ClerkId, Code, CounterId, DeviceId, Language, PrinterId, ProfileId, QueueId, ServiceId, TicketId,
};
use crate::ticket::{CancelledBy, Channel, Estimate, Lane, Number, Paper, Ticket, TicketImage};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    SiteConfigured {
        config_version: u32,
        config: Arc<SiteConfig>,
    },
    DayOpened(Box<DayOpened>),
    DayClosed {
        day: Date,
    },
    TicketIssued(Box<TicketIssued>),
    TicketCalled(TicketCalled),
    /// The same ticket called again at the same counter.
    CallRepeated {
        ticket: TicketId,
        counter: CounterId,
        attempt: u8,
        answer_by: Option<Timestamp>,
    },
    ServiceStarted {
        ticket: TicketId,
        counter: CounterId,
    },
    /// The service at hand ended with these outcomes; the ticket is done or goes on by `TicketQueued`.
    ServiceCompleted {
        ticket: TicketId,
        counter: CounterId,
        service: ServiceId,
        outcomes: Vec<Outcome>,
    },
    TicketDone {
        ticket: TicketId,
    },
    TicketQueued(TicketQueued),
    TicketNoShow {
        ticket: TicketId,
        counter: CounterId,
        until: Timestamp,
    },
    TicketParked {
        ticket: TicketId,
        by: Option<CounterId>,
        until: Option<Timestamp>,
    },
    TicketCancelled {
        ticket: TicketId,
        by: CancelledBy,
    },
    ServiceAdded {
        ticket: TicketId,
        service: ServiceId,
    },
    TicketReprioritised {
        ticket: TicketId,
        lane: Lane,
        promise: Timestamp,
        reason: Code,
    },
    PaperReported {
        ticket: TicketId,
        paper: Paper,
    },
    /// Staff had the ticket printed; the record's actor says who. `again`: it had a paper before, so this one is
    /// marked as a reprint.
    PaperOrdered {
        ticket: TicketId,
        printer: Option<PrinterId>,
        again: bool,
    },
    CounterOpened {
        counter: CounterId,
        clerk: ClerkId,
        profile: ProfileId,
        queues: Vec<Served>,
    },
    CounterPaused {
        counter: CounterId,
        reason: Option<Code>,
    },
    CounterResumed {
        counter: CounterId,
    },
    CounterClosed {
        counter: CounterId,
    },
    AutoCallSet {
        counter: CounterId,
        on: bool,
    },
    /// The counter's last command was taken back; each ticket it touched is as it was before, in a new step.
    CommandUndone {
        counter: CounterId,
        restored: Vec<TicketImage>,
        answer_by: Option<Timestamp>,
    },
    /// `queue` none: the whole hall.
    IssuingSuspended {
        queue: Option<QueueId>,
        reason: Code,
    },
    IssuingResumed {
        queue: Option<QueueId>,
    },
    /// The hall was emptied; the tickets' outcomes follow as events of their own.
    HallEvacuated {
        outcome: EvacuationOutcome,
    },
    /// A new configuration changed the running day: when it ends, and the closings still to come.
    DayReplanned {
        ends_at: Timestamp,
        closings: Vec<Closing>,
    },
    /// A queue's closing time passed and its rule was carried out.
    QueueClosed {
        queue: QueueId,
    },
    /// A person confirmed the machine's clock after an alarm.
    ClockAccepted {
        wall: Timestamp,
    },
}

impl Event {
    /// The one ticket this is about.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::TicketIssued(issued) => Some(issued.ticket),
            Self::TicketCalled(call) => Some(call.ticket),
            Self::TicketQueued(queued) => Some(queued.ticket),
            Self::CallRepeated { ticket, .. }
            | Self::ServiceStarted { ticket, .. }
            | Self::ServiceCompleted { ticket, .. }
            | Self::TicketDone { ticket }
            | Self::TicketNoShow { ticket, .. }
            | Self::TicketParked { ticket, .. }
            | Self::TicketCancelled { ticket, .. }
            | Self::ServiceAdded { ticket, .. }
            | Self::TicketReprioritised { ticket, .. }
            | Self::PaperReported { ticket, .. }
            | Self::PaperOrdered { ticket, .. } => Some(*ticket),
            _ => None,
        }
    }
}

/// Everything the new day needs, so that a start replays from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayOpened {
    pub day: Date,
    /// The next local midnight.
    pub ends_at: Timestamp,
    /// When each queue that opens today closes; absent: closed all day.
    pub closings: Vec<Closing>,
    /// Sequence number of the record that holds the configuration in force.
    pub config_seq: u64,
    pub config_version: u32,
    pub next_ticket: TicketId,
    pub learnt: Vec<Learnt>,
    pub suspended: Vec<Suspension>,
    pub carried: Vec<Ticket>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    pub queue: QueueId,
    pub at: Timestamp,
}

/// Service time of a queue as learnt from served tickets: moving mean and mean deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    pub queue: QueueId,
    pub mean_ms: u64,
    pub deviation_ms: u64,
    pub n: u32,
}

/// The reason code of an evacuated hall's suspension.
pub const EVACUATION: &str = "evacuation";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    pub queue: Option<QueueId>,
    pub reason: Code,
}

impl Suspension {
    /// The hall was emptied.
    pub fn is_evacuation(&self) -> bool {
        self.queue.is_none() && self.reason.as_str() == EVACUATION
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketIssued {
    pub ticket: TicketId,
    pub number: Number,
    pub queue: QueueId,
    pub services: Vec<ServiceId>,
    pub lane: Lane,
    pub language: Language,
    pub channel: Channel,
    pub device: Option<DeviceId>,
    pub paper: bool,
    pub promise: Timestamp,
    pub config_version: u32,
    /// Posted standard of the queue at issue.
    pub posted_wait_s: Option<u32>,
    /// Tickets before this one in its queue's order.
    pub ahead: u32,
    pub estimate: Option<Estimate>,
    /// Local hour of issue, 0–23: the bucket of the hourly quota.
    pub hour: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketCalled {
    pub ticket: TicketId,
    pub counter: CounterId,
    pub attempt: u8,
    pub reason: CallReason,
    /// Tickets issued earlier that still wait in the counter's queues.
    pub passed_over: u32,
    /// When an unanswered call becomes an absence; none: the clerk decides.
    pub answer_by: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum CallReason {
    /// Smallest promise + handicap of the counter's queues.
    EarliestPromise,
    /// Transferred to this very counter.
    Reserved,
    /// Chosen by a person with permission.
    OutOfOrder { code: Code },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketQueued {
    pub ticket: TicketId,
    pub queue: QueueId,
    pub only: Option<CounterId>,
    pub promise: Timestamp,
    pub cause: QueuedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedBy {
    Absence,
    Return,
    Transfer,
    NextService,
    Resume,
    ParkEnded,
    Reinstatement,
    /// The counter it was reserved for closed, or serves its queue no more.
    CounterClosed,
}

/// What came of a service: a configured code, with a quantity (forms, copies).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    pub code: Code,
    #[serde(default = "one")]
    pub quantity: u32,
}

fn one() -> u32 {
    1
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvacuationOutcome {
    /// Every live ticket ends.
    Cancel,
    /// Every live ticket is parked and keeps its promise.
    Park,
}
