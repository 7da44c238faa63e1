//! A ticket: one visit, its state now, and the closed steps behind it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{CounterId, DeviceId, Language, QueueId, ServiceId, TicketId};

/// What the visitor is called by. Unique by `(site, day, series, round, value)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Number {
    pub day: Date,
    pub series: Arc<str>,
    /// 1 for the first pass through the series on a day.
    pub round: u32,
    pub value: u32,
    /// As shown, spoken and printed: `A012`.
    pub text: Arc<str>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    #[default]
    Normal,
    /// A shorter target wait, not a jump. The reason is never stored.
    Priority,
}

/// How the visitor took the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    #[default]
    Kiosk,
    Reception,
    Phone,
    Integration,
}

/// A wait, as a range: half of the visitors wait less than `p50_s`, nine of ten less than `p90_s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    pub p50_s: u32,
    pub p90_s: u32,
}

/// What is known of a ticket's paper. The ticket is valid in every one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// Nobody asked for paper.
    #[default]
    None,
    Pending,
    /// Confirmed by the printer after the cut.
    Printed,
    /// Sent to a printer that cannot confirm.
    Sent,
    Failed,
    /// The link broke in mid-job; only a marked reprint may follow.
    Uncertain,
    /// Not printed before the ticket was final.
    Expired,
}

impl Paper {
    pub fn is_settled(self) -> bool {
        self != Self::Pending
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    Visitor,
    Staff,
    /// Still waiting when its queue's day ended.
    DayEnd,
    Evacuation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum TicketState {
    /// In line; `only` when a counter was named by a transfer.
    Waiting {
        only: Option<CounterId>,
    },
    Called {
        counter: CounterId,
        attempt: u8,
    },
    Serving {
        counter: CounterId,
    },
    /// Out of line by consent, e.g. to copy a document.
    Parked {
        by: Option<CounterId>,
        until: Option<Timestamp>,
    },
    Done,
    /// May be reinstated until the time given.
    NoShow {
        until: Timestamp,
    },
    Cancelled {
        by: CancelledBy,
    },
}

impl TicketState {
    pub fn is_live(&self) -> bool {
        !matches!(self, Self::Done | Self::NoShow { .. } | Self::Cancelled { .. })
    }

    /// The counter that has this ticket in hand.
    pub fn counter(&self) -> Option<&CounterId> {
        match self {
            Self::Called { counter, .. } | Self::Serving { counter } => Some(counter),
            _ => None,
        }
    }

    /// Stable word for API and documents.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Called { .. } => "called",
            Self::Serving { .. } => "serving",
            Self::Parked { .. } => "parked",
            Self::Done => "done",
            Self::NoShow { .. } => "no_show",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// What a step was spent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    Waiting,
    Called,
    Serving,
    Parked,
    /// Between a final state and its undo or reinstatement.
    Away,
}

/// One interval in one state. Closed once, never rewritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub kind: StepKind,
    pub queue: QueueId,
    pub counter: Option<CounterId>,
    pub from: Timestamp,
    pub to: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: TicketId,
    pub number: Number,
    /// The line it waits in, or waited in when it was called.
    pub queue: QueueId,
    /// All services of the visit, in order; `services[current]` is the one now.
    pub services: Vec<ServiceId>,
    pub current: u8,
    pub lane: Lane,
    pub language: Language,
    pub channel: Channel,
    pub device: Option<DeviceId>,
    /// Arrival: when the number was taken. Kept through every transfer.
    pub joined: Timestamp,
    /// When it should be called at the latest; the order of the line.
    pub promise: Timestamp,
    #[serde(flatten)]
    pub state: TicketState,
    /// Counts the steps of this ticket, the open one included; what `expect` compares.
    pub step: u32,
    /// Start of the open step.
    pub since: Timestamp,
    pub steps: Vec<Step>,
    pub absences: u8,
    /// Whether service was ever entered: only then a rating exists.
    pub served: bool,
    pub paper: Paper,
    /// The record that last asked for paper; 0: none did, or it is older than this field.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paper_asked: u64,
    /// The range promised when it was issued.
    pub estimate: Option<Estimate>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_zero(seq: &u64) -> bool {
    *seq == 0
}

impl Ticket {
    pub fn service(&self) -> &ServiceId {
        &self.services[usize::from(self.current)]
    }

    pub fn next_service(&self) -> Option<&ServiceId> {
        self.services.get(usize::from(self.current) + 1)
    }

    /// The part that an undo brings back.
    pub fn image(&self) -> TicketImage {
        TicketImage {
            ticket: self.id,
            queue: self.queue.clone(),
            services: self.services.clone(),
            current: self.current,
            lane: self.lane,
            promise: self.promise,
            state: self.state.clone(),
            absences: self.absences,
            served: self.served,
        }
    }

    /// Closes the open step at `at` and opens one in `state`.
    pub(crate) fn enter(&mut self, state: TicketState, at: Timestamp) {
        let kind = match &self.state {
            TicketState::Waiting { .. } => StepKind::Waiting,
            TicketState::Called { .. } => StepKind::Called,
            TicketState::Serving { .. } => StepKind::Serving,
            TicketState::Parked { .. } => StepKind::Parked,
            TicketState::Done | TicketState::NoShow { .. } | TicketState::Cancelled { .. } => StepKind::Away,
        };
        self.steps.push(Step {
            kind,
            queue: self.queue.clone(),
            counter: self.state.counter().cloned(),
            from: self.since,
            to: at,
        });
        self.since = at;
        self.step += 1;
        self.served |= matches!(state, TicketState::Serving { .. });
        self.state = state;
        if !self.state.is_live() {
            self.steps.shrink_to_fit();
        }
    }
}

/// A ticket's visible state at a moment: what undo restores, as new steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketImage {
    pub ticket: TicketId,
    pub queue: QueueId,
    pub services: Vec<ServiceId>,
    pub current: u8,
    pub lane: Lane,
    pub promise: Timestamp,
    #[serde(flatten)]
    pub state: TicketState,
    pub absences: u8,
    pub served: bool,
}
