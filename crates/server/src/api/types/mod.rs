//! Every shape that goes over the wire, HTTP and websocket alike; one OpenAPI document serves both.
//! Shapes only: no reading of the site (that is `view`), no deciding.
//!
//! snake_case; durations in seconds end in `_s`; times are RFC 3339; ids are the site's own.

mod access;
mod catalogue;
mod counter;
mod devices;
mod frames;
mod media;
mod object;
mod papers;
mod printers;
mod requests;
mod screens;
mod ticket;
mod voices;

pub use access::{DemoClock, DemoCounter, DemoPlaces, Session, SignIn};
pub use catalogue::{
    AgencyView, ClosedCode, ClosedView, CodeView, CodesView, LaneName, OrderEntry, OrderReason, OrderView,
    PaperOffered, PostedTimeView, QueueView, ServiceDetail, ServiceKindName, ServiceView, ServicesPage,
    SiteEntry, SiteView, SuspendedView, ZoneView,
};
pub use counter::{
    ActionAnswer, Alarm, AlarmSource, AtHand, Brief, CallAnswer, CallNextAnswer, CounterDay, CounterDetail,
    CounterStateName, CounterView, NamedService, PaperPicture, Severity, TicketRef, UndoView,
};
pub use devices::{
    ApproveDevice, AskCode, AskToken, ChangeDevice, DeviceCode, DeviceState, DeviceView, DevicesView,
    EnrolledDevice, RotatedDevice, ScreenView,
};
pub use frames::{
    Call, ClientFrame, CounterName, DeskState, DeskView, Frame, FrameBody, NoticeCode, NoticeView, Snapshot,
    Topic,
};
pub use media::{
    MediaEntry, MediaFile, MediaView, NoticeStyle, PlaylistItem, ReplaceShown, ScreenNotice, ShownItem,
    ShownView,
};
pub use papers::{PaperPreview, PaperTemplate, PapersView, PreviewPaper, ReplacePaper, TemplateMistake};
pub use printers::{
    InLanguage, PrintJobState, PrintJobView, PrinterCanTell, PrinterStateName, PrinterTold, PrinterView,
    Reprint, Reprinted,
};
pub use requests::{
    AddService, AutoCall, CallTicket, Complete, Evacuate, Expect, IssueTicket, JustExpect,
    OUTCOME_QUANTITY_MAX, OpenCounter, OutcomeCount, Park, PauseCounter, Reprioritise, ResumeIssuing,
    SuspendIssuing, Transfer,
};
pub use screens::{
    QuietHours, ScreenLayout, ScreenNow, ScreenOrder, ScreenReport, ScreenSettings, ScreenTheme, SoundMode,
    SoundSettings, SoundState, Speech,
};
pub use ticket::{
    CounterPlace, EstimateView, IssuedTicket, PrintState, PrintView, PublicTicket, StepView, TicketStateName,
    TicketView,
};

pub use voices::{
    ClipView, PromptView, PromptsView, PublishVoice, SoundView, UnusableVoice, VoiceView, VoicesView,
};

use utoipa::ToSchema;

/// One text in several languages, by BCP 47 primary subtag: `{"th": "…", "en": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = std::collections::BTreeMap<String, String>)]
pub struct Names(pub khiw_domain::config::Names);

impl From<&khiw_domain::config::Names> for Names {
    fn from(names: &khiw_domain::config::Names) -> Self {
        Self(names.clone())
    }
}
