//! Reads ESC/POS as a printer does, byte by byte, into what would come out on paper.
//!
//! Knows no connection: it is kept across them, as printers stay in the middle of an image when a
//! cable is pulled. Unknown commands and text are swallowed, never printed.

mod columns;
mod roll;
mod shape;

use super::{DLE, EOT, ESC, GS, LF};
use crate::picture::{PICTURE_DOTS_MAX, PICTURE_ROWS_MAX, Picture};
use columns::Columns;
use roll::Roll;
use shape::{FS, whole_length};

const ROW_BYTES_MAX: usize = PICTURE_DOTS_MAX as usize / 8;
/// More of one picture is taken in but forgotten: the widest and tallest fits.
const RASTER_BYTES_MAX: usize = ROW_BYTES_MAX * PICTURE_ROWS_MAX as usize + GRAPHICS_HEAD_BYTES;
/// `m fn a bx by c xL xH yL yH` before the rows of a stored picture.
const GRAPHICS_HEAD_BYTES: usize = 10;
/// Rows a line feed moves on when nothing else was said (3.75 mm at 203 dpi).
const LINE_ROWS: usize = 30;

/// What happened when a byte was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The paper was cut (or torn off); `None` when nothing was on it.
    Cut(Option<Picture>),
    /// `DLE EOT n` asks for real-time status.
    StatusAsked(u8),
    /// `GS r n` asks for status, answered after everything before it.
    ConfirmationAsked,
    /// `GS a mask` turns automatic status on (mask not 0) or off.
    AutomaticStatus(u8),
    /// `GS I n` asks who it is.
    IdentityAsked(u8),
}

/// What the data that are coming in are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// `GS v 0`: rows, printed when whole; the mode doubles width (bit 0) and height (bit 1).
    Rows { row_bytes: usize, mode: u8 },
    /// `GS ( L`, `GS 8 L`: a function of graphics.
    Graphics,
    /// `ESC *`: columns onto the line.
    Columns { mode: u8 },
    /// Of a command that is not understood.
    Nothing,
}

#[derive(Debug)]
enum State {
    Idle,
    /// Inside a command; holds its bytes so far.
    Command(Vec<u8>),
    Data {
        left: usize,
        taken: Vec<u8>,
        purpose: Use,
    },
}

/// The decoder of one printer.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    roll: Roll,
    line: Columns,
    line_rows: usize,
    /// What function 112 stored: row bytes, rows, and how often each dot is repeated across and down.
    stored: Option<Stored>,
    tallest_strip: usize,
    /// A feed of so many rows tears the paper off, where there is no cutter.
    torn_by: Option<usize>,
}

#[derive(Debug)]
struct Stored {
    row_bytes: usize,
    rows: Vec<u8>,
    mode: u8,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            state: State::Idle,
            roll: Roll::default(),
            line: Columns::default(),
            line_rows: LINE_ROWS,
            stored: None,
            tallest_strip: 0,
            torn_by: None,
        }
    }
}

impl Decoder {
    /// Of a printer without a cutter: somebody tears the paper off after a feed of that many rows.
    pub fn torn_by(rows: usize) -> Self {
        Self { torn_by: Some(rows), ..Self::default() }
    }

    /// Rows of the tallest picture that came in one command.
    pub fn tallest_strip(&self) -> usize {
        self.tallest_strip
    }

