//! ESC/POS bytes: the only place that knows them. Commands are built, and answers parsed, through
//! the escpos crate; a buffer stands where it expects a device, because transport is ours (`link`).
//!
//! Must not do I/O, and must never use printer text modes.

pub mod decode;
mod status;

use std::cell::RefCell;
use std::rc::Rc;

use ::escpos::driver::Driver;
use ::escpos::errors::{PrinterError, Result as EscposResult};
use ::escpos::printer::Printer;
use ::escpos::utils::Protocol;

use crate::picture::Picture;
pub use status::{PrinterState, Status};

pub(crate) const NUL: u8 = 0x00;
pub(crate) const EOT: u8 = 0x04;
pub(crate) const LF: u8 = 0x0A;
pub(crate) const DLE: u8 = 0x10;
pub(crate) const ESC: u8 = 0x1B;
pub(crate) const GS: u8 = 0x1D;

/// Tall single images jam real printers: a picture goes in strips of at most so many rows.
pub const STRIP_ROWS_MAX: usize = 256;
/// White rows between the last printed row and the cut; the way to the knife is the printer's own.
const FEED_ROWS: u8 = 24;
/// `GS V B 0`: feed to the knife, then cut, leaving one point so that the ticket does not fall.
const CUT: &[u8] = &[GS, b'V', b'B', 0];

/// Takes what the escpos crate writes. It hands over a whole job at `flush`.
#[derive(Clone, Default)]
struct BufferDriver {
    bytes: Rc<RefCell<Vec<u8>>>,
}

impl Driver for BufferDriver {
    fn name(&self) -> String {
        "buffer".to_owned()
    }

    fn write(&self, data: &[u8]) -> EscposResult<()> {
        self.bytes.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> EscposResult<usize> {
        Err(PrinterError::Io("a buffer has nothing to read".to_owned()))
    }

    fn flush(&self) -> EscposResult<()> {
        Ok(())
    }
}

/// The bytes of raw commands, put together by the escpos crate. `custom` is used throughout: the
/// crate's own calls add a NUL after `DLE EOT n`, and its image path scales pictures silently.
fn commands<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let buffer = BufferDriver::default();
    let mut printer = Printer::new(buffer.clone(), Protocol::default(), None);
    for part in parts {
        printer.custom(part).expect("collecting a command in memory cannot fail");
    }
    printer.print().expect("writing to memory cannot fail");
    drop(printer);
    buffer.bytes.take()
}

/// A whole ticket: reset, the picture in strips, feed, cut, and a question that the printer answers
/// only after the cut (`GS r 1`), which is what tells *printed* from *sent*.
pub fn ticket(picture: &Picture) -> Vec<u8> {
    let strips = strips(picture);
    let reset: &[u8] = &[ESC, b'@'];
    let feed: &[u8] = &[ESC, b'J', FEED_ROWS];
    let confirm: &[u8] = &[GS, b'r', 1];
    commands([reset].into_iter().chain(strips.iter().map(Vec::as_slice)).chain([feed, CUT, confirm]))
}

/// `GS v 0`, normal size, rows top first.
fn strips(picture: &Picture) -> Vec<Vec<u8>> {
    let row_bytes = picture.row_bytes();
    let strip = |rows: &[u8]| {
        let (width, height) = (row_bytes as u16, (rows.len() / row_bytes) as u16);
        let mut command = vec![GS, b'v', b'0', 0];
        command.extend(width.to_le_bytes());
        command.extend(height.to_le_bytes());
        command.extend_from_slice(rows);
        command
    };
    picture.rows().chunks(row_bytes * STRIP_ROWS_MAX).map(strip).collect()
}

/// Brings a printer back that may have been left in the middle of a strip: white rows complete the
/// strip, further NULs mean nothing to it, then it starts afresh. Moves no paper by itself.
pub fn recovery(width_dots: u32) -> Vec<u8> {
    let rest = vec![NUL; width_dots.div_ceil(8) as usize * STRIP_ROWS_MAX + 8];
    commands([rest.as_slice(), &[ESC, b'@']])
}

/// Cuts off a torn ticket before the next one.
pub fn sever() -> Vec<u8> {
    commands([[ESC, b'J', FEED_ROWS].as_slice(), CUT])
}

/// `DLE EOT n`, n 1..=4: printer, offline cause, error cause, paper. Answered even while offline.
pub fn status_query(n: u8) -> Vec<u8> {
    commands([[DLE, EOT, n].as_slice()])
}

/// Whether the byte has the form of an answer to `DLE EOT`.
pub fn is_real_time(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0010
}

/// Whether the byte answers `GS r 1` rather than `DLE EOT` (bit 4 set) or flow control.
pub fn is_confirmation(byte: u8) -> bool {
    byte & 0b1001_0000 == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_reset_strips_feed_cut_and_a_question_and_nothing_else() {
        let mut picture = Picture::blank(16, 300);
        picture.blacken(0, 0);
        let bytes = ticket(&picture);
        let mut expected = vec![ESC, b'@', GS, b'v', b'0', 0, 2, 0, 0, 1, 0x80];
        expected.extend([0; 511]);
        expected.extend([GS, b'v', b'0', 0, 2, 0, 44, 0]);
        expected.extend([0; 88]);
        expected.extend([ESC, b'J', 24, GS, b'V', b'B', 0, GS, b'r', 1]);
        assert_eq!(bytes, expected);
    }

    #[test]
    fn a_status_question_has_no_stray_nul() {
        assert_eq!(status_query(4), [0x10, 0x04, 4]);
    }

    #[test]
    fn answers_to_different_questions_are_told_apart() {
        for answer in [0x00, 0x03, 0x0C, 0x0F] {
            assert!(is_confirmation(answer) && !is_real_time(answer), "{answer:02x}");
        }
        for real_time in [0x12, 0x1A, 0x36, 0x7E, 0x16] {
            assert!(!is_confirmation(real_time) && is_real_time(real_time));
        }
    }
}
