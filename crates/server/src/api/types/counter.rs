//! A counter as its clerk sees it, the answers to a counter's actions, and what staff are alarmed about.

use std::collections::BTreeMap;

use jiff::Timestamp;
use khiw_domain::id::{ClerkId, Code, CounterId, Language, ProfileId, QueueId, ServiceId, TicketId, ZoneId};
use khiw_domain::ticket::Lane;
use serde::Serialize;
use utoipa::ToSchema;

use super::catalogue::LaneName;
use super::{Names, OrderEntry, PrintView, TicketStateName};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CounterView {
    #[schema(value_type = String)]
    pub id: CounterId,
    /// Said and shown after the place word, usually a number.
    pub label: String,
    /// The place word; empty: the language's default.
    pub place: Names,
    #[schema(value_type = Option<String>, required = true)]
    pub zone: Option<ZoneId>,
    #[schema(value_type = CounterStateName)]
    pub state: khiw_domain::counter::Activity,
    #[schema(value_type = Option<String>, required = true)]
    pub clerk: Option<ClerkId>,
    pub auto_call: bool,
    #[schema(value_type = String)]
    pub profile: ProfileId,
    /// What it works for: its session's queues, or its profile's while closed.
    #[schema(value_type = Vec<String>)]
    pub queues: Vec<QueueId>,
    #[schema(value_type = Option<String>, required = true)]
    pub pause_reason: Option<Code>,
    /// At hand.
    #[schema(required = true)]
    pub ticket: Option<TicketRef>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CounterStateName)]
pub enum CounterStateName {
    Closed,
    Idle,
    Calling,
    Serving,
    Paused,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TicketRef {
    #[schema(value_type = u64)]
    pub id: TicketId,
    pub number: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CounterDetail {
    #[serde(flatten)]
    pub counter: CounterView,
    #[schema(required = true)]
    pub at_hand: Option<AtHand>,
    /// Null: nothing can be taken back.
    #[schema(required = true)]
    pub undo: Option<UndoView>,
    /// Who this counter could call.
    pub waiting: usize,
    /// The first 20 of them, in calling order.
    pub order: Vec<OrderEntry>,
    /// Parked tickets of its queues.
    pub parked: Vec<Brief>,
    /// No-shows of its queues that may still be reinstated.
    pub no_shows: Vec<Brief>,
    pub day: CounterDay,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AtHand {
    #[schema(value_type = u64)]
    pub id: TicketId,
    pub number: String,
    /// What `expect.step` compares.
    pub step: u32,
    pub state: TicketStateName,
    #[schema(value_type = String)]
    pub service: ServiceId,
    pub service_name: Names,
    pub services: Vec<NamedService>,
    /// Index in `services` of the one now.
    pub current: u8,
    #[schema(value_type = String)]
    pub language: Language,
    #[schema(value_type = LaneName)]
    pub lane: Lane,
    #[schema(value_type = String, format = DateTime)]
    pub joined: Timestamp,
    /// The sum of its waits so far.
    pub waited_s: u32,
    /// 1 for the first call; null once serving.
    #[schema(required = true)]
    pub attempt: Option<u8>,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    #[schema(value_type = String)]
    pub queue: QueueId,
    pub documents: Vec<Names>,
    pub print: PrintView,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedService {
    #[schema(value_type = String)]
    pub id: ServiceId,
    pub name: Names,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UndoView {
    /// What would be taken back: the counter's last command by name.
    pub command: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Brief {
    #[schema(value_type = u64)]
    pub id: TicketId,
    pub number: String,
    pub state: TicketStateName,
    #[schema(value_type = String)]
    pub queue: QueueId,
    pub service_name: Names,
    /// End of the park, or of the grace time.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub until: Option<Timestamp>,
}

/// This service day at this counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CounterDay {
    pub served: u32,
    pub called: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallNextAnswer {
    /// The ticket whose service the command ended.
    #[schema(value_type = Option<u64>, required = true)]
    pub completed: Option<TicketId>,
    /// Null when nobody waits.
    #[schema(required = true)]
    pub call: Option<CallAnswer>,
    pub counter: CounterDetail,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallAnswer {
    #[schema(value_type = u64)]
    pub ticket: TicketId,
    pub number: String,
    pub attempt: u8,
    /// `earliest_promise`, `reserved`, `out_of_order`.
    pub reason: String,
    /// Tickets issued earlier that still wait in the counter's queues.
    pub passed_over: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionAnswer {
    pub counter: CounterDetail,
}

/// A picture out of the simulated printer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaperPicture {
    pub name: String,
    pub url: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// One thing staff must know, from whatever source.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Alarm {
    pub id: String,
    pub source: AlarmSource,
    pub severity: Severity,
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    #[schema(value_type = Object)]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// Whose hands it is in: the id of the token that acknowledged it. Worse news take it out of them.
    #[schema(required = true)]
    pub acknowledged_by: Option<String>,
    /// Nobody acknowledged it in time: whoever is at work is told, and by sound.
    pub escalated: bool,
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub cleared: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmSource {
    Printer,
    /// Papers that do not come.
    Paper,
    Clock,
    Disk,
    Screen,
    Agency,
    Promise,
    Emergency,
    /// What the lobby speaks with.
    Voice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warn,
    Stop,
}
