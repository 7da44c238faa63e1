//! What the screens of one site are told: a channel per topic, the calls that stand, the ring for resume.
//!
//! The hall's own thread publishes here, so the lock is held only to follow events and to hand frames on; what
//! needs the views of the hall is made by `beat`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use jiff::Timestamp;
use khiw_dispatcher::{Committed, Position, Publisher};
use khiw_domain::id::{CounterId, TicketId};
use khiw_domain::{Event, Site};
use tokio::sync::{Notify, broadcast};
use tokio::time::Instant;

use super::calls::{Calls, Change};
use super::frame::{FrameKind, SharedFrame};
use super::ring::Ring;
use super::screens::{Screens, ScreensReport};
use super::telling;
use crate::alarms::AlarmBoard;
use crate::api::types::{CounterDetail, CounterView, DeskView, Frame, FrameBody, PublicTicket, QueueView};
use crate::metrics::{self, HallCounts};
use crate::screens::Lobby;
use crate::state::ServedHall;

/// Frames a connection may be behind; one more and it starts from a snapshot instead.
pub const CHANNEL_FRAMES: usize = 64;
/// The same where each frame is the whole state: only the newest is worth sending.
const STATE_CHANNEL_FRAMES: usize = 2;
/// Screens, pages and phones of one site at once.
pub const CONNECTIONS_PER_SITE_MAX: usize = 4_096;

/// What a connection listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    Display,
    Site,
    Counter(CounterId),
    Ticket(TicketId),
}

/// A topic whose every frame is the whole state of one thing.
pub struct StateTopic<T> {
    pub sender: broadcast::Sender<SharedFrame>,
    /// What was told last, so that nothing is told twice.
    pub told: Option<T>,
}

impl<T> Default for StateTopic<T> {
    fn default() -> Self {
        Self { sender: broadcast::channel(STATE_CHANNEL_FRAMES).0, told: None }
    }
}

/// A snapshot that may be handed to everybody who comes now: a lobby's screens come back all at once.
pub struct KeptSnapshot {
    pub seq: u64,
    pub made: Instant,
    pub frame: SharedFrame,
}

pub struct Channels {
    pub display: broadcast::Sender<SharedFrame>,
    pub site: broadcast::Sender<SharedFrame>,
    pub counters: BTreeMap<CounterId, StateTopic<CounterDetail>>,
    pub tickets: BTreeMap<TicketId, StateTopic<PublicTicket>>,
    pub calls: Calls,
    pub ring: Ring,
    /// The last record that made a frame.
    pub last_told: u64,
    pub told_at: Option<Instant>,
    /// Counters and tickets that their listeners are told of without waiting.
    pub urgent: Urgent,
    pub queues_told: Vec<QueueView>,
    pub desks_told: Vec<DeskView>,
    pub counters_told: Vec<CounterView>,
    pub kept_display: Option<KeptSnapshot>,
    pub kept_site: Option<KeptSnapshot>,
}

#[derive(Default)]
pub struct Urgent {
    pub counters: BTreeSet<CounterId>,
    pub tickets: BTreeSet<TicketId>,
    /// Display and site start anew.
    pub snapshot: bool,
}

pub struct Feed {
    pub served: Arc<ServedHall>,
    pub alarms: AlarmBoard,
    pub speed: f64,
    pub simulated: bool,
    /// Something changed, or somebody came: `beat` looks.
    pub wake: Notify,
    pub screens: Screens,
    /// Screens that enrolled; see `enrolled`.
    pub(super) lobby: Mutex<Lobby>,
    pub begun: Instant,
    counts: HallCounts,
    channels: Mutex<Channels>,
    connections: AtomicUsize,
    next_connection: AtomicU64,
}

