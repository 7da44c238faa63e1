//! The state of one hall: a pure value, advanced by events alone. Reads only; `decide` and `apply` stand apart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::config::{self, Hours, Queue, Rules, Service, SiteConfig};
use crate::counter::{Activity, Counter, Session};
use crate::event::{CallReason, Learnt, Suspension};
use crate::id::{CounterId, QueueId, ServiceId, SiteId, TicketId};
use crate::line::{Line, Place};
use crate::moment::later;
use crate::ticket::{CancelledBy, Lane, Ticket, TicketState};

/// Position and time of the record that an event stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub seq: u64,
    pub at: Timestamp,
}

/// Live tickets a site holds at most; beyond it issuing is refused (`too_many_tickets`).
pub const LIVE_TICKETS_MAX: usize = 100_000;

#[derive(Clone, Debug, Serialize)]
pub struct Site {
    pub(crate) id: SiteId,
    pub(crate) config: Option<Arc<SiteConfig>>,
    #[serde(skip)]
    pub(crate) book: Arc<Rulebook>,
    pub(crate) config_version: u32,
    pub(crate) config_seq: u64,
    pub(crate) day: Option<OpenDay>,
    pub(crate) next_ticket: TicketId,
    /// Shared with the other value of the same site where both are equal; see [`Site::share`].
    pub(crate) tickets: BTreeMap<TicketId, Arc<Ticket>>,
    pub(crate) live: usize,
    /// Parked tickets and no-shows of the day, so that a counter's page need not look through all.
    pub(crate) out_of_line: BTreeSet<TicketId>,
    pub(crate) lines: BTreeMap<QueueId, Line>,
    /// Tickets transferred to one counter wait apart from their queue's line.
    pub(crate) reserved: BTreeMap<CounterId, Line>,
    pub(crate) series: BTreeMap<Arc<str>, SeriesState>,
    pub(crate) counters: BTreeMap<CounterId, Counter>,
    pub(crate) issued: BTreeMap<QueueId, Issued>,
    pub(crate) learnt: BTreeMap<QueueId, Learnt>,
    pub(crate) suspended: Vec<Suspension>,
    /// Ends of parks and of unanswered calls.
    pub(crate) timers: BTreeSet<(Timestamp, TicketId)>,
    /// Time of the last applied record.
    pub(crate) last_at: Timestamp,
}

/// The service day in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenDay {
    pub day: Date,
    pub ends_at: Timestamp,
    /// Closings still to come.
    pub closings: BTreeMap<QueueId, Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeriesState {
    pub round: u32,
    /// Last value given in this round; 0: none yet.
    pub last: u32,
    /// Values of live tickets, skipped after a wrap.
    pub live: BTreeSet<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Issued {
    pub day: u32,
    pub hour: u8,
    pub in_hour: u32,
}

/// Look-ups made from the configuration. Never part of the state: it follows from it.
#[derive(Debug)]
pub(crate) struct Rulebook {
    pub zone: TimeZone,
    pub services: BTreeMap<ServiceId, usize>,
    pub queues: BTreeMap<QueueId, usize>,
    pub counters: BTreeMap<CounterId, usize>,
    /// Index of each service's hours.
    pub hours_of: Vec<usize>,
}

impl Rulebook {
    pub fn empty() -> Self {
        Self {
            zone: TimeZone::UTC,
            services: BTreeMap::new(),
            queues: BTreeMap::new(),
            counters: BTreeMap::new(),
            hours_of: Vec::new(),
        }
    }

    pub fn of(config: &SiteConfig) -> Self {
        let hours: BTreeMap<_, _> =
            config.hours.iter().enumerate().map(|(i, hours)| (&hours.id, i)).collect();
        Self {
            zone: TimeZone::get(&config.time_zone).unwrap_or(TimeZone::UTC),
            services: config.services.iter().enumerate().map(|(i, s)| (s.id.clone(), i)).collect(),
            queues: config.queues.iter().enumerate().map(|(i, q)| (q.id.clone(), i)).collect(),
            counters: config.counters.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect(),
            hours_of: config.services.iter().map(|s| hours.get(&s.hours).copied().unwrap_or(0)).collect(),
        }
    }
}

/// One line of a calling order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub ticket: TicketId,
    pub promise: Timestamp,
    /// Promise + handicap: what was compared.
    pub key: Timestamp,
    pub reason: CallReason,
}

impl Site {
    pub fn new(id: SiteId) -> Self {
        Self {
            id,
            config: None,
            book: Arc::new(Rulebook::empty()),
            config_version: 0,
            config_seq: 0,
            day: None,
            next_ticket: TicketId(1),
            tickets: BTreeMap::new(),
            live: 0,
            out_of_line: BTreeSet::new(),
            lines: BTreeMap::new(),
            reserved: BTreeMap::new(),
            series: BTreeMap::new(),
            counters: BTreeMap::new(),
            issued: BTreeMap::new(),
            learnt: BTreeMap::new(),
            suspended: Vec::new(),
            timers: BTreeSet::new(),
            last_at: Timestamp::UNIX_EPOCH,
        }
    }

