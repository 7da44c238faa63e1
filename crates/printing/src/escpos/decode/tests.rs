//! The decoder against what the sending side writes, and against what others may send.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use super::super::{job, recovery, sever, ticket};
use super::*;
use crate::profile::{self, Cut, Profile};

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
fn every_profile_prints_the_same_picture() {
    let picture = striped();
    for profile in profile::all() {
        let mut decoder = match profile.cut {
            Cut::None => Decoder::torn_by(profile.feed_rows.into()),
            _ => Decoder::default(),
        };
        let heard = heard(&mut decoder, &job(&[picture.clone(), picture.clone()], profile));
        let cuts: Vec<_> = heard.into_iter().filter(|heard| *heard != Heard::ConfirmationAsked).collect();
        let cut = Heard::Cut(Some(picture.clone()));
        assert_eq!(cuts, [cut.clone(), cut], "{}", profile.name);
    }
}

#[test]
fn recovery_frees_a_printer_left_anywhere_in_a_picture() {
    let picture = striped();
    for name in ["generic", "epson-tm-t88vi"] {
        let profile: &Profile = &profile::find(name).unwrap();
        let job = job(std::slice::from_ref(&picture), profile);
        for torn_at in 0..job.len() {
            let mut decoder = Decoder::default();
            heard(&mut decoder, &job[..torn_at]);
            heard(&mut decoder, &recovery(48, profile));
            assert!(!decoder.is_mid_picture(), "{torn_at}");
            heard(&mut decoder, &sever(profile));
            assert_eq!(
                heard(&mut decoder, &job),
                [Heard::Cut(Some(picture.clone())), Heard::ConfirmationAsked],
                "{name} torn at {torn_at}"
            );
        }
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
fn columns_of_24_dots_come_out_as_a_line() {
    let mut decoder = Decoder::default();
    // Two columns: a dot at the top, a dot at the bottom; the line feed prints them.
    heard(
        &mut decoder,
        b"\x1b3\x18\x1b*\x21\x02\x00\x80\x00\x00\x00\x00\x01\n\x1b*\x21\x01\x00\xff\xff\xff\n",
    );
    let heard = heard(&mut decoder, b"\x1bi");
    let [Heard::Cut(Some(picture))] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((picture.width(), picture.height(), picture.black_dots()), (8, 48, 2 + 24));
    assert!(picture.is_black(0, 0) && picture.is_black(1, 23) && picture.is_black(0, 47));
}

#[test]
fn columns_of_8_dots_are_as_tall_and_twice_as_wide() {
    let mut decoder = Decoder::default();
    heard(&mut decoder, b"\x1b*\x00\x01\x00\x81\n");
    let heard = heard(&mut decoder, b"\x1dV\x01");
    let [Heard::Cut(Some(picture))] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((picture.height(), picture.black_dots()), (24, 12));
    assert!(picture.is_black(1, 2) && picture.is_black(0, 21) && !picture.is_black(0, 3));
}

#[test]
fn a_raster_of_double_size_has_four_dots_for_one() {
    let mut decoder = Decoder::default();
    heard(&mut decoder, b"\x1dv0\x03\x01\x00\x01\x00\x90");
    let heard = heard(&mut decoder, b"\x1dV\x00");
    let [Heard::Cut(Some(picture))] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((picture.width(), picture.height(), picture.rows()), (16, 2, [0xC3, 0, 0xC3, 0].as_slice()));
}

#[test]
fn an_absurd_strip_is_bounded() {
    for head in
        [[GS, b'v', b'0', 0, 0xFF, 0xFF, 0xFF, 0xFF].as_slice(), &[GS, b'8', b'L', 0xFF, 0xFF, 0xFF, 0x7F]]
    {
        let mut decoder = Decoder::default();
        heard(&mut decoder, head);
        heard(&mut decoder, &vec![0xFF; 2_000_000]);
        assert!(decoder.is_mid_picture());
        let State::Data { taken, .. } = &decoder.state else { panic!() };
        assert!(taken.len() <= RASTER_BYTES_MAX);
    }
}
