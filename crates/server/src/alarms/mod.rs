//! What staff must know now, from whatever source: one bounded board per site. Keeps nothing over a restart:
//! a source that still has reason raises its alarm again.

mod watch;

pub use watch::watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use khiw_domain::id::SiteId;
use tokio::sync::broadcast;

use crate::api::types::{Alarm, AlarmSource, Severity};

/// Alarms kept per site; beyond it the oldest cleared one goes, then the oldest.
pub const ALARMS_MAX: usize = 128;
/// Changes a slow follower may miss before it must read the whole board again.
const CHANGES_MAX: usize = 64;

/// Shared by everything that raises, and by everything that shows.
#[derive(Clone)]
pub struct AlarmBoard {
    boards: Arc<Mutex<BTreeMap<SiteId, Vec<Alarm>>>>,
    changes: broadcast::Sender<(SiteId, Alarm)>,
}

impl Default for AlarmBoard {
    fn default() -> Self {
        Self { boards: Arc::default(), changes: broadcast::channel(CHANGES_MAX).0 }
    }
}

impl AlarmBoard {
    /// Raises an alarm, or renews the facts of the one with this id that stands.
    pub fn raise(
        &self,
        site: &SiteId,
        id: &str,
        (source, severity): (AlarmSource, Severity),
        now: Timestamp,
        facts: BTreeMap<String, serde_json::Value>,
    ) {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let board = boards.entry(site.clone()).or_default();
        let standing = board.iter_mut().find(|alarm| alarm.id == id && alarm.cleared.is_none());
        let changed = match standing {
            Some(alarm) if alarm.facts == facts && alarm.severity == severity => return,
            Some(alarm) => {
                alarm.facts = facts;
                alarm.severity = severity;
                alarm.clone()
            }
            None => {
                board.retain(|alarm| alarm.id != id);
                make_room(board);
                let id = id.to_owned();
                let alarm =
                    Alarm { id, source, severity, since: now, facts, acknowledged_by: None, cleared: None };
                board.push(alarm.clone());
                alarm
            }
        };
        drop(boards);
        let _ = self.changes.send((site.clone(), changed));
    }

    /// The reason is gone. Nothing happens when no such alarm stands.
    pub fn clear(&self, site: &SiteId, id: &str, now: Timestamp) {
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let alarm = boards
            .get_mut(site)
            .and_then(|board| board.iter_mut().find(|alarm| alarm.id == id && alarm.cleared.is_none()));
        let Some(alarm) = alarm else { return };
        alarm.cleared = Some(now);
        let changed = alarm.clone();
        drop(boards);
        let _ = self.changes.send((site.clone(), changed));
    }

    /// Ids of the alarms that stand and begin with `prefix`.
    pub fn standing(&self, site: &SiteId, prefix: &str) -> Vec<String> {
        let boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let board = boards.get(site).into_iter().flatten();
        let stands = board.filter(|alarm| alarm.cleared.is_none() && alarm.id.starts_with(prefix));
        stands.map(|alarm| alarm.id.clone()).collect()
    }

    /// Newest first, cleared ones included while they are remembered.
    pub fn of(&self, site: &SiteId) -> Vec<Alarm> {
        let boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        boards.get(site).map(|board| board.iter().rev().cloned().collect()).unwrap_or_default()
    }

    /// Every change from now on, of all sites.
    pub fn follow(&self) -> broadcast::Receiver<(SiteId, Alarm)> {
        self.changes.subscribe()
    }
}

fn make_room(board: &mut Vec<Alarm>) {
    if board.len() >= ALARMS_MAX {
        let oldest = board.iter().position(|alarm| alarm.cleared.is_some()).unwrap_or(0);
        board.remove(oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_stands_until_it_is_cleared_and_is_told_once() {
        let board = AlarmBoard::default();
        let mut changes = board.follow();
        let site = SiteId::parse("north").expect("an id");
        let kind = (AlarmSource::Clock, Severity::Warn);
        let now = Timestamp::UNIX_EPOCH;
        board.raise(&site, "clock", kind, now, BTreeMap::new());
        board.raise(&site, "clock", kind, now, BTreeMap::new());
        assert_eq!(board.of(&site).len(), 1);
        board.clear(&site, "clock", now);
        assert_eq!(board.of(&site)[0].cleared, Some(now));
        assert!(changes.try_recv().is_ok_and(|(_, alarm)| alarm.cleared.is_none()));
        assert!(changes.try_recv().is_ok_and(|(_, alarm)| alarm.cleared.is_some()));
        assert!(changes.try_recv().is_err());
    }
}
