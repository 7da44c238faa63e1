//! A print job and the states it goes through. Plain values shared by the spool, its store and the
//! workers; no I/O here.
//!
//! `queued → sending → printed | sent | failed{reason} | uncertain{reason} | expired`. Only `queued`
//! and `sending` are not final. From `uncertain` a marked copy follows, never a second unmarked one.

use serde::{Deserialize, Serialize};

use crate::escpos::PrinterState;
use crate::paper::TicketPaper;

/// Why a job failed, or why nobody knows what came of it. The codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The printer could not be reached in time.
    Offline,
    PaperOut,
    CoverOpen,
    CutterError,
    Overheated,
    /// The connection ended in the middle.
    Torn,
    /// The printer took no more bytes.
    Stalled,
    /// It stopped answering after it had answered before.
    Silent,
    /// Khiw ended while the job was being sent.
    Crashed,
    /// Too many jobs were waiting already.
    QueueFull,
    /// The stored paper cannot be read or drawn.
    Unprintable,
    /// The printer left the site, or cannot be used as it is described.
    NoPrinter,
}

impl Reason {
    const ALL: [Self; 12] = [
        Self::Offline,
        Self::PaperOut,
        Self::CoverOpen,
        Self::CutterError,
        Self::Overheated,
        Self::Torn,
        Self::Stalled,
        Self::Silent,
        Self::Crashed,
        Self::QueueFull,
        Self::Unprintable,
        Self::NoPrinter,
    ];

    /// The stable code, as in JSON and in the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::CutterError => "cutter_error",
            Self::Overheated => "overheated",
            Self::Torn => "torn",
            Self::Stalled => "stalled",
            Self::Silent => "silent",
            Self::Crashed => "crashed",
            Self::QueueFull => "queue_full",
            Self::Unprintable => "unprintable",
            Self::NoPrinter => "no_printer",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Why a job cannot be printed on a printer in this state.
    pub fn of_state(state: PrinterState) -> Self {
        match state {
            PrinterState::PaperOut => Self::PaperOut,
            PrinterState::CoverOpen => Self::CoverOpen,
            PrinterState::CutterError => Self::CutterError,
            PrinterState::Overheated => Self::Overheated,
            _ => Self::Offline,
        }
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Sending,
    /// The printer confirmed it after the cut.
    Printed,
    /// All bytes were taken by a printer that cannot tell more.
    Sent,
    Failed(Reason),
    Uncertain(Reason),
    /// The ticket was final before its paper was.
    Expired,
}

impl JobState {
    /// The stable code of the state, without the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Printed => "printed",
            Self::Sent => "sent",
            Self::Failed(_) => "failed",
            Self::Uncertain(_) => "uncertain",
            Self::Expired => "expired",
        }
    }

    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Failed(reason) | Self::Uncertain(reason) => Some(reason),
            _ => None,
        }
    }

    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Sending)
    }
}

/// What came of sending a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    Printed,
    Sent,
    Failed(Reason),
    Uncertain(Reason),
    /// Certainly not one byte went out: the job waits again.
    NotSent,
}

/// A job to be taken into the spool.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Position of the record that caused it.
    pub seq: u64,
    /// Which paper of that record, from 0.
    pub index: u32,
    /// Name of the printer.
    pub printer: String,
    /// Id of the ticket, to expire the job by and to report with.
    pub ticket: String,
    pub paper: TicketPaper,
}

/// A ticket's paper that staff ordered. What still waits of the ticket gives way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// Position of the record that says so.
    pub seq: u64,
    /// Which paper of that record, from 0.
    pub index: u32,
    /// Name of the printer.
    pub printer: String,
    pub ticket: String,
    /// Who ordered it, as the caller names people.
    pub by: String,
    /// The facts, unless the ticket's last paper is kept here: then it is that one again. Whether it is marked as a
    /// reprint is said here in either case.
    pub paper: TicketPaper,
}

/// A job in the spool. `(stream, seq, index, copy)` names it for ever.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The spool's own number, in the order of arrival.
    pub id: i64,
    pub stream: String,
    pub seq: u64,
    pub index: u32,
    /// 0 is the first print; copies are marked on paper.
    pub copy: u32,
    pub printer: String,
    pub ticket: String,
    /// The [`TicketPaper`] as JSON.
    pub paper_json: String,
    pub state: JobState,
    /// How often sending was begun.
    pub attempts: u32,
    pub queued_at: jiff::Timestamp,
    pub changed_at: jiff::Timestamp,
    /// The final state has been carried back to the journal.
    pub reported: bool,
    /// Its ticket became final while it was being sent: nothing follows it.
    pub closed: bool,
    /// Who of the staff wanted this copy, as the caller names people; `None` when nobody did.
    pub ordered_by: Option<String>,
    /// How often the job was handed to an agent from here; 0: never.
    pub handing: u32,
    /// The spool of the agent that has it, or had it last.
    pub handed_to: Option<String>,
    /// At an agent: which handing it came by; 0: it came from nobody.
    pub received: u32,
    /// The agent that has it was away too long, and has not said since what came of it.
    pub given_up: bool,
}

/// What a job is called wherever it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobKey {
    pub stream: String,
    pub seq: u64,
    pub index: u32,
    pub copy: u32,
}

impl Job {
    pub fn key(&self) -> JobKey {
        JobKey { stream: self.stream.clone(), seq: self.seq, index: self.index, copy: self.copy }
    }

    /// Whether an agent has it, as far as is known here.
    pub fn is_handed(&self) -> bool {
        self.state == JobState::Sending && self.handed_to.is_some()
    }

    /// What is to be printed; every copy is marked as one.
    pub fn paper(&self) -> Result<TicketPaper, serde_json::Error> {
        let mut paper: TicketPaper = serde_json::from_str(&self.paper_json)?;
        paper.reprint |= self.copy > 0;
        Ok(paper)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_code_and_the_same_in_json() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("\"{}\"", reason.code()));
        }
        assert_eq!(Reason::from_code("melted"), None);
    }
}
