//! Spool, worker and simulated printer together: what comes out on paper, and what the spool says.

use khiw_printing::escpos::decode::{Decoder, Heard};
use khiw_printing::{Faults, JobState, Link, NewJob, PrinterState, Reason, Spool};

use crate::common::{
    Hall, PRINTER, STREAM, jobs, link_to, new_job, picture, setup, start, until, until_final, until_jobs,
};

#[tokio::test]
async fn a_ticket_is_printed_as_drawn_and_confirmed() {
    let mut hall = Hall::new(Faults::default(), |_| {}).await;
    hall.spool.accept(STREAM, 2, &[new_job(1), new_job(2)]).unwrap();
    let jobs = until_final(&hall.spool).await;
    assert_eq!(jobs.iter().map(|job| job.state).collect::<Vec<_>>(), [JobState::Printed, JobState::Printed]);
    assert_eq!(hall.new_pictures(), [picture("A001", false), picture("A002", false)]);
    assert_eq!(hall.spool.unreported(10).unwrap(), jobs);
    until(hall.worker.state(), |state| *state == PrinterState::Ok).await;
    hall.worker.stop().await;
}

#[tokio::test]
async fn without_paper_the_job_waits_and_comes_out_once_and_unmarked() {
    let mut hall = Hall::new(Faults { paper_out: true, ..Faults::default() }, |_| {}).await;
    until(hall.worker.state(), |state| *state == PrinterState::PaperOut).await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    hall.simulator.set_faults(Faults { cover_open: true, ..Faults::default() });
    until(hall.worker.state(), |state| *state == PrinterState::CoverOpen).await;
    assert_eq!(jobs(&hall.spool)[0].state, JobState::Queued);
    hall.simulator.set_faults(Faults { paper_near_end: true, ..Faults::default() });
    assert_eq!(until_final(&hall.spool).await[0].state, JobState::Printed);
    assert_eq!(hall.new_pictures(), [picture("A001", false)]);
    until(hall.worker.state(), |state| *state == PrinterState::PaperNearEnd).await;
}

#[tokio::test]
async fn a_job_that_waits_too_long_fails_with_the_printers_state() {
    let fault = Faults { cutter_error: true, ..Faults::default() };
    let hall = Hall::new(fault, |setup| setup.job_age_s_max = 0).await;
    until(hall.worker.state(), |state| *state == PrinterState::CutterError).await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    assert_eq!(until_final(&hall.spool).await[0].state, JobState::Failed(Reason::CutterError));
}

#[tokio::test]
async fn a_printer_that_is_away_holds_up_only_its_own_jobs() {
    let mut hall = Hall::new(Faults::default(), |_| {}).await;
    // A port that was free a moment ago, and nobody listens on.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut away = setup(format!("tcp://{closed}").parse().unwrap());
    away.name = "desk-2".into();
    let away = start(&hall.spool, away);
    until(away.state(), |state| *state == PrinterState::Offline).await;
    let there = NewJob { printer: "desk-2".into(), ..new_job(1) };
    hall.spool.accept(STREAM, 2, &[there, new_job(2)]).unwrap();
    let jobs = until_jobs(&hall.spool, |jobs| jobs[1].state.is_final()).await;
    assert_eq!((jobs[0].state, jobs[1].state), (JobState::Queued, JobState::Printed));
    assert_eq!(hall.new_pictures(), [picture("A002", false)]);
}

#[tokio::test]
async fn an_offline_printer_gets_its_jobs_when_it_is_back() {
    let mut hall = Hall::new(Faults { offline: true, ..Faults::default() }, |_| {}).await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    until(hall.worker.state(), |state| *state == PrinterState::Offline).await;
    hall.simulator.set_faults(Faults::default());
    assert_eq!(until_final(&hall.spool).await[0].state, JobState::Printed);
    assert_eq!(hall.new_pictures(), [picture("A001", false)]);
}

#[tokio::test]
async fn a_mute_printer_is_sent_to_and_unknown_never_fine() {
    let mut hall =
        Hall::new(Faults { mute: true, ..Faults::default() }, |setup| setup.timeouts.answer_ms = 20).await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    assert_eq!(until_final(&hall.spool).await[0].state, JobState::Sent);
    until(hall.simulator.pictures(), |count| *count == 1).await;
    assert_eq!(hall.new_pictures(), [picture("A001", false)]);
    assert_eq!(*hall.worker.state().borrow(), PrinterState::Unknown);
}

#[tokio::test]
async fn a_printer_that_only_answers_in_real_time_is_sent_to() {
    let faults = Faults { unconfirming: true, ..Faults::default() };
    let hall = Hall::new(faults, |setup| setup.timeouts.confirm_ms = 20).await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    assert_eq!(until_final(&hall.spool).await[0].state, JobState::Sent);
}

