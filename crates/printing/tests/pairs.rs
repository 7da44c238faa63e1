//! Two printers as a pair, and papers in several copies.

use khiw_printing::{Board, Faults, JobState, NewJob, PrinterState, Spool};

use crate::common::{Desk, STREAM, all_final, jobs_of, paper, until, until_of, virtual_spool};

fn accept(spool: &Spool, seq: u64) {
    let number = format!("A{seq:03}");
    let job =
        NewJob { seq, index: 0, printer: "left".into(), ticket: format!("t{seq}"), paper: paper(&number) };
    spool.accept(STREAM, seq, &[job]).unwrap();
}

fn pair(spool: &Spool) -> (Desk, Desk) {
    let board = Board::default();
    let desk = |name: &str, profile, other: &str| {
        Desk::new(name, profile, spool, |setup| {
            setup.pair = Some(other.to_owned());
            setup.board = board.clone();
        })
    };
    (desk("left", "epson-tm-t82iii", "right"), desk("right", "generic", "left"))
}

#[tokio::test(start_paused = true)]
async fn the_second_takes_over_when_the_first_may_not_print_and_the_first_is_back_at_once() {
    let spool = virtual_spool();
    let (left, right) = pair(&spool);
    left.printer.set_faults(Faults { paper_out: true, ..Faults::default() });
    accept(&spool, 1);
    let jobs = until_of(&spool, "t1", all_final).await;
    assert_eq!((jobs[0].state, jobs[0].printer.as_str()), (JobState::Printed, "right"));
    assert_eq!((left.papers(), right.papers()), (vec![], vec![("A001".into(), false)]));

    left.printer.set_faults(Faults::default());
    until(left.worker.state(), |state| *state == PrinterState::Ok).await;
    accept(&spool, 2);
    let jobs = until_of(&spool, "t2", all_final).await;
    assert_eq!((jobs[0].state, jobs[0].printer.as_str()), (JobState::Printed, "left"));
}

#[tokio::test(start_paused = true)]
async fn while_neither_may_print_the_paper_waits_where_it_is() {
    let spool = virtual_spool();
    let (left, right) = pair(&spool);
    let fault = Faults { cover_open: true, ..Faults::default() };
    left.printer.set_faults(fault);
    right.printer.set_faults(fault);
    until(left.worker.state(), |state| *state == PrinterState::CoverOpen).await;
    until(right.worker.state(), |state| *state == PrinterState::CoverOpen).await;
    accept(&spool, 1);
    // any moment: time is virtual, and in half a minute of it nothing may happen
    tokio::time::sleep(std::time::Duration::from_secs(30)).await;
    let jobs = jobs_of(&spool, "t1");
    assert_eq!((jobs[0].state, jobs[0].printer.as_str()), (JobState::Queued, "left"));
    right.printer.set_faults(Faults::default());
    let jobs = until_of(&spool, "t1", all_final).await;
    assert_eq!((jobs[0].state, jobs[0].printer.as_str()), (JobState::Printed, "right"));
}

#[tokio::test(start_paused = true)]
async fn a_paper_torn_at_the_first_comes_marked_from_the_second() {
    let spool = virtual_spool();
    let (left, right) = pair(&spool);
    until(left.worker.state(), |state| *state == PrinterState::Ok).await;
    until(right.worker.state(), |state| *state == PrinterState::Ok).await;
    left.printer.set_faults(Faults { stall_after: Some(600), ..Faults::default() });
    accept(&spool, 1);
    let jobs = until_of(&spool, "t1", |jobs| jobs.len() == 2 && all_final(jobs)).await;
    assert!(matches!(jobs[0].state, JobState::Uncertain(_)), "{jobs:#?}");
    assert_eq!((jobs[1].state, jobs[1].printer.as_str()), (JobState::Printed, "right"));
    assert_eq!(right.papers(), [("A001".into(), true)]);
}

#[tokio::test(start_paused = true)]
async fn copies_come_out_together_and_all_but_the_first_say_so() {
    let spool = virtual_spool();
    let desk = Desk::new("left", "generic", &spool, |setup| setup.copies = 3);
    accept(&spool, 1);
    assert_eq!(until_of(&spool, "t1", all_final).await[0].state, JobState::Printed);
    let number = || "A001".to_owned();
    assert_eq!(desk.papers(), [(number(), false), (number(), true), (number(), true)]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_in_the_middle_is_followed_by_a_marked_copy_of_the_next() {
    let spool = virtual_spool();
    let mut desk = Desk::new("left", "generic", &spool, |_| {});
    desk.printer.set_faults(Faults { stall_after: Some(600), ..Faults::default() });
    accept(&spool, 1);
    until_of(&spool, "t1", |jobs| jobs[0].state == JobState::Sending).await;
    desk.restart();
    desk.printer.set_faults(Faults::default());
    let jobs = until_of(&spool, "t1", |jobs| jobs.len() == 2 && all_final(jobs)).await;
    assert_eq!((jobs[1].copy, jobs[1].state), (1, JobState::Printed));
    let papers = desk.papers();
    assert_eq!(papers.iter().filter(|(_, marked)| *marked).count(), 1, "{papers:?}");
}
