//! A hall on a journal without a disk, with a clock that stands still until it is moved.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use khiw_dispatcher::{
    Dispatcher, Done, Failure, Hall, ManualClock, Options, ReplayFrom, Request, replay, state_hash,
};
use khiw_domain::id::{ClerkId, CounterId, SiteId, TicketId};
use khiw_domain::ticket::{Channel, Lane};
use khiw_domain::{Command, CounterAction, Event, Issue, sample};
use khiw_journal::testing::FaultyJournal;
use khiw_journal::{Journal, MemoryJournal, Record};

/// Monday, eight in the morning in Bangkok.
pub const MORNING: &str = "2026-11-23T01:00:00Z";

pub const HOUR: Duration = Duration::from_hours(1);
pub const DAY: Duration = Duration::from_hours(24);

pub struct Office {
    pub clock: Arc<ManualClock>,
    pub journal: Arc<FaultyJournal<MemoryJournal>>,
    pub dispatcher: Dispatcher,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn sample_site() -> SiteId {
    SiteId::parse("sample").unwrap()
}

impl Office {
    /// An office without a hall.
    pub fn empty() -> Self {
        let clock = Arc::new(ManualClock::new(at(MORNING)));
        Self::on(Arc::new(FaultyJournal::new(MemoryJournal::new())), clock)
    }

    /// What a start finds on this journal at this time.
    pub fn on(journal: Arc<FaultyJournal<MemoryJournal>>, clock: Arc<ManualClock>) -> Self {
        let dispatcher = Dispatcher::start(journal.clone(), clock.clone(), Options::default()).unwrap();
        Self { clock, journal, dispatcher }
    }

    /// The sample hall, configured, its day open.
    pub fn open() -> (Self, Hall) {
        let office = Self::empty();
        let hall = office.dispatcher.found(sample_site()).unwrap();
        send(&hall, Command::Configure { config: sample::site_with(|_| {}) }).unwrap();
        // Answers come before publishing: behind this one everything of the opening is over.
        settle(&hall);
        (office, hall)
    }

    /// Stops everything and starts anew on the same journal.
    pub fn restart(self) -> (Self, Hall) {
        self.dispatcher.stop();
        let office = Self::on(self.journal, self.clock);
        let hall = office.hall();
        (office, hall)
    }

    pub fn hall(&self) -> Hall {
        self.dispatcher.hall(&sample_site()).unwrap()
    }

    pub fn records(&self) -> Vec<Record> {
        let hall = self.hall();
        self.journal.read(hall.stream(), 1, usize::MAX).unwrap()
    }

    /// The state is what the journal tells, from the last day and from the start alike.
    #[track_caller]
    pub fn assert_replays_alike(&self) {
        let hall = self.hall();
        for from in [ReplayFrom::Start, ReplayFrom::LastDay] {
            let replayed = replay(&*self.journal, hall.site_id(), from).unwrap();
            if state_hash(&replayed.site) != hall.state_hash() {
                let told = format!("{:#?}", replayed.site);
                let kept = hall.read(|site| format!("{site:#?}"));
                let differs = told.lines().zip(kept.lines()).find(|(told, kept)| told != kept);
                panic!("replay from {from:?} differs, first in {differs:?}");
            }
        }
    }
}

pub fn send(hall: &Hall, command: Command) -> Result<Done, Failure> {
    hall.blocking_send(Request::once("test", command))
}

/// As [`send`], with a command id; the digest follows from the id unless given.
pub fn with_id(id: &str, command: Command) -> Request {
    Request { command_id: Some(id.to_owned()), ..Request::once("device:kiosk", command) }
}

pub fn issue(service: &str) -> Command {
    Command::Issue(Issue {
        services: vec![sample::service_id(service)],
        lane: Lane::Normal,
        language: None,
        channel: Channel::Kiosk,
        device: None,
        paper: false,
    })
}

pub fn counter(id: &str, action: CounterAction) -> Command {
    Command::Counter { counter: sample::counter_id(id), action, expect: None }
}

pub fn open_counter(id: &str) -> Command {
    let clerk = ClerkId::parse(&format!("clerk-{id}")).unwrap();
    counter(id, CounterAction::Open { clerk, profile: None, queues: None })
}

/// Whatever is due has been done when this returns.
pub fn settle(hall: &Hall) {
    send(hall, Command::Tick).unwrap();
}

#[track_caller]
pub fn issued(done: &Done) -> (TicketId, String) {
    match &done.events[..] {
        [Event::TicketIssued(issued)] => (issued.ticket, issued.number.text.to_string()),
        other => panic!("expected a ticket, found {other:?}"),
    }
}

pub fn called(done: &Done) -> Option<(TicketId, CounterId)> {
    done.events.iter().find_map(|event| match event {
        Event::TicketCalled(call) => Some((call.ticket, call.counter.clone())),
        _ => None,
    })
}
