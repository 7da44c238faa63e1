//! How often a changing state is told: soon when it has been quiet, else at most every so often. Pure: the caller
//! brings the time.

use std::time::Duration;

use tokio::time::Instant;

/// Counts and waits are told at most four times a second: people read no faster.
pub const COUNTS_EVERY: Duration = Duration::from_millis(250);

/// A change waits so long at least: the call that made it is to reach its last screen first.
pub const COUNTS_AFTER: Duration = Duration::from_millis(10);

#[derive(Debug, Default)]
pub struct Pace {
    told: Option<Instant>,
    /// When the first thing changed that is not told yet.
    changed: Option<Instant>,
}

impl Pace {
    /// Something changed that is not told yet.
    pub fn change(&mut self, now: Instant) {
        self.changed.get_or_insert(now);
    }

    /// When the change may be told; none when nothing changed.
    pub fn due(&self) -> Option<Instant> {
        let soon = self.changed? + COUNTS_AFTER;
        Some(self.told.map_or(soon, |told| soon.max(told + COUNTS_EVERY)))
    }

    /// The state was told as of `now`.
    pub fn tell(&mut self, now: Instant) {
        self.told = Some(now);
        self.changed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_after_quiet_is_told_soon_and_the_next_waits() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.due(), None);
        pace.change(start);
        pace.change(start + Duration::from_millis(5));
        assert_eq!(pace.due(), Some(start + COUNTS_AFTER));
        let told = start + COUNTS_AFTER;
        pace.tell(told);
        assert_eq!(pace.due(), None);
        pace.change(told + Duration::from_millis(1));
        assert_eq!(pace.due(), Some(told + COUNTS_EVERY));
    }

    #[test]
    fn many_changes_are_told_four_times_a_second() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut told = 0;
        for ms in 0..1_000 {
            let now = start + Duration::from_millis(ms);
            pace.change(now);
            if pace.due().is_some_and(|due| due <= now) {
                pace.tell(now);
                told += 1;
            }
        }
        assert_eq!(told, 4);
    }
}
