//! Papers that staff order, and papers that no record asks for.

use khiw_printing::job::{JobOutcome, JobState, Ordered, Reason};
use khiw_printing::spool::{Final, Intake, JobFilter, Spool};
use khiw_printing::{Job, PaperKind, TicketPaper};

use crate::common::{PRINTER, STREAM, new_job, paper};

fn spool() -> Spool {
    Spool::in_memory(std::sync::Arc::new(|| jiff::Timestamp::UNIX_EPOCH)).unwrap()
}

fn ordered(seq: u64, ticket: &str, reprint: bool) -> Ordered {
    Ordered {
        seq,
        index: 0,
        printer: "desk-2".into(),
        ticket: ticket.into(),
        by: "k3f9".into(),
        paper: TicketPaper { reprint, people_ahead: None, ..paper("A001") },
    }
}

fn order(spool: &Spool, position: u64, ordered: &Ordered) {
    let ordered = std::slice::from_ref(ordered);
    spool.take_in(STREAM, position, &Intake { ordered, ..Intake::default() }).unwrap();
}

fn all(spool: &Spool) -> Vec<Job> {
    let mut jobs = spool.jobs(&JobFilter::default(), 100).unwrap();
    jobs.reverse();
    jobs
}

#[test]
fn a_failed_paper_comes_again_with_its_facts_marked_and_by_whom() {
    let spool = spool();
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    let failed = spool.next(PRINTER).unwrap().unwrap();
    spool.finish(failed.id, JobOutcome::Failed(Reason::PaperOut)).unwrap();

    order(&spool, 2, &ordered(2, "t1", true));
    order(&spool, 2, &ordered(2, "t1", true));

    let jobs = all(&spool);
    assert_eq!(jobs.len(), 2, "a record read twice is printed once");
    let again = &jobs[1];
    assert_eq!((again.printer.as_str(), again.ordered_by.as_deref()), ("desk-2", Some("k3f9")));
    let said = again.paper().unwrap();
    assert_eq!((said.reprint, said.people_ahead), (true, Some(3)), "the facts are those of the first paper");
}

#[test]
fn a_paper_that_still_waits_gives_way_to_the_one_ordered() {
    let spool = spool();
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();

    order(&spool, 2, &ordered(2, "t1", true));

    let jobs = all(&spool);
    let states: Vec<(JobState, bool)> = jobs.iter().map(|job| (job.state, job.reported)).collect();
    assert_eq!(
        states,
        [(JobState::Expired, true), (JobState::Queued, false)],
        "not told as the ticket's end"
    );
    assert_eq!(spool.next(PRINTER).unwrap(), None);
    assert_eq!(spool.next("desk-2").unwrap().unwrap().id, jobs[1].id);
}

#[test]
fn a_paper_in_the_printer_is_not_doubled_by_a_copy_of_its_own() {
    let spool = spool();
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    let sending = spool.next(PRINTER).unwrap().unwrap();
    spool.begin(sending.id).unwrap();

    order(&spool, 2, &ordered(2, "t1", true));
    spool.finish(sending.id, JobOutcome::Uncertain(Reason::Torn)).unwrap();

    assert_eq!(all(&spool).len(), 2, "the ordered one is the copy");
}

#[test]
fn a_paper_ordered_after_the_ticket_was_final_and_reinstated_is_printed_however_the_records_come() {
    // The ticket is issued at 1, a no-show at 2, reinstated at 3, printed again at 4, in one page or in four.
    let (issued, gone, again) = (new_job(1), Final { seq: 2, ticket: "t1".into() }, ordered(4, "t1", true));
    let whole = spool();
    let intake = Intake {
        jobs: std::slice::from_ref(&issued),
        ordered: std::slice::from_ref(&again),
        finals: std::slice::from_ref(&gone),
    };
    whole.take_in(STREAM, 4, &intake).unwrap();
    let pages = spool();
    pages.accept(STREAM, 1, std::slice::from_ref(&issued)).unwrap();
    let finals = std::slice::from_ref(&gone);
    pages.take_in(STREAM, 2, &Intake { finals, ..Intake::default() }).unwrap();
    order(&pages, 4, &again);

    for spool in [&whole, &pages] {
        let states: Vec<(u64, JobState)> = all(spool).iter().map(|job| (job.seq, job.state)).collect();
        assert_eq!(states, [(1, JobState::Expired), (4, JobState::Queued)]);
    }
    // And a ticket that is final once more takes that paper, too.
    let finals = &[Final { seq: 5, ticket: "t1".into() }];
    whole.take_in(STREAM, 5, &Intake { finals, ..Intake::default() }).unwrap();
    assert_eq!(all(&whole)[1].state, JobState::Expired);
}

#[test]
fn a_ticket_without_paper_gets_its_first_unmarked() {
    let spool = spool();
    order(&spool, 2, &ordered(2, "t1", false));
    let said = all(&spool)[0].paper().unwrap();
    assert_eq!((said.reprint, said.people_ahead), (false, None));
}

#[test]
fn a_wish_is_printed_once_however_often_it_comes() {
    let spool = spool();
    let page = TicketPaper { kind: PaperKind::Test, ..paper("") };
    let first = spool.wish("loose/oss", "test/key-1", PRINTER, &page, "admin").unwrap();
    let repeated = spool.wish("loose/oss", "test/key-1", PRINTER, &page, "admin").unwrap();
    let other = spool.wish("loose/oss", "test/key-2", PRINTER, &page, "admin").unwrap();
    assert_eq!(first.id, repeated.id);
    assert_ne!(first.id, other.id);
    assert_eq!(all(&spool).len(), 2);
}

#[test]
fn what_waits_is_counted_by_printer_with_the_oldest() {
    let spool = spool();
    spool.accept(STREAM, 3, &[new_job(1), new_job(2), new_job(3)]).unwrap();
    let first = spool.next(PRINTER).unwrap().unwrap();
    spool.begin(first.id).unwrap();
    let second = spool.next(PRINTER).unwrap().unwrap();
    spool.finish(second.id, JobOutcome::Failed(Reason::Offline)).unwrap();

    let waiting = spool.waiting().unwrap();

    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].printer.as_str(), waiting[0].jobs), (PRINTER, 2));
    assert_eq!(waiting[0].since, jiff::Timestamp::UNIX_EPOCH);
}

#[test]
fn one_site_is_listed_without_the_others() {
    let spool = spool();
    let page = paper("A001");
    spool.wish("loose/north", "a", "north/door", &page, "x").unwrap();
    spool.wish("loose/northern", "a", "northern/door", &page, "x").unwrap();
    let of = |prefix: &str| {
        let filter = JobFilter { printers: Some(prefix.to_owned()), ..JobFilter::default() };
        spool.jobs(&filter, 10).unwrap().len()
    };
    assert_eq!((of("north/"), of("northern/"), of("%/")), (1, 1, 0));
}
