//! Why a command was not carried out: typed, with a stable code and the facts that help.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::id::{ClerkId, Code, CounterId, QueueId, TicketId};

/// A refusal changes nothing. `code` is stable; the facts are fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    NotConfigured,
    UnknownService {
        service: String,
    },
    UnknownQueue {
        queue: String,
    },
    UnknownCounter {
        counter: String,
    },
    UnknownProfile {
        profile: String,
    },
    UnknownTicket {
        ticket: TicketId,
    },
    UnknownPrinter {
        printer: String,
    },
    UnknownCode {
        unknown: Code,
    },
    NoServices,
    TooManyServices {
        max: u8,
    },
    DuplicateService {
        service: String,
    },
    Closed {
        why: ClosedWhy,
        opens_at: Option<Timestamp>,
    },
    IssuingSuspended {
        queue: Option<QueueId>,
        reason: Code,
    },
    QuotaReached {
        queue: QueueId,
        period: QuotaPeriod,
        next_at: Option<Timestamp>,
    },
    NoCapacity {
        queue: QueueId,
        closes_at: Timestamp,
        next_at: Option<Timestamp>,
    },
    SeriesExhausted {
        series: String,
    },
    /// The clock is in doubt, so no service day is open.
    DayNotOpen,
    CounterClosed {
        counter: CounterId,
    },
    CounterPaused {
        counter: CounterId,
    },
    /// Another clerk works here.
    CounterTaken {
        counter: CounterId,
        clerk: ClerkId,
    },
    /// A ticket is at hand and must be dealt with first.
    CounterBusy {
        counter: CounterId,
        ticket: TicketId,
    },
    NothingAtCounter {
        counter: CounterId,
    },
    /// `expect` did not hold.
    CounterChanged {
        counter: CounterId,
        ticket: Option<TicketId>,
        step: Option<u32>,
    },
    NotStarted {
        ticket: TicketId,
    },
    IllegalTransition {
        ticket: TicketId,
        state: &'static str,
        command: &'static str,
    },
    /// The counter does not work for this ticket's queue.
    NotServedHere {
        counter: CounterId,
        queue: QueueId,
    },
    ReservedForOther {
        ticket: TicketId,
        counter: CounterId,
    },
    SamePlace {
        ticket: TicketId,
    },
    ReinstateTooLate {
        ticket: TicketId,
        until: Timestamp,
    },
    ParkTooLong {
        max_s: u32,
    },
    NothingToUndo {
        counter: CounterId,
    },
    /// A ticket of the command has moved on since.
    UndoOvertaken {
        counter: CounterId,
        ticket: TicketId,
    },
    /// The new configuration would leave live tickets or open counters without a home.
    OrphansTickets {
        missing: Vec<String>,
    },
    /// The site has none.
    NoPrinter,
    OtherSite {
        expected: String,
    },
    TooManyTickets,
    TooManyOutcomes {
        max: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedWhy {
    BeforeOpening,
    Gap,
    AfterLastTicket,
    Holiday,
    NotThisDay,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaPeriod {
    Hour,
    Day,
}

/// What kind of mistake it is; the edge maps it to its own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The thing named does not exist.
    Unknown,
    /// The request cannot be meant.
    Invalid,
    /// Right in form, but not now.
    Conflict,
}

impl Refusal {
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::UnknownService { .. }
            | Self::UnknownQueue { .. }
            | Self::UnknownCounter { .. }
            | Self::UnknownProfile { .. }
            | Self::UnknownPrinter { .. }
            | Self::UnknownTicket { .. } => RefusalKind::Unknown,
            Self::UnknownCode { .. }
            | Self::NoServices
            | Self::TooManyServices { .. }
            | Self::DuplicateService { .. }
            | Self::ParkTooLong { .. }
            | Self::OtherSite { .. }
            | Self::TooManyOutcomes { .. } => RefusalKind::Invalid,
            _ => RefusalKind::Conflict,
        }
    }

    /// The stable code, as in `docs/states.md` and the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::UnknownService { .. } => "unknown_service",
            Self::UnknownQueue { .. } => "unknown_queue",
            Self::UnknownCounter { .. } => "unknown_counter",
            Self::UnknownProfile { .. } => "unknown_profile",
            Self::UnknownTicket { .. } => "unknown_ticket",
            Self::UnknownPrinter { .. } => "unknown_printer",
            Self::UnknownCode { .. } => "unknown_code",
            Self::NoServices => "no_services",
            Self::TooManyServices { .. } => "too_many_services",
            Self::DuplicateService { .. } => "duplicate_service",
            Self::Closed { .. } => "closed",
            Self::IssuingSuspended { .. } => "issuing_suspended",
            Self::QuotaReached { .. } => "quota_reached",
            Self::NoCapacity { .. } => "no_capacity",
            Self::SeriesExhausted { .. } => "series_exhausted",
            Self::DayNotOpen => "day_not_open",
            Self::CounterClosed { .. } => "counter_closed",
            Self::CounterPaused { .. } => "counter_paused",
            Self::CounterTaken { .. } => "counter_taken",
            Self::CounterBusy { .. } => "counter_busy",
            Self::NothingAtCounter { .. } => "nothing_at_counter",
            Self::CounterChanged { .. } => "counter_changed",
            Self::NotStarted { .. } => "not_started",
            Self::IllegalTransition { .. } => "illegal_transition",
            Self::NotServedHere { .. } => "not_served_here",
            Self::ReservedForOther { .. } => "reserved_for_other",
            Self::SamePlace { .. } => "same_place",
            Self::ReinstateTooLate { .. } => "reinstate_too_late",
            Self::ParkTooLong { .. } => "park_too_long",
            Self::NothingToUndo { .. } => "nothing_to_undo",
            Self::UndoOvertaken { .. } => "undo_overtaken",
            Self::OrphansTickets { .. } => "orphans_tickets",
            Self::NoPrinter => "no_printer",
            Self::OtherSite { .. } => "other_site",
            Self::TooManyTickets => "too_many_tickets",
            Self::TooManyOutcomes { .. } => "too_many_outcomes",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownService { service } => write!(f, "there is no service `{service}` here"),
            Self::UnknownQueue { queue } => write!(f, "there is no queue `{queue}` here"),
            Self::UnknownCounter { counter } => write!(f, "there is no counter `{counter}` here"),
            Self::UnknownProfile { profile } => write!(f, "there is no work profile `{profile}` here"),
            Self::UnknownTicket { ticket } => write!(f, "there is no ticket {ticket} today"),
            Self::UnknownPrinter { printer } => write!(f, "there is no printer `{printer}` here"),
            Self::UnknownCode { unknown } => write!(f, "`{unknown}` is not among the configured codes"),
            Self::TooManyServices { max } => write!(f, "at most {max} services in one visit"),
            Self::DuplicateService { service } => write!(f, "service `{service}` is named twice"),
            Self::Closed { opens_at: Some(at), .. } => write!(f, "closed now; opens at {at}"),
            Self::Closed { opens_at: None, .. } => f.write_str("closed; no opening is known"),
            Self::IllegalTransition { ticket, state, command } => {
                write!(f, "ticket {ticket} is {state}: `{command}` does not fit")
            }
            Self::CounterTaken { counter, clerk } => write!(f, "counter {counter} is worked by {clerk}"),
            Self::CounterBusy { ticket, .. } => write!(f, "ticket {ticket} is still at hand"),
            Self::ParkTooLong { max_s } => write!(f, "a ticket may be parked for {max_s} s at most"),
            Self::OrphansTickets { missing } => {
                write!(f, "still in use and missing from the new configuration: {}", missing.join(", "))
            }
            Self::OtherSite { expected } => write!(f, "this configuration is not of site `{expected}`"),
            other => f.write_str(&other.code().replace('_', " ")),
        }
    }
}

impl std::error::Error for Refusal {}
