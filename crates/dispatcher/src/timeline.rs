//! The hall's own time: monotonic, in whole milliseconds, never before the last record. It takes the wall
//! clock's word once, at the start; afterwards it only notices when the wall clock disagrees.
//!
//! A wall clock that a person confirmed may be *behind* hall time, and records cannot go back. Hall time then
//! runs at half speed until the wall clock has caught up. Rejected: standing still (every wait of that hour
//! would be zero) and staying apart for good (the service day would end at the wrong hour from then on).

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// The wall clock may differ from hall time by this much before it is doubted.
pub const CLOCK_TOLERANCE: Duration = Duration::from_mins(1);

/// The wall clock and the hall disagree. Days neither close nor open until a person confirms the clock
/// (`Command::AcceptClock`) or the two agree again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockAlarm {
    /// Hall time at which it was noticed.
    pub since: Timestamp,
    /// What the wall clock said then.
    pub wall: Timestamp,
    /// Wall clock minus what it should have said; negative: it is behind.
    pub off: SignedDuration,
}

/// Wall time and hall time that a person accepted as belonging together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accepted {
    pub at: Timestamp,
    pub wall: Timestamp,
}

pub(crate) struct TimeLine {
    base: RwLock<Base>,
    /// Never in doubt.
    simulated: bool,
}

#[derive(Clone, Copy)]
struct Base {
    at: Timestamp,
    elapsed: Duration,
    /// How far hall time stood ahead of the wall clock at the base.
    ahead: Duration,
    alarm: Option<ClockAlarm>,
}

impl Base {
    fn now(&self, elapsed: Duration) -> Timestamp {
        let gone = elapsed.saturating_sub(self.elapsed);
        plus(self.at, gone.saturating_sub((gone / 2).min(self.ahead)))
    }

    /// What the wall clock should say.
    fn expected_wall(&self, elapsed: Duration) -> Timestamp {
        let gone = elapsed.saturating_sub(self.elapsed);
        minus(plus(self.at, gone), self.ahead)
    }

    fn off(&self, wall: Timestamp, elapsed: Duration) -> SignedDuration {
        wall.duration_since(self.expected_wall(elapsed))
    }
}

impl TimeLine {
    /// Begins at the last record's time or at the wall clock, whichever is later. `accepted`: the last time a
    /// person confirmed the clock, so that the same difference raises no second alarm after a restart.
    pub fn start(clock: &dyn Clock, last: Option<Timestamp>, accepted: Option<Accepted>) -> Self {
        let (wall, elapsed) = (clock.wall(), clock.elapsed());
        let at = truncated(last.map_or(wall, |last| last.max(wall)));
        let known = accepted.map_or(SignedDuration::ZERO, |both| both.at.duration_since(both.wall));
        let behind = at.duration_since(wall);
        let doubtful = !clock.simulated() && behind > known.max(SignedDuration::ZERO) + tolerance();
        let ahead = if doubtful || clock.simulated() { Duration::ZERO } else { positive(behind) };
        let alarm = doubtful.then_some(ClockAlarm { since: at, wall, off: -behind });
        Self { base: RwLock::new(Base { at, elapsed, ahead, alarm }), simulated: clock.simulated() }
    }

    pub fn now(&self, clock: &dyn Clock) -> Timestamp {
        truncated(self.base().now(clock.elapsed()))
    }

    pub fn alarm(&self) -> Option<ClockAlarm> {
        self.base().alarm
    }

    /// Compares with the wall clock. Returns whether the alarm was raised or cleared.
    pub fn observe(&self, clock: &dyn Clock) -> bool {
        if self.simulated {
            return false;
        }
        let base = self.base();
        // Elapsed after wall: being interrupted between the two makes the wall look behind, never ahead.
        let wall = clock.wall();
        let elapsed = clock.elapsed();
        let off = base.off(wall, elapsed);
        let doubtful = off.abs() > tolerance();
        if doubtful == base.alarm.is_some() {
            return false;
        }
        let alarm = doubtful.then(|| ClockAlarm { since: truncated(base.now(elapsed)), wall, off });
        self.set(Base { alarm, ..base });
        true
    }

    /// A person confirmed that it is `wall` now. Holds only while the wall clock still says so.
    pub fn accept(&self, clock: &dyn Clock, confirmed: Timestamp) {
        let (wall, elapsed) = (clock.wall(), clock.elapsed());
        if self.simulated || wall.duration_since(confirmed).abs() > tolerance() {
            return;
        }
        let now = self.base().now(elapsed);
        let at = now.max(wall);
        self.set(Base { at, elapsed, ahead: positive(at.duration_since(wall)), alarm: None });
    }

    fn base(&self) -> Base {
        *self.base.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, base: Base) {
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = base;
    }
}

fn tolerance() -> SignedDuration {
    SignedDuration::try_from(CLOCK_TOLERANCE).unwrap_or(SignedDuration::MAX)
}

fn positive(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or(Duration::ZERO)
}

fn plus(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn minus(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// Whole milliseconds: what people and JSON can carry.
fn truncated(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
