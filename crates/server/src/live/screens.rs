//! How far each lobby screen has drawn, by its own report. Numbers only; what follows from them is for metrics.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Screens whose reports are kept; as many as may be connected.
#[derive(Debug, Default)]
pub struct Screens {
    drawn: Mutex<HashMap<u64, u64>>,
}

/// How the screens of a site do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreensReport {
    /// Connections of every topic.
    pub connected: usize,
    /// Screens that report what they draw.
    pub reporting: usize,
    /// Records that the slowest of them has not drawn yet.
    pub records_behind_max: u64,
}

impl Screens {
    pub fn rendered(&self, connection: u64, seq: u64) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let known = drawn.entry(connection).or_default();
        *known = seq.max(*known);
    }

    pub fn left(&self, connection: u64) {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).remove(&connection);
    }

    /// `last_told` is the record that the newest frame told of: a screen can draw no later one.
    pub fn report(&self, connected: usize, last_told: u64) -> ScreensReport {
        let drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let slowest = drawn.values().min().copied().unwrap_or(last_told);
        let records_behind_max = last_told.saturating_sub(slowest);
        ScreensReport { connected, reporting: drawn.len(), records_behind_max }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_screen_is_what_counts_until_it_leaves() {
        let screens = Screens::default();
        screens.rendered(1, 20);
        screens.rendered(2, 7);
        screens.rendered(2, 5);
        let report = ScreensReport { connected: 3, reporting: 2, records_behind_max: 13 };
        assert_eq!(screens.report(3, 20), report);
        screens.left(2);
        assert_eq!(screens.report(3, 20).records_behind_max, 0);
    }
}