    pub fn id(&self) -> &SiteId {
        &self.id
    }

    pub fn config(&self) -> Option<&Arc<SiteConfig>> {
        self.config.as_ref()
    }

    pub fn config_version(&self) -> u32 {
        self.config_version
    }

    pub fn zone(&self) -> &TimeZone {
        &self.book.zone
    }

    pub fn day(&self) -> Option<&OpenDay> {
        self.day.as_ref()
    }

    pub fn last_at(&self) -> Timestamp {
        self.last_at
    }

    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.get(&id).map(Arc::as_ref)
    }

    /// Keeps one copy of a ticket that is the same here and in `other`: the dispatcher holds each site twice, and
    /// a day's tickets are most of it.
    pub fn share(&mut self, other: &Self, id: TicketId) {
        if let (Some(here), Some(there)) = (self.tickets.get_mut(&id), other.tickets.get(&id))
            && here == there
        {
            *here = Arc::clone(there);
        }
    }

    /// All tickets of the service day, in issue order.
    pub fn tickets(&self) -> impl DoubleEndedIterator<Item = &Ticket> {
        self.tickets.values().map(Arc::as_ref)
    }

    /// Parked tickets and no-shows of the day, in issue order.
    pub fn out_of_line(&self) -> impl DoubleEndedIterator<Item = &Ticket> {
        self.out_of_line.iter().map(|id| self.tickets[id].as_ref())
    }

    pub fn live_tickets(&self) -> usize {
        self.live
    }

    pub fn counter(&self, id: &CounterId) -> Option<&Counter> {
        self.counters.get(id)
    }

    pub fn counters(&self) -> impl Iterator<Item = (&CounterId, &Counter)> {
        self.counters.iter()
    }

    pub fn suspended(&self) -> &[Suspension] {
        &self.suspended
    }

    /// The hall was emptied and nobody works there yet. A hall that opened its counters anew, or its day, is not.
    pub fn is_evacuated(&self) -> bool {
        let mut sessions = self.counters.values().filter_map(|counter| counter.session.as_ref()).peekable();
        let sent_out = |ticket: &Arc<Ticket>| {
            matches!(
                ticket.state,
                TicketState::Parked { by: None, until: None }
                    | TicketState::Cancelled { by: CancelledBy::Evacuation }
            )
        };
        let anybody = sessions.peek().is_some() || self.tickets.values().any(sent_out);
        self.suspended.iter().any(Suspension::is_evacuation)
            && anybody
            && sessions.all(|session| session.paused.is_some())
    }

    /// The suspension that stands in the way of this queue, the hall's first.
    pub fn suspension(&self, queue: &QueueId) -> Option<&Suspension> {
        let of = |wanted: Option<&QueueId>| self.suspended.iter().find(|s| s.queue.as_ref() == wanted);
        of(None).or_else(|| of(Some(queue)))
    }

    pub fn line(&self, queue: &QueueId) -> Option<&Line> {
        self.lines.get(queue)
    }

    pub fn reserved_line(&self, counter: &CounterId) -> Option<&Line> {
        self.reserved.get(counter)
    }

    pub fn waiting(&self, queue: &QueueId) -> usize {
        self.lines.get(queue).map_or(0, Line::len)
    }

    pub fn learnt(&self, queue: &QueueId) -> Option<&Learnt> {
        self.learnt.get(queue)
    }

    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        let index = *self.book.services.get(id)?;
        self.config.as_ref().map(|config| &config.services[index])
    }

    pub fn queue(&self, id: &QueueId) -> Option<&Queue> {
        let index = *self.book.queues.get(id)?;
        self.config.as_ref().map(|config| &config.queues[index])
    }

    pub fn counter_config(&self, id: &CounterId) -> Option<&config::Counter> {
        let index = *self.book.counters.get(id)?;
        self.config.as_ref().map(|config| &config.counters[index])
    }

    pub fn hours_of(&self, service: &ServiceId) -> Option<&Hours> {
        let index = *self.book.services.get(service)?;
        self.config.as_ref().map(|config| &config.hours[self.book.hours_of[index]])
    }

    pub(crate) fn rules(&self) -> Option<&Rules> {
        self.config.as_ref().map(|config| &config.rules)
    }

    /// Tickets before this one in its line; none when it does not wait.
    pub fn ahead(&self, id: TicketId) -> Option<usize> {
        let ticket = self.tickets.get(&id)?;
        let place = Place { promise: ticket.promise, ticket: id };
        match &ticket.state {
            TicketState::Waiting { only: None } => self.lines.get(&ticket.queue).map(|line| line.rank(place)),
            TicketState::Waiting { only: Some(counter) } => {
                self.reserved.get(counter).map(|line| line.rank(place))
            }
            _ => None,
        }
    }

    pub fn session(&self, id: &CounterId) -> Option<&Session> {
        self.counters.get(id)?.session.as_ref()
    }

    pub fn at_hand(&self, id: &CounterId) -> Option<&Ticket> {
        self.ticket(self.session(id)?.at_hand?)
    }

    pub fn activity(&self, id: &CounterId) -> Activity {
        let Some(session) = self.session(id) else { return Activity::Closed };
        match self.at_hand(id).map(|ticket| &ticket.state) {
            Some(TicketState::Serving { .. }) => Activity::Serving,
            Some(_) => Activity::Calling,
            None if session.paused.is_some() => Activity::Paused,
            None => Activity::Idle,
        }
    }

    /// Counters that are open and work for this queue.
    pub fn counters_serving<'a>(
        &'a self,
        queue: &'a QueueId,
    ) -> impl Iterator<Item = (&'a CounterId, &'a Session)> {
        self.counters.iter().filter_map(move |(id, counter)| {
            let session = counter.session.as_ref()?;
            session.queues.iter().any(|served| served.queue == *queue).then_some((id, session))
        })
    }

    /// The target wait of a lane.
    pub fn target_s(&self, queue: &QueueId, lane: Lane) -> u32 {
        self.queue(queue).map_or(0, |queue| match lane {
            Lane::Normal => queue.target_wait_s,
            Lane::Priority => queue.priority_target_wait_s,
        })
    }

    /// Who this counter would call, in order: earliest promise + handicap first, ties by issue order. A closed
    /// counter shows what awaits it.
    pub fn order(&self, counter: &CounterId) -> Order<'_> {
        let mut heads: Vec<Head<'_>> = Vec::new();
        if let Some(line) = self.reserved.get(counter) {
            heads.push(Head { line, position: 0, handicap_s: 0, reserved: true });
        }
        for served in self.serves(counter) {
            if let Some(line) = self.lines.get(&served.queue) {
                heads.push(Head { line, position: 0, handicap_s: served.handicap_s, reserved: false });
            }
        }
        Order { heads }
    }

    /// The queues a counter works for: of its session, or of its profile while it is closed.
    pub fn serves(&self, counter: &CounterId) -> &[config::Served] {
        if let Some(session) = self.session(counter) {
            return &session.queues;
        }
        let profile = self.counter_config(counter).map(|counter| &counter.profile);
        let profiles = self.config.iter().flat_map(|config| &config.profiles);
        profiles.into_iter().find(|known| Some(&known.id) == profile).map_or(&[], |found| &found.queues)
    }

    /// The next moment at which time alone causes something; `Timestamp::MIN` when it is overdue.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.config.as_ref()?;
        let Some(day) = &self.day else { return Some(Timestamp::MIN) };
        let timer = self.timers.first().map(|(at, _)| *at);
        let closing = day.closings.values().min().copied();
        let auto = self.next_auto_call().map(|(at, _)| at);
        [Some(day.ends_at), timer, closing, auto].into_iter().flatten().min()
    }

    /// The next due moment while days may not roll over.
    pub fn next_due_without_rollover(&self) -> Option<Timestamp> {
        let day = self.day.as_ref()?;
        let timer = self.timers.first().map(|(at, _)| *at);
        let closing = day.closings.values().min().copied();
        let auto = self.next_auto_call().map(|(at, _)| at);
        [timer, closing, auto].into_iter().flatten().min()
    }

    /// The idle counter in auto mode that is given a ticket first, and when.
    pub(crate) fn next_auto_call(&self) -> Option<(Timestamp, CounterId)> {
        let wait_s = self.rules()?.auto_call_paper_wait_s;
        self.counters
            .iter()
            .filter(|(id, counter)| counter.auto_call && self.activity(id) == Activity::Idle)
            .filter_map(|(id, _)| {
                let next = self.order(id).next()?;
                let ticket = &self.tickets[&next.ticket];
                let ready =
                    if ticket.paper.is_settled() { Timestamp::MIN } else { later(ticket.joined, wait_s) };
                Some((ready, id.clone()))
            })
            .min()
    }
}

struct Head<'a> {
    line: &'a Line,
    position: usize,
    handicap_s: u32,
    reserved: bool,
}

impl Head<'_> {
    fn next(&self) -> Option<Next> {
        let place = self.line.get(self.position)?;
        Some(Next {
            ticket: place.ticket,
            promise: place.promise,
            key: later(place.promise, self.handicap_s),
            reason: if self.reserved { CallReason::Reserved } else { CallReason::EarliestPromise },
        })
    }
}

/// Iterator over a counter's calling order; see [`Site::order`].
pub struct Order<'a> {
    heads: Vec<Head<'a>>,
}

impl Iterator for Order<'_> {
    type Item = Next;

    fn next(&mut self) -> Option<Next> {
        let (index, next) = self
            .heads
            .iter()
            .enumerate()
            .filter_map(|(index, head)| head.next().map(|next| (index, next)))
            .min_by_key(|(_, next)| (next.key, next.ticket))?;
        self.heads[index].position += 1;
        Some(next)
    }
}
