//! One hall as everybody else sees it: send a command, read the committed state, watch the tail. A handle; the
//! hall itself is its writer thread. Nothing here changes the state.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use khiw_domain::id::SiteId;
use khiw_domain::{Command, Event, Forecast, Refusal, Site};
use khiw_journal::{Journal, StreamId, Tail};
use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::position::Position;
use crate::recent::Recent;
use crate::replay::state_hash;
use crate::timeline::{ClockAlarm, TimeLine};

/// Commands that may wait for a hall's writer. When as many wait, the next is refused as `Overloaded`.
pub(crate) const INBOX_MAX: usize = 8_192;

/// A command with its sender.
#[derive(Clone, Debug)]
pub struct Request {
    pub command: Command,
    /// Who asks: a staff member, device or token, as the journal keeps it.
    pub actor: Arc<str>,
    /// Unique per actor: the same id is carried out once. `None`: every sending counts.
    pub command_id: Option<String>,
    /// Of the request's content: the same id with another digest is refused.
    pub digest: [u8; 16],
}

impl Request {
    /// A command that is never repeated.
    pub fn once(actor: impl Into<Arc<str>>, command: Command) -> Self {
        Self { command, actor: actor.into(), command_id: None, digest: [0; 16] }
    }
}

/// A command was carried out, and that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its record. A command that changed nothing and had no id has no record: the last one before it.
    pub seq: u64,
    /// Hall time of the record.
    pub at: Timestamp,
    /// Empty when nothing changed.
    pub events: Arc<[Event]>,
    /// The command had been carried out before; this is its first answer again.
    pub repeated: bool,
}

/// A command was not carried out, or it is not known to be ([`Failure::Unavailable`]). Sending it again under
/// the same command id is always safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// By the rules; this too is only said when what it rests on is durable.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("this command id was used for another request")]
    CommandIdReused,
    /// Too many commands wait; nothing was done.
    #[error("too many commands wait; try again in a moment")]
    Overloaded,
    /// The journal does not store at present, or the hall is stopping.
    #[error("the hall cannot record anything now: {0}")]
    Unavailable(String),
    /// Another writer has taken this hall over; this process writes no more.
    #[error("another machine has taken this hall over")]
    Fenced,
}

/// A durable record, as followers in the same process get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub seq: u64,
    pub epoch: u32,
    pub at: Timestamp,
    pub actor: Arc<str>,
    /// May be empty: a command with an id that changed nothing.
    pub events: Arc<[Event]>,
}

/// Is told of every durable batch, in order, on the hall's own thread: of calls before those who asked are answered,
/// of anything else after. Must not block, and
/// must not call [`Hall::publish_to`] or send blockingly to the same hall.
pub trait Publisher: Send {
    /// `site` is the state after the batch.
    fn published(&mut self, site: &Site, batch: &[Committed]);
}

/// Whether a hall takes commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Serving,
    /// The journal does not say whether the last batch is stored; commands are answered `Unavailable`.
    InDoubt,
    /// Another writer took over; commands are answered `Fenced`.
    Fenced,
    /// Its thread has ended.
    Stopped,
}

pub(crate) enum Message {
    Command(Envelope),
    /// Something outside moved: look at the clock again.
    Wake,
    /// Answer what is queued, then end.
    Stop,
}

pub(crate) type Answer = oneshot::Sender<Result<Done, Failure>>;

pub(crate) struct Envelope {
    pub request: Request,
    pub answer: Answer,
}

/// What a hall's writer shares with its handles.
pub(crate) struct Shared {
    pub site_id: SiteId,
    pub stream: StreamId,
    pub journal: Arc<dyn Journal>,
    pub clock: Arc<dyn Clock>,
    pub time: TimeLine,
    /// Written once a batch, by the writer alone.
    pub committed: RwLock<Site>,
    pub tail: watch::Sender<u64>,
    pub epoch: u32,
    pub forecast: watch::Sender<Arc<Forecast>>,
    pub alarm: watch::Sender<Option<ClockAlarm>>,
    pub publishers: Mutex<Vec<Box<dyn Publisher>>>,
    /// Held for a moment by the writer once a batch, and by a follower for a page.
    pub recent: Mutex<Recent>,
    pub stopping: AtomicBool,
    standing: AtomicU8,
}

impl Shared {
    pub fn new(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        time: TimeLine,
        (site, tail): (Site, Tail),
    ) -> Self {
        Self {
            site_id: site.id().clone(),
            stream: StreamId::hall(site.id()),
            journal,
            clock,
            alarm: watch::Sender::new(time.alarm()),
            time,
            committed: RwLock::new(site),
            tail: watch::Sender::new(tail.seq),
            epoch: tail.epoch,
            forecast: watch::Sender::new(Arc::new(Forecast::default())),
            publishers: Mutex::new(Vec::new()),
            recent: Mutex::default(),
            stopping: AtomicBool::new(false),
            standing: AtomicU8::new(Standing::Serving as u8),
        }
    }

