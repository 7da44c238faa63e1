//! Where agents come in: one door per printer that an agent serves.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use khiw_domain::id::{PrinterId, SiteId};
use khiw_printing::wire::{FromAgent, FromServer};
use tokio::sync::mpsc;

/// What waits to be written to an agent; one that takes no more is gone.
pub const TO_AGENT_MAX: usize = 256;
/// What an agent said and its desk has not looked at; the agent waits meanwhile.
pub const FROM_AGENT_MAX: usize = 64;
/// Agents that wait at one door.
pub const ARRIVALS_MAX: usize = 4;

/// What is written to an agent.
#[derive(Debug)]
pub enum Saying {
    Frame(FromServer),
    /// The last word: close code and reason.
    Close(u16, &'static str),
}

/// A connected agent, as the desk of its printer holds it. It ends when either is dropped.
#[derive(Debug)]
pub struct Line {
    /// The name of the agent's spool.
    pub spool: String,
    pub to_agent: mpsc::Sender<Saying>,
    pub from_agent: mpsc::Receiver<FromAgent>,
}

/// Where a connected agent is handed to its printer's desk.
pub type Door = mpsc::Sender<Line>;

/// The doors of all sites.
#[derive(Debug, Default)]
pub struct Agents {
    doors: Mutex<BTreeMap<(SiteId, PrinterId), Door>>,
}

impl Agents {
    pub fn open(&self, site: &SiteId, printer: &PrinterId, door: Door) {
        self.doors().insert((site.clone(), printer.clone()), door);
    }

    pub fn shut(&self, site: &SiteId, printer: &PrinterId) {
        self.doors().remove(&(site.clone(), printer.clone()));
    }

    pub fn door(&self, site: &SiteId, printer: &PrinterId) -> Option<Door> {
        self.doors().get(&(site.clone(), printer.clone())).cloned()
    }

    fn doors(&self) -> MutexGuard<'_, BTreeMap<(SiteId, PrinterId), Door>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
