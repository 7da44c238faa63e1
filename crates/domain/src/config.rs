//! The site as an administrator declares it: a plain value, already parsed and checked by `khiw-config`.
//! It travels whole inside the `site_configured` event, so replay needs no file.

mod tickets;

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::id::{
    AgencyId, Code, CounterId, DeviceId, HoursId, Language, PrinterId, ProfileId, QueueId, ServiceId, SiteId,
    ZoneId,
};

pub use tickets::{
    AlsoPrinted, PICTURE_BYTES_MAX, PICTURES_MAX, Paperless, TEMPLATE_BYTES_MAX, Tickets, Year,
};

/// One text in several languages. Never empty after parsing.
pub type Names = BTreeMap<Language, String>;

/// The text in `language`, else in English, else in any.
pub fn text_in(names: &Names, language: Language) -> &str {
    names
        .get(&language)
        .or_else(|| names.get(&Language::En))
        .or_else(|| names.values().next())
        .map_or("", String::as_str)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteConfig {
    pub id: SiteId,
    pub name: Names,
    /// IANA name, e.g. `Asia/Bangkok`.
    pub time_zone: String,
    /// Offered to visitors, first is the default.
    pub languages: Vec<Language>,
    /// Base address of public ticket links, e.g. `https://khiw.example.go.th`; none: no QR.
    pub public_address: Option<String>,
    pub rules: Rules,
    pub hours: Vec<Hours>,
    pub holidays: Vec<Holiday>,
    pub agencies: Vec<Agency>,
    pub zones: Vec<Zone>,
    pub queues: Vec<Queue>,
    pub services: Vec<Service>,
    pub profiles: Vec<Profile>,
    pub counters: Vec<Counter>,
    pub codes: Codes,
    pub printers: Vec<Printer>,
    #[serde(default, skip_serializing_if = "Tickets::is_usual")]
    pub tickets: Tickets,
}

impl SiteConfig {
    /// Whether a number taken at this kiosk comes with paper.
    pub fn kiosk_gives_paper(&self, device: Option<&DeviceId>) -> bool {
        !self.printers.is_empty() && !self.tickets.paperless.includes(device)
    }
}

/// Settings of the site's calling rules. Durations in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub start: StartRule,
    /// Promise after a transfer.
    pub transfer_promise: PromiseRule,
    /// Promise after park and resume.
    pub park_promise: PromiseRule,
    /// Promise after "absent and back in line".
    pub absent_promise: PromiseRule,
    /// How often a visitor may be absent before the next absence is a no-show.
    pub absences_max: u8,
    /// How long a no-show may be reinstated.
    pub reinstate_grace_s: u32,
    /// An unanswered call becomes an absence after this long; `None`: the clerk decides.
    pub absent_after_s: Option<u32>,
    /// Auto-call waits at most this long for the paper of a new ticket.
    pub auto_call_paper_wait_s: u32,
    /// Longest park; a parked ticket is back in line at its end.
    pub park_max_s: u32,
    /// Refuse a ticket that cannot be called before its queue closes.
    pub check_capacity: bool,
    /// Most services in one visit.
    pub services_max: u8,
    /// Age from which a visitor may ask for the priority lane; shown, never checked.
    pub elderly_age: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            start: StartRule::Implicit,
            transfer_promise: PromiseRule::Kept,
            park_promise: PromiseRule::Kept,
            absent_promise: PromiseRule::HalfTarget,
            absences_max: 2,
            reinstate_grace_s: 30 * 60,
            absent_after_s: None,
            auto_call_paper_wait_s: 10,
            park_max_s: 2 * 60 * 60,
            check_capacity: false,
            services_max: 5,
            elderly_age: 60,
        }
    }
}

/// When service counts as begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartRule {
    /// From the call: calling the next completes the ticket at the counter.
    Implicit,
    /// From `start`: calling the next over a merely called ticket is refused `not_started`.
    Explicit,
}

/// What becomes of a ticket's promise when it goes back to waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseRule {
    /// The promise it had.
    Kept,
    /// Now plus half the queue's target.
    HalfTarget,
    /// Now plus the queue's whole target.
    Target,
    /// Now: next of all that wait.
    Now,
}

/// Opening hours of one kind of work. Times are local to the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub id: HoursId,
    /// Open spans per weekday; a missing day is closed.
    pub week: BTreeMap<Day, Vec<Span>>,
    /// Open spans on a dated holiday; empty: closed.
    pub holiday: Vec<Span>,
    /// Numbers are given this long before opening.
    pub issue_before_min: u16,
    /// The last ticket is given this long before a day's last closing.
    pub last_ticket_min: u16,
    /// Numbers are given during the gap between two spans (lunch).
    pub issue_through_gaps: bool,
}

/// A day of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// An open interval of a day, `from` < `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: Time,
    pub to: Time,
}

