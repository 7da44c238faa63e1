//! Frames of the websocket `GET /api/v1/sites/{site}/live`: JSON text, one object each.

use jiff::Timestamp;
use khiw_domain::id::{CounterId, Language, QueueId, TicketId, ZoneId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Alarm, CounterDetail, CounterView, Names, PublicTicket, QueueView, ScreenNow, ScreenOrder, ScreenReport,
    Speech,
};

/// What a socket listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Public: calls and counts for the lobby.
    Display,
    /// One counter, for its clerk.
    Counter,
    /// The whole hall, for staff.
    Site,
    /// One ticket, for the holder of its token.
    Ticket,
    /// One printer, for the print agent that serves it; frames of its own, see docs/printers.md.
    Printer,
}

/// A frame from the server. `type` tells which fields follow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Frame {
    #[serde(flatten)]
    pub body: FrameBody,
    /// `{journal}.{epoch}.{seq}`: hand it back as `since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// When it happened, hall time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The hall's clock when the frame was made.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FrameBody {
    /// First, and whenever `since` cannot be continued.
    Snapshot(Box<Snapshot>),
    Call(Call),
    /// Undone, returned, absent, parked, transferred, cancelled or no-show.
    Withdrawn {
        #[schema(value_type = u64)]
        ticket: TicketId,
        number: String,
        #[schema(value_type = String)]
        counter: CounterId,
    },
    /// At most four a second.
    Counts {
        queues: Vec<QueueView>,
        desks: Vec<DeskView>,
    },
    Counter {
        counter: Box<CounterDetail>,
    },
    Ticket {
        ticket: Box<PublicTicket>,
    },
    Notice {
        code: NoticeCode,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        queue: Option<QueueId>,
    },
    Alarm {
        alarm: Alarm,
    },
    Changed {
        #[serde(skip_serializing_if = "Option::is_none")]
        queues: Option<Vec<QueueView>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        counters: Option<Vec<CounterView>>,
    },
    /// To one enrolled screen: what it is set to, and whether it speaks.
    Screen {
        screen: Box<ScreenNow>,
    },
    /// To one screen, or to all.
    Order {
        order: ScreenOrder,
    },
    /// Every five seconds; ten without any frame mean the line is down.
    Heartbeat,
}

/// The fields of the topic asked for; the others are absent.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Snapshot {
    /// Newest first: the last 64, and the newest of every counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Vec<Call>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queues: Option<Vec<QueueView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desks: Option<Vec<DeskView>>,
    /// What stands for the whole hall: an evacuation, or that the day is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counters: Option<Vec<CounterView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counter: Option<CounterDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<PublicTicket>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<Vec<Alarm>>,
    /// A call older than this is listed, not announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce_below_s: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulated: Option<bool>,
    /// Above 1 calls chime only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
}

/// A counter where somebody works now, as the lobby sees it. The others are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskView {
    #[schema(value_type = String)]
    pub id: CounterId,
    pub state: DeskState,
    /// Called to it or served at it.
    #[schema(value_type = Option<u64>, required = true)]
    pub ticket: Option<TicketId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskState {
    Open,
    Paused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticeView {
    pub code: NoticeCode,
}

/// One announcement of a ticket at a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Call {
    #[schema(value_type = u64)]
    pub ticket: TicketId,
    pub number: String,
    #[schema(value_type = String)]
    pub counter: CounterId,
    pub counter_name: CounterName,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub zone: Option<ZoneId>,
    pub attempt: u8,
    #[schema(value_type = String)]
    pub language: Language,
    #[schema(value_type = String)]
    pub queue: QueueId,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How it is said: the ticket's language first, then each second one that a screen of the hall speaks. Absent
    /// when it is too old to be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub speech: Vec<Speech>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CounterName {
    pub place: Names,
    pub label: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    QueueClosed,
    IssuingSuspended,
    IssuingResumed,
    Evacuation,
    DayClosed,
    DayOpened,
}

/// The only frames a client may send; anything else closes the socket with 1008.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The position a screen has drawn.
    Rendered { position: String },
    /// An enrolled screen's sign of life; of others it is not kept.
    Report(Box<ScreenReport>),
}
