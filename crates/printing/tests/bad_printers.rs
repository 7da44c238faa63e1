//! Printers that misbehave: each is told to staff as what it is, and nothing is lost. In paused time, so that a
//! printer may keep everybody waiting for hours.
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use khiw_printing::{Faults, Job, JobState, NewJob, PrinterState, Reason, Spool};

mod common;
use common::{Desk, STREAM, all_final, jobs_of, paper, until, until_of, virtual_spool};

fn accept(spool: &Spool, seq: u64) {
    let number = format!("A{seq:03}");
    let job =
        NewJob { seq, index: 0, printer: "kiosk-1".into(), ticket: format!("t{seq}"), paper: paper(&number) };
    spool.accept(STREAM, seq, &[job]).unwrap();
}

fn states(jobs: &[Job]) -> Vec<JobState> {
    jobs.iter().map(|job| job.state).collect()
}

fn desk(profile: &str, faults: Faults) -> Desk {
    let desk = Desk::new("kiosk-1", profile, &virtual_spool(), |_| {});
    desk.printer.set_faults(faults);
    desk
}

#[tokio::test(start_paused = true)]
async fn one_that_answers_garbage_is_unknown_never_fine_and_its_paper_is_sent() {
    let desk = desk("generic", Faults { garbage: true, ..Faults::default() });
    accept(&desk.spool, 1);
    let jobs = until_of(&desk.spool, "t1", all_final).await;
    assert_eq!(states(&jobs), [JobState::Sent]);
    assert_eq!(*desk.worker.state().borrow(), PrinterState::Unknown);
    assert_eq!(desk.papers(), [("A001".into(), false)]);
}

#[tokio::test(start_paused = true)]
async fn one_that_answered_before_and_talks_garbage_now_is_offline() {
    let desk = desk("generic", Faults::default());
    until(desk.worker.state(), |state| *state == PrinterState::Ok).await;
    desk.printer.set_faults(Faults { garbage: true, ..Faults::default() });
    accept(&desk.spool, 1);
    until(desk.worker.state(), |state| *state == PrinterState::Offline).await;
    assert_eq!(states(&jobs_of(&desk.spool, "t1")), [JobState::Queued]);
    desk.printer.set_faults(Faults::default());
    let jobs = until_of(&desk.spool, "t1", all_final).await;
    assert_eq!(states(&jobs), [JobState::Printed]);
}

