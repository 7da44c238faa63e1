//! What staff must know now, from whatever source: one bounded board per site. Keeps nothing over a restart:
//! a source that still has reason raises its alarm again.

mod watch;

pub use watch::watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use khiw_domain::id::SiteId;
use tokio::sync::broadcast;

use crate::api::types::{Alarm, AlarmSource, Severity};

/// Alarms kept per site; beyond it the oldest cleared one goes, then the oldest.
pub const ALARMS_MAX: usize = 128;
/// Changes a slow follower may miss before it must read the whole board again.
const CHANGES_MAX: usize = 64;

type Boards = BTreeMap<SiteId, Vec<Alarm>>;

/// An alarm there is reason for now.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub id: String,
    pub kind: (AlarmSource, Severity),
    pub facts: BTreeMap<String, serde_json::Value>,
}

impl Reason {
    pub fn new(id: String, kind: (AlarmSource, Severity), facts: &[(&str, serde_json::Value)]) -> Self {
        let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { id, kind, facts }
    }
}

/// Shared by everything that raises, and by everything that shows.
#[derive(Clone)]
pub struct AlarmBoard {
    boards: Arc<Mutex<Boards>>,
    changes: broadcast::Sender<(SiteId, Alarm)>,
}

impl Default for AlarmBoard {
    fn default() -> Self {
        Self { boards: Arc::default(), changes: broadcast::channel(CHANGES_MAX).0 }
    }
}

impl AlarmBoard {
    /// Raises an alarm, or renews the facts of the one with this id that stands. One that grew more severe is
    /// nobody's again.
    pub fn raise(
        &self,
        site: &SiteId,
        id: &str,
        (source, severity): (AlarmSource, Severity),
        now: Timestamp,
        facts: BTreeMap<String, serde_json::Value>,
    ) {
        let mut boards = self.boards();
        let board = boards.entry(site.clone()).or_default();
        let changed = match board.iter_mut().find(|alarm| stands(alarm, id)) {
            Some(alarm) if alarm.facts == facts && alarm.severity == severity => return,
            Some(alarm) => {
                if severity > alarm.severity {
                    alarm.acknowledged_by = None;
                    alarm.since = now;
                }
                alarm.facts = facts;
                alarm.severity = severity;
                alarm.clone()
            }
            None => {
                board.retain(|alarm| alarm.id != id);
                make_room(board);
                let alarm = Alarm {
                    id: id.to_owned(),
                    source,
                    severity,
                    since: now,
                    facts,
                    acknowledged_by: None,
                    escalated: false,
                    cleared: None,
                };
                board.push(alarm.clone());
                alarm
            }
        };
        drop(boards);
        self.tell(site, changed);
    }

    /// The reason is gone. Nothing happens when no such alarm stands.
    pub fn clear(&self, site: &SiteId, id: &str, now: Timestamp) {
        self.change(site, id, |alarm| {
            alarm.cleared = Some(now);
            alarm.escalated = false;
        });
    }

    /// Of the alarms whose ids begin with `prefix`, these stand and no others.
    pub fn keep(&self, site: &SiteId, prefix: &str, reasons: Vec<Reason>, now: Timestamp) {
        for standing in self.standing(site, prefix) {
            if reasons.iter().all(|reason| reason.id != standing) {
                self.clear(site, &standing, now);
            }
        }
        for Reason { id, kind, facts } in reasons {
            self.raise(site, &id, kind, now, facts);
        }
    }

    /// Somebody takes it into their hands. None when no such alarm stands. Whoever was first stays named.
    pub fn acknowledge(&self, site: &SiteId, id: &str, by: &str) -> Option<Alarm> {
        self.change(site, id, |alarm| {
            alarm.acknowledged_by.get_or_insert_with(|| by.to_owned());
            alarm.escalated = false;
        })
    }

    /// Marks what nobody has acknowledged within `after` and is more than a note.
    pub fn escalate(&self, site: &SiteId, now: Timestamp, after: SignedDuration) {
        let overdue = |alarm: &Alarm| {
            alarm.cleared.is_none()
                && alarm.acknowledged_by.is_none()
                && alarm.severity > Severity::Info
                && now.duration_since(alarm.since) >= after
        };
        let mut boards = self.boards();
        let board = boards.get_mut(site).into_iter().flatten();
        let mut changed = Vec::new();
        for alarm in board.filter(|alarm| !alarm.escalated && overdue(alarm)) {
            alarm.escalated = true;
            changed.push(alarm.clone());
        }
        drop(boards);
        for alarm in changed {
            self.tell(site, alarm);
        }
    }

