//! The simulated printer's inside: takes bytes, is faulty, answers.
//!
//! No I/O. The state outlives connections, as a printer's does.

use super::Faults;
use crate::Picture;
use crate::escpos::decode::{Decoder, Heard};
use crate::escpos::{DLE, EOT};

/// Bytes a printer with a fault still takes into its buffer.
const HELD_BYTES_MAX: usize = 64 * 1_024;
/// Answers kept for a connection that does not fetch them.
const ANSWERS_MAX: usize = 64;

#[derive(Default)]
pub(super) struct Machine {
    pub faults: Faults,
    decoder: Decoder,
    /// What came in while a fault kept it from printing.
    held: Vec<u8>,
    /// The last two bytes that came in meanwhile: status questions are answered at once.
    recent: [u8; 2],
    answers: Vec<u8>,
    automatic: bool,
}

/// What to do with the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    GoOn,
    Disconnect,
    /// Take no more until something changes.
    Stall,
}

pub(super) struct Step {
    /// Bytes taken of those offered.
    pub used: usize,
    pub pictures: Vec<Picture>,
    pub verdict: Verdict,
}

impl Machine {
    /// A connection begins: answers to the last one are void.
    pub fn connected(&mut self) {
        self.answers.clear();
        self.automatic = false;
    }