#[tokio::test(start_paused = true)]
async fn one_that_never_answers_gets_its_paper_once_and_the_end_is_sent() {
    let desk = desk("generic", Faults { mute: true, ..Faults::default() });
    accept(&desk.spool, 1);
    assert_eq!(states(&until_of(&desk.spool, "t1", all_final).await), [JobState::Sent]);
    assert_eq!(desk.papers(), [("A001".into(), false)]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_late_is_not_taken_for_the_next_paper_s() {
    // Given a printer whose answers are later than anybody waits, but which is there
    let desk = desk("generic", Faults::default());
    until(desk.worker.state(), |state| *state == PrinterState::Ok).await;
    desk.printer.set_faults(Faults { unconfirming: true, ..Faults::default() });
    accept(&desk.spool, 1);
    assert_eq!(states(&until_of(&desk.spool, "t1", all_final).await), [JobState::Sent]);
    // When it is slow to answer, too, nothing is printed twice, and nothing is called printed that is not
    desk.printer.set_faults(Faults { late_ms: 3_000, ..Faults::default() });
    accept(&desk.spool, 2);
    until(desk.worker.state(), |state| *state == PrinterState::Offline).await;
    desk.printer.set_faults(Faults::default());
    assert_eq!(states(&until_of(&desk.spool, "t2", all_final).await), [JobState::Printed]);
    assert_eq!(desk.papers(), [("A001".into(), false), ("A002".into(), false)]);
}

#[tokio::test(start_paused = true)]
async fn one_that_closes_at_once_is_offline_and_its_paper_fails_with_that_when_nobody_waits_any_more() {
    let desk = desk("generic", Faults { offline: true, ..Faults::default() });
    accept(&desk.spool, 1);
    let jobs = until_of(&desk.spool, "t1", all_final).await;
    assert_eq!(states(&jobs), [JobState::Failed(Reason::Offline)]);
    assert_eq!((jobs[0].attempts, desk.papers().len()), (0, 0), "not a byte was sent");
    assert_eq!(*desk.worker.state().borrow(), PrinterState::Offline);
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_some_and_stops_is_uncertain_and_one_marked_copy_follows() {
    // A stall in the middle of a picture; then it moves again.
    let desk = desk("generic", Faults { stall_after: Some(500), ..Faults::default() });
    accept(&desk.spool, 1);
    let jobs = until_of(&desk.spool, "t1", |jobs| jobs.len() == 2).await;
    assert!(matches!(jobs[0].state, JobState::Uncertain(Reason::Silent | Reason::Stalled)), "{jobs:#?}");
    desk.printer.set_faults(Faults::default());
    let jobs = until_of(&desk.spool, "t1", all_final).await;
    assert_eq!((jobs.len(), jobs[1].copy, jobs[1].state), (2, 1, JobState::Printed));
    let papers = desk.papers();
    assert!(papers.contains(&("A001".into(), true)), "{papers:?}");
}

#[tokio::test(start_paused = true)]
async fn one_that_prints_slowly_is_waited_for() {
    let desk = desk("generic", Faults { slow_bytes_per_s: Some(1_000), ..Faults::default() });
    accept(&desk.spool, 1);
    assert_eq!(states(&until_of(&desk.spool, "t1", all_final).await), [JobState::Printed]);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_too_hot_says_so_and_goes_on_when_it_is_cool() {
    let desk = desk("epson-tm-t82iii", Faults::default());
    until(desk.worker.state(), |state| *state == PrinterState::Ok).await;
    // It reports by itself: nobody has to ask.
    desk.printer.set_faults(Faults { overheated: true, ..Faults::default() });
    until(desk.worker.state(), |state| *state == PrinterState::Overheated).await;
    accept(&desk.spool, 1);
    desk.printer.set_faults(Faults { paper_near_end: true, ..Faults::default() });
    assert_eq!(states(&until_of(&desk.spool, "t1", all_final).await), [JobState::Printed]);
    until(desk.worker.state(), |state| *state == PrinterState::PaperNearEnd).await;
    assert_eq!(desk.worker.told().borrow().paper_near_end, Some(true));
}

#[tokio::test(start_paused = true)]
async fn what_a_printer_cannot_tell_is_unknown() {
    let desk = desk("citizen-ct-s310ii", Faults::default());
    until(desk.worker.state(), |state| *state == PrinterState::Ok).await;
    let told = *desk.worker.told().borrow();
    assert_eq!(
        (told.paper_out, told.paper_near_end),
        (Some(false), None),
        "it has no sensor for the near end"
    );
}

#[tokio::test(start_paused = true)]
async fn a_printer_without_a_cutter_that_cannot_confirm_is_sent_to() {
    let desk = desk("xprinter-xp-58iih", Faults::default());
    accept(&desk.spool, 1);
    assert_eq!(states(&until_of(&desk.spool, "t1", all_final).await), [JobState::Sent]);
    assert_eq!(desk.papers(), [("A001".into(), false)]);
}

#[tokio::test(start_paused = true)]
async fn one_that_took_a_paper_without_a_word_is_freed_before_the_next_without_a_cut_too_many() {
    let desk = desk("generic", Faults { unconfirming: true, ..Faults::default() });
    accept(&desk.spool, 1);
    until_of(&desk.spool, "t1", all_final).await;
    accept(&desk.spool, 2);
    until_of(&desk.spool, "t2", all_final).await;
    assert_eq!(desk.printer.state().pictures, 2);
    assert_eq!(desk.papers(), [("A001".into(), false), ("A002".into(), false)]);
}
