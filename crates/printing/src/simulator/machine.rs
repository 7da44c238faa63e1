//! The simulated printer's inside: takes bytes, is faulty, answers.
//!
//! No I/O. The state outlives connections, as a printer's does.

use std::sync::Arc;

use super::Faults;
use crate::Picture;
use crate::escpos::decode::{Decoder, Heard};
use crate::escpos::{DLE, EOT};
use crate::profile::{Cut, Profile};

/// Bytes a printer with a fault still takes into its buffer.
const HELD_BYTES_MAX: usize = 64 * 1_024;
/// Answers kept for a connection that does not fetch them.
const ANSWERS_MAX: usize = 256;
/// What a printer that answers nonsense says.
const GARBAGE: u8 = 0xE5;

pub(super) struct Machine {
    pub faults: Faults,
    pub profile: Arc<Profile>,
    /// Bytes taken since it was switched on.
    pub bytes: u64,
    decoder: Decoder,
    /// What came in while a fault kept it from printing.
    held: Vec<u8>,
    /// The last two bytes that came in: real-time questions are answered at once, wherever they stand.
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
    pub fn new(profile: Arc<Profile>) -> Self {
        let decoder = match profile.cut {
            Cut::None => Decoder::torn_by(profile.feed_rows.into()),
            _ => Decoder::default(),
        };
        Self {
            faults: Faults::default(),
            profile,
            bytes: 0,
            decoder,
            held: Vec::new(),
            recent: [0; 2],
            answers: Vec::new(),
            automatic: false,
        }
    }

    /// A connection begins: answers to the last one are void.
    pub fn connected(&mut self) {
        self.answers.clear();
        self.automatic = false;
    }

