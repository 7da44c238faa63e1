//! A ticket as issued, as its holder sees it, and as staff see it.

use jiff::Timestamp;
use khiw_domain::id::{CounterId, Language, QueueId, ServiceId, SiteId, TicketId};
use khiw_domain::ticket::{Channel, Estimate, Lane, Paper, TicketState};
use serde::Serialize;
use utoipa::ToSchema;

use super::Names;
use super::catalogue::LaneName;

/// Half of the visitors wait less than `p50_s`, nine of ten less than `p90_s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EstimateView {
    pub p50_s: u32,
    pub p90_s: u32,
}

impl From<Estimate> for EstimateView {
    fn from(estimate: Estimate) -> Self {
        Self { p50_s: estimate.p50_s, p90_s: estimate.p90_s }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketStateName {
    Waiting,
    Called,
    Serving,
    Parked,
    Done,
    NoShow,
    Cancelled,
}

impl From<&TicketState> for TicketStateName {
    fn from(state: &TicketState) -> Self {
        match state {
            TicketState::Waiting { .. } => Self::Waiting,
            TicketState::Called { .. } => Self::Called,
            TicketState::Serving { .. } => Self::Serving,
            TicketState::Parked { .. } => Self::Parked,
            TicketState::Done => Self::Done,
            TicketState::NoShow { .. } => Self::NoShow,
            TicketState::Cancelled { .. } => Self::Cancelled,
        }
    }
}

/// What is known of the paper; the ticket is valid in every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrintView {
    #[schema(value_type = PrintState)]
    pub state: Paper,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    None,
    Pending,
    Printed,
    Sent,
    Failed,
    Uncertain,
    Expired,
}

/// Answer to an issue, the same when it is repeated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuedTicket {
    #[schema(value_type = u64)]
    pub id: TicketId,
    /// As shown, spoken and printed: `A012`.
    pub number: String,
    /// Opens the public view.
    pub token: String,
    /// The ticket's public page; null while the site has no public address.
    #[schema(required = true)]
    pub link: Option<String>,
    #[schema(value_type = Vec<String>)]
    pub services: Vec<ServiceId>,
    #[schema(value_type = String)]
    pub queue: QueueId,
    pub state: TicketStateName,
    #[schema(value_type = String, format = DateTime)]
    pub issued_at: Timestamp,
    /// Tickets before this one in its queue.
    pub ahead: u32,
    #[schema(required = true)]
    pub estimate: Option<EstimateView>,
    pub print: PrintView,
}

/// What the holder of a ticket's token may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicTicket {
    #[schema(value_type = String)]
    pub site: SiteId,
    pub site_name: Names,
    pub number: String,
    pub state: TicketStateName,
    pub service_name: Names,
    /// Null when it does not wait.
    #[schema(required = true)]
    pub ahead: Option<usize>,
    #[schema(required = true)]
    pub estimate: Option<EstimateView>,
    #[schema(value_type = String, format = DateTime)]
    pub joined: Timestamp,
    /// Where it is called to or served.
    #[schema(required = true)]
    pub counter: Option<CounterPlace>,
    #[schema(required = true)]
    pub attempt: Option<u8>,
    pub print: PrintView,
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CounterPlace {
    #[schema(value_type = String)]
    pub id: CounterId,
    pub label: String,
    pub place: Names,
}

/// A ticket for staff.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketView {
    #[serde(flatten)]
    pub ticket: PublicTicket,
    #[schema(value_type = u64)]
    pub id: TicketId,
    #[schema(value_type = String)]
    pub queue: QueueId,
    #[schema(value_type = Vec<String>)]
    pub services: Vec<ServiceId>,
    #[schema(value_type = LaneName)]
    pub lane: Lane,
    #[schema(value_type = String)]
    pub language: Language,
    #[schema(value_type = String)]
    pub channel: Channel,
    #[schema(value_type = String, format = DateTime)]
    pub promise: Timestamp,
    pub step: u32,
    pub steps: Vec<StepView>,
    pub absences: u8,
}

/// One closed interval of the visit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepView {
    /// `waiting`, `called`, `serving`, `parked`, `away`.
    #[schema(value_type = String)]
    pub kind: khiw_domain::ticket::StepKind,
    #[schema(value_type = String)]
    pub queue: QueueId,
    #[schema(value_type = Option<String>, required = true)]
    pub counter: Option<CounterId>,
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}
