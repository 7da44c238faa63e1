//! Reads ESC/POS as a printer does, byte by byte, into what would come out on paper.
//!
//! Knows no connection: it is kept across them, as printers stay in the middle of an image when a
//! cable is pulled. Unknown commands and text are swallowed, never printed.

use super::{DLE, EOT, ESC, GS, LF};
use crate::picture::{PICTURE_DOTS_MAX, PICTURE_ROWS_MAX, Picture};

const ROW_BYTES_MAX: usize = PICTURE_DOTS_MAX as usize / 8;
/// More of one strip is taken in but forgotten: the widest and tallest picture fits.
const RASTER_BYTES_MAX: usize = ROW_BYTES_MAX * PICTURE_ROWS_MAX as usize;
const FS: u8 = 0x1C;

/// What happened when a byte was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The paper was cut; `None` when nothing was on it.
    Cut(Option<Picture>),
    /// `DLE EOT n` asks for real-time status.
    StatusAsked(u8),
    /// `GS r n` asks for status, answered after everything before it.
    ConfirmationAsked,
    /// `GS a mask` turns automatic status on (mask not 0) or off.
    AutomaticStatus(u8),
}

#[derive(Debug)]
enum State {
    Idle,
    /// Inside a command; holds its bytes so far.
    Command(Vec<u8>),
    /// Inside the rows of a strip.
    Raster {
        row_bytes: usize,
        left: usize,
        rows: Vec<u8>,
    },
    /// Inside data of a command that is not understood.
    Skip(usize),
}

/// The decoder of one printer.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    /// Rows on the paper since the last cut, each with its own length.
    paper: Vec<Vec<u8>>,
    /// White rows fed since the last printed one; they count only if something follows.
    fed: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { state: State::Idle, paper: Vec::new(), fed: 0 }
    }
}

impl Decoder {
    /// Takes one byte.
    pub fn take(&mut self, byte: u8) -> Option<Heard> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => self.begin(byte),
            State::Command(mut command) => {
                command.push(byte);
                self.command(command)
            }
            State::Raster { row_bytes, left, mut rows } => {
                if rows.len() < RASTER_BYTES_MAX {
                    rows.push(byte);
                }
                if left > 1 {
                    self.state = State::Raster { row_bytes, left: left - 1, rows };
                } else {
                    self.print(&rows, row_bytes);
                }
                None
            }
            State::Skip(left) => {
                if left > 1 {
                    self.state = State::Skip(left - 1);
                }
                None
            }
        }
    }

    /// Whether it waits for more bytes of a strip.
    pub fn is_mid_picture(&self) -> bool {
        matches!(self.state, State::Raster { .. })
    }

    fn begin(&mut self, byte: u8) -> Option<Heard> {
        match byte {
            ESC | GS | DLE | FS => self.state = State::Command(vec![byte]),
            LF => self.feed(1),
            // Text, NUL, CAN: nothing of ours.
            _ => {}
        }
        None
    }

    /// Carries out the command if it is complete, else waits for more of it.
    fn command(&mut self, command: Vec<u8>) -> Option<Heard> {
        match command.as_slice() {
            [ESC, b'@'] => None,
            [ESC, b'J', rows] => self.fed_by(usize::from(*rows)),
            [ESC, b'd', lines] => self.fed_by(usize::from(*lines) * 30),
            [GS, b'V', 0 | 1 | b'0' | b'1'] | [GS, b'V', _, _] => Some(Heard::Cut(self.cut())),
            [DLE, EOT, n] => Some(Heard::StatusAsked(*n)),
            [GS, b'r', _] => Some(Heard::ConfirmationAsked),
            [GS, b'a', mask] => Some(Heard::AutomaticStatus(*mask)),
            [GS, b'v', b'0', _mode, x_lo, x_hi, y_lo, y_hi] => {
                let row_bytes = usize::from(u16::from_le_bytes([*x_lo, *x_hi]));
                let left = row_bytes * usize::from(u16::from_le_bytes([*y_lo, *y_hi]));
                if left > 0 {
                    self.state = State::Raster { row_bytes, left, rows: Vec::new() };
                }
                None
            }
            [GS, b'(', _, lo, hi] => {
                let left = usize::from(u16::from_le_bytes([*lo, *hi]));
                if left > 0 {
                    self.state = State::Skip(left);
                }
                None
            }
            unfinished if unfinished.len() < whole_length(unfinished) => {
                self.state = State::Command(command);
                None
            }
            _ => None,
        }
    }

    fn fed_by(&mut self, rows: usize) -> Option<Heard> {
        self.feed(rows);
        None
    }

    fn feed(&mut self, rows: usize) {
        self.fed = (self.fed + rows).min(PICTURE_ROWS_MAX as usize);
    }

    fn print(&mut self, rows: &[u8], row_bytes: usize) {
        let fed = if self.paper.is_empty() { 0 } else { self.fed };
        self.fed = 0;
        self.paper.extend(std::iter::repeat_n(Vec::new(), fed));
        self.paper.extend(rows.chunks(row_bytes).map(|row| row[..row.len().min(ROW_BYTES_MAX)].to_vec()));
        self.paper.truncate(PICTURE_ROWS_MAX as usize);
    }

    fn cut(&mut self) -> Option<Picture> {
        self.fed = 0;
        let paper = std::mem::take(&mut self.paper);
        let row_bytes = paper.iter().map(Vec::len).max().filter(|bytes| *bytes > 0)?;
        let mut rows = Vec::with_capacity(row_bytes * paper.len());
        for mut row in paper {
            row.resize(row_bytes, 0);
            rows.extend(row);
        }
        Picture::from_rows(row_bytes as u32 * 8, rows).ok()
    }
}

