//! Bodies of requests. Unknown fields are refused; ids and codes are parsed into domain types here.

use jiff::Timestamp;
use khiw_domain::id::{Code, CounterId, Language, QueueId, ServiceId, TicketId};
use khiw_domain::ticket::Lane;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::catalogue::LaneName;
use super::object::{maybe_object, objects};

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueTicket {
    /// In the order of the visit.
    #[schema(value_type = Vec<String>, min_items = 1)]
    pub services: Vec<ServiceId>,
    /// The priority lane. No reason is asked or kept.
    #[serde(default)]
    pub priority: bool,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// Whether paper is wanted; by default yes for a kiosk, no for others.
    #[serde(default)]
    pub paper: Option<bool>,
}

/// What the sender believes is at the counter; otherwise 409 `counter_changed` with what is there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Null: nothing at hand. Must be present.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<u64>)]
    pub ticket: Option<TicketId>,
    #[serde(default)]
    pub step: Option<u32>,
}

/// An action without facts of its own. The body may be absent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JustExpect {
    #[serde(deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OpenCounter {
    /// Limits the counter's profile to these.
    #[schema(value_type = Option<Vec<String>>)]
    pub queues: Option<Vec<QueueId>>,
    #[serde(deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PauseCounter {
    #[schema(value_type = Option<String>)]
    pub reason: Option<Code>,
    #[serde(deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoCall {
    pub on: bool,
    #[serde(default, deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallTicket {
    #[schema(value_type = u64)]
    pub ticket: TicketId,
    #[schema(value_type = String)]
    pub reason: Code,
    #[serde(default, deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Complete {
    #[serde(deserialize_with = "objects")]
    pub outcomes: Vec<OutcomeCount>,
    #[serde(deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeCount {
    #[schema(value_type = String)]
    pub code: Code,
    #[serde(default = "one")]
    #[schema(default = 1, minimum = 1, maximum = 9_999)]
    pub quantity: u32,
}

/// More of one outcome at one service is a slip of the hand.
pub const OUTCOME_QUANTITY_MAX: u32 = 9_999;

fn one() -> u32 {
    1
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Park {
    /// Either this or `minutes`; neither: as long as the site allows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    pub minutes: Option<u32>,
    #[serde(deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

/// `{"queue": id}` or `{"counter": id}`, one of them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub counter: Option<CounterId>,
    #[serde(default, deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddService {
    #[schema(value_type = String)]
    pub service: ServiceId,
    #[serde(default, deserialize_with = "maybe_object")]
    pub expect: Option<Expect>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reprioritise {
    #[schema(value_type = LaneName)]
    pub lane: Lane,
    #[schema(value_type = String)]
    pub reason: Code,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendIssuing {
    /// None: the whole hall.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
    #[schema(value_type = String)]
    pub reason: Code,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ResumeIssuing {
    #[schema(value_type = Option<String>)]
    pub queue: Option<QueueId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evacuate {
    /// `cancel` or `park`: what becomes of every live ticket.
    #[schema(value_type = String)]
    pub outcome: khiw_domain::event::EvacuationOutcome,
}