#[tokio::test]
async fn a_printer_that_stops_in_the_middle_is_uncertain_then_prints_a_marked_copy() {
    let mut hall = Hall::new(Faults { stall_after: Some(5_000), ..Faults::default() }, |setup| {
        setup.timeouts.confirm_ms = 500;
        setup.timeouts.answer_ms = 100;
    })
    .await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    let jobs = until_jobs(&hall.spool, |jobs| jobs[0].state.is_final()).await;
    assert_eq!(jobs[0].state, JobState::Uncertain(Reason::Silent));
    until(hall.worker.state(), |state| *state == PrinterState::Offline).await;
    hall.simulator.set_faults(Faults::default());
    let jobs = until_final(&hall.spool).await;
    assert_eq!((jobs[1].copy, jobs[1].state), (1, JobState::Printed), "{jobs:#?}");
    // What had reached the printer's buffer comes out first; then the marked copy.
    assert_eq!(hall.new_pictures(), [picture("A001", false), picture("A001", true)]);
}

#[tokio::test]
async fn a_job_killed_while_sending_comes_out_again_marked_after_a_restart() {
    let hall = Hall::new(Faults { stall_after: Some(5_000), ..Faults::default() }, |_| {}).await;
    hall.spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    until_jobs(&hall.spool, |jobs| jobs[0].state == JobState::Sending).await;
    let Hall { folder, simulator, spool, worker, .. } = hall;
    drop(worker);
    drop(spool);
    // The worker's last look into the spool may still be under way: the file is free when it is done.
    let spool = loop {
        match Spool::open(folder.path().join("spool.db")) {
            Ok(spool) => break spool,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_eq!(jobs(&spool)[0].state, JobState::Uncertain(Reason::Crashed));
    simulator.set_faults(Faults::default());
    let mut next = setup(link_to(&simulator));
    next.timeouts.answer_ms = 500;
    let _worker = start(&spool, next);
    let jobs = until_final(&spool).await;
    assert_eq!((jobs[1].copy, jobs[1].state), (1, JobState::Printed));
    let newest = simulator.files().pop().unwrap();
    let newest = khiw_printing::Picture::from_png(&std::fs::read(newest).unwrap()).unwrap();
    assert_eq!(newest, picture("A001", true));
}

#[tokio::test]
async fn a_file_takes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticket.bin");
    let spool = Spool::open(folder.path().join("spool.db")).unwrap();
    let worker = start(&spool, setup(Link::File { path: path.clone() }));
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    assert_eq!(until_final(&spool).await[0].state, JobState::Sent);
    worker.stop().await;
    let mut decoder = Decoder::default();
    let heard: Vec<_> =
        std::fs::read(path).unwrap().into_iter().filter_map(|byte| decoder.take(byte)).collect();
    assert_eq!(heard, [Heard::Cut(Some(picture("A001", false))), Heard::ConfirmationAsked]);
}

/// The printer's cable is pulled at every so many bytes of a job, over a real network: the paper always comes,
/// and at most one of its prints is whole and unmarked. (At every single byte: `reach`.)
#[tokio::test]
async fn a_connection_that_ends_anywhere_loses_nothing_and_doubles_nothing_unmarked() {
    let mut hall = Hall::new(Faults::default(), |setup| setup.timeouts.answer_ms = 100).await;
    let (plain, marked) = (picture("A001", false), picture("A001", true));
    let job_bytes = khiw_printing::escpos::ticket(&plain).len() as u64;
    let status_bytes = 12;
    let mut kinds = [0; 2];
    for (seq, torn_at) in (1..).zip((0..job_bytes + 2 * status_bytes).step_by(1_499)) {
        hall.simulator.set_faults(Faults { disconnect_at: Some(torn_at), ..Faults::default() });
        let job = NewJob { seq, ..new_job(1) };
        let mut counted = hall.simulator.pictures();
        hall.spool.accept(STREAM, seq, &[job]).unwrap();
        let chain = until_jobs(&hall.spool, |jobs| {
            let mut own = jobs.iter().filter(|job| job.seq == seq);
            own.all(|job| job.state.is_final())
        })
        .await;
        hall.simulator.set_faults(Faults::default());
        let chain: Vec<_> = chain.into_iter().filter(|job| job.seq == seq).collect();
        let last = chain.last().unwrap();
        assert!(matches!(last.state, JobState::Printed | JobState::Sent), "torn at {torn_at}: {chain:#?}");
        let wanted = if last.copy > 0 { &marked } else { &plain };
        let mut pictures = hall.new_pictures();
        while !pictures.contains(wanted) {
            counted.changed().await.unwrap();
            pictures.extend(hall.new_pictures());
        }
        let unmarked = pictures.iter().filter(|drawn| **drawn == plain).count();
        assert!(unmarked <= 1, "torn at {torn_at}: {unmarked} whole unmarked prints");
        kinds[usize::from(last.copy > 0)] += 1;
        hall.forget_pictures();
    }
    assert!(kinds[0] > 0 && kinds[1] > 10, "{kinds:?}");
    assert!(hall.spool.next(PRINTER).unwrap().is_none());
}
