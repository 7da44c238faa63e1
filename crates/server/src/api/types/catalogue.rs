//! What a hall offers: sites, services, queues, and the order people are called in.

use jiff::Timestamp;
use jiff::civil::Date;
use khiw_domain::config::{ServiceKind, StartRule, Zone};
use khiw_domain::id::{AgencyId, Code, CounterId, Language, QueueId, ServiceId, SiteId, TicketId, ZoneId};
use khiw_domain::ticket::Lane;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CounterView, EstimateView, Names};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteEntry {
    #[schema(value_type = String)]
    pub id: SiteId,
    pub name: Names,
}

/// A hall with everything a page needs to draw itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteView {
    #[schema(value_type = String)]
    pub id: SiteId,
    pub name: Names,
    /// Offered to visitors; the first is the default.
    #[schema(value_type = Vec<String>)]
    pub languages: Vec<Language>,
    /// IANA name.
    pub time_zone: String,
    /// The service day that is open.
    #[schema(value_type = Option<String>, format = Date, required = true)]
    pub day: Option<Date>,
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
    /// The clock is simulated: nothing here happened to real people.
    pub simulated: bool,
    /// Hall seconds per wall second.
    pub speed: f64,
    #[schema(value_type = String)]
    pub start: StartRule,
    #[schema(required = true)]
    pub public_address: Option<String>,
    /// Numbers are suspended in the whole hall.
    #[schema(required = true)]
    pub issuing_suspended: Option<SuspendedView>,
    /// For the kiosk that asks.
    pub paper: PaperOffered,
    pub elderly_age: u8,
    pub park_max_s: u32,
    pub codes: CodesView,
    pub agencies: Vec<AgencyView>,
    pub queues: Vec<QueueView>,
    pub counters: Vec<CounterView>,
    pub zones: Vec<ZoneView>,
}

/// What a kiosk may promise its visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaperOffered {
    /// Numbers come with paper. False: on purpose, or because the site has no printer.
    pub tickets: bool,
    /// Why a service gives no number can be had on paper.
    pub notices: bool,
    /// Printers of the site, whoever prints there.
    pub printers: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuspendedView {
    #[schema(value_type = String)]
    pub reason: Code,
}

/// Coded reasons and outcomes staff choose from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodesView {
    pub outcomes: Vec<CodeView>,
    pub pause: Vec<CodeView>,
    pub out_of_order: Vec<CodeView>,
    pub reprioritise: Vec<CodeView>,
    pub suspend: Vec<CodeView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeView {
    #[schema(value_type = String)]
    pub code: Code,
    pub name: Names,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ZoneView {
    #[schema(value_type = String)]
    pub id: ZoneId,
    pub name: Names,
}

impl From<&Zone> for ZoneView {
    fn from(zone: &Zone) -> Self {
        Self { id: zone.id.clone(), name: (&zone.name).into() }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgencyView {
    #[schema(value_type = String)]
    pub id: AgencyId,
    pub name: Names,
    /// How many services it offers.
    pub services: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueView {
    #[schema(value_type = String)]
    pub id: QueueId,
    pub name: Names,
    /// Prefix of its numbers.
    pub letter: String,
    pub waiting: usize,
    /// The number that stands first in this queue.
    #[schema(required = true)]
    pub next: Option<String>,
    /// For a ticket taken now; null while no open counter works for the queue.
    #[schema(required = true)]
    pub estimate: Option<EstimateView>,
    pub target_wait_s: u32,
    /// Some service of this queue gives numbers now.
    pub open: bool,
    pub suspended: bool,
    pub counters_open: usize,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServicesPage {
    pub services: Vec<ServiceView>,
    /// All that match, however many are listed.
    pub total: usize,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceView {
    #[schema(value_type = String)]
    pub id: ServiceId,
    #[schema(value_type = String)]
    pub agency: AgencyId,
    #[schema(value_type = String)]
    pub queue: QueueId,
    pub letter: String,
    #[schema(value_type = ServiceKindName)]
    pub kind: ServiceKind,
    pub name: Names,
    /// A number for it is given now.
    pub open: bool,
    /// Why not, and when next.
    #[schema(required = true)]
    pub closed: Option<ClosedView>,
    pub waiting: usize,
    #[schema(required = true)]
    pub estimate: Option<EstimateView>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ServiceKindName)]
pub enum ServiceKindName {
    Own,
    ReceiveAndForward,
    AssistedDigital,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClosedView {
    pub code: ClosedCode,
    /// `before_opening`, `gap`, `after_last_ticket`, `holiday`, `not_this_day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opens_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedCode {
    Closed,
    IssuingSuspended,
    QuotaReached,
    NoCapacity,
    SeriesExhausted,
    /// No service day is open: the clock is in doubt.
    DayNotOpen,
}

impl ClosedCode {
    /// As in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::IssuingSuspended => "issuing_suspended",
            Self::QuotaReached => "quota_reached",
            Self::NoCapacity => "no_capacity",
            Self::SeriesExhausted => "series_exhausted",
            Self::DayNotOpen => "day_not_open",
        }
    }
}

/// A service with what its public manual posts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceDetail {
    #[serde(flatten)]
    pub service: ServiceView,
    pub documents: Vec<Names>,
    /// Whole baht or dong; 0 is free; null is not stated.
    #[schema(required = true)]
    pub fee: Option<u32>,
    #[schema(required = true)]
    pub posted_time: Option<PostedTimeView>,
    pub steps: Vec<Names>,
    #[schema(required = true)]
    pub forwarded_to: Option<Names>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "unit", content = "n")]
pub enum PostedTimeView {
    Minutes(u32),
    WorkingDays(u32),
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderView {
    #[schema(value_type = String)]
    pub queue: QueueId,
    pub waiting: usize,
    pub order: Vec<OrderEntry>,
}

/// One line of a calling order, with the reason it stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderEntry {
    /// From 1.
    pub position: usize,
    #[schema(value_type = u64)]
    pub ticket: TicketId,
    pub number: String,
    #[schema(value_type = String)]
    pub queue: QueueId,
    #[schema(value_type = String)]
    pub service: ServiceId,
    pub service_name: Names,
    #[schema(value_type = String)]
    pub language: Language,
    #[schema(value_type = LaneName)]
    pub lane: Lane,
    #[schema(value_type = String, format = DateTime)]
    pub joined: Timestamp,
    pub waited_s: u32,
    /// When it should be called at the latest: what the order compares.
    #[schema(value_type = String, format = DateTime)]
    pub promise: Timestamp,
    /// The only counter that may call it.
    #[schema(value_type = Option<String>, required = true)]
    pub counter_only: Option<CounterId>,
    pub reason: OrderReason,
    /// The promise has passed.
    pub overdue: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderReason {
    EarliestPromise,
    /// Transferred to this very counter.
    Reserved,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LaneName)]
pub enum LaneName {
    Normal,
    Priority,
}