    pub fn take_answers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }

    /// Gives the pictures that come out because a fault is gone.
    pub fn set_faults(&mut self, faults: Faults) -> Vec<Picture> {
        let before = std::mem::replace(&mut self.faults, faults);
        let seen = |faults: Faults| {
            (faults.paper_near_end, faults.paper_out, faults.cover_open, faults.cutter_error)
        };
        if self.automatic && seen(before) != seen(faults) {
            self.answer(&self.automatic_status());
        }
        let mut pictures = Vec::new();
        if faults.is_ready() {
            for byte in std::mem::take(&mut self.held) {
                // Status questions in here were answered when they came.
                match self.decoder.take(byte) {
                    Some(Heard::StatusAsked(_)) | None => {}
                    Some(heard) => self.obey(heard, &mut pictures),
                }
            }
        }
        pictures
    }

    /// Takes as many of the bytes as it can.
    pub fn receive(&mut self, bytes: &[u8]) -> Step {
        let mut pictures = Vec::new();
        for (used, byte) in bytes.iter().enumerate() {
            let verdict = self.spend();
            if verdict != Verdict::GoOn {
                return Step { used, pictures, verdict };
            }
            if self.faults.is_ready() {
                if let Some(heard) = self.decoder.take(*byte) {
                    self.obey(heard, &mut pictures);
                }
            } else if self.held.len() < HELD_BYTES_MAX {
                self.hold(*byte);
            } else {
                return Step { used, pictures, verdict: Verdict::Stall };
            }
        }
        Step { used: bytes.len(), pictures, verdict: Verdict::GoOn }
    }

    /// Counts one byte against the faults that strike after a number of them.
    fn spend(&mut self) -> Verdict {
        match (&mut self.faults.stall_after, &mut self.faults.disconnect_at) {
            (Some(0), _) => Verdict::Stall,
            (_, at @ Some(0)) => {
                *at = None;
                Verdict::Disconnect
            }
            (stall, disconnect) => {
                for left in [stall, disconnect].into_iter().flatten() {
                    *left -= 1;
                }
                Verdict::GoOn
            }
        }
    }

    fn hold(&mut self, byte: u8) {
        self.held.push(byte);
        if self.recent == [DLE, EOT] {
            self.answer_status(byte);
        }
        self.recent = [self.recent[1], byte];
    }

    fn obey(&mut self, heard: Heard, pictures: &mut Vec<Picture>) {
        match heard {
            Heard::Cut(picture) => pictures.extend(picture),
            Heard::StatusAsked(n) => self.answer_status(n),
            Heard::ConfirmationAsked if self.faults.unconfirming => {}
            Heard::ConfirmationAsked => {
                let near_end = if self.faults.paper_near_end { 0x03 } else { 0 };
                self.answer(&[near_end]);
            }
            Heard::AutomaticStatus(mask) => {
                self.automatic = mask != 0;
                if self.automatic {
                    self.answer(&self.automatic_status());
                }
            }
        }
    }

    fn answer(&mut self, bytes: &[u8]) {
        if !self.faults.mute && self.answers.len() + bytes.len() <= ANSWERS_MAX {
            self.answers.extend_from_slice(bytes);
        }
    }

    fn answer_status(&mut self, n: u8) {
        let Faults { paper_near_end, paper_out, cover_open, cutter_error, .. } = self.faults;
        let bits =
            |list: &[(bool, u8)]| list.iter().filter(|(set, _)| *set).fold(0x12, |byte, (_, bit)| byte | bit);
        let answer = match n {
            1 => bits(&[(!self.faults.is_ready(), 0x08)]),
            2 => bits(&[(cover_open, 0x04), (paper_out, 0x20), (cutter_error, 0x40)]),
            3 => bits(&[(cutter_error, 0x08)]),
            4 => bits(&[(paper_near_end || paper_out, 0x0C), (paper_out, 0x60)]),
            _ => return,
        };
        self.answer(&[answer]);
    }

    /// The four bytes of automatic status.
    fn automatic_status(&self) -> [u8; 4] {
        let Faults { paper_near_end, paper_out, cover_open, cutter_error, .. } = self.faults;
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        [
            0x10 | bit(!self.faults.is_ready(), 0x08) | bit(cover_open, 0x20),
            bit(cutter_error, 0x08),
            bit(paper_near_end || paper_out, 0x03) | bit(paper_out, 0x0C),
            0,
        ]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;
    use crate::escpos::{GS, status_query, ticket};

    fn asked(machine: &mut Machine) -> Vec<u8> {
        for n in 1..=4 {
            machine.receive(&status_query(n));
        }
        machine.take_answers()
    }

    #[test]
    fn it_answers_as_real_printers_do() {
        let mut machine = Machine::default();
        assert_eq!(asked(&mut machine), [0x12, 0x12, 0x12, 0x12]);
        machine.set_faults(Faults { paper_out: true, cover_open: true, ..Faults::default() });
        assert_eq!(asked(&mut machine), [0x1A, 0x36, 0x12, 0x7E]);
        machine.set_faults(Faults { mute: true, ..Faults::default() });
        assert!(asked(&mut machine).is_empty());
    }

    #[test]
    fn a_job_taken_in_without_paper_comes_out_when_there_is_some() {
        let mut machine = Machine::default();
        let mut picture = Picture::blank(8, 2);
        picture.blacken(3, 1);
        machine.set_faults(Faults { paper_out: true, ..Faults::default() });
        assert!(machine.receive(&ticket(&picture)).pictures.is_empty());
        assert_eq!(asked(&mut machine)[3], 0x7E);
        assert_eq!(machine.set_faults(Faults::default()), [picture]);
        assert_eq!(machine.take_answers(), [0x00], "only the question after the cut is still open");
    }

    #[test]
    fn automatic_status_tells_of_changes() {
        let mut machine = Machine::default();
        machine.receive(&[GS, b'a', 0xFF]);
        assert_eq!(machine.take_answers(), [0x10, 0, 0, 0]);
        machine.set_faults(Faults { cover_open: true, ..Faults::default() });
        assert_eq!(machine.take_answers(), [0x38, 0, 0, 0]);
    }

    #[test]
    fn faults_strike_after_exactly_so_many_bytes() {
        let mut machine = Machine::default();
        machine.set_faults(Faults { disconnect_at: Some(2), stall_after: Some(5), ..Faults::default() });
        let step = machine.receive(&[0; 10]);
        assert_eq!((step.used, step.verdict), (2, Verdict::Disconnect));
        let step = machine.receive(&[0; 10]);
        assert_eq!((step.used, step.verdict), (3, Verdict::Stall));
    }
}