    /// Changes the alarm with this id that stands, and tells it if it is another now.
    fn change(&self, site: &SiteId, id: &str, change: impl FnOnce(&mut Alarm)) -> Option<Alarm> {
        let mut boards = self.boards();
        let alarm = boards.get_mut(site)?.iter_mut().find(|alarm| stands(alarm, id))?;
        let before = alarm.clone();
        change(alarm);
        let after = alarm.clone();
        drop(boards);
        if after != before {
            self.tell(site, after.clone());
        }
        Some(after)
    }

    fn tell(&self, site: &SiteId, changed: Alarm) {
        // Nobody may be following.
        let _ = self.changes.send((site.clone(), changed));
    }

    fn boards(&self) -> MutexGuard<'_, Boards> {
        self.boards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ids of the alarms that stand and begin with `prefix`.
    pub fn standing(&self, site: &SiteId, prefix: &str) -> Vec<String> {
        let boards = self.boards();
        let board = boards.get(site).into_iter().flatten();
        let stands = board.filter(|alarm| alarm.cleared.is_none() && alarm.id.starts_with(prefix));
        stands.map(|alarm| alarm.id.clone()).collect()
    }

    /// Newest first, cleared ones included while they are remembered.
    pub fn of(&self, site: &SiteId) -> Vec<Alarm> {
        let boards = self.boards();
        boards.get(site).map(|board| board.iter().rev().cloned().collect()).unwrap_or_default()
    }

    /// Every change from now on, of all sites.
    pub fn follow(&self) -> broadcast::Receiver<(SiteId, Alarm)> {
        self.changes.subscribe()
    }
}

fn stands(alarm: &Alarm, id: &str) -> bool {
    alarm.id == id && alarm.cleared.is_none()
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

    /// The alarm `door` of a board at `second`, raised with `severity`.
    fn raised(board: &AlarmBoard, site: &SiteId, severity: Severity, second: i64) -> Alarm {
        let now = Timestamp::from_second(second).expect("a time");
        board.raise(site, "door", (AlarmSource::Printer, severity), now, BTreeMap::new());
        board.of(site)[0].clone()
    }

    #[test]
    fn what_nobody_acknowledges_in_time_is_escalated_once_and_a_note_never() {
        let board = AlarmBoard::default();
        let site = SiteId::parse("north").expect("an id");
        let at = |second| Timestamp::from_second(second).expect("a time");
        let after = SignedDuration::from_secs(120);
        board.raise(&site, "promise", (AlarmSource::Promise, Severity::Info), at(0), BTreeMap::new());
        raised(&board, &site, Severity::Warn, 0);
        let mut changes = board.follow();
        board.escalate(&site, at(119), after);
        assert!(changes.try_recv().is_err());
        board.escalate(&site, at(120), after);
        board.escalate(&site, at(121), after);
        assert!(changes.try_recv().is_ok_and(|(_, alarm)| alarm.id == "door" && alarm.escalated));
        assert!(changes.try_recv().is_err());

        let seen = board.acknowledge(&site, "door", "k3f9").expect("it stands");
        assert_eq!((seen.acknowledged_by.as_deref(), seen.escalated), (Some("k3f9"), false));
        board.escalate(&site, at(900), after);
        let second = board.acknowledge(&site, "door", "k7").expect("it stands");
        assert_eq!((second.acknowledged_by.as_deref(), second.escalated), (Some("k3f9"), false));
    }

    #[test]
    fn an_acknowledged_alarm_that_grows_worse_is_nobodys_again() {
        let board = AlarmBoard::default();
        let site = SiteId::parse("north").expect("an id");
        raised(&board, &site, Severity::Warn, 0);
        board.acknowledge(&site, "door", "k3f9");
        let worse = raised(&board, &site, Severity::Stop, 60);
        assert_eq!((worse.acknowledged_by, worse.since.as_second()), (None, 60));
        board.acknowledge(&site, "door", "k3f9");
        let better = raised(&board, &site, Severity::Warn, 90);
        assert_eq!(better.acknowledged_by.as_deref(), Some("k3f9"));
    }

    #[test]
    fn what_does_not_stand_cannot_be_acknowledged() {
        let board = AlarmBoard::default();
        let site = SiteId::parse("north").expect("an id");
        assert_eq!(board.acknowledge(&site, "door", "k3f9"), None);
        raised(&board, &site, Severity::Warn, 0);
        board.clear(&site, "door", Timestamp::UNIX_EPOCH);
        assert_eq!(board.acknowledge(&site, "door", "k3f9"), None);
    }
}
