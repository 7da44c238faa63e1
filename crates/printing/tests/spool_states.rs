//! The spool: states through restarts, nothing lost, nothing doubled.

use jiff::SignedDuration;
use khiw_printing::job::{Job, JobOutcome, JobState, NewJob, Reason};
use khiw_printing::spool::{Final, Intake, JobFilter, QUEUED_MAX, Spool, SpoolError, UNCERTAIN_PRINTS_MAX};

use crate::common::{STREAM, paper};

fn new_job(seq: u64, index: u32) -> NewJob {
    NewJob {
        seq,
        index,
        printer: "kiosk-1".into(),
        ticket: format!("t{seq}"),
        paper: paper(&format!("A{seq:03}")),
    }
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn open(&self) -> Spool {
        Spool::open(self.folder.path().join("spool.db")).unwrap()
    }
}

fn all(spool: &Spool) -> Vec<Job> {
    let mut jobs = spool.jobs(&JobFilter::default(), 1_000).unwrap();
    jobs.reverse();
    jobs
}

#[test]
fn jobs_and_position_are_there_after_a_restart_and_only_once() {
    let place = Place::new();
    let spool = place.open();
    spool.accept(STREAM, 7, &[new_job(5, 0), new_job(5, 1), new_job(7, 0)]).unwrap();
    drop(spool);

    let spool = place.open();
    // A follower that was not told repeats itself, overlapping.
    spool.accept(STREAM, 7, &[new_job(5, 0), new_job(7, 0)]).unwrap();
    spool.accept(STREAM, 9, &[new_job(7, 0), new_job(9, 0)]).unwrap();

    assert_eq!(spool.position(STREAM).unwrap(), 9);
    assert_eq!(spool.position("hall/other").unwrap(), 0);
    let keys: Vec<_> = all(&spool).iter().map(|job| (job.seq, job.index, job.copy)).collect();
    assert_eq!(keys, [(5, 0, 0), (5, 1, 0), (7, 0, 0), (9, 0, 0)]);
    let next = spool.next("kiosk-1").unwrap().unwrap();
    assert_eq!((next.seq, next.index), (5, 0));
    assert_eq!(next.paper().unwrap(), paper("A005"));
    assert!(spool.next("kiosk-2").unwrap().is_none());
}

#[test]
fn a_crash_while_sending_is_uncertain_and_a_marked_copy_follows() {
    let place = Place::new();
    let spool = place.open();
    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    let job = spool.next("kiosk-1").unwrap().unwrap();
    spool.begin(job.id).unwrap();
    drop(spool);

    let spool = place.open();
    let jobs = all(&spool);
    assert_eq!(jobs[0].state, JobState::Uncertain(Reason::Crashed));
    assert_eq!((jobs[1].state, jobs[1].copy), (JobState::Queued, 1));
    assert!(!jobs[0].paper().unwrap().reprint && jobs[1].paper().unwrap().reprint);
    assert_eq!(jobs[1].queued_at, jobs[0].queued_at);
    assert_eq!(spool.next("kiosk-1").unwrap().unwrap().id, jobs[1].id);
    // Opening once more changes nothing.
    drop(spool);
    assert_eq!(all(&place.open()), jobs);
}

#[test]
fn copies_after_uncertain_ends_are_bounded() {
    let spool = Place::new().open();
    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    let mut prints = 0;
    while let Some(job) = spool.next("kiosk-1").unwrap() {
        spool.begin(job.id).unwrap();
        spool.finish(job.id, JobOutcome::Uncertain(Reason::Torn)).unwrap();
        prints += 1;
        assert!(prints <= 100, "copies without end");
    }
    assert_eq!(prints, UNCERTAIN_PRINTS_MAX);
}

