//! Printers, their papers, and papers that somebody asks for.

use jiff::Timestamp;
use khiw_domain::id::{DeviceId, Language, PrinterId};
use khiw_printing::{PrinterState, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{TicketRef, TicketView};

/// A printer of the site. What it cannot tell, or has not told yet, is null or `unknown`, never taken as fine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrinterView {
    #[schema(value_type = String)]
    pub id: PrinterId,
    /// Brand and model; null: of no particular kind.
    #[schema(required = true)]
    pub model: Option<String>,
    /// `tcp`, `usb`, `serial`, `file`, …
    pub link: String,
    pub width_dots: u16,
    /// Kiosks and desks that print here.
    #[schema(value_type = Vec<String>)]
    pub devices: Vec<DeviceId>,
    /// Takes over when this one may not print.
    #[schema(value_type = Option<String>, required = true)]
    pub pair: Option<PrinterId>,
    pub state: PrinterStateName,
    /// Null while nothing is known.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub since: Option<Timestamp>,
    pub told: PrinterTold,
    pub can_tell: PrinterCanTell,
    /// Papers that wait here, or are being sent.
    pub waiting: u32,
    /// How long the oldest of them has waited; null when none waits.
    #[schema(required = true)]
    pub waiting_s: Option<u32>,
    /// Whether whoever asks may print its test page.
    pub may_test: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrinterStateName {
    Ok,
    Offline,
    PaperNearEnd,
    PaperOut,
    CoverOpen,
    CutterError,
    Overheated,
    /// It tells nothing, or nobody asked it yet.
    Unknown,
    /// It cannot be used as it is configured.
    Unusable,
}

impl PrinterStateName {
    pub const ALL: [Self; 9] = [
        Self::Ok,
        Self::Offline,
        Self::PaperNearEnd,
        Self::PaperOut,
        Self::CoverOpen,
        Self::CutterError,
        Self::Overheated,
        Self::Unknown,
        Self::Unusable,
    ];

    /// As in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Offline => "offline",
            Self::PaperNearEnd => "paper_near_end",
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::CutterError => "cutter_error",
            Self::Overheated => "overheated",
            Self::Unknown => "unknown",
            Self::Unusable => "unusable",
        }
    }
}

impl From<PrinterState> for PrinterStateName {
    fn from(state: PrinterState) -> Self {
        match state {
            PrinterState::Ok => Self::Ok,
            PrinterState::Offline => Self::Offline,
            PrinterState::PaperNearEnd => Self::PaperNearEnd,
            PrinterState::PaperOut => Self::PaperOut,
            PrinterState::CoverOpen => Self::CoverOpen,
            PrinterState::CutterError => Self::CutterError,
            PrinterState::Overheated => Self::Overheated,
            PrinterState::Unknown => Self::Unknown,
        }
    }
}

/// Each by itself; null is what it did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrinterTold {
    #[schema(required = true)]
    pub online: Option<bool>,
    #[schema(required = true)]
    pub cover_open: Option<bool>,
    #[schema(required = true)]
    pub paper_out: Option<bool>,
    #[schema(required = true)]
    pub paper_near_end: Option<bool>,
    #[schema(required = true)]
    pub cutter_error: Option<bool>,
    #[schema(required = true)]
    pub overheated: Option<bool>,
    #[schema(required = true)]
    pub failure: Option<bool>,
}

impl From<Status> for PrinterTold {
    fn from(told: Status) -> Self {
        Self {
            online: told.online,
            cover_open: told.cover_open,
            paper_out: told.paper_out,
            paper_near_end: told.paper_near_end,
            cutter_error: told.cutter_error,
            overheated: told.overheated,
            failure: told.failure,
        }
    }
}

/// What this kind of printer can tell at all, as far as its model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrinterCanTell {
    /// It answers when it is asked how it is.
    pub state: bool,
    /// It says so by itself when something changes.
    pub changes: bool,
    /// It confirms a paper after the cut: else a paper ends as `sent`.
    pub printed: bool,
    /// It notices the end of the roll coming near.
    pub near_end: bool,
}

/// A paper on its way, or what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrintJobView {
    pub id: i64,
    /// `ticket`, `reprint`, `forward`, `closed`, `test`.
    pub kind: String,
    #[schema(value_type = String)]
    pub printer: PrinterId,
    /// Null: no ticket's paper.
    #[schema(required = true)]
    pub ticket: Option<TicketRef>,
    /// Of the service it is about; empty when it is about none.
    pub service: String,
    pub state: PrintJobState,
    /// Why it failed, or is uncertain.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// 0 is the first print.
    pub copy: u32,
    /// How often sending was begun.
    pub attempts: u32,
    /// Machine time.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// Since its last change.
    pub age_s: u32,
    /// Who wanted it; null: nobody of the staff.
    #[schema(required = true)]
    pub ordered_by: Option<String>,
    /// It may be ordered once more: somebody may still want it.
    pub may_print_again: bool,
    /// It came to nothing, somebody waits for it, and no other paper has come since: staff have to do something.
    pub open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrintJobState {
    Queued,
    Sending,
    Printed,
    Sent,
    Failed,
    Uncertain,
    Expired,
}

impl PrintJobState {
    /// As in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Printed => "printed",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
            Self::Expired => "expired",
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reprint {
    /// Absent: the sender's own, else the one where the ticket is at home.
    #[schema(value_type = Option<String>)]
    pub printer: Option<PrinterId>,
}

/// A ticket's paper was ordered, or a copy of another paper is queued: one of the two.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reprinted {
    #[schema(required = true)]
    pub ticket: Option<TicketView>,
    #[schema(required = true)]
    pub job: Option<PrintJobView>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InLanguage {
    /// Absent: the site's first.
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
}
