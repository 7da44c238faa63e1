//! A whole day of a large hall at full speed, in process: the real dispatcher on the real journal, with a clock
//! that jumps to whatever happens next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use khiw_dispatcher::{
    Clock as _, Dispatcher, Failure, Hall, ManualClock, Options, ReplayFrom, Request, replay, state_hash,
};
use khiw_domain::config::CloseRule;
use khiw_domain::{Command, Event};
use khiw_journal::{DataFolder, Journal, Kind, SqliteJournal, verify};
use khiw_simulator::{Crowd, Plan};
use khiw_tests::journal::{self, Kept};
use khiw_tests::{Folder, times};

const SITE: &str = "nghe-an";
const VISITORS: u32 = 2_000;

struct Day {
    hall: Hall,
    clock: Arc<ManualClock>,
    refusals: BTreeMap<&'static str, u32>,
}

#[test]
fn a_day_of_two_thousand_visitors_ends_for_everybody_and_replays_to_the_same_state() {
    // Given the hall of Nghệ An on an empty journal, before opening on a Tuesday
    let folder = Folder::empty();
    let lock = DataFolder::open(folder.path()).unwrap();
    let store = Arc::new(SqliteJournal::open(&lock, Kind::Simulated).unwrap());
    let clock = Arc::new(ManualClock::new_simulated("2026-11-03T00:00:00+07:00".parse().unwrap()));
    let shared: Arc<dyn Journal> = store.clone();
    let dispatcher = Dispatcher::start(shared, clock.clone(), Options::default()).unwrap();
    let config = Arc::new(khiw_config::embedded::load(SITE).unwrap());
    let hall = dispatcher.found(config.id.clone()).unwrap();
    hall.blocking_send(Request::once("story", Command::Configure { config: Arc::clone(&config) })).unwrap();

    // When 2,000 visitors and their clerks live through it
    let seed = times("KHIW_SEED", 7) as u64;
    let crowd = Crowd::new(&config, Plan::of(date(2026, 11, 3), seed, VISITORS));
    let mut day = Day { hall: hall.clone(), clock, refusals: BTreeMap::new() };
    day.live_through(crowd);

    // Then everybody who took a number has ended, or was carried to the next day by the rule of their queue
    let kept = journal::records(&folder, SITE);
    let issued = count(&kept, |event| matches!(event, Event::TicketIssued(_)));
    let ended = count(&kept, |event| {
        matches!(event, Event::TicketDone { .. } | Event::TicketCancelled { .. } | Event::TicketNoShow { .. })
    });
    let reinstated = count(
        &kept,
        |event| matches!(event, Event::TicketQueued(queued) if queued.cause == khiw_domain::event::QueuedBy::Reinstatement),
    );
    let carried = hall.read(khiw_domain::Site::live_tickets);
    let day_refusals = &day.refusals;
    assert!(issued > VISITORS as usize * 9 / 10, "{issued} got a number; refusals {day_refusals:?}");
    assert_eq!(issued, ended - reinstated + carried, "every ticket ended or was carried");
    hall.read(|site| {
        for ticket in site.tickets() {
            let rule = config.queues.iter().find(|queue| queue.id == ticket.queue).unwrap().at_close;
            assert_eq!(rule, CloseRule::CarryOver, "{ticket:?}");
        }
    });

    // And the journal alone tells the same state, from its start and from the last day
    let replayed = |from| state_hash(&replay(&*store, hall.site_id(), from).unwrap().site);
    assert_eq!(replayed(ReplayFrom::Start), hall.state_hash());
    assert_eq!(replayed(ReplayFrom::LastDay), hall.state_hash());
    verify(&*store, hall.stream(), 1).unwrap();
    println!(
        "{issued} issued, {ended} ended, {carried} carried, {} records, refusals {day_refusals:?}",
        kept.len()
    );
    dispatcher.stop();
}

impl Day {
    /// Until everybody has gone home and the next day was opened.
    fn live_through(&mut self, mut crowd: Crowd) {
        let first = self.open_day();
        loop {
            let due = self.hall.read(khiw_domain::Site::next_due);
            let Some(next) = [due, crowd.next_at()].into_iter().flatten().min() else { return };
            self.until(next);
            let now = self.clock.wall();
            if due.is_some_and(|due| due <= now) {
                self.send(Command::Tick);
            } else if let Some(command) = self.hall.read(|site| crowd.act(site, now)) {
                self.send(command);
            }
            if crowd.next_at().is_none() && self.open_day() != first {
                return;
            }
        }
    }

    fn open_day(&self) -> Option<jiff::civil::Date> {
        self.hall.read(|site| site.day().map(|day| day.day))
    }

    fn until(&self, next: Timestamp) {
        // Negative: it is due already.
        if let Ok(ahead) = Duration::try_from(next.duration_since(self.clock.wall())) {
            self.clock.advance(ahead);
        }
    }

    /// People do try what cannot be; anything else than a refusal is a fault.
    fn send(&mut self, command: Command) {
        match self.hall.blocking_send(Request::once("story", command)) {
            Ok(_) => {}
            Err(Failure::Refused(refusal)) => *self.refusals.entry(refusal.code()).or_default() += 1,
            Err(failure) => panic!("{failure}"),
        }
    }
}

fn count(kept: &[Kept], wanted: impl Fn(&Event) -> bool) -> usize {
    kept.iter().flat_map(|kept| &kept.events).filter(|event| wanted(event)).count()
}