/// How many bytes the command that begins so has before any data of its own.
fn whole_length(command: &[u8]) -> usize {
    match command {
        [GS, b'v', ..] => 8,
        [GS, b'(', ..] => 5,
        // Feed to the knife, then cut: one more byte. Margins and units have two.
        [GS, b'V', b'A' | b'B' | b'a' | b'b' | b'g' | b'h', ..] | [GS, b'L' | b'W' | b'P', ..] => 4,
        [GS, b'V' | b'r' | b'a' | b'!' | b'B' | b'H' | b'h' | b'w' | b'f', ..]
        | [DLE, EOT, ..]
        | [
            ESC,
            b'J' | b'd' | b'a' | b'E' | b'G' | b'-' | b'!' | b't' | b'R' | b'M' | b'3' | b' ' | b'{' | b'=',
            ..,
        ] => 3,
        _ => 2,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::super::{recovery, sever, ticket};
    use super::*;

    fn heard(decoder: &mut Decoder, bytes: &[u8]) -> Vec<Heard> {
        bytes.iter().filter_map(|byte| decoder.take(*byte)).collect()
    }

    fn striped() -> Picture {
        let mut picture = Picture::blank(48, 300);
        for y in (0..300).step_by(7) {
            picture.blacken(y % 48, y);
        }
        picture
    }

    #[test]
    fn a_ticket_comes_out_as_it_went_in() {
        let picture = striped();
        let heard = heard(&mut Decoder::default(), &ticket(&picture));
        assert_eq!(heard, [Heard::Cut(Some(picture)), Heard::ConfirmationAsked]);
    }

    #[test]
    fn recovery_frees_a_printer_left_anywhere_in_a_picture() {
        let picture = striped();
        let job = ticket(&picture);
        for torn_at in 0..job.len() {
            let mut decoder = Decoder::default();
            heard(&mut decoder, &job[..torn_at]);
            heard(&mut decoder, &recovery(48));
            assert!(!decoder.is_mid_picture(), "{torn_at}");
            heard(&mut decoder, &sever());
            assert_eq!(
                heard(&mut decoder, &job),
                [Heard::Cut(Some(picture.clone())), Heard::ConfirmationAsked],
                "torn at {torn_at}"
            );
        }
    }

    #[test]
    fn text_and_unknown_commands_leave_no_trace() {
        let mut decoder = Decoder::default();
        let noise =
            [b"hello\n\x1bE\x01\x1b@\x1d(k\x03\x00abc\x1d!\x11\x1ct\x00".as_slice(), b"\x1dV\x00"].concat();
        assert_eq!(heard(&mut decoder, &noise), [Heard::Cut(None)]);
    }

    #[test]
    fn an_absurd_strip_is_bounded() {
        let mut decoder = Decoder::default();
        heard(&mut decoder, &[GS, b'v', b'0', 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        heard(&mut decoder, &vec![0xFF; 2_000_000]);
        assert!(decoder.is_mid_picture());
    }
}
