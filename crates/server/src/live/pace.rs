//! How often a changing state is told: at once when it has been quiet, else at most every so often. Pure: the
//! caller brings the time.

use std::time::Duration;

use tokio::time::Instant;

/// Counts and waits are told at most four times a second: people read no faster.
pub const COUNTS_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug, Default)]
pub struct Pace {
    told: Option<Instant>,
    changed: bool,
}

impl Pace {
    /// Something changed that is not told yet.
    pub fn change(&mut self) {
        self.changed = true;
    }

    /// When the change may be told; none when nothing changed.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.changed.then(|| self.told.map_or(now, |told| (told + COUNTS_EVERY).max(now)))
    }

    /// The state was told as of `now`.
    pub fn tell(&mut self, now: Instant) {
        self.told = Some(now);
        self.changed = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_after_quiet_is_told_at_once_and_the_next_waits() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.due(start), None);
        pace.change();
        assert_eq!(pace.due(start), Some(start));
        pace.tell(start);
        assert_eq!(pace.due(start), None);
        pace.change();
        let soon = start + Duration::from_millis(10);
        assert_eq!(pace.due(soon), Some(start + COUNTS_EVERY));
    }

    #[test]
    fn many_changes_are_told_four_times_a_second() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut told = 0;
        for ms in 0..1_000 {
            let now = start + Duration::from_millis(ms);
            pace.change();
            if pace.due(now) == Some(now) {
                pace.tell(now);
                told += 1;
            }
        }
        assert_eq!(told, 4);
    }
}