#[test]
fn steps_out_of_order_are_refused() {
    let spool = Place::new().open();
    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    let id = spool.next("kiosk-1").unwrap().unwrap().id;
    let refused = |result: Result<(), SpoolError>| matches!(result, Err(SpoolError::WrongState { .. }));
    assert!(refused(spool.finish(id, JobOutcome::Printed)));
    assert!(refused(spool.finish(id, JobOutcome::Uncertain(Reason::Torn))));
    spool.begin(id).unwrap();
    assert!(refused(spool.begin(id)));
    spool.finish(id, JobOutcome::NotSent).unwrap();
    spool.begin(id).unwrap();
    spool.finish(id, JobOutcome::Printed).unwrap();
    assert!(refused(spool.finish(id, JobOutcome::Failed(Reason::Offline))));
    assert_eq!(all(&spool)[0].attempts, 2);
    assert!(matches!(spool.begin(99), Err(SpoolError::Unknown(99))));
}

#[test]
fn outcomes_are_kept_until_they_are_reported() {
    let place = Place::new();
    let spool = place.open();
    spool.accept(STREAM, 2, &[new_job(1, 0), new_job(2, 0)]).unwrap();
    for outcome in [JobOutcome::Printed, JobOutcome::Sent] {
        let job = spool.next("kiosk-1").unwrap().unwrap();
        spool.begin(job.id).unwrap();
        spool.finish(job.id, outcome).unwrap();
    }
    drop(spool);

    let spool = place.open();
    let unreported = spool.unreported(10).unwrap();
    assert_eq!(
        unreported.iter().map(|job| job.state).collect::<Vec<_>>(),
        [JobState::Printed, JobState::Sent]
    );
    spool.reported(unreported[0].id).unwrap();
    drop(spool);
    assert_eq!(place.open().unreported(10).unwrap(), unreported[1..]);
}

fn ended(seq: u64, ticket: &str) -> Final {
    Final { seq, ticket: ticket.into() }
}

#[test]
fn a_final_ticket_takes_its_waiting_paper_with_it() {
    let spool = Place::new().open();
    spool.accept(STREAM, 2, &[new_job(1, 0), new_job(2, 0)]).unwrap();
    spool.take_in(STREAM, 3, &Intake { finals: &[ended(3, "t1")], ..Intake::default() }).unwrap();
    assert_eq!(spool.expire(STREAM, "t9").unwrap(), 0);
    assert_eq!(spool.expire("hall/other", "t2").unwrap(), 0);
    let states: Vec<_> = all(&spool).iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Expired, JobState::Queued]);
    assert_eq!(spool.counts().unwrap(), [("expired".into(), 1), ("queued".into(), 1)]);
}

#[test]
fn jobs_that_waited_too_long_fail_with_the_reason() {
    let spool = Place::new().open();
    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    assert_eq!(spool.fail_waiting("kiosk-1", SignedDuration::from_secs(3_600), Reason::Offline).unwrap(), 0);
    assert_eq!(spool.fail_waiting("kiosk-2", SignedDuration::ZERO, Reason::Offline).unwrap(), 0);
    assert_eq!(spool.fail_waiting("kiosk-1", SignedDuration::ZERO, Reason::PaperOut).unwrap(), 1);
    assert_eq!(all(&spool)[0].state, JobState::Failed(Reason::PaperOut));
}

#[test]
fn a_ticket_that_is_final_while_its_paper_is_under_way_gets_no_copy() {
    let spool = Place::new().open();
    spool.accept(STREAM, 2, &[new_job(1, 0), new_job(2, 0)]).unwrap();
    let begin = || {
        let job = spool.next("kiosk-1").unwrap().unwrap();
        spool.begin(job.id).unwrap();
        job.id
    };
    let torn = begin();
    spool.expire(STREAM, "t1").unwrap();
    spool.finish(torn, JobOutcome::Uncertain(Reason::Torn)).unwrap();
    let unsent = begin();
    spool.expire(STREAM, "t2").unwrap();
    spool.finish(unsent, JobOutcome::NotSent).unwrap();
    let states: Vec<_> = all(&spool).iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Uncertain(Reason::Torn), JobState::Expired]);
}