/// One connection's place; freed when dropped.
pub struct Seat {
    pub feed: Arc<Feed>,
    pub connection: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.feed.screens.left(self.connection);
        self.feed.screen_left(self.connection);
        self.feed.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Feed {
    pub fn new(served: Arc<ServedHall>, alarms: AlarmBoard, speed: f64, simulated: bool) -> Self {
        let (calls, head) = served.hall.read(|site| (Calls::of(site), served.hall.position().seq));
        let channel = || broadcast::channel(CHANNEL_FRAMES).0;
        let channels = Channels {
            display: channel(),
            site: channel(),
            counters: BTreeMap::new(),
            tickets: BTreeMap::new(),
            calls,
            ring: Ring::new(head),
            last_told: head,
            told_at: None,
            urgent: Urgent::default(),
            queues_told: Vec::new(),
            desks_told: Vec::new(),
            counters_told: Vec::new(),
            kept_display: None,
            kept_site: None,
        };
        Self {
            counts: HallCounts::of(served.hall.site_id()),
            served,
            alarms,
            speed,
            simulated,
            wake: Notify::new(),
            screens: Screens::default(),
            lobby: Mutex::default(),
            begun: Instant::now(),
            channels: Mutex::new(channels),
            connections: AtomicUsize::new(0),
            next_connection: AtomicU64::new(1),
        }
    }

    /// Short: the hall's own thread waits for it.
    pub fn channels(&self) -> MutexGuard<'_, Channels> {
        // Following events does not panic half-way: each step leaves the channels whole.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more connection; none when the site has as many as it may.
    pub fn seat(self: &Arc<Self>) -> Option<Seat> {
        let taken = self.connections.fetch_add(1, Ordering::Relaxed);
        if taken >= CONNECTIONS_PER_SITE_MAX {
            self.connections.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let connection = self.next_connection.fetch_add(1, Ordering::Relaxed);
        Some(Seat { feed: Arc::clone(self), connection })
    }

    pub fn is_listened_to(&self) -> bool {
        self.connections.load(Ordering::Relaxed) > 0
    }

    /// Takes the state as it is: for the records between the feed's making and its attachment.
    pub fn catch_up(&self) {
        let mut channels = self.channels();
        let hall = &self.served.hall;
        let (calls, head) = hall.read(|site| (Calls::of(site), hall.position().seq));
        if head >= channels.ring.head() {
            channels.calls = calls;
            channels.ring = Ring::new(head);
            channels.last_told = head;
        }
    }

    /// A screen has drawn up to this position: the record, when it is one of this stream.
    pub fn rendered(&self, audience: &Audience, connection: u64, position: &str) -> Option<u64> {
        let seq = self.own_seq(position).filter(|_| *audience == Audience::Display)?;
        self.screens.rendered(connection, seq);
        let channels = self.channels();
        let told_at = channels.told_at.filter(|_| channels.last_told == seq);
        drop(channels);
        if let Some(told_at) = told_at {
            metrics::screen_drew(told_at.elapsed());
        }
        Some(seq)
    }

    pub fn report(&self) -> ScreensReport {
        let last_told = self.channels().last_told;
        self.screens.report(self.connections.load(Ordering::Relaxed), last_told)
    }

    pub fn position(&self, seq: u64) -> String {
        Position { seq, ..self.served.hall.position() }.to_string()
    }

    /// `since` as a record of this very stream; none when it is of another journal or epoch, or no position.
    pub fn own_seq(&self, since: &str) -> Option<u64> {
        let asked: Position = since.parse().ok()?;
        let own = self.served.hall.position();
        (asked.journal == own.journal && asked.epoch == own.epoch).then_some(asked.seq)
    }

    /// The channel of a counter or ticket is made with its first listener.
    pub fn listen(channels: &mut Channels, audience: &Audience) -> broadcast::Receiver<SharedFrame> {
        match audience {
            Audience::Display => channels.display.subscribe(),
            Audience::Site => channels.site.subscribe(),
            Audience::Counter(id) => channels.counters.entry(id.clone()).or_default().sender.subscribe(),
            Audience::Ticket(id) => channels.tickets.entry(*id).or_default().sender.subscribe(),
        }
    }

    /// Ends every channel: connections are told to come back later.
    pub fn close(&self) {
        let mut channels = self.channels();
        channels.display = broadcast::channel(1).0;
        channels.site = broadcast::channel(1).0;
        channels.counters.clear();
        channels.tickets.clear();
    }

    fn follow(&self, site: &Site, batch: &[Committed]) {
        let mut channels = self.channels();
        for record in batch {
            // Between attaching and the first batch the hall may have moved on.
            if record.seq > channels.ring.head() {
                channels.ring.advance(record.seq);
                self.tell_record(&mut channels, site, record);
            }
        }
        drop(channels);
        self.count(batch);
        if self.is_listened_to() {
            self.wake.notify_one();
        }
    }

    fn count(&self, batch: &[Committed]) {
        let events = || batch.iter().flat_map(|record| record.events.iter());
        let issued = events().filter(|event| matches!(event, Event::TicketIssued(_))).count();
        let called = events().filter(|event| matches!(event, Event::TicketCalled(_))).count();
        self.counts.batch(batch.len(), issued, called);
    }

    /// Sends what the record means to the lobby and to staff: the same text for both.
    fn tell_record(&self, channels: &mut Channels, site: &Site, record: &Committed) {
        let mut bodies = Vec::new();
        for event in record.events.iter() {
            channels.note_urgent(event);
            bodies.extend(channels.calls.follow(site, record.at, event).into_iter().map(body_of));
            bodies.extend(telling::notice(event));
            channels.urgent.snapshot |= telling::begins_anew(event);
        }
        let last = bodies.len();
        for (n, body) in (1..).zip(bodies) {
            // Only the last frame of a record is a place to resume from.
            let position = (n == last).then(|| self.position(record.seq));
            if let Some(frame) = record_frame(body, position, record.seq, record.at) {
                (channels.last_told, channels.told_at) = (record.seq, Some(Instant::now()));
                channels.ring.push(frame.clone());
                let _ = channels.display.send(frame.clone());
                let _ = channels.site.send(frame);
            }
        }
        if channels.urgent.snapshot {
            channels.ring.forget();
        }
    }
}

impl Channels {
    fn note_urgent(&mut self, event: &Event) {
        if self.counters.is_empty() && self.tickets.is_empty() {
            return;
        }
        let tickets = telling::tickets_of(event);
        let held = tickets.iter().filter_map(|ticket| self.calls.counter_of(*ticket));
        for counter in held.chain(telling::counter_of(event)) {
            if self.counters.contains_key(counter) {
                self.urgent.counters.insert(counter.clone());
            }
        }
        self.urgent.tickets.extend(tickets.into_iter().filter(|ticket| self.tickets.contains_key(ticket)));
    }
}

fn body_of(change: Change) -> FrameBody {
    match change {
        Change::Called(call) => FrameBody::Call(call),
        Change::Withdrawn { ticket, number, counter } => FrameBody::Withdrawn { ticket, number, counter },
    }
}

fn record_frame(body: FrameBody, position: Option<String>, seq: u64, at: Timestamp) -> Option<SharedFrame> {
    // A call carries its own `at`.
    let stamped = if matches!(body, FrameBody::Call(_)) { None } else { Some(at) };
    let frame = Frame { body, position, seq: Some(seq), at: stamped, now: at };
    SharedFrame::of(FrameKind::Record { seq }, &frame)
}

/// The hall's thread tells the feed, as long as the hub keeps it: the feed holds the hall, so the hall must not
/// hold the feed.
pub struct Herald(pub Weak<Feed>);

impl Publisher for Herald {
    fn published(&mut self, site: &Site, batch: &[Committed]) {
        if let Some(feed) = self.0.upgrade() {
            feed.follow(site, batch);
        }
    }
}
