//! given / when / then for the rules: a hall in memory, a clock in hand, and words for what people do.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use khiw_domain::command::{Command, Context, CounterAction, Destination, Expect, Issue, TicketAction};
use khiw_domain::config::SiteConfig;
use khiw_domain::event::Event;
use khiw_domain::id::{CounterId, TicketId};
use khiw_domain::sample::{self, counter_id, service_id};
use khiw_domain::ticket::{Channel, Lane, Ticket};
use khiw_domain::{Forecast, Refusal, Site, Stamp};

/// Monday 2 November 2026, 09:00 in Bangkok.
pub const MORNING: &str = "2026-11-02T02:00:00Z";

pub struct Hall {
    pub site: Site,
    pub now: Timestamp,
    pub seq: u64,
    pub journal: Vec<(Stamp, Vec<Event>)>,
    pub forecast: Forecast,
    pub hold_rollover: bool,
}

impl Hall {
    /// The sample hall, configured, its day open, no counter open.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut SiteConfig)) -> Self {
        let config = sample::site_with(change);
        let mut hall = Self {
            site: Site::new(config.id.clone()),
            now: MORNING.parse().unwrap(),
            seq: 0,
            journal: Vec::new(),
            forecast: Forecast::default(),
            hold_rollover: false,
        };
        hall.send(&Command::Configure { config }).unwrap();
        hall.catch_up();
        hall
    }

    /// Decides and applies one command now.
    pub fn send(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let context = Context { now: self.now, forecast: &self.forecast, hold_rollover: self.hold_rollover };
        let events = self.site.decide(command, &context)?;
        if !events.is_empty() {
            self.seq += 1;
            let stamp = Stamp { seq: self.seq, at: self.now };
            for event in &events {
                self.site.apply(stamp, event);
            }
            self.journal.push((stamp, events.clone()));
        }
        Ok(events)
    }

    /// Runs everything that time alone causes until now, as the dispatcher does.
    pub fn catch_up(&mut self) {
        for _ in 0..10_000 {
            let due =
                if self.hold_rollover { self.site.next_due_without_rollover() } else { self.site.next_due() };
            if due.is_none_or(|due| due > self.now) {
                return;
            }
            let events = self.send(&Command::Tick).unwrap();
            assert!(!events.is_empty(), "a due tick changes something, else the hall would spin");
        }
        panic!("ticks do not end");
    }

    pub fn wait_s(&mut self, seconds: i64) {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        self.catch_up();
    }

    pub fn issue(&mut self, service: &str) -> TicketId {
        self.try_issue(&[service], Lane::Normal).unwrap()
    }

    pub fn issue_priority(&mut self, service: &str) -> TicketId {
        self.try_issue(&[service], Lane::Priority).unwrap()
    }

    pub fn try_issue(&mut self, services: &[&str], lane: Lane) -> Result<TicketId, Refusal> {
        let events = self.send(&Command::Issue(Issue {
            services: services.iter().map(|s| service_id(s)).collect(),
            lane,
            language: None,
            channel: Channel::Kiosk,
            device: None,
            paper: false,
        }))?;
        match &events[0] {
            Event::TicketIssued(issued) => Ok(issued.ticket),
            other => panic!("issuing gave {other:?}"),
        }
    }

    pub fn at(&mut self, counter: &str, action: CounterAction) -> Result<Vec<Event>, Refusal> {
        self.expecting(counter, action, None)
    }

    pub fn expecting(
        &mut self,
        counter: &str,
        action: CounterAction,
        expect: Option<Expect>,
    ) -> Result<Vec<Event>, Refusal> {
        self.send(&Command::Counter { counter: counter_id(counter), action, expect })
    }

    pub fn open(&mut self, counter: &str) {
        let clerk = format!("clerk-{counter}").parse().unwrap();
        self.at(counter, CounterAction::Open { clerk, profile: None, queues: None }).unwrap();
    }

    /// Presses call-next; the number called, if anybody waits.
    pub fn call_next(&mut self, counter: &str) -> Option<String> {
        self.at(counter, CounterAction::CallNext).unwrap();
        self.hand(counter).map(|ticket| ticket.number.text.to_string())
    }

    pub fn hand(&self, counter: &str) -> Option<&Ticket> {
        self.site.at_hand(&counter_id(counter))
    }

    pub fn by_id(&mut self, ticket: TicketId, action: TicketAction) -> Result<Vec<Event>, Refusal> {
        self.send(&Command::Ticket { ticket, action })
    }

    pub fn ticket(&self, id: TicketId) -> &Ticket {
        self.site.ticket(id).unwrap()
    }

    pub fn number(&self, id: TicketId) -> String {
        self.ticket(id).number.text.to_string()
    }

    pub fn state(&self, id: TicketId) -> &'static str {
        self.ticket(id).state.name()
    }

    /// The whole state as text: equal texts are equal states.
    pub fn fingerprint(&self) -> String {
        serde_json::to_string(&self.site).unwrap()
    }

    /// The state again, from the journal alone.
    pub fn replayed(&self) -> Site {
        let mut site = Site::new(self.site.id().clone());
        for (stamp, events) in &self.journal {
            for event in events {
                site.apply(*stamp, event);
            }
        }
        site
    }

    pub fn config(&self) -> Arc<SiteConfig> {
        Arc::clone(self.site.config().unwrap())
    }
}

pub fn to_queue(queue: &str) -> Destination {
    Destination::Queue(queue.parse().unwrap())
}

pub fn to_counter(counter: &str) -> Destination {
    Destination::Counter(CounterId::parse(counter).unwrap())
}

pub fn code_of<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.unwrap_err().code()
}
