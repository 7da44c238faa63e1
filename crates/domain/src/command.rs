//! What somebody asks of a site. Parsed and authorised by the edge; decided by `Site::decide`.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::SiteConfig;
use crate::event::{EvacuationOutcome, Outcome};
use crate::forecast::Forecast;
use crate::id::{
    ClerkId, Code, CounterId, DeviceId, Language, PrinterId, ProfileId, QueueId, ServiceId, TicketId,
};
use crate::ticket::{Channel, Lane, Paper};

/// What the decision may know besides the site.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub now: Timestamp,
    /// Waits by position, refreshed outside the domain about once a second.
    pub forecast: &'a Forecast,
    /// The wall clock is in doubt: days neither close nor open until a person confirms it.
    pub hold_rollover: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Declares or updates the site.
    Configure {
        config: Arc<SiteConfig>,
    },
    /// Does what time alone causes; sent by the dispatcher when `Site::next_due` says so.
    Tick,
    Issue(Issue),
    /// Ticket commands by id: reception, supervisor, visitor.
    Ticket {
        ticket: TicketId,
        action: TicketAction,
    },
    Counter {
        counter: CounterId,
        action: CounterAction,
        expect: Option<Expect>,
    },
    SuspendIssuing {
        queue: Option<QueueId>,
        reason: Code,
    },
    ResumeIssuing {
        queue: Option<QueueId>,
    },
    Evacuate {
        outcome: EvacuationOutcome,
    },
    /// How a ticket's paper came out; sent by the print spool.
    ReportPaper {
        ticket: TicketId,
        paper: Paper,
        /// The record that asked for that paper: of an older one nobody wants to know any more.
        asked: u64,
    },
    /// Staff want a ticket on paper (again); `printer` none: where it is at home.
    PrintAgain {
        ticket: TicketId,
        printer: Option<PrinterId>,
    },
    AcceptClock {
        wall: Timestamp,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    pub services: Vec<ServiceId>,
    pub lane: Lane,
    pub language: Option<Language>,
    pub channel: Channel,
    pub device: Option<DeviceId>,
    pub paper: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum TicketAction {
    Cancel {
        by: crate::ticket::CancelledBy,
    },
    /// From no-show back in line, within the grace time.
    Reinstate,
    /// A waiting ticket leaves the line for a while.
    Park {
        until: Option<Timestamp>,
    },
    /// From parked back in line.
    Resume,
    Reprioritise {
        lane: Lane,
        reason: Code,
    },
    AddService {
        service: ServiceId,
    },
    /// A waiting or parked ticket goes to another queue or counter.
    Transfer {
        to: Destination,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum CounterAction {
    /// `queues` limits the profile to what the clerk is permitted to serve.
    Open {
        clerk: ClerkId,
        profile: Option<ProfileId>,
        queues: Option<Vec<QueueId>>,
    },
    Pause {
        reason: Option<Code>,
    },
    Resume,
    Close,
    AutoCall {
        on: bool,
    },
    CallNext,
    /// Calls a given ticket out of order.
    Call {
        ticket: TicketId,
        reason: Code,
    },
    Recall,
    Start,
    Complete {
        outcomes: Vec<Outcome>,
    },
    NoShow,
    /// The visitor did not come: back in line by rule, or a no-show when absent too often.
    Absent,
    Park {
        until: Option<Timestamp>,
    },
    /// Back in line with the promise it had, as if it had not been called.
    Return,
    Transfer {
        to: Destination,
    },
    AddService {
        service: ServiceId,
    },
    Undo,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    Queue(QueueId),
    Counter(CounterId),
}

/// What the sender believes is at the counter; refused `counter_changed` when it is not so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expect {
    /// None: nothing at hand.
    pub ticket: Option<TicketId>,
    pub step: Option<u32>,
}
