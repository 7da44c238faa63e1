//! ESC/POS bytes: the only place that knows them. Commands are built, and answers parsed, through
//! the escpos crate; a buffer stands where it expects a device, because transport is ours (`link`).
//!
//! Must not do I/O, and must never use printer text modes.

mod answers;
pub mod decode;
mod status;

use std::cell::RefCell;
use std::rc::Rc;

use ::escpos::driver::Driver;
use ::escpos::errors::{PrinterError, Result as EscposResult};
use ::escpos::printer::Printer;
use ::escpos::utils::Protocol;

use crate::picture::{PICTURE_DOTS_MAX, Picture};
use crate::profile::{Cut, Profile, Raster};
pub use answers::{Answer, Ear};
pub use status::{PrinterState, Status};

pub(crate) const NUL: u8 = 0x00;
pub(crate) const EOT: u8 = 0x04;
pub(crate) const LF: u8 = 0x0A;
pub(crate) const DLE: u8 = 0x10;
pub(crate) const ESC: u8 = 0x1B;
pub(crate) const GS: u8 = 0x1D;

/// Starts afresh.
const RESET: &[u8] = &[ESC, b'@'];
const CONFIRM: &[u8] = &[GS, b'r', 1];
/// Function 50: print what function 112 stored.
const PRINT_GRAPHICS: &[u8] = &[GS, b'(', b'L', 2, 0, b'0', 50];
/// What stands before the rows in function 112.
const GRAPHICS_HEAD_BYTES: u32 = 10;
/// The longest command before the rows of a strip, and a little more.
const STRIP_HEAD_BYTES_MAX: usize = 32;

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

/// A ticket as a printer of no particular kind takes it.
pub fn ticket(picture: &Picture) -> Vec<u8> {
    job(std::slice::from_ref(picture), &Profile::generic(PICTURE_DOTS_MAX))
}

/// A whole job: reset, each picture in strips with feed and cut, and a question that the printer
/// answers only after the last cut (`GS r 1`), which is what tells *printed* from *sent*.
pub fn job(pictures: &[Picture], profile: &Profile) -> Vec<u8> {
    let mut parts = Vec::new();
    if profile.reset {
        parts.push(RESET.to_vec());
    }
    for picture in pictures {
        strips(picture, profile, &mut parts);
        end_paper(profile, &mut parts);
    }
    if profile.tells.confirms_cut {
        parts.push(CONFIRM.to_vec());
    }
    commands(parts.iter().map(Vec::as_slice))
}

/// The picture's rows, top first, normal size.
fn strips(picture: &Picture, profile: &Profile, parts: &mut Vec<Vec<u8>>) {
    let row_bytes = picture.row_bytes();
    for rows in picture.rows().chunks(row_bytes * usize::from(profile.strip_rows_max).max(1)) {
        let height = (rows.len() / row_bytes) as u16;
        let mut command = match profile.raster {
            Raster::GsV0 => {
                let mut head = vec![GS, b'v', b'0', 0];
                head.extend((row_bytes as u16).to_le_bytes());
                head
            }
            Raster::Gs8L => {
                let mut head = vec![GS, b'8', b'L'];
                head.extend((GRAPHICS_HEAD_BYTES + rows.len() as u32).to_le_bytes());
                // Function 112: store; one shade, one dot a dot, colour 1.
                head.extend([b'0', 112, b'0', 1, 1, b'1']);
                head.extend((row_bytes as u16 * 8).to_le_bytes());
                head
            }
        };
        command.extend(height.to_le_bytes());
        command.extend_from_slice(rows);
        parts.push(command);
        if profile.raster == Raster::Gs8L {
            parts.push(PRINT_GRAPHICS.to_vec());
        }
    }
}

/// Feed and cut.
fn end_paper(profile: &Profile, parts: &mut Vec<Vec<u8>>) {
    parts.push(vec![ESC, b'J', profile.feed_rows]);
    match profile.cut {
        Cut::FeedAndPartial => parts.push(vec![GS, b'V', b'B', 0]),
        Cut::FeedAndFull => parts.push(vec![GS, b'V', b'A', 0]),
        Cut::Partial => parts.push(vec![GS, b'V', 1]),
        Cut::EscI => parts.push(vec![ESC, b'i']),
        Cut::None => {}
    }
}

/// Brings a printer back that may have been left in the middle of a strip: white rows complete the
/// strip, further NULs mean nothing to it, then it starts afresh. Moves no paper by itself.
pub fn recovery(width_dots: u32, profile: &Profile) -> Vec<u8> {
    let rows = usize::from(profile.strip_rows_max);
    let rest = vec![NUL; width_dots.div_ceil(8) as usize * rows + STRIP_HEAD_BYTES_MAX];
    commands([rest.as_slice(), RESET])
}

/// Cuts off a torn ticket before the next one.
pub fn sever(profile: &Profile) -> Vec<u8> {
    let mut parts = Vec::new();
    end_paper(profile, &mut parts);
    commands(parts.iter().map(Vec::as_slice))
}

/// `DLE EOT n`, n 1..=4: printer, offline cause, error cause, paper. Answered even while offline.
pub fn status_query(n: u8) -> Vec<u8> {
    commands([[DLE, EOT, n].as_slice()])
}

/// `GS r 1`: paper sensor, answered after everything before it.
pub fn confirmation_query() -> Vec<u8> {
    commands([CONFIRM])
}

/// `GS a`: report by yourself when online, error or paper change; or stop that. It answers at once
/// with how things are.
pub fn automatic_status(on: bool) -> Vec<u8> {
    let mask = if on { 0x0E } else { 0 };
    commands([[GS, b'a', mask].as_slice()])
}

/// `GS I n`: who are you; n 65 firmware, 66 maker, 67 model, 68 serial number. Answered with `_`,
/// text, NUL.
pub fn identity_query(n: u8) -> Vec<u8> {
    commands([[GS, b'I', n].as_slice()])
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
    fn each_form_of_picture_and_cut_is_written_as_its_manual_has_it() {
        let mut picture = Picture::blank(16, 2);
        picture.blacken(15, 1);
        let mut profile = Profile::clone(&Profile::generic(576));
        profile.raster = Raster::Gs8L;
        profile.cut = Cut::FeedAndFull;
        profile.reset = false;
        profile.tells.confirms_cut = false;
        let mut expected = vec![GS, b'8', b'L', 14, 0, 0, 0, 48, 112, 48, 1, 1, 49, 16, 0, 2, 0, 0, 0, 0, 1];
        expected.extend([GS, b'(', b'L', 2, 0, 48, 50, ESC, b'J', 24, GS, b'V', b'A', 0]);
        assert_eq!(job(&[picture], &profile), expected);
        for (cut, bytes) in
            [(Cut::Partial, [GS, b'V', 1].as_slice()), (Cut::EscI, &[ESC, b'i']), (Cut::None, &[])]
        {
            profile.cut = cut;
            assert_eq!(sever(&profile), [&[ESC, b'J', 24], bytes].concat());
        }
    }

    #[test]
    fn no_profile_sends_a_strip_of_more_than_256_rows() {
        let picture = Picture::blank(64, 1_000);
        for profile in crate::profile::all() {
            let mut decoder = decode::Decoder::default();
            for byte in job(std::slice::from_ref(&picture), profile) {
                decoder.take(byte);
            }
            let tallest = decoder.tallest_strip();
            assert!((1..=256).contains(&tallest), "{}: {tallest}", profile.name);
        }
    }
}
