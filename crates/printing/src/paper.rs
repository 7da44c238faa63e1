//! What a paper ticket says, as plain values: the only thing callers fill in.
//!
//! Must not decide how it looks (`layout`), in which words (`wording`), or where it is printed.

use serde::{Deserialize, Serialize};

/// The facts of one ticket. Kept as JSON in a print job and turned into a picture only when it is
/// printed, so a reprint after an update of the program looks like today's tickets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketPaper {
    /// Name of the office, in the ticket's language.
    pub office: String,
    /// Name of the service, in the ticket's language.
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
    /// A line from the office, e.g. that the service opens at 08:30.
    #[serde(default)]
    pub note: Option<String>,
}