/// A dated exception to the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    pub date: Date,
    pub name: Names,
    pub kind: HolidayKind,
    /// Not announced yet, computed or expected.
    pub forecast: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    Holiday,
    /// A weekend day that is worked instead of another day: Monday's hours apply.
    Working,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    pub id: AgencyId,
    pub name: Names,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    pub id: ZoneId,
    pub name: Names,
}

/// A line people wait in; it owns its number series and target waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub id: QueueId,
    pub name: Names,
    pub series: Series,
    /// Wait promised to the normal lane.
    pub target_wait_s: u32,
    /// Wait promised to the priority lane; at most `target_wait_s`.
    pub priority_target_wait_s: u32,
    /// Wait a citizen may hold the office to (public manual); printed in reports.
    pub posted_wait_s: Option<u32>,
    /// Prior for the service time, before anything is learnt.
    pub service_time_s: u32,
    pub quota_day: Option<u32>,
    pub quota_hour: Option<u32>,
    pub at_close: CloseRule,
}

/// `prefix` + `first..=last` padded to `digits`, e.g. `A` 001–999.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    pub prefix: String,
    pub digits: u8,
    pub first: u32,
    pub last: u32,
}

/// What happens to tickets that still wait when their queue's day ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseRule {
    /// Served after closing; what still waits at midnight is cancelled.
    ServeOut,
    /// Cancelled at closing; the lobby says so.
    CancelWithNotice,
    /// Waits on into the next service day, number and promise kept.
    CarryOver,
}

/// What the citizen comes for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub id: ServiceId,
    pub agency: AgencyId,
    pub queue: QueueId,
    pub hours: HoursId,
    pub kind: ServiceKind,
    pub name: Names,
    /// Papers to bring.
    pub documents: Vec<Names>,
    /// In the smallest currency unit that has notes or coins in use: whole baht, whole dong. 0 is free.
    pub fee: Option<u32>,
    /// Posted procedure time.
    pub posted_time: Option<PostedTime>,
    /// Steps of the public manual, in order.
    pub steps: Vec<Names>,
    /// Where a received request goes, for receive-and-forward.
    pub forwarded_to: Option<Names>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Served and finished here.
    Own,
    /// Taken here and passed to another agency (รับเรื่อง–ส่งต่อ).
    ReceiveAndForward,
    /// The citizen is helped to use a government app or portal.
    AssistedDigital,
}

/// Procedure time as the public manual posts it; never mixed with queue times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "unit", content = "n")]
pub enum PostedTime {
    Minutes(u32),
    WorkingDays(u32),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: ProfileId,
    pub queues: Vec<Served>,
}

/// A queue that a counter serves. `call-next` compares promise + handicap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub queue: QueueId,
    #[serde(default)]
    pub handicap_s: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    pub id: CounterId,
    /// What is shown and said after the place word, usually a number.
    pub label: String,
    /// The place word: ช่องบริการ, โต๊ะ, quầy …; empty: the language's default.
    pub place: Names,
    pub zone: Option<ZoneId>,
    pub profile: ProfileId,
    /// Calls by itself when idle.
    pub auto_call: bool,
}

/// Coded reasons and outcomes staff choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    pub outcomes: Vec<CodeName>,
    pub pause: Vec<CodeName>,
    pub out_of_order: Vec<CodeName>,
    pub reprioritise: Vec<CodeName>,
    pub suspend: Vec<CodeName>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeName {
    pub code: Code,
    pub name: Names,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printer {
    pub id: PrinterId,
    /// `tcp://HOST:PORT`, `usb:VID:PID[:SERIAL]`, `usb:/dev/usb/lp0`, `serial:PATH[?baud=…]` or `file:PATH`; or
    /// [`AGENT_LINK`].
    pub link: String,
    /// Dots a line: 384, 512 or 576.
    pub width_dots: u16,
    /// Name of a model in `config/printers`; none: one of no particular kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The printer that takes over when this one may not print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<PrinterId>,
    /// How often each paper is printed; all but the first are marked as copies.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub copies: u8,
    /// Kiosks and desks that print here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
}

/// The link of a printer that hangs on another machine, where `khiw print-agent` serves it.
pub const AGENT_LINK: &str = "agent";

impl Printer {
    /// Whether an agent serves it.
    pub fn is_at_agent(&self) -> bool {
        self.link == AGENT_LINK
    }

    /// A printer of no particular kind.
    pub fn new(id: PrinterId, link: impl Into<String>, width_dots: u16) -> Self {
        Self { id, link: link.into(), width_dots, profile: None, pair: None, copies: 1, devices: Vec::new() }
    }
}

fn one() -> u8 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_one(copies: &u8) -> bool {
    *copies == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_with_usual_papers_is_written_as_before_there_were_others() {
        let site = crate::sample::site();
        let json = serde_json::to_string(&site).expect("a configuration is JSON");
        assert!(!json.contains("\"tickets\""));
        let read: SiteConfig = serde_json::from_str(&json).expect("it reads what it wrote");
        assert_eq!(read, site);
    }
}
