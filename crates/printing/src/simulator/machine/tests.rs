//! The simulated printer answers and fails as real ones do.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use super::*;
use crate::escpos::{self, GS, status_query, ticket};
use crate::profile;

/// A printer that tells everything.
fn machine() -> Machine {
    Machine::new(profile::find("epson-tm-t82iii").unwrap())
}

fn asked(machine: &mut Machine) -> Vec<u8> {
    for n in 1..=4 {
        machine.receive(&status_query(n));
    }
    machine.take_answers()
}

#[test]
fn it_answers_as_real_printers_do() {
    let mut machine = machine();
    assert_eq!(asked(&mut machine), [0x12, 0x12, 0x12, 0x12]);
    machine.set_faults(Faults { paper_out: true, cover_open: true, ..Faults::default() });
    assert_eq!(asked(&mut machine), [0x1A, 0x36, 0x12, 0x7E]);
    machine.set_faults(Faults { overheated: true, ..Faults::default() });
    assert_eq!(asked(&mut machine), [0x1A, 0x52, 0x52, 0x12]);
    machine.set_faults(Faults { mute: true, ..Faults::default() });
    assert!(asked(&mut machine).is_empty());
    machine.set_faults(Faults { garbage: true, ..Faults::default() });
    assert_eq!(asked(&mut machine), [GARBAGE; 4]);
}

#[test]
fn it_tells_no_more_than_its_profile_says() {
    let mut machine = Machine::new(profile::find("xprinter-xp-58iih").unwrap());
    machine.set_faults(Faults { paper_near_end: true, ..Faults::default() });
    assert_eq!(asked(&mut machine), [0x12; 4], "it has no near-end sensor");
    machine.receive(&[&escpos::automatic_status(true)[..], &escpos::confirmation_query()].concat());
    assert!(machine.take_answers().is_empty());
}

#[test]
fn it_says_who_it_is() {
    let mut machine = machine();
    machine.receive(&escpos::identity_query(67));
    assert_eq!(machine.take_answers(), b"_TM-T82III\0");
}

#[test]
fn a_job_taken_in_without_paper_comes_out_when_there_is_some() {
    let mut machine = machine();
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
    let mut machine = machine();
    machine.receive(&[GS, b'a', 0xFF]);
    assert_eq!(machine.take_answers(), [0x10, 0, 0, 0]);
    machine.set_faults(Faults { cover_open: true, ..Faults::default() });
    assert_eq!(machine.take_answers(), [0x38, 0, 0, 0]);
}

#[test]
fn a_question_in_the_middle_of_a_picture_is_answered_as_real_printers_do() {
    let mut machine = machine();
    let picture = Picture::from_rows(32, vec![DLE, EOT, 1, 0]).unwrap();
    let step = machine.receive(&ticket(&picture));
    assert_eq!(step.pictures, [picture]);
    assert_eq!(machine.take_answers(), [0x12, 0x00]);
}

#[test]
fn faults_strike_after_exactly_so_many_bytes() {
    let mut machine = machine();
    machine.set_faults(Faults { disconnect_at: Some(2), stall_after: Some(5), ..Faults::default() });
    let step = machine.receive(&[0; 10]);
    assert_eq!((step.used, step.verdict), (2, Verdict::Disconnect));
    let step = machine.receive(&[0; 10]);
    assert_eq!((step.used, step.verdict), (3, Verdict::Stall));
    assert_eq!(machine.bytes, 5);
}
