//! What a printer's answers to `DLE EOT` and its automatic status mean.
//!
//! What a printer does not tell stays unknown: it must never be taken as fine.

use ::escpos::utils::{RealTimeStatusRequest as Request, RealTimeStatusResponse as Response};
use serde::{Deserialize, Serialize};

use crate::profile::Tells;

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
    /// The head is too hot, or the current too low: it goes on by itself after a while.
    Overheated,
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
            Self::Overheated => "overheated",
            Self::Unknown => "unknown",
        }
    }
}

/// What a printer said about itself; `None` is what it did not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    pub online: Option<bool>,
    pub cover_open: Option<bool>,
    pub cutter_error: Option<bool>,
    /// Waits to cool down ("automatically recoverable error").
    pub overheated: Option<bool>,
    /// An error that only switching off and on, or a technician, mends.
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
                self.failure = says(Response::UnrecoverableErrorOccurred);
                self.overheated = says(Response::AutoRecoverableErrorOccurred);
            }
            _ => {
                self.paper_near_end =
                    says(Response::RollPaperNearEndSensorPaperAdequate).map(|adequate| !adequate);
                let out = says(Response::RollPaperEndSensorPaperPresent).map(|present| !present);
                self.paper_out = Some(self.paper_out == Some(true) || out == Some(true));
            }
        }
    }

    /// What the four bytes of automatic status say.
    pub fn of_automatic(told: [u8; 4]) -> Self {
        let says = |byte: usize, bits: u8| Some(told[byte] & bits != 0);
        Self {
            online: says(0, 0x08).map(|offline| !offline),
            cover_open: says(0, 0x20),
            cutter_error: says(1, 0x08),
            failure: says(1, 0x20),
            overheated: says(1, 0x40),
            paper_near_end: says(2, 0x03),
            paper_out: says(2, 0x0C),
        }
    }

    /// Without what this kind of printer cannot tell: no sensor for the end coming near means that
    /// its bits are always "adequate", which is not knowledge.
    #[must_use]
    pub fn as_far_as(mut self, tells: Tells) -> Self {
        if !tells.near_end_sensor {
            self.paper_near_end = self.paper_near_end.filter(|near| *near);
        }
        self
    }

    /// The most pressing of what it said. Fine is only who said that there is paper: being online says no such thing.
    pub fn state(&self) -> PrinterState {
        let fine = self.online == Some(true) && self.paper_out == Some(false);
        let faults = [
            (self.cover_open, PrinterState::CoverOpen),
            (self.paper_out, PrinterState::PaperOut),
            (self.cutter_error, PrinterState::CutterError),
            (self.overheated, PrinterState::Overheated),
            (self.failure, PrinterState::Offline),
            (self.online.map(|online| !online), PrinterState::Offline),
            (self.paper_near_end, PrinterState::PaperNearEnd),
            (Some(fine), PrinterState::Ok),
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
        assert_eq!(heard([0x1A, 0x52, 0x52, 0x12]), PrinterState::Overheated);
        assert_eq!(heard([0x1A, 0x52, 0x32, 0x12]), PrinterState::Offline);
    }

    #[test]
    fn automatic_status_says_the_same() {
        let state = |told| Status::of_automatic(told).state();
        assert_eq!(state([0x10, 0, 0, 0x0F]), PrinterState::Ok);
        assert_eq!(state([0x38, 0, 0x0F, 0]), PrinterState::CoverOpen);
        assert_eq!(state([0x18, 0, 0x0F, 0]), PrinterState::PaperOut);
        assert_eq!(state([0x10, 0, 0x03, 0]), PrinterState::PaperNearEnd);
        assert_eq!(state([0x18, 0x08, 0, 0]), PrinterState::CutterError);
        assert_eq!(state([0x18, 0x40, 0, 0]), PrinterState::Overheated);
        assert_eq!(state([0x18, 0x20, 0, 0]), PrinterState::Offline);
    }

    #[test]
    fn a_printer_without_a_near_end_sensor_is_not_taken_to_have_enough_paper() {
        let mut tells = crate::profile::Profile::generic(576).tells;
        tells.near_end_sensor = false;
        let heard = |told| Status::of_automatic(told).as_far_as(tells).paper_near_end;
        assert_eq!(heard([0x10, 0, 0, 0]), None);
        assert_eq!(heard([0x10, 0, 0x03, 0]), Some(true), "a sensor that speaks up is believed");
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
