//! All halls of a process: started from the journal, found by name, stopped together. Their work is done by
//! their writers.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use khiw_domain::id::{InvalidId, SiteId};
use khiw_journal::{Journal, JournalError};
use tokio::sync::watch;

use crate::batch::Batch;
use crate::clock::Clock;
use crate::hall::{Hall, INBOX_MAX, Message, Shared};
use crate::replay::{ReplayError, restart};
use crate::timeline::TimeLine;
use crate::upkeep::{Caretaker, Upkeep};
use crate::writer::Writer;

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often forecasts are made anew, in real time; also how long the journal must be at rest before its
    /// log is shortened.
    pub upkeep_every: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { upkeep_every: Duration::from_secs(1) }
    }
}

/// A hall cannot be brought up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the journal's streams could not be listed")]
    Journal(#[from] JournalError),
    #[error("the journal holds a hall whose name is no id")]
    Name(#[from] InvalidId),
    #[error("hall `{site}` could not be replayed")]
    Replay {
        site: SiteId,
        #[source]
        source: ReplayError,
    },
    #[error("no thread could be started")]
    Thread(#[from] io::Error),
    #[error("the dispatcher was stopped")]
    Stopped,
}

/// Owns the halls of this process. Cheap to clone; the halls end with [`Dispatcher::stop`] or with the last clone.
#[derive(Clone)]
pub struct Dispatcher {
    inner: Arc<Inner>,
}

struct Inner {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    upkeep: Arc<Upkeep>,
    halls: RwLock<BTreeMap<SiteId, Hall>>,
    /// How many there are: changes once the new one can be found.
    count: watch::Sender<usize>,
    /// None: stopped.
    threads: Mutex<Option<Vec<JoinHandle<()>>>>,
}

impl Inner {
    fn halls(&self) -> Vec<Hall> {
        self.halls.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.upkeep.send_home();
        for hall in self.halls() {
            hall.shared.stopping.store(true, Ordering::Release);
            // When the inbox is full its writer is awake and sees the flag.
            let _ = hall.inbox.try_send(Message::Stop);
        }
    }
}

impl Dispatcher {
    /// Replays every hall of the journal and starts its writer. Blocks until all are ready.
    pub fn start(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let (care, asked) = sync_channel(1);
        let upkeep = Arc::new(Upkeep::asking(care));
        let caretaker =
            Caretaker::new(Arc::clone(&journal), Arc::clone(&upkeep), options.upkeep_every, asked);
        let inner = Arc::new(Inner {
            journal,
            clock,
            upkeep,
            halls: RwLock::new(BTreeMap::new()),
            count: watch::Sender::new(0),
            threads: Mutex::new(Some(Vec::new())),
        });
        let dispatcher = Self { inner };
        for stream in dispatcher.inner.journal.streams()? {
            if let Some(name) = stream.site() {
                dispatcher.found(SiteId::parse(name)?)?;
            }
        }
        let weak: Weak<Inner> = Arc::downgrade(&dispatcher.inner);
        let halls = move || weak.upgrade().map(|inner| inner.halls());
        let handle = thread::Builder::new().name("caretaker".to_owned()).spawn(|| caretaker.run(halls))?;
        dispatcher.threads().get_or_insert_default().push(handle);
        Ok(dispatcher)
    }

    pub fn sites(&self) -> Vec<SiteId> {
        self.inner.halls.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// How many halls there are. Changes with each that is founded, when [`Self::sites`] names it.
    pub fn count(&self) -> watch::Receiver<usize> {
        self.inner.count.subscribe()
    }

    pub fn hall(&self, site: &SiteId) -> Option<Hall> {
        self.inner.halls.read().unwrap_or_else(PoisonError::into_inner).get(site).cloned()
    }

    /// The hall of this site; a new one, not yet configured, when there is none.
    pub fn found(&self, site: SiteId) -> Result<Hall, StartError> {
        let mut halls = self.inner.halls.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(hall) = halls.get(&site) {
            return Ok(hall.clone());
        }
        let mut threads = self.threads();
        let handles = threads.as_mut().ok_or(StartError::Stopped)?;
        let (hall, writer) = self.open(&site)?;
        let name = format!("hall {site}");
        handles.push(thread::Builder::new().name(name).spawn(|| writer.run())?);
        halls.insert(site, hall.clone());
        self.inner.count.send_replace(halls.len());
        Ok(hall)
    }

    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.inner.journal
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// Answers what is queued, ends all halls, shortens the journal's log. Blocks; later commands are answered
    /// `Unavailable`. Calling it again does nothing.
    pub fn stop(&self) {
        let Some(handles) = self.threads().take() else { return };
        self.inner.upkeep.send_home();
        for hall in self.inner.halls() {
            hall.shared.stopping.store(true, Ordering::Release);
            // Fails when the writer is gone already.
            let _ = hall.inbox.send(Message::Stop);
        }
        for handle in handles {
            if handle.join().is_err() {
                tracing::error!("a hall's thread had panicked");
            }
        }
        self.inner.upkeep.checkpoint(&*self.inner.journal);
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Option<Vec<JoinHandle<()>>>> {
        self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, site: &SiteId) -> Result<(Hall, Writer), StartError> {
        let Inner { journal, clock, upkeep, .. } = &*self.inner;
        let restart =
            restart(&**journal, site).map_err(|source| StartError::Replay { site: site.clone(), source })?;
        let time = TimeLine::start(&**clock, restart.head.at, restart.accepted);
        let tail = restart.head.tail;
        let committed = (restart.site.clone(), tail);
        let shared = Arc::new(Shared::new(Arc::clone(journal), Arc::clone(clock), time, committed));
        let (sender, inbox) = sync_channel(INBOX_MAX);
        let mut writer = Writer {
            shared: Arc::clone(&shared),
            inbox,
            upkeep: Arc::clone(upkeep),
            deciding: restart.site,
            command_ids: restart.command_ids,
            tail,
            batch: Batch::default(),
            waiting: VecDeque::new(),
            stuck: None,
            hold_rollover: false,
            stop: false,
        };
        if shared.time.alarm().is_some() {
            writer.tell_alarm();
        }
        let wake = sender.clone();
        // A full inbox means that the writer is awake.
        clock.on_jump(Box::new(move || drop(wake.try_send(Message::Wake))));
        Ok((Hall { shared, inbox: sender }, writer))
    }
}