    /// Takes one byte.
    pub fn take(&mut self, byte: u8) -> Option<Heard> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => self.begin(byte),
            State::Command(mut command) => {
                command.push(byte);
                self.command(command)
            }
            State::Data { left, taken, purpose } => {
                self.state = State::Data { left, taken, purpose };
                self.take_data(&[byte])
            }
        }
    }

    /// How many further bytes are only data: that many may be given to [`Decoder::take_data`].
    pub fn data_left(&self) -> usize {
        match self.state {
            State::Data { left, .. } => left,
            _ => 0,
        }
    }

    /// Takes up to [`Decoder::data_left`] bytes at once.
    pub fn take_data(&mut self, bytes: &[u8]) -> Option<Heard> {
        let State::Data { left, taken, purpose } = &mut self.state else { return None };
        let room = RASTER_BYTES_MAX.saturating_sub(taken.len()).min(bytes.len());
        taken.extend_from_slice(&bytes[..room]);
        *left = left.saturating_sub(bytes.len());
        if *left == 0 {
            let (taken, purpose) = (std::mem::take(taken), *purpose);
            self.state = State::Idle;
            self.data(&taken, purpose);
        }
        None
    }

    /// Whether it waits for more bytes of a picture.
    pub fn is_mid_picture(&self) -> bool {
        matches!(&self.state, State::Data { purpose, .. } if *purpose != Use::Nothing)
    }

    fn begin(&mut self, byte: u8) -> Option<Heard> {
        match byte {
            ESC | GS | DLE | FS => self.state = State::Command(vec![byte]),
            LF => return self.feed_line(self.line_rows),
            // Text, NUL, CAN: nothing of ours.
            _ => {}
        }
        None
    }

    /// Carries out the command if it is complete, else waits for more of it.
    fn command(&mut self, command: Vec<u8>) -> Option<Heard> {
        match command.as_slice() {
            [ESC, b'@'] => self.reset(),
            [ESC, b'3', rows] => self.line_rows = usize::from(*rows),
            [ESC, b'2'] => self.line_rows = LINE_ROWS,
            [ESC, b'J', rows] => return self.feed_line(usize::from(*rows)),
            [ESC, b'd', lines] => return self.feed_line(usize::from(*lines) * self.line_rows),
            [ESC, b'i' | b'm'] | [GS, b'V', 0 | 1 | b'0' | b'1'] | [GS, b'V', _, _] => {
                return Some(Heard::Cut(self.roll.cut()));
            }
            [DLE, EOT, n] => return Some(Heard::StatusAsked(*n)),
            [GS, b'r', _] => return Some(Heard::ConfirmationAsked),
            [GS, b'a', mask] => return Some(Heard::AutomaticStatus(*mask)),
            [GS, b'I', n] => return Some(Heard::IdentityAsked(*n)),
            [GS, b'v', b'0', mode, x_lo, x_hi, y_lo, y_hi] => {
                let row_bytes = usize::from(u16::from_le_bytes([*x_lo, *x_hi]));
                let rows = usize::from(u16::from_le_bytes([*y_lo, *y_hi]));
                self.expect(row_bytes * rows, Use::Rows { row_bytes, mode: *mode });
            }
            [GS, b'(', function, lo, hi] => {
                let purpose = if *function == b'L' { Use::Graphics } else { Use::Nothing };
                self.expect(usize::from(u16::from_le_bytes([*lo, *hi])), purpose);
            }
            [GS, b'8', b'L', p @ ..] if p.len() == 4 => {
                self.expect(u32::from_le_bytes([p[0], p[1], p[2], p[3]]) as usize, Use::Graphics);
            }
            [ESC, b'*', mode, lo, hi] => {
                let columns = usize::from(u16::from_le_bytes([*lo, *hi]));
                self.expect(columns * Columns::bytes(*mode), Use::Columns { mode: *mode });
            }
            unfinished if unfinished.len() < whole_length(unfinished) => self.state = State::Command(command),
            _ => {}
        }
        None
    }

    fn expect(&mut self, left: usize, purpose: Use) {
        if left > 0 {
            self.state = State::Data { left, taken: Vec::new(), purpose };
        }
    }

    fn data(&mut self, taken: &[u8], purpose: Use) {
        match purpose {
            Use::Rows { row_bytes, mode } => self.print(taken, row_bytes, mode),
            Use::Columns { mode } => self.line.add(taken, mode),
            Use::Graphics => self.graphics(taken),
            Use::Nothing => {}
        }
    }

    fn graphics(&mut self, function: &[u8]) {
        match function {
            [b'0', 112, _tone, across, down, _colour, x_lo, x_hi, _y_lo, _y_hi, rows @ ..] => {
                let row_bytes = usize::from(u16::from_le_bytes([*x_lo, *x_hi])).div_ceil(8);
                let mode = u8::from(*across == 2) | u8::from(*down == 2) << 1;
                self.stored = (row_bytes > 0).then(|| Stored { row_bytes, rows: rows.to_vec(), mode });
            }
            [b'0', 2 | 50] => {
                if let Some(stored) = self.stored.take() {
                    self.print(&stored.rows, stored.row_bytes, stored.mode);
                }
            }
            _ => {}
        }
    }

    fn print(&mut self, rows: &[u8], row_bytes: usize, mode: u8) {
        self.tallest_strip = self.tallest_strip.max(rows.len() / row_bytes);
        for row in rows.chunks(row_bytes) {
            let row = if mode & 1 == 0 { row.to_vec() } else { columns::doubled(row) };
            for _ in 0..=(mode >> 1 & 1) {
                self.roll.print(&row);
            }
        }
    }

    fn reset(&mut self) {
        self.line = Columns::default();
        self.line_rows = LINE_ROWS;
        self.stored = None;
    }

    /// Prints the line that was put together, if any, and moves on.
    fn feed_line(&mut self, rows: usize) -> Option<Heard> {
        let printed = std::mem::take(&mut self.line).rows();
        for row in &printed {
            self.roll.print(row);
        }
        self.roll.feed(rows.saturating_sub(printed.len()));
        self.torn_by.filter(|torn_by| rows >= *torn_by).map(|_| Heard::Cut(self.roll.cut()))
    }
}

#[cfg(test)]
#[path = "decode/tests.rs"]
mod tests;