    pub fn read<R>(&self, f: impl FnOnce(&Site) -> R) -> R {
        // Apply does not panic; a reader's panic leaves the state as it was.
        f(&self.committed.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn now(&self) -> Timestamp {
        self.time.now(&*self.clock)
    }

    pub fn standing(&self) -> Standing {
        match self.standing.load(Ordering::Acquire) {
            0 => Standing::Serving,
            1 => Standing::InDoubt,
            2 => Standing::Fenced,
            _ => Standing::Stopped,
        }
    }

    pub fn set_standing(&self, standing: Standing) {
        self.standing.store(standing as u8, Ordering::Release);
    }
}

/// Handle of one hall. Cheap to clone.
#[derive(Clone)]
pub struct Hall {
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: SyncSender<Message>,
}

impl Hall {
    pub fn site_id(&self) -> &SiteId {
        &self.shared.site_id
    }

    /// Has a command carried out. Answered when its outcome is durable. Dropping the future does not take the
    /// command back.
    pub async fn send(&self, request: Request) -> Result<Done, Failure> {
        self.post(request)?.await.unwrap_or_else(|_| Err(ended()))
    }

    /// As [`Hall::send`], for threads. Panics inside an async runtime.
    pub fn blocking_send(&self, request: Request) -> Result<Done, Failure> {
        self.post(request)?.blocking_recv().unwrap_or_else(|_| Err(ended()))
    }

    /// Queues a command and hands back where its answer will come, so that many can be sent at once.
    pub fn post(&self, request: Request) -> Result<oneshot::Receiver<Result<Done, Failure>>, Failure> {
        if self.shared.stopping.load(Ordering::Acquire) {
            return Err(ended());
        }
        let (answer, answered) = oneshot::channel();
        match self.inbox.try_send(Message::Command(Envelope { request, answer })) {
            Ok(()) => Ok(answered),
            Err(TrySendError::Full(_)) => Err(Failure::Overloaded),
            Err(TrySendError::Disconnected(_)) => Err(ended()),
        }
    }

    /// Reads the committed state. The hall's next commit waits meanwhile: be quick.
    pub fn read<R>(&self, f: impl FnOnce(&Site) -> R) -> R {
        self.shared.read(f)
    }

    /// Hall time.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Waits by position, refreshed about once a second.
    pub fn forecast(&self) -> Arc<Forecast> {
        Arc::clone(&self.shared.forecast.borrow())
    }

    /// Changes whenever the forecast was made anew.
    pub fn forecasts(&self) -> watch::Receiver<Arc<Forecast>> {
        self.shared.forecast.subscribe()
    }

    /// The last committed record.
    pub fn position(&self) -> Position {
        let seq = *self.shared.tail.borrow();
        Position { journal: self.shared.journal.id().clone(), epoch: self.shared.epoch, seq }
    }

    /// Sequence number of the last committed record; changes after the state did.
    pub fn tail(&self) -> watch::Receiver<u64> {
        self.shared.tail.subscribe()
    }

    /// From the next batch on; a batch that is being answered at this moment may be the first. A publisher that
    /// begins with a snapshot of the state skips what is not beyond its position.
    pub fn publish_to(&self, publisher: Box<dyn Publisher>) {
        self.shared.publishers.lock().unwrap_or_else(PoisonError::into_inner).push(publisher);
    }

    /// Why the clock is in doubt at present; at most one entry.
    pub fn alarms(&self) -> Vec<ClockAlarm> {
        self.shared.alarm.borrow().iter().copied().collect()
    }

    /// Changes when the clock's alarm is raised or cleared.
    pub fn alarm_watch(&self) -> watch::Receiver<Option<ClockAlarm>> {
        self.shared.alarm.subscribe()
    }

    /// BLAKE3 of the committed state; equal to that of a full replay. Walks the whole state while commits wait:
    /// for verification, not for every request.
    pub fn state_hash(&self) -> [u8; 32] {
        self.read(state_hash)
    }

    pub fn standing(&self) -> Standing {
        self.shared.standing()
    }

    /// The hall's stream and journal, for those who follow it.
    pub fn stream(&self) -> &StreamId {
        &self.shared.stream
    }

    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.shared.journal
    }
}

fn ended() -> Failure {
    Failure::Unavailable("the hall has stopped".to_owned())
}