#[test]
fn waiting_jobs_go_to_another_printer_and_the_one_under_way_stays() {
    let spool = Place::new().open();
    spool.accept(STREAM, 3, &[new_job(1, 0), new_job(2, 0), new_job(3, 0)]).unwrap();
    let under_way = spool.next("kiosk-1").unwrap().unwrap();
    spool.begin(under_way.id).unwrap();
    assert_eq!(spool.hand_over("kiosk-1", "desk-2").unwrap(), 2);
    assert_eq!(spool.hand_over("kiosk-1", "desk-2").unwrap(), 0);
    let printers: Vec<_> = all(&spool).into_iter().map(|job| (job.seq, job.printer)).collect();
    assert_eq!(printers, [(1, "kiosk-1".into()), (2, "desk-2".into()), (3, "desk-2".into())]);
    spool.finish(under_way.id, JobOutcome::Printed).unwrap();
}

#[test]
fn what_a_worker_that_is_gone_was_sending_is_uncertain_on_its_own_printer_only() {
    let spool = Place::new().open();
    let other = NewJob { printer: "desk-2".into(), ..new_job(2, 0) };
    spool.accept(STREAM, 2, &[new_job(1, 0), other]).unwrap();
    for printer in ["kiosk-1", "desk-2"] {
        spool.begin(spool.next(printer).unwrap().unwrap().id).unwrap();
    }
    assert_eq!(spool.settle_abandoned("kiosk-1").unwrap(), 1);
    let states: Vec<_> = all(&spool).iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Uncertain(Reason::Crashed), JobState::Sending, JobState::Queued]);
}

#[test]
fn a_full_queue_fails_openly() {
    let spool = Place::new().open();
    let seqs = 1..=u64::from(QUEUED_MAX) + 1;
    let jobs: Vec<_> = seqs.map(|seq| new_job(seq, 0)).collect();
    spool.accept(STREAM, jobs.len() as u64, &jobs).unwrap();
    assert_eq!(spool.unreported(10).unwrap()[0].state, JobState::Failed(Reason::QueueFull));
    assert_eq!(spool.counts().unwrap(), [("failed".into(), 1), ("queued".into(), u64::from(QUEUED_MAX))]);
}

#[test]
fn a_second_process_cannot_open_the_same_spool() {
    let place = Place::new();
    let spool = place.open();
    spool.accept(STREAM, 1, &[]).unwrap();
    assert!(Spool::open(place.folder.path().join("spool.db")).is_err());
}

#[test]
fn whoever_waits_hears_of_every_change() {
    let spool = Place::new().open();
    let changes = spool.changes();
    assert!(!changes.has_changed().unwrap());
    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    assert!(changes.has_changed().unwrap());
}

#[test]
fn a_spool_is_busy_while_a_paper_waits_or_is_under_way_also_over_a_restart() {
    let place = Place::new();
    let spool = place.open();
    assert!(!spool.is_busy());

    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    assert!(spool.is_busy());
    drop(spool);
    let spool = place.open();
    assert!(spool.is_busy());
    let job = spool.next("kiosk-1").unwrap().unwrap();
    spool.begin(job.id).unwrap();
    assert!(spool.is_busy());
    spool.finish(job.id, JobOutcome::Printed).unwrap();
    assert!(!spool.is_busy());
}

#[test]
fn a_damaged_spool_is_set_aside_and_begins_anew() {
    let place = Place::new();
    let path = place.folder.path().join("spool.db");
    std::fs::write(&path, "no spool, whatever it was: ".repeat(400)).unwrap();
    assert!(matches!(Spool::open(&path), Err(error) if error.is_damage()));

    let (spool, aside) = Spool::open_or_renew(&path).unwrap();

    assert!(std::fs::read_to_string(aside.unwrap()).unwrap().starts_with("no spool"));
    spool.accept(STREAM, 1, &[new_job(1, 0)]).unwrap();
    drop(spool);
    let (spool, aside) = Spool::open_or_renew(&path).unwrap();
    assert_eq!((spool.position(STREAM).unwrap(), aside), (1, None));
    // One that is in use is no damage.
    assert!(matches!(Spool::open_or_renew(&path), Err(error) if !error.is_damage()));
}
