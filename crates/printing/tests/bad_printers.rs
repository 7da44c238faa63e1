//! Printers that misbehave: each is told to staff as what it is, and nothing is lost. In paused time, so that a
//! printer may keep everybody waiting for hours.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use khiw_printing::link::{Channel, Dialling, Way};
use khiw_printing::worker::{self, AGAIN_AFTER_MAX};
use khiw_printing::{
    Dial, Faults, Job, JobState, Link, NewJob, PrinterSetup, PrinterState, PrinterWorker, Reason,
    SimulatedPrinter, Spool,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::common::{
    Desk, STREAM, Scribe, WIDTH, all_final, jobs_of, model, paper, read_scribed, until, until_of,
    virtual_spool,
};

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

/// A way to a printer on which the worker itself fails: so many times at once, or once after so many bytes.
struct Trap {
    printer: SimulatedPrinter,
    left: AtomicU32,
    dialled: AtomicU32,
    after_bytes: Arc<AtomicU32>,
}

/// After bytes without end.
const NEVER: u32 = u32::MAX;

impl Trap {
    fn new(times: u32, after_bytes: u32) -> Arc<Self> {
        let printer = SimulatedPrinter::in_memory(model("generic"));
        Arc::new(Self {
            printer,
            left: times.into(),
            dialled: 0.into(),
            after_bytes: Arc::new(after_bytes.into()),
        })
    }

    fn work(self: &Arc<Self>, spool: &Spool) -> PrinterWorker {
        let nowhere = Link::File { path: "/nowhere".into() };
        let setup =
            PrinterSetup { profile: model("generic"), ..PrinterSetup::new("kiosk-1", nowhere, WIDTH) };
        let dial: Arc<dyn Dial> = Arc::<Self>::clone(self);
        worker::start_through(spool.clone(), setup, dial, Arc::new(Mutex::new(Scribe)))
    }
}

impl Dial for Trap {
    fn dial(&self) -> Dialling<'_> {
        self.dialled.fetch_add(1, SeqCst);
        let springs = self.left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok();
        assert!(!springs, "the worker fails, as this test wants it");
        let left = Arc::clone(&self.after_bytes);
        Box::pin(async move {
            let Way { channel, answers } = self.printer.dial().await?;
            Ok(Way { channel: Box::new(Tripwire { channel, left }), answers })
        })
    }
}

struct Tripwire {
    channel: Box<dyn Channel>,
    left: Arc<AtomicU32>,
}

impl AsyncRead for Tripwire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.channel).poll_read(context, into)
    }
}

impl AsyncWrite for Tripwire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let left = self.left.load(SeqCst);
        if left == 0 {
            self.left.store(NEVER, SeqCst);
            panic!("the worker fails, as this test wants it");
        }
        let most = bytes.len().min(left as usize);
        let written = Pin::new(&mut self.channel).poll_write(context, &bytes[..most]);
        if let Poll::Ready(Ok(written)) = written
            && left != NEVER
        {
            self.left.store(left - written as u32, SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.channel).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.channel).poll_shutdown(context)
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_fails_is_seen_as_out_of_order_and_begins_anew() {
    let (spool, trap) = (virtual_spool(), Trap::new(2, NEVER));
    let worker = trap.work(&spool);
    until(worker.state(), |state| *state == PrinterState::Offline).await;
    accept(&spool, 1);
    assert_eq!(states(&until_of(&spool, "t1", all_final).await), [JobState::Printed]);
    until(worker.state(), |state| *state == PrinterState::Ok).await;
    assert_eq!(trap.printer.take_pictures().len(), 1);
    worker.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_fails_in_the_middle_of_a_paper_leaves_one_marked_copy() {
    let (spool, trap) = (virtual_spool(), Trap::new(0, 500));
    accept(&spool, 1);
    let _worker = trap.work(&spool);
    let jobs = until_of(&spool, "t1", all_final).await;
    assert_eq!(states(&jobs), [JobState::Uncertain(Reason::Crashed), JobState::Printed]);
    let papers: Vec<_> = trap.printer.take_pictures().iter().filter_map(read_scribed).collect();
    assert_eq!(papers, [("A001".into(), true)]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_always_fails_begins_at_most_once_a_minute_and_its_papers_come_to_an_end() {
    let (spool, trap) = (virtual_spool(), Trap::new(u32::MAX, NEVER));
    accept(&spool, 1);
    let worker = trap.work(&spool);
    assert_eq!(states(&until_of(&spool, "t1", all_final).await), [JobState::Failed(Reason::Offline)]);
    let before = trap.dialled.load(SeqCst);
    // any moment: time is virtual, and an hour of failures passes
    tokio::time::sleep(60 * AGAIN_AFTER_MAX).await;
    let times = trap.dialled.load(SeqCst) - before;
    assert!((50..=61).contains(&times), "{times} times in an hour");
    assert_eq!(*worker.state().borrow(), PrinterState::Offline);
    // It need not be waited for until the next time.
    tokio::time::timeout(Duration::from_millis(1), worker.stop()).await.unwrap();
}