    pub fn take_answers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }

    /// Whether it waits for more bytes of a picture.
    pub fn is_mid_picture(&self) -> bool {
        self.decoder.is_mid_picture()
    }

    /// Gives the pictures that come out because a fault is gone.
    pub fn set_faults(&mut self, faults: Faults) -> Vec<Picture> {
        let before = std::mem::replace(&mut self.faults, faults);
        if self.automatic && before.told() != faults.told() {
            self.answer(&self.automatic_status());
        }
        let mut pictures = Vec::new();
        if faults.is_ready() {
            let held = std::mem::take(&mut self.held);
            self.obey_all(&held, &mut pictures);
        }
        pictures
    }

    /// Takes as many of the bytes as it can.
    pub fn receive(&mut self, bytes: &[u8]) -> Step {
        let mut pictures = Vec::new();
        let (allowed, verdict) = self.allowed(bytes.len());
        let mut used = 0;
        while used < allowed {
            if !self.faults.is_ready() && self.held.len() >= HELD_BYTES_MAX {
                return Step { used, pictures, verdict: Verdict::Stall };
            }
            let run = if self.faults.is_ready() {
                self.decoder.data_left().clamp(1, allowed - used)
            } else {
                (HELD_BYTES_MAX - self.held.len()).min(allowed - used)
            };
            let run = &bytes[used..used + run];
            used += run.len();
            self.spend(run.len() as u64);
            self.answer_real_time(run);
            if self.faults.is_ready() {
                self.obey_all(run, &mut pictures);
            } else {
                self.held.extend_from_slice(run);
            }
        }
        let verdict = if used < bytes.len() { verdict } else { Verdict::GoOn };
        if verdict == Verdict::Disconnect {
            // It strikes once.
            self.faults.disconnect_at = None;
        }
        Step { used, pictures, verdict }
    }

    /// How many of so many bytes the faults let in, and what happens then.
    fn allowed(&self, offered: usize) -> (usize, Verdict) {
        let left = |fault: Option<u64>| fault.map_or(usize::MAX, |left| left as usize);
        let (stall, disconnect) = (left(self.faults.stall_after), left(self.faults.disconnect_at));
        if disconnect < stall {
            (disconnect.min(offered), Verdict::Disconnect)
        } else {
            (stall.min(offered), Verdict::Stall)
        }
    }

    fn spend(&mut self, bytes: u64) {
        self.bytes += bytes;
        let Faults { stall_after, disconnect_at, .. } = &mut self.faults;
        for left in [stall_after, disconnect_at].into_iter().flatten() {
            *left = left.saturating_sub(bytes);
        }
    }

    /// Real printers look for these everywhere, in the middle of a picture, too.
    fn answer_real_time(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.recent == [DLE, EOT] {
                self.answer_status(*byte);
            }
            self.recent = [self.recent[1], *byte];
        }
    }

    fn obey_all(&mut self, bytes: &[u8], pictures: &mut Vec<Picture>) {
        let mut rest = bytes;
        while let Some(byte) = rest.first() {
            let data = self.decoder.data_left().min(rest.len());
            let heard =
                if data > 0 { self.decoder.take_data(&rest[..data]) } else { self.decoder.take(*byte) };
            rest = &rest[data.max(1)..];
            if let Some(heard) = heard {
                self.obey(heard, pictures);
            }
        }
    }

    fn obey(&mut self, heard: Heard, pictures: &mut Vec<Picture>) {
        match heard {
            Heard::Cut(picture) => pictures.extend(picture),
            // Answered when it came.
            Heard::StatusAsked(_) => {}
            Heard::ConfirmationAsked => {
                let near_end = if self.near_end() { 0x03 } else { 0 };
                if self.profile.tells.confirms_cut && !self.faults.unconfirming {
                    self.answer(&[near_end]);
                }
            }
            Heard::AutomaticStatus(mask) => {
                self.automatic = mask != 0 && self.profile.tells.automatic;
                if self.automatic {
                    self.answer(&self.automatic_status());
                }
            }
            Heard::IdentityAsked(n) => {
                let text = match n {
                    65 => "simulated",
                    66 => self.profile.brand.as_str(),
                    67 => self.profile.identities.first().map_or("", String::as_str),
                    _ => return,
                };
                let answer = [b"_", text.as_bytes(), b"\0"].concat();
                self.answer(&answer);
            }
        }
    }

    fn answer(&mut self, bytes: &[u8]) {
        if self.faults.mute || self.answers.len() + bytes.len() > ANSWERS_MAX {
            return;
        }
        if self.faults.garbage {
            self.answers.extend(std::iter::repeat_n(GARBAGE, bytes.len()));
        } else {
            self.answers.extend_from_slice(bytes);
        }
    }

    fn near_end(&self) -> bool {
        self.profile.tells.near_end_sensor && (self.faults.paper_near_end || self.faults.paper_out)
    }

    fn answer_status(&mut self, n: u8) {
        let Faults { paper_out, cover_open, cutter_error, overheated, .. } = self.faults;
        let asked = usize::from(n).checked_sub(1);
        if !asked.and_then(|at| self.profile.tells.real_time.get(at)).is_some_and(|answers| *answers) {
            return;
        }
        let bits =
            |list: &[(bool, u8)]| list.iter().filter(|(set, _)| *set).fold(0x12, |byte, (_, bit)| byte | bit);
        let error = cutter_error || overheated;
        let answer = match n {
            1 => bits(&[(!self.faults.is_ready(), 0x08)]),
            2 => bits(&[(cover_open, 0x04), (paper_out, 0x20), (error, 0x40)]),
            3 => bits(&[(cutter_error, 0x08), (overheated, 0x40)]),
            _ => bits(&[(self.near_end(), 0x0C), (paper_out, 0x60)]),
        };
        self.answer(&[answer]);
    }

    /// The four bytes of automatic status.
    fn automatic_status(&self) -> [u8; 4] {
        let Faults { paper_out, cover_open, cutter_error, overheated, .. } = self.faults;
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        [
            0x10 | bit(!self.faults.is_ready(), 0x08) | bit(cover_open, 0x20),
            bit(cutter_error, 0x08) | bit(overheated, 0x40),
            bit(self.near_end(), 0x03) | bit(paper_out, 0x0C),
            0,
        ]
    }
}

#[cfg(test)]
mod tests;
