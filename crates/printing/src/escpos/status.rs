//! What a printer's `DLE EOT` answers mean.
//!
//! What a printer does not tell stays unknown: it must never be taken as fine.

use ::escpos::utils::{RealTimeStatusRequest as Request, RealTimeStatusResponse as Response};
use serde::{Deserialize, Serialize};

/// The one state of a printer that people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrinterState {
    Ok,
    /// Cannot be reached, or says it is offline without a cause we know.
    Offline,
    /// Prints, but staff should bring a roll.
    PaperNearEnd,
    PaperOut,
    CoverOpen,
    CutterError,
    /// Reached, but it tells nothing about itself.
    Unknown,
}

impl PrinterState {
    /// Whether a job may be started: an unknown printer is tried, one with a known fault is not.
    pub fn may_print(self) -> bool {
        matches!(self, Self::Ok | Self::PaperNearEnd | Self::Unknown)
    }

    /// The stable code, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Offline => "offline",
            Self::PaperNearEnd => "paper_near_end",
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::CutterError => "cutter_error",
            Self::Unknown => "unknown",
        }
    }
}

/// What a printer said about itself; `None` is what it did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub online: Option<bool>,
    pub cover_open: Option<bool>,
    pub cutter_error: Option<bool>,
    /// Unrecoverable, or waiting to cool down.
    pub failure: Option<bool>,
    pub paper_near_end: Option<bool>,
    pub paper_out: Option<bool>,
}

impl Status {
    /// Takes in the answer to `DLE EOT n`; a byte that cannot be one is ignored.
    pub fn note(&mut self, n: u8, answer: u8) {
        let request = match n {
            1 => Request::Printer,
            2 => Request::OfflineCause,
            3 => Request::ErrorCause,
            4 => Request::RollPaperSensor,
            _ => return,
        };
        let Ok(told) = Response::parse(request, answer) else {
            return;
        };
        let says = |what: Response| told.get(&what).copied();
        match n {
            1 => self.online = says(Response::Online),
            2 => {
                self.cover_open = says(Response::CoverClosed).map(|closed| !closed);
                self.paper_out = says(Response::PrintingStopsDueToPaperEnd);
            }
            3 => {
                self.cutter_error = says(Response::AutocutterErrorOccurred);
                let unrecoverable = says(Response::UnrecoverableErrorOccurred) == Some(true);
                let cooling = says(Response::AutoRecoverableErrorOccurred) == Some(true);
                self.failure = Some(unrecoverable || cooling);
            }
            _ => {
                self.paper_near_end =
                    says(Response::RollPaperNearEndSensorPaperAdequate).map(|adequate| !adequate);
                let out = says(Response::RollPaperEndSensorPaperPresent).map(|present| !present);
                self.paper_out = Some(self.paper_out == Some(true) || out == Some(true));
            }
        }
    }

    /// The most pressing of what it said.
    pub fn state(&self) -> PrinterState {
        let faults = [
            (self.cover_open, PrinterState::CoverOpen),
            (self.paper_out, PrinterState::PaperOut),
            (self.cutter_error, PrinterState::CutterError),
            (self.failure, PrinterState::Offline),
            (self.online.map(|online| !online), PrinterState::Offline),
            (self.paper_near_end, PrinterState::PaperNearEnd),
            (self.online, PrinterState::Ok),
        ];
        let first = faults.into_iter().find(|(is_so, _)| *is_so == Some(true));
        first.map_or(PrinterState::Unknown, |(_, state)| state)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn heard(answers: [u8; 4]) -> PrinterState {
        let mut status = Status::default();
        for (n, answer) in (1..).zip(answers) {
            status.note(n, answer);
        }
        status.state()
    }

    #[test]
    fn answers_of_real_printers_are_understood() {
        assert_eq!(heard([0x12, 0x12, 0x12, 0x12]), PrinterState::Ok);
        assert_eq!(heard([0x1A, 0x36, 0x12, 0x7E]), PrinterState::CoverOpen);
        assert_eq!(heard([0x1A, 0x32, 0x12, 0x7E]), PrinterState::PaperOut);
        assert_eq!(heard([0x12, 0x12, 0x12, 0x1E]), PrinterState::PaperNearEnd);
        assert_eq!(heard([0x1A, 0x52, 0x1A, 0x12]), PrinterState::CutterError);
        assert_eq!(heard([0x1A, 0x12, 0x12, 0x12]), PrinterState::Offline);
        assert_eq!(heard([0x1A, 0x52, 0x52, 0x12]), PrinterState::Offline);
    }

    #[test]
    fn silence_and_garbage_are_unknown_never_fine() {
        assert_eq!(Status::default().state(), PrinterState::Unknown);
        assert_eq!(heard([0xFF, 0x00, 0x80, 0x01]), PrinterState::Unknown);
        let mut paper_only = Status::default();
        paper_only.note(4, 0x12);
        assert_eq!(paper_only.state(), PrinterState::Unknown);
        assert!(PrinterState::Unknown.may_print() && !PrinterState::PaperOut.may_print());
    }
}
