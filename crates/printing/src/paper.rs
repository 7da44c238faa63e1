//! What a paper says, as plain values: the only thing callers fill in.
//!
//! Must not decide how it looks (`template`), in which words (`wording`), or where it is printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which paper it is; each kind has a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    #[default]
    Ticket,
    /// The same ticket once more; says so.
    Reprint,
    /// What a citizen keeps when a request was taken here and passed on.
    Forward,
    /// A service that gives no number now: why, and when again.
    Closed,
    /// What a printer can do, for whoever sets it up.
    Test,
}

impl PaperKind {
    pub const ALL: [Self; 5] = [Self::Ticket, Self::Reprint, Self::Forward, Self::Closed, Self::Test];

    /// The stable code, as in site files and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Reprint => "reprint",
            Self::Forward => "forward",
            Self::Closed => "closed",
            Self::Test => "test",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl fmt::Display for PaperKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// In which era years are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// As the language does: Thai in the Buddhist Era, others in the Common Era.
    #[default]
    ByLanguage,
    /// Buddhist Era: CE + 543.
    Buddhist,
    Common,
}

/// The facts of one paper. Kept as JSON in a print job and turned into a picture only when it is printed, so a
/// reprint after an update of the program looks like today's tickets. What is absent or empty is not printed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TicketPaper {
    /// Name of the office, in the paper's language.
    pub office: String,
    /// Name of the service, in the paper's language.
    pub service: String,
    /// The number as it will be called, `A042`.
    pub number: String,
    /// People ahead in the queue; `None` when not known (nothing is printed then).
    pub people_ahead: Option<u32>,
    /// Estimated wait in minutes, low and high end; `None` when there is no estimate.
    pub wait_min: Option<(u32, u32)>,
    /// When the number was issued, in the site's own zone.
    pub issued_at: jiff::Zoned,
    /// BCP 47 language code (`th`, `vi-VN`); one without wording is printed in English.
    pub language: String,
    /// The ticket's public address, printed as a QR code; `None` when the site has none.
    pub link: Option<String>,
    /// Served ahead of others. Printed as one neutral word, never with a reason.
    #[serde(default)]
    pub priority: bool,
    /// This paper is a second one for the same ticket, and says so.
    #[serde(default)]
    pub reprint: bool,
    /// A line from the office about this service; stands in the place of when it begins.
    #[serde(default)]
    pub note: Option<String>,
    /// When the service begins, for a number taken before that.
    #[serde(default)]
    pub begins_at: Option<jiff::Zoned>,
    #[serde(default)]
    pub kind: PaperKind,
    /// Whose templates are used; empty or unknown: the built-in ones.
    #[serde(default)]
    pub site: String,
    /// Who owns the service.
    #[serde(default)]
    pub agency: Option<String>,
    /// Papers to have ready, one each; at most [`DOCUMENTS_MAX`] are printed.
    #[serde(default)]
    pub documents: Vec<String>,
    /// The office's message of the day.
    #[serde(default)]
    pub message: Option<String>,
    /// The counter, as it is called.
    #[serde(default)]
    pub counter: Option<String>,
    /// Reference of a forwarded request, to ask after it by.
    #[serde(default)]
    pub reference: Option<String>,
    /// To whom a request was forwarded.
    #[serde(default)]
    pub forwarded_to: Option<String>,
    /// Why no number is given: a refusal's stable code.
    #[serde(default)]
    pub closed_because: Option<String>,
    /// When numbers are given again.
    #[serde(default)]
    pub opens_at: Option<jiff::Zoned>,
    /// Name or model of the printer, for its test page.
    #[serde(default)]
    pub printer: Option<String>,
    /// Dates, times and counts in Thai figures on Thai papers. Never the number: it must be the one on the screen.
    #[serde(default)]
    pub thai_digits: bool,
    #[serde(default)]
    pub era: Era,
}

/// More documents than this make a ticket longer than anybody reads.
pub const DOCUMENTS_MAX: usize = 12;

impl TicketPaper {
    /// The kind of template that draws this paper: a ticket marked as a reprint is one.
    pub fn kind_drawn(&self) -> PaperKind {
        match self.kind {
            PaperKind::Ticket if self.reprint => PaperKind::Reprint,
            kind => kind,
        }
    }

    /// Whether the paper must say that it is not the first.
    pub fn is_reprint(&self) -> bool {
        self.reprint || self.kind == PaperKind::Reprint
    }
}
